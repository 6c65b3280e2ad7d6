/* evaluate_week.c - the judge of what the week shares: patterns and sites left out, promises, slots
 * on line, vehicles, the balance. */
#include "formulations/clinic/judge.h"

/* A breach at a visit of the plan. */
#define AT_SEEN(j, seen_)                                                     \
    ((seen_)->round == AZ_NO_INDEX                                            \
         ? AZ_ITEM(AZ_AT(NULL, "online"), (seen_)->stop, NULL)                \
         : AZ_ITEM(AZ_AT(AZ_ITEM(AZ_AT(NULL, "rounds"), (seen_)->round,       \
                                 (j)->plan->rounds.items[(seen_)->round].id), \
                         "stops"),                                            \
                   (seen_)->stop, (j)->cl->sites.items[(seen_)->site].id))

/* --- sites --------------------------------------------------------------------------------------
 */

static int days_in(uint32_t days)
{
    int count = 0;
    for (; days; days &= days - 1) count++;
    return count;
}

/* site_once: a day has one visit of a site, that which is done included. */
static void mark_days(struct cl_judge *j)
{
    for (size_t i = 0; i < j->seen_count; i++) {
        const struct cl_seen *seen = &j->seen[i];
        const struct cl_site *site = &j->cl->sites.items[seen->site];
        uint32_t day = (uint32_t)1 << seen->day;
        if ((site->done | j->site_days[seen->site]) & day)
            CL_BREACH(j, CL_RULE_site_once, AT_SEEN(j, seen), site->id, seen->start_s, 0,
                      cl_date(j, "value", seen->day));
        j->site_days[seen->site] |= day;
    }
}

/* "2026-11-30 2026-12-02" */
static struct az_param dates_of(struct cl_judge *j, uint32_t days)
{
    const char *text = "";
    char date[CL_DATE];
    for (size_t day = 0; text && day < (size_t)j->cl->days; day++)
        if (days >> day & 1)
            text = az_arena_format(j->arena, "%s%s%s", text, text[0] ? " " : "",
                                   cl_date_of(j->cl, day, date));
    if (!text) j->status = AZ_NO_MEMORY;
    return AZ_TEXT_PARAM("value", text ? text : "");
}

static const struct cl_seen *first_seen(const struct cl_judge *j, size_t site)
{
    for (size_t i = 0; i < j->seen_count; i++)
        if (j->seen[i].site == site) return &j->seen[i];
    return NULL;
}

/* site_served, site_pattern; the pattern's price. listed: its place in the list of those left out;
 * AZ_NO_INDEX. */
static void judge_site(struct cl_judge *j, size_t s, size_t listed)
{
    const struct cl_site *site = &j->cl->sites.items[s];
    const struct az_path *list = AZ_AT(NULL, "unserved");
    uint32_t planned = j->site_days[s] & ~site->done, taken = planned | site->done;
    for (size_t p = 0; p < site->pattern_count; p++) {
        if (site->pattern[p].days != taken) continue;
        cl_money(j, CL_MONEY_pattern, site->id, site->pattern[p].price_jpy);
        return;
    }
    double left = fmax(0, (double)(site->visits - days_in(site->done)));
    if (planned == 0 && left > 0) {
        const struct az_path *at = listed == AZ_NO_INDEX ? list : AZ_ITEM(list, listed, site->id);
        double price = isfinite(site->left_out_jpy) ? site->left_out_jpy / left : NAN;
        CL_PRICED(j, CL_RULE_site_served, at, site->id, CL_NO_TIME, left, price, CL_VALUE(left),
                  CL_LIMIT((double)site->visits));
        if (!isnan(price)) j->left_out += site->left_out_jpy;
    } else if (planned != 0 && !(planned & ~site->allowed)) { /* closed days are told as such */
        const struct cl_seen *seen = first_seen(j, s);
        CL_BREACH(j, CL_RULE_site_pattern, AT_SEEN(j, seen), site->id, CL_NO_TIME, 0,
                  dates_of(j, taken), CL_LIMIT((double)site->visits));
    }
}

/* unserved_list, and every site. */
static void judge_sites(struct cl_judge *j)
{
    const struct cl_instance *cl = j->cl;
    size_t *listed = AZ_ARRAY(j->arena, cl->sites.count, size_t);
    if (!listed) {
        j->status = AZ_NO_MEMORY;
        return;
    }
    mark_days(j);
    for (size_t s = 0; s < cl->sites.count; s++) listed[s] = AZ_NO_INDEX;
    for (size_t k = 0; k < j->plan->unserved.count; k++) {
        size_t s = j->plan->unserved.items[k].site.index;
        const struct cl_site *site = &cl->sites.items[s];
        bool done = days_in(site->done) >= site->visits;
        if (listed[s] != AZ_NO_INDEX || j->site_days[s] || done)
            CL_BREACH(j, CL_RULE_unserved_list, AZ_ITEM(AZ_AT(NULL, "unserved"), k, site->id),
                      site->id, CL_NO_TIME, 0, CL_VALUE(0));
        listed[s] = k;
    }
    for (size_t s = 0; s < cl->sites.count; s++) judge_site(j, s, listed[s]);
}

/* --- promises -----------------------------------------------------------------------------------
 */

static bool keeps(const struct cl_instance *cl, const struct cl_appointment *promise,
                  const struct cl_seen *seen)
{
    int64_t off_s = seen->start_s - promise->start_s;
    return seen->site == promise->site.index && seen->day == promise->day &&
           off_s <= cl->tolerance_s && -off_s <= cl->tolerance_s;
}

/* Is a visit one that a confirmed appointment of its site and day was about? */
static bool is_promised_day(const struct cl_instance *cl, const struct cl_seen *seen)
{
    for (size_t a = 0; a < cl->appointment_count; a++)
        if (cl->appointment[a].status == CL_CONFIRMED &&
            cl->appointment[a].site.index == seen->site && cl->appointment[a].day == seen->day)
            return true;
    return false;
}

bool cl_is_kept(const struct cl_judge *j, size_t appointment, const struct cl_seen **visit)
{
    const struct cl_appointment *promise = &j->cl->appointment[appointment];
    const struct cl_seen *same_day = NULL, *other = NULL;
    for (size_t i = 0; i < j->seen_count; i++) {
        const struct cl_seen *seen = &j->seen[i];
        if (seen->site != promise->site.index) continue;
        if (keeps(j->cl, promise, seen)) {
            *visit = seen;
            return true;
        }
        if (!same_day && seen->day == promise->day) same_day = seen;
        if (!other && !is_promised_day(j->cl, seen)) other = seen;
    }
    *visit = same_day ? same_day : other;
    return false;
}

/* visit_changed */
static void judge_promises(struct cl_judge *j)
{
    const struct cl_instance *cl = j->cl;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        const struct cl_appointment *promise = &cl->appointment[a];
        const struct cl_seen *visit;
        if (promise->status != CL_CONFIRMED || promise->day == AZ_NO_INDEX) continue;
        if (cl_is_kept(j, a, &visit)) continue;
        double price = promise->change_price_jpy;
        if (isnan(price)) price = cl->change_price_jpy;
        const struct az_path *at = visit ? AT_SEEN(j, visit) : AZ_AT(NULL, "unserved");
        CL_PRICED(j, CL_RULE_visit_changed, at, cl->sites.items[promise->site.index].id,
                  promise->start_s, 1, price, cl_clock(j, "limit", AZ_NO_INDEX, promise->start_s),
                  visit ? cl_clock(j, "value", AZ_NO_INDEX, visit->start_s)
                        : AZ_TEXT_PARAM("value", "-"));
        j->changes += price;
    }
}

/* --- slots, vehicles, balance -------------------------------------------------------------------
 */

/* slot_capacity */
static void judge_slots(struct cl_judge *j)
{
    for (size_t i = 0; i < j->cl->slot_count; i++) {
        const struct cl_slot *slot = &j->cl->slot[i];
        if (j->booked[i] <= slot->capacity) continue;
        CL_BREACH(j, CL_RULE_slot_capacity, AZ_AT(NULL, "rounds"),
                  j->cl->remote.items[slot->remote].id, slot->from_s,
                  (double)(j->booked[i] - slot->capacity), CL_VALUE((double)j->booked[i]),
                  CL_LIMIT((double)slot->capacity), cl_clock(j, "what", AZ_NO_INDEX, slot->from_s));
    }
}

/* vehicle_once: a vehicle goes out once a day, each of its count. Told at the first round too many.
 */
static void judge_fleet(struct cl_judge *j)
{
    const struct cl_plan *plan = j->plan;
    for (size_t r = 0; r < plan->rounds.count; r++) {
        const struct cl_laid_round *laid = &j->at.round[r];
        const struct cl_vehicle *vehicle = &j->cl->vehicles.items[laid->vehicle];
        int64_t before = 0, all = 0, limit = vehicle->fleet[laid->day];
        for (size_t i = 0; i < plan->rounds.count; i++) {
            const struct cl_laid_round *other = &j->at.round[i];
            bool same = other->vehicle == laid->vehicle && other->day == laid->day;
            before += same && i < r;
            all += same;
        }
        if (!(vehicle->days >> laid->day & 1) || all <= limit || before != limit) continue;
        const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "rounds"), r, plan->rounds.items[r].id);
        CL_BREACH(j, CL_RULE_vehicle_once, at, plan->rounds.items[r].id, laid->leaves_s,
                  (double)(all - limit), CL_WHAT(vehicle->id), CL_VALUE((double)all),
                  CL_LIMIT((double)limit));
    }
}

/* The most minutes that one member of staff works; of vehicles, their count alike, without staff.
 */
static double balance_of(const struct cl_judge *j)
{
    double most = 0;
    for (size_t i = 0; i < j->cl->staff.count; i++)
        most = fmax(most, cl_minutes(j->staff_work_s[i]));
    for (size_t v = 0; j->cl->staff.count == 0 && v < j->cl->vehicles.count; v++)
        most = fmax(most, cl_minutes(j->vehicle_work_s[v]) /
                              fmax(1, (double)j->cl->vehicles.items[v].count));
    return most;
}

void cl_judge_week(struct cl_judge *j)
{
    judge_sites(j);
    judge_promises(j);
    judge_slots(j);
    judge_fleet(j);
    j->balance_min = balance_of(j);
}
