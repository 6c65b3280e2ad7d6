/* test_service_scarce.c - a real service whose gateway and runner are refused memory at random:
 * whatever dies of it, no job that was acknowledged is lost, and all end once there is memory.
 *
 * SEED=N tries other refusals, ODDS=N more or fewer. Not under AddressSanitizer, whose memory is
 * its own. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/served.h"
#include "tests/support/suite.h"

#define JOBS 24
#define ODDS 400

static volatile uint32_t *one_in;

static void begin_scarce(void)
{
    char library[300];
    const char *build = getenv("BUILD"), *seed = getenv("SEED");
    test_service_make(&service, "ipc");
    snprintf(library, sizeof library, "%s/scarce.so", build ? build : "build");
    ck_assert_msg(access(library, R_OK) == 0, "%s", library);
    int fd = open(path_of("odds"), O_RDWR | O_CREAT, 0600);
    ck_assert_int_eq(ftruncate(fd, 4), 0);
    one_in = mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ck_assert_ptr_ne((const void *)one_in, MAP_FAILED);
    close(fd);
    setenv("SCARCE_FILE", path_of("odds"), 1);
    setenv("SCARCE_ROLES", ",gateway,work,", 1);
    setenv("SCARCE_SEED", seed ? seed : "1", 1);
    setenv("LD_PRELOAD", library, 1);
    test_service_start(&service, NULL, true);
    unsetenv("LD_PRELOAD");
    /* A reply that there was no memory for never comes: it is asked for again. */
    struct az_client_options options = az_client_options_default;
    options.connect_s = options.patience_s = TEST_PATIENCE;
    options.reply_s = 5;
    ck_assert_int_eq(az_client_open(service.url, &options, &client), AZ_OK);
}

static json_t *request_of(int number)
{
    static const char *const instances[] = { "{\"plans\":3,\"interval_s\":0.05,\"payload\":2000}",
                                             "{\"plans\":1}", "{\"plans\":2,\"sleep_s\":0.7}",
                                             "{\"plans\":20,\"payload\":50}" };
    char id[24];
    snprintf(id, sizeof id, "job-%d", number);
    json_t *instance = json_loads(instances[number % 4], 0, NULL);
    json_object_set_new(instance, "target", json_integer(number)); /* none like another */
    return json_pack("{s:s, s:s, s:o, s:{s:i}}", "id", id, "kind", "probe", "instance", instance,
                     "options", "deadline_s", number % 3 == 0 ? 3000 : 29 * 60);
}

static uint32_t odds(void)
{
    const char *asked = getenv("ODDS");
    return asked ? (uint32_t)atoi(asked) : ODDS;
}

/* Until it is acknowledged: a refusal is no promise. A gateway that died of want cannot begin anew
 * before the want is over. */
static void submit_patiently(int number)
{
    double end = test_now() + TEST_PATIENCE, want = test_now() + 2;
    json_t *request = request_of(number);
    for (bool accepted = false; !accepted; test_nap(0.01)) {
        json_t *reply = NULL;
        enum az_status status = az_client_call(client, "submit", request, &reply);
        accepted = status == AZ_OK && json_is_true(json_object_get(reply, "ok"));
        char *text = json_dumps(reply, JSON_COMPACT);
        json_decref(reply);
        if (test_now() > want) *one_in = 0;
        ck_assert_msg(accepted || test_now() < end, "job %d: %s, %s", number,
                      az_status_words(status), text ? text : "no reply");
        free(text);
    }
    *one_in = odds();
    json_decref(request);
}

static void assert_done(int number)
{
    char id[24], state[16];
    json_t *result = NULL, *problem = NULL;
    snprintf(id, sizeof id, "job-%d", number);
    ck_assert_int_eq(az_client_follow(client, id, NULL, NULL, state), AZ_OK);
    ck_assert_int_eq(az_client_result(client, id, &result, &problem), AZ_OK);
    char *text = json_dumps(result, JSON_COMPACT);
    ck_assert_msg(strcmp(state, "done") == 0, "%s: %s, %.1000s", id, state, text);
    free(text);
    const json_t *certificate = json_object_get(result, "certificate");
    double value = json_number_value(json_object_get(json_object_get(result, "plan"), "value"));
    ck_assert_double_eq(value, number);
    ck_assert_double_eq(json_number_value(json_object_get(certificate, "objective")), number);
    ck_assert_str_eq(json_string_value(json_object_get(certificate, "status")), "optimal");
    json_decref(result);
}

#ifdef __SANITIZE_ADDRESS__
#define TEST_IS_PLAIN 0
#else
#define TEST_IS_PLAIN 1
#endif

/* Without it one moment without memory would cost a city its plans. */
START_TEST(no_acknowledged_job_is_lost_for_want_of_memory)
{
    begin_scarce();
    *one_in = odds();
    for (int i = 0; i < JOBS; i++) submit_patiently(i);
    test_nap(2); /* of work without memory */
    *one_in = 0;
    for (int i = 0; i < JOBS; i++) assert_done(i);
    ck_assert_int_eq(test_service_stop(&service), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service scarce");
    TCase *tests = tcase_create("scarce");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, NULL, tear_down);
    /* Its memory is the sanitizer's own. */
    if (TEST_IS_PLAIN)
        tcase_add_test(tests, no_acknowledged_job_is_lost_for_want_of_memory);
    else
        printf("SKIPPED: memory is the sanitizer's here\n");
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
