/* gated.h - a gate over a job store in a directory of its own, for suites that answer requests
 * without a service: a fixture (set_up, tear_down). */
#ifndef AZ_TEST_GATED_H
#define AZ_TEST_GATED_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/service/handlers.h"

static char directory[64];
static struct az_store *store;
static struct az_gate_limits limits;
static struct az_gate_shared shared;
static struct az_gate gate;

static void set_up(void)
{
    char path[96], why[200] = "";
    strcpy(directory, "/tmp/azumi-gate-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    ck_assert_msg(az_store_open(path, true, NULL, &store, why, sizeof why) == AZ_OK, "%s", why);
    limits = az_gate_limits_default;
    memset(&shared, 0, sizeof shared);
    gate = (struct az_gate){ .store = store, .limits = &limits, .shared = &shared };
}

/* A token that the store knows: for a name of a role, until a moment (0: for ever). */
static inline void add_token(const char *name, const char *role, int64_t expires_ms,
                             char text[AZ_TOKEN_TEXT])
{
    struct az_token_row row = { .name = name, .role = role, .expires_ms = expires_ms };
    ck_assert(az_token_make(text, row.hash));
    ck_assert_int_eq(az_store_token_add(store, &row), AZ_OK);
    az_access_end(&gate.access);
}

static void tear_down(void)
{
    char command[128];
    az_access_end(&gate.access);
    az_store_close(store);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

#endif
