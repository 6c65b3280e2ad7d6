/* scenarios.h - the instance and the plan as a scenario sees them. Private to the kind. */
#ifndef AZ_MICROGRID_SCENARIOS_H
#define AZ_MICROGRID_SCENARIOS_H

#include "formulations/microgrid/instance.h"

/* The plan in scenario k, with the decisions here and now: its dispatch, and what that leaves out
 * from the plan. Shares its series with the plan; new in the arena. */
enum az_status mg_scenario_plan(const struct mg_instance *mg, const struct mg_plan *plan, size_t k,
                                struct az_arena *arena, struct mg_plan **merged);

/* A scenario's entry of a plan as a plan with no other maps, without what is here and now: empty
 * where the plan has no such entry. id: the scenario's. Shares its series. */
enum az_status mg_dispatch_plan(const struct mg_plan *plan, const char *id, struct az_arena *arena,
                                struct mg_plan **part);

/* The other way: gives the plan the dispatch of every scenario, parts[k] being a whole plan for
 * mg->views[k] with the same decisions here and now. Shares the series of the parts. */
enum az_status mg_put_scenarios(const struct mg_instance *mg, struct mg_plan *const parts[],
                                struct az_arena *arena, struct mg_plan *plan);

#endif
