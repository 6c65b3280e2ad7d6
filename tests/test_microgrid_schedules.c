/* test_microgrid_schedules.c - schedules, submitted plans, locks, carbon dioxide and the local
 * share: by hand, on random instances, in explanations; what the view says of them and of loads. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* Four hours of 100 kW, bought at 10, 20, 30 and 40: 10,000. */
static const char town[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 4,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': [10, 20, 30, 40],"
    "    'export_price_jpy_per_kwh': 0}],"
    " 'loads': [{'id': 'homes', 'grid': 'town', 'demand_kw': 100}]}";

#define MOST_CHANGES 8

struct row {
    const char *what;
    const char *changes[MOST_CHANGES][2];
    double cost; /* and penalty */
};

static json_t *changed(const struct row *row)
{
    json_t *json = document_parse(town);
    size_t count = 0;
    while (count < MOST_CHANGES && row->changes[count][0]) count++;
    document_change(json, count, row->changes);
    return json;
}

static void check_row(const struct row *row)
{
    json_t *json = changed(row);
    for (int e = 0; e < engine_count(); e++) {
        struct mg_solved solved;
        mg_solve_json(&solved, json, NULL, engine_at(e)->name, 0.02, 20);
        const struct az_certificate *c = &solved.answer.certificate;
        ck_assert_msg(solved.status == AZ_OK, "%s: %s", row->what, az_status_code(solved.status));
        ck_assert_msg(c->status == AZ_PLAN_OPTIMAL, "%s is not proven", row->what);
        ck_assert_msg(fabs(c->objective - row->cost) <= 0.02, "%s: %.6f, by hand %.6f", row->what,
                      c->objective, row->cost);
        mg_solved_close(&solved);
    }
    json_decref(json);
}

#define TIE(member_, value_)              \
    {                                     \
        "/connections/0/" member_, value_ \
    }
#define IMBALANCE(short_, long_) \
    TIE("imbalance_short_jpy_per_kwh", short_), TIE("imbalance_long_jpy_per_kwh", long_)
#define USUAL IMBALANCE("[15, 30, 45, 60]", "[5, 10, 15, 20]")
#define EQUAL IMBALANCE("[10, 20, 30, 40]", "[10, 20, 30, 40]")
#define UNIT                                                                                     \
    {                                                                                            \
        "/units", "[{'id': 'gas', 'grid': 'town', 'p_min_kw': 0, 'p_max_kw': 50, "               \
                  "'co2_kg_per_kwh': 0.5, 'cost': {'type': 'price', 'energy_jpy_per_kwh': 18}}]" \
    }
#define FLEXIBLE(value_)                                                       \
    {                                                                          \
        "/flexible_loads", "[{'id': 'servers', 'grid': 'town', 'max_kw': 20, " \
                           "'value_jpy_per_kwh': " value_ "}]"                 \
    }
#define CO2(members_)             \
    TIE("co2_kg_per_kwh", "0.4"), \
    {                             \
        "/co2", "{" members_ "}"  \
    }
#define LOCAL(members_)            \
    {                              \
        "/local", "{" members_ "}" \
    }

static const struct row schedules[] = {
    { "10 kW short", { TIE("scheduled_import_kw", "90"), USUAL }, 9000 + 10 * 150 },
    { "10 kW long", { TIE("scheduled_import_kw", "110"), USUAL }, 11000 - 10 * 50 },
    { "short of what was sold",
      { TIE("scheduled_export_kw", "10"), TIE("export_price_jpy_per_kwh", "3"), USUAL },
      110 * 150 - 10 * 3 * 4 },
    { "traded in some slots",
      { TIE("scheduled_import_kw", "[90, null, 90, null]"), USUAL },
      10200 },
    { "bought and sold in one slot",
      { TIE("scheduled_import_kw", "100"), TIE("scheduled_export_kw", "[10, null, null, null]"),
        TIE("export_price_jpy_per_kwh", "3"), USUAL },
      10000 - 30 + 150 },
    { "equal prices are those of buying", { TIE("scheduled_import_kw", "90"), EQUAL }, 10000 },
    { "equal prices, wheeling of what is drawn",
      { TIE("scheduled_import_kw", "90"), EQUAL, TIE("wheeling_fee_jpy_per_kwh", "2") },
      10800 },
    { "prices below zero: what is more is paid for",
      { TIE("scheduled_import_kw", "90"), IMBALANCE("-5", "-5"), FLEXIBLE("0") },
      9000 - 4 * 30 * 5 },
    { "long is paid for by who leaves it",
      { TIE("scheduled_import_kw", "130"), IMBALANCE("30", "-5"), FLEXIBLE("0") },
      13000 + 4 * 10 * 5 },
    { "a unit covers what is short, and more where long pays",
      { TIE("scheduled_import_kw", "90"), USUAL, UNIT },
      9610 },
    { "demand of the actual import",
      { TIE("scheduled_import_kw", "90"), EQUAL, TIE("demand_charge_jpy_per_kw", "7") },
      10700 },
    { "20 kW less than submitted",
      { TIE("submitted_import_kw", "80"), TIE("change_price_jpy_per_kwh", "2") },
      10160 },
    { "less is submitted nowhere", { TIE("submitted_import_kw", "80") }, 10000 },
    { "submitted as export",
      { TIE("submitted_export_kw", "10"), TIE("change_price_jpy_per_kwh", "2") },
      10880 },
    { "submitted in one slot",
      { TIE("submitted_import_kw", "[null, 80, null, null]"),
        TIE("change_price_jpy_per_kwh", "2") },
      10040 },
    { "a change that is dearer than it brings, and one that is not",
      { TIE("submitted_import_kw", "100"), TIE("change_price_jpy_per_kwh", "15"), UNIT },
      9650 },
    { "a locked slot",
      { TIE("submitted_import_kw", "80"), TIE("locked", "[0, 0, 1, 0]"), UNIT },
      8560 },
    { "a lock at a price",
      { TIE("submitted_import_kw", "80"), TIE("locked", "[0, 0, 1, 0]"),
        TIE("lock_price_jpy_per_kwh", "5") },
      10100 },
    { "a lock and the price of a change",
      { TIE("submitted_import_kw", "80"), TIE("locked", "[0, 0, 1, 0]"),
        TIE("lock_price_jpy_per_kwh", "5"), TIE("change_price_jpy_per_kwh", "2") },
      10260 },
    { "its price is no reason to break it",
      { TIE("submitted_import_kw", "80"), TIE("locked", "[0, 0, 1, 0]"),
        TIE("lock_price_jpy_per_kwh", "0.01"), UNIT },
      8560 },
    { "a price of locks, and none locked any more",
      { TIE("submitted_import_kw", "80"), TIE("locked", "[0, 0, 0, 0]"),
        TIE("lock_price_jpy_per_kwh", "5") },
      10000 },
    { "exact mode: a lock is firm",
      { TIE("submitted_import_kw", "80"),
        TIE("locked", "[0, 0, 1, 0]"),
        TIE("lock_price_jpy_per_kwh", "0.01"),
        UNIT,
        { "/mode", "'exact'" } },
      8560 },
    { "a line goes on the actual flow",
      { TIE("scheduled_import_kw", "90"),
        USUAL,
        UNIT,
        { "/lines", "[{'id': 'bank', 'connections': ['tie'], 'normal_kw': 80}]" } },
      1210 + 2060 + 2910 + 3700 },
};

/* A settlement at the wrong price, a change counted one way, a lock that is forgotten moves one. */
START_TEST(schedules_cost_what_the_hand_says)
{
    check_row(&schedules[_i]);
}
END_TEST

static const struct row wholes[] = {
    { "carbon dioxide of imports costs", { CO2("'price_jpy_per_kg': 10") }, 10000 + 400 * 4 },
    { "the unit is dearer by its own", { CO2("'price_jpy_per_kg': 10"), UNIT }, 9950 },
    { "no price, no money", { CO2("'price_jpy_per_kg': 0"), UNIT }, 8200 },
    { "factors without a word about carbon dioxide", { TIE("co2_kg_per_kwh", "0.4"), UNIT }, 8200 },
    { "a cap that binds", { CO2("'cap_kg': 170"), UNIT }, 8300 },
    { "a cap that does not", { CO2("'cap_kg': 176"), UNIT }, 8200 },
    { "more than the cap, at its price",
      { CO2("'cap_kg': 150, 'cap_price_jpy_per_kg': 30"), UNIT },
      10000 + 300 },
    { "the price of the cap is no reason for more",
      { CO2("'cap_kg': 170, 'cap_price_jpy_per_kg': 0.01"), UNIT },
      8300 },
    { "imports traded long ago count as they are drawn",
      { CO2("'price_jpy_per_kg': 10"), TIE("scheduled_import_kw", "90"), EQUAL },
      10000 + 400 * 4 },
    { "exact mode: a cap is firm",
      { CO2("'cap_kg': 170, 'cap_price_jpy_per_kg': 0.01"), UNIT, { "/mode", "'exact'" } },
      8300 },
    { "half of it local", { LOCAL("'min_share': 0.5"), UNIT }, 8600 },
    { "a little less", { LOCAL("'min_share': 0.45"), UNIT }, 8440 },
    { "a share that does not bind", { LOCAL("'min_share': 0.3"), UNIT }, 8200 },
    { "what follows surplus counts as served",
      { LOCAL("'min_share': 0.4"), UNIT, FLEXIBLE("25") },
      8008 },
    { "a run counts as served",
      { LOCAL("'min_share': 0.4"),
        UNIT,
        { "/shiftables", "[{'id': 'pump', 'grid': 'town', 'run_kw': [20], "
                         "'earliest': '2026-02-01T06:00:00+09:00', "
                         "'latest_end': '2026-02-01T10:00:00+09:00'}]" } },
      8200 + 200 + 18 * 8 },
    { "what is interrupted does not",
      { LOCAL("'min_share': 0.4"),
        UNIT,
        { "/loads/0/steps", "[{'share': 0.1, 'price_jpy_per_kwh': 39}]" } },
      8200 - 10 + 6 * 8 },
    { "imports beyond the share, at a price",
      { LOCAL("'min_share': 0.8, 'price_jpy_per_kwh': 2"), UNIT },
      8600 + 2 * 120 },
    { "nothing local: all imports are too many",
      { LOCAL("'min_share': 1, 'price_jpy_per_kwh': 2") },
      10000 + 800 },
};

/* Energy left out of a sum, or taken twice, moves one. */
START_TEST(carbon_and_the_local_share_cost_what_the_hand_says)
{
    check_row(&wholes[_i]);
}
END_TEST

/* --- random instances ---------------------------------------------------------------------------
 */

static int below(struct az_random *random, int n)
{
    return (int)az_random_below(random, (uint64_t)n);
}

/* " [v, v, v, v, v]" in [low, low + range) */
static const char *series(struct az_random *random, int low, int range, char text[64])
{
    int at = 0;
    for (int t = 0; t < 5; t++)
        at += snprintf(text + at, 64 - (size_t)at, "%s%d", t ? ", " : "[",
                       low + below(random, range));
    snprintf(text + at, 64 - (size_t)at, "]");
    return text;
}

static void change(json_t *json, const char *pointer, const char *value)
{
    const char *const changes[][2] = { { pointer, value } };
    document_change(json, 1, changes);
}

static void add_market(json_t *json, struct az_random *random)
{
    char text[64];
    if (below(random, 2)) {
        change(json, "/connections/0/scheduled_import_kw", series(random, 0, 200, text));
        change(json, "/connections/0/imbalance_short_jpy_per_kwh", series(random, 20, 30, text));
        change(json, "/connections/0/imbalance_long_jpy_per_kwh", series(random, -5, 25, text));
    }
    if (below(random, 2)) {
        change(json, "/connections/0/submitted_import_kw", series(random, 0, 200, text));
        change(json, "/connections/0/change_price_jpy_per_kwh", below(random, 2) ? "3" : "0");
        if (below(random, 2)) {
            change(json, "/connections/0/locked", "[1, 0, 1, 0, 0]");
            change(json, "/connections/0/lock_price_jpy_per_kwh", below(random, 2) ? "8" : "300");
        }
    }
    if (below(random, 2)) {
        change(json, "/connections/0/co2_kg_per_kwh", "0.4");
        change(json, "/co2",
               below(random, 2)
                   ? "{'price_jpy_per_kg': 6}"
                   : "{'price_jpy_per_kg': 2, 'cap_kg': 150, 'cap_price_jpy_per_kg': 9}");
    }
    if (below(random, 2))
        change(json, "/local",
               below(random, 2) ? "{'min_share': 0.4}"
                                : "{'min_share': 0.7, 'price_jpy_per_kwh': 4}");
}

static void add_loads(json_t *json, struct az_random *random)
{
    char text[400];
    if (below(random, 2)) change(json, "/loads/0/critical_share", "0.4");
    if (below(random, 2))
        change(
            json, "/loads/0/steps",
            "[{'share': 0.1, 'price_jpy_per_kwh': 30}, {'share': 0.2, 'price_jpy_per_kwh': 22}]");
    if (below(random, 2)) {
        snprintf(text, sizeof text,
                 "[{'id': 'servers', 'grid': 'town', 'max_kw': %d, 'value_jpy_per_kwh': %d, "
                 "'min_kwh': %d, 'energy_price_jpy_per_kwh': 40}]",
                 10 + below(random, 30), below(random, 30), below(random, 60));
        change(json, "/flexible_loads", text);
    }
    change(json, "/shiftables", "[]");
    for (int i = below(random, 3); i > 0; i--) {
        snprintf(text, sizeof text,
                 "{'id': 'run-%d', 'grid': 'town', 'run_kw': [%d, %d], 'earliest': "
                 "'2026-02-01T0%d:00:00+09:00', 'latest_end': '2026-02-01T1%d:00:00+09:00', "
                 "'skip_price_jpy': %d}",
                 i, 5 + below(random, 40), 5 + below(random, 40), 5 + below(random, 3),
                 below(random, 3), 50 + below(random, 2000));
        change(json, "/shiftables/-", text);
    }
}

/* Five hours in which everything may meet everything: a tie with a limit, a unit that is committed,
 * a battery, the sun. */
static json_t *random_town(struct az_random *random)
{
    char text[64];
    json_t *json = document_parse(town);
    change(json, "/slots", "5");
    change(json, "/connections/0/import_price_jpy_per_kwh", series(random, 10, 25, text));
    change(json, "/connections/0/export_price_jpy_per_kwh", series(random, 0, 12, text));
    change(json, "/connections/0/import_limit_kw", below(random, 2) ? "120" : "70");
    change(json, "/connections/0/limit_price_jpy_per_kwh", "60");
    change(json, "/loads/0/demand_kw", series(random, 60, 80, text));
    change(json, "/units",
           "[{'id': 'gas', 'grid': 'town', 'p_min_kw': 30, 'p_max_kw': 70, 'min_up_h': 2,"
           " 'co2_kg_per_kwh': 0.5, 'start_tiers': [{'off_h': 0, 'cost_jpy': 200}],"
           " 'cost': {'type': 'price', 'energy_jpy_per_kwh': 19, 'no_load_jpy_per_h': 60}}]");
    change(json, "/batteries",
           "[{'id': 'cell', 'grid': 'town', 'capacity_kwh': 60, 'charge_max_kw': 30,"
           " 'discharge_max_kw': 30, 'end_price_jpy_per_kwh': 50}]");
    change(json, "/renewables",
           "[{'id': 'sun', 'grid': 'town', 'forecast_kw': [0, 20, 60, 80, 40]}]");
    add_market(json, random);
    add_loads(json, random);
    return json;
}

/* The rules meet in ways that nobody writes by hand; both engines must find the same cost, the
 * judge nothing wrong, and the plan must fit the model again as a start. */
START_TEST(random_instances_are_solved_alike)
{
    struct az_random random;
    double found[2][2] = { { 0 } };
    az_random_seed(&random, (uint64_t)_i + 1);
    json_t *json = random_town(&random);
    for (int e = 0; e < 2; e++) {
        struct mg_solved solved;
        struct mg_decisions open;
        struct mg_model *m = NULL;
        mg_solve_json(&solved, json, NULL, engine_at(e % engine_count())->name, 0.5, 20);
        const struct az_answer *answer = &solved.answer;
        ck_assert_int_eq(solved.status, AZ_OK);
        ck_assert_int_eq(answer->certificate.status, AZ_PLAN_OPTIMAL);
        ck_assert_uint_eq(answer->judgement.violation_count, 0);
        found[e][0] = answer->certificate.penalty;
        found[e][1] = answer->certificate.objective;
        ck_assert_int_eq(mg_decisions_new(solved.c.mg, solved.c.arena, &open), AZ_OK);
        struct mg_build build = { .decisions = &open,
                                  .conceding = true,
                                  .penalty_limit = INFINITY };
        ck_assert_int_eq(mg_model_new(solved.c.mg, &build, &m), AZ_OK);
        double *x = AZ_ARRAY(m->arena, m->lp->column_count, double);
        ck_assert(mg_point_of(m, answer->plan, x));
        ck_assert_double_eq_tol(az_model_objective(m->lp, x), answer->judgement.cost, 1e-4);
        mg_model_free(m);
        mg_solved_close(&solved);
    }
    ck_assert_double_eq_tol(found[0][0], found[1][0], 1e-3 * fmax(1, found[0][0]));
    ck_assert_double_eq_tol(found[0][1], found[1][1], 1.1);
    json_decref(json);
}
END_TEST

/* --- explanations -------------------------------------------------------------------------------
 */

/* Without these rules among the reasons "infeasible" would be all that is said. */
START_TEST(what_stands_in_the_way_is_named)
{
    static const struct {
        struct row row;
        const char *rule, *pointer;
        double amount;
    } rows[] = {
        { { "lock",
            { TIE("submitted_import_kw", "80"),
              TIE("locked", "[0, 0, 1, 0]"),
              { "/loads/0/unserved_price_jpy_per_kwh", "1" },
              { "/mode", "'exact'" } },
            0 },
          "connection_locked",
          "/connections/0/locked",
          20 },
        { { "cap", { CO2("'cap_kg': 150"), { "/mode", "'exact'" } }, 0 },
          "co2_cap",
          "/co2/cap_kg",
          10 },
        { { "share", { LOCAL("'min_share': 0.9"), { "/mode", "'exact'" } }, 0 },
          "local_share",
          "/local/min_share",
          360 },
    };
    struct mg_case c;
    struct az_context context = az_context_default();
    struct az_explanation told;
    json_t *json = changed(&rows[_i].row);
    mg_case_open_good(&c, json, rows[_i].row.what);
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_explain(c.mg, engine_at(0), &context, c.arena, &told), AZ_OK);
    ck_assert(!told.feasible);
    ck_assert(told.minimal);
    ck_assert_uint_eq(told.reasons.count, 1);
    ck_assert_str_eq(told.reasons.items[0].rule->code.code, rows[_i].rule);
    ck_assert_str_eq(told.reasons.items[0].pointer, rows[_i].pointer);
    ck_assert_double_eq_tol(told.reasons.items[0].amount, rows[_i].amount, 1e-3);
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

/* --- the view -----------------------------------------------------------------------------------
 */

static const struct az_view_table *table(const struct az_view *view, const char *title)
{
    for (size_t i = 0; i < view->tables.count; i++)
        if (strcmp(view->tables.items[i].title.en, title) == 0) return &view->tables.items[i];
    ck_abort_msg("no table %s", title);
    return NULL;
}

static void draw(struct mg_case *c, const char *name, struct az_view *view)
{
    struct az_judgement judgement;
    mg_case_golden(c, name);
    ck_assert_int_eq(mg_evaluate(c->mg, c->plan, c->arena, &judgement), AZ_OK);
    ck_assert_int_eq(
        az_formulation_find("microgrid")->view(c->mg, c->plan, &judgement, c->arena, view), AZ_OK);
}

static double cell(const struct az_view_table *from, size_t row, size_t column)
{
    ck_assert_uint_lt(row, from->row_count);
    return from->cells[row * from->columns.count + column].number;
}

/* What is interrupted, shed, traded and changed would be somewhere in 48 numbers a row. */
START_TEST(the_view_tells_of_loads_and_schedules)
{
    struct mg_case c;
    struct az_view view;
    draw(&c, "schedule_and_changes", &view);
    const struct az_view_table *changes = table(&view, "Schedules and changes");
    static const double numbers[] = { 100, 10, 10, 15, 20, 5 };
    for (size_t k = 0; k < 6; k++)
        ck_assert_double_eq_tol(cell(changes, 0, k + 1), numbers[k], 1e-9);
    mg_case_close(&c);
    draw(&c, "interrupted_then_shed", &view);
    const struct az_view_table *loads = table(&view, "Loads");
    static const double of_load[] = { 1, 20, 6, 8, 2 };
    for (size_t k = 0; k < 5; k++) ck_assert_double_eq_tol(cell(loads, 0, k + 1), of_load[k], 1e-9);
    mg_case_close(&c);
    draw(&c, "shiftable_load_runs", &view);
    const struct az_view_table *runs = table(&view, "Shiftable loads");
    static const char *const fates[] = { "starts", "under way", "left out" };
    ck_assert_uint_eq(runs->row_count, 3);
    for (size_t i = 0; i < 3; i++) ck_assert_str_eq(runs->cells[5 * i + 1].words.en, fates[i]);
    mg_case_close(&c);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

int main(void)
{
    Suite *suite = suite_create("microgrid schedules");
    TCase *tests = tcase_create("schedules");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, schedules_cost_what_the_hand_says, 0, COUNT(schedules));
    tcase_add_loop_test(tests, carbon_and_the_local_share_cost_what_the_hand_says, 0,
                        COUNT(wholes));
    tcase_add_loop_test(tests, random_instances_are_solved_alike, 0, TEST_SOME(40));
    tcase_add_loop_test(tests, what_stands_in_the_way_is_named, 0, 3);
    tcase_add_test(tests, the_view_tells_of_loads_and_schedules);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
