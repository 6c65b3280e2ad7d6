/* model_shelters.c - where batteries stand in a blackout, in the compact MILP: on their own grid or
 * on one of their shelters, in all slots of the blackout.
 *
 * Options are numbered: 0 is the own grid, k the shelter k - 1. Where the choice is open, z_k says
 * it, and flows in the blackout have a column for each option. */
#include <string.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "solver/tolerances.h"

size_t mg_shelter_options(const struct mg_instance *mg, size_t i)
{
    bool dark = mg_is_dark(mg, 0);
    return dark ? 1 + mg->batteries.items[i].shelter_grids.count : 1;
}

static size_t option_grid(const struct mg_instance *mg, size_t i, size_t k)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    return k == 0 ? battery->grid.index : battery->shelter_grids.items[k - 1].index;
}

/* A shelter that is named twice counts once. */
static bool is_repeated(const struct mg_instance *mg, size_t i, size_t k)
{
    for (size_t before = 0; before < k; before++)
        if (option_grid(mg, i, before) == option_grid(mg, i, k)) return true;
    return false;
}

/* The option on a grid, or AZ_NO_INDEX. */
static size_t option_of(const struct mg_instance *mg, size_t i, size_t grid)
{
    for (size_t k = 0; k < mg_shelter_options(mg, i); k++)
        if (option_grid(mg, i, k) == grid) return k;
    return AZ_NO_INDEX;
}

bool mg_may_stand(const struct mg_instance *mg, size_t i, size_t grid, size_t t)
{
    if (!mg_is_dark(mg, t)) return mg->batteries.items[i].grid.index == grid;
    return option_of(mg, i, grid) != AZ_NO_INDEX;
}

/* The decided option; 0 where there is none to decide. */
static size_t decided(const struct mg_model *m, size_t i)
{
    int option = m->build.decisions->shelter[i];
    return option > 0 && (size_t)option < mg_shelter_options(m->mg, i) ? (size_t)option : 0;
}

struct mg_term mg_stands(const struct mg_model *m, size_t i, size_t grid, size_t t)
{
    struct mg_term term = { AZ_NO_INDEX, m->mg->batteries.items[i].grid.index == grid };
    if (!mg_is_dark(m->mg, t)) return term;
    size_t k = option_of(m->mg, i, grid);
    if (m->shelter[i] == AZ_NO_INDEX)
        term.value = option_grid(m->mg, i, decided(m, i)) == grid;
    else if (k == AZ_NO_INDEX)
        term.value = 0;
    else
        term.column = m->shelter[i] + k;
    return term;
}

/* charge_k <= present c_max z_k, sum_k charge_k = charge; discharge likewise */
static void add_flows(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    size_t at = i * m->mg->T + t, count = mg_shelter_options(m->mg, i);
    const size_t whole[] = { m->charge[at], m->discharge[at] };
    const double most[] = { battery->present[t] * battery->charge_max_kw,
                            battery->present[t] * battery->discharge_max_kw };
    struct mg_tag tag = { MG_RULE_battery_shelter, i, t };
    for (size_t way = 0; way < 2; way++)
        for (size_t k = 0; k < count; k++) {
            size_t column = mg_column(m, 0, most[way], 0, false);
            if (way == 0 && k == 0) m->sheltered[at] = column;
            mg_row(m, -INFINITY, 0, tag);
            mg_put_column(m, column, 1);
            mg_put_column(m, m->shelter[i] + k, -most[way]);
            mg_close(m);
        }
    for (size_t way = 0; way < 2; way++) {
        mg_row(m, 0, 0, tag);
        mg_put_column(m, whole[way], -1);
        for (size_t k = 0; k < count; k++) mg_put_column(m, m->sheltered[at] + way * count + k, 1);
        mg_close(m);
    }
}

void mg_model_shelter(struct mg_model *m, size_t i)
{
    size_t count = mg_shelter_options(m->mg, i);
    if (count < 2 || m->build.decisions->shelter[i] >= 0) return;
    if (m->base) {
        m->shelter[i] = m->base->shelter[i];
    } else {
        for (size_t k = 0; k < count; k++) {
            size_t z = mg_column(m, 0, is_repeated(m->mg, i, k) ? 0 : 1, 0, true);
            if (k == 0) m->shelter[i] = z;
        }
        mg_row(m, 1, 1, (struct mg_tag){ MG_RULE_battery_shelter, i, 0 });
        for (size_t k = 0; k < count; k++) mg_put_column(m, m->shelter[i] + k, 1);
        mg_close(m);
    }
    for (size_t t = 0; t < m->mg->T && mg_is_dark(m->mg, t) && !m->failed; t++) add_flows(m, i, t);
}

bool mg_flows_on(const struct mg_model *m, size_t i, size_t grid, size_t t, size_t *charge,
                 size_t *discharge)
{
    size_t at = i * m->mg->T + t, first = m->sheltered[at], k = option_of(m->mg, i, grid);
    *charge = m->charge[at];
    *discharge = m->discharge[at];
    if (mg_is_packed(m->mg, i)) return false;
    if (first == AZ_NO_INDEX) return mg_stands(m, i, grid, t).value > 0.5;
    if (k == AZ_NO_INDEX) return false;
    *charge = first + k;
    *discharge = first + mg_shelter_options(m->mg, i) + k;
    return true;
}

/* --- reading and writing solutions --------------------------------------------------------------
 */

/* The option that a solution takes. */
static size_t option_in(const struct mg_model *m, size_t i, const double x[])
{
    size_t best = 0, first = m->shelter[i];
    if (first == AZ_NO_INDEX) return decided(m, i);
    for (size_t k = 1; k < mg_shelter_options(m->mg, i); k++)
        if (x[first + k] > x[first + best] + AZ_INTEGER_TOLERANCE) best = k;
    return best;
}

void mg_read_shelters(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    for (size_t i = 0; i < m->mg->batteries.count; i++) {
        size_t k = option_in(m, i, x);
        if (k > 0)
            plan->batteries.items[i].shelter_grid =
                m->mg->batteries.items[i].shelter_grids.items[k - 1];
    }
}

/* The option of a plan; 0 where it names none that there is. */
static size_t option_of_plan(const struct mg_instance *mg, size_t i,
                             const struct mg_battery_plan *plan)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    for (size_t k = 1; plan->shelter_grid.id && k < mg_shelter_options(mg, i); k++)
        if (strcmp(plan->shelter_grid.id, battery->shelter_grids.items[k - 1].id) == 0) return k;
    return 0;
}

void mg_point_shelters(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        size_t count = mg_shelter_options(mg, i);
        size_t k = option_of_plan(mg, i, &plan->batteries.items[i]);
        if (m->shelter[i] == AZ_NO_INDEX) continue;
        for (size_t other = 0; other < count; other++) x[m->shelter[i] + other] = other == k;
        for (size_t at = i * mg->T; at < (i + 1) * mg->T; at++) {
            if (m->sheltered[at] == AZ_NO_INDEX) continue;
            for (size_t other = 0; other < count; other++) {
                x[m->sheltered[at] + other] = other == k ? x[m->charge[at]] : 0;
                x[m->sheltered[at] + count + other] = other == k ? x[m->discharge[at]] : 0;
            }
        }
    }
}

bool mg_fits_shelters(const struct mg_model *m, const struct mg_plan *plan)
{
    for (size_t i = 0; i < m->mg->batteries.count; i++)
        if (m->shelter[i] == AZ_NO_INDEX &&
            option_of_plan(m->mg, i, &plan->batteries.items[i]) != decided(m, i))
            return false;
    return true;
}

/* --- decisions ----------------------------------------------------------------------------------
 */

void mg_shelters_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    for (size_t i = 0; i < m->mg->batteries.count; i++)
        decisions->shelter[i] = (signed char)option_in(m, i, x);
}

void mg_shelters_of_plan(const struct mg_instance *mg, const struct mg_plan *plan,
                         struct mg_decisions *decisions)
{
    for (size_t i = 0; i < mg->batteries.count; i++)
        decisions->shelter[i] = (signed char)option_of_plan(mg, i, &plan->batteries.items[i]);
}

void mg_take_shelter(const struct mg_instance *mg, size_t i, const struct mg_battery_plan *plan,
                     struct mg_decisions *decisions)
{
    if (plan->shelter_grid.id) decisions->shelter[i] = (signed char)option_of_plan(mg, i, plan);
}

size_t mg_settle_shelters(const struct mg_model *m, const double x[],
                          struct mg_decisions *decisions)
{
    size_t broken = 0;
    for (size_t i = 0; i < m->mg->batteries.count; i++) {
        size_t k = option_in(m, i, x);
        if (m->shelter[i] == AZ_NO_INDEX || decisions->shelter[i] >= 0) continue;
        decisions->shelter[i] = (signed char)k;
        broken += x[m->shelter[i] + k] < 1 - AZ_INTEGER_TOLERANCE;
    }
    return broken;
}
