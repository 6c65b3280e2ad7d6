/* tods.c - a bus plan in the Transit Operational Data Standard, v2.1: a supplement to the feed that
 * `export gtfs` writes of the same plan, or to the feed that the timetable came from.
 *
 *   trips_supplement           deadheads with TODS_trip_type pull-out, deadhead, pull-back; the
 *                              block_id of every trip of the timetable
 *   routes_supplement          the route that the deadheads belong to
 *   stops_supplement           the places of the plan; TODS_location_type garage or charger
 *   stop_times_supplement      both ends of every deadhead
 *   calendar_dates_supplement  the service on the plan's day
 *   run_events                 what happens on each block in order, layovers and charging included
 *   vehicles, vehicle_assignments
 *
 * A block is a run: azumi plans buses and leaves drivers to others. A bus that is not known one by
 * one has its block's id.
 *
 * Beside the feed itself runs name its trip_ids and stop_ids: a trip its first and last stop, a
 * drive or a stay the stop of the trip before or after it at the same place, else a stop of the
 * place; places where no trip of the feed begins or ends are stops of their own, and trips that the
 * feed does not have are added. A trip_id of a headway has no block_id: several blocks run it. */
#include <stdlib.h>
#include <string.h>

#include "adapters/export/evbus.h"

#define ROUTE "azumi-deadheads"
#define OTHERS "azumi-trips" /* the route of trips that the feed does not have */

struct tods {
    const struct eb_instance *ev;
    const struct eb_plan *plan;
    struct az_evx_day day;
    const char **ids; /* of trips */
    struct az_evx_zip zip;
    const struct az_evx_feed_trip
        *feed;            /* [trips] in the feed that the timetable came from; or NULL */
    const char **stop_of; /* [places] a stop of the feed there; NULL: none */
};

static const char *vehicle_of(const struct eb_block *block)
{
    return block->bus.id ? block->bus.id : block->id;
}

/* The id of a deadhead: its block and its number in it. NULL: no memory. */
static const char *deadhead_id(const struct tods *t, const struct eb_block *block, size_t e)
{
    return az_arena_format(t->zip.arena, "%s:deadhead-%zu", block->id, e + 1);
}

/* The first movement leaves the garage, the last comes back. */
static const char *deadhead_type(const struct eb_block *block, size_t e)
{
    bool first = true, last = true;
    for (size_t i = 0; i < block->events.count; i++) {
        if (block->events.items[i].kind == EB_EVENT_STAY) continue;
        first = first && i >= e;
        last = last && i <= e;
    }
    return first ? "pull-out" : last ? "pull-back" : "deadhead";
}

/* A trip that no feed has: a shelter. */
static bool is_shelter(const struct tods *t, const struct eb_event *event)
{
    const struct eb_trip *trip =
        event->kind == EB_EVENT_TRIP ? az_evx_trip(t->ev, &event->trip) : NULL;
    return trip && trip->shelter == 1;
}

/* The trip of an event in the feed; NULL: it has none there, or there is no feed. */
static const struct az_evx_feed_trip *fed(const struct tods *t, const struct eb_event *event)
{
    const struct eb_trip *trip =
        t->feed && event->kind == EB_EVENT_TRIP ? az_evx_trip(t->ev, &event->trip) : NULL;
    const struct az_evx_feed_trip *it = trip ? &t->feed[trip - t->ev->trips.items] : NULL;
    return it && it->from ? it : NULL;
}

/* Is it a trip that the supplement must add? */
static bool is_added(const struct tods *t, const struct eb_event *event)
{
    if (event->kind != EB_EVENT_TRIP) return event->kind == EB_EVENT_DEADHEAD;
    return is_shelter(t, event) || (t->feed && !fed(t, event));
}

/* The movement before (step -1) or after an event, or NULL. */
static const struct eb_event *movement(const struct eb_block *block, size_t e, int step)
{
    size_t i = e + (size_t)step;
    while (i < block->events.count && block->events.items[i].kind == EB_EVENT_STAY)
        i += (size_t)step;
    return i < block->events.count ? &block->events.items[i] : NULL;
}

/* Where the movement before an event ended, or the one after it begins, when that is a stop of a
 * trip of the feed at this place. */
static const char *stop_beside(const struct tods *t, const struct eb_block *block, size_t e,
                               int step, const char *place)
{
    const struct eb_event *other = movement(block, e, step);
    const struct az_evx_feed_trip *trip = other ? fed(t, other) : NULL;
    const char *there = !trip ? NULL : step < 0 ? other->to.id : other->from.id;
    if (!there || strcmp(there, place) != 0) return NULL;
    return step < 0 ? trip->to : trip->from;
}

/* The stop_id at which an event begins or ends. */
static const char *location(const struct tods *t, const struct eb_block *block, size_t e, bool end)
{
    const struct eb_event *event = &block->events.items[e];
    bool stay = event->kind == EB_EVENT_STAY, trip = event->kind == EB_EVENT_TRIP;
    const struct az_ref *place = end && !stay ? &event->to : &event->from;
    const struct az_evx_feed_trip *here = fed(t, event);
    const char *stop = NULL;
    if (here) return end ? here->to : here->from;
    if (!t->feed || !place->id) return place->id;
    if (!trip && (!end || stay)) stop = stop_beside(t, block, e, -1, place->id);
    if (!trip && !stop && (end || stay)) stop = stop_beside(t, block, e, 1, place->id);
    if (!stop && place->index < t->ev->places.count) stop = t->stop_of[place->index];
    return stop ? stop : place->id;
}

static const char *trip_id(const struct tods *t, const struct eb_block *block, size_t e)
{
    const struct eb_event *event = &block->events.items[e];
    if (event->kind == EB_EVENT_DEADHEAD) return deadhead_id(t, block, e);
    const struct eb_trip *trip = az_evx_trip(t->ev, &event->trip);
    return trip ? t->ids[trip - t->ev->trips.items] : "";
}

static enum az_status write_trips(struct tods *t)
{
    FILE *out = az_evx_open(&t->zip, "trips_supplement.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("route_id,service_id,trip_id,block_id,TODS_trip_type\n", out);
    for (size_t b = 0; b < t->plan->blocks.count; b++) {
        const struct eb_block *block = &t->plan->blocks.items[b];
        for (size_t e = 0; e < block->events.count; e++) {
            const struct eb_event *event = &block->events.items[e];
            const struct az_evx_feed_trip *trip = fed(t, event);
            if (event->kind == EB_EVENT_STAY || (trip && trip->headway)) continue;
            bool added = is_added(t, event), shelter = is_shelter(t, event);
            const char *id = trip_id(t, block, e);
            if (!id) return AZ_NO_MEMORY;
            if (added) fputs(event->kind == EB_EVENT_TRIP && !shelter ? OTHERS : ROUTE, out);
            az_evx_text(out, false, added ? t->day.service : NULL);
            az_evx_text(out, false, id);
            az_evx_text(out, false, block->id);
            az_evx_text(out, false,
                        event->kind == EB_EVENT_DEADHEAD ? deadhead_type(block, e)
                        : shelter                        ? "shelter"
                                                         : NULL);
            fputc('\n', out);
        }
    }
    return az_evx_close(&t->zip);
}

static enum az_status write_routes(struct tods *t)
{
    FILE *out = az_evx_open(&t->zip, "routes_supplement.txt");
    if (!out) return AZ_NO_MEMORY;
    bool others = false;
    for (size_t b = 0; b < t->plan->blocks.count; b++)
        for (size_t e = 0; e < t->plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &t->plan->blocks.items[b].events.items[e];
            others = others ||
                     (event->kind == EB_EVENT_TRIP && is_added(t, event) && !is_shelter(t, event));
        }
    fputs("route_id,route_long_name,route_type\n" ROUTE ",Deadheads,3\n", out);
    if (others) fputs(OTHERS ",Trips of other feeds,3\n", out);
    return az_evx_close(&t->zip);
}

static const char *location_type(const struct eb_instance *ev, size_t place)
{
    for (size_t d = 0; d < ev->depots.count; d++)
        if (ev->depots.items[d].place.index == place) return "garage";
    return ev->places.items[place].charger_count > 0 ? "charger" : NULL;
}

/* Is a stop an end of an earlier trip, or of this one's beginning? */
static bool is_told(const struct tods *t, size_t trip, bool end, const char *stop)
{
    for (size_t i = 0; i < trip; i++)
        if (t->feed[i].from &&
            (strcmp(t->feed[i].from, stop) == 0 || strcmp(t->feed[i].to, stop) == 0))
            return true;
    return end && strcmp(t->feed[trip].from, stop) == 0;
}

/* What the feed does not say of its own stops: where garages and chargers are. */
static void write_feed_stops(const struct tods *t, FILE *out)
{
    for (size_t i = 0; t->feed && i < t->ev->trips.count; i++)
        for (int end = 0; t->feed[i].from && end < 2; end++) {
            const struct eb_trip *trip = &t->ev->trips.items[i];
            const char *stop = end ? t->feed[i].to : t->feed[i].from;
            size_t place = end ? trip->to.index : trip->from.index;
            const char *type = place < t->ev->places.count ? location_type(t->ev, place) : NULL;
            if (!type || is_told(t, i, end, stop)) continue;
            az_evx_text(out, true, stop);
            fputs(",,,,", out);
            az_evx_text(out, false, type);
            fputc('\n', out);
        }
}

static enum az_status write_stops(struct tods *t)
{
    FILE *out = az_evx_open(&t->zip, "stops_supplement.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("stop_id,stop_name,stop_lat,stop_lon,location_type,TODS_location_type\n", out);
    for (size_t p = 0; p < t->ev->places.count; p++) {
        const struct eb_place *place = &t->ev->places.items[p];
        if (t->feed && t->stop_of[p]) continue;
        az_evx_text(out, true, place->id);
        az_evx_text(out, false, place->name ? place->name : place->id);
        if (isnan(place->latitude) || isnan(place->longitude))
            fputs(",,", out);
        else
            fprintf(out, ",%.7f,%.7f", place->latitude, place->longitude);
        fputs(",0", out);
        az_evx_text(out, false, location_type(t->ev, p));
        fputc('\n', out);
    }
    write_feed_stops(t, out);
    return az_evx_close(&t->zip);
}

static enum az_status write_stop_times(struct tods *t)
{
    char time[32];
    FILE *out = az_evx_open(&t->zip, "stop_times_supplement.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n", out);
    for (size_t b = 0; b < t->plan->blocks.count; b++) {
        const struct eb_block *block = &t->plan->blocks.items[b];
        for (size_t e = 0; e < block->events.count; e++) {
            const struct eb_event *event = &block->events.items[e];
            if (!is_added(t, event)) continue;
            const char *id = trip_id(t, block, e);
            if (!id) return AZ_NO_MEMORY;
            for (int last = 0; last < 2; last++) {
                az_evx_clock(&t->day, last ? event->end : event->start, time);
                az_evx_text(out, true, id);
                az_evx_text(out, false, time);
                az_evx_text(out, false, time);
                az_evx_text(out, false, location(t, block, e, last));
                fprintf(out, ",%d\n", last + 1);
            }
        }
    }
    return az_evx_close(&t->zip);
}

static enum az_status write_calendar(struct tods *t)
{
    FILE *out = az_evx_open(&t->zip, "calendar_dates_supplement.txt");
    if (!out) return AZ_NO_MEMORY;
    fprintf(out, "service_id,date,exception_type\n%s,%s,1\n", t->day.service, t->day.date);
    return az_evx_close(&t->zip);
}

static const char *event_type(const struct tods *t, const struct eb_block *block, size_t e)
{
    const struct eb_event *event = &block->events.items[e];
    struct az_evx_energy energy = az_evx_energy_of(t->ev, event);
    if (event->kind == EB_EVENT_TRIP) return is_shelter(t, event) ? "shelter" : "trip";
    if (event->kind == EB_EVENT_DEADHEAD) return deadhead_type(block, e);
    if (energy.into > 0 && energy.out > 0) return "charging and discharging";
    if (energy.into > 0) return "charging";
    return energy.out > 0 ? "discharging" : "layover";
}

static enum az_status write_runs(struct tods *t)
{
    char time[32];
    FILE *out = az_evx_open(&t->zip, "run_events.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("service_id,run_id,event_sequence,block_id,event_type,trip_id,start_location,start_time,"
          "start_mid_trip,end_location,end_time,end_mid_trip\n",
          out);
    for (size_t b = 0; b < t->plan->blocks.count; b++) {
        const struct eb_block *block = &t->plan->blocks.items[b];
        for (size_t e = 0; e < block->events.count; e++) {
            const struct eb_event *event = &block->events.items[e];
            bool stay = event->kind == EB_EVENT_STAY;
            const char *id = stay ? "" : trip_id(t, block, e);
            if (!id) return AZ_NO_MEMORY;
            az_evx_text(out, true, t->day.service);
            az_evx_text(out, false, block->id);
            fprintf(out, ",%zu", 10 * (e + 1));
            az_evx_text(out, false, block->id);
            az_evx_text(out, false, event_type(t, block, e));
            az_evx_text(out, false, id);
            az_evx_text(out, false, location(t, block, e, false));
            az_evx_text(out, false, az_evx_clock(&t->day, event->start, time));
            az_evx_text(out, false, stay ? NULL : "2");
            az_evx_text(out, false, location(t, block, e, true));
            az_evx_text(out, false, az_evx_clock(&t->day, event->end, time));
            az_evx_text(out, false, stay ? NULL : "2");
            fputc('\n', out);
        }
    }
    return az_evx_close(&t->zip);
}

static enum az_status write_vehicles(struct tods *t)
{
    FILE *out = az_evx_open(&t->zip, "vehicles.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("vehicle_id,vehicle_label\n", out);
    for (size_t b = 0; b < t->plan->blocks.count; b++) {
        const struct eb_block *block = &t->plan->blocks.items[b];
        const struct eb_type *type =
            block->type.index < t->ev->types.count ? &t->ev->types.items[block->type.index] : NULL;
        const char *label = type && type->name ? type->name : block->type.id;
        for (size_t i = 0; block->bus.id && i < t->ev->bus_count; i++)
            if (strcmp(t->ev->bus[i].id, block->bus.id) == 0 && t->ev->bus[i].name)
                label = t->ev->bus[i].name;
        az_evx_text(out, true, vehicle_of(block));
        az_evx_text(out, false, label);
        fputc('\n', out);
    }
    return az_evx_close(&t->zip);
}

static enum az_status write_assignments(struct tods *t)
{
    FILE *out = az_evx_open(&t->zip, "vehicle_assignments.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("date,service_id,block_id,vehicle_id\n", out);
    for (size_t b = 0; b < t->plan->blocks.count; b++) {
        const struct eb_block *block = &t->plan->blocks.items[b];
        az_evx_text(out, true, t->day.date);
        az_evx_text(out, false, t->day.service);
        az_evx_text(out, false, block->id);
        az_evx_text(out, false, vehicle_of(block));
        fputc('\n', out);
    }
    return az_evx_close(&t->zip);
}

static enum az_status write_files(struct tods *t, char **text, size_t *length)
{
    enum az_status status = AZ_OK;
    AZ_GOTO(write_trips(t));
    AZ_GOTO(write_routes(t));
    AZ_GOTO(write_stops(t));
    AZ_GOTO(write_stop_times(t));
    AZ_GOTO(write_calendar(t));
    AZ_GOTO(write_runs(t));
    AZ_GOTO(write_vehicles(t));
    AZ_GOTO(write_assignments(t));
    AZ_GOTO(az_evx_finish(&t->zip, text, length));
done:
    az_evx_drop(&t->zip);
    return status;
}

static enum az_status write_tods(const struct az_formulation *formulation, const void *instance,
                                 const void *plan, struct az_arena *arena, char **text,
                                 size_t *length)
{
    struct tods t = { .ev = instance, .plan = plan, .zip = { .arena = arena } };
    (void)formulation;
    if (!t.ev->timed || !az_evx_is_timed(t.plan)) return AZ_UNSUPPORTED;
    t.day = az_evx_day_of(t.ev);
    AZ_TRY(az_evx_trip_ids(t.ev, arena, &t.ids));
    return write_files(&t, text, length);
}

/* Ids of trips and places in the feed. */
static enum az_status name_in_feed(struct tods *t, struct az_arena *arena)
{
    size_t trips = t->ev->trips.count;
    t->ids = AZ_ARRAY(arena, trips + 1, const char *);
    t->stop_of = AZ_ARRAY(arena, t->ev->places.count + 1, const char *);
    if (!t->ids || !t->stop_of) return AZ_NO_MEMORY;
    for (size_t i = 0; i < trips; i++) {
        const struct eb_trip *trip = &t->ev->trips.items[i];
        bool found = t->feed[i].from && trip->gtfs_trip && *trip->gtfs_trip;
        t->ids[i] = found ? trip->gtfs_trip : trip->id;
        if (!t->feed[i].from) continue;
        size_t ends[2] = { trip->from.index, trip->to.index };
        for (int end = 0; end < 2; end++)
            if (ends[end] < t->ev->places.count && !t->stop_of[ends[end]])
                t->stop_of[ends[end]] = end ? t->feed[i].to : t->feed[i].from;
    }
    return AZ_OK;
}

static enum az_status fill_tods(const void *instance, const void *plan,
                                const struct az_inputs *feed, struct az_arena *arena,
                                struct az_findings *findings, struct az_findings *told, char **text,
                                size_t *length)
{
    struct tods t = { .ev = instance, .plan = plan, .zip = { .arena = arena } };
    struct az_evx_feed_trip *trips;
    *text = NULL;
    if (!t.ev->timed || !az_evx_is_timed(t.plan)) return AZ_UNSUPPORTED;
    t.day = az_evx_day_of(t.ev);
    AZ_TRY(az_evx_feed_trips(t.ev, plan, feed, arena, findings, told, &trips));
    if (!trips) return AZ_OK;
    t.feed = trips;
    AZ_TRY(name_in_feed(&t, arena));
    return write_files(&t, text, length);
}

const struct az_export_format az_export_tods = {
    .name = "tods",
    .kind = "evbus",
    .binary = true,
    .summary = { "a zip: TODS v2.1, deadheads, runs and vehicles beside `export gtfs`, or with "
                 "--feed beside the feed itself",
                 "zip: TODS v2.1（回送・仕業・車両。export gtfs に添える。--feed "
                 "で元のフィードに添える）" },
    .write = write_tods,
    .fill = fill_tods,
};
