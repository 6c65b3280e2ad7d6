/* price_energy_graph.c - lines, movements and departures of one pricing. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/dispatch.h"
#include "formulations/evbus/price_energy.h"

/* --- lines and banks ---------------------------------------------------------------------------
 */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Charges at which the lines of the curve and the bank's own power cross. */
static enum az_status find_kinks(const struct pe *pe, struct pe_bank *bank)
{
    const struct eb_type *type = pe->type;
    size_t n = type->curve_count;
    bank->kinks = AZ_ARRAY(pe->arena, n * (n + 1) / 2, double);
    if (!bank->kinks) return AZ_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j <= n; j++) {
            double base = j < n ? type->curve_base_kw[j] : bank->charge_kw;
            double slope = j < n ? type->curve_slope_kw_per_kwh[j] : 0;
            double rise = type->curve_slope_kw_per_kwh[i] - slope;
            if (fabs(rise) < 1e-12) continue;
            double at = (base - type->curve_base_kw[i]) / rise;
            if (at > pe->source->min_kwh && at < pe->source->max_kwh)
                bank->kinks[bank->kink_count++] = at;
        }
    qsort(bank->kinks, bank->kink_count, sizeof *bank->kinks, by_value);
    return AZ_OK;
}

/* Banks of a place that the type can use. */
static enum az_status find_banks(const struct pe *pe, size_t place, struct pe_line *line)
{
    const struct eb_instance *ev = pe->ev;
    size_t count = 0;
    line->place = place;
    line->banks = AZ_ARRAY(pe->arena, ev->places.items[place].charger_count, struct pe_bank);
    if (!line->banks) return AZ_NO_MEMORY;
    for (size_t k = 0; k < ev->places.items[place].charger_count; k++) {
        size_t c = ev->places.items[place].charger[k];
        struct pe_bank *bank = &line->banks[count];
        bank->charger = c;
        bank->charge_kw = eb_charge_power(ev, pe->source->type, c);
        bank->discharge_kw = eb_discharge_power(ev, pe->source->type, c);
        if (bank->charge_kw <= 0 && bank->discharge_kw <= 0) continue;
        bank->charge_efficiency = ev->chargers.items[c].charge_efficiency;
        bank->discharge_efficiency = ev->chargers.items[c].discharge_efficiency;
        AZ_TRY(find_kinks(pe, bank));
        count++;
    }
    line->bank_count = count;
    return AZ_OK;
}

/* The line of a stop at a point. */
static size_t line_at(const struct pe *pe, struct eb_point point)
{
    for (size_t l = 0; l < pe->line_count; l++) {
        struct eb_point here = eb_point_stop(pe->ev, pe->lines[l].place);
        if (here.place == point.place && here.node == point.node) return l;
    }
    return AZ_NO_INDEX;
}

/* Under explicit links a depot is no stop. */
static enum az_status add_lines(struct pe *pe)
{
    const struct eb_instance *ev = pe->ev;
    pe->lines = AZ_ARRAY(pe->arena, ev->stop_count + 1 + pe->depot_count, struct pe_line);
    pe->end_line = AZ_ARRAY(pe->arena, pe->depot_count, size_t);
    if (!pe->lines || !pe->end_line) return AZ_NO_MEMORY;
    for (size_t s = 0; s < ev->stop_count; s++) {
        struct pe_line *line = &pe->lines[pe->line_count];
        AZ_TRY(find_banks(pe, ev->stop[s], line));
        if (line->bank_count > 0) pe->line_count++;
    }
    size_t stops = pe->line_count;
    size_t begins = line_at(pe, eb_point_source(ev, pe->source));
    pe->before = AZ_NO_INDEX;
    if (begins != AZ_NO_INDEX) {
        pe->before = pe->line_count;
        pe->lines[pe->line_count] = pe->lines[begins];
        pe->lines[pe->line_count++].before = true;
    }
    pe->after = pe->line_count;
    for (size_t d = 0; d < pe->depot_count; d++) {
        size_t count = pe->line_count;
        pe->line_count = stops;
        pe->end_line[d] = line_at(pe, eb_point_depot(ev, d));
        pe->line_count = count;
        if (pe->end_line[d] == AZ_NO_INDEX || pe->longest_block_s == INT64_MAX) continue;
        pe->lines[pe->line_count] = pe->lines[pe->end_line[d]];
        pe->lines[pe->line_count].after = true;
        pe->lines[pe->line_count].depot = d;
        pe->end_line[d] = pe->line_count++;
    }
    return AZ_OK;
}

struct eb_plf_slot eb_pe_slot(const struct pe *pe, const struct pe_bank *bank, int64_t from_s,
                              int64_t to_s, double *plug)
{
    double hours = (double)(to_s - from_s) / 3600, scale = pe->duals->cost_scale;
    size_t at = bank->charger * pe->T + (size_t)(from_s / pe->slot_s);
    struct eb_plf_slot slot = {
        .charge_max = hours * bank->charge_kw * bank->charge_efficiency,
        .buy = pe->duals->charge[at] / bank->charge_efficiency,
        .discharge_max = hours * bank->discharge_kw / bank->discharge_efficiency,
        .sell = -(pe->duals->discharge[at] + scale * pe->type->wear_jpy_per_kwh) *
                bank->discharge_efficiency,
        .line_count = pe->type->curve_count,
        .base = pe->type->curve_base_kw,
        .slope = pe->type->curve_slope_kw_per_kwh,
        .scale = hours * bank->charge_efficiency,
        .kink_count = bank->kink_count,
        .kinks = bank->kinks,
        .high = pe->source->max_kwh,
        .floor = pe->floor_kwh
    };
    *plug = pe->duals->plug ? pe->duals->plug[at] : 0;
    return slot;
}

/* --- movements ---------------------------------------------------------------------------------
 */

struct pe_move eb_pe_moved(const struct pe *pe, struct eb_point from, struct eb_point to)
{
    struct pe_move none = { .drive_s = 0 };
    if (from.place == to.place && from.node == to.node) return none;
    struct eb_movement move = eb_move(pe->ev, pe->source->type, from, to);
    return (struct pe_move){ move.drive_s, move.energy_kwh, move.prefix_high, move.prefix_low,
                             move.cost * pe->duals->cost_scale };
}

/* The trips themselves, with what running them earns. */
static enum az_status add_trips(struct pe *pe)
{
    const struct eb_instance *ev = pe->ev;
    size_t v = pe->source->type;
    pe->trip = AZ_ARRAY(pe->arena, pe->trip_count, struct pe_move);
    pe->barred = AZ_ARRAY(pe->arena, pe->trip_count, bool);
    if (!pe->trip || !pe->barred) return AZ_NO_MEMORY;
    for (size_t n = 0; n < pe->trip_count; n++) {
        size_t i = pe->net->trip[n];
        const struct eb_trip *trip = &ev->trips.items[i];
        double cost = eb_trip_cost(ev, pe->source, i);
        pe->trip[n] = (struct pe_move){ trip->arrive_s - trip->depart_s, trip->energy_kwh[v],
                                        trip->prefix_high[v], trip->prefix_low[v],
                                        cost * pe->duals->cost_scale - pe->duals->trip[n] };
        if (!pe->type->has_battery) pe->trip[n].energy = pe->trip[n].high = pe->trip[n].low = 0;
        pe->barred[n] = (trip->serves && !trip->serves[v]) || !trip->has_times ||
                        (pe->duals->skip && pe->duals->skip[n]);
    }
    return AZ_OK;
}

static enum az_status add_moves(struct pe *pe)
{
    size_t L = pe->line_count;
    pe->to_line = AZ_ARRAY(pe->arena, pe->trip_count * L, struct pe_move);
    pe->line_to_line = AZ_ARRAY(pe->arena, L * L, struct pe_move);
    pe->begin_to_line = AZ_ARRAY(pe->arena, L, struct pe_move);
    if (!pe->to_line || !pe->line_to_line || !pe->begin_to_line) return AZ_NO_MEMORY;
    for (size_t l = 0; l < L; l++) {
        const struct pe_line *line = &pe->lines[l];
        struct eb_point here = eb_point_stop(pe->ev, line->place);
        for (size_t n = 0; n < pe->trip_count; n++) {
            pe->to_line[n * L + l] =
                eb_pe_moved(pe, eb_point_trip_end(pe->ev, pe->net->trip[n]), here);
            if (line->before) pe->to_line[n * L + l].drive_s = -1;
        }
        for (size_t k = 0; k < L; k++) {
            const struct pe_line *from = &pe->lines[k];
            struct pe_move *move = &pe->line_to_line[k * L + l];
            *move = eb_pe_moved(pe, eb_point_stop(pe->ev, from->place), here);
            if (from->before) move->cost += pe->out_cost;
            if (from->place == line->place || line->before || from->after) move->drive_s = -1;
        }
        pe->begin_to_line[l] = eb_pe_moved(pe, eb_point_source(pe->ev, pe->source), here);
        if (l != pe->before) pe->begin_to_line[l].cost += pe->out_cost;
        bool same = pe->before != AZ_NO_INDEX && line->place == pe->lines[pe->before].place;
        if (same && l != pe->before) pe->begin_to_line[l].drive_s = -1;
    }
    return AZ_OK;
}

static enum az_status add_link_moves(struct pe *pe)
{
    const struct eb_network *net = pe->net;
    size_t n = 0;
    pe->link_move = AZ_ARRAY(pe->arena, net->link_start[pe->trip_count], struct pe_move);
    if (!pe->link_move) return AZ_NO_MEMORY;
    for (size_t k = 0; k < net->link_start[pe->trip_count]; k++) {
        while (net->link_start[n + 1] <= k) n++;
        if (net->links[k].drive_s < 0) continue;
        pe->link_move[k] = eb_pe_moved(pe, eb_point_trip_end(pe->ev, net->trip[n]),
                                       eb_point_trip_start(pe->ev, net->trip[net->links[k].to]));
    }
    return AZ_OK;
}

/* The places where trips start, each with its trips. Positions are in order of time. */
static enum az_status add_starts(struct pe *pe)
{
    size_t places = pe->ev->places.count;
    size_t *of_place = AZ_ARRAY(pe->arena, places, size_t);
    pe->starts = AZ_ARRAY(pe->arena, places, struct pe_start);
    pe->next_start = AZ_ARRAY(pe->arena, pe->trip_count, size_t);
    if (!of_place || !pe->starts || !pe->next_start) return AZ_NO_MEMORY;
    for (size_t p = 0; p < places; p++) of_place[p] = AZ_NO_INDEX;
    for (size_t n = 0; n < pe->trip_count; n++) {
        size_t place = pe->ev->trips.items[pe->net->trip[n]].from.index;
        pe->next_start[n] = AZ_NO_INDEX;
        if (pe->barred[n]) continue;
        if (of_place[place] == AZ_NO_INDEX) {
            struct pe_start *new = &pe->starts[pe->start_count];
            new->place = place;
            new->trips = AZ_ARRAY(pe->arena, pe->trip_count - n, size_t);
            if (!new->trips) return AZ_NO_MEMORY;
            of_place[place] = pe->start_count++;
        }
        struct pe_start *start = &pe->starts[of_place[place]];
        if (start->count > 0) pe->next_start[start->trips[start->count - 1]] = n;
        start->trips[start->count++] = n;
    }
    return AZ_OK;
}

static int by_departure(const void *a, const void *b)
{
    const struct pe_leave *x = a, *y = b;
    if (x->at_s != y->at_s) return x->at_s < y->at_s ? -1 : 1;
    return x->target < y->target ? -1 : x->target > y->target;
}

/* Departures of a line: to every trip in time for it, and to the depots in time for the end of the
 * horizon, at which nobody stands any more. Under a limit of the block's length an end may pay to
 * be early: at every boundary (to a depot that is a stop from line to line). */
static enum az_status add_leaves(struct pe *pe, size_t l)
{
    struct eb_point here = eb_point_stop(pe->ev, pe->lines[l].place);
    size_t most = pe->trip_count + pe->depot_count * (pe->T + 2), count = 0;
    struct pe_leave *leaves = AZ_ARRAY(pe->arena, most, struct pe_leave);
    if (!leaves) return AZ_NO_MEMORY;
    for (size_t n = 0; n < pe->trip_count && !pe->lines[l].after; n++) {
        if (pe->barred[n]) continue;
        struct pe_move move = eb_pe_moved(pe, here, eb_point_trip_start(pe->ev, pe->net->trip[n]));
        int64_t at = pe->ev->trips.items[pe->net->trip[n]].depart_s - move.drive_s;
        if (move.drive_s < 0 || at < 0 || at >= pe->ev->end_s) continue;
        leaves[count++] = (struct pe_leave){ at, (uint32_t)n, move };
    }
    for (size_t d = 0; d < pe->depot_count && !pe->lines[l].after; d++) {
        struct eb_point there = eb_point_depot(pe->ev, d);
        bool stop = pe->end_line[d] != AZ_NO_INDEX;
        if (!pe->ends[d] || (here.place == there.place && here.node == there.node)) continue;
        struct pe_move move = eb_pe_moved(pe, here, there);
        if (move.drive_s < 0) continue;
        int64_t last = pe->ev->end_s - move.drive_s, step = pe->slot_s;
        bool early = pe->longest_block_s < INT64_MAX && !stop;
        for (int64_t at = early ? step : last; at < last; at += step)
            leaves[count++] = (struct pe_leave){ at, (uint32_t)(pe->trip_count + d), move };
        if (last >= 0)
            leaves[count++] = (struct pe_leave){ last, (uint32_t)(pe->trip_count + d), move };
    }
    for (size_t k = 0; pe->lines[l].before && k < count; k++) leaves[k].move.cost += pe->out_cost;
    qsort(leaves, count, sizeof *leaves, by_departure);
    pe->leaves[l] = leaves;
    pe->leave_count[l] = count;
    return AZ_OK;
}

/* Where the day may end, and at what price. */
static enum az_status add_ends(struct pe *pe)
{
    pe->ends = AZ_ARRAY(pe->arena, pe->depot_count, bool);
    pe->end_price = AZ_ARRAY(pe->arena, pe->depot_count, double);
    if (!pe->ends || !pe->end_price) return AZ_NO_MEMORY;
    for (size_t d = 0; d < pe->depot_count; d++) {
        pe->ends[d] = d == pe->source->depot || pe->ev->return_rule == EB_RETURN_COUNTS;
        pe->end_price[d] = pe->duals->end_depot ? pe->duals->end_depot[d] : 0;
    }
    return AZ_OK;
}

/* --- the drivers' rules -------------------------------------------------------------------------
 */

static void find_drivers(struct pe *pe)
{
    const struct eb_drivers *drivers = pe->ev->drivers;
    size_t bus = pe->source->bus;
    pe->block_from_s = INT32_MAX;
    if (bus != AZ_NO_INDEX && az_time_given(pe->ev->bus[bus].pulled_out))
        pe->block_from_s = -pe->ev->bus[bus].block_used_s;
    pe->longest_driving_s = pe->longest_block_s = pe->break_s = INT64_MAX;
    pe->free_from_s = INT64_MIN;
    if (!drivers) return;
    if (!isnan(drivers->longest_driving_min)) {
        pe->longest_driving_s = (int64_t)floor(drivers->longest_driving_min * 60 + 1e-6);
        if (!isnan(drivers->shortest_break_min))
            pe->break_s = (int64_t)ceil(drivers->shortest_break_min * 60 - 1e-6);
    }
    if (!isnan(drivers->longest_block_min))
        pe->longest_block_s = (int64_t)floor(drivers->longest_block_min * 60 + 1e-6);
    int64_t last = pe->T > 0 ? pe->ev->end_s : INT64_MAX;
    if (last < INT64_MAX && pe->longest_block_s < INT64_MAX)
        pe->free_from_s = last - pe->longest_block_s;
    else if (pe->longest_block_s < INT64_MAX)
        pe->free_from_s = INT64_MAX;
}

enum az_status eb_pe_graph(struct pe *pe)
{
    const struct eb_instance *ev = pe->ev;
    pe->trip_count = pe->net->trip_count;
    pe->depot_count = ev->depots.count;
    pe->T = ev->T;
    pe->slot_s = ev->slot_minutes * 60;
    pe->turnaround_s = eb_turnaround(ev);
    pe->floor_kwh = fmax(pe->type->floor_kwh, pe->source->min_kwh);
    pe->out_cost = pe->duals->cost_scale * eb_day_cost(ev, pe->source);
    find_drivers(pe);
    AZ_TRY(add_lines(pe));
    AZ_TRY(add_ends(pe));
    AZ_TRY(add_trips(pe));
    AZ_TRY(add_moves(pe));
    AZ_TRY(ev->links ? add_link_moves(pe) : add_starts(pe));
    pe->leaves = AZ_ARRAY(pe->arena, pe->line_count, struct pe_leave *);
    pe->leave_count = AZ_ARRAY(pe->arena, pe->line_count, size_t);
    if (!pe->leaves || !pe->leave_count) return AZ_NO_MEMORY;
    for (size_t l = 0; l < pe->line_count; l++) AZ_TRY(add_leaves(pe, l));
    AZ_TRY(eb_pe_classes(pe));
    AZ_TRY(eb_pe_triples(pe));
    pe->tagged =
        pe->class_count > 1 || pe->turnaround_s > 0 || pe->ev->drivers || pe->triple_count > 0;
    pe->nodes = AZ_ARRAY(pe->arena, pe_end_node(pe, 0), struct pe_node);
    return pe->nodes ? AZ_OK : AZ_NO_MEMORY;
}
