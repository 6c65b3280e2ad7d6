/* test_library.c - libazumi-client as programs of others use it: texts in, texts out. */
#include <string.h>

#include "adapters/service/azumi_client.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

static struct azumi_client *asker;

static void open_asker(void)
{
    set_up();
    ck_assert_int_eq(azumi_open(service.url, &asker), AZUMI_OK);
}

static void close_asker(void)
{
    azumi_close(asker);
    tear_down();
}

static int count_events(void *data, const char *event)
{
    ck_assert_ptr_nonnull(strstr(event, "\"type\":"));
    return ++*(int *)data < 100;
}

static int stop_at_once(void *data, const char *event)
{
    (void)data, (void)event;
    return 0;
}

/* Without it a program in a control room would get no plan, or not hear how it comes along. */
START_TEST(a_plan_comes_as_text)
{
    char *text = NULL;
    int events = 0;
    static const char request[] = "{\"id\":\"one\",\"kind\":\"probe\",\"instance\":{\"target\":7}}";
    ck_assert_int_eq(azumi_solve(asker, request, count_events, &events, &text), AZUMI_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"state\":\"done\""));
    ck_assert_ptr_nonnull(strstr(text, "\"certificate\":{"));
    ck_assert_int_ge(events, 3);
    azumi_free(text);
    ck_assert_int_eq(azumi_result(asker, "one", &text), AZUMI_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"value\":7"));
    azumi_free(text);
    ck_assert_int_eq(azumi_call(asker, "{\"op\":\"status\",\"id\":\"one\"}", &text), AZUMI_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"ok\":true"));
    azumi_free(text);
}
END_TEST

/* Without it a program could not tell a wrong request from a service that is away. */
START_TEST(every_failure_has_its_status)
{
    static const char *const wrong[] = { "", "[]", "{\"op\":1}", "{", "{\"id\":\"one\"}" };
    struct azumi_client *nobody;
    char *text = NULL, url[128];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(azumi_call(asker, wrong[i], &text), AZUMI_NOT_JSON);
        ck_assert_ptr_null(text);
    }
    ck_assert_int_eq(azumi_solve(asker, "{\"kind\":\"probe\"}", NULL, NULL, &text), AZUMI_NOT_JSON);
    ck_assert_int_eq(azumi_call(asker, "{\"op\":\"status\",\"id\":\"nobody\"}", &text),
                     AZUMI_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(text, "urn:azumi:problem:not_found"));
    azumi_free(text);
    ck_assert_int_eq(azumi_result(asker, "nobody", &text), AZUMI_NOT_FOUND);
    azumi_free(text);
    ck_assert_int_eq(
        azumi_solve(asker, "{\"id\":\"x\",\"kind\":\"none\",\"instance\":{}}", NULL, NULL, &text),
        AZUMI_REFUSED);
    ck_assert_ptr_nonnull(strstr(text, "urn:azumi:problem:unknown_kind"));
    azumi_free(text);
    static const char slow[] =
        "{\"id\":\"slow\",\"kind\":\"probe\",\"instance\":{\"sleep_s\":1000}}";
    ck_assert_int_eq(azumi_solve(asker, slow, stop_at_once, NULL, &text), AZUMI_STOPPED);
    azumi_free(text);
    ck_assert_int_eq(azumi_open("nonsense", &nobody), AZUMI_FAILED);
    ck_assert_ptr_null(nobody);
    snprintf(url, sizeof url, "ipc://%s/nobody", service.directory);
    ck_assert_int_eq(azumi_open(url, &nobody), AZUMI_OK);
    azumi_close(nobody);
    for (int i = -1; i < 12; i++) ck_assert_uint_gt(strlen(azumi_words((enum azumi_status)i)), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("library");
    TCase *tests = tcase_create("texts");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, open_asker, close_asker);
    tcase_add_test(tests, a_plan_comes_as_text);
    tcase_add_test(tests, every_failure_has_its_status);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
