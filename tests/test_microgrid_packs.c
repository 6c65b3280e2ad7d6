/* test_microgrid_packs.c - the best schedule of one battery against prices, by the compact model.
 * Whole instances with packs are in test_microgrid_columns_random.c. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "formulations/microgrid/packs.h"
#include "tests/support/engines.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

#define BATTERIES 120
#define SLOTS 12

static double between(struct az_random *random, double low, double high)
{
    return low + floor(az_random_unit(random) * (high - low) * 8) / 8;
}

static bool one_in(struct az_random *random, uint64_t n)
{
    return az_random_below(random, n) == 0;
}

/* A battery at a market that buys and sells at one price. */
static json_t *lone_battery(struct az_random *random, double least_price)
{
    json_t *price = json_array();
    for (size_t t = 0; t < SLOTS; t++)
        json_array_append_new(price, json_real(between(random, least_price, 30)));
    double capacity = between(random, 5, 40), start = between(random, 0.375, 1);
    json_t *instance =
        json_pack("{s:s, s:i, s:i, s:[{s:s, s:i}], s:[{s:s, s:s, s:O, s:o}], s:[{s:s, s:s, s:i, "
                  "s:f, s:f, s:f, "
                  "s:f, s:f, s:f, s:f}], s:{s:s, s:{s:{s:f}}}}",
                  "start", "2026-01-21T00:00:00+09:00", "slot_minutes", 30, "slots", SLOTS, "grids",
                  "id", "a", "frequency_hz", 60, "connections", "id", "tie", "grid", "a",
                  "import_price_jpy_per_kwh", price, "export_price_jpy_per_kwh", price, "batteries",
                  "id", "cell", "grid", "a", "count", (int)(1 + az_random_below(random, 3)),
                  "capacity_kwh", capacity, "charge_max_kw", between(random, 0, 20),
                  "discharge_max_kw", between(random, 0.5, 20), "charge_efficiency",
                  between(random, 0.75, 1), "discharge_efficiency", between(random, 0.75, 1),
                  "throughput_cost_jpy_per_kwh", one_in(random, 2) ? between(random, 0, 4) : 0.0,
                  "reserve_share", between(random, 0, 0.375), "state", "at",
                  "2026-01-21T00:00:00+09:00", "batteries", "cell", "charge_kwh", start * capacity);
    json_t *battery = json_array_get(json_object_get(instance, "batteries"), 0);
    if (one_in(random, 3))
        document_set(battery, "/end_value_jpy_per_kwh", json_real(between(random, 0, 25)));
    else if (one_in(random, 2))
        document_set(battery, "/end_share", json_real(between(random, 0.375, 1)));
    return instance;
}

/* The optimum of the compact model, which charges or discharges; INFINITY without a schedule. */
static double compact(const struct mg_case *c, const struct az_engine *engine)
{
    struct az_context context = az_context_default();
    struct az_solve_result result;
    struct mg_decisions decisions;
    struct mg_model *m;
    void *session;
    ck_assert_int_eq(mg_decisions_new(c->mg, c->arena, &decisions), AZ_OK);
    memset(decisions.battery, MG_EITHER, SLOTS);
    struct mg_build build = { .decisions = &decisions, .penalty_limit = INFINITY };
    ck_assert_int_eq(mg_model_new(c->mg, &build, &m), AZ_OK);
    ck_assert_int_eq(engine->open(m->lp, &context, &session), AZ_OK);
    ck_assert_int_eq(engine->solve_mip(session, &(struct az_mip_options){ .cutoff = NAN }, &result),
                     AZ_OK);
    engine->close(session);
    bool found = result.status == AZ_SOLVE_OPTIMAL && !m->conflict;
    mg_model_free(m);
    return found ? result.objective : INFINITY;
}

/* What of a schedule breaks a rule of the battery, NULL: nothing; what it costs. */
static const char *wrong(const struct mg_instance *mg, const double charge[],
                         const double discharge[], const double price[], double *cost)
{
    const struct mg_battery *b = &mg->batteries.items[0];
    double e = b->start_kwh, all = (double)b->count, fit = 1e-7;
    *cost = 0;
    for (size_t t = 0; t < mg->T; t++) {
        if (charge[t] > 0 && discharge[t] > 0) return "both ways";
        if (charge[t] < 0 || charge[t] > all * b->charge_max_kw + fit) return "charge";
        if (discharge[t] < 0 || discharge[t] > all * b->discharge_max_kw + fit) return "discharge";
        e += (charge[t] * b->charge_efficiency - discharge[t] / b->discharge_efficiency) * mg->dt;
        if (e < all * fmax(b->floor_kwh, b->min_kwh) - fit) return "floor";
        if (e > all * b->max_kwh + fit) return "capacity";
        *cost += b->throughput_cost_jpy_per_kwh * discharge[t] * mg->dt -
                 price[t] * (discharge[t] - charge[t]);
    }
    if (e < b->end_kwh - fit) return "end";
    if (!isnan(b->end_value_jpy_per_kwh)) *cost -= b->end_value_jpy_per_kwh * (e - b->start_kwh);
    return NULL;
}

/* Without it the bound of thousands of batteries would be a guess: limits, losses, floors, ends,
 * and prices below zero, at which doing both at once would pay. */
START_TEST(a_battery_earns_what_its_model_earns)
{
    struct az_random random;
    struct az_arena *scratch = az_arena_new(NULL);
    int none = 0, below = 0;
    az_random_seed(&random, 31);
    for (int round = 0; round < TEST_SOME(BATTERIES); round++) {
        double least_price = round % 3 == 0 ? -30 : 0, price[SLOTS], least, cost;
        double charge[SLOTS] = { 0 }, discharge[SLOTS] = { 0 };
        json_t *instance = lone_battery(&random, least_price);
        struct mg_case c;
        mg_case_open_good(&c, instance, "lone battery");
        for (size_t t = 0; t < SLOTS; t++) price[t] = c.mg->connections.items[0].buy[t] * c.mg->dt;
        double wanted = compact(&c, engine_at(round % engine_count()));
        az_arena_empty(scratch);
        ck_assert_int_eq(mg_price_battery(c.mg, 0, price, 1, scratch, &least, charge, discharge),
                         AZ_OK);
        ck_assert_msg(isinf(least) == isinf(wanted), "round %d: %g, not %g", round, least, wanted);
        if (isfinite(least)) {
            double slack = 1e-6 * fmax(1, fabs(wanted));
            const char *what = wrong(c.mg, charge, discharge, price, &cost);
            ck_assert_msg(!what, "round %d: %s", round, what);
            ck_assert_msg(least <= wanted + slack, "round %d: %.9g, not %.9g", round, least,
                          wanted);
            ck_assert_msg(cost >= wanted - slack, "round %d: %.9g, not %.9g", round, cost, wanted);
            if (least_price >= 0)
                ck_assert_msg(fabs(cost - least) <= slack, "round %d: %.9g, told as %.9g", round,
                              cost, least);
            below += least < wanted - slack;
        } else {
            none++;
        }
        mg_case_close(&c);
        json_decref(instance);
    }
    ck_assert_int_lt(none, BATTERIES / 4);
    ck_assert_int_gt(below, TEST_SEEN(2));
    az_arena_free(scratch);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid packs");
    TCase *price = tcase_create("price");
    tcase_set_timeout(price, 60);
    tcase_add_test(price, a_battery_earns_what_its_model_earns);
    suite_add_tcase(suite, price);
    return test_suite_run(suite);
}
