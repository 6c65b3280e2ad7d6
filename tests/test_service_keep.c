/* test_service_keep.c - what a running service keeps and forgets: deleting, retention and backups,
 * through its processes and the command. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/service/service.h"
#include "adapters/service/store.h"
#include "tests/support/measure.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

/* Solves a job of the kind probe to its end. instance: JSON. */
static json_t *solve(const char *id, const char *instance)
{
    json_t *request = json_pack("{s:s, s:s, s:o}", "id", id, "kind", "probe", "instance",
                                json_loads(instance, 0, NULL)),
           *result = NULL, *problem = NULL;
    ck_assert_int_eq(az_client_solve(client, request, NULL, NULL, &result, &problem), AZ_OK);
    ck_assert_str_eq(json_string_value(json_object_get(result, "state")), "done");
    json_decref(request);
    return result;
}

static bool is_known(const char *id)
{
    json_t *reply = NULL, *request = json_pack("{s:s}", "id", id);
    ck_assert_int_eq(az_client_call(client, "status", request, &reply), AZ_OK);
    bool known = json_is_true(json_object_get(reply, "ok"));
    json_decref(request);
    json_decref(reply);
    return known;
}

#ifndef __SANITIZE_ADDRESS__ /* it has an allocator of its own, which keeps everything */
/* Without it one large request would leave the service large for as long as it runs. */
START_TEST(memory_of_a_large_request_is_given_back)
{
    static const char *const roles[] = { "gateway", "work" };
    double end = test_now() + TEST_PATIENCE;
    json_t *numbers = json_array(), *result = NULL, *problem = NULL;
    for (int i = 0; i < 1500000; i++) json_array_append_new(numbers, json_integer(i));
    json_t *request =
        json_pack("{s:s, s:s, s:{}, s:{s:{s:i, s:o}}}", "id", "large", "kind", "probe", "instance",
                  "options", "previous_plan", "value", 20, "payload", numbers);
    ck_assert_int_eq(az_client_solve(client, request, NULL, NULL, &result, &problem), AZ_OK);
    for (size_t i = 0; i < 2; i++) {
        pid_t pid = test_service_process(&service, roles[i]);
        ck_assert_double_gt(test_memory_of(pid).peak_mib, 60);
        while (test_memory_of(pid).resident_mib > 40 && test_now() < end) test_nap(0.05);
        ck_assert_double_le(test_memory_of(pid).resident_mib, 40);
    }
    json_decref(request);
    json_decref(result);
}
END_TEST
#endif

/* Without it what the office wants gone, or promised to keep for days only, would stay for ever. */
START_TEST(finished_jobs_go_when_asked_and_in_time)
{
    static const char *const rule[] = { "--retention", "probe=0", NULL };
    double end = test_now() + TEST_PATIENCE;
    json_decref(solve("one", "{\"target\":1}"));
    json_decref(solve("two", "{\"target\":2}"));
    AZUMI(0, "delete", "one", "--connect", service.url);
    AZUMI(2, "delete", "one", "--connect", service.url);
    AZUMI(2, "serve", "--retention", "nosuch=3");
    ck_assert(!is_known("one") && is_known("two"));
    ck_assert_int_eq(test_service_stop(&service), 0);
    test_service_start(&service, rule, true);
    while (is_known("two") && test_now() < end) test_nap(0.02);
    ck_assert(!is_known("two"));
}
END_TEST

static const char *state_of(const char *id)
{
    static char state[16];
    json_t *reply = call("status", json_pack("{s:s}", "id", id), true);
    snprintf(state, sizeof state, "%s",
             json_string_value(json_object_get(json_object_get(reply, "job"), "state")));
    json_decref(reply);
    return state;
}

static void wait_until_running(const char *id)
{
    double end = test_now() + TEST_PATIENCE;
    while (strcmp(state_of(id), "running") != 0 && test_now() < end) test_nap(0.02);
    ck_assert_str_eq(state_of(id), "running");
}

static void submit(const char *id, const char *instance, const char *options)
{
    json_decref(
        call("submit",
             json_pack("{s:s, s:s, s:o, s:o}", "id", id, "kind", "probe", "instance",
                       json_loads(instance, 0, NULL), "options", json_loads(options, 0, NULL)),
             true));
}

/* Without it nobody would know whether the jobs of a broken machine come back, and go on. */
START_TEST(a_killed_service_goes_on_from_a_backup)
{
    static const char *const roles[] = { "gateway", "work", "solver-child" };
    const char *backup = path_of("backup.db");
    pid_t pids[3];
    json_decref(solve("done", "{\"target\":1}"));
    submit("running", "{\"target\":2,\"plans\":1,\"sleep_s\":2}", "{\"deadline_s\":300}");
    wait_until_running("running");
    submit("waiting", "{\"target\":3}", "{\"deadline_s\":300}");
    AZUMI(0, "store", "backup", backup, "--store", service.store);
    AZUMI(2, "store", "backup", backup, "--store", service.store);
    AZUMI(2, "store", "restore", backup, "--store", service.store);
    submit("after", "{\"target\":4}", "{\"deadline_s\":300}");
    for (size_t i = 0; i < 3; i++) pids[i] = test_service_process(&service, roles[i]);
    test_service_kill(&service, "serve"); /* the others die with it */
    for (size_t i = 0; i < 3; i++)
        while (pids[i] > 0 && test_is_alive(pids[i])) test_nap(0.01);
    FILE *file = fopen(service.store, "r+b");
    ck_assert(file && fwrite("damaged damaged damaged", 1, 23, file) == 23);
    fclose(file);
    AZUMI(0, "store", "restore", backup, "--store", service.store);
    test_service_start(&service, NULL, true);
    assert_answered("done", 1);
    assert_answered("running", 2);
    assert_answered("waiting", 3);
    ck_assert(!is_known("after"));
}
END_TEST

/* Without it two services would work on one store: a lock beside a link would be another one. */
START_TEST(a_store_has_one_lock_by_any_name)
{
    const char *backup = path_of("backup.db"), *other = path_of("link.db");
    ck_assert_int_eq(symlink(service.store, other), 0);
    AZUMI(0, "store", "backup", backup, "--store", other);
    AZUMI(2, "store", "restore", backup, "--store", other);
    AZUMI(2, "serve", "--store", other, "--listen", "ipc:///nowhere/at/all");
    char *text = text_in("log");
    ck_assert_ptr_nonnull(strstr(text, "another service runs on this store"));
    free(text);
}
END_TEST

/* How many files of the folder begin so. */
static int count_files(const char *folder, const char *beginning)
{
    struct dirent *entry;
    int count = 0;
    DIR *list = opendir(folder);
    ck_assert_ptr_nonnull(list);
    while ((entry = readdir(list)) != NULL)
        count += strncmp(entry->d_name, beginning, strlen(beginning)) == 0;
    closedir(list);
    return count;
}

/* Without it a nightly backup would fill the disk, or somebody's own script would delete the last
 * good one. */
START_TEST(dated_backups_keep_the_newest)
{
    static const char *const others[] = { "azumi-20200101T000000Z.db", "azumi-20210101T000000Z.db",
                                          "azumi-notes.db", "azumi-20200101T000000Z.db.part-1x" };
    const char *folder = path_of("backups");
    char name[200];
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s/%s", folder, others[i]);
        fclose(fopen(name, "w"));
    }
    AZUMI(0, "store", "backup", "--keep", "2", folder, "--store", service.store);
    ck_assert_int_eq(count_files(folder, "azumi-2020"), 1); /* the part is nobody's */
    ck_assert_int_eq(count_files(folder, "azumi-2021"), 1);
    ck_assert_int_eq(count_files(folder, "azumi-notes"), 1);
    ck_assert_int_eq(count_files(folder, "azumi-"), 4);
    /* Nor would one that a wrong clock has dated ahead take the place of the new one. */
    snprintf(name, sizeof name, "%s/azumi-29990101T000000Z.db", folder);
    fclose(fopen(name, "w"));
    test_nap(1.1); /* names are of a second */
    AZUMI(0, "store", "backup", "--keep", "1", folder, "--store", service.store);
    ck_assert_int_eq(count_files(folder, "azumi-2021"), 0);
    ck_assert_int_eq(count_files(folder, "azumi-2999"), 1);
    ck_assert_int_eq(count_files(folder, "azumi-20"), 2); /* the part and the new one */
    snprintf(name, sizeof name, "%s/azumi-20210101T000000Z.db", folder);
    fclose(fopen(name, "w"));
    /* Where none can be made none is removed. */
    AZUMI(2, "store", "backup", "--keep", "1", folder, "--store", path_of("nowhere.db"));
    ck_assert_int_eq(count_files(folder, "azumi-2021"), 1);
    AZUMI(2, "store", "check", "--keep", "1", "--store", service.store);
}
END_TEST

/* Writes over the store's file from a text on, or from a place. */
static void spoil(const char *text, long at)
{
    static char bytes[4 << 20];
    FILE *file = fopen(service.store, "r+b");
    ck_assert_ptr_nonnull(file);
    size_t got = fread(bytes, 1, sizeof bytes, file);
    char *found = text ? memmem(bytes, got, text, strlen(text)) : bytes + at;
    ck_assert_ptr_nonnull(found);
    fseek(file, found - bytes + 2, SEEK_SET);
    ck_assert_uint_eq(fwrite("##", 1, 2, file), 2);
    fclose(file);
}

static void assert_text_damaged(json_t *reply)
{
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(reply, "problem"), "type")),
                     "urn:azumi:problem:text_damaged");
    json_decref(reply);
}

/* Backups of a damaged store would in time take the place of all that are whole. */
static void keep_the_whole_ones(void)
{
    const char *folder = path_of("whole");
    char name[200];
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    snprintf(name, sizeof name, "%s/azumi-20200101T000000Z.db", folder);
    fclose(fopen(name, "w"));
    AZUMI(1, "store", "backup", "--keep", "1", folder, "--store", service.store);
    ck_assert_int_eq(count_files(folder, "azumi-2020"), 1);
    ck_assert_int_eq(count_files(folder, "azumi-"), 2);
}

/* Without it a plan that a disk has changed would be believed, or hold up the jobs of all others;
 * or the service would crash in a loop where nothing can be read. */
START_TEST(damage_is_told_and_what_is_whole_goes_on)
{
    static const char *const serve[] = { "serve", "--listen", NULL, "--store", NULL, NULL };
    const char *arguments[6];
    json_decref(solve("one", "{\"target\":1}"));
    AZUMI(0, "store", "check", "--store", service.store);
    ck_assert_int_eq(test_service_stop(&service), 0);
    spoil("{\"value\":", 0);
    AZUMI(1, "store", "check", "--store", service.store);
    keep_the_whole_ones();
    test_service_start(&service, NULL, true);
    assert_text_damaged(call("result", json_pack("{s:s}", "id", "one"), false));
    json_t *health = call("health", NULL, true);
    ck_assert_str_eq(json_string_value(json_object_get(health, "status")), "damaged");
    json_decref(health);
    json_decref(solve("two", "{\"target\":2}"));
    ck_assert_int_eq(test_service_stop(&service), 0);
    for (long at = 100; at < 4096; at += 16) spoil(NULL, at); /* what all tables are found by */
    memcpy(arguments, serve, sizeof serve);
    arguments[2] = service.url;
    arguments[4] = service.store;
    azumi(2, arguments);
    char *text = text_in("log");
    ck_assert_ptr_nonnull(strstr(text, "store_damaged"));
    ck_assert_ptr_nonnull(strstr(text, "azumi store restore FILE"));
    free(text);
}
END_TEST

/* Without it people would not be told, or not in their language, why nothing happens. */
START_TEST(refusals_of_the_store_have_words)
{
    int fd = -1;
    FILE *other = fopen(path_of("notes.db"), "w");
    ck_assert(other && fputs("no store at all, but long enough to be none of anything", other) > 0);
    fclose(other);
    AZUMI(2, "store", "restore", path_of("notes.db"), "--store", service.store, "--lang", "ja");
    ck_assert_int_eq(test_service_stop(&service), 0);
    ck_assert(az_lock_alone(service.store, &fd));
    AZUMI(2, "work", "--store", service.store, "--lang", "ja");
    close(fd);
    AZUMI(2, "store", "restore", path_of("notes.db"), "--store", service.store, "--lang", "ja");
    char *text = text_in("log");
    ck_assert_ptr_nonnull(strstr(text, "サービスが使用中です"));
    ck_assert_ptr_nonnull(strstr(text, "ストアを復元中です"));
    ck_assert_ptr_nonnull(strstr(text, "azumi のジョブストアではありません"));
    free(text);
}
END_TEST

/* Without it all slots together would take more memory than the machine has. */
START_TEST(children_share_the_memory_that_there_is)
{
    static const char *const rule[] = { "--memory", "300", "--memory-total", "500", NULL };
    ck_assert_int_eq(test_service_stop(&service), 0);
    test_service_start(&service, rule, true);
    submit("long", "{\"plans\":1,\"sleep_s\":1000}", "{\"deadline_s\":300}");
    wait_until_running("long");
    submit("small", "{\"target\":3}", "{\"deadline_s\":30,\"memory_mib\":200}");
    assert_answered("small", 3);
    submit("large", "{\"target\":4}", "{\"deadline_s\":30}");
    test_nap(0.5);
    ck_assert_str_eq(state_of("large"), "queued");
    json_decref(call("cancel", json_pack("{s:s}", "id", "long"), true));
    assert_answered("large", 4);
}
END_TEST

/* Without it a solver that finds a better plan every moment would keep the disk busy for all. */
START_TEST(plans_reach_the_store_at_most_twice_a_second)
{
    struct az_store *store;
    struct az_event *events;
    struct az_job_row row;
    struct az_arena *arena = az_arena_new(NULL);
    size_t count, plans = 0;
    int64_t last = 0;
    json_decref(solve("one", "{\"plans\":70,\"interval_s\":0.02}"));
    ck_assert_int_eq(az_store_open(service.store, false, NULL, &store, NULL, 0), AZ_OK);
    ck_assert_int_eq(az_store_job(store, "one", arena, &row), AZ_OK);
    ck_assert_int_eq(az_store_events(store, row.seq, 0, 1000, arena, &events, &count), AZ_OK);
    for (size_t i = 0; i < count; i++) {
        if (events[i].type != AZ_EVENT_PLAN) continue;
        ck_assert_int_ge(events[i].at_ms - last, 450); /* 500, on another clock */
        last = events[i].at_ms;
        plans++;
    }
    ck_assert_uint_ge(plans, 2);
    az_store_close(store);
    az_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service keep");
    TCase *tests = tcase_create("kept and forgotten");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, set_up, tear_down);
#ifndef __SANITIZE_ADDRESS__
    tcase_add_test(tests, memory_of_a_large_request_is_given_back);
#endif
    tcase_add_test(tests, finished_jobs_go_when_asked_and_in_time);
    tcase_add_test(tests, a_killed_service_goes_on_from_a_backup);
    tcase_add_test(tests, a_store_has_one_lock_by_any_name);
    tcase_add_test(tests, dated_backups_keep_the_newest);
    tcase_add_test(tests, damage_is_told_and_what_is_whole_goes_on);
    tcase_add_test(tests, refusals_of_the_store_have_words);
    tcase_add_test(tests, children_share_the_memory_that_there_is);
    tcase_add_test(tests, plans_reach_the_store_at_most_twice_a_second);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
