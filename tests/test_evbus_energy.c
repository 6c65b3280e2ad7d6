/* test_evbus_energy.c - exact pricing with grids against trying every path. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/columns.h"
#include "formulations/evbus/price_energy.h"
#include "formulations/evbus/relax_energy.h"
#include "solver/engine.h"
#include "tests/support/eb_brute.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_small.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static const struct az_engine *glpk;

static void setup(void)
{
    arena = az_arena_new(NULL);
    glpk = engine_named("glpk");
}

static void teardown(void)
{
    az_arena_free(arena);
}

#define LIMIT 8

struct priced {
    struct eb_duty *duties[LIMIT];
    double costs[LIMIT], bound;
    size_t count;
};

static struct priced price(const struct eb_network *network, size_t source,
                           const struct eb_duals *duals, int effort)
{
    struct priced result;
    struct az_arena *scratch = az_arena_new(NULL);
    ck_assert_int_eq(eb_price_energy(network, source, duals, effort, INFINITY, LIMIT, arena,
                                     scratch, result.duties, result.costs, &result.count,
                                     &result.bound),
                     AZ_OK);
    az_arena_free(scratch);
    return result;
}

/* The reduced cost of a duty, by another hand. */
static double reduced_cost(const struct eb_network *network, size_t source,
                           const struct eb_duals *duals, const struct eb_duty *duty)
{
    const struct eb_instance *ev = network->ev;
    double cost =
        duals->source + duals->cost_scale * eb_duty_cost(ev, &network->sources[source], duty);
    if (duals->end_depot) cost += duals->end_depot[duty->end_depot];
    for (size_t l = 0; l < duty->leg_count; l++) {
        const struct eb_leg *leg = &duty->legs[l];
        if (leg->trip != AZ_NO_INDEX) cost -= duals->trip[network->order[leg->trip]];
        for (size_t s = 0; s < leg->stay_count; s++)
            for (size_t k = 0; k < leg->stays[s].slot_count; k++) {
                const struct eb_stay *stay = &leg->stays[s];
                size_t at = stay->charger * ev->T + stay->first_slot + k;
                cost += stay->charge_kwh[k] * duals->charge[at];
                cost += stay->discharge_kwh[k] * duals->discharge[at];
                if (stay->charge_kwh[k] > 0 || stay->discharge_kwh[k] > 0) cost += duals->plug[at];
            }
    }
    for (size_t r = 0; r < duals->triple_count; r++) {
        int runs = 0;
        for (size_t l = 0; l + 1 < duty->leg_count; l++)
            for (int k = 0; k < 3; k++)
                runs += duals->triples[r].trip[k] == network->order[duty->legs[l].trip];
        if (runs >= 2) cost += duals->triples[r].price;
    }
    return cost;
}

/* Powers, the curve, one direction a slot, times: what eb_duty_charges does not look at. */
static void check_duty(const struct eb_network *network, size_t source, const struct eb_duty *duty)
{
    const struct eb_instance *ev = network->ev;
    const struct eb_type *type = &ev->types.items[network->sources[source].type];
    double s = network->sources[source].start_kwh, slot_s = ev->dt * 3600;
    struct eb_point at = eb_point_source(ev, &network->sources[source]);
    ck_assert(eb_duty_charges(ev, &network->sources[source], duty, NULL));
    for (size_t l = 0; l < duty->leg_count; l++) {
        const struct eb_leg *leg = &duty->legs[l];
        for (size_t k = 0; k < leg->stay_count; k++) {
            const struct eb_stay *stay = &leg->stays[k];
            const struct eb_charger *bank = &ev->chargers.items[stay->charger];
            struct eb_point stop = eb_point_stop(ev, stay->place);
            if (at.place != stop.place) s -= eb_move(ev, 0, at, stop).energy_kwh;
            at = stop;
            ck_assert_uint_eq(bank->place.index, stay->place);
            bool passes = stay->from_s == stay->to_s;
            ck_assert_int_le(stay->from_s, stay->to_s);
            ck_assert_int_le(stay->to_s, ev->end_s);
            ck_assert_uint_eq(stay->first_slot, (size_t)((double)stay->from_s / slot_s));
            ck_assert_uint_eq(stay->first_slot + stay->slot_count,
                              passes ? stay->first_slot
                                     : (size_t)ceil((double)stay->to_s / slot_s));
            for (size_t t = 0; t < stay->slot_count; t++) {
                double from = fmax((double)stay->from_s, (double)(stay->first_slot + t) * slot_s);
                double to = fmin((double)stay->to_s, (double)(stay->first_slot + t + 1) * slot_s);
                double hours = (to - from) / 3600, in = stay->charge_kwh[t];
                double most =
                    fmin(bank->charge_kw, isnan(type->charge_kw) ? INFINITY : type->charge_kw);
                for (size_t c = 0; c < type->curve_count; c++)
                    most = fmin(most, type->curve_base_kw[c] + type->curve_slope_kw_per_kwh[c] * s);
                ck_assert_double_le(in, hours * most + 1e-6);
                double out = fmin(bank->discharge_kw,
                                  isnan(type->discharge_kw) ? INFINITY : type->discharge_kw);
                ck_assert_double_le(stay->discharge_kwh[t], hours * out + 1e-6);
                ck_assert(in == 0 || stay->discharge_kwh[t] == 0);
                s += eb_stay_gain(ev, stay, t);
            }
        }
        if (leg->trip == AZ_NO_INDEX) break;
        struct eb_point start = eb_point_trip_start(ev, leg->trip);
        if (at.place != start.place) s -= eb_move(ev, 0, at, start).energy_kwh;
        s -= ev->trips.items[leg->trip].energy_kwh[0];
        at = eb_point_trip_end(ev, leg->trip);
    }
}

/* Is the duty one that the rules of standing allow, as the branching has it? */
static void check_stands(const struct eb_network *network, const struct eb_duals *duals,
                         const struct eb_duty *duty)
{
    struct az_block_column column = { .data = duty };
    for (size_t k = 0; k < duals->stand_count; k++) {
        const struct eb_stand *rule = &duals->stands[k];
        struct az_decision decision = { .type = rule->first ? EB_DECIDE_STAND_FIRST
                                                            : EB_DECIDE_STAND_AFTER,
                                        .i = network->trip[rule->trip],
                                        .j = EB_STAND(rule->place, rule->slot),
                                        .value = rule->must };
        ck_assert(eb_allows(NULL, &decision, &column));
    }
}

static void check_answer(const struct eb_network *network, size_t source,
                         const struct eb_duals *duals, const struct priced *result)
{
    for (size_t k = 0; k < result->count; k++) {
        double cost = reduced_cost(network, source, duals, result->duties[k]);
        ck_assert_double_eq_tol(result->costs[k], cost, 1e-6 * fmax(1, fabs(cost)));
        if (k > 0) ck_assert_double_ge(result->costs[k], result->costs[k - 1]);
        check_duty(network, source, result->duties[k]);
        check_stands(network, duals, result->duties[k]);
    }
}

static struct eb_small_options options_of(uint64_t seed)
{
    bool two = seed % 7 == 6; /* stops, so that buses change between them */
    return (struct eb_small_options){ .trips = two ? 2 : 2 + seed % 3,
                                      .stops = two ? 2 : 1,
                                      .termini = 1,
                                      .slots = 4 + seed % 2,
                                      .slot_minutes = 60,
                                      .depot_charges = seed % 3 != 0,
                                      .curve = seed % 2 == 0,
                                      .floor = seed % 5 < 2,
                                      .descents = seed % 4 == 0,
                                      .ends = seed % 6 < 3,
                                      .buses = seed % 4 == 1,
                                      .drivers = seed % 5 == 3,
                                      .turnaround = seed % 3 == 1,
                                      .counts = seed % 8 == 2,
                                      .two_banks = seed % 9 == 4 };
}

/* Some successions, first and last trips forbidden, some trips left out. */
static void forbid(const struct eb_network *network, struct az_random *random,
                   struct eb_duals *duals)
{
    size_t n = network->trip_count, links = network->link_start[n];
    unsigned char *link = AZ_ARRAY(arena, links, unsigned char);
    unsigned char *out = AZ_ARRAY(arena, n, unsigned char), *in = AZ_ARRAY(arena, n, unsigned char);
    unsigned char *skip = AZ_ARRAY(arena, n, unsigned char);
    for (size_t k = 0; k < links; k++) link[k] = az_random_unit(random) < 0.4;
    for (size_t k = 0; k < n; k++) {
        out[k] = az_random_unit(random) < 0.3;
        in[k] = az_random_unit(random) < 0.3;
        skip[k] = az_random_unit(random) < 0.1;
    }
    duals->forbidden = link;
    duals->forbidden_out = out;
    duals->forbidden_in = in;
    duals->skip = skip;
}

/* The bus must, or may not, stand somewhere in some slots after some trips and before first ones.
 */
static void rule_stands(const struct eb_network *network, struct az_random *random,
                        struct eb_duals *duals)
{
    const struct eb_instance *ev = network->ev;
    size_t count = 1 + az_random_below(random, 3);
    struct eb_stand *stands = AZ_ARRAY(arena, count, struct eb_stand);
    for (size_t k = 0; k < count; k++)
        stands[k] = (struct eb_stand){ .trip = az_random_below(random, network->trip_count),
                                       .first = az_random_unit(random) < 0.4,
                                       .must = az_random_unit(random) < 0.5,
                                       .place = ev->stop[az_random_below(random, ev->stop_count)],
                                       .slot = az_random_below(random, ev->T) };
    duals->stands = stands;
    duals->stand_count = count;
}

/* Prices for random triples of trips. */
static void price_triples(const struct eb_network *network, struct az_random *random,
                          struct eb_duals *duals)
{
    size_t n = network->trip_count, count = 0;
    struct eb_triple *triples = AZ_ARRAY(arena, n * n * n, struct eb_triple);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            for (size_t k = j + 1; k < n; k++)
                if (az_random_below(random, 2) == 0)
                    triples[count++] =
                        (struct eb_triple){ { i, j, k }, 1 + (double)az_random_below(random, 400) };
    duals->triples = triples;
    duals->triple_count = count;
}

/* Without exactness the master's bound would not hold: too high a bound proves what is not true,
 * too low a one never closes the gap. Every feature, every path. */
static void compare(uint64_t first, uint64_t last, bool plugs, bool decisions, bool stands,
                    bool triples)
{
    size_t paths = 0, none = 0;
    last = first + TEST_SOME(last - first + 1) - 1;
    for (uint64_t seed = first; seed <= last; seed++) {
        struct eb_small_options o = options_of(seed);
        struct eb_instance *ev = eb_small_random(seed, &o, arena);
        struct eb_network *network;
        struct az_random random;
        az_random_seed(&random, seed + 1000);
        ck_assert_int_eq(eb_network_new(ev, arena, &network), AZ_OK);
        struct eb_duals *duals = eb_small_duals(network, &random, plugs, arena);
        if (decisions) forbid(network, &random, duals);
        if (stands) rule_stands(network, &random, duals);
        if (triples) price_triples(network, &random, duals);
        if (seed % 10 == 7) duals->cost_scale = 0;
        for (size_t s = 0; s < network->source_count; s++) {
            size_t tried;
            double best = eb_brute_price(network, s, duals, glpk, &tried);
            struct priced exact = price(network, s, duals, 2);
            check_answer(network, s, duals, &exact);
            paths += tried;
            none += best == INFINITY;
            if (best == INFINITY) {
                ck_assert_double_eq(exact.bound, INFINITY);
                ck_assert_uint_eq(exact.count, 0);
                continue;
            }
            ck_assert_msg(fabs(exact.bound - best) <= 2e-6 * fmax(1, fabs(best)),
                          "seed %d source %d: bound %.9g, best %.9g", (int)seed, (int)s,
                          exact.bound, best);
            ck_assert_uint_ge(exact.count, 1);
            ck_assert_double_eq_tol(exact.costs[0], best, 1e-5 * fmax(1, fabs(best)));
            for (int effort = 0; effort < 2; effort++) {
                struct priced quick = price(network, s, duals, effort);
                check_answer(network, s, duals, &quick);
                ck_assert_double_le(quick.bound, best + 2e-6 * fmax(1, fabs(best)));
                if (quick.count > 0)
                    ck_assert_double_ge(quick.costs[0], best - 1e-5 * fmax(1, fabs(best)));
            }
        }
    }
    ck_assert_uint_ge(paths, TEST_SOME(100));
    ck_assert_uint_le(none, (last - first + 1) / 2 + 1);
}

START_TEST(the_bound_is_the_least_of_all_paths)
{
    compare(1, 100, false, false, false, false);
}
END_TEST

/* A triple forgotten, or paid twice by who runs all three, would cut off plans or prove nothing; a
 * day that is dearer now but has met less must not yield to a cheaper one. */
START_TEST(triples_are_paid_once)
{
    compare(1, 30, true, false, false, true);
    compare(121, 128, true, true, true, true);
}
END_TEST

/* Without a whole plug in the bound a shared charger would look half as dear as it is. */
START_TEST(plugs_are_paid_whole)
{
    compare(201, 240, true, false, false, false);
}
END_TEST

/* Without decisions in the labels branching would never end. */
START_TEST(decisions_are_respected)
{
    compare(281, 330, false, true, false, false);
}
END_TEST

/* Without them a tree could not tell ways by one stop from ways by another. */
START_TEST(rules_of_standing_are_respected)
{
    compare(381, 440, false, false, true, false);
    compare(501, 520, false, true, true, false);
}
END_TEST

/* A bus that has nearly driven its hours before the horizon drives on to a charger when it has had
 * the rest of its break where it stands. It was thought to go there at once or never: the bound was
 * above days that there are. */
START_TEST(a_break_begun_before_the_horizon_is_finished)
{
    size_t later = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(60); seed++) {
        struct eb_small_options o = { .trips = 3,
                                      .stops = 2,
                                      .termini = 1,
                                      .slots = 10,
                                      .slot_minutes = 30,
                                      .drivers = true,
                                      .buses = true };
        struct eb_instance *ev = eb_small_random(seed, &o, arena);
        struct eb_network *network;
        struct az_random random;
        size_t s = 0, tried;
        *ev->drivers = (struct eb_drivers){ .longest_driving_min = 80,
                                            .shortest_break_min = 25,
                                            .longest_block_min = NAN };
        ev->bus[0].driving_min = 79;
        ev->bus[0].standing_min = 8;
        az_random_seed(&random, seed + 77);
        ck_assert_int_eq(eb_network_new(ev, arena, &network), AZ_OK);
        struct eb_duals *duals = eb_small_duals(network, &random, false, arena);
        while (s < network->source_count && network->sources[s].bus == AZ_NO_INDEX) s++;
        ck_assert_uint_lt(s, network->source_count);
        double best = eb_brute_price(network, s, duals, glpk, &tried);
        struct priced exact = price(network, s, duals, 2);
        check_answer(network, s, duals, &exact);
        if (best == INFINITY) continue;
        if (!(fabs(exact.bound - best) <= 2e-6 * fmax(1, fabs(best))))
            ck_abort_msg("seed %d: bound %.9g, best %.9g", (int)seed, exact.bound, best);
        ck_assert_uint_ge(exact.count, 1);
        const struct eb_leg *first = &exact.duties[0]->legs[0];
        const struct eb_source *source = &network->sources[s];
        if (first->stay_count == 0 || first->stays[0].place == source->from_place) continue;
        int64_t takes =
            eb_drive(ev, source->type, source->from_place, first->stays[0].place).drive_s;
        later += first->stays[0].from_s - takes == source->from_s + 17 * 60;
    }
    ck_assert_int_ge((int)later, TEST_SEEN(1));
}
END_TEST

/* What a higher effort costs must be worth it: were its best day worse, the engine would go up to
 * it for nothing, and the columns of the lower one be lost. And no day is below the proven bound.
 */
START_TEST(higher_efforts_find_no_worse_days)
{
    int better = 0, worse = 0, found = 0, bounds = 0, near = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(30); seed++) {
        struct eb_small_options o = { .trips = 9,
                                      .stops = 2,
                                      .termini = 1,
                                      .slots = 16,
                                      .slot_minutes = 30,
                                      .depot_charges = seed % 2 == 0,
                                      .curve = seed % 3 == 0,
                                      .floor = seed % 5 == 0,
                                      .descents = seed % 7 == 0,
                                      .ends = seed % 4 != 0,
                                      .drivers = seed % 9 == 0,
                                      .limits = seed % 11 == 0,
                                      .turnaround = true };
        struct eb_network *network;
        struct az_random random;
        struct eb_instance *ev = eb_small_random(seed, &o, arena);
        ck_assert_int_eq(eb_network_new(ev, arena, &network), AZ_OK);
        az_random_seed(&random, seed);
        const struct eb_duals *duals = eb_small_duals(network, &random, seed % 2 == 1, arena);
        for (size_t s = 0; s < network->source_count; s++) {
            double best[3], bound[3];
            struct priced priced;
            for (int effort = 0; effort < 3; effort++) {
                priced = price(network, s, duals, effort);
                bound[effort] = priced.bound;
                best[effort] = priced.count > 0 ? priced.costs[0] : INFINITY;
                for (size_t k = 0; k < priced.count; k++)
                    ck_assert_double_ge(priced.costs[k], best[effort]);
            }
            if (fmin(best[0], best[1]) < best[2] - 1e-6)
                ck_abort_msg("seed %d, source %zu: %.6f and %.6f at the lower efforts, %.6f",
                             (int)seed, s, best[0], best[1], best[2]);
            /* the middle effort's bound is rough, but a bound, and near most often */
            if (isfinite(bound[2])) {
                ck_assert_double_le(bound[1], bound[2] + 2e-6 * fmax(1, fabs(bound[2])));
                near += bound[1] >= bound[2] - 0.02 * fmax(1, fabs(bound[2]));
                bounds++;
            }
            if (best[2] == INFINITY) continue;
            found++;
            worse += best[1] > best[0] + 1e-6;
            better += best[2] < best[0] - 1e-6;
            ck_assert_double_ge(best[2], priced.bound - 1e-6);
        }
    }
    ck_assert_int_ge(found, TEST_SEEN(30));
    ck_assert_int_ge(better, TEST_SEEN(1));
    ck_assert_int_le(worse, found / 20);
    ck_assert_int_ge(near, bounds / 2);
}
END_TEST

/* A pricing of the source with the class table filled up to `classes` with sets that no way has. */
static struct pe pricing(const struct eb_network *network, const struct eb_duals *duals,
                         size_t classes)
{
    struct pe pe = { .net = network,
                     .ev = network->ev,
                     .source = &network->sources[0],
                     .type = &network->ev->types.items[network->sources[0].type],
                     .duals = duals,
                     .arena = arena };
    ck_assert_int_eq(eb_pe_graph(&pe), AZ_OK);
    if (classes <= pe.class_count) return pe;
    uint64_t *sets = AZ_ARRAY(arena, classes * pe.words, uint64_t);
    ck_assert_ptr_nonnull(sets);
    memcpy(sets, pe.sets, pe.class_count * pe.words * sizeof *sets);
    for (size_t c = pe.class_count; c < classes; c++) sets[c * pe.words] = ~(uint64_t)c;
    pe.sets = sets;
    pe.class_count = classes;
    return pe;
}

/* A table of classes that is full was told as memory that is not there, and the whole solve failed;
 * it is a limit like the others: the way is left, and the bound is none. */
START_TEST(too_many_classes_are_a_limit)
{
    struct eb_small_options o = {
        .trips = 4, .stops = 2, .termini = 1, .slots = 16, .slot_minutes = 30
    };
    struct eb_network *network;
    struct az_random random;
    struct eb_instance *ev = eb_small_random(1, &o, arena);
    ck_assert_int_eq(eb_network_new(ev, arena, &network), AZ_OK);
    az_random_seed(&random, 1);
    struct eb_duals duals = *eb_small_duals(network, &random, false, arena);
    struct eb_stand rule = { .trip = 1, .first = true, .place = 0, .slot = 3 };
    duals.stands = &rule;
    duals.stand_count = 1;
    struct pe pe = pricing(network, &duals, 0);
    int32_t class = pe.class_begin;
    ck_assert_int_eq(eb_pe_stand(&pe, rule.place, rule.slot, &class), AZ_OK);
    ck_assert_int_gt(class, 0);
    ck_assert(!pe.limit);
    pe = pricing(network, &duals, 1000000);
    class = pe.class_begin;
    ck_assert_int_eq(eb_pe_stand(&pe, rule.place, rule.slot, &class), AZ_OK);
    ck_assert_int_eq(class, PE_BARRED);
    ck_assert(pe.limit);
}
END_TEST

/* --- the assignment with batteries -------------------------------------------------------------
 */

/* One exact call on the city's weekday went on for minutes past the deadline, and nothing could end
 * it but a kill, which loses the last bound. */
START_TEST(pricing_ends_with_the_deadline)
{
    struct eb_case c;
    struct eb_network *network;
    struct az_context context = az_context_default();
    eb_case_load(&c, "instances/evbus/matsumoto-mountain.json", NULL);
    ck_assert_int_eq(eb_network_new(c.ev, c.arena, &network), AZ_OK);
    double *trip = AZ_ARRAY(c.arena, network->trip_count, double);
    double *energy = AZ_ARRAY(c.arena, c.ev->chargers.count * c.ev->T, double);
    for (size_t n = 0; n < network->trip_count; n++) trip[n] = 3000;
    struct eb_duals duals = {
        .cost_scale = 1, .trip = trip, .charge = energy, .discharge = energy, .plug = energy
    };
    ck_assert(isfinite(price(network, 0, &duals, 2).bound));
    network->context = &context;
    ck_assert(isfinite(price(network, 0, &duals, 2).bound));
    context.deadline = az_now(&context);
    ck_assert_double_eq(price(network, 0, &duals, 2).bound, -INFINITY);
    eb_case_close(&c);
}
END_TEST

/* Were a bus-day cheaper than the assignment's prices of its trips, what is told as proven of a
 * large plan would not be. Any prices of energy, plugs and batteries. */
START_TEST(no_day_is_cheaper_than_the_assignment_says)
{
    int known = 0, days = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(200); seed++) {
        struct eb_small_options o = options_of(seed);
        struct eb_instance *ev = eb_small_random(seed, &o, arena);
        struct eb_network *network;
        struct az_random random;
        struct eb_relaxation *relaxation;
        az_random_seed(&random, seed + 77);
        ck_assert_int_eq(eb_network_new(ev, arena, &network), AZ_OK);
        size_t plugs = ev->chargers.count * ev->T, energies = ev->grids.count * ev->T;
        double *energy = AZ_ARRAY(arena, energies, double), *plug = AZ_ARRAY(arena, plugs, double);
        double *battery = AZ_ARRAY(arena, ev->types.count, double);
        double *idle = AZ_ARRAY(arena, network->source_count, double);
        double *charge = AZ_ARRAY(arena, plugs, double), *out = AZ_ARRAY(arena, plugs, double);
        for (size_t i = 0; i < energies; i++) energy[i] = 60 * az_random_unit(&random) - 5;
        for (size_t i = 0; i < plugs; i++) plug[i] = fmax(0, 400 * (az_random_unit(&random) - 0.4));
        for (size_t i = 0; i < ev->types.count; i++) battery[i] = 50 * az_random_unit(&random);
        for (size_t i = 0; i < plugs; i++) {
            size_t grid = ev->chargers.items[i / ev->T].grid;
            charge[i] = grid == AZ_NO_INDEX ? 0 : energy[grid * ev->T + i % ev->T];
            out[i] = -charge[i];
        }
        struct eb_energy_worth worth = { energy, plug, battery };
        ck_assert_int_eq(eb_relax_energy(network, &worth, arena, &relaxation, idle, NULL), AZ_OK);
        if (!relaxation) continue;
        known++;
        struct eb_duals duals = { .cost_scale = 1,
                                  .trip = relaxation->price,
                                  .charge = charge,
                                  .discharge = out,
                                  .plug = plug };
        for (size_t s = 0; s < network->source_count; s++) {
            struct priced exact = price(network, s, &duals, 2);
            ck_assert_msg(exact.bound >= fmin(0, idle[s]) - 1e-5, "seed %d source %d: %.9g",
                          (int)seed, (int)s, exact.bound);
            days += isfinite(exact.bound);
        }
    }
    ck_assert_int_ge(known, TEST_SOME(30));
    ck_assert_int_ge(days, TEST_SOME(30));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_energy");
    TCase *brute = tcase_create("against every path");
    tcase_set_timeout(brute, 300);
    tcase_add_checked_fixture(brute, setup, teardown);
    tcase_add_test(brute, the_bound_is_the_least_of_all_paths);
    tcase_add_test(brute, plugs_are_paid_whole);
    tcase_add_test(brute, decisions_are_respected);
    tcase_add_test(brute, higher_efforts_find_no_worse_days);
    tcase_add_test(brute, triples_are_paid_once);
    tcase_add_test(brute, rules_of_standing_are_respected);
    tcase_add_test(brute, too_many_classes_are_a_limit);
    tcase_add_test(brute, pricing_ends_with_the_deadline);
    tcase_add_test(brute, a_break_begun_before_the_horizon_is_finished);
    suite_add_tcase(suite, brute);
    TCase *assignment = tcase_create("assignment");
    tcase_set_timeout(assignment, 300);
    tcase_add_checked_fixture(assignment, setup, teardown);
    tcase_add_test(assignment, no_day_is_cheaper_than_the_assignment_says);
    suite_add_tcase(suite, assignment);
    return test_suite_run(suite);
}
