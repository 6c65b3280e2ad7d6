/* resolve.c - from a linked instance to one ready for judge and model: slots, vehicle types, trips.
 * Drives between places are in resolve_drives.c, depots, chargers, buses and state in
 * resolve_state.c.
 *
 * Every derived member is set also when there are findings, so that validation can name every other
 * problem at once. */
#include "formulations/evbus/resolve.h"

#include "formulations/evbus/tables.h"

static void resolve_time(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    char start[32], at[32];
    ev->T = (size_t)ev->slots;
    ev->dt = (double)ev->slot_minutes / 60;
    ev->end_s = ev->slots * ev->slot_minutes * 60;
    if (!az_divides_hour(ev->slot_minutes))
        AZ_FIND(r->findings, &eb_code_slot_not_divisor, AZ_AT(NULL, "slot_minutes"),
                AZ_NUMBER_PARAM("value", (double)ev->slot_minutes));
    if (ev->state && ev->state->at.utc_s != ev->start.utc_s)
        AZ_FIND(r->findings, &eb_code_state_other_time, EB_STATE("at"),
                AZ_TEXT_PARAM("start", az_time_format(ev->start, start)),
                AZ_TEXT_PARAM("value", az_time_format(ev->state->at, at)));
}

/* --- types --------------------------------------------------------------------------------------
 */

#define USUAL_TEMPERATURE_C 15.0

static void resolve_temperature(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    bool matters = false;
    if (!isnan(ev->temperature_c)) return;
    ev->temperature_c = USUAL_TEMPERATURE_C;
    for (size_t v = 0; v < ev->types.count; v++)
        matters = matters || ev->types.items[v].consumption.count > 1;
    if (matters)
        AZ_FIND(r->assumptions, &eb_code_temperature_assumed, AZ_AT(NULL, "temperature_c"),
                AZ_NUMBER_PARAM("taken", USUAL_TEMPERATURE_C));
}

/* Straight between the temperatures given, constant beyond them; 0 without any. */
static double consumption_at(const struct eb_type *type, double temperature)
{
    const struct eb_consumption *at = type->consumption.items;
    size_t n = type->consumption.count, i = 0;
    if (n == 0) return 0;
    while (i < n && at[i].temperature_c < temperature) i++;
    if (i == 0) return at[0].kwh_per_km;
    if (i == n) return at[n - 1].kwh_per_km;
    double width = at[i].temperature_c - at[i - 1].temperature_c;
    if (width <= 0) return at[i].kwh_per_km;
    double share = (temperature - at[i - 1].temperature_c) / width;
    return at[i - 1].kwh_per_km + share * (at[i].kwh_per_km - at[i - 1].kwh_per_km);
}

static void add_line(struct eb_type *type, double base, double slope)
{
    type->curve_base_kw[type->curve_count] = base;
    type->curve_slope_kw_per_kwh[type->curve_count] = slope;
    type->curve_count++;
}

/* A line through each pair of neighbours; before a falling first pair the power of its first point.
 * The curve is the least of the lines. */
static enum az_status resolve_curve(struct eb_resolver *r, struct eb_type *type)
{
    const struct eb_curve_point *at = type->charge_curve.items;
    size_t n = type->charge_curve.count;
    type->curve_count = 0;
    type->curve_base_kw = AZ_ARRAY(r->arena, n + 1, double);
    type->curve_slope_kw_per_kwh = AZ_ARRAY(r->arena, n + 1, double);
    if (!type->curve_base_kw || !type->curve_slope_kw_per_kwh) return AZ_NO_MEMORY;
    if (n == 0 || !type->has_battery) return AZ_OK;
    if (n == 1 || at[1].power_kw < at[0].power_kw) add_line(type, at[0].power_kw, 0);
    for (size_t i = 1; i < n; i++) {
        double width = (at[i].soc_share - at[i - 1].soc_share) * type->battery_kwh;
        if (width <= 0) continue;
        double slope = (at[i].power_kw - at[i - 1].power_kw) / width;
        add_line(type, at[i].power_kw - slope * at[i].soc_share * type->battery_kwh, slope);
    }
    return AZ_OK;
}

static enum az_status resolve_starts(struct eb_resolver *r, struct eb_type *type)
{
    bool given = type->has_battery && type->start_shares.count > 0;
    type->start_count = given ? type->start_shares.count : 1;
    type->start_kwh = AZ_ARRAY(r->arena, type->start_count, double);
    if (!type->start_kwh) return AZ_NO_MEMORY;
    type->start_kwh[0] = type->max_kwh;
    for (size_t i = 0; given && i < type->start_count; i++)
        type->start_kwh[i] = type->start_shares.items[i] * type->battery_kwh;
    return AZ_OK;
}

enum az_status eb_resolve_types(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    ev->has_energy = false;
    resolve_temperature(r);
    for (size_t i = 0; i < ev->types.count; i++) {
        struct eb_type *type = &ev->types.items[i];
        type->has_battery = !isnan(type->battery_kwh);
        double kwh = type->has_battery ? type->battery_kwh : 0;
        double floor_share =
            isnan(type->discharge_floor_share) ? type->soc_min_share : type->discharge_floor_share;
        type->min_kwh = kwh * (type->soc_min_share + ev->reserve_share);
        type->max_kwh = kwh * type->soc_max_share;
        type->floor_kwh = fmax(type->min_kwh, kwh * floor_share);
        type->kwh_per_km = consumption_at(type, ev->temperature_c);
        ev->has_energy = ev->has_energy || type->has_battery;
        AZ_TRY(resolve_starts(r, type));
        AZ_TRY(resolve_curve(r, type));
    }
    return AZ_OK;
}

enum az_status eb_serving(struct az_arena *arena, const struct az_ref refs[], size_t ref_count,
                          size_t count, bool **serves)
{
    if (!(*serves = AZ_ARRAY(arena, count, bool))) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) (*serves)[i] = refs == NULL;
    for (size_t i = 0; i < ref_count; i++)
        if (refs[i].index < count) (*serves)[refs[i].index] = true;
    return AZ_OK;
}

/* --- trips --------------------------------------------------------------------------------------
 */

double eb_movement_kwh(const struct eb_type *type, double km, double ascent_m, double descent_m,
                       double load_share, double hours)
{
    return km * type->kwh_per_km + ascent_m * type->climb_kwh_per_m -
           descent_m * type->descent_kwh_per_m + km * load_share * type->load_kwh_per_km +
           hours * type->auxiliary_kw;
}

static const struct eb_place *place_of(const struct eb_instance *ev, const struct az_ref *ref)
{
    return ref->id && ref->index < ev->places.count ? &ev->places.items[ref->index] : NULL;
}

/* Climbs and descents of a trip: given, along the profile, or from place to place. */
static void climb_of(const struct eb_instance *ev, const struct eb_trip *trip, double *ascent_m,
                     double *descent_m)
{
    const struct eb_place *from = place_of(ev, &trip->from), *to = place_of(ev, &trip->to);
    double up = 0, down = 0;
    for (size_t i = 1; i < trip->profile.count; i++) {
        double rise = trip->profile.items[i].elevation_m - trip->profile.items[i - 1].elevation_m;
        up += fmax(0, rise);
        down += fmax(0, -rise);
    }
    if (!trip->profile.items && from && to && !isnan(from->elevation_m) &&
        !isnan(to->elevation_m)) {
        up = fmax(0, to->elevation_m - from->elevation_m);
        down = fmax(0, from->elevation_m - to->elevation_m);
    }
    *ascent_m = isnan(trip->ascent_m) ? up : trip->ascent_m;
    *descent_m = isnan(trip->descent_m) ? down : trip->descent_m;
}

/* Walks the profile: what is out of the battery at each of its points. Time, load and climbs that
 * the trip has beyond its profile go with the distance, so that the last point plus the level rest
 * is the trip's whole energy. */
static void walk_profile(const struct eb_trip *trip, const struct eb_type *type, double hours,
                         double ascent_m, double descent_m, double *high, double *low)
{
    double up = 0, down = 0, more_up = ascent_m, more_down = descent_m;
    const struct eb_profile_point *at = trip->profile.items;
    if (trip->distance_km <= 0) return;
    for (size_t i = 1; i < trip->profile.count; i++) {
        more_up -= fmax(0, at[i].elevation_m - at[i - 1].elevation_m);
        more_down -= fmax(0, at[i - 1].elevation_m - at[i].elevation_m);
    }
    for (size_t i = 0; i < trip->profile.count; i++) {
        if (i > 0) up += fmax(0, at[i].elevation_m - at[i - 1].elevation_m);
        if (i > 0) down += fmax(0, at[i - 1].elevation_m - at[i].elevation_m);
        double share = at[i].distance_km / trip->distance_km;
        double kwh = eb_movement_kwh(type, at[i].distance_km, up + share * more_up,
                                     down + share * more_down, trip->load_share, share * hours);
        *high = fmax(*high, kwh);
        *low = fmin(*low, kwh);
    }
}

static void resolve_energy(const struct eb_instance *ev, struct eb_trip *trip)
{
    double ascent, descent;
    double hours = (double)(trip->arrive_s - trip->depart_s) / 3600;
    climb_of(ev, trip, &ascent, &descent);
    for (size_t v = 0; v < ev->types.count; v++) {
        const struct eb_type *type = &ev->types.items[v];
        double kwh =
            eb_movement_kwh(type, trip->distance_km, ascent, descent, trip->load_share, hours);
        trip->energy_kwh[v] = kwh;
        trip->prefix_high[v] = fmax(0, kwh);
        trip->prefix_low[v] = fmin(0, kwh);
        walk_profile(trip, type, hours, ascent, descent, &trip->prefix_high[v],
                     &trip->prefix_low[v]);
    }
    for (size_t k = 0; k < trip->energy.count; k++) {
        const struct eb_trip_energy *given = &trip->energy.items[k];
        size_t v = trip->energy.keys[k].index;
        if (v >= ev->types.count) continue;
        trip->energy_kwh[v] = given->energy_kwh;
        trip->prefix_high[v] =
            fmax(0, isnan(given->prefix_high_kwh) ? given->energy_kwh : given->prefix_high_kwh);
        trip->prefix_low[v] =
            fmin(0, isnan(given->prefix_low_kwh) ? given->energy_kwh : given->prefix_low_kwh);
    }
}

enum az_status eb_resolve_trips(struct eb_resolver *r)
{
    struct eb_instance *ev = r->ev;
    size_t types = ev->types.count;
    ev->timed = true;
    for (size_t i = 0; i < ev->trips.count; i++) {
        struct eb_trip *trip = &ev->trips.items[i];
        trip->has_times = az_time_given(trip->departure) && az_time_given(trip->arrival);
        trip->depart_s = trip->has_times ? trip->departure.utc_s - ev->start.utc_s : 0;
        trip->arrive_s = trip->has_times ? trip->arrival.utc_s - ev->start.utc_s : 0;
        ev->timed = ev->timed && trip->has_times;
        if (ev->T == 0 && trip->arrive_s > ev->end_s) ev->end_s = trip->arrive_s;
        AZ_TRY(eb_serving(r->arena, trip->types.items, trip->types.count, types, &trip->serves));
        trip->energy_kwh = AZ_ARRAY(r->arena, types, double);
        trip->prefix_high = AZ_ARRAY(r->arena, types, double);
        trip->prefix_low = AZ_ARRAY(r->arena, types, double);
        if (!trip->energy_kwh || !trip->prefix_high || !trip->prefix_low) return AZ_NO_MEMORY;
        resolve_energy(ev, trip);
        double price =
            isnan(trip->unserved_price_jpy) ? ev->unserved_price_jpy : trip->unserved_price_jpy;
        trip->unserved_jpy = ev->mode == EB_EXACT || isnan(price) ? INFINITY : price;
    }
    return AZ_OK;
}

/* --- scale --------------------------------------------------------------------------------------
 */

/* The mean price of the dearest supply step of each grid. JPY/kWh. */
static double typical_price(const struct eb_instance *ev)
{
    double sum = 0;
    size_t count = 0;
    for (size_t g = 0; g < ev->grids.count; g++) {
        const struct eb_grid *grid = &ev->grids.items[g];
        for (size_t t = 0; grid->supply.count > 0 && t < ev->T; t++, count++) {
            double price = 0;
            for (size_t s = 0; s < grid->supply.count; s++)
                price = fmax(price, eb_value(&grid->supply.items[s].price_jpy_per_kwh, t, 0));
            sum += price;
        }
    }
    return count > 0 ? sum / (double)count : 0;
}

#define BUS_DAY_HOURS 8.0

/* A tenth of what the trips' own kilometres, energy and hours cost the cheapest type. */
static void resolve_scale(struct eb_instance *ev)
{
    double sum = 0, price = typical_price(ev);
    for (size_t i = 0; i < ev->trips.count; i++) {
        const struct eb_trip *trip = &ev->trips.items[i];
        double least = INFINITY;
        for (size_t v = 0; v < ev->types.count; v++) {
            const struct eb_type *type = &ev->types.items[v];
            double days = (double)(trip->arrive_s - trip->depart_s) / 3600 / BUS_DAY_HOURS;
            if (trip->serves[v])
                least = fmin(least, trip->distance_km * type->cost_jpy_per_km +
                                        fmax(0, trip->energy_kwh[v]) * price +
                                        fmax(0, days) * type->cost_jpy_per_day);
        }
        if (isfinite(least)) sum += least;
    }
    if (ev->money_scale > 0)
        ev->scale = ev->money_scale;
    else
        ev->scale = ev->mode == EB_EXACT ? 1 : fmax(1, 0.1 * sum);
}

static void resolve_leaving_out(struct eb_instance *ev)
{
    for (size_t i = 0; i < ev->trips.count; i++)
        if (!(ev->done && ev->done[i]) && isfinite(ev->trips.items[i].unserved_jpy))
            ev->leaves_out = true;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

/* Series of a refused size were not even linked, and drives would fill the memory: nothing else can
 * be said then. */
static bool is_too_large(const struct eb_resolver *r)
{
    const struct eb_instance *ev = r->ev;
    size_t series = eb_series_count(ev), slots = (size_t)ev->slots;
    double places = (double)ev->places.count;
    double drives = places * places * (double)(ev->types.count + 4);
    bool large = false;
    if (slots > 0 && series > EB_MAX_CELLS / slots) {
        AZ_FIND(r->findings, &eb_code_too_many_cells, AZ_AT(NULL, "slots"),
                AZ_NUMBER_PARAM("series", (double)series),
                AZ_NUMBER_PARAM("value", (double)series * (double)slots),
                AZ_NUMBER_PARAM("maximum", EB_MAX_CELLS));
        large = true;
    }
    if (drives > EB_MAX_DRIVES) {
        AZ_FIND(r->findings, &eb_code_too_many_places, AZ_AT(NULL, "places"),
                AZ_NUMBER_PARAM("value", places), AZ_NUMBER_PARAM("types", (double)ev->types.count),
                AZ_NUMBER_PARAM("needed", drives), AZ_NUMBER_PARAM("maximum", EB_MAX_DRIVES));
        large = true;
    }
    return large;
}

enum az_status eb_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions)
{
    struct eb_resolver r = { instance, arena, findings, assumptions };
    size_t before = az_findings_total(findings);
    if (is_too_large(&r)) return AZ_OK;
    resolve_time(&r);
    AZ_TRY(eb_resolve_types(&r));
    AZ_TRY(eb_resolve_trips(&r));
    AZ_TRY(eb_resolve_drives(&r));
    AZ_TRY(eb_resolve_state(&r));
    AZ_TRY(eb_resolve_places(&r));
    resolve_scale(r.ev);
    resolve_leaving_out(r.ev);
    /* Whoever gets findings here does not go on to validate: all problems at once. */
    if (az_findings_total(findings) > before) AZ_TRY(eb_validate(instance, arena, findings));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
