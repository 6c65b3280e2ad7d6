/* mutations.h - plans that are broken on purpose: each must be named by its rule, at its place.
 *
 * A mutation names a golden case, operations on its plan ("patch") and, where the plan alone cannot
 * break the rule, on its instance ("instance"), the rule, the pointer of its breach, its amount if
 * it has one, and other rules that cannot help breaking ("also"). For the one file of a suite. */
#ifndef TEST_MUTATIONS_H
#define TEST_MUTATIONS_H

#include "tests/support/golden.h"

/* The instance, or the plan, of a mutation. Caller decrefs. */
static inline json_t *mutated(const char *golden, const json_t *mutation, const char *what)
{
    const char *name = json_string_value(json_object_get(mutation, "case"));
    bool plan = strcmp(what, "plan") == 0;
    json_t *json = case_file(golden, name, plan ? "plan.json" : "instance.json");
    const json_t *patch = json_object_get(mutation, plan ? "patch" : "instance");
    if (patch) document_patch(json, patch);
    return json;
}

static inline bool is_also(const json_t *mutation, const char *rule)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(mutation, "also"), i, item)
    {
        if (strcmp(json_string_value(item), rule) == 0) return true;
    }
    return false;
}

/* The judgement of mutation k names its rule at its place, and nothing else than it may. Returns
 * the rule. */
static inline const struct az_rule *check_mutation(const json_t *mutation, size_t k,
                                                   const struct az_judgement *judgement)
{
    const char *rule = json_string_value(json_object_get(mutation, "rule"));
    const char *pointer = json_string_value(json_object_get(mutation, "pointer"));
    const json_t *amount = json_object_get(mutation, "amount");
    const struct az_breach *own = NULL;
    for (size_t i = 0; i < judgement->violations.count; i++) {
        const struct az_breach *breach = &judgement->violations.items[i];
        bool is_own = strcmp(breach->rule->code.code, rule) == 0;
        if (is_own && !own) own = breach;
        if (!is_own && !is_also(mutation, breach->rule->code.code))
            ck_abort_msg("mutation %zu of %s is named %s at %s (%g)", k, rule,
                         breach->rule->code.code, breach->pointer, breach->amount);
    }
    if (!own) ck_abort_msg("mutation %zu: %s is not seen", k, rule);
    if (strcmp(own->pointer, pointer) != 0)
        ck_abort_msg("mutation %zu of %s is at %s, not at %s", k, rule, own->pointer, pointer);
    ck_assert(!(own->amount < 0));
    if (amount) need(rule, "amount", own->amount, json_number_value(amount));
    return own->rule;
}

#endif
