/* dispatch.c - the least-cost energies of fixed chains together: LP, decisions, exclusions.
 *
 * The LP relaxation is solved first; when it already costs too much, nothing more is. Where it
 * leaves a plug undecided it is dived from (dispatch_dive.c; once more with nobody delivering when
 * that finds nothing); where that is not near the relaxation the duties' own decisions are tried
 * too (who had a plug in them keeps it, and the direction it had): duties that fit together as they
 * came, grids included, are never dispatched at more than they cost so. Exclusions that the result
 * breaks are settled for an answer (the lesser direction is forbidden, the floor held), and become
 * decisions, until none is broken. When that is not near the relaxation the MILP goes on from
 * there, a little way. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/dispatch.h"
#include "solver/tolerances.h"

#define ROUNDS 12    /* of exclusions found broken */
#define MIP_ROUNDS 6 /* of them with a MILP */
#define NEAR 2e-5    /* of the money scale: closer to the relaxation than this is the best */
#define NODES 500000 /* of the MILP, times its rows */
#define HASTE 10     /* a search among many plans takes this part of the nodes, half the rounds */
#define LARGE \
    2000 /* rows from which on no MILP is worth its time in haste, once there is an answer */
#define NOISE 1e-7 /* kWh: less than this is no use of a charger */

struct dispatcher {
    const struct eb_instance *ev;
    const struct eb_source *sources;
    const struct eb_duty *const *duties;
    size_t count;
    const struct az_engine *engine;
    const struct az_context *context;
    const struct eb_given *given; /* NULL: all is to be chosen */
    double cutoff;                /* energy that costs as much is of no use */
    bool hasty;                   /* one of many plans */
    struct eb_exclusive exclusive;
    struct az_arena *arena; /* of the answer */
    struct eb_dispatch *result;
    double *least; /* of the answers so far; INFINITY: none yet */
};

/* A solution of one model; x NULL: none. */
struct solution {
    double objective;
    double *x, *pi;
};

/* --- one model ---------------------------------------------------------------------------------
 */

static double value(const double x[], size_t column)
{
    return column == AZ_NO_INDEX ? 0 : x[column];
}

static double near(const struct dispatcher *d, double objective)
{
    double size = isfinite(objective) ? fabs(objective) : 0;
    return NEAR * fmax(d->ev->scale, 0.1 * size) + 1e-7;
}

/* Solves the loaded LP and keeps what it answers when it is better. */
static enum az_status solve_lp(const struct dispatcher *d, void *session,
                               const struct eb_dispatch_model *m, struct az_arena *arena,
                               struct solution *out)
{
    struct az_solve_result result;
    AZ_TRY(d->engine->solve_lp(session, &result));
    if (result.status != AZ_SOLVE_OPTIMAL) return AZ_OK;
    if (out->x && result.objective >= out->objective) return AZ_OK;
    if (!out->x) out->x = AZ_ARRAY(arena, m->lp->column_count, double);
    if (!out->pi) out->pi = AZ_ARRAY(arena, m->lp->row_count, double);
    if (!out->x || !out->pi) return AZ_NO_MEMORY;
    out->objective = result.objective;
    AZ_TRY(d->engine->primal(session, out->x));
    return d->engine->dual(session, out->pi, NULL);
}

static bool is_whole(double x)
{
    return fabs(x - round(x)) <= AZ_INTEGER_TOLERANCE;
}

static bool is_integral(const struct az_model *lp, const double x[])
{
    for (size_t j = 0; j < lp->column_count; j++)
        if (lp->integer[j] && !is_whole(x[j])) return false;
    return true;
}

/* Energy that a use had in the duty as it came. */
static double given_energy(const struct dispatcher *d, const struct eb_use *use, bool discharge)
{
    const struct eb_stay *stay = &d->duties[use->duty]->legs[use->leg].stays[use->stay];
    const double *kwh = discharge ? stay->discharge_kwh : stay->charge_kwh;
    return kwh && !isnan(kwh[use->k]) ? kwh[use->k] : 0;
}

struct ranked {
    double energy;
    size_t use;
};

static int by_energy(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->energy != y->energy) return x->energy > y->energy ? -1 : 1;
    return x->use < y->use ? -1 : x->use > y->use;
}

static int by_place(const void *a, const void *b)
{
    const struct eb_use *x = *(const struct eb_use *const *)a,
                        *y = *(const struct eb_use *const *)b;
    if (x->bank != y->bank) return x->bank < y->bank ? -1 : 1;
    if (x->slot != y->slot) return x->slot < y->slot ? -1 : 1;
    return x < y ? -1 : x > y;
}

/* How much a use needs its plug, as the duties came. */
static double need(const struct dispatcher *d, const struct eb_use *use)
{
    double energy = given_energy(d, use, false) + given_energy(d, use, true);
    return energy > NOISE ? energy : 0;
}

/* The plugs of one bank and slot, uses[0 .. count - 1]: the greatest needs within the chargers that
 * there are, chosen ones included. */
static void round_plugs(const struct dispatcher *d, const struct eb_dispatch_model *m,
                        struct eb_use *const uses[], size_t count, struct ranked ranked[],
                        double fixed[])
{
    const struct eb_charger *charger = &m->ev->chargers.items[uses[0]->bank];
    size_t chosen = m->chosen[uses[0]->bank], room = (size_t)charger->count;
    if (chosen != AZ_NO_INDEX) room += (size_t)fixed[chosen];
    for (size_t i = 0; i < count; i++) ranked[i] = (struct ranked){ need(d, uses[i]), i };
    qsort(ranked, count, sizeof *ranked, by_energy);
    for (size_t i = 0; i < count; i++) fixed[uses[ranked[i].use]->plug] = i < room ? 1 : 0;
}

/* How many chosen chargers the rounding takes: the most that are used at once. */
static void round_chosen(const struct dispatcher *d, const struct eb_dispatch_model *m,
                         struct eb_use *const uses[], size_t count, double fixed[])
{
    for (size_t c = 0; c < m->ev->chargers.count; c++)
        if (m->chosen[c] != AZ_NO_INDEX) fixed[m->chosen[c]] = 0;
    for (size_t i = 0, n; i < count; i += n) {
        size_t bank = uses[i]->bank, used = 0;
        for (n = 0;
             i + n < count && uses[i + n]->bank == bank && uses[i + n]->slot == uses[i]->slot; n++)
            used += need(d, uses[i + n]) > 0;
        if (m->chosen[bank] == AZ_NO_INDEX) continue;
        double beyond = (double)used - (double)m->ev->chargers.items[bank].count;
        double most = m->lp->upper[m->chosen[bank]];
        fixed[m->chosen[bank]] = fmax(fixed[m->chosen[bank]], fmin(beyond, most));
    }
}

/* Has the duty any energies? One that comes without has decided nothing. */
static bool has_energies(const struct eb_duty *duty)
{
    for (size_t l = 0; l < duty->leg_count; l++)
        for (size_t s = 0; s < duty->legs[l].stay_count; s++)
            if (duty->legs[l].stays[s].charge_kwh || duty->legs[l].stays[s].discharge_kwh)
                return true;
    return false;
}

/* Does a use deliver? As its duty came; by the relaxation where that had no energies. */
static double round_way(const struct dispatcher *d, const struct eb_use *use, const double x[])
{
    if (has_energies(d->duties[use->duty])) return given_energy(d, use, true) > NOISE;
    return value(x, use->discharge) > value(x, use->charge);
}

/* Decides the integer columns of the uses and chargers as the duties came; those of grids, which
 * duties say nothing of, are left open: NAN. */
static enum az_status round_decisions(const struct dispatcher *d, const struct eb_dispatch_model *m,
                                      const double x[], struct az_arena *arena, double fixed[])
{
    struct eb_use **uses = AZ_ARRAY(arena, m->use_count, struct eb_use *);
    struct ranked *ranked = AZ_ARRAY(arena, m->use_count, struct ranked);
    size_t count = 0;
    if (!uses || !ranked) return AZ_NO_MEMORY;
    for (size_t j = 0; j < m->lp->column_count; j++) fixed[j] = NAN;
    for (size_t i = 0; i < m->use_count; i++) {
        struct eb_use *use = &m->uses[i];
        if (use->way != AZ_NO_INDEX) fixed[use->way] = round_way(d, use, x);
        if (use->plug != AZ_NO_INDEX) uses[count++] = use;
    }
    qsort(uses, count, sizeof *uses, by_place);
    round_chosen(d, m, uses, count, fixed);
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && uses[i + n]->bank == uses[i]->bank &&
                    uses[i + n]->slot == uses[i]->slot;)
            n++;
        round_plugs(d, m, uses + i, n, ranked, fixed);
    }
    return AZ_OK;
}

/* The LP with the integer columns fixed as `fixed` says; NAN: left open. */
static enum az_status solve_fixed(const struct dispatcher *d, void *session,
                                  const struct eb_dispatch_model *m, const double fixed[],
                                  struct az_arena *arena, struct solution *out)
{
    const struct az_model *lp = m->lp;
    for (size_t j = 0; j < lp->column_count; j++)
        if (lp->integer[j] && !isnan(fixed[j]))
            AZ_TRY(d->engine->column_bounds(session, j, fixed[j], fixed[j]));
    AZ_TRY(solve_lp(d, session, m, arena, out));
    for (size_t j = 0; j < lp->column_count; j++)
        if (lp->integer[j] && !isnan(fixed[j]))
            AZ_TRY(d->engine->column_bounds(session, j, lp->lower[j], lp->upper[j]));
    return AZ_OK;
}

/* The duties' own decisions; those of grids as the LP of the others has them. */
static enum az_status as_they_came(const struct dispatcher *d, void *session,
                                   const struct eb_dispatch_model *m, const double x[],
                                   struct az_arena *arena, double fixed[], struct solution *best)
{
    struct solution own = { 0 };
    AZ_TRY(round_decisions(d, m, x, arena, fixed));
    AZ_TRY(solve_fixed(d, session, m, fixed, arena, &own));
    if (!own.x || (best->x && own.objective >= best->objective)) return AZ_OK;
    if (is_integral(m->lp, own.x)) {
        *best = own;
        return AZ_OK;
    }
    for (size_t j = 0; j < m->lp->column_count; j++)
        if (m->lp->integer[j] && isnan(fixed[j])) fixed[j] = own.x[j] >= 0.5;
    return solve_fixed(d, session, m, fixed, arena, best);
}

/* The MILP, begun from what rounding found; then the LP of its decisions, for prices. */
static enum az_status solve_mip(const struct dispatcher *d, void *session,
                                const struct eb_dispatch_model *m, struct az_arena *arena,
                                struct solution *best)
{
    int64_t nodes = d->hasty ? NODES / HASTE : NODES;
    struct az_mip_options options = { .gap_abs = near(d, best->x ? best->objective : 0),
                                      .cutoff = NAN,
                                      .start = best->x,
                                      .heuristic_effort = 0.5,
                                      .node_limit = 100 + nodes / (1 + (int64_t)m->lp->row_count) };
    struct az_solve_result result;
    double *x = AZ_ARRAY(arena, m->lp->column_count, double);
    if (!x) return AZ_NO_MEMORY;
    AZ_TRY(d->engine->solve_mip(session, &options, &result));
    if (result.status != AZ_SOLVE_OPTIMAL && result.status != AZ_SOLVE_FEASIBLE) return AZ_OK;
    if (best->x && result.objective >= best->objective) return AZ_OK;
    AZ_TRY(d->engine->primal(session, x));
    for (size_t j = 0; j < m->lp->column_count; j++)
        if (m->lp->integer[j]) x[j] = round(x[j]);
    return solve_fixed(d, session, m, x, arena, best);
}

/* What the relaxation says energy and chargers are worth. */
static enum az_status note_prices(const struct dispatcher *d, const struct eb_dispatch_model *m,
                                  const struct solution *relaxed)
{
    struct eb_dispatch *result = d->result;
    size_t energy = d->ev->grids.count * d->ev->T, plugs = d->ev->chargers.count * d->ev->T;
    if (result->relaxed_marginal) return AZ_OK;
    result->relaxed_marginal = AZ_ARRAY(d->arena, energy, double);
    result->relaxed_plug = AZ_ARRAY(d->arena, plugs, double);
    if (!result->relaxed_marginal || !result->relaxed_plug) return AZ_NO_MEMORY;
    for (size_t i = 0; i < energy; i++) result->relaxed_marginal[i] = relaxed->pi[m->balance[i]];
    for (size_t k = 0; k < plugs; k++)
        if (m->plugs[k] != AZ_NO_INDEX) result->relaxed_plug[k] = relaxed->pi[m->plugs[k]];
    return AZ_OK;
}

/* Lets every use discharge up to its most, or nothing at all. */
static enum az_status allow_discharge(const struct dispatcher *d, void *session,
                                      const struct eb_dispatch_model *m, bool allowed)
{
    for (size_t i = 0; i < m->use_count; i++) {
        size_t j = m->uses[i].discharge;
        if (j == AZ_NO_INDEX) continue;
        AZ_TRY(d->engine->column_bounds(session, j, m->lp->lower[j],
                                        allowed ? m->lp->upper[j] : m->lp->lower[j]));
    }
    return AZ_OK;
}

/* A solution by diving; where that finds none, one in which nobody delivers. */
static enum az_status dive(const struct dispatcher *d, void *session,
                           const struct eb_dispatch_model *m, struct az_arena *arena,
                           double fixed[], struct solution *best)
{
    bool found;
    AZ_TRY(eb_dispatch_dive(m, d->engine, session, d->context, arena, fixed, &found));
    if (found) AZ_TRY(solve_fixed(d, session, m, fixed, arena, best));
    if (best->x || d->given) return AZ_OK;
    AZ_TRY(allow_discharge(d, session, m, false));
    AZ_TRY(eb_dispatch_dive(m, d->engine, session, d->context, arena, fixed, &found));
    if (found) AZ_TRY(solve_fixed(d, session, m, fixed, arena, best));
    return allow_discharge(d, session, m, true);
}

static enum az_status put_answer(const struct dispatcher *d, const struct eb_dispatch_model *m,
                                 const struct solution *solution, struct az_arena *arena,
                                 struct eb_dispatch *result);

/* Below the floor after discharging? */
static bool is_below_floor(const struct dispatcher *d, const struct eb_use *use, const double x[])
{
    const struct eb_source *source = &d->sources[d->duties[use->duty]->source];
    double floor = d->ev->types.items[source->type].floor_kwh;
    return !(x[use->level] >= floor - 0.5 * AZ_FEASIBILITY_TOLERANCE);
}

/* Does a use go both ways in its slot, or discharge below the floor? */
static bool is_broken(const struct dispatcher *d, const struct eb_use *use, const double x[])
{
    if (value(x, use->discharge) <= NOISE) return false;
    return value(x, use->charge) > NOISE || is_below_floor(d, use, x);
}

/* Forbids the lesser direction of every broken use. Who discharges below the floor is to stay above
 * it where `holds`, and not to discharge otherwise. */
static enum az_status forbid_broken(const struct dispatcher *d, void *session,
                                    const struct eb_dispatch_model *m, const double x[], bool holds,
                                    size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < m->use_count; i++) {
        const struct eb_use *use = &m->uses[i];
        size_t type = d->sources[d->duties[use->duty]->source].type;
        double floor = d->ev->types.items[type].floor_kwh, high = m->lp->upper[use->level];
        if (!is_broken(d, use, x)) continue;
        ++*count;
        bool low = is_below_floor(d, use, x);
        if (low && holds && high >= floor) {
            AZ_TRY(d->engine->column_bounds(session, use->level, floor, high));
            if (value(x, use->charge) <= NOISE) continue;
        }
        bool keeps =
            (!low || (holds && high >= floor)) && x[use->discharge] > value(x, use->charge);
        AZ_TRY(d->engine->column_bounds(session, keeps ? use->charge : use->discharge, 0, 0));
    }
    return AZ_OK;
}

/* LPs at the decisions of x until no exclusion is broken any more. An objective of INFINITY: there
 * is no such solution. */
static enum az_status forbid_until_whole(const struct dispatcher *d, void *session,
                                         const struct eb_dispatch_model *m, const double x[],
                                         bool holds, struct az_arena *arena,
                                         struct solution *solution)
{
    size_t broken;
    solution->objective = INFINITY;
    AZ_TRY(forbid_broken(d, session, m, x, holds, &broken));
    for (int round = 0; broken > 0; round++) {
        solution->objective = INFINITY;
        if (round == ROUNDS) return AZ_OK;
        AZ_TRY(solve_lp(d, session, m, arena, solution));
        if (solution->objective == INFINITY) return AZ_OK;
        AZ_TRY(forbid_broken(d, session, m, solution->x, holds, &broken));
    }
    return AZ_OK;
}

/* Every use may do again what its columns allow. */
static enum az_status allow_all(const struct dispatcher *d, void *session,
                                const struct eb_dispatch_model *m)
{
    for (size_t i = 0; i < m->use_count; i++) {
        size_t columns[3] = { m->uses[i].charge, m->uses[i].discharge, m->uses[i].level };
        for (int k = 0; k < 3; k++) {
            size_t j = columns[k];
            if (j == AZ_NO_INDEX) continue;
            AZ_TRY(d->engine->column_bounds(session, j, m->lp->lower[j], m->lp->upper[j]));
        }
    }
    return AZ_OK;
}

/* An answer from a solution whose exclusions may be broken: its chargers as they are, each use one
 * way. What it forbids is allowed again afterwards. */
static enum az_status settle(const struct dispatcher *d, void *session,
                             const struct eb_dispatch_model *m, const double x[],
                             struct az_arena *arena)
{
    const struct az_model *lp = m->lp;
    struct solution solution = { .objective = INFINITY };
    bool *converters = AZ_ARRAY(arena, d->ev->converters.count * d->ev->T, bool);
    bool *storages = AZ_ARRAY(arena, d->ev->storages.count * d->ev->T, bool);
    if (!converters || !storages) return AZ_NO_MEMORY;
    for (size_t j = 0; j < lp->column_count; j++)
        if (lp->integer[j]) AZ_TRY(d->engine->column_bounds(session, j, round(x[j]), round(x[j])));
    for (int holds = 1; holds >= 0 && solution.objective == INFINITY; holds--) {
        AZ_TRY(forbid_until_whole(d, session, m, x, holds, arena, &solution));
        AZ_TRY(allow_all(d, session, m));
    }
    for (size_t j = 0; j < lp->column_count; j++)
        if (lp->integer[j])
            AZ_TRY(d->engine->column_bounds(session, j, lp->lower[j], lp->upper[j]));
    if (solution.objective >= *d->least) return AZ_OK;
    if (eb_grid_broken(&m->grids, solution.x, converters, storages) > 0) return AZ_OK;
    *d->least = solution.objective;
    return put_answer(d, m, &solution, d->arena, d->result);
}

/* The relaxation, and a solution from it by rounding; by the MILP too when `exact`. */
static enum az_status solve_open(const struct dispatcher *d, void *session,
                                 const struct eb_dispatch_model *m, bool exact,
                                 struct az_arena *arena, struct solution *best, bool *near_best)
{
    struct solution relaxed = { 0 };
    AZ_TRY(solve_lp(d, session, m, arena, &relaxed));
    if (!relaxed.x) return AZ_OK;
    AZ_TRY(note_prices(d, m, &relaxed));
    if (relaxed.objective >= d->cutoff) return AZ_OK;
    *near_best = is_integral(m->lp, relaxed.x);
    if (*near_best) *best = relaxed;
    if (*near_best) return AZ_OK;
    double *fixed = AZ_ARRAY(arena, m->lp->column_count, double);
    if (!fixed) return AZ_NO_MEMORY;
    AZ_TRY(dive(d, session, m, arena, fixed, best));
    if (best->x && !d->given) AZ_TRY(settle(d, session, m, best->x, arena));
    if (best->objective - relaxed.objective > near(d, best->objective))
        AZ_TRY(as_they_came(d, session, m, relaxed.x, arena, fixed, best));
    *near_best = best->objective - relaxed.objective <= near(d, best->objective);
    if (*near_best || (best->x && !exact) || az_must_stop(d->context)) return AZ_OK;
    return solve_mip(d, session, m, arena, best);
}

static enum az_status solve_model(const struct dispatcher *d, const struct eb_dispatch_model *m,
                                  bool exact, struct az_arena *arena, struct solution *best,
                                  bool *near_best)
{
    *best = (struct solution){ .objective = INFINITY };
    *near_best = false;
    if (m->impossible) return AZ_OK;
    void *session = NULL;
    enum az_status status = d->engine->open(m->lp, d->context, &session);
    if (status == AZ_OK) status = solve_open(d, session, m, exact, arena, best, near_best);
    if (session) d->engine->close(session);
    return status;
}

/* Uses that break an exclusion, and what grids_model.h finds; marked for the next round. */
static size_t find_broken(const struct dispatcher *d, const struct eb_dispatch_model *m,
                          const double x[])
{
    size_t broken = eb_grid_broken(&m->grids, x, d->exclusive.converters, d->exclusive.storages);
    for (size_t i = 0; i < m->use_count; i++) {
        if (d->exclusive.ways[i] || !is_broken(d, &m->uses[i], x)) continue;
        d->exclusive.ways[i] = true;
        broken++;
    }
    return broken;
}

/* --- the answer --------------------------------------------------------------------------------
 */

/* Copies with room for the energies of every stay that has slots and a charger. */
static enum az_status copy_duties(const struct dispatcher *d, struct az_arena *arena,
                                  struct eb_dispatch *result)
{
    result->duties = AZ_ARRAY(arena, d->count, struct eb_duty);
    if (!result->duties) return AZ_NO_MEMORY;
    for (size_t i = 0; i < d->count; i++) {
        struct eb_duty *copy;
        AZ_TRY(eb_duty_copy(d->duties[i], arena, &copy));
        result->duties[i] = *copy;
        for (size_t l = 0; l < copy->leg_count; l++)
            for (size_t s = 0; s < copy->legs[l].stay_count; s++) {
                struct eb_stay *stay = &copy->legs[l].stays[s];
                stay->charge_kwh = stay->discharge_kwh = NULL;
                if (stay->slot_count == 0 || stay->charger == AZ_NO_INDEX) continue;
                stay->charge_kwh = AZ_ARRAY(arena, stay->slot_count, double);
                stay->discharge_kwh = AZ_ARRAY(arena, stay->slot_count, double);
                if (!stay->charge_kwh || !stay->discharge_kwh) return AZ_NO_MEMORY;
            }
    }
    return AZ_OK;
}

/* Energies and, by bank, the most chargers used at once. */
static enum az_status put_uses(const struct dispatcher *d, const struct eb_dispatch_model *m,
                               const double x[], struct az_arena *arena, struct eb_dispatch *result)
{
    size_t T = d->ev->T, banks = d->ev->chargers.count;
    int64_t *used = AZ_ARRAY(arena, banks * T, int64_t);
    result->chargers = AZ_ARRAY(arena, banks, int64_t);
    if (!used || !result->chargers) return AZ_NO_MEMORY;
    for (size_t i = 0; i < m->use_count; i++) {
        const struct eb_use *use = &m->uses[i];
        struct eb_stay *stay = &result->duties[use->duty].legs[use->leg].stays[use->stay];
        double charge = value(x, use->charge), discharge = value(x, use->discharge);
        stay->charge_kwh[use->k] = charge > NOISE ? fmin(charge, use->charge_max) : 0;
        stay->discharge_kwh[use->k] = discharge > NOISE ? fmin(discharge, use->discharge_max) : 0;
        if (charge > NOISE || discharge > NOISE) used[use->bank * T + use->slot]++;
    }
    for (size_t c = 0; c < banks; c++) {
        const struct eb_charger *charger = &d->ev->chargers.items[c];
        int64_t most = 0;
        for (size_t t = 0; t < T; t++)
            if (used[c * T + t] > most) most = used[c * T + t];
        result->chargers[c] = charger->no_limit || most > charger->count ? most : charger->count;
        const struct eb_plan *plan = d->given ? d->given->plan : NULL;
        for (size_t k = 0; plan && k < plan->chargers.count; k++)
            if (plan->chargers.keys[k].index == c && plan->chargers.items[k] > most)
                result->chargers[c] = plan->chargers.items[k];
    }
    return AZ_OK;
}

/* [count] series of `length` values from the first columns on. */
static enum az_status put_series(const size_t first[], size_t count, const size_t length[],
                                 const double x[], struct az_arena *arena, double ***series)
{
    *series = AZ_ARRAY(arena, count, double *);
    if (!*series) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        (*series)[i] = AZ_ARRAY(arena, length[i], double);
        if (!(*series)[i]) return AZ_NO_MEMORY;
        for (size_t t = 0; t < length[i]; t++) (*series)[i][t] = fmax(0, x[first[i] + t]);
    }
    return AZ_OK;
}

static enum az_status put_grids(const struct eb_dispatch_model *m, const struct solution *solution,
                                struct az_arena *arena, struct eb_dispatch *result)
{
    const struct eb_instance *ev = m->ev;
    const struct eb_grid_columns *g = &m->grids;
    size_t most = ev->grids.count + ev->converters.count + ev->storages.count;
    size_t *steps = AZ_ARRAY(arena, most, size_t), *slots = AZ_ARRAY(arena, most, size_t);
    result->marginal = AZ_ARRAY(arena, ev->grids.count * ev->T, double);
    if (!steps || !slots || !result->marginal) return AZ_NO_MEMORY;
    for (size_t i = 0; i < most; i++) slots[i] = ev->T;
    for (size_t i = 0; i < ev->grids.count; i++) steps[i] = ev->grids.items[i].supply.count * ev->T;
    AZ_TRY(put_series(g->supply, ev->grids.count, steps, solution->x, arena, &result->supply_kwh));
    for (size_t i = 0; i < ev->grids.count; i++) steps[i] = ev->grids.items[i].demand.count * ev->T;
    AZ_TRY(put_series(g->demand, ev->grids.count, steps, solution->x, arena, &result->demand_kwh));
    const double *x = solution->x;
    AZ_TRY(put_series(g->forward, ev->converters.count, slots, x, arena, &result->forward_kwh));
    AZ_TRY(put_series(g->backward, ev->converters.count, slots, x, arena, &result->backward_kwh));
    AZ_TRY(put_series(g->in, ev->storages.count, slots, x, arena, &result->storage_in_kwh));
    AZ_TRY(put_series(g->out, ev->storages.count, slots, x, arena, &result->storage_out_kwh));
    for (size_t i = 0; i < ev->grids.count * ev->T; i++) {
        double price = solution->pi[m->balance[i]];
        result->marginal[i] = fabs(price) < AZ_ZERO ? 0 : price;
    }
    return AZ_OK;
}

/* Without slots there is nothing to choose: the chains as they are, when they hold. */
static enum az_status take_as_given(const struct dispatcher *d, struct az_arena *arena,
                                    struct eb_dispatch *result)
{
    for (size_t i = 0; i < d->count; i++)
        if (!eb_duty_charges(d->ev, &d->sources[d->duties[i]->source], d->duties[i], NULL))
            return AZ_OK;
    result->chargers = AZ_ARRAY(arena, d->ev->chargers.count, int64_t);
    if (!result->chargers) return AZ_NO_MEMORY;
    for (size_t c = 0; c < d->ev->chargers.count; c++)
        result->chargers[c] =
            d->ev->chargers.items[c].no_limit ? 0 : d->ev->chargers.items[c].count;
    result->duties = AZ_ARRAY(arena, d->count, struct eb_duty);
    if (!result->duties) return AZ_NO_MEMORY;
    for (size_t i = 0; i < d->count; i++) {
        struct eb_duty *copy;
        AZ_TRY(eb_duty_copy(d->duties[i], arena, &copy));
        result->duties[i] = *copy;
    }
    result->found = true;
    return AZ_OK;
}

static enum az_status put_answer(const struct dispatcher *d, const struct eb_dispatch_model *m,
                                 const struct solution *solution, struct az_arena *arena,
                                 struct eb_dispatch *result)
{
    AZ_TRY(copy_duties(d, arena, result));
    AZ_TRY(put_uses(d, m, solution->x, arena, result));
    AZ_TRY(put_grids(m, solution, arena, result));
    for (size_t i = 0; i < d->count; i++) {
        struct eb_duty *duty = &result->duties[i];
        duty->cost = eb_duty_cost(d->ev, &d->sources[duty->source], duty);
    }
    result->cost = solution->objective;
    for (size_t c = 0; c < d->ev->chargers.count; c++) { /* chosen for nothing */
        const struct eb_charger *charger = &d->ev->chargers.items[c];
        if (m->chosen[c] == AZ_NO_INDEX) continue;
        double more = solution->x[m->chosen[c]] - (double)(result->chargers[c] - charger->count);
        result->cost -= charger->price_jpy_per_day * fmax(0, round(more));
    }
    result->found = true;
    return AZ_OK;
}

static size_t slot_count(const struct dispatcher *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->count; i++)
        for (size_t l = 0; l < d->duties[i]->leg_count; l++)
            for (size_t s = 0; s < d->duties[i]->legs[l].stay_count; s++)
                count += d->duties[i]->legs[l].stays[s].slot_count;
    return count;
}

/* Models with more and more decisions; in haste rounded until no exclusion is broken, and only then
 * with the MILP. */
static enum az_status search(struct dispatcher *d, struct az_arena *scratch)
{
    int exact = d->hasty ? 0 : 1, most = d->hasty ? MIP_ROUNDS / 2 : MIP_ROUNDS;
    for (int round = 0; round < ROUNDS && exact <= most; round++) {
        struct eb_dispatch_model *m;
        struct solution solution;
        bool near_best;
        AZ_TRY(eb_dispatch_model_new(d->ev, d->sources, d->duties, d->count, &d->exclusive,
                                     d->given, scratch, &m));
        bool large = m->impossible || m->lp->row_count > LARGE;
        if (d->hasty && exact > 0 && large && *d->least < INFINITY) return AZ_OK;
        AZ_TRY(solve_model(d, m, exact > 0, scratch, &solution, &near_best));
        if (!solution.x) return AZ_OK;
        bool broken = find_broken(d, m, solution.x) > 0;
        if (!broken && solution.objective < *d->least) {
            *d->least = solution.objective;
            AZ_TRY(put_answer(d, m, &solution, d->arena, d->result));
        }
        if (!broken && (near_best || exact > 0)) return AZ_OK;
        if (!broken || exact > 0) exact++;
    }
    return AZ_OK;
}

static enum az_status run(struct dispatcher *d, struct az_arena *arena, struct eb_dispatch *result)
{
    const struct eb_instance *ev = d->ev;
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = scratch ? AZ_OK : AZ_NO_MEMORY;
    double least = INFINITY;
    *result = (struct eb_dispatch){ 0 };
    d->least = &least;
    d->arena = arena;
    d->result = result;
    if (status != AZ_OK) goto done;
    if (ev->T == 0) {
        status = take_as_given(d, arena, result);
        goto done;
    }
    d->exclusive.ways = AZ_ARRAY(scratch, slot_count(d), bool);
    d->exclusive.converters = AZ_ARRAY(scratch, ev->converters.count * ev->T, bool);
    d->exclusive.storages = AZ_ARRAY(scratch, ev->storages.count * ev->T, bool);
    if (!d->exclusive.ways || !d->exclusive.converters || !d->exclusive.storages)
        AZ_GOTO(AZ_NO_MEMORY);
    AZ_GOTO(search(d, scratch));
done:
    az_arena_free(scratch);
    return status;
}

enum az_status eb_dispatch_given(const struct eb_instance *ev, const struct eb_source *sources,
                                 const struct eb_duty *const duties[], size_t count,
                                 const struct eb_given *given, const struct az_engine *engine,
                                 const struct az_context *context, struct az_arena *arena,
                                 struct eb_dispatch *result)
{
    struct dispatcher d = { .ev = ev,
                            .sources = sources,
                            .duties = duties,
                            .count = count,
                            .engine = engine,
                            .context = context,
                            .given = given,
                            .cutoff = INFINITY };
    return run(&d, arena, result);
}

enum az_status eb_dispatch(const struct eb_instance *ev, const struct eb_source *sources,
                           const struct eb_duty *const duties[], size_t count,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, struct eb_dispatch *result)
{
    return eb_dispatch_given(ev, sources, duties, count, NULL, engine, context, arena, result);
}

enum az_status eb_dispatch_below(const struct eb_instance *ev, const struct eb_source *sources,
                                 const struct eb_duty *const duties[], size_t count, double cutoff,
                                 const struct az_engine *engine, const struct az_context *context,
                                 struct az_arena *arena, struct eb_dispatch *result)
{
    struct dispatcher d = { .ev = ev,
                            .sources = sources,
                            .duties = duties,
                            .count = count,
                            .engine = engine,
                            .context = context,
                            .cutoff = cutoff,
                            .hasty = true };
    return run(&d, arena, result);
}
