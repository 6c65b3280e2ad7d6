/* network.h - what separate.c knows of the networks of a problem: places, trees, sensitivities.
 *
 * A place is where something injects: nodes, then feeders (what is at none of their nodes), then
 * banks, then buses. */
#ifndef AZ_SITING_NETWORK_H
#define AZ_SITING_NETWORK_H

#include "formulations/siting/separate.h"

enum st_element { ST_FEEDER_SUM, ST_BANK_SUM, ST_VOLTAGE, ST_FLOW, ST_CIRCUIT, ST_OUTAGE };

struct st_network {
    size_t hours, place_count, node_count, feeder_count, bank_count, bus_count;
    size_t *feeder, *bank, *bus; /* [place_count] above it; AZ_NO_INDEX: none */
    double *base;                /* [place_count, hours] kW that is there whatever is chosen */
    double *base_q;              /* [node_count, hours] kvar */
    /* trees: nodes of feeders with a root, parents first */
    size_t order_count, *order;
    size_t *tree_start, *tree; /* of each feeder: its nodes in that order */
    double *r, *x; /* [node_count] rise of the squared voltage by 1 kW, kvar on its line */
    /* upstream */
    size_t circuit_count;
    double *ptdf, *lodf; /* [circuits, buses], [circuits, circuits] */
    bool *bridge;
    size_t *trip_start, *trip_count; /* [circuits, hours] statics; count AZ_NO_INDEX: not made */
    double *normal, *emergency;
    /* room for the row that is made */
    double *room; /* [2 * nodes + buses] */
    bool *flag;   /* [nodes] */
    /* rows that are there */
    size_t key_capacity, key_count;
    uint64_t *key;
};

/* One element in one hour: what a row is made of. side: 1 above, -1 below; a line's angle is in
 * cosine and sine. */
struct st_spot {
    int element; /* enum st_element */
    size_t index, outage, hour;
    int side;
    double cosine, sine;
    double by; /* how far it is broken, relative */
};

/* Adds the row of a spot unless it is there. *added: grows by 1 when it was not. */
enum az_status st_spot_row(struct st_problem *problem, const struct st_spot *spot, size_t *added);

/* Limits of elements; INFINITY: none. */
double st_feeder_limit(const struct st_problem *problem, size_t feeder);
double st_bank_limit(const struct st_problem *problem, size_t bank, int side);
double st_line_limit(const struct st_problem *problem, size_t line);

/* kW that a plant gives. */
double st_plant_kw(const struct st_instance *in, const struct st_plant *plant, size_t hour);

/* Every trip of every outage where the net present value has a most: there what is tripped for
 * nothing may keep it. Trips come with the rows that need them otherwise. */
enum az_status st_all_trips(struct st_problem *problem);

#endif
