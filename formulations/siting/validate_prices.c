/* validate_prices.c - tariffs that have a price in every year in which one is asked for, classes of
 * costs, menus. */
#include "formulations/siting/validate.h"

/* --- tariffs ------------------------------------------------------------------------------------
 */

/* The years of the options at sites with a tariff; last < 0: there are none. */
struct use {
    int64_t first, last;
};

static enum az_status find_uses(const struct st_validator *v, struct use **uses)
{
    const struct st_instance *in = v->in;
    if (!(*uses = AZ_ARRAY(v->arena, in->tariffs.count, struct use))) return AZ_NO_MEMORY;
    for (size_t i = 0; i < in->tariffs.count; i++) (*uses)[i] = (struct use){ in->years, -1 };
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        size_t i = st_index(site->tariff, in->tariffs.count);
        for (size_t o = 0; i != AZ_NO_INDEX && o < site->option_count; o++) {
            int64_t year = site->option[o].year;
            if (year >= in->years) continue; /* told at the option */
            if (year < (*uses)[i].first) (*uses)[i].first = year;
            if (year > (*uses)[i].last) (*uses)[i].last = year;
        }
    }
    return AZ_OK;
}

/* The last year for which a price is asked, counted as the price counts; -1: none is. `most`: years
 * of operation in which it is asked for at most. */
static int64_t needed_until(const struct st_instance *in, const struct st_price *price,
                            struct use use, int64_t most)
{
    int64_t last;
    if (use.last < 0) return -1;
    if (price->by_operation == 1) {
        last = in->years - 1 - use.first;
        return last < most - 1 ? last : most - 1;
    }
    last = in->years - 1;
    return last < use.last + most - 1 ? last : use.last + most - 1;
}

static void validate_price(const struct st_validator *v, const struct st_price *price,
                           struct use use, int64_t most, const struct az_path *at)
{
    const struct az_path *steps = AZ_AT(at, "steps");
    if (!price) return;
    for (size_t k = 0; k < price->steps.count; k++) {
        const struct az_path *from = AZ_AT(AZ_ITEM(steps, k, NULL), "from_year");
        int64_t year = price->steps.items[k].from_year;
        int64_t before = k > 0 ? price->steps.items[k - 1].from_year : 0;
        if (k == 0 && year > 0)
            AZ_FIND(v->findings, &st_code_price_begins_late, from,
                    AZ_NUMBER_PARAM("value", (double)year),
                    AZ_NUMBER_PARAM("missing", (double)year));
        else if (k > 0 && year <= before)
            AZ_FIND(v->findings, &st_code_price_years_crossed, from,
                    AZ_NUMBER_PARAM("from", (double)before),
                    AZ_NUMBER_PARAM("value", (double)year));
        else if (price->last_year != AZ_NO_INTEGER && year > price->last_year)
            AZ_FIND(v->findings, &st_code_price_after_its_end, from,
                    AZ_NUMBER_PARAM("value", (double)year),
                    AZ_NUMBER_PARAM("last", (double)price->last_year));
    }
    int64_t needed = needed_until(v->in, price, use, most);
    if (price->last_year != AZ_NO_INTEGER && needed > price->last_year)
        AZ_FIND(v->findings, &st_code_price_ends_early, AZ_AT(at, "last_year"),
                AZ_NUMBER_PARAM("value", (double)price->last_year),
                AZ_NUMBER_PARAM("needed", (double)needed),
                AZ_NUMBER_PARAM("missing", (double)(needed - price->last_year)));
    size_t shape = st_index(price->shape, v->in->profiles.count);
    if (shape != AZ_NO_INDEX && v->in->hour_count > 0 &&
        !(v->in->profiles.items[shape].year_sum > 0))
        AZ_FIND(v->findings, &st_code_shape_of_nothing, AZ_AT(at, "shape"),
                AZ_TEXT_PARAM("value", price->shape.id));
}

/* --- costs and menus ----------------------------------------------------------------------------
 */

static void validate_classes(const struct st_validator *v, const struct st_cost_class classes[],
                             size_t count, const struct az_path *at)
{
    for (size_t k = 0; k < count; k++) {
        const struct az_path *from = AZ_AT(AZ_ITEM(at, k, NULL), "from");
        if (k == 0 && classes[k].from > 0)
            AZ_FIND(v->findings, &st_code_class_begins_late, from,
                    AZ_NUMBER_PARAM("value", classes[k].from));
        if (k > 0 && classes[k].from <= classes[k - 1].from)
            AZ_FIND(v->findings, &st_code_classes_crossed, from,
                    AZ_NUMBER_PARAM("from", classes[k - 1].from),
                    AZ_NUMBER_PARAM("value", classes[k].from));
    }
}

static void validate_menu(const struct st_validator *v, size_t i)
{
    const struct st_menu *menu = &v->in->menus.items[i];
    const struct az_path *at = ST_ITEM_AT("menus", i, menu->id);
    if (!menu->pv_kw.items && !menu->pv_share.items && !menu->battery_hours.items &&
        !menu->battery_kwh.items)
        AZ_FIND0(v->findings, &st_code_menu_without_sizes, at);
    for (size_t k = 0; k < menu->years.count; k++)
        if (menu->years.items[k] >= v->in->years)
            AZ_FIND(v->findings, &st_code_year_outside, AZ_ITEM(AZ_AT(at, "years"), k, NULL),
                    AZ_NUMBER_PARAM("value", (double)menu->years.items[k]),
                    AZ_NUMBER_PARAM("maximum", (double)v->in->years - 1));
}

enum az_status st_validate_prices(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    struct use *uses;
    AZ_TRY(find_uses(v, &uses));
    for (size_t i = 0; i < in->tariffs.count; i++) {
        const struct st_tariff *it = &in->tariffs.items[i];
        const struct az_path *at = ST_ITEM_AT("tariffs", i, it->id);
        validate_price(v, it->ppa, uses[i], it->contract_years, AZ_AT(at, "ppa"));
        validate_price(v, it->retail, uses[i], in->years, AZ_AT(at, "retail"));
        validate_price(v, it->surplus, uses[i], in->years, AZ_AT(at, "surplus"));
        validate_price(v, it->premium, uses[i], in->years, AZ_AT(at, "premium"));
        validate_price(v, it->environmental, uses[i], in->years, AZ_AT(at, "environmental"));
    }
    for (size_t i = 0; i < in->costs.count; i++) {
        const struct st_costs *it = &in->costs.items[i];
        const struct az_path *at = ST_ITEM_AT("costs", i, it->id);
        validate_classes(v, it->pv.items, it->pv.count, AZ_AT(at, "pv"));
        validate_classes(v, it->battery.items, it->battery.count, AZ_AT(at, "battery"));
    }
    for (size_t i = 0; i < in->menus.count; i++) validate_menu(v, i);
    return AZ_OK;
}
