/* explain_change.h - changes of an instance that might help: what they are, and the words for them.
 * Private to explain*.c. */
#ifndef AZ_CLINIC_EXPLAIN_CHANGE_H
#define AZ_CLINIC_EXPLAIN_CHANGE_H

#include "formulations/clinic/ways.h"

enum cl_change_kind {
    CL_CHANGE_MEMBER,
    CL_CHANGE_CREW,
    CL_CHANGE_VEHICLE,
    CL_CHANGE_REPAIR,
    CL_CHANGE_BOOKING,
    CL_CHANGE_SHIFT,
    CL_CHANGE_CLOSURE
};

/* One change of the instance. */
struct cl_candidate {
    enum cl_change_kind kind;
    size_t index, day; /* of staff, crew, vehicle, slot class, closure */
    size_t shift;      /* of a member */
    double price;      /* it brings at most so much in the relaxation; INFINITY: not known */
};

/* The shift that a member has on a weekday, absent or not; else the first. */
size_t cl_usual_shift(const struct cl_instance *cl, const struct cl_staff *staff, size_t day);

/* Changes a copy of an instance in its words, before it is linked and resolved; and what resolving
 * has derived. Bookings are the ways' own (ways.h): nothing is changed for them here. */
enum az_status cl_change(struct cl_instance *cl, const struct cl_candidate *it,
                         struct az_arena *arena);
void cl_change_after(struct cl_instance *cl, const struct cl_candidate *it);

/* What the change is, and where in the instance. NULL words: no memory. The parts live in parts. */
struct az_words cl_change_words(const struct cl_instance *cl, const struct cl_ways *ways,
                                const struct cl_candidate *it, struct az_arena *arena);
const struct az_path *cl_change_path(const struct cl_instance *cl, const struct cl_ways *ways,
                                     const struct cl_candidate *it, struct az_path parts[3]);

#endif
