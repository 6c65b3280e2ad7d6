/* engine_models.c - models on which the engines are tried, and what tests of engines share. */
#include "tests/support/engine_models.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const struct az_mip_options exact = { .cutoff = NAN, .heuristic_effort = 0.5 };

void *open_model(const struct az_engine *engine, struct az_model *model,
                 const struct az_context *context)
{
    void *session;
    enum az_status status = az_model_finish(model);
    if (status == AZ_OK) status = engine->open(model, context, &session);
    if (status == AZ_OK) return session;
    fprintf(stderr, "a model for %s: %s\n", engine->name, az_status_code(status));
    exit(EXIT_FAILURE);
}

double whole(struct az_random *random, int low, int high)
{
    return low + (double)az_random_below(random, (uint64_t)(high - low + 1));
}

struct az_model *random_model(struct az_arena *arena, struct az_random *random, size_t n, size_t m,
                              size_t integers)
{
    struct az_model *model =
        az_model_new(arena, az_random_below(random, 2) ? AZ_MAXIMIZE : AZ_MINIMIZE);
    double inner[16];
    az_add_offset(model, whole(random, -50, 50));
    for (size_t j = 0; j < n; j++) {
        double low = whole(random, -2, 1), high = low + whole(random, 0, 3);
        if (az_random_below(random, 6) == 0) low -= 0.25;
        az_column(model, low, high, whole(random, -9, 9), j < integers, NULL);
        inner[j] = j < integers ? ceil(low) : low + az_random_unit(random) * (high - low);
    }
    for (size_t i = 0; i < m; i++) {
        double activity = 0, weight[16];
        for (size_t j = 0; j < n; j++) {
            weight[j] = az_random_below(random, 3) ? whole(random, -5, 7) : 0;
            activity += weight[j] * inner[j];
        }
        double low = activity - whole(random, 0, 4), high = activity + whole(random, 0, 5);
        switch (az_random_below(random, 6)) {
        case 0:
            low = -INFINITY;
            break;
        case 1:
            high = INFINITY;
            break;
        case 2:
            low = -INFINITY, high = INFINITY;
            break;
        case 3:
            if (integers == 0) low = high = activity;
            break;
        case 4:
            if (az_random_below(random, 3) == 0) low += 6, high += 6;
            break;
        }
        az_row(model, low, high, NULL);
        for (size_t j = 0; j < n; j++) az_entry(model, j, weight[j]);
    }
    return model;
}

struct az_model *hard_model(struct az_arena *arena, size_t n, size_t m, uint64_t seed)
{
    struct az_random random;
    az_random_seed(&random, seed);
    struct az_model *model = az_model_new(arena, AZ_MAXIMIZE);
    for (size_t j = 0; j < n; j++) AZ_BINARY(model, whole(&random, 10, 99), NULL);
    for (size_t i = 0; i < m; i++) {
        az_row(model, -INFINITY, whole(&random, 400, 800), NULL);
        for (size_t j = 0; j < n; j++)
            if (az_random_below(&random, 3)) az_entry(model, j, whole(&random, 5, 64));
    }
    return model;
}

double try_every_point(const struct az_model *model)
{
    double x[16], best = NAN;
    size_t n = model->column_count;
    for (size_t j = 0; j < n; j++) x[j] = ceil(model->lower[j]);
    for (;;) {
        if (az_model_breach(model, x) < 1e-7) {
            double value = az_model_objective(model, x);
            bool better = model->sense == AZ_MINIMIZE ? value < best : value > best;
            if (isnan(best) || better) best = value;
        }
        size_t j = 0;
        while (j < n && ++x[j] > model->upper[j] + 1e-9) {
            x[j] = ceil(model->lower[j]);
            j++;
        }
        if (j == n) return best;
    }
}

double wall(void)
{
    return az_system_clock.seconds(az_system_clock.data);
}
