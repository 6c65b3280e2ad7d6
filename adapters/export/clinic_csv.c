/* clinic_csv.c - a clinic plan as tables for Excel: UTF-8 with a byte order mark, lines that end in
 * CR LF, headers in the call's language.
 *
 *   visits    one row a stop of a round, then the visits on line
 *   unserved  the sites that are left out, with the reason
 *   calls     whom to call: promises that the plan does not keep
 *
 * In one file the visits come first, each with the promise that it changes; sites that are left out
 * and promises that are cancelled follow as rows of their own. */
#include <string.h>

#include "adapters/export/cells.h"
#include "adapters/export/clinic.h"

struct row {
    const char *date, *kind;
    const struct cl_round *round; /* NULL: none */
    size_t order;
    const struct az_ref *site, *care; /* NULL: none */
    const struct cl_place *place;
    struct az_time arrival, start, end, latest_start, promised;
    double wait_min, distance_km, left_km;
    const struct cl_booking *doctor, *pharmacist;
    const char *change;
    const struct cl_unserved *left;
};

#define NO_TIME ((struct az_time){ .utc_s = AZ_NO_INTEGER })
static const struct row empty_row = { .arrival = { .utc_s = AZ_NO_INTEGER },
                                      .start = { .utc_s = AZ_NO_INTEGER },
                                      .end = { .utc_s = AZ_NO_INTEGER },
                                      .latest_start = { .utc_s = AZ_NO_INTEGER },
                                      .promised = { .utc_s = AZ_NO_INTEGER },
                                      .wait_min = NAN,
                                      .distance_km = NAN,
                                      .left_km = NAN };

enum { VISITS = 1, UNSERVED = 2, CALLS = 4, WEEK = 8, WITH_KEY = 16 };

enum column {
    C_DATE,
    C_WEEKDAY,
    C_VEHICLE,
    C_CREW,
    C_ROUND,
    C_LEAVES,
    C_RETURNS,
    C_ORDER,
    C_KIND,
    C_SITE,
    C_NUMBER,
    C_NAME,
    C_ADDRESS,
    C_PHONE,
    C_PLACE,
    C_DISTRICT,
    C_CARE,
    C_STAGE,
    C_PATIENTS,
    C_ARRIVAL,
    C_START,
    C_END,
    C_LATEST,
    C_WAIT,
    C_DISTANCE,
    C_LEFT,
    C_DOCTOR,
    C_DOCTOR_SLOT,
    C_DOCTOR_START,
    C_PHARMACIST,
    C_PHARMACIST_SLOT,
    C_PHARMACIST_START,
    C_PROMISED_DATE,
    C_PROMISED,
    C_CHANGE,
    C_WANTED,
    C_REASON,
    C_RULE,
    C_PRICE,
    C_PRICE_BOUND,
    C_DISPLACED,
    COLUMNS
};

static const struct {
    unsigned tables; /* of which it is a column; WITH_KEY: only there */
    struct az_words header;
} columns[COLUMNS] = {
    [C_DATE] = { VISITS | CALLS | WEEK, { "date", "日付" } },
    [C_WEEKDAY] = { VISITS | CALLS | WEEK, { "weekday", "曜日" } },
    [C_VEHICLE] = { VISITS | WEEK, { "vehicle", "車両" } },
    [C_CREW] = { VISITS | WEEK, { "crew", "職員" } },
    [C_ROUND] = { VISITS | WEEK, { "round", "巡回" } },
    [C_LEAVES] = { VISITS | WEEK, { "leaves", "出発" } },
    [C_RETURNS] = { VISITS | WEEK, { "returns", "帰着" } },
    [C_ORDER] = { VISITS | WEEK, { "order", "順番" } },
    [C_KIND] = { VISITS | WEEK, { "kind", "種別" } },
    [C_SITE] = { VISITS | UNSERVED | CALLS | WEEK, { "site", "訪問先" } },
    [C_NUMBER] = { VISITS | UNSERVED | CALLS | WEEK | WITH_KEY, { "number", "番号" } },
    [C_NAME] = { VISITS | UNSERVED | CALLS | WEEK | WITH_KEY, { "name", "氏名" } },
    [C_ADDRESS] = { VISITS | UNSERVED | CALLS | WEEK | WITH_KEY, { "address", "住所" } },
    [C_PHONE] = { VISITS | UNSERVED | CALLS | WEEK | WITH_KEY, { "phone", "電話" } },
    [C_PLACE] = { VISITS | UNSERVED | CALLS | WEEK, { "place", "場所" } },
    [C_DISTRICT] = { VISITS | UNSERVED | CALLS | WEEK, { "district", "地区" } },
    [C_CARE] = { VISITS | WEEK, { "care", "診療形態" } },
    [C_STAGE] = { VISITS | WEEK, { "stage", "段階" } },
    [C_PATIENTS] = { VISITS | UNSERVED | WEEK, { "patients", "人数" } },
    [C_ARRIVAL] = { VISITS | WEEK, { "arrival", "到着" } },
    [C_START] = { VISITS | CALLS | WEEK, { "start", "開始" } },
    [C_END] = { VISITS | WEEK, { "end", "終了" } },
    [C_LATEST] = { VISITS | WEEK, { "latest_start", "最遅の開始" } },
    [C_WAIT] = { VISITS | WEEK, { "wait_min", "待ち時間（分）" } },
    [C_DISTANCE] = { VISITS | WEEK, { "distance_km", "距離（km）" } },
    [C_LEFT] = { VISITS | WEEK, { "left_km", "残りの航続距離（km）" } },
    [C_DOCTOR] = { VISITS | WEEK, { "doctor", "医師" } },
    [C_DOCTOR_SLOT] = { VISITS | WEEK, { "doctor_slot", "医師の枠" } },
    [C_DOCTOR_START] = { VISITS | WEEK, { "doctor_start", "医師の開始" } },
    [C_PHARMACIST] = { VISITS | WEEK, { "pharmacist", "薬剤師" } },
    [C_PHARMACIST_SLOT] = { VISITS | WEEK, { "pharmacist_slot", "薬剤師の枠" } },
    [C_PHARMACIST_START] = { VISITS | WEEK, { "pharmacist_start", "薬剤師の開始" } },
    [C_PROMISED_DATE] = { VISITS | CALLS | WEEK, { "promised_date", "約束の日付" } },
    [C_PROMISED] = { VISITS | CALLS | WEEK, { "promised", "約束の時刻" } },
    [C_CHANGE] = { VISITS | CALLS | WEEK, { "change", "変更" } },
    [C_WANTED] = { UNSERVED, { "visits", "訪問回数" } },
    [C_REASON] = { UNSERVED | WEEK, { "reason", "見送りの理由" } },
    [C_RULE] = { UNSERVED | WEEK, { "rule", "規則" } },
    [C_PRICE] = { UNSERVED | WEEK, { "price_jpy", "訪問する場合の費用（円）" } },
    [C_PRICE_BOUND] = { UNSERVED | WEEK, { "price_bound_jpy", "費用の下限（円）" } },
    [C_DISPLACED] = { UNSERVED | WEEK, { "displaced", "押し出される訪問先" } },
};

struct table {
    struct az_clx *x;
    unsigned kind;
    struct az_cells cells;
};

/* --- cells --------------------------------------------------------------------------------------
 */

static void put_text(struct table *t, const char *text)
{
    az_cells_text(&t->cells, text);
}

static void put_number(struct table *t, double value, int decimals)
{
    az_cells_number(&t->cells, value, decimals);
}

static void end_line(struct table *t)
{
    az_cells_end(&t->cells);
}

static void put_clock(struct table *t, struct az_time time)
{
    char text[32];
    put_text(t, az_clx_clock(t->x, time, text));
}

static void put_booking(struct table *t, enum column column, const struct cl_booking *booking)
{
    if (!booking)
        put_text(t, NULL);
    else if (column == C_DOCTOR || column == C_PHARMACIST)
        put_text(t, booking->remote.id);
    else
        put_clock(t, column == C_DOCTOR_SLOT || column == C_PHARMACIST_SLOT ? booking->slot
                                                                            : booking->start);
}

static const char *weekday_of(const struct az_clx *x, const char *date)
{
    static const char *const en[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
    static const char *const ja[] = { "木", "金", "土", "日", "月", "火", "水" };
    struct az_time noon;
    char text[40];
    snprintf(text, sizeof text, "%.10sT12:00:00Z", date);
    if (!az_time_parse(text, &noon)) return "";
    int64_t day = ((noon.utc_s / CL_DAY_S) % 7 + 7) % 7;
    return az_clx_say(x, en[day], ja[day]);
}

static const char *displaced(const struct az_clx *x, const struct cl_unserved *left)
{
    const char *text = "";
    for (size_t i = 0; text && i < left->displaced.count; i++)
        text = az_arena_format(x->arena, "%s%s%s", text, i ? az_clx_say(x, ", ", "、") : "",
                               az_clx_who(x, left->displaced.items[i].id));
    return text;
}

/* --- rows ---------------------------------------------------------------------------------------
 */

/* Columns of the round and of time. False: it is none of them. */
static bool put_of_round(struct table *t, enum column column, const struct row *row)
{
    char text[32];
    const struct cl_round *round = row->round;
    switch (column) {
    case C_DATE:
        put_text(t, row->date);
        return true;
    case C_WEEKDAY:
        put_text(t, row->date ? weekday_of(t->x, row->date) : NULL);
        return true;
    case C_VEHICLE:
        put_text(t, round ? az_clx_vehicle(t->x, round) : NULL);
        return true;
    case C_CREW:
        put_text(t, round ? az_clx_crew(t->x, round) : NULL);
        return true;
    case C_ROUND:
        put_text(t, round ? round->id : NULL);
        return true;
    case C_LEAVES:
        put_clock(t, round ? round->leaves : NO_TIME);
        return true;
    case C_RETURNS:
        put_clock(t, round ? round->returns : NO_TIME);
        return true;
    case C_ORDER:
        put_number(t, row->order ? (double)row->order : NAN, 0);
        return true;
    case C_KIND:
        put_text(t, row->kind);
        return true;
    case C_ARRIVAL:
        put_clock(t, row->arrival);
        return true;
    case C_START:
        put_clock(t, row->start);
        return true;
    case C_END:
        put_clock(t, row->end);
        return true;
    case C_LATEST:
        put_clock(t, row->latest_start);
        return true;
    case C_PROMISED_DATE:
        put_text(t, az_clx_date(t->x, row->promised, text));
        return true;
    case C_PROMISED:
        put_clock(t, row->promised);
        return true;
    case C_CHANGE:
        put_text(t, row->change);
        return true;
    default:
        return false;
    }
}

/* Columns of the site and the people. False: it is none of them. */
static bool put_of_site(struct table *t, enum column column, const struct row *row)
{
    const struct cl_site *site = row->site ? az_clx_site(t->x, row->site) : NULL;
    const struct cl_care *care = row->care ? az_clx_care(t->x, row->care) : NULL;
    struct az_person person = az_clx_person(t->x, site ? site->id : NULL);
    switch (column) {
    case C_SITE:
        put_text(t, site ? site->id : NULL);
        return true;
    case C_NUMBER:
        put_text(t, person.number);
        return true;
    case C_NAME:
        put_text(t, person.name);
        return true;
    case C_ADDRESS:
        put_text(t, person.address);
        return true;
    case C_PHONE:
        put_text(t, person.phone);
        return true;
    case C_PLACE:
        put_text(t, az_clx_place_name(row->place));
        return true;
    case C_DISTRICT:
        put_text(t, row->place ? row->place->district : NULL);
        return true;
    case C_CARE:
        put_text(t, row->care ? az_clx_care_name(t->x, row->care) : NULL);
        return true;
    case C_STAGE:
        put_number(t, care ? (double)care->stage : NAN, 0);
        return true;
    case C_PATIENTS:
        put_number(t, site ? (double)site->patients : NAN, 0);
        return true;
    case C_WANTED:
        put_number(t, site ? (double)site->visits : NAN, 0);
        return true;
    default:
        return false;
    }
}

static void put_cell(struct table *t, enum column column, const struct row *row)
{
    const struct cl_unserved *left = row->left;
    if (put_of_round(t, column, row) || put_of_site(t, column, row)) return;
    switch (column) {
    case C_WAIT:
        put_number(t, row->wait_min, 2);
        break;
    case C_DISTANCE:
        put_number(t, row->distance_km, 2);
        break;
    case C_LEFT:
        put_number(t, row->left_km, 2);
        break;
    case C_REASON:
        put_text(t, left ? az_say(cl_reason_choice(left->reason)->words, t->x->language) : NULL);
        break;
    case C_RULE:
        put_text(t, left && left->rule ? az_say(cl_rule_words(left->rule), t->x->language) : NULL);
        break;
    case C_PRICE:
        put_number(t, left ? left->price_jpy : NAN, 1);
        break;
    case C_PRICE_BOUND:
        put_number(t, left ? left->price_bound_jpy : NAN, 1);
        break;
    case C_DISPLACED:
        put_text(t, left ? displaced(t->x, left) : NULL);
        break;
    default:
        put_booking(t, column, column < C_PHARMACIST ? row->doctor : row->pharmacist);
        break;
    }
}

static bool is_column(const struct table *t, size_t column)
{
    unsigned of = columns[column].tables;
    return (of & t->kind) && (!(of & WITH_KEY) || t->x->call->key);
}

static void put_row(struct table *t, const struct row *row)
{
    for (size_t c = 0; c < COLUMNS; c++)
        if (is_column(t, c)) put_cell(t, (enum column)c, row);
    end_line(t);
}

static void put_header(struct table *t)
{
    fputs(AZ_CELLS_MARK, t->cells.out);
    for (size_t c = 0; c < COLUMNS; c++)
        if (is_column(t, c)) put_text(t, az_say(columns[c].header, t->x->language));
    end_line(t);
}

/* --- tables -------------------------------------------------------------------------------------
 */

/* What becomes of a promise. */
static const char *change_words(const struct az_clx *x, const struct cl_change *change)
{
    char promised[32], start[32];
    if (!az_time_given(change->start)) return az_clx_say(x, "cancelled", "取りやめ");
    if (strcmp(az_clx_date(x, change->promised, promised), az_clx_date(x, change->start, start)) !=
        0)
        return az_clx_say(x, "another day", "日の変更");
    return az_clx_say(x, "another time", "時刻の変更");
}

/* The change that ends in this visit. */
static void find_change(const struct az_clx *x, struct row *row)
{
    const struct cl_summary *summary = x->plan->summary;
    for (size_t i = 0; i < summary->changes.count; i++) {
        const struct cl_change *change = &summary->changes.items[i];
        if (change->site.index != row->site->index || !az_time_given(change->start) ||
            change->start.utc_s != row->start.utc_s)
            continue;
        row->promised = change->promised;
        row->change = change_words(x, change);
        return;
    }
}

static const char *stop_words(const struct az_clx *x, int kind)
{
    if (kind == CL_STOP_BREAK) return az_clx_say(x, "break", "休憩");
    if (kind == CL_STOP_CHARGE) return az_clx_say(x, "charge", "充電");
    return az_clx_say(x, "visit", "訪問");
}

static void put_stop(struct table *t, const struct cl_round *round, size_t k)
{
    const struct cl_stop *stop = &round->stops.items[k];
    bool visit = stop->kind == CL_STOP_VISIT;
    struct row row = { .date = round->date,
                       .kind = stop_words(t->x, stop->kind),
                       .round = round,
                       .order = k + 1,
                       .site = visit ? &stop->site : NULL,
                       .care = visit ? &stop->care : NULL,
                       .place = az_clx_stop_place(t->x, round, k),
                       .arrival = stop->arrival,
                       .start = stop->start,
                       .end = stop->end,
                       .latest_start = stop->latest_start,
                       .promised = NO_TIME,
                       .wait_min = stop->wait_min,
                       .distance_km = stop->distance_km,
                       .left_km = stop->left_km,
                       .doctor = stop->doctor,
                       .pharmacist = stop->pharmacist };
    if (visit) find_change(t->x, &row);
    put_row(t, &row);
}

static void put_visits(struct table *t)
{
    char date[32];
    const struct cl_plan *plan = t->x->plan;
    for (size_t r = 0; r < plan->rounds.count; r++)
        for (size_t k = 0; k < plan->rounds.items[r].stops.count; k++)
            put_stop(t, &plan->rounds.items[r], k);
    for (size_t i = 0; i < plan->online.count; i++) {
        const struct cl_online *online = &plan->online.items[i];
        struct row row = empty_row;
        row.kind = az_clx_say(t->x, "on line", "オンライン");
        row.site = &online->site;
        row.care = &online->care;
        row.place = az_clx_site_place(t->x, &online->site);
        row.doctor = online->doctor;
        row.pharmacist = online->pharmacist;
        row.date = az_clx_date(t->x, online->start, date);
        row.start = online->start;
        row.end = online->end;
        find_change(t->x, &row);
        put_row(t, &row);
    }
}

static void put_unserved(struct table *t)
{
    for (size_t i = 0; i < t->x->plan->unserved.count; i++) {
        const struct cl_unserved *left = &t->x->plan->unserved.items[i];
        struct row row = empty_row;
        row.kind = az_clx_say(t->x, "left out", "見送り");
        row.site = &left->site;
        row.place = az_clx_site_place(t->x, &left->site);
        row.left = left;
        put_row(t, &row);
    }
}

/* Promises that are not kept; in the table of the week those that no visit stands for. */
static void put_calls(struct table *t)
{
    char date[32];
    const struct cl_summary *summary = t->x->plan->summary;
    for (size_t i = 0; i < summary->changes.count; i++) {
        const struct cl_change *change = &summary->changes.items[i];
        if ((t->kind & WEEK) && az_time_given(change->start)) continue;
        struct row row = empty_row;
        row.kind = row.change = change_words(t->x, change);
        row.site = &change->site;
        row.place = az_clx_site_place(t->x, &change->site);
        row.date = az_clx_date(t->x, change->start, date);
        row.promised = change->promised;
        row.start = change->start;
        put_row(t, &row);
    }
}

static enum az_status put_table(struct az_clx *x, unsigned kind, const char *name,
                                struct az_export_files *files)
{
    struct az_export_text text;
    AZ_TRY(az_export_open(&text));
    struct table t = { .x = x, .kind = kind, .cells = { .out = text.out } };
    put_header(&t);
    if (kind & (VISITS | WEEK)) put_visits(&t);
    if (kind & (UNSERVED | WEEK)) put_unserved(&t);
    if (kind & (CALLS | WEEK)) put_calls(&t);
    return az_export_add(&text, x->arena, name, files);
}

static enum az_status tell_csv(const struct az_export *call, struct az_arena *arena,
                               struct az_export_files *files)
{
    struct az_clx x;
    AZ_TRY(az_clx_begin(&x, call, arena));
    if (call->apart) {
        AZ_TRY(put_table(&x, VISITS, "visits.csv", files));
        AZ_TRY(put_table(&x, UNSERVED, "unserved.csv", files));
        AZ_TRY(put_table(&x, CALLS, "calls.csv", files));
    } else {
        AZ_TRY(put_table(&x, WEEK, "week.csv", files));
    }
    az_clx_tell_nobody(&x);
    return AZ_OK;
}

const struct az_export_format az_export_clinic_csv = {
    .name = "csv",
    .kind = "clinic",
    .marked = true,
    .several = true,
    .summary = { "a table for Excel: one row a stop, sites left out after them; a folder or a .zip "
                 "takes visits, sites left out and the call list apart",
                 "Excel 用の表（1 行 1 立ち寄り、見送りは末尾）。フォルダーまたは .zip "
                 "では訪問・見送り・連絡先一覧に分ける" },
    .tell = tell_csv,
};
