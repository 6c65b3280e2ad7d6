/* test_siting_deliver.c - customers served from chosen sites: optima, bounds, limits, deadlines. */
#include <check.h>
#include <math.h>
#include <stdio.h>
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
            json_object_set_new(option, "capacity", json_real(2 + whole(random, 12)));
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
        json_t *site = json_pack(
            "{s:s, s:s, s:s, s:o}", "id", id, "kind", kinds[az_random_below(random, 2)], "district",
            districts[az_random_below(random, 2)], "options", random_options(random, features));
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
    size_t n = 1 + az_random_below(random, 6), m = 1 + az_random_below(random, 7);
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
        st_case_open_good(&c, json, "random");
        double optimum = compact(c.in, engine);
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

int main(void)
{
    Suite *suite = suite_create("siting_deliver");
    TCase *tests = tcase_create("siting_deliver");
    tcase_add_loop_test(tests, optima_are_those_of_the_compact_model, 0, 8);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
