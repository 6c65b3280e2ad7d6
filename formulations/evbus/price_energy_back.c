/* price_energy_back.c - what the rest of a day costs at least, from its end backwards.
 *
 * The nodes are those of the walk in the opposite order, and every step is the walk's step turned
 * round: a movement shifts the other way and is cut to the charges from which it holds, a slot
 * takes the least over what is done in it. Roughly, every node keeps the convex hull of its
 * functions: a tenth of the work, and lower only where what is done with a charge is a choice. Of
 * the tags only the time to turn round counts, from a trip to a stop on, so that it bounds every
 * label's rest from below. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/price_energy.h"

#define NEAR 1e-6 /* kWh: functions farther from each other do not meet */
#define RETURNS 3 /* times of return that are told apart */
#define NO_RETURN INT64_MIN
#define HELD 3                 /* boundaries in a row at which a bus is not ready yet */
#define POINTS_MOST (4u << 20) /* in all: 64 MB */

/* One backward walk. The graph is shared, nodes and memory are its own. */
struct walk {
    struct pe pe;
    struct pe_back *back;
    size_t held; /* first of HELD nodes: standing at a boundary, not ready yet */
};

#define NOT_LEFT (-1)

/* Where what comes before is kept: a node, and the movement from there. */
struct origin {
    size_t node;
    const struct pe_move *move; /* NULL: none */
    int64_t left_s; /* it leaves the depot for the first time then; NOT_LEFT: not here */
};

/* after: what follows; its tag says when the block must have begun, see pe_back. */
static enum az_status insert(struct pe *pe, size_t node, const struct pe_label *after,
                             const struct eb_xy f[], size_t n)
{
    struct pe_label label = { .tag = after->tag };
    if (pe->hulls) return eb_pe_insert_hull(pe, node, &label, f, n);
    return eb_pe_insert(pe, node, &label, f, n);
}

/* The day returns for good at `at`: only blocks that began late enough may. False: none may. */
static bool returns(const struct pe *pe, int64_t at, struct pe_tag *tag)
{
    if (pe->longest_block_s == INT64_MAX) return true;
    int64_t least = at - pe->longest_block_s;
    if (pe->block_from_s < INT32_MAX) return least <= pe->block_from_s;
    int64_t step = (pe->free_from_s + RETURNS - 1) / RETURNS;
    if (least > 0) tag->left = (int32_t) - (step > 0 ? least / step * step : least);
    return true;
}

/* f before a movement. out may be f. */
static size_t undrive(const struct pe *pe, const struct eb_xy f[], size_t n,
                      const struct pe_move *move, struct eb_xy out[])
{
    double low = pe->source->min_kwh + eb_most(move->high, eb_most(0, move->energy));
    double high = pe->source->max_kwh + eb_least(move->low, eb_least(0, move->energy));
    n = eb_plf_restrict(f, n, low - move->energy, high - move->energy, out);
    eb_plf_shift(out, n, -move->energy, move->cost);
    return n;
}

static enum az_status keep(struct pe *pe, const struct origin *origin, const struct pe_label *after,
                           struct eb_xy f[], size_t n)
{
    struct pe_label label = { .tag = after->tag };
    if (origin->left_s != NOT_LEFT) {
        if (-label.tag.left > origin->left_s) return AZ_OK;
        label.tag.left = 0;
    }
    if (n > 0 && origin->move) n = undrive(pe, f, n, origin->move, f);
    return insert(pe, origin->node, &label, f, n);
}

/* By a movement (then a trip) to a node, and from there on as its functions say. return_s: when
 * that ends the day; NO_RETURN: it does not. */
static enum az_status from_node(struct pe *pe, size_t node, const struct pe_move *trip,
                                int64_t return_s, const struct origin *origin)
{
    for (size_t i = 0; i < pe->nodes[node].count; i++) {
        struct pe_label after = *pe->nodes[node].labels[i];
        if (return_s != NO_RETURN && !returns(pe, return_s, &after.tag)) return AZ_OK;
        AZ_TRY(eb_pe_room(pe, after.n + 2));
        struct eb_xy *f = pe->work[0];
        size_t n = after.n;
        memcpy(f, after.f, n * sizeof *f);
        if (trip) n = undrive(pe, f, n, trip, f);
        AZ_TRY(keep(pe, origin, &after, f, n));
    }
    return AZ_OK;
}

/* --- slots ------------------------------------------------------------------------------------ */

/* One bank in a part of a slot, and what follows it. */
static enum az_status by_bank(struct pe *pe, const struct pe_bank *bank, int64_t from_s,
                              int64_t to_s, const struct pe_label *after,
                              const struct origin *origin, bool *idle)
{
    const struct eb_xy *f = after->f;
    size_t n = after->n;
    double plug, floor = pe->floor_kwh, low = pe->source->min_kwh;
    struct eb_plf_slot slot = eb_pe_slot(pe, bank, from_s, to_s, &plug);
    struct eb_xy *g = pe->work[0], *above = pe->work[1];
    bool sells = slot.discharge_max > EB_PLF_WIDTH, together = sells && slot.buy >= slot.sell;
    if (plug <= 0) *idle = false;
    if (!together || floor > low + EB_PLF_WIDTH) {
        size_t m = together ? eb_plf_restrict(f, n, low, floor, above) : n;
        if (m > 0) m = eb_plf_back(together ? above : f, m, &slot, EB_PLF_CHARGE, low, g);
        eb_plf_shift(g, m, 0, plug);
        AZ_TRY(keep(pe, origin, after, g, m));
    }
    if (!sells) return AZ_OK;
    g = pe->work[0];
    above = pe->work[1];
    size_t m = eb_plf_restrict(f, n, eb_most(floor, low), slot.high, above);
    if (m == 0) return AZ_OK;
    int ways = EB_PLF_DISCHARGE | (together ? EB_PLF_CHARGE : 0);
    m = eb_plf_back(above, m, &slot, ways, low, g);
    eb_plf_shift(g, m, 0, plug);
    return keep(pe, origin, after, g, m);
}

/* A part of a slot at a line and what follows it: by every bank, or idle. */
static enum az_status part(struct pe *pe, const struct pe_line *line, int64_t from_s, int64_t to_s,
                           const struct pe_label *after, const struct origin *origin)
{
    bool idle = true;
    size_t n = after->n, room = n + 8;
    for (size_t b = 0; b < line->bank_count; b++)
        if (n + line->banks[b].kink_count + 8 > room) room = n + line->banks[b].kink_count + 8;
    AZ_TRY(eb_pe_room(pe, room));
    for (size_t b = 0; to_s > from_s && b < line->bank_count; b++)
        AZ_TRY(by_bank(pe, &line->banks[b], from_s, to_s, after, origin, &idle));
    if (!idle) return AZ_OK;
    AZ_TRY(eb_pe_room(pe, n + 2));
    memcpy(pe->work[0], after->f, n * sizeof *after->f);
    return keep(pe, origin, after, pe->work[0], n);
}

/* Who must not run a trip before a time, and at how many boundaries that was so. */
struct readiness {
    int64_t at_s;
    size_t depth;
};

static enum az_status before_line(struct walk *walk, size_t line, size_t boundary, size_t node,
                                  const struct readiness *ready);

/* The node of a boundary for who is ready at a time: the line's own, or one made for it. Beyond
 * HELD boundaries everyone counts as ready. */
static enum az_status boundary_node(struct walk *walk, size_t line, size_t boundary,
                                    const struct readiness *ready, size_t *node)
{
    const struct pe *pe = &walk->pe;
    *node = pe_line_node(pe, line, boundary);
    if ((int64_t)boundary * pe->slot_s >= ready->at_s || boundary >= pe->T ||
        ready->depth == HELD || pe->hulls)
        return AZ_OK;
    struct readiness next = { ready->at_s, ready->depth + 1 };
    *node = walk->held + ready->depth;
    walk->pe.nodes[*node].count = 0;
    return before_line(walk, line, boundary, *node, &next);
}

/* At a line from `from_s` to the end of its slot, or to a departure from first_s on in it. */
static enum az_status at_line(struct walk *walk, size_t line, int64_t from_s, int64_t first_s,
                              const struct readiness *ready, const struct origin *origin)
{
    struct pe *pe = &walk->pe;
    int64_t boundary = from_s / pe->slot_s + 1, end = boundary * pe->slot_s;
    size_t node;
    AZ_TRY(boundary_node(walk, line, (size_t)boundary, ready, &node));
    const struct pe_node *next = &pe->nodes[node];
    for (size_t i = 0; i < next->count; i++) {
        struct pe_label after = *next->labels[i];
        if (pe->lines[line].after && origin->move && !returns(pe, from_s, &after.tag)) break;
        AZ_TRY(part(pe, &pe->lines[line], from_s, end, &after, origin));
    }
    for (size_t k = eb_pe_first_leave(pe, line, first_s);
         k < pe->leave_count[line] && pe->leaves[line][k].at_s < end; k++) {
        const struct pe_node *leave = &pe->nodes[walk->back->first_leave[line] + k];
        size_t target = pe->leaves[line][k].target;
        int64_t to = pe->leaves[line][k].at_s;
        if (target < pe->trip_count &&
            pe->ev->trips.items[pe->net->trip[target]].depart_s < ready->at_s)
            continue;
        for (size_t i = 0; i < leave->count; i++)
            AZ_TRY(part(pe, &pe->lines[line], from_s, to, leave->labels[i], origin));
    }
    return AZ_OK;
}

static enum az_status arrive(struct walk *walk, const struct origin *origin, size_t line,
                             int64_t at, const struct readiness *ready)
{
    struct pe *pe = &walk->pe;
    size_t node;
    if (origin->move->drive_s < 0 || at < 0 || at >= pe->ev->end_s) return AZ_OK;
    if (!pe_at_boundary(pe, origin->move, at)) return at_line(walk, line, at, at, ready, origin);
    AZ_TRY(boundary_node(walk, line, (size_t)(at / pe->slot_s), ready, &node));
    return from_node(pe, node, NULL, pe->lines[line].after ? at : NO_RETURN, origin);
}

/* --- nodes -------------------------------------------------------------------------------------
 */

/* At a boundary; node: where that is kept. */
static enum az_status before_line(struct walk *walk, size_t line, size_t boundary, size_t node,
                                  const struct readiness *ready)
{
    struct pe *pe = &walk->pe;
    int64_t now = (int64_t)boundary * pe->slot_s;
    struct origin origin = { node, NULL, NOT_LEFT };
    AZ_TRY(at_line(walk, line, now, now, ready, &origin));
    if (pe->lines[line].before) origin.left_s = now;
    for (size_t l = 0; !pe->lines[line].after && l < pe->line_count; l++) {
        origin.move = &pe->line_to_line[line * pe->line_count + l];
        AZ_TRY(arrive(walk, &origin, l, now + origin.move->drive_s, ready));
    }
    return AZ_OK;
}

/* From the end of trip n to the ends, by links to trips, and to places where trips start. */
static enum az_status after_trip_straight(struct pe *pe, size_t n)
{
    struct eb_point here = eb_point_trip_end(pe->ev, pe->net->trip[n]);
    int64_t now = pe->ev->trips.items[pe->net->trip[n]].arrive_s;
    struct origin origin = { n, NULL, NOT_LEFT };
    for (size_t d = 0; d < pe->depot_count; d++) {
        const struct eb_link *link = &pe->net->pull_in[d][n];
        if (!pe->ends[d] || link->drive_s < 0) continue;
        if (!pe_may_follow(pe, pe->class_of[n], pe->trip_count + d)) continue;
        struct pe_move move = eb_pe_moved(pe, here, eb_point_depot(pe->ev, d));
        origin.move = &move;
        AZ_TRY(from_node(pe, pe_end_node(pe, d), NULL, now + move.drive_s, &origin));
    }
    for (size_t k = pe->net->link_start[n]; pe->link_move && k < pe->net->link_start[n + 1]; k++) {
        size_t to = pe->net->links[k].to;
        origin.move = &pe->link_move[k];
        if (pe->net->links[k].drive_s < 0 || pe->barred[to]) continue;
        if (!pe_may_follow(pe, pe->class_of[n], to)) continue;
        AZ_TRY(from_node(pe, to, &pe->trip[to], NO_RETURN, &origin));
    }
    for (size_t p = 0; p < pe->start_count; p++) {
        struct pe_move move =
            eb_pe_moved(pe, here, (struct eb_point){ pe->starts[p].place, here.node });
        if (move.drive_s < 0) continue;
        int64_t wait = move.drive_s > pe->turnaround_s ? move.drive_s : pe->turnaround_s;
        size_t m = eb_pe_first_start(pe, &pe->starts[p], n, now + wait);
        origin.move = &move;
        if (m != AZ_NO_INDEX) AZ_TRY(from_node(pe, pe_start_node(pe, m), NULL, NO_RETURN, &origin));
    }
    return AZ_OK;
}

static enum az_status after_trip(struct walk *walk, size_t n)
{
    struct pe *pe = &walk->pe;
    int64_t now = pe->ev->trips.items[pe->net->trip[n]].arrive_s;
    struct readiness ready = { now + pe->turnaround_s, 0 };
    AZ_TRY(after_trip_straight(pe, n));
    for (size_t l = 0; l < pe->line_count; l++) {
        const struct pe_move *move = &pe->to_line[n * pe->line_count + l];
        struct origin origin = { n, move, NOT_LEFT };
        AZ_TRY(arrive(walk, &origin, l, now + move->drive_s, &ready));
    }
    return AZ_OK;
}

/* Ready for trip n: running it, or waiting for the next one; and the departures to it. */
static enum az_status before_trip(struct walk *walk, size_t n)
{
    struct pe *pe = &walk->pe;
    struct origin origin = { pe_start_node(pe, n), NULL, NOT_LEFT };
    size_t later = pe->next_start ? pe->next_start[n] : AZ_NO_INDEX;
    if (pe->starts) AZ_TRY(from_node(pe, n, &pe->trip[n], NO_RETURN, &origin));
    if (later != AZ_NO_INDEX)
        AZ_TRY(from_node(pe, pe_start_node(pe, later), NULL, NO_RETURN, &origin));
    for (size_t l = 0; l < pe->line_count; l++) {
        size_t k = walk->back->leave_of[l * pe->trip_count + n];
        if (k == AZ_NO_INDEX) continue;
        const struct pe_leave *leave = &pe->leaves[l][k];
        origin = (struct origin){ walk->back->first_leave[l] + k, &leave->move,
                                  pe->lines[l].before ? leave->at_s : NOT_LEFT };
        AZ_TRY(from_node(pe, n, &pe->trip[n], NO_RETURN, &origin));
    }
    return AZ_OK;
}

/* The ends: what the charge at the end costs, its two sides apart where the corner is no convex
 * one; standing at the last boundary; and the departures that end the day. */
static enum az_status add_ends(struct walk *walk)
{
    struct pe *pe = &walk->pe;
    const struct eb_source *source = pe->source;
    double low = eb_most(source->min_kwh, source->end_kwh), corner = source->end_target_kwh;
    double x[3] = { low, eb_least(eb_most(corner, low), source->max_kwh), source->max_kwh };
    if (low > source->max_kwh + EB_PLF_WIDTH) return AZ_OK;
    for (size_t d = 0; d < pe->depot_count; d++) {
        struct eb_xy f[3];
        for (size_t i = 0; i < 3; i++)
            f[i] = (struct eb_xy){ x[i], eb_pe_end_cost(pe, x[i]) + pe->end_price[d] };
        for (size_t i = 0; pe->ends[d] && i < 2; i++) {
            size_t n = x[i + 1] - x[i] > EB_PLF_WIDTH ? 2 : 1;
            struct pe_label end = { 0 };
            AZ_TRY(insert(pe, pe_end_node(pe, d), &end, &f[i], n));
            if (pe->end_line[d] == AZ_NO_INDEX) continue;
            AZ_TRY(insert(pe, pe_line_node(pe, pe->end_line[d], pe->T), &end, &f[i], n));
            if (pe->before != AZ_NO_INDEX && source->bus != AZ_NO_INDEX &&
                pe->lines[pe->before].place == pe->lines[pe->end_line[d]].place)
                AZ_TRY(insert(pe, pe_line_node(pe, pe->before, pe->T), &end, &f[i], n));
        }
    }
    for (size_t l = 0; l < pe->line_count; l++)
        for (size_t k = 0; k < pe->leave_count[l]; k++) {
            const struct pe_leave *leave = &pe->leaves[l][k];
            if (leave->target < pe->trip_count) continue;
            struct origin origin = { walk->back->first_leave[l] + k, &leave->move,
                                     pe->lines[l].before ? leave->at_s : NOT_LEFT };
            AZ_TRY(from_node(pe, pe_end_node(pe, leave->target - pe->trip_count), NULL,
                             leave->at_s + leave->move.drive_s, &origin));
        }
    return AZ_OK;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static enum az_status prepare(struct walk *walk, const struct pe *pe, size_t *nodes)
{
    struct pe_back *back = walk->back;
    *nodes = pe_end_node(pe, pe->depot_count);
    back->first_leave = AZ_ARRAY(pe->arena, pe->line_count, size_t);
    back->leave_of = AZ_ARRAY(pe->arena, pe->line_count * pe->trip_count, size_t);
    if (!back->first_leave || !back->leave_of) return AZ_NO_MEMORY;
    for (size_t k = 0; k < pe->line_count * pe->trip_count; k++) back->leave_of[k] = AZ_NO_INDEX;
    for (size_t l = 0; l < pe->line_count; l++) {
        back->first_leave[l] = *nodes;
        *nodes += pe->leave_count[l];
        for (size_t k = 0; k < pe->leave_count[l]; k++) {
            size_t target = pe->leaves[l][k].target;
            if (target < pe->trip_count) back->leave_of[l * pe->trip_count + target] = k;
        }
    }
    walk->held = *nodes;
    back->nodes = AZ_ARRAY(pe->arena, *nodes + HELD, struct pe_node);
    back->least = AZ_ARRAY(pe->arena, *nodes, double);
    if (!back->nodes || !back->least) return AZ_NO_MEMORY;
    walk->pe = *pe;
    walk->pe.nodes = back->nodes;
    walk->pe.back = NULL; /* nothing is left out */
    walk->pe.ceiling = INFINITY;
    walk->pe.tagged = pe->longest_block_s < INT64_MAX;
    walk->pe.label_left = walk->pe.point_left = walk->pe.points_taken = 0;
    walk->pe.work_size = 0;
    walk->pe.points_most = POINTS_MOST;
    walk->pe.limit = false;
    return eb_pe_room(&walk->pe, 64);
}

static enum az_status walk_back(struct walk *walk)
{
    struct pe *pe = &walk->pe;
    size_t trip = pe->trip_count;
    struct readiness any = { INT64_MIN, 0 };
    AZ_TRY(add_ends(walk));
    for (size_t boundary = pe->T + 1; boundary-- > 0 && pe->points_taken <= POINTS_MOST;) {
        int64_t begin = boundary > 0 ? (int64_t)boundary * pe->slot_s : INT64_MIN;
        for (; trip > 0; trip--) {
            if (pe->ev->trips.items[pe->net->trip[trip - 1]].depart_s < begin) break;
            if (pe->barred[trip - 1]) continue;
            AZ_TRY(after_trip(walk, trip - 1));
            AZ_TRY(before_trip(walk, trip - 1));
        }
        for (size_t l = 0; boundary > 0 && boundary < pe->T && l < pe->line_count; l++)
            AZ_TRY(before_line(walk, l, boundary, pe_line_node(pe, l, boundary), &any));
    }
    return AZ_OK;
}

enum az_status eb_pe_backward(const struct pe *pe, bool roughly, struct pe_back **out)
{
    struct walk walk = { .back = AZ_NEW(pe->arena, struct pe_back) };
    size_t nodes;
    *out = NULL;
    if (!walk.back) return AZ_NO_MEMORY;
    AZ_TRY(prepare(&walk, pe, &nodes));
    walk.pe.hulls = roughly;
    AZ_TRY(walk_back(&walk));
    if (walk.pe.points_taken > POINTS_MOST || walk.pe.limit) return AZ_OK;
    for (size_t k = 0; k < nodes; k++) {
        walk.back->least[k] = INFINITY;
        for (size_t i = 0; i < walk.back->nodes[k].count; i++)
            walk.back->least[k] =
                eb_least(walk.back->least[k], walk.back->nodes[k].labels[i]->least);
    }
    *out = walk.back;
    return AZ_OK;
}

double eb_pe_at_least(const struct pe_back *back, size_t node, const struct pe_label *label)
{
    const struct pe_node *it = &back->nodes[node];
    double best = INFINITY;
    if (back->least[node] == INFINITY) return INFINITY;
    for (size_t i = 0; i < it->count; i++) {
        const struct pe_label *rest = it->labels[i];
        if (rest->low > label->high + NEAR) break;
        if (rest->high < label->low - NEAR || label->least + rest->least >= best) continue;
        if (rest->tag.left < 0 && -rest->tag.left > label->tag.left) continue;
        best = eb_least(best, eb_plf_least_sum(label->f, label->n, rest->f, rest->n));
    }
    return best;
}
