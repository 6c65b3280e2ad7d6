/* test_store_kill.c - processes at one job store that are killed at any moment: what a call
 * acknowledged before its process died is there afterwards, once.
 *
 * One process submits, cancels and deletes, two claim, plan and finish; each is killed again and
 * again and begins anew. What they were told goes to the parent by a pipe. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/stored.h"

#include "tests/support/ledger.h"
#include "tests/support/suite.h"

#define KILLS TEST_SOME(150)
#define PROCESSES 3
#define LIVES 400       /* of one that submits */
#define JOBS_OF_LIFE 64 /* submitted in one of them */
#define NUMBERS (LIVES * JOBS_OF_LIFE)

/* Nobody here loses power. */
int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

/* --- what the processes tell ------------------------------------------------------------------ */

enum what { SUBMITTED, FINISHED, TRY_ATTEMPT, ATTEMPTED, TRY_DELETE, DELETED };

struct told {
    enum what what;
    int number;
    int64_t token;
};

static int report_fd;

static void tell(enum what what, int number, int64_t token)
{
    struct told told = { what, number, token };
    if (write(report_fd, &told, sizeof told) != sizeof told) _exit(2);
}

/* --- the processes ---------------------------------------------------------------------------- */

static unsigned chance;

static int below(int limit)
{
    return rand_r(&chance) % limit;
}

static struct az_store *open_here(void)
{
    struct az_store *opened;
    char why[300] = "";
    if (az_store_open(path, true, NULL, &opened, why, sizeof why) != AZ_OK) {
        fprintf(stderr, "%s\n", why);
        _exit(3);
    }
    return opened;
}

static void name_job(char id[32], int number)
{
    snprintf(id, 32, "job-%d", number);
}

/* A text that tells whose it is, of a length of its own. */
static void write_text(char *text, size_t size, const char *of, int number, int64_t token)
{
    int length = snprintf(text, size, "%s %d %lld ", of, number, (long long)token);
    size_t end = (size_t)length + (size_t)(number * 7919 % 6000);
    memset(text + length, '.', end - (size_t)length);
    text[end] = 0;
}

static void keep_submitting(int life)
{
    static char requests[4][8000];
    char ids[4][32];
    struct az_store *mine = open_here();
    for (int next = 0; next + 4 <= JOBS_OF_LIFE;) {
        struct az_submission items[4];
        struct az_job_row row;
        int first = life * JOBS_OF_LIFE + next, count = 1 + below(4);
        for (int i = 0; i < count; i++) {
            name_job(ids[i], first + i);
            write_text(requests[i], sizeof requests[i], "request", first + i, 0);
            items[i] = a_submission(ids[i]);
            items[i].request = requests[i];
            items[i].request_length = strlen(requests[i]);
            items[i].deadline_s = 3600;
        }
        if (az_store_submit(mine, items, (size_t)count) != AZ_OK) _exit(4);
        for (int i = 0; i < count; i++) tell(SUBMITTED, first + i, 0);
        next += count;
        int old = below(first + 1);
        name_job(ids[0], old);
        if (below(4) == 0) az_store_cancel(mine, ids[0], az_arena_new(NULL), &row);
        if (below(3) > 0) continue;
        tell(TRY_DELETE, old, 0);
        if (az_store_delete(mine, ids[0]) == AZ_OK) tell(DELETED, old, 0);
    }
    for (;;) pause();
}

static void work_on(struct az_store *mine, const struct az_claim *taken)
{
    static char plan[8000];
    int number = atoi(taken->job.id + 4);
    int64_t attempts;
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = plan, .certificate = "{}" },
                                .progress = somewhere };
    write_text(plan, sizeof plan, "plan", number, taken->token);
    if (below(3) == 0) az_store_progress(mine, taken, &somewhere);
    if (below(2) == 0) az_store_plan(mine, taken, plan, "{}", &somewhere);
    if (below(4) == 0) {
        tell(TRY_ATTEMPT, number, 0);
        if (az_store_attempt(mine, taken, 9, 0, NULL, 1000, &attempts) == AZ_OK)
            tell(ATTEMPTED, number, 0);
    } else if (below(6) == 0) {
        az_store_requeue(mine, taken);
    } else if (az_store_finish(mine, taken, &finish) == AZ_OK) {
        tell(FINISHED, number, taken->token);
    }
}

static void keep_working(int slot)
{
    char name[32];
    size_t count;
    struct az_store *mine = open_here();
    snprintf(name, sizeof name, "runner-%d", slot);
    if (az_store_recover(mine, name, &count) != AZ_OK) _exit(5);
    for (;;) {
        struct az_arena *memory = az_arena_new(NULL);
        struct az_claim taken;
        enum az_status status = az_store_claim(mine, name, &az_room_any, 60000, memory, &taken);
        if (status == AZ_OK)
            work_on(mine, &taken);
        else if (status != AZ_NOT_FOUND)
            _exit(6);
        else
            nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
        az_arena_free(memory);
    }
}

static pid_t start(int slot, int life)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid > 0) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    chance = (unsigned)(life * 7 + slot);
    if (slot == 0)
        keep_submitting(life);
    else
        keep_working(slot);
    _exit(0);
}

/* --- the parent ------------------------------------------------------------------------------- */

static struct {
    int submitted, finished, tried, attempted, tried_delete, deleted;
    int64_t token;
} jobs[NUMBERS];

static void hear(int fd)
{
    struct told told;
    while (read(fd, &told, sizeof told) == (ssize_t)sizeof told) {
        ck_assert_int_lt(told.number, NUMBERS);
        switch (told.what) {
        case SUBMITTED:
            jobs[told.number].submitted++;
            break;
        case FINISHED:
            jobs[told.number].finished++;
            jobs[told.number].token = told.token;
            break;
        case TRY_ATTEMPT:
            jobs[told.number].tried++;
            break;
        case ATTEMPTED:
            jobs[told.number].attempted++;
            break;
        case TRY_DELETE:
            jobs[told.number].tried_delete++;
            break;
        case DELETED:
            jobs[told.number].deleted++;
            break;
        }
    }
}

static void assert_text(int64_t seq, const char *part, int number, int64_t token)
{
    static char expected[8000];
    char *text;
    size_t got;
    write_text(expected, sizeof expected, part, number, token);
    ck_assert_int_eq(az_store_part(store, seq, part, 0, 10000, arena, &text, &got), AZ_OK);
    ck_assert_str_eq(text, expected);
}

static void assert_job(int number)
{
    char id[32];
    struct az_job_row row;
    name_job(id, number);
    enum az_status status = az_store_job(store, id, arena, &row);
    if (jobs[number].deleted) ck_assert_int_eq(status, AZ_NOT_FOUND);
    if (status == AZ_NOT_FOUND && jobs[number].tried_delete) return;
    ck_assert_msg(status == AZ_OK, "%s was acknowledged and is gone", id);
    assert_text(row.seq, "request", number, 0);
    ck_assert_msg(jobs[number].finished <= 1, "%s was finished %d times", id,
                  jobs[number].finished);
    ck_assert_int_ge(row.attempts, jobs[number].attempted);
    ck_assert_int_le(row.attempts, jobs[number].tried);
    if (!jobs[number].finished) return;
    ck_assert_int_eq(row.state, AZ_JOB_DONE);
    assert_text(row.seq, "plan", number, jobs[number].token);
}

static void look_afterwards(void)
{
    sqlite3 *raw;
    int submitted = 0, finished = 0, attempted = 0, deleted = 0;
    arena = az_arena_new(NULL);
    store = open_here();
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ledger_check(raw, "after the kills");
    ledger_check_file(raw, "after the kills");
    for (int number = 0; number < NUMBERS; number++) {
        if (jobs[number].submitted) assert_job(number);
        submitted += jobs[number].submitted;
        finished += jobs[number].finished;
        attempted += jobs[number].attempted;
        deleted += jobs[number].deleted;
    }
    fprintf(stderr, "%d submitted, %d finished, %d deaths, %d deleted\n", submitted, finished,
            attempted, deleted);
    ck_assert_int_gt(submitted, KILLS / 3);
    ck_assert_int_gt(finished, KILLS / 10);
    ledger_run_out(store, arena);
    ledger_check(raw, "in the end");
    ck_assert_int_eq(ledger_ask(raw, "SELECT count(*) FROM job WHERE state < 2"), 0);
    sqlite3_close(raw);
    az_store_close(store);
    az_arena_free(arena);
}

/* Without it a process that dies in the middle would take a job with it that somebody was told is
 * safe, give it two results, or leave a store that nobody can use. */
START_TEST(killing_at_any_moment_loses_nothing)
{
    char command[128];
    int pipes[2], life = 0;
    pid_t pids[PROCESSES] = { 0 };
    unsigned seed = (unsigned)time(NULL);
    strcpy(directory, "/tmp/azumi-kill-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/jobs.db", directory);
    ck_assert_int_eq(pipe(pipes), 0);
    ck_assert_int_eq(fcntl(pipes[0], F_SETFL, O_NONBLOCK), 0);
    report_fd = pipes[1];
    for (int kills = 0; kills < KILLS; kills++) {
        for (int i = 0; i < PROCESSES; i++)
            if (pids[i] == 0) pids[i] = start(i, i == 0 ? life++ : kills);
        struct pollfd ready = { pipes[0], POLLIN, 0 };
        int64_t wait = rand_r(&seed) % 30;
        for (int i = 0; i < wait && poll(&ready, 1, 1) >= 0; i++) hear(pipes[0]);
        int victim = rand_r(&seed) % PROCESSES, status;
        ck_assert_int_eq(kill(pids[victim], SIGKILL), 0);
        ck_assert_int_eq(waitpid(pids[victim], &status, 0), pids[victim]);
        ck_assert_msg(WIFSIGNALED(status), "process %d ended by itself: %d", victim,
                      WEXITSTATUS(status));
        pids[victim] = 0;
    }
    for (int i = 0; i < PROCESSES; i++)
        if (pids[i] > 0 && kill(pids[i], SIGKILL) == 0) waitpid(pids[i], NULL, 0);
    hear(pipes[0]);
    look_afterwards();
    snprintf(command, sizeof command, "rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store kill");
    TCase *tests = tcase_create("killed at any moment");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, killing_at_any_moment_loses_nothing);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
