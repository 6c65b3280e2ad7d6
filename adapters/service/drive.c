/* drive.c - one solver child from outside: pipes, deadlines and memory. */
#include "adapters/service/drive.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "adapters/service/drive_inner.h"
#include "adapters/service/spawn.h"

#define TICK_S 0.1
#define LINE_LIMIT ((size_t)256 * 1024 * 1024)
#define MIB 1048576.0

void az_drive_stop(struct az_driver *d, enum az_drive_end why, const char *detail)
{
    if (d->ended) return;
    d->ended = true;
    d->driven->end = why;
    if (detail) snprintf(d->driven->detail, sizeof d->driven->detail, "%s", detail);
}

void az_drive_no_memory(struct az_driver *d)
{
    d->no_memory = d->ended = true;
}

json_t *az_drive_parse(struct az_driver *d, const char *text, size_t length)
{
    json_error_t error;
    bool no_memory;
    json_t *json = az_json_load(text, length, JSON_REJECT_DUPLICATES, &error, &no_memory);
    if (no_memory) az_drive_no_memory(d);
    return json;
}

/* --- pipes ---------------------------------------------------------------------------------- */

static void shut(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void send_input(struct az_driver *d)
{
    ssize_t wrote = write(d->in, d->input + d->input_sent, d->input_length - d->input_sent);
    if (wrote < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (wrote > 0) d->input_sent += (size_t)wrote;
    if (wrote <= 0 || d->input_sent == d->input_length) shut(&d->in);
}

static bool is_heard(const struct az_driver *d)
{
    return !d->ended || (d->driven->end == AZ_END_MEMORY && !d->no_memory);
}

static void look_in_time(struct az_driver *d);

/* However much the child says at once, its deadline is not overheard. */
static void read_lines(struct az_driver *d)
{
    char *end_of_line;
    size_t from = 0;
    while (is_heard(d) && (end_of_line = memchr(d->line + d->line_seen, '\n',
                                                d->line_length - d->line_seen)) != NULL) {
        az_drive_line(d, d->line + from, (size_t)(end_of_line - d->line) - from);
        from = d->line_seen = (size_t)(end_of_line - d->line) + 1;
        look_in_time(d);
    }
    d->line_length -= from;
    memmove(d->line, d->line + from, d->line_length);
    d->line_seen = d->line_length;
}

static void read_output(struct az_driver *d)
{
    if (d->line_length + 65536 > d->line_capacity) {
        size_t capacity = d->line_capacity ? 2 * d->line_capacity : 262144;
        char *grown = capacity > LINE_LIMIT ? NULL : realloc(d->line, capacity);
        if (!grown) {
            if (capacity > LINE_LIMIT)
                az_drive_stop(d, AZ_END_DIED, "the solver process wrote too much");
            else
                az_drive_no_memory(d);
            shut(&d->out);
            return;
        }
        d->line = grown;
        d->line_capacity = capacity;
    }
    ssize_t got = read(d->out, d->line + d->line_length, d->line_capacity - d->line_length);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        shut(&d->out);
        return;
    }
    d->line_length += (size_t)got;
    read_lines(d);
}

double az_drive_memory_limit(const struct az_driver *d)
{
    double most = d->drive->memory_mib > 0 ? d->drive->memory_mib : AZ_MEMORY_MIB;
    return isfinite(d->options.memory_mib) ? fmin(most, d->options.memory_mib) : most;
}

void az_drive_past_memory(struct az_driver *d)
{
    static const struct az_words words =
        AZ_EN_JA("stopped at its memory limit", "メモリーの上限で停止した");
    az_drive_stop(d, AZ_END_MEMORY, az_say(words, (enum az_language)d->request->language));
}

/* --- the loop ------------------------------------------------------------------------------- */

static const char *deadline_words(const struct az_driver *d)
{
    static const struct az_words stands =
                                     AZ_EN_JA("stopped at the deadline; the best plan stands",
                                              "期限で停止した。それまでの最良の計画が結果になる"),
                                 none = AZ_EN_JA("stopped at the deadline", "期限で停止した");
    return az_say(d->driven->plan ? stands : none, (enum az_language)d->request->language);
}

static void look_around(struct az_driver *d)
{
    if (d->drive->tick) d->drive->tick(d->drive->data);
    int wish = d->drive->stop ? d->drive->stop(d->drive->data) : 0;
    if (wish != 0) {
        d->driven->stop = wish;
        az_drive_stop(d, AZ_END_STOPPED, NULL);
    } else if (az_system_now() >= d->drive->until + AZ_KILL_GRACE) {
        az_drive_stop(d, AZ_END_DEADLINE, deadline_words(d));
    } else if (az_spawn_memory_mib(d->pid) > az_drive_memory_limit(d)) {
        az_drive_past_memory(d);
    }
}

static void look_in_time(struct az_driver *d)
{
    if (d->ended || az_system_now() - d->looked < TICK_S / 2) return;
    d->looked = az_system_now();
    look_around(d);
}

static int wait_ms(const struct az_driver *d)
{
    double left = fmin(TICK_S, d->drive->until + AZ_KILL_GRACE - az_system_now());
    return left <= 0 ? 0 : (int)ceil(left * 1000);
}

static void listen_to(struct az_driver *d)
{
    while (!d->ended && d->out >= 0) {
        struct pollfd fds[3] = { { .fd = d->out, .events = POLLIN },
                                 { .fd = d->in, .events = POLLOUT },
                                 { .fd = d->drive->wake_fd, .events = POLLIN } };
        poll(fds, 3, wait_ms(d));
        if (fds[1].revents) send_input(d);
        if (fds[2].revents) d->looked = 0; /* somebody wants it to look at once */
        look_in_time(d);
        if (fds[0].revents && !d->ended) read_output(d);
    }
}

/* What a child told before it passed its memory limit stands, also when it is read later. */
static void hear_out(struct az_driver *d)
{
    fcntl(d->out, F_SETFL, 0); /* its other end is closed */
    while (d->out >= 0) read_output(d);
}

/* Collects the process; it has closed its output or is killed. A child that closed its output and
 * stays is killed at its deadline all the same. */
static int collect(struct az_driver *d)
{
    int status = 0;
    struct rusage usage = { 0 };
    if (d->ended) kill(d->pid, SIGKILL);
    while (!d->ended) {
        pid_t got = wait4(d->pid, &status, WNOHANG, &usage);
        if (got == d->pid || (got < 0 && errno != EINTR)) break;
        look_around(d);
        if (d->ended) kill(d->pid, SIGKILL);
        poll(NULL, 0, 5);
    }
    while (d->ended && wait4(d->pid, &status, 0, &usage) < 0 && errno == EINTR) continue;
    /* Up to exec a child has the memory of this process, which counts as its own. */
    double peak = (double)usage.ru_maxrss / 1024;
    if (!d->answered && !d->has_problem && peak > d->own_mib && peak > az_drive_memory_limit(d))
        az_drive_past_memory(d);
    if (d->ended && d->driven->end == AZ_END_MEMORY) hear_out(d);
    return status;
}

static bool make_pipes(int to[2], int from[2])
{
    if (pipe2(to, O_CLOEXEC) != 0) return false;
    if (pipe2(from, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return false;
    }
    return true;
}

static enum az_status start(struct az_driver *d)
{
    char until[40], deaths[24];
    int to[2], from[2];
    double limit = az_drive_memory_limit(d);
    const char *argv[] = { "azumi", "solver-child", "--until", until, "--deaths", deaths, NULL };
    snprintf(until, sizeof until, "%.6f", d->drive->until);
    snprintf(deaths, sizeof deaths, "%lld", (long long)d->drive->deaths);
    if (!make_pipes(to, from)) return AZ_IO;
    /* What a child may take before anybody looks: beside its memory limit the stacks and arenas of
     * its threads, and what libraries reserve and never touch. Shared memory counts as addresses
     * alone. */
    double reserved = 256 + 16 * (double)d->options.threads;
    struct az_spawn spawn = { .argv = argv,
                              .in = to[0],
                              .out = from[1],
                              .is_nice = d->drive->is_long,
                              .address_limit = (size_t)((1.5 * limit + 2048) * MIB),
                              .data_limit = (size_t)((limit + reserved) * MIB),
                              .only_standard = true,
                              .is_kept = true,
                              .is_expendable = true };
    d->own_mib = az_spawn_memory_mib(0);
    enum az_status status = az_spawn(&spawn, &d->pid);
    close(to[0]);
    close(from[1]);
    d->in = to[1];
    d->out = from[0];
    if (status != AZ_OK) return status;
    fcntl(d->in, F_SETFL, O_NONBLOCK);
    fcntl(d->out, F_SETFL, O_NONBLOCK);
    if (d->drive->started) d->drive->started(d->drive->data, (long)d->pid);
    return AZ_OK;
}

/* --- before and after ----------------------------------------------------------------------- */

static enum az_status read_request(struct az_driver *d)
{
    struct az_findings findings;
    void *request = NULL;
    az_findings_init(&findings, d->arena, 10);
    d->document = az_drive_parse(d, d->drive->request, d->drive->request_length);
    if (d->no_memory) return AZ_NO_MEMORY;
    const char *op = json_string_value(json_object_get(d->document, "op"));
    const struct az_operation *operation = az_operation_find(op);
    if (!operation || operation->request->size != sizeof *d->request) return AZ_INVALID;
    AZ_TRY(az_json_read(operation->request, d->document, NULL, d->arena, &findings, &request));
    if (az_findings_total(&findings) > 0) return AZ_INVALID;
    d->request = request;
    d->task = az_operation_task(op);
    d->formulation = az_formulation_find(d->request->kind);
    if (!d->formulation) return AZ_INVALID;
    if (d->request->options)
        d->options = *d->request->options;
    else
        AZ_TRY(az_fields_default(&az_options_table, &d->options, d->arena));
    return AZ_OK;
}

static enum az_status write_input(struct az_driver *d)
{
    const char *resume = d->drive->resume;
    size_t size = d->drive->request_length + (resume ? strlen(resume) : 0) + 32;
    d->input = malloc(size);
    if (!d->input) return AZ_NO_MEMORY;
    d->input_length =
        (size_t)snprintf(d->input, size, "{\"request\":%.*s%s%s}", (int)d->drive->request_length,
                         d->drive->request, resume ? ",\"resume\":" : "", resume ? resume : "");
    return AZ_OK;
}

/* The plan that an earlier run left is judged like any other. */
static void take_resume(struct az_driver *d)
{
    if (!d->drive->resume || !d->drive->resume_certificate) return;
    const char *resume = d->drive->resume, *proof = d->drive->resume_certificate;
    json_t *plan = az_drive_parse(d, resume, strlen(resume));
    json_t *certificate = az_drive_parse(d, proof, strlen(proof));
    if (json_is_object(plan) && json_is_object(certificate)) az_drive_plan(d, plan, certificate);
    json_decref(plan);
    json_decref(certificate);
}

/* What the end of the process means, once everything it wrote was read. */
static enum az_status conclude(struct az_driver *d, int status)
{
    struct az_driven *driven = d->driven;
    driven->progress.seconds = az_system_now() - d->started;
    if (d->no_memory) return AZ_NO_MEMORY;
    bool left = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    /* Its answer stands also when it had to be killed for not leaving after it. */
    if (d->ended && d->answered && driven->end != AZ_END_PROBLEM && driven->end != AZ_END_DIED) {
        driven->end = AZ_END_ANSWERED;
        driven->detail[0] = 0;
    }
    if (!d->ended && d->has_problem) az_drive_stop(d, AZ_END_PROBLEM, NULL);
    if (!d->ended && d->answered && left) az_drive_stop(d, AZ_END_ANSWERED, NULL);
    if (!d->ended) {
        driven->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        driven->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        if (driven->signal)
            snprintf(driven->detail, sizeof driven->detail, "killed by signal %d (%s)",
                     driven->signal, strsignal(driven->signal));
        else
            snprintf(driven->detail, sizeof driven->detail, "left with status %d and no answer",
                     driven->exit_status);
        az_drive_stop(d, AZ_END_DIED, NULL);
    }
    if (driven->end == AZ_END_DEADLINE) az_drive_certify(d, "deadline");
    if (driven->end == AZ_END_MEMORY) az_drive_certify(d, "limit");
    if (driven->end == AZ_END_STOPPED) az_drive_certify(d, "cancel");
    return d->no_memory ? AZ_NO_MEMORY : AZ_OK;
}

static void let_go(struct az_driver *d)
{
    shut(&d->in);
    shut(&d->out);
    free(d->input);
    free(d->line);
    json_decref(d->certificate);
    json_decref(d->document);
    az_arena_free(d->arena);
}

enum az_status az_drive_run(const struct az_drive *drive, struct az_driven *driven)
{
    struct az_driver d = {
        .drive = drive, .driven = driven, .in = -1, .out = -1, .money_scale = 1
    };
    enum az_status status = AZ_NO_MEMORY;
    *driven = (struct az_driven){
        .progress = { .seconds = NAN, .objective = NAN, .bound = NAN, .gap = NAN }
    };
    d.started = az_system_now();
    d.arena = az_arena_new(NULL);
    if (!d.arena) goto done;
    AZ_GOTO(read_request(&d));
    AZ_GOTO(write_input(&d));
    AZ_GOTO(start(&d));
    take_resume(&d);
    listen_to(&d);
    status = conclude(&d, collect(&d));
done:
    if (status == AZ_INVALID) {
        static const char unreadable[] = "{\"type\":\"urn:azumi:problem:bad_request\","
                                         "\"title\":\"The stored request cannot be read\"}";
        driven->problem = malloc(sizeof unreadable);
        if (driven->problem)
            memcpy(driven->problem, unreadable, sizeof unreadable);
        else
            status = AZ_NO_MEMORY;
    }
    let_go(&d);
    return status;
}

void az_driven_free(struct az_driven *driven)
{
    free(driven->plan);
    free(driven->certificate);
    free(driven->explanation);
    free(driven->judgement);
    free(driven->problem);
    free(driven->refused);
    *driven = (struct az_driven){ 0 };
}
