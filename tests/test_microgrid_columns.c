/* test_microgrid_columns.c - the exact pricing of one unit against its compact model, and whole
 * instances by columns against the compact MILP. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "adapters/json/json.h"
#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/mg_case.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

/* A unit by itself on a grid that asks for reserve, with prices. */
struct lone {
    struct az_arena *arena;
    struct mg_instance mg;
    struct mg_unit unit;
    struct mg_grid grid;
    double energy[24], reserve[24], down[24], on[24], required[24], available[24];
    signed char state[24];
};

static double uniform(struct az_random *random, double low, double high)
{
    return low + (high - low) * az_random_unit(random);
}

static bool coin(struct az_random *random, double share)
{
    return az_random_unit(random) < share;
}

static size_t below(struct az_random *random, size_t n)
{
    return (size_t)(az_random_unit(random) * (double)n);
}

static void random_curve(struct lone *l, struct az_random *random)
{
    struct mg_unit *unit = &l->unit;
    size_t count = 1 + below(random, 5);
    double kw = coin(random, 0.2) ? 0 : floor(uniform(random, 20, 100));
    double cost = floor(uniform(random, 0, 3000)), slope = uniform(random, 5, 25);
    unit->point_count = count;
    unit->point_kw = AZ_ARRAY(l->arena, count, double);
    unit->point_jpy_per_h = AZ_ARRAY(l->arena, count, double);
    for (size_t k = 0; k < count; k++) {
        unit->point_kw[k] = kw;
        unit->point_jpy_per_h[k] = cost;
        double width = floor(uniform(random, 10, 80));
        kw += width;
        cost += slope * width;
        slope += uniform(random, 0, 8);
    }
    unit->p_min_kw = unit->point_kw[0];
    unit->p_max_kw = unit->point_kw[count - 1];
}

static void random_limits(struct lone *l, struct az_random *random)
{
    struct mg_unit *unit = &l->unit;
    double range = unit->p_max_kw - unit->p_min_kw;
    unit->ramp_up_kw = coin(random, 0.3) ? INFINITY : floor(uniform(random, 0.05, 1.1) * range);
    unit->ramp_down_kw = coin(random, 0.3) ? INFINITY : floor(uniform(random, 0.05, 1.1) * range);
    unit->start_kw = unit->p_min_kw + (coin(random, 0.4) ? range : uniform(random, 0, 1) * range);
    unit->stop_kw = unit->p_min_kw + (coin(random, 0.4) ? range : uniform(random, 0, 1) * range);
    unit->min_up = 1 + below(random, 4);
    unit->min_down = 1 + below(random, 4);
    unit->stop_cost_jpy = coin(random, 0.5) ? floor(uniform(random, 0, 800)) : 0;
    unit->usable = true;
    unit->gives_reserve = coin(random, 0.8);
    unit->must_run = coin(random, 0.05);
    unit->tier_count = below(random, 4);
    unit->tier_lag = AZ_ARRAY(l->arena, unit->tier_count, size_t);
    unit->tier_cost = AZ_ARRAY(l->arena, unit->tier_count, double);
    size_t lag = 1 + below(random, unit->min_down);
    double cost = floor(uniform(random, 0, 1500));
    for (size_t k = 0; k < unit->tier_count; k++) {
        unit->tier_lag[k] = lag;
        unit->tier_cost[k] = cost;
        lag += 1 + below(random, 5);
        cost += floor(uniform(random, 0, 1500));
    }
}

static void random_state(struct lone *l, struct az_random *random)
{
    struct mg_unit *unit = &l->unit;
    size_t T = l->mg.T;
    unit->on0 = coin(random, 0.5);
    unit->slots0 = coin(random, 0.2) ? MG_LONG : 1 + below(random, 6);
    if (unit->on0)
        unit->power0_kw =
            unit->p_min_kw + az_random_unit(random) * (unit->p_max_kw - unit->p_min_kw);
    for (size_t t = 0; t < T; t++) l->available[t] = 1;
    size_t least = unit->on0 ? unit->min_up : unit->min_down;
    size_t left = least > unit->slots0 ? least - unit->slots0 : 0;
    if (left > T) left = T;
    unit->fixed_on = unit->on0 ? left : 0;
    unit->fixed_off = unit->on0 ? 0 : left;
    if (unit->fixed_off > 0) unit->must_run = 0;
    if (coin(random, 0.3)) {
        size_t first = unit->fixed_on + below(random, T), length = 1 + below(random, 4);
        for (size_t t = first; t < first + length && t < T; t++) l->available[t] = 0;
        unit->available = (struct az_series){ .count = T, .values = l->available };
        unit->must_run = 0;
    }
}

static void random_lone(struct lone *l, struct az_random *random)
{
    memset(l, 0, sizeof *l);
    l->arena = az_arena_new(NULL);
    l->mg.T = 6 + below(random, 10);
    l->mg.slots = (int64_t)l->mg.T;
    l->mg.dt = coin(random, 0.5) ? 0.5 : 1;
    l->mg.mode = MG_EXACT;
    l->mg.tier_rule = coin(random, 0.5) ? MG_TIER_PGLIB : MG_TIER_PHYSICAL;
    l->mg.units.items = &l->unit;
    l->mg.units.count = 1;
    l->mg.grids.items = &l->grid;
    l->mg.grids.count = 1;
    l->mg.cut = AZ_ARRAY(l->arena, l->mg.T, bool);
    l->grid.reserve_price_jpy_per_kwh = NAN;
    random_curve(l, random);
    random_limits(l, random);
    random_state(l, random);
    double base = uniform(random, 10, 40) * l->mg.dt, spread = uniform(random, 0, 1.2);
    for (size_t t = 0; t < l->mg.T; t++) {
        l->required[t] = coin(random, 0.8) ? 1e-12 : 0; /* reserve counts, none is needed */
        l->energy[t] = base * uniform(random, 1 - spread, 1 + spread);
        l->reserve[t] = coin(random, 0.6) ? uniform(random, 0, 0.7) * base : 0;
        l->down[t] = coin(random, 0.4) ? uniform(random, 0, 0.7) * base : 0;
        if (!(l->required[t] > 0)) l->reserve[t] = l->down[t] = -1;
        l->on[t] = coin(random, 0.2) ? uniform(random, -900, 900) : 0;
        int forced = mg_forced(&l->unit, t);
        l->state[t] = (signed char)(forced < 0 && coin(random, 0.05) ? coin(random, 0.5) : forced);
    }
    l->grid.reserve_up_kw = (struct az_series){ .count = l->mg.T, .values = l->required };
    l->grid.reserve_down_kw = l->grid.reserve_up_kw;
    l->grid.reserve_down_price_jpy_per_kwh = NAN;
}

static void price_column(struct mg_model *m, struct mg_term term, double price)
{
    if (term.column == AZ_NO_INDEX)
        az_add_offset(m->lp, -price * term.value);
    else
        az_add_cost(m->lp, term.column, -price);
}

/* The compact model of the unit at the prices: INFINITY when it has no schedule. */
static double compact(struct lone *l, const struct az_engine *engine)
{
    struct mg_decisions decisions;
    struct mg_model *m;
    struct az_solve_result result = { .objective = INFINITY };
    struct az_context context = az_context_default();
    void *session;
    ck_assert_int_eq(mg_decisions_new(&l->mg, l->arena, &decisions), AZ_OK);
    memcpy(decisions.unit, l->state, l->mg.T);
    struct mg_build build = { .decisions = &decisions, .penalty_limit = INFINITY };
    enum az_status status = mg_model_new(&l->mg, &build, &m);
    ck_assert_int_eq(status, AZ_OK);
    for (size_t t = 0; t < l->mg.T; t++) {
        price_column(m, m->on[t], l->on[t] + l->energy[t] * l->unit.p_min_kw);
        for (size_t k = 0; k + 1 < l->unit.point_count && m->segment[t] != AZ_NO_INDEX; k++)
            az_add_cost(m->lp, m->segment[t] + k, -l->energy[t]);
        if (m->reserve[t] != AZ_NO_INDEX) az_add_cost(m->lp, m->reserve[t], -l->reserve[t]);
        if (m->reserve_down[t] != AZ_NO_INDEX) az_add_cost(m->lp, m->reserve_down[t], -l->down[t]);
        if (m->reserve_down_row[t] != AZ_NO_INDEX)
            az_row_sides(m->lp, m->reserve_down_row[t], -INFINITY, INFINITY);
        if (m->balance[t] != AZ_NO_INDEX) az_row_sides(m->lp, m->balance[t], -INFINITY, INFINITY);
        if (m->reserve_row[t] != AZ_NO_INDEX)
            az_row_sides(m->lp, m->reserve_row[t], -INFINITY, INFINITY);
    }
    ck_assert_int_eq(az_model_finish(m->lp), AZ_OK);
    ck_assert_int_eq(engine->open(m->lp, &context, &session), AZ_OK);
    struct az_mip_options options = { .cutoff = NAN };
    ck_assert_int_eq(engine->solve_mip(session, &options, &result), AZ_OK);
    engine->close(session);
    bool found = result.status == AZ_SOLVE_OPTIMAL && !m->conflict;
    double value = found ? result.objective : INFINITY;
    mg_model_free(m);
    return value;
}

/* What of the schedule breaks a rule of the unit; NULL: nothing. And its reduced cost by hand. */
static const char *wrong(const struct lone *l, const struct mg_schedule *s, double *reduced)
{
    const struct mg_unit *u = &l->unit;
    double before = u->on0 ? u->power0_kw - u->p_min_kw : 0, fit = 1e-6 * fmax(1, u->p_max_kw);
    bool on = u->on0;
    *reduced = s->cost;
    for (size_t t = 0; t < l->mg.T; t++) {
        double q = s->on[t] ? s->power[t] - u->p_min_kw : 0, r = s->reserve[t];
        double low = s->reserve_down[t];
        bool stops = t + 1 < l->mg.T && s->on[t] && !s->on[t + 1];
        if (l->state[t] >= 0 && l->state[t] != s->on[t]) return "decision";
        if (!s->on[t] && (s->power[t] != 0 || r != 0)) return "power while off";
        if (s->on[t] && (q < -fit || q + r > u->p_max_kw - u->p_min_kw + fit)) return "range";
        if (q + r - before > u->ramp_up_kw + fit) return "ramp up";
        if (before - q > u->ramp_down_kw + fit) return "ramp down";
        if (s->on[t] && !on && q + r > u->start_kw - u->p_min_kw + fit) return "start limit";
        if (stops && q + r > u->stop_kw - u->p_min_kw + fit) return "stop limit";
        if (r < 0 || (r > 0 && !u->gives_reserve)) return "reserve";
        if (low < 0 || (low > 0 && (!u->gives_reserve || !s->on[t]))) return "reserve downward";
        if (low > q + fit || before - q + low > u->ramp_down_kw + fit) return "footroom";
        *reduced -= l->energy[t] * s->power[t] + l->on[t] * s->on[t];
        if (l->required[t] > 0) *reduced -= l->reserve[t] * r + l->down[t] * low;
        before = q;
        on = s->on[t] != 0;
    }
    return NULL;
}

/* Without it the bound of the columns would be a guess: every limit, cost and state of a unit is in
 * one of these, with prices of energy, of reserve and of being on, and decisions. */
START_TEST(pricing_finds_the_optimum_of_the_unit)
{
    struct az_random random;
    struct az_arena *scratch = az_arena_new(NULL);
    int none = 0, switched = 0;
    az_random_seed(&random, (uint64_t)_i + 7);
    for (int round = 0; round < TEST_SOME(150); round++) {
        struct lone l;
        struct mg_schedule best;
        double least, by_hand;
        random_lone(&l, &random);
        double wanted = compact(&l, engine_at(0));
        struct mg_unit_ask ask = { .mg = &l.mg,
                                   .cost_scale = 1,
                                   .energy = l.energy,
                                   .reserve = l.reserve,
                                   .reserve_down = l.down,
                                   .on = l.on,
                                   .state = l.state };
        ck_assert_int_eq(mg_price_unit(&ask, l.arena, scratch, &least, &best), AZ_OK);
        if (isinf(wanted) && isfinite(least)) /* an engine may be wrong: the next one's word */
            wanted = compact(&l, engine_at(engine_count() - 1));
        if (!isfinite(wanted) || !isfinite(least)) {
            ck_assert_msg(isinf(wanted) && isinf(least), "round %d: %.9g, not %.9g", round, least,
                          wanted);
            none++;
        } else {
            double slack = 1e-6 * fmax(1, fabs(wanted));
            ck_assert_msg(fabs(least - wanted) <= slack, "round %d.%d: %.9g, not %.9g", _i, round,
                          least, wanted);
            const char *what = wrong(&l, &best, &by_hand);
            ck_assert_msg(!what, "round %d.%d: %s", _i, round, what);
            ck_assert_msg(fabs(by_hand - least) <= slack, "round %d.%d: %.9g, told as %.9g", _i,
                          round, by_hand, least);
            for (size_t t = 1; t < l.mg.T; t++) switched += best.on[t] != best.on[t - 1];
        }
        az_arena_empty(scratch);
        az_arena_free(l.arena);
    }
    ck_assert_int_gt(switched, TEST_SEEN(60));
    ck_assert_int_lt(none, 60);
    az_arena_free(scratch);
}
END_TEST

/* Without it units would be fixed that better plans want otherwise. */
START_TEST(slots_are_priced_as_if_they_were_decided)
{
    struct az_random random;
    struct az_arena *scratch = az_arena_new(NULL);
    az_random_seed(&random, 99);
    for (int round = 0; round < TEST_SOME(300); round++) {
        struct lone l;
        double least, decided, if_on[24], if_off[24];
        random_lone(&l, &random);
        struct mg_unit_ask ask = { .mg = &l.mg,
                                   .cost_scale = 1,
                                   .energy = l.energy,
                                   .reserve = l.reserve,
                                   .reserve_down = l.down,
                                   .on = l.on,
                                   .state = l.state };
        ck_assert_int_eq(mg_price_slots(&ask, scratch, &least, if_on, if_off), AZ_OK);
        for (size_t t = 0; t < l.mg.T; t++)
            for (int on = 0; on < 2; on++) {
                signed char kept = l.state[t];
                double told = on ? if_on[t] : if_off[t];
                l.state[t] = (signed char)on;
                ck_assert_int_eq(mg_price_unit(&ask, l.arena, scratch, &decided, NULL), AZ_OK);
                l.state[t] = kept;
                if (kept == !on) decided = INFINITY;
                bool same = isinf(told) ? isinf(decided)
                                        : fabs(told - decided) <= 1e-6 * fmax(1, fabs(told));
                ck_assert_msg(same, "round %d, slot %zu: %.9g, not %.9g", round, t, told, decided);
                az_arena_empty(scratch);
            }
        az_arena_free(l.arena);
    }
    az_arena_free(scratch);
}
END_TEST

/* --- whole instances ----------------------------------------------------------------------------
 */

struct solved {
    struct mg_case *c;
    const struct mg_plan *plan;
    struct az_judgement best;
    struct az_proof proof;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solved *s = data;
    struct az_judgement now;
    enum az_status status = mg_evaluate(s->c->mg, plan, s->c->arena, &now);
    if (status != AZ_OK) return status;
    if (now.violation_count > 0) return AZ_INVALID;
    *objective = now.cost + now.penalty;
    *kept = !s->plan || az_judgement_is_better(AZ_MINIMIZE, s->c->mg->scale, &now, &s->best);
    if (!*kept) return AZ_OK;
    s->plan = plan;
    s->best = now;
    return AZ_OK;
}

static void solve(struct solved *s, struct mg_case *c, const char *method,
                  const struct az_engine *engine, double gap_abs, double seconds)
{
    struct az_run run;
    struct az_run_options options = { .sense = AZ_MINIMIZE,
                                      .gap_abs = gap_abs,
                                      .money_scale = c->mg->scale };
    struct az_solve_options how = { .method = method };
    struct az_context context = az_context_default();
    *s = (struct solved){ .c = c };
    context.deadline = az_now(&context) + seconds;
    az_run_begin(&run, &context, engine, &options);
    run.judge = judge;
    run.data = s;
    ck_assert_int_eq(mg_solve(c->mg, &how, &run, c->arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&run, &s->proof), AZ_OK);
    ck_assert_uint_eq(run.refused, 0);
}

static struct dirent **cases;
static int case_count;

/* Every feature by itself: a static part that the columns do not know of, or a schedule that is
 * counted otherwise than the judge does, would move one of these optima. */
START_TEST(golden_cases_have_the_same_optimum_by_columns)
{
    const struct az_engine *engine = engine_at(_i % engine_count());
    const char *name = cases[TEST_CASE(_i, engine_count())]->d_name;
    json_t *instance = case_file(MG_GOLDEN, name, "instance.json");
    json_t *expected = case_file(MG_GOLDEN, name, "expected.json");
    double optimum = json_number_value(json_object_get(expected, "optimum"));
    const json_t *least = json_object_get(expected, "optimum_penalty");
    double penalty = json_number_value(least ? least : json_object_get(expected, "penalty"));
    struct mg_case c;
    struct solved s;
    mg_case_open_good(&c, instance, name);
    solve(&s, &c, "columns", engine, 1e-3, 20);
    ck_assert_msg(s.proof.status == AZ_PLAN_OPTIMAL, "%s, %s: %s", name, engine->name,
                  az_plan_status_code(s.proof.status));
    ck_assert_msg(fabs(s.best.cost + s.best.penalty - optimum) <= 2e-3, "%s, %s: %.6f, not %.6f",
                  name, engine->name, s.best.cost + s.best.penalty, optimum);
    ck_assert_msg(fabs(s.best.penalty - penalty) <= 2e-3, "%s, %s: penalty %.6f, not %.6f", name,
                  engine->name, s.best.penalty, penalty);
    mg_case_close(&c);
    json_decref(instance);
    json_decref(expected);
}
END_TEST

/* The published cases whose optima others have bracketed: a root's bound above one of them, or far
 * below what unit-wise decomposition is known to give, would be wrong pricing. */
START_TEST(the_roots_of_published_cases_are_what_is_known)
{
    static const struct {
        const char *file;
        double least, most;
    } known[] = { { "microgrid/pglib/rts_gmlc_2020-01-27.json", 1226640, 1236108 },
                  { "microgrid/pglib/rts_gmlc_2020-02-09.json", 2159300, 2167849.4 } };
    struct az_arena *arena = az_arena_new(NULL);
    const char *path = public_data(arena, known[_i].file);
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    json_t *document = NULL;
    if (!path) {
        az_arena_free(arena);
        return;
    }
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_inputs_add_file(&inputs, path, arena, &findings), AZ_OK);
    struct az_import import = { .inputs = inputs.items, .input_count = inputs.count };
    ck_assert_int_eq(az_import_find("pglib-uc")->read(&import, arena, &findings, &document), AZ_OK);
    for (int e = 0; e < engine_count(); e++) {
        struct mg_case c;
        struct az_run run;
        struct az_run_options options = { .sense = AZ_MINIMIZE, .gap_abs = 1, .money_scale = 1 };
        struct az_colgen_options root = { .node_limit = -1 };
        struct az_colgen_result result;
        struct az_context context = az_context_default();
        mg_case_open_good(&c, document, known[_i].file);
        context.deadline = az_now(&context) + 30;
        az_run_begin(&run, &context, engine_at(e), &options);
        struct mg_search search = { .mg = c.mg, .run = &run, .arena = c.arena };
        ck_assert_int_eq(mg_decisions_new(c.mg, c.arena, &search.open), AZ_OK);
        ck_assert_int_eq(mg_solve_columns(&search, &root, &result), AZ_OK);
        ck_assert_msg(result.root_bound >= known[_i].least && result.root_bound <= known[_i].most,
                      "%s, %s: %.2f", known[_i].file, engine_at(e)->name, result.root_bound);
        mg_case_close(&c);
    }
    json_decref(document);
    az_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid columns");
    TCase *unit = tcase_create("one unit"), *golden = tcase_create("golden"),
          *roots = tcase_create("roots");
    case_count = scandir(MG_GOLDEN, &cases, folder_is_case, alphasort);
    tcase_set_timeout(unit, 60);
    tcase_add_loop_test(unit, pricing_finds_the_optimum_of_the_unit, 0, 4);
    tcase_add_test(unit, slots_are_priced_as_if_they_were_decided);
    suite_add_tcase(suite, unit);
    tcase_set_timeout(golden, 60);
    tcase_add_loop_test(golden, golden_cases_have_the_same_optimum_by_columns, 0,
                        TEST_PAIRS(case_count, engine_count()));
    suite_add_tcase(suite, golden);
    tcase_set_timeout(roots, 60);
    tcase_add_loop_test(roots, the_roots_of_published_cases_are_what_is_known, 0, 2);
    suite_add_tcase(suite, roots);
    int status = test_suite_run(suite);
    for (int i = 0; i < case_count; i++) free(cases[i]);
    free(cases);
    return status;
}
