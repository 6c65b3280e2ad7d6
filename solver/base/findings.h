/* findings.h - what is wrong (or was assumed), where, in codes and parameters.
 *
 * A finding never stores prose: it has a code from a static list, a JSON Pointer, and named
 * parameters; words in English and Japanese are rendered from these when somebody reads. */
#ifndef AZ_FINDINGS_H
#define AZ_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/base/arena.h"
#include "solver/base/status.h"

enum az_language { AZ_ENGLISH, AZ_JAPANESE };

/* A text in both languages. */
struct az_words {
    const char *en, *ja;
};

/* The text in a language; English when the other is missing. */
const char *az_say(struct az_words words, enum az_language language);

/* One kind of finding. The words are templates: {name} is replaced by the parameter. Static. */
struct az_code {
    const char *code; /* snake_case, stable, part of the interface */
    struct az_words words;
};

struct az_param {
    const char *name;
    const char *text; /* NULL: number holds the value */
    double number;
};

#define AZ_NUMBER_PARAM(name_, value_) ((struct az_param){ .name = (name_), .number = (value_) })
#define AZ_TEXT_PARAM(name_, value_) ((struct az_param){ .name = (name_), .text = (value_) })

/* A place in a document, as a chain on the stack from the leaf up to the root (up == NULL).
 * name == NULL: array item `index`. label: the item's own id when known, for people. */
struct az_path {
    const struct az_path *up;
    const char *name;
    size_t index;
    const char *label;
};

#define AZ_AT(up_, name_) (&(struct az_path){ .up = (up_), .name = (name_) })
#define AZ_ITEM(up_, index_, label_) \
    (&(struct az_path){ .up = (up_), .index = (index_), .label = (label_) })

/* RFC 6901 JSON Pointer of a path ("/units/3/p_max_kw"; "" for NULL), or NULL without memory. */
char *az_path_pointer(const struct az_path *path, struct az_arena *arena);

/* The same for people: "units/3 (biomass-2)/p_max_kw"; control characters become "?". */
char *az_path_place(const struct az_path *path, struct az_arena *arena);

#define AZ_FINDING_PARAMS 8

struct az_finding {
    const struct az_code *code;
    const char *pointer; /* JSON Pointer */
    const char *place;   /* for people */
    struct az_param params[AZ_FINDING_PARAMS];
    size_t param_count;
};

/* A growing list. Texts are copied into the arena, control characters as "?". Past `limit` items
 * only `dropped` counts. */
struct az_findings {
    struct az_arena *arena;
    struct az_finding *items;
    size_t count, capacity, limit, dropped;
    bool out_of_memory; /* some finding could not be stored; the list still counts as not empty */
};

/* limit 0 means 1000. */
void az_findings_init(struct az_findings *findings, struct az_arena *arena, size_t limit);

/* Adds one; findings may be NULL (the caller does not want details). params: copied. */
void az_find(struct az_findings *findings, const struct az_code *code, const struct az_path *path,
             size_t param_count, const struct az_param params[]);

/* Number of problems seen, stored or not. 0 for NULL. */
size_t az_findings_total(const struct az_findings *findings);

/* A template with its parameters filled in. Numbers print in their shortest exact-enough form. */
char *az_render(struct az_words words, enum az_language language, size_t param_count,
                const struct az_param params[], struct az_arena *arena);

/* The words of one finding without its place. */
char *az_finding_text(const struct az_finding *finding, enum az_language language,
                      struct az_arena *arena);

#define AZ_FIND(findings, code, path, ...)                                        \
    az_find((findings), (code), (path),                                           \
            sizeof((struct az_param[]){ __VA_ARGS__ }) / sizeof(struct az_param), \
            (struct az_param[]){ __VA_ARGS__ })
#define AZ_FIND0(findings, code, path) az_find((findings), (code), (path), 0, NULL)

#endif
