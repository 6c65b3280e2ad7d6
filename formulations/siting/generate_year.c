/* generate_year.c - typical days, profiles, tariffs, costs and menus of random cities. Prices are
 * those of Japanese committees and municipal agreements of 2023 to 2025, rounded. */
#include "formulations/siting/generate.h"

static const char *const seasons[] = { "summer", "winter", "spring", "autumn" };

/* Hours of sun, the height of its noon and how much is used for cooling and heating, by season. */
struct season {
    double rise, set, noon, demand, water;
};
static const struct season courses[] = {
    { 4.6, 19.1, 0.74, 1.1, 0.7 },
    { 6.9, 16.6, 0.56, 1.25, 0.35 },
    { 5.4, 18.3, 0.78, 0.9, 0.95 },
    { 5.7, 17.4, 0.66, 0.9, 0.5 },
};

static double sun(const struct season *season, double hour, double tilt)
{
    double length = season->set - season->rise, at = (hour - season->rise) / length;
    if (at <= 0 || at >= 1) return 0;
    double height = sin(acos(-1) * at), side = 1 + tilt * (0.5 - at);
    return season->noon * pow(height, 1.25) * side;
}

static double value_of(enum st_profiles profile, const struct season *season, double hour)
{
    bool open = hour > 8 && hour < 18;
    switch (profile) {
    case ST_P_HOUSE:
        return season->demand * (0.35 + 0.3 * az_hill(hour, 7, 1.2) + 0.8 * az_hill(hour, 19.5, 2));
    case ST_P_SHIFT:
        return 0.5 + 0.5 * az_hill(hour, 13, 5);
    case ST_P_OFFICE:
        return season->demand * (open ? 1 : 0.2);
    case ST_P_FARM:
        return season->water * (0.2 + 0.8 * az_hill(hour, 6, 2)) + 0.1;
    case ST_P_PUBLIC:
        return season->demand * (0.15 + 0.85 * az_hill(hour, 13, 3.5));
    case ST_P_SOUTH:
        return sun(season, hour, 0);
    case ST_P_EAST:
        return 0.88 * sun(season, hour, 0.7);
    case ST_P_WEST:
        return 0.88 * sun(season, hour, -0.7);
    case ST_P_LAND:
        return 0.97 * sun(season, hour, 0);
    case ST_P_RIVER:
        return season->water;
    default:
        return season->demand - 0.45 * sun(season, hour, 0) + 0.35 * az_hill(hour, 18.5, 2);
    }
}

void st_make_year(struct st_world *g)
{
    struct st_instance *in = g->in;
    static const char *const ids[] = { "house", "shift", "office", "farm",  "public", "south",
                                       "east",  "west",  "land",   "river", "market" };
    static const double weights2[] = { 183, 182 }, weights4[] = { 92, 91, 92, 90 };
    ST_NEW_LIST(g, &st_instance_table, in, typical_days, g->days);
    ST_NEW_LIST(g, &st_instance_table, in, profiles, ST_P_COUNT);
    ST_NEW_LIST(g, &st_instance_table, in, curtailments, 1);
    for (size_t d = 0; d < in->typical_days.count; d++) {
        in->typical_days.items[d].id = seasons[d];
        in->typical_days.items[d].weight_days = g->days == 2 ? weights2[d] : weights4[d];
    }
    for (size_t p = 0; p < in->profiles.count; p++) {
        struct st_profile *profile = &in->profiles.items[p];
        profile->id = ids[p];
        profile->values = az_new_series(&g->base, g->days * ST_HOURS);
        for (size_t h = 0; !g->base.failed && h < g->days * ST_HOURS; h++) {
            double value =
                value_of((enum st_profiles)p, &courses[h / ST_HOURS], (double)(h % ST_HOURS) + 0.5);
            profile->values.values[h] = round(fmax(0, value) * 1000) / 1000;
        }
    }
    if (g->base.failed) return;
    struct st_curtailment *noon = in->curtailments.items;
    noon->id = "holidays";
    noon->from_hour = 10;
    noon->until_hour = 14;
    noon->share = az_between(&g->base, 0.02, 0.12, 0.01);
}

/* --- tariffs ------------------------------------------------------------------------------------
 */

static struct st_price *new_price(struct st_world *g, double first, int64_t years, double then,
                                  bool by_operation)
{
    struct st_price *price = AZ_NEW(g->base.arena, struct st_price);
    size_t count = years > 0 ? 2 : 1;
    if (!price) {
        g->base.failed = true;
        return NULL;
    }
    az_fields_clear(az_field_find(&st_tariff_table, "ppa")->table, price);
    price->by_operation = by_operation;
    ST_NEW_LIST(g, az_field_find(&st_tariff_table, "ppa")->table, price, steps, count);
    for (size_t k = 0; k < price->steps.count; k++) {
        price->steps.items[k].from_year = k == 0 ? 0 : years;
        price->steps.items[k].jpy_per_kwh = k == 0 ? first : then;
    }
    return price;
}

enum { HOME, BUSINESS, FIELD, CIVIC, TARIFFS };

static void make_tariffs(struct st_world *g)
{
    struct st_instance *in = g->in;
    static const char *const ids[] = { "home", "business", "field", "civic" };
    static const double ppa[] = { 24, 19, 17, 21 }, retail[] = { 33, 25, 27, 26 };
    ST_NEW_LIST(g, &st_instance_table, in, tariffs, TARIFFS);
    for (size_t i = 0; i < in->tariffs.count; i++) {
        struct st_tariff *it = &in->tariffs.items[i];
        it->id = ids[i];
        it->ppa = new_price(g, ppa[i] + az_between(&g->base, -1.5, 1.5, 0.5), 0, 0, false);
        it->retail = new_price(g, retail[i], 10, retail[i] + 2, false);
        it->environmental = new_price(g, 0.4, 0, 0, false);
        if (i == HOME)
            it->surplus = new_price(g, 24, 4, 8.3, true);
        else if (i == FIELD)
            it->surplus = new_price(g, 15, 0, 0, false); /* sold off site by agreement */
        else if (i == BUSINESS)
            it->surplus = new_price(g, 19, 5, 8.3, true);
        else
            it->surplus = new_price(g, 9.6, 0, 0, false);
        if (i == CIVIC && it->surplus) it->surplus->shape = az_ref_to("market");
        it->contract_years = i == HOME ? 15 : 20;
    }
}

/* --- costs and menus ----------------------------------------------------------------------------
 */

static void set_numbers(struct st_world *g, double **items, size_t *count, size_t given,
                        const double numbers[])
{
    *count = 0;
    if (!(*items = AZ_ARRAY(g->base.arena, given, double))) {
        g->base.failed = true;
        return;
    }
    for (size_t k = 0; k < given; k++) (*items)[k] = numbers[k];
    *count = given;
}
#define NUMBERS(g, list, ...)                                             \
    set_numbers((g), &(list)->items, &(list)->count,                      \
                sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double), \
                (const double[]){ __VA_ARGS__ })

static void set_classes(struct st_world *g, struct st_costs *costs, size_t count,
                        const double from[], const double jpy[])
{
    ST_NEW_LIST(g, &st_costs_table, costs, pv, count);
    for (size_t k = 0; k < costs->pv.count; k++) {
        costs->pv.items[k].from = from[k];
        costs->pv.items[k].jpy_per_unit = jpy[k];
    }
    ST_NEW_LIST(g, &st_costs_table, costs, battery, 2);
    for (size_t k = 0; k < costs->battery.count; k++) {
        costs->battery.items[k].from = k == 0 ? 0 : 100;
        costs->battery.items[k].jpy_per_unit = k == 0 ? 120000 : 92000;
    }
}

static void make_costs(struct st_world *g)
{
    struct st_instance *in = g->in;
    static const double from[] = { 0, 50, 250, 500 };
    static const double roof[] = { 255000, 183000, 172000, 176000 };
    static const double land[] = { 290000, 215000, 200000, 200000 };
    ST_NEW_LIST(g, &st_instance_table, in, costs, 3);
    if (g->base.failed) return;
    struct st_costs *it = in->costs.items;
    it[0].id = "house";
    set_classes(g, &it[0], 1, from, roof);
    it[0].operation_jpy_per_kw_year = 3000;
    it[0].subsidy_share = 0.15;
    it[0].subsidy_max_jpy = 200000;
    it[1].id = "roof";
    set_classes(g, &it[1], 4, from, roof);
    it[1].operation_jpy_per_kw_year = 4000;
    it[1].capex_change_per_year = -0.02;
    it[2].id = "land"; /* stands above the crops: dearer */
    set_classes(g, &it[2], 4, from, land);
    it[2].operation_jpy_per_kw_year = 4200;
    it[2].rent_jpy_per_kw_year = 1000;
    it[2].subsidy_share = 0.3;
    it[2].subsidy_max_jpy = 30e6;
}

static void make_menus(struct st_world *g)
{
    struct st_instance *in = g->in;
    ST_NEW_LIST(g, &st_instance_table, in, menus, 4);
    if (g->base.failed) return;
    struct st_menu *it = in->menus.items;
    it[0].id = "house";
    NUMBERS(g, &it[0].pv_kw, ST_HOUSE_KW, 6);
    NUMBERS(g, &it[0].battery_kwh, 0, 7);
    it[1].id = "roof";
    NUMBERS(g, &it[1].pv_share, 0.3, 0.6, 1);
    NUMBERS(g, &it[1].battery_hours, 0, 0.5);
    it[2].id = "land";
    NUMBERS(g, &it[2].pv_share, 0.5, 1);
    NUMBERS(g, &it[2].battery_hours, 0, 1);
    it[3].id = "civic";
    NUMBERS(g, &it[3].pv_share, 0.5, 1);
    NUMBERS(g, &it[3].battery_hours, 0, 1.5);
}

void st_make_prices(struct st_world *g)
{
    struct st_instance *in = g->in;
    make_tariffs(g);
    make_costs(g);
    make_menus(g);
    ST_NEW_LIST(g, &st_instance_table, in, operators, g->size < 200 ? 1 : 2);
    for (size_t i = 0; i < in->operators.count; i++) {
        in->operators.items[i].id = az_new_id(&g->base, "operator", i);
        in->operators.items[i].discount_rate = i == 0 ? 0.03 : 0.035;
    }
    ST_NEW_LIST(g, &st_instance_table, in, landowners, 1);
    if (!g->base.failed) in->landowners.items[0].id = "landowner";
}
