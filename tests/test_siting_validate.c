/* test_siting_validate.c - every bad siting instance is answered with all its problems and nothing
 * else; what is no mistake, though it makes a hard question, is not one. */
#include <check.h>

#include "formulations/siting/codes.h"
#include "formulations/siting/tables.h"
#include "tests/support/bad.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

#define BAD "tests/data/siting/bad"

static void check_bad(const char *name, void *data)
{
    struct st_case c;
    json_t *json = bad_instance(BAD, name, ST_BASE);
    (void)data;
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
    bad_check(BAD, name, &c.findings);
    st_case_close(&c);
    json_decref(json);
}

/* Whoever mends one problem and meets the next one on each try stops trying. */
START_TEST(bad_instances_are_answered_with_all_their_problems)
{
    each_case(BAD, 100, check_bad, NULL);
}
END_TEST

/* A code that no bad instance shows could be dead or wrong. */
START_TEST(every_code_is_shown_by_some_case)
{
    static const char *const elsewhere[] = {
        "too_many_days",          "too_many_sites",    "too_many_options",  "too_many_option_hours",
        "too_many_reaches",       "too_many_buses",    "too_many_circuits", "too_many_rules",
        "amounts_above_capacity", "carry_plan_misfit", "carry_outside",
    };
    bad_check_codes(BAD, st_codes, sizeof elsewhere / sizeof *elsewhere, elsewhere);
}
END_TEST

static void check_good(const char *base, size_t count, const char *const changes[][2])
{
    struct st_case c;
    st_case_load_changed(&c, base, count, changes);
    st_case_close(&c);
}
#define GOOD(...)                                                                               \
    check_good(ST_BASE, sizeof((const char *const[][2]){ __VA_ARGS__ }) / (2 * sizeof(char *)), \
               (const char *const[][2]){ __VA_ARGS__ })

/* A plan that has been built in part is planned on: what was decided stands, what no longer fits is
 * no mistake. */
START_TEST(what_is_built_is_no_mistake)
{
    GOOD({ "/state/built", "[{'site':'dairy','pv_kw':200},{'site':'field','pv_kw':49.5},"
                           "{'site':'h4','pv_kw':4,'battery_kwh':6,'battery_kw':3}]" },
         { "/sites/5/decision", "'in'" });
    /* Roofs that are fuller than they are said to be. */
    GOOD({ "/sites/2/existing_pv_kw", "7" });
    /* Goals that have a price may be out of reach. */
    GOOD({ "/limits/7/min", "100000" }, { "/limits/8/min", "100000" },
         { "/coverage/shelters", "9" });
    /* A price that nobody asks for any more may end, and one that nobody uses. */
    GOOD({ "/tariffs/0/ppa/last_year", "17" }, { "/tariffs/0/surplus/last_year", "19" });
    GOOD({ "/tariffs/-", "{'id':'x','ppa':{'steps':[{'jpy_per_kwh':1}],'last_year':0}}" });
}
END_TEST

/* Benchmarks: no days, no prices, no map. */
START_TEST(little_is_enough)
{
    struct st_case c;
    st_case_load(&c, ST_CUSTOMERS, NULL);
    ck_assert_uint_eq(c.in->hour_count, 0);
    ck_assert_uint_eq(c.in->sites.items[0].operator_index, AZ_NO_INDEX);
    st_case_close(&c);
    json_t *json = document_parse("{'first_year':2027,'sites':[]}");
    st_case_open_good(&c, json, "nothing at all");
    st_case_close(&c);
    json_decref(json);
    json = document_parse("{'first_year':2027,'sites':[{'id':'a','kind':'house'}],'upstream':"
                          "{'buses':[{'id':'b'}],'slack':'b'},'districts':[{'id':'d'}]}");
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
    ck_assert_uint_eq(c.findings.count, 1);
    ck_assert_str_eq(c.findings.items[0].code->code, "district_without_sites");
    st_case_close(&c);
    json_decref(json);
}
END_TEST

static const struct az_finding *only_finding(const struct st_case *c, const char *code)
{
    if (c->findings.count != 1 || strcmp(c->findings.items[0].code->code, code) != 0) {
        document_print(&c->findings);
        ck_abort_msg("%s is not all that is found", code);
    }
    return &c->findings.items[0];
}

static double param(const struct az_finding *finding, const char *name)
{
    for (size_t i = 0; i < finding->param_count; i++)
        if (strcmp(finding->params[i].name, name) == 0) return finding->params[i].number;
    ck_abort_msg("%s has no %s", finding->code->code, name);
}

static void check_by(const char *changed, const char *value, const char *code, const char *name,
                     double by)
{
    struct st_case c;
    json_t *json = document_load(ST_BASE);
    const char *const change[][2] = { { changed, value } };
    document_change(json, 1, change);
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
    ck_assert_double_eq_tol(param(only_finding(&c, code), name), by, 1e-6 * fabs(by) + 1e-9);
    st_case_close(&c);
    json_decref(json);
}

/* "Too small" without by how much sends the planner back to the calculator. */
START_TEST(problems_say_by_how_much)
{
    check_by("/typical_days/0/weight_days", "180", "days_not_a_year", "short", 3);
    check_by("/typical_days/0/weight_days", "184", "days_beyond_a_year", "over", 1);
    check_by("/tariffs/1/retail/last_year", "14", "price_ends_early", "missing", 5);
    /* Contract years 3 to 17. */
    check_by("/tariffs/0/ppa/last_year", "16", "price_ends_early", "needed", 17);
    check_by("/sites/4/options/1/pv_kw", "280", "surfaces_too_small", "over", 20);
    check_by("/limits/1", "{'id':'x','what':'pv_kw','district':'valley','min':300}",
             "limit_beyond_reach", "short", 300 - (250 + 25 + 4));
    check_by("/limits/1/max", "3", "limit_below_decided", "over", 1);
    /* 4 kW and 6 kWh less a tenth. */
    check_by("/budgets/1/jpy", "1000000", "budget_below_decided", "short",
             0.9 * (4 * 255000 + 6 * 120000) - 1000000);
}
END_TEST

/* A plan that loses money can be what the sites that are decided leave: a most of it is no error.
 */
START_TEST(a_plan_may_be_bound_to_lose_money)
{
    static const char *const change[][2] = {
        { "/limits/9", "{'id':'x','what':'npv_jpy','min':-9000000,'max':-1000000}" }
    };
    struct st_case c;
    json_t *json = document_load(ST_BASE);
    document_change(json, 1, change);
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    st_case_close(&c);
    json_decref(json);
}
END_TEST

/* The sites deliver 10, 15 and 4; the customers need 30. */
START_TEST(amounts_beyond_all_capacity_are_named)
{
    struct st_case c;
    json_t *json = document_load(ST_CUSTOMERS);
    static const char *const changes[][2] = {
        { "/sites/2/options/0/capacity", "4" },
        { "/sites/0/decision", "'in'" },
        { "/sites/0/decided_option", "'small'" },
        { "/customers/0/amount", "13" },
    };
    document_change(json, sizeof changes / sizeof *changes, changes);
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
    const struct az_finding *finding = only_finding(&c, "amounts_above_capacity");
    ck_assert_str_eq(finding->pointer, "/customers");
    ck_assert_double_eq(param(finding, "short"), 1);
    st_case_close(&c);
    json_decref(json);
}
END_TEST

/* --- what would be too much ---------------------------------------------------------------------
 */

static json_t *many(size_t count, const char *format)
{
    json_t *list = json_array();
    char text[300];
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof text, format, i, i);
        json_array_append_new(list, document_parse(text));
    }
    return list;
}

static void check_too_much(json_t *json, const char *code)
{
    struct st_case c;
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
    only_finding(&c, code);
    ck_assert_uint_lt(az_arena_bytes(c.arena), (size_t)200 << 20);
    st_case_close(&c);
    json_decref(json);
}

static json_t *sizes(int from, int count)
{
    json_t *list = json_array();
    for (int i = 0; i < count; i++) json_array_append_new(list, json_integer(from + i));
    return list;
}

/* 30 sites with 100 sizes of PV, 100 batteries and 20 years: a small document, a huge instance. */
START_TEST(small_documents_may_not_become_huge_instances)
{
    json_t *json = document_load(ST_BASE);
    json_object_set_new(json, "sites",
                        many(30, "{'id':'s%zu','kind':'farm','menu':'home','costs':'small',"
                                 "'surfaces':[{'yield':'south','max_kw':1000}]}"));
    static const char *const fewer[][2] = { { "/coverage", NULL },  { "/limits", NULL },
                                            { "/state", NULL },     { "/districts", NULL },
                                            { "/budgets/1", NULL }, { "/front", NULL } };
    document_change(json, sizeof fewer / sizeof *fewer, fewer);
    document_set(json, "/menus/0/pv_kw", sizes(1, 100));
    document_set(json, "/menus/0/battery_kwh", sizes(1, 100));
    document_set(json, "/menus/0/years", sizes(0, 20));
    check_too_much(json_deep_copy(json), "too_many_options");
    document_set(json, "/menus/0/years", sizes(0, 15)); /* 4.5 million times 48 hours */
    check_too_much(json, "too_many_option_hours");
}
END_TEST

/* A list beyond its maximum would take the memory and the deadline of a whole job. */
START_TEST(long_lists_are_refused)
{
    json_t *json = document_parse("{'first_year':2027,'sites':[]}");
    document_set(json, "/typical_days", many(367, "{'id':'d%zu','weight_days':0.994550408719346}"));
    check_too_much(json, "too_many_days");

    json = document_parse("{'first_year':2027}");
    document_set(json, "/sites", many(ST_MAX_SITES + 1, "{'id':'s%zu','kind':'house'}"));
    check_too_much(json, "too_many_sites");

    json = document_parse("{'first_year':2027,'sites':[],'upstream':{'slack':'b0'}}");
    document_set(json, "/upstream/buses", many(ST_MAX_BUSES + 1, "{'id':'b%zu'}"));
    document_set(json, "/upstream/circuits",
                 many(ST_MAX_BUSES + 1, "{'id':'c%zu','from':'b0','to':'b%zu','x_pu':1}"));
    document_set(json, "/upstream/circuits/0/to", json_string("b1"));
    check_too_much(json, "too_many_buses");

    json = document_parse("{'first_year':2027,'sites':[],'upstream':{'slack':'a',"
                          "'buses':[{'id':'a'},{'id':'b'}]}}");
    document_set(json, "/upstream/circuits",
                 many(ST_MAX_CIRCUITS + 1, "{'id':'c%zu','from':'a','to':'b','x_pu':1}"));
    check_too_much(json, "too_many_circuits");

    json = document_parse("{'first_year':2027,'sites':[{'id':'a','kind':'house'}]}");
    document_set(json, "/limits", many(ST_MAX_RULES + 1, "{'id':'l%zu','what':'count','max':1}"));
    check_too_much(json, "too_many_rules");
}
END_TEST

/* Every district within reach of every shelter: more pairs than there is memory for. */
START_TEST(too_many_shelters_in_reach_are_refused)
{
    json_t *json = document_parse("{'first_year':2027,'coverage':{'reach_km':50}}");
    document_set(json, "/sites",
                 many(3000, "{'id':'s%zu','kind':'public','shelter':true,'critical_kw':1,"
                            "'latitude':36,'longitude':138,'district':'d0'}"));
    document_set(json, "/districts", many(700, "{'id':'d%zu','latitude':36,'longitude':138}"));
    struct st_case c;
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
    bool told = false;
    for (size_t i = 0; i < c.findings.count; i++)
        told = told || strcmp(c.findings.items[i].code->code, "too_many_reaches") == 0;
    ck_assert(told);
    ck_assert_uint_lt(az_arena_bytes(c.arena), (size_t)200 << 20);
    st_case_close(&c);
    json_decref(json);
}
END_TEST

/* A service that dies for want of memory loses the job with it. */
START_TEST(memory_may_run_out_anywhere)
{
    json_t *json = document_load(ST_BASE);
    struct failing failing = { .left = (size_t)-1 };
    struct az_allocator allocator = failing_allocator(&failing);
    struct st_case c;
    ck_assert_int_eq(st_case_open(&c, json, &allocator), AZ_OK);
    st_case_close(&c);
    size_t served = failing.served;
    for (size_t left = 0; left < served; left++) {
        failing = (struct failing){ .left = left };
        enum az_status status = st_case_open(&c, json, &allocator);
        ck_assert_int_eq(status, AZ_NO_MEMORY);
        if (c.arena) st_case_close(&c);
    }
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_validate");
    TCase *cases = tcase_create("validate");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, bad_instances_are_answered_with_all_their_problems);
    tcase_add_test(cases, every_code_is_shown_by_some_case);
    tcase_add_test(cases, what_is_built_is_no_mistake);
    tcase_add_test(cases, little_is_enough);
    tcase_add_test(cases, problems_say_by_how_much);
    tcase_add_test(cases, a_plan_may_be_bound_to_lose_money);
    tcase_add_test(cases, amounts_beyond_all_capacity_are_named);
    tcase_add_test(cases, small_documents_may_not_become_huge_instances);
    tcase_add_test(cases, long_lists_are_refused);
    tcase_add_test(cases, too_many_shelters_in_reach_are_refused);
    tcase_add_test(cases, memory_may_run_out_anywhere);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
