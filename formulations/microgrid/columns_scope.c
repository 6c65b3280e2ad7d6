/* columns_scope.c - which instances unit schedules serve.
 *
 * A master that leaves out what an instance says would be wrong without a word: what is not named
 * here as served is declined, and the compact model solves it. */
#include <string.h>

#include "formulations/microgrid/columns.h"

/* Outages bind dispatch to what forms a grid, and scenarios have more than one dispatch of the same
 * commitments. Everything else is linear in the parts of units (columns_rows.c). */
bool mg_columns_serve(const struct mg_instance *mg)
{
    return mg->units.count > 0 && mg->islandings.count == 0 && !mg->blackout &&
           mg->survivals.count == 0 && mg->scenarios.count == 0;
}

bool mg_wants_columns(const struct mg_instance *mg, const char *method)
{
    if (method && strcmp(method, "compact") == 0) return false;
    if (!mg_columns_serve(mg)) return false;
    if (method && strcmp(method, "columns") == 0) return true;
    return mg->units.count * mg->T >= MG_MANY || mg_can_pack(mg) * mg->T >= MG_MANY;
}
