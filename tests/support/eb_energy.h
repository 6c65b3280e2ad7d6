/* eb_energy.h - is energy conserved in a plan of the electric buses? Sums of its own, not the
 * judge's: on every bus after each event, at every charger, in every storage and on every grid in
 * each slot, to 1e-6 kWh.
 *
 * For the one file of a suite. */
#ifndef TEST_EB_ENERGY_H
#define TEST_EB_ENERGY_H

#include <check.h>
#include <math.h>

#include "formulations/evbus/instance.h"

#define ENERGY_TOLERANCE 1e-6

static inline double energy_at(const struct az_series *series, size_t t)
{
    return series->values[t];
}

/* Of a stay in slot t, kWh on the grid's side. */
static inline double stay_flow(const struct eb_event *event, bool discharge, size_t t)
{
    size_t count = discharge ? event->discharge_kwh.count : event->charge_kwh.count;
    const double *items = discharge ? event->discharge_kwh.items : event->charge_kwh.items;
    if (!event->charger.id || event->first_slot < 0 || (int64_t)t < event->first_slot) return 0;
    size_t k = t - (size_t)event->first_slot;
    return k < count ? items[k] : 0;
}

/* Of a grid in a slot: all that comes less all that goes. */
static inline double grid_imbalance(const struct eb_instance *ev, const struct eb_plan *plan,
                                    size_t g, size_t t)
{
    const struct eb_grid_plan *grid = &plan->grids.items[g];
    double sum = 0;
    for (size_t s = 0; s < grid->supply_kwh.count; s++)
        sum += energy_at(&grid->supply_kwh.items[s], t);
    for (size_t s = 0; s < grid->demand_kwh.count; s++)
        sum -= energy_at(&grid->demand_kwh.items[s], t);
    for (size_t c = 0; c < ev->converters.count; c++) {
        const struct eb_converter *it = &ev->converters.items[c];
        double forward = energy_at(&plan->converters.items[c].forward_in_kwh, t);
        double backward = energy_at(&plan->converters.items[c].backward_in_kwh, t);
        if (it->from_grid.index == g) sum += backward * (1 - it->loss_share) - forward;
        if (it->to_grid.index == g) sum += forward * (1 - it->loss_share) - backward;
    }
    for (size_t s = 0; s < ev->storages.count; s++)
        if (ev->storages.items[s].grid.index == g)
            sum += energy_at(&plan->storages.items[s].discharge_kwh, t) -
                   energy_at(&plan->storages.items[s].charge_kwh, t);
    for (size_t b = 0; b < plan->blocks.count; b++)
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &plan->blocks.items[b].events.items[e];
            if (event->charger.id && ev->chargers.items[event->charger.index].grid == g)
                sum += stay_flow(event, true, t) - stay_flow(event, false, t);
        }
    return sum;
}

static inline void check_grids(const struct eb_instance *ev, const struct eb_plan *plan,
                               const char *name)
{
    for (size_t g = 0; g < ev->grids.count; g++)
        for (size_t t = 0; t < ev->T; t++)
            if (fabs(grid_imbalance(ev, plan, g, t)) > ENERGY_TOLERANCE)
                ck_abort_msg("%s: grid %zu, slot %zu is off by %g", name, g, t,
                             grid_imbalance(ev, plan, g, t));
    for (size_t s = 0; s < ev->storages.count; s++)
        for (size_t t = 1; t < ev->T; t++) {
            const struct eb_storage_plan *it = &plan->storages.items[s];
            double in = energy_at(&it->charge_kwh, t) * ev->storages.items[s].charge_efficiency;
            double out =
                energy_at(&it->discharge_kwh, t) / ev->storages.items[s].discharge_efficiency;
            double off =
                energy_at(&it->energy_kwh, t) - energy_at(&it->energy_kwh, t - 1) - in + out;
            if (fabs(off) > ENERGY_TOLERANCE)
                ck_abort_msg("%s: storage %zu, slot %zu is off by %g", name, s, t, off);
        }
}

/* What a bus has after every event is what it had, less what it used, and what came through its
 * charger. */
static inline void check_buses(const struct eb_instance *ev, const struct eb_plan *plan,
                               const char *name)
{
    for (size_t b = 0; b < plan->blocks.count; b++) {
        double charge = plan->blocks.items[b].start_kwh;
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &plan->blocks.items[b].events.items[e];
            if (fabs(event->soc_before_kwh - charge) > ENERGY_TOLERANCE)
                ck_abort_msg("%s: block %zu begins event %zu with %g, had %g", name, b, e,
                             event->soc_before_kwh, charge);
            if (event->kind != EB_EVENT_STAY) charge -= event->energy_kwh;
            for (size_t t = 0; event->charger.id && t < ev->T; t++) {
                const struct eb_charger *it = &ev->chargers.items[event->charger.index];
                charge += stay_flow(event, false, t) * it->charge_efficiency -
                          stay_flow(event, true, t) / it->discharge_efficiency;
            }
            if (fabs(event->soc_after_kwh - charge) > ENERGY_TOLERANCE)
                ck_abort_msg("%s: block %zu ends event %zu with %g, should %g", name, b, e,
                             event->soc_after_kwh, charge);
        }
    }
}

/* What went through a charger in all slots is what the batteries at it gained, by its efficiencies;
 * and in no slot more than its chargers give or take. */
static inline void check_chargers(const struct eb_instance *ev, const struct eb_plan *plan,
                                  const char *name)
{
    for (size_t c = 0; c < ev->chargers.count; c++) {
        const struct eb_charger *it = &ev->chargers.items[c];
        double count = (double)it->count, through = 0, gained = 0;
        for (size_t k = 0; k < plan->chargers.count; k++)
            if (plan->chargers.keys[k].index == c) count = (double)plan->chargers.items[k];
        for (size_t t = 0; t < ev->T; t++) {
            double in = 0, out = 0;
            for (size_t b = 0; b < plan->blocks.count; b++)
                for (size_t e = 0; e < plan->blocks.items[b].events.count; e++) {
                    const struct eb_event *event = &plan->blocks.items[b].events.items[e];
                    if (!event->charger.id || event->charger.index != c) continue;
                    in += stay_flow(event, false, t);
                    out += stay_flow(event, true, t);
                }
            through += in * it->charge_efficiency - out / it->discharge_efficiency;
            if (it->no_limit) continue;
            if (in > count * it->charge_kw * ev->dt + ENERGY_TOLERANCE ||
                out > count * it->discharge_kw * ev->dt + ENERGY_TOLERANCE)
                ck_abort_msg("%s: charger %zu, slot %zu: %g in, %g out", name, c, t, in, out);
        }
        for (size_t b = 0; b < plan->blocks.count; b++)
            for (size_t e = 0; e < plan->blocks.items[b].events.count; e++) {
                const struct eb_event *event = &plan->blocks.items[b].events.items[e];
                if (event->charger.id && event->charger.index == c)
                    gained += event->soc_after_kwh - event->soc_before_kwh;
            }
        if (fabs(through - gained) > ENERGY_TOLERANCE * (double)(1 + plan->blocks.count))
            ck_abort_msg("%s: charger %zu gave %g, batteries gained %g", name, c, through, gained);
    }
}

static inline void check_energy(const struct eb_instance *ev, const struct eb_plan *plan,
                                const char *name)
{
    check_grids(ev, plan, name);
    check_buses(ev, plan, name);
    check_chargers(ev, plan, name);
}

#endif
