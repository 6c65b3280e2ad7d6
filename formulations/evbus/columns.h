/* columns.h - the master problem of bus-days over colgen.h.
 *
 * Rows: every trip once (or left out at its price), buses by depot, type and in all, returns by
 * depot and type, energy by grid and slot. Chargers in a slot and power of a place are rows that
 * are added when a solution breaks them. Columns of the sources are duties; static columns are
 * trips left out, chargers chosen, and the grids' own (grids_model.h). One block a source. */
#ifndef AZ_EVBUS_COLUMNS_H
#define AZ_EVBUS_COLUMNS_H

#include "formulations/evbus/grids_model.h"
#include "formulations/evbus/network.h"
#include "solver/colgen.h"

/* What is minimised: money and the price of trips left out; buses beyond `buses`; that price alone
 * (energy is left out of these two: relaxations, good for the levels before the cost); or money
 * with energy at given prices and chargers without limit (no bound of anything, but nearly whole
 * and soon solved: good for plans). */
enum eb_measure { EB_MEASURE_COST, EB_MEASURE_FLEET, EB_MEASURE_UNSERVED, EB_MEASURE_PRICED };

/* Share of a solution's objective that dispatch, which sets the energies of its duties anew and
 * together, may make a plan of it cheaper by. */
#define EB_MENDS 0.1
#define EB_MENDS_PART                                                          \
    0.02 /* of a part planned anew: the other duties are as dispatch left them \
          */

/* What a duty pays at given prices; the arrays as in eb_duals. */
struct eb_energy_prices {
    const double *charge, *discharge, *plug; /* [chargers * T] */
};

/* A row added later. */
enum eb_lazy_kind { EB_LAZY_PLUG, EB_LAZY_POWER, EB_LAZY_DELIVERY, EB_LAZY_TRIPLE };
struct eb_lazy_row {
    int kind;
    size_t index, slot; /* charger, or place */
    size_t trip[3];     /* of a triple: positions, in order */
};

struct eb_master {
    const struct eb_instance *ev;
    const struct eb_network *network;
    struct az_arena *arena;
    int measure;
    struct az_model *model;
    struct eb_grid_columns grids;
    /* Rows and static columns; AZ_NO_INDEX: none. The row of a trip is its position. */
    size_t *unserved;                                /* [trip_count] column */
    size_t *extra;                                   /* [chargers] column: chosen beyond count */
    size_t *depot_row;                               /* [depots] */
    size_t *type_row;                                /* [types] */
    size_t *depot_type_row;                          /* [depots * types] */
    size_t *return_row;                              /* [depots * types] */
    size_t fleet_row;                                /* buses beyond `buses` */
    size_t unserved_row;                             /* price of trips left out, if limited */
    size_t balance_row;                              /* first of grids * T */
    bool *integral_row;                              /* [rows] */
    struct az_block *blocks;                         /* [sources] */
    bool *plug_added, *power_added, *delivery_added; /* [chargers * T], [places * T] */
    size_t triple_rows;                              /* how many there are */
    struct az_colgen_problem problem;      /* found, improve: the caller's; data: the master */
    void *owner;                           /* the caller's own, for its found */
    const struct eb_energy_prices *prices; /* of EB_MEASURE_PRICED, set by the caller */
    const unsigned char *kept; /* [trip_count] 1: pricing leaves the trip out; NULL: none */
};

/* Builds the master (and what the network's pricers share); at least fleet_min and at most
 * fleet_max buses beyond `buses`, and trips left out for at most unserved_max (INFINITY: any). */
enum az_status eb_master_new(struct eb_network *network, int measure, double fleet_min,
                             double fleet_max, double unserved_max, struct az_arena *arena,
                             struct eb_master **master);

/* A duty as a column of its source's block; data is the duty. */
enum az_status eb_master_column(const struct eb_master *master, const struct eb_duty *duty,
                                struct az_arena *arena, struct az_block_column *column);

/* The row of a charger's slot, which a solution would otherwise have to break first. */
enum az_status eb_master_plug_row(struct eb_master *master, size_t charger, size_t slot,
                                  struct az_master_row_list *out);

/* Rows for three trips that a solution breaks (triples.c), and their prices for pricing. */
enum az_status eb_triples_separate(struct eb_master *master,
                                   const struct az_master_solution *solution,
                                   struct az_master_row_list *out);
enum az_status eb_triples_price(const struct az_prices *prices, struct az_arena *scratch,
                                struct eb_duals *duals);

/* Decisions of branching: a trip followed straight or by stops by another, or first, or last; where
 * a bus stands on the way. */
enum eb_decision {
    EB_DECIDE_FOLLOW,      /* i followed by j: value 1 yes, 0 no; i AZ_NO_INDEX: j is first; j
                              AZ_NO_INDEX: i is last */
    EB_DECIDE_STAND_AFTER, /* after trip i, j says where and when: value 1 it stands there, 0 not */
    EB_DECIDE_STAND_FIRST  /* the same before trip i, where it is a day's first one */
};
/* Where and when in one number. */
#define EB_STAND(place, slot) ((size_t)(place) << 24 | (slot))
#define EB_STAND_PLACE(j) ((j) >> 24)
#define EB_STAND_SLOT(j) ((j)&0xFFFFFF)
enum az_status eb_branchings(void *data, const struct az_master_solution *solution,
                             struct az_branching_list *out);
bool eb_allows(void *data, const struct az_decision *decision,
               const struct az_block_column *column);

/* The decisions as pricing reads them. Arrays live in the arena; NULL when there are none. */
enum az_status eb_decisions_apply(const struct eb_network *network,
                                  const struct az_decision decisions[], size_t count,
                                  struct az_arena *arena, struct eb_duals *duals);

/* Does the source's pricing need the grids, or only the charge, or nothing? */
eb_pricer *eb_pricer_of(const struct eb_network *network, size_t source);

#endif
