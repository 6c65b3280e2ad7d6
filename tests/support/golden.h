/* golden.h - judgements compared with what was calculated by hand: expected.json gives cost,
 * penalty, money by code (or code and owner, "import/city") and the concessions.
 *
 * For the one file of a suite. */
#ifndef TEST_GOLDEN_H
#define TEST_GOLDEN_H

#include <math.h>
#include <string.h>

#include "formulations/formulation.h"
#include "tests/support/folders.h"

static inline void need(const char *name, const char *what, double found, double expected)
{
    if (fabs(found - expected) <= 1e-9 * fmax(1, fabs(expected))) return;
    ck_abort_msg("%s: %s is %.10g, by hand %.10g", name, what, found, expected);
}

static inline void compare_money(const char *name, const struct az_judgement *judgement,
                                 const json_t *money)
{
    const char *key;
    json_t *value;
    double expected = 0, sum = 0;
    json_object_foreach((json_t *)money, key, value)
    {
        const char *slash = strchr(key, '/');
        size_t length = slash ? (size_t)(slash - key) : strlen(key);
        double amount = 0;
        for (size_t i = 0; i < judgement->money.count; i++) {
            const struct az_money *item = &judgement->money.items[i];
            bool same = strlen(item->code) == length && strncmp(item->code, key, length) == 0;
            if (same && (!slash || strcmp(item->owner, slash + 1) == 0)) amount += item->amount;
        }
        need(name, key, amount, json_number_value(value));
        expected += amount;
    }
    for (size_t i = 0; i < judgement->money.count; i++) sum += judgement->money.items[i].amount;
    need(name, "money that is not expected", sum - expected, 0);
    need(name, "the sum of the money", sum, judgement->cost);
}

/* Each expected one by its place; as many as expected. */
static inline void compare_concessions(const char *name, const struct az_judgement *judgement,
                                       const json_t *expected)
{
    size_t i;
    json_t *item;
    need(name, "number of concessions", (double)judgement->concessions.count,
         (double)json_array_size(expected));
    json_array_foreach((json_t *)expected, i, item)
    {
        const struct az_breach *breach = NULL;
        const char *pointer = json_string_value(json_object_get(item, "pointer"));
        const char *rule = json_string_value(json_object_get(item, "rule"));
        double amount = json_number_value(json_object_get(item, "amount"));
        double price = json_number_value(json_object_get(item, "price"));
        for (size_t k = 0; k < judgement->concessions.count; k++) {
            const struct az_breach *it = &judgement->concessions.items[k];
            if (strcmp(it->pointer, pointer) == 0 && strcmp(it->rule->code.code, rule) == 0)
                breach = it;
        }
        if (!breach) ck_abort_msg("%s: %s is not conceded at %s", name, rule, pointer);
        need(name, "amount of a concession", breach->amount, amount);
        need(name, "price of a concession", breach->price, price);
        need(name, "cost of a concession", breach->cost, amount * price);
    }
}

/* A judgement without violations, as expected.json of the case says. */
static inline void compare_judgement(const char *folder, const char *name,
                                     const struct az_judgement *judgement, struct az_arena *arena)
{
    json_t *expected = case_file(folder, name, "expected.json");
    for (size_t i = 0; i < judgement->violations.count; i++)
        ck_abort_msg("%s: %s at %s: %s", name, judgement->violations.items[i].rule->code.code,
                     judgement->violations.items[i].pointer,
                     az_breach_words(&judgement->violations.items[i], AZ_ENGLISH, arena));
    need(name, "cost", judgement->cost, json_number_value(json_object_get(expected, "cost")));
    need(name, "penalty", judgement->penalty,
         json_number_value(json_object_get(expected, "penalty")));
    if (json_object_get(expected, "survival_h"))
        need(name, "survival", -judgement->rank[0],
             json_number_value(json_object_get(expected, "survival_h")));
    compare_money(name, judgement, json_object_get(expected, "money"));
    compare_concessions(name, judgement, json_object_get(expected, "concessions"));
    json_decref(expected);
}

/* Words of every violation, complete in both languages: a parameter that the judge does not give
 * would be printed in braces. */
static inline void check_violation_words(const struct az_judgement *judgement,
                                         struct az_arena *arena)
{
    for (size_t i = 0; i < judgement->violations.count; i++)
        for (int language = AZ_ENGLISH; language <= AZ_JAPANESE; language++) {
            const struct az_breach *breach = &judgement->violations.items[i];
            const char *words = az_breach_words(breach, (enum az_language)language, arena);
            ck_assert_ptr_nonnull(words);
            if (strchr(words, '{')) ck_abort_msg("%s: %s", breach->rule->code.code, words);
        }
}

/* A plan that fits nothing: one violation, plan_shape, there, and no cost. */
static inline void check_misfit(const struct az_judgement *judgement,
                                const struct az_rule *plan_shape, const char *pointer)
{
    ck_assert_uint_ge(judgement->violations.count, 1);
    ck_assert_ptr_eq(judgement->violations.items[0].rule, plan_shape);
    ck_assert_str_eq(judgement->violations.items[0].pointer, pointer);
    ck_assert_uint_eq(judgement->violations.count, 1);
    ck_assert(isnan(judgement->cost));
}

#endif
