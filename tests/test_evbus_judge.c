/* test_evbus_judge.c - the judge of the electric buses: cases calculated by hand, a mutation for
 * every rule, plans that fit nothing, the empty plan and the summary. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/duty.h"
#include "formulations/evbus/rules.h"
#include "tests/support/eb_case.h"
#include "tests/support/mutations.h"
#include "tests/support/suite.h"

#define MUTATIONS "tests/data/evbus/judge/mutations.json"

static struct az_judgement judge(const struct eb_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(eb_evaluate(c->ev, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

/* --- cases calculated by hand -------------------------------------------------------------------
 */

static void check_golden(const char *name, void *data)
{
    struct eb_case c;
    (void)data;
    eb_case_golden(&c, name);
    struct az_judgement judgement = judge(&c);
    compare_judgement(EB_GOLDEN, name, &judgement, c.arena);
    eb_case_close(&c);
}

/* Without them the judge could be wrong about money in the same way as the models. */
START_TEST(golden_cases_cost_what_they_cost_by_hand)
{
    each_case(EB_GOLDEN, 40, check_golden, NULL);
}
END_TEST

/* --- mutations ----------------------------------------------------------------------------------
 */

static void load_mutation(struct eb_case *c, const json_t *mutation)
{
    json_t *instance = mutated(EB_GOLDEN, mutation, "instance");
    json_t *plan = mutated(EB_GOLDEN, mutation, "plan");
    eb_case_open_good(c, instance, json_string_value(json_object_get(mutation, "case")));
    ck_assert_int_eq(eb_case_plan(c, plan), AZ_OK);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    json_decref(plan);
    json_decref(instance);
}

/* A rule that no mutation breaks is a rule that nobody knows to work; one that names others too
 * would send people to the wrong place. */
START_TEST(every_rule_has_a_mutation_that_is_named_exactly)
{
    bool named[EB_RULE_COUNT] = { false };
    json_t *mutations = document_load(MUTATIONS), *mutation;
    size_t k;
    json_array_foreach(mutations, k, mutation)
    {
        struct eb_case c;
        load_mutation(&c, mutation);
        struct az_judgement judgement = judge(&c);
        named[check_mutation(mutation, k, &judgement) - eb_rules] = true;
        eb_case_close(&c);
    }
    for (int rule = 0; rule < EB_RULE_COUNT; rule++)
        if (!named[rule]) ck_abort_msg("%s has no mutation", eb_rules[rule].code.code);
    json_decref(mutations);
}
END_TEST

/* Words with a parameter that the judge does not give would be printed in braces. */
START_TEST(the_words_of_every_breach_are_complete)
{
    json_t *mutations = document_load(MUTATIONS), *mutation;
    size_t k;
    json_array_foreach(mutations, k, mutation)
    {
        struct eb_case c;
        load_mutation(&c, mutation);
        struct az_judgement judgement = judge(&c);
        check_violation_words(&judgement, c.arena);
        eb_case_close(&c);
    }
    json_decref(mutations);
}
END_TEST

static void note_conceded(const char *name, void *data)
{
    bool *conceded = data;
    struct eb_case c;
    eb_case_golden(&c, name);
    struct az_judgement judgement = judge(&c);
    for (size_t k = 0; k < judgement.concessions.count; k++)
        conceded[judgement.concessions.items[k].rule - eb_rules] = true;
    eb_case_close(&c);
}

/* A rule is physics or priced; the list and the judge must agree which. */
START_TEST(only_priceable_rules_are_conceded)
{
    bool conceded[EB_RULE_COUNT] = { false };
    each_case(EB_GOLDEN, 40, note_conceded, conceded);
    for (int rule = 0; rule < EB_RULE_COUNT; rule++)
        if (conceded[rule] != eb_rules[rule].priceable)
            ck_abort_msg("%s: priceable %d, conceded in a case %d", eb_rules[rule].code.code,
                         eb_rules[rule].priceable, conceded[rule]);
}
END_TEST

/* In exact mode a price does not buy a breach. */
START_TEST(nothing_is_priced_in_exact_mode)
{
    struct eb_case c;
    eb_case_golden(&c, "short_end_at_its_price");
    c.ev->mode = EB_EXACT;
    struct az_judgement judgement = judge(&c);
    ck_assert_uint_eq(judgement.concessions.count, 0);
    ck_assert_uint_eq(judgement.violation_count, 1);
    ck_assert_double_eq(judgement.penalty, 0);
    eb_case_close(&c);
}
END_TEST

/* --- plans that do not fit ----------------------------------------------------------------------
 */

static void need_misfit(struct eb_case *c, const char *pointer)
{
    struct az_judgement judgement = judge(c);
    check_misfit(&judgement, &eb_rules[EB_RULE_plan_shape], pointer);
}

#define BREAK(member, value, pointer)        \
    do {                                     \
        __typeof__(member) kept_ = (member); \
        (member) = (value);                  \
        need_misfit(&c, (pointer));          \
        (member) = kept_;                    \
    } while (0)

/* A plan from anywhere must not be read beyond its lists, nor judged by numbers that are none. */
START_TEST(blocks_of_another_shape_are_named_and_not_read)
{
    struct eb_case c;
    eb_case_golden(&c, "up_charge_and_down");
    struct eb_block *block = &c.plan->blocks.items[0];
    struct eb_event *trip = &block->events.items[0], *stay = &block->events.items[1];
    BREAK(block->type.index, AZ_NO_INDEX, "/blocks/0/type");
    BREAK(block->depot.index, 7, "/blocks/0/depot");
    BREAK(block->start_kwh, NAN, "/blocks/0/start_kwh");
    BREAK(block->start_kwh, INFINITY, "/blocks/0/start_kwh");
    BREAK(trip->kind, 3, "/blocks/0/events/0/kind");
    BREAK(trip->kind, -1, "/blocks/0/events/0/kind");
    BREAK(trip->trip.index, 99, "/blocks/0/events/0/trip");
    BREAK(trip->soc_after_kwh, INFINITY, "/blocks/0/events/0/soc_after_kwh");
    BREAK(stay->from.index, AZ_NO_INDEX, "/blocks/0/events/1/from");
    BREAK(stay->to.index, 0, "/blocks/0/events/1/to");
    BREAK(stay->start.utc_s, AZ_NO_INTEGER, "/blocks/0/events/1/start");
    BREAK(stay->end.utc_s, INT64_MAX, "/blocks/0/events/1/end");
    BREAK(stay->charger.index, 5, "/blocks/0/events/1/charger");
    BREAK(stay->charger.id, NULL, "/blocks/0/events/1/charger");
    BREAK(stay->first_slot, -1, "/blocks/0/events/1/charge_kwh");
    BREAK(stay->first_slot, AZ_NO_INTEGER, "/blocks/0/events/1/charge_kwh");
    BREAK(stay->first_slot, INT64_MAX, "/blocks/0/events/1/charge_kwh");
    BREAK(stay->first_slot, 4, "/blocks/0/events/1/charge_kwh");
    BREAK(stay->charge_kwh.count, SIZE_MAX, "/blocks/0/events/1/charge_kwh");
    BREAK(stay->charge_kwh.items[0], NAN, "/blocks/0/events/1/charge_kwh/0");
    BREAK(stay->charged_kwh, INFINITY, "/blocks/0/events/1/charged_kwh");
    struct az_ref nobody = { .id = "nobody", .index = 0 };
    BREAK(block->bus, nobody, "/blocks/0/bus");
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    eb_case_close(&c);
}
END_TEST

START_TEST(grids_of_another_shape_are_named_and_not_read)
{
    struct eb_case c;
    eb_case_golden(&c, "storage_between_slots");
    struct eb_grid_plan *grid = &c.plan->grids.items[1];
    struct eb_storage_plan *storage = &c.plan->storages.items[0];
    BREAK(c.plan->start.utc_s, 0, "/start");
    BREAK(c.plan->slot_minutes, 30, "/slot_minutes");
    BREAK(c.plan->slots, 5, "/slots");
    BREAK(grid->supply_kwh.count, 0, "/grids/town/supply_kwh");
    BREAK(grid->demand_kwh.items[0].values, NULL, "/grids/town/demand_kwh/0");
    BREAK(grid->demand_kwh.items[0].count, 3, "/grids/town/demand_kwh/0");
    BREAK(grid->demand_kwh.items[0].values[2], NAN, "/grids/town/demand_kwh/0/2");
    BREAK(storage->charge_kwh.values, NULL, "/storages/box/charge_kwh");
    BREAK(storage->energy_kwh.count, 1, "/storages/box/energy_kwh");
    BREAK(c.plan->grids.count, 1, "/grids/town");
    BREAK(c.plan->storages.count, 0, "/storages/box");
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    c.plan->grids.keys[1].index = 0; /* the hill twice, the town not at all */
    ck_assert_uint_eq(judge(&c).violation_count, 2);
    eb_case_close(&c);
}
END_TEST

START_TEST(unserved_trips_and_chargers_of_nobody_are_named)
{
    struct eb_case c;
    eb_case_golden(&c, "trips_left_out");
    BREAK(c.plan->unserved.items[0].trip.index, AZ_NO_INDEX, "/unserved/0/trip");
    eb_case_close(&c);
    eb_case_golden(&c, "chosen_chargers");
    BREAK(c.plan->chargers.keys[0].index, 9, "/chargers/hc");
    BREAK(c.plan->chargers.items[0], AZ_NO_INTEGER, "/chargers/hc");
    eb_case_close(&c);
}
END_TEST

/* Numbers at the edge of what a document may hold end in violations, never in a crash. */
START_TEST(hostile_numbers_are_judged)
{
    struct eb_case c;
    eb_case_golden(&c, "energy_is_carried_from_grid_to_grid");
    struct eb_block *block = &c.plan->blocks.items[0];
    for (size_t e = 0; e < block->events.count; e++) {
        struct eb_event *event = &block->events.items[e];
        for (size_t k = 0; k < event->charge_kwh.count; k++) event->charge_kwh.items[k] = -1e300;
        for (size_t k = 0; k < event->discharge_kwh.count; k++)
            event->discharge_kwh.items[k] = 1e300;
        event->start.utc_s = (int64_t)1 << 48;
        event->end.utc_s = -((int64_t)1 << 48);
    }
    for (size_t t = 0; t < c.ev->T; t++)
        c.plan->grids.items[0].supply_kwh.items[0].values[t] = -1e300;
    ck_assert_uint_gt(judge(&c).violation_count, 5);
    ck_assert_int_eq(eb_summarise(c.ev, c.arena, c.plan), AZ_OK);
    eb_case_close(&c);
}
END_TEST

/* Rounding of an engine is no breach; more than the tolerance is. */
START_TEST(the_tolerance_is_relative_to_the_limit)
{
    struct eb_case c;
    eb_case_golden(&c, "up_charge_and_down");
    double *charge = c.plan->blocks.items[0].events.items[1].charge_kwh.items;
    charge[0] = 40 + 3e-5; /* 1e-6 of 40 is 4e-5 */
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    charge[0] = 40 + 3e-4; /* charge_power and balance */
    ck_assert_uint_eq(judge(&c).violation_count, 2);
    eb_case_close(&c);
}
END_TEST

/* --- the empty plan and the summary -------------------------------------------------------------
 */

/* The plan that serves nothing breaks nothing else, so that it is a start where trips have prices.
 */
START_TEST(the_empty_plan_leaves_every_trip_out)
{
    struct eb_case c;
    eb_case_golden(&c, "trips_left_out");
    ck_assert_int_eq(eb_plan_new(c.ev, c.arena, &c.plan), AZ_OK);
    struct az_judgement judgement = judge(&c);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_uint_eq(judgement.concessions.count, 4);
    ck_assert_double_eq(judgement.penalty, 22000);
    ck_assert_double_eq(judgement.cost, 0);
    eb_case_close(&c);
    eb_case_golden(&c, "storage_from_a_state"); /* at rest it stays at 10, below its end */
    ck_assert_int_eq(eb_plan_new(c.ev, c.arena, &c.plan), AZ_OK);
    judgement = judge(&c);
    ck_assert_uint_eq(judgement.violation_count, 3);
    eb_case_close(&c);
}
END_TEST

/* The results that people see are the judge's, not those that came with the plan. */
START_TEST(the_summary_is_the_judge_s)
{
    struct eb_case c;
    eb_case_golden(&c, "energy_is_carried_from_grid_to_grid");
    double hill[] = { 10, 10, 10, 10 }, town[] = { 35, 35, 35, 35 };
    c.plan->grids.items[0].marginal_price_jpy_per_kwh =
        (struct az_series){ .count = 4, .values = hill };
    c.plan->grids.items[1].marginal_price_jpy_per_kwh =
        (struct az_series){ .count = 4, .values = town };
    ck_assert_int_eq(eb_summarise(c.ev, c.arena, c.plan), AZ_OK);
    const struct eb_summary *summary = c.plan->summary;
    const struct eb_event *events = c.plan->blocks.items[0].events.items;
    ck_assert_double_eq(summary->cost_jpy, 1456);
    ck_assert_int_eq(summary->buses, 1);
    ck_assert_int_eq(summary->trips, 2);
    ck_assert_int_eq(summary->unserved, 0);
    ck_assert_double_eq(summary->distance_km, 40);
    ck_assert_double_eq(summary->deadhead_km, 0);
    ck_assert_double_eq(summary->driven_kwh, 40);
    ck_assert_double_eq(summary->charged_kwh, 60);
    ck_assert_double_eq(summary->discharged_kwh, 16);
    ck_assert_double_eq(events[0].soc_before_kwh, 50);
    ck_assert_double_eq(events[0].energy_kwh, 20);
    ck_assert_double_eq(events[1].energy_kwh, -60);
    ck_assert_double_eq(events[3].soc_after_kwh, 50);
    ck_assert_double_eq(events[3].energy_kwh, 16);
    /* 16 arrive; 20 out of the battery, charged at 10: 16 * 35 - 20 * 10 */
    ck_assert_uint_eq(summary->carried.count, 1);
    ck_assert_str_eq(summary->carried.items[0].from_grid.id, "hill");
    ck_assert_str_eq(summary->carried.items[0].to_grid.id, "town");
    ck_assert_double_eq(summary->carried.items[0].carried_kwh, 16);
    ck_assert_double_eq(summary->carried.items[0].earned_jpy, 360);
    eb_case_close(&c);
    eb_case_golden(&c, "a_trip_changes_its_bus");
    ck_assert_int_eq(eb_summarise(c.ev, c.arena, c.plan), AZ_OK);
    ck_assert_uint_eq(c.plan->summary->changes.count, 1);
    ck_assert_str_eq(c.plan->summary->changes.items[0].trip.id, "up");
    ck_assert_str_eq(c.plan->summary->changes.items[0].from_bus, "v2");
    ck_assert_str_eq(c.plan->summary->changes.items[0].to_bus, "v1");
    eb_case_close(&c);
}
END_TEST

/* Judging without memory says so and never half-judges in silence. */
START_TEST(judging_survives_every_allocation_failure)
{
    json_t *instance = document_load(EB_GOLDEN "/storage_between_slots/instance.json");
    json_t *plan = document_load(EB_GOLDEN "/storage_between_slots/plan.json");
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_judgement judgement;
        struct eb_case c;
        status = eb_case_open(&c, instance, &allocator);
        if (status == AZ_OK) status = eb_case_plan(&c, plan);
        if (status == AZ_OK) status = eb_evaluate(c.ev, c.plan, c.arena, &judgement);
        if (status == AZ_OK) status = eb_summarise(c.ev, c.arena, c.plan);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        if (status == AZ_OK) ck_assert_double_eq(judgement.cost, 1665);
        eb_case_close(&c);
        ck_assert_uint_lt(left, 10000);
    }
    json_decref(instance);
    json_decref(plan);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_judge");
    TCase *cases = tcase_create("evbus_judge");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, golden_cases_cost_what_they_cost_by_hand);
    tcase_add_test(cases, every_rule_has_a_mutation_that_is_named_exactly);
    tcase_add_test(cases, the_words_of_every_breach_are_complete);
    tcase_add_test(cases, only_priceable_rules_are_conceded);
    tcase_add_test(cases, nothing_is_priced_in_exact_mode);
    tcase_add_test(cases, blocks_of_another_shape_are_named_and_not_read);
    tcase_add_test(cases, grids_of_another_shape_are_named_and_not_read);
    tcase_add_test(cases, unserved_trips_and_chargers_of_nobody_are_named);
    tcase_add_test(cases, hostile_numbers_are_judged);
    tcase_add_test(cases, the_tolerance_is_relative_to_the_limit);
    tcase_add_test(cases, the_empty_plan_leaves_every_trip_out);
    tcase_add_test(cases, the_summary_is_the_judge_s);
    tcase_add_test(cases, judging_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
