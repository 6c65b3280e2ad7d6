/* adopt.c - an earlier plan, on its own horizon, as a start on this instance's.
 *
 * Assets are matched by id. A slot inside the old horizon takes its values; one past it takes those
 * of the same time on the day before, else of the last slot. Schedules are mended so that they keep
 * this instance's rules; the solve then dispatches them anew. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/search.h"
#include "formulations/microgrid/survival.h"

#define DAY_S 86400

/* For every slot of the instance, the slot of the earlier plan to copy. */
static bool map_slots(const struct mg_instance *mg, const struct mg_plan *old, size_t map[])
{
    bool overlap = false;
    int64_t length = old->slot_minutes * 60, end = old->slots * length;
    for (size_t t = 0; t < mg->T; t++) {
        int64_t at = mg->start.utc_s + (int64_t)t * mg->slot_minutes * 60 - old->start.utc_s;
        overlap = overlap || (at >= 0 && at < end);
        if (at >= end) { /* whole days back, as few as will do */
            int64_t needed = (at - end) / DAY_S + 1, most = at / DAY_S;
            at -= (needed < most ? needed : most) * DAY_S;
        }
        if (at < 0) at = 0;
        if (at >= end) at = end - 1;
        map[t] = (size_t)(at / length);
    }
    return overlap;
}

static size_t find(const struct az_ref keys[], size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].id && strcmp(keys[i].id, id) == 0) return i;
    return AZ_NO_INDEX;
}

static void copy(const struct az_series *from, const size_t map[], struct az_series *to)
{
    for (size_t t = 0; from->values && to->values && t < to->count; t++)
        if (map[t] < from->count && isfinite(from->values[map[t]]))
            to->values[t] = from->values[map[t]];
}

/* Copies the series of every asset of one map that the earlier plan knows. */
#define COPY(map_, ...)                                                                          \
    for (size_t i_ = 0; i_ < plan->map_.count; i_++) {                                           \
        size_t at_ = find(old->map_.keys, old->map_.count, plan->map_.keys[i_].id);              \
        if (at_ == AZ_NO_INDEX) continue;                                                        \
        const size_t members_[] = { __VA_ARGS__ };                                               \
        for (size_t k_ = 0; k_ < sizeof members_ / sizeof members_[0]; k_++)                     \
            copy((const struct az_series *)((const char *)&old->map_.items[at_] + members_[k_]), \
                 map, (struct az_series *)((char *)&plan->map_.items[i_] + members_[k_]));       \
    }

static void copy_series(const struct mg_plan *old, const size_t map[], struct mg_plan *plan)
{
    COPY(units, offsetof(struct mg_unit_plan, on), offsetof(struct mg_unit_plan, power_kw),
         offsetof(struct mg_unit_plan, reserve_up_kw),
         offsetof(struct mg_unit_plan, reserve_down_kw))
    COPY(renewables, offsetof(struct mg_renewable_plan, used_kw))
    COPY(batteries, offsetof(struct mg_battery_plan, charge_kw),
         offsetof(struct mg_battery_plan, discharge_kw),
         offsetof(struct mg_battery_plan, reserve_up_kw),
         offsetof(struct mg_battery_plan, reserve_down_kw))
    COPY(converters, offsetof(struct mg_converter_plan, on),
         offsetof(struct mg_converter_plan, forward_in_kw),
         offsetof(struct mg_converter_plan, forward_out_kw),
         offsetof(struct mg_converter_plan, backward_in_kw),
         offsetof(struct mg_converter_plan, backward_out_kw),
         offsetof(struct mg_converter_plan, forward_reserve_kw),
         offsetof(struct mg_converter_plan, backward_reserve_kw))
    COPY(ponds, offsetof(struct mg_pond_plan, spill_kw))
    COPY(connections, offsetof(struct mg_connection_plan, import_kw),
         offsetof(struct mg_connection_plan, export_kw))
    COPY(loads, offsetof(struct mg_load_plan, unserved_kw),
         offsetof(struct mg_load_plan, interrupted_kw))
    COPY(flexible_loads, offsetof(struct mg_flexible_plan, power_kw))
    COPY(commitments, offsetof(struct mg_commitment_plan, short_kw))
}

/* What stood armed on a line of the same name stays armed. */
static void copy_arming(const struct mg_plan *old, const size_t map[], struct mg_plan *plan)
{
    for (size_t i = 0; i < plan->lines.count; i++) {
        struct mg_line_plan *to = &plan->lines.items[i];
        size_t at = find(old->lines.keys, old->lines.count, plan->lines.keys[i].id);
        if (at == AZ_NO_INDEX) continue;
        const struct mg_line_plan *from = &old->lines.items[at];
        for (size_t k = 0; k < to->arming.count; k++) {
            size_t entry = find(from->arming.keys, from->arming.count, to->arming.keys[k].id);
            if (entry == AZ_NO_INDEX) continue;
            copy(&from->arming.items[entry].armed, map, &to->arming.items[k].armed);
            copy(&from->arming.items[entry].tripped_kw, map, &to->arming.items[k].tripped_kw);
        }
    }
}

/* Starts at their times, where these are slots with which a run may start here. */
static void copy_starts(const struct mg_instance *mg, const struct mg_plan *old,
                        struct mg_plan *plan)
{
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        struct mg_window starts = mg->shiftables.items[i].starts;
        size_t at = find(old->shiftables.keys, old->shiftables.count, plan->shiftables.keys[i].id);
        int slot =
            at == AZ_NO_INDEX ? MG_RUN_FREE : mg_slot_of(mg, old->shiftables.items[at].start);
        if (slot >= 0 && (size_t)slot >= starts.first && (size_t)slot < starts.last)
            plan->shiftables.items[i].start = old->shiftables.items[at].start;
        mg_show_run(mg, i, &plan->shiftables.items[i]);
    }
}

/* Of loads no more goes unserved or is interrupted than there is; flexible ones keep their range.
 */
static void mend_loads(const struct mg_instance *mg, struct mg_plan *plan)
{
    for (size_t i = 0; i < mg->loads.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            const struct mg_load *load = &mg->loads.items[i];
            struct mg_load_plan *to = &plan->loads.items[i];
            double demand = load->demand_kw.values[t], interrupted = 0;
            if (to->interrupted_kw.values)
                interrupted = to->interrupted_kw.values[t] =
                    fmin(to->interrupted_kw.values[t], load->interruptible_share * demand);
            to->unserved_kw.values[t] = fmin(to->unserved_kw.values[t], demand - interrupted);
        }
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            const struct mg_flexible *flexible = &mg->flexible_loads.items[i];
            double *power = &plan->flexible_loads.items[i].power_kw.values[t];
            *power = fmin(fmax(*power, flexible->min_kw.values[t]), flexible->max_kw.values[t]);
        }
}

/* Nothing flows over what an outage shuts. */
static void shut_connections(const struct mg_instance *mg, struct mg_plan *plan)
{
    for (size_t i = 0; i < mg->connections.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            if (mg->shut[i * mg->T + t])
                plan->connections.items[i].import_kw.values[t] =
                    plan->connections.items[i].export_kw.values[t] = 0;
}

/* On and off as this instance allows, power within the unit's range. */
static void mend_units(const struct mg_instance *mg, struct mg_plan *plan, signed char on[])
{
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        struct mg_unit_plan *to = &plan->units.items[i];
        for (size_t t = 0; t < mg->T; t++) on[t] = to->on.values[t] > 0.5;
        mg_mend_schedule(mg, i, on);
        for (size_t t = 0; t < mg->T; t++) {
            to->on.values[t] = on[t];
            to->power_kw.values[t] =
                on[t] ? fmin(fmax(to->power_kw.values[t], unit->p_min_kw), unit->p_max_kw) : 0;
            if (!on[t]) to->reserve_up_kw.values[t] = 0;
            if (!on[t] && to->reserve_down_kw.values) to->reserve_down_kw.values[t] = 0;
        }
    }
}

/* What vehicles leave with that have not left yet, and the shelter. */
static void copy_fleet(const struct mg_battery *battery, const struct mg_battery_plan *from,
                       struct mg_battery_plan *to)
{
    for (size_t n = 0; n < to->departed_kwh.count; n++) {
        size_t at =
            find(from->departed_kwh.keys, from->departed_kwh.count, to->departed_kwh.keys[n].id);
        if (at != AZ_NO_INDEX) to->departed_kwh.items[n] = from->departed_kwh.items[at];
    }
    bool open = battery->stands0 < 0;
    for (size_t k = 0; open && from->shelter_grid.id && k < battery->shelter_grids.count; k++)
        if (strcmp(from->shelter_grid.id, battery->shelter_grids.items[k].id) == 0)
            to->shelter_grid = battery->shelter_grids.items[k];
}

/* Energies that follow from this instance's start charge and the copied flows. */
static void carry_energies(const struct mg_instance *mg, const struct mg_plan *old,
                           struct mg_plan *plan)
{
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        struct mg_battery_plan *to = &plan->batteries.items[i];
        size_t at = AZ_NO_INDEX;
        if (battery->reservations.count + battery->shelter_grids.count > 0)
            at = find(old->batteries.keys, old->batteries.count, battery->id);
        if (at != AZ_NO_INDEX) copy_fleet(battery, &old->batteries.items[at], to);
        mg_follow_energy(mg, i, to);
    }
}

/* --- the plan as it was -------------------------------------------------------------------------
 */

static void leave_open(struct az_series *series)
{
    for (size_t t = 0; series->values && t < series->count; t++) series->values[t] = NAN;
}

#define OPEN(map_, ...)                                                                     \
    for (size_t i_ = 0; i_ < plan->map_.count; i_++) {                                      \
        const size_t members_[] = { __VA_ARGS__ };                                          \
        for (size_t k_ = 0; k_ < sizeof members_ / sizeof members_[0]; k_++)                \
            leave_open((struct az_series *)((char *)&plan->map_.items[i_] + members_[k_])); \
    }

/* When a run draws power, in slots that the earlier plan knows. */
static void copy_runs(const struct mg_instance *mg, const struct mg_plan *old, const size_t map[],
                      struct mg_plan *plan)
{
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        const struct mg_shiftable *shiftable = &mg->shiftables.items[i];
        struct az_series *power = &plan->shiftables.items[i].power_kw;
        size_t at = find(old->shiftables.keys, old->shiftables.count, shiftable->id);
        bool open = shiftable->starts.first < shiftable->starts.last;
        leave_open(power);
        if (at == AZ_NO_INDEX || !open) continue;
        struct az_time start = old->shiftables.items[at].start;
        bool runs = az_time_given(start);
        int64_t length = mg->slot_minutes * 60, run = (int64_t)shiftable->run_kw.count * length;
        for (size_t t = 0; t < mg->T; t++) {
            int64_t passed = runs ? mg->start.utc_s + (int64_t)t * length - start.utc_s : -1;
            bool draws = passed >= 0 && passed < run;
            if (map[t] != AZ_NO_INDEX) power->values[t] = draws;
        }
    }
}

/* The earlier plan in this horizon's slots, without a mend. */
static enum az_status copy_before(const struct mg_instance *mg, const struct mg_plan *old,
                                  struct az_arena *arena, struct mg_plan *adopted)
{
    size_t *map = AZ_ARRAY(arena, mg->T, size_t);
    struct mg_plan *plan;
    if (!map) return AZ_NO_MEMORY;
    AZ_TRY(mg_plan_new(mg, arena, &plan));
    for (size_t t = 0; t < mg->T; t++) {
        int64_t at = mg->start.utc_s + (int64_t)t * mg->slot_minutes * 60 - old->start.utc_s;
        bool known = at >= 0 && at < old->slots * old->slot_minutes * 60;
        map[t] = known ? (size_t)(at / (old->slot_minutes * 60)) : AZ_NO_INDEX;
    }
    OPEN(units, offsetof(struct mg_unit_plan, on), offsetof(struct mg_unit_plan, power_kw))
    OPEN(renewables, offsetof(struct mg_renewable_plan, used_kw))
    OPEN(batteries, offsetof(struct mg_battery_plan, charge_kw),
         offsetof(struct mg_battery_plan, discharge_kw))
    OPEN(converters, offsetof(struct mg_converter_plan, on),
         offsetof(struct mg_converter_plan, forward_in_kw),
         offsetof(struct mg_converter_plan, backward_in_kw))
    OPEN(connections, offsetof(struct mg_connection_plan, import_kw),
         offsetof(struct mg_connection_plan, export_kw))
    OPEN(flexible_loads, offsetof(struct mg_flexible_plan, power_kw))
    copy_series(old, map, plan);
    copy_runs(mg, old, map, plan);
    for (size_t i = 0; i < plan->loads.count; i++) { /* what a plan does not say is served */
        bool said = find(old->loads.keys, old->loads.count, plan->loads.keys[i].id) != AZ_NO_INDEX;
        for (size_t t = 0; t < mg->T; t++)
            if (!said || map[t] == AZ_NO_INDEX) plan->loads.items[i].unserved_kw.values[t] = NAN;
    }
    adopted->before = plan;
    return AZ_OK;
}

enum az_status mg_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan)
{
    const struct mg_instance *mg = instance;
    const struct mg_plan *old = previous_plan;
    struct mg_plan *adopted = NULL;
    *plan = NULL;
    if (!az_time_given(old->start) || old->slot_minutes < 1 || old->slots < 1 ||
        old->slots > 1000000 || old->slot_minutes > 1440)
        return AZ_NO_PLAN;
    size_t *map = AZ_ARRAY(arena, mg->T, size_t);
    signed char *on = AZ_ARRAY(arena, mg->T, signed char);
    if (!map || !on) return AZ_NO_MEMORY;
    if (!map_slots(mg, old, map)) return AZ_NO_PLAN;
    AZ_TRY(mg_plan_new(mg, arena, &adopted));
    copy_series(old, map, adopted);
    copy_arming(old, map, adopted);
    copy_starts(mg, old, adopted);
    shut_connections(mg, adopted);
    mend_units(mg, adopted, on);
    mend_loads(mg, adopted);
    carry_energies(mg, old, adopted);
    mg_carry_levels(mg, adopted);
    AZ_TRY(mg_follow_plan(mg, arena, adopted));
    AZ_TRY(copy_before(mg, old, arena, adopted));
    *plan = adopted;
    return AZ_OK;
}
