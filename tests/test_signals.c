/* test_signals.c - signals as bytes on a descriptor.
 *
 * Check runs every test in a process of its own, which is what a descriptor for the whole process
 * needs. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "adapters/service/signals.h"
#include "tests/support/suite.h"

static int descriptor;

static void begin(int number, bool spare_ignored)
{
    ck_assert_int_eq(az_signals_open(&number, 1, spare_ignored, &descriptor), AZ_OK);
}

static void block(int number)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
}

static void *stay(void *data)
{
    while (pause() != 0) continue;
    return data;
}

/* Without it a thread that a library started before main would take the signal, and its default
 * action would end the process. */
START_TEST(a_signal_may_reach_any_thread)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, stay, NULL), 0);
    begin(SIGTERM, false);
    block(SIGTERM); /* only the other thread is left to take it */
    kill(getpid(), SIGTERM);
    ck_assert_int_eq(az_signals_wait(descriptor, -1), SIGTERM);
    ck_assert_int_eq(az_signals_take(descriptor), 0);
}
END_TEST

/* Without it the order of a child's death and the wish to stop would be lost. */
START_TEST(signals_come_one_by_one_in_their_order)
{
    static const int numbers[] = { SIGCHLD, SIGTERM, SIGINT };
    ck_assert_int_eq(az_signals_open(numbers, 3, false, &descriptor), AZ_OK);
    ck_assert_int_eq(az_signals_take(descriptor), 0);
    for (int i = 0; i < 3; i++) raise(numbers[i]);
    for (int i = 0; i < 3; i++) ck_assert_int_eq(az_signals_take(descriptor), numbers[i]);
    ck_assert_int_eq(az_signals_take(descriptor), 0);
}
END_TEST

/* Without it a call that a signal interrupts would report a failure that never was. */
START_TEST(a_signal_changes_no_errno)
{
    begin(SIGTERM, false);
    for (int i = 0; i < 70000; i++) { /* the pipe is full before the end */
        errno = ENOTTY;
        raise(SIGTERM);
        ck_assert_int_eq(errno, ENOTTY);
    }
    ck_assert_int_eq(az_signals_take(descriptor), SIGTERM);
}
END_TEST

/* Without it Ctrl-C in a shell would stop what its script runs in the background. */
START_TEST(an_ignored_interrupt_stays_ignored_when_asked)
{
    static const int numbers[] = { SIGINT, SIGTERM };
    struct sigaction now;
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    ck_assert_int_eq(az_signals_open(numbers, 2, true, &descriptor), AZ_OK);
    ck_assert_int_eq(sigaction(SIGINT, NULL, &now), 0);
    ck_assert(now.sa_handler == SIG_IGN);
    raise(SIGINT);
    raise(SIGTERM);
    ck_assert_int_eq(az_signals_take(descriptor), SIGTERM);
    ck_assert_int_eq(az_signals_take(descriptor), 0);
}
END_TEST

/* Without it a service started by a script, or with a mask of its starter's, could not be stopped.
 */
START_TEST(a_service_hears_what_was_ignored_or_blocked)
{
    if (_i == 0)
        signal(SIGINT, SIG_IGN);
    else
        block(SIGINT);
    begin(SIGINT, false);
    raise(SIGINT);
    ck_assert_int_eq(az_signals_take(descriptor), SIGINT);
}
END_TEST

struct reader {
    pthread_t thread;
    int end; /* where it reads, the writing side */
};

static void *interrupt_and_write(void *data)
{
    const struct reader *reader = data;
    for (int i = 0; i < 50; i++) {
        pthread_kill(reader->thread, SIGINT);
        nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
    }
    ck_assert_int_eq(write(reader->end, "!", 1), 1);
    return NULL;
}

/* Without it a log line or a document would be cut by a signal. */
START_TEST(an_interrupted_read_goes_on)
{
    int ends[2];
    char byte = 0;
    pthread_t thread;
    ck_assert_int_eq(pipe(ends), 0);
    struct reader reader = { pthread_self(), ends[1] };
    begin(SIGINT, false);
    ck_assert_int_eq(pthread_create(&thread, NULL, interrupt_and_write, &reader), 0);
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    ck_assert_int_eq(byte, '!');
    pthread_join(thread, NULL);
}
END_TEST

/* Without it a program that we start would hold the descriptor, or a second pipe would take the
 * signals of the first. */
START_TEST(there_is_one_pipe_and_children_do_not_get_it)
{
    int number = SIGTERM, second = 0;
    begin(SIGTERM, false);
    ck_assert_int_eq(fcntl(descriptor, F_GETFD), FD_CLOEXEC);
    ck_assert_int_ne(fcntl(descriptor, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_eq(az_signals_open(&number, 1, false, &second), AZ_CONFLICT);
    ck_assert_int_eq(second, -1);
    raise(SIGTERM);
    ck_assert_int_eq(az_signals_take(descriptor), SIGTERM);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signals");
    TCase *tests = tcase_create("signals");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_signal_may_reach_any_thread);
    tcase_add_test(tests, signals_come_one_by_one_in_their_order);
    tcase_add_test(tests, a_signal_changes_no_errno);
    tcase_add_test(tests, an_ignored_interrupt_stays_ignored_when_asked);
    tcase_add_loop_test(tests, a_service_hears_what_was_ignored_or_blocked, 0, 2);
    tcase_add_test(tests, an_interrupted_read_goes_on);
    tcase_add_test(tests, there_is_one_pipe_and_children_do_not_get_it);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
