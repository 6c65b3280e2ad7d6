/* model.c - the builder under the microgrid's compact MILP: rows with constants, bounds, soft
 * rules, and the assembly of the families. */
#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/packs.h"

#include <math.h>
#include <string.h>

#include "solver/tolerances.h"

/* --- decisions ----------------------------------------------------------------------------------
 */

enum az_status mg_decisions_new(const struct mg_instance *mg, struct az_arena *arena,
                                struct mg_decisions *decisions)
{
    size_t T = mg->T;
    decisions->watch = NULL;
    decisions->reach = NULL;
    decisions->unit = AZ_ARRAY(arena, mg->units.count * T, signed char);
    decisions->battery = AZ_ARRAY(arena, mg->batteries.count * T, signed char);
    decisions->converter = AZ_ARRAY(arena, mg->converters.count * T, signed char);
    decisions->segment = AZ_ARRAY(arena, mg->converters.count * T, signed char);
    decisions->connection = AZ_ARRAY(arena, mg->connections.count * T, signed char);
    decisions->lasts = AZ_ARRAY(arena, mg->reservation_count, signed char);
    decisions->shelter = AZ_ARRAY(arena, mg->batteries.count, signed char);
    decisions->armed = AZ_ARRAY(arena, mg_armable_count(mg) * T, signed char);
    decisions->held = AZ_ARRAY(arena, mg->batteries.count * T, signed char);
    decisions->run = AZ_ARRAY(arena, mg->shiftables.count, int);
    if (!decisions->unit || !decisions->battery || !decisions->converter || !decisions->segment ||
        !decisions->connection || !decisions->lasts || !decisions->shelter || !decisions->armed ||
        !decisions->held || !decisions->run)
        return AZ_NO_MEMORY;
    memset(decisions->lasts, -1, mg->reservation_count);
    for (size_t i = 0; i < mg->batteries.count; i++)
        decisions->shelter[i] = (signed char)mg->batteries.items[i].stands0;
    memset(decisions->armed, -1, mg_armable_count(mg) * T);
    memset(decisions->held, MG_HELD_FREE, mg->batteries.count * T);
    for (size_t i = 0; i < mg->shiftables.count; i++) decisions->run[i] = MG_RUN_FREE;
    AZ_TRY(mg_decisions_of_scenarios(mg, arena, decisions));
    memset(decisions->segment, MG_SEGMENT_FREE, mg->converters.count * T);
    memset(decisions->unit, -1, mg->units.count * T);
    memset(decisions->battery, MG_FREE, mg->batteries.count * T);
    memset(decisions->connection, MG_FREE, mg->connections.count * T);
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t t = 0; t < T; t++)
            decisions->converter[i * T + t] = mg_is_switched(mg, i, t) ? MG_EITHER : MG_FREE;
    return AZ_OK;
}

void mg_decisions_copy(const struct mg_instance *mg, const struct mg_decisions *from,
                       struct mg_decisions *to)
{
    size_t T = mg->T;
    memcpy(to->unit, from->unit, mg->units.count * T);
    memcpy(to->battery, from->battery, mg->batteries.count * T);
    memcpy(to->converter, from->converter, mg->converters.count * T);
    memcpy(to->segment, from->segment, mg->converters.count * T);
    memcpy(to->connection, from->connection, mg->connections.count * T);
    memcpy(to->lasts, from->lasts, mg->reservation_count);
    memcpy(to->shelter, from->shelter, mg->batteries.count);
    memcpy(to->armed, from->armed, mg_armable_count(mg) * T);
    memcpy(to->held, from->held, mg->batteries.count * T);
    memcpy(to->run, from->run, mg->shiftables.count * sizeof to->run[0]);
    for (size_t k = 0; k < mg->scenarios.count; k++)
        mg_decisions_copy(&mg->views[k], &from->scenario[k], &to->scenario[k]);
    to->watch = from->watch;
    to->reach = from->reach;
}

/* --- groups of rules ----------------------------------------------------------------------------
 */

static size_t widest(const struct mg_instance *mg)
{
    size_t counts[] = { mg->grids.count,       mg->connections.count,    mg->units.count,
                        mg->renewables.count,  mg->batteries.count,      mg->converters.count,
                        mg->loads.count,       mg->ponds.count,          mg->budgets.count,
                        mg->shiftables.count,  mg->flexible_loads.count, mg->lines.count,
                        mg->commitments.count, mg->islandings.count,     mg->survivals.count };
    size_t most = 1;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (counts[i] > most) most = counts[i];
    return most;
}

size_t mg_group_count(const struct mg_instance *mg)
{
    return MG_RULE_COUNT * widest(mg);
}

size_t mg_group(const struct mg_instance *mg, enum mg_rule rule, size_t asset)
{
    return (size_t)rule * widest(mg) + asset;
}

bool mg_is_soft(const struct mg_model *m, struct mg_tag tag)
{
    return m->build.soft && m->build.soft[mg_group(m->mg, tag.rule, tag.asset)];
}

bool mg_is_priced(const struct mg_instance *mg, double price)
{
    return mg->mode == MG_SERVICE && !isnan(price);
}

/* --- columns ------------------------------------------------------------------------------------
 */

static bool counts_money(const struct mg_model *m)
{
    return m->build.goal == MG_GOAL_COST || m->build.goal == MG_GOAL_SUM;
}

static bool counts_breach(const struct mg_model *m)
{
    return m->build.goal == MG_GOAL_PENALTY || m->build.goal == MG_GOAL_SUM;
}

size_t mg_column(struct mg_model *m, double lower, double upper, double cost, bool integer)
{
    return az_column(m->lp, lower, upper, counts_money(m) ? m->weight * cost : 0,
                     integer && !m->build.relaxed, NULL);
}

/* What holds the lists of all parts. */
static struct mg_model *root(struct mg_model *m)
{
    return m->base ? m->base : m;
}

size_t mg_concession(struct mg_model *m, double upper, double price)
{
    struct mg_model *all = root(m);
    size_t column = az_column(m->lp, 0, upper > 0 ? upper : 0,
                              counts_breach(m) ? m->weight * price : 0, false, NULL);
    if (m->build.penalty_limit < INFINITY) {
        /* kept for the row that limits the penalty: price stands beside the column */
        if (all->price_count == all->price_capacity) {
            size_t capacity = 2 * all->price_capacity + 64;
            void *columns = az_arena_grow(all->arena, all->price_column, all->price_count, capacity,
                                          sizeof *all->price_column);
            void *prices =
                az_arena_grow(all->arena, all->price, all->price_count, capacity, sizeof *m->price);
            if (!columns || !prices) {
                m->failed = AZ_NO_MEMORY;
                return column;
            }
            all->price_column = columns;
            all->price = prices;
            all->price_capacity = capacity;
        }
        all->price_column[all->price_count] = column;
        all->price[all->price_count++] = m->weight * price;
    }
    return column;
}

void mg_cost(struct mg_model *m, size_t column, double cost)
{
    if (counts_money(m) && cost != 0) az_add_cost(m->lp, column, m->weight * cost);
}

void mg_constant_cost(struct mg_model *m, double cost)
{
    if (counts_money(m) && cost != 0) az_add_offset(m->lp, m->weight * cost);
}

/* A map of count entries without columns. */
size_t *mg_no_columns(struct mg_model *m, size_t count)
{
    size_t *columns = AZ_ARRAY(m->arena, count, size_t);
    if (!columns) {
        m->failed = AZ_NO_MEMORY;
        return NULL;
    }
    for (size_t i = 0; i < count; i++) columns[i] = AZ_NO_INDEX;
    return columns;
}

/* --- rows ---------------------------------------------------------------------------------------
 */

void mg_row(struct mg_model *m, double lower, double upper, struct mg_tag tag)
{
    m->row_lower = lower;
    m->row_upper = upper;
    m->row_shift = 0;
    m->row_tag = tag;
    m->row_count = 0;
}

void mg_put_column(struct mg_model *m, size_t column, double factor)
{
    if (factor == 0 || m->failed) return;
    for (size_t k = 0; k < m->row_count && k < 8; k++)
        if (m->row_column[k] == column) {
            m->row_value[k] += factor;
            return;
        }
    if (m->row_count == m->row_capacity) {
        size_t capacity = 2 * m->row_capacity + 64;
        void *columns =
            az_arena_grow(m->arena, m->row_column, m->row_count, capacity, sizeof *m->row_column);
        void *values =
            az_arena_grow(m->arena, m->row_value, m->row_count, capacity, sizeof *m->row_value);
        if (!columns || !values) {
            m->failed = AZ_NO_MEMORY;
            return;
        }
        m->row_column = columns;
        m->row_value = values;
        m->row_capacity = capacity;
    }
    m->row_column[m->row_count] = column;
    m->row_value[m->row_count++] = factor;
}

void mg_put(struct mg_model *m, struct mg_term term, double factor)
{
    if (term.column == AZ_NO_INDEX)
        m->row_shift += factor * term.value;
    else
        mg_put_column(m, term.column, factor);
}

/* Narrows the bounds of a column; what cannot hold is a conflict. */
static void narrow(struct mg_model *m, size_t column, double lower, double upper)
{
    struct az_model *lp = m->lp;
    if (lp->failed != AZ_OK || m->failed) return;
    if (lp->integer[column]) {
        lower = ceil(lower - AZ_INTEGER_TOLERANCE);
        upper = floor(upper + AZ_INTEGER_TOLERANCE);
    }
    lower = fmax(lower, lp->lower[column]);
    upper = fmin(upper, lp->upper[column]);
    if (lower > upper) {
        double size = fmax(1, fmax(fabs(lower), fabs(upper)));
        if (lower > upper + 0.1 * AZ_FEASIBILITY_TOLERANCE * size) {
            m->conflict = true;
            return;
        }
        lower = upper;
    }
    az_column_bounds(lp, column, lower, upper);
}

static void remember_give(struct mg_model *m, size_t column)
{
    struct mg_model *all = root(m);
    if (all->gives.count == all->give_capacity) {
        size_t capacity = 2 * all->give_capacity + 64;
        void *items = az_arena_grow(all->arena, all->gives.items, all->gives.count, capacity,
                                    sizeof *all->gives.items);
        if (!items) {
            m->failed = AZ_NO_MEMORY;
            return;
        }
        all->gives.items = items;
        all->give_capacity = capacity;
    }
    all->gives.items[all->gives.count++] = (struct mg_give){ m->row_tag, column };
}

/* How dear it is that a rule gives, per unit of its row: an explanation prefers what people can
 * change. The balance itself comes last; a decision counts with the power behind it. */
static double give_cost(const struct mg_model *m)
{
    const struct mg_unit *units = m->mg->units.items;
    switch (m->row_tag.rule) {
    case MG_RULE_balance:
        return 50;
    case MG_RULE_load_served:
        return 2;
    case MG_RULE_load_critical:
        return 3;
    case MG_RULE_shiftable_run:
        return mg_run_size(m->mg, m->row_tag.asset);
    case MG_RULE_unit_ramp_up:
    case MG_RULE_unit_ramp_down:
        return 4;
    case MG_RULE_unit_must_run:
        return fmax(units[m->row_tag.asset].p_max_kw, 1);
    case MG_RULE_unit_min_up:
    case MG_RULE_unit_min_down:
    case MG_RULE_unit_stop_limit:
    case MG_RULE_unit_unavailable:
        return 4 * fmax(units[m->row_tag.asset].p_max_kw, 1);
    default:
        return 1;
    }
}

/* Does a rule give once for all slots (a limit that is raised), or slot by slot? */
static bool gives_once(enum mg_rule rule)
{
    return rule == MG_RULE_balance || rule == MG_RULE_unit_ramp_up ||
           rule == MG_RULE_unit_ramp_down || rule == MG_RULE_renewable_range ||
           rule == MG_RULE_flexible_range || rule == MG_RULE_battery_reserve ||
           rule == MG_RULE_converter_ramp;
}

/* The group's worst slot, at the cost of all of them.  give(t) <= worst */
static void add_worst(struct mg_model *m, size_t from)
{
    struct mg_model *all = root(m);
    size_t group = mg_group(m->mg, m->row_tag.rule, m->row_tag.asset);
    if (!all->worst) all->worst = mg_no_columns(m, mg_group_count(m->mg));
    if (m->failed) return;
    if (all->worst[group] == AZ_NO_INDEX)
        all->worst[group] =
            az_column(m->lp, 0, INFINITY, give_cost(m) * (double)m->mg->T, false, NULL);
    for (size_t k = from; k < all->gives.count; k++) {
        az_row(m->lp, -INFINITY, 0, NULL);
        az_entry(m->lp, all->gives.items[k].column, 1);
        az_entry(m->lp, all->worst[group], -1);
    }
}

/* Columns that let the open row give on its finite sides. */
static void give(struct mg_model *m)
{
    double cost = give_cost(m) * (gives_once(m->row_tag.rule) ? 0.01 : 1);
    for (int side = 0; side < 2; side++) {
        if (!isfinite(side ? m->row_upper : m->row_lower)) continue;
        size_t column = az_column(m->lp, 0, INFINITY, cost, false, NULL);
        mg_put_column(m, column, side ? -1 : 1);
        remember_give(m, column);
    }
}

/* Does the open row speak of parts of units whose rules are elsewhere? */
static bool names_parts(const struct mg_model *m)
{
    for (size_t k = 0; k < m->row_count; k++)
        if (m->row_column[k] < m->unit_columns) return true;
    return false;
}

void mg_close(struct mg_model *m)
{
    if (m->failed) return;
    bool soft = mg_is_soft(m, m->row_tag);
    double lower = m->row_lower - m->row_shift, upper = m->row_upper - m->row_shift;
    bool keep = m->row_tag.rule == MG_RULE_balance || names_parts(m);
    size_t live = 0;
    for (size_t k = 0; k < m->row_count; k++)
        if (fabs(m->row_value[k]) > AZ_ZERO) {
            m->row_column[live] = m->row_column[k];
            m->row_value[live++] = m->row_value[k];
        }
    m->row_count = live;
    size_t first_give = root(m)->gives.count;
    if (soft) give(m);
    if (m->row_count == 0 && !keep) {
        double size = fmax(1, fmax(isfinite(m->row_lower) ? fabs(m->row_lower) : 0,
                                   isfinite(m->row_upper) ? fabs(m->row_upper) : 0));
        double tolerance = 0.1 * AZ_FEASIBILITY_TOLERANCE * size;
        if (lower > tolerance || upper < -tolerance) m->conflict = true;
        return;
    }
    if (m->row_count == 1 && !keep) {
        double factor = m->row_value[0];
        double a = lower / factor, b = upper / factor;
        narrow(m, m->row_column[0], factor > 0 ? a : b, factor > 0 ? b : a);
        return;
    }
    size_t row = az_row(m->lp, lower, upper, NULL);
    size_t at = m->row_tag.asset * m->mg->T + m->row_tag.slot;
    if (m->row_tag.rule == MG_RULE_balance && m->balance) m->balance[at] = row;
    if (m->row_tag.rule == MG_RULE_reserve_up && m->reserve_row) m->reserve_row[at] = row;
    for (size_t k = 0; k < m->row_count; k++) az_entry(m->lp, m->row_column[k], m->row_value[k]);
    if (soft && gives_once(m->row_tag.rule)) add_worst(m, first_give);
}

void mg_limit(struct mg_model *m, size_t column, double lower, double upper, struct mg_tag tag)
{
    mg_row(m, lower, upper, tag);
    mg_put_column(m, column, 1);
    mg_close(m);
}

/* --- assembly -----------------------------------------------------------------------------------
 */

/* A map of columns or rows, and how many it has. */
struct map {
    size_t **map;
    size_t count;
};

static void make(struct mg_model *m, size_t count, const struct map maps[])
{
    for (size_t i = 0; i < count; i++) *maps[i].map = mg_no_columns(m, maps[i].count);
}

/* What assets do. */
static void make_asset_maps(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    size_t T = mg->T, units = mg->units.count * T, batteries = mg->batteries.count * T,
           converters = mg->converters.count * T, connections = mg->connections.count * T;
    const struct map maps[] = {
        { &m->logic_first, mg->units.count },
        { &m->logic_end, mg->units.count },
        { &m->segment, units },
        { &m->above, units },
        { &m->reserve, units },
        { &m->used, mg->renewables.count * T },
        { &m->charge, batteries },
        { &m->discharge, batteries },
        { &m->energy, batteries },
        { &m->floor_short, batteries },
        { &m->charging, batteries },
        { &m->end_short, mg->batteries.count },
        { &m->departed, mg->reservation_count },
        { &m->depart_short, mg->reservation_count },
        { &m->spared, mg->reservation_count },
        { &m->lasts, mg->reservation_count },
        { &m->shelter, mg->batteries.count },
        { &m->sheltered, batteries },
        { &m->forward, converters },
        { &m->backward, converters },
        { &m->on_forward, converters },
        { &m->on_backward, converters },
        { &m->full_forward, converters },
        { &m->full_backward, converters },
        { &m->import, connections },
        { &m->export, connections },
        { &m->import_over, connections },
        { &m->export_over, connections },
        { &m->importing, connections },
        { &m->peak, mg->connections.count },
        { &m->feeding, 2 * converters },
        { &m->unserved, mg->loads.count * T },
        { &m->critical, mg->loads.count * T },
        { &m->interrupted, mg->loads.count * T },
        { &m->skip, mg->shiftables.count },
        { &m->flexible, mg->flexible_loads.count * T },
        { &m->flexible_over, mg->flexible_loads.count },
        { &m->flexible_under, mg->flexible_loads.count },
    };
    make(m, sizeof maps / sizeof maps[0], maps);
}

/* What is traded, promised and held ready, and the rules of water. */
static void make_rule_maps(struct mg_model *m)
{
    const struct mg_instance *mg = m->mg;
    size_t T = mg->T, units = mg->units.count * T, batteries = mg->batteries.count * T,
           converters = mg->converters.count * T, connections = mg->connections.count * T,
           grids = mg->grids.count * T, ponds = mg->ponds.count * T, budgets = mg->budgets.count;
    const struct map maps[] = {
        { &m->imbalance, connections },
        { &m->change_up, connections },
        { &m->change_down, connections },
        { &m->reserve_short, grids },
        { &m->tripped, mg_armable_count(mg) * T },
        { &m->line_over, mg->lines.count * T },
        { &m->emergency_over, mg->lines.count * T },
        { &m->commitment_short, mg->commitments.count * T },
        { &m->balance, grids },
        { &m->reserve_row, grids },
        { &m->reserve_down, units },
        { &m->unit_large_row, units },
        { &m->battery_up, batteries },
        { &m->battery_down, batteries },
        { &m->held, batteries },
        { &m->forward_reserve, converters },
        { &m->backward_reserve, converters },
        { &m->reserve_down_short, grids },
        { &m->largest_short, grids },
        { &m->largest, grids },
        { &m->reserve_down_row, grids },
        { &m->hold_row, grids },
        { &m->largest_row, grids },
        { &m->room, grids },
        { &m->room_row, grids },
        { &m->level, ponds },
        { &m->spill, ponds },
        { &m->pond_row, ponds },
        { &m->pond_end_short, mg->ponds.count },
        { &m->budget_over, budgets },
        { &m->budget_under, budgets },
        { &m->budget_max_row, budgets },
        { &m->budget_min_row, budgets },
    };
    make(m, sizeof maps / sizeof maps[0], maps);
}

static void make_maps(struct mg_model *m)
{
    size_t units = m->mg->units.count * m->mg->T, armable = mg_armable_count(m->mg) * m->mg->T;
    m->on = AZ_ARRAY(m->arena, units, struct mg_term);
    m->start = AZ_ARRAY(m->arena, units, struct mg_term);
    m->armed = AZ_ARRAY(m->arena, armable, struct mg_term);
    if (!m->on || !m->start || !m->armed) m->failed = AZ_NO_MEMORY;
    make_asset_maps(m);
    make_rule_maps(m);
}

/* The penalty is at most what the level before allows.  sum_k price_k short_k <= limit */
static void add_penalty_limit(struct mg_model *m)
{
    if (m->price_count == 0) return;
    mg_row(m, -INFINITY, m->build.penalty_limit, (struct mg_tag){ MG_RULE_plan_shape, 0, 0 });
    for (size_t k = 0; k < m->price_count; k++) mg_put_column(m, m->price_column[k], m->price[k]);
    mg_close(m);
}

void mg_model_families(struct mg_model *m)
{
    make_maps(m);
    if (m->failed) return;
    mg_model_wants(m);
    if (m->failed) return;
    mg_model_units(m);
    if ((m->build.without_units || m->build.crude) && !m->base)
        m->unit_columns = m->lp->column_count;
    m->unit_rows = m->lp->row_count;
    mg_model_network(m);
    mg_model_packs(m);
    mg_model_lines(m);
    mg_model_commitments(m);
    mg_model_holders(m);
    mg_model_water(m);
    mg_model_loads(m);
    mg_model_outages(m);
    mg_model_schedules(m);
    mg_model_whole(m);
    mg_model_balances(m);
    mg_model_pack_rows(m);
}

enum az_status mg_model_new(const struct mg_instance *mg, const struct mg_build *build,
                            struct mg_model **model)
{
    *model = NULL;
    struct az_arena *arena = az_arena_new(NULL);
    struct mg_model *m = arena ? AZ_NEW(arena, struct mg_model) : NULL;
    if (!m) {
        az_arena_free(arena);
        return AZ_NO_MEMORY;
    }
    *model = m;
    m->mg = mg;
    m->arena = arena;
    m->build = *build;
    m->lp = az_model_new(arena, AZ_MINIMIZE);
    bool shared = mg->scenarios.count > 0 && !build->alone;
    m->weight = shared ? mg->base_probability : 1;
    /* what never happens concedes for nothing: it is dispatched by itself */
    if (m->weight == 0 && mg->mode == MG_SERVICE) m->build.conceding = true;
    if (!m->lp) return AZ_NO_MEMORY;
    mg_model_families(m);
    m->build.conceding = build->conceding;
    mg_model_survival(m);
    if (shared && !m->failed) mg_model_scenarios(m);
    add_penalty_limit(m);
    if (m->failed) return m->failed;
    return az_model_finish(m->lp);
}

void mg_model_free(struct mg_model *model)
{
    if (model) az_arena_free(model->arena);
}
