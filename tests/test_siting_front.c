/* test_siting_front.c - several plans of one siting: the ends and points of a front against every
 * plan that there is, scenarios of prices. */
#include <check.h>
#include <math.h>

#include "formulations/certificate.h"
#include "solver/tolerances.h"
#include "tests/support/engines.h"
#include "tests/support/st_case.h"
#include "tests/support/st_random.h"
#include "tests/support/suite.h"

extern const struct az_formulation az_kind_siting;

#define POINTS 5
#define MOST 40
#define SITES 4

/* An alternative, solved. */
struct solved {
    struct az_alternative alternative;
    struct az_answer answer;
    enum az_status made;
    double value[AZ_AXES];
};

static void solve(struct solved *it, struct az_arena *arena)
{
    struct az_context context = az_context_default();
    struct az_job job = { .formulation = &az_kind_siting,
                          .instance = it->alternative.instance,
                          .options = { .gap = 0, .gap_abs = 1e-6, .method = AZ_METHOD_AUTO } };
    ck_assert_int_eq(az_job_prepare(&job, arena, &it->answer), AZ_OK);
    ck_assert_int_eq(az_job_solve(&job, engine_named("auto"), &context, arena, &it->answer), AZ_OK);
    if (it->answer.plan)
        ck_assert_int_eq(az_kind_siting.alternatives->values(it->alternative.instance,
                                                             it->answer.plan, arena, it->value),
                         AZ_OK);
}

/* All alternatives of an instance; how many were asked for. */
static size_t solve_all(struct st_case *c, struct solved all[MOST])
{
    const void *plans[MOST] = { NULL };
    for (size_t i = 0; i < MOST; i++) {
        all[i] = (struct solved){ 0 };
        all[i].made =
            az_kind_siting.alternatives->make(c->in, i, plans, c->arena, &all[i].alternative);
        if (all[i].made == AZ_NOT_FOUND) return i;
        if (all[i].made == AZ_NO_PLAN) continue;
        ck_assert_int_eq(all[i].made, AZ_OK);
        solve(&all[i], c->arena);
        plans[i] = all[i].answer.plan;
    }
    ck_abort_msg("alternatives without end");
    return 0;
}

/* The next combination of one option or none at every site; false after the last. */
static bool advance(const struct st_instance *in, size_t option[])
{
    for (size_t s = 0; s < in->sites.count; s++) {
        option[s] = option[s] == AZ_NO_INDEX ? 0 : option[s] + 1;
        if (option[s] < in->sites.items[s].option_count) return true;
        option[s] = AZ_NO_INDEX;
    }
    return false;
}

/* No plan that breaks nothing is cheaper and avoids as much. */
static void check_against_every_plan(const struct st_case *c, const struct solved *point)
{
    size_t option[SITES];
    struct az_arena *scratch = az_arena_new(NULL);
    double npv = point->value[1], t = point->value[0];
    for (size_t s = 0; s < SITES; s++) option[s] = AZ_NO_INDEX;
    do {
        struct st_plan *plan;
        struct az_judgement judgement = { 0 };
        double value[AZ_AXES];
        az_arena_empty(scratch);
        ck_assert_int_eq(st_plan_new(c->in, scratch, &plan), AZ_OK);
        plan->choices.items = AZ_ARRAY(scratch, SITES, struct st_choice);
        for (size_t s = 0; s < c->in->sites.count; s++) {
            if (option[s] == AZ_NO_INDEX) continue;
            struct st_choice *choice = &plan->choices.items[plan->choices.count++];
            *choice = (struct st_choice){ .site = { .id = c->in->sites.items[s].id, .index = s },
                                          .option = c->in->sites.items[s].option[option[s]].id };
        }
        ck_assert_int_eq(st_evaluate(c->in, plan, scratch, &judgement), AZ_OK);
        if (judgement.violation_count > 0 || judgement.penalty > 0) continue;
        ck_assert_int_eq(st_alternatives.values(c->in, plan, scratch, value), AZ_OK);
        double slack = 1e-6 * fmax(1, fabs(npv)) + 1e-4;
        ck_assert_msg(!(value[1] > npv + slack && value[0] >= t - 1e-9 * fmax(1, t)),
                      "%s: %.3f t at %.2f is beaten by %.3f t at %.2f", point->alternative.id, t,
                      npv, value[0], value[1]);
    } while (advance(c->in, option));
    az_arena_free(scratch);
}

/* Without it a front shows plans that nobody should take, or leaves its ends out. */
START_TEST(no_plan_at_all_beats_a_point_of_the_front)
{
    size_t points = 0, between = 0, fronts = 0;
    for (uint64_t seed = 1; fronts < TEST_SOME(20); seed++) {
        struct st_case c;
        struct solved all[MOST];
        json_t *json = st_random_instance(seed, SITES, ST_WITH_BUDGET);
        json_object_set_new(json, "front",
                            json_pack("{s:s, s:i}", "second", "co2", "points", POINTS));
        json_object_set_new(json, "carbon", json_pack("{s:f}", "co2_kg_per_kwh", 0.42));
        json_object_del(json, "objective");
        ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
        json_decref(json);
        if (c.findings.count > 0) { /* so few sites leave districts empty */
            st_case_close(&c);
            continue;
        }
        size_t count = solve_all(&c, all);
        fronts++;
        ck_assert_uint_eq(count, POINTS);
        for (size_t i = 0; i < count; i++) {
            if (all[i].made != AZ_OK) continue;
            ck_assert_ptr_nonnull(all[i].answer.plan);
            ck_assert(all[i].alternative.on_front);
            ck_assert_int_eq(all[i].answer.certificate.status, AZ_PLAN_OPTIMAL);
            ck_assert(all[i].value[1] <= all[0].value[1] + 1e-4);
            ck_assert(all[i].value[0] <= all[1].value[0] + 1e-6);
            check_against_every_plan(&c, &all[i]);
            points++;
            between += i > 1;
        }
        st_case_close(&c);
    }
    ck_assert_uint_ge(points, 2 * TEST_SOME(20));
    ck_assert_uint_ge(between, TEST_SOME(20)); /* or nothing was between the ends */
}
END_TEST

/* A scenario changes prices and nothing else, whatever stands in the instance beside it. */
START_TEST(scenarios_change_the_prices_they_name)
{
    struct st_case c;
    struct solved all[MOST];
    json_t *json = st_random_instance(3, SITES, 0);
    json_object_del(json, "objective");
    json_object_set_new(json, "scenarios",
                        json_pack("[{s:s}, {s:s, s:f}, {s:s, s:f}, {s:s, s:f}]", "id", "as-it-is",
                                  "id", "dear", "capex_factor", 2.0, "id", "cheap", "capex_factor",
                                  0.5, "id", "generous", "surplus_factor", 1.5));
    st_case_open_good(&c, json, "scenarios");
    json_decref(json);
    size_t count = solve_all(&c, all);
    ck_assert_uint_eq(count, 4);
    for (size_t i = 0; i < count; i++) {
        const struct st_instance *in = all[i].alternative.instance;
        ck_assert_int_eq(all[i].made, AZ_OK);
        ck_assert(!all[i].alternative.on_front);
        ck_assert_ptr_nonnull(all[i].answer.plan);
        ck_assert_uint_eq(in->scenarios.count, 0);
        ck_assert_uint_eq(in->sites.count, c.in->sites.count);
    }
    double npv[4];
    for (size_t i = 0; i < 4; i++) npv[i] = -all[i].answer.judgement.cost;
    ck_assert_double_gt(npv[0], 0);
    ck_assert_double_lt(npv[1], npv[0]);
    ck_assert_double_gt(npv[2], npv[0]);
    ck_assert_double_ge(npv[3], npv[0]);
    st_case_close(&c);
}
END_TEST

/* Subsidies in JPY are for equipment: at another price of it they would stay behind, or be more
 * than it costs. Their caps are the giver's. */
START_TEST(dearer_equipment_takes_its_subsidies_along)
{
    static const char *const changes[][2] = {
        { "/scenarios", "[{\"id\": \"half\", \"capex_factor\": 0.5}, {\"id\": \"free\", "
                        "\"capex_factor\": 0}]" },
        { "/front", NULL },
    };
    struct st_case c;
    size_t subsidised = 0;
    st_case_load_changed(&c, ST_BASE, 2, changes);
    ck_assert_uint_eq(c.findings.count, 0);
    for (size_t i = 0; i < 2; i++) {
        struct az_alternative alternative;
        struct az_answer answer = { 0 };
        ck_assert_int_eq(st_alternatives.make(c.in, i, NULL, c.arena, &alternative), AZ_OK);
        struct az_job job = { .formulation = &az_kind_siting, .instance = alternative.instance };
        ck_assert_int_eq(az_job_prepare(&job, c.arena, &answer), AZ_OK);
        const struct st_instance *other = alternative.instance;
        double factor = i == 0 ? 0.5 : 0;
        for (size_t s = 0; s < c.in->sites.count; s++) {
            const struct st_site *before = &c.in->sites.items[s], *after = &other->sites.items[s];
            for (size_t o = 0; o < before->options.count; o++) {
                if (isnan(before->options.items[o].subsidy_jpy)) continue;
                ck_assert_double_eq_tol(after->option[o].subsidy_jpy,
                                        factor * before->option[o].subsidy_jpy, 1e-6);
                ck_assert_double_eq_tol(after->option[o].capex_jpy,
                                        factor * before->option[o].capex_jpy, 1e-6);
                subsidised++;
            }
        }
    }
    ck_assert_uint_ge(subsidised, 2);
    st_case_close(&c);
}
END_TEST

/* Without it people stand under the heading of tonnes: the axes are those of the instance that
 * asks, the values those of what is made of it. */
START_TEST(what_is_made_tells_its_values_in_the_order_of_the_axes)
{
    static const char *const changes[][2] = { { "/front",
                                                "{\"second\": \"people\", \"points\": 2}" } };
    struct st_case c;
    struct solved all[MOST];
    struct az_axis axis[AZ_AXES];
    st_case_load_changed(&c, ST_BASE, 1, changes);
    ck_assert_uint_eq(c.findings.count, 0);
    ck_assert_uint_eq(st_alternatives.axes(c.in, axis), 3);
    ck_assert_str_eq(axis[0].label.en, "People covered");
    ck_assert_str_eq(axis[2].label.en, "CO2 avoided");
    ck_assert_uint_eq(solve_all(&c, all), 4); /* both ends, two scenarios */
    for (size_t i = 0; i < 4; i++) {
        const struct st_plan *plan = all[i].answer.plan;
        ck_assert_ptr_nonnull(plan);
        ck_assert_double_eq(all[i].value[0], (double)plan->summary->people_covered);
        ck_assert_double_eq_tol(all[i].value[2], plan->summary->co2_t, 1e-6);
        ck_assert_double_gt(fabs(all[i].value[0] - all[i].value[2]), 1);
    }
    st_case_close(&c);
}
END_TEST

/* An instance that asks for nothing more has no alternatives. */
START_TEST(nothing_asked_is_nothing_made)
{
    struct st_case c;
    struct az_alternative alternative;
    json_t *json = st_random_instance(1, SITES, 0);
    st_case_open_good(&c, json, "none");
    json_decref(json);
    ck_assert_int_eq(st_alternatives.make(c.in, 0, NULL, c.arena, &alternative), AZ_NOT_FOUND);
    st_case_close(&c);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("siting front");
    TCase *t = tcase_create("siting front");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, no_plan_at_all_beats_a_point_of_the_front);
    tcase_add_test(t, scenarios_change_the_prices_they_name);
    tcase_add_test(t, dearer_equipment_takes_its_subsidies_along);
    tcase_add_test(t, what_is_made_tells_its_values_in_the_order_of_the_axes);
    tcase_add_test(t, nothing_asked_is_nothing_made);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
