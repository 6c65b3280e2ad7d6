/* columns_scope.c - which instances unit schedules serve.
 *
 * A master that leaves out what an instance says would be wrong without a word: what is not named
 * here as served is declined, and the compact model solves it. */
#include <string.h>

#include "formulations/microgrid/columns.h"

#define MANY 2000 /* units times slots: from here on the compact model is too slow */

static bool above_zero(const struct mg_instance *mg, const struct az_series *series)
{
    for (size_t t = 0; series->values && t < mg->T; t++)
        if (series->values[t] > 0) return true;
    return false;
}

/* Rows that speak of units otherwise than balances and the upward reserve do. */
static bool reserves_are_plain(const struct mg_instance *mg)
{
    for (size_t i = 0; i < mg->grids.count; i++) {
        const struct mg_grid *grid = &mg->grids.items[i];
        if (grid->covers_largest_unit == 1 || above_zero(mg, &grid->reserve_down_kw)) return false;
    }
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].gives_reserve == 1) return false;
    for (size_t i = 0; i < mg->converters.count; i++)
        if (mg->converters.items[i].gives_reserve == 1) return false;
    return true;
}

static bool batteries_are_plain(const struct mg_instance *mg)
{
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        if (battery->reservations.count > 0) return false;
        if (battery->shelter_grids.count > 0) return false;
    }
    return true;
}

static bool loads_are_plain(const struct mg_instance *mg)
{
    for (size_t i = 0; i < mg->loads.count; i++)
        if (mg->loads.items[i].critical_share > 0 || mg->loads.items[i].steps.count > 0)
            return false;
    return mg->shiftables.count == 0 && mg->flexible_loads.count == 0;
}

static bool connections_are_plain(const struct mg_instance *mg)
{
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        if (connection->scheduled_import_kw.values || connection->scheduled_export_kw.values ||
            connection->submitted_import_kw.values || connection->submitted_export_kw.values)
            return false;
    }
    return mg->lines.count == 0 && mg->commitments.count == 0;
}

/* Of the whole system, or more than one dispatch of the same commitments. */
static bool is_one_plain_day(const struct mg_instance *mg)
{
    return mg->ponds.count == 0 && mg->budgets.count == 0 && mg->islandings.count == 0 &&
           !mg->blackout && mg->survivals.count == 0 && !mg->co2 && !mg->local &&
           mg->scenarios.count == 0;
}

bool mg_columns_serve(const struct mg_instance *mg)
{
    return mg->units.count > 0 && reserves_are_plain(mg) && batteries_are_plain(mg) &&
           loads_are_plain(mg) && connections_are_plain(mg) && is_one_plain_day(mg);
}

bool mg_wants_columns(const struct mg_instance *mg, const char *method)
{
    if (method && strcmp(method, "compact") == 0) return false;
    if (!mg_columns_serve(mg)) return false;
    if (method && strcmp(method, "columns") == 0) return true;
    return mg->units.count * mg->T >= MANY;
}
