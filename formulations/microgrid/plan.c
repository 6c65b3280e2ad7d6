/* plan.c - an empty plan in the instance's order, and finding an asset's entry in any plan. */
#include "formulations/microgrid/instance.h"

/* Takes the arrays of a new plan; remembers the first failure so that callers read top-down. */
struct maker {
    struct az_arena *arena;
    size_t T;
    bool failed;
};

static void *take(struct maker *maker, size_t count, size_t size)
{
    void *items = az_arena_array(maker->arena, count, size);
    if (!items) maker->failed = true;
    return items;
}

static struct az_series series(struct maker *maker, double value)
{
    struct az_series series = { .count = maker->T };
    series.values = take(maker, maker->T, sizeof *series.values);
    for (size_t t = 0; series.values && t < maker->T; t++) series.values[t] = value;
    return series;
}

/* Gives a map of the plan one entry per asset of the instance's list, with its id as the key. */
#define NEW_MAP(maker, map, list)                                                       \
    do {                                                                                \
        (map).count = (list).count;                                                     \
        (map).items = take((maker), (list).count, sizeof *(map).items);                 \
        (map).keys = take((maker), (list).count, sizeof *(map).keys);                   \
        if ((maker)->failed) return AZ_NO_MEMORY;                                       \
        for (size_t i_ = 0; i_ < (list).count; i_++)                                    \
            (map).keys[i_] = (struct az_ref){ .id = (list).items[i_].id, .index = i_ }; \
    } while (0)

/* Zeros where reserve of a direction (enum mg_reserve_way) is asked for on the grid, else nothing.
 */
static struct az_series reserve(struct maker *maker, const struct mg_instance *mg, size_t grid,
                                int way)
{
    const struct mg_grid *g = &mg->grids.items[grid];
    const struct az_series *asked = way == MG_UP ? &g->reserve_up_kw : &g->reserve_down_kw;
    bool is_asked = false;
    for (size_t t = 0; asked->values && t < maker->T; t++)
        is_asked = is_asked || asked->values[t] > 0;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        const struct mg_commitment *commitment = &mg->commitments.items[i];
        const struct mg_capacity *capacity = commitment->terms.value;
        is_asked = is_asked || (commitment->terms.tag == MG_TERMS_CAPACITY &&
                                capacity->grid.index == grid && capacity->direction == way);
    }
    return is_asked ? series(maker, 0) : (struct az_series){ 0 };
}

/* What vehicles leave with: an entry for every departure within the horizon. */
static enum az_status new_departures(struct maker *maker, const struct mg_battery *battery,
                                     struct mg_battery_plan *plan)
{
    size_t count = battery->reservations.count;
    if (count == 0) return AZ_OK;
    plan->departed_kwh.items = take(maker, count, sizeof *plan->departed_kwh.items);
    plan->departed_kwh.keys = take(maker, count, sizeof *plan->departed_kwh.keys);
    if (maker->failed) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        size_t n = plan->departed_kwh.count;
        if (!reservation->departs) continue;
        plan->departed_kwh.keys[n] = (struct az_ref){ .id = reservation->id, .index = k };
        plan->departed_kwh.items[n] =
            (double)reservation->vehicles *
            fmax(battery->min_kwh, reservation->depart_share * battery->capacity_kwh);
        plan->departed_kwh.count++;
    }
    return AZ_OK;
}

static enum az_status new_devices(const struct mg_instance *mg, struct maker *maker,
                                  struct mg_plan *plan)
{
    NEW_MAP(maker, plan->units, mg->units);
    for (size_t i = 0; i < mg->units.count; i++)
        plan->units.items[i] =
            (struct mg_unit_plan){ .on = series(maker, 0),
                                   .power_kw = series(maker, 0),
                                   .reserve_up_kw = series(maker, 0),
                                   .reserve_down_kw =
                                       reserve(maker, mg, mg->units.items[i].grid.index, MG_DOWN) };
    NEW_MAP(maker, plan->renewables, mg->renewables);
    for (size_t i = 0; i < mg->renewables.count; i++)
        plan->renewables.items[i] = (struct mg_renewable_plan){ .used_kw = series(maker, 0) };
    NEW_MAP(maker, plan->batteries, mg->batteries);
    for (size_t i = 0; i < mg->batteries.count; i++)
        plan->batteries.items[i] =
            (struct mg_battery_plan){ .charge_kw = series(maker, 0),
                                      .discharge_kw = series(maker, 0),
                                      .energy_kwh =
                                          series(maker, mg->batteries.items[i].start_kwh) };
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        if (battery->stands0 > 0)
            plan->batteries.items[i].shelter_grid =
                battery->shelter_grids.items[battery->stands0 - 1];
        if (battery->gives_reserve != 1) continue;
        plan->batteries.items[i].reserve_up_kw = series(maker, 0);
        plan->batteries.items[i].reserve_down_kw = reserve(maker, mg, battery->grid.index, MG_DOWN);
    }
    for (size_t i = 0; i < mg->batteries.count; i++)
        AZ_TRY(new_departures(maker, &mg->batteries.items[i], &plan->batteries.items[i]));
    return maker->failed ? AZ_NO_MEMORY : AZ_OK;
}

static enum az_status new_arming(struct maker *maker, const struct mg_line *line,
                                 struct mg_line_plan *plan)
{
    plan->arming.count = line->armable.count;
    plan->arming.items = take(maker, line->armable.count, sizeof *plan->arming.items);
    plan->arming.keys = take(maker, line->armable.count, sizeof *plan->arming.keys);
    if (maker->failed) return AZ_NO_MEMORY;
    for (size_t k = 0; k < line->armable.count; k++) {
        plan->arming.keys[k] = line->armable.items[k].asset;
        plan->arming.items[k] =
            (struct mg_arming_plan){ .armed = series(maker, 0), .tripped_kw = series(maker, 0) };
    }
    return AZ_OK;
}

static enum az_status new_ties(const struct mg_instance *mg, struct maker *maker,
                               struct mg_plan *plan)
{
    NEW_MAP(maker, plan->converters, mg->converters);
    for (size_t i = 0; i < mg->converters.count; i++)
        plan->converters.items[i] =
            (struct mg_converter_plan){ .on = series(maker, 0),
                                        .forward_in_kw = series(maker, 0),
                                        .forward_out_kw = series(maker, 0),
                                        .backward_in_kw = series(maker, 0),
                                        .backward_out_kw = series(maker, 0) };
    for (size_t i = 0; i < mg->converters.count; i++) {
        if (mg->converters.items[i].gives_reserve != 1) continue;
        plan->converters.items[i].forward_reserve_kw = series(maker, 0);
        plan->converters.items[i].backward_reserve_kw = series(maker, 0);
    }
    NEW_MAP(maker, plan->connections, mg->connections);
    for (size_t i = 0; i < mg->connections.count; i++)
        plan->connections.items[i] = (struct mg_connection_plan){ .import_kw = series(maker, 0),
                                                                  .export_kw = series(maker, 0) };
    NEW_MAP(maker, plan->loads, mg->loads);
    for (size_t i = 0; i < mg->loads.count; i++)
        plan->loads.items[i] = (struct mg_load_plan){ .unserved_kw = series(maker, 0) };
    for (size_t i = 0; i < mg->loads.count; i++)
        if (mg->loads.items[i].steps.count > 0)
            plan->loads.items[i].interrupted_kw = series(maker, 0);
    NEW_MAP(maker, plan->shiftables, mg->shiftables);
    for (size_t i = 0; i < mg->shiftables.count; i++)
        plan->shiftables.items[i] = (struct mg_shiftable_plan){ .start = { .utc_s = AZ_NO_INTEGER },
                                                                .power_kw = series(maker, 0) };
    NEW_MAP(maker, plan->flexible_loads, mg->flexible_loads);
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        plan->flexible_loads.items[i] = (struct mg_flexible_plan){ .power_kw = series(maker, 0) };
    NEW_MAP(maker, plan->lines, mg->lines);
    for (size_t i = 0; i < mg->lines.count; i++)
        AZ_TRY(new_arming(maker, &mg->lines.items[i], &plan->lines.items[i]));
    NEW_MAP(maker, plan->commitments, mg->commitments);
    for (size_t i = 0; i < mg->commitments.count; i++)
        if (mg->commitments.items[i].terms.tag == MG_TERMS_CAPACITY)
            plan->commitments.items[i].short_kw = series(maker, 0);
    NEW_MAP(maker, plan->ponds, mg->ponds);
    for (size_t i = 0; i < mg->ponds.count; i++)
        plan->ponds.items[i] =
            (struct mg_pond_plan){ .level_kwh = series(maker, mg->ponds.items[i].start_kwh),
                                   .spill_kw = series(maker, 0) };
    return maker->failed ? AZ_NO_MEMORY : AZ_OK;
}

enum az_status mg_plan_new(const struct mg_instance *mg, struct az_arena *arena,
                           struct mg_plan **out)
{
    struct maker maker = { .arena = arena, .T = mg->T };
    struct mg_plan *plan = AZ_NEW(arena, struct mg_plan);
    if (!plan) return AZ_NO_MEMORY;
    plan->start = mg->start;
    plan->slot_minutes = mg->slot_minutes;
    plan->slots = mg->slots;
    AZ_TRY(new_devices(mg, &maker, plan));
    AZ_TRY(new_ties(mg, &maker, plan));
    *out = plan;
    return AZ_OK;
}

void mg_carry_levels(const struct mg_instance *mg, struct mg_plan *plan)
{
    for (size_t i = 0; i < mg->ponds.count; i++) {
        const struct mg_pond *pond = &mg->ponds.items[i];
        struct mg_pond_plan *to = &plan->ponds.items[i];
        double level = pond->start_kwh;
        for (size_t t = 0; t < mg->T; t++) {
            level += (pond->inflow_kw.values ? pond->inflow_kw.values[t] : 0) * mg->dt;
            level -= to->spill_kw.values[t] * mg->dt;
            for (size_t k = 0; k < mg->units.count; k++) {
                const struct mg_unit *unit = &mg->units.items[k];
                const struct mg_unit_plan *from = &plan->units.items[k];
                if (!unit->pond.id || unit->pond.index != i) continue;
                double standing = from->on.values[t] > 0.5 ? unit->water_no_load_kw : 0;
                level -= (unit->water_factor * from->power_kw.values[t] + standing) * mg->dt;
            }
            to->level_kwh.values[t] = level;
        }
    }
}
