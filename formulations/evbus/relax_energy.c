/* relax_energy.c - the assignment of relax.c with batteries, at given prices of energy.
 *
 * With X the net gain of a battery over the way between two trips, e the energy of a trip, and any
 * battery price b of a type, sum e + (end - start) - sum X = 0 for every bus-day, so that its cost
 * is
 *
 *   day + min over ends (b (end - start) + what the end costs)
 *       + sum over trips (own + b e) + sum over ways (kilometres + money of the stays - b X)
 *
 * Of the battery's window a way keeps only X in [low, high]. For every b' then
 *
 *   - b X >= - b' X - max((b - b') low, (b - b') high)
 *
 * and what is left is, for every way by itself, a shortest path over stops and slot boundaries on
 * which each kWh into the battery earns b' and each out of it costs b'. The greatest over a few b'
 * is what the way costs at least. */
#include "formulations/evbus/relax_energy_ways.h"

#include <math.h>
#include <string.h>

#include "formulations/evbus/dispatch.h"

/* The drive of the type with its energy at b; false: there is none. */
bool eb_re_drive(const struct re_view *v, struct eb_point from, struct eb_point to,
                 int64_t *seconds, double *cost)
{
    *seconds = 0;
    *cost = 0;
    if (from.place == to.place) return true;
    struct eb_movement move = eb_move(v->ev, v->type, from, to);
    *seconds = move.drive_s;
    *cost = move.cost + v->b * move.energy_kwh;
    return move.drive_s >= 0;
}

/* --- stays ------------------------------------------------------------------------------------ */

/* What a part of a slot earns at most at a stop: idle, or one bank in one direction, its plug paid
 * whole. */
double eb_re_earns(const struct re_view *v, size_t stop, size_t t, double hours)
{
    const struct eb_place *place = &v->ev->places.items[v->ev->stop[stop]];
    double best = 0;
    for (size_t k = 0; k < place->charger_count; k++) {
        size_t at = place->charger[k] * v->T + t;
        best = fmax(best, hours * v->rate[at] - v->worth->plug[at]);
    }
    return best;
}

/* Buying to keep at b, or selling what is worth b, at full power. */
void eb_re_set_rates(struct re_view *v)
{
    const struct eb_instance *ev = v->ev;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        const struct eb_charger *charger = &ev->chargers.items[c];
        double in = eb_charge_power(ev, v->type, c), out = eb_discharge_power(ev, v->type, c);
        for (size_t t = 0; t < v->T; t++) {
            double price =
                charger->grid == AZ_NO_INDEX ? 0 : v->worth->energy[charger->grid * v->T + t];
            double buys = in * (v->b * charger->charge_efficiency - price);
            double sells = out * (price - ev->types.items[v->type].wear_jpy_per_kwh -
                                  v->b / charger->discharge_efficiency);
            v->buys[c * v->T + t] = buys;
            v->rate[c * v->T + t] = fmax(0, fmax(buys, sells));
        }
    }
    for (size_t l = 0; l < v->stops; l++)
        for (size_t t = 0; t < v->T; t++) v->full[l * v->T + t] = eb_re_earns(v, l, t, ev->dt);
}

/* --- ways --------------------------------------------------------------------------------------
 */

/* From coming to a stop at a time to the target. */
double eb_re_arrive(const struct re_view *v, size_t l, int64_t at)
{
    size_t t = (size_t)(at / v->slot_s);
    if (at < 0 || t >= v->T) return INFINITY;
    int64_t end = (int64_t)(t + 1) * v->slot_s;
    double best = v->go[l * (v->T + 1) + t + 1];
    if (isfinite(best)) best -= eb_re_earns(v, l, t, (double)(end - at) / 3600);
    if (v->leave_s[l] >= at && v->leave_s[l] < end)
        best = fmin(best, v->on[l] - eb_re_earns(v, l, t, (double)(v->leave_s[l] - at) / 3600));
    return best;
}

/* Standing at every stop and boundary: the last ones are set. */
void eb_re_set_go(struct re_view *v)
{
    for (size_t b = v->T; b-- > 0;) {
        int64_t now = (int64_t)b * v->slot_s;
        for (size_t l = 0; l < v->stops; l++) {
            double *go = &v->go[l * (v->T + 1) + b];
            *go = go[1] - v->full[l * v->T + b];
            if (v->leave_s[l] >= now && v->leave_s[l] < now + v->slot_s)
                *go = fmin(*go,
                           v->on[l] - eb_re_earns(v, l, b, (double)(v->leave_s[l] - now) / 3600));
            struct eb_point here = eb_point_stop(v->ev, v->ev->stop[l]);
            for (size_t k = 0; k < v->stops; k++) {
                int64_t seconds;
                double cost;
                if (k == l ||
                    !eb_re_drive(v, here, eb_point_stop(v->ev, v->ev->stop[k]), &seconds, &cost))
                    continue;
                *go = fmin(*go, cost + eb_re_arrive(v, k, now + seconds));
            }
        }
    }
}

/* The target: a point to be reached at a time. */
void eb_re_aim(struct re_view *v, struct eb_point target, int64_t at)
{
    for (size_t l = 0; l < v->stops; l++) {
        int64_t seconds;
        v->leave_s[l] = -1;
        if (eb_re_drive(v, eb_point_stop(v->ev, v->ev->stop[l]), target, &seconds, &v->on[l]))
            v->leave_s[l] = at - seconds;
        v->go[l * (v->T + 1) + v->T] = INFINITY;
    }
}

/* From a point where the bus is free at a time to the target at its time, straight or by stops. */
double eb_re_way(const struct re_view *v, struct eb_point from, int64_t from_s, struct eb_point to,
                 int64_t to_s)
{
    int64_t seconds;
    double cost, best = INFINITY;
    if (eb_re_drive(v, from, to, &seconds, &cost) && from_s + seconds <= to_s) best = cost;
    for (size_t l = 0; l < v->stops; l++) {
        struct eb_point stop = eb_point_stop(v->ev, v->ev->stop[l]);
        if (!eb_re_drive(v, from, stop, &seconds, &cost)) continue;
        best = fmin(best, cost + eb_re_arrive(v, l, from_s + seconds));
    }
    return best;
}

/* --- the least over types, the greatest over b' ------------------------------------------------
 */

/* What is taken off for charges that must stay in [low, high] more and less. */
static double window(const struct re_relaxing *r, double low, double high)
{
    double less = r->worths[0] - r->view.b;
    return fmax(less * low, less * high);
}

static bool runs(const struct re_relaxing *r, size_t n)
{
    const struct eb_trip *trip = &r->view.ev->trips.items[r->view.net->trip[n]];
    return !trip->serves || trip->serves[r->view.type];
}

/* The window of the charge where trip n begins, and where it has ended. */
void eb_re_charges(const struct re_relaxing *r, size_t n, bool ended, double *low, double *high)
{
    const struct eb_type *type = &r->view.ev->types.items[r->view.type];
    const struct eb_trip *trip = &r->view.ev->trips.items[r->view.net->trip[n]];
    double energy = type->has_battery ? trip->energy_kwh[r->view.type] : 0;
    *low = type->has_battery ? type->min_kwh : 0;
    *high = type->has_battery ? type->max_kwh : 0;
    if (ended)
        *high -= fmax(0, energy);
    else
        *low += fmax(0, energy);
    if (*low > *high) *low = *high = 0.5 * (*low + *high); /* it cannot run it at all */
}

/* The greatest of what the b' prove. */
static void keep_most(const struct re_relaxing *r, double *most, unsigned char *worth, double cost)
{
    if (*most != INFINITY && cost <= *most) return;
    *most = cost;
    *worth = (unsigned char)r->now;
}

/* Ways to trip m from every trip before it, and from the depots. */
static void to_trip(struct re_relaxing *r, size_t m)
{
    struct re_view *v = &r->view;
    const struct eb_network *net = v->net;
    const struct eb_trip *trip = &v->ev->trips.items[net->trip[m]];
    struct eb_point target = eb_point_trip_start(v->ev, net->trip[m]);
    double low, high, from_low, from_high;
    eb_re_charges(r, m, false, &low, &high);
    eb_re_aim(v, target, trip->depart_s);
    eb_re_set_go(v);
    for (size_t n = 0; n < m; n++) {
        const struct eb_trip *before = &v->ev->trips.items[net->trip[n]];
        if (!runs(r, n) || trip->depart_s < before->arrive_s + eb_turnaround(v->ev)) continue;
        double cost = eb_re_way(v, eb_point_trip_end(v->ev, net->trip[n]), before->arrive_s, target,
                                trip->depart_s);
        if (cost == INFINITY) continue;
        size_t link = eb_link_find(net, n, m);
        r->complete = r->complete && link != AZ_NO_INDEX;
        if (link == AZ_NO_INDEX) continue;
        eb_re_charges(r, n, true, &from_low, &from_high);
        cost -= window(r, low - from_high, high - from_low);
        keep_most(r, &r->link[link], &r->link_worth[link], cost);
    }
    for (size_t s = 0; s < net->source_count; s++) {
        const struct eb_source *source = &net->sources[s];
        double *out = &r->out[s * net->trip_count + m];
        if (source->type != v->type) continue;
        double cost =
            eb_re_way(v, eb_point_source(v->ev, source), source->from_s, target, trip->depart_s);
        for (size_t l = 0; l < v->stops; l++) /* it stands there from the start on */
            if (v->ev->stop[l] == source->from_place) cost = fmin(cost, v->go[l * (v->T + 1)]);
        if (cost == INFINITY) continue;
        cost -= window(r, low - source->start_kwh, high - source->start_kwh);
        keep_most(r, out, &r->out_worth[out - r->out], cost);
    }
}

/* What a day of the source costs at least besides its ways and trips. */
static double day(const struct re_relaxing *r, const struct eb_source *source)
{
    double low = fmax(source->min_kwh, source->end_kwh), b = r->worths[0], least = INFINITY;
    double ends[3] = { low, source->max_kwh, source->end_target_kwh };
    double cost = eb_day_cost(r->view.ev, source);
    if (!r->view.ev->types.items[source->type].has_battery) return cost;
    for (size_t k = 0; k < 3; k++) {
        double above = ends[k] - source->end_target_kwh;
        if (ends[k] < low || ends[k] > source->max_kwh) continue;
        double price = above > 0 ? source->end_above_jpy : source->end_below_jpy;
        least = fmin(least, b * (ends[k] - source->start_kwh) - above * price);
    }
    return cost + least;
}

/* From where the source begins to its target without a trip: it stands at the stop there for a
 * while, or not, and leaves. */
static double way_without_trips(const struct re_view *v, const struct eb_source *source,
                                struct eb_point target)
{
    struct eb_point here = eb_point_source(v->ev, source);
    bool moves = here.place != target.place;
    double best = moves ? eb_re_way(v, here, source->from_s, target, v->ev->end_s) : INFINITY,
           stood = 0;
    size_t first = 0;
    int64_t seconds;
    double cost;
    while (first < v->stops && v->ev->stop[first] != here.place) first++;
    if (first < v->stops && moves) best = fmin(best, v->go[first * (v->T + 1)]);
    for (size_t b = 0; b < v->T && !moves; b++) {
        for (size_t k = 0; k < v->stops; k++) {
            if (k == first ||
                !eb_re_drive(v, here, eb_point_stop(v->ev, v->ev->stop[k]), &seconds, &cost))
                continue;
            best = fmin(best, stood + cost + eb_re_arrive(v, k, (int64_t)b * v->slot_s + seconds));
        }
        if (first == v->stops) break;
        stood -= v->full[first * v->T + b];
    }
    return best;
}

/* Days of the type's sources that end at the target and run nothing. */
static void days_without_trips(struct re_relaxing *r, size_t d, struct eb_point target)
{
    struct re_view *v = &r->view;
    for (size_t s = 0; s < v->net->source_count; s++) {
        const struct eb_source *source = &v->net->sources[s];
        if (source->type != v->type) continue;
        if (d != source->depot && v->ev->return_rule != EB_RETURN_COUNTS) continue;
        double cost = way_without_trips(v, source, target);
        if (cost == INFINITY) continue;
        double low = fmax(source->min_kwh, source->end_kwh);
        cost -= window(r, low - source->start_kwh, source->max_kwh - source->start_kwh);
        double *idle = &r->idle[s * v->ev->depots.count + d];
        cost += day(r, source);
        *idle = *idle == INFINITY ? cost : fmax(*idle, cost);
    }
}

/* Ways from every trip to a depot, where the day ends with `end_low` at least. */
static void to_depot(struct re_relaxing *r, size_t d, double end_low)
{
    struct re_view *v = &r->view;
    const struct eb_network *net = v->net;
    struct eb_point target = eb_point_depot(v->ev, d);
    const struct eb_type *type = &v->ev->types.items[v->type];
    double high = type->has_battery ? type->max_kwh : 0, from_low, from_high;
    eb_re_aim(v, target, v->ev->end_s);
    for (size_t l = 0; l < v->stops; l++)
        if (v->ev->stop[l] == target.place) v->go[l * (v->T + 1) + v->T] = 0;
    eb_re_set_go(v);
    days_without_trips(r, d, target);
    for (size_t n = 0; n < net->trip_count; n++) {
        double *in = &r->in[d * net->trip_count + n];
        if (!runs(r, n)) continue;
        double cost = eb_re_way(v, eb_point_trip_end(v->ev, net->trip[n]),
                                v->ev->trips.items[net->trip[n]].arrive_s, target, v->ev->end_s);
        if (cost == INFINITY) continue;
        eb_re_charges(r, n, true, &from_low, &from_high);
        cost -= window(r, end_low - from_high, high - from_low);
        keep_most(r, in, &r->in_worth[in - r->in], cost);
    }
}

/* The least that the type's buses end with. */
double eb_re_least_end(const struct re_relaxing *r)
{
    double least = INFINITY;
    for (size_t s = 0; s < r->view.net->source_count; s++) {
        const struct eb_source *source = &r->view.net->sources[s];
        if (source->type == r->view.type)
            least = fmin(least, fmax(source->min_kwh, source->end_kwh));
    }
    return least;
}

/* A cost when it is the least; by whom. */
static void keep_least(double *least, size_t *by, double cost, size_t who)
{
    if (cost >= *least) return;
    *least = cost;
    *by = who;
}

/* The type's costs into those of all. */
static void take_least(struct re_relaxing *r)
{
    const struct eb_network *net = r->view.net;
    size_t count = net->trip_count, first = r->view.type * RE_WORTHS;
    for (size_t k = 0; k < net->link_start[count]; k++)
        keep_least(&r->costs->link[k], &r->link_by[k], r->link[k], first + r->link_worth[k]);
    for (size_t n = 0; n < count; n++) {
        if (!runs(r, n)) continue;
        size_t trip = net->trip[n];
        bool battery = r->view.ev->types.items[r->view.type].has_battery;
        double energy = battery ? r->view.ev->trips.items[trip].energy_kwh[r->view.type] : 0;
        for (size_t s = 0; s < net->source_count; s++) {
            const struct eb_source *source = &net->sources[s];
            if (source->type != r->view.type) continue;
            double cost = day(r, source) + r->out[s * count + n];
            if (cost < r->costs->out[n]) r->out_source[n] = s;
            keep_least(&r->costs->out[n], &r->out_by[n], cost, first + r->out_worth[s * count + n]);
            keep_least(&r->costs->own[n], &r->own_type[n],
                       eb_trip_cost(r->view.ev, source, trip) + r->worths[0] * energy,
                       r->view.type);
        }
        for (size_t d = 0; d < r->view.ev->depots.count; d++) {
            double cost = r->in[d * count + n];
            if (cost < r->costs->in[n]) r->in_depot[n] = d;
            keep_least(&r->costs->in[n], &r->in_by[n], cost, first + r->in_worth[d * count + n]);
        }
    }
}

static void fill(double values[], size_t count, double value)
{
    for (size_t i = 0; i < count; i++) values[i] = value;
}

/* The values of charge in the battery that are tried. */
void eb_re_set_worths(struct re_relaxing *r)
{
    const struct re_view *v = &r->view;
    double least = INFINITY, most = -INFINITY;
    for (size_t c = 0; c < v->ev->chargers.count; c++) {
        const struct eb_charger *charger = &v->ev->chargers.items[c];
        for (size_t t = 0; t < v->T; t++) {
            double price =
                charger->grid == AZ_NO_INDEX ? 0 : v->worth->energy[charger->grid * v->T + t];
            double sold = (price - v->ev->types.items[v->type].wear_jpy_per_kwh) *
                          charger->discharge_efficiency;
            if (eb_charge_power(v->ev, v->type, c) > 0)
                least = fmin(least, price / charger->charge_efficiency);
            if (eb_discharge_power(v->ev, v->type, c) > 0) most = fmax(most, sold);
        }
    }
    r->worths[0] = v->worth->battery[v->type];
    r->worths[1] = isfinite(least) ? least : r->worths[0];
    r->worths[2] = isfinite(most) ? most : r->worths[0];
}

static void relax_type(struct re_relaxing *r)
{
    const struct eb_network *net = r->view.net;
    size_t count = net->trip_count, depots = r->view.ev->depots.count;
    fill(r->link, net->link_start[count], INFINITY);
    fill(r->out, net->source_count * count, INFINITY);
    fill(r->in, depots * count, INFINITY);
    eb_re_set_worths(r);
    for (size_t k = 0; k < RE_WORTHS; k++) {
        r->view.b = r->worths[k];
        r->now = k;
        eb_re_set_rates(&r->view);
        for (size_t m = 0; m < count; m++)
            if (runs(r, m)) to_trip(r, m);
        for (size_t d = 0; d < depots; d++) to_depot(r, d, eb_re_least_end(r));
    }
    take_least(r);
}

static bool take_arrays(struct re_relaxing *r, struct az_arena *arena)
{
    struct re_view *v = &r->view;
    const struct eb_network *net = v->net;
    size_t count = net->trip_count;
    v->buys = AZ_ARRAY(arena, v->ev->chargers.count * v->T, double);
    v->rate = AZ_ARRAY(arena, v->ev->chargers.count * v->T, double);
    v->full = AZ_ARRAY(arena, v->stops * v->T, double);
    v->go = AZ_ARRAY(arena, v->stops * (v->T + 1), double);
    v->leave_s = AZ_ARRAY(arena, v->stops, int64_t);
    v->on = AZ_ARRAY(arena, v->stops, double);
    r->link = AZ_ARRAY(arena, net->link_start[count], double);
    r->out = AZ_ARRAY(arena, net->source_count * count, double);
    r->in = AZ_ARRAY(arena, v->ev->depots.count * count, double);
    r->idle = AZ_ARRAY(arena, net->source_count * v->ev->depots.count, double);
    r->link_worth = AZ_ARRAY(arena, net->link_start[count], unsigned char);
    r->out_worth = AZ_ARRAY(arena, net->source_count * count, unsigned char);
    r->in_worth = AZ_ARRAY(arena, v->ev->depots.count * count, unsigned char);
    r->link_by = AZ_ARRAY(arena, net->link_start[count], size_t);
    r->out_by = AZ_ARRAY(arena, count, size_t);
    r->in_by = AZ_ARRAY(arena, count, size_t);
    r->out_source = AZ_ARRAY(arena, count, size_t);
    r->in_depot = AZ_ARRAY(arena, count, size_t);
    r->own_type = AZ_ARRAY(arena, count, size_t);
    if (!r->idle || !r->link_worth || !r->out_worth || !r->in_worth || !r->link_by || !r->out_by ||
        !r->in_by || !r->out_source || !r->in_depot || !r->own_type)
        return false;
    return v->buys && v->rate && v->full && v->go && v->leave_s && v->on && r->link && r->out &&
           r->in;
}

static void take_idle(const struct re_relaxing *r, double idle[])
{
    size_t depots = r->view.ev->depots.count;
    for (size_t s = 0; s < r->view.net->source_count; s++) {
        idle[s] = INFINITY;
        for (size_t d = 0; d < depots; d++) idle[s] = fmin(idle[s], r->idle[s * depots + d]);
    }
}

enum az_status eb_relax_energy(const struct eb_network *network,
                               const struct eb_energy_worth *worth, struct az_arena *arena,
                               struct eb_relaxation **relaxation, double idle[],
                               struct eb_energy_use *use)
{
    const struct eb_instance *ev = network->ev;
    struct az_arena *scratch = az_arena_new(NULL);
    struct eb_relax_costs costs;
    struct re_relaxing r = { .view = { .net = network,
                                       .ev = ev,
                                       .worth = worth,
                                       .stops = ev->stop_count,
                                       .T = ev->T,
                                       .slot_s = ev->slot_minutes * 60 },
                             .costs = &costs,
                             .complete = true };
    enum az_status status = AZ_OK;
    *relaxation = NULL;
    if (!scratch) return AZ_NO_MEMORY;
    if (ev->links || ev->T == 0 || ev->bus_count > 0 || !ev->timed) goto done;
    if (!take_arrays(&r, scratch) || !eb_relax_costs_new(network, scratch, &costs))
        AZ_GOTO(AZ_NO_MEMORY);
    fill(costs.link, network->link_start[network->trip_count], INFINITY);
    fill(costs.out, network->trip_count, INFINITY);
    fill(costs.in, network->trip_count, INFINITY);
    fill(costs.own, network->trip_count, INFINITY);
    fill(r.idle, network->source_count * ev->depots.count, INFINITY);
    for (size_t t = 0; t < ev->types.count; t++) {
        r.view.type = t;
        relax_type(&r);
    }
    if (r.complete) status = eb_relax_at(network, &costs, arena, relaxation);
    if (status == AZ_OK && *relaxation && idle) take_idle(&r, idle);
    if (status == AZ_OK && *relaxation && use) eb_re_measure_use(&r, *relaxation, use);
done:
    az_arena_free(scratch);
    return status;
}
