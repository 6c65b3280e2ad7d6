/* test_microgrid_fields.c - the field tables of the microgrid: whole, in both languages, and the
 * same after a round through JSON. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/folders.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"
#include "tests/support/tables.h"

static bool is_japanese(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0xe3) return true;
    return false;
}

static void check_words(const struct az_table *table, const struct az_field *field)
{
    if (!field->label.en || !field->label.ja || !field->meaning.en || !field->meaning.ja)
        ck_abort_msg("%s.%s lacks words", table->name, field->name);
    if (!is_japanese(field->meaning.ja))
        ck_abort_msg("%s.%s: %s", table->name, field->name, field->meaning.ja);
    for (size_t k = 0; k < field->choice_count; k++)
        ck_assert(field->choices[k].words.en && field->choices[k].words.ja);
}

/* A member without words is a blank in the form and in the reference page. */
START_TEST(every_member_has_words_in_both_languages)
{
    each_field(&mg_instance_table, check_words);
    each_field(&mg_plan_table, check_words);
}
END_TEST

static void check_unit(const struct az_table *table, const struct az_field *field)
{
    static const char *const suffixes[][2] = {
        { "_kw", "kW" },
        { "_kwh", "kWh" },
        { "_jpy_per_kwh", "JPY/kWh" },
        { "_jpy_per_kw", "JPY/kW" },
        { "_jpy", "JPY" },
        { "_kw_per_h", "kW/h" },
        { "_jpy_per_h", "JPY/h" },
        { "_h", "h" },
        { "_minutes", "min" },
        { "_hz", "Hz" },
        { "_kg", "kg" },
        { "_jpy_per_kg", "JPY/kg" },
    };
    size_t length = strlen(field->name), best = 0;
    const char *unit = NULL;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t n = strlen(suffixes[i][0]);
        if (n > best && n < length && strcmp(field->name + length - n, suffixes[i][0]) == 0) {
            best = n;
            unit = suffixes[i][1];
        }
    }
    bool numeric =
        field->type == AZ_T_NUMBER || field->type == AZ_T_SERIES || field->type == AZ_T_INTEGER;
    if (numeric && unit && strcmp(field->name, "co2_kg_per_kwh") != 0 &&
        (!field->unit || strcmp(field->unit, unit) != 0))
        ck_abort_msg("%s.%s is in %s, its name says %s", table->name, field->name,
                     field->unit ? field->unit : "nothing", unit);
}

/* A name that says kW over a member in MW is a wrong plan. */
START_TEST(names_and_units_agree)
{
    each_field(&mg_instance_table, check_unit);
    each_field(&mg_plan_table, check_unit);
}
END_TEST

/* An unbounded number from outside may overflow every sum. */
START_TEST(numbers_have_bounds_and_defaults_within_them)
{
    each_field(&mg_instance_table, check_bounds);
}
END_TEST

static void check_golden_plan(const char *name, void *data)
{
    (void)data;
    json_t *json = case_file(MG_GOLDEN, name, "plan.json");
    check_round(&mg_plan_table, json);
    json_decref(json);
}

/* What is written must be read as the same, or a stored job is another one. */
START_TEST(instances_and_plans_survive_json)
{
    static const char *const samples[] = { "instances/microgrid/matsumoto-day.json",
                                           "instances/microgrid/odawara.json",
                                           "tests/data/microgrid/base.json" };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        json_t *json = document_load(samples[i]);
        check_round(&mg_instance_table, json);
        json_decref(json);
    }
    each_case(MG_GOLDEN, 40, check_golden_plan, NULL);
}
END_TEST

/* A member of the instance that has a row but is left out of a default could be read as garbage. */
START_TEST(defaults_are_those_of_the_contract)
{
    struct mg_case c;
    mg_case_load(&c, "tests/data/microgrid/golden/no_state_at_all/instance.json", NULL);
    const struct mg_battery *battery = &c.mg->batteries.items[0];
    const struct mg_unit *unit = &c.mg->units.items[0];
    ck_assert_int_eq(c.mg->mode, MG_SERVICE);
    ck_assert_int_eq(c.mg->tier_rule, MG_TIER_PHYSICAL);
    ck_assert_double_eq(battery->soc_max_share, 1);
    ck_assert(isnan(battery->reserve_price_jpy_per_kwh));
    ck_assert(isnan(battery->end_share));
    ck_assert_int_eq(unit->availability, MG_RUNNING);
    ck_assert_double_eq(unit->available.values[0], 1);
    ck_assert_int_eq(unit->must_run, 0);
    ck_assert_int_eq(c.mg->connections.items[0].metering_minutes, 30);
    ck_assert_double_eq(c.mg->loads.items[0].unserved_price_jpy_per_kwh, 1000);
    ck_assert_double_eq(c.mg->grids.items[0].reserve_up_kw.values[0], 0);
    mg_case_close(&c);
    mg_case_load(&c, "tests/data/microgrid/golden/battery_keeps_its_reserve/instance.json", NULL);
    ck_assert_double_eq(c.mg->batteries.items[0].reserve_share, 0.3);
    mg_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_fields");
    TCase *cases = tcase_create("fields");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, every_member_has_words_in_both_languages);
    tcase_add_test(cases, names_and_units_agree);
    tcase_add_test(cases, numbers_have_bounds_and_defaults_within_them);
    tcase_add_test(cases, instances_and_plans_survive_json);
    tcase_add_test(cases, defaults_are_those_of_the_contract);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
