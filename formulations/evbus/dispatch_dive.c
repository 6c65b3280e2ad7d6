/* dispatch_dive.c - the decisions of a dispatch taken one after the other, the surest first.
 *
 * Only what is taken is fixed: a bus gets its charger, a stay its direction; who gets none follows
 * from the room that is left. After each step the LP says what becomes of the others. A step that
 * leaves no solution is taken back: of several decisions only the surest is kept, of one the
 * opposite. An LP that the clock stops says nothing of its step: the dive is over. */
#include <math.h>
#include <stdlib.h>

#include "formulations/evbus/dispatch.h"
#include "solver/tolerances.h"

#define SURE 0.85 /* decisions from here on are taken together */
#define SHARE 6   /* else one in so many of those that are open */
#define STEPS 200 /* LPs of a dive */
#define TAKE_BACKS 40

struct decision {
    size_t column;
    double value, sure;
    size_t room; /* of a plug: its bank and slot; AZ_NO_INDEX: no plug */
};

struct dive {
    const struct az_engine *engine;
    const struct az_context *context;
    void *session;
    const struct eb_dispatch_model *m;
    double *x, *fixed; /* [columns]; fixed: NAN while it is open */
    size_t *taken;     /* [chargers * T] chargers given away */
    struct decision *open, *last;
    size_t open_count, last_count;
    int take_backs;
};

static bool is_open(const struct dive *dive, size_t column)
{
    if (column == AZ_NO_INDEX || !isnan(dive->fixed[column])) return false;
    return fabs(dive->x[column] - round(dive->x[column])) > AZ_INTEGER_TOLERANCE;
}

static int surer(const void *a, const void *b)
{
    const struct decision *x = a, *y = b;
    if (x->sure != y->sure) return x->sure > y->sure ? -1 : 1;
    return x->column < y->column ? -1 : x->column > y->column;
}

static void add_open(struct dive *dive, size_t column, double value, double sure, size_t room)
{
    dive->open[dive->open_count++] = (struct decision){ column, value, sure, room };
}

static double at(const struct dive *dive, size_t column)
{
    return column == AZ_NO_INDEX ? 0 : dive->x[column];
}

/* What the LP leaves open. Chargers to be chosen come first, at the next whole number. */
static void list_open(struct dive *dive)
{
    const struct eb_dispatch_model *m = dive->m;
    size_t T = m->ev->T;
    dive->open_count = 0;
    for (size_t c = 0; c < m->ev->chargers.count; c++)
        if (is_open(dive, m->chosen[c]))
            add_open(dive, m->chosen[c], ceil(dive->x[m->chosen[c]]), 2, AZ_NO_INDEX);
    for (size_t i = 0; i < m->use_count; i++) {
        const struct eb_use *use = &m->uses[i];
        if (is_open(dive, use->plug))
            add_open(dive, use->plug, 1, dive->x[use->plug], use->bank * T + use->slot);
        if (is_open(dive, use->way)) {
            double out = at(dive, use->discharge) > at(dive, use->charge);
            add_open(dive, use->way, out, 1 - fabs(dive->x[use->way] - out), AZ_NO_INDEX);
        }
    }
    for (size_t j = m->first_exclusion; j < m->lp->column_count; j++)
        if (m->lp->integer[j] && is_open(dive, j))
            add_open(dive, j, round(dive->x[j]), 1 - fabs(dive->x[j] - round(dive->x[j])),
                     AZ_NO_INDEX);
    if (dive->open_count > 0) qsort(dive->open, dive->open_count, sizeof *dive->open, surer);
}

static enum az_status set(struct dive *dive, const struct decision *decision, double value)
{
    double low = value, high = value;
    if (isnan(value)) {
        low = dive->m->lp->lower[decision->column];
        high = dive->m->lp->upper[decision->column];
    }
    if (decision->room != AZ_NO_INDEX) {
        if (dive->fixed[decision->column] == 1) dive->taken[decision->room]--;
        if (value == 1) dive->taken[decision->room]++;
    }
    dive->fixed[decision->column] = value;
    return dive->engine->column_bounds(dive->session, decision->column, low, high);
}

/* Is there a charger left? */
static bool has_room(const struct dive *dive, const struct decision *decision)
{
    if (decision->room == AZ_NO_INDEX) return true;
    size_t bank = decision->room / dive->m->ev->T, chosen = dive->m->chosen[bank];
    double room = (double)dive->m->ev->chargers.items[bank].count;
    if (chosen != AZ_NO_INDEX) room += floor(dive->x[chosen] + AZ_INTEGER_TOLERANCE);
    return (double)dive->taken[decision->room] < room;
}

static enum az_status take(struct dive *dive)
{
    size_t most = dive->open_count / SHARE + 1;
    dive->last_count = 0;
    for (size_t k = 0; k < dive->open_count; k++) {
        const struct decision *decision = &dive->open[k];
        bool wanted = decision->sure >= SURE || dive->last_count < most;
        if (!wanted) break;
        bool fits = has_room(dive, decision);
        if (!fits && dive->last_count > 0) continue;
        dive->last[dive->last_count] = *decision;
        if (!fits) dive->last[dive->last_count].value = 0;
        AZ_TRY(set(dive, decision, dive->last[dive->last_count++].value));
    }
    return AZ_OK;
}

/* over: nothing is left to take back. */
static enum az_status take_back(struct dive *dive, bool *over)
{
    *over = dive->last_count == 0 || dive->take_backs-- <= 0;
    if (*over) return AZ_OK;
    if (dive->last_count > 1) {
        for (size_t k = 1; k < dive->last_count; k++) AZ_TRY(set(dive, &dive->last[k], NAN));
        dive->last_count = 1;
        return AZ_OK;
    }
    dive->last_count = 0;
    bool counts =
        dive->last[0].value > 1 || dive->last[0].sure > 1; /* more chargers: no opposite */
    *over = counts;
    return counts ? AZ_OK : set(dive, &dive->last[0], 1 - dive->last[0].value);
}

static enum az_status run(struct dive *dive, bool *found)
{
    bool over = false;
    for (int step = 0; step < STEPS && !over; step++) {
        struct az_solve_result result;
        AZ_TRY(dive->engine->solve_lp(dive->session, &result));
        if (result.status != AZ_SOLVE_OPTIMAL) {
            if (result.status != AZ_SOLVE_INFEASIBLE && az_must_stop(dive->context)) return AZ_OK;
            AZ_TRY(take_back(dive, &over));
            continue;
        }
        AZ_TRY(dive->engine->primal(dive->session, dive->x));
        list_open(dive);
        *found = dive->open_count == 0;
        if (*found) return AZ_OK;
        AZ_TRY(take(dive));
    }
    return AZ_OK;
}

/* The bounds as the model has them. */
static enum az_status restore(const struct dive *dive)
{
    const struct az_model *lp = dive->m->lp;
    enum az_status status = AZ_OK;
    for (size_t j = 0; j < lp->column_count; j++) {
        if (!lp->integer[j] || isnan(dive->fixed[j])) continue;
        enum az_status one =
            dive->engine->column_bounds(dive->session, j, lp->lower[j], lp->upper[j]);
        if (status == AZ_OK) status = one;
    }
    return status;
}

enum az_status eb_dispatch_dive(const struct eb_dispatch_model *m, const struct az_engine *engine,
                                void *session, const struct az_context *context,
                                struct az_arena *arena, double fixed[], bool *found)
{
    const struct az_model *lp = m->lp;
    size_t columns = lp->column_count;
    struct dive dive = { .engine = engine,
                         .context = context,
                         .session = session,
                         .m = m,
                         .x = AZ_ARRAY(arena, columns, double),
                         .fixed = fixed,
                         .taken = AZ_ARRAY(arena, m->ev->chargers.count * m->ev->T, size_t),
                         .open = AZ_ARRAY(arena, columns, struct decision),
                         .last = AZ_ARRAY(arena, columns, struct decision),
                         .take_backs = TAKE_BACKS };
    *found = false;
    if (!dive.x || !dive.taken || !dive.open || !dive.last) return AZ_NO_MEMORY;
    for (size_t j = 0; j < columns; j++) fixed[j] = NAN;
    enum az_status status = run(&dive, found), restored = restore(&dive);
    for (size_t j = 0; j < columns; j++)
        if (lp->integer[j]) fixed[j] = round(dive.x[j]);
    return status == AZ_OK ? restored : status;
}
