/* resolve.h - what the files of resolving and validating share. Private to the kind. */
#ifndef AZ_CLINIC_RESOLVE_H
#define AZ_CLINIC_RESOLVE_H

#include "formulations/clinic/codes.h"
#include "formulations/clinic/tables.h"
#include "solver/tolerances.h"

/* /list/i and /list/i/member; label: the item's id. */
#define CL_ITEM_AT(list, i, id) AZ_ITEM(AZ_AT(NULL, (list)), (i), (id))
#define CL_MEMBER(list, i, id, member) AZ_AT(CL_ITEM_AT(list, i, id), (member))

struct cl_resolver {
    struct cl_instance *cl;
    struct az_arena *arena;
    struct az_findings *findings, *assumptions;
    int64_t first_number; /* of the first day, since 1970-01-01 */
};

/* All days of the horizon. */
static inline uint32_t cl_all_days(const struct cl_instance *cl)
{
    return ((uint32_t)1 << cl->days) - 1;
}

/* Days since the first one of a date, also before and after the horizon; false when the text is no
 * date. */
bool cl_parse_date(const struct cl_instance *cl, const char *text, int64_t *day);

/* Seconds since midnight of a clock; false when the text is no clock. */
bool cl_parse_clock(const char *text, int64_t *seconds);

/* Dates, clocks and weekdays of every part. */
void cl_resolve_days(struct cl_resolver *r);

#endif
