/* resolve.c - from a linked instance to one ready for judge and model: words as sets, cares,
 * vehicles, scale. Days and slots are in resolve_days.c, sites and appointments in resolve_sites.c,
 * travel in resolve_roads.c.
 *
 * Every derived member is set also when there are findings, so that validation can name every other
 * problem at once. */
#include <string.h>

#include "formulations/clinic/resolve.h"

/* --- skills, equipment, districts, profiles -----------------------------------------------------
 */

static enum az_status collect_skills(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    size_t count = 0;
    for (size_t i = 0; i < cl->staff.count; i++) count += cl->staff.items[i].skills.count;
    for (size_t i = 0; i < cl->vehicles.count; i++) count += cl->vehicles.items[i].crew.count;
    for (size_t i = 0; i < cl->cares.count; i++) count += cl->cares.items[i].skills.count;
    AZ_TRY(cl_words_begin(r->arena, count, &r->skills));
    for (size_t i = 0; i < cl->staff.count; i++)
        for (size_t k = 0; k < cl->staff.items[i].skills.count; k++)
            cl_words_take(&r->skills, cl->staff.items[i].skills.items[k]);
    for (size_t i = 0; i < cl->vehicles.count; i++)
        for (size_t k = 0; k < cl->vehicles.items[i].crew.count; k++)
            cl_words_take(&r->skills, cl->vehicles.items[i].crew.items[k]);
    for (size_t i = 0; i < cl->cares.count; i++)
        for (size_t k = 0; k < cl->cares.items[i].skills.count; k++)
            cl_words_take(&r->skills, cl->cares.items[i].skills.items[k]);
    AZ_TRY(cl_words_close(r->arena, &r->skills, &cl->skill));
    cl->skill_count = r->skills.count;
    return AZ_OK;
}

static enum az_status collect_equipment(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    size_t count = 0;
    for (size_t i = 0; i < cl->vehicles.count; i++) count += cl->vehicles.items[i].equipment.count;
    for (size_t i = 0; i < cl->cares.count; i++) count += cl->cares.items[i].equipment.count;
    AZ_TRY(cl_words_begin(r->arena, count, &r->equipment));
    for (size_t i = 0; i < cl->vehicles.count; i++)
        for (size_t k = 0; k < cl->vehicles.items[i].equipment.count; k++)
            cl_words_take(&r->equipment, cl->vehicles.items[i].equipment.items[k]);
    for (size_t i = 0; i < cl->cares.count; i++)
        for (size_t k = 0; k < cl->cares.items[i].equipment.count; k++)
            cl_words_take(&r->equipment, cl->cares.items[i].equipment.items[k]);
    AZ_TRY(cl_words_close(r->arena, &r->equipment, &cl->equipment));
    cl->equipment_count = r->equipment.count;
    return AZ_OK;
}

static enum az_status collect_districts(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    AZ_TRY(cl_words_begin(r->arena, cl->places.count, &r->districts));
    for (size_t i = 0; i < cl->places.count; i++)
        if (cl->places.items[i].district)
            cl_words_take(&r->districts, cl->places.items[i].district);
    AZ_TRY(cl_words_close(r->arena, &r->districts, &cl->district));
    cl->district_count = r->districts.count;
    for (size_t i = 0; i < cl->places.count; i++)
        cl->places.items[i].district_index =
            cl_words_find(&r->districts, cl->places.items[i].district);
    return AZ_OK;
}

static const char *profile_of(const struct cl_vehicle *vehicle)
{
    return vehicle->profile ? vehicle->profile : "";
}

static enum az_status collect_profiles(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    AZ_TRY(cl_words_begin(r->arena, cl->vehicles.count, &r->profiles));
    for (size_t i = 0; i < cl->vehicles.count; i++)
        cl_words_take(&r->profiles, profile_of(&cl->vehicles.items[i]));
    AZ_TRY(cl_words_close(r->arena, &r->profiles, &cl->profile));
    cl->profile_count = r->profiles.count;
    return AZ_OK;
}

static void check_set(struct cl_resolver *r, const char *list, size_t count, const char **words)
{
    char shown[AZ_SHORT_TEXT];
    if (count > CL_MAX_SET)
        AZ_FIND(r->findings, &cl_code_too_many_words, AZ_AT(NULL, list),
                AZ_NUMBER_PARAM("maximum", CL_MAX_SET),
                AZ_TEXT_PARAM("value", az_shorten(words[CL_MAX_SET], shown)));
}

static enum az_status collect_words(struct cl_resolver *r)
{
    AZ_TRY(collect_skills(r));
    AZ_TRY(collect_equipment(r));
    AZ_TRY(collect_districts(r));
    AZ_TRY(collect_profiles(r));
    check_set(r, "staff", r->cl->skill_count, r->cl->skill);
    check_set(r, "vehicles", r->cl->equipment_count, r->cl->equipment);
    return AZ_OK;
}

static uint64_t set_of(const struct cl_words *words, const char *const texts[], size_t count)
{
    uint64_t set = 0;
    for (size_t i = 0; i < count; i++) {
        size_t bit = cl_words_find(words, texts[i]);
        if (bit < CL_MAX_SET) set |= (uint64_t)1 << bit;
    }
    return set;
}

/* --- cares, staff, vehicles ---------------------------------------------------------------------
 */

static void resolve_consultation(struct cl_consultation *it)
{
    if (!it) return;
    it->length_s = cl_seconds(it->minutes);
    it->after_s = cl_seconds(it->after_min);
    it->wait_s = cl_seconds(it->wait_max_min);
}

static void resolve_cares(struct cl_resolver *r)
{
    for (size_t i = 0; i < r->cl->cares.count; i++) {
        struct cl_care *care = &r->cl->cares.items[i];
        care->skill_set = set_of(&r->skills, care->skills.items, care->skills.count);
        care->equipment_set = set_of(&r->equipment, care->equipment.items, care->equipment.count);
        care->needs_crew = care->crew == -1 ? care->stage >= 2 : care->crew == 1;
        resolve_consultation(care->doctor);
        resolve_consultation(care->pharmacist);
    }
}

static enum az_status resolve_vehicles(struct cl_resolver *r)
{
    struct cl_instance *cl = r->cl;
    for (size_t i = 0; i < cl->staff.count; i++) {
        struct cl_staff *staff = &cl->staff.items[i];
        staff->skill_set = set_of(&r->skills, staff->skills.items, staff->skills.count);
    }
    for (size_t i = 0; i < cl->vehicles.count; i++) {
        struct cl_vehicle *vehicle = &cl->vehicles.items[i];
        vehicle->equipment_set =
            set_of(&r->equipment, vehicle->equipment.items, vehicle->equipment.count);
        vehicle->profile_index = cl_words_find(&r->profiles, profile_of(vehicle));
        vehicle->start_place = vehicle->start.index;
        vehicle->end_place = vehicle->end.id ? vehicle->end.index : vehicle->start.index;
        vehicle->seat_count =
            vehicle->seats == AZ_NO_INTEGER ? (int64_t)vehicle->crew.count : vehicle->seats;
        vehicle->position = AZ_ARRAY(r->arena, vehicle->crew.count, size_t);
        if (!vehicle->position) return AZ_NO_MEMORY;
        for (size_t k = 0; k < vehicle->crew.count; k++)
            vehicle->position[k] = cl_words_find(&r->skills, vehicle->crew.items[k]);
    }
    return AZ_OK;
}

/* --- scale --------------------------------------------------------------------------------------
 */

/* What driving to a place and back costs the cheapest vehicle; 0 when none can. */
static double least_trip(const struct cl_instance *cl, size_t place)
{
    size_t n = cl->places.count;
    double least = INFINITY;
    for (size_t v = 0; v < cl->vehicles.count; v++) {
        const struct cl_vehicle *vehicle = &cl->vehicles.items[v];
        const struct cl_roads *roads = cl_roads_of(cl, v, 0);
        size_t out = vehicle->start_place * n + place, back = place * n + vehicle->end_place;
        if (roads->duration_s[out] < 0 || roads->duration_s[back] < 0) continue;
        double km = (roads->distance_m[out] + roads->distance_m[back]) / 1000;
        double h = (double)(roads->duration_s[out] + roads->duration_s[back]) / 3600;
        least = fmin(least, km * vehicle->cost_jpy_per_km + h * vehicle->cost_jpy_per_h);
    }
    return isfinite(least) ? least : 0;
}

#define VISITS_A_ROUND 6.0

/* A tenth of what the visits would cost, a few in each round of the cheapest vehicle and member. */
static void resolve_scale(struct cl_instance *cl)
{
    double sum = 0, vehicle_day = INFINITY, staff_day = INFINITY;
    for (size_t v = 0; v < cl->vehicles.count; v++)
        vehicle_day = fmin(vehicle_day, cl->vehicles.items[v].cost_jpy_per_day);
    for (size_t s = 0; s < cl->staff.count; s++)
        staff_day = fmin(staff_day, cl->staff.items[s].cost_jpy_per_day);
    double day = (isfinite(vehicle_day) ? vehicle_day : 0) + (isfinite(staff_day) ? staff_day : 0);
    for (size_t i = 0; i < cl->sites.count && cl->roads; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        double left = (double)site->visits - (double)cl_day_count(site->done);
        if (left > 0) sum += left * (least_trip(cl, site->place_index) + day) / VISITS_A_ROUND;
    }
    if (cl->money_scale > 0)
        cl->scale = cl->money_scale;
    else
        cl->scale = cl->mode == CL_EXACT ? 1 : fmax(1, 0.1 * sum);
}

enum az_status cl_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions)
{
    struct cl_resolver r = {
        .cl = instance, .arena = arena, .findings = findings, .assumptions = assumptions
    };
    size_t before = az_findings_total(findings);
    r.cl->roads = NULL;
    AZ_TRY(collect_words(&r));
    resolve_cares(&r);
    AZ_TRY(resolve_vehicles(&r));
    AZ_TRY(cl_resolve_days(&r));
    AZ_TRY(cl_resolve_slots(&r));
    AZ_TRY(cl_resolve_sites(&r));
    AZ_TRY(cl_resolve_roads(&r));
    resolve_scale(r.cl);
    /* Whoever gets findings here does not go on to validate: all problems at once. */
    if (az_findings_total(findings) > before) AZ_TRY(cl_validate(instance, arena, findings));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
