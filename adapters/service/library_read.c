/* library_read.c - libazumi-client: values out of a JSON text by pointer (RFC 6901). */
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/library.h"

#define NAME_MAX_BYTES 1000 /* of one segment of a pointer */

/* A jansson value under a name of our own. */
static const json_t *root_of(const struct azumi_document *document)
{
    return (const json_t *)(const void *)document;
}

enum azumi_status az_library_parse(const char *text, json_t **document)
{
    struct az_json_limits limits = az_json_limits_default;
    struct az_findings findings;
    *document = NULL;
    if (!text) return AZUMI_BAD_REQUEST;
    limits.bytes = strlen(text);
    limits.depth += 8;
    limits.values *= 4;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZUMI_NO_MEMORY;
    az_findings_init(&findings, arena, 1);
    *document = az_json_parse(text, limits.bytes, &limits, &findings);
    az_arena_free(arena);
    return *document ? AZUMI_OK : findings.out_of_memory ? AZUMI_NO_MEMORY : AZUMI_BAD_REQUEST;
}

enum azumi_status azumi_read(const char *text, struct azumi_document **document)
{
    json_t *read;
    enum azumi_status status = az_library_parse(text, &read);
    *document = (void *)read;
    return status;
}

void azumi_document_free(struct azumi_document *document)
{
    json_decref((json_t *)(void *)document);
}

/* The member whose name is this segment, with ~1 for a slash and ~0 for a tilde. */
static const json_t *find_member(const json_t *object, const char *segment, size_t length)
{
    char name[NAME_MAX_BYTES + 1];
    size_t used = 0;
    if (length > NAME_MAX_BYTES) return NULL;
    for (size_t i = 0; i < length; i++) {
        bool is_escape = segment[i] == '~' && i + 1 < length;
        name[used++] = !is_escape ? segment[i] : segment[++i] == '1' ? '/' : '~';
    }
    name[used] = 0;
    return json_object_get(object, name);
}

/* The item of this number; digits only, no more than a list can have. */
static const json_t *find_item(const json_t *list, const char *segment, size_t length)
{
    size_t index = 0;
    if (length == 0 || length > 18) return NULL;
    for (size_t i = 0; i < length; i++) {
        if (segment[i] < '0' || segment[i] > '9') return NULL;
        index = 10 * index + (size_t)(segment[i] - '0');
    }
    return json_array_get(list, index);
}

static const json_t *find(const struct azumi_document *document, const char *pointer)
{
    const json_t *value = document && pointer ? root_of(document) : NULL;
    while (value && *pointer) {
        if (*pointer++ != '/') return NULL;
        size_t length = strcspn(pointer, "/");
        value = json_is_array(value) ? find_item(value, pointer, length)
                                     : find_member(value, pointer, length);
        pointer += length;
    }
    return value;
}

enum azumi_status azumi_number(const struct azumi_document *document, const char *pointer,
                               double *value)
{
    const json_t *found = find(document, pointer);
    if (!json_is_number(found) && !json_is_boolean(found)) return AZUMI_NOT_FOUND;
    *value = json_is_number(found) ? json_number_value(found) : json_is_true(found) ? 1 : 0;
    return AZUMI_OK;
}

const char *azumi_text(const struct azumi_document *document, const char *pointer)
{
    return json_string_value(find(document, pointer));
}

enum azumi_status azumi_json(const struct azumi_document *document, const char *pointer,
                             char **text)
{
    const json_t *found = find(document, pointer);
    *text = NULL;
    if (!json_is_object(found) && !json_is_array(found)) return AZUMI_NOT_FOUND;
    *text = az_json_compact(found, NULL);
    return *text ? AZUMI_OK : AZUMI_NO_MEMORY;
}

size_t azumi_count(const struct azumi_document *document, const char *pointer)
{
    const json_t *found = find(document, pointer);
    return json_is_array(found) ? json_array_size(found) : json_object_size(found);
}

const char *azumi_member(const struct azumi_document *document, const char *pointer, size_t index)
{
    /* Reading by an iterator changes nothing; jansson's type says otherwise. */
    json_t *found = (json_t *)(void *)find(document, pointer);
    void *member = json_is_object(found) ? json_object_iter(found) : NULL;
    for (size_t i = 0; member && i < index; i++) member = json_object_iter_next(found, member);
    return member ? json_object_iter_key(member) : NULL;
}
