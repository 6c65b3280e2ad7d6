/* misfit.h - a plan that does not fit its instance, told to who would carry it on. */
#ifndef AZ_MISFIT_H
#define AZ_MISFIT_H

#include "formulations/common/judging.h"

struct az_misfit_finder {
    struct az_arena *arena;
    struct az_findings *findings;
    const struct az_code *code; /* its words have {what}: the place */
};

/* For az_misfit.tell, with an az_misfit_finder: a finding at the place. */
void az_misfit_find(void *finder, const struct az_path *where);

#endif
