/* study.h - several plans of one instance, side by side: their document and their picture. */
#ifndef AZ_CLI_STUDY_H
#define AZ_CLI_STUDY_H

#include "adapters/cli/plans.h"
#include "adapters/report/report.h"

/* One of the plans. */
struct az_study_item {
    struct az_alternative alternative;
    json_t *document;           /* of its own instance, owned; NULL when that cannot be read */
    json_t *plan, *certificate; /* owned; NULL: none */
    json_t *problem;            /* why nobody could make one (RFC 9457); owned; NULL */
    const void *read;           /* the plan, linked to alternative.instance */
    double value[AZ_AXES];
    size_t beaten_by; /* another point of the front that is better; AZ_NO_INDEX: none */
};

struct az_study {
    const struct az_cli_case *data; /* the instance that asks */
    size_t count, axis_count;
    struct az_study_item *items;
    struct az_axis axis[AZ_AXES];
};

/* What the plans are compared by: as the kind says, or else their cost. Returns how many axes. */
size_t az_study_axes(const struct az_formulation *formulation, const void *instance,
                     struct az_axis axes[AZ_AXES]);

/* Where a plan lies on them. */
enum az_status az_study_values(const struct az_formulation *formulation, const void *instance,
                               const void *plan, struct az_arena *arena, double value[AZ_AXES]);

/* Finds out which points of the front another one beats: no worse on both of its axes, and better
 * on one beyond AZ_FEASIBILITY_TOLERANCE. Of two that are the same the first stays. */
void az_study_compare(struct az_study *study);

/* The STUDY document: {"kind", "instance_sha256", "axes": [{"label", "unit", "better"}], "plans":
 *  [{"id", "name", "changes", "values", "front", "beaten_by", "plan", "certificate", "problem"}]}
 * problem: of a plan that could not be made because its instance is wrong or its solver failed.
 * changes: members of the instance that differ from the one that asks, whole (a JSON merge patch,
 * RFC 7396). A new reference; NULL without memory. */
json_t *az_study_json(const struct az_study *study);

/* The other way: what the drawing needs, from a STUDY document, for the instance that asked. Names
 * and members stay in the document. */
enum az_status az_study_read(const json_t *document, struct az_arena *arena,
                             struct az_study *study);

/* A report of the study, ready to be drawn. view: room for it. */
enum az_status az_study_report(const struct az_study *study, struct az_arena *arena,
                               enum az_language language, struct az_view *view,
                               struct az_report *report);

/* Draws the study: a front or scenarios over the first two axes, a table of all plans. */
enum az_status az_study_view(const struct az_study *study, struct az_arena *arena,
                             struct az_view *view);

#endif
