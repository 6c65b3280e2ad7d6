/* plan.h - making plans: what is chosen, item by item. Everything is the arena's; texts are those
 * of the instance. */
#ifndef AZ_SITING_PLAN_H
#define AZ_SITING_PLAN_H

#include "formulations/siting/instance.h"

/* A plan of these choices, in the order of the sites, without reinforcements, trips or deliveries.
 *   option[sites]  into the site's; AZ_NO_INDEX: not chosen
 *   armed[sites]   may be NULL: none */
enum az_status st_plan_of(const struct st_instance *in, const size_t option[], const bool armed[],
                          struct az_arena *arena, struct st_plan **plan);

/* The other way round: option[sites]. AZ_INVALID when the plan does not fit the instance. */
enum az_status st_plan_options(const struct st_instance *in, const struct st_plan *plan,
                               size_t option[]);

/* A deep copy, links kept. */
enum az_status st_plan_copy(const struct st_plan *plan, struct az_arena *arena,
                            struct st_plan **copy);

/* Adds to the end of a list that only these functions add to (they double its room). */
enum az_status st_plan_choose(const struct st_instance *in, struct st_plan *plan, size_t site,
                              size_t option, struct az_arena *arena);
enum az_status st_plan_reinforce(struct st_plan *plan, const char *id, struct az_arena *arena);
enum az_status st_plan_arm(const struct st_instance *in, struct st_plan *plan, size_t plant,
                           struct az_arena *arena);
/* plant: of upstream.plants, or a site where is_site. */
enum az_status st_plan_trip(const struct st_instance *in, struct st_plan *plan, size_t circuit,
                            bool is_site, size_t plant, size_t hour, double kw,
                            struct az_arena *arena);
enum az_status st_plan_serve(const struct st_instance *in, struct st_plan *plan, size_t customer,
                             size_t site, double share, struct az_arena *arena);

#endif
