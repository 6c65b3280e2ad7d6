/* mg_solved.h - one solve of a microgrid instance for the tests. */
#ifndef AZ_TEST_MG_SOLVED_H
#define AZ_TEST_MG_SOLVED_H

#include "adapters/json/json.h"
#include "formulations/certificate.h"
#include "tests/support/engines.h"
#include "tests/support/mg_case.h"

struct mg_solved {
    struct mg_case c;
    struct az_answer answer;
    enum az_status status;
};

/* Prepares and solves to a gap of gap_abs within the seconds. Stops at the failing step. */
void mg_solve_json(struct mg_solved *solved, const json_t *instance, const struct mg_plan *previous,
                   const char *engine, double gap_abs, double seconds);

/* The same with an engine and a context of the caller's. */
void mg_solve_with(struct mg_solved *solved, const json_t *instance, const struct mg_plan *previous,
                   const struct az_engine *engine, double gap_abs,
                   const struct az_context *context);
void mg_solved_close(struct mg_solved *solved);

#endif
