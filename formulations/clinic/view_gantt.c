/* view_gantt.c - the week at a glance: a row a round with its drives, visits, waits, breaks and
 * charges, and a row a doctor or pharmacist and day with slots and bookings. Hours are of the
 * row's own day. */
#include "formulations/clinic/view.h"

/* What both charts share: the hours that they show. */
struct glance {
    struct cl_viewer *viewer;
    double from_s, until_s; /* clocks */
};

/* Bars are kept until the hours are known. */
static enum az_status add_bar(const struct glance *g, struct az_gantt_row *row, double from,
                              double to, const char *role, struct az_words label, const char *mark)
{
    double low = fmax(from, g->from_s), high = fmin(to, g->until_s);
    if (!(high > low)) return AZ_OK;
    return az_gantt_bar(g->viewer->arena, row,
                        (struct az_bar){ low - g->from_s, high - g->from_s, role, label, mark });
}

/* --- rounds -------------------------------------------------------------------------------------
 */

static struct az_words stop_words(struct cl_viewer *viewer, const struct cl_stop *stop)
{
    if (stop->kind == CL_STOP_VISIT) return cl_site_words(viewer, stop->site);
    if (stop->kind == CL_STOP_BREAK) return AZ_WORDS("Break", "休憩");
    return AZ_WORDS(cl_text(viewer, "Charging: %s", stop->charger.id ? stop->charger.id : ""),
                    cl_text(viewer, "充電: %s", stop->charger.id ? stop->charger.id : ""));
}

static const char *stop_role(const struct cl_stop *stop)
{
    return stop->kind == CL_STOP_VISIT ? "visit" : stop->kind == CL_STOP_BREAK ? "break" : "charge";
}

static enum az_status drive_bar(const struct glance *g, struct az_gantt_row *row, double from,
                                double to, double km)
{
    struct cl_viewer *viewer = g->viewer;
    struct az_words words = AZ_WORDS("Drive", "走行");
    if (isfinite(km) && km > 0)
        words =
            AZ_WORDS(cl_text(viewer, "Drive, %.1f km", km), cl_text(viewer, "走行 %.1f km", km));
    return add_bar(g, row, from, to, "drive", words, NULL);
}

/* From leaving to returning, and a break before it. */
static enum az_status round_bars(const struct glance *g, const struct cl_round *round, size_t day,
                                 struct az_gantt_row *row)
{
    struct cl_viewer *viewer = g->viewer;
    double at, arrival, start, end, back, km = round->distance_km;
    int number = 0;
    if (!cl_view_clock(viewer, day, round->leaves, &at)) return AZ_OK;
    for (size_t k = 0; k < round->stops.count; k++) {
        const struct cl_stop *stop = &round->stops.items[k];
        const char *mark = NULL;
        if (!cl_view_clock(viewer, day, stop->start, &start) ||
            !cl_view_clock(viewer, day, stop->end, &end))
            continue;
        if (stop->kind == CL_STOP_VISIT) mark = cl_text(viewer, "%d", ++number);
        if (cl_view_clock(viewer, day, stop->arrival, &arrival) && arrival > at) {
            AZ_TRY(drive_bar(g, row, at, arrival, stop->distance_km));
            at = arrival;
        }
        km -= stop->distance_km;
        if (stop->kind == CL_STOP_VISIT && start > at)
            AZ_TRY(add_bar(g, row, at, start, "wait", AZ_WORDS("Waiting", "待ち時間"), NULL));
        AZ_TRY(add_bar(g, row, start, end, stop_role(stop), stop_words(viewer, stop), mark));
        at = fmax(at, end);
    }
    if (!cl_view_clock(viewer, day, round->returns, &back)) return AZ_OK;
    return drive_bar(g, row, at, back, km);
}

/* --- doctors and pharmacists --------------------------------------------------------------------
 */

/* One call of a remote person. */
struct call {
    size_t remote, day;
    double from, to; /* clocks */
    struct az_ref site;
};

struct calls {
    struct call *items;
    size_t count;
};

static void add_call(const struct cl_viewer *viewer, struct calls *calls, size_t day,
                     const struct cl_booking *booking, struct az_ref site)
{
    struct call call = { .day = day, .site = site };
    if (!booking || !booking->remote.id || booking->remote.index >= viewer->cl->remote.count)
        return;
    call.remote = booking->remote.index;
    if (!cl_view_clock(viewer, day, booking->start, &call.from) ||
        !cl_view_clock(viewer, day, booking->end, &call.to))
        return;
    calls->items[calls->count++] = call;
}

static enum az_status list_calls(struct cl_viewer *viewer, struct calls *calls)
{
    const struct cl_plan *plan = viewer->plan;
    size_t most = 2 * plan->online.count;
    for (size_t r = 0; r < plan->rounds.count; r++) most += 2 * plan->rounds.items[r].stops.count;
    *calls = (struct calls){ AZ_ARRAY(viewer->arena, most, struct call), 0 };
    if (!calls->items) return AZ_NO_MEMORY;
    for (size_t r = 0; r < plan->rounds.count; r++) {
        const struct cl_round *round = &plan->rounds.items[r];
        for (size_t k = 0; k < round->stops.count; k++) {
            const struct cl_stop *stop = &round->stops.items[k];
            size_t day = cl_day_of_time(viewer, stop->start);
            add_call(viewer, calls, day, stop->doctor, stop->site);
            add_call(viewer, calls, day, stop->pharmacist, stop->site);
        }
    }
    for (size_t i = 0; i < plan->online.count; i++) {
        const struct cl_online *online = &plan->online.items[i];
        size_t day = cl_day_of_time(viewer, online->start);
        add_call(viewer, calls, day, online->doctor, online->site);
        add_call(viewer, calls, day, online->pharmacist, online->site);
    }
    return AZ_OK;
}

/* Slots that follow each other without a gap are one bar behind the calls. */
static enum az_status slot_bars(const struct glance *g, struct az_gantt_row *row, size_t remote,
                                size_t day)
{
    const struct cl_instance *cl = g->viewer->cl;
    double from = NAN, to = NAN;
    for (size_t s = 0; s <= cl->slot_count; s++) {
        const struct cl_slot *slot = s < cl->slot_count ? &cl->slot[s] : NULL;
        if (slot && (slot->remote != remote || slot->day != day)) continue;
        double begin = slot ? (double)(slot->from_s - (int64_t)day * CL_DAY_S) : INFINITY;
        if (isfinite(from) && begin > to + 0.5) {
            AZ_TRY(add_bar(g, row, from, to, "free", AZ_WORDS("Slots", "予約枠"), ""));
            from = NAN;
        }
        if (!slot) continue;
        double end = (double)(slot->until_s - (int64_t)day * CL_DAY_S);
        to = isfinite(from) ? fmax(to, end) : end;
        if (!isfinite(from)) from = begin;
    }
    return AZ_OK;
}

static bool has_slots(const struct cl_instance *cl, size_t remote, size_t day)
{
    for (size_t s = 0; s < cl->slot_count; s++)
        if (cl->slot[s].remote == remote && cl->slot[s].day == day) return true;
    return false;
}

/* Does it overlap a call before it in the list that is drawn on the same lane? */
static bool is_taken(const struct calls *calls, const size_t lane[], size_t i, size_t wanted)
{
    for (size_t k = 0; k < calls->count; k++) {
        const struct call *a = &calls->items[i], *b = &calls->items[k];
        if (k == i || lane[k] != wanted || a->remote != b->remote || a->day != b->day) continue;
        if (a->from < b->to && b->from < a->to) return true;
    }
    return false;
}

/* The lane of each call: the first on which nothing overlaps it. Returns how many there are. */
static size_t set_lanes(const struct calls *calls, size_t lane[], size_t remote, size_t day)
{
    size_t lanes = 1;
    for (size_t i = 0; i < calls->count; i++) {
        if (calls->items[i].remote != remote || calls->items[i].day != day) continue;
        size_t wanted = 0;
        while (is_taken(calls, lane, i, wanted)) wanted++;
        lane[i] = wanted;
        if (wanted + 1 > lanes) lanes = wanted + 1;
    }
    return lanes;
}

static enum az_status call_bars(const struct glance *g, struct az_gantt_row *row,
                                const struct calls *calls, const size_t lane[], size_t wanted,
                                size_t remote, size_t day)
{
    struct cl_viewer *viewer = g->viewer;
    bool doctor = viewer->cl->remote.items[remote].role == CL_DOCTOR;
    for (size_t i = 0; i < calls->count; i++) {
        const struct call *call = &calls->items[i];
        if (call->remote != remote || call->day != day || lane[i] != wanted) continue;
        AZ_TRY(add_bar(g, row, call->from, call->to, doctor ? "doctor" : "pharmacist",
                       cl_site_words(viewer, call->site), NULL));
    }
    return AZ_OK;
}

/* --- both charts --------------------------------------------------------------------------------
 */

static void widen(struct glance *g, size_t day, struct az_time time)
{
    double clock;
    if (!cl_view_clock(g->viewer, day, time, &clock) || fabs(clock) > 3 * (double)CL_DAY_S) return;
    g->from_s = fmin(g->from_s, clock);
    g->until_s = fmax(g->until_s, clock);
}

/* Whole hours around all rounds, visits and slots. */
static struct glance hours_of(struct cl_viewer *viewer, const struct calls *calls)
{
    const struct cl_plan *plan = viewer->plan;
    struct glance g = { viewer, INFINITY, -INFINITY };
    for (size_t r = 0; r < plan->rounds.count; r++) {
        const struct cl_round *round = &plan->rounds.items[r];
        size_t day = cl_day_of(viewer->cl, round->date);
        widen(&g, day, round->leaves);
        widen(&g, day, round->returns);
        for (size_t k = 0; k < round->stops.count; k++) {
            widen(&g, day, round->stops.items[k].start);
            widen(&g, day, round->stops.items[k].end);
        }
    }
    for (size_t i = 0; i < calls->count; i++) {
        g.from_s = fmin(g.from_s, calls->items[i].from);
        g.until_s = fmax(g.until_s, calls->items[i].to);
    }
    for (size_t s = 0; s < viewer->cl->slot_count; s++) {
        const struct cl_slot *slot = &viewer->cl->slot[s];
        double midnight = (double)slot->day * (double)CL_DAY_S;
        g.from_s = fmin(g.from_s, (double)slot->from_s - midnight);
        g.until_s = fmax(g.until_s, (double)slot->until_s - midnight);
    }
    g.from_s = 3600 * floor(g.from_s / 3600);
    g.until_s = 3600 * ceil(g.until_s / 3600);
    return g;
}

static struct az_gantt *new_gantt(const struct glance *g, struct az_words title, size_t rows)
{
    struct az_view *view = g->viewer->view;
    struct az_gantt *gantt = &view->gantts.items[view->gantts.count];
    gantt->title = title;
    gantt->leads = gantt->daily = true;
    gantt->start = az_time_add(g->viewer->cl->start, (int64_t)g->from_s);
    gantt->length_s = g->until_s - g->from_s;
    gantt->rows.items = AZ_ARRAY(g->viewer->arena, rows, struct az_gantt_row);
    if (!gantt->rows.items) return NULL;
    view->gantts.count++;
    return gantt;
}

static struct az_gantt_row *new_row(struct cl_viewer *viewer, struct az_gantt *gantt, size_t day,
                                    size_t *last_day, struct az_words name)
{
    struct az_gantt_row *row = &gantt->rows.items[gantt->rows.count++];
    struct az_words date = cl_day_short(viewer, day);
    row->label = AZ_WORDS(cl_text(viewer, "%s  %s", date.en, name.en),
                          cl_text(viewer, "%s　%s", date.ja, name.ja));
    row->apart = gantt->rows.count > 1 && day != *last_day;
    *last_day = day;
    return row;
}

static enum az_status round_chart(const struct glance *g)
{
    static const struct az_key keys[] = {
        { "visit", false, { "Visit (its number)", "訪問（番号は順番）" } },
        { "drive", false, { "Drive", "走行" } },
        { "wait", false, { "Waiting", "待ち時間" } },
        { "break", false, { "Break", "休憩" } },
        { "charge", false, { "Charging", "充電" } },
    };
    struct cl_viewer *viewer = g->viewer;
    size_t count = viewer->plan->rounds.count, last_day = AZ_NO_INDEX;
    const size_t *order = cl_round_order(viewer);
    if (!order) return AZ_NO_MEMORY;
    if (count == 0) return AZ_OK;
    struct az_gantt *gantt = new_gantt(g, AZ_WORDS("The week at a glance", "一週間の巡回"), count);
    if (!gantt) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct cl_round *round = &viewer->plan->rounds.items[order[i]];
        size_t day = cl_day_of(viewer->cl, round->date);
        struct az_words vehicle = cl_vehicle_words(viewer, round->vehicle);
        struct az_words crew = cl_crew_words(viewer, round, false);
        struct az_words name = AZ_WORDS(cl_text(viewer, "%s: %s", vehicle.en, crew.en),
                                        cl_text(viewer, "%s：%s", vehicle.ja, crew.ja));
        if (!*crew.en) name = vehicle;
        AZ_TRY(round_bars(g, round, day, new_row(viewer, gantt, day, &last_day, name)));
    }
    return az_gantt_keys(viewer->arena, gantt, keys, sizeof keys / sizeof keys[0]);
}

static enum az_status remote_chart(const struct glance *g, const struct calls *calls)
{
    static const struct az_key keys[] = {
        { "doctor", false, { "With a doctor", "医師の診療" } },
        { "pharmacist", false, { "With a pharmacist", "薬剤師の服薬指導" } },
        { "free", false, { "Slots that can be booked", "予約できる枠" } },
    };
    struct cl_viewer *viewer = g->viewer;
    const struct cl_instance *cl = viewer->cl;
    size_t days = (size_t)cl->days, rows = calls->count + days * cl->remote.count;
    size_t last_day = AZ_NO_INDEX, *lane = AZ_ARRAY(viewer->arena, calls->count, size_t);
    if (!lane) return AZ_NO_MEMORY;
    if (cl->remote.count == 0) return AZ_OK;
    for (size_t i = 0; i < calls->count; i++) lane[i] = AZ_NO_INDEX;
    struct az_gantt *gantt =
        new_gantt(g, AZ_WORDS("Doctors and pharmacists on line", "遠隔の医師・薬剤師の予約"), rows);
    if (!gantt) return AZ_NO_MEMORY;
    for (size_t day = 0; day < days; day++)
        for (size_t i = 0; i < cl->remote.count; i++) {
            size_t lanes = set_lanes(calls, lane, i, day);
            bool any = has_slots(cl, i, day);
            for (size_t k = 0; k < calls->count; k++)
                any = any || (calls->items[k].remote == i && calls->items[k].day == day);
            if (!any) continue;
            struct az_ref ref = { .id = cl->remote.items[i].id, .index = i };
            for (size_t n = 0; n < lanes; n++) {
                struct az_words name = cl_remote_words(viewer, ref);
                struct az_gantt_row *row = new_row(viewer, gantt, day, &last_day, name);
                if (n > 0) row->label = AZ_WORDS("", "");
                AZ_TRY(slot_bars(g, row, i, day));
                AZ_TRY(call_bars(g, row, calls, lane, n, i, day));
            }
        }
    if (gantt->rows.count == 0) viewer->view->gantts.count--;
    return az_gantt_keys(viewer->arena, gantt, keys, sizeof keys / sizeof keys[0]);
}

enum az_status cl_view_gantts(struct cl_viewer *viewer)
{
    struct calls calls;
    viewer->view->gantts.items = AZ_ARRAY(viewer->arena, 2, struct az_gantt);
    if (!viewer->view->gantts.items) return AZ_NO_MEMORY;
    AZ_TRY(list_calls(viewer, &calls));
    struct glance g = hours_of(viewer, &calls);
    if (!isfinite(g.from_s) || !(g.until_s > g.from_s)) return AZ_OK;
    AZ_TRY(round_chart(&g));
    return remote_chart(&g, &calls);
}
