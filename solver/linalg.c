/* linalg.c - row-major linear algebra without copies: LAPACK sees a row-major lower triangle as a
 * column-major upper one. */
#include "solver/linalg.h"

#include <cblas.h>
#include <float.h>
#include <lapacke.h>
#include <limits.h>
#include <math.h>

static bool fits(size_t size)
{
    return size <= INT_MAX;
}

enum az_status az_cholesky(size_t n, double a[])
{
    if (n == 0) return AZ_OK;
    if (!fits(n)) return AZ_NO_MEMORY;
    lapack_int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', (lapack_int)n, a, (lapack_int)n);
    if (info != 0) return AZ_NUMERIC; /* not definite, or a NAN in it */
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) a[i * n + j] = 0;
    return AZ_OK;
}

enum az_status az_cholesky_solve(size_t n, size_t m, const double l[], double b[])
{
    if (n == 0 || m == 0) return AZ_OK;
    if (!fits(n) || !fits(m)) return AZ_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(l[i * n + i]) > 0)) return AZ_NUMERIC;
    int rows = (int)n, columns = (int)m;
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, rows, columns, 1,
                l, rows, b, columns);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, rows, columns, 1, l,
                rows, b, columns);
    return AZ_OK;
}

void az_evaluate_batch(size_t m, size_t n, size_t k, const double a[], const double x[],
                       double out[])
{
    if (m == 0 || k == 0) return;
    if (n == 0) {
        for (size_t i = 0; i < m * k; i++) out[i] = 0;
        return;
    }
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)m, (int)k, (int)n, 1, a, (int)n, x,
                (int)k, 0, out, (int)k);
}

enum az_status az_sample_normal(size_t n, size_t k, const double mean[], const double l[],
                                struct az_random *random, double out[])
{
    if (n == 0 || k == 0) return AZ_OK;
    if (!fits(n) || !fits(k)) return AZ_NO_MEMORY;
    /* sample after sample, so that asking for more samples keeps the first ones */
    for (size_t sample = 0; sample < k; sample++)
        for (size_t i = 0; i < n; i++) out[i * k + sample] = az_random_normal(random);
    cblas_dtrmm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (int)n, (int)k, 1,
                l, (int)n, out, (int)k);
    for (size_t i = 0; i < n; i++)
        for (size_t sample = 0; sample < k; sample++) out[i * k + sample] += mean[i];
    return AZ_OK;
}

/* The row-major A is the column-major A'; dgels solves with its transpose. The diagonal of the
 * triangular factor, left in A, tells how near the rank is to deficient. */
enum az_status az_least_squares(size_t m, size_t n, double a[], double b[])
{
    if (n == 0) return AZ_OK;
    if (m < n) return AZ_NUMERIC;
    if (!fits(m)) return AZ_NO_MEMORY;
    lapack_int info = LAPACKE_dgels(LAPACK_COL_MAJOR, 'T', (lapack_int)n, (lapack_int)m, 1, a,
                                    (lapack_int)n, b, (lapack_int)m);
    if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        return AZ_NO_MEMORY;
    if (info != 0) return AZ_NUMERIC;
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, fabs(a[i * n + i]));
        most = fmax(most, fabs(a[i * n + i]));
    }
    return least > (double)m * DBL_EPSILON * most ? AZ_OK : AZ_NUMERIC;
}
