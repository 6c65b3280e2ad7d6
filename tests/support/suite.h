/* suite.h - running a suite of Check.
 *
 * Header-only: the other files beside this one are linked into programs that have no Check. */
#ifndef TEST_SUITE_H
#define TEST_SUITE_H

#include <check.h>
#include <stdlib.h>

/* How many of n random cases are tried: under the sanitizers, which are ten times slower, a fifth.
 * TEST_SEEN(n): what these must have met, which only the whole number of them is asked for.
 * TEST_PAIRS(n, e): n cases with each of e engines, turn i being case TEST_CASE(i, e) with engine
 * i % e; under the sanitizers every case with one of them. */
#ifdef __SANITIZE_ADDRESS__
#define TEST_SOME(n) (((n) + 4) / 5)
#define TEST_SEEN(n) (-1)
#define TEST_PAIRS(n, e) (n)
#define TEST_CASE(i, e) (i)
#else
#define TEST_SOME(n) (n)
#define TEST_SEEN(n) (n)
#define TEST_PAIRS(n, e) ((n) * (e))
#define TEST_CASE(i, e) ((i) / (e))
#endif

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
