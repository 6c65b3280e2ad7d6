/* generate.h - features of random instances beyond the assets: each in about a quarter of them,
 * from a random stream of its own, so that the numbers of the rest stay as they are. Private to the
 * kind.
 */
#ifndef AZ_MICROGRID_GENERATE_H
#define AZ_MICROGRID_GENERATE_H

#include "formulations/microgrid/instance.h"

/* load_kw: of one load, on average. failed: set when memory runs out. */
void mg_generate_lines(struct mg_instance *mg, double load_kw, uint64_t seed,
                       struct az_arena *arena, bool *failed);
void mg_generate_commitments(struct mg_instance *mg, double load_kw, uint64_t seed,
                             struct az_arena *arena, bool *failed);
void mg_generate_fleets(struct mg_instance *mg, uint64_t seed, struct az_arena *arena,
                        bool *failed);
void mg_generate_reserves(struct mg_instance *mg, double load_kw, uint64_t seed,
                          struct az_arena *arena, bool *failed);
void mg_generate_ponds(struct mg_instance *mg, uint64_t seed, struct az_arena *arena, bool *failed);
void mg_generate_budgets(struct mg_instance *mg, uint64_t seed, struct az_arena *arena,
                         bool *failed);
void mg_generate_survival(struct mg_instance *mg, uint64_t seed, struct az_arena *arena,
                          bool *failed);
void mg_generate_loads(struct mg_instance *mg, double load_kw, uint64_t seed,
                       struct az_arena *arena, bool *failed);
/* Schedules of the first connection; carbon dioxide and the local share. */
void mg_generate_schedules(struct mg_instance *mg, double load_kw, uint64_t seed,
                           struct az_arena *arena, bool *failed);

/* Another course of the day or two: load, sun and market prices. */
void mg_generate_scenarios(struct mg_instance *mg, uint64_t seed, struct az_arena *arena,
                           bool *failed);

#endif
