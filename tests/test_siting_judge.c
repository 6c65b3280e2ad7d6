/* test_siting_judge.c - the judge of sitings: cases calculated by hand, a mutation for every rule,
 * plans that fit nothing, and the order of plans. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/judge.h"
#include "tests/support/mutations.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

#define MUTATIONS "tests/data/siting/judge/mutations.json"
#define MUTATIONS_LEAST 60
#define GOLDEN_LEAST 40

static struct az_judgement judge(const struct st_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(st_evaluate(c->in, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

/* --- cases calculated by hand -------------------------------------------------------------------
 */

static void check_golden(const char *name, void *data)
{
    struct st_case c;
    (void)data;
    st_case_golden(&c, name);
    struct az_judgement judgement = judge(&c);
    compare_judgement(ST_GOLDEN, name, &judgement, c.arena);
    st_case_close(&c);
}

/* Without them the judge could be wrong about money in the same way as the models. */
START_TEST(golden_cases_cost_what_they_cost_by_hand)
{
    each_case(ST_GOLDEN, GOLDEN_LEAST, check_golden, NULL);
}
END_TEST

/* --- mutations ----------------------------------------------------------------------------------
 */

static void load_mutation(struct st_case *c, const json_t *mutation)
{
    json_t *instance = mutated(ST_GOLDEN, mutation, "instance");
    json_t *plan = mutated(ST_GOLDEN, mutation, "plan");
    st_case_open_good(c, instance, json_string_value(json_object_get(mutation, "case")));
    ck_assert_int_eq(st_case_plan(c, plan), AZ_OK);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    json_decref(plan);
    json_decref(instance);
}

/* A rule that no mutation breaks is a rule that nobody knows to work; one that names others too
 * would send people to the wrong place; words with a parameter that the judge does not give would
 * be printed in braces. */
START_TEST(every_rule_has_a_mutation_that_is_named_exactly)
{
    bool named[ST_RULE_COUNT] = { false };
    json_t *mutations = document_load(MUTATIONS), *mutation;
    size_t k;
    ck_assert_uint_ge(json_array_size(mutations), MUTATIONS_LEAST);
    json_array_foreach(mutations, k, mutation)
    {
        struct st_case c;
        load_mutation(&c, mutation);
        struct az_judgement judgement = judge(&c);
        named[check_mutation(mutation, k, &judgement) - st_rules] = true;
        check_violation_words(&judgement, c.arena);
        st_case_close(&c);
    }
    for (int rule = 0; rule < ST_RULE_COUNT; rule++)
        if (!named[rule]) ck_abort_msg("%s has no mutation", st_rules[rule].code.code);
    json_decref(mutations);
}
END_TEST

static void note_conceded(const char *name, void *data)
{
    bool *conceded = data;
    struct st_case c;
    st_case_golden(&c, name);
    struct az_judgement judgement = judge(&c);
    for (size_t k = 0; k < judgement.concessions.count; k++)
        conceded[judgement.concessions.items[k].rule - st_rules] = true;
    st_case_close(&c);
}

/* A rule is firm or priced; the list and the judge must agree which. */
START_TEST(only_priceable_rules_are_conceded)
{
    bool conceded[ST_RULE_COUNT] = { false };
    each_case(ST_GOLDEN, GOLDEN_LEAST, note_conceded, conceded);
    for (int rule = 0; rule < ST_RULE_COUNT; rule++)
        if (conceded[rule] != st_rules[rule].priceable)
            ck_abort_msg("%s: priceable %d, conceded in a case %d", st_rules[rule].code.code,
                         st_rules[rule].priceable, conceded[rule]);
}
END_TEST

/* --- plans that do not fit ----------------------------------------------------------------------
 */

static void need_misfit(struct st_case *c, const char *pointer)
{
    struct az_judgement judgement = judge(c);
    check_misfit(&judgement, &st_rules[ST_RULE_plan_shape], pointer);
}

#define BREAK(member, value, pointer)        \
    do {                                     \
        __typeof__(member) kept_ = (member); \
        (member) = (value);                  \
        need_misfit(&c, (pointer));          \
        (member) = kept_;                    \
    } while (0)

/* A plan from anywhere must not be read beyond its lists, nor judged by numbers that are none. */
START_TEST(plans_of_another_shape_are_named_and_not_read)
{
    struct st_case c;
    struct az_ref nobody = { .id = "nobody", .index = AZ_NO_INDEX };
    st_case_golden(&c, "an_armed_plant_trips_after_an_outage");
    struct st_choice *choice = &c.plan->choices.items[0];
    struct st_trip *trip = &c.plan->trips.items[0];
    BREAK(choice->site, nobody, "/choices/0/site");
    BREAK(choice->site.index, 7, "/choices/0/site");
    BREAK(choice->option, "pv4", "/choices/0/option");
    BREAK(choice->option, NULL, "/choices/0/option");
    BREAK(c.plan->armed.items[0].index, 3, "/armed/0");
    BREAK(trip->circuit, nobody, "/trips/0/circuit");
    BREAK(trip->circuit.index, 3, "/trips/0/circuit");
    BREAK(trip->plant, nobody, "/trips/0/plant");
    BREAK(trip->hour, -1, "/trips/0/hour");
    BREAK(trip->hour, 24, "/trips/0/hour");
    BREAK(trip->hour, AZ_NO_INTEGER, "/trips/0/hour");
    BREAK(trip->kw, NAN, "/trips/0/kw");
    BREAK(trip->kw, -1, "/trips/0/kw");
    BREAK(trip->kw, INFINITY, "/trips/0/kw");
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    st_case_close(&c);
    st_case_golden(&c, "a_feeder_is_reinforced");
    BREAK(c.plan->reinforcements.items[0], "r3", "/reinforcements/0");
    BREAK(c.plan->reinforcements.items[0], NULL, "/reinforcements/0");
    st_case_close(&c);
    st_case_golden(&c, "customers_share_two_sites");
    BREAK(c.plan->served.items[1].customer, nobody, "/served/1/customer");
    BREAK(c.plan->served.items[1].site.index, 2, "/served/1/site");
    BREAK(c.plan->served.items[1].share, NAN, "/served/1/share");
    BREAK(c.plan->served.items[1].share, -0.5, "/served/1/share");
    st_case_close(&c);
}
END_TEST

/* What is there twice would be paid or tripped twice. */
START_TEST(nothing_is_there_twice)
{
    struct st_case c;
    st_case_golden(&c, "two_operators_with_rates_of_their_own");
    struct st_choice *choices = c.plan->choices.items;
    BREAK(choices[1].site, choices[0].site, "/choices/1/site");
    st_case_close(&c);
    st_case_golden(&c, "an_armed_plant_trips_after_an_outage");
    struct az_ref armed[] = { c.plan->armed.items[0], c.plan->armed.items[0] };
    struct st_trip trips[] = { c.plan->trips.items[0], c.plan->trips.items[0] };
    c.plan->armed.items = armed;
    c.plan->trips.items = trips;
    BREAK(c.plan->armed.count, 2, "/armed/1");
    BREAK(c.plan->trips.count, 2, "/trips/1");
    st_case_close(&c);
    st_case_golden(&c, "a_feeder_is_reinforced");
    const char *chosen[] = { "r1", "r1" };
    c.plan->reinforcements.items = chosen;
    BREAK(c.plan->reinforcements.count, 2, "/reinforcements/1");
    st_case_close(&c);
}
END_TEST

/* --- the order ----------------------------------------------------------------------------------
 */

/* Where the objective says so, carbon or people go before cost, and the penalty before both. */
START_TEST(the_order_of_plans_is_the_instance_s)
{
    struct st_case c;
    st_case_golden(&c, "carbon_has_a_price");
    struct az_judgement judgement = judge(&c), other = judgement;
    ck_assert_double_eq_tol(judgement.rank[0], -0.5475, 1e-12);
    ck_assert(!judgement.weighed);
    other.rank[0] = -0.6;
    other.cost += 1e6;
    ck_assert(az_judgement_is_better(AZ_MINIMIZE, 1, &other, &judgement));
    other.penalty += 10;
    ck_assert(!az_judgement_is_better(AZ_MINIMIZE, 1, &other, &judgement));
    c.in->objective = ST_COST;
    ck_assert_double_eq(judge(&c).rank[0], 0);
    st_case_close(&c);
    st_case_golden(&c, "a_district_within_reach_of_a_shelter");
    ck_assert_double_eq(judge(&c).rank[0], -1000);
    c.plan->choices.count = 0;
    ck_assert_double_eq(judge(&c).rank[0], 0);
    st_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_judge");
    TCase *cases = tcase_create("judge");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, golden_cases_cost_what_they_cost_by_hand);
    tcase_add_test(cases, every_rule_has_a_mutation_that_is_named_exactly);
    tcase_add_test(cases, only_priceable_rules_are_conceded);
    tcase_add_test(cases, plans_of_another_shape_are_named_and_not_read);
    tcase_add_test(cases, nothing_is_there_twice);
    tcase_add_test(cases, the_order_of_plans_is_the_instance_s);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
