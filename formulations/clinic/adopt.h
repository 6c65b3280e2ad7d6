/* adopt.h - rounds of an earlier plan on this instance's horizon, in the making.
 *
 * Shared by adopt.c, adopt_round.c and adopt_visit.c only. */
#ifndef AZ_CLINIC_ADOPT_H
#define AZ_CLINIC_ADOPT_H

#include <string.h>

#include "formulations/clinic/layout.h"

/* What an adoption carries from round to round. */
struct cl_adopter {
    const struct cl_instance *cl;
    const struct cl_plan *old;
    struct az_arena *arena;
    struct cl_plan *plan;
    int64_t shift_s;      /* from this start to the old one, as it is taken: whole days */
    bool *banned;         /* [sites] that cannot be kept whole */
    uint32_t *staff_days; /* [staff] on which they go out */
    int64_t *out;         /* [vehicles * days] rounds */
    int64_t *booked;      /* [slots] */
    uint32_t *site_days;  /* [sites] on which they are visited */
};

/* Where a visit of this instance may be: the first moment from ready_s on, near its old time, at
 * which a window is open and the slots that it needs are free. False: none. visit: site, option and
 * care in; times and bookings out. old: its bookings before, or NULL. */
bool cl_adopt_visit(const struct cl_adopter *a, size_t day, int64_t ready_s,
                    const struct cl_booking *old_doctor, const struct cl_booking *old_pharmacist,
                    struct cl_laid_visit *visit);

/* Bookings of a visit as the plan says them. */
enum az_status cl_adopt_bookings(const struct cl_adopter *a, const struct cl_laid_visit *visit,
                                 struct cl_booking **doctor, struct cl_booking **pharmacist);

/* Books the slots of a visit so many times; -1 gives them back. */
void cl_adopt_book(struct cl_adopter *a, const struct cl_laid_visit *visit, int64_t count);

/* Site and care that an old visit names, as this instance has them: fills site, care, option,
 * place. False: it has not, or may not be visited on the day. */
bool cl_adopt_site(const struct cl_adopter *a, const struct az_ref *site, const struct az_ref *care,
                   size_t day, struct cl_laid_visit *visit);

/* An old moment in seconds since this start; false when it is absent. */
bool cl_adopt_time(const struct cl_adopter *a, struct az_time time, int64_t *seconds);

/* One old round: whatever of it still holds goes into the plan. */
enum az_status cl_adopt_round(struct cl_adopter *a, const struct cl_round *old);

/* Is the id of an item of a list this one? Index, or AZ_NO_INDEX. */
#define CL_FIND_ID(list, id_, at)                               \
    do {                                                        \
        const char *wanted_ = (id_);                            \
        (at) = AZ_NO_INDEX;                                     \
        for (size_t i_ = 0; wanted_ && i_ < (list).count; i_++) \
            if (strcmp((list).items[i_].id, wanted_) == 0) {    \
                (at) = i_;                                      \
                break;                                          \
            }                                                   \
    } while (0)

#endif
