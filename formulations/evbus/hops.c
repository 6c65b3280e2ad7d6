/* hops.c - a duty from trips and the chargers between them, charging all it can. */
#include <math.h>

#include "formulations/evbus/duty.h"
#include "solver/tolerances.h"

/* Grid's side, kW, at charge s. */
static double power_at(const struct eb_type *type, const struct eb_charger *charger, double s)
{
    double power = charger->charge_kw;
    if (type->charge_kw < power) power = type->charge_kw;
    for (size_t k = 0; k < type->curve_count; k++)
        power = fmin(power, type->curve_base_kw[k] + type->curve_slope_kw_per_kwh[k] * s);
    return fmax(0, power);
}

double eb_most_charge(const struct eb_instance *ev, const struct eb_source *source, size_t charger,
                      int64_t from_s, int64_t to_s, double s)
{
    const struct eb_type *type = &ev->types.items[source->type];
    const struct eb_charger *it = &ev->chargers.items[charger];
    int64_t slot_s = ev->T > 0 ? ev->slot_minutes * 60 : INT64_MAX, at = from_s;
    double begin = s;
    while (at < to_s && s < source->max_kwh - AZ_ZERO) {
        int64_t next = ev->T > 0 ? (at / slot_s + 1) * slot_s : to_s;
        if (next > to_s) next = to_s;
        double hours = (double)(next - at) / 3600;
        s = fmin(source->max_kwh, s + hours * power_at(type, it, s) * it->charge_efficiency);
        at = next;
    }
    return s - begin;
}

/* Where a duty under construction stands. */
struct hopper {
    const struct eb_instance *ev;
    const struct eb_source *source;
    struct az_arena *arena;
    struct eb_point at;
    int64_t now;
    double s;
    bool failed;
};

static bool fits(struct hopper *hopper, const struct eb_movement *move)
{
    double slack = AZ_FEASIBILITY_TOLERANCE * 0.5;
    if (move->drive_s < 0) return false;
    if (!hopper->ev->types.items[hopper->source->type].has_battery) return true;
    return hopper->s >= hopper->source->min_kwh + move->prefix_high - slack &&
           hopper->s <= hopper->source->max_kwh + move->prefix_low + slack;
}

static void go(struct hopper *hopper, struct eb_point to)
{
    struct eb_movement none = { 0 };
    bool same = hopper->at.place == to.place && hopper->at.node == to.node;
    struct eb_movement move =
        same ? none : eb_move(hopper->ev, hopper->source->type, hopper->at, to);
    if (!fits(hopper, &move)) hopper->failed = true;
    if (hopper->failed) return;
    hopper->now += move.drive_s;
    hopper->s -= move.energy_kwh;
    hopper->at = to;
}

static void add_slots(const struct eb_instance *ev, struct eb_stay *stay)
{
    int64_t slot_s = ev->slot_minutes * 60;
    if (ev->T == 0 || stay->to_s <= stay->from_s) return;
    stay->first_slot = (size_t)(stay->from_s / slot_s);
    stay->slot_count = (size_t)((stay->to_s + slot_s - 1) / slot_s) - stay->first_slot;
}

/* A stop on the way to a point where the bus has to be at `by` (INT64_MAX: any time). */
static enum az_status stop_at(struct hopper *hopper, size_t charger, struct eb_point to, int64_t by,
                              struct eb_leg *leg)
{
    const struct eb_instance *ev = hopper->ev;
    const struct eb_charger *it = &ev->chargers.items[charger];
    struct eb_point stop = eb_point_stop(ev, it->place.index);
    bool same = stop.place == to.place && stop.node == to.node;
    struct eb_movement on = { 0 };
    if (!same) on = eb_move(ev, hopper->source->type, stop, to);
    if (on.drive_s < 0) hopper->failed = true;
    go(hopper, stop);
    if (hopper->failed) return AZ_OK;
    double hours_per_kwh = 1 / (fmax(it->charge_kw, 1e-9) * it->charge_efficiency);
    int64_t leave = by;
    if (by == INT64_MAX)
        leave = hopper->now +
                (int64_t)ceil((hopper->source->max_kwh - hopper->s) * hours_per_kwh * 3600);
    else
        leave = by - on.drive_s;
    if (ev->timed && leave < hopper->now) hopper->failed = true;
    if (hopper->failed) return AZ_OK;
    leg->stays = AZ_NEW(hopper->arena, struct eb_stay);
    if (!leg->stays) return AZ_NO_MEMORY;
    leg->stay_count = 1;
    leg->stays[0] = (struct eb_stay){
        .place = it->place.index, .charger = charger, .from_s = hopper->now, .to_s = leave
    };
    add_slots(ev, &leg->stays[0]);
    double gain = ev->timed
                      ? eb_most_charge(ev, hopper->source, charger, hopper->now, leave, hopper->s)
                      : hopper->source->max_kwh - hopper->s;
    if (ev->T == 0) leg->stays[0].charged_kwh = gain;
    hopper->s += gain;
    hopper->now = leave;
    return AZ_OK;
}

static void run_trip(struct hopper *hopper, size_t i)
{
    const struct eb_trip *trip = &hopper->ev->trips.items[i];
    size_t type = hopper->source->type;
    struct eb_movement move = { 0 };
    if (hopper->ev->types.items[type].has_battery) {
        move.energy_kwh = trip->energy_kwh[type];
        move.prefix_high = trip->prefix_high[type];
        move.prefix_low = trip->prefix_low[type];
    }
    if (trip->has_times && hopper->now > trip->depart_s) hopper->failed = true;
    if (!fits(hopper, &move)) hopper->failed = true;
    if (trip->has_times) hopper->now = trip->arrive_s;
    hopper->s -= move.energy_kwh;
    hopper->at = eb_point_trip_end(hopper->ev, i);
}

static enum az_status hop(struct hopper *hopper, const struct eb_hop *to, size_t end_depot,
                          struct eb_leg *leg)
{
    const struct eb_instance *ev = hopper->ev;
    bool ends = to->trip == AZ_NO_INDEX;
    const struct eb_trip *trip = ends ? NULL : &ev->trips.items[to->trip];
    struct eb_point point =
        ends ? eb_point_depot(ev, end_depot) : eb_point_trip_start(ev, to->trip);
    int64_t by = INT64_MAX;
    if (trip && trip->has_times) by = trip->depart_s;
    if (ends && ev->T > 0) by = ev->end_s;
    leg->trip = to->trip;
    if (to->charger != AZ_NO_INDEX) AZ_TRY(stop_at(hopper, to->charger, point, by, leg));
    if (hopper->failed) return AZ_OK;
    go(hopper, point);
    if (!hopper->failed && hopper->now > by) hopper->failed = true;
    if (trip && !hopper->failed) run_trip(hopper, to->trip);
    return AZ_OK;
}

enum az_status eb_duty_of_hops(const struct eb_instance *ev, const struct eb_source *sources,
                               size_t source, size_t end_depot, const struct eb_hop hops[],
                               size_t count, struct az_arena *arena, struct eb_duty **duty)
{
    struct hopper hopper = { .ev = ev,
                             .source = &sources[source],
                             .arena = arena,
                             .at = eb_point_source(ev, &sources[source]),
                             .now = sources[source].from_s,
                             .s = sources[source].start_kwh };
    struct eb_duty *made = AZ_NEW(arena, struct eb_duty);
    *duty = NULL;
    if (!made) return AZ_NO_MEMORY;
    *made = (struct eb_duty){ .source = source, .end_depot = end_depot, .leg_count = count };
    made->legs = AZ_ARRAY(arena, count, struct eb_leg);
    if (!made->legs) return AZ_NO_MEMORY;
    for (size_t l = 0; l < count && !hopper.failed; l++)
        AZ_TRY(hop(&hopper, &hops[l], end_depot, &made->legs[l]));
    if (ev->types.items[hopper.source->type].has_battery &&
        hopper.s < hopper.source->end_kwh - 0.5 * AZ_FEASIBILITY_TOLERANCE)
        hopper.failed = true;
    if (hopper.failed) return AZ_OK;
    made->cost = eb_duty_cost(ev, hopper.source, made);
    *duty = made;
    return AZ_OK;
}
