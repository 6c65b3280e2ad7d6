/* test_siting_complete.c - plans made by hand: choices alone become a plan that the judge accepts,
 * at the least cost; what is given stays. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/siting/plan.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/st_case.h"
#include "tests/support/st_random.h"
#include "tests/support/suite.h"

/* Completes c->plan; c->plan is then the full one. */
static enum az_status complete(struct st_case *c)
{
    struct az_context context = az_context_default();
    void *plan = NULL;
    enum az_status status = st_complete(c->in, c->plan, engine_at(0), &context, c->arena, &plan);
    ck_assert(status == AZ_OK || status == AZ_INFEASIBLE);
    ck_assert_ptr_nonnull(plan);
    c->plan = plan;
    return status;
}

/* Only site and option of each choice are left. */
static void strip(struct st_plan *plan)
{
    for (size_t i = 0; i < plan->choices.count; i++) plan->choices.items[i].armed = ST_ARMED_OPEN;
    plan->reinforcements.items = NULL;
    plan->armed.items = NULL;
    plan->trips.items = NULL;
    plan->served.items = NULL;
    plan->reinforcements.count = plan->armed.count = plan->trips.count = plan->served.count = 0;
}

static struct az_judgement judge(const struct st_case *c)
{
    struct az_judgement judgement;
    ck_assert_int_eq(st_evaluate(c->in, c->plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

static void need_cost(const struct st_case *c, double expected)
{
    struct az_judgement judgement = judge(c);
    ck_assert_uint_eq(judgement.violation_count, 0);
    ck_assert_double_eq_tol(judgement.cost, expected, 1e-4);
}

/* --- choices alone ------------------------------------------------------------------------------
 */

static void check_case(const char *name, void *data)
{
    struct st_case c;
    (void)data;
    st_case_golden(&c, name);
    double by_hand = judge(&c).cost;
    strip(c.plan);
    enum az_status status = complete(&c);
    struct az_judgement judgement = judge(&c);
    if (status != AZ_OK || judgement.violation_count > 0)
        ck_abort_msg("%s: %s", name,
                     judgement.violation_count ? judgement.violations.items[0].rule->code.code
                                               : az_status_code(status));
    if (fabs(judgement.cost - by_hand) > 1e-4)
        ck_abort_msg("%s: %.10g, by hand %.10g", name, judgement.cost, by_hand);
    ck_assert_ptr_nonnull(c.plan->summary);
    st_case_close(&c);
}

/* Somebody who draws sites on a map must get the rest, as cheap as it was found by hand. */
START_TEST(choices_alone_are_completed_at_the_least_cost)
{
    each_case(ST_GOLDEN, 40, check_case, NULL);
}
END_TEST

/* The cheapest set is not always that of the cheapest kW. */
START_TEST(reinforcements_are_the_cheapest_set)
{
    struct st_case c;
    static const char *const changes[][2] = {
        { "/feeders/0/capacity_kw", "0" },
        { "/feeders/0/reinforcements",
          "[{'id': 'x', 'adds_kw': 1.5, 'cost_jpy': 10}, {'id': 'y', 'adds_kw': 1, 'cost_jpy': 8},"
          " {'id': 'z', 'adds_kw': 1, 'cost_jpy': 9}, {'id': 'w', 'adds_kw': 2, 'cost_jpy': "
          "18}]" }
    };
    json_t *instance = case_file(ST_GOLDEN, "a_feeder_is_reinforced", "instance.json");
    document_change(instance, 2, changes);
    st_case_open_good(&c, instance, "changed");
    json_t *plan = document_parse("{'choices': [{'site': 'a', 'option': 'pv3'}]}");
    ck_assert_int_eq(st_case_plan(&c, plan), AZ_OK);
    ck_assert_int_eq(complete(&c), AZ_OK);
    ck_assert_uint_eq(c.plan->reinforcements.count, 2);
    need_cost(&c, 15400 + 17);
    json_decref(plan);
    json_decref(instance);
    st_case_close(&c);
}
END_TEST

/* A catalogue too long for trying all of its sets is gone through in turn. */
START_TEST(many_reinforcements_are_taken_in_turn)
{
    struct st_case c;
    char text[4096] = "[";
    for (int i = 0; i < 30; i++) {
        char one[80];
        snprintf(one, sizeof one, "%s{'id': 'r%d', 'adds_kw': 0.25, 'cost_jpy': %d}", i ? ", " : "",
                 i, 100 - i);
        strcat(text, one);
    }
    strcat(text, "]");
    const char *const changes[][2] = { { "/feeders/0/capacity_kw", "1.25" },
                                       { "/feeders/0/reinforcements", text } };
    json_t *instance = case_file(ST_GOLDEN, "a_feeder_is_reinforced", "instance.json");
    document_change(instance, 2, changes);
    st_case_open_good(&c, instance, "changed");
    json_t *plan = document_parse("{'choices': [{'site': 'a', 'option': 'pv3'}]}");
    ck_assert_int_eq(st_case_plan(&c, plan), AZ_OK);
    ck_assert_int_eq(complete(&c), AZ_OK);
    need_cost(&c, 15400 + 71 + 72 + 73);
    json_decref(plan);
    json_decref(instance);
    st_case_close(&c);
}
END_TEST

/* A plant that is dear to arm trips when it is lost cheaply and often. */
START_TEST(arming_and_trips_are_weighed_together)
{
    struct st_case c;
    st_case_golden(&c, "an_armed_site_trips_after_an_outage");
    strip(c.plan);
    c.in->sites.items[0].lost_jpy_per_kwh = 1e6; /* 365000 JPY a year */
    ck_assert_int_eq(complete(&c), AZ_OK);
    ck_assert_uint_eq(c.plan->armed.count, 1);
    ck_assert_int_eq(c.plan->choices.items[0].armed, 0);
    need_cost(&c, 30000 - 21024 + 7000 + 12.6144);
    st_case_close(&c);
}
END_TEST

/* Where one is not enough both trip. */
START_TEST(several_trip_together)
{
    struct st_case c;
    st_case_golden(&c, "an_armed_site_trips_after_an_outage");
    strip(c.plan);
    struct st_circuit *circuits = c.in->upstream->circuits.items;
    c.in->sites.items[0].year_kwh = 0.5 * 8760; /* 2.5 + 1 kW at y */
    circuits[1].emergency_kw = 0.5;             /* 3 are too many */
    circuits[2].normal_kw = circuits[2].emergency_kw = 4;
    circuits[0].normal_kw = circuits[1].normal_kw = 2;
    ck_assert_int_eq(complete(&c), AZ_OK);
    ck_assert_uint_eq(c.plan->armed.count, 1);
    ck_assert_int_eq(c.plan->choices.items[0].armed, 1);
    double kw = 0;
    for (size_t i = 0; i < c.plan->trips.count; i++)
        if (strcmp(c.plan->trips.items[i].circuit.id, "ys") == 0) kw += c.plan->trips.items[i].kw;
    ck_assert_double_eq_tol(kw, 3, 1e-5);
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    st_case_close(&c);
}
END_TEST

/* --- what is given ------------------------------------------------------------------------------
 */

/* What a person gave would be overwritten, and the price told would be that of another plan. */
START_TEST(what_is_given_stays)
{
    struct st_case c;
    st_case_golden(&c, "a_feeder_is_reinforced");
    c.plan->reinforcements.items[0] = "r2";
    ck_assert_int_eq(complete(&c), AZ_OK);
    ck_assert_str_eq(c.plan->reinforcements.items[0], "r2");
    need_cost(&c, 15400 + 9000);
    st_case_close(&c);
    st_case_golden(&c, "a_feeder_is_reinforced"); /* none is an answer too */
    c.plan->reinforcements.count = 0;
    ck_assert_int_eq(complete(&c), AZ_INFEASIBLE);
    ck_assert_uint_eq(c.plan->reinforcements.count, 0);
    st_case_close(&c);
    st_case_golden(&c, "an_armed_site_trips_after_an_outage"); /* the plant is given: it trips */
    struct st_plan *other;
    ck_assert_int_eq(st_plan_copy(c.plan, c.arena, &other), AZ_OK);
    strip(other);
    other->armed.items = az_arena_take(c.arena, 0);
    ck_assert_int_eq(st_plan_arm(c.in, other, 0, c.arena), AZ_OK);
    c.plan = other;
    ck_assert_int_eq(complete(&c), AZ_OK);
    need_cost(&c, 30000 - 21024 + 7000 + 12.6144);
    st_case_close(&c);
    st_case_golden(&c, "customers_share_two_sites"); /* shares as they are, though dearer */
    c.plan->served.items[1].share = 0.25;
    c.plan->served.items[2].share = 0.75;
    ck_assert_int_eq(complete(&c), AZ_OK);
    need_cost(&c, 170 + 40 + 7.5 + 45);
    st_case_close(&c);
}
END_TEST

/* The operator of a site may refuse the equipment; a default of false would hide the refusal. */
START_TEST(a_site_that_is_not_to_be_armed_stays_so)
{
    struct st_case c;
    st_case_golden(&c, "an_armed_site_trips_after_an_outage");
    strip(c.plan);
    c.plan->choices.items[0].armed = 0;
    ck_assert_int_eq(complete(&c), AZ_OK);
    ck_assert_int_eq(c.plan->choices.items[0].armed, 0);
    ck_assert_uint_eq(c.plan->armed.count, 1); /* the plant, which is dearer */
    need_cost(&c, 30000 - 21024 + 7000 + 12.6144);
    st_case_close(&c);
}
END_TEST

/* --- decisions and budgets ----------------------------------------------------------------------
 */

static const struct st_choice *choice_of(const struct st_case *c, const char *site)
{
    for (size_t i = 0; i < c->plan->choices.count; i++)
        if (strcmp(c->plan->choices.items[i].site.id, site) == 0) return &c->plan->choices.items[i];
    ck_abort_msg("nothing is chosen for %s", site);
}

static size_t breaches_of(const struct st_case *c, const char *rule)
{
    struct az_judgement judgement = judge(c);
    size_t count = 0;
    for (size_t i = 0; i < judgement.violations.count; i++)
        count += strcmp(judgement.violations.items[i].rule->code.code, rule) == 0;
    return count;
}

/* A case of changes to a file, with a plan of these choices completed. */
static enum az_status complete_choices(struct st_case *c, json_t *instance, const char *choices)
{
    st_case_open_good(c, instance, "changed");
    json_t *plan = document_parse(choices);
    ck_assert_int_eq(st_case_plan(c, plan), AZ_OK);
    json_decref(plan);
    json_decref(instance);
    return complete(c);
}

/* What the council has decided is in every plan, also in one that was drawn without it. */
START_TEST(sites_that_are_decided_are_added)
{
    static const char *const changes[][2] = { { "/sites/0/decision", "'in'" },
                                              { "/sites/1/decision", "'in'" },
                                              { "/sites/0/decided_option", "'large'" } };
    struct st_case c;
    json_t *instance = document_load(ST_CUSTOMERS);
    document_change(instance, 3, changes);
    ck_assert_int_eq(complete_choices(&c, instance, "{'choices': []}"), AZ_OK);
    ck_assert_uint_eq(c.plan->choices.count, 2);
    ck_assert_str_eq(choice_of(&c, "w1")->option, "large");
    ck_assert_str_eq(choice_of(&c, "w2")->option, "small");
    ck_assert_uint_eq(judge(&c).violation_count, 0);
    st_case_close(&c);
    instance = document_load(ST_CUSTOMERS); /* the cheaper of two; what is given stays */
    document_change(instance, 2, changes);
    ck_assert_int_eq(
        complete_choices(&c, instance, "{'choices': [{'site': 'w3', 'option': 'any'}]}"), AZ_OK);
    ck_assert_uint_eq(c.plan->choices.count, 3);
    ck_assert_str_eq(choice_of(&c, "w1")->option, "small");
    st_case_close(&c);
}
END_TEST

/* The option that earns most may be one that the money does not reach to. */
START_TEST(decided_sites_keep_to_the_budget)
{
    struct st_case c;
    double spent[2] = { 0 };
    for (size_t with = 0; with < 2; with++) {
        char budget[80];
        snprintf(budget, sizeof budget, "[{'id': 'all', 'jpy': %.0f}]",
                 with == 0 ? 1e12 : spent[0] - 1000000);
        const char *const changes[][2] = { { "/sites/4/decision", "'in'" },
                                           { "/budgets", budget },
                                           { "/scenarios", NULL },
                                           { "/front", NULL } };
        json_t *instance = document_load(ST_BASE);
        document_change(instance, 4, changes);
        complete_choices(&c, instance, "{'choices': []}"); /* minima are still broken */
        ck_assert_uint_eq(breaches_of(&c, "decided_in"), 0);
        ck_assert_uint_eq(breaches_of(&c, "budget"), 0);
        for (size_t i = 0; i < c.plan->choices.count; i++)
            spent[with] +=
                c.plan->choices.items[i].capex_jpy - c.plan->choices.items[i].subsidy_jpy;
        ck_assert_str_eq(choice_of(&c, "h4")->option, "pv4-b6-y0"); /* decided */
        st_case_close(&c);
    }
    ck_assert_double_le(spent[1], spent[0] - 1000000);
    ck_assert_double_gt(spent[1], 0);
}
END_TEST

/* Whoever is armed is paid out of the budget: dear trips are better than none. */
START_TEST(arming_keeps_to_the_budget)
{
    static const char *const budgets[] = { "[{'id': 'b', 'jpy': 100000}]",
                                           "[{'id': 'b', 'jpy': 30600}]",
                                           "[{'id': 'b', 'jpy': 30100}]" };
    for (size_t i = 0; i < 3; i++) {
        struct st_case c;
        const char *const changes[][2] = { { "/budgets", budgets[i] },
                                           { "/sites/0/lost_jpy_per_kwh", "100000" } };
        json_t *instance =
            case_file(ST_GOLDEN, "an_armed_site_trips_after_an_outage", "instance.json");
        document_change(instance, 2, changes);
        enum az_status status =
            complete_choices(&c, instance, "{'choices': [{'site': 'a', 'option': 'pv3'}]}");
        ck_assert_int_eq(status, i == 2 ? AZ_INFEASIBLE : AZ_OK);
        ck_assert_int_eq(c.plan->choices.items[0].armed, i == 1);
        ck_assert_uint_eq(c.plan->armed.count, i == 1 ? 0 : 1);
        ck_assert_uint_eq(breaches_of(&c, "budget"), i == 2);
        st_case_close(&c);
    }
}
END_TEST

/* --- what cannot be completed -------------------------------------------------------------------
 */

static void need_broken(struct st_case *c, const char *rule)
{
    ck_assert_int_eq(complete(c), AZ_INFEASIBLE);
    struct az_judgement judgement = judge(c);
    ck_assert_uint_ge(judgement.violation_count, 1);
    ck_assert_str_eq(judgement.violations.items[0].rule->code.code, rule);
    ck_assert_uint_eq(c->plan->choices.count, 1);
    st_case_close(c);
}

/* The judge names what is wrong; nothing is invented to hide it. */
START_TEST(what_cannot_be_completed_is_for_the_judge_to_name)
{
    struct st_case c;
    st_case_golden(&c, "an_armed_plant_trips_after_an_outage");
    strip(c.plan);
    c.in->upstream->circuits.items[1].emergency_kw = 0.5;
    need_broken(&c, "circuit_outage");
    st_case_golden(&c, "pv_absorbs_reactive_power_and_fills_the_line");
    strip(c.plan);
    c.in->feeders.items[0].v_max_pu = 1.001;
    need_broken(&c, "voltage_high");
    st_case_golden(&c,
                   "a_feeder_is_reinforced"); /* all of it is not enough: what is missing then */
    strip(c.plan);
    c.in->feeders.items[0].capacity_kw = 0.25;
    c.plan->choices.count = 1;
    need_broken(&c, "feeder_export");
    st_case_golden(&c, "a_feeder_is_reinforced");
    c.plan->choices.items[0].option = "pv4";
    need_broken(&c, "plan_shape");
    st_case_golden(&c, "customers_share_two_sites"); /* c1 cannot be served from w2 */
    strip(c.plan);
    c.plan->choices.items[0] = c.plan->choices.items[1];
    c.plan->choices.count = 1;
    need_broken(&c, "served_whole");
    st_case_golden(&c, "customers_share_two_sites");
    strip(c.plan);
    c.plan->choices.count = 1; /* 14 units, w1 delivers 10 */
    need_broken(&c, "site_capacity");
}
END_TEST

/* --- random cases -------------------------------------------------------------------------------
 */

/* A plan that a judge accepted loses nothing when it is completed anew from its choices; and what
 * is full stays as it is. */
START_TEST(random_choices_are_completed_and_stay_so)
{
    struct st_case c;
    struct az_random dice;
    json_t *json = st_random_instance((uint64_t)_i + 1, 12,
                                      ST_WITH_FEEDERS | ST_WITH_LINES | ST_WITH_UPSTREAM);
    st_case_open_good(&c, json, "random");
    az_random_seed(&dice, (uint64_t)_i);
    size_t *option = AZ_ARRAY(c.arena, c.in->sites.count, size_t);
    for (size_t s = 0; s < c.in->sites.count; s++) {
        size_t count = c.in->sites.items[s].option_count;
        size_t o = (size_t)az_random_below(&dice, 8); /* the largest, mostly */
        option[s] = count == 0 || o == 0 ? AZ_NO_INDEX : o == 1 ? 0 : count - 1;
    }
    ck_assert_int_eq(st_plan_of(c.in, option, NULL, c.arena, &c.plan), AZ_OK);
    strip(c.plan);
    enum az_status status = complete(&c);
    struct az_judgement judgement = judge(&c);
    ck_assert_int_eq(status == AZ_OK, judgement.violation_count == 0);
    const struct st_plan *full = c.plan;
    ck_assert_int_eq(complete(&c), status);
    ck_assert(az_equal(&st_plan_table, full, c.plan));
    json_decref(json);
    st_case_close(&c);
}
END_TEST

/* The best plan of a solve, copied. */
struct best {
    const struct st_instance *in;
    struct az_arena *arena;
    struct st_plan *plan; /* NULL: none yet */
    double cost;
};

static enum az_status keep(void *data, const void *plan, double *objective, bool *kept)
{
    struct best *best = data;
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(st_evaluate(best->in, plan, best->arena, &judgement), AZ_OK);
    *objective = judgement.cost + judgement.penalty;
    *kept = judgement.violation_count == 0 && (!best->plan || *objective < best->cost);
    if (!*kept) return AZ_OK;
    best->cost = *objective;
    return st_plan_copy(plan, best->arena, &best->plan);
}

/* What a solver adds to its choices is the cheapest there is; completion, which knows nothing of
 * the solver's rows, must find no more and no less. */
START_TEST(a_solver_s_choices_are_completed_as_it_did)
{
    struct st_case c;
    struct az_run run;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-9, .gap_abs = 0.1, .money_scale = 1e3
    };
    struct az_solve_options how = { .method = "compact" };
    struct az_context context = az_context_default();
    json_t *json = st_random_instance((uint64_t)_i + 500, 8, ST_WITH_LINES | ST_WITH_UPSTREAM);
    st_case_open_good(&c, json, "random");
    struct best best = { .in = c.in, .arena = c.arena };
    az_run_begin(&run, &context, engine_at(0), &options);
    run.judge = keep;
    run.data = &best;
    ck_assert_int_eq(st_solve(c.in, &how, &run, c.arena), AZ_OK);
    ck_assert(best.plan || run.infeasible);
    if (best.plan) {
        c.plan = best.plan;
        strip(c.plan);
        ck_assert_int_eq(complete(&c), AZ_OK);
        ck_assert_double_eq_tol(judge(&c).cost, best.cost, 0.2);
    }
    json_decref(json);
    st_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_complete");
    TCase *cases = tcase_create("complete");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, choices_alone_are_completed_at_the_least_cost);
    tcase_add_test(cases, reinforcements_are_the_cheapest_set);
    tcase_add_test(cases, many_reinforcements_are_taken_in_turn);
    tcase_add_test(cases, arming_and_trips_are_weighed_together);
    tcase_add_test(cases, several_trip_together);
    tcase_add_test(cases, what_is_given_stays);
    tcase_add_test(cases, a_site_that_is_not_to_be_armed_stays_so);
    tcase_add_test(cases, sites_that_are_decided_are_added);
    tcase_add_test(cases, decided_sites_keep_to_the_budget);
    tcase_add_test(cases, arming_keeps_to_the_budget);
    tcase_add_test(cases, what_cannot_be_completed_is_for_the_judge_to_name);
    tcase_add_loop_test(cases, random_choices_are_completed_and_stay_so, 0, 30);
    tcase_add_loop_test(cases, a_solver_s_choices_are_completed_as_it_did, 0, 8);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
