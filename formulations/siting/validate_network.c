/* validate_network.c - feeders that are trees, a grid upstream that hangs together, reinforcements
 * that add to something. */
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/validate.h"

/* --- parts that are joined ----------------------------------------------------------------------
 */

/* joined[i]: another member of the part of i, nearer to its head; of the head itself. */
static size_t *parts_new(struct az_arena *arena, size_t count)
{
    size_t *joined = AZ_ARRAY(arena, count, size_t);
    for (size_t i = 0; joined && i < count; i++) joined[i] = i;
    return joined;
}

static size_t head_of(size_t joined[], size_t i)
{
    while (joined[i] != i) i = joined[i] = joined[joined[i]];
    return i;
}

/* False: they are joined already. */
static bool join(size_t joined[], size_t a, size_t b)
{
    a = head_of(joined, a);
    b = head_of(joined, b);
    joined[a] = b;
    return a != b;
}

/* --- reinforcements -----------------------------------------------------------------------------
 */

struct named {
    const char *id, *list;
    size_t owner, index, order;
    const char *owner_id;
};

struct named_list {
    struct named *items;
    size_t count;
};

static int by_id(const void *a, const void *b)
{
    const struct named *left = a, *right = b;
    int order = strcmp(left->id, right->id);
    if (order) return order;
    return left->order < right->order ? -1 : left->order > right->order;
}

static void name_all(struct named_list *names, const struct st_reinforcement items[], size_t count,
                     const char *list, size_t owner, const char *owner_id)
{
    for (size_t k = 0; k < count; k++, names->count++)
        names->items[names->count] =
            (struct named){ items[k].id, list, owner, k, names->count, owner_id };
}

#define REINFORCEMENT_AT(n)                                                                        \
    AZ_ITEM(AZ_AT(ST_ITEM_AT((n)->list, (n)->owner, (n)->owner_id), "reinforcements"), (n)->index, \
            (n)->id)

static enum az_status validate_reinforcements(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    struct named_list names = { 0 };
    size_t count = 0;
    for (size_t i = 0; i < in->banks.count; i++) count += in->banks.items[i].reinforcements.count;
    for (size_t i = 0; i < in->feeders.count; i++)
        count += in->feeders.items[i].reinforcements.count;
    for (size_t i = 0; i < in->lines.count; i++) count += in->lines.items[i].reinforcements.count;
    if (!(names.items = AZ_ARRAY(v->arena, count, struct named))) return AZ_NO_MEMORY;
#define NAME_ALL(list_)                                       \
    for (size_t i = 0; i < in->list_.count; i++)              \
    name_all(&names, in->list_.items[i].reinforcements.items, \
             in->list_.items[i].reinforcements.count, #list_, i, in->list_.items[i].id)
    NAME_ALL(banks);
    NAME_ALL(feeders);
    NAME_ALL(lines);
#undef NAME_ALL
    if (count > 1) qsort(names.items, count, sizeof *names.items, by_id);
    for (size_t k = 1, first = 0; k < count; k++) {
        const struct named *it = &names.items[k], *other = &names.items[first];
        if (strcmp(it->id, other->id) != 0) {
            first = k;
            continue;
        }
        const char *place = az_path_place(REINFORCEMENT_AT(other), v->arena);
        if (!place) return AZ_NO_MEMORY;
        AZ_FIND(v->findings, &st_code_reinforcement_twice, AZ_AT(REINFORCEMENT_AT(it), "id"),
                AZ_TEXT_PARAM("other", place));
    }
    return AZ_OK;
}

/* --- distribution -------------------------------------------------------------------------------
 */

static void validate_banks(const struct st_validator *v)
{
    for (size_t i = 0; i < v->in->banks.count; i++) {
        const struct st_bank *bank = &v->in->banks.items[i];
        if (bank->reinforcements.count > 0 && isnan(bank->capacity_kw) && isnan(bank->reverse_kw))
            AZ_FIND0(v->findings, &st_code_reinforcement_of_nothing,
                     ST_MEMBER("banks", i, bank->id, "reinforcements"));
    }
}

static void validate_root_of(const struct st_validator *v, size_t f, const struct az_path *at)
{
    const struct st_feeder *feeder = &v->in->feeders.items[f];
    size_t root = st_index(feeder->root, v->in->nodes.count);
    if (root == AZ_NO_INDEX) return;
    const struct st_node *node = &v->in->nodes.items[root];
    if (node->feeder.index != f)
        AZ_FIND(v->findings, &st_code_root_of_another_feeder, AZ_AT(at, "root"),
                AZ_TEXT_PARAM("value", node->id), AZ_TEXT_PARAM("feeder", node->feeder.id));
    if (feeder->v_max_pu < feeder->v_min_pu)
        AZ_FIND(v->findings, &st_code_voltages_crossed, AZ_AT(at, "v_max_pu"),
                AZ_NUMBER_PARAM("minimum", feeder->v_min_pu),
                AZ_NUMBER_PARAM("value", feeder->v_max_pu));
    else if (feeder->source_pu < feeder->v_min_pu || feeder->source_pu > feeder->v_max_pu)
        AZ_FIND(v->findings, &st_code_source_outside, AZ_AT(at, "source_pu"),
                AZ_NUMBER_PARAM("value", feeder->source_pu),
                AZ_NUMBER_PARAM("minimum", feeder->v_min_pu),
                AZ_NUMBER_PARAM("maximum", feeder->v_max_pu));
}

static void validate_feeders(const struct st_validator *v)
{
    for (size_t f = 0; f < v->in->feeders.count; f++) {
        const struct st_feeder *feeder = &v->in->feeders.items[f];
        const struct az_path *at = ST_ITEM_AT("feeders", f, feeder->id);
        st_validate_load(v, feeder->load, feeder->year_kwh, at);
        validate_root_of(v, f, at);
        if (feeder->reinforcements.count > 0 && isnan(feeder->capacity_kw))
            AZ_FIND0(v->findings, &st_code_reinforcement_of_nothing, AZ_AT(at, "reinforcements"));
    }
}

/* joined: parts of nodes that the lines before have joined. */
static void validate_line(const struct st_validator *v, size_t i, size_t joined[])
{
    const struct st_instance *in = v->in;
    const struct st_line *line = &in->lines.items[i];
    const struct az_path *at = ST_ITEM_AT("lines", i, line->id);
    const struct st_node *from = &in->nodes.items[line->from.index];
    const struct st_node *to = &in->nodes.items[line->to.index];
    if (line->r_ohm == 0 && line->x_ohm == 0)
        AZ_FIND0(v->findings, &st_code_line_without_impedance, at);
    if (line->reinforcements.count > 0 && isnan(line->limit_kva))
        AZ_FIND0(v->findings, &st_code_reinforcement_of_nothing, AZ_AT(at, "reinforcements"));
    if (from == to)
        AZ_FIND(v->findings, &st_code_line_to_itself, AZ_AT(at, "to"),
                AZ_TEXT_PARAM("value", from->id));
    else if (from->feeder.index != to->feeder.index)
        AZ_FIND(v->findings, &st_code_line_between_feeders, AZ_AT(at, "to"),
                AZ_TEXT_PARAM("value", to->id), AZ_TEXT_PARAM("feeder", to->feeder.id),
                AZ_TEXT_PARAM("other", from->feeder.id));
    else if (!in->feeders.items[from->feeder.index].root.id)
        AZ_FIND(v->findings, &st_code_line_without_root, at,
                AZ_TEXT_PARAM("feeder", from->feeder.id));
    else if (!join(joined, line->from.index, line->to.index))
        AZ_FIND(v->findings, &st_code_line_closes_loop, at, AZ_TEXT_PARAM("from", from->id),
                AZ_TEXT_PARAM("to", to->id), AZ_TEXT_PARAM("feeder", from->feeder.id));
}

static enum az_status validate_trees(const struct st_validator *v)
{
    const struct st_instance *in = v->in;
    size_t *joined = parts_new(v->arena, in->nodes.count);
    if (!joined) return AZ_NO_MEMORY;
    for (size_t i = 0; i < in->lines.count; i++)
        if (st_index(in->lines.items[i].from, in->nodes.count) != AZ_NO_INDEX &&
            st_index(in->lines.items[i].to, in->nodes.count) != AZ_NO_INDEX)
            validate_line(v, i, joined);
    for (size_t n = 0; n < in->nodes.count; n++) {
        const struct st_node *node = &in->nodes.items[n];
        const struct az_path *at = ST_ITEM_AT("nodes", n, node->id);
        size_t f = st_index(node->feeder, in->feeders.count);
        st_validate_load(v, node->load, node->year_kwh, at);
        if (f == AZ_NO_INDEX) continue;
        size_t root = st_index(in->feeders.items[f].root, in->nodes.count);
        if (root == AZ_NO_INDEX || in->nodes.items[root].feeder.index != f) continue;
        if (node->parent == AZ_NO_INDEX)
            AZ_FIND(v->findings, &st_code_node_not_connected, at,
                    AZ_TEXT_PARAM("value", in->feeders.items[f].root.id));
    }
    return AZ_OK;
}

/* --- upstream -----------------------------------------------------------------------------------
 */

static enum az_status validate_upstream(const struct st_validator *v)
{
    const struct st_upstream *up = v->in->upstream;
    const struct az_path *root = AZ_AT(NULL, "upstream");
    if (!up) return AZ_OK;
    size_t buses = up->buses.count, slack = st_index(up->slack, buses);
    size_t *joined = parts_new(v->arena, buses);
    if (!joined) return AZ_NO_MEMORY;
    for (size_t i = 0; i < up->circuits.count; i++) {
        const struct st_circuit *it = &up->circuits.items[i];
        size_t from = st_index(it->from, buses), to = st_index(it->to, buses);
        if (from == AZ_NO_INDEX || to == AZ_NO_INDEX) continue;
        if (from == to)
            AZ_FIND(v->findings, &st_code_circuit_to_itself,
                    AZ_AT(AZ_ITEM(AZ_AT(root, "circuits"), i, it->id), "to"),
                    AZ_TEXT_PARAM("value", it->from.id));
        else
            join(joined, from, to);
    }
    for (size_t b = 0; b < buses; b++) {
        const struct st_bus *bus = &up->buses.items[b];
        const struct az_path *at = AZ_ITEM(AZ_AT(root, "buses"), b, bus->id);
        st_validate_load(v, bus->load, bus->year_kwh, at);
        if (slack != AZ_NO_INDEX && head_of(joined, b) != head_of(joined, slack))
            AZ_FIND(v->findings, &st_code_bus_not_connected, at,
                    AZ_TEXT_PARAM("value", up->slack.id));
    }
    return AZ_OK;
}

enum az_status st_validate_network(const struct st_validator *v)
{
    AZ_TRY(validate_reinforcements(v));
    validate_banks(v);
    validate_feeders(v);
    AZ_TRY(validate_trees(v));
    return validate_upstream(v);
}
