/* csv_clinic_staff.c - a row as a member of staff. */
#include <string.h>

#include "adapters/import/csv_clinic.h"
#include "formulations/clinic/tables.h"

/* The skill that a word means: only these reach the instance. */
static const char *skill_of(const char *word)
{
    static const char *const words[][2] = {
        { "看護師", "nurse" },      { "看護", "nurse" },        { "准看護師", "nurse" },
        { "保健師", "nurse" },      { "nurse", "nurse" },       { "医師", "doctor" },
        { "doctor", "doctor" },     { "薬剤師", "pharmacist" }, { "pharmacist", "pharmacist" },
        { "運転", "driver" },       { "運転手", "driver" },     { "運転士", "driver" },
        { "ドライバー", "driver" }, { "driver", "driver" },
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], word) == 0) return words[i][1];
    return NULL;
}

static enum az_status set_skills(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                 json_t *member)
{
    const char *cell = az_cs_cell(sheet, row, CS_SKILLS);
    char *rest = cell ? az_arena_text(sheet->arena, cell) : NULL, *item;
    json_t *skills = json_array(), *other;
    size_t i;
    if (!rest) {
        json_decref(skills);
        return AZ_NO_MEMORY;
    }
    AZ_TRY(az_cs_set(member, "skills", skills));
    while ((item = az_plain_item(&rest, true))) {
        const char *skill = skill_of(item);
        bool again = false;
        if (!skill) {
            az_cs_wrong(sheet, row, CS_SKILLS, &az_code_import_cell_unknown);
            return AZ_OK;
        }
        json_array_foreach(skills, i, other) again =
            again || strcmp(json_string_value(other), skill) == 0;
        if (!again && json_array_append_new(skills, json_string(skill)) != 0) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

/* The break of a shift: its length, and the hours in which it begins. */
static enum az_status set_break(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                json_t *shift)
{
    int64_t minutes;
    char from[6], until[6];
    bool guessed = false;
    const char *hours = az_cs_cell(sheet, row, CS_BREAK_HOURS);
    if (!hours) return AZ_NO_MEMORY;
    if (!az_cs_integer(sheet, row, CS_BREAK_MIN, 0, 1440, &minutes) || minutes == 0) return AZ_OK;
    if (!*hours) {
        az_cs_wrong(sheet, row, CS_BREAK_HOURS, &az_code_import_cell_empty);
        return AZ_OK;
    }
    if (!az_plain_hours(hours, from, until, &guessed)) {
        az_cs_wrong(sheet, row, CS_BREAK_HOURS, &az_code_import_cell_wrong);
        return AZ_OK;
    }
    AZ_TRY(az_cs_set(shift, "break_min", json_integer(minutes)));
    AZ_TRY(az_cs_set(shift, "break_from", json_string(from)));
    return az_cs_set(shift, "break_until", json_string(until));
}

static enum az_status set_shifts(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                 json_t *member)
{
    const char *cell = az_cs_cell(sheet, row, CS_HOURS);
    char *rest = cell ? az_arena_text(sheet->arena, cell) : NULL, *item, from[6], until[6];
    json_t *shifts = json_array();
    bool guessed = false;
    if (!rest) {
        json_decref(shifts);
        return AZ_NO_MEMORY;
    }
    AZ_TRY(az_cs_set(member, "shifts", shifts));
    if (!*rest) az_cs_wrong(sheet, row, CS_HOURS, &az_code_import_cell_empty);
    az_plain_join(rest);
    while ((item = az_plain_item(&rest, true))) {
        if (!az_plain_hours(item, from, until, &guessed) || guessed) {
            az_cs_wrong(sheet, row, CS_HOURS, &az_code_import_cell_wrong);
            return AZ_OK;
        }
        json_t *shift = json_pack("{s:s, s:s}", "from", from, "until", until);
        if (!shift || json_array_append_new(shifts, shift) != 0) return AZ_NO_MEMORY;
        AZ_TRY(az_cs_set_days(sheet, row, shift));
        AZ_TRY(set_break(sheet, row, shift));
    }
    return AZ_OK;
}

static enum az_status set_amounts(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                  json_t *member)
{
    static const struct {
        enum cs_column column;
        const char *name;
        double most;
    } members[] = { { CS_OVERTIME_MIN, "overtime_max_min", 1440 },
                    { CS_OVERTIME_PRICE, "overtime_price_jpy_per_h", CL_MAX_MONEY },
                    { CS_DAY_COST, "cost_jpy_per_day", CL_MAX_MONEY } };
    double value;
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if (!az_cs_has(sheet, members[i].column)) continue;
        json_object_del(member, members[i].name);
        if (az_cs_amount(sheet, row, members[i].column, 0, members[i].most, &value))
            AZ_TRY(az_cs_set(member, members[i].name, json_real(value)));
    }
    return AZ_OK;
}

static enum az_status set_temporary(const struct cs_sheet *sheet, const struct az_csv_row *row,
                                    json_t *member)
{
    static const char *const yes[] = { "○", "◯", "〇", "はい", "臨時", "1", "true", "yes" };
    static const char *const no[] = { "", "×", "-", "いいえ", "0", "false", "no" };
    const char *cell = az_cs_cell(sheet, row, CS_TEMPORARY);
    if (!cell) return AZ_NO_MEMORY;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (strcmp(cell, yes[i]) == 0) return az_cs_set(member, "temporary", json_true());
    json_object_del(member, "temporary");
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (strcmp(cell, no[i]) == 0) return AZ_OK;
    az_cs_wrong(sheet, row, CS_TEMPORARY, &az_code_import_cell_wrong);
    return AZ_OK;
}

enum az_status az_cs_fill_staff(struct cs_sheet *sheet, const struct az_csv_row *row,
                                json_t *member)
{
    AZ_TRY(set_skills(sheet, row, member));
    AZ_TRY(set_shifts(sheet, row, member));
    if (az_cs_has(sheet, CS_CLOSED)) {
        json_object_del(member, "absent");
        json_t *dates = az_cs_dates(sheet, row, CS_CLOSED);
        AZ_TRY(az_cs_set(member, "absent", dates));
    }
    AZ_TRY(set_amounts(sheet, row, member));
    return az_cs_has(sheet, CS_TEMPORARY) ? set_temporary(sheet, row, member) : AZ_OK;
}
