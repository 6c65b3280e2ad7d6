/* input.c - reads files, unpacks .gz and .zip, and turns text into UTF-8. */
#define ZLIB_CONST /* zlib reads from const memory */

#include "adapters/import/input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>
#include <zlib.h>

#include "adapters/format.h"
#include "formulations/fields.h"

#define FOLDER_LIMIT 4096

static enum az_status append(struct az_inputs *inputs, struct az_arena *arena, const char *name,
                             const char *bytes, size_t length)
{
    if (inputs->count == inputs->capacity) {
        size_t capacity = inputs->capacity ? 2 * inputs->capacity : 8;
        struct az_input *items =
            az_arena_grow(arena, inputs->items, inputs->count, capacity, sizeof *items);
        if (!items) return AZ_NO_MEMORY;
        inputs->items = items;
        inputs->capacity = capacity;
    }
    inputs->items[inputs->count++] = (struct az_input){ name, bytes, length };
    return AZ_OK;
}

static void too_large(struct az_findings *findings, const char *name)
{
    AZ_FIND(findings, &az_code_import_too_large, AZ_AT(NULL, name),
            AZ_NUMBER_PARAM("maximum", (double)AZ_INPUT_LIMIT));
}

static void bad_archive(struct az_findings *findings, const char *name, const char *reason)
{
    AZ_FIND(findings, &az_code_import_bad_archive, AZ_AT(NULL, name),
            AZ_TEXT_PARAM("reason", reason ? reason : "?"));
}

/* Inflates gzip members one after the other. *out is malloc'ed; NULL with a finding. */
static enum az_status gunzip(const char *name, const void *bytes, size_t length,
                             struct az_findings *findings, char **out, size_t *size)
{
    z_stream stream = { .next_in = bytes, .avail_in = (uInt)length };
    size_t capacity = 65536;
    int code = inflateInit2(&stream, 16 + MAX_WBITS);
    *out = NULL;
    *size = 0;
    if (code != Z_OK) return AZ_NO_MEMORY;
    for (;;) {
        if (*size == capacity) capacity *= 2;
        if (capacity > AZ_INPUT_LIMIT + 1) capacity = AZ_INPUT_LIMIT + 1;
        char *grown = realloc(*out, capacity);
        if (!grown) {
            free(*out);
            *out = NULL;
            inflateEnd(&stream);
            return AZ_NO_MEMORY;
        }
        *out = grown;
        stream.next_out = (Bytef *)*out + *size;
        stream.avail_out = (uInt)(capacity - *size);
        code = inflate(&stream, Z_NO_FLUSH);
        *size = capacity - stream.avail_out;
        if (code == Z_STREAM_END) {
            if (stream.avail_in == 0 || *stream.next_in != 0x1f) break;
            if (inflateReset(&stream) == Z_OK) continue;
            code = Z_DATA_ERROR;
            break;
        }
        if (code != Z_OK || *size > AZ_INPUT_LIMIT || (stream.avail_in == 0 && stream.avail_out))
            break;
    }
    inflateEnd(&stream);
    if (code == Z_STREAM_END && *size <= AZ_INPUT_LIMIT) return AZ_OK;
    if (*size > AZ_INPUT_LIMIT)
        too_large(findings, name);
    else
        bad_archive(findings, name, code == Z_OK ? "it ends early" : "gzip");
    free(*out);
    *out = NULL;
    return AZ_OK;
}

static enum az_status add_gzip(struct az_inputs *inputs, const char *name, const void *bytes,
                               size_t length, struct az_arena *arena, struct az_findings *findings)
{
    char *unpacked = NULL;
    size_t size = 0;
    if (length > AZ_INPUT_LIMIT) {
        too_large(findings, name);
        return AZ_OK;
    }
    AZ_TRY(gunzip(name, bytes, length, findings, &unpacked, &size));
    if (!unpacked) return AZ_OK;
    char *copy = az_arena_text_n(arena, unpacked, size);
    free(unpacked);
    return copy ? append(inputs, arena, name, copy, size) : AZ_NO_MEMORY;
}

/* One file of an archive. *room: bytes that may still be unpacked. */
static enum az_status add_member(struct az_inputs *inputs, const char *name, zip_t *archive,
                                 zip_uint64_t i, size_t *room, struct az_arena *arena,
                                 struct az_findings *findings)
{
    zip_stat_t stat;
    if (zip_stat_index(archive, i, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) ||
        !(stat.valid & ZIP_STAT_NAME)) {
        bad_archive(findings, name, "zip");
        return AZ_OK;
    }
    size_t length = strlen(stat.name);
    if (length == 0 || stat.name[length - 1] == '/') return AZ_OK;
    if (stat.size > *room) {
        too_large(findings, name);
        *room = 0;
        return AZ_OK;
    }
    char *member = az_arena_format(arena, "%s:%s", name, stat.name);
    char *bytes = az_arena_take(arena, (size_t)stat.size + 1);
    if (!member || !bytes) return AZ_NO_MEMORY;
    zip_file_t *file = zip_fopen_index(archive, i, 0);
    zip_int64_t got = file ? zip_fread(file, bytes, stat.size) : -1;
    if (file) zip_fclose(file);
    if (got < 0 || (zip_uint64_t)got != stat.size) {
        bad_archive(findings, member, "zip");
        return AZ_OK;
    }
    *room -= (size_t)stat.size;
    return append(inputs, arena, member, bytes, (size_t)stat.size);
}

static enum az_status add_zip(struct az_inputs *inputs, const char *name, const void *bytes,
                              size_t length, struct az_arena *arena, struct az_findings *findings)
{
    enum az_status status = AZ_OK;
    zip_error_t error;
    size_t room = AZ_INPUT_LIMIT;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes, length, 0, &error);
    zip_t *archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    if (!archive) {
        bad_archive(findings, name, zip_error_strerror(&error));
        if (source) zip_source_free(source);
        zip_error_fini(&error);
        return AZ_OK;
    }
    zip_int64_t count = zip_get_num_entries(archive, 0);
    if (count > 4096) {
        bad_archive(findings, name, "more than 4096 files");
        count = 0;
    }
    for (zip_int64_t i = 0; i < count && status == AZ_OK; i++)
        status = add_member(inputs, name, archive, (zip_uint64_t)i, &room, arena, findings);
    zip_discard(archive);
    zip_error_fini(&error);
    return status;
}

enum az_status az_inputs_add_bytes(struct az_inputs *inputs, const char *name, const void *bytes,
                                   size_t length, struct az_arena *arena,
                                   struct az_findings *findings)
{
    const unsigned char *byte = bytes;
    if (length > AZ_INPUT_LIMIT) {
        too_large(findings, name);
        return AZ_OK;
    }
    if (length >= 3 && byte[0] == 0x1f && byte[1] == 0x8b)
        return add_gzip(inputs, name, bytes, length, arena, findings);
    if (length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
        return add_zip(inputs, name, bytes, length, arena, findings);
    return append(inputs, arena, name, bytes, length);
}

/* Everything that a descriptor gives, malloc'ed. False: errno tells, or the file is too large. */
static bool read_all(int descriptor, char **bytes, size_t *length)
{
    size_t capacity = 65536;
    *bytes = NULL;
    *length = 0;
    for (;;) {
        char *grown = realloc(*bytes, capacity);
        if (!grown) {
            errno = ENOMEM;
            return false;
        }
        *bytes = grown;
        ssize_t got = read(descriptor, *bytes + *length, capacity - *length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) return true;
        *length += (size_t)got;
        if (*length > AZ_INPUT_LIMIT) {
            errno = EFBIG;
            return false;
        }
        if (*length == capacity) capacity *= 2;
    }
}

/* One file under the name that its findings tell. */
static enum az_status add_plain(struct az_inputs *inputs, const char *path, const char *name,
                                struct az_arena *arena, struct az_findings *findings)
{
    enum az_status status = AZ_OK;
    bool standard = strcmp(path, "-") == 0;
    char *bytes = NULL, *copy;
    size_t length = 0;
    int descriptor = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || !read_all(descriptor, &bytes, &length)) {
        if (errno == EFBIG)
            too_large(findings, name);
        else
            AZ_FIND(findings, &az_code_import_unreadable, AZ_AT(NULL, path),
                    AZ_TEXT_PARAM("reason", strerror(errno)));
        goto done;
    }
    copy = az_arena_text_n(arena, bytes, length);
    if (!copy) {
        status = AZ_NO_MEMORY;
        goto done;
    }
    status = az_inputs_add_bytes(inputs, name, copy, length, arena, findings);
done:
    if (descriptor >= 0 && !standard) close(descriptor);
    free(bytes);
    return status;
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The files of a folder in the order of their names; `deep`: of its folders, too. */
static enum az_status add_folder(struct az_inputs *inputs, const char *path, const char *name,
                                 bool deep, struct az_arena *arena, struct az_findings *findings)
{
    enum az_status status = AZ_OK;
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_shown, alphasort);
    if (count < 0) {
        AZ_FIND(findings, &az_code_import_unreadable, AZ_AT(NULL, path),
                AZ_TEXT_PARAM("reason", strerror(errno)));
        return AZ_OK;
    }
    if (count > FOLDER_LIMIT)
        AZ_FIND(findings, &az_code_import_unreadable, AZ_AT(NULL, path),
                AZ_TEXT_PARAM("reason", "more than 4096 files"));
    for (int i = 0; i < count && count <= FOLDER_LIMIT && status == AZ_OK; i++) {
        struct stat stat_of;
        char *file = az_arena_format(arena, "%s/%s", path, entries[i]->d_name);
        char *called = az_arena_format(arena, "%s:%s", name, entries[i]->d_name);
        char *folder = az_arena_format(arena, "%s/%s", name, entries[i]->d_name);
        if (!file || !called || !folder)
            status = AZ_NO_MEMORY;
        else if (stat(file, &stat_of) == 0 && S_ISREG(stat_of.st_mode))
            status = add_plain(inputs, file, called, arena, findings);
        else if (deep && S_ISDIR(stat_of.st_mode))
            status = add_folder(inputs, file, folder, false, arena, findings);
    }
    for (int i = 0; i < count; i++) free(entries[i]);
    free(entries);
    return status;
}

/* The last part of a path; "." and ".." are called by what they are. */
static char *name_of(const char *path, struct az_arena *arena)
{
    char *real = NULL, *copy = NULL;
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    size_t from = length;
    while (from > 0 && path[from - 1] != '/') from--;
    if (path[from] == '.' && (real = realpath(path, NULL))) {
        const char *slash = strrchr(real, '/');
        copy = az_arena_text(arena, slash && slash[1] ? slash + 1 : real);
        free(real);
        return copy;
    }
    return az_arena_text_n(arena, path + from, length - from);
}

enum az_status az_inputs_add_file(struct az_inputs *inputs, const char *path,
                                  struct az_arena *arena, struct az_findings *findings)
{
    struct stat stat_of;
    bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "stdin" : name_of(path, arena);
    if (!name) return AZ_NO_MEMORY;
    if (!standard && stat(path, &stat_of) == 0 && S_ISDIR(stat_of.st_mode))
        return add_folder(inputs, path, name, true, arena, findings);
    return add_plain(inputs, path, name, arena, findings);
}

/* --- text ------------------------------------------------------------------------------------- */

/* CP932 to UTF-8, at most 3 bytes for each. *text NULL: not CP932. */
static enum az_status from_cp932(const char *bytes, size_t length, struct az_arena *arena,
                                 char **text, size_t *size)
{
    iconv_t converter = iconv_open("UTF-8", "CP932");
    bool is_open = (intptr_t)converter != -1;
    char *out = az_arena_take(arena, 3 * length + 1);
    char *in = az_arena_text_n(arena, bytes, length), *at = out;
    size_t left = length, room = 3 * length;
    *text = NULL;
    if (!out || !in || !is_open) {
        if (is_open) iconv_close(converter);
        return out && in ? AZ_OK : AZ_NO_MEMORY;
    }
    size_t code = iconv(converter, &in, &left, &at, &room);
    iconv_close(converter);
    if (code == (size_t)-1 || memchr(out, 0, (size_t)(at - out))) return AZ_OK;
    *at = 0;
    *text = out;
    *size = (size_t)(at - out);
    return AZ_OK;
}

enum az_status az_input_text(const struct az_input *input, struct az_arena *arena,
                             struct az_findings *findings, char **text, size_t *length)
{
    const char *bytes = input->bytes;
    size_t size = input->length;
    *text = NULL;
    if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    if (az_utf8_valid(bytes, size) == size && !memchr(bytes, 0, size)) {
        *text = az_arena_text_n(arena, bytes, size);
        *length = size;
        return *text ? AZ_OK : AZ_NO_MEMORY;
    }
    AZ_TRY(from_cp932(bytes, size, arena, text, length));
    if (!*text) AZ_FIND0(findings, &az_code_import_not_text, AZ_AT(NULL, input->name));
    return AZ_OK;
}
