/* model_read.c - solutions of the compact model as duties; driving without a break found in them.
 */
#include <math.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "solver/tolerances.h"

#define NOISE 1e-7 /* kWh: less than this is none */

/* The arc that a bus takes from a node, or AZ_NO_INDEX. */
static size_t next_arc(const struct eb_model *m, const struct eb_possible *bus, const double x[],
                       size_t node)
{
    const struct eb_graph *g = m->graphs[bus->graph];
    for (size_t a = 0; a < g->arc_count; a++)
        if (g->arcs[a].from == node && x[bus->x[a]] > 0.5) return a;
    return AZ_NO_INDEX;
}

/* --- a path as a duty --------------------------------------------------------------------------
 */

/* A stay that the path is in. */
struct open_stay {
    bool is;
    size_t station;
    int64_t from_s;
    size_t *bank; /* [T] AZ_NO_INDEX: none */
    double *charge, *discharge;
    double charged; /* without slots */
};

struct reader {
    const struct eb_model *m;
    const struct eb_possible *bus;
    const struct eb_graph *g;
    const double *x;
    struct az_arena *arena;
    struct eb_duty *duty;
    struct eb_leg leg;
    size_t leg_capacity, stay_capacity;
    struct open_stay stay;
    bool no_memory;
};

static void add_stay(struct reader *r, struct eb_stay stay)
{
    if (r->leg.stay_count == r->stay_capacity) {
        r->stay_capacity = r->stay_capacity ? 2 * r->stay_capacity : 4;
        r->leg.stays = az_arena_grow(r->arena, r->leg.stays, r->leg.stay_count, r->stay_capacity,
                                     sizeof *r->leg.stays);
        if (!r->leg.stays) {
            r->no_memory = true;
            r->leg.stay_count = r->stay_capacity = 0;
            return;
        }
    }
    r->leg.stays[r->leg.stay_count++] = stay;
}

static void end_leg(struct reader *r, size_t trip)
{
    struct eb_duty *duty = r->duty;
    if (duty->leg_count == r->leg_capacity) {
        r->leg_capacity = r->leg_capacity ? 2 * r->leg_capacity : 8;
        duty->legs = az_arena_grow(r->arena, duty->legs, duty->leg_count, r->leg_capacity,
                                   sizeof *duty->legs);
        if (!duty->legs) {
            r->no_memory = true;
            duty->leg_count = r->leg_capacity = 0;
            return;
        }
    }
    r->leg.trip = trip;
    duty->legs[duty->leg_count++] = r->leg;
    r->leg = (struct eb_leg){ .trip = AZ_NO_INDEX };
    r->stay_capacity = 0;
}

static void open_stay(struct reader *r, size_t station, int64_t from_s)
{
    r->stay.is = true;
    r->stay.station = station;
    r->stay.from_s = from_s;
    r->stay.charged = 0;
    for (size_t t = 0; t < r->m->ev->T; t++) r->stay.bank[t] = AZ_NO_INDEX;
}

static void use_chargers(struct reader *r, size_t a)
{
    const struct eb_arc *arc = &r->g->arcs[a];
    for (size_t u = r->bus->use_start[a]; u < r->bus->use_start[a + 1]; u++) {
        const struct eb_arc_use *use = &r->bus->uses[u];
        double charge = r->x[use->charge];
        double discharge = use->discharge == AZ_NO_INDEX ? 0 : r->x[use->discharge];
        if (charge <= NOISE && discharge <= NOISE) continue;
        if (r->m->ev->T == 0) {
            r->stay.charged = charge * r->m->ev->chargers.items[use->bank].charge_efficiency;
            r->stay.bank[0] = use->bank;
            continue;
        }
        r->stay.bank[arc->slot] = use->bank;
        r->stay.charge[arc->slot] = charge > NOISE ? charge : 0;
        r->stay.discharge[arc->slot] = discharge > NOISE ? discharge : 0;
    }
}

/* The part of the open stay in [from_s, to_s) at one bank. */
static void add_part(struct reader *r, size_t bank, int64_t from_s, int64_t to_s)
{
    const struct eb_instance *ev = r->m->ev;
    int64_t slot_s = ev->slot_minutes * 60;
    struct eb_stay stay = { .place = r->g->stations[r->stay.station].place,
                            .charger = bank,
                            .from_s = from_s,
                            .to_s = to_s };
    if (ev->T > 0) {
        stay.first_slot = (size_t)(from_s / slot_s);
        stay.slot_count = (size_t)((to_s + slot_s - 1) / slot_s) - stay.first_slot;
    }
    if (bank != AZ_NO_INDEX && ev->T > 0) {
        stay.charge_kwh = AZ_ARRAY(r->arena, stay.slot_count, double);
        stay.discharge_kwh = AZ_ARRAY(r->arena, stay.slot_count, double);
        if (!stay.charge_kwh || !stay.discharge_kwh) {
            r->no_memory = true;
            return;
        }
        for (size_t k = 0; k < stay.slot_count; k++) {
            size_t t = stay.first_slot + k;
            if (r->stay.bank[t] != bank) continue;
            stay.charge_kwh[k] = r->stay.charge[t];
            stay.discharge_kwh[k] = r->stay.discharge[t];
        }
    }
    stay.charged_kwh = r->stay.charged;
    add_stay(r, stay);
}

/* Without slots nothing ends a stay on the way home but its charge: how long that takes at the
 * least power of the way there. */
static int64_t time_to_charge(const struct reader *r)
{
    const struct eb_instance *ev = r->m->ev;
    size_t bank = r->stay.bank[0];
    const struct eb_type *type = &ev->types.items[r->g->source->type];
    if (bank == AZ_NO_INDEX || r->stay.charged <= 0) return 0;
    double kw = fmin(ev->chargers.items[bank].charge_kw,
                     isnan(type->charge_kw) ? INFINITY : type->charge_kw);
    for (size_t k = 0; k < type->curve_count; k++)
        kw = fmin(kw, type->curve_base_kw[k] + type->curve_slope_kw_per_kwh[k] * type->max_kwh);
    kw = fmax(kw, 1e-6) * ev->chargers.items[bank].charge_efficiency;
    return (int64_t)ceil(r->stay.charged / kw * 3600);
}

/* Ends the open stay: a part for every bank it uses in turn; none when it only stands at home. */
static void close_stay(struct reader *r, int64_t to_s, bool at_home)
{
    const struct eb_instance *ev = r->m->ev;
    int64_t slot_s = ev->slot_minutes * 60, from_s = r->stay.from_s;
    size_t bank = AZ_NO_INDEX;
    if (!r->stay.is) return;
    r->stay.is = false;
    if (ev->T == 0) {
        if (ev->timed && to_s <= from_s) to_s = from_s + time_to_charge(r);
        add_part(r, r->stay.bank[0], from_s, to_s);
        return;
    }
    for (int64_t t = r->stay.from_s / slot_s; t * slot_s < to_s && t < (int64_t)ev->T; t++) {
        size_t here = r->stay.bank[t];
        if (here != AZ_NO_INDEX && bank != AZ_NO_INDEX && here != bank) {
            add_part(r, bank, from_s, t * slot_s);
            from_s = t * slot_s;
        }
        if (here != AZ_NO_INDEX) bank = here;
    }
    if (bank != AZ_NO_INDEX || !at_home) add_part(r, bank, from_s, to_s);
}

static void follow(struct reader *r, size_t a)
{
    const struct eb_arc *arc = &r->g->arcs[a];
    const struct eb_node *from = &r->g->nodes[arc->from], *to = &r->g->nodes[arc->to];
    int64_t slot_s = r->m->ev->slot_minutes * 60;
    size_t into = arc->stays ? arc->station : to->kind == EB_NODE_STOP ? to->index : AZ_NO_INDEX;
    bool at_home = r->stay.is && r->g->stations[r->stay.station].layer != EB_BETWEEN;
    if (r->stay.is && into != AZ_NO_INDEX && into != r->stay.station)
        close_stay(r, from->slot * slot_s, at_home);
    if (into != AZ_NO_INDEX && !r->stay.is) open_stay(r, into, arc->from_s);
    use_chargers(r, a);
    if (to->kind == EB_NODE_STOP) return;
    at_home = r->stay.is && (r->g->stations[r->stay.station].layer != EB_BETWEEN ||
                             (to->kind == EB_NODE_SINK && !arc->has_second));
    close_stay(r, arc->to_s, at_home);
    end_leg(r, to->kind == EB_NODE_TRIP ? to->index : AZ_NO_INDEX);
    if (to->kind == EB_NODE_SINK) r->duty->end_depot = to->index;
}

static enum az_status read_duty(struct reader *r, struct eb_duty *duty, bool *runs)
{
    size_t node = 0, steps = 0;
    *duty = (struct eb_duty){ .source = r->bus->source };
    r->duty = duty;
    r->leg = (struct eb_leg){ .trip = AZ_NO_INDEX };
    r->leg_capacity = r->stay_capacity = 0;
    r->stay.is = false;
    *runs = false;
    while (r->g->nodes[node].kind != EB_NODE_SINK && steps++ <= r->g->arc_count) {
        size_t a = next_arc(r->m, r->bus, r->x, node);
        if (a == AZ_NO_INDEX) return AZ_OK;
        follow(r, a);
        if (r->no_memory) return AZ_NO_MEMORY;
        node = r->g->arcs[a].to;
    }
    *runs = r->g->nodes[node].kind == EB_NODE_SINK;
    duty->cost = eb_duty_cost(r->m->ev, &r->m->sources[r->bus->source], duty);
    return AZ_OK;
}

/* --- everything else ---------------------------------------------------------------------------
 */

/* Series of one list in a solution: count of them, T values each (times steps). */
static double *values_at(const struct eb_model *m, const double x[], size_t first, size_t count,
                         struct az_arena *arena)
{
    double *values = AZ_ARRAY(arena, count, double);
    for (size_t k = 0; values && k < count; k++)
        values[k] = x[first + k] > NOISE ? x[first + k] : 0;
    (void)m;
    return values;
}

static enum az_status read_grids(const struct eb_model *m, const double x[], const double pi[],
                                 struct az_arena *arena, struct eb_dispatch *d)
{
    const struct eb_instance *ev = m->ev;
    d->chargers = AZ_ARRAY(arena, ev->chargers.count, int64_t);
    d->supply_kwh = AZ_ARRAY(arena, ev->grids.count, double *);
    d->demand_kwh = AZ_ARRAY(arena, ev->grids.count, double *);
    d->forward_kwh = AZ_ARRAY(arena, ev->converters.count, double *);
    d->backward_kwh = AZ_ARRAY(arena, ev->converters.count, double *);
    d->storage_in_kwh = AZ_ARRAY(arena, ev->storages.count, double *);
    d->storage_out_kwh = AZ_ARRAY(arena, ev->storages.count, double *);
    if (pi) d->marginal = AZ_ARRAY(arena, ev->grids.count * ev->T, double);
    if (!d->chargers || !d->supply_kwh || !d->demand_kwh || !d->forward_kwh || !d->backward_kwh ||
        !d->storage_in_kwh || !d->storage_out_kwh || (pi && !d->marginal))
        return AZ_NO_MEMORY;
    bool full = true;
    for (size_t g = 0; g < ev->grids.count; g++) {
        const struct eb_grid *grid = &ev->grids.items[g];
        size_t bought = grid->supply.count * ev->T, sold = grid->demand.count * ev->T;
        d->supply_kwh[g] = values_at(m, x, m->grids.supply[g], bought, arena);
        d->demand_kwh[g] = values_at(m, x, m->grids.demand[g], sold, arena);
        full = full && d->supply_kwh[g] && d->demand_kwh[g];
    }
    for (size_t c = 0; c < ev->converters.count; c++) {
        d->forward_kwh[c] = values_at(m, x, m->grids.forward[c], ev->T, arena);
        d->backward_kwh[c] = values_at(m, x, m->grids.backward[c], ev->T, arena);
        full = full && d->forward_kwh[c] && d->backward_kwh[c];
    }
    for (size_t s = 0; s < ev->storages.count; s++) {
        d->storage_in_kwh[s] = values_at(m, x, m->grids.in[s], ev->T, arena);
        d->storage_out_kwh[s] = values_at(m, x, m->grids.out[s], ev->T, arena);
        full = full && d->storage_in_kwh[s] && d->storage_out_kwh[s];
    }
    for (size_t k = 0; pi && k < ev->grids.count * ev->T; k++) d->marginal[k] = pi[m->balance[k]];
    for (size_t c = 0; c < ev->chargers.count; c++) {
        const struct eb_charger *charger = &ev->chargers.items[c];
        d->chargers[c] = charger->no_limit ? 0 : charger->count;
        if (m->extra[c] != AZ_NO_INDEX) d->chargers[c] += (int64_t)llround(x[m->extra[c]]);
    }
    return full ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status eb_model_read(const struct eb_model *m, const double x[], const double pi[],
                             struct az_arena *arena, struct eb_dispatch *dispatch, size_t *count)
{
    size_t slots = m->ev->T + 1;
    struct reader r = { .m = m, .x = x, .arena = arena };
    *dispatch = (struct eb_dispatch){ .found = true };
    *count = 0;
    dispatch->duties = AZ_ARRAY(arena, m->bus_count, struct eb_duty);
    r.stay.bank = AZ_ARRAY(m->arena, slots, size_t);
    r.stay.charge = AZ_ARRAY(m->arena, slots, double);
    r.stay.discharge = AZ_ARRAY(m->arena, slots, double);
    if (!dispatch->duties || !r.stay.bank || !r.stay.charge || !r.stay.discharge)
        return AZ_NO_MEMORY;
    for (size_t b = 0; b < m->bus_count; b++) {
        bool runs;
        r.bus = &m->buses[b];
        r.g = m->graphs[r.bus->graph];
        AZ_TRY(read_duty(&r, &dispatch->duties[*count], &runs));
        if (runs) (*count)++;
    }
    return read_grids(m, x, pi, arena, dispatch);
}

/* --- driving without a break -------------------------------------------------------------------
 */

/* Drives since the last break along a path; where it is too long, the arcs since then are cut. */
struct driving {
    const struct eb_model *m;
    const struct eb_possible *bus;
    const struct eb_graph *g;
    size_t *path;
    size_t first, count; /* arcs since the break */
    double since_s;
    double stay_s; /* of the stay that the path is in */
    double limit_s, break_s;
    bool broken;
};

static void drive(struct driving *d, double seconds)
{
    d->since_s += seconds;
    if (d->since_s > d->limit_s + 1e-6) d->broken = true;
}

/* A break begins anew; the arc that ends it counts with what comes after. */
static void rest(struct driving *d, double seconds)
{
    if (seconds + 1e-6 < d->break_s) return;
    d->since_s = 0;
    d->first = d->count - 1;
}

/* What a bus of `buses` has stood where it begins when it takes its first arc. */
static double standing(const struct driving *d, const struct eb_arc *arc)
{
    const struct eb_source *source = d->g->source;
    if (source->bus == AZ_NO_INDEX) return 0;
    double before = d->m->ev->bus[source->bus].standing_min * 60;
    if (!arc->has_first) return before;
    bool straight = !arc->stays && d->g->nodes[arc->to].kind == EB_NODE_TRIP;
    double leaves = straight ? (double)(arc->to_s - arc->first.drive_s)
                    : d->g->nodes[arc->to].kind == EB_NODE_SINK && !arc->stays
                        ? (double)arc->from_s
                        : (double)(arc->from_s - arc->first.drive_s);
    return before + leaves - (double)source->from_s;
}

static void drive_arc(struct driving *d, size_t a)
{
    const struct eb_arc *arc = &d->g->arcs[a];
    const struct eb_node *from = &d->g->nodes[arc->from], *to = &d->g->nodes[arc->to];
    d->path[d->count++] = a;
    if (from->kind == EB_NODE_START) d->stay_s = standing(d, arc);
    if (arc->has_first) {
        if (from->kind != EB_NODE_TRIP) rest(d, d->stay_s);
        drive(d, (double)arc->first.drive_s);
        d->stay_s = 0;
    }
    if (arc->stays) d->stay_s += (double)(arc->to_s - arc->from_s);
    if (to->kind == EB_NODE_STOP) return;
    if (arc->stays || from->kind == EB_NODE_STOP) {
        rest(d, d->stay_s);
        if (arc->has_second) drive(d, (double)arc->second.drive_s);
    } else if (from->kind == EB_NODE_TRIP && to->kind == EB_NODE_TRIP) {
        rest(d, (double)(arc->to_s - arc->from_s - arc->first.drive_s));
    }
    d->stay_s = 0;
    if (to->kind == EB_NODE_TRIP) {
        const struct eb_trip *trip = &d->m->ev->trips.items[to->index];
        drive(d, (double)(trip->arrive_s - trip->depart_s));
    }
}

static enum az_status add_cut(struct driving *d, struct az_arena *arena, struct eb_cut **cuts)
{
    struct eb_cut *cut = AZ_NEW(arena, struct eb_cut);
    if (!cut) return AZ_NO_MEMORY;
    cut->count = d->count - d->first;
    cut->graph = d->bus->graph;
    cut->arcs = AZ_ARRAY(arena, cut->count, size_t);
    if (!cut->arcs) return AZ_NO_MEMORY;
    memcpy(cut->arcs, d->path + d->first, cut->count * sizeof *cut->arcs);
    cut->next = *cuts;
    *cuts = cut;
    return AZ_OK;
}

enum az_status eb_model_driving(const struct eb_model *m, const double x[], struct az_arena *arena,
                                struct eb_cut **cuts, size_t *added)
{
    const struct eb_drivers *drivers = m->ev->drivers;
    *added = 0;
    if (!drivers || isnan(drivers->longest_driving_min)) return AZ_OK;
    for (size_t b = 0; b < m->bus_count; b++) {
        struct driving d = { .m = m,
                             .bus = &m->buses[b],
                             .g = m->graphs[m->buses[b].graph],
                             .limit_s = drivers->longest_driving_min * 60,
                             .break_s = drivers->shortest_break_min * 60 };
        const struct eb_source *source = &m->sources[d.bus->source];
        if (source->bus != AZ_NO_INDEX) d.since_s = m->ev->bus[source->bus].driving_min * 60;
        d.path = AZ_ARRAY(m->arena, d.g->arc_count + 1, size_t);
        if (!d.path) return AZ_NO_MEMORY;
        for (size_t node = 0; d.g->nodes[node].kind != EB_NODE_SINK && !d.broken;) {
            size_t a = next_arc(m, d.bus, x, node);
            if (a == AZ_NO_INDEX || d.count > d.g->arc_count) break;
            drive_arc(&d, a);
            node = d.g->arcs[a].to;
        }
        if (!d.broken) continue;
        AZ_TRY(add_cut(&d, arena, cuts));
        ++*added;
    }
    return AZ_OK;
}
