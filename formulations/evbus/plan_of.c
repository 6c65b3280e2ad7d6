/* plan_of.c - duties with their energies become a plan. */
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/duty.h"
#include "formulations/evbus/grids_model.h"

struct ordered {
    const struct eb_instance *ev;
    const struct eb_source *source;
    const struct eb_duty *duty;
    int64_t first_s;
    size_t first;
};

static int by_place(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    if (x->source->type != y->source->type) return x->source->type < y->source->type ? -1 : 1;
    if (x->source->depot != y->source->depot) return x->source->depot < y->source->depot ? -1 : 1;
    if (x->first_s != y->first_s) return x->first_s < y->first_s ? -1 : 1;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return x->duty->source < y->duty->source ? -1 : x->duty->source > y->duty->source;
}

static enum az_status add_blocks(const struct eb_instance *ev, const struct eb_source *sources,
                                 const struct eb_dispatch *dispatch, size_t count,
                                 struct az_arena *arena, struct eb_plan *plan)
{
    struct ordered *list = AZ_ARRAY(arena, count, struct ordered);
    plan->blocks.items = AZ_ARRAY(arena, count, struct eb_block);
    if (!list || !plan->blocks.items) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const struct eb_duty *duty = &dispatch->duties[k];
        size_t trip = duty->legs[0].trip;
        list[k] = (struct ordered){ ev, &sources[duty->source], duty, INT64_MAX, trip };
        if (trip != AZ_NO_INDEX && ev->timed) list[k].first_s = ev->trips.items[trip].depart_s;
    }
    qsort(list, count, sizeof *list, by_place);
    plan->blocks.count = count;
    for (size_t k = 0; k < count; k++)
        AZ_TRY(
            eb_duty_block(ev, list[k].source, list[k].duty, k + 1, arena, &plan->blocks.items[k]));
    return AZ_OK;
}

/* The empty plan names every trip as left out: those that run are taken off. */
static enum az_status keep_unserved(const struct eb_instance *ev,
                                    const struct eb_dispatch *dispatch, size_t count,
                                    struct eb_plan *plan)
{
    bool *runs = calloc(ev->trips.count + 1, sizeof *runs);
    size_t kept = 0;
    if (!runs) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++)
        for (size_t l = 0; l < dispatch->duties[k].leg_count; l++)
            if (dispatch->duties[k].legs[l].trip != AZ_NO_INDEX)
                runs[dispatch->duties[k].legs[l].trip] = true;
    for (size_t u = 0; u < plan->unserved.count; u++)
        if (!runs[plan->unserved.items[u].trip.index])
            plan->unserved.items[kept++] = plan->unserved.items[u];
    plan->unserved.count = kept;
    free(runs);
    return AZ_OK;
}

static void set_series(struct az_series *series, size_t count, const double values[])
{
    if (values && series->count == count) memcpy(series->values, values, count * sizeof *values);
}

static enum az_status set_grids(const struct eb_instance *ev, const struct eb_dispatch *dispatch,
                                struct az_arena *arena, struct eb_plan *plan)
{
    for (size_t g = 0; dispatch->supply_kwh && g < plan->grids.count; g++) {
        struct eb_grid_plan *grid = &plan->grids.items[g];
        for (size_t s = 0; s < grid->supply_kwh.count; s++)
            set_series(&grid->supply_kwh.items[s], ev->T, dispatch->supply_kwh[g] + s * ev->T);
        for (size_t s = 0; s < grid->demand_kwh.count; s++)
            set_series(&grid->demand_kwh.items[s], ev->T, dispatch->demand_kwh[g] + s * ev->T);
        if (!dispatch->marginal) continue;
        double *prices = AZ_ARRAY(arena, ev->T, double);
        if (!prices) return AZ_NO_MEMORY;
        memcpy(prices, dispatch->marginal + g * ev->T, ev->T * sizeof *prices);
        grid->marginal_price_jpy_per_kwh = (struct az_series){ ev->T, prices, false };
    }
    for (size_t c = 0; dispatch->forward_kwh && c < plan->converters.count; c++) {
        set_series(&plan->converters.items[c].forward_in_kwh, ev->T, dispatch->forward_kwh[c]);
        set_series(&plan->converters.items[c].backward_in_kwh, ev->T, dispatch->backward_kwh[c]);
    }
    return AZ_OK;
}

/* Flows of the storages, and what is in them after every slot. */
static void set_storages(const struct eb_instance *ev, const struct eb_dispatch *dispatch,
                         struct eb_plan *plan)
{
    for (size_t s = 0; dispatch->storage_in_kwh && s < plan->storages.count; s++) {
        const struct eb_storage *storage = &ev->storages.items[s];
        struct eb_storage_plan *it = &plan->storages.items[s];
        double level = eb_grids_storage_start(ev, s);
        set_series(&it->charge_kwh, ev->T, dispatch->storage_in_kwh[s]);
        set_series(&it->discharge_kwh, ev->T, dispatch->storage_out_kwh[s]);
        for (size_t t = 0; t < it->energy_kwh.count; t++) {
            level += it->charge_kwh.values[t] * storage->charge_efficiency -
                     it->discharge_kwh.values[t] / storage->discharge_efficiency;
            it->energy_kwh.values[t] = level;
        }
    }
}

enum az_status eb_plan_of(const struct eb_instance *ev, const struct eb_source *sources,
                          const struct eb_dispatch *dispatch, size_t count, struct az_arena *arena,
                          struct eb_plan **plan)
{
    AZ_TRY(eb_plan_new(ev, arena, plan));
    AZ_TRY(add_blocks(ev, sources, dispatch, count, arena, *plan));
    AZ_TRY(keep_unserved(ev, dispatch, count, *plan));
    for (size_t c = 0; dispatch->chargers && c < (*plan)->chargers.count; c++)
        (*plan)->chargers.items[c] = dispatch->chargers[(*plan)->chargers.keys[c].index];
    AZ_TRY(set_grids(ev, dispatch, arena, *plan));
    set_storages(ev, dispatch, *plan);
    return eb_summarise(ev, arena, *plan);
}
