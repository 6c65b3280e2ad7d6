/* colgen_pool.c - every column ever made, once.
 *
 * Columns are found again by a hash of block, cost and entries. What a column has in rows that were
 * added later is asked of the kind once and kept. */
#include <math.h>
#include <string.h>

#include "solver/colgen_work.h"

#define CHUNK 64 /* columns taken from the arena at once */

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash ^= word;
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 29);
}

static uint64_t bits(double value)
{
    uint64_t word;
    if (value == 0) value = 0; /* no negative zero */
    memcpy(&word, &value, sizeof word);
    return word;
}

static uint64_t hash_of(const struct az_block_column *column)
{
    uint64_t hash = mix(mix(column->block + 1, bits(column->cost)), column->entry_count);
    for (size_t k = 0; k < column->entry_count; k++)
        hash = mix(mix(hash, column->row[k]), bits(column->value[k]));
    return hash;
}

static bool is_same(const struct az_block_column *a, const struct az_block_column *b)
{
    if (a->block != b->block || a->cost != b->cost || a->entry_count != b->entry_count)
        return false;
    for (size_t k = 0; k < a->entry_count; k++)
        if (a->row[k] != b->row[k] || a->value[k] != b->value[k]) return false;
    return true;
}

/* Known block, finite numbers, rows of the model in increasing order. */
static bool is_sound(const struct az_cg *cg, const struct az_block_column *column)
{
    if (column->block >= cg->blocks || !isfinite(column->cost)) return false;
    for (size_t k = 0; k < column->entry_count; k++) {
        if (column->row[k] >= cg->m || !isfinite(column->value[k])) return false;
        if (k > 0 && column->row[k] <= column->row[k - 1]) return false;
    }
    return true;
}

static enum az_status grow_buckets(struct az_cg *cg)
{
    size_t count = cg->bucket_count ? 2 * cg->bucket_count : 1024;
    size_t *buckets = AZ_ARRAY(cg->arena, count, size_t);
    if (!buckets) return AZ_NO_MEMORY;
    for (size_t b = 0; b < count; b++) buckets[b] = CG_NOWHERE;
    for (size_t k = 0; k < cg->pool_count; k++) {
        size_t b = cg->pool[k]->hash & (count - 1);
        cg->pool[k]->next = buckets[b];
        buckets[b] = k;
    }
    cg->buckets = buckets;
    cg->bucket_count = count;
    return AZ_OK;
}

/* Room for one more column, which is then at pool[pool_count]. */
static enum az_status make_room(struct az_cg *cg)
{
    if (cg->pool_count >= cg->bucket_count) AZ_TRY(grow_buckets(cg));
    if (cg->pool_count < cg->pool_capacity) return AZ_OK;
    size_t capacity = cg->pool_capacity ? 2 * cg->pool_capacity : CHUNK;
    struct az_cg_column **pool =
        az_arena_grow(cg->arena, cg->pool, cg->pool_count, capacity, sizeof *pool);
    struct az_cg_column *items =
        AZ_ARRAY(cg->arena, capacity - cg->pool_capacity, struct az_cg_column);
    if (!pool || !items) return AZ_NO_MEMORY;
    for (size_t k = cg->pool_capacity; k < capacity; k++) pool[k] = items + (k - cg->pool_capacity);
    cg->pool = pool;
    cg->pool_capacity = capacity;
    return AZ_OK;
}

/* Does the column respect the decisions of the kind's from the first-th on? */
static bool is_allowed(const struct az_cg *cg, const struct az_cg_column *column, size_t first)
{
    if (!cg->problem->allows) return true;
    for (size_t k = first; k < cg->decision_count; k++)
        if (!cg->problem->allows(cg->problem->data, &cg->decisions[k], &column->shown))
            return false;
    return true;
}

enum az_status az_cg_pool_put(struct az_cg *cg, const struct az_block_column *column,
                              struct az_cg_column **kept, bool *is_new)
{
    *kept = NULL;
    *is_new = false;
    if (!is_sound(cg, column)) return AZ_INVALID;
    uint64_t hash = hash_of(column);
    AZ_TRY(make_room(cg));
    size_t b = hash & (cg->bucket_count - 1);
    for (size_t k = cg->buckets[b]; k != CG_NOWHERE; k = cg->pool[k]->next) {
        if (cg->pool[k]->hash != hash || !is_same(&cg->pool[k]->shown, column)) continue;
        if (cg->pool[k]->banned && is_allowed(cg, &(struct az_cg_column){ .shown = *column }, 0))
            continue;
        *kept = cg->pool[k];
        return AZ_OK;
    }
    struct az_cg_column *item = cg->pool[cg->pool_count];
    *item = (struct az_cg_column){ .shown = *column,
                                   .hash = hash,
                                   .age = cg->pool_count,
                                   .next = cg->buckets[b],
                                   .place = CG_NOWHERE };
    size_t *row = AZ_ARRAY(cg->arena, column->entry_count, size_t);
    double *value = AZ_ARRAY(cg->arena, column->entry_count, double);
    if (!row || !value) return AZ_NO_MEMORY;
    for (size_t k = 0; k < column->entry_count; k++) {
        row[k] = column->row[k];
        value[k] = column->value[k];
        if (value[k] < 0) cg->mixed[row[k]] = true;
    }
    item->shown.row = row;
    item->shown.value = value;
    AZ_TRY(az_cg_pool_extend(cg, item));
    item->banned = !is_allowed(cg, item, 0);
    cg->buckets[b] = cg->pool_count++;
    cg->largest_cost = fmax(cg->largest_cost, fabs(column->cost));
    cg->result->columns_made++;
    *kept = item;
    *is_new = true;
    return AZ_OK;
}

enum az_status az_cg_pool_extend(struct az_cg *cg, struct az_cg_column *column)
{
    for (; column->row_known < cg->added_count; column->row_known++) {
        double value = cg->problem->coefficient(cg->problem->data, &cg->added[column->row_known],
                                                &column->shown);
        if (!isfinite(value)) return AZ_INVALID;
        if (value == 0) continue;
        if (column->extra_count == column->extra_capacity) {
            size_t capacity = column->extra_capacity ? 2 * column->extra_capacity : 4;
            size_t *row = az_arena_grow(cg->arena, column->extra_row, column->extra_count, capacity,
                                        sizeof *row);
            double *values = az_arena_grow(cg->arena, column->extra_value, column->extra_count,
                                           capacity, sizeof *values);
            if (!row || !values) return AZ_NO_MEMORY;
            column->extra_row = row;
            column->extra_value = values;
            column->extra_capacity = capacity;
        }
        column->extra_row[column->extra_count] = column->row_known;
        column->extra_value[column->extra_count++] = value;
    }
    return AZ_OK;
}

double az_cg_reduced_cost(const struct az_cg_column *column, size_t m, double cost_scale,
                          const double pi[])
{
    double sum = cost_scale * column->shown.cost;
    for (size_t k = 0; k < column->shown.entry_count; k++)
        sum -= pi[column->shown.row[k]] * column->shown.value[k];
    for (size_t k = 0; k < column->extra_count; k++)
        sum -= pi[m + column->extra_row[k]] * column->extra_value[k];
    return sum;
}

void az_cg_pool_ban(struct az_cg *cg, size_t first)
{
    for (size_t k = 0; k < cg->pool_count; k++) {
        struct az_cg_column *column = cg->pool[k];
        bool before = first > 0 && column->banned;
        column->banned = before || !is_allowed(cg, column, first);
    }
}

/* --- beside the fixed columns --- */

void az_cg_pool_room(struct az_cg *cg)
{
    for (size_t i = 0; i < cg->m; i++) cg->room[i] = cg->here.row_upper[i];
    for (size_t p = 0; p < cg->master.place_count; p++) {
        const struct az_cg_column *column = cg->master.places[p].column;
        if (!column || column->fixed <= 0) continue;
        for (size_t e = 0; e < column->shown.entry_count; e++)
            cg->room[column->shown.row[e]] -= column->fixed * column->shown.value[e];
    }
}

bool az_cg_fits(const struct az_cg *cg, const struct az_cg_column *column)
{
    if (cg->fixed_count == 0 || column->fixed > 0) return true;
    for (size_t e = 0; e < column->shown.entry_count; e++) {
        size_t row = column->shown.row[e];
        if (cg->mixed[row]) continue;
        if (column->shown.value[e] > cg->room[row] + AZ_FEASIBILITY_TOLERANCE) return false;
    }
    return true;
}
