/* test_clinic_fields.c - the field tables of the clinic: bounds, defaults, names, and the same
 * after a round through JSON; no member in which a person could be named. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/tables.h"
#include "tests/support/cl_case.h"
#include "tests/support/suite.h"
#include "tests/support/tables.h"

/* An unbounded number from outside may overflow every sum. */
START_TEST(numbers_have_bounds_and_defaults_within_them)
{
    each_field(&cl_instance_table, check_bounds);
    each_field(&cl_plan_table, check_bounds);
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
    each_field(&cl_instance_table, check_words);
    ck_assert_uint_ge(rows, 150);
    rows = 0;
    each_field(&cl_plan_table, check_words);
    ck_assert_uint_ge(rows, 65);
}
END_TEST

static void check_private(const struct az_table *table, const struct az_field *field)
{
    static const char *const words[] = { "address",   "phone",       "mail",      "birth",
                                         "age",       "sex",         "diagnosis", "disease",
                                         "insurance", "patient_name" };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(field->name, words[i]) == 0)
            ck_abort_msg("%s.%s is personal", table->name, field->name);
    bool person = table == &cl_site_table || table == &cl_staff_table || table == &cl_remote_table;
    ck_assert(!person || (strcmp(field->name, "name") != 0 && strcmp(field->name, "notes") != 0));
}

/* What can be written of a person is written one day, and then it is in every log. */
START_TEST(there_is_no_member_for_personal_data)
{
    struct cl_case c;
    each_field(&cl_instance_table, check_private);
    each_field(&cl_plan_table, check_private);
    json_t *json = document_load(CL_BASE);
    json_object_set_new(json_array_get(json_object_get(json, "sites"), 0), "name",
                        json_string("x"));
    ck_assert_int_eq(cl_case_open(&c, json, NULL), AZ_OK);
    ck_assert_uint_eq(c.findings.count, 1);
    ck_assert_str_eq(c.findings.items[0].code->code, "unknown_member");
    ck_assert_str_eq(c.findings.items[0].pointer, "/sites/0/name");
    cl_case_close(&c);
    json_decref(json);
}
END_TEST

/* A full plan: every member that a plan can have. */
static json_t *full_plan(void)
{
    return document_parse(
        "{'start':'2026-11-30T00:00:00+09:00','days':3,'rounds':[{'id':'r1','date':'2026-11-30',"
        "'vehicle':'car','members':['n1'],'leaves':'2026-11-30T08:50:00+09:00',"
        "'returns':'2026-11-30T12:10:00+09:00','distance_km':20,'driving_min':40,'work_min':200,"
        "'overtime_min':0,'stops':[{'kind':'visit','site':'s1','care':'nurse',"
        "'arrival':'2026-11-30T09:10:00+09:00','start':'2026-11-30T09:30:00+09:00',"
        "'end':'2026-11-30T10:10:00+09:00','doctor':{'remote':'doc-1',"
        "'start':'2026-11-30T09:35:00+09:00','end':'2026-11-30T09:50:00+09:00',"
        "'slot':'2026-11-30T09:30:00+09:00'},'pharmacist':{'remote':'pharm-1',"
        "'start':'2026-11-30T09:50:00+09:00'},'latest_start':'2026-11-30T09:40:00+09:00',"
        "'wait_min':20,'distance_km':10,'left_km':80},{'kind':'break',"
        "'start':'2026-11-30T11:30:00+09:00'},{'kind':'charge','charger':'cp'}]}],"
        "'online':[{'site':'s5','care':'online','start':'2026-11-30T10:30:00+09:00',"
        "'end':'2026-11-30T10:50:00+09:00','doctor':{'remote':'doc-1'}}],"
        "'unserved':[{'site':'s4','reason':'displaces','rule':'shift','price_jpy':5,"
        "'price_bound_jpy':4,'displaced':['s3']}],'summary':{'cost_jpy':1,'penalty_jpy':2,"
        "'balance_min':3,'money':[{'item':'distance','owner':'car','amount_jpy':1}],'rounds':1,"
        "'visits':1,'online':1,'unserved':1,'distance_km':20,'driving_min':40,'work_min':200,"
        "'overtime_min':0,'changes':[{'site':'s1','promised':'2026-11-30T09:30:00+09:00',"
        "'start':'2026-11-30T09:50:00+09:00'}],'staff':[{'staff':'n1','work_min':200,"
        "'overtime_min':0,'rounds':1}]}}");
}

/* What is written must be read as the same, or a stored job is another one. */
START_TEST(instances_and_plans_survive_json)
{
    struct cl_case c;
    json_t *json = document_load(CL_BASE), *plan = full_plan();
    check_round(&cl_instance_table, json);
    json_decref(json);
    check_round(&cl_plan_table, plan);
    cl_case_load(&c, CL_BASE, NULL);
    ck_assert_int_eq(cl_case_plan(&c, plan), AZ_OK);
    document_print(&c.findings);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    ck_assert_uint_eq(c.plan->rounds.items[0].stops.items[0].site.index, 0);
    ck_assert_uint_eq(c.plan->rounds.items[0].members.items[0].index, 0);
    ck_assert_uint_eq(c.plan->rounds.items[0].stops.items[0].pharmacist->remote.index, 2);
    cl_case_close(&c);
    json_decref(plan);
}
END_TEST

/* A default other than the contract's is another plan for everybody who left the member out. */
START_TEST(defaults_are_those_of_the_contract)
{
    struct cl_case c;
    json_t *json = document_parse(
        "{'start':'2026-11-30T00:00:00+09:00','places':[{'id':'p'}],'cares':[{'id':'c','stage':2,"
        "'visit_min':10,'pharmacist':{'minutes':5}}],'sites':[{'id':'s','place':'p','windows':"
        "[{'from':'09:00','until':'12:00'}]}],'staff':[{'id':'n','shifts':[{'from':'09:00',"
        "'until':'17:00'}]}],'vehicles':[{'id':'v','start':'p'}],'remote':[{'id':'d',"
        "'role':'pharmacist','slots':[{'from':'09:00','until':'12:00'}]}],'travel':{},"
        "'appointments':[{'site':'s','start':'2026-11-30T09:00:00+09:00'}]}");
    ck_assert_int_eq(cl_case_open(&c, json, NULL), AZ_OK);
    const struct cl_instance *cl = c.cl;
    ck_assert_int_eq(cl->days, 5);
    ck_assert_int_eq(cl->mode, CL_SERVICE);
    ck_assert_int_eq(cl->objective, CL_LEXICOGRAPHIC);
    ck_assert_double_eq(cl->change_price_jpy, 0);
    ck_assert_double_eq(cl->change_tolerance_min, 0);
    ck_assert_double_eq(cl->balance_price_jpy_per_h, 0);
    ck_assert(isnan(cl->unserved_price_jpy));
    const struct cl_site *site = &cl->sites.items[0];
    ck_assert_int_eq(site->visits, 1);
    ck_assert_int_eq(site->spacing_min_days, 1);
    ck_assert_int_eq(site->spacing_max_days, AZ_NO_INTEGER);
    ck_assert_int_eq(site->patients, 1);
    ck_assert_double_eq(site->load, 0);
    ck_assert_int_eq(site->windows.items[0].ends_within, 0);
    ck_assert_int_eq(cl->cares.items[0].crew, -1);
    ck_assert_double_eq(cl->cares.items[0].pharmacist->wait_max_min, 0);
    ck_assert_double_eq(cl->staff.items[0].overtime_max_min, 0);
    ck_assert_double_eq(cl->staff.items[0].shifts.items[0].break_min, 0);
    ck_assert_int_eq(cl->vehicles.items[0].count, 1);
    ck_assert_int_eq(cl->vehicles.items[0].seats, AZ_NO_INTEGER);
    ck_assert_int_eq(cl->remote.items[0].slots.items[0].capacity, 1);
    ck_assert_double_eq(cl->travel->detour_factor, 1.4);
    ck_assert_double_eq(cl->travel->buffer_min, 0);
    ck_assert_int_eq(cl->travel->rounding, CL_ROUND_UP);
    ck_assert_int_eq(cl->appointments.items[0].status, CL_DRAFT);
    cl_case_close(&c);
    json_decref(json);
}
END_TEST

/* A null in a matrix is no road; read as a number it would be one of no length. */
START_TEST(matrices_keep_what_cannot_be_driven)
{
    struct cl_case c;
    json_t *json = document_load(CL_BASE);
    document_change(
        json, 1,
        (const char *const[][2]){ { "/travel/matrices",
                                    "[{'places':['clinic','east-hall','east-upper'],'duration_s':"
                                    "[[0,900,700],[null,0,60],[600,60,0]],"
                                    "'distance_m':[[0,8000,7000],[null,0,600],"
                                    "[6000,600,0]]}]" } });
    check_round(&cl_instance_table, json);
    cl_case_open_good(&c, json, "matrix");
    const struct cl_matrix *matrix = &c.cl->travel->matrices.items[0];
    ck_assert_double_eq(matrix->duration_s.values[1], 900);
    ck_assert(isnan(matrix->duration_s.values[3]));
    cl_case_close(&c);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_fields");
    TCase *cases = tcase_create("fields");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, numbers_have_bounds_and_defaults_within_them);
    tcase_add_test(cases, every_member_has_a_row_with_words);
    tcase_add_test(cases, there_is_no_member_for_personal_data);
    tcase_add_test(cases, instances_and_plans_survive_json);
    tcase_add_test(cases, defaults_are_those_of_the_contract);
    tcase_add_test(cases, matrices_keep_what_cannot_be_driven);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
