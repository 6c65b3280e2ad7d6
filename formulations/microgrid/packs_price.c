/* packs_price.c - the best schedule of one battery against prices, by the slopes of its value
 * functions. The argument is in packs.h. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/packs.h"
#include "solver/tolerances.h"

/* A piece of a convex function. */
struct piece {
    double slope, length;
};

/* Where the two pieces of a slot's own cost begin in the value function: what e(t) is to the right
 * of there was moved in the slot. */
struct step {
    double down_at, up_at; /* energy */
    double down, up;       /* length of the pieces: most that is taken out, put in */
};

struct value {
    double left, at_left; /* energy and value of the left end */
    size_t first, count;
    struct piece *pieces; /* slopes rising */
};

static double right_of(const struct value *v)
{
    double right = v->left;
    for (size_t k = 0; k < v->count; k++) right += v->pieces[v->first + k].length;
    return right;
}

/* Puts a piece into its place, behind its equals; where it begins. */
static double insert(struct value *v, struct piece piece)
{
    struct piece *pieces = v->pieces + v->first;
    double at = v->left;
    size_t k = 0;
    for (; k < v->count && pieces[k].slope <= piece.slope; k++) at += pieces[k].length;
    memmove(pieces + k + 1, pieces + k, (v->count - k) * sizeof *pieces);
    pieces[k] = piece;
    v->count++;
    return at;
}

/* The part in [low, high]; false when there is none. */
static bool clip(struct value *v, double low, double high)
{
    double fit = AZ_FEASIBILITY_TOLERANCE * 0.01 * fmax(1, fabs(low)), right = right_of(v);
    if (v->left > high + fit || right < low - fit) return false;
    while (v->count > 0 && v->left < low) {
        struct piece *piece = &v->pieces[v->first];
        double part = fmin(piece->length, low - v->left);
        v->left += part;
        v->at_left += part * piece->slope;
        piece->length -= part;
        if (piece->length > 0) break;
        v->first++;
        v->count--;
    }
    while (v->count > 0 && right > high) {
        struct piece *piece = &v->pieces[v->first + v->count - 1];
        double part = fmin(piece->length, right - high);
        right -= part;
        piece->length -= part;
        if (piece->length > 0) break;
        v->count--;
    }
    if (v->count == 0) v->left = fmin(fmax(v->left, low), high);
    return true;
}

static double overlap(double at, double length, double e)
{
    return fmin(fmax(e - at, 0), length);
}

/* What is moved in a slot that ends with e. */
static double moved(const struct step *step, double e)
{
    return overlap(step->down_at, step->down, e) - step->down + overlap(step->up_at, step->up, e);
}

/* One more slot: the slot's own cost comes in as two pieces. */
static bool advance(const struct mg_instance *mg, size_t i, size_t t, double price,
                    double cost_scale, struct value *v, struct step *step)
{
    const struct mg_battery *b = &mg->batteries.items[i];
    double here = b->present[t], dt = mg->dt;
    double wear = cost_scale * b->throughput_cost_jpy_per_kwh * dt;
    double out = (price - wear) * b->discharge_efficiency / dt; /* slope left of 0, */
    double in = price / (b->charge_efficiency * dt);            /* right of it */
    step->up = here * b->charge_max_kw * b->charge_efficiency * dt;
    step->down = here * b->discharge_max_kw * dt / b->discharge_efficiency;
    v->at_left -= out * step->down;
    if (out > in && step->up + step->down > 0) /* both at once would pay: the hull of either */
        out = in = (in * step->up + out * step->down) / (step->up + step->down);
    v->left -= step->down;
    step->down_at = insert(v, (struct piece){ out, step->down });
    step->up_at = insert(v, (struct piece){ in, step->up });
    double floor = fmax(mg_floor_kwh(mg, i, t), b->min_kwh);
    return clip(v, here * floor, here * b->max_kwh);
}

/* The best end, and its value. */
static double best_end(const struct mg_battery *b, double cost_scale, struct value *v, double *e)
{
    bool valued = !isnan(b->end_value_jpy_per_kwh);
    double worth = valued ? cost_scale * b->end_value_jpy_per_kwh : 0;
    if (!clip(v, fmax(b->end_kwh, v->left), right_of(v))) return INFINITY;
    double best = v->at_left - worth * (v->left - b->start_kwh);
    *e = v->left;
    for (size_t k = 0; k < v->count && v->pieces[v->first + k].slope < worth; k++) {
        const struct piece *piece = &v->pieces[v->first + k];
        best += (piece->slope - worth) * piece->length;
        *e += piece->length;
    }
    return best;
}

static void set_flows(const struct mg_instance *mg, const struct mg_battery *b, double x,
                      double *charge, double *discharge)
{
    *charge = x > 0 ? x / (b->charge_efficiency * mg->dt) : 0;
    *discharge = x < 0 ? -x * b->discharge_efficiency / mg->dt : 0;
}

enum az_status mg_price_battery(const struct mg_instance *mg, size_t i, const double price[],
                                double cost_scale, struct az_arena *scratch, double *least,
                                double charge[], double discharge[])
{
    const struct mg_battery *b = &mg->batteries.items[i];
    size_t T = mg->T;
    struct value v = { .left = b->start_kwh, .pieces = AZ_ARRAY(scratch, 2 * T + 2, struct piece) };
    struct step *steps = AZ_ARRAY(scratch, T, struct step);
    double e = b->start_kwh;
    if (!v.pieces || !steps) return AZ_NO_MEMORY;
    *least = INFINITY;
    for (size_t t = 0; t < T; t++)
        if (!advance(mg, i, t, price[t], cost_scale, &v, &steps[t])) return AZ_OK;
    *least = best_end(b, cost_scale, &v, &e);
    for (size_t t = T; charge && isfinite(*least) && t-- > 0;) {
        double x = moved(&steps[t], e);
        set_flows(mg, b, x, &charge[t], &discharge[t]);
        e -= x;
    }
    return AZ_OK;
}
