/* resolve_market.c - what was traded and submitted at each connection, and windows of
 * commitments. */
#include "formulations/microgrid/resolve.h"

/* import - export in each slot, NAN where neither is given. */
static enum az_status net_of(const struct mg_resolver *r, const struct az_series *import,
                             const struct az_series *export, double **net)
{
    size_t T = r->mg->T;
    *net = AZ_ARRAY(r->arena, T, double);
    if (!*net) return AZ_NO_MEMORY;
    for (size_t t = 0; t < T; t++) {
        double in = mg_value(import, t, NAN), out = mg_value(export, t, NAN);
        (*net)[t] = isnan(in) && isnan(out) ? NAN : (isnan(in) ? 0 : in) - (isnan(out) ? 0 : out);
    }
    return AZ_OK;
}

enum az_status mg_resolve_schedules(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    for (size_t i = 0; i < mg->connections.count; i++) {
        struct mg_connection *connection = &mg->connections.items[i];
        AZ_TRY(net_of(r, &connection->scheduled_import_kw, &connection->scheduled_export_kw,
                      &connection->scheduled_kw));
        AZ_TRY(net_of(r, &connection->submitted_import_kw, &connection->submitted_export_kw,
                      &connection->submitted_kw));
    }
    return AZ_OK;
}

void mg_resolve_commitments(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        struct mg_commitment *commitment = &mg->commitments.items[i];
        commitment->slots =
            mg_window_of(r, commitment->from, commitment->until, true,
                         AZ_ITEM(AZ_AT(NULL, "commitments"), i, commitment->id), NULL);
        commitment->begins = commitment->slots.first < commitment->slots.last &&
                             commitment->from.utc_s >= mg->start.utc_s;
    }
}
