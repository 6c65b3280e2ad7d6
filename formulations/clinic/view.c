/* view.c - a week as neutral figures. */
#include "formulations/clinic/instance.h"

enum az_status cl_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view)
{
    (void)instance, (void)plan, (void)judgement, (void)arena;
    *view =
        (struct az_view){ .title = { "A week of mobile-clinic rounds", "移動診療の一週間の巡回" } };
    return AZ_OK;
}
