/* test_siting_explain.c - why there is no plan, with amounts calculated by hand; what a plan leaves
 * out, and what one step more of a limit brings. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formulations/siting/explain.h"
#include "formulations/siting/plan.h"
#include "tests/support/engines.h"
#include "tests/support/st_case.h"
#include "tests/support/st_random.h"
#include "tests/support/suite.h"

/* A year in which nothing is discounted; sun of 1 kW for each kW at noon. */
#define YEAR                                                                                \
    "'kind':'siting','first_year':2026,'years':1,'mode':'exact','discount_rate':0,"         \
    "'money_scale':1,'gap':0,'gap_abs':0.01,"                                               \
    "'operators':[{'id':'op','discount_rate':0}],"                                          \
    "'typical_days':[{'id':'day','weight_days':365}],"                                      \
    "'profiles':[{'id':'noon','values':[0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0]}," \
    "{'id':'flat','values':1}],"
/* A factory that is decided to have 10 kW. */
#define TEN(at)                                                                    \
    "{'id':'a','kind':'factory','decision':'in','connection':'" at "','surfaces':" \
    "[{'yield':'noon','max_kw':10}],'options':[{'id':'o','pv_kw':10,'capex_jpy':1200}]}"
#define BATTERY(id, kwh, jpy, more)                                                               \
    "{'id':'" id "','kind':'factory','options':[{'id':'o','battery_kwh':" kwh ",'capex_jpy':" jpy \
    "}]" more "}"

static void open_text(struct st_case *c, const char *text)
{
    json_t *json = document_parse(text);
    st_case_open_good(c, json, text);
    json_decref(json);
}

static void explain_in(const struct st_case *c, const struct az_context *context,
                       struct az_explanation *explanation)
{
    ck_assert_int_eq(st_explain(c->in, engine_at(0), context, c->arena, explanation), AZ_OK);
}

static void explain(const struct st_case *c, struct az_explanation *explanation)
{
    struct az_context context = az_context_default();
    explain_in(c, &context, explanation);
}

static void check_reason(const struct az_explanation *explanation, size_t i, enum st_rule rule,
                         const char *pointer, double amount)
{
    ck_assert_uint_lt(i, explanation->reasons.count);
    const struct az_reason *reason = &explanation->reasons.items[i];
    ck_assert_str_eq(reason->rule->code.code, st_rules[rule].code.code);
    ck_assert_str_eq(reason->pointer, pointer);
    ck_assert_double_eq_tol(reason->amount, amount, 1e-6 * fmax(1, amount));
    ck_assert(*reason->words.en && *reason->words.ja && *reason->place);
}

static void check_alone(const struct st_case *c, enum st_rule rule, const char *pointer,
                        double amount)
{
    struct az_explanation explanation;
    explain(c, &explanation);
    ck_assert(!explanation.feasible && explanation.proven && explanation.minimal);
    ck_assert_uint_eq(explanation.reasons.count, 1);
    check_reason(&explanation, 0, rule, pointer, amount);
}

/* --- what must give ------------------------------------------------------------------------------
 */

/* A cause that the elastic problem does not know is told as none, or as another one's. */
START_TEST(sums_of_the_portfolio_give)
{
    struct st_case c;
    /* 700 + 500 of 900 */
    open_text(&c, "{" YEAR "'sites':[" BATTERY("a", "10", "700", ",'decision':'in'") "," BATTERY(
                      "b", "10", "500", "") "],"
                                            "'limits':[{'id':'two','what':'count','min':2}],"
                                            "'budgets':[{'id':'all','jpy':900}]}");
    check_alone(&c, ST_RULE_budget, "/budgets/0/jpy", 300);
    st_case_close(&c);
    /* the third is too dear: one of three is a smaller share than five times the budget */
    open_text(
        &c, "{" YEAR
            "'sites':[" BATTERY("a", "10", "100", "") "," BATTERY("b", "10", "100", "") "," BATTERY(
                "c", "10", "1000", "") "],"
                                       "'limits':[{'id':'three','what':'count','min':3}],"
                                       "'budgets':[{'id':'all','jpy':200}]}");
    check_alone(&c, ST_RULE_count_min, "/limits/0/min", 1);
    st_case_close(&c);
    /* decided: 10 + 20 kWh of 25; validation tells so too */
    open_text(&c, "{" YEAR "'sites':[" BATTERY("a", "10", "1", ",'decision':'in'") "," BATTERY(
                      "b", "20", "1",
                      ",'decision':'in'") "],"
                                          "'limits':[{'id':'kwh','what':'battery_kwh','max':30}]}");
    c.in->limits.items[0].max = 25;
    check_alone(&c, ST_RULE_battery_max, "/limits/0/max", 5);
    st_case_close(&c);
    /* a budget of nothing */
    open_text(&c, "{" YEAR "'sites':[" BATTERY(
                      "a", "10", "700", ",'decision':'in'") "],"
                                                            "'budgets':[{'id':'all','jpy':700}]}");
    c.in->budgets.items[0].jpy = 0;
    check_alone(&c, ST_RULE_budget, "/budgets/0/jpy", 700);
    st_case_close(&c);
}
END_TEST

/* Shares are told in hundredths, districts one by one, deliveries in their own unit. */
START_TEST(shares_districts_and_capacities_give)
{
    struct st_case c;
    open_text(&c, "{" YEAR "'sites':["
                  "{'id':'a','kind':'house','surfaces':[{'yield':'noon','max_kw':4}],"
                  "'options':[{'id':'o','pv_kw':4,'capex_jpy':100}]},"
                  "{'id':'b','kind':'house','surfaces':[{'yield':'noon','max_kw':4}],"
                  "'options':[{'id':'o','pv_kw':4,'capex_jpy':1000}]}],"
                  "'limits':[{'id':'roofs','what':'roof_share','min':1}],"
                  "'budgets':[{'id':'all','jpy':100}]}");
    check_alone(&c, ST_RULE_roof_share_min, "/limits/0/min", 50);
    st_case_close(&c);
    open_text(&c, "{" YEAR "'sites':[{'id':'a','kind':'public','shelter':true,'critical_kw':1,"
                  "'surfaces':[{'yield':'noon','max_kw':4}],"
                  "'options':[{'id':'o','battery_kwh':100,'capex_jpy':1000}]}],"
                  "'districts':[{'id':'d','reaches':['a'],'must_be_covered':true}],"
                  "'coverage':{'backup_hours':24},'budgets':[{'id':'all','jpy':100}]}");
    check_alone(&c, ST_RULE_covered, "/districts/0/must_be_covered", 1);
    st_case_close(&c);
    open_text(&c, "{" YEAR "'sites':[{'id':'a','kind':'community',"
                  "'options':[{'id':'o','capex_jpy':1,'capacity':12}]}],"
                  "'customers':[{'id':'x','amount':6},{'id':'y','amount':6}],"
                  "'delivery_jpy':[[1],[1]]}");
    c.in->sites.items[0].option[0].capacity = 10;
    check_alone(&c, ST_RULE_site_capacity, "/sites/0", 2);
    c.in->sites.items[0].option[0].capacity = 0; /* a capacity too */
    check_alone(&c, ST_RULE_site_capacity, "/sites/0", 12);
    st_case_close(&c);
}
END_TEST

/* 10 kW where 6 are taken, and the other way round. */
START_TEST(feeders_and_banks_give)
{
    struct st_case c;
    open_text(&c, "{" YEAR "'sites':[" TEN("f") "],'feeders':[{'id':'f','capacity_kw':6}]}");
    check_alone(&c, ST_RULE_feeder_export, "/feeders/0/capacity_kw", 4);
    st_case_close(&c);
    open_text(&c, "{" YEAR "'sites':[" TEN(
                      "f") "],'feeders':[{'id':'f','capacity_kw':6,"
                           "'load':'flat','year_kwh':70080}]}"); /* 8 kW, at noon 2 the other way */
    check_alone(&c, ST_RULE_feeder_load, "/feeders/0/capacity_kw", 2);
    st_case_close(&c);
    open_text(&c, "{" YEAR "'sites':[" TEN("k") "],'banks':[{'id':'k','capacity_kw':100,"
                                                "'reverse_kw':6}]}");
    check_alone(&c, ST_RULE_bank_export, "/banks/0/reverse_kw", 4);
    st_case_close(&c);
    open_text(&c,
              "{" YEAR "'sites':[" TEN(
                  "f") "],'feeders':[{'id':'f','bank':'k','load':'flat',"
                       "'year_kwh':70080}],'banks':[{'id':'k','capacity_kw':5,'reverse_kw':6}]}");
    check_alone(&c, ST_RULE_bank_load, "/banks/0/capacity_kw", 3);
    st_case_close(&c);
}
END_TEST

#define TREE(kv, more_node, more_line)                                                           \
    "'feeders':[{'id':'f','root':'n0','kv':6.6," kv "}],'nodes':[{'id':'n0','feeder':'f'},"      \
    "{'id':'n1','feeder':'f'" more_node "}],'lines':[{'id':'l','from':'n0','to':'n1','x_ohm':0," \
    "'r_ohm':217.8" more_line "}]"

/* 217.8 ohm at 6.6 kV: 2 * 217.8 * 10 / 43560 = 0.1 of the squared voltage for 10 kW. */
START_TEST(lines_and_voltages_give)
{
    struct st_case c;
    open_text(&c,
              "{" YEAR "'sites':[" TEN("n1") "]," TREE("'v_max_pu':1.2", "", ",'limit_kva':6") "}");
    check_alone(&c, ST_RULE_line_limit, "/lines/0/limit_kva", 4);
    st_case_close(&c);
    open_text(&c, "{" YEAR "'sites':[" TEN("n1") "]," TREE("'v_max_pu':1.02", "", "") "}");
    check_alone(&c, ST_RULE_voltage_high, "/nodes/1", sqrt(1.1) - 1.02);
    st_case_close(&c);
    open_text(&c, "{" YEAR "'sites':[" TEN("n1") "]," TREE(
                      "'v_min_pu':0.96", ",'load':'flat','year_kwh':87600", "") "}");
    check_alone(&c, ST_RULE_voltage_low, "/nodes/1", 0.96 - sqrt(0.9));
    st_case_close(&c);
}
END_TEST

#define GRID(one, two)                                                     \
    "'upstream':{'buses':[{'id':'g'},{'id':'s'}],'slack':'g','circuits':[" \
    "{'id':'c1','from':'s','to':'g','x_pu':0.1," one "},"                  \
    "{'id':'c2','from':'s','to':'g','x_pu':0.1," two "}]}"

/* 5 kW on each of two circuits; 10 on the one that is left. */
START_TEST(circuits_give_before_and_after_an_outage)
{
    struct st_case c;
    open_text(&c, "{" YEAR "'sites':[" TEN("s") "]," GRID("'normal_kw':3,'emergency_kw':20",
                                                          "'normal_kw':20") "}");
    check_alone(&c, ST_RULE_circuit_normal, "/upstream/circuits/0/normal_kw", 2);
    st_case_close(&c);
    open_text(&c, "{" YEAR "'sites':[" TEN("s") "]," GRID("'normal_kw':6,'emergency_kw':7",
                                                          "'normal_kw':20") "}");
    check_alone(&c, ST_RULE_circuit_outage, "/upstream/circuits/0/emergency_kw", 3);
    st_case_close(&c);
    /* without an emergency rating the normal one is both */
    open_text(&c, "{" YEAR "'sites':[" TEN("s") "]," GRID("'normal_kw':4", "'normal_kw':20") "}");
    check_alone(&c, ST_RULE_circuit_outage, "/upstream/circuits/0/normal_kw", 6);
    st_case_close(&c);
}
END_TEST

/* A host that would pay more cannot be outvoted by a decision: 365 kWh at 30 instead of 20. */
START_TEST(a_decided_site_whose_host_pays_is_told)
{
    struct st_case c;
    open_text(&c, "{" YEAR "'tariffs':[{'id':'t','ppa':{'steps':[{'jpy_per_kwh':30}]},"
                  "'retail':{'steps':[{'jpy_per_kwh':20}]}}],"
                  "'sites':[{'id':'a','kind':'factory','decision':'in','load':'flat',"
                  "'year_kwh':8760,'tariff':'t','surfaces':[{'yield':'noon','max_kw':1}],"
                  "'options':[{'id':'o','pv_kw':1,'capex_jpy':1}]}]}");
    check_alone(&c, ST_RULE_host_pays, "/sites/0/decision", 3650);
    st_case_close(&c);
}
END_TEST

/* Told one at a time, a planner would raise one limit, wait, and be told of the next. */
START_TEST(two_causes_are_told_at_once)
{
    struct st_case c;
    struct az_explanation explanation;
    open_text(&c, "{" YEAR "'sites':[" TEN("f") "],'feeders':[{'id':'f','capacity_kw':6}],"
                                                "'budgets':[{'id':'all','jpy':1200}]}");
    c.in->budgets.items[0].jpy = 900;
    explain(&c, &explanation);
    ck_assert(!explanation.feasible && explanation.proven && explanation.minimal);
    ck_assert_uint_eq(explanation.reasons.count, 2);
    check_reason(&explanation, 0, ST_RULE_budget, "/budgets/0/jpy", 300);
    check_reason(&explanation, 1, ST_RULE_feeder_export, "/feeders/0/capacity_kw", 4);
    c.in->budgets.items[0].jpy = 1200;
    check_alone(&c, ST_RULE_feeder_export, "/feeders/0/capacity_kw", 4);
    c.in->feeders.items[0].capacity_kw = 10;
    explain(&c, &explanation);
    ck_assert(explanation.feasible && explanation.proven);
    st_case_close(&c);
}
END_TEST

/* --- what is told is enough, and less is not ----------------------------------------------------
 */

/* A limit gives by `share` of what was told. False: it is of a kind that this does not change. */
static bool let_give(struct st_instance *in, const struct az_reason *reason, double share)
{
    size_t i;
    double by = share * reason->amount;
    if (sscanf(reason->pointer, "/budgets/%zu/", &i) == 1) {
        in->budgets.items[i].jpy += by;
    } else if (sscanf(reason->pointer, "/limits/%zu/", &i) == 1) {
        struct st_limit *limit = &in->limits.items[i];
        if (limit->what == ST_ROOF_SHARE) by /= 100;
        if (strstr(reason->pointer, "/max"))
            limit->max += by;
        else
            limit->min -= by;
    } else if (sscanf(reason->pointer, "/feeders/%zu/", &i) == 1) {
        in->feeders.items[i].capacity_kw += by;
    } else if (sscanf(reason->pointer, "/banks/%zu/", &i) == 1) {
        if (strstr(reason->pointer, "reverse"))
            in->banks.items[i].reverse_kw += by;
        else
            in->banks.items[i].capacity_kw += by;
    } else if (sscanf(reason->pointer, "/upstream/circuits/%zu/", &i) == 1) {
        if (strstr(reason->pointer, "normal"))
            in->upstream->circuits.items[i].normal_kw += by;
        else
            in->upstream->circuits.items[i].emergency_kw += by;
    } else {
        return false;
    }
    return true;
}

static bool is_feasible(const struct st_case *c)
{
    struct az_explanation explanation;
    explain(c, &explanation);
    return explanation.feasible;
}

/* An amount that is not enough sends the planner back once more; one that is too much costs. */
START_TEST(what_is_told_is_enough_and_less_is_not)
{
    size_t told = 0, all = TEST_SOME(60);
    for (uint64_t seed = 0; seed < all; seed++) {
        struct st_case c;
        struct az_explanation explanation;
        unsigned features = ST_WITH_BUDGET | ST_WITH_LIMITS;
        if (seed % 3 == 1) features |= ST_WITH_FEEDERS;
        if (seed % 3 == 2) features |= ST_WITH_UPSTREAM;
        json_t *json = st_random_instance(seed, 4 + seed % 5, features);
        ck_assert_int_eq(st_case_open(&c, json, NULL), AZ_OK);
        json_decref(json);
        if (c.findings.count > 0) { /* a limit that counts nothing */
            st_case_close(&c);
            continue;
        }
        for (size_t b = 0; b < c.in->budgets.count; b++) c.in->budgets.items[b].jpy *= 0.5;
        for (size_t l = 0; l < c.in->limits.count; l++) c.in->limits.items[l].min *= 1.5;
        explain(&c, &explanation);
        ck_assert(explanation.proven);
        if (!explanation.feasible) {
            size_t count = explanation.reasons.count;
            bool given = true;
            told++;
            ck_assert_uint_gt(count, 0);
            ck_assert(explanation.minimal);
            for (size_t i = 0; i < count; i++)
                given = let_give(c.in, &explanation.reasons.items[i], 1 + 1e-5) && given;
            if (!given || !is_feasible(&c))
                ck_abort_msg("seed %d: what was told is not enough", (int)seed);
            for (size_t i = 0; i < count; i++) {
                let_give(c.in, &explanation.reasons.items[i], -0.01);
                if (is_feasible(&c)) ck_abort_msg("seed %d: less is enough", (int)seed);
                let_give(c.in, &explanation.reasons.items[i], 0.01);
            }
        }
        st_case_close(&c);
    }
    ck_assert_uint_gt(told, all / 5);
}
END_TEST

/* An explanation for which there was no time says nothing that it does not know. */
START_TEST(without_time_nothing_is_claimed)
{
    struct st_case c;
    struct az_explanation explanation;
    struct az_context context = az_context_default();
    context.deadline = az_now(&context);
    open_text(&c, "{" YEAR "'sites':[" TEN("f") "],'feeders':[{'id':'f','capacity_kw':6}]}");
    explain_in(&c, &context, &explanation);
    ck_assert(!explanation.feasible);
    ck_assert(!explanation.proven || explanation.reasons.count == 1);
    ck_assert(!explanation.all_limits);
    st_case_close(&c);
}
END_TEST

/* --- of a plan ----------------------------------------------------------------------------------
 */

/* 365 kWh at 20 are 7300 for each site. */
#define EARNS(id, jpy)                                                                         \
    "{'id':'" id "','kind':'factory','load':'flat','year_kwh':8760,'tariff':'t',"              \
    "'surfaces':[{'yield':'noon','max_kw':1}],'options':[{'id':'o','pv_kw':1,'capex_jpy':" jpy \
    "}]}"
#define TARIFF                                                   \
    "'tariffs':[{'id':'t','ppa':{'steps':[{'jpy_per_kwh':20}]}," \
    "'retail':{'steps':[{'jpy_per_kwh':30}]}}],"

static const char three_sites[] =
    "{" YEAR TARIFF
    "'sites':[" EARNS("a", "1000") "," EARNS("b", "2000") "," EARNS("c", "4000") "," EARNS(
        "d", "8000") ",{'id':'e','kind':'house',"
                     "'decision':'out','options':[{'id':'o','battery_kwh':1,'capex_jpy':1}]}],"
                     "'budgets':[{'id':'all','jpy':3000}]}";

/* A budget of 3000 takes a and b; c brings 3300 for 4000, d loses, e is decided out. */
START_TEST(what_is_left_out_is_told_with_its_reason)
{
    struct st_case c;
    struct az_explanation e;
    open_text(&c, three_sites);
    explain(&c, &e);
    ck_assert(e.feasible && e.proven);
    ck_assert_ptr_nonnull(
        strstr(e.found.en, "2 of 5 sites, net present value 11,600 JPY; sites left out: 3"));
    ck_assert_uint_eq(e.reasons.count, 3);
    ck_assert_str_eq(e.reasons.items[0].pointer, "/sites/2");
    ck_assert_str_eq(e.reasons.items[0].rule->code.code, "budget");
    ck_assert_ptr_nonnull(strstr(e.reasons.items[0].words.en, ": 3,000 JPY"));
    ck_assert_ptr_nonnull(strstr(e.reasons.items[0].words.ja, "3,000 円"));
    ck_assert_ptr_nonnull(strstr(e.reasons.items[2].words.en, "decided"));
    ck_assert_str_eq(e.reasons.items[1].pointer, "/sites/3");
    ck_assert_ptr_nonnull(strstr(e.reasons.items[1].words.en, "costs more than it brings"));
    ck_assert_str_eq(e.reasons.items[2].pointer, "/sites/4");
    ck_assert_str_eq(e.reasons.items[2].rule->code.code, "decided_out");
    for (size_t i = 0; i < 3; i++) ck_assert(isnan(e.reasons.items[i].amount));
    st_case_close(&c);
}
END_TEST

static double value_of(const struct st_case *c)
{
    struct az_explanation e;
    explain(c, &e);
    const char *at = strstr(e.found.en, "value ");
    ck_assert_ptr_nonnull(at);
    double value = 0; /* thousands have commas */
    at += strlen("value ");
    bool below = strncmp(at, "−", strlen("−")) == 0;
    for (at += below ? strlen("−") : 0; *at == ',' || (*at >= '0' && *at <= '9'); at++)
        if (*at != ',') value = 10 * value + (*at - '0');
    return below ? -value : value;
}

/* A gain that is told too low hides the limit that matters, too high sends people to the wrong one:
 * one yen more is worth c's 3300 / 4000 at most, 4000 more exactly that. */
START_TEST(a_yen_more_of_the_budget_brings_what_is_told_at_most)
{
    struct st_case c;
    struct az_explanation e;
    open_text(&c, three_sites);
    explain(&c, &e);
    ck_assert(e.all_limits);
    ck_assert_uint_eq(e.reliefs.count, 1);
    ck_assert_str_eq(e.reliefs.items[0].pointer, "/budgets/0/jpy");
    double gain = e.reliefs.items[0].gain, before = value_of(&c);
    ck_assert_double_eq_tol(gain, 3300.0 / 4000, 1e-6);
    c.in->budgets.items[0].jpy += 1;
    ck_assert_double_le(value_of(&c) - before, gain);
    c.in->budgets.items[0].jpy += 3999;
    ck_assert_double_eq_tol(value_of(&c) - before, 4000 * gain, 1e-3);
    st_case_close(&c);
}
END_TEST

/* 10 kW at noon, 7 may flow after an outage: 3 kW of a plant's trip for 365 hours with an outage of
 * 876 hours a year: a kW costs 365 * 0.1 * 40 JPY, and one kW more of the rating saves that. */
START_TEST(a_kilowatt_more_saves_the_trip_of_a_kilowatt)
{
    struct st_case c;
    struct az_explanation e;
    open_text(
        &c, "{" YEAR "'sites':[" TEN(
                "s") "],'upstream':{'buses':[{'id':'g'},{'id':'s'}],"
                     "'slack':'g','plants':[{'id':'p','bus':'s','output':'noon','kw':5,"
                     "'lost_jpy_per_kwh':40}],'circuits':["
                     "{'id':'c1','from':'s','to':'g','x_pu':0.1,'normal_kw':20,'emergency_kw':12},"
                     "{'id':'c2','from':'s','to':'g','x_pu':0.1,'normal_kw':20,"
                     "'outage_hours_per_year':876}]}}");
    explain(&c, &e);
    ck_assert(e.feasible);
    ck_assert_uint_eq(e.reliefs.count, 1);
    ck_assert_str_eq(e.reliefs.items[0].pointer, "/upstream/circuits/0/emergency_kw");
    double gain = e.reliefs.items[0].gain, before = value_of(&c);
    ck_assert_double_eq_tol(gain, 365 * 0.1 * 40, 1e-3);
    c.in->upstream->circuits.items[0].emergency_kw += 1;
    ck_assert_double_eq_tol(value_of(&c) - before, gain, 1);
    st_case_close(&c);
}
END_TEST

/* Without time for a relaxation the plan's own summary is told: an id of a circuit means the rating
 * that is fuller, sites that lose least come first. */
START_TEST(what_the_summary_tells_is_told_where_time_is_short)
{
    struct st_case c;
    struct st_plan *plan;
    struct st_summary summary = { 0 };
    struct az_judgement judgement = { 0 };
    struct az_explanation e = { 0 };
    struct az_context context = az_context_default(), late = az_context_default();
    size_t option[] = { 0, AZ_NO_INDEX, AZ_NO_INDEX };
    struct st_worth worths[] = { { "all", 0.5 }, { "c1", 30 }, { "unknown", 9 } };
    struct st_loading loadings[] = {
        { .element = "c1", .what = "circuit", .value = 5, .limit = 20 },
        { .element = "c1", .what = "outage", .value = 7, .limit = 7 }
    };
    struct st_left_out left[] = {
        { { .id = "b", .index = 1 }, ST_REASON_LIMIT, "c1", 80 },
        { { .id = "c", .index = 2 }, ST_REASON_LOSES, NULL, 20 },
    };
    open_text(
        &c, "{" YEAR "'sites':[" TEN("s") "," BATTERY("b", "1", "1", "") "," BATTERY(
                "c", "1", "1",
                "") "],'budgets':[{'id':'all','jpy':5000}]," GRID("'normal_kw':20,'emergency_kw':7",
                                                                  "'normal_kw':20") "}");
    struct st_explainer explainer = {
        .in = c.in, .engine = engine_at(0), .context = &late, .arena = c.arena, .explanation = &e
    };
    late.deadline = az_now(&late);
    ck_assert_int_eq(st_values_new(c.in, &context, 1, c.arena, &explainer.values), AZ_OK);
    ck_assert_int_eq(st_plan_of(c.in, option, NULL, c.arena, &plan), AZ_OK);
    summary.worths.items = worths;
    summary.worths.count = 3;
    summary.loadings.items = loadings;
    summary.loadings.count = 2;
    summary.left_out.items = left;
    summary.left_out.count = 2;
    plan->summary = &summary;
    ck_assert_int_eq(st_explain_plan(&explainer, plan, &judgement), AZ_OK);
    ck_assert_uint_eq(e.reliefs.count, 2);
    ck_assert_str_eq(e.reliefs.items[0].pointer, "/upstream/circuits/0/emergency_kw");
    ck_assert_double_eq(e.reliefs.items[0].gain, 30);
    ck_assert_str_eq(e.reliefs.items[1].pointer, "/budgets/0/jpy");
    ck_assert_uint_eq(e.reasons.count, 2);
    ck_assert_str_eq(e.reasons.items[0].rule->code.code,
                     "circuit_outage"); /* before one that loses */
    ck_assert_ptr_nonnull(strstr(e.reasons.items[0].words.en, "80 JPY"));
    ck_assert_str_eq(e.reasons.items[1].pointer, "/sites/2");
    st_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting explain");
    TCase *give = tcase_create("give"), *plan = tcase_create("plan");
    tcase_set_timeout(give, 300);
    tcase_add_test(give, sums_of_the_portfolio_give);
    tcase_add_test(give, shares_districts_and_capacities_give);
    tcase_add_test(give, feeders_and_banks_give);
    tcase_add_test(give, lines_and_voltages_give);
    tcase_add_test(give, circuits_give_before_and_after_an_outage);
    tcase_add_test(give, a_decided_site_whose_host_pays_is_told);
    tcase_add_test(give, two_causes_are_told_at_once);
    tcase_add_test(give, what_is_told_is_enough_and_less_is_not);
    tcase_add_test(give, without_time_nothing_is_claimed);
    tcase_add_test(plan, what_is_left_out_is_told_with_its_reason);
    tcase_add_test(plan, a_yen_more_of_the_budget_brings_what_is_told_at_most);
    tcase_add_test(plan, a_kilowatt_more_saves_the_trip_of_a_kilowatt);
    tcase_add_test(plan, what_the_summary_tells_is_told_where_time_is_short);
    suite_add_tcase(suite, give);
    suite_add_tcase(suite, plan);
    return test_suite_run(suite);
}
