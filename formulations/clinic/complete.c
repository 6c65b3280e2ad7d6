/* complete.c - a plan made by hand in part becomes a full one. */
#include "formulations/clinic/instance.h"

enum az_status cl_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan)
{
    (void)engine, (void)context;
    AZ_TRY(az_copy(&cl_plan_table, partial, arena, plan));
    return cl_summarise(instance, arena, *plan);
}
