/* health.h - how the service is, for people and for what watches it. */
#ifndef AZ_HEALTH_H
#define AZ_HEALTH_H

#include "adapters/cli/command.h"

/* Asks for `health` and prints it, or its JSON with --json. AZ_EXIT_DONE when its status is "ok",
 * AZ_EXIT_NO when it is anything else. */
int az_cli_health(struct az_cli *cli);

/* What the help of `azumi status` says of it. */
void az_cli_health_help(const struct az_cli *cli);

#endif
