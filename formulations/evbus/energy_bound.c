/* energy_bound.c - the first bound of a large plan: the assignment of relax_energy.c at prices that
 * a subgradient makes better.
 *
 *   L(q, b) = the assignment's value at prices w of energy, q of plugs, b of charge in batteries
 *             - sum_ct q_ct count_c + sum_c min(0, price_c - sum_t q_ct) (count_max_c - count_c)
 *             + the least of the grids' own columns at w, and of buses that run no trip
 *
 * w is what energy is worth in the best plan; q and b move along the slope of L by Polyak's step
 * towards the best plan's cost (Polyak 1969), back to the best and on with shorter steps where L
 * rises no more. Every L is a bound of the whole problem whatever the prices are: energy and
 * chargers are priced, and counts of buses and limits of places left out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/dispatch.h"
#include "formulations/evbus/relax_energy.h"
#include "formulations/evbus/search.h"

#define STEPS 60    /* assignments */
#define PATIENCE 5  /* of them in a row without a better bound */
#define FIRST 0.5   /* of Polyak's step */
#define SHORTER 0.6 /* after going back */
#define KEPT 0.6    /* of the direction before */

struct climb {
    const struct eb_search *search;
    const struct eb_instance *ev;
    const double *w; /* [grids * T] */
    size_t plugs, size;
    double grids;                           /* the least of the grids' own columns */
    double *x, *best_x, *slope, *direction; /* [size] q, then b by type */
    double *idle;                           /* [sources] a day without trips */
    double unit;                            /* kWh of a plug in a slot: what q is to b */
    double value, best;
    struct eb_relaxation *relaxation; /* of the best, in the search's arena; NULL: none yet */
};

static double energy_price(const struct climb *c, size_t bank, size_t t)
{
    size_t grid = c->ev->chargers.items[bank].grid;
    return grid == AZ_NO_INDEX ? 0 : c->w[grid * c->ev->T + t];
}

static double beyond(const struct eb_charger *charger)
{
    return charger->count_max == AZ_NO_INTEGER
               ? 0
               : fmax(0, (double)(charger->count_max - charger->count));
}

/* --- where it begins ---------------------------------------------------------------------------
 */

struct bought {
    double price, weight;
};

static int by_price(const void *a, const void *b)
{
    const struct bought *x = a, *y = b;
    return (x->price > y->price) - (x->price < y->price);
}

/* Charge in a battery is worth what it is bought for at half of the plugs and slots. */
static enum az_status first_worth(struct climb *c, struct az_arena *arena, double *worth)
{
    const struct eb_instance *ev = c->ev;
    struct bought *bought = AZ_ARRAY(arena, c->plugs, struct bought);
    double sum = 0, below = 0;
    if (!bought) return AZ_NO_MEMORY;
    for (size_t k = 0; k < c->plugs; k++) {
        const struct eb_charger *charger = &ev->chargers.items[k / ev->T];
        double count = charger->no_limit ? 1 : fmax(1, (double)charger->count);
        bought[k] =
            (struct bought){ energy_price(c, k / ev->T, k % ev->T) / charger->charge_efficiency,
                             count };
        sum += count;
    }
    qsort(bought, c->plugs, sizeof *bought, by_price);
    for (size_t k = 0; k < c->plugs && below < 0.5 * sum; k++) {
        *worth = bought[k].price;
        below += bought[k].weight;
    }
    return AZ_OK;
}

/* What the type earns at most in a slot at a bank when charge is worth b. */
static double most_earned(const struct climb *c, size_t type, size_t bank, size_t t, double b)
{
    const struct eb_charger *charger = &c->ev->chargers.items[bank];
    double price = energy_price(c, bank, t), wear = c->ev->types.items[type].wear_jpy_per_kwh;
    double buys = eb_charge_power(c->ev, type, bank) * (b * charger->charge_efficiency - price);
    double sells =
        eb_discharge_power(c->ev, type, bank) * (price - wear - b / charger->discharge_efficiency);
    return fmax(0, fmax(buys, sells)) * c->ev->dt;
}

/* A plug costs half of what it may earn. */
static enum az_status begin(struct climb *c, struct az_arena *arena)
{
    const struct eb_instance *ev = c->ev;
    double worth = 0, kwh = 0;
    AZ_TRY(first_worth(c, arena, &worth));
    for (size_t v = 0; v < ev->types.count; v++) c->x[c->plugs + v] = worth;
    for (size_t k = 0; k < ev->chargers.count; k++) {
        kwh += ev->chargers.items[k].charge_kw * ev->dt / (double)ev->chargers.count;
        for (size_t t = 0; t < ev->T && !ev->chargers.items[k].no_limit; t++)
            for (size_t v = 0; v < ev->types.count; v++)
                c->x[k * ev->T + t] =
                    fmax(c->x[k * ev->T + t], 0.5 * most_earned(c, v, k, t, worth));
    }
    c->unit = kwh;
    memcpy(c->best_x, c->x, c->size * sizeof *c->x);
    return AZ_OK;
}

/* --- L, and its slope --------------------------------------------------------------------------
 */

/* What the plugs' prices take off; slopes, which have the stays, less the chargers. */
static double plug_part(struct climb *c)
{
    const struct eb_instance *ev = c->ev;
    double part = 0;
    for (size_t k = 0; k < ev->chargers.count; k++) {
        const struct eb_charger *charger = &ev->chargers.items[k];
        double paid = 0, more = beyond(charger);
        if (charger->no_limit) continue;
        for (size_t t = 0; t < ev->T; t++) paid += c->x[k * ev->T + t];
        if (paid <= charger->price_jpy_per_day) more = 0;
        part -= paid * (double)charger->count + more * (paid - charger->price_jpy_per_day);
        for (size_t t = 0; t < ev->T; t++) c->slope[k * ev->T + t] -= (double)charger->count + more;
    }
    return part;
}

/* Buses that run nothing and earn at these prices: as many as there may be at every depot, of the
 * source that earns most. */
static double idle_part(const struct climb *c)
{
    const struct eb_network *net = c->search->network;
    double part = 0;
    for (size_t d = 0; d < c->ev->depots.count; d++) {
        double capacity = c->ev->depots.items[d].capacity == AZ_NO_INTEGER
                              ? INFINITY
                              : (double)c->ev->depots.items[d].capacity;
        double sum = 0, least = 0;
        for (size_t s = 0; s < net->source_count; s++) {
            if (net->sources[s].depot != d || c->idle[s] >= 0) continue;
            sum += net->sources[s].count_max * c->idle[s];
            least = fmin(least, c->idle[s]);
        }
        part += least < 0 ? fmax(sum, capacity * least) : 0;
    }
    return part;
}

/* The assignment at x; kept, with its bound, when it is the best. better: out. */
static enum az_status evaluate(struct climb *c, bool *better)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct eb_energy_worth worth = { c->w, c->x, c->x + c->plugs };
    struct eb_energy_use use = { c->slope, c->slope + c->plugs };
    struct eb_relaxation *relaxation = NULL;
    enum az_status status = AZ_NO_MEMORY;
    *better = false;
    c->value = -INFINITY;
    if (!arena) return status;
    status = eb_relax_energy(c->search->network, &worth, arena, &relaxation, c->idle, &use);
    if (status != AZ_OK || !relaxation) goto done;
    c->value = relaxation->value + c->grids + plug_part(c) + idle_part(c);
    if (c->value <= c->best) goto done;
    *better = true;
    c->best = c->value;
    memcpy(c->best_x, c->x, c->size * sizeof *c->x);
    memcpy(c->relaxation->price, relaxation->price,
           c->search->network->trip_count * sizeof *relaxation->price);
done:
    az_arena_free(arena);
    return status;
}

/* Mean square of what is not 0. */
static double mean_square(const double values[], size_t count)
{
    double sum = 0, some = 0;
    for (size_t i = 0; i < count; i++) {
        sum += values[i] * values[i];
        some += values[i] != 0;
    }
    return some > 0 ? sum / some : 0;
}

/* One step of this share of Polyak's. q in JPY a slot and b in JPY/kWh move in proportion to what
 * they are to each other. False: L is at its top. */
static bool step(struct climb *c, double share)
{
    const struct eb_instance *ev = c->ev;
    for (size_t i = 0; i < c->size; i++) {
        if (i < c->plugs && ev->chargers.items[i / ev->T].no_limit) continue;
        if (i < c->plugs && c->x[i] <= 0 && c->slope[i] < 0) c->slope[i] = 0;
        c->direction[i] = KEPT * c->direction[i] + c->slope[i];
    }
    double plugs = mean_square(c->direction, c->plugs);
    double batteries = mean_square(c->direction + c->plugs, c->size - c->plugs);
    double scale = 1, size = 0;
    if (plugs > 0 && batteries > 0 && c->unit > 0) scale = sqrt(plugs / batteries) / c->unit;
    for (size_t i = 0; i < c->size; i++)
        size += (i < c->plugs ? 1 : scale) * c->direction[i] * c->direction[i];
    double length = share * (c->search->best - c->value) / size;
    if (!(size > 0) || !(length > 0) || !isfinite(length)) return false;
    for (size_t i = 0; i < c->size; i++)
        c->x[i] += length * (i < c->plugs ? 1 : scale) * c->direction[i];
    for (size_t i = 0; i < c->plugs; i++) c->x[i] = fmax(0, c->x[i]);
    return true;
}

static enum az_status climb(struct climb *c)
{
    double share = FIRST;
    for (int k = 0, idle = 0; k < STEPS && !az_run_must_stop(c->search->run); k++) {
        bool better;
        AZ_TRY(evaluate(c, &better));
        if (c->value == -INFINITY) return AZ_OK;
        if (better) az_run_bound(c->search->run, c->best);
        if (better) az_run_progress(c->search->run, "first bound", false);
        idle = better ? 0 : idle + 1;
        if (idle == PATIENCE) {
            idle = 0;
            share *= SHORTER;
            memcpy(c->x, c->best_x, c->size * sizeof *c->x);
            memset(c->direction, 0, c->size * sizeof *c->direction);
            AZ_TRY(evaluate(c, &better)); /* its slope again */
        }
        if (!step(c, share)) return AZ_OK;
    }
    return AZ_OK;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static enum az_status prepare(struct climb *c, const struct eb_master *master,
                              struct az_arena *arena)
{
    const struct eb_search *search = c->search;
    double *pi = AZ_ARRAY(arena, master->model->row_count, double);
    double *blocks = AZ_ARRAY(arena, search->network->source_count, double);
    c->x = AZ_ARRAY(arena, c->size, double);
    c->best_x = AZ_ARRAY(arena, c->size, double);
    c->slope = AZ_ARRAY(arena, c->size, double);
    c->direction = AZ_ARRAY(arena, c->size, double);
    c->idle = AZ_ARRAY(arena, search->network->source_count, double);
    c->relaxation = AZ_NEW(search->arena, struct eb_relaxation);
    if (!pi || !blocks || !c->x || !c->best_x || !c->slope || !c->direction || !c->idle ||
        !c->relaxation)
        return AZ_NO_MEMORY;
    c->relaxation->price = AZ_ARRAY(search->arena, search->network->trip_count, double);
    if (!c->relaxation->price) return AZ_NO_MEMORY;
    memcpy(pi + master->balance_row, c->w, c->ev->grids.count * c->ev->T * sizeof *pi);
    struct az_prices prices = { .pi = pi, .cost_scale = 1 };
    c->grids = az_colgen_lagrangian(&master->problem, &prices, blocks);
    return begin(c, arena);
}

/* The best prices as those of the master's rows, and of the plugs' rows that they need. */
static enum az_status take_prices(const struct climb *c, struct eb_master *master,
                                  struct az_master_row_list *rows, double **pi)
{
    size_t count = master->model->row_count;
    *pi = AZ_ARRAY(c->search->arena, count + c->plugs, double);
    if (!*pi) return AZ_NO_MEMORY;
    memcpy(*pi, c->relaxation->price, c->search->network->trip_count * sizeof **pi);
    memcpy(*pi + master->balance_row, c->w, c->ev->grids.count * c->ev->T * sizeof **pi);
    for (size_t k = 0; k < c->plugs; k++) {
        if (c->best_x[k] <= 0) continue;
        (*pi)[count + rows->count] = -c->best_x[k];
        AZ_TRY(eb_master_plug_row(master, k / c->ev->T, k % c->ev->T, rows));
    }
    return AZ_OK;
}

enum az_status eb_energy_bound(const struct eb_search *search, struct eb_master *master,
                               struct az_master_row_list *rows, double **pi)
{
    const struct eb_instance *ev = search->ev;
    struct climb c = { .search = search,
                       .ev = ev,
                       .w = search->marginal,
                       .plugs = ev->chargers.count * ev->T,
                       .size = ev->chargers.count * ev->T + ev->types.count,
                       .best = -INFINITY };
    if (!search->has_best || !search->marginal || master->balance_row == AZ_NO_INDEX) return AZ_OK;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? prepare(&c, master, arena) : AZ_NO_MEMORY;
    if (status == AZ_OK) status = climb(&c);
    if (status == AZ_OK && isfinite(c.best)) status = take_prices(&c, master, rows, pi);
    az_arena_free(arena);
    return status;
}
