/* rest.h - an instance document cut to what is left of its horizon, and single values set in it. */
#ifndef AZ_CLI_REST_H
#define AZ_CLI_REST_H

#include <jansson.h>

#include "formulations/formulation.h"

/* Lets the document begin `slots` slots later: start, the number of slots and every series of that
 * many values. start: the new one. False without memory, or when it has not that many slots. */
bool az_rest_of(json_t *document, const struct az_table *table, struct az_time start, size_t slots);

/* Sets a value by a path of names, "state/buses/bus-2/out_of_service=true": an item of a list by
 * its id or its number. The value is JSON, or else text. False when the path leads nowhere. */
bool az_set_by_path(json_t *document, const char *assignment);

#endif
