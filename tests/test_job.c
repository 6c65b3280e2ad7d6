/* test_job.c - the pipeline of a job: what a certificate says, and that defects are seen. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

extern const struct az_formulation az_kind_microgrid;

/* --- a kind of one number -----------------------------------------------------------------------
 */

/* Plans are offered in order, then the bound. A plan is good unless it says otherwise. */
struct toy_plan {
    double cost, penalty;
    bool violated;
};
struct toy {
    struct toy_plan plans[4];
    size_t count;
    double bound;
    bool infeasible, cancel_seen;
    size_t adopted;
};

static const struct az_rule toy_rule = {
    .code = { "toy_rule", { "{asset} gives {amount} {unit}", "{asset} が {amount} {unit}" } },
    .priceable = true,
    .unit = "kWh"
};

static enum az_status toy_resolve(void *instance, struct az_arena *arena,
                                  struct az_findings *findings, struct az_findings *assumptions)
{
    static const struct az_code repaired = { "repaired", { "was repaired", "補正" } };
    (void)instance, (void)arena, (void)findings;
    AZ_FIND0(assumptions, &repaired, AZ_AT(NULL, "reading"));
    return AZ_OK;
}

static enum az_status toy_validate(const void *instance, struct az_arena *arena,
                                   struct az_findings *findings)
{
    static const struct az_code wrong = { "wrong", { "is wrong", "誤り" } };
    (void)arena;
    if (((const struct toy *)instance)->count > 4) AZ_FIND0(findings, &wrong, AZ_AT(NULL, "count"));
    return AZ_OK;
}

static void toy_measure(const void *instance, enum az_sense *sense, const char **unit,
                        double *money_scale, struct az_time *from, struct az_time *until)
{
    (void)instance;
    *sense = AZ_MINIMIZE;
    *unit = "JPY";
    *money_scale = 1000;
    *from = (struct az_time){ 0, 540 };
    *until = (struct az_time){ 3600, 540 };
}

static void toy_gaps(const void *instance, double *gap, double *gap_abs)
{
    (void)instance;
    *gap = 0.01;
    *gap_abs = NAN;
}

static enum az_status toy_solve(const void *instance, const struct az_solve_options *options,
                                struct az_run *run, struct az_arena *arena)
{
    const struct toy *toy = instance;
    (void)arena;
    run->method = "toy";
    if (options->start) AZ_TRY(az_run_offer(run, options->start));
    for (size_t i = 0; i < toy->count; i++) AZ_TRY(az_run_offer(run, &toy->plans[i]));
    if (isfinite(toy->bound)) az_run_bound(run, toy->bound);
    if (toy->infeasible) az_run_infeasible(run);
    if (!az_run_must_stop(run)) az_run_limit(run);
    return AZ_OK;
}

static enum az_status toy_evaluate(const void *instance, const void *plan, struct az_arena *arena,
                                   struct az_judgement *judgement)
{
    const struct toy_plan *toy = plan;
    (void)instance;
    judgement->cost = toy->cost;
    struct az_breach breach = { .rule = &toy_rule,
                                .pointer = "/x",
                                .place = "x",
                                .at = { AZ_NO_INTEGER, 0 },
                                .amount = 2,
                                .price = toy->penalty / 2,
                                .cost = toy->penalty,
                                .params = { AZ_TEXT_PARAM("asset", "cell") },
                                .param_count = 1 };
    if (toy->violated) AZ_TRY(az_judgement_breach(judgement, arena, false, breach));
    if (toy->penalty > 0) AZ_TRY(az_judgement_breach(judgement, arena, true, breach));
    return AZ_OK;
}

static enum az_status toy_explain(const void *instance, const struct az_engine *engine,
                                  const struct az_context *context, struct az_arena *arena,
                                  struct az_explanation *explanation)
{
    (void)instance, (void)engine, (void)context, (void)arena;
    explanation->proven = true;
    return AZ_OK;
}

static enum az_status toy_adopt(const void *instance, const void *previous, struct az_arena *arena,
                                void **plan)
{
    (void)instance, (void)arena;
    const struct toy_plan *old = previous;
    if (old->violated) return AZ_NO_PLAN; /* nothing of it fits */
    *plan = (void *)previous;
    return AZ_OK;
}

static const struct az_formulation toy_kind = {
    .name = "toy",
    .schema = 3,
    .resolve = toy_resolve,
    .validate = toy_validate,
    .measure = toy_measure,
    .gaps = toy_gaps,
    .solve = toy_solve,
    .evaluate = toy_evaluate,
    .explain = toy_explain,
    .adopt = toy_adopt,
};

static struct az_arena *arena;
static struct az_answer answer;
static size_t told;
static struct az_certificate last_told;

static void on_plan(void *data, const void *plan, const struct az_judgement *judgement,
                    const struct az_certificate *certificate)
{
    (void)data, (void)plan;
    ck_assert_double_eq(judgement->cost + judgement->penalty, certificate->objective);
    ck_assert_int_eq(certificate->checked, 1);
    last_told = *certificate;
    told++;
}

static enum az_status solve_toy(struct toy *toy, const struct toy_plan *previous, double gap_abs)
{
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + 10;
    context.seed = 7;
    told = 0;
    struct az_job job = { .formulation = &toy_kind,
                          .instance = toy,
                          .previous = previous,
                          .options = { .gap = NAN, .gap_abs = gap_abs },
                          .instance_sha256 = "abc",
                          .on_plan = on_plan };
    AZ_TRY(az_job_prepare(&job, arena, &answer));
    return az_job_solve(&job, engine_named("auto"), &context, arena, &answer);
}

static void setup(void)
{
    arena = az_arena_new(NULL);
}

static void teardown(void)
{
    az_arena_free(arena);
}

/* --- certificates -------------------------------------------------------------------------------
 */

/* A certificate is what people rely on: every number of it follows from judge and bound. */
START_TEST(a_certificate_tells_what_the_judge_and_the_bound_say)
{
    struct toy toy = { .plans = { { 900, 0, false }, { 800, 0, false }, { 850, 0, false } },
                       .count = 3,
                       .bound = 795 };
    ck_assert_int_eq(solve_toy(&toy, NULL, NAN), AZ_OK);
    const struct az_certificate *c = &answer.certificate;
    ck_assert_int_eq(c->status, AZ_PLAN_OPTIMAL); /* 5 of max(800, 1000): 0.5 %, asked 1 % */
    ck_assert_int_eq(c->stopped, AZ_STOP_GAP);
    ck_assert_double_eq(c->objective, 800);
    ck_assert_double_eq(c->bound, 795);
    ck_assert_double_eq_tol(c->gap, 0.005, 1e-12);
    ck_assert_double_eq_tol(c->gap_abs, 5, 1e-12);
    ck_assert_int_eq(c->meets_all_rules, 1);
    ck_assert_int_eq(c->checked, 1);
    ck_assert_int_eq(c->seed, 7);
    ck_assert_int_eq(c->schema, 3);
    ck_assert_str_eq(c->unit, "JPY");
    ck_assert_str_eq(c->instance_sha256, "abc");
    ck_assert_int_eq(c->valid_until.utc_s, 3600);
    ck_assert_ptr_eq(answer.plan, &toy.plans[1]);
    ck_assert_uint_eq(told, 2);
    ck_assert_int_eq(last_told.status, AZ_PLAN_FEASIBLE);
    ck_assert_ptr_nonnull(strstr(c->engine, ", toy"));
    ck_assert_uint_eq(c->assumptions.count, 1);
    ck_assert_str_eq(c->assumptions.items[0].pointer, "/reading");
    ck_assert_str_eq(c->assumptions.items[0].words_en, "was repaired");
}
END_TEST

/* A plan that breaks less is better, however dear: without the order a priced rule would be bought.
 */
START_TEST(less_penalty_comes_before_less_cost)
{
    struct toy toy = { .plans = { { 100, 50, false }, { 900, 0, false }, { 10, 60, false } },
                       .count = 3,
                       .bound = -INFINITY };
    ck_assert_int_eq(solve_toy(&toy, NULL, NAN), AZ_OK);
    ck_assert_double_eq(answer.certificate.objective, 900);
    ck_assert_int_eq(answer.certificate.status, AZ_PLAN_FEASIBLE);
    ck_assert_int_eq(answer.certificate.stopped, AZ_STOP_LIMIT);
    ck_assert(isnan(answer.certificate.bound));
}
END_TEST

/* Concessions carry the rule's words with amount and unit in both languages. */
START_TEST(concessions_are_told_in_words)
{
    struct toy toy = { .plans = { { 100, 6, false } }, .count = 1, .bound = 106 };
    ck_assert_int_eq(solve_toy(&toy, NULL, NAN), AZ_OK);
    ck_assert_uint_eq(answer.certificate.concessions.count, 1);
    ck_assert_str_eq(answer.certificate.concessions.items[0].words_en, "cell gives 2 kWh");
    ck_assert_str_eq(answer.certificate.concessions.items[0].words_ja, "cell が 2 kWh");
    ck_assert_int_eq(answer.certificate.meets_all_rules, 0);
    ck_assert_double_eq(answer.certificate.penalty, 6);
}
END_TEST

/* A refused plan or a bound beyond the objective is a defect and never an answer. */
START_TEST(refused_plans_and_bounds_are_internal_errors)
{
    struct toy refused = { .plans = { { 100, 0, true } }, .count = 1, .bound = 90 };
    ck_assert_int_eq(solve_toy(&refused, NULL, NAN), AZ_INTERNAL);
    ck_assert_uint_eq(answer.findings.count, 1);
    ck_assert_str_eq(answer.findings.items[0].code->code, "plan_refused");
    struct toy beyond = { .plans = { { 100, 0, false } }, .count = 1, .bound = 101 };
    ck_assert_int_eq(solve_toy(&beyond, NULL, NAN), AZ_INTERNAL);
    ck_assert_str_eq(answer.findings.items[0].code->code, "bound_beyond_objective");
}
END_TEST

/* Infeasible comes with its reasons; nothing found is said as just that. */
START_TEST(infeasible_and_no_plan_are_told_apart)
{
    struct toy none = { .bound = 5 };
    ck_assert_int_eq(solve_toy(&none, NULL, NAN), AZ_OK);
    ck_assert_int_eq(answer.certificate.status, AZ_PLAN_NONE);
    ck_assert(isnan(answer.certificate.objective));
    ck_assert_double_eq(answer.certificate.bound, 5);
    ck_assert(!answer.has_explanation);
    struct toy infeasible = { .bound = -INFINITY, .infeasible = true };
    ck_assert_int_eq(solve_toy(&infeasible, NULL, NAN), AZ_OK);
    ck_assert_int_eq(answer.certificate.status, AZ_PLAN_INFEASIBLE);
    ck_assert(answer.has_explanation && answer.explanation.proven);
}
END_TEST

/* All problems of a wrong input, and no solve. */
START_TEST(a_wrong_instance_is_answered_with_findings)
{
    struct toy toy = { .count = 5 };
    ck_assert_int_eq(solve_toy(&toy, NULL, NAN), AZ_INVALID);
    ck_assert_uint_eq(answer.findings.count, 1);
    ck_assert_str_eq(answer.findings.items[0].pointer, "/count");
}
END_TEST

/* An earlier plan is the first start; one that does not fit is left alone. */
START_TEST(an_earlier_plan_is_adopted_where_it_fits)
{
    struct toy toy = { .bound = -INFINITY };
    struct toy_plan old = { 500, 0, false }, misfit = { 500, 0, true };
    ck_assert_int_eq(solve_toy(&toy, &old, NAN), AZ_OK);
    ck_assert_double_eq(answer.certificate.objective, 500);
    ck_assert_int_eq(solve_toy(&toy, &misfit, NAN), AZ_OK);
    ck_assert_int_eq(answer.certificate.status, AZ_PLAN_NONE);
}
END_TEST

/* --- the microgrid through the pipeline ---------------------------------------------------------
 */

static struct az_answer solve_sample(const char *path, double seconds, double gap,
                                     bool (*cancelled)(void *), double *took)
{
    struct az_findings findings;
    void *object = NULL;
    struct az_answer sample;
    json_t *json = document_load(path);
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_json_read(&mg_instance_table, json, NULL, arena, &findings, &object),
                     AZ_OK);
    ck_assert_int_eq(az_link(&mg_instance_table, object, NULL, NULL, arena, &findings), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    struct az_context context = az_context_default();
    double began = az_now(&context);
    context.deadline = began + seconds;
    context.cancelled = cancelled;
    struct az_job job = { .formulation = &az_kind_microgrid,
                          .instance = object,
                          .options = { .gap = gap, .gap_abs = 0 } };
    ck_assert_int_eq(az_job_prepare(&job, arena, &sample), AZ_OK);
    ck_assert_int_eq(az_job_solve(&job, engine_named("auto"), &context, arena, &sample), AZ_OK);
    *took = az_now(&context) - began;
    json_decref(json);
    return sample;
}

/* "optimal" for a time limit, or an answer after it: both have been seen in peers. */
START_TEST(a_deadline_gives_the_best_plan_so_far_and_says_so)
{
    double took;
    struct az_answer sample =
        solve_sample("instances/microgrid/matsumoto-plain.json", 2, 1e-9, NULL, &took);
    ck_assert_double_le(took, 2.5);
    ck_assert_int_eq(sample.certificate.status, AZ_PLAN_FEASIBLE);
    ck_assert_int_eq(sample.certificate.stopped, AZ_STOP_DEADLINE);
    ck_assert_int_eq(sample.certificate.checked, 1);
    ck_assert_ptr_nonnull(sample.plan);
    ck_assert_double_gt(sample.certificate.gap, 1e-9);
}
END_TEST

static bool at_once(void *data)
{
    (void)data;
    return true;
}

/* A cancelled job ends soon and never claims a proof. */
START_TEST(a_cancelled_job_ends_at_once)
{
    double took;
    struct az_answer sample =
        solve_sample("instances/microgrid/matsumoto-plain.json", 30, 1e-9, at_once, &took);
    ck_assert_double_le(took, 3);
    ck_assert_int_eq(sample.certificate.stopped, AZ_STOP_CANCEL);
    ck_assert_int_ne(sample.certificate.status, AZ_PLAN_OPTIMAL);
}
END_TEST

/* Levels stand in the order in which they were decided, each with its own bound. */
START_TEST(priced_breaches_are_proven_least_before_the_cost)
{
    double took;
    struct az_answer sample =
        solve_sample("instances/microgrid/island-evening.json", 20, 1e-4, NULL, &took);
    const struct az_certificate *c = &sample.certificate;
    ck_assert_int_eq(c->status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(c->levels.count, 2);
    ck_assert_str_eq(c->levels.items[0].name, "penalty");
    ck_assert_double_eq_tol(c->levels.items[0].objective, c->penalty, 1e-6);
    ck_assert_double_gt(c->penalty, 0);
    ck_assert_double_le(c->levels.items[0].bound, c->penalty + 1e-6);
    ck_assert_double_eq_tol(c->levels.items[1].objective, c->cost, 1e-6);
    ck_assert_double_le(c->bound, c->objective + 1e-6);
    ck_assert_int_eq(c->meets_all_rules, 0);
    ck_assert_uint_gt(c->concessions.count, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job");
    TCase *pipeline = tcase_create("pipeline");
    tcase_add_checked_fixture(pipeline, setup, teardown);
    tcase_set_timeout(pipeline, 60);
    tcase_add_test(pipeline, a_certificate_tells_what_the_judge_and_the_bound_say);
    tcase_add_test(pipeline, less_penalty_comes_before_less_cost);
    tcase_add_test(pipeline, concessions_are_told_in_words);
    tcase_add_test(pipeline, refused_plans_and_bounds_are_internal_errors);
    tcase_add_test(pipeline, infeasible_and_no_plan_are_told_apart);
    tcase_add_test(pipeline, a_wrong_instance_is_answered_with_findings);
    tcase_add_test(pipeline, an_earlier_plan_is_adopted_where_it_fits);
    tcase_add_test(pipeline, a_deadline_gives_the_best_plan_so_far_and_says_so);
    tcase_add_test(pipeline, a_cancelled_job_ends_at_once);
    tcase_add_test(pipeline, priced_breaches_are_proven_least_before_the_cost);
    suite_add_tcase(suite, pipeline);
    return test_suite_run(suite);
}
