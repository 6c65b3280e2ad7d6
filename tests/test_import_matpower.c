/* test_import_matpower.c - MATPOWER cases as data: matrices, conversions, what is not understood;
 * and the public cases against published power flows. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "adapters/import/matpower_text.h"
#include "solver/linalg.h"
#include "tests/support/public_data.h"
#include "tests/support/suite.h"

static struct az_arena *arena;
static struct az_findings findings;
static struct az_matpower matpower;

static void setup(void)
{
    arena = az_arena_new(NULL);
    az_findings_init(&findings, arena, 0);
}

static void teardown(void)
{
    az_arena_free(arena);
}

static void read_text(const char *text)
{
    struct az_input input = { .name = "case.m", .bytes = text, .length = strlen(text) };
    ck_assert_int_eq(az_matpower_read(&input, arena, &findings, &matpower), AZ_OK);
}

#define HEAD "function mpc = two\nmpc.version = '2';\nmpc.baseMVA = 10;\n"
#define BUSES                                                                       \
    "mpc.bus = [ %% kW\n 1 3 0 0 0 0 1 1 0 20 1 1 1;\n 2, 1, 100, 60, 0, 0, 1, 1, " \
    "0, 20, 1, 1.1, 0.9\n];\n"
#define BRANCHES "mpc.branch = [1 2 4 8 0 5 6 7 0 0 1 -360 360];\n"
#define NAMES                                                                           \
    "[PQ, PV, REF, PD, ...\n QD] = idx_bus;\nVbase = mpc.bus(1, BASE_KV) * 1e3; %% V\n" \
    "Sbase = mpc.baseMVA * 1e6;\n"

/* Cases that speak of ohm and kW convert themselves at their end: without it they would be networks
 * a thousand times too weak. */
START_TEST(a_case_is_read_with_its_conversions)
{
    read_text(HEAD BUSES BRANCHES NAMES
              "mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);\n"
              "mpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;\npf = 0.8;\n"
              "mpc.bus(:, QD) = mpc.bus(:, PD) * sin(acos(pf));\n"
              "mpc.bus(:, 3) = mpc.bus(:, PD) * pf / 2 * 2;\n"
              "mpc.bus_name = { 'a % b'; 'c' };\n");
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    ck_assert_str_eq(matpower.name, "two");
    ck_assert_double_eq(matpower.base_mva, 10);
    ck_assert(matpower.bus.rows == 2 && matpower.bus.columns == MP_BUS_COLUMNS);
    ck_assert(matpower.branch.rows == 1 && matpower.branch.columns == 13);
    ck_assert_double_eq_tol(matpower.branch.values[MP_BR_R], 4.0 / 40, 1e-15);
    ck_assert_double_eq_tol(matpower.branch.values[MP_BR_X], 8.0 / 40, 1e-15);
    ck_assert_double_eq_tol(matpower.bus.values[MP_BUS_COLUMNS + MP_PD], 0.08, 1e-15);
    ck_assert_double_eq_tol(matpower.bus.values[MP_BUS_COLUMNS + MP_QD], 0.06, 1e-15);
}
END_TEST

/* A conversion that nobody understands is no reason to leave it out. */
START_TEST(what_is_not_understood_is_said_with_its_line)
{
    static const struct {
        const char *text, *place;
    } bad[] = {
        { HEAD BUSES BRANCHES "mpc.bus(:, PD) = mpc.bus(:, PD) - 1;\n", "case.m/9" },
        { HEAD BUSES BRANCHES "mpc.bus(2, PD) = 4;\n", "case.m/9" },
        { HEAD BUSES BRANCHES "mpc.bus(:, PD) = mpc.bus(:, PD) / 0;\n", "case.m/9" },
        { HEAD BUSES BRANCHES "mpc.bus(:, [PD QD]) = mpc.bus(:, PD) / 2;\n", "case.m/9" },
        { HEAD BUSES BRANCHES "mpc.bus(:, PX) = mpc.bus(:, PX) / 2;\n", "case.m/9" },
        { HEAD BUSES BRANCHES "mpc.bus(:, 14) = mpc.bus(:, 14) / 2;\n", "case.m/9" },
        { HEAD BUSES BRANCHES "a = b;\n", "case.m/9" },
        { HEAD BUSES BRANCHES "a = ((((1;\n", "case.m/9" },
        { HEAD BUSES BRANCHES "\n\nmpc = scale(mpc);\n", "case.m/11" },
        { HEAD BUSES BRANCHES "for k = 1:3\n", "case.m/9" },
        { HEAD BUSES, "case.m/1" },
        { HEAD BRANCHES, "case.m/1" },
        { HEAD "mpc.bus = [1 2\n 3];\n", "case.m/5" },
        { HEAD "mpc.bus = [1 2x];\n", "case.m/4" },
        { HEAD "mpc.bus = [1 2\n", "case.m/5" },
        { "function mpc = a\nmpc.version = '1';\n", "case.m/2" },
        { "function mpc = a\n" BUSES BRANCHES, "case.m/1" },
        { "{ \"kind\": \"siting\" }", "case.m/1" },
        { "", "case.m/1" },
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        az_findings_init(&findings, arena, 0);
        read_text(bad[k].text);
        if (az_findings_total(&findings) == 0) ck_abort_msg("accepted: %s", bad[k].text);
        if (!strstr(findings.items[0].place, bad[k].place))
            ck_abort_msg("%s is not at %s: %s", findings.items[0].place, bad[k].place, bad[k].text);
    }
}
END_TEST

/* --- published cases ------------------------------------------------------------------------- */

static bool read_case(const char *name)
{
    struct az_inputs inputs = { 0 };
    const char *path = public_data(arena, az_arena_format(arena, "siting/network/%s", name));
    if (!path) return false;
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_inputs_add_file(&inputs, path, arena, &findings), AZ_OK);
    ck_assert_int_eq(az_matpower_read(&inputs.items[0], arena, &findings, &matpower), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    return true;
}

static size_t bus_of(double number)
{
    size_t i = 0;
    while (i < matpower.bus.rows && matpower.bus.values[i * matpower.bus.columns] != number) i++;
    ck_assert_uint_lt(i, matpower.bus.rows);
    return i;
}

enum { MOST = 200 };

/* The published power flow of Baran and Wu's feeder: with kW taken for MW, or a line turned round,
 * nothing of it would fit. */
START_TEST(feeders_have_their_published_voltages_and_losses)
{
    static const struct {
        const char *name;
        double least_pu, loss_kw, off_pu; /* off: how far the linear voltages may be */
    } cases[] = { { "case33bw.m", 0.913090, 202.677, 0.0028 },
                  { "case69.m", NAN, NAN, 0.0039 },
                  { "case118zh.m", NAN, NAN, 0.0069 } };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        size_t parent[MOST], order[MOST], lowest = 0;
        double r[MOST] = { 0 }, x[MOST] = { 0 }, p[MOST], q[MOST], v[MOST], linear[MOST], loss;
        double most_off = 0;
        if (!read_case(cases[k].name)) return;
        size_t n = matpower.bus.rows, width = matpower.bus.columns;
        for (size_t i = 0; i < n; i++) {
            parent[i] = i;
            p[i] = matpower.bus.values[i * width + MP_PD] / matpower.base_mva;
            q[i] = matpower.bus.values[i * width + MP_QD] / matpower.base_mva;
        }
        for (size_t l = 0; l < matpower.branch.rows; l++) {
            const double *branch = matpower.branch.values + l * matpower.branch.columns;
            if (branch[MP_BR_STATUS] == 0) continue; /* an open switch */
            size_t to = bus_of(branch[MP_T_BUS]);
            parent[to] = bus_of(branch[MP_F_BUS]);
            r[to] = branch[MP_BR_R];
            x[to] = branch[MP_BR_X];
        }
        ck_assert_int_eq(az_radial_order(n, parent, order), AZ_OK);
        ck_assert_int_eq(az_radial_sweep(n, parent, order, r, x, p, q, 1, v, &loss), AZ_OK);
        ck_assert_int_eq(az_radial_linear(n, parent, order, r, x, p, q, 1, linear), AZ_OK);
        for (size_t i = 0; i < n; i++) {
            double off = sqrt(linear[i]) - v[i];
            if (v[i] < v[lowest]) lowest = i;
            ck_assert_double_ge(off, -1e-12);
            if (off > most_off) most_off = off;
        }
        ck_assert_double_le(most_off, cases[k].off_pu + 5e-5);
        ck_assert_double_ge(most_off, cases[k].off_pu - 5e-5);
        if (isnan(cases[k].loss_kw)) continue;
        ck_assert_double_eq_tol(v[lowest], cases[k].least_pu, 1e-6);
        ck_assert_double_eq_tol(loss * matpower.base_mva * 1e3, cases[k].loss_kw, 1e-3);
        ck_assert_double_eq(matpower.bus.values[lowest * width], 18);
    }
}
END_TEST

/* Every single outage of the meshed cases, by its factors and by solving the network again without
 * the branch: the textbook's formula divides by nothing where an outage parts the grid. */
START_TEST(outages_of_the_meshed_cases_are_full_solves)
{
    static const char *const names[] = { "case14.m", "case24_ieee_rts.m", "case30.m", "case118.m" };
    for (size_t c = 0; c < sizeof names / sizeof names[0]; c++) {
        if (!read_case(names[c])) return;
        size_t n = matpower.bus.rows, m = matpower.branch.rows, slack = 0, parting = 0;
        struct az_branch branch[MOST], left[MOST];
        bool bridge[MOST];
        double injection[MOST];
        double *ptdf = malloc(m * n * sizeof *ptdf), *lodf = malloc(m * m * sizeof *lodf);
        double *again = malloc(m * n * sizeof *again);
        ck_assert(ptdf && lodf && again);
        for (size_t l = 0; l < m; l++) {
            const double *row = matpower.branch.values + l * matpower.branch.columns;
            branch[l] =
                (struct az_branch){ bus_of(row[MP_F_BUS]), bus_of(row[MP_T_BUS]), row[MP_BR_X] };
        }
        for (size_t i = 0; i < n; i++) {
            if (matpower.bus.values[i * matpower.bus.columns + MP_BUS_TYPE] == MP_REFERENCE)
                slack = i;
            injection[i] = -matpower.bus.values[i * matpower.bus.columns + MP_PD];
        }
        ck_assert_int_eq(az_ptdf(n, m, branch, slack, ptdf), AZ_OK);
        ck_assert_int_eq(az_lodf(n, m, branch, slack, ptdf, lodf, bridge), AZ_OK);
        for (size_t k = 0; k < m; k++) {
            parting += bridge[k];
            if (bridge[k]) continue; /* small networks in test_linalg_grid have these */
            for (size_t l = 0, e = 0; l < m; l++)
                if (l != k) left[e++] = branch[l];
            ck_assert_int_eq(az_ptdf(n, m - 1, left, slack, again), AZ_OK);
            double lost = 0;
            for (size_t i = 0; i < n; i++) lost += ptdf[k * n + i] * injection[i];
            for (size_t l = 0, e = 0; l < m; l++) {
                double flow = 0, after = 0;
                if (l == k) continue;
                for (size_t i = 0; i < n; i++) {
                    flow += ptdf[l * n + i] * injection[i];
                    after += again[e * n + i] * injection[i];
                }
                ck_assert_double_eq_tol(flow + lodf[l * m + k] * lost, after, 1e-6);
                e++;
            }
        }
        ck_assert_uint_eq(parting, c == 0 ? 1 : c == 1 ? 1 : c == 2 ? 3 : 9);
        free(ptdf);
        free(lodf);
        free(again);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_matpower");
    TCase *cases = tcase_create("import_matpower");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_case_is_read_with_its_conversions);
    tcase_add_test(cases, what_is_not_understood_is_said_with_its_line);
    tcase_add_test(cases, feeders_have_their_published_voltages_and_losses);
    tcase_add_test(cases, outages_of_the_meshed_cases_are_full_solves);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
