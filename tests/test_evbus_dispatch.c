/* test_evbus_dispatch.c - energies of fixed chains: what the dispatch answers holds every rule, is
 * the least cost where a hand can calculate it, and does not depend on the engine. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/network.h"
#include "solver/engine.h"
#include "tests/support/eb_small.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct az_context context;
static const struct az_engine *glpk;

static void setup(void)
{
    arena = az_arena_new(NULL);
    context = az_context_default();
    glpk = engine_named("glpk");
}

static void teardown(void)
{
    az_arena_free(arena);
}

/* --- chains by hand ----------------------------------------------------------------------------
 */

/* A stay over the slots that [from, to] overlaps. */
static struct eb_stay stay_at(const struct eb_instance *ev, size_t bank, int64_t from, int64_t to)
{
    int64_t slot = ev->slot_minutes * 60;
    struct eb_stay stay = { .place = ev->chargers.items[bank].place.index,
                            .charger = bank,
                            .from_s = from,
                            .to_s = to,
                            .first_slot = (size_t)(from / slot) };
    stay.slot_count = to > from ? (size_t)((to + slot - 1) / slot) - stay.first_slot : 0;
    return stay;
}

static struct eb_duty *new_duty(size_t legs)
{
    struct eb_duty *duty = AZ_NEW(arena, struct eb_duty);
    duty->leg_count = legs;
    duty->legs = AZ_ARRAY(arena, legs, struct eb_leg);
    for (size_t l = 0; l < legs; l++) {
        duty->legs[l].trip = AZ_NO_INDEX;
        duty->legs[l].stays = AZ_ARRAY(arena, 4, struct eb_stay);
    }
    return duty;
}

static void add_stay(struct eb_duty *duty, size_t leg, struct eb_stay stay)
{
    duty->legs[leg].stays[duty->legs[leg].stay_count++] = stay;
}

/* The small instance made plain: one depot with a bank of grid 0, a stop with one of grid 1, flat
 * costs, no losses, one price a slot without limits. Two trips go up and down: depot -> stop,
 * stop -> depot, 10 kWh each. */
static struct eb_instance *plain(size_t slots, const double price[], const double value[])
{
    struct eb_small_options o = {
        .trips = 2, .stops = 1, .slots = slots, .slot_minutes = 60, .depot_charges = true
    };
    struct eb_instance *ev = eb_small_random(7, &o, arena);
    for (size_t g = 0; g < 2; g++) {
        struct eb_grid *grid = &ev->grids.items[g];
        grid->supply.count = 1;
        grid->supply.items[0].power_kw = (struct az_series){ 0 };
        grid->demand.items[0].power_kw = (struct az_series){ 0 };
        for (size_t t = 0; t < slots; t++) {
            grid->supply.items[0].price_jpy_per_kwh.values[t] = g == 0 ? price[t] : 100;
            grid->demand.items[0].price_jpy_per_kwh.values[t] = g == 1 ? value[t] : 0;
        }
    }
    for (size_t c = 0; c < 2; c++) {
        struct eb_charger *bank = &ev->chargers.items[c];
        bank->charge_kw = bank->discharge_kw = 20;
        bank->charge_efficiency = bank->discharge_efficiency = 1;
    }
    struct eb_type *type = &ev->types.items[0];
    type->charge_kw = type->discharge_kw = NAN;
    type->wear_jpy_per_kwh = type->cost_jpy_per_day = type->cost_jpy_per_km = 0;
    type->min_kwh = type->floor_kwh = 10;
    type->max_kwh = 100;
    type->start_kwh[0] = 50;
    for (size_t k = 0; k < 4; k++) {
        ev->drive_km[k] = k == 1 || k == 2 ? 10 : 0;
        ev->drive_s[k] = k == 1 || k == 2 ? 1800 : 0;
        ev->drive_kwh[k] = k == 1 || k == 2 ? 10 : 0;
    }
    for (size_t i = 0; i < 2; i++) {
        struct eb_trip *trip = &ev->trips.items[i];
        trip->from.index = i;
        trip->to.index = 1 - i;
        trip->depart_s = i == 0 ? 7200 : 14400;
        trip->arrive_s = trip->depart_s + 1800;
        trip->distance_km = 10;
        trip->energy_kwh[0] = trip->prefix_high[0] = 10;
        trip->prefix_low[0] = 0;
    }
    return ev;
}

/* depot until 2:00, trip up, stop 2:30 to 4:00, trip down, depot from 4:30 to the end */
static struct eb_duty *up_and_down(const struct eb_instance *ev)
{
    struct eb_duty *duty = new_duty(3);
    duty->legs[0].trip = 0;
    duty->legs[1].trip = 1;
    add_stay(duty, 0, stay_at(ev, 0, 0, 7200));
    add_stay(duty, 1, stay_at(ev, 1, 9000, 14400));
    add_stay(duty, 2, stay_at(ev, 0, 16200, ev->end_s));
    return duty;
}

static struct eb_dispatch dispatch(const struct eb_instance *ev, struct eb_duty *const duties[],
                                   size_t count, const struct az_engine *engine)
{
    struct eb_source *sources;
    size_t source_count;
    struct eb_dispatch result;
    ck_assert_int_eq(eb_sources(ev, arena, &sources, &source_count), AZ_OK);
    ck_assert_int_eq(eb_dispatch(ev, sources, (const struct eb_duty *const *)duties, count, engine,
                                 &context, arena, &result),
                     AZ_OK);
    return result;
}

/* Without the choice of the slot a bus would pay more than the cheapest one asks. */
START_TEST(buys_in_the_cheap_slot)
{
    double price[8] = { 30, 10, 30, 30, 30, 30, 12, 30 }, value[8] = { 0 };
    struct eb_instance *ev = plain(8, price, value);
    struct eb_duty *duty = up_and_down(ev);
    struct eb_dispatch result = dispatch(ev, &duty, 1, glpk);
    ck_assert(result.found);
    ck_assert_double_eq_tol(result.cost, 20 * 10, 1e-6); /* the 20 kWh driven, at 10 */
    ck_assert_double_eq_tol(result.duties[0].legs[0].stays[0].charge_kwh[1], 20, 1e-6);
    ck_assert_double_eq_tol(result.marginal[1], 10, 1e-6);
}
END_TEST

/* Without two balances the bus could not earn by carrying: bought at 10, delivered at 60 in slots 2
 * (half of it) and 3, 20 kW each; 30 kWh delivered and 20 driven are bought: 20 + 20 at 10 and 10
 * at 12. */
START_TEST(carries_from_grid_to_grid)
{
    double price[8] = { 10, 10, 30, 30, 30, 30, 12, 30 };
    double value[8] = { 60, 60, 60, 60, 60, 60, 60, 60 };
    struct eb_instance *ev = plain(8, price, value);
    struct eb_duty *duty = up_and_down(ev);
    struct eb_dispatch result = dispatch(ev, &duty, 1, glpk);
    ck_assert(result.found);
    ck_assert_double_eq_tol(result.cost, 40 * 10 + 10 * 12 - 30 * 60, 1e-6);
    ck_assert_double_eq_tol(result.demand_kwh[1][3], 20, 1e-6);
    ck_assert(eb_duty_charges(
        ev,
        &(struct eb_source){
            .start_kwh = 50, .min_kwh = 10, .max_kwh = 100, .end_kwh = 50, .from_place = 0 },
        &result.duties[0], NULL));
}
END_TEST

/* Without the floor the battery would be emptied into the grid: it starts with 50, gives 10 to the
 * trip, and may not be discharged below 35; bought back at 30 where value is 60. */
START_TEST(keeps_the_discharge_floor)
{
    double price[8] = { 70, 70, 70, 70, 70, 30, 30, 30 };
    double value[8] = { 60, 60, 60, 60, 60, 60, 60, 60 };
    struct eb_instance *ev = plain(8, price, value);
    ev->types.items[0].floor_kwh = 35;
    struct eb_duty *duty = up_and_down(ev);
    struct eb_dispatch result = dispatch(ev, &duty, 1, glpk);
    ck_assert(result.found);
    ck_assert_double_eq_tol(result.cost, 25 * 30 - 5 * 60, 1e-6);
}
END_TEST

/* Without the curve the night would end full too early: 4 kW above 45 kWh, three slots and a half
 * for 20 kWh. */
START_TEST(charges_along_the_curve)
{
    double price[8] = { 90, 90, 90, 90, 90, 10, 10, 10 }, value[8] = { 0 };
    struct eb_instance *ev = plain(8, price, value);
    struct eb_type *type = &ev->types.items[0];
    double base[2] = { 20, 28 }, slope[2] = { 0, -0.5 }; /* kW; 8 kW at 40, 3 kW at 50 */
    type->curve_count = 2;
    type->curve_base_kw = base;
    type->curve_slope_kw_per_kwh = slope;
    struct eb_duty *duty = up_and_down(ev);
    struct eb_dispatch result = dispatch(ev, &duty, 1, glpk);
    ck_assert(result.found);
    /* the best: x bought before at 90, so that the night's three slots at 10 and the half at 90
     * reach 50: with s at 5:00 they give at most 13 - ... so the LP must buy some at 90 */
    const double *night = result.duties[0].legs[2].stays[0].charge_kwh;
    double s = 50 - 20 + result.duties[0].legs[0].stays[0].charge_kwh[0] +
               result.duties[0].legs[0].stays[0].charge_kwh[1];
    for (size_t k = 0; k < 4; k++) {
        ck_assert_double_le(night[k], (k == 0 ? 0.5 : 1) * fmin(20, 28 - 0.5 * s) + 1e-6);
        s += night[k];
    }
    ck_assert_double_ge(s, 50 - 1e-6);
}
END_TEST

/* Without plugs as whole decisions two buses would share one charger in a slot. */
START_TEST(one_charger_serves_one_bus_in_a_slot)
{
    double price[8] = { 90, 90, 90, 90, 90, 10, 20, 30 }, value[8] = { 0 };
    struct eb_instance *ev = plain(8, price, value);
    ev->chargers.items[0].count = ev->chargers.items[0].count_max = 1;
    struct eb_duty *duties[2] = { up_and_down(ev), up_and_down(ev) };
    struct eb_dispatch result = dispatch(ev, duties, 2, glpk);
    ck_assert(result.found);
    ck_assert_double_eq_tol(result.cost, 20 * 10 + 20 * 20, 1e-5);
    for (size_t k = 0; k < 4; k++) {
        int used = 0;
        for (size_t d = 0; d < 2; d++) used += result.duties[d].legs[2].stays[0].charge_kwh[k] > 0;
        ck_assert_int_le(used, 1);
    }
    /* a second charger for 150 a day: both take slot 5 at 10 */
    ev->chargers.items[0].count_max = 2;
    ev->chargers.items[0].price_jpy_per_day = 150;
    result = dispatch(ev, duties, 2, glpk);
    ck_assert_double_eq_tol(result.cost, 2 * 20 * 10 + 150, 1e-5);
    ck_assert_int_eq(result.chargers[0], 2);
}
END_TEST

/* Without the test a chain that runs empty would be called a plan. */
START_TEST(an_impossible_chain_is_not_found)
{
    double price[8] = { 10 }, value[8] = { 0 };
    struct eb_instance *ev = plain(8, price, value);
    ev->trips.items[0].energy_kwh[0] = ev->trips.items[0].prefix_high[0] = 95;
    struct eb_duty *duty = up_and_down(ev);
    ck_assert(!dispatch(ev, &duty, 1, glpk).found);
    ev->trips.items[0].energy_kwh[0] = 10;
    ev->trips.items[0].prefix_high[0] = 75; /* on the way: 85 at the start, reached in two slots */
    ck_assert(dispatch(ev, &duty, 1, glpk).found);
    ev->trips.items[0].prefix_high[0] = 81; /* 91: 50 + 40 are not enough */
    ck_assert(!dispatch(ev, &duty, 1, glpk).found);
}
END_TEST

/* --- engines that stop, or fail ----------------------------------------------------------------
 */

static int lps, lps_before_stop, bounds_before_failure;

static bool is_over(void *data)
{
    (void)data;
    return lps >= lps_before_stop;
}

/* GLPK, whose LPs find the clock run out after so many. */
static enum az_status lp_until_stopped(void *session, struct az_solve_result *result)
{
    enum az_status status = glpk->solve_lp(session, result);
    if (++lps > lps_before_stop) result->status = AZ_SOLVE_UNKNOWN;
    return status;
}

static enum az_status bounds_until_failure(void *session, size_t column, double lower, double upper)
{
    if (bounds_before_failure-- <= 0) return AZ_ENGINE;
    return glpk->column_bounds(session, column, lower, upper);
}

/* Two buses at one charger, and a second one to choose: decisions to dive for. */
static enum az_status dispatch_two(const struct az_engine *engine, struct eb_dispatch *result)
{
    double price[8] = { 90, 90, 90, 90, 90, 10, 20, 30 }, value[8] = { 0 };
    struct eb_instance *ev = plain(8, price, value);
    ev->chargers.items[0].count = ev->chargers.items[0].count_max = 1;
    struct eb_duty *duties[2] = { up_and_down(ev), up_and_down(ev) };
    for (size_t k = 0; k < 8; k++) ev->trips.items[0].energy_kwh[0] = 25;
    struct eb_source *sources;
    size_t source_count;
    ck_assert_int_eq(eb_sources(ev, arena, &sources, &source_count), AZ_OK);
    return eb_dispatch(ev, sources, (const struct eb_duty *const *)duties, 2, engine, &context,
                       arena, result);
}

/* An LP that the clock stops was taken for a dead end: the dive went on taking decisions back, up
 * to forty LPs beyond the deadline. */
START_TEST(a_dive_ends_with_the_clock)
{
    struct az_engine stopped = *glpk;
    struct eb_dispatch result;
    stopped.solve_lp = lp_until_stopped;
    lps = 0;
    lps_before_stop = 1 << 20;
    context.cancelled = is_over;
    ck_assert_int_eq(dispatch_two(&stopped, &result), AZ_OK);
    ck_assert(result.found);
    int all = lps;
    ck_assert_int_ge(all, 3);
    for (lps_before_stop = 1; lps_before_stop < all; lps_before_stop++) {
        lps = 0;
        ck_assert_int_eq(dispatch_two(&stopped, &result), AZ_OK);
        ck_assert_int_le(lps, lps_before_stop + 5);
    }
}
END_TEST

/* Bounds that could not be put back were not told: the next LP solved another problem. */
START_TEST(an_engine_that_fails_in_a_dive_is_told)
{
    struct az_engine failing = *glpk;
    struct eb_dispatch result;
    failing.column_bounds = bounds_until_failure;
    bounds_before_failure = 1 << 20;
    ck_assert_int_eq(dispatch_two(&failing, &result), AZ_OK);
    int all = (1 << 20) - bounds_before_failure;
    ck_assert_int_ge(all, 2);
    for (int before = 0; before < all; before++) {
        bounds_before_failure = before;
        ck_assert_int_eq(dispatch_two(&failing, &result), AZ_ENGINE);
    }
}
END_TEST

/* --- random chains -----------------------------------------------------------------------------
 */

/* A chain of trips that fit in time, with stays at stops where there is time for them. */
static struct eb_duty *random_duty(const struct eb_network *network, struct az_random *random,
                                   bool used[])
{
    const struct eb_instance *ev = network->ev;
    struct eb_duty *duty = new_duty(network->trip_count + 1);
    size_t legs = 0, place = network->sources[0].from_place, depot = 0;
    int64_t now = 0;
    for (size_t n = 0; n <= network->trip_count; n++) {
        bool last = n == network->trip_count;
        size_t i = last ? 0 : network->trip[n];
        const struct eb_trip *trip = &ev->trips.items[i];
        size_t target = last ? ev->depots.items[depot].place.index : trip->from.index;
        int64_t by = last ? ev->end_s : trip->depart_s;
        if (!last && (used[n] || az_random_unit(random) < 0.4)) continue;
        size_t bank = (size_t)az_random_below(random, ev->chargers.count);
        size_t stop = ev->chargers.items[bank].place.index;
        struct eb_movement to = eb_drive(ev, 0, place, stop), on = eb_drive(ev, 0, stop, target);
        struct eb_movement straight = eb_drive(ev, 0, place, target);
        struct eb_leg *leg = &duty->legs[legs];
        leg->stay_count = 0;
        if (to.drive_s >= 0 && on.drive_s >= 0 && now + to.drive_s + on.drive_s < by)
            add_stay(duty, legs, stay_at(ev, bank, now + to.drive_s, by - on.drive_s));
        else if (straight.drive_s < 0 || now + straight.drive_s > by)
            continue;
        leg->trip = last ? AZ_NO_INDEX : i;
        legs++;
        if (last) break;
        used[n] = true;
        now = trip->arrive_s;
        place = trip->to.index;
    }
    if (legs == 0 || duty->legs[legs - 1].trip != AZ_NO_INDEX) return NULL;
    duty->leg_count = legs;
    return duty;
}

struct tally {
    const struct eb_instance *ev;
    double *charged, *discharged; /* [banks * T] */
    int64_t *used;
};

static void tally_duty(struct tally *tally, const struct eb_source *source,
                       const struct eb_duty *duty)
{
    const struct eb_instance *ev = tally->ev;
    const struct eb_type *type = &ev->types.items[source->type];
    double *charge = AZ_ARRAY(arena, duty->leg_count, double);
    ck_assert(eb_duty_charges(ev, source, duty, charge));
    ck_assert_double_eq_tol(duty->cost, eb_duty_cost(ev, source, duty), 1e-6);
    double slot_s = ev->dt * 3600;
    for (size_t l = 0; l < duty->leg_count; l++)
        for (size_t s = 0; s < duty->legs[l].stay_count; s++) {
            const struct eb_stay *stay = &duty->legs[l].stays[s];
            const struct eb_charger *bank = &ev->chargers.items[stay->charger];
            for (size_t k = 0; k < stay->slot_count; k++) {
                size_t t = stay->first_slot + k, at = stay->charger * ev->T + t;
                double in = stay->charge_kwh[k], out = stay->discharge_kwh[k];
                double hours = (fmin((double)stay->to_s, (double)(t + 1) * slot_s) -
                                fmax((double)stay->from_s, (double)t * slot_s)) /
                               3600;
                double in_kw = isnan(type->charge_kw) ? bank->charge_kw
                                                      : fmin(bank->charge_kw, type->charge_kw);
                double out_kw = isnan(type->discharge_kw)
                                    ? bank->discharge_kw
                                    : fmin(bank->discharge_kw, type->discharge_kw);
                ck_assert(in == 0 || out == 0);
                ck_assert(in >= 0 && in <= hours * in_kw + 1e-6);
                ck_assert(out >= 0 && out <= hours * out_kw + 1e-6);
                tally->charged[at] += in;
                tally->discharged[at] += out;
                tally->used[at] += in > 0 || out > 0;
            }
        }
}

/* The LP's rows by another hand: counts, places, balances, and the cost. */
static void check_result(const struct eb_instance *ev, const struct eb_source *sources,
                         const struct eb_dispatch *result, size_t count)
{
    size_t T = ev->T, banks = ev->chargers.count;
    struct tally tally = { ev, AZ_ARRAY(arena, banks * T, double),
                           AZ_ARRAY(arena, banks * T, double),
                           AZ_ARRAY(arena, banks * T, int64_t) };
    double cost = 0;
    for (size_t d = 0; d < count; d++) {
        const struct eb_duty *duty = &result->duties[d];
        tally_duty(&tally, &sources[duty->source], duty);
        cost += duty->cost - eb_duty_base_cost(ev, &sources[duty->source], duty);
    }
    for (size_t c = 0; c < banks; c++) {
        const struct eb_charger *bank = &ev->chargers.items[c];
        ck_assert_int_le(result->chargers[c], bank->count_max);
        for (size_t t = 0; t < T; t++) ck_assert_int_le(tally.used[c * T + t], result->chargers[c]);
        cost += (double)(result->chargers[c] - bank->count) * bank->price_jpy_per_day;
    }
    for (size_t t = 0; t < T; t++) {
        double net[2] = { 0, 0 };
        for (size_t p = 0; p < ev->places.count; p++) {
            const struct eb_place *place = &ev->places.items[p];
            double in = 0, out = 0;
            for (size_t k = 0; k < place->charger_count; k++) {
                in += tally.charged[place->charger[k] * T + t];
                out += tally.discharged[place->charger[k] * T + t];
            }
            if (place->charger_count > 0) net[place->grid.index] += in - out;
            if (!isnan(place->power_limit_kw))
                ck_assert_double_le(in, place->power_limit_kw * ev->dt + 1e-6);
            double limit =
                isnan(place->delivery_limit_kw) ? place->power_limit_kw : place->delivery_limit_kw;
            if (!isnan(limit)) ck_assert_double_le(out, limit * ev->dt + 1e-6);
        }
        for (size_t k = 0; k < ev->converters.count; k++) {
            double ahead = result->forward_kwh[k][t], back = result->backward_kwh[k][t];
            ck_assert(ahead < 1e-6 || back < 1e-6);
            net[0] += ahead - 0.95 * back;
            net[1] += back - 0.95 * ahead;
            cost += (ahead + back) * ev->converters.items[k].fee_jpy_per_kwh;
        }
        for (size_t k = 0; k < ev->storages.count; k++)
            net[1] += result->storage_in_kwh[k][t] - result->storage_out_kwh[k][t];
        for (size_t g = 0; g < 2; g++) {
            const struct eb_grid *grid = &ev->grids.items[g];
            for (size_t s = 0; s < grid->supply.count; s++) {
                net[g] -= result->supply_kwh[g][s * T + t];
                cost += result->supply_kwh[g][s * T + t] *
                        grid->supply.items[s].price_jpy_per_kwh.values[t];
            }
            net[g] += result->demand_kwh[g][t];
            cost -= result->demand_kwh[g][t] * grid->demand.items[0].price_jpy_per_kwh.values[t];
            ck_assert_double_eq_tol(net[g], 0, 1e-6);
        }
    }
    ck_assert_double_eq_tol(result->cost, cost, 1e-5 * fmax(1, fabs(cost)));
}

/* Without any one row of the model some random day would break a rule, cost other than it says, or
 * differ between the engines by more than the gap. */
START_TEST(random_chains_hold_every_rule)
{
    const struct az_engine *cbc = NULL;
    az_engine_load("cbc", &cbc, NULL, 0);
    size_t found = 0, given_up = 0, compared = 0, alike = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(36); seed++) {
        struct eb_small_options o = { .trips = 8,
                                      .stops = 2,
                                      .termini = 1,
                                      .slots = 16,
                                      .slot_minutes = 30,
                                      .depot_charges = true,
                                      .curve = seed % 2 == 0,
                                      .floor = seed % 3 == 0,
                                      .descents = seed % 5 == 0,
                                      .ends = seed % 7 < 5,
                                      .limits = seed % 4 != 0 };
        struct eb_instance *ev = eb_small_random(seed, &o, arena);
        struct eb_network *network;
        struct az_random random;
        struct eb_duty *duties[4];
        bool used[8] = { false };
        size_t count = 0;
        az_random_seed(&random, seed);
        ck_assert_int_eq(eb_network_new(ev, arena, &network), AZ_OK);
        for (size_t d = 0; d < 4; d++) {
            duties[count] = random_duty(network, &random, used);
            if (duties[count]) count++;
        }
        struct eb_dispatch result = dispatch(ev, duties, count, glpk);
        if (!result.found) given_up++;
        if (!result.found) continue;
        found++;
        check_result(ev, network->sources, &result, count);
        if (!cbc) continue;
        struct eb_dispatch other = dispatch(ev, duties, count, cbc);
        ck_assert(other.found);
        check_result(ev, network->sources, &other, count);
        compared++;
        /* a MILP that ends at its limit of nodes may miss the best */
        if (fabs(result.cost - other.cost) <= 0.1) alike++;
    }
    ck_assert_int_ge((int)found, TEST_SEEN(12));
    ck_assert_int_ge((int)given_up, TEST_SEEN(1));
    ck_assert_uint_ge(alike + 2, compared);
}
END_TEST

/* Duties with energies that fit together are a plan as they are. In haste none, or a dearer one,
 * came of them, when the relaxation's directions were taken in place of their own: the search lost
 * plans that its columns had. */
START_TEST(duties_are_no_dearer_than_they_came)
{
    size_t found = 0;
    for (uint64_t seed = 1; seed <= TEST_SOME(80); seed++) {
        struct eb_small_options o = { .trips = 8,
                                      .stops = 1 + seed % 2,
                                      .termini = 1,
                                      .slots = 16,
                                      .slot_minutes = 30,
                                      .depot_charges = true,
                                      .floor = seed % 3 == 0,
                                      .descents = seed % 5 == 0,
                                      .ends = seed % 7 < 5,
                                      .limits = true };
        struct eb_instance *ev = eb_small_random(seed, &o, arena);
        struct eb_network *network;
        struct az_random random;
        struct eb_duty *duties[4];
        bool used[8] = { false };
        size_t count = 0;
        az_random_seed(&random, seed);
        ck_assert_int_eq(eb_network_new(ev, arena, &network), AZ_OK);
        for (size_t d = 0; d < 4; d++) {
            duties[count] = random_duty(network, &random, used);
            if (duties[count]) count++;
        }
        struct eb_dispatch came = dispatch(ev, duties, count, glpk), again;
        if (!came.found) continue;
        found++;
        for (size_t d = 0; d < count; d++) duties[d] = &came.duties[d];
        ck_assert_int_eq(eb_dispatch_below(ev, network->sources,
                                           (const struct eb_duty *const *)duties, count, INFINITY,
                                           glpk, &context, arena, &again),
                         AZ_OK);
        ck_assert_msg(again.found, "seed %d: none", (int)seed);
        ck_assert_msg(again.cost <= came.cost + 1e-4 * fmax(1, fabs(came.cost)),
                      "seed %d: %.6f, came at %.6f", (int)seed, again.cost, came.cost);
    }
    ck_assert_uint_ge(found, TEST_SOME(25));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_dispatch");
    TCase *hand = tcase_create("by hand");
    tcase_add_checked_fixture(hand, setup, teardown);
    tcase_add_test(hand, buys_in_the_cheap_slot);
    tcase_add_test(hand, carries_from_grid_to_grid);
    tcase_add_test(hand, keeps_the_discharge_floor);
    tcase_add_test(hand, charges_along_the_curve);
    tcase_add_test(hand, one_charger_serves_one_bus_in_a_slot);
    tcase_add_test(hand, an_impossible_chain_is_not_found);
    tcase_add_test(hand, a_dive_ends_with_the_clock);
    tcase_add_test(hand, an_engine_that_fails_in_a_dive_is_told);
    suite_add_tcase(suite, hand);
    TCase *random = tcase_create("random");
    tcase_set_timeout(random, 120);
    tcase_add_checked_fixture(random, setup, teardown);
    tcase_add_test(random, random_chains_hold_every_rule);
    tcase_add_test(random, duties_are_no_dearer_than_they_came);
    suite_add_tcase(suite, random);
    return test_suite_run(suite);
}
