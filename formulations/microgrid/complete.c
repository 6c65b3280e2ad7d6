/* complete.c - a plan made by hand in part becomes a full one: what is given is kept, the rest is
 * chosen by the MILP. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/results.h"
#include "formulations/microgrid/scenarios.h"
#include "formulations/microgrid/search.h"
#include "formulations/microgrid/survival.h"
#include "solver/tolerances.h"

#define EXCLUSION_ROUNDS 6
#define LEARNING_ROUNDS 60 /* of what outages ask for */
#define GAP 1e-4

/* --- what is given ------------------------------------------------------------------------------
 */

/* A given value, or NAN. */
static double given(const struct az_series *series, size_t t)
{
    return series->values && t < series->count ? series->values[t] : NAN;
}

/* The partial plan's entry of every asset, by id; NULL where there is none. */
struct partial {
    const struct mg_unit_plan **units;
    const struct mg_renewable_plan **renewables;
    const struct mg_battery_plan **batteries;
    const struct mg_converter_plan **converters;
    const struct mg_connection_plan **connections;
    const struct mg_load_plan **loads;
    const struct mg_pond_plan **ponds;
    const struct mg_line_plan **lines;
    const struct mg_commitment_plan **commitments;
    const struct mg_shiftable_plan **shiftables;
    const struct mg_flexible_plan **flexible_loads;
    struct partial *scenarios; /* [scenarios.count] */
};

#define FIND(map_)                                                              \
    do {                                                                        \
        p->map_ = az_arena_array(arena, mg->map_.count, sizeof *p->map_);       \
        if (!p->map_) return AZ_NO_MEMORY;                                      \
        for (size_t i_ = 0; i_ < mg->map_.count; i_++)                          \
            for (size_t k_ = 0; k_ < plan->map_.count; k_++)                    \
                if (plan->map_.keys[k_].id &&                                   \
                    strcmp(plan->map_.keys[k_].id, mg->map_.items[i_].id) == 0) \
                    p->map_[i_] = &plan->map_.items[k_];                        \
    } while (0)

static enum az_status find_entries(const struct mg_instance *mg, const struct mg_plan *plan,
                                   struct az_arena *arena, struct partial *p)
{
    FIND(units);
    FIND(renewables);
    FIND(batteries);
    FIND(converters);
    FIND(connections);
    FIND(loads);
    FIND(ponds);
    FIND(lines);
    FIND(commitments);
    FIND(shiftables);
    FIND(flexible_loads);
    return AZ_OK;
}

static enum az_status find_scenarios(const struct mg_instance *mg, const struct mg_plan *plan,
                                     struct az_arena *arena, struct partial *p)
{
    p->scenarios = AZ_ARRAY(arena, mg->scenarios.count, struct partial);
    if (!p->scenarios) return AZ_NO_MEMORY;
    for (size_t k = 0; k < mg->scenarios.count; k++) {
        struct mg_plan *part;
        AZ_TRY(mg_dispatch_plan(plan, mg->scenarios.items[k].id, arena, &part));
        AZ_TRY(find_entries(&mg->views[k], part, arena, &p->scenarios[k]));
    }
    return AZ_OK;
}

/* The larger of two given values, or the one that is given. */
static double largest(const struct az_series *a, const struct az_series *b, size_t t)
{
    return fmax(given(a, t), given(b, t));
}

/* The ways of converters that are given. */
static void take_ways(const struct mg_instance *mg, const struct partial *p,
                      struct mg_decisions *decisions)
{
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t t = 0; p->converters[i] && t < mg->T; t++) {
            const struct mg_converter_plan *from = p->converters[i];
            double forward = largest(&from->forward_in_kw, &from->forward_out_kw, t);
            double backward = largest(&from->backward_in_kw, &from->backward_out_kw, t);
            signed char *way = &decisions->converter[i * mg->T + t];
            if (forward > AZ_FEASIBILITY_TOLERANCE)
                *way = MG_FORWARD;
            else if (backward > AZ_FEASIBILITY_TOLERANCE)
                *way = MG_BACKWARD;
            else if (given(&from->on, t) <= 0.5 ||
                     (mg->converters.items[i].needs_on && forward <= AZ_FEASIBILITY_TOLERANCE &&
                      backward <= AZ_FEASIBILITY_TOLERANCE))
                *way = MG_STILL;
        }
}

/* Commitments that are given, or follow from a given power, a scenario's too. */
static void take_commitments(const struct mg_instance *mg, const struct partial *p,
                             signed char unit[])
{
    for (size_t i = 0; i < mg->units.count; i++)
        for (size_t t = 0; p->units[i] && t < mg->T; t++) {
            double on = given(&p->units[i]->on, t), power = given(&p->units[i]->power_kw, t);
            signed char *decided = &unit[i * mg->T + t];
            if (*decided >= 0) continue;
            if (!isnan(on))
                *decided = on > 0.5;
            else if (power > AZ_FEASIBILITY_TOLERANCE)
                *decided = 1;
            else if (!isnan(power) && mg->units.items[i].p_min_kw > 0)
                *decided = 0;
        }
}

static void take_decisions(const struct mg_instance *mg, const struct partial *p,
                           struct mg_decisions *decisions)
{
    take_commitments(mg, p, decisions->unit);
    for (size_t k = 0; k < mg->scenarios.count; k++)
        take_commitments(&mg->views[k], &p->scenarios[k], decisions->unit);
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (p->shiftables[i]) decisions->run[i] = mg_slot_of(mg, p->shiftables[i]->start);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (p->batteries[i]) mg_take_shelter(mg, i, p->batteries[i], decisions);
    take_ways(mg, p, decisions);
    for (size_t k = 0; k < mg->scenarios.count; k++)
        take_ways(&mg->views[k], &p->scenarios[k], &decisions->scenario[k]);
}

/* The partial plan's entry of an armable plant, or NULL. */
static const struct mg_arming_plan *arming_of(const struct partial *p, const struct mg_instance *mg,
                                              size_t line, size_t k)
{
    const struct mg_line_plan *plan = p->lines[line];
    const char *id = mg->lines.items[line].armable.items[k].asset.id;
    for (size_t e = 0; plan && e < plan->arming.count; e++)
        if (plan->arming.keys[e].id && strcmp(plan->arming.keys[e].id, id) == 0)
            return &plan->arming.items[e];
    return NULL;
}

/* What is armed, or follows from what is tripped. */
static void take_armed(const struct mg_instance *mg, const struct partial *p,
                       struct mg_decisions *decisions)
{
    for (size_t i = 0, place = 0; i < mg->lines.count; i++)
        for (size_t k = 0; k < mg->lines.items[i].armable.count; k++) {
            const struct mg_arming_plan *from = arming_of(p, mg, i, k);
            for (size_t t = 0; t < mg->T; t++, place++) {
                double armed = from ? given(&from->armed, t) : NAN;
                double tripped = from ? given(&from->tripped_kw, t) : NAN;
                if (!isnan(armed))
                    decisions->armed[place] = armed > 0.5;
                else if (tripped > AZ_FEASIBILITY_TOLERANCE)
                    decisions->armed[place] = 1;
            }
        }
}

/* One given value as a row.  value - e <= sum of the columns + shift <= value + e */
static void fix(struct mg_model *m, size_t first, size_t count, double shift, double value)
{
    if (isnan(value)) return;
    double slack = m->build.given_slack * fmax(1, fabs(value));
    mg_row(m, value - shift - slack, value - shift + slack,
           (struct mg_tag){ MG_RULE_plan_shape, 0, 0 });
    for (size_t k = 0; first != AZ_NO_INDEX && k < count; k++) mg_put_column(m, first + k, 1);
    mg_close(m);
}

/* A battery's energy, all who are away included, and what vehicles leave with. */
static void fix_energy(struct mg_model *m, size_t i, size_t t, double value)
{
    if (isnan(value)) return;
    double slack = m->build.given_slack * fmax(1, fabs(value));
    mg_row(m, value - slack, value + slack, (struct mg_tag){ MG_RULE_plan_shape, 0, 0 });
    mg_put_total(m, i, t, 1);
    mg_close(m);
}

/* The given entry of a reservation that leaves within the horizon, or NAN. */
static double given_departure(const struct mg_battery_plan *plan,
                              const struct mg_reservation *reservation)
{
    for (size_t n = 0; plan && reservation->departs && n < plan->departed_kwh.count; n++)
        if (plan->departed_kwh.keys[n].id &&
            strcmp(plan->departed_kwh.keys[n].id, reservation->id) == 0)
            return plan->departed_kwh.items[n];
    return NAN;
}

static void fix_departures(struct mg_model *m, const struct partial *p)
{
    for (size_t i = 0; i < m->mg->batteries.count; i++)
        for (size_t k = 0; k < m->mg->batteries.items[i].reservations.count; k++) {
            const struct mg_reservation *one = &m->mg->batteries.items[i].reservations.items[k];
            double left = given_departure(p->batteries[i], one);
            double slack = m->build.given_slack; /* the rest has to be 0 or more */
            if (isnan(left)) continue;
            mg_limit(m, m->departed[one->number], left - slack, left + slack,
                     (struct mg_tag){ MG_RULE_plan_shape, 0, 0 });
        }
}

static void fix_units(struct mg_model *m, const struct partial *p)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        for (size_t t = 0; p->units[i] && t < mg->T; t++) {
            size_t at = i * mg->T + t;
            double on = m->on[at].value, power = given(&p->units[i]->power_kw, t);
            if (m->on[at].column == AZ_NO_INDEX || !(unit->p_min_kw > 0))
                fix(m, m->segment[at], unit->point_count - 1, on * unit->p_min_kw, power);
            if (m->reserve[at] != AZ_NO_INDEX)
                fix(m, m->reserve[at], 1, 0, given(&p->units[i]->reserve_up_kw, t));
        }
    }
}

/* A value given of what has a column only where somebody asks. */
static void fix_asked(struct mg_model *m, const size_t map[], size_t at,
                      const struct az_series *series, size_t t)
{
    if (map[at] != AZ_NO_INDEX) fix(m, map[at], 1, 0, given(series, t));
}

static void fix_reserves(struct mg_model *m, const struct partial *p)
{
    const struct mg_instance *mg = m->mg;
    for (size_t t = 0; t < mg->T; t++) {
        for (size_t i = 0; i < mg->units.count; i++)
            if (p->units[i])
                fix_asked(m, m->reserve_down, i * mg->T + t, &p->units[i]->reserve_down_kw, t);
        for (size_t i = 0; i < mg->batteries.count; i++) {
            size_t at = i * mg->T + t;
            if (!p->batteries[i]) continue;
            fix_asked(m, m->battery_up, at, &p->batteries[i]->reserve_up_kw, t);
            fix_asked(m, m->battery_down, at, &p->batteries[i]->reserve_down_kw, t);
        }
        for (size_t i = 0; i < mg->converters.count; i++) {
            size_t at = i * mg->T + t;
            if (!p->converters[i]) continue;
            fix_asked(m, m->forward_reserve, at, &p->converters[i]->forward_reserve_kw, t);
            fix_asked(m, m->backward_reserve, at, &p->converters[i]->backward_reserve_kw, t);
        }
    }
}

static void fix_ponds(struct mg_model *m, const struct partial *p)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0; i < mg->ponds.count; i++)
        for (size_t t = 0; p->ponds[i] && t < mg->T; t++) {
            fix(m, m->level[i * mg->T + t], 1, 0, given(&p->ponds[i]->level_kwh, t));
            fix(m, m->spill[i * mg->T + t], 1, 0, given(&p->ponds[i]->spill_kw, t));
        }
}

/* One given value of columns that do not stand in a row; AZ_NO_INDEX among them is none. */
static void fix_sum(struct mg_model *m, const size_t columns[], size_t count, double value)
{
    if (isnan(value)) return;
    double slack = m->build.given_slack * fmax(1, fabs(value));
    mg_row(m, value - slack, value + slack, (struct mg_tag){ MG_RULE_plan_shape, 0, 0 });
    for (size_t k = 0; k < count; k++)
        if (columns[k] != AZ_NO_INDEX) mg_put_column(m, columns[k], 1);
    mg_close(m);
}

/* What comes out of a converter.  sum_k (1 - loss_k) in_k - no_load on = value */
static void fix_output(struct mg_model *m, size_t i, size_t t, bool forward, double value)
{
    const struct mg_converter *converter = &m->mg->converters.items[i];
    size_t at = i * m->mg->T + t, first = forward ? m->forward[at] : m->backward[at];
    size_t on = forward ? m->on_forward[at] : m->on_backward[at];
    struct mg_term term = { on, m->build.decisions->converter[at] ==
                                    (forward ? MG_FORWARD : MG_BACKWARD) };
    if (isnan(value)) return;
    double slack = 0.1 * AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(value));
    mg_row(m, value - slack, value + slack, (struct mg_tag){ MG_RULE_plan_shape, 0, 0 });
    for (size_t k = 0; k < converter->segment_count; k++)
        mg_put_column(m, first + k, 1 - converter->segment_loss[k]);
    mg_put(m, term, -converter->no_load_kw);
    mg_close(m);
}

static void fix_network(struct mg_model *m, const struct partial *p)
{
    const struct mg_instance *mg = m->mg;
    for (size_t t = 0; t < mg->T; t++) {
        for (size_t i = 0; i < mg->renewables.count; i++)
            if (p->renewables[i])
                fix(m, m->used[i * mg->T + t], 1, 0, given(&p->renewables[i]->used_kw, t));
        for (size_t i = 0; i < mg->batteries.count; i++) {
            if (!p->batteries[i]) continue;
            fix(m, m->charge[i * mg->T + t], 1, 0, given(&p->batteries[i]->charge_kw, t));
            fix(m, m->discharge[i * mg->T + t], 1, 0, given(&p->batteries[i]->discharge_kw, t));
            fix_energy(m, i, t, given(&p->batteries[i]->energy_kwh, t));
        }
        for (size_t i = 0; i < mg->converters.count; i++) {
            size_t count = mg->converters.items[i].segment_count;
            if (!p->converters[i]) continue;
            fix(m, m->forward[i * mg->T + t], count, 0, given(&p->converters[i]->forward_in_kw, t));
            fix(m, m->backward[i * mg->T + t], count, 0,
                given(&p->converters[i]->backward_in_kw, t));
            bool open = m->on_forward[i * mg->T + t] != AZ_NO_INDEX ||
                        m->on_backward[i * mg->T + t] != AZ_NO_INDEX;
            if (open && given(&p->converters[i]->on, t) > 0.5)
                fix_sum(m,
                        (size_t[]){ m->on_forward[i * mg->T + t], m->on_backward[i * mg->T + t] },
                        2, 1);
            fix_output(m, i, t, true, given(&p->converters[i]->forward_out_kw, t));
            fix_output(m, i, t, false, given(&p->converters[i]->backward_out_kw, t));
        }
        for (size_t i = 0; i < mg->connections.count; i++) {
            if (!p->connections[i]) continue;
            fix(m, m->import[i * mg->T + t], 1, 0, given(&p->connections[i]->import_kw, t));
            fix(m, m->export[i * mg->T + t], 1, 0, given(&p->connections[i]->export_kw, t));
        }
    }
}

static void fix_loads(struct mg_model *m, const struct partial *p)
{
    const struct mg_instance *mg = m->mg;
    for (size_t t = 0; t < mg->T; t++) {
        for (size_t i = 0; i < mg->loads.count; i++) {
            size_t at = i * mg->T + t;
            if (!p->loads[i]) continue;
            fix_sum(m, (size_t[]){ m->unserved[at], m->critical[at] }, 2,
                    given(&p->loads[i]->unserved_kw, t));
            fix(m, m->interrupted[at], mg->loads.items[i].steps.count, 0,
                given(&p->loads[i]->interrupted_kw, t));
        }
        for (size_t i = 0; i < mg->flexible_loads.count; i++)
            if (p->flexible_loads[i])
                fix(m, m->flexible[i * mg->T + t], 1, 0, given(&p->flexible_loads[i]->power_kw, t));
    }
}

static void fix_market(struct mg_model *m, const struct partial *p)
{
    const struct mg_instance *mg = m->mg;
    for (size_t i = 0, place = 0; i < mg->lines.count; i++)
        for (size_t k = 0; k < mg->lines.items[i].armable.count; k++) {
            const struct mg_arming_plan *from = arming_of(p, mg, i, k);
            for (size_t t = 0; t < mg->T; t++, place++)
                if (from) fix(m, m->tripped[place], 1, 0, given(&from->tripped_kw, t));
        }
    for (size_t i = 0; i < mg->commitments.count; i++) {
        bool capacity = mg->commitments.items[i].terms.tag == MG_TERMS_CAPACITY;
        for (size_t t = 0; capacity && p->commitments[i] && t < mg->T; t++)
            fix(m, m->commitment_short[i * mg->T + t], 1, 0,
                given(&p->commitments[i]->short_kw, t));
    }
}

static void fix_given(struct mg_model *m, const struct partial *p)
{
    fix_units(m, p);
    fix_network(m, p);
    fix_departures(m, p);
    fix_reserves(m, p);
    fix_ponds(m, p);
    fix_market(m, p);
    fix_loads(m, p);
}

/* --- what is returned ---------------------------------------------------------------------------
 */

static void keep(const struct az_series *from, struct az_series *to)
{
    for (size_t t = 0; to->values && t < to->count; t++)
        if (!isnan(given(from, t))) to->values[t] = from->values[t];
}

/* Writes what was given over the plan, to the last digit. */
static void keep_given(const struct mg_instance *mg, const struct partial *p, struct mg_plan *plan)
{
#define KEEP(map_, member_)                        \
    for (size_t i_ = 0; i_ < mg->map_.count; i_++) \
        if (p->map_[i_]) keep(&p->map_[i_]->member_, &plan->map_.items[i_].member_)
    KEEP(units, on);
    KEEP(units, power_kw);
    KEEP(units, reserve_up_kw);
    KEEP(units, reserve_down_kw);
    KEEP(renewables, used_kw);
    KEEP(batteries, charge_kw);
    KEEP(batteries, discharge_kw);
    KEEP(batteries, energy_kwh);
    KEEP(batteries, reserve_up_kw);
    KEEP(batteries, reserve_down_kw);
    KEEP(converters, on);
    KEEP(converters, forward_in_kw);
    KEEP(converters, forward_out_kw);
    KEEP(converters, backward_in_kw);
    KEEP(converters, backward_out_kw);
    KEEP(converters, forward_reserve_kw);
    KEEP(converters, backward_reserve_kw);
    KEEP(ponds, level_kwh);
    KEEP(ponds, spill_kw);
    KEEP(connections, import_kw);
    KEEP(connections, export_kw);
    KEEP(loads, unserved_kw);
    KEEP(loads, interrupted_kw);
    KEEP(flexible_loads, power_kw);
    KEEP(commitments, short_kw);
#undef KEEP
    for (size_t i = 0; i < mg->batteries.count; i++)
        for (size_t k = 0, n = 0; k < mg->batteries.items[i].reservations.count; k++) {
            const struct mg_reservation *one = &mg->batteries.items[i].reservations.items[k];
            double left = given_departure(p->batteries[i], one);
            if (one->departs && !isnan(left)) plan->batteries.items[i].departed_kwh.items[n] = left;
            n += one->departs;
        }
    for (size_t i = 0; i < mg->lines.count; i++)
        for (size_t k = 0; k < mg->lines.items[i].armable.count; k++) {
            const struct mg_arming_plan *from = arming_of(p, mg, i, k);
            struct mg_arming_plan *to = &plan->lines.items[i].arming.items[k];
            if (from) keep(&from->armed, &to->armed);
            if (from) keep(&from->tripped_kw, &to->tripped_kw);
        }
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (p->shiftables[i] && az_time_given(p->shiftables[i]->start)) {
            plan->shiftables.items[i].start = p->shiftables[i]->start;
            if (mg->shiftables.items[i].run_slots0 == 0)
                mg_show_run(mg, i, &plan->shiftables.items[i]);
        }
}

static enum az_status keep_scenarios(const struct mg_instance *mg, const struct partial *p,
                                     struct az_arena *arena, struct mg_plan *plan)
{
    for (size_t k = 0; k < plan->scenarios.count; k++) {
        struct mg_plan *part;
        AZ_TRY(mg_dispatch_plan(plan, mg->scenarios.items[k].id, arena, &part));
        keep_given(&mg->views[k], &p->scenarios[k], part);
    }
    return AZ_OK;
}

/* Witnesses that are given stay as they are. */
static void keep_witnesses(const struct mg_instance *mg, const struct mg_plan *given,
                           struct mg_plan *plan)
{
    for (size_t k = 0; k < given->survivals.count; k++)
        for (size_t v = 0; v < plan->survivals.count; v++) {
            const struct mg_survival_plan *from = &given->survivals.items[k];
            struct mg_survival_plan *to = &plan->survivals.items[v];
            if (strcmp(given->survivals.keys[k].id, mg->survivals.items[v].id) != 0) continue;
            for (size_t a = 0; a < from->witnesses.count; a++)
                for (size_t b = 0; b < to->witnesses.count; b++)
                    if (from->witnesses.items[a].start.utc_s == to->witnesses.items[b].start.utc_s)
                        to->witnesses.items[b] = from->witnesses.items[a];
        }
}

/* --- choosing the rest --------------------------------------------------------------------------
 */

struct completion {
    const struct mg_instance *mg;
    const struct az_engine *engine;
    const struct az_context *context;
    const struct partial *partial;
    struct mg_decisions decisions;
    size_t survive; /* slots, where survival comes first */
    bool gave_up;   /* the last solve ended without a word: out of time */
};

/* A solution whose integers are whole up to a tolerance, with whole ones: what they carry is exact
 * then. Kept as it is where that has none. */
static enum az_status make_whole(const struct az_engine *engine, const struct mg_model *m,
                                 void *session, double x[])
{
    struct az_solve_result result;
    bool any = false;
    for (size_t j = 0; j < m->lp->column_count; j++) {
        if (!m->lp->integer[j]) continue;
        any = any || fabs(x[j] - round(x[j])) > AZ_ZERO;
        AZ_TRY(engine->column_bounds(session, j, round(x[j]), round(x[j])));
    }
    if (!any) return AZ_OK;
    AZ_TRY(engine->solve_lp(session, &result));
    return result.status == AZ_SOLVE_OPTIMAL ? engine->primal(session, x) : AZ_OK;
}

/* One MILP with everything given fixed, to a slack. m is the caller's to free; *x NULL without a
 * solution. */
static enum az_status solve_to(struct completion *c, bool conceding, enum mg_goal goal,
                               double limit, double slack, struct mg_model **m, double *objective,
                               double **x)
{
    struct mg_build build = { .decisions = &c->decisions,
                              .conceding = conceding,
                              .goal = goal,
                              .survive = c->survive,
                              .penalty_limit = limit,
                              .given = true,
                              .given_slack = slack };
    struct az_solve_result result = { .status = AZ_SOLVE_UNKNOWN };
    void *session = NULL;
    *x = NULL;
    AZ_TRY(mg_model_new(c->mg, &build, m));
    fix_given(*m, c->partial);
    for (size_t k = 0; k < (*m)->scenario_count; k++) {
        fix_given((*m)->scenarios[k], &c->partial->scenarios[k]);
        (*m)->conflict = (*m)->conflict || (*m)->scenarios[k]->conflict;
        if ((*m)->scenarios[k]->failed) return (*m)->scenarios[k]->failed;
    }
    AZ_TRY((*m)->failed);
    AZ_TRY(az_model_finish((*m)->lp));
    c->gave_up = false;
    if ((*m)->conflict) return AZ_OK;
    struct az_mip_options options = {
        .gap = GAP, .gap_abs = 1e-6, .cutoff = NAN, .heuristic_effort = 0.5
    };
    enum az_status status = c->engine->open((*m)->lp, c->context, &session);
    if (status == AZ_OK) status = c->engine->solve_mip(session, &options, &result);
    *objective = result.objective;
    c->gave_up = status == AZ_OK && result.status == AZ_SOLVE_UNKNOWN;
    if (status == AZ_OK &&
        (result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_FEASIBLE)) {
        *x = AZ_ARRAY((*m)->arena, (*m)->lp->column_count, double);
        status = *x ? c->engine->primal(session, *x) : AZ_NO_MEMORY;
        if (status == AZ_OK) status = make_whole(c->engine, *m, session, *x);
    }
    if (session) c->engine->close(session);
    return status;
}

/* As what is given says, to the last digit: what the model may leave it by is money that nobody
 * has. Rounded values, which do not fit each other so, within the judge's tolerance. */
static enum az_status solve_once(struct completion *c, bool conceding, enum mg_goal goal,
                                 double limit, struct mg_model **m, double *objective, double **x)
{
    AZ_TRY(solve_to(c, conceding, goal, limit, 0, m, objective, x));
    if (*x || az_must_stop(c->context)) return AZ_OK;
    mg_model_free(*m);
    *m = NULL;
    return solve_to(c, conceding, goal, limit, 0.1 * AZ_FEASIBILITY_TOLERANCE, m, objective, x);
}

/* The longest survival by bisection, with the least sum of cost and breach. */
static enum az_status solve_survival(struct completion *c, struct mg_model **m, double **x)
{
    double objective = 0;
    size_t lived = 0, most = c->mg->T;
    for (c->survive = most;;) {
        mg_model_free(*m);
        *m = NULL;
        AZ_TRY(solve_once(c, true, MG_GOAL_SUM, INFINITY, m, &objective, x));
        if (*x) lived = c->survive;
        if ((*x && lived == most) || (!*x && c->survive == 0) || az_must_stop(c->context))
            return AZ_OK;
        if (!*x) most = c->survive - 1;
        c->survive = lived + (most - lived + 1) / 2;
    }
}

/* Without a breach of priced rules when possible, else with the least. */
static enum az_status solve_levels(struct completion *c, struct mg_model **m, double **x)
{
    double objective = 0;
    if (mg_is_weighed(c->mg)) return solve_survival(c, m, x);
    AZ_TRY(solve_once(c, false, MG_GOAL_COST, INFINITY, m, &objective, x));
    if (*x || c->mg->mode != MG_SERVICE || az_must_stop(c->context)) return AZ_OK;
    mg_model_free(*m);
    *m = NULL;
    AZ_TRY(solve_once(c, true, MG_GOAL_PENALTY, INFINITY, m, &objective, x));
    if (!*x || az_must_stop(c->context)) return AZ_OK;
    mg_model_free(*m);
    *m = NULL;
    double limit = objective * (1 + GAP) + 1e-6 * fmax(c->mg->scale, objective);
    return solve_once(c, true, MG_GOAL_COST, limit, m, &objective, x);
}

enum az_status mg_complete(const void *instance, const void *partial_plan,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan)
{
    struct partial partial;
    struct completion c = {
        .mg = instance, .engine = engine, .context = context, .partial = &partial
    };
    struct mg_plan *full = NULL;
    struct mg_model *m = NULL;
    double *x = NULL;
    enum az_status status = AZ_OK;
    *plan = NULL;
    AZ_TRY(find_entries(c.mg, partial_plan, arena, &partial));
    AZ_TRY(find_scenarios(c.mg, partial_plan, arena, &partial));
    AZ_TRY(mg_decisions_new(c.mg, arena, &c.decisions));
    take_decisions(c.mg, &partial, &c.decisions);
    take_armed(c.mg, &partial, &c.decisions);
    AZ_TRY(mg_watch_new(c.mg, engine, context, &c.decisions.watch));
    int rounds = EXCLUSION_ROUNDS + (c.decisions.watch ? LEARNING_ROUNDS : 0);
    for (int round = 0; round < rounds; round++) {
        size_t learned = 0;
        mg_model_free(m);
        m = NULL;
        AZ_GOTO(solve_levels(&c, &m, &x));
        if (!x || az_must_stop(context)) break;
        if (mg_find_broken(m, x, false, &c.decisions) > 0) continue;
        if (!c.decisions.watch) break;
        AZ_GOTO(mg_plan_of(m, x, arena, &full));
        AZ_GOTO(mg_watch_plan(c.decisions.watch, m, x, full, true, arena, &learned));
        if (learned == 0) break;
    }
    if (!x && (c.gave_up || az_must_stop(context))) {
        status = AZ_DEADLINE;
        goto done;
    }
    if (x && (!full || full->survivals.count < c.mg->survivals.count))
        AZ_GOTO(mg_plan_of(m, x, arena, &full));
    if (!x) AZ_GOTO(mg_plan_new(c.mg, arena, &full));
    keep_given(c.mg, &partial, full);
    AZ_GOTO(keep_scenarios(c.mg, &partial, arena, full));
    keep_witnesses(c.mg, partial_plan, full);
    if (x) AZ_GOTO(mg_summarise(c.mg, arena, full));
    if (x) AZ_GOTO(mg_put_results(c.mg, NULL, arena, full));
    *plan = full;
    if (!x) status = AZ_INFEASIBLE;
done:
    mg_watch_free(c.decisions.watch);
    mg_model_free(m);
    return status;
}
