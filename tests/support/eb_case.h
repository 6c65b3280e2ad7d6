/* eb_case.h - instances and plans of the electric buses in the tests. */
#ifndef AZ_TEST_EB_CASE_H
#define AZ_TEST_EB_CASE_H

#include <jansson.h>

#include "formulations/evbus/instance.h"
#include "tests/support/document.h"
#include "tests/support/failing.h"

/* The sample that golden cases and bad instances begin from. */
#define EB_BASE "instances/evbus/eight-trips.json"

#define EB_GOLDEN "tests/data/evbus/golden"

/* An instance from its JSON, with all that was found on the way; steps stop at the first one that
 * finds something. */
struct eb_case {
    struct az_arena *arena;
    struct az_findings findings, assumptions;
    struct eb_instance *ev;
    struct eb_plan *plan;
};

/* Reads, links, resolves and validates. allocator: NULL for malloc. Status of the failing step;
 * AZ_OK also with findings. */
enum az_status eb_case_open(struct eb_case *c, const json_t *instance,
                            const struct az_allocator *allocator);
enum az_status eb_case_plan(struct eb_case *c, const json_t *plan);

/* An instance that must be good: exits the test program with its findings otherwise. */
void eb_case_open_good(struct eb_case *c, const json_t *instance, const char *what);

/* The same from files. plan: or NULL. */
void eb_case_load(struct eb_case *c, const char *instance, const char *plan);

/* A case of the folder of golden ones: an instance and its plan. */
void eb_case_golden(struct eb_case *c, const char *name);

/* An instance from a file that is changed first, as document_change does. */
void eb_case_load_changed(struct eb_case *c, const char *instance, size_t count,
                          const char *const changes[][2]);

void eb_case_close(struct eb_case *c);

#endif
