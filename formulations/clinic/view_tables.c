/* view_tables.c - tables of a week: visits left out and the call list first, then rounds, visits on
 * line, doctors and pharmacists, loads of staff, money. */
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/view.h"

static const char *money_unit(const struct cl_viewer *viewer)
{
    return viewer->cl->money_unit ? viewer->cl->money_unit : "JPY";
}

static struct az_view_table *new_table(struct cl_viewer *viewer, const char *en, const char *ja,
                                       size_t columns, size_t rows)
{
    return az_view_table(viewer->view, viewer->arena, AZ_WORDS(en, ja), columns, rows);
}

/* A site; who knows how to reach it says so below. */
static struct az_cell site_cell(struct cl_viewer *viewer, struct az_ref site)
{
    struct az_cell cell = az_cell_words(cl_site_words(viewer, site));
    cell.person = site.id;
    return cell;
}

/* --- what is left out ---------------------------------------------------------------------------
 */

static struct az_words displaced_words(struct cl_viewer *viewer, const struct cl_unserved *unserved)
{
    struct az_words words = AZ_WORDS("", "");
    for (size_t i = 0; unserved && i < unserved->displaced.count; i++) {
        struct az_words site = cl_site_words(viewer, unserved->displaced.items[i]);
        words = AZ_WORDS(cl_text(viewer, "%s%s%s", words.en, i ? ", " : "", site.en),
                         cl_text(viewer, "%s%s%s", words.ja, i ? "、" : "", site.ja));
    }
    return words;
}

/* "not tested" where it should be known by now is said so; a price only where there is one. */
static void unserved_row(struct cl_viewer *viewer, size_t site, struct az_cell cells[])
{
    const struct cl_site *it = &viewer->cl->sites.items[site];
    const struct cl_unserved *unserved = cl_unserved_of(viewer, site);
    bool priced = unserved && unserved->reason == CL_REASON_DISPLACES;
    cells[0] = site_cell(viewer, (struct az_ref){ .id = it->id, .index = site });
    cells[1] = az_cell_words(cl_reason_words(viewer, unserved));
    cells[2] = az_cell_words(displaced_words(viewer, unserved));
    cells[3] = az_cell_number((double)cl_visits_left(it), 0);
    cells[4] = az_cell_number(priced ? unserved->price_jpy : NAN, 0);
    cells[5] = az_cell_number(priced ? unserved->price_bound_jpy : NAN, 0);
    cells[6] = az_cell_number(it->left_out_jpy, 0);
}

static enum az_status unserved_table(struct cl_viewer *viewer)
{
    size_t rows = 0;
    for (size_t i = 0; i < viewer->cl->sites.count; i++) rows += cl_is_left_out(viewer, i);
    if (rows == 0) return AZ_OK;
    struct az_view_table *table = new_table(viewer, "Visits left out", "見送る訪問", 7, rows);
    if (!table) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_LEADS;
    az_view_column(table, AZ_WORDS("Site", "訪問先"), NULL);
    az_view_column(table, AZ_WORDS("Reason", "理由"), NULL);
    az_view_column(table, AZ_WORDS("Would displace", "代わりに見送る先"), NULL);
    az_view_column(table, AZ_WORDS("Visits", "回数"), NULL);
    az_view_column(table, AZ_WORDS("Serving it costs", "訪問する場合の追加額"), money_unit(viewer));
    az_view_column(table, AZ_WORDS("at least", "少なくとも"), money_unit(viewer));
    az_view_column(table, AZ_WORDS("Price of leaving out", "見送りの費用"), money_unit(viewer));
    for (size_t i = 0; i < viewer->cl->sites.count; i++)
        if (cl_is_left_out(viewer, i)) unserved_row(viewer, i, az_view_row(table));
    return AZ_OK;
}

/* --- the call list ------------------------------------------------------------------------------
 */

static struct az_words shift_words(struct cl_viewer *viewer, const struct cl_change *change)
{
    if (!az_time_given(change->start)) return AZ_WORDS("cancelled", "取りやめ");
    int64_t minutes = (change->start.utc_s - change->promised.utc_s) / 60;
    if (llabs((long long)minutes) >= 12 * 60) return AZ_WORDS("another day", "別の日");
    return AZ_WORDS(cl_text(viewer, "%lld min %s", llabs((long long)minutes),
                            minutes < 0 ? "earlier" : "later"),
                    cl_text(viewer, "%lld 分%s", llabs((long long)minutes),
                            minutes < 0 ? "早まる" : "遅くなる"));
}

static enum az_status call_table(struct cl_viewer *viewer)
{
    const struct cl_summary *summary = viewer->plan->summary;
    size_t count = summary->changes.count;
    if (count == 0) return AZ_OK;
    struct az_view_table *table = new_table(viewer, "Call list: promised times that change",
                                            "電話連絡の一覧（約束した時刻の変更）", 5, count);
    if (!table) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_LEADS;
    az_view_column(table, AZ_WORDS("Site", "訪問先"), NULL);
    az_view_column(table, AZ_WORDS("Promised", "約束した時刻"), NULL);
    az_view_column(table, AZ_WORDS("New time", "新しい時刻"), NULL);
    az_view_column(table, AZ_WORDS("Change", "変更"), NULL);
    az_view_column(table, AZ_WORDS("Called", "連絡済み"), NULL);
    for (size_t i = 0; i < count; i++) {
        const struct cl_change *change = &summary->changes.items[i];
        struct az_cell *cells = az_view_row(table);
        cells[0] = site_cell(viewer, change->site);
        cells[1] = az_cell_words(cl_moment_words(viewer, change->promised));
        cells[2] =
            az_cell_words(az_time_given(change->start) ? cl_moment_words(viewer, change->start)
                                                       : AZ_WORDS("–", "–"));
        cells[2].strong = true;
        cells[3] = az_cell_words(shift_words(viewer, change));
        cells[4] = az_cell_text("□");
    }
    return AZ_OK;
}

/* --- rounds and visits on line ------------------------------------------------------------------
 */

static void count_visits(const struct cl_viewer *viewer, const struct cl_round *round,
                         double *visits, double *patients, double *waits)
{
    *visits = *patients = *waits = 0;
    for (size_t k = 0; k < round->stops.count; k++) {
        const struct cl_stop *stop = &round->stops.items[k];
        const struct cl_site *site = cl_site_of(viewer, stop->site);
        if (stop->kind != CL_STOP_VISIT) continue;
        *visits += 1;
        if (site) *patients += (double)site->patients;
        if (isfinite(stop->wait_min)) *waits += stop->wait_min;
    }
}

static void round_row(struct cl_viewer *viewer, const struct cl_round *round,
                      struct az_cell cells[])
{
    double visits, patients, waits;
    count_visits(viewer, round, &visits, &patients, &waits);
    cells[0] = az_cell_words(cl_day_words(viewer, cl_day_of(viewer->cl, round->date)));
    cells[1] = az_cell_words(cl_vehicle_words(viewer, round->vehicle));
    cells[2] = az_cell_words(cl_crew_words(viewer, round, false));
    cells[3] = az_cell_clock(viewer->arena, round->leaves);
    cells[4] = az_cell_clock(viewer->arena, round->returns);
    cells[5] = az_cell_number(visits, 0);
    cells[6] = az_cell_number(patients, 0);
    cells[7] = az_cell_number(round->distance_km, 1);
    cells[8] = az_cell_number(round->driving_min, 0);
    cells[9] = az_cell_number(waits, 0);
    cells[10] = az_cell_number(round->work_min, 0);
    cells[11] = az_cell_number(round->overtime_min, 0);
}

static enum az_status round_table(struct cl_viewer *viewer)
{
    size_t count = viewer->plan->rounds.count;
    const size_t *order = cl_round_order(viewer);
    if (!order) return AZ_NO_MEMORY;
    if (count == 0) return AZ_OK;
    struct az_view_table *table = new_table(viewer, "Rounds", "巡回", 12, count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Day", "日"), NULL);
    az_view_column(table, AZ_WORDS("Vehicle", "車両"), NULL);
    az_view_column(table, AZ_WORDS("Crew", "班"), NULL);
    az_view_column(table, AZ_WORDS("Leaves", "出発"), NULL);
    az_view_column(table, AZ_WORDS("Returns", "帰着"), NULL);
    az_view_column(table, AZ_WORDS("Visits", "訪問"), NULL);
    az_view_column(table, AZ_WORDS("Patients", "患者数"), NULL);
    az_view_column(table, AZ_WORDS("Distance", "距離"), "km");
    az_view_column(table, AZ_WORDS("Driving", "走行時間"), "min");
    az_view_column(table, AZ_WORDS("Waiting", "待ち時間"), "min");
    az_view_column(table, AZ_WORDS("Work", "勤務時間"), "min");
    az_view_column(table, AZ_WORDS("Overtime", "時間外勤務"), "min");
    for (size_t i = 0; i < count; i++)
        round_row(viewer, &viewer->plan->rounds.items[order[i]], az_view_row(table));
    return AZ_OK;
}

static enum az_status online_table(struct cl_viewer *viewer)
{
    size_t count = viewer->plan->online.count;
    if (count == 0) return AZ_OK;
    struct az_view_table *table = new_table(viewer, "Visits on line, without a vehicle",
                                            "オンラインの診療（車両なし）", 7, count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Site", "訪問先"), NULL);
    az_view_column(table, AZ_WORDS("Day", "日"), NULL);
    az_view_column(table, AZ_WORDS("Start", "開始"), NULL);
    az_view_column(table, AZ_WORDS("End", "終了"), NULL);
    az_view_column(table, AZ_WORDS("Kind", "診療形態"), NULL);
    az_view_column(table, AZ_WORDS("On line with", "遠隔の担当"), NULL);
    az_view_column(table, AZ_WORDS("Promised", "約束"), NULL);
    for (size_t i = 0; i < count; i++) {
        const struct cl_online *online = &viewer->plan->online.items[i];
        struct az_cell *cells = az_view_row(table);
        cells[0] = site_cell(viewer, online->site);
        cells[1] = az_cell_words(cl_day_words(viewer, cl_day_of_time(viewer, online->start)));
        cells[2] = az_cell_clock(viewer->arena, online->start);
        cells[3] = az_cell_clock(viewer->arena, online->end);
        cells[4] = az_cell_words(cl_care_words(viewer, online->care));
        cells[5] = az_cell_words(cl_booking_words(viewer, online->doctor, online->pharmacist));
        cells[6] = az_cell_words(cl_promise_words(viewer, online->site, online->start));
    }
    return AZ_OK;
}

/* --- doctors and pharmacists --------------------------------------------------------------------
 */

struct booked {
    const struct cl_booking *booking;
    struct az_ref site, care;
    const char *vehicle; /* NULL: on line */
};

static void add_booked(struct booked items[], size_t *count, size_t remote, struct booked one)
{
    if (!one.booking || !one.booking->remote.id || one.booking->remote.index != remote) return;
    size_t at = (*count)++;
    for (; at > 0 && items[at - 1].booking->start.utc_s > one.booking->start.utc_s; at--)
        items[at] = items[at - 1];
    items[at] = one;
}

/* In the order of time. */
static size_t list_booked(const struct cl_viewer *viewer, size_t remote, struct booked items[])
{
    const struct cl_plan *plan = viewer->plan;
    size_t count = 0;
    for (size_t r = 0; r < plan->rounds.count; r++)
        for (size_t k = 0; k < plan->rounds.items[r].stops.count; k++) {
            const struct cl_stop *stop = &plan->rounds.items[r].stops.items[k];
            const char *vehicle = plan->rounds.items[r].vehicle.id;
            if (stop->kind != CL_STOP_VISIT) continue;
            struct booked one = { stop->doctor, stop->site, stop->care, vehicle ? vehicle : "" };
            add_booked(items, &count, remote, one);
            one.booking = stop->pharmacist;
            add_booked(items, &count, remote, one);
        }
    for (size_t i = 0; i < plan->online.count; i++) {
        const struct cl_online *online = &plan->online.items[i];
        struct booked one = { online->doctor, online->site, online->care, NULL };
        add_booked(items, &count, remote, one);
        one.booking = online->pharmacist;
        add_booked(items, &count, remote, one);
    }
    return count;
}

/* What a doctor or pharmacist is called for, and when: a list to send them. */
static enum az_status remote_table(struct cl_viewer *viewer, size_t remote, struct booked items[])
{
    const struct cl_remote *it = &viewer->cl->remote.items[remote];
    size_t count = list_booked(viewer, remote, items);
    struct az_words who = cl_remote_words(viewer, (struct az_ref){ .id = it->id, .index = remote });
    bool doctor = it->role == CL_DOCTOR;
    if (count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      AZ_WORDS(cl_text(viewer, "%s: %s", doctor ? "Doctor" : "Pharmacist", who.en),
                               cl_text(viewer, "%s：%s", doctor ? "医師" : "薬剤師", who.ja)),
                      7, count);
    if (!table) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_FOLDED;
    az_view_column(table, AZ_WORDS("Day", "日"), NULL);
    az_view_column(table, AZ_WORDS("Start", "開始"), NULL);
    az_view_column(table, AZ_WORDS("End", "終了"), NULL);
    az_view_column(table, AZ_WORDS("Slot", "枠"), NULL);
    az_view_column(table, AZ_WORDS("Site", "訪問先"), NULL);
    az_view_column(table, AZ_WORDS("Kind", "診療形態"), NULL);
    az_view_column(table, AZ_WORDS("Vehicle", "車両"), NULL);
    for (size_t i = 0; i < count; i++) {
        const struct booked *one = &items[i];
        struct az_cell *cells = az_view_row(table);
        size_t day = cl_day_of_time(viewer, one->booking->start);
        cells[0] = az_cell_words(cl_day_words(viewer, day));
        cells[1] = az_cell_clock(viewer->arena, one->booking->start);
        cells[2] = az_cell_clock(viewer->arena, one->booking->end);
        cells[3] = az_cell_clock(viewer->arena, one->booking->slot);
        cells[4] = site_cell(viewer, one->site);
        cells[5] = az_cell_words(cl_care_words(viewer, one->care));
        cells[6] = one->vehicle ? az_cell_text(one->vehicle)
                                : az_cell_words(AZ_WORDS("on line", "オンライン"));
    }
    return AZ_OK;
}

static enum az_status remote_tables(struct cl_viewer *viewer)
{
    size_t most = 2 * viewer->plan->online.count;
    for (size_t r = 0; r < viewer->plan->rounds.count; r++)
        most += 2 * viewer->plan->rounds.items[r].stops.count;
    struct booked *items = AZ_ARRAY(viewer->arena, most, struct booked);
    if (!items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < viewer->cl->remote.count; i++) AZ_TRY(remote_table(viewer, i, items));
    return AZ_OK;
}

/* --- staff and money ----------------------------------------------------------------------------
 */

static enum az_status staff_table(struct cl_viewer *viewer)
{
    const struct cl_summary *summary = viewer->plan->summary;
    size_t count = summary->staff.count;
    if (count == 0) return AZ_OK;
    struct az_view_table *table = new_table(viewer, "Loads of staff", "職員ごとの勤務", 5, count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Staff", "職員"), NULL);
    az_view_column(table, AZ_WORDS("Can", "職種"), NULL);
    az_view_column(table, AZ_WORDS("Rounds", "巡回数"), NULL);
    az_view_column(table, AZ_WORDS("Work", "勤務時間"), "h");
    az_view_column(table, AZ_WORDS("Overtime", "時間外勤務"), "min");
    for (size_t i = 0; i < count; i++) {
        const struct cl_load *load = &summary->staff.items[i];
        const struct cl_staff *staff = &viewer->cl->staff.items[load->staff.index];
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_text(load->staff.id);
        cells[1] = az_cell_words(cl_skill_words(viewer, staff));
        cells[2] = az_cell_number((double)load->rounds, 0);
        cells[3] = az_cell_number(load->work_min / 60, 1);
        cells[4] = az_cell_number(load->overtime_min, 0);
    }
    return AZ_OK;
}

/* An owner of money by name: a vehicle, else the identifier. */
static struct az_words owner_words(struct cl_viewer *viewer, const char *owner)
{
    for (size_t i = 0; i < viewer->cl->vehicles.count; i++)
        if (strcmp(viewer->cl->vehicles.items[i].id, owner) == 0)
            return cl_vehicle_words(viewer, (struct az_ref){ .id = owner, .index = i });
    for (size_t i = 0; i < viewer->cl->sites.count; i++)
        if (strcmp(viewer->cl->sites.items[i].id, owner) == 0)
            return cl_site_words(viewer, (struct az_ref){ .id = owner, .index = i });
    return AZ_WORDS(owner, owner);
}

static void money_row(struct az_view_table *table, struct az_words item, struct az_words owner,
                      double amount, bool strong)
{
    struct az_cell *cells = az_view_row(table);
    cells[0] = az_cell_words(item);
    cells[1] = az_cell_words(owner);
    cells[2] = az_cell_number(amount, 0);
    cells[0].strong = strong;
}

static enum az_status money_table(struct cl_viewer *viewer)
{
    const struct az_judgement *judgement = viewer->judgement;
    if (!judgement || !isfinite(judgement->cost)) return AZ_OK;
    size_t count = judgement->money.count;
    struct az_view_table *table =
        new_table(viewer, "Money by item and owner", "費用の内訳", 3, count + 3);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Item", "項目"), NULL);
    az_view_column(table, AZ_WORDS("Of", "対象"), NULL);
    az_view_column(table, AZ_WORDS("Amount", "金額"), money_unit(viewer));
    for (size_t i = 0; i < count; i++) {
        const struct az_money *first = &judgement->money.items[i];
        bool told = false;
        for (size_t k = 0; k < i && !told; k++)
            told = strcmp(judgement->money.items[k].code, first->code) == 0;
        for (size_t k = i; k < count && !told; k++) {
            const struct az_money *money = &judgement->money.items[k];
            if (strcmp(money->code, first->code) != 0) continue;
            money_row(table, money->item, owner_words(viewer, money->owner ? money->owner : ""),
                      money->amount, false);
        }
    }
    if (judgement->penalty > 0) {
        money_row(table, AZ_WORDS("Cost of the plan", "計画の費用"), AZ_WORDS("", ""),
                  judgement->cost, true);
        money_row(table, AZ_WORDS("Conceded rules", "譲った規則の対価"),
                  AZ_WORDS("visits left out, times changed", "見送る訪問、変更した時刻"),
                  judgement->penalty, false);
    }
    money_row(table, AZ_WORDS("Total", "合計"), AZ_WORDS("", ""),
              judgement->cost + judgement->penalty, false);
    return AZ_OK;
}

enum az_status cl_view_tables(struct cl_viewer *viewer)
{
    size_t most = 8 + viewer->cl->remote.count + viewer->plan->rounds.count;
    viewer->view->tables.items = AZ_ARRAY(viewer->arena, most, struct az_view_table);
    if (!viewer->view->tables.items) return AZ_NO_MEMORY;
    AZ_TRY(unserved_table(viewer));
    AZ_TRY(call_table(viewer));
    AZ_TRY(round_table(viewer));
    AZ_TRY(online_table(viewer));
    AZ_TRY(staff_table(viewer));
    AZ_TRY(money_table(viewer));
    AZ_TRY(remote_tables(viewer));
    return cl_view_pages(viewer);
}
