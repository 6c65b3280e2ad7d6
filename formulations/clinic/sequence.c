/* sequence.c - the cheapest tour along sites in a given order.
 *
 * Labels over the order: after each visit those (time, value, range left, rested) that no other one
 * is as good as in everything. There are as many as remote slots and charges make worth while, one
 * where there are neither. */
#include <math.h>

#include "formulations/clinic/tour.h"

struct step {
    double value, left_km;
    int64_t time_s;
    const struct step *before; /* NULL: at the start place */
    size_t way, charger;       /* on the way here */
    int charges, rest;
    bool rested, late;
};

struct steps {
    size_t count, capacity;
    struct step **items;
};

struct sequence {
    const struct cl_ground *ground;
    const struct cl_team *team;
    const int64_t *slot_free;
    double cost_weight, kept_weight;
    struct az_arena *scratch;
    struct cl_hop *hops;
    struct steps now, next;
};

static bool is_as_good(const struct step *a, const struct step *b)
{
    return a->time_s <= b->time_s && a->value <= b->value && a->left_km >= b->left_km &&
           (a->rested || !b->rested);
}

/* Takes a step unless another one is as good; drops those that it makes useless. */
static enum az_status take(struct sequence *q, const struct step *step)
{
    struct steps *list = &q->next;
    size_t kept = 0;
    for (size_t k = 0; k < list->count; k++)
        if (is_as_good(list->items[k], step)) return AZ_OK;
    for (size_t k = 0; k < list->count; k++)
        if (!is_as_good(step, list->items[k])) list->items[kept++] = list->items[k];
    list->count = kept;
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 8;
        list->items = az_arena_grow(q->scratch, list->items, list->count, list->capacity,
                                    sizeof *list->items);
        if (!list->items) return AZ_NO_MEMORY;
    }
    struct step *copy = AZ_NEW(q->scratch, struct step);
    if (!copy) return AZ_NO_MEMORY;
    *copy = *step;
    list->items[list->count++] = copy;
    return AZ_OK;
}

static bool has_room(const struct sequence *q, size_t slot)
{
    return slot == AZ_NO_INDEX || !q->slot_free || q->slot_free[slot] > 0;
}

static size_t place_of(const struct sequence *q, const struct step *step)
{
    const struct cl_instance *cl = q->ground->cl;
    if (!step->before) return cl->vehicles.items[q->team->vehicle].start_place;
    return cl->sites.items[q->ground->ways.items[step->way].site].place_index;
}

static size_t hops_from(const struct sequence *q, const struct step *step, size_t to, bool home)
{
    struct cl_stand stand = { .place = place_of(q, step),
                              .time_s = step->time_s,
                              .left_km = step->left_km,
                              .rested = step->rested };
    return cl_hops_of(q->ground, q->team, &stand, to, home, q->hops);
}

static enum az_status visit(struct sequence *q, const struct step *from, size_t site)
{
    const struct cl_instance *cl = q->ground->cl;
    const struct cl_ways *ways = &q->ground->ways;
    size_t at = site * (size_t)cl->days + q->team->day;
    double own = q->cost_weight * cl_continuity_jpy(q->ground, q->team, site);
    size_t hops = hops_from(q, from, cl->sites.items[site].place_index, false);
    for (size_t w = ways->first[at]; w < ways->first[at + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        if (!cl_may_do(q->ground, q->team, way) || !has_room(q, way->doctor) ||
            !has_room(q, way->pharmacist))
            continue;
        double value =
            own + q->cost_weight * way->cost_jpy - q->kept_weight * cl_kept_jpy(q->ground, way);
        for (size_t h = 0; h < hops; h++) {
            const struct cl_hop *hop = &q->hops[h];
            int64_t start_s = cl_way_start(way, hop->ready_s);
            if (start_s == AZ_NO_INTEGER) continue;
            struct step step = { .value = from->value + value + q->cost_weight * hop->cost_jpy,
                                 .left_km = hop->left_km,
                                 .time_s = cl_way_end(way, start_s),
                                 .before = from,
                                 .way = w,
                                 .charger = hop->charger,
                                 .charges = hop->charges,
                                 .rest = hop->rest,
                                 .rested = hop->rested,
                                 .late = from->late };
            if (cl_is_in_time(q->team, step.rested, step.time_s)) AZ_TRY(take(q, &step));
        }
    }
    return AZ_OK;
}

static enum az_status begin(struct sequence *q)
{
    const struct cl_team *team = q->team;
    for (int late = 0; late <= (team->break_s > 0); late++) {
        struct cl_stand stand = cl_stand_begin(q->ground, team, late);
        struct step step = { .value = q->cost_weight * team->cost_jpy,
                             .left_km = stand.left_km,
                             .time_s = stand.time_s,
                             .rested = stand.rested,
                             .late = late };
        AZ_TRY(take(q, &step));
    }
    return AZ_OK;
}

static void swap(struct sequence *q)
{
    struct steps steps = q->now;
    q->now = q->next;
    q->next = steps;
    q->next.count = 0;
}

/* The steps back from the last visit and its hop home. */
static enum az_status write_tour(const struct sequence *q, const struct step *last,
                                 const struct cl_hop *home, struct az_arena *arena,
                                 struct cl_tour *tour)
{
    size_t count = cl_hop_stops(home->charges, home->rest);
    const struct step *step = last;
    for (; step->before; step = step->before) count += 1 + cl_hop_stops(step->charges, step->rest);
    *tour = (struct cl_tour){ .team = (size_t)(q->team - q->ground->teams.items),
                              .late = step->late,
                              .count = count,
                              .stops = AZ_ARRAY(arena, count, struct cl_tour_stop) };
    if (!tour->stops) return AZ_NO_MEMORY;
    size_t at = count;
    cl_put_hop(tour, &at, home->charger, home->charges, home->rest);
    for (step = last; step->before; step = step->before) {
        tour->stops[--at] = (struct cl_tour_stop){ .kind = CL_STOP_VISIT, .index = step->way };
        cl_put_hop(tour, &at, step->charger, step->charges, step->rest);
    }
    return cl_tour_time(q->ground, tour) ? AZ_OK : AZ_INTERNAL;
}

static bool fits(const struct sequence *q, const size_t site[], size_t count)
{
    const struct cl_instance *cl = q->ground->cl;
    double load = 0;
    for (size_t k = 0; k < count; k++) load += cl->sites.items[site[k]].load;
    return load <= cl_most_load(q->ground, q->team);
}

enum az_status cl_sequence_tour(const struct cl_ground *ground, size_t team, const size_t site[],
                                size_t count, const int64_t slot_free[], double cost_weight,
                                double kept_weight, struct az_arena *arena,
                                struct az_arena *scratch, struct cl_tour *tour, double *value)
{
    struct sequence q = { .ground = ground,
                          .team = &ground->teams.items[team],
                          .slot_free = slot_free,
                          .cost_weight = cost_weight,
                          .kept_weight = kept_weight,
                          .scratch = scratch,
                          .hops = AZ_ARRAY(scratch, cl_hop_count(ground->cl), struct cl_hop) };
    const struct step *last = NULL;
    struct cl_hop home = { 0 };
    *value = INFINITY;
    if (!q.hops) return AZ_NO_MEMORY;
    if (count == 0 || !fits(&q, site, count)) return AZ_OK;
    AZ_TRY(begin(&q));
    for (size_t k = 0; k < count; k++) {
        swap(&q);
        for (size_t s = 0; s < q.now.count; s++) AZ_TRY(visit(&q, q.now.items[s], site[k]));
    }
    size_t end = ground->cl->vehicles.items[q.team->vehicle].end_place;
    for (size_t s = 0; s < q.next.count; s++) {
        const struct step *step = q.next.items[s];
        size_t hops = hops_from(&q, step, end, true);
        for (size_t h = 0; h < hops; h++) {
            const struct cl_hop *hop = &q.hops[h];
            if (!cl_is_in_time(q.team, hop->rested, hop->ready_s)) continue;
            double overtime = cl_overtime_jpy(&ground->teams, q.team, hop->ready_s);
            double total = step->value + cost_weight * (hop->cost_jpy + overtime);
            if (total >= *value) continue;
            *value = total;
            last = step;
            home = *hop;
        }
    }
    return last ? write_tour(&q, last, &home, arena, tour) : AZ_OK;
}
