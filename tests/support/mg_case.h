/* mg_case.h - microgrid instances and plans of the tests, from files under tests/data/microgrid. */
#ifndef AZ_TEST_MG_CASE_H
#define AZ_TEST_MG_CASE_H

#include <jansson.h>

#include "formulations/microgrid/instance.h"
#include "tests/support/document.h"
#include "tests/support/failing.h"

#define MG_GOLDEN "tests/data/microgrid/golden"

/* An instance from its JSON, with all that was found on the way; steps stop at the first one that
 * finds something. */
struct mg_case {
    struct az_arena *arena;
    struct az_findings findings, assumptions;
    struct mg_instance *mg;
    struct mg_plan *plan;
};

/* Reads, links, resolves and validates. allocator: NULL for malloc. Status of the failing step;
 * AZ_OK also with findings. */
enum az_status mg_case_open(struct mg_case *c, const json_t *instance,
                            const struct az_allocator *allocator);
enum az_status mg_case_plan(struct mg_case *c, const json_t *plan);

/* An instance that must be good: exits the test program with its findings otherwise. */
void mg_case_open_good(struct mg_case *c, const json_t *instance, const char *what);

/* The same from files. plan: or NULL. */
void mg_case_load(struct mg_case *c, const char *instance, const char *plan);

/* A case of the folder of golden ones: an instance and its plan. */
void mg_case_golden(struct mg_case *c, const char *name);

/* An instance from a file that is changed first, as document_change does. */
void mg_case_load_changed(struct mg_case *c, const char *instance, size_t count,
                          const char *const changes[][2]);

void mg_case_close(struct mg_case *c);

#endif
