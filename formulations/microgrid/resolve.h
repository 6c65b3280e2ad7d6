/* resolve.h - what the files of resolving and validating share. Private to the kind. */
#ifndef AZ_MICROGRID_RESOLVE_H
#define AZ_MICROGRID_RESOLVE_H

#include "formulations/common/calendar.h"
#include "formulations/microgrid/codes.h"
#include "formulations/microgrid/instance.h"
#include "solver/tolerances.h"

/* /list/i/member, and /state/map/id/member; label: the asset's id. */
#define MG_MEMBER(list, i, id, member) AZ_AT(AZ_ITEM(AZ_AT(NULL, (list)), (i), (id)), (member))
#define MG_STATE(map, id, member) AZ_AT(AZ_AT(AZ_AT(AZ_AT(NULL, "state"), (map)), (id)), (member))

struct mg_resolver {
    struct mg_instance *mg;
    struct az_arena *arena;
    struct az_findings *findings, *assumptions;
};

/* Value t of a series, `absent` where the series is not given. */
static inline double mg_value(const struct az_series *series, size_t t, double absent)
{
    return series->values && t < series->count ? series->values[t] : absent;
}

/* value within tolerance of [low, high]; the tolerance is relative to the larger end. */
static inline bool mg_within(double value, double low, double high)
{
    double slack = AZ_FEASIBILITY_TOLERANCE * fmax(1, fmax(fabs(low), fabs(high)));
    return value >= low - slack && value <= high + slack;
}

/* Positions of assets in a map of the state: (*at)[asset] is its entry or AZ_NO_INDEX. keys:
 * linked. */
enum az_status mg_positions(const struct mg_resolver *r, const struct az_ref keys[],
                            size_t key_count, size_t count, size_t **at);

/* A declared duration in slots; a finding when it is not whole. */
size_t mg_slots_of(const struct mg_resolver *r, double hours, const struct az_path *path);

/* [from, until) of the object at a path, absent ends those of the horizon, in slots: those that it
 * touches. counted: energy is counted in it, so that it has to stand on boundaries. closes: it ends
 * within the horizon; may be NULL. */
struct mg_window mg_window_of(const struct mg_resolver *r, struct az_time from,
                              struct az_time until, bool counted, const struct az_path *path,
                              bool *closes);

/* The carried amount of a window that may have begun before the start: one without a beginning of
 * its own has what the state says. k: entry of the state, or
 * AZ_NO_INDEX; measured: its amount; path: of the object, state: of the measurement. */
double mg_used_of(const struct mg_resolver *r, struct az_time from, size_t k, double measured,
                  const struct az_path *path, const struct az_path *state);

/* Slots from the start to a moment, rounded down or up; negative before the start. */
int64_t mg_slots_to(const struct mg_instance *mg, struct az_time at, bool up);

/* What a kWh costs and earns at a connection in a slot, wheeling apart. */
void mg_price(const struct mg_connection *connection, size_t t, double *buy, double *sell);

/* In this order. */
enum az_status mg_resolve_repair(struct mg_resolver *r);
enum az_status mg_resolve_outages(struct mg_resolver *r);
/* On which grids batteries stand in a blackout since before the start. */
enum az_status mg_resolve_shelters(struct mg_resolver *r);
/* Which grids were formed before the start: after units and fleets. */
enum az_status mg_resolve_formed(struct mg_resolver *r);
/* What a blackout sets aside: schedules, commitments and end rules; after all of them. */
void mg_resolve_lapses(struct mg_resolver *r);
enum az_status mg_resolve_units(struct mg_resolver *r);
enum az_status mg_resolve_batteries(struct mg_resolver *r);
enum az_status mg_resolve_fleets(struct mg_resolver *r);
enum az_status mg_resolve_converters(struct mg_resolver *r);
enum az_status mg_resolve_ponds(struct mg_resolver *r);
enum az_status mg_resolve_budgets(struct mg_resolver *r);
enum az_status mg_resolve_loads(struct mg_resolver *r);
enum az_status mg_resolve_schedules(struct mg_resolver *r);
void mg_resolve_commitments(struct mg_resolver *r);
enum az_status mg_resolve_scenarios(struct mg_resolver *r); /* last */

/* The rules over a kind of asset. */
void mg_validate_units(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_batteries(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_converters(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_water(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_loads(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_market(const struct mg_instance *mg, struct az_findings *findings);
/* Trade between two connections that pays without end. */
void mg_validate_trade(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_lines(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_outages(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_scenarios(const struct mg_instance *mg, struct az_findings *findings);

/* Can anything on the grid give reserve in a direction (enum mg_reserve_way)? */
bool mg_has_reserve(const struct mg_instance *mg, size_t grid, int way);

#endif
