#!/bin/sh
# make bench: the table of cases, then chained days, then the service. BUILD, CASES (a pattern of
# case names), DAYS and AZUMI_DATA come from the environment.
set -u
build=${BUILD:-build}
data=${AZUMI_DATA:-../shared/data}
work="$build/bench/work"
mkdir -p "$work"
echo "$(nproc) cores, $(uname -m), azumi $("$build/azumi" version | head -1)"
echo
# Makes the instance of a case with a command of azumi's, unless CASES asks for others.
instance() {
    out=$1
    case "$out" in
    ${CASES:-*}) ;;
    *) return 0 ;;
    esac
    shift
    "$build/azumi" "$@" -o "$work/$out.json" || exit 3
}

if [ -d "$data/microgrid" ]; then
    for file in "$data"/microgrid/pglib/*.json; do
        instance "$(basename "$file" .json)" import pglib-uc --quiet "$file"
    done
    day=instances/microgrid/matsumoto-day.json
    case matsumoto-real-day in
    ${CASES:-*})
        "$build/azumi" import jepx --quiet "$data/microgrid/jepx/spot_summary_2025.csv" \
            --into "$day" --date 2026-01-21 -o "$work/jepx.json" || exit 3
        ;;
    esac
    instance matsumoto-real-day import area --quiet \
        "$data/microgrid/area/eria_jukyu_202601_03.csv" --into "$work/jepx.json" --date 2026-01-21
else
    echo "SKIPPED: no $data: only the shipped instances are measured"
fi
if [ -d "$data/evbus" ]; then
    for file in "$data"/evbus/mdvsp/*.inp.gz "$data"/evbus/mdvsp/n100m4s0.zip; do
        name=$(basename "$file" .zip)
        instance "${name%.inp.gz}" import mdvsp --quiet "$file"
    done
    for file in "$data"/evbus/evsp/*.txt.gz; do
        instance "$(basename "$file" .txt.gz)" import evsp --quiet "$file"
    done
fi
if [ -d "$data/evbus/gtfs" ]; then
    instance matsumoto-weekday import gtfs --quiet "$data"/evbus/gtfs/matsumoto/* \
        --date 2026-10-07 --side instances/evbus/matsumoto-city.side.json
fi
for trips in 50 100 200 400 800; do # how time grows with the number of trips
    instance grow-$trips generate evbus --size $trips --seed 1
done
failed=0
"$build/bench/bench_cases" tests/bench/cases.txt "$work" "${CASES:-}" || failed=1
[ -n "${CASES:-}" ] && exit $failed
echo
sh tests/bench/chain.sh "${DAYS:-10}" || failed=1
echo
[ -x "$build/bench/bench_service" ] && { "$build/bench/bench_service" || failed=1; }
exit $failed
