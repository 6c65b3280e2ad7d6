/* status.c - codes and words of the one status list. */
#include "solver/base/status.h"

#include <stddef.h>

static const struct {
    const char *code, *words;
} statuses[] = {
#define ENTRY(name, code, words) [name] = { code, words },
    AZ_STATUS_LIST(ENTRY)
#undef ENTRY
};

const char *az_status_code(enum az_status status)
{
    size_t i = (size_t)status;
    return i < sizeof statuses / sizeof statuses[0] ? statuses[i].code : "unknown";
}

const char *az_status_words(enum az_status status)
{
    size_t i = (size_t)status;
    return i < sizeof statuses / sizeof statuses[0] ? statuses[i].words : "an unknown status";
}
