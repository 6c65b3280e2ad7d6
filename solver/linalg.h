/* linalg.h - dense linear algebra on OpenBLAS and LAPACKE.
 *
 * Matrices are row-major, sizes in the signature, storage owned by the caller. The functions return
 * AZ_OK, AZ_NO_MEMORY or the status they name. Grid sensitivities (PTDF, LODF) join in this header
 * when the siting kind needs them. */
#ifndef AZ_LINALG_H
#define AZ_LINALG_H

#include <stddef.h>

#include "solver/base/context.h"
#include "solver/base/status.h"

/* Cholesky factor of a symmetric positive definite matrix.
 *
 *   a[n * n]   in: the matrix, lower triangle read; out: L with a = L L', upper triangle zero
 *
 * AZ_NUMERIC when it is not positive definite. LAPACK dpotrf. */
enum az_status az_cholesky(size_t n, double a[]);

/* Solves L L' x = b for m right sides after az_cholesky.
 *
 *   b[n * m]   in: right sides as columns; out: solutions. LAPACK dpotrs. */
enum az_status az_cholesky_solve(size_t n, size_t m, const double l[], double b[]);

/* Evaluates m linear functions at k points at once: out = a x.
 *
 *   a[m * n], x[n * k], out[m * k]. BLAS dgemm. */
void az_evaluate_batch(size_t m, size_t n, size_t k, const double a[], const double x[],
                       double out[]);

/* Draws k correlated normal samples: out = mean + L z.
 *
 *   mean[n], l[n * n] from az_cholesky of the covariance, out[n * k] one sample a column */
enum az_status az_sample_normal(size_t n, size_t k, const double mean[], const double l[],
                                struct az_random *random, double out[]);

/* Least squares min |A x - b| with a full-rank A, m >= n (LAPACK dgels).
 *
 *   a[m * n] destroyed, b[m] in; out: b[0..n-1] is x. AZ_NUMERIC when the rank is deficient. */
enum az_status az_least_squares(size_t m, size_t n, double a[], double b[]);

#endif
