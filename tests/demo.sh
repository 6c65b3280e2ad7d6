#!/bin/sh
# make demo: a day of the Matsumoto microgrid, from input files to a judged plan fetched over
# nanomsg. With the reference data present the day has real prices and area series.
set -eu
build=${BUILD:-build}
data=${AZUMI_DATA:-../shared/data}
work="$build/demo"
azumi="$build/azumi"
date=2026-01-21
rm -rf "$work"
mkdir -p "$work"
day="$work/day.json"
cp instances/microgrid/matsumoto-day.json "$day"
if [ -r "$data/microgrid/jepx/spot_summary_2025.csv" ]; then
    echo "The day: $date, with its JEPX prices and area series."
    "$azumi" import jepx "$data/microgrid/jepx/spot_summary_2025.csv" --into "$day" --date $date \
        -o "$work/prices.json"
    "$azumi" import area "$data/microgrid/area/eria_jukyu_202601_03.csv" --into "$work/prices.json" \
        --date $date -o "$day"
else
    echo "The day: the shipped sample ($data is not here, so no real prices)."
fi

export AZUMI_CONNECT="ipc://$work/azumi.ipc"
"$azumi" serve --listen "$AZUMI_CONNECT" --store "$work/azumi.db" 2> "$work/service.log" &
service=$!
trap 'kill $service 2>/dev/null; wait $service 2>/dev/null || true' EXIT INT TERM

echo "The service runs (process $service, log in $work/service.log). Submitting over nanomsg:"
printf 'submitted as '
"$azumi" submit "$day" --id demo --gap 0.0005 --time 60
"$azumi" watch demo
"$azumi" result demo -o "$work/plan.json"
echo
echo "The plan, judged once more by itself:"
"$azumi" check "$day" "$work/plan.json"
"$azumi" report "$day" "$work/plan.json" -o "$work/report.html"
echo
echo "plan:   $work/plan.json"
echo "report: $work/report.html"
