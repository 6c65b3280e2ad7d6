/* clinic_ical_events.c - what stands in which calendar of a clinic plan.
 *
 * A crew's calendar has the round: leaving, visits, breaks, charging, returning; that of a member
 * of staff the rounds of theirs. A doctor's or pharmacist's has their consultations only: which
 * site by its identifier (with a key the name), which slot, and neither address nor phone. What the
 * call list cancels is cancelled in the calendars of all crews, as nobody knows whose it was; with
 * an earlier plan at hand it is cancelled where it stood. */
#include <stdlib.h>
#include <string.h>

#include "adapters/export/clinic_ical.h"

#define MOST_UNITS 50 /* of several vehicles of a kind that have a calendar though they stay in */

enum az_status az_ical_add(const struct az_clx *x, struct az_ical_calendar *calendar,
                           struct az_ical_event event)
{
    if (!event.uid || !event.summary || !event.location || !event.description) return AZ_NO_MEMORY;
    if (calendar->count == calendar->capacity) {
        size_t capacity = calendar->capacity ? 2 * calendar->capacity : 16;
        calendar->events = az_arena_grow(x->arena, calendar->events, calendar->count, capacity,
                                         sizeof *calendar->events);
        if (!calendar->events) return AZ_NO_MEMORY;
        calendar->capacity = capacity;
    }
    calendar->events[calendar->count++] = event;
    return AZ_OK;
}

/* --- words --------------------------------------------------------------------------------------
 */

/* One more line of a description, when there is something to say. */
static void add_line(const struct az_clx *x, const char **text, const char *label,
                     const char *value)
{
    if (!*text || !value || !*value) return;
    *text = az_arena_format(x->arena, "%s%s%s%s%s", *text, **text ? "\n" : "", label,
                            az_clx_say(x, ": ", "："), value);
}

/* "09:35-09:50" */
static const char *span(const struct az_clx *x, struct az_time start, struct az_time end)
{
    char from[32], until[32];
    return az_arena_format(x->arena, "%s-%s", az_clx_clock(x, start, from),
                           az_clx_clock(x, end, until));
}

static const char *slot_words(const struct az_clx *x, const struct cl_booking *booking)
{
    char slot[32];
    return az_arena_format(x->arena, "%s %s (%s %s)", booking->remote.id,
                           span(x, booking->start, booking->end), az_clx_say(x, "slot", "枠"),
                           az_clx_clock(x, booking->slot, slot));
}

static const char *visit_words(const struct az_clx *x, const struct az_ref *site,
                               const struct az_ref *care, const struct cl_booking *doctor,
                               const struct cl_booking *pharmacist)
{
    struct az_person person = az_clx_person(x, site->id);
    const char *text = "";
    add_line(x, &text, az_clx_say(x, "Site", "訪問先"), site->id);
    add_line(x, &text, az_clx_say(x, "Number", "番号"), person.number);
    add_line(x, &text, az_clx_say(x, "Address", "住所"), person.address);
    add_line(x, &text, az_clx_say(x, "Phone", "電話"), person.phone);
    add_line(x, &text, az_clx_say(x, "Care", "診療形態"), az_clx_care_name(x, care));
    if (doctor) add_line(x, &text, az_clx_say(x, "Doctor", "医師"), slot_words(x, doctor));
    if (pharmacist)
        add_line(x, &text, az_clx_say(x, "Pharmacist", "薬剤師"), slot_words(x, pharmacist));
    return text;
}

/* Where a visit is: the address where the key file has it, else the place. */
static const char *location_of(const struct az_clx *x, const struct az_ref *site)
{
    const char *address = az_clx_person(x, site->id).address;
    return address && *address ? address : az_clx_place_name(az_clx_site_place(x, site));
}

static const char *title(const struct az_clx *x, const char *en, const char *ja, const char *who)
{
    return az_arena_format(x->arena, "%s%s%s", az_clx_say(x, en, ja), *who ? " " : "", who);
}

/* --- visits -------------------------------------------------------------------------------------
 */

/* A visit is of one site on one day, by whom and however it is done. */
static const char *visit_uid(const struct az_clx *x, const char *what, const char *date,
                             const char *site)
{
    return az_arena_format(x->arena, "%s/%s/%s@azumi", date, what, site);
}

static const char *round_uid(const struct az_clx *x, const char *what, const struct cl_round *round,
                             size_t number)
{
    return az_arena_format(x->arena, "%s/%s/%s~%zu/%zu@azumi", round->date, what, round->vehicle.id,
                           az_clx_unit(x->plan, round), number);
}

static enum az_status add_visit(const struct az_clx *x, const struct cl_round *round,
                                const struct cl_stop *stop, struct az_ical_calendar *calendar)
{
    char latest[32];
    const struct az_ref *site = &stop->site;
    if (!site->id) return AZ_OK;
    const char *text = visit_words(x, site, &stop->care, stop->doctor, stop->pharmacist);
    if (az_time_given(stop->arrival)) {
        char arrival[32];
        add_line(x, &text, az_clx_say(x, "Arrival", "到着"),
                 az_clx_clock(x, stop->arrival, arrival));
    }
    add_line(x, &text, az_clx_say(x, "Latest start", "最遅の開始"),
             az_clx_clock(x, stop->latest_start, latest));
    add_line(x, &text, az_clx_say(x, "Crew", "職員"), az_clx_crew(x, round));
    return az_ical_add(
        x, calendar,
        (struct az_ical_event){ .uid = visit_uid(x, "visit", round->date, site->id),
                                .start = stop->start,
                                .end = stop->end,
                                .summary = title(x, "Visit", "訪問", az_clx_who(x, site->id)),
                                .location = location_of(x, site),
                                .description = text,
                                .category = calendar->name,
                                .place = az_clx_site_place(x, site) });
}

/* --- rounds -------------------------------------------------------------------------------------
 */

/* A drive at the beginning or end of a round. */
static enum az_status add_drive(const struct az_clx *x, const struct cl_round *round, bool leaves,
                                struct az_ical_calendar *calendar)
{
    size_t count = round->stops.count;
    struct az_ical_event event = { .start = round->leaves,
                                   .end = round->returns,
                                   .category = calendar->name,
                                   .place = leaves ? az_clx_start_place(x, round)
                                                   : az_clx_stop_place(x, round, count) };
    const char *text = "";
    for (size_t k = 0; k < count; k++) {
        const struct cl_stop *stop = &round->stops.items[k];
        if (stop->start.utc_s < round->leaves.utc_s) continue; /* a break before leaving */
        if (!leaves) {
            event.start = stop->end;
            continue;
        }
        event.end = az_time_given(stop->arrival) ? stop->arrival : stop->start;
        break;
    }
    add_line(x, &text, az_clx_say(x, "Crew", "職員"), az_clx_crew(x, round));
    add_line(x, &text, az_clx_say(x, "Distance of the round", "巡回の距離"),
             isfinite(round->distance_km) ? az_arena_format(x->arena, "%.1f km", round->distance_km)
                                          : "");
    event.uid = round_uid(x, leaves ? "leave" : "return", round, 1);
    event.summary = leaves ? title(x, "Leaving", "出発", az_clx_vehicle(x, round))
                           : title(x, "Returning", "帰着", az_clx_vehicle(x, round));
    event.location = az_clx_place_name(event.place);
    event.description = text;
    return az_ical_add(x, calendar, event);
}

static enum az_status add_rest(const struct az_clx *x, const struct cl_round *round, size_t k,
                               size_t number, struct az_ical_calendar *calendar)
{
    const struct cl_stop *stop = &round->stops.items[k];
    bool rest = stop->kind == CL_STOP_BREAK;
    const struct cl_place *place = az_clx_stop_place(x, round, k);
    return az_ical_add(
        x, calendar,
        (struct az_ical_event){ .uid = round_uid(x, rest ? "break" : "charge", round, number),
                                .start = stop->start,
                                .end = stop->end,
                                .summary = rest ? az_clx_say(x, "Break", "休憩")
                                                : title(x, "Charging", "充電", stop->charger.id),
                                .location = az_clx_place_name(place),
                                .description = "",
                                .category = calendar->name,
                                .place = place });
}

static enum az_status add_round(const struct az_clx *x, const struct cl_round *round,
                                struct az_ical_calendar *calendar)
{
    size_t rests = 0;
    bool left = false;
    for (size_t k = 0; k < round->stops.count; k++) {
        const struct cl_stop *stop = &round->stops.items[k];
        if (!left && stop->start.utc_s >= round->leaves.utc_s) {
            AZ_TRY(add_drive(x, round, true, calendar));
            left = true;
        }
        if (stop->kind == CL_STOP_VISIT)
            AZ_TRY(add_visit(x, round, stop, calendar));
        else
            AZ_TRY(add_rest(x, round, k, ++rests, calendar));
    }
    if (!left) AZ_TRY(add_drive(x, round, true, calendar));
    return add_drive(x, round, false, calendar);
}

/* --- consultations, visits on line --------------------------------------------------------------
 */

static enum az_status add_consultation(const struct az_clx *x, const struct az_ref *site,
                                       const struct az_ref *care, const char *date,
                                       const struct cl_booking *booking, bool doctor,
                                       struct az_ical_calendar *calendar)
{
    char slot[32];
    if (!site->id || !booking || strcmp(booking->remote.id, calendar->id) != 0) return AZ_OK;
    const char *text = "";
    add_line(x, &text, az_clx_say(x, "Site", "訪問先"), site->id);
    add_line(x, &text, az_clx_say(x, "Number", "番号"), az_clx_person(x, site->id).number);
    add_line(x, &text, az_clx_say(x, "Slot", "予約枠"), az_clx_clock(x, booking->slot, slot));
    add_line(x, &text, az_clx_say(x, "Care", "診療形態"), az_clx_care_name(x, care));
    return az_ical_add(
        x, calendar,
        (struct az_ical_event){
            .uid = visit_uid(x, doctor ? "doctor" : "pharmacist", date, site->id),
            .start = booking->start,
            .end = booking->end,
            .summary = doctor
                           ? title(x, "Consultation", "オンライン診療", az_clx_who(x, site->id))
                           : title(x, "Medication guidance", "服薬指導", az_clx_who(x, site->id)),
            .location = "",
            .description = text,
            .category = calendar->name });
}

static enum az_status add_remote(const struct az_clx *x, struct az_ical_calendar *calendar)
{
    char date[32];
    for (size_t r = 0; r < x->plan->rounds.count; r++) {
        const struct cl_round *round = &x->plan->rounds.items[r];
        for (size_t k = 0; k < round->stops.count; k++) {
            const struct cl_stop *stop = &round->stops.items[k];
            AZ_TRY(add_consultation(x, &stop->site, &stop->care, round->date, stop->doctor, true,
                                    calendar));
            AZ_TRY(add_consultation(x, &stop->site, &stop->care, round->date, stop->pharmacist,
                                    false, calendar));
        }
    }
    for (size_t i = 0; i < x->plan->online.count; i++) {
        const struct cl_online *online = &x->plan->online.items[i];
        az_clx_date(x, online->start, date);
        AZ_TRY(add_consultation(x, &online->site, &online->care, date, online->doctor, true,
                                calendar));
        AZ_TRY(add_consultation(x, &online->site, &online->care, date, online->pharmacist, false,
                                calendar));
    }
    return AZ_OK;
}

static enum az_status add_online(const struct az_clx *x, struct az_ical_calendar *calendar)
{
    char date[32];
    for (size_t i = 0; i < x->plan->online.count; i++) {
        const struct cl_online *online = &x->plan->online.items[i];
        const struct az_ref *site = &online->site;
        if (!site->id) continue;
        az_clx_date(x, online->start, date);
        AZ_TRY(az_ical_add(
            x, calendar,
            (struct az_ical_event){
                .uid = visit_uid(x, "visit", date, site->id),
                .start = online->start,
                .end = online->end,
                .summary = title(x, "Visit on line", "オンライン訪問", az_clx_who(x, site->id)),
                .location = location_of(x, site),
                .description =
                    visit_words(x, site, &online->care, online->doctor, online->pharmacist),
                .category = calendar->name,
                .place = az_clx_site_place(x, site) }));
    }
    return AZ_OK;
}

/* --- what is cancelled --------------------------------------------------------------------------
 */

/* Is the site visited on this date? */
static bool is_visited(const struct az_clx *x, size_t site, const char *date)
{
    char other[32];
    for (size_t r = 0; r < x->plan->rounds.count; r++) {
        const struct cl_round *round = &x->plan->rounds.items[r];
        for (size_t k = 0; k < round->stops.count; k++)
            if (round->stops.items[k].kind == CL_STOP_VISIT &&
                round->stops.items[k].site.index == site && strcmp(round->date, date) == 0)
                return true;
    }
    for (size_t i = 0; i < x->plan->online.count; i++)
        if (x->plan->online.items[i].site.index == site &&
            strcmp(az_clx_date(x, x->plan->online.items[i].start, other), date) == 0)
            return true;
    return false;
}

/* The promises of the call list whose day has no visit any more. */
static enum az_status add_promises(const struct az_clx *x, struct az_ical_calendar *calendar)
{
    char date[32];
    const struct cl_summary *summary = x->plan->summary;
    for (size_t i = 0; i < summary->changes.count; i++) {
        const struct cl_change *change = &summary->changes.items[i];
        const struct cl_site *site = az_clx_site(x, &change->site);
        az_clx_date(x, change->promised, date);
        if (!site || is_visited(x, change->site.index, date)) continue;
        int64_t length_s = site->option_count > 0 ? site->duration_s[0] : 1800;
        AZ_TRY(az_ical_add(
            x, calendar,
            (struct az_ical_event){ .uid = visit_uid(x, "visit", date, site->id),
                                    .start = change->promised,
                                    .end = az_time_add(change->promised, length_s),
                                    .summary = title(x, "Visit", "訪問", az_clx_who(x, site->id)),
                                    .location = location_of(x, &change->site),
                                    .description = "",
                                    .category = calendar->name,
                                    .place = az_clx_place(x, site->place_index),
                                    .cancelled = true }));
    }
    return AZ_OK;
}

static bool has_event(const struct az_ical_calendar *calendar, const char *uid)
{
    for (size_t i = 0; i < calendar->count; i++)
        if (strcmp(calendar->events[i].uid, uid) == 0) return true;
    return false;
}

static struct az_ical_calendar *same_calendar(struct az_ical_calendars *calendars,
                                              const struct az_ical_calendar *other)
{
    for (size_t i = 0; i < calendars->count; i++)
        if (strcmp(calendars->items[i].file, other->file) == 0) return &calendars->items[i];
    return NULL;
}

/* What is over when this plan begins stays as it was. */
static bool is_over(const struct az_clx *x, const struct az_ical_event *event)
{
    return event->start.utc_s - x->cl->start.utc_s < x->cl->earliest_s;
}

/* --- files ---------------------------------------------------------------------------------------
 */

/* The name of a file: ":" is none of a file name everywhere, "=" is none of an identifier. */
static const char *file_name(const struct az_clx *x, const char *what, const char *id, size_t unit)
{
    char *name = unit > 1 ? az_arena_format(x->arena, "%s-%s~%zu.ics", what, id, unit)
                          : az_arena_format(x->arena, "%s-%s.ics", what, id);
    for (char *p = name; p && *p; p++)
        if (*p == ':') *p = '=';
    return name;
}

static enum az_status add_calendar(const struct az_clx *x, struct az_ical_calendars *calendars,
                                   struct az_ical_calendar calendar)
{
    if (!calendar.file || !calendar.name) return AZ_NO_MEMORY;
    if (calendars->count == calendars->capacity) {
        size_t capacity = calendars->capacity ? 2 * calendars->capacity : 16;
        calendars->items = az_arena_grow(x->arena, calendars->items, calendars->count, capacity,
                                         sizeof *calendars->items);
        if (!calendars->items) return AZ_NO_MEMORY;
        calendars->capacity = capacity;
    }
    calendars->items[calendars->count++] = calendar;
    return AZ_OK;
}

/* --- calendars of those who are ------------------------------------------------------------------
 */

/* Calendars of one kind of vehicle: as many as are out on some day, and those that stay in. */
static enum az_status add_vehicle(const struct az_clx *x, const char *id, size_t units,
                                  struct az_ical_calendars *calendars)
{
    for (size_t r = 0; r < x->plan->rounds.count; r++) {
        const struct cl_round *round = &x->plan->rounds.items[r];
        size_t unit = strcmp(round->vehicle.id, id) == 0 ? az_clx_unit(x->plan, round) : 0;
        if (unit > units) units = unit;
    }
    for (size_t u = 1; u <= units; u++) {
        struct az_ical_calendar calendar = {
            .owner = AZ_ICAL_VEHICLE,
            .file = file_name(x, "crew", id, u),
            .name = units > 1 ? az_arena_format(x->arena, "%s %zu", id, u) : id,
            .id = id
        };
        for (size_t r = 0; r < x->plan->rounds.count; r++) {
            const struct cl_round *round = &x->plan->rounds.items[r];
            if (strcmp(round->vehicle.id, id) == 0 && az_clx_unit(x->plan, round) == u)
                AZ_TRY(add_round(x, round, &calendar));
        }
        if (!x->call->previous) AZ_TRY(add_promises(x, &calendar));
        AZ_TRY(add_calendar(x, calendars, calendar));
    }
    return AZ_OK;
}

static bool is_member(const struct cl_round *round, const char *id)
{
    for (size_t m = 0; m < round->members.count; m++)
        if (strcmp(round->members.items[m].id, id) == 0) return true;
    return false;
}

static enum az_status add_member(const struct az_clx *x, const char *id,
                                 struct az_ical_calendars *calendars)
{
    struct az_ical_calendar calendar = { .owner = AZ_ICAL_STAFF,
                                         .file = file_name(x, "staff", id, 1),
                                         .name = az_clx_who(x, id),
                                         .id = id };
    for (size_t r = 0; r < x->plan->rounds.count; r++)
        if (is_member(&x->plan->rounds.items[r], id))
            AZ_TRY(add_round(x, &x->plan->rounds.items[r], &calendar));
    return add_calendar(x, calendars, calendar);
}

/* organisation: or NULL. */
static enum az_status add_person(const struct az_clx *x, const char *id, bool doctor,
                                 const char *organisation, struct az_ical_calendars *calendars)
{
    struct az_ical_calendar calendar = {
        .owner = AZ_ICAL_REMOTE,
        .file = file_name(x, doctor ? "doctor" : "pharmacist", id, 1),
        .name = organisation && *organisation ? az_arena_format(x->arena, "%s %s", organisation, id)
                                              : id,
        .id = id
    };
    AZ_TRY(add_remote(x, &calendar));
    return add_calendar(x, calendars, calendar);
}

/* --- ... and of those who are no more ------------------------------------------------------------
 */

static bool has_owner(const struct az_ical_calendars *calendars, enum az_ical_owner owner,
                      const char *id)
{
    for (size_t c = 0; c < calendars->count; c++)
        if (calendars->items[c].owner == owner && strcmp(calendars->items[c].id, id) == 0)
            return true;
    return false;
}

static enum az_status add_booked(const struct az_clx *x, const struct cl_booking *booking,
                                 bool doctor, struct az_ical_calendars *calendars)
{
    if (!booking || has_owner(calendars, AZ_ICAL_REMOTE, booking->remote.id)) return AZ_OK;
    return add_person(x, booking->remote.id, doctor, NULL, calendars);
}

static enum az_status add_vanished(const struct az_clx *x, struct az_ical_calendars *calendars)
{
    for (size_t r = 0; r < x->plan->rounds.count; r++) {
        const struct cl_round *round = &x->plan->rounds.items[r];
        if (!has_owner(calendars, AZ_ICAL_VEHICLE, round->vehicle.id))
            AZ_TRY(add_vehicle(x, round->vehicle.id, 1, calendars));
        for (size_t m = 0; m < round->members.count; m++)
            if (!has_owner(calendars, AZ_ICAL_STAFF, round->members.items[m].id))
                AZ_TRY(add_member(x, round->members.items[m].id, calendars));
        for (size_t k = 0; k < round->stops.count; k++) {
            AZ_TRY(add_booked(x, round->stops.items[k].doctor, true, calendars));
            AZ_TRY(add_booked(x, round->stops.items[k].pharmacist, false, calendars));
        }
    }
    for (size_t i = 0; i < x->plan->online.count; i++) {
        AZ_TRY(add_booked(x, x->plan->online.items[i].doctor, true, calendars));
        AZ_TRY(add_booked(x, x->plan->online.items[i].pharmacist, false, calendars));
    }
    return AZ_OK;
}

/* --- all calendars ------------------------------------------------------------------------------
 */

enum az_status az_ical_collect(const struct az_clx *x, struct az_ical_calendars *calendars)
{
    const struct cl_instance *cl = x->cl;
    for (size_t v = 0; v < cl->vehicles.count; v++) {
        const struct cl_vehicle *vehicle = &cl->vehicles.items[v];
        size_t units = vehicle->count < MOST_UNITS ? (size_t)vehicle->count : MOST_UNITS;
        AZ_TRY(add_vehicle(x, vehicle->id, units, calendars));
    }
    for (size_t s = 0; s < cl->staff.count; s++)
        AZ_TRY(add_member(x, cl->staff.items[s].id, calendars));
    for (size_t i = 0; i < cl->remote.count; i++) {
        const struct cl_remote *remote = &cl->remote.items[i];
        AZ_TRY(
            add_person(x, remote->id, remote->role == CL_DOCTOR, remote->organisation, calendars));
    }
    struct az_ical_calendar online = { .owner = AZ_ICAL_ONLINE,
                                       .file = "online.ics",
                                       .name = az_clx_say(x, "On line", "オンライン"),
                                       .id = "" };
    AZ_TRY(add_online(x, &online));
    AZ_TRY(add_calendar(x, calendars, online));
    return add_vanished(x, calendars);
}

enum az_status az_ical_cancel(const struct az_clx *x, const struct az_ical_calendars *before,
                              struct az_ical_calendars *now)
{
    for (size_t c = 0; c < before->count; c++) {
        const struct az_ical_calendar *old = &before->items[c];
        struct az_ical_calendar *calendar = same_calendar(now, old);
        if (!calendar) {
            struct az_ical_calendar empty = *old;
            empty.count = empty.capacity = 0;
            empty.events = NULL;
            AZ_TRY(add_calendar(x, now, empty));
            calendar = &now->items[now->count - 1];
        }
        for (size_t i = 0; i < old->count; i++) {
            struct az_ical_event event = old->events[i];
            if (is_over(x, &event) || has_event(calendar, event.uid)) continue;
            event.cancelled = true;
            AZ_TRY(az_ical_add(x, calendar, event));
        }
    }
    return AZ_OK;
}
