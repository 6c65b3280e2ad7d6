/* store.c - finds the store of a URL, and the words and clocks that every store shares. */
#include "adapters/service/store.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

static const char *const state_codes[] = {
#define AZ_JOB_STATE_CODE(name, code) code,
    AZ_JOB_STATES(AZ_JOB_STATE_CODE)
#undef AZ_JOB_STATE_CODE
};

static const char *const event_codes[] = {
#define AZ_EVENT_CODE(name, code) code,
    AZ_EVENTS(AZ_EVENT_CODE)
#undef AZ_EVENT_CODE
};

static const char *const task_codes[] = { "solve", "check", "explain", "validate" };

const char *az_job_state_code(enum az_job_state state)
{
    return state_codes[state];
}

bool az_job_state_find(const char *code, enum az_job_state *state)
{
    for (int i = 0; i < AZ_JOB_STATE_COUNT; i++)
        if (strcmp(state_codes[i], code) == 0) {
            *state = (enum az_job_state)i;
            return true;
        }
    return false;
}

const char *az_event_code(enum az_event_type type)
{
    return event_codes[type];
}

const char *az_task_code(enum az_task task)
{
    return task_codes[task];
}

/* --- clocks ----------------------------------------------------------------------------------- */

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_wall(void *data)
{
    (void)data;
    return read_clock(CLOCK_REALTIME);
}

static int64_t system_steady(void *data)
{
    (void)data;
    return read_clock(CLOCK_BOOTTIME);
}

static const char *system_boot(void *data)
{
    (void)data;
    static _Thread_local char boot[40];
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");
    if (!file) return "unknown";
    if (!fgets(boot, sizeof boot, file)) strcpy(boot, "unknown");
    fclose(file);
    boot[strcspn(boot, "\n")] = 0;
    return boot;
}

static int64_t system_room(void *data, const char *path)
{
    struct statvfs disk;
    (void)data;
    if (statvfs(path, &disk) != 0) return INT64_MAX;
    return (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

const struct az_store_clock az_store_system_clock = { system_wall, system_steady, system_boot,
                                                      system_room, NULL };

/* --- opening and dispatch --------------------------------------------------------------------- */

/* Leaves the path of a URL. */
static enum az_status find_path(const char **url, char *why, size_t size)
{
    if (strncmp(*url, "sqlite:", 7) == 0) *url += 7;
    if (!strstr(*url, "://")) return AZ_OK;
    if (why) snprintf(why, size, "%s: only SQLite stores (a path) are known here", *url);
    return AZ_UNSUPPORTED;
}

enum az_status az_store_open(const char *url, bool create, const struct az_store_clock *clock,
                             struct az_store **store, char *why, size_t size)
{
    *store = NULL;
    if (!clock) clock = &az_store_system_clock;
    AZ_TRY(find_path(&url, why, size));
    return az_store_sqlite_open(url, create, clock, store, why, size);
}

enum az_status az_store_open_spare(const char *url, const struct az_store_clock *clock,
                                   struct az_store **store, char *why, size_t size)
{
    *store = NULL;
    if (!clock) clock = &az_store_system_clock;
    AZ_TRY(find_path(&url, why, size));
    return az_store_sqlite_open_spare(url, clock, store, why, size);
}

void az_store_close(struct az_store *store)
{
    if (store) store->api->close(store);
}

const char *az_store_words(const struct az_store *store)
{
    return store->api->words(store);
}

void az_store_patience(struct az_store *store, int64_t ms)
{
    store->api->patience(store, ms);
}

enum az_status az_store_ready(struct az_store *store)
{
    return store->api->ready(store);
}

enum az_status az_store_hold(struct az_store *store)
{
    return store->api->hold(store);
}

void az_store_let_go(struct az_store *store)
{
    store->api->let_go(store);
}

enum az_status az_store_submit(struct az_store *store, struct az_submission items[], size_t count)
{
    return store->api->submit(store, items, count);
}

enum az_status az_store_room(struct az_store *store, size_t bytes)
{
    return store->api->room(store, bytes);
}

enum az_status az_store_job(struct az_store *store, const char *id, struct az_arena *arena,
                            struct az_job_row *row)
{
    return store->api->job(store, NULL, id, arena, row);
}

enum az_status az_store_job_of(struct az_store *store, const char *owner, const char *id,
                               struct az_arena *arena, struct az_job_row *row)
{
    return store->api->job(store, owner, id, arena, row);
}

enum az_status az_store_list(struct az_store *store, const struct az_job_filter *filter,
                             struct az_arena *arena, struct az_job_row **rows, size_t *count)
{
    return store->api->list(store, filter, arena, rows, count);
}

static const struct az_sight everything = { NULL, NULL };

enum az_status az_store_counts(struct az_store *store, int64_t counts[AZ_JOB_STATE_COUNT])
{
    return store->api->counts(store, &everything, counts);
}

enum az_status az_store_counts_seen(struct az_store *store, const struct az_sight *sight,
                                    int64_t counts[AZ_JOB_STATE_COUNT])
{
    return store->api->counts(store, sight, counts);
}

enum az_status az_store_figures(struct az_store *store, struct az_store_figures *figures)
{
    return store->api->figures(store, figures);
}

enum az_status az_store_events(struct az_store *store, int64_t seq, int64_t after, size_t limit,
                               struct az_arena *arena, struct az_event **events, size_t *count)
{
    return store->api->events(store, seq, &everything, after, limit, arena, events, count);
}

enum az_status az_store_events_seen(struct az_store *store, const struct az_sight *sight,
                                    int64_t after, size_t limit, struct az_arena *arena,
                                    struct az_event **events, size_t *count)
{
    return store->api->events(store, 0, sight, after, limit, arena, events, count);
}

enum az_status az_store_last_cursor(struct az_store *store, int64_t *cursor)
{
    return store->api->last_cursor(store, cursor);
}

enum az_status az_store_attempts(struct az_store *store, int64_t seq, struct az_arena *arena,
                                 struct az_attempt **attempts, size_t *count)
{
    return store->api->attempts(store, seq, arena, attempts, count);
}

enum az_status az_store_part_length(struct az_store *store, int64_t seq, const char *name,
                                    size_t *length)
{
    return store->api->part_length(store, seq, name, length);
}

enum az_status az_store_part(struct az_store *store, int64_t seq, const char *name, size_t offset,
                             size_t length, struct az_arena *arena, char **text, size_t *got)
{
    return store->api->part(store, seq, name, offset, length, arena, text, got);
}

enum az_status az_store_cancel_seq(struct az_store *store, int64_t seq, struct az_arena *arena,
                                   struct az_job_row *row)
{
    return store->api->cancel(store, seq, arena, row);
}

enum az_status az_store_cancel(struct az_store *store, const char *id, struct az_arena *arena,
                               struct az_job_row *row)
{
    AZ_TRY(az_store_job(store, id, arena, row));
    return az_store_cancel_seq(store, row->seq, arena, row);
}

const struct az_room az_room_any = { false, INFINITY, INFINITY, INFINITY };
const struct az_room az_room_short = { true, INFINITY, INFINITY, INFINITY };

enum az_status az_store_claim(struct az_store *store, const char *runner,
                              const struct az_room *room, int64_t lease_ms, struct az_arena *arena,
                              struct az_claim *claim)
{
    return store->api->claim(store, runner, room, lease_ms, arena, claim);
}

enum az_status az_store_beat(struct az_store *store, const char *runner, int64_t lease_ms,
                             struct az_arena *arena, struct az_lease **leases, size_t *count)
{
    return store->api->leases(store, runner, lease_ms, arena, leases, count);
}

enum az_status az_store_leases(struct az_store *store, const char *runner, struct az_arena *arena,
                               struct az_lease **leases, size_t *count)
{
    return store->api->leases(store, runner, 0, arena, leases, count);
}

enum az_status az_store_progress(struct az_store *store, const struct az_claim *claim,
                                 const struct az_job_progress *progress)
{
    return store->api->progress(store, claim, progress);
}

enum az_status az_store_plan(struct az_store *store, const struct az_claim *claim, const char *plan,
                             const char *certificate, const struct az_job_progress *progress)
{
    return store->api->plan(store, claim, plan, certificate, progress);
}

enum az_status az_store_attempt(struct az_store *store, const struct az_claim *claim, int signal,
                                int exit_status, const char *detail, int64_t limit,
                                int64_t *attempts)
{
    return store->api->attempt(store, claim, signal, exit_status, detail, limit, attempts);
}

enum az_status az_store_finish(struct az_store *store, const struct az_claim *claim,
                               const struct az_finish *finish)
{
    return store->api->finish(store, claim, finish);
}

enum az_status az_store_requeue(struct az_store *store, const struct az_claim *claim)
{
    return store->api->requeue(store, claim);
}

enum az_status az_store_recover(struct az_store *store, const char *runner, size_t *count)
{
    return store->api->recover(store, runner, count);
}

enum az_status az_store_sweep(struct az_store *store, size_t *changed, int64_t *next_ms)
{
    return store->api->sweep(store, changed, next_ms);
}

enum az_status az_store_delete_seq(struct az_store *store, int64_t seq)
{
    return store->api->delete (store, seq);
}

enum az_status az_store_delete(struct az_store *store, const char *id)
{
    struct az_job_row row;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? az_store_job(store, id, arena, &row) : AZ_NO_MEMORY;
    if (status == AZ_OK) status = az_store_delete_seq(store, row.seq);
    az_arena_free(arena);
    return status;
}

enum az_status az_store_retire(struct az_store *store, const char *kind, int64_t age_ms,
                               size_t *count, bool *more)
{
    return store->api->retire(store, kind, age_ms, count, more);
}

enum az_status az_store_shrink(struct az_store *store, bool *more)
{
    return store->api->shrink(store, more);
}

enum az_status az_store_backup(struct az_store *store, const char *path)
{
    return store->api->backup(store, path);
}

enum az_status az_store_token_add(struct az_store *store, struct az_token_row *token)
{
    return store->api->token_add(store, token);
}

enum az_status az_store_tokens(struct az_store *store, struct az_arena *arena,
                               struct az_token_row **tokens, size_t *count)
{
    return store->api->tokens(store, arena, tokens, count);
}

enum az_status az_store_token_end(struct az_store *store, const char *name, int64_t before,
                                  int64_t at_ms, size_t *count)
{
    return store->api->token_end(store, name, before, at_ms, count);
}

enum az_status az_store_token_remove(struct az_store *store, const char *name, size_t *count)
{
    return store->api->token_remove(store, name, count);
}

enum az_status az_store_token_used(struct az_store *store, int64_t number)
{
    return store->api->token_used(store, number);
}

int64_t az_store_wall_ms(struct az_store *store)
{
    return store->api->wall_ms(store);
}

enum az_status az_store_check(const char *url, enum az_language language,
                              void (*tell)(void *data, const char *words), void *data,
                              size_t *found, char *why, size_t size)
{
    *found = 0;
    AZ_TRY(find_path(&url, why, size));
    return az_store_sqlite_check(url, language, tell, data, found, why, size);
}

enum az_status az_store_restore(const char *backup, const char *url, char *why, size_t size)
{
    AZ_TRY(find_path(&url, why, size));
    return az_store_sqlite_restore(backup, url, why, size);
}
