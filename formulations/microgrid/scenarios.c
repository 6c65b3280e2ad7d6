/* scenarios.c - the plan as a scenario sees it: what it says of itself over what the plan says, the
 * decisions here and now always the plan's. */
#include "formulations/microgrid/scenarios.h"
#include "formulations/microgrid/flows.h"

#include <string.h>

#define NO_SERIES      \
    (struct az_series) \
    {                  \
        0              \
    }

static const struct mg_dispatch *dispatch_of(const struct mg_plan *plan, size_t k)
{
    for (size_t i = 0; i < plan->scenarios.count; i++)
        if (plan->scenarios.keys[i].index == k) return &plan->scenarios.items[i];
    return NULL;
}

/* The entry of the same asset in another map, or NULL. */
#define TWIN(map, key) find_twin((map).keys, (map).count, (key))
static size_t find_twin(const struct az_ref keys[], size_t count, const struct az_ref *key)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].index == key->index) return i;
    return AZ_NO_INDEX;
}

/* A map of a dispatch in place of the plan's, as a copy that may be written. */
#define TAKE(map)                                                                            \
    do {                                                                                     \
        if (!from->map.items) break;                                                         \
        to->map.count = from->map.count;                                                     \
        to->map.keys = from->map.keys;                                                       \
        to->map.items = az_arena_array(arena, from->map.count, sizeof *to->map.items);       \
        if (!to->map.items) return AZ_NO_MEMORY;                                             \
        if (from->map.count > 0)                                                             \
            memcpy(to->map.items, from->map.items, from->map.count * sizeof *to->map.items); \
    } while (0)

static enum az_status take_maps(const struct mg_dispatch *from, struct az_arena *arena,
                                struct mg_plan *to)
{
    TAKE(units);
    TAKE(renewables);
    TAKE(batteries);
    TAKE(converters);
    TAKE(connections);
    TAKE(loads);
    TAKE(ponds);
    TAKE(flexible_loads);
    TAKE(commitments);
    TAKE(lines);
    return AZ_OK;
}

/* What is armed is the plan's; a plant that it does not name is never armed. */
static enum az_status take_arming(const struct mg_plan *plan, struct mg_plan *merged,
                                  struct az_arena *arena)
{
    for (size_t i = 0; i < merged->lines.count; i++) {
        struct mg_line_plan *line = &merged->lines.items[i];
        size_t at = TWIN(plan->lines, &merged->lines.keys[i]);
        const struct mg_line_plan *whole = at == AZ_NO_INDEX ? NULL : &plan->lines.items[at];
        struct mg_arming_plan *items = az_arena_array(arena, line->arming.count, sizeof *items);
        if (!items) return AZ_NO_MEMORY;
        for (size_t e = 0; e < line->arming.count; e++) {
            items[e] = line->arming.items[e];
            items[e].armed = NO_SERIES;
            for (size_t o = 0; whole && o < whole->arming.count; o++)
                if (strcmp(whole->arming.keys[o].id, line->arming.keys[e].id) == 0)
                    items[e].armed = whole->arming.items[o].armed;
        }
        line->arming.items = items;
    }
    return AZ_OK;
}

/* What leaves is the plan's; what that leaves unsaid follows from its own charges. */
static enum az_status take_departures(const struct mg_instance *mg, size_t i,
                                      const struct mg_battery_plan *plan, struct az_arena *arena,
                                      struct mg_battery_plan *to)
{
    size_t count = i < mg->batteries.count ? mg->batteries.items[i].reservations.count : 0;
    const char *unknown;
    to->departed_kwh = plan->departed_kwh;
    if (count == 0 || plan->energy_kwh.count != mg->T || !plan->energy_kwh.values) return AZ_OK;
    double *departed = AZ_ARRAY(arena, count, double);
    struct az_ref *keys = AZ_ARRAY(arena, count, struct az_ref);
    if (!departed || !keys) return AZ_NO_MEMORY;
    mg_departures(mg, i, plan, plan->energy_kwh.values, departed, &unknown);
    to->departed_kwh.items = departed;
    to->departed_kwh.keys = keys;
    to->departed_kwh.count = 0;
    for (size_t k = 0; k < count; k++) {
        const struct mg_reservation *reservation = &mg->batteries.items[i].reservations.items[k];
        size_t n = to->departed_kwh.count;
        if (!reservation->departs && !reservation->under_way) continue;
        keys[n] = (struct az_ref){ .id = reservation->id, .index = k };
        departed[n] = departed[k];
        to->departed_kwh.count++;
    }
    return AZ_OK;
}

enum az_status mg_scenario_plan(const struct mg_instance *mg, const struct mg_plan *plan, size_t k,
                                struct az_arena *arena, struct mg_plan **merged)
{
    const struct mg_dispatch *dispatch = dispatch_of(plan, k);
    struct mg_plan *to = AZ_NEW(arena, struct mg_plan);
    if (!to) return AZ_NO_MEMORY;
    *to = *plan;
    to->scenarios.count = 0;
    *merged = to;
    if (!dispatch) return AZ_OK;
    AZ_TRY(take_maps(dispatch, arena, to));
    for (size_t i = 0; dispatch->units.items && i < to->units.count; i++) {
        size_t at = TWIN(plan->units, &to->units.keys[i]);
        to->units.items[i].on = at == AZ_NO_INDEX ? NO_SERIES : plan->units.items[at].on;
    }
    for (size_t i = 0; dispatch->batteries.items && i < to->batteries.count; i++) {
        size_t at = TWIN(plan->batteries, &to->batteries.keys[i]);
        struct mg_battery_plan *battery = &to->batteries.items[i];
        memset(&battery->departed_kwh, 0, sizeof battery->departed_kwh);
        memset(&battery->shelter_grid, 0, sizeof battery->shelter_grid);
        if (at == AZ_NO_INDEX) continue;
        AZ_TRY(take_departures(mg, to->batteries.keys[i].index, &plan->batteries.items[at], arena,
                               battery));
        battery->shelter_grid = plan->batteries.items[at].shelter_grid;
    }
    return dispatch->lines.items ? take_arming(plan, to, arena) : AZ_OK;
}

enum az_status mg_dispatch_plan(const struct mg_plan *plan, const char *id, struct az_arena *arena,
                                struct mg_plan **part)
{
    struct mg_plan *to = AZ_NEW(arena, struct mg_plan);
    struct mg_plan none = { 0 };
    if (!to) return AZ_NO_MEMORY;
    *part = to;
    for (size_t k = 0; k < plan->scenarios.count; k++)
        if (plan->scenarios.keys[k].id && strcmp(plan->scenarios.keys[k].id, id) == 0)
            AZ_TRY(take_maps(&plan->scenarios.items[k], arena, to));
    for (size_t i = 0; i < to->units.count; i++) to->units.items[i].on = NO_SERIES;
    for (size_t i = 0; i < to->batteries.count; i++) {
        struct mg_battery_plan *battery = &to->batteries.items[i];
        memset(&battery->departed_kwh, 0, sizeof battery->departed_kwh);
        memset(&battery->shelter_grid, 0, sizeof battery->shelter_grid);
    }
    return take_arming(&none, to, arena);
}

/* What anything trips in a scenario is armed in the plan. */
static void arm(struct mg_plan *plan, const struct mg_plan *part)
{
    for (size_t i = 0; i < plan->lines.count; i++)
        for (size_t e = 0; e < plan->lines.items[i].arming.count; e++) {
            struct az_series *armed = &plan->lines.items[i].arming.items[e].armed;
            const struct az_series *also = &part->lines.items[i].arming.items[e].armed;
            for (size_t t = 0; t < armed->count && t < also->count; t++)
                if (also->values[t] > 0.5) armed->values[t] = 1;
        }
}

/* A map of a part, as a copy whose members here and now may be left out. */
#define GIVE(map)                                                                            \
    do {                                                                                     \
        to->map.count = part->map.count;                                                     \
        to->map.keys = part->map.keys;                                                       \
        to->map.items = az_arena_array(arena, part->map.count, sizeof *to->map.items);       \
        if (!to->map.items) return AZ_NO_MEMORY;                                             \
        if (part->map.count > 0)                                                             \
            memcpy(to->map.items, part->map.items, part->map.count * sizeof *to->map.items); \
    } while (0)

static enum az_status give_dispatch(const struct mg_plan *part, struct az_arena *arena,
                                    struct mg_dispatch *to)
{
    GIVE(units);
    GIVE(renewables);
    GIVE(batteries);
    GIVE(converters);
    GIVE(connections);
    GIVE(loads);
    GIVE(ponds);
    GIVE(flexible_loads);
    GIVE(commitments);
    GIVE(lines);
    for (size_t i = 0; i < to->units.count; i++) to->units.items[i].on = NO_SERIES;
    for (size_t i = 0; i < to->batteries.count; i++) {
        memset(&to->batteries.items[i].departed_kwh, 0, sizeof to->batteries.items[i].departed_kwh);
        memset(&to->batteries.items[i].shelter_grid, 0, sizeof to->batteries.items[i].shelter_grid);
    }
    for (size_t i = 0; i < to->lines.count; i++) {
        struct mg_line_plan *line = &to->lines.items[i];
        struct mg_arming_plan *items = az_arena_array(arena, line->arming.count, sizeof *items);
        if (!items) return AZ_NO_MEMORY;
        for (size_t e = 0; e < line->arming.count; e++)
            items[e] = (struct mg_arming_plan){ .tripped_kw = line->arming.items[e].tripped_kw };
        line->arming.items = items;
    }
    return AZ_OK;
}

enum az_status mg_put_scenarios(const struct mg_instance *mg, struct mg_plan *const parts[],
                                struct az_arena *arena, struct mg_plan *plan)
{
    size_t count = mg->scenarios.count;
    plan->scenarios.items = az_arena_array(arena, count, sizeof *plan->scenarios.items);
    plan->scenarios.keys = AZ_ARRAY(arena, count, struct az_ref);
    if (!plan->scenarios.items || !plan->scenarios.keys) return AZ_NO_MEMORY;
    plan->scenarios.count = count;
    for (size_t k = 0; k < count; k++) {
        plan->scenarios.keys[k] = (struct az_ref){ .id = mg->scenarios.items[k].id, .index = k };
        plan->scenarios.items[k] = (struct mg_dispatch){ 0 };
        AZ_TRY(give_dispatch(parts[k], arena, &plan->scenarios.items[k]));
        arm(plan, parts[k]);
    }
    return AZ_OK;
}
