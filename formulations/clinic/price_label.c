/* price_label.c - labels in order of time, from both ends.
 *
 * The half with fewer labels goes on, until the next label forwards is not before the next one
 * backwards (Righini and Salani 2006; the point where they meet as in Tilk, Rothenbaecher,
 * Gschwind, Irnich 2017). Of two labels at a site the one that is worse in everything is dropped. A
 * label forgets a site once it has gone somewhere that does not count it among its nearest
 * (ng-routes: Baldacci, Mingozzi, Roberti 2011), so that rounds with such a cycle are priced too: a
 * relaxation, whose bound holds. */
#include <string.h>

#include "formulations/clinic/price.h"

#define CLOCK_EVERY 4096 /* labels */

/* --- the heap, the next time first --------------------------------------------------------------
 */

static bool is_next(const struct cl_half *half, const struct cl_label *a, const struct cl_label *b)
{
    if (a->time_s != b->time_s) return half->back ? a->time_s > b->time_s : a->time_s < b->time_s;
    return a->cost < b->cost;
}

static bool push(struct cl_pricing *p, struct cl_half *half, struct cl_label *label)
{
    if (half->heap_count == half->heap_capacity) {
        half->heap_capacity = 2 * half->heap_capacity + 256;
        half->heap = az_arena_grow(p->scratch, half->heap, half->heap_count, half->heap_capacity,
                                   sizeof *half->heap);
        if (!half->heap) return false;
    }
    size_t k = half->heap_count++;
    for (; k > 0 && is_next(half, label, half->heap[(k - 1) / 2]); k = (k - 1) / 2)
        half->heap[k] = half->heap[(k - 1) / 2];
    half->heap[k] = label;
    return true;
}

static void pop(struct cl_half *half)
{
    struct cl_label **heap = half->heap, *last = heap[--half->heap_count];
    size_t k = 0;
    while (2 * k + 1 < half->heap_count) {
        size_t child = 2 * k + 1;
        if (child + 1 < half->heap_count && is_next(half, heap[child + 1], heap[child])) child++;
        if (!is_next(half, heap[child], last)) break;
        heap[k] = heap[child];
        k = child;
    }
    heap[k] = last;
}

/* The next label that was not dropped; NULL: there is none. */
static struct cl_label *peek(struct cl_half *half)
{
    while (half->heap_count > 0 && half->heap[0]->dropped) pop(half);
    return half->heap_count > 0 ? half->heap[0] : NULL;
}

/* --- dominance ----------------------------------------------------------------------------------
 */

/* Is every round with the part b as good with a, whatever the overtime? */
static bool returns_as_well(const struct cl_pricing *p, const struct cl_label *a,
                            const struct cl_label *b)
{
    if (a->long_s <= b->long_s && a->home_s <= b->home_s) return true;
    int64_t latest_s = b->time_s + a->long_s;
    if (latest_s < a->home_s) latest_s = a->home_s;
    return a->cost + cl_price_overtime(p, latest_s) <= b->cost + cl_price_overtime(p, b->home_s);
}

/* Is a as good as b in everything? Cuts that a has half and b not may cost a once more. */
static inline bool dominates(const struct cl_pricing *p, const struct cl_half *half,
                             const struct cl_label *a, const struct cl_label *b)
{
    if (a->cost > b->cost || (p->exact && a->load > b->load)) return false;
    if (half->back) {
        if (a->time_s < b->time_s) return false;
    } else if (a->time_s > b->time_s || (b->rested && !a->rested) || a->left_km < b->left_km) {
        return false;
    }
    if (p->exact) {
        for (size_t w = 0; w < p->words; w++)
            if (a->bits[w] & ~b->bits[w]) return false;
        double cost = a->cost;
        for (size_t w = 0; w < p->cut_words; w++) {
            uint64_t only = a->bits[p->words + w] & ~b->bits[p->words + w];
            for (; only; only &= only - 1) {
                cost -= p->prices->cut_price[w * 64 + (size_t)__builtin_ctzll(only)];
                if (cost > b->cost) return false;
            }
        }
        if (cost > a->cost && half->back && p->overtime_s < p->team->limit_s) {
            struct cl_label dearer = *a;
            dearer.cost = cost;
            return returns_as_well(p, &dearer, b);
        }
    }
    return !half->back || p->overtime_s >= p->team->limit_s || returns_as_well(p, a, b);
}

static void measure(struct cl_shelf *shelf, size_t b)
{
    const struct cl_bucket *bucket = &shelf->bucket[b];
    shelf->least[b] = bucket->count > 0 ? bucket->items[0].cost : INFINITY;
    shelf->most[b] = bucket->count > 0 ? bucket->items[bucket->count - 1].cost : -INFINITY;
}

static bool insert(struct cl_pricing *p, struct cl_shelf *shelf, size_t b, struct cl_label *label)
{
    struct cl_bucket *bucket = &shelf->bucket[b];
    if (bucket->count == bucket->capacity) {
        bucket->capacity = 2 * bucket->capacity + 8;
        bucket->items = az_arena_grow(p->scratch, bucket->items, bucket->count, bucket->capacity,
                                      sizeof *bucket->items);
        if (!bucket->items) return false;
    }
    size_t low = 0, high = bucket->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (bucket->items[middle].cost <= label->cost)
            low = middle + 1;
        else
            high = middle;
    }
    memmove(bucket->items + low + 1, bucket->items + low,
            (bucket->count - low) * sizeof *bucket->items);
    bucket->items[low] = (struct cl_entry){
        .cost = label->cost, .time_s = label->time_s, .bits = label->bits[0], .label = label
    };
    bucket->count++;
    measure(shelf, b);
    return true;
}

/* Drops the labels of a bucket that this one makes useless. */
static void drop(const struct cl_pricing *p, const struct cl_half *half, struct cl_shelf *shelf,
                 size_t b, const struct cl_label *label)
{
    struct cl_bucket *bucket = &shelf->bucket[b];
    size_t k = bucket->count, kept;
    while (k > 0 && bucket->items[k - 1].cost >= label->cost) k--;
    for (kept = k; k < bucket->count; k++) {
        bool worse = !p->exact || !(label->bits[0] & ~bucket->items[k].bits);
        if (worse && dominates(p, half, label, bucket->items[k].label))
            bucket->items[k].label->dropped = true;
        else
            bucket->items[kept++] = bucket->items[k];
    }
    if (kept == bucket->count) return;
    bucket->count = kept;
    measure(shelf, b);
}

/* Is there a label as good as this one? */
static bool is_useless(const struct cl_pricing *p, const struct cl_half *half,
                       const struct cl_shelf *shelf, size_t last, const struct cl_label *label)
{
    for (size_t b = 0; b <= last; b++) {
        const struct cl_bucket *bucket = &shelf->bucket[b];
        if (shelf->least[b] > label->cost) continue;
        for (size_t k = 0; k < bucket->count && bucket->items[k].cost <= label->cost; k++) {
            const struct cl_entry *entry = &bucket->items[k];
            if (p->exact && entry->bits & ~label->bits[0]) continue;
            if (half->back ? entry->time_s < label->time_s : entry->time_s > label->time_s)
                continue;
            if (dominates(p, half, entry->label, label)) return true;
        }
    }
    return false;
}

/* Keeps a copy of a label unless one there is as good. */
static enum az_status take(struct cl_pricing *p, struct cl_half *half, const struct cl_label *label)
{
    size_t class = half->back && label->rested, size = (p->words + p->cut_words) * sizeof(uint64_t);
    struct cl_shelf *shelf = &half->shelf[2 * label->node + class];
    size_t b = cl_bucket_of(half, label->node, label->time_s);
    if (is_useless(p, half, shelf, b, label)) return AZ_OK;
    for (size_t k = b; k < CL_BUCKETS; k++)
        if (shelf->most[k] >= label->cost) drop(p, half, shelf, k, label);
    struct cl_label *copy = az_arena_take(p->scratch, sizeof *copy + size);
    if (!copy) return AZ_NO_MEMORY;
    memcpy(copy, label, sizeof *copy + size);
    half->made++;
    return insert(p, shelf, b, copy) && push(p, half, copy) ? AZ_OK : AZ_NO_MEMORY;
}

/* --- visits -------------------------------------------------------------------------------------
 */

/* What a part knows of sites and cuts after one more visit. */
static void visit(const struct cl_pricing *p, const struct cl_label *label, size_t node,
                  struct cl_label *next)
{
    const uint64_t *remembers = p->memory + node * p->words;
    for (size_t w = 0; w < p->words; w++) next->bits[w] = label->bits[w] & remembers[w];
    next->bits[node / 64] |= 1ull << (node % 64);
    for (size_t w = 0; w < p->cut_words; w++) {
        uint64_t mine = p->cut_of[node * p->cut_words + w];
        uint64_t half = label->bits[p->words + w] & p->cut_kept[node * p->cut_words + w];
        for (uint64_t full = half & mine; full; full &= full - 1)
            next->cost -= p->prices->cut_price[w * 64 + (size_t)__builtin_ctzll(full)];
        next->bits[p->words + w] = half ^ mine;
    }
}

/* --- forwards -----------------------------------------------------------------------------------
 */

/* Straight on, and with the break at the latest moment that is in time; as cl_hops_of without
 * charges. */
static size_t straight_hops(struct cl_pricing *p, const struct cl_label *label, size_t node)
{
    const struct cl_priced_drive *leg = cl_leg_of(p, label->node, node);
    const struct cl_team *team = p->team;
    size_t count = 0;
    if (leg->drive_s < 0) return 0;
    p->hops[count++] = (struct cl_hop){ .charger = AZ_NO_INDEX,
                                        .rest = CL_REST_NONE,
                                        .rested = label->rested,
                                        .ready_s = label->time_s + leg->drive_s,
                                        .left_km = label->left_km,
                                        .cost_jpy = leg->cost };
    if (label->rested || label->time_s > team->break_until_s || !cl_may_rest(team)) return count;
    int64_t there_s = label->time_s + leg->drive_s;
    bool on_arrival = p->loose || (node < p->count && there_s <= team->break_until_s);
    struct cl_hop *hop = &p->hops[count++];
    *hop = p->hops[0];
    hop->rested = true;
    hop->rest = on_arrival ? CL_REST_ON_ARRIVAL : CL_REST_BEFORE;
    int64_t from_s = on_arrival ? there_s : label->time_s;
    if (from_s < team->break_from_s) from_s = team->break_from_s;
    hop->ready_s = from_s + team->break_s + (on_arrival ? 0 : leg->drive_s);
    return count;
}

size_t cl_price_hops(struct cl_pricing *p, const struct cl_label *label, size_t node)
{
    bool home = node == p->count;
    if (!p->ranged) return straight_hops(p, label, node);
    size_t sites = p->cl->sites.count;
    size_t from = label->beside ? p->site[label->node] : sites, to = home ? sites : p->site[node];
    if (p->prices->forbidden && p->prices->forbidden[from * (sites + 1) + to]) return 0;
    struct cl_stand stand = { .place =
                                  label->beside ? p->place[label->node] : p->vehicle->start_place,
                              .time_s = label->time_s,
                              .left_km = label->left_km,
                              .rested = label->rested };
    size_t count = cl_hops_of(p->ground, p->team, &stand,
                              home ? p->vehicle->end_place : p->place[node], home, p->hops);
    for (size_t h = 0; h < count; h++) p->hops[h].cost_jpy *= p->prices->cost;
    return count;
}

/* Every way of a node that is worth its time, after a hop. */
static enum az_status reach(struct cl_pricing *p, const struct cl_label *label, size_t node,
                            const struct cl_hop *hop, struct cl_label *next)
{
    double best = INFINITY;
    int64_t best_s = INT64_MAX;
    for (size_t o = p->offer_first[node]; o < p->offer_first[node + 1]; o++) {
        const struct cl_priced_way *offer = &p->offer[o];
        if (hop->ready_s > offer->until_s) continue;
        int64_t end_s = hop->ready_s + offer->length_s;
        if (end_s < offer->least_s) end_s = offer->least_s;
        if (!cl_is_in_time(p->team, hop->rested, end_s)) continue;
        if (end_s >= best_s && offer->reduced >= best) continue; /* another way is as good */
        if (offer->reduced < best) {
            best = offer->reduced;
            best_s = end_s;
        }
        next->cost = label->cost + hop->cost_jpy + offer->reduced;
        next->left_km = hop->left_km;
        next->time_s = end_s;
        next->way = offer->way;
        next->charger = hop->charger;
        next->charges = hop->charges;
        next->rest = hop->rest;
        next->rested = hop->rested;
        visit(p, label, node, next);
        if (p->outlook &&
            next->cost + cl_least_after(p->outlook, p->outlook->done, node, hop->rested, end_s) >=
                p->prices->below)
            p->left = true;
        else
            AZ_TRY(take(p, &p->front, next));
    }
    return AZ_OK;
}

/* By the outlook, does any round that gets there so? */
static bool pays_to_reach(const struct cl_pricing *p, const struct cl_label *label, size_t node,
                          const struct cl_hop *hop)
{
    const struct cl_outlook *outlook = p->outlook;
    return label->cost + hop->cost_jpy +
               cl_least_after(outlook, outlook->ready, node, hop->rested, hop->ready_s) <
           p->prices->below;
}

/* The same over the drive as the outlook has it, before any charger is looked at. */
static bool may_pay(struct cl_pricing *p, const struct cl_label *label, size_t node)
{
    size_t count = straight_hops(p, label, node);
    for (size_t h = 0; h < count; h++)
        if (pays_to_reach(p, label, node, &p->hops[h])) return true;
    return false;
}

static enum az_status extend_front(struct cl_pricing *p, struct cl_label *label,
                                   struct cl_label *next)
{
    if (label->beside) cl_price_home(p, label);
    for (size_t n = 0; n < p->count; n++) {
        if (label->bits[n / 64] >> (n % 64) & 1 || label->load + p->load[n] > p->most) continue;
        if (!p->ranged && cl_leg_of(p, label->node, n)->drive_s < 0) continue;
        if (p->outlook && !may_pay(p, label, n)) {
            p->left = true;
            continue;
        }
        size_t count = cl_price_hops(p, label, n);
        *next = (struct cl_label){
            .beside = label, .node = n, .load = label->load + p->load[n], .late = label->late
        };
        for (size_t h = 0; h < count; h++) {
            if (p->outlook && !pays_to_reach(p, label, n, &p->hops[h]))
                p->left = true;
            else
                AZ_TRY(reach(p, label, n, &p->hops[h], next));
        }
    }
    return AZ_OK;
}

/* At the start place, from the crew's first hour on; and once more after the window of its break,
 * when it needs none. */
static enum az_status begin_front(struct cl_pricing *p)
{
    size_t size = sizeof(struct cl_label) + (p->words + p->cut_words) * sizeof(uint64_t);
    for (int late = 0; late <= (p->team->break_s > 0); late++) {
        struct cl_label *label = az_arena_take(p->scratch, size);
        struct cl_stand stand = cl_stand_begin(p->ground, p->team, late);
        if (!label) return AZ_NO_MEMORY;
        label->cost = p->prices->cost * p->team->cost_jpy - p->prices->round;
        label->left_km = p->ranged ? stand.left_km : INFINITY;
        label->time_s = stand.time_s;
        label->node = p->count;
        label->rested = stand.rested;
        label->late = late;
        if (!push(p, &p->front, label)) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

/* --- backwards ----------------------------------------------------------------------------------
 */

/* What an end of a visit at time t leads to, t <= last_s: home at max(t + long_s, home_s). */
struct rest_of_day {
    int64_t last_s, long_s, home_s;
    int rest;
    bool rested; /* must the crew have rested before? */
};

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Before a drive to where `then` begins: the break there on arrival, or before leaving. */
static size_t rests_before(const struct cl_pricing *p, const struct rest_of_day *then,
                           int64_t drive_s, bool home, struct rest_of_day days[])
{
    const struct cl_team *team = p->team;
    int64_t rested_s = team->break_from_s + team->break_s;
    struct rest_of_day day = { .long_s = then->long_s + team->break_s + drive_s };
    size_t count = 0;
    if (!cl_may_rest(team)) return 0;
    if ((!home || p->loose) && rested_s <= then->last_s) {
        int64_t until_s = p->loose ? team->break_until_s : team->break_until_s - drive_s;
        day.last_s = earlier(until_s, then->last_s - team->break_s - drive_s);
        day.home_s = later(then->home_s, rested_s + then->long_s);
        day.rest = CL_REST_ON_ARRIVAL;
        days[count++] = day;
    }
    if (!p->loose && rested_s + drive_s <= then->last_s) {
        day.last_s = earlier(team->break_until_s, then->last_s - team->break_s - drive_s);
        day.home_s = later(then->home_s, rested_s + drive_s + then->long_s);
        day.rest = CL_REST_BEFORE;
        days[count++] = day;
    }
    return count;
}

/* The ways back over a drive, with or without a break on it. */
static size_t days_before(const struct cl_pricing *p, const struct rest_of_day *then,
                          int64_t drive_s, bool home, struct rest_of_day days[3])
{
    days[0] = (struct rest_of_day){ .last_s = then->last_s - drive_s,
                                    .long_s = then->long_s + drive_s,
                                    .home_s = then->home_s,
                                    .rest = CL_REST_NONE,
                                    .rested = then->rested };
    if (p->team->break_s == 0 || !then->rested) return 1;
    return 1 + rests_before(p, then, drive_s, home, days + 1);
}

/* Every way of a node whose visit ends in time for the rest of the day. */
static enum az_status precede(struct cl_pricing *p, struct cl_label *label, size_t node,
                              const struct rest_of_day *day, double cost, struct cl_label *next)
{
    for (size_t o = p->offer_first[node]; o < p->offer_first[node + 1]; o++) {
        const struct cl_priced_way *offer = &p->offer[o];
        if (offer->least_s > day->last_s) continue;
        next->cost = cost + offer->reduced;
        next->time_s = earlier(offer->until_s, day->last_s - offer->length_s);
        next->long_s = day->long_s + offer->length_s;
        next->home_s = later(day->home_s, offer->least_s + day->long_s);
        next->way = offer->way;
        next->rest = day->rest;
        next->rested = day->rested;
        visit(p, label, node, next);
        AZ_TRY(take(p, &p->rear, next));
    }
    return AZ_OK;
}

/* All visits before a label, or the last ones of a day. home: a label of nothing. */
static enum az_status extend_rear(struct cl_pricing *p, struct cl_label *label, bool home,
                                  struct cl_label *next)
{
    struct rest_of_day days[3];
    const struct rest_of_day then = { .last_s = label->time_s,
                                      .long_s = label->long_s,
                                      .home_s = label->home_s,
                                      .rested = label->rested };
    for (size_t n = 0; n < p->count; n++) {
        const struct cl_priced_drive *leg = cl_leg_of(p, n, label->node);
        if (leg->drive_s < 0 || label->bits[n / 64] >> (n % 64) & 1 ||
            label->load + p->load[n] > p->most)
            continue;
        size_t count = days_before(p, &then, leg->drive_s, home, days);
        *next = (struct cl_label){ .beside = home ? NULL : label,
                                   .node = n,
                                   .load = label->load + p->load[n],
                                   .charger = AZ_NO_INDEX };
        for (size_t d = 0; d < count; d++)
            AZ_TRY(precede(p, label, n, &days[d], label->cost + leg->cost, next));
    }
    return AZ_OK;
}

/* Home within the limit by who has rested, or needs no break; home in time for none. */
static enum az_status begin_rear(struct cl_pricing *p, struct cl_label *next)
{
    size_t size = sizeof(struct cl_label) + (p->words + p->cut_words) * sizeof(uint64_t);
    for (int rested = p->team->break_s == 0; rested <= 1; rested++) {
        struct cl_label *label = az_arena_take(p->scratch, size);
        if (!label) return AZ_NO_MEMORY;
        label->node = p->count;
        label->time_s = p->team->limit_s;
        if (!rested) label->time_s = earlier(label->time_s, p->team->break_until_s);
        label->home_s = INT64_MIN / 4;
        label->rested = rested;
        AZ_TRY(extend_rear(p, label, true, next));
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status make_shelves(struct cl_pricing *p, struct cl_half *half)
{
    half->shelf = AZ_ARRAY(p->scratch, 2 * p->count, struct cl_shelf);
    half->first_s = AZ_ARRAY(p->scratch, p->count, int64_t);
    half->width_s = AZ_ARRAY(p->scratch, p->count, int64_t);
    if (!half->shelf || !half->first_s || !half->width_s) return AZ_NO_MEMORY;
    for (size_t n = 0; n < 2 * p->count; n++)
        for (size_t b = 0; b < CL_BUCKETS; b++) measure(&half->shelf[n], b);
    for (size_t n = 0; n < p->count; n++) {
        int64_t low_s = INT64_MAX, high_s = INT64_MIN;
        for (size_t o = p->offer_first[n]; o < p->offer_first[n + 1]; o++) {
            const struct cl_priced_way *offer = &p->offer[o];
            int64_t last_s = later(offer->until_s + offer->length_s, offer->least_s);
            low_s = earlier(low_s, half->back ? offer->from_s : offer->least_s);
            high_s = later(high_s, half->back ? offer->until_s : last_s);
        }
        low_s = later(low_s, p->team->from_s);
        high_s = earlier(high_s, p->team->limit_s);
        half->first_s[n] = half->back ? high_s : low_s;
        half->width_s[n] = later(1, (high_s - low_s) / CL_BUCKETS + 1);
    }
    return AZ_OK;
}

/* Which half goes on; NULL: they have met. */
static struct cl_half *next_half(struct cl_pricing *p)
{
    struct cl_label *front = peek(&p->front), *rear = p->both ? peek(&p->rear) : NULL;
    if (!front) return NULL; /* every round is whole */
    if (!rear) return p->both ? NULL : &p->front;
    if (front->time_s > rear->time_s) return NULL;
    if (front->time_s == rear->time_s || p->prices->method == CL_PRICE_BACKWARDS) return &p->rear;
    return p->front.made <= p->rear.made ? &p->front : &p->rear;
}

enum az_status cl_price_labels(struct cl_pricing *p, bool *whole)
{
    struct cl_label *next =
        az_arena_take(p->scratch, sizeof *next + (p->words + p->cut_words) * sizeof(uint64_t));
    if (!next) return AZ_NO_MEMORY;
    *whole = true;
    p->rear.back = true;
    AZ_TRY(make_shelves(p, &p->front));
    AZ_TRY(begin_front(p));
    if (p->both) {
        AZ_TRY(make_shelves(p, &p->rear));
        AZ_TRY(begin_rear(p, next));
    }
    for (size_t done = 0;; done++) {
        if (p->front.made + p->rear.made > p->most_labels ||
            (done % CLOCK_EVERY == 0 && az_must_stop(p->context))) {
            *whole = false;
            return AZ_OK;
        }
        struct cl_half *half = next_half(p);
        if (!half) return AZ_OK;
        struct cl_label *label = half->heap[0];
        pop(half);
        AZ_TRY(half->back ? extend_rear(p, label, false, next) : extend_front(p, label, next));
    }
}
