/* test_microgrid_properties.c - what must hold of the judge for any instance and any plan. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/rules.h"
#include "tests/support/mg_random.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

static double money_of(const struct az_judgement *judgement, const char *code)
{
    double amount = 0;
    for (size_t i = 0; i < judgement->money.count; i++)
        if (strcmp(judgement->money.items[i].code, code) == 0)
            amount += judgement->money.items[i].amount;
    return amount;
}

static struct az_judgement judge(const struct mg_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(mg_evaluate(c->mg, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

/* Ramps, minimum times, start-up tiers, peaks and charges lost at the edge of a run would make two
 * runs cheaper, or better behaved, than the same plan judged at once. Cut where no metering
 * interval is open: the estimate of an open one is billed by the first part. */
START_TEST(judging_in_two_parts_is_judging_at_once)
{
    json_t *instance;
    struct mg_case c, head, rest;
    mg_random_open(&c, (uint64_t)_i + 1, &instance);
    struct az_judgement whole = judge(&c);
    ck_assert_uint_gt(whole.violation_count, 0);
    for (size_t k = 1; k < c.mg->T; k += 4) {
        mg_random_part(&head, &c, instance, 0, k);
        mg_random_part(&rest, &c, instance, k, c.mg->T - k);
        struct az_judgement first = judge(&head), second = judge(&rest);
        for (size_t i = 0; i < whole.money.count; i++) {
            const char *code = whole.money.items[i].code;
            double parts = money_of(&first, code) + money_of(&second, code);
            if (fabs(parts - money_of(&whole, code)) > 1e-6)
                ck_abort_msg("seed %d, cut at %zu: %s is %g at once, %g in parts", _i + 1, k, code,
                             money_of(&whole, code), parts);
        }
        ck_assert_double_eq_tol(first.cost + second.cost, whole.cost, 1e-6);
        ck_assert_double_eq_tol(first.penalty + second.penalty, whole.penalty, 1e-6);
        ck_assert_uint_eq(first.violation_count + second.violation_count, whole.violation_count);
        mg_case_close(&head);
        mg_case_close(&rest);
    }
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* A start-up lag read in slots, a peak multiplied by the slot length or a price per slot would
 * change with the length of the slots. */
START_TEST(halving_the_slots_changes_no_money)
{
    json_t *instance;
    struct mg_case c, halves;
    mg_random_open(&c, (uint64_t)_i + 1, &instance);
    mg_random_halve(&halves, &c, instance);
    struct az_judgement whole = judge(&c), half = judge(&halves);
    ck_assert_uint_gt(whole.money.count, 5);
    for (size_t i = 0; i < whole.money.count; i++) {
        const char *code = whole.money.items[i].code;
        if (fabs(money_of(&whole, code) - money_of(&half, code)) > 1e-6)
            ck_abort_msg("seed %d: %s is %g, in halves %g", _i + 1, code, money_of(&whole, code),
                         money_of(&half, code));
    }
    ck_assert_double_eq_tol(whole.cost, half.cost, 1e-6);
    ck_assert_double_eq_tol(whole.penalty, half.penalty, 1e-6);
    mg_case_close(&c);
    mg_case_close(&halves);
    json_decref(instance);
}
END_TEST

/* The parts of the certificate would not add up. */
START_TEST(money_and_concessions_sum_to_the_objective)
{
    json_t *instance;
    struct mg_case c;
    mg_random_open(&c, (uint64_t)_i + 1, &instance);
    struct az_judgement judgement = judge(&c);
    double cost = 0, penalty = 0;
    for (size_t i = 0; i < judgement.money.count; i++) cost += judgement.money.items[i].amount;
    for (size_t i = 0; i < judgement.concessions.count; i++) {
        const struct az_breach *breach = &judgement.concessions.items[i];
        ck_assert(breach->rule->priceable);
        ck_assert(breach->amount > 0);
        ck_assert_double_eq(breach->cost, breach->amount * breach->price);
        penalty += breach->cost;
    }
    ck_assert_double_eq_tol(cost, judgement.cost, 1e-6);
    ck_assert_double_eq_tol(penalty, judgement.penalty, 1e-6);
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

/* The state of the evening is the morning's: a chain of solved days, over a month's end, in which
 * nothing has to be assumed and no day is left without a plan. */
START_TEST(chained_days_pass_on_their_state)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_time start;
    void *mg;
    char text[32];
    ck_assert_int_eq(mg_generate(8, (uint64_t)_i + 1, arena, &mg), AZ_OK);
    json_t *instance = az_json_write(&mg_instance_table, mg);
    ck_assert(az_time_parse("2026-01-30T00:00:00+09:00", &start));
    json_t *state = json_incref(json_object_get(instance, "state"));
    json_object_del(instance, "shiftables"); /* their windows are one day's */
    json_object_del(instance, "flexible_loads");
    json_object_del(instance, "survivals"); /* tells how far it looks */
    json_object_set_new(
        state, "connections",
        json_pack("{s:{s:i},s:{s:i}}", "tie-1", "peak_kw", 0, "tie-2", "peak_kw", 0));
    for (int day = 0; day < 4; day++) {
        struct mg_solved solved;
        void *next;
        struct az_time at = az_time_add(start, 86400 * (int64_t)day);
        az_time_format(at, text);
        json_object_set_new(instance, "start", json_string(text));
        json_object_set_new(state, "at", json_string(text));
        json_object_set_new(instance, "state", state);
        mg_solve_json(&solved, instance, NULL, "glpk", 2000, 6);
        ck_assert_int_eq(solved.status, AZ_OK);
        ck_assert_ptr_nonnull(solved.answer.plan);
        ck_assert_int_eq(solved.answer.certificate.checked, 1);
        ck_assert_uint_eq(solved.answer.assumptions.count, 0);
        ck_assert_uint_eq(solved.answer.judgement.violation_count, 0);
        ck_assert_int_eq(mg_carry(solved.c.mg, solved.answer.plan, az_time_add(at, 86400),
                                  solved.c.arena, &next, NULL),
                         AZ_OK);
        state = az_json_write(&mg_state_table, next);
        const struct mg_connection_state *tie = ((struct mg_state *)next)->connections.items;
        if (day == 1) ck_assert_double_eq(tie->peak_kw, 0); /* 1 February, 0:00 */
        if (day != 1) ck_assert_double_gt(tie->peak_kw, 0);
        mg_solved_close(&solved);
    }
    json_decref(state);
    json_decref(instance);
    az_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_properties");
    TCase *cases = tcase_create("properties");
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, judging_in_two_parts_is_judging_at_once, 0, 12);
    tcase_add_loop_test(cases, halving_the_slots_changes_no_money, 0, 20);
    tcase_add_loop_test(cases, money_and_concessions_sum_to_the_objective, 0, 20);
    tcase_add_loop_test(cases, chained_days_pass_on_their_state, 0, TEST_SOME(3));
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
