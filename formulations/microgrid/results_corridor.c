/* results_corridor.c - the corridor of charge of every battery: which charges at the end of a slot
 * still lead to the end within all rules. Exact for one battery, by going backwards. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/results.h"
#include "solver/tolerances.h"

/* --- room of a grid -----------------------------------------------------------------------------
 */

/* What a line leaves for more flow inward (in) or outward, kW. */
static double line_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t i,
                        size_t t, bool in)
{
    const struct mg_line *line = &mg->lines.items[i];
    double flow = mg_series_at(&line->base_kw, t, 0), after;
    for (size_t k = 0; k < line->connections.count; k++) {
        const struct mg_connection_flow *tie =
            &flows->connections[line->connections.items[k].index];
        flow += tie->export[t] - tie->import[t];
    }
    after = flow;
    for (size_t k = 0; k < line->armable.count; k++) after -= flows->arming[i][k].tripped[t];
    double normal = mg_series_at(&line->normal_kw, t, INFINITY);
    if (in) return normal + flow;
    return fmin(normal - flow, mg_series_at(&line->emergency_kw, t, INFINITY) - after);
}

static bool is_on(const struct mg_line *line, size_t connection)
{
    for (size_t k = 0; k < line->connections.count; k++)
        if (line->connections.items[k].index == connection) return true;
    return false;
}

/* What demand response leaves for more import. */
static double response_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t i,
                            size_t t)
{
    double room = INFINITY;
    for (size_t k = 0; k < mg->commitments.count; k++) {
        const struct mg_commitment *commitment = &mg->commitments.items[k];
        const struct mg_demand_response *response = commitment->terms.value;
        if (commitment->terms.tag != MG_TERMS_DEMAND_RESPONSE || response->connection.index != i ||
            !mg_is_within(commitment->slots, t))
            continue;
        double net = flows->connections[i].import[t] - flows->connections[i].export[t];
        room = fmin(room, mg_series_at(&response->baseline_kw, t, 0) - response->reduce_kw - net);
    }
    return room;
}

double mg_connection_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t i,
                          size_t t, bool in)
{
    const struct mg_connection *connection = &mg->connections.items[i];
    double net = flows->connections[i].import[t] - flows->connections[i].export[t];
    double room = in ? mg_series_at(&connection->import_limit_kw, t, INFINITY) - net
                     : mg_series_at(&connection->export_limit_kw, t, INFINITY) + net;
    if (mg->shut[i * mg->T + t] || mg_series_at(&connection->locked, t, 0) > 0.5) return 0;
    if (in) room = fmin(room, response_room(mg, flows, i, t));
    for (size_t k = 0; k < mg->lines.count; k++)
        if (is_on(&mg->lines.items[k], i)) room = fmin(room, line_room(mg, flows, k, t, in));
    return fmax(room, 0);
}

/* The best connection's room, and what renewables can be used more (in) or less. */
static double grid_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t grid,
                        size_t t, bool in)
{
    double best = 0, renewables = 0;
    for (size_t i = 0; i < mg->connections.count; i++)
        if (mg->connections.items[i].grid.index == grid)
            best = fmax(best, mg_connection_room(mg, flows, i, t, in));
    for (size_t i = 0; i < mg->renewables.count; i++) {
        const struct mg_renewable *renewable = &mg->renewables.items[i];
        if (renewable->grid.index != grid || renewable->availability == MG_PLANNED) continue;
        double used = flows->used[i][t];
        renewables += fmax(0, in ? renewable->forecast_kw.values[t] - used
                                 : used - mg_series_at(&renewable->minimum_kw, t, 0));
    }
    return best + renewables;
}

double mg_draw_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t grid,
                    size_t t)
{
    return grid_room(mg, flows, grid, t, true);
}

double mg_give_room(const struct mg_instance *mg, const struct mg_flows *flows, size_t grid,
                    size_t t)
{
    return grid_room(mg, flows, grid, t, false);
}

/* --- one slot of one battery --------------------------------------------------------------------
 */

/* What a battery may do in a slot: net charging power in [least, min(most, full - slope e)], e the
 * charge at its beginning; its charge falls by `used` besides. */
struct slot_powers {
    double least, most, full, slope;
    double used;
};

/* draw, give: the room of the grid on which it stands; INFINITY: whatever the plan does. */
static struct slot_powers powers_of(const struct mg_instance *mg, const struct mg_flows *flows,
                                    size_t i, size_t t, double draw, double give)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    const struct mg_battery_flow *flow = &flows->batteries[i];
    struct mg_home home = mg_home_at(mg, i, flow, t);
    double planned = flow->charge[t] - flow->discharge[t], here = home.vehicles;
    double least = -here * battery->discharge_max_kw + flow->reserve_up[t];
    struct slot_powers powers = { .used = home.used,
                                  .full = here * battery->charge_max_kw - flow->reserve_down[t] };
    if (!isnan(battery->taper_from_share)) {
        double from = battery->taper_from_share * battery->capacity_kwh;
        double full = isnan(battery->taper_full_kw) ? 0 : battery->taper_full_kw;
        double span = battery->max_kwh - from, drop = battery->charge_max_kw - full;
        if (span > AZ_ZERO && drop > AZ_ZERO) {
            powers.slope = drop / span;
            powers.full += powers.slope * (here * from + home.away);
        }
    }
    powers.least = fmax(least, planned - give);
    powers.most = fmin(here * battery->charge_max_kw - flow->reserve_down[t], planned + draw);
    if (isfinite(give)) powers.least = fmin(planned, powers.least);
    if (isfinite(draw)) powers.most = fmax(planned, powers.most);
    return powers;
}

struct mg_powers mg_battery_powers(const struct mg_instance *mg, const struct mg_flows *flows,
                                   size_t battery, size_t t, double before, double draw,
                                   double give)
{
    struct slot_powers powers = powers_of(mg, flows, battery, t, draw, give);
    return (struct mg_powers){ powers.least,
                               fmin(powers.most, powers.full - powers.slope * before) };
}

/* How the charge changes in a slot by a net charging power. kWh */
static double gain(const struct mg_instance *mg, const struct mg_battery *battery, double power)
{
    return mg->dt *
           (power > 0 ? power * battery->charge_efficiency : power / battery->discharge_efficiency);
}

/* The highest charge at the end of a slot that begins with e: concave in e. */
static double reach(const struct mg_instance *mg, const struct mg_battery *battery,
                    const struct slot_powers *powers, double e)
{
    double most = fmin(powers->most, powers->full - powers->slope * e);
    return e + gain(mg, battery, most) - powers->used;
}

/* --- backwards ----------------------------------------------------------------------------------
 */

struct band {
    double low, high;
};

#define HALVINGS 60

/* Where reach(e) >= target within [bad, good], the end at `good`. */
static double edge(const struct mg_instance *mg, const struct mg_battery *battery,
                   const struct slot_powers *powers, double target, double bad, double good)
{
    for (int k = 0; k < HALVINGS; k++) {
        double middle = (bad + good) / 2;
        if (reach(mg, battery, powers, middle) >= target)
            good = middle;
        else
            bad = middle;
    }
    return good;
}

/* The charges in `here` that reach at least the target: none leaves low above high. */
static struct band reaching(const struct mg_instance *mg, const struct mg_battery *battery,
                            const struct slot_powers *powers, double target, struct band here)
{
    if (powers->slope == 0) {
        here.low = fmax(here.low, target - reach(mg, battery, powers, 0));
        return here;
    }
    /* a concave function is highest at an end or where its pieces meet */
    double corners[] = { here.low, here.high, (powers->full - powers->most) / powers->slope,
                         powers->full / powers->slope };
    double best = here.low;
    for (size_t k = 0; k < sizeof corners / sizeof corners[0]; k++) {
        double corner = fmin(fmax(corners[k], here.low), here.high);
        if (reach(mg, battery, powers, corner) > reach(mg, battery, powers, best)) best = corner;
    }
    if (reach(mg, battery, powers, best) < target) return (struct band){ best, -INFINITY };
    if (reach(mg, battery, powers, here.low) < target)
        here.low = edge(mg, battery, powers, target, here.low, best);
    if (reach(mg, battery, powers, here.high) < target)
        here.high = edge(mg, battery, powers, target, here.high, best);
    return here;
}

/* The charges before a slot from which it can end within `next`. */
static struct band before(const struct mg_instance *mg, const struct mg_battery *battery,
                          const struct slot_powers *powers, struct band next, struct band here)
{
    double drop = -gain(mg, battery, powers->least);
    here.high = fmin(here.high, next.high + powers->used + drop);
    if (powers->slope > 0) /* what has to be charged must be possible */
        here.high = fmin(here.high, (powers->full - powers->least) / powers->slope);
    return reaching(mg, battery, powers, next.low, here);
}

/* The least that the witnesses of outages leave of the battery's charge above its minimum. */
static double witness_margin(const struct mg_instance *mg, const struct mg_plan *plan, size_t i,
                             size_t t)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    int64_t start = mg->start.utc_s + (int64_t)(t + 1) * mg->slot_minutes * 60;
    double margin = INFINITY;
    for (size_t s = 0; s < plan->survivals.count; s++)
        for (size_t w = 0; w < plan->survivals.items[s].witnesses.count; w++) {
            const struct mg_witness *witness = &plan->survivals.items[s].witnesses.items[w];
            if (witness->start.utc_s != start) continue;
            for (size_t k = 0; k < witness->batteries.count; k++) {
                const struct az_series *energy = &witness->batteries.items[k].energy_kwh;
                const char *id = witness->batteries.keys[k].id;
                if (!id || strcmp(id, battery->id) != 0) continue;
                double here = battery->home && t < mg->T ? battery->home[t] : 1;
                for (size_t n = 0; energy->values && n < energy->count; n++)
                    margin = fmin(margin, energy->values[n] - here * battery->min_kwh);
            }
        }
    return fmax(margin, 0);
}

/* What the rules at the end of slot t alone ask of the charge. */
static struct band rules_of(const struct mg_instance *mg, const struct mg_plan *plan,
                            const struct mg_flows *flows, size_t i, size_t t)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    const struct mg_battery_flow *flow = &flows->batteries[i];
    struct mg_home home = mg_home_at(mg, i, flow, t);
    double hours = mg->grids.items[mg_stands_on(mg, i, flow, t)].reserve_hours;
    double rest = home.away - home.used, planned = flow->energy[t];
    double floor = fmax(mg_floor_kwh(mg, i, t), battery->min_kwh);
    struct band band = {
        .low = home.vehicles * floor + rest +
               flow->reserve_up[t] * hours / battery->discharge_efficiency,
        .high = home.vehicles * battery->max_kwh + rest -
                flow->reserve_down[t] * hours * battery->charge_efficiency,
    };
    if (t + 1 == mg->T) {
        band.low = fmax(band.low, battery->end_kwh);
    } else { /* what stays when others leave */
        struct mg_home next = mg_home_at(mg, i, flow, t + 1);
        band.low = fmax(band.low, next.vehicles * battery->min_kwh + next.away);
        band.high = fmin(band.high, next.vehicles * battery->max_kwh + next.away);
    }
    double margin = witness_margin(mg, plan, i, t);
    if (isfinite(margin)) band.low = fmax(band.low, planned - margin);
    return band;
}

/* draw, give: NULL for bands that ask nothing of the grid and do not follow the plan. */
static void put_corridor(const struct mg_instance *mg, const struct mg_plan *plan,
                         const struct mg_flows *flows, size_t i, const double draw[],
                         const double give[], double low[], double high[])
{
    const struct mg_battery_flow *flow = &flows->batteries[i];
    struct band next = { 0, 0 };
    for (size_t t = mg->T; t-- > 0;) {
        struct band here = rules_of(mg, plan, flows, i, t);
        if (draw) here.low = fmin(here.low, flow->energy[t]);
        if (draw) here.high = fmax(here.high, flow->energy[t]);
        if (t + 1 < mg->T) {
            size_t cell = mg_stands_on(mg, i, flow, t + 1) * mg->T + t + 1;
            struct slot_powers powers = powers_of(mg, flows, i, t + 1, draw ? draw[cell] : INFINITY,
                                                  draw ? give[cell] : INFINITY);
            here = before(mg, &mg->batteries.items[i], &powers, next, here);
        }
        next.low = low[t] = draw ? fmin(here.low, flow->energy[t]) : here.low;
        next.high = high[t] = draw ? fmax(here.high, flow->energy[t]) : here.high;
    }
}

void mg_battery_band(const struct mg_instance *mg, const struct mg_plan *plan,
                     const struct mg_flows *flows, size_t battery, double low[], double high[])
{
    put_corridor(mg, plan, flows, battery, NULL, NULL, low, high);
}

enum az_status mg_put_corridors(const struct mg_instance *mg, const struct mg_flows *flows,
                                struct az_arena *arena, struct mg_plan *plan)
{
    double *draw = AZ_ARRAY(arena, mg->grids.count * mg->T, double);
    double *give = AZ_ARRAY(arena, mg->grids.count * mg->T, double);
    if (!draw || !give) return AZ_NO_MEMORY;
    for (size_t g = 0; g < mg->grids.count && mg->batteries.count > 0; g++)
        for (size_t t = 0; t < mg->T; t++) {
            draw[g * mg->T + t] = mg_draw_room(mg, flows, g, t);
            give[g * mg->T + t] = mg_give_room(mg, flows, g, t);
        }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        double *low = AZ_ARRAY(arena, mg->T, double), *high = AZ_ARRAY(arena, mg->T, double);
        if (!low || !high) return AZ_NO_MEMORY;
        put_corridor(mg, plan, flows, i, draw, give, low, high);
        plan->batteries.items[i].corridor_low_kwh = (struct az_series){ mg->T, low, false };
        plan->batteries.items[i].corridor_high_kwh = (struct az_series){ mg->T, high, false };
    }
    return AZ_OK;
}
