/* adopt.c - an earlier plan, on its own horizon, as a start for this instance.
 *
 * A plan whose days are among these keeps its days; one of another week keeps its weekdays. Every
 * round that still has its vehicle and can still have a crew keeps the visits that fit, at their
 * times where these hold; who is missing is replaced by whoever is free. A site whose days make no
 * pattern any more is left out. Whatever comes out is judged: it breaks nothing, but for sites left
 * out that have no price. */
#include "formulations/clinic/adopt.h"

#define WEEK_S (7 * CL_DAY_S)
#define LEAST_FAR_S ((int64_t)1 << 40)

bool cl_adopt_time(const struct cl_adopter *a, struct az_time time, int64_t *seconds)
{
    if (!az_seconds_since(a->old->start, time, seconds)) return false;
    *seconds += a->shift_s;
    return true;
}

/* Days that are shared stay as they are; else whole weeks bring the old plan nearest. */
static bool find_shift(struct cl_adopter *a)
{
    int64_t from_s, length_s = a->old->days * CL_DAY_S;
    if (a->old->days < 1 || a->old->days > CL_MAX_DAYS) return false;
    if (!az_seconds_since(a->cl->start, a->old->start, &from_s)) return false;
    if (from_s > LEAST_FAR_S || from_s < -LEAST_FAR_S || from_s % CL_DAY_S != 0) return false;
    if (from_s < a->cl->days * CL_DAY_S && from_s + length_s > 0) {
        a->shift_s = from_s;
        return true;
    }
    int64_t weeks = (from_s >= 0 ? from_s + WEEK_S / 2 : from_s - WEEK_S / 2) / WEEK_S;
    a->shift_s = from_s - weeks * WEEK_S;
    return true;
}

/* --- visits on line -----------------------------------------------------------------------------
 */

static enum az_status adopt_online(struct cl_adopter *a, const struct cl_online *old)
{
    struct cl_laid_visit visit = { .left_km = NAN };
    int64_t wanted_s, ready_s;
    if (!cl_adopt_time(a, old->start, &wanted_s)) return AZ_OK;
    if (wanted_s < 0 || wanted_s >= a->cl->days * CL_DAY_S) return AZ_OK;
    size_t day = (size_t)(wanted_s / CL_DAY_S);
    if (!cl_adopt_site(a, &old->site, &old->care, day, &visit)) return AZ_OK;
    if (a->cl->cares.items[visit.care].needs_crew) return AZ_OK;
    ready_s = wanted_s > a->cl->earliest_s ? wanted_s : a->cl->earliest_s;
    if (!cl_adopt_visit(a, day, ready_s, old->doctor, old->pharmacist, &visit)) return AZ_OK;
    if (visit.start_s >= (int64_t)(day + 1) * CL_DAY_S) return AZ_OK;
    struct cl_online online = {
        .site = { .id = a->cl->sites.items[visit.site].id, .index = visit.site },
        .care = { .id = a->cl->cares.items[visit.care].id, .index = visit.care },
        .start = az_time_add(a->cl->start, visit.start_s),
        .end = az_time_add(a->cl->start, visit.end_s)
    };
    AZ_TRY(cl_adopt_bookings(a, &visit, &online.doctor, &online.pharmacist));
    cl_adopt_book(a, &visit, 1);
    a->site_days[visit.site] |= (uint32_t)1 << day;
    a->plan->online.items[a->plan->online.count++] = online;
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status begin(struct cl_adopter *a)
{
    const struct cl_instance *cl = a->cl;
    AZ_TRY(cl_plan_new(cl, a->arena, &a->plan));
    a->plan->rounds.items = AZ_ARRAY(a->arena, a->old->rounds.count, struct cl_round);
    a->plan->online.items = AZ_ARRAY(a->arena, a->old->online.count, struct cl_online);
    a->staff_days = AZ_ARRAY(a->arena, cl->staff.count, uint32_t);
    a->out = AZ_ARRAY(a->arena, cl->vehicles.count * (size_t)cl->days, int64_t);
    a->booked = AZ_ARRAY(a->arena, cl->slot_count, int64_t);
    a->site_days = AZ_ARRAY(a->arena, cl->sites.count, uint32_t);
    bool have = a->plan->rounds.items && a->plan->online.items && a->staff_days && a->out;
    return have && a->booked && a->site_days ? AZ_OK : AZ_NO_MEMORY;
}

/* Sites that are visited on days that make no pattern. True when there are new ones. */
static bool ban_partial(struct cl_adopter *a)
{
    bool any = false;
    for (size_t s = 0; s < a->cl->sites.count; s++) {
        const struct cl_site *site = &a->cl->sites.items[s];
        uint32_t taken = a->site_days[s] | site->done;
        bool whole = a->site_days[s] == 0;
        for (size_t p = 0; p < site->pattern_count; p++)
            whole = whole || site->pattern[p].days == taken;
        if (whole) continue;
        a->banned[s] = true;
        any = true;
    }
    return any;
}

static enum az_status adopt_all(struct cl_adopter *a)
{
    AZ_TRY(begin(a));
    for (size_t r = 0; r < a->old->rounds.count; r++)
        AZ_TRY(cl_adopt_round(a, &a->old->rounds.items[r]));
    for (size_t i = 0; i < a->old->online.count; i++)
        AZ_TRY(adopt_online(a, &a->old->online.items[i]));
    return AZ_OK;
}

static void keep_unserved(struct cl_adopter *a)
{
    size_t kept = 0;
    for (size_t k = 0; k < a->plan->unserved.count; k++)
        if (!a->site_days[a->plan->unserved.items[k].site.index])
            a->plan->unserved.items[kept++] = a->plan->unserved.items[k];
    a->plan->unserved.count = kept;
}

/* Does it break anything but that sites are left out, or promises changed, which have no price? */
static bool is_start(const struct az_judgement *judgement)
{
    if (judgement->violation_count > judgement->violations.count) return false;
    for (size_t i = 0; i < judgement->violations.count; i++)
        if (!judgement->violations.items[i].rule->priceable) return false;
    return true;
}

enum az_status cl_adopt(const void *instance, const void *previous_plan, struct az_arena *arena,
                        void **plan)
{
    struct cl_adopter a = { .cl = instance, .old = previous_plan, .arena = arena };
    struct az_judgement judgement;
    *plan = NULL;
    if (!find_shift(&a)) return AZ_NO_PLAN;
    if (!(a.banned = AZ_ARRAY(arena, a.cl->sites.count, bool))) return AZ_NO_MEMORY;
    do AZ_TRY(adopt_all(&a));
    while (ban_partial(&a));
    if (a.plan->rounds.count + a.plan->online.count == 0) return AZ_NO_PLAN;
    keep_unserved(&a);
    AZ_TRY(cl_evaluate(a.cl, a.plan, arena, &judgement));
    if (!is_start(&judgement)) return AZ_NO_PLAN;
    AZ_TRY(cl_summarise(a.cl, arena, a.plan));
    *plan = a.plan;
    return AZ_OK;
}
