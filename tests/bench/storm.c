/* storm.c - the long storm over a service, tests/support/storm.h.
 *
 *   BUILD=build build/bench/storm [KILLS [SEED]]
 *
 * Each of gateway, runner, solver child and supervisor dies KILLS (100) times by kill -9, and all
 * of them at once as often; a fifth as often each gets SIGTERM, and stands still for a moment. Exit
 * status 0 when no acknowledged job was lost, none has two ends, none is stuck, every answer is the
 * one asked for, and nothing is left behind. Without SEED the time is one; it is printed. */
#include <stdlib.h>
#include <time.h>

#include "tests/support/storm.h"

int main(int argc, char **argv)
{
    int kills = argc > 1 ? atoi(argv[1]) : 100;
    struct storm_plan plan = { .seed = argc > 2 ? (unsigned)atoi(argv[2]) : (unsigned)time(NULL),
                               .kills = kills,
                               .stops = (kills + 4) / 5,
                               .pauses = (kills + 4) / 5,
                               .talks = true };
    return test_storm(&plan) == 0 ? 0 : 1;
}
