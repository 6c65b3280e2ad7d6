/* test_siting_parties.c - every yen of any plan: what the judge counts, what the summary tells and
 * what each option is worth to each party are one account, on random plans and on the sample; no
 * host of an allowed option pays more than before. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/siting/plan.h"
#include "formulations/siting/value.h"
#include "tests/support/st_case.h"
#include "tests/support/st_random.h"
#include "tests/support/suite.h"

#define SAMPLE "instances/siting/matsumoto-ppa.json"

/* Sums over the chosen options of a plan, by st_cash alone. */
struct account {
    double npv[16]; /* [operators + 1] the last: of nobody */
    double operators[ST_MAX_YEARS], hosts[ST_MAX_YEARS], landowners[ST_MAX_YEARS];
    size_t pays; /* options whose host pays */
};

static void near(const char *what, double found, double expected, double scale)
{
    if (fabs(found - expected) > 1e-9 * fmax(1, scale))
        ck_abort_msg("%s is %.10g, not %.10g", what, found, expected);
}

static const struct st_option *option_of(const struct st_site *site, const char *id)
{
    for (size_t o = 0; o < site->option_count; o++)
        if (strcmp(site->option[o].id, id) == 0) return &site->option[o];
    ck_abort_msg("no option %s", id);
}

/* Within the contract a host never has less than before. */
static void check_host(const struct st_instance *in, const struct st_site *site,
                       const struct st_option *option, const struct st_year_cash year[])
{
    int64_t contract = site->tariff.id ? in->tariffs.items[site->tariff.index].contract_years : 20;
    for (int64_t k = option->year; k < in->years && k < option->year + contract; k++)
        ck_assert_double_ge(year[k].host,
                            -fmax(1e-6, 1e-6 * (fabs(year[k].ppa) + fabs(year[k].saving))));
}

static void account_of(const struct st_instance *in, const struct st_plan *plan,
                       struct az_arena *arena, struct account *a)
{
    struct st_year_cash year[ST_MAX_YEARS];
    struct st_dispatch room[2];
    struct st_energy first, last;
    *a = (struct account){ 0 };
    ck_assert_uint_lt(in->operators.count, 16);
    for (size_t k = 0; k < 2; k++) ck_assert_int_eq(st_dispatch_new(in, arena, &room[k]), AZ_OK);
    for (size_t i = 0; i < plan->choices.count; i++) {
        const struct st_choice *choice = &plan->choices.items[i];
        const struct st_site *site = &in->sites.items[choice->site.index];
        const struct st_option *option = option_of(site, choice->option);
        double yield = st_last_yield(in, site, option);
        st_dispatch_run(in, site, NULL, 1, &room[0]);
        st_energy_of(in, site, option, 1, &room[0], &room[1], &first);
        st_energy_of(in, site, option, yield, &room[0], &room[1], &last);
        st_cash(in, site, option, &first, &last, year);
        bool pays = st_host_pays(in, site, option, year, NULL);
        a->pays += pays;
        if (!pays) check_host(in, site, option, year);
        near("npv of a choice", choice->npv_jpy, st_operator_npv(in, site, year),
             option->capex_jpy);
        near("saving of a choice", choice->host_saving_jpy, year[option->year].host,
             option->capex_jpy);
        size_t owner =
            site->operator_index < in->operators.count ? site->operator_index : in->operators.count;
        a->npv[owner] += st_operator_npv(in, site, year);
        for (int64_t k = 0; k < in->years; k++) {
            const struct st_year_cash *y = &year[k];
            a->operators[k] += y->capex + y->subsidy + y->operation + y->rent + y->ppa +
                               y->surplus + y->environmental;
            a->hosts[k] += y->host;
            a->landowners[k] += y->landowner;
        }
    }
}

static bool is_shared(const char *code)
{
    static const char *const shared[] = { "reinforcement", "arming", "trips", "delivery",
                                          "carbon" };
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++)
        if (strcmp(code, shared[k]) == 0) return true;
    return false;
}

/* Judge, summary and account of a plan are the same. */
static void check_plan(struct st_case *c)
{
    const struct st_instance *in = c->in;
    struct az_judgement judgement;
    struct account a;
    double all = 0, shared = 0, npv = 0, scale = 1;
    size_t pays = 0;
    ck_assert_int_eq(st_evaluate(in, c->plan, c->arena, &judgement), AZ_OK);
    ck_assert_int_eq(st_summarise(in, c->arena, c->plan), AZ_OK);
    account_of(in, c->plan, c->arena, &a);
    for (size_t i = 0; i < judgement.money.count; i++) {
        all += judgement.money.items[i].amount;
        if (is_shared(judgement.money.items[i].code)) shared += judgement.money.items[i].amount;
        scale = fmax(scale, fabs(judgement.money.items[i].amount));
    }
    near("sum of the items", all, judgement.cost, scale);
    for (size_t o = 0; o <= in->operators.count; o++) {
        const char *owner = o < in->operators.count ? in->operators.items[o].id : "";
        double of = 0;
        for (size_t i = 0; i < judgement.money.count; i++)
            if (strcmp(judgement.money.items[i].owner, owner) == 0 &&
                !is_shared(judgement.money.items[i].code))
                of -= judgement.money.items[i].amount;
        near("an operator's present value", of, a.npv[o], scale);
        npv += a.npv[o];
    }
    near("cost", judgement.cost, shared - npv, scale);
    near("net present value", c->plan->summary->npv_jpy, -judgement.cost, scale);
    for (int64_t k = 0; k < in->years; k++) {
        const struct st_year_flow *year = &c->plan->summary->years.items[k];
        near("operators in a year", year->operators, a.operators[k] + year->shared, scale);
        near("hosts in a year", year->hosts, a.hosts[k], scale);
        near("landowners in a year", year->landowners, a.landowners[k], scale);
    }
    for (size_t i = 0; i < judgement.violations.count; i++)
        pays += strcmp(judgement.violations.items[i].rule->code.code, "host_pays") == 0;
    if (judgement.violation_count == judgement.violations.count) ck_assert_uint_eq(pays, a.pays);
}

/* Any option at most sites; allowed: only those that the values allow. */
static void choose(struct st_case *c, struct az_random *dice, const struct st_values *values,
                   bool allowed)
{
    size_t *option = AZ_ARRAY(c->arena, c->in->sites.count, size_t);
    for (size_t s = 0; s < c->in->sites.count; s++) {
        size_t count = c->in->sites.items[s].option_count;
        option[s] = AZ_NO_INDEX;
        if (count == 0 || az_random_below(dice, 4) == 0) continue;
        size_t o = az_random_below(dice, count);
        if (allowed && values->value[values->first[s] + o].refusal == ST_HOST_PAYS) continue;
        option[s] = o;
    }
    ck_assert_int_eq(st_plan_of(c->in, option, NULL, c->arena, &c->plan), AZ_OK);
}

static void try_plans(struct st_case *c, uint64_t seed, int plans)
{
    struct az_context context = az_context_default();
    struct st_values *values;
    struct az_random dice;
    struct az_judgement judgement;
    az_random_seed(&dice, seed);
    ck_assert_int_eq(st_values_new(c->in, &context, 1, c->arena, &values), AZ_OK);
    for (int i = 0; i < plans; i++) {
        choose(c, &dice, values, i % 2 == 0);
        if (i % 2 == 0) {
            ck_assert_int_eq(st_evaluate(c->in, c->plan, c->arena, &judgement), AZ_OK);
            for (size_t k = 0; k < judgement.violations.count; k++)
                ck_assert_str_ne(judgement.violations.items[k].rule->code.code, "host_pays");
        }
        check_plan(c);
    }
}

/* Prices of the business tariff above what its hosts pay now, in every third instance. */
START_TEST(random_plans_are_one_account)
{
    unsigned features = ST_WITH_COVERAGE | ST_WITH_PRICES | ST_WITH_LIMITS | ST_WITH_BUDGET;
    if (_i % 2) features |= ST_WITH_LINES;
    if (_i % 4 > 1) features |= ST_WITH_UPSTREAM;
    struct st_case c;
    json_t *json = st_random_instance(50 + (uint64_t)_i, 3 + (size_t)_i % 9, features);
    json_t *tariff = json_array_get(json_object_get(json, "tariffs"), 1);
    if (_i % 3 == 0)
        json_object_set_new(tariff, "ppa", json_pack("{s:[{s:f}]}", "steps", "jpy_per_kwh", 24.5));
    st_case_open_good(&c, json, "random");
    try_plans(&c, (uint64_t)_i, 6);
    json_decref(json);
    st_case_close(&c);
}
END_TEST

START_TEST(plans_of_the_sample_are_one_account)
{
    struct st_case c;
    st_case_load(&c, SAMPLE, NULL);
    try_plans(&c, 5, 2);
    st_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_parties");
    TCase *cases = tcase_create("every yen");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, random_plans_are_one_account, 0, TEST_SOME(40));
    tcase_add_test(cases, plans_of_the_sample_are_one_account);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
