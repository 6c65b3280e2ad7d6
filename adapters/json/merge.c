/* merge.c - changes to a document, in the form of a document: RFC 7396, and lists by id. */
#include <string.h>

#include "adapters/json/json.h"

const struct az_code az_code_nothing_to_remove = {
    "nothing_to_remove", { "is not there to be taken out", "ないので取り除けません" }
};
const struct az_code az_code_no_changes = {
    "no_changes", { "must be an object of changes", "変更点のオブジェクトでなければなりません" }
};

struct merger {
    struct az_findings *findings;
    enum az_status status;
};

/* Is it a list of objects that have ids, or an empty one? */
static bool has_ids(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_object_get(json_array_get(list, i), "id"))) return false;
    return json_is_array(list);
}

static size_t position(const json_t *list, const char *id)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(list, i), "id")), id) == 0)
            return i;
    return AZ_NO_INDEX;
}

static void need(struct merger *m, bool done)
{
    if (!done && m->status == AZ_OK) m->status = AZ_NO_MEMORY;
}

static void merge_object(struct merger *m, json_t *target, const json_t *changes,
                         const struct az_path *path);

/* An entry without a counterpart is appended, its id first. */
static void append(struct merger *m, json_t *list, const char *id, const json_t *value,
                   const struct az_path *path)
{
    json_t *item = json_pack("{s:s}", "id", id);
    if (item) merge_object(m, item, value, path);
    need(m, json_array_append_new(list, item) == 0);
}

static void merge_list(struct merger *m, json_t *list, const json_t *changes,
                       const struct az_path *path)
{
    const char *id;
    json_t *value;
    json_object_foreach((json_t *)changes, id, value)
    {
        size_t at = position(list, id);
        const struct az_path *here = AZ_AT(path, id);
        if (json_is_null(value) && at == AZ_NO_INDEX)
            AZ_FIND0(m->findings, &az_code_nothing_to_remove, here);
        else if (json_is_null(value))
            json_array_remove(list, at);
        else if (!json_is_object(value))
            AZ_FIND0(m->findings, &az_code_no_changes, here);
        else if (at == AZ_NO_INDEX)
            append(m, list, id, value, here);
        else
            merge_object(m, json_array_get(list, at), value, here);
    }
}

static void merge_object(struct merger *m, json_t *target, const json_t *changes,
                         const struct az_path *path)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)changes, name, value)
    {
        json_t *old = json_object_get(target, name);
        const struct az_path *here = AZ_AT(path, name);
        if (json_is_null(value)) {
            json_object_del(target, name);
        } else if (!json_is_object(value)) {
            json_t *copy = json_deep_copy(value);
            need(m, json_object_set_new(target, name, copy) == 0);
        } else if (has_ids(old)) {
            merge_list(m, old, value, here);
        } else {
            if (!json_is_object(old))
                need(m, json_object_set_new(target, name, json_object()) == 0);
            if (m->status == AZ_OK) merge_object(m, json_object_get(target, name), value, here);
        }
    }
}

/* Lists that the changes speak of by id and the document leaves out are there, and empty. */
static void add_lists(struct merger *m, const struct az_table *table, json_t *document,
                      const json_t *changes)
{
    for (size_t i = 0; i < table->field_count; i++) {
        const char *name = table->fields[i].name;
        if (table->fields[i].type == AZ_T_LIST && !json_object_get(document, name) &&
            json_is_object(json_object_get(changes, name)))
            need(m, json_object_set_new(document, name, json_array()) == 0);
    }
}

enum az_status az_json_merge(const struct az_table *table, json_t *document, const json_t *changes,
                             const struct az_path *path, struct az_findings *findings)
{
    struct merger m = { findings, AZ_OK };
    if (!json_is_object(changes)) {
        AZ_FIND0(findings, &az_code_no_changes, path);
        return AZ_OK;
    }
    add_lists(&m, table, document, changes);
    if (m.status == AZ_OK) merge_object(&m, document, changes, path);
    return m.status;
}
