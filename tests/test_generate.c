/* test_generate.c - random microgrids: the same from the same seed, sound, and never without a
 * plan. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "adapters/json/json.h"
#include "formulations/microgrid/scenarios.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

static json_t *generated(size_t size, uint64_t seed)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *mg;
    ck_assert_int_eq(mg_generate(size, seed, arena, &mg), AZ_OK);
    json_t *json = az_json_write(&mg_instance_table, mg);
    ck_assert_ptr_nonnull(json);
    az_arena_free(arena);
    return json;
}

static void open_generated(struct mg_case *c, size_t size, uint64_t seed)
{
    json_t *json = generated(size, seed);
    ck_assert_int_eq(mg_case_open(c, json, NULL), AZ_OK);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
    json_decref(json);
}

/* A benchmark that cannot be repeated is none. */
START_TEST(the_same_seed_gives_the_same_instance)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        json_t *a = generated(20, seed), *b = generated(20, seed), *other = generated(20, seed + 1);
        ck_assert(json_equal(a, b));
        ck_assert(!json_equal(a, other));
        json_decref(a);
        json_decref(b);
        json_decref(other);
    }
}
END_TEST

START_TEST(size_counts_assets)
{
    for (size_t size = 1; size <= 60; size++) {
        struct mg_case c;
        open_generated(&c, size, size);
        size_t assets = c.mg->connections.count + c.mg->units.count + c.mg->renewables.count +
                        c.mg->batteries.count + c.mg->converters.count + c.mg->loads.count;
        ck_assert_uint_eq(assets, size);
        ck_assert_uint_eq(c.mg->T, 48);
        ck_assert_uint_eq(c.mg->grids.count, size > 5 ? 2 : 1);
        mg_case_close(&c);
    }
}
END_TEST

/* Ponds let past what flows in and is not used. */
static void let_past(const struct mg_instance *mg, struct mg_plan *plan)
{
    for (size_t i = 0; i < mg->ponds.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            double left = mg->ponds.items[i].inflow_kw.values[t];
            for (size_t k = 0; k < mg->units.count; k++) {
                const struct mg_unit *unit = &mg->units.items[k];
                const struct mg_unit_plan *of = &plan->units.items[k];
                if (!unit->pond.id || unit->pond.index != i) continue;
                left -= unit->water_factor * of->power_kw.values[t] +
                        unit->water_no_load_kw * of->on.values[t];
            }
            plan->ponds.items[i].spill_kw.values[t] = fmax(0, left);
        }
    mg_carry_levels(mg, plan);
}

/* Every unit stays as it must, nothing else moves, and the connections balance. */
static struct mg_plan *quiet_plan(const struct mg_instance *mg, struct az_arena *arena)
{
    struct mg_plan *plan;
    ck_assert_int_eq(mg_plan_new(mg, arena, &plan), AZ_OK);
    for (size_t t = 0; t < mg->T; t++) {
        double surplus[2] = { 0, 0 };
        for (size_t i = 0; i < mg->units.count; i++) {
            const struct mg_unit *unit = &mg->units.items[i];
            bool on = unit->must_run == 1 || t < unit->fixed_on;
            plan->units.items[i].on.values[t] = on;
            plan->units.items[i].power_kw.values[t] = on ? unit->p_min_kw : 0;
            surplus[unit->grid.index] += on ? unit->p_min_kw : 0;
        }
        for (size_t i = 0; i < mg->loads.count; i++)
            surplus[mg->loads.items[i].grid.index] -= mg->loads.items[i].demand_kw.values[t];
        for (size_t i = 0; i < mg->connections.count; i++) {
            size_t grid = mg->connections.items[i].grid.index;
            struct mg_connection_plan *tie = &plan->connections.items[i];
            tie->import_kw.values[t] = fmax(0, -surplus[grid]);
            tie->export_kw.values[t] = fmax(0, surplus[grid]);
            surplus[grid] = 0;
        }
    }
    let_past(mg, plan);
    return plan;
}

static void make_quiet_plan(struct mg_case *c)
{
    const struct mg_instance *mg = c->mg;
    struct mg_plan **parts = AZ_ARRAY(c->arena, mg->scenarios.count, struct mg_plan *);
    c->plan = quiet_plan(mg, c->arena);
    for (size_t k = 0; k < mg->scenarios.count; k++) parts[k] = quiet_plan(&mg->views[k], c->arena);
    ck_assert_int_eq(mg_put_scenarios(mg, parts, c->arena, c->plan), AZ_OK);
}

/* A random instance without a plan would make every property test about nothing. */
START_TEST(every_instance_has_a_plan)
{
    static const size_t sizes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 12, 20, 45, 150 };
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (uint64_t seed = 1; seed <= 8; seed++) {
            struct mg_case c;
            struct az_judgement judgement;
            open_generated(&c, sizes[s], seed);
            make_quiet_plan(&c);
            ck_assert_int_eq(mg_evaluate(c.mg, c.plan, c.arena, &judgement), AZ_OK);
            if (judgement.violation_count > 0)
                ck_abort_msg("size %zu, seed %d: %s at %s", sizes[s], (int)seed,
                             judgement.violations.items[0].rule->code.code,
                             judgement.violations.items[0].pointer);
            mg_case_close(&c);
        }
}
END_TEST

/* Features that no random instance has are features that no property test sees. */
START_TEST(instances_show_the_features)
{
    struct mg_case c;
    size_t ramps = 0, limits = 0, curves = 0, tiers = 0, tapers = 0, values = 0, on = 0, off = 0;
    size_t minima = 0, losses = 0, charges = 0, must = 0;
    open_generated(&c, 120, 7);
    for (size_t i = 0; i < c.mg->units.count; i++) {
        const struct mg_unit *unit = &c.mg->units.items[i];
        ramps += isfinite(unit->ramp_up_kw) && isfinite(unit->ramp_down_kw);
        limits += unit->start_kw < unit->p_max_kw && unit->stop_kw < unit->p_max_kw;
        curves += unit->point_count == 3;
        tiers += unit->tier_count == 2;
        must += unit->must_run == 1;
        on += unit->on0;
        off += !unit->on0;
    }
    for (size_t i = 0; i < c.mg->batteries.count; i++) {
        tapers += !isnan(c.mg->batteries.items[i].taper_from_share);
        values += !isnan(c.mg->batteries.items[i].end_value_jpy_per_kwh);
    }
    for (size_t i = 0; i < c.mg->converters.count; i++) {
        minima += c.mg->converters.items[i].min_transfer_kw > 0;
        losses += c.mg->converters.items[i].no_load_kw > 0;
    }
    for (size_t i = 0; i < c.mg->connections.count; i++)
        charges += c.mg->connections.items[i].demand_charge_jpy_per_kw > 0;
    ck_assert(ramps && limits && curves && tiers && tapers && values && on && off);
    ck_assert(minima && losses && charges && must);
    ck_assert(c.mg->grids.items[0].reserve_up_kw.values[0] > 0);
    mg_case_close(&c);
}
END_TEST

START_TEST(sizes_beyond_reason_are_refused)
{
    struct az_arena *arena = az_arena_new(NULL);
    void *mg = NULL;
    ck_assert_int_eq(mg_generate((size_t)-1, 1, arena, &mg), AZ_LIMIT);
    ck_assert_int_eq(mg_generate(0, 1, arena, &mg), AZ_OK);
    az_arena_free(arena);
}
END_TEST

START_TEST(generating_survives_every_allocation_failure)
{
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_arena *arena = az_arena_new(&allocator);
        void *mg;
        status = arena ? mg_generate(60, 2, arena, &mg) : AZ_NO_MEMORY;
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        az_arena_free(arena);
        ck_assert_uint_lt(left, 10000);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("generate");
    TCase *cases = tcase_create("generate");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, the_same_seed_gives_the_same_instance);
    tcase_add_test(cases, size_counts_assets);
    tcase_add_test(cases, every_instance_has_a_plan);
    tcase_add_test(cases, instances_show_the_features);
    tcase_add_test(cases, sizes_beyond_reason_are_refused);
    tcase_add_test(cases, generating_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
