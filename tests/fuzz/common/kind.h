/* kind.h - an instance and a plan from outside, through everything that a kind does with them
 * without an engine.
 *
 * Documents are {"instance", "plan", "at", "size"}: plan is also taken as an earlier one, at (a
 * time) as a moment of it; size asks for a generated instance in place of the given one. What must
 * hold: findings or an object, never both and never neither; words of findings and breaches are
 * complete in both languages; what is written reads as the same; what the rules let through is
 * judged, drawn, carried and adopted, and a plan without a violation has finite money that adds up.
 */
#ifndef AZ_FUZZ_KIND_H
#define AZ_FUZZ_KIND_H

#include <jansson.h>
#include <stdint.h>

#include "formulations/formulation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void az_fuzz_kind(const struct az_formulation *kind, const uint8_t *data, size_t size);

/* An instance that an importer made: it reads and links without findings, and the rules say yes or
 * no to it. */
void az_fuzz_document(const struct az_formulation *kind, const json_t *json);

/* Ends the run as a finding, with words. */
void az_fuzz_must_at(bool holds, const char *what, const char *file, int line);
#define az_fuzz_must(HOLDS) az_fuzz_must_at((HOLDS), #HOLDS, __FILE__, __LINE__)

/* Words of findings, whole in both languages. */
void az_fuzz_words(const struct az_findings *findings, struct az_arena *arena);

/* An object that was read without findings is written, read and written again as the same, and its
 * copy is equal. outer: as for az_link. */
void az_fuzz_round_trip(const struct az_table *table, const void *object);

/* A judgement is complete and finite, and can be told. */
void az_fuzz_judgement(const struct az_judgement *judgement, struct az_arena *arena);

#endif
