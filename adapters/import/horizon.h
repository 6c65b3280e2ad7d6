/* horizon.h - an instance document that is to be filled from half-hour series: its horizon, moved
 * to another day and length when asked, and half-hour values averaged into its slots. */
#ifndef AZ_HORIZON_H
#define AZ_HORIZON_H

#include "adapters/format.h"

#define AZ_HALF_HOUR ((int64_t)1800)

/* An instance to fill: its document (a copy, on the new horizon) and its struct, read and linked.
 */
struct az_target {
    const struct az_formulation *formulation;
    json_t *document; /* owned by the caller of az_target_open */
    void *instance;
    struct az_time start; /* in Japan's time */
    int64_t slot_s;
    size_t slots;
    int64_t first_period; /* half hours since 1970-01-01 00:00 in Japan, that of the start */
    size_t period_count;  /* half hours that the horizon touches */
};

/* Opens import->into: copies it, moves its start to import->date (the time of day stays) and with
 * it every time in it, the state's moment becoming the start; changes its length to import->slots
 * (series repeat by the day, an outlook moves to the new end), reads and links it. kind: the kind
 * that the format fills. What is wrong is a finding, and document is then NULL. AZ_OK or
 * AZ_NO_MEMORY. */
enum az_status az_target_open(const struct az_import *import, const char *kind,
                              struct az_arena *arena, struct az_findings *findings,
                              struct az_target *target);

/* The time after a target's horizon, so many slots: for series that run past it. Shares document
 * and instance. */
struct az_target az_target_after(const struct az_target *target, size_t slots);

/* Half-hour values over a target's horizon; NAN: not seen. */
struct az_periods {
    const struct az_target *target;
    double *values; /* [period_count] */
};
enum az_status az_periods_new(const struct az_target *target, struct az_arena *arena,
                              struct az_periods *periods);

/* Midnight of a date in Japan as a period, from "2025/4/1", "2025-04-01" or "20250401".
 * False when it is no date. */
bool az_period_of_date(const char *text, int64_t *period);

/* Sets the value of a period; one outside the horizon is passed over. A second, other value is a
 * finding at the place. */
void az_periods_set(struct az_periods *periods, int64_t period, double value,
                    struct az_findings *findings, const struct az_path *place);

/* Names every day and every single half hour without a value. name: of the file or the area. */
void az_periods_missing(const struct az_periods *periods, const char *name,
                        struct az_findings *findings);

/* Is every half hour there? */
bool az_periods_complete(const struct az_periods *periods);

/* Averages over slots, weighted by time: a 60-minute slot takes the mean of two half hours, a
 * 15-minute slot the value of the half hour it lies in. out[slots] */
void az_periods_slots(const struct az_periods *periods, double out[]);

/* Puts a series into an object of the document, rounded to 0.0001. */
enum az_status az_target_put(json_t *object, const char *name, const double values[], size_t count);

/* Says in the document's sources what was put in: "WHAT, AREA, 2026-01-21, spot.csv: NAMES". An
 * earlier statement of the same kind, area and names is replaced. what, area: "JEPX day-ahead
 * spot", "area tokyo" (NULL: none). AZ_OK or AZ_NO_MEMORY. */
enum az_status az_target_source(const struct az_target *target, const struct az_import *import,
                                struct az_arena *arena, const char *what, const char *area,
                                const char *names);

/* "a, b": a list of names made longer; list may be NULL. NULL without memory. */
char *az_names_add(struct az_arena *arena, const char *list, const char *name);

/* Was the asset asked for? */
bool az_import_selects(const struct az_import *import, const char *id);

#endif
