/* protocol_model.h - the table of store.h (who may do what) written again: a client with two jobs
 * of one stream, two runners and the clock.
 *
 * Header-only, for the one suite that compares it with the store. After stored.h. */
#ifndef TEST_PROTOCOL_MODEL_H
#define TEST_PROTOCOL_MODEL_H

#include "adapters/service/store.h"

#define DEADLINE_MS 600000
#define DEATHS 2

enum { NOBODY, FIRST, SECOND, RUNNERS };
static const char *const runner_names[] = { NULL, "runner-1", "runner-2" };
static const char *const ids[] = { "older", "newer" };
#define JOBS 2
static int64_t most_submissions = 3;

struct model_job {
    bool exists, has_plan;
    enum az_job_state state;
    enum az_stop_wish wish;
    int runner;
    int64_t attempts, token, seq, revision, lease, due, accepted;
};

struct model_held {
    bool any, is_last; /* is_last: its child has died too often */
    enum az_stop_wish told;
    int64_t seq, token;
};

struct model {
    struct model_job job[JOBS];
    struct model_held held[RUNNERS];
    int64_t submitted;
    int overdue, reboots;
    struct hands hands;
};

/* X(name): what somebody does. */
/* clang-format off */
#define ACTIONS(X)  \
    X(SUBMIT_OLDER) \
    X(SUBMIT_NEWER) \
    X(CANCEL_OLDER) \
    X(CANCEL_NEWER) \
    X(DELETE_OLDER) \
    X(DELETE_NEWER) \
    X(CLAIM_1)      \
    X(CLAIM_2)      \
    X(BEAT_1)       \
    X(BEAT_2)       \
    X(PLAN_1)       \
    X(PLAN_2)       \
    X(FINISH_1)     \
    X(FINISH_2)     \
    X(STOP_1)       \
    X(STOP_2)       \
    X(REQUEUE_1)    \
    X(REQUEUE_2)    \
    X(DIE_1)        \
    X(DIE_2)        \
    X(CRASH_1)      \
    X(CRASH_2)      \
    X(RESTART)      \
    X(LAPSE)        \
    X(OVERDUE)      \
    X(REBOOT)       \
    X(SWEEP)
/* clang-format on */
enum action {
#define ACTION(name) name,
    ACTIONS(ACTION)
#undef ACTION
        ACTION_COUNT
};
static const char *const action_names[] = {
#define ACTION(name) #name,
    ACTIONS(ACTION)
#undef ACTION
};

static void model_settle(struct model_job *job, enum az_job_state state)
{
    job->state = state;
    job->runner = NOBODY;
    job->revision++;
}

static void model_release(struct model_job *job)
{
    if (job->wish == AZ_WISH_CANCEL) {
        model_settle(job, AZ_JOB_CANCELLED);
    } else if (job->wish == AZ_WISH_SUPERSEDE) {
        model_settle(job, AZ_JOB_SUPERSEDED);
    } else {
        job->state = AZ_JOB_QUEUED;
        job->runner = NOBODY;
    }
}

static enum az_status model_submit(struct model *m, int which)
{
    struct model_job *job = &m->job[which], *other = &m->job[1 - which];
    if (job->exists) return AZ_OK;
    *job = (struct model_job){ .exists = true,
                               .seq = ++m->submitted,
                               .due = m->hands.steady + DEADLINE_MS,
                               .accepted = m->hands.wall };
    if (!other->exists) return AZ_OK;
    if (other->state == AZ_JOB_QUEUED) model_settle(other, AZ_JOB_SUPERSEDED);
    if (other->state == AZ_JOB_RUNNING) other->wish = AZ_WISH_SUPERSEDE;
    return AZ_OK;
}

static enum az_status model_cancel(struct model_job *job)
{
    if (!job->exists) return AZ_NOT_FOUND;
    if (job->state == AZ_JOB_QUEUED) model_settle(job, AZ_JOB_CANCELLED);
    if (job->state == AZ_JOB_RUNNING && job->wish == AZ_WISH_NONE) job->wish = AZ_WISH_CANCEL;
    return AZ_OK;
}

static enum az_status model_delete(struct model_job *job)
{
    if (!job->exists) return AZ_NOT_FOUND;
    if (!az_job_finished(job->state)) return AZ_CONFLICT;
    *job = (struct model_job){ 0 };
    return AZ_OK;
}

static enum az_status model_claim(struct model *m, int runner)
{
    struct model_job *best = NULL;
    for (int i = 0; i < JOBS; i++) {
        struct model_job *job = &m->job[i];
        if (!job->exists || job->state != AZ_JOB_QUEUED || job->due <= m->hands.steady) continue;
        if (!best || job->seq < best->seq) best = job;
    }
    if (!best) return AZ_NOT_FOUND;
    best->state = AZ_JOB_RUNNING;
    best->runner = runner;
    best->token++;
    best->lease = m->hands.steady + LEASE_MS;
    m->held[runner] = (struct model_held){ .any = true, .seq = best->seq, .token = best->token };
    return AZ_OK;
}

static void model_beat(struct model *m, int runner)
{
    struct model_held *held = &m->held[runner], before = *held;
    held->any = false;
    for (int i = 0; i < JOBS; i++) {
        struct model_job *job = &m->job[i];
        if (!job->exists || job->state != AZ_JOB_RUNNING || job->runner != runner) continue;
        job->lease = m->hands.steady + LEASE_MS;
        if (before.any && before.seq == job->seq && before.token == job->token) {
            held->any = true;
            held->told = job->wish;
        }
    }
}

/* The job that a runner may write, by what it holds; NULL: it lost it. */
static struct model_job *model_fence(struct model *m, int runner)
{
    const struct model_held *held = &m->held[runner];
    for (int i = 0; i < JOBS; i++) {
        struct model_job *job = &m->job[i];
        if (job->exists && job->seq == held->seq && job->token == held->token &&
            job->state == AZ_JOB_RUNNING)
            return job;
    }
    return NULL;
}

static enum az_status model_write(struct model *m, enum action action, int runner)
{
    struct model_held *held = &m->held[runner];
    struct model_job *job = model_fence(m, runner);
    bool keeps = false;
    if (job && (action == PLAN_1 || action == PLAN_2)) {
        job->has_plan = true;
        job->revision++;
        keeps = true;
    } else if (job && (action == DIE_1 || action == DIE_2)) {
        keeps = ++job->attempts >= DEATHS;
        if (!keeps) model_release(job);
        held->is_last = keeps;
    } else if (job && (action == REQUEUE_1 || action == REQUEUE_2)) {
        model_release(job);
    } else if (job && (action == STOP_1 || action == STOP_2)) {
        model_settle(job, held->told == AZ_WISH_CANCEL ? AZ_JOB_CANCELLED : AZ_JOB_SUPERSEDED);
    } else if (job) {
        job->has_plan = job->has_plan || !held->is_last;
        model_settle(job, held->is_last                    ? AZ_JOB_FAILED
                          : job->wish == AZ_WISH_SUPERSEDE ? AZ_JOB_SUPERSEDED
                                                           : AZ_JOB_DONE);
    }
    if (!keeps) *held = (struct model_held){ 0 };
    return job ? AZ_OK : AZ_CONFLICT;
}

/* runner NOBODY: of every runner. */
static void model_recover(struct model *m, int runner)
{
    for (int i = 0; i < JOBS; i++) {
        struct model_job *job = &m->job[i];
        if (job->exists && job->state == AZ_JOB_RUNNING && (!runner || job->runner == runner))
            model_release(job);
    }
    for (int i = FIRST; i < RUNNERS; i++)
        if (!runner || runner == i) m->held[i] = (struct model_held){ 0 };
}

static void model_sweep(struct model *m)
{
    for (int i = 0; i < JOBS; i++) {
        struct model_job *job = &m->job[i];
        if (!job->exists) continue;
        if (job->state == AZ_JOB_RUNNING && job->lease <= m->hands.steady) model_release(job);
        if (job->state == AZ_JOB_QUEUED && job->due <= m->hands.steady)
            model_settle(job, job->has_plan ? AZ_JOB_DONE : AZ_JOB_EXPIRED);
    }
}

static void model_wait(struct model *m, int64_t by)
{
    m->hands.steady += by;
    m->hands.wall += by;
}

/* The machine begins anew: nobody holds anything, and moments are counted from its start. */
static void model_reboot(struct model *m)
{
    m->reboots++;
    m->hands = (struct hands){ m->hands.wall + 1000, 2000, "boot-2", INT64_MAX };
    for (int i = 0; i < JOBS; i++) {
        struct model_job *job = &m->job[i];
        job->lease = 0;
        job->due = m->hands.steady + DEADLINE_MS - (m->hands.wall - job->accepted);
    }
    for (int i = FIRST; i < RUNNERS; i++) m->held[i] = (struct model_held){ 0 };
}

/* Whom an action is about: a job for a client's, a runner for its own. */
static int about(enum action action)
{
    return action < CLAIM_1 ? action % 2 : FIRST + (action - CLAIM_1) % 2;
}

/* Can it happen? A runner with a job claims no other; it stops when it was told to. */
static bool may_happen(const struct model *m, enum action action)
{
    const struct model_held *held = &m->held[about(action)];
    if (action == SUBMIT_OLDER || action == SUBMIT_NEWER) return m->submitted < most_submissions;
    if (action < CLAIM_1) return true;
    if (action == CLAIM_1 || action == CLAIM_2) return !held->any;
    if (action == STOP_1 || action == STOP_2) return held->any && held->told != AZ_WISH_NONE;
    if (action == DIE_1 || action == DIE_2 || action == PLAN_1 || action == PLAN_2)
        return held->any && !held->is_last;
    if (action < CRASH_1) return held->any;
    if (action == OVERDUE) return m->overdue == 0;
    return action != REBOOT || m->reboots == 0;
}

static enum az_status model_do(struct model *m, enum action action)
{
    int who = about(action);
    switch (action) {
    case SUBMIT_OLDER:
    case SUBMIT_NEWER:
        return model_submit(m, who);
    case CANCEL_OLDER:
    case CANCEL_NEWER:
        return model_cancel(&m->job[who]);
    case DELETE_OLDER:
    case DELETE_NEWER:
        return model_delete(&m->job[who]);
    case CLAIM_1:
    case CLAIM_2:
        return model_claim(m, who);
    case BEAT_1:
    case BEAT_2:
        model_beat(m, who);
        return AZ_OK;
    case CRASH_1:
    case CRASH_2:
        model_recover(m, who);
        return AZ_OK;
    case RESTART:
        model_recover(m, NOBODY);
        return AZ_OK;
    case LAPSE:
        model_wait(m, LEASE_MS);
        return AZ_OK;
    case OVERDUE:
        m->overdue++;
        model_wait(m, DEADLINE_MS);
        return AZ_OK;
    case REBOOT:
        model_reboot(m);
        return AZ_OK;
    case SWEEP:
        model_sweep(m);
        return AZ_OK;
    default:
        return model_write(m, action, who);
    }
}

#endif
