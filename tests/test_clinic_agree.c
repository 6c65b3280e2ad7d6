/* test_clinic_agree.c - judge, carry and adopt meet the columns: what was calculated by hand is
 * never beaten by a bound and never beats what is proven best; a week that goes on stays as good.
 */
#include <check.h>
#include <math.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/clinic/search.h"
#include "tests/support/cl_case.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

struct agreed {
    struct cl_case c;
    const char *name, *engine;
    bool has;
    struct az_judgement best;
    size_t cases, same; /* of the folder; whose plan by hand is the best */
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct agreed *s = data;
    struct az_judgement judgement;
    ck_assert_int_eq(cl_evaluate(s->c.cl, plan, s->c.arena, &judgement), AZ_OK);
    if (judgement.violation_count > 0)
        ck_abort_msg("%s: %s at %s", s->name, judgement.violations.items[0].rule->code.code,
                     judgement.violations.items[0].pointer);
    *objective = judgement.cost + judgement.penalty;
    *kept = !s->has || az_judgement_is_better(AZ_MINIMIZE, 1000, &judgement, &s->best);
    if (*kept) s->best = judgement;
    s->has = true;
    return AZ_OK;
}

/* Is the second one beaten before the costs are compared? */
static bool is_ahead(const struct az_judgement *a, const struct az_judgement *b)
{
    for (size_t i = 0; i < AZ_RANKS; i++)
        if (fabs(a->rank[i] - b->rank[i]) > 1e-6) return a->rank[i] < b->rank[i];
    return false;
}

static void agree(const char *name, void *data)
{
    struct agreed *s = data;
    struct az_judgement by_hand;
    struct az_run run;
    struct az_proof proof;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-9, .gap_abs = 1e-3, .money_scale = 1000
    };
    struct az_context context = az_context_default();
    s->name = name;
    s->has = false;
    cl_case_golden(&s->c, name);
    ck_assert_int_eq(cl_evaluate(s->c.cl, s->c.plan, s->c.arena, &by_hand), AZ_OK);
    az_run_begin(&run, &context, engine_named(s->engine), &options);
    run.judge = judge;
    run.data = s;
    ck_assert_int_eq(cl_solve(s->c.cl, NULL, &run, s->c.arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&run, &proof), AZ_OK);
    ck_assert_uint_eq(run.refused, 0);
    if (!s->has) ck_abort_msg("%s: no plan", name);
    double hand = by_hand.cost + by_hand.penalty, best = s->best.cost + s->best.penalty;
    bool same_ranks = !is_ahead(&by_hand, &s->best) && !is_ahead(&s->best, &by_hand);
    if (is_ahead(&by_hand, &s->best)) ck_abort_msg("%s: by hand less is left out", name);
    if (same_ranks && proof.bound > hand + 1e-3)
        ck_abort_msg("%s: %g by hand, below the bound %g", name, hand, proof.bound);
    if (same_ranks && best > hand + 1e-3)
        ck_abort_msg("%s: %g by hand, %g by columns", name, hand, best);
    s->cases++;
    s->same += same_ranks && fabs(best - hand) <= 1e-3;
    cl_case_close(&s->c);
}

/* Judge and columns share nothing but the structs: whatever either has misread of the contract
 * shows where they meet. */
START_TEST(columns_agree_with_what_was_calculated_by_hand)
{
    struct agreed s = { .engine = engine_at(_i)->name };
    each_case(CL_GOLDEN, 40, agree, &s);
    ck_assert_uint_ge(s.same, 40); /* most of these plans are the best there are */
}
END_TEST

/* --- a week that goes on ------------------------------------------------------------------------
 */

struct kept {
    const struct cl_case *c;
    const struct cl_plan *plan;
    struct az_judgement best;
};

static enum az_status keep(void *data, const void *plan, double *objective, bool *is_kept)
{
    struct kept *k = data;
    struct az_judgement judgement;
    ck_assert_int_eq(cl_evaluate(k->c->cl, plan, k->c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    *is_kept = !k->plan || az_judgement_is_better(AZ_MINIMIZE, 1000, &judgement, &k->best);
    if (!*is_kept) return AZ_OK;
    k->plan = plan;
    k->best = judgement;
    return AZ_OK;
}

/* The best plan within a gap, or so many seconds. */
static json_t *best_plan(const struct cl_case *c, double seconds, double gap, double *objective)
{
    struct kept k = { .c = c };
    struct az_run run;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = gap, .gap_abs = 1e-3, .money_scale = 1000
    };
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + seconds;
    az_run_begin(&run, &context, engine_at(0), &options);
    run.judge = keep;
    run.data = &k;
    ck_assert_int_eq(cl_solve(c->cl, NULL, &run, c->arena), AZ_OK);
    ck_assert_ptr_nonnull(k.plan);
    *objective = k.best.cost + k.best.penalty;
    return az_json_write(&cl_plan_table, k.plan);
}

/* The base case with a change in its document; the plan that is adopted there. */
static void adopt_there(struct cl_case *now, json_t *document, const json_t *old)
{
    void *previous = NULL, *plan = NULL;
    struct az_judgement judgement;
    cl_case_open_good(now, document, CL_BASE);
    ck_assert_int_eq(az_json_read(&cl_plan_table, old, NULL, now->arena, NULL, &previous), AZ_OK);
    ck_assert_int_eq(cl_adopt(now->cl, previous, now->arena, &plan), AZ_OK);
    ck_assert_int_eq(cl_evaluate(now->cl, plan, now->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0); /* every site has a price */
    now->plan = plan;
}

/* Morning by morning: what the plan still holds is adopted as it was, and solving the rest again
 * brings nothing better than what was proven best at first. */
START_TEST(the_best_week_stays_the_best_day_by_day)
{
    struct cl_case c;
    double best, again;
    cl_case_load(&c, CL_BASE, NULL);
    json_t *plan = best_plan(&c, 60, 1e-9, &best);
    ck_assert_int_eq(cl_case_plan(&c, plan), AZ_OK);
    for (int64_t day = 0; day <= c.cl->days; day++) {
        struct cl_case rest;
        void *state = NULL;
        struct az_time at = az_time_add(c.cl->start, day * CL_DAY_S);
        ck_assert_int_eq(cl_carry(c.cl, c.plan, at, c.arena, &state, NULL), AZ_OK);
        json_t *document = document_load(CL_BASE);
        json_object_set_new(document, "state", az_json_write(&cl_state_table, state));
        if (day < c.cl->days) {
            adopt_there(&rest, document, plan);
            ck_assert_uint_eq(rest.plan->summary->changes.count, 0);
            double adopted = rest.plan->summary->cost_jpy + rest.plan->summary->penalty_jpy;
            json_decref(best_plan(&rest, 60, 1e-9, &again));
            ck_assert_double_eq_tol(adopted, again, 1e-3);
            cl_case_close(&rest);
        }
        json_decref(document);
    }
    json_decref(plan);
    cl_case_close(&c);
}
END_TEST

/* Whoever or whatever is missing on whichever day, the rest of the week is a start. */
START_TEST(anybody_may_be_missing)
{
    static const char *const dates[] = { "2026-11-30", "2026-12-01", "2026-12-02" };
    struct cl_case c;
    double best;
    cl_case_load(&c, CL_BASE, NULL);
    json_t *plan = best_plan(&c, 60, 1e-9, &best);
    size_t staff = c.cl->staff.count, vehicles = c.cl->vehicles.count;
    for (size_t i = 0; i < (staff + vehicles + c.cl->remote.count) * 3; i++) {
        struct cl_case now;
        json_t *document = document_load(CL_BASE);
        size_t who = i / 3;
        const char *list = who < staff ? "staff" : who < staff + vehicles ? "vehicles" : "remote";
        if (who >= staff) who -= staff;
        if (strcmp(list, "remote") == 0) who -= vehicles;
        json_t *item = json_array_get(json_object_get(document, list), who);
        json_object_set_new(item, strcmp(list, "vehicles") == 0 ? "out_of_service" : "absent",
                            json_pack("[s]", dates[i % 3]));
        adopt_there(&now, document, plan);
        cl_case_close(&now);
        json_decref(document);
    }
    json_decref(plan);
    cl_case_close(&c);
}
END_TEST

/* Weeks of some size with everything in them, however far their solve has come: nothing that still
 * holds is lost on any morning. */
START_TEST(random_weeks_go_on_as_they_were)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct cl_case c, rest;
    void *instance = NULL, *state = NULL;
    double objective;
    ck_assert_int_eq(cl_generate(10, (uint64_t)_i + 1, arena, &instance), AZ_OK);
    json_t *document = az_json_write(&cl_instance_table, instance);
    cl_case_open_good(&c, document, "generated");
    json_t *plan = best_plan(&c, 20, 0.1, &objective);
    ck_assert_int_eq(cl_case_plan(&c, plan), AZ_OK);
    for (int64_t day = 0; day < c.cl->days; day++) {
        struct az_time at = az_time_add(c.cl->start, day * CL_DAY_S);
        size_t rounds = 0;
        for (size_t r = 0; r < c.plan->rounds.count; r++)
            rounds += c.plan->rounds.items[r].leaves.utc_s >= at.utc_s;
        if (rounds == 0) break;
        ck_assert_int_eq(cl_carry(c.cl, c.plan, at, c.arena, &state, NULL), AZ_OK);
        json_object_set_new(document, "state", az_json_write(&cl_state_table, state));
        adopt_there(&rest, document, plan);
        ck_assert_uint_eq(rest.plan->rounds.count, rounds);
        ck_assert_uint_eq(rest.plan->summary->changes.count, 0);
        ck_assert_uint_eq(rest.plan->unserved.count, c.plan->unserved.count);
        if (day == 0)
            ck_assert_double_eq_tol(rest.plan->summary->cost_jpy + rest.plan->summary->penalty_jpy,
                                    objective, 1e-6);
        cl_case_close(&rest);
    }
    json_decref(plan);
    json_decref(document);
    cl_case_close(&c);
    az_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_agree");
    TCase *cases = tcase_create("agree");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, columns_agree_with_what_was_calculated_by_hand, 0, engine_count());
    tcase_add_test(cases, the_best_week_stays_the_best_day_by_day);
    tcase_add_test(cases, anybody_may_be_missing);
    tcase_add_loop_test(cases, random_weeks_go_on_as_they_were, 0, 4);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
