/* test_siting_solve.c - changing one thing of an instance moves its best plan as a planner expects.
 */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/siting/search.h"
#include "tests/support/engines.h"
#include "tests/support/st_case.h"
#include "tests/support/st_random.h"
#include "tests/support/suite.h"

#define SITES 8
#define SEED 3

struct solved {
    struct st_case c;
    bool has;
    struct az_judgement best;
    const struct st_plan *plan;
    struct az_proof proof;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solved *s = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(st_evaluate(s->c.in, plan, s->c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    *kept = !s->has || az_judgement_is_better(AZ_MINIMIZE, 1e3, &judgement, &s->best) ||
            *objective == s->best.cost + s->best.penalty;
    if (*kept) s->best = judgement;
    if (*kept) s->plan = plan;
    s->has = true;
    return AZ_OK;
}

static void solve(struct solved *s, json_t *json, double seconds)
{
    struct az_run run;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-9, .gap_abs = 1, .money_scale = 1e3
    };
    struct az_context context = az_context_default();
    *s = (struct solved){ .has = false };
    st_case_open_good(&s->c, json, "changed");
    json_decref(json);
    context.deadline = az_now(&context) + seconds;
    az_run_begin(&run, &context, engine_at(0), &options);
    run.judge = judge;
    run.data = s;
    ck_assert_int_eq(st_solve(s->c.in, NULL, &run, s->c.arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&run, &s->proof), AZ_OK);
    ck_assert_uint_eq(run.refused, 0);
}

static bool chooses(const struct solved *s, const char *site)
{
    for (size_t i = 0; i < s->plan->choices.count; i++)
        if (strcmp(s->plan->choices.items[i].site.id, site) == 0) return true;
    return false;
}

static json_t *base(void)
{
    return st_random_instance(SEED, SITES, ST_WITH_BUDGET);
}

static json_t *site_of(json_t *json, size_t s)
{
    return json_array_get(json_object_get(json, "sites"), s);
}

static void set_budget(json_t *json, double jpy)
{
    json_object_set_new(json_array_get(json_object_get(json, "budgets"), 0), "jpy", json_real(jpy));
}

/* Without the budget's row every site that gains would be chosen. */
START_TEST(less_money_never_brings_more)
{
    double before = -INFINITY, spent = 4e7;
    for (int k = 0; k < 4; k++, spent /= 2) {
        struct solved s;
        json_t *json = base();
        set_budget(json, spent);
        solve(&s, json, 60);
        ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
        ck_assert_double_ge(s.best.cost, before - 2);
        before = s.best.cost;
        st_case_close(&s.c);
    }
    ck_assert_double_le(before, 0);
}
END_TEST

/* A decision binds whatever it costs, and taking it costs at least what was told. */
START_TEST(a_site_left_out_costs_what_was_told_when_it_is_in)
{
    struct solved s, with;
    json_t *json = base();
    set_budget(json, 8e6);
    solve(&s, json_deep_copy(json), 60);
    ck_assert_uint_gt(s.plan->summary->left_out.count, 0);
    struct st_left_out out = s.plan->summary->left_out.items[0];
    ck_assert(!chooses(&s, out.site.id));
    ck_assert_int_ne(out.reason, ST_REASON_UNTESTED);
    json_t *decided = json_deep_copy(json);
    json_object_set_new(site_of(decided, out.site.index), "decision", json_string("in"));
    solve(&with, decided, 60);
    if (with.has) {
        ck_assert(chooses(&with, out.site.id));
        ck_assert_double_ge(with.best.cost, s.best.cost + out.lost_jpy - 2);
        st_case_close(&with.c);
    }
    json_decref(json);
    st_case_close(&s.c);
}
END_TEST

/* A roof that its owner refused would be planned on all the same. */
START_TEST(a_site_decided_out_is_out)
{
    struct solved s, without;
    solve(&s, base(), 60);
    ck_assert_uint_gt(s.plan->choices.count, 0);
    json_t *json = base();
    size_t site = s.plan->choices.items[0].site.index;
    json_object_set_new(site_of(json, site), "decision", json_string("out"));
    solve(&without, json, 60);
    ck_assert(!chooses(&without, s.plan->choices.items[0].site.id));
    ck_assert_double_ge(without.best.cost, s.best.cost - 2);
    st_case_close(&s.c);
    st_case_close(&without.c);
}
END_TEST

/* A budget that binds has a price, and more of it brings no less. */
START_TEST(a_budget_that_binds_has_a_worth)
{
    struct solved s, more;
    double jpy = 8e6, step = 1e6, worth = 0;
    json_t *json = base();
    set_budget(json, jpy);
    solve(&s, json, 60);
    for (size_t i = 0; i < s.plan->summary->worths.count; i++)
        if (strcmp(s.plan->summary->worths.items[i].limit, "city") == 0)
            worth = s.plan->summary->worths.items[i].jpy_per_unit;
    ck_assert_double_gt(worth, 0);
    json = base();
    set_budget(json, jpy + step);
    solve(&more, json, 60);
    ck_assert_double_le(more.best.cost, s.best.cost + 2);
    st_case_close(&s.c);
    st_case_close(&more.c);
}
END_TEST

/* Where the prices are known every element but voltages has a worth: of a feeder that is full what
 * one more kW would bring, of one with room nothing. */
START_TEST(a_feeder_that_is_full_has_a_worth)
{
    struct solved s;
    size_t full = 0, empty = 0;
    json_t *json = st_random_instance(SEED, 30, ST_WITH_FEEDERS), *feeder;
    size_t i;
    json_array_foreach(json_object_get(json, "feeders"), i, feeder)
        json_object_set_new(feeder, "capacity_kw", json_real(i == 0 ? 40 : 1e6));
    solve(&s, json, 60);
    ck_assert(s.has);
    for (i = 0; i < s.plan->summary->loadings.count; i++) {
        const struct st_loading *it = &s.plan->summary->loadings.items[i];
        if (strcmp(it->what, "feeder") != 0) continue;
        if (it->limit < 1e5) {
            ck_assert_double_gt(it->value, 0.5 * it->limit);
            ck_assert_double_gt(it->worth_jpy_per_kw, 0);
            full++;
        } else {
            ck_assert_double_eq(it->worth_jpy_per_kw, 0);
            empty++;
        }
    }
    ck_assert_uint_eq(full, 1);
    ck_assert_uint_gt(empty, 0);
    st_case_close(&s.c);
}
END_TEST

/* A deadline that has passed ends without a plan, and without waiting. */
START_TEST(a_deadline_is_kept)
{
    struct solved s;
    double before = az_system_now();
    solve(&s, st_random_instance(SEED, 300, ST_WITH_BUDGET | ST_WITH_FEEDERS), 0);
    ck_assert_int_ne(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_lt(az_system_now() - before, 5);
    st_case_close(&s.c);
}
END_TEST

/* Where nothing asks for anything there is a plan, however short the time is: the one that does
 * what is decided. Where something does, it is none. */
START_TEST(a_time_that_is_over_has_the_plan_of_nothing)
{
    struct solved s;
    json_t *json = base();
    json_object_set_new(site_of(json, 1), "decision", json_string("in"));
    solve(&s, json, -1);
    ck_assert(s.has);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_FEASIBLE);
    ck_assert_uint_eq(s.plan->choices.count, 1);
    ck_assert_str_eq(s.plan->choices.items[0].site.id, s.c.in->sites.items[1].id);
    st_case_close(&s.c);
    json = base();
    json_object_set_new(json, "limits",
                        json_pack("[{s:s, s:s, s:i}]", "id", "least", "what", "count", "min", 1));
    solve(&s, json, -1);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_NONE);
    st_case_close(&s.c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_solve");
    TCase *cases = tcase_create("solve");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, less_money_never_brings_more);
    tcase_add_test(cases, a_site_left_out_costs_what_was_told_when_it_is_in);
    tcase_add_test(cases, a_site_decided_out_is_out);
    tcase_add_test(cases, a_budget_that_binds_has_a_worth);
    tcase_add_test(cases, a_feeder_that_is_full_has_a_worth);
    tcase_add_test(cases, a_deadline_is_kept);
    tcase_add_test(cases, a_time_that_is_over_has_the_plan_of_nothing);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
