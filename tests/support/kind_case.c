/* kind_case.c - an instance and a plan of any kind from JSON, in the steps of the program. */
#include "tests/support/kind_case.h"

#include <stdio.h>
#include <stdlib.h>

#include "adapters/json/json.h"
#include "tests/support/document.h"

enum az_status kind_case_instance(const struct az_formulation *kind, const json_t *json,
                                  struct az_arena *arena, struct az_findings *findings,
                                  struct az_findings *assumptions, void **instance)
{
    *instance = NULL;
    AZ_TRY(az_json_read(kind->instance, json, NULL, arena, findings, instance));
    if (az_findings_total(findings) > 0) return AZ_OK;
    AZ_TRY(az_link(kind->instance, *instance, NULL, NULL, arena, findings));
    if (az_findings_total(findings) > 0) return AZ_OK;
    AZ_TRY(kind->resolve(*instance, arena, findings, assumptions));
    if (az_findings_total(findings) > 0) return AZ_OK;
    return kind->validate(*instance, arena, findings);
}

enum az_status kind_case_plan(const struct az_formulation *kind, const json_t *json,
                              const void *instance, struct az_arena *arena,
                              struct az_findings *findings, void **plan)
{
    *plan = NULL;
    AZ_TRY(az_json_read(kind->plan, json, NULL, arena, findings, plan));
    if (az_findings_total(findings) > 0) return AZ_OK;
    return az_link(kind->plan, *plan, kind->instance, instance, arena, findings);
}

void kind_case_good(const char *what, enum az_status status, const struct az_findings *findings)
{
    if (status == AZ_OK && az_findings_total(findings) == 0) return;
    fprintf(stderr, "%s: %s\n", what, az_status_code(status));
    document_print(findings);
    exit(EXIT_FAILURE);
}
