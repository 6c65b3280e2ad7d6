/* test_evbus_pricing.c - the pricers against all bus-days of small cases, one by one. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/columns.h"
#include "formulations/evbus/network.h"
#include "tests/support/eb_bench.h"
#include "tests/support/suite.h"

#define TRIPS 6
#define SEEDS TEST_SOME(30)
#define LIMIT 20

static struct eb_case c;
static struct eb_network *net;
static struct az_arena *scratch;
static double trip_dual[3 * TRIPS];
static struct eb_duals duals;

static void open_case(const char *format, char *text, uint64_t seed)
{
    struct az_random random;
    eb_bench_text(&c, format, text);
    free(text);
    scratch = az_arena_new(NULL);
    ck_assert_int_eq(eb_network_new(c.ev, c.arena, &net), AZ_OK);
    ck_assert_int_eq(eb_charge_prepare(net), AZ_OK);
    az_random_seed(&random, seed + 1000);
    for (size_t n = 0; n < net->trip_count; n++)
        trip_dual[n] = (net->ev->has_energy ? 6000 : 900) * az_random_unit(&random);
    duals = (struct eb_duals){ .cost_scale = 1, .trip = trip_dual, .source = -37 };
}

static void close_case(void)
{
    az_arena_free(scratch);
    eb_case_close(&c);
}

/* --- every bus-day ------------------------------------------------------------------------------
 */

struct all {
    size_t source;
    struct eb_hop hops[TRIPS + 1];
    size_t count;
    double least;
    bool (*allowed)(const struct eb_hop hops[], size_t count);
};

static double reduced_cost(const struct eb_duty *duty)
{
    double cost = duals.cost_scale * duty->cost + duals.source;
    for (size_t l = 0; l + 1 < duty->leg_count; l++)
        cost -= trip_dual[net->order[duty->legs[l].trip]];
    return cost;
}

static void take(struct all *all, size_t charger)
{
    struct eb_duty *duty;
    all->hops[all->count] = (struct eb_hop){ AZ_NO_INDEX, charger };
    if (all->allowed && !all->allowed(all->hops, all->count)) return;
    ck_assert_int_eq(eb_duty_of_hops(c.ev, net->sources, all->source,
                                     net->sources[all->source].depot, all->hops, all->count + 1,
                                     scratch, &duty),
                     AZ_OK);
    if (duty) all->least = fmin(all->least, reduced_cost(duty));
}

/* Trips in order of position, each straight or by any station. */
static void every(struct all *all, size_t from)
{
    size_t chargers = c.ev->chargers.count;
    for (size_t k = 0; all->count > 0 && k <= chargers; k++)
        take(all, k == chargers ? AZ_NO_INDEX : k);
    for (size_t n = from; n < net->trip_count; n++)
        for (size_t k = 0; k <= chargers; k++) {
            all->hops[all->count++] =
                (struct eb_hop){ net->trip[n], k == chargers ? AZ_NO_INDEX : k };
            every(all, n + 1);
            all->count--;
        }
}

static double least_of_all(size_t source, bool (*allowed)(const struct eb_hop[], size_t))
{
    struct all all = { .source = source, .least = INFINITY, .allowed = allowed };
    every(&all, 0);
    return all.least;
}

/* --- what a pricer answers ----------------------------------------------------------------------
 */

static struct eb_duty *found[LIMIT];
static double costs[LIMIT];
static size_t found_count;

static double ask(eb_pricer *pricer, size_t source, int effort, double below)
{
    double bound;
    struct az_arena *own = az_arena_new(NULL);
    ck_assert_int_eq(pricer(net, source, &duals, effort, below, LIMIT, c.arena, own, found, costs,
                            &found_count, &bound),
                     AZ_OK);
    az_arena_free(own);
    for (size_t k = 0; k < found_count; k++) {
        ck_assert_double_lt(costs[k], below);
        ck_assert_double_eq_tol(costs[k], reduced_cost(found[k]), 1e-6);
        ck_assert(eb_duty_charges(c.ev, &net->sources[source], found[k], NULL));
    }
    return bound;
}

/* A pricer that misses the cheapest duty proves a bound that is too high. */
static void check_least(eb_pricer *pricer, int effort,
                        bool (*allowed)(const struct eb_hop[], size_t))
{
    for (size_t s = 0; s < net->source_count; s++) {
        double least = least_of_all(s, allowed);
        double bound = ask(pricer, s, effort, 1e9);
        ck_assert_double_eq_tol(bound, least, 1e-6);
        ck_assert_uint_gt(found_count, 0);
        ck_assert_double_eq_tol(costs[0], least, 1e-6);
        /* nothing pays below the least: the bound stays a bound */
        bound = ask(pricer, s, effort, least - 1);
        ck_assert_uint_eq(found_count, 0);
        ck_assert_double_le(bound, least + 1e-6);
        ck_assert_double_ge(bound, least - 1 - 1e-6);
    }
}

START_TEST(shortest_paths_are_the_cheapest_bus_days)
{
    open_case("mdvsp", eb_bench_mdvsp((uint64_t)_i, 2, TRIPS), (uint64_t)_i);
    check_least(eb_price_path, 0, NULL);
    close_case();
}
END_TEST

START_TEST(labels_find_the_cheapest_bus_day_with_charging)
{
    double battery = 60 + 20 * (_i % 4);
    open_case("evsp", eb_bench_evsp((uint64_t)_i, 2, 2, TRIPS, battery), (uint64_t)_i);
    check_least(eb_price_charge, 2, NULL);
    close_case();
}
END_TEST

/* Bounds of the lower efforts must be bounds too, and their columns true ones. */
START_TEST(lower_efforts_never_bound_too_high)
{
    open_case("evsp", eb_bench_evsp((uint64_t)_i, 1, 2, TRIPS, 70), (uint64_t)_i);
    double least = least_of_all(0, NULL);
    for (int effort = 0; effort < 2; effort++) {
        ck_assert_double_le(ask(eb_price_charge, 0, effort, 1e9), least + 1e-6);
        for (size_t k = 0; k < found_count; k++) ck_assert_double_ge(costs[k], least - 1e-6);
    }
    close_case();
}
END_TEST

/* What a higher effort costs must be worth it: were its best day worse, the engine would go up to
 * it for nothing. */
START_TEST(higher_efforts_find_no_worse_days)
{
    open_case("evsp", eb_bench_evsp((uint64_t)_i, 1, 2, 3 * TRIPS, 60 + 20 * (_i % 4)),
              (uint64_t)_i);
    double best = INFINITY;
    for (int effort = 0; effort < 3; effort++) {
        double bound = ask(eb_price_charge, 0, effort, 1e9);
        if (best < INFINITY) ck_assert_uint_gt(found_count, 0);
        if (found_count == 0) continue;
        ck_assert_double_le(costs[0], best + 1e-6);
        ck_assert_double_le(bound, costs[0] + 1e-6);
        best = costs[0];
    }
    ck_assert_double_lt(best, INFINITY);
    close_case();
}
END_TEST

/* In the search for feasibility own costs do not count. */
START_TEST(without_own_costs_only_prices_matter)
{
    open_case("evsp", eb_bench_evsp((uint64_t)_i, 1, 1, TRIPS, 80), (uint64_t)_i);
    duals.cost_scale = 0;
    check_least(eb_price_charge, 2, NULL);
    close_case();
    open_case("mdvsp", eb_bench_mdvsp((uint64_t)_i, 1, TRIPS), (uint64_t)_i);
    duals.cost_scale = 0;
    check_least(eb_price_path, 0, NULL);
    close_case();
}
END_TEST

/* --- decisions ----------------------------------------------------------------------------------
 */

static struct az_decision decisions[2];

/* As allows() of the branching has it. */
static bool decided(const struct eb_hop hops[], size_t count)
{
    struct eb_leg legs[TRIPS + 1];
    struct eb_duty duty = { .leg_count = count + 1, .legs = legs };
    struct az_block_column column = { .data = &duty };
    for (size_t l = 0; l <= count; l++) legs[l].trip = hops[l].trip;
    return eb_allows(NULL, &decisions[0], &column) && eb_allows(NULL, &decisions[1], &column);
}

/* Pricing that ignores a decision would bring back what was branched away; one that forbids more
 * than the decision would bound too high. */
START_TEST(decisions_hold_in_pricing)
{
    bool charges = _i % 2;
    open_case(charges ? "evsp" : "mdvsp",
              charges ? eb_bench_evsp((uint64_t)_i, 1, 1, TRIPS, 80)
                      : eb_bench_mdvsp((uint64_t)_i, 1, TRIPS),
              (uint64_t)_i);
    size_t link = (size_t)_i % net->link_start[net->trip_count], n = 0;
    while (net->link_start[n + 1] <= link) n++;
    size_t from = net->trip[n], to = net->trip[net->links[link].to];
    const struct az_decision kinds[] = {
        { EB_DECIDE_FOLLOW, from, to, 1 },          { EB_DECIDE_FOLLOW, from, to, 0 },
        { EB_DECIDE_FOLLOW, AZ_NO_INDEX, to, 0 },   { EB_DECIDE_FOLLOW, AZ_NO_INDEX, to, 1 },
        { EB_DECIDE_FOLLOW, from, AZ_NO_INDEX, 0 }, { EB_DECIDE_FOLLOW, from, AZ_NO_INDEX, 1 }
    };
    for (size_t d = 0; d < 6; d++) {
        decisions[0] = kinds[d];
        decisions[1] = kinds[(d + 2) % 6];
        duals.forbidden = duals.forbidden_out = duals.forbidden_in = NULL;
        ck_assert_int_eq(eb_decisions_apply(net, decisions, 2, scratch, &duals), AZ_OK);
        double least = least_of_all(0, decided);
        double bound = ask(charges ? eb_price_charge : eb_price_path, 0, 2, 1e9);
        if (least == INFINITY)
            ck_assert_uint_eq(found_count, 0);
        else
            ck_assert_double_eq_tol(bound, least, 1e-6);
    }
    close_case();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus pricing");
    TCase *tests = tcase_create("pricing");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, shortest_paths_are_the_cheapest_bus_days, 0, SEEDS);
    tcase_add_loop_test(tests, labels_find_the_cheapest_bus_day_with_charging, 0, SEEDS);
    tcase_add_loop_test(tests, lower_efforts_never_bound_too_high, 0, SEEDS);
    tcase_add_loop_test(tests, higher_efforts_find_no_worse_days, 0, SEEDS);
    tcase_add_loop_test(tests, without_own_costs_only_prices_matter, 0, SEEDS / 2);
    tcase_add_loop_test(tests, decisions_hold_in_pricing, 0, SEEDS);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
