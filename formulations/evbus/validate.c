/* validate.c - the rules that span fields: what would make an instance nonsense, every problem at
 * once. Here the whole, depots, chargers, buses and state; grids and types are in
 * validate_assets.c, trips, empty drives and links in validate_trips.c.
 *
 * An instance that is sensible but has no plan passes; the solve proves it and explains. */
#include <string.h>

#include "formulations/evbus/resolve.h"

static void validate_root(const struct eb_instance *ev, struct az_findings *findings)
{
    if (ev->kind && strcmp(ev->kind, "evbus") != 0)
        AZ_FIND(findings, &eb_code_wrong_kind, AZ_AT(NULL, "kind"),
                AZ_TEXT_PARAM("value", ev->kind));
    if (ev->new_buses == 0 && ev->bus_count == 0)
        AZ_FIND0(findings, &eb_code_no_bus_at_all, AZ_AT(NULL, "new_buses"));
}

/* --- depots -------------------------------------------------------------------------------------
 */

/* Has the depot room for the type, whatever is to be planned? */
static bool has_room(const struct eb_depot *depot, size_t type)
{
    if (depot->capacity == 0) return false;
    for (size_t k = 0; k < depot->capacities.count; k++)
        if (depot->capacities.keys[k].index == type) return depot->capacities.items[k] > 0;
    return depot->capacities.items == NULL;
}

bool eb_begins(const struct eb_instance *ev, size_t type)
{
    for (size_t b = 0; b < ev->bus_count; b++)
        if (ev->bus[b].type.index == type) return true;
    for (size_t d = 0; d < ev->depots.count && ev->types.items[type].count != 0; d++)
        if (has_room(&ev->depots.items[d], type)) return true;
    return false;
}

static bool has_own_bus(const struct eb_instance *ev, size_t depot)
{
    for (size_t b = 0; b < ev->bus_count; b++)
        if (ev->bus[b].depot.index == depot) return true;
    return false;
}

/* Can a bus drive from here to some trip, and from some trip back? A drive to or from a stop may be
 * a part of such a way; without new buses nobody has to leave. */
static bool is_joined(const struct eb_instance *ev, size_t place)
{
    size_t places = ev->places.count, trips = ev->trips.count;
    bool out = trips == 0 || !ev->new_buses, in = trips == 0;
    for (size_t i = 0; i < trips && !(out && in); i++) {
        size_t from = ev->trips.items[i].from.index, to = ev->trips.items[i].to.index;
        out = out || from >= places || ev->drive_s[place * places + from] >= 0;
        in = in || to >= places || ev->drive_s[to * places + place] >= 0;
    }
    for (size_t s = 0; s < ev->stop_count; s++) {
        if (ev->stop[s] == place) continue;
        out = out || ev->drive_s[place * places + ev->stop[s]] >= 0;
        in = in || ev->drive_s[ev->stop[s] * places + place] >= 0;
    }
    return out && in;
}

static void validate_depots(const struct eb_instance *ev, struct az_findings *findings)
{
    for (size_t i = 0; i < ev->depots.count; i++) {
        const struct eb_depot *depot = &ev->depots.items[i];
        bool room = has_own_bus(ev, i);
        for (size_t v = 0; v < ev->types.count; v++) room = room || has_room(depot, v);
        if (!room)
            AZ_FIND0(findings, &eb_code_depot_without_type, EB_ITEM_AT("depots", i, depot->id));
        if (ev->links) continue;
        if (!depot->place.id)
            AZ_FIND0(findings, &eb_code_place_missing, EB_MEMBER("depots", i, depot->id, "place"));
        else if (depot->place.index < ev->places.count && !is_joined(ev, depot->place.index))
            AZ_FIND0(findings, &eb_code_depot_cut_off, EB_MEMBER("depots", i, depot->id, "place"));
    }
}

/* --- chargers -----------------------------------------------------------------------------------
 */

static void validate_charger(const struct eb_instance *ev, size_t i, struct az_findings *findings)
{
    const struct eb_charger *charger = &ev->chargers.items[i];
    bool serves = false;
    if (charger->no_limit == 1) {
        if (charger->count != AZ_NO_INTEGER)
            AZ_FIND0(findings, &eb_code_no_limit_and_count,
                     EB_MEMBER("chargers", i, charger->id, "count"));
        else if (charger->count_max != AZ_NO_INTEGER)
            AZ_FIND0(findings, &eb_code_no_limit_and_count,
                     EB_MEMBER("chargers", i, charger->id, "count_max"));
    } else if (charger->count_max < charger->count) {
        AZ_FIND(findings, &eb_code_count_max_below_count,
                EB_MEMBER("chargers", i, charger->id, "count_max"),
                AZ_NUMBER_PARAM("minimum", (double)charger->count),
                AZ_NUMBER_PARAM("value", (double)charger->count_max));
    }
    if (charger->charge_kw <= 0 && charger->discharge_kw <= 0)
        AZ_FIND0(findings, &eb_code_charger_without_power,
                 EB_MEMBER("chargers", i, charger->id, "charge_kw"));
    for (size_t v = 0; v < ev->types.count; v++)
        serves = serves || (charger->serves[v] && ev->types.items[v].has_battery);
    if (!serves)
        AZ_FIND0(findings, &eb_code_charger_without_type, EB_ITEM_AT("chargers", i, charger->id));
}

/* --- buses and state ----------------------------------------------------------------------------
 */

static void validate_bus(const struct eb_instance *ev, size_t b, struct az_findings *findings)
{
    const struct eb_bus *bus = &ev->bus[b];
    struct az_path parts[3];
    const struct az_path *path = eb_bus_path(ev, b, parts);
    char limit[32], value[32];
    if (ev->T > 0 && bus->available_s >= ev->end_s)
        AZ_FIND(findings, &eb_code_available_after_end, AZ_AT(path, "available"),
                AZ_TEXT_PARAM("end", az_time_format(az_time_add(ev->start, ev->end_s), limit)),
                AZ_TEXT_PARAM("value", az_time_format(bus->available, value)));
    if (az_time_given(bus->pulled_out) && bus->pulled_out.utc_s > ev->start.utc_s)
        AZ_FIND(findings, &eb_code_pulled_out_after, AZ_AT(path, "pulled_out"),
                AZ_TEXT_PARAM("start", az_time_format(ev->start, limit)),
                AZ_TEXT_PARAM("value", az_time_format(bus->pulled_out, value)));
    if (bus->end_kwh > bus->max_kwh && !eb_within(bus->end_kwh, 0, bus->max_kwh))
        AZ_FIND(findings, &eb_code_charge_outside_window, AZ_AT(path, "end_kwh"),
                AZ_NUMBER_PARAM("minimum", bus->min_kwh), AZ_NUMBER_PARAM("maximum", bus->max_kwh),
                AZ_NUMBER_PARAM("value", bus->end_kwh));
    if (bus->min_kwh > bus->max_kwh && bus->reserve_kwh > 0)
        AZ_FIND(findings, &eb_code_reserve_fills_window, AZ_AT(path, "reserve_kwh"),
                AZ_NUMBER_PARAM("reserve", bus->reserve_kwh),
                AZ_NUMBER_PARAM("maximum", bus->max_kwh));
}

static void validate_fleet(const struct eb_instance *ev, struct az_findings *findings)
{
    for (size_t v = 0; v < ev->types.count; v++) {
        const struct eb_type *type = &ev->types.items[v];
        int64_t named = 0;
        for (size_t b = 0; b < ev->bus_count; b++)
            named += ev->bus[b].type.index == v && ev->bus[b].out_of_service != 1;
        if (type->count != AZ_NO_INTEGER && named > type->count)
            AZ_FIND(findings, &eb_code_too_many_buses, EB_MEMBER("types", v, type->id, "count"),
                    AZ_NUMBER_PARAM("maximum", (double)type->count),
                    AZ_NUMBER_PARAM("value", (double)named));
    }
}

static void validate_storages_state(const struct eb_instance *ev, struct az_findings *findings)
{
    for (size_t k = 0; ev->state && k < ev->state->storages.count; k++) {
        const struct az_ref *key = &ev->state->storages.keys[k];
        if (key->index >= ev->storages.count) continue;
        const struct eb_storage *storage = &ev->storages.items[key->index];
        double low = storage->soc_min_share * storage->capacity_kwh;
        double high = storage->soc_max_share * storage->capacity_kwh;
        if (eb_within(ev->state->storages.items[k], low, high) || low >= high) continue;
        AZ_FIND(findings, &eb_code_storage_outside_window, AZ_AT(EB_STATE("storages"), key->id),
                AZ_NUMBER_PARAM("minimum", low), AZ_NUMBER_PARAM("maximum", high),
                AZ_NUMBER_PARAM("value", ev->state->storages.items[k]));
    }
}

enum az_status eb_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings)
{
    const struct eb_instance *ev = instance;
    validate_root(ev, findings);
    eb_validate_grids(ev, findings);
    validate_depots(ev, findings);
    for (size_t i = 0; i < ev->chargers.count; i++) validate_charger(ev, i, findings);
    eb_validate_types(ev, findings);
    eb_validate_trips(ev, findings);
    AZ_TRY(eb_validate_drives(ev, arena, findings));
    for (size_t b = 0; b < ev->bus_count; b++) validate_bus(ev, b, findings);
    validate_fleet(ev, findings);
    validate_storages_state(ev, findings);
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
