/* price_round.c - the rounds of one crew that pay most: labels over sites, in the order of time.
 *
 * A label is a partial round up to the end of a visit: its time, cost, load, range left, whether
 * the crew has rested, the sites that it may not visit again, and which cuts it has half. Of two
 * labels at a site the one that is worse in everything is dropped. A label forgets a site once it
 * has gone somewhere that does not count it among its nearest (ng-routes: Baldacci, Mingozzi,
 * Roberti 2011), so that rounds with such a cycle are priced too: a relaxation, whose bound holds.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/columns.h"

#define NEAREST 10          /* sites that a site remembers */
#define MAX_LABELS 20000000 /* beyond this nothing is proven */
#define CLOCK_EVERY 4096    /* labels */

/* A way at these prices. */
struct offer {
    size_t way;
    double reduced; /* of the visit, without the drive */
    int64_t from_s, until_s;
};

struct label {
    double cost, left_km, load;
    int64_t time_s;
    const struct label *before; /* NULL: at the start place */
    size_t node, way, charger;  /* charger: on the way here; AZ_NO_INDEX */
    int charges, rest;          /* on the way here */
    bool rested, late, dropped;
    uint64_t bits[]; /* sites that may not be visited again, then cuts that are half */
};

struct label_list {
    size_t count, capacity;
    struct label **items;
};

/* A whole round: its last visit and the way home. */
struct ending {
    double reduced;
    const struct label *last;
    size_t charger;
    int charges, rest;
};

struct rounds {
    const struct cl_ground *ground;
    const struct cl_instance *cl;
    const struct cl_team *team;
    const struct cl_vehicle *vehicle;
    const struct cl_roads *roads;
    const struct cl_round_prices *prices;
    const struct az_context *context;
    struct az_arena *scratch;
    struct cl_hop *hops;  /* room for those of one step */
    size_t count;         /* nodes: sites that the crew may visit */
    size_t *site, *place; /* [count] */
    struct offer *offers;
    size_t *offer_first; /* [count + 1] */
    size_t words, cut_words;
    uint64_t *remembers;   /* [count * words] of a node: those that it does not forget */
    uint64_t *cut_of;      /* [count * cut_words] cuts that a node is in */
    struct label_list *at; /* [count] */
    struct label_list heap;
    struct ending *endings; /* [limit] of rounds that pay, best first */
    size_t ending_count;
    double best; /* least reduced cost of all rounds seen */
    size_t made;
};

/* --- what there is to visit ---------------------------------------------------------------------
 */

static int by_window(const void *a, const void *b)
{
    const struct offer *x = a, *y = b;
    if (x->reduced != y->reduced) return x->reduced < y->reduced ? -1 : 1;
    return (x->way > y->way) - (x->way < y->way);
}

/* The ways of a site that the crew may do, at these prices, without those that another one covers:
 * it is open whenever they are, and as good. */
static size_t make_offers(struct rounds *r, size_t site, struct offer offers[])
{
    const struct cl_round_prices *prices = r->prices;
    const struct cl_ways *ways = &r->ground->ways;
    size_t day = site * (size_t)r->cl->days + r->team->day, count = 0;
    if (prices->visit[site] == -INFINITY) return 0;
    double own = prices->cost * cl_continuity_jpy(r->ground, r->team, site) - prices->visit[site];
    for (size_t w = ways->first[day]; w < ways->first[day + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        if (!cl_may_do(r->ground, r->team, way) || (prices->banned && prices->banned[w])) continue;
        double reduced =
            own + prices->cost * way->cost_jpy - prices->kept * cl_kept_jpy(r->ground, way);
        if (way->doctor != AZ_NO_INDEX) reduced -= prices->slot[way->doctor];
        if (way->pharmacist != AZ_NO_INDEX) reduced -= prices->slot[way->pharmacist];
        offers[count++] = (struct offer){
            .way = w, .reduced = reduced, .from_s = way->from_s, .until_s = way->until_s
        };
    }
    if (count == 0) return 0;
    qsort(offers, count, sizeof *offers, by_window);
    size_t kept = 0;
    for (size_t k = 0; k < count; k++) {
        const struct cl_way *way = &ways->items[offers[k].way];
        bool covered = false;
        for (size_t c = 0; c < kept && !covered; c++) {
            const struct cl_way *other = &ways->items[offers[c].way];
            covered = other->from_s <= way->from_s && other->until_s >= way->until_s &&
                      other->length_s <= way->length_s && other->ends_s <= way->ends_s;
        }
        if (!covered) offers[kept++] = offers[k];
    }
    return kept;
}

static enum az_status make_nodes(struct rounds *r)
{
    const struct cl_instance *cl = r->cl;
    const struct cl_ways *ways = &r->ground->ways;
    size_t sites = cl->sites.count, days = (size_t)cl->days, total = 0;
    for (size_t i = 0; i < sites; i++) {
        size_t at = i * days + r->team->day;
        total += ways->first[at + 1] - ways->first[at];
    }
    r->site = AZ_ARRAY(r->scratch, sites, size_t);
    r->place = AZ_ARRAY(r->scratch, sites, size_t);
    r->offers = AZ_ARRAY(r->scratch, total + 1, struct offer);
    r->offer_first = AZ_ARRAY(r->scratch, sites + 1, size_t);
    r->at = AZ_ARRAY(r->scratch, sites, struct label_list);
    if (!r->site || !r->place || !r->offers || !r->offer_first || !r->at) return AZ_NO_MEMORY;
    for (size_t i = 0; i < sites; i++) {
        size_t first = r->offer_first[r->count];
        size_t made = make_offers(r, i, r->offers + first);
        if (made == 0 || cl->sites.items[i].load > cl_most_load(r->ground, r->team)) continue;
        r->site[r->count] = i;
        r->place[r->count] = cl->sites.items[i].place_index;
        r->offer_first[++r->count] = first + made;
    }
    return AZ_OK;
}

/* The order of sites by the time to them from `node`, there and back. */
static enum az_status make_memory(struct rounds *r)
{
    size_t places = r->cl->places.count;
    r->words = (r->count + 63) / 64;
    r->remembers = AZ_ARRAY(r->scratch, r->count * r->words + 1, uint64_t);
    int64_t *far = AZ_ARRAY(r->scratch, r->count + 1, int64_t);
    if (!r->remembers || !far) return AZ_NO_MEMORY;
    for (size_t n = 0; n < r->count; n++) {
        uint64_t *own = r->remembers + n * r->words;
        for (size_t m = 0; m < r->count; m++) {
            int64_t there = r->roads->duration_s[r->place[n] * places + r->place[m]];
            int64_t back = r->roads->duration_s[r->place[m] * places + r->place[n]];
            far[m] = there < 0 || back < 0 ? INT64_MAX : there + back;
        }
        far[n] = -1; /* itself first */
        for (size_t k = 0; k < NEAREST && k < r->count; k++) {
            size_t next = AZ_NO_INDEX;
            for (size_t m = 0; m < r->count; m++)
                if (!(own[m / 64] >> (m % 64) & 1) && (next == AZ_NO_INDEX || far[m] < far[next]))
                    next = m;
            own[next / 64] |= 1ull << (next % 64);
        }
    }
    return AZ_OK;
}

static enum az_status make_cuts(struct rounds *r)
{
    r->cut_words = (r->prices->cut_count + 63) / 64;
    r->cut_of = AZ_ARRAY(r->scratch, r->count * r->cut_words + 1, uint64_t);
    if (!r->cut_of) return AZ_NO_MEMORY;
    for (size_t n = 0; n < r->count; n++)
        for (size_t c = 0; c < r->prices->cut_count; c++)
            for (int k = 0; k < 3; k++)
                if (r->prices->cut[c]->site[k] == r->site[n])
                    r->cut_of[n * r->cut_words + c / 64] |= 1ull << (c % 64);
    return AZ_OK;
}

/* --- lists, and the heap in order of time -------------------------------------------------------
 */

static bool add(struct rounds *r, struct label_list *list, struct label *label)
{
    if (list->count == list->capacity) {
        size_t capacity = 2 * list->capacity + 16;
        struct label **items =
            az_arena_grow(r->scratch, list->items, list->count, capacity, sizeof *list->items);
        if (!items) return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = label;
    return true;
}

static bool is_earlier(const struct label *a, const struct label *b)
{
    return a->time_s != b->time_s ? a->time_s < b->time_s : a->cost < b->cost;
}

static bool push(struct rounds *r, struct label *label)
{
    if (!add(r, &r->heap, label)) return false;
    struct label **items = r->heap.items;
    size_t k = r->heap.count - 1;
    for (; k > 0 && is_earlier(label, items[(k - 1) / 2]); k = (k - 1) / 2)
        items[k] = items[(k - 1) / 2];
    items[k] = label;
    return true;
}

static struct label *pop(struct rounds *r)
{
    struct label **items = r->heap.items, *first = items[0], *last = items[--r->heap.count];
    size_t k = 0;
    while (2 * k + 1 < r->heap.count) {
        size_t child = 2 * k + 1;
        if (child + 1 < r->heap.count && is_earlier(items[child + 1], items[child])) child++;
        if (!is_earlier(items[child], last)) break;
        items[k] = items[child];
        k = child;
    }
    items[k] = last;
    return first;
}

/* --- dominance ----------------------------------------------------------------------------------
 */

/* Is a as good as b in everything? Cuts that a has half and b not may cost a once more. */
static bool dominates(const struct rounds *r, const struct label *a, const struct label *b)
{
    if (a->time_s > b->time_s || a->cost > b->cost || a->left_km < b->left_km ||
        (b->rested && !a->rested) || a->load > b->load)
        return false;
    if (r->prices->effort == 0) return true;
    for (size_t w = 0; w < r->words; w++)
        if (a->bits[w] & ~b->bits[w]) return false;
    double more = 0;
    for (size_t w = 0; w < r->cut_words; w++)
        for (uint64_t half = a->bits[r->words + w] & ~b->bits[r->words + w]; half; half &= half - 1)
            more -= r->prices->cut_price[w * 64 + (size_t)__builtin_ctzll(half)];
    return a->cost + more <= b->cost;
}

/* Takes a label at its node unless one there is as good; drops those that it makes useless. */
static enum az_status take(struct rounds *r, struct label *label)
{
    struct label_list *list = &r->at[label->node];
    size_t kept = 0;
    for (size_t k = 0; k < list->count; k++)
        if (dominates(r, list->items[k], label)) return AZ_OK;
    for (size_t k = 0; k < list->count; k++) {
        if (dominates(r, label, list->items[k]))
            list->items[k]->dropped = true;
        else
            list->items[kept++] = list->items[k];
    }
    list->count = kept;
    return add(r, list, label) && push(r, label) ? AZ_OK : AZ_NO_MEMORY;
}

/* --- extension ----------------------------------------------------------------------------------
 */

/* All ways on from a label to a node, or home. */
static size_t hops_of(struct rounds *r, const struct label *label, size_t node)
{
    bool home = node == AZ_NO_INDEX;
    struct cl_stand stand = { .place =
                                  label->before ? r->place[label->node] : r->vehicle->start_place,
                              .time_s = label->time_s,
                              .left_km = label->left_km,
                              .rested = label->rested };
    return cl_hops_of(r->ground, r->team, &stand, home ? r->vehicle->end_place : r->place[node],
                      home, r->hops);
}

static enum az_status visit(struct rounds *r, struct label *label, size_t node,
                            const struct cl_hop *hop)
{
    size_t words = r->words + r->cut_words;
    const uint64_t *remembers = r->remembers + node * r->words;
    const uint64_t *cuts = r->cut_of + node * r->cut_words;
    for (size_t o = r->offer_first[node]; o < r->offer_first[node + 1]; o++) {
        const struct offer *offer = &r->offers[o];
        const struct cl_way *way = &r->ground->ways.items[offer->way];
        int64_t start_s = cl_way_start(way, hop->ready_s);
        if (start_s == AZ_NO_INTEGER) continue;
        int64_t end_s = cl_way_end(way, start_s);
        if (!cl_is_in_time(r->team, hop->rested, end_s)) continue;
        struct label *next = az_arena_take(r->scratch, sizeof *next + words * sizeof *next->bits);
        if (!next) return AZ_NO_MEMORY;
        *next = (struct label){
            .cost = label->cost + r->prices->cost * hop->cost_jpy + offer->reduced,
            .left_km = hop->left_km,
            .load = label->load,
            .time_s = end_s,
            .before = label,
            .node = node,
            .way = offer->way,
            .charger = hop->charger,
            .charges = hop->charges,
            .rest = hop->rest,
            .rested = hop->rested,
            .late = label->late,
        };
        if (!isnan(r->vehicle->capacity)) next->load += r->cl->sites.items[r->site[node]].load;
        for (size_t w = 0; w < r->words; w++) next->bits[w] = label->bits[w] & remembers[w];
        next->bits[node / 64] |= 1ull << (node % 64);
        for (size_t w = 0; w < r->cut_words; w++) {
            uint64_t half = label->bits[r->words + w];
            for (uint64_t full = half & cuts[w]; full; full &= full - 1)
                next->cost -= r->prices->cut_price[w * 64 + (size_t)__builtin_ctzll(full)];
            next->bits[r->words + w] = half ^ cuts[w];
        }
        r->made++;
        AZ_TRY(take(r, next));
    }
    return AZ_OK;
}

/* Home: the round is whole. The best ones are kept. */
static void go_home(struct rounds *r, const struct label *label, const struct cl_hop *hop)
{
    if (!cl_is_in_time(r->team, hop->rested, hop->ready_s)) return;
    double overtime = cl_overtime_jpy(&r->ground->teams, r->team, hop->ready_s);
    double reduced = label->cost + r->prices->cost * (hop->cost_jpy + overtime);
    r->best = fmin(r->best, reduced);
    if (reduced >= r->prices->below || r->prices->limit == 0) return;
    size_t k = r->ending_count;
    if (k == r->prices->limit) {
        if (reduced >= r->endings[k - 1].reduced) return;
        k--;
    } else {
        r->ending_count++;
    }
    for (; k > 0 && r->endings[k - 1].reduced > reduced; k--) r->endings[k] = r->endings[k - 1];
    r->endings[k] = (struct ending){ .reduced = reduced,
                                     .last = label,
                                     .charger = hop->charger,
                                     .charges = hop->charges,
                                     .rest = hop->rest };
}

static bool is_forbidden(const struct rounds *r, const struct label *label, size_t node)
{
    size_t sites = r->cl->sites.count;
    size_t from = label->before ? r->site[label->node] : sites;
    size_t to = node == AZ_NO_INDEX ? sites : r->site[node];
    return r->prices->forbidden && r->prices->forbidden[from * (sites + 1) + to];
}

static enum az_status extend(struct rounds *r, struct label *label)
{
    double most = cl_most_load(r->ground, r->team);
    if (label->before && !is_forbidden(r, label, AZ_NO_INDEX)) {
        size_t count = hops_of(r, label, AZ_NO_INDEX);
        for (size_t h = 0; h < count; h++) go_home(r, label, &r->hops[h]);
    }
    for (size_t n = 0; n < r->count; n++) {
        if (label->bits[n / 64] >> (n % 64) & 1 || is_forbidden(r, label, n)) continue;
        if (label->load + r->cl->sites.items[r->site[n]].load > most) continue;
        size_t count = hops_of(r, label, n);
        for (size_t h = 0; h < count; h++) AZ_TRY(visit(r, label, n, &r->hops[h]));
    }
    return AZ_OK;
}

/* --- rounds from labels -------------------------------------------------------------------------
 */

static enum az_status tour_of(const struct rounds *r, const struct ending *ending,
                              struct az_arena *arena, struct cl_tour *tour)
{
    size_t count = cl_hop_stops(ending->charges, ending->rest);
    const struct label *label = ending->last;
    for (; label->before; label = label->before)
        count += 1 + cl_hop_stops(label->charges, label->rest);
    *tour = (struct cl_tour){ .team = (size_t)(r->team - r->ground->teams.items),
                              .late = label->late,
                              .count = count,
                              .stops = AZ_ARRAY(arena, count, struct cl_tour_stop) };
    if (!tour->stops) return AZ_NO_MEMORY;
    size_t at = count;
    cl_put_hop(tour, &at, ending->charger, ending->charges, ending->rest);
    for (label = ending->last; label->before; label = label->before) {
        tour->stops[--at] = (struct cl_tour_stop){ .kind = CL_STOP_VISIT, .index = label->way };
        cl_put_hop(tour, &at, label->charger, label->charges, label->rest);
    }
    /* What pricing takes for possible, the evaluator does too. */
    return cl_tour_time(r->ground, tour) ? AZ_OK : AZ_INTERNAL;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* At the start place, from the crew's first hour on; and once more after the window of its break,
 * when it needs none. */
static enum az_status begin(struct rounds *r)
{
    size_t words = r->words + r->cut_words;
    for (int late = 0; late <= (r->team->break_s > 0); late++) {
        struct label *label =
            az_arena_take(r->scratch, sizeof *label + words * sizeof *label->bits);
        struct cl_stand stand = cl_stand_begin(r->ground, r->team, late);
        if (!label) return AZ_NO_MEMORY;
        *label = (struct label){
            .cost = r->prices->cost * r->team->cost_jpy - r->prices->round,
            .left_km = stand.left_km,
            .time_s = stand.time_s,
            .node = r->count,
            .rested = stand.rested,
            .late = late,
        };
        if (!push(r, label)) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

static enum az_status grow(struct rounds *r, bool *whole)
{
    *whole = true;
    AZ_TRY(begin(r));
    for (size_t done = 0; r->heap.count > 0; done++) {
        if (r->made > MAX_LABELS || (done % CLOCK_EVERY == 0 && az_must_stop(r->context))) {
            *whole = false;
            return AZ_OK;
        }
        struct label *label = pop(r);
        if (!label->dropped) AZ_TRY(extend(r, label));
    }
    return AZ_OK;
}

enum az_status cl_price_rounds(const struct cl_ground *ground, size_t team,
                               const struct cl_round_prices *prices,
                               const struct az_context *context, struct az_arena *arena,
                               struct az_arena *scratch, size_t *count,
                               struct cl_priced_round **rounds, double *bound)
{
    const struct cl_instance *cl = ground->cl;
    struct rounds r = { .ground = ground,
                        .cl = cl,
                        .team = &ground->teams.items[team],
                        .prices = prices,
                        .context = context,
                        .scratch = scratch,
                        .best = INFINITY };
    bool whole;
    r.vehicle = &cl->vehicles.items[r.team->vehicle];
    r.roads = cl_roads_of(cl, r.team->vehicle, r.team->day);
    r.hops = AZ_ARRAY(scratch, cl_hop_count(cl), struct cl_hop);
    *count = 0;
    AZ_TRY(make_nodes(&r));
    AZ_TRY(make_memory(&r));
    AZ_TRY(make_cuts(&r));
    r.endings = AZ_ARRAY(scratch, prices->limit + 1, struct ending);
    if (!r.endings || !r.hops) return AZ_NO_MEMORY;
    AZ_TRY(grow(&r, &whole));
    *bound = whole && prices->effort == CL_EFFORTS - 1 ? r.best : -INFINITY;
    *rounds = AZ_ARRAY(arena, r.ending_count, struct cl_priced_round);
    if (!*rounds) return AZ_NO_MEMORY;
    for (size_t k = 0; k < r.ending_count; k++) {
        (*rounds)[k].reduced = r.endings[k].reduced;
        AZ_TRY(tour_of(&r, &r.endings[k], arena, &(*rounds)[k].tour));
    }
    *count = r.ending_count;
    return AZ_OK;
}
