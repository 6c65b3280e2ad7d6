/* test_store_random.c - the job store against a small model of itself: what a store does is what
 * store.h says, whatever comes in which order from how many handles while the clocks jump.
 *
 * Each step does one thing to the store and to the model and compares the answers; every so often
 * all jobs are compared. ALL=1: many more seeds and steps. A failure names its seed and step. */
#include <math.h>

#include "tests/support/stored.h"
#include "tests/support/suite.h"

#define JOBS 400
#define CLAIMS 64
#define HANDLES 3
#define IDS 14
#define RUNNERS 3
#define DEATHS 2

static const char *const kinds[] = { "probe", "microgrid" };
static const char *const owners[] = { NULL, "kita" };
static const char *const streams[] = { NULL, "dispatch", "plans", "dispatch" };
static const char *const runners[RUNNERS] = { "runner-a", "runner-b", "runner-c" };
static const char *const versions[] = { NULL, "1", "2" };

/* A job as it should stand in the store. */
struct job {
    bool gone;
    int64_t seq, token, due, not_after, lease_until, accepted, ended, finished, rev;
    int id, kind, owner, stream, sha, runner, version, attempts, priority, plan;
    double deadline_s;
    enum az_job_state state;
    enum az_stop_wish wish;
    bool is_optimal, has_plan;
};

static struct {
    struct job jobs[JOBS];
    int count;
    int64_t last_seq, last_cursor;
    struct az_claim claims[CLAIMS]; /* the last ones, most of them stale */
    int claim_count;
    struct az_store *handles[HANDLES];
    uint64_t seed, random;
    int step, plans, boots;
    const char *what;
} m;

#define EXPECT(condition)                                                                      \
    ck_assert_msg(condition, "seed %llu, step %d, %s: %s", (unsigned long long)m.seed, m.step, \
                  m.what, #condition)
#define EXPECT_IS(a, b)                                                                \
    do {                                                                               \
        long long left_ = (long long)(a), right_ = (long long)(b);                     \
        ck_assert_msg(left_ == right_, "seed %llu, step %d, %s: %s is %lld, not %lld", \
                      (unsigned long long)m.seed, m.step, m.what, #a, left_, right_);  \
    } while (0)

/* --- chance ------------------------------------------------------------------------------------
 */

static uint64_t next_random(void)
{
    m.random ^= m.random << 13;
    m.random ^= m.random >> 7;
    m.random ^= m.random << 17;
    return m.random;
}

/* 0 ... below - 1 */
static int draw(int below)
{
    return (int)(next_random() % (uint64_t)below);
}

static struct az_store *any_handle(void)
{
    return m.handles[draw(HANDLES)];
}

static void name_id(char text[16], int id)
{
    snprintf(text, 16, "job-%d", id);
}

/* --- the model ---------------------------------------------------------------------------------
 */

static bool is_open(const struct job *job)
{
    return !job->gone && !az_job_finished(job->state);
}

static struct job *find(int owner, int id)
{
    for (int i = 0; i < m.count; i++)
        if (!m.jobs[i].gone && m.jobs[i].id == id && m.jobs[i].owner == owner) return &m.jobs[i];
    return NULL;
}

static struct job *find_seq(int64_t seq)
{
    for (int i = 0; i < m.count; i++)
        if (!m.jobs[i].gone && m.jobs[i].seq == seq) return &m.jobs[i];
    return NULL;
}

static struct job *any_job(void)
{
    for (int i = 0; m.count > 0 && i < 20; i++) {
        struct job *job = &m.jobs[draw(m.count)];
        if (!job->gone) return job;
    }
    return NULL;
}

static void end(struct job *job, enum az_job_state state)
{
    job->state = state;
    job->runner = -1;
    job->ended = hands.steady;
    job->finished = hands.wall;
    job->rev++;
}

/* Back to the queue, or to the end that somebody wished for. */
static void give_back(struct job *job)
{
    if (job->wish == AZ_WISH_CANCEL) {
        end(job, AZ_JOB_CANCELLED);
    } else if (job->wish == AZ_WISH_SUPERSEDE) {
        end(job, AZ_JOB_SUPERSEDED);
    } else {
        job->state = AZ_JOB_QUEUED;
        job->runner = -1;
    }
}

/* Has its time in the queue come to an end? */
static bool is_over(const struct job *job)
{
    return job->due <= hands.steady || (job->not_after > 0 && job->not_after <= hands.wall);
}

static struct job *twin_of(const struct job *job)
{
    if (job->version == 0 || (job->not_after > 0 && job->not_after <= hands.wall)) return NULL;
    for (int i = 0; i < m.count; i++) {
        struct job *other = &m.jobs[i];
        if (other != job && !other->gone && other->state == AZ_JOB_DONE && other->is_optimal &&
            other->sha == job->sha && other->kind == job->kind && other->owner == job->owner &&
            other->version == job->version)
            return other;
    }
    return NULL;
}

static void supersede(const struct job *newer)
{
    for (int i = 0; i < m.count && streams[newer->stream]; i++) {
        struct job *job = &m.jobs[i];
        if (job == newer || !is_open(job) || !streams[job->stream] || job->kind != newer->kind ||
            strcmp(streams[job->stream], streams[newer->stream]) != 0 || job->owner != newer->owner)
            continue;
        if (job->state == AZ_JOB_QUEUED)
            end(job, AZ_JOB_SUPERSEDED);
        else
            job->wish = AZ_WISH_SUPERSEDE;
    }
}

/* What a submission must come to. */
static void submit_to_model(struct job asked, const struct az_submission *item)
{
    struct job *known = find(asked.owner, asked.id);
    if (known) {
        EXPECT_IS(item->status, known->sha == asked.sha ? AZ_OK : AZ_CONFLICT);
        if (known->sha == asked.sha) EXPECT(item->joined && item->state == known->state);
        return;
    }
    EXPECT_IS(item->status, AZ_OK);
    EXPECT(!item->joined && m.count < JOBS);
    const struct job *twin = twin_of(&asked);
    struct job *job = &m.jobs[m.count++];
    *job = asked;
    supersede(job);
    if (twin) {
        job->has_plan = twin->has_plan;
        job->plan = twin->plan;
        job->is_optimal = true;
        end(job, AZ_JOB_DONE);
    }
    EXPECT_IS(item->state, job->state);
    EXPECT(!twin == !item->source[0]);
}

/* --- steps -------------------------------------------------------------------------------------
 */

static void do_submit(void)
{
    static const double deadlines[] = { 3, 20, 30, 31, 90, 400 };
    struct az_submission items[3];
    struct job asked[3];
    char ids[3][16], shas[3][8];
    int count = 1 + draw(3);
    m.what = "submit";
    for (int i = 0; i < count; i++) {
        double deadline_s = deadlines[draw(6)];
        asked[i] = (struct job){ .id = draw(IDS),
                                 .owner = draw(2),
                                 .kind = draw(2),
                                 .stream = draw(5) % 4,
                                 .sha = draw(4),
                                 .version = draw(3),
                                 .priority = draw(4) - 1,
                                 .deadline_s = deadline_s,
                                 .due = hands.steady + (int64_t)(1000 * deadline_s),
                                 .accepted = hands.wall,
                                 .runner = -1 };
        if (draw(4) == 0) asked[i].not_after = hands.wall + 1000 * (draw(60) - 5);
        name_id(ids[i], asked[i].id);
        snprintf(shas[i], sizeof shas[i], "sha%d", asked[i].sha);
        items[i] = (struct az_submission){ .id = ids[i],
                                           .sha256 = shas[i],
                                           .kind = kinds[asked[i].kind],
                                           .stream = streams[asked[i].stream],
                                           .owner = owners[asked[i].owner],
                                           .request = shas[i],
                                           .request_length = 4,
                                           .priority = asked[i].priority,
                                           .deadline_s = deadline_s,
                                           .not_after_ms = asked[i].not_after,
                                           .version = versions[asked[i].version] };
    }
    EXPECT_IS(az_store_submit(any_handle(), items, (size_t)count), AZ_OK);
    for (int i = 0; i < count; i++) {
        struct az_job_row row;
        int before = m.count;
        submit_to_model(asked[i], &items[i]);
        if (m.count == before) continue;
        EXPECT_IS(az_store_job_of(any_handle(), owners[asked[i].owner], ids[i], arena, &row),
                  AZ_OK);
        EXPECT(row.seq > m.last_seq);
        m.last_seq = m.jobs[before].seq = row.seq;
    }
}

static bool is_brief(const struct job *job)
{
    return job->deadline_s <= AZ_SHORT_DEADLINE_S;
}

/* The job that is to be taken next: by priority, short ones first, then the oldest. */
static struct job *next_job(bool short_only)
{
    struct job *best = NULL;
    for (int i = 0; i < m.count; i++) {
        struct job *job = &m.jobs[i];
        if (job->gone || job->state != AZ_JOB_QUEUED || is_over(job)) continue;
        if (short_only && !is_brief(job)) continue;
        if (!best || job->priority > best->priority ||
            (job->priority == best->priority && is_brief(job) && !is_brief(best)))
            best = job;
    }
    return best;
}

static void do_claim(void)
{
    struct az_claim claim = { 0 };
    bool short_only = draw(4) == 0;
    int runner = draw(RUNNERS);
    struct job *job = next_job(short_only);
    m.what = "claim";
    enum az_status status =
        az_store_claim(any_handle(), runners[runner], short_only ? &az_room_short : &az_room_any,
                       LEASE_MS, arena, &claim);
    EXPECT_IS(status, job ? AZ_OK : AZ_NOT_FOUND);
    if (!job) return;
    EXPECT_IS(claim.seq, job->seq);
    EXPECT_IS(claim.token, job->token + 1);
    EXPECT((claim.plan != NULL) == job->has_plan);
    job->state = AZ_JOB_RUNNING;
    job->runner = runner;
    job->token++;
    job->lease_until = hands.steady + LEASE_MS;
    m.claims[m.claim_count++ % CLAIMS] =
        (struct az_claim){ .seq = claim.seq, .token = claim.token };
}

/* A claim of any time, and the job that it still holds; NULL when it holds none. */
static struct job *any_claim(struct az_claim *claim)
{
    int count = m.claim_count < CLAIMS ? m.claim_count : CLAIMS;
    /* The newer ones are the likelier to hold. */
    int back = count > 0 ? (draw(3) ? draw(count < 4 ? count : 4) : draw(count)) : 0;
    *claim = count > 0 ? m.claims[(m.claim_count - 1 - back) % CLAIMS] : (struct az_claim){ 0 };
    struct job *job = find_seq(claim->seq);
    return job && job->state == AZ_JOB_RUNNING && job->token == claim->token ? job : NULL;
}

static void do_plan(void)
{
    struct az_claim claim;
    char plan[32];
    struct job *job = any_claim(&claim);
    m.what = "plan";
    snprintf(plan, sizeof plan, "{\"value\":%d}", 1000 + ++m.plans);
    EXPECT_IS(az_store_plan(any_handle(), &claim, plan, "{}", &somewhere),
              job ? AZ_OK : AZ_CONFLICT);
    if (!job) return;
    job->has_plan = true;
    job->plan = 1000 + m.plans;
    job->rev++;
}

static void do_progress(void)
{
    struct az_claim claim;
    struct job *job = any_claim(&claim);
    m.what = "progress";
    EXPECT_IS(az_store_progress(any_handle(), &claim, &somewhere), job ? AZ_OK : AZ_CONFLICT);
}

static void do_finish(void)
{
    static const enum az_job_state states[] = { AZ_JOB_DONE, AZ_JOB_DONE, AZ_JOB_FAILED,
                                                AZ_JOB_CANCELLED, AZ_JOB_SUPERSEDED };
    struct az_claim claim;
    char plan[32];
    struct job *job = any_claim(&claim);
    struct az_finish finish = { .state = states[draw(5)], .progress = somewhere };
    m.what = "finish";
    if (finish.state == AZ_JOB_DONE) {
        /* Proven answers to the same content are the same. */
        snprintf(plan, sizeof plan, "{\"value\":%d}", job ? job->sha : 0);
        finish.parts = (struct az_parts){ .plan = plan, .certificate = "{}" };
        finish.certificate_status = draw(2) ? "optimal" : "feasible";
        finish.version = job && versions[job->version] ? versions[job->version] : "3";
    }
    EXPECT_IS(az_store_finish(any_handle(), &claim, &finish), job ? AZ_OK : AZ_CONFLICT);
    if (!job) return;
    bool is_late = finish.state == AZ_JOB_DONE && job->wish == AZ_WISH_SUPERSEDE;
    end(job, is_late ? AZ_JOB_SUPERSEDED : finish.state);
    if (finish.state != AZ_JOB_DONE) return;
    job->has_plan = true;
    job->plan = job->sha;
    job->is_optimal =
        finish.certificate_status && strcmp(finish.certificate_status, "optimal") == 0;
}

static void do_attempt(void)
{
    struct az_claim claim;
    int64_t attempts = 0;
    struct job *job = any_claim(&claim);
    m.what = "attempt";
    EXPECT_IS(az_store_attempt(any_handle(), &claim, 9, 0, "died", DEATHS, &attempts),
              job ? AZ_OK : AZ_CONFLICT);
    if (!job) return;
    EXPECT_IS(attempts, ++job->attempts);
    if (job->attempts < DEATHS) give_back(job);
}

static void do_requeue(void)
{
    struct az_claim claim;
    struct job *job = any_claim(&claim);
    m.what = "requeue";
    EXPECT_IS(az_store_requeue(any_handle(), &claim), job ? AZ_OK : AZ_CONFLICT);
    if (job) give_back(job);
}

static void do_beat(void)
{
    struct az_lease *leases;
    size_t count, held = 0;
    int runner = draw(RUNNERS);
    bool beat = draw(3) > 0;
    m.what = beat ? "beat" : "leases";
    enum az_status status =
        beat ? az_store_beat(any_handle(), runners[runner], LEASE_MS, arena, &leases, &count)
             : az_store_leases(any_handle(), runners[runner], arena, &leases, &count);
    EXPECT_IS(status, AZ_OK);
    for (int i = 0; i < m.count; i++) {
        struct job *job = &m.jobs[i];
        if (job->gone || job->state != AZ_JOB_RUNNING || job->runner != runner) continue;
        if (beat) job->lease_until = hands.steady + LEASE_MS;
        held++;
        for (size_t j = 0; j < count; j++)
            if (leases[j].seq == job->seq)
                EXPECT(leases[j].token == job->token && leases[j].wish == job->wish);
    }
    EXPECT_IS(count, held);
}

static void do_cancel(void)
{
    struct az_job_row row;
    struct job *job = any_job();
    m.what = "cancel";
    if (!job) return;
    EXPECT_IS(az_store_cancel_seq(any_handle(), job->seq, arena, &row), AZ_OK);
    if (job->state == AZ_JOB_QUEUED)
        end(job, AZ_JOB_CANCELLED);
    else if (job->state == AZ_JOB_RUNNING && job->wish == AZ_WISH_NONE)
        job->wish = AZ_WISH_CANCEL;
}

static void do_delete(void)
{
    struct job *job = any_job();
    m.what = "delete";
    if (!job) return;
    EXPECT_IS(az_store_delete_seq(any_handle(), job->seq), is_open(job) ? AZ_CONFLICT : AZ_OK);
    job->gone = !is_open(job);
    EXPECT_IS(az_store_delete_seq(any_handle(), job->seq), job->gone ? AZ_NOT_FOUND : AZ_CONFLICT);
}

static void do_recover(void)
{
    size_t count = 0, held = 0;
    int runner = draw(RUNNERS + 1) - 1;
    m.what = "recover";
    EXPECT_IS(az_store_recover(any_handle(), runner < 0 ? NULL : runners[runner], &count), AZ_OK);
    for (int i = 0; i < m.count; i++) {
        struct job *job = &m.jobs[i];
        if (job->gone || job->state != AZ_JOB_RUNNING) continue;
        if (runner >= 0 && job->runner != runner) continue;
        give_back(job);
        held++;
    }
    EXPECT_IS(count, held);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void do_sweep(void)
{
    size_t changed, ended = 0;
    int64_t next_ms, next = 60000;
    m.what = "sweep";
    EXPECT_IS(az_store_sweep(any_handle(), &changed, &next_ms), AZ_OK);
    for (int i = 0; i < m.count; i++) {
        struct job *job = &m.jobs[i];
        if (!is_open(job)) continue;
        if (job->state == AZ_JOB_RUNNING && job->lease_until <= hands.steady) {
            give_back(job);
            ended++;
        }
        if (job->state == AZ_JOB_QUEUED && is_over(job)) {
            end(job, job->has_plan ? AZ_JOB_DONE : AZ_JOB_EXPIRED);
            ended++;
        }
        if (job->state == AZ_JOB_RUNNING) next = earlier(next, job->lease_until - hands.steady);
        if (job->state == AZ_JOB_QUEUED) next = earlier(next, job->due - hands.steady);
        if (job->state == AZ_JOB_QUEUED && job->not_after > 0)
            next = earlier(next, job->not_after - hands.wall);
    }
    EXPECT_IS(changed, ended);
    EXPECT_IS(next_ms, next);
}

static void do_retire(void)
{
    size_t count, old = 0;
    int kind = draw(2);
    int64_t age = 500 * (int64_t)draw(300);
    bool more;
    m.what = "retire";
    EXPECT_IS(az_store_retire(any_handle(), kinds[kind], age, &count, &more), AZ_OK);
    for (int i = 0; i < m.count; i++) {
        struct job *job = &m.jobs[i];
        if (job->gone || is_open(job) || job->kind != kind || job->ended > hands.steady - age)
            continue;
        job->gone = true;
        old++;
    }
    EXPECT_IS(count, old);
    EXPECT(!more);
}

static void open_handles(void)
{
    for (int i = 0; i < HANDLES; i++) m.handles[i] = open_one();
}

static void close_handles(void)
{
    for (int i = 0; i < HANDLES; i++) az_store_close(m.handles[i]);
}

/* The steady clock begins anew: nothing is due later than its deadline from here. */
static void reboot(void)
{
    static const char *const boots[] = { "boot-a", "boot-b", "boot-c" };
    m.what = "reboot";
    close_handles();
    hands.boot = boots[++m.boots % 3];
    hands.steady = 500 * (int64_t)(1 + draw(2400));
    for (int i = 0; i < m.count; i++) {
        struct job *job = &m.jobs[i];
        int64_t waited = hands.wall - job->accepted, old = hands.wall - job->finished;
        job->due = hands.steady + (int64_t)(1000 * job->deadline_s) - (waited > 0 ? waited : 0);
        job->ended = hands.steady - (old > 0 ? old : 0);
        job->lease_until = 0;
    }
    open_handles();
}

static void do_time(void)
{
    /* In whole halves of a second, so that moments meet. */
    int64_t passed = 500 * (int64_t)(draw(8) ? draw(8) : draw(120));
    m.what = "time";
    hands.steady += passed;
    hands.wall += passed;
    if (draw(12) == 0) hands.wall += 1000 * ((int64_t)draw(7200) - 3600);
    if (draw(40) == 0) {
        reboot();
    } else if (draw(40) == 0) {
        close_handles();
        open_handles();
    }
}

/* --- comparing ---------------------------------------------------------------------------------
 */

static void compare_plan(struct az_store *handle, const struct job *job)
{
    char *text, wanted[32];
    size_t got;
    snprintf(wanted, sizeof wanted, "{\"value\":%d}", job->plan);
    EXPECT_IS(az_store_part(handle, job->seq, "plan", 0, 100, arena, &text, &got), AZ_OK);
    ck_assert_msg(strcmp(text, wanted) == 0, "seed %llu, step %d: %s, not %s",
                  (unsigned long long)m.seed, m.step, text, wanted);
}

/* Exactly one end for what has ended, none for what has not. */
static void compare_events(struct az_store *handle, const struct job *job)
{
    struct az_event *events;
    size_t count, ends = 0;
    int64_t cursor = 0;
    EXPECT_IS(az_store_events(handle, job->seq, 0, 1000, arena, &events, &count), AZ_OK);
    EXPECT(count > 0 && events[0].type == AZ_EVENT_ACCEPTED);
    for (size_t i = 0; i < count; i++) {
        EXPECT(events[i].cursor > cursor);
        cursor = events[i].cursor;
        ends += events[i].type == AZ_EVENT_FINISHED;
    }
    EXPECT_IS(ends, is_open(job) ? 0 : 1);
    EXPECT_IS(events[count - 1].type == AZ_EVENT_FINISHED, !is_open(job));
}

static void compare_job(struct az_store *handle, const struct job *job)
{
    struct az_job_row row;
    char id[16];
    name_id(id, job->id);
    EXPECT_IS(az_store_job_of(handle, owners[job->owner], id, arena, &row), AZ_OK);
    EXPECT_IS(row.seq, job->seq);
    EXPECT_IS(row.state, job->state);
    if (is_open(job)) EXPECT_IS(row.wish, job->wish);
    if (is_open(job)) EXPECT_IS(llround(1000 * row.seconds_left), job->due - hands.steady);
    EXPECT_IS(row.attempts, job->attempts);
    EXPECT_IS(row.has_plan, job->has_plan);
    EXPECT_IS(row.revision, job->seq * ((int64_t)1 << 20) + job->rev);
    EXPECT((row.runner != NULL) == (job->runner >= 0));
    if (job->has_plan) compare_plan(handle, job);
    compare_events(handle, job);
}

static void compare_all(void)
{
    struct az_store *handle = any_handle();
    int64_t counts[AZ_JOB_STATE_COUNT], wanted[AZ_JOB_STATE_COUNT] = { 0 }, cursor;
    int left = 0;
    m.what = "compare";
    for (int i = 0; i < m.count; i++) {
        if (m.jobs[i].gone) continue;
        wanted[m.jobs[i].state]++;
        compare_job(handle, &m.jobs[i]);
        m.jobs[left++] = m.jobs[i];
    }
    m.count = left;
    EXPECT_IS(az_store_counts(handle, counts), AZ_OK);
    for (int i = 0; i < AZ_JOB_STATE_COUNT; i++) EXPECT_IS(counts[i], wanted[i]);
    EXPECT_IS(az_store_last_cursor(handle, &cursor), AZ_OK);
    EXPECT(cursor >= m.last_cursor);
    m.last_cursor = cursor;
    az_arena_free(arena);
    arena = az_arena_new(NULL);
}

static void do_step(void)
{
    static void (*const steps[])(
        void) = { do_submit, do_submit, do_submit,  do_claim,  do_claim,    do_claim,   do_claim,
                  do_plan,   do_plan,   do_finish,  do_finish, do_progress, do_beat,    do_beat,
                  do_cancel, do_delete, do_attempt, do_sweep,  do_sweep,    do_requeue, do_time,
                  do_time,   do_time,   do_recover, do_retire };
    const int count = (int)(sizeof steps / sizeof steps[0]);
    int at = draw(count + 20);
    /* The last two are rare: they would leave little to do for the others. */
    steps[at < count ? at : draw(count - 2)]();
    struct job *job = any_job();
    if (job) compare_job(any_handle(), job);
}

/* Without it a rule that nobody thought of testing would fail in the one order of events that
 * nobody thought of either. */
START_TEST(the_store_does_what_its_model_does)
{
    int steps = getenv("ALL") ? 6000 : 800;
    memset(&m, 0, sizeof m);
    m.seed = (uint64_t)_i + 1;
    m.random = m.seed * UINT64_C(0x9e3779b97f4a7c15);
    open_handles();
    for (m.step = 1; m.step <= steps; m.step++) {
        do_step();
        if (m.step % 40 == 0) compare_all();
    }
    compare_all();
    close_handles();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store random");
    TCase *tests = tcase_create("model");
    tcase_set_timeout(tests, 300);
    tcase_add_checked_fixture(tests, set_up_quick, tear_down);
    tcase_add_loop_test(tests, the_store_does_what_its_model_does, 0, getenv("ALL") ? 200 : 12);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
