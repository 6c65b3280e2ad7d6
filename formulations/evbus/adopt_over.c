/* adopt_over.c - trips that an adopted plan has lost with their bus, taken over by others.
 *
 * In order of departure each trip is put into the first block that has time for it between its own
 * and is sound with it, drives and charges laid anew, with stays at chargers on its way where it
 * would lack energy; into a new bus's where none is. No block loses a trip by it. All of it is a
 * start: the search makes it better. */
#include "formulations/evbus/adopt.h"

#define TRIALS 400 /* blocks made and judged, in all */

/* Can a bus that ends somewhere then be at a place by then? */
static bool is_there(const struct eb_instance *ev, size_t from, int64_t free_s, size_t to,
                     int64_t by_s)
{
    int64_t takes = from == to ? 0 : ev->drive_s[from * ev->places.count + to];
    return takes >= 0 && free_s + takes <= by_s;
}

/* Has the block time for a trip between the trips that it runs? *at: the event before which. */
static bool has_time(const struct eb_block_maker *m, size_t trip, size_t *at)
{
    const struct eb_instance *ev = m->a->ev;
    const struct eb_trip *new = &ev->trips.items[trip];
    int64_t between = (int64_t)(ev->turnaround_min * 60);
    *at = m->block.events.count;
    if (!new->serves[m->type_index]) return false;
    for (size_t e = 0; e < m->block.events.count; e++) {
        const struct eb_event *event = &m->block.events.items[e];
        int64_t start;
        if (eb_seconds(ev, event->start, &start) && start >= new->depart_s && e < *at) *at = e;
        if (event->kind != EB_EVENT_TRIP) continue;
        const struct eb_trip *old = &ev->trips.items[event->trip.index];
        bool before = old->depart_s < new->depart_s;
        const struct eb_trip *first = before ? old : new, *then = before ? new : old;
        if (!is_there(ev, first->to.index, first->arrive_s, then->from.index,
                      then->depart_s - between))
            return false;
    }
    return true;
}

/* A charger of a place that serves the block's bus; AZ_NO_INDEX: none. */
static size_t charger_at(const struct eb_block_maker *m, size_t place)
{
    const struct eb_instance *ev = m->a->ev;
    for (size_t c = 0; c < ev->chargers.count; c++)
        if (ev->chargers.items[c].place.index == place &&
            ev->chargers.items[c].serves[m->type_index])
            return c;
    return AZ_NO_INDEX;
}

/* A stay without energies at a place that has a charger. */
static void add_stay(const struct eb_block_maker *m, struct eb_block *block, size_t place,
                     int64_t from_s, int64_t to_s)
{
    const struct eb_instance *ev = m->a->ev;
    size_t charger = charger_at(m, place);
    if (from_s >= to_s) return;
    block->events.items[block->events.count++] =
        (struct eb_event){ .kind = EB_EVENT_STAY,
                           .start = az_time_add(ev->start, from_s),
                           .end = az_time_add(ev->start, to_s),
                           .charger = { .id = ev->chargers.items[charger].id, .index = charger },
                           .first_slot = AZ_NO_INTEGER };
}

/* The block's events and the trip among them. */
static enum az_status with_trip(const struct eb_block_maker *m, size_t trip, size_t at,
                                struct eb_block *block)
{
    const struct eb_event *events = m->block.events.items;
    size_t count = m->block.events.count;
    *block = m->block;
    block->events.items = AZ_ARRAY(m->a->arena, count + 1, struct eb_event);
    if (!block->events.items) return AZ_NO_MEMORY;
    for (size_t e = 0; e < count; e++) block->events.items[e + (e >= at)] = events[e];
    block->events.items[at] =
        (struct eb_event){ .kind = EB_EVENT_TRIP,
                           .trip = { .id = m->a->ev->trips.items[trip].id, .index = trip } };
    block->events.count = count + 1;
    return AZ_OK;
}

/* The same block with a stay at a charger wherever a trip ends at one, in place of the stays that
 * follow it, and after the last trip in the depot where that has one. */
static enum az_status with_stays(const struct eb_block_maker *m, struct eb_block *block)
{
    const struct eb_instance *ev = m->a->ev;
    const struct eb_event *events = block->events.items;
    size_t count = block->events.count, last = 0;
    const struct az_ref *end = m->block.end_depot.id ? &m->block.end_depot : &m->block.depot;
    size_t home = ev->depots.items[end->index].place.index;
    bool stands = false;
    block->events.items = AZ_ARRAY(m->a->arena, 2 * count, struct eb_event);
    block->events.count = 0;
    if (!block->events.items) return AZ_NO_MEMORY;
    for (size_t e = 0; e < count; e++)
        if (events[e].kind == EB_EVENT_TRIP) last = e;
    for (size_t e = 0; e < count; e++) {
        bool runs = events[e].kind == EB_EVENT_TRIP;
        if (runs || !stands) block->events.items[block->events.count++] = events[e];
        if (!runs) continue;
        const struct eb_trip *trip = &ev->trips.items[events[e].trip.index];
        bool back = e == last && charger_at(m, home) != AZ_NO_INDEX;
        stands = back || charger_at(m, trip->to.index) != AZ_NO_INDEX;
        if (stands) add_stay(m, block, back ? home : trip->to.index, trip->arrive_s, ev->end_s);
    }
    return AZ_OK;
}

static void mark(struct eb_adopter *a, const struct eb_block *block, bool taken)
{
    for (size_t e = 0; e < block->events.count; e++)
        if (block->events.items[e].kind == EB_EVENT_TRIP)
            a->taken[block->events.items[e].trip.index] = taken;
}

/* Tries the trip in a block: with the charges as they are, then with as much as its stays allow,
 * then with more stays. */
static enum az_status try_block(struct eb_block_maker *m, size_t trip, bool *fits)
{
    struct eb_adopter *a = m->a;
    struct eb_block_maker trial = *m;
    struct eb_block wanted;
    size_t at;
    *fits = false;
    if (!has_time(m, trip, &at)) return AZ_OK;
    mark(a, &m->block, false);
    enum az_status status = AZ_OK;
    for (int more = 0; more < 3 && !*fits && status == AZ_OK; more++) {
        trial.fill = more > 0;
        status = with_trip(m, trip, at, &wanted);
        if (status == AZ_OK && more > 1) status = with_stays(m, &wanted);
        if (status == AZ_OK) status = eb_make_block(&trial, &wanted, SIZE_MAX);
        if (status == AZ_OK && trial.trips == m->trips + 1) status = eb_is_sound(&trial, fits);
    }
    if (*fits) *m = trial;
    mark(a, &m->block, true);
    return status;
}

static enum az_status take_over(struct eb_adopter *a, size_t trip, size_t *trials)
{
    bool fits = false;
    for (size_t b = 0; b < a->plan->blocks.count; b++) {
        size_t at;
        if (*trials == 0) return AZ_OK;
        if (!has_time(&a->makers[b], trip, &at)) continue;
        --*trials;
        AZ_TRY(try_block(&a->makers[b], trip, &fits));
        if (!fits) continue;
        a->plan->blocks.items[b] = a->makers[b].block;
        return AZ_OK;
    }
    for (size_t v = 0; v < a->ev->types.count && a->ev->new_buses != 0; v++)
        for (size_t d = 0; d < a->ev->depots.count; d++) {
            if (!a->ev->trips.items[trip].serves[v] || !eb_has_room(a, v, d)) continue;
            struct eb_block_maker m = eb_new_maker(a, v, d);
            if (*trials == 0) return AZ_OK;
            --*trials;
            AZ_TRY(try_block(&m, trip, &fits));
            if (fits) return eb_add_block(a, &m);
        }
    return AZ_OK;
}

enum az_status eb_take_over(struct eb_adopter *a)
{
    const struct eb_instance *ev = a->ev;
    size_t trials = TRIALS;
    bool *seen = AZ_ARRAY(a->arena, ev->trips.count, bool);
    if (!seen) return AZ_NO_MEMORY;
    if (!ev->timed || ev->links) return AZ_OK;
    a->old = a->plan; /* its own stays are what goes on */
    a->shift_s = 0;
    for (;;) {
        size_t next = AZ_NO_INDEX;
        for (size_t i = 0; i < ev->trips.count; i++)
            if (!ev->done[i] && !a->taken[i] && !seen[i] &&
                (next == AZ_NO_INDEX ||
                 ev->trips.items[i].depart_s < ev->trips.items[next].depart_s))
                next = i;
        if (next == AZ_NO_INDEX) return AZ_OK;
        seen[next] = true;
        AZ_TRY(take_over(a, next, &trials));
    }
}
