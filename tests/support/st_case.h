/* st_case.h - instances and plans of siting in the tests. */
#ifndef AZ_TEST_ST_CASE_H
#define AZ_TEST_ST_CASE_H

#include <jansson.h>

#include "formulations/siting/instance.h"
#include "tests/support/document.h"
#include "tests/support/failing.h"

/* The sample that golden cases and bad instances begin from: twelve sites on two feeders, two
 * typical days, a grid upstream, and every member that an instance can have but customers. */
#define ST_BASE "tests/data/siting/two-feeders.json"

/* Three sites that serve four customers. */
#define ST_CUSTOMERS "tests/data/siting/customers.json"

#define ST_GOLDEN "tests/data/siting/golden"

/* An instance from its JSON, with all that was found on the way; steps stop at the first one that
 * finds something. */
struct st_case {
    struct az_arena *arena;
    struct az_findings findings, assumptions;
    struct st_instance *in;
    struct st_plan *plan;
};

/* Reads, links, resolves and validates. allocator: NULL for malloc. Status of the failing step;
 * AZ_OK also with findings. */
enum az_status st_case_open(struct st_case *c, const json_t *instance,
                            const struct az_allocator *allocator);
enum az_status st_case_plan(struct st_case *c, const json_t *plan);

/* An instance that must be good: exits the test program with its findings otherwise. */
void st_case_open_good(struct st_case *c, const json_t *instance, const char *what);

/* The same from files. plan: or NULL. */
void st_case_load(struct st_case *c, const char *instance, const char *plan);

/* A case of the folder of golden ones: an instance and its plan. */
void st_case_golden(struct st_case *c, const char *name);

/* An instance from a file that is changed first, as document_change does. */
void st_case_load_changed(struct st_case *c, const char *instance, size_t count,
                          const char *const changes[][2]);

void st_case_close(struct st_case *c);

#endif
