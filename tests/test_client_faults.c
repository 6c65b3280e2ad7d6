/* test_client_faults.c - a solve by the client while something goes wrong at any of its messages:
 * a request or a reply is lost, a request comes twice, the service begins anew, or its store goes
 * back to a backup. The service is the real one's handlers over a real store, in a thread that also
 * does the runner's part, a step for every look at the events.
 *
 * Some cases are tried, drawn from SEED; ALL=1 tries every one. */
#include <nanomsg/nn.h>
#include <nanomsg/reqrep.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "adapters/service/client.h"
#include "tests/support/gated.h"
#include "tests/support/service.h"
#include "tests/support/suite.h"

/* Nobody here loses power. */
int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

int fsync(int fd)
{
    (void)fd;
    return 0;
}

#define TEXT 9000
#define LEASE_MS 600000

/* X(name): what goes wrong. */
/* clang-format off */
#define FAULTS(X)      \
    X(LOSE_REQUEST)    \
    X(LOSE_REPLY)      \
    X(TWICE)           \
    X(RESTART)         \
    X(RESTORE_EMPTY)   \
    X(RESTORE_QUEUED)  \
    X(RESTORE_RUNNING)
/* clang-format on */
enum fault {
#define FAULT(name) name,
    FAULTS(FAULT)
#undef FAULT
        FAULT_COUNT
};
static const char *const fault_names[] = {
#define FAULT(name) #name,
    FAULTS(FAULT)
#undef FAULT
};

/* --- the service ------------------------------------------------------------------------------ */

static struct {
    enum fault fault;
    int at, asked, run; /* which message, so many came, so often a job was run */
    bool is_met, has_claim, has_backup[FAULT_COUNT];
    struct az_claim claim;
    struct az_arena *arena;
    int socket;
    char url[96];
    atomic_bool over;
    pthread_t thread;
} server;

static void path_of(char place[96], const char *name)
{
    snprintf(place, 96, "%s/%s", directory, name);
}

static void back_up(enum fault for_fault)
{
    char file[96];
    if (server.has_backup[for_fault]) return;
    path_of(file, fault_names[for_fault]);
    ck_assert_int_eq(az_store_backup(store, file), AZ_OK);
    server.has_backup[for_fault] = true;
}

static void open_service(void)
{
    char path[96], why[200] = "";
    int timeout = 10;
    path_of(path, "jobs.db");
    ck_assert_msg(az_store_open(path, true, NULL, &store, why, sizeof why) == AZ_OK, "%s", why);
    gate.store = store;
    server.socket = nn_socket(AF_SP, NN_REP);
    ck_assert_int_ge(nn_bind(server.socket, server.url), 0);
    nn_setsockopt(server.socket, NN_SOL_SOCKET, NN_RCVTIMEO, &timeout, sizeof timeout);
}

static void close_service(void)
{
    az_access_end(&gate.access);
    az_store_close(store);
    nn_close(server.socket);
}

/* As after a kill: with the same store, or with what a backup has of it. */
static void begin_anew(void)
{
    size_t count;
    char path[96], file[96], why[200] = "";
    close_service();
    server.has_claim = false;
    if (server.fault != RESTART && server.has_backup[server.fault]) {
        path_of(path, "jobs.db");
        path_of(file, fault_names[server.fault]);
        enum az_status status = az_store_restore(file, path, why, sizeof why);
        ck_assert_msg(status == AZ_OK, "%s", why);
    }
    open_service();
    ck_assert_int_eq(az_store_recover(store, NULL, &count), AZ_OK);
}

/* The runner's next step: takes a job, or ends the one that it has with a long plan whose every
 * letter tells which run made it. */
static void run_a_step(void)
{
    static char plan[TEXT + 100];
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = plan, .certificate = "{}" },
                                .certificate_status = "optimal" };
    if (!server.has_claim) {
        server.has_claim = az_store_claim(store, "runner", &az_room_any, LEASE_MS, server.arena,
                                          &server.claim) == AZ_OK;
        if (server.has_claim) back_up(RESTORE_RUNNING);
        return;
    }
    int length = snprintf(plan, sizeof plan, "{\"text\":\"");
    memset(plan + length, 'a' + server.run++ % 26, TEXT);
    strcpy(plan + length + TEXT, "\"}");
    ck_assert_int_eq(az_store_finish(store, &server.claim, &finish), AZ_OK);
    server.has_claim = false;
}

/* Does what a request asks for. reply: [*], to be freed. */
static void process(const char *text, size_t length, char **reply)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    size_t size;
    free(*reply);
    az_call_answer(&gate, arena, text, length, &call);
    if (call.outcome == AZ_TO_COMMIT) {
        ck_assert_int_eq(az_store_submit(store, &call.submission, 1), AZ_OK);
        az_call_committed(&call);
        back_up(RESTORE_QUEUED);
    } else if (call.outcome == AZ_TO_WAIT) {
        az_call_again(&call, true);
    }
    *reply = az_call_text(&call, &size);
    az_call_end(&call);
    az_arena_free(arena);
    if (memmem(text, length, "\"events\"", 8)) run_a_step();
}

static void serve_one(const char *text, size_t length)
{
    char *reply = NULL;
    bool is_bad = ++server.asked == server.at;
    server.is_met = server.is_met || is_bad;
    if (is_bad && server.fault >= RESTART) {
        begin_anew();
        return;
    }
    if (is_bad && server.fault == LOSE_REQUEST) return;
    process(text, length, &reply);
    if (is_bad && server.fault == TWICE) process(text, length, &reply);
    if (!is_bad || server.fault != LOSE_REPLY) nn_send(server.socket, reply, strlen(reply), 0);
    free(reply);
}

static void *serve(void *data)
{
    while (!atomic_load(&server.over)) {
        char *text = NULL;
        int got = nn_recv(server.socket, &text, NN_MSG, 0);
        if (got < 0) continue;
        serve_one(text, (size_t)got);
        nn_freemsg(text);
    }
    return data;
}

/* --- the client ------------------------------------------------------------------------------- */

struct heard {
    json_int_t cursor;
    const char *when;
    int finished;
};

static bool hear(void *data, const json_t *event)
{
    struct heard *heard = data;
    if (!event) return true;
    json_int_t cursor = json_integer_value(json_object_get(event, "cursor"));
    const char *type = json_string_value(json_object_get(event, "type"));
    ck_assert_msg(cursor > heard->cursor, "%s: told twice, or out of order", heard->when);
    heard->cursor = cursor;
    if (strcmp(type, "finished") == 0) heard->finished++;
    return true;
}

static void assert_result(const json_t *result, const char *when)
{
    const char *text = json_string_value(json_object_get(json_object_get(result, "plan"), "text"));
    ck_assert_msg(text && strlen(text) == TEXT, "%s: not the whole plan", when);
    for (int i = 1; i < TEXT; i++)
        ck_assert_msg(text[i] == text[0], "%s: a plan of two runs", when);
}

/* One solve; false: there were not so many messages. */
static bool solve_with(enum fault fault, int at)
{
    char when[80];
    struct heard heard = { .when = when };
    struct az_client_options options = az_client_options_default;
    struct az_client *client;
    json_t *result = NULL, *problem = NULL;
    struct az_job_row row;
    snprintf(when, sizeof when, "%s at message %d", fault_names[fault], at);
    memset(&server, 0, sizeof server);
    server.fault = fault;
    server.at = at;
    server.arena = az_arena_new(NULL);
    snprintf(server.url, sizeof server.url, "ipc://%s/s", directory);
    limits.page_bytes = 3000;
    az_store_close(store);
    open_service();
    back_up(RESTORE_EMPTY);
    ck_assert_int_eq(pthread_create(&server.thread, NULL, serve, NULL), 0);
    options.reply_s = 0.1;
    options.tick_s = 0.05;
    options.patience_s = TEST_PATIENCE;
    ck_assert_int_eq(az_client_open(server.url, &options, &client), AZ_OK);
    json_t *request =
        json_pack("{s:s, s:s, s:{s:i}}", "id", "one", "kind", "probe", "instance", "target", 1);
    enum az_status status = az_client_solve(client, request, hear, &heard, &result, &problem);
    json_decref(request);
    json_decref(problem);
    az_client_close(client);
    atomic_store(&server.over, true);
    pthread_join(server.thread, NULL);
    bool is_there = az_store_job(store, "one", server.arena, &row) == AZ_OK;
    if (status == AZ_OK) {
        assert_result(result, when);
        ck_assert_msg(is_there && row.state == AZ_JOB_DONE, "%s: not done", when);
        ck_assert_msg(server.run > 1 || heard.finished == 1, "%s: its end was told %d times", when,
                      heard.finished);
        ck_assert_msg(server.run == 1 || fault >= RESTORE_EMPTY, "%s: ran %d times", when,
                      server.run);
    } else {
        ck_assert_msg(status == AZ_NOT_FOUND && fault == RESTORE_EMPTY && !is_there, "%s: %s", when,
                      az_status_code(status));
    }
    json_decref(result);
    nn_close(server.socket);
    az_arena_free(server.arena);
    return server.is_met;
}

/* Without it a client would wait for ever, run a job twice, or put two plans together, because of
 * one bad moment of the network or the service. */
START_TEST(a_solve_ends_right_whatever_goes_wrong)
{
    const char *asked = getenv("SEED");
    unsigned seed = asked ? (unsigned)strtoul(asked, NULL, 10) : (unsigned)time(NULL);
    bool all = getenv("ALL") != NULL;
    int tried = 0;
    fprintf(stderr, "SEED=%u\n", seed);
    for (int at = 1 + rand_r(&seed) % (all ? 1 : 3); at < 40;
         at += all ? 1 : 1 + rand_r(&seed) % 4) {
        tear_down();
        set_up();
        if (!solve_with((enum fault)_i, at)) break;
        tried++;
    }
    fprintf(stderr, "%s: %d messages\n", fault_names[_i], tried);
    ck_assert_int_gt(tried, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client faults");
    TCase *tests = tcase_create("at any message");
    tcase_set_timeout(tests, 200);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_solve_ends_right_whatever_goes_wrong, 0, FAULT_COUNT);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
