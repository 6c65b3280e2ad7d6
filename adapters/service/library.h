/* library.h - inside libazumi-client: what its files share. */
#ifndef AZ_LIBRARY_H
#define AZ_LIBRARY_H

#include <jansson.h>

#include "adapters/service/azumi_client.h"

/* A text of any size as a JSON object, a new reference. AZUMI_BAD_REQUEST: it is none, or NULL.
 * AZUMI_NO_MEMORY. */
enum azumi_status az_library_parse(const char *text, json_t **document);

#endif
