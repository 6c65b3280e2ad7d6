/* model_lines.c - lines and banks of the compact MILP: ratings before and after a fault, plants
 * that are armed to be tripped; their part of solutions and plans. */
#include <math.h>

#include "formulations/microgrid/model.h"
#include "solver/tolerances.h"

#define LEAST_TRIPPED 5e-7 /* kW: less than this is noise */

enum { ARMED_UNIT, ARMED_RENEWABLE }; /* collections of an armable asset */

/* --- places -------------------------------------------------------------------------------------
 */

size_t mg_first_armable(const struct mg_instance *mg, size_t line)
{
    size_t first = 0;
    for (size_t i = 0; i < line; i++) first += mg->lines.items[i].armable.count;
    return first;
}

size_t mg_armable_count(const struct mg_instance *mg)
{
    return mg_first_armable(mg, mg->lines.count);
}

/* The most that an asset can give in a slot. */
static double most_power(const struct mg_model *m, const struct az_ref *asset, size_t t)
{
    if (asset->collection == ARMED_UNIT) return m->mg->units.items[asset->index].p_max_kw;
    return m->lp->upper[m->used[asset->index * m->mg->T + t]];
}

static void put_power(struct mg_model *m, const struct az_ref *asset, size_t t, double factor)
{
    if (asset->collection == ARMED_RENEWABLE) {
        mg_put_column(m, m->used[asset->index * m->mg->T + t], factor);
        return;
    }
    mg_put(m, mg_on(m, asset->index, (ptrdiff_t)t),
           factor * m->mg->units.items[asset->index].p_min_kw);
    mg_put_above(m, asset->index, (ptrdiff_t)t, factor);
}

/* --- the rows -----------------------------------------------------------------------------------
 */

/* More than this need not be tripped: the flow is at most the normal rating, where that is firm. A
 * plan that is given may trip more. */
static double most_tripped(const struct mg_model *m, const struct mg_line *line, size_t t)
{
    bool firm = !m->build.conceding || !mg_is_priced(m->mg, line->limit_price_jpy_per_kwh);
    bool soft = m->build.soft || m->build.given;
    if (!firm || soft) return INFINITY;
    return fmax(0, mg_series_at(&line->normal_kw, t, INFINITY) -
                       mg_series_at(&line->emergency_kw, t, INFINITY));
}

/* A plant that may be tripped: armed y in {0, 1}, tripped z.
 *   z <= min(most power, most needed) y,  z <= power,  r <= range (1 - y) */
static void add_armable(struct mg_model *m, size_t i, size_t k, size_t t)
{
    const struct mg_line *line = &m->mg->lines.items[i];
    const struct mg_armable *armable = &line->armable.items[k];
    size_t T = m->mg->T, place = (mg_first_armable(m->mg, i) + k) * T + t;
    int decided = m->build.decisions->armed[place];
    double power = most_power(m, &armable->asset, t),
           arming = armable->arming_jpy_per_h * m->mg->dt;
    double most = fmin(power, most_tripped(m, line, t));
    struct mg_term *armed = &m->armed[place];
    *armed = m->base ? m->base->armed[place] : (struct mg_term){ AZ_NO_INDEX, decided > 0 };
    if (armed->column != AZ_NO_INDEX)
        mg_cost(m, armed->column, arming);
    else if (decided < 0)
        armed->column = mg_column(m, 0, 1, arming, true);
    else
        mg_constant_cost(m, arming * armed->value);
    m->tripped[place] =
        mg_column(m, 0, decided == 0 ? 0 : most, armable->tripping_jpy_per_kwh * m->mg->dt, false);
    if (decided == 0) return;
    struct mg_tag tag = { MG_RULE_line_tripped, i, t };
    if (decided < 0) {
        mg_row(m, -INFINITY, 0, tag);
        mg_put_column(m, m->tripped[place], 1);
        mg_put(m, *armed, -most);
        mg_close(m);
    }
    mg_row(m, -INFINITY, 0, tag);
    mg_put_column(m, m->tripped[place], 1);
    put_power(m, &armable->asset, t, -1);
    mg_close(m);
    if (armable->asset.collection != ARMED_UNIT) return;
    size_t reserve = m->reserve[armable->asset.index * T + t];
    if (reserve == AZ_NO_INDEX) return;
    mg_row(m, -INFINITY, m->lp->upper[reserve], (struct mg_tag){ MG_RULE_unit_reserve, i, t });
    mg_put_column(m, reserve, 1);
    mg_put(m, *armed, m->lp->upper[reserve]);
    mg_close(m);
}

/* flow = base + sum (export - import) */
static void put_flow(struct mg_model *m, const struct mg_line *line, size_t t)
{
    mg_put(m, (struct mg_term){ AZ_NO_INDEX, 1 }, mg_series_at(&line->base_kw, t, 0));
    for (size_t k = 0; k < line->connections.count; k++) {
        size_t place = line->connections.items[k].index * m->mg->T + t;
        mg_put_column(m, m->export[place], 1);
        mg_put_column(m, m->import[place], -1);
    }
}

/* A column beyond a rating where that is priced, or AZ_NO_INDEX. */
static size_t add_over(struct mg_model *m, const struct mg_line *line)
{
    double price = line->limit_price_jpy_per_kwh;
    if (!m->build.conceding || !mg_is_priced(m->mg, price)) return AZ_NO_INDEX;
    return mg_concession(m, INFINITY, price * m->mg->dt);
}

/* Before a fault.  -normal - over <= flow <= normal + over */
static void add_normal(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_line *line = &m->mg->lines.items[i];
    double normal = mg_series_at(&line->normal_kw, t, INFINITY);
    struct mg_tag tag = { MG_RULE_line_normal, i, t };
    size_t over = add_over(m, line);
    m->line_over[i * m->mg->T + t] = over;
    if (over == AZ_NO_INDEX) {
        mg_row(m, -normal, normal, tag);
        put_flow(m, line, t);
        mg_close(m);
        return;
    }
    for (int side = -1; side <= 1; side += 2) {
        mg_row(m, side < 0 ? -normal : -INFINITY, side < 0 ? INFINITY : normal, tag);
        put_flow(m, line, t);
        mg_put_column(m, over, -side);
        mg_close(m);
    }
}

/* After it.  flow - sum of tripped <= emergency + over */
static void add_emergency(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_line *line = &m->mg->lines.items[i];
    double emergency = mg_series_at(&line->emergency_kw, t, INFINITY);
    if (!isfinite(emergency)) return;
    size_t first = mg_first_armable(m->mg, i), over = add_over(m, line);
    m->emergency_over[i * m->mg->T + t] = over;
    mg_row(m, -INFINITY, emergency, (struct mg_tag){ MG_RULE_line_emergency, i, t });
    put_flow(m, line, t);
    for (size_t k = 0; k < line->armable.count; k++)
        mg_put_column(m, m->tripped[(first + k) * m->mg->T + t], -1);
    if (over != AZ_NO_INDEX) mg_put_column(m, over, -1);
    mg_close(m);
}

void mg_model_lines(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->lines.count; i++)
        for (size_t t = 0; t < mg->T && !m->failed; t++) {
            for (size_t k = 0; k < mg->lines.items[i].armable.count; k++) add_armable(m, i, k, t);
            add_normal(m, i, t);
            add_emergency(m, i, t);
        }
}

/* --- settling -----------------------------------------------------------------------------------
 */

size_t mg_settle_armed(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    const struct mg_instance *mg = m->mg;
    size_t broken = 0;
    for (size_t i = 0, place = 0; i < mg->lines.count; i++)
        for (size_t k = 0; k < mg->lines.items[i].armable.count; k++)
            for (size_t t = 0; t < mg->T; t++, place++) {
                const struct az_ref *asset = &mg->lines.items[i].armable.items[k].asset;
                if (decisions->armed[place] >= 0) continue;
                double armed = x[m->armed[place].column], held = 0;
                bool trips = x[m->tripped[place]] > LEAST_TRIPPED;
                size_t reserve = asset->collection == ARMED_UNIT
                                     ? m->reserve[asset->index * mg->T + t]
                                     : AZ_NO_INDEX;
                if (reserve != AZ_NO_INDEX && m->lp->upper[reserve] > 0)
                    held = x[reserve] / m->lp->upper[reserve];
                decisions->armed[place] = trips && armed >= held;
                broken += fabs(armed - decisions->armed[place]) > AZ_INTEGER_TOLERANCE;
            }
    return broken;
}

/* --- plans --------------------------------------------------------------------------------------
 */

/* What the plan says of the power of an asset. */
static double planned_power(const struct mg_plan *plan, const struct az_ref *asset, size_t t)
{
    return asset->collection == ARMED_UNIT ? plan->units.items[asset->index].power_kw.values[t]
                                           : plan->renewables.items[asset->index].used_kw.values[t];
}

void mg_read_lines(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0, place = 0; i < mg->lines.count; i++)
        for (size_t k = 0; k < mg->lines.items[i].armable.count; k++) {
            const struct mg_armable *armable = &mg->lines.items[i].armable.items[k];
            struct mg_arming_plan *to = &plan->lines.items[i].arming.items[k];
            for (size_t t = 0; t < mg->T; t++, place++) {
                struct mg_term armed = m->armed[place];
                double tripped =
                    fmin(x[m->tripped[place]], planned_power(plan, &armable->asset, t));
                bool is_armed = (armed.column == AZ_NO_INDEX ? armed.value : x[armed.column]) > 0.5;
                if (!is_armed || !(tripped > LEAST_TRIPPED)) continue;
                to->armed.values[t] = 1;
                to->tripped_kw.values[t] = tripped;
            }
        }
}

void mg_armed_of(const struct mg_model *m, const double x[], struct mg_decisions *decisions)
{
    size_t count = mg_armable_count(m->mg) * m->mg->T;
    for (size_t place = 0; place < count; place++) {
        struct mg_term armed = m->armed[place];
        double value = armed.column == AZ_NO_INDEX ? armed.value : x[armed.column];
        decisions->armed[place] = value > 0.5;
    }
}

void mg_armed_of_plan(const struct mg_instance *mg, const struct mg_plan *plan,
                      struct mg_decisions *decisions)
{
    for (size_t i = 0, place = 0; i < mg->lines.count; i++)
        for (size_t k = 0; k < mg->lines.items[i].armable.count; k++)
            for (size_t t = 0; t < mg->T; t++, place++)
                decisions->armed[place] =
                    plan->lines.items[i].arming.items[k].armed.values[t] > 0.5 ? 1 : -1;
}

static double planned_flow(const struct mg_instance *mg, const struct mg_plan *plan, size_t i,
                           size_t t)
{
    const struct mg_line *line = &mg->lines.items[i];
    double flow = mg_series_at(&line->base_kw, t, 0);
    for (size_t k = 0; k < line->connections.count; k++) {
        const struct mg_connection_plan *tie =
            &plan->connections.items[line->connections.items[k].index];
        flow += tie->export_kw.values[t] - tie->import_kw.values[t];
    }
    return flow;
}

void mg_point_lines(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->lines.count; i++) {
        const struct mg_line *line = &mg->lines.items[i];
        size_t first = mg_first_armable(mg, i);
        for (size_t t = 0; t < mg->T; t++) {
            double flow = planned_flow(mg, plan, i, t), after = flow;
            for (size_t k = 0; k < line->armable.count; k++) {
                size_t place = (first + k) * mg->T + t;
                const struct mg_arming_plan *from = &plan->lines.items[i].arming.items[k];
                if (m->armed[place].column != AZ_NO_INDEX)
                    x[m->armed[place].column] = from->armed.values[t] > 0.5;
                x[m->tripped[place]] = from->tripped_kw.values[t];
                after -= from->tripped_kw.values[t];
            }
            size_t over = m->line_over[i * mg->T + t], beyond = m->emergency_over[i * mg->T + t];
            if (over != AZ_NO_INDEX) x[over] = fmax(0, fabs(flow) - line->normal_kw.values[t]);
            if (beyond != AZ_NO_INDEX) x[beyond] = fmax(0, after - line->emergency_kw.values[t]);
        }
    }
}
