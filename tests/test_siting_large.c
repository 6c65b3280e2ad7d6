/* test_siting_large.c - cities of a few hundred sites and more when time is short: a plan before
 * any LP, and nothing goes on when the time is over. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/siting/search.h"
#include "tests/support/engines.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

#define SITES 300
#define SEEDS 3
#define LOOKS_AFTER 2000 /* at the clock, between the deadline and the end */

/* A clock that stands still until a phase is told, and is past every deadline from then on. Only
 * phases that are told in any case will do. */
struct moment {
    const char *phase;
    bool is_over;
    int looks; /* since then */
};

static double seconds_of(void *data)
{
    struct moment *moment = data;
    if (moment->is_over) moment->looks++;
    return moment->is_over ? 1000 : 0;
}

static void hear(void *data, const struct az_progress *progress)
{
    struct moment *moment = data;
    if (strcmp(progress->phase, moment->phase) == 0) moment->is_over = true;
}

struct solved {
    struct st_case c;
    bool has;
    struct az_judgement best;
    struct az_proof proof;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solved *s = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(st_evaluate(s->c.in, plan, s->c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    *kept = !s->has || az_judgement_is_better(AZ_MINIMIZE, 1, &judgement, &s->best);
    if (*kept) s->best = judgement;
    s->has = true;
    return AZ_OK;
}

static void open_city(struct solved *s, uint64_t seed)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *made;
    ck_assert_int_eq(st_generate(SITES, seed, arena, &made), AZ_OK);
    json_t *json = az_json_write(&st_instance_table, made);
    az_arena_free(arena);
    *s = (struct solved){ .has = false };
    st_case_open_good(&s->c, json, "a city");
    json_decref(json);
}

static void solve(struct solved *s, const struct az_engine *engine,
                  const struct az_context *context, double gap, size_t few_options)
{
    struct az_run run;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = gap, .gap_abs = 1, .money_scale = 1
    };
    az_run_begin(&run, context, engine, &options);
    run.judge = judge;
    run.data = s;
    struct st_search search = { .in = s->c.in,
                                .context = context,
                                .run = &run,
                                .arena = s->c.arena,
                                .few_options = few_options };
    ck_assert_int_eq(st_solve_search(&search, NULL), AZ_OK);
    ck_assert_uint_eq(run.refused, 0);
    ck_assert_int_eq(az_run_proof(&run, &s->proof), AZ_OK);
}

/* Without a plan from prices alone a short time would end in the first LP with nothing. */
START_TEST(a_plan_is_there_before_any_lp)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct moment moment = { .phase = "relaxation" };
        struct az_context context = az_context_default();
        struct solved s;
        context.clock = (struct az_clock){ seconds_of, &moment };
        context.deadline = 10;
        context.progress = hear;
        context.data = &moment;
        open_city(&s, seed);
        solve(&s, engine_at(_i), &context, 1e-9, seed % 2);
        ck_assert(moment.is_over);
        ck_assert(s.has);
        ck_assert_int_eq(s.proof.status, AZ_PLAN_FEASIBLE);
        ck_assert_double_le(s.proof.bound, s.proof.objective);
        st_case_close(&s.c);
    }
}
END_TEST

/* A loop that does not look at the clock would go on for minutes in a large city. */
START_TEST(every_phase_ends_with_the_time)
{
    static const char *const phases[] = { "values", "relaxation" };
    for (size_t k = 0; k < sizeof phases / sizeof *phases; k++) {
        struct moment moment = { .phase = phases[k] };
        struct az_context context = az_context_default();
        struct solved s;
        context.clock = (struct az_clock){ seconds_of, &moment };
        context.deadline = 10;
        context.progress = hear;
        context.data = &moment;
        open_city(&s, 1);
        solve(&s, engine_at(0), &context, 1e-9, 1);
        ck_assert(moment.is_over);
        ck_assert_int_lt(moment.looks, LOOKS_AFTER);
        ck_assert_int_ne(s.proof.status, AZ_PLAN_OPTIMAL);
        st_case_close(&s.c);
    }
}
END_TEST

/* Rows and statics that wait outside the relaxation would make its bound another one, and the
 * prices' own bound would pass what a plan costs. */
START_TEST(bounds_agree_whatever_is_in_the_relaxation)
{
    struct az_context context = az_context_default();
    struct solved few, all;
    open_city(&few, 2);
    open_city(&all, 2);
    solve(&few, engine_at(0), &context, 2e-3, 1);
    solve(&all, engine_at(0), &context, 2e-3, 1000000);
    ck_assert_int_eq(few.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_int_eq(all.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_le(few.proof.bound, all.proof.objective + 1);
    ck_assert_double_le(all.proof.bound, few.proof.objective + 1);
    st_case_close(&few.c);
    st_case_close(&all.c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_large");
    TCase *cases = tcase_create("large");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, a_plan_is_there_before_any_lp, 0, engine_count());
    tcase_add_test(cases, every_phase_ends_with_the_time);
    tcase_add_test(cases, bounds_agree_whatever_is_in_the_relaxation);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
