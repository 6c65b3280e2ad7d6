/* deliver_work.h - what the parts of the delivery solver share. See deliver.h. */
#ifndef AZ_SITING_DELIVER_WORK_H
#define AZ_SITING_DELIVER_WORK_H

#include "formulations/siting/deliver.h"

/* Between so many of these sites are chosen. */
struct st_group {
    size_t low, high;
    size_t count, *sites;
};

/* The problem as plain arrays. */
struct st_depots {
    size_t sites, customers;
    size_t *first;     /* [sites + 1] options worth looking at: cost and capacity increase */
    double *cost;      /* [first[sites]] */
    double *capacity;  /* [first[sites]] INFINITY: no limit */
    size_t *option;    /* [first[sites]] which of the site's */
    bool *must;        /* [sites] one of its options is chosen */
    double *amount;    /* [customers] */
    double *inverse;   /* [customers] 1 / amount; INFINITY where it is 0 */
    double total;      /* sum of amounts */
    double *serve;     /* [sites * customers] of all of it; INFINITY: cannot */
    size_t *near_from; /* [customers + 1] sites that can serve each, the nearest first */
    unsigned *near;
    double *near_cost;
    size_t low, high; /* number of sites in all */
    size_t group_count;
    struct st_group *groups; /* numbers of others */
    size_t part_count;       /* groups of which none shares a site with another ... */
    size_t *part_group;      /* [part_count] */
    size_t *part;            /* [sites] the part of each; part_count: none */
    bool capacitated;
    double unit; /* every plan costs a multiple of it; 0: nothing known */
    double most; /* no plan costs more */
};

/* What may still become of a site. An option of low..high (of first[s] ..) where open. */
struct st_domain {
    bool closed, open; /* allowed */
    unsigned short low, high;
};

/* Everything that the problem allows. */
void st_depots_domain(const struct st_depots *depots, struct st_domain domain[]);

/* A choice is an option (of first[s] ..) or AZ_NO_INDEX for each site. */

/* --- the Lagrangian (deliver_bound.c) ----------------------------------------------------------
 */

struct st_ranked {
    double rho;
    size_t site;
};

/* One evaluation at prices of customers, and its room. */
struct st_dual {
    const struct st_depots *depots;
    const struct az_context *context;
    double value;             /* the bound */
    double *rho;              /* [sites] of opening each at its best option; INFINITY: may not */
    double *sized;            /* [options] the same of each option in its domain */
    size_t *pick;             /* [sites] the best option */
    double *cut;              /* [sites] knapsack: ratio below which items are taken whole, */
    double *split;            /* [sites] and how much of those at it */
    double *spread;           /* [sites] how far the cut has moved of late; 0: nothing known */
    bool *chosen;             /* [sites] */
    double *slack;            /* [customers] 1 - how much the chosen serve */
    size_t count;             /* sites chosen */
    struct st_ranked *ranked; /* [free] sites that may be open or closed, by rho */
    size_t free;
    /* With k sites the bound is best[k - best_low], best_low <= k <= best_low + best_count. */
    double *best; /* [sites + 1] */
    size_t best_low, best_count;
    /* [part_count + 1] A free site that is not chosen costs its rho less in_cut at least, one that
     * is costs out_cut less its rho at least when it is left. */
    double *in_cut, *out_cut;
    struct st_part *parts; /* [part_count + 1] */
    struct st_item *items; /* [customers] of a knapsack */
};

enum az_status st_dual_new(const struct st_depots *depots, const struct az_context *context,
                           struct az_arena *arena, struct st_dual *dual);

/* Sets rho, sized, pick, cut and split alone. False: the context says stop. */
bool st_dual_value_sites(struct st_dual *dual, const struct st_domain domain[],
                         const double price[]);

/* The bound at prices for the sites' domains and numbers low..high in all. False: no plan, or
 * the context says stop. */
bool st_dual_evaluate(struct st_dual *dual, const struct st_domain domain[], size_t low,
                      size_t high, const double price[]);

/* Fixes sites and numbers that cannot be in a plan below the cutoff, by the last evaluation. False:
 * there is none. */
bool st_dual_fix(const struct st_dual *dual, double cutoff, struct st_domain domain[], size_t *low,
                 size_t *high);

/* Draws what numbers of groups and customers with one site left mean. False: no plan. */
bool st_dual_propagate(struct st_dual *dual, struct st_domain domain[], size_t *low, size_t *high);

/* --- serving (deliver_serve.c) -----------------------------------------------------------------
 */

/* Customers served from a choice at least cost, and the room for it. */
struct st_serve {
    const struct st_depots *depots;
    const struct az_context *context;
    size_t count, *open; /* sites chosen */
    double *unit;        /* [customers * count] cost of all of a customer; INFINITY: cannot */
    double *flow;        /* [count * customers] amount; share where the amount is 0 */
    double *room;        /* [count] capacity less load; INFINITY: no limit */
    double *price;       /* [count] of capacity, per unit of amount */
    double *edge;        /* [count * count] least cost of moving a unit from one to another */
    size_t *mover;       /* [count * count] whose */
    double *distance;    /* [count] */
    size_t *again;       /* [count] */
    size_t *before;      /* [count] */
    bool *done;          /* [count] */
};

enum az_status st_serve_new(const struct st_depots *depots, const struct az_context *context,
                            struct az_arena *arena, struct st_serve *serve);

/* The least cost of serving everybody from the choice; INFINITY: they cannot be. */
double st_serve_cost(struct st_serve *serve, const size_t choice[]);

/* Prices of customers that the last call's optimum gives. */
void st_serve_prices(const struct st_serve *serve, double price[]);

/* The share of a customer that open[k] serves, after st_serve_cost. */
double st_serve_share(const struct st_serve *serve, size_t customer, size_t k);

/* --- everything --------------------------------------------------------------------------------
 */
struct st_deliver {
    const struct st_instance *in;
    const struct st_depots *depots;
    struct az_run *run;
    struct az_arena *arena;
    struct st_dual dual;
    struct st_serve serve;
    struct st_descent *search;
    struct st_ascent *ascent;
    double upper; /* what the incumbent costs; more than any plan without one */
    bool has_best;
    enum az_status status; /* of the first thing that failed */
};

/* Nothing at or above it is of use: within the gaps of the incumbent. */
double st_deliver_cutoff(const struct st_deliver *work);

/* Takes a choice over as incumbent when it is better; cost: of the whole plan. The prices of the
 * last transportation problem are lost. (deliver.c) */
void st_deliver_take(struct st_deliver *work, const size_t choice[], double cost);

/* A bound of the whole problem, rounded up where costs are multiples of a unit. (deliver.c) */
void st_deliver_bound(struct st_deliver *work, double bound);

/* Nothing is left: the incumbent is proven, or that there is none. (deliver.c) */
void st_deliver_end(struct st_deliver *work);

/* deliver_search.c */
enum az_status st_descent_new(struct st_deliver *work);

/* What a choice costs; INFINITY: nobody can serve everybody from it. */
double st_descent_cost(struct st_deliver *work, const size_t choice[]);

/* Improves the choice of the last evaluation and takes it over when it is better. thorough:
 * whatever it costs; otherwise only when it is near the incumbent and was not looked at. */
void st_descent_try(struct st_deliver *work, bool thorough);

/* The same from a choice, whatever it costs. */
void st_descent_start(struct st_deliver *work, const size_t choice[]);

/* The same from the mean choice of the ascent, rounded. */
void st_descent_round(struct st_deliver *work);

/* --- deliver_ascent.c --------------------------------------------------------------------------
 */

/* Where prices stand. */
struct st_ascent {
    double *price, *trial; /* [customers] of the best bound; of the next evaluation */
    double value;          /* the best bound */
    double *mean_slack;    /* [customers] of the mean choice */
    double *mean;          /* [sites] how much of each the mean choice opens */
};

enum az_status st_ascent_new(const struct st_depots *depots, struct az_arena *arena,
                             struct st_ascent *ascent);

/* Raises the bound of a domain from ascent->price in at most so many evaluations and fixes what it
 * can. False: nothing below the cutoff is left in it, or the run is to stop (az_run_must_stop). */
bool st_ascend(struct st_deliver *work, struct st_domain domain[], size_t *low, size_t *high,
               size_t evaluations, bool root);

/* Branch and bound from the root. (deliver_core.c) */
void st_deliver_tree(struct st_deliver *work);

#endif
