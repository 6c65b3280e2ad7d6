/* complete.c - a plan made by hand in part becomes a full one.
 *
 * Blocks keep their trips in order, and their stays at chargers with the times and energies that
 * are given; where those do not do, stops are added on its other ways. A block that names no
 * charger gets its stops from pricing among the ways that run exactly its trips; trips that must
 * run and stand in no block get blocks of their own, chosen in the same way. Drives and waits
 * follow; the energies that are left open are dispatched together.
 */
#include <math.h>
#include <string.h>

#include "formulations/evbus/adopt.h"
#include "formulations/evbus/complete.h"
#include "formulations/evbus/dispatch.h"

#define SURE 1e7 /* JPY: what running a given trip earns while stops are sought */

/* --- what is given -----------------------------------------------------------------------------
 */

/* The first source from `from` on that can be a block's; AZ_NO_INDEX: there is none. */
static size_t source_of(const struct eb_completion *c, const struct eb_block *block, size_t from)
{
    const struct eb_instance *ev = c->ev;
    for (size_t s = from; s < c->network->source_count; s++) {
        const struct eb_source *source = &c->network->sources[s];
        if (block->bus.id) {
            if (source->bus != AZ_NO_INDEX && eb_same_id(ev->bus[source->bus].id, block->bus.id))
                return s;
            continue;
        }
        if (source->bus != AZ_NO_INDEX) continue;
        if (block->type.id && !eb_same_id(ev->types.items[source->type].id, block->type.id))
            continue;
        if (block->depot.id && !eb_same_id(ev->depots.items[source->depot].id, block->depot.id))
            continue;
        if (!isnan(block->start_kwh) && ev->types.items[source->type].has_battery &&
            fabs(block->start_kwh - source->start_kwh) > 1e-6)
            continue;
        if ((double)c->used[s] >= source->count_max) continue;
        return s;
    }
    return AZ_NO_INDEX;
}

static bool names_chargers(const struct eb_block *block)
{
    for (size_t e = 0; e < block->events.count; e++)
        if (block->events.items[e].kind == EB_EVENT_STAY && block->events.items[e].charger.id)
            return true;
    return false;
}

static size_t end_depot_of(const struct eb_completion *c, const struct eb_block *block,
                           size_t source)
{
    for (size_t d = 0; block->end_depot.id && d < c->ev->depots.count; d++)
        if (eb_same_id(c->ev->depots.items[d].id, block->end_depot.id)) return d;
    return c->network->sources[source].depot;
}

/* --- blocks whose stops are chosen -------------------------------------------------------------
 */

/* Prices to seek stops by: of the dearest supply and the best demand, and, in a slot in which a
 * bank is taken, more than any use of it is worth. */
static enum az_status set_prices(struct eb_completion *c)
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
static void occupy(struct eb_completion *c, const struct eb_duty *duty)
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

static enum az_status new_wish(struct eb_completion *c, struct wish *wish)
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
static bool wish_exactly(struct eb_completion *c, const size_t positions[], size_t count,
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
static enum az_status seek(struct eb_completion *c, size_t source, const struct wish *wish,
                           int effort, struct eb_duty **duty, double *cost)
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

static enum az_status choose_stops(struct eb_completion *c, const struct eb_block *block,
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
        size_t trip = eb_find_trip(c->ev, &block->events.items[e].trip);
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

static enum az_status add_duty(struct eb_completion *c, struct eb_duty *duty, bool given,
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

/* Ways that the block tells no stay for get those that pricing would choose for its trips. */
static enum az_status add_stops(struct eb_completion *c, const struct eb_block *block,
                                size_t source, struct eb_duty *duty)
{
    struct eb_duty *chosen;
    double cost;
    AZ_TRY(choose_stops(c, block, source, &chosen, &cost));
    for (size_t l = 0; l < duty->leg_count; l++) {
        if (duty->legs[l].stay_count > 0) continue;
        duty->legs[l].stays = chosen->legs[l].stays;
        duty->legs[l].stay_count = chosen->legs[l].stay_count;
        for (size_t s = 0; c->ev->T > 0 && s < duty->legs[l].stay_count; s++)
            duty->legs[l].stays[s].charge_kwh = duty->legs[l].stays[s].discharge_kwh = NULL;
    }
    return AZ_OK;
}

static enum az_status add_block(struct eb_completion *c, const struct eb_block *block)
{
    size_t source = source_of(c, block, 0);
    struct eb_duty *duty = NULL;
    double least = INFINITY;
    if (source == AZ_NO_INDEX) return AZ_INFEASIBLE;
    if (names_chargers(block)) {
        AZ_TRY(eb_write_duty(c, block, source, end_depot_of(c, block, source), &duty));
        if (c->more_stops) AZ_TRY(add_stops(c, block, source, duty));
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
static enum az_status cover_rest(struct eb_completion *c)
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

static enum az_status begin(struct eb_completion *c)
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
        size_t trip = eb_find_trip(ev, &plan->unserved.items[u].trip);
        if (trip == AZ_NO_INDEX) continue;
        if (ev->trips.items[trip].unserved_jpy == INFINITY) return AZ_INFEASIBLE;
        c->taken[trip] = true;
    }
    return set_prices(c);
}

/* The blocks keep the ids that they were given: each is known by its first trip. */
static void keep_ids(const struct eb_completion *c, struct eb_plan *plan)
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
            if (eb_same_id(plan->blocks.items[b].id, plan->blocks.items[k].id)) {
                char *id = az_arena_format(arena, "b%zu", plan->blocks.count + ++number);
                if (!id) return AZ_NO_MEMORY;
                plan->blocks.items[b].id = id;
                k = (size_t)-1;
            }
    return AZ_OK;
}

/* The plan as it was given, for the judge to name what is wrong. */
static enum az_status as_given(const struct eb_completion *c, void **plan)
{
    struct eb_plan *whole;
    AZ_TRY(eb_plan_new(c->ev, c->arena, &whole));
    whole->blocks = c->partial->blocks;
    *plan = whole;
    return AZ_INFEASIBLE;
}

/* All duties, dispatched together, as a plan; and how many rules it breaks. AZ_INFEASIBLE: not so.
 */
static enum az_status attempt(struct eb_completion *c, struct eb_plan **whole, size_t *broken)
{
    struct eb_dispatch dispatch;
    struct az_judgement judgement = { 0 };
    c->count = 0;
    *whole = NULL;
    AZ_TRY(begin(c));
    /* blocks that name their chargers first: what they use is taken for the others */
    for (int named = 1; named >= 0; named--)
        for (size_t b = 0; b < c->partial->blocks.count; b++)
            if (names_chargers(&c->partial->blocks.items[b]) == (named == 1))
                AZ_TRY(add_block(c, &c->partial->blocks.items[b]));
    AZ_TRY(cover_rest(c));
    struct eb_given given = { c->given, c->partial };
    AZ_TRY(eb_dispatch_given(c->ev, c->network->sources, c->duties, c->count, &given, c->engine,
                             c->context, c->arena, &dispatch));
    if (!dispatch.found) return AZ_INFEASIBLE;
    AZ_TRY(eb_plan_of(c->ev, c->network->sources, &dispatch, c->count, c->arena, whole));
    keep_ids(c, *whole);
    AZ_TRY(part_ids(c->arena, *whole));
    AZ_TRY(eb_evaluate(c->ev, *whole, c->arena, &judgement));
    *broken = judgement.violation_count;
    return AZ_OK;
}

/* Where the stays that are told do not do by themselves, they may not be all there are. */
static enum az_status complete(struct eb_completion *c, void **plan)
{
    struct eb_plan *whole, *other;
    size_t broken = 0, broken_other = 0;
    bool named = false;
    for (size_t b = 0; b < c->partial->blocks.count; b++)
        named = named || names_chargers(&c->partial->blocks.items[b]);
    enum az_status status = attempt(c, &whole, &broken);
    if (named && (status == AZ_INFEASIBLE || (status == AZ_OK && broken > 0))) {
        c->more_stops = true;
        enum az_status second = attempt(c, &other, &broken_other);
        if (second != AZ_OK && second != AZ_INFEASIBLE) return second;
        if (second == AZ_OK && (status != AZ_OK || broken_other < broken)) {
            whole = other;
            status = AZ_OK;
        }
    }
    if (status == AZ_OK) *plan = whole;
    return status;
}

enum az_status eb_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan)
{
    struct eb_completion c = { .ev = instance,
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
