/* packs.c - which batteries are planned in packs, and the courses that packs can run. */
#include "formulations/microgrid/packs.h"

#include <math.h>
#include <string.h>

#include "solver/tolerances.h"

#define PACKS 16 /* of a grid: more of them converge in fewer rounds, of larger models */

/* --- which batteries ----------------------------------------------------------------------------
 */

static bool has_taper(const struct mg_battery *b)
{
    double full = isnan(b->taper_full_kw) ? 0 : b->taper_full_kw;
    return !isnan(b->taper_from_share) && b->charge_max_kw > full;
}

/* Does nothing but the balance of its grid tie the battery to anything else? */
static bool can_pack(const struct mg_battery *b)
{
    return b->reservations.count == 0 && b->shelter_grids.count == 0 && b->gives_reserve != 1 &&
           !has_taper(b);
}

size_t mg_can_pack(const struct mg_instance *mg)
{
    size_t count = 0;
    for (size_t i = 0; i < mg->batteries.count; i++) count += can_pack(&mg->batteries.items[i]);
    return count;
}

bool mg_is_packed(const struct mg_instance *mg, size_t battery)
{
    return mg->packs && mg->packs->packed[battery];
}

/* --- courses ------------------------------------------------------------------------------------
 */

static struct mg_course *new_course(const struct mg_instance *mg, const struct mg_pack *pack,
                                    bool priced, struct az_arena *arena)
{
    struct mg_course *course = AZ_NEW(arena, struct mg_course);
    size_t flows = pack->count * mg->T;
    if (!course) return NULL;
    course->net = AZ_ARRAY(arena, mg->T, double);
    if (priced)
        course->price = AZ_ARRAY(arena, mg->T, double);
    else
        course->charge = AZ_ARRAY(arena, 2 * flows, double);
    if (!course->net || (priced ? !course->price : !course->charge)) return NULL;
    course->discharge = priced ? NULL : course->charge + flows;
    return course;
}

/* What the flows of a battery add to a course. */
static void add_flows(const struct mg_instance *mg, size_t battery, const double charge[],
                      const double discharge[], struct mg_course *course)
{
    const struct mg_battery *b = &mg->batteries.items[battery];
    double gained = 0;
    for (size_t t = 0; t < mg->T; t++) {
        course->net[t] += discharge[t] - charge[t];
        course->cost += b->throughput_cost_jpy_per_kwh * discharge[t] * mg->dt;
        gained +=
            (charge[t] * b->charge_efficiency - discharge[t] / b->discharge_efficiency) * mg->dt;
    }
    if (!isnan(b->end_value_jpy_per_kwh)) course->cost -= b->end_value_jpy_per_kwh * gained;
}

enum az_status mg_best_course(const struct mg_instance *mg, size_t k, const double price[],
                              double cost_scale, struct az_arena *arena, struct az_arena *scratch,
                              double *bound, struct mg_course **course)
{
    const struct mg_pack *pack = &mg->packs->items[k];
    double *flows = AZ_ARRAY(scratch, 2 * mg->T, double), least;
    *course = new_course(mg, pack, true, arena);
    if (!flows || !*course) return AZ_NO_MEMORY;
    *bound = 0;
    (*course)->cost_scale = cost_scale;
    memcpy((*course)->price, price, mg->T * sizeof *price);
    for (size_t n = 0; n < pack->count; n++) {
        AZ_TRY(mg_price_battery(mg, pack->battery[n], price, cost_scale, scratch, &least, flows,
                                flows + mg->T));
        *bound += least;
        if (isfinite(least)) add_flows(mg, pack->battery[n], flows, flows + mg->T, *course);
    }
    return AZ_OK;
}

enum az_status mg_course_flows(const struct mg_instance *mg, size_t k,
                               const struct mg_course *course, struct az_arena *scratch,
                               double charge[], double discharge[])
{
    const struct mg_pack *pack = &mg->packs->items[k];
    double least;
    if (!course->price) {
        memcpy(charge, course->charge, pack->count * mg->T * sizeof *charge);
        memcpy(discharge, course->discharge, pack->count * mg->T * sizeof *discharge);
        return AZ_OK;
    }
    for (size_t n = 0; n < pack->count; n++)
        AZ_TRY(mg_price_battery(mg, pack->battery[n], course->price, course->cost_scale, scratch,
                                &least, charge + n * mg->T, discharge + n * mg->T));
    return AZ_OK;
}

enum az_status mg_course_of_plan(const struct mg_instance *mg, size_t k, const struct mg_plan *plan,
                                 struct az_arena *arena, struct mg_course **course)
{
    const struct mg_pack *pack = &mg->packs->items[k];
    struct mg_course *made = *course = new_course(mg, pack, false, arena);
    if (!made) return AZ_NO_MEMORY;
    for (size_t n = 0; n < pack->count; n++) {
        const struct mg_battery_plan *from = &plan->batteries.items[pack->battery[n]];
        memcpy(made->charge + n * mg->T, from->charge_kw.values, mg->T * sizeof(double));
        memcpy(made->discharge + n * mg->T, from->discharge_kw.values, mg->T * sizeof(double));
        add_flows(mg, pack->battery[n], from->charge_kw.values, from->discharge_kw.values, made);
    }
    return AZ_OK;
}

/* The same to the grid at the same cost: the same course. */
static struct mg_course *find(const struct mg_instance *mg, const struct mg_pack *pack,
                              const struct mg_course *course)
{
    for (size_t c = 0; c < pack->course_count; c++) {
        struct mg_course *known = pack->courses[c];
        double slack = 1e-9 * fmax(1, fabs(course->cost));
        if (known == course) return known;
        if (fabs(known->cost - course->cost) > slack || !known->price != !course->price) continue;
        size_t t = 0;
        while (t < mg->T && fabs(known->net[t] - course->net[t]) <= AZ_ZERO) t++;
        if (t == mg->T) return known;
    }
    return NULL;
}

static enum az_status add(const struct mg_instance *mg, struct mg_pack *pack,
                          const struct mg_course *course, struct mg_course **known)
{
    struct mg_packs *packs = mg->packs;
    *known = find(mg, pack, course);
    if (*known) {
        (*known)->used = packs->moment;
        return AZ_OK;
    }
    if (pack->course_count == pack->course_capacity) {
        size_t capacity = 2 * pack->course_capacity + 16;
        void *courses = az_arena_grow(packs->arena, pack->courses, pack->course_count, capacity,
                                      sizeof *pack->courses);
        if (!courses) return AZ_NO_MEMORY;
        pack->courses = courses;
        pack->course_capacity = capacity;
    }
    struct mg_course *copy = new_course(mg, pack, course->price != NULL, packs->arena);
    if (!copy) return AZ_NO_MEMORY;
    copy->cost = course->cost;
    copy->cost_scale = course->cost_scale;
    copy->used = packs->moment;
    memcpy(copy->net, course->net, mg->T * sizeof *copy->net);
    if (course->price)
        memcpy(copy->price, course->price, mg->T * sizeof *copy->price);
    else
        memcpy(copy->charge, course->charge, pack->count * mg->T * sizeof *copy->charge),
            memcpy(copy->discharge, course->discharge, pack->count * mg->T * sizeof(double));
    pack->courses[pack->course_count++] = *known = copy;
    return AZ_OK;
}

enum az_status mg_add_course(const struct mg_instance *mg, size_t k, const struct mg_course *course)
{
    struct mg_course *known;
    return add(mg, &mg->packs->items[k], course, &known);
}

enum az_status mg_keep_courses(const struct mg_instance *mg, const struct mg_plan *plan)
{
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = scratch ? AZ_OK : AZ_NO_MEMORY;
    for (size_t k = 0; k < mg->packs->count && status == AZ_OK; k++) {
        struct mg_course *course;
        status = mg_course_of_plan(mg, k, plan, scratch, &course);
        if (status == AZ_OK)
            status = add(mg, &mg->packs->items[k], course, &mg->packs->items[k].best);
    }
    az_arena_free(scratch);
    return status;
}

void mg_release_packs(const struct mg_instance *mg)
{
    for (size_t k = 0; mg->packs && k < mg->packs->count; k++) mg->packs->items[k].only = NULL;
}

/* --- packs --------------------------------------------------------------------------------------
 */

/* Batteries of a grid dealt out one by one. */
static enum az_status deal(const struct mg_instance *mg, size_t grid, struct mg_packs *packs)
{
    size_t first = packs->count, dealt = 0, all = 0;
    for (size_t i = 0; i < mg->batteries.count; i++)
        all += packs->packed[i] && mg->batteries.items[i].grid.index == grid;
    packs->count += all < PACKS ? all : PACKS;
    for (size_t k = first; k < packs->count; k++) {
        packs->items[k].grid = grid;
        packs->items[k].battery = AZ_ARRAY(packs->arena, all / PACKS + 1, size_t);
        if (!packs->items[k].battery) return AZ_NO_MEMORY;
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        if (!packs->packed[i] || mg->batteries.items[i].grid.index != grid) continue;
        struct mg_pack *pack = &packs->items[first + dealt++ % PACKS];
        pack->battery[pack->count++] = i;
    }
    return AZ_OK;
}

/* What packs do when nothing is worth anything: a first course; false when there is none. */
static enum az_status begin(const struct mg_instance *mg, struct az_arena *scratch, bool *possible)
{
    double *price = AZ_ARRAY(scratch, mg->T, double), bound;
    if (!price) return AZ_NO_MEMORY;
    *possible = true;
    for (size_t k = 0; k < mg->packs->count && *possible; k++) {
        struct mg_course *course;
        AZ_TRY(mg_best_course(mg, k, price, 1, scratch, scratch, &bound, &course));
        *possible = isfinite(bound);
        if (*possible) AZ_TRY(mg_add_course(mg, k, course));
    }
    return AZ_OK;
}

enum az_status mg_packs_new(const struct mg_instance *mg, size_t least, struct az_arena *arena,
                            struct mg_packs **packs)
{
    struct mg_packs *made = AZ_NEW(arena, struct mg_packs);
    size_t all = 0;
    *packs = NULL;
    if (!made) return AZ_NO_MEMORY;
    made->arena = arena;
    made->packed = AZ_ARRAY(arena, mg->batteries.count, bool);
    made->items = AZ_ARRAY(arena, PACKS * mg->grids.count, struct mg_pack);
    if (!made->packed || !made->items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->batteries.count; i++)
        all += made->packed[i] = can_pack(&mg->batteries.items[i]);
    if (all == 0 || all * mg->T < least) return AZ_OK;
    for (size_t g = 0; g < mg->grids.count; g++) AZ_TRY(deal(mg, g, made));
    struct mg_instance copy = *mg;
    struct az_arena *scratch = az_arena_new(NULL);
    bool possible;
    copy.packs = made;
    enum az_status status = scratch ? begin(&copy, scratch, &possible) : AZ_NO_MEMORY;
    az_arena_free(scratch);
    if (status == AZ_OK && possible) *packs = made;
    return status;
}
