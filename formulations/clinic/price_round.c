/* price_round.c - the rounds of one crew that pay most. See price.h. */
#include "formulations/clinic/price.h"

#define MAX_LABELS 20000000 /* beyond this nothing is proven */
#define FEW_LABELS 200000   /* without any forgetting */

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
        if (p->both && isfinite(cl_range_km(p->ground, p->team))) {
            round->reduced = cl_round_reduced(p->ground, p->prices, &round->tour);
            if (round->reduced >= p->prices->below) continue;
        }
        ++*count;
    }
    return AZ_OK;
}

/* --- both halves -------------------------------------------------------------------------------
 */

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

static enum az_status answer(const struct cl_pricing *p, bool whole, struct az_arena *arena,
                             size_t *count, struct cl_priced_round **rounds, double *bound)
{
    *bound = whole && p->exact ? p->best : -INFINITY;
    if (p->left) *bound = fmin(*bound, p->prices->below);
    return write_rounds(p, arena, count, rounds);
}

/* What every half needs. */
static enum az_status prepare(struct cl_pricing *p)
{
    p->best = INFINITY;
    p->overtime_s = overtime_from(p);
    p->hops = AZ_ARRAY(p->scratch, cl_hop_count(p->cl), struct cl_hop);
    p->ending = AZ_ARRAY(p->scratch, p->prices->limit + 1, struct cl_ending);
    if (!p->hops || !p->ending) return AZ_NO_MEMORY;
    return cl_price_graph(p);
}

/* Both halves, or labels forwards alone. */
static enum az_status price_halves(struct cl_pricing *p, struct az_arena *arena, size_t *count,
                                   struct cl_priced_round **rounds, double *bound)
{
    bool whole;
    p->both = p->prices->method != CL_PRICE_FORWARDS;
    p->ranged = !p->both;
    AZ_TRY(cl_price_labels(p, &whole));
    if (whole && p->both) cl_price_join(p);
    return answer(p, whole, arena, count, rounds, bound);
}

/* --- labels forwards with an outlook ------------------------------------------------------------
 */

/* The least of all rounds by an outlook: from the start place, in time or late. */
static double least_of_all(const struct cl_pricing *p, const struct cl_outlook *outlook)
{
    double least = INFINITY, cost = p->prices->cost * p->team->cost_jpy - p->prices->round;
    for (int late = 0; late <= (p->team->break_s > 0); late++) {
        struct cl_stand stand = cl_stand_begin(p->ground, p->team, late);
        least = fmin(least,
                     cl_least_after(outlook, outlook->done, p->count, stand.rested, stand.time_s));
    }
    return cost + least;
}

static enum az_status price_guided(struct cl_pricing *p, struct az_arena *arena, size_t *count,
                                   struct cl_priced_round **rounds, double *bound, bool *whole)
{
    struct cl_outlook outlook;
    *count = 0;
    *whole = true;
    AZ_TRY(cl_price_outlook(p, &outlook));
    if (outlook.spans > 0) {
        *bound = least_of_all(p, &outlook);
        if (*bound >= p->prices->below) return AZ_OK;
        p->outlook = &outlook;
    }
    p->ranged = isfinite(cl_range_km(p->ground, p->team));
    AZ_TRY(cl_price_labels(p, whole));
    return answer(p, *whole, arena, count, rounds, bound);
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static bool may_charge_anywhere(const struct cl_ground *ground, const struct cl_team *team)
{
    for (size_t c = 0; c < ground->cl->chargers.count; c++)
        if (cl_may_charge(ground, team, c)) return true;
    return false;
}

enum az_status cl_price_rounds(const struct cl_ground *ground, size_t team,
                               const struct cl_round_prices *prices,
                               const struct az_context *context, struct az_arena *arena,
                               struct az_arena *scratch, size_t *count,
                               struct cl_priced_round **rounds, double *bound)
{
    const struct cl_instance *cl = ground->cl;
    const struct cl_team *crew = &ground->teams.items[team];
    bool has_range = isfinite(cl_range_km(ground, crew)), whole;
    bool both = prices->method != CL_PRICE_FORWARDS;
    struct cl_pricing p = { .ground = ground,
                            .cl = cl,
                            .team = crew,
                            .vehicle = &cl->vehicles.items[crew->vehicle],
                            .roads = cl_roads_of(cl, crew->vehicle, crew->day),
                            .prices = prices,
                            .context = context,
                            .scratch = scratch,
                            .exact = prices->effort == CL_EFFORTS - 1,
                            .loose = both && has_range && may_charge_anywhere(ground, crew),
                            .most_labels = MAX_LABELS };
    struct cl_pricing all = p; /* without forgetting any site */
    all.elementary = (prices->many || has_range) && !(prices->forgets && *prices->forgets);
    if (all.elementary) AZ_TRY(prepare(&all));
    if (all.elementary) {
        if (!all.exact || prices->method == CL_PRICE_FORWARDS)
            return price_halves(&all, arena, count, rounds, bound);
        all.most_labels = FEW_LABELS;
        AZ_TRY(price_guided(&all, arena, count, rounds, bound, &whole));
        if (whole || az_must_stop(context)) return AZ_OK;
        if (prices->forgets) *prices->forgets = true;
    }
    AZ_TRY(prepare(&p));
    if (p.exact && both && has_range) return price_guided(&p, arena, count, rounds, bound, &whole);
    return price_halves(&p, arena, count, rounds, bound);
}
