/* model_bus.c - one possible bus of the compact MILP: columns of its arcs, rows of its path and of
 * its charge. */
#include <math.h>

#include "formulations/evbus/model.h"
#include "solver/tolerances.h"

#define RETURNS 2 /* a bus does not come to a bank more often within a slot */

/* --- one bus: windows of its arcs --------------------------------------------------------------
 */

/* Charge that may be held at an arc's beginning when nothing is charged on it. */
static void window_of(const struct eb_source *source, const struct eb_arc *arc, double *low,
                      double *high)
{
    double first = arc->has_first ? arc->first.energy_kwh : 0;
    *low = source->min_kwh;
    *high = source->max_kwh;
    if (arc->has_first) {
        *low = source->min_kwh + fmax(arc->first.prefix_high, arc->first.energy_kwh);
        *high = source->max_kwh + fmin(arc->first.prefix_low, arc->first.energy_kwh);
    }
    if (arc->has_second) {
        *low = fmax(*low, source->min_kwh + first + arc->second.prefix_high);
        *high = fmin(*high, source->max_kwh + first + arc->second.prefix_low);
    }
    *low = fmax(*low, 0);
}

/* The same with charging: the first movement only. */
static void entry_window(const struct eb_source *source, const struct eb_arc *arc, double *low,
                         double *high)
{
    struct eb_arc first = *arc;
    first.has_second = false;
    window_of(source, &first, low, high);
}

static double charge_kw(const struct eb_type *type, const struct eb_charger *charger)
{
    double kw = charger->charge_kw;
    return isnan(type->charge_kw) ? kw : fmin(kw, type->charge_kw);
}

static double discharge_kw(const struct eb_instance *ev, const struct eb_type *type,
                           const struct eb_charger *charger)
{
    double kw = ev->T > 0 ? charger->discharge_kw : 0;
    return isnan(type->discharge_kw) ? kw : fmin(kw, type->discharge_kw);
}

static bool bank_serves(const struct eb_instance *ev, size_t bank, size_t type, size_t place)
{
    const struct eb_charger *charger = &ev->chargers.items[bank];
    if (charger->place.index != place || (charger->serves && !charger->serves[type])) return false;
    return charge_kw(&ev->types.items[type], charger) > 0 ||
           discharge_kw(ev, &ev->types.items[type], charger) > 0;
}

static double curve_at(const struct eb_type *type, size_t line, double charge)
{
    return type->curve_base_kw[line] + type->curve_slope_kw_per_kwh[line] * charge;
}

bool eb_model_counts(const struct eb_model *m, size_t bank)
{
    const struct eb_charger *charger = &m->ev->chargers.items[bank];
    if (m->ev->T == 0 || charger->no_limit) return false;
    return charger->count < RETURNS * (int64_t)m->bus_count;
}

static bool curve_ends(const struct eb_type *type, const struct eb_source *source)
{
    for (size_t k = 0; k < type->curve_count; k++)
        if (curve_at(type, k, source->max_kwh) < 0 || curve_at(type, k, source->min_kwh) < 0)
            return true;
    return false;
}

/* --- one bus: columns --------------------------------------------------------------------------
 */

static double arc_cost(const struct eb_model *m, const struct eb_source *source,
                       const struct eb_graph *g, const struct eb_arc *arc)
{
    const struct eb_node *from = &g->nodes[arc->from], *to = &g->nodes[arc->to];
    double cost = 0;
    bool drives = arc->has_first || arc->has_second;
    if (arc->has_first) cost += arc->first.cost;
    if (arc->has_second) cost += arc->second.cost;
    if (to->kind == EB_NODE_TRIP) cost += eb_trip_cost(m->ev, source, to->index);
    bool begins = from->kind == EB_NODE_START ||
                  (from->kind == EB_NODE_STOP && g->stations[from->index].layer == EB_BEFORE);
    if (begins && drives) cost += eb_day_cost(m->ev, source);
    return cost;
}

static void add_uses(struct eb_model *m, struct eb_possible *bus, size_t a)
{
    const struct eb_instance *ev = m->ev;
    const struct eb_graph *g = m->graphs[bus->graph];
    const struct eb_arc *arc = &g->arcs[a];
    const struct eb_source *source = &m->sources[bus->source];
    const struct eb_type *type = &ev->types.items[source->type];
    size_t place = arc->stays ? g->stations[arc->station].place : AZ_NO_INDEX, banks = 0;
    if (place == AZ_NO_INDEX || !type->has_battery || !(arc->hours > 0)) return;
    for (size_t c = 0; c < ev->chargers.count; c++)
        banks += bank_serves(ev, c, source->type, place);
    for (size_t c = 0; c < ev->chargers.count; c++) {
        if (!bank_serves(ev, c, source->type, place)) continue;
        const struct eb_charger *charger = &ev->chargers.items[c];
        struct eb_arc_use *use = &bus->uses[bus->use_count++];
        double all = (source->max_kwh - source->min_kwh) / charger->charge_efficiency;
        double draw = fmin(all, charge_kw(type, charger) * arc->hours);
        double give = discharge_kw(ev, type, charger);
        *use = (struct eb_arc_use){ .bank = c, .plug = bus->x[a], .way = AZ_NO_INDEX };
        use->discharge = AZ_NO_INDEX;
        use->charge = eb_model_column(m, 0, draw, 0, false);
        if (give > 0) {
            use->discharge =
                eb_model_column(m, 0, give * arc->hours, type->wear_jpy_per_kwh, false);
            use->way = eb_model_column(m, 0, 1, 0, true);
        }
        if (banks > 1 || eb_model_counts(m, c) || curve_ends(type, source))
            use->plug = eb_model_column(m, 0, 1, 0, true);
    }
}

enum az_status eb_model_bus_columns(struct eb_model *m, struct eb_possible *bus)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    const struct eb_source *source = &m->sources[bus->source];
    bool energy = m->ev->types.items[source->type].has_battery;
    bus->x = AZ_ARRAY(m->arena, g->arc_count, size_t);
    bus->y = AZ_ARRAY(m->arena, g->arc_count, size_t);
    bus->use_start = AZ_ARRAY(m->arena, g->arc_count + 1, size_t);
    bus->uses = AZ_ARRAY(m->arena, g->arc_count * (m->ev->chargers.count + 1), struct eb_arc_use);
    if (!bus->x || !bus->y || !bus->use_start || !bus->uses) return AZ_NO_MEMORY;
    for (size_t a = 0; a < g->arc_count; a++) {
        const struct eb_arc *arc = &g->arcs[a];
        bus->x[a] = eb_model_column(m, 0, 1, arc_cost(m, source, g, arc), !arc->waits);
        if (!arc->waits) az_branch_priority(m->lp, bus->x[a], 1);
        bus->y[a] = energy ? eb_model_column(m, 0, source->max_kwh + 1e6, 0, false) : AZ_NO_INDEX;
        bus->use_start[a] = bus->use_count;
        add_uses(m, bus, a);
    }
    bus->use_start[g->arc_count] = bus->use_count;
    for (size_t a = 0; a < g->arc_count; a++) /* the number of blocks */
        if (g->nodes[g->arcs[a].from].kind == EB_NODE_START && source->count_min < 1) {
            eb_model_remember(m, &m->bus_column, NULL, &m->bus_column_count,
                              &m->bus_column_capacity, bus->x[a], 0);
            if (m->build.goal == EB_GOAL_FLEET) az_add_cost(m->lp, bus->x[a], 1);
        }
    return AZ_OK;
}

/* --- one bus: rows -----------------------------------------------------------------------------
 */

/* Adds factor times the charge at an arc's end to the open row. */
static void put_end(struct eb_model *m, const struct eb_possible *bus, size_t a, double factor)
{
    const struct eb_arc *arc = &m->graphs[bus->graph]->arcs[a];
    double used = (arc->has_first ? arc->first.energy_kwh : 0) +
                  (arc->has_second ? arc->second.energy_kwh : 0);
    az_entry(m->lp, bus->y[a], factor);
    az_entry(m->lp, bus->x[a], -factor * used);
    for (size_t u = bus->use_start[a]; u < bus->use_start[a + 1]; u++) {
        const struct eb_charger *charger = &m->ev->chargers.items[bus->uses[u].bank];
        az_entry(m->lp, bus->uses[u].charge, factor * charger->charge_efficiency);
        if (bus->uses[u].discharge != AZ_NO_INDEX)
            az_entry(m->lp, bus->uses[u].discharge, -factor / charger->discharge_efficiency);
    }
}

/* One path: what comes to a node leaves it; one arc from the start. */
static void path_rows(struct eb_model *m, const struct eb_possible *bus)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    double least = m->sources[bus->source].count_min > 0 ? 1 : 0;
    for (size_t n = 0; n < g->node_count; n++) {
        int kind = g->nodes[n].kind;
        if (kind == EB_NODE_SINK || !g->nodes[n].reached || !g->nodes[n].ending) {
            if (kind == EB_NODE_START && least > 0) az_row(m->lp, least, 1, NULL);
            continue;
        }
        az_row(m->lp, kind == EB_NODE_START ? least : 0, kind == EB_NODE_START ? 1 : 0, NULL);
        for (size_t a = 0; a < g->arc_count; a++) {
            if (g->arcs[a].from == n) az_entry(m->lp, bus->x[a], 1);
            if (g->arcs[a].to == n && kind != EB_NODE_START) az_entry(m->lp, bus->x[a], -1);
        }
    }
}

/* Charge is conserved in the nodes; along trips it keeps the prefixes. */
static void charge_rows(struct eb_model *m, const struct eb_possible *bus)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    const struct eb_source *source = &m->sources[bus->source];
    for (size_t n = 0; n < g->node_count; n++) {
        const struct eb_node *node = &g->nodes[n];
        if (node->kind == EB_NODE_SINK || !node->reached || !node->ending) continue;
        if (node->kind == EB_NODE_START) {
            for (size_t a = 0; a < g->arc_count; a++) {
                if (g->arcs[a].from != n) continue;
                az_row(m->lp, 0, 0, NULL);
                az_entry(m->lp, bus->y[a], 1);
                az_entry(m->lp, bus->x[a], -source->start_kwh);
            }
            continue;
        }
        const struct eb_trip *trip =
            node->kind == EB_NODE_TRIP ? &m->ev->trips.items[node->index] : NULL;
        double energy = trip ? trip->energy_kwh[source->type] : 0;
        az_row(m->lp, 0, 0, NULL);
        for (size_t a = 0; a < g->arc_count; a++) {
            if (g->arcs[a].to == n) put_end(m, bus, a, 1);
            if (g->arcs[a].to == n) az_entry(m->lp, bus->x[a], -energy);
            if (g->arcs[a].from == n) az_entry(m->lp, bus->y[a], -1);
        }
        for (int side = 0; trip && side < 2; side++) {
            double limit = side == 0
                               ? source->min_kwh + fmax(trip->prefix_high[source->type], energy)
                               : source->max_kwh + fmin(trip->prefix_low[source->type], energy);
            az_row(m->lp, side == 0 ? 0 : -INFINITY, side == 0 ? INFINITY : 0, NULL);
            for (size_t a = 0; a < g->arc_count; a++)
                if (g->arcs[a].to == n) {
                    put_end(m, bus, a, 1);
                    az_entry(m->lp, bus->x[a], -limit);
                }
        }
    }
}

/* A charger's part of an arc:
 *   c <= o P (plug - way), d <= o Q way, way <= plug <= x, c <= o (base + slope s) where plugged,
 *   s_after >= floor where way = 1 */
static void use_rows(struct eb_model *m, const struct eb_possible *bus, size_t a)
{
    const struct eb_arc *arc = &m->graphs[bus->graph]->arcs[a];
    const struct eb_source *source = &m->sources[bus->source];
    const struct eb_type *type = &m->ev->types.items[source->type];
    double first = arc->has_first ? arc->first.energy_kwh : 0;
    bool own_plug = false;
    for (size_t u = bus->use_start[a]; u < bus->use_start[a + 1]; u++) {
        const struct eb_arc_use *use = &bus->uses[u];
        double most = m->lp->upper[use->charge];
        own_plug = own_plug || use->plug != bus->x[a];
        az_row(m->lp, -INFINITY, 0, NULL);
        az_entry(m->lp, use->charge, 1);
        az_entry(m->lp, use->plug, -most);
        if (use->way != AZ_NO_INDEX) {
            az_entry(m->lp, use->way, most);
            az_row(m->lp, -INFINITY, 0, NULL);
            az_entry(m->lp, use->discharge, 1);
            az_entry(m->lp, use->way, -m->lp->upper[use->discharge]);
            az_row(m->lp, -INFINITY, 0, NULL);
            az_entry(m->lp, use->way, 1);
            az_entry(m->lp, use->plug, -1);
        }
        for (size_t k = 0; isfinite(arc->hours) && k < type->curve_count; k++) {
            double base = arc->hours * type->curve_base_kw[k];
            double slope = arc->hours * type->curve_slope_kw_per_kwh[k];
            double least = arc->hours * fmin(curve_at(type, k, source->max_kwh),
                                             curve_at(type, k, source->min_kwh));
            az_row(m->lp, -INFINITY, 0, NULL);
            az_entry(m->lp, use->charge, 1);
            az_entry(m->lp, bus->x[a], -base + slope * first);
            az_entry(m->lp, bus->y[a], -slope);
            if (least < 0) { /* free where not plugged */
                az_entry(m->lp, bus->x[a], least);
                az_entry(m->lp, use->plug, -least);
            }
        }
    }
    if (!own_plug) return;
    az_row(m->lp, -INFINITY, 0, NULL);
    for (size_t u = bus->use_start[a]; u < bus->use_start[a + 1]; u++)
        az_entry(m->lp, bus->uses[u].plug, 1);
    az_entry(m->lp, bus->x[a], -1);
}

/* Opens a row over the charge after an arc's stay, less limit x. */
static void after_row(struct eb_model *m, const struct eb_possible *bus, size_t a, double limit,
                      bool least)
{
    const struct eb_arc *arc = &m->graphs[bus->graph]->arcs[a];
    double second = arc->has_second ? arc->second.energy_kwh : 0;
    az_row(m->lp, least ? 0 : -INFINITY, least ? INFINITY : 0, NULL);
    put_end(m, bus, a, 1);
    az_entry(m->lp, bus->x[a], second - limit);
}

/* lower x <= charge <= upper x at an arc's beginning, and after its stay where it charges. */
static void window_rows(struct eb_model *m, const struct eb_possible *bus, size_t a)
{
    const struct eb_arc *arc = &m->graphs[bus->graph]->arcs[a];
    const struct eb_source *source = &m->sources[bus->source];
    const struct eb_type *type = &m->ev->types.items[source->type];
    bool charges = bus->use_start[a] < bus->use_start[a + 1];
    double low, high;
    if (charges)
        entry_window(source, arc, &low, &high);
    else
        window_of(source, arc, &low, &high);
    if (low > high + AZ_ZERO) {
        az_column_bounds(m->lp, bus->x[a], 0, 0);
        az_column_bounds(m->lp, bus->y[a], 0, 0);
        for (size_t u = bus->use_start[a]; u < bus->use_start[a + 1]; u++) {
            az_column_bounds(m->lp, bus->uses[u].charge, 0, 0);
            if (bus->uses[u].discharge != AZ_NO_INDEX)
                az_column_bounds(m->lp, bus->uses[u].discharge, 0, 0);
        }
        return;
    }
    az_column_bounds(m->lp, bus->y[a], 0, fmax(high, 0));
    az_row(m->lp, -INFINITY, 0, NULL);
    az_entry(m->lp, bus->y[a], 1);
    az_entry(m->lp, bus->x[a], -high);
    az_row(m->lp, 0, INFINITY, NULL);
    az_entry(m->lp, bus->y[a], 1);
    az_entry(m->lp, bus->x[a], -low);
    if (!charges) return;
    double need = arc->has_second ? fmax(arc->second.prefix_high, arc->second.energy_kwh) : 0;
    double room = arc->has_second ? fmin(arc->second.prefix_low, arc->second.energy_kwh) : 0;
    after_row(m, bus, a, source->min_kwh + need, true);
    after_row(m, bus, a, source->max_kwh + room, false);
    double floor = fmax(type->floor_kwh, source->min_kwh);
    for (size_t u = bus->use_start[a]; u < bus->use_start[a + 1]; u++)
        if (bus->uses[u].way != AZ_NO_INDEX && floor > source->min_kwh) {
            after_row(m, bus, a, source->min_kwh, true);
            az_entry(m->lp, bus->uses[u].way, source->min_kwh - floor);
        }
    use_rows(m, bus, a);
}

/* The end of the day: at least so much, or priced above and below its target. */
static void end_rows(struct eb_model *m, struct eb_possible *bus)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    const struct eb_source *source = &m->sources[bus->source];
    const struct eb_type *type = &m->ev->types.items[source->type];
    bool priced = type->end == EB_END_PRICED, cyclic = type->end == EB_END_CYCLIC;
    bus->above = bus->below = AZ_NO_INDEX;
    if (!priced && !cyclic) return;
    double target = isfinite(source->end_kwh) ? source->end_kwh : source->end_target_kwh;
    az_row(m->lp, 0, priced ? 0 : INFINITY, NULL);
    for (size_t a = 0; a < g->arc_count; a++)
        if (g->nodes[g->arcs[a].to].kind == EB_NODE_SINK) {
            put_end(m, bus, a, 1);
            az_entry(m->lp, bus->x[a], -target);
        }
    if (priced) {
        bus->above = eb_model_column(m, 0, source->max_kwh, -source->end_above_jpy, false);
        bus->below = eb_model_column(m, 0, source->max_kwh, source->end_below_jpy, false);
        az_entry(m->lp, bus->above, -1);
    } else if (source->end_below_jpy > 0) {
        bus->below = eb_model_column(m, 0, source->max_kwh, source->end_below_jpy, false);
    } else {
        bus->below = eb_model_give(m, EB_SOFT_END, source->type, m->ev->T, source->max_kwh);
    }
    if (bus->below != AZ_NO_INDEX) az_entry(m->lp, bus->below, 1);
}

/* The length of a block: coming back - leaving <= longest. */
static void length_row(struct eb_model *m, const struct eb_possible *bus)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    if (!m->ev->drivers || isnan(m->ev->drivers->longest_block_min)) return;
    az_row(m->lp, -INFINITY, m->ev->drivers->longest_block_min * 60, NULL);
    for (size_t a = 0; a < g->arc_count; a++) {
        const struct eb_arc *arc = &g->arcs[a];
        double length =
            (arc->returns ? (double)arc->return_s : 0) - (arc->leaves ? (double)arc->leave_s : 0);
        az_entry(m->lp, bus->x[a], length);
    }
}

/* Two trips with less than the turnaround between them are never of one bus. */
static void turnaround_rows(struct eb_model *m, const struct eb_possible *bus)
{
    const struct eb_instance *ev = m->ev;
    const struct eb_graph *g = m->graphs[bus->graph];
    for (size_t i = 0; ev->timed && i < ev->trips.count; i++)
        for (size_t j = 0; j < ev->trips.count; j++) {
            const struct eb_trip *first = &ev->trips.items[i], *second = &ev->trips.items[j];
            int64_t gap = second->depart_s - first->arrive_s;
            if (i == j || gap < 0 || gap >= eb_turnaround(ev)) continue;
            az_row(m->lp, -INFINITY, 1, NULL);
            for (size_t a = 0; a < g->arc_count; a++)
                if (g->arcs[a].to == g->trip_node + i || g->arcs[a].to == g->trip_node + j)
                    az_entry(m->lp, bus->x[a], 1);
        }
}

/* Without times: o_j >= o_i + 1 where j follows i, so that no trips run in a circle.
 * Miller, Tucker, Zemlin 1960. */
static void order_rows(struct eb_model *m, const struct eb_possible *bus)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    double most = (double)m->ev->trips.count;
    if (m->ev->timed) return;
    size_t first = m->lp->column_count;
    for (size_t i = 0; i < m->ev->trips.count; i++) eb_model_column(m, 0, most, 0, false);
    for (size_t a = 0; a < g->arc_count; a++) {
        const struct eb_node *from = &g->nodes[g->arcs[a].from], *to = &g->nodes[g->arcs[a].to];
        if (from->kind != EB_NODE_TRIP || to->kind != EB_NODE_TRIP) continue;
        az_row(m->lp, 1 - most - 1, INFINITY, NULL);
        az_entry(m->lp, first + to->index, 1);
        az_entry(m->lp, first + from->index, -1);
        az_entry(m->lp, bus->x[a], -most - 1);
    }
}

static void cut_rows(struct eb_model *m, const struct eb_possible *bus)
{
    for (const struct eb_cut *cut = m->build.cuts; cut; cut = cut->next) {
        if (cut->graph != bus->graph) continue;
        az_row(m->lp, -INFINITY, (double)cut->count - 1, NULL);
        for (size_t k = 0; k < cut->count; k++) az_entry(m->lp, bus->x[cut->arcs[k]], 1);
    }
}

void eb_model_bus_rows(struct eb_model *m, struct eb_possible *bus)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    path_rows(m, bus);
    if (m->ev->types.items[m->sources[bus->source].type].has_battery) {
        for (size_t a = 0; a < g->arc_count; a++) window_rows(m, bus, a);
        charge_rows(m, bus);
        end_rows(m, bus);
    }
    length_row(m, bus);
    turnaround_rows(m, bus);
    order_rows(m, bus);
    cut_rows(m, bus);
}

void eb_model_symmetry_rows(struct eb_model *m, const struct eb_possible *before,
                            const struct eb_possible *bus)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    for (size_t j = 0; j < m->ev->trips.count; j++) {
        az_row(m->lp, -INFINITY, 0, NULL);
        for (size_t a = 0; a < g->arc_count; a++) {
            const struct eb_node *to = &g->nodes[g->arcs[a].to];
            if (to->kind != EB_NODE_TRIP) continue;
            if (to->index == j) az_entry(m->lp, bus->x[a], 1);
            if (to->index < j) az_entry(m->lp, before->x[a], -1);
        }
    }
    az_row(m->lp, -INFINITY, 0, NULL);
    for (size_t a = 0; a < g->arc_count; a++)
        if (g->nodes[g->arcs[a].from].kind == EB_NODE_START) {
            az_entry(m->lp, bus->x[a], 1);
            az_entry(m->lp, before->x[a], -1);
        }
}
