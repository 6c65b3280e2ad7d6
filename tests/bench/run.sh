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
if [ -d "$data/microgrid" ]; then
    for file in "$data"/microgrid/pglib/*.json; do
        "$build/azumi" import pglib-uc --quiet "$file" -o "$work/$(basename "$file")" || exit 3
    done
    day=instances/microgrid/matsumoto-day.json
    "$build/azumi" import jepx --quiet "$data/microgrid/jepx/spot_summary_2025.csv" --into "$day" \
        --date 2026-01-21 -o "$work/jepx.json" &&
        "$build/azumi" import area --quiet "$data/microgrid/area/eria_jukyu_202601_03.csv" \
            --into "$work/jepx.json" --date 2026-01-21 -o "$work/matsumoto-real-day.json"
else
    echo "SKIPPED: no $data: only the shipped instances are measured"
fi
if [ -d "$data/evbus" ]; then
    for file in "$data"/evbus/mdvsp/*.inp.gz "$data"/evbus/mdvsp/n100m4s0.zip; do
        name=$(basename "$file" .zip)
        "$build/azumi" import mdvsp --quiet "$file" -o "$work/${name%.inp.gz}.json" || exit 3
    done
    for file in "$data"/evbus/evsp/*.txt.gz; do
        "$build/azumi" import evsp --quiet "$file" -o "$work/$(basename "$file" .txt.gz).json" ||
            exit 3
    done
fi
if [ -d "$data/evbus/gtfs" ]; then
    "$build/azumi" import gtfs --quiet "$data"/evbus/gtfs/matsumoto/* --date 2026-10-07 \
        --side instances/evbus/matsumoto-city.side.json -o "$work/matsumoto-weekday.json" || exit 3
fi
for trips in 50 100 200 400 800; do # how time grows with the number of trips
    "$build/azumi" generate evbus --size $trips --seed 1 -o "$work/grow-$trips.json" || exit 3
done
failed=0
"$build/bench/bench_cases" tests/bench/cases.txt "$work" "${CASES:-}" || failed=1
[ -n "${CASES:-}" ] && exit $failed
echo
sh tests/bench/chain.sh "${DAYS:-10}" || failed=1
echo
[ -x "$build/bench/bench_service" ] && { "$build/bench/bench_service" || failed=1; }
exit $failed
