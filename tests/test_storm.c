/* test_storm.c - a short storm over a service; `make storm` is the long one. */
#include <stdlib.h>
#include <time.h>

#include "tests/support/storm.h"
#include "tests/support/suite.h"

/* Without it a job that was acknowledged could be lost, answered twice or with another's plan, or
 * stand for ever, when processes die, stop or stand still at an unlucky moment. */
START_TEST(every_acknowledged_job_has_its_one_answer)
{
    const char *seed = getenv("AZUMI_STORM_SEED");
    struct storm_plan plan = { .seed = seed ? (unsigned)atoi(seed) : (unsigned)time(NULL),
                               .kills = TEST_SOME(4),
                               .stops = 1,
                               .pauses = TEST_SOME(2) };
    ck_assert_msg(test_storm(&plan) == 0, "AZUMI_STORM_SEED=%u repeats its jobs and strikes",
                  plan.seed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("storm");
    TCase *tests = tcase_create("storm");
    tcase_set_timeout(tests, 600);
    tcase_add_test(tests, every_acknowledged_job_has_its_one_answer);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
