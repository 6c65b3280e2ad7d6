/* evaluate_forming.c - what forms the grids that an outage cuts off, as the judge reads it: a unit,
 * a battery or a live connection by itself, and a converter from a grid that one of these holds. */
#include "formulations/microgrid/judge.h"

int mg_ways_of(const struct mg_converter *converter, bool on, double forward, double backward)
{
    bool goes = forward > az_slack(0), comes = backward > az_slack(0);
    if (!on) return MG_NO_WAY;
    if (goes || comes) return (goes && !comes ? MG_ONWARD : 0) | (comes && !goes ? MG_BACK : 0);
    return converter->needs_on ? MG_NO_WAY : MG_ONWARD | MG_BACK;
}

void mg_judge_formed(const struct mg_instance *mg, size_t n, const bool own[],
                     const signed char ways[], bool formed[])
{
    for (size_t at = 0; at < mg->grids.count * n; at++) formed[at] = own[at];
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        const bool *from = &own[converter->from_grid.index * n];
        const bool *to = &own[converter->to_grid.index * n];
        bool *feeds_from = &formed[converter->from_grid.index * n];
        bool *feeds_to = &formed[converter->to_grid.index * n];
        for (size_t k = 0; converter->grid_forming == 1 && k < n; k++) {
            bool onward = ways[i * n + k] & MG_ONWARD && converter->forward_max_kw > 0;
            bool back = ways[i * n + k] & MG_BACK && converter->backward_max_kw > 0;
            feeds_to[k] = feeds_to[k] || (onward && from[k]);
            feeds_from[k] = feeds_from[k] || (back && to[k]);
        }
    }
}

/* What units, batteries and live connections form in the plan. */
static void find_own(const struct mg_instance *mg, const struct mg_flows *flows, bool own[])
{
    size_t T = mg->T;
    for (size_t i = 0; i < mg->connections.count; i++)
        for (size_t t = 0; t < T; t++)
            if (mg->shut[i * T + t] == 0) own[mg->connections.items[i].grid.index * T + t] = true;
    for (size_t i = 0; i < mg->units.count; i++)
        for (size_t t = 0; mg->units.items[i].grid_forming == 1 && t < T; t++)
            if (flows->units[i].on[t] > 0.5) own[mg->units.items[i].grid.index * T + t] = true;
    for (size_t i = 0; i < mg->batteries.count; i++)
        for (size_t t = 0; mg->batteries.items[i].grid_forming == 1 && t < T; t++)
            if (mg->batteries.items[i].present[t] > 0.5)
                own[mg_place_of(mg, flows, i, t) * T + t] = true;
}

/* --- left alone ---------------------------------------------------------------------------------
 */

/* The connections that a grid has, or without any those of the grids that converters lead to, over
 * others without: what it stands on. */
static void find_feet(const struct mg_instance *mg, size_t grid, bool seen[], bool feet[])
{
    bool own = false;
    seen[grid] = true;
    for (size_t i = 0; i < mg->connections.count; i++)
        if (mg->connections.items[i].grid.index == grid) feet[i] = own = true;
    for (size_t i = 0; i < mg->converters.count && !own; i++) {
        size_t from = mg->converters.items[i].from_grid.index;
        size_t to = mg->converters.items[i].to_grid.index;
        if (from == grid && !seen[to]) find_feet(mg, to, seen, feet);
        if (to == grid && !seen[from]) find_feet(mg, from, seen, feet);
    }
}

/* It has something to stand on, and outages shut all of it. */
static enum az_status find_alone(struct mg_judge *j)
{
    const struct mg_instance *mg = j->mg;
    bool *alone = AZ_ARRAY(j->arena, mg->grids.count * mg->T, bool);
    bool *seen = AZ_ARRAY(j->arena, mg->grids.count, bool);
    bool *feet = AZ_ARRAY(j->arena, mg->connections.count, bool);
    j->alone = alone;
    if (!alone || !seen || !feet) return AZ_NO_MEMORY;
    for (size_t g = 0; g < mg->grids.count; g++) {
        for (size_t k = 0; k < mg->grids.count; k++) seen[k] = false;
        for (size_t i = 0; i < mg->connections.count; i++) feet[i] = false;
        find_feet(mg, g, seen, feet);
        for (size_t t = 0; t < mg->T; t++) {
            size_t shut = 0, live = 0;
            for (size_t i = 0; i < mg->connections.count; i++)
                if (feet[i]) ++*(mg->shut[i * mg->T + t] ? &shut : &live);
            alone[g * mg->T + t] = shut > 0 && live == 0;
        }
    }
    return AZ_OK;
}

enum az_status mg_judge_dead(struct mg_judge *j)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_flows *flows = &j->flows;
    struct az_arena *arena = j->arena;
    size_t T = mg->T, cells = mg->grids.count * T;
    bool *rows = AZ_ARRAY(arena, cells, bool);
    j->dead = j->alone = rows;
    if (!rows) return AZ_NO_MEMORY;
    if (mg->islandings.count == 0 && !mg->blackout) return AZ_OK;
    bool *own = AZ_ARRAY(arena, cells, bool), *formed = AZ_ARRAY(arena, cells, bool);
    signed char *ways = AZ_ARRAY(arena, mg->converters.count * T, signed char);
    if (!own || !formed || !ways) return AZ_NO_MEMORY;
    AZ_TRY(find_alone(j));
    find_own(mg, flows, own);
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t t = 0; t < T; t++) {
            const struct mg_converter_flow *flow = &flows->converters[i];
            double forward = flow->forward_in[t], backward = flow->backward_in[t];
            bool on = flow->on ? flow->on[t] > 0.5 : fmax(forward, backward) > az_slack(0);
            ways[i * T + t] =
                (signed char)mg_ways_of(&mg->converters.items[i], on, forward, backward);
        }
    mg_judge_formed(mg, T, own, ways, formed);
    for (size_t g = 0; g < mg->grids.count; g++)
        for (size_t t = 0; t < T; t++) rows[g * T + t] = !formed[g * T + t] && j->alone[g * T + t];
    return AZ_OK;
}
