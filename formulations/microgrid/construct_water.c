/* construct_water.c - repair of a first plan's commitments where ponds or budgets do not allow
 * them: units go off while water or energy is missing, and on where it has to be used. */
#include <math.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/search.h"
#include "solver/tolerances.h"

/* A window in which units must use less (or more) of something. */
struct shortage {
    const struct mg_instance *mg;
    size_t first, last; /* slots */
    double amount;      /* kWh to save, or below 0 to use */
    size_t pond;        /* AZ_NO_INDEX: a budget's energy, of these units: */
    const struct mg_budget *budget;
};

/* What the unit takes of it in a slot at its least power, or at its most, kWh; 0 when it takes
 * none. */
static double takes(const struct shortage *s, size_t i, bool most)
{
    const struct mg_unit *unit = &s->mg->units.items[i];
    double power = most ? unit->p_max_kw : unit->p_min_kw;
    if (s->pond != AZ_NO_INDEX) {
        if (!unit->pond.id || unit->pond.index != s->pond) return 0;
        return (unit->water_factor * power + unit->water_no_load_kw) * s->mg->dt;
    }
    for (size_t k = 0; k < s->budget->units.count; k++)
        if (s->budget->units.items[k].index == i) return power * s->mg->dt;
    return 0;
}

/* The last stretch of at most `slots` slots of the window in which the unit is in a state. */
static bool last_stretch(const struct shortage *s, const signed char now[], bool on, size_t slots,
                         size_t *from, size_t *to)
{
    size_t end = s->last;
    while (end > s->first && (now[end - 1] != 0) != on) end--;
    if (end == s->first) return false;
    *to = *from = end;
    while (*from > s->first && *to - *from < slots && (now[*from - 1] != 0) == on) --*from;
    return true;
}

/* Switches the unit that moves most of the amount. Returns the kWh it moves, 0 when none can. */
static double switch_one(const struct shortage *s, struct mg_decisions *decisions, bool barred[],
                         signed char scratch[])
{
    const struct mg_instance *mg = s->mg;
    bool off = s->amount > 0;
    double best = 0;
    size_t which = AZ_NO_INDEX, best_from = 0, best_to = 0;
    for (size_t i = 0; i < mg->units.count; i++) {
        double each = takes(s, i, !off), amount = fabs(s->amount);
        signed char *now = decisions->unit + i * mg->T;
        size_t from, to;
        if (!(each > AZ_ZERO) || (!off && barred[i])) continue;
        size_t slots = amount / each < (double)mg->T ? (size_t)ceil(amount / each) : mg->T;
        if (!last_stretch(s, now, off, slots, &from, &to)) continue;
        if (!mg_widen(mg, i, now, from, to, !off, scratch)) continue;
        double moved = each * (double)(to - from);
        if (moved <= best) continue;
        best = moved;
        which = i;
        best_from = from;
        best_to = to;
    }
    if (which == AZ_NO_INDEX) return 0;
    signed char *now = decisions->unit + which * mg->T;
    if (mg_widen(mg, which, now, best_from, best_to, !off, scratch))
        for (size_t t = 0; t < mg->T; t++) now[t] = scratch[t];
    if (off) barred[which] = true;
    return best;
}

static bool repair_one(struct shortage *s, double tolerance, struct mg_decisions *decisions,
                       bool barred[], signed char scratch[])
{
    bool changed = false;
    while (fabs(s->amount) > tolerance) {
        double moved = switch_one(s, decisions, barred, scratch);
        if (moved <= 0) break;
        s->amount += s->amount > 0 ? -fmin(moved, s->amount) : fmin(moved, -s->amount);
        changed = true;
    }
    return changed;
}

/* The first slot by which the running units take more than there is, even at their least (or less
 * than has to go, even at their most), and how much. */
static bool find_first(struct shortage *s, const struct mg_decisions *decisions, bool missing,
                       double tolerance)
{
    const struct mg_instance *mg = s->mg;
    const struct mg_pond *pond = &mg->ponds.items[s->pond];
    double level = pond->start_kwh;
    for (size_t t = 0; t < mg->T; t++) {
        level += (pond->inflow_kw.values ? pond->inflow_kw.values[t] : 0) * mg->dt;
        for (size_t i = 0; i < mg->units.count; i++)
            if (decisions->unit[i * mg->T + t]) level -= takes(s, i, !missing);
        if (!missing) level -= mg_most_spill_kw(mg, s->pond, t) * mg->dt;
        s->last = t + 1;
        s->amount = missing ? pond->min_kwh - level : pond->capacity_kwh - level;
        if (missing && t + 1 == mg->T) s->amount = fmax(s->amount, pond->end_kwh - level);
        if (missing ? s->amount > tolerance : s->amount < -tolerance) return true;
        level = missing ? fmin(level, pond->capacity_kwh) : fmax(level, pond->min_kwh);
    }
    return false;
}

/* What the commitments alone say is put right first; what else is missing (or left) over the day is
 * what the dispatch says. */
static bool repair_pond(const struct mg_instance *mg, size_t i, const double water[],
                        double tolerance, struct mg_decisions *decisions, bool barred[],
                        signed char scratch[])
{
    struct shortage s = { .mg = mg, .pond = i };
    double sum = 0;
    bool changed = false;
    for (size_t t = 0; t < mg->T; t++) sum += water[t];
    if (fabs(sum) <= tolerance) return false;
    for (int missing = 1; missing >= 0; missing--)
        for (size_t k = 0; k < mg->T && find_first(&s, decisions, missing, tolerance); k++) {
            if (!repair_one(&s, tolerance, decisions, barred, scratch)) break;
            changed = true;
        }
    if (changed) return true;
    s.last = mg->T;
    s.amount = -sum;
    return repair_one(&s, tolerance, decisions, barred, scratch);
}

bool mg_repair_water(const struct mg_instance *mg, const struct mg_imbalance *imbalance,
                     double tolerance, struct mg_decisions *decisions, bool barred[],
                     signed char scratch[])
{
    bool changed = false;
    for (size_t i = 0; i < mg->ponds.count; i++)
        changed = repair_pond(mg, i, imbalance->water + i * mg->T, tolerance, decisions, barred,
                              scratch) ||
                  changed;
    for (size_t i = 0; i < mg->budgets.count; i++) {
        const struct mg_budget *budget = &mg->budgets.items[i];
        struct shortage s = { .mg = mg,
                              .first = budget->slots.first,
                              .last = budget->slots.last,
                              .amount = imbalance->budget[i],
                              .pond = AZ_NO_INDEX,
                              .budget = budget };
        changed = repair_one(&s, tolerance, decisions, barred, scratch) || changed;
    }
    return changed;
}
