/* draft_work.h - what the files of drafts share: the draft itself and how a move is weighed. */
#ifndef AZ_SITING_DRAFT_WORK_H
#define AZ_SITING_DRAFT_WORK_H

#include <math.h>

#include "formulations/siting/draft.h"

#define ST_DRAFT_FEASIBLE 5e-8 /* relative: rows are kept to this */

/* Options that the search looks at: those near the best by the prices, the nearest first. */
struct st_live {
    size_t count;
    size_t *option; /* AZ_NO_INDEX: none, at the site */
    size_t *site;
};

struct st_draft_list {
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
    struct st_draft_list *option_list; /* [options] */
    struct st_draft_list *static_list;
    struct st_coefficient *room, *change; /* [row_capacity], [2 row_capacity] */
    double *dense;
    struct st_live live; /* of improving */
    double fee;          /* of every row that is broken: more than a move gains */
    double cost;         /* of options and statics, without shortfalls */
    int64_t work;        /* moves weighed */
    bool fresh;          /* not improved yet */
    bool stopped;        /* the time is over */
};

/* A move: a site to an option (AZ_NO_INDEX: none), or a static to its other side. */
struct st_move {
    size_t site, option, flip;
};

static inline double st_draft_room(double side)
{
    return ST_DRAFT_FEASIBLE * fmax(1, fabs(side));
}

/* What is short in a row at its price, and what is broken at the row's weight and the
 * fee. */
static inline double st_draft_charge(const struct st_draft *d, size_t r, double activity,
                                     double *broken)
{
    const struct st_row *row = &d->p->rows[r];
    double cost = 0, below = row->lower - activity, above = activity - row->upper;
    if (below > 0 && d->most_short[r] > 0) {
        double taken = fmin(below, d->most_short[r]);
        cost += taken * d->short_price[r];
        below -= taken;
    }
    double by = 0;
    if (below > st_draft_room(row->lower)) by = below;
    if (above > st_draft_room(row->upper)) by = above;
    *broken = by;
    return by > 0 ? cost + d->fee + by * d->weight[r] : cost;
}

/* What a move costs more in all, what it breaks at the weights. */
enum az_status st_draft_weigh(struct st_draft *draft, const struct st_move *move, double *delta);
enum az_status st_draft_make(struct st_draft *draft, const struct st_move *move);

/* What breaking a row costs from now on: more than any move gains, or so little that moves may
 * break rows on the way. */
void st_draft_strict(struct st_draft *draft, bool strict);

/* Is no row broken? */
bool st_draft_is_whole(const struct st_draft *draft);

/* A static that a move may flip. */
bool st_draft_can_flip(const struct st_draft *draft, size_t index, struct st_move *move);

/* Broken rows one after the other: sites and reinforcements that mend them for the least. *whole:
 * no row is broken any more. */
enum az_status st_draft_mend(struct st_draft *draft, bool *whole);

#endif
