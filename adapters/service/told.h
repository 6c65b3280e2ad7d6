/* told.h - what the service tells, in tables: the problems of its replies and results, the events
 * of its log, an example of each operation. The reference page and the manual are made of them;
 * tests look into the sources so that no row is missing. */
#ifndef AZ_TOLD_H
#define AZ_TOLD_H

#include <stdbool.h>
#include <stdio.h>

#include "formulations/fields.h"

/* A problem's code: its type is urn:azumi:problem:CODE. */
struct az_told_problem {
    const char *code;
    bool passes; /* the same request may succeed later */
    bool of_job; /* it stands in the result of a job that failed, not in a reply */
    struct az_words meaning, todo;
};
const struct az_told_problem *az_told_problem(size_t i); /* NULL past the last */

/* A line of the log. */
struct az_told_event {
    const char *roles; /* "gateway runner" */
    const char *event;
    bool is_alarm; /* somebody should look */
    struct az_words meaning, todo;
};
const struct az_told_event *az_told_event(size_t i); /* NULL past the last */

/* A request of an operation, and a reply to it, as JSON texts. NULL: the operation has none. */
struct az_told_example {
    const char *operation, *request, *reply;
};
const struct az_told_example *az_told_example(const char *operation);

/* The tables as Markdown. */
void az_told_problems_page(FILE *out, enum az_language language);
void az_told_events_page(FILE *out, enum az_language language);

#endif
