/* tour.h - one round: the stops of a crew on a day in order, timed and priced.
 *
 * The one evaluator that search, pricing, columns, completion and explanation share; the judge has
 * its own. A tour names a crew (teams.h), the ways of its visits (ways.h), and where it rests and
 * charges. Times are seconds since the start. */
#ifndef AZ_CLINIC_TOUR_H
#define AZ_CLINIC_TOUR_H

#include "formulations/clinic/teams.h"
#include "formulations/clinic/ways.h"

/* What everything about tours needs to know. */
struct cl_ground {
    const struct cl_instance *cl;
    struct cl_teams teams;
    struct cl_ways ways;
};

/* Where a break is taken: where the stop before is (or the start), or on arrival at the next. */
enum cl_break { CL_BREAK_HERE, CL_BREAK_ON_ARRIVAL };

struct cl_tour_stop {
    int kind;     /* enum cl_stop_kind */
    size_t index; /* a way; a charger; of a break: enum cl_break */
    /* set by cl_tour_time */
    int64_t arrival_s, start_s, end_s;
    double driven_m; /* to here since the stop before */
    double left_km;  /* on arrival; INFINITY without a range */
};

struct cl_tour {
    size_t team;
    bool late; /* leaves when the window of the crew's break is over: none is needed */
    size_t count;
    struct cl_tour_stop *stops;
    /* set by cl_tour_time */
    int64_t leaves_s, returns_s;
    int64_t works_from_s; /* leaves_s, or the start of a break before it */
    int64_t driving_s;
    double distance_m;
    double cost_jpy; /* everything: crew, distance, driving, overtime, cares, continuity */
    double kept_jpy; /* change prices of the promises that it keeps */
};

/* AZ_UNSUPPORTED when crews or ways are too many: a valid instance has not. */
enum az_status cl_ground_of(const struct cl_instance *cl, struct az_arena *arena,
                            struct cl_ground *ground);

/* Times a tour at its earliest, lets it leave so late that nobody waits at the first stop, and
 * prices it. False: the crew cannot do it in this order with these ways (nothing that is set may be
 * read then). */
bool cl_tour_time(const struct cl_ground *ground, struct cl_tour *tour);

/* May the crew do the visit at all (skills, equipment, day; not whether it gets there)? */
bool cl_may_do(const struct cl_ground *ground, const struct cl_team *team,
               const struct cl_way *way);

/* May the crew's vehicle charge there, and how long it takes. */
bool cl_may_charge(const struct cl_ground *ground, const struct cl_team *team, size_t charger);
int64_t cl_charge_s(const struct cl_charger *charger);

/* What the crew's vehicle can drive when it is full; INFINITY without a range. And how much it may
 * load, tolerance included; INFINITY without a capacity. */
double cl_range_km(const struct cl_ground *ground, const struct cl_team *team);
double cl_most_load(const struct cl_ground *ground, const struct cl_team *team);

/* Cost of a drive, and of continuity at a site, for a crew. A drive that cannot be: INFINITY. */
double cl_drive_jpy(const struct cl_ground *ground, const struct cl_team *team, size_t from,
                    size_t to);
double cl_continuity_jpy(const struct cl_ground *ground, const struct cl_team *team, size_t site);

/* What a promise counts when it is kept: its change price. In exact mode nothing is priced and
 * every promise has to be kept: one without a price counts 1 there, so that it is not overlooked.
 */
double cl_promise_jpy(const struct cl_instance *cl, size_t appointment);

/* The change price that a way saves: of the appointment that it keeps. */
double cl_kept_jpy(const struct cl_ground *ground, const struct cl_way *way);

/* The latest moment at which the visit of each stop can begin so that everything after it is still
 * in time and the tour is home by back_s; latest_s: [count]. The tour is timed. */
void cl_tour_latest(const struct cl_ground *ground, const struct cl_tour *tour, int64_t back_s,
                    int64_t latest_s[]);

/* The cheapest tour of a crew that visits sites in this order, of all ways, charges and breaks
 * (sequence.c). slot_free: [slot classes] bookings left, or NULL: any number; a class is asked once
 * for each visit, not for the tour. value: cost times the first weight less kept promises times the
 * second; INFINITY when the crew cannot do it, and the tour is not set then. Stops live in the
 * arena; scratch may be emptied after the call. */
enum az_status cl_sequence_tour(const struct cl_ground *ground, size_t team, const size_t site[],
                                size_t count, const int64_t slot_free[], double cost_weight,
                                double kept_weight, struct az_arena *arena,
                                struct az_arena *scratch, struct cl_tour *tour, double *value);

/* --- between two visits (hops.c) ---------------------------------------------------------------
 * A crew drives straight, or by one charger where it charges up to CL_MAX_CHARGES times, and may
 * rest once: before driving, at the charger after any of its charges, or on arrival, the latest of
 * these that is in time, since resting later only makes everything before it earlier. */
#define CL_MAX_CHARGES 3

enum cl_rest {
    CL_REST_NONE,
    CL_REST_BEFORE,
    CL_REST_AT_CHARGER, /* after the first charge; so many more for those after it */
    CL_REST_ON_ARRIVAL = CL_REST_AT_CHARGER + CL_MAX_CHARGES
};

struct cl_stand { /* where a crew is after a visit, or at the start */
    size_t place;
    int64_t time_s;
    double left_km; /* INFINITY without a range */
    bool rested;    /* or needs no break */
};

/* At the start place from the crew's first hour on; late: from the end of its break's window on,
 * with no break to come. There is no late begin without a break, and none in time (later than
 * limit_s) when the next shift of a member has begun by then. */
struct cl_stand cl_stand_begin(const struct cl_ground *ground, const struct cl_team *team,
                               bool late);

/* Is there a moment at which the crew's break may begin: have its members' windows one in common? */
static inline bool cl_may_rest(const struct cl_team *team)
{
    return team->break_s > 0 && team->break_from_s <= team->break_until_s;
}

/* May a crew still be on its round then? Who has not rested by the end of the break's window has to
 * be home. */
static inline bool cl_is_in_time(const struct cl_team *team, bool rested, int64_t time_s)
{
    return time_s <= team->limit_s && (rested || time_s <= team->break_until_s);
}

struct cl_hop {
    size_t charger; /* AZ_NO_INDEX: straight */
    int charges, rest;
    bool rested;
    int64_t ready_s;
    double left_km, cost_jpy;
};

/* How many hops there can be at most, and all of them to a place (the end of the round: home);
 * hops: room for cl_hop_count. */
size_t cl_hop_count(const struct cl_instance *cl);
size_t cl_hops_of(const struct cl_ground *ground, const struct cl_team *team,
                  const struct cl_stand *stand, size_t to, bool home, struct cl_hop hops[]);

/* The stops that a hop adds, and writes before stop *at (which becomes the first of them). */
size_t cl_hop_stops(int charges, int rest);
void cl_put_hop(struct cl_tour *tour, size_t *at, size_t charger, int charges, int rest);

#endif
