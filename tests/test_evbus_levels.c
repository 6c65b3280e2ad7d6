/* test_evbus_levels.c - what counts first: prices are weighed against the cost, and with
 * `fleet_then_cost` trips left out and buses come before it; for judge, run, bound and gap alike.
 */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "tests/support/eb_case.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#define GAP 1.0 /* JPY */

/* What the run was offered, and the plan it kept. */
struct solve {
    const struct eb_case *c;
    struct az_run run;
    struct az_judgement best;
    struct az_proof proof;
    size_t kept, offered;
    bool early;   /* a plan was kept before its fleet was known to be the least */
    bool ordered; /* no plan that was kept is worse, rank by rank, than the one before */
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solve *s = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(eb_evaluate(s->c->ev, plan, s->c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    s->offered++;
    *kept =
        s->kept == 0 || az_judgement_is_better(AZ_MINIMIZE, s->c->ev->scale, &judgement, &s->best);
    if (!*kept) return AZ_OK;
    if (s->kept > 0)
        for (size_t i = 0; i < AZ_RANKS && judgement.rank[i] >= s->best.rank[i]; i++)
            if (judgement.rank[i] > s->best.rank[i] + 1e-3) s->ordered = false;
    if (s->run.level_count > 1 && !s->run.levels[s->run.level_count - 2].proven) s->early = true;
    s->best = judgement;
    s->kept++;
    return AZ_OK;
}

static void solve(struct solve *s, const struct eb_case *c, const char *method, const char *engine)
{
    struct az_context context = az_context_default();
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 0, .gap_abs = GAP, .money_scale = c->ev->scale
    };
    struct az_solve_options how = { .method = method };
    *s = (struct solve){ .c = c, .ordered = true };
    context.deadline = az_now(&context) + 120;
    az_run_begin(&s->run, &context, engine_named(engine), &options);
    s->run.judge = judge;
    s->run.data = s;
    ck_assert_int_eq(eb_solve(c->ev, &how, &s->run, c->arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&s->run, &s->proof), AZ_OK);
}

#define CASE "tests/data/evbus/levels/instance.json"

static const char *const methods[] = { "auto", "compact" };
static const char *const engines[] = { "glpk", "cbc" };

static void open_case(struct eb_case *c, size_t count, const char *const changes[][2])
{
    eb_case_load_changed(c, CASE, count, changes);
}

/* --- prices are weighed -------------------------------------------------------------------------
 */

/* A second bus costs 5000 a day, the trip left out 3000: the sum leaves it out, while putting the
 * breach first would run it. Judge, run, bound and gap of both methods must say the same sum. */
START_TEST(a_trip_is_left_out_when_that_costs_less)
{
    struct eb_case c;
    struct solve s;
    open_case(&c, 0, NULL);
    solve(&s, &c, methods[_i / 2], engines[_i % 2]);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(s.proof.level_count, 0);
    ck_assert_double_eq_tol(s.best.penalty, 3000, 1e-6);
    ck_assert_uint_eq(s.best.concessions.count, 1); /* and it is told */
    /* a day, 2 + 10 + 10 + 2 km at 10 JPY and 1 kWh (of 20 JPY at 95 %) */
    double cost = 5000 + 24 * 10 + 24 * 20 / 0.95;
    ck_assert_double_eq_tol(s.best.cost, cost, 0.01);
    ck_assert_double_eq_tol(s.proof.objective, cost + 3000, 0.01);
    ck_assert_double_ge(s.proof.bound, cost + 3000 - GAP - 0.01);
    ck_assert_double_le(s.proof.gap_abs, GAP);
    eb_case_close(&c);
}
END_TEST

/* Worth more than the second bus, the trip is run. */
START_TEST(a_trip_worth_its_bus_is_run)
{
    static const char *const changes[][2] = { { "/unserved_price_jpy", "6000" } };
    struct eb_case c;
    struct solve s;
    open_case(&c, 1, changes);
    solve(&s, &c, methods[_i / 2], engines[_i % 2]);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq(s.best.penalty, 0);
    eb_case_close(&c);
}
END_TEST

/* Energy at 100 JPY and a short end at 50: the bus comes back empty, at the price that is told. A
 * breach put first would leave the trips out, or charge at any cost, to end full. */
START_TEST(a_short_end_is_weighed_too)
{
    static const char *const changes[][2] = {
        { "/grids/0/supply/0/price_jpy_per_kwh", "100" },
        { "/types/0/end_price_jpy_per_kwh", "50" },
        { "/unserved_price_jpy", "3600" },
    };
    struct eb_case c;
    struct solve s;
    open_case(&c, 3, changes);
    solve(&s, &c, methods[_i / 2], engines[_i % 2]);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq_tol(s.best.penalty, 3600 + 24 * 50, 0.01);
    ck_assert_double_eq_tol(s.best.cost, 5000 + 24 * 10, 0.01);
    eb_case_close(&c);
}
END_TEST

/* --- the fleet before the cost ------------------------------------------------------------------
 */

/* The least fleet of an empty timetable is none: what is left out comes before the fleet. */
START_TEST(a_fleet_runs_the_timetable)
{
    static const char *const changes[][2] = { { "/objective", "\"fleet_then_cost\"" } };
    struct eb_case c;
    struct solve s;
    open_case(&c, 1, changes);
    solve(&s, &c, methods[_i / 2], engines[_i % 2]);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(s.proof.level_count, 3);
    ck_assert_str_eq(s.proof.levels[0].name, "unserved");
    ck_assert_double_eq(s.proof.levels[0].objective, 0);
    ck_assert_str_eq(s.proof.levels[1].name, "fleet");
    ck_assert_double_eq(s.proof.levels[1].objective, 2);
    ck_assert_double_eq(s.proof.levels[1].bound, 2);
    ck_assert_double_eq(s.best.rank[1], 2);
    ck_assert_double_eq_tol(s.proof.levels[2].objective, s.proof.objective, 1e-6);
    eb_case_close(&c);
}
END_TEST

/* Where buses do not do, the least is left out, and then the fleet is the least for that. */
START_TEST(what_must_be_left_out_is_the_least)
{
    static const char *const changes[][2] = { { "/objective", "\"fleet_then_cost\"" },
                                              { "/types/0/count", "1" },
                                              { "/trips/0/unserved_price_jpy", "2500" } };
    struct eb_case c;
    struct solve s;
    open_case(&c, 3, changes);
    solve(&s, &c, methods[_i / 2], engines[_i % 2]);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq_tol(s.proof.levels[0].objective, 2500, 1e-6);
    ck_assert_double_eq_tol(s.proof.levels[0].bound, 2500, 1e-3);
    ck_assert_double_eq(s.proof.levels[1].objective, 1);
    ck_assert_double_eq_tol(s.best.penalty, 2500, 1e-6);
    eb_case_close(&c);
}
END_TEST

/* One bus can run the second trip after the first, but its way there costs more than another bus.
 * The first plan has two: it is told at once, while the least fleet is still sought, and the dearer
 * plan with one bus replaces it. */
START_TEST(plans_come_before_the_fleet_is_known)
{
    static const char *const changes[][2] = { { "/objective", "\"fleet_then_cost\"" },
                                              { "/trips/1", NULL },
                                              { "/trips/1/from", "\"station\"" },
                                              { "/trips/1/to", "\"school\"" },
                                              { "/types/0/battery_kwh", "200" },
                                              { "/deadheads/3/duration_min", "40" },
                                              { "/deadheads/-",
                                                "{\"from\": \"school\", \"to\": \"station\", "
                                                "\"duration_min\": 25, \"distance_km\": 40}" },
                                              { "/types/0/cost_jpy_per_day", "100" },
                                              { "/types/0/cost_jpy_per_km", "100" } };
    struct eb_case c;
    struct solve s, cheaper;
    open_case(&c, sizeof changes / sizeof *changes, changes);
    c.ev->objective = EB_COST;
    solve(&cheaper, &c, "auto", engines[_i % 2]);
    ck_assert_int_eq(cheaper.proof.status, AZ_PLAN_OPTIMAL);
    c.ev->objective = EB_FLEET_THEN_COST;
    solve(&s, &c, "auto", engines[_i % 2]);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert(s.early);
    ck_assert(s.ordered);
    ck_assert_double_eq(s.best.rank[1], 1);
    ck_assert_double_gt(s.proof.objective, cheaper.proof.objective);
    eb_case_close(&c);
}
END_TEST

/* Who keeps the best plan must know the order: a fleet beats any cost, what is left out any fleet,
 * a penalty counts only in the sum when it is weighed, and before all else when it is not; what
 * comes after the objective tells equal ones apart. */
START_TEST(the_order_is_of_one_place)
{
    struct az_judgement best = { .cost = 100, .penalty = 50, .weighed = true, .rank = { 0, 3 } };
    struct az_judgement it = { .cost = 900, .penalty = 60, .weighed = true, .rank = { 0, 2 } };
    ck_assert(az_judgement_is_better(AZ_MINIMIZE, 1, &it, &best));
    ck_assert(!az_judgement_is_better(AZ_MINIMIZE, 1, &best, &it));
    it.rank[0] = 10;
    ck_assert(!az_judgement_is_better(AZ_MINIMIZE, 1, &it, &best));
    it = (struct az_judgement){ .cost = 20, .penalty = 120, .weighed = true, .rank = { 0, 3 } };
    ck_assert(az_judgement_is_better(AZ_MINIMIZE, 1, &it, &best));
    it.weighed = best.weighed = false;
    ck_assert(!az_judgement_is_better(AZ_MINIMIZE, 1, &it, &best));
    best = (struct az_judgement){ .cost = 100, .weighed = true, .after = 300 };
    it = (struct az_judgement){ .cost = 100 + 1e-5, .weighed = true, .after = 200 };
    ck_assert(az_judgement_is_better(AZ_MINIMIZE, 1, &it, &best));
    ck_assert(!az_judgement_is_better(AZ_MINIMIZE, 1, &best, &it));
    it.cost = 101;
    ck_assert(!az_judgement_is_better(AZ_MINIMIZE, 1, &it, &best));
    it.cost = 100 - 1e-9;
    it.after = 300;
    ck_assert(az_judgement_is_better(AZ_MINIMIZE, 1, &it, &best));
    it = az_judgement_order(&best);
    ck_assert(!az_judgement_is_better(AZ_MINIMIZE, 1, &it, &best));
    ck_assert_double_eq(it.after, 300);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_levels");
    TCase *cases = tcase_create("levels");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, a_trip_is_left_out_when_that_costs_less, 0, 4);
    tcase_add_loop_test(cases, a_trip_worth_its_bus_is_run, 0, 4);
    tcase_add_loop_test(cases, a_short_end_is_weighed_too, 0, 4);
    tcase_add_loop_test(cases, a_fleet_runs_the_timetable, 0, 4);
    tcase_add_loop_test(cases, what_must_be_left_out_is_the_least, 0, 4);
    tcase_add_loop_test(cases, plans_come_before_the_fleet_is_known, 0, 2);
    tcase_add_test(cases, the_order_is_of_one_place);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
