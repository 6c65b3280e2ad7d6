/* keyfile.h - who stands behind the identifiers of an instance, on the office's own machine.
 *
 * A key file is JSON with a secret of 32 random bytes and, for each identifier that was made with
 * it, what the office's sheets say about the person: name, address, phone. An identifier is a keyed
 * BLAKE2b hash of who it is: with the same file it is the same every week, and without the file
 * nobody can tell whose it is, nor try names. The file is made with mode 0600, is taken only as a
 * plain file that nobody else may read, and is replaced as a whole, never when it has been changed
 * in the meantime. Nothing of it goes into findings but its path. */
#ifndef AZ_KEYFILE_H
#define AZ_KEYFILE_H

#include "solver/base/arena.h"
#include "solver/base/findings.h"
#include "solver/base/status.h"

struct az_keyfile;

/* What is known of one identifier; NULL: not known. */
struct az_person {
    const char *name, *address, *phone, *number;
};

/* Opens a key file; one that is not there yet is made by az_keyfile_save. *keyfile NULL with a
 * finding when the file is not taken. AZ_OK or AZ_NO_MEMORY. Close it before the arena is freed. */
enum az_status az_keyfile_open(const char *path, struct az_arena *arena,
                               struct az_findings *findings, struct az_keyfile **keyfile);
void az_keyfile_close(struct az_keyfile *keyfile); /* NULL is allowed */

/* The same to join names again: a file that is not there is a finding too, and nothing is made. */
enum az_status az_keyfile_read(const char *path, struct az_arena *arena,
                               struct az_findings *findings, struct az_keyfile **keyfile);

/* The identifier of somebody: prefix, "-" and 12 letters and digits. identity: who it is, in one
 * spelling. In the arena; NULL: no memory. */
const char *az_keyfile_id(const struct az_keyfile *keyfile, const char *prefix,
                          const char *identity);

/* Remembers what is known of an identifier; members that are NULL stay as they were. */
enum az_status az_keyfile_put(struct az_keyfile *keyfile, const char *id, struct az_person person);

/* What is known of an identifier. False when it is none of this file. The texts live as long as the
 * key file, and until the identifier is put again. */
bool az_keyfile_find(const struct az_keyfile *keyfile, const char *id, struct az_person *person);

/* The first identifier with this prefix whose name it is, in any spelling that az_plain makes the
 * same; NULL: none. */
const char *az_keyfile_named(const struct az_keyfile *keyfile, const char *prefix,
                             const char *name);

/* Writes what has changed. A finding when it cannot. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_keyfile_save(struct az_keyfile *keyfile, struct az_findings *findings);

/* --- joining again, for what the office prints ----------------------------------------------- */

/* What to call somebody: the name; without one the number. NULL: an identifier that is none of this
 * file, or of which it knows neither. */
const char *az_keyfile_name(const struct az_keyfile *keyfile, const char *id);

/* A text with a name in the place of every identifier of this file that stands in it as a word of
 * its own. The text itself when there is none; NULL when it is NULL. AZ_OK or AZ_NO_MEMORY; in the
 * arena. */
enum az_status az_keyfile_join(const struct az_keyfile *keyfile, const char *text,
                               struct az_arena *arena, const char **joined);

#endif
