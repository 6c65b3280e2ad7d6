/* deliver_search.c - choices of the Lagrangian made whole and better. See deliver_work.h.
 *
 * Without capacities: a site more, one less, or two exchanged, the best of all at each step; every
 * customer knows its nearest and second nearest site, so that all exchanges are valued in one pass
 * (Resende and Werneck 2007). A customer whom nobody can serve counts as more than any plan costs.
 *
 * With capacities the prices of the transportation problem bound what any other choice would cost:
 * only those that may be better are tried, the most promising first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/deliver_work.h"

#define MOVES_MAX 1000 /* steps of one descent */
#define TRIES_MAX 40   /* transportation problems for one step */
#define NEAR 0.02      /* what costs so much more than the incumbent is not improved */
#define SEEN_BITS 14

struct st_move {
    double change;
    size_t leave, enter; /* site or AZ_NO_INDEX */
    size_t option;       /* of enter */
};

struct st_descent {
    size_t *choice, *trial;   /* [sites] */
    size_t count;             /* sites in choice */
    bool *of;                 /* [groups * sites] */
    size_t *in;               /* [groups] sites chosen of each */
    uint64_t *key;            /* [options] random, of what was looked at */
    uint64_t *seen;           /* [1 << SEEN_BITS] */
    double *first, *second;   /* [customers] cost of the nearest and second nearest */
    size_t *server;           /* [customers] the nearest; AZ_NO_INDEX */
    double *gain, *loss;      /* [sites] */
    double *extra;            /* [sites * sites] of leaving the row and entering the column */
    size_t *row;              /* [sites] of a chosen site in extra */
    struct st_dual dual;      /* at the prices of a transportation problem */
    struct st_domain *domain; /* [sites] all of it */
    double *price;            /* [customers] */
    struct st_ranked *ranked; /* [sites] */
    struct st_move moves[TRIES_MAX];
    size_t move_count;
};

static enum az_status new_keys(struct st_deliver *work)
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    struct az_random random;
    size_t options = depots->first[depots->sites];
    search->key = AZ_ARRAY(work->arena, options, uint64_t);
    search->seen = AZ_ARRAY(work->arena, (size_t)1 << SEEN_BITS, uint64_t);
    if (!search->key || !search->seen) return AZ_NO_MEMORY;
    az_random_seed(&random, work->run->context->seed);
    for (size_t o = 0; o < options; o++) search->key[o] = az_random_next(&random);
    return AZ_OK;
}

enum az_status st_descent_new(struct st_deliver *work)
{
    const struct st_depots *depots = work->depots;
    struct az_arena *arena = work->arena;
    size_t n = depots->sites, m = depots->customers;
    struct st_descent *search = work->search = AZ_NEW(arena, struct st_descent);
    if (!search) return AZ_NO_MEMORY;
    AZ_TRY(new_keys(work));
    search->choice = AZ_ARRAY(arena, n, size_t);
    search->trial = AZ_ARRAY(arena, n, size_t);
    search->of = AZ_ARRAY(arena, depots->group_count * n, bool);
    search->in = AZ_ARRAY(arena, depots->group_count, size_t);
    search->domain = AZ_ARRAY(arena, n, struct st_domain);
    search->price = AZ_ARRAY(arena, m, double);
    search->first = AZ_ARRAY(arena, m, double);
    search->second = AZ_ARRAY(arena, m, double);
    search->server = AZ_ARRAY(arena, m, size_t);
    search->gain = AZ_ARRAY(arena, n, double);
    search->loss = AZ_ARRAY(arena, n, double);
    search->ranked = AZ_ARRAY(arena, n, struct st_ranked);
    search->row = AZ_ARRAY(arena, n, size_t);
    search->extra = AZ_ARRAY(arena, depots->capacitated ? 0 : n * n, double);
    if (!search->choice || !search->trial || !search->of || !search->in || !search->domain ||
        !search->price || !search->first || !search->second || !search->server || !search->gain ||
        !search->loss || !search->row || !search->ranked || !search->extra)
        return AZ_NO_MEMORY;
    for (size_t g = 0; g < depots->group_count; g++)
        for (size_t i = 0; i < depots->groups[g].count; i++)
            search->of[g * n + depots->groups[g].sites[i]] = true;
    st_depots_domain(depots, search->domain);
    return depots->capacitated ? st_dual_new(depots, work->run->context, arena, &search->dual)
                               : AZ_OK;
}

/* --- numbers -----------------------------------------------------------------------------------
 */

static void count_choice(struct st_deliver *work)
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    search->count = 0;
    memset(search->in, 0, depots->group_count * sizeof *search->in);
    for (size_t s = 0; s < depots->sites; s++) {
        if (search->choice[s] == AZ_NO_INDEX) continue;
        search->count++;
        for (size_t g = 0; g < depots->group_count; g++)
            search->in[g] += search->of[g * depots->sites + s];
    }
}

static bool is_within(size_t before, bool leaves, bool enters, size_t low, size_t high)
{
    size_t after = before + enters - leaves;
    bool better = after < low ? after > before : after > high && after < before;
    return (after >= low && after <= high) || better;
}

/* May a step be made? Where a number does not hold yet it must come nearer. */
static bool may_move(const struct st_deliver *work, size_t leave, size_t enter)
{
    const struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    bool leaves = leave != AZ_NO_INDEX, enters = enter != AZ_NO_INDEX;
    if (leaves && depots->must[leave] && leave != enter) return false;
    if (!is_within(search->count, leaves, enters, depots->low, depots->high) && leaves != enters)
        return false;
    for (size_t g = 0; g < depots->group_count; g++) {
        bool out = leaves && search->of[g * depots->sites + leave];
        bool in = enters && search->of[g * depots->sites + enter];
        if (out != in &&
            !is_within(search->in[g], out, in, depots->groups[g].low, depots->groups[g].high))
            return false;
    }
    return true;
}

static bool fits(struct st_deliver *work)
{
    const struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    count_choice(work);
    if (search->count < depots->low || search->count > depots->high) return false;
    for (size_t g = 0; g < depots->group_count; g++)
        if (search->in[g] < depots->groups[g].low || search->in[g] > depots->groups[g].high)
            return false;
    for (size_t s = 0; s < depots->sites; s++)
        if (depots->must[s] && search->choice[s] == AZ_NO_INDEX) return false;
    return true;
}

/* Was the choice looked at before? It is from now on. */
static bool is_seen(struct st_descent *search, size_t sites)
{
    uint64_t key = 1;
    for (size_t s = 0; s < sites; s++)
        if (search->choice[s] != AZ_NO_INDEX) key += search->key[search->choice[s]];
    uint64_t *place = &search->seen[key >> (64 - SEEN_BITS)];
    bool seen = *place == key;
    *place = key;
    return seen;
}

static double chosen_cost(const struct st_depots *depots, const size_t choice[])
{
    double cost = 0;
    for (size_t s = 0; s < depots->sites; s++)
        if (choice[s] != AZ_NO_INDEX) cost += depots->cost[choice[s]];
    return cost;
}

/* --- without capacities ------------------------------------------------------------------------
 */

/* Nearest and second nearest chosen sites of all customers; what the choice costs. */
static double find_servers(struct st_deliver *work, const size_t choice[])
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    double unserved = depots->most + 1, cost = chosen_cost(depots, choice);
    for (size_t c = 0; c < depots->customers; c++) {
        size_t found = 0;
        search->first[c] = search->second[c] = unserved;
        search->server[c] = AZ_NO_INDEX;
        for (size_t k = depots->near_from[c]; k < depots->near_from[c + 1] && found < 2; k++) {
            size_t s = depots->near[k];
            if (choice[s] == AZ_NO_INDEX) continue;
            if (found++ == 0) {
                search->first[c] = depots->near_cost[k];
                search->server[c] = s;
            } else {
                search->second[c] = depots->near_cost[k];
            }
        }
        cost += search->first[c];
    }
    return cost;
}

/* What entering gains, what leaving loses, and what both together bring beyond that. */
static void value_moves(struct st_deliver *work)
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    size_t n = depots->sites, rows = 0;
    for (size_t s = 0; s < n; s++) {
        search->gain[s] = search->loss[s] = 0;
        if (search->choice[s] != AZ_NO_INDEX)
            search->row[s] = rows++, search->loss[s] = -depots->cost[search->choice[s]];
        else if (depots->first[s] < depots->first[s + 1])
            search->gain[s] = -depots->cost[depots->first[s]];
    }
    memset(search->extra, 0, rows * n * sizeof *search->extra);
    for (size_t c = 0; c < depots->customers; c++) {
        double first = search->first[c], second = search->second[c];
        size_t server = search->server[c];
        double *extra = server == AZ_NO_INDEX ? NULL : search->extra + search->row[server] * n;
        if (extra) search->loss[server] += second - first;
        for (size_t k = depots->near_from[c]; k < depots->near_from[c + 1]; k++) {
            double cost = depots->near_cost[k];
            size_t s = depots->near[k];
            if (cost >= second) break;
            if (search->choice[s] != AZ_NO_INDEX) continue;
            if (cost < first) search->gain[s] += first - cost;
            if (extra) extra[s] += second - fmax(first, cost);
        }
    }
}

static void consider(const struct st_deliver *work, struct st_move *best, double change,
                     size_t leave, size_t enter)
{
    if (change < best->change && may_move(work, leave, enter))
        *best = (struct st_move){ change, leave, enter,
                                  enter == AZ_NO_INDEX ? 0 : work->depots->first[enter] };
}

static struct st_move best_move(const struct st_deliver *work, double least)
{
    const struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    struct st_move best = { -least, AZ_NO_INDEX, AZ_NO_INDEX, 0 };
    size_t n = depots->sites;
    for (size_t s = 0; s < n; s++) {
        if (search->choice[s] != AZ_NO_INDEX)
            consider(work, &best, search->loss[s], s, AZ_NO_INDEX);
        else if (depots->first[s] < depots->first[s + 1])
            consider(work, &best, -search->gain[s], AZ_NO_INDEX, s);
    }
    for (size_t i = 0; i < n; i++) {
        if (search->choice[i] == AZ_NO_INDEX || depots->must[i]) continue;
        const double *extra = search->extra + search->row[i] * n;
        for (size_t s = 0; s < n; s++) {
            double change = search->loss[i] - search->gain[s] - extra[s];
            if (change < best.change && search->choice[s] == AZ_NO_INDEX &&
                depots->first[s] < depots->first[s + 1])
                consider(work, &best, change, i, s);
        }
    }
    return best;
}

static void make_move(struct st_deliver *work, const struct st_move *move)
{
    if (move->leave != AZ_NO_INDEX) work->search->choice[move->leave] = AZ_NO_INDEX;
    if (move->enter != AZ_NO_INDEX) work->search->choice[move->enter] = move->option;
    count_choice(work);
}

static double descend(struct st_deliver *work, double cost)
{
    double least = 1e-9 * fmax(1, fabs(work->depots->most));
    if (work->has_best) least = 1e-9 * fmax(1, fabs(work->upper));
    for (size_t i = 0; i < MOVES_MAX && !az_run_must_stop(work->run); i++) {
        value_moves(work);
        struct st_move move = best_move(work, least);
        if (move.leave == AZ_NO_INDEX && move.enter == AZ_NO_INDEX) break;
        make_move(work, &move);
        cost = find_servers(work, work->search->choice);
    }
    return cost;
}

/* --- with capacities ---------------------------------------------------------------------------
 */

/* Sites and sizes are added, the best of the evaluation first, until there is capacity for all. */
static bool fill_up(struct st_deliver *work)
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    double room = -depots->total * (1 - 1e-9);
    for (size_t s = 0; s < depots->sites; s++)
        if (search->choice[s] != AZ_NO_INDEX) room += depots->capacity[search->choice[s]];
    count_choice(work);
    while (room < 0) {
        size_t site = AZ_NO_INDEX, option = 0;
        double best = INFINITY;
        for (size_t s = 0; s < depots->sites; s++) {
            bool in = search->choice[s] != AZ_NO_INDEX;
            if (!in && !may_move(work, AZ_NO_INDEX, s)) continue;
            for (size_t o = in ? search->choice[s] + 1 : depots->first[s]; o < depots->first[s + 1];
                 o++) {
                double more = fmin(depots->capacity[o], -room) -
                              (in ? fmin(depots->capacity[search->choice[s]], -room) : 0);
                double cost = (depots->cost[o] - (in ? depots->cost[search->choice[s]] : 0)) /
                              fmax(more, 1e-9);
                if (cost < best) best = cost, site = s, option = o;
            }
        }
        if (site == AZ_NO_INDEX) return false;
        room += depots->capacity[option];
        if (search->choice[site] != AZ_NO_INDEX) room -= depots->capacity[search->choice[site]];
        search->choice[site] = option;
        count_choice(work);
    }
    return true;
}

static double whole_cost(struct st_deliver *work, const size_t choice[])
{
    const struct st_depots *depots = work->depots;
    double room = 0;
    for (size_t s = 0; s < depots->sites; s++)
        if (choice[s] != AZ_NO_INDEX) room += depots->capacity[choice[s]];
    if (room < depots->total * (1 - 1e-9)) return INFINITY;
    return chosen_cost(depots, choice) + st_serve_cost(&work->serve, choice);
}

/* Keeps the most promising moves, in order. */
static void keep_move(struct st_descent *search, struct st_move move)
{
    size_t i = search->move_count;
    if (i == TRIES_MAX && move.change >= search->moves[i - 1].change) return;
    if (i < TRIES_MAX)
        search->move_count++;
    else
        i--;
    for (; i > 0 && search->moves[i - 1].change > move.change; i--)
        search->moves[i] = search->moves[i - 1];
    search->moves[i] = move;
}

/* Moves that may lower the cost, by the prices of the last transportation problem: a choice costs
 * at least the sum of prices and of what its sites are worth at these. */
static void find_moves(struct st_deliver *work, double least)
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    const double *sized = search->dual.sized;
    st_serve_prices(&work->serve, search->price);
    search->move_count = 0;
    if (!st_dual_value_sites(&search->dual, search->domain, search->price)) return;
    for (size_t i = 0; i <= depots->sites; i++) {
        bool leaves = i < depots->sites;
        if (leaves && search->choice[i] == AZ_NO_INDEX) continue;
        double left = leaves ? -sized[search->choice[i]] : 0;
        size_t leave = leaves ? i : AZ_NO_INDEX;
        if (leaves && left < -least && may_move(work, i, AZ_NO_INDEX))
            keep_move(search, (struct st_move){ left, i, AZ_NO_INDEX, 0 });
        for (size_t s = 0; s < depots->sites; s++) {
            if (s != i && search->choice[s] != AZ_NO_INDEX) continue;
            for (size_t o = depots->first[s]; o < depots->first[s + 1]; o++)
                if (left + sized[o] < -least && !(s == i && o == search->choice[i]) &&
                    may_move(work, leave, s))
                    keep_move(search, (struct st_move){ left + sized[o], leave, s, o });
        }
    }
}

static double descend_capacitated(struct st_deliver *work, double cost)
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    size_t n = depots->sites;
    for (size_t i = 0; i < MOVES_MAX; i++) {
        bool better = false;
        double least = 1e-9 * fmax(1, fabs(cost));
        find_moves(work, least);
        for (size_t k = 0; k < search->move_count && !better; k++) {
            const struct st_move *move = &search->moves[k];
            if (az_run_must_stop(work->run)) return cost;
            memcpy(search->trial, search->choice, n * sizeof *search->trial);
            if (move->leave != AZ_NO_INDEX) search->trial[move->leave] = AZ_NO_INDEX;
            if (move->enter != AZ_NO_INDEX) search->trial[move->enter] = move->option;
            double trial = whole_cost(work, search->trial);
            if (trial >= cost - least) continue;
            better = true;
            cost = trial;
            make_move(work, move);
        }
        if (!better) break;
    }
    return cost;
}

/* --- both --------------------------------------------------------------------------------------
 */

double st_descent_cost(struct st_deliver *work, const size_t choice[])
{
    if (work->depots->capacitated) return whole_cost(work, choice);
    double cost = find_servers(work, choice);
    return cost > work->depots->most ? INFINITY : cost;
}

/* Improves search->choice and takes it over when it is better. */
static void improve(struct st_deliver *work, bool thorough)
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    if (depots->capacitated && !fill_up(work)) return;
    if (is_seen(search, depots->sites) && !thorough) return;
    count_choice(work);
    double cost =
        depots->capacitated ? whole_cost(work, search->choice) : find_servers(work, search->choice);
    if (cost == INFINITY) return;
    if (!work->has_best && cost <= depots->most && fits(work))
        st_deliver_take(work, search->choice, cost);
    if (!thorough && work->has_best && cost > work->upper + NEAR * fabs(work->upper)) return;
    cost = depots->capacitated ? descend_capacitated(work, cost) : descend(work, cost);
    is_seen(search, depots->sites);
    if (cost <= depots->most && fits(work)) st_deliver_take(work, search->choice, cost);
}

void st_descent_start(struct st_deliver *work, const size_t choice[])
{
    memcpy(work->search->choice, choice, work->depots->sites * sizeof *choice);
    improve(work, true);
}

void st_descent_try(struct st_deliver *work, bool thorough)
{
    struct st_descent *search = work->search;
    const struct st_dual *dual = &work->dual;
    for (size_t s = 0; s < work->depots->sites; s++)
        search->choice[s] = dual->chosen[s] ? dual->pick[s] : AZ_NO_INDEX;
    improve(work, thorough);
}

static int by_rho(const void *a, const void *b)
{
    const struct st_ranked *left = a, *right = b;
    if (left->rho != right->rho) return left->rho < right->rho ? -1 : 1;
    return left->site < right->site ? -1 : 1;
}

void st_descent_round(struct st_deliver *work)
{
    struct st_descent *search = work->search;
    const struct st_depots *depots = work->depots;
    double sites = 0;
    for (size_t s = 0; s < depots->sites; s++) {
        double mean = work->ascent->mean[s];
        search->ranked[s] = (struct st_ranked){ -mean, s };
        search->choice[s] = AZ_NO_INDEX;
        sites += mean;
    }
    qsort(search->ranked, depots->sites, sizeof *search->ranked, by_rho);
    sites = fmax((double)depots->low, fmin((double)depots->high, round(sites)));
    for (size_t i = 0; i < depots->sites && sites > 0 && search->ranked[i].rho < 0; i++) {
        size_t s = search->ranked[i].site;
        if (depots->first[s] == depots->first[s + 1]) continue;
        search->choice[s] = work->dual.rho[s] < INFINITY ? work->dual.pick[s] : depots->first[s];
        sites -= 1;
    }
    improve(work, false);
}
