/* model_shared.c - what the buses of the compact model share: trips, fleet, depots, chargers,
 * places, grids. */
#include <math.h>

#include "formulations/evbus/model.h"
#include "solver/tolerances.h"

static bool is_new(const struct eb_model *m, const struct eb_possible *bus)
{
    return m->sources[bus->source].bus == AZ_NO_INDEX;
}

/* Adds factor times "this bus has a block" to the open row. */
static void put_block(struct eb_model *m, const struct eb_possible *bus, double factor)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    for (size_t a = 0; a < g->arc_count; a++)
        if (g->nodes[g->arcs[a].from].kind == EB_NODE_START) az_entry(m->lp, bus->x[a], factor);
}

static void put(struct eb_model *m, size_t column, double factor)
{
    if (column != AZ_NO_INDEX) az_entry(m->lp, column, factor);
}

/* Every planned trip is run once, or left out: sum of buses + unserved = 1. */
static void trip_rows(struct eb_model *m)
{
    const struct eb_instance *ev = m->ev;
    for (size_t j = 0; j < ev->trips.count; j++) {
        const struct eb_trip *trip = &ev->trips.items[j];
        m->unserved[j] = AZ_NO_INDEX;
        if (ev->done && ev->done[j]) continue;
        if (isfinite(trip->unserved_jpy)) m->unserved[j] = eb_model_unserved(m, trip->unserved_jpy);
        size_t give = eb_model_give(m, EB_SOFT_TRIP, j, 0, 1);
        az_row(m->lp, 1, 1, NULL);
        put(m, m->unserved[j], 1);
        put(m, give, 1);
        for (size_t b = 0; b < m->bus_count; b++) {
            const struct eb_graph *g = m->graphs[m->buses[b].graph];
            for (size_t a = 0; a < g->arc_count; a++)
                if (g->arcs[a].to == g->trip_node + j) az_entry(m->lp, m->buses[b].x[a], 1);
        }
    }
}

/* --- fleet and depots ------------------------------------------------------------------------- */

/* Room that buses of `buses` take: at a depot (or anywhere), of a type (or any). */
static double taken(const struct eb_instance *ev, size_t depot, size_t type)
{
    double sum = 0;
    for (size_t b = 0; b < ev->bus_count; b++)
        sum += (depot == AZ_NO_INDEX || ev->bus[b].depot.index == depot) &&
               (type == AZ_NO_INDEX || ev->bus[b].type.index == type);
    return sum;
}

/* New blocks at a depot, of a type, are at most so many. */
static void limit_row(struct eb_model *m, size_t depot, size_t type, double limit, int soft,
                      size_t item)
{
    size_t give = eb_model_give(m, soft, item, 0, (double)m->ev->trips.count);
    az_row(m->lp, -INFINITY, fmax(0, limit), NULL);
    put(m, give, -1);
    for (size_t b = 0; b < m->bus_count; b++) {
        const struct eb_source *source = &m->sources[m->buses[b].source];
        if (is_new(m, &m->buses[b]) && (depot == AZ_NO_INDEX || source->depot == depot) &&
            (type == AZ_NO_INDEX || source->type == type))
            put_block(m, &m->buses[b], 1);
    }
}

static void fleet_rows(struct eb_model *m)
{
    const struct eb_instance *ev = m->ev;
    for (size_t t = 0; t < ev->types.count; t++)
        if (ev->types.items[t].count != AZ_NO_INTEGER)
            limit_row(m, AZ_NO_INDEX, t,
                      (double)ev->types.items[t].count - taken(ev, AZ_NO_INDEX, t), EB_SOFT_FLEET,
                      t);
    for (size_t d = 0; d < ev->depots.count; d++) {
        const struct eb_depot *depot = &ev->depots.items[d];
        if (depot->capacity != AZ_NO_INTEGER)
            limit_row(m, d, AZ_NO_INDEX, (double)depot->capacity - taken(ev, d, AZ_NO_INDEX),
                      EB_SOFT_DEPOT, d);
        for (size_t k = 0; k < depot->capacities.count; k++) {
            size_t type = depot->capacities.keys[k].index;
            limit_row(m, d, type, (double)depot->capacities.items[k] - taken(ev, d, type),
                      EB_SOFT_DEPOT, d);
        }
    }
}

/* Where buses may end elsewhere: at every depot at least as many of each type end as begin. */
static void return_rows(struct eb_model *m)
{
    const struct eb_instance *ev = m->ev;
    if (ev->return_rule != EB_RETURN_COUNTS || ev->depots.count < 2) return;
    for (size_t d = 0; d < ev->depots.count; d++)
        for (size_t t = 0; t < ev->types.count; t++) {
            az_row(m->lp, 0, INFINITY, NULL);
            for (size_t b = 0; b < m->bus_count; b++) {
                const struct eb_possible *bus = &m->buses[b];
                const struct eb_source *source = &m->sources[bus->source];
                const struct eb_graph *g = m->graphs[bus->graph];
                if (source->type != t) continue;
                if (source->depot == d) put_block(m, bus, -1);
                for (size_t a = 0; a < g->arc_count; a++) {
                    const struct eb_node *to = &g->nodes[g->arcs[a].to];
                    if (to->kind == EB_NODE_SINK && to->index == d) az_entry(m->lp, bus->x[a], 1);
                }
            }
        }
}

/* --- chargers and places -----------------------------------------------------------------------
 */

/* The uses of a bank in a slot, into the open row; without one (row false) they are counted. */
static size_t put_uses(struct eb_model *m, size_t bank, size_t slot, bool row)
{
    size_t count = 0;
    for (size_t b = 0; b < m->bus_count; b++) {
        const struct eb_possible *bus = &m->buses[b];
        const struct eb_graph *g = m->graphs[bus->graph];
        for (size_t a = 0; a < g->arc_count; a++)
            for (size_t u = bus->use_start[a]; u < bus->use_start[a + 1]; u++) {
                if (g->arcs[a].slot != slot || bus->uses[u].bank != bank) continue;
                if (row) az_entry(m->lp, bus->uses[u].plug, 1);
                count++;
            }
    }
    return count;
}

/* Stays that use a bank in a slot are at most its chargers, chosen ones included. */
static void charger_rows(struct eb_model *m)
{
    const struct eb_instance *ev = m->ev;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        const struct eb_charger *charger = &ev->chargers.items[c];
        m->extra[c] = AZ_NO_INDEX;
        if (!eb_model_counts(m, c)) continue;
        double more =
            charger->count_max == AZ_NO_INTEGER ? 0 : (double)(charger->count_max - charger->count);
        if (more > 0) {
            m->extra[c] = eb_model_column(m, 0, more, charger->price_jpy_per_day, true);
            az_branch_priority(m->lp, m->extra[c], 2);
        }
        size_t give = eb_model_give(m, EB_SOFT_CHARGER, c, 0, (double)m->bus_count);
        for (size_t t = 0; t < ev->T; t++) {
            if (put_uses(m, c, t, false) <= (size_t)charger->count) continue;
            az_row(m->lp, -INFINITY, (double)charger->count, NULL);
            (void)put_uses(m, c, t, true);
            put(m, m->extra[c], -1);
            put(m, give, -1);
        }
    }
}

/* Energy of all uses at a place (a grid) in a slot, into the open row. */
static void put_energy(struct eb_model *m, size_t slot, size_t place, size_t grid, double charge,
                       double discharge)
{
    for (size_t b = 0; b < m->bus_count; b++) {
        const struct eb_possible *bus = &m->buses[b];
        const struct eb_graph *g = m->graphs[bus->graph];
        for (size_t a = 0; a < g->arc_count; a++) {
            if (g->arcs[a].slot != slot) continue;
            for (size_t u = bus->use_start[a]; u < bus->use_start[a + 1]; u++) {
                const struct eb_arc_use *use = &bus->uses[u];
                const struct eb_charger *charger = &m->ev->chargers.items[use->bank];
                if (place != AZ_NO_INDEX && charger->place.index != place) continue;
                if (grid != AZ_NO_INDEX && charger->grid != grid) continue;
                az_entry(m->lp, use->charge, charge);
                if (use->discharge != AZ_NO_INDEX) az_entry(m->lp, use->discharge, discharge);
            }
        }
    }
}

static void place_rows(struct eb_model *m)
{
    const struct eb_instance *ev = m->ev;
    for (size_t p = 0; p < ev->places.count; p++) {
        const struct eb_place *place = &ev->places.items[p];
        double draw = place->power_limit_kw;
        double give = isnan(place->delivery_limit_kw) ? draw : place->delivery_limit_kw;
        if (place->charger_count == 0) continue;
        size_t more = AZ_NO_INDEX;
        if (!isnan(draw)) more = eb_model_give(m, EB_SOFT_POWER, p, 0, 1e5);
        for (size_t t = 0; t < ev->T; t++) {
            if (!isnan(draw)) {
                az_row(m->lp, -INFINITY, draw * ev->dt, NULL);
                put_energy(m, t, p, AZ_NO_INDEX, 1, 0);
                put(m, more, -ev->dt);
            }
            if (!isnan(give)) {
                az_row(m->lp, -INFINITY, give * ev->dt, NULL);
                put_energy(m, t, p, AZ_NO_INDEX, 0, 1);
            }
        }
    }
}

void eb_model_shared(struct eb_model *m)
{
    const struct eb_instance *ev = m->ev;
    m->unserved = AZ_ARRAY(m->arena, ev->trips.count, size_t);
    m->extra = AZ_ARRAY(m->arena, ev->chargers.count, size_t);
    m->balance = AZ_ARRAY(m->arena, ev->grids.count * ev->T, size_t);
    if (!m->unserved || !m->extra || !m->balance) {
        m->lp->failed = AZ_NO_MEMORY;
        return;
    }
    trip_rows(m);
    fleet_rows(m);
    return_rows(m);
    charger_rows(m);
    place_rows(m);
    for (size_t g = 0; g < ev->grids.count; g++)
        for (size_t t = 0; t < ev->T; t++) {
            m->balance[g * ev->T + t] = eb_grid_balance(&m->grids, m->lp, g, t);
            put_energy(m, t, AZ_NO_INDEX, g, -1, 1);
        }
    eb_grid_storage_rows(&m->grids, m->lp);
    eb_grid_exclusions(&m->grids, m->lp, m->build.converters, m->build.storages);
    if (isfinite(m->build.unserved_limit)) {
        az_row(m->lp, -INFINITY, m->build.unserved_limit, NULL);
        for (size_t k = 0; k < m->price_count; k++)
            az_entry(m->lp, m->price_column[k], m->price[k]);
    }
    if (isfinite(m->build.fleet_limit)) {
        az_row(m->lp, -INFINITY, m->build.fleet_limit, NULL);
        for (size_t k = 0; k < m->bus_column_count; k++) az_entry(m->lp, m->bus_column[k], 1);
    }
}
