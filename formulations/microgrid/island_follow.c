/* island_follow.c - an outage followed slot by slot by a simple policy: renewables first, then
 * units that are on, batteries last; what does not fit trips units. Each grid lives by itself.
 *
 * What the policy lives through can be lived through, and it says how; what it does not may be
 * possible all the same. No engine is needed, so that every start of every plan can be looked at.
 */
#include <math.h>
#include <string.h>

#include "formulations/common/calendar.h"
#include "formulations/microgrid/island.h"
#include "solver/tolerances.h"

/* The outage under way. */
struct follow {
    const struct mg_island *island;
    const struct mg_instance *mg;
    size_t s, k;                /* start, slot of the outage */
    bool *on, *was;             /* [units] in this slot, in the one before */
    double *above, *low, *high; /* [units] power above minimum, and its range in this slot */
    double *energy, *count;     /* [batteries] */
    double *charge, *discharge; /* [batteries] in this slot */
    double *power;              /* [units] in this slot */
    double *level, *spill;      /* [ponds] */
    double *used;               /* [renewables] in this slot */
};

/* --- units --------------------------------------------------------------------------------------
 */

/* Most power above minimum that the water leaves a unit; negative: not even its minimum. */
static double water_room(const struct follow *f, size_t i)
{
    const struct mg_unit *unit = &f->mg->units.items[i];
    if (!unit->pond.id) return INFINITY;
    const struct mg_pond *pond = &f->mg->ponds.items[unit->pond.index];
    size_t t = f->s + f->k < f->mg->T ? f->s + f->k : f->mg->T - 1;
    double inflow = pond->inflow_kw.values ? pond->inflow_kw.values[t] : 0;
    double there = (f->level[unit->pond.index] - pond->min_kwh) / f->mg->dt + inflow;
    for (size_t u = 0; u < i; u++) { /* those before it take theirs first */
        const struct mg_unit *other = &f->mg->units.items[u];
        if (f->on[u] && other->pond.id && other->pond.index == unit->pond.index)
            there -= other->water_no_load_kw + other->water_factor * (other->p_min_kw + f->high[u]);
    }
    return (there - unit->water_no_load_kw) / unit->water_factor - unit->p_min_kw;
}

/* What each unit can do in this slot; one that cannot run is off for good. */
static void range_units(struct follow *f)
{
    for (size_t i = 0; i < f->mg->units.count; i++) {
        const struct mg_unit *unit = &f->mg->units.items[i];
        double range = unit->p_max_kw - unit->p_min_kw;
        f->low[i] = f->high[i] = f->power[i] = 0;
        f->was[i] = f->on[i];
        if (!f->on[i]) continue;
        f->low[i] = fmax(0, f->above[i] - unit->ramp_down_kw);
        f->high[i] = fmin(range, fmin(f->above[i] + unit->ramp_up_kw, water_room(f, i)));
        if (!mg_can_run(f->mg, i, f->s + f->k) || f->high[i] < f->low[i]) f->on[i] = false;
    }
}

/* Units that are off and may start now. */
static void start_units(struct follow *f, size_t g)
{
    for (size_t i = 0; i < f->mg->units.count; i++) {
        const struct mg_unit *unit = &f->mg->units.items[i];
        bool may = f->island->unit[i] && unit->grid.index == g && !f->on[i] && !f->was[i] &&
                   unit->black_start == 1 && f->k >= unit->black_start_slots &&
                   mg_can_run(f->mg, i, f->s + f->k);
        if (!may || water_room(f, i) < 0) continue;
        f->on[i] = true;
        f->above[i] = f->low[i] = 0;
        f->high[i] = fmax(0, fmin(fmin(unit->ramp_up_kw, unit->start_kw - unit->p_min_kw),
                                  fmin(unit->p_max_kw - unit->p_min_kw, water_room(f, i))));
    }
}

static void sum_units(const struct follow *f, size_t g, double *least, double *most)
{
    *least = *most = 0;
    for (size_t i = 0; i < f->mg->units.count; i++) {
        const struct mg_unit *unit = &f->mg->units.items[i];
        if (!f->on[i] || !f->island->unit[i] || unit->grid.index != g) continue;
        *least += unit->p_min_kw + f->low[i];
        *most += unit->p_min_kw + f->high[i];
    }
}

/* Trips units until the least that they give is at most `room`: the one that overshoots least. */
static void trip_units(struct follow *f, size_t g, double room)
{
    for (;;) {
        double least, most, best = INFINITY;
        size_t trip = AZ_NO_INDEX;
        sum_units(f, g, &least, &most);
        if (!(least > room + AZ_ZERO)) return;
        for (size_t i = 0; i < f->mg->units.count; i++) {
            const struct mg_unit *unit = &f->mg->units.items[i];
            if (!f->on[i] || !f->island->unit[i] || unit->grid.index != g) continue;
            double takes = unit->p_min_kw + f->low[i];
            if (!(takes > 0)) continue;
            double over = takes >= least - room ? takes : 1e9 - takes;
            if (over < best) best = over, trip = i;
        }
        if (trip == AZ_NO_INDEX) return;
        f->on[trip] = false;
        f->low[trip] = f->high[trip] = 0;
    }
}

/* Shares a sum among the units of the grid, between their least and most. */
static void run_units(struct follow *f, size_t g, double sum)
{
    double least, most;
    sum_units(f, g, &least, &most);
    double share = most > least + AZ_ZERO ? fmin(fmax((sum - least) / (most - least), 0), 1) : 0;
    for (size_t i = 0; i < f->mg->units.count; i++) {
        const struct mg_unit *unit = &f->mg->units.items[i];
        if (!f->island->unit[i] || unit->grid.index != g) continue;
        f->above[i] = f->on[i] ? f->low[i] + share * (f->high[i] - f->low[i]) : 0;
        f->power[i] = f->on[i] ? unit->p_min_kw + f->above[i] : 0;
    }
}

/* --- batteries ----------------------------------------------------------------------------------
 */

static bool is_there(const struct follow *f, size_t i, size_t g)
{
    return f->island->battery[i] && f->mg->batteries.items[i].grid.index == g && f->count[i] > 0.5;
}

/* What a battery can give and take in this slot, kW. */
static double can_give(const struct follow *f, size_t i)
{
    const struct mg_battery *b = &f->mg->batteries.items[i];
    double stored = (f->energy[i] - f->count[i] * b->min_kwh) * b->discharge_efficiency / f->mg->dt;
    return fmax(0, fmin(f->count[i] * b->discharge_max_kw, stored));
}
static double can_take(const struct follow *f, size_t i)
{
    const struct mg_battery *b = &f->mg->batteries.items[i];
    double n = f->count[i], from = n * b->taper_from_share * b->capacity_kwh;
    double most = n * b->charge_max_kw;
    if (!isnan(from) && f->energy[i] > from && n * b->max_kwh > from)
        most -= (most - n * (isnan(b->taper_full_kw) ? 0 : b->taper_full_kw)) *
                (f->energy[i] - from) / (n * b->max_kwh - from);
    double room = (n * b->max_kwh - f->energy[i]) / (b->charge_efficiency * f->mg->dt);
    return fmax(0, fmin(most, room));
}

static double sum_batteries(const struct follow *f, size_t g,
                            double (*can)(const struct follow *, size_t))
{
    double sum = 0;
    for (size_t i = 0; i < f->mg->batteries.count; i++)
        if (is_there(f, i, g)) sum += can(f, i);
    return sum;
}

/* Batteries give (net > 0) or take in proportion to what they can. */
static void run_batteries(struct follow *f, size_t g, double net)
{
    double all = sum_batteries(f, g, net > 0 ? can_give : can_take);
    for (size_t i = 0; i < f->mg->batteries.count; i++) {
        const struct mg_battery *b = &f->mg->batteries.items[i];
        if (!is_there(f, i, g)) continue;
        double part = all > 0 ? fabs(net) * (net > 0 ? can_give(f, i) : can_take(f, i)) / all : 0;
        f->charge[i] = net < 0 ? part : 0;
        f->discharge[i] = net > 0 ? part : 0;
        f->energy[i] +=
            (b->charge_efficiency * f->charge[i] - f->discharge[i] / b->discharge_efficiency) *
            f->mg->dt;
    }
}

/* --- a slot -------------------------------------------------------------------------------------
 */

static bool is_formed(const struct follow *f, size_t g)
{
    for (size_t i = 0; i < f->mg->batteries.count; i++)
        if (is_there(f, i, g) && mg_battery_forms(&f->mg->batteries.items[i], g)) return true;
    for (size_t i = 0; i < f->mg->units.count; i++)
        if (f->on[i] && f->island->unit[i] && mg_unit_forms(&f->mg->units.items[i], g)) return true;
    return false;
}

/* Shares what is used of a grid's renewables in their order. */
static void run_renewables(struct follow *f, size_t g, double sum)
{
    for (size_t i = 0; i < f->mg->renewables.count; i++) {
        if (f->mg->renewables.items[i].grid.index != g) continue;
        f->used[i] = fmin(sum, mg_low_kw(f->mg, i, f->s + f->k));
        sum -= f->used[i];
    }
}

static double low_band(const struct follow *f, size_t g)
{
    double sum = 0;
    for (size_t i = 0; i < f->mg->renewables.count; i++)
        if (f->mg->renewables.items[i].grid.index == g) sum += mg_low_kw(f->mg, i, f->s + f->k);
    return sum;
}

/* One grid in one slot: false when critical load would go unserved. */
static bool follow_grid(struct follow *f, size_t g)
{
    double demand = mg_grid_critical_kw(f->island, g, f->s + f->k), least, most;
    double sun = low_band(f, g), take = sum_batteries(f, g, can_take);
    double give = sum_batteries(f, g, can_give);
    sum_units(f, g, &least, &most);
    if (sun + most + give < demand - AZ_ZERO || !is_formed(f, g)) start_units(f, g);
    trip_units(f, g, demand + take);
    sum_units(f, g, &least, &most);
    double units = fmax(least, fmin(most, demand + take));
    double used = fmin(sun, fmax(0, demand + take - units));
    double net = demand - units - used;
    bool dead = !is_formed(f, g);
    run_renewables(f, g, used);
    run_units(f, g, units);
    if (net > give + 1e-9 * fmax(1, demand)) return false;
    if (dead && fmax(demand, units + used) > AZ_ZERO) return false;
    run_batteries(f, g, net > 0 ? fmin(net, give) : fmax(net, -take));
    return true;
}

/* Ponds after the units: what is too much goes over; false when one is too low. */
static bool follow_ponds(struct follow *f)
{
    for (size_t i = 0; i < f->mg->ponds.count; i++) {
        const struct mg_pond *pond = &f->mg->ponds.items[i];
        if (!f->island->pond[i]) continue;
        size_t t = f->s + f->k < f->mg->T ? f->s + f->k : f->mg->T - 1;
        double flow = pond->inflow_kw.values ? pond->inflow_kw.values[t] : 0;
        for (size_t u = 0; u < f->mg->units.count; u++) {
            const struct mg_unit *unit = &f->mg->units.items[u];
            if (f->on[u] && f->island->unit[u] && unit->pond.id && unit->pond.index == i)
                flow -= unit->water_factor * f->power[u] + unit->water_no_load_kw;
        }
        f->level[i] += flow * f->mg->dt;
        f->spill[i] = fmax(0, (f->level[i] - pond->capacity_kwh) / f->mg->dt);
        f->level[i] -= f->spill[i] * f->mg->dt;
        if (f->level[i] < pond->min_kwh - AZ_ZERO) return false;
    }
    return true;
}

/* --- the witness --------------------------------------------------------------------------------
 */

static void note(const struct follow *f, struct mg_witness *w)
{
    size_t k = f->k;
    for (size_t n = 0; n < w->units.count; n++) {
        w->units.items[n].on.values[k] = f->on[w->units.keys[n].index];
        w->units.items[n].power_kw.values[k] = f->power[w->units.keys[n].index];
    }
    for (size_t n = 0; n < w->renewables.count; n++)
        w->renewables.items[n].used_kw.values[k] = f->used[w->renewables.keys[n].index];
    for (size_t n = 0; n < w->batteries.count; n++) {
        size_t i = w->batteries.keys[n].index;
        w->batteries.items[n].charge_kw.values[k] = f->charge[i];
        w->batteries.items[n].discharge_kw.values[k] = f->discharge[i];
        w->batteries.items[n].energy_kwh.values[k] = f->energy[i];
    }
    for (size_t n = 0; n < w->ponds.count; n++) {
        w->ponds.items[n].level_kwh.values[k] = f->level[w->ponds.keys[n].index];
        w->ponds.items[n].spill_kw.values[k] = f->spill[w->ponds.keys[n].index];
    }
}

/* --- the outage ---------------------------------------------------------------------------------
 */

static bool begin(struct follow *f, const double ties[], struct az_arena *arena)
{
    const struct mg_instance *mg = f->mg;
    size_t units = mg->units.count, batteries = mg->batteries.count;
    double *room = AZ_ARRAY(arena, 4 * units + 4 * batteries + 2 * mg->ponds.count, double);
    f->on = AZ_ARRAY(arena, 2 * units, bool);
    f->used = AZ_ARRAY(arena, mg->renewables.count, double);
    if (!room || !f->on || !f->used) return false;
    f->was = f->on + units;
    f->above = room;
    f->low = f->above + units;
    f->high = f->low + units;
    f->power = f->high + units;
    f->energy = f->power + units;
    f->count = f->energy + batteries;
    f->charge = f->count + batteries;
    f->discharge = f->charge + batteries;
    f->level = f->discharge + batteries;
    f->spill = f->level + mg->ponds.count;
    for (size_t k = 0; k < f->island->tie_count; k++) {
        const struct mg_tie *tie = &f->island->ties[k];
        if (tie->kind == MG_TIE_ON) f->on[tie->asset] = ties[k] > 0.5;
        if (tie->kind == MG_TIE_ABOVE) f->above[tie->asset] = ties[k];
        if (tie->kind == MG_TIE_ENERGY) f->energy[tie->asset] = ties[k];
        if (tie->kind == MG_TIE_LEVEL) f->level[tie->asset] = ties[k];
    }
    for (size_t i = 0; i < batteries; i++) f->count[i] = mg_at_home(mg, i, f->s);
    return true;
}

enum az_status mg_follow(const struct mg_island *island, size_t s, const double ties[],
                         struct az_arena *arena, struct mg_witness *witness, size_t *lived)
{
    struct follow f = { .island = island, .mg = island->mg, .s = s };
    size_t length = mg_island_length(island, s);
    *lived = 0;
    if (!begin(&f, ties, arena)) return AZ_NO_MEMORY;
    if (witness) AZ_TRY(mg_witness_new(island, s, arena, witness));
    for (f.k = 0; f.k < length; f.k++) {
        bool lives = true;
        range_units(&f);
        for (size_t g = 0; g < f.mg->grids.count && lives; g++)
            if (island->grid[g]) lives = follow_grid(&f, g);
        if (!lives || !follow_ponds(&f)) return AZ_OK;
        if (witness) note(&f, witness);
        *lived = f.k + 1;
    }
    return AZ_OK;
}
