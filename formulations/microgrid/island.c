/* island.c - which assets an island has, what an outage takes over from a plan, and what is known
 * of its slots. */
#include "formulations/microgrid/island.h"

#include <math.h>

/* --- what is known ------------------------------------------------------------------------------
 */

static double known(const struct az_series *series, size_t count, const struct az_ref keys[],
                    const struct az_series items[], size_t asset, size_t t, size_t T)
{
    if (t < T) return series->values[t];
    for (size_t k = 0; k < count; k++)
        if (keys[k].index == asset) return items[k].values[t - T];
    return 0;
}

double mg_critical_kw(const struct mg_instance *mg, size_t load, size_t t)
{
    const struct mg_load *item = &mg->loads.items[load];
    const struct mg_outlook *o = mg->outlook;
    return item->critical_share * known(&item->demand_kw, o ? o->loads.count : 0,
                                        o ? o->loads.keys : NULL, o ? o->loads.items : NULL, load,
                                        t, mg->T);
}

double mg_low_kw(const struct mg_instance *mg, size_t renewable, size_t t)
{
    const struct mg_renewable *item = &mg->renewables.items[renewable];
    const struct mg_outlook *o = mg->outlook;
    if (item->availability == MG_PLANNED) return 0;
    return known(item->low_kw.values ? &item->low_kw : &item->forecast_kw,
                 o ? o->renewables.count : 0, o ? o->renewables.keys : NULL,
                 o ? o->renewables.items : NULL, renewable, t, mg->T);
}

double mg_grid_critical_kw(const struct mg_island *island, size_t grid, size_t t)
{
    const struct mg_instance *mg = island->mg;
    double sum = 0;
    for (size_t i = 0; i < mg->loads.count; i++)
        if (mg->loads.items[i].grid.index == grid && mg->loads.items[i].critical_share > 0)
            sum += mg_critical_kw(mg, i, t);
    return sum;
}

double mg_at_home(const struct mg_instance *mg, size_t i, size_t s)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    double count = (double)battery->count;
    if (s > 0) return battery->home[s - 1];
    for (size_t k = 0; k < battery->reservations.count; k++)
        if (battery->reservations.items[k].under_way)
            count -= (double)battery->reservations.items[k].vehicles;
    return count;
}

bool mg_can_run(const struct mg_instance *mg, size_t i, size_t t)
{
    const struct mg_unit *unit = &mg->units.items[i];
    if (t >= mg->T) t = mg->T - 1;
    return unit->usable && (!unit->available.values || unit->available.values[t] > 0.5);
}

size_t mg_island_length(const struct mg_island *island, size_t s)
{
    const struct mg_instance *mg = island->mg;
    size_t all = mg->T + (mg->outlook ? (size_t)mg->outlook->slots : 0);
    size_t length = island->survival->length;
    return all - s < length ? all - s : length;
}

/* --- the island ---------------------------------------------------------------------------------
 */

static size_t *no_ties(struct az_arena *arena, size_t count)
{
    size_t *at = AZ_ARRAY(arena, count, size_t);
    for (size_t i = 0; at && i < count; i++) at[i] = AZ_NO_INDEX;
    return at;
}

static void tie(struct mg_island *island, enum mg_tie_kind kind, size_t asset, size_t *at)
{
    *at = island->tie_count;
    island->ties[island->tie_count++] = (struct mg_tie){ kind, asset };
}

static void find_assets(struct mg_island *island)
{
    const struct mg_instance *mg = island->mg;
    for (size_t k = 0; k < island->survival->grids.count; k++)
        island->grid[island->survival->grids.items[k].index] = true;
    for (size_t k = 0; k < island->survival->converters.count; k++)
        island->converter[island->survival->converters.items[k].index] = true;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        island->unit[i] = unit->usable && island->grid[unit->grid.index];
        if (!island->unit[i]) continue;
        if (unit->pond.id) island->pond[unit->pond.index] = true;
        tie(island, MG_TIE_ON, i, &island->on_tie[i]);
        if (unit->ramp_up_kw < unit->p_max_kw - unit->p_min_kw ||
            unit->ramp_down_kw < unit->p_max_kw - unit->p_min_kw)
            tie(island, MG_TIE_ABOVE, i, &island->above_tie[i]);
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        island->battery[i] = island->grid[mg->batteries.items[i].grid.index];
        if (island->battery[i]) tie(island, MG_TIE_ENERGY, i, &island->energy_tie[i]);
    }
    for (size_t i = 0; i < mg->ponds.count; i++)
        if (island->pond[i]) tie(island, MG_TIE_LEVEL, i, &island->level_tie[i]);
}

enum az_status mg_island_new(const struct mg_instance *mg, const struct mg_survival *survival,
                             size_t index, struct az_arena *arena, struct mg_island *island)
{
    size_t most = 2 * mg->units.count + mg->batteries.count + mg->ponds.count;
    *island = (struct mg_island){ .mg = mg,
                                  .survival = survival,
                                  .index = index,
                                  .grid = AZ_ARRAY(arena, mg->grids.count, bool),
                                  .unit = AZ_ARRAY(arena, mg->units.count, bool),
                                  .battery = AZ_ARRAY(arena, mg->batteries.count, bool),
                                  .converter = AZ_ARRAY(arena, mg->converters.count, bool),
                                  .pond = AZ_ARRAY(arena, mg->ponds.count, bool),
                                  .ties = AZ_ARRAY(arena, most, struct mg_tie),
                                  .on_tie = no_ties(arena, mg->units.count),
                                  .above_tie = no_ties(arena, mg->units.count),
                                  .energy_tie = no_ties(arena, mg->batteries.count),
                                  .level_tie = no_ties(arena, mg->ponds.count) };
    if (!island->grid || !island->unit || !island->battery || !island->converter || !island->pond ||
        !island->ties || !island->on_tie || !island->above_tie || !island->energy_tie ||
        !island->level_tie)
        return AZ_NO_MEMORY;
    find_assets(island);
    return AZ_OK;
}

/* --- ties ---------------------------------------------------------------------------------------
 */

void mg_put_tie(struct mg_model *m, const struct mg_island *island, size_t at, size_t s,
                double factor)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_tie *item = &island->ties[at];
    ptrdiff_t t = (ptrdiff_t)s - 1;
    switch (item->kind) {
    case MG_TIE_ON:
        mg_put(m, mg_on(m, item->asset, t), factor);
        break;
    case MG_TIE_ABOVE:
        mg_put_above(m, item->asset, t, factor);
        break;
    case MG_TIE_ENERGY:
        mg_put_home(m, item->asset, s, factor);
        break;
    case MG_TIE_LEVEL:
        if (s > 0)
            mg_put_column(m, m->level[item->asset * mg->T + s - 1], factor);
        else
            mg_put(m, (struct mg_term){ AZ_NO_INDEX, mg->ponds.items[item->asset].start_kwh },
                   factor);
        break;
    }
}

double mg_tie_at(struct mg_model *m, const double x[], const struct mg_island *island, size_t tie,
                 size_t s)
{
    mg_row(m, 0, 0, (struct mg_tag){ MG_RULE_plan_shape, 0, 0 });
    mg_put_tie(m, island, tie, s, 1);
    double sum = m->row_shift;
    for (size_t k = 0; k < m->row_count; k++) sum += m->row_value[k] * x[m->row_column[k]];
    return fmax(0, sum);
}

static double tie_of(const struct mg_island *island, const struct mg_flows *flows,
                     const struct mg_tie *item, size_t s)
{
    const struct mg_instance *mg = island->mg;
    const struct mg_unit *unit = NULL;
    bool on = false;
    double power = 0, energy;
    if (item->kind == MG_TIE_ON || item->kind == MG_TIE_ABOVE) {
        unit = &mg->units.items[item->asset];
        on = s > 0 ? flows->units[item->asset].on[s - 1] > 0.5 : unit->on0;
        power = s > 0 ? flows->units[item->asset].power[s - 1] : unit->power0_kw;
    }
    switch (item->kind) {
    case MG_TIE_ON:
        return on;
    case MG_TIE_ABOVE:
        return on ? fmax(0, power - unit->p_min_kw) : 0;
    case MG_TIE_LEVEL:
        return s > 0 ? flows->ponds[item->asset].level[s - 1]
                     : mg->ponds.items[item->asset].start_kwh;
    default:
        if (s > 0)
            return mg_home_at(mg, item->asset, &flows->batteries[item->asset], s - 1).settled;
        energy = mg->batteries.items[item->asset].start_kwh;
        for (size_t k = 0; k < mg->batteries.items[item->asset].reservations.count; k++)
            if (mg->batteries.items[item->asset].reservations.items[k].under_way)
                energy -= mg->batteries.items[item->asset].reservations.items[k].left_kwh;
        return energy;
    }
}

void mg_ties_of_flows(const struct mg_island *island, const struct mg_flows *flows, size_t s,
                      double ties[])
{
    for (size_t k = 0; k < island->tie_count; k++)
        ties[k] = tie_of(island, flows, &island->ties[k], s);
}
