/* evaluate_market.c - the rules and the money of schedules, lines and commitments. */
#include "formulations/microgrid/judge.h"

/* --- schedules ----------------------------------------------------------------------------------
 */

/* net - scheduled = short - long; connection_locked: net = submitted in locked slots, or priced */
void mg_judge_schedule(struct mg_judge *j, size_t i)
{
    const struct mg_connection *connection = &j->mg->connections.items[i];
    const struct mg_connection_flow *flow = &j->flows.connections[i];
    double bought = 0, sold = 0, missing = 0, left = 0, changed = 0, dt = j->mg->dt;
    for (size_t t = 0; t < j->mg->T; t++) {
        double net = flow->import[t] - flow->export[t], scheduled = connection->scheduled_kw[t];
        double change = fabs(net - connection->submitted_kw[t]);
        if (!isnan(scheduled)) {
            double import = mg_series_at(&connection->scheduled_import_kw, t, 0);
            double export = mg_series_at(&connection->scheduled_export_kw, t, 0);
            bought += connection->buy[t] * (isnan(import) ? 0 : import) * dt;
            sold += connection->sell[t] * (isnan(export) ? 0 : export) * dt;
            missing += mg_series_at(&connection->imbalance_short_jpy_per_kwh, t, 0) *
                       fmax(0, net - scheduled) * dt;
            left += mg_series_at(&connection->imbalance_long_jpy_per_kwh, t, 0) *
                    fmax(0, scheduled - net) * dt;
        }
        if (isnan(change)) continue;
        changed += connection->change_price_jpy_per_kwh * change * dt;
        struct mg_where where = { "connections", connection->id, connection->name, "import_kw", t };
        if (mg_series_at(&connection->locked, t, 0) > 0.5 &&
            change > az_slack(connection->submitted_kw[t]))
            mg_breach(j, MG_RULE_connection_locked, where, change * dt,
                      connection->lock_price_jpy_per_kwh, net, NAN, connection->submitted_kw[t]);
    }
    mg_money(j, MG_MONEY_import, &connection->owner, bought);
    mg_money(j, MG_MONEY_export, &connection->owner, -sold);
    mg_money(j, MG_MONEY_imbalance_short, &connection->owner, missing);
    mg_money(j, MG_MONEY_imbalance_long, &connection->owner, -left);
    mg_money(j, MG_MONEY_schedule_change, &connection->owner, changed);
}

/* --- lines --------------------------------------------------------------------------------------
 */

enum { ARMED_UNIT, ARMED_RENEWABLE }; /* collections of an armable asset */

static const double *power_of(const struct mg_judge *j, const struct az_ref *asset)
{
    return asset->collection == ARMED_UNIT ? j->flows.units[asset->index].power
                                           : j->flows.used[asset->index];
}

static const struct az_ref *owner_of(const struct mg_judge *j, const struct az_ref *asset)
{
    return asset->collection == ARMED_UNIT ? &j->mg->units.items[asset->index].owner
                                           : &j->mg->renewables.items[asset->index].owner;
}

bool mg_is_armed(const struct mg_judge *j, size_t unit, size_t t)
{
    for (size_t i = 0; i < j->mg->lines.count; i++) {
        const struct mg_line *line = &j->mg->lines.items[i];
        for (size_t k = 0; k < line->armable.count; k++) {
            const struct az_ref *asset = &line->armable.items[k].asset;
            if (asset->collection == ARMED_UNIT && asset->index == unit &&
                j->flows.arming[i][k].armed[t] > 0.5)
                return true;
        }
    }
    return false;
}

/* line_armed: 0 or 1; line_tripped: 0 <= tripped <= power while armed, else 0 */
static void judge_armable(struct mg_judge *j, size_t i, size_t k)
{
    const struct mg_line *line = &j->mg->lines.items[i];
    const struct mg_armable *armable = &line->armable.items[k];
    const struct mg_arming_flow *flow = &j->flows.arming[i][k];
    const double *power = power_of(j, &armable->asset);
    const struct az_ref *payer =
        armable->paid_by.id ? &armable->paid_by : owner_of(j, &armable->asset);
    double hours = 0, kwh = 0;
    for (size_t t = 0; t < j->mg->T; t++) {
        double armed = flow->armed[t], tripped = flow->tripped[t];
        double most = armed > 0.5 ? fmax(0, power[t]) : 0;
        struct mg_where where = { "lines", line->id, line->name, NULL, t };
        if (!mg_is_switch(armed))
            mg_breach(j, MG_RULE_line_armed, where, fmin(fabs(armed), fabs(armed - 1)), NAN, armed,
                      NAN, 1);
        if (az_under(tripped, 0) || az_over(tripped, most))
            mg_breach(j, MG_RULE_line_tripped, where, fmax(-tripped, tripped - most), NAN, tripped,
                      NAN, most);
        if (armed > 0.5) hours += j->mg->dt;
        kwh += tripped * j->mg->dt;
    }
    mg_money(j, MG_MONEY_arming, payer, armable->arming_jpy_per_h * hours);
    mg_money(j, MG_MONEY_tripping, payer, armable->tripping_jpy_per_kwh * kwh);
}

/* line_normal: |flow| <= normal; line_emergency: flow - sum of tripped <= emergency */
void mg_judge_line(struct mg_judge *j, size_t i)
{
    const struct mg_line *line = &j->mg->lines.items[i];
    for (size_t t = 0; t < j->mg->T; t++) {
        double flow = mg_series_at(&line->base_kw, t, 0), after;
        double normal = mg_series_at(&line->normal_kw, t, INFINITY);
        double emergency = mg_series_at(&line->emergency_kw, t, INFINITY);
        struct mg_where where = { "lines", line->id, line->name, NULL, t };
        for (size_t k = 0; k < line->connections.count; k++) {
            const struct mg_connection_flow *tie =
                &j->flows.connections[line->connections.items[k].index];
            flow += tie->export[t] - tie->import[t];
        }
        after = flow;
        for (size_t k = 0; k < line->armable.count; k++) after -= j->flows.arming[i][k].tripped[t];
        if (az_over(fabs(flow), normal))
            mg_breach(j, MG_RULE_line_normal, where, (fabs(flow) - normal) * j->mg->dt,
                      line->limit_price_jpy_per_kwh, flow, NAN, normal);
        if (isfinite(emergency) && az_over(after, emergency))
            mg_breach(j, MG_RULE_line_emergency, where, (after - emergency) * j->mg->dt,
                      line->limit_price_jpy_per_kwh, after, NAN, emergency);
    }
    for (size_t k = 0; k < line->armable.count; k++) judge_armable(j, i, k);
}

/* --- commitments --------------------------------------------------------------------------------
 */

double mg_sold_reserve(const struct mg_judge *j, size_t grid, int way, size_t t)
{
    double sold = 0;
    for (size_t i = 0; i < j->mg->commitments.count; i++) {
        const struct mg_commitment *commitment = &j->mg->commitments.items[i];
        if (commitment->terms.tag != MG_TERMS_CAPACITY) continue;
        const struct mg_capacity *capacity = commitment->terms.value;
        bool counts = capacity->grid.index == grid && capacity->direction == way &&
                      t >= commitment->slots.first && t < commitment->slots.last;
        if (counts) sold += fmax(0, capacity->kw - fmax(0, j->flows.short_of[i][t]));
    }
    return sold;
}

/* What is short in a slot: of demand response by its flow, of capacity by what the plan concedes.
 */
static double short_in(const struct mg_judge *j, size_t i, size_t t)
{
    const struct mg_commitment *commitment = &j->mg->commitments.items[i];
    if (commitment->terms.tag == MG_TERMS_CAPACITY) return j->flows.short_of[i][t];
    const struct mg_demand_response *response = commitment->terms.value;
    const struct mg_connection_flow *flow = &j->flows.connections[response->connection.index];
    double most = mg_series_at(&response->baseline_kw, t, 0) - response->reduce_kw;
    double over = flow->import[t] - flow->export[t] - most;
    return over > az_slack(most) ? over : 0;
}

/* commitment_short: within what is sold; commitment_kept: nothing short, or priced */
void mg_judge_commitment(struct mg_judge *j, size_t i)
{
    const struct mg_commitment *commitment = &j->mg->commitments.items[i];
    bool capacity = commitment->terms.tag == MG_TERMS_CAPACITY;
    double most = capacity ? ((const struct mg_capacity *)commitment->terms.value)->kw : 0;
    for (size_t t = commitment->slots.first; t < commitment->slots.last; t++) {
        double missing = short_in(j, i, t);
        struct mg_where where = { "commitments", commitment->id, commitment->name, "short_kw", t };
        if (capacity && (az_under(missing, 0) || az_over(missing, most)))
            mg_breach(j, MG_RULE_commitment_short, where, fmax(-missing, missing - most), NAN,
                      missing, NAN, most);
        else if (missing > az_slack(0))
            mg_breach(j, MG_RULE_commitment_kept, where, missing * j->mg->dt,
                      commitment->price_jpy_per_kwh, missing, NAN, 0);
    }
    if (commitment->begins)
        mg_money(j, MG_MONEY_reward, &commitment->owner, -commitment->reward_jpy);
}
