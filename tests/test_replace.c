/* test_replace.c - in which order files that replace others reach the disk.
 *
 * fsync and rename are the test's own here: they write down that they were called. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/replace.h"
#include "tests/support/suite.h"

static char calls[32]; /* f: a file was synced, d: a directory, r: renamed */

static void note(char call)
{
    size_t length = strlen(calls);
    if (length + 1 < sizeof calls) calls[length] = call;
}

int fsync(int fd)
{
    struct stat status;
    note(fstat(fd, &status) == 0 && S_ISDIR(status.st_mode) ? 'd' : 'f');
    return (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    note('r');
    return (int)syscall(SYS_renameat2, -100 /* AT_FDCWD */, from, -100, to, 0);
}

/* Without it a loss of power leaves an empty file where a good one, a night's plans, stood. */
START_TEST(a_file_is_on_disk_before_it_takes_its_name)
{
    char directory[] = "/tmp/azumi-replace-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/study.json", directory);
    json_t *document = json_pack("{s:i}", "days", 1);
    memset(calls, 0, sizeof calls);
    ck_assert_int_eq(az_json_write_file(document, path), AZ_OK);
    ck_assert_str_eq(calls, "frd");
    memset(calls, 0, sizeof calls);
    ck_assert(!az_put_in_place("/nowhere/at/all", path));
    ck_assert_str_eq(calls, "r");
    json_decref(document);
    unlink(path);
    ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("replace");
    TCase *tests = tcase_create("order");
    tcase_add_test(tests, a_file_is_on_disk_before_it_takes_its_name);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
