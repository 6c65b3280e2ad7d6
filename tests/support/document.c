/* document.c - JSON documents of the tests: files, changes, and what was found wrong with them. */
#include "tests/support/document.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *document_load(const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (json) return json;
    fprintf(stderr, "%s: %s (line %d)\n", path, error.text, error.line);
    exit(EXIT_FAILURE);
}

json_t *document_parse(const char *text)
{
    json_error_t error;
    char *copy = strdup(text);
    bool single = !strchr(text, '"');
    for (char *c = copy; c && single && *c; c++)
        if (*c == '\'') *c = '"';
    json_t *json = copy ? json_loads(copy, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error) : NULL;
    free(copy);
    if (json) return json;
    fprintf(stderr, "%.200s: %s (line %d)\n", text, copy ? error.text : "no memory", error.line);
    exit(EXIT_FAILURE);
}

void document_merge(json_t *target, const json_t *patch)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)patch, key, value)
    {
        json_t *old = json_object_get(target, key);
        if (json_is_null(value)) {
            json_object_del(target, key);
        } else if (json_is_object(value)) {
            if (!json_is_object(old)) json_object_set_new(target, key, json_object());
            document_merge(json_object_get(target, key), value);
        } else {
            json_object_set(target, key, value);
        }
    }
}

/* The container that the last step of a pointer (no escapes) is in; step: out, that step. */
static json_t *container_of(json_t *at, const char *pointer, char step[200])
{
    for (const char *from = pointer + 1; at;) {
        size_t length = strcspn(from, "/");
        snprintf(step, 200, "%.*s", (int)length, from);
        if (from[length] == '\0') return at;
        at = json_is_array(at) ? json_array_get(at, (size_t)strtoul(step, NULL, 10))
                               : json_object_get(at, step);
        from += length + 1;
    }
    return NULL;
}

static int patch_one(json_t *target, const json_t *operation)
{
    char step[200];
    const char *op = json_string_value(json_object_get(operation, "op"));
    json_t *value = json_object_get(operation, "value");
    json_t *at = container_of(target, json_string_value(json_object_get(operation, "path")), step);
    bool adds = strcmp(op, "add") == 0;
    size_t index = (size_t)strtoul(step, NULL, 10);
    if (json_is_object(at))
        return adds ? json_object_set(at, step, value) : json_object_del(at, step);
    if (!json_is_array(at)) return -1;
    if (adds && strcmp(step, "-") == 0) return json_array_append(at, value);
    return adds ? json_array_set(at, index, value) : json_array_remove(at, index);
}

void document_patch(json_t *target, const json_t *patch)
{
    size_t i;
    json_t *operation;
    json_array_foreach((json_t *)patch, i, operation)
    {
        if (patch_one(target, operation) == 0) continue;
        fprintf(stderr, "operation %zu of a patch fails\n", i);
        exit(EXIT_FAILURE);
    }
}

void document_change(json_t *target, size_t count, const char *const changes[][2])
{
    json_t *patch = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(patch,
                              json_pack("{s:s, s:s, s:o}", "op", changes[i][1] ? "add" : "remove",
                                        "path", changes[i][0], "value",
                                        document_parse(changes[i][1] ? changes[i][1] : "0")));
    document_patch(target, patch);
    json_decref(patch);
}

void document_set(json_t *root, const char *pointer, json_t *value)
{
    char step[200];
    json_t *at = container_of(root, pointer, step);
    int failed = -1;
    if (json_is_object(at) && json_is_null(value)) {
        json_object_del(at, step);
        failed = 0;
    } else if (json_is_object(at)) {
        failed = json_object_set(at, step, value);
    } else if (json_is_array(at) && strcmp(step, "-") == 0) {
        failed = json_array_append(at, value);
    } else if (json_is_array(at)) {
        failed = json_array_set(at, (size_t)strtoul(step, NULL, 10), value);
    }
    json_decref(value);
    if (failed == 0) return;
    fprintf(stderr, "%s: no such place\n", pointer);
    exit(EXIT_FAILURE);
}

void document_print(const struct az_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        fprintf(stderr, "  %s [%s] %s: %s\n", findings->items[i].pointer, findings->items[i].place,
                findings->items[i].code->code,
                az_finding_text(&findings->items[i], AZ_ENGLISH, findings->arena));
}
