/* rules.c - the list of rules.h as data. */
#include "formulations/microgrid/rules.h"

const struct az_rule mg_rules[] = {
#define MG_RULE(name, priceable_, unit_, en_, ja_)      \
    { .code = { .code = #name, .words = { en_, ja_ } }, \
      .priceable = (priceable_),                        \
      .unit = (unit_) },
    MG_RULES(MG_RULE)
#undef MG_RULE
};

_Static_assert(sizeof mg_rules / sizeof mg_rules[0] == MG_RULE_COUNT, "a rule is missing");
