/* complete_write.c - the week as it was given, with everything that was absent. */
#include <math.h>

#include "formulations/clinic/complete.h"
#include "formulations/clinic/layout.h"
#include "formulations/common/refs.h"

struct writer {
    struct cl_completion *c;
    const struct cl_instance *cl;
    struct az_arena *arena;
    int64_t *booked; /* [slots] */
};

static struct az_time at(const struct writer *w, int64_t second)
{
    return az_time_add(w->cl->start, second);
}

/* Sets a time that is not given. */
static void set_time(const struct writer *w, struct az_time *time, int64_t second)
{
    if (!az_time_given(*time)) *time = at(w, second);
}

/* --- bookings ----------------------------------------------------------------------------------
 */

/* The slot of a given booking that does not say it: of the class that was chosen, else the nearest
 * of that doctor or pharmacist; AZ_NO_INDEX: there is none at all. */
static size_t slot_for(const struct writer *w, const struct cl_booking *given, size_t chosen,
                       int64_t start_s)
{
    size_t best = chosen;
    int64_t nearest = INT64_MAX;
    for (size_t i = 0; chosen == AZ_NO_INDEX && i < w->cl->slot_count; i++) {
        const struct cl_slot *slot = &w->cl->slot[i];
        int64_t away = start_s < slot->from_s ? slot->from_s - start_s : start_s - slot->from_s;
        if (start_s >= slot->from_s && start_s < slot->until_s) away = 0;
        if (slot->remote != given->remote.index || away >= nearest) continue;
        best = i;
        nearest = away;
    }
    return best;
}

/* A booking that is given in part. asked: NULL where the care needs none. */
static enum az_status fill_booking(struct writer *w, const struct cl_booking *given,
                                   const struct cl_consultation *asked, size_t chosen,
                                   int64_t due_s, struct cl_booking **booking)
{
    int64_t length_s = asked ? asked->length_s : 0, start_s = due_s, slot_s = due_s;
    struct cl_booking *own = AZ_NEW(w->arena, struct cl_booking);
    if (!own) return AZ_NO_MEMORY;
    *own = *given;
    int64_t said_s;
    size_t slot = slot_for(w, given, chosen, due_s);
    if (az_seconds_since(w->cl->start, given->end, &said_s)) start_s = said_s - length_s;
    if (slot != AZ_NO_INDEX) slot_s = w->cl->slot[slot].from_s;
    set_time(w, &own->start, start_s);
    if (!az_seconds_since(w->cl->start, own->start, &start_s)) start_s = due_s;
    set_time(w, &own->end, start_s + length_s);
    set_time(w, &own->slot, slot_s);
    *booking = own;
    return AZ_OK;
}

/* A booking of a slot of the class that has room. NULL: none has. */
static enum az_status book(struct writer *w, size_t class, int64_t start_s, int64_t length_s,
                           struct cl_booking **booking)
{
    enum az_status status = cl_book(w->cl, &w->c->ground.ways.slots[class], w->booked, start_s,
                                    length_s, w->arena, booking);
    return status == AZ_NO_PLAN ? AZ_OK : status;
}

/* When the pharmacist of a visit comes: as soon as may be, or when the slot opens. */
static int64_t pharmacist_due(const struct writer *w, const struct cl_choice *choice,
                              const struct cl_care *care, int64_t start_s)
{
    size_t class = choice->way.pharmacist, slot = choice->pharmacist_slot;
    int64_t due_s = start_s + (care->pharmacist ? care->pharmacist->after_s : 0), opens_s = due_s;
    if (class != AZ_NO_INDEX) opens_s = w->c->ground.ways.slots[class].from_s;
    if (slot != AZ_NO_INDEX) opens_s = w->cl->slot[slot].from_s;
    return due_s > opens_s ? due_s : opens_s;
}

static enum az_status fill_bookings(struct writer *w, const struct cl_filled_stop *filled,
                                    struct cl_booking **doctor, struct cl_booking **pharmacist)
{
    const struct cl_choice *choice = filled->choice;
    const struct cl_care *care = &w->cl->cares.items[choice->care];
    int64_t due_s = filled->start_s + (care->doctor ? care->doctor->after_s : 0);
    if (*doctor)
        AZ_TRY(fill_booking(w, *doctor, care->doctor, choice->doctor_slot, due_s, doctor));
    else if (care->doctor && choice->way.doctor != AZ_NO_INDEX)
        AZ_TRY(book(w, choice->way.doctor, due_s, care->doctor->length_s, doctor));
    due_s = pharmacist_due(w, choice, care, filled->start_s);
    if (*pharmacist)
        return fill_booking(w, *pharmacist, care->pharmacist, choice->pharmacist_slot, due_s,
                            pharmacist);
    if (!care->pharmacist || choice->way.pharmacist == AZ_NO_INDEX) return AZ_OK;
    return book(w, choice->way.pharmacist, due_s, care->pharmacist->length_s, pharmacist);
}

/* --- rounds ------------------------------------------------------------------------------------
 */

static void fill_care(const struct writer *w, const struct cl_choice *choice, struct az_ref *care)
{
    if (!care->id) *care = az_ref_to(w->cl->cares.items[choice->care].id, choice->care);
}

/* The site of the next visit of a filling: where a break on arrival is. */
static struct az_ref next_site(const struct writer *w, const struct cl_unit *unit,
                               const struct cl_filling *filling, size_t k)
{
    while (k < filling->count && filling->stops[k].kind != CL_STOP_VISIT) k++;
    size_t site = unit->tasks[filling->stops[k].task].site;
    return az_ref_to(w->cl->sites.items[site].id, site);
}

static enum az_status write_stop(struct writer *w, const struct cl_unit *unit,
                                 const struct cl_filling *filling, size_t k, struct cl_stop *stop)
{
    const struct cl_filled_stop *filled = &filling->stops[k];
    *stop = (struct cl_stop){ .kind = filled->kind,
                              .site = { .index = AZ_NO_INDEX },
                              .care = { .index = AZ_NO_INDEX },
                              .charger = { .index = AZ_NO_INDEX },
                              .arrival = { .utc_s = AZ_NO_INTEGER },
                              .start = { .utc_s = AZ_NO_INTEGER },
                              .end = { .utc_s = AZ_NO_INTEGER },
                              .latest_start = { .utc_s = AZ_NO_INTEGER },
                              .left_km = NAN };
    if (filled->task != AZ_NO_INDEX)
        *stop = unit->round->stops.items[filled->task];
    else if (filled->kind == CL_STOP_CHARGE)
        stop->charger = az_ref_to(w->cl->chargers.items[filled->charger].id, filled->charger);
    else if (filled->on_arrival)
        stop->site = next_site(w, unit, filling, k);
    set_time(w, &stop->arrival, filled->arrival_s);
    set_time(w, &stop->start, filled->start_s);
    set_time(w, &stop->end, filled->end_s);
    if (filled->kind != CL_STOP_VISIT) return AZ_OK;
    fill_care(w, filled->choice, &stop->care);
    return fill_bookings(w, filled, &stop->doctor, &stop->pharmacist);
}

static enum az_status write_round(struct writer *w, size_t u, const size_t members[],
                                  struct cl_round *round)
{
    const struct cl_unit *unit = &w->c->units[u];
    const struct cl_filling *filling = &w->c->fillings[u];
    *round = *unit->round;
    set_time(w, &round->leaves, filling->leaves_s);
    set_time(w, &round->returns, filling->returns_s);
    if (!unit->has_members) {
        round->members.count = w->c->ground.teams.items[filling->team].member_count;
        round->members.items = AZ_ARRAY(w->arena, round->members.count, struct az_ref);
        if (!round->members.items) return AZ_NO_MEMORY;
        for (size_t m = 0; m < round->members.count; m++)
            round->members.items[m] = az_ref_to(w->cl->staff.items[members[m]].id, members[m]);
    }
    round->stops.count = filling->count;
    round->stops.items = AZ_ARRAY(w->arena, filling->count, struct cl_stop);
    if (!round->stops.items) return AZ_NO_MEMORY;
    for (size_t k = 0; k < filling->count; k++)
        AZ_TRY(write_stop(w, unit, filling, k, &round->stops.items[k]));
    return AZ_OK;
}

static enum az_status write_online(struct writer *w, size_t u, struct cl_online *online)
{
    const struct cl_filled_stop *filled = &w->c->fillings[u].stops[0];
    *online = *w->c->units[u].online;
    fill_care(w, filled->choice, &online->care);
    set_time(w, &online->start, filled->start_s);
    set_time(w, &online->end, filled->end_s);
    return fill_bookings(w, filled, &online->doctor, &online->pharmacist);
}

/* --- the whole ---------------------------------------------------------------------------------
 */

/* Slots that given bookings name are taken before others choose. */
static void count_named(struct writer *w)
{
    for (size_t u = 0; u < w->c->unit_count; u++)
        for (size_t k = 0; k < w->c->fillings[u].count; k++) {
            const struct cl_choice *choice = w->c->fillings[u].stops[k].choice;
            if (!choice) continue;
            if (choice->doctor_slot != AZ_NO_INDEX) w->booked[choice->doctor_slot]++;
            if (choice->pharmacist_slot != AZ_NO_INDEX) w->booked[choice->pharmacist_slot]++;
        }
}

/* Sites with visits to come that stand nowhere are left out. */
static enum az_status write_unserved(struct writer *w, struct cl_plan *plan)
{
    struct cl_plan *empty;
    const struct cl_plan *partial = w->c->partial;
    bool *stands = AZ_ARRAY(w->arena, w->cl->sites.count, bool);
    if (!stands) return AZ_NO_MEMORY;
    AZ_TRY(cl_plan_new(w->cl, w->arena, &empty));
    for (size_t u = 0; u < w->c->unit_count; u++)
        for (size_t k = 0; k < w->c->units[u].task_count; k++)
            if (w->c->units[u].tasks[k].kind == CL_STOP_VISIT)
                stands[w->c->units[u].tasks[k].site] = true;
    size_t given = partial->unserved.count, count = 0;
    struct cl_unserved *items =
        AZ_ARRAY(w->arena, given + empty->unserved.count, struct cl_unserved);
    if (!items) return AZ_NO_MEMORY;
    for (; count < given; count++) {
        items[count] = partial->unserved.items[count];
        stands[items[count].site.index] = true;
        if (items[count].reason < 0) items[count].reason = CL_REASON_UNTESTED;
    }
    for (size_t k = 0; k < empty->unserved.count; k++)
        if (!stands[empty->unserved.items[k].site.index]) items[count++] = empty->unserved.items[k];
    plan->unserved.items = items;
    plan->unserved.count = count;
    return AZ_OK;
}

enum az_status cl_write_completed(struct cl_completion *c, struct az_arena *arena,
                                  struct cl_plan **out)
{
    size_t rounds = c->partial->rounds.count, online = c->partial->online.count;
    struct cl_plan *plan = AZ_NEW(arena, struct cl_plan);
    struct cl_crewed *crews;
    struct writer w = { .c = c,
                        .cl = c->cl,
                        .arena = arena,
                        .booked = AZ_ARRAY(c->scratch, c->cl->slot_count, int64_t) };
    if (!plan || !w.booked) return AZ_NO_MEMORY;
    plan->start = c->partial->start;
    plan->days = c->partial->days;
    plan->rounds.items = AZ_ARRAY(arena, rounds, struct cl_round);
    plan->online.items = AZ_ARRAY(arena, online, struct cl_online);
    if (!plan->rounds.items || !plan->online.items) return AZ_NO_MEMORY;
    plan->rounds.count = rounds;
    plan->online.count = online;
    AZ_TRY(cl_name_members(c, &crews));
    count_named(&w);
    for (size_t r = 0; r < rounds; r++)
        AZ_TRY(write_round(&w, r, crews[r].members, &plan->rounds.items[r]));
    for (size_t i = 0; i < online; i++)
        AZ_TRY(write_online(&w, rounds + i, &plan->online.items[i]));
    AZ_TRY(write_unserved(&w, plan));
    *out = plan;
    return AZ_OK;
}
