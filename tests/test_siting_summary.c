/* test_siting_summary.c - what a plan says to people: every yen of it is the judge's, the fullest
 * hour of every element, voltages by AC. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/siting/plan.h"
#include "tests/support/folders.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

static const struct st_summary *summarise(struct st_case *c)
{
    ck_assert_int_eq(st_summarise(c->in, c->arena, c->plan), AZ_OK);
    ck_assert_ptr_nonnull(c->plan->summary);
    return c->plan->summary;
}

static void near(const char *name, const char *what, double found, double expected)
{
    if (fabs(found - expected) > 1e-9 * fmax(1, fabs(expected)))
        ck_abort_msg("%s: %s is %.10g, not %.10g", name, what, found, expected);
}

static double money(const struct az_judgement *judgement, const char *code)
{
    double sum = 0;
    for (size_t i = 0; i < judgement->money.count; i++)
        if (strcmp(judgement->money.items[i].code, code) == 0)
            sum += judgement->money.items[i].amount;
    return sum;
}

/* --- every yen ----------------------------------------------------------------------------------
 */

static bool is_undiscounted(const struct st_instance *in)
{
    bool none = in->discount_rate == 0;
    for (size_t o = 0; o < in->operators.count; o++)
        none = none && in->operators.items[o].discount_rate == 0;
    return none;
}

/* Columns of the years against the judge's items, where nothing is discounted. */
static void check_years(const char *name, const struct st_summary *sum,
                        const struct az_judgement *judgement)
{
    struct st_year_flow all = { 0 };
    for (size_t k = 0; k < sum->years.count; k++) {
        const struct st_year_flow *year = &sum->years.items[k];
        all.capex += year->capex;
        all.subsidy += year->subsidy;
        all.operation += year->operation;
        all.rent += year->rent;
        all.ppa += year->ppa;
        all.surplus += year->surplus;
        all.environmental += year->environmental;
        all.shared += year->shared;
        all.operators += year->operators;
    }
    near(name, "capex", all.capex, -money(judgement, "capex"));
    near(name, "subsidy", all.subsidy, -money(judgement, "subsidy"));
    near(name, "operation", all.operation, -money(judgement, "operation"));
    near(name, "rent", all.rent, -money(judgement, "rent"));
    near(name, "ppa", all.ppa, -money(judgement, "ppa"));
    near(name, "surplus", all.surplus, -money(judgement, "surplus"));
    near(name, "environmental", all.environmental, -money(judgement, "environmental"));
    near(name, "shared", all.shared,
         -money(judgement, "reinforcement") - money(judgement, "arming") -
             money(judgement, "trips") - money(judgement, "delivery"));
    near(name, "operators", all.operators, -judgement->cost + money(judgement, "carbon"));
}

static void check_sums(const char *name, void *data)
{
    static const char *const shared[] = { "reinforcement", "arming", "trips", "delivery",
                                          "carbon" };
    struct st_case c;
    struct az_judgement judgement;
    double choices = 0, t = 0;
    (void)data;
    st_case_golden(&c, name);
    ck_assert_int_eq(st_evaluate(c.in, c.plan, c.arena, &judgement), AZ_OK);
    const struct st_summary *sum = summarise(&c);
    for (size_t i = 0; i < c.plan->choices.count; i++) {
        choices += c.plan->choices.items[i].npv_jpy;
        t += c.plan->choices.items[i].co2_t;
    }
    near(name, "net present value", sum->npv_jpy, -judgement.cost);
    near(name, "t", sum->co2_t, t);
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++)
        choices -= money(&judgement, shared[k]);
    near(name, "sum of the choices", choices, sum->npv_jpy);
    ck_assert_uint_eq(sum->years.count, (size_t)c.in->years);
    ck_assert_int_eq(sum->years.items[0].year, c.in->first_year);
    if (is_undiscounted(c.in)) check_years(name, sum, &judgement);
    st_case_close(&c);
}

/* A report whose columns do not add up to what was optimised is believed by nobody. */
START_TEST(every_yen_of_the_summary_is_the_judge_s)
{
    each_case(ST_GOLDEN, 40, check_sums, NULL);
}
END_TEST

/* What hosts and landowners get is told beside the operators' money. */
START_TEST(parties_get_what_they_get)
{
    struct st_case c;
    st_case_golden(&c, "rent_of_a_landowner");
    const struct st_summary *sum = summarise(&c);
    for (size_t k = 0; k < 2; k++) {
        near("year", "hosts", sum->years.items[k].hosts, 3650);
        near("year", "landowners", sum->years.items[k].landowners, 400);
    }
    const struct st_choice *choice = &c.plan->choices.items[0];
    near("choice", "saving", choice->host_saving_jpy, 3650);
    near("choice", "value", choice->host_npv_jpy, 3650 / 1.03 + 3650 / 1.03 / 1.03);
    near("choice", "kWh", choice->self_kwh, 365);
    near("choice", "kWh", choice->export_kwh, 730);
    near("choice", "kW", choice->pv_kw, 3);
    ck_assert_int_eq(choice->year, 0);
    st_case_close(&c);
    st_case_golden(&c, "years_are_discounted");
    c.in->operators.items[0].discount_rate = 0;
    c.plan->choices.items[0].site.index = 0;
    sum = summarise(&c);
    ck_assert(isnan(sum->irr) || sum->irr < 0); /* 29000 come back of 30000 */
    ck_assert(isnan(sum->payback_years));
    st_case_close(&c);
    st_case_golden(&c, "yields_fall_and_years_between_lie_on_the_line");
    sum = summarise(&c);
    near("both", "rate", sum->irr, c.plan->choices.items[0].irr);
    ck_assert_double_gt(sum->irr, 0);
    ck_assert_double_gt(sum->payback_years, 1);
    ck_assert_double_lt(sum->payback_years, 3);
    st_case_close(&c);
}
END_TEST

/* --- networks -----------------------------------------------------------------------------------
 */

static const struct st_loading *loading(const struct st_summary *sum, const char *what,
                                        const char *element)
{
    for (size_t i = 0; i < sum->loadings.count; i++) {
        const struct st_loading *it = &sum->loadings.items[i];
        if (strcmp(it->what, what) == 0 && strcmp(it->element, element) == 0) return it;
    }
    ck_abort_msg("%s %s is not told", what, element);
    return NULL;
}

static void check_loading(const struct st_summary *sum, const char *what, const char *element,
                          int64_t hour, double value, double limit)
{
    const struct st_loading *it = loading(sum, what, element);
    ck_assert_int_eq(it->hour, hour);
    near(element, "value", it->value, value);
    near(element, "limit", it->limit, limit);
}

/* People look at the fullest hour, before and after an outage, and at what it is held against. */
START_TEST(elements_are_told_in_their_fullest_hour)
{
    struct st_case c;
    st_case_golden(&c, "a_bank_is_reinforced");
    const struct st_summary *sum = summarise(&c);
    check_loading(sum, "feeder", "f", 0, -1.5, -1.75); /* as full as at noon: the earlier */
    check_loading(sum, "bank", "k", 12, 0.5, 0.5);
    st_case_close(&c);
    st_case_golden(&c, "pv_absorbs_reactive_power_and_fills_the_line");
    sum = summarise(&c);
    check_loading(sum, "line", "l2", 12, hypot(2, 2.25), 3.25);
    check_loading(sum, "node", "n2", 12, sqrt(1.005), 1.01);
    ck_assert(isnan(loading(sum, "line", "l1")->limit));
    ck_assert(isnan(loading(sum, "feeder", "f")->limit));
    st_case_close(&c);
    st_case_golden(&c, "an_armed_plant_trips_after_an_outage");
    sum = summarise(&c);
    check_loading(sum, "circuit", "ys", 12, 2, 2);
    check_loading(sum, "circuit", "xy", 12, -1, -1);
    check_loading(sum, "outage", "xy", 12, -2, -2);
    ck_assert_str_eq(loading(sum, "outage", "xy")->outage, "ys");
    ck_assert_ptr_null(loading(sum, "circuit", "xy")->outage);
    near("trips", "kWh", sum->trips_kwh_per_year, 0.365);
    st_case_close(&c);
}
END_TEST

/* The rule leaves losses out: it is safe for rises, and what it misses of drops is told. */
START_TEST(voltages_by_ac_are_told_as_warnings)
{
    struct st_case c;
    st_case_golden(&c, "voltage_rises_along_two_lines");
    const struct st_summary *sum = summarise(&c);
    ck_assert_double_lt(sum->highest_pu, sqrt(1.05));
    ck_assert_double_gt(sum->highest_pu, sqrt(1.05) - 0.002);
    ck_assert_double_lt(sum->lowest_pu, 1);
    ck_assert_int_eq(sum->voltage_warnings, 0);
    st_case_close(&c);
    st_case_golden(&c, "loads_lower_the_voltage");
    struct az_judgement judgement;
    c.in->feeders.items[0].v_min_pu = sqrt(0.94) - 1e-4;
    ck_assert_int_eq(st_evaluate(c.in, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    sum = summarise(&c);
    ck_assert_double_lt(sum->lowest_pu, sqrt(0.94) - 1e-4);
    ck_assert_int_eq(sum->voltage_warnings, 23); /* n2 in every hour but noon */
    st_case_close(&c);
    st_case_golden(&c, "a_feeder_is_reinforced");
    ck_assert(isnan(summarise(&c)->lowest_pu));
    st_case_close(&c);
}
END_TEST

/* --- the rest -----------------------------------------------------------------------------------
 */

/* A district without a shelter that works would count among those that are served. */
START_TEST(who_is_covered_is_told)
{
    struct st_case c;
    st_case_golden(&c, "a_district_within_reach_of_a_shelter");
    const struct st_summary *sum = summarise(&c);
    ck_assert_uint_eq(sum->coverage.count, 2);
    ck_assert_int_eq(sum->coverage.items[0].covered, 1);
    ck_assert_int_eq(sum->coverage.items[0].shelters, 1);
    ck_assert_int_eq(sum->coverage.items[1].covered, 0);
    ck_assert_int_eq(sum->people_covered, 1000);
    st_case_close(&c);
}
END_TEST

/* What only a solver knows stays when the rest is told anew. */
START_TEST(worths_and_reasons_are_kept)
{
    struct st_case c;
    struct st_worth worth = { .limit = "f", .jpy_per_unit = 12 };
    struct st_left_out out = { .site = { .id = "a" }, .reason = ST_REASON_LOSES, .lost_jpy = 5 };
    st_case_golden(&c, "a_feeder_is_reinforced");
    summarise(&c);
    c.plan->summary->worths.items = &worth;
    c.plan->summary->left_out.items = &out;
    c.plan->summary->worths.count = c.plan->summary->left_out.count = 1;
    const struct st_summary *sum = summarise(&c);
    ck_assert_ptr_eq(sum->worths.items, &worth);
    ck_assert_ptr_eq(sum->left_out.items, &out);
    near("f", "worth", loading(sum, "feeder", "f")->worth_jpy_per_kw, 12);
    st_case_close(&c);
}
END_TEST

/* A plan that does not fit has a summary in which nothing is known. */
START_TEST(a_plan_of_another_shape_has_no_results)
{
    struct st_case c;
    st_case_golden(&c, "a_feeder_is_reinforced");
    c.plan->choices.items[0].option = "none";
    const struct st_summary *sum = summarise(&c);
    ck_assert(isnan(sum->npv_jpy));
    ck_assert_uint_eq(sum->years.count, 0);
    st_case_close(&c);
}
END_TEST

/* --- making plans -------------------------------------------------------------------------------
 */

/* A solver's choices come back from its plan as they were; a list may grow past its first room. */
START_TEST(plans_are_made_and_read_back)
{
    struct st_case c;
    struct st_plan *plan, *copy;
    st_case_golden(&c, "a_share_of_roofs_at_a_price");
    size_t option[] = { 0, AZ_NO_INDEX, 0, 0 }, back[4];
    bool armed[] = { true, false, false, false };
    ck_assert_int_eq(st_plan_of(c.in, option, armed, c.arena, &plan), AZ_OK);
    ck_assert_uint_eq(plan->choices.count, 3);
    ck_assert_int_eq(plan->choices.items[0].armed, 1);
    ck_assert_int_eq(st_plan_options(c.in, plan, back), AZ_OK);
    ck_assert_mem_eq(option, back, sizeof back);
    ck_assert_int_eq(st_plan_choose(c.in, plan, 1, 0, c.arena), AZ_OK);
    ck_assert_int_eq(st_plan_choose(c.in, plan, 1, 0, c.arena), AZ_OK);
    ck_assert_int_eq(st_plan_options(c.in, plan, back), AZ_INVALID); /* twice */
    plan->choices.count--;
    ck_assert_int_eq(st_plan_copy(plan, c.arena, &copy), AZ_OK);
    ck_assert_int_eq(st_plan_options(c.in, copy, back), AZ_OK);
    ck_assert_uint_eq(back[1], 0);
    ck_assert(isnan(copy->choices.items[3].npv_jpy));
    ck_assert_int_eq(st_plan_new(c.in, c.arena, &plan), AZ_OK);
    struct az_judgement judgement;
    ck_assert_int_eq(st_evaluate(c.in, plan, c.arena, &judgement), AZ_OK);
    ck_assert_double_eq(judgement.cost, 0);
    st_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_summary");
    TCase *cases = tcase_create("summary");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, every_yen_of_the_summary_is_the_judge_s);
    tcase_add_test(cases, parties_get_what_they_get);
    tcase_add_test(cases, elements_are_told_in_their_fullest_hour);
    tcase_add_test(cases, voltages_by_ac_are_told_as_warnings);
    tcase_add_test(cases, who_is_covered_is_told);
    tcase_add_test(cases, worths_and_reasons_are_kept);
    tcase_add_test(cases, a_plan_of_another_shape_has_no_results);
    tcase_add_test(cases, plans_are_made_and_read_back);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
