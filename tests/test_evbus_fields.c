/* test_evbus_fields.c - the field tables of the electric buses: bounds, defaults, names, and the
 * same after a round through JSON. Words and units of every kind are test_tables.c's. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/tables.h"
#include "tests/support/eb_case.h"
#include "tests/support/suite.h"
#include "tests/support/tables.h"

/* An unbounded number from outside may overflow every sum. */
START_TEST(numbers_have_bounds_and_defaults_within_them)
{
    each_field(&eb_instance_table, check_bounds);
    each_field(&eb_plan_table, check_bounds);
}
END_TEST

static size_t rows;

static void check_words(const struct az_table *table, const struct az_field *field)
{
    rows++;
    if (!field->label.en || !field->label.ja || !field->meaning.en || !field->meaning.ja)
        ck_abort_msg("%s.%s lacks words", table->name, field->name);
    for (size_t k = 0; k < field->choice_count; k++)
        ck_assert(field->choices[k].words.en && field->choices[k].words.ja);
}

/* A member without words is a blank in the form and in the reference page; one without a row cannot
 * be said at all. */
START_TEST(every_member_has_a_row_with_words)
{
    rows = 0;
    each_field(&eb_instance_table, check_words);
    ck_assert_uint_ge(rows, 170);
    rows = 0;
    each_field(&eb_plan_table, check_words);
    ck_assert_uint_ge(rows, 65);
}
END_TEST

/* A full plan: every member that a plan can have. */
static json_t *full_plan(void)
{
    return document_parse(
        "{'start':'2026-11-21T05:00:00+09:00','slot_minutes':15,'slots':2,'blocks':[{'id':'b1',"
        "'bus':'b7','type':'large','depot':'depot','end_depot':'depot','start_kwh':120,'events':["
        "{'kind':'stay','from':'garage','to':'garage','start':'2026-11-21T05:00:00+09:00',"
        "'end':'2026-11-21T05:20:00+09:00','energy_kwh':-4.75,'soc_before_kwh':120,"
        "'soc_after_kwh':124.75,'charger':'garage-v2g','first_slot':0,'charge_kwh':[5,0],"
        "'discharge_kwh':[0,0]},{'kind':'deadhead','from':'garage','to':'station',"
        "'distance_km':1.8},{'kind':'trip','trip':'m1','charged_kwh':3}]}],"
        "'unserved':[{'trip':'t1','reason':'energy'}],'chargers':{'garage-v2g':3},"
        "'grids':{'town':{'supply_kwh':[[5,0]],'demand_kwh':[[0,0]],"
        "'marginal_price_jpy_per_kwh':[15,15]}},'converters':{'link':{'forward_in_kwh':[0,0],"
        "'backward_in_kwh':[1,0]}},'storages':{'box':{'charge_kwh':[0,0],'discharge_kwh':[0,0],"
        "'energy_kwh':[50,50]}},'summary':{'cost_jpy':1,'penalty_jpy':2,'money':[{'item':'x',"
        "'owner':'','amount_jpy':1}],'buses':1,'trips':7,'unserved':1,'distance_km':3,"
        "'deadhead_km':1,'driven_kwh':4,'charged_kwh':5,'discharged_kwh':0,'carried':[{'block':"
        "'b1','from_grid':'mountain','to_grid':'town','carried_kwh':2,'earned_jpy':3}],"
        "'changes':[{'trip':'t1','from_bus':'b7','to_bus':'b8'}]}}");
}

/* What is written must be read as the same, or a stored job is another one. */
START_TEST(instances_and_plans_survive_json)
{
    struct eb_case c;
    json_t *json = document_load(EB_BASE), *plan = full_plan();
    check_round(&eb_instance_table, json);
    json_decref(json);
    check_round(&eb_plan_table, plan);
    static const char *const bus[][2] = { { "/slots", "2" },
                                          { "/grids/0/supply", "[{\"price_jpy_per_kwh\": 13}]" },
                                          { "/grids/1/supply", "[{\"price_jpy_per_kwh\": 15}]" },
                                          { "/grids/1/demand", "[{\"price_jpy_per_kwh\": 9}]" },
                                          { "/trips", "[]" } };
    eb_case_load_changed(&c, EB_BASE, 5, bus);
    json_object_del(json_array_get(json_object_get(plan, "blocks"), 0), "events");
    json_object_set_new(json_array_get(json_object_get(plan, "blocks"), 0), "events", json_array());
    json_object_del(plan, "unserved");
    json_object_del(json_object_get(plan, "summary"), "changes");
    ck_assert_int_eq(eb_case_plan(&c, plan), AZ_OK);
    document_print(&c.findings);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    eb_case_close(&c);
    json_decref(plan);
}
END_TEST

/* A default other than the contract's is another plan for everybody who left the member out. */
START_TEST(defaults_are_those_of_the_contract)
{
    struct eb_case c;
    eb_case_load(&c, EB_BASE, NULL);
    const struct eb_type *small = &c.ev->types.items[1];
    const struct eb_charger *charger = &c.ev->chargers.items[0];
    ck_assert_int_eq(c.ev->mode, EB_SERVICE);
    ck_assert_int_eq(c.ev->objective, EB_COST);
    ck_assert_int_eq(c.ev->return_rule, EB_RETURN_OWN_DEPOT);
    ck_assert_int_eq(c.ev->new_buses, 1);
    ck_assert_double_eq(c.ev->change_price_jpy, 0);
    ck_assert_double_eq(c.ev->reserve_share, 0);
    ck_assert_double_eq(small->soc_min_share, 0.1);
    ck_assert_double_eq(small->soc_max_share, 0.9);
    ck_assert_int_eq(small->end, EB_END_CYCLIC);
    ck_assert(isnan(small->charge_kw));
    ck_assert_double_eq(charger->discharge_kw, 0);
    ck_assert_double_eq(charger->charge_efficiency, 0.95);
    ck_assert_double_eq(charger->discharge_efficiency, 0.95);
    ck_assert_int_eq(charger->no_limit, 0);
    ck_assert_double_eq(c.ev->storages.items[0].start_share, 0.5);
    ck_assert_double_eq(c.ev->storages.items[0].soc_max_share, 1);
    ck_assert_double_eq(c.ev->trips.items[1].load_share, 0.5);
    eb_case_close(&c);
}
END_TEST

/* `return` is a word of C and not the name of the struct's member. */
START_TEST(return_is_written_as_people_say_it)
{
    struct eb_case c;
    eb_case_load_changed(&c, EB_BASE, 1, (const char *const[][2]){ { "/return", "\"counts\"" } });
    ck_assert_int_eq(c.ev->return_rule, EB_RETURN_COUNTS);
    json_t *written = az_json_write(&eb_instance_table, c.ev);
    ck_assert_str_eq(json_string_value(json_object_get(written, "return")), "counts");
    json_decref(written);
    eb_case_close(&c);
}
END_TEST

/* A null in the matrix is no link; read as a number it would be one of that length. */
START_TEST(links_keep_what_is_no_link)
{
    struct eb_case c;
    json_t *json = document_parse(
        "{\"start\":\"2026-11-21T00:00:00+09:00\",\"slots\":0,\"mode\":\"exact\",\"places\":[],"
        "\"depots\":[{\"id\":\"d\"}],\"types\":[{\"id\":\"v\"}],\"trips\":[{\"id\":\"a\"},"
        "{\"id\":\"b\"}],\"links\":{\"distance\":[[null,1,2],[3,null,4],[5,null,null]]}}");
    check_round(&eb_instance_table, json);
    ck_assert_int_eq(eb_case_open(&c, json, NULL), AZ_OK);
    document_print(&c.findings);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    const struct az_matrix *distance = &c.ev->links->distance;
    ck_assert_uint_eq(eb_node_count(c.ev), 3);
    ck_assert(isnan(distance->values[0]) && isnan(distance->values[7]));
    ck_assert_double_eq(distance->values[5], 4);
    ck_assert(!c.ev->timed);
    json_decref(json);
    eb_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_fields");
    TCase *cases = tcase_create("fields");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, numbers_have_bounds_and_defaults_within_them);
    tcase_add_test(cases, every_member_has_a_row_with_words);
    tcase_add_test(cases, instances_and_plans_survive_json);
    tcase_add_test(cases, defaults_are_those_of_the_contract);
    tcase_add_test(cases, return_is_written_as_people_say_it);
    tcase_add_test(cases, links_keep_what_is_no_link);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
