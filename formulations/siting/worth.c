/* worth.c - what the limits are worth and why sites are left out, from the prices of the
 * relaxation: between relaxations, so "about" for a worth and "at least" for what a site would
 * cost. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/bound.h"
#include "solver/tolerances.h"

#define LEAST_PRICE 1e-6 /* JPY per unit: less is none */

static int by_name_then_worth(const void *a, const void *b)
{
    const struct st_worth *x = a, *y = b;
    int names = strcmp(x->limit, y->limit);
    return names ? names
                 : (x->jpy_per_unit < y->jpy_per_unit) - (x->jpy_per_unit > y->jpy_per_unit);
}

static int largest_first(const void *a, const void *b)
{
    const struct st_worth *x = a, *y = b;
    if (x->jpy_per_unit != y->jpy_per_unit) return x->jpy_per_unit > y->jpy_per_unit ? -1 : 1;
    return strcmp(x->limit, y->limit);
}

/* The prices of the hours of an element add up. */
static enum az_status tell_worths(const struct st_search *search, struct st_summary *summary)
{
    const struct st_problem *p = search->problem;
    const struct st_prices *prices = search->prices;
    struct st_worth *items = az_arena_array(search->arena, prices->row_count, sizeof *items);
    size_t count = 0, kept = 0;
    if (!items) return AZ_NO_MEMORY;
    for (size_t r = 0; r < prices->row_count; r++) {
        double price = fabs(prices->pi[r]) * p->rows[r].unit;
        if (!p->rows[r].limit || price < LEAST_PRICE) continue;
        items[count++] = (struct st_worth){ p->rows[r].limit, price };
    }
    if (count > 0) qsort(items, count, sizeof *items, by_name_then_worth);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && strcmp(items[kept - 1].limit, items[i].limit) == 0)
            items[kept - 1].jpy_per_unit += items[i].jpy_per_unit;
        else
            items[kept++] = items[i];
    }
    if (kept > 0) qsort(items, kept, sizeof *items, largest_first);
    summary->worths.items = (void *)items;
    summary->worths.count = kept;
    return AZ_OK;
}

/* The limit that takes most from an option; NULL: none does. */
static const char *heaviest(const struct st_problem *p, const struct st_prices *prices,
                            size_t option, struct st_coefficient room[])
{
    size_t count = st_option_coefficients(p, option, room);
    const char *limit = NULL;
    double most = LEAST_PRICE;
    for (size_t i = 0; i < count; i++) {
        size_t r = room[i].row;
        if (r >= prices->row_count || !p->rows[r].limit) continue;
        double paid = -prices->pi[r] * room[i].value;
        if (paid <= most) continue;
        most = paid;
        limit = p->rows[r].limit;
    }
    return limit;
}

static struct st_left_out left_out(const struct st_search *search, size_t s,
                                   struct st_coefficient room[])
{
    const struct st_problem *p = search->problem;
    const struct st_prices *prices = search->prices;
    const struct st_site *site = &search->in->sites.items[s];
    struct st_left_out out = { .site = { .id = site->id, .index = s },
                               .reason = ST_REASON_NO_OPTION,
                               .lost_jpy = NAN };
    size_t best = AZ_NO_INDEX;
    double least_cost = INFINITY;
    for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
        if (!p->allowed[o]) continue;
        least_cost = fmin(least_cost, p->values->value[o].cost_jpy);
        if (best == AZ_NO_INDEX || prices->reduced[o] < prices->reduced[best]) best = o;
    }
    if (best == AZ_NO_INDEX) return out;
    out.reason = least_cost >= 0 ? ST_REASON_LOSES : ST_REASON_LIMIT;
    if (out.reason == ST_REASON_LIMIT) out.limit = heaviest(p, prices, best, room);
    double with = prices->bound + prices->reduced[best] - prices->least[s];
    out.lost_jpy = fmax(0, with - search->best.cost);
    return out;
}

static enum az_status tell_left_out(const struct st_search *search, struct st_summary *summary)
{
    const struct st_problem *p = search->problem;
    size_t sites = search->in->sites.count, count = 0, next = 0;
    struct st_left_out *items =
        az_arena_array(search->arena, sites - search->best_point.count, sizeof *items);
    struct st_coefficient *room = calloc(p->row_count + 1, sizeof *room);
    enum az_status status = items && room ? AZ_OK : AZ_NO_MEMORY;
    for (size_t s = 0; status == AZ_OK && s < sites; s++) {
        const struct st_point *best = &search->best_point;
        if (next < best->count && p->values->site[best->option[next]] == s)
            next++;
        else
            items[count++] = left_out(search, s, room);
    }
    free(room);
    summary->left_out.items = (void *)items;
    summary->left_out.count = count;
    return status;
}

enum az_status st_tell_worths(struct st_search *search)
{
    const struct st_plan *told = search->run->plan;
    if (!search->prices || !search->has_best || !told || !told->summary) return AZ_OK;
    struct st_plan *plan = AZ_NEW(search->arena, struct st_plan);
    struct st_summary *summary = AZ_NEW(search->arena, struct st_summary);
    if (!plan || !summary) return AZ_NO_MEMORY;
    *plan = *told;
    *summary = *told->summary;
    plan->summary = summary;
    AZ_TRY(tell_worths(search, summary));
    AZ_TRY(tell_left_out(search, summary));
    return az_run_retell(search->run, plan);
}
