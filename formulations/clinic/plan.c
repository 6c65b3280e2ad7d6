/* plan.c - an empty plan: nobody goes out, every site with visits to come is left out. */
#include "formulations/clinic/instance.h"

int64_t cl_visits_left(const struct cl_site *site)
{
    int64_t left = site->visits;
    for (uint32_t done = site->done; done; done &= done - 1) left--;
    return left > 0 ? left : 0;
}

struct cl_unserved cl_left_out(const struct cl_instance *cl, size_t site)
{
    return (struct cl_unserved){ .site = { .id = cl->sites.items[site].id, .index = site },
                                 .reason = CL_REASON_UNTESTED,
                                 .price_jpy = NAN,
                                 .price_bound_jpy = NAN };
}

enum az_status cl_plan_new(const struct cl_instance *cl, struct az_arena *arena,
                           struct cl_plan **out)
{
    struct cl_plan *plan = AZ_NEW(arena, struct cl_plan);
    if (!plan) return AZ_NO_MEMORY;
    plan->start = cl->start;
    plan->days = cl->days;
    plan->rounds.items = az_arena_take(arena, 0);
    plan->online.items = az_arena_take(arena, 0);
    plan->unserved.items = AZ_ARRAY(arena, cl->sites.count, struct cl_unserved);
    if (!plan->rounds.items || !plan->online.items || !plan->unserved.items) return AZ_NO_MEMORY;
    for (size_t s = 0; s < cl->sites.count; s++)
        if (cl_visits_left(&cl->sites.items[s]) > 0)
            plan->unserved.items[plan->unserved.count++] = cl_left_out(cl, s);
    *out = plan;
    return AZ_OK;
}
