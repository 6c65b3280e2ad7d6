/* fields.h - the table language in which instances, plans, options and messages are declared, once.
 *
 * A table describes one C struct: a row a member, with name, type, unit, bounds, default and words.
 * The JSON reader and writer, JSON Schema, the reference pages, CSV columns and forms all work from
 * tables; nobody parses by hand. A kind adds a field by adding the struct member and its row.
 *
 * What a member looks like in C, by type:
 *
 *   type             member                              absent when
 *   AZ_T_NUMBER      double                              NAN
 *   AZ_T_INTEGER     int64_t                             AZ_NO_INTEGER
 *   AZ_T_BOOLEAN     int                                 -1
 *   AZ_T_ENUM        int (index into choices)            -1
 *   AZ_T_TEXT        const char *                        NULL
 *   AZ_T_TIME        struct az_time                      .utc_s == AZ_NO_INTEGER
 *   AZ_T_REFERENCE   struct az_ref                       .id == NULL
 *   AZ_T_SERIES      struct az_series                    .values == NULL
 *   AZ_T_MATRIX      struct az_matrix                    .values == NULL
 *   AZ_T_OBJECT      struct S * (arena)                  NULL
 *   AZ_T_LIST        AZ_LIST(T)                          .items == NULL (an empty list is not NULL)
 *   AZ_T_MAP         AZ_MAP(T)                           .items == NULL
 *   AZ_T_VARIANT     struct az_variant                   .value == NULL
 *   AZ_T_DOCUMENT    struct az_document                  .node == NULL
 *
 * A variant is written as an object whose member "type" is the case's tag, beside the members of
 * the case's table (NULL: none). A null that AZ_F_NULL allows for a number reads as NAN and counts
 * as given for AZ_F_REQUIRED. A member that is both required and has a default is not required.
 *
 * Items of lists and maps are described by a field of their own (`item`, offset 0) and may be of
 * any type, lists included. Objects in lists and maps lie inline; a member object is a pointer. */
#ifndef AZ_FIELDS_H
#define AZ_FIELDS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "solver/base/arena.h"
#include "solver/base/findings.h"
#include "solver/base/status.h"

#define AZ_NO_INTEGER INT64_MIN
#define AZ_NO_INDEX ((size_t)-1)

/* A moment: ISO 8601 with offset ("2026-11-21T05:00:00+09:00"). */
struct az_time {
    int64_t utc_s;
    int offset_min;
};

/* A reference by id to an object of a collection; index is set by az_link. */
struct az_ref {
    const char *id;
    size_t index;   /* into the collection; AZ_NO_INDEX before linking */
    int collection; /* which of the targets "a|b|c" it was found in */
};

/* Values tied to a named count, usually the slots. NAN: null (a missing reading). */
struct az_series {
    size_t count;
    double *values;
    bool scalar; /* written as one number; az_link expands it to the count */
};

struct az_matrix {
    size_t rows, columns;
    double *values; /* row-major */
};

struct az_variant {
    int tag; /* index into the field's cases */
    void *value;
};

/* A document of its own (an instance in an envelope): kept as the reader's node, untouched. */
struct az_document {
    const void *node;
};

struct az_any_list {
    size_t count;
    void *items;
};
struct az_any_map {
    size_t count;
    struct az_ref *keys;
    void *items;
};
/* clang-format off: macros, lists and rows are aligned by hand. */
#define AZ_LIST(T)    \
    struct {          \
        size_t count; \
        T *items;     \
    }
#define AZ_MAP(T)            \
    struct {                 \
        size_t count;        \
        struct az_ref *keys; \
        T *items;            \
    }

enum az_type {
    AZ_T_NUMBER,
    AZ_T_INTEGER,
    AZ_T_BOOLEAN,
    AZ_T_ENUM,
    AZ_T_TEXT,
    AZ_T_TIME,
    AZ_T_REFERENCE,
    AZ_T_SERIES,
    AZ_T_MATRIX,
    AZ_T_OBJECT,
    AZ_T_LIST,
    AZ_T_MAP,
    AZ_T_VARIANT,
    AZ_T_DOCUMENT
};
/* clang-format on */

enum az_field_flag {
    AZ_F_REQUIRED = 1 << 0,
    AZ_F_DEFAULT = 1 << 1,   /* def or def_text is filled in when absent */
    AZ_F_ID = 1 << 2,        /* this text is the object's id: pattern of ids, unique in its list */
    AZ_F_SCALAR = 1 << 3,    /* a series may be one number */
    AZ_F_NULL = 1 << 4,      /* a series' items (or the number) may be null: a missing reading */
    AZ_F_ABOVE_MIN = 1 << 5, /* the minimum itself is excluded */
    AZ_F_NOT_EMPTY = 1 << 6, /* a list, map or text needs at least one item */
    AZ_F_ADVANCED = 1 << 7,  /* pages and forms fold it away */
    AZ_F_RESULT = 1 << 8,    /* written by azumi; accepted and ignored by nobody */
    AZ_F_UNIQUE = 1 << 9     /* items of a list of scalars or references differ */
};

struct az_choice {
    const char *name;
    struct az_words words;
};

struct az_table;

struct az_case {
    const char *tag; /* the value of the member "type" */
    const struct az_table *table;
    struct az_words words;
};

/* Required when another member of the same object is given, or has this value (a choice's name,
 * "true" or "false"). */
struct az_condition {
    const char *field, *equals;
};

/* clang-format off */
struct az_field {
    const char *name;
    enum az_type type;
    unsigned flags;                         /* enum az_field_flag */
    size_t offset;
    const char *unit;                       /* "kW"; NULL: none */
    double min, max;                        /* of numbers, integers and items of series, matrices */
    double def;                             /* number, integer, boolean, choice index, scalar series */
    const char *def_text;                   /* text, time */
    const struct az_choice *choices;        /* enum */
    size_t choice_count;
    const struct az_table *table;           /* object */
    const struct az_field *item;            /* list, map */
    size_t item_size;                       /* list, map: bytes of one item */
    const struct az_case *cases;            /* variant */
    size_t case_count;
    const char *target;                     /* reference, map keys: "grids", "units|batteries",
                                               "network.feeders"; NULL: keys are free ids */
    const char *length, *length2;           /* series; rows and columns of a matrix: a count's name */
    struct az_condition required_if;
    struct az_words label, meaning;
};
/* clang-format on */

struct az_table {
    const char *name; /* "microgrid instance", "unit" */
    size_t size;      /* of the struct */
    const struct az_field *fields;
    size_t field_count;
    struct az_words meaning;
    /* Root tables: a named count ("slots") of a root object that has been read but not linked;
     * AZ_NO_INDEX when it is unknown or cannot be told (then its series are not checked). Names of
     * top-level lists are counts by themselves. NULL: none. */
    size_t (*count)(const void *root, const char *name);
    /* Root tables: what is wrong with a text is told without the text, which may be somebody's name
     * in a wrong place. */
    bool discreet;
};
#define AZ_UNSAID "***" /* in its place */

/* clang-format off */
/* Rows of tables. S: struct, M: member, F: flags, then unit/bounds by type, labels and meaning.
 * AZ_EN_JA keeps the two languages together. */
#define AZ_EN_JA(en_, ja_) { en_, ja_ }
#define AZ_NO_MIN (-INFINITY)
#define AZ_NO_MAX INFINITY
#define AZ_ROW_(S, M, T, F) .name = #M, .type = (T), .offset = offsetof(S, M), .flags = (F)
#define AZ_NUMBER(S, M, F, U, MIN, MAX, DEF, LABEL, MEANING)                                       \
    { AZ_ROW_(S, M, AZ_T_NUMBER, F), .unit = (U), .min = (MIN), .max = (MAX), .def = (DEF),        \
      .label = LABEL, .meaning = MEANING }
#define AZ_INTEGER(S, M, F, U, MIN, MAX, DEF, LABEL, MEANING)                                      \
    { AZ_ROW_(S, M, AZ_T_INTEGER, F), .unit = (U), .min = (MIN), .max = (MAX), .def = (DEF),       \
      .label = LABEL, .meaning = MEANING }
#define AZ_BOOLEAN(S, M, F, DEF, LABEL, MEANING)                                                   \
    { AZ_ROW_(S, M, AZ_T_BOOLEAN, F), .def = (DEF), .label = LABEL, .meaning = MEANING }
#define AZ_ENUM(S, M, F, CHOICES, DEF, LABEL, MEANING)                                             \
    { AZ_ROW_(S, M, AZ_T_ENUM, F), .choices = (CHOICES),                                           \
      .choice_count = sizeof(CHOICES) / sizeof((CHOICES)[0]), .def = (DEF), .label = LABEL,        \
      .meaning = MEANING }
#define AZ_TEXT(S, M, F, LABEL, MEANING)                                                           \
    { AZ_ROW_(S, M, AZ_T_TEXT, F), .label = LABEL, .meaning = MEANING }
#define AZ_TIME(S, M, F, LABEL, MEANING)                                                           \
    { AZ_ROW_(S, M, AZ_T_TIME, F), .label = LABEL, .meaning = MEANING }
#define AZ_REFERENCE(S, M, F, TARGET, LABEL, MEANING)                                              \
    { AZ_ROW_(S, M, AZ_T_REFERENCE, F), .target = (TARGET), .label = LABEL, .meaning = MEANING }
#define AZ_SERIES(S, M, F, LENGTH, U, MIN, MAX, DEF, LABEL, MEANING)                               \
    { AZ_ROW_(S, M, AZ_T_SERIES, F), .length = (LENGTH), .unit = (U), .min = (MIN), .max = (MAX),  \
      .def = (DEF), .label = LABEL, .meaning = MEANING }
#define AZ_MATRIX(S, M, F, ROWS, COLUMNS, U, MIN, MAX, LABEL, MEANING)                             \
    { AZ_ROW_(S, M, AZ_T_MATRIX, F), .length = (ROWS), .length2 = (COLUMNS), .unit = (U),          \
      .min = (MIN), .max = (MAX), .label = LABEL, .meaning = MEANING }
#define AZ_OBJECT(S, M, F, TABLE, LABEL, MEANING)                                                  \
    { AZ_ROW_(S, M, AZ_T_OBJECT, F), .table = (TABLE), .label = LABEL, .meaning = MEANING }
#define AZ_LIST_OF(S, M, F, ITEM, LABEL, MEANING)                                                  \
    { AZ_ROW_(S, M, AZ_T_LIST, F), .item = (ITEM), .item_size = sizeof(*((S *)0)->M.items),        \
      .label = LABEL, .meaning = MEANING }
#define AZ_MAP_OF(S, M, F, TARGET, ITEM, LABEL, MEANING)                                           \
    { AZ_ROW_(S, M, AZ_T_MAP, F), .target = (TARGET), .item = (ITEM),                              \
      .item_size = sizeof(*((S *)0)->M.items), .label = LABEL, .meaning = MEANING }
#define AZ_VARIANT(S, M, F, CASES, LABEL, MEANING)                                                 \
    { AZ_ROW_(S, M, AZ_T_VARIANT, F), .cases = (CASES),                                            \
      .case_count = sizeof(CASES) / sizeof((CASES)[0]), .label = LABEL, .meaning = MEANING }
#define AZ_DOCUMENT(S, M, F, LABEL, MEANING)                                                       \
    { AZ_ROW_(S, M, AZ_T_DOCUMENT, F), .label = LABEL, .meaning = MEANING }

/* Items of lists and maps. */
#define AZ_ITEM_OBJECT(TABLE) { .type = AZ_T_OBJECT, .table = (TABLE) }
#define AZ_ITEM_NUMBER(U, MIN, MAX) { .type = AZ_T_NUMBER, .unit = (U), .min = (MIN), .max = (MAX) }
#define AZ_ITEM_INTEGER(U, MIN, MAX) { .type = AZ_T_INTEGER, .unit = (U), .min = (MIN), .max = (MAX) }
#define AZ_ITEM_BOOLEAN { .type = AZ_T_BOOLEAN }
#define AZ_ITEM_ENUM(CHOICES)                                                                      \
    { .type = AZ_T_ENUM, .choices = (CHOICES),                                                     \
      .choice_count = sizeof(CHOICES) / sizeof((CHOICES)[0]) }
#define AZ_ITEM_TEXT { .type = AZ_T_TEXT }
#define AZ_ITEM_TIME { .type = AZ_T_TIME }
#define AZ_ITEM_REFERENCE(TARGET) { .type = AZ_T_REFERENCE, .target = (TARGET) }
#define AZ_ITEM_SERIES(FLAGS, LENGTH, U, MIN, MAX)                                                 \
    { .type = AZ_T_SERIES, .flags = (FLAGS), .length = (LENGTH), .unit = (U), .min = (MIN),        \
      .max = (MAX) }
#define AZ_ITEM_VARIANT(CASES)                                                                     \
    { .type = AZ_T_VARIANT, .cases = (CASES), .case_count = sizeof(CASES) / sizeof((CASES)[0]) }
#define AZ_ITEM_DOCUMENT { .type = AZ_T_DOCUMENT }
/* An item that is a list or a map itself; T: the type of the inner items. */
#define AZ_ITEM_LIST(T, ITEM) { .type = AZ_T_LIST, .item = (ITEM), .item_size = sizeof(T) }
#define AZ_ITEM_MAP(T, TARGET, ITEM)                                                               \
    { .type = AZ_T_MAP, .target = (TARGET), .item = (ITEM), .item_size = sizeof(T) }

/* A table from a row array. COUNT may be NULL. */
#define AZ_TABLE(NAME, S, ROWS, COUNT, MEANING)                                                    \
    { .name = (NAME), .size = sizeof(S), .fields = (ROWS),                                         \
      .field_count = sizeof(ROWS) / sizeof((ROWS)[0]), .meaning = MEANING, .count = (COUNT) }
#define AZ_DISCREET_TABLE(NAME, S, ROWS, COUNT, MEANING)                                           \
    { .name = (NAME), .size = sizeof(S), .fields = (ROWS),                                         \
      .field_count = sizeof(ROWS) / sizeof((ROWS)[0]), .meaning = MEANING, .count = (COUNT),       \
      .discreet = true }

/* Codes of what reading and linking can find wrong; X(name, en, ja). */
#define AZ_FIELD_CODES(X)                                                                          \
    X(unknown_member, "is not a known member of {table}", "{table} にこの項目はありません")                 \
    X(missing, "is required", "必須項目です")                                                           \
    X(missing_because, "is required because {field} is {value}", "{field} が {value} のとき必須です")     \
    X(missing_with, "is required because {field} is given", "{field} を書くときは必須です")              \
    X(wrong_type, "must be {expected}, is {found}", "{expected} でなければなりません（{found} です）")        \
    X(below_minimum, "must be >= {minimum}, is {value}", "{minimum} 以上でなければなりません（{value} です）")  \
    X(not_above, "must be > {minimum}, is {value}", "{minimum} より大きくなければなりません（{value} です）")    \
    X(above_maximum, "must be <= {maximum}, is {value}", "{maximum} 以下でなければなりません（{value} です）")  \
    X(not_finite, "must be a finite number", "有限の数でなければなりません")                                 \
    X(not_integer, "must be a whole number, is {value}", "整数でなければなりません（{value} です）")             \
    X(unknown_choice, "must be one of {choices}, is {value}", "{choices} のいずれかです（{value} です）")     \
    X(bad_id, "must be 1 to 128 of A-Z a-z 0-9 . _ : -, is {value}",                                \
      "識別子は A-Z a-z 0-9 . _ : - の 1～128 文字です（{value} です）")                                   \
    X(duplicate_id, "is already used by {other}", "{other} がすでに使っています")                           \
    X(duplicate_item, "repeats item {other}", "{other} 番目と重複しています")                               \
    X(bad_time, "must be an ISO 8601 time with offset, is {value}",                                 \
      "オフセット付き ISO 8601 の時刻でなければなりません（{value} です）")                                      \
    X(empty, "must not be empty", "空にできません")                                                      \
    X(null_not_allowed, "must not be null", "null は使えません")                                         \
    X(wrong_length, "must have {expected} values ({count}), has {found}",                           \
      "値は {expected} 個（{count}）必要ですが {found} 個です")                                           \
    X(unknown_reference, "names {value}, which is not in {target}",                                 \
      "{value} は {target} にありません")                                                            \
    X(ambiguous_reference, "names {value}, which is in more than one of {target}",                  \
      "{value} は {target} のうち複数にあります")                                                       \
    X(unknown_tag, "must have type one of {choices}, is {value}",                                   \
      "type は {choices} のいずれかです（{value} です）")                                               \
    X(bad_text, "must be text without control characters other than tab and newline",              \
      "タブと改行のほかに制御文字を含められません")                                                            \
    X(too_long, "must be at most {maximum} long, is {found}",                                       \
      "長さは {maximum} 以下です（{found} です）")                                                      \
    X(no_document, "must be a JSON object", "JSON オブジェクトでなければなりません")                          \
    X(bad_json, "is not JSON: {reason} (line {line}, column {column})",                             \
      "JSON ではありません: {reason}（{line} 行 {column} 列）")                                           \
    X(duplicate_member, "has the same member twice: {reason} (line {line}, column {column})",       \
      "同じ項目が二度あります: {reason}（{line} 行 {column} 列）")                                           \
    X(bad_number, "has a number that cannot be held: {reason} (line {line}, column {column})",      \
      "扱えない数があります: {reason}（{line} 行 {column} 列）")                                             \
    X(unreadable, "cannot be read: {reason}", "読み込めません: {reason}")                               \
    X(bad_gzip, "is damaged or incomplete gzip", "gzip が壊れているか途中で切れています")                     \
    X(too_many_values, "has more than {maximum} values", "値が多すぎます（上限 {maximum} 個）")                \
    X(too_large, "is {found} bytes, at most {maximum} are read",                                    \
      "{found} バイトあります（上限 {maximum}）")                                                       \
    X(too_much, "would take more memory than a document may ({maximum} MiB)",                       \
      "文書に許されるメモリ（{maximum} MiB）を超えます")                                                     \
    X(too_deep, "is nested deeper than {maximum}", "入れ子が深すぎます（上限 {maximum}）")                     \
    X(not_utf8, "is not UTF-8 (at byte {offset})", "UTF-8 ではありません（{offset} バイト目）")
/* clang-format on */

#define AZ_FIELD_CODE_DECLARE(name, en, ja) extern const struct az_code az_code_##name;
AZ_FIELD_CODES(AZ_FIELD_CODE_DECLARE)
#undef AZ_FIELD_CODE_DECLARE

/* The code wrong_type with words for what a field expects. Parameters: expected, found, found_ja.
 */
const struct az_code *az_code_wrong_type_of(const struct az_field *field);

/* The row of a member, or NULL. */
const struct az_field *az_field_find(const struct az_table *table, const char *name);

/* The member whose name is nearest to a wrong one, or NULL when none is near. */
const struct az_field *az_field_near(const struct az_table *table, const char *name);

/* Where a member lies in its struct, and item i among the items of a list or map. */
static inline void *az_member(const struct az_field *field, const void *object)
{
    return (char *)object + field->offset;
}
static inline void *az_item_at(const struct az_field *list, const void *items, size_t i)
{
    return (char *)items + i * list->item_size;
}

/* The index of an enum's choice by name, or -1. */
int az_choice_find(const struct az_field *field, const char *name);

/* Checks a number against the bounds of a field: NULL, or the code that it breaks (below_minimum,
 * not_above, above_maximum, not_finite). Bounds of 0 and 0 mean none. */
const struct az_code *az_bounds_broken(const struct az_field *field, double value);
bool az_has_minimum(const struct az_field *field);
bool az_has_maximum(const struct az_field *field);

/* Sets every member of a fresh struct to absent (or to its default where `defaults`). */
void az_fields_clear(const struct az_table *table, void *object);
enum az_status az_fields_default(const struct az_table *table, void *object,
                                 struct az_arena *arena);

/* Is the member present? (Not for the struct's derived members, which have no row.) */
bool az_field_given(const struct az_field *field, const void *object);

/* The same of a value by its own address: an item of a list or map that is not an object. */
bool az_value_given(const struct az_field *field, const void *value);

/* Links a root object after reading: expands scalar series, checks the lengths of series and
 * matrices, finds references and map keys (here, then in outer), checks that ids, map keys and the
 * items of AZ_F_UNIQUE lists differ. Collections are lists whose items have ids and maps with free
 * keys. outer_table, outer: the instance when a plan is linked; NULL otherwise: then references to
 * collections that the root does not declare stay unlinked. Every problem is found. Safe to repeat.
 * AZ_OK (also with findings) or AZ_NO_MEMORY. */
enum az_status az_link(const struct az_table *table, void *root, const struct az_table *outer_table,
                       const void *outer, struct az_arena *arena, struct az_findings *findings);

/* The collection "a" or "a.b" of a root: its list (empty when absent) and the field of the list or
 * map itself; false when the tables declare none. */
bool az_collection(const struct az_table *table, const void *root, const char *name,
                   struct az_any_list *list, const struct az_field **field);

/* The AZ_F_ID row of a table, or NULL; and the id of an object, or NULL. */
const struct az_field *az_id_field(const struct az_table *table);
const char *az_object_id(const struct az_table *table, const void *object);

/* The id of an item of a list or map, objects and variants alike, or NULL. */
const char *az_item_id(const struct az_field *item, const void *value);

/* A deep copy into an arena, and equality, of everything that tables declare: derived members are
 * zero in a copy, links are kept. Documents are borrowed, and equal when they are the same node.
 * A scalar series is equal to its expansion. */
enum az_status az_copy(const struct az_table *table, const void *object, struct az_arena *arena,
                       void **copy);
bool az_equal(const struct az_table *table, const void *a, const void *b);

/* Times. Parsing accepts seconds optional, offset required ("Z" or +hh:mm). */
bool az_time_parse(const char *text, struct az_time *time);
/* "2026-11-21T05:00:00+09:00"; buffer of 32. */
char *az_time_format(struct az_time time, char buffer[32]);
/* Local calendar date and minute of day at the time's own offset. */
void az_time_local(struct az_time time, int *year, int *month, int *day, int *minute);
struct az_time az_time_add(struct az_time time, int64_t seconds);
bool az_time_given(struct az_time time);

/* What the objects of one document may take in memory when it is read, and once more what the
 * expansion of its scalar series may take: small text can ask for much (code too_much). */
#define AZ_DOCUMENT_MIB 512

/* The named count that length of a series or matrix means: a list or map ("units",
 * "network.feeders") or what the root table's count function says. AZ_NO_INDEX when it cannot be
 * told. */
size_t az_count(const struct az_table *table, const void *root, const char *name);

/* Values from outside, fit to be shown: at most 80 characters of valid UTF-8 without control
 * characters, "..." at the end when cut. */
#define AZ_SHORT_TEXT 328
char *az_shorten(const char *text, char buffer[AZ_SHORT_TEXT]);

/* Length of the valid UTF-8 at the start of text (no surrogates, no overlong forms). */
size_t az_utf8_valid(const char *text, size_t length);

/* Is this an id: 1 to 128 of A-Z a-z 0-9 . _ : - ? */
bool az_is_id(const char *text);

#endif
