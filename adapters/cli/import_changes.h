/* import_changes.h - what importing changed in an instance, for people. */
#ifndef AZ_IMPORT_CHANGES_H
#define AZ_IMPORT_CHANGES_H

#include "adapters/cli/command.h"

/* Says on standard error, one line a change, how the instance after differs from before. */
void az_cli_import_changes(struct az_cli *cli, const json_t *before, const json_t *after);

#endif
