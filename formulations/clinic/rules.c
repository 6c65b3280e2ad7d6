/* rules.c - the list of rules.h as data. */
#include "formulations/clinic/rules.h"

#include <string.h>

const struct az_rule cl_rules[] = {
#define CL_RULE(name, priceable_, unit_, en_, ja_)      \
    { .code = { .code = #name, .words = { en_, ja_ } }, \
      .priceable = (priceable_),                        \
      .unit = (unit_) },
    CL_RULES(CL_RULE)
#undef CL_RULE
};

_Static_assert(sizeof cl_rules / sizeof cl_rules[0] == CL_RULE_COUNT, "a rule is missing");

enum cl_rule cl_rule_of(const char *code)
{
    for (int k = 0; code && k < CL_RULE_COUNT; k++)
        if (strcmp(cl_rules[k].code.code, code) == 0) return (enum cl_rule)k;
    return CL_RULE_site_served;
}
