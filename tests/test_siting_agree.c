/* test_siting_agree.c - the ways to solve a siting agree: by prices and cores, with rows as they
 * are broken; everything at once, with every row; and, where it is tiny, every plan tried and
 * judged. */
#include <check.h>
#include <math.h>

#include "formulations/siting/plan.h"
#include "formulations/siting/search.h"
#include "tests/support/engines.h"
#include "tests/support/st_case.h"
#include "tests/support/st_random.h"
#include "tests/support/suite.h"

#define MONEY 1e3 /* of the gap */

/* What a solve ended with. */
struct ended {
    const struct st_instance *in;
    struct az_arena *arena;
    bool has;
    struct az_judgement best;
    struct az_proof proof;
    size_t refused;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct ended *e = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(st_evaluate(e->in, plan, e->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    *kept = !e->has || az_judgement_is_better(AZ_MINIMIZE, MONEY, &judgement, &e->best);
    if (*kept) e->best = judgement;
    e->has = true;
    return AZ_OK;
}

/* By prices; few: options that are in the LP from the beginning. tree: by the tree alone. */
static void solve(const struct st_case *c, const struct az_engine *engine, bool compact, size_t few,
                  bool tree, struct ended *e)
{
    struct az_run run;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-9, .gap_abs = 1, .money_scale = MONEY
    };
    struct az_context context = az_context_default();
    *e = (struct ended){ .in = c->in, .arena = c->arena };
    az_run_begin(&run, &context, engine, &options);
    run.judge = judge;
    run.data = e;
    struct st_search search = { .in = c->in,
                                .context = &context,
                                .run = &run,
                                .arena = c->arena,
                                .compact = compact,
                                .few_options = few,
                                .tree_alone = tree };
    ck_assert_int_eq(st_solve_search(&search, NULL), AZ_OK);
    ck_assert_int_eq(az_run_proof(&run, &e->proof), AZ_OK);
    e->refused = run.refused;
}

static void same(uint64_t seed, unsigned features, const char *what, const struct ended *a,
                 const struct ended *b)
{
    if (a->refused || b->refused) ck_abort_msg("%s, seed %d: a plan was refused", what, (int)seed);
    bool proven = a->proof.status == AZ_PLAN_OPTIMAL || b->proof.status == AZ_PLAN_OPTIMAL;
    if (a->proof.status != b->proof.status && !(proven && a->has && b->has))
        ck_abort_msg("%s, seed %d, features %u: %s and %s", what, (int)seed, features,
                     az_plan_status_code(a->proof.status), az_plan_status_code(b->proof.status));
    if (!a->has) return;
    double cost = fabs(a->best.cost - b->best.cost), penalty = a->best.penalty - b->best.penalty;
    double rank = fabs(a->best.rank[0] - b->best.rank[0]);
    /* rank and penalty are held to a tolerance, which may be worth some yen */
    double leeway = a->best.penalty > 0 || a->best.rank[0] < 0 ? 2e-5 * fabs(a->best.cost) : 4;
    if (cost > leeway || fabs(penalty) > 4 || rank > 1e-5 * fmax(1, fabs(a->best.rank[0])))
        ck_abort_msg("%s, seed %d, features %u: cost %f and %f, penalty %f and %f, rank %f and %f",
                     what, (int)seed, features, a->best.cost, b->best.cost, a->best.penalty,
                     b->best.penalty, a->best.rank[0], b->best.rank[0]);
}

static const unsigned mixes[] = {
    ST_WITH_BUDGET,
    ST_WITH_BUDGET | ST_WITH_LIMITS,
    ST_WITH_BUDGET | ST_WITH_FEEDERS,
    ST_WITH_LINES,
    ST_WITH_UPSTREAM,
    ST_WITH_COVERAGE | ST_WITH_BUDGET,
    ST_WITH_PRICES | ST_WITH_LIMITS | ST_WITH_BUDGET,
    ST_WITH_PRICES | ST_WITH_COVERAGE | ST_WITH_LIMITS | ST_WITH_FEEDERS,
    ST_WITH_OBJECTIVE | ST_WITH_BUDGET,
    ST_WITH_OBJECTIVE | ST_WITH_COVERAGE | ST_WITH_PRICES | ST_WITH_BUDGET | ST_WITH_LIMITS,
    ST_WITH_PRICES | ST_WITH_BUDGET | ST_WITH_LIMITS | ST_WITH_LINES | ST_WITH_UPSTREAM,
    ST_WITH_CUSTOMERS | ST_WITH_FEEDERS | ST_WITH_BUDGET,
    ST_WITH_CUSTOMERS | ST_WITH_LINES | ST_WITH_COVERAGE | ST_WITH_PRICES | ST_WITH_LIMITS,
    ST_WITH_CUSTOMERS | ST_WITH_UPSTREAM | ST_WITH_OBJECTIVE | ST_WITH_BUDGET,
};
#define MIXES (sizeof mixes / sizeof *mixes)

/* Prices, sifting, rounding and cores share the rows with the compact model, but neither what is in
 * the LP, nor when rows come, nor how plans are found. */
START_TEST(prices_and_cores_agree_with_everything_at_once)
{
    size_t plans = 0, all = TEST_SOME(80);
    for (uint64_t seed = 0; seed < all; seed++) {
        unsigned features = mixes[seed % MIXES];
        struct st_case c;
        struct ended by_prices, at_once;
        size_t sites = features & ST_WITH_CUSTOMERS ? 4 : 4 + seed % 7;
        json_t *json = st_random_instance(1000 * (uint64_t)_i + seed, sites, features);
        st_case_open_good(&c, json, "random");
        solve(&c, engine_at(_i), false, seed % 2, seed % 5 < 3, &by_prices);
        solve(&c, engine_at(_i), true, 0, false, &at_once);
        same(seed, features, "prices and compact", &by_prices, &at_once);
        plans += by_prices.has;
        json_decref(json);
        st_case_close(&c);
    }
    ck_assert_uint_gt(plans, all / 2);
}
END_TEST

/* A most of the net present value may be kept by spending more: trips that no row asks for belong
 * to the problem then. */
START_TEST(a_most_of_the_value_is_kept_by_trips_too)
{
    size_t plans = 0;
    for (uint64_t seed = 0; seed < TEST_SOME(20); seed++) {
        struct st_case c;
        struct ended by_prices, at_once;
        json_t *json = st_random_instance(31000 + seed, 3, ST_WITH_UPSTREAM);
        json_object_set_new(
            json, "limits",
            json_pack("[{s:s, s:s, s:i}]", "id", "most", "what", "npv_jpy", "max", 0));
        for (size_t s = 0; s < 3; s++)
            json_object_set_new(json_array_get(json_object_get(json, "sites"), s), "decision",
                                json_string(s == 1 ? "in" : "free"));
        st_case_open_good(&c, json, "random");
        solve(&c, engine_at(_i), false, 0, seed % 2, &by_prices);
        solve(&c, engine_at(_i), true, 0, false, &at_once);
        same(seed, ST_WITH_UPSTREAM, "a most of the value", &by_prices, &at_once);
        plans += by_prices.has;
        json_decref(json);
        st_case_close(&c);
    }
    ck_assert_uint_gt(plans, TEST_SOME(20) / 2);
}
END_TEST

/* --- every plan --------------------------------------------------------------------------------
 */

struct all_plans {
    const struct st_case *c;
    struct az_arena *arena;
    size_t *option;
    const char *const *reinforcement;
    size_t reinforcements;
    bool completed; /* deliveries and trips are chosen by the kind's completion of a plan */
    struct ended best;
};

static void try_plan(struct all_plans *a, size_t built)
{
    struct az_judgement judgement = { 0 };
    struct st_plan *plan;
    az_arena_empty(a->arena);
    ck_assert_int_eq(st_plan_of(a->c->in, a->option, NULL, a->arena, &plan), AZ_OK);
    for (size_t i = 0; i < a->reinforcements; i++)
        if (built >> i & 1)
            ck_assert_int_eq(st_plan_reinforce(plan, a->reinforcement[i], a->arena), AZ_OK);
    if (a->completed) {
        struct az_context context = az_context_default();
        void *whole = NULL;
        plan->armed.items = NULL;
        for (size_t i = 0; i < plan->choices.count; i++)
            plan->choices.items[i].armed = ST_ARMED_OPEN;
        plan->trips.items = NULL;
        plan->served.items = NULL;
        enum az_status status =
            st_complete(a->c->in, plan, engine_named("glpk"), &context, a->arena, &whole);
        ck_assert(status == AZ_OK || status == AZ_INFEASIBLE);
        if (status == AZ_INFEASIBLE) return;
        plan = whole;
    }
    ck_assert_int_eq(st_evaluate(a->c->in, plan, a->arena, &judgement), AZ_OK);
    if (judgement.violation_count > 0) return;
    if (a->best.has && !az_judgement_is_better(AZ_MINIMIZE, MONEY, &judgement, &a->best.best))
        return;
    a->best.best = az_judgement_order(&judgement);
    a->best.has = true;
}

static void try_site(struct all_plans *a, size_t s)
{
    if (s == a->c->in->sites.count) {
        for (size_t built = 0; built < (size_t)1 << a->reinforcements; built++) try_plan(a, built);
        return;
    }
    for (size_t o = 0; o <= a->c->in->sites.items[s].option_count; o++) {
        a->option[s] = o < a->c->in->sites.items[s].option_count ? o : AZ_NO_INDEX;
        try_site(a, s + 1);
    }
}

static size_t list_reinforcements(const struct st_instance *in, const char *list[], size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < in->banks.count; i++)
        for (size_t k = 0; k < in->banks.items[i].reinforcements.count && count < room; k++)
            list[count++] = in->banks.items[i].reinforcements.items[k].id;
    for (size_t i = 0; i < in->feeders.count; i++)
        for (size_t k = 0; k < in->feeders.items[i].reinforcements.count && count < room; k++)
            list[count++] = in->feeders.items[i].reinforcements.items[k].id;
    for (size_t i = 0; i < in->lines.count; i++)
        for (size_t k = 0; k < in->lines.items[i].reinforcements.count && count < room; k++)
            list[count++] = in->lines.items[i].reinforcements.items[k].id;
    return count;
}

/* What a completion chooses at the least cost may be beyond a budget where dearer is not. */
static bool is_exact(unsigned features)
{
    return !(features & ST_WITH_UPSTREAM && features & ST_WITH_BUDGET);
}

/* The judge shares nothing with the rows: a row that asks too much, or too little, shows. */
START_TEST(no_plan_of_all_is_better)
{
    size_t plans = 0;
    for (uint64_t seed = 0; seed < TEST_SOME(44); seed++) {
        unsigned features = mixes[seed % MIXES];
        const char *reinforcement[8];
        struct st_case c;
        struct ended by_prices;
        bool upstream = features & ST_WITH_UPSTREAM;
        json_t *json = st_random_instance(7000 + seed, upstream ? 2 : 3 + seed % 2, features);
        st_case_open_good(&c, json, "random");
        struct all_plans a = { .c = &c,
                               .arena = az_arena_new(NULL),
                               .option = AZ_ARRAY(c.arena, c.in->sites.count, size_t),
                               .reinforcement = reinforcement,
                               .completed = upstream || features & ST_WITH_CUSTOMERS };
        a.reinforcements = list_reinforcements(c.in, reinforcement, 8);
        try_site(&a, 0);
        solve(&c, engine_at((int)(seed % 2) % engine_count()), false, 0, seed % 4 < 2, &by_prices);
        a.best.proof.status = a.best.has ? AZ_PLAN_OPTIMAL : AZ_PLAN_INFEASIBLE;
        if (!is_exact(features) && by_prices.has &&
            (!a.best.has ||
             az_judgement_is_better(AZ_MINIMIZE, MONEY, &by_prices.best, &a.best.best)))
            a.best = by_prices;
        same(seed, features, "every plan and prices", &a.best, &by_prices);
        plans += a.best.has;
        az_arena_free(a.arena);
        json_decref(json);
        st_case_close(&c);
    }
    ck_assert_uint_gt(plans, TEST_SOME(44) / 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_agree");
    TCase *cases = tcase_create("agree");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, prices_and_cores_agree_with_everything_at_once, 0, engine_count());
    tcase_add_loop_test(cases, a_most_of_the_value_is_kept_by_trips_too, 0, engine_count());
    tcase_add_test(cases, no_plan_of_all_is_better);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
