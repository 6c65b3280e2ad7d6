/* colgen_node.c - column generation at one node: efforts, smoothing, phases, cuts.
 *
 * A round takes the LP's prices, moves them towards the stability centre (Wentges 1997; the weight
 * adapts by the direction of the subgradient, Pessoa, Sadykov, Uchoa, Vanderbeck 2018), and prices
 * at the lowest effort that still finds columns. When nothing pays at smoothed prices the weight
 * goes down step by step to the LP's own prices, so that the last word is always exact. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/colgen_work.h"

#define FIRST_ALPHA 0.5
#define LAST_ALPHA 0.99      /* the weight of the centre stays below */
#define SAME 1e-7            /* relative: LP value and bound are the same number */
#define ARTIFICIAL_GROWTHS 3 /* times 10, before the search for any solution */
#define CHEAP_GROWTHS 6      /* times 10, while the LP lies below what is proven */
#define MOST_ARTIFICIAL 1e12 /* what an artificial column may cost */
#define INFEASIBLE_BY 1e-5   /* of a least breach: more than a judge lets pass, and than rounding */
#define MOST_REST 16         /* rounds that a failing effort is left out */
#define DIVE_PATIENCE 4      /* times the rounds of a dive while artificial columns are in use */
#define LEAST_WAIT 3         /* rounds of lower efforts between two of the highest */
#define FIRST_WAIT 6
#define MOST_WAIT 48
#define TAME 0.005     /* share by which the LP falls a round when its prices have settled */
#define FAR_BOUND 0.5  /* share of the LP by which a bound is of no use yet */
#define GOOD_RISE 0.05 /* share of the gap that a round of the highest effort should close */
#define STALL 0.02     /* share of the gap: falls of the LP below this are none */
#define EARLY 5e-4     /* share of the LP: nearer to its bound rows are looked for */
#define POOL_SHARE 3   /* columns entered from the pool: this many times a block's limit */

/* What a node's generation remembers. */
struct generation {
    double *bound;
    bool phase_one, pruned, infeasible, converged, paused;
    int growths, cheap_growths;
    double early;       /* share of EARLY at which rows are asked about next */
    double phase_bound; /* of the feasibility problem */
    double last_lp;     /* LP value when the wait began */
    double lp_before;   /* of the round before */
    size_t since_top,
        wait; /* rounds since the last one of the highest effort, and until the next */
};

double az_cg_tolerance(const struct az_cg *cg)
{
    double scale = cg->master.cost_scale > 0 ? fmax(1, cg->largest_cost) : 1;
    return AZ_PRICING_TOLERANCE * scale;
}

/* --- columns in --- */

/* Does the column pay at the LP's prices? */
static bool pays(const struct az_cg *cg, const struct az_cg_column *column, double *by)
{
    double reduced = az_cg_reduced_cost(column, cg->m, cg->master.cost_scale, cg->out.pi);
    *by = cg->out.mu[column->shown.block] - reduced;
    return *by > az_cg_tolerance(cg);
}

struct paying {
    double by;
    size_t age;
};

static int pays_more(const void *a, const void *b)
{
    const struct paying *x = a, *y = b;
    if (x->by != y->by) return x->by > y->by ? -1 : 1;
    return x->age < y->age ? -1 : x->age > y->age;
}

/* Columns of the pool that pay come back before pricing is asked. */
static enum az_status enter_from_pool(struct az_cg *cg, size_t *entered)
{
    *entered = 0;
    if (cg->pool_count == cg->master.block_columns) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    struct paying *paying = AZ_ARRAY(scratch, cg->pool_count, struct paying);
    struct az_cg_column **columns = AZ_ARRAY(scratch, cg->pool_count, struct az_cg_column *);
    size_t count = 0, limit = POOL_SHARE * cg->options.columns_per_block + cg->blocks;
    enum az_status status = AZ_NO_MEMORY;
    if (!paying || !columns) goto done;
    for (size_t k = 0; k < cg->pool_count; k++) {
        struct az_cg_column *column = cg->pool[k];
        double by;
        if (column->place != CG_NOWHERE || column->banned || !az_cg_fits(cg, column)) continue;
        AZ_GOTO(az_cg_pool_extend(cg, column));
        if (pays(cg, column, &by)) paying[count++] = (struct paying){ .by = by, .age = k };
    }
    qsort(paying, count, sizeof *paying, pays_more);
    if (count > limit) count = limit;
    for (size_t k = 0; k < count; k++) columns[k] = cg->pool[paying[k].age];
    status = az_cg_master_enter(cg, columns, count);
    *entered = count;
done:
    az_arena_free(scratch);
    return status;
}

/* What pricing answered goes to the pool, and into the LP what pays there. */
static enum az_status merge(struct az_cg *cg, size_t *entered)
{
    size_t total = 0, count = 0;
    *entered = 0;
    for (size_t b = 0; b < cg->blocks; b++) total += cg->answers[b].columns.count;
    if (total == 0) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    struct az_cg_column **columns = AZ_ARRAY(scratch, total, struct az_cg_column *);
    enum az_status status = AZ_NO_MEMORY;
    if (!columns) goto done;
    for (size_t b = 0; b < cg->blocks; b++) {
        const struct az_block_columns *list = &cg->answers[b].columns;
        size_t taken = 0;
        for (size_t k = 0; k < list->count; k++) {
            struct az_cg_column *column;
            bool is_new;
            double by;
            if (list->items[k].block != b) {
                status = AZ_INVALID;
                goto done;
            }
            AZ_GOTO(az_cg_pool_put(cg, &list->items[k], &column, &is_new));
            if (column->place != CG_NOWHERE || column->banned) continue;
            if (taken >= cg->options.columns_per_block || !pays(cg, column, &by)) continue;
            taken++;
            bool twice = false;
            for (size_t e = count; e > 0 && columns[e - 1]->shown.block == b && !twice; e--)
                twice = columns[e - 1] == column;
            if (!twice) columns[count++] = column;
        }
    }
    status = az_cg_master_enter(cg, columns, count);
    *entered = count;
done:
    az_arena_free(scratch);
    return status;
}

/* --- smoothing --- */

static void mix_prices(struct az_cg *cg, double alpha)
{
    size_t rows = cg->m + cg->added_count;
    for (size_t i = 0; i < rows; i++)
        cg->separation.pi[i] =
            alpha > 0 ? alpha * cg->centre.pi[i] + (1 - alpha) * cg->out.pi[i] : cg->out.pi[i];
    for (size_t b = 0; b < cg->blocks; b++)
        cg->separation.mu[b] =
            alpha > 0 ? alpha * cg->centre.mu[b] + (1 - alpha) * cg->out.mu[b] : cg->out.mu[b];
    az_cg_project(cg, cg->master.cost_scale, cg->separation.pi);
}

/* The separation point becomes the centre; a block's price there is its least reduced cost. */
static void move_centre(struct az_cg *cg, double value)
{
    memcpy(cg->centre.pi, cg->separation.pi, (cg->m + cg->added_count) * sizeof(double));
    for (size_t b = 0; b < cg->blocks; b++) {
        double bound = cg->block_bound[b];
        if (cg->here.block_min[b] <= 0) bound = fmin(bound, 0);
        cg->centre.mu[b] = isfinite(bound) ? bound : cg->separation.mu[b];
    }
    cg->centre_value = value;
}

/* Activity of the block part of the Lagrangian's solution along the direction: the best column that
 * pricing gave, or what the LP has of the block when it gave none. */
static double block_direction(const struct az_cg *cg, const double delta[])
{
    double sum = 0;
    for (size_t b = 0; b < cg->blocks; b++) {
        double n = cg->block_bound[b] > 0 ? cg->here.block_min[b] : cg->here.block_max[b];
        const struct az_block_columns *list = &cg->answers[b].columns;
        if (n == 0 || list->count == 0) continue;
        struct az_cg_column best = { .shown = list->items[0] };
        sum -= n * az_cg_reduced_cost(&best, cg->m, 0, delta);
    }
    for (size_t p = 0; p < cg->master.place_count; p++) {
        const struct az_cg_column *column = cg->master.places[p].column;
        double value = cg->master.x[cg->n + p];
        if (!column || value <= CG_VALUE) continue;
        size_t b = column->shown.block;
        double n = cg->block_bound[b] > 0 ? cg->here.block_min[b] : cg->here.block_max[b];
        if (n == 0 || cg->answers[b].columns.count > 0) continue;
        sum -= value * az_cg_reduced_cost(column, cg->m, 0, delta);
    }
    return sum;
}

/* Does L still rise from the separation point towards the LP's prices? */
static bool rises_outwards(struct az_cg *cg, double delta[])
{
    const struct az_cg_sides *here = &cg->here;
    const double *pi = cg->separation.pi;
    double rise = 0;
    for (size_t i = 0; i < cg->m + cg->added_count; i++) {
        double lower = i < cg->m ? here->row_lower[i] : here->added_lower[i - cg->m];
        double upper = i < cg->m ? here->row_upper[i] : here->added_upper[i - cg->m];
        delta[i] = cg->out.pi[i] - cg->centre.pi[i];
        double side = pi[i] > 0 || !isfinite(upper) ? lower : upper;
        if (isfinite(side)) rise += delta[i] * side;
    }
    for (size_t j = 0; j < cg->n; j++) {
        double d = cg->master.cost_scale * cg->problem->master->cost[j], along = 0;
        for (size_t k = cg->static_start[j]; k < cg->static_start[j + 1]; k++) {
            d -= pi[cg->static_row[k]] * cg->static_value[k];
            along += delta[cg->static_row[k]] * cg->static_value[k];
        }
        double side = d > 0 ? here->static_lower[j] : here->static_upper[j];
        rise -= along * (fabs(d) > CG_VALUE && isfinite(side) ? side : cg->master.x[j]);
    }
    return rise - block_direction(cg, delta) > 0;
}

/* Further out when L rises that way, further in when not. */
static enum az_status adapt_alpha(struct az_cg *cg)
{
    if (cg->options.smoothing != 0) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    double *delta = AZ_ARRAY(scratch, cg->m + cg->added_count, double);
    if (!delta) {
        az_arena_free(scratch);
        return AZ_NO_MEMORY;
    }
    double alpha = cg->alpha;
    if (rises_outwards(cg, delta))
        alpha = alpha >= 0.5 ? alpha / 1.1 : fmax(0, alpha - 0.1 * (1 - alpha));
    else
        alpha += 0.1 * (1 - alpha);
    cg->alpha = fmin(alpha, LAST_ALPHA);
    az_arena_free(scratch);
    return AZ_OK;
}

/* --- rounds --- */

/* Takes the bound that the answers prove; returns true when the node is settled by it. */
static bool take_bound(struct az_cg *cg, struct generation *g)
{
    double value = az_cg_lagrangian(cg, cg->master.cost_scale, cg->separation.pi, cg->block_bound);
    if (value > cg->centre_value && value < INFINITY) move_centre(cg, value);
    if (g->phase_one) {
        g->phase_bound = fmax(g->phase_bound, value);
        g->infeasible = g->phase_bound > INFEASIBLE_BY;
        return g->infeasible;
    }
    value = az_cg_round_bound(cg, value);
    if (value > *g->bound) {
        *g->bound = value;
        if (cg->depth == 0) az_cg_tell_bound(cg, value);
    }
    g->infeasible = *g->bound == INFINITY;
    g->pruned = !g->infeasible && *g->bound >= az_cg_cutoff(cg);
    return g->infeasible || g->pruned;
}

/* Prices at one effort from smoothed prices out to the LP's own. */
static enum az_status price_at(struct az_cg *cg, struct generation *g, int effort, size_t *entered)
{
    bool top = effort == cg->problem->effort_count - 1;
    bool smooth = cg->centre_value > -INFINITY && !g->phase_one;
    double first = smooth ? cg->alpha : 0, alpha = first;
    for (int k = 1;; k++) {
        mix_prices(cg, alpha);
        AZ_TRY(az_cg_price(cg, &cg->separation, cg->master.cost_scale, effort));
        cg->result->rounds++;
        if (k == 1 && top && alpha > 0) AZ_TRY(adapt_alpha(cg));
        if (take_bound(cg, g)) return AZ_OK;
        AZ_TRY(merge(cg, entered));
        if (*entered > 0 || alpha <= 0 || az_cg_must_stop(cg)) return AZ_OK;
        alpha = top ? fmax(0, 1 - (k + 1) * (1 - first)) : 0;
    }
}

/* How long the highest effort rests: less while the bound it proves comes nearer to the LP and is
 * not far from it, longer otherwise. */
static void adapt_wait(struct generation *g, double before, double after, double lp)
{
    bool rose = after > before && (isinf(before) || after - before >= GOOD_RISE * (lp - before)) &&
                lp - after <= FAR_BOUND * fmax(1, fabs(lp));
    g->since_top = 0;
    if (rose && g->wait > LEAST_WAIT) g->wait /= 2;
    if (!rose && g->wait < MOST_WAIT) g->wait *= 2;
}

/* Does the LP fall slowly, and is there a plan to prove? At prices that are still wild the highest
 * effort takes long and proves next to nothing. */
static bool is_tame(const struct az_cg *cg, const struct generation *g)
{
    if (cg->master.artificial_sum > CG_ACTIVE || isinf(az_cg_incumbent(cg))) return false;
    return g->last_lp - cg->master.objective <=
           TAME * (double)g->wait * fmax(1, fabs(cg->master.objective));
}

static bool has_bounds(const struct az_cg *cg)
{
    for (size_t b = 0; b < cg->blocks; b++)
        if (cg->block_bound[b] == -INFINITY) return false;
    return true;
}

/* One more round without a bound. */
static void count_wait(const struct az_cg *cg, struct generation *g)
{
    if (g->since_top++ % g->wait == 0) g->last_lp = cg->master.objective;
}

/* Has the last round of a lower effort hardly lowered the LP, far from the bound as it is? Columns
 * at its own prices no longer help then: the prices must come nearer to the right ones. */
static bool stalls(const struct az_cg *cg, struct generation *g)
{
    double lp = cg->master.objective, fall = g->lp_before - lp;
    g->lp_before = lp;
    return cg->problem->thorough && g->since_top > 0 && cg->centre_value > -INFINITY &&
           fall <= STALL * (lp - cg->centre_value);
}

/* Is the root still to make its break for plans, when the lower efforts find nothing? Until then
 * the highest one is not asked. */
static bool wants_improve(const struct az_cg *cg, const struct generation *g)
{
    bool bare = cg->master.artificial_sum <= CG_ACTIVE; /* else no plan comes of the LP */
    return cg->depth == 0 && bare && !cg->improved_early && !g->phase_one;
}

/* One round: columns entered, or the node settled. Where lower efforts prove no bound they know no
 * centre: now and then the highest one is asked first, though they still find columns, so that
 * their prices are smoothed towards a centre that is not old. */
static enum az_status price_round(struct az_cg *cg, struct generation *g)
{
    int top = cg->problem->effort_count - 1;
    bool at_top = !g->phase_one && !wants_improve(cg, g) &&
                  (g->since_top >= g->wait || stalls(cg, g)) && is_tame(cg, g);
    size_t entered = 0;
    for (int effort = at_top ? top : 0; effort <= top; effort++) {
        if (effort < top && cg->effort_rest[effort] > 0) {
            cg->effort_rest[effort]--;
            continue;
        }
        double before = cg->centre_value;
        g->paused = cg->wants_improve = effort == top && wants_improve(cg, g);
        if (g->paused) return AZ_OK;
        AZ_TRY(price_at(cg, g, effort, &entered));
        if (effort == top)
            adapt_wait(g, before, cg->centre_value, cg->master.objective);
        else if (!has_bounds(cg))
            count_wait(cg, g);
        if (g->pruned || g->infeasible || cg->stopped) return AZ_OK;
        if (entered > 0) {
            cg->effort_fails[effort] = 0;
            return AZ_OK;
        }
        size_t fails = ++cg->effort_fails[effort];
        cg->effort_rest[effort] = fails >= 4 ? MOST_REST : (size_t)1 << fails;
    }
    g->converged = !az_cg_must_stop(cg); /* what time has cut short has not ended by itself */
    return AZ_OK;
}

static void forget_centre(struct az_cg *cg)
{
    cg->centre_value = -INFINITY;
}

/* Pricing has ended with artificial columns in use: they get dearer, then the search for any
 * solution begins, which ends in one or in the proof that there is none. */
static enum az_status leave_artificials(struct az_cg *cg, struct generation *g, bool *stuck)
{
    struct az_cg_master *master = &cg->master;
    g->converged = false;
    if (cg->box.active) return az_cg_box_grow(cg);
    if (g->phase_one) {
        *stuck = true;
        return AZ_OK;
    }
    forget_centre(cg);
    if (g->growths < ARTIFICIAL_GROWTHS) {
        if (cg->largest_cost > 0) g->growths++;
        double cost = fmax(10 * master->artificial_cost, az_cg_artificial_cost(cg));
        if (cost < MOST_ARTIFICIAL) return az_cg_master_artificials(cg, false, cost);
    }
    g->phase_one = true;
    g->phase_bound = -INFINITY;
    return az_cg_master_phase(cg, 0);
}

/* The LP lies below what every solution costs: artificial columns in it are too cheap, and to end
 * pricing with them would be of no use. */
static bool are_cheap(const struct az_cg *cg, const struct generation *g)
{
    double below = *g->bound - cg->master.objective;
    return !g->phase_one && !cg->box.active && cg->master.artificial_sum > CG_ACTIVE &&
           g->cheap_growths < CHEAP_GROWTHS && below > SAME * fmax(1, fabs(*g->bound)) &&
           10 * cg->master.artificial_cost < MOST_ARTIFICIAL;
}

/* The search for any solution has found one: back to the costs, without artificial columns. */
static enum az_status leave_phase_one(struct az_cg *cg, struct generation *g)
{
    g->phase_one = false;
    g->converged = false;
    forget_centre(cg);
    AZ_TRY(az_cg_master_phase(cg, 1));
    return az_cg_master_artificials(cg, true, cg->master.artificial_cost);
}

/* LP value and bound are the same: no column can change anything. */
static bool is_tight(const struct az_cg *cg, const struct generation *g)
{
    if (g->phase_one || cg->master.artificial_sum > CG_ACTIVE) return false;
    double distance = cg->master.objective - *g->bound;
    return distance <= SAME * fmax(1, fabs(cg->master.objective));
}

static bool sides_conflict(const struct az_cg *cg)
{
    const struct az_cg_sides *here = &cg->here;
    for (size_t i = 0; i < cg->m; i++)
        if (here->row_lower[i] > here->row_upper[i]) return true;
    for (size_t b = 0; b < cg->blocks; b++)
        if (here->block_min[b] > here->block_max[b]) return true;
    for (size_t j = 0; j < cg->n; j++)
        if (here->static_lower[j] > here->static_upper[j]) return true;
    for (size_t r = 0; r < cg->added_count; r++)
        if (here->added_lower[r] > here->added_upper[r]) return true;
    return false;
}

/* Rows that the LP's solution breaks. */
static enum az_status cut(struct az_cg *cg, size_t *count)
{
    struct az_master_solution solution;
    *count = 0;
    if (!cg->problem->separate) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = AZ_NO_MEMORY;
    if (!scratch) goto done;
    AZ_GOTO(az_cg_solution(cg, false, scratch, &solution));
    status = az_cg_separate(cg, &solution, count);
done:
    az_arena_free(scratch);
    return status;
}

/* Much of the time has gone and there is no solution yet. */
static bool wants_pause(const struct az_cg *cg)
{
    return cg->depth == 0 && az_now(cg->context) > cg->pause_at && isinf(az_cg_incumbent(cg));
}

/* So many rounds have gone, and the LP has a solution to dive from. Without any plan yet the first
 * one is sought by the break in time. */
static bool rounds_are_over(const struct az_cg *cg, const struct generation *g, bool bare)
{
    bool useful = cg->options.round_limit > 0 || isfinite(az_cg_incumbent(cg));
    return cg->depth == 0 && bare && useful && !g->phase_one &&
           cg->result->rounds >= cg->pause_rounds;
}

/* Is nothing left to do at the node? */
static bool is_settled(const struct az_cg *cg, const struct generation *g)
{
    return g->pruned || g->infeasible || cg->stopped;
}

/* Is the LP so near to its bound that rows are better added now than when pricing has ended? Where
 * none was broken it must come nearer before they are asked about again. */
static bool nearly_ends(const struct az_cg *cg, struct generation *g)
{
    if (g->phase_one || !cg->problem->separate || cg->centre_value == -INFINITY) return false;
    double distance = cg->master.objective - *g->bound;
    if (distance > EARLY * g->early * fmax(1, fabs(cg->master.objective))) return false;
    g->early /= 8;
    return true;
}

/* One LP and what follows from it. done: the node has ended. */
static enum az_status step(struct az_cg *cg, struct generation *g, bool *stuck, bool *done)
{
    enum az_solve_status solved;
    size_t entered = 0;
    AZ_TRY(az_cg_master_trim(cg));
    AZ_TRY(az_cg_master_solve(cg, &solved));
    *done = az_cg_must_stop(cg);
    if (!*done && cg->pause_at < INFINITY) *done = g->paused = wants_pause(cg);
    if (*done) return AZ_OK;
    if (solved == AZ_SOLVE_INFEASIBLE && cg->master.artificials_fixed) {
        g->growths = 0;
        return az_cg_master_artificials(cg, false, cg->master.artificial_cost);
    }
    if (solved != AZ_SOLVE_OPTIMAL) {
        *stuck = *done = true;
        return AZ_OK;
    }
    az_cg_progress(cg, "column generation");
    bool bare = cg->master.artificial_sum <= CG_ACTIVE;
    if (g->phase_one && bare) return leave_phase_one(cg, g);
    if (are_cheap(cg, g)) {
        g->cheap_growths++;
        return az_cg_master_artificials(cg, false, 10 * cg->master.artificial_cost);
    }
    *done = g->paused = rounds_are_over(cg, g, bare);
    if (*done) return AZ_OK;
    if (is_tight(cg, g)) {
        g->converged = true;
    } else {
        AZ_TRY(enter_from_pool(cg, &entered));
        if (entered > 0) return AZ_OK;
        AZ_TRY(price_round(cg, g));
        AZ_TRY(az_cg_box_follow(cg));
    }
    *done = g->paused || is_settled(cg, g);
    if (*done || (!g->converged && !(bare && nearly_ends(cg, g)))) return AZ_OK;
    if (!bare) {
        AZ_TRY(leave_artificials(cg, g, stuck));
        *done = *stuck;
        return AZ_OK;
    }
    AZ_TRY(cut(cg, &entered));
    *done = entered == 0 && g->converged;
    if (entered > 0) {
        g->early = 1;
        g->converged = false;
        g->growths = 0;
        AZ_TRY(az_cg_box_end(cg)); /* its middle knows nothing of the new rows */
        AZ_TRY(az_cg_master_artificials(cg, false, cg->master.artificial_cost));
    }
    return AZ_OK;
}

/* The prices in cg->out become the first centre. */
static enum az_status begin_at_out(struct az_cg *cg, struct generation *g)
{
    size_t entered;
    mix_prices(cg, 0);
    AZ_TRY(az_cg_price(cg, &cg->separation, 1, cg->problem->effort_count - 1));
    cg->result->rounds++;
    return take_bound(cg, g) ? AZ_OK : merge(cg, &entered);
}

/* The caller's prices, once. */
static enum az_status begin_at_prices(struct az_cg *cg, struct generation *g)
{
    cg->begun = true;
    memset(cg->out.pi, 0, (cg->m + cg->added_count) * sizeof(double));
    memset(cg->out.mu, 0, cg->blocks * sizeof(double));
    memcpy(cg->out.pi, cg->options.pi, (cg->m + cg->options.row_count) * sizeof(double));
    AZ_TRY(begin_at_out(cg, g));
    return is_settled(cg, g) ? AZ_OK : az_cg_box_begin(cg);
}

/* The best prices of the node before: their bound here is often near the parent's. */
static enum az_status begin_at_centre(struct az_cg *cg, struct generation *g)
{
    memcpy(cg->out.pi, cg->centre.pi, (cg->m + cg->added_count) * sizeof(double));
    memcpy(cg->out.mu, cg->centre.mu, cg->blocks * sizeof(double));
    return begin_at_out(cg, g);
}

enum az_status az_cg_generate(struct az_cg *cg, double *bound, enum az_cg_end *end)
{
    struct generation g = { .bound = bound, .wait = FIRST_WAIT, .early = 1 };
    bool stuck = false, done = false;
    *end = CG_INFEASIBLE;
    if (sides_conflict(cg)) {
        *bound = INFINITY;
        return AZ_OK;
    }
    bool resumed = cg->resumed;
    if (!resumed) forget_centre(cg);
    cg->resumed = false;
    AZ_TRY(az_cg_master_sides(cg));
    AZ_TRY(az_cg_master_artificials(cg, false, az_cg_artificial_cost(cg)));
    if (cg->options.pi && !cg->begun)
        AZ_TRY(begin_at_prices(cg, &g));
    else if (!resumed && cg->centre_lasts && cg->problem->thorough)
        AZ_TRY(begin_at_centre(cg, &g));
    done = is_settled(cg, &g);
    while (!done) AZ_TRY(step(cg, &g, &stuck, &done));
    AZ_TRY(az_cg_box_end(cg));
    if (g.phase_one) forget_centre(cg); /* another objective's */
    cg->centre_lasts = cg->centre_value > -INFINITY;
    if (g.infeasible) *bound = INFINITY;
    *end = g.infeasible  ? CG_INFEASIBLE
           : g.pruned    ? CG_PRUNED
           : cg->stopped ? CG_STOPPED
           : stuck       ? CG_STUCK
           : g.paused    ? CG_PAUSED
                         : CG_CONVERGED;
    return az_cg_master_phase(cg, 1);
}

/* --- in a dive --- */

/* The lowest effort that finds something at the LP's own prices; the highest, which is there for
 * proofs, only when artificial columns are in use, and not where dives come early: at their prices
 * it takes too long. */
static enum az_status price_some(struct az_cg *cg, bool bare, size_t *entered)
{
    int top = cg->problem->effort_count - 1;
    int last = (bare || cg->problem->improves_early) && top > 0 ? top - 1 : top;
    mix_prices(cg, 0);
    for (int effort = 0; effort <= last && *entered == 0 && !az_cg_must_stop(cg); effort++) {
        AZ_TRY(az_cg_price(cg, &cg->separation, cg->master.cost_scale, effort));
        cg->result->rounds++;
        AZ_TRY(merge(cg, entered));
    }
    return AZ_OK;
}

enum az_status az_cg_generate_some(struct az_cg *cg, int rounds, enum az_solve_status *status)
{
    AZ_TRY(az_cg_master_sides(cg));
    for (int round = 0;; round++) {
        size_t entered = 0;
        AZ_TRY(az_cg_master_solve(cg, status));
        if (*status != AZ_SOLVE_OPTIMAL) return AZ_OK;
        bool bare = cg->master.artificial_sum <= CG_ACTIVE;
        *status = bare ? AZ_SOLVE_OPTIMAL : AZ_SOLVE_INFEASIBLE;
        if (az_cg_must_stop(cg) || round >= (bare ? rounds : DIVE_PATIENCE * rounds)) return AZ_OK;
        AZ_TRY(enter_from_pool(cg, &entered));
        if (entered == 0) AZ_TRY(price_some(cg, bare, &entered));
        if (entered == 0) return AZ_OK;
    }
}
