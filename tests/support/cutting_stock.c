/* cutting_stock.c - see cutting_stock.h. */
#include "tests/support/cutting_stock.h"

#include <math.h>
#include <string.h>

void cs_random(struct cs *cs, struct az_random *random, struct az_arena *arena)
{
    *cs = (struct cs){ .arena = arena };
    cs->item_count = 3 + az_random_below(random, 3);
    cs->stock_count = 1 + az_random_below(random, 3);
    for (size_t s = 0; s < cs->stock_count; s++) {
        cs->length[s] = 20 + (int)az_random_below(random, 30);
        cs->most[s] = 12;
        cs->cost[s] = cs->length[s] + (double)az_random_below(random, 8);
    }
    for (size_t i = 0; i < cs->item_count; i++) {
        cs->width[i] = 5 + (int)az_random_below(random, 13);
        cs->demand[i] = 1 + (int)az_random_below(random, 4);
    }
}

/* --- the master --- */

static enum az_status master(struct cs *cs, struct az_model **model)
{
    *model = az_model_new(cs->arena, AZ_MINIMIZE);
    for (size_t i = 0; i < cs->item_count; i++) {
        cs->row[i] = az_row(*model, cs->demand[i],
                            cs->exact_rows ? (double)cs->demand[i] : (double)INFINITY, NULL);
        if (cs->shortage > 0)
            az_entry(*model, az_column(*model, 0, cs->demand[i], cs->shortage, true, NULL), 1);
    }
    return az_model_finish(*model);
}

/* --- pricing --- */

static enum az_status add_pattern(const struct cs *cs, size_t stock, const int count[],
                                  struct az_arena *arena, struct az_block_columns *out)
{
    size_t *row = AZ_ARRAY(arena, CS_ITEMS, size_t);
    double *value = AZ_ARRAY(arena, CS_ITEMS, double);
    if (!row || !value) return AZ_NO_MEMORY;
    struct az_block_column column = {
        .block = stock, .cost = cs->cost[stock], .row = row, .value = value
    };
    for (size_t i = 0; i < cs->item_count; i++) {
        if (count[i] == 0) continue;
        row[column.entry_count] = cs->row[i];
        value[column.entry_count++] = count[i];
    }
    return az_block_columns_add(out, &column);
}

/* Fills the roll with what is worth most for its width. */
static double greedy(const struct cs *cs, size_t stock, const double pi[], int count[])
{
    int left = cs->length[stock];
    double worth = 0;
    memset(count, 0, CS_ITEMS * sizeof *count);
    for (;;) {
        size_t best = CS_ITEMS;
        for (size_t i = 0; i < cs->item_count; i++) {
            if (cs->width[i] > left || count[i] >= cs->demand[i] || pi[cs->row[i]] <= 0) continue;
            if (best == CS_ITEMS ||
                pi[cs->row[i]] * cs->width[best] > pi[cs->row[best]] * cs->width[i])
                best = i;
        }
        if (best == CS_ITEMS) return worth;
        count[best]++;
        left -= cs->width[best];
        worth += pi[cs->row[best]];
    }
}

/* The bounded knapsack by dynamic programming: value[i][c] of the items before i in capacity c. */
static double knapsack(const struct cs *cs, size_t stock, const double pi[],
                       struct az_arena *scratch, int count[])
{
    int capacity = cs->length[stock];
    size_t wide = (size_t)capacity + 1;
    double *value = AZ_ARRAY(scratch, (cs->item_count + 1) * wide, double);
    if (!value) return NAN;
    for (size_t i = 0; i < cs->item_count; i++) {
        const double *before = value + i * wide;
        double *after = value + (i + 1) * wide;
        for (int c = 0; c <= capacity; c++) {
            after[c] = before[c];
            for (int k = 1; k <= cs->demand[i] && k * cs->width[i] <= c; k++)
                after[c] = fmax(after[c], before[c - k * cs->width[i]] + k * pi[cs->row[i]]);
        }
    }
    int c = capacity;
    for (size_t i = cs->item_count; i-- > 0;) {
        const double *before = value + i * wide;
        double worth = value[(i + 1) * wide + (size_t)c];
        count[i] = 0;
        for (int k = 1; k <= cs->demand[i] && k * cs->width[i] <= c && worth != before[c]; k++)
            if (before[c - k * cs->width[i]] + k * pi[cs->row[i]] == worth) {
                count[i] = k;
                c -= k * cs->width[i];
                break;
            }
    }
    return value[cs->item_count * wide + (size_t)capacity];
}

/* Together (type 0) or apart (type 1): pieces i and j in one pattern. */
static bool fits(const struct az_decision *decision, const int count[])
{
    bool one = count[decision->i] > 0, other = count[decision->j] > 0;
    return decision->type == 0 ? one == other : !(one && other);
}

static bool has_property(const struct cs *cs, const struct cs_property *property, size_t stock,
                         const int count[])
{
    bool has = property->stock == stock;
    for (size_t i = 0; i < cs->item_count && has; i++) has = count[i] >= property->least[i];
    return has;
}

/* The best pattern when decisions and rows are in force: every pattern is looked at. */
struct look {
    const struct cs *cs;
    const struct az_prices *prices;
    size_t stock;
    double best;
    int count[CS_ITEMS], chosen[CS_ITEMS];
};

static void look_at_patterns(struct look *look, size_t item, int left, double worth)
{
    const struct cs *cs = look->cs;
    const struct az_prices *prices = look->prices;
    if (item == cs->item_count) {
        for (size_t k = 0; k < prices->decision_count; k++)
            if (!fits(&prices->decisions[k], look->count)) return;
        for (size_t r = 0; r < prices->added_count; r++)
            if (has_property(cs, prices->added[r].data, look->stock, look->count))
                worth += prices->added_pi[r];
        if (worth <= look->best) return;
        look->best = worth;
        memcpy(look->chosen, look->count, sizeof look->chosen);
        return;
    }
    for (int k = 0; k <= cs->demand[item] && k * cs->width[item] <= left; k++) {
        look->count[item] = k;
        look_at_patterns(look, item + 1, left - k * cs->width[item],
                         worth + k * prices->pi[cs->row[item]]);
    }
    look->count[item] = 0;
}

static enum az_status price(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound)
{
    struct cs *cs = data;
    int count[CS_ITEMS] = { 0 };
    double cost = prices->cost_scale * cs->cost[block], worth;
    if (cs->count_calls) {
        cs->calls[prices->effort]++;
        for (size_t r = 0; r < prices->added_count; r++)
            cs->prices_of_rows += prices->added_pi[r] != 0;
    }
    bool plain = prices->decision_count == 0 && prices->added_count == 0 && !cs->exact_rows;
    if (!plain) {
        struct look look = { .cs = cs, .prices = prices, .stock = block, .best = -INFINITY };
        if (prices->effort == 0) return AZ_OK;
        look_at_patterns(&look, 0, cs->length[block], 0);
        worth = look.best;
        memcpy(count, look.chosen, sizeof count);
    } else if (prices->effort == 0) {
        worth = greedy(cs, block, prices->pi, count);
    } else {
        worth = knapsack(cs, block, prices->pi, scratch, count);
        if (isnan(worth)) return AZ_NO_MEMORY;
    }
    if (prices->effort > 0) *bound = cost - worth;
    if (cost - worth < prices->block_dual - prices->tolerance)
        return add_pattern(cs, block, count, arena, out);
    return AZ_OK;
}

/* --- branching --- */

static void counts_of(const struct cs *cs, const struct az_block_column *column, int count[])
{
    memset(count, 0, CS_ITEMS * sizeof *count);
    for (size_t e = 0; e < column->entry_count; e++)
        for (size_t i = 0; i < cs->item_count; i++)
            if (cs->row[i] == column->row[e]) count[i] = (int)column->value[e];
}

static bool allows(void *data, const struct az_decision *decision,
                   const struct az_block_column *column)
{
    int count[CS_ITEMS];
    counts_of(data, column, count);
    return fits(decision, count);
}

static double coefficient(void *data, const struct az_master_row *row,
                          const struct az_block_column *column)
{
    int count[CS_ITEMS];
    counts_of(data, column, count);
    return has_property(data, row->data, column->block, count);
}

/* Ryan and Foster 1981: two pieces that are sometimes together. */
static enum az_status pairs(const struct cs *cs, const struct az_master_solution *solution,
                            struct az_branching_list *out)
{
    for (size_t i = 0; i < cs->item_count; i++) {
        for (size_t j = i + 1; j < cs->item_count; j++) {
            double together = 0;
            for (size_t k = 0; k < solution->count; k++) {
                int count[CS_ITEMS];
                counts_of(cs, solution->columns[k], count);
                if (count[i] > 0 && count[j] > 0) together += solution->values[k];
            }
            double score = fmin(together, 1 - together);
            if (score < 1e-6) continue;
            struct az_branching branching = { .decision_count = { 1, 1 },
                                              .child = { { { .type = 1, .i = i, .j = j } },
                                                         { { .type = 0, .i = i, .j = j } } },
                                              .score = score };
            AZ_TRY(az_branching_list_add(out, &branching));
        }
    }
    return AZ_OK;
}

/* Vanderbeck 2000: how many patterns hold at least what some fractional pattern holds. The largest
 * fractional pattern has such a fractional number, because what holds more is whole. */
static enum az_status properties(const struct cs *cs, const struct az_master_solution *solution,
                                 struct az_branching_list *out)
{
    for (size_t k = 0; k < solution->count; k++) {
        double value = solution->values[k], number = 0;
        if (fabs(value - round(value)) < 1e-6) continue;
        struct cs_property *property = AZ_NEW(cs->arena, struct cs_property);
        struct az_master_row *row = AZ_NEW(out->arena, struct az_master_row);
        if (!property || !row) return AZ_NO_MEMORY;
        property->stock = solution->columns[k]->block;
        counts_of(cs, solution->columns[k], property->least);
        for (size_t l = 0; l < solution->count; l++) {
            int count[CS_ITEMS];
            counts_of(cs, solution->columns[l], count);
            if (has_property(cs, property, solution->columns[l]->block, count))
                number += solution->values[l];
        }
        double score = fabs(number - round(number));
        if (score < 1e-6) continue;
        *row = (struct az_master_row){ .lower = -INFINITY, .upper = INFINITY, .data = property };
        struct az_branching branching = { .score = score,
                                          .row = row,
                                          .row_value = { floor(number), ceil(number) } };
        AZ_TRY(az_branching_list_add(out, &branching));
    }
    return AZ_OK;
}

static enum az_status branchings(void *data, const struct az_master_solution *solution,
                                 struct az_branching_list *out)
{
    const struct cs *cs = data;
    return cs->pairs ? pairs(cs, solution, out) : properties(cs, solution, out);
}

enum az_status cs_problem(struct cs *cs, struct az_colgen_problem *problem,
                          struct az_block blocks[])
{
    struct az_model *model;
    AZ_TRY(master(cs, &model));
    for (size_t s = 0; s < cs->stock_count; s++) blocks[s] = (struct az_block){ 0, cs->most[s] };
    *problem = (struct az_colgen_problem){ .master = model,
                                           .block_count = cs->stock_count,
                                           .blocks = blocks,
                                           .effort_count = 2,
                                           .data = cs,
                                           .price = price,
                                           .allows = allows,
                                           .branchings = branchings,
                                           .coefficient = coefficient };
    return AZ_OK;
}

/* --- every pattern --- */

struct pattern_list {
    size_t count, capacity;
    int (*items)[CS_ITEMS];
    size_t *stock;
};

static void enumerate(const struct cs *cs, size_t stock, size_t item, int left, int count[],
                      struct pattern_list *list)
{
    if (item == cs->item_count) {
        if (list->count < list->capacity) {
            memcpy(list->items[list->count], count, CS_ITEMS * sizeof *count);
            list->stock[list->count] = stock;
        }
        list->count++;
        return;
    }
    for (int k = 0; k <= cs->demand[item] && k * cs->width[item] <= left; k++) {
        count[item] = k;
        enumerate(cs, stock, item + 1, left - k * cs->width[item], count, list);
    }
    count[item] = 0;
}

struct az_model *cs_all_patterns(const struct cs *cs, struct az_arena *arena)
{
    struct pattern_list list = { 0 };
    int count[CS_ITEMS] = { 0 };
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) {
            list.capacity = list.count;
            list.items = az_arena_array(arena, list.count, sizeof *list.items);
            list.stock = AZ_ARRAY(arena, list.count, size_t);
            list.count = 0;
        }
        for (size_t s = 0; s < cs->stock_count; s++)
            enumerate(cs, s, 0, cs->length[s], count, &list);
    }
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    for (size_t p = 0; p < list.count; p++)
        az_column(model, 0, cs->most[list.stock[p]], cs->cost[list.stock[p]], true, NULL);
    size_t first = list.count;
    for (size_t i = 0; i < cs->item_count && cs->shortage > 0; i++)
        az_column(model, 0, cs->demand[i], cs->shortage, true, NULL);
    for (size_t i = 0; i < cs->item_count; i++) {
        az_row(model, cs->demand[i], cs->exact_rows ? (double)cs->demand[i] : (double)INFINITY,
               NULL);
        for (size_t p = 0; p < list.count; p++) az_entry(model, p, list.items[p][i]);
        if (cs->shortage > 0) az_entry(model, first + i, 1);
    }
    for (size_t s = 0; s < cs->stock_count; s++) {
        az_row(model, 0, cs->most[s], NULL);
        for (size_t p = 0; p < list.count; p++)
            if (list.stock[p] == s) az_entry(model, p, 1);
    }
    return az_model_finish(model) == AZ_OK ? model : NULL;
}
