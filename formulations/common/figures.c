/* figures.c - names, key numbers, charts, tables and notes of a view. */
#include "formulations/common/figures.h"

#include <math.h>
#include <string.h>

/* --- words ----------------------------------------------------------------------------------- */

struct az_words az_name_words(struct az_arena *arena, const char *name, const char *id)
{
    const char *cut = name ? strstr(name, " / ") : NULL;
    const char *text = name && *name ? name : id ? id : "";
    struct az_words words = { text, text };
    if (!cut || cut == name || !cut[3]) return words;
    const char *ja = az_arena_text_n(arena, name, (size_t)(cut - name));
    if (ja) words = AZ_WORDS(cut + 3, ja);
    return words;
}

struct az_words az_label_words(struct az_arena *arena, struct az_words name, struct az_words what)
{
    struct az_words words = { az_arena_format(arena, "%s: %s", name.en, what.en),
                              az_arena_format(arena, "%s：%s", name.ja, what.ja) };
    return words.en && words.ja ? words : name;
}

/* --- plans ----------------------------------------------------------------------------------- */

size_t az_entry_of(const struct az_ref keys[], size_t count, size_t asset)
{
    if (!keys) return AZ_NO_INDEX;
    if (asset < count && keys[asset].index == asset) return asset;
    for (size_t k = 0; k < count; k++)
        if (keys[k].index == asset) return k;
    return AZ_NO_INDEX;
}

void az_add_series(double *values, const struct az_series *series, double factor, size_t count)
{
    for (size_t t = 0; values && t < count; t++) values[t] += factor * az_shown(series, t);
}

/* --- charts ---------------------------------------------------------------------------------- */

struct az_draft az_draft_begin(struct az_arena *arena, struct az_words title, const char *unit,
                               struct az_time start, int64_t slot_minutes, size_t count,
                               size_t capacity)
{
    struct az_draft draft = { .arena = arena, .capacity = capacity };
    draft.chart.title = title;
    draft.chart.unit[0] = unit;
    draft.chart.start = start;
    draft.chart.step_s = 60 * slot_minutes;
    draft.chart.count = count;
    draft.chart.lines.items = AZ_ARRAY(arena, capacity, struct az_line);
    draft.failed = !draft.chart.lines.items;
    return draft;
}

double *az_draft_line(struct az_draft *draft, struct az_words label, const char *role,
                      enum az_mark mark, int axis)
{
    double *values = AZ_ARRAY(draft->arena, draft->chart.count, double);
    if (draft->failed || !values || draft->chart.lines.count == draft->capacity) {
        draft->failed = true;
        return NULL;
    }
    draft->chart.lines.items[draft->chart.lines.count++] =
        (struct az_line){ label, role, mark, axis, values };
    return values;
}

void az_draft_drop_zero(struct az_draft *draft)
{
    size_t last = draft->chart.lines.count;
    if (draft->failed || last == 0) return;
    for (size_t t = 0; t < draft->chart.count; t++)
        if (fabs(draft->chart.lines.items[last - 1].values[t]) > 1e-6) return;
    draft->chart.lines.count--;
}

enum az_status az_draft_finish(struct az_draft *draft, struct az_view *view)
{
    if (draft->failed) return AZ_NO_MEMORY;
    if (draft->chart.lines.count > 0) view->charts.items[view->charts.count++] = draft->chart;
    return AZ_OK;
}

/* --- Gantts ---------------------------------------------------------------------------------- */

enum az_status az_gantt_bar(struct az_arena *arena, struct az_gantt_row *row, struct az_bar bar)
{
    size_t count = row->bars.count;
    bool full = count == 0 || (count >= 8 && (count & (count - 1)) == 0); /* 8, 16, 32, ... */
    if (full) {
        row->bars.items =
            az_arena_grow(arena, row->bars.items, count, count ? 2 * count : 8, sizeof bar);
        if (!row->bars.items) return AZ_NO_MEMORY;
    }
    if (!bar.label.en || !bar.label.ja) return AZ_NO_MEMORY;
    row->bars.items[row->bars.count++] = bar;
    return AZ_OK;
}

static bool has_role(const struct az_gantt *gantt, const char *role)
{
    for (size_t r = 0; r < gantt->rows.count; r++)
        for (size_t b = 0; b < gantt->rows.items[r].bars.count; b++)
            if (strcmp(gantt->rows.items[r].bars.items[b].role, role) == 0) return true;
    return false;
}

enum az_status az_gantt_keys(struct az_arena *arena, struct az_gantt *gantt,
                             const struct az_key keys[], size_t count)
{
    gantt->keys.items = AZ_ARRAY(arena, count, struct az_key);
    if (!gantt->keys.items) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++)
        if (has_role(gantt, keys[k].role)) gantt->keys.items[gantt->keys.count++] = keys[k];
    return AZ_OK;
}

/* --- tables ---------------------------------------------------------------------------------- */

struct az_view_table *az_view_table(struct az_view *view, struct az_arena *arena,
                                    struct az_words title, size_t columns, size_t rows)
{
    struct az_view_table *table = &view->tables.items[view->tables.count];
    table->title = title;
    table->columns.items = AZ_ARRAY(arena, columns, struct az_table_column);
    table->cells = AZ_ARRAY(arena, columns * rows, struct az_cell);
    if (!table->columns.items || !table->cells) return NULL;
    view->tables.count++;
    return table;
}

void az_view_column(struct az_view_table *table, struct az_words label, const char *unit)
{
    az_view_signed_column(table, label, unit, AZ_SIGN_COST);
}

void az_view_signed_column(struct az_view_table *table, struct az_words label, const char *unit,
                           enum az_sign sign)
{
    table->columns.items[table->columns.count++] = (struct az_table_column){ label, unit, sign };
}

struct az_cell *az_view_row(struct az_view_table *table)
{
    return &table->cells[table->columns.count * table->row_count++];
}

struct az_cell az_cell_words(struct az_words words)
{
    return (struct az_cell){ .words = words };
}

struct az_cell az_cell_text(const char *text)
{
    return (struct az_cell){ .text = text ? text : "" };
}

struct az_cell az_cell_number(double number, int decimals)
{
    return (struct az_cell){ .number = number, .decimals = decimals };
}

struct az_cell az_cell_clock(struct az_arena *arena, struct az_time time)
{
    int year, month, day, minute;
    if (!az_time_given(time)) return az_cell_text("");
    az_time_local(time, &year, &month, &day, &minute);
    return az_cell_text(az_arena_format(arena, "%02d:%02d", minute / 60, minute % 60));
}

/* --- numbers, notes -------------------------------------------------------------------------- */

void az_view_number(struct az_view *view, struct az_words label, double value, const char *unit,
                    int decimals, struct az_words note)
{
    view->numbers.items[view->numbers.count++] =
        (struct az_key_number){ label, value, unit, decimals, note };
}

enum az_status az_view_notes(struct az_view *view, struct az_arena *arena, const char *notes,
                             const char *const sources[], size_t source_count)
{
    view->notes.items = AZ_ARRAY(arena, source_count + 1, struct az_words);
    if (!view->notes.items) return AZ_NO_MEMORY;
    if (notes && *notes) view->notes.items[view->notes.count++] = AZ_WORDS(notes, notes);
    for (size_t i = 0; i < source_count; i++)
        view->notes.items[view->notes.count++] = AZ_WORDS(sources[i], sources[i]);
    return AZ_OK;
}
