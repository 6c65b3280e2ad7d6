/* crews.h - members for crews: positions filled, and names for classes so that work is even.
 *
 * What the makers of plans share of it; the judge has its own reasoning about crews. */
#ifndef AZ_CLINIC_CREWS_H
#define AZ_CLINIC_CREWS_H

#include "formulations/clinic/teams.h"

/* --- positions ----------------------------------------------------------------------------------
 */

/* Members who take positions, each one at most. */
struct cl_positions {
    size_t count;           /* of members */
    const uint64_t *skills; /* [count] */
    const size_t *position; /* the skill of each; one beyond CL_MAX_SET nobody has */
    bool *seen;             /* [count] scratch */
    size_t *filled_by;      /* [count] position of each member; AZ_NO_INDEX */
};

/* Nobody is in any position. */
void cl_positions_empty(struct cl_positions *p);

/* Gives a position a member who has its skill, moving others if need be: an augmenting path. False:
 * it stays empty, whoever is where. */
bool cl_position_fill(struct cl_positions *p, size_t position);

/* Members in the positions of a vehicle: how many stay empty, and the first of them; 0 when none
 * does. AZ_OK or AZ_NO_MEMORY. */
enum az_status cl_positions_left(const struct cl_instance *cl, const struct cl_vehicle *vehicle,
                                 size_t count, const size_t members[], struct az_arena *arena,
                                 size_t *left, size_t *first);

/* --- names --------------------------------------------------------------------------------------
 */

/* A round whose crew is to get names. */
struct cl_crewed {
    const struct cl_team *team;
    int64_t work_s;
    bool given;      /* its classes are of one member each, who is said to go: goes whatever else */
    size_t *members; /* out: [team->member_count] staff, in the order of its classes */
};

/* Names for the classes of rounds. Those given come first, then the longest; each takes of every
 * group whoever has worked least and is not out that day. Then two of one class change rounds of a
 * day while that makes the busier of them less busy: each change lowers a sum of squares, it ends.
 *
 *   out[staff * days]  in and out: who is out on which day
 *   is_short           out: some group had nobody left; its first member goes twice
 *
 * Members and scratch come from the arena. AZ_OK or AZ_NO_MEMORY. */
enum az_status cl_name_crews(const struct cl_instance *cl, const struct cl_teams *teams,
                             size_t count, struct cl_crewed crews[], bool out[],
                             struct az_arena *arena, bool *is_short);

#endif
