/* duty.h - a bus-day as columns and search hold it: indices and seconds, no text.
 *
 * Pricing makes duties, the master counts them, dispatch sets their energies, and eb_duty_block
 * writes one as a block of the plan. A duty says everything that the arithmetic of instance.h needs
 * and nothing twice: events, distances and energies follow from it. */
#ifndef AZ_EVBUS_DUTY_H
#define AZ_EVBUS_DUTY_H

#include "formulations/evbus/instance.h"

/* A source of equal bus-days: one block of the master. */
struct eb_source {
    size_t type, depot;
    size_t start; /* index into the type's start_kwh; 0 for a bus of `buses` or without battery */
    size_t bus;   /* into ev->bus, or AZ_NO_INDEX */
    double start_kwh, min_kwh, max_kwh; /* with the bus's reserve; 0 without battery */
    double end_kwh;                     /* least charge at the end; -INFINITY: none */
    int64_t from_s;                     /* available at */
    size_t from_place;                  /* AZ_NO_INDEX under explicit links */
    double count_min, count_max;        /* how many such days a plan has */
};

/* A stay at a stop, with the slots that it overlaps. from_s, to_s: arrival and departure. */
struct eb_stay {
    size_t place;
    size_t charger; /* AZ_NO_INDEX: stands without one */
    int64_t from_s, to_s;
    size_t first_slot, slot_count;
    double *charge_kwh, *discharge_kwh; /* [slot_count] grid's side; NULL: none */
    double charged_kwh;                 /* without slots: into the battery */
};

/* The way to the next trip (AZ_NO_INDEX: back to the end depot): the stays before it, in order. */
struct eb_leg {
    size_t trip;
    size_t stay_count;
    struct eb_stay *stays;
};

/* legs[leg_count - 1].trip is AZ_NO_INDEX. Stays at the depot before the first trip are in legs[0],
 * those after the last trip in the last leg. A duty without trips has one leg. */
struct eb_duty {
    size_t source; /* into the list of sources */
    size_t end_depot;
    size_t leg_count;
    struct eb_leg *legs;
    double cost; /* everything but energy, chargers and delivered value: day, km, links, wear,
                    changes */
};

/* The sources of an instance: depots x types x start charges with a limit above 0, then the buses
 * in force. */
enum az_status eb_sources(const struct eb_instance *ev, struct az_arena *arena,
                          struct eb_source **sources, size_t *count);

/* A duty as a block with all its events, results included. The id is "b<number>" or the bus's. */
enum az_status eb_duty_block(const struct eb_instance *ev, const struct eb_source *source,
                             const struct eb_duty *duty, size_t number, struct az_arena *arena,
                             struct eb_block *block);

/* The duty's cost as defined above, and its energy out of the battery without charging. */
double eb_duty_cost(const struct eb_instance *ev, const struct eb_source *source,
                    const struct eb_duty *duty);

/* Charge after each leg given the stays' energies; false when it leaves the window anywhere,
 * prefixes, discharge floor and end included. charge: NULL or out [leg_count]. */
bool eb_duty_charges(const struct eb_instance *ev, const struct eb_source *source,
                     const struct eb_duty *duty, double charge[]);

/* Copies a duty into an arena. */
enum az_status eb_duty_copy(const struct eb_duty *duty, struct az_arena *arena,
                            struct eb_duty **copy);

/* --- dispatch: the energies of fixed chains ------------------------------------------------------
 *
 * The trips, drives, stays and chargers of the duties stay as they are; energies of stays, grid
 * steps, converters, storages and chosen chargers are set to the least cost together. Where more
 * buses stand at a bank than it has chargers, which of them charges in a slot is decided by the
 * engine's MILP; elsewhere it is an LP. */
struct eb_dispatch {
    bool found;
    double cost;            /* of energy, chargers, converters, storages, wear; with duties' own
                               costs apart from wear, the plan's cost */
    struct eb_duty *duties; /* [count] copies with their energies */
    int64_t *chargers;      /* [chargers] in use */
    double **supply_kwh, **demand_kwh;          /* [grids][steps * T] */
    double **forward_kwh, **backward_kwh;       /* [converters][T] input */
    double **storage_in_kwh, **storage_out_kwh; /* [storages][T] grid's side */
    double *marginal; /* [grids * T] JPY/kWh: the balance rows' duals of the last LP */
};
enum az_status eb_dispatch(const struct eb_instance *ev, const struct eb_source *sources,
                           const struct eb_duty *const duties[], size_t count,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, struct eb_dispatch *result);

/* A whole plan from dispatched duties: blocks in order of type, depot, first departure; unserved
 * trips with AZ_NO_INDEX-free reasons left at "cost"; grids, converters, storages; summary from
 * eb_summarise. */
enum az_status eb_plan_of(const struct eb_instance *ev, const struct eb_source *sources,
                          const struct eb_dispatch *dispatch, size_t count, struct az_arena *arena,
                          struct eb_plan **plan);

/* Fills the plan's results: summary, events' results. Calls the judge for the money. */
enum az_status eb_summarise(const struct eb_instance *ev, struct az_arena *arena,
                            struct eb_plan *plan);

#endif
