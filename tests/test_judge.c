/* test_judge.c - the judge of the microgrid: cases calculated by hand, a mutation for every rule,
 * and plans that fit nothing. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/rules.h"
#include "solver/tolerances.h"
#include "tests/support/golden.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

#define MUTATIONS "tests/data/microgrid/mutations.json"
#define DAY "instances/microgrid/matsumoto-day.json"

static struct az_judgement judge(const struct mg_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(mg_evaluate(c->mg, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

/* --- cases calculated by hand -------------------------------------------------------------------
 */

static void check_golden(const char *name, void *data)
{
    struct mg_case c;
    (void)data;
    mg_case_golden(&c, name);
    struct az_judgement judgement = judge(&c);
    compare_judgement(MG_GOLDEN, name, &judgement, c.arena);
    mg_case_close(&c);
}

/* Without them the judge could be wrong about money in the same way as the model. */
START_TEST(golden_cases_cost_what_they_cost_by_hand)
{
    each_case(MG_GOLDEN, 40, check_golden, NULL);
}
END_TEST

/* --- mutations ----------------------------------------------------------------------------------
 */

static void load_mutation(struct mg_case *c, const json_t *mutation)
{
    const char *name = json_string_value(json_object_get(mutation, "case"));
    mg_case_golden(c, name);
    json_t *plan = case_file(MG_GOLDEN, name, "plan.json");
    document_merge(plan, json_object_get(mutation, "patch"));
    ck_assert_int_eq(mg_case_plan(c, plan), AZ_OK);
    json_decref(plan);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
}

/* A rule that no mutation breaks is a rule that nobody knows to work; one that names others too
 * would send people to the wrong place. */
START_TEST(every_rule_has_a_mutation_that_is_named_exactly)
{
    bool named[MG_RULE_COUNT] = { false };
    json_t *mutations = document_load(MUTATIONS), *mutation;
    size_t k;
    json_array_foreach(mutations, k, mutation)
    {
        const char *rule = json_string_value(json_object_get(mutation, "rule"));
        const char *pointer = json_string_value(json_object_get(mutation, "pointer"));
        struct mg_case c;
        load_mutation(&c, mutation);
        struct az_judgement judgement = judge(&c);
        if (judgement.violation_count == 0) ck_abort_msg("mutation %zu: %s is not seen", k, rule);
        for (size_t i = 0; i < judgement.violations.count; i++) {
            const struct az_breach *breach = &judgement.violations.items[i];
            if (strcmp(breach->rule->code.code, rule) != 0)
                ck_abort_msg("mutation %zu of %s is named %s at %s", k, rule,
                             breach->rule->code.code, breach->pointer);
            named[breach->rule - mg_rules] = true;
        }
        ck_assert_str_eq(judgement.violations.items[0].pointer, pointer);
        ck_assert(!(judgement.violations.items[0].amount < 0));
        mg_case_close(&c);
    }
    for (int rule = 0; rule < MG_RULE_COUNT; rule++)
        if (!named[rule]) ck_abort_msg("%s has no mutation", mg_rules[rule].code.code);
    json_decref(mutations);
}
END_TEST

/* Words with a parameter that the judge does not give would be printed in braces. */
START_TEST(the_words_of_every_breach_are_complete)
{
    json_t *mutations = document_load(MUTATIONS), *mutation;
    size_t k;
    json_array_foreach(mutations, k, mutation)
    {
        struct mg_case c;
        load_mutation(&c, mutation);
        struct az_judgement judgement = judge(&c);
        check_violation_words(&judgement, c.arena);
        mg_case_close(&c);
    }
    json_decref(mutations);
}
END_TEST

static void note_concessions(struct mg_case *c, bool conceded[])
{
    struct az_judgement judgement = judge(c);
    for (size_t k = 0; k < judgement.concessions.count; k++)
        conceded[judgement.concessions.items[k].rule - mg_rules] = true;
    mg_case_close(c);
}

static void note_conceded(const char *name, void *data)
{
    struct mg_case c;
    mg_case_golden(&c, name);
    note_concessions(&c, data);
}

/* A rule is physics or priced; the list and the judge must agree which. */
START_TEST(only_priceable_rules_are_conceded)
{
    bool conceded[MG_RULE_COUNT] = { false };
    each_case(MG_GOLDEN, 40, note_conceded, conceded);
    for (int rule = 0; rule < MG_RULE_COUNT; rule++)
        if (conceded[rule] != mg_rules[rule].priceable)
            ck_abort_msg("%s: priceable %d, conceded in a case %d", mg_rules[rule].code.code,
                         mg_rules[rule].priceable, conceded[rule]);
}
END_TEST

/* --- plans that do not fit ----------------------------------------------------------------------
 */

static void need_misfit(struct mg_case *c, const char *pointer)
{
    struct az_judgement judgement = judge(c);
    check_misfit(&judgement, &mg_rules[MG_RULE_plan_shape], pointer);
}

/* A plan from anywhere must not be read beyond its series, nor judged by numbers that are none. */
START_TEST(a_plan_of_another_shape_is_named_and_not_read)
{
    struct mg_case c;
    mg_case_golden(&c, "import_and_export_price");
    struct mg_connection_plan *tie = &c.plan->connections.items[0];
    double *import = tie->import_kw.values;

    import[1] = NAN;
    need_misfit(&c, "/connections/tie/import_kw/1");
    import[1] = INFINITY;
    need_misfit(&c, "/connections/tie/import_kw/1");
    import[1] = 0;
    tie->import_kw.count = 1;
    need_misfit(&c, "/connections/tie/import_kw");
    tie->import_kw.count = 3;
    need_misfit(&c, "/connections/tie/import_kw");
    tie->import_kw = (struct az_series){ 0 };
    need_misfit(&c, "/connections/tie/import_kw");
    tie->import_kw = (struct az_series){ .count = 2, .values = import };

    c.plan->start.utc_s += 1800;
    need_misfit(&c, "/start");
    c.plan->start.utc_s -= 1800;
    c.plan->slot_minutes = 30;
    need_misfit(&c, "/slot_minutes");
    c.plan->slot_minutes = 60;
    c.plan->slots = 3;
    need_misfit(&c, "/slots");
    c.plan->slots = 2;

    c.plan->renewables.count = 0;
    need_misfit(&c, "/renewables/solar");
    c.plan->renewables.count = 1;
    c.plan->renewables.keys[0].index = AZ_NO_INDEX;
    ck_assert_uint_eq(judge(&c).violation_count, 2); /* nobody's entry, and no entry for solar */
    c.plan->renewables.keys[0].index = 0;
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    mg_case_close(&c);
}
END_TEST

/* The order of a plan's maps is the client's business. */
START_TEST(entries_are_found_in_any_order)
{
    struct mg_case c;
    mg_case_golden(&c, "spinning_reserve");
    struct mg_unit_plan unit = c.plan->units.items[0];
    struct az_ref key = c.plan->units.keys[0];
    c.plan->units.items[0] = c.plan->units.items[1];
    c.plan->units.keys[0] = c.plan->units.keys[1];
    c.plan->units.items[1] = unit;
    c.plan->units.keys[1] = key;
    struct az_judgement judgement = judge(&c);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.cost, 3600, 1e-9);
    c.plan->units.keys[1] = c.plan->units.keys[0]; /* the same unit twice */
    ck_assert_uint_eq(judge(&c).violation_count, 2);
    mg_case_close(&c);
}
END_TEST

/* A hopeless plan of many slots must neither fill the memory nor lose its count. */
START_TEST(violations_are_counted_beyond_those_kept)
{
    struct mg_case c;
    mg_case_load(&c, DAY, NULL);
    ck_assert_int_eq(mg_plan_new(c.mg, c.arena, &c.plan), AZ_OK);
    for (size_t i = 0; i < c.plan->connections.count; i++)
        for (size_t t = 0; t < c.mg->T; t++) c.plan->connections.items[i].import_kw.values[t] = -5;
    for (size_t i = 0; i < c.plan->units.count; i++)
        for (size_t t = 0; t < c.mg->T; t++) {
            c.plan->units.items[i].on.values[t] = 0.5;
            c.plan->units.items[i].power_kw.values[t] = -7;
            c.plan->units.items[i].reserve_up_kw.values[t] = 1e6;
        }
    struct az_judgement judgement = judge(&c);
    ck_assert_uint_eq(judgement.violations.count, 1000);
    ck_assert_uint_gt(judgement.violation_count, 1000);
    mg_case_close(&c);
}
END_TEST

/* Rounding of an engine is no breach; more than the tolerance is. */
START_TEST(the_tolerance_is_relative_to_the_limit)
{
    struct mg_case c;
    mg_case_golden(&c, "must_run");
    double *power = c.plan->units.items[0].power_kw.values;
    power[0] = 50 - 4e-5; /* 1e-6 of 50 is 5e-5 */
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    power[0] = 50 - 2e-4; /* beyond both the range's 5e-5 and the balance's 1e-4 */
    ck_assert_uint_eq(judge(&c).violation_count, 2);
    mg_case_close(&c);
}
END_TEST

/* A battery that gave a tolerance more in each slot than it lost would pay for a day of load. */
START_TEST(tolerances_of_the_slots_do_not_add_up)
{
    struct mg_case c;
    mg_case_golden(&c, "battery_in_half_hours");
    struct mg_battery_plan *plan = &c.plan->batteries.items[0];
    double slack = 0.9 * AZ_FEASIBILITY_TOLERANCE;
    ck_assert_uint_gt(c.mg->T, 1);
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    for (size_t t = 0; t < c.mg->T; t++) /* within the tolerance of each slot by itself */
        plan->energy_kwh.values[t] += (double)(t + 1) * slack * fmax(1, plan->energy_kwh.values[t]);
    struct az_judgement judgement = judge(&c);
    ck_assert_uint_ge(judgement.violation_count, 1);
    ck_assert_str_eq(judgement.violations.items[0].rule->code.code, "battery_energy");
    mg_case_close(&c);
}
END_TEST

/* --- adding to a judgement ----------------------------------------------------------------------
 */

/* One line a code and owner, and their sum is the cost. */
START_TEST(money_is_merged_by_code_and_owner)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_judgement judgement = { 0 };
    const char *owners[] = { "a", "b", "a", NULL, "" };
    for (size_t i = 0; i < 5; i++) {
        struct az_money money = { .code = "import", .owner = owners[i], .amount = (double)i + 1 };
        ck_assert_int_eq(az_judgement_money(&judgement, arena, money), AZ_OK);
    }
    ck_assert_uint_eq(judgement.money.count, 3);
    ck_assert_double_eq(judgement.money.items[0].amount, 4);
    ck_assert_double_eq(judgement.money.items[2].amount, 9);
    ck_assert_double_eq(judgement.cost, 15);
    az_arena_free(arena);
}
END_TEST

/* Judging without memory says so and never half-judges in silence. */
START_TEST(judging_survives_every_allocation_failure)
{
    json_t *instance = document_load(DAY);
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_judgement judgement;
        struct mg_case c;
        status = mg_case_open(&c, instance, &allocator);
        if (status == AZ_OK) status = mg_plan_new(c.mg, c.arena, &c.plan);
        if (status == AZ_OK) status = mg_evaluate(c.mg, c.plan, c.arena, &judgement);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        if (status == AZ_OK) ck_assert_uint_gt(judgement.violation_count, 0);
        mg_case_close(&c);
        ck_assert_uint_lt(left, 10000);
    }
    json_decref(instance);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("judge");
    TCase *cases = tcase_create("judge");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, golden_cases_cost_what_they_cost_by_hand);
    tcase_add_test(cases, every_rule_has_a_mutation_that_is_named_exactly);
    tcase_add_test(cases, the_words_of_every_breach_are_complete);
    tcase_add_test(cases, only_priceable_rules_are_conceded);
    tcase_add_test(cases, a_plan_of_another_shape_is_named_and_not_read);
    tcase_add_test(cases, entries_are_found_in_any_order);
    tcase_add_test(cases, violations_are_counted_beyond_those_kept);
    tcase_add_test(cases, the_tolerance_is_relative_to_the_limit);
    tcase_add_test(cases, tolerances_of_the_slots_do_not_add_up);
    tcase_add_test(cases, money_is_merged_by_code_and_owner);
    tcase_add_test(cases, judging_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
