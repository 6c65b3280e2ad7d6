/* mg_solved.c - one solve of a microgrid instance for the tests. */
#include "tests/support/mg_solved.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct az_formulation az_kind_microgrid;

void mg_solve_json(struct mg_solved *solved, const json_t *instance, const struct mg_plan *previous,
                   const char *engine, double gap_abs, double seconds)
{
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + seconds;
    mg_solve_with(solved, instance, previous, engine_named(engine), gap_abs, &context);
}

void mg_solve_with(struct mg_solved *solved, const json_t *instance, const struct mg_plan *previous,
                   const struct az_engine *engine, double gap_abs, const struct az_context *context)
{
    void *object = NULL;
    memset(solved, 0, sizeof *solved);
    struct mg_case *c = &solved->c;
    c->arena = az_arena_new(NULL);
    az_findings_init(&c->findings, c->arena, 0);
    solved->status =
        az_json_read(&mg_instance_table, instance, NULL, c->arena, &c->findings, &object);
    c->mg = object;
    if (solved->status == AZ_OK && az_findings_total(&c->findings) == 0)
        solved->status = az_link(&mg_instance_table, c->mg, NULL, NULL, c->arena, &c->findings);
    if (solved->status == AZ_OK && az_findings_total(&c->findings) > 0) solved->status = AZ_INVALID;
    if (solved->status != AZ_OK) return;
    struct az_job job = { .formulation = &az_kind_microgrid,
                          .instance = c->mg,
                          .previous = previous,
                          .options = { .gap = 0, .gap_abs = gap_abs } };
    solved->status = az_job_prepare(&job, c->arena, &solved->answer);
    if (solved->status == AZ_OK)
        solved->status = az_job_solve(&job, engine, context, c->arena, &solved->answer);
    document_print(&solved->answer.findings);
}

void mg_solved_close(struct mg_solved *solved)
{
    az_arena_free(solved->c.arena);
}
