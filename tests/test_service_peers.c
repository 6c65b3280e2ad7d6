/* test_service_peers.c - what strangers at the sockets may send: noise, lies about lengths, half
 * messages, envelopes that were damaged, and as many connections as they like. The service goes on
 * answering, its gateway stays the same process, and no larger.
 *
 * Nothing here asserts how long something takes. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "solver/base/context.h"
#include "tests/support/service.h"
#include "tests/support/suite.h"

static struct test_service service;
static struct az_client *client;
static struct az_random dice;

static void begin(const char *transport)
{
    az_random_seed(&dice, 20261122);
    test_service_make(&service, transport);
    test_service_start(&service, NULL, true);
    client = test_client(&service);
}

static void tear_down(void)
{
    az_client_close(client);
    client = NULL;
    test_service_remove(&service);
}

static void assert_answers(void)
{
    json_t *reply = NULL;
    ck_assert_int_eq(az_client_call(client, "health", NULL, &reply), AZ_OK);
    ck_assert(json_is_true(json_object_get(reply, "ok")));
    json_decref(reply);
}

/* A whole job, from its submission to its plan. */
static void assert_solves(const char *id)
{
    json_t *result = NULL, *problem = NULL;
    json_t *request =
        json_pack("{s:s, s:s, s:{s:i}}", "id", id, "kind", "probe", "instance", "plans", 1);
    ck_assert_int_eq(az_client_solve(client, request, NULL, NULL, &result, &problem), AZ_OK);
    ck_assert(json_is_object(json_object_get(result, "plan")));
    json_decref(result);
    json_decref(request);
}

static bool is_ipc(void)
{
    return strncmp(service.url, "ipc://", 6) == 0;
}

/* -1 where the service takes no connection at the moment. */
static int connect_within(double seconds)
{
    struct sockaddr_un path = { .sun_family = AF_UNIX };
    struct sockaddr_in port = { .sin_family = AF_INET };
    struct sockaddr *address = is_ipc() ? (struct sockaddr *)&path : (struct sockaddr *)&port;
    socklen_t size = is_ipc() ? sizeof path : sizeof port;
    snprintf(path.sun_path, sizeof path.sun_path, "%.100s", service.url + 6);
    port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!is_ipc()) port.sin_port = htons((uint16_t)atoi(strrchr(service.url, ':') + 1));
    for (double end = test_now() + seconds; test_now() < end; test_nap(0.002)) {
        int fd = socket(address->sa_family, SOCK_STREAM, 0);
        ck_assert_int_ge(fd, 0);
        if (fcntl(fd, F_SETFL, is_ipc() ? O_NONBLOCK : 0) == 0 && connect(fd, address, size) == 0) {
            fcntl(fd, F_SETFL, 0);
            return fd;
        }
        close(fd);
        if (errno != EAGAIN) return -1;
    }
    return -1;
}

static int connect_raw(void)
{
    return connect_within(TEST_PATIENCE);
}

static const unsigned char handshake[8] = { 0, 'S', 'P', 0, 0, 0x30, 0, 0 }; /* REQ */

/* --- known attacks ------------------------------------------------------------------------------
 */

/* One frame: length, then bytes; ipc frames begin with a type byte of 1. */
static void send_frame(int fd, uint64_t claimed, const void *data, size_t length)
{
    unsigned char header[9] = { 1 };
    size_t at = is_ipc() ? 1 : 0;
    for (int i = 0; i < 8; i++) header[at + (size_t)i] = (unsigned char)(claimed >> (56 - 8 * i));
    if (send(fd, header, at + 8, MSG_NOSIGNAL) < 0) return;
    if (length > 0 && send(fd, data, length, MSG_NOSIGNAL) < 0) return;
}

static void attack(int kind)
{
    static char noise[70000];
    int fd = connect_raw();
    for (size_t i = 0; i < sizeof noise; i++) noise[i] = (char)rand();
    if (kind > 0) send(fd, handshake, kind == 1 ? 5 : 8, MSG_NOSIGNAL);
    switch (kind) {
    case 0: /* no handshake at all */
        send(fd, noise, sizeof noise, MSG_NOSIGNAL);
        break;
    case 1: /* half a handshake, and silence */
        break;
    case 2: /* a forged length of 2 GiB, one of 2^63, and one above the limit */
        send_frame(fd, UINT64_C(2) << 30, noise, 1000);
        break;
    case 3:
        send_frame(fd, UINT64_C(1) << 63, noise, 1000);
        break;
    case 4:
        send_frame(fd, 70 * 1024 * 1024, noise, sizeof noise);
        break;
    case 5: /* frames without, or with half of, a request header */
        send_frame(fd, 0, noise, 0);
        send_frame(fd, 3, noise, 3);
        send_frame(fd, 4, "\0\0\0\1", 4);
        break;
    case 6: /* a header, then noise */
        for (int i = 0; i < 4; i++) noise[i] = (char)(i == 0 ? 0x80 : i == 3);
        send_frame(fd, sizeof noise, noise, sizeof noise);
        break;
    case 7: /* half a message, then gone */
        send_frame(fd, 5000, "\x80\0\0\1{\"azumi\":1", 15);
        break;
    case 8: /* over ipc: a frame of a type that there is not */
        send(fd, "\2\0\0\0\0\0\0\0\5hello", 14, MSG_NOSIGNAL);
        break;
    default: { /* asks a lot and never reads */
        static const char ask[] = "\x80\0\0\1{\"azumi\":1,\"op\":\"capabilities\"}";
        struct timeval brief = { 0, 200000 };
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &brief, sizeof brief);
        for (int i = 0; i < 2000; i++) send_frame(fd, sizeof ask - 1, ask, sizeof ask - 1);
        break;
    }
    }
    test_nap(0.02);
    close(fd);
}

/* Without it one hostile or broken peer would end the service for everybody. */
START_TEST(hostile_peers_leave_the_service_answering)
{
    static const char *const transports[] = { "ipc", "tcp" };
    begin(transports[_i]);
    pid_t gateway = test_service_process(&service, "gateway");
    for (int round = 0; round < 2; round++)
        for (int kind = 0; kind <= 9; kind++) {
            attack(kind);
            assert_answers();
        }
    assert_solves("one");
    ck_assert_int_eq(test_service_process(&service, "gateway"), gateway);
}
END_TEST

/* --- vandals ------------------------------------------------------------------------------------
 */

#define HELD 64 /* connections that stay open while others come */

static size_t below(size_t count)
{
    return (size_t)az_random_below(&dice, (uint32_t)count);
}

/* Sends without ever waiting: who does not read is left alone. */
static void push(int fd, const void *bytes, size_t length)
{
    const char *at = bytes;
    while (length > 0) {
        size_t piece = below(4) == 0 ? 1 + below(length) : length;
        ssize_t sent = send(fd, at, piece, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0) return;
        at += sent;
        length -= (size_t)sent;
    }
}

/* An envelope, more or less. */
static size_t damaged(char *text, size_t room)
{
    static const char *const good[] = {
        "{\"azumi\":1,\"op\":\"health\"}",
        "{\"azumi\":1,\"op\":\"list\",\"limit\":3}",
        "{\"azumi\":1,\"op\":\"submit\",\"id\":\"v-%zu\",\"kind\":\"probe\",\"instance\":{}}",
        "{\"azumi\":1,\"op\":\"validate\",\"kind\":\"microgrid\",\"instance\":{\"slots\":%zu}}",
        "{\"azumi\":1,\"op\":\"check\",\"kind\":\"evbus\",\"instance\":{},\"plan\":{\"a\":[%zu]}}",
        "{\"azumi\":1,\"op\":\"result\",\"id\":\"v-%zu\",\"offset\":2}",
        "{\"azumi\":1,\"op\":\"events\",\"after\":%zu,\"wait_s\":1}",
        "{\"azumi\":1,\"op\":\"cancel\",\"id\":\"v-%zu\"}",
    };
    size_t length =
        (size_t)snprintf(text, room, good[below(sizeof good / sizeof *good)], below(20));
    size_t marks = below(3) == 0 ? 0 : below(6);
    for (size_t i = 0; i < marks; i++) text[below(length)] = (char)below(256);
    if (below(6) == 0) length = below(length + 1);
    if (below(6) == 0) { /* very deep, or very long */
        char mark = "[{\"a1"[below(5)];
        size_t more = below(room - length);
        memset(text + length, mark, more);
        length += more;
    }
    return length;
}

/* A frame with some hops before its last number, and perhaps another length than it has. */
static void push_frame(int fd)
{
    static char bytes[40000];
    size_t at = 0, hops = below(8) == 0 ? below(2000) : below(3), claimed;
    for (size_t i = 0; i < 4 * hops; i++)
        bytes[at++] = (char)(i % 4 == 0 ? below(128) : below(256));
    if (below(20) > 0) {
        bytes[at++] = (char)0x80;
        for (int i = 0; i < 3; i++) bytes[at++] = (char)(i == 2);
    }
    at += damaged(bytes + at, sizeof bytes - at - 1);
    claimed = at;
    if (below(12) == 0) claimed = below(2) ? below(2 * at + 1) : (size_t)1 << below(64);
    unsigned char header[9] = { (unsigned char)(below(40) == 0 ? below(256) : 1) };
    for (size_t i = 0; i < 8; i++) header[8 - i] = (unsigned char)((uint64_t)claimed >> (8 * i));
    push(fd, header + (is_ipc() ? 0 : 1), is_ipc() ? 9 : 8);
    push(fd, bytes, at);
}

/* One peer; the place where its connection stays open for a while. */
static void vandal(int *held)
{
    unsigned char hello[8];
    char reply[4096];
    memcpy(hello, handshake, 8);
    if (*held >= 0) close(*held);
    *held = connect_raw();
    if (*held < 0) return;
    if (below(10) == 0) hello[below(8)] = (unsigned char)below(256);
    push(*held, hello, below(15) == 0 ? below(8) : 8);
    for (size_t frames = below(12); frames > 0; frames--) push_frame(*held);
    if (below(3) == 0)
        while (recv(*held, reply, sizeof reply, MSG_DONTWAIT) > 0) continue;
    if (below(4) == 0) shutdown(*held, below(2) ? SHUT_WR : SHUT_RD);
    if (below(2) == 0) {
        close(*held);
        *held = -1;
    }
}

/* Resident memory in MiB. */
static double memory_of(pid_t pid)
{
    char path[64];
    long total = 0, resident = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%ld %ld", &total, &resident), 2);
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

static void rage(size_t peers)
{
    int held[HELD];
    for (size_t i = 0; i < HELD; i++) held[i] = -1;
    for (size_t i = 0; i < peers; i++) {
        vandal(&held[below(HELD)]);
        if (i % 50 == 49) assert_answers();
    }
    for (size_t i = 0; i < HELD; i++)
        if (held[i] >= 0) close(held[i]);
    assert_answers();
}

/* Bytes of all kinds, valid envelopes among them: without it something that nobody thought of would
 * end the gateway, or be kept in its memory for good. */
START_TEST(vandals_leave_the_service_answering_and_no_larger)
{
    static const char *const transports[] = { "ipc", "tcp" };
    begin(transports[_i]);
    pid_t gateway = test_service_process(&service, "gateway");
    rage(200);
    double before = memory_of(gateway);
    rage(600);
    double after = memory_of(gateway);
    assert_solves("one");
    ck_assert_int_eq(test_service_process(&service, "gateway"), gateway);
#ifndef __SANITIZE_ADDRESS__ /* which keeps what was freed */
    ck_assert_msg(after < before + 32, "%.1f MiB, then %.1f MiB", before, after);
#else
    (void)before, (void)after;
#endif
}
END_TEST

/* Connections that say no more than a greeting, at most so many; adds to those there are. */
static size_t hold(int held[], size_t count, size_t most, double patience)
{
    while (count < most && (held[count] = connect_within(patience)) >= 0)
        push(held[count++], handshake, sizeof handshake);
    return count;
}

/* Without it whoever opens connections and says nothing would shut everybody out at a shell's usual
 * limit of descriptors; and the service for good, were it lost without any for a while. */
START_TEST(silent_connections_shut_out_nobody_for_good)
{
    static int held[400];
    struct rlimit usual, few, none = { 200, 200 };
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    few = (struct rlimit){ 100, usual.rlim_max };
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    begin("ipc");
    few.rlim_cur = usual.rlim_max < 1024 ? usual.rlim_max : 1024;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    pid_t gateway = test_service_process(&service, "gateway");
    size_t count = hold(held, 0, 150, TEST_PATIENCE);
    ck_assert_uint_eq(count, 150);
    struct az_client *another = test_client(&service);
    az_client_close(another);
    assert_answers();
    ck_assert_int_eq(prlimit(gateway, RLIMIT_NOFILE, &none, NULL), 0);
    count = hold(held, count, 250, 0.3); /* more than it can take */
    assert_answers();
    for (size_t i = 0; i < count; i++) close(held[i]);
    another = test_client(&service);
    az_client_close(another);
    assert_solves("one");
    ck_assert_int_eq(test_service_process(&service, "gateway"), gateway);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service peers");
    TCase *tests = tcase_create("peers");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_loop_test(tests, hostile_peers_leave_the_service_answering, 0, 2);
    tcase_add_loop_test(tests, vandals_leave_the_service_answering_and_no_larger, 0, 2);
    tcase_add_test(tests, silent_connections_shut_out_nobody_for_good);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
