/* st_import.h - what the tests of the siting imports share: a base instance, one call, its findings
 * as text, and what comes out read by the field tables.
 *
 * Header-only, as it uses Check. */
#ifndef TEST_ST_IMPORT_H
#define TEST_ST_IMPORT_H

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "adapters/format.h"
#include "adapters/json/json.h"
#include "formulations/siting/tables.h"

/* An instance with what rows refer to. */
#define ST_IMPORT_BASE                                                                               \
    "{\"kind\":\"siting\",\"schema\":1,\"first_year\":2026,\"typical_days\":[{\"id\":\"d\","         \
    "\"weight_days\":365}],\"profiles\":[{\"id\":\"sun\",\"values\":0.15},{\"id\":\"east\","         \
    "\"values\":0.12},{\"id\":\"house\",\"values\":1},{\"id\":\"public\",\"values\":1}],"            \
    "\"tariffs\":[{\"id\":\"house\"},{\"id\":\"roof\"}],\"costs\":[{\"id\":\"all\",\"pv\":[{"        \
    "\"from\":0,\"jpy_per_unit\":250000}]}],\"menus\":[{\"id\":\"small\",\"pv_kw\":[5]},{"           \
    "\"id\":\"large\",\"pv_kw\":[50]}],\"operators\":[{\"id\":\"op\",\"name\":\"松本電力\"}],"   \
    "\"districts\":[{\"id\":\"shimauchi\",\"name\":\"島内地区\",\"latitude\":36.25,"             \
    "\"longitude\":137.95},{\"id\":\"hata\",\"name\":\"波田\",\"latitude\":36.2,"                  \
    "\"longitude\":137.85}],\"banks\":[{\"id\":\"b\",\"name\":\"波田変電所\"}],\"feeders\":[{"  \
    "\"id\":\"f1\",\"name\":\"島内1号線\",\"bank\":\"b\"}],\"sites\":[{\"id\":\"p-0\",\"kind\":" \
    "\"public\",\"name\":\"庁舎\",\"surfaces\":[{\"yield\":\"sun\",\"max_kw\":5}],\"menu\":"       \
    "\"large\",\"export_max_kw\":3}]}"

static struct az_arena *st_arena;
static struct az_findings st_findings, st_told;
static struct az_import st_call;
static json_t *st_into;

static void st_import_setup(void)
{
    st_arena = az_arena_new(NULL);
    st_into = json_loads(ST_IMPORT_BASE, 0, NULL);
    ck_assert(st_arena && st_into);
    st_call = (struct az_import){ .told = &st_told, .kind = "siting", .into = st_into };
}

static void st_import_teardown(void)
{
    json_decref(st_into);
    az_arena_free(st_arena);
}

/* What comes out can be read and linked as an instance. */
static void st_import_is_instance(const json_t *document)
{
    struct az_findings wrong;
    void *object = NULL;
    az_findings_init(&wrong, st_arena, 10);
    ck_assert_int_eq(az_json_read(&st_instance_table, document, NULL, st_arena, &wrong, &object),
                     AZ_OK);
    if (az_findings_total(&wrong) == 0)
        ck_assert_int_eq(az_link(&st_instance_table, object, NULL, NULL, st_arena, &wrong), AZ_OK);
    if (az_findings_total(&wrong) > 0)
        ck_abort_msg("%s at %s", wrong.items[0].code->code, wrong.items[0].place);
}

/* The document, or NULL with findings; the reference is the caller's. */
static json_t *st_import_bytes(const char *format, const char *name, const char *bytes,
                               size_t length)
{
    struct az_inputs inputs = { 0 };
    json_t *document = NULL;
    az_findings_init(&st_findings, st_arena, 0);
    az_findings_init(&st_told, st_arena, 0);
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, name, bytes, length, st_arena, &st_findings),
                     AZ_OK);
    st_call.inputs = inputs.items;
    st_call.input_count = inputs.count;
    ck_assert_int_eq(az_import_find(format)->read(&st_call, st_arena, &st_findings, &document),
                     AZ_OK);
    ck_assert_int_eq(document == NULL, az_findings_total(&st_findings) > 0);
    if (document) st_import_is_instance(document);
    return document;
}

/* Findings as "code place column, ...". No param of them is a cell. */
static const char *st_import_text(const struct az_findings *findings)
{
    const char *text = "";
    for (size_t i = 0; i < findings->count; i++) {
        const struct az_finding *item = &findings->items[i];
        text = az_arena_format(st_arena, "%s%s%s%s%s", text, i ? ", " : "",
                               item->code->code + strlen("import_"), *item->place ? " " : "",
                               item->place);
        for (size_t k = 0; k < item->param_count; k++)
            text = item->params[k].text
                       ? az_arena_format(st_arena, "%s %s", text, item->params[k].text)
                       : az_arena_format(st_arena, "%s %g", text, item->params[k].number);
    }
    return text;
}

/* Is an object of a list as the text says? */
static void st_import_has(const json_t *document, const char *list, const char *id,
                          const char *expected)
{
    json_t *wanted = json_loads(expected, 0, NULL), *object;
    size_t i;
    ck_assert_ptr_nonnull(wanted);
    json_array_foreach(json_object_get(document, list), i, object)
    {
        if (strcmp(json_string_value(json_object_get(object, "id")), id) != 0) continue;
        if (!json_equal(object, wanted))
            ck_abort_msg("%s", json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS));
        json_decref(wanted);
        return;
    }
    ck_abort_msg("there is no %s", id);
}

#endif
