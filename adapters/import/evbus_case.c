/* evbus_case.c - an empty benchmark of bus scheduling. See evbus_case.h. */
#include "adapters/import/evbus_case.h"

#include <math.h>

#include "adapters/import/case_list.h"

static bool name_objects(struct eb_instance *ev, struct az_arena *arena)
{
    bool ok = true;
    for (size_t d = 0; d < ev->depots.count; d++)
        ok &= (ev->depots.items[d].id = az_arena_format(arena, "d%zu", d + 1)) != NULL;
    for (size_t s = 0; s < ev->places.count; s++)
        ok &= (ev->places.items[s].id = az_arena_format(arena, "s%zu", s + 1)) != NULL;
    for (size_t t = 0; t < ev->trips.count; t++)
        ok &= (ev->trips.items[t].id = az_arena_format(arena, "t%zu", t + 1)) != NULL;
    return ok;
}

static bool add_links(struct eb_instance *ev, size_t nodes, struct az_arena *arena)
{
    const struct az_table *table = az_field_find(&eb_instance_table, "links")->table;
    ev->links = AZ_NEW(arena, struct eb_links);
    if (!ev->links) return false;
    az_fields_clear(table, ev->links);
    ev->links->distance.rows = ev->links->distance.columns = nodes;
    ev->links->distance.values = AZ_ARRAY(arena, nodes * nodes, double);
    if (!ev->links->distance.values) return false;
    for (size_t k = 0; k < nodes * nodes; k++) ev->links->distance.values[k] = NAN;
    return true;
}

struct eb_instance *az_evbus_case(const struct az_input *input, const char *source, size_t depots,
                                  size_t stops, size_t trips, struct az_arena *arena)
{
    struct eb_instance *ev = AZ_NEW(arena, struct eb_instance);
    if (!ev) return NULL;
    az_fields_clear(&eb_instance_table, ev);
    ev->kind = "evbus";
    ev->schema = 1;
    ev->title = input->name;
    ev->sources.items = AZ_NEW(arena, const char *);
    if (!ev->sources.items) return NULL;
    ev->sources.items[0] = source;
    ev->sources.count = 1;
    az_time_parse("2020-01-01T00:00:00Z", &ev->start);
    ev->slots = 0;
    ev->mode = EB_EXACT;
    ev->money_unit = "units";
    if (!az_case_list(&eb_instance_table, ev, "depots", depots, arena) ||
        !az_case_list(&eb_instance_table, ev, "places", stops, arena) ||
        !az_case_list(&eb_instance_table, ev, "chargers", stops, arena) ||
        !az_case_list(&eb_instance_table, ev, "types", 1, arena) ||
        !az_case_list(&eb_instance_table, ev, "trips", trips, arena) || !name_objects(ev, arena) ||
        !add_links(ev, depots + stops + trips, arena))
        return NULL;
    ev->types.items[0].id = "bus";
    return ev;
}
