/* evaluate_shape.c - laying a plan out, and telling where it does not fit the instance. */
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/judge.h"

struct named_bus {
    const char *id;
    size_t index;
};

struct shaper {
    const struct eb_instance *ev;
    const struct eb_plan *plan;
    struct az_arena *arena;
    struct az_misfit *misfit;
    struct eb_layout *layout;
    struct named_bus *buses; /* [bus_count] by id */
};

static void tell(struct shaper *s, const struct az_path *where)
{
    az_misfit_tell(s->misfit, where);
}

bool eb_seconds(const struct eb_instance *ev, struct az_time time, int64_t *seconds)
{
    return az_seconds_since(ev->start, time, seconds);
}

static bool lists_charge(const struct eb_event *event)
{
    for (size_t i = 0; i < event->charge_kwh.count; i++)
        if (event->charge_kwh.items[i] != 0) return true;
    for (size_t i = 0; i < event->discharge_kwh.count; i++)
        if (event->discharge_kwh.items[i] != 0) return true;
    return false;
}

bool eb_event_charges(const struct eb_event *event)
{
    if (event->kind != EB_EVENT_STAY) return false;
    return lists_charge(event) || (!isnan(event->charged_kwh) && event->charged_kwh != 0);
}

/* --- buses by id --------------------------------------------------------------------------------
 */

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct named_bus *)a)->id, ((const struct named_bus *)b)->id);
}

static enum az_status name_buses(struct shaper *s)
{
    s->buses = AZ_ARRAY(s->arena, s->ev->bus_count, struct named_bus);
    if (!s->buses) return AZ_NO_MEMORY;
    for (size_t i = 0; i < s->ev->bus_count; i++)
        s->buses[i] = (struct named_bus){ s->ev->bus[i].id, i };
    qsort(s->buses, s->ev->bus_count, sizeof *s->buses, by_id);
    return AZ_OK;
}

/* Buses may be named by the instance or its state: only the id says which one is in force. */
static size_t find_bus(const struct shaper *s, const char *id)
{
    struct named_bus key = { id, 0 };
    const struct named_bus *found =
        bsearch(&key, s->buses, s->ev->bus_count, sizeof *s->buses, by_id);
    return found ? found->index : AZ_NO_INDEX;
}

/* --- members ------------------------------------------------------------------------------------
 */

/* A reference that leads into a list of `count`; an absent one is told when it is required. */
static bool check_ref(struct shaper *s, const struct az_path *at, const char *member,
                      const struct az_ref *ref, size_t count, bool required)
{
    if (!ref->id && !required) return true;
    if (ref->id && ref->index < count) return true;
    tell(s, AZ_AT(at, member));
    return false;
}

static void check_number(struct shaper *s, const struct az_path *at, const char *member,
                         double value)
{
    if (isinf(value)) tell(s, AZ_AT(at, member));
}

static void check_list(struct shaper *s, const struct az_path *at, const char *member,
                       const struct eb_event *event, size_t count, const double items[])
{
    const struct eb_instance *ev = s->ev;
    if (count == 0) return;
    if (!ev->timed || event->first_slot < 0 || (uint64_t)event->first_slot > ev->T ||
        count > ev->T - (size_t)event->first_slot) {
        tell(s, AZ_AT(at, member));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (isfinite(items[i])) continue;
        tell(s, AZ_ITEM(AZ_AT(at, member), i, NULL));
        return;
    }
}

/* A trip may leave out what the timetable says of it. */
static void check_times(struct shaper *s, const struct az_path *at, const struct eb_event *event)
{
    int64_t seconds;
    bool start = az_time_given(event->start), end = az_time_given(event->end);
    if (!s->ev->timed) return;
    if (event->kind == EB_EVENT_TRIP && !start && !end) return;
    if (!eb_seconds(s->ev, event->start, &seconds)) tell(s, AZ_AT(at, "start"));
    if (!eb_seconds(s->ev, event->end, &seconds)) tell(s, AZ_AT(at, "end"));
}

static void check_trip(struct shaper *s, const struct az_path *at, const struct eb_event *event)
{
    const struct eb_instance *ev = s->ev;
    if (!check_ref(s, at, "trip", &event->trip, ev->trips.count, true)) return;
    const struct eb_trip *trip = &ev->trips.items[event->trip.index];
    if (event->from.id && trip->from.id && event->from.index != trip->from.index)
        tell(s, AZ_AT(at, "from"));
    if (event->to.id && trip->to.id && event->to.index != trip->to.index) tell(s, AZ_AT(at, "to"));
}

static void check_stay(struct shaper *s, const struct az_path *at, const struct eb_event *event)
{
    bool both = event->from.id && event->to.id && event->from.index < s->ev->places.count;
    if (both && event->from.index != event->to.index) tell(s, AZ_AT(at, "to"));
    check_list(s, at, "charge_kwh", event, event->charge_kwh.count, event->charge_kwh.items);
    check_list(s, at, "discharge_kwh", event, event->discharge_kwh.count,
               event->discharge_kwh.items);
    check_number(s, at, "charged_kwh", event->charged_kwh);
    check_ref(s, at, "charger", &event->charger, s->ev->chargers.count, eb_event_charges(event));
}

static void check_event(struct shaper *s, const struct az_path *at, const struct eb_event *event)
{
    const struct eb_instance *ev = s->ev;
    bool trip = event->kind == EB_EVENT_TRIP, placed = !ev->links && !trip;
    if (event->kind < EB_EVENT_TRIP || event->kind > EB_EVENT_STAY) {
        tell(s, AZ_AT(at, "kind"));
        return;
    }
    check_ref(s, at, "from", &event->from, ev->places.count, placed);
    check_ref(s, at, "to", &event->to, ev->places.count,
              placed && event->kind == EB_EVENT_DEADHEAD);
    check_times(s, at, event);
    check_number(s, at, "soc_before_kwh", event->soc_before_kwh);
    check_number(s, at, "soc_after_kwh", event->soc_after_kwh);
    if (trip) check_trip(s, at, event);
    if (event->kind == EB_EVENT_STAY) check_stay(s, at, event);
}

/* --- blocks -------------------------------------------------------------------------------------
 */

/* A block of a bus of `buses` is of its type and depot. */
static void check_bus(struct shaper *s, const struct az_path *at, size_t b)
{
    const struct eb_block *block = &s->plan->blocks.items[b];
    s->layout->block_bus[b] = AZ_NO_INDEX;
    if (!block->bus.id) return;
    size_t i = find_bus(s, block->bus.id);
    if (i == AZ_NO_INDEX) {
        tell(s, AZ_AT(at, "bus"));
        return;
    }
    s->layout->block_bus[b] = i;
    if (s->layout->bus_block[i] == AZ_NO_INDEX) s->layout->bus_block[i] = b;
    if (block->type.index != s->ev->bus[i].type.index) tell(s, AZ_AT(at, "type"));
    if (block->depot.index != s->ev->bus[i].depot.index) tell(s, AZ_AT(at, "depot"));
}

static void check_block(struct shaper *s, size_t b)
{
    const struct eb_instance *ev = s->ev;
    const struct eb_block *block = &s->plan->blocks.items[b];
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "blocks"), b, block->id);
    const struct az_path *events = AZ_AT(at, "events");
    bool type = check_ref(s, at, "type", &block->type, ev->types.count, true);
    bool depot = check_ref(s, at, "depot", &block->depot, ev->depots.count, true);
    check_ref(s, at, "end_depot", &block->end_depot, ev->depots.count, false);
    s->layout->block_bus[b] = AZ_NO_INDEX;
    if (type && depot) check_bus(s, at, b);
    bool battery = type && ev->types.items[block->type.index].has_battery;
    if (isinf(block->start_kwh) || (battery && !block->bus.id && isnan(block->start_kwh)))
        tell(s, AZ_AT(at, "start_kwh"));
    for (size_t e = 0; e < block->events.count; e++)
        check_event(s, AZ_ITEM(events, e, NULL), &block->events.items[e]);
}

static enum az_status lay_blocks(struct shaper *s)
{
    size_t count = s->plan->blocks.count;
    s->layout->block_bus = AZ_ARRAY(s->arena, count, size_t);
    s->layout->bus_block = AZ_ARRAY(s->arena, s->ev->bus_count, size_t);
    if (!s->layout->block_bus || !s->layout->bus_block) return AZ_NO_MEMORY;
    for (size_t i = 0; i < s->ev->bus_count; i++) s->layout->bus_block[i] = AZ_NO_INDEX;
    for (size_t b = 0; b < count; b++) check_block(s, b);
    for (size_t i = 0; i < s->plan->unserved.count; i++)
        check_ref(s, AZ_ITEM(AZ_AT(NULL, "unserved"), i, NULL), "trip",
                  &s->plan->unserved.items[i].trip, s->ev->trips.count, true);
    return AZ_OK;
}

/* --- maps ---------------------------------------------------------------------------------------
 */

static const char *key_of(const struct az_ref *key)
{
    return key->id ? key->id : "?";
}

/* Where each thing's entry is in a map. Tells things without entry, and entries that are nobody's
 * or somebody's second. ids: of the things. */
static enum az_status find_entries(struct shaper *s, const char *map, const struct az_ref keys[],
                                   size_t key_count, const char *const ids[], size_t count,
                                   size_t **at)
{
    if (!(*at = AZ_ARRAY(s->arena, count, size_t))) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) (*at)[i] = AZ_NO_INDEX;
    for (size_t k = 0; k < key_count; k++) {
        if (keys[k].index >= count || (*at)[keys[k].index] != AZ_NO_INDEX)
            tell(s, AZ_AT(AZ_AT(NULL, map), key_of(&keys[k])));
        else
            (*at)[keys[k].index] = k;
    }
    for (size_t i = 0; i < count; i++)
        if ((*at)[i] == AZ_NO_INDEX) tell(s, AZ_AT(AZ_AT(NULL, map), ids[i]));
    return AZ_OK;
}

/* Entries of `map_` of the plan for the things of `list`. */
#define FIND_ENTRIES(s, name, map_, list, at)                                                   \
    do {                                                                                        \
        const char **ids_ = AZ_ARRAY((s)->arena, (list).count, const char *);                   \
        if (!ids_) return AZ_NO_MEMORY;                                                         \
        for (size_t i_ = 0; i_ < (list).count; i_++) ids_[i_] = (list).items[i_].id;            \
        AZ_TRY(find_entries((s), (name), (map_).keys, (map_).count, ids_, (list).count, (at))); \
    } while (0)

/* T finite values. */
static void check_series(struct shaper *s, const struct az_path *path,
                         const struct az_series *series, bool required)
{
    if (!series->values && !required) return;
    if (!series->values || series->count != s->ev->T) {
        tell(s, path);
        return;
    }
    for (size_t t = 0; t < series->count; t++) {
        if (isfinite(series->values[t])) continue;
        tell(s, AZ_ITEM(path, t, NULL));
        return;
    }
}

static void check_steps(struct shaper *s, const struct az_path *at, const char *member,
                        size_t steps, size_t count, const struct az_series items[])
{
    const struct az_path *list = AZ_AT(at, member);
    if (count != steps) {
        tell(s, list);
        return;
    }
    for (size_t k = 0; k < count; k++) check_series(s, AZ_ITEM(list, k, NULL), &items[k], true);
}

static enum az_status lay_grids(struct shaper *s)
{
    const struct eb_instance *ev = s->ev;
    const struct eb_plan *plan = s->plan;
    FIND_ENTRIES(s, "grids", plan->grids, ev->grids, &s->layout->grid_at);
    for (size_t i = 0; i < ev->grids.count; i++) {
        if (s->layout->grid_at[i] == AZ_NO_INDEX) continue;
        const struct eb_grid_plan *grid = &plan->grids.items[s->layout->grid_at[i]];
        const struct az_path *at = AZ_AT(AZ_AT(NULL, "grids"), ev->grids.items[i].id);
        check_steps(s, at, "supply_kwh", ev->grids.items[i].supply.count, grid->supply_kwh.count,
                    grid->supply_kwh.items);
        check_steps(s, at, "demand_kwh", ev->grids.items[i].demand.count, grid->demand_kwh.count,
                    grid->demand_kwh.items);
    }
    return AZ_OK;
}

static enum az_status lay_ties(struct shaper *s)
{
    const struct eb_instance *ev = s->ev;
    const struct eb_plan *plan = s->plan;
    FIND_ENTRIES(s, "converters", plan->converters, ev->converters, &s->layout->converter_at);
    for (size_t i = 0; i < ev->converters.count; i++) {
        if (s->layout->converter_at[i] == AZ_NO_INDEX) continue;
        const struct eb_converter_plan *to = &plan->converters.items[s->layout->converter_at[i]];
        const struct az_path *at = AZ_AT(AZ_AT(NULL, "converters"), ev->converters.items[i].id);
        check_series(s, AZ_AT(at, "forward_in_kwh"), &to->forward_in_kwh, true);
        check_series(s, AZ_AT(at, "backward_in_kwh"), &to->backward_in_kwh, true);
    }
    FIND_ENTRIES(s, "storages", plan->storages, ev->storages, &s->layout->storage_at);
    for (size_t i = 0; i < ev->storages.count; i++) {
        if (s->layout->storage_at[i] == AZ_NO_INDEX) continue;
        const struct eb_storage_plan *to = &plan->storages.items[s->layout->storage_at[i]];
        const struct az_path *at = AZ_AT(AZ_AT(NULL, "storages"), ev->storages.items[i].id);
        check_series(s, AZ_AT(at, "charge_kwh"), &to->charge_kwh, true);
        check_series(s, AZ_AT(at, "discharge_kwh"), &to->discharge_kwh, true);
        check_series(s, AZ_AT(at, "energy_kwh"), &to->energy_kwh, false);
    }
    return AZ_OK;
}

static int64_t own_count(const struct eb_charger *charger)
{
    if (charger->no_limit == 1) return INT64_MAX;
    return charger->count == AZ_NO_INTEGER ? 1 : charger->count;
}

/* Chargers in use: the plan's entry where there is one. */
static enum az_status lay_chargers(struct shaper *s)
{
    const struct eb_instance *ev = s->ev;
    const struct eb_plan *plan = s->plan;
    bool *given = AZ_ARRAY(s->arena, ev->chargers.count, bool);
    s->layout->chargers = AZ_ARRAY(s->arena, ev->chargers.count, int64_t);
    if (!given || !s->layout->chargers) return AZ_NO_MEMORY;
    for (size_t i = 0; i < ev->chargers.count; i++)
        s->layout->chargers[i] = own_count(&ev->chargers.items[i]);
    for (size_t k = 0; k < plan->chargers.count; k++) {
        size_t i = plan->chargers.keys[k].index;
        if (i >= ev->chargers.count || given[i] || plan->chargers.items[k] == AZ_NO_INTEGER) {
            tell(s, AZ_AT(AZ_AT(NULL, "chargers"), key_of(&plan->chargers.keys[k])));
            continue;
        }
        given[i] = true;
        if (s->layout->chargers[i] != INT64_MAX) s->layout->chargers[i] = plan->chargers.items[k];
    }
    return AZ_OK;
}

enum az_status eb_lay_out(const struct eb_instance *ev, const struct eb_plan *plan,
                          struct az_arena *arena, struct az_misfit *misfit,
                          struct eb_layout *layout)
{
    struct shaper s = { ev, plan, arena, misfit, layout, NULL };
    *layout = (struct eb_layout){ 0 };
    misfit->count = 0;
    AZ_TRY(name_buses(&s));
    if (plan->start.utc_s != ev->start.utc_s) tell(&s, AZ_AT(NULL, "start"));
    if (plan->slot_minutes != ev->slot_minutes) tell(&s, AZ_AT(NULL, "slot_minutes"));
    if (plan->slots != ev->slots) tell(&s, AZ_AT(NULL, "slots"));
    AZ_TRY(lay_blocks(&s));
    AZ_TRY(lay_chargers(&s));
    if (ev->T == 0) return AZ_OK;
    AZ_TRY(lay_grids(&s));
    AZ_TRY(lay_ties(&s));
    return AZ_OK;
}
