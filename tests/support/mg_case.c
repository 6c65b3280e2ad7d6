/* mg_case.c - microgrid instances and plans of the tests. */
#include "tests/support/mg_case.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/kind_case.h"

enum az_status mg_case_open(struct mg_case *c, const json_t *instance,
                            const struct az_allocator *allocator)
{
    void *object = NULL;
    *c = (struct mg_case){ .arena = az_arena_new(allocator) };
    if (!c->arena) return AZ_NO_MEMORY;
    az_findings_init(&c->findings, c->arena, 0);
    az_findings_init(&c->assumptions, c->arena, 0);
    enum az_status status = kind_case_instance(&az_kind_microgrid, instance, c->arena, &c->findings,
                                               &c->assumptions, &object);
    c->mg = object;
    return status;
}

enum az_status mg_case_plan(struct mg_case *c, const json_t *plan)
{
    void *object = NULL;
    enum az_status status =
        kind_case_plan(&az_kind_microgrid, plan, c->mg, c->arena, &c->findings, &object);
    c->plan = object;
    return status;
}

void mg_case_open_good(struct mg_case *c, const json_t *instance, const char *what)
{
    enum az_status status = mg_case_open(c, instance, NULL);
    kind_case_good(what, status, &c->findings);
}

void mg_case_load(struct mg_case *c, const char *instance, const char *plan)
{
    json_t *json = document_load(instance);
    mg_case_open_good(c, json, instance);
    json_decref(json);
    if (!plan) return;
    json = document_load(plan);
    enum az_status status = mg_case_plan(c, json);
    kind_case_good(plan, status, &c->findings);
    json_decref(json);
}

void mg_case_golden(struct mg_case *c, const char *name)
{
    char instance[300], plan[300];
    snprintf(instance, sizeof instance, MG_GOLDEN "/%s/instance.json", name);
    snprintf(plan, sizeof plan, MG_GOLDEN "/%s/plan.json", name);
    mg_case_load(c, instance, plan);
}

void mg_case_load_changed(struct mg_case *c, const char *instance, size_t count,
                          const char *const changes[][2])
{
    json_t *json = document_load(instance);
    document_change(json, count, changes);
    mg_case_open_good(c, json, instance);
    json_decref(json);
}

void mg_case_close(struct mg_case *c)
{
    az_arena_free(c->arena);
}
