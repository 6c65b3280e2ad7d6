/* improve.c - weeks by search: ruin a part, recreate it, keep what is better.
 *
 * A week is a pattern for each site (or none), and rounds as orders of sites; the ways, charges and
 * breaks of a round are the best for its order (sequence.c). A step takes strings of sites that lie
 * near each other out of the rounds around a seed, other days of those sites along with them, and
 * puts the sites back one by one where that costs least, now and then looking past a place
 * (Christiaens and Vanden Berghe 2020, for one day; here a site goes in with a whole pattern). A
 * worse week is taken for a while, less and less so. Counts end it, the deadline apart. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/draft.h"

#define STRINGS 10.0      /* sites taken out of one step, about */
#define LONGEST_STRING 10 /* sites of one round */
#define FIRST_HEAT 0.02   /* of the week's value a site: how much worse is taken at first */
#define LAST_HEAT 0.0002  /* and in the end */

/* --- ruin and recreate --------------------------------------------------------------------------
 */

/* A string of a round's sites around one of them, all their days with them. */
static enum az_status take_string(struct cl_improver *m, size_t site, const struct cl_route *route,
                                  size_t length)
{
    size_t string[LONGEST_STRING], at = 0;
    while (at < route->count && route->site[at] != site) at++;
    if (length > route->count) length = route->count;
    size_t least = at + 1 > length ? at + 1 - length : 0;
    size_t most = at + length <= route->count ? at : route->count - length;
    size_t first = least + (size_t)az_random_below(&m->random, most - least + 1);
    for (size_t k = 0; k < length; k++) string[k] = route->site[first + k];
    for (size_t k = 0; k < length; k++) AZ_TRY(cl_take_out(m, string[k]));
    return AZ_OK;
}

static enum az_status ruin(struct cl_improver *m)
{
    size_t sites = m->cl->sites.count, visits = 0, open = 0;
    for (size_t r = 0; r < m->now.route_count; r++) {
        if (!m->now.routes[r].open) continue;
        open++;
        visits += m->now.routes[r].count;
    }
    double mean = open > 0 ? (double)visits / (double)open : 1;
    double longest = fmin(LONGEST_STRING, mean);
    double most = 4 * STRINGS / (1 + longest) - 1;
    size_t strings = (size_t)(1 + az_random_unit(&m->random) * fmax(1, most));
    size_t seed = (size_t)az_random_below(&m->random, sites);
    m->absent_count = 0;
    for (size_t i = 0; i < sites; i++) /* those left out may come in now */
        if (m->now.pattern[i] == AZ_NO_INDEX) m->absent[m->absent_count++] = i;
    for (size_t k = 0; k < sites && strings > 0; k++) {
        size_t site = m->near[seed * sites + k], day = AZ_NO_INDEX, met = 0;
        if (m->now.pattern[site] == AZ_NO_INDEX) continue;
        for (size_t d = 0; d < m->days; d++)
            if (m->now.route_of[site * m->days + d] != AZ_NO_INDEX &&
                az_random_below(&m->random, ++met) == 0)
                day = d;
        strings--;
        if (day == AZ_NO_INDEX) { /* on line only */
            AZ_TRY(cl_take_out(m, site));
            continue;
        }
        const struct cl_route *route = &m->now.routes[m->now.route_of[site * m->days + day]];
        size_t length =
            1 + (size_t)(az_random_unit(&m->random) * fmin(longest, (double)route->count));
        if (length > LONGEST_STRING) length = LONGEST_STRING;
        AZ_TRY(take_string(m, site, route, length));
    }
    return AZ_OK;
}

/* How hard a site is to place: of its days' ways the time that they are open together. */
static double width(const struct cl_improver *m, size_t site)
{
    const struct cl_ways *ways = &m->ground->ways;
    double sum = 0;
    for (size_t w = ways->first[site * m->days]; w < ways->first[(site + 1) * m->days]; w++)
        sum += (double)(ways->items[w].until_s - ways->items[w].from_s) + 1;
    return sum;
}

static enum az_status recreate(struct cl_improver *m)
{
    double *key = AZ_ARRAY(m->scratch, m->cl->sites.count, double);
    if (!key) return AZ_NO_MEMORY;
    uint64_t way = az_random_below(&m->random, 11); /* random 4, hard 4, far 2, near 1 */
    for (size_t k = 0; k < m->absent_count; k++) {
        size_t site = m->absent[k];
        double far = 0;
        if (m->cl->vehicles.count > 0) {
            const struct cl_roads *roads = cl_roads_of(m->cl, 0, m->cl->first_day);
            far = (double)
                      roads->duration_s[m->cl->vehicles.items[0].start_place * m->cl->places.count +
                                        m->cl->sites.items[site].place_index];
        }
        key[site] = way < 4    ? az_random_unit(&m->random)
                    : way < 8  ? width(m, site)
                    : way < 10 ? -far
                               : far;
    }
    for (size_t k = 1; k < m->absent_count; k++) /* few: by insertion */
        for (size_t j = k; j > 0 && key[m->absent[j]] < key[m->absent[j - 1]]; j--) {
            size_t swapped = m->absent[j];
            m->absent[j] = m->absent[j - 1];
            m->absent[j - 1] = swapped;
        }
    for (size_t k = 0; k < m->absent_count; k++) AZ_TRY(cl_put_in(m, m->absent[k]));
    az_arena_empty(m->scratch);
    return AZ_OK;
}

/* --- the search ---------------------------------------------------------------------------------
 */

static enum az_status sort_near(struct cl_improver *m)
{
    const struct cl_instance *cl = m->cl;
    size_t sites = cl->sites.count, places = cl->places.count;
    m->near = AZ_ARRAY(m->arena, sites * sites, size_t);
    m->absent = AZ_ARRAY(m->arena, 2 * sites + 1, size_t);
    if (!m->near || !m->absent) return AZ_NO_MEMORY;
    const struct cl_roads *roads = cl_roads_of(cl, 0, cl->first_day);
    for (size_t i = 0; i < sites; i++) {
        size_t *near = m->near + i * sites;
        for (size_t j = 0; j < sites; j++) {
            int64_t away = roads->duration_s[cl->sites.items[i].place_index * places +
                                             cl->sites.items[j].place_index];
            if (away < 0) away = INT64_MAX;
            size_t k = j;
            for (; k > 0; k--) {
                int64_t other = roads->duration_s[cl->sites.items[i].place_index * places +
                                                  cl->sites.items[near[k - 1]].place_index];
                if (other >= 0 && other <= away) break;
                near[k] = near[k - 1];
            }
            near[k] = j;
        }
    }
    return AZ_OK;
}

static enum az_status week_of(struct cl_improver *m, const struct cl_draft *draft,
                              struct cl_week *week)
{
    week->tours.items = az_arena_array(m->scratch, draft->route_count, sizeof *week->tours.items);
    week->online.items =
        az_arena_array(m->scratch, m->cl->sites.count * m->days, sizeof *week->online.items);
    if (!week->tours.items || !week->online.items) return AZ_NO_MEMORY;
    week->tours.count = week->online.count = 0;
    for (size_t r = 0; r < draft->route_count; r++)
        if (draft->routes[r].open) week->tours.items[week->tours.count++] = draft->routes[r].tour;
    for (size_t k = 0; k < m->cl->sites.count * m->days; k++)
        if (draft->online[k] != AZ_NO_INDEX)
            week->online.items[week->online.count++] = (struct cl_online_visit){
                .way = draft->online[k], .start_s = m->ground->ways.items[draft->online[k]].from_s
            };
    return AZ_OK;
}

/* Offers the best week, unless a site is left out that must be served. */
static enum az_status offer_best(struct cl_improver *m)
{
    struct cl_week week;
    bool judged;
    for (size_t i = 0; i < m->cl->sites.count; i++)
        if (m->best.pattern[i] == AZ_NO_INDEX && !isfinite(m->cl->sites.items[i].left_out_jpy))
            return AZ_OK;
    AZ_TRY(week_of(m, &m->best, &week));
    AZ_TRY(cl_offer(m->search, &week, &judged));
    az_arena_empty(m->scratch);
    return AZ_OK;
}

static enum az_status search_on(struct cl_improver *m, size_t steps)
{
    double scale = fabs(m->now.value) / (double)m->cl->sites.count;
    bool better = true;
    AZ_TRY(cl_draft_copy(m, &m->best, &m->now));
    for (size_t k = 0; k < steps; k++) {
        if (better && (k == 0 || k % 64 == 0)) {
            AZ_TRY(offer_best(m));
            scale = fabs(m->best.value) / (double)m->cl->sites.count;
            better = false;
        }
        if (k % 8 == 0 && az_run_must_stop(m->search->run)) break;
        double heat = scale * FIRST_HEAT * pow(LAST_HEAT / FIRST_HEAT, (double)k / (double)steps);
        AZ_TRY(cl_draft_copy(m, &m->before, &m->now));
        AZ_TRY(ruin(m));
        AZ_TRY(recreate(m));
        double luck = -log(1 - az_random_unit(&m->random));
        if (m->now.value > m->before.value + heat * luck) {
            AZ_TRY(cl_draft_copy(m, &m->now, &m->before));
        } else if (m->now.value < m->best.value - 1e-9 * (1 + fabs(m->best.value))) {
            AZ_TRY(cl_draft_copy(m, &m->best, &m->now));
            better = true;
        }
    }
    return better ? offer_best(m) : AZ_OK;
}

enum az_status cl_improve(struct cl_search *search, size_t steps)
{
    struct cl_improver m = { .search = search,
                             .ground = &search->ground,
                             .cl = search->cl,
                             .days = (size_t)search->cl->days,
                             .arena = az_arena_new(NULL),
                             .scratch = az_arena_new(NULL) };
    enum az_status status = m.arena && m.scratch ? AZ_OK : AZ_NO_MEMORY;
    az_random_seed(&m.random, search->context->seed);
    if (status == AZ_OK && m.cl->sites.count > 0 && m.cl->first_day < m.days) {
        status = sort_near(&m);
        if (status == AZ_OK) status = cl_draft_begin(&m);
        if (status == AZ_OK) status = recreate(&m);
        if (status == AZ_OK) status = search_on(&m, steps);
    }
    az_arena_free(m.scratch);
    az_arena_free(m.arena);
    return status;
}
