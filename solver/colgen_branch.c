/* colgen_branch.c - candidates of branching and their choice.
 *
 * In order: rows that must be integral, how many columns a block has, integer static columns, what
 * the kind offers (with branches_early beside the two before it). Of the first sort with a
 * fractional candidate the few most promising are tried
 * on the restricted LP (strong branching, without pricing), and the best product of both rises is
 * taken (Achterberg, Koch, Martin 2005). */
#include <math.h>
#include <stdlib.h>

#include "solver/colgen_work.h"

#define CANDIDATES 4    /* tried at most */
#define TRIAL_DEPTH 12  /* deeper down the most promising is taken untried */
#define LEAST_RISE 1e-6 /* relative: a rise of nothing still counts this much in the product */

/* --- decisions --- */

/* Adds a decision of the kind's to those in force. */
static enum az_status push_decision(struct az_cg *cg, const struct az_decision *decision)
{
    if (!cg->problem->allows) return AZ_INVALID;
    if (cg->decision_count == cg->decision_capacity) {
        size_t capacity = 2 * cg->decision_capacity + 16;
        struct az_decision *grown =
            az_arena_grow(cg->arena, cg->decisions, cg->decision_count, capacity, sizeof *grown);
        if (!grown) return AZ_NO_MEMORY;
        cg->decisions = grown;
        cg->decision_capacity = capacity;
    }
    cg->decisions[cg->decision_count++] = *decision;
    return AZ_OK;
}

enum az_status az_cg_apply(struct az_cg *cg, const struct az_decision *decision)
{
    struct az_cg_sides *here = &cg->here;
    double *lower[] = { here->row_lower, here->block_min, here->static_lower, here->added_lower };
    double *upper[] = { here->row_upper, here->block_max, here->static_upper, here->added_upper };
    size_t i = decision->i;
    if (decision->type >= 0) return push_decision(cg, decision);
    if (decision->type < CG_ADDED_UPPER) return AZ_INVALID;
    size_t what = (size_t)(-decision->type - 1) / 2;
    if ((-decision->type - 1) % 2 == 0)
        lower[what][i] = fmax(lower[what][i], decision->value);
    else
        upper[what][i] = fmin(upper[what][i], decision->value);
    return AZ_OK;
}

/* --- candidates --- */

static double fractionality(double value)
{
    double part = value - floor(value);
    return fmin(part, 1 - part);
}

/* Splits at the value of what the decisions of this lower type bound. */
static enum az_status offer(struct az_branching_list *list, int lower_type, size_t i, double value)
{
    struct az_branching branching = {
        .decision_count = { 1, 1 },
        .child = { { { .type = lower_type - 1, .i = i, .value = floor(value) } },
                   { { .type = lower_type, .i = i, .value = ceil(value) } } },
        .score = fractionality(value)
    };
    return az_branching_list_add(list, &branching);
}

/* Activity of the model's rows and of the blocks in the LP's solution. */
static void activities(const struct az_cg *cg, double row[], double block[])
{
    const struct az_cg_master *master = &cg->master;
    for (size_t j = 0; j < cg->n; j++)
        for (size_t k = cg->static_start[j]; k < cg->static_start[j + 1]; k++)
            row[cg->static_row[k]] += cg->static_value[k] * master->x[j];
    for (size_t p = 0; p < master->place_count; p++) {
        const struct az_cg_column *column = master->places[p].column;
        double value = master->x[cg->n + p];
        if (!column || value <= CG_VALUE) continue;
        block[column->shown.block] += value;
        for (size_t k = 0; k < column->shown.entry_count; k++)
            row[column->shown.row[k]] += value * column->shown.value[k];
    }
}

/* The engine's own candidates of the first sort that has any. rows: they are rows that must be
 * integral, which go before everything else. */
static enum az_status own_candidates(struct az_cg *cg, struct az_arena *scratch,
                                     struct az_branching_list *list, bool *rows)
{
    const struct az_colgen_problem *problem = cg->problem;
    double *row = AZ_ARRAY(scratch, cg->m, double), *block = AZ_ARRAY(scratch, cg->blocks, double);
    if (!row || !block) return AZ_NO_MEMORY;
    activities(cg, row, block);
    for (size_t i = 0; i < cg->m && problem->integral_row; i++)
        if (problem->integral_row[i] && fractionality(row[i]) > AZ_INTEGER_TOLERANCE)
            AZ_TRY(offer(list, CG_ROW_LOWER, i, row[i]));
    *rows = list->count > 0;
    if (*rows) return AZ_OK;
    for (size_t b = 0; b < cg->blocks; b++)
        if (fractionality(block[b]) > AZ_INTEGER_TOLERANCE)
            AZ_TRY(offer(list, CG_BLOCK_MIN, b, block[b]));
    if (list->count > 0) return AZ_OK;
    for (size_t j = 0; j < cg->n; j++)
        if (problem->master->integer[j] && fractionality(cg->master.x[j]) > AZ_INTEGER_TOLERANCE)
            AZ_TRY(offer(list, CG_STATIC_LOWER, j, cg->master.x[j]));
    return AZ_OK;
}

static enum az_status kind_candidates(struct az_cg *cg, struct az_arena *scratch,
                                      struct az_branching_list *list)
{
    struct az_master_solution solution;
    if (!cg->problem->branchings) return AZ_OK;
    AZ_TRY(az_cg_solution(cg, false, scratch, &solution));
    AZ_TRY(cg->problem->branchings(cg->problem->data, &solution, list));
    for (size_t k = 0; k < list->count; k++) {
        const struct az_branching *branching = &list->items[k];
        for (int c = 0; c < 2; c++) {
            if (branching->decision_count[c] > AZ_CHILD_DECISIONS - (branching->row ? 1 : 0))
                return AZ_INVALID;
            for (size_t d = 0; d < branching->decision_count[c]; d++)
                if (branching->child[c][d].type < 0) return AZ_INVALID;
        }
    }
    return AZ_OK;
}

/* The row of a branching becomes one of the added rows, and its sides decisions. */
static enum az_status keep_branching_row(struct az_cg *cg, struct az_branching *branching)
{
    const struct az_master_row *row = branching->row;
    size_t index = CG_NOWHERE;
    if (!row) return AZ_OK;
    for (size_t r = 0; r < cg->added_count && row->data && index == CG_NOWHERE; r++)
        if (cg->added[r].data == row->data) index = r;
    if (index == CG_NOWHERE) AZ_TRY(az_cg_keep_row(cg, row, &index));
    for (int c = 0; c < 2; c++)
        branching->child[c][branching->decision_count[c]++] =
            (struct az_decision){ .type = c == 0 ? CG_ADDED_UPPER : CG_ADDED_LOWER,
                                  .i = index,
                                  .value = branching->row_value[c] };
    branching->row = NULL;
    return az_cg_master_add_rows(cg);
}

/* --- the choice --- */

static int more_promising(const void *a, const void *b)
{
    const struct az_branching *x = a, *y = b;
    return x->score > y->score ? -1 : x->score < y->score;
}

/* Sorts by score, the earlier first among equals. */
static void sort_candidates(struct az_branching_list *list)
{
    for (size_t k = 1; k < list->count; k++) {
        struct az_branching moved = list->items[k];
        size_t to = k;
        while (to > 0 && more_promising(&moved, &list->items[to - 1]) < 0) {
            list->items[to] = list->items[to - 1];
            to--;
        }
        list->items[to] = moved;
    }
}

/* The best of both go first; the engine's own where they are equal. Candidates of the kind that add
 * rows cannot be tried, and wait until the engine has none. */
static enum az_status join(struct az_branching_list *list, const struct az_branching_list *kind)
{
    size_t own = list->count;
    for (size_t k = 0; k < kind->count; k++)
        if (kind->items[k].row && own > 0) return AZ_OK;
    for (size_t k = 0; k < kind->count; k++) AZ_TRY(az_branching_list_add(list, &kind->items[k]));
    if (own <= CANDIDATES / 2) return AZ_OK;
    for (size_t k = 0; k < kind->count && k < CANDIDATES / 2; k++)
        list->items[CANDIDATES / 2 + k] = kind->items[k];
    return AZ_OK;
}

/* How far the restricted LP rises in a child, and the LP back as it was but for its basis. */
static enum az_status try_child(struct az_cg *cg, const struct az_branching *branching, int child,
                                double before, double *rise)
{
    struct az_solve_result result;
    for (size_t d = 0; d < branching->decision_count[child]; d++)
        AZ_TRY(az_cg_master_try(cg, &branching->child[child][d]));
    enum az_status status = cg->engine->solve_lp(cg->master.session, &result);
    double after = INFINITY;
    if (status == AZ_OK && result.status == AZ_SOLVE_OPTIMAL) after = result.objective;
    if (status == AZ_OK && result.status == AZ_SOLVE_UNKNOWN) after = before;
    if (status == AZ_ENGINE) after = before;
    double most = fmax(1, fabs(before)), cutoff = az_cg_cutoff(cg);
    if (cutoff < INFINITY) most = fmin(most, fmax(cutoff - before, 0));
    *rise = fmin(fmax(after - before, 0), most);
    AZ_TRY(az_cg_master_sides(cg));
    return status == AZ_ENGINE ? AZ_OK : status;
}

/* Strong branching over the first few. */
static enum az_status try_candidates(struct az_cg *cg, struct az_arena *scratch,
                                     struct az_branching_list *list, size_t *best, int *first)
{
    struct az_cg_master *master = &cg->master;
    size_t count = list->count < CANDIDATES ? list->count : CANDIDATES;
    double before = master->objective, highest = -1, least = LEAST_RISE * fmax(1, fabs(before));
    size_t columns = cg->n + master->place_count;
    enum az_basis_status *column_basis = AZ_ARRAY(scratch, columns, enum az_basis_status);
    enum az_basis_status *row_basis =
        AZ_ARRAY(scratch, master->row_count + list->count, enum az_basis_status);
    if (!column_basis || !row_basis) return AZ_NO_MEMORY;
    enum az_status known = cg->engine->get_basis(master->session, column_basis, row_basis);
    if (known != AZ_OK && known != AZ_NOT_FOUND) return known;
    for (size_t k = 0; k < count && !az_cg_must_stop(cg); k++) {
        double rise[2];
        for (int c = 0; c < 2; c++) {
            AZ_TRY(try_child(cg, &list->items[k], c, before, &rise[c]));
            if (known == AZ_OK)
                AZ_TRY(cg->engine->set_basis(master->session, column_basis, row_basis));
        }
        double score = fmax(rise[0], least) * fmax(rise[1], least);
        if (score <= highest * (1 + 1e-9)) continue;
        highest = score;
        *best = k;
        *first = rise[0] < rise[1] ? 0 : 1;
    }
    return AZ_OK;
}

enum az_status az_cg_branch(struct az_cg *cg, bool own_only, struct az_branching *branching,
                            int *first, bool *found)
{
    struct az_arena *scratch = az_arena_new(NULL);
    struct az_branching_list list = { .arena = scratch };
    struct az_branching_list kind = { .arena = scratch };
    size_t best = 0;
    enum az_status status = AZ_NO_MEMORY;
    bool rows = false;
    *found = false;
    *first = 1;
    if (!scratch) goto done;
    AZ_GOTO(own_candidates(cg, scratch, &list, &rows));
    if (!own_only && (list.count == 0 || (!rows && cg->problem->branches_early)))
        AZ_GOTO(kind_candidates(cg, scratch, &kind));
    sort_candidates(&list);
    sort_candidates(&kind);
    AZ_GOTO(join(&list, &kind));
    status = AZ_OK;
    if (list.count == 0) goto done;
    rows = false; /* a row is kept only when it is chosen: no trial */
    for (size_t k = 0; k < list.count && k < CANDIDATES; k++) rows = rows || list.items[k].row;
    if (list.count > 1 && cg->depth <= TRIAL_DEPTH && !rows)
        AZ_GOTO(try_candidates(cg, scratch, &list, &best, first));
    *branching = list.items[best];
    AZ_GOTO(keep_branching_row(cg, branching));
    *found = true;
done:
    az_arena_free(scratch);
    return status;
}
