/* results.c - what a plan says beside its decisions: written in one go once a plan is kept. */
#include "formulations/microgrid/results.h"

#include "formulations/microgrid/model.h"

static void ignore(void *data, const struct az_path *where)
{
    (void)data, (void)where;
}

enum az_status mg_put_results(const struct mg_instance *mg, struct az_arena *arena,
                              struct mg_plan *plan)
{
    struct mg_flows flows;
    struct az_misfit misfit = { .tell = ignore };
    AZ_TRY(mg_flows_lay(mg, plan, arena, &misfit, &flows));
    if (misfit.count > 0) return AZ_OK;
    mg_read_schedules(mg, plan);
    AZ_TRY(mg_put_corridors(mg, &flows, arena, plan));
    return mg_put_orders(mg, &flows, arena, plan);
}
