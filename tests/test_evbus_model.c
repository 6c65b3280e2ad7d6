/* test_evbus_model.c - the compact model against enumeration and against the dispatch of its own
 * duties. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "tests/support/eb_small.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

#define UNSERVED 4000

/* A model solved to its end without levels. */
struct solved {
    struct az_arena *arena;
    struct eb_instance *ev;
    struct eb_model *m;
    struct az_solve_result result;
    double *x;
    struct eb_dispatch dispatch;
    size_t count;
};

static void solve(struct solved *s, const char *engine_name, bool *converters, bool *storages)
{
    const struct az_engine *engine = engine_named(engine_name);
    struct az_context context = az_context_default();
    struct az_mip_options options = { .gap_abs = 1e-3, .cutoff = NAN, .heuristic_effort = 0.5 };
    struct eb_cut *cuts = NULL;
    context.deadline = az_now(&context) + 240; /* never met: the machine may be loaded */
    for (int round = 0; round < TEST_SOME(30); round++) {
        void *session;
        size_t broken;
        struct eb_build build = { .goal = EB_GOAL_COST,
                                  .conceding = true,
                                  .unserved_limit = INFINITY,
                                  .fleet_limit = INFINITY,
                                  .converters = converters,
                                  .storages = storages,
                                  .cuts = cuts };
        eb_model_free(s->m);
        ck_assert_int_eq(eb_model_new(s->ev, &build, &s->m), AZ_OK);
        ck_assert_int_eq(engine->open(s->m->lp, &context, &session), AZ_OK);
        ck_assert_int_eq(engine->solve_mip(session, &options, &s->result), AZ_OK);
        ck_assert(s->result.status == AZ_SOLVE_OPTIMAL || s->result.status == AZ_SOLVE_INFEASIBLE);
        s->x = AZ_ARRAY(s->m->arena, s->m->lp->column_count, double);
        if (s->result.status == AZ_SOLVE_OPTIMAL)
            ck_assert_int_eq(engine->primal(session, s->x), AZ_OK);
        engine->close(session);
        if (s->result.status != AZ_SOLVE_OPTIMAL) return;
        ck_assert_int_eq(eb_model_driving(s->m, s->x, s->arena, &cuts, &broken), AZ_OK);
        broken += eb_grid_broken(&s->m->grids, s->x, converters, storages);
        if (broken == 0) break;
        ck_assert_int_lt(round, 29);
    }
    ck_assert_int_eq(eb_model_read(s->m, s->x, NULL, s->arena, &s->dispatch, &s->count), AZ_OK);
}

static struct solved open_case(uint64_t seed, const struct eb_small_options *options,
                               const char *engine)
{
    struct solved s = { .arena = az_arena_new(NULL) };
    s.ev = eb_small_random(seed, options, s.arena);
    bool *converters = AZ_ARRAY(s.arena, s.ev->converters.count * s.ev->T, bool);
    bool *storages = AZ_ARRAY(s.arena, s.ev->storages.count * s.ev->T, bool);
    for (size_t j = 0; j < s.ev->trips.count; j++) s.ev->trips.items[j].unserved_jpy = UNSERVED;
    for (size_t d = 0; d < s.ev->depots.count; d++) {
        s.ev->depots.items[d].capacity = AZ_NO_INTEGER;
        s.ev->depots.items[d].limit[0] = s.ev->depots.count > 1 ? 1 : 2;
    }
    solve(&s, engine, converters, storages);
    return s;
}

static void close_case(struct solved *s)
{
    eb_model_free(s->m);
    az_arena_free(s->arena);
}

/* The duties' own costs and what the dispatch of their chains costs. */
static double dispatched(struct solved *s, const struct eb_duty *const duties[], size_t count,
                         bool *found)
{
    struct az_context context = az_context_default();
    struct eb_dispatch dispatch;
    double cost = 0;
    ck_assert_int_eq(eb_dispatch(s->ev, s->m->sources, duties, count, engine_named("glpk"),
                                 &context, s->arena, &dispatch),
                     AZ_OK);
    *found = dispatch.found;
    for (size_t d = 0; d < count; d++)
        cost += eb_duty_base_cost(s->ev, &s->m->sources[duties[d]->source], duties[d]);
    return cost + dispatch.cost;
}

/* --- the model's solution is what its duties say ------------------------------------------------
 */

/* Does a bus come twice to one bank in one slot? Then it uses one charger, which the dispatch of
 * fixed chains counts as two. */
static bool plugs_twice(const struct solved *s)
{
    for (size_t d = 0; d < s->count; d++) {
        const struct eb_duty *duty = &s->dispatch.duties[d];
        size_t bank = AZ_NO_INDEX, last = 0;
        for (size_t l = 0; l < duty->leg_count; l++)
            for (size_t k = 0; k < duty->legs[l].stay_count; k++) {
                const struct eb_stay *stay = &duty->legs[l].stays[k];
                if (stay->charger == AZ_NO_INDEX) continue;
                if (stay->charger == bank && stay->first_slot == last) return true;
                bank = stay->charger;
                last = stay->first_slot + stay->slot_count - 1;
            }
    }
    return false;
}

/* Without it a model could count a cost, a charge or a limit otherwise than everything else. */
static void check_case(uint64_t seed, const struct eb_small_options *options)
{
    struct solved s = open_case(seed, options, "cbc");
    if (s.result.status == AZ_SOLVE_OPTIMAL) {
        const struct eb_duty *duties[32];
        bool found;
        for (size_t d = 0; d < s.count; d++) {
            const struct eb_duty *duty = &s.dispatch.duties[d];
            duties[d] = duty;
            if (!eb_duty_charges(s.ev, &s.m->sources[duty->source], duty, NULL))
                ck_abort_msg("seed %d: duty %zu leaves its windows", (int)seed, d);
        }
        double cost = dispatched(&s, duties, s.count, &found);
        for (size_t j = 0; j < s.ev->trips.count; j++) cost += UNSERVED * s.x[s.m->unserved[j]];
        ck_assert(found);
        double above = cost - s.result.objective;
        if (above < -1e-4 * fmax(1, fabs(cost)) ||
            (above > 1e-4 * fmax(1, fabs(cost)) && !plugs_twice(&s)))
            ck_abort_msg("seed %d: the model says %.6f, its duties cost %.6f", (int)seed,
                         s.result.objective, cost);
    }
    close_case(&s);
}

START_TEST(costs_what_its_duties_cost)
{
    static const struct eb_small_options options[] = {
        { .trips = 3, .stops = 1, .termini = 1, .slots = 8, .slot_minutes = 60 },
        { .trips = 3,
          .stops = 2,
          .termini = 1,
          .slots = 6,
          .slot_minutes = 60,
          .curve = true,
          .floor = true,
          .descents = true,
          .ends = true,
          .depot_charges = true },
        { .trips = 3,
          .stops = 1,
          .termini = 1,
          .slots = 12,
          .slot_minutes = 30,
          .limits = true,
          .depot_charges = true,
          .two_banks = true },
        { .trips = 4,
          .stops = 1,
          .termini = 1,
          .slots = 10,
          .slot_minutes = 60,
          .drivers = true,
          .turnaround = true,
          .buses = true,
          .counts = true },
    };
    check_case((uint64_t)_i / 4 + 1, &options[_i % 4]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_model");
    TCase *cases = tcase_create("model");
    tcase_set_timeout(cases, 480);
    tcase_add_loop_test(cases, costs_what_its_duties_cost, 0, TEST_SOME(20));
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
