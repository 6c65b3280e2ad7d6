/* evaluate_rules.c - the judge of the portfolio: decisions, shelters, limits, budgets, and who is
 * served from where. */
#include <string.h>

#include "formulations/siting/judge.h"

/* --- decisions ----------------------------------------------------------------------------------
 */

/* decided_in, decided_option, decided_out */
static void judge_decision(struct st_judge *j, size_t s)
{
    const struct st_site *site = &j->in->sites.items[s];
    size_t i = j->at.choice[s];
    if (site->decided == ST_OUT && i != AZ_NO_INDEX)
        ST_BREACH(j, ST_RULE_decided_out, ST_CHOICE(j, i), ST_CHOICE(j, i), site->id, 0,
                  ST_WHAT(site->id));
    if (site->decided != ST_IN) return;
    if (i == AZ_NO_INDEX) {
        ST_BREACH(j, ST_RULE_decided_in, ST_CHOICES, ST_OF("sites", s, site->id), site->id, 0,
                  ST_WHAT(site->id));
        return;
    }
    if (site->decided_index == AZ_NO_INDEX) return;
    const struct st_option *decided = &site->option[site->decided_index];
    if (j->at.option[i] != decided)
        ST_BREACH(j, ST_RULE_decided_option, AZ_AT(ST_CHOICE(j, i), "option"), ST_CHOICE(j, i),
                  site->id, 0, AZ_TEXT_PARAM("value", j->at.option[i]->id),
                  AZ_TEXT_PARAM("limit", decided->id));
}

/* --- coverage -----------------------------------------------------------------------------------
 */

/* covered; who is within reach of enough shelters. */
static void judge_coverage(struct st_judge *j)
{
    const struct st_coverage *coverage = j->in->coverage;
    for (size_t d = 0; coverage && d < j->in->districts.count; d++) {
        const struct st_district *district = &j->in->districts.items[d];
        for (size_t k = 0; k < district->shelter_count; k++)
            j->reached[d] += j->sufficient[district->shelters[k]];
        j->covered[d] = j->reached[d] >= coverage->shelters;
        if (j->covered[d]) j->people += (double)district->people;
        if (j->covered[d] || district->must_be_covered != 1) continue;
        ST_PRICED(j, ST_RULE_covered, ST_CHOICES, ST_OF("districts", d, district->id), district->id,
                  1, coverage->shortfall_jpy, ST_VALUE((double)j->reached[d]),
                  ST_LIMIT((double)coverage->shelters));
    }
}

/* --- limits -------------------------------------------------------------------------------------
 */

static bool is_of(const struct st_limit *limit, const struct st_site *site)
{
    if (limit->district.id && (!site->district.id || site->district.index != limit->district.index))
        return false;
    if (limit->operator.id && site->operator_index != limit->operator.index) return false;
    return limit->kind < 0 || site->kind == limit->kind;
}

static double amount_of(const struct st_judge *j, int what, size_t i)
{
    const struct st_option *option = j->at.option[i];
    switch (what) {
    case ST_COUNT:
        return 1;
    case ST_PV_KW:
        return option->pv_kw;
    case ST_BATTERY_KW:
        return option->battery_kw;
    case ST_BATTERY_KWH:
        return option->battery_kwh;
    case ST_CO2_T:
        return st_co2_t(j->in, j->kwh[i]);
    default:
        return 0;
    }
}

static double sum_of(const struct st_judge *j, const struct st_limit *limit)
{
    double sum = 0;
    for (size_t i = 0; i < j->plan->choices.count; i++)
        if (is_of(limit, &j->in->sites.items[j->plan->choices.items[i].site.index]))
            sum += amount_of(j, limit->what, i);
    return sum;
}

static bool could_have_pv(const struct st_site *site)
{
    bool could = site->surfaces.count > 0 || site->built_pv_kw > 0;
    for (size_t o = 0; !could && o < site->option_count; o++) could = site->option[o].pv_kw > 0;
    return could;
}

/* Sites with PV of those that could have it, in hundredths. */
static double roof_share_of(const struct st_judge *j, const struct st_limit *limit)
{
    size_t with = 0, all = 0;
    for (size_t s = 0; s < j->in->sites.count; s++) {
        const struct st_site *site = &j->in->sites.items[s];
        size_t i = j->at.choice[s];
        if (!is_of(limit, site) || !could_have_pv(site)) continue;
        all++;
        with += site->built_pv_kw > 0 || (i != AZ_NO_INDEX && j->at.option[i]->pv_kw > 0);
    }
    return all > 0 ? 100 * (double)with / (double)all : 0;
}

static double people_of(const struct st_judge *j, const struct st_limit *limit)
{
    if (!limit->district.id) return j->people;
    size_t d = limit->district.index;
    return j->covered[d] ? (double)j->in->districts.items[d].people : 0;
}

/* min <= value <= max; a share is in hundredths on both sides. */
static void judge_limit(struct st_judge *j, size_t l)
{
    const struct st_limit *limit = &j->in->limits.items[l];
    bool share = limit->what == ST_ROOF_SHARE;
    double value = 0, scale = share ? 100 : 1;
    double min = scale * limit->min, max = scale * limit->max;
    if (share)
        value = roof_share_of(j, limit);
    else if (limit->what == ST_PEOPLE_COVERED)
        value = people_of(j, limit);
    else if (limit->what == ST_NPV_JPY)
        value = -j->judgement->cost;
    else
        value = sum_of(j, limit);
    const struct az_path *at = ST_OF("limits", l, limit->id);
    /* a value is what is left of far larger sums: it counts as exactly as money does in the gap */
    double slack = limit->what == ST_NPV_JPY ? AZ_FEASIBILITY_TOLERANCE * j->in->scale : 0;
    if (az_under(value + slack, min))
        ST_PRICED(j, st_rule_min(limit->what), ST_CHOICES, at, limit->id, min - value,
                  limit->shortfall_jpy, ST_VALUE(value), ST_LIMIT(min));
    if (az_over(value - slack, max))
        ST_BREACH(j, st_rule_max(limit->what), ST_CHOICES, at, limit->id, value - max,
                  ST_VALUE(value), ST_LIMIT(max));
}

/* --- budgets ------------------------------------------------------------------------------------
 */

/* capex less subsidy of the budget's years and operator, with what nobody owns in year 0 */
static void judge_budget(struct st_judge *j, size_t b)
{
    const struct st_budget *budget = &j->in->budgets.items[b];
    int64_t from = budget->from_year == AZ_NO_INTEGER ? 0 : budget->from_year;
    int64_t until = budget->until_year == AZ_NO_INTEGER ? INT64_MAX : budget->until_year;
    double spent = !budget->operator.id && from == 0 ? j->spent_jpy : 0;
    for (size_t i = 0; i < j->plan->choices.count; i++) {
        const struct st_option *option = j->at.option[i];
        const struct st_site *site = &j->in->sites.items[j->plan->choices.items[i].site.index];
        if (option->year < from || option->year > until) continue;
        if (budget->operator.id && site->operator_index != budget->operator.index) continue;
        spent += option->capex_jpy - option->subsidy_jpy;
    }
    if (az_over(spent, budget->jpy))
        ST_BREACH(j, ST_RULE_budget, ST_CHOICES, ST_OF("budgets", b, budget->id), budget->id,
                  spent - budget->jpy, ST_VALUE(spent), ST_LIMIT(budget->jpy));
}

void st_judge_portfolio(struct st_judge *j)
{
    if (j->status != AZ_OK) return;
    for (size_t s = 0; s < j->in->sites.count; s++) judge_decision(j, s);
    judge_coverage(j);
    for (size_t l = 0; l < j->in->limits.count; l++) judge_limit(j, l);
    for (size_t b = 0; b < j->in->budgets.count; b++) judge_budget(j, b);
}

/* --- deliveries ---------------------------------------------------------------------------------
 */

/* served_from, served_way; its cost */
static void judge_served(struct st_judge *j, size_t i)
{
    const struct st_instance *in = j->in;
    const struct st_served *served = &j->plan->served.items[i];
    size_t c = served->customer.index, s = served->site.index;
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "served"), i, served->customer.id);
    const struct az_param from = ST_WHAT(in->sites.items[s].id);
    const struct az_matrix *price = &in->delivery_jpy;
    double jpy = price->values ? price->values[c * price->columns + s] : NAN;
    if (j->at.choice[s] == AZ_NO_INDEX && served->share > AZ_FEASIBILITY_TOLERANCE)
        ST_BREACH(j, ST_RULE_served_from, AZ_AT(at, "site"), at, served->customer.id, served->share,
                  from);
    if (isnan(jpy))
        ST_BREACH(j, ST_RULE_served_way, AZ_AT(at, "site"), at, served->customer.id, 0, from);
    else
        j->delivery_jpy += served->share * jpy;
}

/* served_whole: shares of a customer add up to 1; site_capacity */
static enum az_status judge_shares(struct st_judge *j)
{
    const struct st_instance *in = j->in;
    double *whole = AZ_ARRAY(j->arena, in->customers.count, double);
    double *out = AZ_ARRAY(j->arena, in->sites.count, double);
    if (!whole || !out) return AZ_NO_MEMORY;
    for (size_t i = 0; i < j->plan->served.count; i++) {
        const struct st_served *served = &j->plan->served.items[i];
        judge_served(j, i);
        whole[served->customer.index] += served->share;
        out[served->site.index] +=
            served->share * in->customers.items[served->customer.index].amount;
    }
    for (size_t c = 0; c < in->customers.count; c++)
        if (az_over(fabs(whole[c] - 1), 0))
            ST_BREACH(j, ST_RULE_served_whole, AZ_AT(NULL, "served"),
                      ST_OF("customers", c, in->customers.items[c].id), in->customers.items[c].id,
                      fabs(whole[c] - 1), ST_VALUE(whole[c]));
    for (size_t i = 0; i < j->plan->choices.count; i++) {
        size_t s = j->plan->choices.items[i].site.index;
        double capacity = j->at.option[i]->capacity;
        if (isfinite(capacity) && az_over(out[s], capacity))
            ST_BREACH(j, ST_RULE_site_capacity, ST_CHOICE(j, i), ST_CHOICE(j, i),
                      in->sites.items[s].id, out[s] - capacity, ST_VALUE(out[s]),
                      ST_LIMIT(capacity));
    }
    return AZ_OK;
}

void st_judge_delivery(struct st_judge *j)
{
    if (j->status == AZ_OK) j->status = judge_shares(j);
}
