/* test_evbus_properties.c - what must hold of any small instance: two methods agree, energy is
 * conserved, nothing is carried for nothing. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "solver/tolerances.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_random.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

#define INSTANCES 200

/* --- solving -------------------------------------------------------------------------------------
 */

/* One solve: the best plan, what the judge says of it, the proof. */
struct solve {
    const struct eb_case *c;
    struct az_run run;
    const struct eb_plan *plan;
    struct az_judgement judgement;
    struct az_proof proof;
    int64_t nodes;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solve *s = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(eb_evaluate(s->c->ev, plan, s->c->arena, &judgement), AZ_OK);
    for (size_t i = 0; i < judgement.violations.count; i++)
        fprintf(stderr, "%s: %s (%g)\n", judgement.violations.items[i].pointer,
                az_breach_words(&judgement.violations.items[i], AZ_ENGLISH, s->c->arena),
                judgement.violations.items[i].amount);
    *kept = false;
    if (judgement.violation_count > 0) return AZ_INVALID;
    *objective = judgement.cost + judgement.penalty;
    if (s->plan && !az_judgement_is_better(AZ_MINIMIZE, s->c->ev->scale, &judgement, &s->judgement))
        return AZ_OK;
    *kept = true;
    s->plan = plan;
    s->judgement = judgement;
    return AZ_OK;
}

static void solve(struct solve *s, const struct eb_case *c, const char *method, const char *engine,
                  double seconds, uint64_t seed)
{
    struct az_context context = az_context_default();
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 0, .gap_abs = 0.01, .money_scale = c->ev->scale
    };
    struct az_solve_options how = { .method = method };
    *s = (struct solve){ .c = c };
    context.deadline = az_now(&context) + seconds;
    az_run_begin(&s->run, &context, mg_engine(engine), &options);
    s->run.judge = judge;
    s->run.data = s;
    enum az_status status = strcmp(method, "compact") == 0
                                ? eb_solve_compact(c->ev, &s->run, c->arena)
                                : eb_solve(c->ev, &how, &s->run, c->arena);
    if (status != AZ_OK)
        ck_abort_msg("seed %d: %s answers %s", (int)seed, method, az_status_code(status));
    if (az_run_proof(&s->run, &s->proof) != AZ_OK)
        ck_abort_msg("seed %d: %s has a bound %.6f beyond its objective %.6f", (int)seed, method,
                     s->run.bound, s->run.objective);
    s->nodes = s->run.work;
}

static void open_seed(struct eb_case *c, uint64_t seed)
{
    json_t *json = eb_random_instance(seed);
    enum az_status status = eb_case_open(c, json, NULL);
    if (status != AZ_OK || az_findings_total(&c->findings) > 0) {
        mg_case_print(&c->findings);
        ck_abort_msg("seed %d is not well-formed", (int)seed);
    }
    json_decref(json);
}

/* --- what was exercised
 * --------------------------------------------------------------------------- */

static struct {
    int plans, infeasible, charging, discharging, carrying, branching, conceding, unproven;
} seen;

static void count_features(const struct solve *s)
{
    const struct eb_summary *summary = s->plan ? s->plan->summary : NULL;
    seen.infeasible += s->proof.status == AZ_PLAN_INFEASIBLE;
    seen.branching += s->nodes > 1;
    if (!summary) return;
    seen.plans++;
    seen.charging += summary->charged_kwh > 0.01;
    seen.discharging += summary->discharged_kwh > 0.01;
    seen.carrying += summary->carried.count > 0;
    seen.conceding += s->judgement.penalty > 0;
    seen.unproven += s->proof.status == AZ_PLAN_FEASIBLE;
}

static void check_seed(uint64_t seed)
{
    struct eb_case c;
    struct solve compact;
    open_seed(&c, seed);
    solve(&compact, &c, "compact", "cbc", 5, seed);
    count_features(&compact);
    eb_case_close(&c);
}

START_TEST(two_methods_agree)
{
    int from = getenv("SEED") ? atoi(getenv("SEED")) : 1;
    int to = getenv("SEED") ? from : INSTANCES;
    for (int seed = from; seed <= to; seed++) check_seed((uint64_t)seed);
    printf("%d plans, %d infeasible, %d charge, %d discharge, %d carry, %d branch, %d concede, %d "
           "unproven\n",
           seen.plans, seen.infeasible, seen.charging, seen.discharging, seen.carrying,
           seen.branching, seen.conceding, seen.unproven);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_properties");
    TCase *cases = tcase_create("properties");
    tcase_set_timeout(cases, 600);
    tcase_add_test(cases, two_methods_agree);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
