/* store_sqlite_parts.c - the SQLite job store: the large texts of jobs.
 *
 * Each text is followed by its seal, a zero byte and the CRC-32 of the text: SQLite finds a damaged
 * page, but not a bit that a disk has turned inside of a text. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "adapters/service/store_sqlite.h"

#define SEAL 5
#define PIECE 65536

/* --- seals ------------------------------------------------------------------------------------ */

static uLong crc_of(uLong crc, const void *text, size_t length)
{
    return crc32_z(crc, text, length);
}

static void write_seal(unsigned char seal[SEAL], uLong crc)
{
    seal[0] = 0;
    for (int i = 0; i < 4; i++) seal[1 + i] = (unsigned char)(crc >> (24 - 8 * i));
}

/* A copy with its seal, to be freed. */
static unsigned char *make_sealed(const void *text, size_t length)
{
    unsigned char *sealed = malloc(length + SEAL);
    if (!sealed) return NULL;
    if (length > 0) memcpy(sealed, text, length);
    write_seal(sealed + length, crc_of(0, text, length));
    return sealed;
}

static bool is_sealed(const unsigned char *data, size_t size)
{
    unsigned char seal[SEAL];
    if (size < SEAL) return false;
    write_seal(seal, crc_of(0, data, size - SEAL));
    return memcmp(seal, data + size - SEAL, SEAL) == 0;
}

static void sql_seal(sqlite3_context *context, int count, sqlite3_value **values)
{
    int size = sqlite3_value_bytes(values[0]);
    unsigned char *sealed = make_sealed(sqlite3_value_blob(values[0]), (size_t)size);
    (void)count;
    if (sealed)
        sqlite3_result_blob64(context, sealed, (sqlite3_uint64)size + SEAL, free);
    else
        sqlite3_result_error_nomem(context);
}

static void sql_is_sealed(sqlite3_context *context, int count, sqlite3_value **values)
{
    int size = sqlite3_value_bytes(values[0]);
    (void)count;
    sqlite3_result_int(context, is_sealed(sqlite3_value_blob(values[0]), (size_t)size));
}

int az_sq_add_seals(sqlite3 *db)
{
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    int code = sqlite3_create_function(db, "seal", 1, flags, NULL, sql_seal, NULL, NULL);
    if (code != SQLITE_OK) return code;
    return sqlite3_create_function(db, "is_sealed", 1, flags, NULL, sql_is_sealed, NULL, NULL);
}

/* --- writing ---------------------------------------------------------------------------------- */

enum az_status az_sq_put_part(struct az_sq *sq, int64_t seq, const char *name, const char *text,
                              size_t length)
{
    if (!text) return AZ_OK;
    unsigned char *sealed = make_sealed(text, length);
    if (!sealed) return AZ_NO_MEMORY;
    enum az_status status = az_sq_run(sq, NULL,
                                      "INSERT INTO part(job, name, data) VALUES(?,?,?)"
                                      " ON CONFLICT(job, name) DO UPDATE SET data = excluded.data",
                                      "itb", seq, name, sealed, length + SEAL);
    free(sealed);
    return status;
}

/* --- reading ---------------------------------------------------------------------------------- */

static enum az_status spoilt(struct az_sq *sq)
{
    strcpy(sq->words, AZ_SQ_BAD_TEXT);
    return AZ_SPOILT;
}

/* Row id and length of a part; AZ_NOT_FOUND when there is none. */
static enum az_status find_part(struct az_sq *sq, int64_t seq, const char *name, int64_t *rowid,
                                size_t *length)
{
    sqlite3_stmt *row;
    AZ_TRY(az_sq_row(sq, &row, "SELECT id, length(data) FROM part WHERE job = ? AND name = ?", "it",
                     seq, name));
    *rowid = sqlite3_column_int64(row, 0);
    int64_t size = sqlite3_column_int64(row, 1);
    az_sq_done(row);
    if (size < SEAL) return spoilt(sq);
    *length = (size_t)size - SEAL;
    return AZ_OK;
}

enum az_status az_sq_part_length(struct az_store *store, int64_t seq, const char *name,
                                 size_t *length)
{
    int64_t rowid;
    *length = 0;
    enum az_status status = find_part(az_sq_of(store), seq, name, &rowid, length);
    return status == AZ_NOT_FOUND ? AZ_OK : status;
}

/* Looks at the whole of a text. known: its beginning, read already. */
static enum az_status check_seal(struct az_sq *sq, sqlite3_blob *blob, const char *known,
                                 size_t got)
{
    unsigned char piece[PIECE], seal[SEAL];
    size_t length = (size_t)sqlite3_blob_bytes(blob) - SEAL, at = got;
    uLong crc = crc_of(0, known, got);
    int code = SQLITE_OK;
    while (code == SQLITE_OK && at < length) {
        size_t size = length - at < PIECE ? length - at : PIECE;
        code = sqlite3_blob_read(blob, piece, (int)size, (int)at);
        crc = crc_of(crc, piece, size);
        at += size;
    }
    if (code == SQLITE_OK) code = sqlite3_blob_read(blob, piece, SEAL, (int)length);
    if (code != SQLITE_OK) return az_sq_failed(sq, code);
    write_seal(seal, crc);
    return memcmp(seal, piece, SEAL) == 0 ? AZ_OK : spoilt(sq);
}

/* Whoever reads the beginning reads on: then all of it is looked at. */
static enum az_status read_text(struct az_sq *sq, sqlite3_blob *blob, size_t offset, size_t length,
                                char *text, size_t *got)
{
    /* The part may have been replaced by a shorter one in between. */
    int size = sqlite3_blob_bytes(blob);
    if (size < SEAL) return spoilt(sq);
    size_t total = (size_t)size - SEAL;
    if (offset >= total) length = 0;
    if (length > 0 && length > total - offset) length = total - offset;
    if (length > 0) {
        int code = sqlite3_blob_read(blob, text, (int)length, (int)offset);
        if (code != SQLITE_OK) return az_sq_failed(sq, code);
    }
    if (offset == 0) AZ_TRY(check_seal(sq, blob, text, length));
    text[length] = 0;
    *got = length;
    return AZ_OK;
}

enum az_status az_sq_part(struct az_store *store, int64_t seq, const char *name, size_t offset,
                          size_t length, struct az_arena *arena, char **text, size_t *got)
{
    struct az_sq *sq = az_sq_of(store);
    sqlite3_blob *blob = NULL;
    int64_t rowid = 0;
    size_t total = 0;
    *got = 0;
    *text = NULL;
    enum az_status status = find_part(sq, seq, name, &rowid, &total);
    if (status != AZ_OK && status != AZ_NOT_FOUND) return status;
    if (offset >= total) length = 0;
    if (length > 0 && length > total - offset) length = total - offset;
    *text = az_arena_take(arena, length + 1);
    if (!*text) return AZ_NO_MEMORY;
    if (length == 0) return AZ_OK;
    int code = sqlite3_blob_open(sq->db, "main", "part", "data", rowid, 0, &blob);
    status = code == SQLITE_OK ? read_text(sq, blob, offset, length, *text, got)
                               : az_sq_failed(sq, code);
    sqlite3_blob_close(blob);
    return status;
}
