/* construct_outages.c - schedules that keep cut-off grids formed as far as that goes: forming units
 * are switched on, units start only where they can, and what stands on a dead grid is switched off.
 */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/search.h"

#define ROUNDS 4

struct mender {
    const struct mg_instance *mg;
    struct mg_decisions *decisions;
    struct mg_holders holders; /* of one slot; converters carry wherever they can */
    bool *formed;              /* [grids * T] */
    signed char *scratch;      /* [T] */
};

static enum az_status begin(struct mender *r, struct az_arena *arena)
{
    const struct mg_instance *mg = r->mg;
    r->formed = AZ_ARRAY(arena, mg->grids.count * mg->T, bool);
    r->scratch = AZ_ARRAY(arena, mg->T, signed char);
    if (!r->formed || !r->scratch) return AZ_NO_MEMORY;
    AZ_TRY(mg_holders_new(mg, arena, &r->holders));
    for (size_t i = 0; i < mg->converters.count; i++)
        r->holders.forward[i] = r->holders.backward[i] = true;
    for (size_t i = 0; i < mg->batteries.count; i++)
        r->holders.stands[i] = mg->batteries.items[i].grid.index;
    return AZ_OK;
}

/* Which grids the decisions keep alive. */
static void look(struct mender *r)
{
    const struct mg_instance *mg = r->mg;
    for (size_t t = 0; t < mg->T; t++) {
        for (size_t i = 0; i < mg->units.count; i++)
            r->holders.unit[i] = r->decisions->unit[i * mg->T + t] > 0;
        for (size_t i = 0; i < mg->batteries.count; i++)
            r->holders.battery[i] = mg->batteries.items[i].present[t] > 0;
        mg_form(mg, t, &r->holders);
        for (size_t g = 0; g < mg->grids.count; g++)
            r->formed[g * mg->T + t] = !mg_is_cut(mg, g, t) || r->holders.forming[g] != MG_DEAD;
    }
}

static bool was_formed(const struct mender *r, size_t g, size_t t)
{
    return t > 0 ? r->formed[g * r->mg->T + t - 1] : r->mg->grids.items[g].formed0;
}

static bool was_on(const struct mender *r, size_t i, size_t t)
{
    return t > 0 ? r->decisions->unit[i * r->mg->T + t - 1] > 0 : r->mg->units.items[i].on0;
}

/* May the unit come on in slot t, or is it on already? */
static bool may_start(const struct mender *r, size_t i, size_t t)
{
    const struct mg_unit *unit = &r->mg->units.items[i];
    return unit->black_start == 1 || !mg_is_dark(r->mg, t) || was_on(r, i, t) ||
           was_formed(r, unit->grid.index, t);
}

/* The first slot of [from, to) from which the unit can hold its grid; to when there is none. */
static size_t first_hold(const struct mender *r, size_t i, size_t from, size_t to)
{
    const struct mg_unit *unit = &r->mg->units.items[i];
    while (from < to && (mg_forced(unit, from) == 0 || !may_start(r, i, from))) from++;
    return from;
}

/* A forming unit for the slots [from, to) in which the grid is dead: the one that holds it soonest,
 * the cheapest of those, the earlier of equal ones. */
static bool hold(struct mender *r, size_t g, size_t from, size_t to)
{
    const struct mg_instance *mg = r->mg;
    size_t best = AZ_NO_INDEX, soonest = to;
    double least = INFINITY;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        if (unit->grid_forming != 1 || unit->grid.index != g) continue;
        size_t at = first_hold(r, i, from, to);
        double cost = unit->point_jpy_per_h[0];
        if (at > soonest || at == to || (at == soonest && cost >= least)) continue;
        if (!mg_widen(mg, i, r->decisions->unit + i * mg->T, at, at + 1, true, r->scratch))
            continue;
        best = i;
        soonest = at;
        least = cost;
    }
    if (best == AZ_NO_INDEX) return false;
    signed char *on = r->decisions->unit + best * mg->T;
    size_t end = to;
    while (end > soonest && !mg_widen(mg, best, on, soonest, end, true, r->scratch)) end--;
    memcpy(on, r->scratch, mg->T);
    return true;
}

/* Switches a unit off from slot t to the end of the run of slots in which it may not be on. */
static bool drop(struct mender *r, size_t i, size_t from, size_t to)
{
    signed char *on = r->decisions->unit + i * r->mg->T;
    if (!mg_widen(r->mg, i, on, from, to, false, r->scratch)) return false;
    memcpy(on, r->scratch, r->mg->T);
    return true;
}

/* Units that start where they cannot, and units with a minimum power on dead grids. */
static bool drop_stranded(struct mender *r)
{
    const struct mg_instance *mg = r->mg;
    bool changed = false;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        const signed char *on = r->decisions->unit + i * mg->T;
        const bool *formed = r->formed + unit->grid.index * mg->T;
        for (size_t t = 0; t < mg->T; t++) {
            bool stranded = !formed[t] && unit->p_min_kw > 0;
            if (on[t] <= 0 || (!stranded && may_start(r, i, t))) continue;
            size_t end = t + 1;
            while (end < mg->T &&
                   (stranded ? !formed[end] : mg_is_dark(mg, end) && !formed[end - 1]))
                end++;
            changed = drop(r, i, t, end) || changed;
            t = end;
        }
    }
    return changed;
}

static bool hold_all(struct mender *r)
{
    const struct mg_instance *mg = r->mg;
    bool changed = false;
    for (size_t g = 0; g < mg->grids.count; g++)
        for (size_t t = 0; t < mg->T; t++) {
            size_t end = t;
            while (end < mg->T && !r->formed[g * mg->T + end]) end++;
            if (end > t && hold(r, g, t, end)) {
                changed = true;
                look(r);
            }
            t = end;
        }
    return changed;
}

/* Off wherever a grid is cut off: what needs no source but load to be shed. */
static void darken(struct mender *r)
{
    const struct mg_instance *mg = r->mg;
    for (size_t i = 0; i < mg->units.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            size_t end = t;
            while (end < mg->T && mg_is_cut(mg, mg->units.items[i].grid.index, end)) end++;
            if (end > t) drop(r, i, t, end);
            t = end;
        }
}

enum az_status mg_mend_outages(const struct mg_instance *mg, bool dark,
                               struct mg_decisions *decisions)
{
    struct mender r = { .mg = mg, .decisions = decisions };
    if (!mg_has_cuts(mg)) return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? begin(&r, arena) : AZ_NO_MEMORY;
    if (status == AZ_OK) look(&r);
    if (status == AZ_OK && dark) {
        darken(&r);
        look(&r);
    }
    for (int round = 0; status == AZ_OK && round < ROUNDS; round++) {
        bool changed = !dark && hold_all(&r);
        changed = drop_stranded(&r) || changed;
        look(&r);
        if (!changed) break;
    }
    az_arena_free(arena);
    return status;
}
