/* flows.c - laying a plan out by asset, and telling where it does not fit. */
#include "formulations/microgrid/flows.h"

#include <string.h>

struct layer {
    const struct mg_instance *mg;
    struct az_arena *arena;
    struct az_misfit *misfit;
    const double *zeros; /* [T] */
    const char *map;     /* name of the map being laid */
    const char *id;      /* asset being laid */
};

static void tell(struct layer *layer, const struct az_path *where)
{
    az_misfit_tell(layer->misfit, where);
}

/* The row of a series: T finite values. */
static const double *row(struct layer *layer, const char *member, const struct az_series *series,
                         bool required)
{
    const struct az_path *path = AZ_AT(AZ_AT(AZ_AT(NULL, layer->map), layer->id), member);
    if (!series->values) {
        if (required) tell(layer, path);
        return layer->zeros;
    }
    if (series->count != layer->mg->T) {
        tell(layer, path);
        return layer->zeros;
    }
    for (size_t t = 0; t < series->count; t++) {
        if (isfinite(series->values[t])) continue;
        tell(layer, AZ_ITEM(path, t, NULL));
        return layer->zeros;
    }
    return series->values;
}

/* Where each asset's entry is in a map: at[asset]. Tells assets without entry, and entries that are
 * nobody's or somebody's second. */
static enum az_status find_entries(struct layer *layer, const char *map, const struct az_ref keys[],
                                   size_t key_count, const char *const ids[], size_t count,
                                   size_t **at)
{
    layer->map = map;
    *at = AZ_ARRAY(layer->arena, count, size_t);
    if (!*at) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) (*at)[i] = AZ_NO_INDEX;
    for (size_t k = 0; k < key_count; k++) {
        size_t asset = keys[k].index;
        if (asset >= count || (*at)[asset] != AZ_NO_INDEX)
            tell(layer, AZ_AT(AZ_AT(NULL, map), keys[k].id ? keys[k].id : "?"));
        else
            (*at)[asset] = k;
    }
    for (size_t i = 0; i < count; i++)
        if ((*at)[i] == AZ_NO_INDEX) tell(layer, AZ_AT(AZ_AT(NULL, map), ids[i]));
    return AZ_OK;
}

/* Opens a map: at[] and ids[] of the assets in `list`, for `map` of the plan. */
#define FIND_ENTRIES(layer, name, map_, list, at)                                                \
    do {                                                                                         \
        const char **ids_ = AZ_ARRAY((layer)->arena, (list).count, const char *);                \
        if (!ids_) return AZ_NO_MEMORY;                                                          \
        for (size_t i_ = 0; i_ < (list).count; i_++) ids_[i_] = (list).items[i_].id;             \
        AZ_TRY(                                                                                  \
            find_entries((layer), (name), (map_).keys, (map_).count, ids_, (list).count, (at))); \
    } while (0)

static enum az_status lay_units(struct layer *layer, const struct mg_plan *plan,
                                struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "units", plan->units, mg->units, &at);
    flows->units = AZ_ARRAY(layer->arena, mg->units.count, struct mg_unit_flow);
    if (!flows->units) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->units.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        const struct mg_unit_plan *unit = &plan->units.items[at[i]];
        layer->id = mg->units.items[i].id;
        flows->units[i] = (struct mg_unit_flow){
            .on = row(layer, "on", &unit->on, true),
            .power = row(layer, "power_kw", &unit->power_kw, true),
            .reserve = row(layer, "reserve_up_kw", &unit->reserve_up_kw, false),
            .reserve_down = row(layer, "reserve_down_kw", &unit->reserve_down_kw, false)
        };
    }
    return AZ_OK;
}

static enum az_status lay_renewables(struct layer *layer, const struct mg_plan *plan,
                                     struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "renewables", plan->renewables, mg->renewables, &at);
    flows->used = AZ_ARRAY(layer->arena, mg->renewables.count, const double *);
    if (!flows->used) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->renewables.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        layer->id = mg->renewables.items[i].id;
        flows->used[i] = row(layer, "used_kw", &plan->renewables.items[at[i]].used_kw, true);
    }
    return AZ_OK;
}

/* The departures of a fleet, and its shelter. */
static enum az_status lay_fleet(struct layer *layer, size_t i, const struct mg_battery_plan *plan,
                                struct mg_battery_flow *flow)
{
    const struct mg_battery *battery = &layer->mg->batteries.items[i];
    const struct az_path *path = AZ_AT(AZ_AT(NULL, "batteries"), battery->id);
    const char *unknown;
    flow->shelter = battery->grid.index;
    if (plan->shelter_grid.id) flow->shelter = plan->shelter_grid.index;
    if (flow->shelter >= layer->mg->grids.count) {
        tell(layer, AZ_AT(path, "shelter_grid"));
        flow->shelter = battery->grid.index;
    }
    if (battery->reservations.count + plan->departed_kwh.count == 0) return AZ_OK;
    double *departed = AZ_ARRAY(layer->arena, battery->reservations.count, double);
    if (!departed) return AZ_NO_MEMORY;
    flow->departed = departed;
    mg_departures(layer->mg, i, plan, flow->energy, departed, &unknown);
    if (unknown) tell(layer, AZ_AT(AZ_AT(path, "departed_kwh"), unknown));
    for (size_t k = 0; k < battery->reservations.count; k++) {
        if (isfinite(departed[k])) continue;
        tell(layer, AZ_AT(AZ_AT(path, "departed_kwh"), battery->reservations.items[k].id));
        departed[k] = 0;
    }
    return AZ_OK;
}

static enum az_status lay_batteries(struct layer *layer, const struct mg_plan *plan,
                                    struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "batteries", plan->batteries, mg->batteries, &at);
    flows->batteries = AZ_ARRAY(layer->arena, mg->batteries.count, struct mg_battery_flow);
    if (!flows->batteries) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        const struct mg_battery_plan *battery = &plan->batteries.items[at[i]];
        layer->id = mg->batteries.items[i].id;
        flows->batteries[i] = (struct mg_battery_flow){
            .charge = row(layer, "charge_kw", &battery->charge_kw, true),
            .discharge = row(layer, "discharge_kw", &battery->discharge_kw, true),
            .energy = row(layer, "energy_kwh", &battery->energy_kwh, true),
            .reserve_up = row(layer, "reserve_up_kw", &battery->reserve_up_kw, false),
            .reserve_down = row(layer, "reserve_down_kw", &battery->reserve_down_kw, false)
        };
        AZ_TRY(lay_fleet(layer, i, battery, &flows->batteries[i]));
    }
    return AZ_OK;
}

static enum az_status lay_converters(struct layer *layer, const struct mg_plan *plan,
                                     struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "converters", plan->converters, mg->converters, &at);
    flows->converters = AZ_ARRAY(layer->arena, mg->converters.count, struct mg_converter_flow);
    if (!flows->converters) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->converters.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        const struct mg_converter_plan *converter = &plan->converters.items[at[i]];
        layer->id = mg->converters.items[i].id;
        flows->converters[i] = (struct mg_converter_flow){
            .on = converter->on.values ? row(layer, "on", &converter->on, false) : NULL,
            .forward_in = row(layer, "forward_in_kw", &converter->forward_in_kw, true),
            .forward_out = row(layer, "forward_out_kw", &converter->forward_out_kw, true),
            .backward_in = row(layer, "backward_in_kw", &converter->backward_in_kw, true),
            .backward_out = row(layer, "backward_out_kw", &converter->backward_out_kw, true),
            .forward_reserve =
                row(layer, "forward_reserve_kw", &converter->forward_reserve_kw, false),
            .backward_reserve =
                row(layer, "backward_reserve_kw", &converter->backward_reserve_kw, false)
        };
    }
    return AZ_OK;
}

static enum az_status lay_connections(struct layer *layer, const struct mg_plan *plan,
                                      struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "connections", plan->connections, mg->connections, &at);
    flows->connections = AZ_ARRAY(layer->arena, mg->connections.count, struct mg_connection_flow);
    if (!flows->connections) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->connections.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        const struct mg_connection_plan *connection = &plan->connections.items[at[i]];
        layer->id = mg->connections.items[i].id;
        flows->connections[i] = (struct mg_connection_flow){
            .import = row(layer, "import_kw", &connection->import_kw, true),
            .export = row(layer, "export_kw", &connection->export_kw, true)
        };
    }
    return AZ_OK;
}

static enum az_status lay_loads(struct layer *layer, const struct mg_plan *plan,
                                struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "loads", plan->loads, mg->loads, &at);
    flows->unserved = AZ_ARRAY(layer->arena, mg->loads.count, const double *);
    flows->interrupted = AZ_ARRAY(layer->arena, mg->loads.count, const double *);
    if (!flows->unserved || !flows->interrupted) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->loads.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        layer->id = mg->loads.items[i].id;
        flows->unserved[i] =
            row(layer, "unserved_kw", &plan->loads.items[at[i]].unserved_kw, false);
        flows->interrupted[i] =
            row(layer, "interrupted_kw", &plan->loads.items[at[i]].interrupted_kw, false);
    }
    return AZ_OK;
}

static enum az_status lay_ponds(struct layer *layer, const struct mg_plan *plan,
                                struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "ponds", plan->ponds, mg->ponds, &at);
    flows->ponds = AZ_ARRAY(layer->arena, mg->ponds.count, struct mg_pond_flow);
    if (!flows->ponds) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->ponds.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        const struct mg_pond_plan *pond = &plan->ponds.items[at[i]];
        layer->id = mg->ponds.items[i].id;
        flows->ponds[i] =
            (struct mg_pond_flow){ .level = row(layer, "level_kwh", &pond->level_kwh, true),
                                   .spill = row(layer, "spill_kw", &pond->spill_kw, false) };
    }
    return AZ_OK;
}

static enum az_status lay_free_loads(struct layer *layer, const struct mg_plan *plan,
                                     struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "shiftables", plan->shiftables, mg->shiftables, &at);
    flows->starts = AZ_ARRAY(layer->arena, mg->shiftables.count, struct az_time);
    if (!flows->starts) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->shiftables.count; i++)
        if (at[i] != AZ_NO_INDEX) flows->starts[i] = plan->shiftables.items[at[i]].start;
    FIND_ENTRIES(layer, "flexible_loads", plan->flexible_loads, mg->flexible_loads, &at);
    flows->flexible = AZ_ARRAY(layer->arena, mg->flexible_loads.count, const double *);
    if (!flows->flexible) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->flexible_loads.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        layer->id = mg->flexible_loads.items[i].id;
        flows->flexible[i] =
            row(layer, "power_kw", &plan->flexible_loads.items[at[i]].power_kw, true);
    }
    return AZ_OK;
}

/* The entry of an armable asset in a line's map; NULL where it is never armed. */
static const struct mg_arming_plan *arming_of(const struct mg_line_plan *plan,
                                              const struct az_ref *asset)
{
    for (size_t k = 0; k < plan->arming.count; k++)
        if (strcmp(plan->arming.keys[k].id, asset->id) == 0) return &plan->arming.items[k];
    return NULL;
}

static bool is_armable(const struct mg_line *line, const char *id)
{
    for (size_t k = 0; k < line->armable.count; k++)
        if (strcmp(line->armable.items[k].asset.id, id) == 0) return true;
    return false;
}

static enum az_status lay_line(struct layer *layer, const struct mg_line *line,
                               const struct mg_line_plan *plan, struct mg_arming_flow **arming)
{
    const struct az_path *path = AZ_AT(AZ_AT(AZ_AT(NULL, "lines"), line->id), "arming");
    *arming = AZ_ARRAY(layer->arena, line->armable.count, struct mg_arming_flow);
    if (!*arming) return AZ_NO_MEMORY;
    layer->id = line->id;
    for (size_t k = 0; k < plan->arming.count; k++)
        if (!is_armable(line, plan->arming.keys[k].id))
            tell(layer, AZ_AT(path, plan->arming.keys[k].id));
    for (size_t k = 0; k < line->armable.count; k++) {
        const struct mg_arming_plan *entry = arming_of(plan, &line->armable.items[k].asset);
        (*arming)[k] = (struct mg_arming_flow){ layer->zeros, layer->zeros };
        if (!entry) continue;
        (*arming)[k] = (struct mg_arming_flow){ .armed = row(layer, "armed", &entry->armed, true),
                                                .tripped = row(layer, "tripped_kw",
                                                               &entry->tripped_kw, true) };
    }
    return AZ_OK;
}

static enum az_status lay_market(struct layer *layer, const struct mg_plan *plan,
                                 struct mg_flows *flows)
{
    const struct mg_instance *mg = layer->mg;
    size_t *at;
    FIND_ENTRIES(layer, "lines", plan->lines, mg->lines, &at);
    flows->arming = AZ_ARRAY(layer->arena, mg->lines.count, struct mg_arming_flow *);
    if (!flows->arming) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->lines.count; i++)
        if (at[i] != AZ_NO_INDEX)
            AZ_TRY(
                lay_line(layer, &mg->lines.items[i], &plan->lines.items[at[i]], &flows->arming[i]));
    FIND_ENTRIES(layer, "commitments", plan->commitments, mg->commitments, &at);
    flows->short_of = AZ_ARRAY(layer->arena, mg->commitments.count, const double *);
    if (!flows->short_of) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        if (at[i] == AZ_NO_INDEX) continue;
        layer->id = mg->commitments.items[i].id;
        flows->short_of[i] =
            row(layer, "short_kw", &plan->commitments.items[at[i]].short_kw, false);
    }
    return AZ_OK;
}

enum az_status mg_flows_lay(const struct mg_instance *mg, const struct mg_plan *plan,
                            struct az_arena *arena, struct az_misfit *misfit,
                            struct mg_flows *flows)
{
    struct layer layer = { .mg = mg, .arena = arena, .misfit = misfit };
    layer.zeros = AZ_ARRAY(arena, mg->T, double);
    if (!layer.zeros) return AZ_NO_MEMORY;
    misfit->count = 0;
    if (plan->start.utc_s != mg->start.utc_s) tell(&layer, AZ_AT(NULL, "start"));
    if (plan->slot_minutes != mg->slot_minutes) tell(&layer, AZ_AT(NULL, "slot_minutes"));
    if (plan->slots != mg->slots) tell(&layer, AZ_AT(NULL, "slots"));
    AZ_TRY(lay_units(&layer, plan, flows));
    AZ_TRY(lay_renewables(&layer, plan, flows));
    AZ_TRY(lay_batteries(&layer, plan, flows));
    AZ_TRY(lay_converters(&layer, plan, flows));
    AZ_TRY(lay_connections(&layer, plan, flows));
    AZ_TRY(lay_loads(&layer, plan, flows));
    AZ_TRY(lay_ponds(&layer, plan, flows));
    AZ_TRY(lay_free_loads(&layer, plan, flows));
    AZ_TRY(lay_market(&layer, plan, flows));
    return AZ_OK;
}
