/* dispatch.h - fixed chains as a model: what a duty does in order, and the LP of all energies.
 *
 * Shared by dispatch*.c, complete.c and price_energy_graph.c only. */
#ifndef AZ_EVBUS_DISPATCH_H
#define AZ_EVBUS_DISPATCH_H

#include "formulations/evbus/duty.h"
#include "formulations/evbus/grids_model.h"
#include "solver/engine.h"

/* One step of a chain: a movement, or a slot of a stay with a charger. */
struct eb_chain_step {
    bool moves;
    double energy_kwh, prefix_high, prefix_low; /* of a movement */
    size_t leg, stay, k;                        /* of a slot: where it stands in the duty */
    size_t bank, slot;
    double hours; /* that the stay overlaps the slot */
};

/* The steps of a duty in order. AZ_INFEASIBLE when a movement does not exist. */
enum az_status eb_chain(const struct eb_instance *ev, const struct eb_source *source,
                        const struct eb_duty *duty, struct az_arena *arena,
                        struct eb_chain_step **steps, size_t *count);

/* What a type can draw from (deliver to) a bank, kW; 0 when the bank does not serve it. */
double eb_charge_power(const struct eb_instance *ev, size_t type, size_t bank);
double eb_discharge_power(const struct eb_instance *ev, size_t type, size_t bank);

/* A slot of a stay in the model. Column AZ_NO_INDEX: it cannot. */
struct eb_use {
    size_t duty, leg, stay, k, bank, slot;
    double charge_max, discharge_max; /* kWh */
    size_t charge, discharge, level;  /* columns; level: charge of the battery after it */
    size_t plug;                      /* binary: uses a charger; AZ_NO_INDEX: needs no decision */
    size_t way;                       /* binary: discharges; AZ_NO_INDEX: undecided */
};

/* What a plan made by hand asks to keep: energies of stays that are not NAN, of the duties marked;
 * grids, converters, storages and chargers of the plan. */
struct eb_given {
    const bool *duties; /* [count] */
    const struct eb_plan *plan;
};

/* Exclusions that are kept by binaries; all false at first. */
struct eb_exclusive {
    bool *ways;                  /* [uses] one direction, and discharging above the floor */
    bool *converters, *storages; /* as in grids_model.h */
};

struct eb_dispatch_model {
    const struct eb_instance *ev;
    struct az_model *lp;
    struct eb_grid_columns grids;
    size_t use_count;
    struct eb_use *uses;
    size_t *chosen;         /* [chargers] column of chargers beyond count; AZ_NO_INDEX: none */
    size_t *balance;        /* [grids * T] rows */
    size_t *plugs;          /* [chargers * T] rows; AZ_NO_INDEX: there are enough */
    bool impossible;        /* some chain leaves its window without any decision to make */
    size_t integers;        /* how many columns are */
    size_t first_exclusion; /* columns from here on are those of grids that go one way */
};

/* The model of all duties. given: NULL, or what is kept. AZ_OK also when it is impossible: then it
 * has no rows to solve. */
enum az_status eb_dispatch_model_new(const struct eb_instance *ev, const struct eb_source *sources,
                                     const struct eb_duty *const duties[], size_t count,
                                     const struct eb_exclusive *exclusive,
                                     const struct eb_given *given, struct az_arena *arena,
                                     struct eb_dispatch_model **model);

/* Decides the integer columns of the model, whose LP the session holds, by diving; the session's
 * bounds are as before when it ends with AZ_OK. fixed: [columns], the integer ones as the last LP
 * has them, rounded: a solution only when found. Ends without one when the context says stop. */
enum az_status eb_dispatch_dive(const struct eb_dispatch_model *m, const struct az_engine *engine,
                                void *session, const struct az_context *context,
                                struct az_arena *arena, double fixed[], bool *found);

/* eb_dispatch that keeps what is given. */
enum az_status eb_dispatch_given(const struct eb_instance *ev, const struct eb_source *sources,
                                 const struct eb_duty *const duties[], size_t count,
                                 const struct eb_given *given, const struct az_engine *engine,
                                 const struct az_context *context, struct az_arena *arena,
                                 struct eb_dispatch *result);

#endif
