/* misfit.c - misfits of a plan as findings. */
#include "formulations/common/misfit.h"

void az_misfit_find(void *finder, const struct az_path *where)
{
    const struct az_misfit_finder *f = finder;
    const char *place = az_path_place(where, f->arena);
    AZ_FIND(f->findings, f->code, where, AZ_TEXT_PARAM("what", place ? place : "?"));
}
