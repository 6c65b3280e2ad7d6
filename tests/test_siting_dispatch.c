/* test_siting_dispatch.c - what a site does behind the meter: calculated by hand, balances on
 * random sites, and a second implementation that must agree. */
#include <check.h>
#include <math.h>

#include "formulations/siting/dispatch.h"
#include "tests/support/st_hand.h"
#include "tests/support/st_plain.h"
#include "tests/support/suite.h"

#define NEAR 1e-9

/* A load of 1 kW all day, and 4 kW of PV that give 2 kW from 10:00 to 14:00. */
struct small {
    struct hand hand;
    struct st_site *site;
    struct st_option *option;
    struct st_dispatch d;
};

static struct small small_of(enum st_kind kind, double battery_kwh)
{
    const double year[] = { 365 };
    struct small s = { .hand = hand_new(year, 1, 1) };
    struct az_ref sun = hand_block(&s.hand, 10, 14, 0.5), load = hand_block(&s.hand, 0, 24, 1);
    struct st_costs *costs = hand_costs(&s.hand);
    costs->efficiency = 0.9;
    costs->usable_share = 0.8;
    s.site = hand_site(&s.hand, kind);
    s.site->load = load;
    s.site->year_kwh = 8760;
    hand_surface(&s.hand, s.site, sun, 100);
    s.option = hand_option(&s.hand, s.site, 4, battery_kwh);
    ck_assert_int_eq(st_dispatch_new(&s.hand.in, s.hand.arena, &s.d), AZ_OK);
    return s;
}

static void run(struct small *s)
{
    st_dispatch_run(&s->hand.in, s->site, s->option, 1, &s->d);
}

static double sum_of(const double values[], size_t from, size_t until)
{
    double sum = 0;
    for (size_t h = from; h < until; h++) sum += values[h];
    return sum;
}

/* Without the order, sun would be sold that the load could use: 4 h x 1 kW used, 4 h x 1 kW sold.
 */
START_TEST(sun_serves_the_load_before_it_is_sold)
{
    struct small s = small_of(ST_FACTORY, 0);
    run(&s);
    for (size_t h = 0; h < 24; h++) {
        bool day = h >= 10 && h < 14;
        ck_assert_double_eq_tol(s.d.load[h], 1, NEAR);
        ck_assert_double_eq_tol(s.d.sun[h], day ? 2 : 0, NEAR);
        ck_assert_double_eq_tol(s.d.self[h], day ? 1 : 0, NEAR);
        ck_assert_double_eq_tol(s.d.grid[h], day ? 0 : 1, NEAR);
        ck_assert_double_eq_tol(s.d.out[h], day ? 1 : 0, NEAR);
        ck_assert_double_eq(s.d.lost[h], 0);
    }
    az_arena_free(s.hand.arena);
}
END_TEST

/* Losses would be forgotten: 4 kWh charged hold 3.6, which give 3.24: 14:00 to 17:00, then 0.24. */
START_TEST(a_battery_loses_both_ways)
{
    struct small s = small_of(ST_FACTORY, 10);
    s.option->battery_kw = 1.5;
    run(&s);
    const double from_battery[] = { 1, 1, 1, 0.24, 0, 0 };
    for (size_t k = 0; k < 6; k++) ck_assert_double_eq_tol(s.d.self[14 + k], from_battery[k], NEAR);
    ck_assert_double_eq_tol(sum_of(s.d.out, 0, 24), 0, NEAR);
    ck_assert_double_eq_tol(sum_of(s.d.self, 0, 24), 7.24, NEAR);
    ck_assert_double_eq_tol(sum_of(s.d.grid, 0, 24), 24 - 7.24, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* A small inverter would charge a large battery at once: 0.5 kW in hold 1.8 kWh after 4 h, 0.5 kW
 * out take 0.5556 each hour: three hours and 0.12 kW in the fourth; 0.5 kW are sold at noon. */
START_TEST(power_limits_charge_and_discharge)
{
    struct small s = small_of(ST_FACTORY, 10);
    s.option->battery_kw = 0.5;
    run(&s);
    const double from_battery[] = { 0.5, 0.5, 0.5, 0.12, 0 };
    for (size_t k = 0; k < 5; k++) ck_assert_double_eq_tol(s.d.self[14 + k], from_battery[k], NEAR);
    for (size_t h = 10; h < 14; h++) ck_assert_double_eq_tol(s.d.out[h], 0.5, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* A full battery would go on charging: 1.25 kWh hold 1; 0.9 in the first hour, 0.1 (of 0.1111 kW)
 * in the second, then all is sold. */
START_TEST(a_full_battery_takes_no_more)
{
    struct small s = small_of(ST_FACTORY, 1.25);
    s.option->battery_kw = 5;
    run(&s);
    const double sold[] = { 0, 1 - 0.1 / 0.9, 1, 1 };
    for (size_t k = 0; k < 4; k++) ck_assert_double_eq_tol(s.d.out[10 + k], sold[k], NEAR);
    ck_assert_double_eq_tol(s.d.self[14], 0.9, NEAR);
    ck_assert_double_eq_tol(s.d.self[15], 0, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* A day that begins empty would never serve the early morning: the load is at 0:00 to 4:00 only
 * (1 kW), the sun 1 kW more than it at noon: 3.6 kWh held over midnight give 3.24. */
START_TEST(a_day_begins_with_what_the_day_before_left)
{
    struct small s = small_of(ST_FACTORY, 10);
    s.site->load = hand_block(&s.hand, 0, 4, 1);
    s.site->year_kwh = 4 * 365;
    s.option->pv_kw = s.option->inverter_kw = 2;
    s.option->battery_kw = 5;
    run(&s);
    const double from_battery[] = { 1, 1, 1, 0.24 };
    for (size_t h = 0; h < 4; h++) ck_assert_double_eq_tol(s.d.self[h], from_battery[h], NEAR);
    ck_assert_double_eq_tol(sum_of(s.d.out, 0, 24), 0, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* With more sun than the night needs the charge climbs day by day until the battery (8 kWh) is full
 * at noon: then only the 4 / 0.9 kWh that the night took are charged, of 4 / 0.81 kWh of sun. The
 * first day from empty would have charged all 8 kWh. */
START_TEST(a_day_repeats_only_when_the_battery_is_full_at_noon)
{
    struct small s = small_of(ST_FACTORY, 10);
    s.site->load = hand_block(&s.hand, 0, 4, 1);
    s.site->year_kwh = 4 * 365;
    s.option->battery_kw = 5;
    run(&s);
    ck_assert_double_eq_tol(sum_of(s.d.self, 0, 4), 4, NEAR);
    ck_assert_double_eq_tol(sum_of(s.d.out, 0, 24), 8 - 4 / 0.81, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* Curtailed hours would cost nobody anything: of 1 kW sold a quarter is lost at 10:00 to 12:00. */
START_TEST(named_hours_lose_their_share_unless_the_site_is_firm)
{
    struct small s = small_of(ST_FACTORY, 0);
    s.hand.in.curtailed_share[10] = s.hand.in.curtailed_share[11] = 0.25;
    run(&s);
    ck_assert_double_eq_tol(s.d.out[10], 0.75, NEAR);
    ck_assert_double_eq_tol(s.d.lost[10], 0.25, NEAR);
    ck_assert_double_eq_tol(s.d.out[12], 1, NEAR);
    s.site->firm = 1;
    run(&s);
    ck_assert_double_eq_tol(s.d.out[10], 1, NEAR);
    ck_assert_double_eq(s.d.lost[10], 0);
    az_arena_free(s.hand.arena);
}
END_TEST

/* A limit of the connection would be taken of what is made, not of what is left: of 1 kW, 0.75 are
 * left by curtailment, and 0.6 may pass. */
START_TEST(export_is_limited_after_curtailment)
{
    struct small s = small_of(ST_FACTORY, 0);
    s.hand.in.curtailed_share[10] = 0.25;
    s.hand.in.curtailed_share[11] = 0.5;
    s.site->export_max_kw = 0.6;
    run(&s);
    ck_assert_double_eq_tol(s.d.out[10], 0.6, NEAR);
    ck_assert_double_eq_tol(s.d.lost[10], 0.4, NEAR);
    ck_assert_double_eq_tol(s.d.out[11], 0.5, NEAR);
    ck_assert_double_eq_tol(s.d.out[12], 0.6, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* Houses below 10 kW keep their export by law; what stands already counts. */
START_TEST(houses_below_ten_kilowatts_are_firm)
{
    struct small s = small_of(ST_HOUSE, 0);
    ck_assert(st_is_firm(s.site, s.option));
    s.site->built_pv_kw = 5.9;
    ck_assert(st_is_firm(s.site, s.option));
    s.site->built_pv_kw = 6;
    ck_assert(!st_is_firm(s.site, s.option));
    ck_assert(st_is_firm(s.site, NULL));
    s.site->firm = 0;
    ck_assert(!st_is_firm(s.site, NULL));
    s.site->kind = ST_PUBLIC;
    s.site->firm = -1;
    ck_assert(!st_is_firm(s.site, NULL));
    az_arena_free(s.hand.arena);
}
END_TEST

/* PV would stand where it yields less, or twice in one place. Three surfaces: 0.5 (3 kW), 0.25 (2
 * kW), 0.5 again (1 kW, the later of the tie): best first is 3, 1, 2. 2 kW stand already, so 4 kW
 * of the option get 1 x 0.5 + 1 x 0.5 + 2 x 0.25 = 1.5 kW beside 1 kW. */
START_TEST(pv_stands_on_the_best_surfaces_behind_what_is_there)
{
    struct small s = small_of(ST_FACTORY, 0);
    s.site->surfaces.count = 0;
    struct az_ref good = hand_block(&s.hand, 10, 14, 0.5), bad = hand_block(&s.hand, 8, 12, 0.25);
    hand_surface(&s.hand, s.site, good, 3);
    hand_surface(&s.hand, s.site, bad, 2);
    hand_surface(&s.hand, s.site, good, 1);
    s.site->built_pv_kw = 2;
    run(&s);
    ck_assert_double_eq_tol(s.d.sun[10], 2.5, NEAR);
    ck_assert_double_eq_tol(s.d.sun[8], 0.5, NEAR);
    ck_assert_double_eq_tol(s.d.sun[13], 2, NEAR);
    /* What no surface holds stands on the last: 5 kW more of it. */
    s.site->built_pv_kw = 7;
    run(&s);
    ck_assert_double_eq_tol(s.d.sun[8], 7 * 0.25, NEAR);
    /* At half its yield the option gives half, what is built all. */
    s.site->built_pv_kw = 2;
    st_dispatch_run(&s.hand.in, s.site, s.option, 0.5, &s.d);
    ck_assert_double_eq_tol(s.d.sun[10], 1 + 0.75, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* More would leave the inverter than it can pass: 4 kW give 2, its inverter passes 1.2; beside it 1
 * kW built has its own. At 0.4 of the yield 0.8 pass. */
START_TEST(an_inverter_clips_the_sun_of_its_option)
{
    struct small s = small_of(ST_FACTORY, 0);
    s.option->inverter_kw = 1.2;
    s.site->built_pv_kw = 1;
    run(&s);
    ck_assert_double_eq_tol(s.d.sun[10], 0.5 + 1.2, NEAR);
    st_dispatch_run(&s.hand.in, s.site, s.option, 0.4, &s.d);
    ck_assert_double_eq_tol(s.d.sun[10], 0.5 + 0.8, NEAR);
    az_arena_free(s.hand.arena);
}
END_TEST

/* An existing battery would stand idle, or be counted twice: 5 kWh of 1 kW and 5 kWh of 0.5 kW are
 * 10 kWh of 1.5 kW. */
START_TEST(batteries_of_a_site_work_together)
{
    struct small s = small_of(ST_FACTORY, 10);
    s.option->battery_kw = 1.5;
    run(&s);
    double whole = sum_of(s.d.self, 0, 24);
    s.option->battery_kwh = 5;
    s.option->battery_kw = 0.5;
    s.site->built_battery_kwh = 5;
    s.site->built_battery_kw = 1;
    run(&s);
    ck_assert_double_eq_tol(sum_of(s.d.self, 0, 24), whole, NEAR);
    st_dispatch_run(&s.hand.in, s.site, NULL, 1, &s.d); /* no sun: nothing to store */
    ck_assert_double_eq(sum_of(s.d.self, 0, 24), 0);
    az_arena_free(s.hand.arena);
}
END_TEST

/* A shelter would be called safe that is dark on the second day. 4 kW of PV give 8 kWh on the
 * bright day and 4 on the dark one; 10 kWh hold 8. 24 h of 0.5 kW are 12: just enough; 48 h are 24
 * of 16.
 */
START_TEST(a_shelter_needs_battery_and_the_darkest_day)
{
    const double year[] = { 200, 165 };
    double yield[48] = { 0 };
    for (size_t h = 10; h < 14; h++) yield[h] = 0.5, yield[h + 24] = 0.25;
    struct hand hand = hand_new(year, 2, 1);
    hand_costs(&hand)->usable_share = 0.8;
    struct st_site *site = hand_site(&hand, ST_PUBLIC);
    hand_surface(&hand, site, hand_profile(&hand, yield), 100);
    struct st_option *option = hand_option(&hand, site, 4, 10);
    ck_assert(!st_is_self_sufficient(&hand.in, site, option)); /* no coverage asked for */
    hand.in.coverage = AZ_NEW(hand.arena, struct st_coverage);
    hand.in.coverage->backup_hours = 24;
    site->critical_kw = 0.5;
    ck_assert(!st_is_self_sufficient(&hand.in, site, option)); /* no shelter */
    site->shelter = 1;
    ck_assert(st_is_self_sufficient(&hand.in, site, option));
    ck_assert(!st_is_self_sufficient(&hand.in, site, NULL));
    site->critical_kw = 0.501;
    ck_assert(!st_is_self_sufficient(&hand.in, site, option));
    site->critical_kw = 0.5;
    hand.in.coverage->backup_hours = 48;
    ck_assert(!st_is_self_sufficient(&hand.in, site, option));
    site->built_battery_kwh = 10;
    ck_assert(st_is_self_sufficient(&hand.in, site, option));
    az_arena_free(hand.arena);
}
END_TEST

/* --- random sites --- */

static double battery_limit(const struct st_instance *in, const struct st_site *site,
                            const struct st_option *option, double *efficiency, double *kw)
{
    const struct st_costs *costs = site->costs.id ? &in->costs.items[site->costs.index] : NULL;
    *efficiency = costs ? costs->efficiency : 0.95;
    *kw = site->built_battery_kw + option->battery_kw;
    return (costs ? costs->usable_share : 0.9) * (site->built_battery_kwh + option->battery_kwh);
}

static bool is_sound_hour(const struct st_site *site, const struct st_option *option,
                          const struct st_dispatch *d, size_t h, double charged, double discharged,
                          double kw)
{
    bool one_way = fabs(fmin(charged, discharged)) <= NEAR;
    bool in_power = fmax(charged, discharged) <= kw + NEAR;
    bool served = fabs(d->self[h] + d->grid[h] - d->load[h]) <= NEAR;
    bool no_less = fmin(fmin(d->grid[h], d->out[h]), d->lost[h]) >= -NEAR;
    bool limited = isnan(site->export_max_kw) || d->out[h] <= site->export_max_kw + NEAR;
    bool kept = !st_is_firm(site, option) || !isnan(site->export_max_kw) || d->lost[h] <= NEAR;
    return one_way && in_power && served && no_less && limited && kept;
}

/* Energy that comes from nowhere or goes nowhere: in every hour sun = used at once + charged + sold
 * + lost and load = used at once + discharged + grid; a day ends with what it began with. */
static void check_balances(const struct st_instance *in, const struct st_site *site,
                           const struct st_option *option, const struct st_dispatch *d)
{
    double efficiency, kw, capacity = battery_limit(in, site, option, &efficiency, &kw);
    for (size_t from = 0; from < in->hour_count; from += 24) {
        double charge = 0, low = 0, high = 0;
        bool sound = true;
        for (size_t h = from; h < from + 24; h++) {
            double at_once = fmin(d->load[h], d->sun[h]);
            double charged = d->sun[h] - at_once - d->out[h] - d->lost[h];
            double discharged = d->self[h] - at_once;
            sound = sound && is_sound_hour(site, option, d, h, charged, discharged, kw);
            charge += charged * efficiency - discharged / efficiency;
            low = fmin(low, charge);
            high = fmax(high, charge);
        }
        ck_assert(sound);
        ck_assert_double_eq_tol(charge, 0, 1e-8 * (1 + capacity));
        ck_assert_double_le(high - low, capacity + NEAR * (1 + capacity));
    }
}

static void check_agrees(const struct st_instance *in, const struct st_dispatch *d,
                         const struct st_dispatch *plain)
{
    double most = 0;
    for (size_t h = 0; h < in->hour_count; h++) {
        most = fmax(most, fabs(d->load[h] - plain->load[h]));
        most = fmax(most, fabs(d->sun[h] - plain->sun[h]));
        most = fmax(most, fabs(d->self[h] - plain->self[h]));
        most = fmax(most, fabs(d->grid[h] - plain->grid[h]));
        most = fmax(most, fabs(d->out[h] - plain->out[h]));
        most = fmax(most, fabs(d->lost[h] - plain->lost[h]));
    }
    ck_assert_double_le(most, 1e-6);
}

/* One implementation alone can be wrong in the same way everywhere; balances hold in each hour. */
START_TEST(random_sites_balance_and_agree_with_a_plain_run)
{
    struct az_random dice;
    az_random_seed(&dice, 11);
    for (int round = 0; round < TEST_SOME(30); round++) {
        struct hand hand = hand_random(&dice, 20);
        struct st_dispatch d, plain, without, beside;
        struct st_dispatch *const all[] = { &d, &plain, &without, &beside };
        for (size_t k = 0; k < 4; k++)
            ck_assert_int_eq(st_dispatch_new(&hand.in, hand.arena, all[k]), AZ_OK);
        for (size_t s = 0; s < hand.in.sites.count; s++) {
            const struct st_site *site = &hand.in.sites.items[s];
            st_dispatch_run(&hand.in, site, NULL, 1, &without);
            for (size_t o = 0; o < site->option_count; o++) {
                double yield = az_random_unit(&dice);
                st_dispatch_run(&hand.in, site, &site->option[o], yield, &d);
                plain_dispatch(&hand.in, site, &site->option[o], yield, &plain);
                check_balances(&hand.in, site, &site->option[o], &d);
                check_agrees(&hand.in, &d, &plain);
                st_dispatch_beside(&hand.in, site, &site->option[o], yield, &without, &beside);
                check_agrees(&hand.in, &d, &beside);
            }
        }
        az_arena_free(hand.arena);
    }
}
END_TEST

/* The darkest day told by the hours of a dispatch is that of the rule. */
START_TEST(random_shelters_agree_with_their_dispatch)
{
    struct az_random dice;
    az_random_seed(&dice, 12);
    size_t safe = 0, dark = 0;
    for (int round = 0; round < TEST_SOME(20); round++) {
        struct hand hand = hand_random(&dice, 20);
        struct st_dispatch d;
        ck_assert_int_eq(st_dispatch_new(&hand.in, hand.arena, &d), AZ_OK);
        for (size_t s = 0; s < hand.in.sites.count; s++) {
            const struct st_site *site = &hand.in.sites.items[s];
            const struct st_option *option = &site->option[0];
            double efficiency, kw, darkest = INFINITY;
            double stored = battery_limit(&hand.in, site, option, &efficiency, &kw);
            plain_dispatch(&hand.in, site, option, 1, &d);
            for (size_t h = 0; h < hand.in.hour_count; h += 24)
                darkest = fmin(darkest, sum_of(d.sun, h, h + 24));
            double hours = hand.in.coverage ? hand.in.coverage->backup_hours : 0;
            double over = stored + darkest * hours / 24 - hours * site->critical_kw;
            bool expected = hand.in.coverage && site->shelter == 1 && over >= 0;
            if (fabs(over) > 1e-6)
                ck_assert_int_eq(st_is_self_sufficient(&hand.in, site, option), expected);
            *(expected ? &safe : &dark) += 1;
        }
        az_arena_free(hand.arena);
    }
    ck_assert_uint_gt(safe, 5);
    ck_assert_uint_gt(dark, 5);
}
END_TEST

/* Rounding at noon would decide whether a battery is full: as much is charged as the night takes,
 * and the least charge that repeats is that from empty. */
START_TEST(a_day_that_comes_out_even_begins_with_the_least)
{
    struct small s = small_of(ST_FACTORY, 100);
    struct st_costs *costs = &s.hand.in.costs.items[0];
    for (int k = 0; k < 50; k++) {
        costs->efficiency = 0.7 + 0.006 * k;
        double even = costs->efficiency * costs->efficiency; /* 4 h x even of 4 h x 1 */
        s.site->load = hand_block(&s.hand, 0, 4, 1);
        s.hand.in.profiles.count--; /* its place is used again */
        s.site->year_kwh = 4 * 365 * even;
        s.option->pv_kw = s.option->inverter_kw = 2;
        run(&s);
        ck_assert_double_eq_tol(sum_of(s.d.self, 0, 4), 4 * even, 1e-6);
        ck_assert_double_eq_tol(sum_of(s.d.out, 0, 24), 0, 1e-6);
    }
    az_arena_free(s.hand.arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_dispatch");
    TCase *hand = tcase_create("by hand");
    tcase_add_test(hand, sun_serves_the_load_before_it_is_sold);
    tcase_add_test(hand, a_battery_loses_both_ways);
    tcase_add_test(hand, power_limits_charge_and_discharge);
    tcase_add_test(hand, a_full_battery_takes_no_more);
    tcase_add_test(hand, a_day_begins_with_what_the_day_before_left);
    tcase_add_test(hand, a_day_repeats_only_when_the_battery_is_full_at_noon);
    tcase_add_test(hand, named_hours_lose_their_share_unless_the_site_is_firm);
    tcase_add_test(hand, export_is_limited_after_curtailment);
    tcase_add_test(hand, houses_below_ten_kilowatts_are_firm);
    tcase_add_test(hand, pv_stands_on_the_best_surfaces_behind_what_is_there);
    tcase_add_test(hand, an_inverter_clips_the_sun_of_its_option);
    tcase_add_test(hand, batteries_of_a_site_work_together);
    tcase_add_test(hand, a_shelter_needs_battery_and_the_darkest_day);
    tcase_add_test(hand, a_day_that_comes_out_even_begins_with_the_least);
    suite_add_tcase(suite, hand);
    TCase *random = tcase_create("by dice");
    tcase_add_test(random, random_sites_balance_and_agree_with_a_plain_run);
    tcase_add_test(random, random_shelters_agree_with_their_dispatch);
    suite_add_tcase(suite, random);
    return test_suite_run(suite);
}
