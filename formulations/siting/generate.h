/* generate.h - what the files of generating share. Private to the kind. */
#ifndef AZ_SITING_GENERATE_H
#define AZ_SITING_GENERATE_H

#include "formulations/common/generator.h"
#include "formulations/siting/tables.h"

/* What sites and everything above them draw and could give at most, kW. */
struct st_sums {
    double peak;      /* of the loads, all at once: not less than they are */
    double reactive;  /* kvar then */
    double existing;  /* PV that stands already */
    double potential; /* PV of the largest options, and that which stands */
};

struct st_world {
    struct az_generator base;
    struct st_instance *in;
    size_t size, days, districts, feeders, banks, stations, nodes_each;
    size_t *first_site;        /* [feeders + 1] sites of a feeder; they lie in one district */
    struct st_sums *node_sums; /* [feeders * nodes_each] at each node */
    double *house_kw;          /* [districts] that a share of the houses give at their least */
    double largest_jpy;        /* capital expenditure of all largest options, about */
    size_t kinds[ST_KINDS];
};

/* A list of count items of owner, each with its defaults. */
#define ST_NEW_LIST(g, table, owner, member, count_)                               \
    ((owner)->member.items = az_new_items(&(g)->base, (table), #member, (count_)), \
     (owner)->member.count = (g)->base.failed ? 0 : (count_))

/* The parts, in this order; without memory all of them set g->base.failed. */
void st_make_year(struct st_world *g);
void st_make_prices(struct st_world *g);
void st_make_grid(struct st_world *g);
void st_make_sites(struct st_world *g);
void st_rate_grid(struct st_world *g); /* capacities and impedances, for the sites that there are */

/* The district of a feeder's sites. */
static inline size_t st_district_of(const struct st_world *g, size_t feeder)
{
    return feeder % g->districts;
}

static inline void st_add_sums(struct st_sums *to, struct st_sums sums)
{
    to->peak += sums.peak;
    to->reactive += sums.reactive;
    to->existing += sums.existing;
    to->potential += sums.potential;
}

/* The least that a generated house may get, kW. Minima ask for no more than so many of the houses
 * of each feeder with so much, and networks always hold that. */
#define ST_HOUSE_KW 4.0
#define ST_HOUSE_SHARE 0.2

/* Profiles in the order in which they are made. */
enum st_profiles {
    ST_P_HOUSE,
    ST_P_SHIFT,
    ST_P_OFFICE,
    ST_P_FARM,
    ST_P_PUBLIC,
    ST_P_SOUTH,
    ST_P_EAST,
    ST_P_WEST,
    ST_P_LAND,
    ST_P_RIVER,
    ST_P_MARKET,
    ST_P_COUNT
};

#endif
