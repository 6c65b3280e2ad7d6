/* model.c - building and checking the one in-memory MILP. */
#include "solver/model.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "solver/tolerances.h"

struct az_model *az_model_new(struct az_arena *arena, enum az_sense sense)
{
    struct az_model *model = AZ_NEW(arena, struct az_model);
    if (!model) return NULL;
    model->arena = arena;
    model->sense = sense;
    model->row_start = AZ_ARRAY(arena, 1, size_t);
    if (!model->row_start) model->failed = AZ_NO_MEMORY;
    return model;
}

static bool usable(const struct az_model *model)
{
    return model && model->failed == AZ_OK;
}

/* Remembers the first failure. */
static void fail(struct az_model *model, enum az_status status)
{
    if (model->failed == AZ_OK) model->failed = status;
}

#define GROW(model, member, used, capacity)                                               \
    do {                                                                                  \
        void *grown_ = az_arena_grow((model)->arena, (model)->member, (used), (capacity), \
                                     sizeof *(model)->member);                            \
        if (!grown_) {                                                                    \
            fail((model), AZ_NO_MEMORY);                                                  \
            return false;                                                                 \
        }                                                                                 \
        (model)->member = grown_;                                                         \
    } while (0)

static bool make_room_for_column(struct az_model *model)
{
    size_t used = model->column_count;
    if (used < model->column_capacity) return true;
    size_t capacity = used ? 2 * used : 64;
    GROW(model, cost, used, capacity);
    GROW(model, lower, used, capacity);
    GROW(model, upper, used, capacity);
    GROW(model, integer, used, capacity);
    GROW(model, branch_priority, used, capacity);
    GROW(model, column_name, used, capacity);
    model->column_capacity = capacity;
    return true;
}

static bool make_room_for_row(struct az_model *model)
{
    size_t used = model->row_count;
    if (used < model->row_capacity) return true;
    size_t capacity = used ? 2 * used : 64;
    GROW(model, row_lower, used, capacity);
    GROW(model, row_upper, used, capacity);
    GROW(model, row_name, used, capacity);
    GROW(model, row_start, used + 1, capacity + 1);
    model->row_capacity = capacity;
    return true;
}

static bool make_room_for_entry(struct az_model *model)
{
    size_t used = model->entry_count;
    if (used < model->entry_capacity) return true;
    size_t capacity = used ? 2 * used : 256;
    GROW(model, entry_column, used, capacity);
    GROW(model, entry_value, used, capacity);
    model->entry_capacity = capacity;
    return true;
}

/* A copy of a name; NULL stays NULL. False without memory. */
static bool copy_name(struct az_model *model, const char *name, const char **copy)
{
    *copy = az_arena_text(model->arena, name);
    if (name && !*copy) fail(model, AZ_NO_MEMORY);
    return model->failed == AZ_OK;
}

size_t az_column(struct az_model *model, double lower, double upper, double cost, bool integer,
                 const char *name)
{
    const char *copy;
    if (!usable(model) || !make_room_for_column(model) || !copy_name(model, name, &copy)) return 0;
    size_t j = model->column_count++;
    model->lower[j] = lower;
    model->upper[j] = upper;
    model->cost[j] = cost;
    model->integer[j] = integer;
    model->branch_priority[j] = 0;
    model->column_name[j] = copy;
    return j;
}

size_t az_row(struct az_model *model, double lower, double upper, const char *name)
{
    const char *copy;
    if (!usable(model) || !make_room_for_row(model) || !copy_name(model, name, &copy)) return 0;
    size_t i = model->row_count++;
    model->row_lower[i] = lower;
    model->row_upper[i] = upper;
    model->row_name[i] = copy;
    model->row_start[i + 1] = model->entry_count;
    return i;
}

void az_entry(struct az_model *model, size_t column, double value)
{
    if (!usable(model) || value == 0) return;
    if (model->row_count == 0) {
        fail(model, AZ_INVALID);
        return;
    }
    if (!make_room_for_entry(model)) return;
    model->entry_column[model->entry_count] = column;
    model->entry_value[model->entry_count] = value;
    model->row_start[model->row_count] = ++model->entry_count;
}

void az_row_sides(struct az_model *model, size_t row, double lower, double upper)
{
    if (!usable(model)) return;
    if (row >= model->row_count) {
        fail(model, AZ_INVALID);
        return;
    }
    model->row_lower[row] = lower;
    model->row_upper[row] = upper;
}

/* Is there such a column? Remembers it when not. */
static bool has_column(struct az_model *model, size_t column)
{
    if (!usable(model)) return false;
    if (column < model->column_count) return true;
    fail(model, AZ_INVALID);
    return false;
}

void az_scale_row(struct az_model *model, size_t row, double factor)
{
    if (!model || model->failed != AZ_OK) return;
    az_row_sides(model, row, model->row_lower[row] * factor, model->row_upper[row] * factor);
    for (size_t k = model->row_start[row]; k < model->row_start[row + 1]; k++)
        model->entry_value[k] *= factor;
}

void az_column_bounds(struct az_model *model, size_t column, double lower, double upper)
{
    if (!has_column(model, column)) return;
    model->lower[column] = lower;
    model->upper[column] = upper;
}

void az_add_cost(struct az_model *model, size_t column, double cost)
{
    if (has_column(model, column)) model->cost[column] += cost;
}

void az_add_offset(struct az_model *model, double offset)
{
    if (usable(model)) model->offset += offset;
}

void az_branch_priority(struct az_model *model, size_t column, int priority)
{
    if (has_column(model, column)) model->branch_priority[column] = priority;
}

/* lower <= upper, neither NAN, and some finite value between them. */
static bool sides_are_sound(double lower, double upper)
{
    return lower <= upper && lower < INFINITY && upper > -INFINITY;
}

static bool numbers_are_sound(const struct az_model *model)
{
    if (!isfinite(model->offset)) return false;
    for (size_t j = 0; j < model->column_count; j++)
        if (!isfinite(model->cost[j]) || !sides_are_sound(model->lower[j], model->upper[j]))
            return false;
    for (size_t i = 0; i < model->row_count; i++)
        if (!sides_are_sound(model->row_lower[i], model->row_upper[i])) return false;
    for (size_t k = 0; k < model->entry_count; k++)
        if (!isfinite(model->entry_value[k]) || model->entry_column[k] >= model->column_count)
            return false;
    return true;
}

/* Adds entries of the same row and column up into the first of them; zeros and dust are dropped.
 * seen[j]: 1 + the place of column j in the row being packed, 0 when it is not there. */
static void sum_duplicates(struct az_model *model, size_t seen[])
{
    size_t kept = 0;
    for (size_t i = 0; i < model->row_count; i++) {
        size_t from = model->row_start[i], to = model->row_start[i + 1], first = kept;
        for (size_t k = from; k < to; k++) {
            size_t j = model->entry_column[k];
            if (seen[j] != 0) {
                double *sum = &model->entry_value[seen[j] - 1];
                *sum = az_sum_of_parts(*sum, model->entry_value[k]);
                continue;
            }
            model->entry_column[kept] = j;
            model->entry_value[kept] = model->entry_value[k];
            seen[j] = ++kept;
        }
        for (size_t k = first; k < kept; k++) seen[model->entry_column[k]] = 0;
        size_t packed = first;
        for (size_t k = first; k < kept; k++) {
            if (fabs(model->entry_value[k]) <= AZ_DUST) continue;
            model->entry_column[packed] = model->entry_column[k];
            model->entry_value[packed++] = model->entry_value[k];
        }
        model->row_start[i] = first;
        kept = packed;
    }
    model->row_start[model->row_count] = kept;
    model->entry_count = kept;
}

enum az_status az_model_finish(struct az_model *model)
{
    if (!model) return AZ_NO_MEMORY;
    if (model->failed != AZ_OK) return model->failed;
    if (!numbers_are_sound(model)) return AZ_INVALID;
    size_t *seen = AZ_ARRAY(model->arena, model->column_count, size_t);
    if (!seen) return AZ_NO_MEMORY;
    sum_duplicates(model, seen);
    return numbers_are_sound(model) ? AZ_OK : AZ_INVALID; /* sums may overflow */
}

/* How far value lies outside [lower, upper], each side scaled. */
static double breach_of_sides(double value, double lower, double upper)
{
    double breach = 0;
    if (isfinite(lower)) breach = fmax(breach, (lower - value) / fmax(1, fabs(lower)));
    if (isfinite(upper)) breach = fmax(breach, (value - upper) / fmax(1, fabs(upper)));
    return breach;
}

double az_model_breach(const struct az_model *model, const double x[])
{
    double breach = 0;
    for (size_t j = 0; j < model->column_count; j++) {
        if (!isfinite(x[j])) return INFINITY;
        breach = fmax(breach, breach_of_sides(x[j], model->lower[j], model->upper[j]));
        if (model->integer[j]) breach = fmax(breach, fabs(x[j] - round(x[j])));
    }
    for (size_t i = 0; i < model->row_count; i++) {
        double activity = 0;
        for (size_t k = model->row_start[i]; k < model->row_start[i + 1]; k++)
            activity += model->entry_value[k] * x[model->entry_column[k]];
        breach = fmax(breach, breach_of_sides(activity, model->row_lower[i], model->row_upper[i]));
    }
    return breach;
}

double az_model_objective(const struct az_model *model, const double x[])
{
    double objective = model->offset;
    for (size_t j = 0; j < model->column_count; j++) objective += model->cost[j] * x[j];
    return objective;
}
