/* adopt_round.c - one round of an earlier plan: as it was where that still holds, with whoever can
 * go; else laid anew, at its earliest: visits that no longer fit are dropped one by one until the
 * round by itself breaks no rule. */
#include <stdio.h>

#include "formulations/clinic/adopt.h"
#include "formulations/clinic/crews.h"
#include "formulations/clinic/rules.h"

/* --- the crew -----------------------------------------------------------------------------------
 */

/* A round in the making. */
struct maker {
    struct cl_adopter *a;
    const struct cl_round *old;
    struct cl_round round;
    size_t day, vehicle;
    size_t *member; /* [member_count] */
    size_t member_count;
    int64_t leaves_s; /* of the old round */
    bool *dropped;    /* [old stops] */
    bool rests;       /* a break is put in where the old round has none */
    int64_t rest_s, rest_from_s, rest_until_s;
    int64_t from_s;             /* the crew may leave */
    size_t *origin;             /* [stops] old ones; AZ_NO_INDEX: put in */
    struct cl_laid_visit *laid; /* [stops] */
    size_t place;
    int64_t now_s;
    bool out, rested;
};

static bool is_free(const struct maker *m, size_t member)
{
    const struct cl_staff *staff = &m->a->cl->staff.items[member];
    if (m->a->staff_days[member] >> m->day & 1) return false;
    for (size_t i = 0; i < m->member_count; i++)
        if (m->member[i] == member) return false;
    return cl_shift_at(staff, m->day, m->leaves_s - (int64_t)m->day * CL_DAY_S);
}

/* Somebody who is free and has these skills: whose shift covers the leaving first. */
static size_t find_member(const struct maker *m, uint64_t skills)
{
    size_t late = AZ_NO_INDEX;
    int64_t clock_s = m->leaves_s - (int64_t)m->day * CL_DAY_S;
    for (size_t i = 0; i < m->a->cl->staff.count; i++) {
        const struct cl_staff *staff = &m->a->cl->staff.items[i];
        if ((skills & ~staff->skill_set) || !is_free(m, i)) continue;
        if (cl_shift_at(staff, m->day, clock_s)->hours.from_s <= clock_s) return i;
        if (late == AZ_NO_INDEX) late = i;
    }
    return late;
}

/* A crew that is given: the old one when it may go, else the first that may. */
static bool take_given(struct maker *m)
{
    const struct cl_instance *cl = m->a->cl;
    const struct cl_crew *chosen = NULL;
    size_t best = 0;
    for (size_t i = 0; i < cl->crews.count; i++) {
        const struct cl_crew *crew = &cl->crews.items[i];
        bool may = crew->vehicle.index == m->vehicle && crew->days >> m->day & 1;
        size_t same = 1;
        for (size_t k = 0; may && k < crew->members.count; k++) {
            may = is_free(m, crew->members.items[k].index);
            for (size_t o = 0; o < m->old->members.count; o++)
                same += m->old->members.items[o].id &&
                        strcmp(m->old->members.items[o].id, crew->members.items[k].id) == 0;
        }
        if (!may || same <= best) continue;
        chosen = crew;
        best = same;
    }
    for (size_t k = 0; chosen && k < chosen->members.count; k++)
        m->member[m->member_count++] = chosen->members.items[k].index;
    return chosen;
}

/* The old members who can come, others for those who cannot, and whoever a position needs. */
static enum az_status take_crew(struct maker *m, bool *found)
{
    const struct cl_instance *cl = m->a->cl;
    const struct cl_vehicle *vehicle = &cl->vehicles.items[m->vehicle];
    size_t seats = (size_t)vehicle->seat_count, empty, position, who;
    m->member = AZ_ARRAY(m->a->arena, cl->staff.count, size_t);
    if (!m->member) return AZ_NO_MEMORY;
    *found = true;
    if (cl->crews.count > 0) {
        *found = take_given(m);
        return AZ_OK;
    }
    for (size_t i = 0; i < m->old->members.count; i++) {
        CL_FIND_ID(cl->staff, m->old->members.items[i].id, who);
        if (who == AZ_NO_INDEX) continue;
        if (!is_free(m, who)) who = find_member(m, cl->staff.items[who].skill_set);
        if (who != AZ_NO_INDEX && m->member_count < seats) m->member[m->member_count++] = who;
    }
    for (;;) {
        AZ_TRY(cl_positions_left(cl, vehicle, m->member_count, m->member, m->a->arena, &empty,
                                 &position));
        if (empty == 0) break;
        who = find_member(m, (uint64_t)1 << vehicle->position[position]);
        *found = who != AZ_NO_INDEX && m->member_count < seats;
        if (!*found) return AZ_OK;
        m->member[m->member_count++] = who;
    }
    *found = m->member_count > 0 || seats == 0;
    return AZ_OK;
}

/* When the crew may leave, and its break. */
static void take_hours(struct maker *m)
{
    const struct cl_instance *cl = m->a->cl;
    int64_t midnight = (int64_t)m->day * CL_DAY_S;
    m->from_s = midnight + cl->vehicles.items[m->vehicle].from_s;
    if (m->from_s < cl->earliest_s) m->from_s = cl->earliest_s;
    m->rest_from_s = INT64_MIN;
    m->rest_until_s = INT64_MAX;
    for (size_t i = 0; i < m->member_count; i++) {
        const struct cl_shift *shift =
            cl_shift_at(&cl->staff.items[m->member[i]], m->day, m->leaves_s - midnight);
        if (midnight + shift->hours.from_s > m->from_s) m->from_s = midnight + shift->hours.from_s;
        if (shift->break_s <= 0) continue;
        if (shift->break_s > m->rest_s) m->rest_s = shift->break_s;
        if (midnight + shift->break_from_s > m->rest_from_s)
            m->rest_from_s = midnight + shift->break_from_s;
        if (midnight + shift->break_until_s < m->rest_until_s)
            m->rest_until_s = midnight + shift->break_until_s;
    }
    if (m->leaves_s < m->from_s) m->leaves_s = m->from_s;
}

/* --- stops --------------------------------------------------------------------------------------
 */

static int64_t drive_s(const struct maker *m, size_t to)
{
    const struct cl_roads *roads = cl_roads_of(m->a->cl, m->vehicle, m->day);
    return roads->duration_s[m->place * m->a->cl->places.count + to];
}

static enum az_status add_stop(struct maker *m, struct cl_stop stop,
                               const struct cl_laid_visit *laid, size_t origin)
{
    size_t n = m->round.stops.count++;
    stop.arrival = az_time_add(m->a->cl->start, laid->arrival_s);
    stop.start = az_time_add(m->a->cl->start, laid->start_s);
    stop.end = az_time_add(m->a->cl->start, laid->end_s);
    stop.latest_start.utc_s = AZ_NO_INTEGER;
    if (stop.kind == CL_STOP_VISIT)
        AZ_TRY(cl_adopt_bookings(m->a, laid, &stop.doctor, &stop.pharmacist));
    m->round.stops.items[n] = stop;
    m->laid[n] = *laid;
    m->origin[n] = origin;
    m->now_s = laid->end_s;
    return AZ_OK;
}

/* A break where the crew is, as soon as it may, and not before it was. */
static enum az_status add_break(struct maker *m, int64_t wanted_s, size_t origin)
{
    struct cl_laid_visit laid = { .site = AZ_NO_INDEX };
    laid.start_s = m->now_s > m->rest_from_s ? m->now_s : m->rest_from_s;
    if (wanted_s > laid.start_s && wanted_s <= m->rest_until_s) laid.start_s = wanted_s;
    laid.arrival_s = laid.start_s;
    laid.end_s = laid.start_s + m->rest_s;
    m->rested = true;
    return add_stop(m, (struct cl_stop){ .kind = CL_STOP_BREAK }, &laid, origin);
}

/* When the visit can be, from where the crew is now. */
static bool time_visit(const struct maker *m, const struct cl_stop *old,
                       struct cl_laid_visit *visit)
{
    int64_t wanted_s, drive = drive_s(m, visit->place);
    if (drive < 0) return false;
    visit->arrival_s = m->now_s + drive;
    visit->drive_s = drive;
    bool later = cl_adopt_time(m->a, old->start, &wanted_s) && wanted_s > visit->arrival_s;
    if (later && cl_adopt_visit(m->a, m->day, wanted_s, old->doctor, old->pharmacist, visit))
        return true;
    return cl_adopt_visit(m->a, m->day, visit->arrival_s, old->doctor, old->pharmacist, visit);
}

static enum az_status put_visit(struct maker *m, size_t k)
{
    const struct cl_instance *cl = m->a->cl;
    const struct cl_stop *old = &m->old->stops.items[k];
    struct cl_laid_visit visit = { .left_km = NAN };
    m->dropped[k] = !cl_adopt_site(m->a, &old->site, &old->care, m->day, &visit);
    for (size_t n = 0; n < m->round.stops.count; n++) /* twice in the old round */
        if (m->round.stops.items[n].kind == CL_STOP_VISIT && m->laid[n].site == visit.site)
            m->dropped[k] = true;
    m->dropped[k] = m->dropped[k] || !cl->cares.items[visit.care].needs_crew;
    m->dropped[k] = m->dropped[k] || !time_visit(m, old, &visit);
    if (m->dropped[k]) return AZ_OK;
    if (m->rests && !m->rested && visit.end_s > m->rest_until_s && m->now_s <= m->rest_until_s) {
        AZ_TRY(add_break(m, AZ_NO_INTEGER, AZ_NO_INDEX));
        m->dropped[k] = !time_visit(m, old, &visit);
        if (m->dropped[k]) return AZ_OK;
    }
    struct cl_stop stop = {
        .kind = CL_STOP_VISIT,
        .site = { .id = cl->sites.items[visit.site].id, .index = visit.site },
        .care = { .id = cl->cares.items[visit.care].id, .index = visit.care },
    };
    if (!m->out) m->round.leaves = az_time_add(cl->start, visit.start_s - visit.drive_s);
    if (!m->out) visit.arrival_s = visit.start_s; /* it leaves so late that it need not wait */
    m->out = true;
    m->place = visit.place;
    cl_adopt_book(m->a, &visit, 1);
    return add_stop(m, stop, &visit, k);
}

static enum az_status put_charge(struct maker *m, size_t k)
{
    const struct cl_instance *cl = m->a->cl;
    struct cl_laid_visit laid = { .site = AZ_NO_INDEX };
    size_t charger;
    CL_FIND_ID(cl->chargers, m->old->stops.items[k].charger.id, charger);
    m->dropped[k] = charger == AZ_NO_INDEX;
    if (m->dropped[k]) return AZ_OK;
    laid.place = cl->chargers.items[charger].place.index;
    laid.drive_s = drive_s(m, laid.place);
    m->dropped[k] = laid.drive_s < 0;
    if (m->dropped[k]) return AZ_OK;
    laid.arrival_s = laid.start_s = m->now_s + laid.drive_s;
    laid.end_s = laid.start_s +
                 (int64_t)ceil(cl->chargers.items[charger].minutes * 60 - AZ_FEASIBILITY_TOLERANCE);
    if (!m->out) m->round.leaves = az_time_add(cl->start, m->now_s);
    m->out = true;
    m->place = laid.place;
    struct az_ref ref = { .id = cl->chargers.items[charger].id, .index = charger };
    return add_stop(m, (struct cl_stop){ .kind = CL_STOP_CHARGE, .charger = ref }, &laid, k);
}

/* Gives back the slots of what has been laid. */
static void unlay(struct maker *m)
{
    for (size_t n = 0; n < m->round.stops.count; n++)
        if (m->round.stops.items[n].kind == CL_STOP_VISIT) cl_adopt_book(m->a, &m->laid[n], -1);
    m->round.stops.count = 0;
}

/* The round with all stops that are not dropped. visits: how many it has; 0: there is no way home
 * either. */
static enum az_status lay(struct maker *m, size_t *visits)
{
    const struct cl_instance *cl = m->a->cl;
    int64_t wanted_s;
    unlay(m);
    *visits = 0;
    m->place = cl->vehicles.items[m->vehicle].start_place;
    m->now_s = m->leaves_s;
    m->out = m->rested = false;
    for (size_t k = 0; k < m->old->stops.count; k++) {
        const struct cl_stop *old = &m->old->stops.items[k];
        if (m->dropped[k]) continue;
        if (old->kind == CL_STOP_CHARGE) AZ_TRY(put_charge(m, k));
        if (old->kind == CL_STOP_VISIT) AZ_TRY(put_visit(m, k));
        if (old->kind == CL_STOP_VISIT) *visits += !m->dropped[k];
        if (old->kind != CL_STOP_BREAK || m->rest_s == 0 || m->rested) continue;
        if (!m->out) m->now_s = m->from_s; /* before leaving */
        bool known = cl_adopt_time(m->a, old->start, &wanted_s);
        AZ_TRY(add_break(m, known ? wanted_s : AZ_NO_INTEGER, k));
    }
    if (m->rests && !m->rested && m->out && m->now_s <= m->rest_until_s)
        AZ_TRY(add_break(m, AZ_NO_INTEGER, AZ_NO_INDEX));
    int64_t home_s = drive_s(m, cl->vehicles.items[m->vehicle].end_place);
    m->round.returns = az_time_add(cl->start, m->now_s + (home_s < 0 ? 0 : home_s));
    return AZ_OK;
}

/* A booking as it was: somebody who still has that slot, with room. */
static bool same_booking(const struct maker *m, const struct cl_booking *old,
                         struct cl_laid_booking *laid)
{
    const struct cl_adopter *a = m->a;
    CL_FIND_ID(a->cl->remote, old->remote.id, laid->remote);
    if (laid->remote == AZ_NO_INDEX || !cl_adopt_time(a, old->slot, &laid->slot_s)) return false;
    size_t slot = cl_slot_of(a->cl, laid->remote, laid->slot_s);
    if (slot == AZ_NO_INDEX || a->booked[slot] >= a->cl->slot[slot].capacity) return false;
    return cl_adopt_time(a, old->start, &laid->start_s) && cl_adopt_time(a, old->end, &laid->end_s);
}

/* Site, care and bookings of a visit as they were. drops: out, the site is not visited any more. */
static bool same_visit(const struct maker *m, const struct cl_stop *old, struct cl_laid_visit *laid,
                       bool *drops)
{
    *drops = !cl_adopt_site(m->a, &old->site, &old->care, m->day, laid);
    if (*drops) return true;
    laid->has_doctor = old->doctor;
    laid->has_pharmacist = old->pharmacist;
    if (old->doctor && !same_booking(m, old->doctor, &laid->doctor)) return false;
    return !old->pharmacist || same_booking(m, old->pharmacist, &laid->pharmacist);
}

static struct az_ref site_ref(const struct cl_instance *cl, size_t site)
{
    return (struct az_ref){ .id = cl->sites.items[site].id, .index = site };
}

/* One stop at its old times. possible: false: something of it is gone. */
static enum az_status copy_stop(struct maker *m, size_t k, size_t *visits, bool *possible)
{
    const struct cl_instance *cl = m->a->cl;
    const struct cl_stop *old = &m->old->stops.items[k];
    struct cl_stop stop = { .kind = old->kind };
    struct cl_laid_visit laid = { .site = AZ_NO_INDEX };
    *possible = cl_adopt_time(m->a, old->start, &laid.start_s) &&
                cl_adopt_time(m->a, old->end, &laid.end_s);
    if (!cl_adopt_time(m->a, old->arrival, &laid.arrival_s)) laid.arrival_s = laid.start_s;
    if (old->kind == CL_STOP_VISIT) {
        *possible = *possible && same_visit(m, old, &laid, &m->dropped[k]);
        if (!*possible || m->dropped[k]) return AZ_OK;
        stop.site = site_ref(cl, laid.site);
        stop.care = (struct az_ref){ .id = cl->cares.items[laid.care].id, .index = laid.care };
        cl_adopt_book(m->a, &laid, 1);
        ++*visits;
    } else if (old->kind == CL_STOP_CHARGE) {
        size_t charger;
        CL_FIND_ID(cl->chargers, old->charger.id, charger);
        *possible = *possible && charger != AZ_NO_INDEX;
        if (!*possible) return AZ_OK;
        stop.charger = (struct az_ref){ .id = cl->chargers.items[charger].id, .index = charger };
    } else if (old->kind == CL_STOP_BREAK && old->site.id) {
        CL_FIND_ID(cl->sites, old->site.id, laid.site);
        *possible = *possible && laid.site != AZ_NO_INDEX;
        if (!*possible) return AZ_OK;
        stop.site = site_ref(cl, laid.site);
    }
    return *possible ? add_stop(m, stop, &laid, k) : AZ_OK;
}

/* The round at its old times, with the crew that it has now. */
static enum az_status lay_same(struct maker *m, size_t *visits, bool *possible)
{
    int64_t leaves_s, returns_s;
    *visits = 0;
    *possible = cl_adopt_time(m->a, m->old->leaves, &leaves_s) &&
                cl_adopt_time(m->a, m->old->returns, &returns_s);
    if (!*possible) return AZ_OK;
    m->round.leaves = az_time_add(m->a->cl->start, leaves_s);
    m->round.returns = az_time_add(m->a->cl->start, returns_s);
    for (size_t k = 0; *possible && k < m->old->stops.count; k++)
        AZ_TRY(copy_stop(m, k, visits, possible));
    return AZ_OK;
}

/* --- soundness ----------------------------------------------------------------------------------
 */

/* The first rule that the round by itself breaks, apart from what the whole plan decides; and the
 * stop where. AZ_NO_INDEX: none in particular. */
static enum az_status judge_alone(struct maker *m, const struct az_rule **rule, size_t *stop)
{
    static const enum cl_rule of_plan[] = { CL_RULE_site_served, CL_RULE_site_pattern,
                                            CL_RULE_unserved_list, CL_RULE_visit_changed };
    struct cl_plan alone = *m->a->plan;
    struct az_judgement judgement;
    alone.rounds.items = &m->round;
    alone.rounds.count = 1;
    alone.online.count = alone.unserved.count = 0;
    *rule = NULL;
    *stop = AZ_NO_INDEX;
    AZ_TRY(cl_evaluate(m->a->cl, &alone, m->a->arena, &judgement));
    for (size_t i = 0; i < judgement.violations.count && !*rule; i++) {
        const struct az_breach *breach = &judgement.violations.items[i];
        bool ignored = false;
        for (size_t k = 0; k < sizeof of_plan / sizeof of_plan[0]; k++)
            ignored = ignored || breach->rule == &cl_rules[of_plan[k]];
        if (ignored) continue;
        *rule = breach->rule;
        if (sscanf(breach->pointer, "/rounds/0/stops/%zu", stop) != 1) *stop = AZ_NO_INDEX;
    }
    return AZ_OK;
}

/* Drops the visit at a stop, or the last one. */
static void drop(struct maker *m, size_t stop)
{
    for (size_t n = m->round.stops.count; n-- > 0;) {
        if (m->round.stops.items[n].kind != CL_STOP_VISIT) continue;
        if (stop < m->round.stops.count && n != stop &&
            m->round.stops.items[stop].kind == CL_STOP_VISIT)
            continue;
        m->dropped[m->origin[n]] = true;
        return;
    }
}

static void keep(struct maker *m)
{
    struct cl_adopter *a = m->a;
    for (size_t i = 0; i < m->member_count; i++)
        a->staff_days[m->member[i]] |= (uint32_t)1 << m->day;
    a->out[m->vehicle * (size_t)a->cl->days + m->day]++;
    for (size_t n = 0; n < m->round.stops.count; n++)
        if (m->round.stops.items[n].kind == CL_STOP_VISIT)
            a->site_days[m->laid[n].site] |= (uint32_t)1 << m->day;
    a->plan->rounds.items[a->plan->rounds.count++] = m->round;
}

/* --- the round ----------------------------------------------------------------------------------
 */

/* Day, vehicle and hour of the old round in this instance. False: it has no place here. */
static bool find_place(struct maker *m)
{
    const struct cl_adopter *a = m->a;
    const struct cl_instance *cl = a->cl;
    const struct cl_instance before = { .start = a->old->start, .days = a->old->days };
    size_t day = cl_day_of(&before, m->old->date);
    CL_FIND_ID(cl->vehicles, m->old->vehicle.id, m->vehicle);
    if (day == AZ_NO_INDEX || m->vehicle == AZ_NO_INDEX) return false;
    int64_t now = (int64_t)day + a->shift_s / CL_DAY_S;
    if (now < (int64_t)cl->first_day || now >= cl->days) return false;
    m->day = (size_t)now;
    if (!cl_adopt_time(a, m->old->leaves, &m->leaves_s)) return false;
    if (m->leaves_s < now * CL_DAY_S || m->leaves_s > (now + 2) * CL_DAY_S) return false;
    return a->out[m->vehicle * (size_t)cl->days + m->day] <
           cl->vehicles.items[m->vehicle].fleet[m->day];
}

static enum az_status make_room(struct maker *m)
{
    size_t stops = m->old->stops.count + 1, members = m->member_count;
    m->dropped = AZ_ARRAY(m->a->arena, stops, bool);
    m->origin = AZ_ARRAY(m->a->arena, stops, size_t);
    m->laid = AZ_ARRAY(m->a->arena, stops, struct cl_laid_visit);
    m->round.stops.items = AZ_ARRAY(m->a->arena, stops, struct cl_stop);
    m->round.members.items = AZ_ARRAY(m->a->arena, members, struct az_ref);
    m->round.id = az_arena_format(m->a->arena, "r%zu", m->a->plan->rounds.count + 1);
    char date[CL_DATE];
    m->round.date = az_arena_text(m->a->arena, cl_date_of(m->a->cl, m->day, date));
    if (!m->dropped || !m->origin || !m->laid || !m->round.stops.items) return AZ_NO_MEMORY;
    if (!m->round.members.items || !m->round.id || !m->round.date) return AZ_NO_MEMORY;
    m->round.members.count = members;
    for (size_t i = 0; i < members; i++)
        m->round.members.items[i] =
            (struct az_ref){ .id = m->a->cl->staff.items[m->member[i]].id, .index = m->member[i] };
    m->round.vehicle =
        (struct az_ref){ .id = m->a->cl->vehicles.items[m->vehicle].id, .index = m->vehicle };
    return AZ_OK;
}

enum az_status cl_adopt_round(struct cl_adopter *a, const struct cl_round *old)
{
    struct maker m = { .a = a, .old = old };
    const struct az_rule *rule;
    size_t stop, visits;
    bool found;
    if (!find_place(&m)) return AZ_OK;
    AZ_TRY(take_crew(&m, &found));
    if (!found) return AZ_OK;
    take_hours(&m);
    AZ_TRY(make_room(&m));
    AZ_TRY(lay_same(&m, &visits, &found));
    if (found && visits > 0) {
        AZ_TRY(judge_alone(&m, &rule, &stop));
        if (!rule) {
            keep(&m);
            return AZ_OK;
        }
    }
    for (;;) {
        AZ_TRY(lay(&m, &visits));
        if (visits == 0) break;
        AZ_TRY(judge_alone(&m, &rule, &stop));
        if (!rule) {
            keep(&m);
            return AZ_OK;
        }
        if (rule == &cl_rules[CL_RULE_break_missing] && !m.rests)
            m.rests = true;
        else
            drop(&m, stop);
    }
    unlay(&m);
    return AZ_OK;
}
