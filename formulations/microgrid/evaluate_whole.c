/* evaluate_whole.c - the rules and the money that span the whole horizon: carbon dioxide and the
 * local share. Their place is the plan's summary. */
#include "formulations/microgrid/judge.h"

static double energy(const struct mg_judge *j, const double power[])
{
    double sum = 0;
    for (size_t t = 0; t < j->mg->T; t++) sum += power[t] * j->mg->dt;
    return sum;
}

/* co2_cap: kg of units and imports, with those so far, <= cap; each kg at its price */
void mg_judge_co2(struct mg_judge *j)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_co2 *co2 = mg->co2;
    double total = mg->state && mg->state->so_far ? mg->state->so_far->co2_kg : 0;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        double kg = unit->co2_kg_per_kwh * energy(j, j->flows.units[i].power);
        mg_money(j, MG_MONEY_co2, &unit->owner, co2->price_jpy_per_kg * kg);
        total += kg;
    }
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        double kg = connection->co2_kg_per_kwh * energy(j, j->flows.connections[i].import);
        mg_money(j, MG_MONEY_co2, &connection->owner, co2->price_jpy_per_kg * kg);
        total += kg;
    }
    struct mg_where where = { "summary", "co2_kg", NULL, NULL, mg->T - 1 };
    if (az_over(total, co2->cap_kg))
        mg_breach(j, MG_RULE_co2_cap, where, total - co2->cap_kg, co2->cap_price_jpy_per_kg,
                  round(total * 1e3) / 1e3, NAN, co2->cap_kg);
}

/* local_share: imported <= (1 - min_share) served, both with what was so far */
void mg_judge_local(struct mg_judge *j)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_so_far *so_far = mg->state ? mg->state->so_far : NULL;
    double imported = so_far ? so_far->imported_kwh : 0, served = so_far ? so_far->served_kwh : 0;
    for (size_t i = 0; i < mg->connections.count; i++)
        imported += energy(j, j->flows.connections[i].import);
    for (size_t i = 0; i < mg->loads.count; i++)
        served += energy(j, mg->loads.items[i].demand_kw.values) - energy(j, j->flows.unserved[i]) -
                  energy(j, j->flows.interrupted[i]);
    for (size_t i = 0; i < mg->flexible_loads.count; i++) served += energy(j, j->flows.flexible[i]);
    for (size_t i = 0; i < mg->shiftables.count; i++)
        for (size_t t = 0; t < mg->T; t++) served += mg_shiftable_power(j, i, t) * mg->dt;
    double most = (1 - mg->local->min_share) * served;
    struct mg_where where = { "summary", "local_share", NULL, NULL, mg->T - 1 };
    if (az_over(imported, most))
        mg_breach(j, MG_RULE_local_share, where, imported - most, mg->local->price_jpy_per_kwh,
                  round(imported * 1e3) / 1e3, NAN, round(most * 1e3) / 1e3);
}
