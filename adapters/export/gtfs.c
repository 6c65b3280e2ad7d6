/* gtfs.c - the timetable of a bus plan as a small GTFS feed with block_id in trips.txt.
 *
 * Stops are the instance's places, a trip has its first and its last stop, and the one service runs
 * on the plan's day. Trips keep the trip_id they came with where it is theirs alone, so that their
 * block_id can be put beside the rows of the feed they came from; gtfs_feed.c does just that. Trips
 * without a bus, and shelters, are no timetable. A place without coordinates has empty ones. */
#include <stdlib.h>
#include <string.h>

#include "adapters/export/evbus.h"

struct feed {
    const struct eb_instance *ev;
    const struct eb_plan *plan;
    struct az_evx_day day;
    const char **ids; /* of trips */
    struct az_evx_zip zip;
};

static enum az_status write_agency(struct feed *f)
{
    FILE *out = az_evx_open(&f->zip, "agency.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("agency_id,agency_name,agency_url,agency_timezone\nazumi", out);
    az_evx_text(out, false, f->ev->title && *f->ev->title ? f->ev->title : "azumi");
    fprintf(out, ",https://example.org/,%s\n", f->day.zone);
    return az_evx_close(&f->zip);
}

static enum az_status write_stops(struct feed *f)
{
    FILE *out = az_evx_open(&f->zip, "stops.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("stop_id,stop_name,stop_lat,stop_lon\n", out);
    for (size_t p = 0; p < f->ev->places.count; p++) {
        const struct eb_place *place = &f->ev->places.items[p];
        az_evx_text(out, true, place->id);
        az_evx_text(out, false, place->name ? place->name : place->id);
        if (isnan(place->latitude) || isnan(place->longitude))
            fputs(",,\n", out);
        else
            fprintf(out, ",%.7f,%.7f\n", place->latitude, place->longitude);
    }
    return az_evx_close(&f->zip);
}

/* The trip that an event of the timetable runs, or NULL. */
static const struct eb_trip *public_trip(const struct feed *f, const struct eb_event *event)
{
    const struct eb_trip *trip =
        event->kind == EB_EVENT_TRIP ? az_evx_trip(f->ev, &event->trip) : NULL;
    return trip && trip->shelter != 1 && trip->has_times ? trip : NULL;
}

static enum az_status write_routes(struct feed *f)
{
    FILE *out = az_evx_open(&f->zip, "routes.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("route_id,agency_id,route_short_name,route_long_name,route_type\n", out);
    for (size_t i = 0; i < f->ev->trips.count; i++) {
        const struct eb_trip *trip = &f->ev->trips.items[i];
        const char *line, *headsign;
        bool first = true;
        for (size_t j = 0; j < i && first; j++)
            first = strcmp(az_evx_route(&f->ev->trips.items[j]), az_evx_route(trip)) != 0;
        if (!first) continue;
        AZ_TRY(az_evx_names(trip, f->zip.arena, &line, &headsign));
        az_evx_text(out, true, az_evx_route(trip));
        fputs(",azumi,", out);
        az_evx_text(out, false, line);
        fputs(",3\n", out);
    }
    return az_evx_close(&f->zip);
}

static enum az_status write_trips(struct feed *f)
{
    FILE *out = az_evx_open(&f->zip, "trips.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("route_id,service_id,trip_id,trip_headsign,block_id\n", out);
    for (size_t b = 0; b < f->plan->blocks.count; b++)
        for (size_t e = 0; e < f->plan->blocks.items[b].events.count; e++) {
            const struct eb_block *block = &f->plan->blocks.items[b];
            const struct eb_trip *trip = public_trip(f, &block->events.items[e]);
            const char *line, *headsign;
            if (!trip) continue;
            AZ_TRY(az_evx_names(trip, f->zip.arena, &line, &headsign));
            az_evx_text(out, true, az_evx_route(trip));
            az_evx_text(out, false, f->day.service);
            az_evx_text(out, false, f->ids[trip - f->ev->trips.items]);
            az_evx_text(out, false, headsign);
            az_evx_text(out, false, block->id);
            fputc('\n', out);
        }
    return az_evx_close(&f->zip);
}

static enum az_status write_stop_times(struct feed *f)
{
    char time[32];
    FILE *out = az_evx_open(&f->zip, "stop_times.txt");
    if (!out) return AZ_NO_MEMORY;
    fputs("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n", out);
    for (size_t b = 0; b < f->plan->blocks.count; b++)
        for (size_t e = 0; e < f->plan->blocks.items[b].events.count; e++) {
            const struct eb_trip *trip = public_trip(f, &f->plan->blocks.items[b].events.items[e]);
            for (int last = 0; trip && last < 2; last++) {
                az_evx_clock(&f->day, last ? trip->arrival : trip->departure, time);
                az_evx_text(out, true, f->ids[trip - f->ev->trips.items]);
                az_evx_text(out, false, time);
                az_evx_text(out, false, time);
                az_evx_text(out, false, last ? trip->to.id : trip->from.id);
                fprintf(out, ",%d\n", last + 1);
            }
        }
    return az_evx_close(&f->zip);
}

static enum az_status write_calendar(struct feed *f)
{
    FILE *out = az_evx_open(&f->zip, "calendar_dates.txt");
    if (!out) return AZ_NO_MEMORY;
    fprintf(out, "service_id,date,exception_type\n%s,%s,1\n", f->day.service, f->day.date);
    return az_evx_close(&f->zip);
}

static enum az_status write_gtfs(const struct az_formulation *formulation, const void *instance,
                                 const void *plan, struct az_arena *arena, char **text,
                                 size_t *length)
{
    enum az_status status = AZ_OK;
    struct feed f = { .ev = instance, .plan = plan, .zip = { .arena = arena } };
    (void)formulation;
    if (!f.ev->timed) return AZ_UNSUPPORTED;
    f.day = az_evx_day_of(f.ev);
    AZ_TRY(az_evx_trip_ids(f.ev, arena, &f.ids));
    AZ_GOTO(write_agency(&f));
    AZ_GOTO(write_stops(&f));
    AZ_GOTO(write_routes(&f));
    AZ_GOTO(write_trips(&f));
    AZ_GOTO(write_stop_times(&f));
    AZ_GOTO(write_calendar(&f));
    AZ_GOTO(az_evx_finish(&f.zip, text, length));
done:
    az_evx_drop(&f.zip);
    return status;
}

const struct az_export_format az_export_gtfs = {
    .name = "gtfs",
    .kind = "evbus",
    .binary = true,
    .summary = { "a zip: the day's timetable with block_id; with --feed the feed itself, filled",
                 "zip: その日の時刻表（各便に block_id）。--feed で元のフィードに記入" },
    .write = write_gtfs,
    .fill = az_evx_fill_feed,
};
