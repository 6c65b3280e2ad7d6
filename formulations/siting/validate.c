/* validate.c - the rules that span fields: what would make an instance nonsense, every problem at
 * once. Here the whole and the year; prices are in validate_prices.c, sites and their options in
 * validate_sites.c, networks in validate_network.c, districts, limits, budgets and deliveries in
 * validate_rules.c.
 *
 * An instance that is sensible but has no plan passes; the solve proves it and explains. */
#include "formulations/siting/validate.h"

#include <string.h>

void st_validate_load(const struct st_validator *v, struct az_ref load, double year_kwh,
                      const struct az_path *at)
{
    size_t i = st_index(load, v->in->profiles.count);
    if (i == AZ_NO_INDEX || v->in->hour_count == 0 || !(year_kwh > 0) ||
        v->in->profiles.items[i].year_sum > 0)
        return;
    AZ_FIND(v->findings, &st_code_load_of_nothing, AZ_AT(at, "load"),
            AZ_TEXT_PARAM("value", load.id), AZ_NUMBER_PARAM("kwh", year_kwh));
}

static void validate_year(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    const struct az_path *at = AZ_AT(NULL, "typical_days");
    double sum = 0;
    for (size_t d = 0; d < in->typical_days.count; d++)
        sum += in->typical_days.items[d].weight_days;
    if (in->typical_days.count == 0) {
        if (in->profiles.count > 0) AZ_FIND0(v->findings, &st_code_days_missing, at);
    } else if (fabs(sum - ST_YEAR_DAYS) > AZ_FEASIBILITY_TOLERANCE * ST_YEAR_DAYS) {
        if (sum > ST_YEAR_DAYS)
            AZ_FIND(v->findings, &st_code_days_beyond_a_year, at, AZ_NUMBER_PARAM("value", sum),
                    AZ_NUMBER_PARAM("over", sum - ST_YEAR_DAYS));
        else
            AZ_FIND(v->findings, &st_code_days_not_a_year, at, AZ_NUMBER_PARAM("value", sum),
                    AZ_NUMBER_PARAM("short", ST_YEAR_DAYS - sum));
    }
    for (size_t i = 0; i < in->curtailments.count; i++) {
        const struct st_curtailment *it = &in->curtailments.items[i];
        if (it->until_hour <= it->from_hour)
            AZ_FIND(v->findings, &st_code_hours_crossed,
                    ST_MEMBER("curtailments", i, it->id, "until_hour"),
                    AZ_NUMBER_PARAM("from", (double)it->from_hour),
                    AZ_NUMBER_PARAM("value", (double)it->until_hour));
    }
}

/* --- objectives ---------------------------------------------------------------------------------
 */

static void validate_objective(const struct st_validator *v, int objective,
                               const struct az_path *at)
{
    const struct az_param value = AZ_TEXT_PARAM("value", st_objectives[objective].name);
    if (objective == ST_CO2 && !v->in->carbon)
        az_find(v->findings, &st_code_objective_needs_carbon, at, 1, &value);
    if (objective == ST_PEOPLE && !v->in->coverage)
        az_find(v->findings, &st_code_objective_needs_coverage, at, 1, &value);
}

static void validate_root(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    const struct az_path *second = AZ_AT(AZ_AT(NULL, "front"), "second");
    if (in->kind && strcmp(in->kind, "siting") != 0)
        AZ_FIND(v->findings, &st_code_wrong_kind, AZ_AT(NULL, "kind"),
                AZ_TEXT_PARAM("value", in->kind));
    validate_objective(v, in->objective, AZ_AT(NULL, "objective"));
    if (!in->front) return;
    if (in->front->second == ST_COST)
        AZ_FIND0(v->findings, &st_code_front_of_cost, second);
    else if (in->front->second == in->objective)
        AZ_FIND(v->findings, &st_code_front_same_objective, second,
                AZ_TEXT_PARAM("value", st_objectives[in->objective].name));
    else
        validate_objective(v, in->front->second, second);
}

enum az_status st_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings)
{
    struct st_validator v = { .in = instance, .arena = arena, .findings = findings };
    validate_root(&v);
    validate_year(&v);
    AZ_TRY(st_validate_prices(&v));
    st_validate_sites(&v);
    AZ_TRY(st_validate_network(&v));
    AZ_TRY(st_validate_districts(&v));
    AZ_TRY(st_validate_limits(&v));
    st_validate_deliveries(&v);
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
