/* columns.c - the master problem of bus-days, and its prices as the pricers read them. */
#include "formulations/evbus/columns.h"

#include <math.h>
#include <stdlib.h>

#include "solver/tolerances.h"

#define EFFORTS 3 /* of the slowest pricer; see price_charge.c */

/* --- rows ------------------------------------------------------------------------------------- */

/* Buses of `buses` of a depot (AZ_NO_INDEX: any) and type (the same): they keep their room. */
static double named_buses(const struct eb_instance *ev, size_t depot, size_t type)
{
    double count = 0;
    for (size_t b = 0; b < ev->bus_count; b++)
        count += (depot == AZ_NO_INDEX || ev->bus[b].depot.index == depot) &&
                 (type == AZ_NO_INDEX || ev->bus[b].type.index == type);
    return count;
}

static size_t count_row(struct eb_master *master, double lower, double upper)
{
    return az_row(master->model, lower, upper, NULL);
}

/* What trips left out may cost together, rounding included. */
static double with_slack(double unserved_max)
{
    return unserved_max + AZ_BOUND_TOLERANCE * fmax(1, unserved_max);
}

/* Every trip is run once, or left out at its price:  sum_k a_ik y_k + u_i = 1 */
static void add_trip_rows(struct eb_master *master, double unserved_max)
{
    const struct eb_instance *ev = master->ev;
    for (size_t n = 0; n < master->network->trip_count; n++) {
        double price = ev->trips.items[master->network->trip[n]].unserved_jpy;
        double cost = master->measure == EB_MEASURE_FLEET ? 0 : price;
        bool priced = price < INFINITY && price <= with_slack(unserved_max);
        master->unserved[n] =
            priced ? az_column(master->model, 0, 1, cost, true, NULL) : AZ_NO_INDEX;
    }
    for (size_t n = 0; n < master->network->trip_count; n++) {
        az_row(master->model, 1, 1, NULL);
        if (master->unserved[n] != AZ_NO_INDEX) az_entry(master->model, master->unserved[n], 1);
    }
}

/* Buses that begin at a depot, of a type, of a type at a depot, and in all. Buses of `buses` have
 * taken their room before. */
static void add_count_rows(struct eb_master *master, double fleet_min, double fleet_max)
{
    const struct eb_instance *ev = master->ev;
    size_t types = ev->types.count;
    for (size_t d = 0; d < ev->depots.count; d++) {
        const struct eb_depot *depot = &ev->depots.items[d];
        if (depot->capacity != AZ_NO_INTEGER)
            master->depot_row[d] = count_row(
                master, 0, fmax(0, (double)depot->capacity - named_buses(ev, d, AZ_NO_INDEX)));
        for (size_t k = 0; k < depot->capacities.count; k++) {
            size_t t = depot->capacities.keys[k].index;
            double room = (double)depot->capacities.items[k] - named_buses(ev, d, t);
            master->depot_type_row[d * types + t] = count_row(master, 0, fmax(0, room));
        }
    }
    for (size_t t = 0; t < types; t++)
        if (ev->types.items[t].count != AZ_NO_INTEGER)
            master->type_row[t] = count_row(
                master, 0,
                fmax(0, (double)ev->types.items[t].count - named_buses(ev, AZ_NO_INDEX, t)));
    master->fleet_row = count_row(master, fleet_min, fleet_max);
}

/* Trips left out cost at most so much together:  sum_i price_i u_i <= unserved_max */
static void add_unserved_row(struct eb_master *master, double unserved_max)
{
    master->unserved_row = AZ_NO_INDEX;
    if (!isfinite(unserved_max)) return;
    master->unserved_row = az_row(master->model, -INFINITY, with_slack(unserved_max), NULL);
    for (size_t n = 0; n < master->network->trip_count; n++)
        if (master->unserved[n] != AZ_NO_INDEX)
            az_entry(master->model, master->unserved[n],
                     master->ev->trips.items[master->network->trip[n]].unserved_jpy);
}

/* At every depot as many of each type end as begin:  ends - begins >= 0 */
static void add_return_rows(struct eb_master *master)
{
    const struct eb_instance *ev = master->ev;
    if (ev->return_rule != EB_RETURN_COUNTS) return;
    for (size_t k = 0; k < ev->depots.count * ev->types.count; k++)
        master->return_row[k] = count_row(master, 0, INFINITY);
}

/* Energy by grid and slot, and what stands beside the buses. */
static enum az_status add_energy(struct eb_master *master)
{
    const struct eb_instance *ev = master->ev;
    if (master->measure != EB_MEASURE_COST || ev->T == 0) return AZ_OK;
    AZ_TRY(eb_grid_columns_add(ev, master->model, master->arena, &master->grids));
    for (size_t c = 0; c < ev->chargers.count; c++) {
        const struct eb_charger *charger = &ev->chargers.items[c];
        if (charger->no_limit || charger->count_max == AZ_NO_INTEGER ||
            charger->count_max <= charger->count)
            continue;
        master->extra[c] =
            az_column(master->model, 0, (double)(charger->count_max - charger->count),
                      charger->price_jpy_per_day, true, NULL);
    }
    master->balance_row = master->model->row_count;
    for (size_t g = 0; g < ev->grids.count; g++)
        for (size_t t = 0; t < ev->T; t++) eb_grid_balance(&master->grids, master->model, g, t);
    eb_grid_storage_rows(&master->grids, master->model);
    return AZ_OK;
}

static size_t *no_rows(struct az_arena *arena, size_t count)
{
    size_t *rows = AZ_ARRAY(arena, count, size_t);
    for (size_t i = 0; rows && i < count; i++) rows[i] = AZ_NO_INDEX;
    return rows;
}

static bool take_arrays(struct eb_master *master)
{
    const struct eb_instance *ev = master->ev;
    struct az_arena *arena = master->arena;
    size_t pairs = ev->depots.count * ev->types.count;
    master->unserved = no_rows(arena, master->network->trip_count);
    master->extra = no_rows(arena, ev->chargers.count);
    master->depot_row = no_rows(arena, ev->depots.count);
    master->type_row = no_rows(arena, ev->types.count);
    master->depot_type_row = no_rows(arena, pairs);
    master->return_row = no_rows(arena, pairs);
    master->plug_added = AZ_ARRAY(arena, ev->chargers.count * ev->T, bool);
    master->power_added = AZ_ARRAY(arena, ev->places.count * ev->T, bool);
    master->delivery_added = AZ_ARRAY(arena, ev->places.count * ev->T, bool);
    master->blocks = AZ_ARRAY(arena, master->network->source_count, struct az_block);
    return master->unserved && master->extra && master->depot_row && master->type_row &&
           master->depot_type_row && master->return_row && master->plug_added &&
           master->power_added && master->delivery_added && master->blocks;
}

static enum az_status mark_integral(struct eb_master *master)
{
    size_t count = master->model->row_count;
    master->integral_row = AZ_ARRAY(master->arena, count, bool);
    if (!master->integral_row) return AZ_NO_MEMORY;
    size_t last = master->balance_row == AZ_NO_INDEX ? count : master->balance_row;
    for (size_t i = master->network->trip_count; i < last; i++)
        master->integral_row[i] = i != master->unserved_row;
    return AZ_OK;
}

/* --- columns ---------------------------------------------------------------------------------- */

struct entries {
    size_t count, capacity;
    size_t *row;
    double *value;
};

static bool add_entry(struct entries *entries, struct az_arena *arena, size_t row, double value)
{
    if (row == AZ_NO_INDEX || value == 0) return true;
    size_t at = entries->count;
    while (at > 0 && entries->row[at - 1] > row) at--;
    if (at > 0 && entries->row[at - 1] == row) {
        entries->value[at - 1] += value;
        return true;
    }
    if (entries->count == entries->capacity) {
        size_t capacity = entries->capacity ? 2 * entries->capacity : 32;
        entries->row =
            az_arena_grow(arena, entries->row, entries->count, capacity, sizeof *entries->row);
        entries->value =
            az_arena_grow(arena, entries->value, entries->count, capacity, sizeof *entries->value);
        if (!entries->row || !entries->value) return false;
        entries->capacity = capacity;
    }
    for (size_t i = entries->count++; i > at; i--) {
        entries->row[i] = entries->row[i - 1];
        entries->value[i] = entries->value[i - 1];
    }
    entries->row[at] = row;
    entries->value[at] = value;
    return true;
}

/* What a stay draws (charge less discharge, grid's side) in its k-th slot. */
static double stay_draw(const struct eb_stay *stay, size_t k)
{
    return (stay->charge_kwh ? stay->charge_kwh[k] : 0) -
           (stay->discharge_kwh ? stay->discharge_kwh[k] : 0);
}

static bool add_energy_entries(const struct eb_master *master, const struct eb_duty *duty,
                               struct az_arena *arena, struct entries *entries)
{
    const struct eb_instance *ev = master->ev;
    bool ok = true;
    if (master->balance_row == AZ_NO_INDEX) return true;
    for (size_t l = 0; l < duty->leg_count; l++)
        for (size_t s = 0; s < duty->legs[l].stay_count; s++) {
            const struct eb_stay *stay = &duty->legs[l].stays[s];
            if (stay->charger == AZ_NO_INDEX) continue;
            size_t grid = ev->chargers.items[stay->charger].grid;
            for (size_t k = 0; grid != AZ_NO_INDEX && k < stay->slot_count; k++)
                ok &= add_entry(entries, arena,
                                master->balance_row + grid * ev->T + stay->first_slot + k,
                                -stay_draw(stay, k));
        }
    return ok;
}

/* What the duty's energies cost at the given prices. */
static double paid_at_prices(const struct eb_master *master, const struct eb_duty *duty)
{
    const struct eb_energy_prices *prices = master->prices;
    double paid = 0;
    for (size_t l = 0; l < duty->leg_count; l++)
        for (size_t s = 0; s < duty->legs[l].stay_count; s++) {
            const struct eb_stay *stay = &duty->legs[l].stays[s];
            if (stay->charger == AZ_NO_INDEX) continue;
            size_t at = stay->charger * master->ev->T + stay->first_slot;
            for (size_t k = 0; k < stay->slot_count; k++) {
                double charge = stay->charge_kwh ? stay->charge_kwh[k] : 0;
                double discharge = stay->discharge_kwh ? stay->discharge_kwh[k] : 0;
                paid += charge * prices->charge[at + k] + discharge * prices->discharge[at + k];
                if (charge > AZ_ZERO || discharge > AZ_ZERO) paid += prices->plug[at + k];
            }
        }
    return paid;
}

enum az_status eb_master_column(const struct eb_master *master, const struct eb_duty *duty,
                                struct az_arena *arena, struct az_block_column *column)
{
    const struct eb_network *net = master->network;
    const struct eb_source *source = &net->sources[duty->source];
    size_t types = master->ev->types.count;
    bool is_new = source->bus == AZ_NO_INDEX, ok = true;
    struct entries entries = { 0 };
    for (size_t l = 0; l < duty->leg_count; l++)
        if (duty->legs[l].trip != AZ_NO_INDEX)
            ok = ok && add_entry(&entries, arena, net->order[duty->legs[l].trip], 1);
    if (is_new) {
        ok = ok && add_entry(&entries, arena, master->depot_row[source->depot], 1);
        ok = ok && add_entry(&entries, arena, master->type_row[source->type], 1);
        ok = ok && add_entry(&entries, arena,
                             master->depot_type_row[source->depot * types + source->type], 1);
        ok = ok && add_entry(&entries, arena, master->fleet_row, 1);
    }
    if (duty->end_depot != source->depot) {
        ok = ok && add_entry(&entries, arena,
                             master->return_row[duty->end_depot * types + source->type], 1);
        ok = ok && add_entry(&entries, arena,
                             master->return_row[source->depot * types + source->type], -1);
    }
    ok = ok && add_energy_entries(master, duty, arena, &entries);
    if (!ok) return AZ_NO_MEMORY;
    *column = (struct az_block_column){ .block = duty->source,
                                        .cost = duty->cost,
                                        .entry_count = entries.count,
                                        .row = entries.row,
                                        .value = entries.value,
                                        .data = duty };
    if (master->measure == EB_MEASURE_FLEET) column->cost = is_new;
    if (master->measure == EB_MEASURE_UNSERVED) column->cost = 0;
    if (master->measure == EB_MEASURE_PRICED) column->cost += paid_at_prices(master, duty);
    return AZ_OK;
}

/* --- prices ----------------------------------------------------------------------------------- */

static double price_of(const struct az_prices *prices, size_t row)
{
    return row == AZ_NO_INDEX ? 0 : prices->pi[row];
}

/* What is paid for the duty itself, and for where it ends. */
static enum az_status price_counts(const struct eb_master *master, size_t s,
                                   const struct az_prices *prices, struct az_arena *scratch,
                                   struct eb_duals *duals)
{
    const struct eb_instance *ev = master->ev;
    const struct eb_source *source = &master->network->sources[s];
    size_t types = ev->types.count;
    if (source->bus == AZ_NO_INDEX) {
        duals->source =
            -price_of(prices, master->depot_row[source->depot]) -
            price_of(prices, master->type_row[source->type]) -
            price_of(prices, master->depot_type_row[source->depot * types + source->type]) -
            price_of(prices, master->fleet_row);
        if (master->measure == EB_MEASURE_FLEET) duals->source += prices->cost_scale;
    }
    if (ev->return_rule != EB_RETURN_COUNTS) return AZ_OK;
    double *end = AZ_ARRAY(scratch, ev->depots.count, double);
    if (!end) return AZ_NO_MEMORY;
    double begin = price_of(prices, master->return_row[source->depot * types + source->type]);
    for (size_t d = 0; d < ev->depots.count; d++)
        end[d] = begin - price_of(prices, master->return_row[d * types + source->type]);
    duals->end_depot = end;
    return AZ_OK;
}

/* Prices of energy at every charger and slot: the grid's, its place's limits, and of a charger. */
static enum az_status price_energy(const struct eb_master *master, const struct az_prices *prices,
                                   struct az_arena *scratch, struct eb_duals *duals)
{
    const struct eb_instance *ev = master->ev;
    size_t count = ev->chargers.count * ev->T;
    if (count == 0) return AZ_OK;
    double *charge = AZ_ARRAY(scratch, count, double), *plug = AZ_ARRAY(scratch, count, double);
    double *discharge = AZ_ARRAY(scratch, count, double);
    if (!charge || !discharge || !plug) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count && master->measure == EB_MEASURE_PRICED; k++) {
        charge[k] = prices->cost_scale * master->prices->charge[k];
        discharge[k] = prices->cost_scale * master->prices->discharge[k];
        plug[k] = prices->cost_scale * master->prices->plug[k];
    }
    for (size_t c = 0; c < ev->chargers.count && master->balance_row != AZ_NO_INDEX; c++) {
        size_t grid = ev->chargers.items[c].grid;
        for (size_t t = 0; grid != AZ_NO_INDEX && t < ev->T; t++) {
            charge[c * ev->T + t] = prices->pi[master->balance_row + grid * ev->T + t];
            discharge[c * ev->T + t] = -charge[c * ev->T + t];
        }
    }
    for (size_t r = 0; r < prices->added_count; r++) {
        const struct eb_lazy_row *row = prices->added[r].data;
        if (row->kind == EB_LAZY_TRIPLE) continue;
        double paid = -prices->added_pi[r];
        for (size_t c = 0; c < ev->chargers.count; c++) {
            bool here = ev->chargers.items[c].place.index == row->index;
            if (row->kind == EB_LAZY_PLUG && c == row->index)
                plug[c * ev->T + row->slot] += fmax(0, paid);
            if (row->kind == EB_LAZY_POWER && here) charge[c * ev->T + row->slot] += paid;
            if (row->kind == EB_LAZY_DELIVERY && here) discharge[c * ev->T + row->slot] += paid;
        }
    }
    duals->charge = charge;
    duals->discharge = discharge;
    duals->plug = plug;
    return eb_triples_price(prices, scratch, duals);
}

/* Trips that a dive has covered already, and those that are not to be planned. */
static enum az_status price_fixed(const struct eb_master *master, const struct az_prices *prices,
                                  struct az_arena *scratch, struct eb_duals *duals)
{
    const struct eb_network *net = master->network;
    duals->skip = master->kept;
    if (prices->fixed_count == 0) return AZ_OK;
    unsigned char *skip = AZ_ARRAY(scratch, net->trip_count, unsigned char);
    if (!skip) return AZ_NO_MEMORY;
    for (size_t n = 0; master->kept && n < net->trip_count; n++) skip[n] = master->kept[n];
    for (size_t k = 0; k < prices->fixed_count; k++) {
        const struct eb_duty *duty = prices->fixed[k]->data;
        for (size_t l = 0; l < duty->leg_count; l++)
            if (duty->legs[l].trip != AZ_NO_INDEX) skip[net->order[duty->legs[l].trip]] = 1;
    }
    duals->skip = skip;
    return AZ_OK;
}

static enum az_status price(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound)
{
    const struct eb_master *master = data;
    const struct eb_network *net = master->network;
    size_t limit = prices->limit > 0 ? prices->limit : 1, count = 0;
    struct eb_duals duals = { .cost_scale =
                                  master->measure == EB_MEASURE_FLEET ? 0 : prices->cost_scale,
                              .trip = prices->pi };
    struct eb_duty **duties = AZ_ARRAY(scratch, limit, struct eb_duty *);
    double *costs = AZ_ARRAY(scratch, limit, double);
    if (!duties || !costs) return AZ_NO_MEMORY;
    AZ_TRY(price_counts(master, block, prices, scratch, &duals));
    AZ_TRY(price_energy(master, prices, scratch, &duals));
    AZ_TRY(price_fixed(master, prices, scratch, &duals));
    AZ_TRY(eb_decisions_apply(net, prices->decisions, prices->decision_count, scratch, &duals));
    AZ_TRY(eb_pricer_of(net, block)(net, block, &duals, prices->effort, prices->block_dual, limit,
                                    arena, scratch, duties, costs, &count, bound));
    for (size_t k = 0; k < count; k++) {
        struct az_block_column column;
        AZ_TRY(eb_master_column(master, duties[k], arena, &column));
        AZ_TRY(az_block_columns_add(out, &column));
    }
    return AZ_OK;
}

/* --- chargers and power, when they bind ------------------------------------------------------- */

static double coefficient(void *data, const struct az_master_row *row,
                          const struct az_block_column *column)
{
    const struct eb_master *master = data;
    const struct eb_lazy_row *lazy = row->data;
    const struct eb_duty *duty = column->data;
    double sum = 0;
    if (lazy->kind == EB_LAZY_TRIPLE) return eb_triple_count(master->network, lazy->trip, duty) / 2;
    for (size_t l = 0; l < duty->leg_count; l++)
        for (size_t s = 0; s < duty->legs[l].stay_count; s++) {
            const struct eb_stay *stay = &duty->legs[l].stays[s];
            if (stay->charger == AZ_NO_INDEX || lazy->slot < stay->first_slot ||
                lazy->slot >= stay->first_slot + stay->slot_count)
                continue;
            size_t k = lazy->slot - stay->first_slot;
            double charge = stay->charge_kwh ? stay->charge_kwh[k] : 0;
            double discharge = stay->discharge_kwh ? stay->discharge_kwh[k] : 0;
            bool here = master->ev->chargers.items[stay->charger].place.index == lazy->index;
            if (lazy->kind == EB_LAZY_PLUG && stay->charger == lazy->index)
                sum += charge > AZ_ZERO || discharge > AZ_ZERO;
            if (lazy->kind == EB_LAZY_POWER && here) sum += charge;
            if (lazy->kind == EB_LAZY_DELIVERY && here) sum += discharge;
        }
    return sum;
}

/* Activities of all charger, power and delivery rows, [kinds][index * T + slot]. */
static enum az_status usage(const struct eb_master *master,
                            const struct az_master_solution *solution, struct az_arena *arena,
                            double *use[3])
{
    const struct eb_instance *ev = master->ev;
    use[EB_LAZY_PLUG] = AZ_ARRAY(arena, ev->chargers.count * ev->T, double);
    use[EB_LAZY_POWER] = AZ_ARRAY(arena, ev->places.count * ev->T, double);
    use[EB_LAZY_DELIVERY] = AZ_ARRAY(arena, ev->places.count * ev->T, double);
    if (!use[0] || !use[1] || !use[2]) return AZ_NO_MEMORY;
    for (size_t i = 0; i < solution->count; i++) {
        const struct eb_duty *duty = solution->columns[i]->data;
        for (size_t l = 0; l < duty->leg_count; l++)
            for (size_t s = 0; s < duty->legs[l].stay_count; s++) {
                const struct eb_stay *stay = &duty->legs[l].stays[s];
                if (stay->charger == AZ_NO_INDEX) continue;
                size_t place = ev->chargers.items[stay->charger].place.index;
                for (size_t k = 0; k < stay->slot_count; k++) {
                    size_t t = stay->first_slot + k;
                    double charge = stay->charge_kwh ? stay->charge_kwh[k] : 0;
                    double discharge = stay->discharge_kwh ? stay->discharge_kwh[k] : 0;
                    if (charge > AZ_ZERO || discharge > AZ_ZERO)
                        use[EB_LAZY_PLUG][stay->charger * ev->T + t] += solution->values[i];
                    use[EB_LAZY_POWER][place * ev->T + t] += solution->values[i] * charge;
                    use[EB_LAZY_DELIVERY][place * ev->T + t] += solution->values[i] * discharge;
                }
            }
    }
    return AZ_OK;
}

/* A row  use <= limit (+ chosen). */
static enum az_status add_lazy(struct eb_master *master, int kind, size_t index, size_t slot,
                               double limit, size_t extra, struct az_master_row_list *out)
{
    struct eb_lazy_row *lazy = AZ_NEW(master->arena, struct eb_lazy_row);
    size_t *column = AZ_NEW(master->arena, size_t);
    double *value = AZ_NEW(master->arena, double);
    if (!lazy || !column || !value) return AZ_NO_MEMORY;
    *lazy = (struct eb_lazy_row){ .kind = kind, .index = index, .slot = slot };
    *column = extra;
    *value = -1;
    struct az_master_row row = { .lower = -INFINITY,
                                 .upper = limit,
                                 .static_count = extra != AZ_NO_INDEX,
                                 .static_column = column,
                                 .static_value = value,
                                 .data = lazy };
    return az_master_row_list_add(out, &row);
}

enum az_status eb_master_plug_row(struct eb_master *master, size_t charger, size_t slot,
                                  struct az_master_row_list *out)
{
    double count = (double)master->ev->chargers.items[charger].count;
    master->plug_added[charger * master->ev->T + slot] = true;
    return add_lazy(master, EB_LAZY_PLUG, charger, slot, count, master->extra[charger], out);
}

static enum az_status separate(void *data, const struct az_master_solution *solution,
                               struct az_master_row_list *out)
{
    struct eb_master *master = data;
    const struct eb_instance *ev = master->ev;
    enum az_status status = AZ_OK;
    double *use[3], slack = AZ_FEASIBILITY_TOLERANCE;
    if (master->balance_row == AZ_NO_INDEX) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    AZ_GOTO(usage(master, solution, scratch, use));
    for (size_t c = 0; c < ev->chargers.count; c++)
        for (size_t t = 0; t < ev->T && !ev->chargers.items[c].no_limit; t++) {
            size_t extra = master->extra[c], k = c * ev->T + t;
            double count = (double)ev->chargers.items[c].count;
            double limit = count + (extra == AZ_NO_INDEX ? 0 : solution->x[extra]);
            if (master->plug_added[k] || use[EB_LAZY_PLUG][k] <= limit + slack) continue;
            AZ_GOTO(eb_master_plug_row(master, c, t, out));
        }
    for (size_t p = 0; p < ev->places.count; p++) {
        double power = ev->places.items[p].power_limit_kw * ev->dt;
        double delivery = ev->places.items[p].delivery_limit_kw * ev->dt;
        if (isnan(delivery)) delivery = power;
        for (size_t t = 0; t < ev->T; t++) {
            size_t k = p * ev->T + t;
            if (!master->power_added[k] && use[EB_LAZY_POWER][k] > power + slack) {
                AZ_GOTO(add_lazy(master, EB_LAZY_POWER, p, t, power, AZ_NO_INDEX, out));
                master->power_added[k] = true;
            }
            if (!master->delivery_added[k] && use[EB_LAZY_DELIVERY][k] > delivery + slack) {
                AZ_GOTO(add_lazy(master, EB_LAZY_DELIVERY, p, t, delivery, AZ_NO_INDEX, out));
                master->delivery_added[k] = true;
            }
        }
    }
    if (out->count == 0) status = eb_triples_separate(master, solution, out);
done:
    az_arena_free(scratch);
    return status;
}

/* --- the whole -------------------------------------------------------------------------------- */

eb_pricer *eb_pricer_of(const struct eb_network *network, size_t source)
{
    const struct eb_instance *ev = network->ev;
    if (ev->drivers && ev->timed) return eb_price_energy;
    if (!ev->types.items[network->sources[source].type].has_battery) return eb_price_path;
    return ev->T == 0 ? eb_price_charge : eb_price_energy;
}

static void set_problem(struct eb_master *master)
{
    master->problem = (struct az_colgen_problem){ .master = master->model,
                                                  .integral_row = master->integral_row,
                                                  .block_count = master->network->source_count,
                                                  .blocks = master->blocks,
                                                  .effort_count = 1,
                                                  .data = master,
                                                  .price = price,
                                                  .allows = eb_allows,
                                                  .branchings = eb_branchings };
    for (size_t s = 0; s < master->network->source_count; s++)
        if (eb_pricer_of(master->network, s) != eb_price_path)
            master->problem.effort_count = EFFORTS;
    if (master->balance_row != AZ_NO_INDEX) {
        master->problem.mends = EB_MENDS;
        master->problem.thorough = true;
        master->problem.branches_early = true; /* sources may differ by their start charge alone */
        master->problem.separate = separate;
        master->problem.coefficient = coefficient;
    }
}

enum az_status eb_master_new(struct eb_network *network, int measure, double fleet_min,
                             double fleet_max, double unserved_max, struct az_arena *arena,
                             struct eb_master **out)
{
    struct eb_master *master = AZ_NEW(arena, struct eb_master);
    *out = master;
    if (!master) return AZ_NO_MEMORY;
    master->ev = network->ev;
    master->network = network;
    master->arena = arena;
    master->measure = measure;
    master->balance_row = AZ_NO_INDEX;
    if (!take_arrays(master)) return AZ_NO_MEMORY;
    master->model = az_model_new(arena, AZ_MINIMIZE);
    add_trip_rows(master, unserved_max);
    add_count_rows(master, fleet_min, fleet_max);
    add_return_rows(master);
    add_unserved_row(master, unserved_max);
    AZ_TRY(add_energy(master));
    AZ_TRY(az_model_finish(master->model));
    AZ_TRY(mark_integral(master));
    for (size_t s = 0; s < network->source_count; s++)
        master->blocks[s] =
            (struct az_block){ network->sources[s].count_min, network->sources[s].count_max };
    set_problem(master);
    for (size_t s = 0; s < network->source_count; s++)
        if (eb_pricer_of(network, s) == eb_price_charge) return eb_charge_prepare(network);
    return AZ_OK;
}
