/* test_colgen_engine.c - column generation on an engine that does not always do what it should, and
 * what the rounds of the root cost. On the depots of facility.h, against their compact optimum.
 * Every test runs once for each engine that is there. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/engines.h"
#include "tests/support/facility.h"
#include "tests/support/suite.h"

#define TOLERANCE 1e-6
#define SESSIONS 4

/* --- an engine in front of another --- */

/* A session of the engine behind; a new one takes the place, and so the address, of a closed one.
 */
struct seat {
    void *session; /* NULL: free */
    int number;    /* of all sessions */
};

/* What goes wrong, and what was seen; one test at a time in a process of its own. */
static struct {
    const struct az_engine *behind;
    bool no_basis;                      /* get_basis finds none */
    int fails_every;                    /* LPs; 0: never */
    int lps, opened, basis_of, strange; /* strange: a basis put into another session */
    struct seat seats[SESSIONS];
} spy;

static enum az_status open_seat(const struct az_model *model, const struct az_context *context,
                                void **session)
{
    *session = NULL;
    for (int k = 0; k < SESSIONS; k++) {
        struct seat *seat = &spy.seats[k];
        if (seat->session) continue;
        enum az_status status = spy.behind->open(model, context, &seat->session);
        seat->number = spy.opened++;
        if (status == AZ_OK) *session = seat;
        return status;
    }
    return AZ_ENGINE;
}

static void close_seat(void *session)
{
    struct seat *seat = session;
    spy.behind->close(seat->session);
    seat->session = NULL;
}

static enum az_status solve_lp(void *session, struct az_solve_result *result)
{
    if (spy.fails_every > 0 && ++spy.lps % spy.fails_every == 0) return AZ_ENGINE;
    return spy.behind->solve_lp(((struct seat *)session)->session, result);
}

static enum az_status get_basis(void *session, enum az_basis_status columns[],
                                enum az_basis_status rows[])
{
    const struct seat *seat = session;
    spy.basis_of = seat->number;
    return spy.no_basis ? AZ_NOT_FOUND : spy.behind->get_basis(seat->session, columns, rows);
}

static enum az_status set_basis(void *session, const enum az_basis_status columns[],
                                const enum az_basis_status rows[])
{
    const struct seat *seat = session;
    spy.strange += seat->number != spy.basis_of || spy.no_basis;
    return spy.behind->set_basis(seat->session, columns, rows);
}

#define BEHIND(session) (((struct seat *)(session))->session)

static enum az_status solve_mip(void *session, const struct az_mip_options *options,
                                struct az_solve_result *result)
{
    return spy.behind->solve_mip(BEHIND(session), options, result);
}

static enum az_status primal(void *session, double x[])
{
    return spy.behind->primal(BEHIND(session), x);
}

static enum az_status dual(void *session, double pi[], double d[])
{
    return spy.behind->dual(BEHIND(session), pi, d);
}

static enum az_status add_columns(void *session, size_t count, const double cost[],
                                  const double lower[], const double upper[], const bool integer[],
                                  const size_t start[], const size_t index[], const double value[])
{
    return spy.behind->add_columns(BEHIND(session), count, cost, lower, upper, integer, start,
                                   index, value);
}

static enum az_status add_rows(void *session, size_t count, const double lower[],
                               const double upper[], const size_t start[], const size_t index[],
                               const double value[])
{
    return spy.behind->add_rows(BEHIND(session), count, lower, upper, start, index, value);
}

static enum az_status delete_columns(void *session, size_t count, const size_t columns[])
{
    return spy.behind->delete_columns(BEHIND(session), count, columns);
}

static enum az_status column_bounds(void *session, size_t column, double lower, double upper)
{
    return spy.behind->column_bounds(BEHIND(session), column, lower, upper);
}

static enum az_status row_sides(void *session, size_t row, double lower, double upper)
{
    return spy.behind->row_sides(BEHIND(session), row, lower, upper);
}

static enum az_status column_cost(void *session, size_t column, double cost)
{
    return spy.behind->column_cost(BEHIND(session), column, cost);
}

static const struct az_engine spying = { .abi = AZ_ENGINE_ABI,
                                         .name = "spy",
                                         .open = open_seat,
                                         .close = close_seat,
                                         .solve_lp = solve_lp,
                                         .solve_mip = solve_mip,
                                         .primal = primal,
                                         .dual = dual,
                                         .get_basis = get_basis,
                                         .set_basis = set_basis,
                                         .add_columns = add_columns,
                                         .add_rows = add_rows,
                                         .delete_columns = delete_columns,
                                         .column_bounds = column_bounds,
                                         .row_sides = row_sides,
                                         .column_cost = column_cost };

/* --- trials --- */

struct trial {
    struct az_arena *arena;
    struct facility f;
    struct az_colgen_problem problem;
    struct az_colgen_options options;
    struct az_colgen_result result;
    double optimum;
};

static void open_trial(struct trial *t, struct az_random *random)
{
    *t = (struct trial){ .arena = az_arena_new(NULL), .options = { .cutoff = NAN } };
    do {
        facility_random(&t->f, random);
        t->optimum = facility_optimum(engine_at(0), &t->f);
    } while (t->optimum == INFINITY);
    facility_problem(&t->f, t->arena, &t->problem);
}

static void solve(struct trial *t, const struct az_engine *engine)
{
    struct az_context context = az_context_default();
    ck_assert_int_eq(
        az_colgen_solve(&t->problem, &t->options, engine, &context, NULL, t->arena, &t->result),
        AZ_OK);
    ck_assert_double_le(t->result.bound, t->optimum + TOLERANCE);
}

static void need_optimum(const struct trial *t)
{
    ck_assert_int_eq(t->result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(t->result.objective, t->optimum, TOLERANCE);
    ck_assert_ptr_null(facility_wrong(&t->f, &t->result));
}

/* Without it a session that has lost its basis would end the whole solve. */
START_TEST(a_master_without_a_basis_goes_on)
{
    struct az_random random;
    az_random_seed(&random, 211);
    spy.behind = engine_at(_i);
    spy.no_basis = true;
    for (int turn = 0; turn < TEST_SOME(15); turn++) {
        struct trial t;
        open_trial(&t, &random);
        solve(&t, &spying);
        need_optimum(&t);
        az_arena_free(t.arena);
    }
    ck_assert_int_eq(spy.strange, 0);
}
END_TEST

/* Without it a basis would be put into a session that was opened afresh on the way, whose columns
 * stand in another order, when it happens to lie at the address of the old one. */
START_TEST(a_basis_goes_back_to_its_own_session_alone)
{
    struct az_random random;
    az_random_seed(&random, 223);
    spy.behind = engine_at(_i);
    for (int turn = 0; turn < TEST_SOME(30); turn++) {
        struct trial t;
        open_trial(&t, &random);
        spy.fails_every = 7 + turn % 11;
        t.options.restricted_nodes = -1;
        solve(&t, &spying);
        need_optimum(&t);
        az_arena_free(t.arena);
    }
    ck_assert_int_gt(spy.opened, TEST_SEEN(60));
    ck_assert_int_eq(spy.strange, 0);
}
END_TEST

/* --- prices to begin with --- */

static struct {
    const double *pi;
    size_t rows;
    int calls; /* of pricing at these very prices */
    enum az_status (*price)(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound);
} given;

static enum az_status count_price(void *data, size_t block, const struct az_prices *prices,
                                  struct az_arena *arena, struct az_arena *scratch,
                                  struct az_block_columns *out, double *bound)
{
    given.calls += block == 0 && memcmp(prices->pi, given.pi, given.rows * sizeof(double)) == 0;
    return given.price(data, block, prices, arena, scratch, out, bound);
}

/* Prices of the right sign; those of customers may have any. */
static double *draw_prices(struct trial *t, struct az_random *random)
{
    size_t m = t->problem.master->row_count;
    double *pi = AZ_ARRAY(t->arena, m, double);
    for (size_t c = 0; c < t->f.customers; c++)
        pi[t->f.customer_row[c]] = 3 + 20 * az_random_unit(random);
    return pi;
}

/* Without it every return to the root, after a cut or to its place in the tree, would price at the
 * prices given at the start once more and throw away the better ones that it has. */
START_TEST(prices_to_begin_with_are_tried_once)
{
    struct az_random random;
    az_random_seed(&random, 227);
    int rows = 0, trees = 0;
    for (int turn = 0; turn < TEST_SOME(30); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.options.pi = draw_prices(&t, &random);
        t.options.box = turn % 2 ? 0.05 : 0;
        given.pi = t.options.pi;
        given.rows = t.problem.master->row_count;
        given.price = t.problem.price;
        given.calls = 0;
        t.problem.price = count_price;
        solve(&t, engine_at(_i));
        need_optimum(&t);
        ck_assert_int_eq(given.calls, 1);
        rows += t.result.rows_added > 0;
        trees += t.result.nodes > 0;
        az_arena_free(t.arena);
    }
    ck_assert_int_gt(rows, TEST_SEEN(3));
    ck_assert_int_gt(trees, TEST_SEEN(3));
}
END_TEST

/* Without it the root would go on to solve LPs and price although the prices given at the start
 * prove already that nothing is better than the cutoff. */
START_TEST(prices_that_prove_enough_end_the_root)
{
    struct az_random random;
    az_random_seed(&random, 229);
    for (int turn = 0; turn < TEST_SOME(15); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.options.node_limit = -1;
        solve(&t, engine_at(_i));
        ck_assert(t.result.root_converged);
        double *pi = AZ_ARRAY(t.arena, t.problem.master->row_count, double);
        memcpy(pi, t.result.pi, t.problem.master->row_count * sizeof *pi);
        double bound = t.result.rows_added > 0 ? -INFINITY : t.result.root_bound;
        t.options.pi = pi;
        t.options.cutoff = t.result.root_bound - 5;
        solve(&t, engine_at(_i));
        if (bound > -INFINITY) ck_assert_int_eq(t.result.rounds, 1);
        ck_assert_int_ne(t.result.status, AZ_SOLVE_INFEASIBLE);
        az_arena_free(t.arena);
    }
}
END_TEST

/* Without it penalties that keep prices in a box could stay in the master when rows come in, and a
 * bound be told, or a node be called solved, that belongs to another problem. */
START_TEST(rows_that_come_into_a_box_leave_bounds_that_hold)
{
    struct az_random random;
    az_random_seed(&random, 233);
    int rows = 0;
    for (int turn = 0; turn < TEST_SOME(40); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.options.pi = draw_prices(&t, &random);
        t.options.box = 0.02 * (1 + turn % 5);
        t.options.dive_backtracks = turn % 2 ? -1 : 0;
        t.options.restricted_nodes = turn % 2 ? -1 : 0;
        solve(&t, engine_at(_i));
        need_optimum(&t);
        ck_assert_double_le(t.result.root_bound, t.optimum + TOLERANCE);
        double boxed = t.result.root_bound;
        rows += t.result.rows_added > 0;
        t.options.pi = NULL;
        t.options.box = 0;
        t.options.node_limit = -1;
        solve(&t, engine_at(_i));
        if (t.result.rows_added == 0 && boxed < t.optimum - 1e-3)
            ck_assert_double_le(boxed, t.result.root_objective + 1e-5);
        az_arena_free(t.arena);
    }
    ck_assert_int_gt(rows, TEST_SEEN(5));
}
END_TEST

/* --- mending --- */

static double dearest_found; /* solution that went to found */

static enum az_status found(void *data, const struct az_master_solution *solution,
                            double *objective)
{
    (void)data;
    dearest_found = fmax(dearest_found, solution->objective);
    *objective = INFINITY;
    return AZ_OK;
}

/* Without it the MILP over the columns would leave out the solutions just above the cutoff, of
 * which the kind makes plans below it. */
START_TEST(the_milp_over_the_columns_goes_on_to_what_can_be_mended)
{
    struct az_random random;
    int beyond[2] = { 0 };
    az_random_seed(&random, 239);
    for (int turn = 0; turn < TEST_SOME(30); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.problem.found = found;
        t.options.cutoff = t.optimum - 1e-3; /* no solution is below it as it is */
        t.options.node_limit = 1;
        t.options.dive_backtracks = -1;
        for (int with = 0; with < 2; with++) {
            t.problem.mends = with ? 0.4 : 0;
            dearest_found = -INFINITY;
            solve(&t, engine_at(_i));
            beyond[with] += dearest_found > t.options.cutoff;
        }
        az_arena_free(t.arena);
    }
    ck_assert_int_ge(beyond[1], TEST_SEEN(5));
    ck_assert_int_gt(beyond[1], beyond[0]);
}
END_TEST

static Suite *colgen_engine_suite(void)
{
    Suite *suite = suite_create("colgen engine");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = engine_count();
    tcase_add_loop_test(each, a_master_without_a_basis_goes_on, 0, n);
    tcase_add_loop_test(each, a_basis_goes_back_to_its_own_session_alone, 0, n);
    tcase_add_loop_test(each, prices_to_begin_with_are_tried_once, 0, n);
    tcase_add_loop_test(each, prices_that_prove_enough_end_the_root, 0, n);
    tcase_add_loop_test(each, rows_that_come_into_a_box_leave_bounds_that_hold, 0, n);
    tcase_add_loop_test(each, the_milp_over_the_columns_goes_on_to_what_can_be_mended, 0, n);
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    return test_suite_run(colgen_engine_suite());
}
