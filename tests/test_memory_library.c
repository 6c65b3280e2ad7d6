/* test_memory_library.c - memory that runs out in a program that uses libazumi-client: it is told
 * so, everything is given back, and no answer is half one. */
#include <nanomsg/nn.h>
#include <nanomsg/reqrep.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/azumi_client.h"
#include "tests/support/starve.h"
#include "tests/support/suite.h"

static char folder[64], url[96];
static pid_t service;

#define GOOD "{\"azumi\":1,\"ok\":true,"
#define PAGE GOOD "\"state\":\"done\",\"revision\":1,\"total_bytes\":33,"

/* A service that knows one job, which is done, with a result of two pages. */
static const char *answer(const char *request)
{
    if (strstr(request, "\"op\":\"submit\"")) return GOOD "\"id\":\"a\",\"state\":\"queued\"}";
    if (strstr(request, "\"after\":0"))
        return GOOD "\"events\":[{\"type\":\"plan\"}],\"cursor\":7}";
    if (strstr(request, "\"after\":7"))
        return GOOD "\"events\":[],\"cursor\":7,\"state\":\"done\"}";
    if (strstr(request, "\"offset\":16"))
        return PAGE "\"offset\":16,\"text\":\"\\\"plan\\\":{\\\"a\\\":[1]}}\"}";
    if (strstr(request, "\"op\":\"result\""))
        return PAGE "\"text\":\"{\\\"state\\\":\\\"done\\\",\",\"next_offset\":16}";
    return GOOD "\"jobs\":[{\"id\":\"a\"}]}";
}

static void serve(void)
{
    strcpy(folder, "/tmp/azumi-starved-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(url, sizeof url, "ipc://%s/s", folder);
    service = fork();
    if (service == 0) {
        int socket = nn_socket(AF_SP, NN_REP);
        char request[2000], *text = NULL;
        alarm(250);
        nn_bind(socket, url);
        for (;;) {
            int got = nn_recv(socket, &text, NN_MSG, 0);
            if (got < 0) continue;
            snprintf(request, sizeof request, "%.*s", got, text);
            nn_freemsg(text);
            nn_send(socket, answer(request), strlen(answer(request)), 0);
        }
    }
    while (access(url + strlen("ipc://"), F_OK) != 0) usleep(1000);
}

static void leave(void)
{
    kill(service, SIGKILL);
    waitpid(service, NULL, 0);
    unlink(url + strlen("ipc://"));
    rmdir(folder);
}

static int hear(void *data, const char *event)
{
    (void)data;
    return event != NULL;
}

static enum az_status verdict(enum azumi_status status)
{
    return status == AZUMI_OK ? AZ_OK : status == AZUMI_NO_MEMORY ? AZ_NO_MEMORY : AZ_INTERNAL;
}

/* Everything with one client; the first failure ends it. */
static enum az_status use_client(void *data)
{
    static const char request[] = "{\"id\":\"a\",\"kind\":\"k\",\"instance\":{}}";
    struct azumi_options options;
    struct azumi_client *client;
    char *list = NULL, *result = NULL;
    (void)data;
    azumi_options_default(&options, sizeof options);
    options.url = url;
    options.connect_s = options.reply_s = options.patience_s = 60;
    options.token = "secret";
    options.language = "ja";
    enum azumi_status status = azumi_open(&options, &client);
    if (status == AZUMI_OK) status = azumi_list(client, "{\"limit\":1}", &list);
    if (status == AZUMI_OK) status = azumi_solve(client, request, hear, NULL, &result);
    if (status == AZUMI_OK && strcmp(result, "{\"state\":\"done\",\"plan\":{\"a\":[1]}}") != 0)
        status = AZUMI_FAILED;
    azumi_free(list);
    azumi_free(result);
    azumi_close(client);
    return verdict(status);
}

static enum az_status read_document(void *data)
{
    struct azumi_document *document;
    char *part = NULL;
    double value = 0;
    (void)data;
    enum azumi_status status = azumi_read("{\"plan\":{\"a/b\":[1,2,{\"c\":3}]}}", &document);
    if (status == AZUMI_OK) status = azumi_json(document, "/plan", &part);
    if (status == AZUMI_OK) status = azumi_number(document, "/plan/a~1b/2/c", &value);
    if (status == AZUMI_OK && value != 3) status = AZUMI_FAILED;
    azumi_free(part);
    azumi_document_free(document);
    return verdict(status);
}

/* Without it a control system that is short of memory would take half a plan, or end. */
START_TEST(a_client_that_is_short_of_memory_says_so)
{
    starve("client", use_client, NULL);
}
END_TEST

START_TEST(a_reader_that_is_short_of_memory_says_so)
{
    starve("reader", read_document, NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory_library");
    TCase *tests = tcase_create("memory");
    tcase_set_timeout(tests, 240);
    az_json_memory(); /* documents too run out of memory */
    tcase_add_checked_fixture(tests, serve, leave);
    tcase_add_test(tests, a_client_that_is_short_of_memory_says_so);
    tcase_add_test(tests, a_reader_that_is_short_of_memory_says_so);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
