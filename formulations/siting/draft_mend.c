/* draft_mend.c - broken rows of a draft, mended one after the other by the sites (and
 * reinforcements) that lose least for what they give to the row. */
#include <math.h>
#include <stdlib.h>

#include "formulations/siting/draft_work.h"
#include "solver/tolerances.h"

#define PASSES 40  /* over all rows */
#define CHOICE 40  /* candidates of which the best is taken */
#define FAR 4.0    /* times a candidate's part is still missing: it is taken as it comes */
#define DEARER 4.0 /* when a row stays broken */
#define LEAST 1e-9 /* of a row's side: a smaller part is none */

struct candidate {
    struct st_move move;
    double part;  /* of what is missing */
    double score; /* what it loses for one of it */
};

/* A row, and what it has of options. */
struct wound {
    struct st_draft *d;
    size_t row;
    int side;    /* 1: too little, -1: too much */
    double by;   /* is broken */
    size_t hour; /* of a network's row; p and q of each place */
    double *p, *q;
    struct candidate *items;
    size_t count;
};

static double value_of(const struct wound *w, size_t option)
{
    const struct st_problem *p = w->d->p;
    const struct st_row *row = &p->rows[w->row];
    if (option == AZ_NO_INDEX) return 0;
    if (row->measure == ST_OF_INJECTION) {
        size_t place = p->place[p->values->site[option]], at;
        at = option * p->values->hour_count + w->hour;
        return w->p[place] * p->values->injection[at] +
               (p->values->reactive ? w->q[place] * p->values->reactive[at] : 0);
    }
    if (row->measure != ST_NO_MEASURE) return row->factor * st_measured(p, row, option);
    for (size_t e = p->option_entry[option]; e != AZ_NO_INDEX; e = p->entries[e].next)
        if (p->entries[e].row == w->row) return p->entries[e].value;
    return 0;
}

static bool is_in(const struct wound *w, size_t site)
{
    const struct st_problem *p = w->d->p;
    const struct st_row *row = &p->rows[w->row];
    if (row->measure == ST_NO_MEASURE) return true;
    if (row->measure != ST_OF_INJECTION) return st_in_group(p->in, &row->group, site);
    size_t place = p->place[site];
    return place != AZ_NO_INDEX && (w->p[place] != 0 || w->q[place] != 0);
}

/* Weights of the row at places. */
static void read_weights(struct wound *w)
{
    const struct st_problem *p = w->d->p;
    for (size_t i = 0; i < p->place_count; i++) {
        w->p[i] = w->q[i] = 0;
        for (size_t k = p->place_weight[i]; k != AZ_NO_INDEX; k = p->weights[k].next) {
            if (p->weights[k].row != w->row) continue;
            w->hour = p->weights[k].hour;
            w->p[i] = p->weights[k].p;
            w->q[i] = p->weights[k].q;
        }
    }
}

static void consider(struct wound *w, const struct st_move *move, double part, double loses,
                     struct candidate *best)
{
    if (!(part > LEAST * fmax(1, w->by))) return;
    double score = loses / fmin(part, w->by);
    if (score < best->score) *best = (struct candidate){ *move, part, score };
}

/* The site's option (or none) that gives to the row for the least. */
static void look_at_site(struct wound *w, size_t s)
{
    const struct st_draft *d = w->d;
    const struct st_problem *p = d->p;
    size_t now = d->choice[s];
    double here = value_of(w, now), paid = now == AZ_NO_INDEX ? 0 : d->prices->reduced[now];
    struct candidate best = { .score = INFINITY };
    struct st_move move = { s, AZ_NO_INDEX, AZ_NO_INDEX };
    if (now != AZ_NO_INDEX && !p->forced[s]) consider(w, &move, -w->side * here, -paid, &best);
    for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
        if (!p->allowed[o] || o == now) continue;
        move.option = o;
        consider(w, &move, w->side * (value_of(w, o) - here), d->prices->reduced[o] - paid, &best);
    }
    if (isfinite(best.score)) w->items[w->count++] = best;
}

static void look_at_static(struct wound *w, size_t j)
{
    const struct st_draft *d = w->d;
    const struct st_problem *p = d->p;
    struct candidate best = { .score = INFINITY };
    struct st_move move;
    if (!st_draft_can_flip(d, j, &move)) return;
    double by = d->y[j] > 0.5 ? -1 : 1;
    double price =
        j < d->prices->static_count ? d->prices->reduced_y[j] : st_static_cost(p, &p->statics[j]);
    for (size_t e = p->static_entry[j]; e != AZ_NO_INDEX; e = p->entries[e].next)
        if (p->entries[e].row == w->row)
            consider(w, &move, w->side * by * p->entries[e].value, by * price, &best);
    if (isfinite(best.score)) w->items[w->count++] = best;
}

static int cheapest_first(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? -1 : 1;
    if (x->move.flip != y->move.flip) return x->move.flip < y->move.flip ? -1 : 1;
    return x->move.site < y->move.site ? -1 : x->move.site > y->move.site;
}

static void find_candidates(struct wound *w)
{
    const struct st_problem *p = w->d->p;
    w->count = 0;
    if (p->rows[w->row].measure == ST_OF_INJECTION) read_weights(w);
    for (size_t s = 0; s < p->in->sites.count; s++)
        if (is_in(w, s)) look_at_site(w, s);
    for (size_t j = 0; j < w->d->y_count; j++) look_at_static(w, j);
    if (w->count > 0) qsort(w->items, w->count, sizeof *w->items, cheapest_first);
}

/* By how much the row is broken, and where. */
static bool is_broken(struct wound *w)
{
    const struct st_draft *d = w->d;
    st_draft_charge(d, w->row, d->activity[w->row], &w->by);
    w->side = d->activity[w->row] > d->p->rows[w->row].upper ? -1 : 1;
    return w->by > 0;
}

/* Candidates in their order, the best of the next few; each is tried once. */
static enum az_status take_candidates(struct wound *w)
{
    struct st_draft *d = w->d;
    size_t next = 0;
    while (is_broken(w) && next < w->count && !d->stopped) {
        size_t most = next + CHOICE < w->count ? next + CHOICE : w->count, best = most;
        double least = 0, delta;
        if (w->by > FAR * w->items[next].part) most = next + 1;
        for (size_t i = next; i < most; i++) {
            AZ_TRY(st_draft_weigh(d, &w->items[i].move, &delta));
            if (delta >= least) continue;
            least = delta;
            best = i;
        }
        if (least == 0) { /* none of these */
            next = most;
            continue;
        }
        AZ_TRY(st_draft_make(d, &w->items[best].move));
        w->items[best] = w->items[next++];
    }
    return AZ_OK;
}

enum az_status st_draft_mend(struct st_draft *d, bool *whole)
{
    const struct st_problem *p = d->p;
    struct wound w = { .d = d };
    enum az_status status = AZ_OK;
    bool some = true;
    *whole = st_draft_is_whole(d);
    if (*whole) return AZ_OK;
    w.p = calloc(p->place_count + 1, sizeof *w.p);
    w.q = calloc(p->place_count + 1, sizeof *w.q);
    w.items = calloc(p->in->sites.count + d->y_count + 1, sizeof *w.items);
    if (!w.p || !w.q || !w.items) status = AZ_NO_MEMORY;
    for (int pass = 0; status == AZ_OK && some && pass < PASSES; pass++) {
        some = false;
        for (w.row = 0; status == AZ_OK && w.row < d->row_count && !d->stopped; w.row++) {
            if (!is_broken(&w)) continue;
            some = true;
            find_candidates(&w);
            status = take_candidates(&w);
            if (is_broken(&w)) d->weight[w.row] *= DEARER;
        }
    }
    free(w.p);
    free(w.q);
    free(w.items);
    *whole = status == AZ_OK && st_draft_is_whole(d);
    return status;
}
