/* test_evbus_complete.c - plans made by hand in part: what is given is kept, the rest is chosen,
 * and the judge finds nothing. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/engine.h"
#include "tests/support/eb_case.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

static struct eb_case c;
static struct az_context context;
static const struct az_engine *glpk;

static void setup(void)
{
    context = az_context_default();
    glpk = engine_named("glpk");
    eb_case_load(&c, EB_BASE, NULL);
}

static void teardown(void)
{
    eb_case_close(&c);
}

static struct eb_plan *complete(const struct eb_plan *partial, enum az_status expected)
{
    void *plan = NULL;
    ck_assert_int_eq(eb_complete(c.ev, partial, glpk, &context, c.arena, &plan), expected);
    ck_assert_ptr_nonnull(plan);
    return plan;
}

static struct az_judgement judge(const struct eb_plan *plan)
{
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(eb_evaluate(c.ev, plan, c.arena, &judgement), AZ_OK);
    return judgement;
}

static void check_sound(const struct eb_plan *plan)
{
    struct az_judgement judgement = judge(plan);
    for (size_t k = 0; k < judgement.violations.count; k++)
        ck_abort_msg("%s: %s", judgement.violations.items[k].rule->code.code,
                     az_breach_words(&judgement.violations.items[k], AZ_ENGLISH, c.arena));
    ck_assert_uint_eq(judgement.violation_count, 0);
}

static struct az_ref no_ref(void)
{
    return (struct az_ref){ .index = AZ_NO_INDEX };
}

static const struct az_time no_time = { .utc_s = AZ_NO_INTEGER };

/* A block of trips, as a hand writes it down: no times, no energies. */
static struct eb_block trips_of(const struct eb_block *block, const char *id)
{
    struct eb_block new = { .id = id,
                            .bus = no_ref(),
                            .type = block->type,
                            .depot = block->depot,
                            .end_depot = no_ref(),
                            .start_kwh = NAN };
    new.events.items = AZ_ARRAY(c.arena, block->events.count, struct eb_event);
    for (size_t e = 0; e < block->events.count; e++)
        if (block->events.items[e].kind == EB_EVENT_TRIP)
            new.events.items[new.events.count++] = (struct eb_event){
                .kind = EB_EVENT_TRIP,
                .trip = block->events.items[e].trip,
                .from = no_ref(),
                .to = no_ref(),
                .start = no_time,
                .end = no_time,
                .charger = no_ref(),
                .first_slot = AZ_NO_INTEGER,
                .charged_kwh = NAN,
            };
    return new;
}

/* The same with its stays at chargers: no times, energies as asked. */
static struct eb_block stays_of(const struct eb_block *block, const char *id, bool energies)
{
    struct eb_block new = trips_of(block, id);
    new.events.count = 0;
    if (energies) new.start_kwh = block->start_kwh;
    for (size_t e = 0; e < block->events.count; e++) {
        struct eb_event event = block->events.items[e];
        if (event.kind == EB_EVENT_DEADHEAD || (event.kind == EB_EVENT_STAY && !event.charger.id))
            continue;
        if (!energies) {
            event.start = event.end = no_time;
            event.charge_kwh.items = event.discharge_kwh.items = NULL;
            event.charge_kwh.count = event.discharge_kwh.count = 0;
            event.first_slot = AZ_NO_INTEGER;
        }
        new.events.items[new.events.count++] = event;
    }
    return new;
}

static struct eb_plan *partial_of(const struct eb_plan *plan, int how)
{
    static const char *const names[] = { "first", "second", "third", "fourth" };
    struct eb_plan *partial = AZ_NEW(c.arena, struct eb_plan);
    partial->start = plan->start;
    partial->slot_minutes = plan->slot_minutes;
    partial->slots = plan->slots;
    partial->blocks.items = AZ_ARRAY(c.arena, plan->blocks.count, struct eb_block);
    for (size_t b = 0; b < plan->blocks.count && b < 4; b++)
        partial->blocks.items[partial->blocks.count++] =
            how == 0 ? trips_of(&plan->blocks.items[b], names[b])
                     : stays_of(&plan->blocks.items[b], names[b], how == 2);
    return partial;
}

static const struct eb_block *block_of(const struct eb_plan *plan, const char *id)
{
    for (size_t b = 0; b < plan->blocks.count; b++)
        if (strcmp(plan->blocks.items[b].id, id) == 0) return &plan->blocks.items[b];
    ck_abort_msg("no block %s", id);
}

/* Every given event of a kind stands in the full block, in order. */
static void check_kept(const struct eb_block *given, const struct eb_block *full)
{
    size_t at = 0;
    for (size_t e = 0; e < given->events.count; e++) {
        const struct eb_event *event = &given->events.items[e];
        const struct az_ref *want = event->kind == EB_EVENT_TRIP ? &event->trip : &event->charger;
        for (;; at++) {
            ck_assert_uint_lt(at, full->events.count);
            const struct eb_event *it = &full->events.items[at];
            const char *id = event->kind == EB_EVENT_TRIP ? it->trip.id : it->charger.id;
            if (it->kind == event->kind && id && strcmp(id, want->id) == 0) break;
        }
        at++;
    }
}

/* Without the search for the rest an empty plan would stay empty. */
START_TEST(nothing_given_becomes_a_plan)
{
    struct eb_plan *partial = AZ_NEW(c.arena, struct eb_plan);
    partial->start = c.ev->start;
    struct eb_plan *plan = complete(partial, AZ_OK);
    check_sound(plan);
    ck_assert_uint_eq(plan->unserved.count, 0);
}
END_TEST

/* Without the choice of stops a hand would have to say where buses charge. */
START_TEST(trips_alone_get_stops_and_energies)
{
    struct eb_plan *first = complete(AZ_NEW(c.arena, struct eb_plan), AZ_OK);
    struct eb_plan *partial = partial_of(first, 0);
    struct eb_plan *plan = complete(partial, AZ_OK);
    check_sound(plan);
    ck_assert_uint_eq(plan->blocks.count, first->blocks.count);
    for (size_t b = 0; b < partial->blocks.count; b++)
        check_kept(&partial->blocks.items[b], block_of(plan, partial->blocks.items[b].id));
}
END_TEST

/* Without stays in the chain the planner's own places to charge would be lost. */
START_TEST(stays_are_kept_and_timed)
{
    struct eb_plan *first = complete(AZ_NEW(c.arena, struct eb_plan), AZ_OK);
    struct eb_plan *partial = partial_of(first, 1);
    struct eb_plan *plan = complete(partial, AZ_OK);
    check_sound(plan);
    for (size_t b = 0; b < partial->blocks.count; b++)
        check_kept(&partial->blocks.items[b], block_of(plan, partial->blocks.items[b].id));
}
END_TEST

/* Without fixed columns given energies would be chosen anew. */
START_TEST(energies_are_kept)
{
    struct eb_plan *first = complete(AZ_NEW(c.arena, struct eb_plan), AZ_OK);
    struct eb_plan *partial = partial_of(first, 2);
    struct eb_plan *plan = complete(partial, AZ_OK);
    check_sound(plan);
    size_t compared = 0;
    for (size_t b = 0; b < partial->blocks.count; b++) {
        const struct eb_block *given = &partial->blocks.items[b];
        const struct eb_block *full = block_of(plan, given->id);
        for (size_t e = 0, f = 0; e < given->events.count; e++) {
            if (given->events.items[e].kind != EB_EVENT_STAY) continue;
            while (full->events.items[f].kind != EB_EVENT_STAY || !full->events.items[f].charger.id)
                f++;
            const struct eb_event *want = &given->events.items[e], *is = &full->events.items[f++];
            ck_assert_uint_eq(want->charge_kwh.count, is->charge_kwh.count);
            for (size_t t = 0; t < want->charge_kwh.count; t++, compared++) {
                ck_assert_double_eq_tol(want->charge_kwh.items[t], is->charge_kwh.items[t], 1e-5);
                ck_assert_double_eq_tol(want->discharge_kwh.items[t], is->discharge_kwh.items[t],
                                        1e-5);
            }
        }
    }
    ck_assert_uint_ge(compared, 10);
    ck_assert_double_eq_tol(judge(first).cost, judge(plan).cost, 1);
}
END_TEST

/* A planner who tells one place to charge need not tell them all: with a single stay of many the
 * block would run straight elsewhere and lack the energy. */
START_TEST(one_stay_of_many_is_enough)
{
    c.ev->drivers = NULL;
    struct eb_plan *first = complete(AZ_NEW(c.arena, struct eb_plan), AZ_OK);
    size_t dropped = 0;
    for (size_t keep = 0; keep < 3; keep++) {
        struct eb_plan *partial = partial_of(first, 1);
        for (size_t b = 0; b < partial->blocks.count; b++) {
            struct eb_block *block = &partial->blocks.items[b];
            size_t stays = 0, kept = 0;
            for (size_t e = 0; e < block->events.count; e++) {
                bool stay = block->events.items[e].kind == EB_EVENT_STAY;
                if (stay && stays++ != keep) {
                    dropped++;
                    continue;
                }
                block->events.items[kept++] = block->events.items[e];
            }
            block->events.count = kept;
        }
        struct eb_plan *plan = complete(partial, AZ_OK);
        check_sound(plan);
        for (size_t b = 0; b < partial->blocks.count; b++)
            check_kept(&partial->blocks.items[b], block_of(plan, partial->blocks.items[b].id));
    }
    ck_assert_uint_gt(dropped, 2);
}
END_TEST

/* Without a given hand a trip that is left out on purpose would come back. */
START_TEST(trips_left_out_stay_out)
{
    struct eb_plan *partial = AZ_NEW(c.arena, struct eb_plan);
    struct eb_unserved out = { .trip = { .id = c.ev->trips.items[3].id, .index = 3 } };
    partial->unserved.items = &out;
    partial->unserved.count = 1;
    struct eb_plan *plan = complete(partial, AZ_OK);
    check_sound(plan);
    ck_assert_uint_eq(plan->unserved.count, 1);
    ck_assert_uint_eq(plan->unserved.items[0].trip.index, 3);
}
END_TEST

/* Without the plan as given the judge could not say what is wrong with it. */
START_TEST(what_cannot_be_is_told)
{
    struct eb_plan *first = complete(AZ_NEW(c.arena, struct eb_plan), AZ_OK);
    struct eb_plan *partial = partial_of(first, 0);
    struct eb_block *block = &partial->blocks.items[0];
    ck_assert_uint_ge(block->events.count, 2);
    struct eb_event swap = block->events.items[0]; /* the later trip first */
    block->events.items[0] = block->events.items[1];
    block->events.items[1] = swap;
    struct eb_plan *plan = complete(partial, AZ_INFEASIBLE);
    ck_assert_ptr_eq(plan->blocks.items, partial->blocks.items);
    ck_assert_uint_ge(judge(plan).violation_count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_complete");
    TCase *tests = tcase_create("complete");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, nothing_given_becomes_a_plan);
    tcase_add_test(tests, trips_alone_get_stops_and_energies);
    tcase_add_test(tests, stays_are_kept_and_timed);
    tcase_add_test(tests, one_stay_of_many_is_enough);
    tcase_add_test(tests, energies_are_kept);
    tcase_add_test(tests, trips_left_out_stay_out);
    tcase_add_test(tests, what_cannot_be_is_told);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
