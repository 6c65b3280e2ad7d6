/* test_clinic_judge.c - the judge of the clinic's rounds: cases calculated by hand, a mutation for
 * every rule, plans that fit nothing, and the order of plans. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/judge.h"
#include "tests/support/cl_case.h"
#include "tests/support/mutations.h"
#include "tests/support/suite.h"

#define MUTATIONS "tests/data/clinic/judge/mutations.json"
#define MUTATIONS_LEAST 80

static struct az_judgement judge(const struct cl_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(cl_evaluate(c->cl, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

/* --- cases calculated by hand -------------------------------------------------------------------
 */

static void check_golden(const char *name, void *data)
{
    struct cl_case c;
    (void)data;
    cl_case_golden(&c, name);
    struct az_judgement judgement = judge(&c);
    compare_judgement(CL_GOLDEN, name, &judgement, c.arena);
    cl_case_close(&c);
}

/* Without them the judge could be wrong about money in the same way as the models. */
START_TEST(golden_cases_cost_what_they_cost_by_hand)
{
    each_case(CL_GOLDEN, 40, check_golden, NULL);
}
END_TEST

/* --- mutations ----------------------------------------------------------------------------------
 */

static void load_mutation(struct cl_case *c, const json_t *mutation)
{
    json_t *instance = mutated(CL_GOLDEN, mutation, "instance");
    json_t *plan = mutated(CL_GOLDEN, mutation, "plan");
    cl_case_open_good(c, instance, json_string_value(json_object_get(mutation, "case")));
    ck_assert_int_eq(cl_case_plan(c, plan), AZ_OK);
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
    bool named[CL_RULE_COUNT] = { false };
    json_t *mutations = document_load(MUTATIONS), *mutation;
    size_t k;
    ck_assert_uint_ge(json_array_size(mutations), MUTATIONS_LEAST);
    json_array_foreach(mutations, k, mutation)
    {
        struct cl_case c;
        load_mutation(&c, mutation);
        struct az_judgement judgement = judge(&c);
        named[check_mutation(mutation, k, &judgement) - cl_rules] = true;
        check_violation_words(&judgement, c.arena);
        cl_case_close(&c);
    }
    for (int rule = 0; rule < CL_RULE_COUNT; rule++)
        if (!named[rule]) ck_abort_msg("%s has no mutation", cl_rules[rule].code.code);
    json_decref(mutations);
}
END_TEST

/* A clerk who reads Japanese would find "nurse" in the middle of the sentence. */
START_TEST(skills_are_said_in_the_language_of_the_reader)
{
    struct cl_case c;
    cl_case_golden(&c, "one_round");
    c.plan->rounds.items[0].members.count = 0;
    struct az_judgement judgement = judge(&c);
    bool position = false, skill, told = false;
    for (size_t k = 0; k < judgement.violation_count; k++) {
        const struct az_breach *breach = &judgement.violations.items[k];
        position = position || breach->rule == &cl_rules[CL_RULE_crew_position];
        skill = breach->rule == &cl_rules[CL_RULE_care_skill];
        told = told || skill;
        const char *en = az_breach_words(breach, AZ_ENGLISH, c.arena);
        const char *ja = az_breach_words(breach, AZ_JAPANESE, c.arena);
        ck_assert_ptr_nonnull(strstr(en, "nurse"));
        ck_assert_ptr_nonnull(strstr(ja, "看護師"));
        /* The care's own id is "nurse" too. */
        ck_assert(skill || !strstr(ja, "nurse"));
    }
    ck_assert(position && told);
    cl_case_close(&c);
}
END_TEST

static void note_conceded(const char *name, void *data)
{
    bool *conceded = data;
    struct cl_case c;
    cl_case_golden(&c, name);
    struct az_judgement judgement = judge(&c);
    for (size_t k = 0; k < judgement.concessions.count; k++)
        conceded[judgement.concessions.items[k].rule - cl_rules] = true;
    cl_case_close(&c);
}

/* A rule is firm or priced; the list and the judge must agree which. */
START_TEST(only_priceable_rules_are_conceded)
{
    bool conceded[CL_RULE_COUNT] = { false };
    each_case(CL_GOLDEN, 40, note_conceded, conceded);
    for (int rule = 0; rule < CL_RULE_COUNT; rule++)
        if (conceded[rule] != cl_rules[rule].priceable)
            ck_abort_msg("%s: priceable %d, conceded in a case %d", cl_rules[rule].code.code,
                         cl_rules[rule].priceable, conceded[rule]);
}
END_TEST

/* --- plans that do not fit ----------------------------------------------------------------------
 */

static void need_misfit(struct cl_case *c, const char *pointer)
{
    struct az_judgement judgement = judge(c);
    check_misfit(&judgement, &cl_rules[CL_RULE_plan_shape], pointer);
}

#define BREAK(member, value, pointer)        \
    do {                                     \
        __typeof__(member) kept_ = (member); \
        (member) = (value);                  \
        need_misfit(&c, (pointer));          \
        (member) = kept_;                    \
    } while (0)

/* A plan from anywhere must not be read beyond its lists, nor judged by times that are none. */
START_TEST(plans_of_another_shape_are_named_and_not_read)
{
    struct cl_case c;
    struct az_ref nobody = { .id = "nobody", .index = AZ_NO_INDEX };
    cl_case_golden(&c, "charging_on_the_way");
    struct cl_round *round = &c.plan->rounds.items[0];
    struct cl_stop *visit = &round->stops.items[0], *charge = &round->stops.items[1];
    BREAK(c.plan->start.utc_s, 0, "/start");
    BREAK(c.plan->days, 5, "/days");
    BREAK(round->date, "2026-12-02", "/rounds/0/date");
    BREAK(round->date, "Monday", "/rounds/0/date");
    BREAK(round->date, NULL, "/rounds/0/date");
    BREAK(round->vehicle, nobody, "/rounds/0/vehicle");
    BREAK(round->members.items[0].index, 7, "/rounds/0/members/0");
    BREAK(round->leaves.utc_s, AZ_NO_INTEGER, "/rounds/0/leaves");
    BREAK(round->returns.utc_s, INT64_MAX, "/rounds/0/returns");
    BREAK(visit->kind, 3, "/rounds/0/stops/0/kind");
    BREAK(visit->kind, -1, "/rounds/0/stops/0/kind");
    BREAK(visit->site, nobody, "/rounds/0/stops/0/site");
    BREAK(visit->care.id, NULL, "/rounds/0/stops/0/care");
    BREAK(visit->arrival.utc_s, AZ_NO_INTEGER, "/rounds/0/stops/0/arrival");
    BREAK(visit->start.utc_s, AZ_NO_INTEGER, "/rounds/0/stops/0/start");
    BREAK(visit->end.utc_s, -INT64_MAX, "/rounds/0/stops/0/end");
    BREAK(charge->charger.index, 4, "/rounds/0/stops/1/charger");
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    cl_case_close(&c);
}
END_TEST

/* A booking of nobody must not be read as one of somebody: indices of a plan from elsewhere
 * lead anywhere. */
START_TEST(bookings_and_lists_of_another_shape_are_named)
{
    struct cl_case c;
    struct az_ref nobody = { .id = "nobody", .index = AZ_NO_INDEX };
    cl_case_golden(&c, "a_visit_on_line");
    struct cl_online *online = &c.plan->online.items[0];
    BREAK(online->site, nobody, "/online/0/site");
    BREAK(online->care.index, 9, "/online/0/care");
    BREAK(online->start.utc_s, c.cl->start.utc_s - 1, "/online/0/start");
    BREAK(online->start.utc_s, c.cl->start.utc_s + 2 * CL_DAY_S, "/online/0/start");
    BREAK(online->end.utc_s, AZ_NO_INTEGER, "/online/0/end");
    BREAK(online->doctor->remote, nobody, "/online/0/doctor/remote");
    BREAK(online->doctor->slot.utc_s, AZ_NO_INTEGER, "/online/0/doctor/slot");
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    cl_case_close(&c);
    cl_case_golden(&c, "a_site_left_out");
    BREAK(c.plan->unserved.items[0].site.index, AZ_NO_INDEX, "/unserved/0/site");
    cl_case_close(&c);
}
END_TEST

/* Times at the edge of what a document may hold end in violations, never in a crash. */
START_TEST(hostile_times_are_judged)
{
    struct cl_case c;
    int64_t far = (int64_t)1 << 48;
    cl_case_golden(&c, "a_visit_waits_for_the_pharmacist");
    struct cl_round *round = &c.plan->rounds.items[0];
    round->leaves.utc_s = far;
    round->returns.utc_s = -far;
    for (size_t k = 0; k < round->stops.count; k++) {
        struct cl_stop *stop = &round->stops.items[k];
        stop->arrival.utc_s = stop->end.utc_s = far;
        stop->start.utc_s = -far;
        stop->doctor->start.utc_s = stop->pharmacist->end.utc_s = far;
        stop->doctor->end.utc_s = stop->pharmacist->start.utc_s = -far;
    }
    ck_assert_uint_gt(judge(&c).violation_count, 5);
    ck_assert_int_eq(cl_summarise(c.cl, c.arena, c.plan), AZ_OK);
    cl_case_close(&c);
}
END_TEST

/* Who reads a plan has the member twice refused; who makes one may not. */
START_TEST(a_member_counts_once_in_a_round)
{
    struct cl_case c;
    cl_case_golden(&c, "positions_are_filled_by_whom_they_need");
    c.plan->rounds.items[0].members.items[1] = c.plan->rounds.items[0].members.items[0];
    struct az_judgement judgement = judge(&c);
    ck_assert_uint_eq(judgement.violation_count, 1);
    ck_assert_ptr_eq(judgement.violations.items[0].rule, &cl_rules[CL_RULE_member_once]);
    cl_case_close(&c);
}
END_TEST

/* --- the order ----------------------------------------------------------------------------------
 */

/* What is left out goes before changes, changes before cost, the balance comes last; in one sum
 * nothing goes before. */
START_TEST(the_order_of_plans_is_the_instance_s)
{
    struct cl_case c;
    cl_case_golden(&c, "a_promise_that_is_cancelled");
    struct az_judgement judgement = judge(&c);
    ck_assert(judgement.weighed);
    ck_assert_double_eq(judgement.rank[0], 5000);
    ck_assert_double_eq(judgement.rank[1], 1000);
    ck_assert_double_eq(judgement.after, 70);
    struct az_judgement other = judgement;
    other.rank[1] = 0;
    other.cost += 1e6;
    ck_assert(az_judgement_is_better(AZ_MINIMIZE, 1, &other, &judgement));
    other = judgement;
    other.after = 60;
    ck_assert(az_judgement_is_better(AZ_MINIMIZE, 1, &other, &judgement));
    c.cl->objective = CL_WEIGHTED;
    judgement = judge(&c);
    ck_assert_double_eq(judgement.rank[0], 0);
    ck_assert_double_eq(judgement.after, 0);
    cl_case_close(&c);
    cl_case_golden(&c, "two_vehicles_of_a_kind");
    ck_assert_double_eq(judge(&c).after, 90); /* n2 from 08:30 to 10:00 */
    cl_case_close(&c);
    cl_case_golden(&c, "a_vehicle_goes_alone");
    c.cl->vehicles.items[0].count = 2;
    ck_assert_double_eq(judge(&c).after, 62.5); /* 125 min, of two vehicles alike */
    cl_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_judge");
    TCase *cases = tcase_create("judge");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, golden_cases_cost_what_they_cost_by_hand);
    tcase_add_test(cases, every_rule_has_a_mutation_that_is_named_exactly);
    tcase_add_test(cases, skills_are_said_in_the_language_of_the_reader);
    tcase_add_test(cases, only_priceable_rules_are_conceded);
    tcase_add_test(cases, plans_of_another_shape_are_named_and_not_read);
    tcase_add_test(cases, bookings_and_lists_of_another_shape_are_named);
    tcase_add_test(cases, hostile_times_are_judged);
    tcase_add_test(cases, a_member_counts_once_in_a_round);
    tcase_add_test(cases, the_order_of_plans_is_the_instance_s);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
