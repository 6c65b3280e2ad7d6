/* bench_days.c - the microgrid over many days, with real prices and area series of the same dates.
 *
 *   bench_days days COUNT [FIRST DATE]    each day planned 36 hours ahead, cold; its first 24 hours
 *                                         are kept, the state is carried into the next
 *   bench_days replan COUNT [FIRST DATE]  every half hour of so many days planned 24 hours ahead,
 *                                         from the plan before, under forecasts that get better
 *
 * Prints distributions of seconds (wall and processor), of gaps and of concessions. A run without a
 * plan, or a plan that is worse than the adopted one completed, is the exit status 1. Without a
 * plan, and over days without data, the state goes on as it was. SECONDS is the deadline of a run
 * (60), ENGINE the engine, TRACE=1 prints every run, DUMP a folder for the instances. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/import/days.h"
#include "adapters/json/json.h"
#include "formulations/certificate.h"
#include "formulations/microgrid/instance.h"
#include "solver/tolerances.h"
#include "tests/support/public_data.h"

#define SAMPLE "instances/microgrid/matsumoto-plain.json"
#define DAY_S ((int64_t)86400)
#define DAY ((size_t)48) /* half hours */
#define GAP 0.001

struct bench {
    json_t *base, *state, *plan; /* plan: of the run before */
    struct az_inputs inputs;     /* prices and areas of one day */
    struct az_arena *arena;
    const struct az_engine *engine;
    double seconds;
    bool trace;
    size_t count, proven, conceded, missing, worse, skipped; /* skipped: days without data */
    double *wall, *cpu, *gap, *penalty;                      /* [count] */
};

static double cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "bench_days: %s\n", what);
    exit(3);
}

static void need(enum az_status status, const char *what)
{
    if (status != AZ_OK) fail(what);
}

static void need_clean(const struct az_findings *findings, const char *what)
{
    char text[64];
    for (size_t i = 0; i < findings->count; i++)
        fprintf(stderr, "%s: %s: %s\n", what, findings->items[i].place,
                findings->items[i].code->code);
    snprintf(text, sizeof text, "%s is wrong", what);
    if (az_findings_total(findings) > 0) fail(text);
}

/* --- series of a day ----------------------------------------------------------------------------
 */

/* False, told: the file is not there. */
static bool add_area(struct az_inputs *inputs, struct az_time day, struct az_arena *arena)
{
    struct az_findings findings;
    int year, month, of_month, minute;
    az_findings_init(&findings, arena, 0);
    az_time_local(day, &year, &month, &of_month, &minute);
    const char *path = public_path(
        arena, az_arena_format(arena, "microgrid/area/eria_jukyu_%04d%02d_03.csv", year, month));
    if (az_inputs_add_file(inputs, path, arena, &findings) == AZ_OK) return true;
    fprintf(stderr, "%s: not there\n", path);
    return false;
}

/* The sample with the prices and shapes of a date and so many half hours. A new reference; NULL,
 * told: there are no data of the day. */
static json_t *document_of(struct bench *bench, struct az_time midnight, int64_t slots,
                           struct az_arena *arena)
{
    struct az_day_files files = { .prices = bench->inputs };
    struct az_findings findings;
    json_t *document = NULL;
    char date[40];
    int year, month, of_month, minute, later;
    az_findings_init(&findings, arena, 0);
    az_time_local(midnight, &year, &month, &of_month, &minute);
    snprintf(date, sizeof date, "%04d-%02d-%02d", year % 10000, month % 100, of_month % 100);
    if (!add_area(&files.areas, midnight, arena)) return NULL;
    struct az_time end = az_time_add(midnight, slots * 1800 - 1);
    az_time_local(end, &year, &later, &of_month, &minute);
    if (later != month && !add_area(&files.areas, end, arena)) return NULL;
    enum az_status status = az_day_document(&files, bench->base, "microgrid", date, slots, NULL,
                                            arena, &findings, &document);
    if (status == AZ_OK && az_findings_total(&findings) == 0) return document;
    for (size_t i = 0; i < findings.count; i++)
        fprintf(stderr, "%s: %s: %s\n", date, findings.items[i].place,
                findings.items[i].code->code);
    json_decref(document);
    return NULL;
}

/* --- one run ------------------------------------------------------------------------------------
 */

struct run {
    struct az_arena *arena;
    struct az_job job;
    struct az_answer answer;
};

static void read_run(struct run *run, const json_t *document)
{
    struct az_findings findings;
    const char *dump = getenv("DUMP");
    if (dump) {
        const char *start = json_string_value(json_object_get(document, "start"));
        const char *path = az_arena_format(run->arena, "%s/%.16s.json", dump, start);
        need(path ? az_json_write_file(document, path) : AZ_NO_MEMORY, "dump");
    }
    run->job =
        (struct az_job){ .formulation = az_formulation_find("microgrid"), .instance_sha256 = "" };
    az_findings_init(&findings, run->arena, 0);
    need(az_json_read(run->job.formulation->instance, document, NULL, run->arena, &findings,
                      &run->job.instance),
         "instance");
    need(az_link(run->job.formulation->instance, run->job.instance, NULL, NULL, run->arena,
                 &findings),
         "instance");
    need_clean(&findings, "instance");
}

static void read_previous(struct run *run, const json_t *plan)
{
    struct az_findings findings;
    void *read = NULL;
    az_findings_init(&findings, run->arena, 0);
    need(az_json_read(run->job.formulation->plan, plan, NULL, run->arena, &findings, &read),
         "previous plan");
    need_clean(&findings, "previous plan");
    run->job.previous = read;
}

static void note_run(struct bench *bench, struct run *run, double wall, double cpu,
                     struct az_time start)
{
    const struct az_certificate *c = &run->answer.certificate;
    size_t at = bench->count++;
    bench->wall[at] = wall;
    bench->cpu[at] = cpu;
    bench->gap[at] = run->answer.plan ? c->gap : INFINITY;
    bench->penalty[at] = run->answer.plan ? c->penalty : INFINITY;
    bench->proven += run->answer.plan && c->status == AZ_PLAN_OPTIMAL;
    bench->conceded += run->answer.plan && !c->meets_all_rules;
    bench->missing += !run->answer.plan;
    if (!bench->trace) return;
    char text[32];
    az_time_format(start, text);
    printf("%s wall %.2f cpu %.2f gap %.5f cost %.0f penalty %.3f%s\n", text, wall, cpu, c->gap,
           c->cost, c->penalty, run->answer.plan ? "" : " NO PLAN");
    fflush(stdout);
}

/* Resolves, validates, adopts, solves and judges; the clock stands while the document is read. */
static void solve_run(struct bench *bench, struct run *run)
{
    struct az_context context = az_context_default();
    double wall = az_system_now(), cpu = cpu_now();
    need(az_fields_default(&az_options_table, &run->job.options, run->arena), "options");
    run->job.options.deadline_s = bench->seconds;
    run->job.options.gap = GAP;
    run->job.options.gap_abs = 0;
    context.deadline = wall + bench->seconds;
    enum az_status status = az_job_prepare(&run->job, run->arena, &run->answer);
    need_clean(&run->answer.findings, "instance");
    if (status == AZ_OK)
        status = az_job_solve(&run->job, bench->engine, &context, run->arena, &run->answer);
    if (status != AZ_OK && status != AZ_NO_PLAN) need(status, "solve");
    note_run(bench, run, az_system_now() - wall, cpu_now() - cpu,
             ((const struct mg_instance *)run->job.instance)->start);
}

/* The state some seconds after the start of a run. */
static void carry_run(struct bench *bench, struct run *run, int64_t seconds)
{
    const struct az_formulation *kind = run->job.formulation;
    const struct mg_instance *mg = run->job.instance;
    struct az_findings findings;
    void *state = NULL;
    az_findings_init(&findings, run->arena, 0);
    need(kind->carry(mg, run->answer.plan, az_time_add(mg->start, seconds), run->arena, &state,
                     &findings),
         "carry");
    json_decref(bench->state);
    json_decref(bench->plan);
    bench->state = az_json_write(kind->state, state);
    bench->plan = az_json_write(kind->plan, run->answer.plan);
}

/* Without a plan or without data the state goes on as it was. */
static void keep_state(struct bench *bench, struct az_time next)
{
    char text[32];
    az_time_format(next, text);
    if (bench->state) json_object_set_new(bench->state, "at", json_string(text));
    json_decref(bench->plan);
    bench->plan = NULL;
}

/* --- chained days -------------------------------------------------------------------------------
 */

static void chain_days(struct bench *bench, struct az_time first, size_t days)
{
    for (size_t d = 0; d < days; d++) {
        struct run run = { .arena = az_arena_new(NULL) };
        struct az_time midnight = az_time_add(first, (int64_t)d * DAY_S);
        json_t *document = document_of(bench, midnight, 72, run.arena);
        bench->skipped += !document;
        if (document) {
            if (bench->state) json_object_set(document, "state", bench->state);
            read_run(&run, document);
            solve_run(bench, &run);
        }
        if (run.answer.plan)
            carry_run(bench, &run, DAY_S);
        else
            keep_state(bench, az_time_add(midnight, DAY_S));
        json_decref(document);
        az_arena_free(run.arena);
    }
}

/* --- half hours ---------------------------------------------------------------------------------
 */

/* The rolling day that begins with half hour `from` of a document of two days. */
struct window {
    size_t from, all;
};

static json_t *cut_series(void *data, const struct az_field *field, json_t *value)
{
    const struct window *window = data;
    bool by_slot =
        field->type == AZ_T_SERIES && field->length && strcmp(field->length, "slots") == 0;
    if (!by_slot || !json_is_array(value) || json_array_size(value) != window->all) return value;
    json_t *part = json_array();
    for (size_t t = window->from; part && t < window->from + DAY; t++)
        json_array_append(part, json_array_get(value, t));
    return part;
}

/* A normal deviate that belongs to an asset, a half hour since 1970 and an issue of forecasts. */
static double deviate(size_t asset, int64_t period, int64_t issue)
{
    struct az_random random;
    az_random_seed(&random, 1 + (uint64_t)asset * 1000003 + (uint64_t)period * 7919 +
                                (uint64_t)(issue + 1) * 104729);
    return az_random_normal(&random);
}

/* Half an error that belongs to the half hour and half one that belongs to the issue (one every
 * three hours), both growing with the time ahead. */
static double error_of(size_t asset, int64_t now, size_t ahead, double spread)
{
    double grown = spread * sqrt((double)(ahead + 1) / (double)DAY);
    double smooth = 0;
    for (int64_t k = -3; k <= 3; k++) /* hours that follow each other err alike */
        smooth += 0.7 * deviate(asset, now + (int64_t)ahead + k, -1) +
                  0.7 * deviate(asset, now + (int64_t)ahead + k, now / 6);
    return grown * smooth / sqrt(7);
}

static void err(json_t *object, const char *name, size_t asset, int64_t now, double spread)
{
    json_t *values = json_object_get(object, name), *value;
    size_t t;
    json_array_foreach(values, t, value)
    {
        double factor = fmax(0, 1 + error_of(asset, now, t, spread));
        json_array_set_new(values, t,
                           json_real(round(json_number_value(value) * factor * 10) / 10));
    }
}

/* What the forecasts of this half hour say. */
static void err_all(json_t *document, int64_t now)
{
    json_t *object;
    size_t i;
    json_array_foreach(json_object_get(document, "loads"), i, object)
        err(object, "demand_kw", i, now, 0.03);
    json_array_foreach(json_object_get(document, "renewables"), i, object)
    {
        bool sun = json_object_get(object, "low_kw") != NULL;
        json_object_del(object, "low_kw");
        json_object_del(object, "high_kw");
        err(object, "forecast_kw", 100 + i, now, sun ? 0.2 : 0.1);
    }
}

/* Is the plan worse than the adopted one, completed? */
static bool is_worse(const struct bench *bench, const struct run *run)
{
    const struct az_formulation *kind = run->job.formulation;
    struct az_context context = az_context_default();
    struct az_judgement adopted;
    void *start = NULL, *whole = NULL;
    const struct mg_instance *mg = run->job.instance;
    if (kind->adopt(mg, run->job.previous, run->arena, &start) != AZ_OK || !start) return false;
    struct mg_plan *partial = start;
    for (size_t i = 0; i < partial->units.count; i++) /* what was committed; the rest is dispatch */
        partial->units.items[i].power_kw = partial->units.items[i].reserve_up_kw =
            (struct az_series){ 0 };
    partial->batteries.count = partial->converters.count = partial->connections.count = 0;
    partial->renewables.count = partial->loads.count = 0;
    if (kind->complete(mg, partial, bench->engine, &context, run->arena, &whole) != AZ_OK || !whole)
        return false;
    need(kind->evaluate(mg, whole, run->arena, &adopted), "evaluate");
    if (adopted.violation_count > 0) return false;
    double more =
        run->answer.judgement.cost + run->answer.judgement.penalty - adopted.cost - adopted.penalty;
    if (more <= AZ_BOUND_TOLERANCE * fabs(adopted.cost)) return false; /* rounding */
    return az_judgement_is_better(AZ_MINIMIZE, mg->scale, &adopted, &run->answer.judgement);
}

static void replan_days(struct bench *bench, struct az_time first, size_t days)
{
    struct az_time midnight = first;
    json_t *two_days = NULL;
    for (size_t k = 0; k < days * DAY; k++) {
        struct run run = { .arena = az_arena_new(NULL) };
        char text[32];
        if (k % DAY == 0) {
            midnight = az_time_add(first, (int64_t)(k / DAY) * DAY_S);
            json_decref(two_days);
            two_days = document_of(bench, midnight, 2 * DAY, run.arena);
            bench->skipped += !two_days;
        }
        struct az_time now = az_time_add(midnight, (int64_t)(k % DAY) * 1800);
        struct window window = { k % DAY, 2 * DAY };
        if (!two_days) {
            keep_state(bench, az_time_add(now, 1800));
            az_arena_free(run.arena);
            continue;
        }
        json_t *document = json_deep_copy(two_days);
        az_time_format(now, text);
        need(az_json_change_all(&mg_instance_table, document, cut_series, &window), "window");
        json_object_set_new(document, "start", json_string(text));
        json_object_set_new(document, "slots", json_integer((json_int_t)DAY));
        json_object_set_new(json_object_get(document, "state"), "at", json_string(text));
        err_all(document, now.utc_s / 1800);
        if (bench->state) json_object_set(document, "state", bench->state);
        read_run(&run, document);
        if (bench->plan) read_previous(&run, bench->plan);
        solve_run(bench, &run);
        if (run.answer.plan && bench->plan) bench->worse += is_worse(bench, &run);
        if (run.answer.plan)
            carry_run(bench, &run, 1800);
        else
            keep_state(bench, az_time_add(now, 1800));
        json_decref(document);
        az_arena_free(run.arena);
    }
    json_decref(two_days);
}

/* --- the row ------------------------------------------------------------------------------------
 */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(double values[], size_t count, double share)
{
    if (count == 0) return NAN;
    qsort(values, count, sizeof *values, by_value);
    size_t at = (size_t)ceil(share * (double)count);
    return values[at > 0 ? at - 1 : 0];
}

static void print_spread(const char *name, double values[], size_t count, double factor,
                         const char *unit)
{
    printf(" %s p50 %.3f, p95 %.3f, worst %.3f%s |", name, factor * quantile(values, count, 0.5),
           factor * quantile(values, count, 0.95), factor * quantile(values, count, 1), unit);
}

static void print_row(struct bench *bench, const char *what, const char *first, const char *target)
{
    printf("| %s from %s, %s | %zu runs | no plan %zu | conceding %zu | proven to 0.1 %% %zu |",
           what, first, bench->engine->name, bench->count, bench->missing, bench->conceded,
           bench->proven);
    print_spread("wall", bench->wall, bench->count, 1, " s");
    print_spread("processor", bench->cpu, bench->count, 1, " s");
    print_spread("gap", bench->gap, bench->count, 100, " %");
    if (bench->conceded > 0) print_spread("conceded", bench->penalty, bench->count, 1, " JPY");
    if (bench->skipped > 0) printf(" days without data %zu |", bench->skipped);
    if (strcmp(what, "half hours") == 0) printf(" worse than the adopted plan %zu |", bench->worse);
    printf(" %s |\n", target);
}

static void open_bench(struct bench *bench, size_t runs)
{
    struct az_findings findings;
    size_t i;
    json_t *unit;
    const char *engine = getenv("ENGINE"), *seconds = getenv("SECONDS");
    bench->arena = az_arena_new(NULL);
    az_findings_init(&findings, bench->arena, 0);
    bench->seconds = seconds && atof(seconds) > 0 ? atof(seconds) : 60;
    bench->trace = getenv("TRACE") != NULL;
    need(az_engine_load(engine && *engine ? engine : "auto", &bench->engine, NULL, 0), "engine");
    bench->base = json_load_file(SAMPLE, 0, NULL);
    if (!bench->base) fail(SAMPLE);
    json_array_foreach(json_object_get(bench->base, "units"), i, unit)
        json_object_del(unit, "available"); /* outages of the sample's own day */
    need(az_inputs_add_file(&bench->inputs,
                            public_path(bench->arena, "microgrid/jepx/spot_summary_2025.csv"),
                            bench->arena, &findings),
         "prices");
    need_clean(&findings, "prices");
    bench->wall = AZ_ARRAY(bench->arena, runs, double);
    bench->cpu = AZ_ARRAY(bench->arena, runs, double);
    bench->gap = AZ_ARRAY(bench->arena, runs, double);
    bench->penalty = AZ_ARRAY(bench->arena, runs, double);
    if (!bench->wall || !bench->cpu || !bench->gap || !bench->penalty) fail("no memory");
}

int main(int argc, char **argv)
{
    struct bench bench = { 0 };
    struct az_time first;
    char text[64];
    bool days = argc > 2 && strcmp(argv[1], "days") == 0;
    if (argc < 3 || atoi(argv[2]) < 1 || (!days && strcmp(argv[1], "replan") != 0))
        fail("days|replan COUNT [FIRST DATE]");
    size_t count = (size_t)atoi(argv[2]);
    const char *date = argc > 3 ? argv[3] : "2025-04-05";
    snprintf(text, sizeof text, "%sT00:00:00+09:00", date);
    if (!az_time_parse(text, &first)) fail("no date");
    struct az_arena *arena = az_arena_new(NULL);
    if (!public_data(arena, "microgrid/jepx/spot_summary_2025.csv")) return 0;
    open_bench(&bench, days ? count : count * DAY);
    if (days)
        chain_days(&bench, first, count);
    else
        replan_days(&bench, first, count);
    print_row(&bench, days ? "chained days" : "half hours", date,
              days ? "no concession, p95 <= 3 s, worst <= 15 s" : "p95 <= 1 s, never worse");
    return bench.missing > 0 || bench.worse > 0;
}
