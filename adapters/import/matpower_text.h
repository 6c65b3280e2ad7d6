/* matpower_text.h - the numbers of a MATPOWER case file (version 2), after its own conversions.
 *
 * A case is a program: matrices, then perhaps statements that turn ohm and kW into per unit and MW.
 * What is read of the language is what published cases use: matrices and texts of `mpc`, scalars,
 * and  mpc.T(:, COLUMNS) = mpc.T(:, COLUMNS) * or / EXPRESSION  with + - * / ^ ( ) sin cos acos
 * sqrt, scalars, columns by their names or numbers. Anything else that changes `mpc` is a finding:
 * a conversion that is left out would be a wrong network. */
#ifndef AZ_MATPOWER_TEXT_H
#define AZ_MATPOWER_TEXT_H

#include "adapters/import/input.h"
#include "formulations/fields.h"

/* Columns of the matrices, from 0. */
enum {
    MP_BUS_I,
    MP_BUS_TYPE,
    MP_PD,
    MP_QD,
    MP_GS,
    MP_BS,
    MP_BASE_KV = 9,
    MP_VMAX = 11,
    MP_VMIN,
    MP_BUS_COLUMNS
};
enum { MP_GEN_BUS, MP_PG, MP_VG = 5, MP_GEN_STATUS = 7, MP_PMAX, MP_PMIN, MP_GEN_COLUMNS };
enum {
    MP_F_BUS,
    MP_T_BUS,
    MP_BR_R,
    MP_BR_X,
    MP_BR_B,
    MP_RATE_A,
    MP_RATE_B,
    MP_RATE_C,
    MP_TAP,
    MP_SHIFT,
    MP_BR_STATUS,
    MP_BRANCH_COLUMNS
};
#define MP_REFERENCE 3 /* bus type of the slack */
#define MP_ISOLATED 4  /* out of service */

struct az_matpower {
    const char *name;
    double base_mva;
    struct az_matrix bus, gen, branch; /* MW, MVAr, per unit */
};

/* Everything wrong is a finding with its line. AZ_OK or AZ_NO_MEMORY. */
enum az_status az_matpower_read(const struct az_input *input, struct az_arena *arena,
                                struct az_findings *findings, struct az_matpower *matpower);

#endif
