/* evaluate_water.c - the rules and the money of ponds, and the rules of energy budgets. */
#include "formulations/microgrid/judge.h"

/* --- ponds --------------------------------------------------------------------------------------
 */

struct pond_slot {
    struct mg_judge *j;
    const struct mg_pond *pond;
    size_t i, t;
    double level, spill;
    double follows; /* from the flows alone: tolerances of the slots do not add up */
};

static void breach(const struct pond_slot *s, enum mg_rule rule, const char *member, double amount,
                   double price, double value, double low, double limit)
{
    struct mg_where where = { "ponds", s->pond->id, s->pond->name, member, s->t };
    mg_breach(s->j, rule, where, amount, price, value, low, limit);
}

/* What its units take in the slot, kW. */
static double use_of(const struct pond_slot *s)
{
    double use = 0;
    for (size_t k = 0; k < s->j->mg->units.count; k++) {
        const struct mg_unit *unit = &s->j->mg->units.items[k];
        const struct mg_unit_flow *flow = &s->j->flows.units[k];
        if (!unit->pond.id || unit->pond.index != s->i) continue;
        use += unit->water_factor * flow->power[s->t];
        if (flow->on[s->t] > 0.5) use += unit->water_no_load_kw;
    }
    return use;
}

/* No limit where an outage leaves the grid of one of its units without a connection. kW */
static double most_spill(const struct pond_slot *s)
{
    const struct mg_instance *mg = s->j->mg;
    for (size_t k = 0; k < mg->units.count; k++)
        if (mg->units.items[k].pond.id && mg->units.items[k].pond.index == s->i &&
            s->j->alone[mg->units.items[k].grid.index * mg->T + s->t])
            return INFINITY;
    return isnan(s->pond->spill_max_kw) ? INFINITY : s->pond->spill_max_kw;
}

/* pond_level: level(t) = level(t-1) + (inflow - use - spill) dt; pond_window: min <= level <=
 * capacity; pond_spill: 0 <= spill <= most */
static void judge_level(struct pond_slot *s)
{
    const struct mg_pond *pond = s->pond;
    double inflow = pond->inflow_kw.values ? pond->inflow_kw.values[s->t] : 0;
    double given = s->follows + (inflow - use_of(s) - s->spill) * s->j->mg->dt;
    double most = most_spill(s);
    s->follows = given;
    if (fabs(s->level - given) > az_slack(fmax(fabs(given), pond->capacity_kwh))) {
        breach(s, MG_RULE_pond_level, "level_kwh", fabs(s->level - given), NAN, s->level, NAN,
               given);
        s->follows = s->level;
    }
    if (az_under(s->level, pond->min_kwh) || az_over(s->level, pond->capacity_kwh))
        breach(s, MG_RULE_pond_window, "level_kwh",
               fmax(pond->min_kwh - s->level, s->level - pond->capacity_kwh), NAN, s->level,
               pond->min_kwh, pond->capacity_kwh);
    if (az_under(s->spill, 0) || s->spill > most + az_slack(pond->spill_max_kw))
        breach(s, MG_RULE_pond_spill, "spill_kw", fmax(-s->spill, s->spill - most), NAN, s->spill,
               NAN, most);
}

/* pond_end: the level at the end, and what it is worth without an end rule */
static void judge_end(const struct pond_slot *s)
{
    const struct mg_pond *pond = s->pond;
    if (az_under(s->level, pond->end_kwh))
        breach(s, MG_RULE_pond_end, "level_kwh", pond->end_kwh - s->level,
               pond->end_price_jpy_per_kwh, s->level, NAN, pond->end_kwh);
    if (!isnan(pond->end_value_jpy_per_kwh))
        mg_money(s->j, MG_MONEY_pond_end_value, &pond->owner,
                 -pond->end_value_jpy_per_kwh * (s->level - pond->start_kwh));
}

void mg_judge_pond(struct mg_judge *j, size_t i)
{
    const struct mg_pond_flow *flow = &j->flows.ponds[i];
    struct pond_slot s = { .j = j, .pond = &j->mg->ponds.items[i], .i = i };
    s.follows = s.pond->start_kwh;
    for (s.t = 0; s.t < j->mg->T; s.t++) {
        s.level = flow->level[s.t];
        s.spill = flow->spill[s.t];
        judge_level(&s);
        if (s.t + 1 == j->mg->T) judge_end(&s);
    }
}

/* --- budgets ------------------------------------------------------------------------------------
 */

/* budget_max: carried + energy in the window <= max; budget_min: >= min, when the window ends
 * within the horizon */
void mg_judge_budget(struct mg_judge *j, size_t i)
{
    const struct mg_budget *budget = &j->mg->budgets.items[i];
    struct mg_window slots = budget->slots;
    double used = budget->used_kwh;
    if (slots.first == slots.last) return;
    struct mg_where where = { "budgets", budget->id, budget->name, NULL, slots.last - 1 };
    for (size_t k = 0; k < budget->units.count; k++)
        for (size_t t = slots.first; t < slots.last; t++)
            used += j->flows.units[budget->units.items[k].index].power[t] * j->mg->dt;
    if (az_over(used, budget->max_kwh))
        mg_breach(j, MG_RULE_budget_max, where, used - budget->max_kwh, budget->price_jpy_per_kwh,
                  round(used * 1e3) / 1e3, NAN, budget->max_kwh);
    if (budget->closes && az_under(used, budget->min_kwh))
        mg_breach(j, MG_RULE_budget_min, where, budget->min_kwh - used, budget->price_jpy_per_kwh,
                  round(used * 1e3) / 1e3, NAN, budget->min_kwh);
}
