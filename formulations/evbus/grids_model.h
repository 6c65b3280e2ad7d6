/* grids_model.h - grids, converters and storages as columns and rows, shared by every model.
 *
 * Everything is kWh in a slot at the grid's side. The columns come first; then, in the caller's own
 * order, the balance rows, which stay open so that the caller can add what buses draw and deliver;
 * then the rows of the storages. Exclusions (one direction at a time) are left out at first: who
 * finds one broken in a plan asks for it.
 *
 * Every column has finite bounds that cut nothing off: a step without a limit gets what everything
 * on its grid together can draw, or deliver, in a slot. Drawing more would only go straight on to a
 * demand step, which earns nothing because no value is above a price (validate). */
#ifndef AZ_EVBUS_GRIDS_MODEL_H
#define AZ_EVBUS_GRIDS_MODEL_H

#include "formulations/evbus/instance.h"
#include "solver/model.h"

/* First columns; the column of slot t is the first plus t, of step s and slot t plus s * T + t. */
struct eb_grid_columns {
    const struct eb_instance *ev;
    size_t *supply, *demand;    /* [grids] */
    size_t *forward, *backward; /* [converters] input */
    size_t *in, *out, *level;   /* [storages]; level: at the end of the slot */
};

/* Adds the columns with their costs. Without slots there are none. AZ_OK or AZ_NO_MEMORY. */
enum az_status eb_grid_columns_add(const struct eb_instance *ev, struct az_model *model,
                                   struct az_arena *arena, struct eb_grid_columns *columns);

/* Opens the balance row of a grid in a slot and returns its index; the caller's entries follow,
 * charge with -1, discharge with +1:
 *   supply - demand + converters in - converters out + out - in  - charge + discharge = 0 */
size_t eb_grid_balance(const struct eb_grid_columns *columns, struct az_model *model, size_t grid,
                       size_t slot);

/* Energy of the storages: level_t = level_{t-1} + in_t eta - out_t / eta, level_{T-1} >=
 * start_share of the capacity. */
void eb_grid_storage_rows(const struct eb_grid_columns *columns, struct az_model *model);

/* One direction at a time, with a binary, where marked: converters [converters * T], storages
 * [storages * T]; NULL: nowhere. Adds columns and rows. */
void eb_grid_exclusions(const struct eb_grid_columns *columns, struct az_model *model,
                        const bool converters[], const bool storages[]);

/* Where x breaks an exclusion, marked (and kept marked) as above. Returns how many are new. */
size_t eb_grid_broken(const struct eb_grid_columns *columns, const double x[], bool converters[],
                      bool storages[]);

/* What a storage holds at the start: the state's measurement, or its share of the capacity. */
double eb_grids_storage_start(const struct eb_instance *ev, size_t storage);

/* The most that buses can draw from (deliver to) a grid in one slot. */
double eb_grid_draw_limit(const struct eb_instance *ev, size_t grid);
double eb_grid_delivery_limit(const struct eb_instance *ev, size_t grid);

#endif
