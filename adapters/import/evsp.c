/* evsp.c - electric vehicle scheduling cases (Wen, Linde, Ropke, Mirchandani, Larsen 2016).
 *
 * The file is numbers only: D depots, S stations, C trips, vehicles a depot, copies of a station;
 * for each of the D + S + C nodes its ready time, due time, duration and consumption; the square
 * matrix of distances; the battery and the recharge factor. A distance is minutes, energy and cost
 * at once; a vehicle costs 10000. Batteries begin full, end as they like and are charged in part,
 * one unit of energy in `recharge factor` minutes; a station serves any number. The number of
 * vehicles a depot and the copies are limits of other solvers: the published optima keep neither.
 *
 * Times in the file have twelve digits. A minute becomes MINUTE seconds, so that whole seconds lose
 * nothing that matters; powers and speeds follow. */
#include <math.h>

#include "adapters/import/evbus_case.h"
#include "adapters/import/numbers.h"
#include "adapters/json/json.h"

#define MINUTE 100000.0 /* seconds */
#define NODES_MAX 10000
#define VEHICLE 10000.0
#define NO_WAY 1e6 /* some files write this where nobody goes */

static struct az_time time_of(const struct eb_instance *ev, double minutes)
{
    return az_time_add(ev->start, (int64_t)llround(minutes * MINUTE));
}

static enum az_status add_energy(struct eb_trip *trip, double kwh, struct az_arena *arena)
{
    trip->energy.count = 1;
    trip->energy.keys = AZ_NEW(arena, struct az_ref);
    trip->energy.items = AZ_NEW(arena, struct eb_trip_energy);
    if (!trip->energy.keys || !trip->energy.items) return AZ_NO_MEMORY;
    trip->energy.keys[0] = (struct az_ref){ "bus", AZ_NO_INDEX, 0 };
    trip->energy.items[0] = (struct eb_trip_energy){ kwh, NAN, NAN };
    return AZ_OK;
}

/* Rows of the nodes: only those of trips say anything. */
static enum az_status read_nodes(struct az_numbers *numbers, struct eb_instance *ev,
                                 struct az_arena *arena)
{
    size_t others = ev->depots.count + ev->places.count;
    for (size_t i = 0; i < others + ev->trips.count && !numbers->failed; i++) {
        double ready = az_numbers_next(numbers, 0, 1e5, "a time in minutes");
        double due = az_numbers_next(numbers, ready, 1e5, "a time after the one before");
        az_numbers_next(numbers, 0, 1e5, "a duration");
        double kwh = az_numbers_next(numbers, 0, 1e6, "a consumption");
        if (i < others) continue;
        struct eb_trip *trip = &ev->trips.items[i - others];
        trip->departure = time_of(ev, ready);
        trip->arrival = time_of(ev, due);
        AZ_TRY(add_energy(trip, kwh, arena));
    }
    return AZ_OK;
}

static void read_matrix(struct az_numbers *numbers, struct eb_instance *ev)
{
    size_t nodes = ev->links->distance.rows;
    for (size_t i = 0; i < nodes && !numbers->failed; i++)
        for (size_t j = 0; j < nodes && !numbers->failed; j++) {
            double distance = az_numbers_next(numbers, 0, 1e9, "a distance");
            if (i != j && distance < NO_WAY) ev->links->distance.values[i * nodes + j] = distance;
        }
}

static void set_types(struct az_numbers *numbers, struct eb_instance *ev)
{
    struct eb_type *type = &ev->types.items[0];
    type->battery_kwh = az_numbers_next(numbers, 1e-6, 1e6, "the size of a battery");
    double factor = az_numbers_next(numbers, 1e-6, 1e6, "minutes that a unit of energy takes");
    az_numbers_end(numbers);
    if (numbers->failed) return;
    type->soc_min_share = 0;
    type->soc_max_share = 1;
    type->end = EB_END_FREE;
    type->cost_jpy_per_day = VEHICLE;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        struct eb_charger *charger = &ev->chargers.items[c];
        charger->id = ev->places.items[c].id;
        charger->place = (struct az_ref){ ev->places.items[c].id, c, 0 };
        charger->no_limit = 1;
        charger->charge_kw = 3600 / (factor * MINUTE);
        charger->charge_efficiency = 1;
    }
    ev->links->cost_jpy_per_unit = 1;
    ev->links->kwh_per_unit = 1;
    ev->links->minutes_per_unit = MINUTE / 60;
}

static enum az_status read_case(const struct az_input *input, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    struct az_numbers numbers;
    az_numbers_init(&numbers, input, findings);
    size_t depots = (size_t)az_numbers_integer(&numbers, 1, NODES_MAX, "the number of depots");
    size_t stations = (size_t)az_numbers_integer(&numbers, 0, NODES_MAX, "the number of stations");
    size_t trips = (size_t)az_numbers_integer(&numbers, 1, NODES_MAX, "the number of trips");
    az_numbers_integer(&numbers, 0, INT32_MAX, "the vehicles of a depot");
    az_numbers_integer(&numbers, 0, INT32_MAX, "the copies of a station");
    if (numbers.failed) return AZ_OK;
    size_t nodes = depots + stations + trips;
    if (input->length < nodes * nodes) {
        AZ_FIND(findings, &az_code_import_not_format, AZ_AT(NULL, input->name),
                AZ_TEXT_PARAM("what", "a matrix over depots, stations and trips"));
        return AZ_OK;
    }
    struct eb_instance *ev = az_evbus_case(
        input, "Wen et al. 2016, copies of axelparmentier/ElectricalVSP-ColumnGeneration, MIT",
        depots, stations, trips, arena);
    if (!ev) return AZ_NO_MEMORY;
    AZ_TRY(read_nodes(&numbers, ev, arena));
    read_matrix(&numbers, ev);
    set_types(&numbers, ev);
    if (numbers.failed) return AZ_OK;
    ev->gap = 0;
    ev->gap_abs = 0.01;
    *document = az_json_write(&eb_instance_table, ev);
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_evsp(const struct az_import *import, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    *document = NULL;
    if (!az_import_is_one_case(import, findings)) return AZ_OK;
    return read_case(&import->inputs[0], arena, findings, document);
}

const struct az_import_format az_import_evsp = {
    .name = "evsp",
    .summary = { "an electric vehicle scheduling case (Wen 2016), as exact electric buses",
                 "電気バスの運用問題（Wen 2016）を厳密モードの入力にする" },
    .read = read_evsp,
};
