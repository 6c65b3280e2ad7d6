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

# A program of somebody else's: built against what is installed, it gets its plan from a service.
prefix=$root/usr/local
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
# shellcheck disable=SC2046 # the options are meant to be split
"${CC:-cc}" -Wall -Wextra -Werror $(pkg-config --cflags azumi-client) -o "$root/plan" \
    "$prefix/share/doc/azumi/examples/plan.c" $(pkg-config --libs azumi-client)
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
export AZUMI_CONNECT="ipc://$root/azumi.ipc" LD_LIBRARY_PATH="$prefix/lib"
"$prefix/bin/azumi" serve --listen "$AZUMI_CONNECT" --store "$root/jobs.db" 2> "$root/log" &
service=$!
"$root/plan" microgrid "$prefix/share/azumi/instances/microgrid/odawara.json" today \
    > "$root/result" 2> "$root/events" || { cat "$root/result" "$root/events"; failed=1; }
kill "$service"
wait "$service" || failed=1
grep -q '"certificate":{' "$root/result" || failed=1
[ -z "${failed:-}" ] || { echo "install: the example got no plan"; exit 1; }
for page in man1/azumi.1 man3/azumi-client.3; do
    grep -q '^\.SH NAME' "$prefix/share/man/$page" || { echo "install: no page $page"; exit 1; }
done
echo "install: works from where it was put"
