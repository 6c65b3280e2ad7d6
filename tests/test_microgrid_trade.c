/* test_microgrid_trade.c - energy that is bought at one connection and sold at another: refused
 * where it pays without end, and by hand wherever something ends it. */
#include <check.h>
#include <math.h>

#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* Two hours of 10 kW, bought at 10 from a; b buys what is left at 20. */
static const char village[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 2,"
    " 'grids': [{'id': 'village', 'frequency_hz': 50}],"
    " 'connections': [{'id': 'a', 'grid': 'village', 'import_price_jpy_per_kwh': 10,"
    "    'export_price_jpy_per_kwh': 0}, {'id': 'b', 'grid': 'village',"
    "    'import_price_jpy_per_kwh': 30, 'export_price_jpy_per_kwh': 20}],"
    " 'loads': [{'id': 'homes', 'grid': 'village', 'demand_kw': 10}]}";

#define MOST_CHANGES 5
#define REFUSED NAN

#define SET(path_, value_) \
    {                      \
        path_, value_      \
    }
#define LINE(ties_)                                                               \
    {                                                                             \
        "/lines", "[{'id': 'bank', 'connections': [" ties_ "], 'normal_kw': 50}]" \
    }
#define RESPONSE(baseline_, reduce_)                                                               \
    {                                                                                              \
        "/commitments", "[{'id': 'less', 'terms': {'type': 'demand_response',"                     \
                        "  'connection': 'b', 'baseline_kw': " baseline_ ", 'reduce_kw': " reduce_ \
                        "}, 'from': '2026-02-01T06:00:00+09:00',"                                  \
                        "  'until': '2026-02-01T08:00:00+09:00'}]"                                 \
    }
#define DARK                                                                             \
    { "/connections/-", "{'id': 'c', 'grid': 'village', 'import_price_jpy_per_kwh': 40," \
                        "  'export_price_jpy_per_kwh': 0}" },                            \
    {                                                                                    \
        "/blackout", "{'since': '2026-02-01T05:00:00+09:00', 'connections': ['c']}"      \
    }

static const struct {
    const char *what;
    const char *changes[MOST_CHANGES][2];
    double cost;
} rows[] = {
    { "nothing ends it", { { NULL, NULL } }, REFUSED },
    { "b pays no more than a asks", { SET("/connections/1/export_price_jpy_per_kwh", "10") }, 200 },
    { "wheeling takes it all", { SET("/connections/0/wheeling_fee_jpy_per_kwh", "10") }, 400 },
    { "and half of it", { SET("/connections/0/wheeling_fee_jpy_per_kwh", "5") }, REFUSED },
    { "import has a limit", { SET("/connections/0/import_limit_kw", "50") }, 1000 - 1600 },
    { "export has a limit", { SET("/connections/1/export_limit_kw", "40") }, 1000 - 1600 },
    { "a limit that has a price is one",
      { SET("/connections/0/import_limit_kw", "50"),
        SET("/connections/0/limit_price_jpy_per_kwh", "1") },
      1000 - 1600 },
    { "a line carries one of them", { LINE("'a'") }, 1000 - 1600 },
    { "a line carries both of them", { LINE("'a', 'b'") }, REFUSED },
    { "carbon is capped",
      { SET("/connections/0/co2_kg_per_kwh", "1"), SET("/co2", "{'cap_kg': 10000}") },
      100000 - 9980 * 20 },
    { "most is to be local", { SET("/local", "{'min_share': 0}") }, 200 },
    { "most is to be local, of the morning too",
      { SET("/local", "{'min_share': 0}"),
        SET("/state", "{'at': '2026-02-01T06:00:00+09:00', 'so_far': {'served_kwh': 10000}}") },
      100200 - 10000 * 20 },
    { "demand costs more than the trade brings",
      { SET("/connections/0/demand_charge_jpy_per_kw", "30") },
      200 + 300 },
    { "demand costs less", { SET("/connections/0/demand_charge_jpy_per_kw", "15") }, REFUSED },
    { "demand that is paid in any case is used",
      { SET("/connections/0/demand_charge_jpy_per_kw", "30"),
        SET("/connections/0/demand_floor_kw", "5000") },
      2 * (50000 - 4990 * 20) },
    { "demand that another hour is worth is used",
      { SET("/connections/0/demand_charge_jpy_per_kw", "30"),
        SET("/loads/0/demand_kw", "[10, 5000]") },
      50000 - 4990 * 20 + 50000 + 150000 },
    { "a promise to buy less is none to sell less", { RESPONSE("0", "10") }, REFUSED },
    { "a promise that makes b sell what a brings",
      { SET("/connections/1/export_price_jpy_per_kwh", "5"), RESPONSE("0", "20000") },
      2 * (200100 - 100000) },
    { "b is shut in the second hour only",
      { SET("/islandings", "[{'id': 'works', 'connections': ['b'],"
                           " 'from': '2026-02-01T07:00:00+09:00',"
                           " 'until': '2026-02-01T08:00:00+09:00'}]") },
      REFUSED },
    { "b is shut",
      { SET("/islandings", "[{'id': 'works', 'connections': ['b'],"
                           " 'from': '2026-02-01T06:00:00+09:00',"
                           " 'until': '2026-02-01T08:00:00+09:00'}]") },
      200 },
    { "another course of the day pays",
      { SET("/connections/1/export_price_jpy_per_kwh", NULL),
        SET("/connections/1/market_price_jpy_per_kwh", "5"),
        SET("/scenarios", "[{'id': 'dear', 'probability': 0.1, 'market': {'b': 20}}]") },
      REFUSED },
    { "in a blackout without end a price is no limit",
      { DARK, SET("/connections/0/import_limit_kw", "50"),
        SET("/connections/0/limit_price_jpy_per_kwh", "5") },
      REFUSED },
    { "in a blackout without end a share that has a price is no limit",
      { DARK, SET("/local", "{'min_share': 0, 'price_jpy_per_kwh': 1}") },
      REFUSED },
    { "nor is a cap that has one",
      { DARK, SET("/connections/0/co2_kg_per_kwh", "1"),
        SET("/co2", "{'cap_kg': 100, 'cap_price_jpy_per_kg': 1}") },
      REFUSED },
    { "unless it is more than the trade brings",
      { DARK, SET("/connections/0/import_limit_kw", "50"),
        SET("/connections/0/limit_price_jpy_per_kwh", "15") },
      1000 - 1600 },
};

/* A trade without end would be cut off where the model is, and called optimal there; and one that
 * something ends, beyond what the model lets through. */
START_TEST(trade_is_refused_or_costs_what_the_hand_says)
{
    json_t *json = document_parse(village);
    size_t count = 0;
    while (count < MOST_CHANGES && rows[_i].changes[count][0]) count++;
    document_change(json, count, rows[_i].changes);
    if (isnan(rows[_i].cost)) {
        struct mg_case c;
        ck_assert_int_eq(mg_case_open(&c, json, NULL), AZ_OK);
        ck_assert_uint_eq(c.findings.count, 1);
        ck_assert_str_eq(c.findings.items[0].code->code, "trade_without_limit");
        mg_case_close(&c);
    }
    for (int e = 0; !isnan(rows[_i].cost) && e < engine_count(); e++) {
        struct mg_solved solved;
        mg_solve_json(&solved, json, NULL, engine_at(e)->name, 0.02, 20);
        const struct az_certificate *c = &solved.answer.certificate;
        ck_assert_msg(solved.status == AZ_OK, "%s: %s", rows[_i].what,
                      az_status_code(solved.status));
        ck_assert_msg(c->status == AZ_PLAN_OPTIMAL, "%s is not proven", rows[_i].what);
        ck_assert_msg(fabs(c->objective - rows[_i].cost) <= 0.02, "%s: %.6f, by hand %.6f",
                      rows[_i].what, c->objective, rows[_i].cost);
        mg_solved_close(&solved);
    }
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid trade");
    TCase *tests = tcase_create("trade");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, trade_is_refused_or_costs_what_the_hand_says, 0,
                        (int)(sizeof rows / sizeof rows[0]));
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
