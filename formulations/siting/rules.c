/* rules.c - the list of rules.h as data. */
#include "formulations/siting/rules.h"

#include "formulations/siting/instance.h"

const struct az_rule st_rules[] = {
#define ST_RULE(name, priceable_, unit_, en_, ja_)      \
    { .code = { .code = #name, .words = { en_, ja_ } }, \
      .priceable = (priceable_),                        \
      .unit = (unit_) },
    ST_RULES(ST_RULE)
#undef ST_RULE
};

_Static_assert(sizeof st_rules / sizeof st_rules[0] == ST_RULE_COUNT, "a rule is missing");

static const struct {
    enum st_rule min, max;
} of_limits[] = {
    [ST_COUNT] = { ST_RULE_count_min, ST_RULE_count_max },
    [ST_PV_KW] = { ST_RULE_pv_min, ST_RULE_pv_max },
    [ST_BATTERY_KW] = { ST_RULE_battery_power_min, ST_RULE_battery_power_max },
    [ST_BATTERY_KWH] = { ST_RULE_battery_min, ST_RULE_battery_max },
    [ST_ROOF_SHARE] = { ST_RULE_roof_share_min, ST_RULE_roof_share_max },
    [ST_CO2_T] = { ST_RULE_co2_min, ST_RULE_co2_max },
    [ST_PEOPLE_COVERED] = { ST_RULE_people_min, ST_RULE_people_max },
    [ST_NPV_JPY] = { ST_RULE_npv_min, ST_RULE_npv_max },
};

enum st_rule st_rule_min(int what)
{
    return of_limits[what].min;
}

enum st_rule st_rule_max(int what)
{
    return of_limits[what].max;
}
