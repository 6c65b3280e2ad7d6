/* grids_model.c - grids, converters and storages as columns and rows. See grids_model.h. */
#include <math.h>

#include "formulations/evbus/grids_model.h"
#include "solver/tolerances.h"

/* Buses that can stand at a bank at once. */
static double places_at(const struct eb_instance *ev, const struct eb_charger *charger)
{
    double buses = (double)(ev->trips.count + ev->bus_count);
    if (charger->no_limit) return buses;
    int64_t count = charger->count_max == AZ_NO_INTEGER ? charger->count : charger->count_max;
    return fmin(buses, (double)count);
}

static double bank_limit(const struct eb_instance *ev, size_t grid, bool delivery)
{
    double sum = 0;
    for (size_t c = 0; c < ev->chargers.count; c++) {
        const struct eb_charger *charger = &ev->chargers.items[c];
        if (charger->grid != grid) continue;
        double kw = delivery ? charger->discharge_kw : charger->charge_kw;
        if (kw > 0) sum += places_at(ev, charger) * kw * ev->dt;
    }
    return sum;
}

double eb_grid_draw_limit(const struct eb_instance *ev, size_t grid)
{
    return bank_limit(ev, grid, false);
}

double eb_grid_delivery_limit(const struct eb_instance *ev, size_t grid)
{
    return bank_limit(ev, grid, true);
}

/* What converters and storages take from (give to) a grid in a slot at most, with the buses. */
static double flow_limit(const struct eb_instance *ev, size_t grid, bool in)
{
    double sum = in ? eb_grid_draw_limit(ev, grid) : eb_grid_delivery_limit(ev, grid);
    for (size_t c = 0; c < ev->converters.count; c++) {
        const struct eb_converter *converter = &ev->converters.items[c];
        double forward = converter->forward_max_kw, backward = converter->backward_max_kw;
        if (converter->from_grid.index == grid) sum += (in ? forward : backward) * ev->dt;
        if (converter->to_grid.index == grid) sum += (in ? backward : forward) * ev->dt;
    }
    for (size_t s = 0; s < ev->storages.count; s++) {
        const struct eb_storage *storage = &ev->storages.items[s];
        if (storage->grid.index == grid)
            sum += (in ? storage->charge_max_kw : storage->discharge_max_kw) * ev->dt;
    }
    return sum;
}

double eb_grids_storage_start(const struct eb_instance *ev, size_t storage)
{
    const struct eb_storage *it = &ev->storages.items[storage];
    if (ev->state)
        for (size_t k = 0; k < ev->state->storages.count; k++)
            if (ev->state->storages.keys[k].index == storage) return ev->state->storages.items[k];
    return it->capacity_kwh * it->start_share;
}

/* Columns of the steps of one curve; sign 1 for what is bought, -1 for what is sold. */
static size_t add_steps(const struct eb_instance *ev, struct az_model *model,
                        const struct eb_step *steps, size_t count, double sign, double limit)
{
    size_t first = model ? model->column_count : 0;
    for (size_t s = 0; s < count; s++)
        for (size_t t = 0; t < ev->T; t++) {
            double price = steps[s].price_jpy_per_kwh.values[t], upper = limit;
            if (steps[s].power_kw.count > 0)
                upper = fmin(limit, steps[s].power_kw.values[t] * ev->dt);
            az_column(model, 0, upper, sign * price, false, NULL);
        }
    return first;
}

/* T columns alike. */
static size_t add_series(const struct eb_instance *ev, struct az_model *model, double lower,
                         double upper, double cost)
{
    size_t first = model ? model->column_count : 0;
    for (size_t t = 0; t < ev->T; t++) az_column(model, lower, upper, cost, false, NULL);
    return first;
}

static enum az_status take_arrays(const struct eb_instance *ev, struct az_arena *arena,
                                  struct eb_grid_columns *columns)
{
    columns->supply = AZ_ARRAY(arena, ev->grids.count, size_t);
    columns->demand = AZ_ARRAY(arena, ev->grids.count, size_t);
    columns->forward = AZ_ARRAY(arena, ev->converters.count, size_t);
    columns->backward = AZ_ARRAY(arena, ev->converters.count, size_t);
    columns->in = AZ_ARRAY(arena, ev->storages.count, size_t);
    columns->out = AZ_ARRAY(arena, ev->storages.count, size_t);
    columns->level = AZ_ARRAY(arena, ev->storages.count, size_t);
    return columns->supply && columns->demand && columns->forward && columns->backward &&
                   columns->in && columns->out && columns->level
               ? AZ_OK
               : AZ_NO_MEMORY;
}

enum az_status eb_grid_columns_add(const struct eb_instance *ev, struct az_model *model,
                                   struct az_arena *arena, struct eb_grid_columns *columns)
{
    columns->ev = ev;
    AZ_TRY(take_arrays(ev, arena, columns));
    for (size_t g = 0; g < ev->grids.count; g++) {
        const struct eb_grid *grid = &ev->grids.items[g];
        columns->supply[g] = add_steps(ev, model, grid->supply.items, grid->supply.count, 1,
                                       flow_limit(ev, g, true));
        columns->demand[g] = add_steps(ev, model, grid->demand.items, grid->demand.count, -1,
                                       flow_limit(ev, g, false));
    }
    for (size_t c = 0; c < ev->converters.count; c++) {
        const struct eb_converter *it = &ev->converters.items[c];
        columns->forward[c] =
            add_series(ev, model, 0, it->forward_max_kw * ev->dt, it->fee_jpy_per_kwh);
        columns->backward[c] =
            add_series(ev, model, 0, it->backward_max_kw * ev->dt, it->fee_jpy_per_kwh);
    }
    for (size_t s = 0; s < ev->storages.count; s++) {
        const struct eb_storage *it = &ev->storages.items[s];
        columns->in[s] = add_series(ev, model, 0, it->charge_max_kw * ev->dt, 0);
        columns->out[s] =
            add_series(ev, model, 0, it->discharge_max_kw * ev->dt, it->wear_jpy_per_kwh);
        columns->level[s] = add_series(ev, model, it->capacity_kwh * it->soc_min_share,
                                       it->capacity_kwh * it->soc_max_share, 0);
    }
    return AZ_OK;
}

size_t eb_grid_balance(const struct eb_grid_columns *columns, struct az_model *model, size_t grid,
                       size_t slot)
{
    const struct eb_instance *ev = columns->ev;
    const struct eb_grid *it = &ev->grids.items[grid];
    size_t row = az_row(model, 0, 0, NULL);
    for (size_t s = 0; s < it->supply.count; s++)
        az_entry(model, columns->supply[grid] + s * ev->T + slot, 1);
    for (size_t s = 0; s < it->demand.count; s++)
        az_entry(model, columns->demand[grid] + s * ev->T + slot, -1);
    for (size_t c = 0; c < ev->converters.count; c++) {
        const struct eb_converter *converter = &ev->converters.items[c];
        double through = 1 - converter->loss_share;
        if (converter->from_grid.index == grid) {
            az_entry(model, columns->forward[c] + slot, -1);
            az_entry(model, columns->backward[c] + slot, through);
        }
        if (converter->to_grid.index == grid) {
            az_entry(model, columns->forward[c] + slot, through);
            az_entry(model, columns->backward[c] + slot, -1);
        }
    }
    for (size_t s = 0; s < ev->storages.count; s++)
        if (ev->storages.items[s].grid.index == grid) {
            az_entry(model, columns->out[s] + slot, 1);
            az_entry(model, columns->in[s] + slot, -1);
        }
    return row;
}

void eb_grid_storage_rows(const struct eb_grid_columns *columns, struct az_model *model)
{
    const struct eb_instance *ev = columns->ev;
    for (size_t s = 0; s < ev->storages.count && ev->T > 0; s++) {
        const struct eb_storage *it = &ev->storages.items[s];
        double start = eb_grids_storage_start(ev, s);
        for (size_t t = 0; t < ev->T; t++) {
            az_row(model, t == 0 ? start : 0, t == 0 ? start : 0, NULL);
            az_entry(model, columns->level[s] + t, 1);
            if (t > 0) az_entry(model, columns->level[s] + t - 1, -1);
            az_entry(model, columns->in[s] + t, -it->charge_efficiency);
            az_entry(model, columns->out[s] + t, 1 / it->discharge_efficiency);
        }
        az_row(model, it->start_share * it->capacity_kwh, INFINITY, NULL);
        az_entry(model, columns->level[s] + ev->T - 1, 1);
    }
}

/* a <= a_max z, b <= b_max (1 - z). */
static void exclude(struct az_model *model, size_t a, double a_max, size_t b, double b_max)
{
    size_t z = AZ_BINARY(model, 0, NULL);
    az_row(model, -INFINITY, 0, NULL);
    az_entry(model, a, 1);
    az_entry(model, z, -a_max);
    az_row(model, -INFINITY, b_max, NULL);
    az_entry(model, b, 1);
    az_entry(model, z, b_max);
}

void eb_grid_exclusions(const struct eb_grid_columns *columns, struct az_model *model,
                        const bool converters[], const bool storages[])
{
    const struct eb_instance *ev = columns->ev;
    for (size_t c = 0; converters && c < ev->converters.count; c++)
        for (size_t t = 0; t < ev->T; t++)
            if (converters[c * ev->T + t])
                exclude(model, columns->forward[c] + t,
                        ev->converters.items[c].forward_max_kw * ev->dt, columns->backward[c] + t,
                        ev->converters.items[c].backward_max_kw * ev->dt);
    for (size_t s = 0; storages && s < ev->storages.count; s++)
        for (size_t t = 0; t < ev->T; t++)
            if (storages[s * ev->T + t])
                exclude(model, columns->in[s] + t, ev->storages.items[s].charge_max_kw * ev->dt,
                        columns->out[s] + t, ev->storages.items[s].discharge_max_kw * ev->dt);
}

static size_t mark(double a, double b, bool *marked)
{
    if (*marked || a <= AZ_FEASIBILITY_TOLERANCE || b <= AZ_FEASIBILITY_TOLERANCE) return 0;
    *marked = true;
    return 1;
}

size_t eb_grid_broken(const struct eb_grid_columns *columns, const double x[], bool converters[],
                      bool storages[])
{
    const struct eb_instance *ev = columns->ev;
    size_t count = 0;
    for (size_t c = 0; c < ev->converters.count; c++)
        for (size_t t = 0; t < ev->T; t++)
            count += mark(x[columns->forward[c] + t], x[columns->backward[c] + t],
                          &converters[c * ev->T + t]);
    for (size_t s = 0; s < ev->storages.count; s++)
        for (size_t t = 0; t < ev->T; t++)
            count += mark(x[columns->in[s] + t], x[columns->out[s] + t], &storages[s * ev->T + t]);
    return count;
}
