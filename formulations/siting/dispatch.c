/* dispatch.c - what a site does behind the meter, hour by hour.
 *
 * Over a day the charge of a battery moves by amounts that do not depend on it, held between empty
 * and full. So the day as a whole moves it by the sum of these, held between the charges in which
 * it ends from empty and from full: two runs and a sum tell where running it again and again ends.
 */
#include "formulations/siting/dispatch.h"

#include <math.h>

#define REPEATS 1e-9       /* of what the battery holds: the day begins as it ends */
#define ENOUGH 1e-9        /* of the energy that a shelter needs */
#define HOUSE_FIRM_KW 10.0 /* below: firm */
#define EFFICIENCY 0.95    /* of a site without costs */
#define USABLE_SHARE 0.9

struct battery {
    double capacity, power, efficiency;
};

enum az_status st_dispatch_new(const struct st_instance *in, struct az_arena *arena,
                               struct st_dispatch *dispatch)
{
    double **const arrays[] = { &dispatch->load, &dispatch->sun, &dispatch->self,
                                &dispatch->grid, &dispatch->out, &dispatch->lost };
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) {
        *arrays[k] = AZ_ARRAY(arena, in->hour_count, double);
        if (!*arrays[k]) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

/* --- load and sun --- */

static const struct st_profile *surface_yield(const struct st_instance *in,
                                              const struct st_site *site, size_t surface)
{
    return &in->profiles.items[site->surfaces.items[surface].yield.index];
}

/* The best surface of those that come after `last` (AZ_NO_INDEX: of all). */
static size_t next_surface(const struct st_instance *in, const struct st_site *site, size_t last)
{
    size_t best = AZ_NO_INDEX;
    double best_sum = 0,
           last_sum = last == AZ_NO_INDEX ? INFINITY : surface_yield(in, site, last)->year_sum;
    for (size_t s = 0; s < site->surfaces.count; s++) {
        double sum = surface_yield(in, site, s)->year_sum;
        bool after = last == AZ_NO_INDEX || sum < last_sum || (sum == last_sum && s > last);
        if (after && (best == AZ_NO_INDEX || sum > best_sum)) {
            best = s;
            best_sum = sum;
        }
    }
    return best;
}

/* Adds to power[count], from hour `from` on, what `kw` of PV gives as new that stands behind
 * `before` kW on the surfaces. */
static void add_pv(const struct st_instance *in, const struct st_site *site, double before,
                   double kw, size_t from, size_t count, double power[])
{
    size_t surface = AZ_NO_INDEX;
    for (size_t n = 1; n <= site->surfaces.count && kw > 0; n++) {
        surface = next_surface(in, site, surface);
        bool is_last = n == site->surfaces.count;
        double room = is_last ? INFINITY : site->surfaces.items[surface].max_kw;
        double taken = before < room ? before : room;
        before -= taken;
        double left = is_last ? kw : room - taken, here = kw < left ? kw : left;
        kw -= here;
        if (here <= 0) continue;
        const double *yield = surface_yield(in, site, surface)->values.values + from;
        for (size_t h = 0; h < count; h++) power[h] += here * yield[h];
    }
}

/* Adds an option's sun at a yield, behind its inverter. room[count] */
static void add_option_sun(const struct st_instance *in, const struct st_site *site,
                           const struct st_option *option, double yield, size_t from, size_t count,
                           double room[], double sun[])
{
    if (option->pv_kw <= 0) return;
    for (size_t h = 0; h < count; h++) room[h] = 0;
    add_pv(in, site, site->built_pv_kw, option->pv_kw, from, count, room);
    double inverter = option->inverter_kw;
    for (size_t h = 0; h < count; h++) {
        double kw = yield * room[h];
        sun[h] += kw < inverter ? kw : inverter;
    }
}

static void set_load(const struct st_instance *in, const struct st_site *site, double load[])
{
    const struct st_profile *profile = NULL;
    if (site->load.id) profile = &in->profiles.items[site->load.index];
    bool any = profile && profile->year_sum > 0;
    double scale = any ? site->year_kwh / profile->year_sum : 0;
    for (size_t h = 0; h < in->hour_count; h++)
        load[h] = any ? scale * profile->values.values[h] : 0;
}

/* --- the battery --- */

static struct battery battery_of(const struct st_instance *in, const struct st_site *site,
                                 const struct st_option *option)
{
    const struct st_costs *costs = site->costs.id ? &in->costs.items[site->costs.index] : NULL;
    double kwh = site->built_battery_kwh, kw = site->built_battery_kw;
    if (option) {
        kwh += option->battery_kwh;
        kw += option->battery_kw;
    }
    return (struct battery){ .capacity = kwh * (costs ? costs->usable_share : USABLE_SHARE),
                             .power = kw,
                             .efficiency = costs ? costs->efficiency : EFFICIENCY };
}

static inline double least(double a, double b)
{
    return a < b ? a : b;
}

static inline double held(double charge, double capacity)
{
    charge = charge < capacity ? charge : capacity;
    return charge > 0 ? charge : 0;
}

/* The charge with which a day begins and ends. */
static double first_charge(const struct battery *battery, const double load[], const double sun[])
{
    double capacity = battery->capacity, per_stored = 1 / battery->efficiency;
    double moved = 0, from_empty = 0, from_full = capacity;
    for (size_t h = 0; h < ST_HOURS; h++) {
        double over = sun[h] - load[h];
        double step = over > 0 ? least(over, battery->power) * battery->efficiency
                               : -least(-over, battery->power) * per_stored;
        moved += step;
        from_empty = held(from_empty + step, capacity);
        from_full = held(from_full + step, capacity);
    }
    return moved > REPEATS * capacity ? from_full : from_empty;
}

/* A day with a battery: what serves the load, and in `out` what is over. */
static void run_battery_day(const struct battery *battery, const double load[], const double sun[],
                            double self[], double out[])
{
    double capacity = battery->capacity, per_stored = 1 / battery->efficiency;
    double charge = first_charge(battery, load, sun);
    for (size_t h = 0; h < ST_HOURS; h++) {
        double over = sun[h] - load[h];
        if (over > 0) {
            double in_kw = least(least(over, battery->power), (capacity - charge) * per_stored);
            charge = held(charge + in_kw * battery->efficiency, capacity);
            self[h] = load[h];
            out[h] = over - in_kw;
        } else {
            double out_kw = least(least(-over, battery->power), charge * battery->efficiency);
            charge = held(charge - out_kw * per_stored, capacity);
            self[h] = sun[h] + out_kw;
            out[h] = 0;
        }
    }
}

static void run_plain_day(const double load[], const double sun[], double self[], double out[])
{
    for (size_t h = 0; h < ST_HOURS; h++) {
        self[h] = least(load[h], sun[h]);
        out[h] = sun[h] - self[h];
    }
}

/* --- the whole --- */

bool st_is_firm(const struct st_site *site, const struct st_option *option)
{
    if (site->firm >= 0) return site->firm != 0;
    double pv_kw = site->built_pv_kw + (option ? option->pv_kw : 0);
    return site->kind == ST_HOUSE && pv_kw < HOUSE_FIRM_KW;
}

/* From load and sun, what serves the load, what is exported and what is lost. */
static void settle(const struct st_instance *in, const struct st_site *site,
                   const struct st_option *option, struct st_dispatch *d)
{
    struct battery battery = battery_of(in, site, option);
    bool any = battery.capacity > 0 && battery.power > 0;
    for (size_t from = 0; from + ST_HOURS <= in->hour_count; from += ST_HOURS) {
        if (any) {
            run_battery_day(&battery, d->load + from, d->sun + from, d->self + from, d->out + from);
        } else {
            run_plain_day(d->load + from, d->sun + from, d->self + from, d->out + from);
        }
    }
    double most = isnan(site->export_max_kw) ? INFINITY : site->export_max_kw;
    double weight = st_is_firm(site, option) ? 0 : 1;
    for (size_t h = 0; h < in->hour_count; h++) {
        double over = d->out[h], out = least(over * (1 - weight * in->curtailed_share[h]), most);
        d->grid[h] = d->load[h] - d->self[h];
        d->out[h] = out;
        d->lost[h] = over - out;
    }
}

void st_dispatch_run(const struct st_instance *in, const struct st_site *site,
                     const struct st_option *option, double yield, struct st_dispatch *dispatch)
{
    size_t count = in->hour_count;
    set_load(in, site, dispatch->load);
    for (size_t h = 0; h < count; h++) dispatch->sun[h] = 0;
    add_pv(in, site, 0, site->built_pv_kw, 0, count, dispatch->sun);
    if (option) add_option_sun(in, site, option, yield, 0, count, dispatch->out, dispatch->sun);
    settle(in, site, option, dispatch);
}

void st_dispatch_beside(const struct st_instance *in, const struct st_site *site,
                        const struct st_option *option, double yield,
                        const struct st_dispatch *without, struct st_dispatch *dispatch)
{
    size_t count = in->hour_count;
    for (size_t h = 0; h < count; h++) {
        dispatch->load[h] = without->load[h];
        dispatch->sun[h] = without->sun[h];
    }
    add_option_sun(in, site, option, yield, 0, count, dispatch->out, dispatch->sun);
    settle(in, site, option, dispatch);
}

/* --- shelters --- */

/* kWh of sun, as new, of the darkest typical day; 0 without days. */
static double darkest_day(const struct st_instance *in, const struct st_site *site,
                          const struct st_option *option)
{
    double darkest = INFINITY;
    for (size_t from = 0; from + ST_HOURS <= in->hour_count; from += ST_HOURS) {
        double sun[ST_HOURS] = { 0 }, room[ST_HOURS], sum = 0;
        add_pv(in, site, 0, site->built_pv_kw, from, ST_HOURS, sun);
        if (option) add_option_sun(in, site, option, 1, from, ST_HOURS, room, sun);
        for (size_t h = 0; h < ST_HOURS; h++) sum += sun[h];
        darkest = least(darkest, sum);
    }
    return isinf(darkest) ? 0 : darkest;
}

bool st_is_self_sufficient(const struct st_instance *in, const struct st_site *site,
                           const struct st_option *option)
{
    if (!in->coverage || site->shelter <= 0) return false;
    double hours = in->coverage->backup_hours, needed = site->critical_kw * hours;
    double stored = battery_of(in, site, option).capacity;
    return stored + darkest_day(in, site, option) * hours / ST_HOURS >= needed * (1 - ENOUGH);
}
