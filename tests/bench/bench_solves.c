/* bench_solves.c - what the service costs a real solve: from submitting to the first plan and to
 * the answer in the client's hands, beside the same solver process driven directly, as `azumi
 * solve` does.
 *
 *   BUILD=build build/bench/bench_solves [ROUNDS]
 *
 * The samples of all kinds with every engine there is; the two ways take turns, ROUNDS (3) times,
 * and the middle one is told. Buses and clinic end by their deadline of 5 s, the others by their
 * gap. This program is the solver child of the direct way. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/command.h"
#include "adapters/service/drive.h"
#include "solver/engine.h"
#include "tests/support/measure.h"
#include "tests/support/service.h"

extern const struct az_command az_cmd_solver_child;

static const struct sample {
    const char *name, *path, *kind;
    double gap, deadline_s;
} samples[] = {
    { "the Matsumoto day", "instances/microgrid/matsumoto-day.json", "microgrid", 0.01, 60 },
    { "odawara", "instances/microgrid/odawara.json", "microgrid", 0.001, 20 },
    { "matsumoto-mountain", "instances/evbus/matsumoto-mountain.json", "evbus", 0.001, 5 },
    { "matsumoto-week", "instances/clinic/matsumoto-week.json", "clinic", 0.001, 5 },
    { "matsumoto-ppa", "instances/siting/matsumoto-ppa.json", "siting", 0.001, 20 },
};

/* One way of solving: seconds to the first plan and to the answer. */
struct way {
    double begin, first;
    struct test_samples firsts, answers;
};

static void begin_way(struct way *way)
{
    way->begin = test_now();
    way->first = NAN;
}

static void end_way(struct way *way)
{
    test_samples_add(&way->answers, test_now() - way->begin);
    test_must(!isnan(way->first), "a sample has no plan");
    test_samples_add(&way->firsts, way->first);
}

static json_t *request_of(const struct sample *sample, const char *engine)
{
    static int number;
    char id[64];
    json_t *instance = json_load_file(sample->path, 0, NULL);
    test_must(instance != NULL, sample->path);
    snprintf(id, sizeof id, "sample-%d", number++);
    return json_pack("{s:s, s:s, s:o, s:{s:f, s:f, s:s, s:b}}", "id", id, "kind", sample->kind,
                     "instance", instance, "options", "gap", sample->gap, "deadline_s",
                     sample->deadline_s, "engine", engine, "reuse", 0);
}

static bool hear_event(void *data, const json_t *event)
{
    struct way *way = data;
    const char *type = json_string_value(json_object_get(event, "type"));
    if (isnan(way->first) && type && strcmp(type, "plan") == 0)
        way->first = test_now() - way->begin;
    return true;
}

static void solve_by_service(struct az_client *client, const struct sample *sample,
                             const char *engine, struct way *way)
{
    json_t *request = request_of(sample, engine), *result = NULL, *problem = NULL;
    begin_way(way);
    test_must(az_client_solve(client, request, hear_event, way, &result, &problem) == AZ_OK,
              "the service does not solve a sample");
    end_way(way);
    json_decref(request);
    json_decref(result);
    json_decref(problem);
}

static void hear_plan(void *data, const struct az_job_progress *progress, const char *plan,
                      const char *certificate)
{
    struct way *way = data;
    (void)progress, (void)certificate;
    if (plan && isnan(way->first)) way->first = test_now() - way->begin;
}

static void solve_directly(const struct sample *sample, const char *engine, struct way *way)
{
    json_t *request = request_of(sample, engine);
    struct az_driven driven;
    json_object_set_new(request, "azumi", json_integer(1));
    json_object_set_new(request, "op", json_string("submit"));
    begin_way(way);
    char *text = json_dumps(request, JSON_COMPACT);
    struct az_drive drive = { .request = text,
                              .request_length = strlen(text),
                              .until = way->begin + sample->deadline_s,
                              .is_long = sample->deadline_s > AZ_SHORT_DEADLINE_S,
                              .wake_fd = -1,
                              .tell = hear_plan,
                              .data = way };
    test_must(az_drive_run(&drive, &driven) == AZ_OK && driven.plan, "a sample cannot be solved");
    end_way(way);
    az_driven_free(&driven);
    json_decref(request);
    free(text);
}

static void compare(const char *what, const char *how, struct test_samples *served,
                    struct test_samples *direct)
{
    char value[80], beside[120];
    double ours = test_quantile(served, 0.5), alone = test_quantile(direct, 0.5);
    snprintf(value, sizeof value, "%.3f s (n=%zu)", ours, served->count);
    snprintf(beside, sizeof beside, "directly %.3f s: %+.0f ms, ratio %.2f", alone,
             1000 * (ours - alone), ours / alone);
    test_row(what, how, value, beside, "");
    test_samples_free(served);
    test_samples_free(direct);
}

static void measure(struct az_client *client, const struct sample *sample, const char *engine,
                    int rounds)
{
    struct way served = { 0 }, direct = { 0 };
    char how[80];
    for (int i = 0; i < rounds; i++) {
        solve_by_service(client, sample, engine, &served);
        solve_directly(sample, engine, &direct);
    }
    snprintf(how, sizeof how, "%s, %s", sample->name, engine);
    compare("submit to the first plan, told", how, &served.firsts, &direct.firsts);
    compare("submit to the answer", how, &served.answers, &direct.answers);
}

int main(int argc, char **argv)
{
    struct test_service service;
    const char *engines[8];
    const struct az_command *child = &az_cmd_solver_child;
    if (argc > 1 && strcmp(argv[1], child->name) == 0)
        return az_command_run(child, argc - 2, argv + 2);
    size_t count = az_engine_list(engines, sizeof engines / sizeof engines[0]);
    test_service_make(&service, "ipc");
    test_service_start(&service, NULL, true);
    struct az_client *client = test_client(&service);
    test_row_head();
    for (size_t s = 0; s < sizeof samples / sizeof samples[0]; s++)
        for (size_t e = 0; e < count; e++)
            measure(client, &samples[s], engines[e], argc > 1 ? atoi(argv[1]) : 3);
    az_client_close(client);
    test_service_remove(&service);
    return 0;
}
