/* test_evbus_properties.c - what must hold of any small instance: two methods agree, energy is
 * conserved, nothing is carried for nothing. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "formulations/evbus/search.h"
#include "solver/tolerances.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_energy.h"
#include "tests/support/eb_random.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#define INSTANCES TEST_SOME(90)
#define SECONDS 0.7 /* of each solve: what is not proven by then is compared as far as it is */
#define GAP 1.0     /* JPY, asked of both */

/* --- solving -------------------------------------------------------------------------------------
 */

/* One solve: the best plan, what the judge says of it, the proof. */
struct solve {
    const struct eb_case *c;
    struct az_run run;
    const struct eb_plan *plan;
    struct az_judgement judgement;
    struct az_proof proof;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solve *s = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(eb_evaluate(s->c->ev, plan, s->c->arena, &judgement), AZ_OK);
    for (size_t i = 0; i < judgement.violations.count; i++)
        fprintf(stderr, "%s: %s (%g)\n", judgement.violations.items[i].pointer,
                az_breach_words(&judgement.violations.items[i], AZ_ENGLISH, s->c->arena),
                judgement.violations.items[i].amount);
    *kept = false;
    if (judgement.violation_count > 0) return AZ_INVALID;
    *objective = judgement.cost + judgement.penalty;
    if (s->plan && !az_judgement_is_better(AZ_MINIMIZE, s->c->ev->scale, &judgement, &s->judgement))
        return AZ_OK;
    *kept = true;
    s->plan = plan;
    s->judgement = judgement;
    return AZ_OK;
}

static void solve(struct solve *s, const struct eb_case *c, const char *method, const char *engine,
                  double seconds, uint64_t seed)
{
    struct az_context context = az_context_default();
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 0, .gap_abs = GAP, .money_scale = c->ev->scale
    };
    struct az_solve_options how = { .method = method };
    *s = (struct solve){ .c = c };
    context.deadline = az_now(&context) + seconds;
    az_run_begin(&s->run, &context, engine_named(engine), &options);
    s->run.judge = judge;
    s->run.data = s;
    enum az_status status = strcmp(method, "compact") == 0
                                ? eb_solve_compact(c->ev, &s->run, c->arena)
                                : eb_solve(c->ev, &how, &s->run, c->arena);
    if (status != AZ_OK)
        ck_abort_msg("seed %d: %s answers %s", (int)seed, method, az_status_code(status));
    if (az_run_proof(&s->run, &s->proof) != AZ_OK)
        ck_abort_msg("seed %d: %s has a bound %.6f beyond its objective %.6f%s", (int)seed, method,
                     s->run.bound, s->run.objective,
                     s->run.infeasible ? ", and says that there is no plan" : "");
}

static void open_seed(struct eb_case *c, uint64_t seed)
{
    json_t *json = eb_random_instance(seed);
    enum az_status status = eb_case_open(c, json, NULL);
    if (status != AZ_OK || az_findings_total(&c->findings) > 0) {
        document_print(&c->findings);
        ck_abort_msg("seed %d is not well-formed", (int)seed);
    }
    json_decref(json);
}

/* --- what was exercised
 * --------------------------------------------------------------------------- */

static struct {
    int plans, infeasible, charging, discharging, carrying, conceding, unproven;
    int branching;   /* trees of more than one node in which pricing saw a decision of the kind's */
    int tree_plans;  /* plans that came of such a tree alone */
    int both_proven; /* by the compact model and by columns, with both masters */
} seen;

static void count_features(const struct solve *s)
{
    const struct eb_summary *summary = s->plan ? s->plan->summary : NULL;
    seen.infeasible += s->proof.status == AZ_PLAN_INFEASIBLE;
    if (!summary) return;
    seen.plans++;
    seen.charging += summary->charged_kwh > 0.01;
    seen.discharging += summary->discharged_kwh > 0.01;
    seen.carrying += summary->carried.count > 0;
    seen.conceding += s->judgement.penalty > 0;
    seen.unproven += s->proof.status == AZ_PLAN_FEASIBLE;
}

/* [bound, objective] of two proofs meet; where both are proven they are the same. */
static void compare(const struct solve *a, const struct solve *b, uint64_t seed)
{
    double tolerance = GAP + 1e-4 * a->c->ev->scale;
    bool none[2] = { a->proof.status == AZ_PLAN_INFEASIBLE, b->proof.status == AZ_PLAN_INFEASIBLE };
    if ((none[0] && b->plan) || (none[1] && a->plan))
        ck_abort_msg(
            "seed %d: one method has a plan where the other proves that there is none (%s)",
            (int)seed, none[0] ? "columns" : "compact");
    if (!a->plan || !b->plan) return;
    if (a->proof.bound > b->proof.objective + tolerance ||
        b->proof.bound > a->proof.objective + tolerance)
        ck_abort_msg("seed %d: compact [%.3f, %.3f], columns [%.3f, %.3f]", (int)seed,
                     a->proof.bound, a->proof.objective, b->proof.bound, b->proof.objective);
    if (a->proof.status != AZ_PLAN_OPTIMAL || b->proof.status != AZ_PLAN_OPTIMAL) return;
    if (fabs(a->proof.objective - b->proof.objective) > tolerance)
        ck_abort_msg("seed %d: compact %.3f, columns %.3f, both proven", (int)seed,
                     a->proof.objective, b->proof.objective);
}

/* --- branching by itself ------------------------------------------------------------------------
 */

/* The master's own pricing, and whether it saw a decision of branching. */
struct watched {
    struct eb_master *master;
    enum az_status (*price)(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound);
    bool decided;
};
static struct watched *watched; /* one at a time; pricing has one thread here */

static enum az_status price(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound)
{
    watched->decided |= prices->decision_count > 0;
    return watched->price(data, block, prices, arena, scratch, out, bound);
}

/* The tree without any heuristic before it: nothing but branching closes the gap of the root. Its
 * bound is one of the compact model's plan too, its plans are judged. */
static void branch(const struct eb_case *c, const char *engine, const struct solve *compact,
                   uint64_t seed)
{
    struct solve s = { .c = c };
    struct eb_network *network;
    struct watched watch = { .decided = false };
    struct az_colgen_result result;
    struct az_context context = az_context_default();
    struct az_run_options asked = {
        .sense = AZ_MINIMIZE, .gap = 0, .gap_abs = GAP, .money_scale = c->ev->scale
    };
    struct az_colgen_options options = {
        .cutoff = NAN, .dive_backtracks = -1, .restricted_nodes = -1, .node_limit = 60
    };
    context.deadline = az_now(&context) + 1;
    az_run_begin(&s.run, &context, engine_named(engine), &asked);
    s.run.judge = judge;
    s.run.data = &s;
    ck_assert_int_eq(eb_network_new(c->ev, c->arena, &network), AZ_OK);
    struct eb_search search = { .ev = c->ev,
                                .network = network,
                                .engine = s.run.engine,
                                .context = &context,
                                .run = &s.run,
                                .arena = c->arena,
                                .fleet_max = INFINITY,
                                .unserved_max = INFINITY };
    ck_assert_int_eq(
        eb_master_new(network, EB_MEASURE_COST, 0, INFINITY, INFINITY, c->arena, &watch.master),
        AZ_OK);
    watch.price = watch.master->problem.price;
    watch.master->problem.price = price;
    watch.master->problem.found = eb_found;
    watch.master->owner = &search;
    watched = &watch;
    ck_assert_int_eq(az_colgen_solve(&watch.master->problem, &options, s.run.engine, &context, NULL,
                                     c->arena, &result),
                     AZ_OK);
    double tolerance = GAP + 1e-4 * c->ev->scale;
    if (compact->plan && result.bound > compact->run.objective + tolerance)
        ck_abort_msg("seed %d: the tree proves %.3f, the compact model has a plan of %.3f",
                     (int)seed, result.bound, compact->run.objective);
    if (s.plan && result.bound > s.run.objective + tolerance)
        ck_abort_msg("seed %d: the tree proves %.3f and has a plan of %.3f", (int)seed,
                     result.bound, s.run.objective);
    if (result.status == AZ_SOLVE_INFEASIBLE && compact->plan)
        ck_abort_msg("seed %d: the tree proves that there is no plan, the compact model has one",
                     (int)seed);
    bool branched = result.nodes > 1 && watch.decided;
    seen.branching += branched;
    seen.tree_plans += branched && s.plan;
}

static void check_seed(uint64_t seed)
{
    static const char *const masters[] = { "cbc", "glpk" };
    struct eb_case c;
    struct solve compact, columns[2];
    char name[32];
    open_seed(&c, seed);
    snprintf(name, sizeof name, "seed %d", (int)seed);
    solve(&compact, &c, "compact", "cbc", SECONDS, seed);
    count_features(&compact);
    if (compact.plan) check_energy(c.ev, compact.plan, name);
    bool proven = compact.proof.status == AZ_PLAN_OPTIMAL;
    for (int k = 0; k < 2; k++) {
        solve(&columns[k], &c, "columns", masters[k], SECONDS, seed);
        compare(&compact, &columns[k], seed);
        if (columns[k].plan) check_energy(c.ev, columns[k].plan, name);
        proven = proven && columns[k].proof.status == AZ_PLAN_OPTIMAL;
        if (getenv("VERBOSE"))
            fprintf(stderr, "%s: compact %d [%.2f, %.2f] %.2fs, %s %d [%.2f, %.2f] %.2fs\n", name,
                    compact.proof.status, compact.proof.bound, compact.proof.objective,
                    compact.proof.seconds, masters[k], columns[k].proof.status,
                    columns[k].proof.bound, columns[k].proof.objective, columns[k].proof.seconds);
    }
    compare(&columns[0], &columns[1], seed);
    seen.both_proven += proven;
    branch(&c, masters[seed % 2], &compact, seed);
    eb_case_close(&c);
}

/* Without it both could be wrong alike, or each by itself: nothing else tests the whole of pricing,
 * master and branching against another formulation. */
START_TEST(two_methods_agree)
{
    int from = getenv("SEED") ? atoi(getenv("SEED")) : 1;
    int to = getenv("SEED") ? from : INSTANCES;
    for (int seed = from; seed <= to; seed++) check_seed((uint64_t)seed);
    printf(
        "COUNTED of %d instances: %d plans, %d infeasible; %d charged, %d discharged, %d carried, "
        "%d conceded; %d branched (%d of them to a plan); %d proven by the compact model and by "
        "columns with both masters, %d not by the compact model\n",
        to - from + 1, seen.plans, seen.infeasible, seen.charging, seen.discharging, seen.carrying,
        seen.conceding, seen.branching, seen.tree_plans, seen.both_proven, seen.unproven);
    if (getenv("SEED")) return;
    ck_assert_int_ge(seen.charging, TEST_SEEN(INSTANCES / 4));
    ck_assert_int_ge(seen.discharging, TEST_SEEN(INSTANCES / 10));
    ck_assert_int_ge(seen.carrying, TEST_SEEN(INSTANCES / 20));
    ck_assert_int_ge(seen.branching, TEST_SEEN(INSTANCES / 40));
    ck_assert_int_ge(seen.tree_plans, TEST_SEEN(INSTANCES / 50));
    ck_assert_int_ge(seen.both_proven, TEST_SEEN(INSTANCES / 10));
}
END_TEST

/* --- what carrying depends on -------------------------------------------------------------------
 */

static json_t *flat(double price, double power)
{
    json_t *step = json_pack("{s:f}", "price_jpy_per_kwh", price);
    if (power > 0) json_object_set_new(step, "power_kw", json_real(power));
    return json_pack("[o]", step);
}

static json_t *grid_of(json_t *ev, size_t g)
{
    return json_array_get(json_object_get(ev, "grids"), g);
}

static void open_json(struct eb_case *c, const json_t *json)
{
    ck_assert_int_eq(eb_case_open(c, json, NULL), AZ_OK);
    document_print(&c->findings);
    ck_assert_uint_eq(az_findings_total(&c->findings), 0);
}

/* No surplus and one flat price for everything on both grids: a round trip only loses. */
START_TEST(nothing_is_carried_for_nothing)
{
    struct eb_case c;
    struct solve s;
    json_t *json = eb_random_instance((uint64_t)_i);
    for (size_t g = 0; g < 2; g++) {
        json_object_set_new(grid_of(json, g), "supply", flat(20, 0));
        json_object_set_new(grid_of(json, g), "demand", flat(20, 500));
    }
    json_object_del(json, "storages");
    json_t *type;
    size_t i;
    json_array_foreach(json_object_get(json, "types"), i, type)
    {
        json_object_set_new(type, "end", json_string("cyclic"));
        json_object_del(type, "end_price_jpy_per_kwh");
        json_object_del(type, "end_value_jpy_per_kwh");
        json_object_set_new(type, "start_shares", json_pack("[f]", 0.5));
    }
    json_object_del(json, "buses");
    json_object_del(json, "new_buses");
    json_array_foreach(json_object_get(json, "trips"), i, type) json_object_del(type, "bus");
    open_json(&c, json);
    solve(&s, &c, "columns", "cbc", 3, (uint64_t)_i);
    if (s.plan && s.proof.status == AZ_PLAN_OPTIMAL)
        ck_assert_double_le(s.plan->summary->discharged_kwh, GAP); /* within the gap */
    eb_case_close(&c);
    json_decref(json);
}
END_TEST

/* A day with free energy above and a dear demand below: one bus, as the battery and the chargers
 * are. */
static double value_of(double battery, double kw)
{
    struct eb_case c;
    struct solve s;
    json_t *json = eb_random_instance(1);
    json_t *up =
        json_pack("{s:s,s:s,s:i,s:f}", "id", "up", "place", "upper", "count", 1, "charge_kw", kw);
    json_t *low = json_pack("{s:s,s:s,s:i,s:f,s:f}", "id", "low", "place", "lower", "count", 1,
                            "charge_kw", kw, "discharge_kw", kw);
    json_object_set_new(json, "chargers", json_pack("[oo]", up, low));
    json_object_set_new(grid_of(json, 0), "supply", flat(0.1, 0));
    json_object_del(grid_of(json, 0), "demand");
    json_object_set_new(grid_of(json, 1), "supply", flat(30, 0));
    json_object_set_new(grid_of(json, 1), "demand", flat(29, 500));
    const char *const gone[] = { "buses", "new_buses", "converters", "storages", "drivers" };
    for (size_t i = 0; i < 5; i++) json_object_del(json, gone[i]);
    json_t *item;
    size_t i;
    json_array_foreach(json_object_get(json, "trips"), i, item)
    {
        json_object_del(item, "bus");
        json_object_del(item, "types");
        json_object_del(item, "energy");
    }
    json_array_foreach(json_object_get(json, "places"), i, item)
    {
        json_object_del(item, "power_limit_kw");
        json_object_del(item, "delivery_limit_kw");
    }
    json_object_set_new(json, "types",
                        json_pack("[{s:s,s:f,s:[f],s:f,s:i,s:[{s:f,s:f}]}]", "id", "large",
                                  "battery_kwh", battery, "start_shares", 200 / battery,
                                  "cost_jpy_per_day", 100.0, "count", 1, "consumption",
                                  "temperature_c", 15.0, "kwh_per_km", 1.0));
    open_json(&c, json);
    solve(&s, &c, "columns", "cbc", 3, 1);
    ck_assert_ptr_nonnull(s.plan);
    ck_assert_double_eq(s.judgement.penalty, 0);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    double objective = s.proof.objective;
    eb_case_close(&c);
    json_decref(json);
    return objective;
}

/* With a large surplus charger power and layover, not the battery, limit what is carried. */
START_TEST(chargers_and_layovers_limit_carrying)
{
    double small = value_of(500, 30), large = value_of(1000, 30), strong = value_of(1000, 60);
    ck_assert_double_eq_tol(small, large, 2 * GAP);
    ck_assert_double_lt(strong, large - 10 * GAP);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_properties");
    TCase *cases = tcase_create("properties");
    tcase_set_timeout(cases, 600);
    tcase_add_test(cases, two_methods_agree);
    tcase_add_loop_test(cases, nothing_is_carried_for_nothing, 1, 1 + TEST_SOME(20));
    tcase_add_test(cases, chargers_and_layovers_limit_carrying);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
