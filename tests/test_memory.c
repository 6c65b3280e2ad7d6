/* test_memory.c - memory that runs out anywhere in column generation and in buses. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/certificate.h"
#include "formulations/evbus/model.h"
#include "formulations/evbus/search.h"
#include "tests/support/cutting_stock.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_random.h"
#include "tests/support/eb_small.h"
#include "tests/support/engines.h"
#include "tests/support/facility.h"
#include "tests/support/kind_case.h"
#include "tests/support/starve.h"
#include "tests/support/suite.h"

/* --- column generation --------------------------------------------------------------------------
 */

static struct az_random random_of_test;

static enum az_status solve_facility(void *data)
{
    struct facility f = *(const struct facility *)data;
    struct az_context context = az_context_default();
    struct az_colgen_problem problem;
    struct az_colgen_result result;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    context.threads = 2;
    facility_problem(&f, arena, &problem);
    enum az_status status = AZ_NO_MEMORY;
    if (problem.master)
        status =
            az_colgen_solve(&problem, NULL, engine_named("glpk"), &context, NULL, arena, &result);
    az_arena_free(arena);
    return status;
}

/* Without it a full machine would crash the service, or a part of a tree be called the whole. */
START_TEST(column_generation_survives)
{
    az_random_seed(&random_of_test, 59 + (uint64_t)_i);
    struct facility f;
    facility_random(&f, &random_of_test);
    engine_named("glpk");
    starve("the depots", solve_facility, &f);
}
END_TEST

static enum az_status solve_cutting(void *data)
{
    struct cs cs = *(const struct cs *)data;
    struct az_block blocks[CS_STOCKS];
    struct az_context context = az_context_default();
    struct az_colgen_problem problem;
    struct az_colgen_options options = { .cutoff = NAN, .node_limit = 12 };
    struct az_colgen_result result;
    if (!(cs.arena = az_arena_new(NULL))) return AZ_NO_MEMORY;
    enum az_status status = cs_problem(&cs, &problem, blocks);
    if (status == AZ_OK)
        status = az_colgen_solve(&problem, &options, engine_named("glpk"), &context, NULL, cs.arena,
                                 &result);
    az_arena_free(cs.arena);
    return status;
}

START_TEST(branching_rows_survive)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct cs cs;
    az_random_seed(&random_of_test, 23 + (uint64_t)_i);
    cs_random(&cs, &random_of_test, arena);
    cs.exact_rows = true;
    engine_named("glpk");
    starve("cutting stock", solve_cutting, &cs);
    az_arena_free(arena);
}
END_TEST

/* --- the electric buses -------------------------------------------------------------------------
 */

/* Some prices, every source, every effort. */
static enum az_status price_all(void *data)
{
    const struct eb_instance *ev = data;
    struct az_arena *arena = az_arena_new(NULL), *scratch = az_arena_new(NULL);
    struct eb_network *network;
    struct eb_duty *found[10];
    double costs[10], bound;
    size_t count;
    enum az_status status = arena && scratch ? AZ_OK : AZ_NO_MEMORY;
    if (status == AZ_OK) status = eb_network_new(ev, arena, &network);
    if (status == AZ_OK) status = eb_charge_prepare(network);
    struct eb_duals duals = { .cost_scale = 1 };
    double *trip = status == AZ_OK ? AZ_ARRAY(arena, network->trip_count, double) : NULL;
    double *energy = trip ? AZ_ARRAY(arena, ev->chargers.count * ev->T, double) : NULL;
    if (!energy) status = AZ_NO_MEMORY;
    for (size_t n = 0; status == AZ_OK && n < network->trip_count; n++)
        trip[n] = 500 + 100 * (double)n;
    duals.trip = trip;
    duals.charge = duals.discharge = duals.plug = energy; /* free */
    for (size_t s = 0; status == AZ_OK && s < network->source_count; s++)
        for (int effort = 0; effort < 3 && status == AZ_OK; effort++)
            status = eb_pricer_of(network, s)(network, s, &duals, effort, 0, 10, arena, scratch,
                                              found, costs, &count, &bound);
    az_arena_free(arena);
    az_arena_free(scratch);
    return status;
}

/* Without it a pricer short of memory would answer a bound that it has not proven. */
START_TEST(pricing_survives)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct eb_small_options o = { .trips = 6,
                                  .stops = 2,
                                  .termini = 1,
                                  .slots = 12,
                                  .slot_minutes = 30,
                                  .depot_charges = true,
                                  .curve = _i % 2 == 0,
                                  .floor = true,
                                  .descents = true,
                                  .drivers = _i % 2 == 1,
                                  .limits = true };
    starve("pricing", price_all, eb_small_random((uint64_t)_i + 1, &o, arena));
    az_arena_free(arena);
}
END_TEST

/* A golden case: its plan's duties dispatched anew, its trips completed to a plan. */
static enum az_status dispatch_plan(void *data)
{
    const struct eb_case *c = data;
    struct az_context context = az_context_default();
    struct eb_duty_list duties = { 0 };
    struct eb_dispatch dispatch;
    struct eb_plan *plan;
    struct eb_search search = { .ev = c->ev,
                                .engine = engine_named("glpk"),
                                .context = &context,
                                .arena = az_arena_new(NULL),
                                .fleet_max = INFINITY };
    if (!search.arena) return AZ_NO_MEMORY;
    enum az_status status = eb_network_new(c->ev, search.arena, &search.network);
    if (status == AZ_OK) status = eb_duties_of_plan(&search, c->plan, &duties);
    if (status == AZ_OK)
        status = eb_dispatch(c->ev, search.network->sources, duties.items, duties.count,
                             search.engine, &context, search.arena, &dispatch);
    if (status == AZ_OK && dispatch.found)
        status = eb_plan_of(c->ev, search.network->sources, &dispatch, duties.count, search.arena,
                            &plan);
    az_arena_free(search.arena);
    return status;
}

static enum az_status complete_plan(void *data)
{
    const struct eb_case *c = data;
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    void *plan;
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status =
        eb_complete(c->ev, c->plan, engine_named("glpk"), &context, arena, &plan);
    az_arena_free(arena);
    return status;
}

static enum az_status adopt_plan(void *data)
{
    const struct eb_case *c = data;
    struct az_arena *arena = az_arena_new(NULL);
    void *plan;
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = eb_adopt(c->ev, c->plan, arena, &plan);
    az_arena_free(arena);
    return status;
}

START_TEST(plans_made_of_plans_survive)
{
    static const char *const names[] = { "energy_is_carried_from_grid_to_grid",
                                         "two_chargers_for_two_buses", "storage_between_slots" };
    struct eb_case c;
    eb_case_golden(&c, names[_i]);
    engine_named("glpk");
    starve("dispatch", dispatch_plan, &c);
    starve("complete", complete_plan, &c);
    starve("adopt", adopt_plan, &c);
    eb_case_close(&c);
}
END_TEST

static int method;

/* The whole job of an instance that is read and linked already, in a copy of its own. */
static enum az_status whole_job(void *data)
{
    struct az_context context = az_context_default();
    struct az_answer answer;
    struct az_arena *arena = az_arena_new(NULL);
    void *copy = NULL;
    if (!arena) return AZ_NO_MEMORY;
    struct az_job job = { .formulation = &az_kind_evbus,
                          .options = { .gap = 0.05, .gap_abs = 1, .method = method } };
    enum az_status status = az_copy(&eb_instance_table, data, arena, &copy);
    job.instance = copy;
    struct az_findings findings;
    az_findings_init(&findings, arena, 0);
    if (status == AZ_OK) status = az_link(&eb_instance_table, copy, NULL, NULL, arena, &findings);
    if (status == AZ_OK) status = az_job_prepare(&job, arena, &answer);
    if (status == AZ_OK)
        status = az_job_solve(&job, engine_named("glpk"), &context, arena, &answer);
    az_arena_free(arena);
    return status;
}

/* Without it a service whose machine is full would lose its child, or answer half a plan. */
START_TEST(whole_jobs_survive)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    json_t *json = eb_random_instance((uint64_t)_i % 2 ? 9 : 3);
    void *object;
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_json_read(&eb_instance_table, json, NULL, arena, &findings, &object),
                     AZ_OK);
    engine_named("glpk");
    method = _i < 2 ? AZ_METHOD_AUTO : AZ_METHOD_COMPACT;
    starve("a whole job", whole_job, object);
    json_decref(json);
    az_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *cases = tcase_create("memory");
    atomic_store(&left, -1);
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, column_generation_survives, 0, 3);
    tcase_add_loop_test(cases, branching_rows_survive, 0, 2);
    tcase_add_loop_test(cases, pricing_survives, 0, 2);
    tcase_add_loop_test(cases, plans_made_of_plans_survive, 0, 3);
    tcase_add_loop_test(cases, whole_jobs_survive, 0, 3);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
