/* validate_trade.c - energy that is bought at one connection and sold at another of the same grid,
 * without a limit: where it pays, the more the better, and there is no best plan.
 *
 * A limit is whatever ends it: one of the two connections', of a line that only one of them uses, a
 * lock, a promise to buy less, the carbon cap, the local share, or demand that costs more than the
 * trade earns.
 * A price of a limit ends it too, since breaches come before money, but not where they are weighed
 * against it (mg_is_weighed): there it is part of the trade's price. */
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/resolve.h"

struct trade {
    const struct mg_instance *mg; /* or the view of a scenario */
    size_t from, to;              /* connections: bought at one, sold at the other */
};

static const struct mg_connection *connection(const struct mg_instance *mg, size_t i)
{
    return &mg->connections.items[i];
}

/* A rule that is priced ends nothing where breaches are weighed against money. */
static bool is_end(const struct mg_instance *mg, double price)
{
    return isnan(price) || !mg_is_weighed(mg);
}

/* The end of a flow in one direction: INFINITY where it is firm, else what every kWh beyond it
 * costs. */
static double end_price(const struct mg_instance *mg, const struct mg_connection *c,
                        const struct az_series *limit)
{
    if (!limit->values) return 0;
    return is_end(mg, c->limit_price_jpy_per_kwh) ? INFINITY : c->limit_price_jpy_per_kwh;
}

/* Is what the connection buys (sells) bound to what was submitted, or to a promise? Demand response
 * says how much it buys at most, not how much it sells. */
static bool is_bound(const struct mg_instance *mg, size_t i, size_t t, bool buys)
{
    const struct mg_connection *c = connection(mg, i);
    if (mg_is_weighed(mg)) return false; /* a blackout in which both lapse */
    if (!isnan(c->submitted_kw[t]) && mg_value(&c->locked, t, 0) > 0.5) return true;
    for (size_t k = 0; k < mg->commitments.count; k++) {
        const struct mg_commitment *commitment = &mg->commitments.items[k];
        const struct mg_demand_response *response = commitment->terms.value;
        if (commitment->terms.tag == MG_TERMS_DEMAND_RESPONSE && response &&
            response->connection.index == i && mg_is_within(commitment->slots, t))
            return buys;
    }
    return false;
}

/* The price of one more kWh, bought or sold; INFINITY (-INFINITY) where there is none. */
static double price_of(const struct mg_instance *mg, size_t i, size_t t, bool buys)
{
    const struct mg_connection *c = connection(mg, i);
    bool traded = !isnan(c->scheduled_kw[t]), submitted = !isnan(c->submitted_kw[t]);
    double change = submitted ? c->change_price_jpy_per_kwh : 0;
    double carbon = mg->co2 ? mg->co2->price_jpy_per_kg * c->co2_kg_per_kwh : 0;
    const struct az_series *own =
        buys ? &c->import_price_jpy_per_kwh : &c->export_price_jpy_per_kwh;
    bool known = traded || own->values || c->market_price_jpy_per_kwh.values;
    if (!known || mg->shut[i * mg->T + t] || is_bound(mg, i, t, buys))
        return buys ? INFINITY : -INFINITY;
    if (!buys)
        return (traded ? mg_value(&c->imbalance_long_jpy_per_kwh, t, 0) : c->sell[t]) - change -
               end_price(mg, c, &c->export_limit_kw);
    return (traded ? mg_value(&c->imbalance_short_jpy_per_kwh, t, 0) : c->buy[t]) + change +
           carbon + c->wheeling_fee_jpy_per_kwh + end_price(mg, c, &c->import_limit_kw);
}

static bool is_on(const struct mg_line *line, size_t i)
{
    for (size_t k = 0; k < line->connections.count; k++)
        if (line->connections.items[k].index == i) return true;
    return false;
}

/* Does a line carry what goes through one of the two and not through the other? */
static bool is_carried(const struct trade *trade)
{
    for (size_t i = 0; i < trade->mg->lines.count; i++) {
        const struct mg_line *line = &trade->mg->lines.items[i];
        if (line->normal_kw.values && is_end(trade->mg, line->limit_price_jpy_per_kwh) &&
            is_on(line, trade->from) != is_on(line, trade->to))
            return true;
    }
    return false;
}

/* What one kWh through both earns in slot t at most, and where it is sold then. */
static double gain_in(const struct mg_instance *mg, size_t from, size_t t, size_t *to)
{
    double best = 0;
    for (size_t i = 0; i < mg->connections.count; i++) {
        struct trade trade = { mg, from, i };
        bool near = connection(mg, i)->grid.index == connection(mg, from)->grid.index;
        if (i == from || !near || is_carried(&trade)) continue;
        double gain = price_of(mg, i, t, false) - price_of(mg, from, t, true);
        if (!(gain > best + AZ_ZERO)) continue;
        best = gain;
        *to = i;
    }
    return best;
}

/* Does a kW more of demand in a month earn more than it costs? In each metering interval it is used
 * in the slot that earns most. to: the last one where it is sold. */
static bool pays_in(const struct mg_instance *mg, size_t from, size_t month, size_t *to)
{
    const struct mg_connection *c = connection(mg, from);
    double hours = (double)c->meter_slots * mg->dt, best = 0, sum = 0;
    for (size_t t = 0; t < mg->T; t++) {
        bool closes = (t + c->meter_offset + 1) % c->meter_slots == 0 || t + 1 == mg->T;
        if (c->month[t] == month) best = fmax(best, gain_in(mg, from, t, to));
        if (!closes) continue;
        sum += best * hours;
        best = 0;
    }
    return sum > c->demand_charge_jpy_per_kw + AZ_ZERO;
}

static bool pays(const struct mg_instance *mg, size_t from, size_t *to)
{
    const struct mg_connection *c = connection(mg, from);
    bool capped = mg->co2 && !isnan(mg->co2->cap_kg) && c->co2_kg_per_kwh > 0;
    if (mg->local && is_end(mg, mg->local->price_jpy_per_kwh)) return false;
    if (capped && is_end(mg, mg->co2->cap_price_jpy_per_kg)) return false;
    for (size_t month = 0; month < c->month_count; month++)
        if (pays_in(mg, from, month, to)) return true;
    return false;
}

void mg_validate_trade(const struct mg_instance *mg, struct az_findings *findings)
{
    for (size_t i = 0; i < mg->connections.count; i++) {
        size_t to = AZ_NO_INDEX;
        bool any = pays(mg, i, &to);
        for (size_t k = 0; mg->views && k < mg->scenarios.count && !any; k++)
            any = pays(&mg->views[k], i, &to);
        if (any && to != AZ_NO_INDEX)
            AZ_FIND(findings, &mg_code_trade_without_limit,
                    MG_MEMBER("connections", i, connection(mg, i)->id, "import_limit_kw"),
                    AZ_TEXT_PARAM("other", connection(mg, to)->id));
    }
}
