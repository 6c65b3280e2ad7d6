/* siting_geojson.c - a siting plan as a map, RFC 7946: sites that are chosen with their results and
 * those that are left out with the reason, nodes and lines of the feeders with their loading,
 * districts with their shelters, deliveries.
 *
 * Positions are longitude before latitude. Lines are straight from node to node. What has no
 * coordinates is counted and told: nothing is ever at 0, 0 that is not there. */
#include <math.h>
#include <string.h>

#include "adapters/export/features.h"
#include "adapters/export/siting.h"
#include "formulations/siting/tables.h"

enum element { NODE, LINE, FEEDER, ELEMENTS };

struct map {
    struct az_stx x;
    struct az_features features;
    const struct st_loading **loading[ELEMENTS]; /* of each element; NULL: none is known */
    size_t unplaced[3];                          /* sites, nodes, districts */
};

/* --- geometry -----------------------------------------------------------------------------------
 */

static bool is_placed(double latitude, double longitude)
{
    return isfinite(latitude) && isfinite(longitude);
}

static json_t *two_positions(json_t *from, json_t *to)
{
    json_t *line = from && to ? json_pack("[O, O]", from, to) : NULL;
    json_decref(from);
    json_decref(to);
    return line;
}

/* --- properties ---------------------------------------------------------------------------------
 */

/* A number that is absent is left out. */
static bool set_number(json_t *object, const char *name, double value, int decimals)
{
    if (!isfinite(value)) return true;
    double scale = pow(10, decimals), rounded = round(value * scale) / scale + 0.0;
    json_t *number = rounded == floor(rounded) && fabs(rounded) < 1e15
                         ? json_integer((json_int_t)rounded)
                         : json_real(rounded);
    return json_object_set_new(object, name, number) == 0;
}

/* A member by its name; a choice's words beside it for people. */
static bool set_member(const struct map *map, json_t *object, const struct az_field *field,
                       const void *of)
{
    struct az_stx_value value = az_stx_value(&map->x, field, of);
    if (!value.is_there) return true;
    if (value.is_number) return set_number(object, field->name, value.number, value.decimals);
    if (field->type == AZ_T_BOOLEAN)
        return json_object_set_new(object, field->name, json_boolean(*value.code == 't')) == 0;
    return az_features_text(object, field->name, value.code);
}

/* Every plain member of an object of the plan. */
static bool set_members(const struct map *map, json_t *object, const char *list, const void *of)
{
    const struct az_table *table = az_stx_items(list);
    for (size_t f = 0; table && f < table->field_count; f++)
        if (!set_member(map, object, &table->fields[f], of)) return false;
    return true;
}

static bool set_site(const struct map *map, json_t *object, const struct st_site *site)
{
    static const char *const members[] = { "name",     "kind",    "district",   "connection",
                                           "operator", "shelter", "critical_kw" };
    for (size_t k = 0; k < sizeof members / sizeof members[0]; k++)
        if (!set_member(map, object, az_field_find(&st_site_table, members[k]), site)) return false;
    return true;
}

/* What people read over a pin: the name where there is one. */
static bool set_title(const struct map *map, json_t *object, const char *what, const char *name,
                      const char *id)
{
    const char *title = az_arena_format(map->x.arena, "%s %s", what, name && *name ? name : id);
    return title && az_features_text(object, "title", title);
}

/* How full an element is: value, limit, their ratio, the hour. */
static bool set_loading(const struct map *map, json_t *object, enum element element, size_t index)
{
    const struct st_loading *loading = map->loading[element][index];
    const char *name = element == NODE ? "voltage_pu" : element == LINE ? "loading_kva" : "kw";
    if (!loading) return true;
    int decimals = element == NODE ? 5 : 2;
    bool good = set_number(object, name, loading->value, decimals) &&
                set_number(object, "limit", loading->limit, decimals) &&
                az_features_text(object, "hour", az_stx_hour(&map->x, loading->hour)) &&
                set_number(object, "worth_jpy_per_kw", loading->worth_jpy_per_kw, 0);
    if (element == NODE || !(fabs(loading->limit) > 0)) return good;
    return good && set_number(object, "used_share", fabs(loading->value / loading->limit), 4);
}

/* --- sites --------------------------------------------------------------------------------------
 */

static enum az_status add_site(struct map *map, const struct az_ref *ref, const char *type,
                               const char *list, const void *of)
{
    if (ref->index >= map->x.in->sites.count) return AZ_OK;
    const struct st_site *site = &map->x.in->sites.items[ref->index];
    bool chosen = strcmp(type, "chosen") == 0;
    if (!is_placed(site->latitude, site->longitude)) {
        map->unplaced[0]++;
        return AZ_OK;
    }
    json_t *object = json_pack("{s:s}", "type", type);
    bool good = object && set_members(map, object, list, of) && set_site(map, object, site) &&
                set_title(map, object,
                          chosen ? az_stx_say(&map->x, "Chosen", "採用")
                                 : az_stx_say(&map->x, "Left out", "不採用"),
                          site->name, site->id);
    if (!good) {
        json_decref(object);
        return AZ_NO_MEMORY;
    }
    return az_features_add(&map->features, "Point",
                           az_features_position(&map->features, site->latitude, site->longitude),
                           object);
}

/* --- networks -----------------------------------------------------------------------------------
 */

static enum az_status add_node(struct map *map, size_t n)
{
    const struct st_node *node = &map->x.in->nodes.items[n];
    size_t feeder = node->feeder.index;
    bool is_root = feeder < map->x.in->feeders.count && map->x.in->feeders.items[feeder].root.id &&
                   map->x.in->feeders.items[feeder].root.index == n;
    if (!is_placed(node->latitude, node->longitude)) {
        map->unplaced[1]++;
        return AZ_OK;
    }
    json_t *object = json_pack("{s:s, s:s}", "type", "node", "node", node->id);
    json_t *of_feeder = is_root ? json_object() : NULL;
    bool good = object && az_features_text(object, "feeder", node->feeder.id) &&
                set_loading(map, object, NODE, n);
    if (good && is_root)
        good = of_feeder && set_loading(map, of_feeder, FEEDER, feeder) &&
               json_object_set(object, "feeder_loading", of_feeder) == 0;
    json_decref(of_feeder);
    if (!good) {
        json_decref(object);
        return AZ_NO_MEMORY;
    }
    return az_features_add(&map->features, "Point",
                           az_features_position(&map->features, node->latitude, node->longitude),
                           object);
}

static enum az_status add_line(struct map *map, size_t l)
{
    const struct st_instance *in = map->x.in;
    const struct st_line *line = &in->lines.items[l];
    if (line->from.index >= in->nodes.count || line->to.index >= in->nodes.count) return AZ_OK;
    const struct st_node *from = &in->nodes.items[line->from.index];
    const struct st_node *to = &in->nodes.items[line->to.index];
    if (!is_placed(from->latitude, from->longitude) || !is_placed(to->latitude, to->longitude))
        return AZ_OK; /* told by its nodes */
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "type", "line", "line", line->id, "from",
                               from->id, "to", to->id);
    if (!object || !az_features_text(object, "feeder", from->feeder.id) ||
        !set_loading(map, object, LINE, l)) {
        json_decref(object);
        return AZ_NO_MEMORY;
    }
    return az_features_add(
        &map->features, "LineString",
        two_positions(az_features_position(&map->features, from->latitude, from->longitude),
                      az_features_position(&map->features, to->latitude, to->longitude)),
        object);
}

/* Loadings by element: the summary lists them by id. */
static enum az_status find_loadings(struct map *map)
{
    const struct st_instance *in = map->x.in;
    const struct st_summary *summary = map->x.plan->summary;
    static const char *const whats[ELEMENTS] = { "node", "line", "feeder" };
    size_t counts[ELEMENTS] = { in->nodes.count, in->lines.count, in->feeders.count };
    for (size_t e = 0; e < ELEMENTS; e++) {
        map->loading[e] = AZ_ARRAY(map->x.arena, counts[e] + 1, const struct st_loading *);
        if (!map->loading[e]) return AZ_NO_MEMORY;
        size_t at = 0; /* the summary has the elements in their order, those known */
        for (size_t i = 0; i < summary->loadings.count; i++) {
            const struct st_loading *loading = &summary->loadings.items[i];
            if (strcmp(loading->what, whats[e]) != 0) continue;
            for (; at < counts[e]; at++) {
                const char *id = e == NODE   ? in->nodes.items[at].id
                                 : e == LINE ? in->lines.items[at].id
                                             : in->feeders.items[at].id;
                if (strcmp(id, loading->element) == 0) break;
            }
            if (at < counts[e]) map->loading[e][at] = loading;
        }
    }
    return AZ_OK;
}

/* --- districts and customers --------------------------------------------------------------------
 */

static enum az_status add_district(struct map *map, size_t d)
{
    const struct st_district *district = &map->x.in->districts.items[d];
    const struct st_summary *summary = map->x.plan->summary;
    if (!is_placed(district->latitude, district->longitude)) {
        map->unplaced[2]++;
        return AZ_OK;
    }
    json_t *object =
        json_pack("{s:s, s:s, s:I, s:b}", "type", "district", "district", district->id, "people",
                  (json_int_t)district->people, "must_be_covered", district->must_be_covered > 0);
    bool good = object && az_features_text(object, "name", district->name);
    for (size_t i = 0; good && i < summary->coverage.count; i++)
        if (summary->coverage.items[i].district.index == d)
            good = set_members(map, object, "coverage", &summary->coverage.items[i]);
    if (!good) {
        json_decref(object);
        return AZ_NO_MEMORY;
    }
    return az_features_add(
        &map->features, "Point",
        az_features_position(&map->features, district->latitude, district->longitude), object);
}

/* Who is served from where, where both are on the map. */
static enum az_status add_delivery(struct map *map, const struct st_served *served)
{
    const struct st_instance *in = map->x.in;
    if (served->customer.index >= in->customers.count || served->site.index >= in->sites.count)
        return AZ_OK;
    const struct st_customer *customer = &in->customers.items[served->customer.index];
    const struct st_site *site = &in->sites.items[served->site.index];
    if (!is_placed(customer->latitude, customer->longitude) ||
        !is_placed(site->latitude, site->longitude))
        return AZ_OK;
    json_t *object = json_pack("{s:s}", "type", "delivery");
    if (!object || !set_members(map, object, "served", served)) {
        json_decref(object);
        return AZ_NO_MEMORY;
    }
    return az_features_add(
        &map->features, "LineString",
        two_positions(
            az_features_position(&map->features, site->latitude, site->longitude),
            az_features_position(&map->features, customer->latitude, customer->longitude)),
        object);
}

/* --- the format ---------------------------------------------------------------------------------
 */

static enum az_status add_all(struct map *map)
{
    const struct st_instance *in = map->x.in;
    const struct st_plan *plan = map->x.plan;
    AZ_TRY(find_loadings(map));
    for (size_t i = 0; i < plan->choices.count; i++)
        AZ_TRY(add_site(map, &plan->choices.items[i].site, "chosen", "choices",
                        &plan->choices.items[i]));
    for (size_t i = 0; i < plan->summary->left_out.count; i++)
        AZ_TRY(add_site(map, &plan->summary->left_out.items[i].site, "left_out", "left_out",
                        &plan->summary->left_out.items[i]));
    for (size_t n = 0; n < in->nodes.count; n++) AZ_TRY(add_node(map, n));
    for (size_t l = 0; l < in->lines.count; l++) AZ_TRY(add_line(map, l));
    for (size_t d = 0; d < in->districts.count; d++) AZ_TRY(add_district(map, d));
    for (size_t i = 0; i < plan->served.count; i++)
        AZ_TRY(add_delivery(map, &plan->served.items[i]));
    return AZ_OK;
}

static void tell_unplaced(const struct map *map)
{
    static const struct az_code *const codes[] = { &az_code_export_told_unplaced,
                                                   &az_code_export_told_unplaced_nodes,
                                                   &az_code_export_told_unplaced_districts };
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (map->unplaced[i] > 0)
            AZ_FIND(map->x.call->told, codes[i], NULL,
                    AZ_NUMBER_PARAM("count", (double)map->unplaced[i]));
}

static enum az_status tell_geojson(const struct az_export *call, struct az_arena *arena,
                                   struct az_export_files *files)
{
    enum az_status status = AZ_OK;
    struct map map = { 0 };
    AZ_TRY(az_stx_begin(&map.x, call, arena));
    AZ_GOTO(az_features_begin(&map.features));
    AZ_GOTO(add_all(&map));
    AZ_GOTO(az_features_write(&map.features, "plan.geojson", arena, files));
    tell_unplaced(&map);
done:
    az_features_free(&map.features);
    return status;
}

const struct az_export_format az_export_siting_geojson = {
    .name = "geojson",
    .kind = "siting",
    .summary = { "a map: sites chosen and left out, nodes and lines with their loading, districts",
                 "地図（採用・不採用の地点、接続点と線路の利用度、地区）" },
    .tell = tell_geojson,
};
