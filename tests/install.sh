#!/bin/sh
# An installation works from where it was put: it finds its engines and solves.
set -eu
build=${BUILD:-build}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
make --no-print-directory install DESTDIR="$root" BUILD="$build" > /dev/null
engines=$(env -u AZUMI_ENGINES "$root/usr/local/bin/azumi" version | grep -c glpk || true)
[ "$engines" -ge 1 ] || { echo "install: the installed azumi finds no engine"; exit 1; }
env -u AZUMI_ENGINES "$root/usr/local/bin/azumi" solve --quiet --engine glpk \
    "$root/usr/local/share/azumi/instances/microgrid/odawara.json" -o "$root/plan.json"
echo "install: works from where it was put"
