/* rules.c - the list of rules.h as data. */
#include "formulations/evbus/rules.h"

const struct az_rule eb_rules[] = {
#define EB_RULE(name, priceable_, unit_, en_, ja_)      \
    { .code = { .code = #name, .words = { en_, ja_ } }, \
      .priceable = (priceable_),                        \
      .unit = (unit_) },
    EB_RULES(EB_RULE)
#undef EB_RULE
};

_Static_assert(sizeof eb_rules / sizeof eb_rules[0] == EB_RULE_COUNT, "a rule is missing");
