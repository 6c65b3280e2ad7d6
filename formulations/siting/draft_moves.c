/* draft_moves.c - moves of one site or two, and what they bring. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/draft_work.h"
#include "solver/tolerances.h"

#define MOST_LIVE 1500 /* options that the search looks at */
#define FIRSTS 150     /* first moves of pairs in a pass */
#define GAIN 1e-9      /* relative: less is no gain */
#define LOOK 64        /* moves weighed between two looks at the clock */
#define DEARER 4.0     /* when a row stays broken */
#define TIMES_DEARER 12

/* --- coefficients ----------------------------------------------------------------------------- */

static enum az_status list_of(struct st_draft *d, size_t column,
                              const struct st_draft_list **result)
{
    const struct st_problem *p = d->p;
    bool option = column < p->option_count;
    struct st_draft_list *list =
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
    const struct st_draft_list *list;
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
static enum az_status change_of(struct st_draft *d, const struct st_move *m, size_t *count,
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

enum az_status st_draft_weigh(struct st_draft *d, const struct st_move *m, double *delta)
{
    size_t count;
    double broken;
    AZ_TRY(change_of(d, m, &count, delta));
    for (size_t i = 0; i < count; i++) {
        size_t r = d->change[i].row;
        *delta += st_draft_charge(d, r, d->activity[r] + d->change[i].value, &broken) -
                  st_draft_charge(d, r, d->activity[r], &broken);
    }
    if (++d->work % LOOK == 0 && az_must_stop(d->search->context)) d->stopped = true;
    return AZ_OK;
}

enum az_status st_draft_make(struct st_draft *d, const struct st_move *m)
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

bool st_draft_is_whole(const struct st_draft *d)
{
    double broken;
    for (size_t r = 0; r < d->row_count; r++) {
        st_draft_charge(d, r, d->activity[r], &broken);
        if (broken > 0) return false;
    }
    return true;
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
    bool *is_near = calloc(sites + 1, sizeof *is_near);
    enum az_status status = AZ_NO_MEMORY;
    if (!d->live.option || !d->live.site || !is_near) goto done;
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
        d->live.site[kept++] = near[i].site;
    }
    d->live.count = kept;
done:
    free(near);
    free(is_near);
    return status;
}

/* --- moves ------------------------------------------------------------------------------------ */

static bool is_open(const struct st_draft *d, size_t i, struct st_move *m)
{
    *m = (struct st_move){ d->live.site[i], d->live.option[i], AZ_NO_INDEX };
    return d->choice[m->site] != m->option;
}

bool st_draft_can_flip(const struct st_draft *d, size_t j, struct st_move *m)
{
    const struct st_static *column = &d->p->statics[j];
    *m = (struct st_move){ AZ_NO_INDEX, AZ_NO_INDEX, j };
    if (!column->integer || column->lower == column->upper) return false;
    return column->kind == ST_REINFORCE || column->kind == ST_COVERED;
}

/* Every move that is better is made, in the order of prices, until none is. */
static enum az_status single_moves(struct st_draft *d, int64_t limit, bool *better)
{
    double tolerance = GAIN * fmax(1, fabs(d->cost)), delta;
    bool again = true;
    struct st_move m;
    while (again && d->work < limit && !d->stopped) {
        again = false;
        for (size_t i = 0; i < d->live.count + d->y_count && !d->stopped; i++) {
            bool open =
                i < d->live.count ? is_open(d, i, &m) : st_draft_can_flip(d, i - d->live.count, &m);
            if (!open) continue;
            AZ_TRY(st_draft_weigh(d, &m, &delta));
            if (delta >= -tolerance) continue;
            AZ_TRY(st_draft_make(d, &m));
            again = *better = true;
        }
    }
    return AZ_OK;
}

/* The best move after a first one is made; both are taken back unless they are better together. */
static enum az_status try_pair(struct st_draft *d, const struct st_move *first, double first_delta,
                               bool *better)
{
    struct st_move undo = { first->site,
                            first->flip == AZ_NO_INDEX ? d->choice[first->site] : AZ_NO_INDEX,
                            first->flip },
                   best = { 0 }, m;
    double tolerance = GAIN * fmax(1, fabs(d->cost)), least = -tolerance, delta;
    bool found = false;
    AZ_TRY(st_draft_make(d, first));
    for (size_t i = 0; i < d->live.count && !d->stopped; i++) {
        if (!is_open(d, i, &m) || m.site == first->site) continue;
        AZ_TRY(st_draft_weigh(d, &m, &delta));
        if (first_delta + delta >= least) continue;
        least = first_delta + delta;
        best = m;
        found = true;
    }
    if (!found) return st_draft_make(d, &undo);
    *better = true;
    return st_draft_make(d, &best);
}

/* First moves that would gain if no row were in the way, then those that lose least. */
static enum az_status pair_moves(struct st_draft *d, int64_t limit, bool *better)
{
    size_t tried = 0;
    struct st_move m;
    for (size_t i = 0; i < d->live.count && tried < FIRSTS && d->work < limit; i++) {
        double delta;
        if (d->stopped) break;
        if (!is_open(d, i, &m)) continue;
        AZ_TRY(st_draft_weigh(d, &m, &delta));
        tried++;
        AZ_TRY(try_pair(d, &m, delta, better));
    }
    for (size_t j = 0; j < d->y_count && d->work < limit; j++) {
        double delta;
        if (d->stopped) break;
        if (!st_draft_can_flip(d, j, &m)) continue;
        AZ_TRY(st_draft_weigh(d, &m, &delta));
        AZ_TRY(try_pair(d, &m, delta, better));
    }
    return AZ_OK;
}

static enum az_status local_search(struct st_draft *d, int64_t limit)
{
    bool better = true;
    while (better && d->work < limit && !d->stopped) {
        AZ_TRY(single_moves(d, limit, &better));
        better = false;
        if (d->work < limit && !d->stopped) AZ_TRY(pair_moves(d, limit, &better));
    }
    return AZ_OK;
}

/* Moves that may break rows on the way, which then become dearer until none is broken. */
static enum az_status loose_search(struct st_draft *d, int64_t limit)
{
    for (int times = 0; times < TIMES_DEARER; times++) {
        AZ_TRY(local_search(d, limit));
        if (st_draft_is_whole(d) || d->work >= limit || d->stopped) break;
        for (size_t r = 0; r < d->row_count; r++) {
            double broken;
            st_draft_charge(d, r, d->activity[r], &broken);
            if (broken > 0) d->weight[r] *= DEARER;
        }
    }
    return AZ_OK;
}

/* --- states ----------------------------------------------------------------------------------- */

struct state {
    size_t *choice;
    double *y, *activity, cost;
};

static enum az_status save(const struct st_draft *d, struct state *state)
{
    size_t sites = d->p->in->sites.count;
    *state = (struct state){ .choice = AZ_ARRAY(d->arena, sites, size_t),
                             .y = AZ_ARRAY(d->arena, d->y_count, double),
                             .activity = AZ_ARRAY(d->arena, d->row_count, double),
                             .cost = d->cost };
    if (!state->choice || !state->y || !state->activity) return AZ_NO_MEMORY;
    if (sites > 0) memcpy(state->choice, d->choice, sites * sizeof *d->choice);
    if (d->y_count > 0) memcpy(state->y, d->y, d->y_count * sizeof *d->y);
    if (d->row_count > 0) memcpy(state->activity, d->activity, d->row_count * sizeof *d->activity);
    return AZ_OK;
}

static void put_back(struct st_draft *d, const struct state *state)
{
    size_t sites = d->p->in->sites.count;
    if (sites > 0) memcpy(d->choice, state->choice, sites * sizeof *d->choice);
    if (d->y_count > 0) memcpy(d->y, state->y, d->y_count * sizeof *d->y);
    if (d->row_count > 0) memcpy(d->activity, state->activity, d->row_count * sizeof *d->activity);
    d->cost = state->cost;
}

/* With what is short and, dearer than all else, broken. */
static double total(const struct st_draft *d)
{
    double sum = d->cost, broken;
    for (size_t r = 0; r < d->row_count; r++) sum += st_draft_charge(d, r, d->activity[r], &broken);
    return sum;
}

/* Mended first, then moves that break nothing. */
static enum az_status search_strictly(struct st_draft *d, int64_t limit, bool *whole)
{
    AZ_TRY(st_draft_mend(d, whole));
    if (*whole && d->work < limit) AZ_TRY(local_search(d, limit));
    return AZ_OK;
}

/* From the rounded solution on the other way too: moves first, then mended. */
static enum az_status search_both_ways(struct st_draft *d, int64_t work, bool *whole)
{
    struct state rounded, strict;
    int64_t limit = d->work + work;
    AZ_TRY(save(d, &rounded));
    AZ_TRY(search_strictly(d, d->work + work / 2, whole));
    if (d->stopped) return AZ_OK;
    AZ_TRY(save(d, &strict));
    double least = total(d);
    put_back(d, &rounded);
    st_draft_strict(d, false);
    AZ_TRY(loose_search(d, d->work + work / 2));
    st_draft_strict(d, true);
    AZ_TRY(search_strictly(d, limit, whole));
    if (total(d) > least) put_back(d, &strict);
    return AZ_OK;
}

enum az_status st_draft_improve(struct st_draft *d, int64_t work, bool *whole)
{
    d->stopped = az_must_stop(d->search->context);
    if (work > 0 && !d->live.option) AZ_TRY(find_live(d));
    if (work > 0 && d->fresh)
        AZ_TRY(search_both_ways(d, work, whole));
    else
        AZ_TRY(search_strictly(d, d->work + work, whole));
    d->fresh = d->fresh && work == 0;
    *whole = st_draft_is_whole(d);
    return AZ_OK;
}
