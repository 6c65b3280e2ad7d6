/* tree.c - branch and bound over a core. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/siting/tree.h"
#include "solver/tolerances.h"

#define TRIED 6       /* splits that are tried before one is taken */
#define BETTER 0.5    /* of what the level may lack: a better plan is better by this */
#define DRAFT_EVERY 8 /* nodes */
#define IMPROVE_RARER 3
#define DRAFT_WORK 60000 /* moves weighed */
#define EACH 4           /* rows of an element in a round */
#define BROKEN 2e-7      /* relative: by less a row is kept */
#define REBUILDS 40      /* of the LP, when rows came, at a node */

struct node {
    size_t parent; /* AZ_NO_INDEX: none */
    double bound;
    size_t first; /* change to the parent; AZ_NO_INDEX: none */
};

struct tree {
    struct st_search *search;
    const struct st_tree_of *of;
    struct st_problem *p;
    struct az_arena *arena, *lp_arena;
    struct st_lp *lp;
    size_t rows, statics; /* of the problem, that the LP has */
    struct st_prices *prices;
    size_t node_count, node_capacity, open_count, open_capacity;
    struct node *nodes;
    size_t *open;
    size_t change_count, change_capacity;
    struct st_change *changes;
    double *low, *high; /* [columns] of the node that is looked at */
    double *low0, *high0;
    bool *leaves;
    double lost; /* least bound of nodes that were left without an answer */
    double aim;  /* the least so far: what was left out is not below */
    int64_t processed, improve_at;
};

/* A better plan is below. It never rises, though a plan that is better in a level before may have
 * more of this one. */
static double aim_of(struct tree *t)
{
    const struct st_search *search = t->search;
    enum st_level level = t->p->level;
    if (!search->has_best) return t->aim;
    t->aim =
        fmin(t->aim, st_judged_value(&search->best, level) - BETTER * st_target(search, level));
    return t->aim;
}

/* --- the LP ----------------------------------------------------------------------------------- */

/* The LP over all rows that are there now. */
static enum az_status make_lp(struct tree *t)
{
    struct st_core_of core = t->of->core;
    size_t statics = t->p->static_count;
    size_t rows = t->p->row_count;
    bool *wanted = AZ_ARRAY(t->arena, rows, bool);
    if (!wanted) return AZ_NO_MEMORY;
    for (size_t r = 0; r < rows; r++)
        wanted[r] = r < t->of->prices->row_count && t->of->prices->pi[r] != 0;
    for (size_t r = 0; t->lp && r < t->lp->problem_rows; r++)
        wanted[t->lp->row[r]] = t->lp->at[r] != AZ_NO_INDEX;
    st_lp_close(t->lp);
    t->lp = NULL;
    az_arena_empty(t->lp_arena);
    double *low = AZ_ARRAY(t->lp_arena, statics, double);
    double *high = AZ_ARRAY(t->lp_arena, statics, double);
    if (!low || !high) return AZ_NO_MEMORY;
    for (size_t j = 0; j < statics; j++) { /* those that came later have their own */
        low[j] = j < core.static_count ? core.low[j] : t->p->statics[j].lower;
        high[j] = j < core.static_count ? core.high[j] : t->p->statics[j].upper;
    }
    core.low = low;
    core.high = high;
    AZ_TRY(st_lp_new(t->search, &core, rows, wanted, t->lp_arena, &t->lp));
    size_t columns = t->lp->column_count;
    t->rows = t->p->row_count;
    t->statics = statics;
    t->low = AZ_ARRAY(t->lp_arena, columns, double);
    t->high = AZ_ARRAY(t->lp_arena, columns, double);
    t->low0 = AZ_ARRAY(t->lp_arena, columns, double);
    t->high0 = AZ_ARRAY(t->lp_arena, columns, double);
    if (!t->low || !t->high || !t->low0 || !t->high0) return AZ_NO_MEMORY;
    memcpy(t->low0, t->lp->low, columns * sizeof *t->low0);
    memcpy(t->high0, t->lp->high, columns * sizeof *t->high0);
    return AZ_OK;
}

static bool is_outdated(const struct tree *t)
{
    return t->rows != t->p->row_count || t->statics != t->p->static_count;
}

static void apply(struct tree *t, const struct st_change *c)
{
    if (c->site != AZ_NO_INDEX) {
        t->leaves[c->site] = true;
        return;
    }
    t->low[c->column] = fmax(t->low[c->column], c->low);
    t->high[c->column] = fmin(t->high[c->column], c->high);
}

/* Bounds of a node and of `count` changes more; *possible: none of them cross. */
static enum az_status send(struct tree *t, size_t n, size_t count, const struct st_change more[],
                           bool *possible)
{
    size_t columns = t->lp->column_count;
    memcpy(t->low, t->low0, columns * sizeof *t->low);
    memcpy(t->high, t->high0, columns * sizeof *t->high);
    memset(t->leaves, 0, t->p->in->sites.count * sizeof *t->leaves);
    for (; n != AZ_NO_INDEX; n = t->nodes[n].parent)
        for (size_t i = t->nodes[n].first; i != AZ_NO_INDEX; i = t->changes[i].next)
            apply(t, &t->changes[i]);
    for (size_t i = 0; i < count; i++) apply(t, &more[i]);
    *possible = true;
    for (size_t k = 0; k < columns; k++)
        if (t->low[k] > t->high[k]) *possible = false;
    return *possible ? st_lp_bounds(t->lp, t->low, t->high, t->leaves) : AZ_OK;
}

/* The LP of a node with changes more: *bound, INFINITY where it has no solution; *solved: else. */
static enum az_status solve(struct tree *t, size_t n, size_t count, const struct st_change more[],
                            double *bound, bool *solved)
{
    bool possible;
    double before = t->nodes[n].bound;
    *solved = false;
    *bound = INFINITY;
    AZ_TRY(send(t, n, count, more, &possible));
    if (!possible) return AZ_OK;
    AZ_TRY(st_lp_solve(t->lp));
    if (t->lp->status == AZ_SOLVE_INFEASIBLE) return AZ_OK;
    *bound = before;
    if (t->lp->status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    *bound = fmax(before, t->lp->bound);
    *solved = true;
    return AZ_OK;
}

/* --- nodes ------------------------------------------------------------------------------------ */

static enum az_status add_change(struct tree *t, size_t n, const struct st_change *c)
{
    if (t->change_count == t->change_capacity) {
        t->change_capacity = 2 * t->change_capacity + 4096;
        t->changes = az_arena_grow(t->arena, t->changes, t->change_count, t->change_capacity,
                                   sizeof *t->changes);
        if (!t->changes) return AZ_NO_MEMORY;
    }
    t->changes[t->change_count] = *c;
    t->changes[t->change_count].next = t->nodes[n].first;
    t->nodes[n].first = t->change_count++;
    return AZ_OK;
}

/* A node that opens with changes to its parent. */
static enum az_status add_node(struct tree *t, size_t parent, double bound, size_t count,
                               const struct st_change changes[], size_t *index)
{
    if (t->node_count == t->node_capacity) {
        t->node_capacity = 2 * t->node_capacity + 256;
        t->nodes =
            az_arena_grow(t->arena, t->nodes, t->node_count, t->node_capacity, sizeof *t->nodes);
        t->open =
            az_arena_grow(t->arena, t->open, t->open_count, t->node_capacity, sizeof *t->open);
        if (!t->nodes || !t->open) return AZ_NO_MEMORY;
    }
    *index = t->node_count++;
    t->nodes[*index] = (struct node){ parent, bound, AZ_NO_INDEX };
    for (size_t i = 0; i < count; i++) AZ_TRY(add_change(t, *index, &changes[i]));
    t->open[t->open_count++] = *index;
    return AZ_OK;
}

/* The open node of the least bound; those that are beaten go. *bound: of all that are open. */
static size_t least_open(struct tree *t, double *bound)
{
    double aim = aim_of(t);
    size_t kept = 0, best = AZ_NO_INDEX;
    *bound = INFINITY;
    for (size_t i = 0; i < t->open_count; i++) {
        size_t n = t->open[i];
        if (t->nodes[n].bound >= aim) continue;
        t->open[kept++] = n;
        if (t->nodes[n].bound >= *bound) continue;
        *bound = t->nodes[n].bound;
        best = n;
    }
    t->open_count = kept;
    return best;
}

static void close_node(struct tree *t, size_t n)
{
    for (size_t i = 0; i < t->open_count; i++)
        if (t->open[i] == n) {
            memmove(&t->open[i], &t->open[i + 1], (t->open_count - i - 1) * sizeof *t->open);
            t->open_count--;
            return;
        }
}

/* What holds of the whole core now. */
static double proven(struct tree *t)
{
    double bound;
    least_open(t, &bound);
    return fmin(fmin(bound, t->lost), aim_of(t));
}

/* --- plans ------------------------------------------------------------------------------------ */

/* A whole solution of the LP: rows that it breaks come, or it is offered. *added: rows came. */
static enum az_status take(struct tree *t, struct az_arena *scratch, bool *added)
{
    struct st_search *search = t->search;
    struct st_point point, whole;
    struct st_found found;
    size_t rows = 0, count = 0;
    bool better;
    *added = false;
    AZ_TRY(st_lp_point(t->lp, scratch, &point));
    whole = point;
    for (size_t i = 0; i < point.count; i++) {
        if (point.value[i] < 0.5) continue;
        whole.option[count] = point.option[i];
        whole.value[count++] = 1;
    }
    whole.count = count;
    for (size_t j = 0; j < whole.y_count; j++)
        if (t->p->statics[j].integer) whole.y[j] = round(whole.y[j]);
    AZ_TRY(st_separate(t->p, &whole, EACH, &rows));
    *added = rows > 0;
    if (*added) return AZ_OK;
    AZ_TRY(st_polish(t->p, search->run->engine, search->context, &whole, scratch, &found));
    *added = is_outdated(t);
    if (found.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    return st_offer(search, &found.point, &better);
}

/* The prices of the LP as those of the problem. */
static enum az_status read_prices(struct tree *t)
{
    const struct st_lp *lp = t->lp;
    AZ_TRY(st_prices_evaluate(t->p, t->arena, t->prices)); /* room for all rows */
    for (size_t r = 0; r < t->prices->row_count; r++) t->prices->pi[r] = 0;
    for (size_t r = 0; r < lp->problem_rows; r++)
        t->prices->pi[lp->row[r]] = lp->price[r] * lp->scale[r] * lp->unit;
    return st_prices_evaluate(t->p, t->arena, t->prices);
}

/* The prices' choices as the node leaves them: what it has taken away is out of reach. */
static void restrict_prices(struct tree *t)
{
    const struct st_lp *lp = t->lp;
    struct st_prices *prices = t->prices;
    for (size_t s = 0; s < t->p->in->sites.count; s++) {
        size_t base = lp->base[s];
        bool none = base == AZ_NO_INDEX && !t->leaves[s];
        if (lp->first[s] == lp->first[s + 1]) continue;
        if (base != AZ_NO_INDEX && t->leaves[s]) prices->reduced[base] = INFINITY;
        for (size_t k = lp->first[s]; k < lp->first[s + 1]; k++) {
            if (lp->option[k] == AZ_NO_INDEX)
                none = t->high[k] > 0.5;
            else if (t->high[k] < 0.5)
                prices->reduced[lp->option[k]] = INFINITY;
        }
        double least = none ? 0 : INFINITY;
        size_t choice = AZ_NO_INDEX;
        for (size_t o = t->p->values->first[s]; o < t->p->values->first[s + 1]; o++) {
            if (!t->p->allowed[o] || prices->reduced[o] >= least) continue;
            least = prices->reduced[o];
            choice = o;
        }
        if (isinf(least)) continue;
        prices->choice[s] = choice;
        prices->least[s] = least;
    }
    prices->bound = lp->bound;
}

/* Does a point keep the rows that are there? */
static enum az_status keeps_rows(const struct tree *t, const struct st_point *point,
                                 struct az_arena *scratch, bool *keeps)
{
    const struct st_problem *p = t->p;
    double *activity = AZ_ARRAY(scratch, p->row_count, double);
    if (!activity) return AZ_NO_MEMORY;
    AZ_TRY(st_activities(p, point, activity));
    *keeps = true;
    for (size_t r = 0; r < p->row_count; r++) {
        const struct st_row *row = &p->rows[r];
        double over = fmax(activity[r] - row->upper, row->lower - activity[r]);
        double side = activity[r] > row->upper ? row->upper : row->lower;
        if (over > BROKEN * fmax(1, fabs(side))) *keeps = false;
    }
    return AZ_OK;
}

/* What prices fill up, with statics that follow; *point: it, where it is a plan. */
static enum az_status fill(struct tree *t, struct az_arena *scratch, struct st_point *point)
{
    struct st_search *search = t->search;
    struct st_point filled;
    struct st_found polished;
    bool found, keeps, better;
    if (!search->has_best) return AZ_OK;
    double best = st_judged_value(&search->best, t->p->level);
    AZ_TRY(st_fill(search, t->prices, point, best - t->prices->bound, scratch, &filled, &found));
    if (!found) return AZ_OK;
    AZ_TRY(st_polish(t->p, search->run->engine, search->context, &filled, scratch, &polished));
    if (polished.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    *point = polished.point;
    AZ_TRY(keeps_rows(t, point, scratch, &keeps));
    return keeps ? st_offer(search, point, &better) : AZ_OK;
}

/* Plans from the fractional solution of the LP. */
static enum az_status draft(struct tree *t, struct az_arena *scratch)
{
    struct st_point point;
    AZ_TRY(read_prices(t));
    restrict_prices(t);
    AZ_TRY(st_lp_point(t->lp, scratch, &point));
    AZ_TRY(fill(t, scratch, &point));
    AZ_TRY(st_draft_plan(t->search, t->prices, &point, DRAFT_WORK));
    if (t->processed <= t->improve_at) return AZ_OK;
    t->improve_at = IMPROVE_RARER * (t->improve_at + 1);
    return t->of->improve(t->of->data, t->prices);
}

/* --- a node ----------------------------------------------------------------------------------- */

/* Columns that cannot change in a better plan of the node stay as they are, below it. What a change
 * costs counts from the bound of the same prices, which may be less than the node's. */
static enum az_status fix_by_cost(struct tree *t, size_t n)
{
    const struct st_lp *lp = t->lp;
    double room = (aim_of(t) - lp->bound) / lp->unit;
    for (size_t k = 0; k < lp->column_count; k++) {
        if (k >= lp->site_columns && !t->p->statics[k - lp->site_columns].integer) continue;
        if (t->low[k] == t->high[k] || fabs(lp->d[k]) < room) continue;
        double to = lp->d[k] > 0 ? t->low[k] : t->high[k];
        AZ_TRY(add_change(
            t, n, &(struct st_change){ .column = k, .site = AZ_NO_INDEX, .low = to, .high = to }));
    }
    return AZ_OK;
}

/* Tries splits and opens both sides of the best one. *next: the better side; AZ_NO_INDEX: none is
 * left. *again: one side of a split is impossible, the node is smaller now. */
static enum az_status branch(struct tree *t, size_t n, size_t count, const struct st_split splits[],
                             struct az_arena *scratch, size_t *next, bool *again)
{
    double best_score = -1, bound = t->nodes[n].bound, aim = aim_of(t);
    struct st_change *best_side[2] = { NULL, NULL };
    size_t best_count[2] = { 0, 0 };
    double best[2] = { bound, bound };
    size_t tried = count < TRIED ? count : TRIED;
    *again = false;
    *next = AZ_NO_INDEX;
    struct st_change **side = AZ_ARRAY(scratch, 2 * tried, struct st_change *);
    size_t *many = AZ_ARRAY(scratch, 2 * tried, size_t);
    if (!side || !many) return AZ_NO_MEMORY;
    for (size_t i = 0; i < 2 * tried; i++) /* of this solution, before others come */
        AZ_TRY(st_lp_side(t->lp, &splits[i / 2], (int)(i % 2), scratch, &side[i], &many[i]));
    for (size_t i = 0; i < tried && !az_run_must_stop(t->search->run); i++) {
        double trial[2];
        bool solved;
        for (size_t k = 0; k < 2; k++)
            AZ_TRY(solve(t, n, many[2 * i + k], side[2 * i + k], &trial[k], &solved));
        bool out[2] = { trial[0] >= aim, trial[1] >= aim };
        if (out[0] && out[1]) return AZ_OK;
        if (out[0] || out[1]) {
            size_t keep = 2 * i + (out[0] ? 1 : 0);
            for (size_t k = 0; k < many[keep]; k++) AZ_TRY(add_change(t, n, &side[keep][k]));
            t->nodes[n].bound = fmax(bound, trial[out[0] ? 1 : 0]);
            *again = true;
            return AZ_OK;
        }
        double least = fmin(trial[0], trial[1]) - bound;
        double most = fmax(trial[0], trial[1]) - bound;
        double tiny = 1e-3 * (aim - bound);
        if (!isfinite(tiny)) tiny = 1;
        double score = fmax(least, tiny) * fmax(most, tiny);
        if (score <= best_score) continue;
        best_score = score;
        for (int k = 0; k < 2; k++) {
            best[k] = trial[k];
            best_side[k] = side[2 * i + (size_t)k];
            best_count[k] = many[2 * i + (size_t)k];
        }
    }
    if (!best_side[0]) { /* stopped: the node stays as it is */
        t->lost = fmin(t->lost, bound);
        return AZ_OK;
    }
    size_t child[2];
    for (int k = 0; k < 2; k++)
        AZ_TRY(add_node(t, n, best[k], best_count[k], best_side[k], &child[k]));
    *next = best[0] <= best[1] ? child[0] : child[1];
    return AZ_OK;
}

/* Looks at a node until it is split, or done with. *next: the side to go on with. */
static enum az_status look_at(struct tree *t, size_t n, struct az_arena *scratch, size_t *next)
{
    int64_t number = t->processed++;
    bool drafted = number % DRAFT_EVERY != 0 && (number & (number - 1)) != 0;
    *next = AZ_NO_INDEX;
    for (int round = 0; round < REBUILDS; round++) {
        struct st_split *splits;
        size_t count;
        double bound;
        bool solved, again;
        az_arena_empty(scratch);
        if (is_outdated(t)) AZ_TRY(make_lp(t));
        AZ_TRY(solve(t, n, 0, NULL, &bound, &solved));
        if (bound >= aim_of(t)) return AZ_OK;
        if (!solved) break;
        t->nodes[n].bound = bound;
        AZ_TRY(st_lp_splits(t->lp, scratch, &splits, &count));
        if (count == 0) {
            AZ_TRY(take(t, scratch, &again));
            if (again) continue;
            if (bound < aim_of(t)) t->lost = fmin(t->lost, bound); /* it was refused */
            return AZ_OK;
        }
        if (!drafted) {
            drafted = true;
            AZ_TRY(draft(t, scratch));
            if (is_outdated(t)) continue;
            if (bound >= aim_of(t)) return AZ_OK;
        }
        AZ_TRY(fix_by_cost(t, n));
        AZ_TRY(branch(t, n, count, splits, scratch, next, &again));
        if (!again) return AZ_OK;
    }
    t->lost = fmin(t->lost, t->nodes[n].bound);
    return AZ_OK;
}

static enum az_status search_tree(struct tree *t, struct az_arena *scratch)
{
    size_t next;
    AZ_TRY(make_lp(t));
    AZ_TRY(add_node(t, AZ_NO_INDEX, t->of->from, 0, NULL, &next));
    while (!az_run_must_stop(t->search->run)) {
        double bound;
        if (next == AZ_NO_INDEX) next = least_open(t, &bound);
        if (next == AZ_NO_INDEX) break;
        size_t n = next;
        AZ_TRY(look_at(t, n, scratch, &next));
        close_node(t, n);
        t->search->run->work = t->processed;
        t->of->tell(t->of->data, proven(t));
        az_run_progress(t->search->run, "branch and bound", false);
        if (next != AZ_NO_INDEX && t->nodes[next].bound >= aim_of(t)) next = AZ_NO_INDEX;
    }
    return AZ_OK;
}

enum az_status st_tree(struct st_search *search, const struct st_tree_of *of, double *bound,
                       bool *whole)
{
    struct tree t = { .search = search,
                      .of = of,
                      .p = search->problem,
                      .arena = az_arena_new(NULL),
                      .lp_arena = az_arena_new(NULL),
                      .lost = INFINITY,
                      .aim = INFINITY };
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = AZ_NO_MEMORY;
    if (!t.arena || !t.lp_arena || !scratch) goto done;
    t.leaves = AZ_ARRAY(t.arena, search->problem->in->sites.count, bool);
    if (!t.leaves) goto done;
    AZ_GOTO(st_prices_new(t.p, t.arena, &t.prices));
    AZ_GOTO(st_prices_evaluate(t.p, t.arena, t.prices));
    AZ_GOTO(search_tree(&t, scratch));
    *bound = fmax(of->from, proven(&t));
    *whole = t.open_count == 0 && isinf(t.lost);
    az_log(search->context, AZ_LOG_INFO, "tree: %lld nodes, %zu open, bound %.2f",
           (long long)t.processed, t.open_count, *bound);
done:
    st_lp_close(t.lp);
    az_arena_free(t.arena);
    az_arena_free(t.lp_arena);
    az_arena_free(scratch);
    return status;
}
