/* csv_clinic_people.c - who a row is about: names, addresses and phones become an identifier.
 *
 * Who somebody is says the office's number where the sheet has one, else name and address together:
 * these are squeezed first, so that a blank or a full-width digit makes no other person. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/import/csv_clinic.h"

#define LONGEST 400 /* bytes of a personal cell */

/* What stands in a cell, roughly. */
struct shape {
    size_t digits, signs, letters; /* letters: everything that is neither */
};

static struct shape shape_of(const char *text)
{
    struct shape shape = { 0 };
    for (const char *p = text; *p; p++) {
        if (isdigit((unsigned char)*p))
            shape.digits++;
        else if ((unsigned char)*p < 0x80 && !isalpha((unsigned char)*p))
            shape.signs++;
        else if (((unsigned char)*p & 0xc0) != 0x80)
            shape.letters++;
    }
    return shape;
}

/* A date stands where a name or an address should. */
static bool is_date(const char *text)
{
    char date[11];
    return az_plain_date(text, "2026-01-01", false, date);
}

static bool fits(enum cs_column column, const char *cell)
{
    struct shape shape = shape_of(cell);
    double number;
    if (strlen(cell) > LONGEST) return false;
    if (column == CS_NUMBER)
        return shape.digits + shape.letters > 0 && strlen(cell) <= 32 &&
               strspn(cell, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJ"
                            "KLMNOPQRSTUVWXYZ-_./ ") == strlen(cell);
    if (column == CS_PHONE) return shape.digits >= 6 && shape.digits >= shape.letters;
    return shape.letters > 0 && !is_date(cell) && !az_plain_number(cell, &number);
}

/* A personal cell; NULL when it is not what its header says. */
static const char *take(const struct cs_sheet *sheet, const struct az_csv_row *row,
                        enum cs_column column)
{
    const char *cell = az_cs_cell(sheet, row, column);
    if (!cell || !*cell) return NULL;
    if (fits(column, cell)) return cell;
    az_cs_wrong(sheet, row, column, &az_code_import_cell_wrong);
    return NULL;
}

/* Prefixes of identifiers. */
static const char *prefix(const struct cs_sheet *sheet)
{
    return sheet->of_staff ? "n" : "s";
}

bool az_cs_person(const struct cs_sheet *sheet, const struct az_csv_row *row, const char **id,
                  struct az_person *person)
{
    struct az_arena *arena = sheet->arena;
    size_t before = az_findings_total(sheet->findings);
    person->number = take(sheet, row, CS_NUMBER);
    person->name = take(sheet, row, CS_NAME);
    person->address = take(sheet, row, CS_ADDRESS);
    person->phone = take(sheet, row, CS_PHONE);
    if (az_findings_total(sheet->findings) > before) return false;
    if (!person->number && !person->name) {
        az_cs_wrong(sheet, row, az_cs_has(sheet, CS_NAME) ? CS_NAME : CS_NUMBER,
                    &az_code_import_cell_empty);
        return false;
    }
    const char *identity = "";
    /* Line ends tell the parts apart: none is left within one that is squeezed. */
    const char *parts[3] = { person->number ? "number" : "name",
                             person->number ? person->number : person->name,
                             person->number || sheet->of_staff ? NULL : person->address };
    for (size_t i = 0; identity && i < 3; i++) {
        const char *part = parts[i] ? az_plain(parts[i], true, arena) : "";
        identity = part ? az_arena_format(arena, "%s%s\n", identity, part) : NULL;
    }
    *id = identity ? az_keyfile_id(sheet->keyfile, prefix(sheet), identity) : NULL;
    return *id != NULL;
}

static bool is_staff(const struct cs_sheet *sheet, const char *id)
{
    size_t i;
    json_t *member;
    json_array_foreach(json_object_get(sheet->document, "staff"), i, member)
    {
        const char *other = json_string_value(json_object_get(member, "id"));
        if (other && strcmp(other, id) == 0) return true;
    }
    return false;
}

json_t *az_cs_familiar(const struct cs_sheet *sheet, const struct az_csv_row *row)
{
    const char *cell = az_cs_cell(sheet, row, CS_FAMILIAR);
    char *rest = cell ? az_arena_text(sheet->arena, cell) : NULL, *item;
    json_t *list = json_array();
    bool unknown = false;
    /* Between family name and given name a blank may stand: it cuts nothing here. */
    char *to = rest;
    for (const char *from = rest; from && *from; from++)
        if (*from != ' ') *to++ = *from;
    if (to) *to = 0;
    while (list && rest && (item = az_plain_item(&rest, true))) {
        const char *id = az_keyfile_named(sheet->keyfile, "n", item);
        if (!id || !is_staff(sheet, id)) {
            unknown = true;
        } else {
            bool again = false;
            size_t i;
            json_t *other;
            json_array_foreach(list, i, other) again =
                again || strcmp(json_string_value(other), id) == 0;
            if (!again && json_array_append_new(list, json_string(id)) != 0) {
                json_decref(list);
                return NULL;
            }
        }
    }
    if (unknown) az_cs_wrong(sheet, row, CS_FAMILIAR, &az_code_import_cell_unknown);
    return list;
}
