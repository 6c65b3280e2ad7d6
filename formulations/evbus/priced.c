/* priced.c - plans from energy prices: what buses would do if a kilowatt-hour in a slot cost what
 * it is worth in the best plan so far.
 *
 * With energy at fixed prices and chargers for everybody the bus-days share nothing but trips and
 * counts of buses: the master is small, nearly whole, and a dive into it ends in a plan. Its chains
 * are then dispatched with the real grids and chargers, judged, and give new prices, mixed with the
 * old ones; a few such rounds come from any plan to a good one. Nothing of it is a bound, but the
 * duties, and the prices of trips that belong to them, are where column generation begins. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/search.h"

#define ROUNDS 120          /* of pricing, in one master */
#define COLUMNS 30          /* of a block in a round */
#define RESTRICTED_NODES 50 /* of the MILP over the columns */
#define IDLE 2              /* masters in a row without a better plan that end it */

/* A solution of the priced master: a plan of its chains is offered; what the master compares is its
 * own objective. */
static enum az_status found(void *data, const struct az_master_solution *solution,
                            double *objective)
{
    double cost;
    AZ_TRY(eb_found(data, solution, &cost));
    *objective = cost < INFINITY ? solution->objective : INFINITY;
    return AZ_OK;
}

/* The mean of all prices so far, at every charger. */
struct prices {
    size_t count; /* of what is in the mean */
    double *charge, *discharge, *plug;
};

static bool take_prices(const struct eb_search *search, struct prices *prices)
{
    size_t count = search->ev->chargers.count * search->ev->T;
    prices->charge = AZ_ARRAY(search->arena, count, double);
    prices->discharge = AZ_ARRAY(search->arena, count, double);
    prices->plug = AZ_ARRAY(search->arena, count, double);
    return prices->charge && prices->discharge && prices->plug;
}

static void add_prices(const struct eb_search *search, struct prices *prices)
{
    const struct eb_instance *ev = search->ev;
    double weight = 1.0 / (double)++prices->count;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        size_t grid = ev->chargers.items[c].grid;
        for (size_t t = 0; t < ev->T; t++) {
            size_t k = c * ev->T + t;
            double energy = grid == AZ_NO_INDEX ? 0 : search->marginal[grid * ev->T + t];
            prices->charge[k] += weight * (energy - prices->charge[k]);
            prices->discharge[k] = -prices->charge[k];
            prices->plug[k] += weight * (fmax(0, -search->plug[k]) - prices->plug[k]);
        }
    }
}

/* One master at these prices. */
static enum az_status solve_at(struct eb_search *search, const struct prices *mean,
                               struct az_arena *arena)
{
    struct eb_master *master;
    const struct eb_energy_prices prices = { mean->charge, mean->discharge, mean->plug };
    struct az_colgen_options options = { .cutoff = NAN,
                                         .columns_per_block = COLUMNS,
                                         .node_limit = 1,
                                         .round_limit = ROUNDS,
                                         .restricted_nodes = RESTRICTED_NODES };
    struct az_colgen_result result;
    struct az_block_columns columns = { .arena = arena };
    AZ_TRY(eb_master_new(search->network, EB_MEASURE_PRICED, search->fleet_min, search->fleet_max,
                         search->unserved_max, arena, &master));
    master->owner = search;
    master->prices = &prices;
    master->problem.found = found;
    for (size_t k = 0; k < search->pool.count; k++) {
        struct az_block_column column;
        AZ_TRY(eb_master_column(master, search->pool.items[k], arena, &column));
        AZ_TRY(az_block_columns_add(&columns, &column));
    }
    options.pi = search->price;
    options.columns = columns.items;
    options.column_count = columns.count;
    AZ_TRY(az_colgen_solve(&master->problem, &options, search->engine, search->context, NULL, arena,
                           &result));
    if (result.pi) {
        size_t rows = search->price_rows = master->model->row_count;
        if (!search->price && !(search->price = AZ_ARRAY(search->arena, rows, double)))
            return AZ_NO_MEMORY;
        memcpy(search->price, result.pi, rows * sizeof *result.pi);
    }
    for (size_t k = 0; k < result.column_count; k++) {
        struct eb_duty *copy;
        AZ_TRY(eb_duty_copy(result.columns[k].data, search->arena, &copy));
        AZ_TRY(eb_duty_list_add(&search->pool, search->arena, copy));
    }
    return AZ_OK;
}

enum az_status eb_priced_plans(struct eb_search *search, size_t rounds)
{
    struct prices prices = { 0 };
    enum az_status status = AZ_OK;
    if (!take_prices(search, &prices)) return AZ_NO_MEMORY;
    for (size_t k = 0, idle = 0; k < rounds && idle < IDLE && search->marginal; k++, idle++) {
        double before = search->best;
        if (status != AZ_OK || az_run_must_stop(search->run)) break;
        az_run_progress(search->run, "energy prices", false);
        add_prices(search, &prices);
        struct az_arena *arena = az_arena_new(NULL);
        if (!arena) return AZ_NO_MEMORY;
        status = solve_at(search, &prices, arena);
        az_arena_free(arena);
        if (search->best < before) idle = 0;
    }
    return status == AZ_ENGINE ? AZ_OK : status; /* a heuristic may fail */
}
