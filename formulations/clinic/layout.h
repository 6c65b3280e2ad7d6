/* layout.h - a plan in seconds and indices, as it stands: which day, shift and slot its words name,
 * and where it does not fit the instance. Nothing is judged and nothing chosen: the judge reads
 * plans so, and those who take an earlier plan over. */
#ifndef AZ_CLINIC_LAYOUT_H
#define AZ_CLINIC_LAYOUT_H

#include "formulations/clinic/instance.h"
#include "formulations/common/judging.h"

/* A consultation; seconds since the start. */
struct cl_laid_booking {
    size_t remote;
    int64_t start_s, end_s, slot_s;
};

/* Of a stop or a visit on line; seconds since the start. */
struct cl_laid_visit {
    size_t site, care;
    size_t option; /* into the site's; AZ_NO_INDEX: none of them */
    int64_t arrival_s, start_s, end_s;
    bool has_doctor, has_pharmacist;
    struct cl_laid_booking doctor, pharmacist;
    int64_t drive_s;   /* driven to here: the walk's */
    double distance_m; /* the same */
    double left_km;    /* range on arrival; NAN without */
    size_t place;      /* where it is */
};

struct cl_laid_round {
    size_t day, vehicle;
    int64_t leaves_s, returns_s;
    int64_t works_from_s;          /* leaving, or a break before it */
    const struct cl_shift **shift; /* [members] the one that counts; NULL: none on the day */
    struct cl_laid_visit *stop;    /* [stops] */
    double distance_m;             /* the walk's, the way home included */
    int64_t driving_s, overtime_s, home_s; /* overtime: of all members; home: the last drive */
    double home_m;
};

/* The plan in seconds and indices; usable only when misfit->count stays 0. */
struct cl_layout {
    struct cl_laid_round *round;  /* [rounds] */
    struct cl_laid_visit *online; /* [online] */
    size_t *online_day;           /* [online] */
};

/* O(size of plan and instance). AZ_OK or AZ_NO_MEMORY. */
enum az_status cl_lay_out(const struct cl_instance *cl, const struct cl_plan *plan,
                          struct az_arena *arena, struct az_misfit *misfit,
                          struct cl_layout *layout);

/* The day of a date "2026-11-30"; AZ_NO_INDEX: none of the horizon. And the date of a day. */
size_t cl_day_of(const struct cl_instance *cl, const char *date);
#define CL_DATE 11
char *cl_date_of(const struct cl_instance *cl, size_t day, char date[CL_DATE]);

/* The shift of a member in a round: of those of the day, the last that begins at or before the
 * moment; the first when all begin later. NULL: none that day. clock_s: since the day's midnight.
 */
const struct cl_shift *cl_shift_at(const struct cl_staff *staff, size_t day, int64_t clock_s);

/* The slot that a booking names; AZ_NO_INDEX: none. */
size_t cl_slot_of(const struct cl_instance *cl, size_t remote, int64_t slot_s);

#endif
