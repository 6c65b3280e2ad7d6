/* test_store_protocol.c - every order in which a client, two runners and the clock may come to the
 * job store, against a model of the table in store.h.
 *
 * All states within some steps of an empty store, each once, and random walks further out, from
 * SEED. ALL=1: all states within ten steps. */
#include <sqlite3.h>
#include <time.h>

#include "adapters/service/store_sqlite.h"
#include "tests/support/memory_disk.h"
#include "tests/support/stored.h"

#include "tests/support/ledger.h"
#include "tests/support/protocol_model.h"
#include "tests/support/suite.h"

/* --- the store -------------------------------------------------------------------------------- */

static sqlite3 *raw;
static sqlite3_stmt *rules[sizeof ledger_rules / sizeof ledger_rules[0]];

static void open_store(void)
{
    store = open_one();
    ck_assert_int_eq(
        sqlite3_exec(az_sq_of(store)->db, "PRAGMA journal_mode = MEMORY", NULL, NULL, NULL),
        SQLITE_OK);
}

static enum az_status store_submit(int which)
{
    struct az_submission item = a_submission(ids[which]);
    item.stream = "dispatch";
    item.deadline_s = DEADLINE_MS / 1000.0;
    AZ_TRY(az_store_submit(store, &item, 1));
    return item.status;
}

static enum az_status store_write(const struct model *before, enum action action, int runner)
{
    const struct model_held *held = &before->held[runner];
    const struct az_claim mine = { .seq = held->seq, .token = held->token };
    struct az_finish finish = { .state = AZ_JOB_DONE };
    int64_t attempts;
    if (action == PLAN_1 || action == PLAN_2)
        return az_store_plan(store, &mine, "{}", "{}", &somewhere);
    if (action == DIE_1 || action == DIE_2)
        return az_store_attempt(store, &mine, 9, 0, NULL, DEATHS, &attempts);
    if (action == REQUEUE_1 || action == REQUEUE_2) return az_store_requeue(store, &mine);
    if (action == STOP_1 || action == STOP_2)
        finish.state = held->told == AZ_WISH_CANCEL ? AZ_JOB_CANCELLED : AZ_JOB_SUPERSEDED;
    else if (held->is_last)
        finish.state = AZ_JOB_FAILED;
    else
        finish.parts = (struct az_parts){ .plan = "{}", .certificate = "{}" };
    return az_store_finish(store, &mine, &finish);
}

/* Does it with the store; before: the model until then, after: since. */
static enum az_status store_do(const struct model *before, const struct model *then,
                               enum action action)
{
    int who = about(action);
    struct az_job_row row;
    struct az_lease *leases;
    struct az_claim taken;
    size_t count;
    int64_t next;
    enum az_status status;
    hands = then->hands;
    switch (action) {
    case SUBMIT_OLDER:
    case SUBMIT_NEWER:
        return store_submit(who);
    case CANCEL_OLDER:
    case CANCEL_NEWER:
        return az_store_cancel(store, ids[who], arena, &row);
    case DELETE_OLDER:
    case DELETE_NEWER:
        return az_store_delete(store, ids[who]);
    case CLAIM_1:
    case CLAIM_2:
        status = az_store_claim(store, runner_names[who], &az_room_any, LEASE_MS, arena, &taken);
        if (status == AZ_OK)
            ck_assert(taken.seq == then->held[who].seq && taken.token == then->held[who].token);
        return status;
    case BEAT_1:
    case BEAT_2:
        return az_store_beat(store, runner_names[who], LEASE_MS, arena, &leases, &count);
    case CRASH_1:
    case CRASH_2:
        return az_store_recover(store, runner_names[who], &count);
    case RESTART:
        return az_store_recover(store, NULL, &count);
    case LAPSE:
    case OVERDUE:
        return AZ_OK;
    case REBOOT:
        az_store_close(store);
        open_store();
        return AZ_OK;
    case SWEEP:
        return az_store_sweep(store, &count, &next);
    default:
        return store_write(before, action, who);
    }
}

/* --- what must hold --------------------------------------------------------------------------- */

static const char *story(const unsigned char *path_taken, size_t length)
{
    static char text[2000];
    text[0] = 0;
    for (size_t i = 0; i < length && strlen(text) < sizeof text - 40; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), " %s",
                 action_names[path_taken[i]]);
    return text;
}

/* The store is as the model says. */
static void assert_same(const struct model *m, const char *(*tell)(void))
{
    for (int i = 0; i < JOBS; i++) {
        const struct model_job *job = &m->job[i];
        struct az_job_row row;
        enum az_status status = az_store_job(store, ids[i], arena, &row);
        ck_assert_msg(status == (job->exists ? AZ_OK : AZ_NOT_FOUND), "%s: %s:%s", ids[i],
                      az_status_code(status), tell());
        if (!job->exists) continue;
        const char *runner = runner_names[job->runner];
        bool same_runner = runner ? row.runner && strcmp(row.runner, runner) == 0 : !row.runner;
        ck_assert_msg(row.state == job->state, "%s is %s, not %s:%s", ids[i],
                      az_job_state_code(row.state), az_job_state_code(job->state), tell());
        ck_assert_msg(same_runner && row.wish == job->wish && row.attempts == job->attempts &&
                          row.has_plan == job->has_plan && row.seq == job->seq &&
                          row.revision == job->seq * ((int64_t)1 << 20) + job->revision,
                      "%s is not as it should be:%s", ids[i], tell());
    }
}

static void assert_rules(const char *(*tell)(void))
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        ck_assert_int_eq(sqlite3_step(rules[i]), SQLITE_ROW);
        int64_t broken = sqlite3_column_int64(rules[i], 0);
        sqlite3_reset(rules[i]);
        ck_assert_msg(broken == 0, "%s:%s", ledger_rules[i].name, tell());
    }
}

/* No token but the one of a running job has any effect, whoever kept it. */
static void assert_fenced(const struct model *m, const char *(*tell)(void))
{
    const struct az_finish finish = { .state = AZ_JOB_DONE };
    int64_t attempts;
    for (int64_t seq = 1; seq <= m->submitted; seq++) {
        const struct model_job *job = NULL;
        for (int i = 0; i < JOBS; i++)
            if (m->job[i].exists && m->job[i].seq == seq) job = &m->job[i];
        int64_t live = job && job->state == AZ_JOB_RUNNING ? job->token : -1;
        for (int64_t token = 0; token <= (job ? job->token : 2); token++) {
            const struct az_claim old = { .seq = seq, .token = token };
            if (token == live) continue;
            ck_assert_msg(az_store_plan(store, &old, "x", "x", &somewhere) == AZ_CONFLICT &&
                              az_store_progress(store, &old, &somewhere) == AZ_CONFLICT &&
                              az_store_attempt(store, &old, 9, 0, NULL, 3, &attempts) ==
                                  AZ_CONFLICT &&
                              az_store_requeue(store, &old) == AZ_CONFLICT &&
                              az_store_finish(store, &old, &finish) == AZ_CONFLICT,
                          "token %lld of job %lld:%s", (long long)token, (long long)seq, tell());
        }
    }
    assert_same(m, tell);
}

/* Whatever has happened, everything ends once all runners are dead: what was to stop has stopped,
 * and the rest is run. */
static void assert_ends(const struct model *m, const char *(*tell)(void))
{
    struct az_job_row row;
    hands = m->hands;
    ledger_run_out(store, arena);
    for (int i = 0; i < JOBS; i++) {
        const struct model_job *job = &m->job[i];
        if (!job->exists) continue;
        ck_assert_int_eq(az_store_job(store, ids[i], arena, &row), AZ_OK);
        ck_assert_msg(az_job_finished(row.state), "%s does not end:%s", ids[i], tell());
        ck_assert_msg(!az_job_finished(job->state) || row.state == job->state, "%s changed:%s",
                      ids[i], tell());
        if (job->wish == AZ_WISH_CANCEL && !az_job_finished(job->state))
            ck_assert_msg(row.state == AZ_JOB_CANCELLED, "%s is not cancelled:%s", ids[i], tell());
        if (job->wish == AZ_WISH_SUPERSEDE && !az_job_finished(job->state))
            ck_assert_msg(row.state == AZ_JOB_SUPERSEDED, "%s is not superseded:%s", ids[i],
                          tell());
    }
    assert_rules(tell);
}

/* --- looking at every state ------------------------------------------------------------------- */

#define DEPTH 10 /* of what is looked at whole */
#define WALK 60

static uint64_t mix(uint64_t sum, const int facts[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum = (sum ^ (uint64_t)(unsigned)facts[i]) * UINT64_C(1099511628211);
    return sum;
}

/* What distinguishes states for all that may follow; with the runners' names exchanged, or not. */
static uint64_t key_of(const struct model *m, bool exchanged)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    for (int i = 0; i < JOBS; i++) {
        const struct model_job *job = &m->job[i];
        int facts[] = { job->exists,
                        job->has_plan,
                        (int)job->state,
                        (int)job->wish,
                        exchanged && job->runner ? RUNNERS - job->runner : job->runner,
                        (int)job->attempts,
                        job->state == AZ_JOB_RUNNING && job->lease <= m->hands.steady,
                        job->due <= m->hands.steady,
                        m->job[0].seq < m->job[1].seq };
        sum = mix(sum, facts, sizeof facts / sizeof facts[0]);
        for (int r = FIRST; r < RUNNERS; r++) {
            const struct model_held *held = &m->held[exchanged ? RUNNERS - r : r];
            int holds = held->any && job->exists && held->seq == job->seq
                            ? held->token == job->token ? 2 : 1
                            : 0;
            sum = mix(sum, &holds, 1);
        }
    }
    for (int r = FIRST; r < RUNNERS; r++) {
        const struct model_held *held = &m->held[exchanged ? RUNNERS - r : r];
        int facts[] = { held->any, held->is_last, (int)held->told };
        sum = mix(sum, facts, sizeof facts / sizeof facts[0]);
    }
    int rest[] = { (int)m->submitted, m->overdue, m->reboots };
    return mix(sum, rest, sizeof rest / sizeof rest[0]);
}

/* It does not matter which runner is which. */
static uint64_t state_key(const struct model *m)
{
    uint64_t one = key_of(m, false), other = key_of(m, true);
    return one < other ? one : other;
}

static struct {
    uint64_t *slots;
    size_t capacity, count;
} seen;

/* False when it is new. */
static bool was_seen(uint64_t key)
{
    if (key == 0) key = 1;
    if (2 * (seen.count + 1) > seen.capacity) {
        uint64_t *old = seen.slots;
        size_t before = seen.capacity;
        seen.capacity = before ? 2 * before : 1 << 14;
        seen.slots = calloc(seen.capacity, sizeof *seen.slots);
        seen.count = 0;
        ck_assert_ptr_nonnull(seen.slots);
        for (size_t i = 0; i < before; i++)
            if (old[i]) was_seen(old[i]);
        free(old);
    }
    size_t at = key & (seen.capacity - 1);
    while (seen.slots[at] && seen.slots[at] != key) at = (at + 1) & (seen.capacity - 1);
    if (seen.slots[at] == key) return true;
    seen.slots[at] = key;
    seen.count++;
    return false;
}

struct state {
    struct model model;
    struct memory_image disk;
    unsigned char path[WALK];
    size_t length;
};

static struct state *frontier, *next_frontier;
static size_t frontier_count, next_count, next_capacity, steps_taken;
static const struct state *current;

static const char *tell_current(void)
{
    return story(current->path, current->length);
}

/* A handle that was opened in another life of the machine is of no use in this one. */
static void go_to(const struct state *state)
{
    memory_disk_go_back(&state->disk);
    hands = state->model.hands;
}

/* One step from a state; *then is where it leads, without its disk. */
static void take_step(const struct state *from, enum action action, struct state *then)
{
    *then = *from;
    then->path[then->length++] = (unsigned char)action;
    current = then;
    enum az_status expected = model_do(&then->model, action);
    enum az_status status = store_do(&from->model, &then->model, action);
    ck_assert_msg(status == expected, "%s, not %s:%s", az_status_code(status),
                  az_status_code(expected), tell_current());
    assert_same(&then->model, tell_current);
    steps_taken++;
}

static void look_closer(struct state *state)
{
    current = state;
    assert_rules(tell_current);
    assert_fenced(&state->model, tell_current);
    state->disk = memory_disk_keep();
    assert_ends(&state->model, tell_current);
}

static void add_next(const struct state *state)
{
    if (next_count == next_capacity) {
        next_capacity = next_capacity ? 2 * next_capacity : 256;
        next_frontier = realloc(next_frontier, next_capacity * sizeof *next_frontier);
        ck_assert_ptr_nonnull(next_frontier);
    }
    next_frontier[next_count++] = *state;
}

static void fresh_arena(void)
{
    az_arena_free(arena);
    arena = az_arena_new(NULL);
}

static void expand(const struct state *from)
{
    struct state then;
    for (int action = 0; action < ACTION_COUNT; action++) {
        if (!may_happen(&from->model, (enum action)action)) continue;
        go_to(from);
        take_step(from, (enum action)action, &then);
        if (was_seen(state_key(&then.model))) continue;
        look_closer(&then);
        add_next(&then);
    }
    fresh_arena();
}

static void protocol_set_up(void)
{
    sqlite3 *empty;
    memory_disk_use();
    strcpy(path, "jobs.db");
    hands = (struct hands){ INT64_C(1795000000000), 5000000, "boot-1", INT64_MAX };
    /* Small pages: there are many states. */
    ck_assert_int_eq(sqlite3_open(path, &empty), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(empty,
                                  "PRAGMA page_size = 512; PRAGMA auto_vacuum = INCREMENTAL;"
                                  "VACUUM",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(empty);
    arena = az_arena_new(NULL);
    open_store();
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        ck_assert_int_eq(sqlite3_prepare_v2(raw, ledger_rules[i].sql, -1, &rules[i], NULL),
                         SQLITE_OK);
}

static void protocol_tear_down(void)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) sqlite3_finalize(rules[i]);
    sqlite3_close(raw);
    az_store_close(store);
    az_arena_free(arena);
}

/* Without it there would be an order of things in which a job is lost, run by two, changed after
 * its end, or never stops. */
START_TEST(no_order_of_calls_breaks_the_protocol)
{
    bool all = getenv("ALL") != NULL;
    size_t most = all ? SIZE_MAX : TEST_SOME(3000), depth = 0;
    struct state start = { .model = { .hands = hands } };
    was_seen(state_key(&start.model));
    start.disk = memory_disk_keep();
    add_next(&start);
    while (next_count > 0 && depth < DEPTH && seen.count < most) {
        frontier = next_frontier;
        frontier_count = next_count;
        next_frontier = NULL;
        next_count = next_capacity = 0;
        for (size_t i = 0; i < frontier_count; i++) {
            if (seen.count < most) expand(&frontier[i]);
            free(frontier[i].disk.data);
        }
        free(frontier);
        depth++;
        fprintf(stderr, "depth %zu: %zu states, %zu steps\n", depth, seen.count, steps_taken);
    }
    for (size_t i = 0; i < next_count; i++) free(next_frontier[i].disk.data);
    free(next_frontier);
    free(seen.slots);
}
END_TEST

/* The same far from the start, where jobs have come and gone under the same names. */
START_TEST(no_long_story_breaks_the_protocol)
{
    const char *asked = getenv("SEED");
    unsigned seed = asked ? (unsigned)strtoul(asked, NULL, 10) : (unsigned)time(NULL);
    int walks = getenv("ALL") ? 2000 : TEST_SOME(60);
    struct state start = { .model = { .hands = hands } }, then;
    fprintf(stderr, "SEED=%u\n", seed);
    most_submissions = WALK;
    start.disk = memory_disk_keep();
    for (int i = 0; i < walks; i++) {
        struct state at = start;
        go_to(&start);
        while (at.length < WALK) {
            enum action action = (enum action)(rand_r(&seed) % ACTION_COUNT);
            if (!may_happen(&at.model, action)) continue;
            take_step(&at, action, &then);
            at = then;
            if (rand_r(&seed) % 4 > 0) continue;
            look_closer(&at);
            go_to(&at);
            free(at.disk.data);
        }
        fresh_arena();
    }
    free(start.disk.data);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store protocol");
    TCase *tests = tcase_create("every order");
    tcase_set_timeout(tests, getenv("ALL") ? 3000 : 60);
    tcase_add_checked_fixture(tests, protocol_set_up, protocol_tear_down);
    tcase_add_test(tests, no_order_of_calls_breaks_the_protocol);
    tcase_add_test(tests, no_long_story_breaks_the_protocol);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
