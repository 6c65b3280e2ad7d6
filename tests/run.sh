#!/bin/sh
# Runs Check programs one after the other, prints their summary lines, fails when one fails.
# Each runs in the project's root; CK_VERBOSITY and CK_TIMEOUT_MULTIPLIER pass through.
failed=0
for program in "$@"; do
    name=$(basename "$program")
    log="${BUILD:-build}/$name.log"
    start=$(date +%s)
    if "$program" > "$log" 2>&1; then
        printf '%-28s %s (%ss)\n' "$name" "$(grep -E '^[0-9]+%: Checks' "$log" | tail -1)" $(($(date +%s) - start))
    else
        printf '%-28s FAILED, exit %s (%ss)\n' "$name" "$?" $(($(date +%s) - start))
        tail -40 "$log"
        failed=1
    fi
    grep -hE '^(SKIPPED|skipped)' "$log" || true
done
exit $failed
