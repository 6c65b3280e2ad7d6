/* test_siting_resolve.c - resolving siting: what is derived is what the contract says. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/siting/tables.h"
#include "solver/base/context.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

#define LOAD_CHANGED(c, ...)                                                                     \
    st_case_load_changed((c), ST_BASE,                                                           \
                         sizeof((const char *const[][2]){ __VA_ARGS__ }) / (2 * sizeof(char *)), \
                         (const char *const[][2]){ __VA_ARGS__ })

enum { H1, H2, H3, MILL, DAIRY, FIELD, ORCHARD, SCHOOL, HALL, DEPOT, H4, WORKS };

/* --- the year -----------------------------------------------------------------------------------
 */

/* An hour that counts for the wrong days makes another year. */
START_TEST(hours_stand_for_days)
{
    struct st_case c;
    st_case_load(&c, ST_BASE, NULL);
    ck_assert_uint_eq(c.in->hour_count, 48);
    double sum = 0;
    for (size_t h = 0; h < 48; h++) {
        ck_assert_double_eq(c.in->hour_days[h], h < 24 ? 183 : 182);
        sum += c.in->hour_days[h];
    }
    ck_assert_double_eq(sum, ST_YEAR_HOURS);
    /* A profile of ones sums to the hours of a year. */
    ck_assert_double_eq_tol(c.in->profiles.items[7].year_sum, ST_YEAR_HOURS, 1e-9);
    ck_assert_double_eq_tol(c.in->profiles.items[6].year_sum, 24 * (183 * .8 + 182 * .5), 1e-9);
    st_case_close(&c);
}
END_TEST

/* Two curtailments over one hour are not added up. */
START_TEST(the_largest_curtailment_counts)
{
    struct st_case c;
    st_case_load(&c, ST_BASE, NULL);
    for (size_t h = 0; h < 48; h++) {
        double share = h >= 10 && h < 14 ? 0.3 : 0;
        if (h >= 11 && h < 13) share = 0.5;
        ck_assert_double_eq(c.in->curtailed_share[h], share);
    }
    st_case_close(&c);
    LOAD_CHANGED(&c, { "/curtailments/0/days", NULL }, { "/curtailments/1/share", "0.1" });
    ck_assert_double_eq(c.in->curtailed_share[24 + 12], 0.3);
    ck_assert_double_eq(c.in->curtailed_share[12], 0.3);
    st_case_close(&c);
}
END_TEST

/* A price a year too early or late is another cash flow. */
START_TEST(prices_step_by_year)
{
    struct st_case c;
    LOAD_CHANGED(&c, { "/tariffs/0/surplus/last_year", "25" });
    const struct st_price *retail = c.in->tariffs.items[0].retail;
    const struct st_price *surplus = c.in->tariffs.items[0].surplus;
    ck_assert_double_eq(retail->year_jpy[9], 33);
    ck_assert_double_eq(retail->year_jpy[10], 36);
    ck_assert_double_eq(retail->year_jpy[ST_MAX_YEARS - 1], 36);
    ck_assert_double_eq(surplus->year_jpy[3], 24);
    ck_assert_double_eq(surplus->year_jpy[4], 8.3);
    ck_assert_double_eq(surplus->year_jpy[25], 8.3);
    ck_assert(isnan(surplus->year_jpy[26]));
    st_case_close(&c);
}
END_TEST

/* --- options ------------------------------------------------------------------------------------
 */

static void check_ids(const struct st_site *site, const char *ids)
{
    char text[500] = "";
    for (size_t o = 0; o < site->option_count; o++) {
        if (o > 0) strcat(text, " ");
        strcat(text, site->option[o].id);
    }
    ck_assert_str_eq(text, ids);
}

/* Options in another order, or one that the roof does not hold, are another plan under the same
 * name. */
START_TEST(menus_make_options_that_fit)
{
    struct st_case c;
    st_case_load(&c, ST_BASE, NULL);
    const struct st_site *site = c.in->sites.items;
    check_ids(&site[H1], "pv4-b0-y0 pv4-b0-y3 pv4-b6-y0 pv4-b6-y3 pv6-b0-y0 pv6-b0-y3 pv6-b6-y0 "
                         "pv6-b6-y3");
    /* 8 kW of roof, 2 of them built since. */
    check_ids(&site[H2], "pv4-b0-y0 pv4-b0-y3 pv4-b6-y0 pv4-b6-y3 pv6-b0-y0 pv6-b0-y3 pv6-b6-y0 "
                         "pv6-b6-y3");
    check_ids(&site[H3], ""); /* 5 kW of roof, 3 of them full */
    check_ids(&site[SCHOOL], "pv30-b0-y0 pv30-b30-y0 pv30-b40-y0 pv60-b0-y0 pv60-b60-y0 "
                             "pv60-b40-y0");
    check_ids(&site[HALL], "pv12.5-b0-y0 pv12.5-b12.5-y0 pv12.5-b40-y0 pv25-b0-y0 pv25-b25-y0 "
                           "pv25-b40-y0");
    check_ids(&site[DAIRY], "pv100 pv200 pv200-b200 later");
    ck_assert_double_eq(site[HALL].option[1].inverter_kw, 0.9 * 12.5);
    ck_assert_double_eq(site[HALL].option[1].battery_kw, 0.4 * 12.5);
    ck_assert(isnan(site[HALL].option[1].capacity));
    st_case_close(&c);
}
END_TEST

/* The same size twice is a choice between two names for one thing. */
START_TEST(no_size_is_made_twice)
{
    struct st_case c;
    LOAD_CHANGED(&c,
                 { "/menus/1", "{'id':'hall','pv_kw':[30,30,0],'pv_share':[0.5,0.50000001],"
                               "'battery_hours':[0,1],'battery_kwh':[30,0]}" },
                 { "/sites/7/options", "[{'id':'pv30-b30-y0','pv_kw':30,'battery_kwh':30,"
                                       "'capex_jpy':5}]" });
    const struct st_site *school = &c.in->sites.items[SCHOOL];
    check_ids(school, "pv30-b30-y0 pv30-b0-y0 pv0-b30-y0");
    ck_assert_double_eq(school->option[0].capex_jpy, 5);
    st_case_close(&c);
    /* Without a roof a share of it is nothing, and no option for a battery alone. */
    LOAD_CHANGED(&c, { "/sites/7/surfaces", "[]" });
    check_ids(&c.in->sites.items[SCHOOL], "");
    st_case_close(&c);
}
END_TEST

/* What an option costs is what the planner would add up by hand. */
START_TEST(costs_are_filled_in)
{
    struct st_case c;
    st_case_load(&c, ST_BASE, NULL);
    const struct st_option *dairy = c.in->sites.items[DAIRY].option;
    ck_assert_double_eq_tol(dairy[0].capex_jpy, 500000 + 100 * 183000.0, 1e-3);
    ck_assert_double_eq(dairy[0].subsidy_jpy, 0);
    ck_assert_double_eq(dairy[0].operation_jpy_per_year, 400000);
    ck_assert_double_eq(dairy[0].rent_jpy_per_year, 80000);
    ck_assert_double_eq(dairy[0].inverter_kw, 100);
    ck_assert_double_eq(dairy[1].inverter_kw, 160);
    ck_assert_double_eq_tol(dairy[2].capex_jpy,
                            500000 + 200 * 183000.0 + 200 * 92000.0 + 80 * 10000.0, 1e-3);
    ck_assert_double_eq(dairy[2].operation_jpy_per_year, 200 * 4000 + 200 * 400);
    /* Given, not filled in. */
    ck_assert_double_eq(dairy[3].capex_jpy, 24000000);
    ck_assert_double_eq(dairy[3].subsidy_jpy, 2000000);
    ck_assert_double_eq(dairy[3].rent_jpy_per_year, 0);
    /* Three years later and 2 % a year cheaper; a tenth of it, at most 400,000 yen. */
    const struct st_option *h1 = c.in->sites.items[H1].option;
    double capex = 4 * 255000 + 6 * 120000;
    ck_assert_double_eq_tol(h1[2].capex_jpy, capex, 1e-3);
    ck_assert_double_eq_tol(h1[2].subsidy_jpy, 0.1 * capex, 1e-3);
    ck_assert_double_eq_tol(h1[3].capex_jpy, capex * pow(0.98, 3), 1e-3);
    ck_assert_double_eq(h1[2].battery_kw, 3);
    ck_assert_double_eq(h1[2].operation_jpy_per_year, 4 * 3000 + 6 * 500);
    st_case_close(&c);
    LOAD_CHANGED(&c, { "/costs/0/subsidy_max_jpy", "100000" });
    ck_assert_double_eq(c.in->sites.items[H1].option[2].subsidy_jpy, 100000);
    st_case_close(&c);
    /* The last class whose lower end is reached. */
    LOAD_CHANGED(&c, { "/menus/0/pv_kw", "[9.999,10]" }, { "/sites/0/surfaces/0/max_kw", "10" },
                 { "/menus/0/battery_kwh", "[0]" }, { "/menus/0/years", "[0]" },
                 { "/sites/10/decided_option", NULL }, { "/sites/10/surfaces/0/max_kw", "20" });
    ck_assert_double_eq_tol(c.in->sites.items[H1].option[0].capex_jpy, 9.999 * 255000, 1e-3);
    ck_assert_double_eq_tol(c.in->sites.items[H1].option[1].capex_jpy, 10 * 230000, 1e-3);
    st_case_close(&c);
}
END_TEST

/* Without costs an option has its own price and nothing else to pay. */
START_TEST(options_without_costs_have_their_own)
{
    struct st_case c;
    st_case_load(&c, ST_CUSTOMERS, NULL);
    const struct st_option *option = c.in->sites.items[0].option;
    ck_assert_double_eq(option[0].capex_jpy, 700);
    ck_assert_double_eq(option[0].subsidy_jpy, 0);
    ck_assert_double_eq(option[0].operation_jpy_per_year, 0);
    ck_assert_double_eq(option[0].rent_jpy_per_year, 0);
    ck_assert_double_eq(option[0].capacity, 10);
    ck_assert_double_eq(option[0].inverter_kw, 0);
    ck_assert(isnan(c.in->sites.items[2].option[0].capacity));
    ck_assert_double_eq(c.in->scale, 1);
    st_case_close(&c);
}
END_TEST

/* What has been built fills the roof and ends the decision. */
START_TEST(built_equipment_is_added)
{
    struct st_case c;
    LOAD_CHANGED(&c, { "/state/built", "[{'site':'hall','pv_kw':12.5,'battery_kwh':40,"
                                       "'battery_kw':16},{'site':'dairy','pv_kw':100},{'site':"
                                       "'dairy','pv_kw':10},{'site':'h4','pv_kw':4}]" });
    const struct st_site *site = c.in->sites.items;
    ck_assert_double_eq(site[HALL].built_pv_kw, 17.5);
    ck_assert_double_eq(site[HALL].built_battery_kwh, 50);
    ck_assert_double_eq(site[HALL].built_battery_kw, 21);
    check_ids(&site[HALL], "pv6.25-b0-y0 pv6.25-b6.25-y0 pv6.25-b40-y0 pv12.5-b0-y0 "
                           "pv12.5-b12.5-y0 pv12.5-b40-y0");
    ck_assert_double_eq(site[DAIRY].built_pv_kw, 110);
    check_ids(&site[DAIRY], "pv100 later");
    ck_assert_int_eq(site[H4].decision, ST_IN);
    ck_assert_int_eq(site[H4].decided, ST_FREE);
    ck_assert_uint_eq(site[H4].decided_index, AZ_NO_INDEX);
    ck_assert_double_eq(site[H2].built_pv_kw, 0);
    st_case_close(&c);
    st_case_load(&c, ST_BASE, NULL);
    ck_assert_int_eq(c.in->sites.items[H4].decided, ST_IN);
    ck_assert_uint_eq(c.in->sites.items[H4].decided_index, 2);
    ck_assert_int_eq(c.in->sites.items[WORKS].decided, ST_OUT);
    ck_assert_double_eq(c.in->sites.items[H2].built_pv_kw, 2);
    st_case_close(&c);
}
END_TEST

/* A gap of 0.1 % must mean the same for a village and a city. */
START_TEST(the_scale_is_a_thousandth_of_the_largest_options)
{
    struct st_case c;
    double sum = 0;
    st_case_load(&c, ST_BASE, NULL);
    for (size_t i = 0; i < c.in->sites.count; i++) {
        double largest = 0;
        for (size_t o = 0; o < c.in->sites.items[i].option_count; o++)
            largest = fmax(largest, c.in->sites.items[i].option[o].capex_jpy);
        sum += largest;
    }
    ck_assert_double_eq_tol(c.in->scale, sum / 1000, 1e-6);
    st_case_close(&c);
    LOAD_CHANGED(&c, { "/money_scale", "5000" });
    ck_assert_double_eq(c.in->scale, 5000);
    st_case_close(&c);
}
END_TEST

/* --- networks -----------------------------------------------------------------------------------
 */

static void check_place(const struct st_site *site, size_t node, size_t feeder, size_t bank,
                        size_t bus)
{
    ck_assert_uint_eq(site->node, node);
    ck_assert_uint_eq(site->feeder, feeder);
    ck_assert_uint_eq(site->bank, bank);
    ck_assert_uint_eq(site->bus, bus);
}

/* A site that is not counted at its bank overloads it on paper only. */
START_TEST(sites_inject_into_all_levels_above)
{
    struct st_case c;
    LOAD_CHANGED(&c, { "/sites/0/connection", NULL });
    const struct st_site *site = c.in->sites.items;
    size_t none = AZ_NO_INDEX;
    check_place(&site[H1], none, none, none, none);
    check_place(&site[MILL], 3, 0, 0, 1);
    check_place(&site[DAIRY], none, 1, 0, 1);
    check_place(&site[DEPOT], none, none, 0, 1);
    check_place(&site[WORKS], none, none, none, 2);
    ck_assert_uint_eq(site[H1].operator_index, 1);
    ck_assert_uint_eq(site[MILL].operator_index, 0);
    st_case_close(&c);
}
END_TEST

/* A parent on the wrong side turns a voltage rise into a drop. */
START_TEST(feeders_are_trees_from_their_roots)
{
    struct st_case c;
    st_case_load(&c, ST_BASE, NULL);
    const struct st_node *node = c.in->nodes.items;
    static const size_t parents[] = { 0, 0, 1, 1 }, lines[] = { AZ_NO_INDEX, 0, 1, 2 };
    for (size_t n = 0; n < 4; n++) {
        ck_assert_uint_eq(node[n].parent, parents[n]);
        ck_assert_uint_eq(node[n].line, lines[n]);
    }
    st_case_close(&c);
    /* The same lines from the other end. */
    LOAD_CHANGED(&c, { "/feeders/0/root", "'n3'" },
                 { "/nodes/-", "{'id':'loose','feeder':'east'}" });
    node = c.in->nodes.items;
    static const size_t turned[] = { 1, 3, 1, 3 }, by[] = { 0, 2, 1, AZ_NO_INDEX };
    for (size_t n = 0; n < 4; n++) {
        ck_assert_uint_eq(node[n].parent, turned[n]);
        ck_assert_uint_eq(node[n].line, by[n]);
    }
    ck_assert_uint_eq(node[4].parent, AZ_NO_INDEX); /* of a feeder without lines */
    st_case_close(&c);
}
END_TEST

/* --- shelters -----------------------------------------------------------------------------------
 */

static double road_km(double lat1, double lon1, double lat2, double lon2)
{
    double k = acos(-1) / 180;
    double cosine =
        sin(lat1 * k) * sin(lat2 * k) + cos(lat1 * k) * cos(lat2 * k) * cos((lon2 - lon1) * k);
    return 1.3 * 6371.0088 * acos(fmin(1, cosine));
}

/* The town's school lies half a kilometre away, the valley's hall nine. */
START_TEST(shelters_in_reach_are_found)
{
    struct st_case c;
    st_case_load(&c, ST_BASE, NULL);
    const struct st_district *town = &c.in->districts.items[0], *valley = town + 1;
    ck_assert_uint_eq(town->shelter_count, 1);
    ck_assert_uint_eq(town->shelters[0], SCHOOL);
    ck_assert_uint_eq(valley->shelter_count, 1);
    ck_assert_uint_eq(valley->shelters[0], HALL);
    double hall = road_km(36.232, 137.971, 36.180, 137.900);
    st_case_close(&c);
    char reach[40];
    for (int side = -1; side <= 1; side += 2) {
        snprintf(reach, sizeof reach, "%.9f", hall + side * 1e-4);
        LOAD_CHANGED(&c, { "/coverage/reach_km", reach },
                     { "/districts/1/reaches", "['hall','school']" });
        ck_assert_uint_eq(c.in->districts.items[0].shelter_count, side < 0 ? 1 : 2);
        ck_assert_uint_eq(c.in->districts.items[1].shelters[0], SCHOOL); /* increasing */
        st_case_close(&c);
    }
}
END_TEST

/* A band of latitudes too narrow loses shelters far north of the equator, or across the date line.
 */
START_TEST(shelters_in_reach_are_all_that_are_near)
{
    struct az_random random;
    struct st_case c;
    az_random_seed(&random, 7);
    json_t *json = document_parse("{'first_year':2027,'coverage':{'reach_km':40},'sites':[],"
                                  "'districts':[]}");
    double at[200][2];
    for (int i = 0; i < 200; i++) {
        at[i][0] = 66 + az_random_unit(&random);
        at[i][1] = i % 2 ? 179.5 + az_random_unit(&random) / 2 : -180 + az_random_unit(&random);
        json_t *item = json_pack("{s:o, s:f, s:f}", "id", json_sprintf("x%d", i), "latitude",
                                 at[i][0], "longitude", at[i][1]);
        if (i < 150) {
            json_object_set_new(item, "kind", json_string("public"));
            json_object_set_new(item, "shelter", json_true());
            json_object_set_new(item, "critical_kw", json_real(1));
            json_object_set_new(item, "district", json_string("x150"));
        }
        json_array_append_new(json_object_get(json, i < 150 ? "sites" : "districts"), item);
    }
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
    size_t found = 0;
    for (size_t d = 0; d < 50; d++) {
        const struct st_district *district = &c.in->districts.items[d];
        size_t next = 0;
        for (size_t i = 0; i < 150; i++) {
            if (road_km(at[150 + d][0], at[150 + d][1], at[i][0], at[i][1]) > 40) continue;
            ck_assert_uint_lt(next, district->shelter_count);
            ck_assert_uint_eq(district->shelters[next++], i);
        }
        ck_assert_uint_eq(next, district->shelter_count);
        found += next;
    }
    ck_assert_uint_gt(found, 100);
    st_case_close(&c);
    json_decref(json);
}
END_TEST

/* --- any linked input ---------------------------------------------------------------------------
 */

/* Whoever resolves what was not linked, or only in part, must not read where nothing is. */
START_TEST(unlinked_references_lead_nowhere)
{
    struct st_case c;
    st_case_load(&c, ST_BASE, NULL);
    struct st_instance *in = c.in;
    for (size_t i = 0; i < in->sites.count; i++) {
        struct st_site *site = &in->sites.items[i];
        site->connection.index = site->district.index = site->costs.index =
            i % 2 ? 99 : AZ_NO_INDEX;
        site->menu.index = site->operator.index = site->tariff.index = AZ_NO_INDEX;
        site->load.index = AZ_NO_INDEX;
        for (size_t k = 0; k < site->surfaces.count; k++)
            site->surfaces.items[k].yield.index = AZ_NO_INDEX;
    }
    for (size_t i = 0; i < in->nodes.count; i++) in->nodes.items[i].feeder.index = AZ_NO_INDEX;
    in->feeders.items[0].root.index = in->feeders.items[0].bank.index = 77;
    in->lines.items[0].from.index = AZ_NO_INDEX;
    in->lines.items[1].to.index = 44;
    in->upstream->slack.index = AZ_NO_INDEX;
    in->upstream->circuits.items[0].from.index = AZ_NO_INDEX;
    in->districts.items[1].reaches.items[0].index = AZ_NO_INDEX;
    in->state->built.items[0].site.index = AZ_NO_INDEX;
    in->curtailments.items[0].days.items[0].index = AZ_NO_INDEX;
    for (size_t i = 0; i < in->limits.count; i++) in->limits.items[i].district.index = AZ_NO_INDEX;
    ck_assert_int_eq(st_resolve(in, c.arena, &c.findings, &c.assumptions), AZ_OK);
    ck_assert_int_eq(st_validate(in, c.arena, &c.findings), AZ_OK);
    check_place(&in->sites.items[MILL], AZ_NO_INDEX, AZ_NO_INDEX, AZ_NO_INDEX, AZ_NO_INDEX);
    ck_assert_uint_eq(in->districts.items[1].shelter_count, 0);
    st_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_resolve");
    TCase *cases = tcase_create("resolve");
    tcase_add_test(cases, hours_stand_for_days);
    tcase_add_test(cases, the_largest_curtailment_counts);
    tcase_add_test(cases, prices_step_by_year);
    tcase_add_test(cases, menus_make_options_that_fit);
    tcase_add_test(cases, no_size_is_made_twice);
    tcase_add_test(cases, costs_are_filled_in);
    tcase_add_test(cases, options_without_costs_have_their_own);
    tcase_add_test(cases, built_equipment_is_added);
    tcase_add_test(cases, the_scale_is_a_thousandth_of_the_largest_options);
    tcase_add_test(cases, sites_inject_into_all_levels_above);
    tcase_add_test(cases, feeders_are_trees_from_their_roots);
    tcase_add_test(cases, shelters_in_reach_are_found);
    tcase_add_test(cases, shelters_in_reach_are_all_that_are_near);
    tcase_add_test(cases, unlinked_references_lead_nowhere);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
