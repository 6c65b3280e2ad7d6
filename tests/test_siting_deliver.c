/* test_siting_deliver.c - customers served from chosen sites: optima, bounds, limits, deadlines. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "formulations/siting/deliver.h"
#include "tests/support/engines.h"
#include "tests/support/public_data.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

#define NEAR(value) (1e-6 * fmax(1, fabs(value)))

/* --- a run --------------------------------------------------------------------------------------
 */

/* Plans as the judge sees them. */
struct judged {
    const struct st_instance *in;
    double best, optimum; /* optimum: NAN, or no bound may pass it */
    size_t plans;
    const struct az_run *run;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct judged *judged = data;
    struct az_judgement judgement = { 0 };
    struct az_arena *arena = az_arena_new(NULL);
    ck_assert_int_eq(st_evaluate(judged->in, plan, arena, &judgement), AZ_OK);
    for (size_t i = 0; i < judgement.violations.count; i++)
        ck_abort_msg("%s", az_breach_words(&judgement.violations.items[i], AZ_ENGLISH, arena));
    ck_assert(judgement.penalty == 0);
    *objective = judgement.cost;
    az_arena_free(arena);
    judged->plans++;
    *kept = *objective < judged->best;
    if (*kept) judged->best = *objective;
    if (!isnan(judged->optimum))
        ck_assert_double_le(judged->run->bound, judged->optimum + NEAR(judged->optimum));
    return AZ_OK;
}

struct solved {
    struct judged judged;
    struct az_run run;
    struct az_proof proof;
    struct az_context context;
};

/* Solves an instance within the gaps; every plan passes the judge, and no bound the optimum. */
static void solve(struct solved *s, struct st_case *c, double gap, double optimum)
{
    struct st_values *values;
    struct az_run_options options = { AZ_MINIMIZE, gap, 0, 1 };
    bool applies;
    if (!s->context.clock.seconds) s->context = az_context_default();
    s->judged = (struct judged){ c->in, INFINITY, optimum, 0, &s->run };
    struct az_context plain = az_context_default();
    ck_assert_int_eq(st_values_new(c->in, &plain, 1, c->arena, &values), AZ_OK);
    az_run_begin(&s->run, &s->context, NULL, &options);
    s->run.judge = judge;
    s->run.data = &s->judged;
    ck_assert_int_eq(st_deliver_solve(c->in, values, &s->run, c->arena, &applies), AZ_OK);
    ck_assert(applies);
    ck_assert_int_eq(az_run_proof(&s->run, &s->proof), AZ_OK);
}

/* --- the compact model --------------------------------------------------------------------------
 */

static size_t add_choice(struct az_model *model, const struct st_instance *in, size_t column[])
{
    size_t count = 0;
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        az_row(model, site->decision == ST_IN ? 1 : 0, 1, NULL);
        for (size_t o = 0; o < site->option_count; o++) {
            bool out =
                site->decision == ST_OUT ||
                (site->decided_option && strcmp(site->decided_option, site->option[o].id) != 0);
            column[count] = az_column(model, 0, out ? 0 : 1, site->option[o].capex_jpy, true, NULL);
            az_entry(model, column[count++], 1);
        }
    }
    return count;
}

static void add_numbers(struct az_model *model, const struct st_instance *in, const size_t column[])
{
    for (size_t i = 0; i < in->limits.count; i++) {
        const struct st_limit *limit = &in->limits.items[i];
        size_t at = 0;
        az_row(model, isnan(limit->min) ? -INFINITY : limit->min,
               isnan(limit->max) ? INFINITY : limit->max, NULL);
        for (size_t s = 0; s < in->sites.count; s++) {
            const struct st_site *site = &in->sites.items[s];
            bool of = (limit->kind < 0 || limit->kind == site->kind) &&
                      (!limit->district.id ||
                       (site->district.id && strcmp(site->district.id, limit->district.id) == 0));
            for (size_t o = 0; o < site->option_count; o++, at++)
                if (of) az_entry(model, column[at], 1);
        }
    }
}

/* The optimum of everything at once by an engine; INFINITY when there is no plan. */
static double compact(const struct st_instance *in, const struct az_engine *engine)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    struct az_context context = az_context_default();
    struct az_mip_options options = {
        .gap = 1e-9, .gap_abs = 1e-7, .cutoff = NAN, .heuristic_effort = 0.5
    };
    struct az_solve_result result;
    size_t column[64], share[8][8], n = in->sites.count, m = in->customers.count, at = 0;
    void *session;
    add_choice(model, in, column);
    add_numbers(model, in, column);
    for (size_t c = 0; c < m; c++) {
        az_row(model, 1, 1, NULL);
        for (size_t s = 0; s < n; s++) {
            double cost = in->delivery_jpy.values[c * n + s];
            share[c][s] =
                az_column(model, 0, isnan(cost) ? 0 : 1, isnan(cost) ? 0 : cost, false, NULL);
            az_entry(model, share[c][s], 1);
        }
    }
    for (size_t s = 0; s < n; s++) {
        const struct st_site *site = &in->sites.items[s];
        for (size_t c = 0; c < m; c++) {
            az_row(model, -INFINITY, 0, NULL);
            az_entry(model, share[c][s], 1);
            for (size_t o = 0; o < site->option_count; o++) az_entry(model, column[at + o], -1);
        }
        az_row(model, -INFINITY, 0, NULL);
        for (size_t c = 0; c < m; c++) az_entry(model, share[c][s], in->customers.items[c].amount);
        for (size_t o = 0; o < site->option_count; o++, at++)
            az_entry(model, column[at],
                     isnan(site->option[o].capacity) ? -1e4 : -site->option[o].capacity);
    }
    ck_assert_int_eq(az_model_finish(model), AZ_OK);
    ck_assert_int_eq(engine->open(model, &context, &session), AZ_OK);
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    engine->close(session);
    az_arena_free(arena);
    ck_assert(result.status == AZ_SOLVE_OPTIMAL || result.status == AZ_SOLVE_INFEASIBLE);
    return result.status == AZ_SOLVE_OPTIMAL ? result.objective : INFINITY;
}

/* --- random instances ---------------------------------------------------------------------------
 */

static double whole(struct az_random *random, uint64_t below)
{
    return (double)az_random_below(random, below);
}

static bool one_in(struct az_random *random, uint64_t n)
{
    return az_random_below(random, n) == 0;
}

static json_t *random_options(struct az_random *random, int features)
{
    json_t *options = json_array();
    size_t count = features & 1 ? 1 + az_random_below(random, 3) : 1;
    for (size_t o = 0; o < count; o++) {
        char id[32];
        snprintf(id, sizeof id, "o%zu", o);
        json_t *option = json_pack("{s:s, s:f}", "id", id, "capex_jpy",
                                   features & 2 ? whole(random, 60) : 100 * az_random_unit(random));
        if (features & 4 && !one_in(random, 6))
            json_object_set_new(option, "capacity",
                                json_real(one_in(random, 9) ? 0 : 2 + whole(random, 12)));
        json_array_append_new(options, option);
    }
    return options;
}

static json_t *random_sites(struct az_random *random, size_t n, int features)
{
    static const char *const kinds[] = { "house", "factory" }, *const districts[] = { "d0", "d1" };
    json_t *sites = json_array();
    for (size_t s = 0; s < n; s++) {
        char id[32];
        snprintf(id, sizeof id, "s%zu", s);
        json_t *site = json_pack("{s:s, s:s, s:s, s:o}", "id", id, "kind",
                                 kinds[s < 2 ? s : az_random_below(random, 2)], "district",
                                 districts[s < 2 ? s : az_random_below(random, 2)], "options",
                                 random_options(random, features));
        if (features & 8 && one_in(random, 5)) {
            bool in = one_in(random, 2);
            json_object_set_new(site, "decision", json_string(in ? "in" : "out"));
            if (in && one_in(random, 3))
                json_object_set_new(site, "decided_option", json_string("o0"));
        }
        json_array_append_new(sites, site);
    }
    return sites;
}

static void add_limit(json_t *limits, struct az_random *random, const char *member,
                      const char *value, size_t most)
{
    char id[32];
    snprintf(id, sizeof id, "l%zu", json_array_size(limits));
    json_t *limit = json_pack("{s:s, s:s}", "id", id, "what", "count");
    double low = whole(random, most), high = low + whole(random, most);
    if (member) json_object_set_new(limit, member, json_string(value));
    bool least = one_in(random, 2);
    if (least) json_object_set_new(limit, "min", json_real(low));
    if (!least || one_in(random, 2)) json_object_set_new(limit, "max", json_real(high));
    json_array_append_new(limits, limit);
}

static json_t *random_limits(struct az_random *random, size_t n, int features)
{
    json_t *limits = json_array();
    if (features & 16) add_limit(limits, random, NULL, NULL, n);
    if (features & 32) add_limit(limits, random, "kind", "house", 3);
    if (features & 32 && one_in(random, 2)) add_limit(limits, random, "kind", "factory", 3);
    if (features & 64) add_limit(limits, random, "district", "d0", 3);
    return limits;
}

/* features: 1 sizes, 2 whole costs, 4 capacities, 8 decisions, 16 numbers in all, 32 of kinds, 64
 * of a district, 128 deliveries that cannot be. */
static json_t *random_instance(struct az_random *random, int features)
{
    size_t n = 2 + az_random_below(random, 5), m = 1 + az_random_below(random, 7);
    json_t *customers = json_array(), *matrix = json_array();
    for (size_t c = 0; c < m; c++) {
        char id[32];
        snprintf(id, sizeof id, "c%zu", c);
        json_array_append_new(customers, json_pack("{s:s, s:f}", "id", id, "amount",
                                                   one_in(random, 6) ? 0 : 1 + whole(random, 5)));
        json_t *row = json_array();
        for (size_t s = 0; s < n; s++)
            json_array_append_new(row, features & 128 && one_in(random, 4)
                                           ? json_null()
                                           : json_real(features & 2 ? whole(random, 40)
                                                                    : 40 * az_random_unit(random)));
        json_array_append_new(matrix, row);
    }
    return json_pack("{s:s, s:i, s:i, s:s, s:[{s:s}, {s:s}], s:o, s:o, s:o, s:o}", "kind", "siting",
                     "first_year", 2026, "years", 1, "mode", "exact", "districts", "id", "d0", "id",
                     "d1", "sites", random_sites(random, n, features), "limits",
                     random_limits(random, n, features), "customers", customers, "delivery_jpy",
                     matrix);
}

/* The next one that validating takes. */
static void open_valid(struct st_case *c, struct az_random *random, int features)
{
    for (;;) {
        json_t *json = random_instance(random, features);
        ck_assert_int_eq(st_case_open(c, json, NULL), AZ_OK);
        json_decref(json);
        if (az_findings_total(&c->findings) == 0) return;
        st_case_close(c);
    }
}

/* Every feature alone and together: the optimum is that of the compact model, proven, no bound on
 * the way passes it, and what has no plan is proven to have none. */
START_TEST(optima_are_those_of_the_compact_model)
{
    struct az_random random;
    size_t infeasible = 0;
    const struct az_engine *engine = engine_at(_i % engine_count());
    az_random_seed(&random, 77 + (uint64_t)_i);
    for (int k = 0; k < TEST_SOME(60); k++) {
        struct st_case c;
        struct solved s = { 0 };
        json_t *json = random_instance(&random, (int)az_random_below(&random, 256));
        ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
        double optimum = compact(c.in, engine);
        /* What validating refuses has no plan. */
        if (az_findings_total(&c.findings) > 0 && optimum < INFINITY)
            ck_abort_msg("%s has a plan of %g", c.findings.items[0].code->code, optimum);
        solve(&s, &c, 0, optimum == INFINITY ? NAN : optimum);
        if (optimum == INFINITY) {
            if (s.proof.status != AZ_PLAN_INFEASIBLE) {
                json_dumpf(json, stdout, JSON_INDENT(1));
                ck_abort_msg("case %d is infeasible", k);
            }
            infeasible++;
        } else if (s.proof.status != AZ_PLAN_OPTIMAL ||
                   fabs(s.proof.objective - optimum) > NEAR(optimum)) {
            json_dumpf(json, stdout, JSON_INDENT(1));
            ck_abort_msg("case %d: %s %.9g, optimum %.9g", k, az_plan_status_code(s.proof.status),
                         s.proof.objective, optimum);
        }
        json_decref(json);
        st_case_close(&c);
    }
    ck_assert_uint_lt(infeasible, (size_t)TEST_SOME(60) / 2 + 2);
}
END_TEST

/* --- what is stated -----------------------------------------------------------------------------
 */

/* Two sites with room for three each and three customers of two: somebody is served by both.
 * Single sourcing, or a capacity that counts customers, would have no plan. */
START_TEST(a_customer_is_shared_where_capacities_demand_it)
{
    struct st_case c;
    struct solved s = { 0 };
    json_t *json = json_pack(
        "{s:s, s:i, s:i, s:s, s:[{s:s, s:s, s:[{s:s, s:i, s:i}]}, {s:s, s:s, s:[{s:s, s:i, s:i}]}],"
        " s:[{s:s, s:i}, {s:s, s:i}, {s:s, s:i}], s:[[i, i], [i, i], [i, i]]}",
        "kind", "siting", "first_year", 2026, "years", 1, "mode", "exact", "sites", "id", "a",
        "kind", "public", "options", "id", "o", "capex_jpy", 10, "capacity", 3, "id", "b", "kind",
        "public", "options", "id", "o", "capex_jpy", 20, "capacity", 3, "customers", "id", "x",
        "amount", 2, "id", "y", "amount", 2, "id", "z", "amount", 2, "delivery_jpy", 1, 9, 3, 5, 8,
        2);
    st_case_open_good(&c, json, "shared");
    json_decref(json);
    solve(&s, &c, 0, 38);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq_tol(s.proof.objective, 30 + 1 + (3 + 5) / 2.0 + 2, 1e-6);
    const struct st_plan *plan = s.run.plan;
    ck_assert_uint_eq(plan->choices.count, 2);
    ck_assert_uint_eq(plan->served.count, 4);
    st_case_close(&c);
}
END_TEST

/* A plan within the gap that is asked for is enough, and the proof says no more than that. */
START_TEST(a_gap_is_kept)
{
    struct az_random random;
    az_random_seed(&random, 5);
    for (int k = 0; k < TEST_SOME(20); k++) {
        struct st_case c;
        struct solved exact = { 0 }, near = { 0 };
        open_valid(&c, &random, k % 2 ? 5 : 0);
        solve(&exact, &c, 0, NAN);
        if (exact.proof.status == AZ_PLAN_OPTIMAL) {
            solve(&near, &c, 0.1, exact.proof.objective);
            ck_assert_int_eq(near.proof.status, AZ_PLAN_OPTIMAL);
            ck_assert_double_le(near.proof.gap, 0.1);
            ck_assert_double_le(near.proof.bound,
                                exact.proof.objective + NEAR(exact.proof.objective));
        }
        st_case_close(&c);
    }
}
END_TEST

/* A plan that is there already is never thrown away: even when there is no time for a step, what
 * the run ends with is as good. */
START_TEST(the_search_begins_from_the_plan_of_the_run)
{
    struct az_random random;
    az_random_seed(&random, 8);
    for (int k = 0; k < TEST_SOME(10); k++) {
        struct st_case c;
        struct solved s = { 0 };
        struct st_values *values;
        struct az_run_options options = { AZ_MINIMIZE, 0, 0, 1 };
        struct az_context context = az_context_default();
        bool applies;
        open_valid(&c, &random, k % 2 ? 4 : 0);
        solve(&s, &c, 0, NAN);
        const void *plan = s.run.plan;
        double objective = s.proof.objective;
        if (!plan) {
            st_case_close(&c);
            continue;
        }
        s.judged = (struct judged){ c.in, INFINITY, objective, 0, &s.run };
        az_run_begin(&s.run, &context, NULL, &options);
        s.run.judge = judge;
        s.run.data = &s.judged;
        ck_assert_int_eq(az_run_offer(&s.run, plan), AZ_OK);
        ck_assert_int_eq(st_values_new(c.in, &context, 1, c.arena, &values), AZ_OK);
        ck_assert_int_eq(st_deliver_solve(c.in, values, &s.run, c.arena, &applies), AZ_OK);
        ck_assert_int_eq(az_run_proof(&s.run, &s.proof), AZ_OK);
        ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
        ck_assert_double_eq_tol(s.proof.objective, objective, NEAR(objective));
        ck_assert_uint_le(s.judged.plans, 2); /* the start, and the same again */
        st_case_close(&c);
    }
}
END_TEST

/* Rows, levels or objectives that this solver does not know would be broken in silence. */
START_TEST(other_problems_are_left_alone)
{
    struct az_random random;
    struct st_case c;
    az_random_seed(&random, 6);
    open_valid(&c, &random, 16);
    struct st_instance *in = c.in;
    ck_assert(st_deliver_applies(in));
    in->objective = ST_PEOPLE;
    ck_assert(!st_deliver_applies(in));
    in->objective = ST_COST;
    in->budgets.count = 1;
    ck_assert(!st_deliver_applies(in));
    in->budgets.count = 0;
    in->feeders.count = 1;
    ck_assert(!st_deliver_applies(in));
    in->feeders.count = 0;
    in->limits.items[0].what = ST_PV_KW;
    ck_assert(!st_deliver_applies(in));
    in->limits.items[0].what = ST_COUNT;
    in->limits.items[0].shortfall_jpy = 5;
    ck_assert(st_deliver_applies(in)); /* exact: nothing is priced */
    in->mode = ST_SERVICE;
    ck_assert(!st_deliver_applies(in));
    in->limits.items[0].shortfall_jpy = NAN;
    ck_assert(st_deliver_applies(in));
    in->districts.items[0].must_be_covered = 1;
    ck_assert(!st_deliver_applies(in));
    in->districts.items[0].must_be_covered = 0;
    in->customers.count = 0;
    ck_assert(!st_deliver_applies(in));
    st_case_close(&c);
}
END_TEST

/* --- stopping -----------------------------------------------------------------------------------
 */

/* So many sites and customers on a plane, with capacities that bind. */
static json_t *plane(size_t n, size_t m, bool capacities)
{
    struct az_random random;
    az_random_seed(&random, 9);
    json_t *sites = json_array(), *customers = json_array(), *matrix = json_array();
    double *x = malloc(2 * (n + m) * sizeof *x);
    for (size_t i = 0; i < 2 * (n + m); i++) x[i] = 100 * az_random_unit(&random);
    for (size_t s = 0; s < n; s++) {
        char id[32];
        snprintf(id, sizeof id, "s%zu", s);
        json_t *option =
            json_pack("{s:s, s:f}", "id", "o", "capex_jpy", 300 + 200 * az_random_unit(&random));
        if (capacities)
            json_object_set_new(option, "capacity",
                                json_real((double)m * (0.05 + 0.2 * az_random_unit(&random))));
        json_array_append_new(
            sites, json_pack("{s:s, s:s, s:[o]}", "id", id, "kind", "public", "options", option));
    }
    for (size_t c = 0; c < m; c++) {
        char id[32];
        snprintf(id, sizeof id, "c%zu", c);
        json_array_append_new(
            customers, json_pack("{s:s, s:f}", "id", id, "amount", 0.5 + az_random_unit(&random)));
        json_t *row = json_array();
        for (size_t s = 0; s < n; s++)
            json_array_append_new(row, json_real(hypot(x[2 * s] - x[2 * (n + c)],
                                                       x[2 * s + 1] - x[2 * (n + c) + 1])));
        json_array_append_new(matrix, row);
    }
    free(x);
    return json_pack("{s:s, s:i, s:i, s:s, s:o, s:o, s:o}", "kind", "siting", "first_year", 2026,
                     "years", 1, "mode", "exact", "sites", sites, "customers", customers,
                     "delivery_jpy", matrix);
}

struct stopper {
    size_t asked, after; /* says yes from that question on; how often it has said yes */
    size_t yes;
};

static bool stop_after(void *data)
{
    struct stopper *stopper = data;
    if (++stopper->asked <= stopper->after) return false;
    stopper->yes++;
    return true;
}

/* A cancel at any moment ends the run within a few steps, with a plan that the judge accepts when
 * there is one, a bound that is true, and no proof of what was not done. */
START_TEST(a_cancel_ends_it_at_any_moment)
{
    static const size_t after[] = { 0, 3, 70, 300, 1000, 2500 };
    struct st_case c;
    json_t *json = plane(30, 60, _i == 1);
    struct solved whole = { 0 };
    st_case_open_good(&c, json, "plane");
    json_decref(json);
    solve(&whole, &c, 0, NAN);
    ck_assert_int_eq(whole.proof.status, AZ_PLAN_OPTIMAL);
    for (size_t k = 0; k < sizeof after / sizeof after[0]; k++) {
        struct stopper stopper = { .after = after[k] };
        struct solved s = { .context = az_context_default() };
        s.context.cancelled = stop_after;
        s.context.data = &stopper;
        solve(&s, &c, 0, whole.proof.objective);
        if (stopper.yes == 0) continue;
        ck_assert_uint_lt(stopper.yes, 20);
        ck_assert_int_eq(s.proof.stopped, AZ_STOP_CANCEL);
        ck_assert(s.proof.status == AZ_PLAN_FEASIBLE || s.proof.status == AZ_PLAN_NONE);
        ck_assert_double_le(s.proof.bound, whole.proof.objective + NEAR(whole.proof.objective));
    }
    st_case_close(&c);
}
END_TEST

/* Ties and random keys that hang on addresses or clocks would give another plan each time. */
START_TEST(the_same_instance_gives_the_same_plan)
{
    json_t *json = plane(20, 50, true);
    struct st_case a, b;
    struct solved first = { 0 }, second = { 0 };
    st_case_open_good(&a, json, "plane");
    st_case_open_good(&b, json, "plane");
    json_decref(json);
    solve(&first, &a, 0, NAN);
    solve(&second, &b, 0, NAN);
    ck_assert_int_eq(first.run.work, second.run.work);
    ck_assert_uint_eq(first.judged.plans, second.judged.plans);
    ck_assert(az_equal(&st_plan_table, first.run.plan, second.run.plan));
    st_case_close(&a);
    st_case_close(&b);
}
END_TEST

/* --- public cases -------------------------------------------------------------------------------
 */

static const struct {
    const char *format, *file;
    double optimum;
} public_cases[] = {
    { "orlib-cap", "cap/cap41.txt", 1040444.375 },
    { "orlib-cap", "cap/cap42.txt", 1098000.450 },
    { "orlib-cap", "cap/cap43.txt", 1153000.450 },
    { "orlib-cap", "cap/cap44.txt", 1235500.450 },
    { "orlib-cap", "cap/cap51.txt", 1025208.225 },
    { "orlib-cap", "cap/cap61.txt", 932615.750 },
    { "orlib-cap", "cap/cap62.txt", 977799.400 },
    { "orlib-cap", "cap/cap63.txt", 1014062.050 },
    { "orlib-cap", "cap/cap64.txt", 1045650.250 },
    { "orlib-cap", "cap/cap71.txt", 932615.750 },
    { "orlib-cap", "cap/cap72.txt", 977799.400 },
    { "orlib-cap", "cap/cap73.txt", 1010641.450 },
    { "orlib-cap", "cap/cap74.txt", 1034976.975 },
    { "pmed", "pmed/pmed1.txt", 5819 },
    { "pmed", "pmed/pmed2.txt", 4093 },
    { "pmed", "pmed/pmed3.txt", 4250 },
    { "pmed", "pmed/pmed4.txt", 3034 },
    { "pmed", "pmed/pmed5.txt", 1355 },
    { "pmed", "pmed/pmed7.txt", 5631 },
};

/* Optima that others have proven; on the way no bound passes them. */
START_TEST(public_optima_are_proven)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    json_t *document = NULL;
    struct st_case c;
    struct solved s = { 0 };
    az_findings_init(&findings, arena, 0);
    const char *path =
        public_data(arena, az_arena_format(arena, "siting/%s", public_cases[_i].file));
    if (path) {
        az_inputs_add_file(&inputs, path, arena, &findings);
        struct az_import call = { .inputs = inputs.items, .input_count = inputs.count };
        az_import_find(public_cases[_i].format)->read(&call, arena, &findings, &document);
        st_case_open_good(&c, document, path);
        json_decref(document);
        solve(&s, &c, 1e-9, public_cases[_i].optimum);
        ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
        ck_assert_double_eq_tol(s.proof.objective, public_cases[_i].optimum,
                                1e-8 * public_cases[_i].optimum);
        st_case_close(&c);
    }
    az_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_deliver");
    TCase *tests = tcase_create("siting_deliver");
    tcase_add_loop_test(tests, optima_are_those_of_the_compact_model, 0, 8);
    tcase_add_test(tests, a_customer_is_shared_where_capacities_demand_it);
    tcase_add_test(tests, a_gap_is_kept);
    tcase_add_test(tests, the_search_begins_from_the_plan_of_the_run);
    tcase_add_test(tests, other_problems_are_left_alone);
    tcase_add_loop_test(tests, a_cancel_ends_it_at_any_moment, 0, 2);
    tcase_add_test(tests, the_same_instance_gives_the_same_plan);
    tcase_add_loop_test(tests, public_optima_are_proven, 0,
                        sizeof public_cases / sizeof public_cases[0]);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
