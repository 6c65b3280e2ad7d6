/* explain_empty.c - can a site be visited at all, and which rule stands in the way?
 *
 * The week is made empty but for the site, and every crew of every day tries it. Where none can,
 * one rule after the other is taken away, first those that hold this week only (a closed pass, an
 * absence), then those that hold always: the first without which somebody can is what stands in the
 * way. Where none alone will do, as many as can be are put back and the first of the rest is
 * named. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/explain.h"
#include "formulations/clinic/resolve.h"

/* --- rules taken away ---------------------------------------------------------------------------
 * Each from the words of an instance, before it is resolved.
 */

#define FOR_EACH(i, list) for (size_t i = 0; i < (list).count; i++)
#define EMPTY(list) ((list).items = NULL, (list).count = 0)

static void open_roads(struct cl_instance *cl)
{
    EMPTY(cl->closures);
}

/* After resolving: what cannot be driven takes no time. */
static void build_roads(struct cl_instance *cl)
{
    size_t places = cl->places.count;
    for (size_t k = 0; k < cl->profile_count * (size_t)cl->days; k++)
        for (size_t leg = 0; leg < places * places; leg++)
            if (cl->roads[k].duration_s[leg] < 0) cl->roads[k].duration_s[leg] = 0;
}

static void end_absences(struct cl_instance *cl)
{
    FOR_EACH(i, cl->staff) EMPTY(cl->staff.items[i].absent);
    if (cl->state) EMPTY(cl->state->staff_out);
}

static void repair_vehicles(struct cl_instance *cl)
{
    FOR_EACH(i, cl->vehicles) EMPTY(cl->vehicles.items[i].out_of_service);
    if (cl->state) EMPTY(cl->state->vehicles_out);
}

static void free_slots(struct cl_instance *cl)
{
    FOR_EACH(i, cl->remote) EMPTY(cl->remote.items[i].absent);
    if (cl->state) EMPTY(cl->state->booked);
}

/* The first day that is planned begins at its midnight. */
static void begin_early(struct cl_instance *cl)
{
    if (!cl->state) return;
    int64_t since = cl->state->at.utc_s - cl->start.utc_s;
    cl->state->at.utc_s -= ((since % CL_DAY_S) + CL_DAY_S) % CL_DAY_S;
}

static void open_site(struct cl_instance *cl)
{
    struct cl_site *site = &cl->sites.items[0];
    EMPTY(cl->holidays);
    EMPTY(site->closed);
    FOR_EACH(w, site->windows)
    {
        EMPTY(site->windows.items[w].weekdays);
        EMPTY(site->windows.items[w].dates);
    }
}

static void take_any_days(struct cl_instance *cl)
{
    struct cl_site *site = &cl->sites.items[0];
    EMPTY(site->patterns);
    site->spacing_min_days = 1;
    site->spacing_max_days = site->interval_max_days = AZ_NO_INTEGER;
}

static void visit_at_any_hour(struct cl_instance *cl)
{
    FOR_EACH(w, cl->sites.items[0].windows)
    {
        cl->sites.items[0].windows.items[w].from = "00:00";
        cl->sites.items[0].windows.items[w].until = "23:59:59";
    }
}

static void end_when_done(struct cl_instance *cl)
{
    FOR_EACH(w, cl->sites.items[0].windows) cl->sites.items[0].windows.items[w].ends_within = 0;
}

static void work_without_break(struct cl_instance *cl)
{
    FOR_EACH(i, cl->staff)
    FOR_EACH(s, cl->staff.items[i].shifts) cl->staff.items[i].shifts.items[s].break_min = 0;
}

static void drive_any_distance(struct cl_instance *cl)
{
    FOR_EACH(i, cl->vehicles) cl->vehicles.items[i].range_km = NAN;
}

static void load_anything(struct cl_instance *cl)
{
    FOR_EACH(i, cl->vehicles) cl->vehicles.items[i].capacity = NAN;
}

static void need_no_equipment(struct cl_instance *cl)
{
    FOR_EACH(i, cl->cares) EMPTY(cl->cares.items[i].equipment);
}

static void need_no_skills(struct cl_instance *cl)
{
    FOR_EACH(i, cl->cares) EMPTY(cl->cares.items[i].skills);
}

static void form_any_crew(struct cl_instance *cl)
{
    EMPTY(cl->crews);
}

/* Anybody may drive alone; seats stay. */
static void fill_no_positions(struct cl_instance *cl)
{
    FOR_EACH(i, cl->vehicles)
    {
        struct cl_vehicle *vehicle = &cl->vehicles.items[i];
        if (vehicle->seats == AZ_NO_INTEGER) vehicle->seats = (int64_t)vehicle->crew.count;
        EMPTY(vehicle->crew);
    }
}

#define MORE_SEATS 2

static void add_seats(struct cl_instance *cl)
{
    FOR_EACH(i, cl->vehicles)
    {
        struct cl_vehicle *vehicle = &cl->vehicles.items[i];
        if (vehicle->seats == AZ_NO_INTEGER) vehicle->seats = (int64_t)vehicle->crew.count;
        vehicle->seats += MORE_SEATS;
    }
}

static void use_vehicles_always(struct cl_instance *cl)
{
    FOR_EACH(i, cl->vehicles)
    cl->vehicles.items[i].from = cl->vehicles.items[i].until = NULL;
}

static void work_earlier(struct cl_instance *cl)
{
    FOR_EACH(i, cl->staff)
    FOR_EACH(s, cl->staff.items[i].shifts) cl->staff.items[i].shifts.items[s].from = "00:00";
}

static void work_longer(struct cl_instance *cl)
{
    FOR_EACH(i, cl->staff) cl->staff.items[i].overtime_max_min = 24 * 60;
}

static void work_every_day(struct cl_instance *cl)
{
    FOR_EACH(i, cl->staff)
    FOR_EACH(s, cl->staff.items[i].shifts)
    {
        EMPTY(cl->staff.items[i].shifts.items[s].weekdays);
        EMPTY(cl->staff.items[i].shifts.items[s].dates);
    }
    FOR_EACH(k, cl->crews)
    {
        EMPTY(cl->crews.items[k].weekdays);
        EMPTY(cl->crews.items[k].dates);
    }
}

static void see_any_specialist(struct cl_instance *cl)
{
    FOR_EACH(i, cl->cares)
    {
        if (cl->cares.items[i].doctor) cl->cares.items[i].doctor->specialty = NULL;
        if (cl->cares.items[i].pharmacist) cl->cares.items[i].pharmacist->specialty = NULL;
    }
}

static void widen_slots(struct cl_instance *cl)
{
    FOR_EACH(i, cl->remote)
    FOR_EACH(s, cl->remote.items[i].slots)
    {
        cl->remote.items[i].slots.items[s].from = "00:00";
        cl->remote.items[i].slots.items[s].until = "24:00";
        cl->remote.items[i].slots.items[s].each_min = NAN;
    }
}

static void wait_for_pharmacists(struct cl_instance *cl)
{
    FOR_EACH(i, cl->cares)
    if (cl->cares.items[i].pharmacist) cl->cares.items[i].pharmacist->wait_max_min = 24 * 60;
}

static void need_no_pharmacist(struct cl_instance *cl)
{
    FOR_EACH(i, cl->cares) cl->cares.items[i].pharmacist = NULL;
}

static void need_no_doctor(struct cl_instance *cl)
{
    FOR_EACH(i, cl->cares) cl->cares.items[i].doctor = NULL;
}

/* What holds this week only comes first; then what is nearer to the site. */
static const struct {
    enum cl_rule rule;
    void (*relax)(struct cl_instance *cl);
    struct az_words words;
} obstacles[] = {
    { CL_RULE_road, open_roads, { "a road that is closed or missing", "通れない道" } },
    { CL_RULE_member_absent, end_absences, { "staff who are absent", "職員の不在" } },
    { CL_RULE_vehicle_service,
      repair_vehicles,
      { "vehicles that are out of service", "使えない車両" } },
    { CL_RULE_slot_capacity,
      free_slots,
      { "doctors or pharmacists who are absent, booked out or wanted by two of its visits at once",
        "遠隔の医師・薬剤師の不在、満席または自らの訪問どうしの重なり" } },
    { CL_RULE_day_over, begin_early, { "the day is partly over", "当日の時間がすでに過ぎている" } },
    { CL_RULE_site_closed, open_site, { "days on which the site is closed", "訪問できない日" } },
    { CL_RULE_site_pattern,
      take_any_days,
      { "the days that its visits must have", "訪問日の組と間隔" } },
    { CL_RULE_break_missing, work_without_break, { "the crew's break", "班の休憩" } },
    { CL_RULE_range, drive_any_distance, { "the vehicle's range", "車両の航続距離" } },
    { CL_RULE_capacity, load_anything, { "the vehicle's capacity", "車両の積載上限" } },
    { CL_RULE_care_equipment,
      need_no_equipment,
      { "equipment that no vehicle has there", "必要な装備" } },
    { CL_RULE_crew_seats, add_seats, { "seats", "座席数" } },
    { CL_RULE_care_skill,
      need_no_skills,
      { "a skill that nobody of a crew has", "必要な資格・技能" } },
    { CL_RULE_member_shift, work_every_day, { "days on which nobody works", "勤務のない日" } },
    { CL_RULE_crew_given, form_any_crew, { "the crews that are given", "決められた班" } },
    { CL_RULE_crew_position,
      fill_no_positions,
      { "positions that nobody can fill", "担当者のいない役割" } },
    { CL_RULE_pharmacist_wait,
      wait_for_pharmacists,
      { "how long the pharmacist may be waited for", "薬剤師を待てる時間" } },
    { CL_RULE_slot_hours,
      widen_slots,
      { "the hours of doctors' and pharmacists' slots", "医師・薬剤師の予約枠の時間" } },
    { CL_RULE_remote_specialty,
      see_any_specialist,
      { "the specialty that is asked for", "求める診療科" } },
    { CL_RULE_pharmacist_missing, need_no_pharmacist, { "a pharmacist's slot", "薬剤師の枠" } },
    { CL_RULE_doctor_missing, need_no_doctor, { "a doctor's slot", "医師の枠" } },
    { CL_RULE_site_ends,
      end_when_done,
      { "the hour by which the visit must end", "訪問が終わるべき時刻" } },
    { CL_RULE_site_window, visit_at_any_hour, { "the site's hours", "受入時間" } },
    { CL_RULE_vehicle_hours, use_vehicles_always, { "the vehicle's hours", "車両の使用時間" } },
    { CL_RULE_shift_start, work_earlier, { "when shifts begin", "勤務の開始時刻" } },
    { CL_RULE_shift_end, work_longer, { "when shifts end", "勤務の終了時刻" } },
};
/* By how much a rule gives, in its unit. */
struct give {
    enum cl_rule rule;
    double amount;
};

/* After resolving: hours, ranges and loads that are wider by so much. */
static void widen(struct cl_instance *cl, const struct give *give)
{
    int64_t by_s = cl_seconds(give->amount);
    FOR_EACH(w, cl->sites.items[0].windows)
    {
        struct cl_window *window = &cl->sites.items[0].windows.items[w];
        bool ends = give->rule == CL_RULE_site_ends && window->ends_within == 1;
        if (give->rule == CL_RULE_site_window) window->hours.from_s -= by_s;
        if (give->rule == CL_RULE_site_window || ends) window->hours.until_s += by_s;
    }
    FOR_EACH(i, cl->staff)
    {
        struct cl_staff *staff = &cl->staff.items[i];
        if (give->rule == CL_RULE_shift_end) staff->overtime_s += by_s;
        for (size_t s = 0; s < staff->shifts.count && give->rule == CL_RULE_shift_start; s++)
            staff->shifts.items[s].hours.from_s -= by_s;
    }
    FOR_EACH(i, cl->vehicles)
    {
        struct cl_vehicle *vehicle = &cl->vehicles.items[i];
        if (give->rule == CL_RULE_vehicle_hours) vehicle->from_s -= by_s;
        if (give->rule == CL_RULE_vehicle_hours) vehicle->until_s += by_s;
        if (give->rule == CL_RULE_range) vehicle->range_km += give->amount;
        if (give->rule == CL_RULE_capacity) vehicle->capacity += give->amount;
    }
    FOR_EACH(i, cl->cares)
    if (give->rule == CL_RULE_pharmacist_wait && cl->cares.items[i].pharmacist)
        cl->cares.items[i].pharmacist->wait_s += by_s;
}

/* How finely a rule gives, and how far at most; 0: not by an amount. */
static double step_of(enum cl_rule rule, double *most)
{
    *most = 24 * 60;
    switch (rule) {
    case CL_RULE_site_window:
    case CL_RULE_site_ends:
    case CL_RULE_shift_start:
    case CL_RULE_shift_end:
    case CL_RULE_vehicle_hours:
    case CL_RULE_pharmacist_wait:
        return 1;
    case CL_RULE_range:
        *most = 2000;
        return 0.1;
    case CL_RULE_capacity:
        *most = 1e9;
        return 0.01;
    default:
        return 0;
    }
}

#define ROAD 0
#define OBSTACLES (sizeof obstacles / sizeof obstacles[0])

struct az_words cl_obstacle_words(enum cl_rule rule)
{
    for (size_t k = 0; k < OBSTACLES; k++)
        if (obstacles[k].rule == rule) return obstacles[k].words;
    if (rule == CL_RULE_break_common)
        return (struct az_words)AZ_EN_JA("the members' breaks have no time in common",
                                         "班の職員の休憩時間帯に重なりがない");
    return (struct az_words)AZ_EN_JA("several rules together", "複数の規則の組合せ");
}

/* --- the empty week -----------------------------------------------------------------------------
 */

static void keep_appointments(size_t *count, struct cl_appointment *items, size_t site)
{
    size_t kept = 0;
    for (size_t a = 0; a < *count; a++)
        if (items[a].site.index == site) items[kept++] = items[a];
    *count = kept;
}

/* Nobody but the site, with some of the rules; resolved anew. */
static enum az_status empty_week(const struct cl_instance *cl, size_t site,
                                 const bool relaxed[OBSTACLES], struct az_arena *arena,
                                 struct cl_instance **week)
{
    void *copy;
    struct az_findings findings;
    az_findings_init(&findings, arena, 0);
    AZ_TRY(az_copy(&cl_instance_table, cl, arena, &copy));
    *week = copy;
    (*week)->sites.items += site;
    (*week)->sites.count = 1;
    keep_appointments(&(*week)->appointments.count, (*week)->appointments.items, site);
    if ((*week)->state)
        keep_appointments(&(*week)->state->appointments.count, (*week)->state->appointments.items,
                          site);
    for (size_t k = 0; k < OBSTACLES; k++)
        if (relaxed[k]) obstacles[k].relax(*week);
    AZ_TRY(az_link(&cl_instance_table, *week, NULL, NULL, arena, &findings));
    AZ_TRY(cl_resolve(*week, arena, &findings, &findings));
    if (!(*week)->roads) return AZ_INTERNAL;
    if (relaxed[ROAD]) build_roads(*week);
    return AZ_OK;
}

static bool has_room(const struct cl_ways *ways, size_t slot)
{
    return slot == AZ_NO_INDEX || ways->slots[slot].capacity > 0;
}

/* Days on which a visit alone is possible: on line, or as the only one of a crew's round. */
static enum az_status days_alone(const struct cl_ground *ground, size_t site,
                                 struct az_arena *arena, uint32_t *days)
{
    const struct cl_instance *cl = ground->cl;
    const struct cl_ways *ways = &ground->ways;
    int64_t *slot_free = AZ_ARRAY(arena, ways->slot_count, int64_t);
    if (!slot_free) return AZ_NO_MEMORY;
    for (size_t s = 0; s < ways->slot_count; s++) slot_free[s] = ways->slots[s].capacity;
    *days = 0;
    for (size_t d = cl->first_day; d < (size_t)cl->days; d++) {
        size_t at = site * (size_t)cl->days + d;
        bool possible = false;
        for (size_t w = ways->first[at]; w < ways->first[at + 1] && !possible; w++)
            possible = ways->items[w].online && has_room(ways, ways->items[w].doctor) &&
                       has_room(ways, ways->items[w].pharmacist);
        bool any = ways->first[at] < ways->first[at + 1];
        for (size_t t = ground->teams.day_first[d];
             any && t < ground->teams.day_first[d + 1] && !possible; t++) {
            struct cl_tour tour;
            double value;
            AZ_TRY(cl_sequence_tour(ground, t, &site, 1, slot_free, 1, 0, arena, arena, &tour,
                                    &value));
            possible = isfinite(value);
        }
        if (possible) *days |= (uint32_t)1 << d;
    }
    return AZ_OK;
}

static bool has_pattern(const struct cl_site *site, uint32_t days)
{
    for (size_t p = 0; p < site->pattern_count; p++)
        if (!(site->pattern[p].days & ~site->done & ~days)) return true;
    return false;
}

/* give: NULL, or a rule that gives by so much besides. */
static enum az_status is_possible(const struct cl_instance *cl, size_t site,
                                  const bool relaxed[OBSTACLES], const struct give *give,
                                  bool *possible)
{
    struct cl_instance *week;
    struct cl_ground ground;
    uint32_t days = 0;
    enum az_status status = AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    AZ_GOTO(empty_week(cl, site, relaxed, arena, &week));
    if (give) widen(week, give);
    AZ_GOTO(cl_ground_of(week, arena, &ground));
    AZ_GOTO(days_alone(&ground, 0, arena, &days));
    *possible = has_pattern(&week->sites.items[0], days);
done:
    az_arena_free(arena);
    return status;
}

/* --- proof --------------------------------------------------------------------------------------
 */

/* Days on which some round has the site, others on its way or not: where the way by another site is
 * shorter than the road, or the only one. *whole: all crews were asked to the end. */
static enum az_status days_with_others(const struct cl_ground *ground, size_t site,
                                       const struct az_context *context, uint32_t *days,
                                       bool *whole)
{
    const struct cl_teams *teams = &ground->teams;
    struct az_arena *arena = az_arena_new(NULL), *scratch = az_arena_new(NULL);
    enum az_status status = arena && scratch ? AZ_OK : AZ_NO_MEMORY;
    double *visit = arena ? AZ_ARRAY(arena, ground->cl->sites.count + 1, double) : NULL;
    double *slot = arena ? AZ_ARRAY(arena, ground->ways.slot_count + 1, double) : NULL;
    if (!visit || !slot) status = AZ_NO_MEMORY;
    *whole = teams->complete;
    if (status == AZ_OK) visit[site] = 1;
    for (size_t t = 0; t < teams->count && status == AZ_OK && *whole; t++) {
        struct cl_round_prices prices = {
            .visit = visit, .slot = slot, .below = -0.5, .effort = CL_EFFORTS - 1, .limit = 1
        };
        size_t day = teams->items[t].day, count, at = site * (size_t)ground->cl->days + day;
        struct cl_priced_round *rounds;
        double bound;
        if (*days >> day & 1 || ground->ways.first[at] == ground->ways.first[at + 1]) continue;
        status =
            cl_price_rounds(ground, t, &prices, context, arena, scratch, &count, &rounds, &bound);
        if (status != AZ_OK) break;
        if (bound == -INFINITY) *whole = false;
        if (bound < -0.5) *days |= (uint32_t)1 << day;
        az_arena_empty(scratch);
    }
    az_arena_free(scratch);
    az_arena_free(arena);
    return status;
}

/* Of the crews that could do a visit of the site, breaks apart: have the breaks of all of them no
 * time in common? */
static bool breaks_never_meet(const struct cl_ground *ground, size_t site)
{
    bool any = false;
    for (size_t t = 0; t < ground->teams.count; t++) {
        const struct cl_team *team = &ground->teams.items[t];
        size_t at = site * (size_t)ground->cl->days + team->day;
        bool may = false;
        for (size_t w = ground->ways.first[at]; w < ground->ways.first[at + 1] && !may; w++)
            may = cl_may_do(ground, team, &ground->ways.items[w]);
        if (!may) continue;
        if (team->break_s == 0 || team->break_from_s <= team->break_until_s) return false;
        any = true;
    }
    return any;
}

/* --- the rule -----------------------------------------------------------------------------------
 */

enum az_status cl_site_rule(const struct cl_ground *ground, size_t site,
                            const struct az_context *context, struct cl_obstacle *obstacle)
{
    bool relaxed[OBSTACLES] = { false }, possible = false;
    obstacle->rule = CL_RULE_site_served;
    for (size_t k = 0; k < OBSTACLES; k++) {
        if (az_must_stop(context)) return AZ_OK;
        relaxed[k] = true;
        AZ_TRY(is_possible(ground->cl, site, relaxed, NULL, &possible));
        relaxed[k] = false;
        if (!possible) continue;
        obstacle->rule = obstacles[k].rule;
        obstacle->together = 1;
        if (obstacle->rule == CL_RULE_break_missing && breaks_never_meet(ground, site))
            obstacle->rule = CL_RULE_break_common;
        return AZ_OK;
    }
    for (size_t k = 0; k < OBSTACLES; k++) relaxed[k] = true;
    AZ_TRY(is_possible(ground->cl, site, relaxed, NULL, &possible));
    if (!possible) return AZ_OK;
    for (size_t k = OBSTACLES; k > 0; k--) {
        if (az_must_stop(context)) break;
        relaxed[k - 1] = false;
        AZ_TRY(is_possible(ground->cl, site, relaxed, NULL, &possible));
        relaxed[k - 1] = !possible;
    }
    for (size_t k = OBSTACLES; k > 0; k--) {
        if (!relaxed[k - 1]) continue;
        obstacle->rule = obstacles[k - 1].rule;
        obstacle->together++;
    }
    return AZ_OK;
}

static enum az_status look(const struct cl_ground *ground, size_t site,
                           const struct az_context *context, struct az_arena *arena,
                           struct cl_obstacle *obstacle)
{
    const struct cl_site *visited = &ground->cl->sites.items[site];
    uint32_t days = 0;
    AZ_TRY(days_alone(ground, site, arena, &days));
    obstacle->alone = obstacle->possible = has_pattern(visited, days);
    if (obstacle->alone) return AZ_OK;
    AZ_TRY(days_with_others(ground, site, context, &days, &obstacle->proven));
    obstacle->possible = has_pattern(visited, days);
    if (obstacle->possible || !obstacle->proven) return AZ_OK;
    return cl_site_rule(ground, site, context, obstacle);
}

enum az_status cl_site_obstacle(const struct cl_ground *ground, size_t site,
                                const struct az_context *context, struct cl_obstacle *obstacle)
{
    *obstacle = (struct cl_obstacle){ 0 };
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    enum az_status status = look(ground, site, context, arena, obstacle);
    az_arena_free(arena);
    return status;
}

enum az_status cl_obstacle_amount(const struct cl_ground *ground, size_t site, enum cl_rule rule,
                                  const struct az_context *context, double *amount)
{
    bool relaxed[OBSTACLES] = { false }, possible = false;
    double most, step = step_of(rule, &most), low = 0, high = 1; /* steps */
    *amount = NAN;
    if (step <= 0) return AZ_OK;
    for (; !possible; high *= 2) {
        struct give give = { rule, high * step };
        if (give.amount > most || az_must_stop(context)) return AZ_OK;
        AZ_TRY(is_possible(ground->cl, site, relaxed, &give, &possible));
        if (possible) break;
        low = high;
    }
    while (high - low > 1.5) {
        double middle = floor((low + high) / 2);
        struct give give = { rule, middle * step };
        if (az_must_stop(context)) return AZ_OK;
        AZ_TRY(is_possible(ground->cl, site, relaxed, &give, &possible));
        *(possible ? &high : &low) = middle;
    }
    *amount = high * step;
    return AZ_OK;
}
