/* test_import_matpower.c - MATPOWER cases as data: matrices, conversions, what is not understood;
 * the public cases against published power flows; and both as networks of a siting instance. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/format.h"
#include "adapters/import/matpower_text.h"
#include "adapters/json/json.h"
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

/* --- networks of an instance ------------------------------------------------------------------ */

static struct az_findings told;

/* Imports a text; NULL with findings. The reference is the caller's. */
static json_t *import_text(const char *text, const char *into)
{
    struct az_input input = { .name = "case.m", .bytes = text, .length = strlen(text) };
    json_t *base = into ? json_loads(into, 0, NULL) : NULL, *document;
    struct az_import import = {
        .inputs = &input, .input_count = 1, .into = base, .told = &told, .date = "2027-04-01"
    };
    ck_assert(!into || base);
    az_findings_init(&findings, arena, 0);
    az_findings_init(&told, arena, 0);
    ck_assert_int_eq(az_import_find("matpower")->read(&import, arena, &findings, &document), AZ_OK);
    json_decref(base);
    ck_assert((document == NULL) == (az_findings_total(&findings) > 0));
    return document;
}

static json_t *import_case(const char *name)
{
    struct az_inputs inputs = { 0 };
    const char *path = public_data(arena, az_arena_format(arena, "siting/network/%s", name));
    json_t *document;
    if (!path) return NULL;
    az_findings_init(&findings, arena, 0);
    az_findings_init(&told, arena, 0);
    ck_assert_int_eq(az_inputs_add_file(&inputs, path, arena, &findings), AZ_OK);
    struct az_import import = { .inputs = inputs.items, .input_count = 1, .told = &told };
    ck_assert_int_eq(az_import_find("matpower")->read(&import, arena, &findings, &document), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    return document;
}

/* The members of a document are those of the text; both are let go. */
static void is_document(json_t *document, const char *text)
{
    json_t *expected = json_loads(text, 0, NULL);
    ck_assert(document && expected);
    if (!json_equal(document, expected)) {
        char *found = json_dumps(document, JSON_INDENT(1) | JSON_SORT_KEYS);
        ck_abort_msg("is not as expected:\n%s", found);
    }
    json_decref(document);
    json_decref(expected);
}

/* Told in this order: codes with the counts that they have, "a 1, b 2". */
static void is_told(const char *expected)
{
    char text[1000] = "";
    for (size_t k = 0; k < told.count; k++) {
        const struct az_finding *item = &told.items[k];
        size_t length = strlen(text);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", k ? ", " : "",
                                   item->code->code + strlen("import_"));
        for (size_t i = 0; i < item->param_count && length < sizeof text; i++)
            if (!item->params[i].text)
                length += (size_t)snprintf(text + length, sizeof text - length, " %g",
                                           item->params[i].number);
    }
    ck_assert_str_eq(text, expected);
}

/* A bus: number, type, MW, MVAr, kV, limits of the voltage. */
#define BUS(NUMBER, TYPE, P, Q, KV, HIGH, LOW) \
#NUMBER " " #TYPE " " #P " " #Q " 0 0 1 1 0 " #KV " 1 " #HIGH " " #LOW "\n"
/* A branch: ends, r, x, charging, ratings, ratio, shift, status. */
#define BRANCH(FROM, TO, R, X, B, A, C, TAP, SHIFT, ON) \
#FROM " " #TO " " #R " " #X " " #B " " #A " 0 " #C " " #TAP " " #SHIFT " " #ON " -360 360\n"
#define GEN(BUS_, P, V, ON) #BUS_ " " #P " 0 1 -1 " #V " 10 " #ON " 9 0\n"
#define CASE(BUSES_, GENS, BRANCHES_)                                                  \
    "function mpc = tiny\nmpc.version = '2';\nmpc.baseMVA = 10;\nmpc.bus = [\n" BUSES_ \
    "];\nmpc.gen = [\n" GENS "];\nmpc.branch = [\n" BRANCHES_ "];\n"

#define FEEDER                                                                                   \
    CASE(BUS(1, 3, 0, 0, 20, 1, 1) BUS(7, 1, 0.3, 0.4, 20, 1.1, 0.9)                             \
             BUS(8, 1, 0.5, 0, 20, 1.1, 0.9),                                                    \
         GEN(1, 0.8, 1.02, 1),                                                                   \
         BRANCH(1, 7, 0.01, 0.02, 0, 2.5, 0, 0, 0, 1) BRANCH(8, 7, 0.03, 0.04, 0, 0, 0, 0, 0, 1) \
             BRANCH(1, 8, 0.1, 0.1, 0, 0, 0, 0, 0, 0))

/* A feeder of 20 kV on 10 MVA: 1 p.u. is 40 ohm, 0.3 MW with 0.4 MVAr a power factor of 0.6. */
START_TEST(a_radial_case_becomes_a_feeder)
{
    is_document(
        import_text(FEEDER, NULL),
        "{\"kind\":\"siting\",\"schema\":1,\"title\":\"tiny\",\"first_year\":2027,"
        "\"typical_days\":[{\"id\":\"year\",\"weight_days\":365}],"
        "\"profiles\":[{\"id\":\"flat\",\"values\":1}],\"sites\":[],"
        "\"feeders\":[{\"id\":\"tiny\",\"root\":\"tiny-1\",\"kv\":20,\"source_pu\":1.02,"
        "\"v_min_pu\":0.9,\"v_max_pu\":1.1}],"
        "\"nodes\":[{\"id\":\"tiny-1\",\"feeder\":\"tiny\"},{\"id\":\"tiny-7\",\"feeder\":"
        "\"tiny\",\"load\":\"flat\",\"year_kwh\":2628000,\"power_factor\":0.6},{\"id\":\"tiny-8\","
        "\"feeder\":\"tiny\",\"load\":\"flat\",\"year_kwh\":4380000}],"
        "\"lines\":[{\"id\":\"tiny-l1\",\"from\":\"tiny-1\",\"to\":\"tiny-7\",\"r_ohm\":0.4,"
        "\"x_ohm\":0.8,\"limit_kva\":2500},{\"id\":\"tiny-l2\",\"from\":\"tiny-8\",\"to\":"
        "\"tiny-7\",\"r_ohm\":1.2,\"x_ohm\":1.6}],\"sources\":[\"MATPOWER tiny\"]}");
    is_told("told_out_of_service 1 0, told_flat");
}
END_TEST

/* Into an instance with a year of its own: what is there stays, its flat profile serves. */
START_TEST(a_feeder_joins_an_instance)
{
    json_t *document =
        import_text(FEEDER, "{\"kind\":\"siting\",\"first_year\":2026,\"profiles\":[{\"id\":"
                            "\"flat\",\"values\":[2,1]},{\"id\":\"one\",\"values\":[1,1]}],"
                            "\"nodes\":[{\"id\":\"x\"}],\"sources\":[\"MATPOWER tiny\"]}");
    ck_assert(document);
    json_t *nodes = json_object_get(document, "nodes");
    ck_assert_uint_eq(json_array_size(nodes), 4);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "profiles")), 2);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "sources")), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(document, "first_year")), 2026);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(nodes, 2), "load")), "one");
    json_decref(document);
    document = import_text(FEEDER, "{\"kind\":\"siting\",\"profiles\":[{\"id\":\"flat\","
                                   "\"values\":[2,1]}]}");
    nodes = json_object_get(document, "nodes");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(nodes, 1), "load")),
                     "flat-2");
    json_decref(document);
}
END_TEST

/* A planner who is not told would take the feeder for the whole case. */
START_TEST(what_a_feeder_cannot_say_is_told)
{
    json_t *document = import_text(
        CASE(BUS(1, 3, 0, 0, 60, 1, 1) BUS(2, 1, 1, -1, 20, 1.1, 0.9)
                 BUS(3, 1, -1, 0, 20, 1.05, 0.9) BUS(4, 1, 0, 2, 20, 1.1, 0.95)
                     BUS(5, 4, 1, 1, 20, 1.1, 0.9) "6 1 0 0 1 0 1 1 0 20 1 1.1 0.9\n",
             GEN(1, 0, 0, 1) GEN(3, 1, 1, 1) GEN(2, 1, 1, 0),
             BRANCH(1, 2, 0.01, 0.02, 0.1, 0, 0, 0.98, 0, 1)
                 BRANCH(2, 3, 0.01, 0.02, 0, 0, 0, 1, 30, 1) BRANCH(3, 4, 0, 0.1, 0, 0, 0, 0, 0, 1)
                     BRANCH(4, 6, 0, 0.1, 0, 0, 0, 0, 0, 1) BRANCH(4, 5, 0, 0.1, 0, 0, 0, 0, 0, 1)),
        NULL);
    ck_assert(document);
    is_told("told_several_limits 0.95 1.05, told_charging 1, told_taps 1, told_shifts 1, "
            "told_generators 1, told_negative_loads 1, told_reactive 2, told_several_kv 60, "
            "told_out_of_service 1 1, told_shunts 1, told_flat");
    json_t *line = json_array_get(json_object_get(document, "lines"), 1);
    ck_assert_double_eq(json_number_value(json_object_get(line, "r_ohm")), 3.6);
    json_t *node = json_array_get(json_object_get(document, "nodes"), 2);
    ck_assert(!json_object_get(node, "load"));
    json_decref(document);
}
END_TEST

#define MESH                                                                                     \
    CASE(BUS(1, 3, 0, 0, 60, 1, 1) BUS(2, 2, 3, 1, 60, 1, 1) BUS(3, 1, -2, 0, 60, 1, 1),         \
         GEN(1, 4, 1, 1) GEN(2, 0, 1, 1) GEN(2, -1, 1, 1) GEN(3, 5, 1, 0),                       \
         BRANCH(1, 2, 0.01, 0.1, 0.1, 5, 7, 0, 0, 1) BRANCH(2, 3, 0.01, 0.2, 0, 5, 4, 0.9, 0, 1) \
             BRANCH(3, 1, 0, 0.3, 0, 0, 0, 0, 10, 1))

/* Ratios are part of the reactance, as MATPOWER's own DC power flow has it. */
START_TEST(a_meshed_case_becomes_the_grid_upstream)
{
    json_t *document = import_text(MESH, "{\"kind\":\"siting\"}");
    ck_assert(document);
    is_document(
        json_incref(json_object_get(document, "upstream")),
        "{\"buses\":[{\"id\":\"tiny-1\"},{\"id\":\"tiny-2\",\"load\":\"flat\",\"year_kwh\":"
        "26280000},{\"id\":\"tiny-3\"}],\"circuits\":[{\"id\":\"tiny-l1\",\"from\":\"tiny-1\","
        "\"to\":\"tiny-2\",\"x_pu\":0.1,\"normal_kw\":5000,\"emergency_kw\":7000},{\"id\":"
        "\"tiny-l2\",\"from\":\"tiny-2\",\"to\":\"tiny-3\",\"x_pu\":0.18,\"normal_kw\":5000,"
        "\"emergency_kw\":4000},{\"id\":\"tiny-l3\",\"from\":\"tiny-3\",\"to\":\"tiny-1\","
        "\"x_pu\":0.3}],\"plants\":[{\"id\":\"tiny-g1\",\"bus\":\"tiny-1\",\"output\":\"flat\","
        "\"kw\":4000},{\"id\":\"tiny-p3\",\"bus\":\"tiny-3\",\"output\":\"flat\",\"kw\":2000}],"
        "\"slack\":\"tiny-1\"}");
    json_decref(document);
    is_told("told_idle_generators 2, told_drawing_generators 1, told_dc, told_shifts 1, "
            "told_load_plants 1, told_unlimited 1, told_weak_emergency 1, told_flat");
}
END_TEST

/* A network that is wrong in the file would be wrong in every plan. */
START_TEST(a_case_that_is_no_network_is_said)
{
#define TWO BUS(1, 3, 0, 0, 20, 1, 1) BUS(2, 1, 1, 1, 20, 1, 1)
#define ONE_TWO BRANCH(1, 2, 0.1, 0.1, 0, 0, 0, 0, 0, 1)
    static const struct {
        const char *text, *into, *code, *place;
    } bad[] = {
        { CASE(TWO TWO, GEN(1, 0, 1, 1), ONE_TWO), NULL, "import_twice", "case.m/bus/3" },
        { CASE(TWO, GEN(9, 0, 1, 1), ONE_TWO), NULL, "import_bad_bus", "case.m/gen/1" },
        { CASE(TWO, GEN(1, 0, 1, 1), BRANCH(1, 9, 0, 1, 0, 0, 0, 0, 0, 1)), NULL, "import_bad_bus",
          "case.m/branch/1" },
        { CASE(BUS(1.5, 3, 0, 0, 20, 1, 1), GEN(1.5, 0, 1, 1), ONE_TWO), NULL, "import_bad_bus",
          "case.m/bus/1" },
        { CASE(BUS(1, 1, 0, 0, 20, 1, 1), GEN(1, 0, 1, 1), BRANCH(1, 1, 0, 1, 0, 0, 0, 0, 0, 1)),
          NULL, "import_slack_count", "case.m" },
        { CASE(BUS(1, 3, 0, 0, 20, 1, 1) BUS(2, 3, 0, 0, 20, 1, 1), GEN(1, 0, 1, 1), ONE_TWO), NULL,
          "import_slack_count", "case.m" },
        { CASE(TWO BUS(3, 1, 0, 0, 20, 1, 1), GEN(1, 0, 1, 1), ONE_TWO), NULL, "import_parts",
          "case.m" },
        { CASE(TWO, GEN(1, 0, 1, 1), BRANCH(1, 2, -1, 1, 0, 0, 0, 0, 0, 1)), NULL,
          "import_bad_branch", "case.m/branch/1" },
        { CASE(TWO, GEN(1, 0, 1, 1), ONE_TWO BRANCH(1, 2, 0, -1, 0, 0, 0, 0, 0, 1)), NULL,
          "import_bad_branch", "case.m/branch/2" },
        { CASE(TWO, GEN(1, 0, 1, 1), ONE_TWO BRANCH(2, 2, 0, 1, 0, 0, 0, 0, 0, 1)), NULL,
          "import_bad_branch", "case.m/branch/2" },
        { CASE(BUS(1, 3, 0, 0, 0, 1, 1) BUS(2, 1, 1, 1, 20, 1, 1), GEN(1, 0, 1, 1), ONE_TWO), NULL,
          "import_no_kv", "case.m" },
        { CASE(BUS(1, 3, Inf, 0, 1, 1, 1), GEN(1, 0, 1, 1), ONE_TWO), NULL, "import_bad_size",
          "case.m/bus/1" },
        { FEEDER, "{\"kind\":\"clinic\"}", "import_other_kind", "--into" },
        { FEEDER, "{\"kind\":\"siting\",\"nodes\":{}}", "import_not_format", "--into/nodes" },
        { FEEDER, "{\"kind\":\"siting\",\"feeders\":[{\"id\":\"tiny\"}]}", "import_twice",
          "--into/feeders" },
        { FEEDER, "{\"kind\":\"siting\",\"nodes\":[{\"id\":\"tiny-7\"}]}", "import_twice",
          "--into/nodes" },
        { FEEDER, "{\"kind\":\"siting\",\"lines\":[{\"id\":\"tiny-l2\"}]}", "import_twice",
          "--into/lines" },
        { MESH, "{\"kind\":\"siting\",\"upstream\":{}}", "import_has_already", "--into" },
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        ck_assert(!import_text(bad[k].text, bad[k].into));
        if (strcmp(findings.items[0].code->code, bad[k].code) != 0 ||
            strcmp(findings.items[0].place, bad[k].place) != 0)
            ck_abort_msg("%zu: %s at %s", k, findings.items[0].code->code, findings.items[0].place);
    }
}
END_TEST

static double member(const json_t *list, size_t i, const char *name)
{
    const json_t *value = json_object_get(json_array_get(list, i), name);
    return value ? json_number_value(value) : NAN;
}

static size_t index_of(const json_t *list, const char *id)
{
    size_t i = 0;
    while (strcmp(json_string_value(json_object_get(json_array_get(list, i), "id")), id) != 0) i++;
    return i;
}

static size_t end_of(const json_t *list, size_t i, const char *name, const json_t *ends)
{
    return index_of(ends, json_string_value(json_object_get(json_array_get(list, i), name)));
}

/* From kWh, power factors and ohm of the instance the published power flow comes out again. */
START_TEST(the_imported_feeder_has_the_published_power_flow)
{
    size_t parent[MOST], order[MOST];
    double r[MOST] = { 0 }, x[MOST] = { 0 }, p[MOST], q[MOST], v[MOST], loss, least = 2;
    json_t *document = import_case("case33bw.m");
    if (!document) return;
    is_told("first_year 2026, told_out_of_service 5 0, told_flat");
    const json_t *nodes = json_object_get(document, "nodes");
    const json_t *lines = json_object_get(document, "lines");
    double kv = member(json_object_get(document, "feeders"), 0, "kv"), ohm = kv * kv / 10;
    size_t n = json_array_size(nodes);
    for (size_t i = 0; i < n; i++) {
        double kwh = member(nodes, i, "year_kwh"), factor = member(nodes, i, "power_factor");
        parent[i] = i;
        p[i] = isnan(kwh) ? 0 : kwh / 8760 / 1e4;
        q[i] = isnan(factor) ? 0 : p[i] * tan(acos(factor));
    }
    for (size_t l = 0; l < json_array_size(lines); l++) {
        size_t to = end_of(lines, l, "to", nodes);
        parent[to] = end_of(lines, l, "from", nodes);
        r[to] = member(lines, l, "r_ohm") / ohm;
        x[to] = member(lines, l, "x_ohm") / ohm;
    }
    ck_assert_uint_eq(n, 33);
    ck_assert_int_eq(az_radial_order(n, parent, order), AZ_OK);
    ck_assert_int_eq(az_radial_sweep(n, parent, order, r, x, p, q, 1, v, &loss), AZ_OK);
    for (size_t i = 0; i < n; i++) least = fmin(least, v[i]);
    ck_assert_double_eq_tol(least, 0.913090, 1e-6);
    ck_assert_double_eq_tol(loss * 1e4, 202.677, 1e-3);
    json_decref(document);
}
END_TEST

/* Plants and loads of the meshed case give the flows of its own numbers. */
START_TEST(the_imported_grid_balances_at_the_slack)
{
    json_t *document = import_case("case118.m");
    if (!document) return;
    const json_t *upstream = json_object_get(document, "upstream");
    const json_t *buses = json_object_get(upstream, "buses");
    const json_t *circuits = json_object_get(upstream, "circuits");
    const json_t *plants = json_object_get(upstream, "plants");
    size_t n = json_array_size(buses), m = json_array_size(circuits);
    size_t slack = index_of(buses, json_string_value(json_object_get(upstream, "slack")));
    ck_assert(n == 118 && m == 186);
    struct az_branch branch[MOST];
    double injection[MOST] = { 0 }, out = 0, total = 0;
    double *ptdf = malloc(m * n * sizeof *ptdf);
    ck_assert(ptdf != NULL);
    for (size_t i = 0; i < n; i++) {
        double kwh = member(buses, i, "year_kwh");
        if (!isnan(kwh)) injection[i] -= kwh / 8760;
    }
    for (size_t g = 0; g < json_array_size(plants); g++)
        injection[end_of(plants, g, "bus", buses)] += member(plants, g, "kw");
    for (size_t l = 0; l < m; l++)
        branch[l] =
            (struct az_branch){ end_of(circuits, l, "from", buses),
                                end_of(circuits, l, "to", buses), member(circuits, l, "x_pu") };
    ck_assert_int_eq(az_ptdf(n, m, branch, slack, ptdf), AZ_OK);
    for (size_t l = 0; l < m; l++) {
        double flow = 0;
        for (size_t i = 0; i < n; i++) flow += ptdf[l * n + i] * injection[i];
        if (branch[l].from == slack) out += flow;
        if (branch[l].to == slack) out -= flow;
    }
    for (size_t i = 0; i < n; i++) total += i == slack ? 0 : injection[i];
    ck_assert_double_eq_tol(out, -total, 1e-6);
    ck_assert_double_eq_tol(total + injection[slack], (4377.4 - 4242) * 1e3, 1);
    free(ptdf);
    json_decref(document);
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
    tcase_add_test(cases, a_radial_case_becomes_a_feeder);
    tcase_add_test(cases, a_feeder_joins_an_instance);
    tcase_add_test(cases, what_a_feeder_cannot_say_is_told);
    tcase_add_test(cases, a_meshed_case_becomes_the_grid_upstream);
    tcase_add_test(cases, a_case_that_is_no_network_is_said);
    tcase_add_test(cases, the_imported_feeder_has_the_published_power_flow);
    tcase_add_test(cases, the_imported_grid_balances_at_the_slack);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
