/* test_linalg.c - factorisation, solves, batches, samples and least squares on dense matrices. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/linalg.h"
#include "tests/support/suite.h"

enum { N = 30, M = 7, K = 11 };

static struct az_random random_state;

static double drawn(void)
{
    return 2 * az_random_unit(&random_state) - 1;
}

/* a = b b' + 1, symmetric and positive definite. */
static void make_definite(double a[N * N])
{
    double b[N * N];
    for (int i = 0; i < N * N; i++) b[i] = drawn();
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            a[i * N + j] = i == j;
            for (int k = 0; k < N; k++) a[i * N + j] += b[i * N + k] * b[j * N + k];
        }
    }
}

/* Without it rows and columns could be exchanged and nobody would see it on symmetric input. */
START_TEST(cholesky_gives_the_lower_factor_row_by_row)
{
    double a[N * N], l[N * N];
    az_random_seed(&random_state, 1);
    make_definite(a);
    memcpy(l, a, sizeof l);
    for (int i = 0; i < N; i++)
        for (int j = i + 1; j < N; j++) l[i * N + j] = NAN; /* only the lower triangle is read */
    ck_assert_int_eq(az_cholesky(N, l), AZ_OK);
    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            if (j > i) ck_assert_double_eq(l[i * N + j], 0);
            double sum = 0;
            for (int k = 0; k < N; k++) sum += l[i * N + k] * l[j * N + k];
            ck_assert_double_eq_tol(sum, a[i * N + j], 1e-9);
        }
    }
    double small[] = { 4, 0, 2, 5 };
    ck_assert_int_eq(az_cholesky(2, small), AZ_OK);
    ck_assert_double_eq_tol(small[2], 1, 1e-12);
    ck_assert_double_eq_tol(small[3], 2, 1e-12);
    double indefinite[] = { 1, 2, 2, 1 }, broken[] = { 1, 0, 0, NAN };
    ck_assert_int_eq(az_cholesky(2, indefinite), AZ_NUMERIC);
    ck_assert_int_eq(az_cholesky(2, broken), AZ_NUMERIC);
    ck_assert_int_eq(az_cholesky(0, NULL), AZ_OK);
}
END_TEST

/* Without it the right sides would be taken row by row. */
START_TEST(cholesky_solves_every_right_side)
{
    double a[N * N], l[N * N], x[N * M], b[N * M] = { 0 };
    az_random_seed(&random_state, 2);
    make_definite(a);
    memcpy(l, a, sizeof l);
    for (int i = 0; i < N * M; i++) x[i] = drawn();
    for (int i = 0; i < N; i++)
        for (int j = 0; j < M; j++)
            for (int k = 0; k < N; k++) b[i * M + j] += a[i * N + k] * x[k * M + j];
    ck_assert_int_eq(az_cholesky(N, l), AZ_OK);
    ck_assert_int_eq(az_cholesky_solve(N, M, l, b), AZ_OK);
    for (int i = 0; i < N * M; i++) ck_assert_double_eq_tol(b[i], x[i], 1e-8);
    double singular[] = { 1, 0, 1, 0 };
    ck_assert_int_eq(az_cholesky_solve(2, 1, singular, b), AZ_NUMERIC);
    ck_assert_int_eq(az_cholesky_solve(0, 1, NULL, NULL), AZ_OK);
}
END_TEST

/* Without it a batch would differ from its points one by one. */
START_TEST(a_batch_is_its_points_one_by_one)
{
    double a[M * N], x[N * K], out[M * K];
    az_random_seed(&random_state, 3);
    for (int i = 0; i < M * N; i++) a[i] = drawn();
    for (int i = 0; i < N * K; i++) x[i] = drawn();
    az_evaluate_batch(M, N, K, a, x, out);
    for (int i = 0; i < M; i++) {
        for (int k = 0; k < K; k++) {
            double sum = 0;
            for (int j = 0; j < N; j++) sum += a[i * N + j] * x[j * K + k];
            ck_assert_double_eq_tol(out[i * K + k], sum, 1e-10);
        }
    }
    az_evaluate_batch(2, 0, 1, a, x, out);
    ck_assert_double_eq(out[0], 0);
    az_evaluate_batch(0, 3, 0, a, x, out);
}
END_TEST

/* Without it scenarios would have another correlation than measured, or change when more are asked.
 */
START_TEST(samples_have_the_mean_and_covariance_asked_for)
{
    enum { DRAWS = 40000 };
    double l[] = { 2, 0, 1.5, 0.5 }, mean[] = { 10, -3 };
    double *out = malloc(2 * DRAWS * sizeof *out), few[2 * 3];
    az_random_seed(&random_state, 4);
    ck_assert_int_eq(az_sample_normal(2, DRAWS, mean, l, &random_state, out), AZ_OK);
    double average[2] = { 0 }, covariance[3] = { 0 };
    for (int k = 0; k < DRAWS; k++) {
        double a = out[k] - mean[0], b = out[DRAWS + k] - mean[1];
        average[0] += a / DRAWS, average[1] += b / DRAWS;
        covariance[0] += a * a / DRAWS, covariance[1] += a * b / DRAWS;
        covariance[2] += b * b / DRAWS;
    }
    ck_assert_double_eq_tol(average[0], 0, 0.05);
    ck_assert_double_eq_tol(average[1], 0, 0.05);
    ck_assert_double_eq_tol(covariance[0], 4, 0.12);
    ck_assert_double_eq_tol(covariance[1], 3, 0.12);
    ck_assert_double_eq_tol(covariance[2], 2.5, 0.1);
    az_random_seed(&random_state, 4);
    ck_assert_int_eq(az_sample_normal(2, 3, mean, l, &random_state, few), AZ_OK);
    for (int k = 0; k < 3; k++) {
        ck_assert_double_eq_tol(few[k], out[k], 1e-12);
        ck_assert_double_eq_tol(few[3 + k], out[DRAWS + k], 1e-12);
    }
    free(out);
}
END_TEST

/* Without it a fit would be that of the transposed matrix, or a meaningless one be believed. */
START_TEST(least_squares_finds_the_fit_and_refuses_dependent_columns)
{
    /* y = 1 + 2 t + noise orthogonal to both columns */
    double a[] = { 1, 0, 1, 1, 1, 2, 1, 3 }, b[] = { 1 + 0.5, 3 - 0.5, 5 - 0.5, 7 + 0.5 };
    ck_assert_int_eq(az_least_squares(4, 2, a, b), AZ_OK);
    ck_assert_double_eq_tol(b[0], 1, 1e-10);
    ck_assert_double_eq_tol(b[1], 2, 1e-10);
    double square[] = { 2, 1, 1, 3 }, right[] = { 5, 10 };
    ck_assert_int_eq(az_least_squares(2, 2, square, right), AZ_OK);
    ck_assert_double_eq_tol(right[0], 1, 1e-10);
    ck_assert_double_eq_tol(right[1], 3, 1e-10);
    double dependent[] = { 1, 2, 2, 4, 3, 6 }, y[] = { 1, 2, 3 };
    ck_assert_int_eq(az_least_squares(3, 2, dependent, y), AZ_NUMERIC);
    double wide[] = { 1, 2 }, one[] = { 1, 1 };
    ck_assert_int_eq(az_least_squares(1, 2, wide, one), AZ_NUMERIC);
    double broken[] = { 1, NAN }, two[] = { 1, 1 };
    ck_assert_int_eq(az_least_squares(2, 1, broken, two), AZ_NUMERIC);
    ck_assert_int_eq(az_least_squares(3, 0, NULL, NULL), AZ_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("linalg");
    TCase *cases = tcase_create("linalg");
    tcase_add_test(cases, cholesky_gives_the_lower_factor_row_by_row);
    tcase_add_test(cases, cholesky_solves_every_right_side);
    tcase_add_test(cases, a_batch_is_its_points_one_by_one);
    tcase_add_test(cases, samples_have_the_mean_and_covariance_asked_for);
    tcase_add_test(cases, least_squares_finds_the_fit_and_refuses_dependent_columns);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
