/* first.c - a plan from prices alone, before any LP: every site's best by the prices, mended. */
#include "formulations/siting/draft.h"

#define MENDS 40 /* times that networks break it */
#define EACH 4   /* rows of an element in a round */
#define MOVES 30 /* of prices, where nobody has moved them */

static enum az_status finish(struct st_search *search, struct st_draft *draft,
                             struct az_arena *scratch)
{
    for (int k = 0; k < MENDS && !az_must_stop(search->context); k++) {
        struct st_point point;
        struct st_found found;
        size_t added = 0;
        bool whole, better;
        AZ_TRY(st_draft_improve(draft, 0, &whole));
        if (!whole) return AZ_OK;
        AZ_TRY(st_draft_point(draft, scratch, &point));
        AZ_TRY(st_separate(search->problem, &point, EACH, &added));
        if (added > 0) {
            AZ_TRY(st_draft_rows(draft));
            continue;
        }
        AZ_TRY(st_polish(search->problem, search->run->engine, search->context, &point, scratch,
                         &found));
        if (found.status == AZ_SOLVE_OPTIMAL) return st_offer(search, &found.point, &better);
        return AZ_OK;
    }
    return AZ_OK;
}

static bool are_moved(const struct st_prices *prices)
{
    for (size_t r = 0; r < prices->row_count; r++)
        if (prices->pi[r] != 0) return true;
    return false;
}

enum az_status st_first_plan(struct st_search *search, const struct st_prices *prices)
{
    struct st_draft *draft;
    struct st_point point;
    enum az_status status = AZ_NO_MEMORY;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    az_run_progress(search->run, "first plan", false);
    if (!are_moved(prices) && !az_must_stop(search->context)) {
        struct st_prices *own;
        AZ_GOTO(st_prices_new(search->problem, search->arena, &own));
        AZ_GOTO(st_prices_move(search, MOVES, own));
        prices = own;
    }
    AZ_GOTO(st_prices_point(search->problem, prices, scratch, &point));
    AZ_GOTO(st_draft_new(search, prices, &point, scratch, &draft));
    AZ_GOTO(finish(search, draft, scratch));
    az_log(search->context, AZ_LOG_INFO, "first plan: %.2f",
           search->has_best ? st_judged_value(&search->best, search->problem->level) : NAN);
done:
    az_arena_free(scratch);
    return status;
}
