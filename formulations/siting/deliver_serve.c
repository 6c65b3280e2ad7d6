/* deliver_serve.c - customers served from chosen sites at least cost: a transportation problem.
 *
 * Without capacities everybody goes to the nearest site. From there sites that have too much send
 * it on along the cheapest chain of customers who move from site to site, until it comes to one
 * with room (successive shortest paths; Ahuja, Magnanti, Orlin 1993, 9.7). The graph has the sites
 * as nodes: from one to another its edge is the customer who moves most cheaply. Costs of edges
 * stay above 0 by potentials, so that Dijkstra's labels hold. */
#include <math.h>
#include <string.h>

#include "formulations/siting/deliver_work.h"

enum az_status st_serve_new(const struct st_depots *depots, const struct az_context *context,
                            struct az_arena *arena, struct st_serve *serve)
{
    size_t n = depots->sites, m = depots->customers;
    *serve = (struct st_serve){ .depots = depots,
                                .context = context,
                                .open = AZ_ARRAY(arena, n, size_t),
                                .unit = AZ_ARRAY(arena, n * m, double),
                                .flow = AZ_ARRAY(arena, n * m, double),
                                .room = AZ_ARRAY(arena, n, double),
                                .price = AZ_ARRAY(arena, n, double),
                                .edge = AZ_ARRAY(arena, n * n, double),
                                .mover = AZ_ARRAY(arena, n * n, size_t),
                                .distance = AZ_ARRAY(arena, n, double),
                                .again = AZ_ARRAY(arena, n, size_t),
                                .before = AZ_ARRAY(arena, n, size_t),
                                .done = AZ_ARRAY(arena, n, bool) };
    return serve->open && serve->unit && serve->flow && serve->room && serve->price &&
                   serve->edge && serve->mover && serve->distance && serve->again &&
                   serve->before && serve->done
               ? AZ_OK
               : AZ_NO_MEMORY;
}

static double weight_of(const struct st_depots *depots, size_t customer)
{
    return depots->amount[customer] > 0 ? depots->amount[customer] : 1;
}

/* Everybody at the nearest site that is open. False: there is somebody whom none can serve. */
static bool begin(struct st_serve *serve, const size_t choice[])
{
    const struct st_depots *depots = serve->depots;
    size_t count = 0;
    for (size_t s = 0; s < depots->sites; s++) {
        if (choice[s] == AZ_NO_INDEX) continue;
        serve->room[count] = depots->capacity[choice[s]];
        serve->price[count] = 0;
        serve->open[count++] = s;
    }
    serve->count = count;
    for (size_t c = 0; c < depots->customers; c++) {
        double *unit = serve->unit + c * count;
        double weight = weight_of(depots, c);
        size_t nearest = 0;
        for (size_t k = 0; k < count; k++) {
            unit[k] = depots->serve[serve->open[k] * depots->customers + c] / weight;
            serve->flow[k * depots->customers + c] = 0;
            if (unit[k] < unit[nearest]) nearest = k;
        }
        if (count == 0 || unit[nearest] == INFINITY) return false;
        serve->flow[nearest * depots->customers + c] = weight;
        serve->room[nearest] -= depots->amount[c];
    }
    return true;
}

/* Edges from site i: for each other the customer of i who moves there most cheaply. gone: only
 * those are found again for which it was this one; AZ_NO_INDEX: all. */
static void find_edges(struct st_serve *serve, size_t i, size_t gone)
{
    const struct st_depots *depots = serve->depots;
    size_t count = serve->count, lost = 0;
    double *edge = serve->edge + i * count;
    size_t *mover = serve->mover + i * count, *open = serve->again;
    for (size_t k = 0; k < count; k++) {
        if (gone != AZ_NO_INDEX && mover[k] != gone) continue;
        edge[k] = INFINITY;
        mover[k] = AZ_NO_INDEX;
        open[lost++] = k;
    }
    const double *flow = serve->flow + i * depots->customers;
    for (size_t c = 0; lost > 0 && c < depots->customers; c++) {
        const double *unit = serve->unit + c * count;
        if (flow[c] <= 0 || depots->amount[c] <= 0) continue;
        for (size_t l = 0; l < lost; l++) {
            size_t k = open[l];
            if (unit[k] - unit[i] < edge[k]) {
                edge[k] = unit[k] - unit[i];
                mover[k] = c;
            }
        }
    }
}

/* A customer comes to site i, who may be the cheapest to move on. */
static void join_edges(struct st_serve *serve, size_t i, size_t customer)
{
    size_t count = serve->count;
    const double *unit = serve->unit + customer * count;
    for (size_t k = 0; k < count; k++)
        if (unit[k] - unit[i] < serve->edge[i * count + k]) {
            serve->edge[i * count + k] = unit[k] - unit[i];
            serve->mover[i * count + k] = customer;
        }
}

/* Potentials fall towards sites with room: the reduced cost of i -> j is edge + price_j - price_i.
 * Labels from `from`; the nearest site with room, or AZ_NO_INDEX. */
static size_t find_path(struct st_serve *serve, size_t from)
{
    size_t count = serve->count, end = AZ_NO_INDEX;
    for (size_t k = 0; k < count; k++) {
        serve->distance[k] = INFINITY;
        serve->done[k] = false;
        serve->before[k] = AZ_NO_INDEX;
    }
    serve->distance[from] = 0;
    for (;;) {
        size_t i = AZ_NO_INDEX;
        for (size_t k = 0; k < count; k++)
            if (!serve->done[k] && serve->distance[k] < INFINITY &&
                (i == AZ_NO_INDEX || serve->distance[k] < serve->distance[i]))
                i = k;
        if (i == AZ_NO_INDEX) return AZ_NO_INDEX;
        serve->done[i] = true;
        if (serve->room[i] > 0) {
            end = i;
            break;
        }
        const double *edge = serve->edge + i * count;
        for (size_t k = 0; k < count; k++) {
            if (serve->done[k] || edge[k] == INFINITY) continue;
            double reduced = fmax(0, edge[k] + serve->price[k] - serve->price[i]);
            if (serve->distance[i] + reduced >= serve->distance[k]) continue;
            serve->distance[k] = serve->distance[i] + reduced;
            serve->before[k] = i;
        }
    }
    for (size_t k = 0; k < count; k++)
        if (serve->done[k]) serve->price[k] += serve->distance[end] - serve->distance[k];
    return end;
}

/* Sends as much as fits along the labels, from `from` to `to`. */
static void send(struct st_serve *serve, size_t from, size_t to, double tiny)
{
    size_t count = serve->count, m = serve->depots->customers;
    double amount = fmin(-serve->room[from], serve->room[to]);
    for (size_t k = to; k != from; k = serve->before[k]) {
        size_t i = serve->before[k];
        amount = fmin(amount, serve->flow[i * m + serve->mover[i * count + k]]);
    }
    serve->room[from] += amount;
    serve->room[to] -= amount;
    if (fabs(serve->room[from]) <= tiny) serve->room[from] = 0;
    if (fabs(serve->room[to]) <= tiny) serve->room[to] = 0;
    for (size_t k = to; k != from; k = serve->before[k]) {
        size_t i = serve->before[k], c = serve->mover[i * count + k];
        double *left = &serve->flow[i * m + c], *right = &serve->flow[k * m + c];
        *right += amount;
        *left -= amount;
        if (*left <= 1e-12 * serve->depots->amount[c]) {
            *right += *left;
            *left = 0;
            find_edges(serve, i, c);
        }
        join_edges(serve, k, c);
    }
}

double st_serve_cost(struct st_serve *serve, const size_t choice[])
{
    const struct st_depots *depots = serve->depots;
    double tiny = 1e-9 * depots->total, cost = 0;
    bool full = false;
    if (!begin(serve, choice)) return INFINITY;
    for (size_t k = 0; k < serve->count; k++) {
        if (fabs(serve->room[k]) <= tiny) serve->room[k] = 0;
        full |= serve->room[k] < 0;
    }
    for (size_t k = 0; full && k < serve->count; k++) find_edges(serve, k, AZ_NO_INDEX);
    for (size_t k = 0; k < serve->count; k++)
        while (serve->room[k] < 0) {
            size_t end = find_path(serve, k);
            if (end == AZ_NO_INDEX || az_must_stop(serve->context)) return INFINITY;
            send(serve, k, end, tiny);
        }
    for (size_t c = 0; c < depots->customers; c++)
        for (size_t k = 0; k < serve->count; k++)
            if (serve->flow[k * depots->customers + c] > 0)
                cost += serve->flow[k * depots->customers + c] * serve->unit[c * serve->count + k];
    return cost;
}

void st_serve_prices(const struct st_serve *serve, double price[])
{
    const struct st_depots *depots = serve->depots;
    for (size_t c = 0; c < depots->customers; c++) {
        double least = INFINITY, taxed = depots->amount[c] > 0 ? 1 : 0;
        for (size_t k = 0; k < serve->count; k++)
            least = fmin(least, serve->unit[c * serve->count + k] + taxed * serve->price[k]);
        price[c] = least * weight_of(depots, c);
    }
}

double st_serve_share(const struct st_serve *serve, size_t customer, size_t k)
{
    return serve->flow[k * serve->depots->customers + customer] /
           weight_of(serve->depots, customer);
}
