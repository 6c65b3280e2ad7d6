/* model_read.c - solutions of the compact MILP as plans, and plans as solutions. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/packs.h"
#include "solver/tolerances.h"

/* --- from a solution ----------------------------------------------------------------------------
 */

static double value_of(const double x[], size_t column)
{
    return column == AZ_NO_INDEX ? 0 : x[column];
}

static double term_of(const double x[], struct mg_term term)
{
    return term.column == AZ_NO_INDEX ? term.value : x[term.column];
}

/* The smaller of two ways is noise of the engine when it is below this. kW */
#define NOISE 5e-7

static void drop_noise(double *a, double *b)
{
    double *smaller = *a < *b ? a : b;
    if (*smaller < NOISE) *smaller = 0;
}

/* A quantity that is at least 0: noise of the engine is cut. */
static double clean(double value)
{
    return value > AZ_ZERO ? value : 0;
}

static double sum_of(const double x[], size_t first, size_t count)
{
    double sum = 0;
    for (size_t k = 0; first != AZ_NO_INDEX && k < count; k++) sum += clean(x[first + k]);
    return sum;
}

static void read_units(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        struct mg_unit_plan *to = &plan->units.items[i];
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = i * mg->T + t;
            if (term_of(x, m->on[at]) < 0.5) continue;
            double above = sum_of(x, m->segment[at], unit->point_count - 1);
            to->on.values[t] = 1;
            to->power_kw.values[t] =
                fmin(unit->p_min_kw + above, fmax(unit->p_max_kw, unit->p_min_kw));
            if (to->reserve_up_kw.values)
                to->reserve_up_kw.values[t] = clean(value_of(x, m->reserve[at]));
        }
    }
}

static void read_batteries(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        struct mg_battery_plan *to = &plan->batteries.items[i];
        if (mg_is_packed(mg, i)) continue;
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = i * mg->T + t;
            double charge = clean(x[m->charge[at]]), discharge = clean(x[m->discharge[at]]);
            drop_noise(&charge, &discharge);
            to->charge_kw.values[t] = charge;
            to->discharge_kw.values[t] = discharge;
        }
        mg_read_departures(m, i, x, to);
        mg_follow_energy(mg, i, to);
    }
}

static void read_converters(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        struct mg_converter_plan *to = &plan->converters.items[i];
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = i * mg->T + t;
            double forward = sum_of(x, m->forward[at], converter->segment_count);
            double backward = sum_of(x, m->backward[at], converter->segment_count);
            drop_noise(&forward, &backward);
            to->forward_in_kw.values[t] = forward;
            to->backward_in_kw.values[t] = backward;
            to->forward_out_kw.values[t] = clean(mg_output_at(converter, forward));
            to->backward_out_kw.values[t] = clean(mg_output_at(converter, backward));
            if (to->on.values)
                to->on.values[t] = forward > 0 || backward > 0 || mg_is_idle(m, x, i, t);
        }
    }
}

enum az_status mg_plan_of(const struct mg_model *m, const double x[], struct az_arena *arena,
                          struct mg_plan **plan)
{
    const struct mg_instance *mg = m->mg;
    AZ_TRY(mg_plan_new(mg, arena, plan));
    read_units(m, x, *plan);
    read_batteries(m, x, *plan);
    AZ_TRY(mg_read_packs(m, x, *plan));
    mg_read_shelters(m, x, *plan);
    read_converters(m, x, *plan);
    mg_read_reserves(m, x, *plan);
    mg_read_water(m, x, *plan);
    for (size_t i = 0; i < mg->renewables.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            (*plan)->renewables.items[i].used_kw.values[t] = clean(x[m->used[i * mg->T + t]]);
    for (size_t i = 0; i < mg->connections.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            double import = clean(x[m->import[i * mg->T + t]]);
            double export = clean(x[m->export[i * mg->T + t]]);
            drop_noise(&import, &export);
            (*plan)->connections.items[i].import_kw.values[t] = import;
            (*plan)->connections.items[i].export_kw.values[t] = export;
        }
    mg_read_lines(m, x, *plan);
    mg_read_commitments(m, x, *plan);
    mg_read_loads(m, x, *plan);
    return mg_read_scenarios(m, x, arena, *plan);
}

/* --- decisions ----------------------------------------------------------------------------------
 */

void mg_decisions_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_decisions *given = m->build.decisions;
    size_t T = mg->T;
    decisions->watch = given->watch;
    for (size_t at = 0; at < mg->units.count * T; at++)
        decisions->unit[at] = term_of(x, m->on[at]) > 0.5;
    for (size_t at = 0; at < mg->batteries.count * T; at++) {
        decisions->battery[at] = given->battery[at];
        if (m->charging[at] != AZ_NO_INDEX)
            decisions->battery[at] = x[m->charging[at]] > 0.5 ? MG_FORWARD : MG_BACKWARD;
    }
    for (size_t at = 0; at < mg->connections.count * T; at++) {
        decisions->connection[at] = given->connection[at];
        if (m->importing[at] != AZ_NO_INDEX)
            decisions->connection[at] = x[m->importing[at]] > 0.5 ? MG_FORWARD : MG_BACKWARD;
    }
    mg_trips_of(m, x, decisions);
    mg_shelters_of(m, x, decisions);
    mg_armed_of(m, x, decisions);
    mg_held_of(m, x, decisions);
    mg_runs_of(m, x, decisions->run);
    memcpy(decisions->segment, given->segment, mg->converters.count * T);
    mg_order_segments(m, x, decisions);
    for (size_t at = 0; at < mg->converters.count * T; at++) {
        decisions->converter[at] = given->converter[at];
        if (m->on_forward[at] == AZ_NO_INDEX && m->on_backward[at] == AZ_NO_INDEX) continue;
        decisions->converter[at] = value_of(x, m->on_forward[at]) > 0.5    ? MG_FORWARD
                                   : value_of(x, m->on_backward[at]) > 0.5 ? MG_BACKWARD
                                                                           : MG_STILL;
    }
    for (size_t k = 0; k < m->scenario_count; k++)
        mg_decisions_of(m->scenarios[k], x, &decisions->scenario[k]);
}

/* Where the order is by binaries: the segment in which the solution's input ends. */
void mg_order_segments(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t at = i * mg->T; at < (i + 1) * mg->T; at++) {
            const struct mg_converter *converter = &mg->converters.items[i];
            if (decisions->segment[at] != MG_SEGMENT_ORDERED) continue;
            double left = fmax(sum_of(x, m->forward[at], converter->segment_count),
                               sum_of(x, m->backward[at], converter->segment_count));
            size_t k = 0;
            for (; k + 1 < converter->segment_count && left > converter->segment_kw[k]; k++)
                left -= converter->segment_kw[k];
            decisions->segment[at] = (signed char)k;
        }
    for (size_t k = 0; k < m->scenario_count; k++)
        mg_order_segments(m->scenarios[k], x, &decisions->scenario[k]);
}

void mg_decisions_of_plan(const struct mg_instance *mg, const struct mg_plan *plan,
                          struct mg_decisions *decisions)
{
    size_t T = mg->T;
    for (size_t i = 0; i < mg->units.count; i++)
        for (size_t t = 0; t < T; t++)
            decisions->unit[i * T + t] = plan->units.items[i].on.values[t] > 0.5;
    mg_runs_of_plan(mg, plan, decisions->run);
    memset(decisions->battery, MG_FREE, mg->batteries.count * T);
    memset(decisions->connection, MG_FREE, mg->connections.count * T);
    memset(decisions->lasts, -1, mg->reservation_count);
    mg_shelters_of_plan(mg, plan, decisions);
    mg_armed_of_plan(mg, plan, decisions);
    memset(decisions->held, MG_HELD_FREE, mg->batteries.count * T);
    memset(decisions->segment, MG_SEGMENT_FREE, mg->converters.count * T);
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t t = 0; t < T; t++) {
            const struct mg_converter_plan *from = &plan->converters.items[i];
            double forward = mg_series_at(&from->forward_in_kw, t, 0),
                   backward = mg_series_at(&from->backward_in_kw, t, 0);
            size_t at = i * T + t;
            int way = forward > AZ_ZERO && forward >= backward ? MG_FORWARD
                      : backward > AZ_ZERO                     ? MG_BACKWARD
                                                               : MG_STILL;
            if (way == MG_STILL && mg_series_at(&from->on, t, 0) > 0.5)
                way = mg_planned_idle_way(mg, plan, i, t);
            decisions->converter[at] = (signed char)(mg_is_switched(mg, i, t) ? way : MG_FREE);
        }
    for (size_t k = 0; k < mg->scenarios.count; k++)
        mg_open_ways(&mg->views[k], &decisions->scenario[k]);
}

/* --- from a plan --------------------------------------------------------------------------------
 */

static void set(double x[], size_t column, double value)
{
    if (column != AZ_NO_INDEX) x[column] = value;
}

static bool point_units(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    bool fits = true;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        const struct mg_unit_plan *from = &plan->units.items[i];
        double before = unit->on0 ? 1 : 0;
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = i * mg->T + t;
            double on = from->on.values[t] > 0.5, above = from->power_kw.values[t] - unit->p_min_kw;
            fits = fits && (m->on[at].column != AZ_NO_INDEX || m->on[at].value == on);
            set(x, m->on[at].column, on);
            set(x, m->start[at].column, fmax(0, on - before));
            before = on;
            if (on < 0.5) continue;
            set(x, m->above[at], above);
            set(x, m->reserve[at], mg_series_at(&from->reserve_up_kw, t, 0));
            if (m->segment[at] == AZ_NO_INDEX) continue;
            for (size_t l = 0; l + 1 < unit->point_count; l++) {
                double part = fmin(fmax(above, 0), unit->point_kw[l + 1] - unit->point_kw[l]);
                x[m->segment[at] + l] = part;
                above -= part;
            }
        }
    }
    return fits;
}

/* Is the start of a match a start of the plan, and is its stop there? */
static bool is_warm(const struct mg_model *m, const struct mg_match *match, const double on[],
                    int on0)
{
    size_t t = match->start;
    (void)m;
    if (on[t] < 0.5 || (t > 0 ? on[t - 1] > 0.5 : on0)) return false;
    if (match->warmth == MG_WARM_FREE) return true;
    if (match->warmth == MG_WARM_CARRIED) {
        for (size_t k = 0; k < t; k++)
            if (on[k] > 0.5) return false;
        return !on0;
    }
    for (size_t k = match->first; k <= match->last; k++)
        if (on[k] < 0.5 && (k > 0 ? on[k - 1] > 0.5 : on0)) {
            size_t last = m->mg->tier_rule == MG_TIER_PHYSICAL ? t : k;
            for (size_t l = k; l < last; l++)
                if (on[l] > 0.5) return false;
            return true;
        }
    return false;
}

/* Every start takes the dearest saving that it may. */
static void point_matches(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_match *best = NULL;
    for (size_t k = 0; k <= m->matches.count; k++) {
        const struct mg_match *match = k < m->matches.count ? &m->matches.items[k] : NULL;
        if (best && (!match || match->unit != best->unit || match->start != best->start)) {
            x[best->column] = 1;
            best = NULL;
        }
        if (!match) break;
        x[match->column] = 0;
        if (is_warm(m, match, plan->units.items[match->unit].on.values,
                    m->mg->units.items[match->unit].on0) &&
            (!best || match->saving > best->saving))
            best = match;
    }
}

static void point_batteries(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        const struct mg_battery_plan *from = &plan->batteries.items[i];
        if (mg_is_packed(mg, i)) continue;
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = i * mg->T + t;
            double energy = from->energy_kwh.values[t], home = mg_planned_home(mg, i, from, t);
            double floor = battery->present[t] * mg_floor_kwh(mg, i, t);
            x[m->charge[at]] = from->charge_kw.values[t];
            x[m->discharge[at]] = from->discharge_kw.values[t];
            x[m->energy[at]] = home;
            set(x, m->floor_short[at], fmax(0, floor - home));
            set(x, m->charging[at], from->charge_kw.values[t] > 0);
            if (t + 1 == mg->T) set(x, m->end_short[i], fmax(0, battery->end_kwh - energy));
        }
        mg_point_departures(m, i, from, x);
    }
}

static void point_converters(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        const struct mg_converter_plan *from = &plan->converters.items[i];
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = i * mg->T + t;
            double forward = from->forward_in_kw.values[t],
                   backward = from->backward_in_kw.values[t];
            bool idle = !(forward > 0) && !(backward > 0) && mg_series_at(&from->on, t, 0) > 0.5;
            int way = idle ? mg_planned_idle_way(mg, plan, i, t) : MG_STILL;
            set(x, m->on_forward[at], forward > 0 || way == MG_FORWARD);
            set(x, m->on_backward[at], backward > 0 || way == MG_BACKWARD);
            for (size_t k = 0; k < converter->segment_count; k++) {
                double part = fmin(forward, m->lp->upper[m->forward[at] + k]);
                x[m->forward[at] + k] = part;
                forward -= part;
                part = fmin(backward, m->lp->upper[m->backward[at] + k]);
                x[m->backward[at] + k] = part;
                backward -= part;
            }
            for (size_t k = 1; k < converter->segment_count; k++) {
                if (m->full_forward[at] != AZ_NO_INDEX)
                    x[m->full_forward[at] + k - 1] = x[m->forward[at] + k] > 0;
                if (m->full_backward[at] != AZ_NO_INDEX)
                    x[m->full_backward[at] + k - 1] = x[m->backward[at] + k] > 0;
            }
        }
    }
}

static void point_connections(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        double hours = (double)connection->meter_slots * mg->dt;
        double energy = connection->open_energy_kwh;
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = i * mg->T + t;
            double import = plan->connections.items[i].import_kw.values[t];
            double export = plan->connections.items[i].export_kw.values[t];
            x[m->import[at]] = import;
            x[m->export[at]] = export;
            if (m->import_over[at] != AZ_NO_INDEX)
                x[m->import_over[at]] = fmax(0, import - connection->import_limit_kw.values[t]);
            if (m->export_over[at] != AZ_NO_INDEX)
                x[m->export_over[at]] = fmax(0, export - connection->export_limit_kw.values[t]);
            set(x, m->importing[at], import > 0);
            if (m->peak[i] == AZ_NO_INDEX) continue;
            if (t > 0 && (t + connection->meter_offset) % connection->meter_slots == 0) energy = 0;
            energy += import * mg->dt;
            size_t month = connection->month[t], peak = m->peak[i] + month;
            x[peak] = fmax(x[peak], energy / hours - connection->incumbent_kw[month]);
        }
    }
}

/* The point of one part of the model. */
static bool point_part(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    if (!point_units(m, plan, x) || !mg_point_loads(m, plan, x)) return false;
    if (!mg_fits_shelters(m, plan)) return false;
    point_matches(m, plan, x);
    point_batteries(m, plan, x);
    if (!mg_point_packs(m, plan, x)) return false;
    mg_point_shelters(m, plan, x);
    point_converters(m, plan, x);
    mg_point_outages(m, x);
    point_connections(m, plan, x);
    mg_point_schedules(m, plan, x);
    mg_point_whole(m, plan, x);
    mg_point_lines(m, plan, x);
    mg_point_commitments(m, plan, x);
    for (size_t i = 0; i < mg->renewables.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            x[m->used[i * mg->T + t]] = plan->renewables.items[i].used_kw.values[t];
    mg_point_reserves(m, plan, x);
    mg_point_water(m, plan, x);
    return mg_point_scenarios(m, plan, x, point_part);
}

bool mg_point_of(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    for (size_t j = 0; j < m->lp->column_count; j++)
        x[j] = fmin(fmax(0, m->lp->lower[j]), m->lp->upper[j]);
    if (!point_part(m, plan, x)) return false;
    if (!mg_point_survival(m, plan, x)) return false;
    return az_model_breach(m->lp, x) <= 10 * AZ_FEASIBILITY_TOLERANCE;
}
