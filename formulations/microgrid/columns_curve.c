/* columns_curve.c - convex piecewise-linear functions by their break points. */
#include "formulations/microgrid/columns_curve.h"

#include <math.h>

#include "formulations/microgrid/instance.h"

#define SAME 1e-10 /* relative: two functions that differ by less go on alike */

enum az_status mg_curve_new(struct az_arena *arena, size_t capacity, struct mg_curve *curve)
{
    curve->count = 0;
    curve->x = AZ_ARRAY(arena, 2 * capacity, double);
    if (!curve->x) return AZ_NO_MEMORY;
    curve->v = curve->x + capacity;
    return AZ_OK;
}

enum az_status mg_curve_work_new(struct az_arena *arena, size_t capacity,
                                 struct mg_curve_work *work)
{
    AZ_TRY(mg_curve_new(arena, capacity, &work->a));
    return mg_curve_new(arena, capacity, &work->b);
}

void mg_curve_copy(const struct mg_curve *from, struct mg_curve *to)
{
    to->count = from->count;
    for (size_t i = 0; i < from->count; i++) to->x[i] = from->x[i], to->v[i] = from->v[i];
}

static void put(struct mg_curve *curve, double x, double v)
{
    curve->x[curve->count] = x;
    curve->v[curve->count++] = v;
}

void mg_curve_flat(struct mg_curve *curve, double low, double high, double v)
{
    curve->count = 0;
    put(curve, low, v);
    if (high > low) put(curve, high, v);
}

/* The value at x between points i and i + 1. */
static double between(const double x[], const double v[], size_t i, double at)
{
    return v[i] + (v[i + 1] - v[i]) * ((at - x[i]) / (x[i + 1] - x[i]));
}

/* What reserve adds to a function of the power before it. */
static double of_reserve(const struct mg_curve_reserve *reserve, double up, double down, double x)
{
    return reserve->nu * fmax(0, x - down) - reserve->mu * fmin(reserve->room, up + x);
}

/* from(x) and that of the reserve, with its breaks at room - up and down. Returns the least point.
 */
static size_t add_reserve(const struct mg_curve *from, const struct mg_curve_reserve *reserve,
                          double up, double down, struct mg_curve *to)
{
    double kinks[2] = { reserve->mu > 0 ? reserve->room - up : INFINITY,
                        reserve->nu > 0 ? down : INFINITY };
    size_t least = 0;
    if (kinks[0] > kinks[1]) {
        double swap = kinks[0];
        kinks[0] = kinks[1];
        kinks[1] = swap;
    }
    to->count = 0;
    for (size_t i = 0; i < from->count; i++) {
        double x = from->x[i];
        put(to, x, from->v[i] + of_reserve(reserve, up, down, x));
        if (to->v[to->count - 1] < to->v[least]) least = to->count - 1;
        for (int k = 0; k < 2 && i + 1 < from->count; k++) {
            if (!(kinks[k] > to->x[to->count - 1] && kinks[k] < from->x[i + 1])) continue;
            put(to, kinks[k],
                between(from->x, from->v, i, kinks[k]) + of_reserve(reserve, up, down, kinks[k]));
            if (to->v[to->count - 1] < to->v[least]) least = to->count - 1;
        }
    }
    return least;
}

/* The function on [low, high] alone. */
static void clip(const struct mg_curve *from, double low, double high, double fit,
                 struct mg_curve *to)
{
    size_t n = from->count;
    to->count = 0;
    if (n == 0 || from->x[0] > high + fit || from->x[n - 1] < low - fit) return;
    if (from->x[0] >= high || from->x[n - 1] <= low) {
        put(to, from->x[0] >= high ? high : low, from->v[from->x[0] >= high ? 0 : n - 1]);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        double x = from->x[i];
        if (i > 0 && from->x[i - 1] < low && x > low)
            put(to, low, between(from->x, from->v, i - 1, low));
        if (x >= low && x <= high) put(to, x, from->v[i]);
        if (i > 0 && from->x[i - 1] < high && x > high) {
            put(to, high, between(from->x, from->v, i - 1, high));
            return;
        }
    }
}

void mg_curve_window(struct mg_curve_work *work, const struct mg_curve *from,
                     const struct mg_curve_reserve *reserve, double up, double down, double low,
                     double high, double fit, struct mg_curve *to, struct mg_curve_window *window)
{
    struct mg_curve *bare = &work->a, *moved = &work->b;
    size_t least = add_reserve(from, reserve, up, down, bare);
    *window = (struct mg_curve_window){ bare->x[least], bare->x[0], bare->x[bare->count - 1] };
    moved->count = 0;
    for (size_t i = 0; i <= least; i++) put(moved, bare->x[i] - down, bare->v[i]);
    if (up + down > 0) put(moved, bare->x[least] + up, bare->v[least]);
    for (size_t i = least + 1; i < bare->count; i++) put(moved, bare->x[i] + up, bare->v[i]);
    clip(moved, low, high, fit, to);
}

double mg_curve_before(const struct mg_curve_window *window, double q, double up, double down)
{
    double x = fmin(fmax(window->least, q - up), q + down);
    return fmin(fmax(x, window->low), window->high);
}

void mg_curve_add(struct mg_curve_work *work, struct mg_curve *curve, const double kw[],
                  const double v[], size_t count)
{
    struct mg_curve *sum = &work->a;
    size_t k = 0; /* the piece of the added function: from point k to k + 1 */
    sum->count = 0;
    for (size_t i = 0; i < curve->count; i++) {
        double x = curve->x[i];
        for (; k + 1 < count && kw[k + 1] - kw[0] <= x; k++) {
            double point = kw[k + 1] - kw[0];
            if (i > 0 && point > curve->x[i - 1] && point < x)
                put(sum, point, between(curve->x, curve->v, i - 1, point) + v[k + 1]);
        }
        double share = k + 1 < count ? (x - (kw[k] - kw[0])) / (kw[k + 1] - kw[k]) : 0;
        put(sum, x, curve->v[i] + (k + 1 < count ? v[k] + share * (v[k + 1] - v[k]) : v[k]));
    }
    mg_curve_copy(sum, curve);
}

double mg_curve_least(const struct mg_curve *curve, double most, double *where)
{
    double best = INFINITY;
    for (size_t i = 0; i < curve->count; i++) {
        double x = curve->x[i], v = curve->v[i];
        if (x > most && (i == 0 || curve->x[i - 1] >= most)) break;
        if (x > most) x = most, v = between(curve->x, curve->v, i - 1, most);
        if (v >= best) continue;
        best = v;
        if (where) *where = x;
    }
    return best;
}

bool mg_curve_alike(const struct mg_curve *a, const struct mg_curve *b, double *shift)
{
    size_t n = a->count;
    if (n == 0 || n != b->count) return false;
    *shift = a->v[0] - b->v[0];
    for (size_t i = 0; i < n; i++) {
        double size = fmax(1, fmax(fabs(a->v[i]), fabs(b->v[i])));
        if (fabs(a->x[i] - b->x[i]) > SAME * fmax(1, a->x[n - 1])) return false;
        if (fabs(a->v[i] - b->v[i] - *shift) > SAME * size) return false;
    }
    return true;
}
