/* st_hand.c - siting instances by hand and by dice. */
#include "tests/support/st_hand.h"

#include <math.h>
#include <stdlib.h>

/* Tests that run out of memory here have nothing to test. */
static void *taken(struct az_arena *arena, size_t count, size_t size)
{
    void *items = az_arena_array(arena, count, size);
    if (!items) abort();
    return items;
}

static struct az_ref ref_to(struct hand *hand, const char *what, size_t index)
{
    return (struct az_ref){ .id = az_arena_format(hand->arena, "%s%zu", what, index),
                            .index = index };
}

struct hand hand_new(const double weight_days[], size_t days, size_t sites)
{
    struct hand hand = { .arena = az_arena_new(NULL) };
    struct st_instance *in = &hand.in;
    in->kind = "siting";
    in->first_year = 2027;
    in->years = 20;
    in->money_unit = "JPY";
    in->discount_rate = 0.03;
    in->hour_count = days * ST_HOURS;
    in->typical_days.items = taken(hand.arena, days, sizeof *in->typical_days.items);
    in->typical_days.count = days;
    in->hour_days = taken(hand.arena, in->hour_count, sizeof(double));
    in->curtailed_share = taken(hand.arena, in->hour_count, sizeof(double));
    for (size_t h = 0; h < in->hour_count; h++) in->hour_days[h] = weight_days[h / ST_HOURS];
    for (size_t d = 0; d < days; d++) {
        in->typical_days.items[d].id = az_arena_format(hand.arena, "day%zu", d);
        in->typical_days.items[d].weight_days = weight_days[d];
    }
    in->profiles.items = taken(hand.arena, HAND_PROFILES, sizeof *in->profiles.items);
    in->tariffs.items = taken(hand.arena, HAND_TARIFFS, sizeof *in->tariffs.items);
    in->costs.items = taken(hand.arena, HAND_TARIFFS, sizeof *in->costs.items);
    in->operators.items = taken(hand.arena, 2, sizeof *in->operators.items);
    in->operators.items[0] = (struct st_operator){ .id = "operator0", .discount_rate = 0.03 };
    in->operators.count = 1;
    in->landowners.items = taken(hand.arena, 1, sizeof *in->landowners.items);
    in->landowners.items[0] = (struct st_landowner){ .id = "landowner0", .discount_rate = 0.02 };
    in->landowners.count = 1;
    in->sites.items = taken(hand.arena, sites, sizeof *in->sites.items);
    in->scale = 1;
    return hand;
}

struct az_ref hand_profile(struct hand *hand, const double values[])
{
    struct st_instance *in = &hand->in;
    struct st_profile *profile = &in->profiles.items[in->profiles.count];
    struct az_ref ref = ref_to(hand, "profile", in->profiles.count++);
    *profile = (struct st_profile){ .id = ref.id };
    profile->values.count = in->hour_count;
    profile->values.values = taken(hand->arena, in->hour_count, sizeof(double));
    for (size_t h = 0; h < in->hour_count; h++) {
        profile->values.values[h] = values[h];
        profile->year_sum += values[h] * in->hour_days[h];
    }
    return ref;
}

struct az_ref hand_block(struct hand *hand, size_t from, size_t until, double value)
{
    double *values = taken(hand->arena, hand->in.hour_count, sizeof(double));
    for (size_t h = 0; h < hand->in.hour_count; h++)
        values[h] = h % ST_HOURS >= from && h % ST_HOURS < until ? value : 0;
    return hand_profile(hand, values);
}

struct st_price *hand_price(struct hand *hand, double jpy_per_kwh)
{
    struct st_price *price = taken(hand->arena, 1, sizeof *price);
    price->last_year = AZ_NO_INTEGER;
    for (size_t k = 0; k < ST_MAX_YEARS; k++) price->year_jpy[k] = jpy_per_kwh;
    return price;
}

struct st_tariff *hand_tariff(struct hand *hand, double ppa, double retail, double surplus)
{
    struct st_instance *in = &hand->in;
    struct st_tariff *tariff = &in->tariffs.items[in->tariffs.count];
    *tariff = (struct st_tariff){ .id = ref_to(hand, "tariff", in->tariffs.count++).id,
                                  .ppa = hand_price(hand, ppa),
                                  .retail = hand_price(hand, retail),
                                  .surplus = hand_price(hand, surplus),
                                  .contract_years = 20,
                                  .host_rate = 0.03 };
    return tariff;
}

struct st_costs *hand_costs(struct hand *hand)
{
    struct st_instance *in = &hand->in;
    struct st_costs *costs = &in->costs.items[in->costs.count];
    *costs = (struct st_costs){ .id = ref_to(hand, "costs", in->costs.count++).id,
                                .subsidy_max_jpy = NAN,
                                .degradation_per_year = 0.005,
                                .efficiency = 0.95,
                                .usable_share = 0.9 };
    return costs;
}

struct st_site *hand_site(struct hand *hand, enum st_kind kind)
{
    struct st_instance *in = &hand->in;
    struct st_site *site = &in->sites.items[in->sites.count];
    *site = (struct st_site){ .id = ref_to(hand, "site", in->sites.count++).id,
                              .kind = kind,
                              .latitude = NAN,
                              .longitude = NAN,
                              .load_power_factor = 1,
                              .export_max_kw = NAN,
                              .firm = -1,
                              .critical_kw = NAN,
                              .feeder = AZ_NO_INDEX,
                              .node = AZ_NO_INDEX,
                              .bank = AZ_NO_INDEX,
                              .bus = AZ_NO_INDEX };
    if (in->tariffs.count > 0) site->tariff = ref_to(hand, "tariff", in->tariffs.count - 1);
    if (in->costs.count > 0) site->costs = ref_to(hand, "costs", in->costs.count - 1);
    site->surfaces.items = taken(hand->arena, HAND_SURFACES, sizeof *site->surfaces.items);
    site->option = taken(hand->arena, HAND_OPTIONS, sizeof *site->option);
    return site;
}

void hand_surface(struct hand *hand, struct st_site *site, struct az_ref yield, double max_kw)
{
    (void)hand;
    site->surfaces.items[site->surfaces.count++] =
        (struct st_surface){ .yield = yield, .max_kw = max_kw };
}

struct st_option *hand_option(struct hand *hand, struct st_site *site, double pv_kw,
                              double battery_kwh)
{
    struct st_option *option = &site->option[site->option_count];
    *option = (struct st_option){ .id = ref_to(hand, "option", site->option_count++).id,
                                  .pv_kw = pv_kw,
                                  .inverter_kw = pv_kw,
                                  .battery_kwh = battery_kwh,
                                  .battery_kw = battery_kwh / 2,
                                  .capacity = NAN };
    return option;
}

/* --- by dice --- */

static double drawn(struct az_random *dice, double from, double until)
{
    return from + (until - from) * az_random_unit(dice);
}

static bool one_in(struct az_random *dice, uint64_t n)
{
    return az_random_below(dice, n) == 0;
}

static struct az_ref random_profile(struct hand *hand, struct az_random *dice, bool is_sun)
{
    double *values = taken(hand->arena, hand->in.hour_count, sizeof(double));
    double peak = drawn(dice, 0.2, 0.9);
    for (size_t h = 0; h < hand->in.hour_count; h++) {
        double high = sin((double)(h % ST_HOURS) / ST_HOURS * 6.283185307179586 - 1.5707963);
        values[h] =
            is_sun ? (high > 0 ? peak * high * drawn(dice, 0.2, 1.1) : 0) : drawn(dice, 0.1, 2);
    }
    return hand_profile(hand, values);
}

static struct st_price *random_price(struct hand *hand, struct az_random *dice, double from,
                                     double until)
{
    if (one_in(dice, 5)) return NULL;
    struct st_price *price = hand_price(hand, 0);
    double now = drawn(dice, from, until);
    price->by_operation = one_in(dice, 2);
    for (size_t k = 0; k < ST_MAX_YEARS; k++) {
        if (one_in(dice, 6)) now = one_in(dice, 4) ? 0 : drawn(dice, from, until);
        price->year_jpy[k] = now;
    }
    if (one_in(dice, 3)) price->shape = random_profile(hand, dice, one_in(dice, 2));
    return price;
}

static void random_tariff(struct hand *hand, struct az_random *dice)
{
    struct st_tariff *tariff = hand_tariff(hand, 0, 0, 0);
    tariff->ppa = random_price(hand, dice, 15, 25);
    tariff->retail = random_price(hand, dice, 20, 35);
    tariff->surplus = random_price(hand, dice, 5, 20);
    tariff->contract_years = 1 + (int64_t)az_random_below(dice, 20);
    tariff->surplus_to = one_in(dice, 3) ? ST_HOST : ST_OPERATOR;
    tariff->environmental_to = one_in(dice, 3) ? ST_HOST : ST_OPERATOR;
    tariff->host_rate = drawn(dice, 0, 0.1);
    struct st_costs *costs = hand_costs(hand);
    costs->degradation_per_year = one_in(dice, 4) ? 0 : drawn(dice, 0, 0.03);
    costs->efficiency = drawn(dice, 0.7, 1);
    costs->usable_share = drawn(dice, 0.5, 1);
}

static void random_options(struct hand *hand, struct az_random *dice, struct st_site *site)
{
    size_t count = 1 + (size_t)az_random_below(dice, 6);
    for (size_t o = 0; o < count; o++) {
        struct st_option *option = hand_option(hand, site, one_in(dice, 5) ? 0 : drawn(dice, 0, 30),
                                               one_in(dice, 2) ? 0 : drawn(dice, 0, 60));
        if (o > 0 && one_in(dice, 3)) { /* the same in another year */
            option->pv_kw = option[-1].pv_kw;
            option->battery_kwh = option[-1].battery_kwh;
        }
        option->inverter_kw = option->pv_kw * (one_in(dice, 3) ? 0.5 : 1);
        option->battery_kw = option->battery_kwh * 0.3;
        option->year =
            one_in(dice, 3) ? (int64_t)az_random_below(dice, (uint64_t)hand->in.years) : 0;
        option->capex_jpy = option->pv_kw * 2e5 + option->battery_kwh * 1e5;
        option->subsidy_jpy = option->capex_jpy * drawn(dice, 0, 0.5);
        option->operation_jpy_per_year = drawn(dice, 0, 1e5);
        option->rent_jpy_per_year = one_in(dice, 2) ? 0 : drawn(dice, 0, 1e5);
    }
}

static void random_site(struct hand *hand, struct az_random *dice, const struct az_ref yields[2],
                        struct az_ref load)
{
    struct st_site *site = hand_site(hand, (enum st_kind)az_random_below(dice, ST_KINDS));
    size_t tariff = (size_t)az_random_below(dice, hand->in.tariffs.count);
    site->tariff = one_in(dice, 6) ? (struct az_ref){ 0 } : ref_to(hand, "tariff", tariff);
    site->costs = one_in(dice, 6) ? (struct az_ref){ 0 } : ref_to(hand, "costs", tariff);
    for (size_t s = (size_t)az_random_below(dice, HAND_SURFACES); s > 0; s--)
        hand_surface(hand, site, yields[az_random_below(dice, 2)], drawn(dice, 0, 20));
    if (!one_in(dice, 5)) {
        site->load = load;
        site->year_kwh = drawn(dice, 1000, 60000);
    }
    site->built_pv_kw = one_in(dice, 2) ? 0 : drawn(dice, 0, 15);
    site->built_battery_kwh = one_in(dice, 2) ? 0 : drawn(dice, 0, 20);
    site->built_battery_kw = site->built_battery_kwh * 0.4;
    site->export_max_kw = one_in(dice, 3) ? drawn(dice, 0, 10) : NAN;
    site->firm = (int)az_random_below(dice, 3) - 1;
    if (one_in(dice, 3)) site->landowner = ref_to(hand, "landowner", 0);
    site->operator_index = (size_t)az_random_below(dice, 2);
    site->armable = one_in(dice, 3);
    site->shelter = one_in(dice, 3);
    site->critical_kw = drawn(dice, 0, 2);
    site->load_power_factor = one_in(dice, 2) ? 1 : 0.95;
    site->feeder = one_in(dice, 2) ? AZ_NO_INDEX : 0;
    site->decision = one_in(dice, 8) ? ST_OUT : one_in(dice, 8) ? ST_IN : ST_FREE;
    random_options(hand, dice, site);
    site->decided = site->decision;
    site->decided_index = AZ_NO_INDEX;
    if (site->decision == ST_IN && one_in(dice, 2)) {
        site->decided_option = site->option[0].id;
        site->decided_index = 0;
    }
}

struct hand hand_random(struct az_random *dice, size_t sites)
{
    const double weights[] = { 100, 165, 100 };
    struct hand hand = hand_new(weights, 3, sites);
    struct st_instance *in = &hand.in;
    in->years = 1 + (int64_t)az_random_below(dice, 25);
    in->discount_rate = drawn(dice, 0, 0.06);
    in->operators.items[1] =
        (struct st_operator){ .id = "operator1", .discount_rate = drawn(dice, 0, 0.1) };
    in->operators.count = 1 + one_in(dice, 2);
    for (size_t h = 0; h < in->hour_count; h++)
        if (h % ST_HOURS >= 10 && h % ST_HOURS < 14 && one_in(dice, 2))
            in->curtailed_share[h] = drawn(dice, 0, 1);
    struct az_ref yields[2] = { random_profile(&hand, dice, true),
                                random_profile(&hand, dice, true) };
    struct az_ref load = random_profile(&hand, dice, false);
    for (size_t k = 0; k < 2; k++) random_tariff(&hand, dice);
    in->tariffs.items[0].premium = random_price(&hand, dice, 0, 5);
    in->tariffs.items[1].environmental = random_price(&hand, dice, 0, 3);
    in->tariffs.items[0].environmental = in->tariffs.items[1].environmental;
    if (!one_in(dice, 3)) {
        in->carbon = taken(hand.arena, 1, sizeof *in->carbon);
        *in->carbon = (struct st_carbon){ 0.42, one_in(dice, 2) ? 0 : drawn(dice, 0, 10000) };
    }
    if (!one_in(dice, 4)) {
        in->coverage = taken(hand.arena, 1, sizeof *in->coverage);
        in->coverage->backup_hours = 24 + 24 * (double)az_random_below(dice, 3);
    }
    in->feeders.items = taken(hand.arena, 1, sizeof *in->feeders.items);
    in->feeders.count = one_in(dice, 2);
    in->feeders.items[0].pv_power_factor = one_in(dice, 2) ? 1 : 0.9;
    if (one_in(dice, 2)) in->feeders.items[0].root = (struct az_ref){ .id = "root" };
    for (size_t s = 0; s < sites; s++) random_site(&hand, dice, yields, load);
    return hand;
}
