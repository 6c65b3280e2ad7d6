/* draft.c - sites go out of a week and back in. */
#include "formulations/clinic/draft.h"

#include <math.h>
#include <string.h>

#define BLINK 0.01 /* a place is looked past so often */

/* --- the value of a week ------------------------------------------------------------------------
 */

/* In a lexicographic week no cost outweighs a change, nor changes a site left out: prices are
 * multiplied until the least of a level is above all that lies below it, as far as numbers go. */
static void set_weights(struct cl_improver *m)
{
    const struct cl_instance *cl = m->cl;
    m->unserved_weight = m->kept_weight = 1;
    if (cl->objective != CL_LEXICOGRAPHIC) return;
    double least_change = INFINITY, changes = 0, least_site = INFINITY;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        double price = cl_promise_jpy(cl, a);
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

static double left_out_value(const struct cl_improver *m, size_t site)
{
    double price = m->cl->sites.items[site].left_out_jpy;
    return isfinite(price) ? m->unserved_weight * price
                           : 1e3 * m->unserved_weight * fmax(1, m->cl->scale);
}

static double pattern_value(const struct cl_improver *m, size_t site, size_t pattern)
{
    return pattern == AZ_NO_INDEX ? left_out_value(m, site)
                                  : m->cl->sites.items[site].pattern[pattern].price_jpy;
}

/* --- rounds -------------------------------------------------------------------------------------
 */

/* The best tour of a crew along sites; the slots that `own` holds are free for it. */
static enum az_status evaluate(struct cl_improver *m, size_t team, const size_t site[],
                               size_t count, struct cl_tour *tour, double *value)
{
    return cl_sequence_tour(m->ground, team, site, count, m->now.slot_free, 1, m->kept_weight,
                            m->scratch, m->scratch, tour, value);
}

/* Counts a way's bookings in (sign -1) or out (+1). */
static void use_bookings(struct cl_improver *m, const struct cl_way *way, int64_t sign)
{
    if (way->doctor != AZ_NO_INDEX) m->now.slot_free[way->doctor] += sign;
    if (way->pharmacist != AZ_NO_INDEX) m->now.slot_free[way->pharmacist] += sign;
}

/* Counts a tour's slots in (sign -1) or out (+1). */
static void use_slots(struct cl_improver *m, const struct cl_tour *tour, int64_t sign)
{
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        use_bookings(m, &m->ground->ways.items[tour->stops[k].index], sign);
    }
}

/* A tour must not ask for more bookings of a class than there are. */
static bool has_slots(struct cl_improver *m, const struct cl_tour *tour)
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

static void use_crew(struct cl_improver *m, size_t team, int64_t sign)
{
    const struct cl_team *crew = &m->ground->teams.items[team];
    m->now.vehicle_free[crew->vehicle * m->days + crew->day] += sign;
    for (size_t k = 0; k < crew->member_count; k++)
        m->now.group_free[m->ground->teams.classes[crew->classes[k]].group] += sign;
}

static bool is_crew_free(struct cl_improver *m, size_t team)
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
static enum az_status make_room(struct cl_improver *m, struct cl_route *route, size_t sites,
                                size_t stops)
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

static enum az_status set_tour(struct cl_improver *m, struct cl_route *route, const size_t site[],
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

static void close_route(struct cl_improver *m, struct cl_route *route)
{
    use_crew(m, route->tour.team, 1);
    route->open = false;
    route->count = 0;
    m->now.value -= route->value;
}

/* A closed route to open, or a new one. */
static enum az_status spare_route(struct cl_improver *m, size_t *index)
{
    struct cl_draft *now = &m->now;
    for (*index = 0; *index < now->route_count && now->routes[*index].open; ++*index)
        ;
    if (*index < now->route_count) return AZ_OK;
    if (now->route_count == now->route_capacity) {
        now->route_capacity = 2 * now->route_capacity + 16;
        now->routes = az_arena_grow(m->arena, now->routes, now->route_count, now->route_capacity,
                                    sizeof *now->routes);
        if (!now->routes) return AZ_NO_MEMORY;
    }
    now->routes[now->route_count++] = (struct cl_route){ 0 };
    return AZ_OK;
}

/* --- taking out ---------------------------------------------------------------------------------
 */

/* Takes a site out of a round of a day. Without it the round may be impossible (no road straight
 * on): then all of the round goes, its other sites with all their days. */
static enum az_status take_from_route(struct cl_improver *m, size_t site, struct cl_route *route)
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
    for (size_t k = 0; k < count; k++) AZ_TRY(cl_take_out(m, rest[k]));
    return AZ_OK;
}

static double online_value(const struct cl_improver *m, const struct cl_way *way)
{
    return way->cost_jpy - m->kept_weight * cl_kept_jpy(m->ground, way);
}

enum az_status cl_take_out(struct cl_improver *m, size_t site)
{
    struct cl_draft *now = &m->now;
    if (now->pattern[site] == AZ_NO_INDEX) return AZ_OK;
    now->value += left_out_value(m, site) - pattern_value(m, site, now->pattern[site]);
    now->pattern[site] = AZ_NO_INDEX;
    m->absent[m->absent_count++] = site;
    for (size_t d = 0; d < m->days; d++) {
        size_t at = site * m->days + d;
        if (now->online[at] != AZ_NO_INDEX) {
            const struct cl_way *way = &m->ground->ways.items[now->online[at]];
            use_bookings(m, way, 1);
            now->value -= online_value(m, way);
            now->online[at] = AZ_NO_INDEX;
        }
        if (now->route_of[at] == AZ_NO_INDEX) continue;
        struct cl_route *route = &now->routes[now->route_of[at]];
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

static size_t place_at(const struct cl_improver *m, const struct cl_route *route, size_t k)
{
    const struct cl_team *team = &m->ground->teams.items[route->tour.team];
    const struct cl_vehicle *vehicle = &m->cl->vehicles.items[team->vehicle];
    if (k == AZ_NO_INDEX) return vehicle->start_place;
    return k < route->count ? m->cl->sites.items[route->site[k]].place_index : vehicle->end_place;
}

/* What the drive by the site costs more than the drive straight on: more than that an insertion
 * costs nearly always. */
static double detour(const struct cl_improver *m, const struct cl_route *route, size_t position,
                     size_t site)
{
    const struct cl_team *team = &m->ground->teams.items[route->tour.team];
    size_t from = place_at(m, route, position == 0 ? AZ_NO_INDEX : position - 1);
    size_t to = place_at(m, route, position), by = m->cl->sites.items[site].place_index;
    double straight = cl_drive_jpy(m->ground, team, from, to);
    double around = cl_drive_jpy(m->ground, team, from, by) + cl_drive_jpy(m->ground, team, by, to);
    return isfinite(straight) ? around - straight : around;
}

/* The route's sites with one more; sites: room for them. A new round has none yet. */
static void insert_site(const struct cl_route *route, size_t position, size_t site, size_t sites[])
{
    for (size_t k = 0; k < route->count; k++) sites[k + (k >= position)] = route->site[k];
    sites[position] = site;
}

static enum az_status try_position(struct cl_improver *m, size_t index, size_t position,
                                   size_t site, double dearest_kept, struct spot *spot)
{
    const struct cl_route *route = &m->now.routes[index];
    size_t sites[route->count + 1];
    struct cl_tour tour;
    double value;
    if (az_random_unit(&m->random) < BLINK) return AZ_OK;
    if (detour(m, route, position, site) - m->kept_weight * dearest_kept >= spot->value)
        return AZ_OK;
    insert_site(route, position, site, sites);
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

static enum az_status try_new_rounds(struct cl_improver *m, size_t site, size_t day,
                                     struct spot *spot)
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
static enum az_status find_spot(struct cl_improver *m, size_t site, size_t day, struct spot *spot)
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
        const struct cl_route *route = &m->now.routes[r];
        if (!route->open || m->ground->teams.items[route->tour.team].day != day) continue;
        for (size_t k = 0; k <= route->count; k++)
            AZ_TRY(try_position(m, r, k, site, dearest_kept, spot));
    }
    return try_new_rounds(m, site, day, spot);
}

static enum az_status take_spot(struct cl_improver *m, size_t site, size_t day,
                                const struct spot *spot)
{
    struct cl_draft *now = &m->now;
    size_t at = site * m->days + day, index = spot->route;
    struct cl_tour tour;
    double value;
    now->value += spot->value;
    if (spot->route == AZ_NO_INDEX && spot->team == AZ_NO_INDEX) {
        use_bookings(m, &m->ground->ways.items[spot->way], -1);
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
    struct cl_route *route = &now->routes[index];
    size_t sites[route->count + 1];
    insert_site(route, spot->position, site, sites);
    AZ_TRY(evaluate(m, team, sites, route->count + 1, &tour, &value));
    AZ_TRY(set_tour(m, route, sites, route->count + 1, &tour, value));
    use_slots(m, &route->tour, -1);
    now->route_of[at] = index;
    return AZ_OK;
}

/* A site with the pattern that costs least now; it stays out when that is cheaper. */
enum az_status cl_put_in(struct cl_improver *m, size_t site)
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

static enum az_status new_draft(struct cl_improver *m, struct cl_draft *draft)
{
    const struct cl_ground *ground = m->ground;
    size_t sites = m->cl->sites.count;
    *draft = (struct cl_draft){
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
static void clear_draft(struct cl_improver *m)
{
    struct cl_draft *now = &m->now;
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
            now->vehicle_free[v * m->days + d] = m->cl->vehicles.items[v].fleet[d];
    for (size_t g = 0; g < m->ground->teams.group_count; g++)
        now->group_free[g] = (int64_t)m->ground->teams.groups[g].count;
}

enum az_status cl_draft_copy(struct cl_improver *m, struct cl_draft *to,
                             const struct cl_draft *from)
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
        const struct cl_route *route = &from->routes[r];
        to->routes[r].open = route->open;
        to->routes[r].count = 0;
        if (route->open)
            AZ_TRY(
                set_tour(m, &to->routes[r], route->site, route->count, &route->tour, route->value));
    }
    return AZ_OK;
}

enum az_status cl_draft_begin(struct cl_improver *m)
{
    set_weights(m);
    AZ_TRY(new_draft(m, &m->now));
    AZ_TRY(new_draft(m, &m->best));
    AZ_TRY(new_draft(m, &m->before));
    clear_draft(m);
    return AZ_OK;
}
