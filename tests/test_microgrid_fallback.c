/* test_microgrid_fallback.c - when nothing is found by the deadline: the rest of the earlier plan,
 * made whole without an engine, judged and marked. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/fallback.h"
#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* --- engines that find nothing ------------------------------------------------------------------
 */

static int calls;
static char last_log[400];

static void keep_log(void *data, enum az_log_level level, const char *text)
{
    (void)data, (void)level;
    snprintf(last_log, sizeof last_log, "%s", text);
}

static enum az_status find_nothing(void *session, struct az_solve_result *result)
{
    (void)session;
    calls++;
    *result = (struct az_solve_result){ .status = AZ_SOLVE_UNKNOWN,
                                        .objective = NAN,
                                        .bound = -INFINITY };
    return AZ_OK;
}

static enum az_status find_no_mip(void *session, const struct az_mip_options *options,
                                  struct az_solve_result *result)
{
    (void)options;
    return find_nothing(session, result);
}

static struct az_engine dead_engine(void)
{
    struct az_engine engine = *engine_at(0);
    engine.name = "dead";
    engine.solve_lp = find_nothing;
    engine.solve_mip = find_no_mip;
    return engine;
}

/* Any plan: soon, or after a while where the build is slow. */
static void solve_some(struct mg_solved *solved, const json_t *json)
{
    for (double seconds = 2; seconds < 100; seconds *= 6) {
        mg_solve_json(solved, json, NULL, engine_at(0)->name, 1e9, seconds);
        ck_assert_int_eq(solved->status, AZ_OK);
        if (solved->answer.plan) return;
        mg_solved_close(solved);
    }
    ck_abort_msg("no plan to begin with");
}

static bool is_marked(const struct az_certificate *certificate)
{
    for (size_t k = 0; k < certificate->assumptions.count; k++)
        if (strcmp(certificate->assumptions.items[k].code, "fallback") == 0) return true;
    return false;
}

/* --- a changed day ------------------------------------------------------------------------------
 */

static void scale(json_t *series, struct az_random *random, double low, double high)
{
    size_t t;
    json_t *value;
    json_array_foreach(series, t, value) json_array_set_new(
        series, t,
        json_real(json_number_value(value) * (low + (high - low) * az_random_unit(random))));
}

/* Demand and sun differ from what was planned for, slot by slot; a unit falls out for a while. */
static void change_day(json_t *json, struct az_random *random)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(json, "loads"), i, item)
        scale(json_object_get(item, "demand_kw"), random, 0.85, 1.2);
    json_array_foreach(json_object_get(json, "renewables"), i, item)
        scale(json_object_get(item, "forecast_kw"), random, 0.5, 1.2);
    json_array_foreach(json_object_get(json, "units"), i, item)
    {
        json_t *available = json_array();
        size_t from = (size_t)az_random_below(random, 40);
        if (json_is_true(json_object_get(item, "must_run")) || i > 0) {
            json_decref(available);
            continue;
        }
        for (size_t t = 0; t < 48; t++)
            json_array_append_new(available, json_integer(t < from || t >= from + 4));
        json_object_set_new(item, "available", available);
    }
}

/* The whole of it: a plan of yesterday's forecast, today's day, an engine that finds nothing.
 * Without a fallback the control system would stand there with no plan at all. */
START_TEST(the_earlier_plan_is_made_whole_when_nothing_is_found)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_engine engine = dead_engine();
    struct az_context context = az_context_default();
    struct az_random random;
    struct mg_solved before, now;
    void *mg;
    az_random_seed(&random, (uint64_t)_i + 1);
    ck_assert_int_eq(mg_generate(8 + (size_t)_i % 4, (uint64_t)_i + 1, arena, &mg), AZ_OK);
    json_t *json = az_json_write(&mg_instance_table, mg);
    solve_some(&before, json);
    ck_assert_ptr_nonnull(before.answer.plan);
    ck_assert(!is_marked(&before.answer.certificate));
    change_day(json, &random);
    context.deadline = az_now(&context) + 10;
    context.log = keep_log;
    calls = 0;
    mg_solve_with(&now, json, before.answer.plan, &engine, 1, &context);
    const struct az_certificate *c = &now.answer.certificate;
    ck_assert_int_eq(now.status, AZ_OK);
    ck_assert_msg(now.answer.plan, "seed %d: %s", _i + 1, last_log);
    ck_assert_int_eq(c->status, AZ_PLAN_FEASIBLE);
    ck_assert_int_eq(c->checked, 1);
    ck_assert(is_marked(c));
    ck_assert_int_gt(calls, 0);
    ck_assert_uint_eq(now.answer.judgement.violation_count, 0);
    mg_solved_close(&now);
    mg_solved_close(&before);
    json_decref(json);
    az_arena_free(arena);
}
END_TEST

/* An outage is when the control system must have a plan, and when an engine is slowest: of five
 * islands whose day has changed, at most one that a policy without an engine cannot hold. */
START_TEST(an_island_is_not_left_without_a_plan)
{
    struct az_engine engine = dead_engine();
    size_t left = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_context context = az_context_default();
        struct az_random random;
        struct mg_solved before, now;
        void *mg;
        az_random_seed(&random, seed);
        ck_assert_int_eq(mg_generate(6, seed, arena, &mg), AZ_OK);
        ck_assert_int_eq(mg_generate_extras[_i].add(mg, seed, arena), AZ_OK);
        json_t *json = az_json_write(&mg_instance_table, mg);
        solve_some(&before, json);
        ck_assert_ptr_nonnull(before.answer.plan);
        change_day(json, &random);
        context.deadline = az_now(&context) + 10;
        mg_solve_with(&now, json, before.answer.plan, &engine, 1, &context);
        ck_assert_int_eq(now.status, AZ_OK);
        left += !now.answer.plan;
        if (now.answer.plan) ck_assert_uint_eq(now.answer.judgement.violation_count, 0);
        mg_solved_close(&now);
        mg_solved_close(&before);
        json_decref(json);
        az_arena_free(arena);
    }
    ck_assert_uint_le(left, 1);
}
END_TEST

/* --- small cases --------------------------------------------------------------------------------
 */

static const char town[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 4,"
    " 'owners': [{'id': 'city'}],"
    " 'grids': [{'id': 'town', 'frequency_hz': 60, 'reserve_up_kw': 5}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': [12, 11, 30, 34],"
    "    'export_price_jpy_per_kwh': 8, 'import_limit_kw': 60, 'export_limit_kw': 40}],"
    " 'units': [{'id': 'mill', 'grid': 'town', 'p_min_kw': 10, 'p_max_kw': 60,"
    "    'ramp_up_kw_per_h': 30, 'ramp_down_kw_per_h': 30,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 16}}],"
    " 'renewables': [{'id': 'sun', 'grid': 'town', 'forecast_kw': [5, 20, 40, 30]}],"
    " 'batteries': [{'id': 'cell', 'grid': 'town', 'capacity_kwh': 60, 'charge_max_kw': 20,"
    "    'discharge_max_kw': 20}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': [50, 60, 70, 80]}],"
    " 'lines': [{'id': 'bank', 'connections': ['tie'], 'normal_kw': 55, 'emergency_kw': 20,"
    "    'armable': [{'asset': 'mill', 'arming_jpy_per_h': 8}]}],"
    " 'state': {'at': '2026-02-01T06:00:00+09:00', 'batteries': {'cell': {'charge_kwh': 30}},"
    "    'units': {'mill': {'on': true, 'power_kw': 20}}}}";

struct row {
    const char *what;
    const char *changes[3][2];
    bool whole; /* can it be made whole? */
};

static const struct row rows[] = {
    { "nothing has changed", { { NULL, NULL } }, true },
    { "more load than before", { { "/loads/0/demand_kw", "[70, 80, 95, 110]" } }, true },
    { "no load any more: all of it goes out", { { "/loads/0/demand_kw", "[0, 0, 0, 0]" } }, true },
    { "the sun stays away", { { "/renewables/0/forecast_kw", "0" } }, true },
    { "the tie carries little: load is shed", { { "/connections/0/import_limit_kw", "5" } }, true },
    { "the bank is half gone", { { "/lines/0/normal_kw", "20" } }, true },
    { "the battery stands lower than was thought",
      { { "/state/batteries/cell/charge_kwh", "20" } },
      true },
    { "the mill has stopped", { { "/state/units/mill", "{'on': false}" } }, true },
    { "exact mode: nothing may be shed",
      { { "/mode", "'exact'" }, { "/connections/0/import_limit_kw", "5" } },
      false },
    { "no tie, no sun, no mill: darkness",
      { { "/connections/0/import_limit_kw", "0" },
        { "/units/0/available", "0" },
        { "/grids/0/reserve_price_jpy_per_kwh", "10" } },
      true },
};

/* Each change alone. What cannot be made whole is no plan: a wrong one would be worse. */
START_TEST(a_change_is_absorbed_or_no_plan_is_told)
{
    const struct row *row = &rows[_i];
    struct az_engine engine = dead_engine();
    struct az_context context = az_context_default();
    struct mg_solved before, now;
    json_t *json = document_parse(town);
    mg_solve_json(&before, json, NULL, engine_at(0)->name, 1, 10);
    ck_assert_int_eq(before.answer.certificate.status, AZ_PLAN_OPTIMAL);
    for (size_t k = 0; k < 3 && row->changes[k][0]; k++) document_change(json, 1, &row->changes[k]);
    context.deadline = az_now(&context) + 10;
    context.log = keep_log;
    mg_solve_with(&now, json, before.answer.plan, &engine, 1, &context);
    ck_assert_int_eq(now.status, AZ_OK);
    ck_assert_msg((now.answer.plan != NULL) == row->whole, "%s: %s", row->what, last_log);
    ck_assert_int_eq(is_marked(&now.answer.certificate), row->whole);
    if (!row->whole) ck_assert_int_eq(now.answer.certificate.status, AZ_PLAN_NONE);
    if (_i == 0) /* the plan as it was, to the last yen but what rounding is worth */
        ck_assert_double_eq_tol(now.answer.certificate.objective,
                                before.answer.certificate.objective, 1e-3);
    mg_solved_close(&now);
    mg_solved_close(&before);
    json_decref(json);
}
END_TEST

/* The mark would be worth nothing if good plans bore it: also one that costs the same. */
START_TEST(a_plan_that_is_found_is_not_marked)
{
    struct mg_solved before, now;
    json_t *json = document_parse(town);
    mg_solve_json(&before, json, NULL, engine_at(0)->name, 1, 10);
    if (_i) document_set(json, "/loads/0/demand_kw", document_parse("[52, 61, 75, 78]"));
    mg_solve_json(&now, json, before.answer.plan, engine_at(0)->name, 1, 10);
    ck_assert_int_eq(now.answer.certificate.status, AZ_PLAN_OPTIMAL);
    ck_assert(!is_marked(&now.answer.certificate));
    mg_solved_close(&now);
    mg_solved_close(&before);
    json_decref(json);
}
END_TEST

/* Without an earlier plan nothing can be made up. */
START_TEST(no_earlier_plan_no_fallback)
{
    struct az_engine engine = dead_engine();
    struct az_context context = az_context_default();
    struct mg_solved now;
    json_t *json = document_parse(town);
    context.deadline = az_now(&context) + 10;
    mg_solve_with(&now, json, NULL, &engine, 1, &context);
    ck_assert_int_eq(now.status, AZ_OK);
    ck_assert_ptr_null(now.answer.plan);
    ck_assert_int_eq(now.answer.certificate.status, AZ_PLAN_NONE);
    ck_assert(!is_marked(&now.answer.certificate));
    mg_solved_close(&now);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid fallback");
    TCase *tests = tcase_create("fallback");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, the_earlier_plan_is_made_whole_when_nothing_is_found, 0,
                        TEST_SOME(9));
    tcase_add_loop_test(tests, an_island_is_not_left_without_a_plan, 0, 2); /* and a blackout */
    tcase_add_loop_test(tests, a_change_is_absorbed_or_no_plan_is_told, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    tcase_add_loop_test(tests, a_plan_that_is_found_is_not_marked, 0, 2);
    tcase_add_test(tests, no_earlier_plan_no_fallback);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
