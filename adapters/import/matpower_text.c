/* matpower_text.c - MATPOWER case files as data. See matpower_text.h. */
#include "adapters/import/matpower_text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"

#define NAME 40 /* longest name */
#define SCALARS 64

/* --- statements ------------------------------------------------------------------------------ */

struct reader {
    const struct az_input *input;
    struct az_arena *arena;
    struct az_findings *findings;
    struct az_matpower *out;
    char *text; /* without comments and continuations, newlines kept */
    size_t scalar_count;
    struct {
        char name[NAME];
        double value;
    } scalars[SCALARS];
    /* of the statement that is read */
    const char *at;
    size_t line;
    bool failed;
};

static void wrong(struct reader *r, const char *what)
{
    if (!r->failed)
        AZ_FIND(r->findings, &az_code_import_not_format, AZ_LINE(r->input, r->line),
                AZ_TEXT_PARAM("what", what));
    r->failed = true;
}

/* Comments and continued lines become blanks, so that lines keep their numbers. */
static void blank_comments(char *text)
{
    bool quoted = false;
    for (char *c = text; *c; c++) {
        if (*c == '\n') quoted = false;
        if (*c == '\'') quoted = !quoted;
        if (quoted) continue;
        bool continued = strncmp(c, "...", 3) == 0;
        if (*c != '%' && !continued) continue;
        while (*c && *c != '\n') *c++ = ' ';
        if (!*c) return;
        if (continued) *c = '\v'; /* a line that does not end its statement */
    }
}

/* The end of the statement that begins at `from`: a semicolon or a line's end outside of brackets.
 */
static char *statement_end(char *from)
{
    int depth = 0;
    bool quoted = false;
    char *c = from;
    for (; *c; c++) {
        if (*c == '\'') quoted = !quoted;
        if (*c == '\n') quoted = false;
        if (quoted) continue;
        if (strchr("([{", *c)) depth++;
        if (strchr(")]}", *c)) depth--;
        if (depth <= 0 && (*c == ';' || *c == '\n')) break;
    }
    return c;
}

static void skip(struct reader *r)
{
    while (*r->at && isspace((unsigned char)*r->at)) r->at++;
}

static bool take(struct reader *r, const char *text)
{
    skip(r);
    size_t length = strlen(text);
    if (strncmp(r->at, text, length) != 0) return false;
    r->at += length;
    return true;
}

static bool take_name(struct reader *r, char name[NAME])
{
    size_t length = 0;
    skip(r);
    if (!isalpha((unsigned char)*r->at)) return false;
    while (isalnum((unsigned char)r->at[length]) || r->at[length] == '_') length++;
    if (length >= NAME) return false;
    memcpy(name, r->at, length);
    name[length] = 0;
    r->at += length;
    return true;
}

/* --- matrices -------------------------------------------------------------------------------- */

static struct az_matrix *matrix_of(struct reader *r, const char *name)
{
    return strcmp(name, "bus") == 0      ? &r->out->bus
           : strcmp(name, "gen") == 0    ? &r->out->gen
           : strcmp(name, "branch") == 0 ? &r->out->branch
                                         : NULL;
}

/* Rows end at semicolons or lines, blanks or commas part the numbers. The opening bracket is read.
 */
static enum az_status read_matrix(struct reader *r, struct az_matrix *matrix)
{
    size_t room = 1, in_row = 0;
    for (const char *c = r->at; *c && *c != ']'; c++) room++;
    *matrix = (struct az_matrix){ .values = AZ_ARRAY(r->arena, room, double) };
    if (!matrix->values) return AZ_NO_MEMORY;
    for (size_t count = 0;; r->at++) {
        if (*r->at == ';' || *r->at == '\n' || *r->at == ']' || *r->at == 0) {
            if (in_row > 0 && matrix->rows++ > 0 && in_row != matrix->columns)
                wrong(r, "rows of a matrix have different lengths");
            if (in_row > 0) matrix->columns = in_row;
            in_row = 0;
            if (*r->at == '\n') r->line++;
            if (*r->at == ']') break;
            if (*r->at == 0) wrong(r, "a matrix that does not end");
        } else if (!isspace((unsigned char)*r->at) && *r->at != ',') {
            char *end;
            double value = strtod(r->at, &end);
            bool blank_after = isspace((unsigned char)*end) || (*end && strchr(",;]", *end));
            if (end == r->at || !blank_after || isnan(value)) wrong(r, "a matrix of numbers");
            if (r->failed) return AZ_OK;
            matrix->values[count++] = value;
            in_row++;
            r->at = end - 1;
        }
        if (r->failed) return AZ_OK;
    }
    r->at++;
    return AZ_OK;
}

/* --- expressions ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t column;
} columns[] = { { "PD", MP_PD },         { "QD", MP_QD },         { "BASE_KV", MP_BASE_KV },
                { "VMAX", MP_VMAX },     { "VMIN", MP_VMIN },     { "BR_R", MP_BR_R },
                { "BR_X", MP_BR_X },     { "BR_B", 4 },           { "RATE_A", MP_RATE_A },
                { "RATE_B", MP_RATE_B }, { "RATE_C", MP_RATE_C }, { "PG", MP_PG },
                { "PMAX", MP_PMAX },     { "PMIN", MP_PMIN } };

/* A column's name or its number from 1. */
static bool take_column(struct reader *r, size_t *column)
{
    char name[NAME];
    skip(r);
    if (isdigit((unsigned char)*r->at)) {
        char *end;
        unsigned long number = strtoul(r->at, &end, 10);
        r->at = end;
        *column = number - 1;
        return number > 0;
    }
    if (!take_name(r, name)) return false;
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        if (strcmp(name, columns[k].name) == 0) {
            *column = columns[k].column;
            return true;
        }
    return false;
}

static double expression(struct reader *r, int depth);

/* mpc.baseMVA, or mpc.T(row, column). */
static double member(struct reader *r)
{
    char name[NAME];
    size_t column;
    if (!take_name(r, name)) return wrong(r, "a member of mpc"), 0;
    if (strcmp(name, "baseMVA") == 0) return r->out->base_mva;
    const struct az_matrix *matrix = matrix_of(r, name);
    if (!matrix || !take(r, "(")) return wrong(r, "a member of mpc"), 0;
    skip(r);
    char *end;
    unsigned long row = strtoul(r->at, &end, 10);
    r->at = end;
    if (!take(r, ",") || !take_column(r, &column) || !take(r, ")") || row == 0 ||
        row > matrix->rows || column >= matrix->columns)
        return wrong(r, "a member of mpc"), 0;
    return matrix->values[(row - 1) * matrix->columns + column];
}

static double function(struct reader *r, const char *name, int depth)
{
    double value = expression(r, depth + 1);
    if (!take(r, ")")) return wrong(r, "a closing bracket"), 0;
    if (strcmp(name, "sin") == 0) return sin(value);
    if (strcmp(name, "cos") == 0) return cos(value);
    if (strcmp(name, "acos") == 0) return acos(value);
    if (strcmp(name, "sqrt") == 0) return sqrt(value);
    return wrong(r, "a function that is known"), 0;
}

static double atom(struct reader *r, int depth)
{
    char name[NAME], *end;
    if (depth > 50) return wrong(r, "a shorter expression"), 0;
    if (take(r, "(")) {
        double value = expression(r, depth + 1);
        if (!take(r, ")")) wrong(r, "a closing bracket");
        return value;
    }
    if (take(r, "mpc.")) return member(r);
    if (take_name(r, name)) {
        if (take(r, "(")) return function(r, name, depth);
        for (size_t k = 0; k < r->scalar_count; k++)
            if (strcmp(name, r->scalars[k].name) == 0) return r->scalars[k].value;
        return wrong(r, "a name that is known"), 0;
    }
    skip(r);
    if (!isdigit((unsigned char)*r->at) && *r->at != '.') return wrong(r, "a number"), 0;
    double value = strtod(r->at, &end);
    r->at = end;
    return value;
}

static double power(struct reader *r, int depth)
{
    if (take(r, "-")) return -power(r, depth + 1);
    double value = atom(r, depth);
    while (!r->failed && take(r, "^")) value = pow(value, atom(r, depth));
    return value;
}

static double term(struct reader *r, int depth)
{
    double value = power(r, depth);
    while (!r->failed) {
        if (take(r, ".*") || take(r, "*"))
            value *= power(r, depth);
        else if (take(r, "./") || take(r, "/"))
            value /= power(r, depth);
        else
            break;
    }
    return value;
}

static double expression(struct reader *r, int depth)
{
    double value = term(r, depth);
    while (!r->failed) {
        if (take(r, "+"))
            value += term(r, depth);
        else if (take(r, "-"))
            value -= term(r, depth);
        else
            break;
    }
    return value;
}

static double whole_expression(struct reader *r)
{
    double value = expression(r, 0);
    skip(r);
    if (*r->at && *r->at != ';') wrong(r, "the end of the statement");
    if (!isfinite(value)) wrong(r, "a finite number");
    return value;
}

/* --- conversions ----------------------------------------------------------------------------- */

struct selection {
    struct az_matrix *matrix;
    size_t count, column[8];
};

/* T(:, C) or T(:, [C C]) after "mpc.". */
static bool take_selection(struct reader *r, struct selection *selection)
{
    char name[NAME];
    *selection = (struct selection){ 0 };
    if (!take_name(r, name) || !(selection->matrix = matrix_of(r, name))) return false;
    if (!take(r, "(") || !take(r, ":") || !take(r, ",")) return false;
    bool many = take(r, "[");
    do {
        if (selection->count == 8 || !take_column(r, &selection->column[selection->count]))
            return false;
        if (selection->column[selection->count++] >= selection->matrix->columns) return false;
        if (many) take(r, ",");
        skip(r);
    } while (many && *r->at != ']');
    if (many && !take(r, "]")) return false;
    return take(r, ")");
}

/* mpc.T(:, C) = mpc.T(:, D) * or / EXPRESSION, column by column. */
static void convert(struct reader *r, const struct selection *to)
{
    struct selection from;
    if (!take(r, "=") || !take(r, "mpc.") || !take_selection(r, &from) ||
        from.matrix != to->matrix || from.count != to->count) {
        wrong(r, "a conversion that is understood");
        return;
    }
    double factor = 1;
    size_t factors = 0;
    for (; !r->failed; factors++) {
        if (take(r, "/") || take(r, "./"))
            factor /= power(r, 0);
        else if (take(r, "*") || take(r, ".*"))
            factor *= power(r, 0);
        else
            break;
    }
    if (factors == 0) wrong(r, "a conversion that is understood");
    skip(r);
    if (*r->at && *r->at != ';') wrong(r, "the end of the statement");
    if (!isfinite(factor)) wrong(r, "a finite number");
    if (r->failed) return;
    size_t width = to->matrix->columns;
    for (size_t i = 0; i < to->matrix->rows; i++)
        for (size_t k = 0; k < to->count; k++)
            to->matrix->values[i * width + to->column[k]] =
                factor * to->matrix->values[i * width + from.column[k]];
}

/* --- the file -------------------------------------------------------------------------------- */

/* What follows "mpc.". */
static enum az_status of_case(struct reader *r)
{
    char name[NAME];
    struct selection to;
    const char *begin = r->at;
    if (!take_name(r, name)) {
        wrong(r, "a member of mpc");
        return AZ_OK;
    }
    skip(r);
    if (*r->at == '(') {
        r->at = begin;
        if (take_selection(r, &to))
            convert(r, &to);
        else
            wrong(r, "a conversion that is understood");
        return AZ_OK;
    }
    if (!take(r, "=")) {
        wrong(r, "a statement that is understood");
        return AZ_OK;
    }
    struct az_matrix *matrix = matrix_of(r, name);
    if (matrix) {
        if (take(r, "[")) return read_matrix(r, matrix);
        wrong(r, "a matrix");
    } else if (strcmp(name, "baseMVA") == 0) {
        r->out->base_mva = whole_expression(r);
    } else if (strcmp(name, "version") == 0 && !take(r, "'2'")) {
        wrong(r, "a case of version 2");
    }
    return AZ_OK; /* costs, names of buses: not needed */
}

static void scalar(struct reader *r, const char name[NAME])
{
    double value = whole_expression(r);
    size_t k = 0;
    if (r->failed) return;
    while (k < r->scalar_count && strcmp(r->scalars[k].name, name) != 0) k++;
    if (k == SCALARS) {
        wrong(r, "fewer names");
        return;
    }
    if (k == r->scalar_count) memcpy(r->scalars[r->scalar_count++].name, name, NAME);
    r->scalars[k].value = value;
}

static enum az_status statement(struct reader *r)
{
    char name[NAME] = { 0 };
    skip(r);
    if (*r->at == 0 || *r->at == '[') return AZ_OK; /* [PD, ...] = idx_bus: names of columns */
    if (take(r, "mpc.")) return of_case(r);
    if (!take_name(r, name)) {
        wrong(r, "a statement that is understood");
        return AZ_OK;
    }
    if (strcmp(name, "function") == 0) {
        if (take(r, "mpc") && take(r, "=") && take_name(r, name))
            r->out->name = az_arena_text(r->arena, name);
        else
            wrong(r, "a function that gives mpc");
        return r->failed || r->out->name ? AZ_OK : AZ_NO_MEMORY;
    }
    if (strcmp(name, "define_constants") == 0 || strcmp(name, "end") == 0) return AZ_OK;
    if (take(r, "="))
        scalar(r, name);
    else
        wrong(r, "a statement that is understood");
    return AZ_OK;
}

static enum az_status read_statements(struct reader *r)
{
    size_t line = 1;
    for (char *from = r->text; *from;) {
        char *end = statement_end(from), ended_by = *end;
        *end = 0;
        while (isspace((unsigned char)*from)) line += *from == '\n' || *from == '\v', from++;
        r->at = from;
        r->line = line;
        r->failed = false;
        AZ_TRY(statement(r));
        for (const char *c = from; c < end; c++) line += *c == '\n' || *c == '\v';
        line += ended_by == '\n';
        from = ended_by ? end + 1 : end;
    }
    return AZ_OK;
}

static void check_size(struct reader *r, const struct az_matrix *matrix, const char *name,
                       size_t width)
{
    r->failed = false;
    r->line = 1;
    if (matrix->rows == 0 || matrix->columns < width) wrong(r, name);
}

enum az_status az_matpower_read(const struct az_input *input, struct az_arena *arena,
                                struct az_findings *findings, struct az_matpower *matpower)
{
    struct reader reader = {
        .input = input, .arena = arena, .findings = findings, .out = matpower
    };
    size_t length, before = az_findings_total(findings);
    *matpower = (struct az_matpower){ .base_mva = NAN };
    AZ_TRY(az_input_text(input, arena, findings, &reader.text, &length));
    if (!reader.text) return AZ_OK;
    blank_comments(reader.text);
    AZ_TRY(read_statements(&reader));
    if (az_findings_total(findings) > before) return AZ_OK;
    check_size(&reader, &matpower->bus, "a case with buses", MP_BUS_COLUMNS);
    check_size(&reader, &matpower->branch, "a case with branches", MP_BRANCH_COLUMNS);
    if (matpower->gen.rows > 0)
        check_size(&reader, &matpower->gen, "a case with generators", MP_GEN_COLUMNS);
    reader.failed = false;
    if (!(matpower->base_mva > 0)) wrong(&reader, "a case with mpc.baseMVA > 0");
    return AZ_OK;
}
