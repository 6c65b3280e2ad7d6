/* served.h - the fixture of suites that ask one service over ipc: the service and a client.
 *
 * For the one file of a suite. Paths, files, commands and calls fail the test that asks in vain. */
#ifndef AZ_TEST_SERVED_H
#define AZ_TEST_SERVED_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

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

/* A file of the service's folder; kept until the next but seven. */
static inline const char *path_of(const char *name)
{
    static char paths[8][128];
    static size_t next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", service.directory, name);
    return path;
}

/* The text of a file of that folder, to be freed. */
static inline char *text_in(const char *name)
{
    FILE *file = fopen(path_of(name), "rb");
    ck_assert_msg(file != NULL, "%s is not there", name);
    char *text = calloc(1, 4 << 20);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_gt(fread(text, 1, (4 << 20) - 1, file), 0);
    fclose(file);
    return text;
}

static inline json_t *json_in(const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, 0, &error);
    ck_assert_msg(json != NULL, "%s: %s", path, error.text);
    return json;
}

/* The command with arguments, which must end with this exit status. */
static inline void azumi(int code, const char *const arguments[])
{
    ck_assert_msg(test_service_run(&service, arguments) == code, "azumi %s %s", arguments[0],
                  arguments[1]);
}
#define AZUMI(code, ...) azumi((code), (const char *const[]){ __VA_ARGS__, NULL })

/* Asks the service; takes the request. ok: what the reply must say. */
static inline json_t *call(const char *op, json_t *request, bool ok)
{
    json_t *reply = NULL;
    enum az_status status = az_client_call(client, op, request, &reply);
    ck_assert_msg(status == AZ_OK, "%s: %s", op, az_status_words(status));
    char *text = json_dumps(reply, JSON_COMPACT);
    ck_assert_msg(json_is_true(json_object_get(reply, "ok")) == ok, "%.1000s", text);
    free(text);
    json_decref(request);
    return reply;
}

/* Done, by the plan of the probe that was asked for. */
static inline void assert_answered(const char *id, double value)
{
    char state[16];
    json_t *result = NULL, *problem = NULL;
    ck_assert_int_eq(az_client_follow(client, id, NULL, NULL, state), AZ_OK);
    ck_assert_str_eq(state, "done");
    ck_assert_int_eq(az_client_result(client, id, &result, &problem), AZ_OK);
    ck_assert_double_eq(
        json_number_value(json_object_get(json_object_get(result, "plan"), "value")), value);
    json_decref(result);
}

#endif
