/* test_carry.c - the state at a moment of a plan: by hand, and as a property of random plans: what
 * is carried over any edge of the horizon changes neither the state nor the judgement. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/common/calendar.h"
#include "formulations/microgrid/rules.h"
#include "tests/support/mg_case.h"
#include "tests/support/mg_random.h"
#include "tests/support/suite.h"

static struct mg_state *carry_to(const struct mg_case *c, size_t k)
{
    void *state = NULL;
    struct az_time at = az_slot_time(c->mg->start, c->mg->slot_minutes, k);
    ck_assert_int_eq(mg_carry(c->mg, c->plan, at, c->arena, &state, NULL), AZ_OK);
    return state;
}

/* --- by hand ------------------------------------------------------------------------------------
 */

/* A unit whose hours start at 0 each midnight could be stopped and started every night. */
START_TEST(hours_in_a_state_run_on_over_the_edge)
{
    struct mg_case c;
    mg_case_golden(&c, "min_up_time_over_midnight"); /* on for 1 h before; on, on, off */
    static const double hours[] = { 1, 2, 3, 1 };
    for (size_t k = 0; k < 4; k++) {
        const struct mg_state *state = carry_to(&c, k);
        ck_assert_int_eq(state->units.items[0].on, k < 3);
        ck_assert_double_eq(state->units.items[0].hours, hours[k]);
        ck_assert_double_eq(state->units.items[0].power_kw, k < 3 ? 50 : 0);
    }
    mg_case_close(&c);
    mg_case_golden(&c, "stop_and_restart"); /* on 10 h before; on, off, off, on */
    ck_assert_double_eq(carry_to(&c, 1)->units.items[0].hours, 11);
    ck_assert_double_eq(carry_to(&c, 3)->units.items[0].hours, 2);
    ck_assert_double_eq(carry_to(&c, 4)->units.items[0].hours, 1);
    mg_case_close(&c);
}
END_TEST

/* Water that is used twice, or fuel that begins anew every night, is a plan that cannot be kept. */
START_TEST(levels_and_budgets_run_on)
{
    struct mg_case c;
    mg_case_golden(&c, "pond_ends_low_at_a_price"); /* 50; 25, 45 */
    ck_assert_double_eq(carry_to(&c, 0)->ponds.items[0].level_kwh, 50);
    ck_assert_double_eq(carry_to(&c, 1)->ponds.items[0].level_kwh, 25);
    mg_case_close(&c);
    mg_case_golden(&c, "budgets_at_a_price"); /* 10 before the start, then 20 */
    const struct mg_state *state = carry_to(&c, 1);
    ck_assert_uint_eq(state->budgets.count, 2); /* the one without a beginning begins anew */
    ck_assert_str_eq(state->budgets.keys[0].id, "fuel");
    ck_assert_double_eq(state->budgets.items[0].used_kwh, 30);
    ck_assert_double_eq(carry_to(&c, 0)->budgets.items[0].used_kwh, 10);
    mg_case_close(&c);
}
END_TEST

/* A run that is cut at the edge would start again, or be done though it is not. */
START_TEST(runs_go_on_over_the_edge)
{
    struct mg_case c;
    mg_case_golden(&c, "shiftable_load_runs"); /* from slot 1; one slot behind it; left out */
    static const int64_t slots[4][3] = { { 0, 1, 0 }, { 0, 2, 0 }, { 1, 2, 0 }, { 2, 2, 0 } };
    for (size_t k = 0; k < 4; k++) {
        const struct mg_state *state = carry_to(&c, k);
        for (size_t i = 0; i < 3; i++)
            ck_assert_int_eq(state->shiftables.items[i].run_slots, slots[k][i]);
    }
    mg_case_close(&c);
}
END_TEST

/* The next run fills gaps with what this one expected of the same hours, not of earlier ones. */
START_TEST(forecasts_run_on_where_gaps_are_filled_with_them)
{
    struct mg_case c;
    int previous = MG_PREVIOUS;
    mg_case_golden(&c, "stop_and_restart");
    ck_assert_ptr_null(carry_to(&c, 1)->forecasts);
    c.mg->on_missing.items = &previous;
    c.mg->on_missing.count = 1;
    const struct mg_forecasts *forecasts = carry_to(&c, 1)->forecasts;
    ck_assert_int_eq(forecasts->slot_minutes, c.mg->slot_minutes);
    ck_assert_uint_eq(forecasts->loads.items[0].count, c.mg->T - 1);
    ck_assert_double_eq(forecasts->loads.items[0].values[0],
                        c.mg->loads.items[0].demand_kw.values[1]);
    ck_assert_ptr_null(carry_to(&c, c.mg->T)->forecasts);
    mg_case_close(&c);
}
END_TEST

/* Hours that nobody measured stay unknown until the state changes. */
START_TEST(unknown_hours_stay_unknown)
{
    struct mg_case c;
    mg_case_golden(&c, "planned_assets_are_not_used");
    ck_assert(isnan(carry_to(&c, 1)->units.items[0].hours));
    mg_case_close(&c);
    mg_case_golden(&c, "no_state_at_all"); /* off before, on in slot 0 */
    ck_assert(isnan(carry_to(&c, 0)->units.items[0].hours));
    ck_assert_double_eq(carry_to(&c, 1)->units.items[0].hours, 1);
    mg_case_close(&c);
}
END_TEST

/* A peak kept into the new month is a month's charge forgotten. */
START_TEST(the_peak_is_forgotten_at_the_first_moment_of_a_month)
{
    struct mg_case c;
    mg_case_golden(&c, "demand_charge_at_month_end"); /* carried 350; 400, 300 | 200, 250 */
    static const double peak[] = { 350, 400, 0, 200, 250 };
    for (size_t k = 0; k <= 4; k++)
        ck_assert_double_eq(carry_to(&c, k)->connections.items[0].peak_kw, peak[k]);
    mg_case_close(&c);
}
END_TEST

/* Only closed intervals are the peak; the open one goes on as energy. */
START_TEST(the_open_metering_interval_is_carried_as_energy)
{
    struct mg_case c;
    mg_case_golden(&c,
                   "open_metering_interval"); /* carried 60 kWh, 150 kW; 100 | 200, 40 | 80 kW */
    static const double peak[] = { 150, 170, 170, 170, 170 };
    static const double open[] = { 60, 0, 50, 0, 20 };
    for (size_t k = 0; k <= 4; k++) {
        const struct mg_connection_state *tie = &carry_to(&c, k)->connections.items[0];
        ck_assert_double_eq_tol(tie->peak_kw, peak[k], 1e-9);
        ck_assert_double_eq_tol(tie->open_energy_kwh, open[k], 1e-9);
    }
    mg_case_close(&c);
}
END_TEST

START_TEST(charge_and_converter_input_are_those_of_the_slot_before)
{
    struct mg_case c;
    mg_case_golden(&c, "battery_is_not_drained_for_free"); /* 50; 100, 50 */
    ck_assert_double_eq(carry_to(&c, 0)->batteries.items[0].charge_kwh, 50);
    ck_assert_double_eq(carry_to(&c, 1)->batteries.items[0].charge_kwh, 100);
    ck_assert_double_eq(carry_to(&c, 2)->batteries.items[0].charge_kwh, 50);
    c.plan->batteries.items[0].energy_kwh.values[0] = 100.0000001; /* rounding of an engine */
    ck_assert_double_eq(carry_to(&c, 1)->batteries.items[0].charge_kwh, 100);
    mg_case_close(&c);
    mg_case_golden(&c, "converter_backward");
    ck_assert_uint_eq(carry_to(&c, 0)->converters.count, 0); /* unknown before the start */
    ck_assert_double_eq(carry_to(&c, 1)->converters.items[0].input_kw, -95);
    mg_case_close(&c);
}
END_TEST

static void need_refused(struct mg_case *c, struct az_time at, const char *code)
{
    void *state = NULL;
    struct az_findings findings;
    az_findings_init(&findings, c->arena, 0);
    ck_assert_int_eq(mg_carry(c->mg, c->plan, at, c->arena, &state, &findings), AZ_INVALID);
    ck_assert_ptr_null(state);
    ck_assert_uint_ge(findings.count, 1);
    ck_assert_str_eq(findings.items[0].code->code, code);
}

/* A state of a moment between slots, or beyond the plan, would be made up. */
START_TEST(only_slot_boundaries_of_the_plan_are_carried_to)
{
    struct mg_case c;
    mg_case_golden(&c, "stop_and_restart");
    struct az_time start = c.mg->start;
    need_refused(&c, az_time_add(start, 1800), "carry_not_boundary");
    need_refused(&c, az_time_add(start, -3600), "carry_not_boundary");
    need_refused(&c, az_time_add(start, 5 * 3600), "carry_not_boundary");
    need_refused(&c, (struct az_time){ .utc_s = AZ_NO_INTEGER }, "carry_not_boundary");
    /* The same moment said with another offset is the same moment, told in the instance's. */
    void *state;
    struct az_time utc = { .utc_s = start.utc_s + 3600, .offset_min = 0 };
    ck_assert_int_eq(mg_carry(c.mg, c.plan, utc, c.arena, &state, NULL), AZ_OK);
    ck_assert_int_eq(((struct mg_state *)state)->at.offset_min, start.offset_min);
    c.plan->units.items[0].power_kw.values[2] = NAN;
    need_refused(&c, start, "carry_plan_misfit");
    mg_case_close(&c);
}
END_TEST

/* --- random plans
 * ---------------------------------------------------------------------------------
 */

/* A rolling horizon and one long run must not drift apart. */
START_TEST(carrying_twice_is_carrying_once)
{
    json_t *instance;
    struct mg_case c, rest;
    mg_random_open(&c, (uint64_t)_i + 1, &instance);
    for (size_t k = 0; k < c.mg->T; k += 5) {
        mg_random_part(&rest, &c, instance, k, c.mg->T - k);
        for (size_t m = k; m <= c.mg->T; m += 3) {
            const struct mg_state *once = carry_to(&c, m), *twice = carry_to(&rest, m - k);
            if (az_equal(&mg_state_table, once, twice)) continue;
            json_t *a = az_json_write(&mg_state_table, once);
            json_t *b = az_json_write(&mg_state_table, twice);
            ck_abort_msg("seed %d, over %zu to %zu:\n%s\n%s", _i + 1, k, m, json_dumps(a, 0),
                         json_dumps(b, 0));
        }
        mg_case_close(&rest);
    }
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

START_TEST(carrying_survives_every_allocation_failure)
{
    json_t *instance = mg_random_instance(3);
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct mg_case c;
        void *state;
        status = mg_case_open(&c, instance, &allocator);
        if (status == AZ_OK) status = mg_plan_new(c.mg, c.arena, &c.plan);
        if (status == AZ_OK)
            status = mg_carry(c.mg, c.plan, c.mg->start, c.arena, &state, &c.findings);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        mg_case_close(&c);
        ck_assert_uint_lt(left, 10000);
    }
    json_decref(instance);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("carry");
    TCase *cases = tcase_create("carry");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, hours_in_a_state_run_on_over_the_edge);
    tcase_add_test(cases, levels_and_budgets_run_on);
    tcase_add_test(cases, runs_go_on_over_the_edge);
    tcase_add_test(cases, forecasts_run_on_where_gaps_are_filled_with_them);
    tcase_add_test(cases, unknown_hours_stay_unknown);
    tcase_add_test(cases, the_peak_is_forgotten_at_the_first_moment_of_a_month);
    tcase_add_test(cases, the_open_metering_interval_is_carried_as_energy);
    tcase_add_test(cases, charge_and_converter_input_are_those_of_the_slot_before);
    tcase_add_test(cases, only_slot_boundaries_of_the_plan_are_carried_to);
    tcase_add_loop_test(cases, carrying_twice_is_carrying_once, 0, 6);
    tcase_add_test(cases, carrying_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
