/* resolve_network.c - where sites inject, and the trees of feeders. */
#include "formulations/siting/resolve.h"

/* --- connections --------------------------------------------------------------------------------
 */

enum { AT_NODE, AT_FEEDER, AT_BANK, AT_BUS }; /* as the row's target lists them */

static void connect_to_bank(const struct st_instance *in, struct st_site *site, size_t bank)
{
    size_t buses = in->upstream ? in->upstream->buses.count : 0;
    site->bank = bank;
    if (bank != AZ_NO_INDEX) site->bus = st_index(in->banks.items[bank].bus, buses);
}

static void connect_to_feeder(const struct st_instance *in, struct st_site *site, size_t feeder)
{
    site->feeder = feeder;
    if (feeder != AZ_NO_INDEX)
        connect_to_bank(in, site, st_index(in->feeders.items[feeder].bank, in->banks.count));
}

static void connect_site(const struct st_instance *in, struct st_site *site)
{
    site->feeder = site->node = site->bank = site->bus = AZ_NO_INDEX;
    if (!site->connection.id) return;
    switch (site->connection.collection) {
    case AT_NODE:
        site->node = st_index(site->connection, in->nodes.count);
        if (site->node != AZ_NO_INDEX)
            connect_to_feeder(in, site,
                              st_index(in->nodes.items[site->node].feeder, in->feeders.count));
        break;
    case AT_FEEDER:
        connect_to_feeder(in, site, st_index(site->connection, in->feeders.count));
        break;
    case AT_BANK:
        connect_to_bank(in, site, st_index(site->connection, in->banks.count));
        break;
    case AT_BUS:
        site->bus = st_index(site->connection, in->upstream ? in->upstream->buses.count : 0);
        break;
    default:
        break;
    }
}

/* --- trees --------------------------------------------------------------------------------------
 */

/* Lines at each node: those at node i are line[first[i]] .. line[first[i + 1] - 1]. */
struct adjacency {
    size_t *first, *line;
};

bool st_line_is_sound(const struct st_instance *in, const struct st_line *line)
{
    size_t from = st_index(line->from, in->nodes.count), to = st_index(line->to, in->nodes.count);
    if (from == AZ_NO_INDEX || to == AZ_NO_INDEX || from == to) return false;
    size_t feeder = st_index(in->nodes.items[from].feeder, in->feeders.count);
    return feeder != AZ_NO_INDEX &&
           feeder == st_index(in->nodes.items[to].feeder, in->feeders.count);
}

static enum az_status adjacency_new(const struct st_instance *in, struct az_arena *arena,
                                    struct adjacency *a)
{
    a->first = AZ_ARRAY(arena, in->nodes.count + 2, size_t);
    a->line = AZ_ARRAY(arena, 2 * in->lines.count, size_t);
    if (!a->first || !a->line) return AZ_NO_MEMORY;
    /* Counts two places further on, then sums one further on: filling makes them the firsts. */
    for (size_t i = 0; i < in->lines.count; i++) {
        const struct st_line *line = &in->lines.items[i];
        if (!st_line_is_sound(in, line)) continue;
        a->first[line->from.index + 2]++;
        a->first[line->to.index + 2]++;
    }
    for (size_t n = 2; n < in->nodes.count + 2; n++) a->first[n] += a->first[n - 1];
    for (size_t i = 0; i < in->lines.count; i++) {
        const struct st_line *line = &in->lines.items[i];
        if (!st_line_is_sound(in, line)) continue;
        a->line[a->first[line->from.index + 1]++] = i;
        a->line[a->first[line->to.index + 1]++] = i;
    }
    return AZ_OK;
}

/* Walks a feeder's tree from its root, breadth first. queue: room for every node. */
static void walk_tree(struct st_instance *in, const struct adjacency *a, size_t root,
                      size_t queue[])
{
    size_t head = 0, tail = 0;
    in->nodes.items[root].parent = root;
    queue[tail++] = root;
    while (head < tail) {
        size_t node = queue[head++];
        for (size_t k = a->first[node]; k < a->first[node + 1]; k++) {
            const struct st_line *line = &in->lines.items[a->line[k]];
            size_t next = line->from.index == node ? line->to.index : line->from.index;
            if (in->nodes.items[next].parent != AZ_NO_INDEX) continue;
            in->nodes.items[next].parent = node;
            in->nodes.items[next].line = a->line[k];
            queue[tail++] = next;
        }
    }
}

static enum az_status resolve_trees(struct st_resolver *r)
{
    struct st_instance *in = r->in;
    struct adjacency a;
    for (size_t i = 0; i < in->nodes.count; i++)
        in->nodes.items[i].parent = in->nodes.items[i].line = AZ_NO_INDEX;
    size_t *queue = AZ_ARRAY(r->arena, in->nodes.count, size_t);
    if (!queue) return AZ_NO_MEMORY;
    AZ_TRY(adjacency_new(in, r->arena, &a));
    for (size_t f = 0; f < in->feeders.count; f++) {
        size_t root = st_index(in->feeders.items[f].root, in->nodes.count);
        if (root == AZ_NO_INDEX || in->nodes.items[root].parent != AZ_NO_INDEX) continue;
        if (st_index(in->nodes.items[root].feeder, in->feeders.count) == f)
            walk_tree(in, &a, root, queue);
    }
    return AZ_OK;
}

static void check_upstream(struct st_resolver *r)
{
    const struct st_upstream *up = r->in->upstream;
    if (!up) return;
    if (up->buses.count > ST_MAX_BUSES)
        AZ_FIND(r->findings, &st_code_too_many_buses, AZ_AT(AZ_AT(NULL, "upstream"), "buses"),
                AZ_NUMBER_PARAM("value", (double)up->buses.count),
                AZ_NUMBER_PARAM("maximum", ST_MAX_BUSES));
    if (up->circuits.count > ST_MAX_CIRCUITS)
        AZ_FIND(r->findings, &st_code_too_many_circuits, AZ_AT(AZ_AT(NULL, "upstream"), "circuits"),
                AZ_NUMBER_PARAM("value", (double)up->circuits.count),
                AZ_NUMBER_PARAM("maximum", ST_MAX_CIRCUITS));
}

enum az_status st_resolve_network(struct st_resolver *r)
{
    struct st_instance *in = r->in;
    for (size_t i = 0; i < in->sites.count; i++) connect_site(in, &in->sites.items[i]);
    check_upstream(r);
    return resolve_trees(r);
}
