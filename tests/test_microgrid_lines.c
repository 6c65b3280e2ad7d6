/* test_microgrid_lines.c - lines and banks, plants armed to be tripped, and what was promised: by
 * hand, by trying every arming, and on random days. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* Two units and the sun behind one tie. An hour is a slot; prices make selling worth while. */
static const char valley[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 1,"
    " 'owners': [{'id': 'city'}],"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': 20,"
    "    'export_price_jpy_per_kwh': 10}],"
    " 'units': [{'id': 'a', 'grid': 'town', 'p_min_kw': 0, 'p_max_kw': 100,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 2}},"
    "   {'id': 'b', 'grid': 'town', 'p_min_kw': 0, 'p_max_kw': 20,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 50, 'no_load_jpy_per_h': 100}}],"
    " 'lines': [{'id': 'bank', 'connections': ['tie'], 'normal_kw': 100, 'emergency_kw': 50,"
    "    'armable': [{'asset': 'a', 'arming_jpy_per_h': 10}]}]}";

#define MOST_CHANGES 6

/* A change of the valley, and the cost that the hand calculates. */
struct row {
    const char *what;
    const char *changes[MOST_CHANGES][2];
    double cost;
};

static size_t change_count(const struct row *row)
{
    size_t count = 0;
    while (count < MOST_CHANGES && row->changes[count][0]) count++;
    return count;
}

static void solve_text(struct mg_solved *solved, const char *text, const struct row *row)
{
    json_t *json = document_parse(text);
    document_change(json, change_count(row), row->changes);
    mg_solve_json(solved, json, NULL, "glpk", 1e-3, 20);
    ck_assert_msg(solved->status == AZ_OK, "%s: %s", row->what, az_status_code(solved->status));
    json_decref(json);
}

static void check_row(const char *text, const struct row *row)
{
    struct mg_solved solved;
    solve_text(&solved, text, row);
    const struct az_certificate *c = &solved.answer.certificate;
    ck_assert_msg(c->status == AZ_PLAN_OPTIMAL, "%s is not proven", row->what);
    ck_assert_msg(fabs(c->objective - row->cost) <= 2e-3, "%s: %.6f, by hand %.6f", row->what,
                  c->objective, row->cost);
    mg_solved_close(&solved);
}

/* --- lines --------------------------------------------------------------------------------------
 */

#define RESERVE                        \
    {                                  \
        "/grids/0/reserve_up_kw", "20" \
    }

static const struct row ratings[] = {
    { "100 kW flow out, 50 stand ready", { { NULL, NULL } }, 200 - 1000 + 10 },
    { "nothing may be armed: 50 kW", { { "/lines/0/armable", "[]" } }, 100 - 500 },
    { "arming is dearer than it brings",
      { { "/lines/0/armable/0/arming_jpy_per_h", "500" } },
      -400 },
    { "every kWh that is tripped costs",
      { { "/lines/0/armable/0/tripping_jpy_per_kwh", "3" } },
      -800 + 10 + 150 },
    { "tripping costs what a kWh brings",
      { { "/lines/0/armable/0/tripping_jpy_per_kwh", "9" } },
      -400 },
    { "the normal rating binds first", { { "/lines/0/normal_kw", "70" } }, -560 + 10 },
    { "others use the line too", { { "/lines/0/base_kw", "30" } }, -560 + 10 },
    { "others draw over it", { { "/lines/0/base_kw", "-30" } }, -800 + 10 },
    { "no rating after a fault",
      { { "/lines/0/emergency_kw", NULL }, { "/lines/0/armable", NULL } },
      -800 },
    { "reserve: the armed unit gives none, the dear one has to run", { RESERVE }, -800 + 10 + 100 },
    { "reserve that no other unit gives: better not armed",
      { RESERVE, { "/units/1/available", "0" } },
      -400 },
    { "reserve that is sold does the same",
      { { "/commitments",
          "[{'id': 'sold', 'terms': {'type': 'capacity', 'grid': 'town', 'kw': 20},"
          " 'from': '2026-02-01T06:00:00+09:00', 'until': '2026-02-01T07:00:00+09:00'}]" } },
      -800 + 10 + 100 },
    { "import is bound by the rating of all circuits",
      { { "/loads", "[{'id': 'load', 'grid': 'town', 'demand_kw': 150}]" },
        { "/units/0/available", "0" },
        { "/units/1/p_max_kw", "60" } },
      100 * 20 + 50 * 50 + 100 },
    { "what others send out makes room for import",
      { { "/loads", "[{'id': 'load', 'grid': 'town', 'demand_kw': 150}]" },
        { "/units/0/available", "0" },
        { "/units/1/p_max_kw", "60" },
        { "/lines/0/base_kw", "40" } },
      140 * 20 + 10 * 50 + 100 },
    { "exact mode: the price of a limit counts for nothing",
      { { "/mode", "'exact'" }, { "/lines/0/limit_price_jpy_per_kwh", "0.01" } },
      -800 + 10 },
    { "a plant for two lines is armed twice",
      { { "/lines/-", "{'id': 'line', 'connections': ['tie'], 'normal_kw': 100, 'emergency_kw': 60,"
                      " 'armable': [{'asset': 'a', 'arming_jpy_per_h': 30}]}" } },
      -800 + 10 + 30 },
};

/* A rating, a price or the reserve of an armed plant that is forgotten moves one of these. */
START_TEST(lines_cost_what_the_hand_says)
{
    check_row(valley, &ratings[_i]);
}
END_TEST

/* The line in front of which no capacity is left: what the bank and arming make usable of 25 MW.
 * Without N-1 curtailment newcomers could not be planned at all. */
START_TEST(arming_opens_a_full_line)
{
    static const struct {
        const char *changes[2][2];
        double usable;
    } rows[] = {
        { { { "/lines/0/armable", "[]" } }, 0 },
        { { { "/title", "'as it is'" } }, 14000 },
        { { { "/lines/1/normal_kw", "99999" } }, 21000 },
        { { { "/lines/1/normal_kw", "99999" }, { "/lines/0/normal_kw", "99999" } }, 25000 },
    };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        struct mg_solved solved;
        json_t *json = document_load(MG_GOLDEN "/newcomers_behind_a_full_line/instance.json");
        document_change(json, rows[k].changes[1][0] ? 2 : 1, rows[k].changes);
        mg_solve_json(&solved, json, NULL, engine_at(0)->name, 1, 20);
        ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
        const struct mg_plan *plan = solved.answer.plan;
        ck_assert_double_eq_tol(plan->renewables.items[0].used_kw.values[0], rows[k].usable, 1e-3);
        mg_solved_close(&solved);
        json_decref(json);
    }
}
END_TEST

/* --- every arming -------------------------------------------------------------------------------
 */

/* Two hours, three plants that may be armed, and reserve: small enough to try all 64 armings. */
static json_t *small_valley(struct az_random *random)
{
    json_t *json = document_parse(valley);
    char text[700];
    snprintf(
        text, sizeof text,
        "[{'id': 'bank', 'connections': ['tie'], 'normal_kw': [%d, %d], 'emergency_kw': [%d, 20],"
        " 'base_kw': [%d, 0], 'armable': [{'asset': 'a', 'arming_jpy_per_h': %d,"
        " 'tripping_jpy_per_kwh': %.1f}, {'asset': 'b', 'arming_jpy_per_h': %d},"
        " {'asset': 'sun', 'arming_jpy_per_h': %d, 'tripping_jpy_per_kwh': 0.7}]}]",
        60 + (int)az_random_below(random, 60), 60 + (int)az_random_below(random, 60),
        20 + (int)az_random_below(random, 30), (int)az_random_below(random, 20),
        (int)az_random_below(random, 200), 3 * az_random_unit(random),
        (int)az_random_below(random, 100), (int)az_random_below(random, 150));
    const char *const changes[][2] = {
        { "/slots", "2" },
        { "/lines", text },
        { "/grids/0/reserve_up_kw", "15" },
        { "/units/0/p_min_kw", "30" },
        { "/units/0/ramp_up_kw_per_h", "40" },
        { "/units/1/p_max_kw", "60" },
        { "/units/1/cost", "{'type': 'price', 'energy_jpy_per_kwh': 7, 'no_load_jpy_per_h': 60}" },
        { "/renewables", "[{'id': 'sun', 'grid': 'town', 'forecast_kw': [50, 30]}]" },
        { "/loads", "[{'id': 'load', 'grid': 'town', 'demand_kw': [25, 40]}]" },
        { "/connections/0/export_price_jpy_per_kwh", "[9, 12]" },
        { "/state", "{'at': '2026-02-01T06:00:00+09:00', 'units': {'a': {'on': true, 'hours': 5,"
                    " 'power_kw': 50}, 'b': {'on': false, 'hours': 5}}}" },
    };
    document_change(json, sizeof changes / sizeof changes[0], changes);
    return json;
}

/* The cost of the best plan with this arming, or INFINITY. */
static double cost_of_arming(struct mg_case *c, unsigned arming)
{
    static const char *const ids[] = { "a", "b", "sun" };
    struct az_context context = az_context_default();
    struct az_judgement judgement;
    void *plan = NULL;
    json_t *armed = json_object();
    for (unsigned k = 0; k < 3; k++)
        json_object_set_new(
            armed, ids[k],
            json_pack("{s:[i,i]}", "armed", (int)(arming >> k & 1), (int)(arming >> (k + 3) & 1)));
    json_t *partial = json_pack("{s:s,s:i,s:i,s:{s:{s:o}}}", "start", "2026-02-01T06:00:00+09:00",
                                "slot_minutes", 60, "slots", 2, "lines", "bank", "arming", armed);
    ck_assert_int_eq(mg_case_plan(c, partial), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    json_decref(partial);
    context.deadline = az_now(&context) + 20;
    enum az_status status = mg_complete(c->mg, c->plan, engine_at(0), &context, c->arena, &plan);
    if (status == AZ_INFEASIBLE) return INFINITY;
    ck_assert_int_eq(status, AZ_OK);
    ck_assert_int_eq(mg_evaluate(c->mg, plan, c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    const struct mg_line_plan *line = &((struct mg_plan *)plan)->lines.items[0];
    for (unsigned k = 0; k < 6; k++)
        ck_assert_double_eq(line->arming.items[k % 3].armed.values[k / 3], arming >> k & 1);
    return judgement.cost + 1e4 * judgement.penalty;
}

/* A model that arms too much, or too little, is beaten by one of all armings; a completed plan that
 * does not keep the arming that was given is seen too. */
START_TEST(no_arming_is_cheaper_than_the_solved_one)
{
    struct az_random random;
    struct mg_solved solved;
    struct mg_case c;
    az_random_seed(&random, (uint64_t)_i + 1);
    json_t *json = small_valley(&random);
    double best = INFINITY;
    mg_case_open_good(&c, json, "small valley");
    for (unsigned arming = 0; arming < 64; arming++) best = fmin(best, cost_of_arming(&c, arming));
    mg_solve_json(&solved, json, NULL, engine_at(_i % engine_count())->name, 1e-3, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq(solved.answer.certificate.penalty, 0);
    ck_assert_double_eq_tol(solved.answer.certificate.objective, best, 0.02);
    mg_solved_close(&solved);
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

/* --- plans by hand, earlier plans, explanations -------------------------------------------------
 */

/* What is given is kept, also where it is more than is needed. */
START_TEST(completion_keeps_what_is_armed_and_tripped)
{
    struct mg_case c;
    struct az_context context = az_context_default();
    void *plan = NULL;
    json_t *json = document_parse(valley);
    json_t *partial = document_parse(
        "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 1, 'lines': {'bank': "
        "{'arming': {'a': {'armed': [1], 'tripped_kw': [65]}}}}}");
    mg_case_open_good(&c, json, "valley");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_at(0), &context, c.arena, &plan), AZ_OK);
    const struct mg_plan *full = plan;
    struct az_judgement judgement;
    ck_assert_double_eq(full->lines.items[0].arming.items[0].tripped_kw.values[0], 65);
    ck_assert_int_eq(mg_evaluate(c.mg, plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.cost, -790, 1e-3);
    mg_case_close(&c);
    json_decref(json);
    json_decref(partial);
}
END_TEST

/* An arming list that is lost with every run would be announced anew every half hour. */
START_TEST(adoption_carries_the_arming_on)
{
    struct mg_solved solved;
    struct mg_case later;
    void *adopted = NULL;
    json_t *json = document_parse(valley);
    const char *const first[][2] = { { "/slots", "3" }, { "/lines/0/normal_kw", "[100, 80, 50]" } };
    const char *const then[][2] = { { "/start", "'2026-02-01T07:00:00+09:00'" },
                                    { "/lines/0/normal_kw", "[80, 50, 90]" } };
    document_change(json, 2, first);
    mg_solve_json(&solved, json, NULL, "glpk", 1e-3, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    document_change(json, 2, then);
    mg_case_open_good(&later, json, "an hour later");
    ck_assert_int_eq(mg_adopt(later.mg, solved.answer.plan, later.arena, &adopted), AZ_OK);
    const struct mg_arming_plan *arming =
        &((struct mg_plan *)adopted)->lines.items[0].arming.items[0];
    ck_assert_double_eq(arming->armed.values[0], 1);
    ck_assert_double_eq_tol(arming->tripped_kw.values[0], 30, 1e-3);
    ck_assert_double_eq(arming->armed.values[1], 0);
    mg_case_close(&later);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* Without the ratings among the reasons a congested line would be "infeasible" and no more. */
START_TEST(what_stands_in_the_way_is_named)
{
    static const struct {
        const char *changes[3][2], *rule, *pointer;
        double amount;
    } rows[] = {
        { { { "/units/0/p_min_kw", "90" },
            { "/units/0/must_run", "true" },
            { "/lines/0/normal_kw", "60" } },
          "line_normal",
          "/lines/0/normal_kw",
          30 },
        { { { "/units/0/p_min_kw", "90" },
            { "/units/0/must_run", "true" },
            { "/lines/0/armable", "[]" } },
          "line_emergency",
          "/lines/0/emergency_kw",
          40 },
        { { { "/units/0/available", "0" },
            { "/units/1/available", "0" },
            { "/commitments",
              "[{'id': 'sold', 'terms': {'type': 'capacity', 'grid': 'town', 'kw': 20},"
              " 'from': '2026-02-01T06:00:00+09:00', 'until': '2026-02-01T07:00:00+09:00'}]" } },
          NULL,
          NULL,
          20 },
    };
    struct mg_case c;
    struct az_context context = az_context_default();
    struct az_explanation told;
    json_t *json = document_parse(valley);
    document_change(json, 3, rows[_i].changes);
    mg_case_open_good(&c, json, "no plan");
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_explain(c.mg, engine_at(0), &context, c.arena, &told), AZ_OK);
    ck_assert(!told.feasible);
    ck_assert(told.minimal);
    ck_assert_uint_eq(told.reasons.count, 1);
    if (rows[_i].rule) {
        ck_assert_str_eq(told.reasons.items[0].rule->code.code, rows[_i].rule);
        ck_assert_str_eq(told.reasons.items[0].pointer, rows[_i].pointer);
    }
    ck_assert_double_eq_tol(told.reasons.items[0].amount, rows[_i].amount, 1e-3);
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

/* --- promises -----------------------------------------------------------------------------------
 */

/* Three hours of 80 kW, bought at 20 or made at 30; what was promised of the import. */
static const char event[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 3,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': 20,"
    "    'export_price_jpy_per_kwh': 0}],"
    " 'units': [{'id': 'a', 'grid': 'town', 'p_min_kw': 0, 'p_max_kw': 50,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 30}}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': 80}],"
    " 'commitments': [{'id': 'event', 'terms': {'type': 'demand_response', 'connection': 'tie',"
    "    'baseline_kw': 90, 'reduce_kw': 40}, 'reward_jpy': 1000,"
    "    'from': '2026-02-01T07:00:00+09:00', 'until': '2026-02-01T08:00:00+09:00'}]}";

#define FROM(time_)                                           \
    {                                                         \
        "/commitments/0/from", "'2026-02-01T" time_ "+09:00'" \
    }
#define UNTIL(time_)                                           \
    {                                                          \
        "/commitments/0/until", "'2026-02-01T" time_ "+09:00'" \
    }

static const struct row promises[] = {
    { "30 kW are made for an hour", { { NULL, NULL } }, 4800 + 300 - 1000 },
    { "no event", { { "/commitments", NULL } }, 4800 },
    { "two hours", { UNTIL("09:00:00") }, 4800 + 600 - 1000 },
    { "begun before the horizon: its reward has been earned", { FROM("05:00:00") }, 4800 + 600 },
    { "until after it", { UNTIL("23:00:00") }, 4800 + 600 - 1000 },
    { "over before it begins", { FROM("03:00:00"), UNTIL("06:00:00") }, 4800 },
    { "begins when it is over", { FROM("09:00:00"), UNTIL("11:00:00") }, 4800 },
    { "the baseline is a series",
      { { "/commitments/0/terms/baseline_kw", "[0, 100, 0]" } },
      4800 + 200 - 1000 },
    { "more than can be made, at a price",
      { { "/commitments/0/terms/reduce_kw", "70" }, { "/commitments/0/price_jpy_per_kwh", "6" } },
      4800 + 500 - 1000 + 60 },
    { "export counts against import",
      { { "/commitments/0/terms/baseline_kw", "-10" },
        { "/loads/0/demand_kw", "0" },
        { "/commitments/0/terms/reduce_kw", "20" } },
      900 - 1000 },
};

/* A window read off by a slot, a reward earned twice or a baseline that is forgotten moves one. */
START_TEST(promises_cost_what_the_hand_says)
{
    check_row(event, &promises[_i]);
}
END_TEST

/* --- random days --------------------------------------------------------------------------------
 */

static const int seeds[] = { 19, 21, 28, 47, 59, 4, 25, 35 }; /* with lines or promises */

/* Model and judge, and one engine and the other, must agree where everything meets. */
START_TEST(random_days_are_solved_alike)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *mg;
    double low = -INFINITY, high = INFINITY;
    ck_assert_int_eq(mg_generate(6, (uint64_t)seeds[_i], arena, &mg), AZ_OK);
    const struct mg_instance *made = mg;
    ck_assert(made->lines.count > 0 || made->commitments.count > 0);
    json_t *json = az_json_write(&mg_instance_table, mg);
    for (int e = 0; e < engine_count(); e++) {
        struct mg_solved solved;
        mg_solve_json(&solved, json, NULL, engine_at(e)->name, 300, 2);
        const struct az_certificate *c = &solved.answer.certificate;
        ck_assert_int_eq(solved.status, AZ_OK);
        ck_assert_ptr_nonnull(solved.answer.plan);
        ck_assert_int_eq(c->checked, 1);
        ck_assert_double_le(c->bound, c->objective + 1);
        low = fmax(low, c->bound);
        high = fmin(high, c->objective);
        mg_solved_close(&solved);
    }
    ck_assert_double_le(low, high + 1);
    json_decref(json);
    az_arena_free(arena);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

int main(void)
{
    Suite *suite = suite_create("microgrid lines");
    TCase *tests = tcase_create("lines");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, lines_cost_what_the_hand_says, 0, COUNT(ratings));
    tcase_add_test(tests, arming_opens_a_full_line);
    tcase_add_loop_test(tests, no_arming_is_cheaper_than_the_solved_one, 0, TEST_SOME(4));
    tcase_add_test(tests, completion_keeps_what_is_armed_and_tripped);
    tcase_add_test(tests, adoption_carries_the_arming_on);
    tcase_add_loop_test(tests, what_stands_in_the_way_is_named, 0, 3);
    tcase_add_loop_test(tests, promises_cost_what_the_hand_says, 0, COUNT(promises));
    tcase_add_loop_test(tests, random_days_are_solved_alike, 0, TEST_SOME(COUNT(seeds)));
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
