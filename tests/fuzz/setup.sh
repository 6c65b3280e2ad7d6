#!/bin/sh
# Fuzzers need clang and its runtime; installs them on a Debian machine when they are missing.
set -eu
if clang -fsanitize=fuzzer -x c -o /dev/null - 2>/dev/null <<'C'
int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n) { (void)d; (void)n; return 0; }
C
then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        clang libclang-rt-14-dev >/dev/null
else
    echo "azumi: fuzzing needs the Debian packages clang and libclang-rt-14-dev" >&2
    exit 1
fi
