/* test_linalg_radial.c - radial feeders: order, sums, shared impedances, linear and AC sweeps. */
#include <check.h>
#include <complex.h>
#include <math.h>
#include <string.h>

#include "solver/linalg.h"
#include "tests/support/suite.h"

enum { NODES = 40 };

static struct az_random dice;

struct tree {
    size_t n, parent[NODES], order[NODES];
    double r[NODES], x[NODES], p[NODES], q[NODES];
};

static double drawn(double least, double most)
{
    return least + (most - least) * az_random_unit(&dice);
}

/* A random tree whose nodes are numbered in no order. */
static void make_tree(struct tree *tree)
{
    size_t name[NODES];
    tree->n = 1 + (size_t)az_random_below(&dice, NODES);
    for (size_t i = 0; i < tree->n; i++) name[i] = i;
    for (size_t i = tree->n; i > 1; i--) {
        size_t j = (size_t)az_random_below(&dice, i), swapped = name[i - 1];
        name[i - 1] = name[j];
        name[j] = swapped;
    }
    for (size_t k = 0; k < tree->n; k++) {
        size_t i = name[k];
        tree->parent[i] = k == 0 ? i : name[az_random_below(&dice, k)];
        tree->r[i] = drawn(0.0005, 0.003);
        tree->x[i] = drawn(0.0005, 0.003);
        tree->p[i] = drawn(-0.1, 0.3);
        tree->q[i] = drawn(-0.05, 0.15);
    }
    ck_assert_int_eq(az_radial_order(tree->n, tree->parent, tree->order), AZ_OK);
}

static bool is_on_way(const struct tree *tree, size_t node, size_t from)
{
    while (from != node && tree->parent[from] != from) from = tree->parent[from];
    return from == node;
}

/* A ring beside the tree would be walked round for ever, or left out without a word. */
START_TEST(what_is_not_one_tree_is_refused)
{
    size_t order[4];
    const size_t ring[] = { 0, 2, 3, 1 }, roots[] = { 0, 1, 0, 0 }, far[] = { 0, 4, 0, 0 },
                 none[] = { 1, 0, 0, 0 }, line[] = { 1, 2, 3, 3 };
    ck_assert_int_eq(az_radial_order(4, ring, order), AZ_INVALID);
    ck_assert_int_eq(az_radial_order(4, roots, order), AZ_INVALID);
    ck_assert_int_eq(az_radial_order(4, far, order), AZ_INVALID);
    ck_assert_int_eq(az_radial_order(4, none, order), AZ_INVALID);
    ck_assert_int_eq(az_radial_order(0, none, order), AZ_OK);
    ck_assert_int_eq(az_radial_order(4, line, order), AZ_OK);
    for (size_t k = 0; k < 4; k++) ck_assert_uint_eq(order[k], 3 - k);
}
END_TEST

/* A branch carries what is drawn beyond it; two nodes share the branches that both ways to the root
 * have in common: without it one node's sun would not lift its neighbour's voltage. */
START_TEST(sums_and_shared_impedances_follow_the_ways_to_the_root)
{
    static double shared[NODES * NODES];
    double sum[NODES], linear[NODES];
    az_random_seed(&dice, 1);
    for (int instance = 0; instance < 50; instance++) {
        struct tree tree;
        make_tree(&tree);
        az_radial_sums(tree.n, tree.parent, tree.order, tree.p, sum);
        for (size_t i = 0; i < tree.n; i++) {
            double beyond = 0;
            for (size_t j = 0; j < tree.n; j++)
                if (is_on_way(&tree, i, j)) beyond += tree.p[j];
            ck_assert_double_eq_tol(sum[i], beyond, 1e-12);
        }
        az_radial_shared(tree.n, tree.parent, tree.order, tree.r, shared);
        for (size_t i = 0; i < tree.n; i++)
            for (size_t j = 0; j < tree.n; j++) {
                double common = 0;
                for (size_t k = 0; k < tree.n; k++)
                    if (tree.parent[k] != k && is_on_way(&tree, k, i) && is_on_way(&tree, k, j))
                        common += tree.r[k];
                ck_assert_double_eq_tol(shared[i * tree.n + j], common, 1e-14);
            }
        for (size_t i = 0; i < tree.n; i++) tree.q[i] = 0;
        ck_assert_int_eq(az_radial_linear(tree.n, tree.parent, tree.order, tree.r, tree.x, tree.p,
                                          tree.q, 1.02, linear),
                         AZ_OK);
        for (size_t i = 0; i < tree.n; i++) {
            double squared = 1.02 * 1.02;
            for (size_t j = 0; j < tree.n; j++) squared -= 2 * shared[i * tree.n + j] * tree.p[j];
            ck_assert_double_eq_tol(linear[i], squared, 1e-12);
        }
    }
}
END_TEST

/* What the source gives is what is drawn and what is lost, and where power flows outward everywhere
 * the linear voltages are never below the true ones: limits on a rise are safe by it. */
START_TEST(the_ac_sweep_balances_and_lies_below_the_linear_one)
{
    double v[NODES], linear[NODES], loss;
    az_random_seed(&dice, 2);
    for (int instance = 0; instance < 200; instance++) {
        struct tree tree;
        double drawn_sum = 0, source = 0;
        make_tree(&tree);
        for (size_t i = 0; i < tree.n; i++) {
            tree.p[i] = fabs(tree.p[i]);
            tree.q[i] = fabs(tree.q[i]);
            if (tree.parent[i] == i) tree.p[i] = tree.q[i] = 0;
            drawn_sum += tree.p[i];
        }
        ck_assert_int_eq(az_radial_sweep(tree.n, tree.parent, tree.order, tree.r, tree.x, tree.p,
                                         tree.q, 1, v, &loss),
                         AZ_OK);
        ck_assert_int_eq(az_radial_linear(tree.n, tree.parent, tree.order, tree.r, tree.x, tree.p,
                                          tree.q, 1, linear),
                         AZ_OK);
        for (size_t i = 0; i < tree.n; i++) ck_assert_double_ge(sqrt(linear[i]) + 1e-12, v[i]);
        /* the exact voltage of a node from its parent's and the power that reaches it: the larger
         * root of v^4 + (2 (r p + x q) - u) v^2 + |z|^2 |s|^2 = 0, of leaves first */
        double p[NODES], q[NODES];
        for (size_t i = 0; i < tree.n; i++) p[i] = tree.p[i], q[i] = tree.q[i];
        for (size_t k = tree.n; k > 1; k--) {
            size_t i = tree.order[k - 1], up = tree.parent[i];
            double squared = (p[i] * p[i] + q[i] * q[i]) / (v[i] * v[i]);
            double half = v[up] * v[up] / 2 - tree.r[i] * p[i] - tree.x[i] * q[i];
            double z =
                (tree.r[i] * tree.r[i] + tree.x[i] * tree.x[i]) * (p[i] * p[i] + q[i] * q[i]);
            ck_assert_double_eq_tol(v[i] * v[i], half + sqrt(half * half - z), 1e-8);
            p[up] += p[i] + tree.r[i] * squared;
            q[up] += q[i] + tree.x[i] * squared;
        }
        source = p[tree.order[0]];
        ck_assert_double_eq_tol(source, drawn_sum + loss, 1e-8);
    }
}
END_TEST

/* A load beyond what the feeder can carry has no voltage: a number would be a lie. */
START_TEST(a_feeder_that_collapses_is_said)
{
    const size_t parent[] = { 0, 0 }, order[] = { 0, 1 };
    const double r[] = { 0, 0.1 }, x[] = { 0, 0.1 }, q[] = { 0, 0 };
    double p[] = { 0, 2.0 }, v[2], loss;
    ck_assert_int_eq(az_radial_sweep(2, parent, order, r, x, p, q, 1, v, &loss), AZ_OK);
    p[1] = 4;
    ck_assert_int_eq(az_radial_sweep(2, parent, order, r, x, p, q, 1, v, &loss), AZ_NUMERIC);
    p[1] = NAN;
    ck_assert_int_eq(az_radial_sweep(2, parent, order, r, x, p, q, 1, v, &loss), AZ_NUMERIC);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("linalg_radial");
    TCase *cases = tcase_create("linalg_radial");
    tcase_add_test(cases, what_is_not_one_tree_is_refused);
    tcase_add_test(cases, sums_and_shared_impedances_follow_the_ways_to_the_root);
    tcase_add_test(cases, the_ac_sweep_balances_and_lies_below_the_linear_one);
    tcase_add_test(cases, a_feeder_that_collapses_is_said);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
