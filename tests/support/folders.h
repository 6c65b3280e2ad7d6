/* folders.h - folders of cases: every entry of a folder is one.
 *
 * For the one file of a suite. */
#ifndef TEST_FOLDERS_H
#define TEST_FOLDERS_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/document.h"

static inline int folder_is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Does something with every case, in the order of their names; there are at least `least`. */
static inline void each_case(const char *folder, int least,
                             void (*visit)(const char *name, void *data), void *data)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, folder_is_case, alphasort);
    ck_assert_int_ge(count, least);
    for (int i = 0; i < count; i++) {
        visit(entries[i]->d_name, data);
        free(entries[i]);
    }
    free(entries);
}

/* A file of a case, "expected.json". Caller decrefs. */
static inline json_t *case_file(const char *folder, const char *name, const char *file)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s", folder, name, file);
    return document_load(path);
}

#endif
