/* features.h - a map of features, RFC 7946: what every exporter of GeoJSON writes with. Positions
 * are longitude before latitude. */
#ifndef AZ_EXPORT_FEATURES_H
#define AZ_EXPORT_FEATURES_H

#include <jansson.h>

#include "adapters/format.h"

struct az_features {
    json_t *list; /* owned */
    double west, south, east, north;
};

/* An empty map. AZ_NO_MEMORY; free it also then. */
enum az_status az_features_begin(struct az_features *features);
void az_features_free(struct az_features *features);

/* A position, which widens the map's box; a new reference, NULL without memory. */
json_t *az_features_position(struct az_features *features, double latitude, double longitude);

/* Adds a feature; takes both references over, NULL for one that could not be made. */
enum az_status az_features_add(struct az_features *features, const char *type, json_t *coordinates,
                               json_t *properties);

/* The map as a file of this name. */
enum az_status az_features_write(const struct az_features *features, const char *name,
                                 struct az_arena *arena, struct az_export_files *files);

/* Sets a property; one that is absent or empty is left out. False: no memory. */
bool az_features_text(json_t *properties, const char *name, const char *text);

#endif
