/* complete_write.c - a block made by hand that names its chargers, written down as a duty. */
#include <math.h>

#include "formulations/evbus/adopt.h"
#include "formulations/evbus/complete.h"

static size_t find_charger(const struct eb_instance *ev, const struct az_ref *ref)
{
    for (size_t i = 0; ref->id && i < ev->chargers.count; i++)
        if (eb_same_id(ev->chargers.items[i].id, ref->id)) return i;
    return AZ_NO_INDEX;
}

/* A duty that is written down leg by leg. */
struct writer {
    const struct eb_completion *c;
    const struct eb_block *block;
    const struct eb_source *source;
    struct eb_duty *duty;
    struct eb_point at;
    int64_t now;
};

static struct eb_movement move_to(const struct writer *w, struct eb_point to)
{
    struct eb_movement none = { .drive_s = 0 };
    if (w->at.place == to.place && w->at.node == to.node) return none;
    return eb_move(w->c->ev, w->source->type, w->at, to);
}

static int64_t seconds(const struct eb_instance *ev, struct az_time time)
{
    return time.utc_s - ev->start.utc_s;
}

/* The energies of an event in the slots of its stay; NAN where nothing is told. */
static enum az_status put_energies(const struct writer *w, const struct eb_event *event,
                                   struct eb_stay *stay)
{
    double **out[2] = { &stay->charge_kwh, &stay->discharge_kwh };
    size_t counts[2] = { event->charge_kwh.count, event->discharge_kwh.count };
    const double *in[2] = { event->charge_kwh.items, event->discharge_kwh.items };
    for (int k = 0; k < 2; k++) {
        if (!in[k] || counts[k] == 0) continue;
        int64_t first =
            event->first_slot == AZ_NO_INTEGER ? (int64_t)stay->first_slot : event->first_slot;
        *out[k] = AZ_ARRAY(w->c->arena, stay->slot_count, double);
        if (!*out[k]) return AZ_NO_MEMORY;
        for (size_t t = 0; t < stay->slot_count; t++) {
            int64_t at = (int64_t)(stay->first_slot + t) - first;
            (*out[k])[t] = at >= 0 && (size_t)at < counts[k] ? in[k][at] : NAN;
        }
    }
    return AZ_OK;
}

/* One stay: arrives at once (or when told), leaves when told or at `leave`. */
static enum az_status write_stay(struct writer *w, const struct eb_event *event, int64_t leave,
                                 struct eb_leg *leg)
{
    const struct eb_instance *ev = w->c->ev;
    size_t bank = find_charger(ev, &event->charger);
    if (bank == AZ_NO_INDEX) return AZ_INFEASIBLE;
    size_t place = ev->chargers.items[bank].place.index;
    struct eb_point stop = eb_point_stop(ev, place);
    struct eb_movement move = move_to(w, stop);
    if (move.drive_s < 0) return AZ_INFEASIBLE;
    struct eb_stay *stay = &leg->stays[leg->stay_count++];
    *stay = (struct eb_stay){ .place = place,
                              .charger = bank,
                              .from_s = w->now + move.drive_s,
                              .to_s = leave,
                              .charged_kwh = isnan(event->charged_kwh) ? 0 : event->charged_kwh };
    if (ev->timed || ev->T > 0) {
        if (az_time_given(event->start) && seconds(ev, event->start) > stay->from_s)
            stay->from_s = seconds(ev, event->start);
        if (az_time_given(event->end)) stay->to_s = seconds(ev, event->end);
        if (stay->to_s < stay->from_s) return AZ_INFEASIBLE;
    }
    w->at = stop;
    w->now = stay->to_s;
    if (ev->T == 0) return AZ_OK;
    int64_t slot_s = ev->slot_minutes * 60;
    if (stay->to_s > ev->end_s || stay->from_s < 0) return AZ_INFEASIBLE;
    stay->first_slot = (size_t)(stay->from_s / slot_s);
    if (stay->to_s > stay->from_s)
        stay->slot_count = (size_t)((stay->to_s + slot_s - 1) / slot_s) - stay->first_slot;
    return put_energies(w, event, stay);
}

/* When the k-th of n stays is left, the whole way lasting until `by`: the last in time for what
 * follows, the others at slot boundaries that share the time. */
static int64_t leave_at(const struct writer *w, size_t k, size_t n, int64_t by, struct eb_point to,
                        const struct eb_event *event)
{
    const struct eb_instance *ev = w->c->ev;
    if (!ev->timed && ev->T == 0) return w->now;
    if (k + 1 < n) {
        int64_t slot_s = ev->T > 0 ? ev->slot_minutes * 60 : 1;
        return (w->now + (by - w->now) / (int64_t)(n - k)) / slot_s * slot_s;
    }
    size_t bank = find_charger(ev, &event->charger);
    if (bank == AZ_NO_INDEX) return by;
    struct eb_point stop = eb_point_stop(ev, ev->chargers.items[bank].place.index);
    bool here = stop.place == to.place && stop.node == to.node;
    struct eb_movement on = { .drive_s = 0 };
    if (!here) on = eb_move(ev, w->source->type, stop, to);
    return by - (on.drive_s > 0 ? on.drive_s : 0);
}

/* The way to a trip (or home) with the stays among events [first, last). */
static enum az_status write_leg(struct writer *w, size_t first, size_t last, size_t trip)
{
    const struct eb_instance *ev = w->c->ev;
    struct eb_leg *leg = &w->duty->legs[w->duty->leg_count++];
    bool home = trip == AZ_NO_INDEX;
    struct eb_point to =
        home ? eb_point_depot(ev, w->duty->end_depot) : eb_point_trip_start(ev, trip);
    int64_t by = home ? (ev->T > 0 ? ev->end_s : w->now) : ev->trips.items[trip].depart_s;
    size_t n = 0, k = 0;
    for (size_t e = first; e < last; e++)
        n +=
            w->block->events.items[e].kind == EB_EVENT_STAY && w->block->events.items[e].charger.id;
    leg->trip = trip;
    leg->stays = AZ_ARRAY(w->c->arena, n, struct eb_stay);
    if (!leg->stays) return AZ_NO_MEMORY;
    for (size_t e = first; e < last; e++) {
        const struct eb_event *event = &w->block->events.items[e];
        if (event->kind != EB_EVENT_STAY || !event->charger.id) continue;
        AZ_TRY(write_stay(w, event, leave_at(w, k, n, by, to, event), leg));
        k++;
    }
    struct eb_movement move = move_to(w, to);
    if (move.drive_s < 0) return AZ_INFEASIBLE;
    w->at = home ? to : eb_point_trip_end(ev, trip);
    if (home) return AZ_OK;
    const struct eb_trip *it = &ev->trips.items[trip];
    if (it->serves && !it->serves[w->source->type]) return AZ_INFEASIBLE;
    if (it->has_times && w->now + move.drive_s > it->depart_s) return AZ_INFEASIBLE;
    if (it->has_times) w->now = it->arrive_s;
    return AZ_OK;
}

enum az_status eb_write_duty(struct eb_completion *c, const struct eb_block *block, size_t source,
                             size_t end_depot, struct eb_duty **duty)
{
    size_t legs = 1, first = 0;
    for (size_t e = 0; e < block->events.count; e++)
        legs += block->events.items[e].kind == EB_EVENT_TRIP;
    struct eb_duty *new = *duty = AZ_NEW(c->arena, struct eb_duty);
    if (!new) return AZ_NO_MEMORY;
    new->source = source;
    new->end_depot = end_depot;
    new->legs = AZ_ARRAY(c->arena, legs, struct eb_leg);
    if (!new->legs) return AZ_NO_MEMORY;
    struct writer w = { c,
                        block,
                        &c->network->sources[source],
                        new,
                        eb_point_source(c->ev, &c->network->sources[source]),
                        c->network->sources[source].from_s };
    for (size_t e = 0; e < block->events.count; e++) {
        if (block->events.items[e].kind != EB_EVENT_TRIP) continue;
        size_t trip = eb_find_trip(c->ev, &block->events.items[e].trip);
        if (trip == AZ_NO_INDEX) return AZ_INFEASIBLE;
        AZ_TRY(write_leg(&w, first, e, trip));
        first = e + 1;
    }
    return write_leg(&w, first, block->events.count, AZ_NO_INDEX);
}
