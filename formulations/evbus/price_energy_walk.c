/* price_energy_walk.c - the labels of every node from those of the nodes before, in order of time.
 */
#include <math.h>

#include "formulations/evbus/price_energy.h"

#define SPARSE_SLOTS 4 /* slots between changes of stop at the lowest effort */
#define FINISH_CAP 1   /* labels a node when days are told apart by their last trips */

/* --- ends --------------------------------------------------------------------------------------
 */

double eb_pe_end_cost(const struct pe *pe, double s)
{
    double above = s - pe->source->end_target_kwh;
    double price = above > 0 ? pe->source->end_above_jpy : pe->source->end_below_jpy;
    return -above * price * pe->duals->cost_scale;
}

/* The best charge to end with, of a function at depot d. The end's cost has one corner. */
static enum az_status add_end(struct pe *pe, struct pe_label *label, bool is_new, size_t d,
                              const struct eb_xy f[], size_t n)
{
    double best = INFINITY, charge = 0;
    double low = fmax(f[0].x, pe->source->end_kwh), corner = pe->source->end_target_kwh;
    if (low > f[n - 1].x + EB_PLF_WIDTH) return AZ_OK;
    for (size_t i = 0; i < n + 2; i++) {
        double s = i < n ? f[i].x : i == n ? low : corner;
        if (s < low - EB_PLF_WIDTH || s > f[n - 1].x + EB_PLF_WIDTH) continue;
        double cost = (i < n ? f[i].y : eb_plf_value(f, n, s)) + eb_pe_end_cost(pe, s);
        if (cost >= best) continue;
        best = cost;
        charge = s;
    }
    best += pe->end_price[d];
    if (best < pe->least) pe->least = best;
    if (best >= pe->below) return AZ_OK;
    if (pe->end_count == pe->end_capacity) {
        size_t capacity = pe->end_capacity ? 2 * pe->end_capacity : 256;
        pe->end = az_arena_grow(pe->arena, pe->end, pe->end_count, capacity, sizeof *pe->end);
        if (!pe->end) return AZ_NO_MEMORY;
        pe->end_capacity = capacity;
    }
    if (is_new) {
        struct pe_label last = *label;
        last.node = (uint32_t)pe_end_node(pe, d);
        label = eb_pe_label_new(pe, &last);
        if (!label) return AZ_NO_MEMORY;
    }
    pe->end[pe->end_count++] = (struct pe_end){ label, charge, best, d };
    return AZ_OK;
}

/* --- steps -------------------------------------------------------------------------------------
 */

/* Drives on to a trip or the end. label: what leads there, its tag as of standing; f: the charge on
 * leaving at `at`; stood: it stood somewhere before. work[1] holds the result. */
static enum az_status go(struct pe *pe, struct pe_label *label, const struct eb_xy f[], size_t n,
                         const struct pe_leave *leave, bool stood)
{
    struct pe_tag tag = label->tag;
    size_t target = leave->target;
    enum az_status status = AZ_OK;
    if (pe->tagged && !eb_pe_tag_drive(pe, &label->tag, leave->at_s, leave->move.drive_s, stood))
        goto done;
    AZ_TRY(eb_pe_room(pe, n + 2));
    struct eb_xy *g = pe->work[1];
    n = eb_pe_drive(pe, f, n, &leave->move, g);
    if (n == 0) goto done;
    if (target >= pe->trip_count) {
        int64_t back = leave->at_s + leave->move.drive_s;
        if (!pe_may_follow(pe, label->tag.class, target)) goto done;
        if (pe->longest_block_s < INT64_MAX && back - label->tag.left > pe->longest_block_s)
            goto done;
        status = add_end(pe, label, true, target - pe->trip_count, g, n);
        goto done;
    }
    double due;
    if (!eb_pe_tag_trip(pe, &label->tag, target, &due)) goto done;
    n = eb_pe_drive(pe, g, n, &pe->trip[target], g);
    eb_plf_shift(g, n, 0, due);
    if (n > 0) status = eb_pe_insert(pe, target, label, g, n);
done:
    label->tag = tag;
    return status;
}

/* A function after the part of the slot: on to the next boundary, or off. */
static enum az_status deliver(struct pe *pe, struct pe_label *label, const struct eb_xy f[],
                              size_t n, const struct pe_leave *leave)
{
    if (n == 0) return AZ_OK;
    if (leave) return go(pe, label, f, n, leave, true);
    struct pe_tag tag = label->tag;
    size_t boundary = (size_t)(label->from_s / pe->slot_s) + 1;
    enum az_status status = AZ_OK;
    eb_pe_tag_forget(pe, &label->tag, (int64_t)boundary * pe->slot_s);
    if ((int64_t)boundary * pe->slot_s < pe->owes_s[label->tag.class] ||
        pe->owes_s[label->tag.class] == INT64_MAX)
        status = eb_pe_insert(pe, pe_line_node(pe, (size_t)label->line, boundary), label, f, n);
    label->tag = tag;
    return status;
}

/* One bank in one part of a slot: charging, discharging, both; with a priced plug, paying it. */
static enum az_status use_bank(struct pe *pe, struct pe_label *label, const struct eb_xy f[],
                               size_t n, size_t b, const struct pe_leave *leave, bool *idle)
{
    double plug;
    struct eb_plf_slot slot =
        eb_pe_slot(pe, &pe->lines[label->line].banks[b], label->from_s, label->to_s, &plug);
    struct eb_xy *g = pe->work[0];
    double floor = pe->floor_kwh, low = pe->source->min_kwh;
    bool sells = slot.discharge_max > EB_PLF_WIDTH, together = sells && slot.buy >= slot.sell;
    bool apart = !together || floor > low + EB_PLF_WIDTH;
    label->bank = (int16_t)b;
    if (plug <= 0) *idle = false;
    if (apart) {
        size_t m = eb_plf_charge(f, n, &slot, g);
        if (together) m = eb_plf_restrict(g, m, g[0].x, floor, g);
        eb_plf_shift(g, m, 0, plug);
        label->ways = EB_PLF_IDLE | EB_PLF_CHARGE;
        if (!together || g[0].x < floor) AZ_TRY(deliver(pe, label, g, m, leave));
    }
    if (!sells) return AZ_OK;
    label->ways = (uint8_t)(EB_PLF_IDLE | EB_PLF_DISCHARGE | (together ? EB_PLF_CHARGE : 0));
    slot.floor = fmax(floor, low);
    g = pe->work[0];
    size_t m = together ? eb_plf_both(f, n, &slot, g) : eb_plf_discharge(f, n, &slot, g);
    eb_plf_shift(g, m, 0, plug);
    return deliver(pe, label, g, m, leave);
}

/* Every bank in a part of a slot, or idle. */
static enum az_status by_banks(struct pe *pe, struct pe_label *label, const struct eb_xy f[],
                               size_t n, const struct pe_leave *leave)
{
    const struct pe_line *line = &pe->lines[label->line];
    bool idle = true;
    size_t room = n + 8;
    for (size_t b = 0; b < line->bank_count; b++)
        if (n + line->banks[b].kink_count + 8 > room) room = n + line->banks[b].kink_count + 8;
    AZ_TRY(eb_pe_room(pe, room));
    for (size_t b = 0; label->to_s > label->from_s && b < line->bank_count; b++)
        AZ_TRY(use_bank(pe, label, f, n, b, leave, &idle));
    if (!idle) return AZ_OK;
    label->bank = PE_NO_BANK;
    label->ways = EB_PLF_IDLE;
    return deliver(pe, label, f, n, leave);
}

/* A part of a slot at a line. label: kind, parent, line, from_s, to_s, tag. */
static enum az_status part(struct pe *pe, struct pe_label *label, const struct eb_xy f[], size_t n,
                           const struct pe_leave *leave)
{
    int32_t class = label->tag.class;
    if (pe->rule_count == 0 || class == 0 || label->to_s <= label->from_s)
        return by_banks(pe, label, f, n, leave);
    AZ_TRY(eb_pe_stand(pe, pe->lines[label->line].place, (size_t)(label->from_s / pe->slot_s),
                       &label->tag.class));
    enum az_status status = AZ_OK;
    if (label->tag.class != PE_BARRED) status = by_banks(pe, label, f, n, leave);
    label->tag.class = class;
    return status;
}

size_t eb_pe_first_leave(const struct pe *pe, size_t line, int64_t at)
{
    size_t low = 0, high = pe->leave_count[line];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (pe->leaves[line][middle].at_s < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* From a label to a line, there at `at`: its boundary, or the rest of that slot, or a departure
 * within it.
 * tag: as of arriving. */
static enum az_status arrive(struct pe *pe, struct pe_label *from, const struct pe_move *move,
                             size_t line, int64_t at, struct pe_tag tag)
{
    if (move->drive_s < 0 || at < 0 || at >= pe->ev->end_s) return AZ_OK;
    int64_t end = (at / pe->slot_s + 1) * pe->slot_s;
    if (pe->arrived_size < from->n + 2) {
        pe->arrived_size = 2 * from->n + 64;
        pe->arrived = AZ_ARRAY(pe->arena, pe->arrived_size, struct eb_xy);
        if (!pe->arrived) return AZ_NO_MEMORY;
    }
    struct eb_xy *f = pe->arrived;
    size_t n = eb_pe_drive(pe, from->f, from->n, move, f);
    if (n == 0) return AZ_OK;
    if (pe->longest_driving_s < INT64_MAX && line != pe->before) tag.since = (int32_t)at;
    struct pe_label label = { .parent = from,
                              .kind = PE_ARRIVE,
                              .line = (int16_t)line,
                              .from_s = (int32_t)at,
                              .to_s = (int32_t)end,
                              .tag = tag };
    if (pe->lines[line].after) {
        if (at - tag.left > pe->longest_block_s) return AZ_OK;
        if (!pe_can_follow(pe, tag.class, pe->trip_count + pe->lines[line].depot)) return AZ_OK;
        label.tag = (struct pe_tag){ .left = INT32_MAX }; /* the block is over */
        if (pe->rule_count > 0) label.tag.class = tag.class;
    }
    if (pe_at_boundary(pe, move, at)) {
        label.to_s = (int32_t)at;
        label.bank = PE_NO_BANK;
        label.ways = EB_PLF_IDLE;
        return eb_pe_insert(pe, pe_line_node(pe, line, (size_t)(at / pe->slot_s)), &label, f, n);
    }
    AZ_TRY(part(pe, &label, f, n, NULL));
    label.kind = PE_PASS;
    for (size_t k = eb_pe_first_leave(pe, line, at);
         !pe->sparse && k < pe->leave_count[line] && pe->leaves[line][k].at_s < end; k++) {
        label.to_s = (int32_t)pe->leaves[line][k].at_s;
        AZ_TRY(part(pe, &label, f, n, &pe->leaves[line][k]));
    }
    return AZ_OK;
}

/* --- nodes -------------------------------------------------------------------------------------
 */

/* From the end of trip n along the network's links. */
static enum az_status to_trips(struct pe *pe, size_t n, struct pe_label *label)
{
    int64_t now = pe->ev->trips.items[pe->net->trip[n]].arrive_s;
    struct pe_label next = { .parent = label, .kind = PE_DIRECT };
    for (size_t k = pe->net->link_start[n]; k < pe->net->link_start[n + 1]; k++) {
        const struct eb_link *link = &pe->net->links[k];
        if (link->drive_s < 0 || pe->barred[link->to]) continue;
        if (!pe_may_follow(pe, label->tag.class, link->to)) continue;
        struct pe_leave leave = { now, (uint32_t)link->to, pe->link_move[k] };
        int64_t depart = pe->ev->trips.items[pe->net->trip[link->to]].depart_s;
        next.tag = label->tag;
        if (pe->longest_driving_s < INT64_MAX) {
            if (next.tag.driving + link->drive_s > pe->longest_driving_s) continue;
            bool rests = depart - now - link->drive_s >= pe->break_s;
            next.tag.driving = rests ? 0 : (int32_t)(next.tag.driving + link->drive_s);
            leave.move.drive_s = 0;
        }
        AZ_TRY(go(pe, &next, label->f, label->n, &leave, false));
    }
    return AZ_OK;
}

size_t eb_pe_first_start(const struct pe *pe, const struct pe_start *start, size_t n, int64_t ready)
{
    size_t low = 0, high = start->count;
    while (low < high) {
        size_t middle = (low + high) / 2, m = start->trips[middle];
        if (m <= n || pe->ev->trips.items[pe->net->trip[m]].depart_s < ready)
            low = middle + 1;
        else
            high = middle;
    }
    return low < start->count ? start->trips[low] : AZ_NO_INDEX;
}

/* From the end of trip n to every place where trips start. */
static enum az_status to_starts(struct pe *pe, size_t n)
{
    const struct eb_trip *trip = &pe->ev->trips.items[pe->net->trip[n]];
    struct eb_point here = eb_point_trip_end(pe->ev, pe->net->trip[n]);
    for (size_t p = 0; p < pe->start_count; p++) {
        struct pe_move move =
            eb_pe_moved(pe, here, (struct eb_point){ pe->starts[p].place, here.node });
        if (move.drive_s < 0) continue;
        int64_t wait = move.drive_s > pe->turnaround_s ? move.drive_s : pe->turnaround_s;
        size_t m = eb_pe_first_start(pe, &pe->starts[p], n, trip->arrive_s + wait);
        if (m == AZ_NO_INDEX) continue;
        for (size_t i = 0; i < pe->nodes[n].count; i++) {
            struct pe_label *label = pe->nodes[n].labels[i];
            struct pe_label next = { .parent = label, .kind = PE_MOVE, .tag = label->tag };
            if (pe->tagged) {
                if (!eb_pe_tag_drive(pe, &next.tag, trip->arrive_s, move.drive_s, false)) continue;
                if (pe->longest_driving_s < INT64_MAX)
                    next.tag.since = (int32_t)(trip->arrive_s + move.drive_s);
                eb_pe_tag_forget(pe, &next.tag, pe->ev->trips.items[pe->net->trip[m]].depart_s);
            }
            AZ_TRY(eb_pe_room(pe, label->n + 2));
            struct eb_xy *f = pe->work[0];
            size_t count = eb_pe_drive(pe, label->f, label->n, &move, f);
            AZ_TRY(eb_pe_insert(pe, pe_start_node(pe, m), &next, f, count));
        }
    }
    return AZ_OK;
}

/* Who is ready for trip n runs it, or waits for the next one from there. */
static enum az_status from_start(struct pe *pe, size_t n)
{
    const struct pe_node *node = &pe->nodes[pe_start_node(pe, n)];
    size_t later = pe->next_start ? pe->next_start[n] : AZ_NO_INDEX;
    eb_pe_trim(pe, pe_start_node(pe, n));
    for (size_t i = 0; i < node->count; i++) {
        struct pe_label *label = node->labels[i];
        struct pe_label next = { .parent = label, .kind = PE_RUN, .tag = label->tag };
        double due;
        if (eb_pe_tag_trip(pe, &next.tag, n, &due)) {
            AZ_TRY(eb_pe_room(pe, label->n + 2));
            struct eb_xy *f = pe->work[0];
            size_t count = eb_pe_drive(pe, label->f, label->n, &pe->trip[n], f);
            eb_plf_shift(f, count, 0, due);
            AZ_TRY(eb_pe_insert(pe, n, &next, f, count));
        }
        if (later == AZ_NO_INDEX) continue;
        next = *label;
        eb_pe_tag_forget(pe, &next.tag, pe->ev->trips.items[pe->net->trip[later]].depart_s);
        AZ_TRY(eb_pe_insert(pe, pe_start_node(pe, later), &next, label->f, label->n));
    }
    return AZ_OK;
}

/* From the end of trip n: to stops, to the end, and by links to trips. */
static enum az_status from_trip(struct pe *pe, size_t n, struct pe_label *label)
{
    const struct eb_trip *trip = &pe->ev->trips.items[pe->net->trip[n]];
    int64_t now = trip->arrive_s, last = pe->T > 0 ? pe->ev->end_s : INT64_MAX;
    struct pe_label next = { .parent = label, .kind = PE_DIRECT };
    if (pe->link_move) AZ_TRY(to_trips(pe, n, label));
    for (size_t d = 0; d < pe->depot_count; d++) {
        const struct eb_link *link = &pe->net->pull_in[d][n];
        bool early = pe->end_line[d] != AZ_NO_INDEX && now + link->drive_s < last;
        if (!pe->ends[d] || link->drive_s < 0 || early || now + link->drive_s > last) continue;
        struct pe_leave leave = { now, (uint32_t)(pe->trip_count + d),
                                  eb_pe_moved(pe, eb_point_trip_end(pe->ev, pe->net->trip[n]),
                                              eb_point_depot(pe->ev, d)) };
        next.tag = label->tag;
        AZ_TRY(go(pe, &next, label->f, label->n, &leave, false));
    }
    for (size_t l = 0; l < pe->line_count; l++) {
        const struct pe_move *move = &pe->to_line[n * pe->line_count + l];
        struct pe_tag tag = label->tag;
        if (move->drive_s < 0) continue;
        if (pe->tagged) {
            if (!eb_pe_tag_drive(pe, &tag, now, move->drive_s, false)) continue;
            tag.ready = (int32_t)(now + pe->turnaround_s);
        }
        AZ_TRY(arrive(pe, label, move, l, now + move->drive_s, tag));
    }
    return AZ_OK;
}

/* From a boundary on a line: the next slot, a departure within it, another stop. */
static enum az_status from_line(struct pe *pe, size_t line, size_t boundary, struct pe_label *label)
{
    int64_t now = (int64_t)boundary * pe->slot_s, end = now + pe->slot_s;
    if (boundary == pe->T) return AZ_OK;
    struct pe_label next = { .parent = label,
                             .kind = PE_SLOT,
                             .line = (int16_t)line,
                             .from_s = (int32_t)now,
                             .to_s = (int32_t)end,
                             .tag = label->tag };
    AZ_TRY(part(pe, &next, label->f, label->n, NULL));
    next.kind = PE_LEAVE;
    for (size_t k = eb_pe_first_leave(pe, line, now);
         k < pe->leave_count[line] && pe->leaves[line][k].at_s < end; k++) {
        next.to_s = (int32_t)pe->leaves[line][k].at_s;
        AZ_TRY(part(pe, &next, label->f, label->n, &pe->leaves[line][k]));
    }
    if (pe->lines[line].after || (pe->sparse && boundary % SPARSE_SLOTS != 0)) return AZ_OK;
    for (size_t l = 0; l < pe->line_count; l++) {
        const struct pe_move *move = &pe->line_to_line[line * pe->line_count + l];
        struct pe_tag tag = label->tag;
        if (move->drive_s < 0) continue;
        if (pe->tagged && !eb_pe_tag_drive(pe, &tag, now, move->drive_s, true)) continue;
        AZ_TRY(arrive(pe, label, move, l, now + move->drive_s, tag));
    }
    return AZ_OK;
}

/* The whole day ends where the line stands at the last boundary. */
static enum az_status end_lines(struct pe *pe)
{
    for (size_t d = 0; d < pe->depot_count; d++) {
        if (!pe->ends[d] || pe->end_line[d] == AZ_NO_INDEX) continue;
        size_t lines[2] = { pe->end_line[d], AZ_NO_INDEX };
        /* a known bus may stand all day */
        if (pe->before != AZ_NO_INDEX && pe->source->bus != AZ_NO_INDEX &&
            pe->lines[pe->before].place == pe->lines[pe->end_line[d]].place)
            lines[1] = pe->before;
        for (int k = 0; k < 2 && lines[k] != AZ_NO_INDEX; k++) {
            struct pe_node *node = &pe->nodes[pe_line_node(pe, lines[k], pe->T)];
            for (size_t i = 0; i < node->count; i++) {
                struct pe_label *label = node->labels[i];
                if (!pe_may_follow(pe, label->tag.class, pe->trip_count + d)) continue;
                AZ_TRY(add_end(pe, label, false, d, label->f, label->n));
            }
        }
    }
    return AZ_OK;
}

/* When a bus that has driven before has had its break where it begins; AZ_NO_INTEGER: never, or it
 * needs none. */
static int64_t rested_at(const struct pe *pe, const struct pe_label *begin)
{
    if (pe->longest_driving_s == INT64_MAX || pe->break_s == INT64_MAX) return AZ_NO_INTEGER;
    int64_t at = begin->tag.since + pe->break_s;
    return begin->tag.driving > 0 && at > pe->source->from_s ? at : AZ_NO_INTEGER;
}

/* No trip at all, leaving at `now`: a known bus stands in its depot or drives there; any other only
 * moves to another depot. */
static enum az_status stand(struct pe *pe, struct pe_label *begin, int64_t now)
{
    const struct eb_source *source = pe->source;
    struct eb_point here = eb_point_source(pe->ev, source);
    for (size_t d = 0; d < pe->depot_count; d++) {
        struct eb_point there = eb_point_depot(pe->ev, d);
        struct pe_leave leave = { now, (uint32_t)(pe->trip_count + d),
                                  eb_pe_moved(pe, here, there) };
        struct pe_label next = { .parent = begin, .kind = PE_DIRECT, .tag = begin->tag };
        bool moves = here.place != there.place || here.node != there.node;
        if (!pe->ends[d] || leave.move.drive_s < 0) continue;
        if (!moves && source->bus == AZ_NO_INDEX) continue;
        if (moves) leave.move.cost += pe->out_cost;
        if (pe->T > 0 && leave.at_s + leave.move.drive_s > pe->ev->end_s) continue;
        AZ_TRY(go(pe, &next, begin->f, begin->n, &leave, true));
    }
    return AZ_OK;
}

/* The begin: in time to trips, to stops at once (after the break too, where one is due, and, where
 * being early costs block time, at every boundary), or standing at the stop where it is. */
static enum az_status from_begin(struct pe *pe, struct pe_label *begin)
{
    const struct eb_source *source = pe->source;
    int64_t now = source->from_s, rested = rested_at(pe, begin);
    struct eb_point here = eb_point_source(pe->ev, source);
    for (size_t n = 0; n < pe->trip_count; n++) {
        if (pe->barred[n] || !pe_may_follow(pe, pe->class_begin, n)) continue;
        struct pe_move move = eb_pe_moved(pe, here, eb_point_trip_start(pe->ev, pe->net->trip[n]));
        int64_t at = pe->ev->trips.items[pe->net->trip[n]].depart_s - move.drive_s;
        if (move.drive_s < 0 || at < now) continue;
        move.cost += pe->out_cost;
        struct pe_label next = { .parent = begin, .kind = PE_DIRECT, .tag = begin->tag };
        struct pe_leave leave = { at, (uint32_t)n, move };
        AZ_TRY(go(pe, &next, begin->f, begin->n, &leave, true));
    }
    for (size_t l = 0; l < pe->line_count; l++) {
        const struct pe_move *move = &pe->begin_to_line[l];
        if (move->drive_s < 0) continue;
        int64_t first = now + move->drive_s, step = pe->slot_s;
        for (int64_t at = first; at < pe->ev->end_s; at = (at / step + 1) * step) {
            struct pe_tag tag = begin->tag;
            bool stays = l == pe->before;
            if (stays || eb_pe_tag_drive(pe, &tag, at - move->drive_s, move->drive_s, true))
                AZ_TRY(arrive(pe, begin, move, l, at, tag));
            if (stays || pe->longest_block_s == INT64_MAX) break;
        }
        struct pe_tag tag = begin->tag;
        if (rested != AZ_NO_INTEGER && l != pe->before &&
            eb_pe_tag_drive(pe, &tag, rested, move->drive_s, true))
            AZ_TRY(arrive(pe, begin, move, l, rested + move->drive_s, tag));
    }
    if (rested != AZ_NO_INTEGER) AZ_TRY(stand(pe, begin, rested));
    return stand(pe, begin, now);
}

static enum az_status begin_label(struct pe *pe, struct pe_label **begin)
{
    const struct eb_source *source = pe->source;
    struct eb_xy *f = AZ_NEW(pe->arena, struct eb_xy);
    if (!f) return AZ_NO_MEMORY;
    f->x = source->start_kwh;
    f->y = pe->duals->source;
    struct pe_label label = {
        .f = f, .n = 1, .kind = PE_BEGIN, .tag = { .class = pe->class_begin, .left = INT32_MAX }
    };
    if (source->bus != AZ_NO_INDEX) {
        const struct eb_bus *bus = &pe->ev->bus[source->bus];
        if (pe->longest_driving_s < INT64_MAX) {
            label.tag.driving = (int32_t)llround(bus->driving_min * 60);
            label.tag.since = (int32_t)(source->from_s - llround(bus->standing_min * 60));
        }
        if (pe->block_from_s < pe->free_from_s) label.tag.left = (int32_t)pe->block_from_s;
    }
    *begin = eb_pe_label_new(pe, &label);
    return *begin ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status eb_pe_walk(struct pe *pe)
{
    struct pe_label *begin;
    size_t trip = 0;
    AZ_TRY(begin_label(pe, &begin));
    AZ_TRY(from_begin(pe, begin));
    for (size_t boundary = 0; boundary <= pe->T && !pe->limit; boundary++) {
        for (size_t l = 0; boundary > 0 && l < pe->line_count; l++) {
            size_t node = pe_line_node(pe, l, boundary);
            eb_pe_trim(pe, node);
            for (size_t i = 0; i < pe->nodes[node].count; i++)
                AZ_TRY(from_line(pe, l, boundary, pe->nodes[node].labels[i]));
        }
        int64_t end = boundary < pe->T ? (int64_t)(boundary + 1) * pe->slot_s : INT64_MAX;
        for (; trip < pe->trip_count; trip++) {
            if (pe->ev->trips.items[pe->net->trip[trip]].depart_s >= end) break;
            if (pe->starts) AZ_TRY(from_start(pe, trip));
            eb_pe_trim(pe, trip);
            if (pe->starts) AZ_TRY(to_starts(pe, trip));
            for (size_t i = 0; i < pe->nodes[trip].count; i++)
                AZ_TRY(from_trip(pe, trip, pe->nodes[trip].labels[i]));
        }
    }
    return end_lines(pe);
}

/* --- days by their last trips ------------------------------------------------------------------
 */

/* From boundary to boundary on a line to the end of the horizon, never leaving it. */
static enum az_status stay(struct pe *pe, size_t line, size_t from)
{
    for (size_t boundary = from; boundary < pe->T && !pe->limit; boundary++) {
        size_t node = pe_line_node(pe, line, boundary);
        eb_pe_trim(pe, node);
        for (size_t i = 0; i < pe->nodes[node].count; i++) {
            struct pe_label *label = pe->nodes[node].labels[i];
            struct pe_label next = { .parent = label,
                                     .kind = PE_SLOT,
                                     .line = (int16_t)line,
                                     .from_s = (int32_t)((int64_t)boundary * pe->slot_s),
                                     .to_s = (int32_t)((int64_t)(boundary + 1) * pe->slot_s),
                                     .tag = label->tag };
            AZ_TRY(part(pe, &next, label->f, label->n, NULL));
        }
    }
    return AZ_OK;
}

/* The day of one label of trip n ends at depot d, a stop: its ends are added. */
static enum az_status finish(struct pe *pe, size_t n, struct pe_label *label, size_t d)
{
    const struct eb_trip *trip = &pe->ev->trips.items[pe->net->trip[n]];
    size_t line = pe->end_line[d], first = pe_line_node(pe, line, 0);
    const struct pe_move *move = &pe->to_line[n * pe->line_count + line];
    int64_t at = trip->arrive_s + move->drive_s;
    struct pe_tag tag = label->tag;
    if (!pe->ends[d] || move->drive_s < 0 || at >= pe->ev->end_s) return AZ_OK;
    if (pe->tagged && !eb_pe_tag_drive(pe, &tag, trip->arrive_s, move->drive_s, false))
        return AZ_OK;
    if (!pe_can_follow(pe, tag.class, pe->trip_count + d)) return AZ_OK;
    for (size_t boundary = 0; boundary <= pe->T; boundary++) pe->nodes[first + boundary].count = 0;
    AZ_TRY(arrive(pe, label, move, line, at, tag));
    AZ_TRY(stay(pe, line, (size_t)(at / pe->slot_s) + 1));
    const struct pe_node *last = &pe->nodes[first + pe->T];
    for (size_t i = 0; i < last->count; i++) {
        if (!pe_may_follow(pe, last->labels[i]->tag.class, pe->trip_count + d)) continue;
        AZ_TRY(add_end(pe, last->labels[i], false, d, last->labels[i]->f, last->labels[i]->n));
    }
    return AZ_OK;
}

enum az_status eb_pe_finish(struct pe *pe)
{
    double least = pe->least;
    bool sparse = pe->sparse;
    size_t cap = pe->cap;
    pe->sparse = true;
    pe->cap = FINISH_CAP;
    for (size_t n = 0; n < pe->trip_count && !pe->limit; n++) {
        eb_pe_trim(pe, n);
        for (size_t i = 0; i < pe->nodes[n].count; i++)
            for (size_t d = 0; d < pe->depot_count; d++)
                if (pe->end_line[d] != AZ_NO_INDEX)
                    AZ_TRY(finish(pe, n, pe->nodes[n].labels[i], d));
    }
    pe->least = least;
    pe->sparse = sparse;
    pe->cap = cap;
    return AZ_OK;
}
