/* test_microgrid_start.c - adopting an earlier plan, completing one made by hand, explaining why
 * there is none. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/search.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

#define START_UTC 1774965600 /* 2026-03-31T23:00:00+09:00 */

/* A grid with two units, a battery and a tie; `slots` hours from `start_h` after 23:00. */
static json_t *day(int start_h, int slots)
{
    json_t *price = json_array(), *demand = json_array();
    for (int t = 0; t < slots; t++) {
        int hour = (start_h + t) % 24;
        json_array_append_new(price, json_real(12 + (hour > 8 && hour < 20 ? 10 : 0) + hour % 5));
        json_array_append_new(demand,
                              json_real(150 + 12 * (hour % 7) + (hour > 9 && hour < 19 ? 80 : 0)));
    }
    char start[64];
    az_time_format((struct az_time){ START_UTC + 3600 * start_h, 540 }, start);
    return json_pack(
        "{s:s, s:i, s:i, s:[{s:s, s:i}], s:[{s:s, s:s, s:o, s:f, s:f, s:f}],"
        " s:[{s:s, s:s, s:f, s:f, s:f, s:f, s:[{s:f, s:f}], s:{s:s, s:f, s:f}},"
        "    {s:s, s:s, s:f, s:f, s:f, s:[{s:f, s:f}], s:{s:s, s:f, s:f}}],"
        " s:[{s:s, s:s, s:f, s:f, s:f}], s:[{s:s, s:s, s:o}]}",
        "start", start, "slot_minutes", 60, "slots", slots, "grids", "id", "town", "frequency_hz",
        60, "connections", "id", "tie", "grid", "town", "import_price_jpy_per_kwh", price,
        "export_price_jpy_per_kwh", 4.0, "import_limit_kw", 160.0, "export_limit_kw", 60.0, "units",
        "id", "wood", "grid", "town", "p_min_kw", 60.0, "p_max_kw", 140.0, "min_up_h", 4.0,
        "min_down_h", 3.0, "start_tiers", "off_h", 3.0, "cost_jpy", 900.0, "cost", "type", "price",
        "energy_jpy_per_kwh", 14.0, "no_load_jpy_per_h", 200.0, "id", "diesel", "grid", "town",
        "p_min_kw", 20.0, "p_max_kw", 120.0, "min_up_h", 1.0, "start_tiers", "off_h", 1.0,
        "cost_jpy", 150.0, "cost", "type", "price", "energy_jpy_per_kwh", 26.0, "no_load_jpy_per_h",
        100.0, "batteries", "id", "cell", "grid", "town", "capacity_kwh", 200.0, "charge_max_kw",
        60.0, "discharge_max_kw", 60.0, "loads", "id", "homes", "grid", "town", "demand_kw",
        demand);
}

static void solve_good(struct mg_solved *solved, const json_t *instance,
                       const struct mg_plan *previous)
{
    mg_solve_json(solved, instance, previous, engine_at(0)->name, 1, 30);
    ck_assert_int_eq(solved->status, AZ_OK);
    ck_assert_int_eq(solved->answer.certificate.status, AZ_PLAN_OPTIMAL);
}

static double objective_of(const struct mg_instance *mg, const struct mg_plan *plan,
                           struct az_arena *arena, size_t *violations)
{
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(mg_evaluate(mg, plan, arena, &judgement), AZ_OK);
    *violations = judgement.violation_count;
    return judgement.cost + judgement.penalty;
}

/* --- adopt --------------------------------------------------------------------------------------
 */

/* A shifted horizon that loses the overlap would start every half-hour run from nothing. */
START_TEST(the_overlap_of_an_earlier_plan_is_copied_and_its_tail_repaired)
{
    json_t *before = day(0, 24), *after = day(6, 24);
    struct mg_solved old;
    struct mg_case now;
    void *adopted = NULL;
    solve_good(&old, before, NULL);
    const struct mg_plan *plan = old.answer.plan;
    ck_assert_int_eq(mg_case_open(&now, after, NULL), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&now.findings), 0);
    ck_assert_int_eq(mg_adopt(now.mg, plan, now.arena, &adopted), AZ_OK);
    const struct mg_plan *start = adopted;
    for (size_t t = 0; t < 18; t++)
        ck_assert_double_eq(start->connections.items[0].import_kw.values[t],
                            plan->connections.items[0].import_kw.values[t + 6]);
    for (size_t t = 18; t < 24; t++) /* the same hour of the day before */
        ck_assert_double_eq(start->connections.items[0].import_kw.values[t],
                            plan->connections.items[0].import_kw.values[t - 18]);
    ck_assert_int_eq(start->start.utc_s, now.mg->start.utc_s);
    for (size_t i = 0; i < 2; i++) {
        signed char on[24], mended[24];
        for (size_t t = 0; t < 24; t++) on[t] = start->units.items[i].on.values[t] > 0.5;
        memcpy(mended, on, sizeof on);
        mg_mend_schedule(now.mg, i, mended);
        ck_assert_mem_eq(on, mended, sizeof on);
    }
    mg_case_close(&now);
    mg_solved_close(&old);
    json_decref(before);
    json_decref(after);
}
END_TEST

/* A plan of last week is no start, and must not be taken for one. */
START_TEST(a_plan_without_overlap_is_not_adopted)
{
    json_t *before = day(0, 12), *after = day(12, 12);
    struct mg_solved old;
    struct mg_case now;
    void *adopted = NULL;
    solve_good(&old, before, NULL);
    ck_assert_int_eq(mg_case_open(&now, after, NULL), AZ_OK);
    ck_assert_int_eq(mg_adopt(now.mg, old.answer.plan, now.arena, &adopted), AZ_NO_PLAN);
    ck_assert_ptr_null(adopted);
    mg_case_close(&now);
    mg_solved_close(&old);
    json_decref(before);
    json_decref(after);
}
END_TEST

/* Whoever names a plan of a long time ago must not keep a solver busy with counting the days. */
START_TEST(a_plan_of_two_thousand_years_ago_is_told_at_once)
{
    json_t *after = day(0, 10000);
    struct mg_case now;
    struct mg_plan *old = NULL;
    void *adopted = NULL;
    ck_assert_int_eq(mg_case_open(&now, after, NULL), AZ_OK);
    ck_assert_int_eq(mg_plan_new(now.mg, now.arena, &old), AZ_OK);
    ck_assert(az_time_parse("0001-01-01T00:00:00Z", &old->start));
    old->slots = 4;
    old->slot_minutes = 1;
    ck_assert_int_eq(mg_adopt(now.mg, old, now.arena, &adopted), AZ_NO_PLAN);
    mg_case_close(&now);
    json_decref(after);
}
END_TEST

/* Assets come and go between two runs; what is unknown must neither crash nor block. */
START_TEST(adoption_matches_assets_by_id)
{
    json_t *before = day(0, 24), *after = day(2, 24);
    struct mg_solved old, now;
    json_t *units = json_object_get(after, "units");
    solve_good(&old, before, NULL);
    json_array_insert(units, 0, json_array_get(units, 1));
    json_array_remove(units, 2); /* diesel, wood */
    document_set(after, "/units/1", json_deep_copy(json_array_get(units, 1)));
    document_set(after, "/units/1/id",
                 json_string("wood-2")); /* a new name: unknown to the old plan */
    solve_good(&now, after, old.answer.plan);
    mg_solved_close(&now);
    mg_solved_close(&old);
    json_decref(before);
    json_decref(after);
}
END_TEST

/* --- complete -----------------------------------------------------------------------------------
 */

static struct mg_plan *partial_of(struct mg_case *c, const char *text)
{
    json_t *json = document_parse(text);
    ck_assert_int_eq(mg_case_plan(c, json), AZ_OK);
    document_print(&c->findings);
    json_decref(json);
    return c->plan;
}

/* What a person decides stays as it is; the rest is chosen so that the judge accepts. */
START_TEST(a_plan_with_commitments_only_is_completed)
{
    json_t *instance = day(0, 6);
    const char *engine = engine_at(_i)->name;
    struct az_context context = az_context_default();
    struct mg_case c;
    void *full = NULL;
    size_t violations;
    ck_assert_int_eq(mg_case_open(&c, instance, NULL), AZ_OK);
    struct mg_plan *partial = partial_of(
        &c, "{\"start\": \"2026-03-31T23:00:00+09:00\", \"slot_minutes\": 60, \"slots\": 6,"
            " \"units\": {\"wood\": {\"on\": [1,1,1,1,1,0], \"power_kw\": [60,70,80,90,100,0]}}}");
    ck_assert_int_eq(mg_complete(c.mg, partial, engine_named(engine), &context, c.arena, &full),
                     AZ_OK);
    const struct mg_plan *plan = full;
    double expected[] = { 60, 70, 80, 90, 100, 0 };
    for (size_t t = 0; t < 6; t++) {
        ck_assert_double_eq(plan->units.items[0].power_kw.values[t], expected[t]);
        ck_assert_double_eq(plan->units.items[0].on.values[t], t < 5);
    }
    double kept = objective_of(c.mg, plan, c.arena, &violations);
    ck_assert_uint_eq(violations, 0);
    struct mg_solved best;
    solve_good(&best, instance, NULL);
    ck_assert_double_ge(kept, best.answer.certificate.objective - 1);
    mg_solved_close(&best);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* A lake of a battery that is to stay as it is, while power costs 10 and 50 in turn: 1e-6 of it in
 * each slot would be the whole load. */
static const char lake[] =
    "{'start': '2026-03-31T23:00:00+09:00', 'slot_minutes': 60, 'slots': 6,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'export_price_jpy_per_kwh': 0,"
    "    'export_limit_kw': 0, 'import_price_jpy_per_kwh': [10, 50, 10, 50, 10, 50]}],"
    " 'batteries': [{'id': 'lake', 'grid': 'town', 'capacity_kwh': 1e6, 'charge_max_kw': 60,"
    "    'discharge_max_kw': 60, 'charge_efficiency': 1, 'discharge_efficiency': 1}],"
    " 'loads': [{'id': 'homes', 'grid': 'town', 'demand_kw': 0.4}],"
    " 'state': {'at': '2026-03-31T23:00:00+09:00', 'batteries': {'lake': {'charge_kwh': 5e5}}}}";

/* What a model may leave given values by is money that nobody has. */
START_TEST(given_values_are_kept_to_the_last_digit)
{
    json_t *instance = document_parse(lake);
    struct az_context context = az_context_default();
    struct mg_case c;
    void *full = NULL;
    size_t violations;
    mg_case_open_good(&c, instance, "a lake");
    struct mg_plan *partial = partial_of(
        &c, "{\"start\": \"2026-03-31T23:00:00+09:00\", \"slot_minutes\": 60, \"slots\": 6,"
            " \"batteries\": {\"lake\": {\"energy_kwh\":"
            "   [500000, 500000, 500000, 500000, 500000, 500000]}}}");
    ck_assert_int_eq(mg_complete(c.mg, partial, engine_at(_i), &context, c.arena, &full), AZ_OK);
    double cost = objective_of(c.mg, full, c.arena, &violations);
    ck_assert_uint_eq(violations, 0);
    ck_assert_double_eq_tol(cost, 0.4 * 180, 1e-4);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* What cannot be completed is handed back as given, for the judge to name. */
START_TEST(what_cannot_be_completed_comes_back_as_given)
{
    json_t *instance = day(0, 6);
    struct az_context context = az_context_default();
    struct mg_case c;
    void *full = NULL;
    size_t violations;
    ck_assert_int_eq(mg_case_open(&c, instance, NULL), AZ_OK);
    struct mg_plan *partial = partial_of(
        &c, "{\"start\": \"2026-03-31T23:00:00+09:00\", \"slot_minutes\": 60, \"slots\": 6,"
            " \"units\": {\"wood\": {\"on\": [1,0,1,0,1,0]}}}");
    ck_assert_int_eq(mg_complete(c.mg, partial, engine_at(0), &context, c.arena, &full),
                     AZ_INFEASIBLE);
    const struct mg_plan *plan = full;
    ck_assert_ptr_nonnull(plan);
    for (size_t t = 0; t < 6; t++)
        ck_assert_double_eq(plan->units.items[0].on.values[t], t % 2 == 0);
    (void)objective_of(c.mg, plan, c.arena, &violations);
    ck_assert_uint_gt(violations, 0);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* A plan that is called wrong because there was no time to complete it sends people looking for an
 * error that is not there. */
START_TEST(no_time_to_complete_is_no_error_of_the_plan)
{
    json_t *instance = day(0, 6);
    struct az_context context = az_context_default();
    struct mg_case c;
    void *full = NULL;
    ck_assert_int_eq(mg_case_open(&c, instance, NULL), AZ_OK);
    struct mg_plan *partial = partial_of(
        &c, "{\"start\": \"2026-03-31T23:00:00+09:00\", \"slot_minutes\": 60, \"slots\": 6}");
    context.deadline = az_now(&context) - 1;
    ck_assert_int_eq(mg_complete(c.mg, partial, engine_at(_i), &context, c.arena, &full),
                     AZ_DEADLINE);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* --- explain ------------------------------------------------------------------------------------
 */

static void explain(struct mg_case *c, const json_t *instance, const char *engine,
                    struct az_explanation *explanation)
{
    struct az_context context = az_context_default();
    ck_assert_int_eq(mg_case_open(c, instance, NULL), AZ_OK);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    ck_assert_int_eq(mg_explain(c->mg, engine_named(engine), &context, c->arena, explanation),
                     AZ_OK);
}

static const struct az_reason *reason_of(const struct az_explanation *explanation, const char *rule)
{
    for (size_t i = 0; i < explanation->reasons.count; i++)
        if (strcmp(explanation->reasons.items[i].rule->code.code, rule) == 0)
            return &explanation->reasons.items[i];
    return NULL;
}

/* "Infeasible" without a reason helps nobody: here 40 kW are missing in two of three hours. */
START_TEST(missing_power_in_exact_mode_is_named_with_its_energy)
{
    json_t *instance = document_parse(
        "{\"start\": \"2026-03-31T23:00:00+09:00\", \"slot_minutes\": 60, \"slots\": 3, \"mode\": "
        "\"exact\","
        " \"grids\": [{\"id\": \"town\", \"frequency_hz\": 60}],"
        " \"units\": [{\"id\": \"wood\", \"grid\": \"town\", \"p_min_kw\": 10, \"p_max_kw\": 100}],"
        " \"loads\": [{\"id\": \"homes\", \"grid\": \"town\", \"demand_kw\": [80, 140, 140]}]}");
    struct mg_case c;
    struct az_explanation explanation;
    explain(&c, instance, engine_at(_i)->name, &explanation);
    ck_assert(!explanation.feasible && explanation.proven && explanation.minimal);
    ck_assert_uint_eq(explanation.reasons.count, 1);
    const struct az_reason *reason = reason_of(&explanation, "load_served");
    ck_assert_ptr_nonnull(reason);
    ck_assert_str_eq(reason->pointer, "/loads/0/demand_kw");
    ck_assert_double_eq_tol(reason->amount, 80, 1e-3);
    ck_assert_int_eq(reason->at.utc_s % 3600, 0);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* Too much power is hard even in service mode; raising the export limit by the amount told helps.
 */
START_TEST(what_is_told_is_enough_to_make_a_plan_possible)
{
    json_t *instance = document_parse(
        "{\"start\": \"2026-03-31T23:00:00+09:00\", \"slot_minutes\": 60, \"slots\": 4,"
        " \"grids\": [{\"id\": \"town\", \"frequency_hz\": 60}],"
        " \"connections\": [{\"id\": \"tie\", \"grid\": \"town\", \"import_price_jpy_per_kwh\": 20,"
        "   \"export_price_jpy_per_kwh\": 5, \"export_limit_kw\": 30}],"
        " \"units\": [{\"id\": \"hot\", \"grid\": \"town\", \"p_min_kw\": 100, \"p_max_kw\": 200,"
        "   \"must_run\": true}],"
        " \"loads\": [{\"id\": \"homes\", \"grid\": \"town\", \"demand_kw\": [80, 60, 30, 90]}],"
        " \"state\": {\"at\": \"2026-03-31T23:00:00+09:00\", \"units\": {\"hot\": {\"on\": "
        "true}}}}");
    struct mg_case c;
    struct mg_solved solved;
    struct az_explanation explanation;
    explain(&c, instance, engine_at(_i)->name, &explanation);
    ck_assert(!explanation.feasible && explanation.proven && explanation.minimal);
    ck_assert_uint_eq(explanation.reasons.count, 1);
    const struct az_reason *reason = reason_of(&explanation, "export_limit");
    ck_assert_ptr_nonnull(reason);
    ck_assert_double_eq_tol(reason->amount, 10 + 40, 1e-3); /* kWh above 30 kW in two hours */
    mg_solve_json(&solved, instance, NULL, engine_at(_i)->name, 1, 10);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_INFEASIBLE);
    ck_assert(solved.answer.has_explanation);
    mg_solved_close(&solved);
    document_set(instance, "/connections/0/export_limit_kw", json_real(70));
    mg_solve_json(&solved, instance, NULL, engine_at(_i)->name, 1, 10);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    mg_solved_close(&solved);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* Burning a surplus in a battery that charges and discharges at once is no plan: without it "no
 * plan can exist" would be followed by "there is a plan". */
START_TEST(a_surplus_that_only_a_broken_exclusion_burns_is_explained)
{
    json_t *instance = document_parse(
        "{\"start\": \"2026-03-31T23:00:00+09:00\", \"slot_minutes\": 60, \"slots\": 6,"
        " \"grids\": [{\"id\": \"town\", \"frequency_hz\": 60}],"
        " \"units\": [{\"id\": \"hot\", \"grid\": \"town\", \"p_min_kw\": 100, \"p_max_kw\": 100,"
        "   \"must_run\": true}],"
        " \"batteries\": [{\"id\": \"store\", \"grid\": \"town\", \"capacity_kwh\": 100,"
        "   \"charge_max_kw\": 200, \"discharge_max_kw\": 200, \"charge_efficiency\": 0.5,"
        "   \"discharge_efficiency\": 0.5, \"reserve_share\": 0}],"
        " \"loads\": [{\"id\": \"homes\", \"grid\": \"town\", \"demand_kw\": 50}]}");
    struct mg_case c;
    struct az_explanation explanation;
    explain(&c, instance, engine_at(_i)->name, &explanation);
    ck_assert(!explanation.feasible && explanation.proven);
    ck_assert_uint_ge(explanation.reasons.count, 1);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* A good instance must not be explained away. */
START_TEST(a_good_instance_is_told_to_be_feasible)
{
    json_t *instance = day(0, 6);
    struct mg_case c;
    struct az_explanation explanation;
    explain(&c, instance, engine_at(0)->name, &explanation);
    ck_assert(explanation.feasible);
    ck_assert_uint_eq(explanation.reasons.count, 0);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid start");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, the_overlap_of_an_earlier_plan_is_copied_and_its_tail_repaired);
    tcase_add_test(all, a_plan_without_overlap_is_not_adopted);
    tcase_add_test(all, a_plan_of_two_thousand_years_ago_is_told_at_once);
    tcase_add_test(all, adoption_matches_assets_by_id);
    tcase_add_loop_test(all, a_plan_with_commitments_only_is_completed, 0, engine_count());
    tcase_add_loop_test(all, given_values_are_kept_to_the_last_digit, 0, engine_count());
    tcase_add_test(all, what_cannot_be_completed_comes_back_as_given);
    tcase_add_loop_test(all, no_time_to_complete_is_no_error_of_the_plan, 0, engine_count());
    tcase_add_loop_test(all, missing_power_in_exact_mode_is_named_with_its_energy, 0,
                        engine_count());
    tcase_add_loop_test(all, what_is_told_is_enough_to_make_a_plan_possible, 0, engine_count());
    tcase_add_loop_test(all, a_surplus_that_only_a_broken_exclusion_burns_is_explained, 0,
                        engine_count());
    tcase_add_test(all, a_good_instance_is_told_to_be_feasible);
    suite_add_tcase(suite, all);
    return test_suite_run(suite);
}
