/* kind_case.h - an instance and a plan of any kind from JSON, in the steps of the program. */
#ifndef AZ_TEST_KIND_CASE_H
#define AZ_TEST_KIND_CASE_H

#include <jansson.h>

#include "formulations/formulation.h"

extern const struct az_formulation az_kind_microgrid, az_kind_evbus;

/* Reads, links, resolves and validates. Stops at the first step that finds something; status of the
 * failing step, AZ_OK also with findings. instance: out, NULL before it is read. */
enum az_status kind_case_instance(const struct az_formulation *kind, const json_t *json,
                                  struct az_arena *arena, struct az_findings *findings,
                                  struct az_findings *assumptions, void **instance);

/* Reads and links a plan of the instance. */
enum az_status kind_case_plan(const struct az_formulation *kind, const json_t *json,
                              const void *instance, struct az_arena *arena,
                              struct az_findings *findings, void **plan);

/* Exits the test program with the status and the findings, unless all is well. */
void kind_case_good(const char *what, enum az_status status, const struct az_findings *findings);

#endif
