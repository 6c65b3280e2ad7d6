/* test_clinic_plan.c - the empty plan, and the results that people see of a plan of rounds. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/clinic/judge.h"
#include "tests/support/cl_case.h"
#include "tests/support/suite.h"

static struct az_judgement judge(const struct cl_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(cl_evaluate(c->cl, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

/* Minutes since the start. */
static double minute_of(const struct cl_case *c, struct az_time time)
{
    return (double)(time.utc_s - c->cl->start.utc_s) / 60;
}

static void summarise(struct cl_case *c, const char *name)
{
    cl_case_golden(c, name);
    ck_assert_int_eq(cl_summarise(c->cl, c->arena, c->plan), AZ_OK);
}

/* The plan that visits nobody breaks nothing else, so that it is a start where sites have prices.
 */
START_TEST(the_empty_plan_leaves_every_site_out)
{
    struct cl_case c;
    cl_case_golden(&c, "a_site_left_out");
    ck_assert_int_eq(cl_plan_new(c.cl, c.arena, &c.plan), AZ_OK);
    struct az_judgement judgement = judge(&c);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_uint_eq(judgement.concessions.count, 2);
    ck_assert_double_eq(judgement.penalty, 15000); /* a once, b twice, at 5000 */
    ck_assert_double_eq(judgement.cost, 0);
    cl_case_close(&c);
    cl_case_golden(&c, "a_week_that_is_done");
    ck_assert_int_eq(cl_plan_new(c.cl, c.arena, &c.plan), AZ_OK);
    ck_assert_uint_eq(c.plan->unserved.count, 0);
    cl_case_close(&c);
    cl_case_golden(&c, "one_round");
    ck_assert_int_eq(cl_plan_new(c.cl, c.arena, &c.plan), AZ_OK);
    ck_assert_uint_eq(judge(&c).violation_count, 2); /* both must be served */
    cl_case_close(&c);
}
END_TEST

/* Results that came with the plan are not believed. */
START_TEST(the_summary_is_the_judge_s)
{
    struct cl_case c;
    summarise(&c, "charging_on_the_way");
    const struct cl_round *round = &c.plan->rounds.items[0];
    const struct cl_summary *summary = c.plan->summary;
    ck_assert_double_eq(round->distance_km, 40);
    ck_assert_double_eq(round->driving_min, 70);
    ck_assert_double_eq(round->work_min, 145);
    ck_assert_double_eq(round->stops.items[0].left_km, 15);
    ck_assert_double_eq(round->stops.items[1].left_km, 10);
    ck_assert_double_eq(round->stops.items[2].left_km, 20);
    ck_assert_double_eq(round->stops.items[2].distance_km, 5);
    ck_assert_double_eq(summary->cost_jpy, 13100);
    ck_assert_double_eq(summary->balance_min, 145);
    ck_assert_int_eq(summary->rounds, 1);
    ck_assert_int_eq(summary->visits, 2);
    ck_assert_int_eq(summary->unserved, 0);
    ck_assert_uint_eq(summary->staff.count, 1);
    ck_assert_double_eq(summary->staff.items[0].work_min, 145);
    ck_assert_int_eq(summary->staff.items[0].rounds, 1);
    cl_case_close(&c);
    summarise(&c, "who_is_early_waits");
    ck_assert_double_eq(c.plan->rounds.items[0].stops.items[1].wait_min, 75);
    ck_assert(isnan(c.plan->rounds.items[0].stops.items[1].left_km));
    cl_case_close(&c);
    summarise(&c, "overtime_at_its_price");
    ck_assert_double_eq(c.plan->rounds.items[0].overtime_min, 45);
    ck_assert_double_eq(c.plan->summary->overtime_min, 45);
    cl_case_close(&c);
    summarise(&c, "a_visit_on_line");
    ck_assert_int_eq(c.plan->summary->online, 1);
    ck_assert_int_eq(c.plan->summary->visits, 1);
    cl_case_close(&c);
}
END_TEST

/* A crew that is late must know by when it still is in time. */
START_TEST(the_latest_start_keeps_everything_after_it)
{
    struct cl_case c;
    summarise(&c, "charging_on_the_way"); /* b by 16:00; 15 + 10 min before it the charge ... */
    const struct cl_stop *stops = c.plan->rounds.items[0].stops.items;
    ck_assert_double_eq(minute_of(&c, stops[2].latest_start), 16 * 60);
    ck_assert_double_eq(minute_of(&c, stops[1].latest_start), 15 * 60 + 35);
    ck_assert_double_eq(minute_of(&c, stops[0].latest_start), 14 * 60 + 55);
    cl_case_close(&c);
    summarise(&c, "from_the_first_to_the_last_minute"); /* home by 10:45, 30 min after b */
    stops = c.plan->rounds.items[0].stops.items;
    ck_assert_double_eq(minute_of(&c, stops[1].latest_start), 9 * 60 + 45);
    ck_assert_double_eq(minute_of(&c, stops[0].latest_start), 9 * 60);
    cl_case_close(&c);
    summarise(&c, "a_doctor_in_a_slot"); /* 10 min within 15: 5 later at most */
    stops = c.plan->rounds.items[0].stops.items;
    ck_assert_double_eq(minute_of(&c, stops[1].latest_start), 9 * 60 + 50);
    ck_assert_double_eq(minute_of(&c, stops[0].latest_start), 9 * 60 + 5);
    cl_case_close(&c);
    summarise(&c, "a_firm_window_holds_the_whole_visit");
    stops = c.plan->rounds.items[0].stops.items;
    ck_assert_double_eq(minute_of(&c, stops[1].latest_start), 9 * 60 + 45);
    cl_case_close(&c);
    summarise(&c, "a_promise_kept_to_the_minute"); /* promised 09:35, 10 min later is kept */
    stops = c.plan->rounds.items[0].stops.items;
    ck_assert_double_eq(minute_of(&c, stops[1].latest_start), 9 * 60 + 45);
    cl_case_close(&c);
    summarise(&c, "a_break_after_a_visit"); /* the break begins by 10:30, so a ends by then */
    stops = c.plan->rounds.items[0].stops.items;
    ck_assert_double_eq(minute_of(&c, stops[1].latest_start), 10 * 60 + 30);
    ck_assert_double_eq(minute_of(&c, stops[0].latest_start), 10 * 60);
    cl_case_close(&c);
}
END_TEST

/* Whoever was promised another time has to be called, also when nobody comes. */
START_TEST(the_call_list_names_every_change)
{
    struct cl_case c;
    summarise(&c, "a_promise_changed");
    ck_assert_uint_eq(c.plan->summary->changes.count, 1);
    ck_assert_str_eq(c.plan->summary->changes.items[0].site.id, "b");
    ck_assert_double_eq(minute_of(&c, c.plan->summary->changes.items[0].promised), 9 * 60 + 34);
    ck_assert_double_eq(minute_of(&c, c.plan->summary->changes.items[0].start), 9 * 60 + 45);
    cl_case_close(&c);
    summarise(&c, "a_promise_that_is_cancelled");
    ck_assert_uint_eq(c.plan->summary->changes.count, 1);
    ck_assert(!az_time_given(c.plan->summary->changes.items[0].start));
    ck_assert_int_eq(c.plan->summary->unserved, 1);
    cl_case_close(&c);
    summarise(&c, "a_promise_kept_to_the_minute");
    ck_assert_uint_eq(c.plan->summary->changes.count, 0);
    cl_case_close(&c);
}
END_TEST

/* A plan of another instance gets no figures that nobody could explain. */
START_TEST(a_plan_that_does_not_fit_has_no_results)
{
    struct cl_case c;
    cl_case_golden(&c, "one_round");
    c.plan->rounds.items[0].vehicle.index = 9;
    ck_assert_int_eq(cl_summarise(c.cl, c.arena, c.plan), AZ_OK);
    ck_assert(isnan(c.plan->summary->cost_jpy));
    ck_assert_uint_eq(c.plan->summary->staff.count, 0);
    cl_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_plan");
    TCase *cases = tcase_create("plan");
    tcase_add_test(cases, the_empty_plan_leaves_every_site_out);
    tcase_add_test(cases, the_summary_is_the_judge_s);
    tcase_add_test(cases, the_latest_start_keeps_everything_after_it);
    tcase_add_test(cases, the_call_list_names_every_change);
    tcase_add_test(cases, a_plan_that_does_not_fit_has_no_results);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
