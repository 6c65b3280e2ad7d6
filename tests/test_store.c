/* test_store.c - the job store's promises, through its interface only: every store must pass. */
#include <check.h>
#include <math.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/stored.h"
#include "tests/support/suite.h"

static void assert_claims(bool short_only, const char *id)
{
    ck_assert_str_eq(claim(short_only).job.id, id);
}

/* Without it a job that was acknowledged could be gone after a restart. */
START_TEST(a_submission_outlives_the_process)
{
    submit("one", 60, 0);
    az_store_close(store);
    store = open_one();
    ck_assert_int_eq(job("one").state, AZ_JOB_QUEUED);
    char *text;
    size_t got;
    ck_assert_int_eq(az_store_part(store, job("one").seq, "request", 0, 100, arena, &text, &got),
                     AZ_OK);
    ck_assert_str_eq(text, "{\"op\":\"submit\"}");
}
END_TEST

/* Without it a resent request would run twice, and a reused name would answer another question. */
START_TEST(an_id_stands_for_its_content)
{
    submit("one", 60, 0);
    struct az_submission again = a_submission("one");
    ck_assert_int_eq(az_store_submit(store, &again, 1), AZ_OK);
    ck_assert_int_eq(again.status, AZ_OK);
    ck_assert(again.joined);
    again.sha256 = "other";
    ck_assert_int_eq(az_store_submit(store, &again, 1), AZ_OK);
    ck_assert_int_eq(again.status, AZ_CONFLICT);
    int64_t counts[AZ_JOB_STATE_COUNT];
    ck_assert_int_eq(az_store_counts(store, counts), AZ_OK);
    ck_assert_int_eq(counts[AZ_JOB_QUEUED], 1);
}
END_TEST

/* Without it two submissions of one id that arrive together would both be accepted. */
START_TEST(a_group_sees_its_own_members)
{
    struct az_submission group[3] = { a_submission("one"), a_submission("one"),
                                      a_submission("two") };
    ck_assert_int_eq(az_store_submit(store, group, 3), AZ_OK);
    ck_assert(!group[0].joined && group[1].joined && !group[2].joined);
}
END_TEST

/* Without it dispatch would wait behind a planner's sweep. */
START_TEST(claims_go_by_priority_then_short_deadlines_then_age)
{
    struct az_claim none;
    submit("long-1", 600, 0);
    submit("long-2", 600, 0);
    submit("short", 5, 0);
    submit("urgent", 600, 5);
    assert_claims(true, "short");
    ck_assert_int_eq(az_store_claim(store, "r", &az_room_short, LEASE_MS, arena, &none),
                     AZ_NOT_FOUND);
    assert_claims(false, "urgent");
    assert_claims(false, "long-1");
    assert_claims(false, "long-2");
    ck_assert_int_eq(az_store_claim(store, "r", &az_room_any, LEASE_MS, arena, &none),
                     AZ_NOT_FOUND);
}
END_TEST

static void submit_of(const char *id, double deadline_s, int64_t priority, double memory_mib)
{
    struct az_submission item = a_submission(id);
    item.deadline_s = deadline_s;
    item.priority = priority;
    item.memory_mib = memory_mib;
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
}

/* Without it children would together take more memory than the machine has; a large job would wait
 * for ever while small ones pass it; and dispatch would wait for planning. */
START_TEST(a_job_is_taken_when_there_is_room_for_it)
{
    struct az_room room = { .most_mib = 1000, .short_mib = 900, .long_mib = 500 };
    struct az_claim taken;
    submit_of("large", 600, 5, 800);
    submit_of("small", 600, 0, 100);
    submit_of("dispatch", 5, 0, 900);
    ck_assert_int_eq(az_store_claim(store, "r", &room, LEASE_MS, arena, &taken), AZ_OK);
    ck_assert_str_eq(taken.job.id, "dispatch");
    ck_assert_double_eq(taken.job.memory_mib, 900);
    ck_assert_int_eq(az_store_claim(store, "r", &room, LEASE_MS, arena, &taken), AZ_NOT_FOUND);
    room.long_mib = 800;
    ck_assert_int_eq(az_store_claim(store, "r", &room, LEASE_MS, arena, &taken), AZ_OK);
    ck_assert_str_eq(taken.job.id, "large");
    /* What does not say is as large as may be; what asks for more gets no more than that. */
    submit_of("silent", 600, 1, 0);
    room.long_mib = 999;
    ck_assert_int_eq(az_store_claim(store, "r", &room, LEASE_MS, arena, &taken), AZ_NOT_FOUND);
    room.long_mib = 1000;
    ck_assert_int_eq(az_store_claim(store, "r", &room, LEASE_MS, arena, &taken), AZ_OK);
    ck_assert_str_eq(taken.job.id, "silent");
    submit_of("greedy", 600, 2, 5000);
    ck_assert_int_eq(az_store_claim(store, "r", &room, LEASE_MS, arena, &taken), AZ_OK);
    ck_assert_str_eq(taken.job.id, "greedy");
    /* A short one that waits for room is not passed by a long one that would take it. */
    submit_of("second", 5, 0, 950);
    ck_assert_int_eq(az_store_claim(store, "r", &room, LEASE_MS, arena, &taken), AZ_NOT_FOUND);
}
END_TEST

/* Without the fence a runner that slept through its lease would overwrite another's answer. */
START_TEST(a_lost_lease_cannot_write)
{
    submit("one", 600, 0);
    struct az_claim first = claim(false);
    size_t changed;
    int64_t next;
    hands.steady += LEASE_MS + 1;
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_int_eq(changed, 1);
    struct az_finish finish = { .state = AZ_JOB_DONE, .parts = { .plan = "{}" } };
    ck_assert_int_eq(az_store_finish(store, &first, &finish), AZ_CONFLICT);
    struct az_claim second = claim(false);
    ck_assert_int_gt(second.token, first.token);
    ck_assert_int_eq(az_store_progress(store, &first, &somewhere), AZ_CONFLICT);
    ck_assert_int_eq(az_store_plan(store, &first, "{}", "{}", &somewhere), AZ_CONFLICT);
    ck_assert_int_eq(az_store_requeue(store, &first), AZ_CONFLICT);
    ck_assert_int_eq(az_store_finish(store, &second, &finish), AZ_OK);
    ck_assert_int_eq(az_store_finish(store, &second, &finish), AZ_CONFLICT);
    ck_assert_int_eq(job("one").state, AZ_JOB_DONE);
}
END_TEST

/* Without renewal a long job would be taken from its runner. */
START_TEST(beats_keep_a_lease)
{
    submit("one", 6000, 0);
    struct az_claim taken = claim(false);
    struct az_lease *leases;
    size_t count, changed;
    int64_t next;
    for (int i = 0; i < 5; i++) {
        hands.steady += LEASE_MS - 1;
        ck_assert_int_eq(az_store_beat(store, "runner-1", LEASE_MS, arena, &leases, &count), AZ_OK);
        ck_assert_int_eq(count, 1);
        ck_assert_int_eq(leases[0].token, taken.token);
    }
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_int_eq(changed, 0);
    ck_assert_int_eq(az_store_beat(store, "runner-2", LEASE_MS, arena, &leases, &count), AZ_OK);
    ck_assert_int_eq(count, 0);
}
END_TEST

/* Without it a wall clock set back or forth would end leases and deadlines, or never. */
START_TEST(a_jump_of_the_wall_clock_changes_no_deadline)
{
    size_t changed;
    int64_t next;
    submit("one", 60, 0);
    submit("two", 60, 0);
    claim(false);
    hands.wall += INT64_C(86400000);
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_int_eq(changed, 0);
    ck_assert(fabs(job("two").seconds_left - 60) < 1);
    hands.wall -= INT64_C(2) * 86400000;
    hands.steady += 10000;
    ck_assert(fabs(job("two").seconds_left - 50) < 1);
}
END_TEST

/* Without it every deadline would be wrong after a reboot, when the steady clock begins anew. */
START_TEST(deadlines_survive_a_reboot)
{
    submit("one", 600, 0);
    submit("two", 600, 0);
    claim(false);
    az_store_close(store);
    hands = (struct hands){ hands.wall + 100000, 3000, "boot-2", INT64_MAX };
    store = open_one();
    ck_assert(fabs(job("two").seconds_left - 500) < 1);
    size_t changed;
    int64_t next;
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_int_eq(job("one").state, AZ_JOB_QUEUED); /* no lease outlives a reboot */
}
END_TEST

/* Without it an order that came too late would still be carried out. */
START_TEST(not_after_expires_a_waiting_job)
{
    struct az_submission item = a_submission("one");
    struct az_claim none;
    size_t changed;
    int64_t next;
    item.not_after_ms = hands.wall + 1000;
    item.deadline_s = 600;
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    hands.wall += 1500;
    hands.steady += 1500;
    ck_assert_int_eq(az_store_claim(store, "r", &az_room_any, LEASE_MS, arena, &none),
                     AZ_NOT_FOUND);
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_int_eq(changed, 1);
    ck_assert_int_eq(job("one").state, AZ_JOB_EXPIRED);
}
END_TEST

/* Without it a client would wait for ever for a job whose time passed in the queue. */
START_TEST(a_deadline_passed_in_the_queue_ends_the_job)
{
    size_t changed;
    int64_t next;
    submit("bare", 60, 0);
    submit("planned", 50, 9);
    struct az_claim taken = claim(false);
    ck_assert_str_eq(taken.job.id, "planned");
    ck_assert_int_eq(
        az_store_plan(store, &taken, "{\"value\":1}", "{\"status\":\"feasible\"}", &somewhere),
        AZ_OK);
    ck_assert_int_eq(az_store_requeue(store, &taken), AZ_OK);
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_int_eq(changed, 0);
    ck_assert_int_gt(next, 49000);
    ck_assert_int_le(next, 50000);
    hands.steady += 60001;
    ck_assert_int_eq(az_store_sweep(store, &changed, &next), AZ_OK);
    ck_assert_int_eq(changed, 2);
    ck_assert_int_eq(job("bare").state, AZ_JOB_EXPIRED);
    ck_assert_int_eq(job("planned").state, AZ_JOB_DONE); /* the judged plan is the answer */
}
END_TEST

/* Without it an old dispatch request would still be solved after a newer one has come. */
START_TEST(a_stream_supersedes)
{
    struct az_lease *leases;
    size_t count;
    struct az_submission item = a_submission("old-1");
    item.stream = "dispatch";
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    claim(false);
    item.id = "old-2";
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    item.id = "other";
    item.stream = "planning";
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    item.id = "new";
    item.stream = "dispatch";
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert_int_eq(job("old-2").state, AZ_JOB_SUPERSEDED);
    ck_assert_int_eq(job("other").state, AZ_JOB_QUEUED);
    ck_assert_int_eq(az_store_leases(store, "runner-1", arena, &leases, &count), AZ_OK);
    ck_assert_int_eq(leases[0].wish, AZ_WISH_SUPERSEDE);
    /* Sent again, the new one does not supersede itself. */
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert(item.joined);
    ck_assert_int_eq(job("new").state, AZ_JOB_QUEUED);
}
END_TEST

/* Without it a crashing job would be run for ever, or given up at the first mishap. */
START_TEST(the_third_death_is_the_last)
{
    int64_t attempts;
    submit("one", 6000, 0);
    for (int i = 1; i <= 3; i++) {
        struct az_claim taken = claim(false);
        ck_assert_int_eq(az_store_attempt(store, &taken, 11, 0, "signal 11", 3, &attempts), AZ_OK);
        ck_assert_int_eq(attempts, i);
        ck_assert_int_eq(job("one").state, i < 3 ? AZ_JOB_QUEUED : AZ_JOB_RUNNING);
        if (i < 3) continue;
        struct az_finish finish = { .state = AZ_JOB_FAILED, .parts = { .problem = "{}" } };
        ck_assert_int_eq(az_store_finish(store, &taken, &finish), AZ_OK);
    }
    struct az_attempt *list;
    size_t count;
    ck_assert_int_eq(az_store_attempts(store, job("one").seq, arena, &list, &count), AZ_OK);
    ck_assert_int_eq(count, 3);
    ck_assert_int_eq(list[2].signal, 11);
}
END_TEST

/* Without it the death of a runner would count against its jobs. */
START_TEST(recovery_counts_no_attempt)
{
    size_t count;
    submit("one", 600, 0);
    submit("two", 600, 0);
    claim(false);
    struct az_claim other = { 0 };
    ck_assert_int_eq(az_store_claim(store, "runner-2", &az_room_any, LEASE_MS, arena, &other),
                     AZ_OK);
    ck_assert_int_eq(az_store_recover(store, "runner-1", &count), AZ_OK);
    ck_assert_int_eq(count, 1);
    ck_assert_int_eq(job("one").state, AZ_JOB_QUEUED);
    ck_assert_int_eq(job("one").attempts, 0);
    ck_assert_int_eq(job("two").state, AZ_JOB_RUNNING);
}
END_TEST

/* Without it a job cancelled while its runner died would run again. */
START_TEST(cancelling_holds_across_a_death)
{
    struct az_job_row row;
    size_t count;
    submit("waiting", 600, 0);
    submit("running", 600, 5);
    claim(false);
    ck_assert_int_eq(az_store_cancel(store, "waiting", arena, &row), AZ_OK);
    ck_assert_int_eq(row.state, AZ_JOB_CANCELLED);
    ck_assert_int_eq(az_store_cancel(store, "running", arena, &row), AZ_OK);
    ck_assert_int_eq(row.state, AZ_JOB_RUNNING);
    ck_assert_int_eq(row.wish, AZ_WISH_CANCEL);
    ck_assert_int_eq(az_store_recover(store, NULL, &count), AZ_OK);
    ck_assert_int_eq(job("running").state, AZ_JOB_CANCELLED);
    ck_assert_int_eq(az_store_cancel(store, "nobody", arena, &row), AZ_NOT_FOUND);
}
END_TEST

/* Without coalescing a chatty solver would fill the disk; without order a client would miss the
 * end. */
START_TEST(events_come_in_order_and_progress_is_one)
{
    struct az_event *events;
    size_t count;
    submit("one", 600, 0);
    submit("two", 600, 0);
    struct az_claim taken = claim(false);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(az_store_progress(store, &taken, &somewhere), AZ_OK);
    ck_assert_int_eq(az_store_plan(store, &taken, "{}", "{}", &somewhere), AZ_OK);
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .certificate_status = "optimal",
                                .progress = somewhere };
    ck_assert_int_eq(az_store_finish(store, &taken, &finish), AZ_OK);
    ck_assert_int_eq(az_store_events(store, taken.seq, 0, 100, arena, &events, &count), AZ_OK);
    ck_assert_int_eq(count, 5);
    static const enum az_event_type expected[] = { AZ_EVENT_ACCEPTED, AZ_EVENT_STARTED,
                                                   AZ_EVENT_PROGRESS, AZ_EVENT_PLAN,
                                                   AZ_EVENT_FINISHED };
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(events[i].type, expected[i]);
        ck_assert(i == 0 || events[i].cursor > events[i - 1].cursor);
    }
    ck_assert_double_eq(events[2].progress.objective, 12);
    int64_t last;
    ck_assert_int_eq(az_store_last_cursor(store, &last), AZ_OK);
    ck_assert_int_eq(last, events[4].cursor);
    ck_assert_int_eq(az_store_events(store, 0, events[4].cursor, 100, arena, &events, &count),
                     AZ_OK);
    ck_assert_int_eq(count, 0);
}
END_TEST

/* Without pages a result larger than a message could not be fetched. */
START_TEST(parts_are_read_in_pages)
{
    char plan[5001], *text;
    size_t length, got;
    for (size_t i = 0; i < 5000; i++) plan[i] = (char)('a' + i % 26);
    plan[5000] = 0;
    submit("one", 600, 0);
    struct az_claim taken = claim(false);
    ck_assert_int_eq(az_store_plan(store, &taken, plan, "{}", &somewhere), AZ_OK);
    ck_assert_int_eq(az_store_part_length(store, taken.seq, "plan", &length), AZ_OK);
    ck_assert_int_eq(length, 5000);
    ck_assert_int_eq(az_store_part(store, taken.seq, "plan", 4990, 100, arena, &text, &got), AZ_OK);
    ck_assert_int_eq(got, 10);
    ck_assert_str_eq(text, plan + 4990);
    ck_assert_int_eq(az_store_part(store, taken.seq, "plan", 9000, 100, arena, &text, &got), AZ_OK);
    ck_assert_int_eq(got, 0);
    ck_assert_int_eq(az_store_part_length(store, taken.seq, "problem", &length), AZ_OK);
    ck_assert_int_eq(length, 0);
    int64_t revision = job("one").revision;
    ck_assert_int_eq(az_store_plan(store, &taken, "{}", "{}", &somewhere), AZ_OK);
    ck_assert_int_gt(job("one").revision, revision);
}
END_TEST

START_TEST(a_list_is_filtered_and_paged)
{
    char id[16];
    struct az_job_row *rows;
    size_t count;
    for (int i = 0; i < 25; i++) {
        snprintf(id, sizeof id, "job-%02d", i);
        submit(id, 600, 0);
    }
    claim(false);
    struct az_job_filter filter = { .state = -1, .limit = 10 };
    ck_assert_int_eq(az_store_list(store, &filter, arena, &rows, &count), AZ_OK);
    ck_assert_int_eq(count, 10);
    ck_assert_str_eq(rows[0].id, "job-24");
    filter.before = rows[9].seq;
    ck_assert_int_eq(az_store_list(store, &filter, arena, &rows, &count), AZ_OK);
    ck_assert_str_eq(rows[0].id, "job-14");
    filter = (struct az_job_filter){ .state = AZ_JOB_RUNNING, .limit = 10 };
    ck_assert_int_eq(az_store_list(store, &filter, arena, &rows, &count), AZ_OK);
    ck_assert_int_eq(count, 1);
    filter = (struct az_job_filter){ .state = -1, .kind = "other", .limit = 10 };
    ck_assert_int_eq(az_store_list(store, &filter, arena, &rows, &count), AZ_OK);
    ck_assert_int_eq(count, 0);
}
END_TEST

static void assert_counts(struct az_store *which, int64_t queued, int64_t cancelled)
{
    int64_t counts[AZ_JOB_STATE_COUNT];
    ck_assert_int_eq(az_store_counts(which, counts), AZ_OK);
    ck_assert_int_eq(counts[AZ_JOB_QUEUED], queued);
    ck_assert_int_eq(counts[AZ_JOB_CANCELLED], cancelled);
}

/* Without it a handle would go on counting jobs as they once were: what it counted stands only
 * until anybody changes something. */
START_TEST(counts_follow_every_change_through_any_handle)
{
    struct az_store *other = open_one();
    struct az_job_row row;
    struct az_submission item = a_submission("two");
    assert_counts(store, 0, 0);
    submit("one", 60, 0);
    assert_counts(store, 1, 0);
    assert_counts(other, 1, 0);
    ck_assert_int_eq(az_store_submit(other, &item, 1), AZ_OK);
    assert_counts(store, 2, 0);
    ck_assert_int_eq(az_store_cancel(other, "one", arena, &row), AZ_OK);
    assert_counts(other, 1, 1);
    assert_counts(store, 1, 1);
    ck_assert_int_eq(az_store_delete(store, "one"), AZ_OK);
    assert_counts(other, 1, 0);
    assert_counts(store, 1, 0);
    az_store_close(other);
}
END_TEST

/* Without it a store of a later version would be damaged by an earlier program. */
START_TEST(a_newer_schema_is_refused)
{
    char why[200];
    sqlite3 *raw;
    struct az_store *other;
    az_store_close(store);
    store = NULL;
    ck_assert_int_eq(sqlite3_open(path, &raw), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(raw, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(raw);
    ck_assert_int_eq(az_store_open(path, true, NULL, &other, why, sizeof why), AZ_UNSUPPORTED);
    ck_assert_ptr_null(other);
    ck_assert_int_eq(az_store_open("postgresql://x/y", true, NULL, &other, why, sizeof why),
                     AZ_UNSUPPORTED);
    ck_assert_int_eq(az_store_open("/nowhere/at/all.db", false, NULL, &other, why, sizeof why),
                     AZ_NOT_FOUND);
}
END_TEST

/* --- many at once --------------------------------------------------------------------------- */

#define THREADS 4
#define JOBS 120

static void *claim_many(void *data)
{
    int *taken = data;
    struct az_arena *own = az_arena_new(NULL);
    struct az_store *mine = open_one();
    char runner[32];
    snprintf(runner, sizeof runner, "runner-%p", data);
    for (;;) {
        struct az_claim one;
        enum az_status status = az_store_claim(mine, runner, &az_room_any, LEASE_MS, own, &one);
        if (status != AZ_OK) break;
        struct az_finish finish = { .state = AZ_JOB_DONE };
        if (az_store_finish(mine, &one, &finish) == AZ_OK) (*taken)++;
    }
    az_store_close(mine);
    az_arena_free(own);
    return NULL;
}

/* Without it two runners would work on one job, or a job would be passed over. */
START_TEST(every_job_is_claimed_once)
{
    pthread_t threads[THREADS];
    int taken[THREADS] = { 0 }, sum = 0;
    struct az_submission group[JOBS];
    char ids[JOBS][16];
    for (int i = 0; i < JOBS; i++) {
        snprintf(ids[i], sizeof ids[i], "job-%d", i);
        group[i] = a_submission(ids[i]);
        group[i].deadline_s = i % 2 ? 5 : 500;
    }
    ck_assert_int_eq(az_store_submit(store, group, JOBS), AZ_OK);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, claim_many, &taken[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += taken[i];
    }
    ck_assert_int_eq(sum, JOBS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("store");
    TCase *tests = tcase_create("promises");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_submission_outlives_the_process);
    tcase_add_test(tests, an_id_stands_for_its_content);
    tcase_add_test(tests, a_group_sees_its_own_members);
    tcase_add_test(tests, claims_go_by_priority_then_short_deadlines_then_age);
    tcase_add_test(tests, a_job_is_taken_when_there_is_room_for_it);
    tcase_add_test(tests, a_lost_lease_cannot_write);
    tcase_add_test(tests, beats_keep_a_lease);
    tcase_add_test(tests, a_jump_of_the_wall_clock_changes_no_deadline);
    tcase_add_test(tests, deadlines_survive_a_reboot);
    tcase_add_test(tests, not_after_expires_a_waiting_job);
    tcase_add_test(tests, a_deadline_passed_in_the_queue_ends_the_job);
    tcase_add_test(tests, a_stream_supersedes);
    tcase_add_test(tests, the_third_death_is_the_last);
    tcase_add_test(tests, recovery_counts_no_attempt);
    tcase_add_test(tests, cancelling_holds_across_a_death);
    tcase_add_test(tests, events_come_in_order_and_progress_is_one);
    tcase_add_test(tests, parts_are_read_in_pages);
    tcase_add_test(tests, a_list_is_filtered_and_paged);
    tcase_add_test(tests, counts_follow_every_change_through_any_handle);
    tcase_add_test(tests, a_newer_schema_is_refused);
    tcase_add_test(tests, every_job_is_claimed_once);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
