/* test_memory_fleets.c - memory that runs out while a fleet with reservations and shelters is
 * planned, judged, drawn, carried, added up and taken over. */
#include <string.h>

#include "adapters/cli/days.h"
#include "formulations/microgrid/search.h"
#include "tests/support/engines.h"
#include "tests/support/mg_case.h"
#include "tests/support/starve.h"
#include "tests/support/suite.h"

static const char yard[] =
    "{'start': '2026-02-01T06:00:00+09:00', 'slot_minutes': 60, 'slots': 4,"
    " 'grids': [{'id': 'depot', 'frequency_hz': 60}, {'id': 'school', 'frequency_hz': 60}],"
    " 'connections': ["
    "   {'id': 'a', 'grid': 'depot', 'import_price_jpy_per_kwh': 20, 'export_limit_kw': 0},"
    "   {'id': 'b', 'grid': 'school', 'import_price_jpy_per_kwh': 20, 'export_limit_kw': 0}],"
    " 'batteries': [{'id': 'cars', 'grid': 'depot', 'count': 3, 'capacity_kwh': 20,"
    "    'charge_max_kw': 6, 'discharge_max_kw': 6, 'reserve_share': 0, 'end_value_jpy_per_kwh': "
    "15,"
    "    'grid_forming': true, 'shelter_grids': ['school'], 'reservations': ["
    "      {'id': 'away', 'from': '2026-02-01T03:00:00+09:00', 'used_kwh': 4,"
    "       'until': '2026-02-01T07:00:00+09:00'},"
    "      {'id': 'trip', 'from': '2026-02-01T08:00:00+09:00', 'used_kwh': 9, 'vehicles': 2,"
    "       'until': '2026-02-01T09:00:00+09:00', 'depart_share': 0.3,"
    "       'depart_price_jpy_per_kwh': 50}]}],"
    " 'loads': [{'id': 'lamps', 'grid': 'depot', 'demand_kw': 4},"
    "           {'id': 'gym', 'grid': 'school', 'demand_kw': 7}],"
    " 'blackout': {'since': '2026-02-01T05:00:00+09:00',"
    "              'restoration': '2026-02-01T08:00:00+09:00'},"
    " 'state': {'at': '2026-02-01T06:00:00+09:00',"
    "    'batteries': {'cars': {'charge_kwh': 30, 'away_kwh': {'away': 12}}}}}";

static enum az_status use_plan(const struct mg_instance *mg, const struct mg_plan *plan,
                               struct az_arena *arena)
{
    struct az_judgement judgement;
    struct az_view view;
    struct az_figures figures = { 0 };
    struct az_days_sum *sum;
    void *state, *adopted;
    AZ_TRY(mg_evaluate(mg, plan, arena, &judgement));
    AZ_TRY(az_formulation_find("microgrid")->view(mg, plan, &judgement, arena, &view));
    AZ_TRY(mg_carry(mg, plan, az_time_add(mg->start, 7200), arena, &state, NULL));
    AZ_TRY(mg_chaining.figures(mg, plan, arena, &figures));
    AZ_TRY(az_days_sum_of(&judgement, &figures, arena, &sum));
    AZ_TRY(mg_chaining.resume(state, state, arena));
    return mg_adopt(mg, plan, arena, &adopted);
}

static enum az_status plan_fleet(void *data)
{
    const struct mg_instance *mg = data;
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_decisions decisions;
    struct mg_outcome outcome = { .found = false };
    enum az_status status = arena ? AZ_OK : AZ_NO_MEMORY;
    if (status == AZ_OK) status = mg_decisions_new(mg, arena, &decisions);
    if (status == AZ_OK)
        status = mg_dispatch(mg, &decisions, engine_named("glpk"), &context, arena, &outcome);
    if (status == AZ_OK && !outcome.found) status = AZ_NO_PLAN;
    if (status == AZ_OK) status = use_plan(mg, outcome.plan, arena);
    az_arena_free(arena);
    return status;
}

START_TEST(a_fleet_survives)
{
    struct mg_case c;
    json_t *json = document_parse(yard);
    mg_case_open_good(&c, json, "yard");
    engine_named("glpk");
    starve("a fleet", plan_fleet, c.mg);
    mg_case_close(&c);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory_fleets");
    TCase *cases = tcase_create("memory");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_fleet_survives);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
