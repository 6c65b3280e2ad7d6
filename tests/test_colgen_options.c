/* test_colgen_options.c - what a kind and a caller may ask of column generation beside the proof
 * itself: columns and decisions to begin with, limits, a cutoff, plans from outside, steps of the
 * objective. On the depots of facility.h, against their compact optimum. Every test runs once for
 * each engine that is there. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/support/engines.h"
#include "tests/support/facility.h"
#include "tests/support/suite.h"

#define TOLERANCE 1e-6

/* A random problem with a solution, its optimum, and room for what the callbacks are told. */
struct trial {
    struct az_arena *arena;
    struct facility f;
    struct az_colgen_problem problem;
    struct az_colgen_options options;
    struct az_colgen_result result;
    double optimum;
    int found, improved;  /* calls */
    double least_found;   /* objective of a solution that went to found */
    double refused_below; /* found makes no plan of solutions cheaper than this */
    double mended_by;     /* share by which found makes them cheaper, never below the optimum */
    double outside;       /* what improve offers; NAN: nothing */
    bool adds;            /* improve adds the column of all customers of depot 0 */
    bool told_infinity;   /* improve was told INFINITY */
};

static struct trial *now; /* one at a time in a process of its own */

static void open_trial(struct trial *t, struct az_random *random)
{
    *t = (struct trial){ .arena = az_arena_new(NULL),
                         .options = { .cutoff = NAN },
                         .least_found = INFINITY,
                         .refused_below = -INFINITY,
                         .outside = NAN };
    do {
        facility_random(&t->f, random);
        t->optimum = facility_optimum(engine_at(0), &t->f);
    } while (t->optimum == INFINITY);
    facility_problem(&t->f, t->arena, &t->problem);
    now = t;
}

/* No dives and no MILP over the columns. */
static void columns_alone(struct trial *t)
{
    t->options.dive_backtracks = -1;
    t->options.restricted_nodes = -1;
}

static void close_trial(struct trial *t)
{
    az_arena_free(t->arena);
}

static void solve(struct trial *t, const struct az_engine *engine)
{
    struct az_context context = az_context_default();
    t->found = t->improved = 0;
    ck_assert_int_eq(
        az_colgen_solve(&t->problem, &t->options, engine, &context, NULL, t->arena, &t->result),
        AZ_OK);
    ck_assert_double_le(t->result.bound, t->optimum + TOLERANCE);
    if (t->result.solution_count > 0 && t->mended_by == 0)
        ck_assert_ptr_null(facility_wrong(&t->f, &t->result));
}

static void need_optimum(const struct trial *t)
{
    ck_assert_int_eq(t->result.status, AZ_SOLVE_OPTIMAL);
    ck_assert_double_eq_tol(t->result.objective, t->optimum, TOLERANCE);
    ck_assert_double_ge(t->result.bound, t->optimum - 1e-5);
}

static enum az_status found(void *data, const struct az_master_solution *solution,
                            double *objective)
{
    (void)data;
    now->found++;
    now->least_found = fmin(now->least_found, solution->objective);
    *objective = solution->objective < now->refused_below
                     ? INFINITY
                     : fmax(now->optimum, solution->objective * (1 - now->mended_by));
    if (now->mended_by == 0 && *objective < INFINITY) *objective = solution->objective;
    return AZ_OK;
}

static enum az_status improve(void *data, const struct az_master_solution *solution,
                              struct az_block_columns *out, double *objective)
{
    now->improved++;
    now->told_infinity = *objective == INFINITY;
    ck_assert_ptr_nonnull(solution->pi);
    if (!isnan(now->outside)) *objective = now->outside;
    return now->adds ? facility_add(data, 0, (1u << now->f.customers) - 1, out->arena, out) : AZ_OK;
}

/* --- what a kind may do -------------------------------------------------------------------------
 */

/* Without it a plan found beside the columns would not end the search, or be lost; or be shown with
 * columns that are not its own. */
START_TEST(a_plan_from_improve_is_an_incumbent)
{
    struct az_random random;
    int asked = 0, outside = 0;
    az_random_seed(&random, 101);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.problem.improve = improve;
        t.outside = t.optimum;
        columns_alone(&t); /* nobody else finds it first */
        solve(&t, engine_at(_i));
        need_optimum(&t);
        asked += t.improved > 0;
        if (t.improved > 0) ck_assert(t.told_infinity);
        if (t.result.solution_count == 0) {
            outside++;
            ck_assert_ptr_null(t.result.x);
        }
        close_trial(&t);
    }
    ck_assert_int_ge(asked, TEST_SEEN(7));
    ck_assert_int_ge(outside, TEST_SEEN(3));
}
END_TEST

/* Without it the heuristic's columns would be thrown away. */
START_TEST(columns_from_improve_join_the_pool)
{
    struct az_random random;
    int asked = 0;
    az_random_seed(&random, 103);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.problem.improve = improve;
        t.adds = true;
        solve(&t, engine_at(_i));
        need_optimum(&t);
        bool seen = false;
        for (size_t k = 0; k < t.result.column_count; k++)
            seen |= t.result.columns[k].block == 0 &&
                    facility_set(&t.result.columns[k]) == (1u << t.f.customers) - 1;
        if (t.improved > 0) {
            asked++;
            ck_assert(seen);
        }
        close_trial(&t);
    }
    ck_assert_int_ge(asked, TEST_SEEN(7));
}
END_TEST

/* Costs are whole numbers here. Without the step the tree would go on to tell 120.3 from 121; with
 * a wrong one the bound would pass the optimum. */
START_TEST(steps_of_the_objective_round_bounds_up)
{
    struct az_random random;
    int64_t plain = 0, stepped = 0;
    int raised = 0;
    az_random_seed(&random, 107);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        double before;
        open_trial(&t, &random);
        columns_alone(&t);
        solve(&t, engine_at(_i));
        need_optimum(&t);
        plain += t.result.nodes;
        before = t.result.root_bound;
        t.problem.objective_step = 1;
        solve(&t, engine_at(_i));
        need_optimum(&t);
        stepped += t.result.nodes;
        double steps = t.result.root_bound - FACILITY_OFFSET;
        ck_assert_double_eq_tol(steps, round(steps), TOLERANCE);
        ck_assert_double_ge(t.result.root_bound, before - TOLERANCE);
        raised += t.result.root_bound > before + 1e-3;
        close_trial(&t);
    }
    ck_assert_int_ge(raised, TEST_SEEN(5));
    ck_assert_int_lt(stepped, plain);
}
END_TEST

/* A solution that makes no plan is no proof of anything: without it the node's bound would be lost,
 * and something dearer be called optimal. */
START_TEST(nodes_without_a_plan_keep_their_bound)
{
    struct az_random random;
    int given_up = 0, dearer = 0;
    az_random_seed(&random, 109);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.problem.found = found;
        t.refused_below = turn % 2 ? INFINITY : t.optimum + 0.5;
        solve(&t, engine_at(_i));
        ck_assert_int_gt(t.found, 0);
        ck_assert_int_ne(t.result.status, AZ_SOLVE_INFEASIBLE);
        given_up += t.result.given_up > 0;
        ck_assert_double_ge(t.result.bound, t.optimum - 1e-5);
        if (turn % 2) {
            ck_assert_int_eq(t.result.status, AZ_SOLVE_UNKNOWN);
            ck_assert(isnan(t.result.objective));
        } else if (!isnan(t.result.objective)) {
            dearer++;
            ck_assert_double_ge(t.result.objective, t.optimum + 0.5);
            ck_assert_int_eq(t.result.status, AZ_SOLVE_FEASIBLE);
        }
        close_trial(&t);
    }
    ck_assert_int_ge(given_up, TEST_SEEN(10));
    ck_assert_int_ge(dearer, TEST_SEEN(2));
}
END_TEST

/* Without it a dive would turn round before a solution that the kind can make cheaper. With a
 * cutoff just above the optimum only mended plans are of use. */
START_TEST(dives_go_on_to_what_can_be_mended)
{
    struct az_random random;
    int mended = 0;
    az_random_seed(&random, 113);
    for (int turn = 0; turn < TEST_SOME(30); turn++) {
        struct trial t;
        int seen[2];
        open_trial(&t, &random);
        t.problem.found = found;
        t.options.cutoff = t.optimum + 0.01;
        t.options.node_limit = 1;
        t.options.restricted_nodes = -1;
        for (int with = 0; with < 2; with++) {
            t.problem.mends = t.mended_by = with ? 0.4 : 0;
            t.least_found = INFINITY;
            solve(&t, engine_at(_i));
            seen[with] = t.least_found < INFINITY && t.least_found > t.options.cutoff;
            if (!isnan(t.result.objective))
                ck_assert_double_eq_tol(t.result.objective, t.optimum, 0.011);
        }
        mended += seen[1] && !seen[0];
        close_trial(&t);
    }
    ck_assert_int_ge(mended, TEST_SEEN(2));
}
END_TEST

/* --- what a caller may ask ----------------------------------------------------------------------
 */

/* Without it good columns by hand would be thrown away, or two equal ones break the LP. */
START_TEST(columns_to_begin_with_are_in_the_pool)
{
    struct az_random random;
    az_random_seed(&random, 127);
    int64_t without = 0, with = 0;
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        open_trial(&t, &random);
        solve(&t, engine_at(_i));
        need_optimum(&t);
        without += t.result.rounds;
        struct az_block_columns list = { .arena = t.arena };
        for (size_t k = 0; k < t.result.column_count; k++)
            ck_assert_int_eq(az_block_columns_add(&list, &t.result.columns[k]), AZ_OK);
        size_t own = list.count;
        for (size_t k = 0; k < own; k++) /* and all of them once more */
            ck_assert_int_eq(facility_add(&t.f, list.items[k].block, facility_set(&list.items[k]),
                                          t.arena, &list),
                             AZ_OK);
        t.options.columns = list.items;
        t.options.column_count = list.count;
        solve(&t, engine_at(_i));
        need_optimum(&t);
        with += t.result.rounds;
        ck_assert_uint_ge(t.result.column_count, own);
        for (size_t k = 0; k < own; k++) {
            ck_assert_uint_eq(t.result.columns[k].block, list.items[k].block);
            ck_assert_ptr_eq(t.result.columns[k].data, list.items[k].data); /* the first stays */
        }
        close_trial(&t);
    }
    ck_assert_int_lt(with, without);
}
END_TEST

/* The optimum when a customer may not be of a depot: serving it from there costs a fortune. */
static double optimum_without(const struct facility *f, size_t depot, size_t customer)
{
    struct facility other = *f;
    other.serve[depot][customer] += 10000;
    double optimum = facility_optimum(engine_at(0), &other);
    return optimum < 10000 ? optimum : INFINITY;
}

/* Without it what a caller has decided would hold in some nodes and not in others, and columns
 * handed in would get round it. */
START_TEST(decisions_to_begin_with_hold_everywhere)
{
    struct az_random random;
    int moved = 0, none = 0;
    az_random_seed(&random, 131);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        struct az_block_columns list;
        open_trial(&t, &random);
        struct az_decision not_there = { .type = 0, .i = 0, .j = az_random_below(&random, 3) };
        list = (struct az_block_columns){ .arena = t.arena };
        for (unsigned set = 1; set < 1u << t.f.customers; set++)
            ck_assert_int_eq(facility_add(&t.f, 0, set, t.arena, &list), AZ_OK);
        double before = t.optimum;
        t.optimum = optimum_without(&t.f, 0, not_there.j);
        t.options.decisions = &not_there;
        t.options.decision_count = 1;
        if (turn % 2) {
            t.options.columns = list.items;
            t.options.column_count = 0; /* sets beyond the capacity are no columns of the block */
            for (size_t k = 0; k < list.count; k++)
                if (facility_fits(&t.f, 0, facility_set(&list.items[k])))
                    list.items[t.options.column_count++] = list.items[k];
        }
        solve(&t, engine_at(_i));
        if (t.optimum == INFINITY) {
            none++;
            ck_assert_int_eq(t.result.status, AZ_SOLVE_INFEASIBLE);
        } else {
            need_optimum(&t);
            moved += t.optimum > before + TOLERANCE;
        }
        for (size_t k = 0; k < t.result.solution_count; k++)
            ck_assert(t.problem.allows(&t.f, &not_there, t.result.solution_columns[k]));
        close_trial(&t);
    }
    ck_assert_int_ge(moved, TEST_SEEN(3));
    ck_assert_int_ge(none, TEST_SEEN(1));
}
END_TEST

/* Without it a caller who wants a bound alone would pay for heuristics and a tree. */
START_TEST(a_negative_node_limit_gives_the_bound_alone)
{
    struct az_random random;
    az_random_seed(&random, 137);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.problem.found = found;
        t.problem.improve = improve;
        t.options.node_limit = -1;
        solve(&t, engine_at(_i));
        ck_assert_int_eq(t.found, 0);
        ck_assert_int_eq(t.improved, 0);
        ck_assert_int_eq(t.result.status, AZ_SOLVE_UNKNOWN);
        ck_assert_uint_eq(t.result.solution_count, 0);
        ck_assert(t.result.root_converged);
        ck_assert_double_eq(t.result.bound, t.result.root_bound);
        ck_assert_double_eq_tol(t.result.bound, t.result.root_objective,
                                1e-5 * fabs(t.result.root_objective));
        close_trial(&t);
    }
}
END_TEST

/* Without it the root would be followed by a tree although a caller only wants its plans. */
START_TEST(a_node_limit_of_one_is_the_root_with_its_heuristics)
{
    struct az_random random;
    int solutions = 0, open = 0;
    az_random_seed(&random, 139);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.options.node_limit = 1;
        solve(&t, engine_at(_i));
        ck_assert_int_eq(t.result.nodes, 1);
        ck_assert_double_eq(
            t.result.bound,
            fmin(t.result.root_bound, isnan(t.result.objective) ? INFINITY : t.result.objective));
        solutions += t.result.solution_count > 0;
        open += t.result.status != AZ_SOLVE_OPTIMAL;
        ck_assert_int_ne(t.result.status, AZ_SOLVE_INFEASIBLE);
        close_trial(&t);
    }
    ck_assert_int_ge(solutions, TEST_SEEN(15));
    ck_assert_int_ge(open, TEST_SEEN(1));
}
END_TEST

/* Without it a limit of rounds would be passed, or the bound of an unfinished root be believed. A
 * few rounds more are those in which artificial columns, cheap at first, leave the LP. */
START_TEST(a_limit_of_rounds_ends_the_root)
{
    struct az_random random;
    int cut = 0;
    az_random_seed(&random, 149);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        struct az_block_columns list;
        open_trial(&t, &random);
        t.f.most_depots = t.f.most_modules = 100; /* no cuts: they take the LP its solution again */
        t.optimum = facility_optimum(engine_at(0), &t.f);
        list = (struct az_block_columns){ .arena = t.arena };
        solve(&t, engine_at(_i));
        for (size_t k = 0; k < t.result.solution_count; k++)
            ck_assert_int_eq(az_block_columns_add(&list, t.result.solution_columns[k]), AZ_OK);
        t.options.columns = list.items;
        t.options.column_count = list.count;
        columns_alone(&t); /* the others price as well */
        t.options.round_limit = 1 + turn % 3;
        solve(&t, engine_at(_i));
        if (!t.result.root_converged) {
            cut++;
            ck_assert_int_le(t.result.rounds, t.options.round_limit + 5);
            ck_assert_int_eq(t.result.nodes, 1);
            ck_assert_int_ne(t.result.status, AZ_SOLVE_INFEASIBLE);
            ck_assert_double_le(t.result.root_bound, t.optimum + TOLERANCE);
        }
        close_trial(&t);
    }
    ck_assert_int_ge(cut, TEST_SEEN(10));
}
END_TEST

/* Without it a search for something better than a plan at hand would end in "infeasible", or go on
 * to prove what nobody asked. */
START_TEST(below_a_cutoff_that_nothing_beats_there_is_no_solution)
{
    struct az_random random;
    az_random_seed(&random, 151);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.problem.found = found;
        t.options.cutoff = t.optimum - (turn % 2 ? 5 : 1e-3);
        t.problem.mends = turn % 3 ? 0 : 0.4; /* dives go beyond the cutoff */
        solve(&t, engine_at(_i));
        ck_assert_int_eq(t.result.status, AZ_SOLVE_UNKNOWN);
        ck_assert_uint_eq(t.result.solution_count, 0);
        ck_assert(isnan(t.result.objective));
        ck_assert_double_ge(t.result.bound, t.options.cutoff - 1e-5);
        ck_assert_double_le(t.result.bound, t.options.cutoff + TOLERANCE); /* no more was asked */
        close_trial(&t);
    }
}
END_TEST

/* Without it a caller who is content with a gap would wait for the last yen. */
START_TEST(a_gap_ends_the_search_with_an_honest_bound)
{
    struct az_random random;
    int64_t exact = 0, loose = 0;
    int short_of = 0;
    az_random_seed(&random, 157);
    for (int turn = 0; turn < TEST_SOME(20); turn++) {
        struct trial t;
        open_trial(&t, &random);
        t.options.restricted_nodes = -1;
        solve(&t, engine_at(_i));
        need_optimum(&t);
        exact += t.result.nodes;
        t.options.gap_abs = 8;
        solve(&t, engine_at(_i));
        loose += t.result.nodes;
        ck_assert_int_eq(t.result.status, AZ_SOLVE_OPTIMAL);
        ck_assert_double_ge(t.result.objective, t.optimum - TOLERANCE);
        ck_assert_double_le(t.result.objective - t.result.bound, 8);
        short_of += t.result.bound < t.optimum - 0.1;
        close_trial(&t);
    }
    ck_assert_int_lt(loose, exact);
    ck_assert_int_ge(short_of, TEST_SEEN(2));
}
END_TEST

static Suite *options_suite(void)
{
    Suite *suite = suite_create("colgen options");
    TCase *each = tcase_create("each engine");
    tcase_set_timeout(each, 60);
    int n = TEST_SOME(engine_count()); /* one of them under the sanitizers */
    tcase_add_loop_test(each, a_plan_from_improve_is_an_incumbent, 0, n);
    tcase_add_loop_test(each, columns_from_improve_join_the_pool, 0, n);
    tcase_add_loop_test(each, steps_of_the_objective_round_bounds_up, 0, n);
    tcase_add_loop_test(each, nodes_without_a_plan_keep_their_bound, 0, n);
    tcase_add_loop_test(each, dives_go_on_to_what_can_be_mended, 0, n);
    tcase_add_loop_test(each, columns_to_begin_with_are_in_the_pool, 0, n);
    tcase_add_loop_test(each, decisions_to_begin_with_hold_everywhere, 0, n);
    tcase_add_loop_test(each, a_negative_node_limit_gives_the_bound_alone, 0, n);
    tcase_add_loop_test(each, a_node_limit_of_one_is_the_root_with_its_heuristics, 0, n);
    tcase_add_loop_test(each, a_limit_of_rounds_ends_the_root, 0, n);
    tcase_add_loop_test(each, below_a_cutoff_that_nothing_beats_there_is_no_solution, 0, n);
    tcase_add_loop_test(each, a_gap_ends_the_search_with_an_honest_bound, 0, n);
    suite_add_tcase(suite, each);
    return suite;
}

int main(void)
{
    return test_suite_run(options_suite());
}
