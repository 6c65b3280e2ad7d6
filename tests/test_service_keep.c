/* test_service_keep.c - what a running service keeps and forgets: deleting and retention, through
 * its processes and the command. */
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

int main(void)
{
    Suite *suite = suite_create("service keep");
    TCase *tests = tcase_create("kept and forgotten");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, finished_jobs_go_when_asked_and_in_time);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
