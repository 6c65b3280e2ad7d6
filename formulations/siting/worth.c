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

static int thing_of(const char *what)
{
    static const struct {
        const char *what;
        int thing;
    } known[] = { { "feeder", ST_THING_FEEDER },
                  { "bank", ST_THING_BANK },
                  { "line", ST_THING_LINE },
                  { "circuit", ST_THING_CIRCUIT },
                  { "outage", ST_THING_OUTAGE } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].what, what) == 0) return known[i].thing;
    return ST_THING_NONE; /* voltages are no kW */
}

static bool is_of(const struct st_problem *p, const struct st_row *row,
                  const struct st_loading *loading)
{
    if (row->of.thing != thing_of(loading->what) || !row->limit) return false;
    if (strcmp(row->limit, loading->element) != 0) return false;
    if (row->of.thing != ST_THING_OUTAGE) return true;
    const char *outage = p->in->upstream->circuits.items[row->of.outage].id;
    return loading->outage && strcmp(outage, loading->outage) == 0;
}

/* What one more kW of an element would be worth: its prices of all hours. 0 where none has one. */
static enum az_status tell_loadings(const struct st_search *search, struct st_summary *summary)
{
    const struct st_problem *p = search->problem;
    const struct st_prices *prices = search->prices;
    size_t count = summary->loadings.count;
    struct st_loading *items = az_arena_array(search->arena, count, sizeof *items);
    if (!items) return AZ_NO_MEMORY;
    if (count > 0) memcpy(items, summary->loadings.items, count * sizeof *items);
    for (size_t i = 0; i < count; i++) {
        double worth = 0;
        if (thing_of(items[i].what) == ST_THING_NONE) continue;
        for (size_t r = 0; r < prices->row_count; r++)
            if (prices->pi[r] != 0 && is_of(p, &p->rows[r], &items[i]))
                worth += fabs(prices->pi[r]) * p->rows[r].unit;
        items[i].worth_jpy_per_kw = worth < LEAST_PRICE ? 0 : worth;
    }
    summary->loadings.items = (void *)items;
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
    bool loses = least_cost >= 0 && !p->has_rank && search->in->customers.count == 0;
    out.reason = loses ? ST_REASON_LOSES : ST_REASON_LIMIT;
    if (out.reason == ST_REASON_LIMIT) out.limit = heaviest(p, prices, best, room);
    if (out.reason == ST_REASON_LIMIT && search->in->customers.count > 0 && !out.limit)
        out.reason = ST_REASON_SERVED;
    if (out.reason == ST_REASON_LIMIT && p->has_rank && !out.limit)
        out.reason = ST_REASON_UNTESTED; /* what comes before the cost may have weighed */
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
    if (told->choices.count != search->best_point.count) return AZ_OK; /* another plan is kept */
    struct st_plan *plan = AZ_NEW(search->arena, struct st_plan);
    struct st_summary *summary = AZ_NEW(search->arena, struct st_summary);
    if (!plan || !summary) return AZ_NO_MEMORY;
    *plan = *told;
    *summary = *told->summary;
    plan->summary = summary;
    AZ_TRY(tell_worths(search, summary));
    AZ_TRY(tell_loadings(search, summary));
    AZ_TRY(tell_left_out(search, summary));
    return az_run_retell(search->run, plan);
}
