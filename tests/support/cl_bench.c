/* cl_bench.c - public vehicle routing cases as clinics. See cl_bench.h. */
#include "tests/support/cl_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "tests/support/kind_case.h"

static void import(struct cl_case *c, const char *format, const struct az_inputs *inputs,
                   int64_t customers, struct az_arena *arena, struct az_findings *findings)
{
    struct az_import call = { .inputs = inputs->items,
                              .input_count = inputs->count,
                              .customers = customers };
    json_t *document = NULL;
    enum az_status status = az_import_find(format)->read(&call, arena, findings, &document);
    if (status != AZ_OK || !document) {
        document_print(findings);
        exit(EXIT_FAILURE);
    }
    cl_case_open_good(c, document, inputs->items[0].name);
    json_decref(document);
}

void cl_bench_text(struct cl_case *c, const char *format, const char *text, int64_t customers)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    az_findings_init(&findings, arena, 0);
    az_inputs_add_bytes(&inputs, "case", text, strlen(text), arena, &findings);
    import(c, format, &inputs, customers, arena, &findings);
    az_arena_free(arena);
}

static FILE *open_data(const char *file, char path[1024])
{
    const char *data = getenv("AZUMI_DATA");
    snprintf(path, 1024, "%s/clinic/%s", data ? data : "../shared/data", file);
    FILE *stream = fopen(path, "rb");
    if (!stream) printf("SKIPPED: no %s\n", path);
    return stream;
}

bool cl_bench_file(struct cl_case *c, const char *format, const char *file, int64_t customers)
{
    char path[1024];
    struct az_arena *arena;
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    FILE *probe = open_data(file, path);
    if (!probe) return false;
    fclose(probe);
    arena = az_arena_new(NULL);
    az_findings_init(&findings, arena, 0);
    az_inputs_add_file(&inputs, path, arena, &findings);
    import(c, format, &inputs, customers, arena, &findings);
    az_arena_free(arena);
    return true;
}

/* --- published solutions ------------------------------------------------------------------------
 */

static json_t *moment(const struct cl_case *c, int64_t seconds)
{
    char text[32];
    return json_string(az_time_format(az_time_add(c->cl->start, seconds), text));
}

/* The next number of a line; false at its end. */
static bool next(char **at, double *value)
{
    char *end;
    *value = strtod(*at, &end);
    bool found = end != *at;
    *at = end;
    return found;
}

/* Adds the visit of a site where the vehicle arrives; when it has ended. */
static int64_t add_stop(const struct cl_case *c, json_t *stops, size_t site, size_t day,
                        int64_t arrival)
{
    const struct cl_site *visited = &c->cl->sites.items[site];
    int64_t opens = (int64_t)day * CL_DAY_S + visited->windows.items[0].hours.from_s;
    int64_t start = arrival < opens ? opens : arrival, end = start + visited->duration_s[0];
    json_array_append_new(
        stops, json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "kind", "visit", "site", visited->id,
                         "care", c->cl->cares.items[visited->option[0].care.index].id, "arrival",
                         moment(c, arrival), "start", moment(c, start), "end", moment(c, end)));
    return end;
}

/* A line as a round; NULL: the line holds no route, or one that stays at the depot. */
static json_t *read_round(const struct cl_case *c, char *line, size_t number)
{
    double value[4], stop;
    char id[32], date[32];
    for (size_t i = 0; i < 4; i++)
        if (!next(&line, &value[i])) return NULL;
    size_t day = (size_t)value[0] - 1, places = c->cl->places.count, from = 0;
    const struct cl_roads *roads = cl_roads_of(c->cl, 0, day);
    json_t *stops = json_array(), *first = moment(c, (int64_t)day * CL_DAY_S);
    int64_t now = (int64_t)day * CL_DAY_S;
    snprintf(id, sizeof id, "r%zu", number);
    snprintf(date, 11, "%s", json_string_value(first));
    next(&line, &stop); /* the depot */
    while (next(&line, &stop)) {
        size_t to = (size_t)stop;
        now += roads->duration_s[from * places + to];
        if (to > 0) now = add_stop(c, stops, to - 1, day, now);
        from = to;
    }
    if (json_array_size(stops) == 0) {
        json_decref(stops);
        json_decref(first);
        return NULL;
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "id", id, "date", date, "vehicle",
                     c->cl->vehicles.items[0].id, "leaves", first, "returns", moment(c, now),
                     "stops", stops);
}

/* Takes rounds over as the case's plan. */
static void take_plan(struct cl_case *c, json_t *rounds, const char *what)
{
    json_t *plan = json_pack("{s:o, s:I, s:o}", "start", moment(c, 0), "days",
                             (json_int_t)c->cl->days, "rounds", rounds);
    enum az_status status = cl_case_plan(c, plan);
    kind_case_good(what, status, &c->findings);
    json_decref(plan);
}

void cl_bench_routes(struct cl_case *c, const char *const lines[], size_t count)
{
    json_t *rounds = json_array();
    char line[4096];
    for (size_t i = 0; i < count; i++) {
        snprintf(line, sizeof line, "%s", lines[i]);
        json_array_append_new(rounds, read_round(c, line, i + 1));
    }
    take_plan(c, rounds, "routes");
}

bool cl_bench_solution(struct cl_case *c, const char *file, double *published)
{
    char path[1024], line[4096];
    FILE *stream = open_data(file, path);
    json_t *rounds;
    if (!stream) return false;
    rounds = json_array();
    *published = fgets(line, sizeof line, stream) ? strtod(line, NULL) : 0;
    while (fgets(line, sizeof line, stream)) {
        json_t *round = read_round(c, line, json_array_size(rounds) + 1);
        if (round) json_array_append_new(rounds, round);
    }
    fclose(stream);
    take_plan(c, rounds, path);
    return true;
}
