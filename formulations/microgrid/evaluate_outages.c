/* evaluate_outages.c - which connections are shut, which grids are dead, what may start in a
 * blackout, and how long critical load is served. */
#include "formulations/microgrid/judge.h"

/* --- shut and dead ------------------------------------------------------------------------------
 */

/* connection_shut: import = export = 0 */
static void judge_shut(struct mg_judge *j, size_t i)
{
    const struct mg_connection *connection = &j->mg->connections.items[i];
    for (size_t t = 0; t < j->mg->T; t++) {
        if (!j->mg->shut[i * j->mg->T + t]) continue;
        const double flows[] = { j->flows.connections[i].import[t],
                                 j->flows.connections[i].export[t] };
        static const char *const members[] = { "import_kw", "export_kw" };
        for (int k = 0; k < 2; k++) {
            struct mg_where where = { "connections", connection->id, connection->name, members[k],
                                      t };
            if (fabs(flows[k]) > az_slack(0))
                mg_breach(j, MG_RULE_connection_shut, where, fabs(flows[k]), NAN, flows[k], NAN, 0);
        }
    }
}

/* An asset of a grid, and a quantity of it that is 0 while the grid is dead. */
struct flow {
    const char *map, *id, *name, *member;
    const double *values;
};

/* grid_dead: every flow is 0 */
static void judge_flow(struct mg_judge *j, size_t grid, size_t t, const struct flow *flow)
{
    if (!mg_is_dead(j, grid, t) || fabs(flow->values[t]) <= az_slack(0)) return;
    struct mg_where where = { flow->map, flow->id, flow->name, flow->member, t };
    mg_breach(j, MG_RULE_grid_dead, where, fabs(flow->values[t]), NAN, flow->values[t], NAN, 0);
}

static void judge_converter(struct mg_judge *j, size_t i, size_t t)
{
    const struct mg_converter *converter = &j->mg->converters.items[i];
    const struct mg_converter_flow *flow = &j->flows.converters[i];
    size_t from = converter->from_grid.index, to = converter->to_grid.index;
    size_t grid = mg_is_dead(j, from, t) ? from : to;
    struct flow flows[] = {
        { "converters", converter->id, converter->name, "forward_in_kw", flow->forward_in },
        { "converters", converter->id, converter->name, "forward_out_kw", flow->forward_out },
        { "converters", converter->id, converter->name, "backward_in_kw", flow->backward_in },
        { "converters", converter->id, converter->name, "backward_out_kw", flow->backward_out }
    };
    for (size_t k = 0; k < sizeof flows / sizeof flows[0]; k++) judge_flow(j, grid, t, &flows[k]);
}

static void judge_dead(struct mg_judge *j, size_t t)
{
    const struct mg_instance *mg = j->mg;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        struct flow flow = { "units", unit->id, unit->name, "power_kw", j->flows.units[i].power };
        judge_flow(j, unit->grid.index, t, &flow);
    }
    for (size_t i = 0; i < mg->renewables.count; i++) {
        const struct mg_renewable *renewable = &mg->renewables.items[i];
        struct flow flow = { "renewables", renewable->id, renewable->name, "used_kw",
                             j->flows.used[i] };
        judge_flow(j, renewable->grid.index, t, &flow);
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        const struct mg_battery_flow *of = &j->flows.batteries[i];
        size_t grid = mg_place_of(mg, &j->flows, i, t);
        struct flow flows[] = {
            { "batteries", battery->id, battery->name, "charge_kw", of->charge },
            { "batteries", battery->id, battery->name, "discharge_kw", of->discharge }
        };
        for (size_t k = 0; k < 2; k++) judge_flow(j, grid, t, &flows[k]);
    }
    for (size_t i = 0; i < mg->converters.count; i++) judge_converter(j, i, t);
    for (size_t i = 0; i < mg->flexible_loads.count; i++) {
        const struct mg_flexible *flexible = &mg->flexible_loads.items[i];
        struct flow flow = { "flexible_loads", flexible->id, flexible->name, "power_kw",
                             j->flows.flexible[i] };
        judge_flow(j, flexible->grid.index, t, &flow);
    }
}

/* --- starts -------------------------------------------------------------------------------------
 */

/* unit_black_start: in a blackout a unit that is off starts only where it can do so on a dead grid,
 * or where the grid was formed in the slot before */
static void judge_starts(struct mg_judge *j, size_t i)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_unit *unit = &mg->units.items[i];
    const double *on = j->flows.units[i].on;
    size_t grid = unit->grid.index;
    for (size_t t = 0; unit->black_start != 1 && t < mg->T && t < mg->dark; t++) {
        bool before = t > 0 ? on[t - 1] > 0.5 : unit->on0;
        bool formed = t > 0 ? !mg_is_dead(j, grid, t - 1) : mg->grids.items[grid].formed0;
        struct mg_where where = { "units", unit->id, unit->name, "on", t };
        if (on[t] > 0.5 && !before && !formed)
            mg_breach(j, MG_RULE_unit_black_start, where, 1, NAN, 1, NAN, 0);
    }
}

/* --- survival -----------------------------------------------------------------------------------
 */

size_t mg_served_slots(const struct mg_judge *j)
{
    const struct mg_instance *mg = j->mg;
    for (size_t t = 0; t < mg->T; t++)
        for (size_t i = 0; i < mg->loads.count; i++)
            if (mg_critical_short(j, i, t) > az_slack(mg->loads.items[i].demand_kw.values[t]))
                return t;
    return mg->T;
}

void mg_judge_outages(struct mg_judge *j)
{
    const struct mg_instance *mg = j->mg;
    for (size_t i = 0; i < mg->connections.count; i++) judge_shut(j, i);
    for (size_t t = 0; t < mg->T; t++) judge_dead(j, t);
    for (size_t i = 0; i < mg->units.count; i++) judge_starts(j, i);
    if (!mg->blackout || az_time_given(mg->blackout->restoration) || j->scenario) return;
    j->judgement->weighed = true;
    j->judgement->rank[0] = -(double)mg_served_slots(j) * mg->dt;
}
