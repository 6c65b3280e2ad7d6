/* csv.c - tables and series of any kind from CSV, by the names of the field tables.
 *
 * With --table units every row is one object of the list `units`, and columns are named as its
 * fields: a row whose id is there already changes that object, another one adds to the list. An
 * empty cell says nothing. Lists, maps, objects, variants and series stand in their cell as JSON.
 *
 * Without --table the first column is `time` (ISO 8601, or local at the instance's offset) or
 * `slot` (0, 1, ...), every other one is named list.id.field (loads.hospital.demand_kw), and there
 * is one row a slot. A row whose first cell begins with # is a remark.
 *
 * Sites and staff of the clinic come in by sheets of their own: csv_clinic.c. */
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "adapters/import/csv_clinic.h"
#include "adapters/import/csv_siting.h"

/* The object lists of a kind, comma-separated, for findings. */
static const char *list_names(const struct az_formulation *formulation, struct az_arena *arena)
{
    const char *names = "", *name;
    for (size_t i = 0; (name = az_csv_template_name(formulation, i)); i++)
        names = az_arena_format(arena, "%s%s%s", names, *names ? ", " : "", name);
    return names;
}

static const struct az_field *object_list(const struct az_formulation *formulation,
                                          const char *name)
{
    const struct az_field *field = az_field_find(formulation->instance, name);
    return field && field->type == AZ_T_LIST && field->item->type == AZ_T_OBJECT ? field : NULL;
}

const char *az_csv_template_name(const struct az_formulation *formulation, size_t i)
{
    const struct az_table *table = formulation->instance;
    for (size_t k = 0; k < table->field_count; k++)
        if (object_list(formulation, table->fields[k].name) && i-- == 0)
            return table->fields[k].name;
    return NULL;
}

/* --- one cell --------------------------------------------------------------------------------- */

/* The cell as JSON of the field's type; NULL when it does not fit (expected says what would). */
static json_t *cell_value(const struct az_field *field, const char *cell, const char **expected)
{
    double number;
    bool numeric = az_csv_number(cell, &number);
    switch (field->type) {
    case AZ_T_NUMBER:
        *expected = "a number";
        return numeric ? json_real(number) : NULL;
    case AZ_T_INTEGER:
        *expected = "a whole number";
        return numeric && fabs(number) < 9007199254740992.0 && number == (double)(json_int_t)number
                   ? json_integer((json_int_t)number)
                   : NULL;
    case AZ_T_BOOLEAN:
        *expected = "true or false";
        if (strcasecmp(cell, "true") == 0 || strcmp(cell, "1") == 0) return json_true();
        return strcasecmp(cell, "false") == 0 || strcmp(cell, "0") == 0 ? json_false() : NULL;
    case AZ_T_ENUM:
        *expected = "one of the choices";
        for (size_t i = 0; i < field->choice_count; i++)
            if (strcmp(field->choices[i].name, cell) == 0) return json_string(cell);
        return NULL;
    case AZ_T_TEXT:
    case AZ_T_TIME:
    case AZ_T_REFERENCE:
        *expected = "text";
        return json_string(cell);
    default:
        *expected = "JSON";
        if (field->type == AZ_T_SERIES && numeric) return json_real(number);
        return json_loads(cell, JSON_REJECT_DUPLICATES, NULL);
    }
}

/* --- shapes ------------------------------------------------------------------------------------
 */

/* Headers that stand twice. */
static void check_headers(const struct az_input *input, const struct az_csv_row *header,
                          struct az_findings *findings)
{
    for (size_t c = 0; c < header->count; c++) az_csv_is_twice(input, header, c, findings);
}

/* A row with values that no header stands over: columns have shifted, or a comma is one too many.
 */
static void check_shape(const struct az_input *input, const struct az_csv_row *row,
                        const struct az_csv_row *header, struct az_findings *findings)
{
    size_t expected = header->count, found = row->count;
    while (expected > 0 && !*header->cells[expected - 1]) expected--;
    while (found > 0 && !*row->cells[found - 1]) found--;
    if (found > expected)
        AZ_FIND(findings, &az_code_import_shifted_row, AZ_LINE(input, row->line),
                AZ_NUMBER_PARAM("found", (double)found),
                AZ_NUMBER_PARAM("expected", (double)expected));
    for (size_t c = 0; c < found && c < expected; c++)
        if (!*header->cells[c] && *row->cells[c])
            AZ_FIND(findings, &az_code_import_no_header, AZ_LINE(input, row->line),
                    AZ_NUMBER_PARAM("column", (double)c + 1));
}

/* --- objects ---------------------------------------------------------------------------------- */

static json_t *find_by_id(json_t *list, const char *id)
{
    size_t i;
    json_t *object;
    json_array_foreach(list, i, object)
    {
        const char *other = json_string_value(json_object_get(object, "id"));
        if (other && strcmp(other, id) == 0) return object;
    }
    return NULL;
}

/* Sets the cells of a row in an object. */
static enum az_status set_row(const struct az_input *input, const struct az_csv_row *row,
                              const struct az_csv_row *header,
                              const struct az_field *const fields[], json_t *object,
                              struct az_findings *findings)
{
    for (size_t c = 0; c < row->count && c < header->count; c++) {
        const char *expected;
        if (!*row->cells[c] || !fields[c]) continue;
        json_t *value = cell_value(fields[c], row->cells[c], &expected);
        if (!value)
            AZ_FIND(findings, &az_code_import_bad_value, AZ_LINE(input, row->line),
                    AZ_TEXT_PARAM("column", header->cells[c]),
                    AZ_TEXT_PARAM("value", row->cells[c]), AZ_TEXT_PARAM("expected", expected));
        else if (json_object_set_new(object, fields[c]->name, value) != 0)
            return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

/* Fields of the header's columns; *id: the column of ids, SIZE_MAX when there is none. */
static void read_header(const struct az_input *input, const struct az_csv_row *header,
                        const struct az_table *table, const struct az_field *fields[], size_t *id,
                        struct az_findings *findings)
{
    *id = SIZE_MAX;
    for (size_t c = 0; c < header->count; c++) {
        fields[c] = az_field_find(table, header->cells[c]);
        if (!fields[c] && *header->cells[c])
            AZ_FIND(findings, &az_code_import_unknown_column, AZ_LINE(input, header->line),
                    AZ_TEXT_PARAM("column", header->cells[c]));
        else if (fields[c] && (fields[c]->flags & AZ_F_ID))
            *id = c;
    }
    if (*id == SIZE_MAX)
        AZ_FIND(findings, &az_code_import_missing_column, AZ_LINE(input, header->line),
                AZ_TEXT_PARAM("column", "id"));
}

static enum az_status read_objects(const struct az_input *input, const struct az_csv *csv,
                                   const struct az_field *list, json_t *document,
                                   struct az_arena *arena, struct az_findings *findings)
{
    const struct az_csv_row *header = &csv->rows[0];
    const struct az_field **fields = AZ_ARRAY(arena, header->count, const struct az_field *);
    json_t *objects = json_object_get(document, list->name);
    size_t id, before = az_findings_total(findings);
    if (!fields) return AZ_NO_MEMORY;
    read_header(input, header, list->item->table, fields, &id, findings);
    check_headers(input, header, findings);
    if (az_findings_total(findings) > before) return AZ_OK;
    if (!json_is_array(objects)) {
        objects = json_array();
        if (!objects || json_object_set_new(document, list->name, objects) != 0)
            return AZ_NO_MEMORY;
    }
    for (size_t r = 1; r < csv->count; r++) {
        const struct az_csv_row *row = &csv->rows[r];
        if (row->cells[0][0] == '#') continue;
        check_shape(input, row, header, findings);
        const char *name = id < row->count ? row->cells[id] : "";
        if (!az_is_id(name)) {
            AZ_FIND(findings, &az_code_import_bad_value, AZ_LINE(input, row->line),
                    AZ_TEXT_PARAM("column", "id"), AZ_TEXT_PARAM("value", name),
                    AZ_TEXT_PARAM("expected", "an id"));
            continue;
        }
        json_t *object = find_by_id(objects, name);
        if (!object) {
            object = json_object();
            if (!object || json_array_append_new(objects, object) != 0) return AZ_NO_MEMORY;
        }
        AZ_TRY(set_row(input, row, header, fields, object, findings));
    }
    return AZ_OK;
}

/* --- series ----------------------------------------------------------------------------------- */

/* The horizon as the document says it. */
struct csv_horizon {
    struct az_time start;
    int64_t slot_s;
    size_t slots;
};

static bool read_horizon(const json_t *document, struct csv_horizon *horizon)
{
    const char *start = json_string_value(json_object_get(document, "start"));
    json_int_t minutes = json_integer_value(json_object_get(document, "slot_minutes"));
    json_int_t slots = json_integer_value(json_object_get(document, "slots"));
    if (!start || !az_time_parse(start, &horizon->start) || slots <= 0 || slots > 100000)
        return false;
    horizon->slot_s = 60 * (minutes > 0 && minutes <= 1440 ? minutes : 30);
    horizon->slots = (size_t)slots;
    return true;
}

/* A column "list.id.field": the object and its series field. */
static bool series_column(const struct az_formulation *formulation, const char *name,
                          json_t *document, struct az_arena *arena, json_t **object,
                          const struct az_field **field)
{
    const char *first = strchr(name, '.'), *last = strrchr(name, '.');
    if (!first || first == last) return false;
    char *list_name = az_arena_text_n(arena, name, (size_t)(first - name));
    char *id = az_arena_text_n(arena, first + 1, (size_t)(last - first - 1));
    const struct az_field *list = list_name ? object_list(formulation, list_name) : NULL;
    if (!list || !id) return false;
    *field = az_field_find(list->item->table, last + 1);
    *object = find_by_id(json_object_get(document, list_name), id);
    return *object && *field && (*field)->type == AZ_T_SERIES;
}

/* The slot that the first cell names, or SIZE_MAX. */
static size_t slot_of(const struct csv_horizon *horizon, const char *cell)
{
    char text[48];
    struct az_time time;
    double number;
    if (az_csv_number(cell, &number))
        return number >= 0 && number < (double)horizon->slots && number == (double)(size_t)number
                   ? (size_t)number
                   : SIZE_MAX;
    if (!az_time_parse(cell, &time)) {
        int offset = horizon->start.offset_min;
        size_t length = strlen(cell);
        if (length < 16 || length > 19) return SIZE_MAX;
        snprintf(text, sizeof text, "%s%c%02d:%02d", cell, offset < 0 ? '-' : '+',
                 abs(offset) / 60 % 100, abs(offset) % 60);
        text[10] = 'T';
        if (text[4] == '/' && text[7] == '/') text[4] = text[7] = '-';
        if (!az_time_parse(text, &time)) return SIZE_MAX;
    }
    int64_t since = time.utc_s - horizon->start.utc_s;
    if (since < 0 || since % horizon->slot_s != 0) return SIZE_MAX;
    size_t slot = (size_t)(since / horizon->slot_s);
    return slot < horizon->slots ? slot : SIZE_MAX;
}

/* Row numbers by slot. False with findings unless every slot has exactly one. */
static bool order_rows(const struct az_input *input, const struct az_csv *csv,
                       const struct csv_horizon *horizon, size_t rows[],
                       struct az_findings *findings)
{
    size_t count = 0, before = az_findings_total(findings);
    for (size_t r = 1; r < csv->count; r++) {
        const struct az_csv_row *row = &csv->rows[r];
        if (row->cells[0][0] == '#') continue;
        size_t slot = slot_of(horizon, row->cells[0]);
        count++;
        if (slot == SIZE_MAX || rows[slot] != 0)
            AZ_FIND(findings, &az_code_import_bad_value, AZ_LINE(input, row->line),
                    AZ_TEXT_PARAM("column", csv->rows[0].cells[0]),
                    AZ_TEXT_PARAM("value", row->cells[0]),
                    AZ_TEXT_PARAM("expected", slot == SIZE_MAX ? "the start of a slot"
                                                               : "a slot without a row yet"));
        else
            rows[slot] = r;
    }
    if (count != horizon->slots)
        AZ_FIND(findings, &az_code_import_row_count, AZ_AT(NULL, input->name),
                AZ_NUMBER_PARAM("found", (double)count),
                AZ_NUMBER_PARAM("expected", (double)horizon->slots));
    return az_findings_total(findings) == before;
}

static enum az_status read_column(const struct az_input *input, const struct az_csv *csv, size_t c,
                                  const struct csv_horizon *horizon, const size_t rows[],
                                  const struct az_field *field, json_t *object,
                                  struct az_findings *findings)
{
    json_t *series = json_array();
    for (size_t t = 0; series && t < horizon->slots; t++) {
        const struct az_csv_row *row = &csv->rows[rows[t]];
        const char *cell = c < row->count ? row->cells[c] : "";
        double number = 0;
        bool missing = !*cell && (field->flags & AZ_F_NULL);
        if (!missing && !az_csv_number(cell, &number))
            AZ_FIND(findings, &az_code_import_bad_number, AZ_LINE(input, row->line),
                    AZ_TEXT_PARAM("column", csv->rows[0].cells[c]), AZ_TEXT_PARAM("value", cell));
        if (json_array_append_new(series, missing ? json_null() : json_real(number)) != 0) {
            json_decref(series);
            return AZ_NO_MEMORY;
        }
    }
    return series && json_object_set_new(object, field->name, series) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_series(const struct az_input *input, const struct az_csv *csv,
                                  const struct az_formulation *formulation, json_t *document,
                                  struct az_arena *arena, struct az_findings *findings)
{
    struct csv_horizon horizon;
    const struct az_csv_row *header = &csv->rows[0];
    if (strcasecmp(header->cells[0], "time") != 0 && strcasecmp(header->cells[0], "slot") != 0) {
        AZ_FIND(findings, &az_code_import_missing_column, AZ_LINE(input, header->line),
                AZ_TEXT_PARAM("column", "time"));
        return AZ_OK;
    }
    size_t before = az_findings_total(findings);
    check_headers(input, header, findings);
    for (size_t r = 1; r < csv->count; r++)
        if (csv->rows[r].cells[0][0] != '#') check_shape(input, &csv->rows[r], header, findings);
    if (az_findings_total(findings) > before) return AZ_OK;
    if (!read_horizon(document, &horizon)) {
        AZ_FIND0(findings, &az_code_import_needs_into, NULL);
        return AZ_OK;
    }
    size_t *rows = AZ_ARRAY(arena, horizon.slots, size_t);
    if (!rows) return AZ_NO_MEMORY;
    if (!order_rows(input, csv, &horizon, rows, findings)) return AZ_OK;
    for (size_t c = 1; c < header->count; c++) {
        json_t *object;
        const struct az_field *field;
        if (!*header->cells[c]) continue;
        if (!series_column(formulation, header->cells[c], document, arena, &object, &field))
            AZ_FIND(findings, &az_code_import_unknown_column, AZ_LINE(input, header->line),
                    AZ_TEXT_PARAM("column", header->cells[c]));
        else
            AZ_TRY(read_column(input, csv, c, &horizon, rows, field, object, findings));
    }
    return AZ_OK;
}

/* --- the format ------------------------------------------------------------------------------- */

static enum az_status read_file(const struct az_import *import, const struct az_input *input,
                                const struct az_formulation *formulation, json_t *document,
                                struct az_arena *arena, struct az_findings *findings)
{
    struct az_csv csv;
    bool good;
    AZ_TRY(az_csv_read(input, arena, findings, &csv, &good));
    if (!good) return AZ_OK;
    if (csv.count == 0) {
        AZ_FIND(findings, &az_code_import_not_format, AZ_AT(NULL, input->name),
                AZ_TEXT_PARAM("what", "empty"));
        return AZ_OK;
    }
    if (!import->table) return read_series(input, &csv, formulation, document, arena, findings);
    const struct az_field *list = object_list(formulation, import->table);
    if (list) return read_objects(input, &csv, list, document, arena, findings);
    AZ_FIND(findings, &az_code_import_unknown_table, AZ_AT(NULL, "--table"),
            AZ_TEXT_PARAM("table", import->table),
            AZ_TEXT_PARAM("tables", list_names(formulation, arena)));
    return AZ_OK;
}

static enum az_status read_csv(const struct az_import *import, struct az_arena *arena,
                               struct az_findings *findings, json_t **document)
{
    const struct az_formulation *formulation = az_formulation_find(import->kind);
    enum az_status status = AZ_OK;
    json_t *filled = NULL;
    *document = NULL;
    if (az_csv_clinic_is(import)) return az_csv_clinic_read(import, arena, findings, document);
    if (az_csv_siting_is(import)) return az_csv_siting_read(import, arena, findings, document);
    if (!formulation) {
        AZ_FIND0(findings, &az_code_import_needs_kind, NULL);
        return AZ_OK;
    }
    filled = import->into ? json_deep_copy(import->into) : json_pack("{s:s}", "kind", import->kind);
    if (!filled) return AZ_NO_MEMORY;
    for (size_t i = 0; i < import->input_count; i++)
        AZ_GOTO(read_file(import, &import->inputs[i], formulation, filled, arena, findings));
    if (az_findings_total(findings) == 0) *document = json_incref(filled);
done:
    json_decref(filled);
    return status;
}

const struct az_import_format az_import_csv = {
    .name = "csv",
    .summary = { "a list of objects (--table) or series, columns named by the fields (--into, "
                 "--kind)",
                 "一覧表（--table）または時系列の CSV。列名は項目名（--into、--kind）" },
    .read = read_csv,
};
