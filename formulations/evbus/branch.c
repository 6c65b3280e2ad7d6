/* branch.c - branching on what follows what: trip after trip, first trips, last trips. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/columns.h"
#include "solver/tolerances.h"

#define CANDIDATES 16 /* branchings offered for a node */

/* --- what is fractional ----------------------------------------------------------------------- */

struct flow {
    size_t from, to; /* trips of the instance; AZ_NO_INDEX: the depot */
    double value;
};

static int by_pair(const void *a, const void *b)
{
    const struct flow *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    return x->to < y->to ? -1 : x->to > y->to;
}

/* Most fractional first; then in order of the trips. */
static int by_fraction(const void *a, const void *b)
{
    const struct flow *x = a, *y = b;
    double p = fabs(x->value - 0.5), q = fabs(y->value - 0.5);
    if (fabs(p - q) > 1e-9) return p < q ? -1 : 1;
    return by_pair(a, b);
}

static size_t list_flows(const struct az_master_solution *solution, struct flow flows[])
{
    size_t count = 0;
    for (size_t i = 0; i < solution->count; i++) {
        const struct eb_duty *duty = solution->columns[i]->data;
        size_t from = AZ_NO_INDEX;
        for (size_t l = 0; l < duty->leg_count; from = duty->legs[l++].trip)
            if (duty->leg_count > 1)
                flows[count++] = (struct flow){ from, duty->legs[l].trip, solution->values[i] };
    }
    return count;
}

/* Sums equal pairs and keeps the fractional ones. */
static size_t keep_fractional(struct flow flows[], size_t count)
{
    size_t kept = 0;
    qsort(flows, count, sizeof *flows, by_pair);
    for (size_t i = 0; i < count;) {
        struct flow sum = { flows[i].from, flows[i].to, 0 };
        for (; i < count && flows[i].from == sum.from && flows[i].to == sum.to; i++)
            sum.value += flows[i].value;
        double part = sum.value - floor(sum.value);
        if (part > 1e-5 && part < 1 - 1e-5) flows[kept++] = sum;
    }
    qsort(flows, kept, sizeof *flows, by_fraction);
    return kept;
}

enum az_status eb_branchings(void *data, const struct az_master_solution *solution,
                             struct az_branching_list *out)
{
    enum az_status status = AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    size_t most = 0;
    (void)data;
    for (size_t i = 0; i < solution->count; i++)
        most += ((const struct eb_duty *)solution->columns[i]->data)->leg_count;
    struct flow *flows = scratch ? AZ_ARRAY(scratch, most, struct flow) : NULL;
    if (!flows) AZ_GOTO(AZ_NO_MEMORY);
    size_t count = keep_fractional(flows, list_flows(solution, flows));
    for (size_t k = 0; k < count && k < CANDIDATES; k++) {
        struct az_branching branching = { .decision_count = { 1, 1 },
                                          .score = 0.5 - fabs(flows[k].value - 0.5) };
        for (int c = 0; c < 2; c++)
            branching.child[c][0] = (struct az_decision){
                .type = EB_DECIDE_FOLLOW, .i = flows[k].from, .j = flows[k].to, .value = 1 - c
            };
        AZ_GOTO(az_branching_list_add(out, &branching));
    }
done:
    az_arena_free(scratch);
    return status;
}

/* --- what a decision means -------------------------------------------------------------------- */

bool eb_allows(void *data, const struct az_decision *decision, const struct az_block_column *column)
{
    const struct eb_duty *duty = column->data;
    size_t from = AZ_NO_INDEX;
    (void)data;
    if (duty->leg_count == 1) return true;
    for (size_t l = 0; l < duty->leg_count; from = duty->legs[l++].trip) {
        size_t to = duty->legs[l].trip;
        bool same_from = from == decision->i, same_to = to == decision->j;
        if (decision->value < 0.5) {
            if (same_from && same_to) return false;
            continue;
        }
        if (same_from && decision->i != AZ_NO_INDEX && !same_to) return false;
        if (same_to && decision->j != AZ_NO_INDEX && !same_from) return false;
    }
    return true;
}

/* Forbids every link from a position, or to it, but one. */
static void keep_only(const struct eb_network *net, size_t from, size_t to,
                      unsigned char forbidden[], unsigned char out[], unsigned char in[])
{
    if (from != AZ_NO_INDEX) {
        for (size_t k = net->link_start[from]; k < net->link_start[from + 1]; k++)
            if (net->links[k].to != to) forbidden[k] = 1;
        if (to != AZ_NO_INDEX) in[from] = 1;
    }
    if (to == AZ_NO_INDEX) return;
    for (size_t n = 0; n < to; n++) {
        size_t k = n == from ? AZ_NO_INDEX : eb_link_find(net, n, to);
        if (k != AZ_NO_INDEX) forbidden[k] = 1;
    }
    if (from != AZ_NO_INDEX) out[to] = 1;
}

static size_t position(const struct eb_network *net, size_t trip)
{
    return trip == AZ_NO_INDEX ? AZ_NO_INDEX : net->order[trip];
}

enum az_status eb_decisions_apply(const struct eb_network *net,
                                  const struct az_decision decisions[], size_t count,
                                  struct az_arena *arena, struct eb_duals *duals)
{
    if (count == 0) return AZ_OK;
    unsigned char *forbidden = AZ_ARRAY(arena, net->link_start[net->trip_count], unsigned char);
    unsigned char *out = AZ_ARRAY(arena, net->trip_count, unsigned char);
    unsigned char *in = AZ_ARRAY(arena, net->trip_count, unsigned char);
    if (!forbidden || !out || !in) return AZ_NO_MEMORY;
    for (size_t d = 0; d < count; d++) {
        size_t from = position(net, decisions[d].i), to = position(net, decisions[d].j);
        if (decisions[d].value > 0.5) {
            keep_only(net, from, to, forbidden, out, in);
        } else if (from == AZ_NO_INDEX) {
            out[to] = 1;
        } else if (to == AZ_NO_INDEX) {
            in[from] = 1;
        } else {
            size_t k = eb_link_find(net, from, to);
            if (k != AZ_NO_INDEX) forbidden[k] = 1;
        }
    }
    duals->forbidden = forbidden;
    duals->forbidden_out = out;
    duals->forbidden_in = in;
    return AZ_OK;
}
