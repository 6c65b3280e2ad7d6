/* test_places.c - where a service listens and keeps its store when nobody says so. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/service/service.h"
#include "tests/support/suite.h"

static char directory[64], own[96];

static void set_up(void)
{
    strcpy(directory, "/tmp/azumi-places-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(own, sizeof own, "%s/azumi", directory);
    setenv("XDG_RUNTIME_DIR", directory, 1);
    setenv("XDG_STATE_HOME", directory, 1);
}

static void tear_down(void)
{
    if (rmdir(own) != 0) unlink(own);
    rmdir(directory);
}

/* Without it a first `serve` would need to be told everything. */
START_TEST(the_own_directory_is_made_for_owner_and_group)
{
    char url[200], store[200], expected[200];
    struct stat status;
    ck_assert(az_service_default_url(url, sizeof url, false));
    ck_assert_int_ne(stat(own, &status), 0);
    ck_assert(az_service_default_url(url, sizeof url, true));
    ck_assert(az_service_default_store(store, sizeof store, true));
    snprintf(expected, sizeof expected, "ipc://%s/azumi.ipc", own);
    ck_assert_str_eq(url, expected);
    snprintf(expected, sizeof expected, "%s/azumi.db", own);
    ck_assert_str_eq(store, expected);
    ck_assert_int_eq(stat(own, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0770);
}
END_TEST

/* Without it the jobs of a service would be gone with the next reboot. */
START_TEST(the_store_outlives_the_session)
{
    char store[200], expected[200], home[96], command[200];
    struct stat status;
    snprintf(home, sizeof home, "%s/home", directory);
    ck_assert_int_eq(mkdir(home, 0755), 0);
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", home, 1);
    ck_assert(az_service_default_store(store, sizeof store, false));
    snprintf(expected, sizeof expected, "%s/.local/state/azumi/azumi.db", home);
    ck_assert_str_eq(store, expected);
    snprintf(expected, sizeof expected, "%s/.local/state", home);
    ck_assert_int_ne(stat(expected, &status), 0);
    ck_assert(az_service_default_store(store, sizeof store, true));
    ck_assert_int_eq(stat(expected, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0700);
    unsetenv("HOME");
    ck_assert_int_eq(az_service_default_store(store, sizeof store, false), getuid() == 0);
    if (getuid() == 0) ck_assert_str_eq(store, "/var/lib/azumi/azumi.db");
    snprintf(command, sizeof command, "rm -rf %s", home);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* Without it another user of the machine could lay out the directory, and read and answer. */
START_TEST(a_strangers_directory_is_not_used)
{
    char url[200];
    ck_assert_int_eq(symlink("/tmp", own), 0);
    ck_assert(!az_service_default_url(url, sizeof url, false));
    ck_assert(!az_service_default_store(url, sizeof url, true));
    ck_assert_int_eq(unlink(own), 0);
    ck_assert_int_eq(mkdir(own, 0770), 0);
    if (chown(own, getuid() + 1, getgid()) != 0) return; /* only root may try a real stranger */
    ck_assert(!az_service_default_url(url, sizeof url, false));
}
END_TEST

/* Without it a listener without access control could be reached from elsewhere. */
START_TEST(only_ipc_and_loopback_are_local)
{
    static const char *const local[] = { "ipc:///tmp/x", "tcp://127.0.0.1:7440",
                                         "tcp://127.1.2.3:1", "tcp://localhost:7440",
                                         "tcp://[::1]:7440" };
    static const char *const outside[] = {
        "tcp://0.0.0.0:7440",
        "tcp://*:7440",
        "tcp://192.168.1.4:7440",
        "tcp://128.0.0.1:1",
        "tcp://127.0.0.1.example.org:1",
        "tcp://127.0.0.1;192.168.1.4:7440",
        "tcp://eth0:7440",
    };
    static const char *const bad[] = { "ipc://",
                                       "tcp://127.0.0.1",
                                       "tcp://:7440",
                                       "tcp://127.0.0.1:",
                                       "tcp://127.0.0.1:x",
                                       "ws://127.0.0.1:7440",
                                       "inproc://x",
                                       "ipc:///dev/null", /* would be removed */
                                       "" };
    char path[300] = "ipc:///";
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        ck_assert_msg(!az_service_refuses(local[i]) && az_service_is_local(local[i]), "%s",
                      local[i]);
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        ck_assert_msg(!az_service_refuses(outside[i]) && !az_service_is_local(outside[i]), "%s",
                      outside[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(az_service_refuses(bad[i]) != NULL, "%s", bad[i]);
    memset(path + 7, 'x', 200);
    path[207] = 0;
    ck_assert_ptr_nonnull(az_service_refuses(path));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("places");
    TCase *tests = tcase_create("places");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, the_own_directory_is_made_for_owner_and_group);
    tcase_add_test(tests, the_store_outlives_the_session);
    tcase_add_test(tests, a_strangers_directory_is_not_used);
    tcase_add_test(tests, only_ipc_and_loopback_are_local);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
