/* branch.c - branching on what follows what: trip after trip, first trips, last trips; where that
 * is settled, on where a bus stands on the way. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/columns.h"
#include "solver/tolerances.h"

#define CANDIDATES 16   /* branchings offered for a node */
#define FRACTIONAL 1e-5 /* what is farther from a whole number is fractional */

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
        if (part > FRACTIONAL && part < 1 - FRACTIONAL) flows[kept++] = sum;
    }
    qsort(flows, kept, sizeof *flows, by_fraction);
    return kept;
}

/* --- where a bus stands ------------------------------------------------------------------------
 */

/* Standing at a place in a slot, on the way after a trip or to a first one. */
struct stand {
    size_t type, trip, at; /* a decision's type, i and j */
    double value;
    bool used; /* it charges or discharges there, in this slot or another of the stay */
};

static int by_stand(const void *a, const void *b)
{
    const struct stand *x = a, *y = b;
    if (x->type != y->type) return x->type < y->type ? -1 : 1;
    if (x->trip != y->trip) return x->trip < y->trip ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

static bool is_used(const struct eb_stay *stay)
{
    for (size_t k = 0; k < stay->slot_count; k++)
        if ((stay->charge_kwh && stay->charge_kwh[k] > AZ_ZERO) ||
            (stay->discharge_kwh && stay->discharge_kwh[k] > AZ_ZERO))
            return true;
    return false;
}

static size_t count_stands(const struct az_master_solution *solution)
{
    size_t count = 0;
    for (size_t i = 0; i < solution->count; i++) {
        const struct eb_duty *duty = solution->columns[i]->data;
        for (size_t l = 0; l < duty->leg_count; l++)
            for (size_t s = 0; s < duty->legs[l].stay_count; s++)
                count += duty->legs[l].stays[s].slot_count;
    }
    return count;
}

/* The stands of one column, each once. */
static size_t list_stands(const struct eb_duty *duty, double value, struct stand stands[])
{
    size_t count = 0, kept = 0;
    for (size_t l = 0; duty->leg_count > 1 && l < duty->leg_count; l++)
        for (size_t s = 0; s < duty->legs[l].stay_count; s++) {
            const struct eb_stay *stay = &duty->legs[l].stays[s];
            size_t type = l == 0 ? EB_DECIDE_STAND_FIRST : EB_DECIDE_STAND_AFTER;
            size_t trip = duty->legs[l == 0 ? 0 : l - 1].trip;
            for (size_t k = 0; k < stay->slot_count; k++)
                stands[count++] =
                    (struct stand){ type, trip, EB_STAND(stay->place, stay->first_slot + k), value,
                                    is_used(stay) };
        }
    qsort(stands, count, sizeof *stands, by_stand);
    for (size_t k = 0; k < count; k++) {
        if (kept > 0 && by_stand(&stands[kept - 1], &stands[k]) == 0)
            stands[kept - 1].used = stands[kept - 1].used || stands[k].used;
        else
            stands[kept++] = stands[k];
    }
    return kept;
}

/* Of every way the stand nearest to a half among those that are used. */
static size_t keep_best(struct stand stands[], size_t count)
{
    size_t kept = 0;
    qsort(stands, count, sizeof *stands, by_stand);
    for (size_t i = 0; i < count;) {
        struct stand sum = stands[i];
        for (i++; i < count && by_stand(&sum, &stands[i]) == 0; i++) {
            sum.value += stands[i].value;
            sum.used = sum.used || stands[i].used;
        }
        if (!sum.used || sum.value < FRACTIONAL || sum.value > 1 - FRACTIONAL) continue;
        bool same =
            kept > 0 && stands[kept - 1].type == sum.type && stands[kept - 1].trip == sum.trip;
        if (!same)
            stands[kept++] = sum;
        else if (fabs(sum.value - 0.5) < fabs(stands[kept - 1].value - 0.5) - 1e-9)
            stands[kept - 1] = sum;
    }
    return kept;
}

/* Do all pricers know of standing? */
static bool knows_stands(const struct eb_master *master)
{
    for (size_t s = 0; s < master->network->source_count; s++)
        if (eb_pricer_of(master->network, s) != eb_price_energy) return false;
    return master->ev->T > 0;
}

/* Every trip follows a trip for sure, but not by one way. */
static enum az_status stand_branchings(const struct az_master_solution *solution,
                                       struct az_arena *scratch, struct az_branching_list *out)
{
    size_t count = 0, most = count_stands(solution);
    struct stand *stands = AZ_ARRAY(scratch, most, struct stand);
    if (!stands) return AZ_NO_MEMORY;
    for (size_t i = 0; i < solution->count; i++)
        count += list_stands(solution->columns[i]->data, solution->values[i], &stands[count]);
    count = keep_best(stands, count);
    for (size_t k = 0; k < count && k < CANDIDATES; k++) {
        struct az_branching branching = { .decision_count = { 1, 1 },
                                          .score = 0.5 - fabs(stands[k].value - 0.5) };
        for (int c = 0; c < 2; c++)
            branching.child[c][0] = (struct az_decision){
                .type = (int)stands[k].type, .i = stands[k].trip, .j = stands[k].at, .value = 1 - c
            };
        AZ_TRY(az_branching_list_add(out, &branching));
    }
    return AZ_OK;
}

/* --- the branchings ---------------------------------------------------------------------------
 */

enum az_status eb_branchings(void *data, const struct az_master_solution *solution,
                             struct az_branching_list *out)
{
    enum az_status status = AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    size_t most = 0;
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
    if (count == 0 && knows_stands(data)) AZ_GOTO(stand_branchings(solution, scratch, out));
done:
    az_arena_free(scratch);
    return status;
}

/* --- what a decision means -------------------------------------------------------------------- */

static bool stands(const struct eb_leg *leg, size_t at)
{
    for (size_t s = 0; s < leg->stay_count; s++) {
        const struct eb_stay *stay = &leg->stays[s];
        if (stay->place == EB_STAND_PLACE(at) && EB_STAND_SLOT(at) >= stay->first_slot &&
            EB_STAND_SLOT(at) < stay->first_slot + stay->slot_count)
            return true;
    }
    return false;
}

static bool allows_stand(const struct az_decision *decision, const struct eb_duty *duty)
{
    bool must = decision->value > 0.5;
    if (decision->type == EB_DECIDE_STAND_FIRST)
        return duty->legs[0].trip != decision->i || stands(&duty->legs[0], decision->j) == must;
    for (size_t l = 0; l + 1 < duty->leg_count; l++)
        if (duty->legs[l].trip == decision->i)
            return stands(&duty->legs[l + 1], decision->j) == must;
    return true;
}

bool eb_allows(void *data, const struct az_decision *decision, const struct az_block_column *column)
{
    const struct eb_duty *duty = column->data;
    size_t from = AZ_NO_INDEX;
    (void)data;
    if (duty->leg_count == 1) return true;
    if (decision->type != EB_DECIDE_FOLLOW) return allows_stand(decision, duty);
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

/* The rules of standing among the decisions. */
static enum az_status apply_stands(const struct eb_network *net,
                                   const struct az_decision decisions[], size_t count,
                                   struct az_arena *arena, struct eb_duals *duals)
{
    struct eb_stand *stand = AZ_ARRAY(arena, count, struct eb_stand);
    size_t kept = 0;
    if (!stand) return AZ_NO_MEMORY;
    for (size_t d = 0; d < count; d++) {
        const struct az_decision *decision = &decisions[d];
        if (decision->type == EB_DECIDE_FOLLOW) continue;
        stand[kept++] = (struct eb_stand){ .trip = net->order[decision->i],
                                           .first = decision->type == EB_DECIDE_STAND_FIRST,
                                           .must = decision->value > 0.5,
                                           .place = EB_STAND_PLACE(decision->j),
                                           .slot = EB_STAND_SLOT(decision->j) };
    }
    duals->stands = stand;
    duals->stand_count = kept;
    return AZ_OK;
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
        if (decisions[d].type != EB_DECIDE_FOLLOW) continue;
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
    return apply_stands(net, decisions, count, arena, duals);
}
