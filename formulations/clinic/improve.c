/* improve.c - weeks by search: ruin a part, recreate it, keep what is better.
 *
 * A step takes strings of visits that lie near each other out of the courses around a seed and puts
 * them back one by one where that costs least, now and then looking past a place (Christiaens and
 * Vanden Berghe 2020). Half of the steps of a week take visits of one day, which come back on that
 * day; the others take sites with all their days, which come back with any pattern. A worse week is
 * taken for a while, less and less so. Counts end it, the deadline apart. */
#include "formulations/clinic/improve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/draft.h"

#define VISITS 10.0       /* taken out in a step, about */
#define LONGEST_STRING 10 /* visits of one course */
#define SPLIT 0.5         /* of the strings keep some visits in their middle, */
#define KEEP_MORE 0.99    /* one more of them so often */
#define FIRST_HEAT 1.0    /* of what is driven for a visit: how much worse is taken at first */
#define LAST_HEAT 0.01    /* and in the end */
#define OPEN_ODDS 20      /* one step in so many opens a course, */
#define CLOSE_ODDS 40     /* and one takes all visits of a course */
#define CREW_ODDS 8       /* one step in so many tries other crews for a course */
#define OFFER_STEPS 1000  /* between offers */
#define CLOCK_STEPS 16    /* between looks at the clock */
#define STEPS_PER_CUBE 0.8
#define LEAST_STEPS 2000.0
#define MOST_STEPS 4e6
#define MANY_VISITS 80.0 /* for columns */
#define SHARE_OF_FEW 0.2
#define SHARE_OF_MANY 0.95
#define BALANCE_STEPS 300
#define BALANCE_OFFERS 40

/* --- ruin ----------------------------------------------------------------------------------------
 */

struct ruin {
    double longest; /* string */
    size_t strings; /* still to take */
    bool one_day;   /* visits of that day only */
    size_t day;
};

static enum az_status take(struct cl_improver *m, const struct ruin *ruin, size_t site)
{
    return ruin->one_day ? cl_take_visit(m, site, ruin->day) : cl_take_out(m, site);
}

/* A string of a course's visits around one of them; or one with a gap. */
static enum az_status take_string(struct cl_improver *m, const struct ruin *ruin, size_t site,
                                  size_t index)
{
    const struct cl_course *course = &m->now.courses[index];
    double most = fmin((double)course->count, ruin->longest);
    size_t length = (size_t)(1 + az_random_unit(&m->random) * most), at = 0, gap = 0;
    if (length > course->count) length = course->count;
    if (length > LONGEST_STRING) length = LONGEST_STRING;
    size_t string[LONGEST_STRING], count = 0;
    while (at < course->count && course->site[at] != site) at++;
    if (length > 1 && length < course->count && az_random_unit(&m->random) < SPLIT) {
        gap = 1;
        while (length + gap < course->count && az_random_unit(&m->random) > KEEP_MORE) gap++;
    }
    size_t span = length + gap;
    size_t least = at + 1 > span ? at + 1 - span : 0;
    size_t latest = at + span <= course->count ? at : course->count - span;
    size_t first = least + (size_t)az_random_below(&m->random, latest - least + 1);
    size_t gap_at = gap > 0 ? 1 + (size_t)az_random_below(&m->random, length - 1) : span;
    for (size_t k = 0; k < span; k++)
        if (k < gap_at || k >= gap_at + gap) string[count++] = course->site[first + k];
    for (size_t k = 0; k < count; k++) AZ_TRY(take(m, ruin, string[k]));
    return AZ_OK;
}

/* A course of the site on some day, or on that day, that has not been ruined yet. */
static size_t course_to_ruin(struct cl_improver *m, const struct ruin *ruin, size_t site)
{
    size_t met = 0, chosen = AZ_NO_INDEX;
    for (size_t d = m->cl->first_day; d < m->days; d++) {
        size_t index = m->now.course_of[site * m->days + d];
        if (index == AZ_NO_INDEX || (ruin->one_day && d != ruin->day)) continue;
        if (index < m->stale.capacity && m->stale.is_in[index]) continue;
        if (az_random_below(&m->random, ++met) == 0) chosen = index;
    }
    return chosen;
}

static bool is_online(const struct cl_improver *m, size_t site)
{
    for (size_t d = 0; m->online_days[site] != 0 && d < m->days; d++)
        if (m->now.online[site * m->days + d] != AZ_NO_INDEX) return true;
    return false;
}

static void begin_ruin(struct cl_improver *m, struct ruin *ruin)
{
    size_t visits = 0, open = 0;
    for (size_t r = 0; r < m->now.course_count; r++) {
        open += m->now.courses[r].is_open;
        visits += m->now.courses[r].count;
    }
    *ruin = (struct ruin){ .longest =
                               fmin(LONGEST_STRING, open > 0 ? (double)visits / (double)open : 1) };
    double most = 4 * VISITS / (1 + ruin->longest) - 1;
    ruin->strings = (size_t)(1 + az_random_unit(&m->random) * fmax(1, most));
    m->absent_count = m->homeless_count = 0;
    if (open == 0 || m->days - m->cl->first_day < 2 || az_random_below(&m->random, 2) == 0) return;
    size_t chosen = (size_t)az_random_below(&m->random, open);
    for (size_t r = 0; r < m->now.course_count && !ruin->one_day; r++)
        if (m->now.courses[r].is_open && chosen-- == 0) {
            ruin->one_day = true;
            ruin->day = m->flat.units[m->now.courses[r].team].day;
        }
}

/* All visits of some course. */
static enum az_status close_some(struct cl_improver *m, struct ruin *ruin)
{
    size_t index = (size_t)az_random_below(&m->random, m->now.course_count);
    const struct cl_course *course = &m->now.courses[index];
    if (!course->is_open) return AZ_OK;
    ruin->strings = 0;
    ruin->one_day = true;
    ruin->day = m->flat.units[course->team].day;
    while (course->count > 0) AZ_TRY(take(m, ruin, course->site[course->count - 1]));
    return AZ_OK;
}

static enum az_status ruin_some(struct cl_improver *m)
{
    struct ruin ruin;
    begin_ruin(m, &ruin);
    size_t seed = (size_t)az_random_below(&m->random, m->sites);
    for (size_t i = 0; i < m->sites; i++) /* those left out may come in now */
        if (m->now.pattern[i] == AZ_NO_INDEX) m->absent[m->absent_count++] = i;
    if (m->now.course_count > 0 && az_random_below(&m->random, CLOSE_ODDS) == 0)
        AZ_TRY(close_some(m, &ruin));
    for (size_t k = 0; k < m->sites && ruin.strings > 0; k++) {
        size_t site = m->near[seed * m->sites + k];
        if (m->now.pattern[site] == AZ_NO_INDEX) continue;
        size_t course = course_to_ruin(m, &ruin, site);
        if (course == AZ_NO_INDEX && (ruin.one_day || !is_online(m, site))) continue;
        ruin.strings--;
        AZ_TRY(course == AZ_NO_INDEX ? cl_take_out(m, site) : take_string(m, &ruin, site, course));
    }
    return cl_settle(m);
}

/* --- recreate ------------------------------------------------------------------------------------
 */

/* Sorts a few sites by a random number or one of the keys. */
static void shuffle(struct cl_improver *m, size_t site[], size_t count)
{
    static const int order[] = { -1,
                                 -1,
                                 -1,
                                 -1,
                                 CL_ORDER_LOAD,
                                 CL_ORDER_LOAD,
                                 CL_ORDER_LOAD,
                                 CL_ORDER_FAR,
                                 CL_ORDER_FAR,
                                 CL_ORDER_NEAR,
                                 CL_ORDER_NARROW,
                                 CL_ORDER_NARROW,
                                 CL_ORDER_EARLY,
                                 CL_ORDER_LATE };
    int by = order[az_random_below(&m->random, sizeof order / sizeof order[0])];
    for (size_t k = count; k > 1; k--) {
        size_t other = (size_t)az_random_below(&m->random, k), swapped = site[k - 1];
        site[k - 1] = site[other];
        site[other] = swapped;
    }
    if (by < 0) return;
    const double *key = m->key + (size_t)by * m->sites;
    for (size_t k = 1; k < count; k++) {
        size_t moved = site[k], j = k;
        for (; j > 0 && key[site[j - 1]] > key[moved]; j--) site[j] = site[j - 1];
        site[j] = moved;
    }
}

static enum az_status recreate(struct cl_improver *m)
{
    if (az_random_below(&m->random, OPEN_ODDS) == 0)
        m->opens_day = m->homeless_count > 0
                           ? m->homeless_day
                           : m->cl->first_day +
                                 (size_t)az_random_below(&m->random, m->days - m->cl->first_day);
    shuffle(m, m->homeless, m->homeless_count);
    for (size_t k = 0; k < m->homeless_count; k++)
        AZ_TRY(cl_put_visit(m, m->homeless[k], m->homeless_day));
    shuffle(m, m->absent, m->absent_count);
    for (size_t k = 0; k < m->absent_count; k++) AZ_TRY(cl_put_in(m, m->absent[k]));
    m->absent_count = m->homeless_count = 0;
    m->opens_day = AZ_NO_INDEX;
    if (az_random_below(&m->random, CREW_ODDS) > 0 || m->now.course_count == 0) return AZ_OK;
    size_t course = (size_t)az_random_below(&m->random, m->now.course_count);
    return m->now.courses[course].is_open ? cl_change_crew(m, course) : AZ_OK;
}

/* --- what is known of sites ----------------------------------------------------------------------
 */

static int by_away(const void *a, const void *b, void *data)
{
    const int64_t *away = data;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    if (away[x] != away[y]) return away[x] < away[y] ? -1 : 1;
    return (x > y) - (x < y);
}

/* Of each site all others by the drive to them; without a road they come last. */
static enum az_status sort_near(struct cl_improver *m)
{
    const struct cl_instance *cl = m->cl;
    m->near = AZ_ARRAY(m->arena, m->sites * m->sites, size_t);
    int64_t *away = AZ_ARRAY(m->scratch, m->sites, int64_t);
    if (!m->near || !away) return AZ_NO_MEMORY;
    for (size_t i = 0; i < m->sites; i++) {
        for (size_t j = 0; j < m->sites; j++) {
            m->near[i * m->sites + j] = j;
            if (cl->vehicles.count == 0 || i == j) continue;
            away[j] = cl_roads_of(cl, 0, cl->first_day)
                          ->duration_s[m->flat.place[i] * m->flat.places + m->flat.place[j]];
            if (away[j] < 0) away[j] = INT64_MAX;
        }
        away[i] = -1;
        qsort_r(m->near + i * m->sites, m->sites, sizeof *m->near, by_away, away);
    }
    return AZ_OK;
}

/* From the first vehicle's start, and how long and when its ways are open. */
static enum az_status set_keys(struct cl_improver *m)
{
    const struct cl_ways *ways = &m->ground->ways;
    m->key = AZ_ARRAY(m->arena, CL_ORDERS * m->sites, double);
    if (!m->key) return AZ_NO_MEMORY;
    for (size_t i = 0; i < m->sites; i++) {
        double far = 0, width = 0, early = INFINITY, late = 0;
        if (m->cl->vehicles.count > 0)
            far = (double)cl_roads_of(m->cl, 0, m->cl->first_day)
                      ->duration_s[m->cl->vehicles.items[0].start_place * m->flat.places +
                                   m->flat.place[i]];
        for (size_t w = ways->first[i * m->days]; w < ways->first[(i + 1) * m->days]; w++) {
            const struct cl_way *way = &ways->items[w];
            width += (double)(way->until_s - way->from_s) + 1;
            early = fmin(early, (double)(way->from_s - (int64_t)way->day * CL_DAY_S));
            late = fmax(late, (double)(way->until_s - (int64_t)way->day * CL_DAY_S));
        }
        m->key[CL_ORDER_FAR * m->sites + i] = -far;
        m->key[CL_ORDER_NEAR * m->sites + i] = far;
        m->key[CL_ORDER_LOAD * m->sites + i] = -m->flat.load[i];
        m->key[CL_ORDER_NARROW * m->sites + i] = width;
        m->key[CL_ORDER_EARLY * m->sites + i] = early;
        m->key[CL_ORDER_LATE * m->sites + i] = -late;
    }
    return AZ_OK;
}

/* --- the search ----------------------------------------------------------------------------------
 */

/* Offers the best week, unless a site is left out that must be served. */
static enum az_status offer_best(struct cl_improver *m)
{
    struct cl_week week;
    bool judged;
    m->offers = false;
    for (size_t i = 0; i < m->sites; i++)
        if (m->best.pattern[i] == AZ_NO_INDEX && !isfinite(m->cl->sites.items[i].left_out_jpy))
            return AZ_OK;
    AZ_TRY(cl_draft_week(m, &m->best, m->scratch, &week));
    AZ_TRY(cl_offer(m->search, &week, &judged));
    az_arena_empty(m->scratch);
    return AZ_OK;
}

/* What is driven for a visit, on the average, in the best week. */
static double drive_of_visit(const struct cl_improver *m)
{
    double sum = 0, visits = 0, value = 0;
    for (size_t r = 0; r < m->best.course_count; r++) {
        const struct cl_course *course = &m->best.courses[r];
        if (!course->is_open) continue;
        visits += (double)course->count;
        value += fabs(course->value);
        for (size_t k = 1; k <= course->count + 1; k++)
            if (isfinite(course->halt[k].drive_jpy)) sum += course->halt[k].drive_jpy;
    }
    if (visits == 0) return 0;
    return sum > 0 ? sum / visits : value / visits / 100;
}

static bool is_better(const struct cl_draft *a, const struct cl_draft *b)
{
    return a->value < b->value - 1e-9 * (1 + fabs(b->value));
}

static enum az_status step(struct cl_improver *m, double heat)
{
    AZ_TRY(ruin_some(m));
    AZ_TRY(recreate(m));
    double luck = -log(1 - az_random_unit(&m->random));
    if (m->now.value > m->before.value + heat * luck) return cl_draft_sync(m, &m->now, &m->before);
    AZ_TRY(cl_draft_sync(m, &m->before, &m->now));
    if (!is_better(&m->now, &m->best)) return AZ_OK;
    m->offers = true;
    return cl_draft_copy(m, &m->best, &m->now);
}

/* Everybody who is absent comes in: a week to begin with. */
static enum az_status complete(struct cl_improver *m)
{
    AZ_TRY(recreate(m));
    AZ_TRY(cl_draft_sync(m, &m->before, &m->now));
    AZ_TRY(cl_draft_copy(m, &m->best, &m->now));
    return offer_best(m);
}

/* How far a run is: by its steps, or by the time that it may take. */
static double progress(const struct cl_improver *m, size_t k, size_t steps, double left,
                       double until)
{
    double now = az_time_left(m->search->context), by_steps = (double)k / (double)steps;
    return isfinite(left) && left > until ? fmax(by_steps, (left - now) / (left - until))
                                          : by_steps;
}

enum az_status cl_improver_run(struct cl_improver *m, size_t steps, double heat, double share)
{
    double first = heat * FIRST_HEAT * drive_of_visit(m), done = 0;
    double left = az_time_left(m->search->context), until = (1 - share) * left;
    if (is_better(&m->best, &m->now)) {
        AZ_TRY(cl_draft_copy(m, &m->now, &m->best));
        AZ_TRY(cl_draft_copy(m, &m->before, &m->best));
    }
    for (size_t k = 0; k < steps; k++) {
        if (k % CLOCK_STEPS == 0) {
            if (az_run_must_stop(m->search->run)) break;
            done = progress(m, k, steps, left, until);
            if (done >= 1) break;
        }
        double cool = pow(LAST_HEAT / (heat * FIRST_HEAT), done);
        AZ_TRY(step(m, first * fmin(1, cool)));
        if (m->offers && k % OFFER_STEPS == OFFER_STEPS - 1) AZ_TRY(offer_best(m));
    }
    return m->offers ? offer_best(m) : AZ_OK;
}

/* Where nobody is paid for the balance, the judge still sees it. */
enum az_status cl_improver_balance(struct cl_improver *m)
{
    size_t offers = 0;
    if (m->cl->mode == CL_EXACT) return AZ_OK;
    AZ_TRY(cl_draft_copy(m, &m->now, &m->best));
    AZ_TRY(cl_draft_copy(m, &m->before, &m->best));
    for (size_t k = 0; k < BALANCE_STEPS && offers < BALANCE_OFFERS; k++) {
        if (k % CLOCK_STEPS == 0 && az_must_stop(m->search->context)) break;
        AZ_TRY(ruin_some(m));
        AZ_TRY(recreate(m));
        bool changed = m->changed_courses.count > 0;
        if (!changed || is_better(&m->best, &m->now)) {
            AZ_TRY(cl_draft_sync(m, &m->now, &m->before));
            continue;
        }
        AZ_TRY(cl_draft_sync(m, &m->before, &m->now));
        AZ_TRY(cl_draft_copy(m, &m->best, &m->now));
        AZ_TRY(offer_best(m));
        offers++;
    }
    return AZ_OK;
}

enum az_status cl_improver_take(struct cl_improver *m, const struct cl_week *week)
{
    AZ_TRY(cl_draft_from_week(m, week));
    AZ_TRY(recreate(m));
    AZ_TRY(cl_draft_sync(m, &m->before, &m->now));
    const struct cl_draft *better = is_better(&m->now, &m->best) ? &m->now : &m->best;
    if (better == &m->now) return cl_draft_copy(m, &m->best, &m->now);
    AZ_TRY(cl_draft_copy(m, &m->before, &m->best));
    return cl_draft_copy(m, &m->now, &m->best);
}

static double visits_of(const struct cl_improver *m)
{
    double visits = 0;
    for (size_t i = 0; i < m->sites; i++) {
        const struct cl_site *site = &m->cl->sites.items[i];
        size_t p = m->best.pattern[i] == AZ_NO_INDEX ? 0 : m->best.pattern[i];
        if (p < site->pattern_count)
            visits += __builtin_popcount(site->pattern[p].days & ~site->done);
    }
    return visits;
}

size_t cl_improver_steps(const struct cl_improver *m)
{
    double steps = STEPS_PER_CUBE * pow(visits_of(m), 3);
    return (size_t)fmin(MOST_STEPS, fmax(LEAST_STEPS, steps));
}

double cl_improver_share(const struct cl_improver *m)
{
    return visits_of(m) < MANY_VISITS ? SHARE_OF_FEW : SHARE_OF_MANY;
}

/* --- its life ------------------------------------------------------------------------------------
 */

static enum az_status begin(struct cl_improver *m, const struct cl_week *start)
{
    az_random_seed(&m->random, m->search->context->seed);
    az_random_seed(&m->blink.random, az_random_next(&m->random));
    m->opens_day = AZ_NO_INDEX;
    AZ_TRY(cl_draft_begin(m));
    AZ_TRY(sort_near(m));
    AZ_TRY(set_keys(m));
    az_arena_empty(m->scratch);
    if (start) AZ_TRY(cl_draft_from_week(m, start));
    return complete(m);
}

enum az_status cl_improver_new(struct cl_search *search, const struct cl_week *start,
                               struct cl_improver **improver)
{
    *improver = NULL;
    if (search->cl->sites.count == 0 || search->cl->first_day >= (size_t)search->cl->days)
        return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    if (!arena) return AZ_NO_MEMORY;
    struct cl_improver *m = AZ_NEW(arena, struct cl_improver);
    enum az_status status = AZ_NO_MEMORY;
    if (!m) goto cleanup;
    *m = (struct cl_improver){ .search = search,
                               .ground = &search->ground,
                               .cl = search->cl,
                               .arena = arena,
                               .scratch = az_arena_new(NULL) };
    if (!m->scratch) goto cleanup;
    status = begin(m, start);
cleanup:
    if (status == AZ_OK) {
        *improver = m;
        return AZ_OK;
    }
    if (m) az_arena_free(m->scratch);
    az_arena_free(arena);
    return status;
}

void cl_improver_free(struct cl_improver *m)
{
    if (!m) return;
    az_arena_free(m->scratch);
    az_arena_free(m->arena);
}

enum az_status cl_improve(struct cl_search *search, size_t steps)
{
    struct cl_improver *improver;
    AZ_TRY(cl_improver_new(search, NULL, &improver));
    enum az_status status = improver ? cl_improver_run(improver, steps, 1, 1) : AZ_OK;
    cl_improver_free(improver);
    return status;
}
