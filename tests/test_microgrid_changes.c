/* test_microgrid_changes.c - what a plan does otherwise than the plan before it: by hand, as the
 * plan says it and as people see it. */
#include <check.h>
#include <string.h>

#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* 15 kW, 10 of which a unit makes at 5 and the tie sells at 20; a pump that may run in any hour. */
static const char now[] =
    "{'start': '2026-02-01T07:00:00+09:00', 'slot_minutes': 60, 'slots': 3,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': [20, 20, 19],"
    "    'export_price_jpy_per_kwh': 0, 'export_limit_kw': 0}],"
    " 'units': [{'id': 'gas', 'name': 'Gas engine', 'grid': 'town', 'p_min_kw': 2, 'p_max_kw': 10,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 5}}],"
    " 'loads': [{'id': 'homes', 'grid': 'town', 'demand_kw': 15}],"
    " 'state': {'at': '2026-02-01T07:00:00+09:00', 'units': {'gas': {'on': true}}}}";

/* The plan of an hour before: its second and third hours are the first two of this one. */
static const char before[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 3,"
    " 'units': {'gas': {'on': [1, 1, 0], 'power_kw': [4, 9.9, 0]}},"
    " 'connections': {'tie': {'import_kw': [11, 5.1, 15], 'export_kw': [0, 0, 0]}},"
    " 'loads': {'homes': {'unserved_kw': [0, 0, 0]}}}";

static void need(const struct mg_change *change, const char *asset, int what, double was, double is)
{
    ck_assert_str_eq(change->asset, asset);
    ck_assert_int_eq(change->what, what);
    ck_assert_int_eq(change->from.utc_s, 1769900400); /* 08:00 */
    ck_assert_int_eq(change->until.utc_s, 1769904000);
    ck_assert_double_eq_tol(change->before, was, 1e-6);
    ck_assert_double_eq_tol(change->after, is, 1e-6);
}

/* Whoever has to act on a new plan must read what is new in it, not all of it: rounding and hours
 * that the plan before did not know are no news. */
START_TEST(what_changes_is_said_once_and_switches_first)
{
    struct mg_solved solved;
    struct mg_case c;
    struct az_view view;
    struct az_judgement judgement;
    json_t *json = document_parse(now), *old = document_parse(before);
    mg_case_open_good(&c, json, "now");
    ck_assert_int_eq(mg_case_plan(&c, old), AZ_OK);
    mg_solve_json(&solved, json, c.plan, engine_at(0)->name, 0.01, 20);
    const struct mg_plan *plan = solved.answer.plan;
    ck_assert_uint_eq(plan->summary->changes.count, 2);
    need(&plan->summary->changes.items[0], "units/gas", MG_CHANGE_ON, 0, 1);
    need(&plan->summary->changes.items[1], "connections/tie", MG_CHANGE_EXCHANGE, 15, 5);
    ck_assert_int_eq(mg_evaluate(solved.c.mg, plan, solved.c.arena, &judgement), AZ_OK);
    ck_assert_int_eq(az_formulation_find("microgrid")
                         ->view(solved.c.mg, plan, &judgement, solved.c.arena, &view),
                     AZ_OK);
    ck_assert_uint_ge(view.tables.count, 2);
    ck_assert_int_eq(view.tables.items[0].place, AZ_TABLE_LEADS);
    ck_assert_str_eq(view.tables.items[0].cells[0].words.en, "Gas engine");
    ck_assert_str_eq(view.tables.items[0].cells[1].words.en, "is on, was off");
    ck_assert_int_eq(view.tables.items[1].place, AZ_TABLE_FOLDED);
    ck_assert_double_eq_tol(view.tables.items[1].cells[5].number, 5, 1e-6);
    mg_solved_close(&solved);
    mg_case_close(&c);
    json_decref(json);
    json_decref(old);
}
END_TEST

/* Without a plan before there is nothing to compare with; with the same there is nothing to say. */
START_TEST(the_same_plan_has_no_changes)
{
    struct mg_solved first, again;
    json_t *json = document_parse(now);
    mg_solve_json(&first, json, NULL, engine_at(0)->name, 0.01, 20);
    const struct mg_plan *plan = first.answer.plan;
    ck_assert_ptr_null(plan->summary->changes.items);
    mg_solve_json(&again, json, plan, engine_at(0)->name, 0.01, 20);
    plan = again.answer.plan;
    ck_assert_ptr_nonnull(plan->summary->changes.items);
    ck_assert_uint_eq(plan->summary->changes.count, 0);
    mg_solved_close(&again);
    mg_solved_close(&first);
    json_decref(json);
}
END_TEST

/* A run that moves is off where it was and on where it is. */
START_TEST(a_run_that_moves_is_told)
{
    struct mg_solved solved;
    struct mg_case c;
    json_t *json = document_parse(now), *old = document_parse(before);
    json_object_set_new(json, "shiftables",
                        document_parse("[{'id': 'pump', 'grid': 'town', 'run_kw': [3],"
                                       "  'earliest': '2026-02-01T07:00:00+09:00',"
                                       "  'latest_end': '2026-02-01T10:00:00+09:00'}]"));
    document_set(json, "/connections/0/import_price_jpy_per_kwh", document_parse("[20, 1, 20]"));
    json_object_set_new(old, "shiftables",
                        document_parse("{'pump': {'start': '2026-02-01T07:00:00+09:00'}}"));
    mg_case_open_good(&c, json, "now");
    ck_assert_int_eq(mg_case_plan(&c, old), AZ_OK);
    mg_solve_json(&solved, json, c.plan, engine_at(0)->name, 0.01, 20);
    const struct mg_plan *plan = solved.answer.plan;
    size_t runs = 0;
    for (size_t i = 0; i < plan->summary->changes.count; i++) {
        const struct mg_change *change = &plan->summary->changes.items[i];
        if (change->what != MG_CHANGE_RUN) continue;
        ck_assert_str_eq(change->asset, "shiftables/pump");
        ck_assert_double_eq(change->after, runs == 0 ? 0 : 1);
        runs++;
    }
    ck_assert_uint_eq(runs, 2);
    mg_solved_close(&solved);
    mg_case_close(&c);
    json_decref(json);
    json_decref(old);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid changes");
    TCase *tests = tcase_create("changes");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, what_changes_is_said_once_and_switches_first);
    tcase_add_test(tests, the_same_plan_has_no_changes);
    tcase_add_test(tests, a_run_that_moves_is_told);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
