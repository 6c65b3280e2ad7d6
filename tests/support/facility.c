/* facility.c - a small problem with everything at once for the engine of column generation. */
#include "tests/support/facility.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void facility_random(struct facility *f, struct az_random *random)
{
    *f = (struct facility){ .depots = 2 + az_random_below(random, 3),
                            .customers = 3 + az_random_below(random, 4) };
    for (size_t d = 0; d < f->depots; d++) {
        f->open[d] = 10 + (double)az_random_below(random, 30);
        f->capacity[d] = 4 + (double)az_random_below(random, 8);
        f->module[d] = 3 + (double)az_random_below(random, 4);
        f->module_cost[d] = 3 + (double)az_random_below(random, 12);
        for (size_t c = 0; c < f->customers; c++)
            f->serve[d][c] = 1 + (double)az_random_below(random, 25);
    }
    for (size_t c = 0; c < f->customers; c++) f->demand[c] = 1 + (double)az_random_below(random, 6);
    f->most_depots = 1 + (double)az_random_below(random, f->depots);
    f->most_modules = 1 + (double)az_random_below(random, 4);
}

/* The compact MILP: x[d][c], open[d], modules[d]. */
static struct az_model *compact(const struct facility *f, struct az_arena *arena)
{
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    size_t x[FACILITY_DEPOTS][FACILITY_CUSTOMERS], open[FACILITY_DEPOTS], modules[FACILITY_DEPOTS];
    az_add_offset(model, FACILITY_OFFSET);
    for (size_t d = 0; d < f->depots; d++) {
        open[d] = AZ_BINARY(model, f->open[d], NULL);
        modules[d] = az_column(model, 0, 2, f->module_cost[d], true, NULL);
        for (size_t c = 0; c < f->customers; c++) x[d][c] = AZ_BINARY(model, f->serve[d][c], NULL);
    }
    for (size_t c = 0; c < f->customers; c++) {
        az_row(model, 1, 1, NULL);
        for (size_t d = 0; d < f->depots; d++) az_entry(model, x[d][c], 1);
    }
    for (size_t d = 0; d < f->depots; d++) {
        az_row(model, -INFINITY, f->capacity[d], NULL);
        az_entry(model, modules[d], -f->module[d]);
        for (size_t c = 0; c < f->customers; c++) az_entry(model, x[d][c], f->demand[c]);
        for (size_t c = 0; c < f->customers; c++) {
            az_row(model, -INFINITY, 0, NULL);
            az_entry(model, x[d][c], 1);
            az_entry(model, open[d], -1);
        }
    }
    az_row(model, -INFINITY, f->most_depots, NULL);
    for (size_t d = 0; d < f->depots; d++) az_entry(model, open[d], 1);
    az_row(model, -INFINITY, f->most_modules, NULL);
    for (size_t d = 0; d < f->depots; d++) az_entry(model, modules[d], 1);
    return az_model_finish(model) == AZ_OK ? model : NULL;
}

/* INFINITY: there is no solution. */
double facility_optimum(const struct az_engine *engine, const struct facility *f)
{
    struct az_context context = az_context_default();
    struct az_arena *arena = az_arena_new(NULL);
    struct az_mip_options exact = { .cutoff = NAN, .heuristic_effort = 0.5 };
    struct az_solve_result result;
    void *session = NULL;
    struct az_model *model = compact(f, arena);
    enum az_status status = model ? engine->open(model, &context, &session) : AZ_NO_MEMORY;
    if (status == AZ_OK) status = engine->solve_mip(session, &exact, &result);
    if (status != AZ_OK) {
        fprintf(stderr, "the compact problem of depots: %s\n", az_status_code(status));
        exit(EXIT_FAILURE);
    }
    engine->close(session);
    az_arena_free(arena);
    return result.status == AZ_SOLVE_INFEASIBLE ? INFINITY : result.objective;
}

/* --- the kind --- */

/* Type 0: customer j is not of depot i; type 1: of no other depot. */
static bool fits(const struct az_decision *decision, size_t depot, unsigned set)
{
    bool has = set >> decision->j & 1;
    return decision->type == 0 ? !(has && depot == decision->i) : !(has && depot != decision->i);
}

unsigned facility_set(const struct az_block_column *column)
{
    return *(const unsigned *)column->data;
}

static bool allows(void *data, const struct az_decision *decision,
                   const struct az_block_column *column)
{
    (void)data;
    return fits(decision, column->block, facility_set(column));
}

static double weight(const struct facility *f, unsigned set)
{
    double sum = 0;
    for (size_t c = 0; c < f->customers; c++) sum += set >> c & 1 ? f->demand[c] : 0;
    return sum;
}

bool facility_fits(const struct facility *f, size_t depot, unsigned set)
{
    return weight(f, set) <= f->capacity[depot] + 2 * f->module[depot];
}

double facility_cost(const struct facility *f, size_t depot, unsigned set)
{
    double sum = f->open[depot];
    for (size_t c = 0; c < f->customers; c++) sum += set >> c & 1 ? f->serve[depot][c] : 0;
    return sum;
}

static double reduced_cost(const struct facility *f, size_t depot, unsigned set,
                           const struct az_prices *prices)
{
    double sum = prices->cost_scale * facility_cost(f, depot, set) - prices->pi[f->count_row] -
                 prices->pi[f->capacity_row[depot]] * weight(f, set);
    for (size_t c = 0; c < f->customers; c++)
        sum -= set >> c & 1 ? prices->pi[f->customer_row[c]] : 0;
    for (size_t r = 0; r < prices->added_count; r++)
        if (*(const int *)prices->added[r].data == 0) sum -= prices->added_pi[r];
    return sum;
}

enum az_status facility_add(const struct facility *f, size_t depot, unsigned set,
                            struct az_arena *arena, struct az_block_columns *out)
{
    size_t *row = AZ_ARRAY(arena, FACILITY_CUSTOMERS + 2, size_t);
    double *value = AZ_ARRAY(arena, FACILITY_CUSTOMERS + 2, double);
    unsigned *data = AZ_NEW(arena, unsigned);
    if (!row || !value || !data) return AZ_NO_MEMORY;
    struct az_block_column column = { .block = depot,
                                      .cost = facility_cost(f, depot, set),
                                      .row = row,
                                      .value = value,
                                      .data = data };
    *data = set;
    for (size_t c = 0; c < f->customers; c++) {
        if (!(set >> c & 1)) continue;
        row[column.entry_count] = f->customer_row[c];
        value[column.entry_count++] = 1;
    }
    row[column.entry_count] = f->capacity_row[depot];
    value[column.entry_count++] = weight(f, set);
    row[column.entry_count] = f->count_row;
    value[column.entry_count++] = 1;
    return az_block_columns_add(out, &column);
}

/* Effort 0 looks at every other set only. */
static enum az_status price(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound)
{
    struct facility *f = data;
    double least = INFINITY;
    unsigned best = 0;
    if (!AZ_ARRAY(scratch, 100, double)) return AZ_NO_MEMORY;
    if (f->alone) {
        f->decided += prices->decision_count > 0;
        for (size_t r = 0; r < prices->added_count; r++) f->priced_rows += prices->added_pi[r] < 0;
    }
    for (unsigned set = 1; set < 1u << f->customers; set += prices->effort == 0 ? 2 : 1) {
        bool fit = facility_fits(f, block, set);
        for (size_t k = 0; k < prices->decision_count && fit; k++)
            fit = fits(&prices->decisions[k], block, set);
        if (!fit) continue;
        double reduced = reduced_cost(f, block, set, prices);
        if (reduced < prices->block_dual - prices->tolerance && out->count + 1 < prices->limit)
            AZ_TRY(facility_add(f, block, set, arena, out));
        if (reduced >= least) continue;
        least = reduced;
        best = set;
    }
    if (least < prices->block_dual - prices->tolerance)
        AZ_TRY(facility_add(f, block, best, arena, out)); /* may be there twice: no harm */
    if (prices->effort > 0) *bound = least;
    return AZ_OK;
}

static double coefficient(void *data, const struct az_master_row *row,
                          const struct az_block_column *column)
{
    (void)data;
    (void)column;
    return *(const int *)row->data == 0 ? 1 : 0;
}

static enum az_status separate(void *data, const struct az_master_solution *solution,
                               struct az_master_row_list *out)
{
    static const int kinds[] = { 0, 1 };
    const struct facility *f = data;
    double depots = 0, modules = 0;
    for (size_t k = 0; k < solution->count; k++) depots += solution->values[k];
    for (size_t d = 0; d < f->depots; d++) modules += solution->x[f->module_column[d]];
    if (depots > f->most_depots + 1e-6) {
        struct az_master_row row = { .lower = -INFINITY,
                                     .upper = f->most_depots,
                                     .data = &kinds[0] };
        AZ_TRY(az_master_row_list_add(out, &row));
    }
    if (modules > f->most_modules + 1e-6) {
        size_t *column = AZ_ARRAY(out->arena, FACILITY_DEPOTS, size_t);
        double *value = AZ_ARRAY(out->arena, FACILITY_DEPOTS, double);
        if (!column || !value) return AZ_NO_MEMORY;
        for (size_t d = 0; d < f->depots; d++) {
            column[d] = f->module_column[d];
            value[d] = 1;
        }
        struct az_master_row row = { .lower = -INFINITY,
                                     .upper = f->most_modules,
                                     .static_count = f->depots,
                                     .static_column = column,
                                     .static_value = value,
                                     .data = &kinds[1] };
        AZ_TRY(az_master_row_list_add(out, &row));
    }
    return AZ_OK;
}

static enum az_status branchings(void *data, const struct az_master_solution *solution,
                                 struct az_branching_list *out)
{
    const struct facility *f = data;
    double x[FACILITY_DEPOTS][FACILITY_CUSTOMERS] = { { 0 } };
    for (size_t k = 0; k < solution->count; k++)
        for (size_t c = 0; c < f->customers; c++)
            if (facility_set(solution->columns[k]) >> c & 1)
                x[solution->columns[k]->block][c] += solution->values[k];
    for (size_t d = 0; d < f->depots; d++) {
        for (size_t c = 0; c < f->customers; c++) {
            double score = fmin(x[d][c], 1 - x[d][c]);
            if (score < 1e-6) continue;
            struct az_branching branching = { .decision_count = { 1, 1 },
                                              .child = { { { .type = 0, .i = d, .j = c } },
                                                         { { .type = 1, .i = d, .j = c } } },
                                              .score = score };
            AZ_TRY(az_branching_list_add(out, &branching));
        }
    }
    return AZ_OK;
}

void facility_problem(struct facility *f, struct az_arena *arena, struct az_colgen_problem *problem)
{
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    az_add_offset(model, FACILITY_OFFSET);
    for (size_t d = 0; d < f->depots; d++)
        f->module_column[d] = az_column(model, 0, 2, f->module_cost[d], true, NULL);
    for (size_t c = 0; c < f->customers; c++) f->customer_row[c] = az_row(model, 1, 1, NULL);
    for (size_t d = 0; d < f->depots; d++) {
        f->capacity_row[d] = az_row(model, -INFINITY, f->capacity[d], NULL);
        az_entry(model, f->module_column[d], -f->module[d]);
        f->blocks[d] = (struct az_block){ 0, 1 };
    }
    f->count_row = az_row(model, -INFINITY, INFINITY, NULL);
    memset(f->integral_row, 0, sizeof f->integral_row);
    f->integral_row[f->count_row] = true;
    enum az_status status = az_model_finish(model);
    *problem = (struct az_colgen_problem){ .master = model,
                                           .integral_row = f->integral_row,
                                           .block_count = f->depots,
                                           .blocks = f->blocks,
                                           .effort_count = 2,
                                           .data = f,
                                           .price = price,
                                           .allows = allows,
                                           .branchings = branchings,
                                           .separate = separate,
                                           .coefficient = coefficient };
    if (status != AZ_OK) problem->master = NULL;
}

const char *facility_wrong(const struct facility *f, const struct az_colgen_result *result)
{
    int served[FACILITY_CUSTOMERS] = { 0 };
    double cost = FACILITY_OFFSET, modules = 0, load[FACILITY_DEPOTS] = { 0 };
    if ((double)result->solution_count > f->most_depots) return "too many depots";
    for (size_t k = 0; k < result->solution_count; k++) {
        const struct az_block_column *column = result->solution_columns[k];
        unsigned set = facility_set(column);
        if (result->solution_values[k] != 1) return "a part of a column";
        if (load[column->block] != 0) return "two columns of a depot";
        load[column->block] = weight(f, set);
        cost += facility_cost(f, column->block, set);
        for (size_t c = 0; c < f->customers; c++) served[c] += set >> c & 1;
    }
    for (size_t c = 0; c < f->customers; c++)
        if (served[c] != 1) return "a customer served twice, or not at all";
    for (size_t d = 0; d < f->depots; d++) {
        double n = result->x[f->module_column[d]];
        if (n != round(n)) return "a part of a module";
        if (load[d] > f->capacity[d] + n * f->module[d] + 1e-6)
            return "a depot beyond its capacity";
        modules += n;
        cost += n * f->module_cost[d];
    }
    if (modules > f->most_modules) return "too many modules";
    return fabs(cost - result->objective) > 1e-6 ? "another cost than it says" : NULL;
}
