/* test_service_access.c - access tokens of a real service: who is let in over which listener, until
 * when, and what it writes of them. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/service/access.h"
#include "adapters/service/azumi_client.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

static char port_text[16];

/* A service that runs nowhere yet; url: where others can reach it when outside. */
static void make(const char *transport, bool outside)
{
    test_service_make(&service, transport);
    if (!outside) return;
    snprintf(port_text, sizeof port_text, "%s", strrchr(service.url, ':') + 1);
    snprintf(service.url, sizeof service.url, "tcp://0.0.0.0:%s", port_text);
}

/* Makes a token and leaves it in a file of that name. */
static const char *token_of(const char *name, const char *role)
{
    static char texts[8][AZ_TOKEN_TEXT];
    static size_t next;
    char *text = texts[next++ % 8];
    AZUMI(0, "token", "add", name, "--role", role, "--store", service.store, "-o", path_of(name));
    FILE *file = fopen(path_of(name), "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(text, 1, AZ_TOKEN_LENGTH, file), AZ_TOKEN_LENGTH);
    fclose(file);
    text[AZ_TOKEN_LENGTH] = 0;
    return text;
}

/* Without it a token would stand in a file that others may read. */
START_TEST(a_token_is_written_into_no_link)
{
    struct stat what;
    make("ipc", false);
    FILE *file = fopen(path_of("open"), "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    ck_assert_int_eq(chmod(path_of("open"), 0644), 0);
    char target[200];
    snprintf(target, sizeof target, "%s", path_of("open"));
    ck_assert_int_eq(symlink(target, path_of("link")), 0);
    AZUMI(2, "token", "add", "one", "--role", "ems", "--store", service.store, "-o",
          path_of("link"));
    ck_assert_int_eq(stat(target, &what), 0);
    ck_assert_int_eq(what.st_size, 0);
    AZUMI(0, "token", "add", "one", "--role", "ems", "--store", service.store, "-o", target);
    ck_assert_int_eq(stat(target, &what), 0);
    ck_assert_int_eq(what.st_mode & 0777, 0600);
}
END_TEST

static void come_with(const char *token)
{
    struct az_client_options options = az_client_options_default;
    az_client_close(client);
    options.connect_s = options.reply_s = options.patience_s = TEST_PATIENCE;
    options.token = token;
    ck_assert_int_eq(az_client_open(service.url, &options, &client), AZ_OK);
}

/* "" when it is no problem; else "unauthorized", ... Takes the request. */
static const char *problem_of(const char *op, json_t *request)
{
    static char code[60];
    json_t *reply = NULL;
    enum az_status status = az_client_call(client, op, request, &reply);
    ck_assert_msg(status == AZ_OK, "%s: %s", op, az_status_words(status));
    const char *type =
        json_string_value(json_object_get(json_object_get(reply, "problem"), "type"));
    snprintf(code, sizeof code, "%s", type ? strrchr(type, ':') + 1 : "");
    json_decref(request);
    json_decref(reply);
    return code;
}

static json_t *named(const char *id)
{
    return json_pack("{s:s}", "id", id);
}

static size_t count_in(const char *text, const char *piece)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, piece)) != NULL; at++) count++;
    return count;
}

static void wait_until_refused(void)
{
    double end = test_now() + TEST_PATIENCE;
    while (!*problem_of("health", NULL)) {
        ck_assert(test_now() < end);
        test_nap(0.05);
    }
}

/* Without it anybody in the network could ask, from the day that the service is put there. */
START_TEST(a_listener_for_others_asks_for_tokens)
{
    make("tcp", true);
    AZUMI(2, "serve", "--listen", service.url, "--store", service.store);
    AZUMI(2, "token", "list", "--store", service.store);
    AZUMI(2, "token", "add", "root", "--role", "king", "--store", service.store);
    const char *token = token_of("root", "admin");
    AZUMI(2, "serve", "--listen", service.url, "--store", service.store, "--access", "open");
    AZUMI(2, "gateway", "--listen", service.url, "--store", service.store, "--access", "open");
    test_service_start(&service, NULL, true);
    come_with(NULL);
    ck_assert_str_eq(problem_of("health", NULL), "unauthorized");
    ck_assert_str_eq(problem_of("nothing", NULL), "unauthorized");
    come_with(token);
    ck_assert_str_eq(problem_of("health", NULL), "");
    json_decref(
        call("submit",
             json_pack("{s:s, s:s, s:{s:i}}", "id", "one", "kind", "probe", "instance", "plans", 1),
             true));
    char state[16];
    ck_assert_int_eq(az_client_follow(client, "one", NULL, NULL, state), AZ_OK);
    ck_assert_str_eq(state, "done");
    /* One that is removed opens nothing more, and goes on to be refused after a restart. */
    AZUMI(0, "token", "remove", "root", "--store", service.store);
    wait_until_refused();
    test_service_stop(&service);
    AZUMI(2, "serve", "--listen", service.url, "--store", service.store);
    const char *again = token_of("root", "admin");
    test_service_start(&service, NULL, true);
    come_with(token);
    ck_assert_str_eq(problem_of("health", NULL), "unauthorized");
    come_with(again);
    ck_assert_str_eq(problem_of("status", named("one")), ""); /* the name owns it still */
}
END_TEST

/* Without it tokens would be needed, or be of no use, where only this machine asks. */
START_TEST(a_local_service_checks_what_is_shown)
{
    make("ipc", false);
    test_service_start(&service, NULL, true);
    const char *viewer = token_of("board", "viewer");
    come_with(NULL);
    ck_assert_str_eq(problem_of("submit", json_pack("{s:s, s:s, s:{}}", "id", "one", "kind",
                                                    "probe", "instance")),
                     "");
    come_with(viewer);
    ck_assert_str_eq(problem_of("health", NULL), "");
    ck_assert_str_eq(problem_of("delete", named("one")), "forbidden");
    ck_assert_str_eq(problem_of("status", named("one")), "not_found");
    come_with("azumi_0000000000000000000000000000000000000000000");
    ck_assert_str_eq(problem_of("health", NULL), "unauthorized");
}
END_TEST

/* Without it two offices on one service would see each other's jobs, or take their names. */
START_TEST(owners_share_a_service_and_nothing_else)
{
    static const char *const required[] = { "--access", "required", NULL };
    json_t *instance, *reply;
    make("ipc", false);
    const char *ems = token_of("ems", "ems"), *planner = token_of("town", "planner");
    const char *viewer = token_of("board", "viewer"), *clinic = token_of("office", "clinic");
    test_service_start(&service, required, true);
    AZUMI(0, "generate", "microgrid", "--size", "3", "--seed", "1", "-o", path_of("day.json"));
    instance = json_in(path_of("day.json"));
    const char *const tokens[] = { ems, planner };
    for (size_t i = 0; i < 2; i++) {
        come_with(tokens[i]);
        reply = call(
            "submit",
            json_pack("{s:s, s:s, s:O}", "id", "today", "kind", "microgrid", "instance", instance),
            true);
        ck_assert(json_is_false(json_object_get(reply, "joined")));
        json_decref(reply);
    }
    json_decref(call("cancel", named("today"), true));
    come_with(ems);
    reply = call("list", NULL, true);
    ck_assert_uint_eq(json_array_size(json_object_get(reply, "jobs")), 1);
    json_decref(reply);
    come_with(clinic);
    ck_assert_str_eq(problem_of("status", named("today")), "not_found");
    ck_assert_str_eq(problem_of("submit", json_pack("{s:s, s:s, s:O}", "id", "x", "kind",
                                                    "microgrid", "instance", instance)),
                     "forbidden");
    come_with(viewer);
    ck_assert_str_eq(problem_of("status", named("today")), "ambiguous_id");
    reply = call("status", json_pack("{s:s, s:s}", "id", "today", "owner", "town"), true);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(reply, "job"), "owner")),
                     "town");
    json_decref(reply);
    json_decref(instance);
    static const char *const commands[] = { "status", "result", "watch" };
    for (size_t i = 0; i < 3; i++)
        AZUMI(2, commands[i], "today", "--token-file", path_of("board"), "--connect", service.url);
    AZUMI(0, "status", "today", "--owner", "town", "--token-file", path_of("board"), "--connect",
          service.url);
    AZUMI(2, "cancel", "today", "--owner", "ems", "--token-file", path_of("board"), "--connect",
          service.url);
    token_of("root", "admin");
    AZUMI(0, "cancel", "today", "--owner", "ems", "--token-file", path_of("root"), "--connect",
          service.url);
    char *log = text_in("log");
    ck_assert_ptr_nonnull(strstr(log, "\"op\":\"cancel\",\"id\":\"today\",\"name\":\"root\""));
    ck_assert_ptr_nonnull(strstr(log, "\"op\":\"cancel\",\"id\":\"today\",\"name\":\"town\""));
    ck_assert_uint_eq(count_in(log, "\"event\":\"changed\""), 2);
    free(log);
    AZUMI(5, "watch", "today", "--owner", "town", "--token-file", path_of("board"), "--connect",
          service.url);
    AZUMI(5, "result", "today", "--owner", "town", "--token-file", path_of("board"), "--connect",
          service.url);
}
END_TEST

static atomic_bool answered;

/* Waits for events with the token of client, and keeps the code of the answer. */
static void *listen_once(void *code)
{
    snprintf(code, 60, "%s", problem_of("events", json_pack("{s:f}", "wait_s", 5.0)));
    atomic_store(&answered, true);
    return NULL;
}

/* Without it whoever listens when a token is removed would hear what happens, as long as nothing
 * else ends the wait. */
START_TEST(who_waits_is_sent_away_with_the_token)
{
    char code[60] = "";
    make("ipc", false);
    test_service_start(&service, NULL, true);
    struct az_client *local = test_client(&service);
    double end = test_now() + TEST_PATIENCE;
    while (strcmp(code, "unauthorized") != 0) {
        pthread_t thread;
        json_int_t parked = 0;
        atomic_store(&answered, false);
        come_with(token_of("board", "viewer"));
        ck_assert_int_eq(pthread_create(&thread, NULL, listen_once, code), 0);
        while (parked == 0 && !atomic_load(&answered)) {
            json_t *reply = NULL;
            ck_assert_int_eq(az_client_call(local, "health", NULL, &reply), AZ_OK);
            parked = json_integer_value(json_object_get(reply, "parked"));
            json_decref(reply);
        }
        AZUMI(0, "token", "remove", "board", "--store", service.store);
        pthread_join(thread, NULL);
        ck_assert(test_now() < end);
    }
    az_client_close(local);
}
END_TEST

/* Without it the log would fill the disk while somebody knocks, or hand on what opens the door. */
START_TEST(refusals_are_logged_now_and_then_and_never_with_a_token)
{
    enum { KNOCKS = 400 };
    make("ipc", false);
    test_service_start(&service, NULL, true);
    const char *good = token_of("board", "viewer");
    static const char wrong[] = "azumi_1111111111111111111111111111111111111111111";
    double begin = test_now();
    come_with(wrong);
    for (int i = 0; i < KNOCKS; i++) ck_assert_str_eq(problem_of("health", NULL), "unauthorized");
    come_with(good);
    ck_assert_str_eq(problem_of("delete", named("one")), "forbidden");
    double seconds = test_now() - begin;
    test_service_stop(&service);
    char *log = text_in("log");
    size_t lines = count_in(log, "\"event\":\"refused\"");
    ck_assert_uint_ge(lines, 1);
    ck_assert_msg((double)lines <= 2 + 4 * seconds, "%zu lines in %.1f s", lines, seconds);
    ck_assert_ptr_null(strstr(log, AZ_TOKEN_PREFIX));
    free(log);
}
END_TEST

/* Without it the commands could not ask a service that needs tokens, or would show them around. */
START_TEST(commands_show_a_token_from_file_or_environment)
{
    static const char *const required[] = { "--access", "required", NULL };
    make("ipc", false);
    const char *token = token_of("root", "admin");
    test_service_start(&service, required, true);
    AZUMI(2, "list", "--connect", service.url);
    AZUMI(0, "list", "--connect", service.url, "--token-file", path_of("root"));
    ck_assert_int_eq(chmod(path_of("root"), 0644), 0);
    AZUMI(2, "list", "--connect", service.url, "--token-file", path_of("root"));
    AZUMI(2, "list", "--connect", service.url, "--token-file", path_of("nothing"));
    setenv("AZUMI_TOKEN", token, 1);
    AZUMI(0, "list", "--connect", service.url);
    AZUMI(0, "list", "--connect", service.url, "--owner", "");
    struct azumi_client *library;
    struct azumi_options options;
    azumi_options_default(&options, sizeof options);
    options.url = service.url;
    options.connect_s = options.reply_s = TEST_PATIENCE;
    ck_assert_int_eq(azumi_open(&options, &library), AZUMI_OK);
    ck_assert_int_eq(azumi_health(library, NULL), AZUMI_OK);
    azumi_close(library);
    options.token = "nonsense";
    ck_assert_int_eq(azumi_open(&options, &library), AZUMI_OK);
    ck_assert_int_eq(azumi_health(library, NULL), AZUMI_REFUSED);
    ck_assert_str_eq(azumi_problem(library), "unauthorized");
    azumi_close(library);
    setenv("AZUMI_TOKEN", "nonsense", 1);
    AZUMI(2, "list", "--connect", service.url);
    /* A renewed name has two that are good, then one. */
    setenv("AZUMI_TOKEN", token, 1);
    AZUMI(0, "token", "renew", "root", "--store", service.store, "-o", path_of("new"));
    AZUMI(0, "list", "--connect", service.url, "--token-file", path_of("new"));
    AZUMI(0, "list", "--connect", service.url);
    /* One that could not be handed over ends no other. */
    AZUMI(2, "token", "renew", "root", "--overlap", "0", "--store", service.store, "-o",
          path_of("no/such"));
    test_nap(1.5); /* tokens are looked up anew each second */
    AZUMI(0, "list", "--connect", service.url, "--token-file", path_of("new"));
    AZUMI(0, "token", "renew", "root", "--overlap", "0", "--store", service.store, "-o",
          path_of("newest"));
    come_with(token);
    wait_until_refused();
    AZUMI(0, "list", "--connect", service.url, "--token-file", path_of("newest"));
    unsetenv("AZUMI_TOKEN");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service access");
    TCase *tests = tcase_create("tokens");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, a_listener_for_others_asks_for_tokens);
    tcase_add_test(tests, a_local_service_checks_what_is_shown);
    tcase_add_test(tests, owners_share_a_service_and_nothing_else);
    tcase_add_test(tests, who_waits_is_sent_away_with_the_token);
    tcase_add_test(tests, refusals_are_logged_now_and_then_and_never_with_a_token);
    tcase_add_test(tests, a_token_is_written_into_no_link);
    tcase_add_test(tests, commands_show_a_token_from_file_or_environment);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
