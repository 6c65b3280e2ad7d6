/* pmed.c - p-median cases (the pmed files of the OR-Library, Beasley 1985).
 *
 * Numbers between blanks: how many nodes and edges, how many medians; then the edges, two nodes and
 * a length each. Of edges that are given twice the last one counts. Every node is a site and a
 * customer, and serving costs the length of the shortest path. */
#include <math.h>

#include "adapters/import/case_list.h"
#include "adapters/import/numbers.h"
#include "adapters/import/siting_case.h"
#include "adapters/json/json.h"

#define NODES_MAX 1000 /* every pair of them takes a step for each node; the sets have 900 */
#define EDGES_MAX 10000000
#define LENGTH_MAX 1e8

static void read_edges(struct az_numbers *numbers, size_t nodes, size_t edges, double length[])
{
    for (size_t e = 0; e < edges && !numbers->failed; e++) {
        size_t from = (size_t)az_numbers_integer(numbers, 1, (int64_t)nodes, "a node");
        size_t to = (size_t)az_numbers_integer(numbers, 1, (int64_t)nodes, "a node");
        double value = az_numbers_next(numbers, 0, LENGTH_MAX, "a length");
        if (numbers->failed || from == to) continue;
        length[(from - 1) * nodes + to - 1] = length[(to - 1) * nodes + from - 1] = value;
    }
}

/* Lengths of edges become lengths of shortest paths (Floyd and Warshall); INFINITY: there is none.
 */
static void find_paths(size_t nodes, double length[])
{
    for (size_t k = 0; k < nodes; k++)
        for (size_t i = 0; i < nodes; i++) {
            double first = length[i * nodes + k];
            if (first == INFINITY) continue;
            for (size_t j = 0; j < nodes; j++)
                length[i * nodes + j] = fmin(length[i * nodes + j], first + length[k * nodes + j]);
        }
}

static bool add_limit(struct st_instance *in, size_t medians, struct az_arena *arena)
{
    struct st_limit *limit = az_case_list(&st_instance_table, in, "limits", 1, arena);
    if (!limit) return false;
    limit->id = "medians";
    limit->what = ST_COUNT;
    limit->max = (double)medians;
    return true;
}

static enum az_status read_case(const struct az_input *input, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    struct az_numbers numbers;
    az_numbers_init(&numbers, input, findings);
    size_t nodes = (size_t)az_numbers_integer(&numbers, 1, NODES_MAX, "the number of nodes");
    size_t edges = (size_t)az_numbers_integer(&numbers, 0, EDGES_MAX, "the number of edges");
    size_t medians = (size_t)az_numbers_integer(&numbers, 1, (int64_t)nodes,
                                                "the number of medians, of the nodes");
    if (numbers.failed) return AZ_OK;
    struct st_instance *in =
        az_siting_case(input, "OR-Library: p-median (Beasley 1985)", nodes, nodes, arena);
    if (!in || !add_limit(in, medians, arena)) return AZ_NO_MEMORY;
    double *length = in->delivery_jpy.values;
    bool whole = true;
    for (size_t i = 0; i < nodes * nodes; i++) length[i] = i % (nodes + 1) == 0 ? 0 : INFINITY;
    read_edges(&numbers, nodes, edges, length);
    az_numbers_end(&numbers);
    if (numbers.failed) return AZ_OK;
    find_paths(nodes, length);
    for (size_t i = 0; i < nodes * nodes; i++) {
        if (length[i] == INFINITY)
            length[i] = NAN;
        else
            whole &= length[i] == floor(length[i]);
    }
    if (whole) in->gap_abs = 0.99;
    *document = az_json_write(&st_instance_table, in);
    return *document ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status read_pmed(const struct az_import *import, struct az_arena *arena,
                                struct az_findings *findings, json_t **document)
{
    *document = NULL;
    if (!az_import_is_one_case(import, findings)) return AZ_OK;
    return read_case(&import->inputs[0], arena, findings, document);
}

const struct az_import_format az_import_pmed = {
    .name = "pmed",
    .summary = { "a p-median case (OR-Library pmed), as exact siting",
                 "p-メディアン問題（OR-Library pmed）を厳密モードの立地選定にする" },
    .read = read_pmed,
};
