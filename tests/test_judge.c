/* test_judge.c - the judge of the microgrid: cases calculated by hand, a mutation for every rule,
 * and plans that fit nothing. */
#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/rules.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

#define GOLDEN "tests/data/microgrid/golden"
#define MUTATIONS "tests/data/microgrid/mutations.json"
#define DAY "instances/microgrid/matsumoto-day.json"

static struct az_judgement judge(const struct mg_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(mg_evaluate(c->mg, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

static void load_golden(struct mg_case *c, const char *name)
{
    char instance[300], plan[300];
    snprintf(instance, sizeof instance, GOLDEN "/%s/instance.json", name);
    snprintf(plan, sizeof plan, GOLDEN "/%s/plan.json", name);
    mg_case_load(c, instance, plan);
}

/* --- cases calculated by hand -------------------------------------------------------------------
 */

static int is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void need(const char *name, const char *what, double found, double expected)
{
    if (fabs(found - expected) <= 1e-9 * fmax(1, fabs(expected))) return;
    ck_abort_msg("%s: %s is %.10g, by hand %.10g", name, what, found, expected);
}

/* Amounts by code, or by code and owner ("import/city"). */
static void compare_money(const char *name, const struct az_judgement *judgement,
                          const json_t *money)
{
    const char *key;
    json_t *value;
    double expected = 0, sum = 0;
    json_object_foreach((json_t *)money, key, value)
    {
        const char *slash = strchr(key, '/');
        size_t length = slash ? (size_t)(slash - key) : strlen(key);
        double amount = 0;
        for (size_t i = 0; i < judgement->money.count; i++) {
            const struct az_money *item = &judgement->money.items[i];
            bool same = strlen(item->code) == length && strncmp(item->code, key, length) == 0;
            if (same && (!slash || strcmp(item->owner, slash + 1) == 0)) amount += item->amount;
        }
        need(name, key, amount, json_number_value(value));
        expected += amount;
    }
    for (size_t i = 0; i < judgement->money.count; i++) sum += judgement->money.items[i].amount;
    need(name, "money that is not expected", sum - expected, 0);
    need(name, "the sum of the money", sum, judgement->cost);
}

static void compare_concessions(const char *name, const struct az_judgement *judgement,
                                const json_t *expected)
{
    size_t i;
    json_t *item;
    need(name, "number of concessions", (double)judgement->concessions.count,
         (double)json_array_size(expected));
    json_array_foreach((json_t *)expected, i, item)
    {
        const struct az_breach *breach = &judgement->concessions.items[i];
        double amount = json_number_value(json_object_get(item, "amount"));
        double price = json_number_value(json_object_get(item, "price"));
        ck_assert_str_eq(breach->rule->code.code, json_string_value(json_object_get(item, "rule")));
        ck_assert_str_eq(breach->pointer, json_string_value(json_object_get(item, "pointer")));
        need(name, "amount of a concession", breach->amount, amount);
        need(name, "price of a concession", breach->price, price);
        need(name, "cost of a concession", breach->cost, amount * price);
    }
}

static void check_golden(const char *name)
{
    char path[300];
    struct mg_case c;
    load_golden(&c, name);
    snprintf(path, sizeof path, GOLDEN "/%s/expected.json", name);
    json_t *expected = document_load(path);
    struct az_judgement judgement = judge(&c);
    for (size_t i = 0; i < judgement.violations.count; i++)
        ck_abort_msg("%s: %s at %s", name, judgement.violations.items[i].rule->code.code,
                     judgement.violations.items[i].pointer);
    need(name, "cost", judgement.cost, json_number_value(json_object_get(expected, "cost")));
    need(name, "penalty", judgement.penalty,
         json_number_value(json_object_get(expected, "penalty")));
    compare_money(name, &judgement, json_object_get(expected, "money"));
    compare_concessions(name, &judgement, json_object_get(expected, "concessions"));
    json_decref(expected);
    mg_case_close(&c);
}

/* Without them the judge could be wrong about money in the same way as the model. */
START_TEST(golden_cases_cost_what_they_cost_by_hand)
{
    struct dirent **entries;
    int count = scandir(GOLDEN, &entries, is_case, alphasort);
    ck_assert_int_ge(count, 40);
    for (int i = 0; i < count; i++) {
        check_golden(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}
END_TEST

/* --- mutations ----------------------------------------------------------------------------------
 */

static void load_mutation(struct mg_case *c, const json_t *mutation)
{
    const char *name = json_string_value(json_object_get(mutation, "case"));
    char path[300];
    snprintf(path, sizeof path, GOLDEN "/%s/instance.json", name);
    mg_case_load(c, path, NULL);
    snprintf(path, sizeof path, GOLDEN "/%s/plan.json", name);
    json_t *plan = document_load(path);
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
        const struct az_breach *breach = &judgement.violations.items[0];
        for (int language = AZ_ENGLISH; language <= AZ_JAPANESE; language++) {
            const char *words = az_render(breach->rule->code.words, (enum az_language)language,
                                          breach->param_count, breach->params, c.arena);
            ck_assert_ptr_nonnull(words);
            if (strchr(words, '{')) ck_abort_msg("%s: %s", breach->rule->code.code, words);
        }
        mg_case_close(&c);
    }
    json_decref(mutations);
}
END_TEST

/* A rule is physics or priced; the list and the judge must agree which. */
START_TEST(only_priceable_rules_are_conceded)
{
    struct dirent **entries;
    int count = scandir(GOLDEN, &entries, is_case, alphasort);
    bool conceded[MG_RULE_COUNT] = { false };
    for (int i = 0; i < count; i++) {
        struct mg_case c;
        load_golden(&c, entries[i]->d_name);
        struct az_judgement judgement = judge(&c);
        for (size_t k = 0; k < judgement.concessions.count; k++)
            conceded[judgement.concessions.items[k].rule - mg_rules] = true;
        mg_case_close(&c);
        free(entries[i]);
    }
    free(entries);
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
    ck_assert_uint_ge(judgement.violations.count, 1);
    ck_assert_ptr_eq(judgement.violations.items[0].rule, &mg_rules[MG_RULE_plan_shape]);
    ck_assert_str_eq(judgement.violations.items[0].pointer, pointer);
    ck_assert_uint_eq(judgement.violations.count, 1);
    ck_assert(isnan(judgement.cost));
}

/* A plan from anywhere must not be read beyond its series, nor judged by numbers that are none. */
START_TEST(a_plan_of_another_shape_is_named_and_not_read)
{
    struct mg_case c;
    load_golden(&c, "import_and_export_price");
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
    load_golden(&c, "spinning_reserve");
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
    load_golden(&c, "must_run");
    double *power = c.plan->units.items[0].power_kw.values;
    power[0] = 50 - 4e-5; /* 1e-6 of 50 is 5e-5 */
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    power[0] = 50 - 2e-4; /* beyond both the range's 5e-5 and the balance's 1e-4 */
    ck_assert_uint_eq(judge(&c).violation_count, 2);
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
    tcase_add_test(cases, money_is_merged_by_code_and_owner);
    tcase_add_test(cases, judging_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
