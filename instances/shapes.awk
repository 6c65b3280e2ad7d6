# shapes.awk - writes the series of a sample instance out.
#
#   awk -f instances/shapes.awk instances/microgrid/matsumoto-day.template > matsumoto-day.json
#
# A template is the JSON document with one member per line, in which a series may be written as a
# shape. "slots" and "slot_minutes" stand above the first shape. Slot values are taken at the middle
# of the slot, at hour h of local time (the horizon starts at 00:00). Shapes:
#
#   @knots(scale; v0 v1 ... vn)       straight lines between values given for 0:00, 1:00, ... (n = 24,
#                                     or a divisor of 24: then the knots lie 24/n hours apart)
#   @sun(peak; rise; set; exponent)   peak * sin(pi (h - rise) / (set - rise)) ^ exponent by day
#   @cloud(peak; rise; set; exponent; depth)   the same, with passing clouds that take up to depth
#   @flow(mean; swing)                run-of-river water: snow melts a little in the afternoon
#   @steps(v0 v1 ...)                 equal parts of the horizon, each at one value
#   @16 knots(...)                    any of them: as many slots, in place of the horizon's
#
# Values are rounded to 0.01. No randomness: the same template gives the same bytes.

function number(text,    value) {
    value = sprintf("%.2f", text)
    if (value == "-0.00") value = "0.00"
    sub(/0$/, "", value)
    sub(/0$/, "", value)
    sub(/\.$/, "", value)
    return value
}

function daylight(h, rise, set, exponent,    x) {
    if (h <= rise || h >= set) return 0
    x = sin(3.14159265358979 * (h - rise) / (set - rise))
    return exp(exponent * log(x))
}

function shape(name, text, t,    h, part, count, at, k, width) {
    h = ((t + 0.5) * minutes / 60) % 24
    count = split(text, part, /;[ ]*/)
    if (name == "knots") {
        width = split(part[2], knot, / +/) - 1
        at = h * width / 24
        k = int(at)
        return part[1] * (knot[k + 1] + (at - k) * (knot[k + 2] - knot[k + 1]))
    }
    if (name == "sun") return part[1] * daylight(h, part[2], part[3], part[4])
    if (name == "cloud")
        return part[1] * daylight(h, part[2], part[3], part[4]) * \
               (1 - part[5] * (0.5 + 0.3 * sin(2.3 * h + 1) + 0.2 * sin(5.9 * h)))
    if (name == "flow") return part[1] + part[2] * sin(3.14159265358979 * (h - 9) / 12)
    if (name == "steps") {
        count = split(text, part, / +/)
        return part[int(t * count / slots) + 1]
    }
    print "shapes.awk: line " NR ": no shape " name > "/dev/stderr"
    failed = 1
    exit 1
}

/"slots": *[0-9]/ { slots = $0; gsub(/[^0-9]/, "", slots); slots += 0 }
/"slot_minutes": *[0-9]/ { minutes = $0; gsub(/[^0-9]/, "", minutes); minutes += 0 }

match($0, /@([0-9]+ )?[a-z]+\([^)]*\)/) {
    call = substr($0, RSTART + 1, RLENGTH - 2)
    head = substr($0, 1, RSTART - 1)
    tail = substr($0, RSTART + RLENGTH)
    count = slots
    if (call ~ /^[0-9]/) {
        count = call + 0
        sub(/^[0-9]+ /, "", call)
    }
    name = call
    sub(/\(.*/, "", name)
    sub(/^[a-z]+\(/, "", call)
    line = "["
    for (t = 0; t < count; t++) line = line (t ? ", " : "") number(shape(name, call, t))
    print head line "]" tail
    next
}

{ print }
END { if (failed) exit 1 }
