/* test_siting_fields.c - the field tables of siting: bounds, defaults, names, and the same after a
 * round through JSON. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/tables.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"
#include "tests/support/tables.h"

/* An unbounded number from outside may overflow every sum. */
START_TEST(numbers_have_bounds_and_defaults_within_them)
{
    each_field(&st_instance_table, check_bounds);
    each_field(&st_plan_table, check_bounds);
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
    each_field(&st_instance_table, check_words);
    ck_assert_uint_ge(rows, 230);
    rows = 0;
    each_field(&st_plan_table, check_words);
    ck_assert_uint_ge(rows, 80);
}
END_TEST

/* A full plan: every member that a plan can have. */
static json_t *full_plan(void)
{
    return document_parse(
        "{'choices':[{'site':'dairy','option':'pv100','armed':true,'pv_kw':100,'battery_kwh':0,"
        "'year':0,'capex_jpy':1,'subsidy_jpy':2,'npv_jpy':-3,'irr':0.05,'payback_years':11.5,"
        "'host_saving_jpy':4,'host_npv_jpy':5,'self_kwh':6,'export_kwh':7,'lost_kwh':8,"
        "'co2_t':9}],'reinforcements':['west-relay'],'armed':['gorge-hydro'],'trips':[{'circuit':"
        "'gs-1','plant':'gorge-hydro','hour':12,'kw':300},{'circuit':'gs-2','plant':'dairy',"
        "'hour':13,'kw':5}],'served':[],'summary':{'npv_jpy':1,'capex_jpy':2,'subsidy_jpy':3,"
        "'irr':0.04,'payback_years':12,'pv_kw':100,'battery_kwh':0,'self_kwh':1,'export_kwh':2,"
        "'lost_kwh':3,'co2_t':4,'trips_kwh_per_year':5,'sites':1,'people_covered':600,'years':[{"
        "'year':2027,'capex':-1,'subsidy':1,'operation':-2,'rent':-3,'ppa':4,'surplus':5,"
        "'environmental':6,'shared':-7,'operators':8,'hosts':9,'landowners':10}],'loadings':[{"
        "'element':'gs-1','what':'outage','outage':'gs-2','hour':12,'value':-5,'limit':-6,"
        "'worth_jpy_per_kw':7}],'worths':[{'limit':'all','jpy_per_unit':0.2}],'coverage':[{"
        "'district':'valley','shelters':1,'covered':true}],'left_out':[{'site':'works','reason':"
        "'no_option','limit':'all','lost_jpy':5}],'lowest_pu':0.97,'highest_pu':1.02,"
        "'voltage_warnings':0}}");
}

/* What is written must be read as the same, or a stored job is another one. */
START_TEST(instances_and_plans_survive_json)
{
    struct st_case c;
    json_t *json = document_load(ST_BASE), *plan = full_plan();
    check_round(&st_instance_table, json);
    json_decref(json);
    json = document_load(ST_CUSTOMERS);
    check_round(&st_instance_table, json);
    json_decref(json);
    check_round(&st_plan_table, plan);
    st_case_load(&c, ST_BASE, NULL);
    ck_assert_int_eq(st_case_plan(&c, plan), AZ_OK);
    document_print(&c.findings);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    ck_assert_uint_eq(c.plan->choices.items[0].site.index, 4);
    ck_assert_uint_eq(c.plan->trips.items[1].circuit.index, 1);
    ck_assert_uint_eq(c.plan->trips.items[1].plant.index, 4);
    ck_assert_int_eq(c.plan->trips.items[1].plant.collection, 1);
    ck_assert_uint_eq(c.plan->summary->coverage.items[0].district.index, 1);
    st_case_close(&c);
    json_decref(plan);
}
END_TEST

static void check_site_defaults(const struct st_site *site)
{
    ck_assert_int_eq(site->decision, ST_FREE);
    ck_assert_int_eq(site->firm, -1);
    ck_assert_int_eq(site->armable, 0);
    ck_assert_int_eq(site->shelter, 0);
    ck_assert(isnan(site->export_max_kw) && isnan(site->latitude) && isnan(site->year_kwh));
    ck_assert_double_eq(site->load_power_factor, 1);
    ck_assert_double_eq(site->existing_pv_kw, 0);
    ck_assert_double_eq(site->existing_battery_kw, 0);
    ck_assert_double_eq(site->arm_jpy, 0);
    const struct st_option *option = &site->options.items[0];
    ck_assert_double_eq(option->pv_kw, 0);
    ck_assert_int_eq(option->year, 0);
    ck_assert(isnan(option->inverter_kw) && isnan(option->battery_kw) && isnan(option->capacity));
}

static void check_price_defaults(const struct st_instance *in)
{
    const struct st_tariff *tariff = &in->tariffs.items[0];
    ck_assert_int_eq(tariff->surplus_to, ST_OPERATOR);
    ck_assert_int_eq(tariff->environmental_to, ST_OPERATOR);
    ck_assert_int_eq(tariff->contract_years, 20);
    ck_assert_double_eq(tariff->host_rate, 0.03);
    ck_assert_int_eq(tariff->ppa->by_operation, 0);
    ck_assert_int_eq(tariff->ppa->last_year, AZ_NO_INTEGER);
    ck_assert_int_eq(tariff->ppa->steps.items[0].from_year, 0);
    ck_assert_double_eq(in->operators.items[0].discount_rate, 0.03);
    ck_assert_double_eq(in->landowners.items[0].discount_rate, 0.03);
    const struct st_costs *costs = &in->costs.items[0];
    ck_assert_double_eq(costs->fixed_jpy + costs->battery_jpy_per_kw + costs->subsidy_share, 0);
    ck_assert_double_eq(costs->degradation_per_year, 0.005);
    ck_assert_double_eq(costs->efficiency, 0.95);
    ck_assert_double_eq(costs->usable_share, 0.9);
    ck_assert(isnan(costs->subsidy_max_jpy));
    ck_assert_double_eq(in->menus.items[0].battery_kw_per_kwh, 0.5);
    ck_assert_double_eq(in->menus.items[0].inverter_share, 1);
}

static void check_network_defaults(const struct st_instance *in)
{
    const struct st_feeder *feeder = &in->feeders.items[0];
    ck_assert_double_eq(feeder->source_pu, 1);
    ck_assert_double_eq(feeder->v_min_pu, 0.95);
    ck_assert_double_eq(feeder->v_max_pu, 1.05);
    ck_assert_double_eq(feeder->pv_power_factor, 1);
    ck_assert(isnan(feeder->capacity_kw) && isnan(feeder->kv));
    ck_assert_double_eq(in->nodes.items[0].power_factor, 1);
    const struct st_circuit *circuit = &in->upstream->circuits.items[0];
    ck_assert_int_eq(circuit->outage, 1);
    ck_assert_double_eq(circuit->outage_hours_per_year, 0);
    ck_assert(isnan(circuit->normal_kw) && isnan(circuit->emergency_kw));
    ck_assert_int_eq(in->upstream->plants.items[0].armable, 1);
}

/* A default other than the contract's is another plan for everybody who left the member out. */
START_TEST(defaults_are_those_of_the_contract)
{
    struct st_case c;
    json_t *json = document_parse(
        "{'first_year':2027,'typical_days':[{'id':'d','weight_days':365}],'profiles':[{'id':'p',"
        "'values':1}],'tariffs':[{'id':'t','ppa':{'steps':[{'jpy_per_kwh':1}]}}],'operators':"
        "[{'id':'o'}],'landowners':[{'id':'l'}],'costs':[{'id':'c'}],'menus':[{'id':'m',"
        "'pv_kw':[1]}],'sites':[{'id':'s','kind':'house','options':[{'id':'x','capex_jpy':1}]}],"
        "'districts':[{'id':'d','reaches':[]},{'id':'e'}],'banks':[{'id':'b'}],'feeders':"
        "[{'id':'f'}],'nodes':[{'id':'n','feeder':'f'}],'upstream':{'buses':[{'id':'u'},"
        "{'id':'v'}],'circuits':[{'id':'k','from':'u','to':'v','x_pu':1}],'plants':[{'id':'g',"
        "'bus':'v','output':'p','kw':1}],'slack':'u'},'coverage':{},'limits':[{'id':'i','what':"
        "'count','max':1}],'budgets':[{'id':'j','jpy':1}],'carbon':{'co2_kg_per_kwh':1},"
        "'scenarios':[{'id':'z'}]}");
    ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK); /* the districts have no sites */
    const struct st_instance *in = c.in;
    ck_assert_int_eq(in->years, 20);
    ck_assert_int_eq(in->mode, ST_SERVICE);
    ck_assert_int_eq(in->objective, ST_COST);
    ck_assert_double_eq(in->discount_rate, 0.03);
    check_site_defaults(&in->sites.items[0]);
    check_price_defaults(in);
    check_network_defaults(in);
    ck_assert_ptr_nonnull(in->districts.items[0].reaches.items);
    ck_assert_ptr_null(in->districts.items[1].reaches.items);
    ck_assert_int_eq(in->districts.items[0].people, 0);
    ck_assert_int_eq(in->coverage->shelters, 1);
    ck_assert_double_eq(in->coverage->road_factor, 1.3);
    ck_assert_double_eq(in->coverage->backup_hours, 24);
    ck_assert(isnan(in->coverage->reach_km) && isnan(in->coverage->shortfall_jpy));
    ck_assert_int_eq(in->limits.items[0].kind, -1);
    ck_assert(isnan(in->limits.items[0].min));
    ck_assert_int_eq(in->budgets.items[0].from_year, AZ_NO_INTEGER);
    ck_assert_double_eq(in->carbon->price_jpy_per_t, 0);
    ck_assert_double_eq(in->scenarios.items[0].retail_factor, 1);
    st_case_close(&c);
    json_decref(json);
}
END_TEST

/* Names of choices are part of the interface. */
START_TEST(choices_have_the_names_of_the_contract)
{
    static const char *const names[][2] = {
        { "objective", "cost co2 people" },
        { "mode", "service exact" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct az_field *field = az_field_find(&st_instance_table, names[i][0]);
        char text[100] = "";
        for (size_t k = 0; k < field->choice_count; k++) {
            if (k > 0) strcat(text, " ");
            strcat(text, field->choices[k].name);
        }
        ck_assert_str_eq(text, names[i][1]);
    }
    const struct az_field *what = az_field_find(&st_limit_table, "what");
    ck_assert_int_eq(az_choice_find(what, "count"), ST_COUNT);
    ck_assert_int_eq(az_choice_find(what, "pv_kw"), ST_PV_KW);
    ck_assert_int_eq(az_choice_find(what, "battery_kw"), ST_BATTERY_KW);
    ck_assert_int_eq(az_choice_find(what, "battery_kwh"), ST_BATTERY_KWH);
    ck_assert_int_eq(az_choice_find(what, "roof_share"), ST_ROOF_SHARE);
    ck_assert_int_eq(az_choice_find(what, "co2_t"), ST_CO2_T);
    ck_assert_int_eq(az_choice_find(what, "people_covered"), ST_PEOPLE_COVERED);
    ck_assert_int_eq(az_choice_find(what, "npv_jpy"), ST_NPV_JPY);
    const struct az_field *kind = az_field_find(&st_site_table, "kind");
    ck_assert_int_eq(az_choice_find(kind, "farm"), ST_FARM);
    ck_assert_int_eq(az_choice_find(kind, "community"), ST_COMMUNITY);
    const struct az_field *decision = az_field_find(&st_site_table, "decision");
    ck_assert_int_eq(az_choice_find(decision, "in"), ST_IN);
    ck_assert_int_eq(az_choice_find(decision, "out"), ST_OUT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_fields");
    TCase *cases = tcase_create("fields");
    tcase_add_test(cases, numbers_have_bounds_and_defaults_within_them);
    tcase_add_test(cases, every_member_has_a_row_with_words);
    tcase_add_test(cases, instances_and_plans_survive_json);
    tcase_add_test(cases, defaults_are_those_of_the_contract);
    tcase_add_test(cases, choices_have_the_names_of_the_contract);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
