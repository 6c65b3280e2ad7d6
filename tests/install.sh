#!/bin/sh
# An installation works from where it was put: engines, client library, examples, pages, units.
set -eu
build=${BUILD:-build}
root=$(mktemp -d)
service=
trap 'if [ -n "$service" ]; then kill "$service" 2> /dev/null || true; fi; rm -rf "$root"' EXIT
fail()
{
    echo "install: $*"
    exit 1
}
make --no-print-directory install DESTDIR="$root" BUILD="$build" > /dev/null
prefix=$root/usr/local
instance=$prefix/share/azumi/instances/microgrid/odawara.json
engines=$(env -u AZUMI_ENGINES "$prefix/bin/azumi" version | grep -c glpk || true)
[ "$engines" -ge 1 ] || fail "the installed azumi finds no engine"
env -u AZUMI_ENGINES "$prefix/bin/azumi" solve --quiet --engine glpk "$instance" -o "$root/plan.json"

# --- the client library -------------------------------------------------------------------------
# The header alone, in C11 and C++; nothing but its functions is seen, and all of them.
header=$prefix/include/azumi_client.h
functions=$(grep -v typedef "$header" | grep -oE '\bazumi_[a-z_]+\(' | tr -d '(' | sort -u)
for library in libazumi-client.so.0 libazumi-client.a; do
    dynamic=-D
    [ "$library" = libazumi-client.so.0 ] || dynamic=
    # shellcheck disable=SC2086 # an option, or none
    shown=$(nm $dynamic -g --defined-only "$prefix/lib/$library" | sed -n 's/.* [TDBRVW] //p' | sort -u)
    [ "$shown" = "$functions" ] || fail "$library shows other symbols than its header: $shown"
done
printf '#include <azumi_client.h>\nint main(void) { return azumi_version() == 0; }\n' > "$root/a.c"
cp "$root/a.c" "$root/a.cc"
strict="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-qual -Werror -fsyntax-only"
# shellcheck disable=SC2086 # options
"${CC:-cc}" -std=c11 -Wstrict-prototypes $strict -I"$prefix/include" "$root/a.c"
# shellcheck disable=SC2086
if command -v c++ > /dev/null; then c++ -std=c++11 $strict -I"$prefix/include" "$root/a.cc"; fi

# Programs of somebody else's, against what is installed; the last one with the static library.
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root"
flags=$(pkg-config --cflags azumi-client) shared=$(pkg-config --libs azumi-client)
static=$(pkg-config --static --libs azumi-client | sed 's/-lazumi-client/-l:libazumi-client.a/')
unset PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
examples=$prefix/share/doc/azumi/examples
for program in plan dispatch_loop; do
    # shellcheck disable=SC2086
    "${CC:-cc}" -Wall -Wextra -Werror $flags -o "$root/$program" "$examples/$program.c" $shared
done
# shellcheck disable=SC2086
"${CC:-cc}" -Wall -Wextra -Werror $flags -o "$root/static" "$examples/dispatch_loop.c" $static
if ldd "$root/static" | grep -q azumi; then fail "the static library is not used"; fi
export AZUMI_CONNECT="ipc://$root/azumi.ipc" LD_LIBRARY_PATH="$prefix/lib" PATH="$prefix/bin:$PATH"
ended=0
"$root/dispatch_loop" "$instance" dispatch 1 1 2> "$root/events" || ended=$?
[ "$ended" -eq 1 ] || fail "without a service the loop ends with $ended"
azumi serve --listen "$AZUMI_CONNECT" --store "$root/jobs.db" 2> "$root/log" &
service=$!
tries=0
until azumi status > /dev/null; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || fail "the service does not answer"
    sleep 0.5
done
"$root/plan" microgrid "$instance" today > "$root/result" 2> "$root/events" || fail "plan.c: $(cat "$root/events")"
grep -q '"certificate":{' "$root/result" || fail "plan.c got no certificate"
for program in dispatch_loop static; do
    # As much time as a loaded machine needs: the second round begins when the first is over.
    "$root/$program" "$instance" "$program" 10 1 > "$root/points" 2> "$root/events" ||
        fail "$program: $(cat "$root/events")"
    grep -q '^connections tie-site import_kw [0-9]' "$root/points" || fail "$program: no set points"
done
echo '{"kind": "microgrid"}' > "$root/bad.json"
ended=0
"$root/dispatch_loop" "$root/bad.json" bad 10 3 2> "$root/events" || ended=$?
[ "$ended" -eq 2 ] || fail "with a wrong instance the loop ends with $ended"
grep -q 'start' "$root/events" || fail "the loop does not say what is wrong"
sh "$examples/plan.sh" "$instance" by-hand "$root/by-hand.json" 2> /dev/null > "$root/shown" ||
    fail "plan.sh: $(cat "$root/shown")"
azumi check "$instance" "$root/by-hand.json" > /dev/null || fail "plan.sh wrote no plan"
kill "$service"
wait "$service" || fail "the service ended badly"
service=

# --- pages and units ----------------------------------------------------------------------------
functions_of()
{
    sed -n '/^# /s/-/ /gp' "$1" | tr -d ',:' | tr ' ' '\n' | grep '^azumi_' | sort -u
}
for page in doc/azumi-client.md doc/ja/azumi-client.md; do
    [ "$(functions_of "$page")" = "$functions" ] || fail "$page does not name the header's functions"
done
for page in man1/azumi.1 man7/azumi-protocol.7 man3/azumi-client.3 man7/azumi-operating.7; do
    grep -q '^\.SH NAME' "$prefix/share/man/$page" || fail "no page $page"
    grep -q '^\.SH 名前' "$prefix/share/man/ja/$page" || fail "no Japanese page $page"
    for path in "$prefix/share/man/$page" "$prefix/share/man/ja/$page"; do
        command -v man > /dev/null || continue
        LC_ALL=C.UTF-8 MANWIDTH=100 man --warnings -l "$path" 2> "$root/warnings" > "$root/page" ||
            fail "$path cannot be shown"
        [ ! -s "$root/warnings" ] || fail "$path: $(head -3 "$root/warnings")"
        [ "$(wc -l < "$root/page")" -gt 40 ] || fail "$path is empty"
    done
done
if command -v systemd-analyze > /dev/null; then
    for unit in "$prefix"/lib/systemd/system/azumi*; do
        sed "s|/usr/local/bin|$prefix/bin|" "$unit" > "$root/$(basename "$unit")"
    done
    systemd-analyze verify --man=no "$root/azumi.service" "$root/azumi-backup.timer" \
        2> "$root/warnings" || fail "units: $(cat "$root/warnings")"
fi
# The line of the nightly backup, as systemd would run it.
backup=$(sed -n 's|^ExecStart=||p' "$prefix/lib/systemd/system/azumi-backup.service" |
    sed -e "s|/usr/local/bin|$prefix/bin|" -e "s|/var/lib/azumi/azumi.db|$root/jobs.db|" \
        -e "s|/var/lib/azumi/backups|$root/backups|")
mkdir "$root/backups"
/bin/sh -c "$backup" > /dev/null || fail "the backup's line fails: $backup"
ls "$root"/backups/azumi-2*.db > /dev/null || fail "no backup was made"
echo "install: works from where it was put"
