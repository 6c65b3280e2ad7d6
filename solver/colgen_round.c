/* colgen_round.c - dives by the kind's own roundings.
 *
 * Where a column is worth little by itself (its dispatch fits one solution only) a dive decides
 * what columns have in common instead: a rounding is one child of a branching. Pricing answers with
 * columns that fit, so that the LP stays a good picture of what is left to decide. A dead end takes
 * the last rounding's other child, as often as the options allow. */
#include <math.h>

#include "solver/colgen_work.h"

#define ROUNDS 3         /* of pricing after each rounding */
#define MOST_STEPS 10000 /* roundings of one dive */
#define RISE 2e-4        /* of the LP: a rounding that costs so much has its other side tried */

/* A rounding that was taken, and what is left of it. */
struct step {
    struct step *before;
    size_t decision_count; /* in force before it */
    size_t count;
    const struct az_branching *items;
    bool turned; /* the first one's other child is in force */
    bool seen;   /* both sides have been looked at */
};

static enum az_status push(struct az_cg *cg, const struct az_branching *branching, int child)
{
    for (size_t d = 0; d < branching->decision_count[child]; d++)
        AZ_TRY(az_cg_apply(cg, &branching->child[child][d]));
    return AZ_OK;
}

/* The LP under the decisions in force; first: of those that are new. */
static enum az_status look(struct az_cg *cg, size_t first, bool *dead)
{
    enum az_solve_status solved;
    az_cg_pool_ban(cg, first);
    AZ_TRY(az_cg_generate_some(cg, ROUNDS, &solved));
    *dead = solved != AZ_SOLVE_OPTIMAL || cg->master.objective >= az_cg_reach(cg);
    return AZ_OK;
}

/* One side of the step into force: the roundings as asked, or the first one's other child. */
static enum az_status take(struct az_cg *cg, const struct step *step, bool turned, bool *dead)
{
    cg->decision_count = step->decision_count;
    if (turned) {
        AZ_TRY(push(cg, &step->items[0], 0));
    } else {
        for (size_t k = 0; k < step->count; k++) AZ_TRY(push(cg, &step->items[k], 1));
    }
    return look(cg, 0, dead);
}

/* A rounding that costs much may be the wrong one: its other side is looked at, and the cheaper one
 * stays in force. */
static enum az_status compare(struct az_cg *cg, struct step *step, double before, bool *dead)
{
    double after = cg->master.objective;
    if (!*dead && after - before < RISE * fmax(1, fabs(before))) return AZ_OK;
    AZ_TRY(take(cg, step, true, dead));
    step->turned = !*dead && cg->master.objective < after;
    if (step->turned) return AZ_OK;
    cg->decision_count = step->decision_count;
    az_cg_pool_ban(cg, 0);
    return take(cg, step, false, dead);
}

/* The kind's roundings into force. whole: there are none, and the solution was offered. */
static enum az_status descend(struct az_cg *cg, struct az_arena *arena, struct step **last,
                              bool *dead, bool *whole)
{
    struct az_master_solution solution;
    struct az_branching_list list = { .arena = arena };
    double objective, before = cg->master.objective;
    AZ_TRY(az_cg_solution(cg, false, arena, &solution));
    AZ_TRY(cg->problem->roundings(cg->problem->data, &solution, &list));
    *whole = list.count == 0;
    if (*whole) {
        solution.pi = NULL;
        return cg->problem->found ? az_cg_found(cg, &solution, &objective) : AZ_OK;
    }
    struct step *step = AZ_NEW(arena, struct step);
    if (!step) return AZ_NO_MEMORY;
    *step = (struct step){ .before = *last,
                           .decision_count = cg->decision_count,
                           .count = list.count,
                           .items = list.items };
    *last = step;
    AZ_TRY(take(cg, step, false, dead));
    return compare(cg, step, before, dead);
}

/* The last rounding that has another side turns to it. over: there is none. */
static enum az_status turn(struct az_cg *cg, struct step **last, bool *dead, bool *over)
{
    while (*last && (*last)->seen) *last = (*last)->before;
    *over = !*last;
    if (*over) return AZ_OK;
    (*last)->seen = true;
    (*last)->turned = !(*last)->turned;
    return take(cg, *last, (*last)->turned, dead);
}

static enum az_status run(struct az_cg *cg, struct az_arena *arena)
{
    struct step *last = NULL;
    int patience = cg->options.dive_backtracks;
    bool dead = false, whole = false, over = false;
    for (int steps = 0; steps < MOST_STEPS && !az_cg_must_stop(cg); steps++) {
        az_cg_progress(cg, "dive");
        if (!dead) {
            AZ_TRY(descend(cg, arena, &last, &dead, &whole));
            if (whole) return AZ_OK;
        } else {
            if (patience-- <= 0) return AZ_OK;
            AZ_TRY(turn(cg, &last, &dead, &over));
            if (over) return AZ_OK;
        }
    }
    return AZ_OK;
}

enum az_status az_cg_round(struct az_cg *cg)
{
    size_t count = cg->decision_count;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_solve_status solved;
    if (!arena) return AZ_NO_MEMORY;
    cg->diving = true;
    enum az_status status = run(cg, arena);
    cg->diving = false;
    cg->decision_count = count;
    az_cg_pool_ban(cg, 0);
    if (status == AZ_OK) status = az_cg_master_sides(cg);
    if (status == AZ_OK && !cg->stopped) status = az_cg_master_solve(cg, &solved);
    az_arena_free(arena);
    return status;
}
