/* columns_curve.h - convex piecewise-linear functions of a unit's power above minimum: what the
 * exact pricing of a schedule is made of. Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_COLUMNS_CURVE_H
#define AZ_MICROGRID_COLUMNS_CURVE_H

#include "solver/base/arena.h"
#include "solver/base/status.h"

#include <stdbool.h>

/* Break points from the left end of the domain to the right one, linear between them; no points:
 * an empty domain. */
struct mg_curve {
    size_t count;
    double *x, *v;
};

/* Room for the functions below. */
struct mg_curve_work {
    struct mg_curve a, b;
};

/* What a step remembers of the function under its window: where it is least, and its domain. */
struct mg_curve_window {
    double least, low, high;
};

enum az_status mg_curve_new(struct az_arena *arena, size_t capacity, struct mg_curve *curve);
enum az_status mg_curve_work_new(struct az_arena *arena, size_t capacity,
                                 struct mg_curve_work *work);
void mg_curve_copy(const struct mg_curve *from, struct mg_curve *to);

/* The constant v on [low, high]. */
void mg_curve_flat(struct mg_curve *curve, double low, double high, double v);

/* What reserve earns by the power before it: mu min(room, up + x) upward, and downward what is lost
 * of it where power falls by more than `down`: nu max(0, x - down) is taken off. mu, nu >= 0. */
struct mg_curve_reserve {
    double mu, nu, room;
};

/* to(q) = min { from(x) - mu min(room, up + x) + nu max(0, x - down) : q - up <= x <= q + down } on
 * [low, high]. A domain that misses [low, high] by at most `fit` is taken to touch it. */
void mg_curve_window(struct mg_curve_work *work, const struct mg_curve *from,
                     const struct mg_curve_reserve *reserve, double up, double down, double low,
                     double high, double fit, struct mg_curve *to, struct mg_curve_window *window);

/* The x of that minimum for a q. */
double mg_curve_before(const struct mg_curve_window *window, double q, double up, double down);

/* curve += the function with values v[count] at kw[count] - kw[0]; its domain is the wider one. */
void mg_curve_add(struct mg_curve_work *work, struct mg_curve *curve, const double kw[],
                  const double v[], size_t count);

/* The least value at x <= most, and where (NULL: not asked); INFINITY on an empty domain. */
double mg_curve_least(const struct mg_curve *curve, double most, double *where);

/* Is a = b + shift? */
bool mg_curve_alike(const struct mg_curve *a, const struct mg_curve *b, double *shift);

#endif
