/* resolve.c - from a linked instance to one ready for judge and model: hours, profiles, prices,
 * scale. Options are in resolve_options.c, networks in resolve_network.c, shelters in reach in
 * resolve_reaches.c.
 *
 * Every derived member is set also when there are findings, so that validation can name every other
 * problem at once; what is too much is told and left out. */
#include "formulations/siting/resolve.h"

/* --- the year -----------------------------------------------------------------------------------
 */

static enum az_status resolve_hours(struct st_resolver *r)
{
    struct st_instance *in = r->in;
    size_t days = in->typical_days.count;
    if (days > ST_MAX_DAYS) {
        AZ_FIND(r->findings, &st_code_too_many_days, AZ_AT(NULL, "typical_days"),
                AZ_NUMBER_PARAM("value", (double)days), AZ_NUMBER_PARAM("maximum", ST_MAX_DAYS));
        days = 0;
    }
    in->hour_count = days * ST_HOURS;
    in->hour_days = AZ_ARRAY(r->arena, in->hour_count, double);
    in->curtailed_share = AZ_ARRAY(r->arena, in->hour_count, double);
    if (!in->hour_days || !in->curtailed_share) return AZ_NO_MEMORY;
    for (size_t h = 0; h < in->hour_count; h++)
        in->hour_days[h] = in->typical_days.items[h / ST_HOURS].weight_days;
    return AZ_OK;
}

static void curtail_day(struct st_instance *in, const struct st_curtailment *it, size_t day)
{
    for (int64_t hour = it->from_hour; hour < it->until_hour; hour++) {
        double *share = &in->curtailed_share[day * ST_HOURS + (size_t)hour];
        *share = fmax(*share, it->share);
    }
}

static void resolve_curtailments(struct st_instance *in)
{
    size_t days = in->hour_count / ST_HOURS;
    for (size_t i = 0; i < in->curtailments.count; i++) {
        const struct st_curtailment *it = &in->curtailments.items[i];
        for (size_t d = 0; !it->days.items && d < days; d++) curtail_day(in, it, d);
        for (size_t k = 0; k < it->days.count; k++) {
            size_t d = st_index(it->days.items[k], days);
            if (d != AZ_NO_INDEX) curtail_day(in, it, d);
        }
    }
}

static void resolve_profiles(struct st_instance *in)
{
    for (size_t i = 0; i < in->profiles.count; i++) {
        struct st_profile *profile = &in->profiles.items[i];
        profile->year_sum = 0;
        for (size_t h = 0; h < in->hour_count && h < profile->values.count; h++)
            profile->year_sum += in->hour_days[h] * profile->values.values[h];
    }
}

/* --- prices -------------------------------------------------------------------------------------
 */

static void resolve_price(struct st_price *price)
{
    if (!price) return;
    for (int64_t k = 0; k < ST_MAX_YEARS; k++) {
        price->year_jpy[k] = NAN;
        if (price->last_year != AZ_NO_INTEGER && k > price->last_year) continue;
        for (size_t s = 0; s < price->steps.count; s++)
            if (price->steps.items[s].from_year <= k)
                price->year_jpy[k] = price->steps.items[s].jpy_per_kwh;
    }
}

static void resolve_tariffs(struct st_instance *in)
{
    for (size_t i = 0; i < in->tariffs.count; i++) {
        struct st_tariff *tariff = &in->tariffs.items[i];
        resolve_price(tariff->ppa);
        resolve_price(tariff->retail);
        resolve_price(tariff->surplus);
        resolve_price(tariff->premium);
        resolve_price(tariff->environmental);
    }
}

/* --- scale --------------------------------------------------------------------------------------
 */

#define SCALE_SHARE 1e-3

static void resolve_scale(struct st_instance *in)
{
    double sum = 0;
    for (size_t i = 0; i < in->sites.count; i++) {
        const struct st_site *site = &in->sites.items[i];
        double largest = 0;
        for (size_t o = 0; o < site->option_count; o++)
            largest = fmax(largest, site->option[o].capex_jpy);
        sum += largest;
    }
    in->scale = in->money_scale > 0 ? in->money_scale : fmax(1, SCALE_SHARE * sum);
}

enum az_status st_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions)
{
    struct st_resolver r = { .in = instance, .arena = arena, .findings = findings };
    size_t before = az_findings_total(findings);
    (void)assumptions; /* nothing here is measured */
    AZ_TRY(resolve_hours(&r));
    resolve_curtailments(r.in);
    resolve_profiles(r.in);
    resolve_tariffs(r.in);
    AZ_TRY(st_resolve_options(&r));
    AZ_TRY(st_resolve_network(&r));
    AZ_TRY(st_resolve_reaches(&r));
    resolve_scale(r.in);
    /* Whoever gets findings here does not go on to validate: all problems at once. */
    if (az_findings_total(findings) > before) AZ_TRY(st_validate(instance, arena, findings));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
