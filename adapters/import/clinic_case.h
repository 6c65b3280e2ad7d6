/* clinic_case.h - what the importers of vehicle routing benchmarks share.
 *
 * A benchmark counts in units of distance that are units of time and of cost, too. Here a unit is
 * a kilometre that costs 1, and so many seconds as its set wants. */
#ifndef AZ_CLINIC_CASE_H
#define AZ_CLINIC_CASE_H

#include "adapters/format.h"
#include "adapters/import/case_list.h"
#include "adapters/import/numbers.h"
#include "formulations/clinic/instance.h"

#define AZ_LAST_CLOCK ((int64_t)48 * 3600 - 1) /* "47:59:59" */

/* A row of the file: the depot is the first. */
struct az_clinic_node {
    double x, y;
    double load;
    int64_t service_s;
};

/* Which nodes a case has, and how far apart they are. */
struct az_clinic_nodes {
    size_t count;
    const struct az_clinic_node *items;
    double (*units)(const struct az_clinic_node *from, const struct az_clinic_node *to);
    double seconds_per_unit;
};

/* An instance of mode exact: places "depot", c1, .. with their matrix of travel, and for each
 * customer a firm site of one visit, of its place's id, with its load and a care of its service
 * time; still without windows and vehicles. It asks for the sum of distances alone. NULL: no
 * memory. */
struct cl_instance *az_clinic_case(const struct az_input *input, const char *source, int64_t days,
                                   const struct az_clinic_nodes *nodes, struct az_arena *arena);

/* So many kinds of vehicles of the depot, v1, .., which cost 1 a kilometre. NULL: no memory. */
struct cl_vehicle *az_clinic_case_vehicles(struct cl_instance *cl, size_t kinds,
                                           struct az_arena *arena);

/* Gives a site its one window, on every day. False: no memory. */
bool az_clinic_case_window(struct cl_site *site, int64_t from_s, int64_t until_s,
                           struct az_arena *arena);

/* "09:00", "09:00:30" of seconds since midnight, at most AZ_LAST_CLOCK. NULL: no memory. */
char *az_clinic_clock(int64_t seconds, struct az_arena *arena);

/* "2020-01-03": a day of the instance. NULL: no memory. */
char *az_clinic_date(const struct cl_instance *cl, size_t day, struct az_arena *arena);

#endif
