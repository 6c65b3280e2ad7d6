/* test_memory_store.c - memory that runs out in the job store, in SQLite as in ours: a call is done
 * or says so and has changed nothing, and never keeps the store from others. */
#include <sqlite3.h>

#ifdef __SANITIZE_ADDRESS__
#define STARVE_POINTS 6
#else
#define STARVE_POINTS 30
#endif

#include "tests/support/starve.h"
#include "tests/support/stored.h"
#include "tests/support/suite.h"

/* --- SQLite's memory: ours, with its size before it ---------------------------------------------
 */

#define HEAD 16

static void *take(int size)
{
    char *block = malloc((size_t)size + HEAD);
    if (!block) return NULL;
    memcpy(block, &size, sizeof size);
    return block + HEAD;
}

static void give(void *block)
{
    free((char *)block - HEAD);
}

static int size_of(void *block)
{
    int size = 0;
    if (block) memcpy(&size, (char *)block - HEAD, sizeof size);
    return size;
}

static void *resize(void *block, int size)
{
    char *grown = realloc((char *)block - HEAD, (size_t)size + HEAD);
    if (!grown) return NULL;
    memcpy(grown, &size, sizeof size);
    return grown + HEAD;
}

static int round_up(int size)
{
    return (size + 7) & ~7;
}

static int nothing(void *data)
{
    (void)data;
    return SQLITE_OK;
}

static void no_more(void *data)
{
    (void)data;
}

/* --- calls --------------------------------------------------------------------------------------
 */

static struct az_store *tried;
static struct az_claim claimed;
static char id[32];

static enum az_status do_submit(struct az_arena *own)
{
    struct az_submission item = a_submission(id);
    (void)own;
    enum az_status status = az_store_submit(tried, &item, 1);
    return status == AZ_OK ? item.status : status;
}

static enum az_status do_claim(struct az_arena *own)
{
    return az_store_claim(tried, "runner-1", &az_room_any, LEASE_MS, own, &claimed);
}

static const struct az_job_progress progress = { "p", 1, 2, 3, 0.5, 6 };

static enum az_status do_progress(struct az_arena *own)
{
    (void)own;
    return az_store_progress(tried, &claimed, &progress);
}

static enum az_status do_plan(struct az_arena *own)
{
    (void)own;
    return az_store_plan(tried, &claimed, "{}", "{\"status\":\"feasible\"}", &progress);
}

static enum az_status do_attempt(struct az_arena *own)
{
    int64_t attempts;
    (void)own;
    return az_store_attempt(tried, &claimed, 6, 0, "died", 3, &attempts);
}

static enum az_status do_finish(struct az_arena *own)
{
    struct az_finish end = { .state = AZ_JOB_DONE,
                             .parts = { .plan = "{}", .certificate = "{}" },
                             .certificate_status = "optimal" };
    (void)own;
    return az_store_finish(tried, &claimed, &end);
}

static enum az_status do_requeue(struct az_arena *own)
{
    (void)own;
    return az_store_requeue(tried, &claimed);
}

static enum az_status do_beat(struct az_arena *own)
{
    struct az_lease *leases;
    size_t count;
    AZ_TRY(az_store_beat(tried, "runner-1", LEASE_MS, own, &leases, &count));
    return count == 1 ? AZ_OK : AZ_INTERNAL;
}

static enum az_status do_recover(struct az_arena *own)
{
    size_t count;
    (void)own;
    return az_store_recover(tried, "runner-1", &count);
}

static enum az_status do_sweep(struct az_arena *own)
{
    size_t changed;
    int64_t next;
    (void)own;
    return az_store_sweep(tried, &changed, &next);
}

static enum az_status do_look(struct az_arena *own)
{
    struct az_job_filter filter = { .state = -1, .limit = 10 };
    struct az_job_row row, *rows;
    struct az_event *events;
    size_t count;
    AZ_TRY(az_store_job(tried, id, own, &row));
    AZ_TRY(az_store_list(tried, &filter, own, &rows, &count));
    if (count == 0) return AZ_INTERNAL;
    AZ_TRY(az_store_events(tried, row.seq, 0, 10, own, &events, &count));
    return count == 2 ? AZ_OK : AZ_INTERNAL;
}

static enum az_status do_cancel(struct az_arena *own)
{
    struct az_job_row row;
    return az_store_cancel(tried, id, own, &row);
}

static enum az_status do_delete(struct az_arena *own)
{
    (void)own;
    return az_store_delete(tried, id);
}

enum before { NEW, QUEUED, CLAIMED, CANCELLED };

static const struct {
    const char *name;
    enum before before;
    enum az_status (*run)(struct az_arena *own);
} calls[] = {
    { "submit", NEW, do_submit },         { "claim", QUEUED, do_claim },
    { "progress", CLAIMED, do_progress }, { "plan", CLAIMED, do_plan },
    { "attempt", CLAIMED, do_attempt },   { "finish", CLAIMED, do_finish },
    { "requeue", CLAIMED, do_requeue },   { "beat", CLAIMED, do_beat },
    { "recover", CLAIMED, do_recover },   { "sweep", QUEUED, do_sweep },
    { "look", CLAIMED, do_look },         { "cancel", QUEUED, do_cancel },
    { "delete", CANCELLED, do_delete },
};
#define CALLS (sizeof calls / sizeof calls[0])

static void prepare(enum before before)
{
    static int number;
    struct az_job_row row;
    snprintf(id, sizeof id, "job-%d", ++number);
    if (before == NEW) return;
    submit(id, 60, 0);
    if (before == CLAIMED) claimed = claim(false);
    if (before == CANCELLED) ck_assert_int_eq(az_store_cancel(store, id, arena, &row), AZ_OK);
}

static void clean_up(void)
{
    struct az_job_row row;
    size_t count;
    ck_assert_int_eq(az_store_recover(store, NULL, &count), AZ_OK);
    if (az_store_job(store, id, arena, &row) == AZ_OK) {
        az_store_cancel(store, id, arena, &row);
        ck_assert_int_eq(az_store_delete(store, id), AZ_OK);
    }
    az_arena_empty(arena);
}

/* One try with n blocks. False: there were enough. */
static bool try_with(size_t i, long n)
{
    tried = open_one();
    prepare(calls[i].before);
    struct az_arena *own = az_arena_new(NULL);
    atomic_store(&refused, false);
    atomic_store(&left, n);
    enum az_status status = calls[i].run(own);
    atomic_store(&left, -1);
    bool was_refused = atomic_load(&refused);
    if (status != AZ_OK && !(was_refused && status == AZ_NO_MEMORY))
        ck_abort_msg("%s with %ld: %s, %s", calls[i].name, n, az_status_code(status),
                     az_store_words(tried));
    /* Others are not kept waiting, */
    struct az_submission other = a_submission("other");
    az_store_patience(store, 0);
    enum az_status others = az_store_submit(store, &other, 1);
    struct az_job_row row;
    if (others == AZ_OK) others = az_store_cancel(store, "other", arena, &row);
    if (others == AZ_OK) others = az_store_delete(store, "other");
    if (others != AZ_OK)
        ck_abort_msg("after %s with %ld: %s", calls[i].name, n, az_status_code(others));
    /* and what was not done can be done. */
    if (status != AZ_OK && (status = calls[i].run(own)) != AZ_OK)
        ck_abort_msg("%s after %ld: %s", calls[i].name, n, az_status_code(status));
    az_store_close(tried);
    az_arena_free(own);
    clean_up();
    return was_refused;
}

/* Without it one moment without memory would lock the store for the whole service, or leave half of
 * a change behind. */
START_TEST(a_store_without_memory_says_so_and_lets_go)
{
    for (int once = 0; once < 2; once++) {
        long n = 0, points = 0;
        atomic_store(&refuses_once, once);
        for (; try_with((size_t)_i, n); points++) n += points < starve_points() ? 1 : 1 + n / 4;
        ck_assert_int_ge(points, 3);
    }
}
END_TEST

int main(void)
{
    static const sqlite3_mem_methods methods = { take,     give,    resize,  size_of,
                                                 round_up, nothing, no_more, NULL };
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK ||
        sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK)
        return EXIT_FAILURE;
    Suite *suite = suite_create("memory store");
    TCase *cases = tcase_create("memory");
    tcase_set_timeout(cases, getenv("ALL") ? 1000 : 100);
    tcase_add_checked_fixture(cases, set_up_quick, tear_down);
    tcase_add_loop_test(cases, a_store_without_memory_says_so_and_lets_go, 0, CALLS);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
