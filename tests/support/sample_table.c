/* sample_table.c - rows of the made-up kind, and random objects of it by its own tables. */
#include "tests/support/sample_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define W AZ_EN_JA

static const struct az_choice modes[] = { { "plain", W("plain", "普通") },
                                          { "curved", W("by a curve", "曲線") },
                                          { "off", W("not used", "未使用") } };

static const struct az_field point_rows[] = {
    AZ_NUMBER(struct sample_point, x_kw, AZ_F_REQUIRED, "kW", 0, 1000, NAN, W("Power", "出力"),
              W("the power", "見本の出力")),
    AZ_NUMBER(struct sample_point, y_jpy, AZ_F_REQUIRED, "JPY", AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Cost", "費用"), W("the cost", "見本の費用")),
};
static const struct az_table point_table =
    AZ_TABLE("point", struct sample_point, point_rows, NULL, W("a point", "点"));
static const struct az_field point_item = AZ_ITEM_OBJECT(&point_table);

static const struct az_field flat_rows[] = {
    AZ_NUMBER(struct sample_flat, price_jpy_per_kwh, AZ_F_REQUIRED, "JPY/kWh", 0, AZ_NO_MAX, NAN,
              W("Price", "単価"), W("the price", "見本の単価")),
};
static const struct az_table flat_table =
    AZ_TABLE("flat price", struct sample_flat, flat_rows, NULL, W("one price", "一つの単価"));
static const struct az_field flat_item = AZ_ITEM_OBJECT(&flat_table);

static const struct az_field steps_rows[] = {
    AZ_LIST_OF(struct sample_steps, points, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &point_item,
               W("Points", "点"), W("the points", "見本の点")),
};
static const struct az_table steps_table =
    AZ_TABLE("step price", struct sample_steps, steps_rows, NULL, W("a curve", "曲線"));

static const struct az_case prices[] = { { "flat", &flat_table, W("one price", "一定") },
                                         { "steps", &steps_table, W("a curve", "曲線") },
                                         { "free", NULL, W("no price", "無料") } };

static const struct az_field pump_rows[] = {
    AZ_TEXT(struct sample_pump, id, AZ_F_ID, W("Id", "識別子"), W("the id", "見本の識別子")),
    AZ_NUMBER(struct sample_pump, power_kw, AZ_F_ABOVE_MIN, "kW", 0, 50, NAN, W("Power", "出力"),
              W("the power", "見本の出力")),
};
static const struct az_table pump_table =
    AZ_TABLE("pump", struct sample_pump, pump_rows, NULL, W("a pump", "ポンプ"));
static const struct az_field pump_item = AZ_ITEM_OBJECT(&pump_table);

static const struct az_field fan_rows[] = {
    AZ_TEXT(struct sample_fan, id, AZ_F_ID | AZ_F_REQUIRED, W("Id", "識別子"),
            W("the id", "見本の識別子")),
    AZ_REFERENCE(struct sample_fan, beside, 0, "sites", W("Beside", "隣"),
                 W("the beside", "見本の隣")),
};
static const struct az_table fan_table =
    AZ_TABLE("fan", struct sample_fan, fan_rows, NULL, W("a fan", "送風機"));
static const struct az_case things[] = { { "pump", &pump_table, W("a pump", "ポンプ") },
                                         { "fan", &fan_table, W("a fan", "送風機") } };
static const struct az_field thing_item = AZ_ITEM_VARIANT(things);

static const struct az_field feeder_rows[] = {
    AZ_TEXT(struct sample_feeder, id, AZ_F_ID | AZ_F_REQUIRED, W("Id", "識別子"),
            W("the id", "見本の識別子")),
    AZ_NUMBER(struct sample_feeder, limit_kw, AZ_F_DEFAULT, "kW", 0, AZ_NO_MAX, 100,
              W("Limit", "上限"), W("the limit", "見本の上限")),
};
static const struct az_table feeder_table =
    AZ_TABLE("feeder", struct sample_feeder, feeder_rows, NULL, W("a feeder", "配電線"));
static const struct az_field feeder_item = AZ_ITEM_OBJECT(&feeder_table);

static const struct az_field network_rows[] = {
    AZ_LIST_OF(struct sample_network, feeders, AZ_F_REQUIRED, &feeder_item, W("Feeders", "配電線"),
               W("the feeders", "見本の配電線")),
    AZ_MATRIX(struct sample_network, distance_km, 0, "sites", "sites", "km", 0, 500,
              W("Distance", "距離"), W("the distance", "見本の距離")),
};
static const struct az_table network_table =
    AZ_TABLE("network", struct sample_network, network_rows, NULL, W("a network", "網"));

extern const struct az_table sample_node_table;
static const struct az_field node_item = AZ_ITEM_OBJECT(&sample_node_table);
static const struct az_field node_rows[] = {
    AZ_TEXT(struct sample_node, name, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, W("Name", "名称"),
            W("the name", "見本の名称")),
    AZ_LIST_OF(struct sample_node, children, 0, &node_item, W("Children", "子"),
               W("the children", "見本の子")),
};
const struct az_table sample_node_table =
    AZ_TABLE("node", struct sample_node, node_rows, NULL, W("a node", "節"));

static const struct az_field feeder_reference = AZ_ITEM_REFERENCE("network.feeders");
static const struct az_field weight_item = AZ_ITEM_NUMBER("kg", -10, 10);
static const struct az_field text_item = AZ_ITEM_TEXT;
static const struct az_field site_rows[] = {
    AZ_TEXT(struct sample_site, id, AZ_F_ID | AZ_F_REQUIRED, W("Id", "識別子"),
            W("the id", "見本の識別子")),
    AZ_TEXT(struct sample_site, name, AZ_F_NOT_EMPTY, W("Name", "名称"),
            W("the name", "見本の名称")),
    AZ_SERIES(struct sample_site, load_kw, AZ_F_REQUIRED | AZ_F_SCALAR | AZ_F_NULL, "slots", "kW",
              0, AZ_NO_MAX, NAN, W("Load", "需要"), W("the load", "見本の需要")),
    AZ_SERIES(struct sample_site, temperature_c, 0, "boundaries", "°C", -60, 60, NAN,
              W("Temperature", "気温"), W("the temperature", "見本の気温")),
    AZ_VARIANT(struct sample_site, price, 0, prices, W("Price", "単価"),
               W("the price", "見本の単価")),
    AZ_LIST_OF(struct sample_site, feeders, AZ_F_UNIQUE, &feeder_reference, W("Feeders", "配電線"),
               W("the feeders", "見本の配電線")),
    AZ_MAP_OF(struct sample_site, weights, 0, "sites", &weight_item, W("Weights", "重み"),
              W("the weights", "見本の重み")),
    AZ_MAP_OF(struct sample_site, notes, 0, NULL, &text_item, W("Notes", "備考"),
              W("the notes", "見本の備考")),
};
static const struct az_table site_table =
    AZ_TABLE("site", struct sample_site, site_rows, NULL, W("a site", "地点"));
static const struct az_field site_item = AZ_ITEM_OBJECT(&site_table);

static const struct az_field level_item = {
    .type = AZ_T_NUMBER, .flags = AZ_F_ABOVE_MIN | AZ_F_NULL, .min = 0, .max = 9, .unit = "m"
};
static const struct az_field year_item = AZ_ITEM_INTEGER(NULL, 1900, 2100);
static const struct az_field switch_item = AZ_ITEM_BOOLEAN;
static const struct az_field mode_item = AZ_ITEM_ENUM(modes);
static const struct az_field time_item = AZ_ITEM_TIME;
static const struct az_field integer_item = AZ_ITEM_INTEGER(NULL, 0, 0);
static const struct az_field group_item = AZ_ITEM_LIST(int64_t, &integer_item);
static const struct az_field outline_item = AZ_ITEM_LIST(struct sample_point, &point_item);
static const struct az_field number_item = AZ_ITEM_NUMBER(NULL, 0, 0);
static const struct az_field crossing_item = AZ_ITEM_MAP(double, "sites", &number_item);
static const struct az_field profile_item = AZ_ITEM_SERIES(AZ_F_SCALAR, "slots", "kW", 0, 100);

static const struct az_field root_rows[] = {
    AZ_TEXT(struct sample_root, id, AZ_F_ID | AZ_F_REQUIRED, W("Id", "識別子"),
            W("the id", "見本の識別子")),
    AZ_TEXT(struct sample_root, title, 0, W("Title", "題名"), W("the title", "見本の題名")),
    { AZ_ROW_(struct sample_root, colour, AZ_T_TEXT, AZ_F_DEFAULT), .def_text = "blue",
      .label = W("Colour", "色"), .meaning = W("a colour", "色") },
    AZ_TIME(struct sample_root, start, AZ_F_REQUIRED, W("Start", "開始"),
            W("the start", "見本の開始")),
    { AZ_ROW_(struct sample_root, until, AZ_T_TIME, AZ_F_DEFAULT),
      .def_text = "2030-01-01T00:00:00+09:00", .label = W("Until", "終了"),
      .meaning = W("the end", "終わり") },
    AZ_INTEGER(struct sample_root, slots, AZ_F_REQUIRED, NULL, 1, 1000, 0, W("Slots", "コマ数"),
               W("the slots", "見本のコマ数")),
    AZ_INTEGER(struct sample_root, retries, AZ_F_DEFAULT | AZ_F_ADVANCED, NULL, 0, 9, 3,
               W("Retries", "再試行"), W("the retries", "見本の再試行")),
    AZ_NUMBER(struct sample_root, factor, AZ_F_DEFAULT | AZ_F_ABOVE_MIN, NULL, 0, 10, 1,
              W("Factor", "係数"), W("the factor", "見本の係数")),
    AZ_NUMBER(struct sample_root, reading, AZ_F_REQUIRED | AZ_F_NULL, "kW", 0, 100, NAN,
              W("Reading", "計測値"), W("the reading", "見本の計測値")),
    AZ_NUMBER(struct sample_root, share, AZ_F_DEFAULT | AZ_F_NULL, NULL, 0, 1, 0.5,
              W("Share", "割合"), W("the share", "見本の割合")),
    { AZ_ROW_(struct sample_root, curve_kw, AZ_T_NUMBER, 0), .unit = "kW", .min = 0,
      .max = INFINITY, .required_if = { "mode", "curved" }, .label = W("Curve", "曲線"),
      .meaning = W("needed by a curve", "曲線に必要") },
    { AZ_ROW_(struct sample_root, cap_kw, AZ_T_NUMBER, 0), .unit = "kW", .min = 0, .max = INFINITY,
      .required_if = { "strict", "true" }, .label = W("Cap", "上限"),
      .meaning = W("needed when strict", "厳格なとき必要") },
    AZ_NUMBER(struct sample_root, gain, AZ_F_RESULT, "JPY", AZ_NO_MIN, AZ_NO_MAX, NAN,
              W("Gain", "利得"), W("the gain", "見本の利得")),
    AZ_BOOLEAN(struct sample_root, strict, AZ_F_DEFAULT, 0, W("Strict", "厳格"),
               W("the strict", "見本の厳格")),
    AZ_BOOLEAN(struct sample_root, wanted, 0, -1, W("Wanted", "希望"),
               W("the wanted", "見本の希望")),
    AZ_ENUM(struct sample_root, mode, AZ_F_DEFAULT, modes, SAMPLE_PLAIN, W("Mode", "方式"),
            W("the mode", "見本の方式")),
    { AZ_ROW_(struct sample_root, partner, AZ_T_REFERENCE, 0), .target = "sites",
      .required_if = { "cap_kw", NULL }, .label = W("Partner", "相手"),
      .meaning = W("needed with a cap", "上限とともに必要") },
    AZ_REFERENCE(struct sample_root, chosen, 0, "sites|things", W("Chosen", "選択"),
                 W("the chosen", "見本の選択")),
    AZ_LIST_OF(struct sample_root, tags, AZ_F_UNIQUE | AZ_F_DEFAULT, &text_item, W("Tags", "札"),
               W("the tags", "見本の札")),
    AZ_LIST_OF(struct sample_root, levels, AZ_F_NOT_EMPTY, &level_item, W("Levels", "水位"),
               W("the levels", "見本の水位")),
    AZ_LIST_OF(struct sample_root, years, AZ_F_UNIQUE, &year_item, W("Years", "年"),
               W("the years", "見本の年")),
    AZ_LIST_OF(struct sample_root, switches, 0, &switch_item, W("Switches", "開閉器"),
               W("the switches", "見本の開閉器")),
    AZ_LIST_OF(struct sample_root, modes, AZ_F_UNIQUE, &mode_item, W("Modes", "方式"),
               W("the modes", "見本の方式")),
    AZ_LIST_OF(struct sample_root, holidays, AZ_F_UNIQUE, &time_item, W("Holidays", "休日"),
               W("the holidays", "見本の休日")),
    AZ_LIST_OF(struct sample_root, sites, AZ_F_REQUIRED | AZ_F_NOT_EMPTY, &site_item,
               W("Sites", "地点"), W("the sites", "見本の地点")),
    AZ_OBJECT(struct sample_root, network, 0, &network_table, W("Network", "網"),
              W("the network", "見本の網")),
    AZ_LIST_OF(struct sample_root, things, 0, &thing_item, W("Things", "物"),
               W("the things", "見本の物")),
    AZ_LIST_OF(struct sample_root, groups, 0, &group_item, W("Groups", "組"),
               W("the groups", "見本の組")),
    AZ_LIST_OF(struct sample_root, outlines, 0, &outline_item, W("Outlines", "輪郭"),
               W("the outlines", "見本の輪郭")),
    AZ_MAP_OF(struct sample_root, crossings, 0, NULL, &crossing_item, W("Crossings", "交差"),
              W("the crossings", "見本の交差")),
    AZ_MAP_OF(struct sample_root, profiles, AZ_F_NOT_EMPTY, NULL, &profile_item,
              W("Profiles", "波形"), W("the profiles", "見本の波形")),
    AZ_MAP_OF(struct sample_root, offers, AZ_F_DEFAULT, "sites|things", &flat_item,
              W("Offers", "提示"), W("the offers", "見本の提示")),
    AZ_MAP_OF(struct sample_root, spares, 0, NULL, &pump_item, W("Spares", "予備"),
              W("the spares", "見本の予備")),
    AZ_REFERENCE(struct sample_root, spare, 0, "spares", W("Spare", "予備"),
                 W("the spare", "見本の予備")),
    AZ_OBJECT(struct sample_root, tree, 0, &sample_node_table, W("Tree", "木"),
              W("the tree", "見本の木")),
    AZ_DOCUMENT(struct sample_root, extra, 0, W("Extra", "付録"), W("the extra", "見本の付録")),
    AZ_SERIES(struct sample_root, base_kw, AZ_F_DEFAULT | AZ_F_SCALAR, "slots", "kW", 0, 50, 2.5,
              W("Base", "基礎"), W("the base", "見本の基礎")),
};

static size_t root_count(const void *object, const char *name)
{
    const struct sample_root *root = object;
    if (root->slots == AZ_NO_INTEGER) return AZ_NO_INDEX;
    if (strcmp(name, "slots") == 0) return (size_t)root->slots;
    if (strcmp(name, "boundaries") == 0) return (size_t)root->slots + 1;
    return AZ_NO_INDEX;
}
const struct az_table sample_table = AZ_TABLE("sample", struct sample_root, root_rows, root_count,
                                              W("a made-up kind", "架空の種類"));

static const struct az_field entry_rows[] = {
    AZ_SERIES(struct sample_entry, power_kw, AZ_F_REQUIRED, "slots", "kW", 0, AZ_NO_MAX, NAN,
              W("Power", "出力"), W("the power", "見本の出力")),
};
static const struct az_table entry_table =
    AZ_TABLE("sample entry", struct sample_entry, entry_rows, NULL, W("of a site", "地点の計画"));
static const struct az_field entry_item = AZ_ITEM_OBJECT(&entry_table);
static const struct az_field order_item = AZ_ITEM_REFERENCE("sites|things");
static const struct az_field plan_rows[] = {
    AZ_MAP_OF(struct sample_plan, sites, AZ_F_REQUIRED, "sites", &entry_item, W("Sites", "地点"),
              W("the sites", "見本の地点")),
    AZ_LIST_OF(struct sample_plan, order, AZ_F_UNIQUE, &order_item, W("Order", "順序"),
               W("the order", "見本の順序")),
    AZ_SERIES(struct sample_plan, total_kw, 0, "slots", "kW", 0, AZ_NO_MAX, NAN, W("Total", "合計"),
              W("the total", "見本の合計")),
};
const struct az_table sample_plan_table =
    AZ_TABLE("sample plan", struct sample_plan, plan_rows, NULL, W("a plan", "計画"));

/* --- random objects --- */

struct maker {
    struct az_random *random;
    struct az_arena *arena;
    struct sample_root *root;
    size_t depth, serial;
};

static size_t below(struct maker *m, size_t n)
{
    return (size_t)az_random_below(m->random, n);
}

static double random_number(struct maker *m, const struct az_field *field)
{
    double low = az_has_minimum(field) ? field->min : -1e6;
    double high = az_has_maximum(field) ? field->max : low + 2e6;
    double value = low + (high - low) * az_random_unit(m->random);
    if (below(m, 3) == 0) value = round(value * 100) / 100;
    if (below(m, 6) == 0) value = ceil(low) + 1;
    if (value > high) value = high;
    if (value <= low) value = low + (high - low) / 3;
    return value;
}

static const char *random_text(struct maker *m)
{
    static const char *const pieces[] = { "a", "B", "松本", "\"", "\\", "\n", "\t", "/",
                                          "é", "😀", " ",    "0",  "{",  "]",  "," };
    const char *text = "x";
    size_t count = below(m, 8);
    for (size_t i = 0; i < count; i++)
        text = az_arena_format(m->arena, "%s%s", text,
                               pieces[below(m, sizeof pieces / sizeof pieces[0])]);
    return text;
}

static struct az_series random_series(struct maker *m, const struct az_field *field)
{
    struct az_series series = { .count = az_count(&sample_table, m->root, field->length) };
    if ((field->flags & AZ_F_SCALAR) && below(m, 2)) {
        series.scalar = true;
        series.count = 1;
    }
    series.values = AZ_ARRAY(m->arena, series.count, double);
    for (size_t i = 0; i < series.count; i++)
        series.values[i] =
            (field->flags & AZ_F_NULL) && below(m, 5) == 0 ? NAN : random_number(m, field);
    return series;
}

static void make_object(struct maker *m, const struct az_table *table, void *object);

/* Everything but references and what hangs on counts, which `finish` makes once lists are there. */
static void make_value(struct maker *m, const struct az_field *field, bool is_item, void *value)
{
    size_t least = field->flags & AZ_F_NOT_EMPTY ? 1 : 0;
    size_t count = m->depth > 4 ? least : least + below(m, 4);
    m->depth++;
    switch (field->type) {
    case AZ_T_NUMBER:
        *(double *)value = random_number(m, field);
        break;
    case AZ_T_INTEGER: {
        bool bounded = az_has_minimum(field);
        int64_t low = bounded ? (int64_t)field->min : -500;
        int64_t high = bounded ? (int64_t)field->max : 500;
        *(int64_t *)value = low + (int64_t)below(m, (size_t)(high - low) + 1);
        break;
    }
    case AZ_T_BOOLEAN:
        *(int *)value = (int)below(m, 2);
        break;
    case AZ_T_ENUM:
        *(int *)value = (int)below(m, field->choice_count);
        break;
    case AZ_T_TEXT:
        *(const char **)value = random_text(m);
        break;
    case AZ_T_TIME:
        *(struct az_time *)value = (struct az_time){ .utc_s = (int64_t)below(m, 4000000000u),
                                                     .offset_min = (int)below(m, 1441) - 720 };
        break;
    case AZ_T_OBJECT:
        if (!is_item) *(void **)value = az_arena_take(m->arena, field->table->size);
        make_object(m, field->table, is_item ? value : *(void **)value);
        break;
    case AZ_T_LIST: {
        struct az_any_list *list = value;
        *list = (struct az_any_list){ count, az_arena_array(m->arena, count, field->item_size) };
        for (size_t i = 0; i < count; i++)
            make_value(m, field->item, true, az_item_at(field, list->items, i));
        break;
    }
    case AZ_T_MAP: {
        struct az_any_map *map = value;
        *map = (struct az_any_map){ field->target ? 0 : count,
                                    AZ_ARRAY(m->arena, count, struct az_ref),
                                    az_arena_array(m->arena, count, field->item_size) };
        for (size_t i = 0; i < map->count; i++) {
            map->keys[i].id = az_arena_format(m->arena, "key.%zu", i);
            make_value(m, field->item, true, az_item_at(field, map->items, i));
        }
        break;
    }
    case AZ_T_VARIANT: {
        struct az_variant *variant = value;
        variant->tag = (int)below(m, field->case_count);
        const struct az_table *table = field->cases[variant->tag].table;
        variant->value = az_arena_take(m->arena, table ? table->size : 0);
        if (table) make_object(m, table, variant->value);
        break;
    }
    default:
        break;
    }
    m->depth--;
}

static void make_object(struct maker *m, const struct az_table *table, void *object)
{
    az_fields_default(table, object, m->arena);
    for (size_t i = 0; i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        bool needed = (field->flags & (AZ_F_REQUIRED | AZ_F_ID)) || field->required_if.field;
        if (!needed && below(m, 10) < 3) continue;
        if (field->flags & AZ_F_NULL && field->type == AZ_T_NUMBER && below(m, 3) == 0) {
            *(double *)az_member(field, object) = NAN;
            continue;
        }
        make_value(m, field, false, az_member(field, object));
        if (field->flags & AZ_F_ID)
            *(const char **)az_member(field, object) =
                az_arena_format(m->arena, "id-%zu", m->serial++);
    }
}

/* The id of a random object in one of the targets, or NULL. */
static const char *random_id(struct maker *m, const char *target)
{
    const char *part = target;
    char name[64];
    if (strchr(target, '|') && below(m, 2)) part = strchr(target, '|') + 1;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(part, "|"), part);
    if (strcmp(name, "spares") == 0) {
        if (!m->root->spares.count) return NULL;
        return m->root->spares.keys[below(m, m->root->spares.count)].id;
    }
    struct az_any_list list;
    const struct az_field *field;
    if (!az_collection(&sample_table, m->root, name, &list, &field) || !list.count) return NULL;
    return az_item_id(field->item, az_item_at(field, list.items, below(m, list.count)));
}

static void finish_object(struct maker *m, const struct az_table *table, void *object);

static void finish_map(struct maker *m, const struct az_field *field, struct az_any_map *map)
{
    if (!field->target) return;
    map->keys = AZ_ARRAY(m->arena, 4, struct az_ref); /* a default map has no room */
    map->items = az_arena_array(m->arena, 4, field->item_size);
    for (size_t tries = 0; tries < 4; tries++) {
        const char *id = random_id(m, field->target);
        bool taken = !id;
        for (size_t i = 0; i < map->count && !taken; i++) taken = strcmp(map->keys[i].id, id) == 0;
        if (taken) continue;
        map->keys[map->count] = (struct az_ref){ .id = id, .index = AZ_NO_INDEX };
        make_value(m, field->item, true, az_item_at(field, map->items, map->count));
        map->count++;
    }
}

static void finish_value(struct maker *m, const struct az_field *field, bool is_item, void *value)
{
    switch (field->type) {
    case AZ_T_REFERENCE: {
        struct az_ref *ref = value;
        *ref = (struct az_ref){ .id = random_id(m, field->target), .index = AZ_NO_INDEX };
        break;
    }
    case AZ_T_SERIES:
        *(struct az_series *)value = random_series(m, field);
        break;
    case AZ_T_MATRIX: {
        struct az_matrix *matrix = value;
        matrix->rows = matrix->columns = m->root->sites.count;
        matrix->values = AZ_ARRAY(m->arena, matrix->rows * matrix->columns, double);
        for (size_t i = 0; i < matrix->rows * matrix->columns; i++)
            matrix->values[i] = random_number(m, field);
        break;
    }
    case AZ_T_OBJECT:
        if (is_item || *(void **)value)
            finish_object(m, field->table, is_item ? value : *(void **)value);
        break;
    case AZ_T_LIST: {
        struct az_any_list *list = value;
        /* Lists of references, and lists whose items must differ, are left with one item. */
        if (list->count && (field->flags & AZ_F_UNIQUE)) list->count = 1;
        for (size_t i = 0; i < list->count; i++) {
            void *item = az_item_at(field, list->items, i);
            finish_value(m, field->item, true, item);
            if (field->item->type == AZ_T_REFERENCE && !((struct az_ref *)item)->id)
                list->count = 0;
        }
        break;
    }
    case AZ_T_MAP: {
        struct az_any_map *map = value;
        if (!map->items) break;
        finish_map(m, field, map);
        for (size_t i = 0; i < map->count; i++)
            finish_value(m, field->item, true, az_item_at(field, map->items, i));
        break;
    }
    case AZ_T_VARIANT: {
        struct az_variant *variant = value;
        const struct az_table *table = variant->value ? field->cases[variant->tag].table : NULL;
        if (table) finish_object(m, table, variant->value);
        break;
    }
    default:
        break;
    }
}

static void finish_object(struct maker *m, const struct az_table *table, void *object)
{
    for (size_t i = 0; i < table->field_count; i++) {
        const struct az_field *field = &table->fields[i];
        bool late = field->type == AZ_T_REFERENCE || field->type == AZ_T_SERIES ||
                    field->type == AZ_T_MATRIX;
        bool needed = (field->flags & AZ_F_REQUIRED) || field->required_if.field;
        if (late && !needed && below(m, 10) < 3) continue;
        finish_value(m, field, false, az_member(field, object));
    }
}

struct sample_root *sample_random(struct az_random *random, struct az_arena *arena)
{
    struct sample_root *root = AZ_NEW(arena, struct sample_root);
    struct maker m = { .random = random, .arena = arena, .root = root };
    make_object(&m, &sample_table, root);
    root->slots = 1 + (int64_t)below(&m, 6);
    finish_object(&m, &sample_table, root);
    return root;
}
