/* test_library_hostile.c - libazumi-client in front of services that are none: silent, of another
 * version, with pages that move, or hostile. Each is a script in a thread of the test. */
#include <nanomsg/nn.h>
#include <nanomsg/reqrep.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapters/service/azumi_client.h"
#include "tests/support/service.h"
#include "tests/support/suite.h"

static char folder[64], url[96];
static struct azumi_client *asker;

static void open_asker(double reply_s, double patience_s)
{
    struct azumi_options options;
    azumi_options_default(&options, sizeof options);
    options.url = url;
    options.connect_s = TEST_PATIENCE;
    options.reply_s = reply_s;
    options.patience_s = patience_s;
    ck_assert_int_eq(azumi_open(&options, &asker), AZUMI_OK);
}

static void make_folder(void)
{
    strcpy(folder, "/tmp/azumi-hostile-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(url, sizeof url, "ipc://%s/s", folder);
    asker = NULL;
}

static void remove_folder(void)
{
    azumi_close(asker);
    unlink(url + strlen("ipc://"));
    rmdir(folder);
}

/* --- a service that answers by a script ------------------------------------------------------- */

struct script {
    const char *const *replies; /* NULL: none to this request; the last one is repeated */
    size_t count;
    char first[512], second[512]; /* the first two requests */
    atomic_size_t asked;
    atomic_bool over;
    int socket;
    pthread_t thread;
};

static void *play(void *data)
{
    struct script *script = data;
    while (!atomic_load(&script->over)) {
        char *text = NULL;
        int got = nn_recv(script->socket, &text, NN_MSG, 0);
        if (got < 0) continue;
        size_t i = atomic_fetch_add(&script->asked, 1);
        if (i < 2)
            snprintf(i ? script->second : script->first, sizeof script->first, "%.*s", got, text);
        nn_freemsg(text);
        const char *reply = script->replies[i < script->count ? i : script->count - 1];
        if (reply) nn_send(script->socket, reply, strlen(reply), 0);
    }
    return NULL;
}

static void start_script(struct script *script, const char *const replies[], size_t count)
{
    int timeout = 20;
    *script = (struct script){ .replies = replies, .count = count };
    script->socket = nn_socket(AF_SP, NN_REP);
    ck_assert_int_ge(nn_bind(script->socket, url), 0);
    nn_setsockopt(script->socket, NN_SOL_SOCKET, NN_RCVTIMEO, &timeout, sizeof timeout);
    ck_assert_int_eq(pthread_create(&script->thread, NULL, play, script), 0);
}

static void end_script(struct script *script)
{
    atomic_store(&script->over, true);
    pthread_join(script->thread, NULL);
    nn_close(script->socket);
}
#define START(script, ...)                                 \
    static const char *const replies_[] = { __VA_ARGS__ }; \
    start_script(&(script), replies_, sizeof replies_ / sizeof replies_[0])

#define GOOD "{\"azumi\":1,\"ok\":true"

/* Without it a reply that is lost would cost a plan, or have it made twice. */
START_TEST(a_lost_reply_is_asked_for_again)
{
    struct script script;
    START(script, NULL, GOOD ",\"id\":\"one\",\"state\":\"queued\",\"joined\":true}");
    open_asker(0.2, TEST_PATIENCE);
    char *text = NULL;
    ck_assert_int_eq(azumi_submit(asker, "{\"id\":\"one\",\"kind\":\"k\",\"instance\":{}}", &text),
                     AZUMI_OK);
    ck_assert_ptr_nonnull(strstr(text, "\"joined\":true"));
    azumi_free(text);
    ck_assert_uint_gt(strlen(script.first), 0);
    ck_assert_str_eq(script.first, script.second);
    end_script(&script);
}
END_TEST

/* Without it a dead service would hold the control loop for ever. */
START_TEST(a_silent_service_is_given_up)
{
    struct script script;
    START(script, NULL);
    open_asker(0.05, 0.2);
    char *text = NULL;
    ck_assert_int_eq(azumi_health(asker, &text), AZUMI_SILENT);
    ck_assert_int_eq(azumi_submit(asker, "{\"id\":\"one\"}", &text), AZUMI_SILENT);
    ck_assert_int_eq(azumi_follow(asker, "one", NULL, NULL), AZUMI_SILENT);
    ck_assert_int_eq(azumi_result(asker, "one", &text), AZUMI_SILENT);
    ck_assert_ptr_null(text);
    /* However long the request itself asks to wait: this is bounded, and no number overflows. */
    ck_assert_int_eq(azumi_call(asker, "{\"op\":\"events\",\"wait_s\":-1e300}", &text),
                     AZUMI_SILENT);
    end_script(&script);
}
END_TEST

/* Without it a new program at an old service would ask for a minute, and be told nothing. */
START_TEST(another_protocol_is_told_at_once)
{
    struct script script;
    START(script, "{\"azumi\":2,\"fine\":true}",
          "{\"azumi\":1,\"ok\":false,\"problem\":{\"type\":"
          "\"urn:azumi:problem:unsupported_protocol\",\"title\":\"t\"}}");
    open_asker(TEST_PATIENCE, TEST_PATIENCE);
    char *text = NULL;
    ck_assert_int_eq(azumi_submit(asker, "{\"id\":\"one\"}", &text), AZUMI_PROTOCOL_MISMATCH);
    ck_assert_ptr_null(text);
    ck_assert_int_eq(azumi_submit(asker, "{\"id\":\"one\"}", &text), AZUMI_PROTOCOL_MISMATCH);
    ck_assert_ptr_nonnull(text);
    azumi_free(text);
    ck_assert_str_eq(azumi_problem(asker), "unsupported_protocol");
    ck_assert_uint_eq(atomic_load(&script.asked), 2);
    end_script(&script);
}
END_TEST

/* Without it a program would give up, or go on for ever, when the service has no room. */
START_TEST(a_busy_service_is_asked_until_patience_ends)
{
    struct script script;
    START(script,
          "{\"azumi\":1,\"ok\":false,\"problem\":{\"type\":\"urn:azumi:problem:store_full\"}}",
          "{\"azumi\":1,\"ok\":false,\"problem\":{\"type\":\"urn:azumi:problem:busy\"}}", GOOD "}",
          "{\"azumi\":1,\"ok\":false,\"problem\":{\"type\":\"urn:azumi:problem:stopping\","
          "\"title\":\"T\",\"detail\":\"d\"}}");
    open_asker(TEST_PATIENCE, TEST_PATIENCE);
    ck_assert_int_eq(azumi_submit(asker, "{\"id\":\"one\"}", NULL), AZUMI_OK);
    azumi_close(asker);
    open_asker(TEST_PATIENCE, 0.2);
    ck_assert_int_eq(azumi_submit(asker, "{\"id\":\"one\"}", NULL), AZUMI_BUSY);
    ck_assert_str_eq(azumi_problem(asker), "stopping");
    ck_assert_str_eq(azumi_detail(asker), "T: d");
    end_script(&script);
}
END_TEST

#define PAGE_AT(offset, revision, total, text)                                       \
    GOOD ",\"state\":\"running\",\"revision\":" #revision ",\"total_bytes\":" #total \
         ",\"offset\":" #offset ",\"text\":\"" text "\"}"
#define PAGE(revision, total, text) PAGE_AT(0, revision, total, text)

/* Without it a plan that is replaced while it is read would be put together from two. */
START_TEST(pages_of_a_moving_result_are_never_mixed)
{
    struct script script;
    START(script, PAGE(1, 7, "{\\\"a\\\""), PAGE_AT(4, 2, 8, ":12}"), PAGE(2, 8, "{\\\"a\\\""),
          PAGE_AT(4, 2, 8, ":12}"));
    open_asker(TEST_PATIENCE, TEST_PATIENCE);
    char *text = NULL;
    ck_assert_int_eq(azumi_result(asker, "one", &text), AZUMI_OK);
    ck_assert_str_eq(text, "{\"a\":12}");
    azumi_free(text);
    ck_assert_uint_eq(atomic_load(&script.asked), 4);
    end_script(&script);
}
END_TEST

/* Without it a service that lies about sizes would take the program's memory, or its time. */
START_TEST(pages_that_lie_end)
{
    static const char *const lies[][1] = {
        { PAGE(1, 0, "{}") },
        { PAGE(1, -5, "{}") },
        { PAGE(1, 9000000000000000000, "{}") },
        { PAGE(1, 2, "{}{}{}") },
        { PAGE(1, 5, "") },
        { PAGE(1, 4, "{}") },
        { PAGE_AT(2, 1, 4, "{}") },
        { PAGE_AT(-1, 1, 4, "{}") },
        { GOOD ",\"total_bytes\":5,\"text\":7}" },
        { GOOD "}" },
    };
    char *text = NULL;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct script script;
        start_script(&script, lies[i], 1);
        open_asker(TEST_PATIENCE, 0);
        ck_assert_int_ne(azumi_result(asker, "one", &text), AZUMI_OK);
        ck_assert_ptr_null(text);
        azumi_close(asker);
        asker = NULL;
        end_script(&script);
    }
}
END_TEST

/* Without it a reply that makes no sense would be taken for an answer. */
START_TEST(nonsense_is_no_reply)
{
    struct script script;
    START(script, "", "{", "[]", "{}", "7", "{\"azumi\":1}", "{\"azumi\":1,\"ok\":\"yes\"}",
          "{\"azumi\":\"1\",\"ok\":true}", "{\"ok\":true}", "\xff\xfe",
          "{\"azumi\":1,\"ok\":true,\"ok\":true}");
    char *text = NULL;
    open_asker(TEST_PATIENCE, 0);
    for (size_t i = 0; i < script.count; i++) {
        ck_assert_int_eq(azumi_health(asker, &text), AZUMI_FAILED);
        ck_assert_ptr_null(text);
    }
    end_script(&script);
}
END_TEST

/* Without it a hostile service could lead the program around for ever. */
static int ten_events(void *data, const char *event)
{
    (void)event;
    return ++*(int *)data < 10;
}
START_TEST(events_without_end_can_be_left)
{
    struct script script;
    START(script, GOOD ",\"state\":\"a very long state that no job can have\",\"cursor\":-1,"
                       "\"events\":[{\"type\":7},null,[]]}");
    int events = 0;
    open_asker(TEST_PATIENCE, 0);
    ck_assert_int_eq(azumi_follow(asker, "one", ten_events, &events), AZUMI_STOPPED);
    ck_assert_int_eq(events, 10);
    end_script(&script);
}
END_TEST

/* --- a peer that does not even speak nanomsg -------------------------------------------------- */

struct peer {
    int listener;
    const char *bytes;
    size_t length;
    atomic_bool over;
    pthread_t thread;
};

static void *send_bytes(void *data)
{
    struct peer *peer = data;
    while (!atomic_load(&peer->over)) {
        int fd = accept(peer->listener, NULL, NULL);
        if (fd < 0) break;
        send(fd, peer->bytes, peer->length, MSG_NOSIGNAL);
        test_nap(0.02);
        close(fd);
    }
    return NULL;
}

#define HEADER "\0SP\0\0\x31\0\0" /* of a REP socket */
#define FRAME(length) "\1\0\0\0\0\0\0\0" length

/* Without it whoever takes the service's place could end the program that asks. */
START_TEST(no_bytes_end_the_program)
{
    static const struct {
        const char *bytes;
        size_t length;
    } peers[] = {
#define BYTES(text) { text, sizeof(text) - 1 }
        BYTES(""),
        BYTES("GET / HTTP/1.0\r\n\r\n"),
        BYTES("\0SP\0\0\x10\0\0"),
        BYTES(HEADER),
        BYTES(HEADER FRAME("\0")),
        BYTES(HEADER FRAME("\1") "x"),
        BYTES(HEADER FRAME("\3") "xyz"),
        BYTES(HEADER FRAME("\4") "\x80\0\0\0"),
        BYTES(HEADER FRAME("\10") "\0\0\0\0\0\0\0\0"),
        BYTES(HEADER "\2\0\0\0\0\0\0\0\4xxxx"),
        BYTES(HEADER "\1\x7f\xff\xff\xff\xff\xff\xff\xffxxxx"),
        BYTES(HEADER "\1\xff\xff\xff\xff\xff\xff\xff\xffxxxx"),
        BYTES(HEADER "\1\0\0\0\0\x7f\xff\xff\xffxxxx"),
#undef BYTES
    };
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        struct peer peer = { .bytes = peers[i].bytes, .length = peers[i].length };
        char *text = NULL;
        strcpy(address.sun_path, url + strlen("ipc://"));
        unlink(address.sun_path);
        peer.listener = socket(AF_UNIX, SOCK_STREAM, 0);
        ck_assert_int_eq(bind(peer.listener, (struct sockaddr *)&address, sizeof address), 0);
        ck_assert_int_eq(listen(peer.listener, 8), 0);
        ck_assert_int_eq(pthread_create(&peer.thread, NULL, send_bytes, &peer), 0);
        struct azumi_options options;
        azumi_options_default(&options, sizeof options);
        options.url = url;
        options.connect_s = options.reply_s = 0.15;
        ck_assert_int_eq(azumi_open(&options, &asker), AZUMI_OK);
        ck_assert_int_ne(azumi_health(asker, &text), AZUMI_OK);
        ck_assert_ptr_null(text);
        azumi_close(asker);
        asker = NULL;
        atomic_store(&peer.over, true);
        shutdown(peer.listener, SHUT_RDWR);
        pthread_join(peer.thread, NULL);
        close(peer.listener);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("library_hostile");
    TCase *tests = tcase_create("services");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_test(tests, a_lost_reply_is_asked_for_again);
    tcase_add_test(tests, a_silent_service_is_given_up);
    tcase_add_test(tests, another_protocol_is_told_at_once);
    tcase_add_test(tests, a_busy_service_is_asked_until_patience_ends);
    tcase_add_test(tests, pages_of_a_moving_result_are_never_mixed);
    tcase_add_test(tests, pages_that_lie_end);
    tcase_add_test(tests, nonsense_is_no_reply);
    tcase_add_test(tests, events_without_end_can_be_left);
    tcase_add_test(tests, no_bytes_end_the_program);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
