/* test_memory_client.c - memory that runs out in the client: it says so, and never asks for another
 * thing than it was to ask for, nor gives a part for the whole. */
#include "adapters/json/json.h"

#ifdef __SANITIZE_ADDRESS__
#define STARVE_POINTS 5
#else
#define STARVE_POINTS 24
#endif

#include "tests/support/served.h"
#include "tests/support/starve.h"
#include "tests/support/suite.h"

static const char *const ids[] = { "small", "paged" };

/* Opens a client of its own and asks for all that there is of a finished job. data: its id. */
static enum az_status ask_all(void *data)
{
    struct az_client_options options = az_client_options_default;
    struct az_client *own = NULL;
    char state[16];
    json_t *result = NULL, *request = NULL, *problem = NULL, *problem_too = NULL;
    options.connect_s = options.reply_s = TEST_PATIENCE;
    options.language = "ja";
    enum az_status status = az_client_open(service.url, &options, &own);
    if (status == AZ_OK) status = az_client_follow(own, data, NULL, NULL, state);
    if (status == AZ_OK) status = az_client_result(own, data, &result, &problem);
    if (status == AZ_OK) status = az_client_request(own, data, true, &request, &problem_too);
    if (status == AZ_OK &&
        (!json_object_get(json_object_get(result, "plan"), "value") ||
         !json_object_get(result, "certificate") || !json_object_get(request, "plan")))
        status = AZ_INTERNAL;
    json_decref(problem);
    json_decref(problem_too);
    json_decref(result);
    json_decref(request);
    az_client_close(own);
    return status;
}

/* Without it a program short of memory would be told that its job is not there, or wait in vain. */
START_TEST(a_client_without_memory_says_so)
{
    for (size_t i = 0; i < 2; i++) {
        json_t *result, *problem;
        json_t *request = json_pack("{s:s, s:s, s:{s:i}}", "id", ids[i], "kind", "probe",
                                    "instance", "payload", i == 0 ? 1 : 60000);
        ck_assert_int_eq(az_client_solve(client, request, NULL, NULL, &result, &problem), AZ_OK);
        json_decref(result);
        json_decref(request);
    }
    for (size_t i = 0; i < 2; i++) {
        atomic_store(&refuses_once, false);
        starve(ids[i], ask_all, (void *)ids[i]);
        atomic_store(&refuses_once, true);
        starve(ids[i], ask_all, (void *)ids[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory client");
    TCase *cases = tcase_create("memory");
    az_json_memory();
    tcase_set_timeout(cases, 200);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, a_client_without_memory_says_so);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
