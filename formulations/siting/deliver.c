/* deliver.c - instances of deliveries as plain arrays, choices as plans. See deliver.h. */
#include "formulations/siting/deliver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/common/refs.h"
#include "formulations/siting/deliver_work.h"

/* --- what this solver is for -------------------------------------------------------------------
 */

static bool limits_apply(const struct st_instance *in)
{
    for (size_t i = 0; i < in->limits.count; i++) {
        const struct st_limit *limit = &in->limits.items[i];
        if (limit->what != ST_COUNT) return false;
        if (in->mode == ST_SERVICE && !isnan(limit->shortfall_jpy)) return false;
    }
    return true;
}

bool st_deliver_applies(const struct st_instance *in)
{
    if (in->customers.count == 0 || in->sites.count == 0 || in->objective != ST_COST) return false;
    if (in->feeders.count > 0 || in->banks.count > 0 || in->upstream) return false;
    for (size_t d = 0; d < in->districts.count; d++)
        if (in->districts.items[d].must_be_covered == 1) return false;
    return in->budgets.count == 0 && limits_apply(in);
}

/* --- options -----------------------------------------------------------------------------------
 */

struct size {
    double cost, capacity;
    size_t option;
};

static int by_cost(const void *a, const void *b)
{
    const struct size *left = a, *right = b;
    if (left->cost != right->cost) return left->cost < right->cost ? -1 : 1;
    if (left->capacity != right->capacity) return left->capacity > right->capacity ? -1 : 1;
    return left->option < right->option ? -1 : 1;
}

static bool is_allowed(const struct st_site *site, size_t option, const struct st_value *value)
{
    if (value->refusal != ST_ALLOWED || site->decided == ST_OUT) return false;
    return site->decided != ST_IN || site->decided_index == AZ_NO_INDEX ||
           site->decided_index == option;
}

/* Options of a site that may be chosen and of which no other has as much capacity for less. */
static size_t keep_options(const struct st_instance *in, const struct st_values *values, size_t s,
                           double total, struct size sizes[])
{
    const struct st_site *site = &in->sites.items[s];
    size_t count = 0, kept = 0;
    for (size_t o = 0; o < site->option_count; o++) {
        const struct st_value *value = &values->value[values->first[s] + o];
        double capacity = site->option[o].capacity;
        if (!is_allowed(site, o, value)) continue;
        if (isnan(capacity) || capacity >= total) capacity = INFINITY;
        sizes[count++] = (struct size){ value->cost_jpy, capacity, o };
    }
    qsort(sizes, count, sizeof *sizes, by_cost);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || sizes[i].capacity > sizes[kept - 1].capacity) sizes[kept++] = sizes[i];
    return kept;
}

static enum az_status build_options(const struct st_instance *in, const struct st_values *values,
                                    struct az_arena *arena, struct st_depots *depots)
{
    size_t most = 0;
    for (size_t s = 0; s < depots->sites; s++)
        if (in->sites.items[s].option_count > most) most = in->sites.items[s].option_count;
    struct size *sizes = AZ_ARRAY(arena, most, struct size);
    depots->first = AZ_ARRAY(arena, depots->sites + 1, size_t);
    depots->cost = AZ_ARRAY(arena, values->option_count, double);
    depots->capacity = AZ_ARRAY(arena, values->option_count, double);
    depots->option = AZ_ARRAY(arena, values->option_count, size_t);
    depots->must = AZ_ARRAY(arena, depots->sites, bool);
    if (!sizes || !depots->first || !depots->cost || !depots->capacity || !depots->option ||
        !depots->must)
        return AZ_NO_MEMORY;
    for (size_t s = 0; s < depots->sites; s++) {
        size_t count = keep_options(in, values, s, depots->total, sizes), at = depots->first[s];
        for (size_t i = 0; i < count; i++, at++) {
            depots->cost[at] = sizes[i].cost;
            depots->capacity[at] = sizes[i].capacity;
            depots->option[at] = sizes[i].option;
            depots->capacitated |= sizes[i].capacity < INFINITY;
        }
        depots->first[s + 1] = at;
        depots->must[s] = in->sites.items[s].decided == ST_IN;
        depots->most += count > 0 ? fmax(0, sizes[count - 1].cost) : 0;
    }
    return AZ_OK;
}

void st_depots_domain(const struct st_depots *depots, struct st_domain domain[])
{
    for (size_t s = 0; s < depots->sites; s++) {
        size_t count = depots->first[s + 1] - depots->first[s];
        domain[s] = (struct st_domain){ .closed = !depots->must[s],
                                        .open = count > 0,
                                        .high = (unsigned short)(count > 0 ? count - 1 : 0) };
    }
}

/* --- customers ---------------------------------------------------------------------------------
 */

struct neighbour {
    double cost;
    unsigned site;
};

static int by_distance(const void *a, const void *b)
{
    const struct neighbour *left = a, *right = b;
    if (left->cost != right->cost) return left->cost < right->cost ? -1 : 1;
    return left->site < right->site ? -1 : 1;
}

/* Costs by site, and of each customer the sites that can be chosen, the nearest first. AZ_DEADLINE
 * when the run is to stop. */
static enum az_status build_customers(const struct st_instance *in, struct az_run *run,
                                      struct az_arena *arena, struct st_depots *depots)
{
    size_t n = depots->sites, m = depots->customers, at = 0;
    struct neighbour *near = AZ_ARRAY(arena, n, struct neighbour);
    depots->serve = AZ_ARRAY(arena, n * m, double);
    depots->near_from = AZ_ARRAY(arena, m + 1, size_t);
    depots->near = AZ_ARRAY(arena, n * m, unsigned);
    depots->near_cost = AZ_ARRAY(arena, n * m, double);
    if (!near || !depots->serve || !depots->near_from || !depots->near || !depots->near_cost)
        return AZ_NO_MEMORY;
    for (size_t c = 0; c < m; c++) {
        size_t count = 0;
        if (az_run_must_stop(run)) return AZ_DEADLINE;
        for (size_t s = 0; s < n; s++) {
            double cost = in->delivery_jpy.values[c * n + s];
            bool can = !isnan(cost) && depots->first[s] < depots->first[s + 1];
            depots->serve[s * m + c] = can ? cost : INFINITY;
            if (can) near[count++] = (struct neighbour){ cost, (unsigned)s };
        }
        qsort(near, count, sizeof *near, by_distance);
        for (size_t k = 0; k < count; k++, at++) {
            depots->near[at] = near[k].site;
            depots->near_cost[at] = near[k].cost;
        }
        depots->near_from[c + 1] = at;
        if (count > 0) depots->most += near[count - 1].cost;
    }
    return AZ_OK;
}

/* --- numbers -----------------------------------------------------------------------------------
 */

static bool is_of(const struct st_limit *limit, const struct st_site *site)
{
    return (!limit->district.id ||
            (site->district.id && site->district.index == limit->district.index)) &&
           (limit->kind < 0 || limit->kind == site->kind) &&
           (!limit->operator.id || limit->operator.index == site->operator_index);
}

/* The groups of limits; those of all sites become the number of sites. */
static enum az_status build_groups(const struct st_instance *in, struct az_arena *arena,
                                   struct st_depots *depots)
{
    depots->high = depots->sites;
    depots->groups = AZ_ARRAY(arena, in->limits.count, struct st_group);
    if (!depots->groups) return AZ_NO_MEMORY;
    for (size_t i = 0; i < in->limits.count; i++) {
        const struct st_limit *limit = &in->limits.items[i];
        struct st_group *group = &depots->groups[depots->group_count];
        double low = isnan(limit->min) ? 0 : ceil(limit->min - 1e-9);
        double high = isnan(limit->max) ? INFINITY : floor(limit->max + 1e-9);
        group->sites = AZ_ARRAY(arena, depots->sites, size_t);
        if (!group->sites) return AZ_NO_MEMORY;
        group->count = 0;
        for (size_t s = 0; s < depots->sites; s++)
            if (is_of(limit, &in->sites.items[s])) group->sites[group->count++] = s;
        /* Below nothing and more than all: what no choice can be stays so. */
        group->low = (size_t)fmin(fmax(low, 0), (double)group->count + 1);
        group->high = (size_t)fmin(fmax(high, 0), (double)group->count);
        if (high < 0) group->low = group->count + 1;
        if (group->count == depots->sites) {
            if (group->low > depots->low) depots->low = group->low;
            if (group->high < depots->high) depots->high = group->high;
        } else {
            depots->group_count++;
        }
    }
    return AZ_OK;
}

/* The first groups that share no site are parts. */
static enum az_status build_parts(struct az_arena *arena, struct st_depots *depots)
{
    depots->part = AZ_ARRAY(arena, depots->sites, size_t);
    depots->part_group = AZ_ARRAY(arena, depots->group_count, size_t);
    if (!depots->part || !depots->part_group) return AZ_NO_MEMORY;
    for (size_t s = 0; s < depots->sites; s++) depots->part[s] = AZ_NO_INDEX;
    for (size_t g = 0; g < depots->group_count; g++) {
        const struct st_group *group = &depots->groups[g];
        bool apart = true;
        for (size_t i = 0; i < group->count; i++)
            apart &= depots->part[group->sites[i]] == AZ_NO_INDEX;
        if (!apart) continue;
        for (size_t i = 0; i < group->count; i++)
            depots->part[group->sites[i]] = depots->part_count;
        depots->part_group[depots->part_count++] = g;
    }
    for (size_t s = 0; s < depots->sites; s++)
        if (depots->part[s] == AZ_NO_INDEX) depots->part[s] = depots->part_count;
    return AZ_OK;
}

/* --- the lattice of costs ----------------------------------------------------------------------
 */

static bool all_multiples(const struct st_depots *depots, double unit)
{
    size_t options = depots->first[depots->sites], pairs = depots->near_from[depots->customers];
    for (size_t i = 0; i < options + pairs; i++) {
        double value = (i < options ? depots->cost[i] : depots->near_cost[i - options]) / unit;
        if (fabs(value - round(value)) > 1e-9 * fmax(1, fabs(value))) return false;
    }
    return true;
}

/* Without capacities everybody is served by one site: where costs are multiples of a unit, plans
 * are, too. */
static double find_unit(const struct st_depots *depots)
{
    static const double units[] = { 1e6, 1e5, 1e4, 1000, 100, 10, 1, 0.1, 0.01 };
    for (size_t i = 0; !depots->capacitated && i < sizeof units / sizeof units[0]; i++)
        if (units[i] > 1e-6 * depots->most && all_multiples(depots, units[i])) return units[i];
    return 0;
}

static enum az_status build(const struct st_instance *in, const struct st_values *values,
                            struct az_run *run, struct az_arena *arena, struct st_depots *depots)
{
    *depots = (struct st_depots){ .sites = in->sites.count, .customers = in->customers.count };
    depots->amount = AZ_ARRAY(arena, depots->customers, double);
    depots->inverse = AZ_ARRAY(arena, depots->customers, double);
    if (!depots->amount || !depots->inverse) return AZ_NO_MEMORY;
    for (size_t c = 0; c < depots->customers; c++) {
        depots->total += depots->amount[c] = in->customers.items[c].amount;
        depots->inverse[c] = depots->amount[c] > 0 ? 1 / depots->amount[c] : INFINITY;
    }
    AZ_TRY(build_options(in, values, arena, depots));
    AZ_TRY(build_customers(in, run, arena, depots));
    AZ_TRY(build_groups(in, arena, depots));
    AZ_TRY(build_parts(arena, depots));
    depots->unit = find_unit(depots);
    return AZ_OK;
}

/* --- plans -------------------------------------------------------------------------------------
 */

/* The shares of the last transportation problem. */
static size_t serve_shares(const struct st_deliver *work, struct st_served *served)
{
    const struct st_instance *in = work->in;
    size_t count = 0;
    for (size_t c = 0; c < work->depots->customers; c++)
        for (size_t k = 0; k < work->serve.count; k++) {
            double share = st_serve_share(&work->serve, c, k);
            size_t s = work->serve.open[k];
            if (share > 0)
                served[count++] = (struct st_served){ az_ref_to(in->customers.items[c].id, c),
                                                      az_ref_to(in->sites.items[s].id, s), share };
        }
    return count;
}

static size_t serve_nearest(const struct st_deliver *work, const size_t choice[],
                            struct st_served *served)
{
    const struct st_depots *depots = work->depots;
    size_t count = 0;
    for (size_t c = 0; c < depots->customers; c++)
        for (size_t k = depots->near_from[c]; k < depots->near_from[c + 1]; k++) {
            size_t s = depots->near[k];
            if (choice[s] == AZ_NO_INDEX) continue;
            served[count++] = (struct st_served){ az_ref_to(work->in->customers.items[c].id, c),
                                                  az_ref_to(work->in->sites.items[s].id, s), 1 };
            break;
        }
    return count;
}

static enum az_status write_plan(struct st_deliver *work, const size_t choice[],
                                 struct st_plan **out)
{
    const struct st_depots *depots = work->depots;
    size_t count = 0, shares = depots->customers;
    struct st_plan *plan = *out = AZ_NEW(work->arena, struct st_plan);
    for (size_t s = 0; s < depots->sites; s++) count += choice[s] != AZ_NO_INDEX;
    if (depots->capacitated) shares = 0;
    for (size_t i = 0; depots->capacitated && i < depots->customers * work->serve.count; i++)
        shares += work->serve.flow[i] > 0;
    if (!plan) return AZ_NO_MEMORY;
    az_fields_clear(&st_plan_table, plan);
    plan->choices.items = AZ_ARRAY(work->arena, count, struct st_choice);
    plan->served.items = AZ_ARRAY(work->arena, shares, struct st_served);
    if (!plan->choices.items || !plan->served.items) return AZ_NO_MEMORY;
    for (size_t s = 0; s < depots->sites; s++) {
        if (choice[s] == AZ_NO_INDEX) continue;
        const struct st_site *site = &work->in->sites.items[s];
        struct st_choice *chosen = &plan->choices.items[plan->choices.count++];
        az_fields_clear(az_field_find(&st_plan_table, "choices")->item->table, chosen);
        chosen->site = az_ref_to(site->id, s);
        chosen->option = site->option[depots->option[choice[s]]].id;
    }
    plan->served.count = depots->capacitated ? serve_shares(work, plan->served.items)
                                             : serve_nearest(work, choice, plan->served.items);
    return AZ_OK;
}

void st_deliver_take(struct st_deliver *work, const size_t choice[], double cost)
{
    const struct st_depots *depots = work->depots;
    struct st_plan *plan;
    if (work->status != AZ_OK || (work->has_best && cost >= work->upper)) return;
    /* The last transportation problem was another one's; it ends at the deadline, too. */
    if (depots->capacitated && st_serve_cost(&work->serve, choice) == INFINITY) return;
    work->has_best = true;
    work->upper = cost;
    work->status = write_plan(work, choice, &plan);
    if (work->status == AZ_OK) work->status = az_run_offer(work->run, plan);
}

/* --- bounds ------------------------------------------------------------------------------------
 */

void st_deliver_bound(struct st_deliver *work, double bound)
{
    double unit = work->depots->unit;
    bound -= 1e-9 * fabs(bound); /* its own rounding */
    if (unit > 0) bound = unit * ceil(bound / unit - 1e-6);
    if (work->has_best) bound = fmin(bound, work->upper);
    if (work->run->has_plan) bound = fmin(bound, work->run->objective);
    az_run_bound(work->run, bound);
}

void st_deliver_end(struct st_deliver *work)
{
    double near = 1e-9 * fmax(1, fabs(work->upper));
    if (!work->has_best) {
        az_run_infeasible(work->run);
        return;
    }
    double bound = st_deliver_cutoff(work);
    if (work->depots->unit > 0) bound = work->depots->unit * ceil(bound / work->depots->unit);
    if (bound >= work->upper - 2 * near) bound = work->upper;
    if (work->run->has_plan && fabs(work->run->objective - bound) <= 2 * near)
        bound = work->run->objective;
    az_run_bound(work->run, bound);
}

/* Prices to begin with: the cheapest site, with its cost by the amount. */
static void first_prices(struct st_deliver *work)
{
    const struct st_depots *depots = work->depots;
    for (size_t c = 0; c < depots->customers; c++) {
        double least = INFINITY, share = 1 / (double)depots->customers;
        for (size_t k = depots->near_from[c]; k < depots->near_from[c + 1]; k++) {
            size_t last = depots->first[depots->near[k] + 1] - 1;
            double room = fmin(depots->total, depots->capacity[last]);
            if (depots->total > 0 && room <= 0) continue; /* a size of nothing */
            if (depots->total > 0) share = depots->amount[c] / room;
            least = fmin(least, depots->near_cost[k] + fmax(0, depots->cost[last]) * share);
        }
        work->ascent->price[c] = least < INFINITY ? least : 0;
    }
}

/* Is there a site that must be chosen and has no option, or a customer whom nobody can serve? */
static bool is_impossible(const struct st_depots *depots)
{
    for (size_t s = 0; s < depots->sites; s++)
        if (depots->must[s] && depots->first[s] == depots->first[s + 1]) return true;
    for (size_t c = 0; c < depots->customers; c++)
        if (depots->near_from[c] == depots->near_from[c + 1]) return true;
    return false;
}

/* The plan that the run has already, as incumbent. */
static void take_start(struct st_deliver *work, size_t choice[])
{
    const struct st_depots *depots = work->depots;
    const struct st_plan *plan = work->run->plan;
    for (size_t s = 0; s < depots->sites; s++) choice[s] = AZ_NO_INDEX;
    for (size_t i = 0; plan && i < plan->choices.count; i++) {
        const struct st_choice *chosen = &plan->choices.items[i];
        size_t s = chosen->site.index;
        if (s >= depots->sites) return;
        for (size_t o = depots->first[s]; o < depots->first[s + 1]; o++)
            if (strcmp(work->in->sites.items[s].option[depots->option[o]].id, chosen->option) == 0)
                choice[s] = o;
    }
    if (plan) st_descent_start(work, choice);
}

enum az_status st_deliver_solve(const struct st_instance *in, const struct st_values *values,
                                struct az_run *run, struct az_arena *arena, bool *applies)
{
    struct st_depots depots;
    struct st_ascent ascent;
    struct st_deliver work = {
        .in = in, .depots = &depots, .run = run, .arena = arena, .ascent = &ascent
    };
    *applies = st_deliver_applies(in);
    if (!*applies) return AZ_OK;
    enum az_status status = build(in, values, run, arena, &depots);
    if (status != AZ_OK) return status == AZ_DEADLINE ? AZ_OK : status;
    if (is_impossible(&depots)) {
        az_run_infeasible(run);
        return AZ_OK;
    }
    size_t *choice = AZ_ARRAY(arena, depots.sites, size_t);
    if (!choice) return AZ_NO_MEMORY;
    work.upper = depots.most + 1e-6 * fmax(1, fabs(depots.most));
    AZ_TRY(st_dual_new(&depots, run->context, arena, &work.dual));
    AZ_TRY(st_ascent_new(&depots, arena, &ascent));
    if (depots.capacitated) AZ_TRY(st_serve_new(&depots, run->context, arena, &work.serve));
    AZ_TRY(st_descent_new(&work));
    take_start(&work, choice);
    first_prices(&work);
    st_deliver_tree(&work);
    return work.status;
}
