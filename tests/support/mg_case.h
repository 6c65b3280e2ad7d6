/* mg_case.h - microgrid instances and plans of the tests, from files under tests/data/microgrid. */
#ifndef AZ_TEST_MG_CASE_H
#define AZ_TEST_MG_CASE_H

#include <jansson.h>

#include "formulations/microgrid/instance.h"

/* An instance from its JSON, with all that was found on the way; steps stop at the first one that
 * finds something. */
struct mg_case {
    struct az_arena *arena;
    struct az_findings findings, assumptions;
    struct mg_instance *mg;
    struct mg_plan *plan;
};

/* Parses a file; exits the test program with a message when it cannot be read. Caller decrefs. */
json_t *mg_case_json(const char *path);

/* Applies an RFC 7396 merge patch in place. */
void mg_case_merge(json_t *target, const json_t *patch);

/* Applies operations in the manner of RFC 6902 in place: "add" (an array item is replaced, "-" is
 * appended) and "remove". Exits the test program when a path leads nowhere. */
void mg_case_patch(json_t *target, const json_t *patch);

/* Reads, links, resolves and validates. allocator: NULL for malloc. Status of the failing step;
 * AZ_OK also with findings. */
enum az_status mg_case_open(struct mg_case *c, const json_t *instance,
                            const struct az_allocator *allocator);
enum az_status mg_case_plan(struct mg_case *c, const json_t *plan);

/* A case that must be good, from files: exits the test program with its findings otherwise. plan:
 * or NULL. */
void mg_case_load(struct mg_case *c, const char *instance, const char *plan);

/* An allocator that gives `left` blocks and then none. */
struct mg_failing {
    size_t left;
};
struct az_allocator mg_failing_allocator(struct mg_failing *failing);

void mg_case_print(const struct az_findings *findings);
void mg_case_close(struct mg_case *c);

#endif
