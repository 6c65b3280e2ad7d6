/* reader.h - what the parts of reading share: findings with their words, and single values. */
#ifndef AZ_JSON_READER_H
#define AZ_JSON_READER_H

#include "adapters/json/json.h"

struct az_reader {
    struct az_arena *arena;
    struct az_findings *findings;
    size_t taken;  /* bytes of items so far */
    bool discreet; /* texts are not repeated (fields.h) */
};

/* Nobody reads further findings in detail: no work is spent on their words. */
bool az_reader_is_full(const struct az_reader *r);

/* A member's name for a path: as it is, unless it is absurdly long. */
const char *az_reader_fit(const char *name, char shown[AZ_SHORT_TEXT]);

/* The value is of another type than the field wants, or null. */
void az_reader_find_type(struct az_reader *r, const struct az_field *field, const json_t *json,
                         const struct az_path *path);

/* A code with the parameter `value`: the text, where it may be said. */
void az_reader_find_value(struct az_reader *r, const struct az_code *code, const char *text,
                          const struct az_path *path);

/* The text is none of an enum's choices or a variant's tags. AZ_NO_MEMORY or AZ_OK. */
enum az_status az_reader_find_choice(struct az_reader *r, const struct az_field *field,
                                     const char *found, const struct az_path *path);

/* One value of a field into its member, checked. What has a finding leaves the member as it is.
 * number: of a NUMBER, series or matrix; bounds come from `field`, the words for a wrong type from
 * `words`; false when it found something. string: ENUM, TEXT, TIME and REFERENCE. */
bool az_reader_number(struct az_reader *r, const struct az_field *field,
                      const struct az_field *words, const json_t *json, const struct az_path *path,
                      double *value);
void az_reader_integer(struct az_reader *r, const struct az_field *field, const json_t *json,
                       const struct az_path *path, int64_t *value);
enum az_status az_reader_series(struct az_reader *r, const struct az_field *field,
                                const json_t *json, const struct az_path *path,
                                struct az_series *series);
enum az_status az_reader_matrix(struct az_reader *r, const struct az_field *field,
                                const json_t *json, const struct az_path *path,
                                struct az_matrix *matrix);
enum az_status az_reader_string(struct az_reader *r, const struct az_field *field,
                                const json_t *json, const struct az_path *path, void *value);

#endif
