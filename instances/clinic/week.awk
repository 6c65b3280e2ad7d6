# week.awk - writes the sample week of rounds out.
#
#   cd instances/clinic
#   awk -f week.awk matsumoto-districts.csv matsumoto-week.csv matsumoto-week.template > matsumoto-week.json
#
# The template is the JSON document with two lines of its own: @places, every place that a site names
# with name and coordinates of the gazetteer and the site's area, and @sites, the rows of the table.
# @mon .. @fri are dates of the week. No randomness: the same files give the same bytes.

BEGIN {
    split("mon tue wed thu fri", days, " ")
    for (d = 1; d <= 5; d++) date[days[d]] = sprintf("2026-12-%02d", 6 + d)
}

function fail(what) {
    print "week.awk: " FILENAME ":" FNR ": " what > "/dev/stderr"
    failed = 1
    exit 1
}

function quoted(text) { return "\"" text "\"" }

# "a,b" as a list of quoted words, or of dates.
function list(text, separator, as_dates,    n, part, k, out) {
    n = split(text, part, separator)
    for (k = 1; k <= n; k++) {
        if (as_dates && !(part[k] in date)) fail("no day " part[k])
        out = out (k > 1 ? ", " : "") quoted(as_dates ? date[part[k]] : part[k])
    }
    return "[" out "]"
}

# "word:price" as members.
function priced(text, name, value,    at) {
    at = index(text, ":")
    if (at == 0) return "{" name ": " value "}"
    return "{" name ": " value ", \"price_jpy\": " substr(text, at + 1) "}"
}

function without_price(text) {
    sub(/:.*/, "", text)
    return text
}

function offers(text,    n, part, k, out) {
    n = split(text, part, " ")
    for (k = 1; k <= n; k++)
        out = out (k > 1 ? ", " : "") priced(part[k], "\"care\"", quoted(without_price(part[k])))
    return "[" out "]"
}

function patterns(text,    n, part, k, out) {
    n = split(text, part, " ")
    for (k = 1; k <= n; k++)
        out = out (k > 1 ? ", " : "") \
              priced(part[k], "\"dates\"", list(without_price(part[k]), "+", 1))
    return "[" out "]"
}

function windows(text,    n, part, k, at, hours, out, item) {
    n = split(text, part, " ")
    for (k = 1; k <= n; k++) {
        item = part[k]
        out = out (k > 1 ? ", " : "") "{"
        if ((at = index(item, "@")) > 0) {
            out = out "\"weekdays\": " list(substr(item, 1, at - 1), ",", 0) ", "
            item = substr(item, at + 1)
        }
        split(item, hours, "-")
        at = sub(/!/, "", hours[2])
        out = out "\"from\": " quoted(hours[1]) ", \"until\": " quoted(hours[2]) \
              (at ? ", \"ends_within\": true" : "") "}"
    }
    return "[" out "]"
}

# A site over as many lines as it has sides: who and how often; when; how and at what price.
function site(    out, part) {
    out = "    {\"id\": " quoted($1) ", \"place\": " quoted($2)
    if ($4 != 1) out = out ", \"visits\": " $4
    if ($5 != "") out = out ",\n     \"patterns\": " patterns($5)
    if ($6 != "") {
        split($6, part, "-")
        out = out ", \"spacing_min_days\": " part[1]
        if (index($6, "-")) out = out ", \"spacing_max_days\": " part[2]
    }
    if ($7 != "") out = out ", \"last_visit\": " quoted($7) ", \"interval_max_days\": " $8
    if ($9 != "") out = out ", \"closed\": " list($9, ",", 1)
    out = out ",\n     \"windows\": " windows($10) ",\n     \"patients\": " $11
    if ($12 != "") out = out ", \"load\": " $12
    out = out ", \"care\": " offers($13)
    if ($14 != "") out = out ", \"unserved_price_jpy\": " $14
    if ($15 != "") out = out ", \"familiar\": " list($15, ",", 0)
    return out "}"
}

FNR == 1 {
    file++
    FS = file == 1 ? "," : ";"
    $0 = $0
}
/^#/ { next }

file == 1 {
    name[$1] = $2
    latitude[$1] = $6
    longitude[$1] = $7
    next
}

file == 2 {
    if ($1 == "id") next
    if (!($2 in name)) fail("no place " $2)
    if (!($2 in placed)) {
        placed[$2] = 1
        places = places (places == "" ? "" : ",\n") "    {\"id\": " quoted($2) ", \"name\": " \
                 quoted(name[$2]) ", \"district\": " quoted($3) ", \"latitude\": " \
                 latitude[$2] ", \"longitude\": " longitude[$2] "}"
    }
    sites = sites (sites == "" ? "" : ",\n") site()
    next
}

/^@places$/ { print places; next }
/^@sites$/ { print sites; next }
{
    for (d in date) gsub("@" d, date[d])
    print
}
END { if (failed) exit 1 }
