/* generate_sites.c - the sites of a random week: how they may be visited, when and how often, and
 * what was promised to some. */
#include "formulations/clinic/generate.h"

/* --- cares --------------------------------------------------------------------------------------
 */

enum { ONLINE, NURSE, ABOARD, CARES };

static struct cl_consultation *new_consultation(struct cl_world *g, const char *role,
                                                const char *specialty, double minutes,
                                                double after_min)
{
    const struct az_table *table = az_field_find(&cl_care_table, role)->table;
    struct cl_consultation *it = AZ_NEW(g->base.arena, struct cl_consultation);
    if (!it || az_fields_default(table, it, g->base.arena) != AZ_OK) {
        g->base.failed = true;
        return NULL;
    }
    it->specialty = specialty;
    it->minutes = minutes;
    it->after_min = after_min;
    return it;
}

void cl_make_cares(struct cl_world *g)
{
    CL_NEW_LIST(g, &cl_instance_table, g->cl, cares, CARES);
    if (g->base.failed) return;
    struct cl_care *online = &g->cl->cares.items[ONLINE], *nurse = &g->cl->cares.items[NURSE],
                   *aboard = &g->cl->cares.items[ABOARD];
    online->id = "online";
    online->name = "オンライン / On line";
    online->stage = 1;
    online->visit_min = 20;
    online->doctor = new_consultation(g, "doctor", "internal", 15, 0);
    nurse->id = "nurse";
    nurse->name = "看護師同行 / With a nurse";
    nurse->stage = 2;
    nurse->visit_min = 25;
    nurse->per_patient_min = 5;
    CL_WORDS(g, &nurse->skills, "nurse");
    nurse->doctor = new_consultation(g, "doctor", "internal", 15, 5);
    nurse->pharmacist = new_consultation(g, "pharmacist", NULL, 5, 20);
    if (nurse->pharmacist) nurse->pharmacist->wait_max_min = 20;
    aboard->id = "aboard";
    aboard->name = "診療車 / Aboard";
    aboard->stage = 3;
    aboard->visit_min = 30;
    aboard->per_patient_min = 8;
    CL_WORDS(g, &aboard->skills, "nurse");
    CL_WORDS(g, &aboard->equipment, "echo");
    aboard->doctor =
        new_consultation(g, "doctor", az_chance(&g->base, 0.5) ? "orthopaedic" : NULL, 20, 10);
}

/* --- sites --------------------------------------------------------------------------------------
 */

static void set_offers(struct cl_world *g, struct cl_site *site, bool home)
{
    bool aboard = !home && az_chance(&g->base, 0.3);
    bool both = home ? az_chance(&g->base, 0.4) : aboard && az_chance(&g->base, 0.5);
    CL_NEW_LIST(g, &cl_site_table, site, care, both ? 2 : 1);
    if (g->base.failed) return;
    site->care.items[0].care = az_ref_to(aboard ? "aboard" : "nurse");
    if (!both) return;
    site->care.items[1].care = az_ref_to(home ? "online" : "nurse");
    site->care.items[1].price_jpy = az_between(&g->base, 500, 3000, 100);
}

/* A morning and an afternoon, or one of them wide. Some homes rest on a weekday. */
static void set_windows(struct cl_world *g, struct cl_site *site)
{
    bool two = az_chance(&g->base, 0.4);
    CL_NEW_LIST(g, &cl_site_table, site, windows, two ? 2 : 1);
    if (g->base.failed) return;
    struct cl_window *first = &site->windows.items[0];
    first->from = cl_new_clock(g, az_between(&g->base, 540, 570, 15));
    first->until = cl_new_clock(g, two ? 720 : az_between(&g->base, 840, 960, 15));
    if (two) {
        struct cl_window *second = &site->windows.items[1];
        second->from = cl_new_clock(g, az_between(&g->base, 780, 810, 15));
        second->until = cl_new_clock(g, az_between(&g->base, 930, 990, 15));
        second->ends_within = az_chance(&g->base, 0.5);
        if (second->ends_within) second->until = cl_new_clock(g, 1020);
    }
}

/* Twice or three times a week apart, on listed days, or long not seen. */
static void set_days(struct cl_world *g, struct cl_site *site)
{
    int64_t day = CL_DAY_S;
    char text[32];
    double kind = az_random_unit(&g->base.random);
    if (kind < 0.2) {
        site->visits = 2;
        site->spacing_min_days = az_chance(&g->base, 0.7) ? 2 : 1;
    } else if (kind < 0.25) {
        site->visits = 3;
        site->spacing_max_days = 2;
    } else if (kind < 0.4) {
        size_t first = (size_t)az_random_below(&g->base.random, 3);
        CL_NEW_LIST(g, &cl_site_table, site, patterns, 2);
        if (g->base.failed) return;
        CL_WORDS(g, &site->patterns.items[0].dates, g->date[first]);
        CL_WORDS(g, &site->patterns.items[1].dates, g->date[first + 2]);
        site->patterns.items[1].price_jpy = az_between(&g->base, 0, 1000, 100);
    } else if (kind < 0.55) {
        int64_t ago = 3 + (int64_t)az_random_below(&g->base.random, 12);
        az_time_format(az_time_add(g->cl->start, -ago * day), text);
        site->last_visit = az_arena_text_n(g->base.arena, text, 10);
        if (!site->last_visit) g->base.failed = true;
        site->interval_max_days = ago + 1 + (int64_t)az_random_below(&g->base.random, 4);
    } else if (kind < 0.7) {
        CL_WORDS(g, &site->closed, g->date[az_random_below(&g->base.random, CL_WEEK_DAYS)]);
    }
}

static void set_familiar(struct cl_world *g, struct cl_site *site)
{
    if (!az_chance(&g->base, 0.3)) return;
    site->familiar.items = AZ_ARRAY(g->base.arena, 1, struct az_ref);
    if (!site->familiar.items) {
        g->base.failed = true;
        return;
    }
    size_t nurse = (size_t)az_random_below(&g->base.random, g->nurses < 4 ? g->nurses : 4);
    site->familiar.items[0] = az_ref_to(g->cl->staff.items[nurse].id);
    site->familiar.count = 1;
}

/* Places after the clinic and the charging point have one or two sites each. */
void cl_make_sites(struct cl_world *g)
{
    size_t places = g->cl->places.count - 2;
    CL_NEW_LIST(g, &cl_instance_table, g->cl, sites, g->size);
    for (size_t i = 0; !g->base.failed && i < g->size; i++) {
        struct cl_site *site = &g->cl->sites.items[i];
        const struct cl_place *place = &g->cl->places.items[2 + i % places];
        bool home = i >= places || place->id[1] == 'o';
        site->id = az_new_id(&g->base, "site", i);
        site->place = az_ref_to(place->id);
        site->patients = home ? 1 : 1 + (int64_t)az_random_below(&g->base.random, 5);
        site->load = (double)site->patients;
        set_offers(g, site, home);
        if (!g->base.failed) set_windows(g, site);
        if (!g->base.failed) set_days(g, site);
        set_familiar(g, site);
        if (az_chance(&g->base, 0.3))
            site->unserved_price_jpy = az_between(&g->base, 10000, 60000, 5000);
    }
}

/* --- appointments -------------------------------------------------------------------------------
 */

/* Some promises on the first of the listed days, else on any day. */
void cl_make_appointments(struct cl_world *g)
{
    struct cl_instance *cl = g->cl;
    size_t count = 0, limit = 1 + g->size / 6;
    if (!az_chance(&g->base, 0.5)) return;
    CL_NEW_LIST(g, &cl_instance_table, cl, appointments, limit);
    for (size_t i = 0; !g->base.failed && i < g->size && count < limit; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        if (site->closed.count > 0 || site->visits > 1 || site->patterns.items) continue;
        if (site->last_visit || !az_chance(&g->base, 0.4)) continue;
        int64_t day = (int64_t)az_random_below(&g->base.random, CL_WEEK_DAYS);
        int64_t minute = 600 + 10 * (int64_t)az_random_below(&g->base.random, 11);
        struct cl_appointment *it = &cl->appointments.items[count++];
        it->site = az_ref_to(site->id);
        it->start = az_time_add(cl->start, day * CL_DAY_S + minute * 60);
        it->status = az_chance(&g->base, 0.7) ? CL_CONFIRMED : CL_DRAFT;
    }
    cl->appointments.count = g->base.failed ? 0 : count;
}
