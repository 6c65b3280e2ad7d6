/* eb_case.c - instances and plans of the electric buses in the tests. */
#include "tests/support/eb_case.h"

#include <stdio.h>
#include <stdlib.h>

#include "adapters/json/json.h"

enum az_status eb_case_open(struct eb_case *c, const json_t *instance,
                            const struct az_allocator *allocator)
{
    void *object = NULL;
    *c = (struct eb_case){ .arena = az_arena_new(allocator) };
    if (!c->arena) return AZ_NO_MEMORY;
    az_findings_init(&c->findings, c->arena, 0);
    az_findings_init(&c->assumptions, c->arena, 0);
    AZ_TRY(az_json_read(&eb_instance_table, instance, NULL, c->arena, &c->findings, &object));
    c->ev = object;
    if (az_findings_total(&c->findings) > 0) return AZ_OK;
    AZ_TRY(az_link(&eb_instance_table, c->ev, NULL, NULL, c->arena, &c->findings));
    if (az_findings_total(&c->findings) > 0) return AZ_OK;
    AZ_TRY(eb_resolve(c->ev, c->arena, &c->findings, &c->assumptions));
    if (az_findings_total(&c->findings) > 0) return AZ_OK;
    return eb_validate(c->ev, c->arena, &c->findings);
}

enum az_status eb_case_plan(struct eb_case *c, const json_t *plan)
{
    void *object = NULL;
    AZ_TRY(az_json_read(&eb_plan_table, plan, NULL, c->arena, &c->findings, &object));
    c->plan = object;
    if (az_findings_total(&c->findings) > 0) return AZ_OK;
    return az_link(&eb_plan_table, c->plan, &eb_instance_table, c->ev, c->arena, &c->findings);
}

static void need_good(const struct eb_case *c, enum az_status status, const char *path)
{
    if (status == AZ_OK && az_findings_total(&c->findings) == 0) return;
    fprintf(stderr, "%s: %s\n", path, az_status_code(status));
    if (c->arena) mg_case_print(&c->findings);
    exit(EXIT_FAILURE);
}

void eb_case_load(struct eb_case *c, const char *instance, const char *plan)
{
    json_t *json = mg_case_json(instance);
    need_good(c, eb_case_open(c, json, NULL), instance);
    json_decref(json);
    if (!plan) return;
    json = mg_case_json(plan);
    need_good(c, eb_case_plan(c, json), plan);
    json_decref(json);
}

void eb_case_load_changed(struct eb_case *c, const char *instance, size_t count,
                          const char *const changes[][2])
{
    json_t *json = mg_case_json(instance), *patch = json_array();
    for (size_t i = 0; i < count; i++) {
        json_error_t error;
        json_t *value = json_loads(changes[i][1] ? changes[i][1] : "0", JSON_DECODE_ANY, &error);
        if (!value) {
            fprintf(stderr, "%s: %s\n", changes[i][0], error.text);
            exit(EXIT_FAILURE);
        }
        json_array_append_new(patch,
                              json_pack("{s:s, s:s, s:o}", "op", changes[i][1] ? "add" : "remove",
                                        "path", changes[i][0], "value", value));
    }
    mg_case_patch(json, patch);
    need_good(c, eb_case_open(c, json, NULL), instance);
    json_decref(json);
    json_decref(patch);
}

void eb_case_close(struct eb_case *c)
{
    az_arena_free(c->arena);
}
