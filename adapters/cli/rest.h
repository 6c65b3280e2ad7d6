/* rest.h - a document cut to what is left of its horizon, or to the first of it, and single values
 * set in it. */
#ifndef AZ_CLI_REST_H
#define AZ_CLI_REST_H

#include <jansson.h>

#include "formulations/formulation.h"

/* Lets the document begin `slots` slots later: start, the number of slots and every series of that
 * many values. start: the new one. AZ_UNSUPPORTED when the document says no number of slots;
 * AZ_INVALID when none would be left of them; AZ_NO_MEMORY, and then the document may be half cut.
 */
enum az_status az_rest_of(json_t *document, const struct az_table *table, struct az_time start,
                          size_t slots);

/* Lets the document of an instance or a plan end after its first `slots` slots. The same errors. */
enum az_status az_head_of(json_t *document, const struct az_table *table, size_t slots);

/* Sets a value by a path of names, "state/buses/bus-2/out_of_service=true": an item of a list by
 * its id or its number. The value is JSON, or else text. AZ_INVALID when there is no path or no
 * value, or the value is neither; AZ_NOT_FOUND when the path leads nowhere; AZ_NO_MEMORY. */
enum az_status az_set_by_path(json_t *document, const char *assignment);

#endif
