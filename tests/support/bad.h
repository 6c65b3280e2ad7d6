/* bad.h - folders of bad instances: DATA/NAME/patch.json, operations on a base, and expected.json,
 * the pointers and codes of everything that is wrong.
 *
 * For the one file of a suite. */
#ifndef TEST_BAD_H
#define TEST_BAD_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/document.h"

static inline int bad_is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

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
static inline void bad_check(const char *name, json_t *expected, const struct az_findings *findings)
{
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
}

static inline json_t *bad_file(const char *data, const char *name, const char *file)
{
    char path[400];
    snprintf(path, sizeof path, "%s/%s/%s.json", data, name, file);
    return document_load(path);
}

/* Is the code in some case's expectation? */
static inline bool bad_shows(const char *data, const char *code)
{
    struct dirent **entries;
    bool shown = false;
    int count = scandir(data, &entries, bad_is_case, alphasort);
    for (int i = 0; i < count; i++) {
        json_t *expected = bad_file(data, entries[i]->d_name, "expected"), *item;
        size_t n;
        json_array_foreach(expected, n, item) shown =
            shown || strcmp(json_string_value(json_object_get(item, "code")), code) == 0;
        json_decref(expected);
        free(entries[i]);
    }
    free(entries);
    return shown;
}

#endif
