/* columns_plan.c - plans from solutions of the master over unit schedules.
 *
 * A solution says which units are on; the dispatch is the compact model's with these commitments
 * fixed, and at least as cheap. Where commitments are fractional, roundings of them are repaired,
 * and smaller MILPs around them improve the incumbent. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"

#define DIVES 300        /* units: with more of them a dive takes too long */
#define LEAST_SHARE 1e-3 /* of a course in a solution: less is left out of models */

/* --- commitments of a solution ------------------------------------------------------------------
 */

/* Are all columns of the class taken whole times? */
static bool is_whole(const struct az_master_solution *solution, size_t c)
{
    for (size_t k = 0; k < solution->count; k++) {
        double value = solution->values[k];
        if (solution->columns[k]->block == c && fabs(value - round(value)) > 1e-4) return false;
    }
    return true;
}

/* Each unit of the class takes a schedule. */
static void take_schedules(const struct mg_master *master, size_t c,
                           const struct az_master_solution *solution,
                           struct mg_decisions *decisions)
{
    const struct mg_class *class_of = &master->classes[c];
    size_t T = master->mg->T, next = 0;
    for (size_t k = 0; k < solution->count; k++) {
        if (solution->columns[k]->block != c) continue;
        const struct mg_schedule *schedule = solution->columns[k]->data;
        for (long n = lround(solution->values[k]); n > 0 && next < class_of->count; n--)
            memcpy(decisions->unit + class_of->unit[next++] * T, schedule->on, T);
    }
}

/* The unit of the class, on or off as asked before slot t, that has been so for longest; those that
 * have changed in slot t are left alone. AZ_NO_INDEX: none. */
static size_t oldest(const struct mg_class *class_of, const struct mg_decisions *decisions,
                     const size_t changed[], size_t T, size_t t, bool on)
{
    size_t best = AZ_NO_INDEX;
    for (size_t k = 0; k < class_of->count; k++) {
        if ((decisions->unit[class_of->unit[k] * T + t] != 0) != on || changed[k] == t + 1)
            continue;
        if (best == AZ_NO_INDEX || changed[k] < changed[best]) best = k;
    }
    return best;
}

/* Counts of units on and of starts as schedules: first on, first off. Where any schedules have
 * these counts and only minimum times bind, these do. changed: room [count of the class]. */
static void take_counts(const struct mg_master *master, size_t c, size_t changed[],
                        struct mg_decisions *decisions)
{
    const struct mg_instance *mg = master->mg;
    const struct mg_class *class_of = &master->classes[c];
    size_t T = mg->T, each = master->class_count * T;
    double before = mg->units.items[class_of->unit[0]].on0 ? (double)class_of->count : 0;
    for (size_t k = 0; k < class_of->count; k++) changed[k] = 0;
    for (size_t t = 0; t < T; t++) {
        double on = round(master->value[c * T + t]);
        double starts = fmax(round(master->value[each + c * T + t]), on - before);
        double stops = before + starts - on;
        for (size_t k = 0; k < class_of->count; k++) {
            const struct mg_unit *unit = &mg->units.items[class_of->unit[k]];
            signed char *row = decisions->unit + class_of->unit[k] * T;
            row[t] = (signed char)(t > 0 ? row[t - 1] : unit->on0 != 0);
        }
        for (int pass = 0; pass < 2; pass++)
            for (long n = lround(pass == 0 ? stops : starts); n > 0; n--) {
                size_t k = oldest(class_of, decisions, changed, T, t, pass == 0);
                if (k == AZ_NO_INDEX) break;
                decisions->unit[class_of->unit[k] * T + t] = (signed char)pass;
                changed[k] = t + 1;
            }
        before = on;
    }
}

static enum az_status take_commitments(const struct mg_master *master,
                                       const struct az_master_solution *solution,
                                       struct az_arena *scratch, struct mg_decisions *decisions)
{
    size_t *changed = AZ_ARRAY(scratch, master->mg->units.count, size_t);
    if (!changed) return AZ_NO_MEMORY;
    mg_count_units(master, solution);
    for (size_t c = 0; c < master->class_count; c++) {
        if (is_whole(solution, c))
            take_schedules(master, c, solution, decisions);
        else
            take_counts(master, c, changed, decisions);
    }
    return AZ_OK;
}

/* Models may take the courses of packs that the master has found. */
static enum az_status learn_courses(const struct mg_master *master,
                                    const struct az_master_solution *solution)
{
    if (master->pack_count == 0) return AZ_OK;
    master->mg->packs->moment++;
    for (size_t k = 0; k < solution->count; k++) {
        size_t c = solution->columns[k]->block;
        if (c >= master->class_count && solution->values[k] > LEAST_SHARE)
            AZ_TRY(mg_add_course(master->mg, c - master->class_count, solution->columns[k]->data));
    }
    return AZ_OK;
}

/* --- plans --------------------------------------------------------------------------------------
 */

/* Dispatches and offers. objective: lowered to the plan's cost when it keeps every rule. */
static enum az_status offer(struct mg_search *s, const struct mg_decisions *decisions,
                            double *objective)
{
    struct mg_outcome outcome;
    AZ_TRY(mg_dispatch(s->mg, decisions, s->run->engine, s->run->context, s->arena, &outcome));
    if (!outcome.found) return AZ_OK;
    const struct mg_summary *summary = outcome.plan->summary;
    if (summary->penalty_jpy <= mg_penalty_slack(s, 0))
        *objective = fmin(*objective, summary->cost_jpy);
    return mg_keep(s, &outcome);
}

enum az_status mg_columns_found(void *data, const struct az_master_solution *solution,
                                double *objective)
{
    struct mg_master *master = data;
    struct mg_search *s = master->search;
    struct mg_decisions decisions;
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = scratch ? mg_decisions_new(s->mg, scratch, &decisions) : AZ_NO_MEMORY;
    *objective = INFINITY;
    if (status == AZ_OK) status = learn_courses(master, solution);
    if (status == AZ_OK) {
        mg_decisions_copy(s->mg, &s->open, &decisions);
        status = take_commitments(master, solution, scratch, &decisions);
    }
    if (status == AZ_OK) status = offer(s, &decisions, objective);
    az_arena_free(scratch);
    return status;
}

/* The share in which each unit is on: of a class the first ones are on before the next ones. */
static void share_of_units(const struct mg_master *master, double on[])
{
    size_t T = master->mg->T;
    for (size_t c = 0; c < master->class_count; c++)
        for (size_t k = 0; k < master->classes[c].count; k++)
            for (size_t t = 0; t < T; t++)
                on[master->classes[c].unit[k] * T + t] =
                    fmin(fmax(master->value[c * T + t] - (double)k, 0), 1);
}

/* Units on where their share is above a threshold, mended; repaired where that has no clean plan.
 */
static enum az_status try_rounding(struct mg_search *s, const double on[], double threshold,
                                   struct az_arena *scratch, double *objective)
{
    const struct mg_instance *mg = s->mg;
    struct mg_decisions decisions;
    AZ_TRY(mg_decisions_new(mg, scratch, &decisions));
    mg_decisions_copy(mg, &s->open, &decisions);
    for (size_t at = 0; at < mg->units.count * mg->T; at++) decisions.unit[at] = on[at] > threshold;
    for (size_t i = 0; i < mg->units.count; i++)
        mg_mend_schedule(mg, i, decisions.unit + i * mg->T);
    double reached = INFINITY;
    AZ_TRY(offer(s, &decisions, &reached));
    *objective = fmin(*objective, reached);
    if (isfinite(reached) || az_run_must_stop(s->run)) return AZ_OK;
    AZ_TRY(mg_repair(mg, s->run->engine, s->run->context, scratch, &decisions));
    return offer(s, &decisions, objective);
}

size_t mg_decide_within(const struct mg_master *master, const struct mg_rises *rises,
                        double distance, signed char unit[])
{
    size_t T = master->mg->T, open = 0;
    for (size_t c = 0; c < master->class_count; c++)
        for (size_t k = 0; k < master->classes[c].count; k++)
            for (size_t t = 0; t < T; t++) {
                bool never = rises->on[c * T + t] > distance;
                bool always = rises->off[c * T + t] > distance;
                open += !never && !always;
                unit[master->classes[c].unit[k] * T + t] = never ? 0 : always ? 1 : -1;
            }
    return open;
}

/* The smaller MILP in which every unit does what plans within the distance of the bound must do, as
 * far as the prices know. */
static enum az_status try_within(const struct mg_master *master, const struct mg_rises *rises,
                                 double distance, struct az_arena *scratch)
{
    struct mg_search *s = master->search;
    size_t all = master->mg->units.count * master->mg->T;
    signed char *unit = AZ_ARRAY(scratch, all, signed char);
    if (!unit) return AZ_NO_MEMORY;
    size_t open = mg_decide_within(master, rises, distance, unit);
    az_log(s->run->context, AZ_LOG_INFO, "columns: within %.2f of %.2f %zu of %zu slots are open",
           distance, rises->bound, open, all);
    return mg_improve_within(s, unit);
}

/* Wider and wider around the bound. */
static enum az_status try_around_bound(const struct mg_master *master, const double pi[],
                                       struct az_arena *scratch)
{
    static const double shares[] = { 0.00005, 0.0001, 0.0002, 0.0004 }; /* of the bound */
    struct mg_search *s = master->search;
    struct mg_rises rises;
    AZ_TRY(mg_master_rises(master, pi, scratch, &rises));
    for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++) {
        double distance = shares[k] * fmax(fabs(rises.bound), s->mg->scale);
        if (!isfinite(distance) || az_run_must_stop(s->run)) break;
        AZ_TRY(try_within(master, &rises, distance, scratch));
        bool clean = s->has_best && s->best_penalty <= mg_penalty_slack(s, 0);
        if (clean && s->best_cost - rises.bound <= distance) break; /* no better plan is further */
    }
    return AZ_OK;
}

/* Where dives are quick: one, and the neighbourhoods of what it finds. With many units first the
 * smaller MILPs around the bound, in which the fewest of them are open. */
static enum az_status improve(const struct mg_master *master,
                              const struct az_master_solution *solution, const double on[],
                              bool first, struct az_arena *scratch)
{
    struct mg_search *s = master->search;
    bool dives = s->mg->units.count <= DIVES;
    if (dives && solution->pi && !az_run_must_stop(s->run)) AZ_TRY(mg_dive(master, solution));
    if (!az_run_must_stop(s->run)) AZ_TRY(mg_improve_near(s, on, first && dives));
    if (!first || dives || !solution->pi || az_run_must_stop(s->run)) return AZ_OK;
    AZ_TRY(try_around_bound(master, solution->pi, scratch));
    return az_run_must_stop(s->run) ? AZ_OK : mg_improve_near(s, on, true);
}

enum az_status mg_columns_improve(void *data, const struct az_master_solution *solution,
                                  struct az_block_columns *out, double *objective)
{
    static const double thresholds[] = { 0.02, 0.2, 0.5 };
    struct mg_master *master = data;
    struct mg_search *s = master->search;
    struct az_arena *scratch = az_arena_new(NULL);
    double *on = scratch ? AZ_ARRAY(scratch, s->mg->units.count * s->mg->T, double) : NULL;
    enum az_status status = on ? AZ_OK : AZ_NO_MEMORY;
    const struct mg_plan *before = s->best_plan;
    bool first = !master->improved;
    size_t roundings = first ? sizeof thresholds / sizeof thresholds[0] : 1;
    if (status != AZ_OK) goto done;
    if (isfinite(solution->bound)) mg_bound_cost(s, solution->bound, 0);
    AZ_GOTO(learn_courses(master, solution));
    mg_count_units(master, solution);
    share_of_units(master, on);
    for (size_t k = 0; k < roundings && !az_run_must_stop(s->run); k++)
        AZ_GOTO(try_rounding(s, on, thresholds[k], scratch, objective));
    master->improved = true;
    AZ_GOTO(improve(master, solution, on, first, scratch));
    if (!s->has_best || s->best_penalty > mg_penalty_slack(s, 0)) goto done;
    *objective = fmin(*objective, s->best_cost);
    if (s->best_plan != before) AZ_GOTO(mg_plan_columns(master, s->best_plan, out));
done:
    az_arena_free(scratch);
    return status;
}

/* --- columns of a plan --------------------------------------------------------------------------
 */

static const double *values_or(const struct az_series *series, const double zeros[])
{
    return series->values ? series->values : zeros;
}

enum az_status mg_plan_columns(const struct mg_master *master, const struct mg_plan *plan,
                               struct az_block_columns *out)
{
    const struct mg_instance *mg = master->mg;
    size_t T = mg->T;
    double *zeros = AZ_ARRAY(out->arena, T, double);
    if (!zeros) return AZ_NO_MEMORY;
    for (size_t c = 0; c < master->class_count; c++)
        for (size_t k = 0; k < master->classes[c].count; k++) {
            size_t i = master->classes[c].unit[k];
            const struct mg_unit_plan *unit = &plan->units.items[i];
            struct mg_schedule *schedule = AZ_NEW(out->arena, struct mg_schedule);
            struct az_block_column column;
            signed char *on = AZ_ARRAY(out->arena, T, signed char);
            double *power = AZ_ARRAY(out->arena, 3 * T, double);
            if (!schedule || !on || !power) return AZ_NO_MEMORY;
            for (size_t t = 0; t < T; t++) {
                on[t] = unit->on.values[t] > 0.5;
                power[t] = on[t] ? unit->power_kw.values[t] : 0;
                power[T + t] = on[t] ? values_or(&unit->reserve_up_kw, zeros)[t] : 0;
                power[2 * T + t] = on[t] ? values_or(&unit->reserve_down_kw, zeros)[t] : 0;
            }
            *schedule = (struct mg_schedule){
                .on = on, .power = power, .reserve = power + T, .reserve_down = power + 2 * T
            };
            schedule->cost = mg_schedule_cost(mg, &mg->units.items[i], schedule);
            AZ_TRY(mg_master_column(master, c, schedule, out->arena, &column));
            AZ_TRY(az_block_columns_add(out, &column));
        }
    for (size_t k = 0; k < master->pack_count; k++) {
        struct mg_course *course;
        struct az_block_column column;
        AZ_TRY(mg_course_of_plan(mg, k, plan, out->arena, &course));
        AZ_TRY(mg_course_column(master, k, course, out->arena, &column));
        AZ_TRY(az_block_columns_add(out, &column));
    }
    return AZ_OK;
}
