/* plf.h - convex piecewise linear functions of the charge of a battery, for exact pricing.
 *
 * A function is n >= 1 points with x increasing and slopes not falling; it is defined from the
 * first x to the last and infinite outside. Every operation writes into a buffer of the caller's,
 * which may not be its input unless it says so, and answers the number of points, 0 for a function
 * that is nowhere defined. Nothing allocates. */
#ifndef AZ_EVBUS_PLF_H
#define AZ_EVBUS_PLF_H

#include <stdbool.h>
#include <stddef.h>

struct eb_xy {
    double x, y; /* kWh, JPY */
};

/* Of numbers that are none of them NAN: fmin and fmax, for inner loops. */
static inline double eb_least(double a, double b)
{
    return a < b ? a : b;
}
static inline double eb_most(double a, double b)
{
    return a > b ? a : b;
}

/* Charges closer than this are one charge, kWh. */
#define EB_PLF_WIDTH 1e-9

/* A slot of a stay as the battery sees it. The charge power falls along lines at the grid's side:
 * h(s) = min(charge_max, scale * (base_k + slope_k s)). */
struct eb_plf_slot {
    double charge_max, buy;     /* kWh into the battery at most; JPY per kWh into it */
    double discharge_max, sell; /* kWh out of it at most; JPY earned per kWh out of it */
    size_t line_count;
    const double *base, *slope;
    double scale;
    size_t kink_count;
    const double *kinks; /* charges where h changes its line, increasing; they depend on the powers
                            alone, not on the hours */
    double high, floor;  /* window's upper end; least charge after discharging */
};

double eb_plf_value(const struct eb_xy f[], size_t n, double x);

/* h(s) >= 0. */
double eb_plf_charge_limit(const struct eb_plf_slot *slot, double s);

/* f on [low, high]. out may be f. */
size_t eb_plf_restrict(const struct eb_xy f[], size_t n, double low, double high,
                       struct eb_xy out[]);

/* f(x + by) + cost: a movement that takes `by`. out may be f. */
void eb_plf_shift(struct eb_xy f[], size_t n, double by, double cost);

/* min over charges bought in the slot, standing idle included. out: n + kink_count + 4. */
size_t eb_plf_charge(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot,
                     struct eb_xy out[]);

/* min over what is sold in the slot, at or above the floor; idle above it included. out: n + 4. */
size_t eb_plf_discharge(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot,
                        struct eb_xy out[]);

/* Both at once on [max(floor, first x), high], when buy >= sell: then never both ways in one slot,
 * and the result is convex. out: n + kink_count + 6. */
size_t eb_plf_both(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot,
                   struct eb_xy out[]);

/* The same backwards: f is the least cost of what follows the slot, out the least cost of the slot
 * and what follows; ways as below. With EB_PLF_DISCHARGE f lies at or above the floor; with both
 * ways buy >= sell. low: the window's lower end. Never above the truth: a line of the curve that is
 * too steep, or below 0 somewhere in the window, is left out. out: n + kink_count + 4. */
size_t eb_plf_back(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot, int ways,
                   double low, struct eb_xy out[]);

/* The greatest convex function that lies nowhere above f or g, from the first x of both to the
 * last. out: n + m. */
size_t eb_plf_hull(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m,
                   struct eb_xy out[]);

/* Does f lie nowhere below g, and nowhere outside of it? */
bool eb_plf_covered(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m);

/* The least of f + g where both are defined; INFINITY where nowhere. */
double eb_plf_least_sum(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m);

enum { EB_PLF_IDLE = 1, EB_PLF_CHARGE = 2, EB_PLF_DISCHARGE = 4 };

/* The charge before the slot from which `after` is reached at the least cost by the ways allowed
 * (sum of the above). The nearest where rounding left none. */
double eb_plf_before(const struct eb_xy f[], size_t n, const struct eb_plf_slot *slot, int ways,
                     double after);

/* Where f lies below g + above: the intervals of f's domain left when the rest is taken away, in
 * order. What g does not cover is left. intervals: room for n + m + 2. Answers their number. */
size_t eb_plf_below(const struct eb_xy f[], size_t n, const struct eb_xy g[], size_t m,
                    double above, double intervals[][2]);

#endif
