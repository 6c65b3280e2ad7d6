/* columns.c - the master problem of rounds, and its prices as pricing reads them. */
#include "formulations/clinic/columns.h"

#include <math.h>
#include <stdlib.h>

#include "solver/tolerances.h"

#define MANY_CREWS 4 /* from so many on most have nothing that pays */

/* --- rows and static columns --------------------------------------------------------------------
 */

static const struct cl_weights weights_of[] = {
    [CL_MEASURE_UNSERVED] = { .unserved = 1 },
    [CL_MEASURE_CHANGES] = { .changes = 1 },
    [CL_MEASURE_SUM] = { .unserved = 1, .changes = 1, .cost = 1 },
    [CL_MEASURE_GIVE] = { .unserved = 1, .changes = 1 },
};

static size_t *no_rows(struct az_arena *arena, size_t count)
{
    size_t *rows = AZ_ARRAY(arena, count, size_t);
    for (size_t i = 0; rows && i < count; i++) rows[i] = AZ_NO_INDEX;
    return rows;
}

/* All change prices together: what a plan that keeps nothing pays. */
static double all_changes(const struct cl_instance *cl)
{
    double sum = 0;
    for (size_t a = 0; a < cl->appointment_count; a++)
        if (cl->appointment[a].status == CL_CONFIRMED && cl->appointment[a].day != AZ_NO_INDEX)
            sum += cl_promise_jpy(cl, a);
    return sum;
}

static void add_static_columns(struct cl_master *master, double unserved_max)
{
    const struct cl_instance *cl = master->ground->cl;
    const struct cl_weights *weights = &master->weights;
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        for (size_t p = 0; p < site->pattern_count; p++) {
            size_t column = az_column(master->model, 0, 1,
                                      weights->cost * site->pattern[p].price_jpy, true, NULL);
            if (p == 0) master->pattern_column[i] = column;
        }
        if (site->left_out_jpy <= unserved_max && isfinite(site->left_out_jpy))
            master->left_out_column[i] =
                az_column(master->model, 0, 1, weights->unserved * site->left_out_jpy, true, NULL);
    }
    master->online_column = master->model->column_count;
    for (size_t o = 0; o < master->online_count; o++) {
        const struct cl_way *way = &master->ground->ways.items[master->online_way[o]];
        double cost =
            weights->cost * way->cost_jpy - weights->changes * cl_kept_jpy(master->ground, way);
        (void)az_column(master->model, 0, 1, cost, true, NULL);
    }
}

/* A site takes one of its patterns, or nothing:  sum_p z_ip + u_i = 1 */
static void add_site_rows(struct cl_master *master)
{
    const struct cl_instance *cl = master->ground->cl;
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        bool is_over = site->pattern_count == 0 && site->left_out_jpy == 0;
        if (is_over) continue;
        (void)az_row(master->model, 1, 1, NULL);
        for (size_t p = 0; p < site->pattern_count; p++)
            az_entry(master->model, master->pattern_column[i] + p, 1);
        if (master->left_out_column[i] != AZ_NO_INDEX)
            az_entry(master->model, master->left_out_column[i], 1);
    }
}

/* On each day a site is visited when its pattern says so, and only then:
 *   sum_r a_rid y_r + sum_o a_oid o - sum_{p with d} z_ip = 0 */
static void add_cover_rows(struct cl_master *master)
{
    const struct cl_instance *cl = master->ground->cl;
    for (size_t i = 0; i < cl->sites.count; i++) {
        const struct cl_site *site = &cl->sites.items[i];
        uint32_t days = 0;
        for (size_t p = 0; p < site->pattern_count; p++) days |= site->pattern[p].days;
        for (size_t d = cl->first_day; d < (size_t)cl->days; d++) {
            if (!((days & ~site->done) >> d & 1)) continue;
            master->cover_row[i * (size_t)cl->days + d] = az_row(master->model, 0, 0, NULL);
            for (size_t p = 0; p < site->pattern_count; p++)
                if (site->pattern[p].days >> d & 1)
                    az_entry(master->model, master->pattern_column[i] + p, -1);
            for (size_t o = 0; o < master->online_count; o++) {
                const struct cl_way *way = &master->ground->ways.items[master->online_way[o]];
                if (way->site == i && way->day == d)
                    az_entry(master->model, master->online_column + o, 1);
            }
        }
    }
}

/* How many rounds of a vehicle, and of all, there are in the week: nothing but whole. */
static void add_fleet_rows(struct cl_master *master)
{
    const struct cl_instance *cl = master->ground->cl;
    size_t days = (size_t)cl->days, rows = 0, vehicles = cl->vehicles.count;
    for (size_t v = 0; v < vehicles; v++) {
        double most = 0;
        size_t count = 0;
        for (size_t d = cl->first_day; d < days; d++) {
            if (master->vehicle_row[v * days + d] == AZ_NO_INDEX) continue;
            most += (double)cl->vehicles.items[v].fleet[d];
            count++;
        }
        rows += count;
        if (count > 1) master->fleet_row[v] = az_row(master->model, 0, most, NULL);
    }
    if (vehicles > 1 && rows > 1)
        master->fleet_row[vehicles] = az_row(master->model, 0, INFINITY, NULL);
}

/* Vehicles, staff, remote slots. */
static void add_capacity_rows(struct cl_master *master)
{
    const struct cl_ground *ground = master->ground;
    const struct cl_instance *cl = ground->cl;
    for (size_t v = 0; v < cl->vehicles.count; v++)
        for (size_t d = cl->first_day; d < (size_t)cl->days; d++)
            if (cl->vehicles.items[v].days >> d & 1)
                master->vehicle_row[v * (size_t)cl->days + d] =
                    az_row(master->model, 0, (double)cl->vehicles.items[v].fleet[d], NULL);
    for (size_t g = 0; g < ground->teams.group_count; g++)
        master->group_row[g] =
            az_row(master->model, 0, (double)ground->teams.groups[g].count, NULL);
    for (size_t s = 0; s < ground->ways.slot_count; s++) {
        master->slot_row[s] =
            az_row(master->model, 0, (double)ground->ways.slots[s].capacity, NULL);
        for (size_t o = 0; o < master->online_count; o++) {
            const struct cl_way *way = &ground->ways.items[master->online_way[o]];
            if (way->doctor == s || way->pharmacist == s)
                az_entry(master->model, master->online_column + o, 1);
        }
    }
}

/* What the levels before have found:  sum_i left_out_i u_i <= unserved_max  and
 *   sum kept y + sum kept o >= all changes - changes_max */
static void add_level_rows(struct cl_master *master, double unserved_max, double changes_max)
{
    const struct cl_instance *cl = master->ground->cl;
    if (isfinite(unserved_max)) {
        double slack = AZ_BOUND_TOLERANCE * fmax(1, unserved_max);
        az_row(master->model, -INFINITY, unserved_max + slack, NULL);
        for (size_t i = 0; i < cl->sites.count; i++)
            if (master->left_out_column[i] != AZ_NO_INDEX)
                az_entry(master->model, master->left_out_column[i],
                         cl->sites.items[i].left_out_jpy);
    }
    double all = all_changes(cl);
    if (isfinite(changes_max) && changes_max < all) {
        double slack = AZ_BOUND_TOLERANCE * fmax(1, all);
        master->changes_row = az_row(master->model, all - changes_max - slack, INFINITY, NULL);
        for (size_t o = 0; o < master->online_count; o++)
            az_entry(
                master->model, master->online_column + o,
                cl_kept_jpy(master->ground, &master->ground->ways.items[master->online_way[o]]));
    }
}

/* --- columns ------------------------------------------------------------------------------------
 */

struct entry {
    size_t row;
    double value;
};

static int by_row(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return (x->row > y->row) - (x->row < y->row);
}

/* Appends an entry; of one row several may come. */
static void put(struct entry entries[], size_t *count, size_t row, double value)
{
    if (row != AZ_NO_INDEX && value != 0)
        entries[(*count)++] = (struct entry){ .row = row, .value = value };
}

enum az_status cl_master_column(const struct cl_master *master, const struct cl_tour *tour,
                                struct az_arena *arena, struct az_block_column *column)
{
    const struct cl_ground *ground = master->ground;
    const struct cl_team *team = &ground->teams.items[tour->team];
    size_t days = (size_t)ground->cl->days, count = 0, sum = 0;
    struct entry *entries = AZ_ARRAY(arena, 3 * tour->count + team->member_count + 4, struct entry);
    size_t *row = AZ_ARRAY(arena, 3 * tour->count + team->member_count + 4, size_t);
    double *value = AZ_ARRAY(arena, 3 * tour->count + team->member_count + 4, double);
    if (!entries || !row || !value) return AZ_NO_MEMORY;
    put(entries, &count, master->vehicle_row[team->vehicle * days + team->day], 1);
    put(entries, &count, master->fleet_row[team->vehicle], 1);
    put(entries, &count, master->fleet_row[ground->cl->vehicles.count], 1);
    for (size_t m = 0; m < team->member_count; m++)
        put(entries, &count, master->group_row[ground->teams.classes[team->classes[m]].group], 1);
    for (size_t k = 0; k < tour->count; k++) {
        if (tour->stops[k].kind != CL_STOP_VISIT) continue;
        const struct cl_way *way = &ground->ways.items[tour->stops[k].index];
        put(entries, &count, master->cover_row[way->site * days + way->day], 1);
        if (way->doctor != AZ_NO_INDEX) put(entries, &count, master->slot_row[way->doctor], 1);
        if (way->pharmacist != AZ_NO_INDEX)
            put(entries, &count, master->slot_row[way->pharmacist], 1);
    }
    put(entries, &count, master->changes_row, tour->kept_jpy);
    qsort(entries, count, sizeof *entries, by_row);
    for (size_t k = 0; k < count; k++) {
        if (sum > 0 && row[sum - 1] == entries[k].row) {
            value[sum - 1] += entries[k].value;
        } else {
            row[sum] = entries[k].row;
            value[sum++] = entries[k].value;
        }
    }
    *column = (struct az_block_column){ .block = tour->team,
                                        .cost = master->weights.cost * tour->cost_jpy -
                                                master->weights.changes * tour->kept_jpy,
                                        .entry_count = sum,
                                        .row = row,
                                        .value = value,
                                        .data = tour };
    return AZ_OK;
}

/* --- prices -------------------------------------------------------------------------------------
 */

static double price_of(const struct az_prices *prices, size_t row)
{
    return row == AZ_NO_INDEX ? 0 : prices->pi[row];
}

/* Cuts of the day that have a price. */
static enum az_status cut_prices(const struct az_prices *prices, size_t day,
                                 struct az_arena *scratch, struct cl_round_prices *paid)
{
    const struct cl_cut **cuts = AZ_ARRAY(scratch, prices->added_count + 1, const struct cl_cut *);
    double *price = AZ_ARRAY(scratch, prices->added_count + 1, double);
    if (!cuts || !price) return AZ_NO_MEMORY;
    for (size_t r = 0; r < prices->added_count; r++) {
        const struct cl_cut *cut = prices->added[r].data;
        if (!cl_cut_is_of(cut, day) || !(prices->added_pi[r] < 0)) continue;
        cuts[paid->cut_count] = cut;
        price[paid->cut_count++] = prices->added_pi[r];
    }
    paid->cut = cuts;
    paid->cut_price = price;
    return AZ_OK;
}

/* A site without a row is in no pattern with this day: nobody goes there. */
static double visit_price(const struct cl_master *master, const struct az_prices *prices,
                          size_t site, size_t day)
{
    size_t row = master->cover_row[site * (size_t)master->ground->cl->days + day];
    return row == AZ_NO_INDEX ? -INFINITY : prices->pi[row];
}

static enum az_status prices_of(const struct cl_master *master, const struct az_prices *prices,
                                const struct cl_team *team, struct az_arena *scratch,
                                struct cl_round_prices *paid)
{
    const struct cl_ground *ground = master->ground;
    const struct cl_instance *cl = ground->cl;
    double *visit = AZ_ARRAY(scratch, cl->sites.count + 1, double);
    double *slot = AZ_ARRAY(scratch, ground->ways.slot_count + 1, double);
    if (!visit || !slot) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->sites.count; i++)
        visit[i] = visit_price(master, prices, i, team->day);
    for (size_t s = 0; s < ground->ways.slot_count; s++)
        slot[s] = price_of(prices, master->slot_row[s]);
    *paid = (struct cl_round_prices){
        .cost = prices->cost_scale * master->weights.cost,
        .kept =
            prices->cost_scale * master->weights.changes + price_of(prices, master->changes_row),
        .round =
            price_of(prices, master->vehicle_row[team->vehicle * (size_t)cl->days + team->day]) +
            price_of(prices, master->fleet_row[team->vehicle]) +
            price_of(prices, master->fleet_row[cl->vehicles.count]),
        .visit = visit,
        .slot = slot,
        .below = prices->block_dual - prices->tolerance,
        .effort = prices->effort,
        .limit = prices->limit,
        .many = ground->teams.count >= MANY_CREWS,
    };
    for (size_t m = 0; m < team->member_count; m++)
        paid->round +=
            price_of(prices, master->group_row[ground->teams.classes[team->classes[m]].group]);
    AZ_TRY(cut_prices(prices, team->day, scratch, paid));
    return cl_decisions_apply(ground, prices->decisions, prices->decision_count, team->day, scratch,
                              paid);
}

static enum az_status price(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound)
{
    const struct cl_master *master = data;
    struct cl_round_prices paid;
    struct cl_priced_round *rounds;
    size_t count;
    const struct cl_team *team = &master->ground->teams.items[block];
    struct cl_memory *memory = cl_memory_of(master->memories, block);
    bool top = prices->effort == CL_EFFORTS - 1;
    *bound = -INFINITY;
    if (!top && prices->fixed_count == 0 && cl_memory_rests(memory)) return AZ_OK;
    AZ_TRY(prices_of(master, prices, team, scratch, &paid));
    paid.forgets = cl_memory_forgets(memory);
    if (top) *bound = cl_memory_bound(memory, master->ground, team, &paid);
    if (top && *bound >= paid.below) return AZ_OK;
    AZ_TRY(cl_price_rounds(master->ground, block, &paid, master->context, arena, scratch, &count,
                           &rounds, bound));
    if (prices->fixed_count == 0) cl_memory_tell(memory, count > 0);
    if (top) AZ_TRY(cl_memory_keep(memory, master->ground, &paid, *bound, arena));
    for (size_t k = 0; k < count; k++) {
        struct az_block_column column;
        AZ_TRY(cl_master_column(master, &rounds[k].tour, arena, &column));
        AZ_TRY(az_block_columns_add(out, &column));
    }
    return AZ_OK;
}

/* --- the whole ----------------------------------------------------------------------------------
 */

static enum az_status list_online(struct cl_master *master)
{
    const struct cl_ways *ways = &master->ground->ways;
    size_t *online = AZ_ARRAY(master->arena, ways->count + 1, size_t);
    if (!online) return AZ_NO_MEMORY;
    for (size_t w = 0; w < ways->count; w++)
        if (ways->items[w].online) online[master->online_count++] = w;
    master->online_way = online;
    return AZ_OK;
}

static bool take_arrays(struct cl_master *master)
{
    const struct cl_ground *ground = master->ground;
    const struct cl_instance *cl = ground->cl;
    size_t days = (size_t)cl->days;
    master->cover_row = no_rows(master->arena, cl->sites.count * days);
    master->vehicle_row = no_rows(master->arena, cl->vehicles.count * days);
    master->fleet_row = no_rows(master->arena, cl->vehicles.count + 1);
    master->group_row = no_rows(master->arena, ground->teams.group_count);
    master->slot_row = no_rows(master->arena, ground->ways.slot_count);
    master->pattern_column = no_rows(master->arena, cl->sites.count + 1);
    master->left_out_column = no_rows(master->arena, cl->sites.count);
    master->blocks = AZ_ARRAY(master->arena, ground->teams.count, struct az_block);
    master->memories = cl_memories_new(master->arena, ground->teams.count);
    master->changes_row = AZ_NO_INDEX;
    return master->cover_row && master->vehicle_row && master->fleet_row && master->group_row &&
           master->slot_row && master->pattern_column && master->left_out_column &&
           master->blocks && master->memories;
}

/* How often a crew can go out on its day: vehicles, and members of each group. */
static double most_rounds(const struct cl_ground *ground, const struct cl_team *team)
{
    double most = (double)ground->cl->vehicles.items[team->vehicle].fleet[team->day];
    for (size_t m = 0; m < team->member_count; m++) {
        size_t group = ground->teams.classes[team->classes[m]].group, of_group = 0;
        for (size_t k = 0; k < team->member_count; k++)
            of_group += ground->teams.classes[team->classes[k]].group == group;
        most = fmin(most, floor((double)ground->teams.groups[group].count / (double)of_group));
    }
    return most;
}

/* Counts of vehicles and staff that go out are whole. */
static enum az_status mark_integral(struct cl_master *master)
{
    const struct cl_instance *cl = master->ground->cl;
    master->integral_row = AZ_ARRAY(master->arena, master->model->row_count, bool);
    if (!master->integral_row) return AZ_NO_MEMORY;
    for (size_t k = 0; k < cl->vehicles.count * (size_t)cl->days; k++)
        if (master->vehicle_row[k] != AZ_NO_INDEX)
            master->integral_row[master->vehicle_row[k]] = true;
    for (size_t v = 0; v <= cl->vehicles.count; v++)
        if (master->fleet_row[v] != AZ_NO_INDEX) master->integral_row[master->fleet_row[v]] = true;
    for (size_t g = 0; g < master->ground->teams.group_count; g++)
        master->integral_row[master->group_row[g]] = true;
    return AZ_OK;
}

enum az_status cl_master_new(const struct cl_ground *ground, int measure, double unserved_max,
                             double changes_max, const struct az_context *context,
                             struct az_arena *arena, struct cl_master **out)
{
    struct cl_master *master = AZ_NEW(arena, struct cl_master);
    if (!master) return AZ_NO_MEMORY;
    *out = master;
    master->ground = ground;
    master->arena = arena;
    master->context = context;
    master->measure = measure;
    master->weights = weights_of[measure];
    master->model = az_model_new(arena, AZ_MINIMIZE);
    if (!master->model || !take_arrays(master)) return AZ_NO_MEMORY;
    AZ_TRY(list_online(master));
    add_static_columns(master, unserved_max);
    add_site_rows(master);
    add_cover_rows(master);
    add_capacity_rows(master);
    add_fleet_rows(master);
    add_level_rows(master, unserved_max, changes_max);
    master->model->offset = master->weights.changes * all_changes(ground->cl);
    AZ_TRY(az_model_finish(master->model));
    AZ_TRY(mark_integral(master));
    for (size_t t = 0; t < ground->teams.count; t++)
        master->blocks[t].max = most_rounds(ground, &ground->teams.items[t]);
    master->problem = (struct az_colgen_problem){ .master = master->model,
                                                  .integral_row = master->integral_row,
                                                  .block_count = ground->teams.count,
                                                  .blocks = master->blocks,
                                                  .effort_count = CL_EFFORTS,
                                                  .improves_early = measure == CL_MEASURE_SUM,
                                                  .data = master,
                                                  .price = price,
                                                  .allows = cl_allows,
                                                  .branchings = cl_branchings,
                                                  .separate = cl_separate,
                                                  .coefficient = cl_coefficient };
    return AZ_OK;
}
