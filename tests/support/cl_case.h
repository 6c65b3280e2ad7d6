/* cl_case.h - instances and plans of the clinic in the tests. */
#ifndef AZ_TEST_CL_CASE_H
#define AZ_TEST_CL_CASE_H

#include <jansson.h>

#include "formulations/clinic/instance.h"
#include "tests/support/document.h"
#include "tests/support/failing.h"

/* The sample that golden cases and bad instances begin from: six sites in two valleys, three days.
 */
#define CL_BASE "tests/data/clinic/two-valleys.json"

#define CL_GOLDEN "tests/data/clinic/golden"

/* An instance from its JSON, with all that was found on the way; steps stop at the first one that
 * finds something. */
struct cl_case {
    struct az_arena *arena;
    struct az_findings findings, assumptions;
    struct cl_instance *cl;
    struct cl_plan *plan;
};

/* Reads, links, resolves and validates. allocator: NULL for malloc. Status of the failing step;
 * AZ_OK also with findings. */
enum az_status cl_case_open(struct cl_case *c, const json_t *instance,
                            const struct az_allocator *allocator);
enum az_status cl_case_plan(struct cl_case *c, const json_t *plan);

/* An instance that must be good: exits the test program with its findings otherwise. */
void cl_case_open_good(struct cl_case *c, const json_t *instance, const char *what);

/* The same from files. plan: or NULL. */
void cl_case_load(struct cl_case *c, const char *instance, const char *plan);

/* A case of the folder of golden ones: an instance and its plan. */
void cl_case_golden(struct cl_case *c, const char *name);

/* An instance from a file that is changed first, as document_change does. */
void cl_case_load_changed(struct cl_case *c, const char *instance, size_t count,
                          const char *const changes[][2]);

void cl_case_close(struct cl_case *c);

#endif
