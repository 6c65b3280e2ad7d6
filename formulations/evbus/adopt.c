/* adopt.c - an earlier plan, on its own horizon, as a start for this instance.
 *
 * Every block that still has its bus (or may have a new one) keeps the trips that are still to be
 * run and can be reached, and its stays at chargers; drives are laid anew. Charges are those of the
 * earlier plan where they fit, else as much as the stays allow; a block that still lacks energy
 * loses its last trips. Whatever comes out is judged: it is a full valid start, or there is none.
 */
#include <string.h>

#include "formulations/evbus/duty.h"
#include "formulations/evbus/judge.h"

struct adopter {
    const struct eb_instance *ev;
    const struct eb_plan *old;
    struct az_arena *arena;
    struct eb_plan *plan;
    int64_t shift_s; /* the old start, in seconds since this one */
    bool *taken;     /* [trips] */
    bool *used;      /* [bus_count] */
    size_t number;   /* of the next block without bus */
};

/* A block in the making. */
struct maker {
    struct adopter *a;
    struct eb_block block;
    const struct eb_bus *bus;
    const struct eb_type *type;
    size_t type_index, capacity;
    size_t place;
    int64_t now, trip_end;
    bool fill; /* charge as much as the stays allow */
    bool runs; /* it has run a trip */
    size_t trips;
    /* the stay that lasts until the next movement is known */
    const struct eb_event *stay;
    size_t charger;
    int64_t stay_start, stay_end;
};

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

#define FIND(list, id_, at)                                   \
    do {                                                      \
        (at) = AZ_NO_INDEX;                                   \
        for (size_t i_ = 0; (id_) && i_ < (list).count; i_++) \
            if (same((list).items[i_].id, (id_))) {           \
                (at) = i_;                                    \
                break;                                        \
            }                                                 \
    } while (0)

static size_t find_trip(const struct eb_instance *ev, const struct az_ref *ref)
{
    size_t at;
    if (ref->index < ev->trips.count && same(ev->trips.items[ref->index].id, ref->id))
        return ref->index;
    FIND(ev->trips, ref->id, at);
    return at;
}

/* --- events -------------------------------------------------------------------------------------
 */

static struct eb_event *new_event(struct maker *m, int kind, int64_t start, int64_t end)
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
static enum az_status copy_energies(struct maker *m, struct eb_event *event)
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
    if (!aligned || !m->stay) return AZ_OK;
    for (size_t k = 0; k < count; k++) {
        int64_t slot = first + (int64_t)k - m->a->shift_s / length - m->stay->first_slot;
        if (m->stay->first_slot < 0 || slot < 0) continue;
        if ((uint64_t)slot < m->stay->charge_kwh.count) charge[k] = m->stay->charge_kwh.items[slot];
        if ((uint64_t)slot < m->stay->discharge_kwh.count)
            discharge[k] = m->stay->discharge_kwh.items[slot];
    }
    return AZ_OK;
}

/* Writes the stay that was held back, until `leave`. */
static enum az_status end_stay(struct maker *m, int64_t leave)
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

static int64_t drive_s(const struct maker *m, size_t from, size_t to)
{
    const struct eb_instance *ev = m->a->ev;
    return ev->links ? 0 : ev->drive_s[from * ev->places.count + to];
}

/* Drives to a place to be there by `by`, or at once when the bus is no longer at a stop. */
static enum az_status go(struct maker *m, size_t place, int64_t by)
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
static bool reaches(const struct maker *m, size_t i)
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

static enum az_status run_trip(struct maker *m, size_t i)
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
static enum az_status hold_stay(struct maker *m, const struct eb_event *event)
{
    const struct eb_instance *ev = m->a->ev;
    size_t charger;
    int64_t start = 0, end = 0, length = eb_slot_s(ev);
    FIND(ev->chargers, event->charger.id, charger);
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
static void window_before(const struct maker *m, size_t e, double *low, double *high)
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
static double set_stay(const struct maker *m, size_t e, double charge)
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
static void set_charges(struct maker *m)
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

static enum az_status finish(struct maker *m)
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

/* One attempt: at most `most` trips of the old block. */
static enum az_status make_block(struct maker *m, const struct eb_block *old, size_t most)
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
        size_t i = event->kind == EB_EVENT_TRIP ? find_trip(ev, &event->trip) : AZ_NO_INDEX;
        if (i != AZ_NO_INDEX && m->trips < most && reaches(m, i)) AZ_TRY(run_trip(m, i));
        if (event->kind == EB_EVENT_STAY && event->charger.id) AZ_TRY(hold_stay(m, event));
    }
    AZ_TRY(finish(m));
    set_charges(m);
    return AZ_OK;
}

/* Is the block by itself within the rules? Judged alone in an empty plan. */
static enum az_status is_sound(const struct maker *m, bool *sound)
{
    const struct eb_instance *ev = m->a->ev;
    struct eb_plan *alone;
    struct az_judgement judgement;
    *sound = true;
    AZ_TRY(eb_plan_new(ev, m->a->arena, &alone));
    struct eb_block block = m->block;
    alone->blocks.items = &block;
    alone->blocks.count = 1;
    AZ_TRY(eb_evaluate(ev, alone, m->a->arena, &judgement));
    for (size_t i = 0; i < judgement.violations.count; i++)
        if (strncmp(judgement.violations.items[i].pointer, "/blocks/0", 9) == 0 ||
            judgement.violations.items[i].rule == &eb_rules[EB_RULE_plan_shape])
            *sound = false;
    return AZ_OK;
}

/* Tries as planned, then with as much charge as there may be, then with fewer trips. */
static enum az_status fit_block(struct maker *m, const struct eb_block *old, bool *sound)
{
    m->fill = false;
    AZ_TRY(make_block(m, old, SIZE_MAX));
    AZ_TRY(is_sound(m, sound));
    m->fill = true;
    for (size_t most = m->trips; !*sound; most--) {
        AZ_TRY(make_block(m, old, most));
        AZ_TRY(is_sound(m, sound));
        if (most == 0) return AZ_OK;
    }
    return AZ_OK;
}

/* The bus in force that goes on with an old block: the one it names, or the one that the plan that
 * stands gives its first trip that is left. */
static size_t bus_for(const struct adopter *a, const struct eb_block *old)
{
    const struct eb_instance *ev = a->ev;
    for (size_t i = 0; i < ev->bus_count; i++)
        if (same(ev->bus[i].id, old->bus.id) && !a->used[i]) return i;
    for (size_t e = 0; e < old->events.count; e++) {
        size_t i = old->events.items[e].kind == EB_EVENT_TRIP
                       ? find_trip(ev, &old->events.items[e].trip)
                       : AZ_NO_INDEX;
        if (i == AZ_NO_INDEX || ev->done[i] || ev->assigned[i] == AZ_NO_INDEX) continue;
        return a->used[ev->assigned[i]] ? AZ_NO_INDEX : ev->assigned[i];
    }
    return AZ_NO_INDEX;
}

static enum az_status add_block(struct adopter *a, struct maker *m)
{
    size_t n = a->plan->blocks.count;
    for (size_t e = 0; e < m->block.events.count; e++)
        if (m->block.events.items[e].kind == EB_EVENT_TRIP)
            a->taken[m->block.events.items[e].trip.index] = true;
    if (!m->block.id && !(m->block.id = az_arena_format(a->arena, "b%zu", a->number++)))
        return AZ_NO_MEMORY;
    a->plan->blocks.items[n] = m->block;
    a->plan->blocks.count++;
    return AZ_OK;
}

static struct maker new_maker(struct adopter *a, size_t type, size_t depot)
{
    const struct eb_instance *ev = a->ev;
    struct maker m = { .a = a, .type = &ev->types.items[type], .type_index = type };
    m.block.type = (struct az_ref){ .id = m.type->id, .index = type };
    m.block.depot = (struct az_ref){ .id = ev->depots.items[depot].id, .index = depot };
    m.block.bus.index = m.block.end_depot.index = AZ_NO_INDEX;
    m.block.start_kwh = m.type->has_battery ? m.type->start_kwh[0] : NAN;
    return m;
}

static enum az_status adopt_bus(struct adopter *a, size_t i, const struct eb_block *old)
{
    const struct eb_bus *bus = &a->ev->bus[i];
    struct maker m = new_maker(a, bus->type.index, bus->depot.index);
    bool sound;
    a->used[i] = true;
    if (bus->out_of_service == 1) return AZ_OK;
    m.bus = bus;
    m.block.id = bus->id;
    m.block.bus = (struct az_ref){ .id = bus->id, .index = i };
    if (m.type->has_battery) m.block.start_kwh = bus->start_kwh;
    AZ_TRY(fit_block(&m, old, &sound));
    return add_block(a, &m);
}

/* The start charge of the old block where the type has it. */
static void choose_start(struct maker *m, const struct eb_block *old)
{
    for (size_t i = 0; m->type->has_battery && i < m->type->start_count; i++)
        if (fabs(m->type->start_kwh[i] - old->start_kwh) <= eb_slack(old->start_kwh))
            m->block.start_kwh = m->type->start_kwh[i];
}

static enum az_status adopt_block(struct adopter *a, const struct eb_block *old)
{
    const struct eb_instance *ev = a->ev;
    size_t bus = bus_for(a, old), type, depot, end;
    bool sound;
    if (bus != AZ_NO_INDEX) return adopt_bus(a, bus, old);
    FIND(ev->types, old->type.id, type);
    FIND(ev->depots, old->depot.id, depot);
    FIND(ev->depots, old->end_depot.id, end);
    if (type == AZ_NO_INDEX || depot == AZ_NO_INDEX || ev->new_buses == 0) return AZ_OK;
    struct maker m = new_maker(a, type, depot);
    choose_start(&m, old);
    if (end != AZ_NO_INDEX && end != depot && ev->return_rule == EB_RETURN_COUNTS)
        m.block.end_depot = (struct az_ref){ .id = ev->depots.items[end].id, .index = end };
    AZ_TRY(fit_block(&m, old, &sound));
    return sound && m.trips > 0 ? add_block(a, &m) : AZ_OK;
}

/* --- grids --------------------------------------------------------------------------------------
 */

/* Fills steps with an energy, the best price first; what is left. sign: 1 cheapest, -1 dearest. */
static double fill_steps(const struct eb_instance *ev, size_t count, const struct eb_step steps[],
                         struct az_series taken[], size_t t, double energy, double sign)
{
    while (energy > 0) {
        size_t best = AZ_NO_INDEX;
        double best_price = INFINITY, best_room = 0;
        for (size_t k = 0; k < count; k++) {
            double limit =
                steps[k].power_kw.values ? steps[k].power_kw.values[t] * ev->dt : INFINITY;
            double price = sign * steps[k].price_jpy_per_kwh.values[t];
            double room = limit - taken[k].values[t];
            if (room <= 0 || price >= best_price) continue;
            best = k;
            best_price = price;
            best_room = room;
        }
        if (best == AZ_NO_INDEX) return energy;
        double take = fmin(best_room, energy);
        taken[best].values[t] += take;
        energy -= take;
        if (take < best_room) return 0;
    }
    return 0;
}

/* Steps for what the buses charge and discharge; storages rest, converters stand. */
static enum az_status fill_grids(struct adopter *a)
{
    const struct eb_instance *ev = a->ev;
    double *net = AZ_ARRAY(a->arena, ev->grids.count * ev->T, double);
    if (!net) return AZ_NO_MEMORY;
    for (size_t b = 0; b < a->plan->blocks.count; b++)
        for (size_t e = 0; e < a->plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &a->plan->blocks.items[b].events.items[e];
            if (event->kind != EB_EVENT_STAY || !event->charger.id) continue;
            size_t grid = ev->chargers.items[event->charger.index].grid;
            for (size_t k = 0; grid != AZ_NO_INDEX && k < event->charge_kwh.count; k++)
                net[grid * ev->T + (size_t)event->first_slot + k] +=
                    event->charge_kwh.items[k] - event->discharge_kwh.items[k];
        }
    for (size_t g = 0; g < ev->grids.count; g++) {
        const struct eb_grid *grid = &ev->grids.items[g];
        struct eb_grid_plan *plan = &a->plan->grids.items[g];
        for (size_t t = 0; t < ev->T; t++) {
            double need = net[g * ev->T + t];
            fill_steps(ev, grid->supply.count, grid->supply.items, plan->supply_kwh.items, t, need,
                       1);
            fill_steps(ev, grid->demand.count, grid->demand.items, plan->demand_kwh.items, t, -need,
                       -1);
        }
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status keep_unserved(struct adopter *a)
{
    struct eb_plan *plan = a->plan;
    size_t kept = 0;
    for (size_t k = 0; k < plan->unserved.count; k++)
        if (!a->taken[plan->unserved.items[k].trip.index])
            plan->unserved.items[kept++] = plan->unserved.items[k];
    plan->unserved.count = kept;
    return AZ_OK;
}

/* As many chargers as the old plan chose, as far as there may be. */
static void keep_chargers(struct adopter *a)
{
    for (size_t k = 0; k < a->plan->chargers.count; k++) {
        const struct eb_charger *charger = &a->ev->chargers.items[a->plan->chargers.keys[k].index];
        for (size_t o = 0; o < a->old->chargers.count; o++) {
            int64_t chosen = a->old->chargers.items[o];
            if (!same(a->old->chargers.keys[o].id, charger->id)) continue;
            if (chosen >= charger->count && chosen <= charger->count_max)
                a->plan->chargers.items[k] = chosen;
        }
    }
}

enum az_status eb_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan)
{
    const struct eb_instance *ev = instance;
    struct adopter a = { .ev = ev, .old = previous_plan, .arena = arena, .number = 1 };
    struct az_judgement judgement;
    *plan = NULL;
    if (!eb_seconds(ev, a.old->start, &a.shift_s)) return AZ_NO_PLAN;
    AZ_TRY(eb_plan_new(ev, arena, &a.plan));
    a.taken = AZ_ARRAY(arena, ev->trips.count, bool);
    a.used = AZ_ARRAY(arena, ev->bus_count, bool);
    a.plan->blocks.items = AZ_ARRAY(arena, a.old->blocks.count + ev->bus_count, struct eb_block);
    if (!a.taken || !a.used || !a.plan->blocks.items) return AZ_NO_MEMORY;
    for (size_t b = 0; b < a.old->blocks.count; b++)
        AZ_TRY(adopt_block(&a, &a.old->blocks.items[b]));
    for (size_t i = 0; i < ev->bus_count; i++)
        if (!a.used[i]) AZ_TRY(adopt_bus(&a, i, NULL));
    AZ_TRY(keep_unserved(&a));
    keep_chargers(&a);
    if (ev->T > 0) AZ_TRY(fill_grids(&a));
    AZ_TRY(eb_evaluate(ev, a.plan, arena, &judgement));
    if (judgement.violation_count > 0) return AZ_NO_PLAN;
    AZ_TRY(eb_summarise(ev, arena, a.plan));
    *plan = a.plan;
    return AZ_OK;
}
