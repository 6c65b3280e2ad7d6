/* carry.c - the state at a slot boundary of a plan, as the next run's instance takes it.
 *
 * Every block of the plan becomes a bus that is known one by one: where it stands or comes free,
 * with what charge, and what it must end with. Trips that have departed are done. Carrying to k and
 * from there to m gives the same as carrying to m at once. */
#include <string.h>

#include "formulations/common/misfit.h"
#include "formulations/evbus/codes.h"
#include "formulations/evbus/judge.h"
#include "formulations/evbus/tables.h"

struct carrier {
    const struct eb_instance *ev;
    const struct eb_plan *plan;
    struct az_arena *arena;
    struct az_findings *findings;
    struct eb_judge judge;
    struct eb_state *state;
    const char **bus_of; /* [trips] bus that runs it; NULL: none */
    int64_t at_s;
    size_t k; /* slots before the moment */
};

static const struct az_time no_time = { .utc_s = AZ_NO_INTEGER };

/* --- names --------------------------------------------------------------------------------------
 */

static bool is_taken(const struct carrier *c, const char *id)
{
    for (size_t i = 0; i < c->ev->bus_count; i++)
        if (strcmp(c->ev->bus[i].id, id) == 0) return true;
    for (size_t i = 0; i < c->state->buses.count; i++)
        if (strcmp(c->state->buses.items[i].id, id) == 0) return true;
    return false;
}

/* A name of its own for the bus of a block that had none: "bus-7" for "b7", so that later plans may
 * call their blocks "b7" again. NULL: no memory. */
static const char *name_bus(struct carrier *c, const struct eb_block *block)
{
    const char *digits = block->id && block->id[0] == 'b' ? block->id + 1 : "";
    bool numbered = digits[0] != '\0' && strspn(digits, "0123456789") == strlen(digits);
    const char *id = NULL;
    if (numbered)
        id = az_arena_format(c->arena, "bus-%s", digits);
    else if (block->id)
        id = az_arena_text(c->arena, block->id);
    for (size_t n = c->plan->blocks.count + 1; !id || is_taken(c, id); n++) {
        id = az_arena_format(c->arena, "bus-%zu", n);
        if (!id) return NULL;
    }
    return id;
}

/* --- buses --------------------------------------------------------------------------------------
 */

/* A bus as it begins: of `buses`, or out of the depot of its block. */
static struct eb_bus first_state(const struct carrier *c, const struct eb_bus *bus,
                                 const struct eb_block *block)
{
    const struct eb_instance *ev = c->ev;
    struct eb_bus state = { .available = no_time,
                            .pulled_out = no_time,
                            .charge_kwh = NAN,
                            .end_kwh = NAN,
                            .out_of_range = EB_REJECT };
    if (bus) state = *bus;
    if (!bus) state.type = block->type;
    if (!bus) state.depot = block->depot;
    if (!state.place.id) state.place = ev->depots.items[state.depot.index].place;
    const struct eb_type *type = &ev->types.items[state.type.index];
    if (type->has_battery) {
        state.charge_kwh = bus ? bus->start_kwh : block->start_kwh;
        if (type->end != EB_END_CYCLIC)
            state.end_kwh = NAN;
        else if (!bus)
            state.end_kwh = block->start_kwh;
    }
    state.available_s = bus ? bus->available_s : 0;
    state.start_kwh = state.min_kwh = state.max_kwh = 0;
    state.block_used_s = 0;
    return state;
}

/* Energy of a stay's slots before the moment, into the battery. */
static double charged_before(const struct carrier *c, const struct eb_event *event)
{
    double gain = 0;
    if (!event->charger.id) return 0;
    const struct eb_charger *charger = &c->ev->chargers.items[event->charger.index];
    for (size_t i = 0; i < event->charge_kwh.count; i++)
        if (event->first_slot + (int64_t)i < (int64_t)c->k)
            gain += event->charge_kwh.items[i] * charger->charge_efficiency;
    for (size_t i = 0; i < event->discharge_kwh.count; i++)
        if (event->first_slot + (int64_t)i < (int64_t)c->k)
            gain -= event->discharge_kwh.items[i] / charger->discharge_efficiency;
    return gain;
}

/* What the events that have begun make of a bus. since: it stands where it then is since. */
static void pass_events(struct carrier *c, size_t b, struct eb_bus *state, int64_t *since,
                        int64_t *driving)
{
    const struct eb_block *block = &c->plan->blocks.items[b];
    const struct eb_type *type = &c->ev->types.items[state->type.index];
    for (size_t e = 0; e < block->events.count; e++) {
        const struct eb_event *event = &block->events.items[e];
        const struct eb_trace *trace = &c->judge.trace[b][e];
        if (trace->start_s >= c->at_s) return;
        if (event->kind != EB_EVENT_STAY && !az_time_given(state->pulled_out))
            state->pulled_out = az_time_add(c->ev->start, trace->start_s);
        bool cut = event->kind == EB_EVENT_STAY && trace->end_s > c->at_s;
        if (type->has_battery)
            state->charge_kwh =
                cut ? trace->before_kwh + charged_before(c, event) : trace->after_kwh;
        if (trace->to != AZ_NO_INDEX)
            state->place =
                (struct az_ref){ .id = c->ev->places.items[trace->to].id, .index = trace->to };
        state->available_s = cut ? c->at_s : trace->end_s;
        *since = trace->standing_s;
        *driving = trace->driving_s;
    }
}

static enum az_status carry_bus(struct carrier *c, const struct eb_bus *bus, size_t b)
{
    const struct eb_block *block = b == AZ_NO_INDEX ? NULL : &c->plan->blocks.items[b];
    struct eb_bus state = first_state(c, bus, block);
    int64_t since = state.available_s - (int64_t)llround(state.standing_min * 60);
    int64_t driving = (int64_t)llround(state.driving_min * 60);
    if (!bus && !(state.id = name_bus(c, block))) return AZ_NO_MEMORY;
    if (block) pass_events(c, b, &state, &since, &driving);
    if (state.available_s > c->at_s) {
        state.available = az_time_add(c->ev->start, state.available_s);
        since = since < state.available_s ? since : state.available_s;
        state.standing_min = (double)(state.available_s - since) / 60;
    } else {
        state.available = no_time;
        state.standing_min = (double)(c->at_s - since) / 60;
    }
    /* No rule asks for more than a state can say. */
    state.standing_min = fmin(state.standing_min, EB_MAX_MINUTES);
    state.driving_min = fmin((double)driving / 60, EB_MAX_MINUTES);
    if (driving == 0) state.standing_min = 0;
    state.available_s = 0;
    for (size_t e = 0; block && e < block->events.count; e++)
        if (block->events.items[e].kind == EB_EVENT_TRIP)
            c->bus_of[block->events.items[e].trip.index] = state.id;
    c->state->buses.items[c->state->buses.count++] = state;
    return AZ_OK;
}

static enum az_status carry_buses(struct carrier *c)
{
    size_t blocks = c->plan->blocks.count, buses = c->ev->bus_count;
    c->state->buses.items = AZ_ARRAY(c->arena, blocks + buses, struct eb_bus);
    if (!c->state->buses.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < buses; i++)
        AZ_TRY(carry_bus(c, &c->ev->bus[i], c->judge.at.bus_block[i]));
    for (size_t b = 0; b < blocks; b++)
        if (c->judge.at.block_bus[b] == AZ_NO_INDEX) AZ_TRY(carry_bus(c, NULL, b));
    return AZ_OK;
}

/* --- trips and storages -------------------------------------------------------------------------
 */

/* Departed trips are done, run or not: nobody can run them any more. */
static enum az_status carry_trips(struct carrier *c)
{
    const struct eb_instance *ev = c->ev;
    size_t trips = ev->trips.count;
    c->state->done.items = AZ_ARRAY(c->arena, trips, const char *);
    c->state->assigned.keys = AZ_ARRAY(c->arena, trips, struct az_ref);
    c->state->assigned.items = AZ_ARRAY(c->arena, trips, const char *);
    if (!c->state->done.items || !c->state->assigned.keys || !c->state->assigned.items)
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < trips; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        if (ev->done[i] || (ev->timed && trip->depart_s < c->at_s)) {
            c->state->done.items[c->state->done.count++] = trip->id;
        } else if (c->bus_of[i]) {
            size_t n = c->state->assigned.count++;
            c->state->assigned.keys[n] = (struct az_ref){ .id = trip->id, .index = i };
            c->state->assigned.items[n] = c->bus_of[i];
        }
    }
    return AZ_OK;
}

static enum az_status carry_storages(struct carrier *c)
{
    const struct eb_instance *ev = c->ev;
    size_t count = ev->storages.count;
    c->state->storages.keys = AZ_ARRAY(c->arena, count, struct az_ref);
    c->state->storages.items = AZ_ARRAY(c->arena, count, double);
    if (!c->state->storages.keys || !c->state->storages.items) return AZ_NO_MEMORY;
    c->state->storages.count = count;
    for (size_t i = 0; i < count; i++) {
        const struct eb_storage *storage = &ev->storages.items[i];
        double energy = eb_storage_start(ev, i), capacity = storage->capacity_kwh;
        for (size_t t = 0; t < c->k; t++) {
            const struct eb_storage_plan *plan =
                &c->plan->storages.items[c->judge.at.storage_at[i]];
            energy += plan->charge_kwh.values[t] * storage->charge_efficiency;
            energy -= plan->discharge_kwh.values[t] / storage->discharge_efficiency;
        }
        double low = storage->soc_min_share * capacity, high = storage->soc_max_share * capacity;
        if (!eb_under(energy, low) && !eb_over(energy, high))
            energy = fmin(fmax(energy, low), high);
        c->state->storages.keys[i] = (struct az_ref){ .id = storage->id, .index = i };
        c->state->storages.items[i] = energy;
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* Which boundary of the horizon a moment is; false when it is none. Without times, or over explicit
 * links, where a bus has no place on its way, only the start is one. */
static bool find_boundary(struct carrier *c, struct az_time at)
{
    int64_t length = eb_slot_s(c->ev);
    if (!eb_seconds(c->ev, at, &c->at_s) || c->at_s < 0 || c->at_s % length != 0) return false;
    c->k = (size_t)(c->at_s / length);
    if (!c->ev->timed || c->ev->links) return c->k == 0;
    return c->k <= c->ev->T;
}

enum az_status eb_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings)
{
    struct carrier c = { .ev = instance, .plan = plan, .arena = arena, .findings = findings };
    struct az_misfit_finder finder = { arena, findings, &eb_code_carry_plan_misfit };
    struct az_misfit misfit = { .tell = az_misfit_find, .data = &finder };
    struct eb_layout layout;
    struct az_judgement judgement;
    char text[32];
    if (!find_boundary(&c, at)) {
        bool ways = !c.ev->timed || c.ev->links;
        AZ_FIND(findings, ways ? &eb_code_carry_over_links : &eb_code_carry_not_boundary,
                AZ_AT(NULL, "at"),
                AZ_TEXT_PARAM("value", az_time_given(at) ? az_time_format(at, text) : "?"));
        return AZ_INVALID;
    }
    AZ_TRY(eb_lay_out(c.ev, c.plan, arena, &misfit, &layout));
    if (misfit.count > 0) return AZ_INVALID;
    AZ_TRY(eb_judge_all(&c.judge, c.ev, c.plan, true, arena, &judgement));
    c.state = AZ_NEW(arena, struct eb_state);
    c.bus_of = AZ_ARRAY(arena, c.ev->trips.count, const char *);
    if (!c.state || !c.bus_of) return AZ_NO_MEMORY;
    c.state->at = az_time_add(c.ev->start, c.at_s);
    AZ_TRY(carry_buses(&c));
    AZ_TRY(carry_trips(&c));
    AZ_TRY(carry_storages(&c));
    *state = c.state;
    return AZ_OK;
}
