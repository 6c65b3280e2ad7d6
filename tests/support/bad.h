/* bad.h - folders of bad instances: DATA/NAME/patch.json, operations on a base, and expected.json,
 * the pointers and codes of everything that is wrong.
 *
 * For the one file of a suite. */
#ifndef TEST_BAD_H
#define TEST_BAD_H

#include <check.h>
#include <string.h>

#include "tests/support/folders.h"

static inline bool bad_takes(json_t *expected, const struct az_finding *finding)
{
    size_t i;
    json_t *item;
    json_array_foreach(expected, i, item)
    {
        if (strcmp(json_string_value(json_object_get(item, "pointer")), finding->pointer) != 0 ||
            strcmp(json_string_value(json_object_get(item, "code")), finding->code->code) != 0)
            continue;
        json_array_remove(expected, i);
        return true;
    }
    return false;
}

/* Exactly the expected findings, with words in both languages. */
static inline void bad_check(const char *folder, const char *name,
                             const struct az_findings *findings)
{
    json_t *expected = case_file(folder, name, "expected.json");
    ck_assert_uint_gt(json_array_size(expected), 0);
    for (size_t i = 0; i < findings->count; i++) {
        const struct az_finding *finding = &findings->items[i];
        if (!bad_takes(expected, finding))
            ck_abort_msg("%s: %s at %s is not expected", name, finding->code->code,
                         finding->pointer);
        for (int language = AZ_ENGLISH; language <= AZ_JAPANESE; language++) {
            char *words = az_finding_text(finding, (enum az_language)language, findings->arena);
            if (!words || strchr(words, '{')) ck_abort_msg("%s: words: %s", name, words);
        }
    }
    if (json_array_size(expected) > 0)
        ck_abort_msg("%s: %s is not found", name, json_dumps(json_array_get(expected, 0), 0));
    json_decref(expected);
}

/* The base with the case's patch. Caller decrefs. */
static inline json_t *bad_instance(const char *folder, const char *name, const char *base)
{
    json_t *json = document_load(base), *patch = case_file(folder, name, "patch.json");
    document_patch(json, patch);
    json_decref(patch);
    return json;
}

struct bad_search {
    const char *folder, *code;
    bool shown;
};

static inline void bad_look(const char *name, void *data)
{
    struct bad_search *search = data;
    json_t *expected = case_file(search->folder, name, "expected.json"), *item;
    size_t n;
    json_array_foreach(expected, n, item) search->shown =
        search->shown ||
        strcmp(json_string_value(json_object_get(item, "code")), search->code) == 0;
    json_decref(expected);
}

/* Every code of the list, NULL at its end, is in some case's expectation, or shown elsewhere. */
static inline void bad_check_codes(const char *folder, const struct az_code *const codes[],
                                   size_t count, const char *const elsewhere[])
{
    for (size_t k = 0; codes[k]; k++) {
        struct bad_search search = { folder, codes[k]->code, false };
        for (size_t i = 0; i < count; i++)
            search.shown = search.shown || strcmp(elsewhere[i], search.code) == 0;
        if (!search.shown) each_case(folder, 1, bad_look, &search);
        if (!search.shown) ck_abort_msg("%s is in no case", search.code);
    }
}

#endif
