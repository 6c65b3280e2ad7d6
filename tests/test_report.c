/* test_report.c - a view as HTML and on a terminal: well-formed, complete, and safe with any text.
 */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/report/draw.h"
#include "adapters/report/report.h"
#include "tests/support/markup.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct az_view view;
static struct az_report report;
static char *html;
static size_t html_length;

/* A view with one of everything, as no kind makes it. */
static void setup(void)
{
    static const double load[] = { 3, 4, NAN, 5 }, hydro[] = { 2, 2, 2, 2 },
                        charge[] = { -1, 0, 0, -2 };
    static struct az_line lines[] = {
        { { "Hydro", "水力" }, "hydro", AZ_MARK_STACK, 0, (double *)hydro },
        { { "Charge", "充電" }, "battery", AZ_MARK_STACK, 0, (double *)charge },
        { { "Load", "需要" }, "load", AZ_MARK_STEP, 0, (double *)load },
        { { "Price", "価格" }, "price", AZ_MARK_LINE, 1, (double *)load },
    };
    static struct az_bar bars[] = { { 0, 3600, "gas", { "12 kWh", "12 kWh" }, NULL } };
    static struct az_gantt_row rows[] = { { { "Engine", "エンジン" }, { 1, bars }, false },
                                          { { "Idle", "休止" }, { 0, NULL }, true } };
    static struct az_key_number numbers[] = {
        { { "Cost", "費用" }, -1234567.5, "JPY", 0, { NULL, NULL } }
    };
    static struct az_table_column columns[] = { { .label = { "Item", "項目" } },
                                                { .label = { "Amount", "金額" }, .unit = "JPY" } };
    static struct az_cell cells[] = { { .words = { "sales", "売電" } },
                                      { .number = -1e-9 },
                                      { .words = { "Total", "合計" } },
                                      { .number = 1234.4 } };
    static struct az_map_point points[] = { { 36.2, 137.97, "load", { "Town hall", "市役所" } },
                                            { 36.15, 137.7, "hydro", { "Station", "発電所" } } };
    static struct az_map_line ways[] = { { 0, 1, "converter", { "Line", "線" } },
                                         { 0, 9, "other", { "Bad", "誤" } } };
    static struct az_chart chart;
    static struct az_gantt gantt;
    static struct az_view_table table;
    static struct az_geo_map map;
    static struct az_plot_point money[] = { { .x = 2027, .y = -5e6 },
                                            { .x = 2028, .y = 1e6 },
                                            { .x = 2029, .y = NAN } },
                                front[] = {
                                    { .x = 120, .y = 3, .label = { "cheapest", "最安" } },
                                    { .x = 180, .y = 7.5, .label = { "greenest", "最少排出" } }
                                };
    static struct az_plot_series flows[] = {
        { { "Paid", "支出" }, "import", AZ_PLOT_BAR, { 1, money } },
        { { "Earned", "収入" }, "solar", AZ_PLOT_BAR, { 3, money } },
        { { "In all", "累計" }, "load", AZ_PLOT_LINE, { 3, money } },
    };
    static struct az_plot_series fronts[] = {
        { { "Front", "前線" }, "trip", AZ_PLOT_POINTS, { 2, front } },
    };
    static struct az_plot plots[] = {
        { .title = { "Cash flow", "資金収支" },
          .y_unit = "JPY",
          .years = true,
          .series = { 3, flows } },
        { .title = { "Trade-off", "両立" },
          .x_label = { "Carbon", "炭素" },
          .y_label = { "Value", "価値" },
          .x_unit = "t",
          .y_unit = "JPY",
          .series = { 1, fronts } },
    };
    static struct az_words notes[] = { { "A source", "出典" } };
    arena = az_arena_new(NULL);
    chart = (struct az_chart){
        { "Dispatch", "需給" }, { "kW", "JPY/kWh" }, { 0, 540 }, 1800, 4, { 4, lines }
    };
    gantt = (struct az_gantt){ .title = { "Commitment", "運転" },
                               .start = { 0, 540 },
                               .length_s = 7200,
                               .rows = { 2, rows } };
    table = (struct az_view_table){
        .title = { "Money", "お金" }, .columns = { 2, columns }, .row_count = 2, .cells = cells
    };
    map = (struct az_geo_map){ .title = { "Map", "地図" },
                               .points = { 2, points },
                               .lines = { 2, ways } };
    view = (struct az_view){ .title = { "A plan", "計画" },
                             .numbers = { 1, numbers },
                             .charts = { 1, &chart },
                             .gantts = { 1, &gantt },
                             .plots = { 2, plots },
                             .maps = { 1, &map },
                             .tables = { 1, &table },
                             .notes = { 1, notes } };
    report = (struct az_report){ .view = &view,
                                 .kind = "probe",
                                 .kind_title = { "Probe", "試験" },
                                 .from = { 0, 540 },
                                 .until = { 7200, 540 } };
    html = NULL;
}

static void teardown(void)
{
    free(html);
    az_arena_free(arena);
}

static const char *draw(void)
{
    free(html);
    ck_assert_int_eq(az_report_html(&report, &html, &html_length), AZ_OK);
    ck_assert_uint_eq(strlen(html), html_length);
    return html;
}

/* A page that a browser has to guess at looks different in each. */
START_TEST(the_page_is_well_formed)
{
    for (int language = 0; language < 2; language++) {
        report.language = language == 0 ? AZ_ENGLISH : AZ_JAPANESE;
        ck_assert(markup_is_well_formed(draw()));
    }
}
END_TEST

/* Everything in the view is drawn, in both languages, with its axes, units and legend. */
START_TEST(everything_in_the_view_is_drawn)
{
    static const char *const parts[] = {
        "Dispatch",   "需給",
        "Commitment", "運転",
        "Money",      "お金",
        "Map",        "地図",
        "Town hall",  "Engine",
        "エンジン",   "12 kWh",
        "Charge",     "充電",
        "JPY/kWh",    "円/kWh",
        "−1,234,568", "1,234",
        "A source",   "出典",
        "Price",      "価格",
        "(right)",    "A plan",
        "計画",       "1970-01-01 09:00",
    };
    draw();
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        ck_assert_msg(strstr(html, parts[i]) != NULL, "%s is not in the page", parts[i]);
    ck_assert_uint_eq(markup_count(html, "<svg"), 6); /* a Gantt has two: names, bars */
    ck_assert_uint_eq(markup_count(html, "<figure"), 5);
    ck_assert_uint_eq(markup_count(html, "class=\"hint\""), 6);
    ck_assert_uint_eq(markup_count(html, "class=\"layer"),
                      6); /* hydro, charge in two pieces, three bars */
    ck_assert_uint_eq(markup_count(html, "class=\"bar\""), 1);
    ck_assert_uint_eq(markup_count(html, "class=\"place\""),
                      4); /* two on the map, two on a front */
    ck_assert_uint_eq(markup_count(html, "class=\"way\""), 1);
    ck_assert_ptr_null(strstr(html, "nan"));
    ck_assert_ptr_null(strstr(html, "−0<"));
}
END_TEST

/* A page that loads something from outside shows nothing in a town hall without internet. */
START_TEST(the_page_needs_nothing_from_outside)
{
    draw();
    ck_assert_ptr_null(strstr(html, "<script"));
    ck_assert_ptr_null(strstr(html, "src="));
    ck_assert_ptr_null(strstr(html, "@import"));
    ck_assert_ptr_null(strstr(html, "url("));
    ck_assert_uint_eq(markup_count(html, "http"), 2); /* the namespace, and http-equiv */
    ck_assert_ptr_nonnull(strstr(html, "default-src 'none'"));
}
END_TEST

/* Names come from instances that anybody may have written. */
START_TEST(hostile_names_stay_text)
{
    static const char evil[] =
        "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&]]>--></style></svg>"
        "\xe2\x80\xae\x1b[31m\xc2\x9b";
    struct az_words words = { evil, evil };
    view.title = view.notes.items[0] = words;
    view.numbers.items[0].label = view.numbers.items[0].note = words;
    view.numbers.items[0].unit = evil;
    view.charts.items[0].title = view.charts.items[0].lines.items[0].label = words;
    view.charts.items[0].lines.items[1].role = evil;
    view.charts.items[0].unit[0] = evil;
    view.gantts.items[0].rows.items[0].label =
        view.gantts.items[0].rows.items[0].bars.items[0].label = words;
    view.plots.items[0].title = view.plots.items[1].x_label = words;
    view.plots.items[1].series.items[0].points.items[0].label = words;
    view.plots.items[0].x_unit = view.plots.items[0].series.items[0].role = evil;
    view.maps.items[0].points.items[0].label = view.maps.items[0].lines.items[0].label = words;
    view.tables.items[0].cells[0].words = view.tables.items[0].columns.items[0].label = words;
    struct az_certificate certificate = { .engine = evil,
                                          .instance_sha256 = evil,
                                          .azumi = evil,
                                          .unit = evil,
                                          .bound = 1,
                                          .gap = 0.1,
                                          .objective = 1,
                                          .cost = 1,
                                          .penalty = 1 };
    report.certificate = &certificate;
    draw();
    ck_assert_ptr_null(strstr(html, "<script"));
    ck_assert_ptr_null(strstr(html, "<img"));
    ck_assert_ptr_null(strstr(html, "\x1b"));
    ck_assert_ptr_null(strstr(html, "\xe2\x80\xae"));
    ck_assert_ptr_null(strstr(html, "\xc2\x9b"));
    ck_assert_uint_eq(markup_count(html, "</style>"), 1);
    ck_assert_uint_ge(markup_count(html, "&lt;script&gt;"), 12);
    ck_assert(markup_is_well_formed(html));
    char *drawn = NULL;
    size_t length;
    FILE *out = open_memstream(&drawn, &length);
    az_report_terminal(&report, out, 100, false);
    fclose(out);
    ck_assert_ptr_null(strstr(drawn, "\x1b"));
    ck_assert_ptr_null(strstr(drawn, "\xc2\x9b"));
    ck_assert_ptr_null(strstr(drawn, "\xe2\x80\xae"));
    free(drawn);
}
END_TEST

static const struct az_rule rule = { { "reserve_up",
                                       { "{asset}: short of {limit} by {amount} {unit}",
                                         "{asset}: {limit} に {amount} {unit} 不足" } },
                                     true,
                                     "kWh" };

/* Whoever reads only the first line must not take a broken plan for a good one. */
START_TEST(the_first_line_says_how_the_plan_stands)
{
    struct az_breach breach = { .rule = &rule,
                                .at = { 0, 540 },
                                .amount = 7,
                                .cost = 1000,
                                .params = { AZ_TEXT_PARAM("asset", "valley"),
                                            AZ_NUMBER_PARAM("limit", 20) },
                                .param_count = 2 };
    struct az_judgement judgement = { .cost = 5 };
    struct az_certificate certificate = { .status = AZ_PLAN_OPTIMAL,
                                          .unit = "JPY",
                                          .bound = 99.9,
                                          .objective = 100,
                                          .gap = 0.001,
                                          .gap_abs = 0.1,
                                          .cost = 100,
                                          .seconds = 1 };
    report.judgement = &judgement;
    report.certificate = &certificate;
    draw();
    ck_assert_ptr_nonnull(strstr(html, "proven best within the asked gap"));
    ck_assert_ptr_nonnull(strstr(html, "within 0.10 % of it"));
    certificate.gap = 34.68; /* so many per cent tell nobody anything */
    certificate.gap_abs = 541117;
    draw();
    ck_assert_ptr_null(strstr(html, "within 3,468"));
    ck_assert_ptr_nonnull(strstr(html, "541,117 JPY from this one: the proof is still far off"));
    certificate.gap = 0.001;
    certificate.status = AZ_PLAN_FEASIBLE;
    draw();
    ck_assert_ptr_null(strstr(html, "proven best within the asked gap"));
    judgement.concessions.items = judgement.violations.items = &breach;
    judgement.concessions.count = 1;
    draw();
    ck_assert_ptr_nonnull(strstr(html, "concedes rules"));
    ck_assert_ptr_nonnull(strstr(html, "valley: short of 20 by 7 kWh"));
    ck_assert_ptr_nonnull(strstr(html, "valley: 20 に 7 kWh 不足"));
    judgement.violations.count = judgement.violation_count = 1;
    draw();
    ck_assert_ptr_nonnull(strstr(html, "must not be run"));
    ck_assert_ptr_null(strstr(html, "keeps every rule"));
    ck_assert(markup_is_well_formed(html));
}
END_TEST

/* Dozens of concessions must not push down what the kind says of them; broken rules come first
 * whatever else there is. */
START_TEST(many_concessions_are_folded_and_violations_never)
{
    struct az_breach breaches[12] = { 0 };
    for (int i = 0; i < 12; i++)
        breaches[i] = (struct az_breach){ .rule = &rule,
                                          .place = i % 2 ? "a" : "b",
                                          .at = { 60 * i, 540 },
                                          .amount = 7,
                                          .params = { AZ_TEXT_PARAM("asset", "valley"),
                                                      AZ_NUMBER_PARAM("limit", 20) },
                                          .param_count = 2 };
    struct az_judgement judgement = { .cost = 5 };
    report.judgement = &judgement;
    judgement.concessions.items = judgement.violations.items = breaches;
    judgement.concessions.count = 12;
    draw();
    ck_assert_ptr_null(strstr(html, "<details>")); /* nothing else tells of them */
    view.tables.items[0].place = AZ_TABLE_LEADS;
    draw();
    ck_assert_uint_eq(markup_count(html, "<details>"), 1);
    ck_assert_ptr_nonnull(strstr(html, "12 concessions, one by one"));
    ck_assert(strstr(html, "Money</span>") < strstr(html, "one by one"));
    ck_assert(markup_is_well_formed(html));
    judgement.violations.count = judgement.violation_count = 12;
    draw();
    ck_assert_uint_eq(markup_count(html, "<details>"), 1);
    ck_assert(strstr(html, "Rules that this plan breaks") < strstr(html, "Money</span>"));
}
END_TEST

/* Ten hours without power are one line and not twenty; a gap or another place begins a new one. */
START_TEST(breaches_in_a_row_are_one_line)
{
    struct az_breach items[5] = { 0 };
    for (int i = 0; i < 5; i++)
        items[i] = (struct az_breach){ .rule = &rule,
                                       .place = i == 4 ? "grids/b" : "grids/a",
                                       .at = { 1800 * (i < 3 ? i : i + 1), 540 },
                                       .amount = 10,
                                       .cost = 100 };
    struct az_breach_run run = az_draw_run(items, 5, 0, 1800);
    ck_assert_uint_eq(run.next, 3);
    ck_assert_double_eq(run.amount, 30);
    ck_assert_double_eq(run.cost, 300);
    ck_assert_int_eq(run.until.utc_s, 3 * 1800);
    run = az_draw_run(items, 5, 3, 1800);
    ck_assert_uint_eq(run.next, 4);
    ck_assert(!az_time_given(run.until));
    ck_assert_uint_eq(az_draw_run(items, 5, 0, 0).next, 1);
}
END_TEST

/* Two rules broken at one place slot after slot are two lines, and of one place each. */
START_TEST(rules_broken_in_turn_are_a_line_each)
{
    const struct az_rule other = rule;
    struct az_breach items[7] = { 0 };
    for (int i = 0; i < 7; i++)
        items[i] = (struct az_breach){ .rule = i % 2 ? &other : &rule,
                                       .place = i == 6 ? "grids/b" : "grids/a",
                                       .at = { 1800 * (i / 2), 540 },
                                       .amount = 1 + i };
    struct az_arena *room = az_arena_new(NULL);
    const struct az_breach *gathered = az_draw_gathered(items, 7, room);
    ck_assert_ptr_nonnull(gathered);
    struct az_breach_run run = az_draw_run(gathered, 7, 0, 1800);
    ck_assert_uint_eq(run.next, 3);
    ck_assert_double_eq(run.amount, 1 + 3 + 5);
    run = az_draw_run(gathered, 7, 3, 1800);
    ck_assert_uint_eq(run.next, 6);
    ck_assert_double_eq(run.amount, 2 + 4 + 6);
    ck_assert_double_eq(gathered[6].amount, 7);
    az_arena_free(room);
}
END_TEST

/* What has to be seen first comes first, what is for who asks is folded, and colours are told. */
START_TEST(tables_and_gantts_stand_where_they_belong)
{
    struct az_key keys[] = { { "trip", false, { "Trip key", "便の色" } },
                             { "deadhead", true, { "Empty key", "回送の色" } } };
    struct az_line lines[6]; /* a wide chart */
    for (size_t i = 0; i < 6; i++) lines[i] = view.charts.items[0].lines.items[0];
    view.charts.items[0].lines.items = lines;
    view.charts.items[0].lines.count = 6;
    draw();
    const char *gantt = strstr(html, "Commitment</span>"), *chart = strstr(html, "Dispatch</span>");
    ck_assert(gantt && chart && chart < gantt);
    ck_assert_ptr_null(strstr(html, "<details"));
    view.gantts.items[0].leads = true;
    view.gantts.items[0].keys.items = view.maps.items[0].keys.items = keys;
    view.gantts.items[0].keys.count = view.maps.items[0].keys.count = 2;
    view.tables.items[0].place = AZ_TABLE_LEADS;
    draw();
    gantt = strstr(html, "Commitment</span>");
    chart = strstr(html, "Dispatch</span>");
    ck_assert(gantt && chart && gantt < chart);
    ck_assert(strstr(html, "Money</span>") < gantt);
    ck_assert_uint_eq(markup_count(html, "Trip key"), 2);
    ck_assert_uint_eq(markup_count(html, "回送の色"), 2);
    view.tables.items[0].place = AZ_TABLE_FOLDED;
    draw();
    ck_assert(strstr(html, "Money</span>") > strstr(html, "Dispatch</span>"));
    ck_assert_uint_eq(markup_count(html, "<details>"), 1);
    ck_assert(markup_is_well_formed(html));
}
END_TEST

/* A figure over years or of one aim against another shows every point once, what is not known
 * nowhere, and is read on a terminal too. */
START_TEST(plots_show_their_points)
{
    draw();
    const char *cash = strstr(html, "Cash flow</span>"), *front = strstr(html, "Trade-off</span>");
    ck_assert(cash && front && cash < front);
    ck_assert_ptr_nonnull(strstr(cash, ">2027</text>"));
    ck_assert_ptr_null(strstr(html, "nan"));
    size_t bars = 0;
    for (const char *at = cash; (at = strstr(at, "<rect class=\"layer\"")) && at < front; at++)
        bars++;
    ck_assert_uint_eq(bars, 3);
    ck_assert_uint_eq(markup_count(front, "<circle class=\"place\""), 2 + 2); /* and the map's */
    ck_assert_ptr_nonnull(strstr(front, "greenest"));
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    az_report_terminal(&report, out, 100, false);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "Cash flow"));
    ck_assert_ptr_nonnull(strstr(text, "2027 – 2028"));
    ck_assert_ptr_nonnull(strstr(text, "cheapest"));
    free(text);
}
END_TEST

/* A thing whose name is missing, or whose limit is not drawn, is a bar that nobody can act on. */
START_TEST(rows_have_names_values_and_limits)
{
    static struct az_plot_point bars[] = {
        { 1, 99, { "Bank <A>", "バンク A" }, { "99 of 100 kW", "99／100 kW" } },
        { 2, 40, { "Feeder B", "配電線 B" }, { "40 of 100 kW", "40／100 kW" } }
    };
    static struct az_plot_point limits[] = { { .x = 1, .y = 100 }, { .x = 2, .y = 100 } };
    static struct az_plot_series series[] = {
        { { "in use", "利用" }, "hydro", AZ_PLOT_BAR, { 2, bars } },
        { { "limit", "限度" }, "limit", AZ_PLOT_SPOTS, { 2, limits } }
    };
    view.plots.items[0] = (struct az_plot){
        .title = { "Loading", "利用率" }, .y_unit = "%", .rows = true, .series = { 2, series }
    };
    draw();
    ck_assert(markup_is_well_formed(html));
    const char *plot = strstr(html, "Loading</span>");
    ck_assert_ptr_nonnull(strstr(plot, "Bank &lt;A&gt;</tspan>"));
    ck_assert_ptr_nonnull(strstr(plot, "99／100 kW"));
    double from, bar, limit; /* the bar comes 99 % of the way from nought to the limit */
    const char *at = strstr(plot, "<rect class=\"layer\""), *mark = strstr(plot, "width=\"3\"");
    ck_assert(at && mark);
    ck_assert_int_eq(sscanf(strstr(at, " x="), " x=\"%lf", &from), 1);
    ck_assert_int_eq(sscanf(strstr(at, "width="), "width=\"%lf", &bar), 1);
    while (strncmp(mark, " x=", 3) != 0) mark--;
    ck_assert_int_eq(sscanf(mark, " x=\"%lf", &limit), 1);
    ck_assert_double_eq_tol(bar / (limit + 1.5 - from), 0.99, 0.005);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    az_report_terminal(&report, out, 80, false);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "Feeder B"));
    ck_assert_ptr_nonnull(strstr(text, "40 of 100 kW"));
    free(text);
}
END_TEST

/* A loss drawn as income is voted for. */
START_TEST(signs_say_what_they_mean)
{
    struct az_view_table *table = &view.tables.items[0];
    static const struct {
        enum az_sign sign;
        const char *class;
    } cases[] = { { AZ_SIGN_COST, "<td class=\"earns\">−5<" },
                  { AZ_SIGN_GAIN, "<td class=\"loses\">−5<" },
                  { AZ_SIGN_PLAIN, "<td>−5<" } };
    table->cells[1].number = -5;
    for (size_t i = 0; i < 3; i++) {
        table->columns.items[1].sign = cases[i].sign;
        ck_assert_ptr_nonnull(strstr(draw(), cases[i].class));
    }
}
END_TEST

/* "No plan can come to less than −7,537,025,065 JPY" says nothing to who asked for a value. */
START_TEST(a_bound_is_told_by_what_was_aimed_at)
{
    static struct az_certificate certificate = { .sense = AZ_MINIMIZE,
                                                 .unit = "JPY",
                                                 .objective = -7.5e9,
                                                 .bound = -7.537e9,
                                                 .gap = 0.0049,
                                                 .gap_abs = 3.7e7,
                                                 .cost = -7.5e9 };
    view.aim = (struct az_aim){ { "Net present value", "正味現在価値" },
                                { "a net present value", "正味現在価値" },
                                true };
    report.certificate = &certificate;
    draw();
    ck_assert_ptr_nonnull(strstr(html, "No plan can have a net present value above 7,537.0 million "
                                       "JPY; this one is within 0.49 % of it."));
    ck_assert_ptr_nonnull(strstr(html, "正味現在価値が 75.37 億円 を上回る計画は存在せず"));
    ck_assert_ptr_nonnull(strstr(html, "7,500,000,000.00"));
    ck_assert_ptr_null(strstr(html, "−7,537"));
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    az_report_terminal(&report, out, 80, false);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(text, "No plan has more than 7,537.0 million JPY"));
    free(text);
    static struct az_certificate_level level = { "co2", -46000, -46230, 0 };
    certificate.bound = certificate.gap = NAN; /* carbon comes first: its bound is what is known */
    certificate.levels.items = &level;
    certificate.levels.count = 1;
    draw();
    ck_assert_ptr_nonnull(strstr(html, "avoided carbon above 46,230 t"));
    ck_assert_ptr_nonnull(strstr(html, "46,000.00 "));
    certificate.levels.count = 0;
}
END_TEST

/* Twenty years are not an appointment at midnight. */
START_TEST(whole_years_are_told_without_clocks)
{
    report.from = (struct az_time){ 1798729200, 540 }; /* 2027-01-01 00:00 in Japan */
    report.until = (struct az_time){ 2429881200, 540 };
    draw();
    ck_assert_ptr_nonnull(strstr(html, "2027 – 2046 (20 years)"));
    ck_assert_ptr_nonnull(strstr(html, "2027 ～ 2046 年（20 年間）"));
    report.from.utc_s += 1800;
    ck_assert_ptr_nonnull(strstr(draw(), "2027-01-01 00:30 – 2047-01-01 00:00"));
}
END_TEST

/* Names of a crowd of places on top of each other are read by nobody; every place keeps its tip. */
START_TEST(names_on_a_map_do_not_cover_each_other)
{
    struct az_map_point points[40];
    for (int i = 0; i < 40; i++)
        points[i] = (struct az_map_point){
            36.2 + 0.0001 * i, 137.9, "load", { "A long name of a stop", "長い停留所の名前" }
        };
    points[39].latitude = 36.9;
    view.maps.items[0].points.items = points;
    view.maps.items[0].points.count = 40;
    draw();
    ck_assert_uint_eq(markup_count(html, "class=\"place\""), 42);
    const char *map = strstr(html, "Map</span>");
    ck_assert_ptr_nonnull(map);
    double before[40][2];
    size_t named = 0;
    for (const char *at = map; (at = strstr(at, "<text class=\"tick\" x=\"")); at += 10) {
        double x, y;
        ck_assert_int_eq(sscanf(at, "<text class=\"tick\" x=\"%lf\" y=\"%lf\"", &x, &y), 2);
        for (size_t k = 0; k < named; k++)
            ck_assert(fabs(before[k][1] - y) >= 14 || fabs(before[k][0] - x) >= 18);
        before[named][0] = x;
        before[named++][1] = y;
    }
    ck_assert_uint_ge(named, 3); /* the first, one on its other side, the one far off */
    ck_assert_uint_lt(named, 12);
}
END_TEST

/* Half a bus does not stand at a charger. */
START_TEST(axes_of_whole_things_have_whole_ticks)
{
    static const double users[] = { 0, 1, NAN, 1 };
    struct az_line *line = &view.charts.items[0].lines.items[0];
    view.charts.items[0].lines.count = 1;
    view.charts.items[0].unit[0] = "buses";
    line->values = (double *)users;
    draw();
    ck_assert_ptr_null(strstr(html, ">0.5<"));
    ck_assert_ptr_null(strstr(html, ">0.2<"));
    ck_assert_ptr_nonnull(strstr(html, ">1</text>"));
    ck_assert_ptr_nonnull(strstr(html, "台"));
}
END_TEST

/* A view without anything is a page without figures, and nothing divides by its nothing. */
START_TEST(empty_views_are_drawn)
{
    struct az_chart nothing = { .title = { "Nothing", "なし" }, .count = 0 };
    struct az_gantt idle = { .title = { "Idle", "なし" } };
    view = (struct az_view){ .title = { "Empty", "空" } };
    ck_assert(markup_is_well_formed(draw()));
    view.charts.items = &nothing;
    view.charts.count = 1;
    view.gantts.items = &idle;
    view.gantts.count = 1;
    ck_assert(markup_is_well_formed(draw()));
    ck_assert_ptr_null(strstr(html, "nan"));
    ck_assert_ptr_null(strstr(html, "inf"));
    az_report_terminal(&report, stdout, 10, true);
}
END_TEST

/* Ticks are round, cover the values and are few enough to be read. */
START_TEST(scales_cover_with_round_ticks)
{
    static const double ranges[][2] = { { 0, 3 },   { -1250, 4312 }, { 0, 0 },  { 0.02, 0.07 },
                                        { -5, -1 }, { 0, 1e9 },      { 0, 997 } };
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        for (int ticks = 4; ticks < 9; ticks++) {
            struct az_scale scale = az_draw_scale(ranges[i][0], ranges[i][1], ticks);
            double steps = (scale.high - scale.low) / scale.step;
            ck_assert_double_le(scale.low, fmin(0, ranges[i][0]) + 1e-9);
            ck_assert_double_ge(scale.high, fmax(0, ranges[i][1]) - 1e-9);
            ck_assert_double_eq_tol(steps, round(steps), 1e-6);
            ck_assert_double_le(steps, ticks + 2);
        }
}
END_TEST

/* A study's unit may be any text: one that is cut within a character would make the page
 * unreadable. */
START_TEST(a_long_unit_is_cut_between_characters)
{
    static const char *const units[] = { "計上済み分の料金（集計外）",
                                         "JPY 計上済み分の料金（集計外）",
                                         "aa計上済み分の料金（集計外）",
                                         "a計上済み分の料金（集計外）" };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        char english[32], japanese[32];
        struct az_words words = az_draw_unit(units[i], english, japanese);
        ck_assert_uint_eq(az_utf8_valid(words.en, strlen(words.en)), strlen(words.en));
        ck_assert_uint_eq(az_utf8_valid(words.ja, strlen(words.ja)), strlen(words.ja));
        ck_assert_uint_gt(strlen(words.en), 20);
    }
}
END_TEST

/* Numbers for people: groups of three, a true minus, no minus zero, no nonsense. */
START_TEST(numbers_are_written_for_people)
{
    char text[64];
    ck_assert_str_eq(az_draw_number(1234567.891, 2, text), "1,234,567.89");
    ck_assert_str_eq(az_draw_number(-999.6, 0, text), "−1,000");
    ck_assert_str_eq(az_draw_number(-0.0001, 2, text), "0.00");
    ck_assert_str_eq(az_draw_number(123, 0, text), "123");
    ck_assert_str_eq(az_draw_number(NAN, 0, text), "–");
    ck_assert_str_eq(az_draw_number(INFINITY, 0, text), "∞");
    ck_assert_str_eq(az_draw_number(1e18, 3, text), "1e+18");
}
END_TEST

/* A terminal drawing keeps to its width; wide characters take two columns. Colours only when asked.
 */
START_TEST(the_terminal_is_kept_to)
{
    for (int language = 0; language < 2; language++)
        for (int width = 60; width <= 140; width += 40) {
            char *drawn = NULL;
            size_t length;
            report.language = language == 0 ? AZ_ENGLISH : AZ_JAPANESE;
            FILE *out = open_memstream(&drawn, &length);
            az_report_terminal(&report, out, width, false);
            fclose(out);
            ck_assert_ptr_null(strstr(drawn, "\x1b"));
            ck_assert_ptr_nonnull(strstr(drawn, language == 0 ? "Commitment" : "運転"));
            ck_assert_ptr_nonnull(strstr(drawn, "█"));
            for (char *line = strtok(drawn, "\n"); line; line = strtok(NULL, "\n"))
                ck_assert_msg(az_draw_columns(line) <= (size_t)width + 4, "%d columns: %s", width,
                              line);
            free(drawn);
        }
    char *drawn = NULL;
    size_t length;
    FILE *out = open_memstream(&drawn, &length);
    az_report_terminal(&report, out, 100, true);
    fclose(out);
    ck_assert_ptr_nonnull(strstr(drawn, "\x1b[38;5;"));
    free(drawn);
}
END_TEST

static char *draw_terminal(int width)
{
    char *drawn = NULL;
    size_t length;
    FILE *out = open_memstream(&drawn, &length);
    az_report_terminal(&report, out, width, false);
    fclose(out);
    return drawn;
}

/* A number with its last digits cut off is another number: wide tables come in parts instead. */
START_TEST(numbers_in_the_terminal_are_whole)
{
    enum { COLUMNS = 13 };
    struct az_table_column columns[COLUMNS];
    struct az_cell cells[2 * COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
        columns[c] = (struct az_table_column){ .label = { "A rather long title", "やや長い見出し" },
                                               .unit = c > 0 ? "kWh" : NULL };
        for (int r = 0; r < 2; r++)
            cells[r * COLUMNS + c] = c == 0 ? (struct az_cell){ .text = r == 0 ? "b1" : "b2" }
                                            : (struct az_cell){ .number = 12345.6, .decimals = 1 };
    }
    view.tables.items[0].columns.items = columns;
    view.tables.items[0].columns.count = COLUMNS;
    view.tables.items[0].cells = cells;
    for (int width = 60; width <= 140; width += 20) {
        char *drawn = draw_terminal(width);
        ck_assert_uint_eq(markup_count(drawn, "12,345.6"), 2 * (COLUMNS - 1));
        for (char *line = strtok(drawn, "\n"); line; line = strtok(NULL, "\n"))
            ck_assert_uint_le(az_draw_columns(line), (size_t)width + 4);
        free(drawn);
    }
}
END_TEST

/* Without hours a bar says nothing of when, and without colours trips look like charging. */
START_TEST(the_terminal_has_hours_and_signs)
{
    struct az_key keys[] = { { "trip", false, { "Trip", "便" } },
                             { "gas", false, { "Burning", "燃焼" } } };
    view.gantts.items[0].keys.items = keys;
    view.gantts.items[0].keys.count = 2;
    char *drawn = draw_terminal(100);
    ck_assert_ptr_nonnull(strstr(drawn, " 09:00"));
    ck_assert_ptr_nonnull(strstr(drawn, "█ Trip  - Burning"));
    ck_assert_ptr_nonnull(strstr(drawn, "Engine                    -----"));
    free(drawn);
    view.tables.items[0].place = AZ_TABLE_FOLDED;
    drawn = draw_terminal(100);
    ck_assert_ptr_null(strstr(drawn, "Money"));
    free(drawn);
    view.tables.items[0].place = AZ_TABLE_LEADS;
    drawn = draw_terminal(100);
    ck_assert_ptr_nonnull(strstr(drawn, "Money"));
    ck_assert(strstr(drawn, "Money") < strstr(drawn, "Dispatch"));
    free(drawn);
}
END_TEST

/* A reason that is cut off is none: words go on in the next line, and none is torn apart. */
START_TEST(texts_in_the_terminal_are_whole)
{
    static const char *const english = "impossible, even in a week that is empty but for it";
    static const char *const japanese = "ほかの訪問がなくても訪問できません: 必要な資格・技能";
    struct az_table_column columns[] = { { .label = { "Site", "訪問先" } },
                                         { .label = { "Reason", "理由" } },
                                         { .label = { "Two lines", "二行" } } };
    struct az_cell cells[] = { { .text = "s-1", .reach = "0263-99" },
                               { .words = { english, japanese } },
                               { .text = "above\nbelow" } };
    view.tables.items[0].columns.items = columns;
    view.tables.items[0].columns.count = 3;
    view.charts.count = view.plots.count = 0; /* whose ranges have an ellipsis of their own */
    view.tables.items[0].row_count = 1;
    view.tables.items[0].cells = cells;
    char *drawn = draw_terminal(60);
    static const char *const words[] = { "impossible,", "even",  "empty", "but",
                                         "0263-99",     "above", "below" };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        ck_assert_msg(strstr(drawn, words[i]) != NULL, "%s is not there", words[i]);
    ck_assert_ptr_null(strstr(drawn, "…"));
    for (char *line = strtok(drawn, "\n"); line; line = strtok(NULL, "\n"))
        ck_assert_uint_le(az_draw_columns(line), 60);
    free(drawn);
    report.language = AZ_JAPANESE;
    columns[1].label = (struct az_words){ "Reason", "理由がどのように長くても" };
    drawn = draw_terminal(60);
    ck_assert_ptr_null(strstr(drawn, "…"));
    ck_assert_ptr_null(strstr(drawn, "（\n")); /* no line ends so */
    free(drawn);
    draw();
    ck_assert_ptr_nonnull(strstr(html, "above</span><br/>"));
    ck_assert_ptr_nonnull(strstr(html, "<span class=\"reach\">0263-99</span>"));
}
END_TEST

/* Hours of several days on one axis have no date, and slots no text under what is booked in them.
 */
START_TEST(days_side_by_side_have_clocks_alone)
{
    struct az_bar bars[] = { { 0, 7200, "free", { "Slots", "枠" }, "" },
                             { 0, 240, "doctor", { "A long name", "長い名前" }, "7" } };
    view.gantts.items[0].rows.items[0].bars.items = bars;
    view.gantts.items[0].rows.items[0].bars.count = 2;
    draw();
    size_t dated = markup_count(html, "Jan 1");
    view.gantts.items[0].daily = true;
    draw();
    ck_assert_uint_lt(markup_count(html, "Jan 1"), dated);
    ck_assert_ptr_null(strstr(html, ">Slots<"));
    ck_assert_ptr_nonnull(strstr(html, ">7</text>"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("report");
    TCase *t = tcase_create("report");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_page_is_well_formed);
    tcase_add_test(t, everything_in_the_view_is_drawn);
    tcase_add_test(t, the_page_needs_nothing_from_outside);
    tcase_add_test(t, hostile_names_stay_text);
    tcase_add_test(t, the_first_line_says_how_the_plan_stands);
    tcase_add_test(t, many_concessions_are_folded_and_violations_never);
    tcase_add_test(t, breaches_in_a_row_are_one_line);
    tcase_add_test(t, rules_broken_in_turn_are_a_line_each);
    tcase_add_test(t, tables_and_gantts_stand_where_they_belong);
    tcase_add_test(t, names_on_a_map_do_not_cover_each_other);
    tcase_add_test(t, plots_show_their_points);
    tcase_add_test(t, rows_have_names_values_and_limits);
    tcase_add_test(t, signs_say_what_they_mean);
    tcase_add_test(t, a_bound_is_told_by_what_was_aimed_at);
    tcase_add_test(t, whole_years_are_told_without_clocks);
    tcase_add_test(t, axes_of_whole_things_have_whole_ticks);
    tcase_add_test(t, empty_views_are_drawn);
    tcase_add_test(t, texts_in_the_terminal_are_whole);
    tcase_add_test(t, days_side_by_side_have_clocks_alone);
    tcase_add_test(t, scales_cover_with_round_ticks);
    tcase_add_test(t, a_long_unit_is_cut_between_characters);
    tcase_add_test(t, numbers_are_written_for_people);
    tcase_add_test(t, the_terminal_is_kept_to);
    tcase_add_test(t, numbers_in_the_terminal_are_whole);
    tcase_add_test(t, the_terminal_has_hours_and_signs);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
