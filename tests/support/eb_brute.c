/* eb_brute.c - the cheapest bus-day by trying every path. See eb_brute.h. */
#include <math.h>
#include <string.h>

#include "tests/support/eb_brute.h"

#define SEGMENTS 128

enum segment_kind { MOVE, STAND, PART };
struct segment {
    int kind;
    int64_t from_s, to_s;
    struct eb_movement move; /* of a move; its energies */
    size_t place;            /* of a part of a slot */
    size_t trip;             /* position + 1 of a move that is a trip; 0: none */
};

struct brute {
    const struct eb_network *net;
    const struct eb_instance *ev;
    const struct eb_source *source;
    const struct eb_type *type;
    const struct eb_duals *duals;
    const struct az_engine *engine;
    struct az_context context;
    int64_t slot_s;
    struct segment path[SEGMENTS];
    size_t length;
    double fixed; /* cost of the path without energy */
    double best;
    size_t paths;
};

static bool same(struct eb_point a, struct eb_point b)
{
    return a.place == b.place && a.node == b.node;
}

static struct eb_movement moved(const struct brute *b, struct eb_point from, struct eb_point to)
{
    struct eb_movement none = { .drive_s = 0 };
    return same(from, to) ? none : eb_move(b->ev, b->source->type, from, to);
}

static double power(double a, double b)
{
    return isnan(b) ? a : fmin(a, b);
}

static bool usable(const struct brute *b, size_t c)
{
    const struct eb_charger *bank = &b->ev->chargers.items[c];
    return bank->serves[b->source->type] && (power(bank->charge_kw, b->type->charge_kw) > 0 ||
                                             power(bank->discharge_kw, b->type->discharge_kw) > 0);
}

static bool is_stop(const struct brute *b, size_t place)
{
    const struct eb_place *it = &b->ev->places.items[place];
    for (size_t k = 0; k < it->charger_count; k++)
        if (usable(b, it->charger[k])) return true;
    return false;
}

/* --- one path ----------------------------------------------------------------------------------
 */

struct lp {
    struct az_model *model;
    size_t level;        /* AZ_NO_INDEX: the start */
    double taken, earns; /* earns: the most that energy can bring */
};

static double start_of(const struct brute *b, const struct lp *lp)
{
    return lp->level == AZ_NO_INDEX ? b->source->start_kwh : 0;
}

/* low <= charge now <= high */
static void window(const struct brute *b, struct lp *lp, double low, double high)
{
    double shift = start_of(b, lp) - lp->taken;
    az_row(lp->model, low - shift, high - shift, NULL);
    if (lp->level != AZ_NO_INDEX) az_entry(lp->model, lp->level, 1);
}

static void use_bank(const struct brute *b, struct lp *lp, const struct segment *part, size_t c,
                     size_t level, double before, size_t balance[], double factor[],
                     size_t *entries)
{
    const struct eb_charger *bank = &b->ev->chargers.items[c];
    double hours = (double)(part->to_s - part->from_s) / 3600, scale = b->duals->cost_scale;
    size_t at = c * b->ev->T + (size_t)(part->from_s / b->slot_s);
    double plug = b->duals->plug[at];
    double in = hours * power(bank->charge_kw, b->type->charge_kw);
    double out = hours * power(bank->discharge_kw, b->type->discharge_kw);
    double sell = b->duals->discharge[at] + scale * b->type->wear_jpy_per_kwh;
    struct az_model *m = lp->model;
    size_t charge = az_column(m, 0, in, b->duals->charge[at], false, NULL);
    size_t discharge = az_column(m, 0, out, sell, false, NULL);
    size_t charges = az_column(m, 0, 1, plug, true, NULL);
    size_t discharges = az_column(m, 0, 1, plug, true, NULL);
    lp->earns += fmax(0, fmax(-b->duals->charge[at] * in, -sell * out));
    az_row(m, -INFINITY, 0, NULL);
    az_entry(m, charge, 1);
    az_entry(m, charges, -in);
    az_row(m, -INFINITY, 0, NULL);
    az_entry(m, discharge, 1);
    az_entry(m, discharges, -out);
    double floor = fmax(b->type->floor_kwh, b->source->min_kwh);
    az_row(m, b->source->min_kwh, INFINITY, NULL);
    az_entry(m, level, 1);
    az_entry(m, discharges, b->source->min_kwh - floor);
    for (size_t k = 0; k < b->type->curve_count; k++) {
        double slope = hours * b->type->curve_slope_kw_per_kwh[k];
        az_row(m, -INFINITY, hours * b->type->curve_base_kw[k] + slope * before, NULL);
        az_entry(m, charge, 1);
        if (lp->level != AZ_NO_INDEX) az_entry(m, lp->level, -slope);
    }

    balance[*entries] = charge;
    factor[(*entries)++] = -bank->charge_efficiency;
    balance[*entries] = discharge;
    factor[(*entries)++] = 1 / bank->discharge_efficiency;
    balance[*entries] = charges;
    factor[(*entries)++] = 0;
    balance[*entries] = discharges;
    factor[(*entries)++] = 0;
}

static void add_part(const struct brute *b, struct lp *lp, const struct segment *part)
{
    const struct eb_place *place = &b->ev->places.items[part->place];
    size_t entry[32], entries = 0;
    double factor[32], before = start_of(b, lp) - lp->taken;
    size_t level = az_column(lp->model, b->source->min_kwh, b->source->max_kwh, 0, false, NULL);
    for (size_t k = 0; k < place->charger_count; k++)
        if (usable(b, place->charger[k]))
            use_bank(b, lp, part, place->charger[k], level, before, entry, factor, &entries);
    az_row(lp->model, before, before, NULL);
    az_entry(lp->model, level, 1);
    if (lp->level != AZ_NO_INDEX) az_entry(lp->model, lp->level, -1);
    for (size_t k = 0; k < entries; k++)
        if (factor[k] != 0) az_entry(lp->model, entry[k], factor[k]);
    az_row(lp->model, -INFINITY, 1, NULL);
    for (size_t k = 0; k < entries; k++)
        if (factor[k] == 0) az_entry(lp->model, entry[k], 1);
    lp->level = level;
    lp->taken = 0;
}

static void add_end(const struct brute *b, struct lp *lp)
{
    const struct eb_source *s = b->source;
    double scale = b->duals->cost_scale, shift = start_of(b, lp) - lp->taken;
    window(b, lp, fmax(s->end_kwh, s->min_kwh), s->max_kwh);
    size_t above = az_column(lp->model, 0, 1e4, -s->end_above_jpy * scale, false, NULL);
    size_t below = az_column(lp->model, 0, 1e4, s->end_below_jpy * scale, false, NULL);
    lp->earns += fmax(0, scale * s->end_above_jpy * s->max_kwh);
    az_row(lp->model, s->end_target_kwh - shift, s->end_target_kwh - shift, NULL);
    if (lp->level != AZ_NO_INDEX) az_entry(lp->model, lp->level, 1);
    az_entry(lp->model, above, -1);
    az_entry(lp->model, below, 1);
}

static bool drivers_allow(const struct brute *b)
{
    const struct eb_drivers *d = b->ev->drivers;
    const struct eb_bus *bus = b->source->bus == AZ_NO_INDEX ? NULL : &b->ev->bus[b->source->bus];
    double driving = bus ? bus->driving_min * 60 : 0;
    int64_t left = INT64_MIN, back = 0;
    if (!d) return true;
    if (bus && bus->pulled_out.utc_s != AZ_NO_INTEGER) left = -bus->block_used_s;
    if (bus && bus->standing_min * 60 >= d->shortest_break_min * 60 - 1e-6) driving = 0;
    for (size_t k = 0; k < b->length; k++) {
        const struct segment *it = &b->path[k];
        int64_t seconds = it->to_s - it->from_s;
        if (it->kind == MOVE) {
            if (left == INT64_MIN) left = it->from_s;
            back = it->to_s;
            driving += (double)seconds;
            if (driving > d->longest_driving_min * 60 + 1e-6) return false;
            continue;
        }
        int64_t stood =
            k > 0 || !bus
                ? 0
                : (int64_t)(bus->standing_min *
                            60); /* parts of one stay, and what stands beside it, are one break */
        for (; k < b->length && b->path[k].kind != MOVE; k++)
            stood += b->path[k].to_s - b->path[k].from_s;
        k--;
        if ((double)stood >= d->shortest_break_min * 60 - 1e-6) driving = 0;
    }
    return left == INT64_MIN || !((double)(back - left) > d->longest_block_min * 60 + 1e-6);
}

/* Is a rule of standing kept on path[from .. to - 1]? */
static bool keeps(const struct brute *b, const struct eb_stand *rule, size_t from, size_t to)
{
    bool stands = false;
    for (size_t k = from; k < to; k++) {
        const struct segment *it = &b->path[k];
        stands |= it->kind == PART && it->place == rule->place &&
                  (size_t)(it->from_s / b->slot_s) == rule->slot;
    }
    return stands == rule->must;
}

static bool stands_allow(const struct brute *b)
{
    for (size_t r = 0; r < b->duals->stand_count; r++) {
        const struct eb_stand *rule = &b->duals->stands[r];
        size_t begin = 0, last = 0; /* of the way; the trip before it */
        for (size_t k = 0; k <= b->length; k++) {
            size_t trip = k < b->length ? b->path[k].trip : 0;
            if (k < b->length && trip == 0) continue;
            bool concerns =
                rule->first ? last == 0 && trip == rule->trip + 1 : last == rule->trip + 1;
            if (concerns && !keeps(b, rule, begin, k)) return false;
            last = trip;
            begin = k + 1;
        }
    }
    return true;
}

static void solve_path(struct brute *b)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct lp lp = { az_model_new(arena, AZ_MINIMIZE), AZ_NO_INDEX, 0, 0 };
    const struct eb_source *s = b->source;
    double fixed = b->fixed;
    bool moves = false;
    if (!drivers_allow(b) || !stands_allow(b)) goto done;
    for (size_t k = 0; k < b->length; k++) moves |= b->path[k].kind == MOVE;
    bool out = s->bus != AZ_NO_INDEX && b->ev->bus[s->bus].pulled_out.utc_s != AZ_NO_INTEGER;
    if (moves && !out) fixed += b->duals->cost_scale * b->type->cost_jpy_per_day;
    for (size_t k = 0; k < b->length; k++) {
        const struct segment *it = &b->path[k];
        if (it->kind == PART) add_part(b, &lp, it);
        if (it->kind != MOVE) continue;
        window(b, &lp, s->min_kwh + it->move.prefix_high, s->max_kwh + it->move.prefix_low);
        lp.taken += it->move.energy_kwh;
        window(b, &lp, s->min_kwh, s->max_kwh);
    }
    add_end(b, &lp);
    if (fixed - lp.earns >= b->best) goto done;
    if (lp.model->column_count == 0) az_column(lp.model, 0, 0, 0, false, NULL);
    if (az_model_finish(lp.model) != AZ_OK) goto done;
    void *session = NULL;
    struct az_solve_result result = { 0 };
    struct az_mip_options options = { .cutoff = NAN, .heuristic_effort = 0 };
    b->engine->open(lp.model, &b->context, &session);
    b->engine->solve_mip(session, &options, &result);
    if (result.status == AZ_SOLVE_OPTIMAL && fixed + result.objective < b->best)
        b->best = fixed + result.objective;
    b->engine->close(session);
    b->paths++;
done:
    az_arena_free(arena);
}

/* --- every path --------------------------------------------------------------------------------
 */

/* Where the path is: after trip `last` (or none), at a point, standing at a stop or not. */
struct here {
    size_t last; /* position, AZ_NO_INDEX: no trip yet */
    struct eb_point at;
    int64_t now;
    bool left;
};

static void onwards(struct brute *b, struct here here, bool at_stop, size_t place);

static bool push(struct brute *b, struct segment segment)
{
    if (b->length == SEGMENTS) return false;
    if (segment.to_s > segment.from_s || segment.kind == MOVE) b->path[b->length++] = segment;
    return true;
}

static bool push_move(struct brute *b, struct eb_point from, struct eb_point to, int64_t at,
                      struct eb_movement move)
{
    b->fixed += move.cost * b->duals->cost_scale;
    return same(from, to) || push(b, (struct segment){ MOVE, at, at + move.drive_s, move, 0, 0 });
}

static bool may_follow(const struct brute *b, size_t last, size_t n)
{
    const struct eb_duals *d = b->duals;
    if (d->skip && d->skip[n]) return false;
    if (last == AZ_NO_INDEX) return !(d->forbidden_out && d->forbidden_out[n]);
    const struct eb_trip *a = &b->ev->trips.items[b->net->trip[last]];
    const struct eb_trip *c = &b->ev->trips.items[b->net->trip[n]];
    if (c->depart_s < a->arrive_s + eb_turnaround(b->ev)) return false;
    size_t link = eb_link_find(b->net, last, n);
    return !(d->forbidden && link != AZ_NO_INDEX && d->forbidden[link]);
}

/* What is due for the triples of which the path's last trip, n, is the second one. */
static double triples_due(const struct brute *b, size_t n)
{
    double due = 0;
    for (size_t r = 0; r < b->duals->triple_count; r++) {
        const struct eb_triple *triple = &b->duals->triples[r];
        int before = 0;
        bool has = false;
        for (int k = 0; k < 3; k++) has = has || triple->trip[k] == n;
        for (size_t q = 0; q < b->length; q++)
            for (int k = 0; k < 3; k++)
                before += b->path[q].trip == triple->trip[k] + 1 && triple->trip[k] != n;
        if (has && before == 1) due += triple->price;
    }
    return due;
}

/* Drives to trip n, leaving at `at`, waits, runs it. */
static void run_trip(struct brute *b, struct here here, size_t n, int64_t at,
                     struct eb_movement move)
{
    size_t length = b->length, i = b->net->trip[n];
    double fixed = b->fixed;
    const struct eb_trip *trip = &b->ev->trips.items[i];
    struct eb_movement run = { trip->arrive_s - trip->depart_s,
                               trip->distance_km,
                               trip->energy_kwh[0],
                               trip->prefix_high[0],
                               trip->prefix_low[0],
                               0 };
    if (push_move(b, here.at, eb_point_trip_start(b->ev, i), at, move) &&
        push(b, (struct segment){ STAND, at + move.drive_s, trip->depart_s, { 0 }, 0, 0 }) &&
        push(b, (struct segment){ MOVE, trip->depart_s, trip->arrive_s, run, 0, n + 1 })) {
        b->fixed += trip->distance_km * b->type->cost_jpy_per_km * b->duals->cost_scale;
        b->fixed += triples_due(b, n) - b->duals->trip[n];
        onwards(b, (struct here){ n, eb_point_trip_end(b->ev, i), trip->arrive_s, true }, false, 0);
    }
    b->length = length;
    b->fixed = fixed;
}

static void finish(struct brute *b, struct here here, size_t depot, int64_t at,
                   struct eb_movement move)
{
    size_t length = b->length;
    double fixed = b->fixed;
    if (here.last != AZ_NO_INDEX && b->duals->forbidden_in && b->duals->forbidden_in[here.last])
        return;
    if (push_move(b, here.at, eb_point_depot(b->ev, depot), at, move)) {
        if (b->duals->end_depot) b->fixed += b->duals->end_depot[depot];
        solve_path(b);
    }
    b->length = length;
    b->fixed = fixed;
}

static bool may_end(const struct brute *b, size_t depot)
{
    return depot == b->source->depot || b->ev->return_rule == EB_RETURN_COUNTS;
}

/* To a stop, arriving at `at` + drive. */
static void to_stop(struct brute *b, struct here here, size_t place, int64_t at)
{
    struct eb_point stop = eb_point_stop(b->ev, place);
    struct eb_movement move = moved(b, here.at, stop);
    size_t length = b->length;
    double fixed = b->fixed;
    if (move.drive_s < 0 || at + move.drive_s >= b->ev->end_s) return;
    bool left = here.left || !same(here.at, stop);
    if (push_move(b, here.at, stop, at, move))
        onwards(b, (struct here){ here.last, stop, at + move.drive_s, left }, true, place);
    b->length = length;
    b->fixed = fixed;
}

/* Parts of slots from the arrival to the departure. */
static bool stand_until(struct brute *b, size_t place, int64_t from, int64_t to)
{
    for (int64_t at = from; at < to;) {
        int64_t next = (at / b->slot_s + 1) * b->slot_s;
        if (next > to) next = to;
        if (!push(b, (struct segment){ PART, at, next, { 0 }, place, 0 })) return false;
        at = next;
    }
    return true;
}

/* Standing at a stop: every departure. */
static void from_stop(struct brute *b, struct here here, size_t place)
{
    size_t length = b->length;
    for (size_t n = 0; n < b->net->trip_count; n++) {
        size_t i = b->net->trip[n];
        struct eb_movement move = moved(b, here.at, eb_point_trip_start(b->ev, i));
        int64_t at = b->ev->trips.items[i].depart_s - move.drive_s;
        if (move.drive_s < 0 || at < here.now || !may_follow(b, here.last, n)) continue;
        if (here.last != AZ_NO_INDEX && n <= here.last) continue;
        if (stand_until(b, place, here.now, at)) run_trip(b, here, n, at, move);
        b->length = length;
    }
    bool limited = b->ev->drivers && !isnan(b->ev->drivers->longest_block_min);
    for (size_t d = 0; d < b->ev->depots.count; d++) {
        struct eb_point depot = eb_point_depot(b->ev, d);
        struct eb_movement move = moved(b, here.at, depot);
        if (!may_end(b, d) || move.drive_s < 0) continue;
        bool own = same(depot, here.at);
        if (own && !here.left && b->source->bus == AZ_NO_INDEX) continue;
        int64_t last = b->ev->end_s - move.drive_s;
        /* earlier it comes to a stop as from stop to stop */
        bool early = limited && !own && !is_stop(b, depot.place);
        for (int64_t at = early ? (here.now / b->slot_s + 1) * b->slot_s : last;; at += b->slot_s) {
            if (at > last) at = last;
            if (at >= here.now && stand_until(b, place, here.now, at)) finish(b, here, d, at, move);
            b->length = length;
            if (at >= last) break;
        }
    }
    int64_t boundary = (here.now + b->slot_s - 1) / b->slot_s * b->slot_s;
    for (int64_t at = boundary; at < b->ev->end_s; at += b->slot_s)
        for (size_t p = 0; p < b->ev->places.count; p++) {
            if (p == place || !is_stop(b, p)) continue;
            if (stand_until(b, place, here.now, at)) to_stop(b, here, p, at);
            b->length = length;
        }
}

/* When a bus that has driven before has had its break where the day begins; AZ_NO_INTEGER: it is
 * not there, or needs none. */
static int64_t rested_at(const struct brute *b, struct here here)
{
    const struct eb_drivers *d = b->ev->drivers;
    if (!d || b->source->bus == AZ_NO_INDEX || b->length > 0) return AZ_NO_INTEGER;
    const struct eb_bus *bus = &b->ev->bus[b->source->bus];
    if (isnan(d->longest_driving_min) || isnan(d->shortest_break_min) || !(bus->driving_min > 0))
        return AZ_NO_INTEGER;
    int64_t at = here.now + (int64_t)ceil((d->shortest_break_min - bus->standing_min) * 60);
    return at > here.now ? at : AZ_NO_INTEGER;
}

static void onwards(struct brute *b, struct here here, bool at_stop, size_t place)
{
    if (at_stop) {
        from_stop(b, here, place);
        return;
    }
    for (size_t n = 0; n < b->net->trip_count; n++) {
        size_t i = b->net->trip[n];
        struct eb_movement move = moved(b, here.at, eb_point_trip_start(b->ev, i));
        bool begin = here.last == AZ_NO_INDEX;
        int64_t depart = b->ev->trips.items[i].depart_s;
        int64_t at = begin ? depart - move.drive_s : here.now;
        if (move.drive_s < 0 || at < here.now || at + move.drive_s > depart) continue;
        if (!begin && n <= here.last) continue;
        if (!may_follow(b, here.last, n)) continue;
        size_t length = b->length;
        if (push(b, (struct segment){ STAND, here.now, at, { 0 }, 0, 0 }))
            run_trip(b, here, n, at, move);
        b->length = length;
    }
    for (size_t d = 0; d < b->ev->depots.count; d++) {
        struct eb_point depot = eb_point_depot(b->ev, d);
        struct eb_movement move = moved(b, here.at, depot);
        if (!may_end(b, d) || move.drive_s < 0 || here.now + move.drive_s > b->ev->end_s) continue;
        if (same(here.at, depot) && !here.left && b->source->bus == AZ_NO_INDEX) continue;
        /* who comes to a depot that is a stop stands there to the end */
        bool stands = is_stop(b, depot.place) && here.now + move.drive_s < b->ev->end_s;
        if (b->duals->stand_count > 0 && stands && here.last != AZ_NO_INDEX) continue;
        finish(b, here, d, here.now, move);
        int64_t rested = rested_at(b, here);
        if (rested == AZ_NO_INTEGER || rested + move.drive_s > b->ev->end_s) continue;
        size_t length = b->length;
        if (push(b, (struct segment){ STAND, here.now, rested, { 0 }, 0, 0 }))
            finish(b, here, d, rested, move);
        b->length = length;
    }
    bool limited = b->ev->drivers && !isnan(b->ev->drivers->longest_block_min);
    for (size_t p = 0; p < b->ev->places.count; p++) {
        if (!is_stop(b, p)) continue;
        to_stop(b, here, p, here.now);
        struct eb_movement move = moved(b, here.at, eb_point_stop(b->ev, p));
        int64_t rested = rested_at(b, here);
        size_t before = b->length;
        if (rested != AZ_NO_INTEGER && !same(here.at, eb_point_stop(b->ev, p)) &&
            push(b, (struct segment){ STAND, here.now, rested, { 0 }, 0, 0 }))
            to_stop(b, here, p, rested);
        b->length = before;
        if (here.last != AZ_NO_INDEX || !limited || same(here.at, eb_point_stop(b->ev, p)))
            continue;
        for (int64_t at = ((here.now + move.drive_s) / b->slot_s + 1) * b->slot_s;
             move.drive_s >= 0 && at < b->ev->end_s; at += b->slot_s) {
            size_t length = b->length;
            if (push(b, (struct segment){ STAND, here.now, at - move.drive_s, { 0 }, 0, 0 }))
                to_stop(b, here, p, at - move.drive_s);
            b->length = length;
        }
    }
}

double eb_brute_price(const struct eb_network *network, size_t source, const struct eb_duals *duals,
                      const struct az_engine *engine, size_t *paths)
{
    struct brute b = { .net = network,
                       .ev = network->ev,
                       .source = &network->sources[source],
                       .duals = duals,
                       .engine = engine,
                       .context = az_context_default(),
                       .slot_s = network->ev->slot_minutes * 60,
                       .best = INFINITY };
    b.type = &b.ev->types.items[b.source->type];
    b.fixed = duals->source;
    onwards(&b,
            (struct here){ AZ_NO_INDEX, eb_point_source(b.ev, b.source), b.source->from_s, false },
            false, 0);
    *paths = b.paths;
    return b.best;
}
