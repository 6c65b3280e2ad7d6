/* view.c - a week of rounds as neutral figures: key numbers, notes, and what all files of the view
 * share. */
#include "formulations/clinic/view.h"

/* --- what the plan has --------------------------------------------------------------------------
 */

const struct cl_site *cl_site_of(const struct cl_viewer *viewer, struct az_ref ref)
{
    return ref.id && ref.index < viewer->cl->sites.count ? &viewer->cl->sites.items[ref.index]
                                                         : NULL;
}

const struct cl_unserved *cl_unserved_of(const struct cl_viewer *viewer, size_t site)
{
    for (size_t i = 0; i < viewer->plan->unserved.count; i++) {
        const struct cl_unserved *it = &viewer->plan->unserved.items[i];
        if (it->site.id && it->site.index == site) return it;
    }
    return NULL;
}

bool cl_is_left_out(const struct cl_viewer *viewer, size_t site)
{
    if (!viewer->judge.seen) return cl_unserved_of(viewer, site) != NULL;
    return cl_visits_left(&viewer->cl->sites.items[site]) > 0 && !viewer->judge.site_days[site];
}

bool cl_view_clock(const struct cl_viewer *viewer, size_t day, struct az_time time, double *clock)
{
    if (!az_time_given(time) || day == AZ_NO_INDEX) return false;
    *clock = (double)(time.utc_s - viewer->cl->start.utc_s) - (double)day * (double)CL_DAY_S;
    return true;
}

/* Does round a come before round b? Rounds of no day come last. */
static bool comes_before(const struct cl_viewer *viewer, size_t a, size_t b)
{
    const struct cl_round *x = &viewer->plan->rounds.items[a], *y = &viewer->plan->rounds.items[b];
    size_t day[2] = { cl_day_of(viewer->cl, x->date), cl_day_of(viewer->cl, y->date) };
    if (day[0] != day[1]) return day[0] < day[1];
    if (x->vehicle.index != y->vehicle.index) return x->vehicle.index < y->vehicle.index;
    if (az_time_given(x->leaves) && az_time_given(y->leaves) && x->leaves.utc_s != y->leaves.utc_s)
        return x->leaves.utc_s < y->leaves.utc_s;
    return a < b;
}

const size_t *cl_round_order(struct cl_viewer *viewer)
{
    size_t count = viewer->plan->rounds.count, *order = AZ_ARRAY(viewer->arena, count, size_t);
    for (size_t i = 0; order && i < count; i++) {
        size_t at = i;
        for (; at > 0 && comes_before(viewer, i, order[at - 1]); at--) order[at] = order[at - 1];
        order[at] = i;
    }
    return order;
}

/* --- key numbers --------------------------------------------------------------------------------
 */

struct totals {
    int64_t wanted, done, served, left_out_sites, left_out, patients;
};

static struct totals add_up(const struct cl_viewer *viewer)
{
    struct totals sum = { 0 };
    for (size_t i = 0; i < viewer->cl->sites.count; i++) {
        const struct cl_site *site = &viewer->cl->sites.items[i];
        int64_t left = cl_visits_left(site);
        sum.wanted += site->visits;
        sum.done += site->visits - left;
        if (!cl_is_left_out(viewer, i)) continue;
        sum.left_out_sites++;
        sum.left_out += left;
    }
    for (size_t r = 0; r < viewer->plan->rounds.count; r++)
        for (size_t k = 0; k < viewer->plan->rounds.items[r].stops.count; k++) {
            const struct cl_stop *stop = &viewer->plan->rounds.items[r].stops.items[k];
            const struct cl_site *site = cl_site_of(viewer, stop->site);
            if (stop->kind != CL_STOP_VISIT) continue;
            sum.served++;
            if (site) sum.patients += site->patients;
        }
    for (size_t i = 0; i < viewer->plan->online.count; i++) {
        const struct cl_site *site = cl_site_of(viewer, viewer->plan->online.items[i].site);
        sum.served++;
        if (site) sum.patients += site->patients;
    }
    return sum;
}

static void visit_numbers(struct cl_viewer *viewer)
{
    struct totals sum = add_up(viewer);
    const struct cl_summary *summary = viewer->plan->summary;
    const char *done_en = "", *done_ja = "";
    if (sum.done > 0) {
        done_en = cl_text(viewer, "; %lld done before", (long long)sum.done);
        done_ja = cl_text(viewer, "（ほか %lld 件は実施済み）", (long long)sum.done);
    }
    az_view_number(
        viewer->view, AZ_WORDS("Visits planned", "予定した訪問"), (double)sum.served, "visits", 0,
        AZ_WORDS(
            cl_text(viewer, "of %lld wanted%s", (long long)(sum.wanted - sum.done), done_en),
            cl_text(viewer, "希望 %lld 件のうち%s", (long long)(sum.wanted - sum.done), done_ja)));
    az_view_number(
        viewer->view, AZ_WORDS("Visits left out", "見送る訪問"), (double)sum.left_out, "visits", 0,
        sum.left_out_sites > 0
            ? AZ_WORDS(
                  cl_text(viewer, "of %lld sites; reasons below", (long long)sum.left_out_sites),
                  cl_text(viewer, "%lld か所（理由は下の表）", (long long)sum.left_out_sites))
            : AZ_NO_NOTE);
    if (summary->online > 0)
        az_view_number(viewer->view, AZ_WORDS("Of these on line", "うちオンライン"),
                       (double)summary->online, "visits", 0,
                       AZ_WORDS("without a vehicle", "車両なし"));
    az_view_number(viewer->view, AZ_WORDS("Patients", "患者数"), (double)sum.patients, "", 0,
                   AZ_NO_NOTE);
    bool promised = false;
    for (size_t a = 0; a < viewer->cl->appointment_count; a++)
        promised = promised || viewer->cl->appointment[a].status == CL_CONFIRMED;
    if (promised && viewer->judge.seen)
        az_view_number(viewer->view, AZ_WORDS("Confirmed times changed", "約束した時刻の変更"),
                       (double)summary->changes.count, "visits", 0,
                       summary->changes.count > 0
                           ? AZ_WORDS("see the call list", "電話連絡の一覧を参照")
                           : AZ_WORDS("all are kept", "すべて約束どおり"));
}

static void work_numbers(struct cl_viewer *viewer)
{
    const struct cl_summary *summary = viewer->plan->summary;
    az_view_number(viewer->view, AZ_WORDS("Rounds", "巡回"), (double)viewer->plan->rounds.count, "",
                   0, AZ_WORDS("a vehicle's day each", "車両と日の組"));
    az_view_number(viewer->view, AZ_WORDS("Distance", "走行距離"), summary->distance_km, "km", 0,
                   AZ_NO_NOTE);
    az_view_number(viewer->view, AZ_WORDS("Driving", "走行時間"), summary->driving_min / 60, "h", 1,
                   AZ_NO_NOTE);
    if (viewer->cl->staff.count == 0) return;
    az_view_number(viewer->view, AZ_WORDS("Overtime", "時間外勤務"), summary->overtime_min / 60,
                   "h", 1, AZ_NO_NOTE);
    az_view_number(viewer->view, AZ_WORDS("Most hours of one person", "一人の勤務時間の最大"),
                   summary->balance_min / 60, "h", 1,
                   AZ_WORDS("one member of staff, all days", "職員一人の期間合計"));
}

static void money_numbers(struct cl_viewer *viewer)
{
    const struct az_judgement *judgement = viewer->judgement;
    const char *unit = viewer->cl->money_unit ? viewer->cl->money_unit : "JPY";
    if (!judgement || !isfinite(judgement->cost)) return;
    az_view_number(viewer->view, AZ_WORDS("Cost of the plan", "計画の費用"), judgement->cost, unit,
                   0,
                   AZ_WORDS("vehicles, kilometres, driving, staff, kinds of visit",
                            "車両・走行距離・走行時間・職員・診療形態"));
    if (judgement->penalty > 0)
        az_view_number(viewer->view, AZ_WORDS("Price of conceded rules", "譲った規則の対価"),
                       judgement->penalty, unit, 0,
                       AZ_WORDS("visits left out, times changed", "見送る訪問、変更した時刻"));
}

static enum az_status fill_numbers(struct cl_viewer *viewer)
{
    viewer->view->numbers.items = AZ_ARRAY(viewer->arena, 16, struct az_key_number);
    if (!viewer->view->numbers.items) return AZ_NO_MEMORY;
    visit_numbers(viewer);
    work_numbers(viewer);
    money_numbers(viewer);
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* A copy of the plan with its results computed afresh, and what the judge has seen of it. */
static enum az_status take_plan(struct cl_viewer *viewer, const struct cl_plan *plan)
{
    struct az_judgement judgement;
    void *copy;
    AZ_TRY(az_copy(&cl_plan_table, plan, viewer->arena, &copy));
    AZ_TRY(cl_summarise(viewer->cl, viewer->arena, copy));
    viewer->plan = copy;
    return cl_judge_all(&viewer->judge, viewer->cl, viewer->plan, viewer->arena, &judgement);
}

enum az_status cl_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view)
{
    const struct cl_instance *cl = instance;
    struct cl_viewer viewer = { .cl = cl, .judgement = judgement, .arena = arena, .view = view };
    *view = (struct az_view){ 0 };
    view->title = cl->title && *cl->title
                      ? az_name_words(arena, cl->title, NULL)
                      : AZ_WORDS("A week of mobile-clinic rounds", "移動診療の巡回計画");
    AZ_TRY(take_plan(&viewer, plan));
    AZ_TRY(fill_numbers(&viewer));
    AZ_TRY(cl_view_gantts(&viewer));
    AZ_TRY(cl_view_maps(&viewer));
    AZ_TRY(cl_view_tables(&viewer));
    if (viewer.no_memory) return AZ_NO_MEMORY;
    return az_view_notes(view, arena, cl->notes, cl->sources.items, cl->sources.count);
}
