/* validate_rules.c - districts and coverage, limits and budgets that the sites cannot keep at all,
 * deliveries. */
#include "formulations/siting/validate.h"

/* --- districts ----------------------------------------------------------------------------------
 */

/* Does coverage know where the district is? Told otherwise. */
static bool validate_reaches(const struct st_validator *v, const struct st_district *district,
                             const struct az_path *at)
{
    const struct st_instance *in = v->in;
    bool good = true;
    for (size_t k = 0; k < district->reaches.count; k++) {
        size_t site = st_index(district->reaches.items[k], in->sites.count);
        if (site == AZ_NO_INDEX || in->sites.items[site].shelter == 1) continue;
        AZ_FIND(v->findings, &st_code_reaches_no_shelter, AZ_ITEM(AZ_AT(at, "reaches"), k, NULL),
                AZ_TEXT_PARAM("value", in->sites.items[site].id));
        good = false;
    }
    if (!in->coverage || district->reaches.items) return good;
    if (isnan(in->coverage->reach_km)) {
        AZ_FIND0(v->findings, &st_code_district_without_reaches, AZ_AT(at, "reaches"));
        return false;
    }
    if (!isnan(district->latitude)) return good;
    AZ_FIND0(v->findings, &st_code_district_without_place, AZ_AT(at, "latitude"));
    return false;
}

static void validate_cover(const struct st_validator *v, const struct st_district *district,
                           const struct az_path *at)
{
    const struct st_coverage *coverage = v->in->coverage;
    const struct az_path *member = AZ_AT(at, "must_be_covered");
    if (district->must_be_covered != 1) return;
    if (!coverage) {
        AZ_FIND0(v->findings, &st_code_cover_without_coverage, member);
        return;
    }
    bool priced = v->in->mode == ST_SERVICE && !isnan(coverage->shortfall_jpy);
    if (!priced && (int64_t)district->shelter_count < coverage->shelters)
        AZ_FIND(v->findings, &st_code_cover_beyond_reach, member,
                AZ_NUMBER_PARAM("value", (double)district->shelter_count),
                AZ_NUMBER_PARAM("needed", (double)coverage->shelters));
}

/* Shelters that nobody can tell the distance of. */
static void validate_shelters(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    bool by_distance = false;
    for (size_t d = 0; d < in->districts.count; d++)
        by_distance = by_distance || !in->districts.items[d].reaches.items;
    if (!by_distance || !in->coverage || isnan(in->coverage->reach_km)) return;
    for (size_t i = 0; i < in->sites.count; i++)
        if (in->sites.items[i].shelter == 1 && isnan(in->sites.items[i].latitude))
            AZ_FIND0(v->findings, &st_code_shelter_without_place,
                     ST_MEMBER("sites", i, in->sites.items[i].id, "latitude"));
}

enum az_status st_validate_districts(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    bool *has_site = AZ_ARRAY(v->arena, in->districts.count, bool);
    if (!has_site) return AZ_NO_MEMORY;
    for (size_t i = 0; i < in->sites.count; i++) {
        size_t d = st_index(in->sites.items[i].district, in->districts.count);
        if (d != AZ_NO_INDEX) has_site[d] = true;
    }
    for (size_t d = 0; d < in->districts.count; d++) {
        const struct st_district *district = &in->districts.items[d];
        const struct az_path *at = ST_ITEM_AT("districts", d, district->id);
        if (!validate_reaches(v, district, at)) continue;
        if (!has_site[d] && district->shelter_count == 0)
            AZ_FIND0(v->findings, &st_code_district_without_sites, at);
        validate_cover(v, district, at);
    }
    validate_shelters(v);
    return AZ_OK;
}

/* --- what sites can do --------------------------------------------------------------------------
 */

static bool is_counted(const struct st_instance *in, const struct st_limit *limit,
                       const struct st_site *site)
{
    size_t party = st_index(limit->operator, in->operators.count);
    size_t district = st_index(limit->district, in->districts.count);
    return (limit->kind < 0 || site->kind == limit->kind) &&
           (party == AZ_NO_INDEX || site->operator_index == party) &&
           (district == AZ_NO_INDEX || st_index(site->district, in->districts.count) == district);
}

static bool has_pv_option(const struct st_site *site)
{
    for (size_t o = 0; o < site->option_count; o++)
        if (site->option[o].pv_kw > 0) return true;
    return false;
}

/* t that an option can avoid at most: all the sun there is, and what a battery keeps of the sun
 * that is lost now. */
static double most_co2(const struct st_instance *in, const struct st_site *site,
                       const struct st_option *option)
{
    double best = 0;
    for (size_t k = 0; k < site->surfaces.count; k++) {
        size_t yield = st_index(site->surfaces.items[k].yield, in->profiles.count);
        if (yield != AZ_NO_INDEX) best = fmax(best, in->profiles.items[yield].year_sum);
    }
    double kw = option->pv_kw + (option->battery_kwh > 0 ? site->built_pv_kw : 0);
    return in->carbon ? best * kw * in->carbon->co2_kg_per_kwh / 1000 : 0;
}

static double amount_of(const struct st_instance *in, int what, const struct st_site *site,
                        const struct st_option *option)
{
    switch (what) {
    case ST_COUNT:
        return 1;
    case ST_PV_KW:
        return option->pv_kw;
    case ST_BATTERY_KW:
        return option->battery_kw;
    case ST_BATTERY_KWH:
        return option->battery_kwh;
    case ST_ROOF_SHARE:
        return option->pv_kw > 0;
    default:
        return most_co2(in, site, option);
    }
}

/* The most and the least that a site adds to a sum. */
struct range {
    double most, least;
};

static struct range range_of(const struct st_instance *in, int what, const struct st_site *site)
{
    const struct st_option *first;
    bool must;
    size_t count = st_candidates(site, &first, &must);
    struct range range = { 0, must && count > 0 ? INFINITY : 0 };
    for (size_t o = 0; o < count; o++) {
        double amount = amount_of(in, what, site, &first[o]);
        range.most = fmax(range.most, amount);
        range.least = fmin(range.least, amount);
    }
    return range;
}

/* --- limits -------------------------------------------------------------------------------------
 */

/* What a limit's sum can be at most and at least; false: it counts nothing. ranges: of the sites,
 * for what the limit counts. */
static bool reach_of(const struct st_instance *in, const struct st_limit *limit,
                     const struct range ranges[], double *most, double *least)
{
    double sites = 0;
    *most = *least = 0;
    for (size_t i = 0; i < in->sites.count; i++) {
        const struct st_site *site = &in->sites.items[i];
        double high = ranges[i].most, low = ranges[i].least;
        if (!is_counted(in, limit, site)) continue;
        if (limit->what == ST_ROOF_SHARE) {
            if (!(site->surfaces.count > 0 || site->built_pv_kw > 0 || has_pv_option(site)))
                continue;
            if (site->built_pv_kw > 0) high = low = 1;
        }
        sites++;
        *most += high;
        *least += low;
    }
    if (limit->what == ST_ROOF_SHARE && sites > 0) {
        *most /= sites;
        *least /= sites;
    }
    return sites > 0;
}

/* People of the district, or all, that enough shelters are within reach of. */
static bool people_in_reach(const struct st_instance *in, const struct st_limit *limit,
                            double *most)
{
    size_t only = st_index(limit->district, in->districts.count);
    *most = 0;
    for (size_t d = 0; d < in->districts.count; d++) {
        const struct st_district *it = &in->districts.items[d];
        bool counted = only == AZ_NO_INDEX || only == d;
        if (counted && (int64_t)it->shelter_count >= in->coverage->shelters)
            *most += (double)it->people;
    }
    return in->districts.count > 0;
}

/* Groups that make no sense: the worth of a plan and people belong to no sites. */
static void validate_group(const struct st_validator *v, const struct st_limit *limit,
                           const struct az_path *at)
{
    bool npv = limit->what == ST_NPV_JPY, people = limit->what == ST_PEOPLE_COVERED;
    const struct az_param value = AZ_TEXT_PARAM("value", npv ? "npv_jpy" : "people_covered");
    if (npv && limit->district.id)
        az_find(v->findings, &st_code_limit_cannot_have, AZ_AT(at, "district"), 1, &value);
    if ((npv || people) && limit->kind >= 0)
        az_find(v->findings, &st_code_limit_cannot_have, AZ_AT(at, "kind"), 1, &value);
    if ((npv || people) && limit->operator.id)
        az_find(v->findings, &st_code_limit_cannot_have, AZ_AT(at, "operator"), 1, &value);
}

static void validate_reach(const struct st_validator *v, const struct st_limit *limit,
                           const struct range ranges[], const struct az_path *at)
{
    const struct st_instance *in = v->in;
    bool priced = in->mode == ST_SERVICE && !isnan(limit->shortfall_jpy);
    double most = INFINITY, least = 0;
    bool any = true;
    if (limit->what == ST_PEOPLE_COVERED)
        any = people_in_reach(in, limit, &most);
    else if (limit->what == ST_NPV_JPY)
        least = -INFINITY; /* a plan may well lose money, sites that are decided above all */
    else
        any = reach_of(in, limit, ranges, &most, &least);
    if (!any) {
        AZ_FIND0(v->findings, &st_code_limit_of_nothing, at);
        return;
    }
    if (!priced && limit->min > st_above(most))
        AZ_FIND(v->findings, &st_code_limit_beyond_reach, AZ_AT(at, "min"),
                AZ_NUMBER_PARAM("value", limit->min), AZ_NUMBER_PARAM("maximum", most),
                AZ_NUMBER_PARAM("short", limit->min - most));
    if (limit->what != ST_CO2_T && least > st_above(limit->max))
        AZ_FIND(v->findings, &st_code_limit_below_decided, AZ_AT(at, "max"),
                AZ_NUMBER_PARAM("value", limit->max), AZ_NUMBER_PARAM("minimum", least),
                AZ_NUMBER_PARAM("over", least - limit->max));
}

/* ranges: of the sites, for what the limit counts. */
static void validate_limit(const struct st_validator *v, size_t i, const struct range ranges[])
{
    const struct st_limit *limit = &v->in->limits.items[i];
    const struct az_path *at = ST_ITEM_AT("limits", i, limit->id);
    size_t before = az_findings_total(v->findings);
    if (isnan(limit->min) && isnan(limit->max))
        AZ_FIND0(v->findings, &st_code_limit_without_bound, at);
    if (limit->max < limit->min)
        AZ_FIND(v->findings, &st_code_limit_crossed, AZ_AT(at, "max"),
                AZ_NUMBER_PARAM("minimum", limit->min), AZ_NUMBER_PARAM("value", limit->max));
    if (isnan(limit->min) && !isnan(limit->shortfall_jpy))
        AZ_FIND0(v->findings, &st_code_shortfall_without_min, AZ_AT(at, "shortfall_jpy"));
    if (limit->what == ST_CO2_T && !v->in->carbon)
        AZ_FIND0(v->findings, &st_code_limit_needs_carbon, AZ_AT(at, "what"));
    if (limit->what == ST_PEOPLE_COVERED && !v->in->coverage)
        AZ_FIND0(v->findings, &st_code_limit_needs_coverage, AZ_AT(at, "what"));
    validate_group(v, limit, at);
    if (az_findings_total(v->findings) == before) validate_reach(v, limit, ranges, at);
}

/* --- budgets ------------------------------------------------------------------------------------
 */

/* What the sites that are decided take from a budget at least. */
static double least_spent(const struct st_instance *in, const struct st_budget *budget,
                          int64_t from, int64_t until)
{
    size_t party = st_index(budget->operator, in->operators.count);
    double sum = 0;
    for (size_t i = 0; i < in->sites.count; i++) {
        const struct st_site *site = &in->sites.items[i];
        const struct st_option *first;
        bool must;
        double least = INFINITY;
        size_t count = st_candidates(site, &first, &must);
        if (!must || count == 0) continue;
        if (party != AZ_NO_INDEX && site->operator_index != party) continue;
        for (size_t o = 0; o < count; o++) {
            bool within = first[o].year >= from && first[o].year <= until;
            least = fmin(least, within ? first[o].capex_jpy - first[o].subsidy_jpy : 0);
        }
        sum += least;
    }
    return sum;
}

static void validate_budget(const struct st_validator *v, size_t i)
{
    const struct st_instance *in = v->in;
    const struct st_budget *budget = &in->budgets.items[i];
    const struct az_path *at = ST_ITEM_AT("budgets", i, budget->id);
    int64_t from = budget->from_year == AZ_NO_INTEGER ? 0 : budget->from_year;
    int64_t until = budget->until_year == AZ_NO_INTEGER ? in->years - 1 : budget->until_year;
    if (from >= in->years)
        AZ_FIND(v->findings, &st_code_year_outside, AZ_AT(at, "from_year"),
                AZ_NUMBER_PARAM("value", (double)from),
                AZ_NUMBER_PARAM("maximum", (double)in->years - 1));
    else if (until < from)
        AZ_FIND(v->findings, &st_code_budget_years_crossed, AZ_AT(at, "until_year"),
                AZ_NUMBER_PARAM("from", (double)from), AZ_NUMBER_PARAM("value", (double)until));
    double least = least_spent(in, budget, from, until);
    if (least > st_above(budget->jpy))
        AZ_FIND(v->findings, &st_code_budget_below_decided, AZ_AT(at, "jpy"),
                AZ_NUMBER_PARAM("value", budget->jpy), AZ_NUMBER_PARAM("minimum", ceil(least)),
                AZ_NUMBER_PARAM("short", ceil(least - budget->jpy)));
}

/* Limits that count the same have their sites' ranges in common. */
static enum az_status validate_limits(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    struct range *ranges = AZ_ARRAY(v->arena, in->sites.count, struct range);
    if (!ranges) return AZ_NO_MEMORY;
    for (int what = 0; what <= ST_NPV_JPY; what++) {
        bool filled = false;
        for (size_t i = 0; i < in->limits.count; i++) {
            if (in->limits.items[i].what != what) continue;
            for (size_t s = 0; !filled && s < in->sites.count; s++)
                ranges[s] = range_of(in, what, &in->sites.items[s]);
            filled = true;
            validate_limit(v, i, ranges);
        }
    }
    return AZ_OK;
}

static bool too_many_rules(const struct st_validator *v, size_t count, const char *list)
{
    if (count > ST_MAX_RULES)
        AZ_FIND(v->findings, &st_code_too_many_rules, AZ_AT(NULL, list),
                AZ_NUMBER_PARAM("value", (double)count), AZ_NUMBER_PARAM("maximum", ST_MAX_RULES));
    return count > ST_MAX_RULES;
}

enum az_status st_validate_limits(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    /* Without the options, which were too many, nothing could be reached. */
    bool any = in->sites.count == 0;
    for (size_t i = 0; i < in->sites.count; i++) any = any || in->sites.items[i].option;
    if (!any) return AZ_OK;
    if (!too_many_rules(v, in->limits.count, "limits")) AZ_TRY(validate_limits(v));
    if (too_many_rules(v, in->budgets.count, "budgets")) return AZ_OK;
    for (size_t i = 0; i < in->budgets.count; i++) validate_budget(v, i);
    return AZ_OK;
}

/* --- deliveries ---------------------------------------------------------------------------------
 */

void st_validate_deliveries(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    double amounts = 0, capacities = 0;
    if (!in->delivery_jpy.values || in->delivery_jpy.columns != in->sites.count ||
        in->delivery_jpy.rows != in->customers.count)
        return;
    for (size_t i = 0; i < in->sites.count; i++) {
        const struct st_option *first;
        bool must;
        double most = 0;
        size_t count = st_candidates(&in->sites.items[i], &first, &must);
        for (size_t o = 0; o < count; o++)
            most = fmax(most, isnan(first[o].capacity) ? INFINITY : first[o].capacity);
        capacities += most;
    }
    for (size_t c = 0; c < in->customers.count; c++) {
        const double *row = &in->delivery_jpy.values[c * in->sites.count];
        bool served = false;
        amounts += in->customers.items[c].amount;
        for (size_t i = 0; i < in->sites.count && !served; i++) {
            const struct st_site *site = &in->sites.items[i];
            served = !isnan(row[i]) && site->decided != ST_OUT && site->option_count > 0;
        }
        if (!served)
            AZ_FIND0(v->findings, &st_code_customer_without_site,
                     ST_ITEM_AT("customers", c, in->customers.items[c].id));
    }
    if (amounts > st_above(capacities))
        AZ_FIND(v->findings, &st_code_amounts_above_capacity, AZ_AT(NULL, "customers"),
                AZ_NUMBER_PARAM("value", amounts), AZ_NUMBER_PARAM("maximum", capacities),
                AZ_NUMBER_PARAM("short", amounts - capacities));
}
