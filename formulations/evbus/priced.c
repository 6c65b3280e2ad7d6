/* priced.c - plans from energy prices: what buses would do if a kilowatt-hour in a slot cost what
 * it is worth in the plans so far.
 *
 * With energy at fixed prices and chargers for everybody the bus-days share nothing but trips and
 * counts of buses: the master is small, nearly whole, and a dive into it ends in a plan. Its chains
 * are then dispatched with the real grids and chargers and judged. The last dispatch before each
 * round, of a plan that was taken or not, gives its prices to the mean of all rounds so far; a few
 * rounds come from any plan to a good one. Nothing of it is a bound, but the
 * duties, and the prices of trips that belong to them, are where column generation begins. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/search.h"

#define ROUNDS 60           /* of pricing before the dive, which prices on */
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

static enum az_status memory_new(struct eb_search *search)
{
    const struct eb_instance *ev = search->ev;
    struct eb_price_memory *memory = AZ_NEW(search->arena, struct eb_price_memory);
    if (!memory) return AZ_NO_MEMORY;
    memory->marginal = AZ_ARRAY(search->arena, ev->grids.count * ev->T, double);
    memory->plug = AZ_ARRAY(search->arena, ev->chargers.count * ev->T, double);
    search->prices = memory;
    return memory->marginal && memory->plug ? AZ_OK : AZ_NO_MEMORY;
}

/* The prices of the last dispatch into the means. */
static void add_prices(struct eb_search *search)
{
    const struct eb_instance *ev = search->ev;
    struct eb_price_memory *memory = search->prices;
    double weight = 1.0 / (double)++memory->count;
    for (size_t i = 0; i < ev->grids.count * ev->T; i++)
        memory->marginal[i] += weight * (search->marginal[i] - memory->marginal[i]);
    for (size_t k = 0; k < ev->chargers.count * ev->T; k++)
        memory->plug[k] += weight * (fmax(0, -search->plug[k]) - memory->plug[k]);
}

/* The means at every charger. */
static enum az_status at_chargers(const struct eb_search *search, struct az_arena *arena,
                                  struct eb_energy_prices *prices)
{
    const struct eb_instance *ev = search->ev;
    size_t count = ev->chargers.count * ev->T;
    double *charge = AZ_ARRAY(arena, count, double), *discharge = AZ_ARRAY(arena, count, double);
    if (!charge || !discharge) return AZ_NO_MEMORY;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        size_t grid = ev->chargers.items[c].grid;
        for (size_t t = 0; grid != AZ_NO_INDEX && t < ev->T; t++) {
            charge[c * ev->T + t] = search->prices->marginal[grid * ev->T + t];
            discharge[c * ev->T + t] = -charge[c * ev->T + t];
        }
    }
    *prices = (struct eb_energy_prices){ charge, discharge, search->prices->plug };
    return AZ_OK;
}

static enum az_status keep_rows(struct eb_search *search, size_t rows, const double pi[])
{
    struct eb_price_memory *memory = search->prices;
    if (!pi) return AZ_OK;
    if (rows != memory->row_count) memory->row = AZ_ARRAY(search->arena, rows, double);
    if (!memory->row) return AZ_NO_MEMORY;
    memory->row_count = rows;
    memcpy(memory->row, pi, rows * sizeof *pi);
    return AZ_OK;
}

/* One master at the mean prices. */
static enum az_status solve_priced(struct eb_search *search, struct az_arena *arena)
{
    struct eb_master *master;
    struct eb_energy_prices prices;
    struct az_colgen_options options = { .cutoff = NAN,
                                         .columns_per_block = COLUMNS,
                                         .node_limit = 1,
                                         .round_limit = ROUNDS,
                                         .restricted_nodes = RESTRICTED_NODES };
    struct az_colgen_result result;
    struct az_block_columns columns;
    AZ_TRY(at_chargers(search, arena, &prices));
    AZ_TRY(eb_master_new(search->network, EB_MEASURE_PRICED, search->fleet_min, search->fleet_max,
                         search->unserved_max, arena, &master));
    master->owner = search;
    master->prices = &prices;
    master->problem.found = found;
    AZ_TRY(eb_pool_columns(search, master, arena, &columns));
    options.pi = search->prices->row;
    options.columns = columns.items;
    options.column_count = columns.count;
    AZ_TRY(az_colgen_solve(&master->problem, &options, search->engine, search->context, NULL, arena,
                           &result));
    AZ_TRY(keep_rows(search, master->model->row_count, result.pi));
    return eb_pool_keep(search, &result);
}

enum az_status eb_priced_plans(struct eb_search *search, size_t rounds)
{
    enum az_status status = memory_new(search);
    size_t idle = 0; /* masters in a row without a better plan */
    for (size_t k = 0; k < rounds && idle < IDLE && search->marginal; k++) {
        double before = search->best;
        if (status != AZ_OK || az_run_must_stop(search->run)) break;
        az_run_progress(search->run, "energy prices", false);
        add_prices(search);
        struct az_arena *arena = az_arena_new(NULL);
        if (!arena) return AZ_NO_MEMORY;
        status = solve_priced(search, arena);
        az_arena_free(arena);
        idle = search->best < before ? 0 : idle + 1;
    }
    return status == AZ_ENGINE ? AZ_OK : status; /* a heuristic may fail */
}

enum az_status eb_first_prices(const struct eb_search *search, struct eb_master *master,
                               struct az_master_row_list *rows, double **pi)
{
    const struct eb_instance *ev = search->ev;
    const struct eb_price_memory *memory = search->prices;
    *pi = NULL;
    if (!memory || memory->row_count == 0 || memory->row_count != master->balance_row) return AZ_OK;
    size_t most = master->model->row_count + ev->chargers.count * ev->T;
    double *prices = AZ_ARRAY(search->arena, most, double);
    if (!prices) return AZ_NO_MEMORY;
    memcpy(prices, memory->row, memory->row_count * sizeof *prices);
    memcpy(prices + master->balance_row, memory->marginal,
           ev->grids.count * ev->T * sizeof *prices);
    for (size_t c = 0; c < ev->chargers.count; c++)
        for (size_t t = 0; t < ev->T && !ev->chargers.items[c].no_limit; t++) {
            double worth = memory->plug[c * ev->T + t];
            if (worth <= 0) continue;
            prices[master->model->row_count + rows->count] = -worth;
            AZ_TRY(eb_master_plug_row(master, c, t, rows));
        }
    *pi = prices;
    return AZ_OK;
}
