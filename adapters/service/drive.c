/* drive.c - one solver child from outside: pipes, deadlines, memory, and a judge of its own. */
#include "adapters/service/drive.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "adapters/service/operations.h"
#include "adapters/service/spawn.h"
#include "solver/tolerances.h"

#define TICK_S 0.1
#define LINE_LIMIT ((size_t)256 * 1024 * 1024)
#define MIB 1048576.0

/* One child on its way. */
struct driver {
    const struct az_drive *drive;
    struct az_driven *driven;
    struct az_arena *arena; /* of the request and the instance */
    json_t *document;
    const struct az_request_job *request;
    const struct az_formulation *formulation;
    struct az_options options;
    enum az_task task;
    void *instance; /* resolved, once the first plan has come */
    double started;
    pid_t pid;
    int in, out; /* our ends of the pipes; -1 when closed */
    char *input; /* what the child reads */
    size_t input_length, input_sent;
    char *line; /* what it has written and we have not read yet */
    size_t line_length, line_capacity, line_seen;
    bool has_plan, answered, has_problem;
    double objective; /* of the best plan, by our judge */
    enum az_sense sense;
    double money_scale;
    json_t *certificate; /* of the best plan */
    bool ended;          /* `driven->end` is set; the child is to be killed */
};

static double now(void)
{
    return az_system_clock.seconds(az_system_clock.data);
}

/* The first reason to end the child stands. */
static void end(struct driver *d, enum az_drive_end why, const char *detail)
{
    if (d->ended) return;
    d->ended = true;
    d->driven->end = why;
    if (detail) snprintf(d->driven->detail, sizeof d->driven->detail, "%s", detail);
}

static double number_of(const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static void set_text(char **slot, const json_t *json)
{
    free(*slot);
    *slot = json ? az_json_compact(json, NULL) : NULL;
}

static void set_number(json_t *json, const char *name, double value)
{
    if (isfinite(value))
        json_object_set_new(json, name, json_real(value));
    else
        json_object_del(json, name);
}

/* --- certificates --------------------------------------------------------------------------------
 */

/* What the certificate says of objective, bound and gap, in the progress for people. */
static void note_certificate(struct driver *d)
{
    struct az_driven *driven = d->driven;
    const char *status = json_string_value(json_object_get(d->certificate, "status"));
    snprintf(driven->status, sizeof driven->status, "%s", status ? status : "");
    driven->progress.objective = number_of(d->certificate, "objective");
    driven->progress.bound = number_of(d->certificate, "bound");
    driven->progress.gap = number_of(d->certificate, "gap");
    set_text(&driven->certificate, d->certificate);
}

/* A better bound than the certificate's has been heard of since. */
static void take_bound(struct driver *d, double bound)
{
    double objective = number_of(d->certificate, "objective");
    double known = number_of(d->certificate, "bound");
    double sign = d->sense == AZ_MINIMIZE ? 1 : -1;
    if (!isfinite(bound) || (isfinite(known) && sign * bound <= sign * known)) return;
    set_number(d->certificate, "bound", bound);
    if (!isfinite(objective)) return;
    set_number(d->certificate, "gap_abs", az_gap_abs(d->sense, objective, bound));
    set_number(d->certificate, "gap", az_gap(d->sense, objective, bound, d->money_scale));
}

static void stop_certificate(struct driver *d, const char *stopped)
{
    json_object_set_new(d->certificate, "stopped", json_string(stopped));
    set_number(d->certificate, "seconds", round((now() - d->started) * 1000) / 1000);
}

/* The certificate of a child that left no plan. */
static void make_empty_certificate(struct driver *d)
{
    char sha256[65];
    az_json_sha256(d->request->instance.node, sha256);
    d->certificate =
        json_pack("{s:s, s:s, s:b, s:s, s:s, s:i, s:I, s:s, s:b}", "status", "no_plan", "sense",
                  d->sense == AZ_MAXIMIZE ? "maximize" : "minimize", "meets_all_rules", 0, "engine",
                  d->options.engine, "azumi", AZ_VERSION, "schema", d->formulation->schema, "seed",
                  (json_int_t)d->options.seed, "instance_sha256", sha256, "checked", 0);
}

/* The certificate that holds when the child was stopped from outside. */
static void certify_stopped(struct driver *d, const char *stopped)
{
    if (d->task != AZ_TASK_SOLVE) return;
    double bound = d->driven->progress.bound;
    if (!d->certificate) make_empty_certificate(d);
    if (!d->certificate) return;
    take_bound(d, bound);
    stop_certificate(d, stopped);
    note_certificate(d);
}

/* --- judging
 * --------------------------------------------------------------------------------------- */

/* Reads and resolves the instance for the judge. The child has done the same without harm. */
static enum az_status prepare_judge(struct driver *d)
{
    struct az_findings findings;
    const char *unit;
    struct az_time from, until;
    if (d->instance) return AZ_OK;
    struct az_answer *answer = AZ_NEW(d->arena, struct az_answer);
    if (!answer) return AZ_NO_MEMORY;
    az_findings_init(&findings, d->arena, 10);
    void *instance = NULL;
    AZ_TRY(az_read_instance(d->formulation, d->request->instance.node, NULL, d->arena, &findings,
                            &instance));
    if (az_findings_total(&findings) > 0) return AZ_INVALID;
    struct az_job job = { .formulation = d->formulation,
                          .instance = instance,
                          .options = d->options,
                          .instance_sha256 = "" };
    AZ_TRY(az_job_prepare(&job, d->arena, answer));
    d->formulation->measure(instance, &d->sense, &unit, &d->money_scale, &from, &until);
    d->instance = instance;
    return AZ_OK;
}

/* A plan that the judge refuses is a defect: the job ends with a reproduction. */
static void refuse(struct driver *d, const json_t *plan, const char *words,
                   const struct az_judgement *judgement)
{
    json_t *problem =
        json_pack("{s:s, s:s, s:s}", "type", "urn:azumi:problem:plan_refused", "title",
                  "A defect in azumi: the judge refused a plan", "detail", words);
    if (problem && judgement)
        json_object_set_new(problem, "judgement",
                            az_judgement_json(judgement, (enum az_language)d->request->language));
    set_text(&d->driven->problem, problem);
    set_text(&d->driven->refused, plan);
    json_decref(problem);
    d->has_problem = true;
    end(d, AZ_END_PROBLEM, "the judge refused a plan");
}

static bool is_close(double a, double b)
{
    return fabs(a - b) <= AZ_BOUND_TOLERANCE * fmax(1, fmax(fabs(a), fabs(b)));
}

static void keep(struct driver *d, json_t *plan, json_t *certificate, double objective,
                 const struct az_judgement *judgement)
{
    char *text = az_json_compact(plan, NULL);
    if (!text) return;
    free(d->driven->plan);
    d->driven->plan = text;
    d->objective = objective;
    d->has_plan = true;
    json_decref(d->certificate);
    d->certificate = json_incref(certificate);
    json_object_set_new(certificate, "status", json_string("feasible"));
    json_object_set_new(certificate, "checked", json_true());
    set_number(certificate, "objective", objective);
    set_number(certificate, "cost", judgement->cost);
    set_number(certificate, "penalty", judgement->penalty);
    take_bound(d, d->driven->progress.bound);
    stop_certificate(d, "deadline");
    note_certificate(d);
    d->driven->progress.seconds = now() - d->started;
    if (d->drive->tell && d->driven->certificate)
        d->drive->tell(d->drive->data, &d->driven->progress, d->driven->plan,
                       d->driven->certificate);
}

/* Judges a plan from the child and keeps it when it is better. */
static void take_plan(struct driver *d, json_t *plan, json_t *certificate)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_judgement judgement = { 0 };
    struct az_findings findings;
    void *object = NULL;
    enum az_status status = arena ? prepare_judge(d) : AZ_NO_MEMORY;
    if (status == AZ_OK) {
        az_findings_init(&findings, arena, 10);
        status = az_read_plan(d->formulation, d->instance, plan, NULL, arena, &findings, &object);
    }
    if (status == AZ_OK && az_findings_total(&findings) > 0) {
        refuse(d, plan, "the plan cannot be read", NULL);
        goto done;
    }
    if (status == AZ_OK) status = d->formulation->evaluate(d->instance, object, arena, &judgement);
    if (status != AZ_OK) {
        end(d, AZ_END_DIED, az_status_words(status));
        goto done;
    }
    double objective = judgement.cost + judgement.penalty;
    double sign = d->sense == AZ_MINIMIZE ? 1 : -1;
    if (judgement.violation_count > 0)
        refuse(d, plan, "rules are broken that nothing prices", &judgement);
    else if (!is_close(objective, number_of(certificate, "objective")))
        refuse(d, plan, "its certificate names another objective", &judgement);
    else if (!d->has_plan || sign * objective < sign * d->objective)
        keep(d, plan, certificate, objective, &judgement);
done:
    az_arena_free(arena);
}

/* --- messages
 * --------------------------------------------------------------------------------------- */

static void take_progress(struct driver *d, const json_t *message)
{
    struct az_job_progress *progress = &d->driven->progress;
    const char *phase = json_string_value(json_object_get(message, "phase"));
    double bound = number_of(message, "bound"), gap = number_of(message, "gap");
    snprintf(progress->phase, sizeof progress->phase, "%s", phase ? phase : "");
    progress->seconds = now() - d->started;
    progress->work = json_integer_value(json_object_get(message, "work"));
    if (isfinite(bound)) progress->bound = bound;
    if (isfinite(gap)) progress->gap = gap;
    if (d->drive->tell) d->drive->tell(d->drive->data, progress, NULL, NULL);
}

/* The final certificate must speak of the plan that our judge has passed. */
static void take_solve_answer(struct driver *d, json_t *certificate)
{
    const char *status = json_string_value(json_object_get(certificate, "status"));
    bool claims_plan = status && (!strcmp(status, "optimal") || !strcmp(status, "feasible"));
    double objective = number_of(certificate, "objective"), bound = number_of(certificate, "bound");
    double sign = d->sense == AZ_MINIMIZE ? 1 : -1;
    if (!status || claims_plan != d->has_plan) {
        end(d, AZ_END_DIED, "the answer does not fit the plans before it");
        return;
    }
    if (claims_plan && !is_close(objective, d->objective)) {
        end(d, AZ_END_DIED, "the certificate does not belong to the best plan");
        return;
    }
    if (claims_plan && isfinite(bound) &&
        sign * (bound - objective) > AZ_BOUND_TOLERANCE * fmax(1, fabs(objective))) {
        json_t *plan = json_loads(d->driven->plan, 0, NULL);
        refuse(d, plan, "the bound passes the objective", NULL);
        json_decref(plan);
        return;
    }
    json_decref(d->certificate);
    d->certificate = json_incref(certificate);
    json_object_set_new(certificate, "checked", json_boolean(claims_plan));
    note_certificate(d);
}

static void take_answer(struct driver *d, json_t *message)
{
    json_t *certificate = json_object_get(message, "certificate");
    json_t *validation = json_object_get(message, "validation");
    json_t *plan = json_object_get(message, "plan");
    d->answered = true;
    set_text(&d->driven->explanation, json_object_get(message, "explanation"));
    set_text(&d->driven->judgement,
             validation ? validation : json_object_get(message, "judgement"));
    if (plan && d->task == AZ_TASK_CHECK) set_text(&d->driven->plan, plan);
    if (d->task != AZ_TASK_SOLVE) return;
    if (!json_is_object(certificate))
        end(d, AZ_END_DIED, "the answer has no certificate");
    else
        take_solve_answer(d, certificate);
}

static void take_message(struct driver *d, json_t *message)
{
    const char *type = json_string_value(json_object_get(message, "type"));
    json_t *plan = json_object_get(message, "plan");
    json_t *certificate = json_object_get(message, "certificate");
    if (!type || d->answered || d->has_problem) {
        end(d, AZ_END_DIED, "the solver process wrote nonsense");
    } else if (strcmp(type, "progress") == 0) {
        take_progress(d, message);
    } else if (strcmp(type, "plan") == 0 && d->task == AZ_TASK_SOLVE && json_is_object(plan) &&
               json_is_object(certificate)) {
        take_plan(d, plan, certificate);
    } else if (strcmp(type, "answer") == 0) {
        take_answer(d, message);
    } else if (strcmp(type, "problem") == 0 &&
               json_is_object(json_object_get(message, "problem"))) {
        d->has_problem = true;
        set_text(&d->driven->problem, json_object_get(message, "problem"));
    } else {
        end(d, AZ_END_DIED, "the solver process wrote nonsense");
    }
}

static void take_line(struct driver *d, const char *text, size_t length)
{
    json_t *message = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(message))
        take_message(d, message);
    else
        end(d, AZ_END_DIED, "the solver process wrote nonsense");
    json_decref(message);
}

/* --- pipes
 * ------------------------------------------------------------------------------------------ */

static void shut(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void send_input(struct driver *d)
{
    ssize_t wrote = write(d->in, d->input + d->input_sent, d->input_length - d->input_sent);
    if (wrote < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (wrote > 0) d->input_sent += (size_t)wrote;
    if (wrote <= 0 || d->input_sent == d->input_length) shut(&d->in);
}

static void read_lines(struct driver *d)
{
    char *end_of_line;
    while (!d->ended && (end_of_line = memchr(d->line + d->line_seen, '\n',
                                              d->line_length - d->line_seen)) != NULL) {
        size_t length = (size_t)(end_of_line - d->line);
        take_line(d, d->line, length);
        d->line_length -= length + 1;
        memmove(d->line, d->line + length + 1, d->line_length);
        d->line_seen = 0;
    }
    d->line_seen = d->line_length;
}

static void read_output(struct driver *d)
{
    if (d->line_length + 65536 > d->line_capacity) {
        size_t capacity = d->line_capacity ? 2 * d->line_capacity : 262144;
        char *grown = capacity > LINE_LIMIT ? NULL : realloc(d->line, capacity);
        if (!grown) {
            end(d, AZ_END_DIED, "the solver process wrote too much");
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

/* Resident memory of the child in MiB; 0 when it cannot be read. */
static double resident_mib(pid_t pid)
{
    char path[64];
    long long total, resident = 0;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (fscanf(file, "%lld %lld", &total, &resident) != 2) resident = 0;
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / MIB;
}

static double memory_limit(const struct driver *d)
{
    double most = d->drive->memory_mib > 0 ? d->drive->memory_mib : AZ_MEMORY_MIB;
    return isfinite(d->options.memory_mib) ? fmin(most, d->options.memory_mib) : most;
}

/* --- the loop
 * ---------------------------------------------------------------------------------------- */

static void look_around(struct driver *d)
{
    int wish = d->drive->stop ? d->drive->stop(d->drive->data) : 0;
    if (wish != 0) {
        d->driven->stop = wish;
        end(d, AZ_END_STOPPED, NULL);
    } else if (now() >= d->drive->until + AZ_KILL_GRACE) {
        end(d, AZ_END_DEADLINE, "killed past its deadline");
    } else if (resident_mib(d->pid) > memory_limit(d)) {
        end(d, AZ_END_MEMORY, "killed past its memory limit");
    }
}

static int wait_ms(const struct driver *d)
{
    double left = fmin(TICK_S, d->drive->until + AZ_KILL_GRACE - now());
    return left <= 0 ? 0 : (int)ceil(left * 1000);
}

static void listen_to(struct driver *d)
{
    double looked = 0;
    while (!d->ended && d->out >= 0) {
        struct pollfd fds[3] = { { .fd = d->out, .events = POLLIN },
                                 { .fd = d->in, .events = POLLOUT },
                                 { .fd = d->drive->wake_fd, .events = POLLIN } };
        poll(fds, 3, wait_ms(d));
        if (fds[1].revents) send_input(d);
        if (fds[2].revents || now() - looked >= TICK_S / 2) {
            looked = now();
            look_around(d);
        }
        if (fds[0].revents && !d->ended) read_output(d);
    }
}

/* Collects the process; it has closed its output or is killed. A child that closed its output and
 * stays is killed at its deadline all the same. */
static int collect(struct driver *d)
{
    int status = 0;
    if (d->ended) kill(d->pid, SIGKILL);
    while (!d->ended) {
        pid_t got = waitpid(d->pid, &status, WNOHANG);
        if (got == d->pid || (got < 0 && errno != EINTR)) return status;
        look_around(d);
        if (d->ended) kill(d->pid, SIGKILL);
        poll(NULL, 0, 5);
    }
    while (waitpid(d->pid, &status, 0) < 0 && errno == EINTR) continue;
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

static enum az_status start(struct driver *d)
{
    char until[40];
    int to[2], from[2];
    double limit = memory_limit(d);
    const char *argv[] = { "azumi", "solver-child", "--until", until, NULL };
    snprintf(until, sizeof until, "%.6f", d->drive->until);
    if (!make_pipes(to, from)) return AZ_IO;
    /* The address limit is only a backstop against one huge allocation between two looks. */
    struct az_spawn spawn = { .argv = argv,
                              .in = to[0],
                              .out = from[1],
                              .is_nice = d->drive->is_long,
                              .address_limit = (size_t)((1.5 * limit + 2048) * MIB),
                              .only_standard = true };
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

/* --- before and after
 * ---------------------------------------------------------------------------------- */

static enum az_status read_request(struct driver *d)
{
    struct az_findings findings;
    void *request = NULL;
    az_findings_init(&findings, d->arena, 10);
    d->document = json_loadb(d->drive->request, d->drive->request_length, 0, NULL);
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

static enum az_status write_input(struct driver *d)
{
    const struct az_drive *drive = d->drive;
    int length =
        asprintf(&d->input, "{\"request\":%.*s%s%s}", (int)drive->request_length, drive->request,
                 drive->resume ? ",\"resume\":" : "", drive->resume ? drive->resume : "");
    if (length < 0) {
        d->input = NULL;
        return AZ_NO_MEMORY;
    }
    d->input_length = (size_t)length;
    return AZ_OK;
}

/* The plan that an earlier run left is judged like any other. */
static void take_resume(struct driver *d)
{
    if (!d->drive->resume || !d->drive->resume_certificate) return;
    json_t *plan = json_loads(d->drive->resume, 0, NULL);
    json_t *certificate = json_loads(d->drive->resume_certificate, 0, NULL);
    if (json_is_object(plan) && json_is_object(certificate)) take_plan(d, plan, certificate);
    json_decref(plan);
    json_decref(certificate);
}

/* What the end of the process means, once everything it wrote was read. */
static void conclude(struct driver *d, int status)
{
    struct az_driven *driven = d->driven;
    bool left = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!d->ended && d->has_problem) end(d, AZ_END_PROBLEM, NULL);
    if (!d->ended && d->answered && left) end(d, AZ_END_ANSWERED, NULL);
    if (!d->ended) {
        driven->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        driven->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        if (driven->signal)
            snprintf(driven->detail, sizeof driven->detail, "killed by signal %d (%s)",
                     driven->signal, strsignal(driven->signal));
        else
            snprintf(driven->detail, sizeof driven->detail, "left with status %d and no answer",
                     driven->exit_status);
        end(d, AZ_END_DIED, NULL);
    }
    if (driven->end == AZ_END_DEADLINE) certify_stopped(d, "deadline");
    if (driven->end == AZ_END_MEMORY) certify_stopped(d, "limit");
    if (driven->end == AZ_END_STOPPED) certify_stopped(d, "cancel");
    driven->progress.seconds = now() - d->started;
}

static void let_go(struct driver *d)
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
    struct driver d = { .drive = drive, .driven = driven, .in = -1, .out = -1, .money_scale = 1 };
    enum az_status status = AZ_NO_MEMORY;
    *driven = (struct az_driven){
        .progress = { .seconds = NAN, .objective = NAN, .bound = NAN, .gap = NAN }
    };
    d.started = now();
    d.arena = az_arena_new(NULL);
    if (!d.arena) goto done;
    AZ_GOTO(read_request(&d));
    AZ_GOTO(write_input(&d));
    AZ_GOTO(start(&d));
    take_resume(&d);
    listen_to(&d);
    conclude(&d, collect(&d));
done:
    if (status == AZ_INVALID)
        driven->problem = strdup("{\"type\":\"urn:azumi:problem:bad_request\","
                                 "\"title\":\"The stored request cannot be read\"}");
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
