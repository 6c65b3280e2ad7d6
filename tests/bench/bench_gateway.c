/* bench_gateway.c - how many requests the gateway answers, and how soon, beside what the machine
 * gives without it.
 *
 *   BUILD=build build/bench/bench_gateway [SECONDS]
 *
 * 1, 10, 100 and 500 clients, each with one request in flight, over ipc and tcp. They are threads
 * of other processes and do nothing but send and receive, so that the gateway is measured and no
 * reader of JSON. Beside what only looks: a raw REP socket with as many threads as the gateway that
 * gives replies of the same size. Beside what is durable: jobs of the same size in bare SQLite with
 * synchronous=FULL, so many to a commit as the gateway may put together. The two take turns within
 * each measurement, of SECONDS (2) each, so that others on the machine slow both. One thread that
 * does nothing but commit waits longer for a busy processor than requests that go through several:
 * there the microseconds of a processor that each request took tell more than the rates.
 *
 * The same program is the clients and the echo: `client URL OP COUNT NAME`, `echo URL BYTES`. */
#include <errno.h>
#include <fcntl.h>
#include <nanomsg/nn.h>
#include <nanomsg/reqrep.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/measure.h"
#include "tests/support/service.h"

#define ECHO_THREADS 4 /* as the gateway has */
#define GROUP 64       /* as the gateway commits */
#define A_PROCESS 100  /* clients in one: it may have 512 sockets */
#define CLIENTS_MAX 500
#define TURNS 10
#define INSERTS 3
#define DAY "instances/microgrid/matsumoto-day.json"

/* --- one process of clients --------------------------------------------------------------------
 */

struct asker {
    const char *url, *op, *name;
    int number;
    pthread_t thread;
    struct test_samples samples;
};

static pthread_barrier_t barrier;
static double until; /* of the turn; 0: no more */
static char *day;    /* the instance of op "day" */

static char *read_day(void)
{
    FILE *file = fopen(DAY, "r");
    size_t size = 1 << 20;
    char *text = calloc(1, size);
    test_must(file && text && fread(text, 1, size - 1, file) > 0, DAY " cannot be read");
    fclose(file);
    return text;
}

/* The text of a request; every submission is a job of its own. */
static char *request_text(const char *op, const char *name, int number, long turn)
{
    char *text = NULL;
    int length;
    if (strcmp(op, "status") == 0)
        length = asprintf(&text, "{\"azumi\":1,\"op\":\"status\",\"id\":\"%s\"}", name);
    else if (strcmp(op, "submit") == 0)
        length = asprintf(&text,
                          "{\"azumi\":1,\"op\":\"submit\",\"id\":\"%s-%d-%ld\",\"kind\":\"probe\","
                          "\"instance\":{},\"options\":{\"deadline_s\":80000,\"reuse\":false}}",
                          name, number, turn);
    else if (strcmp(op, "day") == 0)
        length = asprintf(&text,
                          "{\"azumi\":1,\"op\":\"submit\",\"id\":\"%s-%d-%ld\",\"instance\":%s,"
                          "\"kind\":\"microgrid\",\"options\":{\"deadline_s\":80000}}",
                          name, number, turn, day);
    else
        length = asprintf(&text, "{\"azumi\":1,\"op\":\"%s\"}", op);
    test_must(length > 0, "out of memory");
    return text;
}

static int connect_to(const char *url)
{
    int socket = nn_socket(AF_SP, NN_REQ), patience = (int)(TEST_PATIENCE * 1000);
    test_must(socket >= 0 && nn_connect(socket, url) >= 0 &&
                  nn_setsockopt(socket, NN_SOL_SOCKET, NN_RCVTIMEO, &patience, sizeof patience) ==
                      0,
              "a client cannot connect");
    return socket;
}

/* Sends and receives once; the length of the reply. */
static size_t ask(int socket, const char *text)
{
    void *reply = NULL;
    test_must(nn_send(socket, text, strlen(text), 0) >= 0, "a request cannot be sent");
    int got = nn_recv(socket, &reply, NN_MSG, 0);
    test_must(got >= 0, "a request was not answered");
    test_must(memmem(reply, (size_t)got, "\"ok\":true", 9) != NULL, "a request was refused");
    nn_freemsg(reply);
    return (size_t)got;
}

static void *ask_in_turns(void *data)
{
    struct asker *asker = data;
    int socket = connect_to(asker->url);
    char *text = request_text(asker->op, asker->name, asker->number, 0);
    bool is_new = strcmp(asker->op, "submit") == 0 || strcmp(asker->op, "day") == 0;
    ask(socket, text); /* there is a connection */
    pthread_barrier_wait(&barrier);
    for (long turn = 1;; turn++) {
        pthread_barrier_wait(&barrier);
        if (until == 0) break;
        while (test_now() < until) {
            if (is_new) {
                free(text);
                text = request_text(asker->op, asker->name, asker->number, turn++);
            }
            double begin = test_now();
            ask(socket, text);
            test_samples_add(&asker->samples, test_now() - begin);
        }
        pthread_barrier_wait(&barrier);
    }
    free(text);
    return NULL;
}

static void write_all(const void *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t wrote = write(STDOUT_FILENO, (const char *)data + done, length - done);
        test_must(wrote > 0, "the clients cannot tell");
        done += (size_t)wrote;
    }
}

/* Reads the seconds of a turn after the other, and tells how long each request took. */
static int be_clients(const char *url, const char *op, int count, const char *name)
{
    static struct asker askers[A_PROCESS];
    double seconds;
    char ready = 1;
    if (strcmp(op, "day") == 0) day = read_day();
    pthread_barrier_init(&barrier, NULL, (unsigned)count + 1);
    for (int i = 0; i < count; i++) {
        askers[i] = (struct asker){ .url = url, .op = op, .name = name, .number = i };
        test_must(pthread_create(&askers[i].thread, NULL, ask_in_turns, &askers[i]) == 0, "thread");
    }
    pthread_barrier_wait(&barrier);
    write_all(&ready, 1);
    while (read(STDIN_FILENO, &seconds, sizeof seconds) == (ssize_t)sizeof seconds) {
        size_t answered = 0;
        until = test_now() + seconds;
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        for (int i = 0; i < count; i++) answered += askers[i].samples.count;
        write_all(&answered, sizeof answered);
        for (int i = 0; i < count; i++) {
            write_all(askers[i].samples.items, askers[i].samples.count * sizeof(double));
            askers[i].samples.count = 0;
        }
    }
    return 0;
}

/* --- the echo -------------------------------------------------------------------------------- */

struct echo {
    int socket;
    size_t length;
    char *reply;
};

static void *echo_requests(void *data)
{
    const struct echo *echo = data;
    for (;;) {
        void *text = NULL, *header = NULL;
        struct nn_iovec in = { .iov_base = &text, .iov_len = NN_MSG };
        struct nn_iovec out = { .iov_base = echo->reply, .iov_len = echo->length };
        struct nn_msghdr message = {
            .msg_iov = &in, .msg_iovlen = 1, .msg_control = &header, .msg_controllen = NN_MSG
        };
        if (nn_recvmsg(echo->socket, &message, 0) < 0) continue;
        nn_freemsg(text);
        message.msg_iov = &out;
        if (nn_sendmsg(echo->socket, &message, 0) < 0) nn_freemsg(header);
    }
    return NULL;
}

static int be_echo(const char *url, size_t length)
{
    struct echo echo = { nn_socket(AF_SP_RAW, NN_REP), length, malloc(length + 1) };
    pthread_t threads[ECHO_THREADS];
    int most = -1;
    test_must(echo.socket >= 0 && echo.reply, "no echo");
    memset(echo.reply, 'x', length);
    memcpy(echo.reply, "\"ok\":true", 9);
    nn_setsockopt(echo.socket, NN_SOL_SOCKET, NN_RCVMAXSIZE, &most, sizeof most);
    test_must(nn_bind(echo.socket, url) >= 0, "the echo cannot listen");
    for (int i = 0; i < ECHO_THREADS; i++)
        test_must(pthread_create(&threads[i], NULL, echo_requests, &echo) == 0, "thread");
    pthread_join(threads[0], NULL);
    return 0;
}

/* --- processes, from outside ----------------------------------------------------------------- */

struct crowd {
    struct {
        pid_t pid;
        int in, out;
    } processes[CLIENTS_MAX / A_PROCESS + 1];
    int count;
    struct test_samples samples;
    double seconds;
    pid_t asked; /* who answers, and what of a processor it had used before */
    double used;
};

/* Runs this program in a role; its ends are -1 when they are not wanted. */
static pid_t launch(const char *const argv[], int *in, int *out)
{
    int down[2] = { -1, -1 }, up[2] = { -1, -1 };
    pid_t parent = getpid();
    test_must(!in || (pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0), "no pipes");
    fflush(stdout);
    pid_t pid = fork();
    test_must(pid >= 0, "no process");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(99);
        if (in && (dup2(down[0], STDIN_FILENO) < 0 || dup2(up[1], STDOUT_FILENO) < 0)) _exit(99);
        execv("/proc/self/exe", (char *const *)argv);
        _exit(99);
    }
    if (in) {
        close(down[0]);
        close(up[1]);
        *in = down[1];
        *out = up[0];
    }
    return pid;
}

static void end_process(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) continue;
}

static void read_all(int fd, void *data, size_t length)
{
    for (size_t done = 0; done < length;) {
        ssize_t got = read(fd, (char *)data + done, length - done);
        test_must(got > 0, "clients died");
        done += (size_t)got;
    }
}

/* asked: the process that answers. name: the job that is asked for, or what the ids of new ones
 * begin with. */
static void gather(struct crowd *crowd, pid_t asked, const char *url, const char *op, int clients,
                   const char *name)
{
    static int crowds;
    *crowd = (struct crowd){ .asked = asked };
    for (int left = clients; left > 0; left -= A_PROCESS) {
        char count[12], own[64], ready;
        int i = crowd->count++;
        snprintf(count, sizeof count, "%d", left < A_PROCESS ? left : A_PROCESS);
        snprintf(own, sizeof own, "%s", name);
        if (strcmp(op, "status") != 0) snprintf(own, sizeof own, "%s-%d", name, crowds++);
        const char *argv[] = { "bench_gateway", "client", url, op, count, own, NULL };
        crowd->processes[i].pid = launch(argv, &crowd->processes[i].in, &crowd->processes[i].out);
        read_all(crowd->processes[i].out, &ready, 1);
    }
    crowd->used = test_usage_of(asked).seconds;
}

static void run_crowd(struct crowd *crowd, double seconds)
{
    double begin = test_now();
    for (int i = 0; i < crowd->count; i++)
        test_must(write(crowd->processes[i].in, &seconds, sizeof seconds) > 0, "clients died");
    for (int i = 0; i < crowd->count; i++) {
        size_t answered;
        double took;
        read_all(crowd->processes[i].out, &answered, sizeof answered);
        if (i == 0) crowd->seconds += test_now() - begin;
        for (size_t j = 0; j < answered; j++) {
            read_all(crowd->processes[i].out, &took, sizeof took);
            test_samples_add(&crowd->samples, took);
        }
    }
}

static void dismiss(struct crowd *crowd)
{
    for (int i = 0; i < crowd->count; i++) {
        end_process(crowd->processes[i].pid);
        close(crowd->processes[i].in);
        close(crowd->processes[i].out);
    }
    test_samples_free(&crowd->samples);
}

static double rate(const struct crowd *crowd)
{
    return (double)crowd->samples.count / crowd->seconds;
}

/* Microseconds of a processor that one request took. */
static double work(const struct crowd *crowd)
{
    return 1e6 * (test_usage_of(crowd->asked).seconds - crowd->used) / (double)crowd->samples.count;
}

/* --- bare storage ---------------------------------------------------------------------------- */

/* How many jobs a plain table takes, with a commit for every few. */
struct yard {
    sqlite3 *db;
    sqlite3_stmt *inserts[INSERTS];
    int file;
    char *row;
    size_t bytes;
    double jobs, seconds, used; /* used: seconds of a processor */
};

/* A job, its text and its first event, as plainly as they can be kept. */
static const char yard_sql[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS job(seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);"
    "CREATE TABLE IF NOT EXISTS part(job INTEGER NOT NULL, data BLOB);"
    "CREATE TABLE IF NOT EXISTS event(cursor INTEGER PRIMARY KEY, job INTEGER NOT NULL)";
static const char *const yard_inserts[] = {
    "INSERT INTO job(id) VALUES(hex(randomblob(16)))",
    "INSERT INTO part VALUES(last_insert_rowid(), ?)",
    "INSERT INTO event(job) VALUES(1)",
};

static void open_yard(struct yard *yard, const struct test_service *service, size_t bytes)
{
    char path[160];
    *yard = (struct yard){ .row = calloc(1, bytes + 1), .bytes = bytes };
    snprintf(path, sizeof path, "%s/yard.db", service->directory);
    bool good = yard->row && sqlite3_open(path, &yard->db) == SQLITE_OK &&
                sqlite3_exec(yard->db, yard_sql, NULL, NULL, NULL) == SQLITE_OK;
    for (int i = 0; i < INSERTS && good; i++)
        good =
            sqlite3_prepare_v2(yard->db, yard_inserts[i], -1, &yard->inserts[i], NULL) == SQLITE_OK;
    test_must(good, "no bare SQLite");
    sqlite3_bind_blob(yard->inserts[1], 1, yard->row, (int)bytes, SQLITE_STATIC);
    /* Files that have their size already, as those of a service that has run for a while. */
    test_must(sqlite3_exec(yard->db,
                           "INSERT INTO part VALUES(0, zeroblob(8000000));"
                           "DELETE FROM part WHERE job = 0; PRAGMA wal_checkpoint",
                           NULL, NULL, NULL) == SQLITE_OK,
              "no bare SQLite");
    snprintf(path, sizeof path, "%s/yard", service->directory);
    yard->file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    test_must(yard->file >= 0, "no bare file");
}

static double used_here(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void commit_jobs(struct yard *yard, int group, double seconds)
{
    double begin = test_now(), used = used_here();
    while (test_now() < begin + seconds) {
        sqlite3_exec(yard->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int i = 0; i < group * INSERTS; i++) {
            sqlite3_stmt *insert = yard->inserts[i % INSERTS];
            test_must(sqlite3_step(insert) == SQLITE_DONE, "bare SQLite failed");
            sqlite3_reset(insert);
        }
        test_must(sqlite3_exec(yard->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK,
                  "bare SQLite failed");
        yard->jobs += group;
    }
    yard->seconds += test_now() - begin;
    yard->used += used_here() - used;
}

static void close_yard(struct yard *yard)
{
    for (int i = 0; i < INSERTS; i++) sqlite3_finalize(yard->inserts[i]);
    sqlite3_close(yard->db);
    close(yard->file);
    free(yard->row);
}

static void measure_disk(const struct test_service *service, double seconds)
{
    static const int groups[] = { 1, 10, GROUP };
    char value[160];
    size_t length = 0;
    struct yard yard;
    open_yard(&yard, service, 4096);
    double begin = test_now(), count = 0;
    for (; test_now() < begin + seconds; count++)
        test_must(pwrite(yard.file, yard.row, yard.bytes, 0) > 0 && fdatasync(yard.file) == 0,
                  "a bare file cannot be written");
    count /= test_now() - begin;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        yard.jobs = yard.seconds = 0;
        commit_jobs(&yard, groups[i], seconds / 2);
        length +=
            (size_t)snprintf(value + length, sizeof value - length, "%s%d: %.0f/s",
                             i ? ", " : "SQLite jobs by ", groups[i], yard.jobs / yard.seconds);
    }
    char plain[80];
    snprintf(plain, sizeof plain, "fdatasync %.0f/s", count);
    test_row("the disk by itself", "4 KiB each, in place", plain, value, "");
    close_yard(&yard);
}

/* --- the measurements ------------------------------------------------------------------------ */

static void tell(const char *op, int clients, const struct test_service *service,
                 struct crowd *crowd, const char *beside, const char *target)
{
    char how[60], value[120];
    snprintf(how, sizeof how, "%d client%s, %.3s", clients, clients > 1 ? "s" : "", service->url);
    snprintf(value, sizeof value, "%.0f/s, %.0f us, p50 %.2f, p99 %.2f ms", rate(crowd),
             work(crowd), 1000 * test_quantile(&crowd->samples, 0.5),
             1000 * test_quantile(&crowd->samples, 0.99));
    test_row(op, how, value, beside, target);
}

/* What a request of a kind is answered with, in bytes. */
static size_t reply_length(const struct test_service *service, const char *op, const char *name)
{
    int socket = connect_to(service->url);
    char *text = request_text(op, name, 0, 0);
    size_t length = ask(socket, text);
    free(text);
    nn_close(socket);
    return length;
}

static pid_t gateway_of(const struct test_service *service)
{
    return test_service_process(service, "gateway");
}

static void measure_looking(const struct test_service *service, const struct test_service *beside,
                            const char *op, int clients, double seconds)
{
    struct crowd ours, raw;
    char bytes[24], value[120];
    snprintf(bytes, sizeof bytes, "%zu", reply_length(service, op, "waiting"));
    pid_t echo =
        launch((const char *[]){ "bench_gateway", "echo", beside->url, bytes, NULL }, NULL, NULL);
    gather(&ours, gateway_of(service), service->url, op, clients, "waiting");
    gather(&raw, echo, beside->url, op, clients, "waiting");
    for (int i = 0; i < TURNS; i++) {
        run_crowd(&ours, seconds / TURNS);
        run_crowd(&raw, seconds / TURNS);
    }
    snprintf(value, sizeof value, "echo %.0f/s, %.0f us, p99 %.2f ms: ratio %.2f", rate(&raw),
             work(&raw), 1000 * test_quantile(&raw.samples, 0.99), rate(&ours) / rate(&raw));
    tell(op, clients, service, &ours, value, clients == 100 ? ">= 3,500/s" : "all answered");
    dismiss(&ours);
    dismiss(&raw);
    end_process(echo);
}

static void measure_storing(const struct test_service *service, const char *op, const char *what,
                            int clients, double seconds)
{
    struct crowd ours;
    struct yard yard;
    char value[120];
    int group = clients < GROUP ? clients : GROUP;
    char *text = request_text(op, "length", 0, 0);
    open_yard(&yard, service, strlen(text));
    gather(&ours, gateway_of(service), service->url, op, clients, "load");
    for (int i = 0; i < TURNS; i++) {
        run_crowd(&ours, seconds / TURNS);
        commit_jobs(&yard, group, seconds / TURNS);
    }
    double bare = yard.jobs / yard.seconds;
    snprintf(value, sizeof value, "SQLite by %d %.0f/s, %.0f us: ratio %.2f", group, bare,
             1e6 * yard.used / yard.jobs, rate(&ours) / bare);
    tell(what, clients, service, &ours, value, "all durable");
    dismiss(&ours);
    close_yard(&yard);
    free(text);
}

/* A job that waits for its deadline and one that waits behind it: what comes after is queued. */
static void fill_slots(const struct test_service *service)
{
    struct az_client *client = test_client(service);
    static const char *const ids[] = { "running", "waiting" };
    for (size_t i = 0; i < 2; i++) {
        json_t *reply = NULL;
        json_t *request =
            json_pack("{s:s, s:s, s:{s:i, s:i}, s:{s:i}}", "id", ids[i], "kind", "probe",
                      "instance", "plans", 1, "sleep_s", 80000, "options", "deadline_s", 80000);
        test_must(az_client_call(client, "submit", request, &reply) == AZ_OK &&
                      json_is_true(json_object_get(reply, "ok")),
                  "a submission was refused");
        json_decref(reply);
        json_decref(request);
        while (i == 0 && test_service_process(service, "solver-child") == 0) test_nap(0.01);
    }
    az_client_close(client);
}

static void measure_all(double seconds)
{
    static const int clients[] = { 1, 10, 100, 500 };
    static const char *const transports[] = { "ipc", "tcp" };
    static const char *const ops[] = { "health", "status", "capabilities" };
    struct test_service service, beside;
    day = read_day();
    test_row_head();
    for (size_t t = 0; t < 2; t++) {
        test_service_make(&service, transports[t]);
        test_service_make(&beside, transports[t]);
        test_service_start(&service, NULL, true);
        fill_slots(&service);
        for (size_t o = 0; o < 3; o++)
            for (size_t c = 0; c < 4; c++)
                measure_looking(&service, &beside, ops[o], clients[c], seconds);
        if (t == 0) measure_disk(&service, seconds);
        for (size_t c = 0; c < 4; c++)
            measure_storing(&service, "submit", "submit, a small job", clients[c], seconds);
        measure_storing(&service, "day", "submit, the Matsumoto day", 10, seconds);
        test_service_remove(&service);
        test_service_remove(&beside);
    }
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "client") == 0)
        return be_clients(argv[2], argv[3], atoi(argv[4]), argv[5]);
    if (argc == 4 && strcmp(argv[1], "echo") == 0)
        return be_echo(argv[2], (size_t)strtoul(argv[3], NULL, 10));
    measure_all(argc > 1 ? atof(argv[1]) : 2);
    return 0;
}
