/* test_evbus_deadlines.c - what is said of an instance that has plans when time runs out anywhere:
 * never that it has none, and no bound beyond a plan. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "formulations/evbus/model.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_random.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#define SHORTEST 0.001 /* seconds; every deadline is a little later than the one before */
#define LONGEST 0.2
#define PREPARES 0.9        /* with that much left the engines prepare the model before its tree */
#define SLEEP 0.03          /* and sleep before that, so many times k */
#define TRIES TEST_SOME(30) /* per engine and way */

static const int seeds[] = { 135, 7, 44 };

/* One solve: the best plan that the judge lets pass. */
struct solve {
    const struct eb_case *c;
    struct az_run run;
    double best; /* INFINITY: no plan */
    struct az_context context;
    double sleeps_for; /* at the first news of a tree */
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solve *s = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(eb_evaluate(s->c->ev, plan, s->c->arena, &judgement), AZ_OK);
    *kept = false;
    if (judgement.violation_count > 0) return AZ_INVALID;
    *objective = judgement.cost + judgement.penalty;
    *kept = *objective < s->best;
    if (*kept) s->best = *objective;
    return AZ_OK;
}

/* The machine does something else for a while. */
static void progress(void *data, const struct az_progress *moment)
{
    struct solve *s = data;
    if (strcmp(moment->phase, "branch and bound") != 0 || s->sleeps_for <= 0) return;
    double whole = floor(s->sleeps_for);
    struct timespec time = { (time_t)whole, (long)(1e9 * (s->sleeps_for - whole)) };
    s->sleeps_for = 0;
    nanosleep(&time, NULL);
}

static void solve(struct solve *s, const struct eb_case *c, const char *method,
                  const struct az_engine *engine, double seconds, double sleeps_for)
{
    struct az_run_options options = { .sense = AZ_MINIMIZE,
                                      .gap_abs = 1,
                                      .money_scale = c->ev->scale };
    struct az_solve_options how = { .method = method };
    *s = (struct solve){
        .c = c, .best = INFINITY, .context = az_context_default(), .sleeps_for = sleeps_for
    };
    s->context.progress = progress;
    s->context.data = s;
    s->context.deadline = az_now(&s->context) + seconds;
    az_run_begin(&s->run, &s->context, engine, &options);
    s->run.judge = judge;
    s->run.data = s;
    ck_assert_int_eq(eb_solve(c->ev, &how, &s->run, c->arena), AZ_OK);
}

static void open_seed(struct eb_case *c, int seed)
{
    json_t *json = eb_random_instance((uint64_t)seed);
    ck_assert_int_eq(eb_case_open(c, json, NULL), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    json_decref(json);
}

/* What one solve may say. Returns whether it has a plan. */
static bool check(const struct eb_case *c, const char *method, const struct az_engine *engine,
                  double seconds, double sleeps_for, double known)
{
    struct solve s;
    solve(&s, c, method, engine, seconds, sleeps_for);
    if (s.run.infeasible)
        ck_abort_msg("%s by %s, %.4f s, %.3f of them asleep: no plan exists, but there is one",
                     method, engine->name, seconds, sleeps_for);
    if (s.run.bound > known + 1 + 1e-4 * c->ev->scale)
        ck_abort_msg("%s by %s, %.4f s: bound %.3f, but a plan of %.3f", method, engine->name,
                     seconds, s.run.bound, known);
    return s.best < INFINITY;
}

/* A case that has a plan, and what it costs. */
static double open_known(struct eb_case *c, int seed)
{
    struct solve s;
    open_seed(c, seed);
    solve(&s, c, "columns", engine_at(0), 20, 0);
    ck_assert_double_lt(s.best, INFINITY);
    return s.best;
}

/* One way of solving, by every engine, at every deadline. */
static void check_method(int seed, const char *method)
{
    struct eb_case c;
    int plans = 0;
    double known = open_known(&c, seed);
    for (int e = 0; e < engine_count(); e++)
        for (int k = 0; k < TRIES; k++) {
            double seconds = SHORTEST * pow(LONGEST / SHORTEST, (double)k / (TRIES - 1));
            plans += check(&c, method, engine_at(e), seconds, 0, known);
        }
    printf("COUNTED seed %d, %s: %d plans in %d tries\n", seed, method, plans,
           engine_count() * TRIES);
    eb_case_close(&c);
}

/* An LP that time cuts short looks infeasible to a tree. Without the rule a run under load would
 * tell a depot that its day cannot be planned. */
START_TEST(the_compact_model_is_never_called_infeasible)
{
    check_method(seeds[_i], "compact");
}
END_TEST

/* The same where the engine begins to prepare the model for its tree and then does not get the
 * machine until time runs out in the middle of that. */
START_TEST(nothing_is_infeasible_because_preparing_it_took_too_long)
{
    struct eb_case c;
    double known = open_known(&c, seeds[0]);
    for (int e = 0; e < engine_count(); e++)
        for (int k = 0; k < TRIES / 5; k++)
            check(&c, "compact", engine_at(e), PREPARES, PREPARES - 0.12 - SLEEP * k, known);
    eb_case_close(&c);
}
END_TEST

/* The same of a column generation whose pricing, or whose search for any solution, was cut short.
 */
START_TEST(columns_are_never_called_infeasible)
{
    check_method(seeds[_i], "columns");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_deadlines");
    TCase *cases = tcase_create("deadlines");
    int count = sizeof seeds / sizeof *seeds;
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, the_compact_model_is_never_called_infeasible, 0, count);
    tcase_add_test(cases, nothing_is_infeasible_because_preparing_it_took_too_long);
    tcase_add_loop_test(cases, columns_are_never_called_infeasible, 0, count);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
