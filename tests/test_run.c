/* test_run.c - incumbent, bound, stop and proof of one solve. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "solver/run.h"
#include "tests/support/suite.h"

static struct az_run run;

struct judge {
    double best;
    enum az_sense sense;
    enum az_status answer;
};

static enum az_status judge_plan(void *data, const void *plan, double *objective, bool *kept)
{
    struct judge *judge = data;
    double value = *(const double *)plan;
    if (judge->answer != AZ_OK) return judge->answer;
    *kept = isnan(judge->best) ||
            (judge->sense == AZ_MINIMIZE ? value < judge->best : value > judge->best) ||
            (run.retelling && value == judge->best);
    if (*kept) judge->best = value;
    *objective = value;
    return AZ_OK;
}

static double seconds_now(void *data)
{
    return *(double *)data;
}

struct listener {
    int count;
    struct az_progress last;
    bool cancelled;
};

static void listen_to(void *data, const struct az_progress *moment)
{
    struct listener *listener = data;
    listener->count++;
    listener->last = *moment;
}

static bool ask_cancelled(void *data)
{
    return ((struct listener *)data)->cancelled;
}

static double now;
static struct judge judge;
static struct listener listener;
static struct az_context context;

static void begin(enum az_sense sense)
{
    now = 10;
    judge = (struct judge){ .best = NAN, .sense = sense };
    listener = (struct listener){ 0 };
    context = az_context_default();
    context.clock = (struct az_clock){ seconds_now, &now };
    context.deadline = 20;
    context.progress = listen_to;
    context.cancelled = ask_cancelled;
    context.data = &listener;
    struct az_run_options options = {
        .sense = sense, .gap = 0.001, .gap_abs = 1, .money_scale = 10000
    };
    az_run_begin(&run, &context, NULL, &options);
    run.judge = judge_plan;
    run.data = &judge;
}

static void offer(double value)
{
    ck_assert_int_eq(az_run_offer(&run, &value), AZ_OK);
}

static struct az_proof proof(void)
{
    struct az_proof result;
    ck_assert_int_eq(az_run_proof(&run, &result), AZ_OK);
    return result;
}

/* Without it a worse plan would replace a better one, or a weaker bound a stronger one. */
START_TEST(only_better_plans_and_bounds_count)
{
    begin(AZ_MINIMIZE);
    ck_assert(isnan(run.objective) && run.bound == -INFINITY);
    offer(100000);
    offer(120000);
    offer(90000);
    az_run_bound(&run, 50000);
    az_run_bound(&run, 40000);
    az_run_bound(&run, NAN);
    ck_assert_double_eq(run.objective, 90000);
    ck_assert_double_eq(run.bound, 50000);
    begin(AZ_MAXIMIZE);
    ck_assert_double_eq(run.bound, INFINITY);
    offer(5);
    offer(3);
    az_run_bound(&run, 50);
    az_run_bound(&run, 60);
    ck_assert_double_eq(run.objective, 5);
    ck_assert_double_eq(run.bound, 50);
}
END_TEST

/* Without it what is found out about the best plan after its proof would be lost, as it is no
 * better than itself. */
START_TEST(a_plan_is_told_once_more)
{
    double first = 9, again = 9, other = 12;
    begin(AZ_MINIMIZE);
    ck_assert_int_eq(az_run_offer(&run, &first), AZ_OK);
    ck_assert_int_eq(az_run_offer(&run, &again), AZ_OK);
    ck_assert_ptr_eq(run.plan, &first);
    ck_assert_int_eq(az_run_retell(&run, &again), AZ_OK);
    ck_assert_ptr_eq(run.plan, &again);
    ck_assert_double_eq(run.objective, 9);
    ck_assert_int_eq(az_run_retell(&run, &other), AZ_OK);
    ck_assert_ptr_eq(run.plan, &again);
    ck_assert(!run.retelling);
}
END_TEST

/* Without it the plan of a broken model would become the incumbent. */
START_TEST(a_refused_plan_is_an_error_and_not_kept)
{
    begin(AZ_MINIMIZE);
    judge.answer = AZ_INVALID;
    double value = 5;
    ck_assert_int_eq(az_run_offer(&run, &value), AZ_INVALID);
    ck_assert(!run.has_plan);
    judge.answer = AZ_OK;
    value = NAN;
    ck_assert_int_eq(az_run_offer(&run, &value), AZ_INTERNAL);
    ck_assert(!run.has_plan);
}
END_TEST

/* Without it a plan that nets near zero could never be proven, or any plan would be. */
START_TEST(gaps_are_relative_to_the_objective_or_the_money_scale)
{
    ck_assert_double_eq(az_gap_abs(AZ_MINIMIZE, 10, 8), 2);
    ck_assert_double_eq(az_gap_abs(AZ_MAXIMIZE, 8, 10), 2);
    ck_assert_double_eq(az_gap_abs(AZ_MINIMIZE, 8, 10), 0);
    ck_assert(isnan(az_gap_abs(AZ_MINIMIZE, NAN, 3)));
    ck_assert(isnan(az_gap_abs(AZ_MINIMIZE, 3, -INFINITY)));
    ck_assert_double_eq_tol(az_gap(AZ_MINIMIZE, 200, 198, 100), 0.01, 1e-12);
    ck_assert_double_eq_tol(az_gap(AZ_MINIMIZE, -1, -3, 100), 0.02, 1e-12);
    begin(AZ_MINIMIZE);
    offer(0);
    az_run_bound(&run, -11);
    ck_assert(!az_run_proven(&run));
    az_run_bound(&run, -9); /* 0.0009 of the money scale */
    ck_assert(az_run_proven(&run));
    begin(AZ_MINIMIZE);
    offer(100);
    az_run_bound(&run, 99.5);
    ck_assert(az_run_proven(&run)); /* by gap_abs */
}
END_TEST

/* Objective and bound are sums in another order: without a tolerance "no gap at all" would end as
 * "limit" although nothing is left to prove. */
START_TEST(no_gap_at_all_is_asked_up_to_rounding)
{
    double plan = 55457.56736867827;
    struct az_proof proof;
    begin(AZ_MINIMIZE);
    struct az_run_options options = { .sense = AZ_MINIMIZE, .money_scale = 10000 };
    az_run_begin(&run, &context, NULL, &options);
    run.judge = judge_plan;
    run.data = &judge;
    ck_assert_int_eq(az_run_offer(&run, &plan), AZ_OK);
    az_run_bound(&run, plan - 1e-3);
    ck_assert(!az_run_must_stop(&run));
    az_run_bound(&run, plan - 1e-9);
    ck_assert(az_run_must_stop(&run));
    ck_assert_int_eq(az_run_proof(&run, &proof), AZ_OK);
    ck_assert_int_eq(proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_int_eq(proof.stopped, AZ_STOP_GAP);
}
END_TEST

/* Without it a time limit would be called optimal. */
START_TEST(a_deadline_ends_in_feasible)
{
    begin(AZ_MINIMIZE);
    offer(100000);
    az_run_bound(&run, 90000);
    ck_assert(!az_run_must_stop(&run));
    now = 21;
    ck_assert(az_run_must_stop(&run));
    struct az_proof result = proof();
    ck_assert_int_eq(result.status, AZ_PLAN_FEASIBLE);
    ck_assert_int_eq(result.stopped, AZ_STOP_DEADLINE);
    ck_assert_double_eq_tol(result.gap, 0.1, 1e-12);
    ck_assert_double_eq(result.gap_abs, 10000);
    ck_assert_double_eq(result.seconds, 11);
    begin(AZ_MINIMIZE);
    now = 30;
    ck_assert(az_run_must_stop(&run));
    ck_assert_int_eq(proof().status, AZ_PLAN_NONE);
    ck_assert(isnan(proof().gap));
}
END_TEST

/* Without it the certificate would give the last reason instead of the first. */
START_TEST(the_first_reason_to_stop_is_kept)
{
    begin(AZ_MINIMIZE);
    offer(100000);
    listener.cancelled = true;
    ck_assert(az_run_must_stop(&run));
    now = 30;
    az_run_limit(&run);
    ck_assert(az_run_must_stop(&run));
    ck_assert_int_eq(proof().stopped, AZ_STOP_CANCEL);
    begin(AZ_MINIMIZE);
    az_run_limit(&run);
    ck_assert(az_run_must_stop(&run));
    ck_assert_int_eq(proof().stopped, AZ_STOP_LIMIT);
    ck_assert_int_eq(proof().status, AZ_PLAN_NONE);
    /* proven after all, while the limit was noticed */
    offer(100000);
    az_run_bound(&run, 99990);
    ck_assert_int_eq(proof().stopped, AZ_STOP_GAP);
    ck_assert_int_eq(proof().status, AZ_PLAN_OPTIMAL);
}
END_TEST

/* Without it a plan of a problem said to be infeasible would go out. */
START_TEST(infeasible_is_a_proof_and_excludes_a_plan)
{
    begin(AZ_MINIMIZE);
    az_run_infeasible(&run);
    ck_assert(az_run_must_stop(&run));
    ck_assert_int_eq(proof().status, AZ_PLAN_INFEASIBLE);
    ck_assert_int_eq(proof().stopped, AZ_STOP_GAP);
    offer(3);
    struct az_proof result;
    ck_assert_int_eq(az_run_proof(&run, &result), AZ_INTERNAL);
}
END_TEST

/* Without it a wrong bound would be shipped as a proof. */
START_TEST(a_bound_beyond_the_objective_is_an_internal_error)
{
    struct az_proof result;
    begin(AZ_MINIMIZE);
    offer(80000);
    az_run_bound(&run, 80000.04); /* within 1e-6 */
    result = proof();
    ck_assert_int_eq(result.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq(result.bound, 80000);
    ck_assert_double_eq(result.gap_abs, 0);
    az_run_bound(&run, 80001);
    ck_assert_int_eq(az_run_proof(&run, &result), AZ_INTERNAL);
    begin(AZ_MAXIMIZE);
    offer(80000);
    az_run_bound(&run, 79999);
    ck_assert_int_eq(az_run_proof(&run, &result), AZ_INTERNAL);
}
END_TEST

/* Without it a plan with a proven penalty but an unproven cost would be called optimal. */
START_TEST(every_level_must_be_proven)
{
    begin(AZ_MINIMIZE);
    az_run_level(&run, 0, "penalty", NAN, NAN, false);
    az_run_level(&run, 1, "cost", NAN, NAN, false);
    offer(80000);
    az_run_bound(&run, 80000);
    ck_assert(!az_run_proven(&run));
    az_run_level(&run, 0, "penalty", 0, 0, true);
    ck_assert(!az_run_proven(&run));
    ck_assert(!az_run_must_stop(&run));
    az_run_level(&run, 1, "cost", 80000, 79990, true);
    ck_assert(az_run_must_stop(&run));
    struct az_proof result = proof();
    ck_assert_int_eq(result.status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(result.level_count, 2);
    ck_assert_str_eq(result.levels[1].name, "cost");
    az_run_level(&run, 1, "cost", 80000, 80010, true);
    ck_assert_int_eq(az_run_proof(&run, &result), AZ_INTERNAL);
    az_run_level(&run, AZ_LEVELS, "too many", 0, 0, false);
    az_run_level_scale(&run, AZ_LEVELS, 1);
    ck_assert_uint_eq(run.level_count, 2);
}
END_TEST

/* Without it the gap of 5 buses to 4 would be told as a share of the instance's money. */
START_TEST(a_level_that_is_no_money_has_a_scale_of_its_own)
{
    begin(AZ_MINIMIZE);
    az_run_level(&run, 0, "fleet", NAN, NAN, false);
    az_run_level_scale(&run, 0, 1);
    az_run_level(&run, 1, "cost", NAN, NAN, false);
    az_run_level(&run, 0, "fleet", 5, 4, false);
    struct az_proof result = proof();
    ck_assert_double_eq(result.levels[0].scale, 1);
    ck_assert_double_eq(result.levels[1].scale, run.options.money_scale);
}
END_TEST

/* Without it a fast tree would flood the job store, or a better plan be told late. */
START_TEST(progress_is_told_ten_times_a_second_and_at_every_better_plan)
{
    begin(AZ_MINIMIZE);
    for (int i = 0; i < 100; i++) {
        now += 0.01;
        az_run_progress(&run, "branch and bound", false);
    }
    ck_assert_int_ge(listener.count, 9);
    ck_assert_int_le(listener.count, 11);
    ck_assert(isnan(listener.last.objective) && isnan(listener.last.bound));
    int before = listener.count;
    offer(20000);
    offer(19000);
    ck_assert_int_eq(listener.count, before + 2);
    az_run_bound(&run, 18000);
    run.work = 7;
    az_run_progress(&run, "end", true);
    ck_assert_str_eq(listener.last.phase, "end");
    ck_assert_double_eq_tol(listener.last.gap, 1000.0 / 19000, 1e-12);
    ck_assert_double_eq_tol(listener.last.seconds, 1, 1e-9);
    ck_assert_int_eq(listener.last.work, 7);
}
END_TEST

/* Without it certificates would have words that no reader knows. */
START_TEST(codes_are_those_of_the_certificate)
{
    ck_assert_str_eq(az_plan_status_code(AZ_PLAN_OPTIMAL), "optimal");
    ck_assert_str_eq(az_plan_status_code(AZ_PLAN_FEASIBLE), "feasible");
    ck_assert_str_eq(az_plan_status_code(AZ_PLAN_INFEASIBLE), "infeasible");
    ck_assert_str_eq(az_plan_status_code(AZ_PLAN_NONE), "no_plan");
    ck_assert_str_eq(az_stop_code(AZ_STOP_GAP), "gap");
    ck_assert_str_eq(az_stop_code(AZ_STOP_DEADLINE), "deadline");
    ck_assert_str_eq(az_stop_code(AZ_STOP_CANCEL), "cancel");
    ck_assert_str_eq(az_stop_code(AZ_STOP_LIMIT), "limit");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("run");
    TCase *cases = tcase_create("run");
    tcase_add_test(cases, only_better_plans_and_bounds_count);
    tcase_add_test(cases, a_plan_is_told_once_more);
    tcase_add_test(cases, a_refused_plan_is_an_error_and_not_kept);
    tcase_add_test(cases, gaps_are_relative_to_the_objective_or_the_money_scale);
    tcase_add_test(cases, a_deadline_ends_in_feasible);
    tcase_add_test(cases, no_gap_at_all_is_asked_up_to_rounding);
    tcase_add_test(cases, the_first_reason_to_stop_is_kept);
    tcase_add_test(cases, infeasible_is_a_proof_and_excludes_a_plan);
    tcase_add_test(cases, a_bound_beyond_the_objective_is_an_internal_error);
    tcase_add_test(cases, every_level_must_be_proven);
    tcase_add_test(cases, a_level_that_is_no_money_has_a_scale_of_its_own);
    tcase_add_test(cases, progress_is_told_ten_times_a_second_and_at_every_better_plan);
    tcase_add_test(cases, codes_are_those_of_the_certificate);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
