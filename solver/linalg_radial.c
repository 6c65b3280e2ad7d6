/* linalg_radial.c - radial feeders: sums along a tree, shared impedances, linear and AC sweeps. */
#include <complex.h>
#include <math.h>

#include "solver/linalg.h"

#define SWEEPS 200
#define SETTLED 1e-10 /* per unit: the largest change of a voltage in the last sweep */

static enum az_status order_in(size_t n, const size_t parent[], struct az_arena *arena,
                               size_t order[])
{
    size_t *first = AZ_ARRAY(arena, n + 2, size_t), *child = AZ_ARRAY(arena, n, size_t);
    size_t root = n, count = 0;
    if (!first || !child) return AZ_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (parent[i] >= n || (parent[i] == i && root < n)) return AZ_INVALID;
        if (parent[i] == i)
            root = i;
        else
            first[parent[i] + 2]++;
    }
    if (root == n) return n == 0 ? AZ_OK : AZ_INVALID;
    for (size_t i = 2; i < n + 2; i++) first[i] += first[i - 1];
    for (size_t i = 0; i < n; i++)
        if (i != root) child[first[parent[i] + 1]++] = i;
    order[count++] = root;
    for (size_t k = 0; k < count; k++)
        for (size_t c = first[order[k]]; c < first[order[k] + 1]; c++) order[count++] = child[c];
    return count == n ? AZ_OK : AZ_INVALID; /* else there is a ring beside the tree */
}

enum az_status az_radial_order(size_t n, const size_t parent[], size_t order[])
{
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? order_in(n, parent, arena, order) : AZ_NO_MEMORY;
    az_arena_free(arena);
    return status;
}

void az_radial_sums(size_t n, const size_t parent[], const size_t order[], const double value[],
                    double out[])
{
    for (size_t i = 0; i < n; i++) out[i] = value[i];
    for (size_t k = n; k > 1; k--) out[parent[order[k - 1]]] += out[order[k - 1]];
}

/* Row i is its parent's row, and what the branch to it adds for i and what lies beyond; columns of
 * nodes that come later in the order are set when they come. */
void az_radial_shared(size_t n, const size_t parent[], const size_t order[], const double z[],
                      double shared[])
{
    if (n == 0) return;
    shared[order[0] * n + order[0]] = 0;
    for (size_t k = 1; k < n; k++) {
        size_t i = order[k], up = parent[i];
        for (size_t e = 0; e < k; e++) {
            size_t j = order[e];
            shared[i * n + j] = shared[j * n + i] = shared[up * n + j];
        }
        shared[i * n + i] = shared[up * n + up] + z[i];
    }
}

enum az_status az_radial_linear(size_t n, const size_t parent[], const size_t order[],
                                const double r[], const double x[], const double p[],
                                const double q[], double source, double v[])
{
    if (n == 0) return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    double *active = arena ? AZ_ARRAY(arena, n, double) : NULL;
    double *reactive = arena ? AZ_ARRAY(arena, n, double) : NULL;
    enum az_status status = active && reactive ? AZ_OK : AZ_NO_MEMORY;
    if (status == AZ_OK) {
        az_radial_sums(n, parent, order, p, active);
        az_radial_sums(n, parent, order, q, reactive);
        v[order[0]] = source * source;
        for (size_t k = 1; k < n; k++) {
            size_t i = order[k];
            v[i] = v[parent[i]] - 2 * (r[i] * active[i] + x[i] * reactive[i]);
        }
    }
    az_arena_free(arena);
    return status;
}

/* One sweep: currents from the ends to the root, voltages back. The largest change of a voltage. */
static double sweep(size_t n, const size_t parent[], const size_t order[], const double r[],
                    const double x[], const double p[], const double q[], double complex voltage[],
                    double complex current[])
{
    double change = 0;
    for (size_t i = 0; i < n; i++) current[i] = conj((p[i] + q[i] * I) / voltage[i]);
    for (size_t k = n; k > 1; k--) current[parent[order[k - 1]]] += current[order[k - 1]];
    for (size_t k = 1; k < n; k++) {
        size_t i = order[k];
        double complex now = voltage[parent[i]] - (r[i] + x[i] * I) * current[i];
        double moved = cabs(now - voltage[i]);
        if (!(moved <= change)) change = moved; /* a NAN too */
        voltage[i] = now;
    }
    return change;
}

static enum az_status sweeps_in(size_t n, const size_t parent[], const size_t order[],
                                const double r[], const double x[], const double p[],
                                const double q[], double source, struct az_arena *arena, double v[],
                                double *loss)
{
    double complex *voltage = az_arena_array(arena, n, sizeof *voltage);
    double complex *current = az_arena_array(arena, n, sizeof *current);
    double change = INFINITY;
    if (!voltage || !current) return AZ_NO_MEMORY;
    for (size_t i = 0; i < n; i++) voltage[i] = source;
    for (size_t k = 0; k < SWEEPS && !(change <= SETTLED); k++)
        change = sweep(n, parent, order, r, x, p, q, voltage, current);
    if (!(change <= SETTLED)) return AZ_NUMERIC;
    double lost = 0;
    for (size_t k = 1; k < n; k++) {
        size_t i = order[k];
        lost +=
            r[i] * (creal(current[i]) * creal(current[i]) + cimag(current[i]) * cimag(current[i]));
    }
    for (size_t i = 0; i < n; i++) v[i] = cabs(voltage[i]);
    if (loss) *loss = lost;
    return AZ_OK;
}

enum az_status az_radial_sweep(size_t n, const size_t parent[], const size_t order[],
                               const double r[], const double x[], const double p[],
                               const double q[], double source, double v[], double *loss)
{
    if (loss) *loss = 0;
    if (n == 0) return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status =
        arena ? sweeps_in(n, parent, order, r, x, p, q, source, arena, v, loss) : AZ_NO_MEMORY;
    az_arena_free(arena);
    return status;
}
