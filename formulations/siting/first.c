/* first.c - a plan from prices alone, before any LP: every site's best by the prices, mended. */
#include "formulations/siting/draft.h"

#define MOVES 30 /* of prices, where nobody has moved them */

static bool are_moved(const struct st_prices *prices)
{
    for (size_t r = 0; r < prices->row_count; r++)
        if (prices->pi[r] != 0) return true;
    return false;
}

enum az_status st_first_plan(struct st_search *search, const struct st_prices *prices)
{
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
    AZ_GOTO(st_draft_plan(search, prices, &point, 0));
done:
    az_arena_free(scratch);
    return status;
}
