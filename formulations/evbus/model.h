/* model.h - the compact time-space MILP of the electric buses, for small cases.
 *
 * The cross-check of column generation: the same problem written in another way, exact for the
 * arithmetic of instance.h. Every possible bus is a path of its own through a graph of trips and
 * (stop, slot boundary) nodes; charge flows along the arcs in use, so that no row needs a big M:
 * lower x <= charge <= upper x. Sizes grow with buses x stops x slots: tens of trips are too many.
 *
 * Left out at first and enforced where a solution breaks them: one direction at a time of
 * converters and storages, and driving without a break. Inside the evbus kind only. */
#ifndef AZ_EVBUS_MODEL_H
#define AZ_EVBUS_MODEL_H

#include "formulations/evbus/duty.h"
#include "formulations/evbus/grids_model.h"
#include "formulations/evbus/rules.h"
#include "solver/engine.h"

/* --- the graph of a source ----------------------------------------------------------------------
 */

enum eb_node_kind { EB_NODE_START, EB_NODE_SINK, EB_NODE_TRIP, EB_NODE_STOP };

struct eb_node {
    int kind;
    size_t index;         /* depot, trip, station */
    int64_t slot;         /* of a stop: the boundary */
    bool reached, ending; /* from the start; to the end */
};

/* A place where buses stay. Layers keep the first and the last hours in the depot apart from those
 * between, because a block's length is counted from leaving to coming back. */
enum eb_layer { EB_BEFORE, EB_BETWEEN, EB_AFTER };
struct eb_station {
    struct eb_point point;
    size_t place; /* with chargers; AZ_NO_INDEX: none here */
    int layer;
    size_t first_node; /* of boundary 0 */
};

/* A way from node to node: a movement, a part of a stay within one slot, a movement; each may be
 * absent. */
struct eb_arc {
    size_t from, to;
    bool has_first, has_second, stays, waits; /* waits: from boundary to boundary, nothing else */
    struct eb_movement first, second;
    size_t station, slot;
    int64_t from_s, to_s; /* of the stay's part; of an arc without: when it begins and ends */
    double hours;         /* of the part; INFINITY: without times */
    bool leaves, returns; /* the place where the source begins; to the depot in the end */
    int64_t leave_s, return_s;
};

struct eb_graph {
    const struct eb_source *source;
    size_t node_count, arc_count, station_count, trip_node, node_capacity, arc_capacity;
    struct eb_node *nodes;
    struct eb_arc *arcs;
    struct eb_station *stations;
};

/* The graph of a source, without arcs that no path from start to end uses. */
enum az_status eb_graph_new(const struct eb_instance *ev, const struct eb_source *source,
                            struct az_arena *arena, struct eb_graph **graph);

/* --- the model ----------------------------------------------------------------------------------
 */

/* What is minimised: money and the price of trips left out, that price alone, the number of blocks
 * of no bus of `buses`, or how far soft rules give. */
enum eb_goal { EB_GOAL_COST, EB_GOAL_UNSERVED, EB_GOAL_FLEET, EB_GOAL_GIVE };

/* Arcs that one bus may not use all together. */
struct eb_cut {
    size_t graph;
    size_t count;
    size_t *arcs;
    struct eb_cut *next;
};

/* Rules that may give in an explanation, each at an item of a list. */
enum eb_soft {
    EB_SOFT_TRIP,
    EB_SOFT_END,
    EB_SOFT_FLEET,
    EB_SOFT_DEPOT,
    EB_SOFT_CHARGER,
    EB_SOFT_POWER,
    EB_SOFT_COUNT
};

struct eb_build {
    int goal;
    bool conceding;                     /* trips may be left out at their prices */
    double unserved_limit, fleet_limit; /* INFINITY: none */
    const bool *converters, *storages;  /* exclusions, as in grids_model.h; NULL: none */
    const struct eb_cut *cuts;
    const bool *soft;   /* NULL, or [groups]: rules that may give */
    size_t extra_buses; /* beyond the sources' counts, when fleet may give */
};

/* A charger that a bus may use on an arc. Columns; AZ_NO_INDEX: there is none. */
struct eb_arc_use {
    size_t bank, charge, discharge;
    size_t plug; /* uses the charger; the arc's x where that decides */
    size_t way;  /* discharges */
};

/* A possible bus: a copy of a source. Columns per arc of its graph. */
struct eb_possible {
    size_t graph, source;
    size_t *x, *y;     /* y: charge at the arc's beginning */
    size_t *use_start; /* [arcs + 1] into uses */
    struct eb_arc_use *uses;
    size_t use_count;
    size_t below, above; /* of a priced end */
};

/* How far a soft rule gives, as a column. */
struct eb_give {
    size_t group, slot, column;
};

struct eb_model {
    const struct eb_instance *ev;
    struct az_arena *arena; /* the model's own: freed by eb_model_free */
    struct az_model *lp;
    struct eb_build build;
    size_t source_count;
    struct eb_source *sources;
    size_t graph_count;
    struct eb_graph **graphs; /* one a source */
    size_t bus_count;
    struct eb_possible *buses;
    struct eb_grid_columns grids;
    size_t *unserved;     /* [trips] column; AZ_NO_INDEX: must run, or done */
    size_t *extra;        /* [chargers] chosen beyond count; AZ_NO_INDEX: none */
    size_t *balance;      /* [grids * T] rows */
    size_t *price_column; /* trips left out at a price */
    double *price;
    size_t price_count, price_capacity;
    size_t *bus_column; /* columns whose sum is the number of blocks of no bus of `buses` */
    size_t bus_column_count, bus_column_capacity;
    struct eb_give *gives;
    size_t give_count, give_capacity;
};

/* Builds and finishes. AZ_OK, AZ_NO_MEMORY, AZ_INVALID. Freed with eb_model_free also after a
 * failure; NULL is allowed there. */
enum az_status eb_model_new(const struct eb_instance *ev, const struct eb_build *build,
                            struct eb_model **model);
void eb_model_free(struct eb_model *model);

/* Rows over what all buses share: chargers, places, grids, fleet. */
void eb_model_shared(struct eb_model *m);

/* A possible bus: columns of its arcs; rows of its path, its charge and its hours. Copies of one
 * source are in order of their first trips: a copy runs j only if the copy before runs one of a
 * lower index. */
enum az_status eb_model_bus_columns(struct eb_model *m, struct eb_possible *bus);
void eb_model_bus_rows(struct eb_model *m, struct eb_possible *bus);
void eb_model_symmetry_rows(struct eb_model *m, const struct eb_possible *before,
                            const struct eb_possible *bus);

/* May the number of stays that use a bank in a slot matter? */
bool eb_model_counts(const struct eb_model *m, size_t bank);

/* Remembers a column and its price; prices: NULL where there is no price list. */
void eb_model_remember(struct eb_model *m, size_t **columns, double **prices, size_t *count,
                       size_t *capacity, size_t column, double price);

/* A column with its part of the goal: cost, a trip left out. */
size_t eb_model_column(struct eb_model *m, double lower, double upper, double cost, bool integer);
size_t eb_model_unserved(struct eb_model *m, double price);
/* A column by which a rule gives, or AZ_NO_INDEX when it is firm. */
size_t eb_model_give(struct eb_model *m, int soft, size_t item, size_t slot, double upper);

size_t eb_group_count(const struct eb_instance *ev);
size_t eb_group(const struct eb_instance *ev, int soft, size_t item);

/* --- reading solutions --------------------------------------------------------------------------
 */

/* The paths of a solution as dispatched duties. found: false when a path cannot be followed. */
enum az_status eb_model_read(const struct eb_model *m, const double x[], const double pi[],
                             struct az_arena *arena, struct eb_dispatch *dispatch, size_t *count);

/* Adds the cuts that a solution breaks by driving without a break; they live in the arena. */
enum az_status eb_model_driving(const struct eb_model *m, const double x[], struct az_arena *arena,
                                struct eb_cut **cuts, size_t *added);

/* --- solving ------------------------------------------------------------------------------------
 */

/* Solves to the proof where time allows, offering plans and bounds to the run. */
enum az_status eb_solve_compact(const struct eb_instance *ev, struct az_run *run,
                                struct az_arena *arena);

#endif
