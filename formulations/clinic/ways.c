/* ways.c - slots that are alike, and every combination of care, window and slots of a visit. */
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/ways.h"

#define BUCKETS 512

struct maker {
    const struct cl_instance *cl;
    struct az_arena *arena;
    struct cl_ways *ways;
    size_t slot_capacity, capacity;
    size_t *day_slots;    /* [days + 1] into ways->slots */
    size_t *before;       /* [capacity] the way before of the same bucket, + 1 */
    size_t last[BUCKETS]; /* of the site and day: of ways by their slots, the last one, + 1 */
};

/* --- slots ---------------------------------------------------------------------------------- */

static bool is_same_remote(const struct cl_remote *a, const struct cl_remote *b)
{
    if (a->role != b->role || a->specialties.count != b->specialties.count) return false;
    for (size_t i = 0; i < a->specialties.count; i++)
        if (!cl_covers(b, a->specialties.items[i])) return false;
    return true;
}

static enum az_status add_slot(struct maker *m, size_t slot, size_t day_first)
{
    const struct cl_slot *added = &m->cl->slot[slot];
    const struct cl_remote *remote = &m->cl->remote.items[added->remote];
    struct cl_ways *ways = m->ways;
    size_t i = day_first;
    for (; i < ways->slot_count; i++) {
        const struct cl_slot_class *class = &ways->slots[i];
        const struct cl_slot *first = &m->cl->slot[class->slot[0]];
        if (class->from_s == added->from_s && class->until_s == added->until_s &&
            is_same_remote(&m->cl->remote.items[first->remote], remote))
            break;
    }
    if (i == ways->slot_count) {
        if (ways->slot_count == m->slot_capacity) {
            m->slot_capacity = 2 * m->slot_capacity + 16;
            ways->slots = az_arena_grow(m->arena, ways->slots, ways->slot_count, m->slot_capacity,
                                        sizeof *ways->slots);
            if (!ways->slots) return AZ_NO_MEMORY;
        }
        ways->slots[ways->slot_count++] = (struct cl_slot_class){ .day = added->day,
                                                                  .role = remote->role,
                                                                  .from_s = added->from_s,
                                                                  .until_s = added->until_s };
    }
    struct cl_slot_class *class = &ways->slots[i];
    size_t *slots =
        az_arena_grow(m->arena, class->slot, class->count, class->count + 1, sizeof *slots);
    if (!slots) return AZ_NO_MEMORY;
    slots[class->count++] = slot;
    class->slot = slots;
    class->capacity += added->capacity;
    return AZ_OK;
}

static enum az_status make_slots(struct maker *m)
{
    const struct cl_instance *cl = m->cl;
    m->day_slots = AZ_ARRAY(m->arena, (size_t)cl->days + 1, size_t);
    if (!m->day_slots) return AZ_NO_MEMORY;
    enum az_status status = AZ_OK;
    size_t s = 0;
    for (size_t day = 0; day < (size_t)cl->days && status == AZ_OK; day++) {
        size_t first = m->ways->slot_count;
        for (; s < cl->slot_count && cl->slot[s].day == day && status == AZ_OK; s++)
            status = add_slot(m, s, first);
        m->day_slots[day + 1] = m->ways->slot_count;
    }
    return status;
}

bool cl_slots_serve(const struct cl_instance *cl, const struct cl_slot_class *class, int role,
                    const struct cl_consultation *consultation)
{
    const struct cl_remote *remote = &cl->remote.items[cl->slot[class->slot[0]].remote];
    return class->role == role && class->until_s - class->from_s >= consultation->length_s &&
           cl_covers(remote, consultation->specialty);
}

/* --- ways ----------------------------------------------------------------------------------- */

static size_t bucket_of(const struct cl_way *way)
{
    return (31 * (way->doctor + 1) + way->pharmacist + 1) % BUCKETS;
}

static enum az_status keep_way(struct maker *m, const struct cl_way *way, size_t first)
{
    struct cl_ways *ways = m->ways;
    size_t bucket = bucket_of(way);
    if (!ways->complete) return AZ_OK;
    if (ways->count == CL_MAX_WAYS || ways->count - first == CL_MAX_DAY_WAYS) {
        bool of_day = ways->count - first == CL_MAX_DAY_WAYS;
        ways->complete = false;
        ways->wide_site = of_day ? way->site : AZ_NO_INDEX;
        ways->wide_day = way->day;
        return AZ_OK;
    }
    if (ways->count == m->capacity) {
        m->capacity = 2 * m->capacity + 64;
        ways->items =
            az_arena_grow(m->arena, ways->items, ways->count, m->capacity, sizeof *ways->items);
        m->before = az_arena_grow(m->arena, m->before, ways->count, m->capacity, sizeof *m->before);
        if (!ways->items || !m->before) return AZ_NO_MEMORY;
    }
    ways->items[ways->count] = *way;
    m->before[ways->count++] = m->last[bucket];
    m->last[bucket] = ways->count;
    return AZ_OK;
}

/* Is b among what a offers: the same slots and as good in everything? */
static bool covers(const struct cl_way *a, const struct cl_way *b)
{
    return a->doctor == b->doctor && a->pharmacist == b->pharmacist && a->online == b->online &&
           (a->kept == b->kept || b->kept == AZ_NO_INDEX) && a->cost_jpy <= b->cost_jpy &&
           a->length_s <= b->length_s && a->ends_s <= b->ends_s && a->from_s <= b->from_s &&
           a->until_s >= b->until_s && !(a->skills & ~b->skills) && !(a->equipment & ~b->equipment);
}

/* Takes the way, and once more with the promise kept where an appointment of the site falls into
 * its window. */
static enum az_status add_way(struct maker *m, struct cl_way way, size_t first)
{
    const struct cl_instance *cl = m->cl;
    if (way.from_s > way.until_s || !m->ways->complete) return AZ_OK;
    enum az_status status = AZ_OK;
    for (size_t a = 0; a < cl->appointment_count && status == AZ_OK; a++) {
        const struct cl_appointment *appointment = &cl->appointment[a];
        if (appointment->site.index != way.site || appointment->day != way.day ||
            appointment->status != CL_CONFIRMED)
            continue;
        struct cl_way kept = way;
        kept.kept = a;
        if (kept.from_s < appointment->start_s - cl->tolerance_s)
            kept.from_s = appointment->start_s - cl->tolerance_s;
        if (kept.until_s > appointment->start_s + cl->tolerance_s)
            kept.until_s = appointment->start_s + cl->tolerance_s;
        if (kept.from_s <= kept.until_s) status = keep_way(m, &kept, first);
    }
    for (size_t w = m->last[bucket_of(&way)]; w > 0 && status == AZ_OK; w = m->before[w - 1])
        if (covers(&m->ways->items[w - 1], &way)) return AZ_OK;
    return status == AZ_OK ? keep_way(m, &way, first) : status;
}

/* Slots that a visit of a day may take: hours reach to the end of the next day, so those that begin
 * up to two days later, and on the day before. */
static size_t slots_begin(const struct maker *m, size_t day)
{
    return m->day_slots[day > 0 ? day - 1 : 0];
}

static size_t slots_end(const struct maker *m, size_t day)
{
    size_t days = (size_t)m->cl->days;
    return m->day_slots[day + 3 < days ? day + 3 : days];
}

/* The pharmacist's slots for a way that has its doctor already, or needs none. */
static enum az_status with_pharmacist(struct maker *m, struct cl_way way,
                                      const struct cl_care *care, int64_t closes_s, size_t first)
{
    const struct cl_consultation *asked = care->pharmacist;
    if (!asked) return add_way(m, way, first);
    enum az_status status = AZ_OK;
    size_t end = slots_end(m, way.day);
    for (size_t p = slots_begin(m, way.day); p < end && status == AZ_OK && m->ways->complete; p++) {
        const struct cl_slot_class *slot = &m->ways->slots[p];
        if (!cl_slots_serve(m->cl, slot, CL_PHARMACIST, asked)) continue;
        struct cl_way both = way;
        both.pharmacist = p;
        int64_t opens_s = slot->from_s - asked->after_s - asked->wait_s;
        int64_t shuts_s = slot->until_s - asked->length_s - asked->after_s;
        if (both.from_s < opens_s) both.from_s = opens_s;
        if (both.until_s > shuts_s) both.until_s = shuts_s;
        int64_t ends_s = slot->from_s - asked->after_s + way.length_s;
        if (ends_s > closes_s) continue;
        /* It binds only for starts that would wait. */
        both.ends_s = ends_s > both.from_s + both.length_s ? ends_s : 0;
        status = add_way(m, both, first);
    }
    return status;
}

static enum az_status with_doctor(struct maker *m, struct cl_way way, const struct cl_care *care,
                                  int64_t closes_s, size_t first)
{
    const struct cl_consultation *asked = care->doctor;
    if (!asked) return with_pharmacist(m, way, care, closes_s, first);
    enum az_status status = AZ_OK;
    size_t end = slots_end(m, way.day);
    for (size_t d = slots_begin(m, way.day); d < end && status == AZ_OK; d++) {
        const struct cl_slot_class *slot = &m->ways->slots[d];
        if (!cl_slots_serve(m->cl, slot, CL_DOCTOR, asked)) continue;
        struct cl_way with = way;
        with.doctor = d;
        int64_t opens_s = slot->from_s - asked->after_s;
        int64_t shuts_s = slot->until_s - asked->length_s - asked->after_s;
        if (with.from_s < opens_s) with.from_s = opens_s;
        if (with.until_s > shuts_s) with.until_s = shuts_s;
        if (with.from_s <= with.until_s) status = with_pharmacist(m, with, care, closes_s, first);
    }
    return status;
}

static enum az_status ways_of_day(struct maker *m, size_t site, size_t day)
{
    const struct cl_instance *cl = m->cl;
    const struct cl_site *visited = &cl->sites.items[site];
    int64_t midnight = (int64_t)day * CL_DAY_S;
    size_t first = m->ways->count;
    enum az_status status = AZ_OK;
    memset(m->last, 0, sizeof m->last);
    for (size_t o = 0; o < visited->option_count && status == AZ_OK; o++) {
        const struct cl_care *care = &cl->cares.items[visited->option[o].care.index];
        for (size_t w = 0; w < visited->windows.count && status == AZ_OK; w++) {
            const struct cl_window *window = &visited->windows.items[w];
            if (!(window->hours.days >> day & 1)) continue;
            struct cl_way way = {
                .site = site,
                .day = day,
                .option = o,
                .from_s = midnight + window->hours.from_s,
                .until_s = midnight + window->hours.until_s,
                .length_s = visited->duration_s[o],
                .doctor = AZ_NO_INDEX,
                .pharmacist = AZ_NO_INDEX,
                .cost_jpy = visited->option[o].price_jpy,
                .kept = AZ_NO_INDEX,
                .skills = care->skill_set,
                .equipment = care->equipment_set,
                .online = !care->needs_crew,
            };
            int64_t closes_s = window->ends_within == 1 ? way.until_s : INT64_MAX;
            if (window->ends_within == 1) way.until_s -= way.length_s;
            if (day == cl->first_day && way.from_s < cl->earliest_s) way.from_s = cl->earliest_s;
            if (way.online && way.until_s >= midnight + CL_DAY_S)
                way.until_s = midnight + CL_DAY_S - 1; /* it is of the day on which it begins */
            status = with_doctor(m, way, care, closes_s, first);
        }
    }
    return status;
}

static int by_cost(const void *a, const void *b)
{
    const struct cl_way *x = a, *y = b;
    if (x->cost_jpy != y->cost_jpy) return x->cost_jpy < y->cost_jpy ? -1 : 1;
    if (x->from_s != y->from_s) return x->from_s < y->from_s ? -1 : 1;
    if (x->until_s != y->until_s) return x->until_s > y->until_s ? -1 : 1;
    if (x->option != y->option) return x->option < y->option ? -1 : 1;
    if (x->doctor != y->doctor) return x->doctor < y->doctor ? -1 : 1;
    if (x->pharmacist != y->pharmacist) return x->pharmacist < y->pharmacist ? -1 : 1;
    return (x->kept > y->kept) - (x->kept < y->kept);
}

/* Days on which a pattern wants a visit that is not done. */
static uint32_t pattern_days(const struct cl_site *site)
{
    uint32_t days = 0;
    for (size_t p = 0; p < site->pattern_count; p++) days |= site->pattern[p].days;
    return days & site->allowed & ~site->done;
}

enum az_status cl_ways_of(const struct cl_instance *cl, struct az_arena *arena,
                          struct cl_ways *ways)
{
    *ways = (struct cl_ways){ .complete = true };
    struct maker m = { .cl = cl, .arena = arena, .ways = ways };
    size_t days = (size_t)cl->days;
    ways->first = AZ_ARRAY(arena, cl->sites.count * days + 1, size_t);
    if (!ways->first) return AZ_NO_MEMORY;
    enum az_status status = make_slots(&m);
    for (size_t i = 0; i < cl->sites.count && status == AZ_OK; i++)
        for (size_t day = 0; day < days && status == AZ_OK; day++) {
            size_t first = ways->count;
            if (day >= cl->first_day && ways->complete &&
                pattern_days(&cl->sites.items[i]) >> day & 1)
                status = ways_of_day(&m, i, day);
            if (ways->count > first)
                qsort(ways->items + first, ways->count - first, sizeof *ways->items, by_cost);
            ways->first[i * days + day + 1] = ways->count;
        }
    return status;
}

void cl_way_consultations(const struct cl_instance *cl, const struct cl_ways *ways,
                          const struct cl_way *way, int64_t start_s, int64_t *doctor_s,
                          int64_t *pharmacist_s)
{
    size_t index = cl->sites.items[way->site].option[way->option].care.index;
    const struct cl_care *care = &cl->cares.items[index];
    if (doctor_s) *doctor_s = care->doctor ? start_s + care->doctor->after_s : AZ_NO_INTEGER;
    if (!pharmacist_s) return;
    *pharmacist_s = AZ_NO_INTEGER;
    if (!care->pharmacist) return;
    int64_t opens_s = ways->slots[way->pharmacist].from_s;
    *pharmacist_s = start_s + care->pharmacist->after_s;
    if (*pharmacist_s < opens_s) *pharmacist_s = opens_s;
}

enum az_status cl_book(const struct cl_instance *cl, const struct cl_slot_class *slots,
                       int64_t booked[], int64_t start_s, int64_t length_s, struct az_arena *arena,
                       struct cl_booking **booking)
{
    size_t k = 0;
    while (k < slots->count && booked[slots->slot[k]] >= cl->slot[slots->slot[k]].capacity) k++;
    if (k == slots->count) return AZ_NO_PLAN;
    const struct cl_slot *slot = &cl->slot[slots->slot[k]];
    struct cl_booking *made = AZ_NEW(arena, struct cl_booking);
    if (!made) return AZ_NO_MEMORY;
    *made = (struct cl_booking){ .remote = { .id = cl->remote.items[slot->remote].id,
                                             .index = slot->remote },
                                 .start = az_time_add(cl->start, start_s),
                                 .end = az_time_add(cl->start, start_s + length_s),
                                 .slot = az_time_add(cl->start, slot->from_s) };
    booked[slots->slot[k]]++;
    *booking = made;
    return AZ_OK;
}
