/* test_siting_cash.c - the money of an option: calculated by hand, sums over the parties, and a
 * second implementation that must agree. */
#include <check.h>
#include <math.h>

#include "formulations/siting/cash.h"
#include "tests/support/st_hand.h"
#include "tests/support/st_plain.h"
#include "tests/support/suite.h"

#define NEAR 1e-9

/* Four years; an option in the second, two years of contract, the last year the host's. */
struct small {
    struct hand hand;
    struct st_tariff *tariff;
    struct st_site *site;
    struct st_option *option;
    struct st_energy first, last;
    struct st_year_cash year[4];
};

static struct st_energy energy_of(double self, double out)
{
    return (struct st_energy){ self, out, 0, self, self, out, out, self, out };
}

static struct small small_of(void)
{
    const double year[] = { 365 };
    struct small s = { .hand = hand_new(year, 1, 1) };
    s.hand.in.years = 4;
    s.hand.in.operators.items[0].discount_rate = 0.1;
    s.tariff = hand_tariff(&s.hand, 5, 8, 3);
    s.tariff->surplus->year_jpy[2] = s.tariff->surplus->year_jpy[3] = 2;
    s.tariff->premium = hand_price(&s.hand, 0);
    s.tariff->premium->by_operation = 1;
    s.tariff->premium->year_jpy[0] = 1;
    s.tariff->environmental = hand_price(&s.hand, 0.5);
    s.tariff->contract_years = 2;
    s.tariff->host_rate = 0.05;
    s.site = hand_site(&s.hand, ST_FACTORY);
    s.option = hand_option(&s.hand, s.site, 1, 0);
    s.option->year = 1;
    s.option->capex_jpy = 1000;
    s.option->subsidy_jpy = 100;
    s.option->operation_jpy_per_year = 50;
    s.option->rent_jpy_per_year = 20;
    s.first = energy_of(100, 40);
    s.last = energy_of(80, 20);
    return s;
}

static void flow(struct small *s)
{
    st_cash(&s->hand.in, s->site, s->option, &s->first, &s->last, s->year);
}

/* Any item in the wrong year or pocket. Year 1 (j = 0): agreed price 5 x 100, export (3 + 1) x 40,
 * value 0.5 x 100 (a premium is paid). Year 2 (j = 1, between: 90 and 30 kWh): 450, 2 x 30, 0.5 x
 * 120. Year 3 (80 and 20 kWh) is the host's: 8 x 80, 2 x 20, 0.5 x 100, operation. */
START_TEST(every_item_is_in_its_year_and_pocket)
{
    struct small s = small_of();
    flow(&s);
    const struct st_year_cash expected[4] = {
        { 0 },
        { .capex = -1000,
          .subsidy = 100,
          .operation = -50,
          .rent = -20,
          .ppa = 500,
          .surplus = 160,
          .environmental = 50,
          .saving = 300,
          .host_rent = 20,
          .host = 320,
          .self = 100,
          .out = 40 },
        { .operation = -50,
          .rent = -20,
          .ppa = 450,
          .surplus = 60,
          .environmental = 60,
          .saving = 270,
          .host_rent = 20,
          .host = 290,
          .self = 90,
          .out = 30 },
        { .saving = 640,
          .host_surplus = 40,
          .host_environmental = 50,
          .host_operation = -50,
          .host = 680,
          .self = 80,
          .out = 20 },
    };
    for (size_t k = 0; k < 4; k++) {
        const double *found = (const double *)&s.year[k], *wanted = (const double *)&expected[k];
        for (size_t item = 0; item < sizeof *s.year / sizeof(double); item++)
            if (fabs(found[item] - wanted[item]) > NEAR)
                ck_abort_msg("year %zu item %zu: %g, not %g", k, item, found[item], wanted[item]);
    }
    az_arena_free(s.hand.arena);
}
END_TEST

/* A flow at the wrong end of its year: -900 / 1.1 + 640 / 1.1^2 + 500 / 1.1^3; the host's 320 /
 * 1.05^2 + 290 / 1.05^3 + 680 / 1.05^4. */
START_TEST(present_values_count_beginnings_and_ends)
{
    struct small s = small_of();
    flow(&s);
    ck_assert_double_eq_tol(st_operator_npv(&s.hand.in, s.site, s.year), 86.401202, 1e-6);
    ck_assert_double_eq_tol(st_host_npv(&s.hand.in, s.site, s.year), 1100.200020, 1e-6);
    ck_assert_double_eq_tol(st_present(0.1, 2, true), 1 / 1.21, NEAR);
    ck_assert_double_eq_tol(st_present(0.1, 2, false), 1 / 1.331, NEAR);
    ck_assert_double_eq_tol(st_annuity(&s.hand.in, 0.1), 3.169865446, NEAR);
    ck_assert_double_eq(st_landowner_npv(&s.hand.in, s.site, s.year), 0);
    /* Nobody's rate is the instance's. */
    s.hand.in.operators.count = 0;
    s.hand.in.discount_rate = 0;
    ck_assert_double_eq_tol(st_operator_npv(&s.hand.in, s.site, s.year), -900 + 640 + 500, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* Rent would be paid to the host of land that is another's: 20 / 1.02^2 + 20 / 1.02^3. */
START_TEST(rent_goes_to_the_landowner)
{
    struct small s = small_of();
    s.site->landowner = (struct az_ref){ .id = "landowner0", .index = 0 };
    flow(&s);
    ck_assert_double_eq_tol(s.year[1].landowner, 20, NEAR);
    ck_assert_double_eq_tol(s.year[1].host, 300, NEAR);
    ck_assert_double_eq(s.year[3].landowner, 0);
    ck_assert_double_eq_tol(st_landowner_npv(&s.hand.in, s.site, s.year), 38.069822, 1e-6);
    az_arena_free(s.hand.arena);
}
END_TEST

/* The operator would earn what the contract gives to the host. */
START_TEST(exports_and_values_go_to_whom_the_tariff_names)
{
    struct small s = small_of();
    s.tariff->surplus_to = ST_HOST;
    flow(&s);
    ck_assert_double_eq(s.year[1].surplus, 0);
    ck_assert_double_eq_tol(s.year[1].host_surplus, 160, NEAR);
    ck_assert_double_eq_tol(s.year[1].environmental, 50, NEAR);
    s.tariff->environmental_to = ST_HOST;
    flow(&s);
    ck_assert_double_eq(s.year[1].environmental, 0);
    ck_assert_double_eq_tol(s.year[1].host, 320 + 160 + 50, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* A price by operation would follow the calendar: the option of year 3 gets the premium in it. */
START_TEST(prices_count_years_of_the_horizon_or_of_operation)
{
    struct small s = small_of();
    s.option->year = 3;
    flow(&s); /* one year of operation: that of the first energies */
    ck_assert_double_eq_tol(s.year[3].surplus, (2 + 1) * 40, NEAR);
    ck_assert_double_eq_tol(s.year[3].ppa, 500, NEAR);
    ck_assert_double_eq_tol(s.year[3].capex, -1000, NEAR);
    ck_assert_double_eq(s.year[2].self, 0);
    /* No agreed price is asked for after the contract. */
    s.option->year = 0;
    s.tariff->ppa->year_jpy[2] = s.tariff->ppa->year_jpy[3] = NAN;
    flow(&s);
    ck_assert(!isnan(s.year[2].host) && !isnan(s.year[3].host));
    az_arena_free(s.hand.arena);
}
END_TEST

/* A host would be sold what costs it more than the grid. (8 - ppa) x 100 kWh and 20 JPY of rent. */
START_TEST(no_host_pays_more_than_before)
{
    struct small s = small_of();
    int64_t worst = -1;
    for (size_t k = 0; k < 4; k++) s.tariff->ppa->year_jpy[k] = 8.19;
    flow(&s);
    ck_assert(!st_host_pays(&s.hand.in, s.site, s.option, s.year, NULL));
    s.tariff->ppa->year_jpy[1] = 8.21; /* -1 JPY in year 1; year 2: -17.1 + 20 */
    flow(&s);
    ck_assert(st_host_pays(&s.hand.in, s.site, s.option, s.year, &worst));
    ck_assert_int_eq(worst, 1);
    s.tariff->ppa->year_jpy[2] = 9; /* -90 + 20 */
    flow(&s);
    ck_assert(st_host_pays(&s.hand.in, s.site, s.option, s.year, &worst));
    ck_assert_int_eq(worst, 2);
    /* Where nothing is saved and nothing paid nobody pays, whatever the rounding. */
    s.option->rent_jpy_per_year = 0;
    for (size_t k = 0; k < 4; k++) s.tariff->ppa->year_jpy[k] = 8;
    s.first.self_ppa *= 1 + 1e-12;
    flow(&s);
    ck_assert(!st_host_pays(&s.hand.in, s.site, s.option, s.year, NULL));
    /* The year after the contract is the host's own affair: 680 - 1000. */
    s.option->operation_jpy_per_year = 1050;
    flow(&s);
    ck_assert_double_lt(s.year[3].host, 0);
    ck_assert(!st_host_pays(&s.hand.in, s.site, s.option, s.year, NULL));
    az_arena_free(s.hand.arena);
}
END_TEST

/* Carbon would be priced by another factor than the table's. 0.5 kg: 140, 120, 100 kWh in years 1
 * to 3 at 10,000 JPY/t and no interest are 1800 JPY. */
START_TEST(carbon_is_priced_year_by_year)
{
    struct small s = small_of();
    flow(&s);
    ck_assert_double_eq(st_carbon_npv(&s.hand.in, s.year), 0);
    struct st_carbon carbon = { 0.5, 10000 };
    s.hand.in.carbon = &carbon;
    s.hand.in.discount_rate = 0;
    ck_assert_double_eq_tol(st_carbon_npv(&s.hand.in, s.year), 1800, 1e-6);
    ck_assert_double_eq_tol(st_co2_t(&s.hand.in, 140), 0.07, NEAR);
    s.hand.in.discount_rate = 1; /* 700 / 4 + 600 / 8 + 500 / 16 */
    ck_assert_double_eq_tol(st_carbon_npv(&s.hand.in, s.year), 281.25, 1e-6);
    az_arena_free(s.hand.arena);
}
END_TEST

/* --- what an option costs --- */

static struct st_option priced(struct small *s, double kw, double kwh, int64_t year)
{
    struct st_option option = { .pv_kw = kw,
                                .battery_kwh = kwh,
                                .battery_kw = kwh / 2,
                                .year = year,
                                .capex_jpy = NAN,
                                .subsidy_jpy = NAN,
                                .operation_jpy_per_year = NAN,
                                .rent_jpy_per_year = NAN };
    st_option_price(&s->hand.in, s->site, &option);
    return option;
}

/* A size would be paid by parts, or by its neighbour's class: 9.9 kW x 30, 10 kW x 20, and 10 kW
 * also where a share of a roof makes 9.9999999999. With 5 fixed, 4 for a kWh, 2 for a kW of
 * battery; in year 2 all is 10 % cheaper twice. */
START_TEST(sizes_cost_what_their_class_says)
{
    struct small s = small_of();
    struct st_cost_class pv[] = { { 0, 30 }, { 10, 20 } }, battery[] = { { 0, 4 } };
    struct st_costs *costs = hand_costs(&s.hand);
    s.site->costs = (struct az_ref){ .id = costs->id, .index = 0 };
    costs->pv.items = pv;
    costs->pv.count = 2;
    costs->battery.items = battery;
    costs->battery.count = 1;
    costs->fixed_jpy = 5;
    costs->battery_jpy_per_kw = 2;
    costs->operation_jpy_per_kw_year = 3;
    costs->battery_operation_jpy_per_kwh_year = 0.5;
    costs->rent_jpy_per_kw_year = 7;
    costs->capex_change_per_year = -0.1;
    costs->subsidy_share = 0.5;
    ck_assert_double_eq_tol(priced(&s, 9.9, 0, 0).capex_jpy, 302, NEAR);
    ck_assert_double_eq_tol(priced(&s, 10, 0, 0).capex_jpy, 205, NEAR);
    ck_assert_double_eq_tol(priced(&s, 10 - 1e-11, 0, 0).capex_jpy, 205, 1e-6);
    struct st_option whole = priced(&s, 10, 8, 2);
    ck_assert_double_eq_tol(whole.capex_jpy, (205 + 32 + 8) * 0.81, NEAR);
    ck_assert_double_eq_tol(whole.subsidy_jpy, 0.5 * 245 * 0.81, NEAR);
    ck_assert_double_eq_tol(whole.operation_jpy_per_year, 34, NEAR);
    ck_assert_double_eq_tol(whole.rent_jpy_per_year, 70, NEAR);
    costs->subsidy_max_jpy = 60;
    ck_assert_double_eq_tol(priced(&s, 10, 8, 2).subsidy_jpy, 60, NEAR);
    ck_assert_double_eq_tol(priced(&s, 0, 8, 0).capex_jpy, 45, NEAR);
    struct st_option given = { .capex_jpy = 100,
                               .subsidy_jpy = NAN,
                               .operation_jpy_per_year = 1,
                               .rent_jpy_per_year = NAN,
                               .pv_kw = 1 };
    st_option_price(&s.hand.in, s.site, &given);
    ck_assert_double_eq_tol(given.subsidy_jpy, 50, NEAR);
    ck_assert_double_eq_tol(given.operation_jpy_per_year, 1, NEAR);
    s.site->costs = (struct az_ref){ 0 };
    given = (struct st_option){ .capex_jpy = 100,
                                .subsidy_jpy = NAN,
                                .operation_jpy_per_year = NAN,
                                .rent_jpy_per_year = NAN };
    st_option_price(&s.hand.in, s.site, &given);
    ck_assert_double_eq(given.subsidy_jpy + given.operation_jpy_per_year + given.rent_jpy_per_year,
                        0);
    az_arena_free(s.hand.arena);
}
END_TEST

/* --- energies --- */

/* A price by the hour would be a price of the year: 1 kW of self-consumption from 10:00 to 14:00,
 * 1460 kWh, at a price that is paid in these hours only (mean 1: six times) counts 8760. */
START_TEST(a_price_with_a_shape_weighs_its_hours)
{
    const double year[] = { 365 };
    struct hand hand = hand_new(year, 1, 1);
    struct st_tariff *tariff = hand_tariff(&hand, 5, 8, 3);
    struct az_ref noon = hand_block(&hand, 10, 14, 0.5), flat = hand_block(&hand, 0, 24, 2);
    tariff->retail->shape = noon;
    tariff->surplus->shape = flat;
    struct st_site *site = hand_site(&hand, ST_FACTORY);
    site->load = flat;
    site->year_kwh = 8760;
    hand_surface(&hand, site, noon, 10);
    struct st_option *option = hand_option(&hand, site, 4, 0);
    site->export_max_kw = 0.75;
    struct st_dispatch without, with;
    ck_assert_int_eq(st_dispatch_new(&hand.in, hand.arena, &without), AZ_OK);
    ck_assert_int_eq(st_dispatch_new(&hand.in, hand.arena, &with), AZ_OK);
    st_dispatch_run(&hand.in, site, NULL, 1, &without);
    struct st_energy energy;
    st_energy_of(&hand.in, site, option, 1, &without, &with, &energy);
    ck_assert_double_eq_tol(energy.self, 1460, 1e-6);
    ck_assert_double_eq_tol(energy.out, 1095, 1e-6);
    ck_assert_double_eq_tol(energy.lost, 365, 1e-6);
    ck_assert_double_eq_tol(energy.self_retail, 8760, 1e-6);
    ck_assert_double_eq_tol(energy.self_ppa, 1460, 1e-6);
    ck_assert_double_eq_tol(energy.out_surplus, 1095, 1e-6);
    /* What is built already is not the option's. */
    site->built_pv_kw = 1;
    st_dispatch_run(&hand.in, site, NULL, 1, &without);
    st_energy_of(&hand.in, site, option, 1, &without, &with, &energy);
    ck_assert_double_eq_tol(energy.self, 730, 1e-6);
    hand.in.years = 3;
    struct st_costs *costs = hand_costs(&hand);
    costs->degradation_per_year = 0.1;
    ck_assert_double_eq_tol(st_last_yield(&hand.in, site, option), 0.995 * 0.995, NEAR);
    site->costs = (struct az_ref){ .id = costs->id, .index = 0 };
    ck_assert_double_eq_tol(st_last_yield(&hand.in, site, option), 0.81, NEAR);
    option->year = 2;
    ck_assert_double_eq(st_last_yield(&hand.in, site, option), 1);
    az_arena_free(hand.arena);
}
END_TEST

/* --- returns --- */

/* A level return of a loan's annuity has the loan's rate: p = c r / (1 - (1 + r)^-n). */
START_TEST(the_rate_of_return_is_that_of_the_annuity)
{
    struct az_random dice;
    az_random_seed(&dice, 5);
    for (int n = 0; n < 200; n++) {
        double flow[2 * ST_MAX_YEARS] = { 0 }, rate = -0.2 + 0.7 * az_random_unit(&dice);
        int64_t years = 1 + (int64_t)az_random_below(&dice, ST_MAX_YEARS);
        double payment = fabs(rate) < 1e-9 ? 1e6 / (double)years
                                           : 1e6 * rate / (1 - pow(1 + rate, -(double)years));
        flow[0] = -1e6;
        for (int64_t k = 0; k < years; k++) flow[2 * k + 1] = payment;
        ck_assert_double_eq_tol(st_irr(years, flow), rate, 1e-9);
    }
}
END_TEST

/* A rate that no investor means: the flow -100, 230, -132 has 10 % and 20 %, and gains below 20 %
 * only; one that only loses at low rates, or never pays, has none. */
START_TEST(there_may_be_several_rates_or_none)
{
    const double two[] = { -100, 230, 0, -132 };
    ck_assert_double_eq_tol(st_irr(2, two), 0.2, 1e-9);
    const double late_costs[] = { -100, 50, 0, 50, 0, 50, 0, -20 };
    double rate = st_irr(4, late_costs), x = 1 / (1 + rate);
    ck_assert_double_gt(rate, 0.1);
    ck_assert_double_eq_tol(-100 + 50 * (x + x * x + x * x * x) - 20 * pow(x, 4), 0, 1e-7);
    const double later[] = { 0, 0, -100, 0, 0, 121 };
    ck_assert_double_eq_tol(st_irr(3, later), 0.1, 1e-9);
    const double halved[] = { -100, 50 };
    ck_assert_double_eq_tol(st_irr(1, halved), -0.5, 1e-9);
    const double loan[] = { 100, -60, 0, -60 }, lost[] = { -100, 0, 0, 0 }, given[] = { 0, 5 };
    const double nothing[] = { 0, 0 };
    ck_assert(isnan(st_irr(2, loan)));
    ck_assert(isnan(st_irr(2, lost)));
    ck_assert(isnan(st_irr(1, given)));
    ck_assert(isnan(st_irr(1, nothing)));
}
END_TEST

/* A payback in whole years, from the horizon's start, or before the second stage is paid. */
START_TEST(payback_counts_from_the_first_outlay_for_good)
{
    const double even[] = { -100, 40, 0, 40, 0, 40 };
    ck_assert_double_eq_tol(st_payback(3, even), 2.5, NEAR);
    ck_assert(isnan(st_payback(2, even)));
    const double later[] = { 0, 0, -100, 40, 0, 40, 0, 40 };
    ck_assert_double_eq_tol(st_payback(4, later), 2.5, NEAR);
    const double staged[] = { -100, 60, 0, 60, -100, 60, 0, 60 };
    ck_assert_double_eq_tol(st_payback(4, staged), 3 + 20.0 / 60, NEAR);
    const double lost_again[] = { -100, 150, 0, -60 }, free_of_cost[] = { 0, 5 };
    ck_assert(isnan(st_payback(2, lost_again)));
    ck_assert(isnan(st_payback(1, free_of_cost)));
}
END_TEST

/* --- random sites --- */

static double whole(const struct st_year_cash *y)
{
    return y->capex + y->subsidy + y->operation + y->rent + y->ppa + y->surplus + y->environmental +
           y->host + y->landowner;
}

static void check_option(const struct st_instance *in, const struct st_site *site,
                         const struct st_option *option, struct st_dispatch room[2])
{
    struct st_year_cash year[ST_MAX_YEARS];
    struct plain_year plain[ST_MAX_YEARS];
    struct st_energy first, last;
    st_dispatch_run(in, site, NULL, 1, &room[0]);
    st_energy_of(in, site, option, 1, &room[0], &room[1], &first);
    st_energy_of(in, site, option, st_last_yield(in, site, option), &room[0], &room[1], &last);
    st_cash(in, site, option, &first, &last, year);
    plain_cash(in, site, option, room, plain);
    double npv = 0, host_npv = 0, most = 0, scale = 1 + option->capex_jpy;
    double rate = site->operator_index < in->operators.count
                      ? in->operators.items[site->operator_index].discount_rate
                      : in->discount_rate;
    double host_rate =
        site->tariff.id ? in->tariffs.items[site->tariff.index].host_rate : in->discount_rate;
    bool pays = false;
    for (int64_t k = 0; k < in->years; k++) {
        const struct st_year_cash *y = &year[k];
        const struct plain_year *p = &plain[k];
        double end = y->operation + y->rent + y->ppa + y->surplus + y->environmental;
        double operation = k < option->year ? 0 : option->operation_jpy_per_year;
        most = fmax(most, fabs(y->capex + y->subsidy - p->begin));
        most = fmax(most, fabs(end - p->end));
        most = fmax(most, fabs(y->host - p->host));
        most = fmax(most, fabs(y->landowner - p->landowner));
        most = fmax(most, fabs(y->self + y->out - p->kwh));
        most = fmax(most, fabs(whole(y) - (p->grid + p->begin - operation)));
        npv += p->begin * pow(1 + rate, -(double)k) + p->end * pow(1 + rate, -(double)(k + 1));
        host_npv += p->host * pow(1 + host_rate, -(double)(k + 1));
        pays = pays || (p->contract && p->host < -fmax(1e-6, 1e-6 * fabs(p->saved)));
    }
    ck_assert_double_le(most, 1e-9 * scale);
    ck_assert_double_eq_tol(st_operator_npv(in, site, year), npv, 1e-8 * scale);
    ck_assert_double_eq_tol(st_host_npv(in, site, year), host_npv, 1e-8 * scale);
    ck_assert_int_eq(st_host_pays(in, site, option, year, NULL), pays);
}

/* Money that nobody has paid, or that everybody forgot: what operator, host and landowner get
 * together is what the grid pays (or no longer bills), less capex and operation, in every year. */
START_TEST(random_sites_add_up_and_agree_with_a_plain_account)
{
    struct az_random dice;
    az_random_seed(&dice, 21);
    for (int round = 0; round < TEST_SOME(25); round++) {
        struct hand hand = hand_random(&dice, 12);
        struct st_dispatch room[2];
        for (size_t k = 0; k < 2; k++)
            ck_assert_int_eq(st_dispatch_new(&hand.in, hand.arena, &room[k]), AZ_OK);
        for (size_t s = 0; s < hand.in.sites.count; s++) {
            const struct st_site *site = &hand.in.sites.items[s];
            for (size_t o = 0; o < site->option_count; o++)
                check_option(&hand.in, site, &site->option[o], room);
        }
        az_arena_free(hand.arena);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_cash");
    TCase *hand = tcase_create("by hand");
    tcase_add_test(hand, every_item_is_in_its_year_and_pocket);
    tcase_add_test(hand, present_values_count_beginnings_and_ends);
    tcase_add_test(hand, rent_goes_to_the_landowner);
    tcase_add_test(hand, exports_and_values_go_to_whom_the_tariff_names);
    tcase_add_test(hand, prices_count_years_of_the_horizon_or_of_operation);
    tcase_add_test(hand, no_host_pays_more_than_before);
    tcase_add_test(hand, carbon_is_priced_year_by_year);
    tcase_add_test(hand, sizes_cost_what_their_class_says);
    tcase_add_test(hand, a_price_with_a_shape_weighs_its_hours);
    suite_add_tcase(suite, hand);
    TCase *returns = tcase_create("returns");
    tcase_add_test(returns, the_rate_of_return_is_that_of_the_annuity);
    tcase_add_test(returns, there_may_be_several_rates_or_none);
    tcase_add_test(returns, payback_counts_from_the_first_outlay_for_good);
    suite_add_tcase(suite, returns);
    TCase *random = tcase_create("by dice");
    tcase_add_test(random, random_sites_add_up_and_agree_with_a_plain_account);
    suite_add_tcase(suite, random);
    return test_suite_run(suite);
}
