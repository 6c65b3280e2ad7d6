/* validate_reach.c - sites that nobody could ever visit, however empty the week: no road, no slot
 * in the windows, no shift, too far, beyond the range. Nobody is ill and no pass is closed here.
 *
 * Each way to visit is tried as far as it goes, and the one that comes furthest says why. Drives
 * are taken over any places on the way: what is told here is true of every plan. */
#include <stdlib.h>

#include "formulations/clinic/validate.h"

/* How far a visit comes. */
enum stage { NOT_TRIED, NO_ROAD, NO_SLOT, NO_STAFF, TOO_FAR, BEYOND_RANGE, POSSIBLE };

struct span {
    int64_t from_s, until_s;
};

struct spans {
    size_t count;
    struct span *items; /* sorted, apart */
};

/* The least that driving takes, on any way over places: from the vehicle's start, to its end. */
struct ways {
    double *out_s, *back_s, *out_m, *back_m; /* [places]; INFINITY: no way */
    bool charged;                            /* the vehicle may use some charger */
};

struct reach {
    struct cl_validator *v;
    size_t days;
    struct spans
        *consulted;        /* [cares * days] clocks at which a visit's consultations are possible */
    struct spans *working; /* [skills * days] hours of those who have the skill */
    enum stage *best;      /* [sites] */
    struct cl_base_roads *base;
    struct ways *ways; /* [vehicles], of the profile alone */
    size_t profile;
    double factor; /* of the fastest day */
    double work;   /* spans looked at so far */
};

#define WORK_LIMIT 2e8

/* --- when consultations are possible ------------------------------------------------------------
 */

static int by_from(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    if (x->from_s != y->from_s) return x->from_s < y->from_s ? -1 : 1;
    return x->until_s < y->until_s ? -1 : x->until_s > y->until_s;
}

/* Sorted, and those joined that touch. */
static void join(struct spans *spans)
{
    size_t kept = 0;
    qsort(spans->items, spans->count, sizeof *spans->items, by_from);
    for (size_t i = 0; i < spans->count; i++) {
        struct span *last = kept > 0 ? &spans->items[kept - 1] : NULL;
        if (last && spans->items[i].from_s <= last->until_s) {
            if (spans->items[i].until_s > last->until_s) last->until_s = spans->items[i].until_s;
        } else {
            spans->items[kept++] = spans->items[i];
        }
    }
    spans->count = kept;
}

/* Clocks at which a visit may begin for one consultation, over all slots of a role on a day,
 * shift_s after the visit's. Only counts while items is NULL. */
static void add_starts(const struct cl_instance *cl, const struct cl_consultation *it, int role,
                       size_t day, int64_t shift_s, struct spans *out)
{
    for (size_t i = 0; i < cl->remote.count; i++) {
        const struct cl_remote *remote = &cl->remote.items[i];
        if (remote->role != role || !cl_covers(remote, it->specialty)) continue;
        for (size_t s = 0; s < remote->slots.count; s++) {
            const struct cl_slots *slots = &remote->slots.items[s];
            int64_t length = slots->hours.until_s - slots->hours.from_s;
            int64_t each = isnan(slots->each_min) ? length : cl_seconds(slots->each_min);
            if (!(CL_RAW_DAYS(cl, slots) >> day & 1) || each <= 0 || each < it->length_s) continue;
            for (int64_t k = 0; k < length / each; k++, out->count++) {
                int64_t from = shift_s + slots->hours.from_s + k * each;
                if (out->items)
                    out->items[out->count] =
                        (struct span){ from - it->after_s - it->wait_s,
                                       from + each - it->length_s - it->after_s };
            }
        }
    }
}

/* Those of the days around it too: a night belongs to the day before. */
static void add_all_starts(const struct cl_instance *cl, const struct cl_consultation *it, int role,
                           size_t day, struct spans *out)
{
    if (day > 0) add_starts(cl, it, role, day - 1, -CL_DAY_S, out);
    add_starts(cl, it, role, day, 0, out);
    if (day + 1 < (size_t)cl->days) add_starts(cl, it, role, day + 1, CL_DAY_S, out);
}

static enum az_status starts_of(struct reach *r, const struct cl_consultation *it, int role,
                                size_t day, struct spans *out)
{
    *out = (struct spans){ 0 };
    add_all_starts(r->v->cl, it, role, day, out);
    if (!(out->items = AZ_ARRAY(r->v->arena, out->count, struct span))) return AZ_NO_MEMORY;
    out->count = 0;
    add_all_starts(r->v->cl, it, role, day, out);
    join(out);
    return AZ_OK;
}

static enum az_status meet(struct az_arena *arena, const struct spans *a, const struct spans *b,
                           struct spans *out)
{
    *out = (struct spans){ .items = AZ_ARRAY(arena, a->count + b->count, struct span) };
    if (!out->items) return AZ_NO_MEMORY;
    for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
        const struct span *x = &a->items[i], *y = &b->items[j];
        int64_t from = x->from_s > y->from_s ? x->from_s : y->from_s;
        int64_t until = x->until_s < y->until_s ? x->until_s : y->until_s;
        if (from <= until) out->items[out->count++] = (struct span){ from, until };
        if (x->until_s < y->until_s)
            i++;
        else
            j++;
    }
    return AZ_OK;
}

static enum az_status consult(struct reach *r, size_t care, size_t day, struct spans *out)
{
    const struct cl_care *it = &r->v->cl->cares.items[care];
    struct spans doctor, pharmacist;
    if (!it->doctor && !it->pharmacist) {
        *out = (struct spans){ 1, AZ_NEW(r->v->arena, struct span) };
        if (!out->items) return AZ_NO_MEMORY;
        out->items[0] = (struct span){ -CL_DAY_S, 3 * CL_DAY_S };
        return AZ_OK;
    }
    if (it->doctor) AZ_TRY(starts_of(r, it->doctor, CL_DOCTOR, day, &doctor));
    if (it->pharmacist) AZ_TRY(starts_of(r, it->pharmacist, CL_PHARMACIST, day, &pharmacist));
    if (it->doctor && it->pharmacist) return meet(r->v->arena, &doctor, &pharmacist, out);
    *out = it->doctor ? doctor : pharmacist;
    return AZ_OK;
}

/* Cares whose slots never fit together are told here. */
static enum az_status find_consulted(struct reach *r)
{
    const struct cl_instance *cl = r->v->cl;
    r->consulted = AZ_ARRAY(r->v->arena, cl->cares.count * r->days, struct spans);
    if (!r->consulted) return AZ_NO_MEMORY;
    for (size_t c = 0; c < cl->cares.count; c++) {
        const struct cl_care *care = &cl->cares.items[c];
        bool any = false;
        for (size_t d = 0; d < r->days && !r->v->care_bad[c]; d++) {
            AZ_TRY(consult(r, c, d, &r->consulted[c * r->days + d]));
            any = any || r->consulted[c * r->days + d].count > 0;
        }
        if (any || r->v->care_bad[c]) continue;
        r->v->care_bad[c] = true;
        if (care->doctor && care->pharmacist)
            AZ_FIND0(r->v->findings, &cl_code_slots_never_meet, CL_ITEM_AT("cares", c, care->id));
        else
            AZ_FIND(r->v->findings, &cl_code_no_slot_at_all, CL_ITEM_AT("cares", c, care->id),
                    AZ_TEXT_PARAM("role", care->doctor ? "doctor" : "pharmacist"),
                    AZ_TEXT_PARAM("role_ja", care->doctor ? "医師" : "薬剤師"));
    }
    return AZ_OK;
}

/* --- who works when -----------------------------------------------------------------------------
 */

/* Hours of everyone with a skill on a day; what lies within another's is left out. */
static void add_hours(const struct cl_instance *cl, size_t skill, size_t day, struct spans *out)
{
    for (size_t m = 0; m < cl->staff.count; m++) {
        const struct cl_staff *staff = &cl->staff.items[m];
        if (skill >= CL_MAX_SET || !(staff->skill_set >> skill & 1)) continue;
        for (size_t s = 0; s < staff->shifts.count; s++) {
            const struct cl_shift *shift = &staff->shifts.items[s];
            if (!(CL_RAW_DAYS(cl, shift) >> day & 1)) continue;
            if (out->items)
                out->items[out->count] =
                    (struct span){ shift->hours.from_s, shift->hours.until_s + staff->overtime_s };
            out->count++;
        }
    }
}

static enum az_status find_working(struct reach *r)
{
    const struct cl_instance *cl = r->v->cl;
    r->working = AZ_ARRAY(r->v->arena, cl->skill_count * r->days, struct spans);
    if (!r->working) return AZ_NO_MEMORY;
    for (size_t k = 0; k < cl->skill_count && k < CL_MAX_SET; k++)
        for (size_t d = 0; d < r->days; d++) {
            struct spans *out = &r->working[k * r->days + d];
            add_hours(cl, k, d, out);
            if (!(out->items = AZ_ARRAY(r->v->arena, out->count, struct span))) return AZ_NO_MEMORY;
            out->count = 0;
            add_hours(cl, k, d, out);
            qsort(out->items, out->count, sizeof *out->items, by_from);
            size_t kept = 0;
            for (size_t i = 0; i < out->count; i++)
                if (kept == 0 || out->items[i].until_s > out->items[kept - 1].until_s)
                    out->items[kept++] = out->items[i];
            out->count = kept;
        }
    return AZ_OK;
}

/* --- roads --------------------------------------------------------------------------------------
 */

/* One drive: seconds or metres. */
static double drive(const struct reach *r, size_t from, size_t to, bool metres)
{
    size_t at = from * r->v->cl->places.count + to;
    if (isnan(r->base->duration_s[at])) return INFINITY;
    if (metres) return r->base->distance_m[at];
    return (double)cl_drive_s(r->v->cl->travel, r->base->duration_s[at], r->factor);
}

/* Least sums from a place to all, or from all to it (back). Dijkstra 1959, dense. */
static void find_ways(const struct reach *r, size_t place, bool back, bool metres, bool closed[],
                      double least[])
{
    size_t n = r->v->cl->places.count;
    for (size_t p = 0; p < n; p++) {
        closed[p] = false;
        least[p] = p == place ? 0 : INFINITY;
    }
    for (size_t round = 0; round < n; round++) {
        size_t near = AZ_NO_INDEX;
        for (size_t p = 0; p < n; p++)
            if (!closed[p] && isfinite(least[p]) && (near == AZ_NO_INDEX || least[p] < least[near]))
                near = p;
        if (near == AZ_NO_INDEX) return;
        closed[near] = true;
        for (size_t p = 0; p < n; p++) {
            if (closed[p]) continue;
            double by =
                least[near] + (back ? drive(r, p, near, metres) : drive(r, near, p, metres));
            if (by < least[p]) least[p] = by;
        }
    }
}

static bool has_charger(const struct cl_instance *cl, size_t vehicle)
{
    for (size_t i = 0; i < cl->chargers.count; i++) {
        const struct cl_charger *charger = &cl->chargers.items[i];
        if (!charger->vehicles.items) return true;
        for (size_t k = 0; k < charger->vehicles.count; k++)
            if (charger->vehicles.items[k].index == vehicle) return true;
    }
    return false;
}

/* A vehicle before with the same profile and places, or AZ_NO_INDEX. */
static size_t same_vehicle(const struct cl_instance *cl, size_t k)
{
    const struct cl_vehicle *it = &cl->vehicles.items[k];
    for (size_t j = 0; j < k; j++) {
        const struct cl_vehicle *other = &cl->vehicles.items[j];
        if (other->profile_index == it->profile_index && other->start_place == it->start_place &&
            other->end_place == it->end_place)
            return j;
    }
    return AZ_NO_INDEX;
}

static enum az_status find_vehicle_ways(struct reach *r)
{
    const struct cl_instance *cl = r->v->cl;
    size_t n = cl->places.count;
    bool *closed = AZ_ARRAY(r->v->arena, n, bool);
    if (!closed) return AZ_NO_MEMORY;
    for (size_t k = 0; k < cl->vehicles.count; k++) {
        const struct cl_vehicle *vehicle = &cl->vehicles.items[k];
        struct ways *ways = &r->ways[k];
        if (vehicle->profile_index != r->profile) continue;
        size_t same = same_vehicle(cl, k);
        if (same != AZ_NO_INDEX) {
            *ways = r->ways[same];
            ways->charged = has_charger(cl, k);
            continue;
        }
        double *all = AZ_ARRAY(r->v->arena, 4 * n, double);
        if (!all) return AZ_NO_MEMORY;
        *ways = (struct ways){ all, all + n, all + 2 * n, all + 3 * n, has_charger(cl, k) };
        find_ways(r, vehicle->start_place, false, false, closed, ways->out_s);
        find_ways(r, vehicle->end_place, true, false, closed, ways->back_s);
        find_ways(r, vehicle->start_place, false, true, closed, ways->out_m);
        find_ways(r, vehicle->end_place, true, true, closed, ways->back_m);
    }
    return AZ_OK;
}

/* A range that does not last to any site and home. */
static void validate_range(const struct reach *r, size_t k)
{
    const struct cl_instance *cl = r->v->cl;
    const struct cl_vehicle *vehicle = &cl->vehicles.items[k];
    double least = INFINITY;
    if (isnan(vehicle->range_km) || r->ways[k].charged) return;
    for (size_t i = 0; i < cl->sites.count; i++) {
        size_t place = cl->sites.items[i].place_index;
        least = fmin(least, (r->ways[k].out_m[place] + r->ways[k].back_m[place]) / 1000);
    }
    if (isfinite(least) && least > vehicle->range_km + AZ_FEASIBILITY_TOLERANCE)
        AZ_FIND(r->v->findings, &cl_code_range_too_short,
                CL_MEMBER("vehicles", k, vehicle->id, "range_km"),
                AZ_NUMBER_PARAM("value", vehicle->range_km), AZ_NUMBER_PARAM("minimum", least));
}

/* --- one visit ----------------------------------------------------------------------------------
 */

struct visit {
    const struct cl_site *site;
    const struct cl_care *care;
    const struct spans *consulted;
    const struct cl_vehicle *vehicle;
    size_t day;
    int64_t length_s, out_s, back_s;
};

/* Can it begin at all, in a window of the day, with its consultations? */
static bool has_start(struct reach *r, const struct visit *visit, int64_t not_before,
                      int64_t *start_s)
{
    *start_s = INT64_MAX;
    for (size_t w = 0; w < visit->site->windows.count; w++) {
        const struct cl_window *window = &visit->site->windows.items[w];
        int64_t until = window->hours.until_s;
        if (!(window->hours.days >> visit->day & 1)) continue;
        if (window->ends_within == 1) until -= visit->length_s;
        for (size_t i = 0; i < visit->consulted->count; i++) {
            const struct span *span = &visit->consulted->items[i];
            int64_t from =
                window->hours.from_s > span->from_s ? window->hours.from_s : span->from_s;
            int64_t last = until < span->until_s ? until : span->until_s;
            if (from < not_before) from = not_before;
            r->work++;
            if (from > last) continue;
            if (from < *start_s) *start_s = from;
            break; /* later spans begin later */
        }
    }
    return *start_s < INT64_MAX;
}

/* Is it back in time when it leaves as early as it may? */
static bool is_back(struct reach *r, const struct visit *visit, int64_t from_s, int64_t until_s)
{
    int64_t start_s;
    if (from_s < visit->vehicle->from_s) from_s = visit->vehicle->from_s;
    if (until_s > visit->vehicle->until_s) until_s = visit->vehicle->until_s;
    if (!has_start(r, visit, from_s + visit->out_s, &start_s)) return false;
    return start_s + visit->length_s + visit->back_s <= until_s;
}

/* Nobody at all is told where the skill is asked for. */
static bool has_skill(const struct cl_instance *cl, size_t skill)
{
    for (size_t m = 0; m < cl->staff.count; m++)
        if (cl->staff.items[m].skill_set >> skill & 1) return true;
    return false;
}

/* Somebody of each skill that the vehicle and the care need has hours for it. */
static enum stage staff_stage(struct reach *r, const struct visit *visit)
{
    const struct cl_instance *cl = r->v->cl;
    uint64_t needed = visit->care->skill_set;
    enum stage stage = is_back(r, visit, 0, INT64_MAX) ? BEYOND_RANGE : TOO_FAR;
    if (stage == TOO_FAR) return stage;
    for (size_t k = 0; k < visit->vehicle->crew.count && cl->crews.count == 0; k++)
        if (visit->vehicle->position[k] < CL_MAX_SET)
            needed |= (uint64_t)1 << visit->vehicle->position[k];
    for (size_t k = 0; k < cl->skill_count && k < CL_MAX_SET; k++) {
        if (!(needed >> k & 1)) continue;
        const struct spans *hours = &r->working[k * r->days + visit->day];
        bool good = false;
        if (hours->count == 0) return has_skill(cl, k) ? NO_STAFF : NOT_TRIED;
        for (size_t i = 0; i < hours->count && !good; i++)
            good = is_back(r, visit, hours->items[i].from_s, hours->items[i].until_s);
        if (!good) stage = TOO_FAR;
    }
    return stage;
}

/* Home on what is in the battery; a charger of the vehicle's may always help. */
static bool is_in_range(const struct reach *r, size_t vehicle, size_t place)
{
    const struct cl_vehicle *it = &r->v->cl->vehicles.items[vehicle];
    if (isnan(it->range_km) || r->ways[vehicle].charged) return true;
    double metres = r->ways[vehicle].out_m[place] + r->ways[vehicle].back_m[place];
    return metres / 1000 <= it->range_km + AZ_FEASIBILITY_TOLERANCE;
}

static enum stage vehicle_stage(struct reach *r, struct visit *visit, size_t vehicle)
{
    const struct cl_vehicle *it = &r->v->cl->vehicles.items[vehicle];
    const struct ways *ways = &r->ways[vehicle];
    size_t place = visit->site->place_index;
    int64_t start_s;
    r->work++;
    if (it->profile_index != r->profile || (visit->care->equipment_set & ~it->equipment_set))
        return NOT_TRIED;
    if (isinf(ways->out_s[place]) || isinf(ways->back_s[place])) return NO_ROAD;
    if (!has_start(r, visit, INT64_MIN / 4, &start_s)) return NO_SLOT;
    visit->vehicle = it;
    visit->out_s = (int64_t)ways->out_s[place];
    visit->back_s = (int64_t)ways->back_s[place];
    enum stage stage = staff_stage(r, visit);
    if (stage < BEYOND_RANGE) return stage;
    return is_in_range(r, vehicle, place) ? POSSIBLE : BEYOND_RANGE;
}

static void note(enum stage *best, enum stage stage)
{
    if (stage > *best) *best = stage;
}

/* All cares of a site on all its open days, with the vehicles of the profile. */
static void try_site(struct reach *r, size_t i)
{
    const struct cl_instance *cl = r->v->cl;
    const struct cl_site *site = &cl->sites.items[i];
    uint32_t open = cl_open_days(cl, site);
    int64_t start_s;
    for (size_t o = 0; o < site->option_count; o++) {
        size_t care = site->option[o].care.index;
        struct visit visit = { .site = site,
                               .care = &cl->cares.items[care],
                               .length_s = site->duration_s[o] };
        for (size_t d = 0; d < r->days && !r->v->care_bad[care]; d++) {
            if (!(open >> d & 1) || r->best[i] == POSSIBLE || r->work > WORK_LIMIT) continue;
            visit.day = d;
            visit.consulted = &r->consulted[care * r->days + d];
            if (!visit.care->needs_crew) {
                note(&r->best[i],
                     has_start(r, &visit, INT64_MIN / 4, &start_s) ? POSSIBLE : NO_SLOT);
                continue;
            }
            for (size_t k = 0; k < cl->vehicles.count && r->best[i] != POSSIBLE; k++)
                note(&r->best[i], vehicle_stage(r, &visit, k));
        }
    }
}

static void tell(const struct reach *r, size_t i)
{
    const struct cl_site *site = &r->v->cl->sites.items[i];
    const struct az_path *at = CL_ITEM_AT("sites", i, site->id);
    static const struct {
        const struct az_code *code;
        const char *member;
    } words[] = {
        [NO_ROAD] = { &cl_code_site_no_road, "place" },
        [NO_SLOT] = { &cl_code_site_no_slot, "windows" },
        [NO_STAFF] = { &cl_code_site_no_staff, "windows" },
        [TOO_FAR] = { &cl_code_site_too_far, "place" },
        [BEYOND_RANGE] = { &cl_code_site_beyond_range, "place" },
    };
    if (r->best[i] != NOT_TRIED && r->best[i] != POSSIBLE)
        AZ_FIND0(r->v->findings, words[r->best[i]].code, AZ_AT(at, words[r->best[i]].member));
}

enum az_status cl_validate_reach(struct cl_validator *v, struct cl_base_roads *base)
{
    const struct cl_instance *cl = v->cl;
    struct reach r = { .v = v, .days = (size_t)cl->days, .base = base, .factor = 1 };
    if (cl_slot_total(cl) > CL_MAX_SLOTS) return AZ_OK; /* told already */
    AZ_TRY(find_consulted(&r));
    AZ_TRY(find_working(&r));
    r.best = AZ_ARRAY(v->arena, cl->sites.count, enum stage);
    r.ways = AZ_ARRAY(v->arena, cl->vehicles.count, struct ways);
    if (!r.best || !r.ways) return AZ_NO_MEMORY;
    for (size_t i = 0; cl->travel && i < cl->travel->slow_days.count; i++)
        r.factor = fmin(r.factor, cl->travel->slow_days.items[i].factor);
    for (r.profile = 0; r.profile < cl->profile_count; r.profile++) {
        cl_base_roads_fill(cl, r.profile, base);
        AZ_TRY(find_vehicle_ways(&r));
        for (size_t k = 0; k < cl->vehicles.count; k++)
            if (cl->vehicles.items[k].profile_index == r.profile) validate_range(&r, k);
        for (size_t i = 0; i < cl->sites.count; i++) try_site(&r, i);
    }
    for (size_t i = 0; cl->profile_count == 0 && i < cl->sites.count; i++) try_site(&r, i);
    for (size_t i = 0; i < cl->sites.count && r.work <= WORK_LIMIT; i++) tell(&r, i);
    return AZ_OK;
}
