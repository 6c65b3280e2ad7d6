/* point.c - whole points as plans, and plans as points. */
#include <math.h>
#include <string.h>

#include "formulations/siting/problem.h"
#include "solver/tolerances.h"

static struct az_ref ref_to(const char *id, size_t index, int collection)
{
    return (struct az_ref){ .id = id, .index = index, .collection = collection };
}

static enum az_status add_choices(const struct st_problem *p, const struct st_point *point,
                                  struct az_arena *arena, struct st_plan *plan)
{
    const struct st_instance *in = p->in;
    bool *armed = AZ_ARRAY(arena, in->sites.count, bool);
    plan->choices.items = az_arena_array(arena, point->count, sizeof *plan->choices.items);
    if (!armed || !plan->choices.items) return AZ_NO_MEMORY;
    for (size_t j = 0; j < point->y_count; j++)
        if (p->statics[j].kind == ST_ARM_SITE && point->y[j] > 0.5) armed[p->statics[j].a] = true;
    for (size_t i = 0; i < point->count; i++) {
        size_t o = point->option[i], s = p->values->site[o];
        if (point->value[i] < 0.5) continue;
        plan->choices.items[plan->choices.count++] = (struct st_choice){
            .site = ref_to(in->sites.items[s].id, s, 0),
            .option = p->option[o]->id,
            .armed = armed[s],
            .year = AZ_NO_INTEGER,
            .pv_kw = NAN,
            .battery_kwh = NAN,
            .capex_jpy = NAN,
            .subsidy_jpy = NAN,
            .npv_jpy = NAN,
            .irr = NAN,
            .payback_years = NAN,
            .host_saving_jpy = NAN,
            .host_npv_jpy = NAN,
            .self_kwh = NAN,
            .export_kwh = NAN,
            .lost_kwh = NAN,
            .co2_t = NAN,
        };
    }
    return AZ_OK;
}

/* A trip that rounding has left counts as none. */
static bool is_there(const struct st_static *column, double value)
{
    return value > (column->integer ? 0.5 : AZ_ZERO * fmax(1, column->upper));
}

static void add_static(const struct st_problem *p, const struct st_static *column, double value,
                       struct st_plan *plan)
{
    const struct st_instance *in = p->in;
    switch (column->kind) {
    case ST_REINFORCE:
        plan->reinforcements.items[plan->reinforcements.count++] = column->reinforcement->id;
        break;
    case ST_ARM_PLANT:
        plan->armed.items[plan->armed.count++] =
            ref_to(in->upstream->plants.items[column->a].id, column->a, 0);
        break;
    case ST_TRIP_PLANT:
    case ST_TRIP_SITE:
        plan->trips.items[plan->trips.count++] = (struct st_trip){
            .circuit = ref_to(in->upstream->circuits.items[column->b].id, column->b, 0),
            .plant = column->kind == ST_TRIP_PLANT
                         ? ref_to(in->upstream->plants.items[column->a].id, column->a, 0)
                         : ref_to(in->sites.items[column->a].id, column->a, 1),
            .hour = (int64_t)column->hour,
            .kw = value,
        };
        break;
    case ST_DELIVER:
        plan->served.items[plan->served.count++] = (struct st_served){
            .customer = ref_to(in->customers.items[column->a].id, column->a, 0),
            .site = ref_to(in->sites.items[column->b].id, column->b, 0),
            .share = value,
        };
        break;
    default:
        break;
    }
}

/* Shares of a customer that add up to 1 to the last digit. */
static enum az_status even_shares(const struct st_instance *in, struct az_arena *arena,
                                  struct st_plan *plan)
{
    double *sum = AZ_ARRAY(arena, in->customers.count, double);
    if (!sum) return AZ_NO_MEMORY;
    for (size_t i = 0; i < plan->served.count; i++)
        sum[plan->served.items[i].customer.index] += plan->served.items[i].share;
    for (size_t i = 0; i < plan->served.count; i++) {
        double all = sum[plan->served.items[i].customer.index];
        if (all > 0.5) plan->served.items[i].share /= all;
    }
    return AZ_OK;
}

enum az_status st_plan_of_point(const struct st_problem *p, const struct st_point *point,
                                struct az_arena *arena, struct st_plan **result)
{
    struct st_plan *plan = AZ_NEW(arena, struct st_plan);
    size_t count = 0;
    if (!plan) return AZ_NO_MEMORY;
    for (size_t j = 0; j < point->y_count; j++) count += is_there(&p->statics[j], point->y[j]);
    plan->reinforcements.items = az_arena_array(arena, count, sizeof *plan->reinforcements.items);
    plan->armed.items = az_arena_array(arena, count, sizeof *plan->armed.items);
    plan->trips.items = az_arena_array(arena, count, sizeof *plan->trips.items);
    plan->served.items = az_arena_array(arena, count, sizeof *plan->served.items);
    if (!plan->reinforcements.items || !plan->armed.items || !plan->trips.items ||
        !plan->served.items)
        return AZ_NO_MEMORY;
    AZ_TRY(add_choices(p, point, arena, plan));
    for (size_t j = 0; j < point->y_count; j++)
        if (is_there(&p->statics[j], point->y[j])) add_static(p, &p->statics[j], point->y[j], plan);
    AZ_TRY(even_shares(p->in, arena, plan));
    *result = plan;
    return AZ_OK;
}

/* --- plans as points -------------------------------------------------------------------------- */

static size_t option_of(const struct st_problem *p, const struct st_choice *choice)
{
    size_t s = choice->site.index;
    if (s >= p->in->sites.count || !choice->option) return AZ_NO_INDEX;
    for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
        if (p->allowed[o] && strcmp(p->option[o]->id, choice->option) == 0) return o;
    return AZ_NO_INDEX;
}

static bool is_chosen(const struct st_problem *p, const struct st_plan *plan,
                      const struct st_static *column)
{
    if (column->kind == ST_REINFORCE)
        for (size_t i = 0; i < plan->reinforcements.count; i++)
            if (strcmp(plan->reinforcements.items[i], column->reinforcement->id) == 0) return true;
    if (column->kind == ST_ARM_PLANT)
        for (size_t i = 0; i < plan->armed.count; i++)
            if (plan->armed.items[i].index == column->a) return true;
    if (column->kind == ST_ARM_SITE)
        for (size_t i = 0; i < plan->choices.count; i++)
            if (plan->choices.items[i].site.index == column->a)
                return plan->choices.items[i].armed == 1;
    if (column->kind != ST_COVERED) return false;
    const struct st_district *district = &p->in->districts.items[column->a];
    int64_t shelters = 0;
    for (size_t i = 0; i < district->shelter_count; i++) {
        bool backup = p->values->backup[district->shelters[i]];
        for (size_t c = 0; c < plan->choices.count; c++) {
            if (plan->choices.items[c].site.index != district->shelters[i]) continue;
            size_t o = option_of(p, &plan->choices.items[c]);
            if (o != AZ_NO_INDEX) backup = p->values->value[o].backup;
        }
        shelters += backup;
    }
    return shelters >= p->in->coverage->shelters;
}

enum az_status st_point_of(struct st_problem *p, const struct st_plan *plan, struct az_arena *arena,
                           struct st_point *point)
{
    size_t *chosen = AZ_ARRAY(arena, p->in->sites.count, size_t);
    *point = (struct st_point){ .option = AZ_ARRAY(arena, p->in->sites.count, size_t),
                                .value = AZ_ARRAY(arena, p->in->sites.count, double),
                                .y = AZ_ARRAY(arena, p->static_count, double),
                                .y_count = p->static_count };
    if (!chosen || !point->option || !point->value || !point->y) return AZ_NO_MEMORY;
    for (size_t s = 0; s < p->in->sites.count; s++) chosen[s] = AZ_NO_INDEX;
    for (size_t i = 0; i < plan->choices.count; i++) {
        size_t o = option_of(p, &plan->choices.items[i]);
        if (o != AZ_NO_INDEX) chosen[plan->choices.items[i].site.index] = o;
    }
    for (size_t s = 0; s < p->in->sites.count; s++) {
        if (chosen[s] == AZ_NO_INDEX) continue;
        point->option[point->count] = chosen[s];
        point->value[point->count++] = 1;
    }
    for (size_t j = 0; j < p->static_count; j++)
        if (p->statics[j].integer) point->y[j] = is_chosen(p, plan, &p->statics[j]) ? 1 : 0;
    return AZ_OK;
}
