/* columns_solve.c - the solve by unit schedules: first prices, the root, plans, the tree.
 *
 * It speaks of the clean problem, in which no priced rule is conceded: its bound counts for plans
 * without a breach, and what it proves infeasible is only that. Exclusions are left out of the
 * master as out of the compact model; a plan that has to settle them may cost more than its node,
 * which then keeps its bound. */
#include <math.h>

#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"

#define MENDS 1e-3       /* a free dispatch is cheaper than the columns' by about this share */
#define ASCENT 200       /* blocks: from here on first prices come without an LP */
#define DIVES 20         /* blocks: with more of them a dive takes too long */
#define FIRST_ROUNDS 100 /* of pricing, before a first plan */

/* The courses of packs that are known. */
static enum az_status add_courses(const struct mg_master *master, struct az_block_columns *columns)
{
    for (size_t k = 0; k < master->pack_count; k++) {
        const struct mg_pack *pack = &master->mg->packs->items[k];
        for (size_t c = 0; c < pack->course_count; c++) {
            struct az_block_column column;
            AZ_TRY(mg_course_column(master, k, pack->courses[c], columns->arena, &column));
            AZ_TRY(az_block_columns_add(columns, &column));
        }
    }
    return AZ_OK;
}

static enum az_status set_options(struct mg_search *s, const struct mg_master *master,
                                  struct az_block_columns *columns,
                                  struct az_colgen_options *options)
{
    bool clean = s->has_best && s->best_penalty <= mg_penalty_slack(s, 0);
    double *pi;
    AZ_TRY(mg_first_prices(master, s->run->engine, s->run->context, &pi));
    if (pi && master->class_count > ASCENT)
        AZ_TRY(mg_better_prices(master, s->run->context, clean ? s->best_cost : INFINITY, pi));
    options->pi = pi;
    options->cutoff = NAN;
    if (master->class_count > DIVES || master->pack_count > 0) options->dive_backtracks = -1;
    AZ_TRY(add_courses(master, columns));
    options->columns = columns->items;
    options->column_count = columns->count;
    options->restricted_nodes = -1; /* dispatch is fixed in columns: a MILP over them is poor */
    options->gap_abs = mg_target(s, clean ? s->best_cost : 0);
    if (!clean) return AZ_OK;
    AZ_TRY(mg_plan_columns(master, s->best_plan, columns));
    options->columns = columns->items;
    options->column_count = columns->count;
    options->cutoff = s->best_cost;
    return AZ_OK;
}

/* For the proof that goes on without columns: no plan that is cheaper than the incumbent does
 * otherwise than the root's prices say. The incumbent itself does as they say. */
static enum az_status decide_for_proof(struct mg_search *s, const struct mg_master *master,
                                       const double pi[])
{
    struct mg_rises rises;
    struct az_arena *scratch;
    if (!pi || !s->has_best || s->best_penalty > mg_penalty_slack(s, 0)) return AZ_OK;
    if (az_run_must_stop(s->run)) return AZ_OK;
    scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    enum az_status status = mg_master_rises(master, pi, scratch, &rises);
    double distance = s->best_cost - rises.bound;
    distance += AZ_BOUND_TOLERANCE * fmax(fabs(s->best_cost), s->mg->scale);
    if (status == AZ_OK && isfinite(distance))
        (void)mg_decide_within(master, &rises, distance, s->open.unit);
    az_arena_free(scratch);
    return status;
}

/* Without a plan to prove, the last rounds of the root are of little use: it stops for plans first.
 * The bound of the clean problem is the whole's only where nothing else is allowed. */
static enum az_status solve_master(struct mg_search *s, const struct mg_master *master,
                                   struct az_colgen_options *options,
                                   struct az_colgen_result *result)
{
    struct az_run *run = s->priced ? NULL : s->run;
    bool plain = isfinite(options->cutoff) || options->round_limit > 0;
    double bound = -INFINITY;
    if (!plain) {
        options->round_limit = FIRST_ROUNDS;
        AZ_TRY(az_colgen_solve(&master->problem, options, s->run->engine, s->run->context, run,
                               s->arena, result));
        if (result->root_converged || result->status == AZ_SOLVE_INFEASIBLE) return AZ_OK;
        if (az_run_must_stop(s->run) || !result->pi) return AZ_OK;
        if (isfinite(result->bound)) mg_bound_cost(s, result->bound, 0);
        bound = result->bound;
        options->round_limit = 0;
        options->pi = result->pi;
        options->columns = result->columns;
        options->column_count = result->column_count;
        if (s->has_best && s->best_penalty <= mg_penalty_slack(s, 0))
            options->cutoff = s->best_cost;
    }
    AZ_TRY(az_colgen_solve(&master->problem, options, s->run->engine, s->run->context, run,
                           s->arena, result));
    if (result->status != AZ_SOLVE_INFEASIBLE) result->bound = fmax(result->bound, bound);
    return AZ_OK;
}

enum az_status mg_solve_columns(struct mg_search *s, const struct az_colgen_options *given,
                                struct az_colgen_result *result)
{
    struct mg_master master;
    struct az_colgen_options options = { .cutoff = NAN };
    struct az_block_columns columns = { .arena = s->arena };
    *result = (struct az_colgen_result){ .status = AZ_SOLVE_UNKNOWN, .bound = -INFINITY };
    az_run_progress(s->run, "columns", true);
    enum az_status status = mg_master_new(s->mg, &s->open, false, s->arena, &master);
    if (status == AZ_INFEASIBLE) {
        result->status = AZ_SOLVE_INFEASIBLE;
        status = AZ_OK;
        goto done;
    }
    if (status != AZ_OK) goto done;
    if (given) options = *given;
    AZ_GOTO(set_options(s, &master, &columns, &options));
    master.search = s;
    master.problem.found = mg_columns_found;
    master.problem.improve = mg_columns_improve;
    master.problem.mends = MENDS;
    status = solve_master(s, &master, &options, result);
    if (status == AZ_ENGINE) { /* what is proven stands; the compact model goes on */
        az_log(s->run->context, AZ_LOG_WARNING, "columns: engine %s gave up on the master",
               s->run->engine->name);
        status = AZ_OK;
        goto done;
    }
    if (status != AZ_OK) goto done;
    if (isfinite(result->bound)) mg_bound_cost(s, result->bound, 0);
    s->work += result->nodes;
    AZ_GOTO(decide_for_proof(s, &master, result->pi));
    az_log(s->run->context, AZ_LOG_INFO,
           "columns: %zu, rounds %lld, nodes %lld, root %.2f, bound %.2f, pricing %.2f s, master "
           "%.2f s",
           result->columns_made, (long long)result->rounds, (long long)result->nodes,
           result->root_bound, result->bound, result->pricing_s, result->master_s);
done:
    mg_master_free(&master);
    return status;
}
