/* pending.c - what the kind does not do yet, said plainly. */
#include "formulations/siting/instance.h"

enum az_status st_explain(const void *instance, const struct az_engine *engine,
                          const struct az_context *context, struct az_arena *arena,
                          struct az_explanation *explanation)
{
    (void)instance, (void)engine, (void)context, (void)arena, (void)explanation;
    return AZ_UNSUPPORTED;
}
