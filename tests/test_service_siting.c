/* test_service_siting.c - the Matsumoto plan over nanomsg, as the city office makes it: submitted,
 * followed, fetched, judged again, and out to the council as a page and to the map as GeoJSON.
 *
 * Nothing here asserts how long something takes. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/document.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

#define SAMPLE "instances/siting/matsumoto-ppa.json"
#define GAP 0.01 /* wide: the proof of the sample is measured elsewhere */

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static double number_of(const json_t *json, const char *name)
{
    const json_t *number = json_object_get(json, name);
    return json_is_number(number) ? json_number_value(number) : 0;
}

/* The item of a list with this id; NULL when there is none. */
static const json_t *item_of(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_of(json_array_get(list, i), "id"), id) == 0) return json_array_get(list, i);
    return NULL;
}

static bool hear(void *data, const json_t *event)
{
    *(size_t *)data += strcmp(text_of(event, "type"), "plan") == 0;
    return true;
}

/* The sample, followed to its end; a new reference to the result. */
static json_t *solve_sample(json_t *instance)
{
    char state[16];
    size_t plans = 0;
    json_t *result = NULL, *problem = NULL;
    json_object_set_new(instance, "gap", json_real(GAP));
    json_decref(call("submit",
                     json_pack("{s:s, s:s, s:O, s:{s:f}}", "id", "city", "kind", "siting",
                               "instance", instance, "options", "deadline_s", TEST_PATIENCE),
                     true));
    ck_assert_int_eq(az_client_follow(client, "city", hear, &plans, state), AZ_OK);
    ck_assert_int_eq(az_client_result(client, "city", &result, &problem), AZ_OK);
    ck_assert_str_eq(state, "done");
    ck_assert_uint_ge(plans, 1);
    return result;
}

/* The rules that can be seen by adding up: budgets, the least of two valleys, farms at most, every
 * host's saving. Neither the judge nor the model has a part in it. */
static void check_by_hand(const json_t *instance, const json_t *choices)
{
    const json_t *sites = json_object_get(instance, "sites"), *choice;
    double all = 0, first = 0, nagawa = 0, azumi_kw = 0, battery_kwh = 0;
    size_t i, farms = 0;
    json_array_foreach(choices, i, choice)
    {
        const json_t *site = item_of(sites, text_of(choice, "site"));
        ck_assert_msg(site != NULL, "%s", text_of(choice, "site"));
        double net = number_of(choice, "capex_jpy") - number_of(choice, "subsidy_jpy");
        double pv_kw = number_of(choice, "pv_kw");
        double year = number_of(choice, "year");
        const char *district = text_of(site, "district");
        all += net;
        first += year <= 2 ? net : 0;
        nagawa += strcmp(district, "nagawa") == 0 ? pv_kw : 0;
        azumi_kw += strcmp(district, "azumi") == 0 ? pv_kw : 0;
        battery_kwh += number_of(choice, "battery_kwh");
        farms += strcmp(text_of(site, "kind"), "farm") == 0;
        ck_assert_double_ge(number_of(choice, "host_saving_jpy"), -1);
    }
    ck_assert_double_gt(all, 0);
    ck_assert_double_le(all, 9e9 * (1 + 1e-6));
    ck_assert_double_le(first, 7.5e9 * (1 + 1e-6));
    ck_assert_double_ge(nagawa, 450 * (1 - 1e-6));
    ck_assert_double_ge(azumi_kw, 500 * (1 - 1e-6));
    ck_assert_uint_le(farms, 90);
    ck_assert_double_gt(battery_kwh, 0);
}

/* Every site chosen stands on the map with its size, where the instance has it. */
static void check_map(const json_t *instance, const json_t *choices)
{
    json_t *map = json_in(path_of("plan.geojson"));
    const json_t *feature;
    double chosen_kw = 0, planned_kw = 0;
    size_t i, chosen = 0;
    ck_assert_str_eq(text_of(map, "type"), "FeatureCollection");
    json_array_foreach(json_object_get(map, "features"), i, feature)
    {
        const json_t *properties = json_object_get(feature, "properties");
        const json_t *at = json_object_get(json_object_get(feature, "geometry"), "coordinates");
        if (!json_object_get(properties, "option")) continue;
        const json_t *site =
            item_of(json_object_get(instance, "sites"), text_of(properties, "site"));
        ck_assert_msg(site != NULL, "%s", text_of(properties, "site"));
        ck_assert_double_eq_tol(json_number_value(json_array_get(at, 0)),
                                number_of(site, "longitude"), 1e-5);
        ck_assert_double_eq_tol(json_number_value(json_array_get(at, 1)),
                                number_of(site, "latitude"), 1e-5);
        chosen_kw += number_of(properties, "pv_kw");
        chosen++;
    }
    json_array_foreach(choices, i, feature) planned_kw += number_of(feature, "pv_kw");
    ck_assert_uint_eq(chosen, json_array_size(choices));
    ck_assert_double_eq_tol(chosen_kw, planned_kw, 0.01 * (double)chosen);
    json_decref(map);
}

/* The page for the council. */
static void check_page(void)
{
    char *page = text_in("plan.html");
    ck_assert(strstr(page, "松本市の PPA 太陽光・蓄電池") != NULL);
    ck_assert(strstr(page, "<svg") != NULL);
    ck_assert(strstr(page, "正味現在価値") != NULL);
    free(page);
}

/* What the council decides on must be the plan that was proven, whoever looks at it and wherever.
 */
START_TEST(the_city_plan_goes_to_the_council_and_the_map)
{
    json_t *instance = json_in(SAMPLE);
    json_t *result = solve_sample(instance);
    const json_t *certificate = json_object_get(result, "certificate");
    const json_t *plan = json_object_get(result, "plan");
    const json_t *choices = json_object_get(plan, "choices");
    ck_assert(json_is_true(json_object_get(certificate, "checked")));
    ck_assert_double_le(number_of(certificate, "gap"), GAP);
    ck_assert_double_eq_tol(-number_of(certificate, "cost"),
                            number_of(json_object_get(plan, "summary"), "npv_jpy"), 100);
    ck_assert_uint_gt(json_array_size(choices), 100);
    check_by_hand(instance, choices);
    ck_assert_int_eq(json_dump_file(instance, path_of("city.json"), JSON_COMPACT), 0);
    const char *city = path_of("city.json"), *file = path_of("plan.json");
    AZUMI(0, "result", "city", "--connect", service.url, "-o", file);
    AZUMI(0, "check", city, file);
    AZUMI(0, "report", city, file, "-o", path_of("plan.html"), "--lang", "ja");
    AZUMI(0, "export", "geojson", city, file, "-o", path_of("plan.geojson"));
    check_page();
    check_map(instance, choices);
    json_decref(result);
    json_decref(instance);
}
END_TEST

/* Of several mistakes in a city's file each is told, with its place. */
START_TEST(mistakes_of_a_city_are_told_at_once)
{
    json_t *instance = json_in(SAMPLE);
    document_set(instance, "/lines/0/r_ohm", json_integer(-1));
    document_set(instance, "/limits/0/what", json_string("sunshine"));
    document_set(instance, "/sites/0/year_kwh", json_integer(-1));
    document_set(instance, "/budgets/1/yen", json_integer(5));
    json_t *reply = call(
        "submit",
        json_pack("{s:s, s:s, s:o}", "id", "wrong", "kind", "siting", "instance", instance), false);
    const json_t *errors = json_object_get(json_object_get(reply, "problem"), "errors");
    static const char *const pointers[] = { "/sites/0/year_kwh", "/lines/0/r_ohm", "/limits/0/what",
                                            "/budgets/1/yen" };
    ck_assert_uint_eq(json_array_size(errors), 4);
    for (size_t i = 0; i < 4; i++) {
        bool told = false;
        for (size_t k = 0; k < 4; k++)
            told = told || strcmp(text_of(json_array_get(errors, k), "pointer"), pointers[i]) == 0;
        ck_assert_msg(told, "%s", pointers[i]);
    }
    json_decref(reply);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service_siting");
    TCase *cases = tcase_create("siting");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, the_city_plan_goes_to_the_council_and_the_map);
    tcase_add_test(cases, mistakes_of_a_city_are_told_at_once);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
