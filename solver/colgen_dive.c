/* colgen_dive.c - diving with limited backtracking.
 *
 * A dive rounds columns up one after the other, the largest fraction first, prices a little after
 * each, and ends in an integral solution or in a dead end. A dead end takes the last rounding back
 * and forbids it, as often as the options allow (Sadykov, Vanderbeck, Pessoa, Tahiri, Uchoa 2019).
 * An LP far above the bound is a dead end too while there is patience: one bad rounding late in a
 * dive may cost a whole bus. Integer static columns follow when no column is fractional. */
#include <math.h>

#include "solver/colgen_work.h"

#define ROUNDS 3          /* of pricing after each rounding */
#define NEARLY_WHOLE 0.9  /* fractions from here on are rounded up along with the largest */
#define TRIALS 5          /* roundings that a strong dive tries at a step */
#define ASPIRATION 1e-3   /* of the bound: so far above it a dive does not want to end */
#define ASPIRED 25        /* backtracks spent on that */
#define MOST_STEPS 100000 /* roundings of one dive */

/* A column or static column that was fixed, and what it was before. */
struct fixing {
    struct az_cg_column *column; /* NULL: static column j */
    size_t j;
    double fixed, lower, upper;
    size_t step;
};

struct dive {
    struct az_arena *scratch;
    size_t count, capacity;
    struct fixing *items;
    bool *tabu; /* [n] static columns */
    size_t steps;
    int backtracks;
    bool strong;
    double aspiration; /* an LP value that is too high; INFINITY when patience has ended */
    int aspired;       /* backtracks left for it */
};

static enum az_status note(struct dive *dive, const struct fixing *fixing)
{
    if (dive->count == dive->capacity) {
        size_t capacity = dive->capacity ? 2 * dive->capacity : 64;
        struct fixing *items =
            az_arena_grow(dive->scratch, dive->items, dive->count, capacity, sizeof *items);
        if (!items) return AZ_NO_MEMORY;
        dive->items = items;
        dive->capacity = capacity;
    }
    dive->items[dive->count] = *fixing;
    dive->items[dive->count++].step = dive->steps;
    return AZ_OK;
}

static enum az_status fix_column(struct dive *dive, struct az_cg_column *column, double value)
{
    struct fixing fixing = { .column = column, .fixed = column->fixed };
    column->fixed = value;
    return note(dive, &fixing);
}

static enum az_status fix_static(struct az_cg *cg, struct dive *dive, size_t j, double value)
{
    struct az_cg_sides *here = &cg->here;
    struct fixing fixing = { .j = j,
                             .lower = here->static_lower[j],
                             .upper = here->static_upper[j] };
    value = fmin(fmax(value, here->static_lower[j]), here->static_upper[j]);
    here->static_lower[j] = here->static_upper[j] = value;
    return note(dive, &fixing);
}

static void undo(struct az_cg *cg, const struct fixing *fixing)
{
    if (fixing->column) {
        fixing->column->fixed = fixing->fixed;
    } else {
        cg->here.static_lower[fixing->j] = fixing->lower;
        cg->here.static_upper[fixing->j] = fixing->upper;
    }
}

/* The columns fixed so far, for pricing. */
static enum az_status list_fixed(struct az_cg *cg)
{
    az_cg_pool_room(cg);
    cg->fixed_count = 0;
    for (size_t p = 0; p < cg->master.place_count; p++) {
        const struct az_cg_column *column = cg->master.places[p].column;
        if (!column || column->fixed <= 0) continue;
        if (cg->fixed_count == cg->fixed_capacity) {
            size_t capacity = cg->fixed_capacity ? 2 * cg->fixed_capacity : 64;
            const struct az_block_column **fixed =
                az_arena_grow(cg->arena, cg->fixed, cg->fixed_count, capacity, sizeof *fixed);
            double *values = az_arena_grow(cg->arena, cg->fixed_values, cg->fixed_count, capacity,
                                           sizeof *values);
            if (!fixed || !values) return AZ_NO_MEMORY;
            cg->fixed = fixed;
            cg->fixed_values = values;
            cg->fixed_capacity = capacity;
        }
        cg->fixed[cg->fixed_count] = &column->shown;
        cg->fixed_values[cg->fixed_count++] = column->fixed;
    }
    return AZ_OK;
}

/* The whole part of a value, and what is left of it. */
static double whole_part(double value, double *fraction)
{
    double whole = floor(value + AZ_INTEGER_TOLERANCE);
    *fraction = fmax(0, value - whole);
    if (*fraction <= AZ_INTEGER_TOLERANCE) *fraction = 0;
    return whole;
}

/* What lifting a column to its next whole number does to the LP, before pricing; INFINITY: there
 * is no solution, or one with artificial columns. x: room for the LP's columns. */
static enum az_status try_lift(struct az_cg *cg, const struct az_cg_column *column, double x[],
                               double *value)
{
    double fraction, whole = whole_part(az_cg_value(cg, column), &fraction);
    struct az_solve_result result;
    *value = INFINITY;
    AZ_TRY(cg->engine->column_bounds(cg->master.session, column->place, whole + 1, INFINITY));
    enum az_status status = cg->engine->solve_lp(cg->master.session, &result);
    if (status == AZ_OK && result.status == AZ_SOLVE_OPTIMAL) {
        status = cg->engine->primal(cg->master.session, x);
        if (status == AZ_OK && az_cg_artificial_sum(cg, x) <= CG_ACTIVE) *value = result.objective;
    }
    AZ_TRY(cg->engine->column_bounds(cg->master.session, column->place, column->fixed, INFINITY));
    return status == AZ_ENGINE ? AZ_OK : status;
}

struct candidate {
    double fraction;
    struct az_cg_column *column;
};

/* The largest fractions, those of lower places first among equals. Returns how many. */
static size_t largest_fractions(const struct az_cg *cg, struct candidate candidates[], size_t most)
{
    size_t count = 0;
    for (size_t p = 0; p < cg->master.place_count; p++) {
        struct az_cg_column *column = cg->master.places[p].column;
        double fraction;
        if (!column || column->tabu) continue;
        (void)whole_part(cg->master.x[cg->n + p], &fraction);
        if (fraction <= 0) continue;
        size_t at = count < most ? count++ : most;
        for (; at > 0 && candidates[at - 1].fraction < fraction; at--)
            if (at < most) candidates[at] = candidates[at - 1];
        if (at < most) candidates[at] = (struct candidate){ fraction, column };
    }
    return count;
}

/* Of the largest fractions the one that costs the LP least; as it was when none is told apart. */
static enum az_status cheapest_lift(struct az_cg *cg, struct az_cg_column **chosen)
{
    struct candidate candidates[TRIALS];
    size_t count = largest_fractions(cg, candidates, TRIALS);
    double least = INFINITY;
    if (count == 0 || candidates[0].fraction >= NEARLY_WHOLE) return AZ_OK; /* it goes up anyway */
    if (cg->master.artificial_sum > CG_ACTIVE) return AZ_OK; /* no value says anything */
    struct az_arena *scratch = az_arena_new(NULL);
    double *x = AZ_ARRAY(scratch, cg->n + cg->master.place_count, double);
    enum az_status status = x ? AZ_OK : AZ_NO_MEMORY;
    for (size_t k = 0; status == AZ_OK && k < count && !az_cg_must_stop(cg); k++) {
        double value;
        status = try_lift(cg, candidates[k].column, x, &value);
        if (status != AZ_OK || value >= least) continue;
        least = value;
        *chosen = candidates[k].column;
    }
    az_arena_free(scratch);
    return status;
}

/* The column with the largest fraction; NULL when none is fractional or all of them are tabu. */
static struct az_cg_column *most_fractional(const struct az_cg *cg, bool *fractional)
{
    struct az_cg_column *chosen = NULL;
    double largest = 0, fraction;
    *fractional = false;
    for (size_t p = 0; p < cg->master.place_count; p++) {
        struct az_cg_column *column = cg->master.places[p].column;
        if (!column) continue;
        (void)whole_part(cg->master.x[cg->n + p], &fraction);
        if (fraction > 0) *fractional = true;
        if (fraction <= largest || column->tabu) continue;
        largest = fraction;
        chosen = column;
    }
    return chosen;
}

/* Fixes what is whole at its value, what is nearly whole at the next, and last the chosen one. */
static enum az_status round_columns(struct az_cg *cg, struct dive *dive,
                                    struct az_cg_column *chosen)
{
    double fraction;
    for (size_t p = 0; p < cg->master.place_count; p++) {
        struct az_cg_column *column = cg->master.places[p].column;
        if (!column || column == chosen) continue;
        double target = whole_part(cg->master.x[cg->n + p], &fraction);
        if (fraction >= NEARLY_WHOLE && !column->tabu) target++;
        if (target > column->fixed) AZ_TRY(fix_column(dive, column, target));
    }
    return fix_column(dive, chosen, whole_part(az_cg_value(cg, chosen), &fraction) + 1);
}

/* Fixes the integer static column that is nearest to a whole number there. */
static enum az_status round_static(struct az_cg *cg, struct dive *dive, size_t *chosen)
{
    double nearest = 1;
    *chosen = CG_NOWHERE;
    for (size_t j = 0; j < cg->n; j++) {
        double value = cg->master.x[j], distance = fabs(value - round(value));
        if (!cg->problem->master->integer[j] || dive->tabu[j]) continue;
        if (distance <= AZ_INTEGER_TOLERANCE || distance >= nearest) continue;
        nearest = distance;
        *chosen = j;
    }
    if (*chosen == CG_NOWHERE) return AZ_OK;
    return fix_static(cg, dive, *chosen, round(cg->master.x[*chosen]));
}

/* What a rounding leads to. */
enum outcome {
    GOES_ON,
    TOO_HIGH, /* above what the dive aspires to */
    DEAD      /* nothing to round, or no solution of use behind it */
};

/* Is there patience for turning back? Dead ends and LPs that are only worse than the dive aspires
 * to have each their own; without any for the latter the dive goes on as it can. */
static bool has_patience(struct dive *dive, enum outcome outcome)
{
    if (outcome == DEAD) return dive->backtracks-- > 0;
    if (dive->aspired-- > 0) return true;
    dive->aspiration = INFINITY;
    return false;
}

/* One rounding and the LP after it. */
static enum az_status descend(struct az_cg *cg, struct dive *dive, enum outcome *outcome)
{
    enum az_solve_status solved;
    bool fractional;
    size_t j = CG_NOWHERE;
    struct az_cg_column *column = most_fractional(cg, &fractional);
    dive->steps++;
    if (column && dive->strong) AZ_TRY(cheapest_lift(cg, &column));
    if (column) AZ_TRY(round_columns(cg, dive, column));
    if (!fractional) AZ_TRY(round_static(cg, dive, &j));
    *outcome = DEAD;
    if (!column && j == CG_NOWHERE) return AZ_OK;
    AZ_TRY(list_fixed(cg));
    AZ_TRY(az_cg_generate_some(cg, ROUNDS, &solved));
    if (solved != AZ_SOLVE_OPTIMAL || cg->master.objective >= az_cg_reach(cg)) return AZ_OK;
    *outcome = cg->master.objective >= dive->aspiration ? TOO_HIGH : GOES_ON;
    return AZ_OK;
}

/* Takes the last rounding back and forbids it. over: nothing to take back, or no LP behind it. */
static enum az_status backtrack(struct az_cg *cg, struct dive *dive, bool *over)
{
    enum az_solve_status solved;
    *over = dive->count == 0;
    if (*over) return AZ_OK;
    size_t step = dive->items[dive->count - 1].step;
    const struct fixing *last = &dive->items[dive->count - 1]; /* the one that was chosen */
    if (last->column)
        last->column->tabu = true;
    else
        dive->tabu[last->j] = true;
    while (dive->count > 0 && dive->items[dive->count - 1].step == step)
        undo(cg, &dive->items[--dive->count]);
    AZ_TRY(list_fixed(cg));
    AZ_TRY(az_cg_generate_some(cg, ROUNDS, &solved));
    *over = solved != AZ_SOLVE_OPTIMAL;
    return AZ_OK;
}

/* An integral LP solution: to the kind. done: a plan came of it; again: a lazy row came in. */
static enum az_status finish(struct az_cg *cg, bool *done, bool *again)
{
    double objective, before = az_cg_cutoff(cg);
    size_t rows;
    AZ_TRY(az_cg_offer_lp(cg, &rows, &objective));
    *again = rows > 0;
    *done = !*again && objective < before;
    if (*again) {
        enum az_solve_status solved;
        AZ_TRY(az_cg_generate_some(cg, ROUNDS, &solved));
        *again = solved == AZ_SOLVE_OPTIMAL;
    }
    return AZ_OK;
}

/* What a plan should cost at most: within the asked gap of the LP, or a little above it. Where
 * plans are mended the LP says too little. */
static double aspiration(const struct az_cg *cg)
{
    double value = cg->master.objective, gap = ASPIRATION * fabs(value);
    if (cg->problem->mends > 0 || cg->master.artificial_sum > CG_ACTIVE) return INFINITY;
    if (cg->run) gap = fmax(gap, cg->run->options.gap * fabs(value));
    return value + gap;
}

static enum az_status run_dive(struct az_cg *cg, struct dive *dive)
{
    while (dive->steps < MOST_STEPS && !az_cg_must_stop(cg)) {
        bool done = false, again = false, over;
        enum outcome outcome = DEAD;
        az_cg_progress(cg, "dive");
        if (az_cg_is_integral(cg)) {
            AZ_TRY(finish(cg, &done, &again));
            if (done) return AZ_OK;
            if (again) continue;
        } else {
            AZ_TRY(descend(cg, dive, &outcome));
        }
        if (outcome == GOES_ON) continue;
        if (!has_patience(dive, outcome)) {
            if (outcome == DEAD) return AZ_OK;
            continue;
        }
        AZ_TRY(backtrack(cg, dive, &over));
        if (over) return AZ_OK;
    }
    return AZ_OK;
}

/* The LP's basis before the dive, if it had one. */
struct basis {
    bool known;
    uint64_t session;
    size_t columns, rows;
    enum az_basis_status *column, *row;
};

static enum az_status keep_basis(struct az_cg *cg, struct az_arena *scratch, struct basis *basis)
{
    *basis = (struct basis){ .session = cg->master.session_number,
                             .columns = cg->n + cg->master.place_count,
                             .rows = cg->master.row_count };
    basis->column = AZ_ARRAY(scratch, basis->columns, enum az_basis_status);
    basis->row = AZ_ARRAY(scratch, basis->rows, enum az_basis_status);
    if (!basis->column || !basis->row) return AZ_NO_MEMORY;
    enum az_status status = cg->engine->get_basis(cg->master.session, basis->column, basis->row);
    basis->known = status == AZ_OK;
    return status == AZ_NOT_FOUND ? AZ_OK : status;
}

/* Puts it back, with the columns that have come in since at their lower bounds: the LP is then as
 * good as solved. After new rows or in another session the LP goes on from where it is. */
static enum az_status put_back(struct az_cg *cg, struct az_arena *scratch,
                               const struct basis *basis)
{
    size_t count = cg->n + cg->master.place_count;
    if (!basis->known || basis->session != cg->master.session_number ||
        basis->rows != cg->master.row_count)
        return AZ_OK;
    enum az_basis_status *column = AZ_ARRAY(scratch, count, enum az_basis_status);
    if (!column) return AZ_NO_MEMORY;
    for (size_t j = 0; j < count; j++)
        column[j] = j < basis->columns ? basis->column[j] : AZ_AT_LOWER;
    return cg->engine->set_basis(cg->master.session, column, basis->row);
}

/* The node as it was before the dive. */
static enum az_status come_back(struct az_cg *cg, struct dive *dive, const struct basis *basis)
{
    enum az_solve_status solved;
    AZ_TRY(az_cg_master_sides(cg));
    AZ_TRY(put_back(cg, dive->scratch, basis));
    return az_cg_master_solve(cg, &solved);
}

enum az_status az_cg_dive(struct az_cg *cg, bool strong)
{
    if (cg->options.dive_backtracks < 0 || az_cg_must_stop(cg)) return AZ_OK;
    if (cg->problem->roundings) return az_cg_round(cg);
    struct dive dive = { .scratch = az_arena_new(NULL),
                         .backtracks = cg->options.dive_backtracks,
                         .aspired = ASPIRED,
                         .strong = strong };
    struct basis basis = { 0 };
    dive.aspiration = aspiration(cg);
    dive.tabu = AZ_ARRAY(dive.scratch, cg->n, bool);
    enum az_status status = dive.tabu ? keep_basis(cg, dive.scratch, &basis) : AZ_NO_MEMORY;
    if (status == AZ_OK) {
        cg->diving = true;
        status = run_dive(cg, &dive);
    }
    while (dive.count > 0) undo(cg, &dive.items[--dive.count]);
    for (size_t k = 0; k < cg->pool_count; k++) cg->pool[k]->tabu = false;
    cg->fixed_count = 0;
    cg->diving = false;
    if (status == AZ_OK && !cg->stopped) status = come_back(cg, &dive, &basis);
    az_arena_free(dive.scratch);
    return status;
}
