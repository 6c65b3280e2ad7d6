/* engine_models.h - models on which the engines are tried, and what tests of engines share. */
#ifndef AZ_TEST_ENGINE_MODELS_H
#define AZ_TEST_ENGINE_MODELS_H

#include "solver/engine.h"

/* A MILP to its end, with the engine's own heuristics as it finds right. */
extern const struct az_mip_options exact;

/* Finishes the model and opens a session of it; fails the test when that cannot be. */
void *open_model(const struct az_engine *engine, struct az_model *model,
                 const struct az_context *context);

/* A whole number between two others, both included. */
double whole(struct az_random *random, int low, int high);

/* A random model: n columns in small boxes (some integer, fractional bounds, fixed), m rows of all
 * kinds around an inner point, so that most are feasible. At most 16 columns. */
struct az_model *random_model(struct az_arena *arena, struct az_random *random, size_t n, size_t m,
                              size_t integers);

/* A multidimensional knapsack; one of 150 columns and 60 rows no engine proves in a second. */
struct az_model *hard_model(struct az_arena *arena, size_t n, size_t m, uint64_t seed);

/* The optimum of a pure integer model in a small box by trying every point; NAN: none. */
double try_every_point(const struct az_model *model);

/* Seconds of the machine's clock, on which deadlines are counted. */
double wall(void);

#endif
