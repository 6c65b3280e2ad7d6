/* test_evbus_solve.c - plans and bounds of whole solves: public optima, the compact model. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "formulations/evbus/model.h"
#include "tests/support/eb_bench.h"
#include "tests/support/suite.h"

static const char *const engines[] = { "glpk", "cbc" };

/* bound <= published <= value, and proven: a wrong bound or a plan that cheats breaks one of them.
 */
static void check_public(const char *format, const char *file, const char *engine, double published,
                         double tolerance, double seconds)
{
    struct eb_case c;
    struct eb_bench_answer answer;
    if (!eb_bench_file(&c, format, file)) return;
    eb_bench_solve(&c, engine, 0.009, seconds, NULL, &answer);
    ck_assert_int_eq(answer.status, AZ_OK);
    ck_assert_uint_eq(answer.refused, 0);
    ck_assert_msg(answer.proof.bound <= published + tolerance, "%s: bound %.6f", file,
                  answer.proof.bound);
    ck_assert_msg(answer.proof.objective >= published - tolerance, "%s: value %.6f", file,
                  answer.proof.objective);
    ck_assert_msg(answer.proof.status == AZ_PLAN_OPTIMAL, "%s: %.6f .. %.6f", file,
                  answer.proof.bound, answer.proof.objective);
    eb_case_close(&c);
}

static const struct {
    const char *file;
    double optimum;
} mdvsp[] = {
    { "mdvsp/n50m2s0.zip", 214727 },  { "mdvsp/n50m2s1.zip", 188271 },
    { "mdvsp/n50m2s2.zip", 174794 },  { "mdvsp/n50m2s3.zip", 197166 },
    { "mdvsp/n50m3s0.zip", 164525 },  { "mdvsp/n50m3s1.zip", 152491 },
    { "mdvsp/n50m3s2.zip", 167307 },  { "mdvsp/n50m3s3.zip", 153337 },
    { "mdvsp/n50m4s0.zip", 184576 },  { "mdvsp/n50m4s1.zip", 174485 },
    { "mdvsp/n50m4s2.zip", 174393 },  { "mdvsp/n50m4s3.zip", 193722 },
    { "mdvsp/n100m2s0.zip", 346908 }, { "mdvsp/n100m2s1.zip", 358672 },
    { "mdvsp/n100m4s0.zip", 285672 },
};

START_TEST(public_depot_cases_are_proven)
{
    for (size_t e = 0; e < 2; e++)
        check_public("mdvsp", mdvsp[_i].file, engines[e], mdvsp[_i].optimum, 1e-3, 60);
}
END_TEST

/* The published optimum of a case with charging: 18 vehicles, where a dive alone needs 19. */
START_TEST(a_public_charging_case_is_proven)
{
    check_public("evsp", "evsp/D2_S4_C100_03.txt.gz", "glpk", 182231.725, 0.01, 120);
}
END_TEST

/* The compact model is another way to write the same problem: both intervals hold the optimum. */
START_TEST(columns_and_the_compact_model_agree)
{
    char *text = eb_bench_evsp((uint64_t)_i, 1 + (size_t)_i % 2, 1, 6, 70);
    struct eb_case c;
    struct eb_bench_answer columns, compact;
    const struct az_solve_options by_model = { .method = "compact" };
    eb_bench_text(&c, "evsp", text);
    free(text);
    eb_bench_solve(&c, engines[_i % 2], 0.001, 30, NULL, &columns);
    eb_bench_solve(&c, engines[_i % 2], 0.001, 30, &by_model, &compact);
    ck_assert_int_eq(columns.status, AZ_OK);
    ck_assert_int_eq(compact.status, AZ_OK);
    ck_assert_uint_eq(columns.refused + compact.refused, 0);
    ck_assert_int_eq(columns.proof.status, compact.proof.status);
    if (columns.proof.status == AZ_PLAN_OPTIMAL) {
        ck_assert_double_le(columns.proof.bound, compact.proof.objective + 0.01);
        ck_assert_double_le(compact.proof.bound, columns.proof.objective + 0.01);
    }
    eb_case_close(&c);
}
END_TEST

/* Fewest buses come first, however cheap a larger fleet is, and both levels are told. */
START_TEST(the_fleet_comes_before_the_cost)
{
    char *text = eb_bench_mdvsp((uint64_t)_i, 2, 14);
    struct eb_case c;
    struct eb_bench_answer by_cost, by_fleet;
    eb_bench_text(&c, "mdvsp", text);
    free(text);
    eb_bench_solve(&c, engines[_i % 2], 0.5, 30, NULL, &by_cost);
    c.ev->objective = EB_FLEET_THEN_COST;
    eb_bench_solve(&c, engines[_i % 2], 0.5, 30, NULL, &by_fleet);
    ck_assert_int_eq(by_cost.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_int_eq(by_fleet.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(by_fleet.proof.level_count, 2);
    ck_assert_double_eq(by_fleet.proof.levels[0].objective, by_fleet.proof.levels[0].bound);
    ck_assert_double_eq((double)by_fleet.buses, by_fleet.proof.levels[0].objective);
    ck_assert_uint_le(by_fleet.buses, by_cost.buses);
    ck_assert_double_ge(by_fleet.proof.objective, by_cost.proof.bound - 1e-6);
    eb_case_close(&c);
}
END_TEST

/* Drivers' rules with batteries but without slots were no job for any pricer: the solve ended with
 * "not available here" and its first plan. And where there are no times, the rules say nothing. */
START_TEST(drivers_rules_need_no_slots)
{
    int dearer = 0;
    struct eb_case c;
    struct eb_bench_answer free_of_rules, answer;
    /* the benchmarks' minutes are short: a trip takes some 40000 of them */
    struct eb_drivers rules = { .longest_driving_min = NAN,
                                .shortest_break_min = NAN,
                                .longest_block_min = 500000 };
    for (uint64_t seed = 1; seed <= 3; seed += 2) {
        char *text = eb_bench_evsp(seed, 1, 1, 6, 70);
        eb_bench_text(&c, "evsp", text);
        free(text);
        ck_assert_uint_eq(c.ev->T, 0);
        eb_bench_solve(&c, "glpk", 0.01, 60, NULL, &free_of_rules);
        c.ev->drivers = &rules;
        eb_bench_solve(&c, "glpk", 0.01, 60, NULL, &answer);
        ck_assert_int_eq(answer.status, AZ_OK);
        ck_assert_int_eq(answer.proof.status, AZ_PLAN_OPTIMAL);
        ck_assert_uint_eq(answer.refused, 0);
        ck_assert_double_ge(answer.proof.objective, free_of_rules.proof.bound - 0.02);
        dearer += answer.proof.bound > free_of_rules.proof.objective + 1;
        eb_case_close(&c);
    }
    ck_assert_int_ge(dearer, 1);
    eb_case_golden(&c, "explicit_links_without_times");
    c.ev->drivers = &rules;
    eb_bench_solve(&c, "glpk", 0.01, 60, NULL, &answer);
    ck_assert_int_eq(answer.status, AZ_OK);
    ck_assert_int_eq(answer.proof.status, AZ_PLAN_OPTIMAL);
    eb_case_close(&c);
}
END_TEST

/* Two runs of one job must not differ. */
START_TEST(the_same_job_gives_the_same_answer)
{
    double objective[2], bound[2];
    for (int k = 0; k < 2; k++) {
        char *text = eb_bench_evsp(77, 2, 2, 20, 90);
        struct eb_case c;
        struct eb_bench_answer answer;
        eb_bench_text(&c, "evsp", text);
        free(text);
        eb_bench_solve(&c, "glpk", 0.001, 60, NULL, &answer);
        ck_assert_int_eq(answer.status, AZ_OK);
        ck_assert_int_eq(answer.proof.status, AZ_PLAN_OPTIMAL);
        objective[k] = answer.proof.objective;
        bound[k] = answer.proof.bound;
        eb_case_close(&c);
    }
    ck_assert_double_eq(objective[0], objective[1]);
    ck_assert_double_eq(bound[0], bound[1]);
}
END_TEST

/* A deadline that has come is honoured with what there is. */
START_TEST(the_deadline_is_honoured)
{
    char *text = eb_bench_evsp(5, 2, 2, 60, 200);
    struct eb_case c;
    struct eb_bench_answer answer;
    eb_bench_text(&c, "evsp", text);
    free(text);
    eb_bench_solve(&c, "glpk", 0.001, 0.3, NULL, &answer);
    ck_assert_int_eq(answer.status, AZ_OK);
    ck_assert_double_le(answer.proof.seconds, 0.8);
    ck_assert(answer.proof.status == AZ_PLAN_FEASIBLE || answer.proof.status == AZ_PLAN_OPTIMAL);
    eb_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus solve");
    TCase *tests = tcase_create("solve");
    tcase_set_timeout(tests, 240);
    tcase_add_loop_test(tests, public_depot_cases_are_proven, 0,
                        (int)(sizeof mdvsp / sizeof mdvsp[0]));
    tcase_add_test(tests, a_public_charging_case_is_proven);
    tcase_add_loop_test(tests, columns_and_the_compact_model_agree, 0, TEST_SOME(8));
    tcase_add_loop_test(tests, the_fleet_comes_before_the_cost, 0, 6);
    tcase_add_test(tests, the_same_job_gives_the_same_answer);
    tcase_add_test(tests, drivers_rules_need_no_slots);
    tcase_add_test(tests, the_deadline_is_honoured);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
