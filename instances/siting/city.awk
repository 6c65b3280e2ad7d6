# city.awk - writes the sample city of sites out.
#
#   cd instances/siting
#   awk -f city.awk ../clinic/matsumoto-districts.csv matsumoto-city.csv matsumoto-ppa.template > matsumoto-ppa.json
#
# The first file places districts and hamlets, the second says how many houses, factories, farms and
# public buildings each of them has here and where they are connected. The template is the JSON
# document with two lines of its own, @districts and @sites. Every site is made up, with numbers from
# one linear congruential generator: the same files give the same bytes.

BEGIN { seed = 20261121; sites = 0 }

function fail(what) {
    print "city.awk: " FILENAME ":" FNR ": " what > "/dev/stderr"
    failed = 1
    exit 1
}

# A number in [0, 1): the minimal standard generator, exact in doubles.
function chance() {
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647
}

# A number between two others, on a lattice.
function between(low, high, step) {
    return step * int((low + (high - low) * chance()) / step + 0.5)
}

function site(place, kind, connection, rest,    text) {
    sites++
    text = sprintf("{\"id\": \"s%04d\", \"kind\": \"%s\", \"latitude\": %.4f, \"longitude\": %.4f, ",
                   sites, kind, latitude[place] + between(-0.008, 0.008, 0.0001),
                   longitude[place] + between(-0.010, 0.010, 0.0001))
    line[sites] = text "\"district\": \"" main[district[place]] "\", \"connection\": \"" connection \
                  "\", " rest "}"
}

function surface(yield, kw) {
    return "\"surfaces\": [{\"yield\": \"" yield "\", \"max_kw\": " kw "}], "
}

# high: a place in the mountains, where the sun comes late over the ridge.
function house(place, connection, high,    side, n) {
    n = int(4 * chance())
    side = high ? "valley" : n < 2 ? "south" : n < 3 ? "east" : "west"
    site(place, "house", connection, surface(side, between(4, 8, 0.5)) \
         "\"load\": \"house\", \"year_kwh\": " between(3200, 7200, 100) ", \"tariff\": \"home\", " \
         "\"costs\": \"house\", \"menu\": \"house\", \"operator\": \"roof-power\"")
}

function factory(place, connection, high,    kw, load) {
    kw = between(60, 480, 10)
    load = chance() < 0.3 ? "shift" : "office"
    site(place, "factory", connection, surface(high ? "valley" : "south", kw) "\"load\": \"" load \
         "\", \"year_kwh\": " int(kw * between(200, 1600, 50)) ", \"load_power_factor\": 0.95, " \
         "\"tariff\": \"business\", \"costs\": \"roof\", \"menu\": \"roof\", " \
         "\"operator\": \"matsumoto-ppa\"")
}

function farm(place, connection, high,    kw) {
    kw = between(50, 490, 10)
    site(place, "farm", connection, surface(high ? "valley" : "land", kw) \
         "\"load\": \"farm\", \"year_kwh\": " between(2000, 30000, 500) ", \"tariff\": \"field\", " \
         "\"costs\": \"land\", \"menu\": \"land\", \"operator\": \"matsumoto-ppa\", " \
         "\"landowner\": \"" (chance() < 0.5 ? "land-cooperative" : "land-families") "\"")
}

function public_site(place, connection, high, n,    kw, what, ja) {
    kw = between(20, 140, 5)
    split("branch office,school,hall,sports hall", what, ",")
    split("支所,小学校,公民館,体育館", ja, ",")
    site(place, "public", connection, "\"name\": \"" name[place] ja[1 + n % 4] "（模擬） / " place " " \
         what[1 + n % 4] " (synthetic)\", " surface(high ? "valley" : "south", kw) \
         "\"load\": \"public\", \"year_kwh\": " int(kw * between(500, 1600, 50)) ", " \
         "\"tariff\": \"civic\", \"costs\": \"roof\", \"menu\": \"civic\", " \
         "\"operator\": \"matsumoto-ppa\", \"shelter\": true, \"critical_kw\": " between(0.5, 3, 0.5))
}

# The gazetteer: id,name,kana,aliases,district,latitude,longitude,note
FNR == 1 { file++ }
file == 1 {
    split($0, part, ",")
    if (FNR == 1 || part[1] == "#") next
    name[part[1]] = part[2]
    district[part[1]] = part[5]
    latitude[part[1]] = part[6]
    longitude[part[1]] = part[7]
    if (!(part[5] in main)) main[part[5]] = part[1]
    next
}

# The city: place;people;connection;high;houses;factories;farms;public
file == 2 {
    if ($0 ~ /^#/ || FNR == 2) next
    if (split($0, part, ";") != 8) fail("eight columns are needed")
    place = part[1]
    if (!(place in name)) fail("no place " place)
    for (n = 0; n < part[5]; n++) house(place, part[3], part[4])
    for (n = 0; n < part[6]; n++) factory(place, part[3], part[4])
    for (n = 0; n < part[7]; n++) farm(place, part[3], part[4])
    for (n = 0; n < part[8]; n++) public_site(place, part[3], part[4], n)
    if (main[district[place]] == place)
        home[++homes] = "{\"id\": \"" place "\", \"name\": \"" name[place] "\", \"people\": " part[2] \
            ", \"latitude\": " latitude[place] ", \"longitude\": " longitude[place] "}"
    next
}

/^ *@districts$/ {
    for (n = 1; n <= homes; n++) print "    " home[n] (n < homes ? "," : "")
    next
}
/^ *@sites$/ {
    for (n = 1; n <= sites; n++) print "    " line[n] (n < sites ? "," : "")
    next
}
{ print }
