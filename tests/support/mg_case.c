/* mg_case.c - microgrid instances and plans of the tests. */
#include "tests/support/mg_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"

json_t *mg_case_json(const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (json) return json;
    fprintf(stderr, "%s: %s (line %d)\n", path, error.text, error.line);
    exit(EXIT_FAILURE);
}

void mg_case_merge(json_t *target, const json_t *patch)
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
            mg_case_merge(json_object_get(target, key), value);
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

void mg_case_patch(json_t *target, const json_t *patch)
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

enum az_status mg_case_open(struct mg_case *c, const json_t *instance,
                            const struct az_allocator *allocator)
{
    void *object = NULL;
    *c = (struct mg_case){ .arena = az_arena_new(allocator) };
    if (!c->arena) return AZ_NO_MEMORY;
    az_findings_init(&c->findings, c->arena, 0);
    az_findings_init(&c->assumptions, c->arena, 0);
    AZ_TRY(az_json_read(&mg_instance_table, instance, NULL, c->arena, &c->findings, &object));
    c->mg = object;
    if (az_findings_total(&c->findings) > 0) return AZ_OK;
    AZ_TRY(az_link(&mg_instance_table, c->mg, NULL, NULL, c->arena, &c->findings));
    if (az_findings_total(&c->findings) > 0) return AZ_OK;
    AZ_TRY(mg_resolve(c->mg, c->arena, &c->findings, &c->assumptions));
    if (az_findings_total(&c->findings) > 0) return AZ_OK;
    return mg_validate(c->mg, c->arena, &c->findings);
}

enum az_status mg_case_plan(struct mg_case *c, const json_t *plan)
{
    void *object = NULL;
    AZ_TRY(az_json_read(&mg_plan_table, plan, NULL, c->arena, &c->findings, &object));
    c->plan = object;
    if (az_findings_total(&c->findings) > 0) return AZ_OK;
    return az_link(&mg_plan_table, c->plan, &mg_instance_table, c->mg, c->arena, &c->findings);
}

void mg_case_print(const struct az_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        fprintf(stderr, "  %s %s: %s\n", findings->items[i].pointer, findings->items[i].code->code,
                az_finding_text(&findings->items[i], AZ_ENGLISH, findings->arena));
}

static void need_good(const struct mg_case *c, enum az_status status, const char *path)
{
    if (status == AZ_OK && az_findings_total(&c->findings) == 0) return;
    fprintf(stderr, "%s: %s\n", path, az_status_code(status));
    if (c->arena) mg_case_print(&c->findings);
    exit(EXIT_FAILURE);
}

void mg_case_load(struct mg_case *c, const char *instance, const char *plan)
{
    json_t *json = mg_case_json(instance);
    need_good(c, mg_case_open(c, json, NULL), instance);
    json_decref(json);
    if (!plan) return;
    json = mg_case_json(plan);
    need_good(c, mg_case_plan(c, json), plan);
    json_decref(json);
}

void mg_case_close(struct mg_case *c)
{
    az_arena_free(c->arena);
}

static void *failing_take(void *data, size_t size)
{
    struct mg_failing *failing = data;
    if (failing->left == 0) return NULL;
    failing->left--;
    return malloc(size);
}

static void failing_give(void *data, void *block)
{
    (void)data;
    free(block);
}

struct az_allocator mg_failing_allocator(struct mg_failing *failing)
{
    return (struct az_allocator){ failing_take, failing_give, failing };
}
