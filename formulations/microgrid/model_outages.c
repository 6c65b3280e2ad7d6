/* model_outages.c - outages in the compact MILP: which grids are formed, what is 0 on a dead one,
 * what may start in a blackout. One function a constraint family.
 *
 * formed(g,t) is a column only where an outage cuts the grid off and its sources are open; it is
 * the disjunction of its sources, so that it is 0 or 1 wherever those are. */
#include <math.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/search.h"
#include "solver/tolerances.h"

struct mg_term mg_formed(const struct mg_model *m, size_t grid, ptrdiff_t t)
{
    if (t < 0) return (struct mg_term){ AZ_NO_INDEX, m->mg->grids.items[grid].formed0 ? 1 : 0 };
    return m->formed[grid * m->mg->T + (size_t)t];
}

/* --- sources ------------------------------------------------------------------------------------
 */

static bool is_one(struct mg_term term)
{
    return term.column == AZ_NO_INDEX && term.value > 0.5;
}
static bool is_zero(struct mg_term term)
{
    return term.column == AZ_NO_INDEX && term.value < 0.5;
}

/* Does a forming battery that is there stand on the grid: 1, 0 or a column? */
static struct mg_term battery_source(const struct mg_model *m, size_t i, size_t g, size_t t)
{
    const struct mg_battery *battery = &m->mg->batteries.items[i];
    if (battery->grid_forming != 1 || !(battery->present[t] > 0))
        return (struct mg_term){ AZ_NO_INDEX, 0 };
    return mg_stands(m, i, g, t);
}

/* May the unit form the grid: on, or in the relaxation without commitments able to be on? */
static struct mg_term unit_source(const struct mg_model *m, size_t i, size_t t)
{
    const struct mg_instance *mg = m->mg;
    if (m->build.crude)
        return (struct mg_term){ AZ_NO_INDEX, mg_forced(&mg->units.items[i], t) != 0 };
    return mg_on(m, i, (ptrdiff_t)t);
}

/* What holds a grid by itself: units, then batteries. */
static size_t holder_count(const struct mg_model *m)
{
    return m->mg->units.count + m->mg->batteries.count;
}
static struct mg_term holder(const struct mg_model *m, size_t k, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    if (k >= mg->units.count) return battery_source(m, k - mg->units.count, g, t);
    if (!mg_unit_forms(&mg->units.items[k], g)) return (struct mg_term){ AZ_NO_INDEX, 0 };
    return unit_source(m, k, t);
}

/* Is the grid held by a unit, a battery or a live connection in any case? */
static bool is_held(const struct mg_model *m, size_t g, size_t t)
{
    if (mg_is_tied(m->mg, g, t)) return true;
    for (size_t k = 0; k < holder_count(m); k++)
        if (is_one(holder(m, k, g, t))) return true;
    return false;
}

static struct mg_term carries(const struct mg_model *m, size_t i, size_t t, bool forward)
{
    size_t at = i * m->mg->T + t, column = forward ? m->on_forward[at] : m->on_backward[at];
    int way = m->build.decisions->converter[at];
    if (column != AZ_NO_INDEX) return (struct mg_term){ column, 0 };
    return (struct mg_term){ AZ_NO_INDEX, way == (forward ? MG_FORWARD : MG_BACKWARD) };
}

/* What holds the other grid, as entries of the open row. */
static void put_holders(struct mg_model *m, size_t g, size_t t, double factor)
{
    for (size_t k = 0; k < holder_count(m); k++) mg_put(m, holder(m, k, g, t), factor);
}

static size_t *feeding(const struct mg_model *m, size_t i, size_t t, bool forward)
{
    return &m->feeding[2 * (i * m->mg->T + t) + forward];
}

/* z: the converter feeds the grid from one that is held. A constant, or a column with
 *   z <= on,  z <= sum of what holds the other grid */
static struct mg_term add_feeding(struct mg_model *m, size_t i, size_t t, size_t from, bool forward)
{
    struct mg_term on = carries(m, i, t, forward), none = { AZ_NO_INDEX, 0 };
    struct mg_tag tag = { MG_RULE_grid_dead, from, t };
    bool any = is_held(m, from, t), held = any;
    for (size_t k = 0; k < holder_count(m); k++) any = any || !is_zero(holder(m, k, from, t));
    if (!any || is_zero(on)) return none;
    if (held) return on;
    size_t column = mg_column(m, 0, 1, 0, false);
    mg_row(m, -INFINITY, 0, tag);
    mg_put_column(m, column, 1);
    mg_put(m, on, -1);
    mg_close(m);
    mg_row(m, -INFINITY, 0, tag);
    mg_put_column(m, column, 1);
    put_holders(m, from, t, -1);
    mg_close(m);
    *feeding(m, i, t, forward) = column;
    return (struct mg_term){ column, 0 };
}

/* --- formed -------------------------------------------------------------------------------------
 */

struct sources {
    struct mg_term *terms; /* [units + batteries + 2 converters] */
    size_t count;
    bool sure; /* one of them is there in any case */
};

static void take(struct sources *s, struct mg_term term)
{
    if (is_zero(term)) return;
    s->sure = s->sure || is_one(term);
    s->terms[s->count++] = term;
}

static void find_sources(struct mg_model *m, size_t g, size_t t, struct sources *s)
{
    const struct mg_instance *mg = m->mg;
    s->count = 0;
    s->sure = false;
    for (size_t k = mg->units.count; k < holder_count(m) && !s->sure; k++)
        take(s, holder(m, k, g, t));
    for (size_t k = 0; k < mg->units.count && !s->sure; k++) take(s, holder(m, k, g, t));
    for (size_t i = 0; i < mg->converters.count && !s->sure; i++) {
        bool forward;
        size_t from = mg_feeds_from(&mg->converters.items[i], g, &forward);
        if (from != AZ_NO_INDEX) take(s, add_feeding(m, i, t, from, forward));
    }
}

/* Does a load of the grid ask for power that must be served? */
static bool must_serve(const struct mg_model *m, size_t g, size_t t)
{
    if (m->build.conceding || m->build.soft) return false;
    for (size_t i = 0; i < m->mg->loads.count; i++) {
        const struct mg_load *load = &m->mg->loads.items[i];
        if (load->grid.index == g &&
            load->demand_kw.values[t] * (1 - load->interruptible_share) > AZ_ZERO)
            return true;
    }
    return false;
}

/* formed <= sum of the sources; source <= formed. Where load must be served it is 1. */
static void add_formed(struct mg_model *m, size_t g, size_t t, struct sources *s)
{
    struct mg_term *formed = &m->formed[g * m->mg->T + t];
    struct mg_tag tag = { MG_RULE_grid_dead, g, t };
    find_sources(m, g, t, s);
    *formed = (struct mg_term){ AZ_NO_INDEX, s->sure || must_serve(m, g, t) };
    if (s->sure || (s->count == 0 && is_zero(*formed))) return;
    if (is_zero(*formed)) formed->column = mg_column(m, 0, 1, 0, false);
    mg_row(m, 0, INFINITY, tag);
    for (size_t k = 0; k < s->count; k++) mg_put(m, s->terms[k], 1);
    mg_put(m, *formed, -1);
    mg_close(m);
    for (size_t k = 0; formed->column != AZ_NO_INDEX && k < s->count; k++) {
        mg_row(m, 0, INFINITY, tag);
        mg_put(m, *formed, 1);
        mg_put(m, s->terms[k], -1);
        mg_close(m);
    }
    if (formed->column == AZ_NO_INDEX) return;
    /* a converter that feeds is a source as soon as it is on beside a holder h:
     *   formed >= on + h - 1 */
    for (size_t i = 0; i < m->mg->converters.count; i++) {
        bool forward;
        size_t from = mg_feeds_from(&m->mg->converters.items[i], g, &forward);
        if (from == AZ_NO_INDEX || *feeding(m, i, t, forward) == AZ_NO_INDEX) continue;
        for (size_t k = 0; k < holder_count(m); k++) {
            if (is_zero(holder(m, k, from, t))) continue;
            mg_row(m, -1, INFINITY, tag);
            mg_put(m, *formed, 1);
            mg_put(m, carries(m, i, t, forward), -1);
            mg_put(m, holder(m, k, from, t), -1);
            mg_close(m);
        }
    }
}

/* --- dead grids ---------------------------------------------------------------------------------
 */

/* column <= its bound * formed */
static void shut_flow(struct mg_model *m, size_t column, size_t g, size_t t)
{
    struct mg_term formed = mg_formed(m, g, (ptrdiff_t)t);
    double most = column == AZ_NO_INDEX ? 0 : m->lp->upper[column];
    if (!(most > 0)) return;
    mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_grid_dead, g, t });
    mg_put_column(m, column, 1);
    mg_put(m, formed, -most);
    mg_close(m);
}

/* on <= formed, or where p_min is 0 (or nothing is committed) power <= range * formed */
static void shut_unit(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    size_t g = unit->grid.index, at = i * m->mg->T + t;
    bool commits = unit->p_min_kw > 0 && !m->build.crude;
    bool powers = m->above[at] != AZ_NO_INDEX || m->segment[at] != AZ_NO_INDEX;
    if (!commits && !powers) return;
    mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_grid_dead, g, t });
    if (commits)
        mg_put(m, mg_on(m, i, (ptrdiff_t)t), 1);
    else
        mg_put_above(m, i, (ptrdiff_t)t, 1);
    mg_put(m, mg_formed(m, g, (ptrdiff_t)t), commits ? -1 : -unit->p_max_kw);
    mg_close(m);
}

/* used <= forecast * formed, used >= minimum * formed */
static void shut_renewable(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_renewable *renewable = &m->mg->renewables.items[i];
    size_t g = renewable->grid.index, column = m->used[i * m->mg->T + t];
    bool usable = renewable->availability != MG_PLANNED && renewable->minimum_kw.values;
    double minimum = usable ? renewable->minimum_kw.values[t] : 0;
    if (!is_one(mg_formed(m, g, (ptrdiff_t)t))) shut_flow(m, column, g, t);
    if (!(minimum > 0)) return;
    mg_row(m, 0, INFINITY, (struct mg_tag){ MG_RULE_renewable_range, i, t });
    mg_put_column(m, column, 1);
    mg_put(m, mg_formed(m, g, (ptrdiff_t)t), -minimum);
    mg_close(m);
}

/* power <= max * formed, power >= min * formed */
static void shut_flexible(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_flexible *flexible = &m->mg->flexible_loads.items[i];
    size_t g = flexible->grid.index, column = m->flexible[i * m->mg->T + t];
    double low = flexible->min_kw.values[t];
    if (!is_one(mg_formed(m, g, (ptrdiff_t)t))) shut_flow(m, column, g, t);
    if (!(low > 0)) return;
    mg_row(m, 0, INFINITY, (struct mg_tag){ MG_RULE_flexible_range, i, t });
    mg_put_column(m, column, 1);
    mg_put(m, mg_formed(m, g, (ptrdiff_t)t), -low);
    mg_close(m);
}

/* No run draws from a dead grid.  x(t - k) <= formed(t) where run(k) > 0 */
static void shut_run(struct mg_model *m, size_t i, size_t t)
{
    const struct mg_shiftable *shiftable = &m->mg->shiftables.items[i];
    size_t g = shiftable->grid.index, run = shiftable->run_kw.count;
    if (shiftable->run_slots0 > 0) return;
    mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_grid_dead, g, t });
    for (size_t k = 0; k < run && k <= t; k++)
        if (shiftable->run_kw.items[k] > 0) mg_put(m, m->begin[i * m->mg->T + t - k], 1);
    mg_put(m, mg_formed(m, g, (ptrdiff_t)t), -1);
    mg_close(m);
}

/* unserved + critical + interrupted, as entries of the open row */
static void put_shedding(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->loads.count; i++) {
        size_t at = i * mg->T + t;
        if (mg->loads.items[i].grid.index != g) continue;
        if (m->unserved[at] != AZ_NO_INDEX) mg_put_column(m, m->unserved[at], 1);
        if (m->critical[at] != AZ_NO_INDEX) mg_put_column(m, m->critical[at], 1);
        for (size_t k = 0; m->interrupted[at] != AZ_NO_INDEX && k < mg->loads.items[i].steps.count;
             k++)
            mg_put_column(m, m->interrupted[at] + k, 1);
    }
}

/* What the loads of the grid take: demand - unserved - interrupted <= demand * formed. Implied by
 * the balance, and what the relaxation needs. */
static void shut_loads(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    double demand = 0;
    for (size_t i = 0; i < mg->loads.count; i++)
        if (mg->loads.items[i].grid.index == g) demand += mg->loads.items[i].demand_kw.values[t];
    if (!(demand > 0)) return;
    mg_row(m, demand, INFINITY, (struct mg_tag){ MG_RULE_grid_dead, g, t });
    mg_put(m, mg_formed(m, g, (ptrdiff_t)t), demand);
    put_shedding(m, g, t);
    mg_close(m);
}

static void shut_grid(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_instance *mg = m->mg;
    size_t T = mg->T;
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (mg->renewables.items[i].grid.index == g) shut_renewable(m, i, t);
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        if (mg->flexible_loads.items[i].grid.index == g) shut_flexible(m, i, t);
    if (is_one(mg_formed(m, g, (ptrdiff_t)t))) return;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g) shut_unit(m, i, t);
    for (size_t i = 0; i < mg->batteries.count; i++) {
        size_t charge, discharge;
        if (!mg_flows_on(m, i, g, t, &charge, &discharge)) continue;
        shut_flow(m, charge, g, t);
        shut_flow(m, discharge, g, t);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        if (converter->from_grid.index != g && converter->to_grid.index != g) continue;
        for (size_t k = 0; k < converter->segment_count; k++) {
            shut_flow(m, m->forward[i * T + t] + k, g, t);
            shut_flow(m, m->backward[i * T + t] + k, g, t);
        }
    }
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (mg->shiftables.items[i].grid.index == g) shut_run(m, i, t);
    shut_loads(m, g, t);
}

/* --- units --------------------------------------------------------------------------------------
 */

/* Where a grid is cut off a must-run unit runs while it is formed.  u(t) >= formed(t) */
static void add_must_run(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    for (size_t t = 0; unit->must_run == 1 && t < m->mg->T; t++) {
        if (!mg_is_cut(m->mg, unit->grid.index, t) || mg_is_resuming(m->mg, t)) continue;
        mg_row(m, 0, INFINITY, (struct mg_tag){ MG_RULE_unit_must_run, i, t });
        mg_put(m, mg_on(m, i, (ptrdiff_t)t), 1);
        mg_put(m, mg_formed(m, unit->grid.index, (ptrdiff_t)t), -1);
        mg_close(m);
    }
}

/* What was on before the blackout has tripped, within no limit, or stays on for its minimum time
 * and within its ramp:
 *   u(t) >= u(0) in the fixed slots,  q(-1) - q(0) <= RD + max(q(-1) - RD, 0) (1 - u(0)) */
static void add_trip(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    double above = unit->power0_kw - unit->p_min_kw, down = unit->ramp_down_kw;
    for (size_t t = 1; t < unit->fixed_on && t < m->mg->T; t++) {
        if (!unit->usable || (unit->available.values && unit->available.values[t] < 0.5)) continue;
        mg_row(m, 0, INFINITY, (struct mg_tag){ MG_RULE_unit_min_up, i, t });
        mg_put(m, mg_on(m, i, (ptrdiff_t)t), 1);
        mg_put(m, mg_on(m, i, 0), -1);
        mg_close(m);
    }
    if (!(down < above)) return;
    mg_row(m, -INFINITY, above, (struct mg_tag){ MG_RULE_unit_ramp_down, i, 0 });
    mg_put_above(m, i, -1, 1);
    mg_put_above(m, i, 0, -1);
    mg_put(m, mg_on(m, i, 0), above - down);
    mg_close(m);
}

/* In a blackout a unit that cannot start black starts where its grid was formed in the slot before.
 *   u(t) - u(t-1) <= formed(t-1) */
static void add_black_start(struct mg_model *m, size_t i)
{
    const struct mg_unit *unit = &m->mg->units.items[i];
    for (size_t t = 0; unit->black_start != 1 && t < m->mg->T && mg_is_dark(m->mg, t); t++) {
        struct mg_term formed = mg_formed(m, unit->grid.index, (ptrdiff_t)t - 1);
        if (is_one(formed)) continue;
        mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_unit_black_start, i, t });
        mg_put(m, mg_on(m, i, (ptrdiff_t)t), 1);
        mg_put(m, mg_on(m, i, (ptrdiff_t)t - 1), -1);
        mg_put(m, formed, -1);
        mg_close(m);
    }
}

/* --- survival -----------------------------------------------------------------------------------
 */

/* All critical load of the first slots is served. */
static void add_survival(struct mg_model *m)
{
    for (size_t i = 0; i < m->mg->loads.count; i++)
        for (size_t t = 0; t < m->mg->T && t < m->build.survive; t++)
            if (m->critical[i * m->mg->T + t] != AZ_NO_INDEX)
                mg_limit(m, m->critical[i * m->mg->T + t], 0, 0,
                         (struct mg_tag){ MG_RULE_load_critical, i, t });
}

void mg_model_outages(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    struct sources s = { .terms = AZ_ARRAY(m->arena, holder_count(m) + 2 * mg->converters.count + 1,
                                           struct mg_term) };
    m->formed = AZ_ARRAY(m->arena, mg->grids.count * mg->T, struct mg_term);
    if (!s.terms || !m->formed) m->failed = AZ_NO_MEMORY;
    if (m->failed) return;
    for (size_t at = 0; at < mg->grids.count * mg->T; at++)
        m->formed[at] = (struct mg_term){ AZ_NO_INDEX, 1 };
    if (m->build.survive > 0 && !m->base) add_survival(m); /* of the instance itself */
    if (!mg_has_cuts(mg)) return;
    for (size_t g = 0; g < mg->grids.count && !m->failed; g++)
        for (size_t t = 0; t < mg->T && !m->failed; t++)
            if (mg_is_cut(mg, g, t)) add_formed(m, g, t, &s);
    for (size_t g = 0; g < mg->grids.count && !m->failed; g++)
        for (size_t t = 0; t < mg->T && !m->failed; t++)
            if (mg_is_cut(mg, g, t)) shut_grid(m, g, t);
    for (size_t i = 0; !m->build.crude && i < mg->units.count && !m->failed; i++) {
        add_must_run(m, i);
        if (mg->units.items[i].may_trip) add_trip(m, i);
        add_black_start(m, i);
    }
}

/* --- from a solution ----------------------------------------------------------------------------
 */

static double value_of(const double x[], struct mg_term term)
{
    return term.column == AZ_NO_INDEX ? term.value : x[term.column];
}

/* Is the grid held by a unit, a battery or a live connection in the solution? */
static bool is_held_in(const struct mg_model *m, const double x[], size_t g, size_t t)
{
    if (mg_is_tied(m->mg, g, t)) return true;
    for (size_t k = 0; k < holder_count(m); k++)
        if (value_of(x, holder(m, k, g, t)) > 0.5) return true;
    return false;
}

/* In a plan one that is on feeds either side: it is only where the side that feeds is held. */
bool mg_is_idle(const struct mg_model *m, const double x[], size_t i, size_t t)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    if (converter->needs_on || !mg_is_switched(m->mg, i, t)) return false;
    if (value_of(x, carries(m, i, t, true)) > 0.5)
        return is_held_in(m, x, converter->from_grid.index, t);
    return value_of(x, carries(m, i, t, false)) > 0.5 &&
           is_held_in(m, x, converter->to_grid.index, t);
}

/* Without a plan that says more: the way that is there. */
static int idle_way(const struct mg_instance *mg, size_t i, size_t t)
{
    const struct mg_converter *converter = &mg->converters.items[i];
    if (!mg_is_switched(mg, i, t)) return MG_STILL;
    bool forward = converter->forward_max_kw > 0 && mg_is_cut(mg, converter->to_grid.index, t);
    return forward || !(converter->backward_max_kw > 0) ? MG_FORWARD : MG_BACKWARD;
}

/* Does something of the plan hold the grid in slot t? */
static bool is_held_by(const struct mg_instance *mg, const struct mg_plan *plan, size_t g, size_t t)
{
    if (mg_is_tied(mg, g, t)) return true;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg_unit_forms(&mg->units.items[i], g) && plan->units.items[i].on.values[t] > 0.5)
            return true;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        const struct az_ref *shelter = &plan->batteries.items[i].shelter_grid;
        bool away = shelter->id && mg_is_dark(mg, t);
        if (battery->grid_forming == 1 && battery->present[t] > 0 &&
            (away ? shelter->index : battery->grid.index) == g)
            return true;
    }
    return false;
}

int mg_planned_idle_way(const struct mg_instance *mg, const struct mg_plan *plan, size_t i,
                        size_t t)
{
    const struct mg_converter *converter = &mg->converters.items[i];
    bool from = is_held_by(mg, plan, converter->from_grid.index, t);
    bool to = is_held_by(mg, plan, converter->to_grid.index, t);
    if (from == to || !mg_is_switched(mg, i, t)) return idle_way(mg, i, t);
    return from ? MG_FORWARD : MG_BACKWARD;
}

double mg_forms_idle(const struct mg_model *m, const double x[], size_t at, bool forward)
{
    size_t column = forward ? m->on_forward[at] : m->on_backward[at];
    if (m->mg->converters.items[at / m->mg->T].needs_on || column == AZ_NO_INDEX) return 0;
    return 1e-3 * x[column];
}

/* --- from a plan --------------------------------------------------------------------------------
 */

/* Columns that follow from what is on. */
void mg_point_outages(const struct mg_model *m, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t g = 0; mg_has_cuts(mg) && g < mg->grids.count; g++)
        for (size_t t = 0; t < mg->T; t++) {
            struct mg_term formed = mg_formed(m, g, (ptrdiff_t)t);
            double most = 0;
            if (!mg_is_cut(mg, g, t)) continue;
            for (size_t k = 0; k < holder_count(m); k++)
                most = fmax(most, value_of(x, holder(m, k, g, t)));
            for (size_t i = 0; i < mg->converters.count; i++) {
                bool forward;
                size_t from = mg_feeds_from(&mg->converters.items[i], g, &forward), column;
                double on, held = from != AZ_NO_INDEX && is_held(m, from, t);
                if (from == AZ_NO_INDEX) continue;
                for (size_t k = 0; k < holder_count(m); k++)
                    held = fmax(held, value_of(x, holder(m, k, from, t)));
                on = fmin(held, value_of(x, carries(m, i, t, forward)));
                column = *feeding(m, i, t, forward);
                if (column != AZ_NO_INDEX) x[column] = on;
                most = fmax(most, on);
            }
            if (formed.column != AZ_NO_INDEX) x[formed.column] = most;
        }
}
