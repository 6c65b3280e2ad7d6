/* files.h - what exports of every kind share: texts in the arena, a zip in memory. */
#ifndef AZ_EXPORT_FILES_H
#define AZ_EXPORT_FILES_H

#include <stdio.h>

#include "adapters/format.h"

/* A text that is written with fprintf to `out`. */
struct az_export_text {
    FILE *out;
    char *bytes; /* of open_memstream */
    size_t length;
};

/* AZ_OK or AZ_NO_MEMORY. After az_export_open comes az_export_add, always: it frees. */
enum az_status az_export_open(struct az_export_text *text);
/* What was written, in the arena, as one more of the files, under this name. */
enum az_status az_export_add(struct az_export_text *text, struct az_arena *arena, const char *name,
                             struct az_export_files *files);

#endif
