/* eb_bench.c - bus scheduling cases for the tests. See eb_bench.h. */
#include "tests/support/eb_bench.h"
#include "tests/support/public_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"

static void import(struct eb_case *c, const char *format, const struct az_inputs *inputs,
                   struct az_arena *arena, struct az_findings *findings)
{
    struct az_import call = { .inputs = inputs->items, .input_count = inputs->count };
    json_t *document = NULL;
    enum az_status status = az_import_find(format)->read(&call, arena, findings, &document);
    if (status == AZ_OK && document) status = eb_case_open(c, document, NULL);
    if (status != AZ_OK || !document || az_findings_total(&c->findings) > 0) {
        document_print(document ? &c->findings : findings);
        exit(EXIT_FAILURE);
    }
    json_decref(document);
}

void eb_bench_text(struct eb_case *c, const char *format, const char *text)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    az_findings_init(&findings, arena, 0);
    az_inputs_add_bytes(&inputs, "case", text, strlen(text), arena, &findings);
    import(c, format, &inputs, arena, &findings);
    az_arena_free(arena);
}

bool eb_bench_file(struct eb_case *c, const char *format, const char *file)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    const char *path = public_data(arena, az_arena_format(arena, "evbus/%s", file));
    if (!path) {
        az_arena_free(arena);
        return false;
    }
    az_findings_init(&findings, arena, 0);
    az_inputs_add_file(&inputs, path, arena, &findings);
    import(c, format, &inputs, arena, &findings);
    az_arena_free(arena);
    return true;
}

/* --- random cases -------------------------------------------------------------------------------
 */

struct point {
    double x, y;
};
struct random_trip {
    struct point from, to;
    double ready, due;
};

static struct point point(struct az_random *random)
{
    double x = az_random_unit(random), y = az_random_unit(random);
    return (struct point){ 40 * x, 40 * y };
}

static double apart(struct point a, struct point b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

static void random_trips(struct az_random *random, size_t count, struct random_trip trips[])
{
    for (size_t i = 0; i < count; i++) {
        trips[i].from = point(random);
        trips[i].to = point(random);
        trips[i].ready = 120 + 600 * az_random_unit(random);
        trips[i].due = trips[i].ready + apart(trips[i].from, trips[i].to) + 1;
    }
}

char *eb_bench_mdvsp(uint64_t seed, size_t depots, size_t trips)
{
    struct az_random random;
    struct point place[8];
    struct random_trip trip[64];
    char *text = NULL;
    size_t size, nodes = depots + trips;
    az_random_seed(&random, seed);
    for (size_t d = 0; d < depots; d++) place[d] = point(&random);
    random_trips(&random, trips, trip);
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "%zu %zu", depots, trips);
    for (size_t d = 0; d < depots; d++) fprintf(out, " %zu", trips);
    for (size_t i = 0; i < nodes; i++)
        for (size_t j = 0; j < nodes; j++) {
            int cost = -1;
            if (i < depots && j >= depots) {
                cost = 500 + (int)(10 * apart(place[i], trip[j - depots].from));
            } else if (i >= depots && j < depots) {
                cost = 500 + (int)(10 * apart(trip[i - depots].to, place[j]));
            } else if (i >= depots && i != j) {
                const struct random_trip *a = &trip[i - depots], *b = &trip[j - depots];
                double way = apart(a->to, b->from);
                if (a->due + way <= b->ready)
                    cost = (int)(10 * way + 2 * (b->ready - a->due - way));
            }
            fprintf(out, "%c%d", j == 0 ? '\n' : ' ', cost);
        }
    fclose(out);
    return text;
}

char *eb_bench_evsp(uint64_t seed, size_t depots, size_t stations, size_t trips, double battery)
{
    struct az_random random;
    struct point place[16];
    struct random_trip trip[64];
    char *text = NULL;
    size_t size, others = depots + stations, nodes = others + trips;
    az_random_seed(&random, seed);
    for (size_t d = 0; d < others; d++) place[d] = point(&random);
    random_trips(&random, trips, trip);
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "%zu %zu %zu 5 5\n", depots, stations, trips);
    for (size_t i = 0; i < others; i++) fprintf(out, "0 1440 0 0\n");
    for (size_t i = 0; i < trips; i++)
        fprintf(out, "%.3f %.3f %.3f %.3f\n", trip[i].ready, trip[i].due,
                trip[i].due - trip[i].ready, apart(trip[i].from, trip[i].to));
    for (size_t i = 0; i < nodes; i++)
        for (size_t j = 0; j < nodes; j++) {
            struct point a = i < others ? place[i] : trip[i - others].to;
            struct point b = j < others ? place[j] : trip[j - others].from;
            fprintf(out, "%c%.6f", j == 0 ? '\n' : ' ', i == j ? 0 : apart(a, b));
        }
    fprintf(out, "\n%g\n0.8\n", battery);
    fclose(out);
    return text;
}

/* --- solving ------------------------------------------------------------------------------------
 */

struct keeper {
    struct eb_case *c;
    struct eb_bench_answer *answer;
    struct az_judgement best;
    bool has_best;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct keeper *keeper = data;
    struct az_judgement judgement = { 0 };
    AZ_TRY(eb_evaluate(keeper->c->ev, plan, keeper->c->arena, &judgement));
    *objective = judgement.cost + judgement.penalty;
    *kept = judgement.violation_count == 0 &&
            (!keeper->has_best ||
             az_judgement_is_better(AZ_MINIMIZE, keeper->c->ev->scale, &judgement, &keeper->best));
    keeper->answer->refused += judgement.violation_count > 0;
    if (judgement.violation_count > 0) {
        char *words = az_breach_words(&judgement.violations.items[0], AZ_ENGLISH, keeper->c->arena);
        fprintf(stderr, "refused: %s\n", words ? words : "");
        return AZ_INVALID;
    }
    if (*kept) {
        keeper->best = judgement;
        keeper->has_best = true;
        keeper->answer->buses = ((const struct eb_plan *)plan)->blocks.count;
    }
    return AZ_OK;
}

void eb_bench_solve(struct eb_case *c, const char *engine, double gap_abs, double seconds,
                    const struct az_solve_options *options, struct eb_bench_answer *answer)
{
    struct az_context context = az_context_default();
    const struct az_engine *it;
    char why[256];
    struct az_run run;
    *answer = (struct eb_bench_answer){ 0 };
    struct keeper keeper = { .c = c, .answer = answer };
    context.deadline = az_now(&context) + seconds;
    if (az_engine_load(engine, &it, why, sizeof why) != AZ_OK) {
        fprintf(stderr, "%s\n", why);
        exit(EXIT_FAILURE);
    }
    struct az_run_options asked = { AZ_MINIMIZE, 0, gap_abs, c->ev->scale };
    az_run_begin(&run, &context, it, &asked);
    run.judge = judge;
    run.data = &keeper;
    answer->status = eb_solve(c->ev, options, &run, c->arena);
    if (answer->status == AZ_OK) answer->status = az_run_proof(&run, &answer->proof);
}
