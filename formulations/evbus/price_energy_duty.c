/* price_energy_duty.c - from the last label of a day back to its duty, with energies and true cost.
 */
#include <math.h>
#include <string.h>

#include "formulations/evbus/price_energy.h"

#define NOISE 1e-9 /* kWh: less than this is no use of a charger */

/* One label of the way with what its slot did. */
struct hop {
    const struct pe_label *label;
    double gain; /* of the battery in the slot */
};

struct way {
    size_t count;
    struct hop *hops; /* in order of time, the begin left out */
    size_t end_depot;
};

/* The point where a label's way stands: the begin, the end or start of a trip, a stop. */
static struct eb_point point_of(const struct pe *pe, const struct pe_label *label)
{
    size_t n = pe->trip_count;
    if (label->kind == PE_BEGIN) return eb_point_source(pe->ev, pe->source);
    if (label->node < n) return eb_point_trip_end(pe->ev, pe->net->trip[label->node]);
    if (label->node < 2 * n) return eb_point_trip_start(pe->ev, pe->net->trip[label->node - n]);
    return eb_point_stop(pe->ev, pe->lines[label->line].place);
}

/* Energy of a label's last drive, from where it leaves its stop or its parent, and of its trip. */
static double spent_after(const struct pe *pe, const struct pe_label *label, size_t depot)
{
    bool stops = label->kind == PE_LEAVE || label->kind == PE_PASS;
    struct eb_point from =
        stops ? eb_point_stop(pe->ev, pe->lines[label->line].place) : point_of(pe, label->parent);
    if (label->kind == PE_MOVE) return eb_pe_moved(pe, from, point_of(pe, label)).energy;
    if (label->node >= pe->trip_count)
        return eb_pe_moved(pe, from, eb_point_depot(pe->ev, depot)).energy;
    struct eb_point to = eb_point_trip_start(pe->ev, pe->net->trip[label->node]);
    return eb_pe_moved(pe, from, to).energy + pe->trip[label->node].energy;
}

/* The charge at the label's parent, given the charge after it; *gain of its slot. */
static enum az_status before(struct pe *pe, const struct pe_label *label, size_t depot,
                             double charge, double *gain, double *at_parent)
{
    const struct pe_label *parent = label->parent;
    const struct eb_xy *f = parent->f;
    size_t n = parent->n;
    double spent = 0;
    *gain = 0;
    bool straight = label->kind == PE_DIRECT || label->kind == PE_MOVE || label->kind == PE_RUN;
    if (straight || label->kind == PE_LEAVE || label->kind == PE_PASS)
        charge += spent_after(pe, label, depot);
    *at_parent = charge;
    if (straight) return AZ_OK;
    if (label->kind == PE_ARRIVE || label->kind == PE_PASS) {
        struct pe_move move = eb_pe_moved(pe, point_of(pe, parent),
                                          eb_point_stop(pe->ev, pe->lines[label->line].place));
        AZ_TRY(eb_pe_room(pe, n + 2));
        n = eb_pe_drive(pe, f, n, &move, pe->work[0]);
        f = pe->work[0];
        spent = move.energy;
    }
    *at_parent = charge + spent;
    if (label->bank == PE_NO_BANK) return AZ_OK;
    double plug;
    struct eb_plf_slot slot = eb_pe_slot(pe, &pe->lines[label->line].banks[label->bank],
                                         label->from_s, label->to_s, &plug);
    double s = eb_plf_before(f, n, &slot, label->ways, charge);
    *gain = charge - s;
    *at_parent = s + spent;
    return AZ_OK;
}

static enum az_status trace(struct pe *pe, const struct pe_end *end, struct way *way)
{
    double charge = end->charge;
    for (const struct pe_label *it = end->label; it->kind != PE_BEGIN; it = it->parent)
        way->count++;
    way->hops = AZ_ARRAY(pe->arena, way->count, struct hop);
    if (!way->hops) return AZ_NO_MEMORY;
    way->end_depot = end->depot;
    size_t k = way->count;
    for (const struct pe_label *it = end->label; it->kind != PE_BEGIN; it = it->parent) {
        struct hop *hop = &way->hops[--k];
        hop->label = it;
        AZ_TRY(before(pe, it, end->depot, charge, &hop->gain, &charge));
    }
    return AZ_OK;
}

/* --- forwards ----------------------------------------------------------------------------------
 */

/* A duty in the making. Stays and legs are counted first. */
struct maker {
    const struct pe *pe;
    struct az_arena *arena;
    struct eb_duty *duty;
    struct eb_leg *leg;
    struct eb_stay *stay;
    size_t line;
    int16_t bank; /* of the open stay; PE_NO_BANK: none yet */
    bool open;
};

/* Stays without a bank get the line's first one: others may set energies there later. */
static void close_stay(struct maker *m)
{
    if (!m->open) return;
    m->open = false;
    const struct pe_line *line = &m->pe->lines[m->line];
    m->stay->charger = line->banks[m->bank == PE_NO_BANK ? 0 : m->bank].charger;
}

static enum az_status open_stay(struct maker *m, size_t line, int64_t from_s)
{
    const struct pe *pe = m->pe;
    size_t most = pe->T - (size_t)(from_s / pe->slot_s);
    m->stay = &m->leg->stays[m->leg->stay_count++];
    *m->stay = (struct eb_stay){ .place = pe->lines[line].place,
                                 .from_s = from_s,
                                 .to_s = from_s,
                                 .first_slot = (size_t)(from_s / pe->slot_s),
                                 .charge_kwh = AZ_ARRAY(m->arena, most, double),
                                 .discharge_kwh = AZ_ARRAY(m->arena, most, double) };
    m->line = line;
    m->bank = PE_NO_BANK;
    m->open = true;
    return m->stay->charge_kwh && m->stay->discharge_kwh ? AZ_OK : AZ_NO_MEMORY;
}

/* A part of a slot; a new bank begins a new stay. */
static enum az_status add_part(struct maker *m, const struct hop *hop)
{
    const struct pe_label *label = hop->label;
    double gain = fabs(hop->gain) <= NOISE ? 0 : hop->gain;
    if (label->to_s <= label->from_s) return AZ_OK;
    int16_t bank = gain == 0 ? PE_NO_BANK : label->bank;
    if (bank != PE_NO_BANK && m->bank != PE_NO_BANK && bank != m->bank) {
        close_stay(m);
        AZ_TRY(open_stay(m, m->line, label->from_s));
    }
    if (bank != PE_NO_BANK) m->bank = bank;
    size_t k = m->stay->slot_count++;
    m->stay->to_s = label->to_s;
    if (bank == PE_NO_BANK) return AZ_OK;
    const struct pe_bank *it = &m->pe->lines[m->line].banks[bank];
    double hours = (double)(label->to_s - label->from_s) / 3600;
    if (gain > 0)
        m->stay->charge_kwh[k] = fmin(gain / it->charge_efficiency, hours * it->charge_kw);
    else
        m->stay->discharge_kwh[k] =
            fmin(-gain * it->discharge_efficiency, hours * it->discharge_kw);
    return AZ_OK;
}

static enum az_status new_leg(struct maker *m, size_t stays)
{
    m->leg = &m->duty->legs[m->duty->leg_count++];
    m->leg->trip = AZ_NO_INDEX;
    m->leg->stays = AZ_ARRAY(m->arena, stays, struct eb_stay);
    return m->leg->stays ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status make(struct maker *m, const struct way *way)
{
    const struct pe *pe = m->pe;
    size_t legs = 1;
    for (size_t k = 0; k < way->count; k++) legs += way->hops[k].label->node < pe->trip_count;
    m->duty->legs = AZ_ARRAY(m->arena, legs, struct eb_leg);
    if (!m->duty->legs) return AZ_NO_MEMORY;
    m->duty->end_depot = way->end_depot;
    AZ_TRY(new_leg(m, way->count));
    for (size_t k = 0; k < way->count; k++) {
        const struct pe_label *label = way->hops[k].label;
        if (label->kind == PE_ARRIVE || label->kind == PE_PASS) {
            close_stay(m);
            AZ_TRY(open_stay(m, (size_t)label->line, label->from_s));
        }
        bool stands = label->kind == PE_SLOT || label->kind == PE_ARRIVE ||
                      label->kind == PE_LEAVE || label->kind == PE_PASS;
        if (stands) AZ_TRY(add_part(m, &way->hops[k]));
        if (label->node >= pe->trip_count) continue;
        close_stay(m);
        m->leg->trip = pe->net->trip[label->node];
        AZ_TRY(new_leg(m, way->count - k));
    }
    close_stay(m);
    return AZ_OK;
}

/* What the duty pays for the triples of which it runs more than one trip. */
static double triples(const struct pe *pe, const struct eb_duty *duty)
{
    double cost = 0;
    for (size_t k = 0; k < pe->duals->triple_count; k++) {
        const struct eb_triple *triple = &pe->duals->triples[k];
        if (eb_triple_count(pe->net, triple->trip, duty) > 1) cost += triple->price;
    }
    return cost;
}

/* What the prices take for the use of chargers and for triples, and earn for trips. */
static double priced(const struct pe *pe, const struct eb_duty *duty)
{
    const struct eb_duals *duals = pe->duals;
    double cost = duals->source + pe->end_price[duty->end_depot] + triples(pe, duty);
    for (size_t l = 0; l < duty->leg_count; l++) {
        const struct eb_leg *leg = &duty->legs[l];
        if (leg->trip != AZ_NO_INDEX) cost -= duals->trip[pe->net->order[leg->trip]];
        for (size_t s = 0; s < leg->stay_count; s++)
            for (size_t k = 0; k < leg->stays[s].slot_count; k++) {
                const struct eb_stay *stay = &leg->stays[s];
                size_t at = stay->charger * pe->T + stay->first_slot + k;
                double in = stay->charge_kwh[k], out = stay->discharge_kwh[k];
                cost += in * duals->charge[at] + out * duals->discharge[at];
                if (duals->plug && (in > 0 || out > 0)) cost += duals->plug[at];
            }
    }
    return cost;
}

enum az_status eb_pe_duty(struct pe *pe, const struct pe_end *end, struct az_arena *arena,
                          struct eb_duty *duty, double *cost, bool *holds)
{
    struct way way = { 0 };
    struct maker maker = { .pe = pe, .arena = arena, .duty = duty };
    *duty = (struct eb_duty){ .source = (size_t)(pe->source - pe->net->sources) };
    AZ_TRY(trace(pe, end, &way));
    AZ_TRY(make(&maker, &way));
    duty->cost = eb_duty_cost(pe->ev, pe->source, duty);
    *cost = pe->duals->cost_scale * duty->cost + priced(pe, duty);
    *holds = eb_duty_charges(pe->ev, pe->source, duty, NULL);
    return AZ_OK;
}
