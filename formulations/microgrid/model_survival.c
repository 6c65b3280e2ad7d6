/* model_survival.c - survival in the compact MILP: what is known of each start of an outage. */
#include <math.h>

#include "formulations/microgrid/survival.h"

/* Critical energy of the outage that begins with slot s, kWh. */
static double asked(const struct mg_island *island, size_t s)
{
    double sum = 0;
    for (size_t g = 0; g < island->mg->grids.count; g++)
        for (size_t k = 0; island->grid[g] && k < mg_island_length(island, s); k++)
            sum += mg_grid_critical_kw(island, g, s + k) * island->mg->dt;
    return sum;
}

/* constant + sum factor tie <= short */
static void add_cut(struct mg_model *m, const struct mg_island *island, size_t s,
                    const struct mg_cut *cut, size_t missing)
{
    mg_row(m, -INFINITY, -cut->constant, (struct mg_tag){ MG_RULE_plan_shape, island->index, s });
    for (size_t k = 0; k < island->tie_count; k++)
        if (cut->factor[k] != 0) mg_put_tie(m, island, k, s, cut->factor[k]);
    if (missing != AZ_NO_INDEX) mg_put_column(m, missing, -1);
    mg_close(m);
}

/* The block itself.  sum of unserved dt <= short */
static void add_block(struct mg_model *m, const struct mg_island *island, size_t s, size_t missing,
                      size_t index)
{
    struct mg_block block = { .island = island, .s = s, .exact = true };
    m->block_first[index] = m->lp->column_count;
    enum az_status status = mg_block_add(m, &block, m->arena);
    m->block_columns[index] = m->lp->column_count - m->block_first[index];
    if (status != AZ_OK && !m->failed) m->failed = status;
    if (m->failed) return;
    m->block_count++;
    mg_row(m, -INFINITY, 0, (struct mg_tag){ MG_RULE_plan_shape, island->index, s });
    for (size_t at = 0; at < m->mg->grids.count * block.length; at++)
        if (block.unserved[at] != AZ_NO_INDEX) mg_put_column(m, block.unserved[at], m->mg->dt);
    if (missing != AZ_NO_INDEX) mg_put_column(m, missing, -1);
    mg_close(m);
}

static void add_start(struct mg_model *m, const struct mg_watch *watch, size_t v, size_t n)
{
    const struct mg_island *island = &watch->islands[v];
    const struct mg_start_watch *start = &watch->starts[v][n];
    struct mg_tag tag = { MG_RULE_survival_served, v, start->s };
    double price = island->survival->price_jpy_per_kwh;
    size_t missing = AZ_NO_INDEX;
    /* a dispatch has the blocks whose integers are known; what it lacks its check finds out */
    bool exact = start->exact && !m->build.cuts_only && (!m->build.relaxed || start->has_pattern);
    if (start->cuts.count == 0 && !exact) return;
    if (m->build.conceding && mg_is_priced(m->mg, price)) {
        missing = mg_concession(m, asked(island, start->s), price);
    } else if (mg_is_soft(m, tag)) {
        missing = mg_column(m, 0, asked(island, start->s), 0, false);
        mg_limit(m, missing, -INFINITY, 0, tag);
    }
    m->survival_short[watch->first[v] + n] = missing;
    for (size_t k = 0; k < start->cuts.count; k++)
        add_cut(m, island, start->s, &start->cuts.items[k], missing);
    if (exact) add_block(m, island, start->s, missing, watch->first[v] + n);
}

void mg_model_survival(struct mg_model *m)
{
    const struct mg_watch *watch = m->build.decisions->watch;
    double weight = m->weight;
    if (!watch || watch->mg != m->mg || m->build.crude || m->failed) return;
    m->weight = 1; /* asked of the instance itself, whatever its probability */
    m->survival_short = mg_no_columns(m, watch->first[m->mg->survivals.count]);
    m->block_columns = mg_no_columns(m, watch->first[m->mg->survivals.count]);
    m->block_first = mg_no_columns(m, watch->first[m->mg->survivals.count]);
    for (size_t v = 0; v < m->mg->survivals.count; v++)
        for (size_t n = 0; n < watch->first[v + 1] - watch->first[v] && !m->failed; n++)
            add_start(m, watch, v, n);
    m->weight = weight;
}

/* What a plan's witnesses leave unserved, and the blocks as they are best lived through. */
bool mg_point_survival(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    struct mg_watch *watch = m->build.decisions->watch;
    if (!m->survival_short || !watch) return true;
    for (size_t v = 0; v < m->mg->survivals.count; v++)
        for (size_t n = 0; n < watch->first[v + 1] - watch->first[v]; n++) {
            size_t at = m->survival_short[watch->first[v] + n];
            if (at != AZ_NO_INDEX) x[at] = mg_witness_missing(m->mg, plan, v, n);
        }
    return m->block_count == 0 || mg_watch_point(watch, m, plan, x) == AZ_OK;
}
