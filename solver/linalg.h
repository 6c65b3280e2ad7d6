/* linalg.h - dense linear algebra on OpenBLAS and LAPACKE.
 *
 * Matrices are row-major, sizes in the signature, storage owned by the caller. The functions return
 * AZ_OK, AZ_NO_MEMORY or the status they name. */
#ifndef AZ_LINALG_H
#define AZ_LINALG_H

#include <stdbool.h>
#include <stddef.h>

#include "solver/base/arena.h"
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

/* --- meshed grids (linalg_grid.c) ---------------------------------------------------------------
 * DC power flow: flow on a branch is the difference of its buses' angles over its reactance,
 * positive from `from` to `to`. Any consistent units. */

struct az_branch {
    size_t from, to; /* buses */
    double x;        /* reactance, > 0 */
};

/* Power transfer distribution factors of a connected network.
 *
 *   branch[m]    over buses 0 .. n-1; parallel ones may be, loops may not
 *   slack        bus that balances every injection
 *   ptdf[m * n]  out: flow on branch l per unit injected at bus i, withdrawn at the slack; the
 *                slack's column is 0
 *
 * AZ_NOT_CONNECTED when a bus cannot be reached from the slack; AZ_INVALID when a branch is a loop,
 * leads nowhere, or its reactance is not positive and finite. One Cholesky factorisation (dpotrf)
 * and m back-substitutions; n <= 3000 is sensible.
 * Wood, Wollenberg, Sheble: Power Generation, Operation and Control, 3rd ed., 7.3. */
enum az_status az_ptdf(size_t n, size_t m, const struct az_branch branch[], size_t slack,
                       double ptdf[]);

/* Branches without which the network falls in two: bridge[m], out. Parallel branches are none. */
enum az_status az_bridges(size_t n, size_t m, const struct az_branch branch[], bool bridge[]);

/* Line outage distribution factors.
 *
 *   ptdf[m * n]  of az_ptdf with this slack
 *   lodf[m * m]  out: after the outage of k branch l carries flow_l + lodf[l * m + k] * flow_k;
 *                -1 on the diagonal
 *   bridge[m]    out: the outage of k parts the grid. What is injected and withdrawn beyond it,
 *                seen from the slack, is lost then, and the slack balances what is left: the same
 *                formula holds on this side. Branches beyond carry nothing: NAN.
 *
 * A bridge is found by its place in the network, never by a division that goes wrong.
 * The same book, 7.3 and 11.4. */
enum az_status az_lodf(size_t n, size_t m, const struct az_branch branch[], size_t slack,
                       const double ptdf[], double lodf[], bool bridge[]);

/* A branch over its limit in an hour: after an outage, or before any (outage AZ_NO_OUTAGE). */
struct az_overload {
    size_t branch, hour, outage;
    double flow, by; /* by how much |flow| is over */
};
#define AZ_NO_OUTAGE ((size_t)-1)

/* Flows of all hours before and after every outage against limits.
 *
 *   injection[n * hours]  of each bus in each hour (hour fastest)
 *   screened[m]           whose outage is looked at; NULL: of all
 *   normal[m], emergency[m]  limits of |flow| before and after an outage; INFINITY: none
 *   tolerance             overloads of more than this are told
 *
 * Tells the worst overload of each branch and hour before, and the worst after any outage; sorted
 * by hour, branch, before first. Works in blocks of hours (dgemm), so that memory does not grow
 * with them; hours * m * m operations. The list lives in the arena. */
struct az_screening {
    size_t n, m, hours;
    const double *ptdf, *lodf;
    const double *injection;
    const bool *screened;
    const double *normal, *emergency;
    double tolerance;
};
enum az_status az_screen_outages(const struct az_screening *screening, struct az_arena *arena,
                                 size_t *count, struct az_overload **overloads);

/* --- radial feeders (linalg_radial.c) -----------------------------------------------------------
 * A tree over nodes 0 .. n-1: parent[i] is the node towards the root; the root's parent is itself.
 * Branch i leads from parent[i] to i, with resistance r[i] and reactance x[i] (the root's are not
 * read). All per unit, or ohm with kV and MW. */

/* Nodes so that a parent comes before its children. AZ_INVALID when it is not one tree. */
enum az_status az_radial_order(size_t n, const size_t parent[], size_t order[]);

/* Sums of what lies at and beyond each node: out[i] is what branch i carries (losses left out).
 * value[n]; order of az_radial_order. */
void az_radial_sums(size_t n, const size_t parent[], const size_t order[], const double value[],
                    double out[]);

/* Impedances that two nodes have in common on their ways to the root.
 *
 *   z[n]              of branch i
 *   shared[n * n]     out; a unit drawn at j lowers the squared voltage at i by 2 shared[i * n + j]
 *                     (r for active power, x for reactive), per unit
 *
 * Baran and Wu 1989, linearised: voltages are never below the true ones where power flows outward.
 */
void az_radial_shared(size_t n, const size_t parent[], const size_t order[], const double z[],
                      double shared[]);

/* Squared voltages of a linear sweep (LinDistFlow). p[n], q[n]: drawn at each node, per unit;
 * v[n], out: squared, the root's is source * source. */
enum az_status az_radial_linear(size_t n, const size_t parent[], const size_t order[],
                                const double r[], const double x[], const double p[],
                                const double q[], double source, double v[]);

/* AC power flow by backward and forward sweeps.
 *
 *   v[n]       out: magnitudes, per unit
 *   loss       out: active power lost, per unit; NULL: not wanted
 *
 * Loads are constant power. AZ_NUMERIC when 200 sweeps do not settle to 1e-10 (a load beyond what
 * the feeder can carry). Shirmohammadi et al. 1988. */
enum az_status az_radial_sweep(size_t n, const size_t parent[], const size_t order[],
                               const double r[], const double x[], const double p[],
                               const double q[], double source, double v[], double *loss);

#endif
