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

enum az_status mg_resolve_units(struct mg_resolver *r);
enum az_status mg_resolve_batteries(struct mg_resolver *r);
enum az_status mg_resolve_converters(struct mg_resolver *r);

/* The rules over a kind of asset. */
void mg_validate_units(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_batteries(const struct mg_instance *mg, struct az_findings *findings);
void mg_validate_converters(const struct mg_instance *mg, struct az_findings *findings);

#endif
