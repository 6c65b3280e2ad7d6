/* validate_travel.c - the rules over matrices, legs, closures and chargers. */
#include "formulations/clinic/validate.h"

#include <stdlib.h>
#include <string.h>

/* --- matrices -----------------------------------------------------------------------------------
 */

static const char *place_id(const struct cl_instance *cl, const struct cl_matrix *matrix, size_t i)
{
    return matrix->places.items ? matrix->places.items[i].id : cl->places.items[i].id;
}

/* A place without any way in or out; of one place alone nothing is asked. */
static void find_gaps(struct cl_validator *v, const struct cl_matrix *matrix, size_t n,
                      const struct az_path *at)
{
    const double *time = matrix->duration_s.values;
    for (size_t i = 0; n > 1 && i < n; i++) {
        bool out = false, in = false;
        for (size_t j = 0; j < n; j++) {
            out = out || (j != i && !isnan(time[i * n + j]));
            in = in || (j != i && !isnan(time[j * n + i]));
        }
        if (!out || !in)
            AZ_FIND(v->findings, &cl_code_matrix_gap, AZ_ITEM(AZ_AT(at, "duration_s"), i, NULL),
                    AZ_TEXT_PARAM("value", place_id(v->cl, matrix, i)));
    }
}

static void find_distance_gap(struct cl_validator *v, const struct cl_matrix *matrix, size_t n,
                              const struct az_path *at)
{
    for (size_t k = 0; k < n * n; k++) {
        if (isnan(matrix->duration_s.values[k]) || !isnan(matrix->distance_m.values[k]) ||
            k / n == k % n)
            continue;
        AZ_FIND(v->findings, &cl_code_distance_missing,
                AZ_ITEM(AZ_ITEM(AZ_AT(at, "distance_m"), k / n, NULL), k % n, NULL),
                AZ_TEXT_PARAM("from", place_id(v->cl, matrix, k / n)),
                AZ_TEXT_PARAM("to", place_id(v->cl, matrix, k % n)));
        return;
    }
}

static bool is_square(struct cl_validator *v, const struct az_matrix *matrix, size_t n,
                      const struct az_path *at)
{
    if (matrix->rows == n && matrix->columns == n) return true;
    AZ_FIND(v->findings, &cl_code_matrix_not_square, at, AZ_NUMBER_PARAM("expected", (double)n),
            AZ_NUMBER_PARAM("rows", (double)matrix->rows),
            AZ_NUMBER_PARAM("columns", (double)matrix->columns));
    return false;
}

static void validate_profile(struct cl_validator *v, const char *profile, const struct az_path *at)
{
    char shown[AZ_SHORT_TEXT];
    if (!profile) return;
    for (size_t p = 0; p < v->cl->profile_count; p++)
        if (strcmp(v->cl->profile[p], profile) == 0) return;
    AZ_FIND(v->findings, &cl_code_unknown_profile, AZ_AT(at, "profile"),
            AZ_TEXT_PARAM("value", az_shorten(profile, shown)));
}

static void validate_matrix(struct cl_validator *v, size_t k, const struct az_path *at)
{
    const struct cl_matrix *matrix = &v->cl->travel->matrices.items[k];
    size_t n = matrix->places.items ? matrix->places.count : v->cl->places.count;
    validate_profile(v, matrix->profile, at);
    bool timed = is_square(v, &matrix->duration_s, n, AZ_AT(at, "duration_s"));
    if (timed) find_gaps(v, matrix, n, at);
    if (!matrix->distance_m.values) return;
    bool measured = is_square(v, &matrix->distance_m, n, AZ_AT(at, "distance_m"));
    if (timed && measured) find_distance_gap(v, matrix, n, at);
}

/* --- from and to --------------------------------------------------------------------------------
 */

static size_t district_named(const struct cl_instance *cl, const char *name)
{
    for (size_t d = 0; d < cl->district_count; d++)
        if (strcmp(cl->district[d], name) == 0) return d;
    return AZ_NO_INDEX;
}

static void validate_district(struct cl_validator *v, const char *name, const struct az_path *at)
{
    char shown[AZ_SHORT_TEXT];
    if (name && district_named(v->cl, name) == AZ_NO_INDEX)
        AZ_FIND(v->findings, &cl_code_unknown_district, at,
                AZ_TEXT_PARAM("value", az_shorten(name, shown)));
}

/* The ends of a leg or of a closed pair. */
static void validate_ends(struct cl_validator *v, const struct az_ref *from,
                          const struct az_ref *to, const char *from_district,
                          const char *to_district, const struct az_path *at)
{
    if (!from->id && !from_district) AZ_FIND0(v->findings, &cl_code_ends_missing, at);
    if (from->id && from_district)
        AZ_FIND0(v->findings, &cl_code_ends_of_both_kinds, AZ_AT(at, "from_district"));
    if (from->id && to->id && from->index == to->index)
        AZ_FIND0(v->findings, &cl_code_to_itself, AZ_AT(at, "to"));
    validate_district(v, from_district, AZ_AT(at, "from_district"));
    validate_district(v, to_district, AZ_AT(at, "to_district"));
}

/* --- legs ---------------------------------------------------------------------------------------
 */

/* A direction of a leg, to be sorted by its ends and profile. */
struct direction {
    const char *from, *to, *profile;
    bool districts;
    size_t leg;
};

static int by_ends(const void *a, const void *b)
{
    const struct direction *x = a, *y = b;
    if (x->districts != y->districts) return x->districts ? 1 : -1;
    int order = strcmp(x->from, y->from);
    if (!order) order = strcmp(x->to, y->to);
    if (!order) order = strcmp(x->profile, y->profile);
    if (order) return order;
    return x->leg < y->leg ? -1 : x->leg > y->leg;
}

static size_t add_directions(const struct cl_leg *leg, size_t l, struct direction out[])
{
    bool districts = leg->from_district && leg->to_district;
    const char *from = districts ? leg->from_district : leg->from.id;
    const char *to = districts ? leg->to_district : leg->to.id;
    if (!from || !to) return 0;
    out[0] = (struct direction){ from, to, leg->profile ? leg->profile : "", districts, l };
    if (leg->one_way == 1 || strcmp(from, to) == 0) return 1;
    out[1] = out[0];
    out[1].from = to;
    out[1].to = from;
    return 2;
}

/* Legs that are given by earlier ones in all their directions: they would never be used. */
static enum az_status find_twice(struct cl_validator *v, const struct az_path *list)
{
    const struct cl_travel *travel = v->cl->travel;
    size_t count = 0;
    struct direction *all = AZ_ARRAY(v->arena, 2 * travel->legs.count, struct direction);
    size_t *other = AZ_ARRAY(v->arena, travel->legs.count, size_t);
    size_t *used = AZ_ARRAY(v->arena, travel->legs.count, size_t); /* directions not given before */
    if (!all || !other || !used) return AZ_NO_MEMORY;
    for (size_t l = 0; l < travel->legs.count; l++) {
        other[l] = AZ_NO_INDEX;
        used[l] = add_directions(&travel->legs.items[l], l, all + count);
        count += used[l];
    }
    qsort(all, count, sizeof *all, by_ends);
    for (size_t k = 1, first = 0; k < count; k++) {
        struct direction probe = all[k];
        probe.leg = all[first].leg;
        if (by_ends(&probe, &all[first]) != 0)
            first = k;
        else if (all[k].leg != all[first].leg) {
            other[all[k].leg] = all[first].leg;
            used[all[k].leg]--;
        }
    }
    for (size_t l = 0; l < travel->legs.count; l++)
        if (other[l] != AZ_NO_INDEX && used[l] == 0)
            AZ_FIND(v->findings, &cl_code_leg_twice, AZ_ITEM(list, l, NULL),
                    AZ_NUMBER_PARAM("other", (double)other[l]));
    return AZ_OK;
}

static enum az_status validate_travel(struct cl_validator *v)
{
    const struct cl_travel *travel = v->cl->travel;
    const struct az_path *at = AZ_AT(NULL, "travel");
    if (!travel) return AZ_OK;
    for (size_t k = 0; k < travel->matrices.count; k++)
        validate_matrix(v, k, AZ_ITEM(AZ_AT(at, "matrices"), k, NULL));
    const struct az_path *list = AZ_AT(at, "legs");
    for (size_t l = 0; l < travel->legs.count; l++) {
        const struct cl_leg *leg = &travel->legs.items[l];
        const struct az_path *path = AZ_ITEM(list, l, NULL);
        validate_profile(v, leg->profile, path);
        validate_ends(v, &leg->from, &leg->to, leg->from_district, leg->to_district, path);
    }
    return find_twice(v, list);
}

/* --- closures -----------------------------------------------------------------------------------
 */

/* Which drives some profile knows: from place to place, from district to district. */
struct possible {
    bool *places, *districts; /* [places * places], [districts * districts] */
};

static bool has_road(const struct cl_instance *cl, const struct cl_closed_pair *pair,
                     const struct possible *possible)
{
    bool back = pair->one_way != 1;
    if (pair->from.id) {
        size_t n = cl->places.count, from = pair->from.index, to = pair->to.index;
        return possible->places[from * n + to] || (back && possible->places[to * n + from]);
    }
    size_t n = cl->district_count, from = district_named(cl, pair->from_district),
           to = district_named(cl, pair->to_district);
    return possible->districts[from * n + to] || (back && possible->districts[to * n + from]);
}

static enum az_status new_possible(struct cl_validator *v, struct possible *possible)
{
    size_t n = v->cl->places.count, d = v->cl->district_count;
    possible->places = AZ_ARRAY(v->arena, n * n, bool);
    possible->districts = AZ_ARRAY(v->arena, d * d, bool);
    return possible->places && possible->districts ? AZ_OK : AZ_NO_MEMORY;
}

static void add_possible(const struct cl_instance *cl, const struct cl_base_roads *base,
                         struct possible *possible)
{
    size_t n = cl->places.count;
    for (size_t i = 0; i < n * n; i++) {
        size_t from = cl->places.items[i / n].district_index,
               to = cl->places.items[i % n].district_index;
        if (i / n == i % n || isnan(base->duration_s[i])) continue;
        possible->places[i] = true;
        if (from != AZ_NO_INDEX && to != AZ_NO_INDEX)
            possible->districts[from * cl->district_count + to] = true;
    }
}

static void validate_closures(struct cl_validator *v, const struct possible *possible)
{
    const struct cl_instance *cl = v->cl;
    for (size_t i = 0; i < cl->closures.count; i++) {
        const struct cl_closure *closure = &cl->closures.items[i];
        const struct az_path *list = CL_MEMBER("closures", i, closure->id, "pairs");
        for (size_t p = 0; p < closure->pairs.count; p++) {
            const struct cl_closed_pair *pair = &closure->pairs.items[p];
            const struct az_path *at = AZ_ITEM(list, p, NULL);
            size_t before = az_findings_total(v->findings);
            validate_ends(v, &pair->from, &pair->to, pair->from_district, pair->to_district, at);
            if (az_findings_total(v->findings) == before && possible &&
                !has_road(cl, pair, possible))
                AZ_FIND0(v->findings, &cl_code_closure_of_no_road, at);
        }
    }
}

/* --- chargers -----------------------------------------------------------------------------------
 */

static bool may_charge(const struct cl_charger *charger, size_t vehicle)
{
    for (size_t k = 0; k < charger->vehicles.count; k++)
        if (charger->vehicles.items[k].index == vehicle) return true;
    return charger->vehicles.items == NULL;
}

static bool is_near(const struct cl_base_roads *base, size_t at, double range_km)
{
    return !isnan(base->duration_s[at]) &&
           base->distance_m[at] / 1000 <= range_km + AZ_FEASIBILITY_TOLERANCE;
}

/* Can the vehicle drive to a place on a full range, from its start, a site or another charger? */
static bool is_reached(const struct cl_instance *cl, const struct cl_vehicle *vehicle, size_t place,
                       const struct cl_base_roads *base)
{
    size_t n = cl->places.count;
    if (is_near(base, vehicle->start_place * n + place, vehicle->range_km)) return true;
    for (size_t i = 0; i < cl->sites.count; i++)
        if (is_near(base, cl->sites.items[i].place_index * n + place, vehicle->range_km))
            return true;
    for (size_t i = 0; i < cl->chargers.count; i++)
        if (cl->chargers.items[i].place.index != place &&
            is_near(base, cl->chargers.items[i].place.index * n + place, vehicle->range_km))
            return true;
    return false;
}

/* reached: by some vehicle of the profile, for each charger. */
static void reach_chargers(const struct cl_instance *cl, size_t profile,
                           const struct cl_base_roads *base, bool reached[])
{
    for (size_t i = 0; i < cl->chargers.count; i++)
        for (size_t k = 0; k < cl->vehicles.count && !reached[i]; k++) {
            const struct cl_vehicle *vehicle = &cl->vehicles.items[k];
            reached[i] = vehicle->profile_index == profile && !isnan(vehicle->range_km) &&
                         may_charge(&cl->chargers.items[i], k) &&
                         is_reached(cl, vehicle, cl->chargers.items[i].place.index, base);
        }
}

static void validate_charger(struct cl_validator *v, size_t i, bool reached)
{
    const struct cl_instance *cl = v->cl;
    const struct cl_charger *charger = &cl->chargers.items[i];
    const struct az_path *at = CL_ITEM_AT("chargers", i, charger->id);
    size_t before = az_findings_total(v->findings);
    bool any = false;
    for (size_t k = 0; k < charger->vehicles.count; k++) {
        const struct cl_vehicle *vehicle = &cl->vehicles.items[charger->vehicles.items[k].index];
        if (isnan(vehicle->range_km))
            AZ_FIND(v->findings, &cl_code_charger_vehicle_without_range,
                    AZ_ITEM(AZ_AT(at, "vehicles"), k, NULL), AZ_TEXT_PARAM("value", vehicle->id));
    }
    for (size_t k = 0; k < cl->vehicles.count; k++)
        any = any || (may_charge(charger, k) && !isnan(cl->vehicles.items[k].range_km));
    if (az_findings_total(v->findings) > before) return;
    if (!any)
        AZ_FIND0(v->findings, &cl_code_charger_without_vehicle, at);
    else if (!reached)
        AZ_FIND0(v->findings, &cl_code_charger_unreachable, AZ_AT(at, "place"));
}

enum az_status cl_validate_travel(struct cl_validator *v)
{
    const struct cl_instance *cl = v->cl;
    struct cl_base_roads base;
    struct possible possible;
    AZ_TRY(validate_travel(v));
    if (!cl->roads) { /* too many: told already */
        validate_closures(v, NULL);
        return AZ_OK;
    }
    bool *reached = AZ_ARRAY(v->arena, cl->chargers.count, bool);
    if (!reached) return AZ_NO_MEMORY;
    AZ_TRY(new_possible(v, &possible));
    AZ_TRY(cl_base_roads_new(cl, v->arena, &base));
    for (size_t p = 0; p < cl->profile_count; p++) {
        cl_base_roads_fill(cl, p, &base);
        add_possible(cl, &base, &possible);
        reach_chargers(cl, p, &base, reached);
    }
    validate_closures(v, &possible);
    for (size_t i = 0; i < cl->chargers.count; i++) validate_charger(v, i, reached[i]);
    return cl_validate_reach(v, &base);
}
