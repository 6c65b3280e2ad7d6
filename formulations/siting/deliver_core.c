/* deliver_core.c - branch and bound over sites, numbers of sites and sizes. See deliver_work.h.
 *
 * The open node of the least bound is next; when the open ones take too much memory, the newest. A
 * node keeps its domain and its prices, from which its children begin. Nodes end when their bound
 * reaches the cutoff, or when every site is settled: the choice is then valued exactly. */
#include <math.h>
#include <string.h>

#include "formulations/siting/deliver_work.h"

#define ROOT_EVALUATIONS 3000
#define NODE_EVALUATIONS 200
#define OPEN_BYTES ((size_t)256 << 20) /* of open nodes; then depth first */
#define FRACTION 0.1 /* a mean number of sites that is so far from whole is branched on */

struct st_branch {
    double bound;
    size_t low, high, serial;
    struct st_domain *domain; /* [sites] */
    float *price;             /* [customers] */
};

struct st_deliver_tree {
    struct st_deliver *work;
    struct st_branch **open; /* a heap by bound, then serial */
    size_t count, room, serial, open_max;
    struct st_branch **spare; /* nodes to be used again */
    size_t spare_count;
    struct st_domain *domain; /* [sites] of the node at hand */
    size_t *choice;           /* [sites] */
};

double st_deliver_cutoff(const struct st_deliver *work)
{
    const struct az_run_options *options = &work->run->options;
    double size = fmax(1, fabs(work->upper)), cutoff = work->upper - 1e-9 * size;
    if (!work->has_best) return work->upper;
    double gap =
        fmax(options->gap_abs, options->gap * fmax(fabs(work->upper), options->money_scale));
    if (work->depots->unit > 0)
        cutoff = work->upper - work->depots->unit + fmax(1e-6 * work->depots->unit, 1e-9 * size);
    return fmin(cutoff, work->upper - 0.9 * gap);
}

/* --- open nodes --------------------------------------------------------------------------------
 */

static bool comes_before(const struct st_branch *a, const struct st_branch *b)
{
    return a->bound != b->bound ? a->bound < b->bound : a->serial > b->serial;
}

static struct st_branch *new_node(struct st_deliver_tree *tree)
{
    struct st_deliver *work = tree->work;
    if (tree->spare_count > 0) return tree->spare[--tree->spare_count];
    struct st_branch *node = AZ_NEW(work->arena, struct st_branch);
    if (!node) return NULL;
    node->domain = AZ_ARRAY(work->arena, work->depots->sites, struct st_domain);
    node->price = AZ_ARRAY(work->arena, work->depots->customers, float);
    return node->domain && node->price ? node : NULL;
}

static enum az_status push(struct st_deliver_tree *tree, struct st_branch *node)
{
    if (tree->count == tree->room) {
        size_t room = tree->room ? 2 * tree->room : 64;
        tree->open =
            az_arena_grow(tree->work->arena, tree->open, tree->count, room, sizeof *tree->open);
        tree->spare = az_arena_grow(tree->work->arena, tree->spare, tree->spare_count, 2 * room,
                                    sizeof *tree->spare);
        if (!tree->open || !tree->spare) return AZ_NO_MEMORY;
        tree->room = room;
    }
    size_t i = tree->count++;
    for (; i > 0 && comes_before(node, tree->open[(i - 1) / 2]); i = (i - 1) / 2)
        tree->open[i] = tree->open[(i - 1) / 2];
    tree->open[i] = node;
    return AZ_OK;
}

static void sift(struct st_deliver_tree *tree, size_t i, struct st_branch *node)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= tree->count) break;
        if (child + 1 < tree->count && comes_before(tree->open[child + 1], tree->open[child]))
            child++;
        if (!comes_before(tree->open[child], node)) break;
        tree->open[i] = tree->open[child];
        i = child;
    }
    tree->open[i] = node;
}

/* Takes out the next node. */
static struct st_branch *pop(struct st_deliver_tree *tree)
{
    size_t at = 0;
    for (size_t i = 1; tree->count > tree->open_max && i < tree->count; i++)
        if (tree->open[i]->serial > tree->open[at]->serial) at = i;
    struct st_branch *node = tree->open[at], *last = tree->open[--tree->count];
    if (node == last) return node;
    size_t i = at;
    for (; i > 0 && comes_before(last, tree->open[(i - 1) / 2]); i = (i - 1) / 2)
        tree->open[i] = tree->open[(i - 1) / 2];
    sift(tree, i, last);
    return node;
}

/* --- one node ----------------------------------------------------------------------------------
 */

/* Is every site settled? The choice is then in tree->choice. */
static bool is_settled(struct st_deliver_tree *tree)
{
    const struct st_depots *depots = tree->work->depots;
    for (size_t s = 0; s < depots->sites; s++) {
        const struct st_domain *site = &tree->domain[s];
        if (site->open && (site->closed || site->low < site->high)) return false;
        tree->choice[s] = site->open ? depots->first[s] + site->low : AZ_NO_INDEX;
    }
    return true;
}

/* Adds a child of the node at hand. */
static void add_child(struct st_deliver_tree *tree, size_t low, size_t high)
{
    struct st_deliver *work = tree->work;
    struct st_branch *node = new_node(tree);
    if (!node) {
        work->status = AZ_NO_MEMORY;
        return;
    }
    node->bound = work->ascent->value;
    node->low = low;
    node->high = high;
    node->serial = tree->serial++;
    memcpy(node->domain, tree->domain, work->depots->sites * sizeof *node->domain);
    for (size_t c = 0; c < work->depots->customers; c++)
        node->price[c] = (float)work->ascent->price[c];
    enum az_status status = push(tree, node);
    if (status != AZ_OK) work->status = status;
}

/* The free site that the mean choice is least sure of; a site that is open in any case and has
 * several sizes where there is none. */
static size_t least_sure(const struct st_deliver_tree *tree)
{
    const struct st_deliver *work = tree->work;
    const double *mean = work->ascent->mean;
    size_t best = AZ_NO_INDEX;
    double sure = INFINITY;
    for (size_t s = 0; s < work->depots->sites; s++) {
        const struct st_domain *site = &tree->domain[s];
        if (!site->open || (!site->closed && site->low == site->high)) continue;
        double here = site->closed ? fabs(mean[s] - 0.5) : 1;
        if (here < sure) sure = here, best = s;
    }
    return best;
}

static void branch(struct st_deliver_tree *tree, size_t low, size_t high)
{
    struct st_deliver *work = tree->work;
    double sites = 0;
    for (size_t s = 0; s < work->depots->sites; s++)
        if (tree->domain[s].open) sites += work->ascent->mean[s];
    double whole = floor(sites);
    if (low < high && sites - whole > FRACTION && sites - whole < 1 - FRACTION &&
        whole >= (double)low && whole < (double)high) {
        add_child(tree, low, (size_t)whole);
        add_child(tree, (size_t)whole + 1, high);
        return;
    }
    size_t s = least_sure(tree);
    struct st_domain kept = tree->domain[s];
    if (kept.closed) {
        tree->domain[s].open = false;
        add_child(tree, low, high);
        tree->domain[s] = kept;
        tree->domain[s].closed = false;
        add_child(tree, low, high);
    } else {
        size_t pick = work->dual.pick[s] - work->depots->first[s];
        size_t middle = pick < kept.high ? pick : (size_t)kept.high - 1;
        if (middle < kept.low) middle = kept.low;
        tree->domain[s].high = (unsigned short)middle;
        add_child(tree, low, high);
        tree->domain[s] = kept;
        tree->domain[s].low = (unsigned short)(middle + 1);
        add_child(tree, low, high);
    }
    tree->domain[s] = kept;
}

/* Bounds a node and puts its children among the open ones. */
static void process(struct st_deliver_tree *tree, size_t low, size_t high, bool root)
{
    struct st_deliver *work = tree->work;
    if (!st_dual_propagate(&work->dual, tree->domain, &low, &high)) return;
    if (!is_settled(tree)) {
        bool open = st_ascend(work, tree->domain, &low, &high,
                              root ? ROOT_EVALUATIONS : NODE_EVALUATIONS, root) &&
                    st_dual_propagate(&work->dual, tree->domain, &low, &high);
        if (!open || work->status != AZ_OK) return;
    }
    if (is_settled(tree)) {
        double cost = st_descent_cost(work, tree->choice);
        if (cost < INFINITY) st_deliver_take(work, tree->choice, cost);
        return;
    }
    branch(tree, low, high);
}

void st_deliver_tree(struct st_deliver *work)
{
    const struct st_depots *depots = work->depots;
    struct st_deliver_tree tree = { .work = work,
                                    .domain =
                                        AZ_ARRAY(work->arena, depots->sites, struct st_domain),
                                    .choice = AZ_ARRAY(work->arena, depots->sites, size_t) };
    if (!tree.domain || !tree.choice) {
        work->status = AZ_NO_MEMORY;
        return;
    }
    tree.open_max =
        OPEN_BYTES / (sizeof(struct st_branch) + depots->sites * sizeof(struct st_domain) +
                      depots->customers * sizeof(float));
    st_depots_domain(depots, tree.domain);
    process(&tree, depots->low, depots->high, true);
    while (work->status == AZ_OK && tree.count > 0 && !az_run_must_stop(work->run)) {
        struct st_branch *node = pop(&tree);
        double least = tree.count > 0 ? fmin(node->bound, tree.open[0]->bound) : node->bound;
        st_deliver_bound(work, least);
        if (node->bound < st_deliver_cutoff(work)) {
            memcpy(tree.domain, node->domain, depots->sites * sizeof *tree.domain);
            for (size_t c = 0; c < depots->customers; c++) work->ascent->price[c] = node->price[c];
            work->ascent->value = node->bound;
            process(&tree, node->low, node->high, false);
        }
        tree.spare[tree.spare_count++] = node;
    }
    if (work->status == AZ_OK && !az_run_must_stop(work->run)) st_deliver_end(work);
}
