/* outages.c - what holds grids that an outage cuts off, and which of a plan's are dead. The judge
 * has its own, evaluate_forming.c. */
#include "formulations/microgrid/outages.h"

#include <math.h>

bool mg_is_open_ended(const struct mg_instance *mg)
{
    return mg->blackout && !az_time_given(mg->blackout->restoration);
}

bool mg_is_weighed(const struct mg_instance *mg)
{
    return mg->mode == MG_SERVICE && mg_is_open_ended(mg);
}

bool mg_has_cuts(const struct mg_instance *mg)
{
    for (size_t at = 0; at < mg->grids.count * mg->T; at++)
        if (mg->cut[at]) return true;
    return false;
}

bool mg_is_switched(const struct mg_instance *mg, size_t i, size_t t)
{
    const struct mg_converter *converter = &mg->converters.items[i];
    if (converter->needs_on) return true;
    return converter->grid_forming == 1 && (mg_is_cut(mg, converter->from_grid.index, t) ||
                                            mg_is_cut(mg, converter->to_grid.index, t));
}

double mg_floor_kwh(const struct mg_instance *mg, size_t i, size_t t)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    return mg_is_recovering(mg, t) ? battery->min_kwh : battery->floor_kwh;
}

double mg_most_spill_kw(const struct mg_instance *mg, size_t pond, size_t t)
{
    double most = mg->ponds.items[pond].spill_max_kw;
    if (isnan(most)) return INFINITY;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        if (unit->pond.id && unit->pond.index == pond && mg_is_cut(mg, unit->grid.index, t))
            return INFINITY;
    }
    return most;
}

/* --- forming ------------------------------------------------------------------------------------
 */

bool mg_unit_forms(const struct mg_unit *unit, size_t grid)
{
    return unit->grid_forming == 1 && unit->grid.index == grid;
}

size_t mg_feeds_from(const struct mg_converter *converter, size_t grid, bool *forward)
{
    *forward = converter->to_grid.index == grid;
    if (converter->grid_forming != 1) return AZ_NO_INDEX;
    if (*forward) return converter->forward_max_kw > 0 ? converter->from_grid.index : AZ_NO_INDEX;
    if (converter->from_grid.index != grid || !(converter->backward_max_kw > 0)) return AZ_NO_INDEX;
    return converter->to_grid.index;
}

bool mg_battery_forms(const struct mg_battery *battery, size_t grid)
{
    return battery->grid_forming == 1 && battery->grid.index == grid;
}

bool mg_can_form(const struct mg_instance *mg, size_t grid)
{
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg_unit_forms(&mg->units.items[i], grid) && mg->units.items[i].usable) return true;
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg_battery_forms(&mg->batteries.items[i], grid)) return true;
    return false;
}

enum az_status mg_holders_new(const struct mg_instance *mg, struct az_arena *arena,
                              struct mg_holders *h)
{
    *h = (struct mg_holders){ .unit = AZ_ARRAY(arena, mg->units.count, bool),
                              .battery = AZ_ARRAY(arena, mg->batteries.count, bool),
                              .stands = AZ_ARRAY(arena, mg->batteries.count, size_t),
                              .forward = AZ_ARRAY(arena, mg->converters.count, bool),
                              .backward = AZ_ARRAY(arena, mg->converters.count, bool),
                              .forming = AZ_ARRAY(arena, mg->grids.count, enum mg_forming) };
    return h->unit && h->battery && h->stands && h->forward && h->backward && h->forming
               ? AZ_OK
               : AZ_NO_MEMORY;
}

void mg_form(const struct mg_instance *mg, size_t t, struct mg_holders *h)
{
    for (size_t g = 0; g < mg->grids.count; g++)
        h->forming[g] = mg_is_tied(mg, g, t) ? MG_HELD : MG_DEAD;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid_forming == 1 && h->unit[i])
            h->forming[mg->units.items[i].grid.index] = MG_HELD;
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid_forming == 1 && h->battery[i])
            h->forming[h->stands[i]] = MG_HELD;
    for (size_t g = 0; g < mg->grids.count; g++)
        for (size_t i = 0; i < mg->converters.count && h->forming[g] == MG_DEAD; i++) {
            bool forward;
            size_t from = mg_feeds_from(&mg->converters.items[i], g, &forward);
            if (from != AZ_NO_INDEX && (forward ? h->forward[i] : h->backward[i]) &&
                h->forming[from] == MG_HELD)
                h->forming[g] = MG_FED;
        }
}

/* A converter that is on feeds the side to which it carries; one that is on without input may feed
 * either. */
static void look(const struct mg_instance *mg, const struct mg_flows *flows, size_t t,
                 const struct mg_holders *h)
{
    for (size_t i = 0; i < mg->units.count; i++) h->unit[i] = flows->units[i].on[t] > 0.5;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        h->battery[i] = mg->batteries.items[i].present[t] > 0;
        h->stands[i] = mg_stands_on(mg, i, &flows->batteries[i], t);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter_flow *flow = &flows->converters[i];
        bool goes = flow->forward_in[t] > az_slack(0), comes = flow->backward_in[t] > az_slack(0);
        bool on = flow->on ? flow->on[t] > 0.5 : goes || comes;
        h->forward[i] = on && !comes;
        h->backward[i] = on && !goes;
    }
}

enum az_status mg_dead_grids(const struct mg_instance *mg, const struct mg_flows *flows,
                             struct az_arena *arena, const bool **dead)
{
    struct mg_holders holders;
    bool *rows = AZ_ARRAY(arena, mg->grids.count * mg->T, bool);
    *dead = rows;
    if (!rows) return AZ_NO_MEMORY;
    if (!mg_has_cuts(mg)) return AZ_OK;
    AZ_TRY(mg_holders_new(mg, arena, &holders));
    for (size_t t = 0; t < mg->T; t++) {
        look(mg, flows, t, &holders);
        mg_form(mg, t, &holders);
        for (size_t g = 0; g < mg->grids.count; g++)
            rows[g * mg->T + t] = mg_is_cut(mg, g, t) && holders.forming[g] == MG_DEAD;
    }
    return AZ_OK;
}
