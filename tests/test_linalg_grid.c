/* test_linalg_grid.c - meshed grids: transfer and outage factors, bridges, screening. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/linalg.h"
#include "tests/support/suite.h"

enum { BUSES = 12, BRANCHES = 18, HOURS = 1100 };

static struct az_random dice;

struct grid {
    size_t n, m, slack;
    struct az_branch branch[BRANCHES];
};

static double drawn(double least, double most)
{
    return least + (most - least) * az_random_unit(&dice);
}

static size_t below(size_t count)
{
    return (size_t)az_random_below(&dice, count);
}

/* A random connected grid: a tree, further branches across it, some of them parallel. */
static void make_grid(struct grid *grid)
{
    grid->n = 2 + below(BUSES - 1);
    grid->m = grid->n - 1 + below(BRANCHES - grid->n + 2);
    grid->slack = below(grid->n);
    for (size_t l = 0; l < grid->m; l++) {
        struct az_branch *branch = &grid->branch[l];
        branch->x = drawn(0.01, 0.3);
        branch->to = l + 1 < grid->n ? l + 1 : below(grid->n);
        do branch->from = l + 1 < grid->n ? below(l + 1) : below(grid->n);
        while (branch->from == branch->to);
        if (below(2)) {
            size_t end = branch->from;
            branch->from = branch->to;
            branch->to = end;
        }
    }
}

/* Buses that the slack reaches without branch `without`. */
static void reach(const struct grid *grid, size_t without, bool reached[BUSES])
{
    for (size_t i = 0; i < grid->n; i++) reached[i] = i == grid->slack;
    for (size_t round = 0; round < grid->n; round++)
        for (size_t l = 0; l < grid->m; l++)
            if (l != without && (reached[grid->branch[l].from] || reached[grid->branch[l].to]))
                reached[grid->branch[l].from] = reached[grid->branch[l].to] = true;
}

/* Flows by Gauss-Jordan elimination of the nodal equations, apart from the code under test: of the
 * buses that the slack reaches without branch `without`. */
static void solve_flows(const struct grid *grid, size_t without, const double injection[],
                        double flow[BRANCHES])
{
    double a[BUSES][BUSES + 1] = { { 0 } };
    bool reached[BUSES];
    reach(grid, without, reached);
    for (size_t l = 0; l < grid->m; l++) {
        size_t i = grid->branch[l].from, j = grid->branch[l].to;
        double b = 1 / grid->branch[l].x;
        if (l == without || !reached[i]) continue;
        a[i][i] += b;
        a[j][j] += b;
        a[i][j] -= b;
        a[j][i] -= b;
    }
    for (size_t i = 0; i < grid->n; i++) {
        a[i][grid->n] = injection[i];
        if (i != grid->slack && reached[i]) continue;
        for (size_t j = 0; j <= grid->n; j++) a[i][j] = i == j;
    }
    for (size_t c = 0; c < grid->n; c++) {
        size_t pivot = c;
        for (size_t r = c; r < grid->n; r++)
            if (fabs(a[r][c]) > fabs(a[pivot][c])) pivot = r;
        for (size_t k = 0; k <= grid->n; k++) {
            double swapped = a[c][k];
            a[c][k] = a[pivot][k];
            a[pivot][k] = swapped;
        }
        for (size_t r = 0; r < grid->n; r++) {
            double factor = a[r][c] / a[c][c];
            if (r == c || factor == 0) continue;
            for (size_t k = c; k <= grid->n; k++) a[r][k] -= factor * a[c][k];
        }
    }
    for (size_t l = 0; l < grid->m; l++) {
        size_t i = grid->branch[l].from, j = grid->branch[l].to;
        double angle = a[i][grid->n] / a[i][i] - a[j][grid->n] / a[j][j];
        flow[l] = l == without || !reached[i] ? 0 : angle / grid->branch[l].x;
    }
}

/* Without it a sign or a bus could be off by one and flows would still look plausible. */
START_TEST(transfer_factors_are_the_flows_of_a_full_solve)
{
    double ptdf[BRANCHES * BUSES], injection[BUSES], flow[BRANCHES];
    az_random_seed(&dice, 1);
    for (int instance = 0; instance < 200; instance++) {
        struct grid grid;
        make_grid(&grid);
        ck_assert_int_eq(az_ptdf(grid.n, grid.m, grid.branch, grid.slack, ptdf), AZ_OK);
        for (size_t i = 0; i < grid.n; i++) injection[i] = drawn(-10, 10);
        solve_flows(&grid, grid.m, injection, flow);
        for (size_t l = 0; l < grid.m; l++) {
            double sum = 0;
            for (size_t i = 0; i < grid.n; i++) sum += ptdf[l * grid.n + i] * injection[i];
            ck_assert_double_eq_tol(sum, flow[l], 1e-8);
            ck_assert_double_eq(ptdf[l * grid.n + grid.slack], 0);
        }
    }
}
END_TEST

/* An outage that parts the grid has no finite factor in the textbook: dividing by nothing would
 * give flows of any size. */
START_TEST(outage_factors_are_a_full_solve_without_the_branch)
{
    double ptdf[BRANCHES * BUSES], lodf[BRANCHES * BRANCHES], injection[BUSES];
    double flow[BRANCHES], after[BRANCHES];
    size_t parted = 0, whole = 0;
    az_random_seed(&dice, 2);
    for (int instance = 0; instance < 200; instance++) {
        struct grid grid;
        bool bridge[BRANCHES], alone[BRANCHES], reached[BUSES];
        make_grid(&grid);
        ck_assert_int_eq(az_ptdf(grid.n, grid.m, grid.branch, grid.slack, ptdf), AZ_OK);
        ck_assert_int_eq(az_lodf(grid.n, grid.m, grid.branch, grid.slack, ptdf, lodf, bridge),
                         AZ_OK);
        ck_assert_int_eq(az_bridges(grid.n, grid.m, grid.branch, alone), AZ_OK);
        for (size_t i = 0; i < grid.n; i++) injection[i] = drawn(-10, 10);
        solve_flows(&grid, grid.m, injection, flow);
        for (size_t k = 0; k < grid.m; k++) {
            bool parts = false;
            reach(&grid, k, reached);
            for (size_t i = 0; i < grid.n; i++) parts = parts || !reached[i];
            ck_assert(bridge[k] == parts && alone[k] == parts);
            *(parts ? &parted : &whole) += 1;
            solve_flows(&grid, k, injection, after);
            for (size_t l = 0; l < grid.m; l++) {
                double factor = lodf[l * grid.m + k];
                if (!reached[grid.branch[l].from] && l != k)
                    ck_assert(isnan(factor));
                else
                    ck_assert_double_eq_tol(flow[l] + factor * flow[k], after[l], 1e-7);
            }
        }
    }
    ck_assert(parted > 300 && whole > 300);
}
END_TEST

/* Parts that are not connected have bridges too, and no transfer factors. */
START_TEST(what_is_not_connected_is_said)
{
    struct az_branch branch[] = { { 0, 1, 0.1 }, { 2, 3, 0.1 }, { 3, 2, 0.2 }, { 3, 4, 0.1 } };
    double ptdf[20], lodf[16];
    bool bridge[4];
    ck_assert_int_eq(az_ptdf(5, 4, branch, 0, ptdf), AZ_NOT_CONNECTED);
    ck_assert_int_eq(az_lodf(5, 4, branch, 0, ptdf, lodf, bridge), AZ_NOT_CONNECTED);
    ck_assert_int_eq(az_bridges(5, 4, branch, bridge), AZ_OK);
    ck_assert(bridge[0] && !bridge[1] && !bridge[2] && bridge[3]);
    ck_assert_int_eq(az_ptdf(5, 4, branch, 5, ptdf), AZ_INVALID);
    const double wrong[] = { 0, -0.1, NAN, INFINITY, 1e-320 };
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        branch[1].x = wrong[k];
        ck_assert_int_eq(az_ptdf(5, 4, branch, 0, ptdf), AZ_INVALID);
    }
    branch[1] = (struct az_branch){ 2, 2, 0.1 };
    ck_assert_int_eq(az_bridges(5, 4, branch, bridge), AZ_INVALID);
    branch[1] = (struct az_branch){ 2, 5, 0.1 };
    ck_assert_int_eq(az_bridges(5, 4, branch, bridge), AZ_INVALID);
    ck_assert_int_eq(az_ptdf(1, 0, branch, 0, ptdf), AZ_OK);
}
END_TEST

static double injection_of[BUSES * HOURS];

/* Is this the worst that the branch carries in the hour, before or after any outage? */
static void check_hour(const struct az_screening *screening, size_t l, size_t t,
                       const struct az_overload *list, size_t count, size_t *at)
{
    size_t m = screening->m, n = screening->n;
    double flow[BRANCHES] = { 0 }, worst = 0;
    for (size_t b = 0; b < m; b++) {
        for (size_t i = 0; i < n; i++)
            flow[b] += screening->ptdf[b * n + i] * screening->injection[i * HOURS + t];
    }
    for (size_t k = 0; k < m; k++) {
        double after = flow[l] + screening->lodf[l * m + k] * flow[k];
        if (k != l && screening->screened[k] && fabs(after) > worst) worst = fabs(after);
    }
    const double over[] = { fabs(flow[l]) - screening->normal[l], worst - screening->emergency[l] };
    for (int when = 0; when < 2; when++) {
        if (over[when] <= screening->tolerance) continue;
        ck_assert(*at < count && list[*at].branch == l && list[*at].hour == t);
        ck_assert((list[*at].outage == AZ_NO_OUTAGE) == (when == 0));
        ck_assert_double_eq_tol(list[*at].by, over[when], 1e-8);
        if (when == 1) {
            size_t k = list[*at].outage;
            ck_assert(screening->screened[k]);
            ck_assert_double_eq_tol(flow[l] + screening->lodf[l * m + k] * flow[k], list[*at].flow,
                                    1e-8);
        }
        ++*at;
    }
}

/* Hours are screened in blocks: a block's edge must lose none, and what is not screened is not. */
START_TEST(screening_tells_the_worst_of_every_hour_and_branch)
{
    double ptdf[BRANCHES * BUSES], lodf[BRANCHES * BRANCHES];
    double normal[BRANCHES], emergency[BRANCHES];
    bool bridge[BRANCHES], screened[BRANCHES];
    az_random_seed(&dice, 3);
    size_t told = 0;
    for (int instance = 0; instance < 6; instance++) {
        struct grid grid;
        make_grid(&grid);
        ck_assert_int_eq(az_ptdf(grid.n, grid.m, grid.branch, grid.slack, ptdf), AZ_OK);
        ck_assert_int_eq(az_lodf(grid.n, grid.m, grid.branch, grid.slack, ptdf, lodf, bridge),
                         AZ_OK);
        for (size_t k = 0; k < grid.n * HOURS; k++) injection_of[k] = drawn(-10, 10);
        for (size_t l = 0; l < grid.m; l++) {
            normal[l] = drawn(0, 20);
            emergency[l] = below(5) == 0 ? INFINITY : drawn(10, 30);
            screened[l] = below(4) > 0;
        }
        struct az_screening screening = { .n = grid.n,
                                          .m = grid.m,
                                          .hours = HOURS,
                                          .ptdf = ptdf,
                                          .lodf = lodf,
                                          .injection = injection_of,
                                          .screened = screened,
                                          .normal = normal,
                                          .emergency = emergency,
                                          .tolerance = 1e-6 };
        struct az_arena *arena = az_arena_new(NULL);
        struct az_overload *overloads;
        size_t count, at = 0;
        ck_assert_int_eq(az_screen_outages(&screening, arena, &count, &overloads), AZ_OK);
        for (size_t t = 0; t < HOURS; t++)
            for (size_t l = 0; l < grid.m; l++) check_hour(&screening, l, t, overloads, count, &at);
        ck_assert_uint_eq(at, count);
        told += count;
        az_arena_free(arena);
    }
    ck_assert(told > 1000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("linalg_grid");
    TCase *cases = tcase_create("linalg_grid");
    tcase_add_test(cases, transfer_factors_are_the_flows_of_a_full_solve);
    tcase_add_test(cases, outage_factors_are_a_full_solve_without_the_branch);
    tcase_add_test(cases, what_is_not_connected_is_said);
    tcase_add_test(cases, screening_tells_the_worst_of_every_hour_and_branch);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
