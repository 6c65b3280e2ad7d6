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
    /* Where the end has a price (end_kwh is then -INFINITY): target, what a kWh above it earns and
     * a kWh below it costs; 0 where it has none. */
    double end_target_kwh, end_above_jpy, end_below_jpy;
    int64_t from_s;              /* available at */
    size_t from_place;           /* AZ_NO_INDEX under explicit links */
    double count_min, count_max; /* how many such days a plan has */
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

/* Stays are those at a charger, and those that cut the way (a stop without use of its charger, the
 * change from stop to stop); standing where the next trip begins, or in the depot, needs none.
 * The first stay of legs[0] is in the place where the source begins from from_s on, or is reached
 * by leaving there in time; the first of any other leg is reached at once from the trip before. A
 * bus leaves a stay at to_s. */

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
    double cost; /* everything but energy, chargers and delivered value: day, km, links, changes,
                    and wear and end value as its stays' energies have them */
};

/* A point that movements join: a place, or a node of the explicit links. */
struct eb_point {
    size_t place; /* AZ_NO_INDEX under explicit links */
    size_t node;  /* AZ_NO_INDEX without them */
};
struct eb_point eb_point_depot(const struct eb_instance *ev, size_t depot);
struct eb_point eb_point_source(const struct eb_instance *ev, const struct eb_source *source);
struct eb_point eb_point_stop(const struct eb_instance *ev, size_t place); /* a charging place */
struct eb_point eb_point_trip_start(const struct eb_instance *ev, size_t trip);
struct eb_point eb_point_trip_end(const struct eb_instance *ev, size_t trip);

/* A movement's energy out of the battery and its prefixes. Under explicit links the energy is
 * distance * kwh_per_unit and, of the kilometres and minutes they give, what the type uses. */
struct eb_movement {
    int64_t drive_s; /* < 0: none; 0 when untimed */
    double km, energy_kwh, prefix_high, prefix_low;
    double cost; /* kilometres and the link's own cost */
};
struct eb_movement eb_move(const struct eb_instance *ev, size_t type, struct eb_point from,
                           struct eb_point to);
/* Between two places. */
struct eb_movement eb_drive(const struct eb_instance *ev, size_t type, size_t from_place,
                            size_t to_place);

/* Seconds that must pass between two trips. */
int64_t eb_turnaround(const struct eb_instance *ev);

/* The sources of an instance: depots x types x start charges with a limit above 0, then the buses
 * in force. */
enum az_status eb_sources(const struct eb_instance *ev, struct az_arena *arena,
                          struct eb_source **sources, size_t *count);

/* May a day of the source run no trip and end at the depot without standing anywhere on the way?
 * One of a bus of `buses` may; another must move to another depot. */
bool eb_may_be_empty(const struct eb_instance *ev, const struct eb_source *source, size_t depot);

/* A duty as a block with all its events, results included. The id is "b<number>" or the bus's. */
enum az_status eb_duty_block(const struct eb_instance *ev, const struct eb_source *source,
                             const struct eb_duty *duty, size_t number, struct az_arena *arena,
                             struct eb_block *block);

/* A duty as the sequence of what the bus does, in order, without gap. Waits are plain standing. */
enum eb_duty_step_kind { EB_STEP_WAIT, EB_STEP_DRIVE, EB_STEP_TRIP, EB_STEP_STAY };
struct eb_duty_step {
    int kind;
    size_t leg;               /* to which it belongs */
    int64_t from_s, to_s;     /* 0 when untimed */
    struct eb_point from, to; /* equal unless the bus moves */
    struct eb_movement move;  /* of a drive; of a trip its energy, prefixes and kilometres */
    size_t trip;              /* of a trip */
    const struct eb_stay *stay;
};
/* Calls visit for every step; stops early when it answers false, and then answers false. */
bool eb_duty_walk(const struct eb_instance *ev, const struct eb_source *source,
                  const struct eb_duty *duty,
                  bool (*visit)(void *data, const struct eb_duty_step *step), void *data);

/* What a stay adds to the battery in its k-th slot (without slots k is 0: all of it). */
double eb_stay_gain(const struct eb_instance *ev, const struct eb_stay *stay, size_t k);

/* What a duty that drives pays for the day; what a trip costs when this source runs it. */
double eb_day_cost(const struct eb_instance *ev, const struct eb_source *source);
double eb_trip_cost(const struct eb_instance *ev, const struct eb_source *source, size_t trip);

/* The duty's cost as defined above; the base leaves out wear and end value. */
double eb_duty_base_cost(const struct eb_instance *ev, const struct eb_source *source,
                         const struct eb_duty *duty);
double eb_duty_cost(const struct eb_instance *ev, const struct eb_source *source,
                    const struct eb_duty *duty);

/* Charge after each leg given the stays' energies; false when it leaves the window anywhere,
 * prefixes, discharge floor and end included. charge: NULL or out [leg_count]. */
bool eb_duty_charges(const struct eb_instance *ev, const struct eb_source *source,
                     const struct eb_duty *duty, double charge[]);

/* A duty that drives straight from trip to trip, with its cost. */
enum az_status eb_duty_of_trips(const struct eb_instance *ev, const struct eb_source *sources,
                                size_t source, size_t end_depot, const size_t trips[], size_t count,
                                struct az_arena *arena, struct eb_duty **duty);

/* The way to a trip (AZ_NO_INDEX: to the end depot): straight, or by a charger's place. */
struct eb_hop {
    size_t trip;
    size_t charger; /* AZ_NO_INDEX: straight */
};

/* A duty of hops, the last one to the depot, that charges all it can at every stop: without slots
 * its stays have that energy; with slots they have none yet (dispatch sets them). NULL in *duty
 * when some time or charge does not do even so. */
enum az_status eb_duty_of_hops(const struct eb_instance *ev, const struct eb_source *sources,
                               size_t source, size_t end_depot, const struct eb_hop hops[],
                               size_t count, struct az_arena *arena, struct eb_duty **duty);

/* The most that a bus with charge s can take into its battery at a charger between two times. */
double eb_most_charge(const struct eb_instance *ev, const struct eb_source *source, size_t charger,
                      int64_t from_s, int64_t to_s, double s);

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
    /* The same of the first relaxation, found or not, and what a charger's slot is worth there
     * [chargers * T], <= 0; NULL when it has no solution. */
    double *relaxed_marginal, *relaxed_plug;
};
enum az_status eb_dispatch(const struct eb_instance *ev, const struct eb_source *sources,
                           const struct eb_duty *const duties[], size_t count,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, struct eb_dispatch *result);

/* The same in haste, for one of many plans: fewer nodes and rounds, and the MILP only where nothing
 * else comes near the relaxation. None is sought when the relaxation costs `cutoff` or more; what
 * is found may cost more than that. */
enum az_status eb_dispatch_below(const struct eb_instance *ev, const struct eb_source *sources,
                                 const struct eb_duty *const duties[], size_t count, double cutoff,
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
