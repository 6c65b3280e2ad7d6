/* test_evbus_deadlines.c - what is said of an instance that has plans when time runs out anywhere:
 * never that it has none, and no bound beyond a plan. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_random.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#define SHORTEST 0.001 /* seconds; every deadline is a little later than the one before */
#define LONGEST 0.2
#define PREPARES_FROM 0.55 /* with that much left the engines prepare the model */
#define PREPARES_TO 0.9
#ifdef __SANITIZE_ADDRESS__
#define TRIES 10
#else
#define TRIES 50 /* per engine and way: 200 solves of an instance in all */
#endif

static const int seeds[] = { 135, 7, 44 };

/* One solve: the best plan that the judge lets pass. */
struct solve {
    const struct eb_case *c;
    struct az_run run;
    double best; /* INFINITY: no plan */
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

static void solve(struct solve *s, const struct eb_case *c, const char *method,
                  const struct az_engine *engine, double seconds)
{
    struct az_context context = az_context_default();
    struct az_run_options options = { .sense = AZ_MINIMIZE,
                                      .gap_abs = 1,
                                      .money_scale = c->ev->scale };
    struct az_solve_options how = { .method = method };
    *s = (struct solve){ .c = c, .best = INFINITY };
    context.deadline = az_now(&context) + seconds;
    az_run_begin(&s->run, &context, engine, &options);
    s->run.judge = judge;
    s->run.data = s;
    ck_assert_int_eq(eb_solve(c->ev, &how, &s->run, c->arena), AZ_OK);
}

static double between(double shortest, double longest, int k, int count)
{
    return shortest * pow(longest / shortest, (double)k / (count - 1));
}

static void open_seed(struct eb_case *c, int seed)
{
    json_t *json = eb_random_instance((uint64_t)seed);
    ck_assert_int_eq(eb_case_open(c, json, NULL), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    json_decref(json);
}

static double tolerance(const struct eb_case *c)
{
    return 1 + 1e-4 * c->ev->scale;
}

/* One way of solving, by every engine, at every deadline. */
static void check_method(int seed, const char *method, double shortest, double longest, int count)
{
    struct eb_case c;
    struct solve known, s;
    int plans = 0;
    open_seed(&c, seed);
    solve(&known, &c, "columns", engine_at(0), 20);
    ck_assert_double_lt(known.best, INFINITY);
    for (int e = 0; e < engine_count(); e++)
        for (int k = 0; k < count; k++) {
            double seconds = between(shortest, longest, k, count);
            solve(&s, &c, method, engine_at(e), seconds);
            if (s.run.infeasible)
                ck_abort_msg("seed %d, %s by %s, %.4f s: no plan exists, but there is one", seed,
                             method, engine_at(e)->name, seconds);
            if (s.run.bound > known.best + tolerance(&c))
                ck_abort_msg("seed %d, %s by %s, %.4f s: bound %.3f, but a plan of %.3f", seed,
                             method, engine_at(e)->name, seconds, s.run.bound, known.best);
            plans += s.best < INFINITY;
        }
    printf("COUNTED seed %d, %s: %d plans in %d tries\n", seed, method, plans,
           engine_count() * count);
    eb_case_close(&c);
}

/* An LP that time cuts short looks infeasible to a tree and to its preprocessing. Without the rule
 * a run under load would tell a depot that its day cannot be planned. */
START_TEST(the_compact_model_is_never_called_infeasible)
{
    check_method(seeds[_i], "compact", SHORTEST, LONGEST, TRIES);
}
END_TEST

/* The same where time ends what prepares the model for the tree. */
START_TEST(nothing_is_infeasible_because_preparing_it_took_too_long)
{
    check_method(seeds[0], "compact", PREPARES_FROM, PREPARES_TO, TRIES / 5);
}
END_TEST

/* The same of a column generation whose pricing, or whose search for any solution, was cut short.
 */
START_TEST(columns_are_never_called_infeasible)
{
    check_method(seeds[_i], "columns", SHORTEST, LONGEST, TRIES);
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
