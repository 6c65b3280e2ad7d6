/* price_energy.c - the cheapest bus-days of a source under prices of trips, energy and plugs.
 *
 * Exact in continuous charge: see price_energy.h. A priced plug is paid whole wherever a slot uses
 * it, so that the bound is the least reduced cost of all duties, not of a relaxation. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/price_energy.h"

#define CAP_LOW 3               /* labels a node at the lowest effort */
#define CAP_HIGH 12             /* and at the next one */
#define CAP_GUIDED 4            /* labels a node of the walk before the exact one */
#define POINTS_MOST (48u << 20) /* of functions, in all: 768 MB */
#define POINTS_SOME (1u << 19)  /* of a walk by rough bounds */
#define SLACK 1e-9              /* share of a day's cost by which a bound may be rounded */

static int by_cost(const void *a, const void *b)
{
    const struct pe_end *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    return x->depot < y->depot ? -1 : x->depot > y->depot;
}

/* What a kWh in the battery is worth on average: it was bought in some slot. */
static double charge_value(const struct eb_instance *ev, const struct eb_duals *duals)
{
    double sum = 0, count = 0;
    for (size_t c = 0; c < ev->chargers.count; c++)
        for (size_t t = 0; t < ev->T; t++, count++) sum += duals->charge[c * ev->T + t];
    return count > 0 ? fmax(0, sum / count) : 0;
}

/* The last trip of a way; AZ_NO_INDEX: none. */
static size_t last_trip(const struct pe *pe, const struct pe_label *label)
{
    for (; label; label = label->parent)
        if (label->kind != PE_BEGIN && label->node < pe->trip_count) return label->node;
    return AZ_NO_INDEX;
}

struct answer {
    struct az_arena *arena;
    double below;
    size_t limit, count;
    struct eb_duty **duties;
    double *costs;
};

/* Takes the best ends with last trips that differ. */
static enum az_status take(struct pe *pe, struct answer *answer)
{
    bool *seen = AZ_ARRAY(pe->arena, pe->trip_count + 1, bool);
    if (!seen) return AZ_NO_MEMORY;
    if (pe->end_count > 0) qsort(pe->end, pe->end_count, sizeof *pe->end, by_cost);
    for (size_t k = 0; k < pe->end_count && answer->count < answer->limit; k++) {
        size_t last = last_trip(pe, pe->end[k].label);
        size_t slot = last == AZ_NO_INDEX ? pe->trip_count : last;
        double cost;
        bool holds;
        if (seen[slot]) continue;
        seen[slot] = true;
        struct eb_duty *duty = AZ_NEW(answer->arena, struct eb_duty);
        if (!duty) return AZ_NO_MEMORY;
        AZ_TRY(eb_pe_duty(pe, &pe->end[k], answer->arena, duty, &cost, &holds));
        if (!holds || cost >= answer->below) continue;
        answer->duties[answer->count] = duty;
        answer->costs[answer->count++] = cost;
    }
    return AZ_OK;
}

static enum az_status prepare(const struct eb_network *network, size_t source,
                              const struct eb_duals *duals, int effort, double below,
                              struct az_arena *scratch, struct pe *pe)
{
    *pe = (struct pe){ .net = network,
                       .ev = network->ev,
                       .source = &network->sources[source],
                       .type = &network->ev->types.items[network->sources[source].type],
                       .duals = duals,
                       .arena = scratch,
                       .below = below,
                       .least = INFINITY,
                       .ceiling = INFINITY,
                       .points_most = POINTS_MOST,
                       .sparse = effort == 0,
                       .relaxed = INFINITY,
                       .cap = CAP_LOW,
                       .charge_value = charge_value(network->ev, duals) };
    AZ_TRY(eb_pe_graph(pe));
    return eb_pe_room(pe, 64);
}

static double above(double cost)
{
    return cost + SLACK * fmax(1, fabs(cost));
}

/* A walk with few labels, chosen by what the rest of their days costs at least: good days, and by
 * what the begin's labels lead to at least a bound. Days that do not pay are of no use, and neither
 * is a bound above 0 on them, unless the block is asked to pay. */
static enum az_status price_guided(struct pe *pe, double *bound)
{
    struct pe_back *back;
    AZ_TRY(eb_pe_backward(pe, true, &back));
    pe->back = back;
    pe->cap = back ? CAP_GUIDED : CAP_HIGH;
    if (back) pe->ceiling = above(fmax(pe->below, 0));
    AZ_TRY(eb_pe_walk(pe));
    AZ_TRY(eb_pe_finish(pe));
    if (back && !pe->limit) *bound = eb_least(pe->relaxed, pe->least);
    return AZ_OK;
}

/* Every label that may lead to a day below the ceiling. */
static enum az_status walk_all(struct pe *pe, size_t points_most)
{
    eb_pe_clear(pe);
    pe->cap = 0;
    pe->points_taken = 0;
    pe->points_most = points_most;
    pe->limit = pe->late;
    return eb_pe_walk(pe);
}

/* Every label, those apart that cannot be better than a good day. Where that is too many, those
 * that are left by what the rest of their days costs exactly. */
static enum az_status price_all(struct pe *pe, double *bound)
{
    AZ_TRY(price_guided(pe, bound));
    if (pe->back) pe->ceiling = fmin(pe->ceiling, above(pe->least));
    if (pe->back && !pe->limit && above(pe->relaxed) >= pe->ceiling) return AZ_OK;
    AZ_TRY(walk_all(pe, pe->back ? POINTS_SOME : POINTS_MOST));
    if (pe->limit && pe->back && !pe->late) {
        struct pe_back *back;
        AZ_TRY(eb_pe_backward(pe, false, &back));
        if (back) pe->back = back;
        AZ_TRY(walk_all(pe, POINTS_MOST));
    }
    if (!pe->limit) *bound = fmin(pe->least, pe->ceiling);
    return AZ_OK;
}

static void sort_answer(struct answer *answer)
{
    for (size_t i = 1; i < answer->count; i++)
        for (size_t k = i; k > 0 && answer->costs[k] < answer->costs[k - 1]; k--) {
            double cost = answer->costs[k];
            struct eb_duty *duty = answer->duties[k];
            answer->costs[k] = answer->costs[k - 1];
            answer->duties[k] = answer->duties[k - 1];
            answer->costs[k - 1] = cost;
            answer->duties[k - 1] = duty;
        }
}

enum az_status eb_price_energy(const struct eb_network *network, size_t source,
                               const struct eb_duals *duals, int effort, double below, size_t limit,
                               struct az_arena *arena, struct az_arena *scratch,
                               struct eb_duty **duties, double *costs, size_t *count, double *bound)
{
    struct pe pe;
    *count = 0;
    *bound = -INFINITY;
    const struct eb_instance *ev = network->ev;
    bool battery = ev->types.items[network->sources[source].type].has_battery;
    if (!ev->timed || (ev->T == 0 && battery)) return AZ_UNSUPPORTED;
    struct answer answer = {
        .arena = arena, .below = below, .limit = limit, .duties = duties, .costs = costs
    };
    AZ_TRY(prepare(network, source, duals, effort, below, scratch, &pe));
    if (effort >= 2) {
        AZ_TRY(price_all(&pe, bound));
    } else if (effort == 1) {
        AZ_TRY(price_guided(&pe, bound));
    } else {
        AZ_TRY(eb_pe_walk(&pe));
        AZ_TRY(eb_pe_finish(&pe));
    }
    AZ_TRY(take(&pe, &answer));
    sort_answer(&answer);
    *count = answer.count;
    return AZ_OK;
}
