/* mark.h - partial tours along an order of sites: the best to each visit, going on from there.
 *
 * After each visit those are kept that no other one is as good as in time, value, range left and
 * rest. They are what cl_sequence_tour keeps, on flat arrays and without memory of their own, so
 * that an evaluation may begin in the middle. */
#ifndef AZ_CLINIC_MARK_H
#define AZ_CLINIC_MARK_H

#include "formulations/clinic/flat.h"

#define CL_NO_MARK UINT32_MAX

/* A partial tour up to some visit. */
struct cl_mark {
    double value, left_km;
    int32_t time_s;
    uint32_t choice; /* into flat->choices; CL_NO_MARK: at the start place */
    uint32_t before; /* a mark; CL_NO_MARK: none */
    uint32_t charger;
    uint8_t charges, rest;
    bool rested, late;
};

/* Memory of evaluations; nothing in it lasts. */
struct cl_tracer {
    const struct cl_flat *flat;
    struct az_arena *arena;
    int64_t *slot_free; /* [slot classes] bookings left; NULL: any number */
    size_t base_count;  /* the first marks are copies of those that an evaluation goes on from */
    size_t mark_count, mark_capacity;
    struct cl_mark *mark;
    struct cl_hop *hops;
    bool charges;   /* drives may go by chargers; otherwise the range is known to do */
    bool no_memory; /* an evaluation has failed for that reason alone */
};

enum az_status cl_tracer_of(const struct cl_flat *flat, struct az_arena *arena,
                            struct cl_tracer *tracer);

/* The marks of a crew at its start place alone. */
void cl_trace_begin(struct cl_tracer *t, const struct cl_unit *unit);

/* Adds a mark to the level that begins at `first`, unless another one there is as good. */
void cl_trace_put(struct cl_tracer *t, size_t first, const struct cl_mark *mark);

/* The marks [begin, end), which are at the place `from`, drive on to a site: a new level behind all
 * marks. latest_s: to be there; most: their value then is less. False: nobody comes through. */
bool cl_trace_on(struct cl_tracer *t, size_t team, size_t from, size_t begin, size_t end,
                 size_t site, int64_t latest_s, double most);

/* The best of the marks [begin, end) home: its value, or INFINITY. */
double cl_trace_home(struct cl_tracer *t, size_t team, size_t from, size_t begin, size_t end,
                     size_t *last, struct cl_hop *home);

/* Does the tour that ends with a mark ask for more bookings of a class than there are? base: NULL,
 * or the marks of which those from `first` on are the base_count copies. */
bool cl_trace_overbooks(const struct cl_tracer *t, size_t last, const struct cl_mark base[],
                        size_t first);

#endif
