/* keyfile.c - the secret and the people behind identifiers. See keyfile.h. */
#include "adapters/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/format.h"
#include "adapters/import/japanese.h"
#include "adapters/replace.h"

#define SECRET 32
#define LARGEST ((off_t)64 << 20)
#define FORMAT "azumi_key_file"

struct az_keyfile {
    struct az_arena *arena;
    const char *path;
    json_t *document, *people;
    unsigned char secret[SECRET];
    struct stat stat; /* of the file that was read */
    bool is_new, changed;
};

static void refuse(const struct az_keyfile *keyfile, struct az_findings *findings,
                   const struct az_code *code, const char *reason)
{
    AZ_FIND(findings, code, AZ_AT(NULL, keyfile->path), AZ_TEXT_PARAM("reason", reason));
}

/* --- reading ------------------------------------------------------------------------------------
 */

static bool fresh(struct az_keyfile *keyfile)
{
    char hex[2 * SECRET + 1];
    randombytes_buf(keyfile->secret, SECRET);
    sodium_bin2hex(hex, sizeof hex, keyfile->secret, SECRET);
    keyfile->is_new = keyfile->changed = true;
    keyfile->document = json_pack("{s:i, s:s, s:{}}", FORMAT, 1, "secret", hex, "people");
    sodium_memzero(hex, sizeof hex);
    keyfile->people = json_object_get(keyfile->document, "people");
    return keyfile->people != NULL;
}

/* Is it what this file writes? */
static bool take(struct az_keyfile *keyfile)
{
    const char *hex = json_string_value(json_object_get(keyfile->document, "secret"));
    const char *id;
    json_t *person;
    size_t length = 0;
    keyfile->people = json_object_get(keyfile->document, "people");
    if (json_integer_value(json_object_get(keyfile->document, FORMAT)) != 1 || !hex ||
        !json_is_object(keyfile->people))
        return false;
    json_object_foreach(keyfile->people, id, person)
    {
        if (!json_is_object(person)) return false;
    }
    return strlen(hex) == (size_t)2 * SECRET &&
           sodium_hex2bin(keyfile->secret, SECRET, hex, 2 * SECRET, NULL, &length, NULL) == 0 &&
           length == SECRET;
}

/* Reads the open file. The finding says no word of what stands in it. */
static void read_file(struct az_keyfile *keyfile, int descriptor, struct az_findings *findings)
{
    FILE *stream = NULL;
    if (fstat(descriptor, &keyfile->stat) != 0) {
        refuse(keyfile, findings, &az_code_import_unreadable, strerror(errno));
    } else if (!S_ISREG(keyfile->stat.st_mode) || keyfile->stat.st_size > LARGEST) {
        refuse(keyfile, findings, &az_code_import_bad_key, "not a plain file");
    } else if (keyfile->stat.st_mode & (S_IRWXG | S_IRWXO)) {
        AZ_FIND0(findings, &az_code_import_open_key, AZ_AT(NULL, keyfile->path));
    } else if (!(stream = fdopen(descriptor, "rb"))) {
        refuse(keyfile, findings, &az_code_import_unreadable, strerror(errno));
    } else {
        keyfile->document = json_loadf(stream, JSON_REJECT_DUPLICATES, NULL);
        if (!keyfile->document || !take(keyfile))
            refuse(keyfile, findings, &az_code_import_bad_key, "not as azumi writes it");
    }
    if (stream)
        fclose(stream);
    else
        close(descriptor);
}

static enum az_status open_file(const char *path, bool may_make, struct az_arena *arena,
                                struct az_findings *findings, struct az_keyfile **keyfile)
{
    struct az_keyfile *made = AZ_NEW(arena, struct az_keyfile);
    size_t before = az_findings_total(findings);
    bool good = true;
    *keyfile = NULL;
    if (!made || sodium_init() < 0) return AZ_NO_MEMORY;
    made->arena = arena;
    if (!(made->path = az_arena_text(arena, path))) return AZ_NO_MEMORY;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (descriptor >= 0)
        read_file(made, descriptor, findings);
    else if (errno == ENOENT && may_make)
        good = fresh(made);
    else if (errno == ELOOP)
        refuse(made, findings, &az_code_import_bad_key, "a symbolic link");
    else
        refuse(made, findings, &az_code_import_unreadable, strerror(errno));
    if (good && az_findings_total(findings) == before) {
        *keyfile = made;
        return AZ_OK;
    }
    az_keyfile_close(made);
    return good ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status az_keyfile_open(const char *path, struct az_arena *arena,
                               struct az_findings *findings, struct az_keyfile **keyfile)
{
    return open_file(path, true, arena, findings, keyfile);
}

enum az_status az_keyfile_read(const char *path, struct az_arena *arena,
                               struct az_findings *findings, struct az_keyfile **keyfile)
{
    return open_file(path, false, arena, findings, keyfile);
}

void az_keyfile_close(struct az_keyfile *keyfile)
{
    if (!keyfile) return;
    sodium_memzero(keyfile->secret, SECRET);
    json_decref(keyfile->document);
    keyfile->document = keyfile->people = NULL;
}

/* --- identifiers --------------------------------------------------------------------------------
 */

/* 5 bits each: a million people share one with odds of one in two million. */
#define ID_LETTERS 12

const char *az_keyfile_id(const struct az_keyfile *keyfile, const char *prefix,
                          const char *identity)
{
    static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* none looks like another */
    unsigned char hash[crypto_generichash_BYTES];
    char text[ID_LETTERS + 1] = { 0 };
    crypto_generichash_state state;
    /* The prefix with its end: "s" + "tan" is not "st" + "an". */
    crypto_generichash_init(&state, keyfile->secret, SECRET, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)prefix, strlen(prefix) + 1);
    crypto_generichash_update(&state, (const unsigned char *)identity, strlen(identity));
    crypto_generichash_final(&state, hash, sizeof hash);
    for (size_t i = 0; i < ID_LETTERS; i++) text[i] = letters[hash[i] & 31];
    return az_arena_format(keyfile->arena, "%s-%s", prefix, text);
}

static bool put_text(struct az_keyfile *keyfile, json_t *person, const char *name,
                     const char *value)
{
    const char *old = json_string_value(json_object_get(person, name));
    if (!value || !*value || (old && strcmp(old, value) == 0)) return true;
    keyfile->changed = true;
    return json_object_set_new(person, name, json_string(value)) == 0;
}

enum az_status az_keyfile_put(struct az_keyfile *keyfile, const char *id, struct az_person person)
{
    json_t *known = json_object_get(keyfile->people, id);
    if (!known) {
        known = json_object();
        if (!known || json_object_set_new(keyfile->people, id, known) != 0) return AZ_NO_MEMORY;
        keyfile->changed = true;
    }
    bool good = put_text(keyfile, known, "name", person.name) &&
                put_text(keyfile, known, "address", person.address) &&
                put_text(keyfile, known, "phone", person.phone) &&
                put_text(keyfile, known, "number", person.number);
    return good ? AZ_OK : AZ_NO_MEMORY;
}

bool az_keyfile_find(const struct az_keyfile *keyfile, const char *id, struct az_person *person)
{
    const json_t *known = json_object_get(keyfile->people, id);
    *person = (struct az_person){ .name = json_string_value(json_object_get(known, "name")),
                                  .address = json_string_value(json_object_get(known, "address")),
                                  .phone = json_string_value(json_object_get(known, "phone")),
                                  .number = json_string_value(json_object_get(known, "number")) };
    return known != NULL;
}

const char *az_keyfile_named(const struct az_keyfile *keyfile, const char *prefix, const char *name)
{
    const char *id, *wanted = az_plain(name, true, keyfile->arena);
    json_t *person;
    size_t length = strlen(prefix);
    json_object_foreach(keyfile->people, id, person)
    {
        const char *other = json_string_value(json_object_get(person, "name"));
        if (!other || strncmp(id, prefix, length) != 0 || id[length] != '-') continue;
        other = az_plain(other, true, keyfile->arena);
        if (wanted && other && strcmp(other, wanted) == 0) return id;
    }
    return NULL;
}

/* --- joining ------------------------------------------------------------------------------------
 */

const char *az_keyfile_name(const struct az_keyfile *keyfile, const char *id)
{
    struct az_person person;
    if (!az_keyfile_find(keyfile, id, &person)) return NULL;
    const char *name = person.name && *person.name ? person.name : person.number;
    return name && *name ? name : NULL;
}

static bool is_of_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_';
}

/* The name of the word of `length` bytes; NULL: it stays. */
static const char *name_of(const struct az_keyfile *keyfile, const char *word, size_t length)
{
    char id[64];
    if (length == 0 || length >= sizeof id) return NULL;
    memcpy(id, word, length);
    id[length] = 0;
    return az_keyfile_name(keyfile, id);
}

/* Writes the joined text to `to` unless it is NULL. Its length; *found: a name is in it. */
static size_t join_into(const struct az_keyfile *keyfile, const char *text, char *to, bool *found)
{
    size_t length = 0;
    for (const char *at = text; *at;) {
        size_t word = 0;
        while (is_of_word(at[word])) word++;
        const char *name = name_of(keyfile, at, word);
        size_t from = word > 0 ? word : 1, put = name ? strlen(name) : from;
        if (to) memcpy(to + length, name ? name : at, put);
        *found = *found || name;
        length += put;
        at += from;
    }
    return length;
}

enum az_status az_keyfile_join(const struct az_keyfile *keyfile, const char *text,
                               struct az_arena *arena, const char **joined)
{
    bool found = false;
    *joined = text;
    if (!text) return AZ_OK;
    size_t length = join_into(keyfile, text, NULL, &found);
    if (!found) return AZ_OK;
    char *made = AZ_ARRAY(arena, length + 1, char);
    if (!made) return AZ_NO_MEMORY;
    join_into(keyfile, text, made, &found);
    made[length] = 0;
    *joined = made;
    return AZ_OK;
}

/* --- writing ------------------------------------------------------------------------------------
 */

/* Is the file still the one that was read? */
static bool is_untouched(const struct az_keyfile *keyfile)
{
    struct stat now;
    if (lstat(keyfile->path, &now) != 0) return keyfile->is_new && errno == ENOENT;
    return !keyfile->is_new && now.st_ino == keyfile->stat.st_ino &&
           now.st_dev == keyfile->stat.st_dev && now.st_size == keyfile->stat.st_size &&
           now.st_mtim.tv_sec == keyfile->stat.st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == keyfile->stat.st_mtim.tv_nsec;
}

/* Writes the document to a file of its own; errno tells what failed. */
static bool write_beside(const struct az_keyfile *keyfile, char *beside)
{
    int descriptor = mkstemp(beside);
    if (descriptor < 0) return false;
    FILE *stream = fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 ? fdopen(descriptor, "wb") : NULL;
    if (!stream) {
        close(descriptor);
        return false;
    }
    bool good = json_dumpf(keyfile->document, stream, JSON_INDENT(2)) == 0 &&
                fputc('\n', stream) != EOF && az_sync_stream(stream);
    return fclose(stream) == 0 && good;
}

enum az_status az_keyfile_save(struct az_keyfile *keyfile, struct az_findings *findings)
{
    if (!keyfile->changed) return AZ_OK;
    char *beside = az_arena_format(keyfile->arena, "%s.XXXXXX", keyfile->path);
    if (!beside) return AZ_NO_MEMORY;
    bool written = false, placed = false;
    if (!is_untouched(keyfile)) {
        AZ_FIND0(findings, &az_code_import_key_touched, AZ_AT(NULL, keyfile->path));
        return AZ_OK;
    }
    written = write_beside(keyfile, beside);
    /* A new file never takes the place of one that came up meanwhile. */
    if (written)
        placed = keyfile->is_new ? link(beside, keyfile->path) == 0
                                 : az_put_in_place(beside, keyfile->path);
    if (placed && keyfile->is_new) az_sync_directory_of(keyfile->path);
    if (!placed) refuse(keyfile, findings, &az_code_import_key_unwritten, strerror(errno));
    if (!placed || keyfile->is_new) unlink(beside);
    if (!placed) return AZ_OK;
    keyfile->is_new = keyfile->changed = false;
    if (lstat(keyfile->path, &keyfile->stat) != 0)
        refuse(keyfile, findings, &az_code_import_key_unwritten, strerror(errno));
    return AZ_OK;
}
