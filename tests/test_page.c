/* test_page.c - results read while a runner stores better ones. */
#include <jansson.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>

#include "tests/support/gated.h"
#include "tests/support/suite.h"

static atomic_bool over;

/* Stores plans of one length, each with a certificate of the same number. */
static void *keep_improving(void *data)
{
    char plan[3000], certificate[60];
    const struct az_claim *claim = data;
    const struct az_job_progress progress = { .phase = "improving" };
    struct az_store *own;
    char path[96];
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    ck_assert_int_eq(az_store_open(path, false, NULL, &own, NULL, 0), AZ_OK);
    for (int i = 0; !atomic_load(&over); i = (i + 1) % 1000) {
        int length = snprintf(plan, sizeof plan, "{\"number\":%d,\"text\":\"", 1000 + i);
        memset(plan + length, 'x', 2000);
        strcpy(plan + length + 2000, "\"}");
        snprintf(certificate, sizeof certificate, "{\"number\":%d}", 1000 + i);
        ck_assert_int_eq(az_store_plan(own, claim, plan, certificate, &progress), AZ_OK);
    }
    az_store_close(own);
    return NULL;
}

static json_int_t number_of(const json_t *result, const char *part)
{
    return json_integer_value(json_object_get(json_object_get(result, part), "number"));
}

static void read_once(void)
{
    static const char request[] = "{\"azumi\":1,\"op\":\"result\",\"id\":\"a\"}";
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    az_call_answer(&gate, arena, request, strlen(request), &call);
    const json_t *result = json_object_get(call.reply, "result");
    ck_assert_ptr_nonnull(result);
    if (json_object_get(result, "plan"))
        ck_assert_int_eq(number_of(result, "plan"), number_of(result, "certificate"));
    az_call_end(&call);
    az_arena_free(arena);
}

/* Without it somebody would get a plan with the certificate of another, and no page to tell. */
START_TEST(a_result_is_of_one_moment)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim;
    pthread_t thread;
    struct az_submission item = { .id = "a",
                                  .sha256 = "abc",
                                  .kind = "probe",
                                  .deadline_s = 600,
                                  .request = "{}",
                                  .request_length = 2 };
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert_int_eq(az_store_claim(store, "runner", &az_room_any, 600000, arena, &claim), AZ_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, keep_improving, &claim), 0);
    for (int i = 0; i < TEST_SOME(4000); i++) read_once();
    atomic_store(&over, true);
    pthread_join(thread, NULL);
    az_arena_free(arena);
}
END_TEST

/* Without it nobody else would be written down while somebody reads, or a reader would see what
 * came after it began. */
START_TEST(what_is_held_stands_still_and_hinders_nobody)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_store *other;
    struct az_job_row row;
    char path[96];
    struct az_submission item = { .id = "a",
                                  .sha256 = "abc",
                                  .kind = "probe",
                                  .deadline_s = 600,
                                  .request = "{}",
                                  .request_length = 2 };
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    ck_assert_int_eq(az_store_open(path, false, NULL, &other, NULL, 0), AZ_OK);
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert_int_eq(az_store_hold(store), AZ_OK);
    ck_assert_int_eq(az_store_job(store, "a", arena, &row), AZ_OK);
    ck_assert_int_eq(az_store_cancel(other, "a", arena, &row), AZ_OK);
    ck_assert_int_eq(az_store_job(store, "a", arena, &row), AZ_OK);
    ck_assert_int_eq(row.state, AZ_JOB_QUEUED);
    az_store_let_go(store);
    ck_assert_int_eq(az_store_job(store, "a", arena, &row), AZ_OK);
    ck_assert_int_eq(row.state, AZ_JOB_CANCELLED);
    ck_assert_int_eq(az_store_delete(store, "a"), AZ_OK);
    az_store_close(other);
    az_arena_free(arena);
}
END_TEST

static struct az_submission proven_job(const char *id)
{
    return (struct az_submission){ .id = id,
                                   .sha256 = "abc",
                                   .kind = "probe",
                                   .deadline_s = 600,
                                   .request = "{}",
                                   .request_length = 2,
                                   .version = "1" };
}

/* Without it a reused certificate, whose beginning is written anew, would be believed though a disk
 * has changed it. */
START_TEST(a_damaged_certificate_is_not_given_where_it_is_reused)
{
    static const char request[] = "{\"azumi\":1,\"op\":\"result\",\"id\":\"b\"}";
    struct az_arena *arena = az_arena_new(NULL);
    struct az_submission first = proven_job("a"), second = proven_job("b");
    struct az_claim claim;
    struct az_call call;
    char path[96];
    sqlite3 *raw;
    const struct az_finish finish = { .state = AZ_JOB_DONE,
                                      .parts = { .plan = "{}",
                                                 .certificate = "{\"objective\":123}" },
                                      .certificate_status = "optimal",
                                      .version = "1" };
    ck_assert_int_eq(az_store_submit(store, &first, 1), AZ_OK);
    ck_assert_int_eq(az_store_claim(store, "runner", &az_room_any, 600000, arena, &claim), AZ_OK);
    ck_assert_int_eq(az_store_finish(store, &claim, &finish), AZ_OK);
    ck_assert_int_eq(az_store_submit(store, &second, 1), AZ_OK);
    ck_assert_str_eq(second.source, "a");
    az_call_answer(&gate, arena, request, strlen(request), &call);
    const json_t *result = json_object_get(call.reply, "result");
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_object_get(result, "certificate"), "objective")),
        123);
    az_call_end(&call);
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(raw,
                     "UPDATE part SET data = CAST(replace(substr(data, 1, 17), '1', '7')"
                     " || substr(data, 18) AS BLOB) WHERE name = 'certificate'",
                     NULL, NULL, NULL),
        SQLITE_OK);
    sqlite3_close(raw);
    az_call_answer(&gate, arena, request, strlen(request), &call);
    ck_assert_str_eq(
        json_string_value(json_object_get(json_object_get(call.reply, "problem"), "type")),
        "urn:azumi:problem:text_damaged");
    az_call_end(&call);
    az_arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("page");
    TCase *tests = tcase_create("one moment");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_result_is_of_one_moment);
    tcase_add_test(tests, what_is_held_stands_still_and_hinders_nobody);
    tcase_add_test(tests, a_damaged_certificate_is_not_given_where_it_is_reused);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
