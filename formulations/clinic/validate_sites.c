/* validate_sites.c - the rules over sites, their patterns and appointments. */
#include "formulations/clinic/validate.h"

#include <stdlib.h>
#include <string.h>

/* --- days and patterns --------------------------------------------------------------------------
 */

/* Why no set of days keeps the spacing: the last visit, or the spacing itself. */
static void tell_no_pattern(struct cl_validator *v, const struct cl_site *site,
                            const struct cl_spacing *spacing, const struct az_path *at)
{
    struct cl_spacing eased = *spacing;
    eased.first_least = -1;
    eased.first_most = CL_MAX_DAYS;
    if (site->last_day != AZ_NO_INTEGER && cl_has_pattern(&eased)) {
        bool interval = site->interval_max_days != AZ_NO_INTEGER;
        int64_t days = interval ? site->interval_max_days : site->spacing_min_days;
        char last[32];
        az_time_format(az_time_add(v->cl->start, site->last_day * CL_DAY_S), last);
        last[strcspn(last, "T")] = '\0';
        AZ_FIND(v->findings, &cl_code_interval_over,
                AZ_AT(at, interval ? "interval_max_days" : "spacing_min_days"),
                AZ_TEXT_PARAM("last", last), AZ_NUMBER_PARAM("value", (double)days));
        return;
    }
    bool most = site->spacing_max_days != AZ_NO_INTEGER;
    if (most) {
        eased.most = CL_MAX_DAYS;
        most = cl_has_pattern(&eased);
    }
    AZ_FIND(v->findings, &cl_code_no_pattern,
            AZ_AT(at, most ? "spacing_max_days" : "spacing_min_days"),
            AZ_NUMBER_PARAM("visits", (double)site->visits),
            AZ_NUMBER_PARAM("days", (double)cl_day_count(spacing->days)));
}

/* The first two visits that are too close or too far apart; last: the day of the last visit before
 * the week. */
static void tell_spacing(struct cl_validator *v, const struct cl_spacing *spacing, int64_t last,
                         uint32_t days, const struct az_path *at)
{
    bool first = true;
    for (int64_t day = 0; day < CL_MAX_DAYS; day++) {
        if (!(days >> day & 1)) continue;
        bool close = first ? day < spacing->first_least : day - last < spacing->least;
        bool far = first ? day > spacing->first_most : day - last > spacing->most;
        if (close)
            AZ_FIND(v->findings, &cl_code_pattern_too_close, at,
                    AZ_NUMBER_PARAM("value", (double)(day - last)),
                    AZ_NUMBER_PARAM("minimum", (double)spacing->least));
        else if (far)
            AZ_FIND(v->findings, &cl_code_pattern_too_far, at,
                    AZ_NUMBER_PARAM("value", (double)(day - last)),
                    AZ_NUMBER_PARAM("maximum",
                                    (double)(first ? spacing->first_most - last : spacing->most)));
        if (close || far) return;
        first = false;
        last = day;
    }
}

static void validate_pattern(struct cl_validator *v, const struct cl_site *site, size_t p,
                             const struct cl_spacing *spacing, const struct az_path *at)
{
    const struct cl_instance *cl = v->cl;
    const struct cl_pattern *pattern = &site->patterns.items[p];
    const struct az_path *dates = AZ_AT(at, "dates");
    size_t before = az_findings_total(v->findings);
    uint32_t days = 0;
    char first[32], last[32];
    for (size_t k = 0; k < pattern->dates.count; k++) {
        int64_t day;
        if (!cl_parse_date(cl, pattern->dates.items[k], &day)) return; /* told already */
        if (day < 0 || day >= cl->days) {
            AZ_FIND(v->findings, &cl_code_pattern_date_outside, AZ_ITEM(dates, k, NULL),
                    AZ_TEXT_PARAM("first", cl_format_date(cl, 0, first)),
                    AZ_TEXT_PARAM("last", cl_format_date(cl, (size_t)cl->days - 1, last)),
                    AZ_TEXT_PARAM("value", pattern->dates.items[k]));
            continue;
        }
        days |= (uint32_t)1 << day;
        if (!(spacing->days >> day & 1))
            AZ_FIND(v->findings, &cl_code_pattern_day_closed, AZ_ITEM(dates, k, NULL),
                    AZ_TEXT_PARAM("value", pattern->dates.items[k]));
    }
    if (az_findings_total(v->findings) > before) return;
    if ((int64_t)cl_day_count(days) != site->visits)
        AZ_FIND(v->findings, &cl_code_pattern_other_count, dates,
                AZ_NUMBER_PARAM("value", (double)cl_day_count(days)),
                AZ_NUMBER_PARAM("visits", (double)site->visits));
    else
        tell_spacing(v, spacing, site->last_day, days, at);
}

/* Visits that are done and that no listed pattern has together. */
static void validate_done(struct cl_validator *v, const struct cl_site *site,
                          const struct az_path *at)
{
    char days[CL_MAX_DAYS * 12] = "", date[32];
    if (!site->done || (int64_t)cl_day_count(site->done) >= site->visits) return;
    for (size_t p = 0; p < site->patterns.count; p++)
        if ((site->done & ~site->patterns.items[p].days) == 0) return;
    for (size_t d = 0; d < (size_t)v->cl->days; d++) {
        if (!(site->done >> d & 1)) continue;
        if (*days) strcat(days, ", ");
        strcat(days, cl_format_date(v->cl, d, date));
    }
    AZ_FIND(v->findings, &cl_code_patterns_miss_done, AZ_AT(at, "patterns"),
            AZ_TEXT_PARAM("days", days));
}

/* A pattern on a holiday or a closed day is passed over; all of them is a mistake. */
static void validate_patterns(struct cl_validator *v, const struct cl_site *site,
                              const struct cl_spacing *spacing, const struct az_path *at)
{
    struct cl_spacing windows = *spacing;
    size_t before = az_findings_total(v->findings);
    bool any = false;
    for (size_t w = 0; w < site->windows.count; w++)
        windows.days |= site->windows.items[w].hours.days;
    windows.days |= site->done;
    for (size_t p = 0; p < site->patterns.count; p++) {
        validate_pattern(v, site, p, &windows, AZ_ITEM(AZ_AT(at, "patterns"), p, NULL));
        any = any || (site->patterns.items[p].days & ~(spacing->days | site->done)) == 0;
    }
    if (!any && az_findings_total(v->findings) == before)
        AZ_FIND0(v->findings, &cl_code_patterns_closed, AZ_AT(at, "patterns"));
}

static void validate_days(struct cl_validator *v, const struct cl_site *site,
                          const struct az_path *at)
{
    struct cl_spacing spacing = cl_spacing_of(v->cl, site);
    size_t open = cl_day_count(spacing.days);
    int64_t last;
    char start[32];
    if (site->last_visit && cl_parse_date(v->cl, site->last_visit, &last) && last >= 0) {
        AZ_FIND(v->findings, &cl_code_last_visit_not_before, AZ_AT(at, "last_visit"),
                AZ_TEXT_PARAM("start", cl_format_date(v->cl, 0, start)),
                AZ_TEXT_PARAM("value", site->last_visit));
        return;
    }
    if (site->spacing_max_days != AZ_NO_INTEGER &&
        site->spacing_max_days < site->spacing_min_days) {
        AZ_FIND(v->findings, &cl_code_spacing_crossed, AZ_AT(at, "spacing_max_days"),
                AZ_NUMBER_PARAM("minimum", (double)site->spacing_min_days),
                AZ_NUMBER_PARAM("value", (double)site->spacing_max_days));
        return;
    }
    if (open == 0) {
        AZ_FIND0(v->findings, &cl_code_site_never_open, AZ_AT(at, "windows"));
        return;
    }
    if (site->patterns.items) {
        validate_patterns(v, site, &spacing, at);
        validate_done(v, site, at);
        return;
    }
    if ((int64_t)open < site->visits)
        AZ_FIND(v->findings, &cl_code_too_few_days, AZ_AT(at, "visits"),
                AZ_NUMBER_PARAM("value", (double)site->visits),
                AZ_NUMBER_PARAM("days", (double)open));
    else if (!cl_has_pattern(&spacing))
        tell_no_pattern(v, site, &spacing, at);
}

/* --- windows, cares, loads ----------------------------------------------------------------------
 */

static void validate_windows(struct cl_validator *v, const struct cl_site *site,
                             const struct az_path *at)
{
    int64_t shortest = INT64_MAX;
    for (size_t o = 0; o < site->option_count; o++)
        if (site->duration_s[o] < shortest) shortest = site->duration_s[o];
    for (size_t w = 0; w < site->windows.count; w++) {
        const struct cl_window *window = &site->windows.items[w];
        int64_t length = window->hours.until_s - window->hours.from_s;
        if (window->ends_within == 1 && length < shortest)
            AZ_FIND(v->findings, &cl_code_window_too_short,
                    AZ_AT(AZ_ITEM(AZ_AT(at, "windows"), w, NULL), "until"),
                    AZ_NUMBER_PARAM("value", (double)length / 60),
                    AZ_NUMBER_PARAM("minimum", (double)shortest / 60));
    }
}

static void validate_offers(struct cl_validator *v, const struct cl_site *site,
                            const struct az_path *at)
{
    for (size_t o = 1; o < site->care.count; o++)
        for (size_t k = 0; k < o && k < v->cl->cares.count; k++)
            if (site->care.items[k].care.index == site->care.items[o].care.index) {
                AZ_FIND(v->findings, &cl_code_care_twice,
                        AZ_AT(AZ_ITEM(AZ_AT(at, "care"), o, NULL), "care"),
                        AZ_NUMBER_PARAM("other", (double)k));
                break;
            }
}

/* The load must fit one vehicle that has what one of the cares needs. */
static void validate_load(struct cl_validator *v, const struct cl_site *site,
                          const struct az_path *at)
{
    const struct cl_instance *cl = v->cl;
    double most = -1;
    for (size_t o = 0; o < site->option_count; o++) {
        const struct cl_care *care = &cl->cares.items[site->option[o].care.index];
        if (!care->needs_crew) return;
        for (size_t k = 0; k < cl->vehicles.count; k++) {
            const struct cl_vehicle *vehicle = &cl->vehicles.items[k];
            if (care->equipment_set & ~vehicle->equipment_set) continue;
            if (isnan(vehicle->capacity)) return;
            most = fmax(most, vehicle->capacity);
        }
    }
    if (most >= 0 && site->load > most + AZ_FEASIBILITY_TOLERANCE)
        AZ_FIND(v->findings, &cl_code_load_too_large, AZ_AT(at, "load"),
                AZ_NUMBER_PARAM("value", site->load), AZ_NUMBER_PARAM("maximum", most));
}

void cl_validate_sites(struct cl_validator *v)
{
    for (size_t i = 0; i < v->cl->sites.count; i++) {
        const struct cl_site *site = &v->cl->sites.items[i];
        const struct az_path *at = CL_ITEM_AT("sites", i, site->id);
        validate_days(v, site, at);
        validate_windows(v, site, at);
        validate_offers(v, site, at);
        validate_load(v, site, at);
    }
}

/* --- appointments -------------------------------------------------------------------------------
 */

static void validate_time(struct cl_validator *v, const struct cl_appointment *it,
                          const struct az_path *at)
{
    const struct cl_instance *cl = v->cl;
    char from[32], until[32], value[32];
    bool before = it->start_s < 0 && it->status == CL_DONE;
    if (it->day == AZ_NO_INDEX && !before)
        AZ_FIND(v->findings, &cl_code_appointment_outside, AZ_AT(at, "start"),
                AZ_TEXT_PARAM("from", az_time_format(cl->start, from)),
                AZ_TEXT_PARAM("until",
                              az_time_format(az_time_add(cl->start, cl->days * CL_DAY_S), until)),
                AZ_TEXT_PARAM("value", az_time_format(it->start, value)));
    else if (it->status == CL_DONE && it->start_s >= cl->earliest_s)
        AZ_FIND(
            v->findings, &cl_code_done_in_the_future, AZ_AT(at, "status"),
            AZ_TEXT_PARAM("now", az_time_format(az_time_add(cl->start, cl->earliest_s), value)));
}

static void validate_listed(struct cl_validator *v, const struct cl_appointment *it,
                            const struct az_path *at)
{
    const struct cl_site *site = &v->cl->sites.items[it->site.index];
    char value[32];
    if (it->day == AZ_NO_INDEX || !site->patterns.items) return;
    for (size_t p = 0; p < site->patterns.count; p++)
        if (site->patterns.items[p].days >> it->day & 1) return;
    AZ_FIND(v->findings, &cl_code_appointment_off_pattern, AZ_AT(at, "start"),
            AZ_TEXT_PARAM("value", cl_format_date(v->cl, it->day, value)));
}

/* An appointment and where it stands, to be sorted by site and day. */
struct entry {
    size_t site, day, index;
};

static int by_site_and_day(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->site != y->site) return x->site < y->site ? -1 : 1;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

enum az_status cl_validate_appointments(struct cl_validator *v)
{
    const struct cl_instance *cl = v->cl;
    struct entry *entries = AZ_ARRAY(v->arena, cl->appointment_count, struct entry);
    struct az_path parts[3];
    size_t count = 0;
    if (!entries) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->appointment_count; i++) {
        const struct cl_appointment *it = &cl->appointment[i];
        const struct az_path *at = cl_appointment_path(cl, i, parts);
        validate_time(v, it, at);
        validate_listed(v, it, at);
        if (it->day != AZ_NO_INDEX) entries[count++] = (struct entry){ it->site.index, it->day, i };
    }
    qsort(entries, count, sizeof *entries, by_site_and_day);
    for (size_t k = 1, first = 0; k < count; k++) {
        const struct entry *it = &entries[k];
        if (it->site != entries[first].site || it->day != entries[first].day) {
            first = k;
            continue;
        }
        AZ_FIND(v->findings, &cl_code_appointment_twice, cl_appointment_path(cl, it->index, parts),
                AZ_NUMBER_PARAM("other", (double)entries[first].index));
    }
    return AZ_OK;
}
