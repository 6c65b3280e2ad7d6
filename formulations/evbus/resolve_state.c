/* resolve_state.c - buses in force, trips that are done or assigned, then depots and chargers. */
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/resolve.h"

/* --- finding by id ------------------------------------------------------------------------------
 */

struct named {
    const char *id;
    size_t index;
};

static int by_id(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    int order = strcmp(left->id, right->id);
    if (order) return order;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* The first of that name, or AZ_NO_INDEX. */
static size_t find(const struct named names[], size_t count, const char *id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(names[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && strcmp(names[low].id, id) == 0 ? names[low].index : AZ_NO_INDEX;
}

/* --- buses --------------------------------------------------------------------------------------
 */

/* Buses in force: the instance's, each replaced by the state's of the same id, then the rest of the
 * state's. */
static enum az_status collect_buses(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    size_t own = ev->buses.count, more = ev->state ? ev->state->buses.count : 0;
    struct named *names = AZ_ARRAY(r->arena, own, struct named);
    ev->bus = AZ_ARRAY(r->arena, own + more, struct eb_bus);
    if (!names || !ev->bus) return AZ_NO_MEMORY;
    ev->bus_count = own;
    for (size_t i = 0; i < own; i++) {
        ev->bus[i] = ev->buses.items[i];
        names[i] = (struct named){ ev->bus[i].id ? ev->bus[i].id : "", i };
    }
    qsort(names, own, sizeof *names, by_id);
    for (size_t i = 0; i < more; i++) {
        const struct eb_bus *bus = &ev->state->buses.items[i];
        size_t at = bus->id ? find(names, own, bus->id) : AZ_NO_INDEX;
        ev->bus[at == AZ_NO_INDEX ? ev->bus_count++ : at] = *bus;
    }
    return AZ_OK;
}

const struct az_path *eb_bus_path(const struct eb_instance *ev, size_t b, struct az_path parts[3])
{
    const char *id = ev->bus[b].id;
    parts[0] = (struct az_path){ .name = "state" };
    for (size_t i = 0; ev->state && id && i < ev->state->buses.count; i++) {
        if (strcmp(ev->state->buses.items[i].id, id) != 0) continue;
        parts[1] = (struct az_path){ .up = &parts[0], .name = "buses" };
        parts[2] = (struct az_path){ .up = &parts[1], .index = i, .label = id };
        return &parts[2];
    }
    parts[1] = (struct az_path){ .name = "buses" };
    parts[2] = (struct az_path){ .up = &parts[1], .index = b, .label = id };
    return &parts[2];
}

static void resolve_charge(struct eb_resolver *r, size_t b, const struct eb_type *type)
{
    struct eb_instance *ev = r->ev;
    struct eb_bus *bus = &ev->bus[b];
    struct az_path parts[3];
    const struct az_path *path = AZ_AT(eb_bus_path(ev, b, parts), "charge_kwh");
    double reserve = fmax(ev->reserve_share * type->battery_kwh, bus->reserve_kwh);
    bus->min_kwh = type->soc_min_share * type->battery_kwh + reserve;
    bus->max_kwh = type->max_kwh;
    if (isnan(bus->end_kwh)) bus->end_kwh = type->start_kwh[0];
    bus->start_kwh = isnan(bus->charge_kwh) ? type->start_kwh[0] : bus->charge_kwh;
    if (isnan(bus->charge_kwh)) {
        AZ_FIND(r->assumptions, &eb_code_charge_assumed, path,
                AZ_NUMBER_PARAM("taken", bus->start_kwh));
        return;
    }
    double nearest = fmin(fmax(bus->charge_kwh, bus->min_kwh), bus->max_kwh);
    if (nearest == bus->charge_kwh || bus->min_kwh > bus->max_kwh || bus->out_of_service == 1)
        return;
    if (bus->out_of_range == EB_CLAMP)
        AZ_FIND(r->assumptions, &eb_code_charge_clamped, path,
                AZ_NUMBER_PARAM("value", bus->charge_kwh), AZ_NUMBER_PARAM("taken", nearest));
    else if (!eb_within(bus->charge_kwh, bus->min_kwh, bus->max_kwh))
        AZ_FIND(r->findings, &eb_code_charge_outside_window, path,
                AZ_NUMBER_PARAM("minimum", bus->min_kwh), AZ_NUMBER_PARAM("maximum", bus->max_kwh),
                AZ_NUMBER_PARAM("value", bus->charge_kwh));
    bus->start_kwh = nearest;
}

static void resolve_bus(struct eb_resolver *r, size_t b)
{
    struct eb_instance *ev = r->ev;
    struct eb_bus *bus = &ev->bus[b];
    const struct eb_type *type =
        bus->type.index < ev->types.count ? &ev->types.items[bus->type.index] : NULL;
    if (!az_time_given(bus->available))
        bus->available_s = 0;
    else
        bus->available_s = bus->available.utc_s - ev->start.utc_s;
    if (bus->available_s < 0) bus->available_s = 0;
    if (!bus->place.id && bus->depot.index < ev->depots.count)
        bus->place = ev->depots.items[bus->depot.index].place;
    bus->block_used_s =
        az_time_given(bus->pulled_out) ? ev->start.utc_s - bus->pulled_out.utc_s : 0;
    if (bus->block_used_s < 0) bus->block_used_s = 0;
    bus->start_kwh = bus->min_kwh = bus->max_kwh = 0;
    if (type && type->has_battery) resolve_charge(r, b, type);
}

/* --- trips done and assigned --------------------------------------------------------------------
 */

static enum az_status resolve_done(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    size_t trips = ev->trips.count, done = ev->state ? ev->state->done.count : 0;
    struct named *names = AZ_ARRAY(r->arena, trips, struct named);
    ev->done = AZ_ARRAY(r->arena, trips, bool);
    if (!names || !ev->done) return AZ_NO_MEMORY;
    if (done == 0) return AZ_OK;
    for (size_t i = 0; i < trips; i++)
        names[i] = (struct named){ ev->trips.items[i].id ? ev->trips.items[i].id : "", i };
    qsort(names, trips, sizeof *names, by_id);
    for (size_t i = 0; i < done; i++) {
        const char *id = ev->state->done.items[i];
        size_t at = find(names, trips, id);
        if (at == AZ_NO_INDEX)
            AZ_FIND(r->findings, &eb_code_unknown_trip, AZ_ITEM(EB_STATE("done"), i, NULL),
                    AZ_TEXT_PARAM("value", id));
        else
            ev->done[at] = true;
    }
    return AZ_OK;
}

static void assign(struct eb_resolver *r, const struct named names[], size_t trip, const char *bus,
                   const struct az_path *path)
{
    char shown[AZ_SHORT_TEXT];
    size_t at = find(names, r->ev->bus_count, bus);
    if (at == AZ_NO_INDEX)
        AZ_FIND(r->findings, &eb_code_unknown_bus, path,
                AZ_TEXT_PARAM("value", az_shorten(bus, shown)));
    else if (trip < r->ev->trips.count)
        r->ev->assigned[trip] = at;
}

/* What the trips say themselves, then what the state says. */
static enum az_status resolve_assigned(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    struct named *names = AZ_ARRAY(r->arena, ev->bus_count, struct named);
    ev->assigned = AZ_ARRAY(r->arena, ev->trips.count, size_t);
    if (!names || !ev->assigned) return AZ_NO_MEMORY;
    for (size_t i = 0; i < ev->trips.count; i++) ev->assigned[i] = AZ_NO_INDEX;
    for (size_t b = 0; b < ev->bus_count; b++)
        names[b] = (struct named){ ev->bus[b].id ? ev->bus[b].id : "", b };
    qsort(names, ev->bus_count, sizeof *names, by_id);
    for (size_t i = 0; i < ev->trips.count; i++) {
        struct eb_trip *trip = &ev->trips.items[i];
        if (!trip->bus.id) continue;
        assign(r, names, i, trip->bus.id, EB_MEMBER("trips", i, trip->id, "bus"));
        trip->bus.index = ev->assigned[i];
    }
    for (size_t k = 0; ev->state && k < ev->state->assigned.count; k++) {
        const struct az_ref *key = &ev->state->assigned.keys[k];
        assign(r, names, key->index, ev->state->assigned.items[k],
               AZ_AT(EB_STATE("assigned"), key->id));
    }
    return AZ_OK;
}

enum az_status eb_resolve_state(struct eb_resolver *r)
{
    AZ_TRY(collect_buses(r));
    for (size_t b = 0; b < r->ev->bus_count; b++) resolve_bus(r, b);
    AZ_TRY(resolve_done(r));
    return resolve_assigned(r);
}

/* --- depots and chargers ------------------------------------------------------------------------
 */

/* Trips still to be planned that the type may run. */
static int64_t trips_of(const struct eb_instance *ev, size_t type)
{
    int64_t count = 0;
    for (size_t i = 0; i < ev->trips.count; i++)
        count += ev->trips.items[i].serves[type] && !ev->done[i];
    return count;
}

static enum az_status resolve_depots(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    int64_t *most = AZ_ARRAY(r->arena, ev->types.count, int64_t);
    if (!most) return AZ_NO_MEMORY;
    for (size_t v = 0; v < ev->types.count; v++) {
        const struct eb_type *type = &ev->types.items[v];
        most[v] = trips_of(ev, v);
        if (type->count != AZ_NO_INTEGER && type->count < most[v]) most[v] = type->count;
    }
    for (size_t i = 0; i < ev->depots.count; i++) {
        struct eb_depot *depot = &ev->depots.items[i];
        if (!(depot->limit = AZ_ARRAY(r->arena, ev->types.count, int64_t))) return AZ_NO_MEMORY;
        for (size_t v = 0; v < ev->types.count && !depot->capacities.items; v++)
            depot->limit[v] = most[v];
        for (size_t k = 0; k < depot->capacities.count; k++) {
            size_t v = depot->capacities.keys[k].index;
            int64_t given = depot->capacities.items[k];
            if (v < ev->types.count) depot->limit[v] = given < most[v] ? given : most[v];
        }
        for (size_t v = 0; v < ev->types.count && depot->capacity != AZ_NO_INTEGER; v++)
            if (depot->capacity < depot->limit[v]) depot->limit[v] = depot->capacity;
    }
    return AZ_OK;
}

static enum az_status resolve_charger(struct eb_resolver *r, size_t i, size_t here[])
{
    struct eb_instance *ev = r->ev;
    struct eb_charger *charger = &ev->chargers.items[i];
    size_t place = charger->place.index;
    charger->grid = AZ_NO_INDEX;
    if (charger->no_limit != 1 && charger->count == AZ_NO_INTEGER) charger->count = 1;
    if (charger->count_max == AZ_NO_INTEGER) charger->count_max = charger->count;
    AZ_TRY(eb_serving(r->arena, charger->types.items, charger->types.count, ev->types.count,
                      &charger->serves));
    if (place >= ev->places.count) return AZ_OK;
    here[place]++;
    if (ev->places.items[place].grid.id) charger->grid = ev->places.items[place].grid.index;
    return AZ_OK;
}

static enum az_status resolve_stops(struct eb_resolver *r, const size_t here[])
{
    struct eb_instance *ev = r->ev;
    size_t **lists = AZ_ARRAY(r->arena, ev->places.count, size_t *);
    ev->stop = AZ_ARRAY(r->arena, ev->places.count, size_t);
    if (!lists || !ev->stop) return AZ_NO_MEMORY;
    ev->stop_count = 0;
    for (size_t p = 0; p < ev->places.count; p++) {
        struct eb_place *place = &ev->places.items[p];
        if (!(lists[p] = AZ_ARRAY(r->arena, here[p], size_t))) return AZ_NO_MEMORY;
        place->charger = lists[p];
        place->charger_count = 0;
        if (here[p] == 0) continue;
        ev->stop[ev->stop_count++] = p;
        if (!place->grid.id && ev->T > 0)
            AZ_FIND0(r->assumptions, &eb_code_free_energy, EB_ITEM_AT("places", p, place->id));
    }
    for (size_t i = 0; i < ev->chargers.count; i++) {
        size_t p = ev->chargers.items[i].place.index;
        if (p < ev->places.count) lists[p][ev->places.items[p].charger_count++] = i;
    }
    return AZ_OK;
}

enum az_status eb_resolve_places(struct eb_resolver *r)
{
    size_t *here = AZ_ARRAY(r->arena, r->ev->places.count, size_t);
    if (!here) return AZ_NO_MEMORY;
    for (size_t i = 0; i < r->ev->chargers.count; i++) AZ_TRY(resolve_charger(r, i, here));
    AZ_TRY(resolve_stops(r, here));
    return resolve_depots(r);
}
