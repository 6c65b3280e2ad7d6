/* rules.c - the list of rules.h as data. */
#include "formulations/clinic/rules.h"

const struct az_rule cl_rules[] = {
#define CL_RULE(name, priceable_, unit_, en_, ja_)      \
    { .code = { .code = #name, .words = { en_, ja_ } }, \
      .priceable = (priceable_),                        \
      .unit = (unit_) },
    CL_RULES(CL_RULE)
#undef CL_RULE
};

_Static_assert(sizeof cl_rules / sizeof cl_rules[0] == CL_RULE_COUNT, "a rule is missing");
