/* draft.c - a draft from the LP's solution, by rounding, and its rows. */
#include <math.h>
#include <string.h>

#include "formulations/siting/draft_work.h"
#include "solver/tolerances.h"

#define BROKEN 10.0 /* times its price is what a broken row costs ... */
#define SOFT 3.0    /* ... or so often while it may be broken on the way, */
#define USUAL 1.0   /* and this of the usual price where it has none; */
#define FEE 4.0     /* to be broken at all this often what the dearest column costs */
#define WHOLE 1e-9  /* of a binary's value: nothing else is fractional */

static enum az_status fit_rows(struct st_draft *d)
{
    size_t rows = d->p->row_count;
    if (rows <= d->row_capacity) return AZ_OK;
    size_t capacity = rows + rows / 2 + 64;
    d->activity = az_arena_grow(d->arena, d->activity, d->row_count, capacity, sizeof(double));
    d->weight = az_arena_grow(d->arena, d->weight, d->row_count, capacity, sizeof(double));
    d->short_of = az_arena_grow(d->arena, d->short_of, d->row_count, capacity, sizeof(size_t));
    d->most_short = az_arena_grow(d->arena, d->most_short, d->row_count, capacity, sizeof(double));
    d->short_price =
        az_arena_grow(d->arena, d->short_price, d->row_count, capacity, sizeof(double));
    d->room = AZ_ARRAY(d->arena, capacity, struct st_coefficient);
    d->change = AZ_ARRAY(d->arena, 2 * capacity, struct st_coefficient);
    d->dense = AZ_ARRAY(d->arena, capacity, double);
    if (!d->activity || !d->weight || !d->short_of || !d->most_short || !d->short_price ||
        !d->room || !d->change || !d->dense)
        return AZ_NO_MEMORY;
    d->row_capacity = capacity;
    return AZ_OK;
}

static bool is_short(const struct st_static *column)
{
    return column->kind == ST_SHORT || column->kind == ST_SHORT_COVERED;
}

/* What breaking rows from `first` on costs. */
static void weigh_rows(struct st_draft *d, size_t first)
{
    double times = d->fee > 0 ? BROKEN : SOFT, unit = st_cost_unit(d->p);
    for (size_t r = first; r < d->p->row_count; r++) {
        double price = r < d->prices->row_count ? fabs(d->prices->pi[r]) : 0;
        d->weight[r] = times * price + USUAL * unit;
    }
}

/* No move gains as much. */
static double fee_of(const struct st_problem *p)
{
    double most = 1;
    for (size_t o = 0; o < p->option_count; o++)
        if (p->allowed[o]) most = fmax(most, fabs(st_option_cost(p, o)));
    for (size_t j = 0; j < p->static_count; j++) {
        double cost = fabs(st_static_cost(p, &p->statics[j]) * p->statics[j].upper);
        if (isfinite(cost)) most = fmax(most, cost);
    }
    return FEE * most;
}

void st_draft_strict(struct st_draft *d, bool strict)
{
    d->fee = strict ? fee_of(d->p) : 0;
    weigh_rows(d, 0);
}

/* Weights and shortfalls of rows from `first` on; activities by what is chosen. */
static enum az_status read_rows(struct st_draft *d, size_t first)
{
    const struct st_problem *p = d->p;
    weigh_rows(d, first);
    for (size_t r = first; r < p->row_count; r++) {
        d->activity[r] = 0;
        d->short_of[r] = AZ_NO_INDEX;
        d->most_short[r] = 0;
    }
    d->row_count = p->row_count;
    for (size_t j = 0; j < d->y_count; j++) {
        bool missing = is_short(&p->statics[j]);
        for (size_t e = p->static_entry[j]; e != AZ_NO_INDEX; e = p->entries[e].next) {
            size_t r = p->entries[e].row;
            if (r < first) continue;
            if (missing && p->entries[e].value == 1 && isinf(p->rows[r].upper)) {
                d->short_of[r] = j;
                d->short_price[r] = st_static_cost(p, &p->statics[j]);
                d->most_short[r] = p->level == ST_LEVEL_PENALTY ? p->statics[j].upper : d->y[j];
            } else {
                d->activity[r] += d->y[j] * p->entries[e].value;
            }
        }
    }
    return AZ_OK;
}

static enum az_status add_options(struct st_draft *d, size_t first, const struct st_point *point)
{
    for (size_t i = 0; i < point->count; i++) {
        size_t count = st_option_coefficients(d->p, point->option[i], d->room);
        for (size_t k = 0; k < count; k++)
            if (d->room[k].row >= first)
                d->activity[d->room[k].row] += point->value[i] * d->room[k].value;
    }
    return AZ_OK;
}

/* A site whose x are no whole: options by their share of it, then what else is live is left to the
 * moves. Takes the one that costs least beside what it breaks. */
static enum az_status round_site(struct st_draft *d, const struct st_point *point, size_t from,
                                 size_t until)
{
    const struct st_problem *p = d->p;
    size_t site = p->values->site[point->option[from]], best = AZ_NO_INDEX;
    double least = INFINITY, broken;
    for (size_t i = from; i < until; i++) { /* its shares go */
        size_t count = st_option_coefficients(p, point->option[i], d->room);
        for (size_t k = 0; k < count; k++)
            d->activity[d->room[k].row] -= point->value[i] * d->room[k].value;
    }
    for (size_t i = from; i <= until; i++) {
        size_t o = i < until ? point->option[i] : AZ_NO_INDEX, count = 0;
        if (o == AZ_NO_INDEX && p->forced[site]) break;
        double cost = o == AZ_NO_INDEX ? 0 : st_option_cost(p, o);
        if (o != AZ_NO_INDEX) count = st_option_coefficients(p, o, d->room);
        for (size_t k = 0; k < count; k++) {
            size_t r = d->room[k].row;
            double price = r < d->prices->row_count ? d->prices->pi[r] : 0;
            cost += st_draft_charge(d, r, d->activity[r] + d->room[k].value, &broken) -
                    st_draft_charge(d, r, d->activity[r], &broken) - price * d->room[k].value;
        }
        if (cost >= least) continue;
        least = cost;
        best = o;
    }
    d->choice[site] = best;
    if (best == AZ_NO_INDEX) return AZ_OK;
    size_t count = st_option_coefficients(p, best, d->room);
    for (size_t k = 0; k < count; k++) d->activity[d->room[k].row] += d->room[k].value;
    return AZ_OK;
}

static enum az_status round_sites(struct st_draft *d, const struct st_point *point)
{
    const struct st_problem *p = d->p;
    for (size_t i = 0; i < point->count;) {
        size_t site = p->values->site[point->option[i]], until = i;
        while (until < point->count && p->values->site[point->option[until]] == site) until++;
        if (until == i + 1 && point->value[i] >= 1 - WHOLE)
            d->choice[site] = point->option[i];
        else
            AZ_TRY(round_site(d, point, i, until));
        i = until;
    }
    for (size_t s = 0; s < p->in->sites.count; s++)
        if (d->choice[s] != AZ_NO_INDEX) d->cost += st_option_cost(p, d->choice[s]);
    for (size_t j = 0; j < d->y_count; j++)
        if (!is_short(&p->statics[j])) d->cost += d->y[j] * st_static_cost(p, &p->statics[j]);
    return AZ_OK;
}

/* Integer statics that the LP takes a share of: what makes room goes up, what asks for something
 * goes down. */
double st_draft_rounds(const struct st_static *column, double value)
{
    if (!column->integer) return value;
    if (column->kind == ST_COVERED) return value > 1 - 1e-6 || column->lower > 0.5 ? 1 : 0;
    return value > 1e-6 ? 1 : 0;
}

enum az_status st_draft_new(struct st_search *search, const struct st_prices *prices,
                            const struct st_point *point, struct az_arena *arena,
                            struct st_draft **result)
{
    struct st_problem *p = search->problem;
    struct st_draft *d = AZ_NEW(arena, struct st_draft);
    if (!d) return AZ_NO_MEMORY;
    *d = (struct st_draft){ .search = search,
                            .p = p,
                            .prices = prices,
                            .arena = arena,
                            .choice = AZ_ARRAY(arena, p->in->sites.count, size_t),
                            .y = AZ_ARRAY(arena, p->static_count, double),
                            .y_count = p->static_count,
                            .option_list = AZ_ARRAY(arena, p->option_count, struct st_draft_list),
                            .static_list = AZ_ARRAY(arena, p->static_count, struct st_draft_list) };
    if (!d->choice || !d->y || !d->option_list || !d->static_list) return AZ_NO_MEMORY;
    d->fee = fee_of(p);
    d->fresh = true;
    for (size_t s = 0; s < p->in->sites.count; s++) d->choice[s] = AZ_NO_INDEX;
    for (size_t j = 0; j < p->static_count; j++)
        d->y[j] = st_draft_rounds(&p->statics[j], j < point->y_count ? point->y[j] : 0);
    AZ_TRY(fit_rows(d));
    AZ_TRY(read_rows(d, 0));
    AZ_TRY(add_options(d, 0, point));
    AZ_TRY(round_sites(d, point));
    *result = d;
    return AZ_OK;
}

enum az_status st_draft_rows(struct st_draft *d)
{
    struct st_point point;
    size_t first = d->row_count, statics = d->y_count;
    if (d->p->static_count > statics) { /* trips that came with the rows stand at 0 */
        d->y = az_arena_grow(d->arena, d->y, statics, d->p->static_count, sizeof *d->y);
        struct st_draft_list *lists = AZ_ARRAY(d->arena, d->p->static_count, struct st_draft_list);
        if (!d->y || !lists) return AZ_NO_MEMORY;
        d->static_list = lists;
        d->y_count = d->p->static_count;
    }
    AZ_TRY(fit_rows(d));
    AZ_TRY(read_rows(d, first));
    if (d->p->option_count > 0)
        memset(d->option_list, 0, d->p->option_count * sizeof *d->option_list);
    if (d->y_count > 0) memset(d->static_list, 0, d->y_count * sizeof *d->static_list);
    AZ_TRY(st_draft_point(d, d->arena, &point));
    return add_options(d, first, &point);
}

enum az_status st_draft_point(const struct st_draft *d, struct az_arena *arena,
                              struct st_point *point)
{
    const struct st_problem *p = d->p;
    size_t sites = p->in->sites.count;
    *point = (struct st_point){ .option = AZ_ARRAY(arena, sites, size_t),
                                .value = AZ_ARRAY(arena, sites, double),
                                .y = AZ_ARRAY(arena, d->y_count, double),
                                .y_count = d->y_count };
    if (!point->option || !point->value || !point->y) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        if (d->choice[s] == AZ_NO_INDEX) continue;
        point->option[point->count] = d->choice[s];
        point->value[point->count++] = 1;
    }
    if (d->y_count > 0) memcpy(point->y, d->y, d->y_count * sizeof *point->y);
    for (size_t r = 0; r < d->row_count; r++) /* shortfalls follow what is short */
        if (d->short_of[r] != AZ_NO_INDEX)
            point->y[d->short_of[r]] =
                fmin(d->most_short[r], fmax(0, p->rows[r].lower - d->activity[r]));
    return AZ_OK;
}
