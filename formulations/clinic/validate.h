/* validate.h - what the files of validating share. Private to the kind. */
#ifndef AZ_CLINIC_VALIDATE_H
#define AZ_CLINIC_VALIDATE_H

#include "formulations/clinic/resolve.h"

struct cl_validator {
    const struct cl_instance *cl;
    struct az_arena *arena;
    struct az_findings *findings;
    bool *care_bad; /* [cares] something about it is told already */
};

/* Days that a shift or slots list, absences or not. */
#define CL_RAW_DAYS(cl, part) CL_LISTED((cl), (part), NULL, NULL)

void cl_validate_cares(struct cl_validator *v);
enum az_status cl_validate_people(struct cl_validator *v);
void cl_validate_sites(struct cl_validator *v);
enum az_status cl_validate_appointments(struct cl_validator *v);
enum az_status cl_validate_travel(struct cl_validator *v);

/* Sites that nobody could ever visit; after the cares. base: scratch. */
enum az_status cl_validate_reach(struct cl_validator *v, struct cl_base_roads *base);

#endif
