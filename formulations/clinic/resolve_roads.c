/* resolve_roads.c - travel between places, for each profile and day: legs, matrices, districts'
 * legs and straight lines, in this order; then closures, slow days, buffer and rounding. Days that
 * are alike share their arrays. */
#include <string.h>

#include "formulations/clinic/resolve.h"

#define EARTH_KM 6371.0
#define DEGREE (3.14159265358979323846 / 180)

/* Great-circle distance (haversine formula), m; NAN without coordinates. */
static double great_circle_m(const struct cl_place *a, const struct cl_place *b)
{
    double up = sin((b->latitude - a->latitude) * DEGREE / 2);
    double across = sin((b->longitude - a->longitude) * DEGREE / 2);
    double h = up * up + cos(a->latitude * DEGREE) * cos(b->latitude * DEGREE) * across * across;
    return isnan(h) ? NAN : 2000 * EARTH_KM * asin(fmin(1, sqrt(h)));
}

/* --- without closures and slow days -------------------------------------------------------------
 */

enum source { FROM_NOTHING, FROM_LINE, FROM_TABLE };

struct base_maker {
    const struct cl_instance *cl;
    const char *profile; /* "" for the one for all */
    size_t places, districts;
    double *duration_s, *distance_m; /* NAN: not known */
    unsigned char *source;           /* of the time */
    size_t *leg_of;                  /* [districts * districts], AZ_NO_INDEX */
};

/* Is a part for this profile (own), or for all (not own)? */
static bool is_for(const char *part, const char *profile, bool own)
{
    bool named = part && *part;
    return own ? named && strcmp(part, profile) == 0 : !named;
}

static void set_pair(struct base_maker *m, size_t from, size_t to, double seconds, double metres)
{
    size_t at = from * m->places + to;
    m->duration_s[at] = seconds;
    m->distance_m[at] = metres;
    m->source[at] = FROM_TABLE;
}

static void take_lines(struct base_maker *m)
{
    const struct cl_travel *travel = m->cl->travel;
    for (size_t from = 0; !isnan(travel->speed_kmh) && from < m->places; from++)
        for (size_t to = 0; to < m->places; to++) {
            double metres = great_circle_m(&m->cl->places.items[from], &m->cl->places.items[to]) *
                            travel->detour_factor;
            if (isnan(metres)) continue;
            m->duration_s[from * m->places + to] = metres / 1000 / travel->speed_kmh * 3600;
            m->distance_m[from * m->places + to] = metres;
            m->source[from * m->places + to] = FROM_LINE;
        }
}

static size_t district_named(const struct cl_instance *cl, const char *name)
{
    for (size_t d = 0; d < cl->district_count; d++)
        if (strcmp(cl->district[d], name) == 0) return d;
    return AZ_NO_INDEX;
}

/* Of several legs for a pair of districts the one listed first. */
static void take_district_legs(struct base_maker *m, bool own)
{
    const struct cl_travel *travel = m->cl->travel;
    size_t n = m->districts;
    for (size_t i = 0; i < n * n; i++) m->leg_of[i] = AZ_NO_INDEX;
    for (size_t l = travel->legs.count; l-- > 0;) {
        const struct cl_leg *leg = &travel->legs.items[l];
        if (!leg->from_district || !leg->to_district || !is_for(leg->profile, m->profile, own))
            continue;
        size_t from = district_named(m->cl, leg->from_district),
               to = district_named(m->cl, leg->to_district);
        if (from == AZ_NO_INDEX || to == AZ_NO_INDEX) continue;
        if (leg->one_way != 1) m->leg_of[to * n + from] = l;
        m->leg_of[from * n + to] = l;
    }
    for (size_t from = 0; n > 0 && from < m->places; from++)
        for (size_t to = 0; to < m->places; to++) {
            size_t a = m->cl->places.items[from].district_index,
                   b = m->cl->places.items[to].district_index;
            if (from == to || a == AZ_NO_INDEX || b == AZ_NO_INDEX) continue;
            size_t l = m->leg_of[a * n + b];
            if (l == AZ_NO_INDEX) continue;
            const struct cl_leg *leg = &travel->legs.items[l];
            set_pair(m, from, to, leg->minutes * 60, leg->km * 1000);
        }
}

static void take_matrices(struct base_maker *m, bool own)
{
    const struct cl_travel *travel = m->cl->travel;
    for (size_t k = travel->matrices.count; k-- > 0;) {
        const struct cl_matrix *matrix = &travel->matrices.items[k];
        size_t n = matrix->places.items ? matrix->places.count : m->places;
        const struct az_matrix *time = &matrix->duration_s, *way = &matrix->distance_m;
        bool measured = way->values && way->rows == n && way->columns == n;
        if (!is_for(matrix->profile, m->profile, own) || time->rows != n || time->columns != n)
            continue;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                size_t from = matrix->places.items ? matrix->places.items[i].index : i;
                size_t to = matrix->places.items ? matrix->places.items[j].index : j;
                set_pair(m, from, to, time->values[i * n + j],
                         measured ? way->values[i * n + j] : NAN);
            }
    }
}

static void take_legs(struct base_maker *m, bool own)
{
    const struct cl_travel *travel = m->cl->travel;
    for (size_t l = travel->legs.count; l-- > 0;) {
        const struct cl_leg *leg = &travel->legs.items[l];
        if (!leg->from.id || !leg->to.id || !is_for(leg->profile, m->profile, own)) continue;
        double seconds = leg->minutes * 60, metres = leg->km * 1000;
        if (leg->one_way != 1) set_pair(m, leg->to.index, leg->from.index, seconds, metres);
        set_pair(m, leg->from.index, leg->to.index, seconds, metres);
    }
}

/* Distances that nobody gave: straight lines with their detour, or 0. */
static void complete(struct base_maker *m, struct cl_base_roads *base)
{
    double detour = m->cl->travel ? m->cl->travel->detour_factor : 1;
    for (size_t from = 0; from < m->places; from++)
        for (size_t to = 0; to < m->places; to++) {
            size_t at = from * m->places + to;
            if (from == to) m->duration_s[at] = m->distance_m[at] = 0;
            if (from == to || isnan(m->duration_s[at])) continue;
            base->estimated += m->source[at] == FROM_LINE;
            if (!isnan(m->distance_m[at])) continue;
            double metres =
                great_circle_m(&m->cl->places.items[from], &m->cl->places.items[to]) * detour;
            m->distance_m[at] = isnan(metres) ? 0 : metres;
            base->straight += !isnan(metres);
            base->unmeasured += isnan(metres);
        }
}

enum az_status cl_base_roads_new(const struct cl_instance *cl, struct az_arena *arena,
                                 struct cl_base_roads *base)
{
    size_t n = cl->places.count, pairs = n * n;
    *base = (struct cl_base_roads){ 0 };
    base->duration_s = AZ_ARRAY(arena, pairs, double);
    base->distance_m = AZ_ARRAY(arena, pairs, double);
    base->source = AZ_ARRAY(arena, pairs, unsigned char);
    base->leg_of = AZ_ARRAY(arena, cl->district_count * cl->district_count, size_t);
    bool good = base->duration_s && base->distance_m && base->source && base->leg_of;
    return good ? AZ_OK : AZ_NO_MEMORY;
}

void cl_base_roads_fill(const struct cl_instance *cl, size_t profile, struct cl_base_roads *base)
{
    size_t n = cl->places.count;
    struct base_maker m = { .cl = cl,
                            .profile = cl->profile[profile],
                            .places = n,
                            .districts = cl->district_count,
                            .duration_s = base->duration_s,
                            .distance_m = base->distance_m,
                            .source = base->source,
                            .leg_of = base->leg_of };
    base->estimated = base->straight = base->unmeasured = 0;
    for (size_t i = 0; i < n * n; i++) {
        m.duration_s[i] = m.distance_m[i] = NAN;
        m.source[i] = FROM_NOTHING;
    }
    if (cl->travel) {
        take_lines(&m);
        for (int own = 0; own < 2; own++) take_district_legs(&m, own == 1);
        for (int own = 0; own < 2; own++) take_matrices(&m, own == 1);
        for (int own = 0; own < 2; own++) take_legs(&m, own == 1);
    }
    complete(&m, base);
}

/* --- days ---------------------------------------------------------------------------------------
 */

int64_t cl_drive_s(const struct cl_travel *travel, double seconds, double factor)
{
    double taken = seconds * factor + travel->buffer_min * 60;
    if (isnan(taken)) return -1;
    if (travel->rounding == CL_ROUND_NEAREST) return (int64_t)floor(taken + 0.5);
    if (travel->rounding == CL_ROUND_DOWN) return (int64_t)floor(taken + AZ_FEASIBILITY_TOLERANCE);
    return (int64_t)ceil(taken - AZ_FEASIBILITY_TOLERANCE);
}

/* What is the same on days that are alike. */
struct day_kind {
    double factor;
    size_t roads;  /* the first day of the same factor and closures */
    size_t closed; /* the first day of the same closures */
};

static double factor_of(const struct cl_instance *cl, size_t day)
{
    double factor = 0;
    for (size_t i = 0; cl->travel && i < cl->travel->slow_days.count; i++) {
        const struct cl_slow *slow = &cl->travel->slow_days.items[i];
        uint32_t days = slow->dates.items
                            ? cl_dates(cl, slow->dates.items, slow->dates.count, NULL, NULL, NULL)
                            : cl_all_days(cl);
        if ((days >> day & 1) && slow->factor > factor) factor = slow->factor;
    }
    return factor > 0 ? factor : 1;
}

static bool same_closures(const struct cl_instance *cl, size_t a, size_t b)
{
    for (size_t i = 0; i < cl->closures.count; i++)
        if ((cl->closures.items[i].days >> a & 1) != (cl->closures.items[i].days >> b & 1))
            return false;
    return true;
}

/* Arrays of times and of distances that have to be kept for each profile. */
static size_t sort_days(const struct cl_instance *cl, struct day_kind kinds[])
{
    size_t arrays = 0;
    for (size_t d = 0; d < (size_t)cl->days; d++) {
        kinds[d] = (struct day_kind){ factor_of(cl, d), d, d };
        for (size_t e = d; e-- > 0;) {
            if (!same_closures(cl, d, e)) continue;
            kinds[d].closed = kinds[e].closed;
            if (kinds[e].factor == kinds[d].factor) kinds[d].roads = kinds[e].roads;
        }
        arrays += (kinds[d].roads == d) + (kinds[d].closed == d);
    }
    return arrays;
}

/* --- closures -----------------------------------------------------------------------------------
 */

struct closer {
    const struct cl_instance *cl;
    double *duration_s, *distance_m; /* [places * places] of the day */
    size_t *stamp;                   /* [places * places] closure + 1 that has set the pair */
};

static void close_pair(struct closer *c, size_t closure, size_t from, size_t to,
                       const struct cl_closed_pair *pair)
{
    size_t at = from * c->cl->places.count + to;
    if (from == to || c->stamp[at] == closure + 1) return;
    c->stamp[at] = closure + 1;
    if (isnan(pair->detour_min)) {
        c->duration_s[at] = NAN;
        return;
    }
    c->duration_s[at] += pair->detour_min * 60;
    c->distance_m[at] += isnan(pair->detour_km) ? 0 : pair->detour_km * 1000;
}

static void close_districts(struct closer *c, size_t closure, size_t p)
{
    const struct cl_instance *cl = c->cl;
    const struct cl_closed_pair *pair = &cl->closures.items[closure].pairs.items[p];
    size_t a = district_named(cl, pair->from_district), b = district_named(cl, pair->to_district);
    if (a == AZ_NO_INDEX || b == AZ_NO_INDEX) return;
    for (size_t from = 0; from < cl->places.count; from++) {
        size_t district = cl->places.items[from].district_index;
        bool out = district == a, back = district == b && pair->one_way != 1;
        for (size_t to = 0; (out || back) && to < cl->places.count; to++) {
            district = cl->places.items[to].district_index;
            if ((out && district == b) || (back && district == a))
                close_pair(c, closure, from, to, pair);
        }
    }
}

/* The pairs of one closure, in their order: the first that is listed for a drive holds. */
static void apply_closure(struct closer *c, size_t closure)
{
    const struct cl_closure *it = &c->cl->closures.items[closure];
    for (size_t p = 0; p < it->pairs.count; p++) {
        const struct cl_closed_pair *pair = &it->pairs.items[p];
        if (pair->from.id && pair->to.id) {
            close_pair(c, closure, pair->from.index, pair->to.index, pair);
            if (pair->one_way != 1) close_pair(c, closure, pair->to.index, pair->from.index, pair);
        } else if (pair->from_district && pair->to_district) {
            close_districts(c, closure, p);
        }
    }
}

/* --- the whole ----------------------------------------------------------------------------------
 */

struct roads_maker {
    struct cl_resolver *r;
    const struct day_kind *kinds;
    struct cl_base_roads base;
    struct closer closer; /* with scratch arrays */
};

static enum az_status make_day(struct roads_maker *m, size_t day, struct cl_roads roads[])
{
    const struct cl_instance *cl = m->r->cl;
    size_t n = cl->places.count, pairs = n * n;
    const struct day_kind *kind = &m->kinds[day];
    if (kind->roads != day) {
        roads[day] = roads[kind->roads];
        return AZ_OK;
    }
    memcpy(m->closer.duration_s, m->base.duration_s, pairs * sizeof(double));
    memcpy(m->closer.distance_m, m->base.distance_m, pairs * sizeof(double));
    for (size_t i = 0; i < pairs; i++) m->closer.stamp[i] = 0;
    for (size_t i = 0; i < cl->closures.count; i++)
        if (cl->closures.items[i].days >> day & 1) apply_closure(&m->closer, i);
    roads[day].duration_s = AZ_ARRAY(m->r->arena, pairs, int64_t);
    if (!roads[day].duration_s) return AZ_NO_MEMORY;
    for (size_t from = 0; from < n; from++)
        for (size_t to = 0; to < n; to++) {
            size_t at = from * n + to;
            roads[day].duration_s[at] =
                from == to   ? 0
                : cl->travel ? cl_drive_s(cl->travel, m->closer.duration_s[at], kind->factor)
                             : -1;
        }
    if (kind->closed != day) {
        roads[day].distance_m = roads[kind->closed].distance_m;
        return AZ_OK;
    }
    if (!(roads[day].distance_m = AZ_ARRAY(m->r->arena, pairs, double))) return AZ_NO_MEMORY;
    memcpy(roads[day].distance_m, m->closer.distance_m, pairs * sizeof(double));
    for (size_t at = 0; at < pairs; at++)
        if (isnan(roads[day].distance_m[at])) roads[day].distance_m[at] = 0;
    return AZ_OK;
}

static bool distance_matters(const struct cl_instance *cl)
{
    for (size_t v = 0; v < cl->vehicles.count; v++)
        if (cl->vehicles.items[v].cost_jpy_per_km > 0 || !isnan(cl->vehicles.items[v].range_km))
            return true;
    return false;
}

/* Each assumption once, of the profile that has most of it. */
static void tell(struct cl_resolver *r, const struct cl_base_roads *most)
{
    const struct az_path *travel = AZ_AT(NULL, "travel");
    if (most->estimated > 0)
        AZ_FIND(r->assumptions, &cl_code_straight_lines, travel,
                AZ_NUMBER_PARAM("count", (double)most->estimated),
                AZ_NUMBER_PARAM("factor", r->cl->travel->detour_factor),
                AZ_NUMBER_PARAM("speed", r->cl->travel->speed_kmh));
    if (most->straight > 0 && distance_matters(r->cl))
        AZ_FIND(r->assumptions, &cl_code_straight_distances, travel,
                AZ_NUMBER_PARAM("count", (double)most->straight),
                AZ_NUMBER_PARAM("factor", r->cl->travel->detour_factor));
    if (most->unmeasured > 0 && distance_matters(r->cl))
        AZ_FIND(r->assumptions, &cl_code_no_distances, travel,
                AZ_NUMBER_PARAM("count", (double)most->unmeasured));
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static enum az_status make_profiles(struct roads_maker *m)
{
    struct cl_instance *cl = m->r->cl;
    struct cl_base_roads most = { 0 };
    AZ_TRY(cl_base_roads_new(cl, m->r->arena, &m->base));
    for (size_t p = 0; p < cl->profile_count; p++) {
        cl_base_roads_fill(cl, p, &m->base);
        for (size_t d = 0; d < (size_t)cl->days; d++)
            AZ_TRY(make_day(m, d, &cl->roads[p * (size_t)cl->days]));
        most.estimated = larger(most.estimated, m->base.estimated);
        most.straight = larger(most.straight, m->base.straight);
        most.unmeasured = larger(most.unmeasured, m->base.unmeasured);
    }
    tell(m->r, &most);
    return AZ_OK;
}

enum az_status cl_resolve_roads(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    struct day_kind kinds[CL_MAX_DAYS];
    double pairs = (double)cl->places.count * (double)cl->places.count;
    double profiles = (double)cl->profile_count;
    double needed = pairs * (8 + profiles * (double)sort_days(cl, kinds));
    if (needed > CL_MAX_ROADS) {
        AZ_FIND(r->findings, &cl_code_too_many_roads, AZ_AT(NULL, "places"),
                AZ_NUMBER_PARAM("value", (double)cl->places.count),
                AZ_NUMBER_PARAM("profiles", profiles), AZ_NUMBER_PARAM("needed", needed),
                AZ_NUMBER_PARAM("maximum", CL_MAX_ROADS));
        return AZ_OK;
    }
    size_t n = cl->places.count * cl->places.count;
    struct roads_maker m = { .r = r, .kinds = kinds };
    m.closer = (struct closer){ .cl = cl,
                                .duration_s = AZ_ARRAY(r->arena, n, double),
                                .distance_m = AZ_ARRAY(r->arena, n, double),
                                .stamp = AZ_ARRAY(r->arena, n, size_t) };
    cl->roads = AZ_ARRAY(r->arena, cl->profile_count * (size_t)cl->days, struct cl_roads);
    if (!m.closer.duration_s || !m.closer.distance_m || !m.closer.stamp || !cl->roads)
        return AZ_NO_MEMORY;
    return make_profiles(&m);
}
