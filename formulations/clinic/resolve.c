/* resolve.c - from a linked instance to one ready for judge and model. */
#include "formulations/clinic/resolve.h"

static void resolve_start(struct cl_resolver *r)
{
    int year, month, day, minute;
    char value[32];
    az_time_local(r->cl->start, &year, &month, &day, &minute);
    if (minute != 0 || r->cl->start.utc_s % 60 != 0)
        AZ_FIND(r->findings, &cl_code_start_not_midnight, AZ_AT(NULL, "start"),
                AZ_TEXT_PARAM("value", az_time_format(r->cl->start, value)));
}

enum az_status cl_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions)
{
    struct cl_resolver r = { instance, arena, findings, assumptions, 0 };
    resolve_start(&r);
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
