/* model.c - the compact model: sites, their visits, bookings and promises. */
#include "formulations/clinic/model.h"

#include <math.h>

#include "solver/tolerances.h"

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static const struct cl_care *care_of(const struct cl_instance *cl, const struct cl_site *site,
                                     size_t option)
{
    return &cl->cares.items[site->option[option].care.index];
}

void cl_compact_end(const struct cl_compact *m, const struct cl_may_visit *visit, double weight)
{
    const struct cl_site *site = &m->cl->sites.items[visit->site];
    az_entry(m->lp, visit->start, weight);
    az_entry(m->lp, visit->wait, weight);
    for (size_t o = 0; o < site->option_count; o++)
        az_entry(m->lp, visit->option + o, weight * (double)site->duration_s[o]);
}

/* --- days of sites ------------------------------------------------------------------------------
 */

/* pattern_ip, left_out_i: one of them; sum of prices of what is left out at most as before. */
static enum az_status add_sites(struct cl_compact *m)
{
    const struct cl_instance *cl = m->cl;
    m->pattern = AZ_ARRAY(m->arena, cl->sites.count, size_t);
    m->left_out = AZ_ARRAY(m->arena, cl->sites.count, size_t);
    if (!m->pattern || !m->left_out) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        bool is_done = site->pattern_count == 1 && site->pattern[0].days == site->done;
        bool may_leave = isfinite(site->left_out_jpy) && !is_done;
        double price = may_leave && m->goals.goal != CL_GOAL_CHANGES ? site->left_out_jpy : 0;
        m->pattern[i] = m->lp->column_count;
        for (size_t p = 0; p < site->pattern_count; p++)
            AZ_BINARY(m->lp, cl_in_sum(m, site->pattern[p].price_jpy), "pattern");
        m->left_out[i] = az_column(m->lp, 0, may_leave ? 1 : 0, price, true, "left_out");
        az_row(m->lp, 1, 1, "served");
        az_entry(m->lp, m->left_out[i], 1);
        for (size_t p = 0; p < site->pattern_count; p++) az_entry(m->lp, m->pattern[i] + p, 1);
    }
    if (!isfinite(m->goals.unserved_max)) return AZ_OK;
    az_row(m->lp, -INFINITY, m->goals.unserved_max, "unserved_max");
    for (size_t i = 0; i < cl->sites.count; i++)
        if (isfinite(cl->sites.items[i].left_out_jpy))
            az_entry(m->lp, m->left_out[i], cl->sites.items[i].left_out_jpy);
    return AZ_OK;
}

/* --- bookings -----------------------------------------------------------------------------------
 */

static void add_bookings(struct cl_compact *m, struct cl_may_visit *visit, size_t option, int role,
                         const struct cl_consultation *asked)
{
    const struct cl_instance *cl = m->cl;
    int64_t midnight = (int64_t)visit->day * CL_DAY_S;
    for (size_t s = 0; asked && s < cl->slot_count; s++) {
        const struct cl_slot *slot = &cl->slot[s];
        struct cl_may_book book = { .option = option,
                                    .slot = s,
                                    .role = role,
                                    .from_s = slot->from_s - midnight - asked->after_s,
                                    .until_s = slot->until_s - midnight - asked->after_s -
                                               asked->length_s };
        int64_t latest_s = visit->hi_s + (role == CL_PHARMACIST ? asked->wait_s : 0);
        const struct cl_remote *remote = &cl->remote.items[slot->remote];
        if (remote->role != role || !cl_covers(remote, asked->specialty)) continue;
        if (book.from_s > latest_s || book.until_s < visit->lo_s || book.until_s < book.from_s)
            continue;
        book.column = AZ_BINARY(m->lp, 0, "booking");
        visit->booking[visit->booking_count++] = book;
    }
}

/* sum of bookings of an option = the option, for each role that it asks */
static void add_booking_rows(struct cl_compact *m, const struct cl_may_visit *visit)
{
    const struct cl_site *site = &m->cl->sites.items[visit->site];
    for (size_t o = 0; o < site->option_count; o++) {
        const struct cl_care *care = care_of(m->cl, site, o);
        for (int role = CL_DOCTOR; role <= CL_PHARMACIST; role++) {
            if (!(role == CL_DOCTOR ? care->doctor : care->pharmacist)) continue;
            az_row(m->lp, 0, 0, "booked");
            az_entry(m->lp, visit->option + o, -1);
            for (size_t b = 0; b < visit->booking_count; b++)
                if (visit->booking[b].option == o && visit->booking[b].role == role)
                    az_entry(m->lp, visit->booking[b].column, 1);
        }
    }
}

/* With one booking at most: lo + sum (from_b - lo) b <= start (+ wait) <= hi + sum (until_b - hi) b
 */
static void add_booking_times(struct cl_compact *m, const struct cl_may_visit *visit, int role,
                              int64_t wait_s)
{
    int64_t lo_s = visit->lo_s, hi_s = visit->hi_s + wait_s;
    for (int side = 0; side < 2; side++) {
        az_row(m->lp, side ? -INFINITY : (double)lo_s, side ? (double)hi_s : INFINITY, "online");
        az_entry(m->lp, visit->start, 1);
        if (role == CL_PHARMACIST) az_entry(m->lp, visit->wait, 1);
        for (size_t b = 0; b < visit->booking_count; b++) {
            const struct cl_may_book *book = &visit->booking[b];
            if (book->role != role) continue;
            if (side == 0 && book->from_s > lo_s)
                az_entry(m->lp, book->column, -(double)(book->from_s - lo_s));
            if (side == 1 && book->until_s < hi_s)
                az_entry(m->lp, book->column, (double)(hi_s - book->until_s));
        }
    }
}

/* sum of bookings of a slot <= capacity */
static void add_slots(struct cl_compact *m)
{
    for (size_t s = 0; s < m->cl->slot_count; s++) {
        az_row(m->lp, -INFINITY, (double)m->cl->slot[s].capacity, "slot");
        for (size_t v = 0; v < m->visit_count; v++)
            for (size_t b = 0; b < m->visit[v].booking_count; b++)
                if (m->visit[v].booking[b].slot == s)
                    az_entry(m->lp, m->visit[v].booking[b].column, 1);
    }
}

/* --- visits -------------------------------------------------------------------------------------
 */

/* Earliest and latest start by the windows, lengths by the cares. False: never on that day. */
static bool bound_visit(const struct cl_instance *cl, struct cl_may_visit *visit, int64_t *wait_s)
{
    const struct cl_site *site = &cl->sites.items[visit->site];
    int64_t earliest_s = larger(0, cl->earliest_s - (int64_t)visit->day * CL_DAY_S);
    visit->lo_s = INT64_MAX;
    visit->hi_s = INT64_MIN;
    for (size_t w = 0; w < site->windows.count; w++) {
        const struct cl_hours *hours = &site->windows.items[w].hours;
        if (!(hours->days >> visit->day & 1) || hours->until_s < earliest_s) continue;
        visit->lo_s = smaller(visit->lo_s, larger(hours->from_s, earliest_s));
        visit->hi_s = larger(visit->hi_s, hours->until_s);
    }
    *wait_s = 0;
    visit->longest_s = 0;
    visit->shortest_s = INT64_MAX;
    for (size_t o = 0; o < site->option_count; o++) {
        const struct cl_care *care = care_of(cl, site, o);
        if (care->pharmacist) *wait_s = larger(*wait_s, care->pharmacist->wait_s);
        visit->longest_s = larger(visit->longest_s, site->duration_s[o]);
        visit->shortest_s = smaller(visit->shortest_s, site->duration_s[o]);
    }
    visit->longest_s += *wait_s;
    return visit->lo_s <= visit->hi_s;
}

/* Columns of a visit. */
static enum az_status add_visit(struct cl_compact *m, struct cl_may_visit *visit, int64_t wait_s)
{
    const struct cl_instance *cl = m->cl;
    const struct cl_site *site = &cl->sites.items[visit->site];
    double lo = (double)visit->lo_s, hi = (double)visit->hi_s;
    visit->arrival = AZ_CONTINUOUS(m->lp, 0, hi, 0, "arrival");
    visit->start = AZ_CONTINUOUS(m->lp, lo, hi, 0, "start");
    visit->wait = AZ_CONTINUOUS(m->lp, 0, (double)wait_s, 0, "wait");
    int64_t ready_s = visit->hi_s + visit->longest_s;
    for (size_t v = 0; v < cl->vehicles.count; v++)
        ready_s = larger(ready_s, cl->vehicles.items[v].until_s);
    visit->ready = AZ_CONTINUOUS(m->lp, 0, (double)ready_s, 0, "ready");
    visit->option = m->lp->column_count;
    for (size_t o = 0; o < site->option_count; o++)
        AZ_BINARY(m->lp, cl_in_sum(m, site->option[o].price_jpy), "option");
    visit->window = m->lp->column_count;
    for (size_t w = 0; w < site->windows.count; w++) {
        bool opens = site->windows.items[w].hours.days >> visit->day & 1;
        az_column(m->lp, 0, opens, 0, true, "window");
    }
    visit->booking =
        AZ_ARRAY(m->arena, 2 * site->option_count * cl->slot_count, struct cl_may_book);
    if (!visit->booking) return AZ_NO_MEMORY;
    for (size_t o = 0; o < site->option_count; o++) {
        add_bookings(m, visit, o, CL_DOCTOR, care_of(cl, site, o)->doctor);
        add_bookings(m, visit, o, CL_PHARMACIST, care_of(cl, site, o)->pharmacist);
    }
    return AZ_OK;
}

/* One option and one window where one of the patterns with the day is taken; none otherwise. */
static void add_choice(struct cl_compact *m, const struct cl_may_visit *visit)
{
    const struct cl_site *site = &m->cl->sites.items[visit->site];
    const size_t first[] = { visit->option, visit->window };
    const size_t count[] = { site->option_count, site->windows.count };
    for (int k = 0; k < 2; k++) {
        az_row(m->lp, 0, 0, k == 0 ? "one_option" : "one_window");
        for (size_t i = 0; i < count[k]; i++) az_entry(m->lp, first[k] + i, 1);
        for (size_t p = 0; p < site->pattern_count; p++)
            if (site->pattern[p].days >> visit->day & 1)
                az_entry(m->lp, m->pattern[visit->site] + p, -1);
    }
}

/* from_w <= start <= until_w; the end too where the window is firm */
static void add_windows(struct cl_compact *m, const struct cl_may_visit *visit)
{
    const struct cl_site *site = &m->cl->sites.items[visit->site];
    for (int side = 0; side < 2; side++) {
        az_row(m->lp, side ? -INFINITY : (double)visit->lo_s, side ? (double)visit->hi_s : INFINITY,
               "in_window");
        az_entry(m->lp, visit->start, 1);
        for (size_t w = 0; w < site->windows.count; w++) {
            const struct cl_hours *hours = &site->windows.items[w].hours;
            if (side == 0 && hours->from_s > visit->lo_s)
                az_entry(m->lp, visit->window + w, -(double)(hours->from_s - visit->lo_s));
            if (side == 1 && hours->until_s < visit->hi_s)
                az_entry(m->lp, visit->window + w, (double)(visit->hi_s - hours->until_s));
        }
    }
    for (size_t w = 0; w < site->windows.count; w++) {
        double until = (double)site->windows.items[w].hours.until_s;
        double most = (double)(visit->hi_s + visit->longest_s);
        if (site->windows.items[w].ends_within != 1 || until >= most) continue;
        az_row(m->lp, -INFINITY, most, "ends_within");
        cl_compact_end(m, visit, 1);
        az_entry(m->lp, visit->window + w, most - until);
    }
}

/* wait <= wait_o of the option; arrival <= start; ready >= end; a visit on line is of the day on
 * which it begins */
static void add_times(struct cl_compact *m, const struct cl_may_visit *visit)
{
    const struct cl_site *site = &m->cl->sites.items[visit->site];
    az_row(m->lp, -INFINITY, 0, "waits");
    az_entry(m->lp, visit->wait, 1);
    for (size_t o = 0; o < site->option_count; o++) {
        const struct cl_care *care = care_of(m->cl, site, o);
        if (care->pharmacist) az_entry(m->lp, visit->option + o, -(double)care->pharmacist->wait_s);
    }
    az_row(m->lp, 0, INFINITY, "arrives");
    az_entry(m->lp, visit->start, 1);
    az_entry(m->lp, visit->arrival, -1);
    az_row(m->lp, -INFINITY, 0, "is_ready");
    cl_compact_end(m, visit, 1);
    az_entry(m->lp, visit->ready, -1);
    if (visit->hi_s < CL_DAY_S) return;
    double over = (double)(visit->hi_s - CL_DAY_S + 1);
    az_row(m->lp, -INFINITY, (double)visit->hi_s, "same_day");
    az_entry(m->lp, visit->start, 1);
    for (size_t o = 0; o < site->option_count; o++)
        if (!care_of(m->cl, site, o)->needs_crew) az_entry(m->lp, visit->option + o, over);
}

static enum az_status add_visits(struct cl_compact *m)
{
    const struct cl_instance *cl = m->cl;
    int64_t wait_s;
    size_t bookings = 0;
    m->visit = AZ_ARRAY(m->arena, cl->sites.count * (size_t)cl->days, struct cl_may_visit);
    if (!m->visit) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->sites.count; i++)
        for (size_t d = cl->first_day; d < (size_t)cl->days; d++) {
            struct cl_may_visit *visit = &m->visit[m->visit_count];
            const struct cl_site *site = &cl->sites.items[i];
            if (!(site->allowed >> d & 1)) continue;
            *visit = (struct cl_may_visit){ .site = i, .day = d };
            if (!bound_visit(cl, visit, &wait_s)) continue;
            m->visit_count++;
            AZ_TRY(add_visit(m, visit, wait_s));
            add_choice(m, visit);
            add_windows(m, visit);
            add_times(m, visit);
            add_booking_rows(m, visit);
            add_booking_times(m, visit, CL_DOCTOR, 0);
            add_booking_times(m, visit, CL_PHARMACIST, wait_s);
            bookings += visit->booking_count;
        }
    add_slots(m);
    return bookings > CL_COMPACT_BOOKINGS ? AZ_UNSUPPORTED : AZ_OK;
}

static struct cl_may_visit *visit_on(const struct cl_compact *m, size_t site, size_t day)
{
    for (size_t v = 0; v < m->visit_count; v++)
        if (m->visit[v].site == site && m->visit[v].day == day) return &m->visit[v];
    return NULL;
}

/* A day on which nothing can be visited is in no pattern that is taken. */
static void add_closed_days(struct cl_compact *m)
{
    for (size_t i = 0; i < m->cl->sites.count; i++) {
        const struct cl_site *site = &m->cl->sites.items[i];
        for (size_t p = 0; p < site->pattern_count; p++)
            for (size_t d = 0; d < (size_t)m->cl->days; d++)
                if (((site->pattern[p].days & ~site->done) >> d & 1) && !visit_on(m, i, d))
                    az_column_bounds(m->lp, m->pattern[i] + p, 0, 0);
    }
}

/* --- promises -----------------------------------------------------------------------------------
 */

/* kept <= is visited; promised - tolerance <= start <= promised + tolerance where it is kept */
static void add_promise(struct cl_compact *m, size_t a, const struct cl_may_visit *visit)
{
    const struct cl_appointment *promise = &m->cl->appointment[a];
    const struct cl_site *site = &m->cl->sites.items[promise->site.index];
    int64_t at_s = promise->start_s - (int64_t)promise->day * CL_DAY_S;
    int64_t from_s = at_s - m->cl->tolerance_s, until_s = at_s + m->cl->tolerance_s;
    bool counts = m->goals.goal != CL_GOAL_UNSERVED;
    if (!visit || from_s > visit->hi_s || until_s < visit->lo_s) return;
    m->kept[a] = AZ_BINARY(m->lp, counts ? -promise->change_price_jpy : 0, "kept");
    az_row(m->lp, -INFINITY, 0, "kept_visited");
    az_entry(m->lp, m->kept[a], 1);
    for (size_t o = 0; o < site->option_count; o++) az_entry(m->lp, visit->option + o, -1);
    if (from_s > visit->lo_s) {
        az_row(m->lp, (double)visit->lo_s, INFINITY, "kept_from");
        az_entry(m->lp, visit->start, 1);
        az_entry(m->lp, m->kept[a], -(double)(from_s - visit->lo_s));
    }
    if (until_s < visit->hi_s) {
        az_row(m->lp, -INFINITY, (double)visit->hi_s, "kept_until");
        az_entry(m->lp, visit->start, 1);
        az_entry(m->lp, m->kept[a], (double)(visit->hi_s - until_s));
    }
}

/* Each confirmed appointment is kept or costs its price; nothing is priced in exact mode. */
static enum az_status add_promises(struct cl_compact *m)
{
    const struct cl_instance *cl = m->cl;
    double all = 0;
    bool counts = m->goals.goal != CL_GOAL_UNSERVED;
    m->kept = AZ_ARRAY(m->arena, cl->appointment_count, size_t);
    if (!m->kept) return AZ_NO_MEMORY;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        const struct cl_appointment *promise = &cl->appointment[a];
        m->kept[a] = AZ_NO_INDEX;
        if (promise->status != CL_CONFIRMED || promise->day == AZ_NO_INDEX) continue;
        all += promise->change_price_jpy;
        add_promise(m, a, visit_on(m, promise->site.index, promise->day));
        if (cl->mode != CL_EXACT) continue;
        az_row(m->lp, 1, 1, "kept_exactly");
        if (m->kept[a] != AZ_NO_INDEX) az_entry(m->lp, m->kept[a], 1);
    }
    if (counts) az_add_offset(m->lp, all);
    if (!isfinite(m->goals.changes_max)) return AZ_OK;
    az_row(m->lp, all - m->goals.changes_max, INFINITY, "changes_max");
    for (size_t a = 0; a < cl->appointment_count; a++)
        if (m->kept[a] != AZ_NO_INDEX)
            az_entry(m->lp, m->kept[a], cl->appointment[a].change_price_jpy);
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static bool is_tiny(const struct cl_instance *cl)
{
    int64_t rounds = 0;
    for (size_t v = 0; v < cl->vehicles.count; v++)
        for (size_t d = cl->first_day; d < (size_t)cl->days; d++)
            rounds += cl->vehicles.items[v].fleet[d];
    return cl->sites.count <= CL_COMPACT_SITES && rounds <= CL_COMPACT_ROUNDS &&
           (size_t)cl->days - cl->first_day <= CL_COMPACT_DAYS &&
           cl->staff.count <= CL_COMPACT_STAFF && cl->chargers.count <= CL_COMPACT_CHARGERS;
}

enum az_status cl_compact_new(const struct cl_instance *cl, const struct cl_goals *goals,
                              struct az_arena *arena, struct cl_compact **out)
{
    struct cl_compact *m = AZ_NEW(arena, struct cl_compact);
    if (!is_tiny(cl)) return AZ_UNSUPPORTED;
    if (!m) return AZ_NO_MEMORY;
    *m = (struct cl_compact){ .cl = cl, .goals = *goals, .arena = arena };
    m->lp = az_model_new(arena, AZ_MINIMIZE);
    if (!m->lp) return AZ_NO_MEMORY;
    AZ_TRY(add_sites(m));
    AZ_TRY(add_visits(m));
    add_closed_days(m);
    AZ_TRY(add_promises(m));
    AZ_TRY(cl_compact_rounds(m));
    *out = m;
    return az_model_finish(m->lp);
}
