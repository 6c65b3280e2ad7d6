#!/bin/sh
# Chained days: each planned 36 hours ahead at gap 0.1 %, its first 24 hours kept, the state carried
# into the next; real prices and area series of the same dates. By the commands a user has.
#   chain.sh DAYS [FIRST DATE]
# Prints the distribution of seconds and how many days conceded a rule. Each day starts cold.
set -u
days=$1
first=${2:-2025-04-15}
build=${BUILD:-build}
data=${AZUMI_DATA:-../shared/data}/microgrid
work="$build/bench/chain"
azumi="$build/azumi"
rm -rf "$work"
mkdir -p "$work"
[ -d "$data" ] || { echo "SKIPPED: no $data, so no chained days"; exit 0; }
# The sample's one-day outages are that day's alone. Every day starts from this base: the importer
# scales shapes to the instance's own peaks, which a chain of imports would wear down.
sed '/"available": *\[/d' instances/microgrid/matsumoto-plain.json > "$work/base.json"
day=0
while [ "$day" -lt "$days" ]; do
    date=$(date -u -d "$first + $day days" +%Y-%m-%d)
    tomorrow=$(date -u -d "$first + $((day + 1)) days" +%Y-%m-%d)
    month=$(date -u -d "$date" +%Y%m)
    next_month=$(date -u -d "$tomorrow" +%Y%m)
    areas="$data/area/eria_jukyu_${month}_03.csv"
    [ "$next_month" = "$month" ] || areas="$areas $data/area/eria_jukyu_${next_month}_03.csv"
    "$azumi" import jepx "$data/jepx/spot_summary_2025.csv" --quiet --into "$work/base.json" --slots 72 \
        --date "$date" -o "$work/priced.json" || exit 3
    # shellcheck disable=SC2086 # one or two files
    "$azumi" import area $areas --quiet --into "$work/priced.json" --slots 72 --date "$date" \
        -o "$work/day.json" || exit 3
    if [ "$day" -gt 0 ]; then
        "$azumi" carry "$work/before.json" "$work/plan.json" --at "${date}T00:00:00+09:00" \
            --into "$work/day.json" -o "$work/day.json" || exit 3
    fi
    "$azumi" solve "$work/day.json" --gap 0.001 --time 60 --json -o "$work/plan.json" \
        > "$work/certificate.json" || exit 3
    sed -n 's/.*"seconds": *\([0-9.e-]*\).*/\1/p' "$work/certificate.json" | head -1 >> "$work/seconds"
    grep -q '"status": *"optimal"' "$work/certificate.json" && echo "$date" >> "$work/proven"
    grep -q '"meets_all_rules": *true' "$work/certificate.json" || echo "$date" >> "$work/conceded"
    cp "$work/day.json" "$work/before.json"
    day=$((day + 1))
done
lines() { [ -f "$1" ] && wc -l < "$1" || echo 0; }
sort -n "$work/seconds" | awk -v proven="$(lines "$work/proven")" \
    -v conceded="$(lines "$work/conceded")" -v first="$first" '
    { s[NR] = $1; sum += $1 }
    END {
        p95 = s[int(0.95 * NR + 0.999)]
        printf "| chained days from %s | %d days | proven to 0.1 %%: %d | conceded a rule: %d | ", first, NR, proven, conceded
        printf "mean %.2f s | p50 %.2f s | p95 %.2f s (<= 3) | worst %.2f s (<= 15) |\n", sum / NR, s[int(0.5 * NR + 0.999)], p95, s[NR]
    }'
