/* resolve_sites.c - what is still to be done at each site: appointments in force, visits that are
 * done, days and patterns that remain, cares and prices. */
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/resolve.h"

/* --- appointments -------------------------------------------------------------------------------
 */

static bool state_has_appointments(const struct cl_instance *cl)
{
    return cl->state && cl->state->appointments.items;
}

const struct az_path *cl_appointment_path(const struct cl_instance *cl, size_t i,
                                          struct az_path parts[3])
{
    parts[0] = (struct az_path){ .name = "state" };
    parts[1] = (struct az_path){ .up = state_has_appointments(cl) ? &parts[0] : NULL,
                                 .name = "appointments" };
    parts[2] = (struct az_path){ .up = &parts[1], .index = i, .label = cl->appointment[i].site.id };
    return &parts[2];
}

static bool holds(const struct cl_window *window, size_t day, int64_t start_s)
{
    int64_t clock = start_s - (int64_t)day * CL_DAY_S;
    return (window->hours.days >> day & 1) && clock >= window->hours.from_s &&
           clock <= window->hours.until_s;
}

static bool any_holds(const struct cl_site *site, size_t day, int64_t start_s)
{
    for (size_t w = 0; w < site->windows.count; w++)
        if (holds(&site->windows.items[w], day, start_s)) return true;
    return false;
}

static void resolve_appointment(struct cl_instance *cl, struct cl_appointment *it)
{
    struct cl_site *site = &cl->sites.items[it->site.index];
    it->start_s = it->start.utc_s - cl->start.utc_s;
    it->day = AZ_NO_INDEX;
    if (isnan(it->change_price_jpy)) it->change_price_jpy = cl->change_price_jpy;
    if (it->start_s < 0) {
        int64_t day = -((-it->start_s + CL_DAY_S - 1) / CL_DAY_S);
        if (it->status == CL_DONE && day > site->last_day) site->last_day = day;
        return;
    }
    /* The night after the last day still belongs to it. */
    if (it->start_s >= (cl->days + 1) * CL_DAY_S) return;
    size_t day = (size_t)(it->start_s / CL_DAY_S), days = (size_t)cl->days;
    bool here = day < days && any_holds(site, day, it->start_s);
    if (!here && day > 0 && any_holds(site, day - 1, it->start_s)) day--;
    if (day >= days) return;
    it->day = day;
    if (it->status == CL_DONE) site->done |= (uint32_t)1 << day;
}

static void resolve_appointments(struct cl_instance *cl)
{
    bool from_state = state_has_appointments(cl);
    cl->appointment = from_state ? cl->state->appointments.items : cl->appointments.items;
    cl->appointment_count = from_state ? cl->state->appointments.count : cl->appointments.count;
    for (size_t i = 0; i < cl->sites.count; i++) {
        struct cl_site *site = &cl->sites.items[i];
        bool known = site->last_visit && cl_parse_date(cl, site->last_visit, &site->last_day);
        site->done = 0;
        if (!known || site->last_day >= 0) site->last_day = AZ_NO_INTEGER;
    }
    for (size_t i = 0; i < cl->appointment_count; i++) resolve_appointment(cl, &cl->appointment[i]);
}

/* --- patterns -----------------------------------------------------------------------------------
 */

#define NO_LIMIT 100000 /* days */

struct cl_spacing cl_spacing_of(const struct cl_instance *cl, const struct cl_site *site)
{
    struct cl_spacing s = { .days = cl_open_days(cl, site),
                            .visits = (size_t)site->visits,
                            .least = site->spacing_min_days,
                            .most = NO_LIMIT,
                            .first_least = -NO_LIMIT,
                            .first_most = NO_LIMIT };
    if (site->spacing_max_days != AZ_NO_INTEGER) s.most = site->spacing_max_days;
    if (site->last_day == AZ_NO_INTEGER) return s;
    s.first_least = site->last_day + site->spacing_min_days;
    if (site->interval_max_days != AZ_NO_INTEGER)
        s.first_most = site->last_day + site->interval_max_days;
    return s;
}

/* Days strictly between two, or below one. */
static uint32_t between(size_t from, size_t to)
{
    return (((uint32_t)1 << to) - 1) & ~((((uint32_t)1 << from) << 1) - 1);
}

static bool is_in(uint32_t days, size_t day)
{
    return days >> day & 1;
}

static bool may_be_first(const struct cl_spacing *s, size_t day)
{
    if (!is_in(s->days, day) || (s->done & (((uint32_t)1 << day) - 1))) return false;
    if (is_in(s->done, day)) return true;
    return (int64_t)day >= s->first_least && (int64_t)day <= s->first_most;
}

static bool may_follow(const struct cl_spacing *s, size_t day, size_t next)
{
    int64_t gap = (int64_t)next - (int64_t)day;
    if (!is_in(s->days, next) || (s->done & between(day, next))) return false;
    if (is_in(s->done, day) && is_in(s->done, next)) return true;
    return gap >= s->least && gap <= s->most;
}

/* can[k] bit d: with visit k (from 1) on day d the rest can follow. */
static void reach_back(const struct cl_spacing *s, uint32_t can[CL_MAX_DAYS + 1])
{
    for (size_t k = s->visits; k > 0; k--) {
        can[k] = 0;
        for (size_t d = 0; d < CL_MAX_DAYS; d++) {
            if (!is_in(s->days, d)) continue;
            bool good = k == s->visits && !(s->done & between(d, CL_MAX_DAYS));
            for (size_t e = d + 1; k < s->visits && !good && e < CL_MAX_DAYS; e++)
                good = is_in(can[k + 1], e) && may_follow(s, d, e);
            if (good) can[k] |= (uint32_t)1 << d;
        }
    }
}

bool cl_has_pattern(const struct cl_spacing *s)
{
    uint32_t can[CL_MAX_DAYS + 1];
    reach_back(s, can);
    for (size_t d = 0; d < CL_MAX_DAYS; d++)
        if (is_in(can[1], d) && may_be_first(s, d)) return true;
    return false;
}

bool cl_keeps_spacing(const struct cl_spacing *s, uint32_t days)
{
    size_t last = AZ_NO_INDEX;
    for (size_t d = 0; d < CL_MAX_DAYS; d++) {
        if (!is_in(days, d)) continue;
        if (last == AZ_NO_INDEX ? !may_be_first(s, d) : !may_follow(s, last, d)) return false;
        last = d;
    }
    return cl_day_count(days) == s->visits && (s->done & ~days) == 0;
}

/* The sets under construction: taken[k] is the day of visit k. */
struct enumeration {
    const struct cl_spacing *spacing;
    uint32_t can[CL_MAX_DAYS + 1];
    size_t count, capacity;
    struct cl_pattern *items; /* NULL: only counted */
};

static void enumerate(struct enumeration *e, size_t visit, size_t last, uint32_t days)
{
    const struct cl_spacing *s = e->spacing;
    if (e->count >= e->capacity) return;
    if (visit > s->visits) {
        if (e->items) e->items[e->count] = (struct cl_pattern){ .days = days };
        e->count++;
        return;
    }
    for (size_t d = visit == 1 ? 0 : last + 1; d < CL_MAX_DAYS; d++)
        if (is_in(e->can[visit], d) && (visit == 1 ? may_be_first(s, d) : may_follow(s, last, d)))
            enumerate(e, visit + 1, d, days | (uint32_t)1 << d);
}

/* All sets that keep the spacing, in the order of their days. */
static enum az_status enumerate_patterns(struct cl_resolver *r, size_t i, struct cl_site *site,
                                         const struct cl_spacing *spacing)
{
    struct enumeration e = { .spacing = spacing, .capacity = CL_MAX_SITE_PATTERNS + 1 };
    reach_back(spacing, e.can);
    enumerate(&e, 1, 0, 0);
    if (e.count > CL_MAX_SITE_PATTERNS) {
        AZ_FIND(r->findings, &cl_code_too_many_patterns, CL_MEMBER("sites", i, site->id, "visits"),
                AZ_NUMBER_PARAM("maximum", CL_MAX_SITE_PATTERNS));
        return AZ_OK;
    }
    e.capacity = e.count;
    e.count = 0;
    if (!(e.items = AZ_ARRAY(r->arena, e.capacity, struct cl_pattern))) return AZ_NO_MEMORY;
    enumerate(&e, 1, 0, 0);
    site->pattern = e.items;
    site->pattern_count = e.count;
    return AZ_OK;
}

static int by_days(const void *a, const void *b)
{
    const struct cl_pattern *x = *(const struct cl_pattern *const *)a,
                            *y = *(const struct cl_pattern *const *)b;
    if (x->days != y->days) return x->days < y->days ? -1 : 1;
    if (x->price_jpy != y->price_jpy) return x->price_jpy < y->price_jpy ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* Those that are listed and still possible; of equal ones the cheaper. */
static enum az_status take_patterns(struct cl_resolver *r, size_t i, struct cl_site *site)
{
    size_t count = site->patterns.count, kept = 0;
    struct cl_pattern **sorted = AZ_ARRAY(r->arena, count, struct cl_pattern *);
    site->pattern = AZ_ARRAY(r->arena, count, struct cl_pattern);
    if (!sorted || !site->pattern) return AZ_NO_MEMORY;
    const struct az_path *list = CL_MEMBER("sites", i, site->id, "patterns");
    for (size_t p = 0; p < count; p++) {
        sorted[p] = &site->patterns.items[p];
        sorted[p]->days = cl_dates(r->cl, sorted[p]->dates.items, sorted[p]->dates.count,
                                   AZ_AT(AZ_ITEM(list, p, NULL), "dates"), NULL, r->findings);
    }
    qsort(sorted, count, sizeof(struct cl_pattern *), by_days);
    for (size_t p = 0; p < count; p++) {
        uint32_t days = sorted[p]->days, more = days & ~site->done;
        if ((site->done & ~days) || (more & ~site->allowed) || !days) continue;
        if (kept > 0 && site->pattern[kept - 1].days == days) continue;
        site->pattern[kept++] = *sorted[p];
    }
    site->pattern_count = kept;
    return AZ_OK;
}

/* The one pattern of a site that has had all its visits. */
static enum az_status take_done(struct cl_resolver *r, struct cl_site *site)
{
    if (!(site->pattern = AZ_NEW(r->arena, struct cl_pattern))) return AZ_NO_MEMORY;
    *site->pattern = (struct cl_pattern){ .days = site->done };
    site->pattern_count = 1;
    return AZ_OK;
}

/* Open days that are planned, not done, and on which a window is not over yet. */
static uint32_t allowed_days(const struct cl_instance *cl, const struct cl_site *site)
{
    uint32_t days = cl_open_days(cl, site) & ~site->done, late = 0;
    size_t first = cl->first_day;
    if (first >= (size_t)cl->days) return 0;
    for (size_t w = 0; w < site->windows.count; w++) {
        const struct cl_hours *hours = &site->windows.items[w].hours;
        if (is_in(hours->days, first) &&
            hours->until_s + (int64_t)first * CL_DAY_S >= cl->earliest_s)
            late = (uint32_t)1 << first;
    }
    days &= ~(((uint32_t)1 << first) - 1);
    return late ? days : days & ~((uint32_t)1 << first);
}

static enum az_status resolve_patterns(struct cl_resolver *r, size_t i)
{
    struct cl_site *site = &r->cl->sites.items[i];
    bool all_done = cl_day_count(site->done) >= (size_t)site->visits;
    site->allowed = allowed_days(r->cl, site);
    site->pattern_count = 0;
    if (site->patterns.items) {
        AZ_TRY(take_patterns(r, i, site));
    } else if (!all_done) {
        struct cl_spacing spacing = cl_spacing_of(r->cl, site);
        spacing.days = site->allowed | site->done;
        spacing.done = site->done;
        AZ_TRY(enumerate_patterns(r, i, site, &spacing));
    }
    if (!all_done) return AZ_OK;
    site->allowed = 0;
    return take_done(r, site);
}

/* --- cares and prices ---------------------------------------------------------------------------
 */

static enum az_status resolve_options(struct cl_resolver *r, struct cl_site *site)
{
    const struct cl_instance *cl = r->cl;
    site->option = site->care.items;
    site->option_count = site->care.count;
    if (!site->care.items) {
        site->option_count = cl->cares.count;
        if (!(site->option = AZ_ARRAY(r->arena, site->option_count, struct cl_offer)))
            return AZ_NO_MEMORY;
        for (size_t o = 0; o < site->option_count; o++)
            site->option[o].care =
                (struct az_ref){ .id = cl->cares.items[o].id, .index = o, .collection = 0 };
    }
    if (!(site->duration_s = AZ_ARRAY(r->arena, site->option_count, int64_t))) return AZ_NO_MEMORY;
    for (size_t o = 0; o < site->option_count; o++) {
        const struct cl_care *care = &cl->cares.items[site->option[o].care.index];
        site->duration_s[o] =
            cl_seconds(care->visit_min + (double)site->patients * care->per_patient_min);
    }
    return AZ_OK;
}

static void resolve_prices(const struct cl_instance *cl, struct cl_site *site)
{
    double price =
        isnan(site->unserved_price_jpy) ? cl->unserved_price_jpy : site->unserved_price_jpy;
    int64_t left = site->visits - (int64_t)cl_day_count(site->done);
    site->left_out_jpy = cl->mode == CL_EXACT || isnan(price) ? INFINITY : price;
    if (left <= 0)
        site->left_out_jpy = 0;
    else if (isfinite(site->left_out_jpy))
        site->left_out_jpy *= (double)left;
    price =
        isnan(site->continuity_price_jpy) ? cl->continuity_price_jpy : site->continuity_price_jpy;
    site->continuity_jpy = site->familiar.count > 0 ? price : 0;
}

/* Promises that nobody could keep any more are told, and will be changed. */
static void tell_moves(struct cl_resolver *r)
{
    const struct cl_instance *cl = r->cl;
    struct az_path parts[3];
    char date[32];
    for (size_t i = 0; i < cl->appointment_count; i++) {
        const struct cl_appointment *it = &cl->appointment[i];
        const struct cl_site *site = &cl->sites.items[it->site.index];
        bool possible = false;
        if (it->status != CL_CONFIRMED || it->day == AZ_NO_INDEX || it->day < cl->first_day)
            continue;
        for (size_t p = 0; p < site->pattern_count && !possible; p++)
            possible = is_in(site->pattern[p].days, it->day);
        if (!possible)
            AZ_FIND(r->assumptions, &cl_code_appointment_moves, cl_appointment_path(cl, i, parts),
                    AZ_TEXT_PARAM("site", site->id),
                    AZ_TEXT_PARAM("date", cl_format_date(cl, it->day, date)));
    }
}

enum az_status cl_resolve_sites(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    double total = 0;
    resolve_appointments(cl);
    for (size_t i = 0; i < cl->sites.count; i++) {
        struct cl_site *site = &cl->sites.items[i];
        site->place_index = site->place.index;
        AZ_TRY(resolve_options(r, site));
        resolve_prices(cl, site);
        if (total > CL_MAX_PATTERNS) continue;
        AZ_TRY(resolve_patterns(r, i));
        total += (double)site->pattern_count;
    }
    if (total > CL_MAX_PATTERNS)
        AZ_FIND(r->findings, &cl_code_too_many_patterns, AZ_AT(NULL, "sites"),
                AZ_NUMBER_PARAM("maximum", CL_MAX_PATTERNS));
    tell_moves(r);
    return AZ_OK;
}
