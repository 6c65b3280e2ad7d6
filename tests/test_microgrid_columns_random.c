/* test_microgrid_columns_random.c - small random instances by columns and by the compact model:
 * both prove the same optimum, with branching on commitments where the root leaves a gap. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/columns.h"
#include "tests/support/engines.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

#define INSTANCES 200 /* with ALL=1 in the environment; else every EACHth of them */
#define EACH 13
#define GROUPS 4
#define NODES 60   /* of the tree: what it leaves open is compared by bounds */
#define SECONDS 10 /* of a solve: the same */
#define GAP 0.01

static double between(struct az_random *random, double low, double high)
{
    return low + floor(az_random_unit(random) * (high - low) * 8) / 8;
}

static bool one_in(struct az_random *random, uint64_t n)
{
    return az_random_below(random, n) == 0;
}

static json_t *series(struct az_random *random, size_t count, double low, double high)
{
    json_t *values = json_array();
    for (size_t t = 0; t < count; t++)
        json_array_append_new(values, json_real(between(random, low, high)));
    return values;
}

static json_t *random_unit(struct az_random *random, const char *grid)
{
    double p_min = between(random, 30, 80), p_max = p_min + between(random, 10, 90);
    double slope = between(random, 8, 24), base = between(random, 100, 900);
    double down = 0.5 * (double)(1 + az_random_below(random, 3)), hot = between(random, 50, 900);
    json_t *unit = json_pack("{s:s, s:f, s:f, s:f, s:f, s:[{s:f, s:f}, {s:f, s:f}], s:f}", "grid",
                             grid, "p_min_kw", p_min, "p_max_kw", p_max, "min_up_h",
                             0.5 * (double)(1 + az_random_below(random, 4)), "min_down_h", down,
                             "start_tiers", "off_h", down, "cost_jpy", hot, "off_h",
                             down + 0.5 * (double)(1 + az_random_below(random, 2)), "cost_jpy",
                             hot + 300, "stop_cost_jpy", between(random, 0, 60));
    if (one_in(random, 2)) {
        document_set(unit, "/ramp_up_kw_per_h", json_real(between(random, 20, 120)));
        document_set(unit, "/ramp_down_kw_per_h", json_real(between(random, 20, 120)));
    }
    if (one_in(random, 2)) {
        document_set(unit, "/start_limit_kw", json_real(p_min + between(random, 0, p_max - p_min)));
        document_set(unit, "/stop_limit_kw", json_real(p_min + between(random, 0, p_max - p_min)));
    }
    double middle = (p_min + p_max) / 2;
    document_set(unit, "/cost",
                 json_pack("{s:s, s:[{s:f, s:f}, {s:f, s:f}, {s:f, s:f}]}", "type", "curve",
                           "points", "power_kw", p_min, "cost_jpy_per_h", base, "power_kw", middle,
                           "cost_jpy_per_h", base + slope * (middle - p_min), "power_kw", p_max,
                           "cost_jpy_per_h",
                           base + slope * (middle - p_min) + (slope + 4) * (p_max - middle)));
    return unit;
}

/* Units of one grid, the last ones alike; every second time they come with their states. */
static void add_units(json_t *instance, struct az_random *random, size_t count, size_t alike)
{
    json_t *list = json_array(), *states = json_object(), *unit = NULL, *state = NULL;
    for (size_t i = 0; i < count; i++) {
        char id[24];
        snprintf(id, sizeof id, "u%zu", i);
        bool again = i > 0 && i + alike >= count + 1;
        if (!again) {
            unit = random_unit(random, "a");
            state = json_pack("{s:b, s:f}", "on", (int)az_random_below(random, 2), "hours",
                              0.5 * (double)(1 + az_random_below(random, 6)));
        }
        json_t *copy = json_deep_copy(unit);
        document_set(copy, "/id", json_string(id));
        json_array_append_new(list, copy);
        json_object_set_new(states, id, json_deep_copy(state));
        if (!again && i + alike < count) json_decref(unit), json_decref(state);
    }
    json_decref(unit);
    json_decref(state);
    document_set(instance, "/units", list);
    document_set(instance, "/state",
                 json_pack("{s:s, s:o}", "at", "2026-03-31T22:30:00+09:00", "units", states));
}

/* A converter with standby losses to a grid that has a tie of its own: static integers. */
static void add_network(json_t *instance, struct az_random *random, size_t slots)
{
    json_array_append_new(json_object_get(instance, "grids"),
                          json_pack("{s:s, s:i}", "id", "b", "frequency_hz", 60));
    document_set(instance, "/connections",
                 json_pack("[{s:s, s:s, s:o, s:f, s:f, s:f}]", "id", "tie", "grid", "b",
                           "market_price_jpy_per_kwh", series(random, slots, 8, 35),
                           "import_fee_jpy_per_kwh", 3.0, "import_limit_kw",
                           between(random, 120, 300), "export_limit_kw", between(random, 0, 80)));
    document_set(instance, "/converters",
                 json_pack("[{s:s, s:s, s:s, s:f, s:f, s:f, s:f, s:f}]", "id", "link", "from_grid",
                           "a", "to_grid", "b", "forward_max_kw", 60.0, "backward_max_kw", 50.0,
                           "loss_share", 0.04, "min_transfer_kw", 15.0, "no_load_kw", 1.5));
    json_array_append_new(json_object_get(instance, "loads"),
                          json_pack("{s:s, s:s, s:o}", "id", "lb", "grid", "b", "demand_kw",
                                    series(random, slots, 20, 110)));
}

static void add_battery(json_t *instance)
{
    document_set(instance, "/batteries",
                 json_pack("[{s:s, s:s, s:f, s:f, s:f, s:f, s:f}]", "id", "cell", "grid", "a",
                           "capacity_kwh", 60.0, "charge_max_kw", 25.0, "discharge_max_kw", 25.0,
                           "charge_efficiency", 0.9, "discharge_efficiency", 0.95));
}

/* --- what binds units beside their balance ------------------------------------------------------
 */

#define SPARE_KWH 5.0 /* nothing that binds is meant to be out of reach */

static json_t *time_of(size_t slot)
{
    char text[32];
    size_t minutes = 22 * 60 + 30 + 30 * slot;
    snprintf(text, sizeof text, "2026-%s-%02zuT%02zu:%02zu:00+09:00", minutes < 1440 ? "03" : "04",
             minutes < 1440 ? (size_t)31 : (size_t)1, minutes / 60 % 24, minutes % 60);
    return json_string(text);
}

static json_t *unit_of(json_t *instance, size_t i)
{
    return json_array_get(json_object_get(instance, "units"), i);
}

static double of_unit(json_t *instance, size_t i, const char *member)
{
    return json_number_value(json_object_get(unit_of(instance, i), member));
}

/* Water of the first unit; two units on one budget that is short. */
static void add_water(json_t *instance, struct az_random *random, size_t slots)
{
    double most = of_unit(instance, 0, "p_max_kw"), hours = 0.5 * (double)slots;
    document_set(instance, "/ponds",
                 json_pack("[{s:s, s:f, s:o, s:f}]", "id", "weir", "capacity_kwh", most * hours,
                           "inflow_kw", series(random, slots, 0, most), "end_value_jpy_per_kwh",
                           between(random, 0, 20)));
    document_set(unit_of(instance, 0), "/pond", json_string("weir"));
    document_set(unit_of(instance, 0), "/water_factor", json_real(between(random, 1, 1.5)));
    document_set(unit_of(instance, 0), "/water_no_load_kw", json_real(between(random, 0, 20)));
}

static void add_budget(json_t *instance, struct az_random *random, size_t slots)
{
    double most = of_unit(instance, 0, "p_max_kw") + of_unit(instance, 1, "p_max_kw");
    document_set(instance, "/budgets",
                 json_pack("[{s:s, s:[s, s], s:o, s:f}]", "id", "fuel", "units", "u0", "u1", "from",
                           time_of(1), "max_kwh",
                           SPARE_KWH + between(random, 0.2, 0.9) * most * 0.5 * (double)slots));
    if (one_in(random, 2))
        document_set(json_array_get(json_object_get(instance, "budgets"), 0), "/min_kwh",
                     json_real(between(random, 0, 30)));
}

static void add_free_loads(json_t *instance, struct az_random *random, size_t slots)
{
    document_set(instance, "/flexible_loads",
                 json_pack("[{s:s, s:s, s:f, s:o, s:f}]", "id", "pump", "grid", "a", "max_kw",
                           between(random, 10, 40), "value_jpy_per_kwh",
                           series(random, slots, 5, 30), "min_kwh", between(random, 0, 10)));
    document_set(json_array_get(json_object_get(instance, "loads"), 0), "/steps",
                 json_pack("[{s:f, s:f}, {s:f, s:f}]", "share", between(random, 0.125, 0.5),
                           "price_jpy_per_kwh", between(random, 20, 60), "share", 0.125,
                           "price_jpy_per_kwh", 80.0));
}

static void add_run(json_t *instance, struct az_random *random, size_t slots)
{
    document_set(instance, "/shiftables",
                 json_pack("[{s:s, s:s, s:[f, f], s:o, s:o}]", "id", "mill", "grid", "a", "run_kw",
                           between(random, 5, 40), between(random, 5, 20), "earliest", time_of(0),
                           "latest_end", time_of(slots - 1)));
}

static void add_carbon(json_t *instance, struct az_random *random, size_t slots)
{
    for (size_t i = 0; i < json_array_size(json_object_get(instance, "units")); i++)
        document_set(unit_of(instance, i), "/co2_kg_per_kwh", json_real(between(random, 0, 1)));
    document_set(instance, "/co2", json_pack("{s:f}", "price_jpy_per_kg", between(random, 0, 20)));
    if (one_in(random, 2))
        document_set(instance, "/co2/cap_kg", json_real(between(random, 20, 50) * (double)slots));
}

static void add_reserves(json_t *instance, struct az_random *random)
{
    json_t *grid = json_array_get(json_object_get(instance, "grids"), 0);
    document_set(grid, "/reserve_down_kw", json_real(between(random, 0, 15)));
    if (one_in(random, 3)) document_set(grid, "/covers_largest_unit", json_true());
    json_t *batteries = json_object_get(instance, "batteries");
    if (batteries) document_set(json_array_get(batteries, 0), "/gives_reserve", json_true());
    document_set(instance, "/commitments",
                 json_pack("[{s:s, s:o, s:o, s:{s:s, s:s, s:s, s:f}}]", "id", "sold", "from",
                           time_of(1), "until", time_of(3), "terms", "type", "capacity", "grid",
                           "a", "direction", one_in(random, 2) ? "up" : "down", "kw",
                           between(random, 0, 12)));
}

static void add_vehicles(json_t *instance, struct az_random *random)
{
    json_array_append_new(
        json_object_get(instance, "batteries"),
        json_pack("{s:s, s:s, s:i, s:f, s:f, s:f, s:[{s:s, s:o, s:o, s:i, s:f, s:f}]}", "id",
                  "cars", "grid", "a", "count", 3, "capacity_kwh", 20.0, "charge_max_kw", 6.0,
                  "discharge_max_kw", 6.0, "reservations", "id", "round", "from", time_of(1),
                  "until", time_of(3), "vehicles", 2, "depart_share", between(random, 0.25, 0.75),
                  "used_kwh", between(random, 0, 12)));
}

/* What stands at the tie of grid b: a schedule, a plan handed in, a line that is armed, demand
 * response, the local share. */
static void add_market(json_t *instance, struct az_random *random, size_t slots)
{
    json_t *tie = json_array_get(json_object_get(instance, "connections"), 0);
    if (one_in(random, 2)) {
        document_set(tie, "/scheduled_import_kw", series(random, slots, 0, 60));
        document_set(tie, "/imbalance_short_jpy_per_kwh", series(random, slots, 30, 40));
        document_set(tie, "/imbalance_long_jpy_per_kwh", series(random, slots, 4, 12));
    }
    if (one_in(random, 2)) {
        document_set(tie, "/submitted_import_kw", series(random, slots, 0, 60));
        document_set(tie, "/change_price_jpy_per_kwh", json_real(between(random, 0, 6)));
    }
    if (one_in(random, 2))
        document_set(instance, "/local",
                     json_pack("{s:f}", "min_share", between(random, 0.25, 0.75)));
    json_array_append_new(json_object_get(instance, "connections"),
                          json_pack("{s:s, s:s, s:f, s:f, s:f, s:f}", "id", "way", "grid", "a",
                                    "import_price_jpy_per_kwh", 60.0, "export_price_jpy_per_kwh",
                                    between(random, 4, 30), "import_limit_kw", 20.0,
                                    "export_limit_kw", 60.0));
    document_set(instance, "/lines",
                 json_pack("[{s:s, s:[s], s:f, s:f, s:f, s:[{s:s, s:f}]}]", "id", "bank",
                           "connections", "way", "base_kw", between(random, 0, 20), "normal_kw",
                           between(random, 40, 70), "emergency_kw", between(random, 20, 40),
                           "armable", "asset", one_in(random, 2) ? "u0" : "sun", "arming_jpy_per_h",
                           between(random, 0, 30)));
}

static void add_features(json_t *instance, struct az_random *random, size_t slots)
{
    if (one_in(random, 3)) add_water(instance, random, slots);
    if (one_in(random, 3)) add_budget(instance, random, slots);
    if (one_in(random, 3)) add_free_loads(instance, random, slots);
    if (one_in(random, 4)) add_run(instance, random, slots);
    if (one_in(random, 3)) add_carbon(instance, random, slots);
    if (one_in(random, 3)) add_reserves(instance, random);
    if (json_object_get(instance, "batteries") && one_in(random, 2)) add_vehicles(instance, random);
    if (json_object_get(instance, "connections")) add_market(instance, random, slots);
}

/* Batteries that are planned in packs, at a tie whose prices may fall below zero. */
static void add_homes(json_t *instance, struct az_random *random, size_t slots)
{
    size_t kinds = 2 + az_random_below(random, 5);
    if (!json_object_get(instance, "batteries")) document_set(instance, "/batteries", json_array());
    for (size_t k = 0; k < kinds; k++) {
        char id[24];
        snprintf(id, sizeof id, "h%zu", k);
        json_t *home = json_pack(
            "{s:s, s:s, s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f}", "id", id, "grid", "a", "count",
            (int)(1 + az_random_below(random, 3)), "capacity_kwh", between(random, 5, 15),
            "charge_max_kw", between(random, 2, 6), "discharge_max_kw", between(random, 2, 6),
            "charge_efficiency", between(random, 0.75, 1), "discharge_efficiency",
            between(random, 0.75, 1), "throughput_cost_jpy_per_kwh", between(random, 0, 3),
            "reserve_share", between(random, 0, 0.5));
        if (one_in(random, 3))
            document_set(home, "/end_value_jpy_per_kwh", json_real(between(random, 0, 20)));
        json_array_append_new(json_object_get(instance, "batteries"), home);
    }
    if (json_object_get(instance, "connections")) return;
    json_t *price = series(random, slots, one_in(random, 2) ? -10 : 5, 40);
    document_set(instance, "/connections",
                 json_pack("[{s:s, s:s, s:O, s:o, s:f, s:f}]", "id", "market", "grid", "a",
                           "import_price_jpy_per_kwh", price, "export_price_jpy_per_kwh", price,
                           "import_limit_kw", between(random, 5, 60), "export_limit_kw",
                           between(random, 0, 20)));
}

static json_t *random_instance(uint64_t seed)
{
    struct az_random random;
    az_random_seed(&random, seed);
    size_t slots = 5 + az_random_below(&random, 4), units = 3 + az_random_below(&random, 3);
    double reserve = one_in(&random, 2) ? between(&random, 5, 40) : 0;
    json_t *instance =
        json_pack("{s:s, s:i, s:i, s:[{s:s, s:i, s:f}]}", "start", "2026-03-31T22:30:00+09:00",
                  "slot_minutes", 30, "slots", (int)slots, "grids", "id", "a", "frequency_hz", 50,
                  "reserve_up_kw", reserve);
    double most = 35 * (double)units;
    document_set(instance, "/loads",
                 json_pack("[{s:s, s:s, s:o}]", "id", "la", "grid", "a", "demand_kw",
                           series(&random, slots, 0.4 * most, 1.6 * most)));
    document_set(instance, "/renewables",
                 json_pack("[{s:s, s:s, s:s, s:o}]", "id", "sun", "grid", "a", "source", "solar",
                           "forecast_kw", series(&random, slots, 0, 60)));
    add_units(instance, &random, units, 1 + az_random_below(&random, 3));
    if (one_in(&random, 3)) add_battery(instance);
    if (one_in(&random, 3)) add_network(instance, &random, slots);
    if (seed % 2 == 0) add_features(instance, &random, slots);
    if (seed % 5 < 2) add_homes(instance, &random, slots);
    return instance;
}

/* --- both methods -------------------------------------------------------------------------------
 */

struct solved {
    struct mg_case c;
    struct az_run run;
    struct az_context context;
    const struct mg_plan *plan;
    struct az_judgement best;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solved *s = data;
    struct az_judgement now;
    enum az_status status = mg_evaluate(s->c.mg, plan, s->c.arena, &now);
    if (status != AZ_OK) return status;
    if (now.violation_count > 0) return AZ_INVALID;
    *objective = now.cost + now.penalty;
    *kept = !s->plan || az_judgement_is_better(AZ_MINIMIZE, s->c.mg->scale, &now, &s->best);
    if (!*kept) return AZ_OK;
    s->plan = plan;
    s->best = now;
    return AZ_OK;
}

static void open_case(struct solved *s, const json_t *instance, const struct az_engine *engine)
{
    *s = (struct solved){ .context = az_context_default() };
    mg_case_open_good(&s->c, instance, "random");
    struct az_run_options options = { .sense = AZ_MINIMIZE,
                                      .gap_abs = GAP,
                                      .money_scale = s->c.mg->scale };
    s->context.deadline = az_now(&s->context) + SECONDS;
    az_run_begin(&s->run, &s->context, engine, &options);
    s->run.judge = judge;
    s->run.data = s;
}

/* The clean problem by columns: no rule conceded. packs: batteries in packs where there are any. */
static bool solve_columns(struct solved *s, bool packs, struct az_colgen_result *result)
{
    struct mg_instance copy = *s->c.mg;
    if (packs) ck_assert_int_eq(mg_packs_new(s->c.mg, 1, s->c.arena, &copy.packs), AZ_OK);
    struct mg_search search = {
        .mg = &copy,
        .whole = s->c.mg,
        .run = &s->run,
        .arena = s->c.arena,
        .priced = true,
        .effort = 0.5,
        .bounds = { .clean = -INFINITY, .conceding = -INFINITY, .limit = INFINITY }
    };
    struct az_colgen_options options = { .cutoff = NAN, .node_limit = NODES };
    ck_assert(mg_columns_serve(s->c.mg));
    ck_assert_int_eq(mg_decisions_new(s->c.mg, s->c.arena, &search.open), AZ_OK);
    ck_assert_int_eq(mg_decisions_new(s->c.mg, s->c.arena, &search.best), AZ_OK);
    ck_assert_int_eq(mg_solve_columns(&search, &options, result), AZ_OK);
    ck_assert_uint_eq(s->run.refused, 0);
    return copy.packs != NULL;
}

struct seen {
    int branched, proven, infeasible, gaps, unfinished, packed;
};

static void compare(uint64_t seed, const struct az_engine *engine, struct seen *seen)
{
    struct az_solve_options how = { .method = "compact" };
    struct az_colgen_result result;
    struct solved columns, compact;
    json_t *instance = random_instance(seed);
    open_case(&columns, instance, engine);
    open_case(&compact, instance, engine_at(engine_count() - 1));
    bool packed = solve_columns(&columns, seed % 5 < 2, &result);
    ck_assert_int_eq(mg_solve(compact.c.mg, &how, &compact.run, compact.c.arena), AZ_OK);
    bool clean = compact.plan && compact.best.penalty <= 1e-6 * compact.c.mg->scale;
    if (result.status == AZ_SOLVE_INFEASIBLE) {
        ck_assert_msg(!clean, "%d: no plan, but one of %.4f", (int)seed, compact.best.cost);
        seen->infeasible++;
    } else if (clean) {
        double slack = GAP + 1e-6 * fabs(compact.best.cost);
        ck_assert_msg(result.bound <= compact.best.cost + slack, "%d: bound %.4f, plan %.4f",
                      (int)seed, result.bound, compact.best.cost);
        bool cut_short = !columns.plan && result.nodes >= NODES;
        ck_assert_msg(cut_short || (columns.plan && columns.best.cost >= compact.run.bound - slack),
                      "%d: plan %.4f, bound %.4f", (int)seed, columns.best.cost, compact.run.bound);
        bool proven =
            result.status == AZ_SOLVE_OPTIMAL && compact.run.bound >= compact.best.cost - slack;
        if (proven)
            ck_assert_msg(fabs(columns.best.cost - compact.best.cost) <= 2 * slack,
                          "%d: %.4f, not %.4f", (int)seed, columns.best.cost, compact.best.cost);
        seen->proven += proven;
        seen->packed += proven && packed;
        seen->branched += result.nodes > 1;
        seen->unfinished += cut_short;
        seen->gaps += result.root_bound < compact.run.bound - slack;
    }
    mg_case_close(&columns.c);
    mg_case_close(&compact.c);
    json_decref(instance);
}

/* Without it a rule that schedules and rows share could be counted otherwise than the compact model
 * does, or a branch cut the optimum off. */
START_TEST(columns_and_compact_prove_the_same)
{
    struct seen seen = { 0 };
    int each = getenv("ALL") ? 1 : EACH, tried = 0;
    for (int k = _i * each; k < INSTANCES; k += GROUPS * each) {
#ifdef __SANITIZE_ADDRESS__
        if (tried == 2) break;
#endif
        compare((uint64_t)k + 1, engine_at(tried % engine_count()), &seen);
        tried++;
    }
    ck_assert_int_ge(seen.branched, TEST_SEEN(tried / 4));
    ck_assert_int_ge(seen.gaps, TEST_SEEN(tried / 4));
    ck_assert_int_ge(seen.proven, TEST_SEEN(tried / 8));
    ck_assert_int_le(seen.unfinished, tried / 20);
    if (getenv("ALL"))
        printf("%d instances: %d branched, %d with a gap, %d proven by both (%d in packs), %d "
               "without a "
               "plan\n",
               tried, seen.branched, seen.gaps, seen.proven, seen.packed, seen.infeasible);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid columns random");
    TCase *random = tcase_create("random");
    tcase_set_timeout(random, 120);
    tcase_add_loop_test(random, columns_and_compact_prove_the_same, 0, GROUPS);
    suite_add_tcase(suite, random);
    return test_suite_run(suite);
}
