/* tolerances.h - every tolerance of azumi, named once. Units as in the quantity compared. */
#ifndef AZ_TOLERANCES_H
#define AZ_TOLERANCES_H

#define AZ_FEASIBILITY_TOLERANCE 1e-6 /* relative to max(1, |right side|): rules of the judge */
#define AZ_INTEGER_TOLERANCE 1e-6     /* distance of an integer column from the next integer */
#define AZ_BOUND_TOLERANCE 1e-6       /* relative: how far a bound may pass the objective */
#define AZ_GAP_TOLERANCE 1e-9         /* relative gap below which only rounding is left */
#define AZ_ZERO 1e-9                  /* below this a coefficient or quantity is rounded to zero */

#endif
