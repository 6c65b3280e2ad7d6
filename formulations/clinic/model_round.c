/* model_round.c - the compact model: the ways of rounds. Every vehicle of its count has a graph of
 * its own on every day: start, visits, stops at chargers, end. */
#include <math.h>

#include "formulations/clinic/model.h"

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static const struct cl_vehicle *vehicle_of(const struct cl_compact *m, const struct cl_may_go *go)
{
    return &m->cl->vehicles.items[go->vehicle];
}

static int64_t charge_s(const struct cl_charger *charger)
{
    return (int64_t)ceil(charger->minutes * 60 - 1e-6);
}

static bool has_range(const struct cl_compact *m, const struct cl_may_go *go)
{
    return !isnan(vehicle_of(m, go)->range_km);
}

/* --- spots --------------------------------------------------------------------------------------
 */

/* May the vehicle bring what one of the site's options needs? */
static bool may_carry(const struct cl_compact *m, const struct cl_may_go *go, size_t site)
{
    const struct cl_site *it = &m->cl->sites.items[site];
    for (size_t o = 0; o < it->option_count; o++) {
        const struct cl_care *care = &m->cl->cares.items[it->option[o].care.index];
        if (care->needs_crew && !(care->equipment_set & ~vehicle_of(m, go)->equipment_set))
            return true;
    }
    return false;
}

static bool may_charge(const struct cl_compact *m, const struct cl_may_go *go, size_t charger)
{
    const struct cl_charger *it = &m->cl->chargers.items[charger];
    bool fits = !it->vehicles.items;
    for (size_t i = 0; i < it->vehicles.count; i++)
        fits = fits || it->vehicles.items[i].index == go->vehicle;
    return fits && has_range(m, go);
}

/* Columns of a spot; costs of none. */
static void add_spot(struct cl_compact *m, struct cl_may_go *go, int kind, size_t index,
                     size_t place)
{
    struct cl_spot *spot = &go->spot[go->spot_count++];
    bool rests = go->longest_rest_s > 0;
    *spot = (struct cl_spot){ .kind = kind,
                              .index = index,
                              .place = place,
                              .taken = go->used,
                              .arrival = AZ_NO_INDEX,
                              .left = AZ_NO_INDEX,
                              .rest_before = AZ_NO_INDEX,
                              .rest_after = AZ_NO_INDEX };
    if (kind == CL_SPOT_START || kind == CL_SPOT_END) return;
    spot->taken = AZ_BINARY(m->lp, 0, "taken");
    spot->order = AZ_CONTINUOUS(m->lp, 0, 1000, 0, "order");
    if (kind == CL_SPOT_CHARGE) {
        spot->arrival = AZ_CONTINUOUS(m->lp, 0, (double)larger(0, go->hi_s), 0, "charge_begins");
        spot->ready = AZ_CONTINUOUS(m->lp, 0, (double)larger(0, go->hi_s), 0, "charge_ready");
    } else {
        spot->arrival = m->visit[index].arrival;
        spot->ready = m->visit[index].ready;
    }
    if (has_range(m, go))
        spot->left = AZ_CONTINUOUS(m->lp, 0, vehicle_of(m, go)->range_km, 0, "left_km");
    if (rests && kind == CL_SPOT_VISIT) spot->rest_before = AZ_BINARY(m->lp, 0, "rest_before");
    if (rests) spot->rest_after = AZ_BINARY(m->lp, 0, "rest_after");
}

static enum az_status add_spots(struct cl_compact *m, struct cl_may_go *go)
{
    const struct cl_instance *cl = m->cl;
    const struct cl_vehicle *vehicle = vehicle_of(m, go);
    size_t most = 2 + m->visit_count + CL_COMPACT_CHARGES * cl->chargers.count;
    go->spot = AZ_ARRAY(m->arena, most, struct cl_spot);
    go->arc = AZ_ARRAY(m->arena, most * most, struct cl_arc);
    if (!go->spot || !go->arc) return AZ_NO_MEMORY;
    add_spot(m, go, CL_SPOT_START, 0, vehicle->start_place);
    for (size_t v = 0; v < m->visit_count; v++)
        if (m->visit[v].day == go->day && may_carry(m, go, m->visit[v].site))
            add_spot(m, go, CL_SPOT_VISIT, v, cl->sites.items[m->visit[v].site].place_index);
    for (size_t c = 0; c < cl->chargers.count; c++)
        for (int k = 0; k < CL_COMPACT_CHARGES && may_charge(m, go, c); k++)
            add_spot(m, go, CL_SPOT_CHARGE, c, cl->chargers.items[c].place.index);
    add_spot(m, go, CL_SPOT_END, 0, vehicle->end_place);
    return AZ_OK;
}

/* --- arcs ---------------------------------------------------------------------------------------
 */

/* The least stay at a spot. */
static int64_t stay_s(const struct cl_compact *m, const struct cl_spot *spot)
{
    if (spot->kind == CL_SPOT_VISIT) return m->visit[spot->index].shortest_s;
    return spot->kind == CL_SPOT_CHARGE ? charge_s(&m->cl->chargers.items[spot->index]) : 0;
}

/* Can one drive so at all, in time? */
static bool may_drive(const struct cl_compact *m, const struct cl_may_go *go,
                      const struct cl_spot *from, const struct cl_spot *to, int64_t drive_s)
{
    int64_t leaves_s = go->lo_s, latest_s = go->hi_s;
    bool first = to->kind != CL_SPOT_CHARGE || to[-1].kind != CL_SPOT_CHARGE ||
                 to[-1].index != to->index; /* stop at its charger */
    if (drive_s < 0 || (from->kind == CL_SPOT_START && (to->kind == CL_SPOT_END || !first)))
        return false;
    if (from->kind == CL_SPOT_CHARGE && to->kind == CL_SPOT_CHARGE && from->index == to->index &&
        from + 1 != to)
        return false;
    if (from->kind == CL_SPOT_VISIT) leaves_s = larger(leaves_s, m->visit[from->index].lo_s);
    if (to->kind == CL_SPOT_VISIT && m->visit[to->index].hi_s < latest_s)
        latest_s = m->visit[to->index].hi_s;
    return leaves_s + stay_s(m, from) + drive_s <= latest_s;
}

static void add_arcs(struct cl_compact *m, struct cl_may_go *go)
{
    const struct cl_vehicle *vehicle = vehicle_of(m, go);
    const struct cl_roads *roads = cl_roads_of(m->cl, go->vehicle, go->day);
    for (size_t i = 0; i + 1 < go->spot_count; i++)
        for (size_t k = 1; k < go->spot_count; k++) {
            size_t leg = go->spot[i].place * m->cl->places.count + go->spot[k].place;
            int64_t drive_s = roads->duration_s[leg];
            if (i == k || !may_drive(m, go, &go->spot[i], &go->spot[k], drive_s)) continue;
            double cost = roads->distance_m[leg] / 1000 * vehicle->cost_jpy_per_km +
                          (double)drive_s / 3600 * vehicle->cost_jpy_per_h;
            size_t column = AZ_BINARY(m->lp, cl_in_sum(m, cost), "drive");
            go->arc[go->arc_count++] = (struct cl_arc){ i, k, column };
        }
}

/* sum into a spot = sum out of it = taken */
static void add_flow(struct cl_compact *m, const struct cl_may_go *go)
{
    for (size_t i = 0; i < go->spot_count; i++)
        for (int out = 0; out < 2; out++) {
            if (go->spot[i].kind == (out ? CL_SPOT_END : CL_SPOT_START)) continue;
            az_row(m->lp, 0, 0, "flow");
            az_entry(m->lp, go->spot[i].taken, -1);
            for (size_t a = 0; a < go->arc_count; a++)
                if ((out ? go->arc[a].from : go->arc[a].to) == i)
                    az_entry(m->lp, go->arc[a].column, 1);
        }
}

/* Of a fraction of a round: taken <= used; arc and the arc back <= taken. */
static void add_cuts(struct cl_compact *m, const struct cl_may_go *go)
{
    for (size_t i = 1; i + 1 < go->spot_count; i++) {
        az_row(m->lp, -INFINITY, 0, "used");
        az_entry(m->lp, go->spot[i].taken, 1);
        az_entry(m->lp, go->used, -1);
    }
    for (size_t a = 0; a < go->arc_count; a++)
        for (size_t b = a + 1; b < go->arc_count; b++) {
            if (go->arc[a].from != go->arc[b].to || go->arc[a].to != go->arc[b].from) continue;
            for (int side = 0; side < 2; side++) {
                size_t spot = side ? go->arc[a].from : go->arc[a].to;
                az_row(m->lp, -INFINITY, 0, "no_return");
                az_entry(m->lp, go->arc[a].column, 1);
                az_entry(m->lp, go->arc[b].column, 1);
                az_entry(m->lp, go->spot[spot].taken, -1);
            }
        }
}

/* arrival >= ready + drive - M (1 - arc); order_k >= order_i + 1 - 1001 (1 - arc) where a circle
 * would take no time */
static void add_arc_times(struct cl_compact *m, const struct cl_may_go *go)
{
    const struct cl_roads *roads = cl_roads_of(m->cl, go->vehicle, go->day);
    for (size_t a = 0; a < go->arc_count; a++) {
        const struct cl_arc *arc = &go->arc[a];
        const struct cl_spot *from = &go->spot[arc->from], *to = &go->spot[arc->to];
        int64_t drive_s = roads->duration_s[from->place * m->cl->places.count + to->place];
        size_t ready = from->kind == CL_SPOT_START ? go->leaves : from->ready;
        size_t there = to->kind == CL_SPOT_END ? go->returns : to->arrival;
        double most = m->lp->upper[ready] - m->lp->lower[there] + (double)drive_s;
        az_row(m->lp, (double)drive_s - most, INFINITY, "in_time");
        az_entry(m->lp, there, 1);
        az_entry(m->lp, ready, -1);
        az_entry(m->lp, arc->column, -most);
        bool stops = from->kind != CL_SPOT_START && to->kind != CL_SPOT_END;
        if (!stops || drive_s > 0 || stay_s(m, from) > 0) continue;
        az_row(m->lp, -1000, INFINITY, "in_order");
        az_entry(m->lp, to->order, 1);
        az_entry(m->lp, from->order, -1);
        az_entry(m->lp, arc->column, -1001);
    }
}

/* left_k <= left_i - km (+ given) + M (1 - arc); left_i >= km arc */
static void add_range(struct cl_compact *m, const struct cl_may_go *go)
{
    const struct cl_roads *roads = cl_roads_of(m->cl, go->vehicle, go->day);
    double range = vehicle_of(m, go)->range_km;
    for (size_t a = 0; has_range(m, go) && a < go->arc_count; a++) {
        const struct cl_arc *arc = &go->arc[a];
        const struct cl_spot *from = &go->spot[arc->from], *to = &go->spot[arc->to];
        double km = roads->distance_m[from->place * m->cl->places.count + to->place] / 1000;
        bool starts = from->kind == CL_SPOT_START;
        double gives = to->kind == CL_SPOT_CHARGE ? m->cl->chargers.items[to->index].gives_km : 0;
        if (starts && km > range) az_column_bounds(m->lp, arc->column, 0, 0);
        if (!starts) {
            az_row(m->lp, 0, INFINITY, "range");
            az_entry(m->lp, from->left, 1);
            az_entry(m->lp, arc->column, -km);
        }
        if (to->kind == CL_SPOT_END || gives >= range + km) continue;
        az_row(m->lp, -INFINITY, range + (starts ? range : 0), "left");
        az_entry(m->lp, to->left, 1);
        if (!starts) az_entry(m->lp, from->left, -1);
        az_entry(m->lp, arc->column, range + km - gives);
    }
}

/* Loads fit; a round has a visit; stops at a charger are taken in their order:
 * taken_k+1 <= taken_k, arrival_k+1 >= ready_k - M (1 - taken_k+1). */
static void add_limits(struct cl_compact *m, const struct cl_may_go *go)
{
    double capacity = vehicle_of(m, go)->capacity;
    if (!isnan(capacity)) az_row(m->lp, -INFINITY, capacity, "capacity");
    for (size_t i = 0; !isnan(capacity) && i < go->spot_count; i++)
        if (go->spot[i].kind == CL_SPOT_VISIT)
            az_entry(m->lp, go->spot[i].taken,
                     m->cl->sites.items[m->visit[go->spot[i].index].site].load);
    az_row(m->lp, 0, INFINITY, "visits");
    az_entry(m->lp, go->used, -1);
    for (size_t i = 0; i < go->spot_count; i++)
        if (go->spot[i].kind == CL_SPOT_VISIT) az_entry(m->lp, go->spot[i].taken, 1);
    for (size_t i = 1; i < go->spot_count; i++) {
        const struct cl_spot *one = &go->spot[i - 1], *other = &go->spot[i];
        if (one->kind != CL_SPOT_CHARGE || other->kind != CL_SPOT_CHARGE ||
            one->index != other->index)
            continue;
        az_row(m->lp, 0, INFINITY, "charges_first");
        az_entry(m->lp, one->taken, 1);
        az_entry(m->lp, other->taken, -1);
        double most = m->lp->upper[one->ready];
        az_row(m->lp, -most, INFINITY, "charges_then");
        az_entry(m->lp, other->arrival, 1);
        az_entry(m->lp, one->ready, -1);
        az_entry(m->lp, other->taken, -most);
    }
}

/* ready of a stop at a charger >= its begin + its time */
static void add_charging(struct cl_compact *m, const struct cl_may_go *go)
{
    for (size_t i = 0; i < go->spot_count; i++) {
        const struct cl_spot *spot = &go->spot[i];
        if (spot->kind != CL_SPOT_CHARGE) continue;
        az_row(m->lp, (double)stay_s(m, spot), INFINITY, "charges");
        az_entry(m->lp, spot->ready, 1);
        az_entry(m->lp, spot->arrival, -1);
    }
}

/* --- visits in rounds ---------------------------------------------------------------------------
 */

/* taken + option - 1 <= those aboard with the skill; taken + option <= 1 without the equipment */
static void add_cares(struct cl_compact *m, const struct cl_may_go *go, const struct cl_spot *spot)
{
    const struct cl_may_visit *visit = &m->visit[spot->index];
    const struct cl_site *site = &m->cl->sites.items[visit->site];
    for (size_t o = 0; o < site->option_count; o++) {
        const struct cl_care *care = &m->cl->cares.items[site->option[o].care.index];
        if (!care->needs_crew) continue;
        bool equipped = !(care->equipment_set & ~vehicle_of(m, go)->equipment_set);
        for (size_t k = 0; equipped && k < m->cl->skill_count; k++) {
            uint64_t skill = (uint64_t)1 << k;
            if (!(care->skill_set & skill)) continue;
            az_row(m->lp, -INFINITY, 1, "skilled");
            az_entry(m->lp, spot->taken, 1);
            az_entry(m->lp, visit->option + o, 1);
            cl_compact_aboard(m, go, skill, -1);
        }
        if (equipped) continue;
        az_row(m->lp, -INFINITY, 1, "equipped");
        az_entry(m->lp, spot->taken, 1);
        az_entry(m->lp, visit->option + o, 1);
    }
}

/* unfamiliar >= taken - those of the site's familiar staff aboard */
static void add_continuity(struct cl_compact *m, const struct cl_may_go *go,
                           const struct cl_spot *spot)
{
    const struct cl_site *site = &m->cl->sites.items[m->visit[spot->index].site];
    if (site->familiar.count == 0 || site->continuity_jpy == 0) return;
    size_t column = AZ_CONTINUOUS(m->lp, 0, 1, cl_in_sum(m, site->continuity_jpy), "unfamiliar");
    az_row(m->lp, -INFINITY, 0, "familiar");
    az_entry(m->lp, spot->taken, 1);
    az_entry(m->lp, column, -1);
    for (size_t w = 0; w < go->work_count; w++) {
        bool known = false;
        for (size_t k = 0; k < site->familiar.count; k++)
            known = known || site->familiar.items[k].index == go->work[w].staff;
        if (known) az_entry(m->lp, go->work[w].column, -1);
    }
}

/* rests at one spot at most; begins there in time, and what follows waits for its end:
 * rest >= arrival - M (1 - before), start >= rest + length - M (1 - before), and after likewise */
static void add_rest(struct cl_compact *m, const struct cl_may_go *go, const struct cl_spot *spot)
{
    const struct cl_may_visit *visit = spot->kind == CL_SPOT_VISIT ? &m->visit[spot->index] : NULL;
    const double *lower = m->lp->lower, *upper = m->lp->upper;
    double over = upper[go->rest] + upper[go->rest_length], most;
    if (spot->rest_before != AZ_NO_INDEX) {
        most = fmax(0, upper[spot->arrival] - lower[go->rest]);
        az_row(m->lp, -most, INFINITY, "rest_arrived");
        az_entry(m->lp, go->rest, 1);
        az_entry(m->lp, spot->arrival, -1);
        az_entry(m->lp, spot->rest_before, -most);
        most = fmax(0, over - lower[visit->start]);
        az_row(m->lp, -most, INFINITY, "rest_first");
        az_entry(m->lp, visit->start, 1);
        az_entry(m->lp, go->rest, -1);
        az_entry(m->lp, go->rest_length, -1);
        az_entry(m->lp, spot->rest_before, -most);
    }
    double stay = visit ? 0 : (double)stay_s(m, spot);
    double ends = visit ? (double)(visit->hi_s + visit->longest_s) : upper[spot->arrival] + stay;
    most = fmax(0, ends - lower[go->rest]);
    az_row(m->lp, stay - most, INFINITY, "rest_done");
    az_entry(m->lp, go->rest, 1);
    if (visit)
        cl_compact_end(m, visit, -1);
    else
        az_entry(m->lp, spot->arrival, -1);
    az_entry(m->lp, spot->rest_after, -most);
    most = fmax(0, over - lower[spot->ready]);
    az_row(m->lp, -most, INFINITY, "rest_then");
    az_entry(m->lp, spot->ready, 1);
    az_entry(m->lp, go->rest, -1);
    az_entry(m->lp, go->rest_length, -1);
    az_entry(m->lp, spot->rest_after, -most);
    az_row(m->lp, -INFINITY, 0, "rest_there");
    if (spot->rest_before != AZ_NO_INDEX) az_entry(m->lp, spot->rest_before, 1);
    az_entry(m->lp, spot->rest_after, 1);
    az_entry(m->lp, spot->taken, -1);
}

/* rests = rests before leaving + rests at a stop */
static void add_rests(struct cl_compact *m, const struct cl_may_go *go)
{
    if (go->longest_rest_s == 0) return;
    for (size_t i = 0; i < go->spot_count; i++)
        if (go->spot[i].rest_after != AZ_NO_INDEX) add_rest(m, go, &go->spot[i]);
    az_row(m->lp, 0, 0, "rests_once");
    az_entry(m->lp, go->rests, -1);
    az_entry(m->lp, go->rests_first, 1);
    for (size_t i = 0; i < go->spot_count; i++) {
        if (go->spot[i].rest_before != AZ_NO_INDEX) az_entry(m->lp, go->spot[i].rest_before, 1);
        if (go->spot[i].rest_after != AZ_NO_INDEX) az_entry(m->lp, go->spot[i].rest_after, 1);
    }
}

static enum az_status add_round(struct cl_compact *m, size_t vehicle, size_t day, size_t copy)
{
    struct cl_may_go *go = &m->go[m->go_count];
    const struct cl_vehicle *it = &m->cl->vehicles.items[vehicle];
    int64_t earliest_s = larger(0, m->cl->earliest_s - (int64_t)day * CL_DAY_S);
    *go = (struct cl_may_go){
        .day = day, .vehicle = vehicle, .lo_s = larger(it->from_s, earliest_s), .hi_s = it->until_s
    };
    if (go->lo_s > go->hi_s) return AZ_OK;
    m->go_count++;
    AZ_TRY(cl_compact_crew(m, go));
    AZ_TRY(add_spots(m, go));
    add_arcs(m, go);
    add_flow(m, go);
    add_cuts(m, go);
    add_arc_times(m, go);
    add_range(m, go);
    add_limits(m, go);
    add_charging(m, go);
    add_rests(m, go);
    for (size_t i = 0; i < go->spot_count; i++) {
        if (go->spot[i].kind != CL_SPOT_VISIT) continue;
        add_cares(m, go, &go->spot[i]);
        add_continuity(m, go, &go->spot[i]);
    }
    cl_compact_crew_rows(m, go);
    if (copy == 0) return AZ_OK;
    az_row(m->lp, 0, INFINITY, "first_first"); /* of equal vehicles the first goes first */
    az_entry(m->lp, m->go[m->go_count - 2].used, 1);
    az_entry(m->lp, go->used, -1);
    return AZ_OK;
}

/* sum over rounds of taken = sum of options that need a crew */
static void add_taken(struct cl_compact *m)
{
    for (size_t v = 0; v < m->visit_count; v++) {
        const struct cl_site *site = &m->cl->sites.items[m->visit[v].site];
        az_row(m->lp, 0, 0, "comes");
        for (size_t o = 0; o < site->option_count; o++)
            if (m->cl->cares.items[site->option[o].care.index].needs_crew)
                az_entry(m->lp, m->visit[v].option + o, -1);
        for (size_t g = 0; g < m->go_count; g++)
            for (size_t i = 0; i < m->go[g].spot_count; i++)
                if (m->go[g].spot[i].kind == CL_SPOT_VISIT && m->go[g].spot[i].index == v)
                    az_entry(m->lp, m->go[g].spot[i].taken, 1);
    }
}

/* A member of staff is in one round a day. */
static void add_once(struct cl_compact *m)
{
    for (size_t s = 0; s < m->cl->staff.count; s++)
        for (size_t d = m->cl->first_day; d < (size_t)m->cl->days; d++) {
            az_row(m->lp, -INFINITY, 1, "once");
            for (size_t g = 0; g < m->go_count; g++)
                for (size_t w = 0; m->go[g].day == d && w < m->go[g].work_count; w++)
                    if (m->go[g].work[w].staff == s) az_entry(m->lp, m->go[g].work[w].column, 1);
        }
}

enum az_status cl_compact_rounds(struct cl_compact *m)
{
    const struct cl_instance *cl = m->cl;
    size_t arcs = 0;
    m->go = AZ_ARRAY(m->arena, CL_COMPACT_ROUNDS, struct cl_may_go);
    if (!m->go) return AZ_NO_MEMORY;
    for (size_t v = 0; v < cl->vehicles.count; v++)
        for (size_t d = cl->first_day; d < (size_t)cl->days; d++)
            for (size_t k = 0; k < (size_t)cl->vehicles.items[v].fleet[d]; k++)
                AZ_TRY(add_round(m, v, d, k));
    for (size_t g = 0; g < m->go_count; g++) arcs += m->go[g].arc_count;
    add_taken(m);
    add_once(m);
    cl_compact_balance(m);
    return arcs > CL_COMPACT_ARCS ? AZ_UNSUPPORTED : AZ_OK;
}
