/* triples.c - rows for three trips: of the bus-days that run two or three of them at most one is
 * used.
 *
 *   sum_k floor(a_k / 2) y_k <= 1,   a_k: how many of the three bus-day k runs
 *
 * Half the sum of the three trips' rows, rounded down (Jepsen, Petersen, Spoorendonk, Pisinger
 * 2008). Without them an LP solution may run three bus-days half, each with two of the trips. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/columns.h"

#define MOST_TRIPS 1000 /* of a network: more are not looked at */
#define MOST_ROWS 150   /* in all */
#define MOST_NEW 15     /* of one solution */
#define MOST_OF_TRIP 4  /* of one solution with the same trip */
#define LEAST 0.03      /* by which a row is broken */

struct candidate {
    double value;
    size_t trip[3];
};

static int more_broken(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->value != y->value) return x->value > y->value ? -1 : 1;
    for (int k = 0; k < 3; k++)
        if (x->trip[k] != y->trip[k]) return x->trip[k] < y->trip[k] ? -1 : 1;
    return 0;
}

int eb_triple_count(const struct eb_network *network, const size_t trip[3],
                    const struct eb_duty *duty)
{
    int count = 0;
    for (size_t l = 0; l + 1 < duty->leg_count; l++) {
        size_t n = network->order[duty->legs[l].trip];
        count += n == trip[0] || n == trip[1] || n == trip[2];
    }
    return count;
}

/* Bus-days of the solution and the trips they run; how much of them runs each pair. */
struct runs {
    size_t n, count;
    const double *values;
    bool *member; /* [count * n] */
    double *pair; /* [n * n], i < j */
};

static enum az_status find_runs(const struct eb_network *net,
                                const struct az_master_solution *solution, struct az_arena *arena,
                                struct runs *runs)
{
    size_t n = net->trip_count;
    *runs = (struct runs){ .n = n,
                           .count = solution->count,
                           .values = solution->values,
                           .member = AZ_ARRAY(arena, solution->count * n, bool),
                           .pair = AZ_ARRAY(arena, n * n, double) };
    if (!runs->member || !runs->pair) return AZ_NO_MEMORY;
    for (size_t k = 0; k < solution->count; k++) {
        const struct eb_duty *duty = solution->columns[k]->data;
        for (size_t l = 0; l + 1 < duty->leg_count; l++) {
            size_t i = net->order[duty->legs[l].trip];
            runs->member[k * n + i] = true;
            for (size_t m = l + 1; m + 1 < duty->leg_count; m++)
                runs->pair[i * n + net->order[duty->legs[m].trip]] += solution->values[k];
        }
    }
    return AZ_OK;
}

/* Used bus-days that run two or three of the trips. */
static double activity(const struct runs *runs, size_t i, size_t j, size_t k)
{
    size_t n = runs->n;
    double sum = runs->pair[i * n + j] + runs->pair[i * n + k] + runs->pair[j * n + k];
    if (sum <= 1 + LEAST) return 0;
    for (size_t c = 0; c < runs->count; c++) {
        const bool *member = &runs->member[c * n];
        if (member[i] && member[j] && member[k]) sum -= 2 * runs->values[c];
    }
    return sum;
}

static enum az_status list_broken(const struct runs *runs, struct az_arena *arena,
                                  struct candidate **out, size_t *count)
{
    size_t n = runs->n, capacity = 0;
    *out = NULL;
    *count = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            for (size_t k = j + 1; k < n; k++) {
                double value = activity(runs, i, j, k);
                if (value <= 1 + LEAST) continue;
                if (*count == capacity) {
                    capacity = 2 * capacity + 64;
                    *out = az_arena_grow(arena, *out, *count, capacity, sizeof **out);
                    if (!*out) return AZ_NO_MEMORY;
                }
                (*out)[(*count)++] = (struct candidate){ value, { i, j, k } };
            }
    if (*count > 0) qsort(*out, *count, sizeof **out, more_broken);
    return AZ_OK;
}

static enum az_status add_row(struct eb_master *master, const size_t trip[3],
                              struct az_master_row_list *out)
{
    struct eb_lazy_row *lazy = AZ_NEW(master->arena, struct eb_lazy_row);
    if (!lazy) return AZ_NO_MEMORY;
    *lazy = (struct eb_lazy_row){ .kind = EB_LAZY_TRIPLE, .trip = { trip[0], trip[1], trip[2] } };
    struct az_master_row row = { .lower = -INFINITY, .upper = 1, .data = lazy };
    master->triple_rows++;
    return az_master_row_list_add(out, &row);
}

/* The most broken ones, but not all of the same trips. */
static enum az_status add_rows(struct eb_master *master, const struct candidate candidates[],
                               size_t count, struct az_arena *scratch,
                               struct az_master_row_list *out)
{
    size_t *of_trip = AZ_ARRAY(scratch, master->network->trip_count, size_t), added = 0;
    if (!of_trip) return AZ_NO_MEMORY;
    for (size_t c = 0; c < count && added < MOST_NEW && master->triple_rows < MOST_ROWS; c++) {
        const size_t *trip = candidates[c].trip;
        bool often = false;
        for (int k = 0; k < 3; k++) often = often || of_trip[trip[k]] >= MOST_OF_TRIP;
        if (often) continue;
        for (int k = 0; k < 3; k++) of_trip[trip[k]]++;
        AZ_TRY(add_row(master, trip, out));
        added++;
    }
    return AZ_OK;
}

/* Do all pricers know of triples, and is the master worth them? */
static bool has_triples(const struct eb_master *master)
{
    const struct eb_network *net = master->network;
    if (master->measure != EB_MEASURE_COST || master->kept || master->ev->T == 0) return false;
    for (size_t s = 0; s < net->source_count; s++)
        if (eb_pricer_of(net, s) != eb_price_energy) return false;
    return net->trip_count >= 3 && net->trip_count <= MOST_TRIPS;
}

enum az_status eb_triples_separate(struct eb_master *master,
                                   const struct az_master_solution *solution,
                                   struct az_master_row_list *out)
{
    if (!has_triples(master) || master->triple_rows >= MOST_ROWS) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    struct runs runs;
    struct candidate *candidates;
    size_t count;
    enum az_status status = AZ_NO_MEMORY;
    if (!scratch) goto done;
    AZ_GOTO(find_runs(master->network, solution, scratch, &runs));
    AZ_GOTO(list_broken(&runs, scratch, &candidates, &count));
    status = add_rows(master, candidates, count, scratch, out);
done:
    az_arena_free(scratch);
    return status;
}

enum az_status eb_triples_price(const struct az_prices *prices, struct az_arena *scratch,
                                struct eb_duals *duals)
{
    if (prices->added_count == 0) return AZ_OK;
    struct eb_triple *triples = AZ_ARRAY(scratch, prices->added_count, struct eb_triple);
    if (!triples) return AZ_NO_MEMORY;
    for (size_t r = 0; r < prices->added_count; r++) {
        const struct eb_lazy_row *row = prices->added[r].data;
        if (row->kind != EB_LAZY_TRIPLE || prices->added_pi[r] >= 0) continue;
        triples[duals->triple_count++] =
            (struct eb_triple){ .trip = { row->trip[0], row->trip[1], row->trip[2] },
                                .price = -prices->added_pi[r] };
    }
    duals->triples = triples;
    return AZ_OK;
}
