/* storm_look.c - what a storm has left: is every job answered once, as it was asked and by rights?
 */
#include <dirent.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "tests/support/storm.h"

#define PATIENCE_S 600.0
#define DEATHS 3
#define EVENTS 100000
#define LATENESS_MS 20000 /* between the look at the clock and the start, on a paused machine */

/* A finished job and all that is stored of it. */
struct found {
    struct az_store *store;
    struct az_arena *arena;
    const struct storm_load *load;
    const struct storm_job *job;
    int number;
    struct az_job_row row;
    struct az_event *events;
    size_t count;
    json_t *plan, *certificate;
};

/* --- what any job must be --------------------------------------------------------------------- */

/* The events of a job tell its life: accepted; started, and given back or ended; nothing after the
 * end. */
static const char *fault_of_events(const struct found *found)
{
    bool is_running = false, is_over = false;
    for (size_t i = 0; i < found->count; i++) {
        const struct az_event *event = &found->events[i];
        if (i > 0 && event->cursor <= event[-1].cursor) return "has events out of order";
        if (is_over) return "goes on after its end";
        if ((i == 0) != (event->type == AZ_EVENT_ACCEPTED)) return "is not accepted once, first";
        switch (event->type) {
        case AZ_EVENT_ACCEPTED:
            break;
        case AZ_EVENT_STARTED:
            if (is_running) return "is run twice at once";
            is_running = true;
            break;
        case AZ_EVENT_PROGRESS:
        case AZ_EVENT_PLAN:
        case AZ_EVENT_ATTEMPT:
        case AZ_EVENT_REQUEUED:
            if (!is_running) return "does something while it waits";
            is_running = event->type != AZ_EVENT_REQUEUED;
            break;
        case AZ_EVENT_FINISHED:
            if (event->state != found->row.state) return "has ended otherwise than it says";
            is_over = true;
            break;
        }
    }
    return is_over ? NULL : "has no end";
}

/* Only a solver process that was killed is an attempt. */
static const char *fault_of_attempts(const struct found *found, int *attempts)
{
    struct az_attempt *list;
    size_t count;
    if (az_store_attempts(found->store, found->row.seq, found->arena, &list, &count) != AZ_OK)
        return "has unreadable attempts";
    if ((int64_t)count != found->row.attempts) return "miscounts its attempts";
    for (size_t i = 0; i < count; i++)
        if (list[i].signal != 9) return "counts a death that nobody caused";
    *attempts += (int)count;
    return NULL;
}

static json_t *read_part(const struct found *found, const char *name)
{
    char *text;
    size_t length = 0, got = 0;
    if (az_store_part_length(found->store, found->row.seq, name, &length) != AZ_OK || length == 0 ||
        az_store_part(found->store, found->row.seq, name, 0, length, found->arena, &text, &got) !=
            AZ_OK)
        return NULL;
    return json_loadb(text, got, 0, NULL);
}

static double number_of(const json_t *json, const char *name)
{
    const json_t *number = json_object_get(json, name);
    return json_is_number(number) ? json_number_value(number) : NAN;
}

static bool says(const json_t *json, const char *name, const char *text)
{
    const char *value = json_string_value(json_object_get(json, name));
    return value && strcmp(value, text) == 0;
}

/* --- what was asked --------------------------------------------------------------------------- */

static double target_of(const struct found *found)
{
    return found->job->task == STORM_STREAM ? found->number + 1 : found->job->subject;
}

/* A plan of this instance, judged; proven: the best one, with its proof. */
static const char *fault_of_plan(const struct found *found, bool proven)
{
    char sha256[65];
    json_t *request = storm_request(found->load, found->number);
    az_json_sha256(json_object_get(request, "instance"), sha256);
    json_decref(request);
    double value = number_of(found->plan, "value"), target = target_of(found);
    if (!found->plan || !found->certificate) return "has no plan";
    if (!says(found->certificate, "instance_sha256", sha256)) return "has another's certificate";
    if (!json_is_true(json_object_get(found->certificate, "checked"))) return "was not judged";
    if (proven && !says(found->certificate, "status", "optimal")) return "is not proven";
    if (found->job->task == STORM_REAL) return NULL;
    if (value != number_of(found->certificate, "objective"))
        return "has another plan's certificate";
    return value == target || (!proven && value > target && value <= target + 3)
               ? NULL
               : "is answered with another plan";
}

static const char *fault_of_document(const struct found *found, const char *part, const char *flag,
                                     bool value)
{
    json_t *document = read_part(found, part);
    const json_t *said = json_object_get(document, flag);
    bool is_right = json_is_boolean(said) && json_is_true(said) == value;
    json_decref(document);
    return is_right ? NULL : "is answered otherwise than it must be";
}

/* Of a stream: what a newer one has passed never starts, and ends as passed unless it ran then. */
static const char *fault_of_stream(const struct found *found)
{
    struct az_job_row newer;
    struct az_event *events;
    size_t count, next = (size_t)found->number + 1;
    char id[32];
    bool was_running = false, is_before = true;
    int jobs = atomic_load(&found->load->submitted);
    while ((int)next < jobs && (found->load->jobs[next].task != STORM_STREAM ||
                                found->load->jobs[next].subject != found->job->subject))
        next++;
    bool is_last = (int)next >= jobs;
    if (found->row.state == AZ_JOB_DONE && (is_last || found->row.attempts == 0)) {
        const char *fault = fault_of_plan(found, true);
        if (fault) return fault;
    }
    if (is_last) return found->row.state == AZ_JOB_DONE ? NULL : "is not done";
    if (found->row.state != AZ_JOB_DONE && found->row.state != AZ_JOB_SUPERSEDED)
        return "is neither done nor superseded";
    snprintf(id, sizeof id, "storm-%zu", next);
    if (az_store_job(found->store, id, found->arena, &newer) != AZ_OK ||
        az_store_events(found->store, newer.seq, 0, 1, found->arena, &events, &count) != AZ_OK ||
        count == 0)
        return "has a newer one that is lost";
    for (size_t i = 0; i < found->count; i++) {
        const struct az_event *event = &found->events[i];
        is_before = event->cursor < events[0].cursor;
        if (is_before && event->type == AZ_EVENT_STARTED) was_running = true;
        if (is_before && event->type == AZ_EVENT_REQUEUED) was_running = false;
        if (!is_before && event->type == AZ_EVENT_STARTED) return "starts after a newer one";
        if (!is_before && event->type == AZ_EVENT_FINISHED && !was_running &&
            event->state != AZ_JOB_SUPERSEDED)
            return "waited, was passed, and is not superseded";
    }
    if (is_before && found->row.state == AZ_JOB_SUPERSEDED) return "is superseded by nothing";
    return NULL;
}

/* A job that may not start late is done when it started in time, else expired. */
static const char *fault_of_lateness(const struct found *found)
{
    int64_t end_ms = found->job->not_after_s * 1000;
    bool started = false;
    for (size_t i = 0; i < found->count; i++) {
        if (found->events[i].type != AZ_EVENT_STARTED) continue;
        started = true;
        if (found->events[i].at_ms > end_ms + LATENESS_MS) return "starts too late";
    }
    if (found->job->task == STORM_DEAD && started) return "starts although it is dead";
    if (found->row.state == AZ_JOB_EXPIRED)
        return found->row.finished_ms >= end_ms ? NULL : "expires too early";
    if (found->row.state != AZ_JOB_DONE || !started) return "is neither done nor expired";
    return fault_of_plan(found, false);
}

/* Stopped at its deadline with what it had by then; or never begun. */
static const char *fault_of_brief(const struct found *found)
{
    if (found->row.finished_ms < found->row.accepted_ms + 1900) return "ends before its deadline";
    if (found->row.state == AZ_JOB_EXPIRED)
        return found->row.has_plan ? "expires with a plan" : NULL;
    if (found->row.state != AZ_JOB_DONE) return "is neither done nor expired";
    return found->row.has_plan ? fault_of_plan(found, false) : NULL;
}

static const char *fault_of_task(const struct found *found)
{
    enum az_job_state state = found->row.state;
    switch (found->job->task) {
    case STORM_STREAM:
        return fault_of_stream(found);
    case STORM_LATE:
    case STORM_DEAD:
        return fault_of_lateness(found);
    case STORM_BRIEF:
        return fault_of_brief(found);
    case STORM_CANCELLED:
        if (state != AZ_JOB_CANCELLED) return "is not cancelled";
        return found->row.has_plan ? fault_of_plan(found, false) : NULL;
    case STORM_CHECK:
        if (state != AZ_JOB_DONE) return "is not done";
        return fault_of_document(found, "judgement", "ok", found->number % 2 == 1);
    case STORM_EXPLAIN:
        if (state != AZ_JOB_DONE) return "is not done";
        return fault_of_document(found, "explanation", "proven", true);
    case STORM_SOLVE:
    case STORM_TWIN:
    case STORM_REAL:
    case STORM_TASKS:
        break;
    }
    return state == AZ_JOB_DONE ? fault_of_plan(found, true) : "is not done";
}

/* --- all of them ------------------------------------------------------------------------------ */

/* What is wrong with a job; NULL: nothing. */
static const char *fault_of(struct found *found, int *attempts, int *failed)
{
    const char *fault;
    char id[32];
    snprintf(id, sizeof id, "storm-%d", found->number);
    if (az_store_job(found->store, id, found->arena, &found->row) != AZ_OK) return "is lost";
    if (!az_job_finished(found->row.state)) return "is stuck";
    if (az_store_events(found->store, found->row.seq, 0, EVENTS, found->arena, &found->events,
                        &found->count) != AZ_OK)
        return "is without events";
    if ((fault = fault_of_events(found)) || (fault = fault_of_attempts(found, attempts)))
        return fault;
    if (found->job->ends_heard != 1)
        return found->job->ends_heard ? "was heard to end twice" : "was not heard to end";
    /* Three deaths of its own solver are the end of a job, as they should be. */
    bool has_died = found->row.attempts >= DEATHS;
    if (has_died != (found->row.state == AZ_JOB_FAILED)) return "fails without three deaths";
    *failed += has_died;
    return has_died ? NULL : fault_of_task(found);
}

int storm_look(const struct test_service *service, const struct storm_load *load, int child_kills)
{
    struct az_store *store;
    int jobs = atomic_load((atomic_int *)&load->submitted), faults = 0, failed = 0, attempts = 0;
    int ends[AZ_JOB_STATE_COUNT] = { 0 };
    if (az_store_open(service->store, false, NULL, &store, NULL, 0) != AZ_OK) {
        printf("the store cannot be opened\n");
        return 1;
    }
    for (int i = 0; i < jobs; i++) {
        struct found found = { .store = store, .load = load, .job = &load->jobs[i], .number = i };
        found.arena = az_arena_new(NULL);
        struct az_job_row row;
        char id[32];
        snprintf(id, sizeof id, "storm-%d", i);
        if (az_store_job(store, id, found.arena, &row) == AZ_OK) {
            found.row = row;
            found.plan = read_part(&found, "plan");
            found.certificate = read_part(&found, "certificate");
            ends[row.state]++;
        }
        const char *fault = fault_of(&found, &attempts, &failed);
        if (fault) printf("storm-%d (task %d) %s\n", i, (int)load->jobs[i].task, fault);
        faults += fault != NULL;
        json_decref(found.plan);
        json_decref(found.certificate);
        az_arena_free(found.arena);
    }
    az_store_close(store);
    if (attempts > child_kills) {
        printf("%d attempts of %d killed solvers\n", attempts, child_kills);
        faults++;
    }
    printf("%d jobs acknowledged:", jobs);
    for (int i = AZ_JOB_DONE; i < AZ_JOB_STATE_COUNT; i++)
        printf(" %d %s", ends[i], az_job_state_code((enum az_job_state)i));
    printf("; %d of them failed after three deaths, %d wrong\n", failed, faults);
    return faults;
}

static bool is_quiet(struct az_store *store)
{
    int64_t counts[AZ_JOB_STATE_COUNT];
    return az_store_counts(store, counts) == AZ_OK &&
           counts[AZ_JOB_QUEUED] + counts[AZ_JOB_RUNNING] == 0;
}

int storm_wait(const struct test_service *service, struct storm_load *load)
{
    struct az_store *store;
    double end = test_now() + PATIENCE_S;
    int64_t cursor = 0;
    if (az_store_open(service->store, false, NULL, &store, NULL, 0) != AZ_OK) return 1;
    while (!is_quiet(store) && test_now() < end) test_nap(0.1);
    bool is_heard = az_store_last_cursor(store, &cursor) == AZ_OK;
    while (is_heard && atomic_load(&load->cursor) < cursor && test_now() < end) test_nap(0.05);
    az_store_close(store);
    if (test_now() < end) return 0;
    printf("some jobs never end\n");
    return 1;
}

/* --- what stays ------------------------------------------------------------------------------- */

static int count_entries(const char *path)
{
    struct dirent *entry;
    int count = 0;
    DIR *directory = opendir(path);
    while (directory && (entry = readdir(directory)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) count++;
    if (directory) closedir(directory);
    return count;
}

static int fault_of_number(sqlite3 *db, const char *sql, const char *wanted)
{
    sqlite3_stmt *row = NULL;
    const char *text = NULL;
    if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW)
        text = (const char *)sqlite3_column_text(row, 0);
    int fault = !text || strcmp(text, wanted) != 0;
    if (fault) printf("%s: %s\n", sql, text ? text : sqlite3_errmsg(db));
    sqlite3_finalize(row);
    return fault;
}

/* Sound pages, and no row without its job. */
static int fault_of_store(const char *path)
{
    sqlite3 *db = NULL;
    int faults = 0;
    if (sqlite3_open(path, &db) != SQLITE_OK) {
        printf("the store cannot be opened\n");
        sqlite3_close(db);
        return 1;
    }
    sqlite3_busy_timeout(db, 10000);
    faults += fault_of_number(db, "PRAGMA integrity_check", "ok");
    faults += fault_of_number(
        db, "SELECT count(*) FROM part WHERE job NOT IN (SELECT seq FROM job)", "0");
    faults += fault_of_number(
        db, "SELECT count(*) FROM event WHERE job NOT IN (SELECT seq FROM job)", "0");
    faults += fault_of_number(
        db, "SELECT count(*) FROM job WHERE state > 1 AND (runner IS NOT NULL OR finished_ms = 0)",
        "0");
    sqlite3_close(db);
    return faults;
}

/* No pause was long enough for that. */
static int fault_of_log(const struct test_service *service)
{
    char path[96], line[4000];
    int faults = 0;
    snprintf(path, sizeof path, "%s/log", service->directory);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) faults += strstr(line, "process_hung") != NULL;
    if (file) fclose(file);
    if (faults > 0) printf("%d processes were held to hang\n", faults);
    return faults;
}

int storm_look_behind(const struct test_service *service)
{
    char bells[120];
    int faults = fault_of_log(service), left = test_service_count(service);
    snprintf(bells, sizeof bells, "%s.bells", service->store);
    if (left > 0) printf("%d processes outlive the service\n", left);
    faults += left > 0;
    if (count_entries(bells) > 0) printf("%d bells are left\n", count_entries(bells));
    faults += count_entries(bells) > 0;
    if (strncmp(service->url, "ipc://", 6) == 0 && access(service->url + 6, F_OK) == 0) {
        printf("the socket is left\n");
        faults++;
    }
    return faults + fault_of_store(service->store);
}
