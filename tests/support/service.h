/* service.h - a real service in a directory of its own, for tests and benchmarks.
 *
 * The processes are those of $BUILD/azumi-test (BUILD defaults to build). They die with the test.
 */
#ifndef AZ_TEST_SERVICE_H
#define AZ_TEST_SERVICE_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "adapters/service/client.h"

struct test_service {
    char directory[64], store[96], url[128], program[256];
    pid_t supervisor; /* 0: not running */
};

/* Makes the directory; url: "ipc" or "tcp". Nothing runs yet. */
void test_service_make(struct test_service *service, const char *transport);

/* Starts `serve`; more: further arguments, NULL at the end, or NULL. Waits until it answers when
 * wait is true. */
void test_service_start(struct test_service *service, const char *const more[], bool wait);

/* SIGTERM, and its exit status; -1 when a signal ended it. Does nothing when it is not running. */
int test_service_stop(struct test_service *service);

/* Stops what runs and removes the directory. */
void test_service_remove(struct test_service *service);

/* The processes: "gateway", "work" (the runner), "solver-child"; 0 when there is none. */
pid_t test_service_process(const struct test_service *service, const char *role);

/* How many processes that the service ever started are alive, whoever their parent is. */
int test_service_count(const struct test_service *service);

/* kill -9, and waits until it is gone. The supervisor is role "serve". */
void test_service_kill(struct test_service *service, const char *role);

/* Runs the program with arguments (NULL at the end) and gives its exit status. */
int test_service_run(const struct test_service *service, const char *const arguments[]);

/* The same beside the test, which goes on; the process dies with it. */
pid_t test_service_begin(const struct test_service *service, const char *const arguments[]);

/* Seconds to wait for anything, generous for a loaded machine. */
#define TEST_PATIENCE 90.0

bool test_is_alive(pid_t pid);
void test_nap(double seconds);
double test_now(void);

/* A client of the service; fails the program when there is none. */
struct az_client *test_client(const struct test_service *service);

#endif
