/* adopt_block.c - one block of an earlier plan anew: trips that can still be reached, stays at
 * chargers, drives between them, and the charges that they allow. */
#include "formulations/evbus/adopt.h"

size_t eb_find_trip(const struct eb_instance *ev, const struct az_ref *ref)
{
    size_t at;
    if (ref->index < ev->trips.count && eb_same_id(ev->trips.items[ref->index].id, ref->id))
        return ref->index;
    EB_FIND_ID(ev->trips, ref->id, at);
    return at;
}

/* --- events -------------------------------------------------------------------------------------
 */

static struct eb_event *new_event(struct eb_block_maker *m, int kind, int64_t start, int64_t end)
{
    const struct eb_instance *ev = m->a->ev;
    if (m->block.events.count == m->capacity) {
        m->capacity = m->capacity ? 2 * m->capacity : 16;
        m->block.events.items =
            az_arena_grow(m->a->arena, m->block.events.items, m->block.events.count, m->capacity,
                          sizeof(struct eb_event));
    }
    if (!m->block.events.items) return NULL;
    struct eb_event *event = &m->block.events.items[m->block.events.count++];
    *event = (struct eb_event){ .kind = kind,
                                .trip = { .index = AZ_NO_INDEX },
                                .from = { .index = AZ_NO_INDEX },
                                .to = { .index = AZ_NO_INDEX },
                                .charger = { .index = AZ_NO_INDEX },
                                .first_slot = AZ_NO_INTEGER,
                                .charged_kwh = NAN,
                                .soc_before_kwh = NAN,
                                .soc_after_kwh = NAN };
    event->start = event->end = (struct az_time){ .utc_s = AZ_NO_INTEGER };
    if (ev->timed) event->start = az_time_add(ev->start, start);
    if (ev->timed) event->end = az_time_add(ev->start, end);
    return event;
}

static struct az_ref place_ref(const struct eb_instance *ev, size_t place)
{
    if (place == AZ_NO_INDEX) return (struct az_ref){ .index = AZ_NO_INDEX };
    return (struct az_ref){ .id = ev->places.items[place].id, .index = place };
}

/* The old stay's energies in the slots of the new one; those of the other lengths are left. */
static enum az_status copy_energies(struct eb_block_maker *m, struct eb_event *event)
{
    const struct eb_instance *ev = m->a->ev;
    int64_t length = eb_slot_s(ev), first = m->stay_start / length;
    int64_t last = (m->stay_end + length - 1) / length;
    if (last > (int64_t)ev->T) last = (int64_t)ev->T;
    size_t count = last > first ? (size_t)(last - first) : 0;
    double *charge = AZ_ARRAY(m->a->arena, count, double);
    double *discharge = AZ_ARRAY(m->a->arena, count, double);
    if (!charge || !discharge) return AZ_NO_MEMORY;
    event->first_slot = first;
    event->charge_kwh.items = charge;
    event->discharge_kwh.items = discharge;
    event->charge_kwh.count = event->discharge_kwh.count = count;
    bool aligned = m->a->shift_s % length == 0 && m->a->old->slot_minutes == ev->slot_minutes;
    if (!aligned || !m->stay || m->stay->first_slot < 0) return AZ_OK;
    for (size_t k = 0; k < count; k++) {
        int64_t slot = first + (int64_t)k - m->a->shift_s / length - m->stay->first_slot;
        if (slot < 0) continue;
        if ((uint64_t)slot < m->stay->charge_kwh.count) charge[k] = m->stay->charge_kwh.items[slot];
        if ((uint64_t)slot < m->stay->discharge_kwh.count)
            discharge[k] = m->stay->discharge_kwh.items[slot];
    }
    return AZ_OK;
}

/* Writes the stay that was held back, until `leave`. */
static enum az_status end_stay(struct eb_block_maker *m, int64_t leave)
{
    const struct eb_instance *ev = m->a->ev;
    if (m->charger == AZ_NO_INDEX) return AZ_OK;
    if (leave < m->stay_end) m->stay_end = leave;
    if (m->stay_end > m->stay_start || !ev->timed) {
        struct eb_event *event = new_event(m, EB_EVENT_STAY, m->stay_start, m->stay_end);
        if (!event) return AZ_NO_MEMORY;
        event->from = event->to = place_ref(ev, m->place);
        event->charger =
            (struct az_ref){ .id = ev->chargers.items[m->charger].id, .index = m->charger };
        if (ev->T > 0)
            AZ_TRY(copy_energies(m, event));
        else if (m->stay)
            event->charged_kwh = m->stay->charged_kwh;
        m->now = m->stay_end;
    }
    m->charger = AZ_NO_INDEX;
    return AZ_OK;
}

/* --- ways ---------------------------------------------------------------------------------------
 */

static int64_t drive_s(const struct eb_block_maker *m, size_t from, size_t to)
{
    const struct eb_instance *ev = m->a->ev;
    return ev->links ? 0 : ev->drive_s[from * ev->places.count + to];
}

/* Drives to a place to be there by `by`, or at once when the bus is no longer at a stop. */
static enum az_status go(struct eb_block_maker *m, size_t place, int64_t by)
{
    const struct eb_instance *ev = m->a->ev;
    if (ev->links) return end_stay(m, by);
    int64_t takes = drive_s(m, m->place, place);
    bool at_stop = m->charger != AZ_NO_INDEX || !m->runs;
    AZ_TRY(end_stay(m, m->place == place ? by : by - takes));
    if (m->place == place) return AZ_OK;
    int64_t start = at_stop ? by - takes : m->now;
    struct eb_event *event = new_event(m, EB_EVENT_DEADHEAD, start, start + takes);
    if (!event) return AZ_NO_MEMORY;
    event->from = place_ref(ev, m->place);
    event->to = place_ref(ev, place);
    m->place = place;
    m->now = start + takes;
    return AZ_OK;
}

/* Can the bus run the trip next? */
static bool reaches(const struct eb_block_maker *m, size_t i)
{
    const struct eb_instance *ev = m->a->ev;
    const struct eb_trip *trip = &ev->trips.items[i];
    if (ev->done[i] || m->a->taken[i] || !trip->serves[m->type_index]) return false;
    if (!ev->timed) return true;
    if (m->trips > 0 && (double)(trip->depart_s - m->trip_end) < ev->turnaround_min * 60)
        return false;
    int64_t from = m->charger != AZ_NO_INDEX ? m->stay_start : m->now;
    if (ev->links) return from <= trip->depart_s;
    int64_t takes = drive_s(m, m->place, trip->from.index);
    return takes >= 0 && from + takes <= trip->depart_s;
}

static enum az_status run_trip(struct eb_block_maker *m, size_t i)
{
    const struct eb_instance *ev = m->a->ev;
    const struct eb_trip *trip = &ev->trips.items[i];
    AZ_TRY(go(m, ev->links ? AZ_NO_INDEX : trip->from.index, trip->depart_s));
    struct eb_event *event = new_event(m, EB_EVENT_TRIP, trip->depart_s, trip->arrive_s);
    if (!event) return AZ_NO_MEMORY;
    event->trip = (struct az_ref){ .id = trip->id, .index = i };
    if (!ev->links) event->from = place_ref(ev, trip->from.index);
    if (!ev->links) event->to = place_ref(ev, trip->to.index);
    if (!ev->links) m->place = trip->to.index;
    m->now = m->trip_end = trip->arrive_s;
    m->runs = true;
    m->trips++;
    return AZ_OK;
}

/* Takes a stay of the old plan up, if the bus can be there while it lasts. */
static enum az_status hold_stay(struct eb_block_maker *m, const struct eb_event *event)
{
    const struct eb_instance *ev = m->a->ev;
    size_t charger;
    int64_t start = 0, end = 0, length = eb_slot_s(ev);
    EB_FIND_ID(ev->chargers, event->charger.id, charger);
    if (charger == AZ_NO_INDEX || !ev->chargers.items[charger].serves[m->type_index]) return AZ_OK;
    size_t place = ev->chargers.items[charger].place.index;
    if (ev->timed && (!eb_seconds(ev, event->start, &start) || !eb_seconds(ev, event->end, &end)))
        return AZ_OK;
    if (!ev->links && m->place != place) {
        int64_t takes = drive_s(m, m->place, place), leave = m->now;
        if (takes < 0) return AZ_OK;
        if (m->charger != AZ_NO_INDEX && ev->T == 0) return AZ_OK;
        if (m->charger != AZ_NO_INDEX || !m->runs) {
            if (start - takes > leave) leave = start - takes;
            leave = (leave + length - 1) / length * length;
        }
        if (leave + takes >= end) return AZ_OK;
        AZ_TRY(go(m, place, leave + takes));
    } else {
        AZ_TRY(end_stay(m, start > m->stay_start ? start : m->stay_start));
    }
    m->stay = event;
    m->charger = charger;
    m->place = place;
    m->stay_start = start > m->now ? start : m->now;
    m->stay_end = end > m->stay_start ? end : m->stay_start;
    if (ev->T > 0 && m->stay_end > ev->end_s) m->stay_end = ev->end_s;
    return AZ_OK;
}

/* --- charges ------------------------------------------------------------------------------------
 */

/* Least and most that the battery may hold when event e begins, so that the movements up to the
 * next stay keep in the window. */
static void window_before(const struct eb_block_maker *m, size_t e, double *low, double *high)
{
    const struct eb_instance *ev = m->a->ev;
    size_t places = ev->places.count;
    double least = m->bus ? m->bus->min_kwh : m->type->min_kwh;
    double most = m->bus ? m->bus->max_kwh : m->type->max_kwh, used = 0;
    *low = least;
    *high = most;
    for (; e < m->block.events.count && m->block.events.items[e].kind != EB_EVENT_STAY; e++) {
        const struct eb_event *event = &m->block.events.items[e];
        double kwh, up, down;
        if (event->kind == EB_EVENT_TRIP) {
            const struct eb_trip *trip = &ev->trips.items[event->trip.index];
            kwh = trip->energy_kwh[m->type_index];
            up = trip->prefix_high[m->type_index];
            down = trip->prefix_low[m->type_index];
        } else {
            kwh = ev->drive_kwh[(m->type_index * places + event->from.index) * places +
                                event->to.index];
            up = fmax(0, kwh);
            down = fmin(0, kwh);
        }
        *low = fmax(*low, least + used + up);
        *high = fmin(*high, most + used + down);
        used += kwh;
    }
}

/* The energies of one stay, within what charger, battery and the way after it allow. */
static double set_stay(const struct eb_block_maker *m, size_t e, double charge)
{
    const struct eb_instance *ev = m->a->ev;
    struct eb_event *event = &m->block.events.items[e];
    const struct eb_charger *charger = &ev->chargers.items[event->charger.index];
    double low, high, floor = m->type->floor_kwh;
    int64_t start = 0, end = 0, length = eb_slot_s(ev);
    eb_seconds(ev, event->start, &start);
    eb_seconds(ev, event->end, &end);
    window_before(m, e + 1, &low, &high);
    for (size_t k = 0; k < event->charge_kwh.count; k++) {
        int64_t from = (event->first_slot + (int64_t)k) * length, to = from + length;
        if (from < start) from = start;
        if (to > end) to = end;
        double hours = to > from ? (double)(to - from) / 3600 : 0;
        double most = hours * eb_charge_kw(m->type, charger, charge);
        double *in = &event->charge_kwh.items[k], *out = &event->discharge_kwh.items[k];
        if (m->fill) *in = most;
        if (m->fill) *out = 0;
        double room = fmax(0, (high - charge) / charger->charge_efficiency);
        double left = (charge - fmax(floor, low)) * charger->discharge_efficiency;
        *in = fmax(0, fmin(*in, fmin(most, room)));
        *out = fmax(0, fmin(*out, fmin(hours * eb_discharge_kw(m->type, charger), left)));
        if (*in > 0) *out = 0;
        charge += *in * charger->charge_efficiency - *out / charger->discharge_efficiency;
    }
    if (ev->T > 0) return charge;
    double most = ev->timed
                      ? (double)(end - start) / 3600 * eb_charge_kw(m->type, charger, charge) *
                            charger->charge_efficiency
                      : INFINITY;
    double room = fmax(0, high - charge), wanted = m->fill ? most : event->charged_kwh;
    event->charged_kwh = isnan(wanted) ? 0 : fmax(0, fmin(wanted, fmin(most, room)));
    return charge + event->charged_kwh;
}

/* Sets the energies of all stays; explicit links' drives are left to the judge. */
static void set_charges(struct eb_block_maker *m)
{
    const struct eb_instance *ev = m->a->ev;
    double charge = m->block.start_kwh;
    size_t places = ev->places.count;
    if (!m->type->has_battery || ev->links) return;
    for (size_t e = 0; e < m->block.events.count; e++) {
        const struct eb_event *event = &m->block.events.items[e];
        if (event->kind == EB_EVENT_STAY)
            charge = set_stay(m, e, charge);
        else if (event->kind == EB_EVENT_TRIP)
            charge -= ev->trips.items[event->trip.index].energy_kwh[m->type_index];
        else
            charge -= ev->drive_kwh[(m->type_index * places + event->from.index) * places +
                                    event->to.index];
    }
}

/* --- blocks -------------------------------------------------------------------------------------
 */

static enum az_status finish(struct eb_block_maker *m)
{
    const struct eb_instance *ev = m->a->ev;
    const struct az_ref *end = m->block.end_depot.id ? &m->block.end_depot : &m->block.depot;
    size_t home = ev->depots.items[end->index].place.index;
    if (ev->links) return end_stay(m, m->stay_end);
    if (m->place == home) return end_stay(m, m->stay_end);
    int64_t takes = drive_s(m, m->place, home), leave = m->now;
    if (m->charger != AZ_NO_INDEX) leave = m->stay_end;
    if (ev->T > 0 && leave + takes > ev->end_s) leave = ev->end_s - takes;
    if (takes < 0) return AZ_OK; /* the judge will say so */
    AZ_TRY(go(m, home, leave + takes));
    return AZ_OK;
}

enum az_status eb_make_block(struct eb_block_maker *m, const struct eb_block *old, size_t most)
{
    const struct eb_instance *ev = m->a->ev;
    m->block.events.items = NULL;
    m->block.events.count = m->capacity = m->trips = 0;
    m->charger = AZ_NO_INDEX;
    m->stay = NULL;
    m->now = m->bus ? m->bus->available_s : 0;
    m->stay_start = m->stay_end = m->now;
    m->place = m->bus && m->bus->place.id ? m->bus->place.index
                                          : ev->depots.items[m->block.depot.index].place.index;
    m->runs = m->bus && az_time_given(m->bus->pulled_out);
    for (size_t e = 0; old && e < old->events.count; e++) {
        const struct eb_event *event = &old->events.items[e];
        size_t i = event->kind == EB_EVENT_TRIP ? eb_find_trip(ev, &event->trip) : AZ_NO_INDEX;
        if (i != AZ_NO_INDEX && m->trips < most && reaches(m, i)) AZ_TRY(run_trip(m, i));
        if (event->kind == EB_EVENT_STAY && event->charger.id) AZ_TRY(hold_stay(m, event));
    }
    AZ_TRY(finish(m));
    set_charges(m);
    return AZ_OK;
}
