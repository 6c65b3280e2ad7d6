/* test_siting_outages.c - flows that the judge finds by factors, against a grid in which the
 * circuit is really not there. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/siting/judge.h"
#include "formulations/siting/plan.h"
#include "tests/support/st_case.h"
#include "tests/support/st_random.h"
#include "tests/support/suite.h"

/* The part of the grid that the slack still reaches without a circuit (AZ_NO_INDEX: all of it). */
struct rest {
    size_t n, m;
    size_t *bus, *place;      /* [n] of the instance; [buses] in the rest, AZ_NO_INDEX: beyond */
    size_t *circuit;          /* [m] of the instance */
    struct az_branch *branch; /* [m] */
    double *ptdf;             /* [m * n] */
};

static struct rest rest_of(const struct st_case *c, size_t gone)
{
    const struct st_upstream *up = c->in->upstream;
    size_t buses = up->buses.count, circuits = up->circuits.count, slack = up->slack.index;
    struct rest rest = { .bus = AZ_ARRAY(c->arena, buses, size_t),
                         .place = AZ_ARRAY(c->arena, buses, size_t),
                         .circuit = AZ_ARRAY(c->arena, circuits, size_t),
                         .branch = AZ_ARRAY(c->arena, circuits, struct az_branch) };
    for (size_t b = 0; b < buses; b++) rest.place[b] = AZ_NO_INDEX;
    rest.bus[rest.n++] = slack;
    rest.place[slack] = 0;
    for (size_t done = 0; done < rest.n; done++)
        for (size_t m = 0; m < circuits; m++) {
            const struct st_circuit *circuit = &up->circuits.items[m];
            size_t from = circuit->from.index, to = circuit->to.index;
            if (m == gone || (from != rest.bus[done] && to != rest.bus[done])) continue;
            size_t other = from == rest.bus[done] ? to : from;
            if (rest.place[other] != AZ_NO_INDEX) continue;
            rest.place[other] = rest.n;
            rest.bus[rest.n++] = other;
        }
    for (size_t m = 0; m < circuits; m++) {
        const struct st_circuit *circuit = &up->circuits.items[m];
        size_t from = rest.place[circuit->from.index], to = rest.place[circuit->to.index];
        if (m == gone || from == AZ_NO_INDEX) continue;
        rest.circuit[rest.m] = m;
        rest.branch[rest.m++] = (struct az_branch){ from, to, circuit->x_pu };
    }
    rest.ptdf = AZ_ARRAY(c->arena, rest.m * rest.n, double);
    ck_assert_int_eq(az_ptdf(rest.n, rest.m, rest.branch, 0, rest.ptdf), AZ_OK);
    return rest;
}

/* kW that a bus loses in an hour after the outage of a circuit. */
static double tripped(const struct st_case *c, size_t gone, size_t bus, size_t h)
{
    double kw = 0;
    for (size_t i = 0; i < c->plan->trips.count; i++) {
        const struct st_trip *trip = &c->plan->trips.items[i];
        size_t at = trip->plant.collection == 1
                        ? c->in->sites.items[trip->plant.index].bus
                        : c->in->upstream->plants.items[trip->plant.index].bus.index;
        if (trip->circuit.index == gone && (size_t)trip->hour == h && at == bus) kw += trip->kw;
    }
    return kw;
}

/* The fullest hour of every circuit without circuit `gone`. */
static void add_flows(const struct st_case *c, const struct st_judge *j, size_t gone,
                      struct st_fullest fullest[])
{
    struct rest rest = rest_of(c, gone);
    for (size_t m = 0; m < rest.m; m++) {
        const struct st_circuit *circuit = &c->in->upstream->circuits.items[rest.circuit[m]];
        bool before = gone == AZ_NO_INDEX || isnan(circuit->emergency_kw);
        double limit = before ? circuit->normal_kw : circuit->emergency_kw;
        for (size_t h = 0; h < j->H; h++) {
            double flow = 0;
            for (size_t b = 0; b < rest.n; b++)
                flow += rest.ptdf[m * rest.n + b] *
                        (j->bus[rest.bus[b] * j->H + h] - tripped(c, gone, rest.bus[b], h));
            st_fuller(&fullest[rest.circuit[m]], flow, copysign(limit, flow), false, h, gone);
        }
    }
}

static void compare(const struct st_fullest found[], const struct st_fullest expected[],
                    size_t count)
{
    for (size_t m = 0; m < count; m++) {
        ck_assert_int_eq(found[m].known, expected[m].known);
        if (!expected[m].known) continue;
        ck_assert_double_eq_tol(found[m].measure, expected[m].measure, 1e-9);
        ck_assert_double_eq_tol(fabs(found[m].value), fabs(expected[m].value), 1e-6);
    }
}

/* Everything that can be armed is, and trips a random part of what it gives. */
static void trip_at_random(struct st_case *c, struct az_random *dice)
{
    const struct st_upstream *up = c->in->upstream;
    size_t sites = c->in->sites.count;
    size_t *option = AZ_ARRAY(c->arena, sites, size_t);
    bool *armed = AZ_ARRAY(c->arena, sites, bool);
    for (size_t s = 0; s < sites; s++) {
        option[s] = c->in->sites.items[s].option_count - 1; /* none: AZ_NO_INDEX */
        armed[s] = c->in->sites.items[s].armable == 1;
    }
    ck_assert_int_eq(st_plan_of(c->in, option, armed, c->arena, &c->plan), AZ_OK);
    for (size_t g = 0; g < up->plants.count; g++)
        ck_assert_int_eq(st_plan_arm(c->in, c->plan, g, c->arena), AZ_OK);
    for (size_t k = 0; k < up->circuits.count; k++) {
        struct rest rest = rest_of(c, k);
        for (size_t i = 0; i < sites + up->plants.count; i++) {
            bool site = i < sites;
            size_t at = site ? i : i - sites;
            size_t bus = site ? c->in->sites.items[at].bus : up->plants.items[at].bus.index;
            if ((site && !armed[at]) || bus == AZ_NO_INDEX) continue;
            if (rest.place[bus] == AZ_NO_INDEX) continue;
            for (size_t h = 0; h < c->in->hour_count; h++)
                if (az_random_unit(dice) < 0.3)
                    ck_assert_int_eq(st_plan_trip(c->in, c->plan, k, site, at, h,
                                                  5 * az_random_unit(dice), c->arena),
                                     AZ_OK);
        }
    }
}

/* Factors that are wrong by a sign would let a circuit burn that the plan calls safe. */
START_TEST(factors_agree_with_a_grid_without_the_circuit)
{
    struct st_case c;
    struct st_judge j;
    struct az_judgement judgement;
    struct az_random dice;
    json_t *json = st_random_instance((uint64_t)_i + 100, 10, ST_WITH_FEEDERS | ST_WITH_UPSTREAM);
    st_case_open_good(&c, json, "random");
    az_random_seed(&dice, (uint64_t)_i);
    trip_at_random(&c, &dice);
    ck_assert_int_eq(st_judge_all(&j, c.in, c.plan, false, c.arena, &judgement), AZ_OK);
    ck_assert_ptr_nonnull(j.cash);
    size_t circuits = c.in->upstream->circuits.count;
    ck_assert_uint_gt(c.plan->trips.count, 0);
    struct st_fullest *before = AZ_ARRAY(c.arena, circuits, struct st_fullest);
    struct st_fullest *after = AZ_ARRAY(c.arena, circuits, struct st_fullest);
    add_flows(&c, &j, AZ_NO_INDEX, before);
    for (size_t k = 0; k < circuits; k++)
        if (c.in->upstream->circuits.items[k].outage != 0) add_flows(&c, &j, k, after);
    compare(j.full_circuit, before, circuits);
    compare(j.full_outage, after, circuits);
    json_decref(json);
    st_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_outages");
    TCase *cases = tcase_create("outages");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, factors_agree_with_a_grid_without_the_circuit, 0, 25);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
