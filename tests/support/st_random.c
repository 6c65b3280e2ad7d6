/* st_random.c - random small siting instances as JSON. */
#include "tests/support/st_random.h"

#include <math.h>
#include <stdio.h>

#define DAY 24
#define PI 3.14159265358979

struct maker {
    struct az_random random;
    json_t *root;
    int hours;
    size_t sites, feeders, banks, buses, districts;
    unsigned features;
    double pv_kw; /* of all sites' largest options */
};

static double between(struct maker *m, double low, double high)
{
    return low + (high - low) * az_random_unit(&m->random);
}

static bool chance(struct maker *m, double share)
{
    return az_random_unit(&m->random) < share;
}

static size_t below(struct maker *m, size_t n)
{
    return (size_t)az_random_below(&m->random, n);
}

static json_t *named(const char *stem, size_t i)
{
    char text[40];
    snprintf(text, sizeof text, "%s%zu", stem, i);
    return json_string(text);
}

static json_t *list_in(struct maker *m, const char *name)
{
    json_t *list = json_array();
    json_object_set_new(m->root, name, list);
    return list;
}

/* --- days, profiles, prices ------------------------------------------------------------------- */

static void add_profile(const struct maker *m, json_t *list, const char *id, double night,
                        double noon, double evening, double second)
{
    json_t *values = json_array();
    for (int h = 0; h < m->hours; h++) {
        double hour = h % DAY, day = h < DAY ? 1 : second;
        double bump = fmax(0, cos((hour - 12) * PI / 12));
        double late = exp(-(hour - 19) * (hour - 19) / 6);
        json_array_append_new(
            values, json_real(round(1e4 * day * (night + noon * bump + evening * late)) / 1e4));
    }
    json_array_append_new(list, json_pack("{s:s, s:o}", "id", id, "values", values));
}

static json_t *price(double jpy)
{
    return json_pack("{s:[{s:f}]}", "steps", "jpy_per_kwh", jpy);
}

static void add_prices(struct maker *m)
{
    json_t *profiles = list_in(m, "profiles");
    json_t *days =
        json_pack("[{s:s, s:i}]", "id", "summer", "weight_days", m->hours > DAY ? 200 : 365);
    if (m->hours > DAY)
        json_array_append_new(days, json_pack("{s:s, s:i}", "id", "winter", "weight_days", 165));
    json_object_set_new(m->root, "typical_days", days);
    add_profile(m, profiles, "sun", 0, 0.75, 0, 0.6);
    add_profile(m, profiles, "home", 0.3, 0.1, 1, 1.3);
    add_profile(m, profiles, "work", 0.2, 1, 0, 1);
    add_profile(m, profiles, "flat", 1, 0, 0, 1);
    json_object_set_new(m->root, "operators",
                        json_pack("[{s:s, s:f}, {s:s, s:f}]", "id", "first", "discount_rate", 0.03,
                                  "id", "second", "discount_rate", 0.05));
    json_object_set_new(m->root, "tariffs",
                        json_pack("[{s:s, s:o, s:o, s:o, s:i}, {s:s, s:o, s:o, s:o, s:i}]", "id",
                                  "house", "ppa", price(between(m, 22, 27)), "retail", price(33),
                                  "surplus", price(between(m, 8, 14)), "contract_years", 15, "id",
                                  "business", "ppa", price(between(m, 17, 21)), "retail", price(24),
                                  "surplus", price(between(m, 7, 12)), "contract_years", 20));
    json_object_set_new(m->root, "costs",
                        json_pack("[{s:s, s:[{s:i, s:f}, {s:i, s:f}], s:[{s:i, s:f}], s:f, s:f}]",
                                  "id", "usual", "pv", "from", 0, "jpy_per_unit",
                                  between(m, 2.0e5, 2.6e5), "from", 20, "jpy_per_unit",
                                  between(m, 1.6e5, 2.0e5), "battery", "from", 0, "jpy_per_unit",
                                  between(m, 4e4, 9e4), "operation_jpy_per_kw_year", 3000.0,
                                  "subsidy_share", chance(m, 0.5) ? 0.1 : 0.0));
    json_object_set_new(m->root, "carbon",
                        json_pack("{s:f, s:f}", "co2_kg_per_kwh", 0.42, "price_jpy_per_t",
                                  chance(m, 0.5) ? 3000.0 : 0.0));
}

/* --- networks --------------------------------------------------------------------------------- */

static json_t *reinforcement(struct maker *m, const char *stem, size_t i, double kw)
{
    char id[40];
    snprintf(id, sizeof id, "%s%zu-more", stem, i);
    return json_pack("[{s:s, s:f, s:f}]", "id", id, "adds_kw", round(kw), "cost_jpy",
                     round(kw * between(m, 1e4, 6e4)));
}

static void add_feeders(struct maker *m)
{
    json_t *banks = list_in(m, "banks"), *feeders = list_in(m, "feeders");
    double share = m->pv_kw / (double)m->feeders;
    for (size_t b = 0; b < m->banks; b++) {
        double kw = m->pv_kw / (double)m->banks;
        json_t *bank = json_pack("{s:o, s:f, s:f}", "id", named("bank", b), "capacity_kw", 4 * kw,
                                 "reverse_kw", round(kw * between(m, 0.15, 0.5)));
        if (m->features & ST_WITH_UPSTREAM)
            json_object_set_new(bank, "bus", named("bus", 1 + below(m, m->buses - 1)));
        if (chance(m, 0.4))
            json_object_set_new(bank, "reinforcements", reinforcement(m, "bank", b, 0.2 * kw));
        json_array_append_new(banks, bank);
    }
    for (size_t f = 0; f < m->feeders; f++) {
        json_t *feeder = json_pack("{s:o, s:o, s:f}", "id", named("feeder", f), "bank",
                                   named("bank", f % m->banks), "capacity_kw",
                                   round(share * between(m, 0.2, 0.7)));
        if (chance(m, 0.5)) {
            json_object_set_new(feeder, "load", json_string("home"));
            json_object_set_new(feeder, "year_kwh", json_real(round(share * 300)));
        }
        if (chance(m, 0.4))
            json_object_set_new(feeder, "reinforcements",
                                reinforcement(m, "feeder", f, 0.3 * share));
        json_array_append_new(feeders, feeder);
    }
}

/* The first feeder is a tree; its lines and voltages are near their limits. */
static void add_lines(struct maker *m)
{
    json_t *nodes = list_in(m, "nodes"), *lines = list_in(m, "lines");
    json_t *feeder = json_array_get(json_object_get(m->root, "feeders"), 0);
    double kw = m->pv_kw / (double)m->feeders;
    size_t count = 4;
    json_object_set_new(feeder, "root", json_string("node0"));
    json_object_set_new(feeder, "kv", json_real(6.6));
    json_object_set_new(feeder, "v_max_pu", json_real(1.02));
    json_object_set_new(feeder, "source_pu", json_real(1.01));
    if (chance(m, 0.5)) json_object_set_new(feeder, "pv_power_factor", json_real(0.95));
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(nodes, json_pack("{s:o, s:s, s:s, s:f, s:f}", "id", named("node", i),
                                               "feeder", "feeder0", "load", "home", "year_kwh",
                                               round(kw * 50), "power_factor", 0.9));
        if (i == 0) continue;
        size_t from = below(m, i);
        json_t *line = json_pack("{s:o, s:o, s:o, s:f, s:f}", "id", named("line", i), "from",
                                 named("node", from), "to", named("node", i), "r_ohm",
                                 between(m, 100, 400) / kw, "x_ohm", between(m, 100, 400) / kw);
        bool limited = chance(m, 0.7);
        if (limited)
            json_object_set_new(line, "limit_kva", json_real(round(kw * between(m, 0.2, 0.6))));
        if (limited && chance(m, 0.3))
            json_object_set_new(line, "reinforcements", reinforcement(m, "line", i, 0.3 * kw));
        json_array_append_new(lines, line);
    }
}

/* A ring with a spur: the outage of the spur parts the grid. */
static void add_upstream(struct maker *m)
{
    json_t *buses = json_array(), *circuits = json_array(), *plants = json_array();
    double plant_kw = round(m->pv_kw * between(m, 0.3, 0.8));
    for (size_t b = 0; b < m->buses; b++) {
        json_t *bus = json_pack("{s:o}", "id", named("bus", b));
        if (chance(m, 0.5)) {
            json_object_set_new(bus, "load", json_string("flat"));
            json_object_set_new(bus, "year_kwh", json_real(round(m->pv_kw * 300)));
        }
        json_array_append_new(buses, bus);
    }
    for (size_t c = 0; c < m->buses; c++) {
        bool spur = c + 1 == m->buses;
        size_t from = spur ? 1 : c, to = spur ? m->buses - 1 : (c + 1) % (m->buses - 1);
        double normal = plant_kw + m->pv_kw * between(m, 0.3, 0.7);
        json_array_append_new(
            circuits, json_pack("{s:o, s:o, s:o, s:f, s:f, s:f, s:f}", "id", named("circuit", c),
                                "from", named("bus", from), "to", named("bus", to), "x_pu",
                                between(m, 0.1, 0.3), "normal_kw", round(normal), "emergency_kw",
                                round(normal * between(m, 0.8, 1.1)), "outage_hours_per_year",
                                between(m, 5, 50)));
    }
    json_array_append_new(plants, json_pack("{s:s, s:o, s:s, s:f, s:f, s:f}", "id", "hydro", "bus",
                                            named("bus", 1 + below(m, m->buses - 1)), "output",
                                            "flat", "kw", plant_kw, "arm_jpy", between(m, 1e5, 2e6),
                                            "lost_jpy_per_kwh", 9.0));
    json_object_set_new(m->root, "upstream",
                        json_pack("{s:o, s:o, s:o, s:s}", "buses", buses, "circuits", circuits,
                                  "plants", plants, "slack", "bus0"));
}

/* --- sites ------------------------------------------------------------------------------------ */

static json_t *connection(struct maker *m)
{
    if (!(m->features & ST_WITH_FEEDERS)) return NULL;
    if (m->features & ST_WITH_LINES && chance(m, 0.4)) return named("node", 1 + below(m, 3));
    if (m->features & ST_WITH_UPSTREAM && chance(m, 0.1))
        return named("bus", 1 + below(m, m->buses - 1));
    if (chance(m, 0.1)) return named("bank", below(m, m->banks));
    if (chance(m, 0.05)) return NULL;
    return named("feeder", below(m, m->feeders));
}

static json_t *options(struct maker *m, double roof)
{
    json_t *list = json_array();
    size_t count = 1 + below(m, 3);
    for (size_t o = 0; o < count; o++) {
        double pv = round(10 * roof * (double)(o + 1) / (double)count) / 10;
        json_t *option = json_pack("{s:o, s:f}", "id", named("o", o), "pv_kw", pv);
        if (chance(m, 0.4))
            json_object_set_new(option, "battery_kwh", json_real(round(pv * between(m, 0.5, 2))));
        if (chance(m, 0.2)) json_object_set_new(option, "year", json_integer(2));
        json_array_append_new(list, option);
    }
    return list;
}

static void add_site(struct maker *m, json_t *list, size_t s)
{
    static const char *const kinds[] = { "house", "factory", "farm", "public", "community" };
    bool house = chance(m, 0.4) || s == 0;
    double roof = house ? between(m, 3, 9.5) : between(m, 10, 50);
    json_t *site = json_pack(
        "{s:o, s:s, s:o, s:[{s:s, s:f}], s:s, s:f, s:s, s:s, s:o, s:s}", "id", named("site", s),
        "kind", house ? "house" : kinds[1 + below(m, 4)], "district",
        named("district", s < m->districts ? s : below(m, m->districts)), "surfaces", "yield",
        "sun", "max_kw", 2 * roof, "load", house ? "home" : "work", "year_kwh",
        round(roof * between(m, 300, 1500)), "tariff", house ? "house" : "business", "costs",
        "usual", "options", options(m, roof), "operator", chance(m, 0.3) ? "second" : "first");
    json_t *to = connection(m);
    m->pv_kw += roof;
    if (to) json_object_set_new(site, "connection", to);
    if (chance(m, 0.1)) json_object_set_new(site, "existing_pv_kw", json_real(round(roof / 3)));
    if (chance(m, 0.1)) json_object_set_new(site, "export_max_kw", json_real(round(roof / 2)));
    if (chance(m, 0.2)) json_object_set_new(site, "load_power_factor", json_real(0.9));
    if (m->features & ST_WITH_COVERAGE && chance(m, 0.5)) {
        json_object_set_new(site, "shelter", json_true());
        json_object_set_new(site, "critical_kw", json_real(roof * between(m, 0.01, 0.05)));
    }
    if (m->features & ST_WITH_UPSTREAM && !house && chance(m, 0.3)) {
        json_object_set_new(site, "armable", json_true());
        json_object_set_new(site, "arm_jpy", json_real(round(between(m, 1e4, 1e5))));
        json_object_set_new(site, "lost_jpy_per_kwh", json_real(10));
    }
    json_array_append_new(list, site);
}

/* --- rules ------------------------------------------------------------------------------------ */

static void add_districts(struct maker *m)
{
    json_t *districts = list_in(m, "districts");
    bool covered = m->features & ST_WITH_COVERAGE;
    for (size_t d = 0; d < m->districts; d++) {
        json_t *district = json_pack("{s:o, s:i}", "id", named("district", d), "people",
                                     (int)(100 + below(m, 900)));
        json_t *reaches = json_array();
        for (size_t s = 0; covered && s < m->sites; s++) {
            const json_t *site = json_array_get(json_object_get(m->root, "sites"), s);
            if (json_object_get(site, "shelter") && chance(m, 0.6))
                json_array_append_new(reaches, named("site", s));
        }
        if (covered && json_array_size(reaches) > 0 && chance(m, 0.5))
            json_object_set_new(district, "must_be_covered", json_true());
        if (covered)
            json_object_set_new(district, "reaches", reaches);
        else
            json_decref(reaches);
        json_array_append_new(districts, district);
    }
    if (!covered) return;
    json_t *coverage = json_pack("{s:i}", "shelters", 1);
    if (m->features & ST_WITH_PRICES)
        json_object_set_new(coverage, "shortfall_jpy", json_real(round(between(m, 1e5, 1e7))));
    json_object_set_new(m->root, "coverage", coverage);
}

static void add_limit(struct maker *m, json_t *list, const char *what, double min, double max)
{
    json_t *limit =
        json_pack("{s:o, s:s}", "id", named("limit", json_array_size(list)), "what", what);
    if (min > 0) json_object_set_new(limit, "min", json_real(min));
    if (max < INFINITY) json_object_set_new(limit, "max", json_real(max));
    if (min > 0 && m->features & ST_WITH_PRICES)
        json_object_set_new(limit, "shortfall_jpy", json_real(round(between(m, 1e3, 1e5))));
    json_array_append_new(list, limit);
}

static void add_limits(struct maker *m)
{
    json_t *list = list_in(m, "limits");
    bool priced = m->features & ST_WITH_PRICES;
    double most = priced ? 1.2 : 0.25;
    if (chance(m, 0.5)) add_limit(m, list, "pv_kw", m->pv_kw * between(m, 0.1, most), INFINITY);
    if (chance(m, 0.5)) add_limit(m, list, "pv_kw", 0, m->pv_kw * between(m, 0.3, 0.8));
    if (chance(m, 0.4)) add_limit(m, list, "battery_kwh", priced ? m->pv_kw * 0.2 : 0, m->pv_kw);
    if (chance(m, 0.4)) add_limit(m, list, "roof_share", between(m, 0.1, most), INFINITY);
    if (chance(m, 0.4))
        add_limit(m, list, "count", 0, round((double)m->sites * between(m, 0.3, 0.9)));
    if (chance(m, 0.3))
        add_limit(m, list, "co2_t", m->pv_kw * between(m, 0.05, most / 3), INFINITY);
    if (m->features & ST_WITH_COVERAGE && priced && chance(m, 0.3))
        add_limit(m, list, "people_covered", between(m, 300, 2000), INFINITY);
    if (m->features & ST_WITH_COVERAGE && chance(m, 0.2))
        add_limit(m, list, "people_covered", 0, between(m, 500, 2000));
    if (chance(m, 0.5)) {
        add_limit(m, list, "pv_kw", 0, m->pv_kw * between(m, 0.1, 0.5));
        json_t *last = json_array_get(list, json_array_size(list) - 1);
        if (chance(m, 0.5))
            json_object_set_new(last, "kind", json_string("house"));
        else
            json_object_set_new(last, "district", json_string("district0"));
    }
}

/* --- deliveries -------------------------------------------------------------------------------
 */

/* Some sites cannot serve some customers, some deliver only so much. */
static void add_customers(struct maker *m)
{
    json_t *customers = list_in(m, "customers"), *rows = list_in(m, "delivery_jpy");
    json_t *sites = json_object_get(m->root, "sites"), *site, *option;
    size_t count = 2 + below(m, 3), s, o;
    double amounts = 0, dear = m->pv_kw * 1e5;
    for (size_t c = 0; c < count; c++) {
        double amount = chance(m, 0.15) ? 0 : round(between(m, 1, 10));
        json_t *row = json_array();
        amounts += amount;
        json_array_append_new(
            customers, json_pack("{s:o, s:f}", "id", named("customer", c), "amount", amount));
        for (s = 0; s < m->sites; s++)
            json_array_append_new(row, chance(m, 0.15)
                                           ? json_null()
                                           : json_real(round(dear * between(m, 0.01, 0.5))));
        json_array_append_new(rows, row);
    }
    json_array_foreach(sites, s, site) json_array_foreach(json_object_get(site, "options"), o,
                                                          option) if (chance(m, 0.5))
        json_object_set_new(option, "capacity",
                            json_real(chance(m, 0.05) ? 0 : round(amounts * between(m, 0.3, 1.2))));
}

json_t *st_random_instance(uint64_t seed, size_t sites, unsigned features)
{
    struct maker maker = { .root = json_object(),
                           .sites = sites,
                           .features = features,
                           .banks = 1 + sites / 100,
                           .buses = 4 };
    struct maker *m = &maker;
    az_random_seed(&m->random, seed);
    m->hours = chance(m, 0.25) ? 2 * DAY : DAY;
    m->districts = 2 + sites / 100;
    m->feeders = 2 + sites / 40;
    if (features & (ST_WITH_LINES | ST_WITH_UPSTREAM)) m->features |= ST_WITH_FEEDERS;
    json_object_set_new(m->root, "kind", json_string("siting"));
    json_object_set_new(m->root, "schema", json_integer(1));
    json_object_set_new(m->root, "first_year", json_integer(2027));
    json_object_set_new(m->root, "mode",
                        json_string(features & ST_WITH_PRICES ? "service" : "exact"));
    if (features & ST_WITH_OBJECTIVE)
        json_object_set_new(
            m->root, "objective",
            json_string(features & ST_WITH_COVERAGE && chance(m, 0.5) ? "people" : "co2"));
    add_prices(m);
    json_t *list = list_in(m, "sites");
    for (size_t s = 0; s < sites; s++) add_site(m, list, s);
    add_districts(m);
    if (m->features & ST_WITH_FEEDERS) add_feeders(m);
    if (m->features & ST_WITH_LINES) add_lines(m);
    if (m->features & ST_WITH_UPSTREAM) add_upstream(m);
    if (features & ST_WITH_BUDGET)
        json_object_set_new(m->root, "budgets",
                            json_pack("[{s:s, s:f}]", "id", "city", "jpy",
                                      round(m->pv_kw * between(m, 4e4, 1.5e5))));
    if (features & ST_WITH_LIMITS) add_limits(m);
    if (features & ST_WITH_CUSTOMERS) add_customers(m);
    return m->root;
}
