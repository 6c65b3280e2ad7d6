/* explain.c - why there is no plan, or why something was left out. */
#include "formulations/clinic/instance.h"

enum az_status cl_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation)
{
    (void)instance, (void)engine, (void)context, (void)arena;
    *explanation = (struct az_explanation){ 0 };
    return AZ_OK;
}
