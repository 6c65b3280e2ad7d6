/* adopt.c - an earlier plan, on its own horizon, as a start for this instance.
 *
 * Every block that still has its bus (or may have a new one) keeps the trips that are still to be
 * run and can be reached, and its stays at chargers; drives are laid anew. Charges are those of the
 * earlier plan where they fit, else as much as the stays allow; a block that still lacks energy
 * loses its last trips. Trips that nobody runs any more, as those of a lost bus, are taken over by
 * others that have time for them (adopt_over.c). Whatever comes out is judged; where only the
 * taking over breaks a rule it is left. It is a full valid start, or there is none. */
#include "formulations/evbus/adopt.h"

enum az_status eb_is_sound(const struct eb_block_maker *m, bool *sound)
{
    const struct eb_instance *ev = m->a->ev;
    struct eb_plan *alone;
    struct az_judgement judgement;
    *sound = true;
    AZ_TRY(eb_plan_new(ev, m->a->arena, &alone));
    struct eb_block block = m->block;
    alone->blocks.items = &block;
    alone->blocks.count = 1;
    AZ_TRY(eb_evaluate(ev, alone, m->a->arena, &judgement));
    for (size_t i = 0; i < judgement.violations.count; i++)
        if (strncmp(judgement.violations.items[i].pointer, "/blocks/0", 9) == 0 ||
            judgement.violations.items[i].rule == &eb_rules[EB_RULE_plan_shape])
            *sound = false;
    return AZ_OK;
}

/* Tries as planned, then with as much charge as there may be, then with fewer trips. */
static enum az_status fit_block(struct eb_block_maker *m, const struct eb_block *old, bool *sound)
{
    m->fill = false;
    AZ_TRY(eb_make_block(m, old, SIZE_MAX));
    AZ_TRY(eb_is_sound(m, sound));
    m->fill = true;
    for (size_t most = m->trips; !*sound; most--) {
        AZ_TRY(eb_make_block(m, old, most));
        AZ_TRY(eb_is_sound(m, sound));
        if (most == 0) return AZ_OK;
    }
    return AZ_OK;
}

/* The bus in force that goes on with an old block: the one it names, or the one that the plan that
 * stands gives its first trip that is left. */
static size_t bus_for(const struct eb_adopter *a, const struct eb_block *old)
{
    const struct eb_instance *ev = a->ev;
    for (size_t i = 0; i < ev->bus_count; i++)
        if (eb_same_id(ev->bus[i].id, old->bus.id) && !a->used[i]) return i;
    for (size_t e = 0; e < old->events.count; e++) {
        size_t i = old->events.items[e].kind == EB_EVENT_TRIP
                       ? eb_find_trip(ev, &old->events.items[e].trip)
                       : AZ_NO_INDEX;
        if (i == AZ_NO_INDEX || ev->done[i] || ev->assigned[i] == AZ_NO_INDEX) continue;
        return a->used[ev->assigned[i]] ? AZ_NO_INDEX : ev->assigned[i];
    }
    return AZ_NO_INDEX;
}

enum az_status eb_add_block(struct eb_adopter *a, struct eb_block_maker *m)
{
    size_t n = a->plan->blocks.count;
    for (size_t e = 0; e < m->block.events.count; e++)
        if (m->block.events.items[e].kind == EB_EVENT_TRIP)
            a->taken[m->block.events.items[e].trip.index] = true;
    if (!m->block.id && !(m->block.id = az_arena_format(a->arena, "b%zu", a->number++)))
        return AZ_NO_MEMORY;
    if (!m->block.events.items) m->block.events.items = AZ_ARRAY(a->arena, 0, struct eb_event);
    if (!m->block.events.items) return AZ_NO_MEMORY;
    a->plan->blocks.items[n] = m->block;
    a->makers[n] = *m;
    a->plan->blocks.count++;
    return AZ_OK;
}

bool eb_has_room(const struct eb_adopter *a, size_t type, size_t depot)
{
    const struct eb_instance *ev = a->ev;
    const struct eb_depot *it = &ev->depots.items[depot];
    int64_t of_type = 0, here = 0, both = 0, count = ev->types.items[type].count;
    for (size_t b = 0; b < a->plan->blocks.count; b++) {
        const struct eb_block *block = &a->plan->blocks.items[b];
        of_type += block->type.index == type;
        here += block->depot.index == depot;
        both += block->type.index == type && block->depot.index == depot && !block->bus.id;
    }
    return (count == AZ_NO_INTEGER || of_type < count) &&
           (it->capacity == AZ_NO_INTEGER || here < it->capacity) && both < it->limit[type];
}

struct eb_block_maker eb_new_maker(struct eb_adopter *a, size_t type, size_t depot)
{
    const struct eb_instance *ev = a->ev;
    struct eb_block_maker m = { .a = a, .type = &ev->types.items[type], .type_index = type };
    m.block.type = (struct az_ref){ .id = m.type->id, .index = type };
    m.block.depot = (struct az_ref){ .id = ev->depots.items[depot].id, .index = depot };
    m.block.bus.index = m.block.end_depot.index = AZ_NO_INDEX;
    m.block.start_kwh = m.type->has_battery ? m.type->start_kwh[0] : NAN;
    return m;
}

static enum az_status adopt_bus(struct eb_adopter *a, size_t i, const struct eb_block *old)
{
    const struct eb_bus *bus = &a->ev->bus[i];
    struct eb_block_maker m = eb_new_maker(a, bus->type.index, bus->depot.index);
    bool sound;
    a->used[i] = true;
    if (bus->out_of_service == 1) return AZ_OK;
    m.bus = bus;
    m.block.id = bus->id;
    m.block.bus = (struct az_ref){ .id = bus->id, .index = i };
    if (m.type->has_battery) m.block.start_kwh = bus->start_kwh;
    AZ_TRY(fit_block(&m, old, &sound));
    return eb_add_block(a, &m);
}

/* The start charge of the old block where the type has it. */
static void choose_start(struct eb_block_maker *m, const struct eb_block *old)
{
    for (size_t i = 0; m->type->has_battery && i < m->type->start_count; i++)
        if (fabs(m->type->start_kwh[i] - old->start_kwh) <= eb_slack(old->start_kwh))
            m->block.start_kwh = m->type->start_kwh[i];
}

static enum az_status adopt_block(struct eb_adopter *a, const struct eb_block *old)
{
    const struct eb_instance *ev = a->ev;
    size_t bus = bus_for(a, old), type, depot, end;
    bool sound;
    if (bus != AZ_NO_INDEX) return adopt_bus(a, bus, old);
    EB_FIND_ID(ev->types, old->type.id, type);
    EB_FIND_ID(ev->depots, old->depot.id, depot);
    EB_FIND_ID(ev->depots, old->end_depot.id, end);
    if (type == AZ_NO_INDEX || depot == AZ_NO_INDEX || ev->new_buses == 0) return AZ_OK;
    struct eb_block_maker m = eb_new_maker(a, type, depot);
    choose_start(&m, old);
    if (end != AZ_NO_INDEX && end != depot && ev->return_rule == EB_RETURN_COUNTS)
        m.block.end_depot = (struct az_ref){ .id = ev->depots.items[end].id, .index = end };
    AZ_TRY(fit_block(&m, old, &sound));
    return sound && m.trips > 0 ? eb_add_block(a, &m) : AZ_OK;
}

/* --- grids --------------------------------------------------------------------------------------
 */

/* Fills steps with an energy, the best price first; what is left. sign: 1 cheapest, -1 dearest. */
static double fill_steps(const struct eb_instance *ev, size_t count, const struct eb_step steps[],
                         struct az_series taken[], size_t t, double energy, double sign)
{
    while (energy > 0) {
        size_t best = AZ_NO_INDEX;
        double best_price = INFINITY, best_room = 0;
        for (size_t k = 0; k < count; k++) {
            double limit =
                steps[k].power_kw.values ? steps[k].power_kw.values[t] * ev->dt : INFINITY;
            double price = sign * steps[k].price_jpy_per_kwh.values[t];
            double room = limit - taken[k].values[t];
            if (room <= 0 || price >= best_price) continue;
            best = k;
            best_price = price;
            best_room = room;
        }
        if (best == AZ_NO_INDEX) return energy;
        double take = fmin(best_room, energy);
        taken[best].values[t] += take;
        energy -= take;
        if (take < best_room) return 0;
    }
    return 0;
}

/* A storage that begins below what it must end with is charged as soon as it can be, the others
 * rest. Its draw joins the buses'. */
static void fill_storages(struct eb_adopter *a, double net[])
{
    const struct eb_instance *ev = a->ev;
    for (size_t i = 0; i < ev->storages.count; i++) {
        const struct eb_storage *it = &ev->storages.items[i];
        struct eb_storage_plan *plan = &a->plan->storages.items[i];
        double energy = eb_storage_start(ev, i);
        double target = fmin(it->start_share, it->soc_max_share) * it->capacity_kwh;
        for (size_t t = 0; t < ev->T; t++) {
            double missing = fmax(0, target - energy) / it->charge_efficiency;
            double draw = fmin(missing, it->charge_max_kw * ev->dt);
            energy += draw * it->charge_efficiency;
            plan->charge_kwh.values[t] = draw;
            plan->energy_kwh.values[t] = energy;
            net[it->grid.index * ev->T + t] += draw;
        }
    }
}

/* What a grid's own steps do not take (need > 0: supply, < 0: delivery) goes over converters to the
 * other side's steps. What is still left. */
static double convert(struct eb_adopter *a, size_t g, size_t t, double need)
{
    const struct eb_instance *ev = a->ev;
    for (size_t c = 0; c < ev->converters.count && need != 0; c++) {
        const struct eb_converter *it = &ev->converters.items[c];
        bool to = it->to_grid.index == g, from = it->from_grid.index == g;
        struct eb_converter_plan *plan = &a->plan->converters.items[c];
        if (!to && !from) continue;
        bool forward = need > 0 ? to : from;
        size_t other = to ? it->from_grid.index : it->to_grid.index;
        double *in = &(forward ? plan->forward_in_kwh : plan->backward_in_kwh).values[t];
        double back = (forward ? plan->backward_in_kwh : plan->forward_in_kwh).values[t];
        double most = (forward ? it->forward_max_kw : it->backward_max_kw) * ev->dt - *in;
        double kept = 1 - it->loss_share;
        const struct eb_grid *grid = &ev->grids.items[other];
        struct eb_grid_plan *side = &a->plan->grids.items[other];
        if (back > 0 || !(most > 0)) continue; /* one way at a time */
        if (need > 0) {
            double x = fmin(most, need / kept);
            x -= fill_steps(ev, grid->supply.count, grid->supply.items, side->supply_kwh.items, t,
                            x, 1);
            *in += x;
            need = fmax(0, need - x * kept);
        } else {
            double x = fmin(most, -need);
            x -= fill_steps(ev, grid->demand.count, grid->demand.items, side->demand_kwh.items, t,
                            x * kept, -1) /
                 kept;
            *in += x;
            need = fmin(0, need + x);
        }
    }
    return need;
}

/* Steps for what the buses and storages draw and deliver, over converters where a grid's own do not
 * do. */
static enum az_status fill_grids(struct eb_adopter *a)
{
    const struct eb_instance *ev = a->ev;
    double *net = AZ_ARRAY(a->arena, ev->grids.count * ev->T, double);
    if (!net) return AZ_NO_MEMORY;
    for (size_t b = 0; b < a->plan->blocks.count; b++)
        for (size_t e = 0; e < a->plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &a->plan->blocks.items[b].events.items[e];
            if (event->kind != EB_EVENT_STAY || !event->charger.id) continue;
            size_t grid = ev->chargers.items[event->charger.index].grid;
            for (size_t k = 0; grid != AZ_NO_INDEX && k < event->charge_kwh.count; k++)
                net[grid * ev->T + (size_t)event->first_slot + k] +=
                    event->charge_kwh.items[k] - event->discharge_kwh.items[k];
        }
    fill_storages(a, net);
    for (size_t t = 0; t < ev->T; t++) {
        for (size_t g = 0; g < ev->grids.count; g++) {
            const struct eb_grid *grid = &ev->grids.items[g];
            struct eb_grid_plan *plan = &a->plan->grids.items[g];
            double *need = &net[g * ev->T + t];
            if (*need > 0)
                *need = fill_steps(ev, grid->supply.count, grid->supply.items,
                                   plan->supply_kwh.items, t, *need, 1);
            else
                *need = -fill_steps(ev, grid->demand.count, grid->demand.items,
                                    plan->demand_kwh.items, t, -*need, -1);
        }
        for (size_t g = 0; g < ev->grids.count; g++) (void)convert(a, g, t, net[g * ev->T + t]);
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status keep_unserved(struct eb_adopter *a)
{
    struct eb_plan *plan = a->plan;
    size_t kept = 0;
    for (size_t k = 0; k < plan->unserved.count; k++)
        if (!a->taken[plan->unserved.items[k].trip.index])
            plan->unserved.items[kept++] = plan->unserved.items[k];
    plan->unserved.count = kept;
    return AZ_OK;
}

/* As many chargers as the old plan chose, as far as there may be. */
static void keep_chargers(struct eb_adopter *a)
{
    for (size_t k = 0; k < a->plan->chargers.count; k++) {
        const struct eb_charger *charger = &a->ev->chargers.items[a->plan->chargers.keys[k].index];
        for (size_t o = 0; o < a->old->chargers.count; o++) {
            int64_t chosen = a->old->chargers.items[o];
            if (!eb_same_id(a->old->chargers.keys[o].id, charger->id)) continue;
            if (chosen >= charger->count && chosen <= charger->count_max)
                a->plan->chargers.items[k] = chosen;
        }
    }
}

/* The old blocks anew. over: with the trips that nobody runs taken over. NULL in a->plan: none. */
static enum az_status adopt_all(struct eb_adopter *a, const struct eb_plan *old, bool over,
                                bool *valid)
{
    const struct eb_instance *ev = a->ev;
    size_t most = old->blocks.count + ev->bus_count + (over ? ev->trips.count : 0);
    struct az_judgement judgement;
    *valid = false;
    a->old = old;
    a->number = 1;
    if (!eb_seconds(ev, old->start, &a->shift_s)) return AZ_OK;
    AZ_TRY(eb_plan_new(ev, a->arena, &a->plan));
    a->taken = AZ_ARRAY(a->arena, ev->trips.count, bool);
    a->used = AZ_ARRAY(a->arena, ev->bus_count, bool);
    a->plan->blocks.items = AZ_ARRAY(a->arena, most, struct eb_block);
    a->makers = AZ_ARRAY(a->arena, most, struct eb_block_maker);
    if (!a->taken || !a->used || !a->plan->blocks.items || !a->makers) return AZ_NO_MEMORY;
    for (size_t b = 0; b < old->blocks.count; b++) AZ_TRY(adopt_block(a, &old->blocks.items[b]));
    for (size_t i = 0; i < ev->bus_count; i++)
        if (!a->used[i]) AZ_TRY(adopt_bus(a, i, NULL));
    if (over) AZ_TRY(eb_take_over(a));
    a->old = old;
    AZ_TRY(keep_unserved(a));
    keep_chargers(a);
    if (ev->T > 0) AZ_TRY(fill_grids(a));
    AZ_TRY(eb_evaluate(ev, a->plan, a->arena, &judgement));
    *valid = judgement.violation_count == 0;
    return AZ_OK;
}

enum az_status eb_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan)
{
    struct eb_adopter a = { .ev = instance, .arena = arena };
    bool valid;
    *plan = NULL;
    AZ_TRY(adopt_all(&a, previous_plan, true, &valid));
    if (!valid) AZ_TRY(adopt_all(&a, previous_plan, false, &valid));
    if (!valid) return AZ_NO_PLAN;
    AZ_TRY(eb_summarise(a.ev, arena, a.plan));
    *plan = a.plan;
    return AZ_OK;
}
