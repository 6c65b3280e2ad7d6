/* served.h - the fixture of suites that ask one service over ipc: the service and a client.
 *
 * For the one file of a suite. */
#ifndef AZ_TEST_SERVED_H
#define AZ_TEST_SERVED_H

#include "tests/support/service.h"

static struct test_service service;
static struct az_client *client;

static inline void set_up(void)
{
    test_service_make(&service, "ipc");
    test_service_start(&service, NULL, true);
    client = test_client(&service);
}

static inline void tear_down(void)
{
    az_client_close(client);
    client = NULL;
    test_service_remove(&service);
}

#endif
