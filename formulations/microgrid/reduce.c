/* reduce.c - reduction tests of unit commitment by Lagrangean relaxation.
 *
 * Rows that speak of the switching of one unit alone (u and v, minimum times, matches) are kept,
 * all others are relaxed with the duals of the LP. A unit's cheapest path is then found by dynamic
 * programming over the slots in which it starts and stops, forwards and backwards. */
#include "formulations/microgrid/reduce.h"

#include <math.h>
#include <string.h>

#include "solver/tolerances.h"

#define MOST_PAIRS ((size_t)1 << 26) /* units T^2: beyond that nothing is tried */
#define NOISE 1e-7 /* relative: a reduced cost this small beside an open side is none */

struct work {
    const struct mg_model *m;
    const struct mg_instance *mg;
    const double *pi;
    size_t T;
    double *reduced;  /* [columns] costs less what relaxed rows pay */
    bool *own;        /* [columns] of the switching of units */
    double *saved;    /* [T * T] of a pause that begins with a slot and ends before another */
    double *carried;  /* [T] of the pause under way at the start */
    double *sum;      /* [T + 1] cost to be on in the slots before; INFINITY apart: see blocked */
    size_t *off, *on; /* [T + 1] slots before this one in which the unit cannot be off, on */
    /* cheapest way to be about to start, or to stop, with slot t; and on from there to the end */
    double *to_start, *to_stop, *from_start, *from_stop;
    double *best_on, *best_off; /* [T] cheapest path in a state */
};

/* --- the relaxed problem ------------------------------------------------------------------------
 */

static bool is_switching(const struct mg_model *m, size_t row)
{
    for (size_t i = 0; i < m->mg->units.count; i++)
        if (row >= m->logic_first[i] && row < m->logic_end[i]) return true;
    return false;
}

/* A dual on an open side is noise. */
static double clean(const struct az_model *lp, const double pi[], size_t row)
{
    double side = pi[row] > 0 ? lp->row_lower[row] : lp->row_upper[row];
    return isfinite(side) ? pi[row] : 0;
}

/* Reduced costs, and what relaxed rows add to the bound. */
static double relax_rows(struct work *w)
{
    const struct az_model *lp = w->m->lp;
    double bound = lp->offset;
    memcpy(w->reduced, lp->cost, lp->column_count * sizeof w->reduced[0]);
    for (size_t r = 0; r < lp->row_count; r++) {
        double pi = is_switching(w->m, r) ? 0 : clean(lp, w->pi, r);
        if (pi == 0) continue;
        bound += pi * (pi > 0 ? lp->row_lower[r] : lp->row_upper[r]);
        for (size_t k = lp->row_start[r]; k < lp->row_start[r + 1]; k++)
            w->reduced[lp->entry_column[k]] -= pi * lp->entry_value[k];
    }
    return bound;
}

static void find_own(struct work *w)
{
    for (size_t at = 0; at < w->mg->units.count * w->T; at++) {
        if (w->m->on[at].column != AZ_NO_INDEX) w->own[w->m->on[at].column] = true;
        if (w->m->start[at].column != AZ_NO_INDEX) w->own[w->m->start[at].column] = true;
    }
    for (size_t k = 0; k < w->m->matches.count; k++) w->own[w->m->matches.items[k].column] = true;
}

/* What the columns of everything else add, each at its better bound. */
static double bound_boxes(const struct work *w)
{
    const struct az_model *lp = w->m->lp;
    double bound = 0;
    for (size_t j = 0; j < lp->column_count; j++) {
        double d = w->reduced[j], side = d > 0 ? lp->lower[j] : lp->upper[j];
        if (w->own[j] || d == 0) continue;
        if (!isfinite(side) && fabs(d) <= NOISE * fmax(1, fabs(lp->cost[j]))) continue;
        bound += d * side;
    }
    return bound;
}

/* --- one unit -----------------------------------------------------------------------------------
 */

static double value_of(const struct work *w, struct mg_term term)
{
    return term.column == AZ_NO_INDEX ? 0 : w->reduced[term.column];
}

static bool may_be(const struct work *w, struct mg_term on, bool state)
{
    if (on.column == AZ_NO_INDEX) return (on.value > 0.5) == state;
    return state ? w->m->lp->upper[on.column] > 0.5 : w->m->lp->lower[on.column] < 0.5;
}

static bool may_start(const struct work *w, size_t i, size_t t)
{
    struct mg_term start = w->m->start[i * w->T + t];
    if (start.column != AZ_NO_INDEX) return w->m->lp->upper[start.column] > 0.5;
    return start.value > 0.5 || !mg_has_starts(&w->mg->units.items[i]);
}

static void read_unit(struct work *w, size_t i, size_t *match)
{
    const struct mg_unit *unit = &w->mg->units.items[i];
    size_t T = w->T;
    w->sum[0] = 0;
    w->off[0] = w->on[0] = 0;
    for (size_t t = 0; t < T; t++) {
        struct mg_term on = w->m->on[i * T + t];
        w->sum[t + 1] = w->sum[t] + value_of(w, on);
        w->on[t + 1] = w->on[t] + !may_be(w, on, true);
        w->off[t + 1] = w->off[t] + !may_be(w, on, false);
        w->carried[t] = 0;
    }
    memset(w->saved, 0, T * T * sizeof w->saved[0]);
    for (; *match < w->m->matches.count && w->m->matches.items[*match].unit == i; ++*match) {
        const struct mg_match *item = &w->m->matches.items[*match];
        double value = fmin(0, w->reduced[item->column]);
        if (item->warmth == MG_WARM_STOP)
            w->saved[item->first * T + item->start] = value;
        else
            w->carried[item->start] = value;
    }
    (void)unit;
}

/* A run [from, to), to = T when it goes on: what it costs beside its pauses. */
static double run_cost(const struct work *w, const struct mg_unit *unit, size_t i, size_t from,
                       size_t to, bool begun)
{
    bool short_run = !begun && to < w->T && to - from < unit->min_up;
    if (short_run || w->on[to] > w->on[from]) return INFINITY;
    double start = begun ? 0 : value_of(w, w->m->start[i * w->T + from]);
    return start + w->sum[to] - w->sum[from];
}

static double pause_cost(const struct work *w, const struct mg_unit *unit, size_t from, size_t to,
                         bool begun)
{
    bool short_pause = !begun && to < w->T && to - from < unit->min_down;
    if (short_pause || w->off[to] > w->off[from]) return INFINITY;
    if (to == w->T) return 0;
    return begun ? w->carried[to] : w->saved[from * w->T + to];
}

/* Cheapest ways to and from every start and stop. Returns the cheapest path. */
static double find_paths(struct work *w, size_t i)
{
    const struct mg_unit *unit = &w->mg->units.items[i];
    size_t T = w->T;
    bool on0 = unit->on0;
    for (size_t t = 0; t < T; t++) {
        w->to_stop[t] = on0 ? run_cost(w, unit, i, 0, t, true) : INFINITY;
        w->to_start[t] = on0 ? INFINITY : pause_cost(w, unit, 0, t, true);
        for (size_t k = 0; k < t; k++) {
            w->to_stop[t] = fmin(w->to_stop[t], w->to_start[k] + run_cost(w, unit, i, k, t, false));
            w->to_start[t] = fmin(w->to_start[t], w->to_stop[k] + pause_cost(w, unit, k, t, false));
        }
        if (!may_start(w, i, t)) w->to_start[t] = INFINITY;
    }
    for (size_t t = T; t-- > 0;) {
        w->from_start[t] = run_cost(w, unit, i, t, T, false);
        w->from_stop[t] = pause_cost(w, unit, t, T, false);
        for (size_t k = t + 1; k < T; k++) {
            w->from_start[t] =
                fmin(w->from_start[t], run_cost(w, unit, i, t, k, false) + w->from_stop[k]);
            if (may_start(w, i, k))
                w->from_stop[t] =
                    fmin(w->from_stop[t], pause_cost(w, unit, t, k, false) + w->from_start[k]);
        }
        if (!may_start(w, i, t)) w->from_start[t] = INFINITY;
    }
    double best = on0 ? run_cost(w, unit, i, 0, T, true) : pause_cost(w, unit, 0, T, true);
    for (size_t t = 0; t < T; t++)
        best = fmin(best, fmin(w->to_start[t] + w->from_start[t], w->to_stop[t] + w->from_stop[t]));
    return best;
}

/* The cheapest path through a run or a pause [from, to) that begins with its switch (or was under
 * way at the start). */
static double through(const struct work *w, size_t i, size_t from, size_t to, bool run, bool begun)
{
    const struct mg_unit *unit = &w->mg->units.items[i];
    double before = begun ? 0 : run ? w->to_start[from] : w->to_stop[from];
    double after = to == w->T ? 0 : run ? w->from_stop[to] : w->from_start[to];
    return before + after +
           (run ? run_cost(w, unit, i, from, to, begun) : pause_cost(w, unit, from, to, begun));
}

/* best_on and best_off */
static void find_states(struct work *w, size_t i)
{
    size_t T = w->T;
    for (size_t t = 0; t < T; t++) w->best_on[t] = w->best_off[t] = INFINITY;
    for (int run = 0; run < 2; run++) {
        double *best = run ? w->best_on : w->best_off;
        for (size_t k = 0; k <= T; k++) { /* k = T: the state at the start goes on */
            bool begun = k == T;
            size_t from = begun ? 0 : k;
            double least = INFINITY;
            if (begun && (w->mg->units.items[i].on0 != 0) != run) continue;
            for (size_t to = T; to > from; to--) {
                least = fmin(least, through(w, i, from, to, run, begun));
                best[to - 1] = fmin(best[to - 1], least);
            }
        }
    }
}

/* --- decisions ----------------------------------------------------------------------------------
 */

static void decide(const struct work *w, size_t i, double most, struct mg_decisions *decisions,
                   struct mg_reach *reach)
{
    size_t T = w->T;
    bool on0 = w->mg->units.items[i].on0;
    for (size_t t = 0; t < T; t++) {
        signed char *unit = &decisions->unit[i * T + t];
        if (*unit < 0 && w->best_on[t] > most)
            *unit = 0;
        else if (*unit < 0 && w->best_off[t] > most)
            *unit = 1;
        reach->start[i * T + t] = w->to_start[t] + w->from_start[t] <= most;
        reach->first[i * T + t] = !on0 && through(w, i, 0, t, false, true) <= most;
        for (size_t k = 0; k < t; k++)
            reach->pair[(i * T + k) * T + t] = through(w, i, k, t, false, false) <= most;
    }
}

static bool make_work(struct work *w, struct az_arena *arena)
{
    size_t T = w->T, n = w->m->lp->column_count;
    w->reduced = AZ_ARRAY(arena, n, double);
    w->own = AZ_ARRAY(arena, n, bool);
    w->saved = AZ_ARRAY(arena, T * T, double);
    double *slots = AZ_ARRAY(arena, 8 * (T + 1), double);
    w->on = AZ_ARRAY(arena, 2 * (T + 1), size_t);
    if (!w->reduced || !w->own || !w->saved || !slots || !w->on) return false;
    w->off = w->on + T + 1;
    double **arrays[] = { &w->carried,    &w->sum,       &w->to_start, &w->to_stop,
                          &w->from_start, &w->from_stop, &w->best_on,  &w->best_off };
    for (size_t k = 0; k < 8; k++) *arrays[k] = slots + k * (T + 1);
    return true;
}

static struct mg_reach *make_reach(const struct mg_instance *mg, struct az_arena *arena)
{
    struct mg_reach *reach = AZ_NEW(arena, struct mg_reach);
    size_t count = mg->units.count * mg->T;
    if (!reach) return NULL;
    reach->start = AZ_ARRAY(arena, count, bool);
    reach->first = AZ_ARRAY(arena, count, bool);
    reach->pair = AZ_ARRAY(arena, count * mg->T, bool);
    return reach->start && reach->first && reach->pair ? reach : NULL;
}

/* The bound of the whole; each unit's own part in least[units]. */
static double bound_all(struct work *w, double least[])
{
    double bound = relax_rows(w);
    find_own(w);
    bound += bound_boxes(w);
    size_t match = 0;
    for (size_t i = 0; i < w->mg->units.count; i++) {
        read_unit(w, i, &match);
        least[i] = find_paths(w, i);
        bound += least[i];
    }
    return bound;
}

enum az_status mg_reduce(const struct mg_model *m, const double pi[], double limit,
                         struct az_arena *arena, struct mg_decisions *decisions, double *bound)
{
    struct work w = { .m = m, .mg = m->mg, .pi = pi, .T = m->mg->T };
    bool library = m->mg->tier_rule == MG_TIER_PGLIB;
    *bound = -INFINITY;
    if (library || !m->logic_first || m->mg->units.count * w.T * w.T > MOST_PAIRS) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    if (!scratch) return AZ_NO_MEMORY;
    double *least = AZ_ARRAY(scratch, m->mg->units.count, double);
    struct mg_reach *reach = make_reach(m->mg, arena);
    enum az_status status = least && reach && make_work(&w, scratch) ? AZ_OK : AZ_NO_MEMORY;
    if (status != AZ_OK) goto done;
    *bound = bound_all(&w, least);
    if (!isfinite(*bound)) {
        *bound = -INFINITY;
        goto done;
    }
    double room = limit - *bound + AZ_BOUND_TOLERANCE * fmax(1, fabs(limit));
    size_t match = 0;
    for (size_t i = 0; i < m->mg->units.count; i++) {
        read_unit(&w, i, &match);
        find_paths(&w, i);
        find_states(&w, i);
        decide(&w, i, least[i] + room, decisions, reach);
    }
    decisions->reach = reach;
done:
    az_arena_free(scratch);
    return status;
}
