/* test_evbus_corners.c - small days whose best plan lies in a corner of the arithmetic: at the end
 * of the horizon, past a stop, without any trip. Their optima were found by trying every chain. */
#include <check.h>
#include <math.h>
#include <stdio.h>

#include "tests/support/eb_bench.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#define FOLDER "tests/data/evbus/corners/"

static void check_corner(const char *name, double optimum)
{
    static const char *const methods[] = { "auto", "compact" };
    char path[256];
    snprintf(path, sizeof path, FOLDER "%s.json", name);
    for (size_t m = 0; m < 2; m++) {
        struct az_solve_options options = { .method = methods[m] };
        struct eb_bench_answer answer;
        struct eb_case c;
        eb_case_load(&c, path, NULL);
        eb_bench_solve(&c, "glpk", 1e-3, 20, &options, &answer);
        ck_assert_int_eq(answer.status, AZ_OK);
        ck_assert_msg(answer.proof.status == AZ_PLAN_OPTIMAL, "%s, %s: %.4f, bound %.4f", name,
                      methods[m], answer.proof.objective, answer.proof.bound);
        ck_assert_double_le(answer.proof.bound, optimum + 1e-4);
        ck_assert_double_eq_tol(answer.proof.objective, optimum, 2e-3);
        eb_case_close(&c);
    }
}

/* Without the way home from a stop that ends with the horizon a bus would have to leave at a slot
 * boundary, and the bound would be above plans that the judge passes. */
START_TEST(a_bus_comes_home_to_the_minute)
{
    check_corner("home-at-the-end", -480);
    check_corner("home-at-the-boundary", -80);
}
END_TEST

/* Without ways that only pass a stop trips could not be joined by it, though the judge lets them;
 * where no other way leads from the depot the instance would be refused.
 */
START_TEST(a_stop_is_passed_without_standing)
{
    check_corner("passing-to-the-minute", 240);
    check_corner("passing-in-no-time", 170);
    check_corner("passing-a-stop", -270);
}
END_TEST

/* Without days that run no trip known buses with batteries would have to drive where nobody can
 * charge, and buses could not be moved for the counts of returns. */
START_TEST(a_day_needs_no_trip)
{
    check_corner("known-buses-stand", 500);
    check_corner("moved-for-the-counts", 400);
}
END_TEST

/* Without the look at places a bus that stands would pass for one that moves between two depots of
 * one place, and the judge would refuse the plan. */
START_TEST(who_stands_has_not_moved)
{
    check_corner("two-depots-one-place", 100);
}
END_TEST

/* Without the rule days that only trade energy would be as many as depots and types let begin,
 * which may be any number: no model could bound them. */
START_TEST(there_are_no_more_blocks_than_trips)
{
    struct az_judgement judgement;
    struct eb_case c;
    eb_case_load(&c, FOLDER "passing-a-stop.json", FOLDER "more-blocks-than-trips.plan.json");
    ck_assert_int_eq(eb_evaluate(c.ev, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 1);
    ck_assert_str_eq(judgement.violations.items[0].rule->code.code, "depot_capacity");
    ck_assert_double_eq(judgement.violations.items[0].amount, 1);
    c.plan->blocks.count = 1;
    ck_assert_int_eq(eb_evaluate(c.ev, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    eb_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_corners");
    TCase *cases = tcase_create("corners");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, a_bus_comes_home_to_the_minute);
    tcase_add_test(cases, a_stop_is_passed_without_standing);
    tcase_add_test(cases, a_day_needs_no_trip);
    tcase_add_test(cases, who_stands_has_not_moved);
    tcase_add_test(cases, there_are_no_more_blocks_than_trips);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
