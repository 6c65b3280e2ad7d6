/* days_view.c - a study over days as neutral figures: what the variants come to side by side, money
 * by item and owner, days. */
#include <string.h>

#include "adapters/cli/days.h"
#include "formulations/common/figures.h"

#define SHOWN_DAYS 31 /* a longer list of days is folded */
#define DAY_S ((int64_t)86400)
#define MOST_CHART_DAYS 5000

static const struct az_days_variant *base_of(const struct az_days_study *study)
{
    return &study->variants.items[0];
}

static struct az_words name_of(const struct az_days_variant *variant, struct az_arena *arena)
{
    return az_name_words(arena, variant->name, variant->id);
}

static struct az_words both(struct az_arena *arena, const char *format, const char *en,
                            const char *ja, const char *more)
{
    return AZ_WORDS(az_arena_format(arena, format, en, more),
                    az_arena_format(arena, format, ja, more));
}

/* --- side by side -------------------------------------------------------------------------------
 */

/* A table under construction: a row a number, a column a variant and its difference. */
struct sheet {
    const struct az_days_study *study;
    struct az_arena *arena;
    struct az_view_table *table;
    bool no_memory;
};

/* The head: a name, a unit, the variants, each but the base with its difference. */
static bool begin_sheet(struct sheet *sheet, struct az_view *view, struct az_words title,
                        struct az_words first, size_t rows)
{
    const struct az_days_study *study = sheet->study;
    sheet->table = az_view_table(view, sheet->arena, title, 2 * study->variants.count + 1, rows);
    if (!sheet->table) return false;
    az_view_column(sheet->table, first, NULL);
    az_view_column(sheet->table, AZ_WORDS("Unit", "単位"), NULL);
    for (size_t v = 0; v < study->variants.count; v++) {
        az_view_signed_column(sheet->table, name_of(&study->variants.items[v], sheet->arena), NULL,
                              AZ_SIGN_PLAIN);
        if (v > 0)
            az_view_signed_column(sheet->table, AZ_WORDS("change", "差"), NULL, AZ_SIGN_PLAIN);
    }
    return true;
}

static struct az_cell *row_of(struct sheet *sheet, struct az_words label, const char *unit)
{
    struct az_cell *cells = az_view_row(sheet->table);
    cells[0] = az_cell_words(label);
    cells[1] = az_cell_words(az_report_unit(unit ? unit : "", sheet->arena));
    return cells;
}

/* Values of the variants, [count], and their differences, NULL: none. */
static void add_row(struct sheet *sheet, struct az_words label, const char *unit, int decimals,
                    const double values[], const double differences[])
{
    struct az_cell *cells = row_of(sheet, label, unit);
    size_t c = 2;
    for (size_t v = 0; v < sheet->study->variants.count; v++) {
        cells[c++] = az_cell_number(values[v], decimals);
        if (v > 0) cells[c++] = az_cell_number(differences ? differences[v] : NAN, decimals);
    }
}

static const struct az_days_figure *find(const struct az_days_sum *sum,
                                         const struct az_days_figure *like)
{
    for (size_t i = 0; sum && i < sum->figures.count; i++) {
        const struct az_days_figure *figure = &sum->figures.items[i];
        if (strcmp(figure->figure, like->figure) == 0 && strcmp(figure->of, like->of) == 0 &&
            strcmp(figure->month, like->month) == 0)
            return figure;
    }
    return NULL;
}

/* "Billed peak (tie-town, 2025-04)". */
static struct az_words figure_words(const struct sheet *sheet, const struct az_days_figure *figure)
{
    const char *comma = *figure->of && *figure->month ? ", " : "";
    if (!*figure->of && !*figure->month) return AZ_WORDS(figure->words_en, figure->words_ja);
    const char *more = az_arena_format(sheet->arena, "%s%s%s", figure->of, comma, figure->month);
    return AZ_WORDS(az_arena_format(sheet->arena, "%s (%s)", figure->words_en, more),
                    az_arena_format(sheet->arena, "%s（%s）", figure->words_ja, more));
}

static void add_figure(struct sheet *sheet, const struct az_days_figure *figure, double values[],
                       double differences[])
{
    const struct az_days_study *study = sheet->study;
    for (size_t v = 0; v < study->variants.count; v++) {
        const struct az_days_variant *variant = &study->variants.items[v];
        const struct az_days_difference *difference = variant->difference;
        const struct az_days_figure *own = find(variant->sum, figure);
        const struct az_days_figure *against = difference ? find(difference->sum, figure) : NULL;
        values[v] = own ? own->value : NAN;
        differences[v] = against && difference->days > 0 ? against->value : NAN;
    }
    add_row(sheet, figure_words(sheet, figure), figure->unit, (int)figure->decimals, values,
            differences);
}

/* Figures of all variants, each once, in the order of their first appearance: those by the month,
 * or the others. */
static size_t list_figures(const struct az_days_study *study, bool monthly,
                           const struct az_days_figure *list[], size_t limit)
{
    size_t count = 0;
    for (size_t v = 0; v < study->variants.count; v++) {
        const struct az_days_sum *sum = study->variants.items[v].sum;
        for (size_t i = 0; sum && i < sum->figures.count; i++) {
            bool seen = (*sum->figures.items[i].month != 0) != monthly;
            for (size_t k = 0; k < v && !seen; k++)
                seen = find(study->variants.items[k].sum, &sum->figures.items[i]) != NULL;
            if (!seen && count < limit) list[count++] = &sum->figures.items[i];
        }
    }
    return count;
}

static size_t count_figures(const struct az_days_study *study)
{
    size_t count = 0;
    for (size_t v = 0; v < study->variants.count; v++)
        count += study->variants.items[v].sum ? study->variants.items[v].sum->figures.count : 0;
    return count;
}

/* Numbers of a variant that are no figures. */
enum number {
    COST,
    PENALTY,
    CAPEX,
    CAPITAL,
    NET,
    PAYBACK,
    PLANNED,
    MISSING,
    WORST_GAP,
    OPEN,
    SECONDS,
    NUMBERS
};

static double number_of(const struct az_days_variant *variant, enum number number)
{
    const struct az_days_difference *difference = variant->difference;
    bool any = variant->days_planned > 0, common = difference && difference->days > 0;
    switch (number) {
    case COST:
        return any ? variant->sum->cost_jpy : NAN;
    case PENALTY:
        return any ? variant->sum->penalty_jpy : NAN;
    case CAPEX:
        return isnan(variant->capex_jpy) ? 0 : variant->capex_jpy;
    case CAPITAL:
        return difference ? difference->capital_jpy : 0;
    case NET:
        return common ? difference->net_jpy : NAN;
    case PAYBACK:
        return common ? difference->payback_years : NAN;
    case PLANNED:
        return (double)variant->days_planned;
    case MISSING:
        return (double)variant->days_missing;
    case WORST_GAP:
        return any ? 100 * variant->worst_gap : NAN;
    case OPEN:
        return any ? variant->open_jpy : NAN;
    case SECONDS:
        return variant->seconds;
    case NUMBERS:
        break;
    }
    return NAN;
}

static void add_number(struct sheet *sheet, enum number number, struct az_words label,
                       const char *unit, int decimals, double values[], double differences[])
{
    const struct az_days_study *study = sheet->study;
    bool money = number == COST || number == PENALTY;
    for (size_t v = 0; v < study->variants.count; v++) {
        const struct az_days_difference *difference = study->variants.items[v].difference;
        values[v] = number_of(&study->variants.items[v], number);
        differences[v] = NAN;
        if (!difference || difference->days == 0 || !money) continue;
        differences[v] = number == COST ? difference->sum->cost_jpy : difference->sum->penalty_jpy;
    }
    add_row(sheet, label, unit, decimals, values, money ? differences : NULL);
}

static bool any_capital(const struct az_days_study *study)
{
    for (size_t v = 0; v < study->variants.count; v++)
        if (study->variants.items[v].yearly_jpy != 0) return true;
    return false;
}

static enum az_status add_comparison(const struct az_days_study *study, struct az_arena *arena,
                                     struct az_view *view)
{
    struct sheet sheet = { .study = study, .arena = arena };
    size_t room = count_figures(study), variants = study->variants.count;
    const struct az_days_figure **list = AZ_ARRAY(arena, room + 1, const struct az_days_figure *);
    double *values = AZ_ARRAY(arena, variants, double),
           *differences = AZ_ARRAY(arena, variants, double);
    if (!list || !values || !differences) return AZ_NO_MEMORY;
    size_t count = list_figures(study, false, list, room);
    if (!begin_sheet(&sheet, view, AZ_WORDS("Side by side", "各案の比較"),
                     AZ_WORDS("Number", "項目"), count + NUMBERS))
        return AZ_NO_MEMORY;
    const char *unit = study->unit;
    add_number(&sheet, PLANNED, AZ_WORDS("Days planned", "計画した日数"), NULL, 0, values,
               differences);
    add_number(&sheet, MISSING, AZ_WORDS("Days without a plan", "計画のない日数"), NULL, 0, values,
               differences);
    add_number(&sheet, COST, AZ_WORDS("Cost", "費用"), unit, 0, values, differences);
    add_number(&sheet, PENALTY, AZ_WORDS("Conceded rules", "譲歩した規則の費用"), unit, 0, values,
               differences);
    if (any_capital(study)) {
        add_number(&sheet, CAPEX, AZ_WORDS("Investment", "投資額"), unit, 0, values, differences);
        add_number(&sheet, CAPITAL, AZ_WORDS("Its share of these days", "投資の負担（この日数分）"),
                   unit, 0, values, differences);
        add_number(&sheet, NET, AZ_WORDS("Difference and share", "費用の差と投資の負担の合計"),
                   unit, 0, values, differences);
        add_number(&sheet, PAYBACK, AZ_WORDS("Earned back after", "回収年数"), "years", 1, values,
                   differences);
    }
    for (size_t i = 0; i < count; i++) add_figure(&sheet, list[i], values, differences);
    add_number(&sheet, WORST_GAP, AZ_WORDS("Worst gap", "最大ギャップ"), "%", 3, values,
               differences);
    add_number(&sheet, OPEN, AZ_WORDS("Not proven", "未証明の額"), unit, 0, values, differences);
    add_number(&sheet, SECONDS, AZ_WORDS("Time to plan", "計画に要した時間"), "s", 1, values,
               differences);
    return AZ_OK;
}

static enum az_status add_months(const struct az_days_study *study, struct az_arena *arena,
                                 struct az_view *view)
{
    struct sheet sheet = { .study = study, .arena = arena };
    size_t room = count_figures(study), variants = study->variants.count;
    const struct az_days_figure **list = AZ_ARRAY(arena, room + 1, const struct az_days_figure *);
    double *values = AZ_ARRAY(arena, variants, double);
    double *differences = AZ_ARRAY(arena, variants, double);
    if (!list || !values || !differences) return AZ_NO_MEMORY;
    size_t count = list_figures(study, true, list, room);
    if (count == 0) return AZ_OK;
    if (!begin_sheet(&sheet, view, AZ_WORDS("By billing month", "料金月ごと"),
                     AZ_WORDS("Number", "項目"), count))
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) add_figure(&sheet, list[i], values, differences);
    return AZ_OK;
}

/* --- money --------------------------------------------------------------------------------------
 */

static const struct az_days_money *find_money(const struct az_days_sum *sum,
                                              const struct az_days_money *like)
{
    for (size_t i = 0; sum && i < sum->money.count; i++)
        if (strcmp(sum->money.items[i].item, like->item) == 0 &&
            strcmp(sum->money.items[i].owner, like->owner) == 0)
            return &sum->money.items[i];
    return NULL;
}

static void add_money(struct sheet *sheet, const struct az_days_money *money, double values[],
                      double differences[])
{
    const struct az_days_study *study = sheet->study;
    for (size_t v = 0; v < study->variants.count; v++) {
        const struct az_days_variant *variant = &study->variants.items[v];
        const struct az_days_difference *difference = variant->difference;
        const struct az_days_money *own = find_money(variant->sum, money);
        const struct az_days_money *against =
            difference ? find_money(difference->sum, money) : NULL;
        values[v] = own ? own->amount_jpy : 0;
        differences[v] = against ? against->amount_jpy : 0;
    }
    struct az_words label = AZ_WORDS(money->words_en, money->words_ja);
    if (*money->owner)
        label = AZ_WORDS(az_arena_format(sheet->arena, "%s (%s)", money->words_en, money->owner),
                         az_arena_format(sheet->arena, "%s（%s）", money->words_ja, money->owner));
    add_row(sheet, label, study->unit, 0, values, differences);
}

static enum az_status add_money_table(const struct az_days_study *study, struct az_arena *arena,
                                      struct az_view *view)
{
    struct sheet sheet = { .study = study, .arena = arena };
    size_t room = 0, variants = study->variants.count;
    double *values = AZ_ARRAY(arena, variants, double),
           *differences = AZ_ARRAY(arena, variants, double);
    for (size_t v = 0; v < variants; v++)
        room += study->variants.items[v].sum ? study->variants.items[v].sum->money.count : 0;
    if (!values || !differences) return AZ_NO_MEMORY;
    if (room == 0) return AZ_OK;
    if (!begin_sheet(&sheet, view, AZ_WORDS("Money by item and owner", "項目と所有者別の金額"),
                     AZ_WORDS("Item", "項目"), room + 1))
        return AZ_NO_MEMORY;
    for (size_t v = 0; v < variants; v++) {
        const struct az_days_sum *sum = study->variants.items[v].sum;
        for (size_t i = 0; sum && i < sum->money.count; i++) {
            bool seen = false;
            for (size_t k = 0; k < v && !seen; k++)
                seen = find_money(study->variants.items[k].sum, &sum->money.items[i]) != NULL;
            if (!seen) add_money(&sheet, &sum->money.items[i], values, differences);
        }
    }
    add_number(&sheet, COST, AZ_WORDS("Total", "合計"), study->unit, 0, values, differences);
    return AZ_OK;
}

/* --- days ---------------------------------------------------------------------------------------
 */

/* What a day's plan is like: "1,702,331" or why there is none. */
static struct az_cell cost_cell(const struct az_days_day *day)
{
    if (day->sum) return az_cell_number(day->sum->cost_jpy, 0);
    const char *status = az_cli_member(day->certificate.node, "status");
    const char *title = az_cli_member(day->problem.node, "title");
    if (day->problem.node) return az_cell_words(AZ_WORDS(title, title));
    if (strcmp(status, "infeasible") == 0)
        return az_cell_words(AZ_WORDS("impossible", "実現できません"));
    return az_cell_words(isnan(day->seconds) ? AZ_WORDS("not reached", "未着手")
                                             : AZ_WORDS("no plan", "計画なし"));
}

static enum az_status add_days(const struct az_days_study *study, struct az_arena *arena,
                               struct az_view *view)
{
    size_t count = base_of(study)->days.count, variants = study->variants.count;
    if (count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(view, arena, AZ_WORDS("Day by day", "日ごとの費用"), 2 * variants + 2, count);
    if (!table) return AZ_NO_MEMORY;
    if (count > SHOWN_DAYS) table->place = AZ_TABLE_FOLDED;
    az_view_column(table, AZ_WORDS("Day", "日"), NULL);
    az_view_column(table, AZ_WORDS("Begins", "開始"), NULL);
    for (size_t v = 0; v < variants; v++) {
        az_view_signed_column(table, name_of(&study->variants.items[v], arena), study->unit,
                              AZ_SIGN_COST);
        az_view_signed_column(table, AZ_WORDS("gap", "ギャップ"), "%", AZ_SIGN_PLAIN);
    }
    for (size_t d = 0; d < count; d++) {
        struct az_cell *cells = az_view_row(table);
        const struct az_days_day *first = &base_of(study)->days.items[d];
        size_t c = 0;
        cells[c++] = az_cell_text(first->date);
        cells[c++] = az_cell_words(first->anew == 0   ? AZ_WORDS("carried", "前日から")
                                   : first->anew == 1 ? AZ_WORDS("anew", "新たに")
                                                      : AZ_WORDS("–", "–"));
        for (size_t v = 0; v < variants; v++) {
            const struct az_days_day *day = &study->variants.items[v].days.items[d];
            cells[c++] = cost_cell(day);
            cells[c++] = az_cell_number(100 * day->gap, 3);
        }
    }
    return AZ_OK;
}

/* The calendar from the first to the last of the chosen days. */
struct calendar {
    struct az_time first;
    size_t length; /* days */
};

static bool day_of(const char *date, struct az_time *day)
{
    char text[48];
    snprintf(text, sizeof text, "%.20sT00:00:00+09:00", date);
    return az_time_parse(text, day);
}

static bool calendar_of(const struct az_days_study *study, struct calendar *calendar)
{
    struct az_time last;
    size_t count = study->dates.count;
    if (count < 2 || !day_of(study->dates.items[0], &calendar->first) ||
        !day_of(study->dates.items[count - 1], &last) || last.utc_s < calendar->first.utc_s)
        return false;
    calendar->length = (size_t)((last.utc_s - calendar->first.utc_s) / DAY_S) + 1;
    return calendar->length <= MOST_CHART_DAYS;
}

/* Where a day stands on the calendar; AZ_NO_INDEX: nowhere. */
static size_t place_of(const struct calendar *calendar, const char *date)
{
    struct az_time day;
    if (!day_of(date, &day) || day.utc_s < calendar->first.utc_s) return AZ_NO_INDEX;
    size_t at = (size_t)((day.utc_s - calendar->first.utc_s) / DAY_S);
    return at < calendar->length ? at : AZ_NO_INDEX;
}

/* Lines of all variants: the cost of each day, or what each has saved so far against the base. Days
 * that were not chosen are gaps. */
static enum az_status add_chart(const struct az_days_study *study, const struct calendar *calendar,
                                bool saved, struct az_words title, struct az_arena *arena,
                                struct az_view *view)
{
    static const char *const roles[] = { "base",    "route-1", "route-2", "route-3",
                                         "route-4", "route-5", "route-6" };
    bool yen = study->unit && strcmp(study->unit, "JPY") == 0;
    double factor = yen ? 1e-3 : 1;
    struct az_draft draft =
        az_draft_begin(arena, title, yen ? "1000 JPY" : study->unit, calendar->first, DAY_S / 60,
                       calendar->length, study->variants.count);
    for (size_t v = saved ? 1 : 0; v < study->variants.count; v++) {
        const struct az_days_variant *variant = &study->variants.items[v];
        double sum = 0;
        if (variant->days_planned == 0) continue;
        double *line = az_draft_line(&draft, name_of(variant, arena), v < 7 ? roles[v] : "other",
                                     AZ_MARK_STEP, 0);
        for (size_t t = 0; line && t < calendar->length; t++) line[t] = NAN;
        for (size_t d = 0; line && d < variant->days.count; d++) {
            const struct az_days_day *day = &variant->days.items[d];
            const struct az_days_day *other = &base_of(study)->days.items[d];
            size_t t = place_of(calendar, day->date);
            if (t == AZ_NO_INDEX || !day->sum || (saved && !other->sum)) continue;
            if (saved) sum += other->sum->cost_jpy - day->sum->cost_jpy;
            line[t] = factor * (saved ? sum : day->sum->cost_jpy);
        }
    }
    return az_draft_finish(&draft, view);
}

static enum az_status add_charts(const struct az_days_study *study, struct az_arena *arena,
                                 struct az_view *view)
{
    struct calendar calendar;
    if (!calendar_of(study, &calendar)) return AZ_OK;
    AZ_TRY(add_chart(study, &calendar, false, AZ_WORDS("Cost of each day", "日ごとの費用"), arena,
                     view));
    return add_chart(study, &calendar, true,
                     AZ_WORDS("Saved against the first, added up", "先頭の案に対する節約の累計"),
                     arena, view);
}

/* --- notes --------------------------------------------------------------------------------------
 */

#define SHOWN_ASSUMPTIONS 8

/* Assumptions about measured input of all days, each once; those that have no room are counted. */
static enum az_status add_assumptions(const struct az_days_study *study, struct az_arena *arena,
                                      struct az_view *view)
{
    struct az_words *notes = view->notes.items + view->notes.count;
    size_t count = 0, more = 0;
    for (size_t v = 0; v < study->variants.count; v++)
        for (size_t d = 0; d < study->variants.items[v].days.count; d++) {
            const json_t *certificate = study->variants.items[v].days.items[d].certificate.node;
            json_t *assumption;
            size_t i;
            json_array_foreach(json_object_get(certificate, "assumptions"), i, assumption)
            {
                const char *place = az_cli_member(assumption, "place");
                struct az_words note =
                    AZ_WORDS(az_arena_format(arena, "Assumed: %s: %s", place,
                                             az_cli_member(assumption, "words_en")),
                             az_arena_format(arena, "仮定: %s: %s", place,
                                             az_cli_member(assumption, "words_ja")));
                if (!note.en || !note.ja) return AZ_NO_MEMORY;
                bool seen = false;
                for (size_t k = 0; k < count && !seen; k++) seen = !strcmp(notes[k].en, note.en);
                if (!seen && count < SHOWN_ASSUMPTIONS)
                    notes[count++] = note;
                else if (!seen)
                    more++;
            }
        }
    if (more > 0)
        notes[count++] = AZ_WORDS("Assumed: more, see the days' certificates",
                                  "仮定: ほかは各日の証明書にあります");
    view->notes.count += count;
    return AZ_OK;
}

static enum az_status add_notes(const struct az_days_study *study, struct az_arena *arena,
                                struct az_view *view)
{
    const char *files = "";
    view->notes.items = AZ_ARRAY(arena, 8 + SHOWN_ASSUMPTIONS, struct az_words);
    for (size_t i = 0; files && i < study->files.count; i++)
        files = az_arena_format(arena, "%s%s%s", files, i > 0 ? ", " : "", study->files.items[i]);
    if (!view->notes.items || !files) return AZ_NO_MEMORY;
    struct az_words *notes = view->notes.items;
    size_t n = 0;
    notes[n++] = AZ_WORDS(
        az_arena_format(arena,
                        "Each day is planned %.6g hours ahead, and the first %.6g are kept, judged "
                        "and added up; the state goes on to the next day.",
                        study->horizon_h, study->kept_h),
        az_arena_format(arena,
                        "各日を %.6g 時間先まで計画し、はじめの %.6g "
                        "時間分を採用して検査・集計し、状態を翌日に引き継ぎます。",
                        study->horizon_h, study->kept_h));
    notes[n++] = AZ_WORDS(
        "The first day, and each one after days that are left out, begins from the variant's own "
        "state; of it a month's billed peak holds in its own month alone, and goes on over days "
        "that are left out.",
        "最初の日と、間の空いた次の日は、案自身の初期状態から始まります。ただし最大デマンドはその月"
        "のものだけを、間が空いても引き継ぎます。");
    notes[n++] = AZ_WORDS(
        "A month's demand charge is of what the days add to the peak that was there before; the "
        "charge of that one stands beside it and is in no sum.",
        "デマンド料金は、計上済みのデマンドからの増分にかかります。計上済み分の料金は集計に入りませ"
        "ん。");
    notes[n++] =
        AZ_WORDS("Events with a date of their own move with the day, and happen every day.",
                 "日時の決まった予定は日とともに移し、毎日あるものとします。");
    notes[n++] = AZ_WORDS(
        "Changes are over the days on which both have a plan; one smaller than what is not proven "
        "is "
        "not certain.",
        "差は両方に計画のある日だけの比較です。未証明の額より小さい差は確かではありません。");
    notes[n++] = AZ_WORDS("Net and payback are of money: what conceded rules would cost is not in "
                          "them.",
                          "純額と回収年数は金額だけの比較で、譲った規則の評価額を含みません。");
    if (*files) notes[n++] = both(arena, "%s: %s", "Series", "系列の出典", files);
    view->notes.count = n;
    return add_assumptions(study, arena, view);
}

enum az_status az_days_view(const struct az_days_study *study, struct az_arena *arena,
                            struct az_view *view)
{
    *view = (struct az_view){ .title = AZ_WORDS("Variants over days", "日を通した各案の比較") };
    view->charts.items = AZ_ARRAY(arena, 2, struct az_chart);
    view->tables.items = AZ_ARRAY(arena, 4, struct az_view_table);
    if (!view->charts.items || !view->tables.items) return AZ_NO_MEMORY;
    AZ_TRY(add_comparison(study, arena, view));
    AZ_TRY(add_months(study, arena, view));
    AZ_TRY(add_charts(study, arena, view));
    AZ_TRY(add_money_table(study, arena, view));
    AZ_TRY(add_days(study, arena, view));
    return add_notes(study, arena, view);
}

/* Plans that concede, in the kept part or after it: totals of a horizon fall due at its end. */
static int64_t count_conceding(const struct az_days_variant *variant)
{
    int64_t count = 0;
    for (size_t d = 0; d < variant->days.count; d++)
        count += json_is_false(
            json_object_get(variant->days.items[d].certificate.node, "meets_all_rules"));
    return count;
}

/* What is said of all days first. */
static void answer(const struct az_days_study *study, struct az_arena *arena,
                   struct az_report *report)
{
    int64_t missing = 0, conceding = 0;
    double penalty = 0;
    for (size_t v = 0; v < study->variants.count; v++) {
        missing += study->variants.items[v].days_missing;
        conceding += count_conceding(&study->variants.items[v]);
        if (study->variants.items[v].sum) penalty += study->variants.items[v].sum->penalty_jpy;
    }
    report->warns = missing > 0 || penalty > 0 || conceding > 0;
    report->answer = AZ_WORDS("Every day has a plan that keeps all rules.",
                              "全日に、すべての規則を守る計画があります。");
    if (conceding > 0)
        report->answer = AZ_WORDS(
            az_arena_format(arena,
                            "Every day has a plan; %lld of them concede rules after the kept part, "
                            "which is in no sum.",
                            (long long)conceding),
            az_arena_format(
                arena,
                "全日に計画がありますが、%lld 件が採用部分より後で規則の一部を譲っていま"
                "す（集計には入りません）。",
                (long long)conceding));
    if (penalty > 0)
        report->answer = AZ_WORDS("Every day has a plan; some concede rules at their stated price.",
                                  "全日に計画がありますが、価格を定めた規則の一部を譲っています。");
    if (missing > 0)
        report->answer = AZ_WORDS(
            az_arena_format(arena, "Plans that are missing: %lld. The sums leave them out.",
                            (long long)missing),
            az_arena_format(arena, "計画のない日が %lld あり、集計に入っていません。",
                            (long long)missing));
}

enum az_status az_days_report(const struct az_days_study *study,
                              const struct az_formulation *formulation, struct az_arena *arena,
                              enum az_language language, struct az_view *view,
                              struct az_report *report)
{
    *report = (struct az_report){ .view = view,
                                  .kind = formulation->name,
                                  .kind_title = formulation->title,
                                  .several = true,
                                  .language = language,
                                  .from = { .utc_s = AZ_NO_INTEGER },
                                  .until = { .utc_s = AZ_NO_INTEGER } };
    size_t count = study->dates.count;
    struct az_time last;
    if (count > 0 && day_of(study->dates.items[0], &report->from) &&
        day_of(study->dates.items[count - 1], &last))
        report->until = az_time_add(last, DAY_S);
    answer(study, arena, report);
    return az_days_view(study, arena, view);
}
