/* evaluate_visit.c - the judge of one visit: what it is, when it is, who comes on line. */
#include <string.h>

#include "formulations/clinic/judge.h"

/* A visit under judgement. */
struct visited {
    struct cl_judge *j;
    const struct az_path *at;
    const char *id; /* of the site */
    size_t day;
    const struct cl_laid_visit *visit;
    const struct cl_site *site;
    const struct cl_care *care;
};

#define TELL(v, rule, at_s, amount, ...) \
    CL_BREACH((v)->j, (rule), (v)->at, (v)->id, (at_s), (amount), __VA_ARGS__)
#define TELL_AT(v, member, rule, at_s, amount, ...) \
    CL_BREACH((v)->j, (rule), AZ_AT((v)->at, (member)), (v)->id, (at_s), (amount), __VA_ARGS__)

/* --- when it is ---------------------------------------------------------------------------------
 */

const struct cl_window *cl_window_of(const struct cl_site *site, size_t day, int64_t start_s,
                                     int64_t end_s)
{
    const struct cl_window *found = NULL;
    int64_t midnight = (int64_t)day * CL_DAY_S;
    for (size_t i = 0; i < site->windows.count; i++) {
        const struct cl_window *window = &site->windows.items[i];
        const struct cl_hours *hours = &window->hours;
        if (!(hours->days >> day & 1)) continue;
        if (start_s < midnight + hours->from_s || start_s > midnight + hours->until_s) continue;
        bool fits = window->ends_within != 1 || end_s <= midnight + hours->until_s;
        if (fits) return window;
        if (!found || hours->until_s > found->hours.until_s) found = window;
    }
    return found;
}

/* How far a moment is from the nearest window of the day, and which one that is. */
static int64_t distance_to_window(const struct visited *v, const struct cl_window **nearest)
{
    int64_t midnight = (int64_t)v->day * CL_DAY_S, start_s = v->visit->start_s, best = INT64_MAX;
    *nearest = NULL;
    for (size_t i = 0; i < v->site->windows.count; i++) {
        const struct cl_window *window = &v->site->windows.items[i];
        int64_t from_s = midnight + window->hours.from_s;
        int64_t until_s = midnight + window->hours.until_s;
        if (!(window->hours.days >> v->day & 1)) continue;
        int64_t away = start_s < from_s ? from_s - start_s : start_s - until_s;
        if (away >= best) continue;
        best = away;
        *nearest = window;
    }
    return best;
}

/* site_closed, site_window, site_ends */
static void judge_window(const struct visited *v)
{
    struct cl_judge *j = v->j;
    const struct cl_window *window;
    int64_t midnight = (int64_t)v->day * CL_DAY_S, start_s = v->visit->start_s;
    int64_t end_s = v->visit->end_s;
    if (v->day < j->cl->first_day || v->site->done >> v->day & 1) return; /* told elsewhere */
    int64_t away = distance_to_window(v, &window);
    if (!window || !(v->site->allowed >> v->day & 1)) {
        TELL(v, CL_RULE_site_closed, start_s, 0, cl_date(j, "value", v->day));
        return;
    }
    const struct cl_window *of = cl_window_of(v->site, v->day, start_s, end_s);
    if (!of) {
        TELL(v, CL_RULE_site_window, start_s, cl_minutes(away),
             cl_clock(j, "value", v->day, start_s),
             cl_stretch(j, "limit", v->day, midnight + window->hours.from_s,
                        midnight + window->hours.until_s));
        return;
    }
    int64_t until_s = midnight + of->hours.until_s;
    if (of->ends_within == 1 && end_s > until_s)
        TELL(v, CL_RULE_site_ends, start_s, cl_minutes(end_s - until_s),
             cl_clock(j, "value", v->day, end_s), cl_clock(j, "limit", v->day, until_s));
}

int64_t cl_visit_length_s(const struct cl_instance *cl, const struct cl_laid_visit *visit)
{
    const struct cl_site *site = &cl->sites.items[visit->site];
    const struct cl_care *care = &cl->cares.items[visit->care];
    int64_t length_s = visit->option == AZ_NO_INDEX ? 0 : site->duration_s[visit->option];
    if (!care->pharmacist || !visit->has_pharmacist) return length_s;
    int64_t waits_s = visit->pharmacist.start_s - visit->start_s - care->pharmacist->after_s;
    return waits_s > 0 ? length_s + waits_s : length_s;
}

/* visit_short, visit_long */
static void judge_length(const struct visited *v)
{
    int64_t lasts_s = v->visit->end_s - v->visit->start_s;
    int64_t takes_s = cl_visit_length_s(v->j->cl, v->visit);
    if (v->visit->option == AZ_NO_INDEX || lasts_s == takes_s) return;
    bool is_short = lasts_s < takes_s;
    int64_t by_s = is_short ? takes_s - lasts_s : lasts_s - takes_s;
    TELL(v, is_short ? CL_RULE_visit_short : CL_RULE_visit_long, v->visit->start_s,
         cl_minutes(by_s), CL_VALUE_MIN(lasts_s), CL_LIMIT_MIN(takes_s));
}

/* --- what it is ---------------------------------------------------------------------------------
 */

/* A word of a set that a crew or vehicle lacks: the first of the care's that is not in it. */
static const char *word_of(uint64_t lacking, size_t count, const char *const words[])
{
    for (size_t i = 0; i < count && i < 64; i++)
        if (lacking >> i & 1) return words[i];
    return "?";
}

/* care_skill, care_equipment; continuity */
static void judge_aboard(const struct visited *v, const struct cl_round *round)
{
    const struct cl_instance *cl = v->j->cl;
    const struct cl_vehicle *vehicle = &cl->vehicles.items[round->vehicle.index];
    uint64_t skills = 0;
    bool familiar = false;
    for (size_t i = 0; i < round->members.count; i++) {
        size_t member = round->members.items[i].index;
        skills |= cl->staff.items[member].skill_set;
        for (size_t k = 0; k < v->site->familiar.count; k++)
            familiar = familiar || v->site->familiar.items[k].index == member;
    }
    uint64_t lacking = v->care->skill_set & ~skills;
    uint64_t missing = v->care->equipment_set & ~vehicle->equipment_set;
    if (lacking)
        TELL(v, CL_RULE_care_skill, v->visit->start_s, 0, AZ_TEXT_PARAM("value", v->care->id),
             CL_WHAT_SKILL(word_of(lacking, cl->skill_count, cl->skill)));
    if (missing)
        TELL(v, CL_RULE_care_equipment, v->visit->start_s, 0, AZ_TEXT_PARAM("value", v->care->id),
             CL_WHAT(word_of(missing, cl->equipment_count, cl->equipment)),
             AZ_TEXT_PARAM("limit", vehicle->id));
    if (v->site->familiar.count > 0 && !familiar)
        cl_money(v->j, CL_MONEY_continuity, v->id, v->site->continuity_jpy);
}

/* care_offered, care_crew, care_online; its price */
static void judge_care(const struct visited *v, const struct cl_round *round)
{
    const struct az_param care = AZ_TEXT_PARAM("value", v->care->id);
    if (v->visit->option == AZ_NO_INDEX)
        TELL(v, CL_RULE_care_offered, v->visit->start_s, 0, care);
    else
        cl_money(v->j, CL_MONEY_care, v->id, v->site->option[v->visit->option].price_jpy);
    if (round && !v->care->needs_crew) TELL(v, CL_RULE_care_online, v->visit->start_s, 0, care);
    if (!round && v->care->needs_crew) TELL(v, CL_RULE_care_crew, v->visit->start_s, 0, care);
    if (round) judge_aboard(v, round);
}

/* --- who comes on line --------------------------------------------------------------------------
 */

static bool has_specialty(const struct cl_remote *remote, const char *specialty)
{
    if (!specialty) return true;
    for (size_t i = 0; i < remote->specialties.count; i++)
        if (strcmp(remote->specialties.items[i], specialty) == 0) return true;
    return false;
}

/* remote_role, remote_specialty, slot_unknown, slot_hours, consultation_length; counts the booking
 */
static void judge_booking(const struct visited *v, const char *member,
                          const struct cl_laid_booking *booking,
                          const struct cl_consultation *asked, enum cl_role role)
{
    struct cl_judge *j = v->j;
    const struct cl_instance *cl = j->cl;
    const struct cl_remote *remote = &cl->remote.items[booking->remote];
    const struct az_param who = CL_WHAT(remote->id);
    int64_t lasts_s = booking->end_s - booking->start_s;
    if (remote->role != (int)role)
        TELL_AT(v, member, CL_RULE_remote_role, booking->start_s, 0, who);
    else if (!has_specialty(remote, asked->specialty))
        TELL_AT(v, member, CL_RULE_remote_specialty, booking->start_s, 0, who,
                AZ_TEXT_PARAM("limit", asked->specialty));
    if (lasts_s != asked->length_s)
        TELL_AT(v, member, CL_RULE_consultation_length, booking->start_s,
                fabs(cl_minutes(lasts_s - asked->length_s)), CL_VALUE_MIN(lasts_s),
                CL_LIMIT_MIN(asked->length_s));
    size_t s = cl_slot_of(cl, booking->remote, booking->slot_s);
    if (s == AZ_NO_INDEX) {
        TELL_AT(v, member, CL_RULE_slot_unknown, booking->start_s, 0, who,
                cl_clock(j, "value", AZ_NO_INDEX, booking->slot_s));
        return;
    }
    const struct cl_slot *slot = &cl->slot[s];
    j->booked[s]++;
    int64_t before_s = slot->from_s - booking->start_s, after_s = booking->end_s - slot->until_s;
    int64_t out_s = before_s > after_s ? before_s : after_s;
    if (out_s > 0)
        TELL_AT(v, member, CL_RULE_slot_hours, booking->start_s, cl_minutes(out_s), who,
                cl_stretch(j, "value", v->day, booking->start_s, booking->end_s),
                cl_stretch(j, "limit", v->day, slot->from_s, slot->until_s));
}

/* doctor_missing, booking_needless, doctor_time */
static void judge_doctor(const struct visited *v)
{
    const struct cl_consultation *asked = v->care->doctor;
    const struct cl_laid_booking *booking = &v->visit->doctor;
    const struct az_param care = AZ_TEXT_PARAM("value", v->care->id);
    if (asked && !v->visit->has_doctor) TELL(v, CL_RULE_doctor_missing, v->visit->start_s, 0, care);
    if (!asked && v->visit->has_doctor)
        TELL_AT(v, "doctor", CL_RULE_booking_needless, booking->start_s, 0, care);
    if (!asked || !v->visit->has_doctor) return;
    judge_booking(v, "doctor", booking, asked, CL_DOCTOR);
    int64_t due_s = v->visit->start_s + asked->after_s;
    if (booking->start_s != due_s)
        TELL_AT(v, "doctor", CL_RULE_doctor_time, booking->start_s,
                fabs(cl_minutes(booking->start_s - due_s)),
                cl_clock(v->j, "value", v->day, booking->start_s),
                cl_clock(v->j, "limit", v->day, due_s));
}

/* pharmacist_missing, booking_needless, pharmacist_early, pharmacist_wait, pharmacist_order */
static void judge_pharmacist(const struct visited *v)
{
    struct cl_judge *j = v->j;
    const struct cl_consultation *asked = v->care->pharmacist;
    const struct cl_laid_booking *booking = &v->visit->pharmacist;
    const struct az_param care = AZ_TEXT_PARAM("value", v->care->id);
    if (asked && !v->visit->has_pharmacist)
        TELL(v, CL_RULE_pharmacist_missing, v->visit->start_s, 0, care);
    if (!asked && v->visit->has_pharmacist)
        TELL_AT(v, "pharmacist", CL_RULE_booking_needless, booking->start_s, 0, care);
    if (!asked || !v->visit->has_pharmacist) return;
    judge_booking(v, "pharmacist", booking, asked, CL_PHARMACIST);
    int64_t due_s = v->visit->start_s + asked->after_s, waits_s = booking->start_s - due_s;
    const struct az_param begins = cl_clock(j, "value", v->day, booking->start_s);
    if (waits_s < 0)
        TELL_AT(v, "pharmacist", CL_RULE_pharmacist_early, booking->start_s, -cl_minutes(waits_s),
                begins, cl_clock(j, "limit", v->day, due_s));
    if (waits_s > asked->wait_s)
        TELL_AT(v, "pharmacist", CL_RULE_pharmacist_wait, booking->start_s,
                cl_minutes(waits_s - asked->wait_s), CL_VALUE_MIN(waits_s),
                CL_LIMIT_MIN(asked->wait_s));
    int64_t ends_s = v->visit->doctor.end_s;
    if (v->care->doctor && v->visit->has_doctor && booking->start_s < ends_s)
        TELL_AT(v, "pharmacist", CL_RULE_pharmacist_order, booking->start_s,
                cl_minutes(ends_s - booking->start_s), begins,
                cl_clock(j, "limit", v->day, ends_s));
}

void cl_judge_visit(struct cl_judge *j, const struct az_path *at, size_t day,
                    const struct cl_laid_visit *visit, const struct cl_round *round)
{
    const struct cl_site *site = &j->cl->sites.items[visit->site];
    const struct visited v = {
        j, at, site->id, day, visit, site, &j->cl->cares.items[visit->care]
    };
    judge_care(&v, round);
    judge_window(&v);
    judge_length(&v);
    judge_doctor(&v);
    judge_pharmacist(&v);
}
