/* html.c - the report as one HTML page: answer, key numbers, figures, tables, proof and sources. */
#include <stdlib.h>
#include <string.h>

#include "adapters/report/draw.h"

#define WORDS(en_, ja_) ((struct az_words){ en_, ja_ })

static void say(FILE *out, const char *en, const char *ja)
{
    az_draw_words(out, WORDS(en, ja), "span");
}

static void section(FILE *out, const char *en, const char *ja)
{
    fputs("<h2>", out);
    say(out, en, ja);
    fputs("</h2>\n", out);
}

static void put_unit(FILE *out, const char *unit)
{
    char english[32], japanese[32];
    az_draw_words(out, az_draw_unit(unit, english, japanese), "span");
}

/* "2026-01-21 18:30" at the time's own offset. */
static void put_time(FILE *out, struct az_time time)
{
    char text[32];
    if (!az_time_given(time)) return;
    az_time_format(time, text);
    fprintf(out, "%.10s %.5s", text, text + 11);
}

static void put_language_choice(FILE *out, enum az_language language)
{
    fprintf(out,
            "<input class=\"pick\" type=\"radio\" name=\"lang\" id=\"lang-en\"%s/>"
            "<input class=\"pick\" type=\"radio\" name=\"lang\" id=\"lang-ja\"%s/>\n",
            language == AZ_ENGLISH ? " checked=\"checked\"" : "",
            language == AZ_JAPANESE ? " checked=\"checked\"" : "");
}

static void put_head(FILE *out, const struct az_report *report)
{
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"%s\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n"
            "<meta charset=\"utf-8\"/>\n<meta http-equiv=\"Content-Security-Policy\" "
            "content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>",
            report->language == AZ_JAPANESE ? "ja" : "en");
    az_draw_text(out, az_say(report->view->title, report->language));
    fputs("</title>\n<style>\n", out);
    for (size_t i = 0; az_draw_style[i]; i++) fputs(az_draw_style[i], out);
    fputs("</style>\n</head>\n<body>\n", out);
}

static void put_language_labels(FILE *out)
{
    fputs("<div class=\"switch\"><label for=\"lang-en\">English</label>"
          "<label for=\"lang-ja\">日本語</label></div>\n",
          out);
}

static void put_header(FILE *out, const struct az_report *report)
{
    put_language_choice(out, report->language);
    fputs("<header><div class=\"in\">", out);
    put_language_labels(out);
    fputs("<p class=\"kind\">", out);
    az_draw_words(out, report->kind_title, "span");
    fputs("</p>\n<h1>", out);
    az_draw_words(out, report->view->title, "span");
    fputs("</h1>\n<p class=\"when\">", out);
    char english[64], japanese[64];
    az_draw_words(out, az_draw_period(report->from, report->until, english, japanese), "span");
    fputs("</p></div></header>\n<main>\n", out);
}

/* --- the answer ------------------------------------------------------------------------------- */

/* What is proven of an amount: of the cost, or of what an instance puts before it. */
struct proof {
    struct az_words noun; /* empty: a cost like any other */
    bool most;            /* no plan has more */
    double bound, gap, gap_abs;
    const char *unit;
};

/* The level before the cost that a bound is known of; false: none. */
static bool find_level(const struct az_certificate *certificate, struct proof *proof)
{
    for (size_t i = 0; i < certificate->levels.count; i++) {
        const struct az_certificate_level *level = &certificate->levels.items[i];
        struct az_level_words words = az_draw_level(level->name);
        if (!words.noun.en || !isfinite(level->bound) || !isfinite(level->objective)) continue;
        *proof = (struct proof){ .noun = words.noun,
                                 .most = words.negated,
                                 .bound = words.negated ? -level->bound : level->bound,
                                 .gap_abs = fabs(level->objective - level->bound),
                                 .unit = words.unit };
        proof->gap = proof->gap_abs / fmax(1, fabs(level->objective));
        return true;
    }
    return false;
}

static bool find_proof(const struct az_report *report, struct proof *proof)
{
    const struct az_certificate *certificate = report->certificate;
    const struct az_aim *aim = &report->view->aim;
    if (!isfinite(certificate->bound) || !isfinite(certificate->gap))
        return find_level(certificate, proof);
    *proof = (struct proof){ .noun = aim->noun,
                             .most = (certificate->sense == AZ_MAXIMIZE) != aim->negated,
                             .bound = aim->negated ? -certificate->bound : certificate->bound,
                             .gap = certificate->gap,
                             .gap_abs = certificate->gap_abs,
                             .unit = certificate->unit };
    return true;
}

/* A text that may be anybody's between two of ours. */
static void put_between(FILE *out, const char *before, const char *text, const char *after)
{
    fputs(before, out);
    az_draw_text(out, text);
    fputs(after, out);
}

/* In a sentence. Where the bound is still far off, a share of the value says nothing. */
static void put_gap(FILE *out, const struct az_report *report)
{
    struct proof proof;
    char gap[64], english[96], japanese[96], far_en[96], far_ja[96];
    int decimals = 0, far_decimals = 0;
    if (!find_proof(report, &proof)) {
        fputs("<p>", out);
        say(out, "How far it is from the best possible is not known yet.",
            "最良の計画との差は、まだ分かっていません。");
        fputs("</p>", out);
        return;
    }
    bool met = proof.gap<5e-6, distant = proof.gap> 0.5 && isfinite(proof.gap_abs);
    const char *unit = proof.unit, *far_unit = proof.unit;
    double bound = az_draw_short(proof.bound, &unit, &decimals);
    double away = az_draw_short(proof.gap_abs, &far_unit, &far_decimals);
    az_draw_told(bound, unit, decimals, AZ_ENGLISH, english);
    az_draw_told(bound, unit, decimals, AZ_JAPANESE, japanese);
    az_draw_told(away, far_unit, far_decimals, AZ_ENGLISH, far_en);
    az_draw_told(away, far_unit, far_decimals, AZ_JAPANESE, far_ja);
    az_draw_number(100 * proof.gap, proof.gap < 0.001 ? 3 : 2, gap);
    fputs("<p><span class=\"en\" lang=\"en\">", out);
    if (proof.noun.en)
        fprintf(out, "No plan can have %s %s ", proof.noun.en, proof.most ? "above" : "below");
    else
        fprintf(out, "No plan can come to %s than ", proof.most ? "more" : "less");
    az_draw_text(out, english);
    if (met)
        fprintf(out, ", and this one %s just that.</span>", proof.noun.en ? "has" : "comes to");
    else if (distant)
        put_between(out, ", ", far_en, " from this one: the proof is still far off.</span>");
    else
        fprintf(out, "; this one is within %s %% of it.</span>", gap);
    const char *past = proof.most ? "上回る" : "下回る";
    fputs("<span class=\"ja\" lang=\"ja\">", out);
    if (proof.noun.ja)
        fprintf(out, "%sが ", proof.noun.ja);
    else
        fputs("どんな計画も ", out);
    put_between(out, "", japanese, " を");
    fprintf(out, "%s%s、", past, proof.noun.ja ? "計画は存在せず" : "ことはできず");
    if (met)
        fputs("この計画はちょうどその値です。</span></p>", out);
    else if (distant)
        put_between(out, "この計画との差は ", far_ja,
                    " です（証明はまだ遠い段階です）。</span></p>");
    else
        fprintf(out, "この計画との差は %s %% です。</span></p>", gap);
}

static void put_answer(FILE *out, const struct az_report *report)
{
    const struct az_certificate *certificate = report->certificate;
    size_t violations = report->judgement ? report->judgement->violation_count : 0;
    bool warn;
    struct az_words answer = az_draw_answer(report, &warn);
    fprintf(out, "<div class=\"answer%s\"><strong>", violations > 0 ? " bad" : warn ? " warn" : "");
    az_draw_words(out, answer, "span");
    fputs("</strong>", out);
    if (certificate && violations == 0) put_gap(out, report);
    fputs("</div>\n", out);
}

static void put_numbers(FILE *out, const struct az_view *view)
{
    if (view->numbers.count == 0) return;
    fputs("<ul class=\"numbers\">\n", out);
    for (size_t i = 0; i < view->numbers.count; i++) {
        const struct az_key_number *number = &view->numbers.items[i];
        fputs("<li><span class=\"what\">", out);
        az_draw_words(out, number->label, "span");
        fputs("</span><span class=\"much\">", out);
        az_draw_amount(out, number->value, number->unit, number->decimals, true);
        fputs("</span>", out);
        if (number->note.en) {
            fputs("<span class=\"note\">", out);
            az_draw_words(out, number->note, "span");
            fputs("</span>", out);
        }
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

/* --- figures ----------------------------------------------------------------------- */

/* A chart of many lines takes the whole width, unless there are too many charts. */
static bool is_wide(const struct az_view *view, size_t i)
{
    const struct az_chart *chart = &view->charts.items[i];
    bool stacked = false;
    for (size_t k = 0; k < chart->lines.count; k++)
        stacked = stacked || chart->lines.items[k].mark == AZ_MARK_STACK;
    return chart->count > 120 || (stacked && chart->lines.count > 5 && view->charts.count <= 14);
}

static bool has_tables(const struct az_view *view, enum az_table_place place)
{
    for (size_t i = 0; i < view->tables.count; i++)
        if (view->tables.items[i].place == place && view->tables.items[i].row_count > 0)
            return true;
    return false;
}

static void put_figures(FILE *out, const struct az_view *view)
{
    bool over_time = view->charts.count + view->gantts.count > 0;
    if (!over_time && view->plots.count + view->maps.count == 0) return;
    if (over_time)
        section(out, "The plan over time", "計画の時間変化");
    else
        section(out, "The plan in pictures", "図で見る計画");
    fputs("<div class=\"figures\">\n", out);
    for (size_t i = 0; i < view->gantts.count; i++)
        if (view->gantts.items[i].leads) az_draw_gantt(out, &view->gantts.items[i]);
    for (size_t i = 0; i < view->charts.count; i++)
        if (is_wide(view, i)) az_draw_chart(out, &view->charts.items[i], true);
    for (size_t i = 0; i < view->gantts.count; i++)
        if (!view->gantts.items[i].leads) az_draw_gantt(out, &view->gantts.items[i]);
    for (size_t i = 0; i < view->charts.count; i++)
        if (!is_wide(view, i)) az_draw_chart(out, &view->charts.items[i], false);
    for (size_t i = 0; i < view->plots.count; i++) az_draw_plot(out, &view->plots.items[i]);
    for (size_t i = 0; i < view->maps.count; i++) az_draw_map(out, &view->maps.items[i]);
    fputs("</div>\n", out);
}

/* The tables of one place under a heading. */
static void put_tables(FILE *out, const struct az_view *view, enum az_table_place place,
                       const char *en, const char *ja)
{
    bool any = false;
    for (size_t i = 0; i < view->tables.count; i++) {
        const struct az_view_table *table = &view->tables.items[i];
        if (table->place != place || table->row_count == 0 || table->columns.count == 0) continue;
        if (!any) section(out, en, ja);
        any = true;
        az_draw_table(out, table);
    }
}

/* --- breaches and assumptions ----------------------------------------------------------------- */

#define MANY_BREACHES 8 /* more are folded where the kind's own tables have told them already */

static void put_breaches(FILE *out, const struct az_breach *items, size_t count, bool priced,
                         bool folded, const char *unit, int64_t step_s)
{
    struct az_arena *arena = az_arena_new(NULL);
    char number[64];
    items = arena ? az_draw_gathered(items, count, arena) : NULL;
    if (folded) {
        char english[64], japanese[64];
        snprintf(english, sizeof english, "%zu concessions, one by one", count);
        snprintf(japanese, sizeof japanese, "譲った規則 %zu 件の一覧", count);
        fputs("<details><summary>", out);
        say(out, english, japanese);
        fputs("</summary>", out);
    }
    fputs(folded ? "<div class=\"frame\">" : "<div class=\"scroll\">", out);
    fputs("<table><thead><tr><th class=\"text\">", out);
    say(out, "When", "時刻");
    fputs("</th><th class=\"text\">", out);
    say(out, "What", "内容");
    fputs("</th><th>", out);
    say(out, "By how much", "量");
    fputs("</th>", out);
    if (priced) {
        fputs("<th>", out);
        say(out, "Price", "対価");
        fputs(" <small>", out);
        put_unit(out, unit);
        fputs("</small></th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
    for (size_t i = 0; items && i < count;) {
        const struct az_breach *breach = &items[i];
        struct az_breach_run run = az_draw_run(items, count, i, step_s);
        char clock[32], english[32], japanese[32];
        int year, month, day[2], minute;
        struct az_words words = {
            az_breach_words(breach, AZ_ENGLISH, arena),
            az_breach_words(breach, AZ_JAPANESE, arena),
        };
        fputs("<tr><td class=\"text when\">", out);
        put_time(out, breach->at);
        if (az_time_given(run.until)) {
            az_draw_clock(run.until, clock);
            az_time_local(breach->at, &year, &month, &day[0], &minute);
            az_time_local(run.until, &year, &month, &day[1], &minute);
            fputs(" – ", out);
            if (day[0] != day[1]) fprintf(out, "%02d-%02d ", month, day[1]);
            fputs(clock, out);
        }
        fputs("</td><td class=\"text\">", out);
        az_draw_words(out, words, "span");
        fprintf(out, "</td><td>%s ", az_draw_number(run.amount, 1, number));
        az_draw_words(out, az_draw_counted(breach->rule->unit, run.amount, english, japanese),
                      "span");
        fputs("</td>", out);
        if (priced) fprintf(out, "<td>%s</td>", az_draw_number(run.cost, 0, number));
        fputs("</tr>\n", out);
        i = run.next;
    }
    fputs(folded ? "</tbody></table></div></details>\n" : "</tbody></table></div>\n", out);
    az_arena_free(arena);
}

static void put_violations(FILE *out, const struct az_report *report)
{
    const struct az_judgement *judgement = report->judgement;
    const char *unit = report->certificate ? report->certificate->unit : NULL;
    if (!judgement || judgement->violation_count == 0) return;
    section(out, "Rules that this plan breaks", "この計画が破っている規則");
    put_breaches(out, judgement->violations.items, judgement->violations.count, false, false, unit,
                 az_draw_step(report->view));
}

static void put_concessions(FILE *out, const struct az_report *report)
{
    const struct az_judgement *judgement = report->judgement;
    const char *unit = report->certificate ? report->certificate->unit : NULL;
    if (!judgement || judgement->concessions.count == 0) return;
    bool folded =
        judgement->concessions.count > MANY_BREACHES && has_tables(report->view, AZ_TABLE_LEADS);
    section(out, "Concessions", "譲った規則");
    put_breaches(out, judgement->concessions.items, judgement->concessions.count, true, folded,
                 unit, az_draw_step(report->view));
}

static void put_assumptions(FILE *out, const struct az_report *report)
{
    const struct az_findings *findings = report->assumptions;
    if (!findings || findings->count == 0) return;
    struct az_arena *arena = az_arena_new(NULL);
    section(out, "Assumptions", "置いた仮定");
    fputs("<ul class=\"notes\">\n", out);
    for (size_t i = 0; arena && i < findings->count; i++) {
        const struct az_finding *finding = &findings->items[i];
        struct az_words words = { az_finding_text(finding, AZ_ENGLISH, arena),
                                  az_finding_text(finding, AZ_JAPANESE, arena) };
        fputs("<li>", out);
        az_draw_text(out, finding->place);
        fputs(": ", out);
        az_draw_words(out, words, "span");
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
    az_arena_free(arena);
}

/* --- the certificate -------------------------------------------------------------------------- */

static void term(FILE *out, const char *en, const char *ja)
{
    fputs("<dt>", out);
    say(out, en, ja);
    fputs("</dt><dd>", out);
}

static void amount_row(FILE *out, const char *en, const char *ja, double value, const char *unit)
{
    char number[64];
    if (!isfinite(value)) return;
    term(out, en, ja);
    fprintf(out, "%s ", az_draw_number(value, 2, number));
    put_unit(out, unit);
    fputs("</dd>\n", out);
}

/* A level of the objective, named as the kinds name theirs. */
static void level_row(FILE *out, const struct az_certificate_level *level, const char *unit)
{
    struct az_level_words words = az_draw_level(level->name);
    amount_row(out, words.label.en, words.label.ja,
               words.negated ? -level->objective : level->objective,
               words.unit ? words.unit : unit);
}

/* What was optimised and what no plan can beat, by the name that it has for people. */
static void objective_rows(FILE *out, const struct az_report *report)
{
    const struct az_certificate *c = report->certificate;
    const struct az_aim *aim = &report->view->aim;
    double sign = aim->negated ? -1 : 1;
    bool most = (c->sense == AZ_MAXIMIZE) != aim->negated;
    if (aim->label.en)
        amount_row(out, aim->label.en, aim->label.ja, sign * c->objective, c->unit);
    else
        amount_row(out, "Objective", "目的値", c->objective, c->unit);
    if (most)
        amount_row(out, "Bound: no plan has more", "限界値（上界）", sign * c->bound, c->unit);
    else
        amount_row(out, "Bound: no plan has less", "限界値（下界）", sign * c->bound, c->unit);
}

static void text_row(FILE *out, const char *en, const char *ja, const char *text)
{
    if (!text || !*text) return;
    term(out, en, ja);
    az_draw_text(out, text);
    fputs("</dd>\n", out);
}

static struct az_words status_words(int status)
{
    static const struct az_words words[] = {
        [AZ_PLAN_OPTIMAL] = { "optimal: proven within the asked gap",
                              "最適（求めたギャップ以内で証明済み）" },
        [AZ_PLAN_FEASIBLE] = { "feasible: not yet proven best", "実行可能（最適性は未証明）" },
        [AZ_PLAN_INFEASIBLE] = { "infeasible", "実行不可能" },
        [AZ_PLAN_NONE] = { "no plan", "計画なし" },
    };
    return status >= 0 && status <= AZ_PLAN_NONE ? words[status] : WORDS("unknown", "不明");
}

static struct az_words stop_words(int stopped)
{
    static const struct az_words words[] = {
        [AZ_STOP_GAP] = { "because the gap was reached", "求めたギャップに達したため" },
        [AZ_STOP_DEADLINE] = { "at the deadline", "期限のため" },
        [AZ_STOP_CANCEL] = { "because it was cancelled", "取り消されたため" },
        [AZ_STOP_LIMIT] = { "at a limit of the method", "手法の上限のため" },
    };
    return stopped >= 0 && stopped <= AZ_STOP_LIMIT ? words[stopped] : WORDS("unknown", "不明");
}

static void put_certificate(FILE *out, const struct az_report *report)
{
    const struct az_certificate *c = report->certificate;
    char number[64];
    if (!c) return;
    section(out, "Certificate", "証明書");
    fputs("<div class=\"scroll\"><dl>\n", out);
    term(out, "Status", "状態");
    az_draw_words(out, status_words(c->status), "span");
    fputs("</dd>\n", out);
    term(out, "Stopped", "終了理由");
    az_draw_words(out, stop_words(c->stopped), "span");
    fputs("</dd>\n", out);
    objective_rows(out, report);
    if (isfinite(c->gap)) {
        term(out, "Gap", "ギャップ");
        fprintf(out, "%s %%", az_draw_number(100 * c->gap, 4, number));
        if (isfinite(c->gap_abs)) {
            fprintf(out, " (%s ", az_draw_number(c->gap_abs, 2, number));
            put_unit(out, c->unit);
            putc(')', out);
        }
        fputs("</dd>\n", out);
    }
    amount_row(out, "Cost", "費用", c->cost, c->unit);
    if (isfinite(c->penalty) && c->penalty > 0)
        amount_row(out, "Price of conceded rules", "譲った規則の対価", c->penalty, c->unit);
    for (size_t i = 0; i < c->levels.count; i++) level_row(out, &c->levels.items[i], c->unit);
    text_row(out, "Engine", "ソルバー", c->engine);
    if (isfinite(c->seconds)) {
        term(out, "Time", "計算時間");
        fprintf(out, "%s s</dd>\n", az_draw_number(c->seconds, 2, number));
    }
    text_row(out, "Instance", "入力（SHA-256）", c->instance_sha256);
    text_row(out, "azumi", "azumi", c->azumi);
    fputs("</dl></div>\n", out);
}

static void put_notes(FILE *out, const struct az_view *view)
{
    if (view->notes.count == 0) return;
    section(out, "Notes and sources", "注記と出典");
    fputs("<ul class=\"notes\">\n", out);
    for (size_t i = 0; i < view->notes.count; i++) {
        fputs("<li>", out);
        az_draw_words(out, view->notes.items[i], "span");
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

static void put_whole(FILE *out, const struct az_report *report)
{
    const struct az_view *view = report->view;
    put_header(out, report);
    put_answer(out, report);
    put_numbers(out, view);
    if (has_tables(view, AZ_TABLE_PAGE)) {
        fputs("<p class=\"go unprinted\"><a href=\"#pages\">", out);
        say(out, "To the pages to print and take along", "印刷して持ち出す頁へ");
        fputs("</a></p>\n", out);
    }
    put_violations(out, report);
    put_tables(out, view, AZ_TABLE_LEADS, "Know this first", "まず確認すること");
    put_concessions(out, report);
    put_figures(out, view);
    put_tables(out, view, AZ_TABLE_BODY, "In numbers", "内訳");
    put_tables(out, view, AZ_TABLE_FOLDED, "In detail", "詳細");
    put_assumptions(out, report);
    put_certificate(out, report);
    put_notes(out, view);
    if (has_tables(view, AZ_TABLE_PAGE)) {
        fputs("<h2 class=\"unprinted\" id=\"pages\">", out);
        say(out, "Pages to print and take along", "印刷して持ち出す頁");
        fputs("</h2>\n", out);
        az_draw_pages(out, view, true);
    }
    fprintf(out, "</main>\n<footer%s>",
            has_tables(view, AZ_TABLE_PAGE) ? " class=\"unprinted\"" : "");
    say(out,
        "Made by azumi " AZ_VERSION
        ". Every figure was computed by the judge, not by the optimiser.",
        "azumi " AZ_VERSION
        " による作成。数値はすべて、最適化とは別の検査プログラムが計算したものです。");
    fputs("</footer>\n", out);
}

/* The pages alone: each begins with what it is of. */
static void put_pages(FILE *out, const struct az_report *report)
{
    put_language_choice(out, report->language);
    fputs("<header class=\"slim\"><div class=\"in\">", out);
    put_language_labels(out);
    fputs("<p class=\"kind\">", out);
    az_draw_words(out, report->view->title, "span");
    fputs("</p></div></header>\n<main>\n", out);
    put_answer(out, report);
    az_draw_pages(out, report->view, false);
    fputs("</main>\n", out);
}

static void put_document(FILE *out, const struct az_report *report)
{
    put_head(out, report);
    if (report->part == AZ_REPORT_PAGES)
        put_pages(out, report);
    else
        put_whole(out, report);
    fputs("</body>\n</html>\n", out);
}

enum az_status az_report_html(const struct az_report *report, char **text, size_t *length)
{
    *text = NULL;
    FILE *out = open_memstream(text, length);
    if (!out) return AZ_NO_MEMORY;
    put_document(out, report);
    bool good = ferror(out) == 0;
    good = fclose(out) == 0 && good;
    if (good) return AZ_OK;
    free(*text);
    *text = NULL;
    return AZ_NO_MEMORY;
}
