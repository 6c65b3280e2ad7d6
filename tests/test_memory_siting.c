/* test_memory_siting.c - memory that runs out anywhere while a siting is judged, completed, solved,
 * explained, shown, carried on. */
#include "formulations/siting/instance.h"
#include "formulations/siting/search.h"
#include "tests/support/engines.h"
#include "tests/support/st_case.h"
#include "tests/support/st_random.h"
#include "tests/support/starve.h"
#include "tests/support/suite.h"

static enum az_status judge_plan(void *data)
{
    const struct st_case *c = data;
    struct az_judgement judgement = { 0 };
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = st_evaluate(c->in, c->plan, arena, &judgement);
    az_arena_free(arena);
    return status;
}

static enum az_status view_plan(void *data)
{
    const struct st_case *c = data;
    struct az_judgement judgement = { 0 };
    struct az_view view = { 0 };
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = st_evaluate(c->in, c->plan, arena, &judgement);
    if (status == AZ_OK) status = st_view(c->in, c->plan, &judgement, arena, &view);
    az_arena_free(arena);
    return status;
}

static enum az_status complete_plan(void *data)
{
    const struct st_case *c = data;
    struct st_plan partial = { .choices = c->plan->choices };
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    void *plan;
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status =
        st_complete(c->in, &partial, engine_named("glpk"), &context, arena, &plan);
    az_arena_free(arena);
    return status == AZ_INFEASIBLE ? AZ_OK : status;
}

static enum az_status adopt_plan(void *data)
{
    const struct st_case *c = data;
    struct az_arena *arena = az_arena_new(NULL);
    void *plan;
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = st_adopt(c->in, c->plan, arena, &plan);
    az_arena_free(arena);
    return status == AZ_NO_PLAN ? AZ_OK : status;
}

/* Half an answer of a judge is a wrong one. */
START_TEST(plans_are_judged_completed_shown_and_adopted)
{
    static const char *const names[] = { ST_BASE, ST_CUSTOMERS };
    struct st_case c;
    void *plan = NULL;
    struct az_context context = az_context_default();
    st_case_load(&c, names[_i], NULL);
    struct st_plan partial = { 0 };
    partial.choices.items = AZ_ARRAY(c.arena, 4, struct st_choice);
    enum az_status status =
        st_complete(c.in, &partial, engine_named("glpk"), &context, c.arena, &plan);
    ck_assert(status == AZ_OK || status == AZ_INFEASIBLE);
    c.plan = plan;
    starve("judge", judge_plan, &c);
    starve("view", view_plan, &c);
    starve("complete", complete_plan, &c);
    starve("adopt", adopt_plan, &c);
    st_case_close(&c);
}
END_TEST

static enum az_status explain_instance(void *data)
{
    const struct st_case *c = data;
    struct az_context context = az_context_default();
    struct az_explanation explanation = { 0 };
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = st_explain(c->in, engine_named("glpk"), &context, arena, &explanation);
    az_arena_free(arena);
    return status;
}

struct ways {
    const struct st_case *c;
    bool compact, tree;
};

static enum az_status take(void *data, const void *plan, double *objective, bool *kept)
{
    struct az_judgement judgement = { 0 };
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    const struct ways *ways = data;
    enum az_status status = st_evaluate(ways->c->in, plan, arena, &judgement);
    *objective = judgement.cost + judgement.penalty;
    *kept = true;
    az_arena_free(arena);
    return status;
}

static enum az_status solve_instance(void *data)
{
    struct ways *ways = data;
    struct az_run run;
    struct az_run_options options = { .sense = AZ_MINIMIZE, .gap = 1e-4, .money_scale = 1e3 };
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    az_run_begin(&run, &context, engine_named("glpk"), &options);
    run.judge = take;
    run.data = ways;
    struct st_search search = { .in = ways->c->in,
                                .context = &context,
                                .run = &run,
                                .arena = arena,
                                .compact = ways->compact,
                                .tree_alone = ways->tree };
    enum az_status status = st_solve_search(&search, NULL);
    az_arena_free(arena);
    return status;
}

/* Prices, the tree and everything at once; what must give, told in time of need. */
START_TEST(instances_are_solved_and_explained)
{
    static const unsigned features[] = {
        ST_WITH_BUDGET | ST_WITH_LIMITS | ST_WITH_FEEDERS,
        ST_WITH_BUDGET | ST_WITH_LIMITS | ST_WITH_LINES | ST_WITH_UPSTREAM | ST_WITH_PRICES,
        ST_WITH_CUSTOMERS | ST_WITH_BUDGET,
    };
    struct st_case c;
    json_t *json = st_random_instance(300 + (uint64_t)_i, 3, features[_i]);
    st_case_open_good(&c, json, "random");
    engine_named("glpk");
    for (int way = 0; way < 3; way++) {
        struct ways ways = { .c = &c, .compact = way == 2, .tree = way == 1 };
        starve("solve", solve_instance, &ways);
    }
    starve("explain", explain_instance, &c);
    for (size_t b = 0; b < c.in->budgets.count; b++) c.in->budgets.items[b].jpy = 0;
    for (size_t s = 0; s < c.in->sites.count; s++) c.in->sites.items[s].decision = ST_IN;
    starve("explain what must give", explain_instance, &c);
    json_decref(json);
    st_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory_siting");
    TCase *cases = tcase_create("memory");
    atomic_store(&left, -1);
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, plans_are_judged_completed_shown_and_adopted, 0, 2);
    tcase_add_loop_test(cases, instances_are_solved_and_explained, 0, 3);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
