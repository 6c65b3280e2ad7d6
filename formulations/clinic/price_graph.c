/* price_graph.c - what one crew can visit at given prices: nodes, ways, drives, memories, cuts. */
#include <stdlib.h>

#include "formulations/clinic/price.h"

#define NEAREST 8
#define HASTY 4
#define HASTY 4

/* --- ways ---------------------------------------------------------------------------------------
 */

static int by_price(const void *a, const void *b)
{
    const struct cl_priced_way *x = a, *y = b;
    if (x->reduced != y->reduced) return x->reduced < y->reduced ? -1 : 1;
    return (x->way > y->way) - (x->way < y->way);
}

static int by_last_moment(const void *a, const void *b)
{
    const struct cl_priced_way *x = a, *y = b;
    if (x->until_s != y->until_s) return x->until_s < y->until_s ? -1 : 1;
    return (x->way > y->way) - (x->way < y->way);
}

/* Is a open whenever b is, done no later, and as good? */
static bool covers(const struct cl_priced_way *a, const struct cl_priced_way *b)
{
    return a->reduced <= b->reduced && a->from_s <= b->from_s && a->until_s >= b->until_s &&
           a->length_s <= b->length_s && a->least_s <= b->least_s;
}

/* The ways of a site that the crew may do, at these prices, without those that another one covers.
 */
static size_t make_offers(const struct cl_pricing *p, size_t site, struct cl_priced_way offers[])
{
    const struct cl_round_prices *prices = p->prices;
    const struct cl_ways *ways = &p->ground->ways;
    size_t day = site * (size_t)p->cl->days + p->team->day, count = 0, kept = 0;
    if (prices->visit[site] == -INFINITY) return 0;
    double own = prices->cost * cl_continuity_jpy(p->ground, p->team, site) - prices->visit[site];
    for (size_t w = ways->first[day]; w < ways->first[day + 1]; w++) {
        const struct cl_way *way = &ways->items[w];
        if (!cl_may_do(p->ground, p->team, way) || (prices->banned && prices->banned[w])) continue;
        double reduced =
            own + prices->cost * way->cost_jpy - prices->kept * cl_kept_jpy(p->ground, way);
        if (way->doctor != AZ_NO_INDEX) reduced -= prices->slot[way->doctor];
        if (way->pharmacist != AZ_NO_INDEX) reduced -= prices->slot[way->pharmacist];
        offers[count++] = (struct cl_priced_way){ .way = w,
                                                  .reduced = reduced,
                                                  .from_s = way->from_s,
                                                  .until_s = way->until_s,
                                                  .length_s = way->length_s,
                                                  .least_s = cl_way_end(way, way->from_s) };
    }
    if (count > 1) qsort(offers, count, sizeof *offers, by_price);
    for (size_t k = 0; k < count; k++) {
        bool covered = false;
        for (size_t c = 0; c < kept && !covered; c++) covered = covers(&offers[c], &offers[k]);
        if (!covered) offers[kept++] = offers[k];
    }
    if (kept > 1) qsort(offers, kept, sizeof *offers, by_last_moment);
    return kept;
}

static enum az_status make_nodes(struct cl_pricing *p)
{
    const struct cl_instance *cl = p->cl;
    const struct cl_ways *ways = &p->ground->ways;
    size_t sites = cl->sites.count, days = (size_t)cl->days, total = 0;
    for (size_t i = 0; i < sites; i++) {
        size_t at = i * days + p->team->day;
        total += ways->first[at + 1] - ways->first[at];
    }
    p->site = AZ_ARRAY(p->scratch, sites, size_t);
    p->place = AZ_ARRAY(p->scratch, sites, size_t);
    p->load = AZ_ARRAY(p->scratch, sites, double);
    p->offer = AZ_ARRAY(p->scratch, total + 1, struct cl_priced_way);
    p->offer_first = AZ_ARRAY(p->scratch, sites + 1, size_t);
    if (!p->site || !p->place || !p->load || !p->offer || !p->offer_first) return AZ_NO_MEMORY;
    p->most = cl_most_load(p->ground, p->team);
    for (size_t i = 0; i < sites; i++) {
        size_t first = p->offer_first[p->count];
        if (cl->sites.items[i].load > p->most) continue;
        size_t made = make_offers(p, i, p->offer + first);
        if (made == 0) continue;
        p->site[p->count] = i;
        p->place[p->count] = cl->sites.items[i].place_index;
        p->load[p->count] = isfinite(p->most) ? cl->sites.items[i].load : 0;
        p->offer_first[++p->count] = first + made;
    }
    return AZ_OK;
}

/* --- drives -------------------------------------------------------------------------------------
 */

/* With a range: no slower and no dearer than by any charger. */
static void loosen(const struct cl_pricing *p, size_t from, size_t to, struct cl_priced_drive *leg)
{
    size_t places = p->cl->places.count;
    for (size_t c = 0; c < p->cl->chargers.count; c++) {
        const struct cl_charger *charger = &p->cl->chargers.items[c];
        size_t there = from * places + charger->place.index;
        size_t on = charger->place.index * places + to;
        if (!cl_may_charge(p->ground, p->team, c) || p->roads->duration_s[there] < 0 ||
            p->roads->duration_s[on] < 0)
            continue;
        int64_t drive_s =
            p->roads->duration_s[there] + cl_charge_s(charger) + p->roads->duration_s[on];
        double cost =
            p->prices->cost * (cl_drive_jpy(p->ground, p->team, from, charger->place.index) +
                               cl_drive_jpy(p->ground, p->team, charger->place.index, to));
        if (leg->drive_s < 0) *leg = (struct cl_priced_drive){ .drive_s = drive_s, .cost = cost };
        if (drive_s < leg->drive_s) leg->drive_s = drive_s;
        if (cost < leg->cost) leg->cost = cost;
    }
}

static enum az_status make_legs(struct cl_pricing *p)
{
    size_t n = p->count + 1, sites = p->cl->sites.count;
    p->leg = AZ_ARRAY(p->scratch, n * n, struct cl_priced_drive);
    if (!p->leg) return AZ_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            struct cl_priced_drive *leg = &p->leg[i * n + j];
            size_t from = i < p->count ? p->place[i] : p->vehicle->start_place;
            size_t to = j < p->count ? p->place[j] : p->vehicle->end_place;
            size_t from_site = i < p->count ? p->site[i] : sites;
            size_t to_site = j < p->count ? p->site[j] : sites;
            leg->drive_s = -1;
            if (i == j ||
                (p->prices->forbidden && p->prices->forbidden[from_site * (sites + 1) + to_site]))
                continue;
            leg->drive_s = p->roads->duration_s[from * p->cl->places.count + to];
            if (leg->drive_s >= 0)
                leg->cost = p->prices->cost * cl_drive_jpy(p->ground, p->team, from, to);
            if (p->loose) loosen(p, from, to, leg);
        }
    return AZ_OK;
}

/* --- memories and cuts --------------------------------------------------------------------------
 */

/* The sites nearest to each, by the time there and back, are those that it does not forget. */
static enum az_status make_memory(struct cl_pricing *p)
{
    size_t places = p->cl->places.count, nearest = p->elementary ? p->count : NEAREST;
    p->words = (p->count + 63) / 64;
    p->memory = AZ_ARRAY(p->scratch, p->count * p->words + 1, uint64_t);
    int64_t *far = AZ_ARRAY(p->scratch, p->count + 1, int64_t);
    if (!p->memory || !far) return AZ_NO_MEMORY;
    for (size_t n = 0; n < p->count; n++) {
        uint64_t *own = p->memory + n * p->words;
        for (size_t m = 0; m < p->count; m++) {
            int64_t there = p->roads->duration_s[p->place[n] * places + p->place[m]];
            int64_t back = p->roads->duration_s[p->place[m] * places + p->place[n]];
            far[m] = there < 0 || back < 0 ? INT64_MAX : there + back;
        }
        far[n] = -1; /* itself first */
        for (size_t k = 0; k < nearest && k < p->count; k++) {
            size_t next = AZ_NO_INDEX;
            for (size_t m = 0; m < p->count; m++)
                if (!(own[m / 64] >> (m % 64) & 1) && (next == AZ_NO_INDEX || far[m] < far[next]))
                    next = m;
            own[next / 64] |= 1ull << (next % 64);
        }
    }
    return AZ_OK;
}

static enum az_status make_cuts(struct cl_pricing *p)
{
    p->cut_words = (p->prices->cut_count + 63) / 64;
    p->cut_of = AZ_ARRAY(p->scratch, p->count * p->cut_words + 1, uint64_t);
    p->cut_kept = AZ_ARRAY(p->scratch, p->count * p->cut_words + 1, uint64_t);
    if (!p->cut_of || !p->cut_kept) return AZ_NO_MEMORY;
    for (size_t n = 0; n < p->count; n++)
        for (size_t c = 0; c < p->prices->cut_count; c++) {
            const struct cl_cut *cut = p->prices->cut[c];
            uint64_t bit = 1ull << (c % 64);
            for (int k = 0; k < 3; k++)
                if (cut->site[k] == p->site[n]) p->cut_of[n * p->cut_words + c / 64] |= bit;
            if (cl_cut_keeps(cut, p->site[n])) p->cut_kept[n * p->cut_words + c / 64] |= bit;
        }
    return AZ_OK;
}

enum az_status cl_price_graph(struct cl_pricing *p)
{
    AZ_TRY(make_nodes(p));
    AZ_TRY(make_legs(p));
    p->elementary = p->elementary && cl_price_can_look(p);
    AZ_TRY(make_memory(p));
    return make_cuts(p);
}
