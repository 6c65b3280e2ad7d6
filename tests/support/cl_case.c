/* cl_case.c - instances and plans of the clinic in the tests. */
#include "tests/support/cl_case.h"

#include <stdio.h>

#include "tests/support/kind_case.h"

/* What reading needs of the kind, registered or not. */
static const struct az_formulation clinic = { .name = "clinic",
                                              .schema = 1,
                                              .instance = &cl_instance_table,
                                              .plan = &cl_plan_table,
                                              .state = &cl_state_table,
                                              .resolve = cl_resolve,
                                              .validate = cl_validate };

enum az_status cl_case_open(struct cl_case *c, const json_t *instance,
                            const struct az_allocator *allocator)
{
    void *object = NULL;
    *c = (struct cl_case){ .arena = az_arena_new(allocator) };
    if (!c->arena) return AZ_NO_MEMORY;
    az_findings_init(&c->findings, c->arena, 0);
    az_findings_init(&c->assumptions, c->arena, 0);
    enum az_status status =
        kind_case_instance(&clinic, instance, c->arena, &c->findings, &c->assumptions, &object);
    c->cl = object;
    return status;
}

enum az_status cl_case_plan(struct cl_case *c, const json_t *plan)
{
    void *object = NULL;
    enum az_status status = kind_case_plan(&clinic, plan, c->cl, c->arena, &c->findings, &object);
    c->plan = object;
    return status;
}

void cl_case_open_good(struct cl_case *c, const json_t *instance, const char *what)
{
    enum az_status status = cl_case_open(c, instance, NULL);
    kind_case_good(what, status, &c->findings);
}

void cl_case_load(struct cl_case *c, const char *instance, const char *plan)
{
    json_t *json = document_load(instance);
    cl_case_open_good(c, json, instance);
    json_decref(json);
    if (!plan) return;
    json = document_load(plan);
    enum az_status status = cl_case_plan(c, json);
    kind_case_good(plan, status, &c->findings);
    json_decref(json);
}

void cl_case_golden(struct cl_case *c, const char *name)
{
    char instance[300], plan[300];
    snprintf(instance, sizeof instance, CL_GOLDEN "/%s/instance.json", name);
    snprintf(plan, sizeof plan, CL_GOLDEN "/%s/plan.json", name);
    cl_case_load(c, instance, plan);
}

void cl_case_load_changed(struct cl_case *c, const char *instance, size_t count,
                          const char *const changes[][2])
{
    json_t *json = document_load(instance);
    document_change(json, count, changes);
    cl_case_open_good(c, json, instance);
    json_decref(json);
}

void cl_case_close(struct cl_case *c)
{
    az_arena_free(c->arena);
}
