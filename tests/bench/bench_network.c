/* bench_network.c - networks by linear algebra: every hour of a year against every single outage of
 * a meshed grid, and a published feeder by AC and by the linear rule. One table row a figure.
 *
 *   bench_network [PATTERN]
 *
 * Cases are MATPOWER files of $AZUMI_DATA; without them the rows say SKIPPED. Times are those of
 * one thread, from the network to the list of overloads; memory is that of a process of the
 * figure's own. Exit status 1 when a value is not the published one, or an overload not what
 * solving the network again without the branch gives. */
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "adapters/import/matpower_text.h"
#include "solver/linalg.h"
#include "tests/support/public_data.h"

#define YEAR_HOURS 8760
#define DAY_HOURS 24
#define PI 3.14159265358979323846

struct figure {
    char value[120];
    double seconds;
    bool is_right, is_in_time;
};

static void must(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "bench_network: %s\n", what);
    exit(3);
}

static double cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* --- cases --------------------------------------------------------------------------------------
 */

struct grid {
    struct az_matpower of;
    size_t n, m, slack;
    struct az_branch *branch;       /* [m] */
    double *drawn, *fed, *reactive; /* [n] MW, MW, MVAr */
};

static size_t bus_of(const struct az_matpower *of, double number)
{
    size_t i = 0;
    while (i < of->bus.rows && of->bus.values[i * of->bus.columns] != number) i++;
    must(i < of->bus.rows, "a branch leads to no bus");
    return i;
}

static bool read_grid(const char *name, struct az_arena *arena, struct grid *grid)
{
    struct az_inputs inputs = { 0 };
    struct az_findings findings;
    const char *path = public_path(arena, az_arena_format(arena, "siting/network/%s", name));
    if (!path || access(path, R_OK) != 0) return false;
    az_findings_init(&findings, arena, 0);
    must(az_inputs_add_file(&inputs, path, arena, &findings) == AZ_OK && inputs.count == 1, path);
    must(az_matpower_read(&inputs.items[0], arena, &findings, &grid->of) == AZ_OK, path);
    must(az_findings_total(&findings) == 0, path);
    const struct az_matpower *of = &grid->of;
    grid->n = of->bus.rows;
    grid->branch = AZ_ARRAY(arena, of->branch.rows, struct az_branch);
    grid->drawn = AZ_ARRAY(arena, grid->n, double);
    grid->fed = AZ_ARRAY(arena, grid->n, double);
    grid->reactive = AZ_ARRAY(arena, grid->n, double);
    must(grid->branch && grid->drawn && grid->fed && grid->reactive, "no memory");
    for (size_t i = 0; i < grid->n; i++) {
        const double *bus = of->bus.values + i * of->bus.columns;
        grid->drawn[i] = bus[MP_PD];
        grid->reactive[i] = bus[MP_QD];
        if (bus[MP_BUS_TYPE] == MP_REFERENCE) grid->slack = i;
    }
    for (size_t g = 0; g < of->gen.rows; g++) {
        const double *gen = of->gen.values + g * of->gen.columns;
        if (gen[MP_GEN_STATUS] > 0) grid->fed[bus_of(of, gen[MP_GEN_BUS])] += gen[MP_PG];
    }
    for (size_t l = 0; l < of->branch.rows; l++) {
        const double *row = of->branch.values + l * of->branch.columns;
        if (row[MP_BR_STATUS] == 0) continue;
        grid->branch[grid->m++] = (struct az_branch){ bus_of(of, row[MP_F_BUS]),
                                                      bus_of(of, row[MP_T_BUS]), row[MP_BR_X] };
    }
    return true;
}

/* --- outages ------------------------------------------------------------------------------------
 */

/* A year of hours: loads by season, day and hour, each bus with a peak of its own; a third of the
 * generation follows the sun, the rest the load. The slack takes what is left. */
static double *year_of(const struct grid *grid, struct az_arena *arena)
{
    double *injection = AZ_ARRAY(arena, grid->n * YEAR_HOURS, double);
    must(injection, "no memory");
    for (size_t t = 0; t < YEAR_HOURS; t++) {
        double season = cos(2 * PI * (double)t / YEAR_HOURS);
        double hour = (double)(t % DAY_HOURS);
        double sun = fmax(0, sin(PI * (hour - 6) / 12)) * (1 - 0.3 * season);
        for (size_t i = 0; i < grid->n; i++) {
            double peak = 12 + 8 * sin((double)i);
            double load = 0.7 + 0.15 * season + 0.15 * cos(2 * PI * (hour - peak) / DAY_HOURS);
            injection[i * YEAR_HOURS + t] =
                grid->fed[i] * (0.67 * (0.7 + 0.15 * season) + 0.66 * sun) - grid->drawn[i] * load;
        }
    }
    return injection;
}

/* The largest difference between what the screening tells after outages and what the network
 * without the branch carries; some of the overloads, spread over the list. */
static double recheck(const struct grid *grid, const double *injection, const bool bridge[],
                      size_t count, const struct az_overload overloads[], struct az_arena *arena)
{
    size_t n = grid->n, m = grid->m, step = count / 40 + 1;
    double *ptdf = AZ_ARRAY(arena, m * n, double), worst = 0;
    struct az_branch *left = AZ_ARRAY(arena, m, struct az_branch);
    must(ptdf && left, "no memory");
    for (size_t o = 0; o < count; o += step) {
        const struct az_overload *over = &overloads[o];
        size_t e = 0, at = over->branch;
        double flow = 0;
        if (over->outage != AZ_NO_OUTAGE && bridge[over->outage]) continue;
        for (size_t l = 0; l < m; l++)
            if (l != over->outage) left[e++] = grid->branch[l];
        if (over->outage != AZ_NO_OUTAGE && at > over->outage) at--;
        must(az_ptdf(n, e, left, grid->slack, ptdf) == AZ_OK, "the rest is not connected");
        for (size_t i = 0; i < n; i++)
            flow += ptdf[at * n + i] * injection[i * YEAR_HOURS + over->hour];
        worst = fmax(worst, fabs(flow - over->flow));
    }
    return worst;
}

/* Limits where the case has none: what each branch carries at most over the year, and a quarter
 * more after an outage. */
static void set_limits(const struct grid *grid, const double ptdf[], const double injection[],
                       double normal[], double emergency[], struct az_arena *arena)
{
    double *flow = AZ_ARRAY(arena, grid->m * YEAR_HOURS, double);
    must(flow, "no memory");
    az_evaluate_batch(grid->m, grid->n, YEAR_HOURS, ptdf, injection, flow);
    for (size_t l = 0; l < grid->m; l++) {
        normal[l] = 20;
        for (size_t t = 0; t < YEAR_HOURS; t++)
            normal[l] = fmax(normal[l], 0.98 * fabs(flow[l * YEAR_HOURS + t]));
        emergency[l] = 1.25 * normal[l];
    }
}

static bool screen_case118(struct figure *figure)
{
    struct az_arena *arena = az_arena_new(NULL), *aside = az_arena_new(NULL);
    struct grid grid = { 0 };
    must(arena && aside, "no memory");
    if (!read_grid("case118.m", arena, &grid)) return false;
    size_t n = grid.n, m = grid.m, count;
    struct az_overload *overloads;
    double *injection = year_of(&grid, arena);
    double *ptdf = AZ_ARRAY(arena, m * n, double), *lodf = AZ_ARRAY(arena, m * m, double);
    double *normal = AZ_ARRAY(arena, m, double), *emergency = AZ_ARRAY(arena, m, double);
    bool *bridge = AZ_ARRAY(arena, m, bool);
    must(ptdf && lodf && normal && emergency && bridge, "no memory");
    must(az_ptdf(n, m, grid.branch, grid.slack, ptdf) == AZ_OK, "az_ptdf");
    set_limits(&grid, ptdf, injection, normal, emergency, aside);
    az_arena_free(aside);
    double started = cpu_now();
    must(az_ptdf(n, m, grid.branch, grid.slack, ptdf) == AZ_OK, "az_ptdf");
    must(az_lodf(n, m, grid.branch, grid.slack, ptdf, lodf, bridge) == AZ_OK, "az_lodf");
    struct az_screening screening = { n,         m,    YEAR_HOURS, ptdf,      lodf,
                                      injection, NULL, normal,     emergency, 1e-6 };
    must(az_screen_outages(&screening, arena, &count, &overloads) == AZ_OK, "az_screen_outages");
    figure->seconds = cpu_now() - started;
    figure->is_in_time = figure->seconds <= 2;
    double off = recheck(&grid, injection, bridge, count, overloads, arena);
    figure->is_right = count > 0 && off <= 1e-6;
    snprintf(figure->value, sizeof figure->value,
             "%zu hours x %zu outages: %zu overloads, off %.0e MW", (size_t)YEAR_HOURS, m, count,
             off);
    az_arena_free(arena);
    return true;
}

/* --- a feeder -----------------------------------------------------------------------------------
 */

#define PUBLISHED_PU 0.913090
#define PUBLISHED_KW 202.677

static bool sweep_case33bw(struct figure *figure)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct grid grid = { 0 };
    must(arena != NULL, "no memory");
    if (!read_grid("case33bw.m", arena, &grid)) return false;
    size_t n = grid.n, *parent = AZ_ARRAY(arena, n, size_t), *order = AZ_ARRAY(arena, n, size_t);
    double *memory = AZ_ARRAY(arena, 6 * n, double), base = grid.of.base_mva, loss;
    must(parent && order && memory, "no memory");
    double *r = memory, *x = r + n, *p = x + n, *q = p + n, *v = q + n, *linear = v + n;
    double least = INFINITY, off = 0, started = cpu_now();
    for (size_t i = 0; i < n; i++) {
        parent[i] = i;
        p[i] = grid.drawn[i] / base;
        q[i] = grid.reactive[i] / base;
    }
    for (size_t l = 0; l < grid.of.branch.rows; l++) {
        const double *row = grid.of.branch.values + l * grid.of.branch.columns;
        if (row[MP_BR_STATUS] == 0) continue; /* an open switch */
        size_t to = bus_of(&grid.of, row[MP_T_BUS]);
        parent[to] = bus_of(&grid.of, row[MP_F_BUS]);
        r[to] = row[MP_BR_R];
        x[to] = row[MP_BR_X];
    }
    must(az_radial_order(n, parent, order) == AZ_OK, "az_radial_order");
    must(az_radial_sweep(n, parent, order, r, x, p, q, 1, v, &loss) == AZ_OK, "az_radial_sweep");
    must(az_radial_linear(n, parent, order, r, x, p, q, 1, linear) == AZ_OK, "az_radial_linear");
    for (size_t i = 0; i < n; i++) {
        least = fmin(least, v[i]);
        off = fmax(off, fabs(sqrt(linear[i]) - v[i]));
    }
    figure->seconds = cpu_now() - started;
    figure->is_in_time = true;
    figure->is_right = fabs(least - PUBLISHED_PU) <= 1e-6 &&
                       fabs(loss * base * 1e3 - PUBLISHED_KW) <= 1e-3 && off <= 0.0028 + 5e-5;
    snprintf(figure->value, sizeof figure->value,
             "AC lowest %.6f p.u., loss %.3f kW; LinDistFlow off %.4f p.u.", least,
             loss * base * 1e3, off);
    az_arena_free(arena);
    return true;
}

/* --- the table ----------------------------------------------------------------------------------
 */

/* Runs a figure in a child, whose peak is its memory. False: it died. */
static bool run(bool (*measure)(struct figure *), struct figure *figure, bool *is_there,
                double *mib)
{
    struct {
        struct figure figure;
        bool is_there;
    } result = { 0 };
    int ends[2], status;
    struct rusage usage = { 0 };
    if (pipe(ends) != 0) return false;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        result.is_there = measure(&result.figure);
        _exit(write(ends[1], &result, sizeof result) == (ssize_t)sizeof result ? 0 : 1);
    }
    close(ends[1]);
    bool whole = child > 0 && read(ends[0], &result, sizeof result) == (ssize_t)sizeof result;
    close(ends[0]);
    if (child > 0) wait4(child, &status, 0, &usage);
    *figure = result.figure;
    *is_there = result.is_there;
    *mib = (double)usage.ru_maxrss / 1024;
    return whole;
}

int main(int argc, char *argv[])
{
    static const struct {
        const char *name, *target;
        bool (*measure)(struct figure *);
    } rows[] = {
        { "network-case118", "all single outages of a year in <= 2 s", screen_case118 },
        { "network-case33bw", "0.913090 p.u., 202.677 kW; within 0.0028 p.u.", sweep_case33bw },
    };
    const char *pattern = argc > 1 && argv[1][0] ? argv[1] : "*";
    bool right = true, begun = false;
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        struct figure figure;
        bool is_there;
        double mib;
        if (fnmatch(pattern, rows[k].name, 0) != 0) continue;
        if (!begun) {
            printf("| %-16s | %-60s | %7s | %5s | target |\n", "network", "value", "CPU s", "MiB");
            printf("|---|---|---|---|---|\n");
        }
        begun = true;
        if (!run(rows[k].measure, &figure, &is_there, &mib)) {
            printf("| %-16s | DIED |\n", rows[k].name);
            right = false;
        } else if (!is_there) {
            printf("| %-16s | SKIPPED: no such file in AZUMI_DATA |\n", rows[k].name);
        } else {
            printf("| %-16s | %-60s | %7.3f | %5.0f | %s%s%s |\n", rows[k].name, figure.value,
                   figure.seconds, mib, rows[k].target, figure.is_right ? "" : " WRONG VALUE",
                   figure.is_in_time ? "" : " TOO SLOW");
            right &= figure.is_right;
        }
    }
    return right ? 0 : 1;
}
