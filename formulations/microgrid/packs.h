/* packs.h - many batteries of a grid planned in packs.
 *
 * A battery that nothing but its grid's balance ties to the rest has, at given prices, a best
 * schedule of its own, found exactly and quickly. With hundreds of kinds of them the models are
 * therefore not built with their columns. A pack is a block of batteries of one grid; its columns
 * are courses that its batteries can run, all of them together, and since batteries are continuous
 * every mean of courses is a course.
 *
 *   in models    a pack is a mean of the courses that are known: a restriction, for plans. Courses
 *                are added at the duals of dispatches until they no longer pay.
 *   the master   of the unit schedules has packs as blocks: its bound is one of the whole problem.
 *
 * A solve gives its own copy of the instance its packs (mg_instance.packs); what is built from that
 * copy leaves their batteries out. Inside the microgrid kind only. */
#ifndef AZ_MICROGRID_PACKS_H
#define AZ_MICROGRID_PACKS_H

#include "formulations/microgrid/model.h"

/* What the batteries of a pack do together over the horizon. */
struct mg_course {
    double cost;       /* throughput and the value of the end */
    double *net;       /* [T] kW into the grid */
    double *price;     /* [T] at which it is the best one: the batteries' flows follow; or NULL */
    double cost_scale; /* of what it costs, there: 1 or 0 */
    double *charge, *discharge; /* [batteries of the pack * T] kW, without a price */
    size_t used;                /* packs->moment when a solution took it or it was made */
};

struct mg_pack {
    size_t grid, count;
    size_t *battery; /* [count] */
    size_t course_count, course_capacity;
    struct mg_course **courses; /* in the order of making */
    struct mg_course *best;     /* of the incumbent; NULL before */
    struct mg_course *only;     /* the models take this one alone; NULL: all */
};

struct mg_packs {
    struct az_arena *arena;
    size_t count;
    struct mg_pack *items;
    bool *packed; /* [batteries] */
    size_t moment;
};

/* --- one battery against prices -----------------------------------------------------------------
 */

/* The schedule that earns most: the least of cost_scale (throughput - value of the end) - sum
 * price(t) (discharge - charge), exactly, or a bound of it where prices below zero would pay for
 * charging and discharging at once (the convex hull of doing either).
 *
 * With x(t) = e(t) - e(t-1) the cost of a slot is convex and piecewise linear in x with a break at
 * 0, and V_t(e), the least cost of the slots up to t that ends in e, is the infimal convolution of
 * V_{t-1} with it, on the window of the slot: the slopes of both in one rising row.
 *
 *   price       [T] per kW and slot
 *   charge, discharge  [T] out, kW; NULL: not asked
 *   least       out: INFINITY when the battery cannot keep its own limits */
enum az_status mg_price_battery(const struct mg_instance *mg, size_t battery, const double price[],
                                double cost_scale, struct az_arena *scratch, double *least,
                                double charge[], double discharge[]);

/* --- packs --------------------------------------------------------------------------------------
 */

/* How many batteries can be packed. */
size_t mg_can_pack(const struct mg_instance *mg);

/* Packs of the batteries that can be packed; NULL in *packs when these have fewer than `least`
 * slots in all, or one of them cannot keep its limits. They have a first course each. */
enum az_status mg_packs_new(const struct mg_instance *mg, size_t least, struct az_arena *arena,
                            struct mg_packs **packs);

/* The best course at prices, in the arena; bound: on what any course costs less what it earns. */
enum az_status mg_best_course(const struct mg_instance *mg, size_t pack, const double price[],
                              double cost_scale, struct az_arena *arena, struct az_arena *scratch,
                              double *bound, struct mg_course **course);

/* Adds a course to those known, copied; one that is known already counts as used. */
enum az_status mg_add_course(const struct mg_instance *mg, size_t pack,
                             const struct mg_course *course);

/* The flows of a course: charge, discharge [batteries of the pack * T]. */
enum az_status mg_course_flows(const struct mg_instance *mg, size_t pack,
                               const struct mg_course *course, struct az_arena *scratch,
                               double charge[], double discharge[]);

/* The course of a plan. In the arena. */
enum az_status mg_course_of_plan(const struct mg_instance *mg, size_t pack,
                                 const struct mg_plan *plan, struct az_arena *arena,
                                 struct mg_course **course);

/* --- in models ----------------------------------------------------------------------------------
 */

/* The pack's courses as columns, with the network; what they add to a balance; their rows, last. */
void mg_model_packs(struct mg_model *m);
void mg_put_packs(struct mg_model *m, size_t grid, size_t t);
void mg_model_pack_rows(struct mg_model *m);

/* Courses that pay at the duals of a model, by more than `share` of its objective in all. */
enum az_status mg_grow_packs(const struct mg_model *m, const double pi[], double objective,
                             double share, bool *grown);

/* Where the mean of courses in a solution goes both ways at once, every pack is settled on one
 * course (mg_pack.only) that does as much one way. Returns in *settled how many batteries did. */
enum az_status mg_settle_packs(const struct mg_model *m, const double x[], size_t *settled);
void mg_release_packs(const struct mg_instance *mg);

/* Reading and writing solutions. Point: false when the plan's courses are not known. */
enum az_status mg_read_packs(const struct mg_model *m, const double x[], struct mg_plan *plan);
bool mg_point_packs(const struct mg_model *m, const struct mg_plan *plan, double x[]);

/* The incumbent's courses: known from here on. */
enum az_status mg_keep_courses(const struct mg_instance *mg, const struct mg_plan *plan);

#endif
