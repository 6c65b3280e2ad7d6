/* results.c - what a plan says beside its decisions: written in one go once a plan is kept. */
#include "formulations/microgrid/results.h"

#include <math.h>

static void ignore(void *data, const struct az_path *where)
{
    (void)data, (void)where;
}

/* Net import less the submitted one; 0 where nothing was submitted. */
static enum az_status put_changes(const struct mg_instance *mg, const struct mg_flows *flows,
                                  struct az_arena *arena, struct mg_plan *plan)
{
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        const struct mg_connection_flow *flow = &flows->connections[i];
        if (!connection->submitted_import_kw.values && !connection->submitted_export_kw.values)
            continue;
        double *change = AZ_ARRAY(arena, mg->T, double);
        if (!change) return AZ_NO_MEMORY;
        for (size_t t = 0; t < mg->T; t++)
            if (!isnan(connection->submitted_kw[t]))
                change[t] = flow->import[t] - flow->export[t] - connection->submitted_kw[t];
        plan->connections.items[i].change_kw = (struct az_series){ mg->T, change, false };
    }
    return AZ_OK;
}

enum az_status mg_put_results(const struct mg_instance *mg, const struct mg_plan *before,
                              struct az_arena *arena, struct mg_plan *plan)
{
    struct mg_flows flows;
    struct az_misfit misfit = { .tell = ignore };
    AZ_TRY(mg_flows_lay(mg, plan, arena, &misfit, &flows));
    if (misfit.count > 0) return AZ_OK;
    AZ_TRY(put_changes(mg, &flows, arena, plan));
    AZ_TRY(mg_put_differences(mg, before, arena, plan));
    AZ_TRY(mg_put_corridors(mg, &flows, arena, plan));
    return mg_put_orders(mg, &flows, arena, plan);
}
