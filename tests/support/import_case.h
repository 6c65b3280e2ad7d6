/* import_case.h - a small microgrid document that files are imported into, and what is found.
 *
 * For the one file of a suite: setup and teardown are its fixture. */
#ifndef AZ_TEST_IMPORT_CASE_H
#define AZ_TEST_IMPORT_CASE_H

#include <check.h>
#include <math.h>
#include <string.h>

#include "adapters/format.h"
#include "formulations/microgrid/instance.h"
#include "tests/support/document.h"
#include "tests/support/kind_case.h"
#include "tests/support/mg_case.h"

#define SAMPLE "instances/microgrid/matsumoto-day.json"
#define FILES "tests/data/import/"

static struct az_arena *arena;
static struct az_findings findings;
static struct az_inputs inputs;
static struct az_import import;
static json_t *into, *document;

static inline void setup(void)
{
    arena = az_arena_new(NULL);
    az_findings_init(&findings, arena, 0);
    inputs = (struct az_inputs){ 0 };
    import = (struct az_import){ .kind = "microgrid" };
    into = document = NULL;
}

static inline void teardown(void)
{
    json_decref(into);
    json_decref(document);
    az_arena_free(arena);
}

/* A small instance: one hour-free day in half hours unless changed. */
static inline json_t *small(const char *start, int slot_minutes, int slots)
{
    json_t *json = json_pack(
        "{s:s, s:s, s:i, s:i, s:[{s:s, s:f}], s:[{s:s, s:s, s:s, s:f, s:i}, {s:s, s:s, s:s, s:f, "
        "s:i}],"
        " s:[{s:s, s:s, s:o}, {s:s, s:s, s:f}], s:[{s:s, s:s, s:s, s:o}]}",
        "kind", "microgrid", "start", start, "slot_minutes", slot_minutes, "slots", slots, "grids",
        "id", "site", "frequency_hz", 50.0, "connections", "id", "east", "grid", "site",
        "price_area", "tokyo", "market_price_jpy_per_kwh", 1.0, "import_limit_kw", 9000, "id",
        "west", "grid", "site", "price_area", "chubu", "market_price_jpy_per_kwh", 1.0,
        "import_limit_kw", 9000, "loads", "id", "town", "grid", "site", "demand_kw", json_array(),
        "id", "server", "grid", "site", "demand_kw", 26.0, "renewables", "id", "sun", "grid",
        "site", "source", "solar", "forecast_kw", json_array());
    ck_assert_ptr_nonnull(json);
    json_t *town = json_object_get(json_array_get(json_object_get(json, "loads"), 0), "demand_kw");
    json_t *sun =
        json_object_get(json_array_get(json_object_get(json, "renewables"), 0), "forecast_kw");
    for (int t = 0; t < slots; t++) {
        json_array_append_new(town, json_real(t % 7 == 3 ? 500 : 300));
        json_array_append_new(sun, json_real(t == slots / 2 ? 100 : 0));
    }
    return json;
}

static inline void add_file(const char *path)
{
    ck_assert_int_eq(az_inputs_add_file(&inputs, path, arena, &findings), AZ_OK);
}

static inline void add_text(const char *text)
{
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, "text.csv", text, strlen(text), arena, &findings),
                     AZ_OK);
}

/* Runs the importer; the document is NULL when it found something. */
static inline json_t *run(const char *format)
{
    import.into = into;
    import.inputs = inputs.items;
    import.input_count = inputs.count;
    json_decref(document);
    document = NULL;
    ck_assert_ptr_nonnull(az_import_find(format));
    ck_assert_int_eq(az_import_find(format)->read(&import, arena, &findings, &document), AZ_OK);
    ck_assert_int_eq(document != NULL, az_findings_total(&findings) == 0);
    return document;
}

static inline double value(const json_t *root, const char *list, size_t i, const char *name,
                           size_t t)
{
    const json_t *series = json_object_get(json_array_get(json_object_get(root, list), i), name);
    ck_assert_msg(json_is_array(series), "%s/%zu/%s is no series", list, i, name);
    ck_assert_uint_lt(t, json_array_size(series));
    return json_number_value(json_array_get(series, t));
}

/* Are two documents the same but for the names of the files they came from? */
static inline bool same_filled(const json_t *a, const json_t *b)
{
    json_t *first = json_copy((json_t *)a), *second = json_copy((json_t *)b);
    json_object_del(first, "sources");
    json_object_del(second, "sources");
    bool same = json_equal(first, second);
    json_decref(first);
    json_decref(second);
    return same;
}

#define PRICE "market_price_jpy_per_kwh"

/* The one finding, by code, and what its words contain. */
static inline void found(const char *code, const char *words)
{
    for (size_t i = 0; i < findings.count; i++) {
        char *text = az_arena_format(arena, "%s: %s", findings.items[i].place,
                                     az_finding_text(&findings.items[i], AZ_ENGLISH, arena));
        if (strcmp(findings.items[i].code->code, code) == 0 && strstr(text, words)) return;
    }
    document_print(&findings);
    ck_abort_msg("no finding %s with \"%s\" among %zu", code, words, findings.count);
}

/* Reads and validates what came out, as every later step would. */
static inline struct mg_instance *open_document(void)
{
    void *instance;
    struct az_findings told;
    az_findings_init(&told, arena, 0);
    enum az_status status =
        kind_case_instance(&az_kind_microgrid, document, arena, &findings, &told, &instance);
    kind_case_good("the document", status, &findings);
    return instance;
}

#endif
