/* solve.c - first a plan, then columns, then the proof.
 *
 * A greedy plan comes first, and where energy is not shared the relaxation to one depot, whose
 * prices column generation begins with. Then column generation over the bus-days of every source
 * gives the bound of the full problem and plans on the way (diving, the restricted master, the
 * tree); every one is dispatched and judged before it counts. With `fleet_then_cost` the least
 * price of trips left out and then the least number of buses are found first, on masters of their
 * own over the full network, and become rows of the last one. Drivers' rules with batteries but
 * without slots are left to the compact model after the first plan. */
#include <math.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "formulations/evbus/search.h"
#include "solver/tolerances.h"

#define COLUMNS 30      /* of a block in a round: they share no trip */
#define PRICED 6        /* masters at the energy prices of the plan before, before the columns */
#define LEVEL_SHARE 0.4 /* of the time left, for a level before the cost: search.h */
#define BOX 0.03        /* how near the prices of a relaxation are */
#define LARGE 150       /* trips: from here on the columns begin at the first bound's prices */
#define TRIES 12        /* parts of the plan planned anew each time that the columns ask */

/* An integral solution of the master (or as good as one): a plan, when one comes of it. */
enum az_status eb_found(void *data, const struct az_master_solution *solution, double *objective)
{
    struct eb_master *master = data;
    struct eb_search *search = master->owner;
    struct eb_duty_list duties = { 0 };
    AZ_TRY(eb_duties_of(search, solution, &duties));
    return eb_offer(search, duties.items, duties.count, objective);
}

/* Of a level before the cost: the plan is offered, the answer is what the level counts. */
static enum az_status found_rank(void *data, const struct az_master_solution *solution,
                                 double *objective)
{
    struct eb_master *master = data;
    struct eb_search *search = master->owner;
    bool fleet = master->measure == EB_MEASURE_FLEET;
    AZ_TRY(eb_found(data, solution, objective));
    if (*objective < INFINITY)
        *objective = search->offered.rank[fleet && search->ev->leaves_out ? 1 : 0];
    return AZ_OK;
}

/* Do buses share energy? Only then the parts of a plan are small problems worth a master. */
static bool shares_energy(const struct eb_search *search)
{
    for (size_t s = 0; s < search->network->source_count; s++)
        if (eb_pricer_of(search->network, s) != eb_price_energy) return false;
    return search->ev->T > 0 && search->network->source_count > 0;
}

/* The best plan's parts anew; its duties as columns when it became better. */
static enum az_status improve(void *data, const struct az_master_solution *solution,
                              struct az_block_columns *out, double *objective)
{
    struct eb_master *master = data;
    struct eb_search *search = master->owner;
    double before = search->has_best ? search->best : INFINITY;
    (void)solution;
    AZ_TRY(eb_improve_plan(search, TRIES));
    if (!search->has_best || search->best >= before) return AZ_OK;
    *objective = search->best;
    for (size_t k = 0; k < search->best_duties.count; k++) {
        struct az_block_column column;
        AZ_TRY(eb_master_column(master, search->best_duties.items[k], search->arena, &column));
        AZ_TRY(az_block_columns_add(out, &column));
    }
    return AZ_OK;
}

static bool some_price_by(const struct eb_search *search, eb_pricer *pricer)
{
    for (size_t s = 0; s < search->network->source_count; s++)
        if (eb_pricer_of(search->network, s) == pricer) return true;
    return false;
}

/* Where energy is not shared, what the trips are worth follows from the ways alone, or nearly. A
 * plan comes of the relaxation where there are no batteries, nor buses that each have a day. */
static enum az_status relax(struct eb_search *search)
{
    struct eb_duty_list duties = { 0 };
    double objective;
    if (some_price_by(search, eb_price_energy)) return AZ_OK;
    AZ_TRY(eb_relax(search->network, search->arena, &search->relaxation));
    if (!search->relaxation || search->ev->bus_count > 0) return AZ_OK;
    if (some_price_by(search, eb_price_charge)) return AZ_OK;
    AZ_TRY(eb_construct_chains(search, search->relaxation, &duties));
    return eb_offer(search, duties.items, duties.count, &objective);
}

/* The first plans: the adopted one, and the greedy one. */
static enum az_status first_plans(struct eb_search *search, const struct eb_plan *start)
{
    struct eb_duty_list duties = { 0 };
    double objective;
    az_run_progress(search->run, "first plan", true);
    if (start) {
        AZ_TRY(eb_duties_of_plan(search, start, &duties));
        AZ_TRY(eb_offer(search, duties.items, duties.count, &objective));
    }
    AZ_TRY(eb_construct(search, &duties));
    AZ_TRY(eb_offer(search, duties.items, duties.count, &objective));
    return relax(search);
}

/* The least of a level before the cost, proven as far as the time for it goes: *least is at most
 * it. The bound is of the full problem without its energy. */
static enum az_status least_rank(struct eb_search *search, int measure, double *least)
{
    struct eb_master *master;
    struct az_colgen_options options = { .cutoff = NAN, .node_limit = search->node_limit };
    struct az_colgen_result result;
    struct az_block_columns columns;
    struct az_context context = *search->context;
    context.deadline = az_now(&context) + LEVEL_SHARE * az_time_left(&context);
    AZ_TRY(eb_master_new(search->network, measure, 0, INFINITY, search->unserved_max, search->arena,
                         &master));
    master->owner = search;
    master->problem.found = found_rank;
    if (measure == EB_MEASURE_FLEET) master->problem.objective_step = 1;
    AZ_TRY(eb_pool_columns(search, master, search->arena, &columns));
    options.columns = columns.items;
    options.column_count = columns.count;
    AZ_TRY(az_colgen_solve(&master->problem, &options, search->engine, &context, NULL,
                           search->arena, &result));
    /* the last master says whether there is any plan */
    if (result.status == AZ_SOLVE_INFEASIBLE) return AZ_OK;
    if (isfinite(result.bound)) *least = fmax(*least, result.bound);
    return eb_pool_keep(search, &result);
}

/* What the relaxation's trips are worth is near what the master's are. */
static enum az_status relaxed_prices(const struct eb_search *search, const struct eb_master *master,
                                     double **pi)
{
    if (!search->relaxation) return AZ_OK;
    *pi = AZ_ARRAY(search->arena, master->model->row_count, double);
    if (!*pi) return AZ_NO_MEMORY;
    memcpy(*pi, search->relaxation->price, search->network->trip_count * sizeof **pi);
    return AZ_OK;
}

static enum az_status by_columns(struct eb_search *search)
{
    struct eb_master *master;
    struct az_colgen_options options = { .cutoff = NAN, .node_limit = search->node_limit };
    struct az_colgen_result result;
    struct az_block_columns columns;
    struct az_master_row_list rows = { .arena = search->arena };
    double *pi = NULL;
    AZ_TRY(eb_master_new(search->network, EB_MEASURE_COST, search->fleet_min, search->fleet_max,
                         search->unserved_max, search->arena, &master));
    if (shares_energy(search)) {
        AZ_TRY(eb_energy_bound(search, master, &rows, &pi));
        AZ_TRY(eb_priced_plans(search, PRICED));
        if (search->network->trip_count < LARGE) { /* those of the priced plans are better */
            pi = NULL;
            rows.count = 0;
        }
    }
    if (az_run_must_stop(search->run)) return AZ_OK;
    az_run_progress(search->run, "columns", true);
    master->owner = search;
    master->problem.found = eb_found;
    if (shares_energy(search)) master->problem.improve = improve;
    AZ_TRY(eb_pool_columns(search, master, search->arena, &columns));
    options.columns = columns.items;
    options.column_count = columns.count;
    if (search->has_best) options.cutoff = search->best;
    options.columns_per_block = COLUMNS;
    if (!pi) AZ_TRY(eb_first_prices(search, master, &rows, &pi));
    AZ_TRY(relaxed_prices(search, master, &pi));
    options.pi = pi;
    options.rows = rows.items;
    options.row_count = rows.count;
    if (search->relaxation) options.box = BOX;
    AZ_TRY(az_colgen_solve(&master->problem, &options, search->engine, search->context, search->run,
                           search->arena, &result));
    search->columns = result.columns;
    search->column_count = result.column_count;
    az_log(search->context, AZ_LOG_INFO,
           "columns: %zu, rounds %lld, nodes %lld, root %.2f, pricing %.2f s, master %.2f s",
           result.columns_made, (long long)result.rounds, (long long)result.nodes,
           result.root_bound, result.pricing_s, result.master_s);
    if (result.status == AZ_SOLVE_INFEASIBLE && !search->has_best) az_run_infeasible(search->run);
    return AZ_OK;
}

/* The levels before the cost: the least price of trips left out, the least fleet. Plans are offered
 * as they come; those that leave out more, or have more buses, are then of no use. */
static enum az_status levels_first(struct eb_search *search)
{
    double buses = 0;
    if (search->ev->leaves_out && !(search->has_best && search->best_judgement.rank[0] <= 0)) {
        az_run_progress(search->run, "trips left out", true);
        AZ_TRY(least_rank(search, EB_MEASURE_UNSERVED, &search->unserved_min));
    }
    if (search->ev->leaves_out && search->has_best)
        search->unserved_max = search->best_judgement.rank[0];
    eb_tell_levels(search);
    if (az_run_must_stop(search->run)) return AZ_OK;
    az_run_progress(search->run, "fleet", true);
    AZ_TRY(least_rank(search, EB_MEASURE_FLEET, &buses));
    search->fleet_min = ceil(buses - 1e-6);
    if (search->has_best) search->fleet_max = (double)search->best_buses;
    eb_tell_levels(search);
    return AZ_OK;
}

/* No pricer knows the drivers' rules where charging is in no slots; the compact model does. */
static bool needs_compact(const struct eb_instance *ev)
{
    bool battery = false;
    for (size_t v = 0; v < ev->types.count; v++)
        battery = battery || ev->types.items[v].has_battery;
    return ev->drivers && ev->timed && ev->T == 0 && battery;
}

enum az_status eb_solve_search(struct eb_search *search, const struct eb_plan *start)
{
    struct az_run *run = search->run;
    run->method = "columns"; /* whatever of it the deadline allows */
    AZ_TRY(eb_network_new(search->ev, search->arena, &search->network));
    search->network->context = search->context;
    search->fleet_max = search->unserved_max = INFINITY;
    eb_tell_levels(search);
    AZ_TRY(first_plans(search, start));
    if (az_run_must_stop(run)) return AZ_OK;
    if (needs_compact(search->ev)) return eb_solve_compact(search->ev, run, search->arena);
    if (search->ev->objective == EB_FLEET_THEN_COST) {
        AZ_TRY(levels_first(search));
        if (az_run_must_stop(run)) return AZ_OK;
    }
    AZ_TRY(by_columns(search));
    eb_tell_levels(search);
    if (!az_run_must_stop(run)) az_run_limit(run);
    return AZ_OK;
}

enum az_status eb_solve(const void *instance, const struct az_solve_options *options,
                        struct az_run *run, struct az_arena *arena)
{
    struct eb_search search = {
        .ev = instance, .engine = run->engine, .context = run->context, .run = run, .arena = arena
    };
    if (options && options->method && strcmp(options->method, "compact") == 0)
        return eb_solve_compact(instance, run, arena);
    return eb_solve_search(&search, options ? options->start : NULL);
}
