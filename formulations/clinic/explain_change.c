/* explain_change.c - one member of staff, crew, vehicle or booking more, a longer shift, an open
 * pass: the instance with it, and the words for it. */
#include "formulations/clinic/explain_change.h"

#include <string.h>

#include "formulations/clinic/resolve.h"

#define LONGER_S 3600 /* of a shift */

size_t cl_usual_shift(const struct cl_instance *cl, const struct cl_staff *staff, size_t day)
{
    for (size_t s = 0; s < staff->shifts.count; s++)
        if (CL_LISTED(cl, &staff->shifts.items[s], NULL, NULL) >> day & 1) return s;
    return 0;
}

/* --- the changed week ---------------------------------------------------------------------------
 */

/* A list with one item more, a copy of one of its own. */
static void *one_more(struct az_arena *arena, const void *items, size_t count, size_t index,
                      size_t size)
{
    char *more = az_arena_array(arena, count + 1, size);
    if (!more) return NULL;
    memcpy(more, items, count * size);
    memcpy(more + count * size, (const char *)items + index * size, size);
    return more;
}

/* A list of one date. */
static const char **one_date(const struct cl_instance *cl, size_t day, struct az_arena *arena)
{
    char date[32];
    const char **dates = AZ_NEW(arena, const char *);
    if (dates) *dates = az_arena_text(arena, cl_format_date(cl, day, date));
    return dates && *dates ? dates : NULL;
}

/* Somebody like a member who works in one of his shifts on a day, and no other. */
static enum az_status add_member(struct cl_instance *cl, size_t member, size_t shift, size_t day,
                                 struct az_arena *arena)
{
    struct cl_staff *staff =
        one_more(arena, cl->staff.items, cl->staff.count, member, sizeof *staff);
    const char **dates = one_date(cl, day, arena);
    struct cl_shift *one = AZ_NEW(arena, struct cl_shift);
    if (!staff || !dates || !one) return AZ_NO_MEMORY;
    struct cl_staff *more = &staff[cl->staff.count];
    *one = more->shifts.items[shift];
    one->weekdays.items = NULL;
    one->weekdays.count = 0;
    one->dates.items = dates;
    one->dates.count = 1;
    more->id = az_arena_format(arena, "%s+", more->id);
    more->shifts.items = one;
    more->shifts.count = 1;
    more->absent.items = NULL;
    more->absent.count = 0;
    cl->staff.items = staff;
    cl->staff.count++;
    return more->id ? AZ_OK : AZ_NO_MEMORY;
}

/* One vehicle more of a kind, on one day. */
static enum az_status add_vehicle(struct cl_instance *cl, size_t vehicle, size_t day,
                                  struct az_arena *arena)
{
    struct cl_vehicle *all =
        one_more(arena, cl->vehicles.items, cl->vehicles.count, vehicle, sizeof *all);
    const char **out = AZ_ARRAY(arena, (size_t)cl->days, const char *);
    size_t count = 0;
    char date[32];
    if (!all || !out) return AZ_NO_MEMORY;
    for (size_t d = 0; d < (size_t)cl->days; d++)
        if (d != day && !(out[count++] = az_arena_text(arena, cl_format_date(cl, d, date))))
            return AZ_NO_MEMORY;
    struct cl_vehicle *more = &all[cl->vehicles.count];
    more->id = az_arena_format(arena, "%s+", more->id);
    more->count = 1;
    more->out_of_service.items = out;
    more->out_of_service.count = count;
    cl->vehicles.items = all;
    cl->vehicles.count++;
    return more->id ? AZ_OK : AZ_NO_MEMORY;
}

/* A crew that is given goes out once more on a day, with a vehicle and members like its own. */
static enum az_status add_crew(struct cl_instance *cl, size_t crew, size_t day,
                               struct az_arena *arena)
{
    struct cl_crew *all = one_more(arena, cl->crews.items, cl->crews.count, crew, sizeof *all);
    const char **dates = one_date(cl, day, arena);
    if (!all || !dates) return AZ_NO_MEMORY;
    struct cl_crew *more = &all[cl->crews.count];
    struct az_ref *members = AZ_ARRAY(arena, more->members.count, struct az_ref);
    if (!members) return AZ_NO_MEMORY;
    AZ_TRY(add_vehicle(cl, more->vehicle.index, day, arena));
    more->vehicle = (struct az_ref){ .id = cl->vehicles.items[cl->vehicles.count - 1].id };
    for (size_t m = 0; m < more->members.count; m++) {
        size_t member = more->members.items[m].index;
        const struct cl_staff *staff = &cl->staff.items[member];
        if (staff->shifts.count == 0) return AZ_OK;
        AZ_TRY(add_member(cl, member, cl_usual_shift(cl, staff, day), day, arena));
        members[m] = (struct az_ref){ .id = cl->staff.items[cl->staff.count - 1].id };
    }
    more->id = az_arena_format(arena, "%s+", more->id);
    more->members.items = members;
    more->weekdays.items = NULL;
    more->weekdays.count = 0;
    more->dates.items = dates;
    more->dates.count = 1;
    cl->crews.items = all;
    cl->crews.count++;
    return more->id ? AZ_OK : AZ_NO_MEMORY;
}

/* In service again on a day. */
static void repair(struct cl_instance *cl, size_t vehicle, size_t day)
{
    struct cl_vehicle *it = &cl->vehicles.items[vehicle];
    size_t kept = 0;
    for (size_t k = 0; k < it->out_of_service.count; k++) {
        int64_t out = -1;
        if (cl_parse_date(cl, it->out_of_service.items[k], &out) && out == (int64_t)day) continue;
        it->out_of_service.items[kept++] = it->out_of_service.items[k];
    }
    it->out_of_service.count = kept;
}

static void open_closure(struct cl_instance *cl, size_t closure)
{
    for (size_t c = closure; c + 1 < cl->closures.count; c++)
        cl->closures.items[c] = cl->closures.items[c + 1];
    cl->closures.count--;
}

/* Changes in the instance's words, before it is resolved. */
enum az_status cl_change(struct cl_instance *cl, const struct cl_candidate *it,
                         struct az_arena *arena)
{
    switch (it->kind) {
    case CL_CHANGE_MEMBER:
        return add_member(cl, it->index, it->shift, it->day, arena);
    case CL_CHANGE_CREW:
        return add_crew(cl, it->index, it->day, arena);
    case CL_CHANGE_VEHICLE:
        return add_vehicle(cl, it->index, it->day, arena);
    case CL_CHANGE_REPAIR:
        repair(cl, it->index, it->day);
        return AZ_OK;
    case CL_CHANGE_CLOSURE:
        open_closure(cl, it->index);
        return AZ_OK;
    default:
        return AZ_OK;
    }
}

/* ... and of what resolving derives. */
void cl_change_after(struct cl_instance *cl, const struct cl_candidate *it)
{
    if (it->kind != CL_CHANGE_SHIFT) return;
    struct cl_staff *staff = &cl->staff.items[it->index];
    for (size_t s = 0; s < staff->shifts.count; s++)
        staff->shifts.items[s].hours.until_s += LONGER_S;
}

/* --- telling ------------------------------------------------------------------------------------
 */

static const char *clock_of(int64_t second, struct az_arena *arena)
{
    int64_t minute = second / 60;
    return az_arena_format(arena, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
}

/* "nurse, driver"; NULL words: no memory. */
static struct az_words skills_of(const struct cl_staff *staff, struct az_arena *arena)
{
    struct az_words text = { "", "" };
    for (size_t k = 0; text.en && text.ja && k < staff->skills.count; k++) {
        struct az_words skill = cl_skill_word(staff->skills.items[k]);
        text.en = az_arena_format(arena, "%s%s%s", text.en, k > 0 ? ", " : "", skill.en);
        text.ja = az_arena_format(arena, "%s%s%s", text.ja, k > 0 ? "・" : "", skill.ja);
    }
    return text;
}

/* "2026-12-02 09:00-13:00" of a shift or slot; NULL: no memory. */
static const char *hours_of(const struct cl_instance *cl, size_t day, int64_t from_s,
                            int64_t until_s, struct az_arena *arena)
{
    char date[32];
    const char *from = clock_of(from_s, arena), *until = clock_of(until_s, arena);
    if (!from || !until) return NULL;
    return az_arena_format(arena, "%s %s-%s", cl_format_date(cl, day, date), from, until);
}

/* What the change is. */
struct az_words cl_change_words(const struct cl_instance *cl, const struct cl_ways *ways,
                                const struct cl_candidate *it, struct az_arena *arena)
{
    static const struct az_words none = { NULL, NULL };
    char date[32];
    cl_format_date(cl, it->day, date);
    switch (it->kind) {
    case CL_CHANGE_MEMBER: {
        const struct cl_staff *staff = &cl->staff.items[it->index];
        const struct cl_hours *hours = &staff->shifts.items[it->shift].hours;
        struct az_words skills = skills_of(staff, arena);
        const char *when = hours_of(cl, it->day, hours->from_s, hours->until_s, arena);
        if (!skills.en || !skills.ja || !when) return none;
        return (struct az_words){ az_arena_format(arena, "one more like %s (%s) on %s", staff->id,
                                                  skills.en, when),
                                  az_arena_format(arena, "%s と同じ職員（%s）を %s にもう 1 人",
                                                  staff->id, skills.ja, when) };
    }
    case CL_CHANGE_CREW:
        return (struct az_words){ az_arena_format(arena, "a second crew like %s on %s",
                                                  cl->crews.items[it->index].id, date),
                                  az_arena_format(arena, "%s と同じ班を %s にもう 1 班",
                                                  cl->crews.items[it->index].id, date) };
    case CL_CHANGE_VEHICLE:
        return (
            struct az_words){ az_arena_format(arena, "one vehicle more of this kind on %s", date),
                              az_arena_format(arena, "この車両を %s にもう 1 台", date) };
    case CL_CHANGE_REPAIR:
        return (struct az_words){ az_arena_format(arena, "in service on %s", date),
                                  az_arena_format(arena, "%s に使えるようにする", date) };
    case CL_CHANGE_BOOKING: {
        const struct cl_slot_class *slot = &ways->slots[it->index];
        int64_t midnight = (int64_t)slot->day * CL_DAY_S;
        const char *when =
            hours_of(cl, slot->day, slot->from_s - midnight, slot->until_s - midnight, arena);
        if (!when) return none;
        return (struct az_words){ az_arena_format(arena, "one booking more of the slot %s", when),
                                  az_arena_format(arena, "%s の枠をもう 1 件", when) };
    }
    case CL_CHANGE_SHIFT:
        return (struct az_words)AZ_EN_JA("an hour longer, on every day", "毎日の勤務を 1 時間延長");
    default:
        return (struct az_words)AZ_EN_JA("open on all days", "全日、通行可にする");
    }
}

const struct az_path *cl_change_path(const struct cl_instance *cl, const struct cl_ways *ways,
                                     const struct cl_candidate *it, struct az_path parts[3])
{
    static const char *const lists[] = { "staff",  "crews", "vehicles", "vehicles",
                                         "remote", "staff", "closures" };
    static const char *const members[] = { NULL,    NULL,     "count", "out_of_service",
                                           "slots", "shifts", NULL };
    size_t index = it->index;
    const char *id = it->kind == CL_CHANGE_CREW      ? cl->crews.items[index].id
                     : it->kind == CL_CHANGE_CLOSURE ? cl->closures.items[index].id
                     : it->kind == CL_CHANGE_VEHICLE || it->kind == CL_CHANGE_REPAIR
                         ? cl->vehicles.items[index].id
                         : NULL;
    if (it->kind == CL_CHANGE_MEMBER || it->kind == CL_CHANGE_SHIFT) id = cl->staff.items[index].id;
    if (it->kind == CL_CHANGE_BOOKING) {
        index = cl->slot[ways->slots[index].slot[0]].remote;
        id = cl->remote.items[index].id;
    }
    parts[0] = (struct az_path){ .name = lists[it->kind] };
    parts[1] = (struct az_path){ .up = &parts[0], .index = index, .label = id };
    if (!members[it->kind]) return &parts[1];
    parts[2] = (struct az_path){ .up = &parts[1], .name = members[it->kind] };
    return &parts[2];
}
