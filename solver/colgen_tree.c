/* colgen_tree.c - branch-and-price.
 *
 * Open nodes wait in a heap by bound. After a split the search goes on with one child as long as
 * its bound is among the better ones (a plunge: its LP is nearly the one at hand), else with the
 * open node of the least bound. The bound of the whole is the least over open nodes, the node at
 * hand, nodes closed by the cutoff and nodes given up. */
#include <math.h>
#include <string.h>

#include "solver/colgen_work.h"

#define PLUNGE_SHARE 0.3 /* of the way from the global bound to the cutoff */
#define FIRST_DIVE 8     /* nodes; then at twice as many, and so on */
#define MOST_DEPTH 5000  /* a split that splits nothing ends there */
#define SMALL_LOSS 1e-7  /* relative: a plan this much above the LP is as good */

/* A node: what it adds to its parent. */
struct az_cg_node {
    struct az_cg_node *parent;
    size_t decision_count;
    struct az_decision decisions[AZ_CHILD_DECISIONS];
    size_t depth;
    int64_t number;
    double bound;
};

struct tree {
    size_t open_count, open_capacity;
    struct az_cg_node **open; /* heap */
    int64_t numbers;
    double closed; /* the least bound of nodes closed or given up */
    int64_t next_dive;
};

/* --- the heap --- */

static bool comes_before(const struct az_cg_node *a, const struct az_cg_node *b)
{
    return a->bound != b->bound ? a->bound < b->bound : a->number < b->number;
}

static enum az_status push(struct az_cg *cg, struct tree *tree, struct az_cg_node *node)
{
    if (tree->open_count == tree->open_capacity) {
        size_t capacity = tree->open_capacity ? 2 * tree->open_capacity : 64;
        struct az_cg_node **open =
            az_arena_grow(cg->arena, tree->open, tree->open_count, capacity, sizeof *open);
        if (!open) return AZ_NO_MEMORY;
        tree->open = open;
        tree->open_capacity = capacity;
    }
    size_t at = tree->open_count++;
    while (at > 0 && comes_before(node, tree->open[(at - 1) / 2])) {
        tree->open[at] = tree->open[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    tree->open[at] = node;
    return AZ_OK;
}

static struct az_cg_node *pop(struct tree *tree)
{
    struct az_cg_node *top = tree->open[0], *last = tree->open[--tree->open_count];
    size_t at = 0;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= tree->open_count) break;
        if (child + 1 < tree->open_count && comes_before(tree->open[child + 1], tree->open[child]))
            child++;
        if (!comes_before(tree->open[child], last)) break;
        tree->open[at] = tree->open[child];
        at = child;
    }
    tree->open[at] = last;
    return top;
}

/* --- nodes --- */

static enum az_status new_child(struct az_cg *cg, struct tree *tree, struct az_cg_node *parent,
                                const struct az_branching *branching, int child, double bound,
                                struct az_cg_node **node)
{
    *node = AZ_NEW(cg->arena, struct az_cg_node);
    if (!*node) return AZ_NO_MEMORY;
    **node = (struct az_cg_node){ .parent = parent,
                                  .decision_count = branching->decision_count[child],
                                  .depth = parent->depth + 1,
                                  .number = tree->numbers++,
                                  .bound = bound };
    memcpy((*node)->decisions, branching->child[child], sizeof(*node)->decisions);
    return AZ_OK;
}

static enum az_status apply_path(struct az_cg *cg, const struct az_cg_node *node)
{
    size_t depth = node->depth;
    struct az_arena *scratch = az_arena_new(NULL);
    const struct az_cg_node **path = AZ_ARRAY(scratch, depth + 1, const struct az_cg_node *);
    enum az_status status = AZ_NO_MEMORY;
    if (!path) goto done;
    for (const struct az_cg_node *at = node; at; at = at->parent) path[at->depth] = at;
    status = AZ_OK;
    for (size_t k = 0; k <= depth; k++)
        for (size_t d = 0; d < path[k]->decision_count; d++)
            AZ_GOTO(az_cg_apply(cg, &path[k]->decisions[d]));
done:
    az_arena_free(scratch);
    return status;
}

/* Sides and decisions of the node into force; a child of the node at hand adds only its own. */
static enum az_status enter_node(struct az_cg *cg, struct az_cg_node *node)
{
    size_t first = 0;
    if (cg->applied && node->parent == cg->applied) {
        first = cg->decision_count;
        for (size_t d = 0; d < node->decision_count; d++)
            AZ_TRY(az_cg_apply(cg, &node->decisions[d]));
        if (first < cg->decision_count) az_cg_pool_ban(cg, first);
    } else {
        az_cg_root_sides(cg);
        cg->decision_count = cg->options.decision_count;
        AZ_TRY(apply_path(cg, node));
        az_cg_pool_ban(cg, 0);
    }
    cg->applied = node;
    cg->depth = node->depth;
    return AZ_OK;
}

static void close_node(struct tree *tree, double bound)
{
    tree->closed = fmin(tree->closed, bound);
}

static void give_up(struct az_cg *cg, struct tree *tree, double bound)
{
    cg->result->given_up++;
    close_node(tree, bound);
}

/* The least bound there is; current: of the node at hand, INFINITY without one. */
static void tell(struct az_cg *cg, const struct tree *tree, double current)
{
    double bound = fmin(tree->closed, current);
    if (tree->open_count > 0) bound = fmin(bound, tree->open[0]->bound);
    if (bound > -INFINITY) az_cg_tell_bound(cg, bound);
}

/* Heuristics now and then. The node's LP is solved again afterwards. */
static enum az_status try_heuristics(struct az_cg *cg, struct tree *tree, bool *disturbed)
{
    *disturbed = false;
    if (cg->result->nodes < tree->next_dive) return AZ_OK;
    tree->next_dive *= 2;
    *disturbed = true;
    AZ_TRY(az_cg_improve(cg));
    AZ_TRY(az_cg_dive(cg, cg->problem->mends == 0));
    if (az_cg_must_stop(cg)) return AZ_OK;
    return az_cg_restricted(cg);
}

/* Splits the node whose LP solution is at hand. next: the child to go on with, NULL: no split. */
static enum az_status split(struct az_cg *cg, struct tree *tree, struct az_cg_node *node,
                            double bound, struct az_cg_node **next)
{
    struct az_branching branching;
    int first;
    bool found;
    *next = NULL;
    if (node->depth >= MOST_DEPTH) return AZ_OK;
    AZ_TRY(az_cg_branch(cg, false, &branching, &first, &found));
    if (!found) return AZ_OK;
    struct az_cg_node *children[2];
    for (int k = 0; k < 2; k++) {
        int child = k == 0 ? first : 1 - first;
        AZ_TRY(new_child(cg, tree, node, &branching, child, bound, &children[k]));
    }
    *next = children[0];
    return push(cg, tree, children[1]);
}

/* Does a plan (INFINITY: none) cost no more than the LP's solution that it was made of? */
static bool is_as_good(const struct az_cg *cg, double objective)
{
    double value = cg->master.objective;
    return objective <= value + SMALL_LOSS * fmax(1, fabs(value));
}

/* A solution that cannot be split: to the kind as it is; or the node is given up. */
static enum az_status offer_unsplit(struct az_cg *cg, struct tree *tree, double bound)
{
    struct az_master_solution solution;
    struct az_arena *scratch = az_arena_new(NULL);
    double objective;
    enum az_status status = AZ_NO_MEMORY;
    if (!scratch) goto done;
    AZ_GOTO(az_cg_solution(cg, false, scratch, &solution));
    solution.pi = NULL;
    status = AZ_OK;
    bool whole = az_cg_is_integral(cg);
    /* without a kind to judge it a fractional solution is none */
    objective = INFINITY;
    if (!whole && cg->problem->found) AZ_GOTO(az_cg_found(cg, &solution, &objective));
    if (is_as_good(cg, objective))
        close_node(tree, bound);
    else
        give_up(cg, tree, bound);
done:
    az_arena_free(scratch);
    return status;
}

/* Pricing has ended at the node: it is solved, split or given up. again: a lazy row came in. */
static enum az_status settle(struct az_cg *cg, struct tree *tree, struct az_cg_node *node,
                             double bound, struct az_cg_node **next, bool *again)
{
    *again = false;
    *next = NULL;
    if (az_cg_is_integral(cg)) {
        double objective;
        size_t rows;
        AZ_TRY(az_cg_offer_lp(cg, &rows, &objective));
        *again = rows > 0;
        if (*again) return AZ_OK;
        if (is_as_good(cg, objective)) {
            close_node(tree, bound);
            return AZ_OK;
        }
    } else {
        AZ_TRY(try_heuristics(cg, tree, again));
        if (cg->stopped) *again = true; /* the node is not settled: it stays open */
        if (*again) return AZ_OK;
    }
    AZ_TRY(split(cg, tree, node, bound, next));
    return *next ? AZ_OK : offer_unsplit(cg, tree, bound);
}

/* One node from its sides to its end. */
static enum az_status process(struct az_cg *cg, struct tree *tree, struct az_cg_node *node,
                              struct az_cg_node **next)
{
    enum az_cg_end end;
    bool again = true;
    *next = NULL;
    AZ_TRY(enter_node(cg, node));
    cg->result->nodes++;
    while (again) {
        AZ_TRY(az_cg_generate(cg, &node->bound, &end));
        again = false;
        if (end == CG_CONVERGED)
            AZ_TRY(settle(cg, tree, node, node->bound, next, &again));
        else if (end == CG_PRUNED)
            close_node(tree, node->bound);
        else if (end == CG_STUCK)
            give_up(cg, tree, node->bound);
        else if (end == CG_STOPPED)
            return push(cg, tree, node);
        if (cg->stopped && again) return push(cg, tree, node);
        cg->resumed = again;
    }
    tell(cg, tree, *next ? (*next)->bound : INFINITY);
    az_cg_progress(cg, "branch and price");
    return AZ_OK;
}

/* Is the child's bound among the better ones, so that its warm LP is worth more? */
static bool plunges(const struct tree *tree, const struct az_cg_node *child, double cutoff)
{
    if (tree->open_count == 0 || cutoff == INFINITY) return true;
    double least = fmin(tree->open[0]->bound, child->bound);
    return child->bound <= least + PLUNGE_SHARE * (cutoff - least);
}

/* The node to go on with: the child of the last one while its bound is good, else the best. Nodes
 * beyond the cutoff are closed on the way. */
static enum az_status choose(struct az_cg *cg, struct tree *tree, struct az_cg_node **next)
{
    double cutoff = az_cg_cutoff(cg);
    if (*next && !plunges(tree, *next, cutoff)) {
        AZ_TRY(push(cg, tree, *next));
        *next = NULL;
    }
    for (;;) {
        if (!*next && tree->open_count > 0) *next = pop(tree);
        if (!*next || (*next)->bound < cutoff) return AZ_OK;
        close_node(tree, (*next)->bound);
        *next = NULL;
    }
}

enum az_status az_cg_tree(struct az_cg *cg, double root_bound)
{
    struct tree tree = { .closed = INFINITY, .next_dive = FIRST_DIVE };
    struct az_cg_node *root = AZ_NEW(cg->arena, struct az_cg_node), *next = NULL;
    int64_t limit = cg->options.node_limit;
    if (!root) return AZ_NO_MEMORY;
    *root = (struct az_cg_node){ .number = tree.numbers++, .bound = root_bound };
    cg->result->nodes = 0; /* the root is counted again, and gone on with */
    cg->resumed = true;
    AZ_TRY(push(cg, &tree, root));
    for (;;) {
        AZ_TRY(choose(cg, &tree, &next));
        if (!next) break;
        if (az_cg_must_stop(cg) || (limit > 0 && cg->result->nodes >= limit)) {
            AZ_TRY(push(cg, &tree, next));
            break;
        }
        AZ_TRY(process(cg, &tree, next, &next));
    }
    tell(cg, &tree, INFINITY);
    if (tree.open_count == 0 && tree.closed == INFINITY) cg->infeasible = true;
    return AZ_OK;
}
