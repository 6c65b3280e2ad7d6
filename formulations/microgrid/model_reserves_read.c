/* model_reserves_read.c - reserves of the compact MILP's solutions in plans, and of plans in
 * solutions. */
#include <math.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "solver/tolerances.h"

#define BOTH 5e-7 /* kW or kWh: less than this is noise */

/* --- reading and writing solutions --------------------------------------------------------------
 */

static double read(const double x[], const size_t map[], size_t at)
{
    return map[at] != AZ_NO_INDEX && x[map[at]] > AZ_ZERO ? x[map[at]] : 0;
}

static void read_series(const struct mg_model *m, const double x[], const size_t map[], size_t i,
                        struct az_series *to)
{
    for (size_t t = 0; to->values && t < m->mg->T; t++)
        to->values[t] = read(x, map, i * m->mg->T + t);
}

void mg_read_reserves(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    for (size_t i = 0; i < m->mg->units.count; i++)
        read_series(m, x, m->reserve_down, i, &plan->units.items[i].reserve_down_kw);
    for (size_t i = 0; i < m->mg->batteries.count; i++) {
        struct mg_battery_plan *to = &plan->batteries.items[i];
        read_series(m, x, m->battery_up, i, &to->reserve_up_kw);
        read_series(m, x, m->battery_down, i, &to->reserve_down_kw);
    }
    for (size_t i = 0; i < m->mg->converters.count; i++) {
        struct mg_converter_plan *to = &plan->converters.items[i];
        read_series(m, x, m->forward_reserve, i, &to->forward_reserve_kw);
        read_series(m, x, m->backward_reserve, i, &to->backward_reserve_kw);
    }
}

static void point_series(const struct mg_model *m, const struct az_series *from, const size_t map[],
                         size_t i, double x[])
{
    for (size_t t = 0; from->values && t < m->mg->T; t++)
        if (map[i * m->mg->T + t] != AZ_NO_INDEX) x[map[i * m->mg->T + t]] = from->values[t];
}

/* What is missing in a row that is at least its lower side, as the value of its column. */
void mg_point_short(const struct mg_model *m, size_t row, size_t column, double x[])
{
    if (row == AZ_NO_INDEX || column == AZ_NO_INDEX) return;
    double missing = m->lp->row_lower[row];
    x[column] = 0;
    for (size_t k = m->lp->row_start[row]; k < m->lp->row_start[row + 1]; k++)
        missing -= m->lp->entry_value[k] * x[m->lp->entry_column[k]];
    x[column] = fmin(fmax(missing, m->lp->lower[column]), m->lp->upper[column]);
}

static void point_grid(const struct mg_model *m, size_t g, size_t t, double x[])
{
    const struct mg_instance *mg = m->mg;
    size_t at = g * mg->T + t, large = m->largest[at];
    mg_point_short(m, m->reserve_row[at], m->reserve_short[at], x);
    mg_point_short(m, m->reserve_down_row[at], m->reserve_down_short[at], x);
    if (large == AZ_NO_INDEX) return;
    mg_point_short(m, m->room_row[at], m->room[at], x);
    double most = m->lp->lower[large];
    for (size_t i = 0; i < mg->units.count; i++) {
        size_t row = m->unit_large_row[i * mg->T + t];
        if (mg->units.items[i].grid.index != g || row == AZ_NO_INDEX) continue;
        mg_point_short(m, row, large, x);
        most = fmax(most, x[large]);
    }
    x[large] = most;
    mg_point_short(m, m->largest_row[at], m->largest_short[at], x);
}

void mg_point_reserves(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->units.count; i++)
        point_series(m, &plan->units.items[i].reserve_down_kw, m->reserve_down, i, x);
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery_plan *from = &plan->batteries.items[i];
        point_series(m, &from->reserve_up_kw, m->battery_up, i, x);
        point_series(m, &from->reserve_down_kw, m->battery_down, i, x);
        for (size_t at = i * mg->T; at < (i + 1) * mg->T; at++)
            if (m->held[at] != AZ_NO_INDEX) x[m->held[at]] = x[m->battery_up[at]] > 0;
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter_plan *from = &plan->converters.items[i];
        point_series(m, &from->forward_reserve_kw, m->forward_reserve, i, x);
        point_series(m, &from->backward_reserve_kw, m->backward_reserve, i, x);
    }
    for (size_t g = 0; g < mg->grids.count; g++)
        for (size_t t = 0; t < mg->T; t++) point_grid(m, g, t, x);
}

/* --- decisions ----------------------------------------------------------------------------------
 */

void mg_held_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    for (size_t at = 0; at < m->mg->batteries.count * m->mg->T; at++) {
        decisions->held[at] = m->build.decisions->held[at];
        if (m->held[at] != AZ_NO_INDEX)
            decisions->held[at] = x[m->held[at]] > 0.5 ? MG_HELD_ABOVE : MG_HELD_NONE;
    }
}

size_t mg_find_broken_held(const struct mg_model *m, const double x[], bool settle,
                           struct mg_decisions *decisions)
{
    const struct mg_instance *mg = m->mg;
    size_t broken = 0;
    for (size_t i = 0; i < mg->batteries.count; i++)
        for (size_t at = i * mg->T; at < (i + 1) * mg->T; at++) {
            const struct mg_battery *battery = &mg->batteries.items[i];
            double floor = battery->present[at - i * mg->T] * mg_floor_kwh(mg, i, at - i * mg->T);
            signed char *held = &decisions->held[at];
            size_t up = m->battery_up[at], below = m->floor_short[at];
            if (up == AZ_NO_INDEX || below == AZ_NO_INDEX) continue;
            if (*held != MG_HELD_FREE && *held != MG_HELD_EITHER) continue;
            if (x[up] <= BOTH || x[below] <= BOTH) continue;
            bool is_below = x[m->energy[at]] < floor - BOTH;
            *held = !settle ? MG_HELD_EITHER : is_below ? MG_HELD_NONE : MG_HELD_ABOVE;
            broken++;
        }
    return broken;
}
