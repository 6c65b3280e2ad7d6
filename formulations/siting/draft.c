/* draft.c - plans from the LP's solution, by rounding and by moves of one site or two. */
#include "formulations/siting/draft.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/tolerances.h"

#define MOST_LIVE 1500 /* options that the search looks at */
#define FIRSTS 150     /* first moves of pairs in a pass */
#define BROKEN 3.0     /* times its price is what a broken row costs, */
#define USUAL 1.0      /* and this of the usual price where it has none */
#define DEARER 4.0     /* when it stays broken */
#define TIMES_DEARER 12
#define WHOLE 1e-9    /* of a binary's value: nothing else is fractional */
#define FEASIBLE 2e-7 /* relative: rows are kept to this */
#define GAIN 1e-9     /* relative: less is no gain */

struct list {
    size_t count;
    struct st_coefficient *items; /* NULL: not made */
};

struct st_draft {
    struct st_search *search;
    struct st_problem *p;
    const struct st_prices *prices;
    struct az_arena *arena;
    size_t *choice; /* [sites] */
    double *y;      /* [static_count] */
    size_t y_count;
    size_t row_count, row_capacity;
    double *activity, *weight; /* [row_count] price of breaking the row by 1 */
    size_t *short_of;          /* [row_count] static that takes what is missing below */
    double *most_short;        /* [row_count] the most that it may */
    double *short_price;
    struct list *option_list; /* [options] */
    struct list *static_list;
    struct st_coefficient *room, *change; /* [row_capacity], [2 row_capacity] */
    double *dense;
    struct st_live live;
    double cost; /* of options and statics, without shortfalls */
    int64_t work;
};

/* A move: a site to an option (AZ_NO_INDEX: none), or a static to its other side. */
struct move {
    size_t site, option, flip;
};

/* --- coefficients ----------------------------------------------------------------------------- */

static enum az_status list_of(struct st_draft *d, size_t column, const struct list **result)
{
    const struct st_problem *p = d->p;
    bool option = column < p->option_count;
    struct list *list =
        option ? &d->option_list[column] : &d->static_list[column - p->option_count];
    if (!list->items) {
        list->count = option ? st_option_coefficients(p, column, d->room)
                             : st_static_coefficients(p, column - p->option_count, d->room);
        list->items = AZ_ARRAY(d->arena, list->count + 1, struct st_coefficient);
        if (!list->items) return AZ_NO_MEMORY;
        if (list->count > 0) memcpy(list->items, d->room, list->count * sizeof *list->items);
    }
    *result = list;
    return AZ_OK;
}

static enum az_status add_list(struct st_draft *d, size_t column, double factor, size_t *count)
{
    const struct list *list;
    AZ_TRY(list_of(d, column, &list));
    for (size_t i = 0; i < list->count; i++) {
        size_t row = list->items[i].row;
        if (d->dense[row] == 0) d->change[(*count)++].row = row;
        d->dense[row] += factor * list->items[i].value;
        if (d->dense[row] == 0) d->dense[row] = AZ_ZERO * AZ_ZERO; /* it is in the list */
    }
    return AZ_OK;
}

/* What a move changes in the rows: in d->change. *cost: what it costs more. */
static enum az_status change_of(struct st_draft *d, const struct move *m, size_t *count,
                                double *cost)
{
    const struct st_problem *p = d->p;
    *count = 0;
    *cost = 0;
    if (m->flip != AZ_NO_INDEX) {
        double by = d->y[m->flip] > 0.5 ? -1 : 1;
        *cost = by * st_static_cost(p, &p->statics[m->flip]);
        AZ_TRY(add_list(d, p->option_count + m->flip, by, count));
    } else {
        size_t before = d->choice[m->site];
        if (m->option != AZ_NO_INDEX) AZ_TRY(add_list(d, m->option, 1, count));
        if (before != AZ_NO_INDEX) AZ_TRY(add_list(d, before, -1, count));
        if (m->option != AZ_NO_INDEX) *cost += st_option_cost(p, m->option);
        if (before != AZ_NO_INDEX) *cost -= st_option_cost(p, before);
    }
    for (size_t i = 0; i < *count; i++) {
        d->change[i].value = d->dense[d->change[i].row];
        d->dense[d->change[i].row] = 0;
    }
    return AZ_OK;
}

/* --- what rows cost --------------------------------------------------------------------------- */

static double room_of(double side)
{
    return FEASIBLE * fmax(1, fabs(side));
}

/* What is short at its price, and what is broken at the row's weight. */
static double charge(const struct st_draft *d, size_t r, double activity, double *broken)
{
    const struct st_row *row = &d->p->rows[r];
    double cost = 0, below = row->lower - activity, above = activity - row->upper;
    if (below > 0 && d->most_short[r] > 0) {
        double taken = fmin(below, d->most_short[r]);
        cost += taken * d->short_price[r];
        below -= taken;
    }
    double by = 0;
    if (below > room_of(row->lower)) by = below;
    if (above > room_of(row->upper)) by = above;
    *broken = by;
    return cost + by * d->weight[r];
}

/* What a move costs more in all, and by how much it breaks rows more (weighed). */
static enum az_status weigh(struct st_draft *d, const struct move *m, double *delta)
{
    size_t count;
    double broken;
    AZ_TRY(change_of(d, m, &count, delta));
    for (size_t i = 0; i < count; i++) {
        size_t r = d->change[i].row;
        *delta += charge(d, r, d->activity[r] + d->change[i].value, &broken) -
                  charge(d, r, d->activity[r], &broken);
    }
    d->work++;
    return AZ_OK;
}

static enum az_status make(struct st_draft *d, const struct move *m)
{
    size_t count;
    double cost;
    AZ_TRY(change_of(d, m, &count, &cost));
    for (size_t i = 0; i < count; i++) d->activity[d->change[i].row] += d->change[i].value;
    d->cost += cost;
    if (m->flip != AZ_NO_INDEX)
        d->y[m->flip] = d->y[m->flip] > 0.5 ? 0 : 1;
    else
        d->choice[m->site] = m->option;
    return AZ_OK;
}

static bool is_whole(const struct st_draft *d)
{
    double broken;
    for (size_t r = 0; r < d->row_count; r++) {
        charge(d, r, d->activity[r], &broken);
        if (broken > 0) return false;
    }
    return true;
}

/* Rows that stay broken cost more. */
static void raise_weights(struct st_draft *d)
{
    double broken;
    for (size_t r = 0; r < d->row_count; r++) {
        charge(d, r, d->activity[r], &broken);
        if (broken > 0) d->weight[r] *= DEARER;
    }
}

/* --- live options ----------------------------------------------------------------------------- */

struct near {
    double behind;
    size_t site, option;
};

static int nearest_first(const void *a, const void *b)
{
    const struct near *x = a, *y = b;
    if (x->behind != y->behind) return x->behind < y->behind ? -1 : 1;
    if (x->site != y->site) return x->site < y->site ? -1 : 1;
    return x->option < y->option ? -1 : x->option > y->option;
}

static enum az_status find_live(struct st_draft *d)
{
    const struct st_problem *p = d->p;
    const struct st_prices *prices = d->prices;
    size_t count = 0, sites = p->in->sites.count;
    struct near *near = calloc(p->option_count + sites + 1, sizeof *near);
    if (!near) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++)
            if (p->allowed[o])
                near[count++] = (struct near){ prices->reduced[o] - prices->least[s], s, o };
        if (!p->forced[s]) near[count++] = (struct near){ -prices->least[s], s, AZ_NO_INDEX };
    }
    if (count > 0) qsort(near, count, sizeof *near, nearest_first);
    /* the best of most sites is behind by 0: what counts is what else is near */
    size_t kept = 0, others = 0;
    d->live.option = AZ_ARRAY(d->arena, 2 * MOST_LIVE, size_t);
    d->live.site = AZ_ARRAY(d->arena, 2 * MOST_LIVE, size_t);
    d->live.behind = AZ_ARRAY(d->arena, 2 * MOST_LIVE, double);
    bool *is_near = calloc(sites + 1, sizeof *is_near);
    enum az_status status = AZ_NO_MEMORY;
    if (!d->live.option || !d->live.site || !d->live.behind || !is_near) goto done;
    status = AZ_OK;
    for (size_t i = 0; i < count && others < MOST_LIVE; i++) {
        size_t best = prices->choice[near[i].site];
        if (near[i].option == best) continue;
        is_near[near[i].site] = true;
        others++;
    }
    others = 0;
    for (size_t i = 0; i < count && kept < 2 * MOST_LIVE && others < MOST_LIVE; i++) {
        if (!is_near[near[i].site]) continue;
        others += near[i].option != prices->choice[near[i].site];
        d->live.option[kept] = near[i].option;
        d->live.site[kept] = near[i].site;
        d->live.behind[kept++] = near[i].behind;
    }
    d->live.count = kept;
done:
    free(near);
    free(is_near);
    return status;
}

/* --- beginning -------------------------------------------------------------------------------- */

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

/* Weights and shortfalls of rows from `first` on; activities by what is chosen. */
static enum az_status read_rows(struct st_draft *d, size_t first)
{
    const struct st_problem *p = d->p;
    double unit = st_cost_unit(p);
    for (size_t r = first; r < p->row_count; r++) {
        double price = r < d->prices->row_count ? fabs(d->prices->pi[r]) : 0;
        d->activity[r] = 0;
        d->weight[r] = BROKEN * price + USUAL * unit;
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
            cost += charge(d, r, d->activity[r] + d->room[k].value, &broken) -
                    charge(d, r, d->activity[r], &broken) - price * d->room[k].value;
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
static double rounded(const struct st_static *column, double value)
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
                            .option_list = AZ_ARRAY(arena, p->option_count, struct list),
                            .static_list = AZ_ARRAY(arena, p->static_count, struct list) };
    if (!d->choice || !d->y || !d->option_list || !d->static_list) return AZ_NO_MEMORY;
    for (size_t s = 0; s < p->in->sites.count; s++) d->choice[s] = AZ_NO_INDEX;
    for (size_t j = 0; j < p->static_count; j++)
        d->y[j] = rounded(&p->statics[j], j < point->y_count ? point->y[j] : 0);
    AZ_TRY(fit_rows(d));
    AZ_TRY(read_rows(d, 0));
    AZ_TRY(add_options(d, 0, point));
    AZ_TRY(round_sites(d, point));
    AZ_TRY(find_live(d));
    *result = d;
    return AZ_OK;
}

enum az_status st_draft_rows(struct st_draft *d)
{
    struct st_point point;
    size_t first = d->row_count, statics = d->y_count;
    if (d->p->static_count > statics) { /* trips that came with the rows stand at 0 */
        d->y = az_arena_grow(d->arena, d->y, statics, d->p->static_count, sizeof *d->y);
        struct list *lists = AZ_ARRAY(d->arena, d->p->static_count, struct list);
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

/* --- moves ------------------------------------------------------------------------------------ */

static bool is_open(const struct st_draft *d, size_t i, struct move *m)
{
    *m = (struct move){ d->live.site[i], d->live.option[i], AZ_NO_INDEX };
    return d->choice[m->site] != m->option;
}

static bool can_flip(const struct st_draft *d, size_t j, struct move *m)
{
    const struct st_static *column = &d->p->statics[j];
    *m = (struct move){ AZ_NO_INDEX, AZ_NO_INDEX, j };
    if (!column->integer || column->lower == column->upper) return false;
    return column->kind == ST_REINFORCE || column->kind == ST_COVERED;
}

/* Every move that is better is made, in the order of prices, until none is. */
static enum az_status single_moves(struct st_draft *d, int64_t limit, bool *better)
{
    double tolerance = GAIN * fmax(1, fabs(d->cost)), delta;
    bool again = true;
    struct move m;
    while (again && d->work < limit && !az_must_stop(d->search->context)) {
        again = false;
        for (size_t i = 0; i < d->live.count + d->y_count; i++) {
            bool open = i < d->live.count ? is_open(d, i, &m) : can_flip(d, i - d->live.count, &m);
            if (!open) continue;
            AZ_TRY(weigh(d, &m, &delta));
            if (delta >= -tolerance) continue;
            AZ_TRY(make(d, &m));
            again = *better = true;
        }
    }
    return AZ_OK;
}

/* The best move after a first one is made; both are taken back unless they are better together. */
static enum az_status try_pair(struct st_draft *d, const struct move *first, double first_delta,
                               bool *better)
{
    struct move undo = { first->site,
                         first->flip == AZ_NO_INDEX ? d->choice[first->site] : AZ_NO_INDEX,
                         first->flip },
                best = { 0 }, m;
    double tolerance = GAIN * fmax(1, fabs(d->cost)), least = -tolerance, delta;
    bool found = false;
    AZ_TRY(make(d, first));
    for (size_t i = 0; i < d->live.count; i++) {
        if (!is_open(d, i, &m) || m.site == first->site) continue;
        AZ_TRY(weigh(d, &m, &delta));
        if (first_delta + delta >= least) continue;
        least = first_delta + delta;
        best = m;
        found = true;
    }
    if (!found) return make(d, &undo);
    *better = true;
    return make(d, &best);
}

/* First moves that would gain if no row were in the way, then those that lose least. */
static enum az_status pair_moves(struct st_draft *d, int64_t limit, bool *better)
{
    size_t tried = 0;
    struct move m;
    for (size_t i = 0; i < d->live.count && tried < FIRSTS && d->work < limit; i++) {
        double delta;
        if (az_must_stop(d->search->context)) break;
        if (!is_open(d, i, &m)) continue;
        AZ_TRY(weigh(d, &m, &delta));
        tried++;
        AZ_TRY(try_pair(d, &m, delta, better));
    }
    for (size_t j = 0; j < d->y_count && d->work < limit; j++) {
        double delta;
        if (az_must_stop(d->search->context)) break;
        if (!can_flip(d, j, &m)) continue;
        AZ_TRY(weigh(d, &m, &delta));
        AZ_TRY(try_pair(d, &m, delta, better));
    }
    return AZ_OK;
}

enum az_status st_draft_improve(struct st_draft *d, int64_t work, bool *whole)
{
    int64_t limit = d->work + work;
    int dearer = 0;
    for (;;) {
        bool better = false;
        AZ_TRY(single_moves(d, limit, &better));
        *whole = is_whole(d);
        if (d->work >= limit || az_must_stop(d->search->context)) break;
        better = false;
        AZ_TRY(pair_moves(d, limit, &better));
        if (better) continue;
        *whole = is_whole(d);
        if (*whole || dearer++ == TIMES_DEARER) break;
        raise_weights(d);
    }
    *whole = is_whole(d);
    return AZ_OK;
}
