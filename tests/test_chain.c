/* test_chain.c - days in a row: each one planned 36 hours ahead, its first 24 hours kept, and the
 * state carried into the next. The edges of a horizon are where plans go wrong.
 *
 * With the reference data: 30 real days of 2025 across a month's end, prices of JEPX and shapes of
 * the area. Without: SKIPPED, and four days of the sample's own shapes, which always run. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/import/days.h"
#include "adapters/json/json.h"
#include "formulations/certificate.h"
#include "formulations/microgrid/instance.h"
#include "tests/support/engines.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

#define SAMPLE "instances/microgrid/matsumoto-plain.json"
#define KEPT ((size_t)48)
#define SLOTS ((int64_t)72)
#define DAY_S ((int64_t)86400)

/* A chain under way. */
struct chain {
    json_t *base; /* the sample */
    json_t *state;
    struct az_day_files files;
    struct az_arena *arena;
    const struct az_engine *engine;
    double seconds;
};

/* One solved day; everything lives in its arena. */
struct day {
    struct az_arena *arena;
    struct az_answer answer;
    struct mg_instance *mg;
    const struct mg_plan *plan;
};

static const char *data_path(struct az_arena *arena, const char *name)
{
    return public_path(arena, az_arena_format(arena, "microgrid/%s", name));
}

static void print_findings(const char *what, const struct az_findings *findings,
                           struct az_arena *arena)
{
    for (size_t i = 0; i < findings->count; i++)
        printf("  %s: %s: %s\n", what, findings->items[i].place,
               az_finding_text(&findings->items[i], AZ_ENGLISH, arena));
}

/* The instance of a day: series of its date, the state of the day before. */
static json_t *instance_of(const struct chain *chain, const char *date, struct az_arena *arena)
{
    struct az_findings findings;
    json_t *document = NULL;
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_day_document(&chain->files, chain->base, "microgrid", date, SLOTS,
                                     chain->state, arena, &findings, &document),
                     AZ_OK);
    print_findings(date, &findings, arena);
    ck_assert_ptr_nonnull(document);
    return document;
}

static void solve(const struct chain *chain, const char *date, struct day *day)
{
    struct az_findings findings;
    void *instance = NULL;
    struct az_job job = { .formulation = az_formulation_find("microgrid") };
    day->arena = az_arena_new(NULL);
    az_findings_init(&findings, day->arena, 0);
    json_t *document = instance_of(chain, date, day->arena);
    ck_assert_int_eq(
        az_json_read(job.formulation->instance, document, NULL, day->arena, &findings, &instance),
        AZ_OK);
    ck_assert_int_eq(
        az_link(job.formulation->instance, instance, NULL, NULL, day->arena, &findings), AZ_OK);
    print_findings(date, &findings, day->arena);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    json_decref(document);
    job.instance = day->mg = instance;
    ck_assert_int_eq(az_fields_default(&az_options_table, &job.options, day->arena), AZ_OK);
    job.options.deadline_s = chain->seconds;
    job.options.gap = 0.02; /* of the proof other suites speak */
    day->answer = (struct az_answer){ 0 };
    enum az_status status = az_job_prepare(&job, day->arena, &day->answer);
    print_findings(date, &day->answer.findings, day->arena);
    ck_assert_int_eq(status, AZ_OK);
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + chain->seconds;
    status = az_job_solve(&job, chain->engine, &context, day->arena, &day->answer);
    print_findings(date, &day->answer.findings, day->arena);
    ck_assert_int_eq(status, AZ_OK);
    ck_assert_msg(day->answer.plan != NULL, "%s: no plan", date);
    day->plan = day->answer.plan;
}

/* No rule broken, none conceded, and every yen of the cost in the list of money. */
static void check_plan(const char *date, const struct day *day)
{
    const struct az_judgement *judgement = &day->answer.judgement;
    double sum = 0;
    ck_assert_uint_eq(judgement->violation_count, 0);
    for (size_t i = 0; i < judgement->concessions.count; i++)
        printf("  %s concedes %s at %s: %g\n", date,
               judgement->concessions.items[i].rule->code.code,
               judgement->concessions.items[i].place, judgement->concessions.items[i].amount);
    ck_assert_uint_eq(judgement->concessions.count, 0);
    for (size_t i = 0; i < judgement->money.count; i++) sum += judgement->money.items[i].amount;
    ck_assert_double_eq_tol(sum, judgement->cost, 1e-6 * fmax(1, fabs(judgement->cost)));
    ck_assert_double_eq_tol(day->answer.certificate.objective, judgement->cost,
                            1e-6 * fabs(judgement->cost));
    ck_assert_double_le(day->answer.certificate.bound,
                        day->answer.certificate.objective + 1e-6 * fabs(judgement->cost));
}

static double highest_import(const struct day *day, size_t connection)
{
    double highest = 0;
    for (size_t t = 0; t < KEPT; t++)
        highest = fmax(highest, day->plan->connections.items[connection].import_kw.values[t]);
    return highest;
}

/* The state at the end of the kept day is what the plan did, asset by asset. A month that begins
 * forgets the peak of the one before. */
static json_t *carry(const struct day *day, bool month_ends)
{
    const struct az_formulation *kind = az_formulation_find("microgrid");
    struct az_findings findings;
    void *carried = NULL;
    const struct mg_instance *mg = day->mg;
    az_findings_init(&findings, day->arena, 0);
    ck_assert_int_eq(
        kind->carry(mg, day->plan, az_time_add(mg->start, DAY_S), day->arena, &carried, &findings),
        AZ_OK);
    const struct mg_state *state = carried;
    ck_assert_uint_eq(state->units.count, mg->units.count);
    for (size_t i = 0; i < state->units.count; i++) {
        double on = day->plan->units.items[i].on.values[KEPT - 1];
        ck_assert_int_eq(state->units.items[i].on != 0, on > 0.5);
        if (on > 0.5)
            ck_assert_double_eq_tol(state->units.items[i].power_kw,
                                    day->plan->units.items[i].power_kw.values[KEPT - 1], 1e-6);
    }
    for (size_t i = 0; i < state->batteries.count; i++)
        ck_assert_double_eq_tol(state->batteries.items[i].charge_kwh,
                                day->plan->batteries.items[i].energy_kwh.values[KEPT - 1], 1e-6);
    for (size_t i = 0; i < state->connections.count; i++) {
        double before = mg->connections.items[i].peak_kw, highest = highest_import(day, i);
        double peak = state->connections.items[i].peak_kw;
        if (isnan(peak)) peak = 0;
        ck_assert_double_eq_tol(peak, month_ends ? 0 : fmax(before, highest), 1e-6);
    }
    return az_json_write(kind->state, state);
}

/* Every unit counts its hours on: a unit that stayed on all day has a day more than before. */
static void check_hours(const json_t *before, const json_t *after, const struct day *day)
{
    for (size_t i = 0; i < day->mg->units.count; i++) {
        const char *id = day->mg->units.items[i].id;
        const json_t *was = json_object_get(json_object_get(before, "units"), id);
        const json_t *is = json_object_get(json_object_get(after, "units"), id);
        bool stayed = was && json_is_true(json_object_get(was, "on"));
        for (size_t t = 0; t < KEPT && stayed; t++)
            stayed = day->plan->units.items[i].on.values[t] > 0.5;
        if (!stayed || !json_object_get(was, "hours") || !json_object_get(is, "hours")) continue;
        ck_assert_double_eq_tol(json_number_value(json_object_get(is, "hours")),
                                json_number_value(json_object_get(was, "hours")) + 24, 1e-6);
    }
}

/* Runs `days` days from a midnight in Japan. */
static void run_chain(struct chain *chain, const char *first, int days)
{
    struct az_time start;
    char text[64];
    double cost = 0, slowest = 0;
    int optimal = 0;
    snprintf(text, sizeof text, "%sT00:00:00+09:00", first);
    ck_assert(az_time_parse(text, &start));
    for (int d = 0; d < days; d++) {
        struct day day;
        char date[32];
        int year, month, next_month, of_month, minute;
        struct az_time now = az_time_add(start, d * DAY_S);
        az_time_local(now, &year, &month, &of_month, &minute);
        snprintf(date, sizeof date, "%04d-%02d-%02d", year % 10000, month % 100, of_month % 100);
        az_time_local(az_time_add(now, DAY_S), &year, &next_month, &of_month, &minute);
        solve(chain, date, &day);
        check_plan(date, &day);
        json_t *next = carry(&day, next_month != month);
        ck_assert_ptr_nonnull(next);
        if (chain->state) check_hours(chain->state, next, &day);
        json_decref(chain->state);
        chain->state = next;
        cost += day.answer.judgement.cost;
        slowest = fmax(slowest, day.answer.certificate.seconds);
        optimal += day.answer.certificate.status == AZ_PLAN_OPTIMAL;
        az_arena_free(day.arena);
    }
    printf("chain of %d days from %s, %s: %d proven to 2 %%, slowest %.1f s, mean cost %.0f JPY\n",
           days, first, chain->engine->name, optimal, slowest, cost / days);
}

/* The outage of the sample's first morning is that day's alone. */
static void open_chain(struct chain *chain, double seconds)
{
    size_t i;
    json_t *unit;
    *chain = (struct chain){ .arena = az_arena_new(NULL), .seconds = seconds };
    chain->engine = engine_named("auto");
    chain->base = json_load_file(SAMPLE, 0, NULL);
    ck_assert_ptr_nonnull(chain->base);
    json_array_foreach(json_object_get(chain->base, "units"), i, unit)
        json_object_del(unit, "available");
}

static void close_chain(struct chain *chain)
{
    json_decref(chain->base);
    json_decref(chain->state);
    az_arena_free(chain->arena);
}

/* Without the carried state a run could begin each midnight as if nothing had gone before. */
START_TEST(three_days_of_the_sample)
{
    struct chain chain;
    open_chain(&chain, 12);
    run_chain(&chain, "2026-01-30", 3);
    close_chain(&chain);
}
END_TEST

/* Real prices and weather, across the end of April: five days, none of them conceding anything.
 */
START_TEST(five_real_days)
{
    struct chain chain;
    struct az_findings findings;
    static const char *const areas[] = { "area/eria_jukyu_202504_03.csv",
                                         "area/eria_jukyu_202505_03.csv" };
    open_chain(&chain, 12);
    az_findings_init(&findings, chain.arena, 0);
    const char *prices = public_data(chain.arena, "microgrid/jepx/spot_summary_2025.csv");
    if (!prices) {
        close_chain(&chain);
        return;
    }
    ck_assert_int_eq(az_inputs_add_file(&chain.files.prices, prices, chain.arena, &findings),
                     AZ_OK);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(az_inputs_add_file(&chain.files.areas, data_path(chain.arena, areas[i]),
                                            chain.arena, &findings),
                         AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    const char *days = getenv("AZUMI_CHAIN_DAYS");
    run_chain(&chain, "2025-04-27", days && atoi(days) > 0 ? atoi(days) : TEST_SOME(5));
    close_chain(&chain);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("chain");
    TCase *t = tcase_create("chain");
    tcase_set_timeout(t, 900);
    tcase_add_test(t, three_days_of_the_sample);
    tcase_add_test(t, five_real_days);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
