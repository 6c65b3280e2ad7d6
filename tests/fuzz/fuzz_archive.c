/* fuzz_archive.c - any bytes as files that are read packed: as they are, or packed here and then
 * damaged, so that what lies behind the check sums is reached. The first byte says which. What was
 * packed and not damaged comes out as it went in. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "adapters/format.h"
#include "adapters/json/json.h"
#include "tests/fuzz/common/kind.h"

#define DAMAGE_MOST 15

/* Bytes as gzip; the caller frees. */
static char *pack_gzip(const uint8_t *data, size_t size, size_t *length)
{
    z_stream stream = { .next_in = (unsigned char *)data, .avail_in = (unsigned)size };
    size_t room = compressBound(size) + 64;
    char *packed = malloc(room);
    az_fuzz_must(packed && deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, 0) == Z_OK);
    stream.next_out = (unsigned char *)packed;
    stream.avail_out = (unsigned)room;
    az_fuzz_must(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    *length = room - stream.avail_out;
    deflateEnd(&stream);
    return packed;
}

/* Bytes as a zip of files, cut at "@" after a line end. */
static char *pack_zip(const uint8_t *data, size_t size, struct az_arena *arena, size_t *length)
{
    struct az_export_file files[8];
    struct az_export_files list = { 0, files };
    char *packed = NULL;
    size_t from = 0;
    for (size_t i = 0; i <= size && list.count < 8; i++) {
        bool ends = i == size || (data[i] == '@' && i > 0 && data[i - 1] == '\n');
        if (!ends) continue;
        char *name = az_arena_format(arena, "%zu.txt", list.count);
        files[list.count++] = (struct az_export_file){ name, (const char *)data + from, i - from };
        from = i;
    }
    az_fuzz_must(az_export_zip(&list, arena, &packed, length) == AZ_OK);
    return packed;
}

/* Pairs of a place and a value over the packed bytes. */
static void damage(char *packed, size_t length, const uint8_t *marks, size_t count)
{
    for (size_t i = 0; i < count && length > 0; i++) {
        size_t at = ((size_t)marks[3 * i] << 8 | marks[3 * i + 1]) % length;
        packed[at] = (char)marks[3 * i + 2];
    }
}

/* Texts and tables of every file; the names of findings. */
static void read_inputs(const struct az_inputs *inputs, struct az_arena *arena,
                        struct az_findings *findings)
{
    for (size_t i = 0; i < inputs->count; i++) {
        struct az_csv csv;
        bool good;
        az_fuzz_must(inputs->items[i].name && inputs->items[i].bytes);
        az_fuzz_must(az_csv_read(&inputs->items[i], arena, findings, &csv, &good) == AZ_OK);
        for (size_t r = 0; good && r < csv.count; r++)
            for (size_t c = 0; c < csv.rows[r].count; c++)
                az_fuzz_must(strlen(csv.rows[r].cells[c]) <= inputs->items[i].length * 3);
    }
    az_fuzz_words(findings, arena);
}

/* The same bytes as a JSON file. */
static void read_json(const char *bytes, size_t length, struct az_arena *arena)
{
    char path[64];
    struct az_findings findings;
    struct az_json_limits limits = { .bytes = 1 << 22, .depth = 32 };
    int file = memfd_create("any.json", MFD_CLOEXEC);
    az_fuzz_must(file >= 0 && write(file, bytes, length) == (ssize_t)length);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    az_findings_init(&findings, arena, 10);
    json_t *json = az_json_read_file(path, &limits, &findings);
    az_fuzz_must((json == NULL) == (az_findings_total(&findings) > 0));
    az_fuzz_words(&findings, arena);
    json_decref(json);
    close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_inputs inputs = { 0 };
    struct az_findings findings;
    char *packed = NULL;
    size_t length = 0;
    az_findings_init(&findings, arena, 100);
    if (size == 0) goto done;
    size_t how = data[0] % 3, marks = data[0] / 3 % (DAMAGE_MOST + 1);
    const uint8_t *rest = data + 1;
    size_t left = size - 1;
    if (how == 0 || left < 3 * marks) marks = 0;
    const uint8_t *body = rest + 3 * marks;
    left -= 3 * marks;
    if (how == 0) {
        packed = malloc(left + 1);
        memcpy(packed, body, left);
        length = left;
    } else if (how == 1) {
        packed = pack_gzip(body, left, &length);
    } else {
        char *zip = pack_zip(body, left, arena, &length);
        packed = malloc(length + 1);
        memcpy(packed, zip, length);
    }
    damage(packed, length, rest, marks);
    az_fuzz_must(az_inputs_add_bytes(&inputs, "any", packed, length, arena, &findings) == AZ_OK);
    if (marks == 0 && how > 0) {
        size_t sum = 0;
        az_fuzz_must(az_findings_total(&findings) == 0 && inputs.count > 0);
        for (size_t i = 0; i < inputs.count; i++) sum += inputs.items[i].length;
        az_fuzz_must(how == 2 ? sum <= left : sum == left);
        az_fuzz_must(how == 2 || memcmp(inputs.items[0].bytes, body, left) == 0);
    }
    read_inputs(&inputs, arena, &findings);
    if (how < 2) read_json(packed, length, arena);
done:
    free(packed);
    az_arena_free(arena);
    return 0;
}
