/* explain_give.c - what must give where every site is possible by itself and all together are not.
 *
 * The master of rounds with columns that give: a vehicle, a member of staff or a booking more, a
 * site that must be served left out, a promise that must be kept changed. The least of them, each
 * at its weight, is sought without any cost; then all other rules are firm again, and those that
 * gave one by one where the rest suffices. */
#include <math.h>
#include <string.h>

#include "formulations/clinic/explain.h"
#include "formulations/clinic/resolve.h"
#include "solver/tolerances.h"

#define NODES 200  /* of a tree */
#define LEAST 0.5  /* less has not given */
#define MORE 5     /* units more of one thing at most */
#define WEIGHT 2   /* of a unit more, of a promise */
#define LEFT_OUT 3 /* of a visit left out */
#define NOTHING                                                                                    \
    1e-9              /* of a promise that need not be kept; 0 would count where nothing is priced \
                       */
#define FORBIDDEN 1e4 /* of a promise that must be kept */

enum kind { SITE, VEHICLE, MEMBER, BOOKING, PROMISE, KINDS };

/* All that may give, by kind: first[kind] .. first[kind + 1] - 1. */
struct giver {
    struct cl_explainer *e;
    const struct cl_ground *ground; /* of the instance */
    struct az_arena *arena;
    size_t first[KINDS + 1];
    size_t column_count; /* known from the first solve */
    const struct az_block_column *columns;
};

/* One solve: how much of each gave. */
struct given {
    enum az_solve_status status;
    double objective, bound;
    double *amount;
};

static bool has_solution(const struct given *given)
{
    return given->status == AZ_SOLVE_OPTIMAL || given->status == AZ_SOLVE_FEASIBLE;
}

/* --- the week ----------------------------------------------------------------------------------
 */

static double visits_of(const struct cl_site *site)
{
    return (double)cl_visits_left(site);
}

static bool must_be_kept(const struct cl_instance *cl, size_t appointment)
{
    const struct cl_appointment *it = &cl->appointment[appointment];
    return cl->mode == CL_EXACT && it->status == CL_CONFIRMED && it->day != AZ_NO_INDEX &&
           it->day >= cl->first_day;
}

/* What must be served may be left out at its weight, what need not be for nothing; promises at
 * theirs. */
static enum az_status open_week(const struct giver *g, const bool firm[], struct az_arena *arena,
                                struct cl_instance *week)
{
    const struct cl_instance *cl = g->e->cl;
    struct cl_site *sites = AZ_ARRAY(arena, cl->sites.count, struct cl_site);
    struct cl_appointment *promises = AZ_ARRAY(arena, cl->appointment_count, struct cl_appointment);
    if (!sites || !promises) return AZ_NO_MEMORY;
    for (size_t i = 0; i < cl->sites.count; i++) {
        sites[i] = cl->sites.items[i];
        bool must = !isfinite(sites[i].left_out_jpy);
        sites[i].left_out_jpy = !must                      ? 0
                                : firm[g->first[SITE] + i] ? INFINITY
                                                           : LEFT_OUT * visits_of(&sites[i]);
    }
    for (size_t a = 0; a < cl->appointment_count; a++) {
        promises[a] = cl->appointment[a];
        promises[a].change_price_jpy = NOTHING;
        if (must_be_kept(cl, a))
            promises[a].change_price_jpy = firm[g->first[PROMISE] + a] ? FORBIDDEN : WEIGHT;
    }
    *week = *cl;
    week->sites.items = sites;
    week->appointment = promises;
    return AZ_OK;
}

/* --- the master with what gives -----------------------------------------------------------------
 */

/* The row that a unit more of something widens; AZ_NO_INDEX: none. */
static size_t row_of(const struct giver *g, const struct cl_master *master, size_t group)
{
    if (group >= g->first[BOOKING]) return master->slot_row[group - g->first[BOOKING]];
    if (group >= g->first[MEMBER]) return master->group_row[group - g->first[MEMBER]];
    return master->vehicle_row[group - g->first[VEHICLE]];
}

/* The same model with a column for each unit more:  ... - more <= capacity. The first of them
 * stands behind the master's own. */
static enum az_status add_columns(const struct giver *g, struct cl_master *master,
                                  const bool firm[], struct az_arena *arena)
{
    const struct az_model *old = master->model;
    struct az_model *model = az_model_new(arena, AZ_MINIMIZE);
    for (size_t j = 0; j < old->column_count; j++)
        (void)az_column(model, old->lower[j], old->upper[j], old->cost[j], old->integer[j], NULL);
    size_t *widens = AZ_ARRAY(arena, old->row_count, size_t);
    if (!widens) return AZ_NO_MEMORY;
    for (size_t i = 0; i < old->row_count; i++) widens[i] = AZ_NO_INDEX;
    for (size_t k = g->first[VEHICLE]; k < g->first[PROMISE]; k++) {
        size_t row = row_of(g, master, k);
        size_t column =
            az_column(model, 0, firm[k] || row == AZ_NO_INDEX ? 0 : MORE, WEIGHT, true, NULL);
        if (row != AZ_NO_INDEX) widens[row] = column;
    }
    for (size_t i = 0; i < old->row_count; i++) {
        (void)az_row(model, old->row_lower[i], old->row_upper[i], NULL);
        for (size_t k = old->row_start[i]; k < old->row_start[i + 1]; k++)
            az_entry(model, old->entry_column[k], old->entry_value[k]);
        if (widens[i] != AZ_NO_INDEX) az_entry(model, widens[i], -1);
    }
    if (model) model->offset = old->offset;
    AZ_TRY(az_model_finish(model));
    master->model = model;
    master->problem.master = model;
    for (size_t t = 0; t < g->ground->teams.count; t++) master->blocks[t].max += MORE;
    return AZ_OK;
}

/* --- solving ------------------------------------------------------------------------------------
 */

static void read_amounts(const struct giver *g, const struct cl_master *master, size_t first,
                         const struct az_colgen_result *result, double amount[])
{
    const struct cl_instance *cl = g->e->cl;
    const struct cl_ways *ways = &g->ground->ways;
    memset(amount, 0, g->first[KINDS] * sizeof *amount);
    for (size_t i = 0; i < cl->sites.count; i++)
        if (!isfinite(cl->sites.items[i].left_out_jpy) && master->left_out_column[i] != AZ_NO_INDEX)
            amount[i] = result->x[master->left_out_column[i]] * visits_of(&cl->sites.items[i]);
    for (size_t k = g->first[VEHICLE]; k < g->first[PROMISE]; k++)
        amount[k] = result->x[first + k - g->first[VEHICLE]];
    for (size_t a = 0; a < cl->appointment_count; a++)
        amount[g->first[PROMISE] + a] = must_be_kept(cl, a);
    for (size_t k = 0; k < result->solution_count; k++) {
        const struct cl_tour *tour = result->solution_columns[k]->data;
        for (size_t s = 0; s < tour->count; s++) {
            if (tour->stops[s].kind != CL_STOP_VISIT) continue;
            size_t kept = ways->items[tour->stops[s].index].kept;
            if (kept != AZ_NO_INDEX) amount[g->first[PROMISE] + kept] = 0;
        }
    }
    for (size_t o = 0; o < master->online_count; o++) {
        size_t kept = ways->items[master->online_way[o]].kept;
        if (kept != AZ_NO_INDEX && result->x[master->online_column + o] > LEAST)
            amount[g->first[PROMISE] + kept] = 0;
    }
}

/* The least that must give, of what is not firm. */
static enum az_status solve(struct giver *g, const bool firm[], struct given *given)
{
    struct az_arena *arena = g->arena;
    struct cl_instance *week = AZ_NEW(arena, struct cl_instance);
    struct cl_ground *ground = AZ_NEW(arena, struct cl_ground);
    struct cl_master *master;
    struct az_block_columns columns = { .arena = arena };
    struct az_colgen_options options = { .cutoff = NAN, .node_limit = NODES, .gap_abs = 0.5 };
    struct az_colgen_result result;
    if (!week || !ground) return AZ_NO_MEMORY;
    AZ_TRY(open_week(g, firm, arena, week));
    *ground = *g->ground;
    ground->cl = week;
    AZ_TRY(
        cl_master_new(ground, CL_MEASURE_GIVE, INFINITY, INFINITY, g->e->context, arena, &master));
    size_t first = master->model->column_count;
    AZ_TRY(add_columns(g, master, firm, arena));
    master->problem.objective_step = 1;
    for (size_t k = 0; k < g->column_count; k++) {
        struct az_block_column column;
        AZ_TRY(cl_master_column(master, g->columns[k].data, arena, &column));
        AZ_TRY(az_block_columns_add(&columns, &column));
    }
    options.columns = columns.items;
    options.column_count = columns.count;
    AZ_TRY(az_colgen_solve(&master->problem, &options, g->e->engine, g->e->context, NULL, arena,
                           &result));
    given->status = result.status;
    given->objective = result.objective;
    given->bound = result.bound;
    g->columns = result.columns;
    g->column_count = result.column_count;
    if (!has_solution(given) || !result.x) return AZ_OK;
    if (given->objective >= FORBIDDEN) { /* a promise that must be kept is not */
        given->status = result.bound >= FORBIDDEN ? AZ_SOLVE_INFEASIBLE : AZ_SOLVE_UNKNOWN;
        return AZ_OK;
    }
    read_amounts(g, master, first, &result, given->amount);
    return AZ_OK;
}

/* Those that gave become firm one by one where the others suffice. */
static enum az_status filter(struct giver *g, struct given *found, bool *minimal)
{
    size_t count = g->first[KINDS];
    bool *firm = AZ_ARRAY(g->arena, count, bool);
    struct given trial = { .amount = AZ_ARRAY(g->arena, count, double) };
    if (!firm || !trial.amount) return AZ_NO_MEMORY;
    *minimal = true;
    for (size_t k = 0; k < count; k++) firm[k] = found->amount[k] < LEAST;
    for (size_t k = 0; k < count; k++) {
        if (firm[k]) continue;
        if (az_must_stop(g->e->context)) {
            *minimal = false;
            return AZ_OK;
        }
        firm[k] = true;
        AZ_TRY(solve(g, firm, &trial));
        if (has_solution(&trial)) {
            memcpy(found->amount, trial.amount, count * sizeof *found->amount);
            for (size_t j = 0; j < count; j++) firm[j] = firm[j] || found->amount[j] < LEAST;
            continue;
        }
        firm[k] = false;
        if (trial.status != AZ_SOLVE_INFEASIBLE) *minimal = false;
    }
    return AZ_OK;
}

/* --- telling ------------------------------------------------------------------------------------
 */

static enum az_status tell_member(const struct giver *g, size_t group, double amount)
{
    struct cl_explainer *e = g->e;
    const struct cl_staff_group *it = &g->ground->teams.groups[group];
    const struct cl_staff *staff = &e->cl->staff.items[it->staff[0]];
    return cl_explain_reason(
        e, CL_RULE_crew_position, CL_ITEM_AT("staff", it->staff[0], staff->id), amount,
        az_time_add(e->cl->start, (int64_t)it->day * CL_DAY_S),
        (struct az_words){ az_arena_format(e->arena, "staff like %s on this day", staff->id),
                           az_arena_format(e->arena, "この日の %s と同じ職員", staff->id) });
}

static enum az_status tell_booking(const struct giver *g, size_t slot, double amount)
{
    struct cl_explainer *e = g->e;
    const struct cl_slot_class *it = &g->ground->ways.slots[slot];
    size_t remote = e->cl->slot[it->slot[0]].remote;
    return cl_explain_reason(e, CL_RULE_slot_capacity,
                             CL_MEMBER("remote", remote, e->cl->remote.items[remote].id, "slots"),
                             amount, az_time_add(e->cl->start, it->from_s),
                             (struct az_words)AZ_EN_JA("bookings of this slot", "この枠の予約数"));
}

static enum az_status tell(const struct giver *g, const struct given *found)
{
    struct cl_explainer *e = g->e;
    const struct cl_instance *cl = e->cl;
    struct az_time never = { .utc_s = AZ_NO_INTEGER };
    struct az_path parts[3];
    for (size_t k = 0; k < g->first[KINDS]; k++) {
        double amount = round(found->amount[k]);
        if (amount < LEAST) continue;
        if (k >= g->first[PROMISE]) {
            size_t a = k - g->first[PROMISE];
            AZ_TRY(cl_explain_reason(
                e, CL_RULE_visit_changed, cl_appointment_path(cl, a, parts), amount,
                cl->appointment[a].start,
                (struct az_words)AZ_EN_JA("a promise that must be kept", "守るべき約束の時刻")));
        } else if (k >= g->first[BOOKING]) {
            AZ_TRY(tell_booking(g, k - g->first[BOOKING], amount));
        } else if (k >= g->first[MEMBER]) {
            AZ_TRY(tell_member(g, k - g->first[MEMBER], amount));
        } else if (k >= g->first[VEHICLE]) {
            size_t v = (k - g->first[VEHICLE]) / (size_t)cl->days;
            size_t day = (k - g->first[VEHICLE]) % (size_t)cl->days;
            AZ_TRY(cl_explain_reason(
                e, CL_RULE_vehicle_once,
                CL_MEMBER("vehicles", v, cl->vehicles.items[v].id, "count"), amount,
                az_time_add(cl->start, (int64_t)day * CL_DAY_S),
                (struct az_words)AZ_EN_JA("vehicles on this day", "この日の車両の台数")));
        } else {
            AZ_TRY(cl_explain_reason(
                e, CL_RULE_site_served, CL_ITEM_AT("sites", k, cl->sites.items[k].id), amount,
                never,
                (struct az_words)AZ_EN_JA("a site that must be served", "必ず訪問する訪問先")));
        }
    }
    return AZ_OK;
}

enum az_status cl_explain_give(struct cl_explainer *e, const struct cl_ground *ground,
                               struct az_arena *arena)
{
    const struct cl_instance *cl = e->cl;
    struct giver g = { .e = e, .ground = ground, .arena = arena };
    size_t counts[KINDS] = { cl->sites.count, cl->vehicles.count * (size_t)cl->days,
                             ground->teams.group_count, ground->ways.slot_count,
                             cl->appointment_count };
    for (int kind = 0; kind < KINDS; kind++) g.first[kind + 1] = g.first[kind] + counts[kind];
    bool *firm = AZ_ARRAY(arena, g.first[KINDS], bool);
    struct given found = { .amount = AZ_ARRAY(arena, g.first[KINDS], double) };
    if (!firm || !found.amount) return AZ_NO_MEMORY;
    AZ_TRY(solve(&g, firm, &found));
    e->explanation->proven = e->explanation->proven || found.bound > LEAST;
    if (!has_solution(&found)) return AZ_OK;
    if (found.objective < LEAST) { /* there is a plan after all, and no time for it */
        e->explanation->feasible = e->explanation->proven = true;
        return AZ_OK;
    }
    AZ_TRY(filter(&g, &found, &e->explanation->minimal));
    return tell(&g, &found);
}
