/* solve.c - first a plan, then columns, then the proof.
 *
 * A week with `objective: lexicographic` is solved level by level: the least price of what is left
 * out, then of changes, then the cost, each over a master of its own in which the levels before are
 * rows. A level that a plan meets at 0 needs no master. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/explain.h"
#include "formulations/clinic/improve.h"
#include "formulations/clinic/model.h"
#include "formulations/clinic/search.h"
#include "solver/tolerances.h"

#define STEP_TOLERANCE 1e-6   /* of a step: what a bound may lack of it */
#define LARGEST_STEP 1e12     /* JPY: prices beyond are no whole numbers any more in sums */
#define COLUMNS 20            /* of a block in a round, */
#define COLUMNS_OF_MANY 6     /* and where there are */
#define MANY_CREWS 20         /* blocks */
#define START_HEAT 0.2        /* of the search from an earlier plan: most of it stays as it is */
#define KEPT_FOR_REASONS 0.15 /* of the time that is left */
#define AGAIN 0.125           /* of the steps of the first search: those of one beside columns, */
#define AGAIN_HEAT 0.3        /* its heat */
#define AGAIN_SHARE 0.2       /* and its share of the time that is left */

/* --- weeks of solutions ---------------------------------------------------------------------- */

static enum az_status week_of(const struct cl_master *master,
                              const struct az_master_solution *solution, struct az_arena *arena,
                              struct cl_week *week, bool *whole)
{
    const struct cl_ways *ways = &master->ground->ways;
    *week = (struct cl_week){ 0 };
    *whole = true;
    size_t count = 0;
    for (size_t k = 0; k < solution->count; k++) count += (size_t)lround(solution->values[k]);
    week->tours.items = az_arena_array(arena, count, sizeof *week->tours.items);
    week->online.items = az_arena_array(arena, master->online_count, sizeof *week->online.items);
    if (!week->tours.items || !week->online.items) return AZ_NO_MEMORY;
    for (size_t k = 0; k < solution->count; k++) {
        double value = solution->values[k];
        if (fabs(value - round(value)) > AZ_INTEGER_TOLERANCE) *whole = false;
        for (long n = lround(value); n > 0; n--)
            week->tours.items[week->tours.count++] =
                *(const struct cl_tour *)solution->columns[k]->data;
    }
    for (size_t o = 0; o < master->online_count; o++) {
        if (solution->x[master->online_column + o] < 0.5) continue;
        size_t way = master->online_way[o];
        week->online.items[week->online.count++] =
            (struct cl_online_visit){ .way = way, .start_s = ways->items[way].from_s };
    }
    return AZ_OK;
}

/* An integral solution: a plan, unless rounds go somewhere twice. */
static enum az_status found(void *data, const struct az_master_solution *solution,
                            double *objective)
{
    struct cl_master *master = data;
    struct cl_search *search = master->owner;
    struct cl_week week;
    bool whole, judged;
    *objective = INFINITY;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    enum az_status status = week_of(master, solution, scratch, &week, &whole);
    if (status == AZ_OK && whole) {
        status = cl_offer(search, &week, &judged);
        if (judged)
            *objective = master->measure == CL_MEASURE_UNSERVED ? search->offered.rank[0]
                         : master->measure == CL_MEASURE_CHANGES
                             ? search->offered.rank[1]
                             : search->offered.cost + search->offered.penalty;
        if (status == AZ_OK && judged && search->improver)
            status = cl_improver_take(search->improver, &week);
    }
    az_arena_free(scratch);
    return status;
}

/* The search goes on from the best week; what it finds is an incumbent, its rounds are columns. */
static enum az_status improve(void *data, const struct az_master_solution *solution,
                              struct az_block_columns *out, double *objective)
{
    struct cl_master *master = data;
    struct cl_search *search = master->owner;
    size_t pooled = search->pool.count;
    (void)solution;
    if (!search->improver || master->measure != CL_MEASURE_SUM) return AZ_OK;
    size_t steps = (size_t)(AGAIN * (double)cl_improver_steps(search->improver));
    AZ_TRY(cl_improver_run(search->improver, steps, AGAIN_HEAT, AGAIN_SHARE));
    for (size_t k = pooled; k < search->pool.count; k++) {
        struct az_block_column column;
        AZ_TRY(cl_master_column(master, search->pool.items[k], out->arena, &column));
        AZ_TRY(az_block_columns_add(out, &column));
    }
    if (search->pool.count > pooled) *objective = search->best.cost + search->best.penalty;
    return AZ_OK;
}

/* --- masters --------------------------------------------------------------------------------- */

static enum az_status solve_master(struct cl_search *search, int measure, double unserved_max,
                                   double changes_max, double step, struct az_run *run,
                                   struct az_colgen_result *result)
{
    struct cl_master *master;
    bool many = search->ground.teams.count >= MANY_CREWS;
    struct az_colgen_options options = { .cutoff = NAN,
                                         .columns_per_block = many ? COLUMNS_OF_MANY : COLUMNS,
                                         .node_limit = search->node_limit };
    struct az_block_columns columns = { .arena = search->arena };
    AZ_TRY(cl_master_new(&search->ground, measure, unserved_max, changes_max, search->context,
                         search->arena, &master));
    master->owner = search;
    master->problem.found = found;
    master->problem.improve = improve;
    for (size_t k = 0; k < search->pool.count; k++) {
        struct az_block_column column;
        AZ_TRY(cl_master_column(master, search->pool.items[k], search->arena, &column));
        AZ_TRY(az_block_columns_add(&columns, &column));
    }
    options.columns = columns.items;
    options.column_count = columns.count;
    if (search->has_best && measure == CL_MEASURE_SUM)
        options.cutoff = options.artificial_cost = search->best.cost + search->best.penalty;
    if (search->has_best && step > 0) {
        options.cutoff = search->best.rank[measure == CL_MEASURE_UNSERVED ? 0 : 1];
        options.gap_abs = step * (1 - STEP_TOLERANCE);
    }
    AZ_TRY(az_colgen_solve(&master->problem, &options, search->engine, search->context, run,
                           search->arena, result));
    az_log(search->context, AZ_LOG_INFO,
           "columns: %zu, rounds %lld, nodes %lld, root %.2f, pricing %.2f s, master %.2f s",
           result->columns_made, (long long)result->rounds, (long long)result->nodes,
           result->root_bound, result->pricing_s, result->master_s);
    if (measure != CL_MEASURE_SUM) return AZ_OK;
    for (size_t k = 0; k < result->column_count; k++) /* for what is asked of the week later */
        AZ_TRY(cl_pool_add(search, result->columns[k].data));
    return AZ_OK;
}

/* The greatest amount of which a price is a multiple, as *step is; 0: none that is whole. */
static void in_steps_of(double price, double *step)
{
    if (!isfinite(price) || price <= 0) return; /* a site that must be served adds nothing */
    if (price != floor(price) || price > LARGEST_STEP) *step = 0;
    if (isinf(*step)) *step = price;
    for (double rest = price; *step > 0 && rest > 0;) {
        double next = fmod(*step, rest);
        *step = rest;
        rest = next;
    }
}

/* What the value of a level is a multiple of: a bound less than that below a plan proves it. */
static double step_of(const struct cl_instance *cl, int measure)
{
    double step = INFINITY;
    if (measure == CL_MEASURE_UNSERVED)
        for (size_t i = 0; i < cl->sites.count; i++)
            in_steps_of(cl->sites.items[i].left_out_jpy, &step);
    else
        for (size_t a = 0; a < cl->appointment_count; a++)
            in_steps_of(cl_promise_jpy(cl, a), &step);
    return isfinite(step) ? step : 0;
}

/* The least multiple of the step that a proven bound leaves. */
static double up_to_step(double bound, double step)
{
    return step > 0 ? step * ceil(bound / step - STEP_TOLERANCE) : bound;
}

/* Of a level before the cost: the least that any plan has, as far as it is proven. */
static enum az_status least_level(struct cl_search *search, int measure, double unserved_max,
                                  double *least)
{
    double step = step_of(search->cl, measure);
    struct az_colgen_result result;
    size_t rank = measure == CL_MEASURE_UNSERVED ? 0 : 1;
    if (search->has_best && search->best.rank[rank] <= 0) return AZ_OK;
    az_run_progress(search->run, rank == 0 ? "visits left out" : "changes", true);
    AZ_TRY(solve_master(search, measure, unserved_max, INFINITY, step, NULL, &result));
    /* the last master says whether there is any plan */
    if (result.status == AZ_SOLVE_INFEASIBLE) return AZ_OK;
    if (isfinite(result.bound)) *least = fmax(*least, up_to_step(result.bound, step));
    for (size_t k = 0; k < result.solution_count; k++)
        AZ_TRY(cl_pool_add(search, result.solution_columns[k]->data));
    cl_tell_levels(search);
    return AZ_OK;
}

enum az_status cl_solve_columns(struct cl_search *search)
{
    double unserved_max = INFINITY, changes_max = INFINITY;
    struct az_colgen_result result;
    if (search->cl->mode == CL_EXACT) changes_max = 0; /* every promise is kept */
    if (search->cl->objective == CL_LEXICOGRAPHIC) {
        AZ_TRY(least_level(search, CL_MEASURE_UNSERVED, INFINITY, &search->unserved_min));
        if (az_run_must_stop(search->run)) return AZ_OK;
        if (search->has_best) unserved_max = search->best.rank[0];
        AZ_TRY(least_level(search, CL_MEASURE_CHANGES, unserved_max, &search->changes_min));
        if (az_run_must_stop(search->run)) return AZ_OK;
        if (search->has_best) unserved_max = search->best.rank[0];
        if (search->has_best) changes_max = search->best.rank[1];
    }
    az_run_progress(search->run, "columns", true);
    AZ_TRY(
        solve_master(search, CL_MEASURE_SUM, unserved_max, changes_max, 0, search->run, &result));
    if (result.status == AZ_SOLVE_INFEASIBLE && !search->has_best) az_run_infeasible(search->run);
    return AZ_OK;
}

/* An earlier plan as it stands, and as a week for the search; its tours are columns. */
static enum az_status begin_from(struct cl_search *search, const struct cl_plan *plan,
                                 struct cl_week *week)
{
    bool judged;
    AZ_TRY(az_run_offer(search->run, plan));
    AZ_TRY(cl_week_of_plan(&search->ground, plan, search->arena, week));
    for (size_t k = 0; k < week->tours.count; k++)
        AZ_TRY(cl_pool_add(search, &week->tours.items[k]));
    return cl_offer(search, week, &judged);
}

/* Better plans by search, then columns until the best one is proven. */
static enum az_status go_on(struct cl_search *search, struct cl_improver *improver, double heat)
{
    struct az_run *run = search->run;
    if (improver)
        AZ_TRY(cl_improver_run(improver, cl_improver_steps(improver), heat,
                               cl_improver_share(improver)));
    if (az_run_must_stop(run)) return AZ_OK;
    search->improver = improver;
    enum az_status status = cl_solve_columns(search);
    search->improver = NULL;
    AZ_TRY(status);
    if (improver && search->has_best) AZ_TRY(cl_improver_balance(improver));
    cl_tell_levels(search);
    if (!az_run_must_stop(run)) az_run_limit(run);
    return AZ_OK;
}

/* Where everything has a price there is a plan before any search: nobody goes out. In the largest
 * weeks a first round takes longer than a short deadline leaves. */
static enum az_status offer_nothing(struct cl_search *search)
{
    const struct cl_instance *cl = search->cl;
    struct cl_week week = { .tours = { .count = 0 } };
    bool judged;
    if (cl->mode == CL_EXACT) return AZ_OK;
    for (size_t i = 0; i < cl->sites.count; i++)
        if (!isfinite(cl->sites.items[i].left_out_jpy)) return AZ_OK;
    return cl_offer(search, &week, &judged);
}

/* A plan, and its proof. Where the first plan leaves something out, some time is kept for the
 * reasons. */
static enum az_status prove(struct cl_search *search, const void *start)
{
    struct az_run *run = search->run;
    const struct az_context *all = search->context;
    struct az_context most = *all;
    struct cl_improver *improver = NULL;
    struct cl_week week = { 0 };
    if (start) AZ_TRY(begin_from(search, start, &week));
    if (az_run_must_stop(run)) return AZ_OK;
    if (!search->has_best) AZ_TRY(offer_nothing(search));
    az_run_progress(run, "first plan", true);
    enum az_status status = cl_improver_new(search, start ? &week : NULL, &improver);
    const struct cl_plan *plan = run->plan;
    if (isfinite(all->deadline) && plan && plan->unserved.count > 0)
        most.deadline -= KEPT_FOR_REASONS * fmax(0, az_time_left(all));
    search->context = run->context = &most;
    if (status == AZ_OK) status = go_on(search, improver, start ? START_HEAT : 1);
    search->context = run->context = all;
    cl_improver_free(improver);
    return status;
}

enum az_status cl_solve_search(struct cl_search *search, const void *start)
{
    search->run->method = "columns"; /* whatever of it the deadline allows */
    AZ_TRY(cl_ground_of(search->cl, search->arena, &search->ground));
    cl_tell_levels(search);
    AZ_TRY(prove(search, start));
    return cl_reasons(search);
}

enum az_status cl_solve(const void *instance, const struct az_solve_options *options,
                        struct az_run *run, struct az_arena *arena)
{
    struct cl_search search = {
        .cl = instance, .engine = run->engine, .context = run->context, .run = run, .arena = arena
    };
    const void *start = options ? options->start : NULL;
    if (!options || !options->method || strcmp(options->method, "compact") != 0)
        return cl_solve_search(&search, start);
    if (start) AZ_TRY(az_run_offer(run, start));
    return cl_solve_compact(instance, run, arena);
}
