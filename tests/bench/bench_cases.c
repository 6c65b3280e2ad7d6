/* bench_cases.c - one table over instances: case, engine, objective, bound, gap, best known,
 * seconds to the first plan and in all, memory.
 *
 *   bench_cases CASES DIRECTORY [PATTERN]
 *
 * CASES is a text file; a line is `name file engine gap seconds best_low best_high target`, where
 * best_low and best_high enclose the known optimum (or -; best_low 0: nothing below is known), and
 * target is text for the table. Files are looked for in DIRECTORY, then in the working directory; a
 * missing file is a visible skip. `instance,plan` is solved from an earlier plan. Cases that are
 * named group/case are summed up by group in a second table.
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

/* The plan of a PLAN file. */
static enum az_status read_plan(const char *path, const struct az_formulation *formulation,
                                struct az_arena *arena, const void **plan)
{
    struct az_findings findings;
    void *read = NULL;
    az_findings_init(&findings, arena, 0);
    json_t *json = az_json_read_file(path, NULL, &findings);
    if (!json) return AZ_INVALID;
    enum az_status status = az_json_read(formulation->plan, json_object_get(json, "plan"), NULL,
                                         arena, &findings, &read);
    json_decref(json);
    *plan = read;
    return status != AZ_OK ? status : az_findings_total(&findings) ? AZ_INVALID : AZ_OK;
}

static struct bench_row solve_case(const struct bench_case *item, const char *path,
                                   const char *previous)
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
    if (row.status == AZ_OK && previous[0])
        row.status = read_plan(previous, job.formulation, arena, &job.previous);
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
static bool run_case(const struct bench_case *item, const char *path, const char *previous,
                     struct bench_row *row, double *mib)
{
    int ends[2];
    if (pipe(ends) != 0) return false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct bench_row result = solve_case(item, path, previous);
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

/* --- groups --------------------------------------------------------------------------------- */

#define GROUPS 32

struct bench_group {
    char name[64], engine[16];
    int cases, planned, proven, compared, bounded;
    double over, gap, seconds; /* sums: over the best known, of it; certified gap; time */
};

struct bench_groups {
    int count;
    struct bench_group item[GROUPS];
};

/* Counts a case in, if it is of a group. */
static void add_to_group(struct bench_groups *groups, const struct bench_case *item,
                         const struct bench_row *row)
{
    const char *slash = strchr(item->name, '/');
    char name[64];
    if (!slash) return;
    snprintf(name, sizeof name, "%.*s", (int)(slash - item->name), item->name);
    int g = 0;
    while (g < groups->count && (strcmp(groups->item[g].name, name) != 0 ||
                                 strcmp(groups->item[g].engine, item->engine) != 0))
        g++;
    if (g == GROUPS) return;
    struct bench_group *group = &groups->item[g];
    if (g == groups->count) {
        groups->count++;
        snprintf(group->name, sizeof group->name, "%s", name);
        snprintf(group->engine, sizeof group->engine, "%s", item->engine);
    }
    group->cases++;
    group->seconds += row->total_s;
    if (row->status != AZ_OK || !isfinite(row->objective)) return;
    group->planned++;
    group->proven += row->plan_status == AZ_PLAN_OPTIMAL;
    if (!isnan(item->best_high)) {
        group->compared++;
        group->over += row->objective / item->best_high - 1;
    }
    if (!isfinite(row->gap)) return;
    group->bounded++;
    group->gap += row->gap;
}

static double mean(double sum, int count)
{
    return count > 0 ? sum / count : NAN;
}

static void print_groups(const struct bench_groups *groups)
{
    if (groups->count == 0) return;
    printf("\n| %-26s | %-4s | %6s | %6s | %6s | %14s | %8s | %12s | %10s |\n", "group", "engine",
           "cases", "plans", "proven", "over best %", "bounds", "gap %", "seconds");
    printf("|---|---|---|---|---|---|---|---|---|\n");
    for (int g = 0; g < groups->count; g++) {
        const struct bench_group *group = &groups->item[g];
        printf("| %-26s | %-4s | %6d | %6d | %6d | %14.4f | %8d | %12.4f | %10.2f |\n", group->name,
               group->engine, group->cases, group->planned, group->proven,
               100 * mean(group->over, group->compared), group->bounded,
               100 * mean(group->gap, group->bounded), mean(group->seconds, group->cases));
    }
}

/* --- cases ---------------------------------------------------------------------------------- */

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
    struct bench_groups groups = { 0 };
    while (fgets(line, sizeof line, cases)) {
        struct bench_case item = { 0 };
        if (line[0] == '#' ||
            sscanf(line, "%63s %255s %15s %lf %lf %63s %63s %127[^\n]", item.name, item.file,
                   item.engine, &item.gap, &item.seconds, low, high, item.target) < 7)
            continue;
        item.best_low = number_or_nan(low);
        item.best_high = number_or_nan(high);
        if (argc > 3 && argv[3][0] && fnmatch(argv[3], item.name, 0) != 0) continue;
        char path[512], previous[512] = "";
        char *comma = strchr(item.file, ',');
        if (comma) *comma = '\0';
        struct bench_row row = { 0 };
        double mib;
        if (!find_file(argv[2], item.file, path) ||
            (comma && !find_file(argv[2], comma + 1, previous))) {
            printf("| %-26s | %-4s | SKIPPED: no %s |\n", item.name, item.engine, item.file);
        } else if (!run_case(&item, path, previous, &row, &mib)) {
            printf("| %-26s | %-4s | DIED |\n", item.name, item.engine);
        } else {
            right &= print_row(&item, &row, mib);
            add_to_group(&groups, &item, &row);
        }
    }
    print_groups(&groups);
    fclose(cases);
    return right ? 0 : 1;
}
