/* bench_cases.c - one table over instances: case, engine, objective, bound, gap, best known,
 * seconds to the first plan and in all, memory.
 *
 *   bench_cases CASES DIRECTORY [PATTERN]
 *
 * CASES is a text file; a line is `name file engine gap seconds best_low best_high target`, where
 * best_low and best_high enclose the known optimum (or -), and target is text for the table. Files
 * are looked for in DIRECTORY, then in the working directory; a missing file is a visible skip.
 * Every case runs in a process of its own through the same pipeline as a service's job; memory is
 * that process's peak. Exit status 1 when a bound passes a known optimum: the one thing a benchmark
 * may fail on. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "formulations/certificate.h"

struct bench_case {
    char name[64], file[256], engine[16], target[128];
    double gap, seconds, best_low, best_high;
};

struct bench_row {
    enum az_status status;
    int plan_status;
    double objective, bound, gap, first_s, total_s;
};

struct bench_clock {
    double started, first;
};

static void note_first_plan(void *data, const void *plan, const struct az_judgement *judgement,
                            const struct az_certificate *certificate)
{
    struct bench_clock *clock = data;
    (void)plan, (void)judgement, (void)certificate;
    if (isnan(clock->first)) clock->first = az_system_now() - clock->started;
}

/* Reads and links an instance file of any kind; the kind is the document's member. */
static enum az_status read_instance(const char *path, struct az_arena *arena,
                                    const struct az_formulation **formulation, void **instance)
{
    struct az_findings findings;
    az_findings_init(&findings, arena, 0);
    json_t *json = az_json_read_file(path, NULL, &findings);
    if (!json) return AZ_INVALID;
    const char *kind = json_string_value(json_object_get(json, "kind"));
    *formulation = az_formulation_find(kind ? kind : "microgrid");
    enum az_status status = AZ_NOT_FOUND;
    if (*formulation)
        status = az_json_read((*formulation)->instance, json, NULL, arena, &findings, instance);
    if (status == AZ_OK && !az_findings_total(&findings))
        status = az_link((*formulation)->instance, *instance, NULL, NULL, arena, &findings);
    json_decref(json);
    return status != AZ_OK ? status : az_findings_total(&findings) ? AZ_INVALID : AZ_OK;
}

static struct bench_row solve_case(const struct bench_case *item, const char *path)
{
    struct bench_clock clock = { az_system_now(), NAN };
    struct bench_row row = { .objective = NAN, .bound = NAN, .gap = NAN };
    struct az_arena *arena = az_arena_new(NULL);
    struct az_job job = { .on_plan = note_first_plan, .data = &clock, .instance_sha256 = "" };
    struct az_answer *answer = AZ_NEW(arena, struct az_answer);
    const struct az_engine *engine;
    struct az_context context = az_context_default();
    context.deadline = clock.started + item->seconds;
    row.status = read_instance(path, arena, &job.formulation, &job.instance);
    if (row.status == AZ_OK) row.status = az_fields_default(&az_options_table, &job.options, arena);
    job.options.gap = item->gap;
    job.options.gap_abs = 0;
    job.options.deadline_s = item->seconds;
    if (row.status == AZ_OK) row.status = az_engine_load(item->engine, &engine, NULL, 0);
    if (row.status == AZ_OK) row.status = az_job_prepare(&job, arena, answer);
    if (row.status == AZ_OK) row.status = az_job_solve(&job, engine, &context, arena, answer);
    if (row.status == AZ_OK) {
        row.plan_status = answer->certificate.status;
        row.objective = answer->certificate.objective;
        row.bound = answer->certificate.bound;
        row.gap = answer->certificate.gap;
    }
    row.first_s = clock.first;
    row.total_s = az_system_now() - clock.started;
    return row;
}

/* Runs a case in a child; false when the child died. */
static bool run_case(const struct bench_case *item, const char *path, struct bench_row *row,
                     double *mib)
{
    int ends[2];
    if (pipe(ends) != 0) return false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct bench_row result = solve_case(item, path);
        _exit(write(ends[1], &result, sizeof result) == (ssize_t)sizeof result ? 0 : 1);
    }
    close(ends[1]);
    bool whole = child > 0 && read(ends[0], row, sizeof *row) == (ssize_t)sizeof *row;
    close(ends[0]);
    struct rusage usage = { 0 };
    int status;
    if (child > 0) wait4(child, &status, 0, &usage);
    *mib = (double)usage.ru_maxrss / 1024;
    return whole;
}

/* Prints a row; true when bound and value stand on the right sides of the known optimum. */
static bool print_row(const struct bench_case *item, const struct bench_row *row, double mib)
{
    bool right = true;
    char best[40] = "-";
    if (!isnan(item->best_low)) {
        double slack = 1e-6 * fabs(item->best_high);
        right =
            !(row->bound > item->best_high + slack) && !(row->objective < item->best_low - slack);
        snprintf(best, sizeof best, "%.1f", item->best_high);
    }
    printf("| %-26s | %-4s | %-10s | %14.2f | %14.2f | %8.4f | %12s | %6.2f | %7.2f | %6.0f | %s%s "
           "|\n",
           item->name, item->engine,
           row->status == AZ_OK ? az_plan_status_code((enum az_plan_status)row->plan_status)
                                : az_status_code(row->status),
           row->objective, row->bound, row->gap * 100, best, row->first_s, row->total_s, mib,
           item->target, right ? "" : " WRONG SIDE");
    fflush(stdout);
    return right;
}

static bool find_file(const char *directory, const char *file, char path[512])
{
    snprintf(path, 512, "%s/%s", directory, file);
    if (access(path, R_OK) == 0) return true;
    snprintf(path, 512, "%s", file);
    return access(path, R_OK) == 0;
}

static double number_or_nan(const char *text)
{
    return strcmp(text, "-") == 0 ? NAN : strtod(text, NULL);
}

int main(int argc, char *argv[])
{
    FILE *cases = argc >= 3 ? fopen(argv[1], "r") : NULL;
    if (!cases) {
        fprintf(stderr, "usage: bench_cases CASES DIRECTORY [PATTERN]\n");
        return 2;
    }
    printf("| %-26s | %-4s | %-10s | %14s | %14s | %8s | %12s | %6s | %7s | %6s | target |\n",
           "case", "engine", "status", "objective", "bound", "gap %", "best known", "first s",
           "seconds", "MiB");
    printf("|---|---|---|---|---|---|---|---|---|---|---|\n");
    char line[1024], low[64], high[64];
    bool right = true;
    while (fgets(line, sizeof line, cases)) {
        struct bench_case item = { 0 };
        if (line[0] == '#' ||
            sscanf(line, "%63s %255s %15s %lf %lf %63s %63s %127[^\n]", item.name, item.file,
                   item.engine, &item.gap, &item.seconds, low, high, item.target) < 7)
            continue;
        item.best_low = number_or_nan(low);
        item.best_high = number_or_nan(high);
        if (argc > 3 && argv[3][0] && fnmatch(argv[3], item.name, 0) != 0) continue;
        char path[512];
        struct bench_row row = { 0 };
        double mib;
        if (!find_file(argv[2], item.file, path))
            printf("| %-26s | %-4s | SKIPPED: no %s |\n", item.name, item.engine, item.file);
        else if (!run_case(&item, path, &row, &mib))
            printf("| %-26s | %-4s | DIED |\n", item.name, item.engine);
        else
            right &= print_row(&item, &row, mib);
    }
    fclose(cases);
    return right ? 0 : 1;
}
