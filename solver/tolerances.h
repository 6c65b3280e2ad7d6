/* tolerances.h - every tolerance of azumi, named once. Units as in the quantity compared. */
#ifndef AZ_TOLERANCES_H
#define AZ_TOLERANCES_H

#include <math.h>

#define AZ_FEASIBILITY_TOLERANCE 1e-6 /* relative to max(1, |right side|): rules of the judge */
#define AZ_INTEGER_TOLERANCE 1e-6     /* distance of an integer column from the next integer */
#define AZ_BOUND_TOLERANCE 1e-6       /* relative: how far a bound may pass the objective */
#define AZ_GAP_TOLERANCE 1e-9         /* relative gap below which only rounding is left */
#define AZ_ZERO 1e-9                  /* below this a coefficient or quantity is rounded to zero */
#define AZ_DUST 1e-12 /* matrix coefficients up to it, and sums up to it of their parts, are 0 */

/* The sum of two parts of a matrix coefficient: 0 when only rounding errors are left of them. */
static inline double az_sum_of_parts(double a, double b)
{
    double sum = a + b;
    return fabs(sum) <= AZ_DUST * fmax(fabs(a), fabs(b)) ? 0 : sum;
}

#endif
