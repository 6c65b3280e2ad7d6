/* cl_random.c - random tiny weeks of the clinic. See cl_random.h. */
#include "tests/support/cl_random.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/cl_case.h"

enum { MAX_PLACES = 9 };

struct maker {
    struct az_random random;
    json_t *cl;
    int days, sites, places; /* place 0 is the clinic, 1 the charging point */
    bool remote, pharmacist, van, two_staff, exact_matrix;
    double x[MAX_PLACES], y[MAX_PLACES];
};

static double between(struct maker *m, double low, double high)
{
    double value = low + (high - low) * az_random_unit(&m->random);
    return round(value * 10) / 10;
}

static int below(struct maker *m, int n)
{
    return (int)az_random_below(&m->random, (uint64_t)n);
}

static bool chance(struct maker *m, double p)
{
    return az_random_unit(&m->random) < p;
}

static void set(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

static void number(json_t *object, const char *name, double value)
{
    set(object, name, json_real(value));
}

static json_t *date_of(int day)
{
    return json_sprintf("2026-12-%02d", 7 + day);
}

static json_t *clock_of(int minute)
{
    return json_sprintf("%02d:%02d", minute / 60, minute % 60);
}

static json_t *moment(int day, int minute)
{
    return json_sprintf("2026-12-%02dT%02d:%02d:00+09:00", 7 + day, minute / 60, minute % 60);
}

/* --- places and travel --------------------------------------------------------------------------
 */

static const char *const place_ids[MAX_PLACES] = { "base", "plug", "pa", "pb", "pc",
                                                   "pd",   "pe",   "pf", "pg" };

static double km(const struct maker *m, int from, int to)
{
    return hypot(m->x[from] - m->x[to], m->y[from] - m->y[to]);
}

static void add_matrix(struct maker *m, json_t *travel)
{
    json_t *time = json_array(), *way = json_array(), *ids = json_array();
    for (int p = 0; p < m->places; p++) {
        json_t *row = json_array(), *metres = json_array();
        for (int q = 0; q < m->places; q++) {
            double there = km(m, p, q);
            json_array_append_new(row,
                                  json_integer(p == q ? 0 : (int)(there * 100) + below(m, 90)));
            json_array_append_new(metres, json_integer(p == q ? 0 : (int)(there * 1200)));
        }
        json_array_append_new(time, row);
        json_array_append_new(way, metres);
        json_array_append_new(ids, json_string(place_ids[p]));
    }
    set(travel, "matrices",
        json_pack("[{s:o,s:o,s:o}]", "places", ids, "duration_s", time, "distance_m", way));
}

static void add_travel(struct maker *m)
{
    json_t *places = json_array(), *travel = json_object();
    for (int p = 0; p < m->places; p++) {
        m->x[p] = p == 0 ? 10 : between(m, 0, 20);
        m->y[p] = p == 0 ? 10 : between(m, 0, 20);
        json_array_append_new(places,
                              json_pack("{s:s,s:f,s:f,s:s}", "id", place_ids[p], "latitude",
                                        36.0 + m->y[p] / 111, "longitude", 137.9 + m->x[p] / 90,
                                        "district", m->x[p] < 10 ? "west" : "east"));
    }
    set(m->cl, "places", places);
    if (chance(m, 0.5))
        add_matrix(m, travel);
    else
        number(travel, "speed_kmh", between(m, 30, 50));
    if (chance(m, 0.3))
        set(travel, "legs",
            json_pack("[{s:s,s:s,s:f,s:f,s:b}]", "from", "base", "to", place_ids[2], "minutes",
                      between(m, 8, 40), "km", between(m, 5, 25), "one_way", below(m, 2)));
    if (chance(m, 0.5)) number(travel, "buffer_min", below(m, 4));
    if (chance(m, 0.25))
        set(travel, "slow_days",
            json_pack("[{s:[o],s:f}]", "dates", date_of(below(m, m->days)), "factor",
                      between(m, 1.1, 1.5)));
    set(m->cl, "travel", travel);
    if (!chance(m, 0.25)) return;
    json_t *pair = json_pack("{s:s,s:s}", "from", place_ids[below(m, 2) ? 0 : 2], "to",
                             place_ids[3 + below(m, m->places - 3)]);
    if (chance(m, 0.5)) number(pair, "detour_min", between(m, 5, 30));
    if (json_object_get(pair, "detour_min")) number(pair, "detour_km", between(m, 0, 10));
    if (chance(m, 0.3)) set(pair, "one_way", json_true());
    set(m->cl, "closures",
        json_pack("[{s:s,s:[o],s:[o]}]", "id", "pass", "dates", date_of(below(m, m->days)), "pairs",
                  pair));
}

/* --- cares and remote people --------------------------------------------------------------------
 */

static json_t *hours(struct maker *m, int from, int until, int each, int capacity)
{
    json_t *it = json_pack("{s:o,s:o,s:i}", "from", clock_of(from), "until", clock_of(until),
                           "capacity", capacity);
    if (each > 0) set(it, "each_min", json_integer(each));
    if (m->days > 1 && chance(m, 0.2))
        set(it, "dates", json_pack("[o]", date_of(below(m, m->days))));
    return it;
}

static void add_remote(struct maker *m)
{
    json_t *remote = json_array();
    json_array_append_new(remote, json_pack("{s:s,s:s,s:[s],s:[o,o]}", "id", "doc", "role",
                                            "doctor", "specialties", "internal", "slots",
                                            hours(m, 540, 720, 60, 1 + below(m, 2)),
                                            hours(m, 780, 960, chance(m, 0.5) ? 90 : 0, 1)));
    if (chance(m, 0.3))
        json_array_append_new(remote, json_pack("{s:s,s:s,s:[s],s:[o]}", "id", "doc-2", "role",
                                                "doctor", "specialties", "bones", "slots",
                                                hours(m, 600, 900, 150, 1)));
    if (m->pharmacist)
        json_array_append_new(remote,
                              json_pack("{s:s,s:s,s:[o]}", "id", "pharm", "role", "pharmacist",
                                        "slots", hours(m, 540, 1020, 120, 1 + below(m, 3))));
    set(m->cl, "remote", remote);
}

/* nurse: the usual one; aboard: in the van; online: nobody comes. */
static void add_cares(struct maker *m)
{
    json_t *nurse =
        json_pack("{s:s,s:i,s:i,s:i,s:[s]}", "id", "nurse", "stage", 2, "visit_min",
                  20 + 5 * below(m, 3), "per_patient_min", below(m, 4), "skills", "nurse");
    json_t *cares = json_array();
    if (m->remote) set(nurse, "doctor", json_pack("{s:i,s:i}", "minutes", 10, "after_min", 5));
    if (m->remote && chance(m, 0.3))
        set(json_object_get(nurse, "doctor"), "specialty", json_string("internal"));
    if (m->pharmacist) {
        json_t *guide = json_pack("{s:i,s:i}", "minutes", 5, "after_min", 15);
        if (chance(m, 0.6)) set(guide, "wait_max_min", json_integer(10 + 10 * below(m, 3)));
        set(nurse, "pharmacist", guide);
    }
    json_array_append_new(cares, nurse);
    if (m->van)
        json_array_append_new(cares,
                              json_pack("{s:s,s:i,s:i,s:[s],s:[s]}", "id", "aboard", "stage", 3,
                                        "visit_min", 30, "skills", "nurse", "equipment", "echo"));
    if (m->remote)
        json_array_append_new(cares, json_pack("{s:s,s:i,s:i,s:{s:i}}", "id", "online", "stage", 1,
                                               "visit_min", 15, "doctor", "minutes", 15));
    set(m->cl, "cares", cares);
}

/* --- sites --------------------------------------------------------------------------------------
 */

static json_t *offer(struct maker *m, const char *care)
{
    json_t *it = json_pack("{s:s}", "care", care);
    if (chance(m, 0.5)) number(it, "price_jpy", 100 * below(m, 20));
    return it;
}

static void add_offers(struct maker *m, json_t *site)
{
    json_t *offers = json_array();
    bool aboard = m->van && chance(m, 0.5), online = m->remote && chance(m, 0.35);
    if (!aboard || chance(m, 0.5)) json_array_append_new(offers, offer(m, "nurse"));
    if (aboard) json_array_append_new(offers, offer(m, "aboard"));
    if (online) json_array_append_new(offers, offer(m, "online"));
    set(site, "care", offers);
}

static json_t *window(struct maker *m, int from, int length)
{
    json_t *it = json_pack("{s:o,s:o}", "from", clock_of(from), "until", clock_of(from + length));
    if (length >= 60 && chance(m, 0.2)) set(it, "ends_within", json_true());
    return it;
}

static void add_windows(struct maker *m, json_t *site)
{
    json_t *windows = json_array();
    int from = 540 + 15 * below(m, 8), length = 30 * (1 + below(m, 7));
    json_array_append_new(windows, window(m, from, length));
    if (chance(m, 0.3) && from + length < 810)
        json_array_append_new(windows, window(m, 810 + 15 * below(m, 4), 30 * (1 + below(m, 4))));
    if (m->days > 1 && chance(m, 0.2))
        set(json_array_get(windows, 0), "dates",
            json_pack("[o,o]", date_of(0), date_of(m->days - 1)));
    set(site, "windows", windows);
}

static void add_days(struct maker *m, json_t *site)
{
    int kind = below(m, 10);
    if (m->days > 1 && kind < 2) {
        set(site, "visits", json_integer(2));
        if (m->days == 3 && chance(m, 0.5)) set(site, "spacing_min_days", json_integer(2));
        if (m->days == 3 && kind == 0 && chance(m, 0.3))
            set(site, "spacing_max_days", json_integer(2));
    } else if (m->days > 1 && kind < 4) {
        json_t *second = json_pack("{s:[o]}", "dates", date_of(m->days - 1));
        number(second, "price_jpy", 100 * below(m, 10));
        set(site, "patterns", json_pack("[{s:[o]},o]", "dates", date_of(0), second));
    } else if (kind == 4) {
        set(site, "last_visit", json_string("2026-12-01"));
        set(site, "interval_max_days", json_integer(6 + below(m, m->days)));
    } else if (m->days > 1 && kind == 5) {
        set(site, "closed", json_pack("[o]", date_of(below(m, m->days))));
    }
}

static void add_sites(struct maker *m)
{
    json_t *sites = json_array();
    for (int i = 0; i < m->sites; i++) {
        json_t *site = json_pack("{s:o,s:s,s:i,s:i}", "id", json_sprintf("s%d", i + 1), "place",
                                 place_ids[2 + i % (m->places - 2)], "patients", 1 + below(m, 3),
                                 "load", below(m, 3));
        add_offers(m, site);
        add_windows(m, site);
        add_days(m, site);
        if (chance(m, 0.3)) number(site, "unserved_price_jpy", 1000 * (4 + below(m, 40)));
        if (chance(m, 0.25)) set(site, "familiar", json_pack("[s]", "n1"));
        json_array_append_new(sites, site);
    }
    set(m->cl, "sites", sites);
}

/* --- staff and vehicles -------------------------------------------------------------------------
 */

static json_t *member(struct maker *m, const char *id, int cost)
{
    int from = 480 + 30 * below(m, 3), until = 930 + 30 * below(m, 5);
    json_t *shift = json_pack("{s:o,s:o}", "from", clock_of(from), "until", clock_of(until));
    if (chance(m, 0.4)) {
        set(shift, "break_min", json_integer(20 + 10 * below(m, 3)));
        set(shift, "break_from", clock_of(690));
        set(shift, "break_until", clock_of(720 + 15 * below(m, 5)));
    }
    json_t *it = json_pack("{s:s,s:[s],s:[o],s:i}", "id", id, "skills", "nurse", "shifts", shift,
                           "cost_jpy_per_day", cost);
    if (chance(m, 0.35)) {
        set(it, "overtime_max_min", json_integer(30 + 30 * below(m, 3)));
        set(it, "overtime_price_jpy_per_h", json_integer(600 * (1 + below(m, 4))));
    }
    if (m->days > 1 && chance(m, 0.15))
        set(it, "absent", json_pack("[o]", date_of(below(m, m->days))));
    return it;
}

static void add_staff(struct maker *m)
{
    json_t *staff = json_array();
    json_array_append_new(staff, member(m, "n1", 3000 + 500 * below(m, 5)));
    if (m->two_staff) json_array_append_new(staff, member(m, "n2", 3000 + 500 * below(m, 5)));
    if (m->van) {
        json_t *driver = member(m, "d1", 2000);
        set(driver, "skills", json_pack("[s]", "driver"));
        json_array_append_new(staff, driver);
    }
    set(m->cl, "staff", staff);
}

static void add_vehicles(struct maker *m)
{
    json_t *car = json_pack("{s:s,s:s,s:[s],s:i,s:i,s:i}", "id", "car", "start", "base", "crew",
                            "nurse", "cost_jpy_per_day", 500 * below(m, 5), "cost_jpy_per_km",
                            10 * below(m, 6), "cost_jpy_per_h", 300 * below(m, 4));
    json_t *vehicles = json_array();
    if (m->two_staff && chance(m, 0.3)) set(car, "seats", json_integer(2));
    if (chance(m, 0.3)) number(car, "range_km", between(m, 25, 70));
    if (chance(m, 0.3)) set(car, "capacity", json_integer(2 + below(m, 4)));
    if (!m->van && chance(m, 0.2)) set(car, "count", json_integer(2));
    if (chance(m, 0.2)) set(car, "end", json_string("plug"));
    json_array_append_new(vehicles, car);
    if (m->van)
        json_array_append_new(vehicles,
                              json_pack("{s:s,s:s,s:[s,s],s:[s],s:i,s:i,s:o,s:o}", "id", "van",
                                        "start", "base", "crew", "driver", "nurse", "equipment",
                                        "echo", "cost_jpy_per_day", 2000, "cost_jpy_per_km", 60,
                                        "from", clock_of(510), "until", clock_of(1020)));
    set(m->cl, "vehicles", vehicles);
    if (json_object_get(car, "range_km") && chance(m, 0.6))
        set(m->cl, "chargers",
            json_pack("[{s:s,s:s,s:i,s:i}]", "id", "ch", "place", "plug", "minutes",
                      15 + 5 * below(m, 3), "gives_km", 20 + 10 * below(m, 4)));
    if (!chance(m, 0.15)) return;
    json_t *crews = json_pack("[{s:s,s:s,s:[s]}]", "id", "c1", "vehicle", "car", "members", "n1");
    if (m->van)
        json_array_append_new(crews, json_pack("{s:s,s:s,s:[s,s]}", "id", "c2", "vehicle", "van",
                                               "members", "d1", m->two_staff ? "n2" : "n1"));
    set(m->cl, "crews", crews);
}

/* --- appointments and state ---------------------------------------------------------------------
 */

static void add_appointments(struct maker *m)
{
    json_t *list = json_array();
    int first = m->days > 1 && chance(m, 0.25) ? 1 : 0;
    bool noon = first == 0 && chance(m, 0.06);
    if (!first && !noon && !chance(m, 0.4)) {
        json_decref(list);
        return;
    }
    for (int i = 0; i < m->sites; i++) {
        json_t *it = json_pack("{s:o}", "site", json_sprintf("s%d", i + 1));
        bool done = (first > 0 || noon) && i < 2 && chance(m, 0.6);
        if (done || chance(m, 0.3)) {
            int day = done ? 0 : first + below(m, m->days - first);
            int minute = done ? 560 + 5 * below(m, 8) : 560 + 5 * below(m, 60);
            set(it, "start", moment(day, minute));
            set(it, "status", json_string(done ? "done" : chance(m, 0.8) ? "confirmed" : "draft"));
            if (chance(m, 0.3)) number(it, "change_price_jpy", 500 * below(m, 10));
            json_array_append(list, it);
        }
        json_decref(it);
    }
    if (!first && !noon) {
        set(m->cl, "appointments", list);
        return;
    }
    json_t *state = json_pack("{s:o,s:o}", "at", noon ? moment(0, 690) : moment(first, 0),
                              "appointments", list);
    if (noon && m->two_staff) set(state, "staff_out", json_pack("[s]", "n2"));
    set(m->cl, "state", state);
}

/* --- tight weeks --------------------------------------------------------------------------------
 */

static void add_tight_sites(struct maker *m)
{
    json_t *sites = json_array(), *promises = json_array();
    bool promised = chance(m, 0.5);
    for (int i = 0; i < m->sites; i++) {
        int from = 540 + 15 * below(m, 10), length = 180 + 30 * below(m, 5);
        json_t *site =
            json_pack("{s:o,s:s,s:i,s:i,s:[{s:o,s:o}]}", "id", json_sprintf("s%d", i + 1), "place",
                      place_ids[2 + i], "load", 1 + below(m, 2), "unserved_price_jpy",
                      1000 * (6 + below(m, 10)), "windows", "from", clock_of(from), "until",
                      clock_of(from + length));
        json_array_append_new(sites, site);
        if (!promised || !chance(m, 0.5)) continue;
        json_array_append_new(promises,
                              json_pack("{s:o,s:o,s:s,s:i}", "site", json_sprintf("s%d", i + 1),
                                        "start", moment(0, from + 15 * below(m, 10)), "status",
                                        "confirmed", "change_price_jpy", 500 * (1 + below(m, 6))));
    }
    set(m->cl, "sites", sites);
    set(m->cl, "appointments", promises);
}

static void add_tight_crews(struct maker *m, int until)
{
    json_t *staff = json_array();
    int cars = 2;
    for (int k = 0; k < cars; k++)
        json_array_append_new(staff, json_pack("{s:o,s:[s],s:[{s:s,s:o}],s:i}", "id",
                                               json_sprintf("n%d", k + 1), "skills", "nurse",
                                               "shifts", "from", "08:30", "until",
                                               clock_of(until + 30), "cost_jpy_per_day", 2000));
    set(m->cl, "staff", staff);
    set(m->cl, "vehicles",
        json_pack("[{s:s,s:s,s:[s],s:i,s:i,s:i,s:i}]", "id", "car", "start", "base", "crew",
                  "nurse", "count", cars, "capacity", 3 + below(m, 3), "cost_jpy_per_day", 500,
                  "cost_jpy_per_km", 30 + 10 * below(m, 5)));
}

static json_t *make_tight(uint64_t seed)
{
    struct maker m = { .cl = json_object(), .days = 1 };
    json_t *places = json_array(), *travel = json_object();
    az_random_seed(&m.random, seed);
    m.sites = 5 + below(&m, 2);
    m.places = 2 + m.sites;
    int until = 720 + 30 * below(&m, 5);
    set(m.cl, "kind", json_string("clinic"));
    set(m.cl, "start", moment(0, 0));
    set(m.cl, "days", json_integer(1));
    set(m.cl, "money_scale", json_integer(1000));
    set(m.cl, "objective", json_string("weighted"));
    number(m.cl, "change_tolerance_min", 15);
    for (int p = 0; p < m.places; p++) {
        m.x[p] = p == 0 ? 10 : between(&m, 0, 20);
        m.y[p] = p == 0 ? 10 : between(&m, 0, 20);
        json_array_append_new(places, json_pack("{s:s}", "id", place_ids[p]));
    }
    set(m.cl, "places", places);
    add_matrix(&m, travel);
    set(m.cl, "travel", travel);
    set(m.cl, "cares",
        json_pack("[{s:s,s:i,s:i,s:[s],s:{s:i}}]", "id", "nurse", "stage", 2, "visit_min",
                  15 + 5 * below(&m, 3), "skills", "nurse", "doctor", "minutes", 10));
    set(m.cl, "remote",
        json_pack("[{s:s,s:s,s:[{s:s,s:o,s:i,s:i}]}]", "id", "doc", "role", "doctor", "slots",
                  "from", "09:00", "until", clock_of(until), "each_min", 30 + 15 * below(&m, 2),
                  "capacity", 1));
    add_tight_sites(&m);
    add_tight_crews(&m, until);
    return m.cl;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static json_t *make(uint64_t seed)
{
    struct maker m = { .cl = json_object() };
    az_random_seed(&m.random, seed);
    m.days = 1 + below(&m, 3);
    m.sites = 3 + below(&m, 5);
    m.places = 2 + (m.sites > 3 && chance(&m, 0.4) ? m.sites - 1 : m.sites);
    m.remote = chance(&m, 0.6);
    m.pharmacist = m.remote && chance(&m, 0.5);
    m.van = chance(&m, 0.35);
    m.two_staff = chance(&m, 0.5);
    set(m.cl, "kind", json_string("clinic"));
    set(m.cl, "title", json_string("random"));
    set(m.cl, "start", moment(0, 0));
    set(m.cl, "days", json_integer(m.days));
    set(m.cl, "money_scale", json_integer(1000));
    if (chance(&m, 0.88)) number(m.cl, "unserved_price_jpy", 1000 * (5 + below(&m, 30)));
    number(m.cl, "change_price_jpy", 500 * below(&m, 8));
    if (chance(&m, 0.5)) number(m.cl, "change_tolerance_min", 5 * below(&m, 5));
    if (chance(&m, 0.4)) number(m.cl, "continuity_price_jpy", 100 * below(&m, 10));
    if (chance(&m, 0.3)) set(m.cl, "objective", json_string("weighted"));
    if (json_object_get(m.cl, "objective") && chance(&m, 0.6))
        number(m.cl, "balance_price_jpy_per_h", 100 * below(&m, 10));
    if (m.days == 3 && chance(&m, 0.1)) set(m.cl, "holidays", json_pack("[o]", date_of(1)));
    add_travel(&m);
    add_cares(&m);
    if (m.remote) add_remote(&m);
    add_sites(&m);
    add_staff(&m);
    add_vehicles(&m);
    add_appointments(&m);
    return m.cl;
}

/* What contradicts itself is drawn anew. */
static json_t *draw(json_t *(*maker)(uint64_t seed), uint64_t seed)
{
    for (uint64_t k = 0; k < 200; k++) {
        struct cl_case c;
        json_t *json = maker(seed * 211 + k);
        enum az_status status = cl_case_open(&c, json, NULL);
        bool good = status == AZ_OK && az_findings_total(&c.findings) == 0;
        if (!good && k == 199) document_print(&c.findings);
        cl_case_close(&c);
        if (good) return json;
        json_decref(json);
    }
    fprintf(stderr, "seed %llu gives no week\n", (unsigned long long)seed);
    exit(EXIT_FAILURE);
}

json_t *cl_random_instance(uint64_t seed)
{
    return draw(make, seed);
}

json_t *cl_random_tight(uint64_t seed)
{
    return draw(make_tight, seed);
}
