/* model_write.c - the LP and MPS writers of a model.
 *
 * Both formats are the common ground of the readers that people use: no section or construct that
 * one of them lacks. Ranged rows become two rows, the offset a column fixed at 1 (readers disagree
 * on what a right side of the objective means). */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "solver/model.h"

#define NUMBER_SIZE 40
#define NAME_SIZE 200
#define TERMS_PER_LINE 5

/* The shortest decimal that reads back as the same double, whatever the locale. */
static const char *number_text(double number, char text[NUMBER_SIZE])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUMBER_SIZE, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    for (char *c = text; *c; c++)
        if (*c == ',') *c = '.';
    return text;
}

/* --- names --- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Characters that both formats and all their readers take within a name. */
static bool is_safe(char c)
{
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '(' || c == ')' ||
           c == '@' || c == '#' || c == '$';
}

/* Names that stand for something in the LP format, or that the writers use themselves. */
static bool is_reserved(const char *name)
{
    static const char *const words[] = {
        "minimize",  "minimise", "min",    "maximize", "maximise", "max",      "minimum",
        "maximum",   "subject",  "such",   "st",       "s.t.",     "st.",      "to",
        "that",      "bounds",   "bound",  "general",  "generals", "gen",      "integer",
        "integers",  "int",      "binary", "binaries", "bin",      "semis",    "semi",
        "sos",       "sos1",     "sos2",   "free",     "inf",      "infinity", "end",
        "objective", "name",     "rows",   "columns",  "rhs",      "ranges",   "endata"
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(name, words[i]) == 0) return true;
    return false;
}

/* c12 and r12 are the names of what has none. */
static bool looks_made_up(const char *name)
{
    if ((name[0] != 'c' && name[0] != 'r') || !is_digit(name[1])) return false;
    for (name++; *name; name++)
        if (!is_digit(*name)) return false;
    return true;
}

/* Can the name stand as it is? An e at the start reads like an exponent. */
static bool name_is_safe(const char *name)
{
    if (!is_letter(name[0]) || name[0] == 'e' || name[0] == 'E') return false;
    size_t length = 0;
    for (; name[length]; length++)
        if (!is_safe(name[length])) return false;
    return length < NAME_SIZE / 2 && !is_reserved(name) && !looks_made_up(name);
}

/* Names as they are written. */
struct names {
    const char *const *given;
    char prefix;
    bool *keep; /* the given name is safe and the first of its kind */
};

struct named {
    const char *name;
    size_t index;
};

static int by_name(const void *left, const void *right)
{
    const struct named *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static enum az_status choose_names(struct names *names, struct az_arena *arena, size_t count,
                                   const char *const given[], char prefix)
{
    *names = (struct names){ .given = given, .prefix = prefix };
    names->keep = AZ_ARRAY(arena, count, bool);
    struct named *sorted = AZ_ARRAY(arena, count, struct named);
    if (!names->keep || !sorted) return AZ_NO_MEMORY;
    size_t safe = 0;
    for (size_t i = 0; i < count; i++)
        if (given[i] && name_is_safe(given[i]))
            sorted[safe++] = (struct named){ .name = given[i], .index = i };
    qsort(sorted, safe, sizeof *sorted, by_name);
    for (size_t k = 0; k < safe; k++)
        names->keep[sorted[k].index] = k == 0 || strcmp(sorted[k].name, sorted[k - 1].name) != 0;
    return AZ_OK;
}

/* The written name of item i. Only names that were changed have a ~ in them, so none collide. */
static const char *name_text(const struct names *names, size_t i, char text[NAME_SIZE])
{
    const char *given = names->given[i];
    if (given && names->keep[i]) return given;
    if (!given) {
        snprintf(text, NAME_SIZE, "%c%zu", names->prefix, i);
        return text;
    }
    size_t length = 0;
    text[length++] = names->prefix;
    text[length++] = '_';
    for (; *given && length < NAME_SIZE / 2; given++)
        text[length++] = is_safe(*given) ? *given : '_';
    snprintf(text + length, NAME_SIZE - length, "~%zu", i);
    return text;
}

struct writer {
    const struct az_model *model;
    FILE *file;
    struct names columns, rows;
};

static enum az_status begin(struct writer *writer, const struct az_model *model, FILE *file)
{
    *writer = (struct writer){ .model = model, .file = file };
    AZ_TRY(
        choose_names(&writer->columns, model->arena, model->column_count, model->column_name, 'c'));
    return choose_names(&writer->rows, model->arena, model->row_count, model->row_name, 'r');
}

static enum az_status end(const struct writer *writer)
{
    return fflush(writer->file) == 0 && !ferror(writer->file) ? AZ_OK : AZ_IO;
}

static bool is_ranged(const struct az_model *model, size_t i)
{
    return isfinite(model->row_lower[i]) && isfinite(model->row_upper[i]) &&
           model->row_lower[i] != model->row_upper[i];
}

/* --- LP format --- */

static void write_term(const struct writer *writer, size_t place, double value, size_t column)
{
    char number[NUMBER_SIZE], name[NAME_SIZE];
    fprintf(writer->file, "%s %c %s %s", place > 0 && place % TERMS_PER_LINE == 0 ? "\n  " : "",
            signbit(value) ? '-' : '+', number_text(fabs(value), number),
            name_text(&writer->columns, column, name));
}

/* Every column stands in the objective, so that each is known and keeps its place. */
static void write_lp_objective(const struct writer *writer)
{
    const struct az_model *model = writer->model;
    fputs(model->sense == AZ_MINIMIZE ? "Minimize\n" : "Maximize\n", writer->file);
    fputs(" objective:", writer->file);
    for (size_t j = 0; j < model->column_count; j++) write_term(writer, j, model->cost[j], j);
    if (model->offset != 0 || model->column_count == 0) {
        char number[NUMBER_SIZE];
        fprintf(writer->file, " %c %s offset~", signbit(model->offset) ? '-' : '+',
                number_text(fabs(model->offset), number));
    }
    fputs("\n", writer->file);
}

static void write_lp_row(const struct writer *writer, size_t i, const char *suffix,
                         const char *relation, double side)
{
    const struct az_model *model = writer->model;
    char number[NUMBER_SIZE], name[NAME_SIZE];
    fprintf(writer->file, " %s%s:", name_text(&writer->rows, i, name), suffix);
    size_t place = 0;
    for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++)
        write_term(writer, place++, model->entry_value[k], model->entry_column[k]);
    if (place == 0) {
        if (model->column_count > 0)
            write_term(writer, 0, 0, 0);
        else
            fputs(" 0 offset~", writer->file);
    }
    fprintf(writer->file, " %s %s\n", relation, number_text(side, number));
}

static void write_lp_rows(const struct writer *writer)
{
    const struct az_model *model = writer->model;
    fputs("Subject To\n", writer->file);
    size_t written = 0;
    for (size_t i = 0; i < model->row_count; i++) {
        double lower = model->row_lower[i], upper = model->row_upper[i];
        if (!isfinite(lower) && !isfinite(upper)) continue; /* says nothing */
        written++;
        if (lower == upper) {
            write_lp_row(writer, i, "", "=", lower);
            continue;
        }
        if (isfinite(lower)) write_lp_row(writer, i, "", ">=", lower);
        if (isfinite(upper)) write_lp_row(writer, i, is_ranged(model, i) ? "~u" : "", "<=", upper);
    }
    if (written > 0) return;
    /* the format wants a row */
    char name[NAME_SIZE];
    fprintf(writer->file, " nothing~: 0 %s = 0\n",
            model->column_count > 0 ? name_text(&writer->columns, 0, name) : "offset~");
}

static void write_lp_bounds(const struct writer *writer)
{
    const struct az_model *model = writer->model;
    char low[NUMBER_SIZE], high[NUMBER_SIZE], text[NAME_SIZE];
    fputs("Bounds\n", writer->file);
    for (size_t j = 0; j < model->column_count; j++) {
        const char *name = name_text(&writer->columns, j, text);
        double lower = model->lower[j], upper = model->upper[j];
        number_text(lower, low);
        number_text(upper, high);
        if (lower == upper)
            fprintf(writer->file, " %s = %s\n", name, low);
        else if (isfinite(lower) && isfinite(upper))
            fprintf(writer->file, " %s <= %s <= %s\n", low, name, high);
        else if (isfinite(upper))
            fprintf(writer->file, " -inf <= %s <= %s\n", name, high);
        else if (isfinite(lower))
            fprintf(writer->file, " %s >= %s\n", name, low);
        else
            fprintf(writer->file, " %s free\n", name);
    }
    if (model->offset != 0 || model->column_count == 0) fputs(" offset~ = 1\n", writer->file);
}

enum az_status az_model_write_lp(const struct az_model *model, FILE *file)
{
    struct writer writer;
    AZ_TRY(begin(&writer, model, file));
    write_lp_objective(&writer);
    write_lp_rows(&writer);
    write_lp_bounds(&writer);
    bool any = false;
    for (size_t j = 0; j < model->column_count; j++) {
        char name[NAME_SIZE];
        if (!model->integer[j]) continue;
        if (!any) fputs("Generals\n", file);
        any = true;
        fprintf(file, " %s\n", name_text(&writer.columns, j, name));
    }
    fputs("End\n", file);
    return end(&writer);
}

/* --- free MPS --- */

static void write_mps_rows(const struct writer *writer)
{
    const struct az_model *model = writer->model;
    char text[NAME_SIZE];
    fputs("ROWS\n N objective~\n", writer->file);
    for (size_t i = 0; i < model->row_count; i++) {
        double lower = model->row_lower[i], upper = model->row_upper[i];
        const char *name = name_text(&writer->rows, i, text);
        char kind = lower == upper ? 'E' : isfinite(lower) ? 'G' : isfinite(upper) ? 'L' : 'N';
        fprintf(writer->file, " %c %s\n", kind, name);
        if (is_ranged(model, i)) fprintf(writer->file, " L %s~u\n", name);
    }
}

/* The entries by column: start[column_count + 1], row[entry_count], value[entry_count]. */
static enum az_status transpose(const struct az_model *model, size_t **start_out, size_t **row_out,
                                double **value_out)
{
    size_t n = model->column_count;
    size_t *start = AZ_ARRAY(model->arena, n + 2, size_t);
    size_t *row = AZ_ARRAY(model->arena, model->entry_count, size_t);
    double *value = AZ_ARRAY(model->arena, model->entry_count, double);
    if (!start || !row || !value) return AZ_NO_MEMORY;
    for (size_t k = 0; k < model->entry_count; k++) start[model->entry_column[k] + 2]++;
    for (size_t j = 0; j < n; j++) start[j + 2] += start[j + 1];
    for (size_t i = 0; i < model->row_count; i++) {
        for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++) {
            size_t place = start[model->entry_column[k] + 1]++;
            row[place] = i;
            value[place] = model->entry_value[k];
        }
    }
    *start_out = start;
    *row_out = row;
    *value_out = value;
    return AZ_OK;
}

static void write_marker(const struct writer *writer, bool begins)
{
    fprintf(writer->file, " marker~ 'MARKER' %s\n", begins ? "'INTORG'" : "'INTEND'");
}

static enum az_status write_mps_columns(const struct writer *writer)
{
    const struct az_model *model = writer->model;
    size_t *start, *row;
    double *value;
    AZ_TRY(transpose(model, &start, &row, &value));
    double sign = model->sense == AZ_MINIMIZE ? 1 : -1;
    bool integer = false;
    fputs("COLUMNS\n", writer->file);
    for (size_t j = 0; j < model->column_count; j++) {
        char number[NUMBER_SIZE], column_text[NAME_SIZE], row_text[NAME_SIZE];
        const char *column = name_text(&writer->columns, j, column_text);
        if (model->integer[j] != integer) write_marker(writer, integer = model->integer[j]);
        fprintf(writer->file, " %s objective~ %s\n", column,
                number_text(model->cost[j] != 0 ? sign * model->cost[j] : 0, number));
        for (size_t k = start[j]; k < start[j + 1]; k++) {
            const char *name = name_text(&writer->rows, row[k], row_text);
            number_text(value[k], number);
            fprintf(writer->file, " %s %s %s\n", column, name, number);
            if (is_ranged(model, row[k]))
                fprintf(writer->file, " %s %s~u %s\n", column, name, number);
        }
    }
    if (integer) write_marker(writer, false);
    if (model->offset != 0) {
        char number[NUMBER_SIZE];
        fprintf(writer->file, " offset~ objective~ %s\n",
                number_text(sign * model->offset, number));
    }
    return AZ_OK;
}

static void write_mps_sides(const struct writer *writer)
{
    const struct az_model *model = writer->model;
    char number[NUMBER_SIZE], text[NAME_SIZE];
    fputs("RHS\n", writer->file);
    for (size_t i = 0; i < model->row_count; i++) {
        double lower = model->row_lower[i], upper = model->row_upper[i];
        const char *name = name_text(&writer->rows, i, text);
        if (isfinite(lower))
            fprintf(writer->file, " rhs %s %s\n", name, number_text(lower, number));
        if (isfinite(upper) && lower != upper)
            fprintf(writer->file, " rhs %s%s %s\n", name, is_ranged(model, i) ? "~u" : "",
                    number_text(upper, number));
    }
}

/* Both bounds of integer columns are written: readers differ in what they assume. */
static void write_mps_bounds(const struct writer *writer)
{
    const struct az_model *model = writer->model;
    char number[NUMBER_SIZE], text[NAME_SIZE];
    fputs("BOUNDS\n", writer->file);
    for (size_t j = 0; j < model->column_count; j++) {
        const char *name = name_text(&writer->columns, j, text);
        double lower = model->lower[j], upper = model->upper[j];
        if (lower == upper) {
            fprintf(writer->file, " FX bounds %s %s\n", name, number_text(lower, number));
            continue;
        }
        if (!isfinite(lower) && !isfinite(upper)) {
            fprintf(writer->file, " FR bounds %s\n", name);
            continue;
        }
        if (!isfinite(lower))
            fprintf(writer->file, " MI bounds %s\n", name);
        else if (lower != 0 || model->integer[j] || upper < 0)
            fprintf(writer->file, " LO bounds %s %s\n", name, number_text(lower, number));
        if (isfinite(upper))
            fprintf(writer->file, " UP bounds %s %s\n", name, number_text(upper, number));
        else if (model->integer[j])
            fprintf(writer->file, " PL bounds %s\n", name);
    }
    if (model->offset != 0) fputs(" FX bounds offset~ 1\n", writer->file);
}

enum az_status az_model_write_mps(const struct az_model *model, FILE *file)
{
    struct writer writer;
    AZ_TRY(begin(&writer, model, file));
    if (model->sense == AZ_MAXIMIZE) fputs("* maximize: the objective is negated\n", file);
    fputs("NAME azumi\n", file);
    write_mps_rows(&writer);
    AZ_TRY(write_mps_columns(&writer));
    write_mps_sides(&writer);
    write_mps_bounds(&writer);
    fputs("ENDATA\n", file);
    return end(&writer);
}
