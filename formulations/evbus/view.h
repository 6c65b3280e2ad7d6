/* view.h - what the files that draw a plan of the electric buses share. Private to the kind.
 *
 * A plan may come from anywhere, so nothing here relies on it being sound: references may lead
 * nowhere, times may be absent, results may be missing. */
#ifndef AZ_EVBUS_VIEW_H
#define AZ_EVBUS_VIEW_H

#include "formulations/common/figures.h"
#include "formulations/evbus/instance.h"

/* How far the charge of a block has been added up within a stay: the slots before `next`. */
struct eb_walk {
    const struct eb_event *event;
    size_t next;
    double charge;
};

struct eb_viewer {
    const struct eb_instance *ev;
    const struct eb_plan *plan;
    const struct az_judgement *judgement; /* may be NULL */
    struct az_arena *arena;
    struct az_view *view;
    struct eb_walk *walks; /* [blocks]; NULL: every moment is added up anew */
};

/* Names of what references point to; the id where they lead nowhere, "" without one. */
struct az_words eb_place_name(const struct eb_viewer *viewer, struct az_ref ref);
struct az_words eb_grid_name(const struct eb_viewer *viewer, struct az_ref ref);
struct az_words eb_trip_name(const struct eb_viewer *viewer, struct az_ref ref);

/* Seconds since the start; false when the time is absent. */
bool eb_view_seconds(const struct eb_viewer *viewer, struct az_time time, double *seconds);

/* Energy of a stay in a slot (AZ_NO_INDEX: in all), grid's side; 0 where it has none. */
double eb_charged(const struct eb_event *event, size_t slot);
double eb_discharged(const struct eb_event *event, size_t slot);

/* The bank of a stay that uses one, or NULL. */
const struct eb_charger *eb_bank(const struct eb_viewer *viewer, const struct eb_event *event);

/* Who runs a block: "b1, large" where there are several types; a bus of its own by its name. */
struct az_words eb_block_words(const struct eb_viewer *viewer, const struct eb_block *block);

/* The type of a block, or NULL. */
const struct eb_type *eb_type_of(const struct eb_viewer *viewer, const struct eb_block *block);

/* Charge of a block of the plan at a moment, kWh; NAN when it is not known. Moments in order cost
 * no more than their slots. */
double eb_charge_at(const struct eb_viewer *viewer, const struct eb_block *block, double seconds);

/* AZ_OK or AZ_NO_MEMORY. */
enum az_status eb_view_charts(struct eb_viewer *viewer);
enum az_status eb_view_gantt(struct eb_viewer *viewer);
enum az_status eb_view_map(struct eb_viewer *viewer);
enum az_status eb_view_tables(struct eb_viewer *viewer);
/* A folded table a block, after the others; the list has room for them. */
enum az_status eb_view_sheets(struct eb_viewer *viewer);

#endif
