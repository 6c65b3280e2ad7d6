/* price_round.c - the rounds of one crew that pay most. See price.h. */
#include "formulations/clinic/price.h"

#include <string.h>

/* --- reduced cost -------------------------------------------------------------------------------
 */

double cl_cut_visits(const struct cl_ground *ground, const struct cl_cut *cut,
                     const struct cl_tour *tour)
{
    int half = 0;
    double pairs = 0;
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        size_t site = ground->ways.items[tour->stops[k].index].site;
        if (!cl_cut_keeps(cut, site)) half = 0;
        for (int s = 0; s < 3; s++) half += cut->site[s] == site;
        pairs += half / 2;
        half %= 2;
    }
    return pairs;
}

double cl_round_reduced(const struct cl_ground *ground, const struct cl_round_prices *prices,
                        const struct cl_tour *tour)
{
    double reduced = prices->cost * tour->cost_jpy - prices->kept * tour->kept_jpy - prices->round;
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        const struct cl_way *way = &ground->ways.items[tour->stops[k].index];
        reduced -= prices->visit[way->site];
        if (way->doctor != AZ_NO_INDEX) reduced -= prices->slot[way->doctor];
        if (way->pharmacist != AZ_NO_INDEX) reduced -= prices->slot[way->pharmacist];
    }
    for (size_t c = 0; c < prices->cut_count; c++)
        reduced -= prices->cut_price[c] * cl_cut_visits(ground, prices->cut[c], tour);
    return reduced;
}

/* --- rounds from labels -------------------------------------------------------------------------
 */

static size_t stops_of(const struct cl_ending *ending)
{
    size_t count = cl_hop_stops(ending->charges, ending->rest);
    for (const struct cl_label *label = ending->front; label->beside; label = label->beside)
        count += 1 + cl_hop_stops(label->charges, label->rest);
    for (const struct cl_label *label = ending->rear; label; label = label->beside)
        count += 1 + cl_hop_stops(label->charges, label->rest);
    return count;
}

static void put_visit(struct cl_tour *tour, size_t *at, size_t way)
{
    tour->stops[--*at] = (struct cl_tour_stop){ .kind = CL_STOP_VISIT, .index = way };
}

/* The backward half from its end. */
static void put_rear(struct cl_tour *tour, size_t *at, const struct cl_label *label)
{
    size_t count = 0, skip;
    for (const struct cl_label *each = label; each; each = each->beside) count++;
    for (; count > 0; count--) {
        const struct cl_label *each = label;
        for (skip = count; skip > 1; skip--) each = each->beside;
        cl_put_hop(tour, at, each->charger, each->charges, each->rest);
        put_visit(tour, at, each->way);
    }
}

/* *possible: the crew can do it, and it pays as its labels say. */
static enum az_status tour_of(const struct cl_pricing *p, const struct cl_ending *ending,
                              struct az_arena *arena, struct cl_tour *tour, bool *possible)
{
    const struct cl_label *label = ending->front;
    size_t count = stops_of(ending), at = count;
    *tour = (struct cl_tour){ .team = (size_t)(p->team - p->ground->teams.items),
                              .count = count,
                              .stops = AZ_ARRAY(arena, count, struct cl_tour_stop) };
    if (!tour->stops) return AZ_NO_MEMORY;
    put_rear(tour, &at, ending->rear);
    cl_put_hop(tour, &at, ending->charger, ending->charges, ending->rest);
    for (; label->beside; label = label->beside) {
        put_visit(tour, &at, label->way);
        cl_put_hop(tour, &at, label->charger, label->charges, label->rest);
    }
    tour->late = label->late;
    *possible = cl_tour_time(p->ground, tour);
    return AZ_OK;
}

/* The order of a round beyond the range, with charges. */
static enum az_status mend(const struct cl_pricing *p, struct az_arena *arena, struct cl_tour *tour,
                           bool *possible)
{
    size_t *site = AZ_ARRAY(p->scratch, tour->count, size_t), count = 0;
    double value;
    if (!site) return AZ_NO_MEMORY;
    for (size_t k = 0; k < tour->count; k++)
        if (tour->stops[k].kind == CL_STOP_VISIT)
            site[count++] = p->ground->ways.items[tour->stops[k].index].site;
    AZ_TRY(cl_sequence_tour(p->ground, tour->team, site, count, NULL, p->prices->cost,
                            p->prices->kept, arena, p->scratch, tour, &value));
    *possible = isfinite(value);
    return AZ_OK;
}

/* Does a mended round use what decisions leave out? It has the drives of the one it was made of. */
static bool is_banned(const struct cl_pricing *p, const struct cl_tour *tour)
{
    for (size_t k = 0; k < tour->count && p->prices->banned; k++)
        if (tour->stops[k].kind == CL_STOP_VISIT && p->prices->banned[tour->stops[k].index])
            return true;
    return false;
}

/* Does a round of haste come back to a site that it should have remembered? */
static bool comes_back(const struct cl_pricing *p, const struct cl_tour *tour)
{
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        size_t site = p->ground->ways.items[tour->stops[k].index].site, node = 0;
        while (p->site[node] != site) node++;
        for (size_t next = k + 1; next < tour->count; next++) {
            if (tour->stops[next].kind != CL_STOP_VISIT) continue;
            size_t then = p->ground->ways.items[tour->stops[next].index].site, at = 0;
            if (then == site) return true;
            while (p->site[at] != then) at++;
            if (!(p->memory[at * p->words + node / 64] >> (node % 64) & 1)) break; /* forgotten */
        }
    }
    return false;
}

static enum az_status write_rounds(const struct cl_pricing *p, struct az_arena *arena,
                                   size_t *count, struct cl_priced_round **rounds)
{
    *count = 0;
    *rounds = AZ_ARRAY(arena, p->ending_count, struct cl_priced_round);
    if (!*rounds) return AZ_NO_MEMORY;
    for (size_t k = 0; k < p->ending_count; k++) {
        struct cl_priced_round *round = &(*rounds)[*count];
        bool possible;
        AZ_TRY(tour_of(p, &p->ending[k], arena, &round->tour, &possible));
        round->reduced = p->ending[k].reduced;
        /* What pricing takes for possible, the evaluator does too; but for the range, and for a
         * break before leaving in which a member's next shift has begun. */
        bool in_shift = p->team->break_s == 0 || p->team->break_from_s < p->team->before_s;
        if (!possible && in_shift && !(p->both && isfinite(cl_range_km(p->ground, p->team))))
            return AZ_INTERNAL;
        if (!possible) AZ_TRY(mend(p, arena, &round->tour, &possible));
        if (!possible || is_banned(p, &round->tour)) continue;
        if (p->hasty && comes_back(p, &round->tour)) continue;
        if (p->both && isfinite(cl_range_km(p->ground, p->team))) {
            round->reduced = cl_round_reduced(p->ground, p->prices, &round->tour);
            if (round->reduced >= p->prices->below) continue;
        }
        ++*count;
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static bool may_charge_anywhere(const struct cl_ground *ground, const struct cl_team *team)
{
    for (size_t c = 0; c < ground->cl->chargers.count; c++)
        if (cl_may_charge(ground, team, c)) return true;
    return false;
}

/* The least hour from which a member costs overtime. */
static int64_t overtime_from(const struct cl_pricing *p)
{
    int64_t from_s = p->team->limit_s;
    if (p->prices->cost == 0) return from_s;
    for (size_t m = 0; m < p->team->member_count; m++) {
        const struct cl_staff_class *class = &p->ground->teams.classes[p->team->classes[m]];
        if (class->overtime_jpy_per_s > 0 && class->until_s < from_s) from_s = class->until_s;
    }
    return from_s;
}

/* Labels, and rounds of them. */
static enum az_status price_with(struct cl_pricing *p, bool *whole)
{
    p->best = INFINITY;
    p->overtime_s = overtime_from(p);
    p->hops = AZ_ARRAY(p->scratch, cl_hop_count(p->cl), struct cl_hop);
    p->ending = AZ_ARRAY(p->scratch, p->prices->limit + 1, struct cl_ending);
    if (!p->hops || !p->ending) return AZ_NO_MEMORY;
    AZ_TRY(cl_price_graph(p));
    AZ_TRY(cl_price_labels(p, whole));
    if (*whole && p->both) cl_price_join(p);
    return AZ_OK;
}

static enum az_status answer(const struct cl_pricing *p, bool whole, struct az_arena *arena,
                             size_t *count, struct cl_priced_round **rounds, double *bound)
{
    *bound = whole && p->exact ? p->best : -INFINITY;
    if (p->left) *bound = fmin(*bound, p->prices->below);
    return write_rounds(p, arena, count, rounds);
}

/* With the range, forwards, along rounds that pay without it: guide has priced those. */
static enum az_status price_ranged(struct cl_pricing *p, struct cl_pricing *guide, bool *whole)
{
    AZ_TRY(cl_price_rear(guide, whole));
    if (!*whole) return AZ_OK;
    p->ranged = true;
    p->guide = guide;
    return price_with(p, whole);
}

enum az_status cl_price_rounds(const struct cl_ground *ground, size_t team,
                               const struct cl_round_prices *prices,
                               const struct az_context *context, struct az_arena *arena,
                               struct az_arena *scratch, size_t *count,
                               struct cl_priced_round **rounds, double *bound)
{
    const struct cl_instance *cl = ground->cl;
    const struct cl_team *crew = &ground->teams.items[team];
    struct cl_pricing begin = { .ground = ground,
                                .cl = cl,
                                .team = crew,
                                .vehicle = &cl->vehicles.items[crew->vehicle],
                                .roads = cl_roads_of(cl, crew->vehicle, crew->day),
                                .prices = prices,
                                .context = context,
                                .scratch = scratch,
                                .exact = prices->effort == CL_EFFORTS - 1 };
    bool has_range = isfinite(cl_range_km(ground, crew)), whole;
    bool both = prices->method != CL_PRICE_FORWARDS, exact = begin.exact && both;
    struct cl_pricing p;
    for (int hasty = exact && prices->hasty; hasty >= 0; hasty--) {
        p = begin;
        p.hasty = hasty;
        p.both = both;
        p.ranged = !both;
        p.loose = both && has_range && may_charge_anywhere(ground, crew);
        AZ_TRY(price_with(&p, &whole));
        AZ_TRY(answer(&p, whole, arena, count, rounds, bound));
        bool unsure = exact && *count == 0 && *bound < prices->below;
        if (!unsure || az_must_stop(context)) return AZ_OK;
    }
    if (!has_range || !whole) return AZ_OK;
    AZ_TRY(price_ranged(&begin, &p, &whole));
    return answer(&begin, whole, arena, count, rounds, bound);
}
