/* resolve_days.c - dates, clocks and weekdays: from texts to days as bits and clocks in seconds;
 * the slots that can be booked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/resolve.h"

/* --- dates and clocks ---------------------------------------------------------------------------
 */

#define DATE_LENGTH 10

static int64_t day_number(int64_t seconds)
{
    return seconds >= 0 ? seconds / CL_DAY_S : (seconds + 1) / CL_DAY_S - 1;
}

/* The local day of the start, since 1970-01-01. */
static int64_t first_number(const struct cl_instance *cl)
{
    return day_number(cl->start.utc_s + (int64_t)cl->start.offset_min * 60);
}

bool cl_parse_date(const struct cl_instance *cl, const char *text, int64_t *day)
{
    char moment[DATE_LENGTH + 8];
    struct az_time midnight;
    *day = 0;
    if (strlen(text) != DATE_LENGTH) return false;
    snprintf(moment, sizeof moment, "%sT00:00Z", text);
    if (!az_time_parse(moment, &midnight)) return false;
    *day = day_number(midnight.utc_s) - first_number(cl);
    return true;
}

char *cl_format_date(const struct cl_instance *cl, size_t day, char buffer[32])
{
    az_time_format(az_time_add(cl->start, (int64_t)day * CL_DAY_S), buffer);
    buffer[DATE_LENGTH] = '\0';
    return buffer;
}

/* Takes two digits up to `most`. */
static bool take_pair(const char **text, int64_t most, int64_t *value)
{
    const char *at = *text;
    if (at[0] < '0' || at[0] > '9' || at[1] < '0' || at[1] > '9') return false;
    *value = (at[0] - '0') * 10 + (at[1] - '0');
    *text += 2;
    return *value <= most;
}

bool cl_parse_clock(const char *text, int64_t *seconds)
{
    int64_t hour, minute, second = 0;
    *seconds = 0;
    if (!take_pair(&text, 47, &hour) || *text++ != ':' || !take_pair(&text, 59, &minute))
        return false;
    if (*text == ':') {
        text++;
        if (!take_pair(&text, 59, &second)) return false;
    }
    if (*text) return false;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

uint32_t cl_dates(const struct cl_instance *cl, const char *const dates[], size_t count,
                  const struct az_path *path, bool *bad, struct az_findings *findings)
{
    uint32_t days = 0;
    int64_t day;
    for (size_t i = 0; i < count; i++) {
        bool good = cl_parse_date(cl, dates[i], &day);
        if (!good && bad) *bad = true;
        if (!good)
            AZ_FIND(findings, &cl_code_bad_date, AZ_ITEM(path, i, NULL),
                    AZ_TEXT_PARAM("value", AZ_UNSAID));
        else if (day >= 0 && day < cl->days)
            days |= (uint32_t)1 << day;
    }
    return days;
}

#define MONDAY 3 /* 1970-01-01 was a Thursday: day number + 3 counts from a Monday */

uint32_t cl_listed(const struct cl_instance *cl, const int weekdays[], size_t weekday_count,
                   const char *const dates[], size_t date_count, const struct az_path *path,
                   struct az_findings *findings)
{
    bool bad = false;
    uint32_t days = cl_dates(cl, dates, date_count, AZ_AT(path, "dates"), &bad, findings);
    int64_t first = first_number(cl) + MONDAY;
    if (bad || (!weekdays && !dates)) return cl_all_days(cl);
    for (int64_t d = 0; d < cl->days; d++) {
        int64_t weekday = ((first + d) % 7 + 7) % 7;
        for (size_t i = 0; i < weekday_count; i++)
            if (weekdays[i] == weekday) days |= (uint32_t)1 << d;
    }
    return days;
}

/* A clock that is given; `absent` otherwise, and for what is no clock: that is told. */
static int64_t take_clock(const struct cl_resolver *r, const char *text, int64_t absent,
                          const struct az_path *path)
{
    int64_t seconds;
    if (!text) return absent;
    if (cl_parse_clock(text, &seconds)) return seconds;
    AZ_FIND(r->findings, &cl_code_bad_clock, path, AZ_TEXT_PARAM("value", AZ_UNSAID));
    return AZ_NO_INTEGER;
}

/* From and until; of a moment, they may be the same. */
static void take_clocks(const struct cl_resolver *r, const char *from, const char *until,
                        bool moment, const struct az_path *path, int64_t *from_s, int64_t *until_s)
{
    *from_s = take_clock(r, from, 0, AZ_AT(path, "from"));
    *until_s = take_clock(r, until, CL_DAY_S, AZ_AT(path, "until"));
    bool known = *from_s != AZ_NO_INTEGER && *until_s != AZ_NO_INTEGER;
    bool backward = known && (*until_s < *from_s || (*until_s == *from_s && !moment));
    if (backward)
        AZ_FIND(r->findings, &cl_code_closes_before_it_opens, AZ_AT(path, "until"),
                AZ_TEXT_PARAM("from", from ? from : "00:00"),
                AZ_TEXT_PARAM("value", until ? until : "24:00"));
    if (known && !backward) return;
    *from_s = 0;
    *until_s = CL_ANY_HOURS_S;
}

#define TAKE_HOURS(r, part, moment, path)                                                      \
    do {                                                                                       \
        (part)->hours.days = CL_LISTED((r)->cl, (part), (path), (r)->findings);                \
        take_clocks((r), (part)->from, (part)->until, (moment), (path), &(part)->hours.from_s, \
                    &(part)->hours.until_s);                                                   \
    } while (0)

/* --- the first day ------------------------------------------------------------------------------
 */

static void resolve_start(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    int year, month, day, minute;
    char value[32], from[32], until[32];
    az_time_local(cl->start, &year, &month, &day, &minute);
    if (minute != 0 || cl->start.utc_s % 60 != 0)
        AZ_FIND(r->findings, &cl_code_start_not_midnight, AZ_AT(NULL, "start"),
                AZ_TEXT_PARAM("value", az_time_format(cl->start, value)));
    /* Every moment of a plan, nights after the last day too, can then be written. */
    if (year < 1000 || year > 9998)
        AZ_FIND(r->findings, &cl_code_start_year, AZ_AT(NULL, "start"),
                AZ_NUMBER_PARAM("year", year));
    cl->first_day = 0;
    cl->earliest_s = 0;
    if (!cl->state) return;
    int64_t at = cl->state->at.utc_s - cl->start.utc_s, end = cl->days * CL_DAY_S;
    if (at < 0 || at > end)
        AZ_FIND(r->findings, &cl_code_state_outside, AZ_AT(AZ_AT(NULL, "state"), "at"),
                AZ_TEXT_PARAM("from", az_time_format(cl->start, from)),
                AZ_TEXT_PARAM("until", az_time_format(az_time_add(cl->start, end), until)),
                AZ_TEXT_PARAM("value", az_time_format(cl->state->at, value)));
    if (at < 0) return;
    cl->earliest_s = at < end ? at : end;
    cl->first_day = (size_t)(cl->earliest_s / CL_DAY_S);
}

/* --- the hours of every part --------------------------------------------------------------------
 */

uint32_t cl_open_days(const struct cl_instance *cl, const struct cl_site *site)
{
    uint32_t days = 0;
    for (size_t w = 0; w < site->windows.count; w++) days |= site->windows.items[w].hours.days;
    days &= ~cl_dates(cl, cl->holidays.items, cl->holidays.count, NULL, NULL, NULL);
    return days & ~cl_dates(cl, site->closed.items, site->closed.count, NULL, NULL, NULL);
}

static void resolve_site_days(struct cl_resolver *r, size_t i)
{
    struct cl_site *site = &r->cl->sites.items[i];
    const struct az_path *at = CL_ITEM_AT("sites", i, site->id);
    int64_t day;
    for (size_t w = 0; w < site->windows.count; w++) {
        struct cl_window *window = &site->windows.items[w];
        TAKE_HOURS(r, window, true, AZ_ITEM(AZ_AT(at, "windows"), w, NULL));
    }
    cl_dates(r->cl, site->closed.items, site->closed.count, AZ_AT(at, "closed"), NULL, r->findings);
    if (site->last_visit && !cl_parse_date(r->cl, site->last_visit, &day))
        AZ_FIND(r->findings, &cl_code_bad_date, AZ_AT(at, "last_visit"),
                AZ_TEXT_PARAM("value", AZ_UNSAID));
}

static void resolve_shift(struct cl_resolver *r, struct cl_shift *shift, uint32_t absent,
                          const struct az_path *at)
{
    TAKE_HOURS(r, shift, false, at);
    shift->hours.days &= ~absent;
    shift->break_s = cl_seconds(shift->break_min);
    shift->break_from_s =
        take_clock(r, shift->break_from, shift->hours.from_s, AZ_AT(at, "break_from"));
    shift->break_until_s =
        take_clock(r, shift->break_until, shift->hours.until_s, AZ_AT(at, "break_until"));
    if (shift->break_from_s == AZ_NO_INTEGER) shift->break_from_s = shift->hours.from_s;
    if (shift->break_until_s == AZ_NO_INTEGER) shift->break_until_s = shift->hours.until_s;
}

static void resolve_staff_days(struct cl_resolver *r, size_t i)
{
    struct cl_staff *staff = &r->cl->staff.items[i];
    const struct az_path *at = CL_ITEM_AT("staff", i, staff->id);
    uint32_t absent = cl_dates(r->cl, staff->absent.items, staff->absent.count, AZ_AT(at, "absent"),
                               NULL, r->findings);
    staff->overtime_s = cl_seconds(staff->overtime_max_min);
    for (size_t s = 0; s < staff->shifts.count; s++)
        resolve_shift(r, &staff->shifts.items[s], absent, AZ_ITEM(AZ_AT(at, "shifts"), s, NULL));
}

static enum az_status resolve_vehicle_days(struct cl_resolver *r, size_t i)
{
    const struct cl_instance *cl = r->cl;
    struct cl_vehicle *vehicle = &r->cl->vehicles.items[i];
    const struct az_path *at = CL_ITEM_AT("vehicles", i, vehicle->id);
    vehicle->days = cl_all_days(r->cl) & ~cl_dates(r->cl, vehicle->out_of_service.items,
                                                   vehicle->out_of_service.count,
                                                   AZ_AT(at, "out_of_service"), NULL, r->findings);
    take_clocks(r, vehicle->from, vehicle->until, false, at, &vehicle->from_s, &vehicle->until_s);
    if (!(vehicle->fleet = AZ_ARRAY(r->arena, (size_t)cl->days, int64_t))) return AZ_NO_MEMORY;
    for (size_t d = 0; d < (size_t)cl->days; d++)
        vehicle->fleet[d] = vehicle->days >> d & 1 ? vehicle->count : 0;
    return AZ_OK;
}

/* Who has been out on the day of the state goes out no more on it. */
static void take_back(struct cl_instance *cl)
{
    const struct cl_state *state = cl->state;
    size_t day = cl->first_day;
    if (!state || day >= (size_t)cl->days) return;
    for (size_t i = 0; i < state->staff_out.count; i++) {
        struct cl_staff *staff = &cl->staff.items[state->staff_out.items[i].index];
        for (size_t s = 0; s < staff->shifts.count; s++)
            staff->shifts.items[s].hours.days &= ~((uint32_t)1 << day);
    }
    for (size_t i = 0; i < state->vehicles_out.count; i++) {
        int64_t *fleet = &cl->vehicles.items[state->vehicles_out.items[i].index].fleet[day];
        if (*fleet > 0) --*fleet;
    }
}

/* Days on which a member of staff has a shift. */
static uint32_t shift_days(const struct cl_staff *staff)
{
    uint32_t days = 0;
    for (size_t s = 0; s < staff->shifts.count; s++) days |= staff->shifts.items[s].hours.days;
    return days;
}

static void resolve_crew_days(struct cl_resolver *r, size_t i)
{
    struct cl_instance *cl = r->cl;
    struct cl_crew *crew = &cl->crews.items[i];
    const struct cl_vehicle *vehicle = &cl->vehicles.items[crew->vehicle.index];
    crew->days = CL_LISTED(cl, crew, CL_ITEM_AT("crews", i, crew->id), r->findings);
    for (size_t d = 0; d < (size_t)cl->days; d++)
        if (vehicle->fleet[d] == 0) crew->days &= ~((uint32_t)1 << d);
    for (size_t m = 0; m < crew->members.count; m++)
        crew->days &= shift_days(&cl->staff.items[crew->members.items[m].index]);
}

static void resolve_remote_days(struct cl_resolver *r, size_t i)
{
    struct cl_remote *remote = &r->cl->remote.items[i];
    const struct az_path *at = CL_ITEM_AT("remote", i, remote->id);
    uint32_t absent = cl_dates(r->cl, remote->absent.items, remote->absent.count,
                               AZ_AT(at, "absent"), NULL, r->findings);
    for (size_t s = 0; s < remote->slots.count; s++) {
        struct cl_slots *slots = &remote->slots.items[s];
        TAKE_HOURS(r, slots, false, AZ_ITEM(AZ_AT(at, "slots"), s, NULL));
        slots->hours.days &= ~absent;
    }
}

static void resolve_travel_days(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    for (size_t i = 0; i < cl->closures.count; i++) {
        struct cl_closure *closure = &cl->closures.items[i];
        const struct az_path *at = CL_MEMBER("closures", i, closure->id, "dates");
        closure->days = closure->dates.items ? cl_dates(cl, closure->dates.items,
                                                        closure->dates.count, at, NULL, r->findings)
                                             : cl_all_days(cl);
    }
    const struct az_path *slow = AZ_AT(AZ_AT(NULL, "travel"), "slow_days");
    for (size_t i = 0; cl->travel && i < cl->travel->slow_days.count; i++)
        cl_dates(cl, cl->travel->slow_days.items[i].dates.items,
                 cl->travel->slow_days.items[i].dates.count, AZ_AT(AZ_ITEM(slow, i, NULL), "dates"),
                 NULL, r->findings);
}

enum az_status cl_resolve_days(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    resolve_start(r);
    cl->tolerance_s = cl_seconds(cl->change_tolerance_min);
    cl_dates(cl, cl->holidays.items, cl->holidays.count, AZ_AT(NULL, "holidays"), NULL,
             r->findings);
    for (size_t i = 0; i < cl->sites.count; i++) resolve_site_days(r, i);
    for (size_t i = 0; i < cl->staff.count; i++) resolve_staff_days(r, i);
    for (size_t i = 0; i < cl->vehicles.count; i++) AZ_TRY(resolve_vehicle_days(r, i));
    take_back(cl);
    for (size_t i = 0; i < cl->crews.count; i++) resolve_crew_days(r, i);
    for (size_t i = 0; i < cl->remote.count; i++) resolve_remote_days(r, i);
    resolve_travel_days(r);
    return AZ_OK;
}

/* --- slots --------------------------------------------------------------------------------------
 */

/* Slots of one day; 0 when the hours are wrong. */
static int64_t slots_a_day(const struct cl_slots *slots, int64_t *each_s)
{
    int64_t length = slots->hours.until_s - slots->hours.from_s;
    *each_s = isnan(slots->each_min) ? length : cl_seconds(slots->each_min);
    return length > 0 && *each_s > 0 ? length / *each_s : 0;
}

static int by_time(const void *a, const void *b)
{
    const struct cl_slot *x = a, *y = b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    if (x->from_s != y->from_s) return x->from_s < y->from_s ? -1 : 1;
    if (x->until_s != y->until_s) return x->until_s < y->until_s ? -1 : 1;
    if (x->remote != y->remote) return x->remote < y->remote ? -1 : 1;
    return (x->capacity > y->capacity) - (x->capacity < y->capacity);
}

static void add_slots(struct cl_instance *cl, size_t remote, const struct cl_slots *slots)
{
    int64_t each_s, count = slots_a_day(slots, &each_s);
    for (size_t d = cl->first_day; d < (size_t)cl->days; d++) {
        if (!(slots->hours.days >> d & 1)) continue;
        int64_t from = (int64_t)d * CL_DAY_S + slots->hours.from_s;
        for (int64_t k = 0; k < count; k++)
            cl->slot[cl->slot_count++] = (struct cl_slot){ .remote = remote,
                                                           .day = d,
                                                           .from_s = from + k * each_s,
                                                           .until_s = from + (k + 1) * each_s,
                                                           .capacity = slots->capacity };
    }
}

/* Bookings of visits that are done. */
static void take_booked(struct cl_instance *cl)
{
    for (size_t i = 0; cl->state && i < cl->state->booked.count; i++) {
        const struct cl_booked *booked = &cl->state->booked.items[i];
        int64_t from_s = booked->slot.utc_s - cl->start.utc_s;
        for (size_t k = 0; k < cl->slot_count; k++) {
            struct cl_slot *slot = &cl->slot[k];
            if (slot->remote != booked->remote.index || slot->from_s != from_s ||
                slot->capacity == 0)
                continue;
            slot->capacity--;
            break;
        }
    }
}

double cl_slot_total(const struct cl_instance *cl)
{
    double total = 0;
    int64_t each_s;
    for (size_t i = 0; i < cl->remote.count; i++)
        for (size_t s = 0; s < cl->remote.items[i].slots.count; s++) {
            const struct cl_slots *slots = &cl->remote.items[i].slots.items[s];
            uint32_t days = CL_LISTED(cl, slots, NULL, NULL);
            total += (double)slots_a_day(slots, &each_s) * (double)cl_day_count(days);
        }
    return total;
}

enum az_status cl_resolve_slots(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    double total = cl_slot_total(cl);
    cl->slot_count = 0;
    if (total > CL_MAX_SLOTS) {
        AZ_FIND(r->findings, &cl_code_too_many_slots, AZ_AT(NULL, "remote"),
                AZ_NUMBER_PARAM("value", total), AZ_NUMBER_PARAM("maximum", CL_MAX_SLOTS));
        total = 0;
    }
    if (!(cl->slot = AZ_ARRAY(r->arena, (size_t)total, struct cl_slot))) return AZ_NO_MEMORY;
    for (size_t i = 0; total > 0 && i < cl->remote.count; i++)
        for (size_t s = 0; s < cl->remote.items[i].slots.count; s++)
            add_slots(cl, i, &cl->remote.items[i].slots.items[s]);
    qsort(cl->slot, cl->slot_count, sizeof *cl->slot, by_time);
    take_booked(cl);
    return AZ_OK;
}
