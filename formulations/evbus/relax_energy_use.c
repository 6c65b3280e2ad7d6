/* relax_energy_use.c - what the assignment with batteries uses: its ways followed once more. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/dispatch.h"
#include "formulations/evbus/relax_energy_ways.h"

/* What a chosen way does, for whoever improves the prices. */
struct trace {
    struct eb_energy_use *use;
    double gain; /* kWh into the battery, net */
};

/* The part of a slot in which `earns` was earned. */
static void note_part(const struct re_view *v, struct trace *trace, size_t stop, size_t t,
                      double hours)
{
    const struct eb_place *place = &v->ev->places.items[v->ev->stop[stop]];
    double best = 0;
    size_t chosen = AZ_NO_INDEX;
    for (size_t k = 0; k < place->charger_count; k++) {
        size_t at = place->charger[k] * v->T + t;
        double value = hours * v->rate[at] - v->worth->plug[at];
        if (value <= best) continue;
        best = value;
        chosen = place->charger[k];
    }
    if (chosen == AZ_NO_INDEX) return;
    const struct eb_charger *charger = &v->ev->chargers.items[chosen];
    double in = hours * eb_charge_power(v->ev, v->type, chosen);
    double out = hours * eb_discharge_power(v->ev, v->type, chosen);
    bool buys = hours * v->buys[chosen * v->T + t] >= hours * v->rate[chosen * v->T + t];
    trace->use->plug[chosen * v->T + t]++;
    trace->gain += buys ? in * charger->charge_efficiency : -out / charger->discharge_efficiency;
}

/* --- the same ways followed --------------------------------------------------------------------
 */

static void follow_drive(const struct re_view *v, struct trace *trace, struct eb_point from,
                         struct eb_point to)
{
    if (from.place != to.place) trace->gain -= eb_move(v->ev, v->type, from, to).energy_kwh;
}

static void follow_go(const struct re_view *v, struct trace *trace, size_t l, size_t b,
                      struct eb_point target);

static void follow_arrive(const struct re_view *v, struct trace *trace, size_t l, int64_t at,
                          struct eb_point target)
{
    size_t t = (size_t)(at / v->slot_s);
    int64_t end = (int64_t)(t + 1) * v->slot_s;
    double on = v->go[l * (v->T + 1) + t + 1];
    if (isfinite(on)) on -= eb_re_earns(v, l, t, (double)(end - at) / 3600);
    if (v->leave_s[l] >= at && v->leave_s[l] < end &&
        v->on[l] - eb_re_earns(v, l, t, (double)(v->leave_s[l] - at) / 3600) <= on) {
        note_part(v, trace, l, t, (double)(v->leave_s[l] - at) / 3600);
        follow_drive(v, trace, eb_point_stop(v->ev, v->ev->stop[l]), target);
        return;
    }
    note_part(v, trace, l, t, (double)(end - at) / 3600);
    follow_go(v, trace, l, t + 1, target);
}

static void follow_go(const struct re_view *v, struct trace *trace, size_t l, size_t b,
                      struct eb_point target)
{
    struct eb_point here = eb_point_stop(v->ev, v->ev->stop[l]);
    for (; b < v->T; b++) {
        int64_t now = (int64_t)b * v->slot_s, seconds;
        const double *go = &v->go[l * (v->T + 1) + b];
        if (*go == go[1] - v->full[l * v->T + b]) {
            note_part(v, trace, l, b, v->ev->dt);
            continue;
        }
        double hours = (double)(v->leave_s[l] - now) / 3600, cost;
        if (v->leave_s[l] >= now && v->leave_s[l] < now + v->slot_s &&
            *go == v->on[l] - eb_re_earns(v, l, b, hours)) {
            note_part(v, trace, l, b, hours);
            follow_drive(v, trace, here, target);
            return;
        }
        for (size_t k = 0; k < v->stops; k++) {
            struct eb_point there = eb_point_stop(v->ev, v->ev->stop[k]);
            if (k == l || !eb_re_drive(v, here, there, &seconds, &cost)) continue;
            if (*go != cost + eb_re_arrive(v, k, now + seconds)) continue;
            follow_drive(v, trace, here, there);
            follow_arrive(v, trace, k, now + seconds, target);
            return;
        }
        return;
    }
}

/* As `way`; stands: the bus may stand at the stop where it begins. */
static void follow_way(const struct re_view *v, struct trace *trace, struct eb_point from,
                       int64_t from_s, struct eb_point to, int64_t to_s, bool stands)
{
    int64_t seconds;
    double cost, best = eb_re_way(v, from, from_s, to, to_s);
    for (size_t l = 0; stands && l < v->stops; l++)
        if (v->ev->stop[l] == from.place && v->go[l * (v->T + 1)] < best) {
            follow_go(v, trace, l, 0, to);
            return;
        }
    if (eb_re_drive(v, from, to, &seconds, &cost) && from_s + seconds <= to_s && cost == best) {
        follow_drive(v, trace, from, to);
        return;
    }
    for (size_t l = 0; l < v->stops; l++) {
        struct eb_point stop = eb_point_stop(v->ev, v->ev->stop[l]);
        if (!eb_re_drive(v, from, stop, &seconds, &cost)) continue;
        if (cost + eb_re_arrive(v, l, from_s + seconds) != best) continue;
        follow_drive(v, trace, from, stop);
        follow_arrive(v, trace, l, from_s + seconds, to);
        return;
    }
}

/* --- what the assignment uses -----------------------------------------------------------------
 */

/* Adds a way's slope in b: its net gain where b' is b, else the side of the window it is held to.
 */
static void note_gain(const struct re_relaxing *r, struct trace *trace, double low, double high)
{
    double less = r->worths[0] - r->view.b, gain = trace->gain;
    if (r->now > 0) gain = less * low > less * high ? low : high;
    trace->use->battery[r->view.type] -= gain;
}

/* The chosen ways that end at trip m. */
static void use_to_trip(struct re_relaxing *r, const struct eb_relaxation *relaxation, size_t m,
                        struct eb_energy_use *use)
{
    struct re_view *v = &r->view;
    const struct eb_network *net = v->net;
    size_t n = relaxation->before[m], who = v->type * RE_WORTHS + r->now;
    bool is_first = n == EB_NO_TRIP;
    size_t by = is_first ? r->out_by[m] : r->link_by[eb_link_find(net, n, m)];
    struct eb_point target = eb_point_trip_start(v->ev, net->trip[m]);
    struct trace trace = { .use = use };
    double low, high, from_low, from_high;
    if (by != who) return;
    eb_re_charges(r, m, false, &low, &high);
    eb_re_aim(v, target, v->ev->trips.items[net->trip[m]].depart_s);
    eb_re_set_go(v);
    if (is_first) {
        const struct eb_source *source = &net->sources[r->out_source[m]];
        follow_way(v, &trace, eb_point_source(v->ev, source), source->from_s, target,
                   v->ev->trips.items[net->trip[m]].depart_s, true);
        from_low = from_high = source->start_kwh;
    } else {
        follow_way(v, &trace, eb_point_trip_end(v->ev, net->trip[n]),
                   v->ev->trips.items[net->trip[n]].arrive_s, target,
                   v->ev->trips.items[net->trip[m]].depart_s, false);
        eb_re_charges(r, n, true, &from_low, &from_high);
    }
    note_gain(r, &trace, low - from_high, high - from_low);
}

/* The chosen ways home to depot d. */
static void use_to_depot(struct re_relaxing *r, const struct eb_relaxation *relaxation, size_t d,
                         struct eb_energy_use *use)
{
    struct re_view *v = &r->view;
    const struct eb_network *net = v->net;
    struct eb_point target = eb_point_depot(v->ev, d);
    size_t who = v->type * RE_WORTHS + r->now;
    double high = v->ev->types.items[v->type].max_kwh, from_low, from_high;
    eb_re_aim(v, target, v->ev->end_s);
    for (size_t l = 0; l < v->stops; l++)
        if (v->ev->stop[l] == target.place) v->go[l * (v->T + 1) + v->T] = 0;
    eb_re_set_go(v);
    for (size_t n = 0; n < net->trip_count; n++) {
        struct trace trace = { .use = use };
        if (relaxation->next[n] != EB_NO_TRIP || r->in_by[n] != who || r->in_depot[n] != d)
            continue;
        follow_way(v, &trace, eb_point_trip_end(v->ev, net->trip[n]),
                   v->ev->trips.items[net->trip[n]].arrive_s, target, v->ev->end_s, false);
        eb_re_charges(r, n, true, &from_low, &from_high);
        note_gain(r, &trace, eb_re_least_end(r) - from_high, high - from_low);
    }
}

void eb_re_measure_use(struct re_relaxing *r, const struct eb_relaxation *relaxation,
                       struct eb_energy_use *use)
{
    const struct eb_instance *ev = r->view.ev;
    const struct eb_network *net = r->view.net;
    memset(use->plug, 0, ev->chargers.count * ev->T * sizeof *use->plug);
    memset(use->battery, 0, ev->types.count * sizeof *use->battery);
    for (size_t n = 0; n < net->trip_count; n++)
        if (ev->types.items[r->own_type[n]].has_battery)
            use->battery[r->own_type[n]] +=
                ev->trips.items[net->trip[n]].energy_kwh[r->own_type[n]];
    for (size_t t = 0; t < ev->types.count; t++) {
        if (!ev->types.items[t].has_battery) continue;
        r->view.type = t;
        eb_re_set_worths(r);
        for (size_t k = 0; k < RE_WORTHS; k++) {
            r->view.b = r->worths[k];
            r->now = k;
            eb_re_set_rates(&r->view);
            for (size_t m = 0; m < net->trip_count; m++) use_to_trip(r, relaxation, m, use);
            for (size_t d = 0; d < ev->depots.count; d++) use_to_depot(r, relaxation, d, use);
        }
    }
}
