/* columns_master.c - the master over unit schedules: classes of like units, rows, pricing. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"

/* --- classes ------------------------------------------------------------------------------------
 */

static bool same_numbers(const double a[], const double b[], size_t count)
{
    for (size_t k = 0; k < count; k++)
        if (a[k] != b[k]) return false;
    return true;
}

/* Everything that a schedule depends on; who owns the unit and what it burns is not part of it. */
static bool are_alike(const struct mg_master *master, size_t i, size_t j)
{
    const struct mg_instance *mg = master->mg;
    const struct mg_unit *a = &mg->units.items[i], *b = &mg->units.items[j];
    if (a->grid.index != b->grid.index || a->usable != b->usable) return false;
    if (a->gives_reserve != b->gives_reserve || a->must_run != b->must_run) return false;
    if (a->p_min_kw != b->p_min_kw || a->p_max_kw != b->p_max_kw) return false;
    if (a->ramp_up_kw != b->ramp_up_kw || a->ramp_down_kw != b->ramp_down_kw) return false;
    if (a->start_kw != b->start_kw || a->stop_kw != b->stop_kw) return false;
    if (a->min_up != b->min_up || a->min_down != b->min_down) return false;
    if (a->stop_cost_jpy != b->stop_cost_jpy || a->on0 != b->on0) return false;
    if (a->slots0 != b->slots0 || a->power0_kw != b->power0_kw) return false;
    if (a->fixed_on != b->fixed_on || a->fixed_off != b->fixed_off) return false;
    if (a->tier_count != b->tier_count || a->point_count != b->point_count) return false;
    for (size_t k = 0; k < a->tier_count; k++)
        if (a->tier_lag[k] != b->tier_lag[k]) return false;
    for (size_t t = 0; t < mg->T; t++)
        if (mg_forced(a, t) != mg_forced(b, t)) return false;
    return same_numbers(a->tier_cost, b->tier_cost, a->tier_count) &&
           same_numbers(a->point_kw, b->point_kw, a->point_count) &&
           same_numbers(a->point_jpy_per_h, b->point_jpy_per_h, a->point_count) &&
           mg_same_shares(master, i, j);
}

static enum az_status make_classes(struct mg_master *master, bool apart)
{
    size_t units = master->mg->units.count;
    master->classes = AZ_ARRAY(master->arena, units, struct mg_class);
    size_t packs = master->mg->packs ? master->mg->packs->count : 0;
    master->blocks = AZ_ARRAY(master->arena, units + packs, struct az_block);
    if (!master->classes || !master->blocks) return AZ_NO_MEMORY;
    for (size_t i = 0; i < units; i++) {
        size_t c = apart ? i : 0;
        while (c < master->class_count && !are_alike(master, master->classes[c].unit[0], i)) c++;
        struct mg_class *class_of = &master->classes[c];
        if (c == master->class_count) {
            master->class_count++;
            class_of->unit = AZ_ARRAY(master->arena, units, size_t);
            if (!class_of->unit) return AZ_NO_MEMORY;
        }
        class_of->unit[class_of->count++] = i;
        master->blocks[c].min = master->blocks[c].max = (double)class_of->count;
    }
    master->pack_count = packs;
    for (size_t k = 0; k < packs; k++)
        master->blocks[master->class_count + k] = (struct az_block){ 1, 1 };
    return AZ_OK;
}

/* --- pricing ------------------------------------------------------------------------------------
 */

/* The best course of a pack at the prices of its grid's balance. */
static enum az_status price_pack(const struct mg_master *master, size_t c,
                                 const struct az_prices *prices, struct az_arena *arena,
                                 struct az_arena *scratch, struct az_block_columns *out,
                                 double *bound)
{
    size_t k = c - master->class_count, T = master->mg->T;
    const size_t *balance = master->rest->balance + master->mg->packs->items[k].grid * T;
    double *price = AZ_ARRAY(scratch, T, double);
    struct az_block_column column;
    struct mg_course *course;
    if (!price) return AZ_NO_MEMORY;
    for (size_t t = 0; t < T; t++)
        price[t] = prices->pi[balance[t]] * master->row_scale[balance[t]];
    AZ_TRY(
        mg_best_course(master->mg, k, price, prices->cost_scale, arena, scratch, bound, &course));
    if (!(*bound < prices->block_dual - prices->tolerance)) return AZ_OK;
    AZ_TRY(mg_course_column(master, k, course, arena, &column));
    return az_block_columns_add(out, &column);
}

static enum az_status price(void *data, size_t c, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound)
{
    const struct mg_master *master = data;
    struct az_block_column column;
    struct mg_unit_ask ask;
    if (c >= master->class_count) return price_pack(master, c, prices, arena, scratch, out, bound);
    struct mg_schedule *best = AZ_NEW(arena, struct mg_schedule);
    if (!best) return AZ_NO_MEMORY;
    AZ_TRY(mg_master_ask(master, c, prices, scratch, &ask));
    AZ_TRY(mg_price_unit(&ask, arena, scratch, bound, best));
    if (!(*bound < prices->block_dual - prices->tolerance)) return AZ_OK;
    AZ_TRY(mg_master_column(master, c, best, arena, &column));
    return az_block_columns_add(out, &column);
}

/* Duals are right up to a tolerance; the bound wants their signs right. */
static void mend_signs(const struct az_model *model, double pi[])
{
    for (size_t i = 0; i < model->row_count; i++) {
        if (isinf(model->row_upper[i])) pi[i] = fmax(pi[i], 0);
        if (isinf(model->row_lower[i])) pi[i] = fmin(pi[i], 0);
    }
}

enum az_status mg_master_rises(const struct mg_master *master, const double pi[],
                               struct az_arena *arena, struct mg_rises *rises)
{
    size_t T = master->mg->T, rows = master->lp->row_count;
    double *mended = AZ_ARRAY(arena, rows, double);
    double *least = AZ_ARRAY(arena, master->problem.block_count, double);
    rises->on = AZ_ARRAY(arena, master->class_count * T, double);
    rises->off = AZ_ARRAY(arena, master->class_count * T, double);
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = AZ_NO_MEMORY;
    if (!mended || !least || !rises->on || !rises->off || !scratch) goto done;
    memcpy(mended, pi, rows * sizeof *mended);
    mend_signs(master->lp, mended);
    struct az_prices prices = { .pi = mended, .cost_scale = 1 };
    for (size_t c = 0; c < master->class_count; c++) {
        double *on = rises->on + c * T, *off = rises->off + c * T;
        struct mg_unit_ask ask;
        az_arena_empty(scratch);
        AZ_GOTO(mg_master_ask(master, c, &prices, scratch, &ask));
        AZ_GOTO(mg_price_slots(&ask, scratch, &least[c], on, off));
        for (size_t t = 0; t < T && isfinite(least[c]); t++) on[t] -= least[c], off[t] -= least[c];
    }
    for (size_t c = master->class_count; c < master->problem.block_count; c++) {
        struct az_block_columns columns = { .arena = scratch };
        az_arena_empty(scratch);
        AZ_GOTO(price((void *)master, c, &prices, scratch, scratch, &columns, &least[c]));
    }
    rises->bound = az_colgen_lagrangian(&master->problem, &prices, least);
    status = AZ_OK;
done:
    az_arena_free(scratch);
    return status;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* What the instance says of single slots, in conflict with itself: no schedule then. */
static bool in_conflict(const struct mg_unit *unit)
{
    return unit->must_run == 1 && unit->fixed_off > 0;
}

/* The peak of a billing month is at most what the connection can draw: the bound that a static
 * column needs. */
static void bound_peaks(struct mg_master *master, size_t i)
{
    const struct mg_instance *mg = master->mg;
    struct mg_model *m = master->rest;
    const struct mg_connection *connection = &mg->connections.items[i];
    double most = connection->open_energy_kwh / mg->dt;
    if (m->peak[i] == AZ_NO_INDEX) return;
    for (size_t t = 0; t < mg->T; t++) most = fmax(most, m->lp->upper[m->import[i * mg->T + t]]);
    for (size_t k = 0; k < connection->month_count; k++)
        if (isinf(m->lp->upper[m->peak[i] + k]))
            az_column_bounds(m->lp, m->peak[i] + k, 0, 2 * most);
}

static void bound_column(struct az_model *lp, size_t column, double most)
{
    if (column != AZ_NO_INDEX && isinf(lp->upper[column]))
        az_column_bounds(lp, column, 0, fmax(0, most));
}

/* What is short of a schedule, and what a plan changes, is within what the connection can do. */
static void bound_statics(struct mg_master *master)
{
    const struct mg_instance *mg = master->mg;
    struct mg_model *m = master->rest;
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection *connection = &mg->connections.items[i];
        bound_peaks(master, i);
        for (size_t t = 0; t < mg->T; t++) {
            size_t at = i * mg->T + t;
            double in = m->lp->upper[m->import[at]], out = m->lp->upper[m->export[at]];
            bound_column(m->lp, m->imbalance[at], in - connection->scheduled_kw[t]);
            bound_column(m->lp, m->change_up[at], in - connection->submitted_kw[t]);
            bound_column(m->lp, m->change_down[at], out + connection->submitted_kw[t]);
        }
    }
}

static enum az_status make_branches(struct mg_master *master)
{
    size_t T = master->mg->T, each = master->class_count * T;
    master->branches = AZ_ARRAY(master->arena, 2 * each, struct mg_branch);
    master->value = AZ_ARRAY(master->arena, 2 * each, double);
    if (!master->branches || !master->value) return AZ_NO_MEMORY;
    for (int type = MG_BRANCH_ON; type <= MG_BRANCH_START; type++)
        for (size_t c = 0; c < master->class_count; c++)
            for (size_t t = 0; t < T; t++)
                master->branches[(size_t)type * each + c * T + t] =
                    (struct mg_branch){ c, t, (enum mg_branch_type)type };
    return AZ_OK;
}

enum az_status mg_master_new(const struct mg_instance *mg, const struct mg_decisions *decisions,
                             bool apart, struct az_arena *arena, struct mg_master *master)
{
    struct mg_build build = { .decisions = decisions,
                              .penalty_limit = INFINITY,
                              .without_units = true };
    *master = (struct mg_master){ .mg = mg, .arena = arena };
    for (size_t i = 0; i < mg->units.count; i++)
        if (in_conflict(&mg->units.items[i])) return AZ_INFEASIBLE;
    AZ_TRY(mg_model_new(mg, &build, &master->rest));
    if (master->rest->conflict) return AZ_INFEASIBLE;
    bound_statics(master);
    AZ_TRY(mg_master_rows(master));
    AZ_TRY(make_classes(master, apart));
    AZ_TRY(make_branches(master));
    master->problem =
        (struct az_colgen_problem){ .master = master->lp,
                                    .block_count = master->class_count + master->pack_count,
                                    .blocks = master->blocks,
                                    .effort_count = 1,
                                    .thorough = true,
                                    .data = master,
                                    .price = price,
                                    .allows = mg_allows,
                                    .branchings = mg_branchings,
                                    .coefficient = mg_branch_coefficient };
    return AZ_OK;
}

void mg_master_free(struct mg_master *master)
{
    mg_model_free(master->rest);
    master->rest = NULL;
}

/* Prices of rows that both models know by a map. */
static void take_mapped(const struct mg_master *master, const size_t to[], const size_t from[],
                        const double duals[], double pi[])
{
    for (size_t at = 0; at < master->mg->grids.count * master->mg->T; at++)
        if (to[at] != AZ_NO_INDEX && from[at] != AZ_NO_INDEX)
            pi[to[at]] = duals[from[at]] / master->row_scale[to[at]];
}

/* Both models have the rows of everything but units in the same order, before the balances. */
static void take_duals(const struct mg_master *master, const struct mg_model *crude,
                       const double duals[], double pi[])
{
    const struct mg_model *rest = master->rest;
    size_t first = rest->balance[0], from = crude->balance[0];
    if (from - crude->unit_rows == first - rest->unit_rows)
        for (size_t i = rest->unit_rows; i < first; i++)
            pi[i] = duals[from - first + i] / master->row_scale[i];
    take_mapped(master, rest->balance, crude->balance, duals, pi);
    take_mapped(master, rest->reserve_row, crude->reserve_row, duals, pi);
    take_mapped(master, rest->reserve_down_row, crude->reserve_down_row, duals, pi);
    take_mapped(master, rest->hold_row, crude->hold_row, duals, pi);
    take_mapped(master, rest->largest_row, crude->largest_row, duals, pi);
}

enum az_status mg_first_prices(const struct mg_master *master, const struct az_engine *engine,
                               const struct az_context *context, double **pi)
{
    const struct mg_instance *mg = master->mg;
    struct mg_build build = { .penalty_limit = INFINITY, .relaxed = true, .crude = true };
    struct mg_decisions open;
    struct mg_solution solution;
    struct mg_model *m = NULL;
    *pi = NULL;
    enum az_status status = mg_decisions_new(mg, master->arena, &open);
    build.decisions = &open;
    if (status == AZ_OK) status = mg_solve_crude(mg, &build, engine, context, &m, &solution);
    if (status != AZ_OK || mg->grids.count == 0 || !solution.x || !solution.pi) goto done;
    *pi = AZ_ARRAY(master->arena, master->lp->row_count, double);
    if (*pi)
        take_duals(master, m, solution.pi, *pi);
    else
        status = AZ_NO_MEMORY;
done:
    mg_model_free(m);
    return status;
}
