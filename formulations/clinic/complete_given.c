/* complete_given.c - a week made by hand as units: what each stop says, and how it may be done. */
#include <math.h>

#include "formulations/clinic/complete.h"
#include "formulations/clinic/layout.h"

/* As if late: without the booking that a care needs; on a day on which the site is closed; as a
 * care that it has not, or that is done in another way. */
#define NO_BOOKING_MIN 45
#define CLOSED_MIN 120
#define CARE_MIN 120

static int64_t seconds(const struct cl_completion *c, struct az_time time)
{
    int64_t since_s;
    return az_seconds_since(c->cl->start, time, &since_s) ? since_s : CL_ABSENT;
}

static size_t index_of(const struct az_ref *ref)
{
    return ref->id ? ref->index : AZ_NO_INDEX;
}

/* A growing list of choices. */
struct choices {
    struct az_arena *arena;
    size_t count, capacity;
    struct cl_choice *items;
};

static enum az_status add_choice(struct choices *list, const struct cl_choice *choice)
{
    if (list->count == list->capacity) {
        list->capacity = 2 * list->capacity + 16;
        list->items = az_arena_grow(list->arena, list->items, list->count, list->capacity,
                                    sizeof *list->items);
        if (!list->items) return AZ_NO_MEMORY;
    }
    list->items[list->count++] = *choice;
    return AZ_OK;
}

/* --- choices that keep the rules ----------------------------------------------------------------
 */

/* The slot of a class that a booking names; AZ_NO_INDEX: none of it. */
static size_t slot_in_class(const struct cl_completion *c, const struct cl_booking *booking,
                            size_t class)
{
    const struct cl_slot_class *slots = &c->ground.ways.slots[class];
    int64_t slot_s = seconds(c, booking->slot);
    for (size_t k = 0; k < slots->count; k++) {
        const struct cl_slot *slot = &c->cl->slot[slots->slot[k]];
        if (slot->remote == booking->remote.index &&
            (!cl_is_given(slot_s) || slot->from_s == slot_s))
            return slots->slot[k];
    }
    return AZ_NO_INDEX;
}

/* Does a booking go with a class (AZ_NO_INDEX: the care needs none)? The slot that it names. */
static bool takes_booking(const struct cl_completion *c, const struct cl_booking *booking,
                          size_t class, size_t *slot)
{
    *slot = AZ_NO_INDEX;
    if (!booking) return true;
    if (class == AZ_NO_INDEX) return false;
    *slot = slot_in_class(c, booking, class);
    return *slot != AZ_NO_INDEX;
}

static void narrow(struct cl_way *way, int64_t from_s, int64_t until_s)
{
    if (from_s > way->from_s) way->from_s = from_s;
    if (until_s < way->until_s) way->until_s = until_s;
}

/* When the visit may begin for its bookings to be when they are given. */
static void keep_bookings(const struct cl_completion *c, const struct cl_task *task,
                          struct cl_choice *choice)
{
    const struct cl_care *care = &c->cl->cares.items[choice->care];
    struct cl_way *way = &choice->way;
    for (int end = 0; task->doctor && care->doctor && end < 2; end++) {
        int64_t at_s = seconds(c, end ? task->doctor->end : task->doctor->start);
        if (!cl_is_given(at_s)) continue;
        at_s -= care->doctor->after_s + (end ? care->doctor->length_s : 0);
        narrow(way, at_s, at_s);
    }
    for (int end = 0; task->pharmacist && care->pharmacist && end < 2; end++) {
        int64_t at_s = seconds(c, end ? task->pharmacist->end : task->pharmacist->start);
        if (!cl_is_given(at_s)) continue;
        at_s -= care->pharmacist->after_s + (end ? care->pharmacist->length_s : 0);
        narrow(way, at_s - care->pharmacist->wait_s, at_s);
        if (at_s + way->length_s > way->ends_s) way->ends_s = at_s + way->length_s;
    }
}

/* When it may begin for start and end to be as given. */
static void keep_times(const struct cl_task *task, struct cl_way *way)
{
    if (cl_is_given(task->start_s)) narrow(way, task->start_s, task->start_s);
    if (!cl_is_given(task->end_s)) return;
    int64_t last_s = task->end_s - way->length_s;
    bool waits = way->ends_s == task->end_s;
    narrow(way, waits ? way->from_s : last_s, last_s);
    if (way->ends_s > task->end_s) way->until_s = INT64_MIN;
}

/* A consultation that is given lies in its slot? */
static bool is_in_slot(const struct cl_completion *c, const struct cl_booking *booking, size_t slot)
{
    if (!booking || slot == AZ_NO_INDEX) return true;
    int64_t start_s = seconds(c, booking->start), end_s = seconds(c, booking->end);
    return !(cl_is_given(start_s) && start_s < c->cl->slot[slot].from_s) &&
           !(cl_is_given(end_s) && end_s > c->cl->slot[slot].until_s);
}

/* A way as a choice of the task; false: it does not go with what is given at all. */
static bool choice_of(const struct cl_completion *c, const struct cl_task *task, bool online,
                      const struct cl_way *way, struct cl_choice *choice)
{
    const struct cl_site *site = &c->cl->sites.items[task->site];
    *choice = (struct cl_choice){ .way = *way,
                                  .care = site->option[way->option].care.index,
                                  .open_from_s = INT64_MIN,
                                  .open_until_s = INT64_MAX,
                                  .firm = true };
    const struct cl_care *care = &c->cl->cares.items[choice->care];
    if (way->pharmacist != AZ_NO_INDEX) /* also where it begins outside the way's hours */
        choice->way.ends_s = c->ground.ways.slots[way->pharmacist].from_s -
                             care->pharmacist->after_s + way->length_s;
    return way->online == online && (task->care == AZ_NO_INDEX || task->care == choice->care) &&
           takes_booking(c, task->doctor, way->doctor, &choice->doctor_slot) &&
           takes_booking(c, task->pharmacist, way->pharmacist, &choice->pharmacist_slot);
}

/* Ways that keep every rule, and the same without the times that are given, for when they cannot
 * all be kept. */
static enum az_status add_ways(struct cl_completion *c, const struct cl_unit *unit,
                               struct cl_task *task, struct choices *strict, struct choices *loose)
{
    const struct cl_ways *ways = &c->ground.ways;
    size_t at = task->site * (size_t)c->cl->days + unit->day;
    for (size_t w = ways->first[at]; w < ways->first[at + 1]; w++) {
        struct cl_choice choice;
        if (!choice_of(c, task, unit->online != NULL, &ways->items[w], &choice)) continue;
        if (!cl_is_given(task->start_s)) keep_bookings(c, task, &choice);
        if (choice.way.from_s <= choice.way.until_s) AZ_TRY(add_choice(loose, &choice));
        if (cl_is_given(task->start_s)) keep_bookings(c, task, &choice);
        keep_times(task, &choice.way);
        if (choice.way.from_s <= choice.way.until_s &&
            is_in_slot(c, task->doctor, choice.doctor_slot) &&
            is_in_slot(c, task->pharmacist, choice.pharmacist_slot))
            AZ_TRY(add_choice(strict, &choice));
    }
    return AZ_OK;
}

/* --- choices that break some -------------------------------------------------------------------
 */

static size_t named_slot(const struct cl_completion *c, const struct cl_booking *booking)
{
    int64_t slot_s = booking ? seconds(c, booking->slot) : CL_ABSENT;
    return cl_is_given(slot_s) ? cl_slot_of(c->cl, booking->remote.index, slot_s) : AZ_NO_INDEX;
}

/* What the choices of a task have in common while they are made: a care within some hours. */
struct bare {
    struct cl_completion *c;
    struct cl_task *task;
    const struct cl_care *care;
    struct choices *loose;
};

static enum az_status add_timed(const struct bare *bare, struct cl_choice choice)
{
    struct cl_choice timed = choice;
    if (!cl_is_given(bare->task->start_s)) keep_bookings(bare->c, bare->task, &timed);
    return add_choice(bare->loose, timed.way.from_s <= timed.way.until_s ? &timed : &choice);
}

/* Every slot of a pharmacist that goes with the doctor's, and none. */
static enum az_status with_pharmacist(const struct bare *bare, struct cl_choice choice)
{
    const struct cl_ways *ways = &bare->c->ground.ways;
    const struct cl_consultation *asked = bare->care->pharmacist;
    const struct cl_booking *given = bare->task->pharmacist;
    if (!asked) return add_timed(bare, choice);
    for (size_t p = 0; p < ways->slot_count; p++) {
        const struct cl_slot_class *slot = &ways->slots[p];
        struct cl_choice both = choice;
        if (slot->day != choice.way.day || !cl_slots_serve(bare->c->cl, slot, CL_PHARMACIST, asked))
            continue;
        both.way.pharmacist = p;
        narrow(&both.way, slot->from_s - asked->after_s - asked->wait_s,
               slot->until_s - asked->length_s - asked->after_s);
        both.way.ends_s = slot->from_s - asked->after_s + both.way.length_s;
        if (both.way.from_s <= both.way.until_s) AZ_TRY(add_timed(bare, both));
    }
    if (!given) choice.broken_min += NO_BOOKING_MIN;
    return add_timed(bare, choice);
}

/* Every slot of a doctor, and none. */
static enum az_status with_doctor(const struct bare *bare, struct cl_choice choice)
{
    const struct cl_ways *ways = &bare->c->ground.ways;
    const struct cl_consultation *asked = bare->care->doctor;
    const struct cl_booking *given = bare->task->doctor;
    if (!asked) return with_pharmacist(bare, choice);
    for (size_t d = 0; d < ways->slot_count; d++) {
        const struct cl_slot_class *slot = &ways->slots[d];
        struct cl_choice with = choice;
        if (slot->day != choice.way.day || !cl_slots_serve(bare->c->cl, slot, CL_DOCTOR, asked) ||
            !takes_booking(bare->c, given, d, &with.doctor_slot))
            continue;
        with.way.doctor = d;
        narrow(&with.way, slot->from_s - asked->after_s,
               slot->until_s - asked->length_s - asked->after_s);
        if (with.way.from_s <= with.way.until_s) AZ_TRY(with_pharmacist(bare, with));
    }
    if (!given) choice.broken_min += NO_BOOKING_MIN;
    return with_pharmacist(bare, choice);
}

/* A care within hours, with any slots or without: whatever of it cannot be kept is told. */
static enum az_status add_bare(struct cl_completion *c, const struct cl_unit *unit,
                               struct cl_task *task, size_t care_index, size_t option,
                               const struct cl_window *window, struct choices *loose)
{
    const struct cl_instance *cl = c->cl;
    const struct cl_care *care = &cl->cares.items[care_index];
    const struct cl_site *site = &cl->sites.items[task->site];
    const struct bare bare = { .c = c, .task = task, .care = care, .loose = loose };
    int64_t midnight = (int64_t)unit->day * CL_DAY_S;
    bool online = unit->online != NULL, closed = !(site->allowed >> unit->day & 1);
    double per_min = care->visit_min + care->per_patient_min * (double)site->patients;
    struct cl_choice choice = {
        .way = { .site = task->site,
                 .day = unit->day,
                 .option = option,
                 .from_s = midnight,
                 .until_s = midnight + 2 * CL_DAY_S,
                 .length_s = option == AZ_NO_INDEX ? (int64_t)llround(60 * per_min)
                                                   : site->duration_s[option],
                 .doctor = AZ_NO_INDEX,
                 .pharmacist = AZ_NO_INDEX,
                 .cost_jpy = option == AZ_NO_INDEX ? 0 : site->option[option].price_jpy,
                 .kept = AZ_NO_INDEX,
                 .skills = care->skill_set,
                 .equipment = care->equipment_set,
                 .online = online },
        .care = care_index,
        .doctor_slot = named_slot(c, task->doctor),
        .pharmacist_slot = named_slot(c, task->pharmacist),
        .open_from_s = window ? midnight + window->hours.from_s : INT64_MIN,
        .open_until_s = window ? midnight + window->hours.until_s : INT64_MAX,
    };
    if (window && window->ends_within == 1) choice.open_until_s -= choice.way.length_s;
    if (!window || closed) choice.broken_min += CLOSED_MIN;
    if (option == AZ_NO_INDEX || care->needs_crew == online) choice.broken_min += CARE_MIN;
    return with_doctor(&bare, choice);
}

static enum az_status add_bare_hours(struct cl_completion *c, const struct cl_unit *unit,
                                     struct cl_task *task, size_t care, size_t option,
                                     struct choices *loose)
{
    const struct cl_site *site = &c->cl->sites.items[task->site];
    bool opens = false;
    for (size_t w = 0; w < site->windows.count; w++) {
        if (!(site->windows.items[w].hours.days >> unit->day & 1)) continue;
        opens = true;
        AZ_TRY(add_bare(c, unit, task, care, option, &site->windows.items[w], loose));
    }
    return opens ? AZ_OK : add_bare(c, unit, task, care, option, NULL, loose);
}

/* The care that is given; else those of the site that are done so (with a crew or on line), or all
 * of them where there is none. */
static enum az_status add_all_bare(struct cl_completion *c, const struct cl_unit *unit,
                                   struct cl_task *task, struct choices *loose)
{
    const struct cl_site *site = &c->cl->sites.items[task->site];
    bool online = unit->online != NULL, any = false;
    for (int pass = 0; pass < 2 && !any; pass++)
        for (size_t o = 0; o < site->option_count; o++) {
            size_t care = site->option[o].care.index;
            bool fits = c->cl->cares.items[care].needs_crew != online;
            if (task->care == AZ_NO_INDEX ? pass == 0 && !fits : care != task->care) continue;
            any = true;
            AZ_TRY(add_bare_hours(c, unit, task, care, o, loose));
        }
    if (any || task->care == AZ_NO_INDEX) return AZ_OK;
    return add_bare_hours(c, unit, task, task->care, AZ_NO_INDEX, loose);
}

/* --- units -------------------------------------------------------------------------------------
 */

static enum az_status find_choices(struct cl_completion *c, const struct cl_unit *unit,
                                   struct cl_task *task)
{
    struct choices strict = { .arena = c->scratch }, loose = { .arena = c->scratch };
    AZ_TRY(add_ways(c, unit, task, &strict, &loose));
    AZ_TRY(add_all_bare(c, unit, task, &loose));
    task->choices = strict.items;
    task->count = strict.count;
    task->loose = loose.items;
    task->loose_count = loose.count;
    return AZ_OK;
}

/* A break is at the site that it names, else where the stop before is: here. */
static enum az_status read_stop(struct cl_completion *c, const struct cl_unit *unit,
                                const struct cl_stop *stop, size_t here, struct cl_task *task)
{
    const struct cl_instance *cl = c->cl;
    *task = (struct cl_task){ .kind = stop->kind,
                              .site = index_of(&stop->site),
                              .charger = index_of(&stop->charger),
                              .care = index_of(&stop->care),
                              .arrival_s = seconds(c, stop->arrival),
                              .start_s = seconds(c, stop->start),
                              .end_s = seconds(c, stop->end),
                              .doctor = stop->doctor,
                              .pharmacist = stop->pharmacist };
    task->place = task->site != AZ_NO_INDEX ? cl->sites.items[task->site].place_index : here;
    if (task->kind == CL_STOP_CHARGE) task->place = cl->chargers.items[task->charger].place.index;
    return task->kind == CL_STOP_VISIT ? find_choices(c, unit, task) : AZ_OK;
}

static bool is_whole(const struct cl_unit *unit)
{
    bool whole = unit->online ||
                 (unit->has_members && cl_is_given(unit->leaves_s) && cl_is_given(unit->returns_s));
    for (size_t k = 0; k < unit->task_count && whole; k++) {
        const struct cl_task *task = &unit->tasks[k];
        whole = cl_is_given(task->start_s) && cl_is_given(task->end_s) &&
                (task->kind != CL_STOP_VISIT || task->care != AZ_NO_INDEX);
    }
    return whole;
}

static enum az_status read_round(struct cl_completion *c, size_t r, struct cl_unit *unit)
{
    const struct cl_round *round = &c->partial->rounds.items[r];
    *unit = (struct cl_unit){ .round = round,
                              .index = r,
                              .day = cl_day_of(c->cl, round->date),
                              .vehicle = index_of(&round->vehicle),
                              .leaves_s = seconds(c, round->leaves),
                              .returns_s = seconds(c, round->returns),
                              .has_members = round->members.items != NULL,
                              .task_count = round->stops.count };
    if (unit->day == AZ_NO_INDEX) /* the judge says that there is no such day */
        unit->day = c->cl->first_day < (size_t)c->cl->days ? c->cl->first_day : 0;
    unit->tasks = AZ_ARRAY(c->scratch, unit->task_count, struct cl_task);
    if (!unit->tasks) return AZ_NO_MEMORY;
    size_t here = c->cl->vehicles.items[unit->vehicle].start_place;
    for (size_t k = 0; k < unit->task_count; k++) {
        AZ_TRY(read_stop(c, unit, &round->stops.items[k], here, &unit->tasks[k]));
        here = unit->tasks[k].place;
    }
    unit->whole = is_whole(unit);
    return AZ_OK;
}

static enum az_status read_online(struct cl_completion *c, size_t i, struct cl_unit *unit)
{
    const struct cl_online *online = &c->partial->online.items[i];
    int64_t start_s = seconds(c, online->start), day = 0;
    if (cl_is_given(start_s) && start_s >= 0) day = start_s / CL_DAY_S;
    if (day >= c->cl->days) day = c->cl->days - 1;
    *unit = (struct cl_unit){ .online = online,
                              .index = i,
                              .day = (size_t)day,
                              .vehicle = AZ_NO_INDEX,
                              .leaves_s = CL_ABSENT,
                              .returns_s = CL_ABSENT,
                              .task_count = 1 };
    unit->tasks = AZ_NEW(c->scratch, struct cl_task);
    if (!unit->tasks) return AZ_NO_MEMORY;
    *unit->tasks = (struct cl_task){ .kind = CL_STOP_VISIT,
                                     .site = online->site.index,
                                     .charger = AZ_NO_INDEX,
                                     .care = index_of(&online->care),
                                     .arrival_s = CL_ABSENT,
                                     .start_s = start_s,
                                     .end_s = seconds(c, online->end),
                                     .doctor = online->doctor,
                                     .pharmacist = online->pharmacist };
    unit->tasks->place = c->cl->sites.items[unit->tasks->site].place_index;
    unit->whole = is_whole(unit);
    return find_choices(c, unit, unit->tasks);
}

enum az_status cl_read_given(struct cl_completion *c)
{
    size_t rounds = c->partial->rounds.count;
    c->unit_count = rounds + c->partial->online.count;
    c->units = AZ_ARRAY(c->scratch, c->unit_count, struct cl_unit);
    c->fillings = AZ_ARRAY(c->scratch, c->unit_count, struct cl_filling);
    c->filled = AZ_ARRAY(c->scratch, c->unit_count, bool);
    if (!c->units || !c->fillings || !c->filled) return AZ_NO_MEMORY;
    for (size_t r = 0; r < rounds; r++) AZ_TRY(read_round(c, r, &c->units[r]));
    for (size_t i = 0; i < c->partial->online.count; i++)
        AZ_TRY(read_online(c, i, &c->units[rounds + i]));
    return AZ_OK;
}
