/* tree_split.c - ways to split a node: what is fractional in the solution of its LP. */
#include <math.h>
#include <stdlib.h>

#include "formulations/siting/tree.h"

#define WHOLE 1e-6 /* a choice's share of its site: nothing else is fractional */

static double share_of_base(const struct st_lp *lp, size_t s)
{
    double rest = 1;
    for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++) rest -= lp->x[k];
    return fmax(0, rest);
}

static bool is_whole(double x)
{
    return fabs(x - round(x)) <= WHOLE;
}

static double entry(const struct st_lp *lp, size_t row, size_t column)
{
    size_t low = lp->start[row], high = lp->start[row + 1];
    while (low < high) { /* columns of a row ascend */
        size_t middle = low + (high - low) / 2;
        if (lp->index[middle] == column) return lp->value[middle];
        if (lp->index[middle] < column)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* The row by which the shares of a site differ most, by its price; and where it is cut in two. */
static struct st_split split_of_site(const struct st_lp *lp, size_t s)
{
    struct st_split best = { .site = s, .row = AZ_NO_INDEX };
    double base = share_of_base(lp, s);
    for (size_t r = 0; r < lp->problem_rows; r++) {
        double mean = 0, spread = 0;
        if (lp->price[r] == 0) continue;
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++)
            if (lp->x[k] > 0) mean += lp->x[k] * entry(lp, r, k);
        spread = base * fabs(mean);
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++)
            if (lp->x[k] > 0) spread += lp->x[k] * fabs(entry(lp, r, k) - mean);
        spread *= fabs(lp->price[r]);
        if (spread <= best.score) continue;
        best.score = spread;
        best.row = r;
        best.middle = mean;
    }
    return best;
}

static int best_split_first(const void *a, const void *b)
{
    const struct st_split *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    if (x->site != y->site) return x->site < y->site ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

enum az_status st_lp_splits(const struct st_lp *lp, struct az_arena *scratch,
                            struct st_split **result, size_t *count)
{
    size_t sites = lp->p->in->sites.count, statics = lp->column_count - lp->site_columns;
    struct st_split *list = AZ_ARRAY(scratch, sites + statics, struct st_split);
    *count = 0;
    if (!list) return AZ_NO_MEMORY;
    for (size_t s = 0; s < sites; s++) {
        bool whole = true;
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++)
            whole = whole && is_whole(lp->x[k]);
        if (!whole) list[(*count)++] = split_of_site(lp, s);
    }
    for (size_t j = 0; j < statics; j++) {
        size_t k = lp->site_columns + j;
        double x = lp->x[k], most = fabs(lp->cost[k]);
        if (!lp->p->statics[j].integer || is_whole(x)) continue;
        for (size_t r = 0; r < lp->problem_rows; r++)
            if (lp->price[r] != 0) most = fmax(most, fabs(lp->price[r] * entry(lp, r, k)));
        list[(*count)++] = (struct st_split){ .site = AZ_NO_INDEX,
                                              .row = AZ_NO_INDEX,
                                              .column = k,
                                              .middle = floor(x),
                                              .score = most * fmin(x - floor(x), ceil(x) - x) };
    }
    if (*count > 0) qsort(list, *count, sizeof *list, best_split_first);
    *result = list;
    return AZ_OK;
}

enum az_status st_lp_side(const struct st_lp *lp, const struct st_split *split, int side,
                          struct az_arena *scratch, struct st_change **changes, size_t *count)
{
    *count = 0;
    if (split->site == AZ_NO_INDEX) {
        *changes = AZ_ARRAY(scratch, 1, struct st_change);
        if (!*changes) return AZ_NO_MEMORY;
        (*changes)[(*count)++] =
            (struct st_change){ split->column, AZ_NO_INDEX, side ? split->middle + 1 : -INFINITY,
                                side ? INFINITY : split->middle, AZ_NO_INDEX };
        return AZ_OK;
    }
    size_t s = split->site, largest = AZ_NO_INDEX, choices = lp->first[s + 1] - lp->first[s];
    *changes = AZ_ARRAY(scratch, choices + 1, struct st_change);
    if (!*changes) return AZ_NO_MEMORY;
    if (split->row == AZ_NO_INDEX) /* nothing tells them apart: the largest share, and others */
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++)
            if (largest == AZ_NO_INDEX || lp->x[k] > lp->x[largest]) largest = k;
    for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++) {
        bool above =
            split->row == AZ_NO_INDEX ? k == largest : entry(lp, split->row, k) > split->middle;
        if (above != (side == 1))
            (*changes)[(*count)++] =
                (struct st_change){ k, AZ_NO_INDEX, -INFINITY, 0, AZ_NO_INDEX };
    }
    bool base_above = split->row != AZ_NO_INDEX && 0 > split->middle;
    if (base_above != (side == 1))
        (*changes)[(*count)++] = (struct st_change){ AZ_NO_INDEX, s, 0, 0, AZ_NO_INDEX };
    return AZ_OK;
}
