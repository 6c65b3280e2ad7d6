#!/bin/sh
# Runs each fuzzer for FUZZ_SECONDS on its committed corpus (tests/fuzz/corpus/NAME), what it learnt
# here before ($BUILD/fuzz/learnt) and, where it is of one kind of plan, the kind's golden cases, one
# on each processor at a time. A finding is kept in $BUILD/fuzz and fails the run.
build=${BUILD:-build}

# The golden cases of fuzz_kind_KIND as its documents, and some sizes to generate.
make_seeds() {
    kind=${1#fuzz_kind_}
    for folder in "tests/data/$kind/golden"/*/; do
        plan="$folder/plan.json"
        [ -f "$plan" ] || plan=/dev/null
        {
            printf '{"instance":'
            cat "$folder/instance.json"
            [ "$plan" = /dev/null ] || printf ',"plan":'
            cat "$plan"
            printf '}'
        } > "$2/$(basename "$folder")"
    done
    for size in 1 5 20; do
        printf '{"size":%s}' "$size" > "$2/size-$size"
    done
}

if [ "${1:-}" = --one ]; then
    name=$(basename "$2")
    learnt="$build/fuzz/learnt/$name"
    log="$build/fuzz/$name.log"
    seeds="$build/fuzz/seeds/$name"
    mkdir -p "$learnt" "$seeds" "tests/fuzz/corpus/$name"
    case $name in fuzz_kind_*) make_seeds "$name" "$seeds" ;; esac
    ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 "$2" \
        -max_total_time="${FUZZ_SECONDS:-20}" -timeout=10 -rss_limit_mb=2048 -max_len=65536 \
        -print_final_stats=1 -artifact_prefix="$build/fuzz/$name-" "$learnt" \
        "tests/fuzz/corpus/$name" "$seeds" > "$log" 2>&1
    status=$?
    {
        flock 9
        if [ $status -eq 0 ]; then
            runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
            printf '%-24s %s runs, no finding\n' "$name" "${runs:-?}"
        else
            printf '%-24s FINDING\n' "$name"
            tail -30 "$log"
        fi
    } 9> "$build/fuzz/run.lock"
    exit $((status != 0))
fi

printf '%s\n' "$@" | xargs -P "${JOBS:-$(nproc)}" -n 1 sh "$0" --one || exit 1
