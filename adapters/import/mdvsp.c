/* mdvsp.c - multi-depot vehicle scheduling cases (the .inp files of Pepin et al. 2009).
 *
 * The file is numbers only: m depots, n trips, the vehicles of each depot, then a square matrix
 * over depots and trips of what it costs to go from one to the other, -1 where nobody can. The cost
 * of a vehicle is inside its pull-out and pull-in. There are no times: the matrix alone says what
 * may follow what. A vehicle comes back to its own depot. */
#include <string.h>

#include "adapters/import/evbus_case.h"
#include "adapters/import/numbers.h"
#include "adapters/json/json.h"

#define DEPOTS_MAX 1000
#define TRIPS_MAX 10000
#define COST_MAX 1000000000

static void read_matrix(struct az_numbers *numbers, size_t depots, struct eb_instance *ev)
{
    size_t nodes = ev->links->distance.rows;
    for (size_t i = 0; i < nodes && !numbers->failed; i++)
        for (size_t j = 0; j < nodes && !numbers->failed; j++) {
            int64_t cost = az_numbers_integer(numbers, -1, COST_MAX, "a cost, or -1");
            bool is_link = cost >= 0 && i != j && (i >= depots || j >= depots);
            if (is_link) ev->links->distance.values[i * nodes + j] = (double)cost;
        }
}

static enum az_status read_case(const struct az_input *input, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    struct az_numbers numbers;
    az_numbers_init(&numbers, input, findings);
    size_t depots = (size_t)az_numbers_integer(&numbers, 1, DEPOTS_MAX, "the number of depots");
    size_t trips = (size_t)az_numbers_integer(&numbers, 1, TRIPS_MAX, "the number of trips");
    if (numbers.failed) return AZ_OK;
    /* Every number takes a byte and a blank: a short file is told before the memory is taken. */
    if (input->length < (depots + trips) * (depots + trips)) {
        AZ_FIND(findings, &az_code_import_not_format, AZ_AT(NULL, input->name),
                AZ_TEXT_PARAM("what", "a matrix over depots and trips"));
        return AZ_OK;
    }
    struct eb_instance *ev =
        az_evbus_case(input, "Pepin et al. 2009: multi-depot vehicle scheduling, MIT copies",
                      depots, 0, trips, arena);
    if (!ev) return AZ_NO_MEMORY;
    for (size_t d = 0; d < depots; d++)
        ev->depots.items[d].capacity =
            az_numbers_integer(&numbers, 0, TRIPS_MAX, "a number of vehicles");
    read_matrix(&numbers, depots, ev);
    az_numbers_end(&numbers);
    if (numbers.failed) return AZ_OK;
    ev->links->cost_jpy_per_unit = 1;
    ev->gap = 0;
    ev->gap_abs = 0.99; /* costs are whole numbers */
    *document = az_json_write(&eb_instance_table, ev);
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_mdvsp(const struct az_import *import, struct az_arena *arena,
                                 struct az_findings *findings, json_t **document)
{
    *document = NULL;
    if (!az_import_is_one_case(import, findings)) return AZ_OK;
    return read_case(&import->inputs[0], arena, findings, document);
}

const struct az_import_format az_import_mdvsp = {
    .name = "mdvsp",
    .summary = { "a multi-depot vehicle scheduling case (.inp), as exact electric buses",
                 "複数営業所の車両運用問題（.inp）を厳密モードの入力にする" },
    .read = read_mdvsp,
};
