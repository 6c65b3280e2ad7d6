/* carry.c - the state at a slot boundary of a plan, as the next run's instance takes it.
 *
 * Carrying to k and from there to m gives the same as carrying to m at once. */
#include "formulations/common/calendar.h"
#include "formulations/common/misfit.h"
#include "formulations/microgrid/codes.h"
#include "formulations/microgrid/flows.h"
#include "formulations/microgrid/outages.h"

struct carrier {
    const struct mg_instance *mg;
    struct mg_flows flows;
    struct az_arena *arena;
    struct az_findings *findings;
    struct mg_state *state;
    size_t k;         /* slots before the moment, 0 .. T */
    bool rest;        /* of this instance, not for the next horizon */
    const bool *dead; /* [grids * T] cut off and formed by nothing; NULL: none is cut off */
};

/* Room for a map of up to count entries; false without memory. */
#define NEW_MAP(c, map, capacity)                                               \
    ((map).keys = az_arena_array((c)->arena, (capacity), sizeof *(map).keys),   \
     (map).items = az_arena_array((c)->arena, (capacity), sizeof *(map).items), \
     (map).keys && (map).items)

static struct az_ref key(const char *id, size_t index)
{
    return (struct az_ref){ .id = id, .index = index };
}

/* Slots in the state of slot k - 1, those before the horizon included; the state in *on. */
static size_t run_length(const struct carrier *c, size_t i, bool *on)
{
    const struct mg_unit *unit = &c->mg->units.items[i];
    const double *row = c->flows.units[i].on;
    size_t t = c->k, run = 0;
    *on = t > 0 ? row[t - 1] > 0.5 : unit->on0;
    while (t > 0 && (row[t - 1] > 0.5) == *on) t--, run++;
    if (t == 0 && *on == (bool)unit->on0) run += unit->slots0;
    return run;
}

static enum az_status carry_units(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, c->state->units, mg->units.count)) return AZ_NO_MEMORY;
    c->state->units.count = mg->units.count;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        bool on;
        size_t run = run_length(c, i, &on);
        double power = c->k > 0 ? c->flows.units[i].power[c->k - 1] : unit->power0_kw;
        power = on ? fmin(fmax(power, unit->p_min_kw), unit->p_max_kw) : 0;
        c->state->units.keys[i] = key(unit->id, i);
        c->state->units.items[i] = (struct mg_unit_state){
            .on = on, .hours = run >= MG_LONG ? NAN : (double)run * mg->dt, .power_kw = power
        };
    }
    return AZ_OK;
}

/* What those left with who are away at the moment. */
static enum az_status carry_away(const struct carrier *c, size_t i, struct mg_battery_state *state)
{
    const struct mg_battery *battery = &c->mg->batteries.items[i];
    size_t count = battery->reservations.count;
    if (count == 0) return AZ_OK;
    if (!NEW_MAP(c, state->away_kwh, count)) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const struct mg_reservation *reservation = &battery->reservations.items[k];
        double vehicles = (double)reservation->vehicles, left = c->flows.batteries[i].departed[k];
        bool left_before = reservation->slots.first < c->k || reservation->under_way;
        bool back = reservation->returns && reservation->slots.last <= c->k;
        if (!(reservation->departs || reservation->under_way) || !left_before || back) continue;
        size_t n = state->away_kwh.count++;
        state->away_kwh.keys[n] = key(reservation->id, k);
        state->away_kwh.items[n] =
            fmin(fmax(left, vehicles * battery->min_kwh), vehicles * battery->max_kwh);
    }
    return AZ_OK;
}

/* Where a battery stands that has shelters, in a blackout that goes on. */
static struct az_ref carry_shelter(const struct carrier *c, size_t i)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_battery *battery = &mg->batteries.items[i];
    bool goes_on = c->k == mg->T || mg_is_dark(mg, c->k), chosen = battery->stands0 >= 0;
    size_t stands = c->flows.batteries[i].shelter;
    if (c->k == 0 && chosen && battery->stands0 > 0)
        stands = battery->shelter_grids.items[battery->stands0 - 1].index;
    else if (c->k == 0)
        stands = battery->grid.index;
    if (battery->shelter_grids.count == 0 || !goes_on ||
        !(c->k > 0 ? mg_is_dark(mg, c->k - 1) : chosen))
        return (struct az_ref){ 0 };
    return key(mg->grids.items[stands].id, stands);
}

/* What a rest has to end with where the whole has to end with what it began with. */
static double due_charge(const struct carrier *c, size_t i)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_battery *battery = &mg->batteries.items[i];
    double due = battery->start_kwh;
    if (!c->rest || !isnan(battery->end_share) || !isnan(battery->end_value_jpy_per_kwh))
        return NAN;
    for (size_t n = 0; mg->state && n < mg->state->batteries.count; n++)
        if (mg->state->batteries.keys[n].index == i &&
            !isnan(mg->state->batteries.items[n].due_kwh))
            due = mg->state->batteries.items[n].due_kwh;
    return due;
}

static double due_level(const struct carrier *c, size_t i)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_pond *pond = &mg->ponds.items[i];
    double due = pond->start_kwh;
    if (!c->rest || !isnan(pond->end_share) || !isnan(pond->end_value_jpy_per_kwh)) return NAN;
    for (size_t n = 0; mg->state && n < mg->state->ponds.count; n++)
        if (mg->state->ponds.keys[n].index == i && !isnan(mg->state->ponds.items[n].due_kwh))
            due = mg->state->ponds.items[n].due_kwh;
    return due;
}

static enum az_status carry_batteries(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, c->state->batteries, mg->batteries.count)) return AZ_NO_MEMORY;
    c->state->batteries.count = mg->batteries.count;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        double charge = c->k > 0 ? c->flows.batteries[i].energy[c->k - 1] : battery->start_kwh;
        double count = (double)battery->count;
        charge = fmin(fmax(charge, count * battery->min_kwh), count * battery->max_kwh);
        c->state->batteries.keys[i] = key(battery->id, i);
        c->state->batteries.items[i] = (struct mg_battery_state){
            .charge_kwh = charge, .due_kwh = due_charge(c, i), .shelter_grid = carry_shelter(c, i)
        };
        AZ_TRY(carry_away(c, i, &c->state->batteries.items[i]));
    }
    return AZ_OK;
}

/* A converter whose input before the start is unknown stays unknown at the start. */
static enum az_status carry_converters(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, c->state->converters, mg->converters.count)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        const struct mg_converter_flow *flow = &c->flows.converters[i];
        double input = converter->input0_kw;
        if (c->k == 0 && !converter->has_input0) continue;
        if (c->k > 0) input = flow->forward_in[c->k - 1] - flow->backward_in[c->k - 1];
        size_t n = c->state->converters.count++;
        c->state->converters.keys[n] = key(converter->id, i);
        c->state->converters.items[n] =
            (struct mg_converter_state){ .input_kw = fmin(fmax(input, -converter->backward_max_kw),
                                                          converter->forward_max_kw) };
    }
    return AZ_OK;
}

/* The month's highest closed interval and the energy of the one still open. At the first moment of
 * a month nothing has been measured in it. */
static struct mg_connection_state connection_at(const struct carrier *c, size_t i)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_connection *connection = &mg->connections.items[i];
    const double *import = c->flows.connections[i].import;
    struct az_time at = c->state->at;
    size_t month = (size_t)(az_month_number(at) - az_month_number(mg->start));
    double hours = (double)connection->meter_slots * mg->dt;
    double peak = month == 0 ? connection->peak_kw : 0;
    double energy = connection->meter_offset > 0 ? connection->open_energy_kwh : 0;
    for (size_t t = 0; t < c->k; t++) {
        energy += import[t] * mg->dt;
        if ((t + connection->meter_offset + 1) % connection->meter_slots != 0) continue;
        if (connection->month[t] == month) peak = fmax(peak, energy / hours);
        energy = 0;
    }
    return (struct mg_connection_state){ .peak_kw = peak, .open_energy_kwh = fmax(0, energy) };
}

static enum az_status carry_connections(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, c->state->connections, mg->connections.count)) return AZ_NO_MEMORY;
    c->state->connections.count = mg->connections.count;
    for (size_t i = 0; i < mg->connections.count; i++) {
        c->state->connections.keys[i] = key(mg->connections.items[i].id, i);
        c->state->connections.items[i] = connection_at(c, i);
    }
    return AZ_OK;
}

static enum az_status carry_ponds(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (mg->ponds.count == 0) return AZ_OK;
    if (!NEW_MAP(c, c->state->ponds, mg->ponds.count)) return AZ_NO_MEMORY;
    c->state->ponds.count = mg->ponds.count;
    for (size_t i = 0; i < mg->ponds.count; i++) {
        const struct mg_pond *pond = &mg->ponds.items[i];
        double level = c->k > 0 ? c->flows.ponds[i].level[c->k - 1] : pond->start_kwh;
        c->state->ponds.keys[i] = key(pond->id, i);
        c->state->ponds.items[i] =
            (struct mg_pond_state){ .level_kwh =
                                        fmin(fmax(level, pond->min_kwh), pond->capacity_kwh),
                                    .due_kwh = due_level(c, i) };
    }
    return AZ_OK;
}

/* Is a window open at the moment? What was used in another one counts nowhere, and one without a
 * beginning of its own begins with each horizon, but goes on in the rest of this one. */
static bool is_open(const struct carrier *c, struct az_time from, struct az_time until)
{
    struct az_time at = c->state->at;
    return (az_time_given(from) ? from.utc_s < at.utc_s : c->rest) &&
           (!az_time_given(until) || until.utc_s > at.utc_s);
}

static enum az_status carry_budgets(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (mg->budgets.count == 0) return AZ_OK;
    if (!NEW_MAP(c, c->state->budgets, mg->budgets.count)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->budgets.count; i++) {
        const struct mg_budget *budget = &mg->budgets.items[i];
        double used = budget->used_kwh;
        if (!is_open(c, budget->from, budget->until)) continue;
        for (size_t n = 0; n < budget->units.count; n++)
            for (size_t t = budget->slots.first; t < c->k && t < budget->slots.last; t++)
                used += c->flows.units[budget->units.items[n].index].power[t] * mg->dt;
        size_t n = c->state->budgets.count++;
        c->state->budgets.keys[n] = key(budget->id, i);
        c->state->budgets.items[n] = (struct mg_budget_state){ .used_kwh = fmax(0, used) };
    }
    return AZ_OK;
}

static enum az_status carry_flexible(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (mg->flexible_loads.count == 0) return AZ_OK;
    if (!NEW_MAP(c, c->state->flexible_loads, mg->flexible_loads.count)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->flexible_loads.count; i++) {
        const struct mg_flexible *flexible = &mg->flexible_loads.items[i];
        double used = flexible->used_kwh;
        if (!is_open(c, flexible->from, flexible->until)) continue;
        for (size_t t = flexible->slots.first; t < c->k && t < flexible->slots.last; t++)
            used += c->flows.flexible[i][t] * mg->dt;
        size_t n = c->state->flexible_loads.count++;
        c->state->flexible_loads.keys[n] = key(flexible->id, i);
        c->state->flexible_loads.items[n] = (struct mg_flexible_state){ .used_kwh = fmax(0, used) };
    }
    return AZ_OK;
}

/* Slots of a run that are behind the moment: all of them when it is done. */
static size_t slots_run(const struct carrier *c, size_t i)
{
    const struct mg_shiftable *shiftable = &c->mg->shiftables.items[i];
    size_t run = shiftable->run_kw.count, behind = 0;
    int64_t length = c->mg->slot_minutes * 60, passed;
    if (shiftable->done) return run;
    if (shiftable->run_slots0 > 0)
        behind = shiftable->run_slots0 + c->k;
    else if (az_seconds_since(c->mg->start, c->flows.starts[i], &passed) && passed >= 0 &&
             passed < (int64_t)c->k * length)
        behind = c->k - (size_t)(passed / length);
    return behind < run ? behind : run;
}

static enum az_status carry_shiftables(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (mg->shiftables.count == 0) return AZ_OK;
    if (!NEW_MAP(c, c->state->shiftables, mg->shiftables.count)) return AZ_NO_MEMORY;
    c->state->shiftables.count = mg->shiftables.count;
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        c->state->shiftables.keys[i] = key(mg->shiftables.items[i].id, i);
        c->state->shiftables.items[i] =
            (struct mg_shiftable_state){ .run_slots = (int64_t)slots_run(c, i) };
    }
    return AZ_OK;
}

/* The part of a series from the moment on. */
static struct az_series rest_of(const struct carrier *c, const struct az_series *series)
{
    return (struct az_series){ .count = series->count - c->k, .values = series->values + c->k };
}

/* What was expected of the time after the moment. */
static enum az_status carry_expected(struct carrier *c, struct mg_forecasts *forecasts)
{
    const struct mg_instance *mg = c->mg;
    if (!NEW_MAP(c, forecasts->loads, mg->loads.count) ||
        !NEW_MAP(c, forecasts->renewables, mg->renewables.count))
        return AZ_NO_MEMORY;
    forecasts->loads.count = mg->loads.count;
    for (size_t i = 0; i < mg->loads.count; i++) {
        forecasts->loads.keys[i] = key(mg->loads.items[i].id, i);
        forecasts->loads.items[i] = rest_of(c, &mg->loads.items[i].demand_kw);
    }
    forecasts->renewables.count = mg->renewables.count;
    for (size_t i = 0; i < mg->renewables.count; i++) {
        forecasts->renewables.keys[i] = key(mg->renewables.items[i].id, i);
        forecasts->renewables.items[i] = rest_of(c, &mg->renewables.items[i].forecast_kw);
    }
    return AZ_OK;
}

/* What was expected of the slot before the moment: at the start what its state knows. */
static enum az_status carry_before(struct carrier *c, struct mg_forecasts *forecasts)
{
    const struct mg_instance *mg = c->mg;
    if (c->k == 0) {
        const struct mg_forecasts *known = mg->state ? mg->state->forecasts : NULL;
        if (!known) return AZ_OK;
        forecasts->loads_before_kw = known->loads_before_kw;
        forecasts->renewables_before_kw = known->renewables_before_kw;
        return AZ_OK;
    }
    if (!NEW_MAP(c, forecasts->loads_before_kw, mg->loads.count) ||
        !NEW_MAP(c, forecasts->renewables_before_kw, mg->renewables.count))
        return AZ_NO_MEMORY;
    forecasts->loads_before_kw.count = mg->loads.count;
    for (size_t i = 0; i < mg->loads.count; i++) {
        forecasts->loads_before_kw.keys[i] = key(mg->loads.items[i].id, i);
        forecasts->loads_before_kw.items[i] = mg->loads.items[i].demand_kw.values[c->k - 1];
    }
    forecasts->renewables_before_kw.count = mg->renewables.count;
    for (size_t i = 0; i < mg->renewables.count; i++) {
        forecasts->renewables_before_kw.keys[i] = key(mg->renewables.items[i].id, i);
        forecasts->renewables_before_kw.items[i] =
            mg->renewables.items[i].forecast_kw.values[c->k - 1];
    }
    return AZ_OK;
}

/* What the instance fills gaps with. */
static enum az_status carry_forecasts(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    bool previous = false, neighbours = false;
    for (size_t k = 0; k < mg->on_missing.count; k++) {
        previous = previous || mg->on_missing.items[k] == MG_PREVIOUS;
        neighbours = neighbours || mg->on_missing.items[k] == MG_NEIGHBOURS;
    }
    previous = previous && c->k < mg->T;
    if (!previous && !neighbours) return AZ_OK;
    struct mg_forecasts *forecasts = AZ_NEW(c->arena, struct mg_forecasts);
    if (!forecasts) return AZ_NO_MEMORY;
    forecasts->slot_minutes = mg->slot_minutes;
    c->state->forecasts = forecasts;
    if (previous) AZ_TRY(carry_expected(c, forecasts));
    return neighbours ? carry_before(c, forecasts) : AZ_OK;
}

/* What a run draws in a slot; one that was under way draws nothing on a dead grid. kW. */
static double drawn_by_run(const struct carrier *c, size_t i, size_t t)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_shiftable *shiftable = &mg->shiftables.items[i];
    int64_t length = mg->slot_minutes * 60, passed;
    size_t behind = shiftable->run_slots0 + t;
    if (shiftable->run_slots0 > 0) {
        if (c->dead && c->dead[shiftable->grid.index * mg->T + t]) return 0;
    } else if (shiftable->done || !az_seconds_since(mg->start, c->flows.starts[i], &passed) ||
               passed < 0 || passed / length > (int64_t)t) {
        return 0;
    } else {
        behind = t - (size_t)(passed / length);
    }
    return behind < shiftable->run_kw.count ? shiftable->run_kw.items[behind] : 0;
}

/* What all loads draw in a slot. kW. */
static double served_in(const struct carrier *c, size_t t)
{
    const struct mg_instance *mg = c->mg;
    double kw = 0;
    for (size_t i = 0; i < mg->loads.count; i++)
        kw += mg->loads.items[i].demand_kw.values[t] - c->flows.unserved[i][t] -
              c->flows.interrupted[i][t];
    for (size_t i = 0; i < mg->flexible_loads.count; i++) kw += c->flows.flexible[i][t];
    for (size_t i = 0; i < mg->shiftables.count; i++) kw += drawn_by_run(c, i, t);
    return kw;
}

/* What counts against the caps of the horizon whose rest follows. */
static enum az_status carry_so_far(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_flows *flows = &c->flows;
    if (!c->rest || (!mg->co2 && !mg->local)) return AZ_OK;
    struct mg_so_far *so_far = c->state->so_far = AZ_NEW(c->arena, struct mg_so_far);
    if (!so_far) return AZ_NO_MEMORY;
    if (mg->state && mg->state->so_far) *so_far = *mg->state->so_far;
    for (size_t t = 0; t < c->k; t++) {
        for (size_t i = 0; mg->co2 && i < mg->units.count; i++)
            so_far->co2_kg += mg->units.items[i].co2_kg_per_kwh * flows->units[i].power[t] * mg->dt;
        for (size_t i = 0; i < mg->connections.count; i++) {
            double kwh = flows->connections[i].import[t] * mg->dt;
            if (mg->co2) so_far->co2_kg += mg->connections.items[i].co2_kg_per_kwh * kwh;
            if (mg->local) so_far->imported_kwh += kwh;
        }
        if (mg->local) so_far->served_kwh += served_in(c, t) * mg->dt;
    }
    so_far->co2_kg = fmax(0, so_far->co2_kg); /* of a plan that is right up to a tolerance */
    so_far->imported_kwh = fmax(0, so_far->imported_kwh);
    so_far->served_kwh = fmax(0, so_far->served_kwh);
    return AZ_OK;
}

/* Which boundary of the horizon a moment is; false when it is none. */
static bool find_boundary(const struct mg_instance *mg, struct az_time at, size_t *k)
{
    int64_t length = mg->slot_minutes * 60;
    if (!az_time_given(at)) return false;
    int64_t passed = at.utc_s - mg->start.utc_s;
    if (passed < 0 || passed % length != 0 || passed / length > mg->slots) return false;
    *k = (size_t)(passed / length);
    return true;
}

/* Which grids were formed in the slot before: said where an outage cuts one off. */
static enum az_status carry_grids(struct carrier *c)
{
    const struct mg_instance *mg = c->mg;
    if (!mg_has_cuts(mg)) return AZ_OK;
    AZ_TRY(mg_dead_grids(mg, &c->flows, c->arena, &c->dead));
    c->state->grids.items = az_arena_array(c->arena, mg->grids.count, sizeof(struct mg_grid_state));
    c->state->grids.keys = AZ_ARRAY(c->arena, mg->grids.count, struct az_ref);
    if (!c->state->grids.items || !c->state->grids.keys) return AZ_NO_MEMORY;
    c->state->grids.count = mg->grids.count;
    for (size_t g = 0; g < mg->grids.count; g++) {
        c->state->grids.keys[g] = (struct az_ref){ .id = mg->grids.items[g].id, .index = g };
        c->state->grids.items[g].formed =
            c->k > 0 ? !c->dead[g * mg->T + c->k - 1] : mg->grids.items[g].formed0;
    }
    return AZ_OK;
}

static enum az_status carry(const struct mg_instance *mg, const void *plan, struct az_time at,
                            bool rest, struct az_arena *arena, void **state,
                            struct az_findings *findings)
{
    struct carrier c = { .mg = mg, .arena = arena, .findings = findings, .rest = rest };
    struct az_misfit_finder finder = { arena, findings, &mg_code_carry_plan_misfit };
    struct az_misfit misfit = { .tell = az_misfit_find, .data = &finder };
    char text[32];
    if (!find_boundary(mg, at, &c.k)) {
        AZ_FIND(findings, &mg_code_carry_not_boundary, AZ_AT(NULL, "at"),
                AZ_TEXT_PARAM("value", az_time_given(at) ? az_time_format(at, text) : "?"));
        return AZ_INVALID;
    }
    AZ_TRY(mg_flows_lay(mg, plan, arena, &misfit, &c.flows));
    if (misfit.count > 0) return AZ_INVALID;
    c.state = AZ_NEW(arena, struct mg_state);
    if (!c.state) return AZ_NO_MEMORY;
    c.state->at = az_slot_time(mg->start, mg->slot_minutes, c.k);
    AZ_TRY(carry_units(&c));
    AZ_TRY(carry_batteries(&c));
    AZ_TRY(carry_converters(&c));
    AZ_TRY(carry_connections(&c));
    AZ_TRY(carry_ponds(&c));
    AZ_TRY(carry_budgets(&c));
    AZ_TRY(carry_shiftables(&c));
    AZ_TRY(carry_flexible(&c));
    AZ_TRY(carry_forecasts(&c));
    AZ_TRY(carry_grids(&c));
    AZ_TRY(carry_so_far(&c));
    *state = c.state;
    return AZ_OK;
}

enum az_status mg_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings)
{
    return carry(instance, plan, at, false, arena, state, findings);
}

enum az_status mg_carry_rest(const void *instance, const void *plan, struct az_time at,
                             struct az_arena *arena, void **state, struct az_findings *findings)
{
    return carry(instance, plan, at, true, arena, state, findings);
}
