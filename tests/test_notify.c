/* test_notify.c - what a service manager is told of the service, and when. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapters/service/notify.h"
#include "tests/support/service.h"
#include "tests/support/suite.h"

static struct test_service service;
static int manager;

/* A manager's socket in the service's folder. */
static void listen_as_manager(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    struct timeval patience = { .tv_sec = (time_t)TEST_PATIENCE };
    test_service_make(&service, "ipc");
    snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", service.directory);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    setenv("WATCHDOG_USEC", "200000", 1);
    manager = socket(AF_UNIX, SOCK_DGRAM, 0);
    setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ck_assert_int_eq(bind(manager, (struct sockaddr *)&address, sizeof address), 0);
}

static void leave(void)
{
    test_service_remove(&service);
    close(manager);
}

/* Waits for a message that holds this, and fails on one that holds that. */
static void expect(const char *wanted, const char *unwanted)
{
    char text[300];
    for (;;) {
        ssize_t got = recv(manager, text, sizeof text - 1, 0);
        ck_assert_msg(got > 0, "never heard %s", wanted);
        text[got] = 0;
        if (unwanted) ck_assert_msg(strstr(text, unwanted) == NULL, "%s before %s", text, wanted);
        if (strstr(text, wanted)) return;
    }
}

/* Without it a manager would send requests to a service that does not listen, think that one hangs
 * which works, or kill one that is stopping. */
START_TEST(a_manager_hears_ready_beats_and_stopping)
{
    test_service_start(&service, NULL, false);
    expect("READY=1", "STOPPING");
    struct az_client *client = test_client(&service);
    json_t *reply = NULL;
    ck_assert_int_eq(az_client_call(client, "health", NULL, &reply), AZ_OK);
    ck_assert_str_eq(json_string_value(json_object_get(reply, "status")), "ok");
    json_decref(reply);
    az_client_close(client);
    for (int i = 0; i < 3; i++) expect("WATCHDOG=1", "STOPPING");
    test_service_kill(&service, "gateway");
    expect("STATUS=the gateway is being started", "READY");
    expect("STATUS=takes jobs", "READY");
    kill(service.supervisor, SIGTERM);
    expect("STOPPING=1", "READY");
    ck_assert_int_eq(test_service_stop(&service), 0);
}
END_TEST

/* Without it a service that cannot listen would be called ready. */
START_TEST(a_service_that_cannot_listen_is_never_ready)
{
    char text[300];
    snprintf(service.url, sizeof service.url, "ipc://%s/none/azumi.ipc", service.directory);
    test_service_start(&service, NULL, false);
    expect("STOPPING=1", "READY");
    ck_assert_int_ne(test_service_stop(&service), 0);
    ck_assert_int_lt(recv(manager, text, sizeof text, MSG_DONTWAIT), 0);
}
END_TEST

/* Without it a strange environment would end the service, or its children would speak for it. */
START_TEST(what_makes_no_sense_is_nobody)
{
    char longer[200];
    struct az_notify notify;
    memset(longer, 'x', sizeof longer - 1);
    longer[0] = '/';
    longer[sizeof longer - 1] = 0;
    const char *const names[] = { "", "/", "x", "vsock:2:1", longer };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        setenv("WATCHDOG_USEC", "nan", 1);
        az_notify_open(&notify);
        ck_assert_int_lt(notify.fd, 0);
        ck_assert_double_eq(az_notify_beat(&notify, 1e9), INFINITY);
        az_notify_say(&notify, "READY=1");
        ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
        ck_assert_ptr_null(getenv("WATCHDOG_USEC"));
    }
    setenv("NOTIFY_SOCKET", "@azumi-nobody-listens", 1);
    setenv("WATCHDOG_USEC", "1000000", 1);
    setenv("WATCHDOG_PID", "1", 1);
    az_notify_open(&notify);
    ck_assert_int_ge(notify.fd, 0);
    ck_assert_double_eq(az_notify_beat(&notify, 1e9), INFINITY); /* meant for another process */
    az_notify_say(&notify, "READY=1");
    az_notify_close(&notify);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notify");
    TCase *tests = tcase_create("manager");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, listen_as_manager, leave);
    tcase_add_test(tests, a_manager_hears_ready_beats_and_stopping);
    tcase_add_test(tests, a_service_that_cannot_listen_is_never_ready);
    suite_add_tcase(suite, tests);
    TCase *nobody = tcase_create("nobody");
    tcase_add_test(nobody, what_makes_no_sense_is_nobody);
    suite_add_tcase(suite, nobody);
    return test_suite_run(suite);
}
