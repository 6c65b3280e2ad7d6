/* test_microgrid_resolve.c - resolving and validating: every bad instance is answered with all its
 * problems and nothing else, and what is derived is what the contract says. */
#include <check.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/common/figures.h"
#include "formulations/microgrid/codes.h"
#include "tests/support/bad.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

#define DATA "tests/data/microgrid"
#define BAD DATA "/bad"

static void load_base(struct mg_case *c)
{
    mg_case_load(c, DATA "/base.json", NULL);
}

/* The base with some members changed. */
#define LOAD_CHANGED(c, ...)                                                                     \
    mg_case_load_changed((c), DATA "/base.json",                                                 \
                         sizeof((const char *const[][2]){ __VA_ARGS__ }) / (2 * sizeof(char *)), \
                         (const char *const[][2]){ __VA_ARGS__ })

/* --- bad instances ------------------------------------------------------------------------------
 */

static void check_bad(const char *name, void *data)
{
    struct mg_case c;
    json_t *json = bad_instance(BAD, name, DATA "/base.json");
    (void)data;
    ck_assert_int_eq(mg_case_open(&c, json, NULL), AZ_OK);
    bad_check(BAD, name, &c.findings);
    mg_case_close(&c);
    json_decref(json);
}

/* Whoever mends one problem and meets the next one on each try stops trying. */
START_TEST(bad_instances_are_answered_with_all_their_problems)
{
    each_case(BAD, 60, check_bad, NULL);
}
END_TEST

/* A code that no bad instance or assumption shows could be dead or wrong. */
START_TEST(every_code_is_shown_by_some_case)
{
    static const char *const elsewhere[] = {
        "unit_taken_off",      "unit_taken_on",      "hours_rounded",
        "power_clamped",       "charge_assumed",     "charge_clamped",
        "peak_assumed",        "peak_of_last_month", "input_assumed",
        "open_energy_assumed", "unit_tripped",       "min_up_cut",
        "carry_not_boundary",  "too_many_cells",     "carry_plan_misfit",
        "window_outside",      "reading_repaired",   "level_assumed",
        "level_clamped",       "used_assumed",       "away_assumed",
        "reservation_lapsed",  "run_missed",         "grid_taken_dead",
        "survival_cut",        "input_clamped",      "too_many_outlook_cells",
        "shelter_left",
    };
    bad_check_codes(BAD, mg_codes, sizeof elsewhere / sizeof *elsewhere, elsewhere);
}
END_TEST

/* --- what is derived ----------------------------------------------------------------------------
 */

/* Hours in place of slots, or kW an hour in place of kW a slot, would be wrong by the slot length.
 */
START_TEST(durations_and_ramps_are_per_slot)
{
    struct mg_case c;
    load_base(&c);
    const struct mg_unit *hydro = &c.mg->units.items[0], *gas = &c.mg->units.items[1];
    ck_assert_uint_eq(c.mg->T, 4);
    ck_assert_double_eq(c.mg->dt, 0.5);
    ck_assert_uint_eq(hydro->min_up, 2);
    ck_assert_uint_eq(hydro->min_down, 2);
    ck_assert_double_eq(hydro->ramp_up_kw, 30);
    ck_assert(isinf(gas->ramp_up_kw));
    ck_assert_uint_eq(hydro->tier_count, 2);
    ck_assert_uint_eq(hydro->tier_lag[0], 2);
    ck_assert_uint_eq(hydro->tier_lag[1], 6);
    ck_assert_double_eq(hydro->start_kw, 60);
    ck_assert_double_eq(gas->stop_kw, 80);
    ck_assert_uint_eq(gas->min_down, 1);
    ck_assert_uint_eq(hydro->point_count, 3);
    ck_assert_uint_eq(gas->point_count, 2);
    ck_assert_double_eq(gas->point_jpy_per_h[1], 1600);
    ck_assert_double_eq(c.mg->converters.items[0].ramp_kw, 50);
    mg_case_close(&c);
}
END_TEST

/* Initial minimum times are not enforced when the carried hours are lost. */
START_TEST(carried_hours_leave_slots_that_still_bind)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/state/units/hydro", "{\"on\": true, \"hours\": 0.5, \"power_kw\": 50}" });
    ck_assert_uint_eq(c.mg->units.items[0].slots0, 1);
    ck_assert_uint_eq(c.mg->units.items[0].fixed_on, 1);
    ck_assert_uint_eq(c.mg->units.items[0].fixed_off, 0);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/state/units/hydro", "{\"on\": false, \"hours\": 0.5}" });
    ck_assert_uint_eq(c.mg->units.items[0].fixed_on, 0);
    ck_assert_uint_eq(c.mg->units.items[0].fixed_off, 1);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/state/units/hydro", "{\"on\": true}" });
    ck_assert_uint_eq(c.mg->units.items[0].slots0, MG_LONG);
    ck_assert_double_eq(c.mg->units.items[0].power0_kw, 40);
    ck_assert_uint_eq(c.mg->units.items[0].fixed_on, 0);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/units/0/min_up_h", "100" },
                 { "/state/units/hydro", "{\"on\": true, \"hours\": 1}" });
    ck_assert_uint_eq(c.mg->units.items[0].fixed_on, 4); /* never beyond the horizon */
    mg_case_close(&c);
}
END_TEST

/* A curve whose ends differ from the limits by rounding would leave the unit no power to run at. */
START_TEST(ends_of_a_curve_are_exactly_the_limits)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/units/0/cost/points/0/power_kw", "40.00000000001" },
                 { "/units/0/cost/points/2/power_kw", "99.99999999999" });
    ck_assert(c.mg->units.items[0].point_kw[0] == 40);
    ck_assert(c.mg->units.items[0].point_kw[2] == 100);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/units/0/cost/points", "[{\"power_kw\": 100, \"cost_jpy_per_h\": 9}]" },
                 { "/units/0/p_min_kw", "100" }, { "/units/0/start_limit_kw", NULL },
                 { "/units/0/stop_limit_kw", NULL }, { "/state/units/hydro/power_kw", "100" });
    ck_assert_uint_eq(c.mg->units.items[0].point_count, 1);
    mg_case_close(&c);
}
END_TEST

/* Fees go on the market price, and an explicit price is taken as it is. */
START_TEST(prices_are_market_and_fees_or_given)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/connections/0/export_fee_jpy_per_kwh", "2" });
    ck_assert_double_eq(c.mg->connections.items[0].buy[1], 15);
    ck_assert_double_eq(c.mg->connections.items[0].sell[1], 10);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/connections/0/import_price_jpy_per_kwh", "20" });
    ck_assert_double_eq(c.mg->connections.items[0].buy[1], 20);
    ck_assert_double_eq(c.mg->connections.items[0].sell[1], 12);
    mg_case_close(&c);
    /* A direction that is shut, and firm, needs no price. */
    LOAD_CHANGED(&c, { "/connections/0/market_price_jpy_per_kwh", NULL },
                 { "/connections/0/import_price_jpy_per_kwh", "20" },
                 { "/connections/0/export_limit_kw", "0" },
                 { "/connections/0/limit_price_jpy_per_kwh", NULL });
    mg_case_close(&c);
}
END_TEST

/* Half a metering interval forgotten is half a peak forgotten. */
START_TEST(metering_intervals_stand_on_the_local_clock)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/start", "\"2026-01-21T10:30:00+09:00\"" },
                 { "/state/at", "\"2026-01-21T10:30:00+09:00\"" },
                 { "/state/connections/tie/open_energy_kwh", "12" });
    const struct mg_connection *tie = &c.mg->connections.items[0];
    ck_assert_uint_eq(tie->meter_slots, 2);
    ck_assert_uint_eq(tie->meter_offset, 1);
    ck_assert_double_eq(tie->open_energy_kwh, 12);
    ck_assert_double_eq(tie->peak_kw, 80);
    mg_case_close(&c);
    /* An offset of half an hour: 10:30 local is on an hour in UTC. */
    LOAD_CHANGED(&c, { "/start", "\"2026-01-21T10:30:00+05:30\"" },
                 { "/state/at", "\"2026-01-21T05:00:00Z\"" });
    ck_assert_uint_eq(c.mg->connections.items[0].meter_offset, 1);
    mg_case_close(&c);
}
END_TEST

/* Billing months are local: in Japan the month begins at 15:00 UTC of the day before. */
START_TEST(months_are_local_and_begin_at_nothing)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/start", "\"2026-01-31T23:00:00+09:00\"" },
                 { "/state/at", "\"2026-01-31T23:00:00+09:00\"" },
                 { "/connections/0/demand_floor_kw", "30" });
    const struct mg_connection *tie = &c.mg->connections.items[0];
    ck_assert_uint_eq(tie->month_count, 2);
    ck_assert_uint_eq(tie->month[1], 0);
    ck_assert_uint_eq(tie->month[2], 1);
    ck_assert_double_eq(tie->incumbent_kw[0], 80);
    ck_assert_double_eq(tie->incumbent_kw[1], 30);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/start", "\"2026-02-01T00:00:00+09:00\"" },
                 { "/state/at", "\"2026-02-01T00:00:00+09:00\"" });
    ck_assert_double_eq(c.mg->connections.items[0].incumbent_kw[0], 0);
    ck_assert_uint_eq(c.assumptions.count, 1);
    ck_assert_str_eq(c.assumptions.items[0].code->code, "peak_of_last_month");
    mg_case_close(&c);
}
END_TEST

/* --- assumptions --------------------------------------------------------------------------------
 */

static void need_assumption(const struct mg_case *c, const char *code, const char *pointer)
{
    for (size_t i = 0; i < c->assumptions.count; i++)
        if (strcmp(c->assumptions.items[i].code->code, code) == 0 &&
            strcmp(c->assumptions.items[i].pointer, pointer) == 0)
            return;
    document_print(&c->assumptions);
    ck_abort_msg("%s at %s is not told", code, pointer);
}

/* A plan from a state that nobody measured must say so. */
START_TEST(what_is_assumed_without_a_state_is_told)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/state", NULL }, { "/units/0/must_run", "true" },
                 { "/start", "\"2026-01-21T10:30:00+09:00\"" });
    const struct mg_unit *hydro = &c.mg->units.items[0], *gas = &c.mg->units.items[1];
    ck_assert_int_eq(hydro->on0, 1);
    ck_assert_double_eq(hydro->power0_kw, 40);
    ck_assert_int_eq(gas->on0, 0);
    ck_assert_uint_eq(gas->fixed_off, 0);
    ck_assert_double_eq(c.mg->batteries.items[0].start_kwh, 50);
    ck_assert(!c.mg->converters.items[0].has_input0);
    need_assumption(&c, "unit_taken_on", "/units/0");
    need_assumption(&c, "unit_taken_off", "/units/1");
    need_assumption(&c, "charge_assumed", "/batteries/0");
    need_assumption(&c, "input_assumed", "/converters/0");
    need_assumption(&c, "peak_assumed", "/connections/0");
    need_assumption(&c, "open_energy_assumed", "/connections/0");
    ck_assert_uint_eq(c.assumptions.count, 6);
    mg_case_close(&c);
    load_base(&c);
    ck_assert_uint_eq(c.assumptions.count, 0);
    mg_case_close(&c);
}
END_TEST

/* One bad sensor must not mean no plan, where the policy says how to mend it. */
START_TEST(one_bad_sensor_still_gets_a_plan)
{
    struct mg_case c;
    LOAD_CHANGED(
        &c, { "/batteries/0/out_of_range", "\"clamp\"" },
        { "/state/batteries/battery/charge_kwh", "103" }, { "/units/0/out_of_range", "\"clamp\"" },
        { "/state/units/hydro/power_kw", "104.5" }, { "/units/1/out_of_range", "\"clamp\"" },
        { "/state/units/gas/power_kw", "3" }, { "/converters/0/out_of_range", "\"clamp\"" },
        { "/state/converters/converter/input_kw", "-900" });
    ck_assert_double_eq(c.mg->converters.items[0].input0_kw,
                        -c.mg->converters.items[0].backward_max_kw);
    need_assumption(&c, "input_clamped", "/state/converters/converter/input_kw");
    ck_assert_double_eq(c.mg->batteries.items[0].start_kwh, 90);
    ck_assert_double_eq(c.mg->units.items[0].power0_kw, 100);
    ck_assert_double_eq(c.mg->units.items[1].power0_kw, 0);
    need_assumption(&c, "charge_clamped", "/state/batteries/battery/charge_kwh");
    need_assumption(&c, "power_clamped", "/state/units/hydro/power_kw");
    need_assumption(&c, "power_clamped", "/state/units/gas/power_kw");
    mg_case_close(&c);
    /* Rounding of the run before is no bad sensor. */
    LOAD_CHANGED(&c, { "/state/batteries/battery/charge_kwh", "90.00000001" });
    ck_assert_double_eq(c.mg->batteries.items[0].start_kwh, 90);
    ck_assert_uint_eq(c.assumptions.count, 0);
    mg_case_close(&c);
}
END_TEST

/* A run that did not see tomorrow's outage must not leave tomorrow without a plan. */
START_TEST(an_outage_overrides_what_was_carried)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/units/0/available", "[0, 0, 1, 1]" },
                 { "/state/units/hydro", "{\"on\": true, \"hours\": 0.5, \"power_kw\": 95}" });
    const struct mg_unit *hydro = &c.mg->units.items[0];
    ck_assert_int_eq(hydro->on0, 0);
    ck_assert_double_eq(hydro->power0_kw, 0);
    ck_assert_uint_eq(hydro->slots0, 0);
    ck_assert_uint_eq(hydro->fixed_on, 0);
    ck_assert_uint_eq(hydro->fixed_off, 2);
    need_assumption(&c, "unit_tripped", "/units/0");
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/units/0/available", "[1, 0, 1, 1]" }, { "/units/0/min_up_h", "3" },
                 { "/state/units/hydro", "{\"on\": true, \"hours\": 1, \"power_kw\": 50}" });
    hydro = &c.mg->units.items[0]; /* 4 more slots would bind; the outage comes after one */
    ck_assert_uint_eq(hydro->fixed_on, 1);
    ck_assert_uint_eq(hydro->slots0, 5);
    need_assumption(&c, "min_up_cut", "/units/0");
    ck_assert_int_eq(mg_plan_new(c.mg, c.arena, &c.plan), AZ_OK);
    c.plan->units.items[0].on.values[0] = 1;
    c.plan->units.items[0].power_kw.values[0] = 50;
    struct az_judgement judgement;
    ck_assert_int_eq(mg_evaluate(c.mg, c.plan, c.arena, &judgement), AZ_OK);
    for (size_t i = 0; i < judgement.violations.count; i++)
        ck_assert_str_ne(judgement.violations.items[i].rule->code.code, "unit_min_up");
    mg_case_close(&c);
}
END_TEST

/* 1.7 hours off are three half-hours and not four: a rule is never let go too early. */
START_TEST(measured_hours_are_rounded_down_and_told)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/state/units/gas/hours", "1.7" });
    ck_assert_uint_eq(c.mg->units.items[1].slots0, 3);
    need_assumption(&c, "hours_rounded", "/state/units/gas/hours");
    mg_case_close(&c);
}
END_TEST

/* --- batteries, converters, scale ---------------------------------------------------------------
 */

/* The end rule: at least the start, a share, or none beside a value. */
START_TEST(end_rules_of_a_battery)
{
    struct mg_case c;
    LOAD_CHANGED(&c, { "/batteries/0/end_share", NULL },
                 { "/state/batteries/battery/charge_kwh", "63" });
    ck_assert_double_eq(c.mg->batteries.items[0].end_kwh, 63);
    ck_assert_double_eq(c.mg->batteries.items[0].floor_kwh, 30);
    mg_case_close(&c);
    load_base(&c);
    ck_assert_double_eq(c.mg->batteries.items[0].end_kwh, 50);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/batteries/0/end_share", NULL },
                 { "/batteries/0/end_value_jpy_per_kwh", "9" });
    ck_assert(c.mg->batteries.items[0].end_kwh == -INFINITY);
    mg_case_close(&c);
}
END_TEST

START_TEST(loss_segments_become_widths)
{
    struct mg_case c;
    load_base(&c);
    const struct mg_converter *converter = &c.mg->converters.items[0];
    ck_assert_uint_eq(converter->segment_count, 2);
    ck_assert_double_eq(converter->segment_kw[0], 50);
    ck_assert(isinf(converter->segment_kw[1]));
    ck_assert_double_eq(converter->segment_loss[1], 0.05);
    ck_assert(converter->needs_on);
    mg_case_close(&c);
}
END_TEST

/* A scale of 0 would make every gap infinite, one of benchmarks would flatter them. */
START_TEST(the_money_scale_is_positive_and_small_in_exact_mode)
{
    struct mg_case c;
    load_base(&c);
    /* load (4 * 30 + 60 + 70 + 80 + 60) * 0.5 = 195 kWh at (10 + 12 + 14 + 11) / 4 + 3 = 14.75 */
    ck_assert_double_eq_tol(c.mg->scale, 0.1 * 195 * 14.75, 1e-9);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/mode", "\"exact\"" });
    ck_assert_double_eq(c.mg->scale, 1);
    mg_case_close(&c);
    LOAD_CHANGED(&c, { "/money_scale", "500" });
    ck_assert_double_eq(c.mg->scale, 500);
    mg_case_close(&c);
}
END_TEST

/* --- plans and memory ---------------------------------------------------------------------------
 */

START_TEST(a_new_plan_follows_the_instance)
{
    struct mg_case c;
    load_base(&c);
    ck_assert_int_eq(mg_plan_new(c.mg, c.arena, &c.plan), AZ_OK);
    ck_assert_uint_eq(c.plan->units.count, 2);
    ck_assert_str_eq(c.plan->units.keys[1].id, "gas");
    ck_assert_uint_eq(az_entry_of(c.plan->units.keys, 2, 1), 1);
    ck_assert_uint_eq(az_entry_of(c.plan->units.keys, 2, 5), AZ_NO_INDEX);
    ck_assert_uint_eq(c.plan->batteries.items[0].energy_kwh.count, 4);
    ck_assert_double_eq(c.plan->batteries.items[0].energy_kwh.values[3], 50);
    mg_case_close(&c);
}
END_TEST

/* A small document of 600 assets over 10,000 slots would expand to gigabytes while it is linked. */
START_TEST(a_small_document_may_not_become_a_huge_instance)
{
    struct mg_case c;
    json_t *json = document_load(DATA "/golden/must_run/instance.json");
    json_t *loads = json_object_get(json, "loads"), *load = json_array_get(loads, 0);
    json_object_set_new(load, "demand_kw", json_integer(100));
    json_object_set_new(json, "slots", json_integer(10000));
    for (int i = 0; i < 600; i++) {
        char id[32];
        json_t *more = json_deep_copy(load);
        snprintf(id, sizeof id, "load-%d", i);
        json_object_set_new(more, "id", json_string(id));
        json_array_append_new(loads, more);
    }
    ck_assert_int_eq(mg_case_open(&c, json, NULL), AZ_OK);
    ck_assert_uint_eq(c.findings.count, 1);
    ck_assert_str_eq(c.findings.items[0].code->code, "too_many_cells");
    ck_assert_uint_lt(az_arena_bytes(c.arena), 10000000);
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

START_TEST(resolving_survives_every_allocation_failure)
{
    json_t *json = document_load("instances/microgrid/matsumoto-day.json");
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct mg_case c;
        status = mg_case_open(&c, json, &allocator);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        mg_case_close(&c);
        ck_assert_uint_lt(left, 10000);
    }
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_resolve");
    TCase *cases = tcase_create("resolve");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, bad_instances_are_answered_with_all_their_problems);
    tcase_add_test(cases, every_code_is_shown_by_some_case);
    tcase_add_test(cases, durations_and_ramps_are_per_slot);
    tcase_add_test(cases, carried_hours_leave_slots_that_still_bind);
    tcase_add_test(cases, ends_of_a_curve_are_exactly_the_limits);
    tcase_add_test(cases, prices_are_market_and_fees_or_given);
    tcase_add_test(cases, metering_intervals_stand_on_the_local_clock);
    tcase_add_test(cases, months_are_local_and_begin_at_nothing);
    tcase_add_test(cases, what_is_assumed_without_a_state_is_told);
    tcase_add_test(cases, one_bad_sensor_still_gets_a_plan);
    tcase_add_test(cases, an_outage_overrides_what_was_carried);
    tcase_add_test(cases, measured_hours_are_rounded_down_and_told);
    tcase_add_test(cases, end_rules_of_a_battery);
    tcase_add_test(cases, loss_segments_become_widths);
    tcase_add_test(cases, the_money_scale_is_positive_and_small_in_exact_mode);
    tcase_add_test(cases, a_new_plan_follows_the_instance);
    tcase_add_test(cases, a_small_document_may_not_become_a_huge_instance);
    tcase_add_test(cases, resolving_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
