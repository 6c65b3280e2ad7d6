/* model.h - the one in-memory mixed-integer linear programme, and its LP and MPS writers.
 *
 *   minimize or maximize  offset + sum_j cost_j x_j
 *   subject to            row_lower_i <= sum_j a_ij x_j <= row_upper_i
 *                         lower_j <= x_j <= upper_j,  x_j integer where integer_j
 *
 * Infinite sides are +-INFINITY. Columns and rows are numbered from 0 in the order of adding, so
 * kinds can calculate an index. Entries are stored by row. The arrays are plain data so that an
 * engine can read them without calling back; only the functions below may change them.
 * Duplicate entries (same row and column) are summed by az_model_finish, and what is left up to
 * AZ_DUST (tolerances.h) is dropped, as every engine drops it. */
#ifndef AZ_MODEL_H
#define AZ_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "solver/base/arena.h"
#include "solver/base/status.h"

enum az_sense { AZ_MINIMIZE, AZ_MAXIMIZE };

struct az_model {
    struct az_arena *arena; /* owns every array; not owned by the model */
    enum az_sense sense;
    double offset;
    size_t column_count, row_count, entry_count;
    /* per column */
    double *cost, *lower, *upper;
    bool *integer;
    int *branch_priority;     /* 0 is neutral, higher is branched on first */
    const char **column_name; /* NULL entries: written as c<index> */
    /* per row */
    double *row_lower, *row_upper;
    const char **row_name; /* NULL entries: written as r<index> */
    size_t *row_start; /* row_count + 1: entries of row i are row_start[i] .. row_start[i+1]-1 */
    /* per entry */
    size_t *entry_column;
    double *entry_value;
    /* capacities and state of building: not for readers */
    size_t column_capacity, row_capacity, entry_capacity;
    enum az_status failed; /* the first failure of a building call, AZ_OK so far */
};

/* An empty model whose arrays live in the arena. NULL without memory; every function below takes
 * NULL for a model that could not be made, and az_model_finish then answers AZ_NO_MEMORY. */
struct az_model *az_model_new(struct az_arena *arena, enum az_sense sense);

/* Adds a column and returns its index. Name may be NULL; copied. Memory failures are remembered in
 * model->failed and returned by az_model_finish, so that model code can read like mathematics.
 * A NAN anywhere, lower > upper included, makes az_model_finish answer AZ_INVALID. */
size_t az_column(struct az_model *model, double lower, double upper, double cost, bool integer,
                 const char *name);
#define AZ_CONTINUOUS(model, lower, upper, cost, name) \
    az_column(model, lower, upper, cost, false, name)
#define AZ_BINARY(model, cost, name) az_column(model, 0, 1, cost, true, name)

/* Opens a row; following az_entry calls go into it until the next az_row. Returns its index. */
size_t az_row(struct az_model *model, double lower, double upper, const char *name);

/* Adds value * column to the open row. Values of 0 are dropped. */
void az_entry(struct az_model *model, size_t column, double value);

/* Changes the right side or adds to costs and the offset after the fact. */
void az_row_sides(struct az_model *model, size_t row, double lower, double upper);
/* The row, its sides too, times factor > 0. After az_model_finish. */
void az_scale_row(struct az_model *model, size_t row, double factor);
void az_column_bounds(struct az_model *model, size_t column, double lower, double upper);
void az_add_cost(struct az_model *model, size_t column, double cost);
void az_add_offset(struct az_model *model, double offset);

/* Columns of higher priority are branched on first. */
void az_branch_priority(struct az_model *model, size_t column, int priority);

/* Sums duplicates, checks every number and index. The model can still grow afterwards (finish
 * again). AZ_OK, AZ_NO_MEMORY or AZ_INVALID. */
enum az_status az_model_finish(struct az_model *model);

/* The largest breach of a row, a bound or integrality at x[column_count], scaled by
 * max(1, |side|); and the objective there. */
double az_model_breach(const struct az_model *model, const double x[]);
double az_model_objective(const struct az_model *model, const double x[]);

/* CPLEX LP format and free MPS, with every digit needed to read the same doubles back. Names are
 * made safe and unique: one that is not, gets `~<index>` behind it. A ranged row is written as two
 * rows. MPS knows no sense: a maximisation is written with its objective negated.
 * AZ_IO when writing fails, AZ_NO_MEMORY. */
enum az_status az_model_write_lp(const struct az_model *model, FILE *file);
enum az_status az_model_write_mps(const struct az_model *model, FILE *file);

#endif
