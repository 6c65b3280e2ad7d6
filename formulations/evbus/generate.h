/* generate.h - what the files of generating share. Private to the kind. */
#ifndef AZ_EVBUS_GENERATE_H
#define AZ_EVBUS_GENERATE_H

#include "formulations/common/generator.h"
#include "formulations/evbus/tables.h"

#define EB_MAX_LINES 40
#define EB_DAY_SLOT_MINUTES 15
#define EB_DAY_SLOTS 96 /* 05:00 to 05:00: the night's layover is in it */

enum { EB_MOUNTAIN, EB_TOWN }; /* grids */

struct eb_line {
    size_t terminus; /* place */
    bool mountain;
    double km, run_min;
};

struct eb_city {
    struct az_generator base;
    struct eb_instance *ev;
    size_t size, lines, hub_chargers;
    bool two_depots;
    struct eb_line line[EB_MAX_LINES];
};

/* Frequencies, surplus and prices of the two grids. */
void eb_make_grids(struct eb_city *g);

/* A converter and a stationary battery. */
void eb_make_devices(struct eb_city *g);

/* The timetable, in order of departure. */
void eb_make_trips(struct eb_city *g);

#endif
