/* resolve_scenarios.c - the probability that scenarios leave, and the instance as each of them sees
 * it: a copy with other series, whose derived members stand beside those of the instance. */
#include <string.h>

#include "formulations/microgrid/resolve.h"

/* A list of the instance as one that may be changed. */
#define OWN(list)                                                                        \
    do {                                                                                 \
        void *items_ = az_arena_array(r->arena, mg->list.count, sizeof *mg->list.items); \
        if (!items_) return AZ_NO_MEMORY;                                                \
        if (mg->list.count > 0)                                                          \
            memcpy(items_, mg->list.items, mg->list.count * sizeof *mg->list.items);     \
        view->list.items = items_;                                                       \
    } while (0)

/* What cannot be curtailed is at most the forecast, and the band holds it. */
static enum az_status see_renewable(const struct mg_resolver *r, struct mg_renewable *renewable,
                                    const struct az_series *forecast)
{
    struct az_series minimum = { .count = r->mg->T,
                                 .values = AZ_ARRAY(r->arena, r->mg->T, double) };
    if (!minimum.values) return AZ_NO_MEMORY;
    renewable->forecast_kw = *forecast;
    for (size_t t = 0; t < r->mg->T; t++)
        minimum.values[t] = fmin(mg_value(&renewable->minimum_kw, t, 0), mg_value(forecast, t, 0));
    renewable->minimum_kw = minimum;
    renewable->low_kw = renewable->high_kw = *forecast;
    return AZ_OK;
}

static enum az_status see_market(const struct mg_resolver *r, struct mg_connection *connection,
                                 const struct az_series *market)
{
    size_t T = r->mg->T;
    connection->market_price_jpy_per_kwh = *market;
    connection->buy = AZ_ARRAY(r->arena, T, double);
    connection->sell = AZ_ARRAY(r->arena, T, double);
    if (!connection->buy || !connection->sell) return AZ_NO_MEMORY;
    for (size_t t = 0; t < T; t++)
        mg_price(connection, t, &connection->buy[t], &connection->sell[t]);
    return AZ_OK;
}

/* Survival is asked of the instance itself. */
static enum az_status see(const struct mg_resolver *r, const struct mg_scenario *scenario,
                          struct mg_instance *view)
{
    const struct mg_instance *mg = r->mg;
    *view = *mg;
    view->scenarios.count = view->survivals.count = 0;
    view->views = NULL;
    view->base_probability = 1;
    OWN(loads);
    OWN(renewables);
    OWN(connections);
    for (size_t i = 0; i < scenario->loads.count; i++)
        view->loads.items[scenario->loads.keys[i].index].demand_kw = scenario->loads.items[i];
    for (size_t i = 0; i < scenario->renewables.count; i++)
        AZ_TRY(see_renewable(r, &view->renewables.items[scenario->renewables.keys[i].index],
                             &scenario->renewables.items[i]));
    for (size_t i = 0; i < scenario->market.count; i++)
        AZ_TRY(see_market(r, &view->connections.items[scenario->market.keys[i].index],
                          &scenario->market.items[i]));
    return AZ_OK;
}

enum az_status mg_resolve_scenarios(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    double sum = 0;
    for (size_t i = 0; i < mg->scenarios.count; i++) sum += mg->scenarios.items[i].probability;
    mg->base_probability = sum < 1 - MG_NO_PROBABILITY ? 1 - sum : 0;
    mg->views = AZ_ARRAY(r->arena, mg->scenarios.count, struct mg_instance);
    if (!mg->views) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->scenarios.count; i++)
        AZ_TRY(see(r, &mg->scenarios.items[i], &mg->views[i]));
    return AZ_OK;
}
