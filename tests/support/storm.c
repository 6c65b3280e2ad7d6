/* storm.c - strikes at the processes of a service at random moments. */
#include "tests/support/storm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const roles[] = { "gateway", "work", "solver-child", "serve", "all" };
enum { ROLES = sizeof roles / sizeof roles[0], CHILD = 2, SERVE = ROLES - 2, ALL = ROLES - 1 };

enum manner { KILL, STOP, PAUSE, MANNERS };
static const char *const manners[MANNERS] = { "kills", "stops", "pauses" };

struct storm {
    const struct storm_plan *plan;
    struct test_service service;
    struct storm_load load;
    unsigned dice;
    int left[MANNERS][ROLES], to_go;
    int child_kills, faults;
};

static double chance(struct storm *storm, double most)
{
    return most * rand_r(&storm->dice) / RAND_MAX;
}

/* --- strikes ---------------------------------------------------------------------------------- */

static void wait_until_gone(pid_t pid)
{
    while (pid > 0 && test_is_alive(pid)) test_nap(0.005);
}

/* By kill -9. Their runner dies before the solver does, which is then no attempt. */
static void strike_dead(struct storm *storm, int role)
{
    pid_t pids[SERVE];
    storm->child_kills += role == CHILD;
    if (role < SERVE) {
        test_service_kill(&storm->service, roles[role]);
        return;
    }
    for (int i = 0; i < SERVE; i++) pids[i] = test_service_process(&storm->service, roles[i]);
    for (int i = 0; i < SERVE && role == ALL; i++)
        if (pids[i] > 0) kill(pids[i], SIGKILL);
    test_service_kill(&storm->service, "serve");
    for (int i = 0; i < SERVE; i++) wait_until_gone(pids[i]);
    test_service_start(&storm->service, NULL, false);
}

/* By SIGTERM, which a solver process leaves to its runner. Where all get it, so does each by its
 * supervisor. */
static void ask_to_stop(struct storm *storm, int role)
{
    pid_t pids[SERVE];
    for (int i = 0; i < SERVE; i++) pids[i] = test_service_process(&storm->service, roles[i]);
    for (int i = 0; i < SERVE; i++)
        if (pids[i] > 0 && (role == i || role == ALL)) kill(pids[i], SIGTERM);
    if (role < SERVE) {
        if (role != CHILD) wait_until_gone(pids[role]);
        return;
    }
    int code = test_service_stop(&storm->service);
    if (code != 0) printf("stopped with exit status %d\n", code);
    storm->faults += code != 0;
    storm->faults += storm_look_behind(&storm->service);
    test_service_start(&storm->service, NULL, false);
}

static void pause_for_a_moment(struct storm *storm, int role)
{
    pid_t pids[SERVE + 1];
    for (int i = 0; i <= SERVE; i++) {
        bool is_meant = role == i || role == ALL;
        pids[i] = is_meant ? test_service_process(&storm->service, roles[i]) : 0;
        if (pids[i] > 0) kill(pids[i], SIGSTOP);
    }
    test_nap(chance(storm, 0.8));
    for (int i = 0; i <= SERVE; i++)
        if (pids[i] > 0) kill(pids[i], SIGCONT);
}

/* False when there was no such process. */
static bool strike(struct storm *storm, enum manner manner, int role)
{
    if (role < SERVE && !test_service_process(&storm->service, roles[role])) return false;
    if (manner == KILL) strike_dead(storm, role);
    if (manner == STOP) ask_to_stop(storm, role);
    if (manner == PAUSE) pause_for_a_moment(storm, role);
    return true;
}

/* A supervisor is asked to stop only when it has begun: before that a signal is its end. */
static void wait_for_begin(struct storm *storm)
{
    double end = test_now() + TEST_PATIENCE;
    while (!test_service_process(&storm->service, "gateway") && test_now() < end) test_nap(0.005);
}

static void rage(struct storm *storm)
{
    double told = test_now();
    while (storm->to_go > 0) {
        int manner = rand_r(&storm->dice) % MANNERS, role = rand_r(&storm->dice) % ROLES;
        if (storm->left[manner][role] == 0) continue;
        test_nap(chance(storm, 0.4));
        if (manner == STOP && role >= SERVE) wait_for_begin(storm);
        if (!strike(storm, (enum manner)manner, role)) continue;
        storm->left[manner][role]--;
        storm->to_go--;
        if (!storm->plan->talks || test_now() < told + 10) continue;
        told = test_now();
        fprintf(stderr, "storm: %d strikes to go\n", storm->to_go);
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static void prepare(struct storm *storm)
{
    const int counts[MANNERS] = { storm->plan->kills, storm->plan->stops, storm->plan->pauses };
    for (int i = 0; i < MANNERS; i++)
        for (int j = 0; j < ROLES; j++) {
            storm->left[i][j] = counts[i];
            storm->to_go += counts[i];
        }
    test_service_make(&storm->service, "ipc");
    test_service_start(&storm->service, NULL, true);
}

int test_storm(const struct storm_plan *plan)
{
    struct storm storm = { .plan = plan, .dice = plan->seed };
    prepare(&storm);
    if (!storm_load_start(&storm.load, &storm.service, plan->seed)) return 1;
    double began = test_now();
    rage(&storm);
    double lasted = test_now() - began;
    test_nap(0.5);
    storm_load_stop(&storm.load);
    storm.faults += storm_wait(&storm.service, &storm.load);
    storm_load_end(&storm.load);
    int code = test_service_stop(&storm.service);
    if (code != 0) printf("stopped with exit status %d at last\n", code);
    storm.faults += (code != 0) + storm.load.unanswered + storm.load.faults;
    storm.faults += storm_look(&storm.service, &storm.load, storm.child_kills);
    storm.faults += storm_look_behind(&storm.service);
    for (int i = 0; i < MANNERS; i++)
        printf("%d %s, ",
               i == KILL   ? plan->kills
               : i == STOP ? plan->stops
                           : plan->pauses,
               manners[i]);
    printf("of each of %d in %.0f s; %d retries, %d joined, %d faults; seed %u\n", ROLES, lasted,
           storm.load.retries, storm.load.joined, storm.faults, plan->seed);
    fflush(stdout); /* a test that fails ends at once */
    if (storm.faults > 0) setenv("AZUMI_KEEP", "1", 1);
    test_service_remove(&storm.service);
    storm_load_free(&storm.load);
    return storm.faults;
}
