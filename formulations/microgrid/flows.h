/* flows.h - a plan laid out by asset: one row of T values per asset and quantity, in the instance's
 * order, whatever the order and gaps of the plan's maps. For the judge, `carry` and the view. */
#ifndef AZ_MICROGRID_FLOWS_H
#define AZ_MICROGRID_FLOWS_H

#include "formulations/common/judging.h"
#include "formulations/microgrid/instance.h"

struct mg_unit_flow {
    const double *on, *power, *reserve, *reserve_down;
};
struct mg_battery_flow {
    const double *charge, *discharge, *energy;
    const double *reserve_up, *reserve_down;
    const double *departed; /* [reservations.count] what their vehicles left with, kWh */
    size_t shelter;         /* grid on which it stands in a blackout */
};
struct mg_converter_flow {
    const double *on; /* NULL: on where input flows */
    const double *forward_in, *forward_out, *backward_in, *backward_out;
    const double *forward_reserve, *backward_reserve;
};
struct mg_connection_flow {
    const double *import, *export;
};

struct mg_pond_flow {
    const double *level, *spill;
};

struct mg_arming_flow {
    const double *armed, *tripped;
};

/* Rows of T values; absent optional series are rows of zeros. */
struct mg_flows {
    struct mg_unit_flow *units;             /* [units.count] */
    const double **used;                    /* [renewables.count] */
    struct mg_battery_flow *batteries;      /* [batteries.count] */
    struct mg_converter_flow *converters;   /* [converters.count] */
    struct mg_connection_flow *connections; /* [connections.count] */
    const double **unserved;                /* [loads.count] */
    const double **interrupted;             /* [loads.count] */
    struct mg_pond_flow *ponds;             /* [ponds.count] */
    struct az_time *starts;                 /* [shiftables.count] as the plan says; may be absent */
    const double **flexible;                /* [flexible_loads.count] */
    struct mg_arming_flow **arming;         /* [lines.count][armable.count] */
    const double **short_of;                /* [commitments.count] */
};

/* What the vehicles of every reservation leave with: departed[reservations.count] from a battery's
 * entry in a plan with an energy row of T values. Without a value it is all that there is when
 * nobody stays, else what the reservation asks for. unknown: an entry that is no reservation's, or
 * NULL. */
void mg_departures(const struct mg_instance *mg, size_t battery, const struct mg_battery_plan *plan,
                   const double energy[], double departed[], const char **unknown);

/* Lays a plan out; misfit is told of an asset that is missing, unknown or there twice, and of a
 * series that is missing, of another length or not finite. Rows are usable only when misfit->count
 * stays 0. AZ_OK or AZ_NO_MEMORY. */
enum az_status mg_flows_lay(const struct mg_instance *mg, const struct mg_plan *plan,
                            struct az_arena *arena, struct az_misfit *misfit,
                            struct mg_flows *flows);

#endif
