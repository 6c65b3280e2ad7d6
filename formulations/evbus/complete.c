/* complete.c - a plan made by hand in part becomes a full one.
 *
 * Blocks keep their trips in order, and their stays at chargers with the times and energies that
 * are given. A block that names no charger gets its stops from pricing among the ways that run
 * exactly its trips; trips that must run and stand in no block get blocks of their own, chosen in
 * the same way. Drives and waits follow; the energies that are left open are dispatched together.
 */
#include <math.h>
#include <string.h>

#include "formulations/evbus/columns.h"
#include "formulations/evbus/dispatch.h"

#define SURE 1e7 /* JPY: what running a given trip earns while stops are sought */

struct completion {
    const struct eb_instance *ev;
    const struct eb_plan *partial;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_arena *arena, *scratch;
    struct eb_network *network;
    size_t count, capacity;
    const struct eb_duty **duties;
    bool *given;                       /* [capacity] its energies are kept where they are told */
    const char **id;                   /* [capacity] of the given block; NULL: none */
    bool *taken;                       /* [trips] in some block, or left out by hand */
    size_t *used;                      /* [sources] duties of each */
    double *charge, *discharge, *plug; /* [chargers * T] prices while stops are sought */
    int32_t *busy;                     /* [chargers * T] buses at a bank */
};

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* --- what is given -----------------------------------------------------------------------------
 */

/* The first source from `from` on that can be a block's; AZ_NO_INDEX: there is none. */
static size_t source_of(const struct completion *c, const struct eb_block *block, size_t from)
{
    const struct eb_instance *ev = c->ev;
    for (size_t s = from; s < c->network->source_count; s++) {
        const struct eb_source *source = &c->network->sources[s];
        if (block->bus.id) {
            if (source->bus != AZ_NO_INDEX && same(ev->bus[source->bus].id, block->bus.id))
                return s;
            continue;
        }
        if (source->bus != AZ_NO_INDEX) continue;
        if (block->type.id && !same(ev->types.items[source->type].id, block->type.id)) continue;
        if (block->depot.id && !same(ev->depots.items[source->depot].id, block->depot.id)) continue;
        if (!isnan(block->start_kwh) && ev->types.items[source->type].has_battery &&
            fabs(block->start_kwh - source->start_kwh) > 1e-6)
            continue;
        if ((double)c->used[s] >= source->count_max) continue;
        return s;
    }
    return AZ_NO_INDEX;
}

static size_t find_trip(const struct eb_instance *ev, const struct az_ref *ref)
{
    if (ref->index < ev->trips.count && same(ev->trips.items[ref->index].id, ref->id))
        return ref->index;
    for (size_t i = 0; ref->id && i < ev->trips.count; i++)
        if (same(ev->trips.items[i].id, ref->id)) return i;
    return AZ_NO_INDEX;
}

static size_t find_charger(const struct eb_instance *ev, const struct az_ref *ref)
{
    for (size_t i = 0; ref->id && i < ev->chargers.count; i++)
        if (same(ev->chargers.items[i].id, ref->id)) return i;
    return AZ_NO_INDEX;
}

static bool names_chargers(const struct eb_block *block)
{
    for (size_t e = 0; e < block->events.count; e++)
        if (block->events.items[e].kind == EB_EVENT_STAY && block->events.items[e].charger.id)
            return true;
    return false;
}

static size_t end_depot_of(const struct completion *c, const struct eb_block *block, size_t source)
{
    for (size_t d = 0; block->end_depot.id && d < c->ev->depots.count; d++)
        if (same(c->ev->depots.items[d].id, block->end_depot.id)) return d;
    return c->network->sources[source].depot;
}

/* --- a block that names its chargers -----------------------------------------------------------
 */

/* A duty that is written down leg by leg. */
struct writer {
    const struct completion *c;
    const struct eb_block *block;
    const struct eb_source *source;
    struct eb_duty *duty;
    struct eb_point at;
    int64_t now;
};

static struct eb_movement move_to(const struct writer *w, struct eb_point to)
{
    struct eb_movement none = { .drive_s = 0 };
    if (w->at.place == to.place && w->at.node == to.node) return none;
    return eb_move(w->c->ev, w->source->type, w->at, to);
}

static int64_t seconds(const struct eb_instance *ev, struct az_time time)
{
    return time.utc_s - ev->start.utc_s;
}

/* The energies of an event in the slots of its stay; NAN where nothing is told. */
static enum az_status put_energies(const struct writer *w, const struct eb_event *event,
                                   struct eb_stay *stay)
{
    double **out[2] = { &stay->charge_kwh, &stay->discharge_kwh };
    size_t counts[2] = { event->charge_kwh.count, event->discharge_kwh.count };
    const double *in[2] = { event->charge_kwh.items, event->discharge_kwh.items };
    for (int k = 0; k < 2; k++) {
        if (!in[k] || counts[k] == 0) continue;
        int64_t first =
            event->first_slot == AZ_NO_INTEGER ? (int64_t)stay->first_slot : event->first_slot;
        *out[k] = AZ_ARRAY(w->c->arena, stay->slot_count, double);
        if (!*out[k]) return AZ_NO_MEMORY;
        for (size_t t = 0; t < stay->slot_count; t++) {
            int64_t at = (int64_t)(stay->first_slot + t) - first;
            (*out[k])[t] = at >= 0 && (size_t)at < counts[k] ? in[k][at] : NAN;
        }
    }
    return AZ_OK;
}

/* One stay: arrives at once (or when told), leaves when told or at `leave`. */
static enum az_status write_stay(struct writer *w, const struct eb_event *event, int64_t leave,
                                 struct eb_leg *leg)
{
    const struct eb_instance *ev = w->c->ev;
    size_t bank = find_charger(ev, &event->charger);
    if (bank == AZ_NO_INDEX) return AZ_INFEASIBLE;
    size_t place = ev->chargers.items[bank].place.index;
    struct eb_point stop = eb_point_stop(ev, place);
    struct eb_movement move = move_to(w, stop);
    if (move.drive_s < 0) return AZ_INFEASIBLE;
    struct eb_stay *stay = &leg->stays[leg->stay_count++];
    *stay = (struct eb_stay){ .place = place,
                              .charger = bank,
                              .from_s = w->now + move.drive_s,
                              .to_s = leave,
                              .charged_kwh = isnan(event->charged_kwh) ? 0 : event->charged_kwh };
    if (ev->timed || ev->T > 0) {
        if (az_time_given(event->start) && seconds(ev, event->start) > stay->from_s)
            stay->from_s = seconds(ev, event->start);
        if (az_time_given(event->end)) stay->to_s = seconds(ev, event->end);
        if (stay->to_s < stay->from_s) return AZ_INFEASIBLE;
    }
    w->at = stop;
    w->now = stay->to_s;
    if (ev->T == 0) return AZ_OK;
    int64_t slot_s = ev->slot_minutes * 60;
    if (stay->to_s > ev->end_s || stay->from_s < 0) return AZ_INFEASIBLE;
    stay->first_slot = (size_t)(stay->from_s / slot_s);
    if (stay->to_s > stay->from_s)
        stay->slot_count = (size_t)((stay->to_s + slot_s - 1) / slot_s) - stay->first_slot;
    return put_energies(w, event, stay);
}

/* When the k-th of n stays is left, the whole way lasting until `by`: the last in time for what
 * follows, the others at slot boundaries that share the time. */
static int64_t leave_at(const struct writer *w, size_t k, size_t n, int64_t by, struct eb_point to,
                        const struct eb_event *event)
{
    const struct eb_instance *ev = w->c->ev;
    if (!ev->timed && ev->T == 0) return w->now;
    if (k + 1 < n) {
        int64_t slot_s = ev->T > 0 ? ev->slot_minutes * 60 : 1;
        return (w->now + (by - w->now) / (int64_t)(n - k)) / slot_s * slot_s;
    }
    size_t bank = find_charger(ev, &event->charger);
    if (bank == AZ_NO_INDEX) return by;
    struct eb_point stop = eb_point_stop(ev, ev->chargers.items[bank].place.index);
    bool here = stop.place == to.place && stop.node == to.node;
    struct eb_movement on = { .drive_s = 0 };
    if (!here) on = eb_move(ev, w->source->type, stop, to);
    return by - (on.drive_s > 0 ? on.drive_s : 0);
}

/* The way to a trip (or home) with the stays among events [first, last). */
static enum az_status write_leg(struct writer *w, size_t first, size_t last, size_t trip)
{
    const struct eb_instance *ev = w->c->ev;
    struct eb_leg *leg = &w->duty->legs[w->duty->leg_count++];
    bool home = trip == AZ_NO_INDEX;
    struct eb_point to =
        home ? eb_point_depot(ev, w->duty->end_depot) : eb_point_trip_start(ev, trip);
    int64_t by = home ? (ev->T > 0 ? ev->end_s : w->now) : ev->trips.items[trip].depart_s;
    size_t n = 0, k = 0;
    for (size_t e = first; e < last; e++)
        n +=
            w->block->events.items[e].kind == EB_EVENT_STAY && w->block->events.items[e].charger.id;
    leg->trip = trip;
    leg->stays = AZ_ARRAY(w->c->arena, n, struct eb_stay);
    if (!leg->stays) return AZ_NO_MEMORY;
    for (size_t e = first; e < last; e++) {
        const struct eb_event *event = &w->block->events.items[e];
        if (event->kind != EB_EVENT_STAY || !event->charger.id) continue;
        AZ_TRY(write_stay(w, event, leave_at(w, k, n, by, to, event), leg));
        k++;
    }
    struct eb_movement move = move_to(w, to);
    if (move.drive_s < 0) return AZ_INFEASIBLE;
    w->at = home ? to : eb_point_trip_end(ev, trip);
    if (home) return AZ_OK;
    const struct eb_trip *it = &ev->trips.items[trip];
    if (it->serves && !it->serves[w->source->type]) return AZ_INFEASIBLE;
    if (it->has_times && w->now + move.drive_s > it->depart_s) return AZ_INFEASIBLE;
    if (it->has_times) w->now = it->arrive_s;
    return AZ_OK;
}

static enum az_status write_duty(struct completion *c, const struct eb_block *block, size_t source,
                                 struct eb_duty **duty)
{
    size_t legs = 1, first = 0;
    for (size_t e = 0; e < block->events.count; e++)
        legs += block->events.items[e].kind == EB_EVENT_TRIP;
    struct eb_duty *new = *duty = AZ_NEW(c->arena, struct eb_duty);
    if (!new) return AZ_NO_MEMORY;
    new->source = source;
    new->end_depot = end_depot_of(c, block, source);
    new->legs = AZ_ARRAY(c->arena, legs, struct eb_leg);
    if (!new->legs) return AZ_NO_MEMORY;
    struct writer w = { c,
                        block,
                        &c->network->sources[source],
                        new,
                        eb_point_source(c->ev, &c->network->sources[source]),
                        c->network->sources[source].from_s };
    for (size_t e = 0; e < block->events.count; e++) {
        if (block->events.items[e].kind != EB_EVENT_TRIP) continue;
        size_t trip = find_trip(c->ev, &block->events.items[e].trip);
        if (trip == AZ_NO_INDEX) return AZ_INFEASIBLE;
        AZ_TRY(write_leg(&w, first, e, trip));
        first = e + 1;
    }
    return write_leg(&w, first, block->events.count, AZ_NO_INDEX);
}

/* --- blocks whose stops are chosen -------------------------------------------------------------
 */

/* Prices to seek stops by: of the dearest supply and the best demand, and, in a slot in which a
 * bank is taken, more than any use of it is worth. */
static enum az_status set_prices(struct completion *c)
{
    const struct eb_instance *ev = c->ev;
    size_t count = ev->chargers.count * ev->T;
    c->charge = AZ_ARRAY(c->scratch, count, double);
    c->discharge = AZ_ARRAY(c->scratch, count, double);
    c->plug = AZ_ARRAY(c->scratch, count, double);
    c->busy = AZ_ARRAY(c->scratch, count, int32_t);
    if (!c->charge || !c->discharge || !c->plug || !c->busy) return AZ_NO_MEMORY;
    for (size_t b = 0; b < ev->chargers.count; b++) {
        size_t g = ev->chargers.items[b].grid;
        if (g == AZ_NO_INDEX) continue;
        const struct eb_grid *grid = &ev->grids.items[g];
        for (size_t t = 0; t < ev->T; t++) {
            double price = 0, value = 0;
            for (size_t s = 0; s < grid->supply.count; s++)
                price = fmax(price, grid->supply.items[s].price_jpy_per_kwh.values[t]);
            for (size_t s = 0; s < grid->demand.count; s++)
                value = fmax(value, grid->demand.items[s].price_jpy_per_kwh.values[t]);
            c->charge[b * ev->T + t] = price;
            c->discharge[b * ev->T + t] = -fmin(value, price);
        }
    }
    return AZ_OK;
}

/* A duty's banks are taken in the slots that it uses. */
static void occupy(struct completion *c, const struct eb_duty *duty)
{
    const struct eb_instance *ev = c->ev;
    for (size_t l = 0; l < duty->leg_count; l++)
        for (size_t s = 0; s < duty->legs[l].stay_count; s++) {
            const struct eb_stay *stay = &duty->legs[l].stays[s];
            if (stay->charger == AZ_NO_INDEX) continue;
            const struct eb_charger *bank = &ev->chargers.items[stay->charger];
            for (size_t k = 0; k < stay->slot_count; k++) {
                double kwh = (stay->charge_kwh ? stay->charge_kwh[k] : 0) +
                             (stay->discharge_kwh ? stay->discharge_kwh[k] : 0);
                size_t at = stay->charger * ev->T + stay->first_slot + k;
                if (!(kwh > 0)) continue;
                c->busy[at]++;
                if (!bank->no_limit && c->busy[at] >= bank->count_max) c->plug[at] = SURE;
            }
        }
}

/* What is allowed and what must be: given trips in their order and nothing else, or (wanted NULL)
 * as many of the trips that are left as a duty can run. */
struct wish {
    double *trip;
    unsigned char *forbidden, *out, *in, *skip;
    double *end;
};

static enum az_status new_wish(struct completion *c, struct wish *wish)
{
    const struct eb_network *net = c->network;
    *wish = (struct wish){ .trip = AZ_ARRAY(c->scratch, net->trip_count, double),
                           .forbidden = AZ_ARRAY(c->scratch, net->link_start[net->trip_count],
                                                 unsigned char),
                           .out = AZ_ARRAY(c->scratch, net->trip_count, unsigned char),
                           .in = AZ_ARRAY(c->scratch, net->trip_count, unsigned char),
                           .skip = AZ_ARRAY(c->scratch, net->trip_count, unsigned char),
                           .end = AZ_ARRAY(c->scratch, c->ev->depots.count, double) };
    bool room = wish->trip && wish->forbidden && wish->out && wish->in && wish->skip && wish->end;
    return room ? AZ_OK : AZ_NO_MEMORY;
}

/* Exactly these positions, in this order; false when one cannot follow the other. */
static bool wish_exactly(struct completion *c, const size_t positions[], size_t count,
                         size_t end_depot, struct wish *wish)
{
    const struct eb_network *net = c->network;
    memset(wish->skip, 1, net->trip_count);
    memset(wish->out, 1, net->trip_count);
    memset(wish->in, 1, net->trip_count);
    memset(wish->forbidden, 1, net->link_start[net->trip_count]);
    for (size_t k = 0; k < count; k++) {
        wish->skip[positions[k]] = 0;
        wish->trip[positions[k]] = SURE;
        if (k == 0) continue;
        size_t link = eb_link_find(net, positions[k - 1], positions[k]);
        if (link == AZ_NO_INDEX) return false;
        wish->forbidden[link] = 0;
    }
    if (count > 0) wish->out[positions[0]] = wish->in[positions[count - 1]] = 0;
    for (size_t d = 0; d < c->ev->depots.count; d++) wish->end[d] = d == end_depot ? 0 : SURE;
    return true;
}

/* The best duty of a source under a wish; NULL: there is none. */
static enum az_status seek(struct completion *c, size_t source, const struct wish *wish, int effort,
                           struct eb_duty **duty, double *cost)
{
    struct az_arena *scratch = az_arena_new(NULL);
    struct eb_duals duals = { .cost_scale = 1,
                              .trip = wish->trip,
                              .end_depot =
                                  c->ev->return_rule == EB_RETURN_COUNTS ? wish->end : NULL,
                              .charge = c->charge,
                              .discharge = c->discharge,
                              .plug = c->plug,
                              .forbidden = wish->forbidden,
                              .forbidden_out = wish->out,
                              .forbidden_in = wish->in,
                              .skip = wish->skip };
    size_t count = 0;
    double bound;
    *duty = NULL;
    if (!scratch) return AZ_NO_MEMORY;
    enum az_status status =
        eb_pricer_of(c->network, source)(c->network, source, &duals, effort, INFINITY, 1, c->arena,
                                         scratch, duty, cost, &count, &bound);
    if (count == 0) *duty = NULL;
    az_arena_free(scratch);
    return status == AZ_UNSUPPORTED ? AZ_OK : status;
}

static size_t trips_of(const struct eb_duty *duty)
{
    return duty->leg_count - 1;
}

static enum az_status choose_stops(struct completion *c, const struct eb_block *block,
                                   size_t source, struct eb_duty **duty, double *cost)
{
    const struct eb_network *net = c->network;
    struct wish wish;
    size_t *positions = AZ_ARRAY(c->scratch, block->events.count, size_t), count = 0;
    *duty = NULL;
    if (!positions) return AZ_NO_MEMORY;
    AZ_TRY(new_wish(c, &wish));
    for (size_t e = 0; e < block->events.count; e++) {
        if (block->events.items[e].kind != EB_EVENT_TRIP) continue;
        size_t trip = find_trip(c->ev, &block->events.items[e].trip);
        if (trip == AZ_NO_INDEX || net->order[trip] == AZ_NO_INDEX) return AZ_INFEASIBLE;
        positions[count++] = net->order[trip];
    }
    if (!wish_exactly(c, positions, count, end_depot_of(c, block, source), &wish))
        return AZ_INFEASIBLE;
    AZ_TRY(seek(c, source, &wish, 2, duty, cost));
    if (!*duty || trips_of(*duty) != count) {
        *duty = NULL;
        return AZ_INFEASIBLE;
    }
    return AZ_OK;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static enum az_status add_duty(struct completion *c, struct eb_duty *duty, bool given,
                               const char *id)
{
    for (size_t l = 0; l < duty->leg_count; l++)
        if (duty->legs[l].trip != AZ_NO_INDEX) {
            if (c->taken[duty->legs[l].trip]) return AZ_INFEASIBLE;
            c->taken[duty->legs[l].trip] = true;
        }
    if (c->count == c->capacity) return AZ_INTERNAL;
    c->duties[c->count] = duty;
    c->given[c->count] = given;
    c->id[c->count++] = id;
    c->used[duty->source]++;
    return AZ_OK;
}

static enum az_status add_block(struct completion *c, const struct eb_block *block)
{
    size_t source = source_of(c, block, 0);
    struct eb_duty *duty = NULL;
    double least = INFINITY;
    if (source == AZ_NO_INDEX) return AZ_INFEASIBLE;
    if (names_chargers(block)) {
        AZ_TRY(write_duty(c, block, source, &duty));
        return add_duty(c, duty, true, block->id);
    }
    /* of the charges it may begin with, the one that costs least */
    for (; source != AZ_NO_INDEX; source = source_of(c, block, source + 1)) {
        struct eb_duty *other;
        double cost;
        enum az_status status = choose_stops(c, block, source, &other, &cost);
        if (status != AZ_OK && status != AZ_INFEASIBLE) return status;
        if (status == AZ_INFEASIBLE || cost >= least) continue;
        least = cost;
        duty = other;
    }
    if (!duty) return AZ_INFEASIBLE;
    occupy(c, duty);
    return add_duty(c, duty, false, block->id);
}

/* Trips that stand nowhere: the duty that is worth most, again and again, while it costs less than
 * leaving its trips out. */
static enum az_status cover_rest(struct completion *c)
{
    const struct eb_network *net = c->network;
    struct wish wish;
    for (;;) {
        size_t left = 0;
        struct eb_duty *best = NULL;
        double least = 0;
        bool must = false;
        AZ_TRY(new_wish(c, &wish));
        for (size_t n = 0; n < net->trip_count; n++) {
            double price = c->ev->trips.items[net->trip[n]].unserved_jpy;
            wish.skip[n] = c->taken[net->trip[n]];
            wish.trip[n] = fmin(SURE, price);
            left += !c->taken[net->trip[n]];
            must |= !c->taken[net->trip[n]] && price == INFINITY;
        }
        if (left == 0) return AZ_OK;
        if (az_must_stop(c->context)) return must ? AZ_INFEASIBLE : AZ_OK;
        for (size_t s = 0; s < net->source_count; s++) {
            struct eb_duty *duty;
            double cost;
            if ((double)c->used[s] >= net->sources[s].count_max) continue;
            AZ_TRY(seek(c, s, &wish, 1, &duty, &cost));
            if (!duty || trips_of(duty) == 0 || cost >= least) continue;
            least = cost;
            best = duty;
        }
        if (!best) return must ? AZ_INFEASIBLE : AZ_OK;
        occupy(c, best);
        AZ_TRY(add_duty(c, best, false, NULL));
    }
}

static enum az_status begin(struct completion *c)
{
    const struct eb_instance *ev = c->ev;
    const struct eb_plan *plan = c->partial;
    AZ_TRY(eb_network_new(ev, c->scratch, &c->network));
    for (size_t s = 0; s < c->network->source_count; s++)
        if (eb_pricer_of(c->network, s) == eb_price_charge) {
            AZ_TRY(eb_charge_prepare(c->network));
            break;
        }
    c->capacity = plan->blocks.count + ev->trips.count;
    c->duties = az_arena_array(c->scratch, c->capacity, sizeof *c->duties);
    c->given = AZ_ARRAY(c->scratch, c->capacity, bool);
    c->id = AZ_ARRAY(c->scratch, c->capacity, const char *);
    c->taken = AZ_ARRAY(c->scratch, ev->trips.count, bool);
    c->used = AZ_ARRAY(c->scratch, c->network->source_count, size_t);
    if (!c->duties || !c->given || !c->id || !c->taken || !c->used) return AZ_NO_MEMORY;
    for (size_t u = 0; u < plan->unserved.count; u++) {
        size_t trip = find_trip(ev, &plan->unserved.items[u].trip);
        if (trip == AZ_NO_INDEX) continue;
        if (ev->trips.items[trip].unserved_jpy == INFINITY) return AZ_INFEASIBLE;
        c->taken[trip] = true;
    }
    return set_prices(c);
}

/* The blocks keep the ids that they were given: each is known by its first trip. */
static void keep_ids(const struct completion *c, struct eb_plan *plan)
{
    for (size_t k = 0; k < c->count; k++) {
        size_t trip = c->duties[k]->legs[0].trip;
        for (size_t b = 0; c->id[k] && trip != AZ_NO_INDEX && b < plan->blocks.count; b++) {
            struct eb_block *block = &plan->blocks.items[b];
            size_t e = 0;
            while (e < block->events.count && block->events.items[e].kind != EB_EVENT_TRIP) e++;
            if (block->bus.id || e == block->events.count) continue;
            if (block->events.items[e].trip.index == trip) block->id = c->id[k];
        }
    }
}

/* Blocks that have no id of their own and would share one get the next free number. */
static enum az_status part_ids(struct az_arena *arena, struct eb_plan *plan)
{
    size_t number = 0;
    for (size_t b = 1; b < plan->blocks.count; b++)
        for (size_t k = 0; k < b; k++)
            if (same(plan->blocks.items[b].id, plan->blocks.items[k].id)) {
                char *id = az_arena_format(arena, "b%zu", plan->blocks.count + ++number);
                if (!id) return AZ_NO_MEMORY;
                plan->blocks.items[b].id = id;
                k = (size_t)-1;
            }
    return AZ_OK;
}

/* The plan as it was given, for the judge to name what is wrong. */
static enum az_status as_given(const struct completion *c, void **plan)
{
    struct eb_plan *whole;
    AZ_TRY(eb_plan_new(c->ev, c->arena, &whole));
    whole->blocks = c->partial->blocks;
    *plan = whole;
    return AZ_INFEASIBLE;
}

static enum az_status complete(struct completion *c, void **plan)
{
    struct eb_dispatch dispatch;
    struct eb_plan *whole;
    AZ_TRY(begin(c));
    /* blocks that name their chargers first: what they use is taken for the others */
    for (int named = 1; named >= 0; named--)
        for (size_t b = 0; b < c->partial->blocks.count; b++)
            if (names_chargers(&c->partial->blocks.items[b]) == (named == 1))
                AZ_TRY(add_block(c, &c->partial->blocks.items[b]));
    AZ_TRY(cover_rest(c));
    struct eb_given given = { c->given, c->partial };
    AZ_TRY(eb_dispatch_given(c->ev, c->network->sources, c->duties, c->count, &given, INFINITY, c->engine,
                             c->context, c->arena, &dispatch));
    if (!dispatch.found) return AZ_INFEASIBLE;
    AZ_TRY(eb_plan_of(c->ev, c->network->sources, &dispatch, c->count, c->arena, &whole));
    keep_ids(c, whole);
    AZ_TRY(part_ids(c->arena, whole));
    *plan = whole;
    return AZ_OK;
}

enum az_status eb_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan)
{
    struct completion c = { .ev = instance,
                            .partial = partial,
                            .engine = engine,
                            .context = context,
                            .arena = arena,
                            .scratch = az_arena_new(NULL) };
    *plan = NULL;
    if (!c.scratch) return AZ_NO_MEMORY;
    enum az_status status = complete(&c, plan);
    if (status == AZ_INFEASIBLE) status = as_given(&c, plan);
    az_arena_free(c.scratch);
    return status;
}
