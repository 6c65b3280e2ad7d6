/* test_microgrid_model.c - the compact MILP against hand-calculated cases, and the effect of every
 * feature by itself. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/folders.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

static struct dirent **cases;
static int case_count;

/* Every golden case: without it the model and the hand calculation could drift apart. Where the
 * plan beside it is no optimum, optimum_penalty says what the optimum concedes. */
START_TEST(golden_cases_are_solved_to_their_optimum)
{
    const char *engine = engine_at(_i % engine_count())->name;
    const char *name = cases[TEST_CASE(_i, engine_count())]->d_name;
    json_t *instance = case_file(MG_GOLDEN, name, "instance.json");
    json_t *expected = case_file(MG_GOLDEN, name, "expected.json");
    json_t *wanted = json_object_get(expected, "optimum");
    ck_assert_msg(json_is_number(wanted), "%s: expected.json gives no optimum", name);
    double optimum = json_number_value(wanted);
    const json_t *least = json_object_get(expected, "optimum_penalty");
    double penalty = json_number_value(least ? least : json_object_get(expected, "penalty"));
    struct mg_solved solved;
    mg_solve_json(&solved, instance, NULL, engine, 1e-3, 10);
    ck_assert_msg(solved.status == AZ_OK, "%s, %s: %s", name, engine,
                  az_status_code(solved.status));
    const struct az_certificate *certificate = &solved.answer.certificate;
    ck_assert_msg(certificate->status == AZ_PLAN_OPTIMAL, "%s, %s: %s", name, engine,
                  az_plan_status_code((enum az_plan_status)certificate->status));
    ck_assert_msg(fabs(certificate->objective - optimum) <= 2e-3, "%s, %s: %.6f, not %.6f", name,
                  engine, certificate->objective, optimum);
    ck_assert_msg(fabs(certificate->penalty - penalty) <= 2e-3, "%s, %s: penalty %.6f, not %.6f",
                  name, engine, certificate->penalty, penalty);
    ck_assert_int_eq(certificate->checked, 1);
    mg_solved_close(&solved);
    json_decref(instance);
    json_decref(expected);
}
END_TEST

/* A small day with every kind of asset; each row below changes one input of it. */
static const char base_day[] =
    "{'start': '2026-01-31T21:00:00+09:00', 'slot_minutes': 30, 'slots': 8,"
    " 'grids': [{'id': 'hill', 'frequency_hz': 50, 'reserve_up_kw': 40, "
    "'reserve_price_jpy_per_kwh': 50},"
    "           {'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town',"
    "    'market_price_jpy_per_kwh': [18, 19, 22, 30, 34, 33, 24, 20],"
    "    'import_fee_jpy_per_kwh': 4, 'export_fee_jpy_per_kwh': 2, 'import_limit_kw': 400,"
    "    'export_limit_kw': 150, 'demand_charge_jpy_per_kw': 12, 'demand_floor_kw': 100}],"
    " 'units': [{'id': 'wood', 'grid': 'hill', 'p_min_kw': 120, 'p_max_kw': 300,"
    "    'ramp_up_kw_per_h': 160, 'ramp_down_kw_per_h': 160, 'start_limit_kw': 160,"
    "    'stop_limit_kw': 160, 'min_up_h': 1.5, 'min_down_h': 1,"
    "    'start_tiers': [{'off_h': 1, 'cost_jpy': 900}, {'off_h': 4, 'cost_jpy': 1600}],"
    "    'stop_cost_jpy': 100, 'cost': {'type': 'curve', 'points': ["
    "      {'power_kw': 120, 'cost_jpy_per_h': 2600}, {'power_kw': 200, 'cost_jpy_per_h': 4000},"
    "      {'power_kw': 300, 'cost_jpy_per_h': 6100}]}, 'co2_kg_per_kwh': 0.1},"
    "   {'id': 'diesel', 'grid': 'hill', 'p_min_kw': 40, 'p_max_kw': 160, 'min_up_h': 1,"
    "    'start_tiers': [{'off_h': 0.5, 'cost_jpy': 250}],"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 30, 'no_load_jpy_per_h': 300}}],"
    " 'renewables': [{'id': 'river', 'grid': 'hill', 'source': 'hydro', 'forecast_kw': 90,"
    "    'energy_jpy_per_kwh': 8, 'curtailment_price_jpy_per_kwh': 1}],"
    " 'batteries': [{'id': 'cell', 'grid': 'town', 'capacity_kwh': 300, 'charge_max_kw': 100,"
    "    'discharge_max_kw': 120, 'charge_efficiency': 0.95, 'discharge_efficiency': 0.95,"
    "    'reserve_share': 0.2, 'throughput_cost_jpy_per_kwh': 1}],"
    " 'converters': [{'id': 'link', 'from_grid': 'hill', 'to_grid': 'town', 'forward_max_kw': 200,"
    "    'backward_max_kw': 200, 'min_transfer_kw': 20, 'no_load_kw': 2, 'loss_share': 0.03}],"
    " 'loads': [{'id': 'village', 'grid': 'hill', 'demand_kw': [260, 250, 240, 250, 300, 330, 180, "
    "120]},"
    "   {'id': 'homes', 'grid': 'town', 'demand_kw': [300, 280, 270, 320, 380, 360, 300, 280]}],"
    " 'state': {'at': '2026-01-31T21:00:00+09:00',"
    "   'units': {'wood': {'on': true, 'hours': 1, 'power_kw': 140}, 'diesel': {'on': false, "
    "'hours': 9}},"
    "   'batteries': {'cell': {'charge_kwh': 150}}, 'connections': {'tie': {'peak_kw': 180}}}}";

static const struct {
    const char *pointer, *value;
} features[] = {
    { "/connections/0/market_price_jpy_per_kwh", "[18, 19, 22, 30, 44, 33, 24, 20]" },
    { "/connections/0/import_fee_jpy_per_kwh", "6" },
    { "/connections/0/wheeling_fee_jpy_per_kwh", "1" },
    { "/connections/0/import_limit_kw", "120" },
    { "/connections/0/demand_charge_jpy_per_kw", "90" },
    { "/connections/0/demand_floor_kw", "230" },
    { "/state/connections/tie/peak_kw", "260" },
    { "/grids/0/reserve_up_kw", "120" },
    { "/units/1/p_max_kw", "90" },
    { "/units/0/ramp_up_kw_per_h", "40" },
    { "/units/1/must_run", "true" },
    { "/units/0/available", "[1, 1, 1, 0, 0, 0, 0, 0]" },
    { "/units/1/stop_cost_jpy", "300" },
    { "/units/1/p_min_kw", "110" },
    { "/units/1/start_tiers/0/cost_jpy", "20" },
    { "/units/1/cost/no_load_jpy_per_h", "20" },
    { "/units/1/availability", "'planned'" },
    { "/renewables/0/forecast_kw", "120" },
    { "/renewables/0/energy_jpy_per_kwh", "11" },
    { "/batteries/0/capacity_kwh", "170" },
    { "/batteries/0/discharge_max_kw", "30" },
    { "/batteries/0/charge_efficiency", "0.8" },
    { "/batteries/0/throughput_cost_jpy_per_kwh", "4" },
    { "/batteries/0/reserve_share", "0.5" },
    { "/batteries/0/end_share", "0.7" },
    { "/batteries/0/end_value_jpy_per_kwh", "30" },
    { "/state/batteries/cell/charge_kwh", "190" },
    { "/converters/0/forward_max_kw", "25" },
    { "/converters/0/no_load_kw", "15" },
    { "/converters/0/loss_share", "0.15" },
    { "/converters/0/min_transfer_kw", "195" },
    { "/converters/0/fee_jpy_per_kwh", "2" },
    { "/loads/0/demand_kw/5", "360" },
    { "/loads/1/unserved_price_jpy_per_kwh", "1000" }, /* the default: nothing changes */
};

#define FEATURES (sizeof features / sizeof features[0])

static double optimum_of(const json_t *instance, const char *engine)
{
    struct mg_solved solved;
    mg_solve_json(&solved, instance, NULL, engine, 1e-3, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    double optimum = solved.answer.certificate.objective;
    mg_solved_close(&solved);
    return optimum;
}

/* A feature that the model forgets would leave the optimum where it is. */
START_TEST(each_input_alone_moves_the_optimum)
{
    json_t *instance = document_parse(base_day);
    double before = optimum_of(instance, engine_at(0)->name);
    document_set(instance, features[_i].pointer, document_parse(features[_i].value));
    double after = optimum_of(instance, engine_at(0)->name);
    if ((size_t)_i + 1 == FEATURES)
        ck_assert_msg(fabs(after - before) < 0.01, "%s moved %.4f to %.4f", features[_i].pointer,
                      before, after);
    else
        ck_assert_msg(fabs(after - before) > 0.01, "%s leaves %.4f", features[_i].pointer, before);
    json_decref(instance);
}
END_TEST

/* Both prices of a connection below each other invite buying and selling at once. */
START_TEST(import_and_export_exclude_each_other_where_selling_pays_more)
{
    json_t *instance = document_parse(base_day);
    document_set(instance, "/connections/0/market_price_jpy_per_kwh", json_null());
    document_set(instance, "/connections/0/import_price_jpy_per_kwh", json_real(20));
    document_set(instance, "/connections/0/export_price_jpy_per_kwh", json_real(23));
    double both[2];
    for (int k = 0; k < 2; k++) both[k] = optimum_of(instance, engine_at(k % engine_count())->name);
    ck_assert_double_eq_tol(both[0], both[1], 0.01);
    json_decref(instance);
}
END_TEST

/* Surplus that may not be spilled would be burnt by charging and discharging at once. */
START_TEST(a_battery_never_burns_surplus_by_going_both_ways)
{
    json_t *instance = document_parse(base_day);
    document_set(instance, "/renewables/0/grid", json_string("town"));
    document_set(instance, "/renewables/0/forecast_kw", json_real(700));
    document_set(instance, "/renewables/0/minimum_kw", json_real(480));
    document_set(instance, "/renewables/0/curtailment_price_jpy_per_kwh", json_real(90));
    document_set(instance, "/batteries/0/throughput_cost_jpy_per_kwh", json_real(0));
    document_set(instance, "/batteries/0/charge_efficiency", json_real(0.7));
    struct mg_solved solved;
    mg_solve_json(&solved, instance, NULL, engine_at(0)->name, 1e-2, 20);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
    const struct mg_plan *plan = solved.answer.plan;
    for (size_t t = 0; t < 8; t++)
        ck_assert_double_le(fmin(plan->batteries.items[0].charge_kw.values[t],
                                 plan->batteries.items[0].discharge_kw.values[t]),
                            1e-6);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

/* Surplus that is dear to spill would be burnt in a lossy segment while a better one is empty. */
START_TEST(loss_segments_are_filled_in_their_order)
{
    for (int e = 0; e < engine_count(); e++) {
        json_t *instance = document_parse(
            "{'start': '2026-01-31T21:00:00+09:00', 'slot_minutes': 60, 'slots': 2,"
            " 'grids': [{'id': 'hill', 'frequency_hz': 50}, {'id': 'town', 'frequency_hz': 60}],"
            " 'renewables': [{'id': 'river', 'grid': 'hill', 'source': 'hydro', 'forecast_kw': 100,"
            "   'curtailment_price_jpy_per_kwh': 50}],"
            " 'connections': [{'id': 'tie', 'grid': 'town', 'import_price_jpy_per_kwh': 20,"
            "   'export_price_jpy_per_kwh': 5, 'export_limit_kw': 0}],"
            " 'converters': [{'id': 'link', 'from_grid': 'hill', 'to_grid': 'town',"
            "   'forward_max_kw': 100, 'backward_max_kw': 0,"
            "   'loss_segments': [{'up_to_kw': 50, 'loss_share': 0.02}, {'up_to_kw': 100, "
            "'loss_share': 0.4}]}],"
            " 'loads': [{'id': 'homes', 'grid': 'town', 'demand_kw': 49}]}");
        /* honest: 50 kW in, 49 out, 50 kW spilled at 50 JPY; burning would spill only 18.3 */
        ck_assert_double_eq_tol(optimum_of(instance, engine_at(e)->name), 2 * 50 * 50, 0.01);
        json_decref(instance);
    }
}
END_TEST

/* Two segments that lose the same may be filled in any order, a third that loses more may not. */
START_TEST(equal_loss_segments_hide_no_wrong_order)
{
    for (int e = 0; e < engine_count(); e++) {
        json_t *instance = document_parse(
            "{'start': '2026-01-31T05:00:00+09:00', 'slot_minutes': 60, 'slots': 2,"
            " 'grids': [{'id': 'hill', 'frequency_hz': 50}, {'id': 'town', 'frequency_hz': 60}],"
            " 'units': [{'id': 'mill', 'grid': 'hill', 'p_min_kw': 20, 'p_max_kw': 70,"
            "   'cost': {'type': 'price', 'energy_jpy_per_kwh': 30}}],"
            " 'converters': [{'id': 'link', 'from_grid': 'hill', 'to_grid': 'town', "
            "'forward_max_kw': 30,"
            "   'loss_segments': [{'up_to_kw': 10, 'loss_share': 0}, {'up_to_kw': 20, "
            "'loss_share': 0},"
            "                     {'up_to_kw': 30, 'loss_share': 0.3}]}],"
            " 'loads': [{'id': 'homes', 'grid': 'town', 'demand_kw': [27, 18]}]}");
        /* first 30 kW bring 27; then the least 20 kW bring 20, 2 too many for 18: nothing is served
         */
        ck_assert_double_eq_tol(optimum_of(instance, engine_at(e)->name), 30 * 30 + 18 * 1000,
                                0.01);
        json_decref(instance);
    }
}
END_TEST

/* Must-take power, sales above purchases and a link whose losses burn surplus: the larger of two
 * ways is a dead end here, and without the solution's own ways there would be no plan at all. */
START_TEST(a_solution_gives_its_plan_where_the_larger_way_is_a_dead_end)
{
    for (int e = 0; e < engine_count(); e++) {
        json_t *instance =
            document_load("tests/data/microgrid/regression/surplus_with_one_way_out.json");
        struct mg_solved solved;
        mg_solve_json(&solved, instance, NULL, engine_at(e)->name, 1, 10);
        ck_assert_int_eq(solved.status, AZ_OK);
        ck_assert_int_eq(solved.answer.certificate.status, AZ_PLAN_OPTIMAL);
        ck_assert_double_eq_tol(solved.answer.certificate.objective, 23907040, 30000);
        mg_solved_close(&solved);
        json_decref(instance);
    }
}
END_TEST

/* What one more kWh costs is the price of the dearest thing that still moves: here the tie. */
START_TEST(marginal_prices_are_those_of_the_last_kwh)
{
    json_t *instance =
        document_parse("{'start': '2026-01-31T21:00:00+09:00', 'slot_minutes': 30, 'slots': 2,"
                       " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
                       " 'connections': [{'id': 'tie', 'grid': 'town',"
                       "   'import_price_jpy_per_kwh': [20, 31], 'export_price_jpy_per_kwh': 5,"
                       "   'wheeling_fee_jpy_per_kwh': 2}],"
                       " 'loads': [{'id': 'homes', 'grid': 'town', 'demand_kw': 100}]}");
    struct mg_solved solved;
    mg_solve_json(&solved, instance, NULL, engine_at(0)->name, 1e-3, 10);
    ck_assert_int_eq(solved.status, AZ_OK);
    const struct mg_plan *plan = solved.answer.plan;
    ck_assert_uint_eq(plan->grids.count, 1);
    ck_assert_double_eq_tol(plan->grids.items[0].marginal_price_jpy_per_kwh.values[0], 22, 1e-6);
    ck_assert_double_eq_tol(plan->grids.items[0].marginal_price_jpy_per_kwh.values[1], 33, 1e-6);
    ck_assert_double_eq_tol(plan->summary->cost_jpy, 50 * 22 + 50 * 33, 1e-6);
    ck_assert_double_eq_tol(plan->summary->imported_kwh, 100, 1e-6);
    ck_assert_double_eq_tol(plan->summary->local_share, 0, 1e-9);
    mg_solved_close(&solved);
    json_decref(instance);
}
END_TEST

int main(void)
{
    case_count = scandir(MG_GOLDEN, &cases, folder_is_case, alphasort);
    if (case_count <= 0) return 1;
    Suite *suite = suite_create("microgrid model");
    TCase *golden = tcase_create("golden");
    tcase_set_timeout(golden, 30);
    tcase_add_loop_test(golden, golden_cases_are_solved_to_their_optimum, 0,
                        TEST_PAIRS(case_count, engine_count()));
    suite_add_tcase(suite, golden);
    TCase *feature = tcase_create("features");
    tcase_set_timeout(feature, 60);
    tcase_add_loop_test(feature, each_input_alone_moves_the_optimum, 0, (int)FEATURES);
    tcase_add_test(feature, import_and_export_exclude_each_other_where_selling_pays_more);
    tcase_add_test(feature, a_battery_never_burns_surplus_by_going_both_ways);
    tcase_add_test(feature, loss_segments_are_filled_in_their_order);
    tcase_add_test(feature, equal_loss_segments_hide_no_wrong_order);
    tcase_add_test(feature, a_solution_gives_its_plan_where_the_larger_way_is_a_dead_end);
    tcase_add_test(feature, marginal_prices_are_those_of_the_last_kwh);
    suite_add_tcase(suite, feature);
    return test_suite_run(suite);
}
