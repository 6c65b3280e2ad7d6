/* documents.h - what a job answers with, as JSON: plan documents, judgements and explanations.
 *
 * Service, solver child and command write the same documents through these functions, so that a
 * plan fetched over the wire and one written by `azumi solve -o` are the same file. Every function
 * returns a new reference, or NULL without memory. */
#ifndef AZ_DOCUMENTS_H
#define AZ_DOCUMENTS_H

#include <jansson.h>

#include "formulations/certificate.h"

/* {"kind", "plan", "certificate"}; certificate may be NULL. Plan and certificate: borrowed. */
json_t *az_plan_document_json(const char *kind, json_t *plan, json_t *certificate);

/* {"ok", "objective", "cost", "penalty", "concessions": [breach], "violations": [breach],
 *  "violation_count", "money": [{"code", "owner", "amount", "item"}]}
 * A breach: {"rule", "pointer", "place", "at", "amount", "unit", "price", "cost", "detail"}. */
json_t *az_judgement_json(const struct az_judgement *judgement, enum az_language language);

/* {"feasible", "proven", "minimal", "reasons": [{"rule", "pointer", "place", "at", "amount",
 *  "unit", "detail"}]} */
json_t *az_explanation_json(const struct az_explanation *explanation, enum az_language language);

/* Words of a reason: by how much it must give. */
char *az_reason_text(const struct az_reason *reason, enum az_language language,
                     struct az_arena *arena);

/* Reads and links an instance, or a plan against its (linked) instance, from JSON. Findings tell
 * what is wrong (then *object may be half filled and must not be used). AZ_OK also with findings,
 * or AZ_NO_MEMORY. */
enum az_status az_read_instance(const struct az_formulation *formulation, const json_t *json,
                                const struct az_path *path, struct az_arena *arena,
                                struct az_findings *findings, void **object);
enum az_status az_read_plan(const struct az_formulation *formulation, const void *instance,
                            const json_t *json, const struct az_path *path, struct az_arena *arena,
                            struct az_findings *findings, void **object);
/* The same of an earlier plan: what it names may be no more, and has then its id and no index. */
enum az_status az_read_earlier_plan(const struct az_formulation *formulation, const void *instance,
                                    const json_t *json, const struct az_path *path,
                                    struct az_arena *arena, struct az_findings *findings,
                                    void **object);

/* The plan inside a PLAN document, or the value itself when it is a bare plan. Borrowed. */
const json_t *az_bare_plan(const json_t *json);

#endif
