/* generate.c - random weeks of rounds: a town with its clinic and valleys that end in the hills,
 * nurses, drivers, cars and a clinic vehicle, doctors and pharmacists on line; reproducible from
 * the seed and feasible by construction: every site may be left out at a price. Sites and
 * appointments are in generate_sites.c. */
#include "formulations/clinic/generate.h"

#define MAX_SIZE 1000
#define MONDAY "2026-12-07T00:00:00+09:00"

void cl_set_words(struct cl_world *g, const char ***items, size_t *count, size_t given,
                  const char *const words[])
{
    *count = 0;
    if (!(*items = AZ_ARRAY(g->base.arena, given, const char *))) {
        g->base.failed = true;
        return;
    }
    for (size_t i = 0; i < given; i++) (*items)[i] = words[i];
    *count = given;
}

const char *cl_new_clock(struct cl_world *g, double minutes)
{
    int at = (int)minutes;
    const char *clock = az_arena_format(g->base.arena, "%02d:%02d", at / 60, at % 60);
    if (!clock) g->base.failed = true;
    return clock;
}

static void set_days(struct cl_world *g, int **items, size_t *count, const int weekdays[],
                     size_t given)
{
    *count = 0;
    if (!(*items = AZ_ARRAY(g->base.arena, given, int))) {
        g->base.failed = true;
        return;
    }
    for (size_t i = 0; i < given; i++) (*items)[i] = weekdays[i];
    *count = given;
}

/* --- places and travel --------------------------------------------------------------------------
 */

#define TOWN_PLACES 2 /* the clinic; the charging point */

static void set_place(struct cl_world *g, size_t p, const char *id, const char *district,
                      double north_km, double east_km)
{
    struct cl_place *place = &g->cl->places.items[p];
    place->id = id;
    place->district = district;
    place->latitude = round((36.23 + north_km / 111.0) * 1e5) / 1e5;
    place->longitude = round((137.97 + east_km / 90.0) * 1e5) / 1e5;
}

/* A place for every one or two sites: halls and homes along the valleys, some in town. */
static void make_places(struct cl_world *g)
{
    size_t count = 1 + (g->size * 3 + 3) / 4, next = TOWN_PLACES;
    CL_NEW_LIST(g, &cl_instance_table, g->cl, places, TOWN_PLACES + count);
    if (g->base.failed) return;
    set_place(g, 0, "clinic", "town", 0, 0);
    set_place(g, 1, "charging-point", "town", 1.2, -0.8);
    g->cl->places.items[0].name = "診療所 / Clinic";
    for (size_t l = 0; l <= g->valleys; l++) {
        size_t share = count / (g->valleys + 1) + (l < count % (g->valleys + 1));
        struct cl_valley *valley = l < g->valleys ? &g->valley[l] : NULL;
        if (valley) {
            valley->district = az_new_id(&g->base, "valley", l);
            valley->angle =
                6.2832 * ((double)l + 0.3 * az_random_unit(&g->base.random)) / (double)g->valleys;
            valley->first = next;
            valley->count = share;
            valley->minutes = 0;
        }
        for (size_t k = 0; k < share; k++, next++) {
            double km = valley ? 5 + 17 * ((double)k + 0.5) / (double)share
                               : az_between(&g->base, 0.5, 3.5, 0.01);
            double angle = valley ? valley->angle + az_between(&g->base, -0.08, 0.08, 0.001)
                                  : az_between(&g->base, 0, 6.28, 0.01);
            set_place(g, next, az_new_id(&g->base, valley ? "hall" : "home", next - TOWN_PLACES),
                      valley ? valley->district : "town", km * cos(angle), km * sin(angle));
            if (valley) valley->minutes += km * 1.3 / 35 * 60 / (double)share;
        }
    }
}

/* From valley to valley through the town; a road up that takes longer than down. */
static void make_legs(struct cl_world *g)
{
    struct cl_travel *travel = g->cl->travel;
    size_t count = g->valleys * (g->valleys - 1) / 2, l = 0;
    bool uphill = g->valley[0].count > 0;
    CL_NEW_LIST(g, &cl_travel_table, travel, legs, count + (uphill ? 1 : 0));
    for (size_t a = 0; !g->base.failed && a < g->valleys; a++)
        for (size_t b = a + 1; b < g->valleys; b++, l++) {
            struct cl_leg *leg = &travel->legs.items[l];
            leg->from_district = g->valley[a].district;
            leg->to_district = g->valley[b].district;
            leg->minutes = round(g->valley[a].minutes + g->valley[b].minutes + 4);
            leg->km = round(leg->minutes * 35 / 60);
        }
    if (g->base.failed || !uphill) return;
    size_t top = g->valley[0].first + g->valley[0].count - 1;
    struct cl_leg *leg = &travel->legs.items[count];
    leg->from = az_ref_to("clinic");
    leg->to = az_ref_to(g->cl->places.items[top].id);
    leg->minutes = az_between(&g->base, 40, 55, 1);
    leg->km = az_between(&g->base, 26, 30, 0.5);
    leg->one_way = 1;
}

static void make_travel(struct cl_world *g)
{
    struct cl_instance *cl = g->cl;
    cl->travel = AZ_NEW(g->base.arena, struct cl_travel);
    if (!cl->travel || az_fields_default(&cl_travel_table, cl->travel, g->base.arena) != AZ_OK) {
        g->base.failed = true;
        return;
    }
    cl->travel->speed_kmh = az_between(&g->base, 32, 40, 1);
    cl->travel->detour_factor = 1.3;
    cl->travel->buffer_min = az_between(&g->base, 1, 4, 1);
    make_legs(g);
    if (az_chance(&g->base, 0.5)) {
        CL_NEW_LIST(g, &cl_travel_table, cl->travel, slow_days, 1);
        if (g->base.failed) return;
        cl->travel->slow_days.items[0].factor = az_between(&g->base, 1.1, 1.4, 0.05);
        CL_WORDS(g, &cl->travel->slow_days.items[0].dates, g->date[3], g->date[4]);
    }
    if (g->valleys < 2 || !az_chance(&g->base, 0.5)) return;
    CL_NEW_LIST(g, &cl_instance_table, cl, closures, 1);
    if (g->base.failed) return;
    struct cl_closure *closure = cl->closures.items;
    closure->id = "pass";
    CL_WORDS(g, &closure->dates, g->date[az_random_below(&g->base.random, CL_WEEK_DAYS)]);
    CL_NEW_LIST(g, &cl_closure_table, closure, pairs, 2);
    if (g->base.failed) return;
    closure->pairs.items[0].from_district = g->valley[0].district;
    closure->pairs.items[0].to_district = g->valley[1].district;
    closure->pairs.items[1].from_district = "town";
    closure->pairs.items[1].to_district = g->valley[1].district;
    closure->pairs.items[1].detour_min = az_between(&g->base, 10, 25, 1);
    closure->pairs.items[1].detour_km = az_between(&g->base, 5, 12, 1);
}

/* --- staff and vehicles -------------------------------------------------------------------------
 */

static void make_shift(struct cl_world *g, struct cl_staff *staff, double from, double until)
{
    CL_NEW_LIST(g, &cl_staff_table, staff, shifts, 1);
    if (g->base.failed) return;
    struct cl_shift *shift = staff->shifts.items;
    shift->from = cl_new_clock(g, from);
    shift->until = cl_new_clock(g, until);
    shift->break_min = 45;
    shift->break_from = cl_new_clock(g, 11.5 * 60);
    shift->break_until = cl_new_clock(g, 13.5 * 60);
}

static void make_staff(struct cl_world *g)
{
    size_t count = g->nurses + g->drivers;
    CL_NEW_LIST(g, &cl_instance_table, g->cl, staff, count);
    for (size_t i = 0; !g->base.failed && i < count; i++) {
        struct cl_staff *staff = &g->cl->staff.items[i];
        bool nurse = i < g->nurses, temporary = nurse && i > 1 && i + 1 == g->nurses;
        staff->id =
            nurse ? az_new_id(&g->base, "nurse", i) : az_new_id(&g->base, "driver", i - g->nurses);
        if (nurse)
            CL_WORDS(g, &staff->skills, "nurse");
        else
            CL_WORDS(g, &staff->skills, "driver");
        staff->cost_jpy_per_day = nurse ? 14000 : 11000;
        make_shift(g, staff, 8.5 * 60, temporary ? 15 * 60 : 17.25 * 60);
        if (g->base.failed) return;
        staff->temporary = temporary;
        if (temporary)
            set_days(g, &staff->shifts.items[0].weekdays.items,
                     &staff->shifts.items[0].weekdays.count,
                     (const int[]){ CL_MON, CL_TUE, CL_THU }, 3);
        else
            staff->overtime_max_min = 60;
        staff->overtime_price_jpy_per_h = 3000;
        if (nurse && i > 0 && !temporary && az_chance(&g->base, 0.2))
            CL_WORDS(g, &staff->absent, g->date[az_random_below(&g->base.random, CL_WEEK_DAYS)]);
    }
}

static void make_vehicles(struct cl_world *g)
{
    CL_NEW_LIST(g, &cl_instance_table, g->cl, vehicles, 2);
    CL_NEW_LIST(g, &cl_instance_table, g->cl, chargers, 1);
    if (g->base.failed) return;
    struct cl_vehicle *car = &g->cl->vehicles.items[0], *van = &g->cl->vehicles.items[1];
    car->id = "car";
    car->name = "訪問車 / Car";
    car->count = 1 + (int64_t)(g->size / 25);
    car->start = az_ref_to("clinic");
    CL_WORDS(g, &car->crew, "nurse");
    car->seats = 2;
    car->range_km = az_between(&g->base, 110, 160, 5);
    car->cost_jpy_per_day = 2500;
    car->cost_jpy_per_km = 25;
    car->cost_jpy_per_h = 300;
    van->id = "van";
    van->name = "診療車 / Clinic vehicle";
    van->count = 1 + (int64_t)(g->size / 45);
    van->start = az_ref_to("clinic");
    CL_WORDS(g, &van->crew, "driver", "nurse");
    CL_WORDS(g, &van->equipment, "echo", "lift");
    van->capacity = az_between(&g->base, 12, 20, 1);
    van->from = cl_new_clock(g, 8.5 * 60);
    van->until = cl_new_clock(g, 18 * 60);
    van->cost_jpy_per_day = 8000;
    van->cost_jpy_per_km = 60;
    if (az_chance(&g->base, 0.15))
        CL_WORDS(g, &van->out_of_service, g->date[az_random_below(&g->base.random, CL_WEEK_DAYS)]);
    struct cl_charger *charger = g->cl->chargers.items;
    charger->id = "charger";
    charger->place = az_ref_to("charging-point");
    charger->minutes = 25;
    charger->gives_km = 80;
}

/* --- remote people ------------------------------------------------------------------------------
 */

static void make_remote_hours(struct cl_world *g, struct cl_remote *remote, double each_min,
                              int64_t capacity)
{
    static const double hours[2][2] = { { 9, 12 }, { 13, 16.5 } };
    CL_NEW_LIST(g, &cl_remote_table, remote, slots, 2);
    for (size_t s = 0; !g->base.failed && s < 2; s++) {
        struct cl_slots *slots = &remote->slots.items[s];
        slots->from = cl_new_clock(g, hours[s][0] * 60);
        slots->until = cl_new_clock(g, hours[s][1] * 60);
        slots->each_min = each_min;
        slots->capacity = capacity;
    }
}

/* Internal medicine every day; other doctors on some; pharmacists who have room for several. */
static void make_remote(struct cl_world *g)
{
    size_t doctors = 2 + g->size / 20, pharmacists = 1 + g->size / 40;
    CL_NEW_LIST(g, &cl_instance_table, g->cl, remote, doctors + pharmacists);
    for (size_t i = 0; !g->base.failed && i < doctors + pharmacists; i++) {
        struct cl_remote *remote = &g->cl->remote.items[i];
        bool doctor = i < doctors, internal = doctor && i % 2 == 0;
        remote->id = doctor ? az_new_id(&g->base, "doctor", i)
                            : az_new_id(&g->base, "pharmacist", i - doctors);
        remote->organisation = doctor ? i % 3 == 2 ? "県立病院" : "市立病院" : "駅前薬局";
        remote->role = doctor ? CL_DOCTOR : CL_PHARMACIST;
        if (doctor && internal)
            CL_WORDS(g, &remote->specialties, "internal");
        else if (doctor)
            CL_WORDS(g, &remote->specialties, "orthopaedic", "internal");
        make_remote_hours(g, remote, doctor ? 30 : 60, doctor ? 1 : 4);
        if (g->base.failed || !doctor || internal) continue;
        for (size_t s = 0; s < 2; s++)
            set_days(g, &remote->slots.items[s].weekdays.items,
                     &remote->slots.items[s].weekdays.count,
                     (const int[]){ CL_TUE, CL_WED, CL_THU }, 3);
    }
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static void make_frame(struct cl_world *g, uint64_t seed)
{
    struct cl_instance *cl = g->cl;
    cl->kind = "clinic";
    cl->title = az_arena_format(g->base.arena, "random week, seed %llu", (unsigned long long)seed);
    if (!cl->title) g->base.failed = true;
    az_time_parse(MONDAY, &cl->start);
    cl->start =
        az_time_add(cl->start, (int64_t)az_random_below(&g->base.random, 40) * 7 * CL_DAY_S);
    cl->days = CL_WEEK_DAYS;
    for (int64_t d = 0; d < CL_WEEK_DAYS; d++) {
        char text[32];
        az_time_format(az_time_add(cl->start, d * CL_DAY_S), text);
        g->date[d] = az_arena_text_n(g->base.arena, text, 10);
        if (!g->date[d]) g->base.failed = true;
    }
    cl->unserved_price_jpy = 20000;
    cl->change_price_jpy = 3000;
    cl->change_tolerance_min = az_between(&g->base, 0, 15, 5);
    cl->continuity_price_jpy = az_between(&g->base, 0, 800, 100);
    g->valleys = 1 + g->size / 15 + (g->size > 4);
    if (g->valleys > CL_MAX_VALLEYS) g->valleys = CL_MAX_VALLEYS;
    g->nurses = 2 + g->size / 15;
    g->drivers = 1 + g->size / 45;
}

enum az_status cl_generate(size_t size, uint64_t seed, struct az_arena *arena, void **instance)
{
    struct cl_world g = { .base = { .arena = arena }, .size = size < 1 ? 1 : size };
    if (size > MAX_SIZE) return AZ_LIMIT;
    g.cl = AZ_NEW(arena, struct cl_instance);
    if (!g.cl) return AZ_NO_MEMORY;
    AZ_TRY(az_fields_default(&cl_instance_table, g.cl, arena));
    az_random_seed(&g.base.random, seed);
    make_frame(&g, seed);
    if (!g.base.failed) make_places(&g);
    if (!g.base.failed) make_travel(&g);
    if (!g.base.failed) make_staff(&g);
    if (!g.base.failed) make_vehicles(&g);
    if (!g.base.failed) make_remote(&g);
    if (!g.base.failed) cl_make_cares(&g);
    if (!g.base.failed) cl_make_sites(&g);
    if (!g.base.failed) cl_make_appointments(&g);
    if (g.base.failed) return AZ_NO_MEMORY;
    *instance = g.cl;
    return AZ_OK;
}
