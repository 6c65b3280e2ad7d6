/* columns_solve.c - the solve by unit schedules: prices, the root, the tree, plans. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"

enum az_status mg_solve_columns(struct mg_search *s, struct az_colgen_result *result)
{
    struct mg_master master;
    struct az_colgen_options options = { .cutoff = NAN, .node_limit = -1 };
    double *pi;
    enum az_status status = mg_master_new(s->mg, &s->open, s->arena, &master);
    if (status != AZ_OK) goto done;
    master.search = s;
    AZ_GOTO(mg_first_prices(&master, s->run->engine, s->run->context, &pi));
    options.pi = pi;
    AZ_GOTO(az_colgen_solve(&master.problem, &options, s->run->engine, s->run->context, s->run,
                            s->arena, result));
done:
    mg_master_free(&master);
    return status;
}
