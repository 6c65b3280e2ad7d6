/* model.c - the compact model: every option and every static at once, for small instances and as
 * the cross-check of everything else. Network rows are all there from the beginning, or come as
 * solutions break them; tangents of lines always come so. */
#include <math.h>

#include "formulations/siting/search.h"
#include "solver/tolerances.h"

#define EACH 4     /* rows of an element in a round */
#define ROUNDS 400 /* of rows, then of models: more than any instance has needed */
#define SHARE 0.5  /* of what a level may lack: what is asked of the engine */

static bool report(void *data, double bound, int64_t nodes)
{
    struct st_search *search = data;
    search->run->work = nodes;
    st_bound(search, search->problem->level, bound);
    az_run_progress(search->run, "branch and bound", false);
    return az_run_must_stop(search->run);
}

/* Rows that the LP relaxation breaks, until it breaks none. */
static enum az_status relax(struct st_search *search, struct az_arena *scratch, bool *stopped)
{
    struct st_problem *p = search->problem;
    struct st_part_of of = { 0 };
    *stopped = true;
    for (int round = 0; round < ROUNDS; round++) {
        struct st_part *part;
        struct st_found found;
        size_t added = 0;
        if (az_run_must_stop(search->run)) return AZ_OK;
        az_arena_empty(scratch);
        AZ_TRY(st_part_new(p, &of, scratch, &part));
        AZ_TRY(st_part_lp(part, search->run->engine, search->context, scratch, &found));
        if (found.status == AZ_SOLVE_INFEASIBLE) search->infeasible = true;
        if (found.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
        st_bound(search, p->level, found.bound);
        AZ_TRY(st_separate(p, &found.point, EACH, &added));
        if (added == 0) break;
    }
    *stopped = false;
    return AZ_OK;
}

/* What the engine finds; then the statics that are not whole at their best, and the plan. */
static enum az_status take(struct st_search *search, const struct st_found *found,
                           struct az_arena *scratch)
{
    struct st_found polished;
    bool better;
    AZ_TRY(st_polish(search->problem, search->run->engine, search->context, &found->point, scratch,
                     &polished));
    if (polished.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    return st_offer(search, &polished.point, &better);
}

enum az_status st_solve_level_compact(struct st_search *search, bool all_rows)
{
    struct st_problem *p = search->problem;
    struct st_part_of of = { 0 };
    enum az_status status = AZ_OK;
    bool stopped;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    if (all_rows) AZ_GOTO(st_separate_all(p));
    AZ_GOTO(relax(search, scratch, &stopped));
    for (int round = 0; round < ROUNDS && !stopped; round++) {
        struct st_part *part;
        struct st_found found;
        size_t added = 0;
        struct st_mip_options options = { .gap_abs = SHARE * st_target(search, p->level),
                                          .cutoff = NAN,
                                          .effort = 0.5,
                                          .report = report,
                                          .data = search };
        az_arena_empty(scratch);
        if (az_run_must_stop(search->run)) break;
        AZ_GOTO(st_part_new(p, &of, scratch, &part));
        AZ_GOTO(st_part_mip(part, search->run->engine, search->context, &options, scratch, &found));
        if (found.status == AZ_SOLVE_INFEASIBLE) search->infeasible = true;
        if (found.status != AZ_SOLVE_INFEASIBLE) st_bound(search, p->level, found.bound);
        if (found.status != AZ_SOLVE_OPTIMAL && found.status != AZ_SOLVE_FEASIBLE) break;
        AZ_GOTO(st_separate(p, &found.point, EACH, &added));
        if (added == 0) {
            AZ_GOTO(take(search, &found, scratch));
            break;
        }
    }
done:
    az_arena_free(scratch);
    return status;
}
