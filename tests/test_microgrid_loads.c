/* test_microgrid_loads.c - interruption and critical load, runs whose start is free, loads that
 * follow surplus: by hand, by trying every start, and through plans by hand, earlier plans and
 * carried states. */
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

#define MOST_CHANGES 6

/* A change of the town, and the cost and penalty together that the hand calculates. */
struct row {
    const char *what;
    const char *changes[MOST_CHANGES][2];
    double cost;
};

static json_t *changed(const char *text, const struct row *row)
{
    json_t *json = document_parse(text);
    size_t count = 0;
    while (count < MOST_CHANGES && row->changes[count][0]) count++;
    document_change(json, count, row->changes);
    return json;
}

/* Both engines find the plan of the hand. */
static void check_row(const struct row *row)
{
    json_t *json = changed(town, row);
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

/* --- fixed loads --------------------------------------------------------------------------------
 */

#define STEPS(list_)            \
    {                           \
        "/loads/0/steps", list_ \
    }
#define NARROW                                      \
    { "/connections/0/import_limit_kw", "60" },     \
    {                                               \
        "/loads/0/unserved_price_jpy_per_kwh", "50" \
    }
#define CRITICAL(share_)                              \
    { "/loads/0/critical_price_jpy_per_kwh", "200" }, \
    {                                                 \
        "/loads/0/critical_share", share_             \
    }

static const struct row fixed_loads[] = {
    { "as it is", { { NULL, NULL } }, 10000 },
    { "a step is taken where power is dearer",
      { STEPS("[{'share': 0.1, 'price_jpy_per_kwh': 25}]") },
      9800 },
    { "cheap steps come first, whatever their order",
      { STEPS(
          "[{'share': 0.1, 'price_jpy_per_kwh': 35}, {'share': 0.2, 'price_jpy_per_kwh': 15}]") },
      9050 },
    { "a step of the same price is wider",
      { STEPS(
          "[{'share': 0.1, 'price_jpy_per_kwh': 15}, {'share': 0.1, 'price_jpy_per_kwh': 15}]") },
      9100 },
    { "a step for nothing", { STEPS("[{'share': 0.1, 'price_jpy_per_kwh': 0}]") }, 9000 },
    { "everything may be interrupted", { STEPS("[{'share': 1, 'price_jpy_per_kwh': 1}]") }, 400 },
    { "what is missing is shed", { NARROW }, 6000 + 4 * 40 * 50 },
    { "the critical share is shed last",
      { NARROW, CRITICAL("0.7") },
      6000 + 4 * (30 * 50 + 10 * 200) },
    { "all of it is critical", { NARROW, CRITICAL("1") }, 6000 + 4 * 40 * 200 },
    { "nothing critical is short", { NARROW, CRITICAL("0.6") }, 6000 + 4 * 40 * 50 },
    { "interruption comes before shedding, though it costs more money",
      { NARROW, CRITICAL("0.7"), STEPS("[{'share': 0.3, 'price_jpy_per_kwh': 60}]") },
      6000 + 4 * (30 * 60 + 10 * 200) },
    { "interruption leaves room for shedding",
      { NARROW, CRITICAL("0.5"), STEPS("[{'share': 0.3, 'price_jpy_per_kwh': 60}]") },
      6000 + 4 * (30 * 60 + 10 * 50) },
    { "exact mode: contracts count, prices of shedding do not",
      { { "/mode", "'exact'" },
        { "/loads/0/critical_share", "0.9" },
        STEPS("[{'share': 0.1, 'price_jpy_per_kwh': 25}]") },
      9800 },
    { "the load of the later tier is cheaper and goes first",
      { { "/connections/0/import_limit_kw", "90" },
        { "/loads/0/unserved_price_jpy_per_kwh", "50" },
        { "/loads/0/demand_kw", "60" },
        { "/loads/-", "{'id': 'shops', 'grid': 'town', 'demand_kw': 40, 'tier': 2,"
                      " 'unserved_price_jpy_per_kwh': 30}" } },
      9000 + 4 * 10 * 30 },
};

/* A step taken out of order, a critical share shed first or a contract forgotten moves one. */
START_TEST(fixed_loads_cost_what_the_hand_says)
{
    check_row(&fixed_loads[_i]);
}
END_TEST

/* --- shiftable loads ----------------------------------------------------------------------------
 */

#define AT(hour_) "2026-02-01T" hour_ ":00:00+09:00"
#define RUN(kw_, from_, until_)                                                           \
    {                                                                                     \
        "/shiftables/-", "{'id': 'pump', 'grid': 'town', 'run_kw': " kw_                  \
                         ", 'earliest': '" AT(from_) "', 'latest_end': '" AT(until_) "'}" \
    }
#define NONE                \
    {                       \
        "/shiftables", "[]" \
    }
#define SKIP(price_)                           \
    {                                          \
        "/shiftables/0/skip_price_jpy", price_ \
    }
#define LIMIT(kw_)                            \
    {                                         \
        "/connections/0/import_limit_kw", kw_ \
    }
#define BEHIND(slots_)                                                                        \
    {                                                                                         \
        "/state", "{'at': '" AT("06") "', 'shiftables': {'pump': {'run_slots': " slots_ "}}}" \
    }

static const struct row runs[] = {
    { "at the start, where it is cheapest", { NONE, RUN("[10, 20]", "06", "10") }, 10500 },
    { "not before it may", { NONE, RUN("[10, 20]", "07", "10") }, 10800 },
    { "the window is as long as the run", { NONE, RUN("[10, 20]", "08", "10") }, 11100 },
    { "it may wait for the time after the horizon", { NONE, RUN("[10, 20]", "06", "12") }, 10000 },
    { "it ends a slot late for waiting", { NONE, RUN("[10, 20]", "09", "11") }, 10000 + 400 },
    { "its window is another day's", { NONE, RUN("[10, 20]", "11", "14") }, 10000 },
    { "its window has passed", { NONE, RUN("[10, 20]", "03", "07") }, 10000 },
    { "the window has begun", { NONE, RUN("[10, 20]", "03", "08") }, 10500 },
    { "the run is longer than the horizon",
      { NONE, RUN("[10, 10, 10, 10, 10, 10]", "06", "13") },
      10900 },
    { "one slot behind it", { NONE, RUN("[10, 20]", "06", "10"), BEHIND("1") }, 10200 },
    { "all of it behind it", { NONE, RUN("[10, 20]", "06", "10"), BEHIND("2") }, 10000 },
    { "three hours more, beyond the horizon",
      { NONE, RUN("[10, 20, 30, 40, 50, 60, 70]", "06", "13"), BEHIND("1") },
      10000 + 200 + 600 + 1200 + 2000 },
    { "a price to leave it out is no reason to",
      { NONE, RUN("[10, 20]", "06", "10"), SKIP("1") },
      10500 },
    { "it is left out where it cannot run",
      { NONE, RUN("[10, 20]", "06", "10"), SKIP("300"), LIMIT("115") },
      10300 },
    { "shedding is cheaper than leaving it out",
      { NONE,
        RUN("[10, 20]", "06", "10"),
        SKIP("9000"),
        LIMIT("115"),
        { "/loads/0/unserved_price_jpy_per_kwh", "50" } },
      10500 - 5 * 20 + 5 * 50 },
    { "two runs one after the other",
      { NONE,
        RUN("[10, 10]", "06", "10"),
        { "/shiftables/-", "{'id': 'mill', 'grid': 'town', 'run_kw': [10, 10], 'earliest': '" AT(
                               "06") "', 'latest_end': '" AT("10") "'}" },
        LIMIT("115") },
      11000 },
    { "a run of nothing", { NONE, RUN("[0]", "06", "10") }, 10000 },
    { "exact mode: it must run, whatever leaving it out costs",
      { NONE, RUN("[10, 20]", "06", "10"), SKIP("1"), { "/mode", "'exact'" } },
      10500 },
};

/* A start beyond the window, a run cut at the horizon's edge, one that is lost at the start of a
 * run, or started again: each moves one. */
START_TEST(runs_cost_what_the_hand_says)
{
    check_row(&runs[_i]);
}
END_TEST

/* --- flexible loads -----------------------------------------------------------------------------
 */

#define FLEXIBLE(members_)                                                     \
    {                                                                          \
        "/flexible_loads", "[{'id': 'servers', 'grid': 'town', 'max_kw': 20, " \
                           "'value_jpy_per_kwh': 25" members_ "}]"             \
    }
#define USED(kwh_)                                                                                \
    {                                                                                             \
        "/state", "{'at': '" AT("06") "', 'flexible_loads': {'servers': {'used_kwh': " kwh_ "}}}" \
    }
#define FROM(hour_) ", 'from': '" AT(hour_) "'"
#define UNTIL(hour_) ", 'until': '" AT(hour_) "'"

static const struct row flexibles[] = {
    { "it draws what is worth more than it costs", { FLEXIBLE("") }, 9600 },
    { "and at least its minimum", { FLEXIBLE(", 'min_kw': 5") }, 9700 },
    { "most energy", { FLEXIBLE(", 'max_kwh': 30") }, 9650 },
    { "least energy", { FLEXIBLE(", 'min_kwh': 50") }, 9650 },
    { "a price of wrong energy is no reason for it",
      { FLEXIBLE(", 'max_kwh': 30, 'energy_price_jpy_per_kwh': 3") },
      9650 },
    { "more energy than can be drawn, at a price",
      { FLEXIBLE(", 'min_kwh': 90, 'energy_price_jpy_per_kwh': 3") },
      10000 + 2000 - 80 * 25 + 10 * 3 },
    { "least power is more than the energy, at a price",
      { FLEXIBLE(", 'min_kw': 10, 'max_kwh': 30, 'energy_price_jpy_per_kwh': 3") },
      10000 + 1000 - 40 * 25 + 10 * 3 },
    { "energy of a window", { FLEXIBLE(", 'min_kwh': 10" FROM("08") UNTIL("10")) }, 9650 },
    { "the least is due when the window ends", { FLEXIBLE(", 'min_kwh': 50" UNTIL("11")) }, 9600 },
    { "the most holds before it ends", { FLEXIBLE(", 'max_kwh': 30" UNTIL("11")) }, 9650 },
    { "what was drawn before counts",
      { FLEXIBLE(", 'max_kwh': 30" FROM("05") UNTIL("10")), USED("25") },
      9925 },
    { "what was drawn before is enough",
      { FLEXIBLE(", 'min_kwh': 60" FROM("05") UNTIL("10")), USED("20") },
      9600 },
    { "all was drawn before",
      { FLEXIBLE(", 'max_kwh': 30" FROM("05") UNTIL("10")), USED("30") },
      10000 },
    { "a window beyond the horizon", { FLEXIBLE(", 'max_kwh': 1" FROM("11") UNTIL("12")) }, 9600 },
    { "it takes what the sun has left, which nobody has to curtail then",
      { FLEXIBLE(", 'max_kwh': 30"),
        { "/connections/0/export_limit_kw", "0" },
        { "/renewables", "[{'id': 'sun', 'grid': 'town', 'forecast_kw': 130,"
                         " 'curtailment_price_jpy_per_kwh': 2}]" } },
      4 * 30 * 2 - 30 * 27 },
};

/* Energy counted outside its window, a carried amount forgotten or income left out moves one. */
START_TEST(flexible_loads_cost_what_the_hand_says)
{
    check_row(&flexibles[_i]);
}
END_TEST

/* --- every start --------------------------------------------------------------------------------
 */

#define TRIED 3

/* Six slots, a unit without commitment, a battery, a tie that is narrow, and three runs. */
static json_t *small_town(struct az_random *random)
{
    json_t *json = document_parse(town);
    char text[700];
    const char *const frame[][2] = {
        { "/slots", "6" },
        { "/shiftables", "[]" },
        { "/connections/0/import_price_jpy_per_kwh", "[10, 22, 31, 14, 28, 17]" },
        { "/connections/0/limit_price_jpy_per_kwh", "40" },
        { "/loads/0/demand_kw", "[100, 90, 120, 80, 100, 90]" },
        { "/units", "[{'id': 'gas', 'grid': 'town', 'p_min_kw': 0, 'p_max_kw': 30, 'cost':"
                    " {'type': 'price', 'energy_jpy_per_kwh': 25}}]" },
        { "/batteries", "[{'id': 'cell', 'grid': 'town', 'capacity_kwh': 40, 'charge_max_kw': 20,"
                        " 'discharge_max_kw': 20}]" },
    };
    document_change(json, sizeof frame / sizeof frame[0], frame);
    document_set(json, "/connections/0/import_limit_kw",
                 json_integer(100 + 10 * (json_int_t)az_random_below(random, 6)));
    for (int i = 0; i < TRIED; i++) {
        int first = (int)az_random_below(random, 3),
            length = 3 + (int)az_random_below(random, (uint64_t)(6 - first));
        snprintf(text, sizeof text,
                 "{'id': 'run-%d', 'grid': 'town', 'run_kw': [%d, %d, %d], 'earliest': "
                 "'2026-02-01T%02d:00:00+09:00', 'latest_end': '2026-02-01T%02d:00:00+09:00'%s}",
                 i, 5 + (int)az_random_below(random, 20), (int)az_random_below(random, 20),
                 5 + (int)az_random_below(random, 20), 6 + first, 6 + first + length,
                 az_random_below(random, 3) ? "" : ", 'skip_price_jpy': 150");
        const char *const add[][2] = { { "/shiftables/-", text } };
        document_change(json, 1, add);
    }
    return json;
}

/* The cost of starts, none of a run being MG_RUN_NONE; INFINITY without a dispatch. */
static double cost_of_starts(const struct mg_case *c, const int run[TRIED])
{
    struct az_context context = az_context_default();
    struct mg_decisions decisions;
    struct mg_outcome outcome;
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_decisions_new(c->mg, c->arena, &decisions), AZ_OK);
    memset(decisions.unit, 1, c->mg->T);
    memcpy(decisions.run, run, TRIED * sizeof run[0]);
    ck_assert_int_eq(
        mg_dispatch(c->mg, &decisions, engine_named("glpk"), &context, c->arena, &outcome), AZ_OK);
    if (!outcome.found) return INFINITY;
    const struct mg_summary *summary = outcome.plan->summary;
    return 1e4 * summary->penalty_jpy + summary->cost_jpy; /* the breach comes first */
}

static double best_of_all(const struct mg_case *c)
{
    double best = INFINITY;
    int run[TRIED];
    for (int k = 0; k < 7 * 7 * 7; k++) {
        bool possible = true;
        for (int i = 0, rest = k; i < TRIED; i++, rest /= 7) {
            const struct mg_shiftable *shiftable = &c->mg->shiftables.items[i];
            run[i] = rest % 7 < 6 ? rest % 7 : MG_RUN_NONE;
            possible = possible && (run[i] < 0 || ((size_t)run[i] >= shiftable->starts.first &&
                                                   (size_t)run[i] < shiftable->starts.last));
        }
        if (possible) best = fmin(best, cost_of_starts(c, run));
    }
    return best;
}

/* A start that the model cannot see, or sees where there is none, is beaten by one of all. */
START_TEST(no_starts_are_cheaper_than_the_solved_ones)
{
    struct az_random random;
    struct mg_solved solved;
    struct mg_case c;
    az_random_seed(&random, (uint64_t)_i + 1);
    json_t *json = small_town(&random);
    mg_case_open_good(&c, json, "small town");
    double best = best_of_all(&c);
    mg_solve_json(&solved, json, NULL, engine_at(_i % engine_count())->name, 0.01, 20);
    const struct az_certificate *certificate = &solved.answer.certificate;
    ck_assert_int_eq(certificate->status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq_tol(1e4 * certificate->penalty + certificate->cost, best, 0.1);
    ck_assert_uint_eq(solved.answer.judgement.violation_count, 0);
    mg_solved_close(&solved);
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

/* --- plans by hand, earlier plans, states, explanations -----------------------------------------
 */

static const struct row everything = { "everything",
                                       { NONE,
                                         RUN("[10, 20]", "06", "10"),
                                         FLEXIBLE(""),
                                         STEPS("[{'share': 0.1, 'price_jpy_per_kwh': 25}]"),
                                         { NULL, NULL } },
                                       0 };

/* What a person gives is kept, also where something else is cheaper, and the rest fits it. */
START_TEST(completion_keeps_what_is_given)
{
    struct mg_case c;
    struct az_context context = az_context_default();
    struct az_judgement judgement;
    void *plan = NULL;
    json_t *json = changed(town, &everything);
    json_t *partial =
        document_parse("{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 4,"
                       " 'loads': {'homes': {'interrupted_kw': [4, 0, 0, 0]}},"
                       " 'shiftables': {'pump': {'start': '2026-02-01T08:00:00+09:00'}},"
                       " 'flexible_loads': {'servers': {'power_kw': [7, 0, 0, 3]}}}");
    mg_case_open_good(&c, json, "town");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_at(0), &context, c.arena, &plan), AZ_OK);
    const struct mg_plan *full = plan;
    ck_assert_double_eq(full->loads.items[0].interrupted_kw.values[0], 4);
    ck_assert_double_eq(full->flexible_loads.items[0].power_kw.values[3], 3);
    ck_assert_double_eq(full->shiftables.items[0].power_kw.values[3], 20);
    ck_assert_int_eq(mg_evaluate(c.mg, plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(
        judgement.cost, 10000 - 4 * 10 + 4 * 25 + 10 * 30 + 20 * 40 + 7 * 10 + 3 * 40 - 250, 1e-3);
    mg_case_close(&c);
    json_decref(json);
    json_decref(partial);
}
END_TEST

/* A run announced for ten o'clock would be moved, or forgotten, with every new plan. */
START_TEST(adoption_keeps_announced_starts)
{
    struct mg_solved solved;
    struct mg_case later;
    void *adopted = NULL;
    json_t *json = changed(town, &everything);
    const char *const first[][2] = { { "/connections/0/import_price_jpy_per_kwh",
                                       "[40, 40, 10, 20]" } };
    const char *const then[][2] = { { "/start", "'2026-02-01T07:00:00+09:00'" } };
    document_change(json, 1, first);
    mg_solve_json(&solved, json, NULL, "glpk", 1e-3, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    document_change(json, 1, then);
    mg_case_open_good(&later, json, "an hour later");
    ck_assert_int_eq(mg_adopt(later.mg, solved.answer.plan, later.arena, &adopted), AZ_OK);
    const struct mg_plan *plan = adopted;
    ck_assert_int_eq(mg_slot_of(later.mg, plan->shiftables.items[0].start), 1);
    ck_assert_double_eq(plan->shiftables.items[0].power_kw.values[2], 20);
    ck_assert_double_eq_tol(plan->flexible_loads.items[0].power_kw.values[1], 20, 1e-6);
    ck_assert_double_eq_tol(plan->loads.items[0].interrupted_kw.values[0], 10, 1e-6);
    mg_case_close(&later);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

/* A run cut by the end of a day would be lost, or begun again, on the next one; energy of a window
 * would be drawn twice. Three runs of two slots cost what one of six does. */
START_TEST(chained_horizons_cost_what_one_does)
{
    static const char *const prices[] = { "[20, 40]", "[30, 15]", "[12, 50]" };
    static const char *const at[] = { "06", "08", "10" };
    const struct row whole = {
        "whole",
        { { "/slots", "6" },
          { "/connections/0/import_price_jpy_per_kwh", "[20, 40, 30, 15, 12, 50]" },
          NONE,
          RUN("[10, 20]", "07", "09"),
          FLEXIBLE(", 'max_kwh': 45, 'min_kwh': 45" FROM("06") UNTIL("12")) },
        0
    };
    struct mg_solved solved;
    json_t *json = changed(town, &whole);
    mg_solve_json(&solved, json, NULL, "glpk", 1e-3, 20);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    double together = solved.answer.certificate.objective, parts = 0;
    mg_solved_close(&solved);
    json_t *state = NULL;
    document_set(json, "/slots", json_integer(2));
    for (int k = 0; k < 3; k++) {
        char start[40];
        void *next;
        const char *const change[][2] = { { "/connections/0/import_price_jpy_per_kwh",
                                            prices[k] } };
        snprintf(start, sizeof start, "2026-02-01T%s:00:00+09:00", at[k]);
        document_set(json, "/start", json_string(start));
        document_change(json, 1, change);
        if (state) document_set(json, "/state", state);
        mg_solve_json(&solved, json, NULL, "glpk", 1e-3, 20);
        ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
        parts += solved.answer.certificate.objective;
        struct az_time end = az_time_add(solved.c.mg->start, 7200);
        ck_assert_int_eq(
            mg_carry(solved.c.mg, solved.answer.plan, end, solved.c.arena, &next, NULL), AZ_OK);
        const struct mg_state *carried = next;
        ck_assert_int_eq(carried->shiftables.items[0].run_slots, k == 0 ? 1 : 2);
        state = az_json_write(&mg_state_table, next);
        mg_solved_close(&solved);
    }
    /* by hand: 20 kWh at 20, 20 at 15 and 5 at 12 fill the window bit by bit; at once 40 at 15 and
     * 12, 5 at 20 do */
    ck_assert_double_eq_tol(parts - together, 15 * 20 - 15 * 12, 1e-3);
    json_decref(state);
    json_decref(json);
}
END_TEST

/* Without these rules among the reasons "infeasible" would be all that is said of a load. */
START_TEST(what_stands_in_the_way_is_named)
{
    static const struct {
        struct row row;
        const char *rule, *pointer;
        double amount;
    } rows[] = {
        { { "energy", { FLEXIBLE(", 'min_kwh': 100") }, 0 },
          "flexible_min",
          "/flexible_loads/0/min_kwh",
          20 },
        { { "power", { FLEXIBLE(", 'min_kw': 10, 'max_kwh': 30") }, 0 }, NULL, NULL, 0 },
        { { "a run",
            { NONE, RUN("[10, 20]", "06", "10"), LIMIT("100"), { "/mode", "'exact'" } },
            0 },
          NULL,
          NULL,
          0 },
        { { "critical load",
            { LIMIT("60"), { "/loads/0/critical_share", "0.7" }, { "/mode", "'exact'" } },
            0 },
          NULL,
          NULL,
          0 },
    };
    struct mg_case c;
    struct az_context context = az_context_default();
    struct az_explanation told;
    json_t *json = changed(town, &rows[_i].row);
    mg_case_open_good(&c, json, rows[_i].row.what);
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(mg_explain(c.mg, engine_at(0), &context, c.arena, &told), AZ_OK);
    ck_assert(!told.feasible);
    ck_assert(told.minimal);
    ck_assert_uint_ge(told.reasons.count, 1);
    if (rows[_i].rule) {
        ck_assert_str_eq(told.reasons.items[0].rule->code.code, rows[_i].rule);
        ck_assert_str_eq(told.reasons.items[0].pointer, rows[_i].pointer);
        ck_assert_double_eq_tol(told.reasons.items[0].amount, rows[_i].amount, 1e-3);
    }
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof(list)[0]))

int main(void)
{
    Suite *suite = suite_create("microgrid loads");
    TCase *tests = tcase_create("loads");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, fixed_loads_cost_what_the_hand_says, 0, COUNT(fixed_loads));
    tcase_add_loop_test(tests, runs_cost_what_the_hand_says, 0, COUNT(runs));
    tcase_add_loop_test(tests, flexible_loads_cost_what_the_hand_says, 0, COUNT(flexibles));
    tcase_add_loop_test(tests, no_starts_are_cheaper_than_the_solved_ones, 0, TEST_SOME(10));
    tcase_add_test(tests, completion_keeps_what_is_given);
    tcase_add_test(tests, adoption_keeps_announced_starts);
    tcase_add_test(tests, chained_horizons_cost_what_one_does);
    tcase_add_loop_test(tests, what_stands_in_the_way_is_named, 0, 4);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
