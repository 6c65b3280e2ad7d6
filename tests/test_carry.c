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

#define GOLDEN "tests/data/microgrid/golden/"

static struct mg_state *carry_to(const struct mg_case *c, size_t k)
{
    void *state = NULL;
    struct az_time at = az_slot_time(c->mg->start, c->mg->slot_minutes, k);
    ck_assert_int_eq(mg_carry(c->mg, c->plan, at, c->arena, &state, NULL), AZ_OK);
    return state;
}

static void load_golden(struct mg_case *c, const char *name)
{
    char instance[300], plan[300];
    snprintf(instance, sizeof instance, GOLDEN "%s/instance.json", name);
    snprintf(plan, sizeof plan, GOLDEN "%s/plan.json", name);
    mg_case_load(c, instance, plan);
}

/* --- by hand ------------------------------------------------------------------------------------
 */

/* A unit whose hours start at 0 each midnight could be stopped and started every night. */
START_TEST(hours_in_a_state_run_on_over_the_edge)
{
    struct mg_case c;
    load_golden(&c, "min_up_time_over_midnight"); /* on for 1 h before; on, on, off */
    static const double hours[] = { 1, 2, 3, 1 };
    for (size_t k = 0; k < 4; k++) {
        const struct mg_state *state = carry_to(&c, k);
        ck_assert_int_eq(state->units.items[0].on, k < 3);
        ck_assert_double_eq(state->units.items[0].hours, hours[k]);
        ck_assert_double_eq(state->units.items[0].power_kw, k < 3 ? 50 : 0);
    }
    mg_case_close(&c);
    load_golden(&c, "stop_and_restart"); /* on 10 h before; on, off, off, on */
    ck_assert_double_eq(carry_to(&c, 1)->units.items[0].hours, 11);
    ck_assert_double_eq(carry_to(&c, 3)->units.items[0].hours, 2);
    ck_assert_double_eq(carry_to(&c, 4)->units.items[0].hours, 1);
    mg_case_close(&c);
}
END_TEST

/* Hours that nobody measured stay unknown until the state changes. */
START_TEST(unknown_hours_stay_unknown)
{
    struct mg_case c;
    load_golden(&c, "planned_assets_are_not_used");
    ck_assert(isnan(carry_to(&c, 1)->units.items[0].hours));
    mg_case_close(&c);
    load_golden(&c, "no_state_at_all"); /* off before, on in slot 0 */
    ck_assert(isnan(carry_to(&c, 0)->units.items[0].hours));
    ck_assert_double_eq(carry_to(&c, 1)->units.items[0].hours, 1);
    mg_case_close(&c);
}
END_TEST

/* A peak kept into the new month is a month's charge forgotten. */
START_TEST(the_peak_is_forgotten_at_the_first_moment_of_a_month)
{
    struct mg_case c;
    load_golden(&c, "demand_charge_at_month_end"); /* carried 350; 400, 300 | 200, 250 */
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
    load_golden(&c, "open_metering_interval"); /* carried 60 kWh, 150 kW; 100 | 200, 40 | 80 kW */
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
    load_golden(&c, "battery_is_not_drained_for_free"); /* 50; 100, 50 */
    ck_assert_double_eq(carry_to(&c, 0)->batteries.items[0].charge_kwh, 50);
    ck_assert_double_eq(carry_to(&c, 1)->batteries.items[0].charge_kwh, 100);
    ck_assert_double_eq(carry_to(&c, 2)->batteries.items[0].charge_kwh, 50);
    c.plan->batteries.items[0].energy_kwh.values[0] = 100.0000001; /* rounding of an engine */
    ck_assert_double_eq(carry_to(&c, 1)->batteries.items[0].charge_kwh, 100);
    mg_case_close(&c);
    load_golden(&c, "converter_backward");
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
    load_golden(&c, "stop_and_restart");
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

/* --- properties ---------------------------------------------------------------------------------
 */

/* A random instance over a month's end, with metering intervals of an hour. */
static json_t *random_instance(uint64_t seed)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *mg;
    ck_assert_int_eq(mg_generate(14, seed, arena, &mg), AZ_OK);
    json_t *json = az_json_write(&mg_instance_table, mg), *item;
    size_t i;
    ck_assert_ptr_nonnull(json);
    const char *start = "2026-01-31T13:30:00+09:00";
    json_object_set_new(json, "start", json_string(start));
    json_object_set_new(json_object_get(json, "state"), "at", json_string(start));
    json_array_foreach(json_object_get(json, "connections"), i, item)
    {
        json_object_set_new(item, "metering_minutes", json_integer(i % 2 == 0 ? 60 : 30));
        json_object_set_new(item, "demand_charge_jpy_per_kw", json_real(40));
        json_object_set_new(item, "demand_floor_kw", json_real(0));
    }
    json_array_foreach(json_object_get(json, "converters"), i, item)
        json_object_set_new(item, "ramp_kw_per_h", json_real(100));
    json_array_foreach(json_object_get(json, "batteries"), i, item)
    {
        json_object_set_new(item, "end_value_jpy_per_kwh", json_real(11));
        json_object_set_new(item, "out_of_range", json_string("clamp"));
    }
    json_object_set_new(
        json_object_get(json, "state"), "connections",
        json_pack("{s:{s:f,s:f}}", "tie-1", "peak_kw", 60.0, "open_energy_kwh", 45.0));
    az_arena_free(arena);
    return json;
}

/* A plan that does anything: it breaks many rules, which must break alike in one piece or two. */
static void random_plan(struct mg_case *c, uint64_t seed)
{
    struct az_random random;
    az_random_seed(&random, seed + 1000);
    ck_assert_int_eq(mg_plan_new(c->mg, c->arena, &c->plan), AZ_OK);
    for (size_t t = 0; t < c->mg->T; t++) {
        for (size_t i = 0; i < c->mg->units.count; i++) {
            const struct mg_unit *unit = &c->mg->units.items[i];
            double before = t > 0 ? c->plan->units.items[i].on.values[t - 1] : unit->on0;
            double on = az_random_unit(&random) < 0.25 ? 1 - before : before;
            c->plan->units.items[i].on.values[t] = on;
            c->plan->units.items[i].power_kw.values[t] =
                on * (unit->p_min_kw + az_random_unit(&random) * (unit->p_max_kw - unit->p_min_kw));
        }
        for (size_t i = 0; i < c->mg->batteries.count; i++) {
            struct mg_battery_plan *battery = &c->plan->batteries.items[i];
            battery->charge_kw.values[t] = 10 * az_random_unit(&random);
            battery->discharge_kw.values[t] = 10 * az_random_unit(&random);
            battery->energy_kwh.values[t] =
                c->mg->batteries.items[i].max_kwh * az_random_unit(&random);
        }
        for (size_t i = 0; i < c->mg->converters.count; i++) {
            struct mg_converter_plan *converter = &c->plan->converters.items[i];
            double *in = az_random_below(&random, 2) ? converter->forward_in_kw.values
                                                     : converter->backward_in_kw.values;
            in[t] = c->mg->converters.items[i].forward_max_kw * az_random_unit(&random);
            converter->on.values[t] = 1;
        }
        for (size_t i = 0; i < c->mg->connections.count; i++)
            c->plan->connections.items[i].import_kw.values[t] = 300 * az_random_unit(&random);
    }
}

/* Keeps count values from `from` on of every series of T numbers in a document. */
static void cut_series(json_t *json, size_t T, size_t from, size_t count)
{
    const char *key;
    json_t *value;
    size_t i;
    bool series = json_is_array(json) && json_array_size(json) == T &&
                  json_is_number(json_array_get(json, 0));
    for (i = 0; series && i < from; i++) json_array_remove(json, 0);
    while (series && json_array_size(json) > count) json_array_remove(json, count);
    if (json_is_array(json) && !series)
        json_array_foreach(json, i, value) cut_series(value, T, from, count);
    json_object_foreach(json, key, value) cut_series(value, T, from, count);
}

/* Slots from .. from + count - 1 of a case, with the carried state, as a run of its own has them.
 */
static void open_part(struct mg_case *part, const struct mg_case *c, const json_t *instance,
                      size_t from, size_t count)
{
    char start[32];
    json_t *json = json_deep_copy(instance), *plan = az_json_write(&mg_plan_table, c->plan);
    const struct mg_state *state = carry_to(c, from);
    az_time_format(state->at, start);
    cut_series(json, c->mg->T, from, count);
    cut_series(plan, c->mg->T, from, count);
    json_object_set_new(json, "start", json_string(start));
    json_object_set_new(json, "slots", json_integer((int64_t)count));
    json_object_set_new(json, "state", az_json_write(&mg_state_table, state));
    json_object_set_new(plan, "start", json_string(start));
    json_object_set_new(plan, "slots", json_integer((int64_t)count));
    ck_assert_int_eq(mg_case_open(part, json, NULL), AZ_OK);
    if (az_findings_total(&part->findings) == 0) ck_assert_int_eq(mg_case_plan(part, plan), AZ_OK);
    mg_case_print(&part->findings);
    ck_assert_uint_eq(az_findings_total(&part->findings), 0);
    json_decref(json);
    json_decref(plan);
}

static void open_random(struct mg_case *c, uint64_t seed, json_t **instance)
{
    *instance = random_instance(seed);
    ck_assert_int_eq(mg_case_open(c, *instance, NULL), AZ_OK);
    mg_case_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    random_plan(c, seed);
}

/* A rolling horizon and one long run must not drift apart. */
START_TEST(carrying_twice_is_carrying_once)
{
    json_t *instance;
    struct mg_case c, rest;
    open_random(&c, (uint64_t)_i + 1, &instance);
    for (size_t k = 0; k < c.mg->T; k += 5) {
        open_part(&rest, &c, instance, k, c.mg->T - k);
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

static double money_of(const struct az_judgement *judgement, const char *code)
{
    double amount = 0;
    for (size_t i = 0; i < judgement->money.count; i++)
        if (strcmp(judgement->money.items[i].code, code) == 0)
            amount += judgement->money.items[i].amount;
    return amount;
}

static struct az_judgement judge(const struct mg_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(mg_evaluate(c->mg, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

/* Ramps, minimum times, start-up tiers, peaks and charges lost at the edge of a run would make two
 * runs cheaper, or better behaved, than the same plan judged at once. Cut where no metering
 * interval is open: the estimate of an open one is billed by the first part. */
START_TEST(judging_in_two_parts_is_judging_at_once)
{
    json_t *instance;
    struct mg_case c, head, rest;
    open_random(&c, (uint64_t)_i + 1, &instance);
    struct az_judgement whole = judge(&c);
    ck_assert_uint_gt(whole.violation_count, 0);
    for (size_t k = 1; k < c.mg->T; k += 4) {
        open_part(&head, &c, instance, 0, k);
        open_part(&rest, &c, instance, k, c.mg->T - k);
        struct az_judgement first = judge(&head), second = judge(&rest);
        for (size_t i = 0; i < whole.money.count; i++) {
            const char *code = whole.money.items[i].code;
            double parts = money_of(&first, code) + money_of(&second, code);
            if (fabs(parts - money_of(&whole, code)) > 1e-6)
                ck_abort_msg("seed %d, cut at %zu: %s is %g at once, %g in parts", _i + 1, k, code,
                             money_of(&whole, code), parts);
        }
        ck_assert_double_eq_tol(first.cost + second.cost, whole.cost, 1e-6);
        ck_assert_double_eq_tol(first.penalty + second.penalty, whole.penalty, 1e-6);
        ck_assert_uint_eq(first.violation_count + second.violation_count, whole.violation_count);
        mg_case_close(&head);
        mg_case_close(&rest);
    }
    mg_case_close(&c);
    json_decref(instance);
}
END_TEST

START_TEST(carrying_survives_every_allocation_failure)
{
    json_t *instance = random_instance(3);
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct mg_failing failing = { left };
        struct az_allocator allocator = mg_failing_allocator(&failing);
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
    tcase_add_test(cases, unknown_hours_stay_unknown);
    tcase_add_test(cases, the_peak_is_forgotten_at_the_first_moment_of_a_month);
    tcase_add_test(cases, the_open_metering_interval_is_carried_as_energy);
    tcase_add_test(cases, charge_and_converter_input_are_those_of_the_slot_before);
    tcase_add_test(cases, only_slot_boundaries_of_the_plan_are_carried_to);
    tcase_add_loop_test(cases, carrying_twice_is_carrying_once, 0, 6);
    tcase_add_loop_test(cases, judging_in_two_parts_is_judging_at_once, 0, 12);
    tcase_add_test(cases, carrying_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
