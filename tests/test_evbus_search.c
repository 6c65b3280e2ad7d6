/* test_evbus_search.c - what the search keeps of plans: offers, the pool, the prices of masters. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/evbus/search.h"
#include "tests/support/eb_case.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

static struct eb_case c;
static struct az_context context;
static struct az_run run;
static struct eb_search search;
static size_t told; /* plans that the run was offered */

static enum az_status count_plan(void *data, const void *plan, double *objective, bool *kept)
{
    (void)data;
    ck_assert_ptr_nonnull(plan);
    *objective = 0;
    *kept = true;
    told++;
    return AZ_OK;
}

/* A search over a golden case, and the duties of its plan. */
static struct eb_duty_list open_search(const char *name)
{
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-3, .gap_abs = 1, .money_scale = 1000
    };
    struct eb_duty_list duties = { 0 };
    eb_case_golden(&c, name);
    context = az_context_default();
    told = 0;
    az_run_begin(&run, &context, engine_named("glpk"), &options);
    run.judge = count_plan;
    search = (struct eb_search){ .ev = c.ev,
                                 .engine = run.engine,
                                 .context = &context,
                                 .run = &run,
                                 .arena = c.arena,
                                 .fleet_max = INFINITY,
                                 .unserved_max = INFINITY };
    ck_assert_int_eq(eb_network_new(c.ev, c.arena, &search.network), AZ_OK);
    ck_assert_int_eq(eb_duties_of_plan(&search, c.plan, &duties), AZ_OK);
    ck_assert_uint_eq(duties.count, c.plan->blocks.count);
    return duties;
}

/* Every plan that a solve tried was copied for the run, which refused all but the better ones: the
 * memory of a long solve grew with its tries. */
START_TEST(only_a_better_plan_is_offered)
{
    struct eb_duty_list duties = open_search("charging_without_slots");
    double first, again;
    ck_assert_uint_eq(c.ev->T, 0); /* with slots the second answer would come from memory */
    ck_assert_int_eq(eb_offer(&search, duties.items, duties.count, &first), AZ_OK);
    ck_assert(isfinite(first));
    ck_assert_uint_eq(told, 1);
    ck_assert_int_eq(eb_offer(&search, duties.items, duties.count, &again), AZ_OK);
    ck_assert_double_eq(again, first);
    ck_assert_uint_eq(told, 1);
    eb_case_close(&c);
}
END_TEST

/* The constructor knew nothing of drivers' rules: its duties drove longer without a break than may
 * be, or were out too long, the judge refused the whole plan, and days of 200 trips had none for a
 * long time. */
START_TEST(a_first_plan_keeps_the_drivers_rules)
{
    struct eb_duty_list duties = { 0 };
    struct az_findings findings, assumptions;
    double objective;
    void *generated;
    open_search("charging_without_slots"); /* the run and its listener */
    az_findings_init(&findings, c.arena, 0);
    az_findings_init(&assumptions, c.arena, 0);
    ck_assert_int_eq(eb_generate(80, (uint64_t)_i, c.arena, &generated), AZ_OK);
    ck_assert_int_eq(az_link(&eb_instance_table, generated, NULL, NULL, c.arena, &findings), AZ_OK);
    ck_assert_int_eq(eb_resolve(generated, c.arena, &findings, &assumptions), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    search.ev = generated;
    ck_assert_ptr_nonnull(search.ev->drivers);
    ck_assert_int_eq(eb_network_new(search.ev, c.arena, &search.network), AZ_OK);
    ck_assert_int_eq(eb_construct(&search, &duties), AZ_OK);
    ck_assert_uint_gt(duties.count, 5);
    ck_assert_int_eq(eb_offer(&search, duties.items, duties.count, &objective), AZ_OK);
    ck_assert(isfinite(objective));
    eb_case_close(&c);
}
END_TEST

/* A master that began with the pool put all of it back, as did each better plan with the duties
 * that it shares with the one before. */
START_TEST(the_pool_has_a_duty_once)
{
    struct eb_duty_list duties = open_search("energy_is_carried_from_grid_to_grid");
    double objective;
    ck_assert_int_eq(eb_offer(&search, duties.items, duties.count, &objective), AZ_OK);
    size_t before = search.pool.count;
    ck_assert_uint_eq(before, duties.count);
    struct eb_duty *copy, *other;
    ck_assert_int_eq(eb_duty_copy(search.pool.items[0], c.arena, &copy), AZ_OK);
    ck_assert_int_eq(eb_duty_copy(search.pool.items[0], c.arena, &other), AZ_OK);
    for (size_t l = 0; l < other->leg_count; l++)
        for (size_t s = 0; s < other->legs[l].stay_count; s++)
            if (other->legs[l].stays[s].charge_kwh) other->legs[l].stays[s].charge_kwh[0] += 1;
    struct az_block_column columns[3] = { { .data = search.pool.items[0] },
                                          { .data = copy },
                                          { .data = other } };
    struct az_colgen_result result = { .columns = columns, .column_count = 3 };
    ck_assert_int_eq(eb_pool_keep(&search, &result), AZ_OK);
    ck_assert_uint_eq(search.pool.count, before + 1); /* the one of other energies */
    ck_assert_int_eq(eb_pool_keep(&search, &result), AZ_OK);
    ck_assert_uint_eq(search.pool.count, before + 1);
    eb_case_close(&c);
}
END_TEST

/* Prices of rows were taken by their position alone: of a master with other rows before those of
 * the grids they would have been prices of something else, or have run into the grids'. */
START_TEST(first_prices_are_those_of_the_same_rows)
{
    struct eb_master *master;
    double row[64], marginal[64], *pi = NULL;
    open_search("energy_is_carried_from_grid_to_grid");
    ck_assert_int_eq(
        eb_master_new(search.network, EB_MEASURE_COST, 0, INFINITY, INFINITY, c.arena, &master),
        AZ_OK);
    size_t rows = master->balance_row, energy = c.ev->grids.count * c.ev->T;
    ck_assert_uint_lt(rows, 64);
    ck_assert_uint_le(energy, 64);
    for (size_t i = 0; i < 64; i++) row[i] = 100 + (double)i, marginal[i] = 1 + (double)i;
    double *plug = AZ_ARRAY(c.arena, c.ev->chargers.count * c.ev->T, double);
    struct eb_price_memory memory = {
        .count = 1, .marginal = marginal, .plug = plug, .row_count = rows, .row = row
    };
    struct az_master_row_list lazy = { .arena = c.arena };
    search.prices = &memory;
    ck_assert_int_eq(eb_first_prices(&search, master, &lazy, &pi), AZ_OK);
    ck_assert_ptr_nonnull(pi);
    for (size_t i = 0; i < rows; i++) ck_assert_double_eq(pi[i], row[i]);
    for (size_t i = 0; i < energy; i++) ck_assert_double_eq(pi[rows + i], marginal[i]);
    memory.row_count = rows + 1;
    ck_assert_int_eq(eb_first_prices(&search, master, &lazy, &pi), AZ_OK);
    ck_assert_ptr_null(pi);
    eb_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_search");
    TCase *keeping = tcase_create("what is kept");
    tcase_add_loop_test(keeping, a_first_plan_keeps_the_drivers_rules, 1, 7);
    tcase_add_test(keeping, only_a_better_plan_is_offered);
    tcase_add_test(keeping, the_pool_has_a_duty_once);
    tcase_add_test(keeping, first_prices_are_those_of_the_same_rows);
    suite_add_tcase(suite, keeping);
    return test_suite_run(suite);
}
