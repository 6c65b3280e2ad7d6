/* deliver_ascent.c - prices of customers that raise the bound: the volume algorithm (Barahona and
 * Anbil 2000). See deliver_work.h.
 *
 * Steps go from the best prices along the slack of a mean choice, which is an exponential mean of
 * the choices seen so far: it damps the zigzag of subgradients and comes near the optimum of the
 * strong linear relaxation, so that it tells where to branch. */
#include <math.h>
#include <string.h>

#include "formulations/siting/deliver_work.h"
#include "solver/tolerances.h"

#define STEP_FIRST 0.5
#define STEP_MOST 2.0
#define STEP_LEAST 1e-4
#define STEP_UP 1.1
#define STEP_DOWN 0.66
#define FAILURES 8     /* evaluations without a better bound before the step is cut */
#define MEAN_FIRST 0.1 /* weight of the newest choice in the mean, at most */
#define MEAN_LEAST 1e-4
#define WINDOW 25   /* evaluations over which progress is measured */
#define PATIENCE 8  /* windows of that progress which may be needed to close the node */
#define TRY_EVERY 5 /* better bounds between two tries of the search */

enum az_status st_ascent_new(const struct st_depots *depots, struct az_arena *arena,
                             struct st_ascent *ascent)
{
    size_t n = depots->sites, m = depots->customers;
    *ascent = (struct st_ascent){ .price = AZ_ARRAY(arena, m, double),
                                  .trial = AZ_ARRAY(arena, m, double),
                                  .mean_slack = AZ_ARRAY(arena, m, double),
                                  .mean = AZ_ARRAY(arena, n, double) };
    return ascent->price && ascent->trial && ascent->mean_slack && ascent->mean ? AZ_OK
                                                                                : AZ_NO_MEMORY;
}

static double dot(const double a[], const double b[], size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

/* Mixes the last choice into the mean, with the weight that makes the slack of the mean least. */
static void mix(struct st_ascent *ascent, const struct st_dual *dual, double most)
{
    size_t n = dual->depots->sites, m = dual->depots->customers;
    double old = dot(ascent->mean_slack, ascent->mean_slack, m);
    double both = dot(ascent->mean_slack, dual->slack, m);
    double new = dot(dual->slack, dual->slack, m);
    double spread = old - 2 * both + new;
    double weight = spread > AZ_ZERO ? (old - both) / spread : most;
    weight = fmin(most, fmax(most / 10, weight));
    for (size_t c = 0; c < m; c++)
        ascent->mean_slack[c] += weight * (dual->slack[c] - ascent->mean_slack[c]);
    for (size_t s = 0; s < n; s++)
        ascent->mean[s] += weight * ((dual->chosen[s] ? 1 : 0) - ascent->mean[s]);
}

static void begin_mean(struct st_ascent *ascent, const struct st_dual *dual)
{
    memcpy(ascent->mean_slack, dual->slack, dual->depots->customers * sizeof *dual->slack);
    for (size_t s = 0; s < dual->depots->sites; s++) ascent->mean[s] = dual->chosen[s] ? 1 : 0;
}

/* What the bound is steered to: the cutoff, or somewhat above what is known. */
static double target(const struct st_deliver *work, double value)
{
    double above = value + 0.05 * fabs(value) + 1e-6;
    return work->has_best ? fmax(work->upper, value + 1e-7 * fabs(value)) : above;
}

struct st_pace {
    double step, most, window_value;
    size_t failures, better, done;
};

/* After an evaluation: the step and the weight for the next. False: progress is too slow to close
 * the node within patience. */
static bool keep_pace(struct st_deliver *work, struct st_pace *pace, bool better)
{
    struct st_ascent *ascent = work->ascent;
    if (better) {
        double along = dot(ascent->mean_slack, work->dual.slack, work->depots->customers);
        if (along > 0) pace->step = fmin(STEP_MOST, pace->step * STEP_UP);
        pace->failures = 0;
        pace->better++;
    } else if (++pace->failures >= FAILURES) {
        pace->step = fmax(STEP_LEAST, pace->step * STEP_DOWN);
        pace->failures = 0;
    }
    if (++pace->done % WINDOW > 0) return true;
    double progress = ascent->value - pace->window_value;
    double missing = st_deliver_cutoff(work) - ascent->value;
    if (progress < 0.01 * missing) pace->most = fmax(MEAN_LEAST, pace->most / 2);
    pace->window_value = ascent->value;
    return progress * PATIENCE >= missing;
}

bool st_ascend(struct st_deliver *work, struct st_domain domain[], size_t *low, size_t *high,
               size_t evaluations, bool root)
{
    struct st_ascent *ascent = work->ascent;
    struct st_dual *dual = &work->dual;
    size_t m = work->depots->customers;
    struct st_pace pace = { .step = STEP_FIRST, .most = MEAN_FIRST };
    if (!st_dual_evaluate(dual, domain, *low, *high, ascent->price)) return false;
    pace.window_value = ascent->value = dual->value;
    begin_mean(ascent, dual);
    if (!work->has_best) st_descent_try(work, true);
    for (size_t i = 0; i < evaluations; i++) {
        if (!st_dual_fix(dual, st_deliver_cutoff(work), domain, low, high)) return false;
        if (az_run_must_stop(work->run)) return false;
        double norm = dot(ascent->mean_slack, ascent->mean_slack, m);
        if (norm < AZ_ZERO) norm = AZ_ZERO;
        double step = pace.step * (target(work, ascent->value) - ascent->value) / norm;
        for (size_t c = 0; c < m; c++)
            ascent->trial[c] = ascent->price[c] + step * ascent->mean_slack[c];
        if (!st_dual_evaluate(dual, domain, *low, *high, ascent->trial)) return false;
        work->run->work++;
        bool better = dual->value > ascent->value;
        if (better) {
            double *kept = ascent->price;
            ascent->price = ascent->trial;
            ascent->trial = kept;
            ascent->value = dual->value;
            if (root) st_deliver_bound(work, ascent->value);
        }
        bool on = keep_pace(work, &pace, better);
        mix(ascent, dual, pace.most);
        if (better && pace.better % TRY_EVERY == 0) st_descent_try(work, false);
        if (pace.done % WINDOW == 0) st_descent_round(work);
        if (work->status != AZ_OK) return false;
        if (!on && (!root || pace.step < 0.01)) break;
    }
    return true;
}
