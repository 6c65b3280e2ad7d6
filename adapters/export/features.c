/* features.c - a map of features, RFC 7946. */
#include "adapters/export/features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"

enum az_status az_features_begin(struct az_features *features)
{
    *features = (struct az_features){ json_array(), INFINITY, INFINITY, -INFINITY, -INFINITY };
    return features->list ? AZ_OK : AZ_NO_MEMORY;
}

void az_features_free(struct az_features *features)
{
    json_decref(features->list);
    features->list = NULL;
}

json_t *az_features_position(struct az_features *features, double latitude, double longitude)
{
    features->west = fmin(features->west, longitude);
    features->east = fmax(features->east, longitude);
    features->south = fmin(features->south, latitude);
    features->north = fmax(features->north, latitude);
    return json_pack("[f, f]", longitude, latitude);
}

enum az_status az_features_add(struct az_features *features, const char *type, json_t *coordinates,
                               json_t *properties)
{
    json_t *feature =
        coordinates && properties
            ? json_pack("{s:s, s:{s:s, s:O}, s:O}", "type", "Feature", "geometry", "type", type,
                        "coordinates", coordinates, "properties", properties)
            : NULL;
    json_decref(coordinates);
    json_decref(properties);
    return feature && json_array_append_new(features->list, feature) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status az_features_write(const struct az_features *features, const char *name,
                                 struct az_arena *arena, struct az_export_files *files)
{
    json_t *document =
        json_pack("{s:s, s:O}", "type", "FeatureCollection", "features", features->list);
    bool good =
        document && (json_array_size(features->list) == 0 ||
                     json_object_set_new(document, "bbox",
                                         json_pack("[f, f, f, f]", features->west, features->south,
                                                   features->east, features->north)) == 0);
    char *text = good ? az_json_pretty(document) : NULL;
    json_decref(document);
    struct az_export_file *file = AZ_NEW(arena, struct az_export_file);
    if (text && file) {
        file->name = name;
        file->length = strlen(text);
        file->bytes = az_arena_text_n(arena, text, file->length);
        *files = (struct az_export_files){ 1, file };
    }
    free(text);
    return files->count == 1 && file->bytes ? AZ_OK : AZ_NO_MEMORY;
}

bool az_features_text(json_t *properties, const char *name, const char *text)
{
    return !text || !*text || json_object_set_new(properties, name, json_string(text)) == 0;
}
