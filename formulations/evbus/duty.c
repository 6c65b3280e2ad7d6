/* duty.c - a bus-day walked through: its cost, its charges, its block. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/duty.h"
#include "solver/tolerances.h"

/* --- the walk --------------------------------------------------------------------------------- */

struct walk {
    const struct eb_instance *ev;
    const struct eb_source *source;
    bool (*visit)(void *data, const struct eb_duty_step *step);
    void *data;
    size_t leg;
    struct eb_point at;
    int64_t now;
    bool may_wait; /* it is in its depot or leaves a stop: it drives when it has to */
};

static bool same_point(struct eb_point a, struct eb_point b)
{
    return a.place == b.place && a.node == b.node;
}

static bool wait_until(struct walk *walk, int64_t until)
{
    if (until <= walk->now) return true;
    struct eb_duty_step step = { .kind = EB_STEP_WAIT,
                                 .leg = walk->leg,
                                 .from_s = walk->now,
                                 .to_s = until,
                                 .from = walk->at,
                                 .to = walk->at };
    walk->now = until;
    return walk->visit(walk->data, &step);
}

/* Drives to a point where the bus has to be at `by` (INT64_MIN: as soon as it can). */
static bool drive_to(struct walk *walk, struct eb_point to, int64_t by)
{
    if (!same_point(walk->at, to)) {
        struct eb_duty_step step = { .kind = EB_STEP_DRIVE,
                                     .leg = walk->leg,
                                     .from = walk->at,
                                     .to = to,
                                     .move = eb_move(walk->ev, walk->source->type, walk->at, to) };
        if (walk->may_wait && !wait_until(walk, by - step.move.drive_s)) return false;
        step.from_s = walk->now;
        step.to_s = walk->now += step.move.drive_s > 0 ? step.move.drive_s : 0;
        walk->at = to;
        if (!walk->visit(walk->data, &step)) return false;
    }
    walk->may_wait = false;
    return wait_until(walk, by);
}

static bool walk_stay(struct walk *walk, const struct eb_stay *stay)
{
    if (!drive_to(walk, eb_point_stop(walk->ev, stay->place), stay->from_s)) return false;
    struct eb_duty_step step = { .kind = EB_STEP_STAY,
                                 .leg = walk->leg,
                                 .from_s = stay->from_s,
                                 .to_s = stay->to_s,
                                 .from = walk->at,
                                 .to = walk->at,
                                 .stay = stay };
    walk->now = stay->to_s;
    return walk->visit(walk->data, &step);
}

static bool walk_trip(struct walk *walk, size_t i)
{
    const struct eb_trip *trip = &walk->ev->trips.items[i];
    struct eb_duty_step step = { .kind = EB_STEP_TRIP,
                                 .leg = walk->leg,
                                 .from_s = walk->now,
                                 .to_s = walk->now,
                                 .from = eb_point_trip_start(walk->ev, i),
                                 .to = eb_point_trip_end(walk->ev, i),
                                 .trip = i };
    if (!drive_to(walk, step.from, trip->has_times ? trip->depart_s : walk->now)) return false;
    if (trip->has_times) {
        step.from_s = trip->depart_s;
        step.to_s = walk->now = trip->arrive_s;
    }
    step.move.drive_s = step.to_s - step.from_s;
    step.move.km = trip->distance_km;
    if (walk->ev->types.items[walk->source->type].has_battery) {
        step.move.energy_kwh = trip->energy_kwh[walk->source->type];
        step.move.prefix_high = trip->prefix_high[walk->source->type];
        step.move.prefix_low = trip->prefix_low[walk->source->type];
    }
    walk->at = step.to;
    return walk->visit(walk->data, &step);
}

bool eb_duty_walk(const struct eb_instance *ev, const struct eb_source *source,
                  const struct eb_duty *duty,
                  bool (*visit)(void *data, const struct eb_duty_step *step), void *data)
{
    struct walk walk = { .ev = ev,
                         .source = source,
                         .visit = visit,
                         .data = data,
                         .at = eb_point_source(ev, source),
                         .now = source->from_s,
                         .may_wait = true };
    for (size_t l = 0; l < duty->leg_count; l++) {
        const struct eb_leg *leg = &duty->legs[l];
        walk.leg = l;
        for (size_t s = 0; s < leg->stay_count; s++) {
            if (!walk_stay(&walk, &leg->stays[s])) return false;
            walk.may_wait = true;
        }
        if (leg->trip != AZ_NO_INDEX) {
            if (!walk_trip(&walk, leg->trip)) return false;
            walk.may_wait = false;
        } else {
            walk.may_wait = false;
            if (!drive_to(&walk, eb_point_depot(ev, duty->end_depot), walk.now)) return false;
        }
    }
    return ev->T == 0 || wait_until(&walk, ev->end_s);
}

double eb_stay_gain(const struct eb_instance *ev, const struct eb_stay *stay, size_t k)
{
    double gain = 0;
    if (stay->charger == AZ_NO_INDEX) return 0;
    const struct eb_charger *charger = &ev->chargers.items[stay->charger];
    if (stay->charge_kwh) gain += stay->charge_kwh[k] * charger->charge_efficiency;
    if (stay->discharge_kwh) gain -= stay->discharge_kwh[k] / charger->discharge_efficiency;
    return ev->T > 0 ? gain : stay->charged_kwh;
}

/* Slots of a stay as the battery sees them: without slots one. */
static size_t gains_of(const struct eb_instance *ev, const struct eb_stay *stay)
{
    if (ev->T == 0) return 1;
    return stay->charge_kwh || stay->discharge_kwh ? stay->slot_count : 0;
}

/* --- cost ------------------------------------------------------------------------------------- */

double eb_day_cost(const struct eb_instance *ev, const struct eb_source *source)
{
    bool out = source->bus != AZ_NO_INDEX && az_time_given(ev->bus[source->bus].pulled_out);
    return out ? 0 : ev->types.items[source->type].cost_jpy_per_day;
}

double eb_trip_cost(const struct eb_instance *ev, const struct eb_source *source, size_t trip)
{
    size_t bus = ev->assigned ? ev->assigned[trip] : AZ_NO_INDEX;
    double change = bus != AZ_NO_INDEX && bus != source->bus ? ev->change_price_jpy : 0;
    return change +
           ev->trips.items[trip].distance_km * ev->types.items[source->type].cost_jpy_per_km;
}

struct cost_walk {
    const struct eb_instance *ev;
    const struct eb_source *source;
    double base, wear, charge;
    bool drives;
};

static bool add_cost(void *data, const struct eb_duty_step *step)
{
    struct cost_walk *cost = data;
    const struct eb_instance *ev = cost->ev;
    const struct eb_type *type = &ev->types.items[cost->source->type];
    cost->charge -= step->move.energy_kwh;
    cost->drives |= step->kind == EB_STEP_DRIVE || step->kind == EB_STEP_TRIP;
    if (step->kind == EB_STEP_DRIVE) cost->base += step->move.cost;
    if (step->kind == EB_STEP_TRIP) cost->base += eb_trip_cost(ev, cost->source, step->trip);
    if (step->kind != EB_STEP_STAY) return true;
    for (size_t k = 0; k < gains_of(ev, step->stay); k++) {
        cost->charge += eb_stay_gain(ev, step->stay, k);
        if (ev->T > 0 && step->stay->discharge_kwh)
            cost->wear += step->stay->discharge_kwh[k] * type->wear_jpy_per_kwh;
    }
    return true;
}

static struct cost_walk cost_of(const struct eb_instance *ev, const struct eb_source *source,
                                const struct eb_duty *duty)
{
    struct cost_walk cost = { .ev = ev, .source = source, .charge = source->start_kwh };
    eb_duty_walk(ev, source, duty, add_cost, &cost);
    if (cost.drives) cost.base += eb_day_cost(ev, source);
    return cost;
}

double eb_duty_base_cost(const struct eb_instance *ev, const struct eb_source *source,
                         const struct eb_duty *duty)
{
    return cost_of(ev, source, duty).base;
}

double eb_duty_cost(const struct eb_instance *ev, const struct eb_source *source,
                    const struct eb_duty *duty)
{
    struct cost_walk cost = cost_of(ev, source, duty);
    double above = cost.charge - source->end_target_kwh;
    double end = above > 0 ? -above * source->end_above_jpy : -above * source->end_below_jpy;
    return cost.base + cost.wear + end;
}

/* --- charges ---------------------------------------------------------------------------------- */

struct charge_walk {
    const struct eb_instance *ev;
    const struct eb_source *source;
    double s, tolerance;
    double *charge; /* [legs] or NULL */
    bool has_battery;
};

static bool within(const struct charge_walk *walk, double low, double high)
{
    return walk->s >= walk->source->min_kwh + low - walk->tolerance &&
           walk->s <= walk->source->max_kwh + high + walk->tolerance;
}

static bool add_charge(void *data, const struct eb_duty_step *step)
{
    struct charge_walk *walk = data;
    const struct eb_type *type = &walk->ev->types.items[walk->source->type];
    if (step->kind == EB_STEP_DRIVE || step->kind == EB_STEP_TRIP) {
        if (!within(walk, step->move.prefix_high, step->move.prefix_low)) return false;
        walk->s -= step->move.energy_kwh;
        if (!within(walk, 0, 0)) return false;
    }
    for (size_t k = 0; step->kind == EB_STEP_STAY && k < gains_of(walk->ev, step->stay); k++) {
        const struct eb_stay *stay = step->stay;
        walk->s += eb_stay_gain(walk->ev, stay, k);
        if (!within(walk, 0, 0)) return false;
        if (walk->ev->T > 0 && stay->discharge_kwh && stay->discharge_kwh[k] > walk->tolerance &&
            walk->s < type->floor_kwh - walk->tolerance)
            return false;
    }
    if (walk->charge) walk->charge[step->leg] = walk->s;
    return true;
}

bool eb_duty_charges(const struct eb_instance *ev, const struct eb_source *source,
                     const struct eb_duty *duty, double charge[])
{
    const struct eb_type *type = &ev->types.items[source->type];
    if (!type->has_battery) {
        for (size_t l = 0; charge && l < duty->leg_count; l++) charge[l] = 0;
        return true;
    }
    struct charge_walk walk = { .ev = ev,
                                .source = source,
                                .s = source->start_kwh,
                                .tolerance = AZ_FEASIBILITY_TOLERANCE * fmax(1, source->max_kwh),
                                .charge = charge };
    for (size_t l = 0; charge && l < duty->leg_count; l++) charge[l] = source->start_kwh;
    if (!eb_duty_walk(ev, source, duty, add_charge, &walk)) return false;
    return walk.s >= source->end_kwh - walk.tolerance;
}

/* --- making and copying
 * ---------------------------------------------------------------------------------- */

enum az_status eb_duty_of_trips(const struct eb_instance *ev, const struct eb_source *sources,
                                size_t source, size_t end_depot, const size_t trips[], size_t count,
                                struct az_arena *arena, struct eb_duty **duty)
{
    *duty = AZ_NEW(arena, struct eb_duty);
    if (!*duty) return AZ_NO_MEMORY;
    **duty = (struct eb_duty){ .source = source, .end_depot = end_depot, .leg_count = count + 1 };
    (*duty)->legs = AZ_ARRAY(arena, count + 1, struct eb_leg);
    if (!(*duty)->legs) return AZ_NO_MEMORY;
    for (size_t n = 0; n <= count; n++) (*duty)->legs[n].trip = n < count ? trips[n] : AZ_NO_INDEX;
    (*duty)->cost = eb_duty_cost(ev, &sources[source], *duty);
    return AZ_OK;
}

static enum az_status copy_values(double **values, size_t count, struct az_arena *arena)
{
    if (!*values) return AZ_OK;
    double *copy = AZ_ARRAY(arena, count, double);
    if (!copy) return AZ_NO_MEMORY;
    memcpy(copy, *values, count * sizeof *copy);
    *values = copy;
    return AZ_OK;
}

enum az_status eb_duty_copy(const struct eb_duty *duty, struct az_arena *arena,
                            struct eb_duty **copy)
{
    struct eb_duty *new = AZ_NEW(arena, struct eb_duty);
    *copy = new;
    if (!new) return AZ_NO_MEMORY;
    *new = *duty;
    new->legs = AZ_ARRAY(arena, duty->leg_count, struct eb_leg);
    if (!new->legs) return AZ_NO_MEMORY;
    for (size_t l = 0; l < duty->leg_count; l++) {
        const struct eb_leg *leg = &duty->legs[l];
        new->legs[l] = *leg;
        new->legs[l].stays = AZ_ARRAY(arena, leg->stay_count, struct eb_stay);
        if (!new->legs[l].stays) return AZ_NO_MEMORY;
        for (size_t s = 0; s < leg->stay_count; s++) {
            struct eb_stay *stay = &new->legs[l].stays[s];
            *stay = leg->stays[s];
            AZ_TRY(copy_values(&stay->charge_kwh, stay->slot_count, arena));
            AZ_TRY(copy_values(&stay->discharge_kwh, stay->slot_count, arena));
        }
    }
    return AZ_OK;
}

/* --- the block -------------------------------------------------------------------------------- */

struct block_walk {
    const struct eb_instance *ev;
    const struct eb_source *source;
    struct az_arena *arena;
    struct eb_event *events;
    size_t count, capacity;
    double s; /* charge; NAN without battery */
    bool no_memory;
};

static struct az_ref no_ref(void)
{
    return (struct az_ref){ NULL, AZ_NO_INDEX, 0 };
}

static struct az_ref place_ref(const struct eb_instance *ev, struct eb_point point)
{
    if (point.place == AZ_NO_INDEX) return no_ref();
    return (struct az_ref){ ev->places.items[point.place].id, point.place, 0 };
}

static struct az_time time_ref(const struct eb_instance *ev, int64_t seconds)
{
    if (!ev->timed && ev->T == 0) return (struct az_time){ .utc_s = AZ_NO_INTEGER };
    return az_time_add(ev->start, seconds);
}

/* The energies of a stay in the event's own arrays. */
static bool stay_event(struct block_walk *walk, const struct eb_stay *stay, struct eb_event *event)
{
    const struct eb_instance *ev = walk->ev;
    size_t gains = gains_of(ev, stay);
    for (size_t k = 0; k < gains; k++) walk->s += eb_stay_gain(ev, stay, k);
    if (stay->charger == AZ_NO_INDEX) return true;
    event->charger = (struct az_ref){ ev->chargers.items[stay->charger].id, stay->charger, 0 };
    if (ev->T == 0) {
        event->charged_kwh = stay->charged_kwh;
        return true;
    }
    event->first_slot = (int64_t)stay->first_slot;
    double **out[] = { &event->charge_kwh.items, &event->discharge_kwh.items };
    double *const in[] = { stay->charge_kwh, stay->discharge_kwh };
    event->charge_kwh.count = event->discharge_kwh.count = stay->slot_count;
    for (size_t i = 0; i < 2; i++) {
        *out[i] = AZ_ARRAY(walk->arena, stay->slot_count, double);
        if (!*out[i]) return false;
        if (in[i]) memcpy(*out[i], in[i], stay->slot_count * sizeof(double));
    }
    return true;
}

static bool add_event(void *data, const struct eb_duty_step *step)
{
    static const int kinds[] = { EB_EVENT_STAY, EB_EVENT_DEADHEAD, EB_EVENT_TRIP, EB_EVENT_STAY };
    struct block_walk *walk = data;
    const struct eb_instance *ev = walk->ev;
    /* under explicit links a bus waits at no place that could be named */
    if (step->kind == EB_STEP_WAIT && ev->links) return true;
    walk->no_memory = true;
    if (walk->count == walk->capacity) {
        walk->capacity = walk->capacity ? 2 * walk->capacity : 16;
        walk->events = az_arena_grow(walk->arena, walk->events, walk->count, walk->capacity,
                                     sizeof *walk->events);
        if (!walk->events) return false;
    }
    struct eb_event *event = &walk->events[walk->count++];
    *event = (struct eb_event){ .kind = kinds[step->kind],
                                .trip = no_ref(),
                                .from = place_ref(ev, step->from),
                                .to = place_ref(ev, step->to),
                                .start = time_ref(ev, step->from_s),
                                .end = time_ref(ev, step->to_s),
                                .distance_km = step->move.km,
                                .soc_before_kwh = walk->s,
                                .charger = no_ref(),
                                .first_slot = AZ_NO_INTEGER,
                                .charged_kwh = NAN };
    if (step->kind == EB_STEP_TRIP)
        event->trip = (struct az_ref){ ev->trips.items[step->trip].id, step->trip, 0 };
    walk->s -= step->move.energy_kwh;
    if (step->kind == EB_STEP_STAY && !stay_event(walk, step->stay, event)) return false;
    event->soc_after_kwh = walk->s;
    event->energy_kwh = isnan(walk->s) ? 0 : event->soc_before_kwh - event->soc_after_kwh;
    walk->no_memory = false;
    return true;
}

enum az_status eb_duty_block(const struct eb_instance *ev, const struct eb_source *source,
                             const struct eb_duty *duty, size_t number, struct az_arena *arena,
                             struct eb_block *block)
{
    const struct eb_type *type = &ev->types.items[source->type];
    struct block_walk walk = { .ev = ev, .source = source, .arena = arena };
    walk.s = type->has_battery ? source->start_kwh : NAN;
    *block = (struct eb_block){ .bus = no_ref(),
                                .type = { type->id, source->type, 0 },
                                .depot = { ev->depots.items[source->depot].id, source->depot, 0 },
                                .end_depot = no_ref(),
                                .start_kwh = walk.s };
    if (source->bus != AZ_NO_INDEX) {
        block->id = ev->bus[source->bus].id;
        block->bus = (struct az_ref){ block->id, source->bus, 0 };
    } else {
        block->id = az_arena_format(arena, "b%zu", number);
    }
    if (duty->end_depot != source->depot)
        block->end_depot =
            (struct az_ref){ ev->depots.items[duty->end_depot].id, duty->end_depot, 0 };
    walk.events = az_arena_take(arena, 0);
    if (!block->id || !walk.events) return AZ_NO_MEMORY;
    eb_duty_walk(ev, source, duty, add_event, &walk);
    if (walk.no_memory) return AZ_NO_MEMORY;
    block->events.items = walk.events;
    block->events.count = walk.count;
    return AZ_OK;
}
