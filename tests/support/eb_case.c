/* eb_case.c - instances and plans of the electric buses in the tests. */
#include "tests/support/eb_case.h"

#include <stdio.h>

#include "tests/support/kind_case.h"

enum az_status eb_case_open(struct eb_case *c, const json_t *instance,
                            const struct az_allocator *allocator)
{
    void *object = NULL;
    *c = (struct eb_case){ .arena = az_arena_new(allocator) };
    if (!c->arena) return AZ_NO_MEMORY;
    az_findings_init(&c->findings, c->arena, 0);
    az_findings_init(&c->assumptions, c->arena, 0);
    enum az_status status = kind_case_instance(&az_kind_evbus, instance, c->arena, &c->findings,
                                               &c->assumptions, &object);
    c->ev = object;
    return status;
}

enum az_status eb_case_plan(struct eb_case *c, const json_t *plan)
{
    void *object = NULL;
    enum az_status status =
        kind_case_plan(&az_kind_evbus, plan, c->ev, c->arena, &c->findings, &object);
    c->plan = object;
    return status;
}

void eb_case_open_good(struct eb_case *c, const json_t *instance, const char *what)
{
    enum az_status status = eb_case_open(c, instance, NULL);
    kind_case_good(what, status, &c->findings);
}

void eb_case_load(struct eb_case *c, const char *instance, const char *plan)
{
    json_t *json = document_load(instance);
    eb_case_open_good(c, json, instance);
    json_decref(json);
    if (!plan) return;
    json = document_load(plan);
    enum az_status status = eb_case_plan(c, json);
    kind_case_good(plan, status, &c->findings);
    json_decref(json);
}

void eb_case_golden(struct eb_case *c, const char *name)
{
    char instance[300], plan[300];
    snprintf(instance, sizeof instance, EB_GOLDEN "/%s/instance.json", name);
    snprintf(plan, sizeof plan, EB_GOLDEN "/%s/plan.json", name);
    eb_case_load(c, instance, plan);
}

void eb_case_load_changed(struct eb_case *c, const char *instance, size_t count,
                          const char *const changes[][2])
{
    json_t *json = document_load(instance);
    document_change(json, count, changes);
    eb_case_open_good(c, json, instance);
    json_decref(json);
}

void eb_case_close(struct eb_case *c)
{
    az_arena_free(c->arena);
}
