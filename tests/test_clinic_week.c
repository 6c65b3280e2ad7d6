/* test_clinic_week.c - a plan read as a week of tours, what an earlier plan is to the search, and
 * the week that is planned anew from it. */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/search.h"
#include "tests/support/cl_judged.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

#define WEEK "instances/clinic/matsumoto-week.json"
#define PLAN "instances/clinic/matsumoto-week.plan.json"
#define MISSING "instances/clinic/matsumoto-week-nurse-missing.json"

static struct dirent **cases;
static int case_count;

/* A plan document, or its plan alone. */
static void take_plan(struct cl_case *c, const char *path)
{
    json_t *json = document_load(path), *plan = json_object_get(json, "plan");
    ck_assert_int_eq(cl_case_plan(c, plan ? plan : json), AZ_OK);
    json_decref(json);
}

static struct az_judgement judged(struct cl_case *c, const struct cl_plan *plan)
{
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(cl_evaluate(c->cl, plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

/* The plan of the case as a week and back. False: some round of it is of no crew. */
static bool there_and_back(struct cl_case *c, struct az_judgement *made)
{
    struct cl_ground ground;
    struct cl_week week;
    struct cl_plan *plan;
    ck_assert_int_eq(cl_ground_of(c->cl, c->arena, &ground), AZ_OK);
    ck_assert_int_eq(cl_week_of_plan(&ground, c->plan, c->arena, &week), AZ_OK);
    if (week.tours.count < c->plan->rounds.count || week.online.count < c->plan->online.count)
        return false;
    ck_assert_int_eq(cl_plan_of(&ground, &week, c->arena, &plan), AZ_OK);
    *made = judged(c, plan);
    return true;
}

/* A start that lost promises, slots or money would be worse than the plan it came from. */
START_TEST(a_week_of_the_sample_is_as_good_as_its_plan)
{
    struct cl_case c;
    struct az_judgement made;
    cl_case_load(&c, WEEK, NULL);
    take_plan(&c, PLAN);
    struct az_judgement before = judged(&c, c.plan);
    ck_assert(there_and_back(&c, &made));
    ck_assert_uint_eq(made.violation_count, 0);
    ck_assert_double_eq_tol(made.rank[0], before.rank[0], 1e-6);
    ck_assert_double_eq_tol(made.rank[1], before.rank[1], 1e-6);
    ck_assert_double_le(made.cost, before.cost + 1e-6);
    cl_case_close(&c);
}
END_TEST

static int is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Every plan that is good by hand is a week, and no dearer so; a stop that a week cannot tell would
 * be seen here. */
START_TEST(golden_plans_are_weeks)
{
    struct cl_case c;
    struct az_judgement made;
    cl_case_golden(&c, cases[_i]->d_name);
    struct az_judgement before = judged(&c, c.plan);
    ck_assert_uint_eq(before.violation_count, 0);
    ck_assert(there_and_back(&c, &made));
    ck_assert_uint_eq(made.violation_count, 0);
    ck_assert_msg(made.rank[0] <= before.rank[0] + 1e-6 && made.rank[1] <= before.rank[1] + 1e-6 &&
                      made.cost <= before.cost + 1e-6,
                  "%s: %.2f was %.2f", cases[_i]->d_name, made.cost, before.cost);
    cl_case_close(&c);
}
END_TEST

/* --- planned anew --------------------------------------------------------------------------- */

struct anew {
    struct cl_case c;
    bool has;
    struct az_judgement best;
    const struct cl_plan *plan;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct anew *a = data;
    cl_keep_better(&a->c, 100000, plan, a->has, &a->best, objective, kept);
    if (*kept) a->plan = plan;
    a->has = true;
    return AZ_OK;
}

static bool is_out(const struct cl_plan *plan, const char *date, const char *member)
{
    for (size_t r = 0; r < plan->rounds.count; r++) {
        const struct cl_round *round = &plan->rounds.items[r];
        for (size_t m = 0; strcmp(round->date, date) == 0 && m < round->members.count; m++)
            if (strcmp(round->members.items[m].id, member) == 0) return true;
    }
    return false;
}

/* A nurse is ill: whoever is promised a time she would have kept is told another one, nobody else,
 * and the search from the old plan has it at once. */
START_TEST(a_nurse_is_missing_and_few_promises_change)
{
    struct anew a = { 0 };
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 0.01, .gap_abs = 1, .money_scale = 100000
    };
    struct az_context context = az_context_default();
    struct az_run run;
    void *start;
    cl_case_load(&a.c, MISSING, NULL);
    take_plan(&a.c, PLAN);
    ck_assert(is_out(a.c.plan, "2026-12-09", "nurse-2"));
    ck_assert_int_eq(cl_adopt(a.c.cl, a.c.plan, a.c.arena, &start), AZ_OK);
    context.deadline = az_now(&context) + 4;
    az_run_begin(&run, &context, engine_named("glpk"), &options);
    run.judge = judge;
    run.data = &a;
    struct az_solve_options solve = { .start = start };
    ck_assert_int_eq(cl_solve(a.c.cl, &solve, &run, a.c.arena), AZ_OK);
    ck_assert(a.has);
    ck_assert_uint_eq(run.refused, 0);
    size_t lost = 0;
    for (size_t r = 0; r < a.c.plan->rounds.count; r++) {
        const struct cl_round *round = &a.c.plan->rounds.items[r];
        for (size_t m = 0; strcmp(round->date, "2026-12-09") == 0 && m < round->members.count; m++)
            if (strcmp(round->members.items[m].id, "nurse-2") == 0)
                for (size_t s = 0; s < round->stops.count; s++)
                    lost += round->stops.items[s].kind == CL_STOP_VISIT;
    }
    ck_assert(!is_out(a.plan, "2026-12-09", "nurse-2"));
    ck_assert_uint_gt(a.plan->summary->changes.count, 0);
    ck_assert_uint_le(a.plan->summary->changes.count, lost);
    ck_assert_uint_le(a.plan->unserved.count, a.c.plan->unserved.count);
    cl_case_close(&a.c);
}
END_TEST

int main(void)
{
    case_count = scandir(CL_GOLDEN, &cases, is_case, alphasort);
    if (case_count < 30) {
        fprintf(stderr, "only %d golden cases\n", case_count);
        return EXIT_FAILURE;
    }
    Suite *suite = suite_create("clinic_week");
    TCase *tests = tcase_create("week");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_week_of_the_sample_is_as_good_as_its_plan);
    tcase_add_loop_test(tests, golden_plans_are_weeks, 0, case_count);
    tcase_add_test(tests, a_nurse_is_missing_and_few_promises_change);
    suite_add_tcase(suite, tests);
    int code = test_suite_run(suite);
    for (int i = 0; i < case_count; i++) free(cases[i]);
    free(cases);
    return code;
}
