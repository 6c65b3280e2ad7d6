/* ways.h - how a site may be visited: every combination of care, window and remote slots, as a
 * window of starts with a duration and a cost.
 *
 * A visit of a way begins in [from_s, until_s] and ends at max(start + length_s, ends_s): ends_s is
 * later than a visit without waiting where the pharmacist's slot opens late. All times are seconds
 * since the start. What routes, online visits, model and search are made of; the judge knows
 * nothing of it. */
#ifndef AZ_CLINIC_WAYS_H
#define AZ_CLINIC_WAYS_H

#include "formulations/clinic/instance.h"

/* Slots of one day that are alike for a plan: same role, hours, specialties. A consultation takes
 * one booking of the class; which of its slots, the plan's writer chooses. */
struct cl_slot_class {
    size_t day;
    int role;
    int64_t from_s, until_s;
    int64_t capacity; /* of all its slots together */
    size_t count;
    const size_t *slot; /* [count] into cl->slot, increasing */
};

struct cl_way {
    size_t site, day;
    size_t option; /* into the site's options (cares) */
    int64_t from_s, until_s;
    int64_t length_s;
    int64_t ends_s;             /* the end is not before; 0: never binds */
    size_t doctor, pharmacist;  /* slot classes; AZ_NO_INDEX */
    double cost_jpy;            /* of the care */
    size_t kept;                /* the appointment that it keeps; AZ_NO_INDEX: none */
    uint64_t skills, equipment; /* of the crew and vehicle */
    bool online;                /* no crew comes */
};

struct cl_ways {
    size_t slot_count;
    struct cl_slot_class *slots; /* by day, from, until */
    size_t count;
    struct cl_way *items;       /* by site, day, cost, from */
    size_t *first;              /* [sites * days + 1]: those of a site and day */
    bool complete;              /* false: there are more than these maxima */
    size_t wide_site, wide_day; /* where, when it is not complete; AZ_NO_INDEX: of all sites */
};

/* All ways on the days that are planned and that some pattern of the site has; none is within
 * another one of the same slots that costs no more. Nothing more is made once there are too many:
 * validate names such instances. */
#define CL_MAX_WAYS 1000000
#define CL_MAX_DAY_WAYS 20000 /* of a site and day */
enum az_status cl_ways_of(const struct cl_instance *cl, struct az_arena *arena,
                          struct cl_ways *ways);

/* May slots of the class serve the consultation? Of their remote people all have the same
 * specialties. */
bool cl_slots_serve(const struct cl_instance *cl, const struct cl_slot_class *class, int role,
                    const struct cl_consultation *consultation);

/* When a visit that is ready at `ready_s` begins, or AZ_NO_INTEGER when it is too late; and when a
 * visit that begins at start_s ends. */
static inline int64_t cl_way_start(const struct cl_way *way, int64_t ready_s)
{
    if (ready_s > way->until_s) return AZ_NO_INTEGER;
    return ready_s > way->from_s ? ready_s : way->from_s;
}
static inline int64_t cl_way_end(const struct cl_way *way, int64_t start_s)
{
    int64_t end_s = start_s + way->length_s;
    return end_s > way->ends_s ? end_s : way->ends_s;
}

/* A booking of the first slot of the class that has room; booked: [slots] bookings so far, this one
 * counted in. AZ_NO_PLAN: none has room, and *booking stays as it is. */
enum az_status cl_book(const struct cl_instance *cl, const struct cl_slot_class *slots,
                       int64_t booked[], int64_t start_s, int64_t length_s, struct az_arena *arena,
                       struct cl_booking **booking);

/* The times of the consultations of a visit that begins at start_s. Either pointer may be NULL. */
void cl_way_consultations(const struct cl_instance *cl, const struct cl_ways *ways,
                          const struct cl_way *way, int64_t start_s, int64_t *doctor_s,
                          int64_t *pharmacist_s);

#endif
