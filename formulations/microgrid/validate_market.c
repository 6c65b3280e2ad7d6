/* validate_market.c - the rules that span fields of schedules, commitments, carbon dioxide and
 * scenarios. */
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/resolve.h"

/* --- schedules ----------------------------------------------------------------------------------
 */

struct connection {
    const struct mg_instance *mg;
    const struct mg_connection *connection;
    size_t i;
    struct az_findings *findings;
};

static void find(const struct connection *c, const struct az_code *code, const char *member)
{
    AZ_FIND0(c->findings, code, MG_MEMBER("connections", c->i, c->connection->id, member));
}

static void validate_imbalance(const struct connection *c)
{
    const struct az_series *least = &c->connection->imbalance_long_jpy_per_kwh;
    const struct az_series *most = &c->connection->imbalance_short_jpy_per_kwh;
    bool traded =
        c->connection->scheduled_import_kw.values || c->connection->scheduled_export_kw.values;
    if (!traded) {
        if (most->values)
            find(c, &mg_code_imbalance_without_schedule, "imbalance_short_jpy_per_kwh");
        if (least->values)
            find(c, &mg_code_imbalance_without_schedule, "imbalance_long_jpy_per_kwh");
        return;
    }
    if (!most->values) find(c, &mg_code_imbalance_missing, "imbalance_short_jpy_per_kwh");
    if (!least->values) find(c, &mg_code_imbalance_missing, "imbalance_long_jpy_per_kwh");
    for (size_t t = 0; most->values && least->values && t < c->mg->T; t++) {
        double low = mg_value(least, t, 0), high = mg_value(most, t, 0);
        if (low <= high) continue;
        const struct az_path *path =
            MG_MEMBER("connections", c->i, c->connection->id, "imbalance_long_jpy_per_kwh");
        AZ_FIND(c->findings, &mg_code_long_above_short,
                least->scalar ? path : AZ_ITEM(path, t, NULL), AZ_NUMBER_PARAM("value", low),
                AZ_NUMBER_PARAM("maximum", high));
        if (least->scalar) return;
    }
}

/* Locked slots are 0 or 1, and something stands there. A series of zeros is what is left when the
 * locked slots lie behind the start. */
static void validate_locks(const struct connection *c)
{
    const struct az_series *locked = &c->connection->locked;
    const struct az_path *whole = MG_MEMBER("connections", c->i, c->connection->id, "locked");
    bool submitted =
        c->connection->submitted_import_kw.values || c->connection->submitted_export_kw.values;
    bool any = false;
    for (size_t t = 0; t < c->mg->T; t++) {
        double value = mg_value(locked, t, 0);
        const struct az_path *path = locked->scalar ? whole : AZ_ITEM(whole, t, NULL);
        any = any || value != 0;
        if (value != 0 && value != 1)
            AZ_FIND(c->findings, &mg_code_not_zero_or_one, path, AZ_NUMBER_PARAM("value", value));
        else if (value == 1 && isnan(c->connection->submitted_kw[t]) && !mg_is_dark(c->mg, t))
            AZ_FIND0(c->findings, &mg_code_lock_without_submitted, path);
        else
            continue;
        if (locked->scalar) break;
    }
    if (!any && locked->scalar && !isnan(c->connection->lock_price_jpy_per_kwh))
        find(c, &mg_code_lock_price_without_lock, "lock_price_jpy_per_kwh");
    if (!submitted && c->connection->change_price_jpy_per_kwh > 0)
        find(c, &mg_code_change_without_submitted, "change_price_jpy_per_kwh");
}

/* --- commitments, carbon dioxide ----------------------------------------------------------------
 */

/* Capacity that is firm needs somebody who gives it. */
static void validate_commitment(const struct mg_instance *mg, size_t i,
                                struct az_findings *findings)
{
    const struct mg_commitment *commitment = &mg->commitments.items[i];
    if (!commitment->terms.value || commitment->terms.tag != MG_TERMS_CAPACITY) return;
    const struct mg_capacity *capacity = commitment->terms.value;
    bool firm = mg->mode == MG_EXACT || isnan(commitment->price_jpy_per_kwh);
    if (firm && capacity->kw > 0 && !mg_has_reserve(mg, capacity->grid.index, capacity->direction))
        AZ_FIND(findings, &mg_code_reserve_without_units,
                AZ_AT(MG_MEMBER("commitments", i, commitment->id, "terms"), "kw"),
                AZ_NUMBER_PARAM("value", capacity->kw));
}

void mg_validate_market(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->connections.count; i++) {
        struct connection c = { mg, &mg->connections.items[i], i, findings };
        validate_imbalance(&c);
        validate_locks(&c);
    }
    for (size_t i = 0; i < mg->commitments.count; i++) validate_commitment(mg, i, findings);
    if (mg->co2 && isnan(mg->co2->cap_kg) && !isnan(mg->co2->cap_price_jpy_per_kg))
        AZ_FIND0(findings, &mg_code_cap_price_without_cap,
                 AZ_AT(AZ_AT(NULL, "co2"), "cap_price_jpy_per_kg"));
}

/* --- scenarios ----------------------------------------------------------------------------------
 */

void mg_validate_scenarios(const struct mg_instance *mg, struct az_findings *findings)
{
    double sum = 0;
    for (size_t i = 0; i < mg->scenarios.count; i++) {
        const struct mg_scenario *scenario = &mg->scenarios.items[i];
        const struct az_path *path = MG_MEMBER("scenarios", i, scenario->id, "market");
        sum += scenario->probability;
        for (size_t k = 0; k < scenario->market.count; k++) {
            size_t at = scenario->market.keys[k].index;
            if (at < mg->connections.count &&
                !mg->connections.items[at].market_price_jpy_per_kwh.values)
                AZ_FIND0(findings, &mg_code_no_market_price,
                         AZ_AT(path, scenario->market.keys[k].id));
        }
    }
    if (sum > 1 + AZ_FEASIBILITY_TOLERANCE)
        AZ_FIND(findings, &mg_code_probabilities_above_one, AZ_AT(NULL, "scenarios"),
                AZ_NUMBER_PARAM("value", sum));
}
