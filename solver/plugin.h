/* plugin.h - what every engine plug-in needs beside its library: time, gaps, bounds from duals.
 *
 * Only for solver/engine_*.c. Header-only, because a plug-in links to nothing of azumi. */
#ifndef AZ_PLUGIN_H
#define AZ_PLUGIN_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/engine.h"
#include "solver/tolerances.h"

#define DUAL_TOLERANCE 1e-7 /* reduced costs below this (times the cost's size) count as zero */

static inline double seconds_left(const struct az_context *context)
{
    if (isinf(context->deadline)) return context->deadline > 0 ? INFINITY : 0;
    double left = context->deadline - context->clock.seconds(context->clock.data);
    return left > 0 ? left : 0;
}

static inline bool must_stop(const struct az_context *context)
{
    return (context->cancelled && context->cancelled(context->data)) || seconds_left(context) <= 0;
}

/* The bound that says nothing. */
static inline double no_bound(enum az_sense sense)
{
    return sense == AZ_MINIMIZE ? -INFINITY : INFINITY;
}

/* Is a a better objective than b? */
static inline bool is_better(enum az_sense sense, double a, double b)
{
    return sense == AZ_MINIMIZE ? a < b : a > b;
}

/* The weaker of two bounds. */
static inline double weaker(enum az_sense sense, double a, double b)
{
    return sense == AZ_MINIMIZE ? fmin(a, b) : fmax(a, b);
}

/* Do objective and bound lie within what was asked? */
static inline bool gap_is_closed(enum az_sense sense, const struct az_mip_options *options,
                                 double objective, double bound)
{
    double distance = sense == AZ_MINIMIZE ? objective - bound : bound - objective;
    if (!(distance < INFINITY)) return false;
    double size = fmax(fabs(objective), 1e-10);
    return distance <= options->gap_abs || distance <= options->gap * size ||
           distance <= 1e-9 * fmax(1, fabs(objective));
}

/* Can nothing better than the cutoff exist any more? */
static inline bool cutoff_is_reached(enum az_sense sense, const struct az_mip_options *options,
                                     double bound)
{
    return !isnan(options->cutoff) && !is_better(sense, bound, options->cutoff);
}

/* Bounds of columns and sides of rows as the plug-in keeps them beside its library. */
struct sides {
    size_t count, capacity;
    double *lower, *upper;
};

static inline bool sides_grow(struct sides *sides, size_t extra)
{
    size_t needed = sides->count + extra;
    if (needed <= sides->capacity) return true;
    size_t capacity = needed + needed / 2 + 16;
    double *lower = realloc(sides->lower, capacity * sizeof *lower);
    if (lower) sides->lower = lower;
    double *upper = lower ? realloc(sides->upper, capacity * sizeof *upper) : NULL;
    if (!upper) return false;
    sides->upper = upper;
    sides->capacity = capacity;
    return true;
}

static inline void sides_free(struct sides *sides)
{
    free(sides->lower);
    free(sides->upper);
}

/* False, and nothing changed: there is no such column or row, or a side is no number. */
static inline bool sides_set(struct sides *sides, size_t at, double lower, double upper)
{
    if (at >= sides->count || isnan(lower) || isnan(upper)) return false;
    sides->lower[at] = lower;
    sides->upper[at] = upper;
    return true;
}

/* Takes out the items of increasing indices. */
static inline void sides_delete(struct sides *sides, size_t count, const size_t items[])
{
    size_t kept = 0, next = 0;
    for (size_t i = 0; i < sides->count; i++) {
        if (next < count && items[next] == i) {
            next++;
            continue;
        }
        sides->lower[kept] = sides->lower[i];
        sides->upper[kept++] = sides->upper[i];
    }
    sides->count = kept;
}

/* Are the indices increasing and in range? */
static inline bool is_increasing(size_t count, const size_t items[], size_t limit)
{
    for (size_t k = 0; k < count; k++)
        if (items[k] >= limit || (k > 0 && items[k] <= items[k - 1])) return false;
    return true;
}

/* Some lower > upper: nothing fits. */
static inline bool sides_conflict(const struct sides *sides)
{
    for (size_t i = 0; i < sides->count; i++)
        if (sides->lower[i] > sides->upper[i]) return true;
    return false;
}

/* Does every value lie within its sides, by the tolerance of the judge? */
static inline bool sides_hold(const struct sides *sides, const double values[])
{
    for (size_t i = 0; i < sides->count; i++) {
        double low = sides->lower[i], high = sides->upper[i];
        if (values[i] < low - AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(low))) return false;
        if (values[i] > high + AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(high))) return false;
    }
    return true;
}

/* The bounds of an integer column as whole numbers. False: there is none between them. */
static inline bool round_inwards(double *lower, double *upper)
{
    *lower = ceil(*lower - AZ_INTEGER_TOLERANCE);
    *upper = floor(*upper + AZ_INTEGER_TOLERANCE);
    return *lower <= *upper;
}

/* Room to pack one row or column: duplicates summed, zeros and dust left out, as libraries want
 * them: one that keeps a coefficient of 1e-16 has called an LP optimal that was not. */
struct packer {
    size_t size;
    int *index, *place;
    double *value;
};

static inline void packer_free(struct packer *packer)
{
    free(packer->index);
    free(packer->place);
    free(packer->value);
}

static inline bool packer_grow(struct packer *packer, size_t size)
{
    if (size < packer->size) return true;
    size_t items = size + size / 2 + 2;
    int *index = realloc(packer->index, items * sizeof *index);
    if (index) packer->index = index;
    double *value = realloc(packer->value, items * sizeof *value);
    if (value) packer->value = value;
    int *place = calloc(items, sizeof *place);
    if (!index || !value || !place) {
        free(place);
        return false;
    }
    free(packer->place);
    packer->place = place;
    packer->size = items;
    return true;
}

/* Packs into index[base..], value[base..] with `base` added to every index. Returns how many, or -1
 * when an index is out of range or a value no number. */
static inline int pack(struct packer *packer, size_t count, const size_t index[],
                       const double value[], size_t limit, int base)
{
    int length = 0, kept = 0;
    bool sound = true;
    for (size_t k = 0; k < count && sound; k++) {
        sound = index[k] < limit && isfinite(value[k]);
        if (!sound) break;
        int *place = &packer->place[index[k]];
        if (*place == 0) {
            *place = ++length;
            packer->index[base + length - 1] = (int)index[k];
            packer->value[base + length - 1] = 0;
        }
        double *sum = &packer->value[base + *place - 1];
        *sum = az_sum_of_parts(*sum, value[k]);
    }
    for (int k = base; k < base + length; k++) packer->place[packer->index[k]] = 0;
    for (int k = base; k < base + length; k++) {
        if (fabs(packer->value[k]) <= AZ_DUST) continue;
        packer->index[base + kept] = packer->index[k] + base;
        packer->value[base + kept++] = packer->value[k];
    }
    return sound ? kept : -1;
}

/* The least (most, when maximising) of multiplier * value over lower <= value <= upper. */
static inline double best_product(enum az_sense sense, double multiplier, double lower,
                                  double upper, double tolerance)
{
    if (multiplier == 0) return 0;
    double side = (multiplier > 0) == (sense == AZ_MINIMIZE) ? lower : upper;
    if (isfinite(side)) return multiplier * side;
    return fabs(multiplier) <= tolerance ? 0 : no_bound(sense);
}

/* The bound that row duals and their reduced costs prove, feasible or not:
 *   offset + sum_i best pi_i r_i + sum_j best d_j x_j  over the sides of rows and columns. */
static inline double bound_of_duals(enum az_sense sense, double offset, const struct sides *rows,
                                    const double pi[], const struct sides *columns,
                                    const double d[])
{
    double bound = offset;
    for (size_t i = 0; i < rows->count; i++)
        bound += best_product(sense, pi[i], rows->lower[i], rows->upper[i], DUAL_TOLERANCE);
    for (size_t j = 0; j < columns->count; j++)
        bound += best_product(sense, d[j], columns->lower[j], columns->upper[j], DUAL_TOLERANCE);
    return isnan(bound) ? no_bound(sense) : bound;
}

#endif
