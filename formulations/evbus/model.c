/* model.c - the compact MILP: every possible bus is a path, its charge flows along it. */
#include "formulations/evbus/model.h"

#include <math.h>
#include <string.h>

/* --- columns ---------------------------------------------------------------------------------- */

size_t eb_model_column(struct eb_model *m, double lower, double upper, double cost, bool integer)
{
    return az_column(m->lp, lower, upper, m->build.goal == EB_GOAL_COST ? cost : 0, integer, NULL);
}

void eb_model_remember(struct eb_model *m, size_t **columns, double **prices, size_t *count,
                       size_t *capacity, size_t column, double price)
{
    if (*count == *capacity) {
        size_t more = *capacity ? 2 * *capacity : 32;
        *columns = az_arena_grow(m->arena, *columns, *count, more, sizeof **columns);
        if (prices) *prices = az_arena_grow(m->arena, *prices, *count, more, sizeof **prices);
        if (!*columns || (prices && !*prices)) {
            m->lp->failed = AZ_NO_MEMORY;
            *count = *capacity = 0;
            return;
        }
        *capacity = more;
    }
    if (prices) (*prices)[*count] = price;
    (*columns)[(*count)++] = column;
}

size_t eb_model_unserved(struct eb_model *m, double price)
{
    bool counts = m->build.goal == EB_GOAL_COST || m->build.goal == EB_GOAL_UNSERVED;
    double upper = m->build.conceding ? 1 : 0;
    size_t column = az_column(m->lp, 0, upper, counts ? price : 0, false, NULL);
    eb_model_remember(m, &m->price_column, &m->price, &m->price_count, &m->price_capacity, column,
                      price);
    return column;
}

/* How much one unit of giving weighs: what stands in the way of trips last. */
static double weight_of(int soft)
{
    static const double weights[EB_SOFT_COUNT] = {
        [EB_SOFT_TRIP] = 1000, [EB_SOFT_END] = 1,      [EB_SOFT_FLEET] = 300,
        [EB_SOFT_DEPOT] = 100, [EB_SOFT_CHARGER] = 50, [EB_SOFT_POWER] = 1,
    };
    return weights[soft];
}

size_t eb_group_count(const struct eb_instance *ev)
{
    return eb_group(ev, EB_SOFT_COUNT, 0);
}

size_t eb_group(const struct eb_instance *ev, int soft, size_t item)
{
    const size_t counts[EB_SOFT_COUNT] = {
        [EB_SOFT_TRIP] = ev->trips.count,       [EB_SOFT_END] = ev->types.count,
        [EB_SOFT_FLEET] = ev->types.count,      [EB_SOFT_DEPOT] = ev->depots.count,
        [EB_SOFT_CHARGER] = ev->chargers.count, [EB_SOFT_POWER] = ev->places.count,
    };
    size_t first = 0;
    for (int k = 0; k < soft && k < EB_SOFT_COUNT; k++) first += counts[k];
    return first + item;
}

size_t eb_model_give(struct eb_model *m, int soft, size_t item, size_t slot, double upper)
{
    size_t group = eb_group(m->ev, soft, item);
    if (!m->build.soft || !m->build.soft[group]) return AZ_NO_INDEX;
    if (m->give_count == m->give_capacity) {
        size_t more = m->give_capacity ? 2 * m->give_capacity : 32;
        m->gives = az_arena_grow(m->arena, m->gives, m->give_count, more, sizeof *m->gives);
        if (!m->gives) {
            m->lp->failed = AZ_NO_MEMORY;
            m->give_count = m->give_capacity = 0;
            return AZ_NO_INDEX;
        }
        m->give_capacity = more;
    }
    size_t column = az_column(m->lp, 0, upper, weight_of(soft), false, NULL);
    m->gives[m->give_count++] = (struct eb_give){ group, slot, column };
    return column;
}

/* --- the whole -------------------------------------------------------------------------------- */

static enum az_status add_buses(struct eb_model *m)
{
    size_t most = 0;
    AZ_TRY(eb_sources(m->ev, m->arena, &m->sources, &m->source_count));
    m->graph_count = m->source_count;
    m->graphs = AZ_ARRAY(m->arena, m->graph_count, struct eb_graph *);
    if (!m->graphs) return AZ_NO_MEMORY;
    for (size_t s = 0; s < m->source_count; s++) {
        size_t extra = m->sources[s].bus == AZ_NO_INDEX ? m->build.extra_buses : 0;
        most += (size_t)m->sources[s].count_max + extra;
        AZ_TRY(eb_graph_new(m->ev, &m->sources[s], m->arena, &m->graphs[s]));
    }
    m->buses = AZ_ARRAY(m->arena, most, struct eb_possible);
    if (!m->buses) return AZ_NO_MEMORY;
    for (size_t s = 0; s < m->source_count; s++) {
        size_t copies = (size_t)m->sources[s].count_max;
        if (m->sources[s].bus == AZ_NO_INDEX) copies += m->build.extra_buses;
        for (size_t k = 0; k < copies; k++)
            m->buses[m->bus_count++] = (struct eb_possible){ .graph = s, .source = s };
    }
    return AZ_OK;
}

static enum az_status build_model(struct eb_model *m)
{
    AZ_TRY(add_buses(m));
    AZ_TRY(eb_grid_columns_add(m->ev, m->lp, m->arena, &m->grids));
    if (m->build.goal != EB_GOAL_COST) /* grids cost in one goal only */
        for (size_t j = 0; j < m->lp->column_count; j++) m->lp->cost[j] = 0;
    for (size_t b = 0; b < m->bus_count; b++) AZ_TRY(eb_model_bus_columns(m, &m->buses[b]));
    for (size_t b = 0; b < m->bus_count; b++) {
        eb_model_bus_rows(m, &m->buses[b]);
        if (b > 0 && m->buses[b].source == m->buses[b - 1].source)
            eb_model_symmetry_rows(m, &m->buses[b - 1], &m->buses[b]);
    }
    eb_model_shared(m);
    return az_model_finish(m->lp);
}

enum az_status eb_model_new(const struct eb_instance *ev, const struct eb_build *build,
                            struct eb_model **model)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct eb_model *m = arena ? AZ_NEW(arena, struct eb_model) : NULL;
    *model = m;
    if (!m) {
        az_arena_free(arena);
        return AZ_NO_MEMORY;
    }
    m->ev = ev;
    m->arena = arena;
    m->build = *build;
    m->lp = az_model_new(arena, AZ_MINIMIZE);
    if (!m->lp) return AZ_NO_MEMORY;
    return build_model(m);
}

void eb_model_free(struct eb_model *model)
{
    if (model) az_arena_free(model->arena);
}
