/* resolve.h - what the files of resolving and validating share. Private to the kind. */
#ifndef AZ_EVBUS_RESOLVE_H
#define AZ_EVBUS_RESOLVE_H

#include "formulations/common/calendar.h"
#include "formulations/evbus/codes.h"
#include "formulations/evbus/instance.h"
#include "solver/tolerances.h"

/* /list/i and /list/i/member; label: the item's id. */
#define EB_ITEM_AT(list, i, id) AZ_ITEM(AZ_AT(NULL, (list)), (i), (id))
#define EB_MEMBER(list, i, id, member) AZ_AT(EB_ITEM_AT(list, i, id), (member))
#define EB_STATE(member) AZ_AT(AZ_AT(NULL, "state"), (member))

struct eb_resolver {
    struct eb_instance *ev;
    struct az_arena *arena;
    struct az_findings *findings, *assumptions;
};

/* Value t of a series, `absent` where the series is not given. */
static inline double eb_value(const struct az_series *series, size_t t, double absent)
{
    return series->values && t < series->count ? series->values[t] : absent;
}

/* value within tolerance of [low, high]; the tolerance is relative to the larger end. */
static inline bool eb_within(double value, double low, double high)
{
    double slack = AZ_FEASIBILITY_TOLERANCE * fmax(1, fmax(fabs(low), fabs(high)));
    return value >= low - slack && value <= high + slack;
}

/* What a movement of a type takes out of the battery; see "energy" in instance.h. */
double eb_movement_kwh(const struct eb_type *type, double km, double ascent_m, double descent_m,
                       double load_share, double hours);

/* [count] which items a list of references names; all when the list is absent. */
enum az_status eb_serving(struct az_arena *arena, const struct az_ref refs[], size_t ref_count,
                          size_t count, bool **serves);

enum az_status eb_resolve_types(struct eb_resolver *r);
enum az_status eb_resolve_trips(struct eb_resolver *r);
enum az_status eb_resolve_drives(struct eb_resolver *r);
enum az_status eb_resolve_places(struct eb_resolver *r); /* after state: counts planned trips */
enum az_status eb_resolve_state(struct eb_resolver *r);

/* Where bus b of ev->bus stands in the document. The parts live in `parts`. */
const struct az_path *eb_bus_path(const struct eb_instance *ev, size_t b, struct az_path parts[3]);

/* May a bus of this type begin anywhere at all: at a depot with room for it, or as a known bus? */
bool eb_begins(const struct eb_instance *ev, size_t type);

/* The rules over a part of the instance. */
void eb_validate_grids(const struct eb_instance *ev, struct az_findings *findings);
void eb_validate_types(const struct eb_instance *ev, struct az_findings *findings);
void eb_validate_trips(const struct eb_instance *ev, struct az_findings *findings);
enum az_status eb_validate_drives(const struct eb_instance *ev, struct az_arena *arena,
                                  struct az_findings *findings);

#endif
