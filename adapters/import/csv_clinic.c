/* csv_clinic.c - the office's spreadsheet as sites (or staff) of a clinic instance.
 *
 *   azumi import csv --kind clinic --key KEYFILE sites.csv [--into WEEK] [--gazetteer FILE]
 *   azumi import csv --kind clinic --key KEYFILE --table staff staff.csv [--into WEEK]
 *
 * `azumi schema clinic --csv-template [staff]` prints the empty sheets. The key file is written
 * before the instance is, and only when every row of every sheet is good. A row that is there
 * already (its identifier is) changes that site; other sites of the instance stay. Without --into
 * the instance begins on --date, with cares that are told to be assumed. With both, the horizon of
 * the instance moves to the date. */
#include "adapters/import/csv_clinic.h"

#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"

#define DEFAULT_HOURS "09:00-17:00"
#define OFFSET "+09:00"

static const char default_cares[] =
    "[{\"id\":\"online\",\"stage\":1,\"visit_min\":15,\"doctor\":{\"minutes\":15}},"
    "{\"id\":\"nurse-visit\",\"stage\":2,\"visit_min\":30,\"per_patient_min\":10,"
    "\"skills\":[\"nurse\"],\"doctor\":{\"minutes\":15,\"after_min\":10},"
    "\"pharmacist\":{\"minutes\":10,\"after_min\":25,\"wait_max_min\":20}},"
    "{\"id\":\"clinic-car\",\"stage\":3,\"visit_min\":40,\"per_patient_min\":15,"
    "\"skills\":[\"doctor\",\"nurse\"]}]";

bool az_csv_clinic_is(const struct az_import *import)
{
    return import->kind && strcmp(import->kind, "clinic") == 0 &&
           (!import->table || strcmp(import->table, "sites") == 0 ||
            strcmp(import->table, "staff") == 0);
}

/* --- what is filled -----------------------------------------------------------------------------
 */

static enum az_status need_list(json_t *document, const char *name)
{
    return json_is_array(json_object_get(document, name)) ? AZ_OK
                                                          : az_cs_set(document, name, json_array());
}

/* A fresh instance: its cares are guesses that the office has to mend. */
static enum az_status begin(struct cs_sheet *sheet)
{
    sheet->document = json_pack("{s:s, s:i}", "kind", "clinic", "days", 5);
    if (!sheet->document) return AZ_NO_MEMORY;
    AZ_FIND(sheet->import->told, &az_code_import_default_cares, NULL,
            AZ_TEXT_PARAM("cares", "online, nurse-visit, clinic-car"));
    return az_cs_set(sheet->document, "cares", json_loads(default_cares, 0, NULL));
}

/* The first day: of --date, else of the instance. */
static enum az_status set_start(struct cs_sheet *sheet)
{
    const struct az_import *import = sheet->import;
    const char *start = json_string_value(json_object_get(sheet->document, "start"));
    bool has_start = start && az_time_parse(start, &sheet->start);
    char text[32];
    if (import->date) {
        const char *offset = OFFSET;
        if (has_start) {
            az_time_format(sheet->start, text);
            offset = text + strlen("2026-11-30T00:00:00");
        }
        start = az_arena_format(sheet->arena, "%sT00:00:00%s", import->date, offset);
        if (!start) return AZ_NO_MEMORY;
        if (strlen(import->date) != 10 || !az_time_parse(start, &sheet->start)) {
            AZ_FIND(sheet->findings, &az_code_import_bad_date, AZ_AT(NULL, "--date"),
                    AZ_TEXT_PARAM("value", import->date));
            return AZ_OK;
        }
        AZ_TRY(az_cs_set(sheet->document, "start", json_string(start)));
    } else if (!has_start) {
        AZ_FIND0(sheet->findings, &az_code_import_needs_date, NULL);
        return AZ_OK;
    }
    az_time_format(sheet->start, text);
    memcpy(sheet->near, text, 10);
    sheet->near[10] = 0;
    return AZ_OK;
}

static enum az_status prepare(struct cs_sheet *sheet)
{
    static const char *const lists[] = { "cares", "places", "sites", "staff" };
    const struct az_import *import = sheet->import;
    if (import->into && !(sheet->document = json_deep_copy(import->into))) return AZ_NO_MEMORY;
    if (!import->into) AZ_TRY(begin(sheet));
    AZ_TRY(set_start(sheet));
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        AZ_TRY(need_list(sheet->document, lists[i]));
    if (!import->key) {
        AZ_FIND0(sheet->findings, &az_code_import_needs_key, NULL);
        return AZ_OK;
    }
    AZ_TRY(az_cs_read_gazetteer(sheet));
    return az_keyfile_open(import->key, sheet->arena, sheet->findings, &sheet->keyfile);
}

/* --- rows ---------------------------------------------------------------------------------------
 */

/* The object of an identifier; made when it is not there. Borrowed. NULL: no memory. */
static json_t *object_of(const struct cs_sheet *sheet, const char *id, bool *is_new)
{
    json_t *list = json_object_get(sheet->document, sheet->of_staff ? "staff" : "sites"), *object;
    size_t i;
    *is_new = false;
    json_array_foreach(list, i, object)
    {
        const char *other = json_string_value(json_object_get(object, "id"));
        if (other && strcmp(other, id) == 0) return object;
    }
    *is_new = true;
    object = json_pack("{s:s}", "id", id);
    if (!object) return NULL;
    return json_array_append_new(list, object) == 0 ? object : NULL;
}

/* Is a row with this identifier there already? */
static enum az_status see(const struct cs_sheet *sheet, const struct az_csv_row *row,
                          const char *id, bool *again)
{
    size_t number = az_sheet_row_number(&sheet->rows, row);
    json_t *earlier = json_object_get(sheet->seen, id);
    *again = earlier != NULL;
    if (!earlier) return az_cs_set(sheet->seen, id, json_integer((json_int_t)number));
    AZ_FIND(sheet->findings, &az_code_import_same_row, AZ_SHEET_PLACE(&sheet->rows, row),
            AZ_NUMBER_PARAM("row", (double)json_integer_value(earlier)));
    return AZ_OK;
}

static enum az_status read_row(struct cs_sheet *sheet, const struct az_csv_row *row)
{
    struct az_person person, known;
    const char *id = NULL;
    bool again, is_new;
    if (az_sheet_is_idle(row) || az_sheet_is_shifted(&sheet->rows, row)) return AZ_OK;
    size_t before = az_findings_total(sheet->findings);
    if (!az_cs_person(sheet, row, &id, &person))
        return az_findings_total(sheet->findings) > before ? AZ_OK : AZ_NO_MEMORY;
    AZ_TRY(see(sheet, row, id, &again));
    if (again) return AZ_OK;
    const char *namesake =
        person.name ? az_keyfile_named(sheet->keyfile, sheet->of_staff ? "n" : "s", person.name)
                    : NULL;
    if (namesake && !az_keyfile_find(sheet->keyfile, id, &known))
        AZ_FIND(sheet->import->told, &az_code_import_same_name, AZ_SHEET_PLACE(&sheet->rows, row),
                AZ_TEXT_PARAM("id", namesake));
    AZ_TRY(az_keyfile_put(sheet->keyfile, id, person));
    json_t *object = object_of(sheet, id, &is_new);
    if (!object) return AZ_NO_MEMORY;
    return sheet->of_staff ? az_cs_fill_staff(sheet, row, object)
                           : az_cs_fill_site(sheet, row, id, object);
}

static enum az_status read_file(struct cs_sheet *sheet, const struct az_input *input)
{
    size_t before = az_findings_total(sheet->findings);
    AZ_TRY(az_cs_open(sheet, input));
    if (az_findings_total(sheet->findings) > before) return AZ_OK;
    for (size_t r = sheet->rows.header + 1; r < sheet->rows.csv.count; r++)
        AZ_TRY(read_row(sheet, &sheet->rows.csv.rows[r]));
    return AZ_OK;
}

/* --- what is told -------------------------------------------------------------------------------
 */

/* A sheet is not yet a week: who goes out, in what, and who is on line stand elsewhere. */
static void tell_lacks(const struct cs_sheet *sheet)
{
    static const char *const lists[] = { "staff", "vehicles", "remote" };
    char lacking[48] = "";
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (json_array_size(json_object_get(sheet->document, lists[i])) > 0) continue;
        if (*lacking) strcat(lacking, ", ");
        strcat(lacking, lists[i]);
    }
    if (*lacking)
        AZ_FIND(sheet->import->told, &az_code_import_week_lacks, NULL,
                AZ_TEXT_PARAM("lists", lacking));
}

static void tell(const struct cs_sheet *sheet)
{
    struct az_findings *told = sheet->import->told;
    size_t i, unseen = 0;
    json_t *site;
    json_array_foreach(json_object_get(sheet->document, "sites"), i, site)
    {
        const char *id = json_string_value(json_object_get(site, "id"));
        unseen += !id || !json_object_get(sheet->seen, id);
    }
    tell_lacks(sheet);
    if (sheet->default_hours > 0)
        AZ_FIND(told, &az_code_import_default_hours, NULL,
                AZ_NUMBER_PARAM("count", (double)sheet->default_hours),
                AZ_TEXT_PARAM("hours", DEFAULT_HOURS));
    if (sheet->guessed_hours > 0)
        AZ_FIND(told, &az_code_import_guessed_hours, NULL,
                AZ_NUMBER_PARAM("count", (double)sheet->guessed_hours));
    if (sheet->rough > 0)
        AZ_FIND(told, &az_code_import_rough_places, NULL, AZ_NUMBER_PARAM("digits", 3));
    if (!sheet->of_staff && unseen > 0)
        AZ_FIND(told, &az_code_import_sites_stay, NULL, AZ_NUMBER_PARAM("count", (double)unseen));
}

enum az_status az_csv_clinic_read(const struct az_import *import, struct az_arena *arena,
                                  struct az_findings *findings, json_t **document)
{
    struct cs_sheet sheet = { .import = import,
                              .arena = arena,
                              .findings = findings,
                              .of_staff = import->table && strcmp(import->table, "staff") == 0 };
    enum az_status status = AZ_OK;
    *document = NULL;
    AZ_GOTO(prepare(&sheet));
    if (az_findings_total(findings) > 0) goto done;
    if (!(sheet.seen = json_object())) {
        status = AZ_NO_MEMORY;
        goto done;
    }
    for (size_t i = 0; i < import->input_count; i++) AZ_GOTO(read_file(&sheet, &import->inputs[i]));
    if (az_findings_total(findings) == 0) AZ_GOTO(az_keyfile_save(sheet.keyfile, findings));
    if (az_findings_total(findings) > 0) goto done;
    tell(&sheet);
    *document = json_incref(sheet.document);
done:
    az_keyfile_close(sheet.keyfile);
    json_decref(sheet.seen);
    json_decref(sheet.document);
    return status;
}
