/* validate.c - the rules that span fields: what would make an instance nonsense, every problem at
 * once. Here the whole and the cares; people, vehicles and chargers are in validate_people.c, sites
 * and appointments in validate_sites.c, travel in validate_travel.c, sites that nobody could ever
 * visit in validate_reach.c.
 *
 * What is asked is whether the office's words make sense in an ordinary week: who is absent, what
 * is closed, snowed in or over already is no mistake, and the week can be planned anew with it.
 * An instance that is sensible but has no plan passes; the solve proves it and explains. */
#include "formulations/clinic/validate.h"

#include <string.h>

#include "formulations/clinic/teams.h"
#include "formulations/clinic/ways.h"

static void validate_root(const struct cl_validator *v)
{
    const struct cl_instance *cl = v->cl;
    uint32_t holidays = cl_dates(cl, cl->holidays.items, cl->holidays.count, NULL, NULL, NULL);
    if (cl->kind && strcmp(cl->kind, "clinic") != 0)
        AZ_FIND(v->findings, &cl_code_wrong_kind, AZ_AT(NULL, "kind"),
                AZ_TEXT_PARAM("value", cl->kind));
    if (holidays == cl_all_days(cl) && cl->sites.count > 0)
        AZ_FIND0(v->findings, &cl_code_no_working_day, AZ_AT(NULL, "holidays"));
}

/* --- cares --------------------------------------------------------------------------------------
 */

static void validate_stage(struct cl_validator *v, size_t i, const struct az_path *at)
{
    const struct cl_care *care = &v->cl->cares.items[i];
    const struct cl_consultation *doctor = care->doctor, *pharmacist = care->pharmacist;
    if (care->stage >= 2 && care->crew == 0)
        AZ_FIND(v->findings, &cl_code_stage_needs_crew, AZ_AT(at, "crew"),
                AZ_NUMBER_PARAM("stage", (double)care->stage));
    else if (!care->needs_crew) {
        if (care->skills.count > 0)
            AZ_FIND0(v->findings, &cl_code_online_needs_nobody, AZ_AT(at, "skills"));
        if (care->equipment.count > 0)
            AZ_FIND0(v->findings, &cl_code_online_needs_nobody, AZ_AT(at, "equipment"));
        if (!doctor && !pharmacist) AZ_FIND0(v->findings, &cl_code_online_without_consultation, at);
    }
    if (doctor && doctor->wait_s > 0)
        AZ_FIND0(v->findings, &cl_code_doctor_waits, AZ_AT(AZ_AT(at, "doctor"), "wait_max_min"));
    if (doctor && pharmacist && pharmacist->after_s < doctor->after_s + doctor->length_s)
        AZ_FIND(v->findings, &cl_code_pharmacist_before_doctor,
                AZ_AT(AZ_AT(at, "pharmacist"), "after_min"),
                AZ_NUMBER_PARAM("minimum", doctor->after_min + doctor->minutes),
                AZ_NUMBER_PARAM("value", pharmacist->after_min));
}

static double last_minute(const struct cl_consultation *it)
{
    return it ? it->after_min + it->minutes : 0;
}

/* The first site whose visits would end before their consultations. */
static void validate_length(struct cl_validator *v, size_t i, const struct az_path *at)
{
    const struct cl_care *care = &v->cl->cares.items[i];
    double needed = fmax(last_minute(care->doctor), last_minute(care->pharmacist));
    for (size_t s = 0; s < v->cl->sites.count; s++) {
        const struct cl_site *site = &v->cl->sites.items[s];
        for (size_t o = 0; o < site->option_count; o++) {
            if (site->option[o].care.index != i || site->duration_s[o] >= cl_seconds(needed))
                continue;
            AZ_FIND(v->findings, &cl_code_visit_too_short, AZ_AT(at, "visit_min"),
                    AZ_TEXT_PARAM("site", site->id),
                    AZ_NUMBER_PARAM("value", (double)site->duration_s[o] / 60),
                    AZ_NUMBER_PARAM("minimum", needed));
            return;
        }
    }
}

static bool some_staff_can(const struct cl_instance *cl, const char *skill)
{
    for (size_t i = 0; i < cl->staff.count; i++)
        for (size_t k = 0; k < cl->staff.items[i].skills.count; k++)
            if (strcmp(cl->staff.items[i].skills.items[k], skill) == 0) return true;
    return false;
}

static bool some_vehicle_has(const struct cl_instance *cl, const char *equipment)
{
    for (size_t i = 0; i < cl->vehicles.count; i++)
        for (size_t k = 0; k < cl->vehicles.items[i].equipment.count; k++)
            if (strcmp(cl->vehicles.items[i].equipment.items[k], equipment) == 0) return true;
    return false;
}

/* All equipment in one vehicle, and a seat for a skill that the care needs. */
static bool fits(const struct cl_instance *cl, const struct cl_care *care, size_t vehicle)
{
    const struct cl_vehicle *it = &cl->vehicles.items[vehicle];
    bool seated = care->skills.count == 0 || it->seat_count > 0 || cl->crews.count > 0;
    return seated && (care->equipment_set & ~it->equipment_set) == 0;
}

static void validate_needs(struct cl_validator *v, size_t i, const struct az_path *at)
{
    const struct cl_instance *cl = v->cl;
    const struct cl_care *care = &cl->cares.items[i];
    size_t told = 0;
    for (size_t k = 0; k < care->skills.count; k++) {
        if (some_staff_can(cl, care->skills.items[k])) continue;
        told++;
        AZ_FIND(v->findings, &cl_code_skill_nobody_has, AZ_ITEM(AZ_AT(at, "skills"), k, NULL),
                AZ_TEXT_PARAM("value", cl_skill_word(care->skills.items[k]).en),
                AZ_TEXT_PARAM("value_ja", cl_skill_word(care->skills.items[k]).ja));
    }
    for (size_t k = 0; k < care->equipment.count; k++) {
        if (some_vehicle_has(cl, care->equipment.items[k])) continue;
        told++;
        AZ_FIND(v->findings, &cl_code_equipment_nobody_has,
                AZ_ITEM(AZ_AT(at, "equipment"), k, NULL),
                AZ_TEXT_PARAM("value", care->equipment.items[k]));
    }
    bool found = false;
    for (size_t k = 0; k < cl->vehicles.count; k++) found = found || fits(cl, care, k);
    if (told == 0 && !found)
        AZ_FIND(v->findings, &cl_code_no_vehicle_for_care, at,
                AZ_TEXT_PARAM("what", care->equipment.count > 0 ? "equipment" : "seats"));
}

/* --- consultations ------------------------------------------------------------------------------
 */

/* The longest slot of a remote person. Minutes; 0: none. */
static double longest_slot(const struct cl_remote *remote)
{
    double longest = 0;
    for (size_t s = 0; s < remote->slots.count; s++) {
        const struct cl_slots *slots = &remote->slots.items[s];
        double hours = (double)(slots->hours.until_s - slots->hours.from_s) / 60;
        double each = isnan(slots->each_min) ? hours : slots->each_min;
        if (each <= hours) longest = fmax(longest, each);
    }
    return longest;
}

static void validate_consultation(struct cl_validator *v, const struct cl_consultation *it,
                                  int role, const struct az_path *at)
{
    const char *en = role == CL_DOCTOR ? "doctor" : "pharmacist";
    const char *ja = role == CL_DOCTOR ? "医師" : "薬剤師";
    bool any = false, can = false;
    double longest = 0;
    if (!it) return;
    for (size_t i = 0; i < v->cl->remote.count; i++) {
        const struct cl_remote *remote = &v->cl->remote.items[i];
        if (remote->role != role) continue;
        any = true;
        if (!cl_covers(remote, it->specialty)) continue;
        can = true;
        longest = fmax(longest, longest_slot(remote));
    }
    if (!any)
        AZ_FIND(v->findings, &cl_code_no_remote, at, AZ_TEXT_PARAM("role", en),
                AZ_TEXT_PARAM("role_ja", ja));
    else if (!can)
        AZ_FIND(v->findings, &cl_code_specialty_nobody_has, AZ_AT(at, "specialty"),
                AZ_TEXT_PARAM("value", it->specialty), AZ_TEXT_PARAM("role", en),
                AZ_TEXT_PARAM("role_ja", ja));
    else if (cl_seconds(longest) < it->length_s)
        AZ_FIND(v->findings, &cl_code_no_slot_long_enough, AZ_AT(at, "minutes"),
                AZ_NUMBER_PARAM("value", it->minutes), AZ_TEXT_PARAM("role", en),
                AZ_TEXT_PARAM("role_ja", ja), AZ_NUMBER_PARAM("longest", longest));
}

void cl_validate_cares(struct cl_validator *v)
{
    const struct cl_instance *cl = v->cl;
    for (size_t i = 0; i < cl->cares.count; i++) {
        const struct cl_care *care = &cl->cares.items[i];
        const struct az_path *at = CL_ITEM_AT("cares", i, care->id);
        size_t before = az_findings_total(v->findings);
        validate_stage(v, i, at);
        validate_length(v, i, at);
        if (care->needs_crew) validate_needs(v, i, at);
        validate_consultation(v, care->doctor, CL_DOCTOR, AZ_AT(at, "doctor"));
        validate_consultation(v, care->pharmacist, CL_PHARMACIST, AZ_AT(at, "pharmacist"));
        v->care_bad[i] = az_findings_total(v->findings) > before;
    }
}

/* --- what would be too much ---------------------------------------------------------------------
 */

static void tell_wide(struct cl_validator *v, const struct cl_teams *teams,
                      const struct cl_ways *ways)
{
    const struct cl_instance *cl = v->cl;
    char date[32];
    if (!teams->complete)
        AZ_FIND(
            v->findings, &cl_code_too_many_crews,
            CL_ITEM_AT("vehicles", teams->wide_vehicle, cl->vehicles.items[teams->wide_vehicle].id),
            AZ_NUMBER_PARAM("value", teams->wide_count),
            AZ_TEXT_PARAM("date", cl_format_date(cl, teams->wide_day, date)),
            AZ_NUMBER_PARAM("maximum", CL_MAX_TEAMS));
    if (ways->complete) return;
    if (ways->wide_site == AZ_NO_INDEX)
        AZ_FIND(v->findings, &cl_code_too_many_ways_in_all, AZ_AT(NULL, "sites"),
                AZ_NUMBER_PARAM("maximum", CL_MAX_WAYS));
    else
        AZ_FIND(v->findings, &cl_code_too_many_ways,
                CL_ITEM_AT("sites", ways->wide_site, cl->sites.items[ways->wide_site].id),
                AZ_TEXT_PARAM("date", cl_format_date(cl, ways->wide_day, date)),
                AZ_NUMBER_PARAM("maximum", CL_MAX_DAY_WAYS));
}

/* Crews and ways that are too many to look at all of them. Formed only of what is sound. */
static enum az_status validate_size(struct cl_validator *v)
{
    struct cl_teams teams;
    struct cl_ways ways;
    if (az_findings_total(v->findings) > 0) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    enum az_status status = cl_teams_of(v->cl, scratch, &teams);
    if (status == AZ_OK) status = cl_ways_of(v->cl, scratch, &ways);
    if (status == AZ_OK) tell_wide(v, &teams, &ways);
    az_arena_free(scratch);
    return status;
}

enum az_status cl_validate(const void *instance, struct az_arena *arena,
                           struct az_findings *findings)
{
    struct cl_validator v = { .cl = instance, .arena = arena, .findings = findings };
    v.care_bad = AZ_ARRAY(arena, v.cl->cares.count, bool);
    if (!v.care_bad) return AZ_NO_MEMORY;
    validate_root(&v);
    cl_validate_cares(&v);
    AZ_TRY(cl_validate_people(&v));
    cl_validate_sites(&v);
    AZ_TRY(cl_validate_appointments(&v));
    AZ_TRY(cl_validate_travel(&v));
    AZ_TRY(validate_size(&v));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
