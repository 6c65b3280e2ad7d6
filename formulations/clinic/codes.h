/* codes.h - what resolving and validating the clinic can find wrong, or assume.
 *
 * X(name, English, Japanese). {names} are parameters. */
#ifndef AZ_CLINIC_CODES_H
#define AZ_CLINIC_CODES_H

#include "solver/base/findings.h"

/* clang-format off */
#define CL_CODES(X)                                                                                \
    /* the whole */                                                                                \
    X(wrong_kind, "must be clinic, is {value}", "clinic でなければなりません（{value} です）")                      \
    X(start_not_midnight, "must be a local midnight, is {value}", "その地の 0 時でなければなりません（{value} です）") \
    X(bad_date, "must be a date like 2026-11-30, is {value}", "2026-11-30 の形の日付でなければなりません（{value} です）") \
    X(bad_clock, "must be a clock like 09:00 or 09:00:30, up to 47:59:59, is {value}", "09:00 または 09:00:30 の形の時刻（47:59:59 まで）でなければなりません（{value} です）") \
    X(closes_before_it_opens, "must be after {from}, is {value}", "{from} より後でなければなりません（{value} です）")
/* clang-format on */

#define CL_CODE_DECLARE(name, en, ja) extern const struct az_code cl_code_##name;
CL_CODES(CL_CODE_DECLARE)
#undef CL_CODE_DECLARE

/* All of them, ended by NULL: for reference pages and tests. */
extern const struct az_code *const cl_codes[];

#endif
