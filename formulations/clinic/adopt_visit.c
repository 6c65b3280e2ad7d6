/* adopt_visit.c - where a visit of an earlier plan fits in this instance: site and care, window,
 * slots that are left. */
#include "formulations/clinic/adopt.h"

#define LATER_TRIES 64 /* windows and slots that are tried for one visit */

bool cl_adopt_site(const struct cl_adopter *a, const struct az_ref *site, const struct az_ref *care,
                   size_t day, struct cl_laid_visit *visit)
{
    const struct cl_instance *cl = a->cl;
    CL_FIND_ID(cl->sites, site->id, visit->site);
    CL_FIND_ID(cl->cares, care->id, visit->care);
    visit->option = AZ_NO_INDEX;
    if (visit->site == AZ_NO_INDEX || visit->care == AZ_NO_INDEX) return false;
    const struct cl_site *it = &cl->sites.items[visit->site];
    bool open = it->allowed >> day & 1 && !(a->site_days[visit->site] >> day & 1);
    for (size_t o = 0; o < it->option_count; o++)
        if (it->option[o].care.index == visit->care) visit->option = o;
    visit->place = it->place_index;
    return open && !a->banned[visit->site] && visit->option != AZ_NO_INDEX;
}

/* The first moment from start_s on in a window of the day, and that window; NULL: none. */
static const struct cl_window *next_window(const struct cl_site *site, size_t day, int64_t *start_s)
{
    const struct cl_window *best = NULL;
    int64_t best_s = INT64_MAX, midnight = (int64_t)day * CL_DAY_S;
    for (size_t i = 0; i < site->windows.count; i++) {
        const struct cl_window *window = &site->windows.items[i];
        int64_t from_s = midnight + window->hours.from_s;
        if (!(window->hours.days >> day & 1) || *start_s > midnight + window->hours.until_s)
            continue;
        int64_t at_s = *start_s > from_s ? *start_s : from_s;
        bool softer = best && at_s == best_s && best->ends_within == 1;
        if (at_s > best_s || (at_s == best_s && !softer)) continue;
        best = window;
        best_s = at_s;
    }
    if (best) *start_s = best_s;
    return best;
}

/* How well a slot matches an old booking: 2 it is that slot, 1 the same person. */
static int likeness(const struct cl_adopter *a, const struct cl_slot *slot,
                    const struct cl_booking *old)
{
    int64_t slot_s;
    if (!old || !old->remote.id) return 0;
    if (strcmp(a->cl->remote.items[slot->remote].id, old->remote.id) != 0) return 0;
    return cl_adopt_time(a, old->slot, &slot_s) && slot_s == slot->from_s ? 2 : 1;
}

/* The slot that lets a visit begin first, from *start_s on; of several the one that is most like
 * the old one. Sets the start and the booking. False: none is left. */
static bool find_slot(const struct cl_adopter *a, size_t day, const struct cl_consultation *asked,
                      enum cl_role role, const struct cl_booking *old, int64_t *start_s,
                      struct cl_laid_booking *booking)
{
    const struct cl_instance *cl = a->cl;
    int64_t best_s = INT64_MAX;
    int best_like = -1;
    size_t best = AZ_NO_INDEX;
    for (size_t i = 0; i < cl->slot_count; i++) {
        const struct cl_slot *slot = &cl->slot[i];
        const struct cl_remote *remote = &cl->remote.items[slot->remote];
        if (slot->day != day || remote->role != (int)role || a->booked[i] >= slot->capacity)
            continue;
        if (!cl_covers(remote, asked->specialty)) continue;
        int64_t first_s = slot->from_s - asked->after_s - asked->wait_s;
        int64_t at_s = *start_s > first_s ? *start_s : first_s;
        int like = likeness(a, slot, old);
        int64_t begins_s = at_s + asked->after_s;
        if (begins_s < slot->from_s) begins_s = slot->from_s;
        if (begins_s + asked->length_s > slot->until_s) continue;
        if (at_s > best_s || (at_s == best_s && like <= best_like)) continue;
        best_s = at_s;
        best_like = like;
        best = i;
        *booking = (struct cl_laid_booking){ slot->remote, begins_s, begins_s + asked->length_s,
                                             slot->from_s };
    }
    if (best != AZ_NO_INDEX) *start_s = best_s;
    return best != AZ_NO_INDEX;
}

/* With the waiting for its pharmacist. */
static int64_t length_of(const struct cl_adopter *a, const struct cl_laid_visit *visit)
{
    const struct cl_care *care = &a->cl->cares.items[visit->care];
    int64_t length_s = a->cl->sites.items[visit->site].duration_s[visit->option], waits_s = 0;
    if (care->pharmacist)
        waits_s = visit->pharmacist.start_s - visit->start_s - care->pharmacist->after_s;
    return length_s + (waits_s > 0 ? waits_s : 0);
}

bool cl_adopt_visit(const struct cl_adopter *a, size_t day, int64_t ready_s,
                    const struct cl_booking *old_doctor, const struct cl_booking *old_pharmacist,
                    struct cl_laid_visit *visit)
{
    const struct cl_site *site = &a->cl->sites.items[visit->site];
    const struct cl_care *care = &a->cl->cares.items[visit->care];
    int64_t start_s = ready_s;
    visit->has_doctor = care->doctor;
    visit->has_pharmacist = care->pharmacist;
    for (int i = 0; i < LATER_TRIES; i++) {
        const struct cl_window *window = next_window(site, day, &start_s);
        int64_t at_s = start_s;
        if (!window) return false;
        if (care->doctor &&
            !find_slot(a, day, care->doctor, CL_DOCTOR, old_doctor, &start_s, &visit->doctor))
            return false;
        if (care->pharmacist && !find_slot(a, day, care->pharmacist, CL_PHARMACIST, old_pharmacist,
                                           &start_s, &visit->pharmacist))
            return false;
        if (start_s != at_s) continue; /* a slot opens later: all again from there */
        visit->start_s = start_s;
        visit->end_s = start_s + length_of(a, visit);
        int64_t until_s = (int64_t)day * CL_DAY_S + window->hours.until_s;
        if (window->ends_within != 1 || visit->end_s <= until_s) return true;
        start_s = until_s + 1;
    }
    return false;
}

static enum az_status write_booking(const struct cl_adopter *a, bool has,
                                    const struct cl_laid_booking *laid, struct cl_booking **out)
{
    *out = NULL;
    if (!has) return AZ_OK;
    if (!(*out = AZ_NEW(a->arena, struct cl_booking))) return AZ_NO_MEMORY;
    **out = (struct cl_booking){
        .remote = { .id = a->cl->remote.items[laid->remote].id, .index = laid->remote },
        .start = az_time_add(a->cl->start, laid->start_s),
        .end = az_time_add(a->cl->start, laid->end_s),
        .slot = az_time_add(a->cl->start, laid->slot_s),
    };
    return AZ_OK;
}

enum az_status cl_adopt_bookings(const struct cl_adopter *a, const struct cl_laid_visit *visit,
                                 struct cl_booking **doctor, struct cl_booking **pharmacist)
{
    AZ_TRY(write_booking(a, visit->has_doctor, &visit->doctor, doctor));
    return write_booking(a, visit->has_pharmacist, &visit->pharmacist, pharmacist);
}

void cl_adopt_book(struct cl_adopter *a, const struct cl_laid_visit *visit, int64_t count)
{
    size_t doctor = AZ_NO_INDEX, pharmacist = AZ_NO_INDEX;
    if (visit->has_doctor) doctor = cl_slot_of(a->cl, visit->doctor.remote, visit->doctor.slot_s);
    if (visit->has_pharmacist)
        pharmacist = cl_slot_of(a->cl, visit->pharmacist.remote, visit->pharmacist.slot_s);
    if (doctor != AZ_NO_INDEX) a->booked[doctor] += count;
    if (pharmacist != AZ_NO_INDEX) a->booked[pharmacist] += count;
}
