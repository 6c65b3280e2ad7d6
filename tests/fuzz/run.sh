#!/bin/sh
# Runs each fuzzer for FUZZ_SECONDS on its committed corpus (tests/fuzz/corpus/NAME) and what it
# learnt here before ($BUILD/fuzz/learnt). A finding is kept in $BUILD/fuzz and fails the run.
failed=0
for program in "$@"; do
    name=$(basename "$program")
    learnt="${BUILD:-build}/fuzz/learnt/$name"
    mkdir -p "$learnt" "tests/fuzz/corpus/$name"
    if ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 "$program" -max_total_time="${FUZZ_SECONDS:-20}" \
        -timeout=10 -rss_limit_mb=4096 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="${BUILD:-build}/fuzz/$name-" "$learnt" "tests/fuzz/corpus/$name" \
        > "${BUILD:-build}/fuzz/$name.log" 2>&1
    then
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "${BUILD:-build}/fuzz/$name.log")
        printf '%-24s %s runs, no finding\n' "$name" "${runs:-?}"
    else
        printf '%-24s FINDING\n' "$name"
        tail -30 "${BUILD:-build}/fuzz/$name.log"
        failed=1
    fi
done
exit $failed
