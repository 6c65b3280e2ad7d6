/* price_join.c - whole rounds: labels that go home, and labels forwards that meet labels backwards.
 *
 * Every round has one first label forwards that was not extended, and a label backwards for what
 * comes after it; or all of its labels were extended, and the last one goes home. */
#include "formulations/clinic/price.h"

/* Keeps a round that pays, in order; the first among equals. */
static void keep(struct cl_pricing *p, const struct cl_ending *ending)
{
    double reduced = ending->reduced;
    p->best = fmin(p->best, reduced);
    if (p->prices->limit == 0 || reduced >= cl_price_threshold(p)) return;
    size_t k = p->ending_count;
    if (k == p->prices->limit)
        k--;
    else
        p->ending_count++;
    for (; k > 0 && p->ending[k - 1].reduced > reduced; k--) p->ending[k] = p->ending[k - 1];
    p->ending[k] = *ending;
}

void cl_price_home(struct cl_pricing *p, const struct cl_label *label)
{
    if (!p->ranged && cl_leg_of(p, label->node, p->count)->drive_s < 0) return;
    size_t count = cl_price_hops(p, label, p->count);
    for (size_t h = 0; h < count; h++) {
        const struct cl_hop *hop = &p->hops[h];
        if (!cl_is_in_time(p->team, hop->rested, hop->ready_s)) continue;
        double reduced = label->cost + hop->cost_jpy + cl_price_overtime(p, hop->ready_s);
        keep(p, &(struct cl_ending){ .reduced = reduced,
                                     .front = label,
                                     .charger = hop->charger,
                                     .charges = hop->charges,
                                     .rest = hop->rest });
    }
}

/* Have both halves a site that must not be visited again? */
static bool meet_twice(const struct cl_pricing *p, const struct cl_label *front,
                       const struct cl_label *rear)
{
    for (size_t w = 0; w < p->words; w++)
        if (front->bits[w] & rear->bits[w]) return true;
    return false;
}

/* What cuts take that each half has half. */
static double cuts_between(const struct cl_pricing *p, const struct cl_label *front,
                           const struct cl_label *rear)
{
    double cost = 0;
    for (size_t w = 0; w < p->cut_words; w++)
        for (uint64_t full = front->bits[p->words + w] & rear->bits[p->words + w]; full;
             full &= full - 1)
            cost -= p->prices->cut_price[w * 64 + (size_t)__builtin_ctzll(full)];
    return cost;
}

/* A label and all that begins with the node, over one hop. */
static void meet(struct cl_pricing *p, const struct cl_label *front, size_t node,
                 const struct cl_hop *hop)
{
    const struct cl_shelf *shelf = &p->rear.shelf[2 * node + hop->rested];
    size_t last = cl_bucket_of(&p->rear, node, hop->ready_s);
    double cost = front->cost + hop->cost_jpy;
    for (size_t b = 0; b <= last; b++) {
        const struct cl_bucket *bucket = &shelf->bucket[b];
        for (size_t k = 0; k < bucket->count; k++) {
            const struct cl_label *rear = bucket->items[k].label;
            double reduced = cost + bucket->items[k].cost;
            if (reduced >= cl_price_threshold(p)) {
                p->left = true;
                break;
            }
            if (rear->time_s < hop->ready_s || front->load + rear->load > p->most ||
                meet_twice(p, front, rear))
                continue;
            int64_t home_s = hop->ready_s + rear->long_s;
            if (home_s < rear->home_s) home_s = rear->home_s;
            reduced += cuts_between(p, front, rear) + cl_price_overtime(p, home_s);
            keep(p, &(struct cl_ending){ .reduced = reduced,
                                         .front = front,
                                         .rear = rear,
                                         .charger = AZ_NO_INDEX,
                                         .rest = hop->rest });
        }
    }
}

static void join(struct cl_pricing *p, const struct cl_label *front)
{
    if (front->beside) cl_price_home(p, front);
    for (size_t n = 0; n < p->count; n++) {
        if (front->bits[n / 64] >> (n % 64) & 1 || cl_leg_of(p, front->node, n)->drive_s < 0)
            continue;
        size_t count = cl_price_hops(p, front, n);
        for (size_t h = 0; h < count; h++) meet(p, front, n, &p->hops[h]);
    }
}

void cl_price_join(struct cl_pricing *p)
{
    for (size_t k = 0; k < p->front.heap_count; k++)
        if (!p->front.heap[k]->dropped) join(p, p->front.heap[k]);
}
