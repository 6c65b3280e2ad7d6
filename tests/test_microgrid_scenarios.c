/* test_microgrid_scenarios.c - several courses of a day with the same decisions here and now: what
 * they are worth, that none changes the problem of a certain day, and that plans keep them. */
#include <check.h>
#include <math.h>

#include "formulations/microgrid/scenarios.h"
#include "formulations/microgrid/search.h"
#include "tests/support/engines.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

#define SEEDS 2
#define GAP 800.0 /* JPY: whatever is left open, bounds and values compare */
#define TIME 8
#define DAY "'start': '2026-01-21T00:00:00+09:00'"

/* --- a tiny day ---------------------------------------------------------------------------------
 */

/* Two courses of one hour: 100 kW or 300 kW, from a line of 250 kW or a unit. */
static json_t *two_courses(double probability)
{
    json_t *instance = document_parse(
        "{'kind': 'microgrid', " DAY ", 'slot_minutes': 60, 'slots': 1,"
        " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
        " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': 30,"
        "   'export_price_jpy_per_kwh': 0, 'export_limit_kw': 0, 'import_limit_kw': 250}],"
        " 'units': [{'id': 'u', 'grid': 'town', 'source': 'gas', 'p_min_kw': 50, 'p_max_kw': 250,"
        "   'start_tiers': [{'off_h': 0, 'cost_jpy': 5000}],"
        "   'cost': {'type': 'price', 'energy_jpy_per_kwh': 10}}],"
        " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': 100}],"
        " 'state': {'at': '2026-01-21T00:00:00+09:00', 'units': {'u': {'on': false}}},"
        " 'scenarios': [{'id': 'high', 'probability': 1, 'loads': {'load': 300}}]}");
    document_set(instance, "/scenarios/0/probability", json_real(probability));
    return instance;
}

static double objective_of(const struct mg_solved *solved)
{
    ck_assert_int_eq(solved->status, AZ_OK);
    ck_assert_ptr_nonnull(solved->answer.plan);
    ck_assert_int_eq(solved->answer.certificate.status, AZ_PLAN_OPTIMAL);
    return solved->answer.certificate.objective;
}

/* Nothing else is given than on and off. */
static struct mg_plan *commitments_of(const struct mg_plan *plan, struct az_arena *arena)
{
    struct mg_plan *given = AZ_NEW(arena, struct mg_plan);
    given->start = plan->start;
    given->slot_minutes = plan->slot_minutes;
    given->slots = plan->slots;
    given->units.count = plan->units.count;
    given->units.keys = plan->units.keys;
    given->units.items = AZ_ARRAY(arena, plan->units.count, struct mg_unit_plan);
    for (size_t i = 0; i < plan->units.count; i++)
        given->units.items[i].on = plan->units.items[i].on;
    given->shiftables = plan->shiftables;
    return given;
}

/* What the decisions of another plan cost over all courses; INFINITY when one of them has no
 * dispatch. */
static double value_of(const struct mg_case *c, const struct mg_plan *decided, const char *engine)
{
    struct az_context context = az_context_default();
    struct az_judgement judgement;
    void *plan;
    enum az_status status = mg_complete(c->mg, commitments_of(decided, c->arena),
                                        engine_named(engine), &context, c->arena, &plan);
    if (status == AZ_INFEASIBLE) return INFINITY;
    ck_assert_int_eq(status, AZ_OK);
    ck_assert_int_eq(mg_evaluate(c->mg, plan, c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    return judgement.cost + judgement.penalty;
}

/* Planning for the mean, nobody starts the unit, and the high course sheds 50 kW: 30250 JPY beside
 * the 7500 of the plan that knows both courses. */
START_TEST(planning_for_the_mean_is_worth_less)
{
    struct mg_solved known, mean;
    json_t *instance = two_courses(0.5), *average = two_courses(0.5);
    json_object_del(average, "scenarios");
    document_set(average, "/loads/0/demand_kw", json_integer(200));
    mg_solve_json(&known, instance, NULL, "glpk", 1e-3, TIME);
    mg_solve_json(&mean, average, NULL, "glpk", 1e-3, TIME);
    ck_assert_double_eq_tol(objective_of(&known), 7500, 1e-2);
    ck_assert_double_eq_tol(objective_of(&mean), 6000, 1e-2);
    ck_assert_double_eq_tol(value_of(&known.c, mean.answer.plan, "glpk"), 30250,
                            5); /* completed to 0.01 % */
    mg_solved_close(&known);
    mg_solved_close(&mean);
    json_decref(instance);
    json_decref(average);
}
END_TEST

/* A course that is certain is the day; the instance itself then counts for nothing, but what it
 * says of its own dispatch is still a sound one. */
START_TEST(a_certain_course_is_the_day)
{
    struct mg_solved certain, day;
    json_t *instance = two_courses(1), *alone = two_courses(1);
    json_object_del(alone, "scenarios");
    document_set(alone, "/loads/0/demand_kw", json_integer(300));
    mg_solve_json(&certain, instance, NULL, "glpk", 1e-3, TIME);
    mg_solve_json(&day, alone, NULL, "glpk", 1e-3, TIME);
    ck_assert_double_eq_tol(objective_of(&certain), objective_of(&day), 1e-2);
    const struct mg_plan *plan = certain.answer.plan;
    ck_assert_double_eq_tol(plan->units.items[0].power_kw.values[0] +
                                plan->connections.items[0].import_kw.values[0],
                            100, 1e-4);
    ck_assert_double_eq_tol(plan->connections.items[0].import_kw.values[0], 0, 1e-4);
    mg_solved_close(&certain);
    mg_solved_close(&day);
    json_decref(instance);
    json_decref(alone);
}
END_TEST

/* A dispatch that is given by hand in a course stays, and the rest is found around it. */
START_TEST(a_given_course_is_kept)
{
    struct mg_case c;
    struct az_context context = az_context_default();
    struct az_judgement judgement;
    void *plan;
    json_t *instance = two_courses(0.5);
    mg_case_open_good(&c, instance, "two courses");
    json_t *partial = document_parse("{" DAY ", 'slot_minutes': 60, 'slots': 1, 'scenarios':"
                                     " {'high': {'connections': {'tie': {'import_kw': [120]}}}}}");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_named("glpk"), &context, c.arena, &plan),
                     AZ_OK);
    const struct mg_dispatch *high = ((struct mg_plan *)plan)->scenarios.items;
    ck_assert_double_eq(high->connections.items[0].import_kw.values[0], 120);
    ck_assert_double_eq_tol(high->units.items[0].power_kw.values[0], 180, 1e-4);
    ck_assert_int_eq(mg_evaluate(c.mg, plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    /* 5000 + 0.5 (100 * 10) + 0.5 (120 * 30 + 180 * 10) */
    ck_assert_double_eq_tol(judgement.cost, 8200, 1e-2);
    mg_case_close(&c);
    json_decref(instance);
    json_decref(partial);
}
END_TEST

/* --- random days --------------------------------------------------------------------------------
 */

/* A generated instance that has scenarios, small enough to prove; the seed moves on to it. */
static json_t *random_courses(uint64_t *seed)
{
    for (;; ++*seed) {
        struct az_arena *arena = az_arena_new(NULL);
        void *mg;
        ck_assert_int_eq(mg_generate(5, *seed, arena, &mg), AZ_OK);
        json_t *instance = az_json_write(&mg_instance_table, mg);
        bool has = ((struct mg_instance *)mg)->scenarios.count > 0;
        az_arena_free(arena);
        ck_assert_ptr_nonnull(instance);
        if (has) return instance;
        json_decref(instance);
    }
}

static json_t *courses_of(int index)
{
    uint64_t seed = 1;
    json_t *instance = random_courses(&seed);
    for (int i = 0; i < index; i++) {
        json_decref(instance);
        seed++;
        instance = random_courses(&seed);
    }
    return instance;
}

/* The instance as a course sees it, as a document of its own. */
static json_t *course_of(const json_t *instance, size_t k)
{
    static const char *const lists[][3] = { { "loads", "loads", "demand_kw" },
                                            { "renewables", "renewables", "forecast_kw" },
                                            { "market", "connections",
                                              "market_price_jpy_per_kwh" } };
    const json_t *scenario = json_array_get(json_object_get(instance, "scenarios"), k);
    json_t *course = json_deep_copy(instance);
    for (size_t l = 0; l < 3; l++) {
        size_t i;
        json_t *asset;
        const json_t *series = json_object_get(scenario, lists[l][0]);
        json_array_foreach(json_object_get(course, lists[l][1]), i, asset)
        {
            json_t *value =
                json_object_get(series, json_string_value(json_object_get(asset, "id")));
            if (!value) continue;
            json_object_set(asset, lists[l][2], value);
            if (l != 1) continue;
            json_object_del(asset, "low_kw");
            json_object_del(asset, "high_kw");
            json_object_del(asset, "minimum_kw");
        }
    }
    json_object_del(course, "scenarios");
    return course;
}

/* Knowing which course comes is worth at least as much as not knowing, and deciding for the
 * instance alone costs at least as much: wait and see <= stochastic <= decided for one course. */
START_TEST(not_knowing_costs_and_ignoring_costs_more)
{
    struct mg_solved solved, base;
    json_t *instance = courses_of(_i), *alone = json_deep_copy(instance);
    json_object_del(alone, "scenarios");
    mg_solve_json(&solved, instance, NULL, "cbc", GAP, TIME);
    mg_solve_json(&base, alone, NULL, "cbc", GAP, TIME);
    const struct mg_instance *mg = solved.c.mg;
    const struct az_certificate *certificate = &solved.answer.certificate;
    ck_assert_ptr_nonnull(solved.answer.plan);
    ck_assert_ptr_nonnull(base.answer.plan);
    ck_assert_uint_eq(solved.answer.judgement.violation_count, 0);
    double foreseen = mg->base_probability * base.answer.certificate.bound;
    for (size_t k = 0; k < mg->scenarios.count; k++) {
        struct mg_solved course;
        json_t *one = course_of(instance, k);
        mg_solve_json(&course, one, NULL, "cbc", GAP, TIME);
        foreseen += mg->scenarios.items[k].probability * course.answer.certificate.bound;
        mg_solved_close(&course);
        json_decref(one);
    }
    double slack = 1e-6 * fabs(certificate->objective);
    if (certificate->penalty <= 0) /* else the least breach comes before the sum */
        ck_assert_double_le(foreseen, certificate->objective + slack);
    double ignoring = value_of(&solved.c, base.answer.plan, "cbc");
    ck_assert_double_ge(ignoring, certificate->bound - slack);
    mg_solved_close(&solved);
    mg_solved_close(&base);
    json_decref(instance);
    json_decref(alone);
}
END_TEST

/* A day of one certain course is that course's day, whatever features meet in it. */
START_TEST(a_certain_random_course_is_its_day)
{
    struct mg_solved certain, day;
    json_t *instance = courses_of(_i), *alone = course_of(instance, 0);
    json_t *first = json_incref(json_array_get(json_object_get(instance, "scenarios"), 0));
    json_object_set_new(first, "probability", json_integer(1));
    json_object_set_new(instance, "scenarios", json_pack("[o]", first));
    mg_solve_json(&certain, instance, NULL, "cbc", GAP, TIME);
    mg_solve_json(&day, alone, NULL, "cbc", GAP, TIME);
    const struct az_certificate *one = &certain.answer.certificate,
                                *other = &day.answer.certificate;
    double slack = 1e-6 * fabs(other->objective);
    ck_assert_ptr_nonnull(certain.answer.plan);
    ck_assert_ptr_nonnull(day.answer.plan);
    ck_assert_double_ge(one->objective, other->bound - slack);
    /* the instance's own dispatch must be there too, and may allow fewer commitments */
    if (one->penalty <= other->penalty + 1e-6 && one->status == AZ_PLAN_OPTIMAL &&
        value_of(&certain.c, day.answer.plan, "cbc") < INFINITY)
        ck_assert_double_le(one->bound, other->objective + slack);
    mg_solved_close(&certain);
    mg_solved_close(&day);
    json_decref(instance);
    json_decref(alone);
}
END_TEST

/* A plan of the day before is a start for the next; the evening's state is the instance's own. */
START_TEST(plans_are_adopted_and_carried)
{
    struct mg_solved solved, again;
    json_t *instance = courses_of(_i);
    mg_solve_json(&solved, instance, NULL, "cbc", 1000, TIME);
    struct mg_plan *plan = (struct mg_plan *)solved.answer.plan;
    ck_assert_ptr_nonnull(plan);
    struct az_time noon = az_time_add(solved.c.mg->start, 12 * 3600);
    void *with, *without;
    struct az_findings findings;
    az_findings_init(&findings, solved.c.arena, 0);
    ck_assert_int_eq(mg_carry(solved.c.mg, plan, noon, solved.c.arena, &with, &findings), AZ_OK);
    size_t count = plan->scenarios.count;
    plan->scenarios.count = 0;
    ck_assert_int_eq(mg_carry(solved.c.mg, plan, noon, solved.c.arena, &without, &findings), AZ_OK);
    plan->scenarios.count = count;
    json_t *one = az_json_write(&mg_state_table, with),
           *other = az_json_write(&mg_state_table, without);
    ck_assert(json_equal(one, other));
    mg_solve_json(&again, instance, plan, "cbc", 1000, TIME);
    ck_assert_ptr_nonnull(again.answer.plan);
    ck_assert_double_le(again.answer.certificate.penalty, solved.answer.certificate.penalty + 1e-3);
    ck_assert_uint_eq(((const struct mg_plan *)again.answer.plan)->scenarios.count, count);
    json_decref(one);
    json_decref(other);
    mg_solved_close(&again);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* --- plans by hand ------------------------------------------------------------------------------
 */

/* An entry of nobody's was passed over, and one that is missing counted as impossible. */
START_TEST(entries_fit_the_scenarios)
{
    struct mg_case c;
    struct az_judgement judgement;
    json_t *instance = two_courses(0.5);
    mg_case_open_good(&c, instance, "two courses");
    json_t *partial = document_parse(
        "{" DAY ", 'slot_minutes': 60, 'slots': 1, 'units': {'u': {'on': [0], 'power_kw': [0]}},"
        " 'connections': {'tie': {'import_kw': [100], 'export_kw': [0]}},"
        " 'loads': {'load': {'unserved_kw': [0]}}}");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_evaluate(c.mg, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 1); /* the same dispatch does not serve 300 kW */
    ck_assert_str_eq(judgement.violations.items[0].pointer, "/scenarios/high/grids/town");
    ck_assert_double_eq_tol(judgement.cost, 3000, 1e-9);
    struct az_ref keys[2] = { { .id = "high", .index = 0 }, { .id = "high", .index = 0 } };
    struct mg_dispatch twice[2] = { 0 };
    c.plan->scenarios.count = 2;
    c.plan->scenarios.keys = keys;
    c.plan->scenarios.items = twice;
    ck_assert_int_eq(mg_evaluate(c.mg, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert(isnan(judgement.cost));
    mg_case_close(&c);
    json_decref(instance);
    json_decref(partial);
}
END_TEST

/* A unit that runs in one course is on in all of them; a completion that left it off would keep its
 * power beside it. */
START_TEST(a_power_of_one_course_says_what_is_on)
{
    struct mg_case c;
    struct az_judgement judgement;
    struct az_context context = az_context_default();
    json_t *instance = two_courses(0.5);
    void *plan = NULL;
    mg_case_open_good(&c, instance, "two courses");
    json_t *partial =
        document_parse("{" DAY ", 'slot_minutes': 60, 'slots': 1,"
                       " 'scenarios': {'high': {'units': {'u': {'power_kw': [60]}}}}}");
    ck_assert_int_eq(mg_case_plan(&c, partial), AZ_OK);
    ck_assert_int_eq(mg_complete(c.mg, c.plan, engine_named("glpk"), &context, c.arena, &plan),
                     AZ_OK);
    ck_assert_int_eq(mg_evaluate(c.mg, plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq(((struct mg_plan *)plan)->units.items[0].on.values[0], 1);
    mg_case_close(&c);
    json_decref(instance);
    json_decref(partial);
}
END_TEST

/* Whoever leaves takes the same along in every course. A plan that leaves it unsaid could else take
 * all there is of one course in that course, and of another in another. */
START_TEST(departures_that_are_unsaid_are_those_of_the_day)
{
    struct mg_case c;
    struct az_judgement judgement;
    json_t *instance = document_parse(
        "{" DAY ", 'slot_minutes': 60, 'slots': 2, 'grids': [{'id': 'town', 'frequency_hz': 60}],"
        " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': 10,"
        "   'export_price_jpy_per_kwh': 0}],"
        " 'batteries': [{'id': 'car', 'grid': 'town', 'capacity_kwh': 40, 'charge_max_kw': 10,"
        "   'discharge_max_kw': 10, 'charge_efficiency': 1, 'discharge_efficiency': 1,"
        "   'reserve_share': 0, 'end_share': 0, 'reservations': [{'id': 'trip',"
        "   'from': '2026-01-21T01:00:00+09:00', 'until': '2026-01-21T02:00:00+09:00'}]}],"
        " 'loads': [{'id': 'load', 'grid': 'town', 'demand_kw': 10}],"
        " 'state': {'at': '2026-01-21T00:00:00+09:00', 'batteries': {'car': {'charge_kwh': 20}}},"
        " 'scenarios': [{'id': 'other', 'probability': 0.5, 'loads': {'load': 10}}]}");
    json_t *plan = document_parse(
        "{" DAY ", 'slot_minutes': 60, 'slots': 2,"
        " 'batteries': {'car': {'charge_kw': [0, 0], 'discharge_kw': [0, 0],"
        "   'energy_kwh': [20, 20]}},"
        " 'connections': {'tie': {'import_kw': [10, 10], 'export_kw': [0, 0]}},"
        " 'loads': {'load': {}},"
        " 'scenarios': {'other': {'batteries': {'car': {'charge_kw': [10, 0],"
        "   'discharge_kw': [0, 0], 'energy_kwh': [30, 30]}},"
        "   'connections': {'tie': {'import_kw': [20, 10], 'export_kw': [0, 0]}}}}}");
    mg_case_open_good(&c, instance, "a car that leaves");
    ck_assert_int_eq(mg_case_plan(&c, plan), AZ_OK);
    ck_assert_int_eq(mg_evaluate(c.mg, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_ge(judgement.violation_count, 1); /* 10 kWh would stay, and nobody */
    ck_assert_str_eq(judgement.violations.items[0].rule->code.code, "battery_window");
    mg_case_close(&c);
    json_decref(instance);
    json_decref(plan);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_scenarios");
    TCase *tests = tcase_create("scenarios");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, planning_for_the_mean_is_worth_less);
    tcase_add_test(tests, a_certain_course_is_the_day);
    tcase_add_test(tests, a_given_course_is_kept);
    tcase_add_loop_test(tests, not_knowing_costs_and_ignoring_costs_more, 0, TEST_SOME(SEEDS));
    tcase_add_loop_test(tests, a_certain_random_course_is_its_day, 0, TEST_SOME(SEEDS));
    tcase_add_loop_test(tests, plans_are_adopted_and_carried, 0, TEST_SOME(2));
    tcase_add_test(tests, entries_fit_the_scenarios);
    tcase_add_test(tests, a_power_of_one_course_says_what_is_on);
    tcase_add_test(tests, departures_that_are_unsaid_are_those_of_the_day);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
