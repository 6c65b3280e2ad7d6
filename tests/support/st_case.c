/* st_case.c - instances and plans of siting in the tests. */
#include "tests/support/st_case.h"

#include <stdio.h>

#include "tests/support/kind_case.h"

/* What reading needs of the kind, registered or not. */
static const struct az_formulation siting = { .name = "siting",
                                              .schema = 1,
                                              .instance = &st_instance_table,
                                              .plan = &st_plan_table,
                                              .state = &st_state_table,
                                              .resolve = st_resolve,
                                              .validate = st_validate };

enum az_status st_case_open(struct st_case *c, const json_t *instance,
                            const struct az_allocator *allocator)
{
    void *object = NULL;
    *c = (struct st_case){ .arena = az_arena_new(allocator) };
    if (!c->arena) return AZ_NO_MEMORY;
    az_findings_init(&c->findings, c->arena, 0);
    az_findings_init(&c->assumptions, c->arena, 0);
    enum az_status status =
        kind_case_instance(&siting, instance, c->arena, &c->findings, &c->assumptions, &object);
    c->in = object;
    return status;
}

enum az_status st_case_plan(struct st_case *c, const json_t *plan)
{
    void *object = NULL;
    enum az_status status = kind_case_plan(&siting, plan, c->in, c->arena, &c->findings, &object);
    c->plan = object;
    return status;
}

void st_case_open_good(struct st_case *c, const json_t *instance, const char *what)
{
    enum az_status status = st_case_open(c, instance, NULL);
    kind_case_good(what, status, &c->findings);
}

void st_case_load(struct st_case *c, const char *instance, const char *plan)
{
    json_t *json = document_load(instance);
    st_case_open_good(c, json, instance);
    json_decref(json);
    if (!plan) return;
    json = document_load(plan);
    enum az_status status = st_case_plan(c, json);
    kind_case_good(plan, status, &c->findings);
    json_decref(json);
}

void st_case_golden(struct st_case *c, const char *name)
{
    char instance[300], plan[300];
    snprintf(instance, sizeof instance, ST_GOLDEN "/%s/instance.json", name);
    snprintf(plan, sizeof plan, ST_GOLDEN "/%s/plan.json", name);
    st_case_load(c, instance, plan);
}

void st_case_load_changed(struct st_case *c, const char *instance, size_t count,
                          const char *const changes[][2])
{
    json_t *json = document_load(instance);
    document_change(json, count, changes);
    st_case_open_good(c, json, instance);
    json_decref(json);
}

void st_case_close(struct st_case *c)
{
    az_arena_free(c->arena);
}
