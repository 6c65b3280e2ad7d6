/* drive_plan.h - a plan of an instance that is at hand, by a solver child, for commands that make
 * several. */
#ifndef AZ_CLI_DRIVE_PLAN_H
#define AZ_CLI_DRIVE_PLAN_H

#include "adapters/cli/command.h"

/* What all plans of a command share. */
struct az_cli_driver {
    struct az_cli *cli;
    const char *kind;
    int signal_fd; /* -1: none */
    bool is_live;  /* a line with incumbent and bound is shown */
    bool stopped;  /* Ctrl-C: no more plans are made */
};

/* Opens it: from here on Ctrl-C and SIGTERM end the plan under way and are told by `stopped`. */
void az_cli_driver_open(struct az_cli_driver *driver, struct az_cli *cli, const char *kind);

/* What came of one. All are the caller's; NULL: there is none. */
struct az_cli_driven {
    json_t *plan, *certificate;
    json_t *problem;       /* why nobody could make a plan (RFC 9457) */
    enum az_status status; /* not AZ_OK: no solver could be run; told */
};

/* Solves an instance within so many seconds. options: of the request. An exit status: AZ_EXIT_DONE
 * also without a plan, when the certificate says why. Problems are printed with the id. */
int az_cli_drive(struct az_cli_driver *driver, const char *id, json_t *instance, json_t *options,
                 double seconds, struct az_cli_driven *driven);

#endif
