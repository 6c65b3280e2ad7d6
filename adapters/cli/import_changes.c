/* import_changes.c - what importing changed in an instance, for people: the difference of two
 * documents. Members of lists are told apart by their id. */
#include "adapters/cli/import_changes.h"

#include <math.h>
#include <string.h>

struct changes {
    struct az_cli *cli;
    const char *place; /* "connections/tie-town: "; "" at the top */
};

static void compare(const struct changes *changes, const json_t *before, const json_t *after);

/* "48 values, highest 118.2" or "" when it is no series. */
static const char *series_words(const struct az_cli *cli, const json_t *value)
{
    size_t i;
    json_t *item;
    double highest = -INFINITY;
    if (json_array_size(value) == 0) return "";
    json_array_foreach(value, i, item)
    {
        if (!json_is_number(item) && !json_is_null(item)) return "";
        if (json_is_number(item)) highest = fmax(highest, json_number_value(item));
    }
    const char *text = az_arena_format(
        cli->arena, az_cli_say(cli, " (%zu values, highest %.6g)", "（%zu 個、最大 %.6g）"),
        json_array_size(value), highest);
    return text ? text : "";
}

/* A scalar as it stands in a document; NULL for lists and objects. */
static const char *scalar(const struct az_cli *cli, const json_t *value)
{
    if (json_is_string(value)) return json_string_value(value);
    if (json_is_number(value))
        return az_arena_format(cli->arena, "%.10g", json_number_value(value));
    if (json_is_boolean(value)) return json_is_true(value) ? "true" : "false";
    return json_is_null(value) ? "null" : NULL;
}

static void filled(const struct changes *changes, const char *name, const json_t *value)
{
    const struct az_cli *cli = changes->cli;
    const char *text = scalar(cli, value);
    if (text)
        az_cli_print(stderr, az_cli_say(cli, "%s%s set to %s\n", "%s%s を %s としました\n"),
                     changes->place, name, text);
    else
        az_cli_print(stderr, az_cli_say(cli, "%s%s filled%s\n", "%s%s を入れました%s\n"),
                     changes->place, name, series_words(cli, value));
}

static const json_t *by_id(const json_t *list, const char *id)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (strcmp(az_cli_member(item, "id"), id) == 0) return item;
    }
    return NULL;
}

#define NAMED_ADDITIONS 5 /* of a list: more are told together */

/* What a list has that it had not: one by one, or their number where there are many. True: told. */
static bool tell_many(const struct changes *changes, const char *name, const json_t *before,
                      const json_t *after)
{
    size_t i, count = 0;
    json_t *item;
    const char *first = "", *last = "";
    json_array_foreach(after, i, item)
    {
        const char *id = az_cli_member(item, "id");
        if (by_id(before, id)) continue;
        if (count++ == 0) first = id;
        last = id;
    }
    if (count <= NAMED_ADDITIONS) return false;
    az_cli_print(stderr,
                 az_cli_say(changes->cli, "%s%s: %zu added (%s to %s)\n",
                            "%s%s: %zu 件を加えました（%s～%s）\n"),
                 changes->place, name, count, first, last);
    return true;
}

static bool has_ids(const json_t *list)
{
    return *az_cli_member(json_array_get(list, 0), "id") != 0;
}

static void compare_lists(const struct changes *changes, const char *name, const json_t *before,
                          const json_t *after)
{
    size_t i;
    json_t *item;
    struct az_cli *cli = changes->cli;
    bool told = tell_many(changes, name, before, after);
    json_array_foreach(after, i, item)
    {
        const char *id = az_cli_member(item, "id");
        const json_t *old = by_id(before, id);
        const char *place = az_arena_format(cli->arena, "%s%s/%s: ", changes->place, name, id);
        if (!old && !told)
            az_cli_print(stderr, az_cli_say(cli, "%s%s/%s added\n", "%s%s/%s を加えました\n"),
                         changes->place, name, id);
        else if (old && place)
            compare(&(struct changes){ cli, place }, old, item);
    }
}

/* Statements that came into a list of texts, and those that went. */
static void compare_texts(const struct changes *changes, const char *name, const json_t *from,
                          const json_t *to, const char *words)
{
    size_t i, k;
    json_t *item, *other;
    json_array_foreach(to, i, item)
    {
        bool found = false;
        json_array_foreach(from, k, other) found = found || json_equal(item, other);
        if (!found && json_is_string(item))
            az_cli_print(stderr, "%s%s: %s: %s\n", changes->place, name, words,
                         json_string_value(item));
    }
}

static void changed(const struct changes *changes, const char *name, const json_t *before,
                    const json_t *after)
{
    const struct az_cli *cli = changes->cli;
    const char *old = scalar(cli, before), *new = scalar(cli, after);
    if (old && new) {
        az_cli_print(
            stderr,
            az_cli_say(cli, "%s%s moved from %s to %s\n", "%s%s を %s から %s に変えました\n"),
            changes->place, name, old, new);
    } else if (json_is_array(before) && json_is_array(after) && has_ids(after)) {
        compare_lists(changes, name, before, after);
    } else if (json_is_array(after) && json_is_string(json_array_get(after, 0))) {
        compare_texts(changes, name, after, before, az_cli_say(cli, "removed", "削除"));
        compare_texts(changes, name, before, after, az_cli_say(cli, "added", "追加"));
    } else if (json_is_object(before) && json_is_object(after)) {
        const char *place = az_arena_format(cli->arena, "%s%s: ", changes->place, name);
        if (place) compare(&(struct changes){ changes->cli, place }, before, after);
    } else {
        filled(changes, name, after);
    }
}

static void compare(const struct changes *changes, const json_t *before, const json_t *after)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)after, name, value)
    {
        const json_t *old = json_object_get(before, name);
        if (!old)
            filled(changes, name, value);
        else if (!json_equal(old, value))
            changed(changes, name, old, value);
    }
    json_object_foreach((json_t *)before, name, value)
    {
        if (!json_object_get(after, name))
            az_cli_print(stderr, az_cli_say(changes->cli, "%s%s removed\n", "%s%s を除きました\n"),
                         changes->place, name);
    }
}

void az_cli_import_changes(struct az_cli *cli, const json_t *before, const json_t *after)
{
    compare(&(struct changes){ cli, "" }, before, after);
}
