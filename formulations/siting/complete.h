/* complete.h - a plan made by hand on its way to a full one. Shared by complete*.c only.
 *
 * The choices are given; sites that are decided and missing are added. What else is left open is
 * chosen at the least cost: reinforcements of each element by themselves, arming and trips together
 * (within the budgets, where they can be), deliveries together. Each follows from the judgement of
 * the plan without them. instance.h, "by hand". */
#ifndef AZ_SITING_COMPLETE_H
#define AZ_SITING_COMPLETE_H

#include "formulations/siting/judge.h"
#include "formulations/siting/plan.h"
#include "solver/engine.h"

struct st_completion {
    const struct st_instance *in;
    const struct st_plan *partial;
    const struct az_engine *engine;
    const struct az_context *context;
    struct az_arena *arena, *scratch; /* of the plan, of everything else */
    struct st_plan *plan;             /* so far */
    struct st_judge judge; /* of the given choices, armed wherever they may be, without trips */
};

/* Sites that are decided and have no choice. */
enum az_status st_choose_decided(struct st_completion *c);

/* Who is armed and trips, at the least cost; nobody where an outage cannot be mended so. */
enum az_status st_choose_trips(struct st_completion *c);

#endif
