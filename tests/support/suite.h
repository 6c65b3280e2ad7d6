/* suite.h - running a suite of Check.
 *
 * Header-only: the other files beside this one are linked into programs that have no Check. */
#ifndef TEST_SUITE_H
#define TEST_SUITE_H

#include <check.h>
#include <stdlib.h>

/* Runs the suite and frees it. The exit status: EXIT_SUCCESS when every test has passed. */
static inline int test_suite_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
