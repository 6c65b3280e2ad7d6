/* test_evbus_explain.c - why there is no plan: the trip and its reason, the fleet, or the rules
 * that must give. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/reasons.h"
#include "formulations/evbus/rules.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_random.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

static void explain(struct eb_case *c, struct az_explanation *explanation)
{
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + 30;
    ck_assert_int_eq(eb_explain(c->ev, engine_named("cbc"), &context, c->arena, explanation),
                     AZ_OK);
}

/* The only reason of a changed sample. */
static const struct az_reason *only_reason(struct eb_case *c, size_t count,
                                           const char *const changes[][2])
{
    static struct az_explanation explanation;
    eb_case_load_changed(c, EB_BASE, count, changes);
    explain(c, &explanation);
    ck_assert(explanation.proven);
    ck_assert(explanation.minimal);
    ck_assert(!explanation.feasible);
    ck_assert_uint_eq(explanation.reasons.count, 1);
    return &explanation.reasons.items[0];
}

/* A trip that takes more than any battery holds would be a riddle without its name and its kWh. */
START_TEST(a_trip_without_enough_energy_is_named)
{
    static const char *const changes[][2] = {
        { "/unserved_price_jpy", NULL },
        { "/trips/5/energy",
          "{\"large\": {\"energy_kwh\": 250}, \"small\": {\"energy_kwh\": 250}}" }
    };
    struct eb_case c;
    const struct az_reason *reason = only_reason(&c, 2, changes);
    ck_assert_ptr_eq(reason->rule, &eb_rules[EB_RULE_trip_prefix]);
    ck_assert_str_eq(reason->pointer, "/trips/5");
    /* a large bus needs 24 + 250 kWh, its window ends at 216 */
    ck_assert_double_eq_tol(reason->amount, 58, 10);
    ck_assert_ptr_nonnull(strstr(reason->words.en, "energy"));
    eb_case_close(&c);
}
END_TEST

/* A descent that no battery has room for is as impossible as a climb without charge. */
START_TEST(a_descent_without_room_is_named)
{
    static const char *const changes[][2] = {
        { "/unserved_price_jpy", NULL },
        { "/trips/5/energy", "{\"large\": {\"energy_kwh\": -230}, \"small\": {\"energy_kwh\": "
                             "-230}}" }
    };
    struct eb_case c;
    const struct az_reason *reason = only_reason(&c, 2, changes);
    ck_assert_str_eq(reason->pointer, "/trips/5");
    ck_assert_ptr_eq(reason->rule, &eb_rules[EB_RULE_trip_prefix]);
    eb_case_close(&c);
}
END_TEST

/* A trip before any bus can be there: 42 minutes from the depot, 20 after the start. */
START_TEST(a_trip_out_of_reach_is_named_with_its_minutes)
{
    static const char *const changes[][2] = {
        { "/unserved_price_jpy", NULL },
        { "/trips/3/departure", "\"2026-11-21T05:20:00+09:00\"" },
        { "/trips/3/arrival", "\"2026-11-21T06:05:00+09:00\"" }
    };
    struct eb_case c;
    const struct az_reason *reason = only_reason(&c, 3, changes);
    ck_assert_ptr_eq(reason->rule, &eb_rules[EB_RULE_deadhead]);
    ck_assert_str_eq(reason->pointer, "/trips/3");
    ck_assert_double_eq_tol(reason->amount, 22, 1e-6);
    ck_assert_ptr_nonnull(strstr(reason->words.en, "time"));
    eb_case_close(&c);
}
END_TEST

/* Two trips overlap (m1 until 07:15 up, t1 from 07:15 at the station): one bus cannot do. */
START_TEST(a_fleet_that_is_too_small_is_counted)
{
    static const char *const changes[][2] = { { "/unserved_price_jpy", NULL },
                                              { "/depots/0/capacity", "1" } };
    struct eb_case c;
    const struct az_reason *reason = only_reason(&c, 2, changes);
    ck_assert_ptr_eq(reason->rule, &eb_rules[EB_RULE_fleet]);
    ck_assert_double_eq_tol(reason->amount, 1, 1e-9);
    ck_assert_ptr_nonnull(strstr(reason->words.en, "no bus"));
    eb_case_close(&c);
}
END_TEST

/* The least fleet by hand: m1 and t1 overlap; one bus runs m1 m2 m4 ..., one t1 t2. */
START_TEST(the_least_fleet_is_a_path_cover)
{
    struct eb_case c;
    struct eb_source *sources;
    size_t count, needed;
    double have;
    bool must[8] = { true, true, true, true, true, true, true, true };
    eb_case_load(&c, EB_BASE, NULL);
    ck_assert_int_eq(eb_sources(c.ev, c.arena, &sources, &count), AZ_OK);
    ck_assert_int_eq(eb_least_buses(c.ev, sources, count, must, c.arena, &needed, &have), AZ_OK);
    ck_assert_uint_eq(needed, 2);
    ck_assert_double_eq(have, 4);
    must[0] = false; /* t1 t2 m2?: from the station at 08:25 nobody is up there by 09:00 */
    ck_assert_int_eq(eb_least_buses(c.ev, sources, count, must, c.arena, &needed, &have), AZ_OK);
    ck_assert_uint_eq(needed, 2);
    must[3] = must[4] = must[5] = false;
    ck_assert_int_eq(eb_least_buses(c.ev, sources, count, must, c.arena, &needed, &have), AZ_OK);
    ck_assert_uint_eq(needed, 1);
    eb_case_close(&c);
}
END_TEST

/* --- rules that give -----------------------------------------------------------------------------
 */

static void open_random(struct eb_case *c, uint64_t seed, double power_kw)
{
    json_t *json = eb_random_instance(seed), *item;
    size_t i;
    json_object_del(json, "unserved_price_jpy");
    json_object_del(json, "drivers");
    json_object_del(json, "buses");
    json_object_del(json, "new_buses");
    json_array_foreach(json_object_get(json, "trips"), i, item) json_object_del(item, "bus");
    json_array_foreach(json_object_get(json, "types"), i, item)
    {
        json_object_set_new(item, "end", json_string("cyclic"));
        json_object_del(item, "end_value_jpy_per_kwh");
        json_object_del(item, "end_price_jpy_per_kwh");
        json_object_set_new(item, "start_shares", json_pack("[f]", 0.7));
    }
    json_array_foreach(json_object_get(json, "chargers"), i, item)
    {
        json_object_del(item, "count_max");
        json_object_del(item, "price_jpy_per_day");
        json_object_set_new(item, "count", json_integer(1));
    }
    json_array_foreach(json_object_get(json, "places"), i, item)
        json_object_set_new(item, "power_limit_kw", json_real(power_kw));
    ck_assert_int_eq(eb_case_open(c, json, NULL), AZ_OK);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    json_decref(json);
}

/* With half a kilowatt no bus ends as full as it began: the places' power, or the end, must give,
 * and what is named is enough and needed. */
START_TEST(rules_that_must_give_are_named)
{
    struct eb_case c;
    struct az_explanation explanation;
    open_random(&c, 3, 0.5);
    explain(&c, &explanation);
    ck_assert(!explanation.feasible);
    ck_assert(explanation.proven);
    ck_assert(explanation.minimal);
    ck_assert_uint_gt(explanation.reasons.count, 0);
    for (size_t i = 0; i < explanation.reasons.count; i++) {
        const struct az_reason *reason = &explanation.reasons.items[i];
        ck_assert(reason->amount > 0);
        ck_assert_ptr_nonnull(reason->words.ja);
        ck_assert(reason->rule == &eb_rules[EB_RULE_end_charge] ||
                  reason->rule == &eb_rules[EB_RULE_place_power]);
    }
    eb_case_close(&c);
}
END_TEST

/* What has a plan is not explained away. */
START_TEST(a_feasible_instance_has_no_reasons)
{
    struct eb_case c;
    struct az_explanation explanation;
    open_random(&c, 3, 200);
    explain(&c, &explanation);
    ck_assert(explanation.feasible);
    ck_assert_uint_eq(explanation.reasons.count, 0);
    eb_case_close(&c);
}
END_TEST

/* A plan that leaves a trip out for want of a bus must say so, and what the bus would be worth: the
 * trip's 6000 less a day, 240 of kilometres and 24 kWh of energy at 20 / 0.95. */
START_TEST(a_limit_that_holds_the_plan_back_is_worth_something)
{
    static const char *const changes[][2] = { { "/unserved_price_jpy", "6000" },
                                              { "/types/0/count", "1" } };
    struct eb_case c;
    struct az_explanation explanation;
    eb_case_load_changed(&c, "tests/data/evbus/levels/instance.json", 2, changes);
    explain(&c, &explanation);
    ck_assert(explanation.feasible);
    ck_assert(explanation.proven);
    ck_assert(explanation.all_limits);
    ck_assert_ptr_nonnull(strstr(explanation.found.en, "left out: 1"));
    ck_assert_uint_eq(explanation.reasons.count, 1);
    ck_assert(isnan(explanation.reasons.items[0].amount));
    ck_assert_ptr_nonnull(strstr(explanation.reasons.items[0].words.en, "no bus"));
    ck_assert_uint_eq(explanation.reliefs.count, 1);
    ck_assert_str_eq(explanation.reliefs.items[0].pointer, "/types/0/count");
    ck_assert_double_eq_tol(explanation.reliefs.items[0].gain, 6000 - 5240 - 24 * 20 / 0.95, 1);
    eb_case_close(&c);
}
END_TEST

/* What is not used up holds nothing back, and a trip left out for its price says so. */
START_TEST(a_price_is_no_limit)
{
    struct eb_case c;
    struct az_explanation explanation;
    eb_case_load(&c, "tests/data/evbus/levels/instance.json", NULL);
    explain(&c, &explanation);
    ck_assert(explanation.feasible);
    ck_assert(explanation.all_limits);
    ck_assert_uint_eq(explanation.reliefs.count, 0);
    ck_assert_uint_eq(explanation.reasons.count, 1);
    ck_assert_ptr_nonnull(strstr(explanation.reasons.items[0].words.en, "price"));
    eb_case_close(&c);
}
END_TEST

/* The sample is too large for the compact model: it was said to have no plan. */
START_TEST(a_larger_instance_is_told_by_its_plan)
{
    struct eb_case c;
    struct az_explanation explanation;
    eb_case_load(&c, EB_BASE, NULL);
    explain(&c, &explanation);
    ck_assert(explanation.feasible);
    ck_assert_ptr_nonnull(strstr(explanation.found.en, "trips run: 8"));
    ck_assert_uint_eq(explanation.reasons.count, 0);
    eb_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_explain");
    TCase *cases = tcase_create("explain");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_trip_without_enough_energy_is_named);
    tcase_add_test(cases, a_descent_without_room_is_named);
    tcase_add_test(cases, a_trip_out_of_reach_is_named_with_its_minutes);
    tcase_add_test(cases, a_fleet_that_is_too_small_is_counted);
    tcase_add_test(cases, the_least_fleet_is_a_path_cover);
    tcase_add_test(cases, rules_that_must_give_are_named);
    tcase_add_test(cases, a_feasible_instance_has_no_reasons);
    tcase_add_test(cases, a_limit_that_holds_the_plan_back_is_worth_something);
    tcase_add_test(cases, a_price_is_no_limit);
    tcase_add_test(cases, a_larger_instance_is_told_by_its_plan);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
