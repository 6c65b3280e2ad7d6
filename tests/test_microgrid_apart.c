/* test_microgrid_apart.c - the judge and the models say by themselves what an outage and a fleet
 * are: on random plans, which do anything, both must say the same. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "formulations/common/calendar.h"
#include "formulations/microgrid/island.h"
#include "formulations/microgrid/judge.h"
#include "formulations/microgrid/outages.h"
#include "tests/support/mg_random.h"
#include "tests/support/suite.h"

#define SEEDS 120

static double at_random(struct az_random *random, double most)
{
    return az_random_below(random, 2) ? most * az_random_unit(random) : 0;
}

static json_t *time_of(const json_t *instance, int64_t slot)
{
    char text[32];
    struct az_time start;
    ck_assert(az_time_parse(json_string_value(json_object_get(instance, "start")), &start));
    int64_t minutes = json_integer_value(json_object_get(instance, "slot_minutes"));
    az_time_format(az_time_add(start, slot * minutes * 60), text);
    return json_string(text);
}

/* Gives about every second asset of a list a boolean. */
static void set_some(json_t *instance, const char *list, const char *member,
                     struct az_random *random)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(instance, list), i, item)
        json_object_set_new(item, member, json_boolean(az_random_below(random, 2)));
}

/* An islanding, a blackout or both, with shelters and forming assets at random. */
static void add_outages(json_t *instance, struct az_random *random)
{
    int64_t T = json_integer_value(json_object_get(instance, "slots")), kind, from;
    json_t *item, *grids = json_object_get(instance, "grids");
    size_t i;
    kind = 1 + (int64_t)az_random_below(random, 3);
    from = (int64_t)az_random_below(random, (uint64_t)T / 2);
    if (kind & 1)
        json_object_set_new(
            instance, "islandings",
            json_pack("[{s:s,s:o,s:o}]", "id", "works", "from", time_of(instance, from), "until",
                      time_of(instance, from + 1 + (int64_t)az_random_below(random, 6))));
    if (kind & 2)
        json_object_set_new(
            instance, "blackout",
            json_pack("{s:o,s:o,s:f}", "since", time_of(instance, -1), "restoration",
                      time_of(instance, 1 + (int64_t)az_random_below(random, (uint64_t)T)),
                      "recovery_h", az_random_unit(random)));
    set_some(instance, "units", "grid_forming", random);
    set_some(instance, "batteries", "grid_forming", random);
    set_some(instance, "converters", "grid_forming", random);
    json_array_foreach(json_object_get(instance, "batteries"), i, item)
    {
        json_t *shelter = json_array_get(grids, az_random_below(random, json_array_size(grids)));
        json_t *id = json_object_get(shelter, "id");
        if (!json_equal(id, json_object_get(item, "grid")))
            json_object_set_new(item, "shelter_grids", json_pack("[O]", id));
    }
}

/* Every battery is three vehicles with as many trips, some of them under way. */
static void add_trips(json_t *instance, struct az_random *random)
{
    int64_t T = json_integer_value(json_object_get(instance, "slots"));
    json_t *item;
    size_t i;
    json_array_foreach(json_object_get(instance, "batteries"), i, item)
    {
        json_t *trips = json_array();
        for (int k = 0; k < 3; k++) {
            char id[24];
            snprintf(id, sizeof id, "trip-%d", k);
            int64_t from = (int64_t)az_random_below(random, (uint64_t)T + 2) - 2;
            int64_t until = from + 1 + (int64_t)az_random_below(random, 5);
            json_array_append_new(
                trips, json_pack("{s:s,s:o,s:o,s:f,s:f}", "id", id, "from", time_of(instance, from),
                                 "until", time_of(instance, until), "depart_share",
                                 0.3 + 0.6 * az_random_unit(random), "used_kwh",
                                 json_number_value(json_object_get(item, "capacity_kwh")) *
                                     az_random_unit(random)));
        }
        json_object_set_new(item, "count", json_integer(3));
        json_object_set_new(item, "reservations", trips);
    }
}

/* What the random plan of any instance leaves out: converters that stand or idle, shelters. */
static void scatter(const struct mg_case *c, struct az_random *random)
{
    const struct mg_instance *mg = c->mg;
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            struct mg_converter_plan *plan = &c->plan->converters.items[i];
            double most = mg->converters.items[i].forward_max_kw;
            plan->on.values[t] = az_random_below(random, 3) > 0;
            plan->forward_in_kw.values[t] = plan->backward_in_kw.values[t] = 0;
            if (mg->converters.items[i].needs_on) plan->on.values[t] = 1; /* else it is refused */
            (az_random_below(random, 2) ? plan->forward_in_kw : plan->backward_in_kw).values[t] =
                plan->on.values[t] * (mg->converters.items[i].needs_on
                                          ? 0.1 + most * az_random_unit(random)
                                          : at_random(random, most));
        }
    for (size_t i = 0; i < mg->batteries.count && mg->blackout; i++)
        if (az_random_below(random, 2) && mg->batteries.items[i].shelter_grids.count > 0)
            c->plan->batteries.items[i].shelter_grid =
                mg->batteries.items[i].shelter_grids.items[0];
}

static void open_scattered(struct mg_case *c, struct mg_flows *flows, uint64_t seed)
{
    struct az_random random;
    struct az_misfit misfit = { 0 };
    json_t *instance = mg_random_instance(seed);
    az_random_seed(&random, seed + 5000);
    add_outages(instance, &random);
    add_trips(instance, &random);
    mg_case_open_good(c, instance, "an instance with outages");
    mg_random_plan(c, seed);
    scatter(c, &random);
    ck_assert_int_eq(mg_flows_lay(c->mg, c->plan, c->arena, &misfit, flows), AZ_OK);
    ck_assert_uint_eq(misfit.count, 0);
    json_decref(instance);
}

/* A grid that the judge holds for dead and a model for formed would be planned to serve load and
 * then refused; the other way round, it would go dark for nothing. */
START_TEST(judge_and_models_know_the_same_grids_as_dead)
{
    size_t dead_cells = 0, formed_cells = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(SEEDS); seed++) {
        struct mg_case c;
        struct mg_flows flows;
        const bool *planned;
        open_scattered(&c, &flows, seed);
        struct mg_judge j = { .mg = c.mg, .flows = flows, .arena = c.arena };
        ck_assert_int_eq(mg_judge_dead(&j), AZ_OK);
        const bool *judged = j.dead;
        ck_assert_int_eq(mg_dead_grids(c.mg, &flows, c.arena, &planned), AZ_OK);
        for (size_t at = 0; at < c.mg->grids.count * c.mg->T; at++) {
            ck_assert_int_eq(j.alone[at], c.mg->cut[at]);
            if (judged[at] != planned[at])
                ck_abort_msg("seed %d: %s in slot %zu: judge %d, models %d", (int)seed,
                             c.mg->grids.items[at / c.mg->T].id, at % c.mg->T, judged[at],
                             planned[at]);
            dead_cells += judged[at];
            formed_cells += !judged[at] && c.mg->cut[at];
        }
        mg_case_close(&c);
    }
    ck_assert_uint_gt(dead_cells, TEST_SOME(200));
    ck_assert_uint_gt(formed_cells, TEST_SOME(200));
}
END_TEST

static void compare(double judged, double planned, const char *what, uint64_t seed, size_t t)
{
    if (fabs(judged - planned) > 1e-9 * fmax(1, fabs(planned)))
        ck_abort_msg("seed %d, slot %zu: %s %g, models %g", (int)seed, t, what, judged, planned);
}

/* Vehicles that judge and models count apart would leave a plan with charge that nobody has. */
START_TEST(judge_and_models_know_the_same_vehicles_at_home)
{
    size_t away = 0, returned = 0, sheltered = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(SEEDS); seed++) {
        struct mg_case c;
        struct mg_judge j = { 0 };
        open_scattered(&c, &j.flows, seed);
        j.mg = c.mg;
        for (size_t i = 0; i < c.mg->batteries.count; i++)
            for (size_t t = 0; t < c.mg->T; t++) {
                const struct mg_battery_flow *flow = &j.flows.batteries[i];
                struct mg_home home = mg_home_at(c.mg, i, flow, t);
                struct mg_fleet fleet = mg_fleet_at(&j, i, t);
                double vehicles, energy;
                mg_fleet_before(&j, i, t + 1, &vehicles, &energy);
                compare(fleet.vehicles, home.vehicles, "vehicles", seed, t);
                compare(fleet.before, home.before, "before", seed, t);
                compare(fleet.after, home.after, "after", seed, t);
                compare(fleet.back, home.settled, "back", seed, t);
                compare(fleet.used, home.used, "used", seed, t);
                compare(vehicles, mg_at_home(c.mg, i, t + 1), "vehicles before", seed, t + 1);
                compare(energy, home.settled, "energy before", seed, t + 1);
                compare(mg_kept_kwh(c.mg, &c.mg->batteries.items[i], t), mg_floor_kwh(c.mg, i, t),
                        "floor", seed, t);
                ck_assert_uint_eq(mg_place_of(c.mg, &j.flows, i, t),
                                  mg_stands_on(c.mg, i, flow, t));
                away += home.vehicles < (double)c.mg->batteries.items[i].count;
                returned += fabs(fleet.back - fleet.after) > 1;
                sheltered += mg_stands_on(c.mg, i, flow, t) != c.mg->batteries.items[i].grid.index;
            }
        mg_case_close(&c);
    }
    ck_assert_int_gt((int)away, TEST_SEEN(100));
    ck_assert_int_gt((int)returned, TEST_SEEN(10));
    ck_assert_int_gt((int)sheltered, TEST_SEEN(100));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_apart");
    TCase *tests = tcase_create("apart");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, judge_and_models_know_the_same_grids_as_dead);
    tcase_add_test(tests, judge_and_models_know_the_same_vehicles_at_home);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
