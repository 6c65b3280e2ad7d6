/* test_evbus_adopt.c - an earlier plan of the electric buses taken up again: on its own instance,
 * from a carried state, with a bus lost. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/evbus/duty.h"
#include "tests/support/eb_rest.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

static size_t trips_of(const struct eb_plan *plan)
{
    size_t count = 0;
    for (size_t b = 0; b < plan->blocks.count; b++)
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++)
            count += plan->blocks.items[b].events.items[e].kind == EB_EVENT_TRIP;
    return count;
}

/* Written, it reads again: a block that lost all its events has an empty list of them. */
static void check_readable(const struct eb_case *c, const char *name, const void *plan)
{
    struct az_findings findings;
    void *back;
    json_t *json = az_json_write(&eb_plan_table, plan);
    az_findings_init(&findings, c->arena, 0);
    ck_assert_int_eq(az_json_read(&eb_plan_table, json, NULL, c->arena, &findings, &back), AZ_OK);
    if (az_findings_total(&findings) > 0) ck_abort_msg("%s: %s", name, findings.items[0].pointer);
    json_decref(json);
}

static void check_adopted(const char *name, void *data)
{
    struct eb_case c;
    void *plan;
    int *adopted = data, *places = adopted + 1;
    struct az_judgement judgement;
    eb_case_golden(&c, name);
    *places += !c.ev->links;
    enum az_status status = eb_adopt(c.ev, c.plan, c.arena, &plan);
    ck_assert(status == AZ_OK || status == AZ_NO_PLAN);
    if (status == AZ_OK) {
        ++*adopted;
        check_readable(&c, name, plan);
        if (trips_of(plan) < trips_of(c.plan)) ck_abort_msg("%s", name);
        ck_assert_int_eq(eb_evaluate(c.ev, plan, c.arena, &judgement), AZ_OK);
        ck_assert_uint_eq(judgement.violation_count, 0);
    } else {
        fprintf(stderr, "  not adopted: %s\n", name);
    }
    eb_case_close(&c);
}

/* The plan of this very instance loses nothing. */
START_TEST(a_plan_is_adopted_on_its_own_instance)
{
    int counts[2] = { 0 }; /* adopted, with places */
    each_case(EB_GOLDEN, 40, check_adopted, counts);
    ck_assert_int_ge(counts[0], counts[1]);
}
END_TEST

/* A grid whose own supply has become too weak is helped over the converter: 40 kWh less 10 of its
 * own are 37.5 at the other side. Otherwise the whole plan would be lost as a start. */
START_TEST(converters_help_a_weaker_grid)
{
    struct eb_case c;
    void *plan;
    struct az_judgement judgement;
    double weak[4] = { 10, 10, 10, 10 };
    eb_case_golden(&c, "converter_forward");
    c.ev->grids.items[0].supply.items[0].power_kw = (struct az_series){ 4, weak, false };
    ck_assert_int_eq(eb_adopt(c.ev, c.plan, c.arena, &plan), AZ_OK);
    const struct eb_plan *adopted = plan;
    ck_assert_double_eq_tol(adopted->grids.items[0].supply_kwh.items[0].values[1], 10, 1e-9);
    ck_assert_double_eq_tol(adopted->converters.items[0].forward_in_kwh.values[1], 37.5, 1e-9);
    ck_assert_int_eq(eb_evaluate(c.ev, plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    eb_case_close(&c);
}
END_TEST

/* At noon every bus goes on with what it was to do: a start that changes nobody's work. */
START_TEST(a_plan_goes_on_from_a_carried_state)
{
    struct eb_case c, rest;
    json_t *instance;
    void *plan;
    eb_case_golden(&c, "half_hour_slots");
    instance = case_file(EB_GOLDEN, "half_hour_slots", "instance.json");
    open_rest(&rest, &c, instance, 1);
    ck_assert_int_eq(eb_adopt(rest.ev, c.plan, rest.arena, &plan), AZ_OK);
    const struct eb_plan *adopted = plan;
    ck_assert_uint_eq(adopted->blocks.count, 1);
    ck_assert_str_eq(adopted->blocks.items[0].bus.id, "bus-1");
    ck_assert_uint_eq(trips_of(adopted), 1);
    ck_assert_uint_eq(adopted->summary->changes.count, 0);
    ck_assert_double_eq_tol(adopted->summary->cost_jpy, 200 + 350 + 100, 1e-9);
    eb_case_close(&rest);
    eb_case_close(&c);
    json_decref(instance);
}
END_TEST

/* A bus is lost at seven: its trips are left out, the others' are not touched. */
START_TEST(a_lost_bus_leaves_its_trips_out)
{
    struct eb_case c;
    void *state, *plan;
    json_t *instance = case_file(EB_GOLDEN, "two_chargers_for_two_buses", "instance.json");
    eb_case_golden(&c, "two_chargers_for_two_buses");
    json_object_set_new(instance, "unserved_price_jpy", json_real(5000));
    json_object_set_new(instance, "new_buses", json_false());
    ck_assert_int_eq(eb_carry(c.ev, c.plan, moment(&c, 1), c.arena, &state, NULL), AZ_OK);
    ((struct eb_state *)state)->buses.items[0].out_of_service = 1;
    json_object_set_new(instance, "start", json_string("2026-11-21T07:00:00+09:00"));
    json_object_set_new(instance, "slots", json_integer(3));
    json_object_set_new(instance, "state", az_json_write(&eb_state_table, state));
    struct eb_case rest;
    ck_assert_int_eq(eb_case_open(&rest, instance, NULL), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&rest.findings), 0);
    ck_assert_int_eq(eb_adopt(rest.ev, c.plan, rest.arena, &plan), AZ_OK);
    const struct eb_plan *adopted = plan;
    ck_assert_uint_eq(adopted->blocks.count, 1);
    ck_assert_str_eq(adopted->blocks.items[0].id, "bus-2");
    ck_assert_uint_eq(adopted->unserved.count, 1);
    ck_assert_str_eq(adopted->unserved.items[0].trip.id, "down");
    ck_assert_double_eq(adopted->summary->penalty_jpy, 5000);
    ck_assert_uint_eq(adopted->summary->changes.count, 1);
    ck_assert_ptr_null(adopted->summary->changes.items[0].to_bus);
    eb_case_close(&rest);
    eb_case_close(&c);
    json_decref(instance);
}
END_TEST

/* The trips of a lost bus had to run, and there was no start at all until the search had made one:
 * a spare that has the charge takes them over at once, one that lacks it does not. */
START_TEST(a_spare_takes_over_from_a_lost_bus)
{
    for (int charged = 0; charged < 2; charged++) {
        struct eb_case c;
        struct az_judgement judgement;
        void *plan;
        eb_case_golden(&c, "a_spare_is_charged_without_driving");
        c.ev->bus[1].out_of_service = 1;
        if (charged) c.ev->bus[0].start_kwh = c.ev->bus[0].charge_kwh = 60;
        enum az_status status = eb_adopt(c.ev, c.plan, c.arena, &plan);
        ck_assert_int_eq(status, charged ? AZ_OK : AZ_NO_PLAN);
        if (charged) {
            const struct eb_plan *adopted = plan;
            ck_assert_uint_eq(adopted->blocks.count, 1);
            ck_assert_str_eq(adopted->blocks.items[0].bus.id, "v1");
            ck_assert_uint_eq(trips_of(adopted), 2);
            ck_assert_uint_eq(adopted->unserved.count, 0);
            ck_assert_int_eq(eb_evaluate(c.ev, plan, c.arena, &judgement), AZ_OK);
            ck_assert_uint_eq(judgement.violation_count, 0);
        }
        eb_case_close(&c);
    }
}
END_TEST

/* A battery that is emptier than planned takes more where it stands, if that is enough. */
START_TEST(an_emptier_bus_charges_more)
{
    struct eb_case c;
    void *plan;
    eb_case_golden(&c, "a_bus_under_way");
    c.ev->bus[0].start_kwh = c.ev->bus[0].charge_kwh = 20;
    ck_assert_int_eq(eb_adopt(c.ev, c.plan, c.arena, &plan), AZ_OK);
    const struct eb_plan *adopted = plan;
    ck_assert_uint_eq(trips_of(adopted), 1);
    ck_assert_double_ge(adopted->summary->charged_kwh, 50 - 1e-6);
    eb_case_close(&c);
}
END_TEST

/* Without a price for leaving trips out half a plan is no start: where there are no buses for what
 * it lacks, where no bus may run it, or where nobody knows when the plan was. */
START_TEST(what_does_not_fit_is_no_start)
{
    struct eb_case c, other;
    void *plan;
    eb_case_golden(&c, "up_charge_and_down");
    eb_case_golden(&other, "explicit_links_without_times");
    ck_assert_int_eq(eb_adopt(c.ev, other.plan, c.arena, &plan), AZ_OK);
    c.ev->new_buses = 0;
    ck_assert_int_eq(eb_adopt(c.ev, other.plan, c.arena, &plan), AZ_NO_PLAN);
    ck_assert_ptr_null(plan);
    c.ev->new_buses = 1;
    c.plan->blocks.items[0].events.count = 1; /* only up: down is taken over, if it may be */
    ck_assert_int_eq(eb_adopt(c.ev, c.plan, c.arena, &plan), AZ_OK);
    ck_assert_uint_eq(trips_of(plan), 2);
    c.ev->trips.items[1].serves = (bool[]){ false };
    ck_assert_int_eq(eb_adopt(c.ev, c.plan, c.arena, &plan), AZ_NO_PLAN);
    c.plan->start.utc_s = AZ_NO_INTEGER;
    ck_assert_int_eq(eb_adopt(c.ev, c.plan, c.arena, &plan), AZ_NO_PLAN);
    eb_case_close(&other);
    eb_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_adopt");
    TCase *cases = tcase_create("evbus_adopt");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_plan_is_adopted_on_its_own_instance);
    tcase_add_test(cases, converters_help_a_weaker_grid);
    tcase_add_test(cases, a_plan_goes_on_from_a_carried_state);
    tcase_add_test(cases, a_lost_bus_leaves_its_trips_out);
    tcase_add_test(cases, a_spare_takes_over_from_a_lost_bus);
    tcase_add_test(cases, an_emptier_bus_charges_more);
    tcase_add_test(cases, what_does_not_fit_is_no_start);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
