/* evbus.h - what the exports of bus plans share: times, cells, trip ids, a zip in memory. */
#ifndef AZ_EXPORT_EVBUS_H
#define AZ_EXPORT_EVBUS_H

#include <stdio.h>

#include "adapters/format.h"
#include "formulations/evbus/instance.h"

/* The plan with every event's results: as it is, or a copy in which they are filled in. */
enum az_status evx_results(const struct eb_instance *ev, const struct eb_plan *plan,
                           struct az_arena *arena, const struct eb_plan **full);

/* Cells, comma before all but the first: text quoted where it must be; an absent one is empty. */
void evx_text(FILE *out, bool first, const char *text);
void evx_number(FILE *out, double value); /* at most 4 decimals */

/* Objects of references, NULL when there is none. */
const struct eb_place *evx_place(const struct eb_instance *ev, const struct az_ref *ref);
const struct eb_trip *evx_trip(const struct eb_instance *ev, const struct az_ref *ref);
const struct eb_charger *evx_charger(const struct eb_instance *ev, const struct az_ref *ref);

/* Energy of a stay, kWh: in and out of the battery, and at the grid's side. */
struct evx_energy {
    double into, out;
    double charged, discharged;
};
struct evx_energy evx_energy_of(const struct eb_instance *ev, const struct eb_event *event);

/* The service day of an instance: its start's local date. GTFS counts times from its midnight. */
struct evx_day {
    int64_t midnight; /* utc_s */
    char date[16];    /* "20261007" */
    char service[24]; /* "azumi-20261007" */
    char zone[16];
};
struct evx_day evx_day_of(const struct eb_instance *ev);
/* "25:10:00" */
const char *evx_clock(const struct evx_day *day, struct az_time time, char buffer[32]);

/* What a trip is called outside: its GTFS id where that is its alone, else its own. [trips] */
enum az_status evx_trip_ids(const struct eb_instance *ev, struct az_arena *arena,
                            const char ***ids);
/* Route id, or "route" for trips without one; the line's name, and where it goes (may be ""). */
const char *evx_route(const struct eb_trip *trip);
enum az_status evx_names(const struct eb_trip *trip, struct az_arena *arena, const char **line,
                         const char **headsign);

/* Do all events have times? */
bool evx_is_timed(const struct eb_plan *plan);

/* Files of a zip. Texts are written with fprintf to `out` after evx_open. */
#define EVX_FILES 12
struct evx_zip {
    struct az_arena *arena;
    size_t count;
    const char *names[EVX_FILES];
    char *texts[EVX_FILES]; /* of open_memstream */
    size_t lengths[EVX_FILES];
    FILE *out;
};
FILE *evx_open(struct evx_zip *zip, const char *name); /* NULL: no memory */
enum az_status evx_close(struct evx_zip *zip);         /* the file that is open */
/* The archive, with one fixed time stamp, so that equal plans are equal bytes. Frees the texts. */
enum az_status evx_finish(struct evx_zip *zip, char **bytes, size_t *length);
void evx_drop(struct evx_zip *zip); /* frees the texts; safe after evx_finish */

#endif
