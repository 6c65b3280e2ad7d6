#!/bin/sh
# Runs Check programs, JOBS at a time (all processors without it; 1: one after the other), prints
# one line a suite as each ends, with its seconds, and fails when one fails. A suite that failed
# prints the end of its log below its line; the whole log is BUILD/NAME.log.
#
# Suites that took long the last time start first, so that none is left alone at the end; before
# the first time those of `long`. One that waits for most of its time (`waits`) runs beside the
# others, which would else leave a processor idle. Each runs in the project's root with one thread
# for BLAS; CK_VERBOSITY and CK_TIMEOUT_MULTIPLIER pass through.
build=${BUILD:-build}

# One suite: its lines are written at once, so that those of two never mix.
if [ "${1:-}" = --one ]; then
    name=$(basename "$2")
    log="$build/$name.log"
    start=$(date +%s)
    "$2" > "$log" 2>&1
    status=$?
    seconds=$(($(date +%s) - start))
    echo "$seconds" > "$build/$name.seconds"
    {
        flock 9
        if [ $status -eq 0 ]; then
            printf '%-28s %s (%ss)\n' "$name" "$(grep -E '^[0-9]+%: Checks' "$log" | tail -1)" \
                "$seconds"
        else
            printf '%-28s FAILED, exit %s (%ss)\n' "$name" "$status" "$seconds"
            tail -40 "$log"
        fi
        grep -hE '^(SKIPPED|skipped|COUNTED)' "$log"
    } 9> "$build/run.lock"
    exit $((status != 0))
fi

start=$(date +%s)
OPENBLAS_NUM_THREADS=1
export OPENBLAS_NUM_THREADS
long=' evbus_properties clinic_properties evbus_energy chain evbus_dispatch evbus_deadlines
 microgrid_engines colgen evbus_pipeline cli_files evbus_solve '
waits=' service service_scarce storm watchdog service_stop service_clock '
jobs=${JOBS:-$(nproc)}

# Each program in a line, the longest first.
in_order() {
    for program in "$@"; do
        name=$(basename "$program")
        last=$(cat "$build/$name.seconds" 2> /dev/null)
        case "$long" in
        *" ${name#test_} "*) guess=30 ;;
        *) guess=1 ;;
        esac
        printf '%s %s\n' "${last:-$guess}" "$program"
    done | sort -s -n -r -k 1,1 | cut -d ' ' -f 2-
}

# The programs that wait ($1 is 1) or those that compute (0).
those() {
    wanted=$1
    shift
    for program in "$@"; do
        name=$(basename "$program")
        case "$waits" in
        *" ${name#test_} "*) is=1 ;;
        *) is=0 ;;
        esac
        [ $is -ne "$wanted" ] || printf '%s\n' "$program"
    done
}

beside=''
if [ "$jobs" -gt 1 ]; then
    waiting=$(those 1 "$@")
    computing=$(those 0 "$@")
    if [ -n "$waiting" ]; then
        printf '%s\n' "$waiting" | xargs -n 1 sh "$0" --one &
        beside=$!
    fi
else
    computing=$(printf '%s\n' "$@")
fi
status=0
if [ -n "$computing" ]; then
    # shellcheck disable=SC2086 # names of programs, no spaces in them
    in_order $computing | xargs -P "$jobs" -n 1 sh "$0" --one || status=1
fi
[ -z "$beside" ] || wait $beside || status=1
[ $# -eq 1 ] || echo "$# suites in $(($(date +%s) - start)) s"
exit $((status != 0))
