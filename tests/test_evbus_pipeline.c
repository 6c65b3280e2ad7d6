/* test_evbus_pipeline.c - electric buses end to end as a job runs them: prepared, solved, judged,
 * certified; the same with one thread and with two; energy conserved to the last slot. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/certificate.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_energy.h"
#include "tests/support/eb_random.h"
#include "tests/support/engines.h"
#include "tests/support/kind_case.h"
#include "tests/support/suite.h"

#define PATIENCE 120.0 /* s; nothing here comes near it: a deadline that bites would be unequal */
#define GAP 0.05       /* of the samples */

/* One job from JSON to its answer. */
struct pipe {
    struct az_arena *arena;
    struct eb_instance *ev;
    struct az_answer answer;
    char *text; /* the plan, as it leaves the process */
};

static void run(struct pipe *pipe, const json_t *instance, const struct az_engine *engine,
                unsigned threads, double gap)
{
    struct az_context context = az_context_default();
    struct az_findings findings;
    void *object = NULL;
    *pipe = (struct pipe){ .arena = az_arena_new(NULL) };
    az_findings_init(&findings, pipe->arena, 0);
    ck_assert_int_eq(
        az_json_read(&eb_instance_table, instance, NULL, pipe->arena, &findings, &object), AZ_OK);
    ck_assert_int_eq(az_link(&eb_instance_table, object, NULL, NULL, pipe->arena, &findings),
                     AZ_OK);
    kind_case_good("the instance", AZ_OK, &findings);
    pipe->ev = object;
    struct az_job job = { .formulation = &az_kind_evbus,
                          .instance = object,
                          .options = { .gap = gap, .gap_abs = 1 } };
    context.threads = threads;
    context.deadline = az_now(&context) + PATIENCE;
    ck_assert_int_eq(az_job_prepare(&job, pipe->arena, &pipe->answer), AZ_OK);
    enum az_status status = az_job_solve(&job, engine, &context, pipe->arena, &pipe->answer);
    kind_case_good("the job", status, &pipe->answer.findings);
    ck_assert_int_ne(pipe->answer.certificate.stopped, AZ_STOP_DEADLINE);
    if (!pipe->answer.plan) return;
    json_t *plan = az_json_write(&eb_plan_table, pipe->answer.plan);
    ck_assert_ptr_nonnull(plan);
    pipe->text = az_json_compact(plan, NULL);
    json_decref(plan);
}

static void close_pipe(struct pipe *pipe)
{
    free(pipe->text);
    az_arena_free(pipe->arena);
}

/* The k-th instance: the samples by hand, generated valleys, random features. */
#define SAMPLES 1
#define VALLEYS 1
#define RANDOM TEST_SOME(20)
#define INSTANCES (SAMPLES + VALLEYS + RANDOM)

static json_t *instance_of(int k, char name[40])
{
    if (k < SAMPLES) {
        snprintf(name, 40, "eight trips");
        return document_load(EB_BASE);
    }
    if (k < SAMPLES + VALLEYS) {
        struct az_arena *arena = az_arena_new(NULL);
        void *ev;
        snprintf(name, 40, "a valley of four trips");
        ck_assert_int_eq(eb_generate(4, 2, arena, &ev), AZ_OK);
        json_t *json = az_json_write(&eb_instance_table, ev);
        az_arena_free(arena);
        return json;
    }
    snprintf(name, 40, "random %d", k);
    return eb_random_instance((uint64_t)(k - SAMPLES - VALLEYS + 1));
}

static double carried(const struct eb_plan *plan)
{
    double sum = 0;
    for (size_t k = 0; k < plan->summary->carried.count; k++)
        sum += plan->summary->carried.items[k].carried_kwh;
    return sum;
}

/* Without it a plan could be sold that makes energy, or a certificate say other than the judge. */
START_TEST(energy_is_conserved_from_the_instance_to_the_answer)
{
    int charging = 0, discharging = 0, carrying = 0, plans = 0;
    for (int k = 0; k < INSTANCES; k++) {
        char name[40];
        struct pipe pipe;
        struct az_judgement judgement;
        json_t *instance = instance_of(k, name);
        run(&pipe, instance, engine_named("auto"), 2, k < SAMPLES ? GAP : GAP / 10);
        const struct eb_plan *plan = pipe.answer.plan;
        const struct az_certificate *certificate = &pipe.answer.certificate;
        if (getenv("VERBOSE"))
            fprintf(stderr, "%s: %d [%.2f, %.2f] %.2f s, charged %.1f, discharged %.1f\n", name,
                    certificate->status, certificate->bound, certificate->objective,
                    certificate->seconds, plan ? plan->summary->charged_kwh : 0,
                    plan ? plan->summary->discharged_kwh : 0);
        if (plan) {
            plans++;
            ck_assert_int_eq(certificate->checked, 1);
            ck_assert_int_eq(eb_evaluate(pipe.ev, plan, pipe.arena, &judgement), AZ_OK);
            ck_assert_uint_eq(judgement.violation_count, 0);
            ck_assert_double_eq_tol(certificate->cost, judgement.cost, 1e-6);
            ck_assert_double_eq_tol(certificate->penalty, judgement.penalty, 1e-6);
            check_energy(pipe.ev, plan, name);
            charging += plan->summary->charged_kwh > 0.1;
            discharging += plan->summary->discharged_kwh > 0.1;
            carrying += carried(plan) > 0.1;
        }
        close_pipe(&pipe);
        json_decref(instance);
    }
    ck_assert_int_ge(plans, INSTANCES * 2 / 3);
    ck_assert_int_ge(charging, INSTANCES / 3);
    ck_assert_int_ge(discharging, TEST_SEEN(3));
    ck_assert_int_ge(carrying, TEST_SEEN(2));
}
END_TEST

/* Without it a plan would depend on the machine, and nobody could replay it. */
START_TEST(one_thread_and_two_give_the_same_plan)
{
    const struct az_engine *engine = engine_at(_i);
    for (int k = _i == 0 ? 0 : SAMPLES; k < INSTANCES; k++) { /* the sample is slow by GLPK */
        char name[40];
        struct pipe one, two;
        json_t *instance = instance_of(k, name);
        run(&one, instance, engine, 1, k < SAMPLES ? GAP : GAP / 10);
        run(&two, instance, engine, 2, k < SAMPLES ? GAP : GAP / 10);
        const struct az_certificate *a = &one.answer.certificate, *b = &two.answer.certificate;
        if (getenv("VERBOSE"))
            fprintf(stderr, "%s, %s: %.2f s, %.2f s\n", name, engine->name, a->seconds, b->seconds);
        ck_assert_int_eq(a->status, b->status);
        ck_assert_mem_eq(&a->bound, &b->bound, sizeof a->bound);
        ck_assert_mem_eq(&a->objective, &b->objective, sizeof a->objective);
        ck_assert_int_eq(one.text == NULL, two.text == NULL);
        if (one.text && strcmp(one.text, two.text) != 0)
            ck_abort_msg("%s: another plan with two threads", name);
        close_pipe(&one);
        close_pipe(&two);
        json_decref(instance);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_pipeline");
    TCase *cases = tcase_create("pipeline");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, energy_is_conserved_from_the_instance_to_the_answer);
    tcase_add_loop_test(cases, one_thread_and_two_give_the_same_plan, 0, engine_count());
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
