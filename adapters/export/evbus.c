/* evbus.c - parts of the exports of bus plans. */
#include "adapters/export/evbus.h"

#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/duty.h"

/* --- plans ------------------------------------------------------------------------------------ */

enum az_status az_evx_results(const struct eb_instance *ev, const struct eb_plan *plan,
                              struct az_arena *arena, const struct eb_plan **full)
{
    bool filled = true;
    void *copy = NULL;
    for (size_t b = 0; b < plan->blocks.count; b++)
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++)
            filled = filled && !isnan(plan->blocks.items[b].events.items[e].energy_kwh);
    *full = plan;
    if (filled) return AZ_OK;
    AZ_TRY(az_copy(&eb_plan_table, plan, arena, &copy));
    AZ_TRY(eb_summarise(ev, arena, copy));
    *full = copy;
    return AZ_OK;
}

bool az_evx_is_timed(const struct eb_plan *plan)
{
    for (size_t b = 0; b < plan->blocks.count; b++)
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &plan->blocks.items[b].events.items[e];
            if (!az_time_given(event->start) || !az_time_given(event->end)) return false;
        }
    return true;
}

const struct eb_place *az_evx_place(const struct eb_instance *ev, const struct az_ref *ref)
{
    return ref->id && ref->index < ev->places.count ? &ev->places.items[ref->index] : NULL;
}

const struct eb_trip *az_evx_trip(const struct eb_instance *ev, const struct az_ref *ref)
{
    return ref->id && ref->index < ev->trips.count ? &ev->trips.items[ref->index] : NULL;
}

const struct eb_charger *az_evx_charger(const struct eb_instance *ev, const struct az_ref *ref)
{
    return ref->id && ref->index < ev->chargers.count ? &ev->chargers.items[ref->index] : NULL;
}

struct az_evx_energy az_evx_energy_of(const struct eb_instance *ev, const struct eb_event *event)
{
    struct az_evx_energy energy = { 0, 0, 0, 0 };
    const struct eb_charger *charger = az_evx_charger(ev, &event->charger);
    if (event->kind != EB_EVENT_STAY || !charger) return energy;
    for (size_t k = 0; k < event->charge_kwh.count; k++)
        energy.charged += event->charge_kwh.items[k];
    for (size_t k = 0; k < event->discharge_kwh.count; k++)
        energy.discharged += event->discharge_kwh.items[k];
    energy.into = energy.charged * charger->charge_efficiency;
    energy.out = energy.discharged / charger->discharge_efficiency;
    if (!isnan(event->charged_kwh)) {
        energy.into += event->charged_kwh;
        energy.charged += event->charged_kwh / charger->charge_efficiency;
    }
    return energy;
}

/* --- cells ------------------------------------------------------------------------------------ */

void az_evx_text(FILE *out, bool first, const char *text)
{
    if (!first) fputc(',', out);
    if (!text) return;
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"') fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void az_evx_number(FILE *out, double value)
{
    char text[48];
    fputc(',', out);
    if (!isfinite(value)) return;
    double rounded = round(value * 1e4) / 1e4;
    snprintf(text, sizeof text, "%.10g", rounded == 0 ? 0.0 : rounded);
    fputs(text, out);
}

/* --- days, trips ------------------------------------------------------------------------------ */

struct az_evx_day az_evx_day_of(const struct eb_instance *ev)
{
    struct az_evx_day day = { 0 };
    int year, month, date, minute, offset = ev->start.offset_min;
    struct az_time start = ev->start;
    /* A zone by its offset; where there is none of that name, times are told in UTC. */
    if (offset == 540)
        snprintf(day.zone, sizeof day.zone, "Asia/Tokyo");
    else if (offset % 60 == 0 && offset != 0 && offset >= -720 && offset <= 840)
        snprintf(day.zone, sizeof day.zone, "Etc/GMT%+d", -offset / 60);
    else {
        snprintf(day.zone, sizeof day.zone, "Etc/UTC");
        start.offset_min = 0;
    }
    az_time_local(start, &year, &month, &date, &minute);
    day.midnight = start.utc_s - 60 * (int64_t)minute;
    day.midnight -= ((start.utc_s % 60) + 60) % 60;
    snprintf(day.date, sizeof day.date, "%04d%02d%02d", year % 10000, month % 100, date % 100);
    snprintf(day.service, sizeof day.service, "azumi-%s", day.date);
    return day;
}

const char *az_evx_clock(const struct az_evx_day *day, struct az_time time, char buffer[32])
{
    long long seconds = (long long)(time.utc_s - day->midnight);
    if (seconds < 0) seconds = 0;
    snprintf(buffer, 32, "%02lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    return buffer;
}

struct owner {
    const char *id;
    size_t trip;
};

static int by_id(const void *a, const void *b)
{
    const struct owner *left = a, *right = b;
    int order = strcmp(left->id, right->id);
    return order ? order : left->trip < right->trip ? -1 : left->trip > right->trip;
}

/* Several trips of one GTFS trip (a headway) keep their own ids, and so does one whose GTFS id is
 * the id of another. */
enum az_status az_evx_trip_ids(const struct eb_instance *ev, struct az_arena *arena,
                               const char ***ids)
{
    size_t count = ev->trips.count, n = 0;
    struct owner *owners = AZ_ARRAY(arena, 2 * count + 1, struct owner);
    *ids = AZ_ARRAY(arena, count + 1, const char *);
    if (!owners || !*ids) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        (*ids)[i] = trip->id;
        owners[n++] = (struct owner){ trip->id, i };
        if (trip->gtfs_trip && *trip->gtfs_trip && strcmp(trip->gtfs_trip, trip->id) != 0)
            owners[n++] = (struct owner){ trip->gtfs_trip, i };
    }
    qsort(owners, n, sizeof *owners, by_id);
    for (size_t i = 0; i < n; i++) {
        bool alone = (i == 0 || strcmp(owners[i - 1].id, owners[i].id) != 0) &&
                     (i + 1 == n || strcmp(owners[i + 1].id, owners[i].id) != 0);
        if (alone && owners[i].id == ev->trips.items[owners[i].trip].gtfs_trip)
            (*ids)[owners[i].trip] = owners[i].id;
    }
    return AZ_OK;
}

const char *az_evx_route(const struct eb_trip *trip)
{
    return trip->route && *trip->route ? trip->route : "route";
}

enum az_status az_evx_names(const struct eb_trip *trip, struct az_arena *arena, const char **line,
                            const char **headsign)
{
    static const char arrow[] = " → ";
    const char *name = trip->name ? trip->name : az_evx_route(trip), *at = strstr(name, arrow);
    *line = at ? az_arena_text_n(arena, name, (size_t)(at - name)) : name;
    *headsign = at ? at + strlen(arrow) : "";
    return *line ? AZ_OK : AZ_NO_MEMORY;
}

/* --- zip -------------------------------------------------------------------------------------- */

FILE *az_evx_open(struct az_evx_zip *zip, const char *name)
{
    zip->names[zip->count] = name;
    zip->out = open_memstream(&zip->texts[zip->count], &zip->lengths[zip->count]);
    return zip->out;
}

enum az_status az_evx_close(struct az_evx_zip *zip)
{
    bool good = zip->out && ferror(zip->out) == 0;
    if (zip->out) good = fclose(zip->out) == 0 && good;
    zip->out = NULL;
    zip->count++;
    return good ? AZ_OK : AZ_NO_MEMORY;
}

void az_evx_drop(struct az_evx_zip *zip)
{
    if (zip->out) az_evx_close(zip);
    for (size_t i = 0; i < zip->count; i++) free(zip->texts[i]);
    zip->count = 0;
}

enum az_status az_evx_finish(struct az_evx_zip *zip, char **bytes, size_t *length)
{
    struct az_export_file items[EVX_FILES];
    for (size_t i = 0; i < zip->count; i++)
        items[i] = (struct az_export_file){ zip->names[i], zip->texts[i], zip->lengths[i] };
    struct az_export_files files = { zip->count, items };
    enum az_status status = az_export_zip(&files, zip->arena, bytes, length);
    az_evx_drop(zip);
    return status;
}
