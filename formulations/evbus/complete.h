/* complete.h - a plan made by hand on its way to a full one. Shared by complete*.c only. */
#ifndef AZ_EVBUS_COMPLETE_H
#define AZ_EVBUS_COMPLETE_H

#include "formulations/evbus/columns.h"

struct eb_completion {
    const struct eb_instance *ev;
    const struct eb_plan *partial;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_arena *arena, *scratch;
    struct eb_network *network;
    size_t count, capacity;
    const struct eb_duty **duties;
    bool *given;                       /* [capacity] its energies are kept where they are told */
    const char **id;                   /* [capacity] of the given block; NULL: none */
    bool *taken;                       /* [trips] in some block, or left out by hand */
    size_t *used;                      /* [sources] duties of each */
    bool more_stops;                   /* ways without a stay that is told get stops too */
    double *charge, *discharge, *plug; /* [chargers * T] prices while stops are sought */
    int32_t *busy;                     /* [chargers * T] buses at a bank */
};

/* A block that names its chargers as a duty, leg by leg: stays with the times and energies that are
 * told (NAN where they are not), drives between them. AZ_INFEASIBLE: something of it cannot be. */
enum az_status eb_write_duty(struct eb_completion *c, const struct eb_block *block, size_t source,
                             size_t end_depot, struct eb_duty **duty);

#endif
