/* replace.h - files that take the place of others and outlive a loss of power.
 *
 * A file is written beside its place, its bytes are brought to the disk, and then it takes its
 * name: whoever looks, and whenever the power goes, finds the file before or the new one, whole. */
#ifndef AZ_REPLACE_H
#define AZ_REPLACE_H

#include <stdbool.h>
#include <stdio.h>

/* Brings what was written to the disk. False: errno tells. A file system that cannot do so for this
 * file (a pipe, some network mounts) has done what it can. */
bool az_sync_stream(FILE *file);
bool az_sync_file(const char *path);

/* Brings the names in a file's directory to the disk, as far as the file system does that. */
void az_sync_directory_of(const char *path);

/* Gives a synced file the name of another, in the same directory. False: errno tells, and the name
 * stands for what it stood for. */
bool az_put_in_place(const char *from, const char *path);

#endif
