/* dispatch_model.c - the energies of fixed chains as columns and rows. See dispatch.h. */
#include <math.h>

#include "formulations/evbus/dispatch.h"
#include "solver/tolerances.h"

/* --- chains ----------------------------------------------------------------------------------- */

double eb_charge_power(const struct eb_instance *ev, size_t type, size_t bank)
{
    const struct eb_charger *charger = &ev->chargers.items[bank];
    const struct eb_type *it = &ev->types.items[type];
    if (!it->has_battery || (charger->serves && !charger->serves[type])) return 0;
    double kw = charger->charge_kw;
    if (!isnan(it->charge_kw)) kw = fmin(kw, it->charge_kw);
    return fmax(0, kw);
}

double eb_discharge_power(const struct eb_instance *ev, size_t type, size_t bank)
{
    const struct eb_charger *charger = &ev->chargers.items[bank];
    const struct eb_type *it = &ev->types.items[type];
    if (!it->has_battery || (charger->serves && !charger->serves[type])) return 0;
    double kw = isnan(charger->discharge_kw) ? 0 : charger->discharge_kw;
    if (!isnan(it->discharge_kw)) kw = fmin(kw, it->discharge_kw);
    return fmax(0, kw);
}

struct chain {
    const struct eb_instance *ev;
    struct eb_chain_step *steps; /* NULL while they are counted */
    size_t count, leg, stay;     /* stay: the next one of the leg */
    bool broken;
};

static void chain_stay(struct chain *chain, const struct eb_stay *stay)
{
    double slot_s = chain->ev->dt * 3600;
    for (size_t k = 0; chain->steps && k < stay->slot_count; k++) {
        size_t slot = stay->first_slot + k;
        double from = fmax((double)stay->from_s, (double)slot * slot_s);
        double to = fmin((double)stay->to_s, (double)(slot + 1) * slot_s);
        chain->steps[chain->count + k] =
            (struct eb_chain_step){ .leg = chain->leg,
                                    .stay = chain->stay,
                                    .k = k,
                                    .bank = stay->charger,
                                    .slot = slot,
                                    .hours = fmax(0, to - from) / 3600 };
    }
    chain->count += stay->slot_count;
}

static bool chain_step(void *data, const struct eb_duty_step *step)
{
    struct chain *chain = data;
    if (step->leg != chain->leg) chain->stay = 0;
    chain->leg = step->leg;
    if (step->kind == EB_STEP_STAY) {
        if (step->stay->charger != AZ_NO_INDEX) chain_stay(chain, step->stay);
        chain->stay++;
    }
    if (step->kind != EB_STEP_DRIVE && step->kind != EB_STEP_TRIP) return true;
    chain->broken = chain->broken || step->move.drive_s < 0;
    if (chain->steps)
        chain->steps[chain->count] = (struct eb_chain_step){ .moves = true,
                                                             .energy_kwh = step->move.energy_kwh,
                                                             .prefix_high = step->move.prefix_high,
                                                             .prefix_low = step->move.prefix_low };
    chain->count++;
    return !chain->broken;
}

enum az_status eb_chain(const struct eb_instance *ev, const struct eb_source *source,
                        const struct eb_duty *duty, struct az_arena *arena,
                        struct eb_chain_step **steps, size_t *count)
{
    struct chain chain = { .ev = ev };
    eb_duty_walk(ev, source, duty, chain_step, &chain);
    if (chain.broken) return AZ_INFEASIBLE;
    chain = (struct chain){ .ev = ev, .steps = AZ_ARRAY(arena, chain.count, struct eb_chain_step) };
    if (!chain.steps) return AZ_NO_MEMORY;
    eb_duty_walk(ev, source, duty, chain_step, &chain);
    *steps = chain.steps;
    *count = chain.count;
    return AZ_OK;
}

/* --- the model: one battery ------------------------------------------------------------------- */

/* Where the walk along a chain stands: charge now = level column (or a constant) - taken. */
struct walk {
    struct eb_dispatch_model *m;
    const struct eb_exclusive *exclusive;
    const struct eb_source *source;
    const struct eb_type *type;
    size_t duty;
    size_t level;            /* AZ_NO_INDEX: the start charge */
    double taken, low, high; /* what movements since allow the level column to be */
};

/* charge before a movement in [min + prefix_high, max + prefix_low] */
static void walk_move(struct walk *w, const struct eb_chain_step *step)
{
    w->low = fmax(w->low, w->source->min_kwh + step->prefix_high + w->taken);
    w->high = fmin(w->high, w->source->max_kwh + step->prefix_low + w->taken);
    w->taken += step->energy_kwh;
    w->low = fmax(w->low, w->source->min_kwh + w->taken);
    w->high = fmin(w->high, w->source->max_kwh + w->taken);
}

/* Puts what the movements ask on the level column, or tests the start charge. */
static void walk_close(struct walk *w)
{
    struct eb_dispatch_model *m = w->m;
    double slack = 0.5 * AZ_FEASIBILITY_TOLERANCE;
    if (w->low > w->high + slack) m->impossible = true;
    if (w->level == AZ_NO_INDEX) {
        double start = w->source->start_kwh;
        if (start < w->low - slack || start > w->high + slack) m->impossible = true;
    } else if (!m->impossible) {
        az_column_bounds(m->lp, w->level, fmin(w->low, w->high), w->high);
    }
}

/* level = level before - taken + eta charge - discharge / eta */
static void battery_row(struct walk *w, struct eb_use *use, size_t before, double taken)
{
    const struct eb_charger *charger = &w->m->ev->chargers.items[use->bank];
    double start = before == AZ_NO_INDEX ? w->source->start_kwh : 0;
    az_row(w->m->lp, start - taken, start - taken, NULL);
    az_entry(w->m->lp, use->level, 1);
    if (before != AZ_NO_INDEX) az_entry(w->m->lp, before, -1);
    if (use->charge != AZ_NO_INDEX) az_entry(w->m->lp, use->charge, -charger->charge_efficiency);
    if (use->discharge != AZ_NO_INDEX)
        az_entry(w->m->lp, use->discharge, 1 / charger->discharge_efficiency);
}

/* charge <= hours (base + slope * charge of the battery before), every line of the curve */
static void curve_rows(struct walk *w, struct eb_use *use, size_t before, double taken,
                       double hours)
{
    const struct eb_type *type = w->type;
    for (size_t k = 0; use->charge != AZ_NO_INDEX && k < type->curve_count; k++) {
        double base = hours * type->curve_base_kw[k],
               slope = hours * type->curve_slope_kw_per_kwh[k];
        double at_low = base + slope * w->source->min_kwh,
               at_high = base + slope * w->source->max_kwh;
        if (fmin(at_low, at_high) >= use->charge_max) continue;
        double level = before == AZ_NO_INDEX ? w->source->start_kwh - taken : -taken;
        az_row(w->m->lp, -INFINITY, base + slope * level, NULL);
        az_entry(w->m->lp, use->charge, 1);
        if (before != AZ_NO_INDEX) az_entry(w->m->lp, before, -slope);
    }
}

/* One direction in a slot, and above the floor after discharging.
 *   charge <= max (1 - way),  discharge <= max way,  level >= floor - (floor - min)(1 - way) */
static void way_rows(struct walk *w, struct eb_use *use)
{
    struct az_model *lp = w->m->lp;
    double floor = w->type->floor_kwh, low = w->source->min_kwh;
    if (use->discharge == AZ_NO_INDEX) return;
    use->way = AZ_BINARY(lp, 0, NULL);
    w->m->integers++;
    if (use->charge != AZ_NO_INDEX) {
        az_row(lp, -INFINITY, use->charge_max, NULL);
        az_entry(lp, use->charge, 1);
        az_entry(lp, use->way, use->charge_max);
    }
    az_row(lp, -INFINITY, 0, NULL);
    az_entry(lp, use->discharge, 1);
    az_entry(lp, use->way, -use->discharge_max);
    if (floor <= low) return;
    az_row(lp, low, INFINITY, NULL);
    az_entry(lp, use->level, 1);
    az_entry(lp, use->way, low - floor);
}

static void walk_slot(struct walk *w, const struct eb_chain_step *step)
{
    struct eb_dispatch_model *m = w->m;
    struct eb_use *use = &m->uses[m->use_count];
    size_t type = w->source->type, before = w->level;
    double taken = w->taken;
    *use =
        (struct eb_use){ .duty = w->duty,
                         .leg = step->leg,
                         .stay = step->stay,
                         .k = step->k,
                         .bank = step->bank,
                         .slot = step->slot,
                         .charge_max = step->hours * eb_charge_power(m->ev, type, step->bank),
                         .discharge_max = step->hours * eb_discharge_power(m->ev, type, step->bank),
                         .charge = AZ_NO_INDEX,
                         .discharge = AZ_NO_INDEX,
                         .plug = AZ_NO_INDEX,
                         .way = AZ_NO_INDEX };
    if (use->charge_max <= AZ_ZERO && use->discharge_max <= AZ_ZERO) return;
    walk_close(w);
    if (use->charge_max > AZ_ZERO)
        use->charge = az_column(m->lp, 0, use->charge_max, 0, false, NULL);
    if (use->discharge_max > AZ_ZERO)
        use->discharge =
            az_column(m->lp, 0, use->discharge_max, w->type->wear_jpy_per_kwh, false, NULL);
    use->level = az_column(m->lp, w->source->min_kwh, w->source->max_kwh, 0, false, NULL);
    battery_row(w, use, before, taken);
    curve_rows(w, use, before, taken, step->hours);
    w->level = use->level;
    w->taken = 0;
    w->low = w->source->min_kwh;
    w->high = w->source->max_kwh;
    if (w->exclusive->ways[m->use_count]) way_rows(w, use);
    m->use_count++;
}

/* The end: at least end_kwh; what it is above the target earns, what it is below costs.
 *   level - taken + below - above = target */
static void walk_end(struct walk *w)
{
    const struct eb_source *source = w->source;
    struct az_model *lp = w->m->lp;
    if (source->end_kwh > -INFINITY) w->low = fmax(w->low, source->end_kwh + w->taken);
    walk_close(w);
    if (source->end_above_jpy == 0 && source->end_below_jpy == 0) return;
    double span = source->max_kwh - source->min_kwh + fabs(source->end_target_kwh);
    size_t below = az_column(lp, 0, span, source->end_below_jpy, false, NULL);
    size_t above = az_column(lp, 0, span, -source->end_above_jpy, false, NULL);
    double start = w->level == AZ_NO_INDEX ? source->start_kwh : 0;
    double side = source->end_target_kwh + w->taken - start;
    az_row(lp, side, side, NULL);
    az_entry(lp, below, 1);
    az_entry(lp, above, -1);
    if (w->level != AZ_NO_INDEX) az_entry(lp, w->level, 1);
}

static enum az_status add_duty(struct eb_dispatch_model *m, const struct eb_exclusive *exclusive,
                               const struct eb_source *source, const struct eb_duty *duty,
                               size_t index, struct az_arena *arena)
{
    const struct eb_type *type = &m->ev->types.items[source->type];
    struct eb_chain_step *steps;
    size_t count;
    enum az_status status = eb_chain(m->ev, source, duty, arena, &steps, &count);
    if (status == AZ_INFEASIBLE) m->impossible = true;
    if (status != AZ_OK) return status == AZ_INFEASIBLE ? AZ_OK : status;
    if (!type->has_battery) return AZ_OK;
    struct walk w = { m,           exclusive, source,          type,           index,
                      AZ_NO_INDEX, 0,         source->min_kwh, source->max_kwh };
    for (size_t k = 0; k < count; k++)
        if (steps[k].moves)
            walk_move(&w, &steps[k]);
        else
            walk_slot(&w, &steps[k]);
    walk_end(&w);
    return AZ_OK;
}

/* --- the model: what batteries share ---------------------------------------------------------- */

/* sum of plugs <= count + chosen where more buses stand at a bank than it has chargers;
 * charge <= max plug, discharge <= max plug */
static void plug_rows(struct eb_dispatch_model *m, size_t bank, size_t slot, const size_t uses[],
                      size_t count)
{
    const struct eb_charger *charger = &m->ev->chargers.items[bank];
    struct az_model *lp = m->lp;
    if (charger->no_limit || count <= (size_t)charger->count) return;
    for (size_t i = 0; i < count; i++) {
        struct eb_use *use = &m->uses[uses[i]];
        use->plug = AZ_BINARY(lp, 0, NULL);
        m->integers++;
        size_t column[2] = { use->charge, use->discharge };
        double most[2] = { use->charge_max, use->discharge_max };
        for (int k = 0; k < 2; k++) {
            if (column[k] == AZ_NO_INDEX) continue;
            az_row(lp, -INFINITY, 0, NULL);
            az_entry(lp, column[k], 1);
            az_entry(lp, use->plug, -most[k]);
        }
    }
    if (m->chosen[bank] == AZ_NO_INDEX && charger->count_max > charger->count) {
        double more = (double)(charger->count_max - charger->count);
        m->chosen[bank] = az_column(lp, 0, more, charger->price_jpy_per_day, true, NULL);
        az_branch_priority(lp, m->chosen[bank], 1);
        m->integers++;
    }
    m->plugs[bank * m->ev->T + slot] = az_row(lp, -INFINITY, (double)charger->count, NULL);
    for (size_t i = 0; i < count; i++) az_entry(lp, m->uses[uses[i]].plug, 1);
    if (m->chosen[bank] != AZ_NO_INDEX) az_entry(lp, m->chosen[bank], -1);
}

/* What the chargers of a place draw (deliver) in a slot together <= limit * dt */
static void place_row(struct eb_dispatch_model *m, size_t place, bool delivery, const size_t uses[],
                      size_t count)
{
    const struct eb_place *it = &m->ev->places.items[place];
    double limit = it->power_limit_kw, most = 0;
    if (delivery && !isnan(it->delivery_limit_kw)) limit = it->delivery_limit_kw;
    if (isnan(limit)) return;
    for (size_t i = 0; i < count; i++)
        if (m->ev->chargers.items[m->uses[uses[i]].bank].place.index == place)
            most += delivery ? m->uses[uses[i]].discharge_max : m->uses[uses[i]].charge_max;
    if (most <= limit * m->ev->dt) return;
    az_row(m->lp, -INFINITY, limit * m->ev->dt, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct eb_use *use = &m->uses[uses[i]];
        size_t column = delivery ? use->discharge : use->charge;
        if (m->ev->chargers.items[use->bank].place.index == place && column != AZ_NO_INDEX)
            az_entry(m->lp, column, 1);
    }
}

/* supply - demand + ... - charge + discharge = 0 in every grid and slot */
static void balance_row(struct eb_dispatch_model *m, size_t grid, size_t slot, const size_t uses[],
                        size_t count)
{
    m->balance[grid * m->ev->T + slot] = eb_grid_balance(&m->grids, m->lp, grid, slot);
    for (size_t i = 0; i < count; i++) {
        const struct eb_use *use = &m->uses[uses[i]];
        if (m->ev->chargers.items[use->bank].grid != grid) continue;
        if (use->charge != AZ_NO_INDEX) az_entry(m->lp, use->charge, -1);
        if (use->discharge != AZ_NO_INDEX) az_entry(m->lp, use->discharge, 1);
    }
}

/* The uses of every slot in order: start[t] .. start[t + 1] - 1 of list. */
static enum az_status by_slot(const struct eb_dispatch_model *m, struct az_arena *arena,
                              size_t **start, size_t **list)
{
    size_t T = m->ev->T;
    *start = AZ_ARRAY(arena, T + 2, size_t);
    *list = AZ_ARRAY(arena, m->use_count, size_t);
    if (!*start || !*list) return AZ_NO_MEMORY;
    for (size_t i = 0; i < m->use_count; i++) (*start)[m->uses[i].slot + 2]++;
    for (size_t t = 2; t < T + 2; t++) (*start)[t] += (*start)[t - 1];
    for (size_t i = 0; i < m->use_count; i++) (*list)[(*start)[m->uses[i].slot + 1]++] = i;
    return AZ_OK;
}

static enum az_status add_shared(struct eb_dispatch_model *m, struct az_arena *arena)
{
    const struct eb_instance *ev = m->ev;
    size_t *start, *list;
    AZ_TRY(by_slot(m, arena, &start, &list));
    size_t *at_bank = AZ_ARRAY(arena, m->use_count, size_t);
    if (!at_bank) return AZ_NO_MEMORY;
    for (size_t t = 0; t < ev->T; t++) {
        const size_t *uses = list + start[t];
        size_t count = start[t + 1] - start[t];
        for (size_t c = 0; c < ev->chargers.count && count > 0; c++) {
            size_t n = 0;
            for (size_t i = 0; i < count; i++)
                if (m->uses[uses[i]].bank == c) at_bank[n++] = uses[i];
            plug_rows(m, c, t, at_bank, n);
        }
        for (size_t p = 0; p < ev->places.count && count > 0; p++) {
            if (ev->places.items[p].charger_count == 0) continue;
            place_row(m, p, false, uses, count);
            place_row(m, p, true, uses, count);
        }
        for (size_t g = 0; g < ev->grids.count; g++) balance_row(m, g, t, uses, count);
    }
    eb_grid_storage_rows(&m->grids, m->lp);
    return AZ_OK;
}

static size_t count_slots(const struct eb_duty *const duties[], size_t count)
{
    size_t slots = 0;
    for (size_t d = 0; d < count; d++)
        for (size_t l = 0; l < duties[d]->leg_count; l++)
            for (size_t s = 0; s < duties[d]->legs[l].stay_count; s++)
                slots += duties[d]->legs[l].stays[s].slot_count;
    return slots;
}

/* --- what is given -----------------------------------------------------------------------------
 */

/* column = value, as far as it can be. */
static void fix(struct eb_dispatch_model *m, size_t column, double value)
{
    if (isnan(value)) return;
    double slack = 0.5 * AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(value));
    if (column == AZ_NO_INDEX) {
        m->impossible = m->impossible || fabs(value) > slack;
        return;
    }
    double low = fmax(value - slack, m->lp->lower[column]);
    double high = fmin(value + slack, m->lp->upper[column]);
    if (low > high)
        m->impossible = true;
    else
        az_column_bounds(m->lp, column, low, high);
}

static void fix_series(struct eb_dispatch_model *m, const struct az_series *series, size_t first)
{
    for (size_t t = 0; series->values && t < series->count && t < m->ev->T; t++)
        fix(m, first + t, series->values[t]);
}

static void fix_stays(struct eb_dispatch_model *m, const struct eb_duty *const duties[],
                      const bool given[])
{
    for (size_t i = 0; i < m->use_count; i++) {
        const struct eb_use *use = &m->uses[i];
        const struct eb_stay *stay = &duties[use->duty]->legs[use->leg].stays[use->stay];
        if (!given || !given[use->duty]) continue;
        if (stay->charge_kwh) fix(m, use->charge, stay->charge_kwh[use->k]);
        if (stay->discharge_kwh) fix(m, use->discharge, stay->discharge_kwh[use->k]);
    }
}

static void fix_plan(struct eb_dispatch_model *m, const struct eb_plan *plan)
{
    const struct eb_instance *ev = m->ev;
    for (size_t k = 0; k < plan->grids.count; k++) {
        size_t g = plan->grids.keys[k].index;
        const struct eb_grid_plan *it = &plan->grids.items[k];
        if (g >= ev->grids.count) continue;
        for (size_t s = 0; s < it->supply_kwh.count && s < ev->grids.items[g].supply.count; s++)
            fix_series(m, &it->supply_kwh.items[s], m->grids.supply[g] + s * ev->T);
        for (size_t s = 0; s < it->demand_kwh.count && s < ev->grids.items[g].demand.count; s++)
            fix_series(m, &it->demand_kwh.items[s], m->grids.demand[g] + s * ev->T);
    }
    for (size_t k = 0; k < plan->converters.count; k++) {
        size_t c = plan->converters.keys[k].index;
        if (c >= ev->converters.count) continue;
        fix_series(m, &plan->converters.items[k].forward_in_kwh, m->grids.forward[c]);
        fix_series(m, &plan->converters.items[k].backward_in_kwh, m->grids.backward[c]);
    }
    for (size_t k = 0; k < plan->storages.count; k++) {
        size_t s = plan->storages.keys[k].index;
        if (s >= ev->storages.count) continue;
        fix_series(m, &plan->storages.items[k].charge_kwh, m->grids.in[s]);
        fix_series(m, &plan->storages.items[k].discharge_kwh, m->grids.out[s]);
        fix_series(m, &plan->storages.items[k].energy_kwh, m->grids.level[s]);
    }
    for (size_t k = 0; k < plan->chargers.count; k++) {
        size_t c = plan->chargers.keys[k].index;
        if (c >= ev->chargers.count || m->chosen[c] == AZ_NO_INDEX) continue;
        double more = (double)(plan->chargers.items[k] - ev->chargers.items[c].count);
        if (more >= 0) fix(m, m->chosen[c], more);
    }
}

enum az_status eb_dispatch_model_new(const struct eb_instance *ev, const struct eb_source *sources,
                                     const struct eb_duty *const duties[], size_t count,
                                     const struct eb_exclusive *exclusive,
                                     const struct eb_given *given, struct az_arena *arena,
                                     struct eb_dispatch_model **model)
{
    struct eb_dispatch_model *m = *model = AZ_NEW(arena, struct eb_dispatch_model);
    if (!m) return AZ_NO_MEMORY;
    m->ev = ev;
    m->lp = az_model_new(arena, AZ_MINIMIZE);
    m->uses = AZ_ARRAY(arena, count_slots(duties, count), struct eb_use);
    m->chosen = AZ_ARRAY(arena, ev->chargers.count, size_t);
    m->balance = AZ_ARRAY(arena, ev->grids.count * ev->T, size_t);
    m->plugs = AZ_ARRAY(arena, ev->chargers.count * ev->T, size_t);
    if (!m->lp || !m->uses || !m->chosen || !m->balance || !m->plugs) return AZ_NO_MEMORY;
    for (size_t k = 0; k < ev->chargers.count * ev->T; k++) m->plugs[k] = AZ_NO_INDEX;
    for (size_t c = 0; c < ev->chargers.count; c++) m->chosen[c] = AZ_NO_INDEX;
    AZ_TRY(eb_grid_columns_add(ev, m->lp, arena, &m->grids));
    for (size_t d = 0; d < count && !m->impossible; d++)
        AZ_TRY(add_duty(m, exclusive, &sources[duties[d]->source], duties[d], d, arena));
    if (m->impossible) return AZ_OK;
    AZ_TRY(add_shared(m, arena));
    size_t before = m->first_exclusion = m->lp->column_count;
    eb_grid_exclusions(&m->grids, m->lp, exclusive->converters, exclusive->storages);
    m->integers += m->lp->column_count - before;
    if (given) fix_stays(m, duties, given->duties);
    if (given && given->plan) fix_plan(m, given->plan);
    return az_model_finish(m->lp);
}
