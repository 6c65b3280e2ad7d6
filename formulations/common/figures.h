/* figures.h - what the views of every kind are put together from: names in both languages, key
 * numbers, charts, tables, notes.
 *
 * All memory is the arena's. Builders that fail for want of memory say so at the end (charts) or
 * with NULL (tables). */
#ifndef AZ_FIGURES_H
#define AZ_FIGURES_H

#include "formulations/view.h"
#include "solver/base/arena.h"

#define AZ_WORDS(en_, ja_) ((struct az_words){ en_, ja_ })

/* --- words --------------------------------------------------------------------------------- */

/* A name for people: "日本語 / English" serves each language with its part; without a name the id,
 * without either "". */
struct az_words az_name_words(struct az_arena *arena, const char *name, const char *id);

/* Two words as one label: "Mountain side: price". */
struct az_words az_label_words(struct az_arena *arena, struct az_words name, struct az_words what);

/* --- plans --------------------------------------------------------------------------------- */

/* The entry of an asset in a plan's map: its position, or AZ_NO_INDEX. keys: linked. */
size_t az_entry_of(const struct az_ref keys[], size_t count, size_t asset);

/* Value t of a plan's series; 0 without one. */
static inline double az_shown(const struct az_series *series, size_t t)
{
    bool there = series->values && t < series->count && isfinite(series->values[t]);
    return there ? series->values[t] : 0;
}

/* Adds factor times a series to the values of a line; none where the line is NULL. */
void az_add_series(double *values, const struct az_series *series, double factor, size_t count);

/* --- charts -------------------------------------------------------------------------------- */

/* A chart under construction. */
struct az_draft {
    struct az_arena *arena;
    struct az_chart chart;
    size_t capacity; /* lines */
    bool failed;
};

/* count: values per line; capacity: lines at most. */
struct az_draft az_draft_begin(struct az_arena *arena, struct az_words title, const char *unit,
                               struct az_time start, int64_t slot_minutes, size_t count,
                               size_t capacity);

/* A new line of zeros; NULL without memory. */
double *az_draft_line(struct az_draft *draft, struct az_words label, const char *role,
                      enum az_mark mark, int axis);

/* Takes back the last line when nothing happens on it. */
void az_draft_drop_zero(struct az_draft *draft);

/* Takes the chart into the view, whose list has room; one without lines is left out. */
enum az_status az_draft_finish(struct az_draft *draft, struct az_view *view);

/* --- Gantts ---------------------------------------------------------------------------------- */

/* Adds a bar to a row, whose list grows as needed. AZ_NO_MEMORY also for a label that is not there.
 */
enum az_status az_gantt_bar(struct az_arena *arena, struct az_gantt_row *row, struct az_bar bar);

/* The keys of those roles that some bar has. */
enum az_status az_gantt_keys(struct az_arena *arena, struct az_gantt *gantt,
                             const struct az_key keys[], size_t count);

/* --- tables, numbers, notes ---------------------------------------------------------------- */

/* A new table in the view, whose list has room; NULL without memory. */
struct az_view_table *az_view_table(struct az_view *view, struct az_arena *arena,
                                    struct az_words title, size_t columns, size_t rows);
void az_view_column(struct az_view_table *table, struct az_words label, const char *unit);
/* The same with what a number below zero says. */
void az_view_signed_column(struct az_view_table *table, struct az_words label, const char *unit,
                           enum az_sign sign);
/* The cells of a new row, after the last column. */
struct az_cell *az_view_row(struct az_view_table *table);

struct az_cell az_cell_words(struct az_words words);
struct az_cell az_cell_text(const char *text); /* NULL: "" */
struct az_cell az_cell_number(double number, int decimals);
/* "18:30" at the time's own offset; "" when absent. */
struct az_cell az_cell_clock(struct az_arena *arena, struct az_time time);

/* Adds a key number to the view, whose list has room. */
void az_view_number(struct az_view *view, struct az_words label, double value, const char *unit,
                    int decimals, struct az_words note);
#define AZ_NO_NOTE ((struct az_words){ NULL, NULL })

/* The instance's notes and sources as the view's notes. notes may be NULL. */
enum az_status az_view_notes(struct az_view *view, struct az_arena *arena, const char *notes,
                             const char *const sources[], size_t source_count);

#endif
