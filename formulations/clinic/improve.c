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

#include "formulations/clinic/search.h"

#define STRINGS 10.0      /* sites taken out of one step, about */
#define LONGEST_STRING 10 /* sites of one round */
#define BLINK 0.01        /* a place is looked past so often */
#define FIRST_HEAT 0.02   /* of the week's value a site: how much worse is taken at first */
#define LAST_HEAT 0.0002  /* and in the end */

struct route {
    size_t count, capacity;
    size_t *site;
    struct cl_tour tour; /* its stops: room for `stop_capacity` */
    size_t stop_capacity;
    double value;
    bool open;
};

struct draft {
    size_t *pattern;  /* [sites] AZ_NO_INDEX: left out */
    size_t *online;   /* [sites * days] a way; AZ_NO_INDEX: none */
    size_t *route_of; /* [sites * days] AZ_NO_INDEX: none */
    size_t route_count, route_capacity;
    struct route *routes;
    int64_t *slot_free;    /* [slot classes] */
    int64_t *vehicle_free; /* [vehicles * days] */
    int64_t *group_free;   /* [staff groups] */
    double value;
};

struct improver {
    struct cl_search *search;
    const struct cl_ground *ground;
    const struct cl_instance *cl;
    struct az_arena *arena, *scratch;
    struct az_random random;
    double unserved_weight, kept_weight;
    size_t days;
    size_t *near; /* [sites * sites] by nearness */
    struct draft now, best, before;
    size_t *absent; /* [sites] taken out, to come back */
    size_t absent_count;
};

/* --- the value of a week ------------------------------------------------------------------------
 */

/* In a lexicographic week no cost outweighs a change, nor changes a site left out: prices are
 * multiplied until the least of a level is above all that lies below it, as far as numbers go. */
static void set_weights(struct improver *m)
{
    const struct cl_instance *cl = m->cl;
    m->unserved_weight = m->kept_weight = 1;
    if (cl->objective != CL_LEXICOGRAPHIC) return;
    double least_change = INFINITY, changes = 0, least_site = INFINITY;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        double price = cl->appointment[a].change_price_jpy;
        if (cl->appointment[a].status != CL_CONFIRMED || !(price > 0)) continue;
        least_change = fmin(least_change, price);
        changes += price;
    }
    for (size_t i = 0; i < cl->sites.count; i++)
        if (cl->sites.items[i].left_out_jpy > 0)
            least_site = fmin(least_site, cl->sites.items[i].left_out_jpy);
    double scale = 10 * fmax(1, cl->scale);
    if (isfinite(least_change)) m->kept_weight = fmax(1, scale / least_change);
    if (isfinite(least_site))
        m->unserved_weight = fmax(1, (scale + m->kept_weight * changes) / least_site);
}

static double left_out_value(const struct improver *m, size_t site)
{
    double price = m->cl->sites.items[site].left_out_jpy;
    return isfinite(price) ? m->unserved_weight * price
                           : 1e3 * m->unserved_weight * fmax(1, m->cl->scale);
}

static double pattern_value(const struct improver *m, size_t site, size_t pattern)
{
    return pattern == AZ_NO_INDEX ? left_out_value(m, site)
                                  : m->cl->sites.items[site].pattern[pattern].price_jpy;
}

/* --- rounds -------------------------------------------------------------------------------------
 */

/* The best tour of a crew along sites; the slots that `own` holds are free for it. */
static enum az_status evaluate(struct improver *m, size_t team, const size_t site[], size_t count,
                               struct cl_tour *tour, double *value)
{
    return cl_sequence_tour(m->ground, team, site, count, m->now.slot_free, 1, m->kept_weight,
                            m->scratch, m->scratch, tour, value);
}

/* Counts a tour's slots in (sign -1) or out (+1). */
static void use_slots(struct improver *m, const struct cl_tour *tour, int64_t sign)
{
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        const struct cl_way *way = &m->ground->ways.items[tour->stops[k].index];
        if (way->doctor != AZ_NO_INDEX) m->now.slot_free[way->doctor] += sign;
        if (way->pharmacist != AZ_NO_INDEX) m->now.slot_free[way->pharmacist] += sign;
    }
}

/* A tour must not ask for more bookings of a class than there are. */
static bool has_slots(struct improver *m, const struct cl_tour *tour)
{
    bool has = true;
    use_slots(m, tour, -1);
    for (size_t k = 0; k < tour->count && has; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        const struct cl_way *way = &m->ground->ways.items[tour->stops[k].index];
        has = (way->doctor == AZ_NO_INDEX || m->now.slot_free[way->doctor] >= 0) &&
              (way->pharmacist == AZ_NO_INDEX || m->now.slot_free[way->pharmacist] >= 0);
    }
    use_slots(m, tour, 1);
    return has;
}

static void use_crew(struct improver *m, size_t team, int64_t sign)
{
    const struct cl_team *crew = &m->ground->teams.items[team];
    m->now.vehicle_free[crew->vehicle * m->days + crew->day] += sign;
    for (size_t k = 0; k < crew->member_count; k++)
        m->now.group_free[m->ground->teams.classes[crew->classes[k]].group] += sign;
}

static bool is_crew_free(struct improver *m, size_t team)
{
    const struct cl_team *crew = &m->ground->teams.items[team];
    bool is_free = m->now.vehicle_free[crew->vehicle * m->days + crew->day] > 0;
    use_crew(m, team, -1);
    for (size_t k = 0; k < crew->member_count && is_free; k++)
        is_free = m->now.group_free[m->ground->teams.classes[crew->classes[k]].group] >= 0;
    use_crew(m, team, 1);
    return is_free;
}

/* Room for so many sites and stops; the memory stays with the route. */
static enum az_status make_room(struct improver *m, struct route *route, size_t sites, size_t stops)
{
    if (sites > route->capacity) {
        size_t *grown =
            az_arena_grow(m->arena, route->site, route->count, 2 * sites, sizeof *grown);
        if (!grown) return AZ_NO_MEMORY;
        route->site = grown;
        route->capacity = 2 * sites;
    }
    if (stops > route->stop_capacity) {
        route->tour.stops = az_arena_array(m->arena, 2 * stops, sizeof *route->tour.stops);
        if (!route->tour.stops) return AZ_NO_MEMORY;
        route->stop_capacity = 2 * stops;
    }
    return AZ_OK;
}

static enum az_status set_tour(struct improver *m, struct route *route, const size_t site[],
                               size_t count, const struct cl_tour *tour, double value)
{
    AZ_TRY(make_room(m, route, count, tour->count));
    struct cl_tour_stop *stops = route->tour.stops;
    memmove(route->site, site, count * sizeof *site);
    memcpy(stops, tour->stops, tour->count * sizeof *stops);
    route->count = count;
    route->tour = *tour;
    route->tour.stops = stops;
    route->value = value;
    route->open = true;
    return AZ_OK;
}

static void close_route(struct improver *m, struct route *route)
{
    use_crew(m, route->tour.team, 1);
    route->open = false;
    route->count = 0;
    m->now.value -= route->value;
}

/* A closed route to open, or a new one. */
static enum az_status spare_route(struct improver *m, size_t *index)
{
    struct draft *now = &m->now;
    for (*index = 0; *index < now->route_count && now->routes[*index].open; ++*index)
        ;
    if (*index < now->route_count) return AZ_OK;
    if (now->route_count == now->route_capacity) {
        now->route_capacity = 2 * now->route_capacity + 16;
        now->routes = az_arena_grow(m->arena, now->routes, now->route_count, now->route_capacity,
                                    sizeof *now->routes);
        if (!now->routes) return AZ_NO_MEMORY;
    }
    now->routes[now->route_count++] = (struct route){ 0 };
    return AZ_OK;
}

/* --- taking out ---------------------------------------------------------------------------------
 */

/* Takes a site out of a round of a day. Without it the round may be impossible (no road straight
 * on): then all of the round goes, its other sites with all their days. */
static enum az_status take_out(struct improver *m, size_t site);

static enum az_status take_from_route(struct improver *m, size_t site, struct route *route)
{
    size_t rest[route->count], count = 0;
    struct cl_tour tour;
    double value = 0;
    for (size_t k = 0; k < route->count; k++)
        if (route->site[k] != site) rest[count++] = route->site[k];
    use_slots(m, &route->tour, 1);
    if (count == 0) {
        close_route(m, route);
        return AZ_OK;
    }
    AZ_TRY(evaluate(m, route->tour.team, rest, count, &tour, &value));
    if (isfinite(value) && has_slots(m, &tour)) {
        m->now.value += value - route->value;
        AZ_TRY(set_tour(m, route, rest, count, &tour, value));
        use_slots(m, &route->tour, -1);
        return AZ_OK;
    }
    size_t day = m->ground->teams.items[route->tour.team].day;
    close_route(m, route);
    for (size_t k = 0; k < count; k++) m->now.route_of[rest[k] * m->days + day] = AZ_NO_INDEX;
    for (size_t k = 0; k < count; k++) AZ_TRY(take_out(m, rest[k]));
    return AZ_OK;
}

static void give_back(struct improver *m, const struct cl_way *way)
{
    if (way->doctor != AZ_NO_INDEX) m->now.slot_free[way->doctor]++;
    if (way->pharmacist != AZ_NO_INDEX) m->now.slot_free[way->pharmacist]++;
}

static double online_value(const struct improver *m, const struct cl_way *way)
{
    return way->cost_jpy - m->kept_weight * cl_kept_jpy(m->ground, way);
}

static enum az_status take_out(struct improver *m, size_t site)
{
    struct draft *now = &m->now;
    if (now->pattern[site] == AZ_NO_INDEX) return AZ_OK;
    now->value += left_out_value(m, site) - pattern_value(m, site, now->pattern[site]);
    now->pattern[site] = AZ_NO_INDEX;
    m->absent[m->absent_count++] = site;
    for (size_t d = 0; d < m->days; d++) {
        size_t at = site * m->days + d;
        if (now->online[at] != AZ_NO_INDEX) {
            const struct cl_way *way = &m->ground->ways.items[now->online[at]];
            give_back(m, way);
            now->value -= online_value(m, way);
            now->online[at] = AZ_NO_INDEX;
        }
        if (now->route_of[at] == AZ_NO_INDEX) continue;
        struct route *route = &now->routes[now->route_of[at]];
        now->route_of[at] = AZ_NO_INDEX;
        AZ_TRY(take_from_route(m, site, route));
    }
    return AZ_OK;
}

/* --- putting in ---------------------------------------------------------------------------------
 */

/* Where a site's visit of a day goes: into a round, into a new round of a crew, or on line. */
struct spot {
    double value;           /* more than now; INFINITY: nowhere */
    size_t route, position; /* into a round */
    size_t team;            /* a new round of it, when route is AZ_NO_INDEX */
    size_t way;             /* on line, when team is AZ_NO_INDEX too */
};

static size_t place_at(const struct improver *m, const struct route *route, size_t k)
{
    const struct cl_team *team = &m->ground->teams.items[route->tour.team];
    const struct cl_vehicle *vehicle = &m->cl->vehicles.items[team->vehicle];
    if (k == AZ_NO_INDEX) return vehicle->start_place;
    return k < route->count ? m->cl->sites.items[route->site[k]].place_index : vehicle->end_place;
}

/* What the drive by the site costs more than the drive straight on: more than that an insertion
 * costs nearly always. */
static double detour(const struct improver *m, const struct route *route, size_t position,
                     size_t site)
{
    const struct cl_team *team = &m->ground->teams.items[route->tour.team];
    size_t from = place_at(m, route, position == 0 ? AZ_NO_INDEX : position - 1);
    size_t to = place_at(m, route, position), by = m->cl->sites.items[site].place_index;
    double straight = cl_drive_jpy(m->ground, team, from, to);
    double around = cl_drive_jpy(m->ground, team, from, by) + cl_drive_jpy(m->ground, team, by, to);
    return isfinite(straight) ? around - straight : around;
}

static enum az_status try_position(struct improver *m, size_t index, size_t position, size_t site,
                                   double dearest_kept, struct spot *spot)
{
    const struct route *route = &m->now.routes[index];
    size_t sites[route->count + 1];
    struct cl_tour tour;
    double value;
    if (az_random_unit(&m->random) < BLINK) return AZ_OK;
    if (detour(m, route, position, site) - m->kept_weight * dearest_kept >= spot->value)
        return AZ_OK;
    memcpy(sites, route->site, position * sizeof *sites);
    sites[position] = site;
    memcpy(sites + position + 1, route->site + position, (route->count - position) * sizeof *sites);
    use_slots(m, &route->tour, 1);
    enum az_status status = evaluate(m, route->tour.team, sites, route->count + 1, &tour, &value);
    bool fits = status == AZ_OK && isfinite(value) && value - route->value < spot->value &&
                has_slots(m, &tour);
    use_slots(m, &route->tour, -1);
    if (fits)
        *spot = (struct spot){ .value = value - route->value,
                               .route = index,
                               .position = position,
                               .team = AZ_NO_INDEX,
                               .way = AZ_NO_INDEX };
    return status;
}

static enum az_status try_new_rounds(struct improver *m, size_t site, size_t day, struct spot *spot)
{
    const struct cl_teams *teams = &m->ground->teams;
    for (size_t t = teams->day_first[day]; t < teams->day_first[day + 1]; t++) {
        struct cl_tour tour;
        double value;
        if (!is_crew_free(m, t)) continue;
        AZ_TRY(evaluate(m, t, &site, 1, &tour, &value));
        if (value < spot->value && has_slots(m, &tour))
            *spot = (struct spot){
                .value = value, .route = AZ_NO_INDEX, .team = t, .way = AZ_NO_INDEX
            };
    }
    return AZ_OK;
}

/* The cheapest place for a visit on a day. */
static enum az_status find_spot(struct improver *m, size_t site, size_t day, struct spot *spot)
{
    const struct cl_ways *ways = &m->ground->ways;
    size_t at = site * m->days + day;
    double dearest_kept = 0;
    *spot = (struct spot){ .value = INFINITY, .route = AZ_NO_INDEX, .team = AZ_NO_INDEX };
    for (size_t w = ways->first[at]; w < ways->first[at + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        dearest_kept = fmax(dearest_kept, cl_kept_jpy(m->ground, way));
        if (!way->online || online_value(m, way) >= spot->value) continue;
        if ((way->doctor != AZ_NO_INDEX && m->now.slot_free[way->doctor] <= 0) ||
            (way->pharmacist != AZ_NO_INDEX && m->now.slot_free[way->pharmacist] <= 0))
            continue;
        *spot = (struct spot){
            .value = online_value(m, way), .route = AZ_NO_INDEX, .team = AZ_NO_INDEX, .way = w
        };
    }
    for (size_t r = 0; r < m->now.route_count; r++) {
        const struct route *route = &m->now.routes[r];
        if (!route->open || m->ground->teams.items[route->tour.team].day != day) continue;
        for (size_t k = 0; k <= route->count; k++)
            AZ_TRY(try_position(m, r, k, site, dearest_kept, spot));
    }
    return try_new_rounds(m, site, day, spot);
}

static enum az_status take_spot(struct improver *m, size_t site, size_t day,
                                const struct spot *spot)
{
    struct draft *now = &m->now;
    size_t at = site * m->days + day, index = spot->route;
    struct cl_tour tour;
    double value;
    now->value += spot->value;
    if (spot->route == AZ_NO_INDEX && spot->team == AZ_NO_INDEX) {
        const struct cl_way *way = &m->ground->ways.items[spot->way];
        if (way->doctor != AZ_NO_INDEX) now->slot_free[way->doctor]--;
        if (way->pharmacist != AZ_NO_INDEX) now->slot_free[way->pharmacist]--;
        now->online[at] = spot->way;
        return AZ_OK;
    }
    size_t team = spot->team;
    if (index == AZ_NO_INDEX) {
        AZ_TRY(spare_route(m, &index));
        use_crew(m, team, -1);
    } else {
        team = now->routes[index].tour.team;
        use_slots(m, &now->routes[index].tour, 1);
    }
    struct route *route = &now->routes[index];
    size_t sites[route->count + 1];
    if (spot->position > 0) memcpy(sites, route->site, spot->position * sizeof *sites);
    sites[spot->position] = site;
    if (route->count > spot->position)
        memcpy(sites + spot->position + 1, route->site + spot->position,
               (route->count - spot->position) * sizeof *sites);
    AZ_TRY(evaluate(m, team, sites, route->count + 1, &tour, &value));
    AZ_TRY(set_tour(m, route, sites, route->count + 1, &tour, value));
    use_slots(m, &route->tour, -1);
    now->route_of[at] = index;
    return AZ_OK;
}

/* A site with the pattern that costs least now; it stays out when that is cheaper. */
static enum az_status put_in(struct improver *m, size_t site)
{
    const struct cl_site *visited = &m->cl->sites.items[site];
    struct spot spots[CL_MAX_DAYS];
    uint32_t days = 0;
    for (size_t p = 0; p < visited->pattern_count; p++) days |= visited->pattern[p].days;
    days &= ~visited->done;
    for (size_t d = m->cl->first_day; d < m->days; d++)
        if (days >> d & 1) AZ_TRY(find_spot(m, site, d, &spots[d]));
    size_t best = AZ_NO_INDEX;
    double least = left_out_value(m, site);
    for (size_t p = 0; p < visited->pattern_count; p++) {
        double value = visited->pattern[p].price_jpy;
        for (size_t d = m->cl->first_day; d < m->days; d++)
            if ((visited->pattern[p].days & ~visited->done) >> d & 1) value += spots[d].value;
        if (value >= least) continue;
        least = value;
        best = p;
    }
    if (best == AZ_NO_INDEX) return AZ_OK;
    m->now.pattern[site] = best;
    m->now.value += pattern_value(m, site, best) - left_out_value(m, site);
    for (size_t d = m->cl->first_day; d < m->days; d++)
        if ((visited->pattern[best].days & ~visited->done) >> d & 1)
            AZ_TRY(take_spot(m, site, d, &spots[d]));
    return AZ_OK;
}

/* --- drafts -------------------------------------------------------------------------------------
 */

static enum az_status new_draft(struct improver *m, struct draft *draft)
{
    const struct cl_ground *ground = m->ground;
    size_t sites = m->cl->sites.count;
    *draft = (struct draft){
        .pattern = AZ_ARRAY(m->arena, sites, size_t),
        .online = AZ_ARRAY(m->arena, sites * m->days, size_t),
        .route_of = AZ_ARRAY(m->arena, sites * m->days, size_t),
        .slot_free = AZ_ARRAY(m->arena, ground->ways.slot_count, int64_t),
        .vehicle_free = AZ_ARRAY(m->arena, m->cl->vehicles.count * m->days, int64_t),
        .group_free = AZ_ARRAY(m->arena, ground->teams.group_count, int64_t),
    };
    bool has = draft->pattern && draft->online && draft->route_of && draft->slot_free &&
               draft->vehicle_free && draft->group_free;
    return has ? AZ_OK : AZ_NO_MEMORY;
}

/* Nobody is visited yet. */
static void clear_draft(struct improver *m)
{
    struct draft *now = &m->now;
    m->absent_count = 0;
    now->value = 0;
    for (size_t i = 0; i < m->cl->sites.count; i++) {
        now->pattern[i] = AZ_NO_INDEX;
        now->value += left_out_value(m, i);
        m->absent[m->absent_count++] = i;
    }
    for (size_t k = 0; k < m->cl->sites.count * m->days; k++)
        now->online[k] = now->route_of[k] = AZ_NO_INDEX;
    for (size_t s = 0; s < m->ground->ways.slot_count; s++)
        now->slot_free[s] = m->ground->ways.slots[s].capacity;
    for (size_t v = 0; v < m->cl->vehicles.count; v++)
        for (size_t d = 0; d < m->days; d++)
            now->vehicle_free[v * m->days + d] = m->cl->vehicles.items[v].count;
    for (size_t g = 0; g < m->ground->teams.group_count; g++)
        now->group_free[g] = (int64_t)m->ground->teams.groups[g].count;
}

static enum az_status copy_draft(struct improver *m, struct draft *to, const struct draft *from)
{
    size_t sites = m->cl->sites.count;
    memcpy(to->pattern, from->pattern, sites * sizeof *to->pattern);
    memcpy(to->online, from->online, sites * m->days * sizeof *to->online);
    memcpy(to->route_of, from->route_of, sites * m->days * sizeof *to->route_of);
    memcpy(to->slot_free, from->slot_free, m->ground->ways.slot_count * sizeof *to->slot_free);
    memcpy(to->vehicle_free, from->vehicle_free,
           m->cl->vehicles.count * m->days * sizeof *to->vehicle_free);
    memcpy(to->group_free, from->group_free, m->ground->teams.group_count * sizeof *to->group_free);
    to->value = from->value;
    if (from->route_count > to->route_capacity) {
        to->routes = az_arena_grow(m->arena, to->routes, to->route_count, 2 * from->route_count,
                                   sizeof *to->routes);
        if (!to->routes) return AZ_NO_MEMORY;
        to->route_capacity = 2 * from->route_count;
    }
    to->route_count = from->route_count;
    for (size_t r = 0; r < from->route_count; r++) {
        const struct route *route = &from->routes[r];
        to->routes[r].open = route->open;
        to->routes[r].count = 0;
        if (route->open)
            AZ_TRY(
                set_tour(m, &to->routes[r], route->site, route->count, &route->tour, route->value));
    }
    return AZ_OK;
}

/* --- ruin and recreate --------------------------------------------------------------------------
 */

/* A string of a round's sites around one of them, all their days with them. */
static enum az_status take_string(struct improver *m, size_t site, const struct route *route,
                                  size_t length)
{
    size_t string[LONGEST_STRING], at = 0;
    while (at < route->count && route->site[at] != site) at++;
    if (length > route->count) length = route->count;
    size_t least = at + 1 > length ? at + 1 - length : 0;
    size_t most = at + length <= route->count ? at : route->count - length;
    size_t first = least + (size_t)az_random_below(&m->random, most - least + 1);
    for (size_t k = 0; k < length; k++) string[k] = route->site[first + k];
    for (size_t k = 0; k < length; k++) AZ_TRY(take_out(m, string[k]));
    return AZ_OK;
}

static enum az_status ruin(struct improver *m)
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
            AZ_TRY(take_out(m, site));
            continue;
        }
        const struct route *route = &m->now.routes[m->now.route_of[site * m->days + day]];
        size_t length =
            1 + (size_t)(az_random_unit(&m->random) * fmin(longest, (double)route->count));
        if (length > LONGEST_STRING) length = LONGEST_STRING;
        AZ_TRY(take_string(m, site, route, length));
    }
    return AZ_OK;
}

/* How hard a site is to place: of its days' ways the time that they are open together. */
static double width(const struct improver *m, size_t site)
{
    const struct cl_ways *ways = &m->ground->ways;
    double sum = 0;
    for (size_t w = ways->first[site * m->days]; w < ways->first[(site + 1) * m->days]; w++)
        sum += (double)(ways->items[w].until_s - ways->items[w].from_s) + 1;
    return sum;
}

static enum az_status recreate(struct improver *m)
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
    for (size_t k = 0; k < m->absent_count; k++) AZ_TRY(put_in(m, m->absent[k]));
    az_arena_empty(m->scratch);
    return AZ_OK;
}

/* --- the search ---------------------------------------------------------------------------------
 */

static enum az_status sort_near(struct improver *m)
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

static enum az_status week_of(struct improver *m, const struct draft *draft, struct cl_week *week)
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
static enum az_status offer_best(struct improver *m)
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

static enum az_status search_on(struct improver *m, size_t steps)
{
    double scale = fabs(m->now.value) / (double)m->cl->sites.count;
    bool better = true;
    AZ_TRY(copy_draft(m, &m->best, &m->now));
    for (size_t k = 0; k < steps; k++) {
        if (better && (k == 0 || k % 64 == 0)) {
            AZ_TRY(offer_best(m));
            scale = fabs(m->best.value) / (double)m->cl->sites.count;
            better = false;
        }
        if (k % 8 == 0 && az_run_must_stop(m->search->run)) break;
        double heat = scale * FIRST_HEAT * pow(LAST_HEAT / FIRST_HEAT, (double)k / (double)steps);
        AZ_TRY(copy_draft(m, &m->before, &m->now));
        AZ_TRY(ruin(m));
        AZ_TRY(recreate(m));
        double luck = -log(1 - az_random_unit(&m->random));
        if (m->now.value > m->before.value + heat * luck) {
            AZ_TRY(copy_draft(m, &m->now, &m->before));
        } else if (m->now.value < m->best.value - 1e-9 * (1 + fabs(m->best.value))) {
            AZ_TRY(copy_draft(m, &m->best, &m->now));
            better = true;
        }
    }
    return better ? offer_best(m) : AZ_OK;
}

enum az_status cl_improve(struct cl_search *search, size_t steps)
{
    struct improver m = { .search = search,
                          .ground = &search->ground,
                          .cl = search->cl,
                          .days = (size_t)search->cl->days,
                          .arena = az_arena_new(NULL),
                          .scratch = az_arena_new(NULL) };
    enum az_status status = m.arena && m.scratch ? AZ_OK : AZ_NO_MEMORY;
    az_random_seed(&m.random, search->context->seed);
    if (status == AZ_OK && m.cl->sites.count > 0 && m.cl->first_day < m.days) {
        set_weights(&m);
        status = sort_near(&m);
        if (status == AZ_OK) status = new_draft(&m, &m.now);
        if (status == AZ_OK) status = new_draft(&m, &m.best);
        if (status == AZ_OK) status = new_draft(&m, &m.before);
        if (status == AZ_OK) {
            clear_draft(&m);
            status = recreate(&m);
        }
        if (status == AZ_OK) status = search_on(&m, steps);
    }
    az_arena_free(m.scratch);
    az_arena_free(m.arena);
    return status;
}
