/* test_evbus_compact.c - the compact model where days have no times, no slots, or both: what it
 * claims is what the judge says of its plan, and columns prove the same. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "tests/support/eb_bench.h"
#include "tests/support/eb_random.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

/* The model of an instance, solved to its end by the engine. */
struct claim {
    struct eb_model *m;
    struct az_solve_result result;
    double *x;
    bool *converters, *storages;
};

/* One direction at a time everywhere, so that nothing is left to be enforced afterwards. */
static bool *all_of(struct az_arena *arena, size_t count)
{
    bool *marks = AZ_ARRAY(arena, count, bool);
    for (size_t i = 0; i < count; i++) marks[i] = true;
    return marks;
}

static void solve(struct claim *claim, const struct eb_case *c, const struct az_engine *engine,
                  int goal)
{
    const struct eb_instance *ev = c->ev;
    struct az_context context = az_context_default();
    struct az_mip_options options = { .gap_abs = 1e-3, .cutoff = NAN, .heuristic_effort = 0.5 };
    struct eb_build build = { .goal = goal,
                              .conceding = true,
                              .unserved_limit = INFINITY,
                              .fleet_limit = INFINITY,
                              .converters = all_of(c->arena, ev->converters.count * ev->T),
                              .storages = all_of(c->arena, ev->storages.count * ev->T) };
    void *session;
    *claim = (struct claim){ .m = NULL };
    context.deadline = az_now(&context) + 20;
    ck_assert_int_eq(eb_model_new(ev, &build, &claim->m), AZ_OK);
    ck_assert_int_eq(engine->open(claim->m->lp, &context, &session), AZ_OK);
    ck_assert_int_eq(engine->solve_mip(session, &options, &claim->result), AZ_OK);
    claim->x = AZ_ARRAY(c->arena, claim->m->lp->column_count, double);
    if (claim->result.status == AZ_SOLVE_OPTIMAL)
        ck_assert_int_eq(engine->primal(session, claim->x), AZ_OK);
    engine->close(session);
}

/* The plan of the claim costs what the claim says, by the judge. False: nothing is claimed. */
static bool check_claim(const struct eb_case *c, const struct claim *claim, const char *name)
{
    struct eb_dispatch dispatch;
    struct eb_plan *plan;
    struct az_judgement judgement;
    size_t count;
    if (claim->result.status != AZ_SOLVE_OPTIMAL) return false;
    ck_assert_int_eq(eb_model_read(claim->m, claim->x, NULL, c->arena, &dispatch, &count), AZ_OK);
    ck_assert_msg(dispatch.found, "%s: the paths cannot be followed", name);
    ck_assert_int_eq(eb_plan_of(c->ev, claim->m->sources, &dispatch, count, c->arena, &plan),
                     AZ_OK);
    ck_assert_int_eq(eb_evaluate(c->ev, plan, c->arena, &judgement), AZ_OK);
    for (size_t i = 0; i < judgement.violations.count; i++)
        ck_abort_msg("%s: %s at %s: %s", name, judgement.violations.items[i].rule->code.code,
                     judgement.violations.items[i].pointer,
                     az_breach_words(&judgement.violations.items[i], AZ_ENGLISH, c->arena));
    double judged = judgement.cost + judgement.penalty, claimed = claim->result.objective;
    if (fabs(judged - claimed) > 1e-5 * fmax(1, fabs(claimed)))
        ck_abort_msg("%s: claims %.6f, judged %.6f", name, claimed, judged);
    return true;
}

/* Columns prove the same to the gap. Only where cost is all that counts. */
static void check_columns(struct eb_case *c, const struct claim *claim, const char *name)
{
    struct eb_bench_answer answer;
    eb_bench_solve(c, "cbc", 0.01, 20, NULL, &answer);
    ck_assert_int_eq(answer.status, AZ_OK);
    ck_assert_uint_eq(answer.refused, 0);
    if (claim->result.status == AZ_SOLVE_INFEASIBLE) {
        ck_assert_int_eq(answer.proof.status, AZ_PLAN_INFEASIBLE);
        return;
    }
    ck_assert_int_eq(answer.proof.status, AZ_PLAN_OPTIMAL);
    double off = fabs(answer.proof.objective - claim->result.objective);
    if (off > 0.02 + 1e-5 * fabs(answer.proof.objective))
        ck_abort_msg("%s: columns %.4f, the compact model %.4f", name, answer.proof.objective,
                     claim->result.objective);
}

static void check_text(const char *format, char *text, const char *name)
{
    struct eb_case c;
    struct claim claim;
    eb_bench_text(&c, format, text);
    free(text);
    ck_assert_uint_eq(c.ev->T, 0);
    solve(&claim, &c, engine_at(0), EB_GOAL_COST);
    ck_assert(check_claim(&c, &claim, name) || claim.result.status == AZ_SOLVE_INFEASIBLE);
    check_columns(&c, &claim, name);
    eb_model_free(claim.m);
    eb_case_close(&c);
}

/* Days by links with costs and no times: without the case the model could need times that nobody
 * gives, or join trips that have no link. */
START_TEST(links_without_times)
{
    char name[40];
    snprintf(name, sizeof name, "links %d", _i);
    check_text("mdvsp", eb_bench_mdvsp((uint64_t)_i, 1 + (size_t)_i % 3, 7), name);
}
END_TEST

/* A battery, stations and no slots: a stop gives all it can, no energy has a price. */
START_TEST(charging_without_slots)
{
    char name[40];
    snprintf(name, sizeof name, "stations %d", _i);
    double battery = 60 + 20 * (_i % 4);
    check_text("evsp", eb_bench_evsp((uint64_t)_i, 1 + (size_t)_i % 2, 2, 5, battery), name);
}
END_TEST

/* The golden cases without times or without slots: what their hands say. */
START_TEST(hand_made_cases_without_times_or_slots)
{
    static const char *const names[] = { "explicit_links_without_times", "charging_without_slots" };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        struct eb_case c;
        struct claim claim;
        struct az_judgement by_hand;
        eb_case_golden(&c, names[k]);
        ck_assert_uint_eq(c.ev->T, 0);
        for (int e = 0; e < engine_count(); e++) {
            solve(&claim, &c, engine_at(e), EB_GOAL_COST);
            ck_assert(check_claim(&c, &claim, names[k]));
            ck_assert_int_eq(eb_evaluate(c.ev, c.plan, c.arena, &by_hand), AZ_OK);
            ck_assert_double_le(claim.result.objective, by_hand.cost + by_hand.penalty + 1e-3);
            eb_model_free(claim.m);
        }
        eb_case_close(&c);
    }
}
END_TEST

/* With everything on: what the model says of its solution is what the judge says of the plan. The
 * model would else prove bounds of another problem. */
START_TEST(the_value_claimed_is_the_value_judged)
{
    int claimed = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(14); seed++) {
        char name[40];
        struct eb_case c;
        struct claim claim;
        json_t *json = eb_random_instance(seed);
        json_object_del(json, "drivers"); /* breaks are enforced by cuts; see test_evbus_model.c */
        snprintf(name, sizeof name, "seed %d", (int)seed);
        eb_case_open_good(&c, json, name);
        if (c.ev->trips.count <= 5) {
            solve(&claim, &c, engine_named("cbc"), EB_GOAL_COST);
            claimed += check_claim(&c, &claim, name);
            eb_model_free(claim.m);
        }
        eb_case_close(&c);
        json_decref(json);
    }
    if (getenv("VERBOSE")) fprintf(stderr, "%d claims\n", claimed);
    ck_assert_int_ge(claimed, TEST_SEEN(8));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_compact");
    TCase *cases = tcase_create("compact");
    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, links_without_times, 0, TEST_SOME(12));
    tcase_add_loop_test(cases, charging_without_slots, 0, TEST_SOME(12));
    tcase_add_test(cases, hand_made_cases_without_times_or_slots);
    tcase_add_test(cases, the_value_claimed_is_the_value_judged);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
