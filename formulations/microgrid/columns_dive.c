/* columns_dive.c - plans by deciding commitments one after the other, schedules priced anew after
 * each: a dive in a master in which every unit is a block by itself, so that each can be decided.
 */
#include <math.h>

#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"

#define CLEAR 0.9  /* shares from here on are decided along with the clearest one */
#define TURNS 5    /* dead ends that a dive survives */
#define MENDS 1e-3 /* as of the whole solve */

/* The commitment that is clearest among the largest units in doubt goes first, and with it what is
 * nearly decided anyway. Whole commitments stay open: they may still follow. */
static enum az_status roundings(void *data, const struct az_master_solution *solution,
                                struct az_branching_list *out)
{
    const struct mg_master *master = data;
    size_t T = master->mg->T, best = AZ_NO_INDEX;
    double highest = 0;
    mg_count_units(master, solution);
    for (size_t at = 0; at < master->class_count * T; at++) {
        double share = master->value[at], part = fmax(share, 1 - share);
        const struct mg_unit *unit = &master->mg->units.items[master->classes[at / T].unit[0]];
        if (part > 1 - MG_WHOLE) continue;
        double score = part * sqrt(fmax(unit->p_max_kw, 1));
        if (score <= highest) continue;
        highest = score;
        best = at;
    }
    if (best == AZ_NO_INDEX) return AZ_OK;
    for (size_t k = 0; k <= master->class_count * T; k++) {
        size_t at = k == 0 ? best : k - 1;
        double share = master->value[at], part = fmax(share, 1 - share);
        if (k > 0 && (at == best || part < CLEAR || part > 1 - MG_WHOLE)) continue;
        struct az_branching branching = { .decision_count = { 1, 1 }, .score = part };
        for (int child = 0; child < 2; child++)
            branching.child[child][0] = (struct az_decision){ MG_BRANCH_ON, at / T, at % T,
                                                              (share >= 0.5) == (child == 1) };
        AZ_TRY(az_branching_list_add(out, &branching));
    }
    return AZ_OK;
}

/* The solution's columns for every unit of their classes. */
static enum az_status spread(const struct mg_master *master,
                             const struct az_master_solution *solution,
                             struct az_block_columns *out)
{
    for (size_t k = 0; k < solution->count; k++) {
        size_t c = solution->columns[k]->block;
        if (c >= master->class_count) { /* packs stand behind the units there */
            struct az_block_column column = *solution->columns[k];
            column.block = c - master->class_count + master->mg->units.count;
            AZ_TRY(az_block_columns_add(out, &column));
            continue;
        }
        const struct mg_class *class_of = &master->classes[c];
        for (size_t u = 0; u < class_of->count; u++) {
            struct az_block_column column = *solution->columns[k];
            column.block = class_of->unit[u]; /* blocks of the other master are units */
            AZ_TRY(az_block_columns_add(out, &column));
        }
    }
    return AZ_OK;
}

/* What holds in the node, unit by unit. */
static enum az_status take_decisions(const struct mg_master *master,
                                     const struct az_master_solution *solution,
                                     struct az_arena *arena, struct az_colgen_options *options)
{
    struct az_decision *decisions = AZ_ARRAY(arena, solution->decision_count, struct az_decision);
    if (!decisions) return AZ_NO_MEMORY;
    for (size_t k = 0; k < solution->decision_count; k++) {
        decisions[k] = solution->decisions[k];
        decisions[k].i = master->classes[decisions[k].i].unit[0]; /* of classes of one unit */
    }
    options->decisions = decisions;
    options->decision_count = solution->decision_count;
    return AZ_OK;
}

enum az_status mg_dive(const struct mg_master *from, const struct az_master_solution *solution)
{
    struct mg_search *s = from->search;
    struct mg_master master = { 0 };
    struct az_colgen_result result;
    struct az_block_columns columns = { .arena = az_arena_new(NULL) };
    enum az_status status = columns.arena ? AZ_OK : AZ_NO_MEMORY;
    if (status == AZ_OK) status = mg_master_new(s->mg, &s->open, true, columns.arena, &master);
    if (status == AZ_INFEASIBLE)
        status = AZ_OK;
    else if (status == AZ_OK)
        status = spread(from, solution, &columns);
    if (status != AZ_OK || !master.rest) goto done;
    struct az_colgen_options options = { .columns = columns.items,
                                         .column_count = columns.count,
                                         .pi = solution->pi,
                                         .cutoff = NAN,
                                         .node_limit = 1,
                                         .dive_backtracks = TURNS,
                                         .restricted_nodes = -1 };
    master.search = s;
    master.problem.found = mg_columns_found;
    master.problem.roundings = roundings;
    master.problem.mends = MENDS;
    AZ_GOTO(take_decisions(from, solution, columns.arena, &options));
    if (s->has_best && s->best_penalty <= mg_penalty_slack(s, 0)) options.cutoff = s->best_cost;
    az_run_progress(s->run, "dive", true);
    status = az_colgen_solve(&master.problem, &options, s->run->engine, s->run->context, NULL,
                             columns.arena, &result);
    if (status == AZ_ENGINE) status = AZ_OK; /* a heuristic may fail */
    az_log(s->run->context, AZ_LOG_INFO, "columns: dive %.2f, rounds %lld", result.objective,
           (long long)result.rounds);
done:
    mg_master_free(&master);
    az_arena_free(columns.arena);
    return status;
}
