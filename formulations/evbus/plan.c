/* plan.c - an empty plan: nothing runs, nothing flows. */
#include "formulations/evbus/judge.h"

struct maker {
    const struct eb_instance *ev;
    struct az_arena *arena;
    bool failed;
};

static struct az_series series(struct maker *maker, double value)
{
    size_t count = maker->ev->T;
    double *values = AZ_ARRAY(maker->arena, count, double);
    if (!values) maker->failed = true;
    for (size_t t = 0; values && value != 0 && t < count; t++) values[t] = value;
    return (struct az_series){ .count = values ? count : 0, .values = values };
}

/* A map with an entry for every item of a list of the instance, in its order. */
#define NEW_MAP(maker, map, list)                                                       \
    do {                                                                                \
        (map).count = (list).count;                                                     \
        (map).items = az_arena_array((maker)->arena, (map).count, sizeof *(map).items); \
        (map).keys = AZ_ARRAY((maker)->arena, (map).count, struct az_ref);              \
        if (!(map).items || !(map).keys) return AZ_NO_MEMORY;                           \
        for (size_t i_ = 0; i_ < (map).count; i_++)                                     \
            (map).keys[i_] = (struct az_ref){ .id = (list).items[i_].id, .index = i_ }; \
    } while (0)

static enum az_status new_steps(struct maker *maker, size_t count, struct az_series **items)
{
    *items = AZ_ARRAY(maker->arena, count, struct az_series);
    if (!*items) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) (*items)[k] = series(maker, 0);
    return AZ_OK;
}

static enum az_status new_grids(struct maker *maker, struct eb_plan *plan)
{
    const struct eb_instance *ev = maker->ev;
    NEW_MAP(maker, plan->grids, ev->grids);
    for (size_t i = 0; i < ev->grids.count; i++) {
        struct eb_grid_plan *grid = &plan->grids.items[i];
        grid->supply_kwh.count = ev->grids.items[i].supply.count;
        grid->demand_kwh.count = ev->grids.items[i].demand.count;
        AZ_TRY(new_steps(maker, grid->supply_kwh.count, &grid->supply_kwh.items));
        AZ_TRY(new_steps(maker, grid->demand_kwh.count, &grid->demand_kwh.items));
    }
    return AZ_OK;
}

static enum az_status new_ties(struct maker *maker, struct eb_plan *plan)
{
    const struct eb_instance *ev = maker->ev;
    NEW_MAP(maker, plan->converters, ev->converters);
    for (size_t i = 0; i < ev->converters.count; i++)
        plan->converters.items[i] =
            (struct eb_converter_plan){ .forward_in_kwh = series(maker, 0),
                                        .backward_in_kwh = series(maker, 0) };
    NEW_MAP(maker, plan->storages, ev->storages);
    for (size_t i = 0; i < ev->storages.count; i++)
        plan->storages.items[i] =
            (struct eb_storage_plan){ .charge_kwh = series(maker, 0),
                                      .discharge_kwh = series(maker, 0),
                                      .energy_kwh = series(maker, eb_storage_start(ev, i)) };
    return AZ_OK;
}

/* Banks without limit have no number. */
static enum az_status new_chargers(struct maker *maker, struct eb_plan *plan)
{
    const struct eb_instance *ev = maker->ev;
    NEW_MAP(maker, plan->chargers, ev->chargers);
    plan->chargers.count = 0;
    for (size_t i = 0; i < ev->chargers.count; i++) {
        const struct eb_charger *charger = &ev->chargers.items[i];
        if (charger->no_limit == 1 || charger->count == AZ_NO_INTEGER) continue;
        size_t k = plan->chargers.count++;
        plan->chargers.keys[k] = (struct az_ref){ .id = charger->id, .index = i };
        plan->chargers.items[k] = charger->count;
    }
    return AZ_OK;
}

static enum az_status new_unserved(struct maker *maker, struct eb_plan *plan)
{
    const struct eb_instance *ev = maker->ev;
    plan->unserved.items = AZ_ARRAY(maker->arena, ev->trips.count, struct eb_unserved);
    if (!plan->unserved.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < ev->trips.count; i++)
        if (!ev->done[i])
            plan->unserved.items[plan->unserved.count++] =
                (struct eb_unserved){ .trip = { .id = ev->trips.items[i].id, .index = i },
                                      .reason = EB_REASON_COST };
    return AZ_OK;
}

enum az_status eb_plan_new(const struct eb_instance *ev, struct az_arena *arena,
                           struct eb_plan **out)
{
    struct maker maker = { .ev = ev, .arena = arena };
    struct eb_plan *plan = AZ_NEW(arena, struct eb_plan);
    if (!plan) return AZ_NO_MEMORY;
    plan->start = ev->start;
    plan->slot_minutes = ev->slot_minutes;
    plan->slots = ev->slots;
    plan->blocks.items = az_arena_take(arena, 0);
    if (!plan->blocks.items) return AZ_NO_MEMORY;
    AZ_TRY(new_unserved(&maker, plan));
    AZ_TRY(new_chargers(&maker, plan));
    AZ_TRY(new_grids(&maker, plan));
    AZ_TRY(new_ties(&maker, plan));
    if (maker.failed) return AZ_NO_MEMORY;
    *out = plan;
    return AZ_OK;
}
