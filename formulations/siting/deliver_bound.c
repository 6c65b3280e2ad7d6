/* deliver_bound.c - one evaluation of the Lagrangian of deliveries, and what it fixes. See
 * deliver_work.h.
 *
 * At prices p of the customers a site is worth rho_s = min_o c_so + K_s(capacity_so), where K_s is
 * the continuous knapsack of min(0, d_cs - p_c); the bound is sum p + the least sum of rho over a
 * choice within the numbers, which sorting finds: parts (groups that share no site) take what they
 * must, then the best of all follow as far as parts and the whole allow. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/deliver_work.h"

/* A part in the choice of sites. */
struct st_part {
    size_t in;         /* sites that are open in any case */
    size_t must, most; /* of the free ones */
    size_t seen, taken;
    double last, next; /* rho of the worst that is taken, of the best that is not */
};

/* A customer whom a site would serve. */
struct st_item {
    double ratio, weight;
};

enum az_status st_dual_new(const struct st_depots *depots, const struct az_context *context,
                           struct az_arena *arena, struct st_dual *dual)
{
    size_t n = depots->sites, m = depots->customers, parts = depots->part_count + 1;
    *dual = (struct st_dual){ .depots = depots,
                              .context = context,
                              .rho = AZ_ARRAY(arena, n, double),
                              .sized = AZ_ARRAY(arena, depots->first[n], double),
                              .pick = AZ_ARRAY(arena, n, size_t),
                              .cut = AZ_ARRAY(arena, n, double),
                              .split = AZ_ARRAY(arena, n, double),
                              .spread = AZ_ARRAY(arena, n, double),
                              .chosen = AZ_ARRAY(arena, n, bool),
                              .slack = AZ_ARRAY(arena, m, double),
                              .ranked = AZ_ARRAY(arena, n, struct st_ranked),
                              .best = AZ_ARRAY(arena, n + 1, double),
                              .in_cut = AZ_ARRAY(arena, parts, double),
                              .out_cut = AZ_ARRAY(arena, parts, double),
                              .parts = AZ_ARRAY(arena, parts, struct st_part),
                              .items = AZ_ARRAY(arena, m, struct st_item) };
    return dual->rho && dual->sized && dual->pick && dual->cut && dual->split && dual->spread &&
                   dual->chosen && dual->slack && dual->ranked && dual->best && dual->in_cut &&
                   dual->out_cut && dual->parts && dual->items
               ? AZ_OK
               : AZ_NO_MEMORY;
}

/* --- what a site is worth ----------------------------------------------------------------------
 */

static double middle(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

static void swap_items(struct st_item *a, struct st_item *b)
{
    struct st_item kept = *a;
    *a = *b;
    *b = kept;
}

/* min sum ratio_i w_i, 0 <= w_i <= weight_i, sum w_i <= room; ratios are negative. Items below
 * *cut are taken whole, of those at it the part *split. By partition, as quicksort does. */
static double knapsack(struct st_item *items, size_t count, double room, double *cut, double *split)
{
    double value = 0, all = 0;
    size_t low = 0, high = count;
    *cut = 0;
    *split = 0;
    for (size_t i = 0; i < count; i++) all += items[i].weight;
    if (all <= room) {
        for (size_t i = 0; i < count; i++) value += items[i].ratio * items[i].weight;
        return value;
    }
    while (low < high) {
        double pivot =
            middle(items[low].ratio, items[low + (high - low) / 2].ratio, items[high - 1].ratio);
        double below = 0, below_value = 0, at = 0;
        size_t less = low, more = high, i = low;
        while (i < more)
            if (items[i].ratio < pivot) {
                below += items[i].weight;
                below_value += items[i].ratio * items[i].weight;
                swap_items(&items[i++], &items[less++]);
            } else if (items[i].ratio > pivot) {
                swap_items(&items[i], &items[--more]);
            } else {
                at += items[i++].weight;
            }
        if (below > room) {
            high = less;
            continue;
        }
        value += below_value;
        room -= below;
        *cut = pivot;
        *split = at <= room ? 1 : room / at;
        value += pivot * fmin(at, room);
        if (at >= room) return value;
        room -= at;
        low = more;
    }
    return value;
}

/* Customers of a site whose ratio is in [low, high) as items; those below are taken whole: their
 * weight and value. Customers without an amount are among these. */
static size_t collect(const struct st_dual *dual, size_t site, const double price[], double low,
                      double high, double *weight, double *value)
{
    const struct st_depots *depots = dual->depots;
    const double *serve = depots->serve + site * depots->customers;
    size_t count = 0;
    *weight = *value = 0;
    for (size_t c = 0; c < depots->customers; c++) {
        double reduced = serve[c] - price[c];
        if (reduced >= 0) continue;
        double ratio = reduced * depots->inverse[c];
        if (ratio < low) {
            *weight += depots->amount[c];
            *value += reduced;
        } else if (ratio < high) {
            dual->items[count++] = (struct st_item){ ratio, depots->amount[c] };
        }
    }
    return count;
}

/* The knapsack of a site where its cut lies near the last one: only ratios about it are sorted.
 * False: it lies elsewhere. */
static bool worth_near(struct st_dual *dual, size_t site, const double price[], double room,
                       double *value)
{
    double low = dual->cut[site] - dual->spread[site];
    double high = fmin(0, dual->cut[site] + dual->spread[site]);
    double weight, sum = 0, last = dual->cut[site];
    size_t count = collect(dual, site, price, low, high, &weight, value);
    for (size_t i = 0; i < count; i++) sum += dual->items[i].weight;
    if (weight > room || (weight + sum < room && high < 0)) return false;
    *value += knapsack(dual->items, count, room - weight, &dual->cut[site], &dual->split[site]);
    if (dual->cut[site] == 0 && high < 0) {
        dual->cut[site] = high;
        dual->split[site] = 0;
    }
    double moved = 2 * fabs(dual->cut[site] - last);
    dual->spread[site] = fmax(moved, 0.8 * dual->spread[site]);
    return true;
}

/* What the customers of a site would pay above its cost of serving them, within a capacity: below
 * 0. Those without an amount take no capacity. */
static double worth(struct st_dual *dual, size_t site, const double price[], size_t from,
                    size_t until)
{
    const struct st_depots *depots = dual->depots;
    double gratis, best = INFINITY, weight, last = dual->cut[site];
    if (from == until && depots->capacity[from] < INFINITY && last < 0 && dual->spread[site] > 0 &&
        worth_near(dual, site, price, depots->capacity[from], &best))
        return dual->sized[from] = depots->cost[from] + best;
    best = INFINITY;
    size_t count = collect(dual, site, price, -DBL_MAX, 0, &weight, &gratis);
    for (size_t o = from; o <= until; o++) {
        double cut, split;
        double value = depots->cost[o] + gratis +
                       knapsack(dual->items, count, depots->capacity[o], &cut, &split);
        dual->sized[o] = value;
        if (value >= best) continue;
        best = value;
        dual->pick[site] = o;
        dual->cut[site] = cut;
        dual->split[site] = split;
    }
    dual->spread[site] = fmax(2 * fabs(dual->cut[site] - last), 1e-3 * fabs(dual->cut[site]));
    return best;
}

bool st_dual_value_sites(struct st_dual *dual, const struct st_domain domain[],
                         const double price[])
{
    const struct st_depots *depots = dual->depots;
    for (size_t s = 0; s < depots->sites; s++) {
        dual->rho[s] = INFINITY;
        if (!domain[s].open) continue;
        if (depots->capacitated && az_must_stop(dual->context)) return false;
        size_t from = depots->first[s] + domain[s].low;
        dual->pick[s] = from;
        dual->rho[s] = depots->capacitated
                           ? worth(dual, s, price, from, depots->first[s] + domain[s].high)
                           : depots->cost[from];
    }
    for (size_t c = 0; c < depots->customers && !depots->capacitated; c++)
        for (size_t k = depots->near_from[c]; k < depots->near_from[c + 1]; k++) {
            double reduced = depots->near_cost[k] - price[c];
            if (reduced >= 0) break;
            dual->rho[depots->near[k]] += reduced;
        }
    return true;
}

/* --- the choice of sites -----------------------------------------------------------------------
 */

static int by_rho(const void *a, const void *b)
{
    const struct st_ranked *left = a, *right = b;
    if (left->rho != right->rho) return left->rho < right->rho ? -1 : 1;
    return left->site < right->site ? -1 : 1;
}

/* Ranks the free sites, counts those of each part that are open, and what parts must have and may.
 * The sum of those that are open in *value. False: a part cannot have what it must. */
static bool rank_sites(struct st_dual *dual, const struct st_domain domain[], double *value)
{
    const struct st_depots *depots = dual->depots;
    size_t parts = depots->part_count;
    memset(dual->parts, 0, (parts + 1) * sizeof *dual->parts);
    dual->free = dual->count = 0;
    for (size_t s = 0; s < depots->sites; s++) {
        struct st_part *part = &dual->parts[depots->part[s]];
        dual->chosen[s] = domain[s].open && !domain[s].closed;
        if (dual->chosen[s]) {
            *value += dual->rho[s];
            part->in++;
            dual->count++;
        } else if (domain[s].open) {
            part->seen++;
            dual->ranked[dual->free++] = (struct st_ranked){ dual->rho[s], s };
        }
    }
    qsort(dual->ranked, dual->free, sizeof *dual->ranked, by_rho);
    for (size_t g = 0; g <= parts; g++) {
        struct st_part *part = &dual->parts[g];
        const struct st_group *group = g < parts ? &depots->groups[depots->part_group[g]] : NULL;
        part->must = group && group->low > part->in ? group->low - part->in : 0;
        if (part->must > part->seen || (group && part->in > group->high)) return false;
        part->most = group ? group->high - part->in : dual->free;
        part->seen = 0;
        part->last = -INFINITY;
        part->next = INFINITY;
    }
    return true;
}

/* What each part must have is taken, the best of it. */
static void take_musts(struct st_dual *dual, double *value)
{
    const struct st_depots *depots = dual->depots;
    for (size_t i = 0; i < dual->free; i++) {
        size_t s = dual->ranked[i].site;
        struct st_part *part = &dual->parts[depots->part[s]];
        if (part->taken == part->must) continue;
        part->taken++;
        part->last = dual->ranked[i].rho;
        dual->chosen[s] = true;
        dual->count++;
        *value += dual->ranked[i].rho;
    }
    for (size_t g = 0; g <= depots->part_count; g++) dual->parts[g].seen = 0;
}

/* The best of the others follow while they lower the sum, or there are too few. */
static bool take_others(struct st_dual *dual, size_t low, size_t high, double *value)
{
    const struct st_depots *depots = dual->depots;
    double last = -INFINITY, next = INFINITY, sum = *value;
    dual->best_low = dual->count;
    dual->best_count = 0;
    dual->best[0] = sum;
    if (dual->count > high) return false;
    for (size_t i = 0; i < dual->free; i++) {
        double rho = dual->ranked[i].rho;
        size_t s = dual->ranked[i].site;
        struct st_part *part = &dual->parts[depots->part[s]];
        part->seen++;
        if (part->seen <= part->must) continue;
        if (part->seen > part->most) {
            part->next = fmin(part->next, rho);
            continue;
        }
        sum += rho;
        dual->best[++dual->best_count] = sum;
        if (next == INFINITY && dual->count < high && (rho < 0 || dual->count < low)) {
            part->taken++;
            part->last = last = rho;
            dual->chosen[s] = true;
            dual->count++;
            *value = sum;
        } else {
            next = fmin(next, rho);
            part->next = fmin(part->next, rho);
        }
    }
    size_t whole = depots->part_count;
    dual->in_cut[whole] = dual->count == high ? last : fmax(0, last);
    dual->out_cut[whole] = dual->count == low ? next : fmin(0, next);
    return dual->count >= low;
}

/* Where the numbers of a part hold, its own sites are exchanged. */
static void cut_parts(struct st_dual *dual)
{
    size_t whole = dual->depots->part_count;
    for (size_t g = 0; g < whole; g++) {
        const struct st_part *part = &dual->parts[g];
        bool least = part->must > 0 && part->taken == part->must;
        double in = dual->in_cut[whole], out = dual->out_cut[whole];
        if (part->taken == part->most) {
            in = part->last;
            out = fmin(out, part->next);
        }
        dual->in_cut[g] = least ? fmax(in, part->last) : in;
        dual->out_cut[g] = least ? part->next : out;
    }
}

/* --- how much of each customer is served -------------------------------------------------------
 */

static void slack_near(struct st_dual *dual, const double price[])
{
    const struct st_depots *depots = dual->depots;
    for (size_t c = 0; c < depots->customers; c++) {
        double slack = 1;
        for (size_t k = depots->near_from[c]; k < depots->near_from[c + 1]; k++) {
            if (depots->near_cost[k] >= price[c]) break;
            if (dual->chosen[depots->near[k]]) slack -= 1;
        }
        dual->slack[c] = slack;
    }
}

static void slack_knapsacks(struct st_dual *dual, const double price[])
{
    const struct st_depots *depots = dual->depots;
    for (size_t c = 0; c < depots->customers; c++) dual->slack[c] = 1;
    for (size_t s = 0; s < depots->sites; s++) {
        const double *serve = depots->serve + s * depots->customers;
        if (!dual->chosen[s]) continue;
        for (size_t c = 0; c < depots->customers; c++) {
            double reduced = serve[c] - price[c];
            if (reduced >= 0) continue;
            double ratio = reduced * depots->inverse[c];
            if (dual->cut[s] == 0 || ratio < dual->cut[s])
                dual->slack[c] -= 1;
            else if (ratio == dual->cut[s])
                dual->slack[c] -= dual->split[s];
        }
    }
}

bool st_dual_evaluate(struct st_dual *dual, const struct st_domain domain[], size_t low,
                      size_t high, const double price[])
{
    double value = 0;
    if (!st_dual_value_sites(dual, domain, price)) return false;
    for (size_t c = 0; c < dual->depots->customers; c++) value += price[c];
    if (!rank_sites(dual, domain, &value)) return false;
    take_musts(dual, &value);
    if (!take_others(dual, low, high, &value)) return false;
    cut_parts(dual);
    dual->value = value;
    if (dual->depots->capacitated)
        slack_knapsacks(dual, price);
    else
        slack_near(dual, price);
    return true;
}

/* --- fixing ------------------------------------------------------------------------------------
 */

/* Options at both ends of a site's domain that cost too much. */
static void fix_options(const struct st_dual *dual, double room, size_t site,
                        struct st_domain *domain)
{
    const double *sized = dual->sized + dual->depots->first[site];
    if (!dual->depots->capacitated) return;
    while (domain->low < domain->high && sized[domain->low] - dual->rho[site] >= room)
        domain->low++;
    while (domain->high > domain->low && sized[domain->high] - dual->rho[site] >= room)
        domain->high--;
}

bool st_dual_fix(const struct st_dual *dual, double cutoff, struct st_domain domain[], size_t *low,
                 size_t *high)
{
    const struct st_depots *depots = dual->depots;
    double room = cutoff - dual->value;
    if (room <= 0) return false;
    for (size_t s = 0; s < depots->sites; s++) {
        size_t part = depots->part[s];
        double more = 0;
        if (!domain[s].open) continue;
        if (domain[s].closed && dual->chosen[s]) {
            if (dual->out_cut[part] - dual->rho[s] >= room) domain[s].closed = false;
        } else if (domain[s].closed) {
            more = dual->rho[s] - dual->in_cut[part];
            if (more >= room) domain[s].open = false;
        }
        if (domain[s].open) fix_options(dual, room - fmax(more, 0), s, &domain[s]);
    }
    if (*low < dual->best_low) *low = dual->best_low;
    if (*high > dual->best_low + dual->best_count) *high = dual->best_low + dual->best_count;
    while (*low < dual->count && dual->best[*low - dual->best_low] >= cutoff) ++*low;
    while (*high > dual->count && dual->best[*high - dual->best_low] >= cutoff) --*high;
    return true;
}

/* What a group's number makes of its free sites. False: it cannot be. */
static bool settle_group(size_t low, size_t high, size_t count, const size_t sites[],
                         struct st_domain domain[], bool *changed)
{
    size_t in = 0, may = 0;
    for (size_t i = 0; i < count; i++) {
        const struct st_domain *site = &domain[sites ? sites[i] : i];
        in += site->open && !site->closed;
        may += site->open;
    }
    if (in > high || may < low) return false;
    if (in == may || (in < high && may > low)) return true;
    for (size_t i = 0; i < count; i++) {
        struct st_domain *site = &domain[sites ? sites[i] : i];
        if (!site->open || !site->closed) continue;
        if (in == high)
            site->open = false;
        else
            site->closed = false;
        *changed = true;
    }
    return true;
}

static int downwards(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return left > right ? -1 : left < right;
}

/* So many sites at least have the capacity for everybody, with those that are open. False: not even
 * all of them have. */
static bool count_capacity(struct st_dual *dual, const struct st_domain domain[], size_t *low)
{
    const struct st_depots *depots = dual->depots;
    double room = 0, *free = dual->best;
    size_t in = 0, count = 0, need = 0;
    for (size_t s = 0; s < depots->sites; s++) {
        if (!domain[s].open) continue;
        double capacity = depots->capacity[depots->first[s] + domain[s].high];
        if (domain[s].closed)
            free[count++] = capacity;
        else
            in++, room += capacity;
    }
    qsort(free, count, sizeof *free, downwards);
    while (need < count && room < depots->total * (1 - 1e-9)) room += free[need++];
    if (room < depots->total * (1 - 1e-9)) return false;
    if (*low < in + need) *low = in + need;
    return true;
}

bool st_dual_propagate(struct st_dual *dual, struct st_domain domain[], size_t *low, size_t *high)
{
    const struct st_depots *depots = dual->depots;
    for (bool changed = true; changed;) {
        changed = false;
        if (depots->capacitated && !count_capacity(dual, domain, low)) return false;
        if (*low > *high || !settle_group(*low, *high, depots->sites, NULL, domain, &changed))
            return false;
        for (size_t g = 0; g < depots->group_count; g++)
            if (!settle_group(depots->groups[g].low, depots->groups[g].high,
                              depots->groups[g].count, depots->groups[g].sites, domain, &changed))
                return false;
        for (size_t c = 0; c < depots->customers; c++) {
            size_t may = 0, only = 0;
            for (size_t k = depots->near_from[c]; k < depots->near_from[c + 1] && may < 2; k++)
                if (domain[depots->near[k]].open) may++, only = depots->near[k];
            if (may == 0) return false;
            if (may == 1 && domain[only].closed) domain[only].closed = false, changed = true;
        }
    }
    return true;
}
