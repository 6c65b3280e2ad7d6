/* problem.c - columns, rows and what rows have of columns; families of rows are in problem_rows.c.
 */
#include "formulations/siting/problem.h"

#include <math.h>

#include "formulations/siting/network.h"
#include "formulations/siting/problem_rows.h"
#include "formulations/siting/separate.h"
#include "solver/tolerances.h"

#define ROUNDING 1e-7 /* relative: what a row that nothing can change may lack */

/* --- growing ---------------------------------------------------------------------------------- */

#define GROW(problem, items, count, capacity) \
    ((count) < (capacity)                     \
         ? AZ_OK                              \
         : grow((problem)->arena, (void **)&(items), (count), &(capacity), sizeof *(items)))

static enum az_status grow(struct az_arena *arena, void **items, size_t count, size_t *capacity,
                           size_t size)
{
    size_t room = count < 32 ? 64 : 2 * count;
    void *grown = az_arena_grow(arena, *items, count, room, size);
    if (!grown) return AZ_NO_MEMORY;
    *items = grown;
    *capacity = room;
    return AZ_OK;
}

static enum az_status add_entry(struct st_problem *p, size_t row, size_t column, double value,
                                size_t *first)
{
    if (value == 0) return AZ_OK;
    AZ_TRY(GROW(p, p->entries, p->entry_count, p->entry_capacity));
    p->entries[p->entry_count] =
        (struct st_entry){ .row = row, .column = column, .value = value, .next = *first };
    *first = p->entry_count++;
    return AZ_OK;
}

enum az_status st_add_static_entry(struct st_problem *p, size_t row, size_t index, double value)
{
    return add_entry(p, row, p->option_count + index, value, &p->static_entry[index]);
}

enum az_status st_add_option_entry(struct st_problem *p, size_t row, size_t option, double value)
{
    return add_entry(p, row, option, value, &p->option_entry[option]);
}

/* Rows over the cost have statics by what these cost, whichever is added first. */
enum az_status st_add_row(struct st_problem *p, const struct st_row *row, size_t *index)
{
    AZ_TRY(GROW(p, p->rows, p->row_count, p->row_capacity));
    p->rows[p->row_count] = *row;
    *index = p->row_count++;
    if (row->measure != ST_OF_COST) return AZ_OK;
    AZ_TRY(GROW(p, p->cost_row, p->cost_row_count, p->cost_row_room));
    p->cost_row[p->cost_row_count++] = *index;
    for (size_t j = 0; j < p->static_count; j++)
        AZ_TRY(st_add_static_entry(p, *index, j, row->factor * p->statics[j].cost));
    return AZ_OK;
}

enum az_status st_add_static(struct st_problem *p, const struct st_static *column, size_t *index)
{
    AZ_TRY(GROW(p, p->statics, p->static_count, p->static_capacity));
    AZ_TRY(GROW(p, p->static_entry, p->static_count, p->static_entry_room));
    p->statics[p->static_count] = *column;
    p->static_entry[p->static_count] = AZ_NO_INDEX;
    *index = p->static_count++;
    for (size_t i = 0; i < p->cost_row_count; i++)
        AZ_TRY(st_add_static_entry(p, p->cost_row[i], *index,
                                   p->rows[p->cost_row[i]].factor * column->cost));
    return AZ_OK;
}

enum az_status st_add_weight(struct st_problem *p, size_t row, size_t hour, size_t place,
                             double by_p, double by_q)
{
    if (fabs(by_p) < AZ_ZERO && fabs(by_q) < AZ_ZERO) return AZ_OK;
    AZ_TRY(GROW(p, p->weights, p->weight_count, p->weight_capacity));
    p->weights[p->weight_count] = (struct st_weight){
        .row = row, .hour = hour, .p = by_p, .q = by_q, .next = p->place_weight[place]
    };
    p->place_weight[place] = p->weight_count++;
    return AZ_OK;
}

/* --- what rows have of columns ---------------------------------------------------------------- */

bool st_in_group(const struct st_instance *in, const struct st_group *group, size_t site)
{
    const struct st_site *s = &in->sites.items[site];
    if (group->district != AZ_NO_INDEX && (!s->district.id || s->district.index != group->district))
        return false;
    if (group->kind >= 0 && s->kind != group->kind) return false;
    return group->operator_index == AZ_NO_INDEX || s->operator_index == group->operator_index;
}

double st_measured(const struct st_problem *p, const struct st_row *row, size_t option)
{
    const struct st_option *o = p->option[option];
    const struct st_value *value = &p->values->value[option];
    const struct st_site *site = &p->in->sites.items[p->values->site[option]];
    if (o->year < row->group.from_year || o->year > row->group.until_year) return 0;
    switch (row->measure) {
    case ST_OF_COUNT:
        return 1;
    case ST_OF_PV_KW:
        return o->pv_kw;
    case ST_OF_BATTERY_KW:
        return o->battery_kw;
    case ST_OF_BATTERY_KWH:
        return o->battery_kwh;
    case ST_OF_ROOF:
        return o->pv_kw > 0 && site->built_pv_kw <= 0 ? 1 : 0;
    case ST_OF_CO2:
        return value->co2_t;
    case ST_OF_COST:
        return value->cost_jpy;
    case ST_OF_SPENT:
        return value->spent_jpy;
    default:
        return 0;
    }
}

static double reactive_of(const struct st_problem *p, size_t option, size_t hour)
{
    return p->values->reactive ? p->values->reactive[option * p->values->hour_count + hour] : 0;
}

static size_t add_to(struct st_coefficient out[], size_t count, size_t row, double value)
{
    if (value == 0) return count;
    out[count] = (struct st_coefficient){ row, value };
    return count + 1;
}

static size_t add_entries(const struct st_problem *p, size_t first, struct st_coefficient out[],
                          size_t count)
{
    for (size_t e = first; e != AZ_NO_INDEX; e = p->entries[e].next)
        out[count++] = (struct st_coefficient){ p->entries[e].row, p->entries[e].value };
    return count;
}

size_t st_option_coefficients(const struct st_problem *p, size_t option,
                              struct st_coefficient out[])
{
    const struct st_values *values = p->values;
    size_t site = values->site[option], count = 0;
    for (size_t i = p->site_row_start[site]; i < p->site_row_start[site + 1]; i++) {
        const struct st_row *row = &p->rows[p->site_row[i]];
        count = add_to(out, count, p->site_row[i], row->factor * st_measured(p, row, option));
    }
    for (size_t g = 0; g < p->goal_count; g++) {
        const struct st_row *row = &p->rows[p->goal_rows[g]];
        count = add_to(out, count, p->goal_rows[g], row->factor * st_measured(p, row, option));
    }
    count = add_entries(p, p->option_entry[option], out, count);
    if (!p->place || p->place[site] == AZ_NO_INDEX || !values->injection) return count;
    const double *injection = &values->injection[option * values->hour_count];
    for (size_t w = p->place_weight[p->place[site]]; w != AZ_NO_INDEX; w = p->weights[w].next) {
        const struct st_weight *weight = &p->weights[w];
        double value = weight->p * injection[weight->hour];
        if (weight->q != 0) value += weight->q * reactive_of(p, option, weight->hour);
        if (fabs(value) >= AZ_ZERO) count = add_to(out, count, weight->row, value);
    }
    return count;
}

size_t st_static_coefficients(const struct st_problem *p, size_t index, struct st_coefficient out[])
{
    return add_entries(p, p->static_entry[index], out, 0);
}

double st_row_scale(double largest)
{
    return largest > 0 ? exp2(-round(log2(largest))) : 1;
}

bool st_row_holds(const struct st_row *row, double activity)
{
    double leeway = ROUNDING * fmax(1, fabs(isfinite(row->upper) ? row->upper : row->lower));
    return row->lower - activity <= leeway && row->upper - activity >= -leeway;
}

/* --- levels ----------------------------------------------------------------------------------- */

double st_option_cost(const struct st_problem *p, size_t option)
{
    if (p->level == ST_LEVEL_COST) return p->values->value[option].cost_jpy;
    if (p->level == ST_LEVEL_RANK && p->in->objective == ST_CO2)
        return -p->values->value[option].co2_t;
    return 0;
}

double st_static_cost(const struct st_problem *p, const struct st_static *column)
{
    if (p->level == ST_LEVEL_COST) return column->cost;
    if (p->level == ST_LEVEL_PENALTY) return column->penalty;
    return p->level == ST_LEVEL_RANK && p->in->objective == ST_PEOPLE ? -column->people : 0;
}

/* What a level has of the plan stays at most at `most`. */
enum az_status st_problem_hold(struct st_problem *p, enum st_level level, double most)
{
    bool co2 = level == ST_LEVEL_RANK && p->in->objective == ST_CO2;
    size_t index;
    struct st_row row = { .lower = -INFINITY,
                          .upper = most,
                          .measure = co2 ? ST_OF_CO2 : ST_NO_MEASURE,
                          .factor = -1,
                          .group = { AZ_NO_INDEX, AZ_NO_INDEX, -1, 0, ST_MAX_YEARS } };
    AZ_TRY(st_add_row(p, &row, &index));
    if (co2) p->goal_rows[p->goal_count++] = index;
    for (size_t j = 0; j < p->static_count; j++) {
        const struct st_static *column = &p->statics[j];
        double value = level == ST_LEVEL_PENALTY ? column->penalty : co2 ? 0 : -column->people;
        AZ_TRY(st_add_static_entry(p, index, j, value));
    }
    return AZ_OK;
}

/* --- building --------------------------------------------------------------------------------- */

static enum az_status list_options(struct st_problem *p)
{
    const struct st_instance *in = p->in;
    p->option = AZ_ARRAY(p->arena, p->option_count, const struct st_option *);
    p->allowed = AZ_ARRAY(p->arena, p->option_count, bool);
    p->option_entry = AZ_ARRAY(p->arena, p->option_count, size_t);
    p->forced = AZ_ARRAY(p->arena, in->sites.count, bool);
    if (!p->option || !p->allowed || !p->option_entry || !p->forced) return AZ_NO_MEMORY;
    for (size_t s = 0; s < in->sites.count; s++) {
        const struct st_site *site = &in->sites.items[s];
        p->forced[s] = site->decided == ST_IN;
        for (size_t o = p->values->first[s]; o < p->values->first[s + 1]; o++) {
            p->option[o] = &site->option[o - p->values->first[s]];
            p->allowed[o] = p->values->value[o].refusal == ST_ALLOWED && site->decided != ST_OUT;
            p->option_entry[o] = AZ_NO_INDEX;
        }
    }
    return AZ_OK;
}

/* Rows by group of each site. */
static enum az_status list_site_rows(struct st_problem *p)
{
    size_t sites = p->in->sites.count;
    p->group_row_count = p->row_count;
    p->site_row_start = AZ_ARRAY(p->arena, sites + 1, size_t);
    if (!p->site_row_start) return AZ_NO_MEMORY;
    for (int fill = 0; fill < 2; fill++) {
        size_t count = 0;
        for (size_t s = 0; s < sites; s++) {
            p->site_row_start[s] = count;
            for (size_t r = 0; r < p->row_count; r++) {
                if (p->rows[r].measure == ST_NO_MEASURE) continue;
                if (!st_in_group(p->in, &p->rows[r].group, s)) continue;
                if (fill) p->site_row[count] = r;
                count++;
            }
        }
        p->site_row_start[sites] = count;
        if (!fill) p->site_row = AZ_ARRAY(p->arena, count, size_t);
        if (!p->site_row) return AZ_NO_MEMORY;
    }
    return AZ_OK;
}

enum az_status st_problem_new(const struct st_instance *in, const struct st_values *values,
                              struct az_arena *arena, struct st_problem **problem)
{
    struct st_problem *p = AZ_NEW(arena, struct st_problem);
    if (!p) return AZ_NO_MEMORY;
    p->in = in;
    p->values = values;
    p->arena = arena;
    p->option_count = values->option_count;
    p->level = ST_LEVEL_COST;
    AZ_TRY(list_options(p));
    AZ_TRY(st_problem_statics(p));
    AZ_TRY(st_problem_budgets(p));
    AZ_TRY(st_problem_limits(p));
    AZ_TRY(list_site_rows(p));
    AZ_TRY(st_problem_coverage(p));
    AZ_TRY(st_problem_deliveries(p));
    AZ_TRY(st_problem_arming(p));
    AZ_TRY(st_network_new(p));
    AZ_TRY(st_all_trips(p));
    for (size_t j = 0; j < p->static_count; j++)
        p->has_penalty = p->has_penalty || p->statics[j].penalty > 0;
    p->has_rank = in->objective != ST_COST;
    *problem = p;
    return AZ_OK;
}
