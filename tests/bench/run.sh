#!/bin/sh
# make bench: the table of cases, then networks, many days, the service (CASES='service-*'). BUILD, CASES (a pattern
# of case names), DAYS and AZUMI_DATA come from the environment.
set -u
build=${BUILD:-build}
data=${AZUMI_DATA:-../shared/data}
work="$build/bench/work"
mkdir -p "$work"
echo "$(nproc) cores, $(uname -m), $("$build/azumi" version | head -1)"
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
    day=instances/microgrid/matsumoto-plain.json
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
# Towns of many units, and of 20 units with 10,000 household batteries of several kinds.
town() { # name, batteries, kinds, units
    case "$1" in
    ${CASES:-*}) tests/bench/fleet.sh "$2" "$3" "$4" > "$work/$1.json" || exit 3 ;;
    esac
}
for units in 50 100 200 400; do
    town "town-$units-units" 0 0 $units
done
for kinds in 20 100 400 1000 10000; do
    town "town-fleet-$kinds-kinds" 10000 $kinds 20
done

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
# The routing cases of the clinic, by group: Solomon's with 25, 50 and 100 customers, Cordeau's
# periodic ones. Their rows and best-known values come from the data.
cp tests/bench/cases.txt "$work/cases.txt"
routing() { # group/case, file, engine, seconds, best low, best high, target, then the import
    case "$1" in
    ${CASES:-*}) ;;
    *) return 0 ;;
    esac
    echo "$1 $2.json $3 0.0000001 $4 $5 $6 $7" >> "$work/cases.txt"
    out=$2
    shift 7
    "$build/azumi" import "$@" --quiet -o "$work/$out.json" || exit 3
}
if [ -d "$data/clinic" ]; then
    for customers in 25 50 100; do
        tail -n +2 "$data/clinic/solomon/best_known.csv" |
            while IFS=, read -r name size best _; do
                file="$data/clinic/solomon/$name.txt"
                [ "$size" = $customers ] && [ -r "$file" ] || continue
                case "$name" in R2* | C2* | RC2*) type=2 ;; *) type=1 ;; esac
                set -- "solomon-$name-$size" solomon "$file" --customers "$size"
                out=$1
                shift
                case $size in
                25) routing "clinic-solomon-25/$name" "$out" glpk 10 "$best" "$best" \
                    "all but one proven" "$@" ;;
                50) routing "clinic-solomon-50-type-$type/$name" "$out" glpk 60 "$best" "$best" \
                    "type 1: 13 of 15 proven" "$@" ;;
                100)
                    routing "clinic-solomon-100/$name" "$out" cbc 10 "$best" "$best" \
                        "mean over best <= 0.3 %" "$@"
                    [ $type = 2 ] || routing "clinic-solomon-100-bound/$name" "$out" cbc 120 \
                        "$best" "$best" "mean gap <= 0.5 %" "$@"
                    ;;
                esac
            done || exit 3
    done
    tail -n +2 "$data/clinic/pvrp/best_known.csv" |
        while IFS=, read -r name best _; do # two decimals are published
            routing "clinic-pvrp/$name" "$name" cbc 60 0 "$(echo "$best" | awk '{ print $1 + 0.005 }')" \
                "mean over best <= 1 %" pvrp "$data/clinic/pvrp/$name"
        done || exit 3
fi
# Location: warehouses with capacities, and medians; named group/case in cases.txt.
location() { # group/case, file, then the import
    case "$1" in
    ${CASES:-*}) ;;
    *) return 0 ;;
    esac
    out=$2
    shift 2
    "$build/azumi" import "$@" --quiet -o "$work/$out.json" || exit 3
}
if [ -d "$data/siting" ]; then
    for file in "$data"/siting/cap/cap[0-9]*.txt; do
        name=$(basename "$file" .txt)
        location "siting-cap/$name" "$name" orlib-cap "$file"
    done
    for capacity in 8000 10000 12000 14000; do
        location "siting-capa/$capacity" "capa-$capacity" orlib-cap "$data/siting/cap/capa.txt" \
            --capacity $capacity
    done
    for file in "$data"/siting/pmed/*.txt; do
        name=$(basename "$file" .txt)
        location "siting-pmed/$name" "$name" pmed "$file"
    done
fi
for trips in 50 100 200 400 800; do # how time grows with the number of trips
    instance grow-$trips generate evbus --size $trips --seed 1
done
# Cities of sites: on feeders under banks, a line upstream, budgets, districts with shelters.
for sites in 1000 3000 10000 100000; do
    instance siting-$sites generate siting --size $sites --seed 1
done
failed=0
"$build/bench/bench_cases" "$work/cases.txt" "$work" "${CASES:-}" || failed=1
echo
OPENBLAS_NUM_THREADS=1 "$build/bench/bench_network" "${CASES:-}" || failed=1
# What each feature of the sample day changes: two intervals that do not meet.
case sample-features in
${CASES:-*})
    echo
    OPENBLAS_NUM_THREADS=1 python3 tests/bench/features.py "$build/azumi" \
        instances/microgrid/matsumoto-day.json "$work" || failed=1
    ;;
esac
# Many days of the sample with real prices and weather: chained, and planned anew by the half hour.
days() { # case, then the arguments of bench_days
    case "$1" in
    ${CASES:-*}) ;;
    *) return 0 ;;
    esac
    shift
    echo
    AZUMI_DATA="$data" OPENBLAS_NUM_THREADS=1 "$build/bench/bench_days" "$@" || failed=1
}
days chained-days days "${DAYS:-10}"
days half-hours replan "${DAYS:-2}"
# The service: the gateway beside a bare echo and bare SQLite, the jobs around it, real solves.
service() { # case, program, then its arguments
    case "$1" in
    ${CASES:-*}) ;;
    *) return 0 ;;
    esac
    shift
    program=$1
    shift
    echo
    OPENBLAS_NUM_THREADS=1 "$build/bench/$program" "$@" || failed=1
}
service service-gateway bench_gateway
for section in start dispatch queue large idle; do
    service service-$section bench_service $section
done
service service-solves bench_solves
exit $failed
