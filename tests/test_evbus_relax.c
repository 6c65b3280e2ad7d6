/* test_evbus_relax.c - the relaxation to one depot: chains and prices that prove each other. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/search.h"
#include "tests/support/eb_bench.h"
#include "tests/support/eb_random.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#define SEEDS TEST_SOME(40)

static struct eb_case c;
static struct eb_network *net;
static struct eb_relaxation *relaxation;

static void open_case(const char *format, char *text)
{
    eb_bench_text(&c, format, text);
    free(text);
    ck_assert_int_eq(eb_network_new(c.ev, c.arena, &net), AZ_OK);
    ck_assert_int_eq(eb_relax(net, c.arena, &relaxation), AZ_OK);
    ck_assert_ptr_nonnull(relaxation);
}

static double cheapest_out(size_t n)
{
    double least = INFINITY;
    for (size_t s = 0; s < net->source_count; s++)
        least = fmin(least, eb_day_cost(net->ev, &net->sources[s]) +
                                eb_link_cost(net, net->sources[s].type, &net->pull_out[s][n]));
    return least;
}

static double cheapest_in(size_t n)
{
    double least = INFINITY;
    for (size_t d = 0; d < net->ev->depots.count; d++)
        least = fmin(least, eb_link_cost(net, 0, &net->pull_in[d][n]));
    return least;
}

/* What the chains cost, every trip in one of them. */
static double chains_cost(void)
{
    double cost = 0;
    for (size_t n = 0; n < net->trip_count; n++) {
        uint32_t next = relaxation->next[n], before = relaxation->before[n];
        cost += eb_trip_cost(net->ev, &net->sources[0], net->trip[n]);
        if (before == EB_NO_TRIP) cost += cheapest_out(n);
        if (next == EB_NO_TRIP) {
            cost += cheapest_in(n);
            continue;
        }
        ck_assert_uint_eq(relaxation->before[next], n);
        size_t link = eb_link_find(net, n, next);
        ck_assert_uint_ne(link, AZ_NO_INDEX);
        cost += net->link_cost[0][link];
    }
    return cost;
}

/* The least reduced cost of all bus-days without batteries at the relaxation's prices. */
static double least_reduced_cost(void)
{
    struct eb_duals duals = { .cost_scale = 1, .trip = relaxation->price };
    struct eb_duty *duties[1];
    double least = INFINITY, costs[1], bound;
    for (size_t s = 0; s < net->source_count; s++) {
        size_t count;
        struct az_arena *scratch = az_arena_new(NULL);
        ck_assert_int_eq(
            eb_price_path(net, s, &duals, 0, 0, 1, c.arena, scratch, duties, costs, &count, &bound),
            AZ_OK);
        az_arena_free(scratch);
        least = fmin(least, bound);
    }
    return least;
}

/* Chains that cost what the prices add up to, and prices at which nothing pays: each proves that
 * the other is the best there is. Were one of them wrong, column generation would begin far off. */
static void check_proof(void)
{
    double sum = 0;
    for (size_t n = 0; n < net->trip_count; n++) sum += relaxation->price[n];
    ck_assert_double_eq_tol(sum, relaxation->value, 1e-6);
    ck_assert_double_eq_tol(chains_cost(), relaxation->value, 1e-6 * relaxation->value);
    ck_assert_double_ge(least_reduced_cost(), -1e-6 * relaxation->value);
}

START_TEST(chains_and_prices_prove_each_other)
{
    size_t trips = 3 + (size_t)_i;
    open_case("mdvsp", eb_bench_mdvsp((uint64_t)_i, 1 + (size_t)_i % 4, trips));
    check_proof();
    eb_case_close(&c);
}
END_TEST

/* With batteries too the ways alone count. */
START_TEST(batteries_are_left_out)
{
    size_t trips = 3 + (size_t)_i;
    open_case("evsp", eb_bench_evsp((uint64_t)_i, 1 + (size_t)_i % 3, 2, trips, 70));
    check_proof();
    eb_case_close(&c);
}
END_TEST

/* With one depot that has room for all the relaxation is the problem. */
START_TEST(one_depot_is_the_optimum)
{
    struct eb_bench_answer answer;
    open_case("mdvsp", eb_bench_mdvsp((uint64_t)_i, 1, 30));
    eb_bench_solve(&c, NULL, 1e-6, 60, NULL, &answer);
    ck_assert_int_eq(answer.status, AZ_OK);
    ck_assert_uint_eq(answer.refused, 0);
    ck_assert_double_eq_tol(answer.proof.objective, relaxation->value, 1e-6 * relaxation->value);
    eb_case_close(&c);
}
END_TEST

static enum az_status take_plan(void *data, const void *plan, double *objective, bool *kept)
{
    struct az_judgement judgement = { 0 };
    (void)data;
    ck_assert_int_eq(eb_evaluate(c.ev, plan, c.arena, &judgement), AZ_OK);
    *objective = judgement.cost + judgement.penalty;
    *kept = true;
    return AZ_OK;
}

/* A first bound above the best plan would prove what is false: after a solve, so that there is
 * hardly anything between them. */
START_TEST(first_bounds_are_below_the_best_plans)
{
    int told = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(60); seed++) {
        struct az_context context = az_context_default();
        struct az_run run;
        json_t *json = eb_random_instance(seed);
        eb_case_open_good(&c, json, "a random one");
        json_decref(json);
        struct az_run_options asked = { AZ_MINIMIZE, 0, 1e-3, c.ev->scale };
        struct eb_search search = { .ev = c.ev,
                                    .engine = engine_named("glpk"),
                                    .context = &context,
                                    .run = &run,
                                    .arena = c.arena };
        context.deadline = az_now(&context) + 5;
        az_run_begin(&run, &context, search.engine, &asked);
        run.judge = take_plan;
        ck_assert_int_eq(eb_solve_search(&search, NULL), AZ_OK);
        context.deadline = INFINITY;
        az_run_begin(&run, &context, search.engine, &asked);
        struct eb_master *master;
        struct az_master_row_list rows = { .arena = c.arena };
        double *pi = NULL;
        ck_assert_int_eq(
            eb_master_new(search.network, EB_MEASURE_COST, 0, INFINITY, INFINITY, c.arena, &master),
            AZ_OK);
        ck_assert_int_eq(eb_energy_bound(&search, master, &rows, &pi), AZ_OK);
        if (search.has_best && run.bound > search.best + 1e-6 * fmax(1, fabs(search.best)))
            ck_abort_msg("seed %d: %.9g above %.9g", (int)seed, run.bound, search.best);
        told += isfinite(run.bound) && pi;
        eb_case_close(&c);
    }
    ck_assert_int_ge(told, TEST_SEEN(15));
}
END_TEST

static Suite *relax_suite(void)
{
    Suite *suite = suite_create("evbus_relax");
    TCase *cases = tcase_create("relaxation");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, chains_and_prices_prove_each_other, 0, SEEDS);
    tcase_add_loop_test(cases, batteries_are_left_out, 0, SEEDS);
    tcase_add_loop_test(cases, one_depot_is_the_optimum, 0, 10);
    suite_add_tcase(suite, cases);
    TCase *energy = tcase_create("energy");
    tcase_set_timeout(energy, 300);
    tcase_add_test(energy, first_bounds_are_below_the_best_plans);
    suite_add_tcase(suite, energy);
    return suite;
}

int main(void)
{
    return test_suite_run(relax_suite());
}
