/* layout.c - laying a plan out in seconds and indices, and telling where it does not fit the
 * instance. */
#include <stdio.h>
#include <string.h>

#include "formulations/clinic/layout.h"

struct shaper {
    const struct cl_instance *cl;
    const struct cl_plan *plan;
    struct az_arena *arena;
    struct az_misfit *misfit;
    struct cl_layout *layout;
};

static void tell(struct shaper *s, const struct az_path *where)
{
    az_misfit_tell(s->misfit, where);
}

/* --- days, shifts, slots
 * ----------------------------------------------------------------------------
 */

char *cl_date_of(const struct cl_instance *cl, size_t day, char date[CL_DATE])
{
    int year, month, of_month, minute;
    az_time_local(az_time_add(cl->start, (int64_t)day * CL_DAY_S), &year, &month, &of_month,
                  &minute);
    snprintf(date, CL_DATE, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100,
             (unsigned)of_month % 100);
    return date;
}

size_t cl_day_of(const struct cl_instance *cl, const char *date)
{
    char text[CL_DATE];
    for (size_t day = 0; date && day < (size_t)cl->days; day++)
        if (strcmp(cl_date_of(cl, day, text), date) == 0) return day;
    return AZ_NO_INDEX;
}

const struct cl_shift *cl_shift_at(const struct cl_staff *staff, size_t day, int64_t clock_s)
{
    const struct cl_shift *first = NULL, *last = NULL;
    for (size_t i = 0; i < staff->shifts.count; i++) {
        const struct cl_shift *shift = &staff->shifts.items[i];
        if (!(shift->hours.days >> day & 1)) continue;
        if (!first || shift->hours.from_s < first->hours.from_s) first = shift;
        if (shift->hours.from_s > clock_s) continue;
        if (!last || shift->hours.from_s > last->hours.from_s) last = shift;
    }
    return last ? last : first;
}

size_t cl_slot_of(const struct cl_instance *cl, size_t remote, int64_t slot_s)
{
    for (size_t i = 0; i < cl->slot_count; i++)
        if (cl->slot[i].remote == remote && cl->slot[i].from_s == slot_s) return i;
    return AZ_NO_INDEX;
}

/* --- references and times -----------------------------------------------------------------------
 */

static bool check_ref(struct shaper *s, const struct az_path *at, const char *member,
                      const struct az_ref *ref, size_t count, size_t *index)
{
    *index = AZ_NO_INDEX;
    if (ref->id && ref->index < count) *index = ref->index;
    if (*index == AZ_NO_INDEX) tell(s, AZ_AT(at, member));
    return *index != AZ_NO_INDEX;
}

static bool check_time(struct shaper *s, const struct az_path *at, const char *member,
                       struct az_time time, int64_t *seconds)
{
    if (az_seconds_since(s->cl->start, time, seconds)) return true;
    tell(s, AZ_AT(at, member));
    return false;
}

static bool lay_booking(struct shaper *s, const struct az_path *at, const char *member,
                        const struct cl_booking *booking, struct cl_laid_booking *laid)
{
    if (!booking) return false;
    const struct az_path *here = AZ_AT(at, member);
    check_ref(s, here, "remote", &booking->remote, s->cl->remote.count, &laid->remote);
    check_time(s, here, "start", booking->start, &laid->start_s);
    check_time(s, here, "end", booking->end, &laid->end_s);
    check_time(s, here, "slot", booking->slot, &laid->slot_s);
    return true;
}

/* The offer of a site by its care; AZ_NO_INDEX: it has none. */
static size_t option_of(const struct cl_site *site, size_t care)
{
    for (size_t i = 0; i < site->option_count; i++)
        if (site->option[i].care.index == care) return i;
    return AZ_NO_INDEX;
}

static void lay_visit(struct shaper *s, const struct az_path *at, const struct az_ref *site,
                      const struct az_ref *care, const struct cl_booking *doctor,
                      const struct cl_booking *pharmacist, struct cl_laid_visit *laid)
{
    const struct cl_instance *cl = s->cl;
    laid->option = AZ_NO_INDEX;
    bool there = check_ref(s, at, "site", site, cl->sites.count, &laid->site);
    bool known = check_ref(s, at, "care", care, cl->cares.count, &laid->care);
    if (there) laid->place = cl->sites.items[laid->site].place_index;
    if (there && known) laid->option = option_of(&cl->sites.items[laid->site], laid->care);
    laid->has_doctor = lay_booking(s, at, "doctor", doctor, &laid->doctor);
    laid->has_pharmacist = lay_booking(s, at, "pharmacist", pharmacist, &laid->pharmacist);
}

/* --- rounds -------------------------------------------------------------------------------------
 */

/* A break is at the site that it names, else where the stop before is: here. */
static void lay_stop(struct shaper *s, const struct az_path *at, const struct cl_stop *stop,
                     size_t here, struct cl_laid_visit *laid)
{
    const struct cl_instance *cl = s->cl;
    size_t charger;
    *laid = (struct cl_laid_visit){ .site = AZ_NO_INDEX,
                                    .care = AZ_NO_INDEX,
                                    .option = AZ_NO_INDEX,
                                    .left_km = NAN,
                                    .place = here };
    if (stop->kind < CL_STOP_VISIT || stop->kind > CL_STOP_CHARGE) {
        tell(s, AZ_AT(at, "kind"));
        return;
    }
    check_time(s, at, "start", stop->start, &laid->start_s);
    check_time(s, at, "end", stop->end, &laid->end_s);
    if (stop->kind == CL_STOP_VISIT)
        lay_visit(s, at, &stop->site, &stop->care, stop->doctor, stop->pharmacist, laid);
    else if (stop->kind == CL_STOP_CHARGE &&
             check_ref(s, at, "charger", &stop->charger, cl->chargers.count, &charger))
        laid->place = cl->chargers.items[charger].place.index;
    else if (stop->kind == CL_STOP_BREAK && stop->site.id &&
             check_ref(s, at, "site", &stop->site, cl->sites.count, &laid->site))
        laid->place = cl->sites.items[laid->site].place_index;
    laid->arrival_s = laid->start_s;
    if (stop->kind != CL_STOP_BREAK || stop->site.id)
        check_time(s, at, "arrival", stop->arrival, &laid->arrival_s);
}

static enum az_status lay_members(struct shaper *s, const struct az_path *at,
                                  const struct cl_round *round, struct cl_laid_round *laid)
{
    const struct cl_instance *cl = s->cl;
    const struct az_path *list = AZ_AT(at, "members");
    size_t member;
    laid->shift = AZ_ARRAY(s->arena, round->members.count, const struct cl_shift *);
    if (!laid->shift) return AZ_NO_MEMORY;
    for (size_t i = 0; i < round->members.count; i++) {
        const struct az_ref *ref = &round->members.items[i];
        member = ref->id ? ref->index : AZ_NO_INDEX;
        if (member >= cl->staff.count)
            tell(s, AZ_ITEM(list, i, NULL));
        else if (laid->day != AZ_NO_INDEX)
            laid->shift[i] = cl_shift_at(&cl->staff.items[member], laid->day,
                                         laid->works_from_s - (int64_t)laid->day * CL_DAY_S);
    }
    return AZ_OK;
}

static enum az_status lay_round(struct shaper *s, size_t r)
{
    const struct cl_instance *cl = s->cl;
    const struct cl_round *round = &s->plan->rounds.items[r];
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "rounds"), r, round->id);
    const struct az_path *list = AZ_AT(at, "stops");
    struct cl_laid_round *laid = &s->layout->round[r];
    *laid = (struct cl_laid_round){ .day = cl_day_of(cl, round->date) };
    laid->stop = AZ_ARRAY(s->arena, round->stops.count, struct cl_laid_visit);
    if (!laid->stop) return AZ_NO_MEMORY;
    if (laid->day == AZ_NO_INDEX) tell(s, AZ_AT(at, "date"));
    check_time(s, at, "leaves", round->leaves, &laid->leaves_s);
    check_time(s, at, "returns", round->returns, &laid->returns_s);
    size_t here = AZ_NO_INDEX;
    if (check_ref(s, at, "vehicle", &round->vehicle, cl->vehicles.count, &laid->vehicle))
        here = cl->vehicles.items[laid->vehicle].start_place;
    for (size_t k = 0; k < round->stops.count; k++) {
        lay_stop(s, AZ_ITEM(list, k, NULL), &round->stops.items[k], here, &laid->stop[k]);
        here = laid->stop[k].place;
    }
    laid->works_from_s = laid->leaves_s;
    bool rests_first = round->stops.count > 0 && round->stops.items[0].kind == CL_STOP_BREAK &&
                       !round->stops.items[0].site.id;
    if (rests_first && laid->stop[0].start_s < laid->leaves_s)
        laid->works_from_s = laid->stop[0].start_s;
    return lay_members(s, at, round, laid);
}

static void lay_online(struct shaper *s, size_t i)
{
    const struct cl_online *online = &s->plan->online.items[i];
    const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "online"), i, NULL);
    struct cl_laid_visit *laid = &s->layout->online[i];
    *laid = (struct cl_laid_visit){ .left_km = NAN };
    s->layout->online_day[i] = AZ_NO_INDEX;
    lay_visit(s, at, &online->site, &online->care, online->doctor, online->pharmacist, laid);
    check_time(s, at, "end", online->end, &laid->end_s);
    if (!check_time(s, at, "start", online->start, &laid->start_s)) return;
    laid->arrival_s = laid->start_s;
    if (laid->start_s < 0 || laid->start_s >= s->cl->days * CL_DAY_S)
        tell(s, AZ_AT(at, "start"));
    else
        s->layout->online_day[i] = (size_t)(laid->start_s / CL_DAY_S);
}

enum az_status cl_lay_out(const struct cl_instance *cl, const struct cl_plan *plan,
                          struct az_arena *arena, struct az_misfit *misfit,
                          struct cl_layout *layout)
{
    struct shaper s = { cl, plan, arena, misfit, layout };
    size_t site;
    misfit->count = 0;
    layout->round = AZ_ARRAY(arena, plan->rounds.count, struct cl_laid_round);
    layout->online = AZ_ARRAY(arena, plan->online.count, struct cl_laid_visit);
    layout->online_day = AZ_ARRAY(arena, plan->online.count, size_t);
    if (!layout->round || !layout->online || !layout->online_day) return AZ_NO_MEMORY;
    if (plan->start.utc_s != cl->start.utc_s) tell(&s, AZ_AT(NULL, "start"));
    if (plan->days != cl->days) tell(&s, AZ_AT(NULL, "days"));
    for (size_t r = 0; r < plan->rounds.count; r++) AZ_TRY(lay_round(&s, r));
    for (size_t i = 0; i < plan->online.count; i++) lay_online(&s, i);
    for (size_t i = 0; i < plan->unserved.count; i++)
        check_ref(&s, AZ_ITEM(AZ_AT(NULL, "unserved"), i, NULL), "site",
                  &plan->unserved.items[i].site, cl->sites.count, &site);
    return AZ_OK;
}
