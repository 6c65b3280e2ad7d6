/* test_library.c - libazumi-client as programs of others use it: texts in, texts out, against a
 * real service. */
#include <nanomsg/nn.h>
#include <nanomsg/reqrep.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/service/azumi_client.h"
#include "formulations/certificate.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

static struct azumi_client *asker;

/* A client of the test's service, as patient as a loaded machine needs. */
static struct azumi_client *open_client(double tick_s)
{
    struct azumi_options options;
    struct azumi_client *made;
    azumi_options_default(&options, sizeof options);
    options.url = service.url;
    options.connect_s = options.reply_s = options.patience_s = TEST_PATIENCE;
    options.tick_s = tick_s;
    ck_assert_int_eq(azumi_open(&options, &made), AZUMI_OK);
    return made;
}

static void open_asker(void)
{
    set_up();
    asker = open_client(0);
}

static void close_asker(void)
{
    azumi_close(asker);
    tear_down();
}

/* The text must hold this piece; frees it. */
static void must_hold(char *text, const char *piece)
{
    ck_assert_ptr_nonnull(text);
    ck_assert_msg(strstr(text, piece) != NULL, "no %s in %.500s", piece, text);
    azumi_free(text);
}

static int count_events(void *data, const char *event)
{
    ck_assert_ptr_nonnull(strstr(event, "\"type\":"));
    return ++*(int *)data < 100;
}

/* Without it a program in a control room would get no plan, or not hear how it comes along. */
START_TEST(a_plan_comes_as_text)
{
    char *text = NULL;
    int events = 0;
    static const char request[] = "{\"id\":\"one\",\"kind\":\"probe\",\"instance\":{\"target\":7}}";
    ck_assert_int_eq(azumi_solve(asker, request, count_events, &events, &text), AZUMI_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"state\":\"done\""));
    must_hold(text, "\"certificate\":{");
    ck_assert_int_ge(events, 3);
    ck_assert_int_eq(azumi_result(asker, "one", &text), AZUMI_OK);
    must_hold(text, "\"value\":7");
    ck_assert_int_eq(azumi_call(asker, "{\"op\":\"status\",\"id\":\"one\"}", &text), AZUMI_OK);
    must_hold(text, "\"ok\":true");
}
END_TEST

/* Without it a program could ask for plans and not look after them. */
START_TEST(every_operation_has_its_function)
{
    char *text = NULL;
    static const char request[] = "{\"id\":\"one\",\"kind\":\"probe\",\"instance\":{\"target\":7}}";
    ck_assert_int_eq(azumi_submit(asker, request, &text), AZUMI_OK);
    must_hold(text, "\"id\":\"one\"");
    ck_assert_int_eq(azumi_submit(asker, request, NULL), AZUMI_OK);
    ck_assert_int_eq(azumi_follow(asker, "one", NULL, NULL), AZUMI_OK);
    ck_assert_int_eq(azumi_job(asker, "one", &text), AZUMI_OK);
    must_hold(text, "\"state\":\"done\"");
    ck_assert_int_eq(azumi_list(asker, NULL, &text), AZUMI_OK);
    must_hold(text, "\"id\":\"one\"");
    ck_assert_int_eq(azumi_list(asker, "{\"state\":\"failed\"}", &text), AZUMI_OK);
    must_hold(text, "\"jobs\":[]");
    ck_assert_int_eq(azumi_request(asker, "one", 0, &text), AZUMI_OK);
    must_hold(text, "\"target\":7");
    ck_assert_int_eq(azumi_request(asker, "one", 1, &text), AZUMI_OK);
    must_hold(text, "\"certificate\":{");
    ck_assert_int_eq(azumi_cancel(asker, "one", NULL), AZUMI_OK);
    ck_assert_int_eq(azumi_delete(asker, "one"), AZUMI_OK);
    ck_assert_int_eq(azumi_delete(asker, "one"), AZUMI_NOT_FOUND);
    ck_assert_int_eq(azumi_health(asker, &text), AZUMI_OK);
    must_hold(text, "\"status\":\"ok\"");
    ck_assert_int_eq(azumi_capabilities(asker, &text), AZUMI_OK);
    must_hold(text, "\"limits\":{");
    ck_assert_str_eq(azumi_version(), AZ_VERSION);
}
END_TEST

/* Without it only programs with this library could ask, and not everybody with a nanomsg. */
START_TEST(nanomsg_itself_can_ask)
{
    static const char request[] = "{\"azumi\":1,\"op\":\"health\"}";
    int socket = nn_socket(AF_SP, NN_REQ), patience = (int)TEST_PATIENCE * 1000;
    char *text = NULL;
    ck_assert_int_ge(nn_connect(socket, service.url), 0);
    nn_setsockopt(socket, NN_SOL_SOCKET, NN_RCVTIMEO, &patience, sizeof patience);
    ck_assert_int_eq(nn_send(socket, request, strlen(request), 0), (int)strlen(request));
    int length = nn_recv(socket, &text, NN_MSG, 0);
    ck_assert_int_gt(length, 20);
    ck_assert_int_eq(strncmp(text, "{\"azumi\":1,\"ok\":true", 20), 0);
    nn_freemsg(text);
    nn_close(socket);
}
END_TEST

/* Without it a large instance, which no socket takes at once, would arrive in pieces or not at all.
 */
START_TEST(a_large_request_arrives_whole)
{
    static const char head[] = "{\"op\":\"health\",\"x\":\"", tail[] = "\",\"stray\":1}";
    size_t filling = 20 << 20;
    char *request = malloc(filling + sizeof head + sizeof tail), *text = NULL;
    strcpy(request, head);
    memset(request + sizeof head - 1, 'x', filling);
    strcpy(request + sizeof head - 1 + filling, tail);
    ck_assert_int_eq(azumi_call(asker, request, &text), AZUMI_REFUSED);
    must_hold(text, "stray");
    free(request);
    ck_assert_int_eq(azumi_health(asker, &text), AZUMI_OK);
    azumi_free(text);
}
END_TEST

static int stop_at_once(void *data, const char *event)
{
    (void)data, (void)event;
    return 0;
}

/* Without it a program could not tell a wrong request from a service that is away. */
START_TEST(every_failure_has_its_status)
{
    static const char *const wrong[] = { "", "[]", "{\"op\":1}", "{", "{\"id\":\"one\"}", NULL };
    struct azumi_options options;
    struct azumi_client *nobody;
    char *text = NULL, url[128];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_int_eq(azumi_call(asker, wrong[i], &text), AZUMI_BAD_REQUEST);
        ck_assert_ptr_null(text);
    }
    static const char *const ids[] = { "", "a b", "日本", "\xff", NULL };
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        ck_assert_int_eq(azumi_result(asker, ids[i], &text), AZUMI_BAD_REQUEST);
        ck_assert_int_eq(azumi_follow(asker, ids[i], NULL, NULL), AZUMI_BAD_REQUEST);
        ck_assert_int_eq(azumi_cancel(asker, ids[i], &text), AZUMI_BAD_REQUEST);
    }
    ck_assert_int_eq(azumi_solve(asker, "{\"kind\":\"probe\"}", NULL, NULL, &text),
                     AZUMI_BAD_REQUEST);
    ck_assert_int_eq(azumi_call(asker, "{\"op\":\"status\",\"id\":\"nobody\"}", &text),
                     AZUMI_NOT_FOUND);
    must_hold(text, "urn:azumi:problem:not_found");
    ck_assert_int_eq(azumi_result(asker, "nobody", &text), AZUMI_NOT_FOUND);
    azumi_free(text);
    ck_assert_int_eq(azumi_follow(asker, "nobody", NULL, NULL), AZUMI_NOT_FOUND);
    static const char slow[] =
        "{\"id\":\"slow\",\"kind\":\"probe\",\"instance\":{\"sleep_s\":1000}}";
    ck_assert_int_eq(azumi_solve(asker, slow, stop_at_once, NULL, &text), AZUMI_STOPPED);
    azumi_free(text);
    ck_assert_int_eq(azumi_delete(asker, "slow"), AZUMI_REFUSED);
    azumi_options_default(&options, sizeof options);
    options.connect_s = 0;
    options.url = "nonsense";
    ck_assert_int_eq(azumi_open(&options, &nobody), AZUMI_BAD_ADDRESS);
    ck_assert_ptr_null(nobody);
    snprintf(url, sizeof url, "ipc://%s/nobody", service.directory);
    options.url = url;
    ck_assert_int_eq(azumi_open(&options, &nobody), AZUMI_OK);
    ck_assert_int_eq(azumi_health(nobody, &text), AZUMI_UNREACHABLE);
    ck_assert_int_eq(azumi_submit(nobody, slow, NULL), AZUMI_UNREACHABLE);
    azumi_close(nobody);
    for (int i = -1; i < 15; i++) ck_assert_uint_gt(strlen(azumi_words((enum azumi_status)i)), 0);
    for (int i = 0; i < AZUMI_FAILED; i++)
        ck_assert_str_ne(azumi_words((enum azumi_status)i), azumi_words(AZUMI_FAILED));
}
END_TEST

/* Without it a program without a JSON library could not tell a used name from a wrong instance. */
START_TEST(a_problem_has_a_code_and_words)
{
    char *text = NULL;
    static const char other[] = "{\"id\":\"one\",\"kind\":\"probe\",\"instance\":{\"target\":8}}";
    ck_assert_int_eq(azumi_submit(asker,
                                  "{\"id\":\"one\",\"kind\":\"probe\",\"instance\":{\"target\":7}}",
                                  NULL),
                     AZUMI_OK);
    ck_assert_str_eq(azumi_problem(asker), "");
    ck_assert_str_eq(azumi_detail(asker), "");
    ck_assert_int_eq(azumi_solve(asker, other, NULL, NULL, &text), AZUMI_REFUSED);
    azumi_free(text);
    ck_assert_str_eq(azumi_problem(asker), "id_conflict");
    ck_assert_int_eq(
        azumi_solve(asker, "{\"id\":\"x\",\"kind\":\"none\",\"instance\":{}}", NULL, NULL, &text),
        AZUMI_REFUSED);
    must_hold(text, "urn:azumi:problem:unknown_kind");
    ck_assert_str_eq(azumi_problem(asker), "unknown_kind");
    ck_assert_int_eq(azumi_submit(asker, "{\"id\":\"x\"}", NULL), AZUMI_REFUSED);
    ck_assert_msg(strstr(azumi_detail(asker), "kind: is required") != NULL, "%s",
                  azumi_detail(asker));
    ck_assert_int_eq(azumi_submit(asker, "{\"id\":\"x\",\"language\":\"ja\"}", NULL),
                     AZUMI_REFUSED);
    ck_assert_ptr_nonnull(strstr(azumi_detail(asker), "必須"));
    ck_assert_int_eq(azumi_health(asker, &text), AZUMI_OK);
    azumi_free(text);
    ck_assert_str_eq(azumi_problem(asker), "");
}
END_TEST

/* --- following ------------------------------------------------------------------------------ */

/* Cancels as soon as there is a plan, on the same client. */
static int enough(void *data, const char *event)
{
    if (strstr(event, "\"type\":\"plan\"") && !*(bool *)data) {
        ck_assert_int_eq(azumi_cancel(asker, "long", NULL), AZUMI_OK);
        *(bool *)data = true;
    }
    return 1;
}

/* Without it "good enough" could only be said from another process, or would lose the plan. */
START_TEST(a_job_is_cancelled_from_its_own_events)
{
    char *text = NULL;
    bool cancelled = false;
    static const char request[] = "{\"id\":\"long\",\"kind\":\"probe\",\"instance\":"
                                  "{\"target\":5,\"plans\":1,\"sleep_s\":10000}}";
    ck_assert_int_eq(azumi_solve(asker, request, enough, &cancelled, &text), AZUMI_OK);
    ck_assert(cancelled);
    ck_assert_ptr_nonnull(strstr(text, "\"state\":\"cancelled\""));
    must_hold(text, "\"value\":5");
}
END_TEST

static int stop_at_tick(void *data, const char *event)
{
    if (!event) ++*(int *)data;
    return event != NULL;
}

/* Without ticks a program that follows a silent solve could not leave it at its own time. */
START_TEST(a_silent_job_can_be_left)
{
    struct azumi_client *ticking = open_client(0.05);
    char *text = NULL;
    int ticks = 0;
    static const char request[] =
        "{\"id\":\"silent\",\"kind\":\"probe\",\"instance\":{\"plans\":0,\"sleep_s\":10000}}";
    ck_assert_int_eq(azumi_solve(ticking, request, stop_at_tick, &ticks, &text), AZUMI_STOPPED);
    ck_assert_int_eq(ticks, 1);
    ck_assert_ptr_null(text);
    azumi_close(ticking);
    ck_assert_int_eq(azumi_job(asker, "silent", &text), AZUMI_OK);
    ck_assert_ptr_null(strstr(text, "\"state\":\"cancelled\""));
    azumi_free(text);
}
END_TEST

/* --- programs as they are --------------------------------------------------------------------- */

static void *solve_some(void *data)
{
    char request[128], wanted[32], *text = NULL;
    int number = *(int *)data;
    struct azumi_client *own = open_client(0);
    for (int i = 0; i < 4; i++) {
        int value = 10 * number + i;
        snprintf(request, sizeof request,
                 "{\"id\":\"j%d\",\"kind\":\"probe\",\"instance\":{\"target\":%d}}", value, value);
        snprintf(wanted, sizeof wanted, "\"value\":%d,", value);
        ck_assert_int_eq(azumi_solve(own, request, NULL, NULL, &text), AZUMI_OK);
        must_hold(text, wanted);
    }
    azumi_close(own);
    return NULL;
}

/* Without it a program with a thread for each grid would get the plan of another grid. */
START_TEST(threads_with_clients_of_their_own_do_not_meet)
{
    pthread_t threads[6];
    int numbers[6];
    for (int i = 0; i < 6; i++) {
        numbers[i] = i + 1;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, solve_some, &numbers[i]), 0);
    }
    for (int i = 0; i < 6; i++) pthread_join(threads[i], NULL);
}
END_TEST

static atomic_int taken;

static void take_signal(int number)
{
    (void)number;
    atomic_store(&taken, gettid() == getpid() ? 1 : 2);
}

/* Without it a program's handlers would run in threads that it does not know of. */
START_TEST(signals_stay_with_the_program)
{
    sigset_t usr1, before;
    signal(SIGUSR1, take_signal);
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &usr1, &before);
    kill(getpid(), SIGUSR1);
    test_nap(0.05);
    ck_assert_int_eq(atomic_load(&taken), 0);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    ck_assert_int_eq(atomic_load(&taken), 1);
}
END_TEST

/* In a child: 0 when the parent's client is refused at once, and one of its own serves. */
static int try_in_child(void)
{
    struct azumi_client *another;
    char *text = NULL;
    if (azumi_health(asker, &text) != AZUMI_FAILED || text) return 1;
    if (azumi_result(asker, "one", &text) != AZUMI_FAILED) return 2;
    if (azumi_follow(asker, "one", NULL, NULL) != AZUMI_FAILED) return 3;
    azumi_close(asker);
    another = open_client(0);
    if (azumi_health(another, &text) != AZUMI_OK) return 4;
    azumi_free(text);
    azumi_close(another);
    return 0;
}

static void must_succeed_in_child(int (*act)(void))
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) _exit(act());
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
}

/* Without it a program that forks would hang for ever in the child, or lose its own connection. */
START_TEST(a_fork_neither_hangs_nor_harms)
{
    char *text = NULL;
    must_succeed_in_child(try_in_child);
    ck_assert_int_eq(azumi_health(asker, &text), AZUMI_OK);
    azumi_free(text);
}
END_TEST

/* Without it a service that is restarted would cost the program its life, or its job. */
START_TEST(a_restart_is_lived_through)
{
    char *text = NULL;
    static const char request[] =
        "{\"id\":\"one\",\"kind\":\"probe\",\"instance\":{\"target\":3,\"sleep_s\":0.3}}";
    ck_assert_int_eq(signal(SIGPIPE, SIG_DFL) == SIG_ERR, 0);
    ck_assert_int_eq(azumi_submit(asker, request, NULL), AZUMI_OK);
    for (int i = 0; i < 3; i++) {
        test_service_kill(&service, "gateway");
        ck_assert_int_eq(azumi_submit(asker, request, &text), AZUMI_OK);
        must_hold(text, "\"joined\":true");
    }
    test_service_kill(&service, "gateway");
    ck_assert_int_eq(azumi_solve(asker, request, NULL, NULL, &text), AZUMI_OK);
    must_hold(text, "\"value\":3");
}
END_TEST

/* Without it a program and a library of different ages would read each other's memory wrongly. */
START_TEST(options_of_other_versions_are_understood)
{
    struct {
        struct azumi_options options;
        char future[64];
    } newer;
    struct azumi_client *made;
    char *text = NULL;
    memset(&newer, 0x5a, sizeof newer);
    azumi_options_default(&newer.options, sizeof newer);
    for (size_t i = 0; i < sizeof newer.future; i++) ck_assert_int_eq(newer.future[i], 0);
    newer.options.url = service.url;
    ck_assert_int_eq(azumi_open(&newer.options, &made), AZUMI_OK);
    ck_assert_int_eq(azumi_health(made, &text), AZUMI_OK);
    azumi_free(text);
    azumi_close(made);
    /* A program that was compiled when there was no more than an address. */
    struct azumi_options older;
    size_t size = offsetof(struct azumi_options, token);
    memset(&older, 0x5a, sizeof older);
    azumi_options_default(&older, size);
    ck_assert_int_eq(((const char *)&older)[size], 0x5a);
    older.url = service.url;
    ck_assert_int_eq(azumi_open(&older, &made), AZUMI_OK);
    ck_assert_int_eq(azumi_health(made, &text), AZUMI_OK);
    azumi_free(text);
    azumi_close(made);
}
END_TEST

/* --- reading ---------------------------------------------------------------------------------- */

/* Without it a set point could be read from the wrong place, or a missing one as 0. */
START_TEST(values_are_read_where_they_stand)
{
    static const char text[] =
        "{\"a\":{\"b/c\":[1,2.5,{\"d~e\":\"text\"}],\"x\":true,\"n\":null,\"0\":7},\"z\":-3}";
    static const char *const nowhere[] = { "/a/b~1c/3",  "/a/b~1c/-1", "/a/b~1c/",  "/a/b~1c/1 ",
                                           "/a/b~1c/2",  "/a/n",       "a",         "/a/b/c/0",
                                           "/a/b~1c/0x", "",           "/z/0",      "/q",
                                           "/",          "/a//x",      "/a/b~1c/0/" };
    struct azumi_document *document, *none;
    double value = 99;
    ck_assert_int_eq(azumi_read(text, &document), AZUMI_OK);
    for (size_t i = 0; i < sizeof nowhere / sizeof nowhere[0]; i++) {
        ck_assert_msg(azumi_number(document, nowhere[i], &value) == AZUMI_NOT_FOUND, "%s",
                      nowhere[i]);
        ck_assert_double_eq(value, 99);
    }
    ck_assert_int_eq(azumi_number(document, "/a/b~1c/1", &value), AZUMI_OK);
    ck_assert_double_eq(value, 2.5);
    ck_assert_int_eq(azumi_number(document, "/a/x", &value), AZUMI_OK);
    ck_assert_double_eq(value, 1);
    ck_assert_int_eq(azumi_number(document, "/a/0", &value), AZUMI_OK);
    ck_assert_double_eq(value, 7);
    ck_assert_str_eq(azumi_text(document, "/a/b~1c/2/d~0e"), "text");
    ck_assert_ptr_null(azumi_text(document, "/z"));
    ck_assert_uint_eq(azumi_count(document, "/a/b~1c"), 3);
    ck_assert_uint_eq(azumi_count(document, "/a"), 4);
    ck_assert_uint_eq(azumi_count(document, ""), 2);
    ck_assert_uint_eq(azumi_count(document, "/z"), 0);
    ck_assert_str_eq(azumi_member(document, "/a", 0), "b/c");
    ck_assert_str_eq(azumi_member(document, "/a", 3), "0");
    ck_assert_ptr_null(azumi_member(document, "/a", 4));
    ck_assert_ptr_null(azumi_member(document, "/a/b~1c", 0));
    char *part = NULL;
    ck_assert_int_eq(azumi_json(document, "/a/b~1c", &part), AZUMI_OK);
    ck_assert_str_eq(part, "[1,2.5,{\"d~e\":\"text\"}]");
    azumi_free(part);
    ck_assert_int_eq(azumi_json(document, "/z", &part), AZUMI_NOT_FOUND);
    ck_assert_ptr_null(part);
    azumi_document_free(document);
    azumi_document_free(NULL);
    ck_assert_int_eq(azumi_read("[1]", &none), AZUMI_BAD_REQUEST);
    ck_assert_ptr_null(none);
    ck_assert_int_eq(azumi_read(NULL, &none), AZUMI_BAD_REQUEST);
    ck_assert_uint_eq(azumi_count(NULL, ""), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("library");
    TCase *tests = tcase_create("texts");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, open_asker, close_asker);
    tcase_add_test(tests, a_plan_comes_as_text);
    tcase_add_test(tests, every_operation_has_its_function);
    tcase_add_test(tests, nanomsg_itself_can_ask);
    tcase_add_test(tests, a_large_request_arrives_whole);
    tcase_add_test(tests, every_failure_has_its_status);
    tcase_add_test(tests, a_problem_has_a_code_and_words);
    tcase_add_test(tests, a_job_is_cancelled_from_its_own_events);
    tcase_add_test(tests, a_silent_job_can_be_left);
    tcase_add_test(tests, threads_with_clients_of_their_own_do_not_meet);
    tcase_add_test(tests, signals_stay_with_the_program);
    tcase_add_test(tests, a_fork_neither_hangs_nor_harms);
    tcase_add_test(tests, a_restart_is_lived_through);
    tcase_add_test(tests, options_of_other_versions_are_understood);
    suite_add_tcase(suite, tests);
    TCase *reading = tcase_create("reading");
    tcase_add_test(reading, values_are_read_where_they_stand);
    suite_add_tcase(suite, reading);
    return test_suite_run(suite);
}
