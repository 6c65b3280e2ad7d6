/* model_water.c - ponds and energy budgets of the compact MILP, and what their water and energy are
 * worth to the units. */
#include <math.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "solver/tolerances.h"

/* Closes the open row; where it stands, or AZ_NO_INDEX when it became a bound. */
static size_t close_row(struct mg_model *m)
{
    size_t row = m->lp->row_count;
    mg_close(m);
    return m->lp->row_count > row ? row : AZ_NO_INDEX;
}

/* --- ponds --------------------------------------------------------------------------------------
 */

/* What a kW of a unit takes: of the model without commitment with its share of the no-load use. */
static double water_per_kw(const struct mg_model *m, const struct mg_unit *unit)
{
    double spread = m->build.crude ? unit->water_no_load_kw / fmax(unit->p_max_kw, 1e-3) : 0;
    return unit->water_factor + spread;
}

/* factor (water_factor power + water_no_load u) of the pond's units */
static void put_use(struct mg_model *m, size_t i, size_t t, double factor)
{
    for (size_t k = 0; k < m->mg->units.count; k++) {
        const struct mg_unit *unit = &m->mg->units.items[k];
        if (!unit->pond.id || unit->pond.index != i) continue;
        mg_put(m, mg_on(m, k, (ptrdiff_t)t),
               factor * (unit->water_factor * unit->p_min_kw + unit->water_no_load_kw));
        mg_put_above(m, k, (ptrdiff_t)t, factor * water_per_kw(m, unit));
    }
}

/* min <= level <= capacity,  0 <= spill <= most, where that is a limit
 * level(t) - level(t-1) + (use + spill) dt = inflow dt */
static void add_level(struct mg_model *m, size_t i)
{
    const struct mg_pond *pond = &m->mg->ponds.items[i];
    double dt = m->mg->dt;
    for (size_t t = 0; t < m->mg->T; t++) {
        size_t at = i * m->mg->T + t;
        double inflow = pond->inflow_kw.values ? pond->inflow_kw.values[t] : 0;
        double most = inflow + (pond->capacity_kwh - pond->min_kwh) / dt;
        m->level[at] = mg_column(m, pond->min_kwh, pond->capacity_kwh, 0, false);
        m->spill[at] = mg_column(m, 0, most, 0, false);
        if (isfinite(mg_most_spill_kw(m->mg, i, t)))
            mg_limit(m, m->spill[at], -INFINITY, pond->spill_max_kw,
                     (struct mg_tag){ MG_RULE_pond_spill, i, t });
        mg_row(m, inflow * dt, inflow * dt, (struct mg_tag){ MG_RULE_pond_level, i, t });
        mg_put_column(m, m->level[at], 1);
        if (t == 0)
            mg_put(m, (struct mg_term){ AZ_NO_INDEX, pond->start_kwh }, -1);
        else
            mg_put_column(m, m->level[at - 1], -1);
        mg_put_column(m, m->spill[at], dt);
        put_use(m, i, t, dt);
        m->pond_row[at] = close_row(m);
    }
}

/* level(T-1) + short >= end, or a value per kWh above (below) the start */
static void add_end(struct mg_model *m, size_t i)
{
    const struct mg_pond *pond = &m->mg->ponds.items[i];
    size_t last = m->level[i * m->mg->T + m->mg->T - 1];
    if (!isnan(pond->end_value_jpy_per_kwh)) {
        mg_cost(m, last, -pond->end_value_jpy_per_kwh);
        mg_constant_cost(m, pond->end_value_jpy_per_kwh * pond->start_kwh);
    }
    if (!(pond->end_kwh > pond->min_kwh)) return;
    bool priced = m->build.conceding && mg_is_priced(m->mg, pond->end_price_jpy_per_kwh);
    if (priced)
        m->pond_end_short[i] =
            mg_concession(m, pond->end_kwh - pond->min_kwh, pond->end_price_jpy_per_kwh);
    mg_row(m, pond->end_kwh, INFINITY, (struct mg_tag){ MG_RULE_pond_end, i, m->mg->T - 1 });
    mg_put_column(m, last, 1);
    if (priced) mg_put_column(m, m->pond_end_short[i], 1);
    mg_close(m);
}

/* --- budgets ------------------------------------------------------------------------------------
 */

/* The energy of the budget's units in its window, with a factor. */
static void put_energy(struct mg_model *m, const struct mg_budget *budget, double factor)
{
    double dt = m->mg->dt;
    for (size_t k = 0; k < budget->units.count; k++) {
        size_t i = budget->units.items[k].index;
        for (size_t t = budget->slots.first; t < budget->slots.last; t++) {
            mg_put(m, mg_on(m, i, (ptrdiff_t)t), factor * m->mg->units.items[i].p_min_kw * dt);
            mg_put_above(m, i, (ptrdiff_t)t, factor * dt);
        }
    }
}

/* used + energy - over <= max;  used + energy + under >= min, when the window closes */
static void add_budget(struct mg_model *m, size_t i)
{
    const struct mg_budget *budget = &m->mg->budgets.items[i];
    struct mg_window slots = budget->slots;
    double price = budget->price_jpy_per_kwh, most = budget->used_kwh;
    if (slots.first == slots.last) return;
    for (size_t k = 0; k < budget->units.count; k++)
        most += m->mg->units.items[budget->units.items[k].index].p_max_kw * m->mg->dt *
                (double)(slots.last - slots.first);
    bool priced = m->build.conceding && mg_is_priced(m->mg, price);
    if (most > budget->max_kwh) {
        if (priced) m->budget_over[i] = mg_concession(m, most - budget->max_kwh, price);
        mg_row(m, budget->used_kwh - budget->max_kwh, INFINITY,
               (struct mg_tag){ MG_RULE_budget_max, i, slots.last - 1 });
        put_energy(m, budget, -1);
        if (priced) mg_put_column(m, m->budget_over[i], 1);
        m->budget_max_row[i] = close_row(m);
    }
    if (budget->closes && budget->min_kwh > budget->used_kwh) {
        if (priced)
            m->budget_under[i] = mg_concession(m, budget->min_kwh - budget->used_kwh, price);
        mg_row(m, budget->min_kwh - budget->used_kwh, INFINITY,
               (struct mg_tag){ MG_RULE_budget_min, i, slots.last - 1 });
        put_energy(m, budget, 1);
        if (priced) mg_put_column(m, m->budget_under[i], 1);
        m->budget_min_row[i] = close_row(m);
    }
}

void mg_model_water(struct mg_model *m)
{
    for (size_t i = 0; i < m->mg->ponds.count && !m->failed; i++) {
        add_level(m, i);
        add_end(m, i);
    }
    for (size_t i = 0; i < m->mg->budgets.count && !m->failed; i++) add_budget(m, i);
}

/* --- prices -------------------------------------------------------------------------------------
 */

static double dual_of(const double pi[], size_t row)
{
    return row == AZ_NO_INDEX ? 0 : pi[row];
}

void mg_water_prices(const struct mg_model *m, const double pi[], size_t unit, double power[],
                     double standing[])
{
    const struct mg_instance *mg = m->mg;
    const struct mg_unit *u = &mg->units.items[unit];
    for (size_t t = 0; u->pond.id && t < mg->T; t++) {
        double worth = -dual_of(pi, m->pond_row[u->pond.index * mg->T + t]);
        power[t] -= worth * u->water_factor;
        standing[t] += worth * u->water_no_load_kw;
    }
    for (size_t i = 0; i < mg->budgets.count; i++) {
        const struct mg_budget *budget = &mg->budgets.items[i];
        double worth = dual_of(pi, m->budget_max_row[i]) - dual_of(pi, m->budget_min_row[i]);
        for (size_t k = 0; worth != 0 && k < budget->units.count; k++)
            for (size_t t = budget->slots.first;
                 budget->units.items[k].index == unit && t < budget->slots.last; t++)
                power[t] -= worth;
    }
}

/* --- reading and writing solutions --------------------------------------------------------------
 */

/* Levels are carried forward from the flows, so that they agree to the last digit. */
void mg_read_water(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->ponds.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            double spill = x[m->spill[i * mg->T + t]];
            plan->ponds.items[i].spill_kw.values[t] = spill > AZ_ZERO ? spill : 0;
        }
    mg_carry_levels(mg, plan);
}

void mg_point_water(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->ponds.count; i++) {
        const struct mg_pond *pond = &mg->ponds.items[i];
        const struct mg_pond_plan *from = &plan->ponds.items[i];
        for (size_t t = 0; t < mg->T; t++) {
            x[m->level[i * mg->T + t]] = from->level_kwh.values[t];
            x[m->spill[i * mg->T + t]] = from->spill_kw.values ? from->spill_kw.values[t] : 0;
        }
        if (m->pond_end_short[i] != AZ_NO_INDEX)
            x[m->pond_end_short[i]] = fmax(0, pond->end_kwh - from->level_kwh.values[mg->T - 1]);
    }
    for (size_t i = 0; i < mg->budgets.count; i++) {
        mg_point_short(m, m->budget_max_row[i], m->budget_over[i], x);
        mg_point_short(m, m->budget_min_row[i], m->budget_under[i], x);
    }
}
