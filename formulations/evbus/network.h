/* network.h - what may follow what: the links of every source, and pricing's view of prices.
 *
 * Nodes are trips; the depot is apart. A link joins the end of a trip (or the pull-out) to the
 * start of another (or the pull-in) straight; stops lie on the way as the pricers need them. Built
 * once a solve, read by every pricer and by the branching, in order of (from, to). */
#ifndef AZ_EVBUS_NETWORK_H
#define AZ_EVBUS_NETWORK_H

#include "formulations/evbus/duty.h"
#include "solver/colgen.h"

/* What may follow: a straight way from the end of one node to the start of another, or, with
 * drive_s < 0, only ways by a stop. */
struct eb_link {
    size_t to;       /* position */
    int64_t drive_s; /* 0 when untimed; < 0: there is no straight way (km, cost: 0) */
    double km;
    double cost; /* of an explicit link; 0 otherwise */
};

struct eb_network {
    const struct eb_instance *ev;
    const struct az_context *context; /* whose deadline pricing looks at; NULL: none */
    struct az_arena *arena;
    size_t source_count;
    struct eb_source *sources;
    size_t trip_count;  /* planned ones */
    size_t *trip;       /* [trip_count] into ev->trips, in topological (time) order */
    size_t *order;      /* [ev trips] position in it, AZ_NO_INDEX when not planned */
    size_t *link_start; /* [trip_count + 1] links of trip n: link_start[n] .. link_start[n+1]-1 */
    struct eb_link *links; /* .to: positions, > n */
    uint32_t *link_to;     /* the same, packed for the pricers' inner loops: [links] */
    double **link_cost; /* [types][links] cost and kilometres of the straight way; INFINITY: none.
                           Types that pay the same for a kilometre share theirs */
    struct eb_charge_arcs **charge_arcs; /* [sources] of eb_charge_prepare; NULL before */
    struct eb_link **pull_out; /* [sources][trip_count] to = position; drive_s < 0: none straight;
                                  a trip that the source may not run has none */
    struct eb_link **pull_in;  /* [depots][trip_count]  drive_s < 0: none straight */
};

enum az_status eb_network_new(const struct eb_instance *ev, struct az_arena *arena,
                              struct eb_network **network);

/* The straight movement between two positions. */
struct eb_movement eb_link_movement(const struct eb_network *network, size_t type, size_t from,
                                    size_t to);

/* The link from -> to, or AZ_NO_INDEX. */
size_t eb_link_find(const struct eb_network *network, size_t from, size_t to);

/* What a straight link costs a type: INFINITY when there is no straight way. */
static inline double eb_link_cost(const struct eb_network *network, size_t type,
                                  const struct eb_link *link)
{
    return link->drive_s < 0
               ? INFINITY
               : link->cost + link->km * network->ev->types.items[type].cost_jpy_per_km;
}

/* May the source run the trip at that position? */
bool eb_network_serves(const struct eb_network *network, size_t source, size_t position);

/* A decision of branching on the way after a trip, or to a day's first trip: the bus must, or may
 * not, stand at a charging place in a slot. Only eb_price_energy with slots knows it. */
struct eb_stand {
    size_t trip; /* position */
    bool first;  /* the way to it, where it is the first trip; else the way after it */
    bool must;
    size_t place, slot;
};

/* Three trips, positions in order, of which only one day can run two or more: a day that does pays
 * for it once. Only eb_price_energy knows it. */
struct eb_triple {
    size_t trip[3];
    double price; /* > 0 */
};
/* How many of the three the duty runs. */
int eb_triple_count(const struct eb_network *network, const size_t trip[3],
                    const struct eb_duty *duty);

/* Prices as the pricers see them: the master's rows translated by columns.c. All >= or <= 0 as a
 * cost: what a duty pays for the use of something, added to its own cost. */
struct eb_duals {
    double cost_scale;       /* of every own cost: 1, or 0 in the search for feasibility */
    const double *trip;      /* [trip_count] earned for running the trip at that position */
    double source;           /* paid for the duty itself: depot, type, fleet rows together */
    const double *end_depot; /* [depots] paid for ending there; NULL: 0 and own depot */
    const double *charge;    /* [chargers * T] paid per kWh charged, grid's side */
    const double *discharge; /* [chargers * T] paid per kWh discharged (negative: earned); wear is
                                the pricer's to add */
    const double *plug;      /* [chargers * T] >= 0 paid for the use of a charger in a slot */
    /* Decisions in force on straight successions (whatever stops lie between). */
    const unsigned char *forbidden;                    /* [links] 1: may not follow; NULL: none */
    const unsigned char *forbidden_out, *forbidden_in; /* [trip_count] as first, as last trip of
                                                          this source */
    const struct eb_stand *stands;                     /* [stand_count] */
    size_t stand_count;
    const struct eb_triple *triples; /* [triple_count] */
    size_t triple_count;
    const unsigned char *skip; /* [trip_count] 1: left out in a dive */
};

/* One pricer: duties of a source that cost less than `below`, the best first, at most limit, and a
 * lower bound on the least cost of all of them; effort as in colgen.h. Costs are
 * cost_scale * own + what eb_duals says. */
typedef enum az_status eb_pricer(const struct eb_network *network, size_t source,
                                 const struct eb_duals *duals, int effort, double below,
                                 size_t limit, struct az_arena *arena, struct az_arena *scratch,
                                 struct eb_duty **duties, double *costs, size_t *count,
                                 double *bound);

/* Without battery: shortest paths on the links. */
eb_pricer eb_price_path;
/* With batteries and without slots: energy costs nothing, chargers have no limit, a bus stops once
 * at most between trips: labels (cost, charge), exact. */
eb_pricer eb_price_charge;
/* What it reads, made once before the first call, by one thread. */
enum az_status eb_charge_prepare(struct eb_network *network);
/* With grids: labels that are convex piecewise linear functions of the charge, over trips and the
 * (stop, slot) nodes, exact in continuous charge; where a charger's use in a slot has a price it is
 * paid whole, in the bound and in the columns. Drivers' rules too, then also without battery;
 * AZ_UNSUPPORTED without times, or with a battery but without slots.
 * Efforts: 0 few labels a node over some of the links, no bound; 1 all links, few labels chosen by
 * what the rest of their days costs at least, and the bound that this gives; 2 and above that
 * first, then every label that its bound does not rule out: exact, unless memory ends it, and then
 * the bound is that of effort 1, or none. */
eb_pricer eb_price_energy;

#endif
