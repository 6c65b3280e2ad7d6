/* files.c - texts in the arena and files of a zip. See files.h and format.h. */
#include "adapters/export/files.h"

#include <stdlib.h>
#include <zip.h>

enum az_status az_export_open(struct az_export_text *text)
{
    *text = (struct az_export_text){ 0 };
    text->out = open_memstream(&text->bytes, &text->length);
    return text->out ? AZ_OK : AZ_NO_MEMORY;
}

static enum az_status close_text(struct az_export_text *text, struct az_arena *arena, char **bytes,
                                 size_t *length)
{
    bool good = text->out && ferror(text->out) == 0;
    if (text->out) good = fclose(text->out) == 0 && good;
    *bytes = good ? az_arena_text_n(arena, text->bytes, text->length) : NULL;
    *length = text->length;
    free(text->bytes);
    *text = (struct az_export_text){ 0 };
    return *bytes ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status az_export_add(struct az_export_text *text, struct az_arena *arena, const char *name,
                             struct az_export_files *files)
{
    char *bytes;
    size_t length;
    AZ_TRY(close_text(text, arena, &bytes, &length));
    struct az_export_file *items =
        az_arena_grow(arena, files->items, files->count, files->count + 1, sizeof *items);
    if (!items) return AZ_NO_MEMORY;
    items[files->count++] = (struct az_export_file){ name, bytes, length };
    files->items = items;
    return AZ_OK;
}

/* What was written to a source, in the arena. */
static enum az_status take_source(zip_source_t *source, struct az_arena *arena, char **bytes,
                                  size_t *length)
{
    zip_stat_t stat;
    zip_stat_init(&stat);
    *bytes = NULL;
    if (zip_source_stat(source, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) ||
        zip_source_open(source) != 0)
        return AZ_IO;
    *length = (size_t)stat.size;
    *bytes = az_arena_take(arena, *length + 1);
    zip_int64_t got = *bytes ? zip_source_read(source, *bytes, stat.size) : -1;
    zip_source_close(source);
    if (!*bytes) return AZ_NO_MEMORY;
    return got == (zip_int64_t)stat.size ? AZ_OK : AZ_IO;
}

enum az_status az_export_zip(const struct az_export_files *files, struct az_arena *arena,
                             char **bytes, size_t *length)
{
    enum az_status status = AZ_NO_MEMORY;
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_t *archive = NULL;
    if (!source) goto done;
    zip_source_keep(source);
    archive = zip_open_from_source(source, ZIP_TRUNCATE, &error);
    if (!archive) {
        zip_source_free(source);
        goto done;
    }
    for (size_t i = 0; i < files->count; i++) {
        const struct az_export_file *file = &files->items[i];
        zip_source_t *text = zip_source_buffer(archive, file->bytes, file->length, 0);
        zip_int64_t at = text ? zip_file_add(archive, file->name, text, ZIP_FL_ENC_UTF_8) : -1;
        if (at < 0) {
            if (text) zip_source_free(text);
            goto done;
        }
        /* 1980-01-01, the first day of the format. */
        zip_file_set_dostime(archive, (zip_uint64_t)at, 0, 0x21, 0);
    }
    if (zip_close(archive) != 0) goto done;
    archive = NULL;
    status = take_source(source, arena, bytes, length);
done:
    if (archive) zip_discard(archive);
    if (source) zip_source_free(source);
    zip_error_fini(&error);
    return status;
}
