/* complete_joint.c - units that share staff and slots, filled together.
 *
 * First each by itself: where that asks for nobody and no slot twice it is the best of all. Else a
 * master problem over their fillings, a block each unit:
 *
 *   minimize    sum_uf c_f y_uf
 *   subject to  sum_f y_uf = 1                                       every unit
 *               sum_uf members of g in f y_uf <= left_g              staff of a day who are alike
 *               sum_uf bookings of s in f y_uf <= capacity_s         slots that are alike
 *               sum_uf bookings that name k in f y_uf <= capacity_k  slots
 *
 * Where that has no solution the fewest units are left, for others to fill as well as it goes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/complete.h"

#define CANDIDATES 8 /* of branching */

struct joint {
    struct cl_completion *c;
    struct az_arena *arena;
    size_t block_count;
    size_t *unit;      /* [blocks] */
    double reward;     /* of a filled unit: 0 where all must be */
    size_t *group_row; /* [groups] */
    size_t *class_row; /* [slot classes] */
    size_t *slot_row;  /* [slots] */
    struct az_model *model;
    /* the best so far */
    double objective;
    const struct cl_filling **best; /* [blocks] NULL: left */
};

/* --- what a filling uses -------------------------------------------------------------------------
 */

/* Calls back for each booking of a filling: its class and the slot that it names. */
static void each_booking(const struct cl_filling *filling,
                         void (*call)(void *data, size_t class, size_t slot), void *data)
{
    for (size_t k = 0; k < filling->count; k++) {
        const struct cl_choice *choice = filling->stops[k].choice;
        if (!choice) continue;
        if (choice->way.doctor != AZ_NO_INDEX || choice->doctor_slot != AZ_NO_INDEX)
            call(data, choice->way.doctor, choice->doctor_slot);
        if (choice->way.pharmacist != AZ_NO_INDEX || choice->pharmacist_slot != AZ_NO_INDEX)
            call(data, choice->way.pharmacist, choice->pharmacist_slot);
    }
}

struct use {
    int64_t *class, *slot;
};

static void count_booking(void *data, size_t class, size_t slot)
{
    struct use *use = data;
    if (class != AZ_NO_INDEX) use->class[class]++;
    if (slot != AZ_NO_INDEX) use->slot[slot]++;
}

/* Do fillings (NULL: none) together ask for nobody and no slot too often? */
static enum az_status go_together(struct cl_completion *c, size_t count,
                                  const struct cl_filling *const fillings[], bool *together)
{
    const struct cl_teams *teams = &c->ground.teams;
    int64_t *group = AZ_ARRAY(c->scratch, c->group_count, int64_t);
    struct use use = { AZ_ARRAY(c->scratch, c->ground.ways.slot_count, int64_t),
                       AZ_ARRAY(c->scratch, c->cl->slot_count, int64_t) };
    if (!group || !use.class || !use.slot) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        if (!fillings[k]) continue;
        each_booking(fillings[k], count_booking, &use);
        if (fillings[k]->team == AZ_NO_INDEX) continue;
        const struct cl_team *team = &teams->items[fillings[k]->team];
        for (size_t m = 0; m < team->member_count; m++) {
            size_t g = teams->classes[team->classes[m]].group;
            if (g < c->group_count) group[g]++;
        }
    }
    *together = true;
    for (size_t g = 0; g < c->group_count; g++)
        *together = *together && group[g] <= c->group_left[g];
    for (size_t s = 0; s < c->ground.ways.slot_count; s++)
        *together = *together && use.class[s] <= c->ground.ways.slots[s].capacity;
    for (size_t s = 0; s < c->cl->slot_count; s++)
        *together = *together && use.slot[s] <= c->cl->slot[s].capacity;
    return AZ_OK;
}

/* --- the master ----------------------------------------------------------------------------------
 */

static void add_rows(struct joint *j)
{
    const struct cl_completion *c = j->c;
    for (size_t g = 0; g < c->group_count; g++)
        j->group_row[g] = az_row(j->model, 0, (double)c->group_left[g], NULL);
    for (size_t s = 0; s < c->ground.ways.slot_count; s++)
        j->class_row[s] = az_row(j->model, 0, (double)c->ground.ways.slots[s].capacity, NULL);
    for (size_t s = 0; s < c->cl->slot_count; s++)
        j->slot_row[s] =
            az_row(j->model, 0, (double)fmax(0, (double)c->cl->slot[s].capacity), NULL);
}

struct entries {
    const struct joint *j;
    size_t count;
    size_t *row;
    double *value;
};

static void put(struct entries *entries, size_t row)
{
    size_t k = 0;
    while (k < entries->count && entries->row[k] < row) k++;
    if (k < entries->count && entries->row[k] == row) {
        entries->value[k]++;
        return;
    }
    for (size_t i = entries->count++; i > k; i--) {
        entries->row[i] = entries->row[i - 1];
        entries->value[i] = entries->value[i - 1];
    }
    entries->row[k] = row;
    entries->value[k] = 1;
}

static void put_booking(void *data, size_t class, size_t slot)
{
    struct entries *entries = data;
    if (class != AZ_NO_INDEX) put(entries, entries->j->class_row[class]);
    if (slot != AZ_NO_INDEX) put(entries, entries->j->slot_row[slot]);
}

static enum az_status column_of(const struct joint *j, size_t block,
                                const struct cl_filling *filling, struct az_arena *arena,
                                struct az_block_column *column)
{
    const struct cl_teams *teams = &j->c->ground.teams;
    const struct cl_team *team = filling->team == AZ_NO_INDEX ? NULL : &teams->items[filling->team];
    size_t most = 4 * filling->count + (team ? team->member_count : 0);
    struct entries entries = { .j = j,
                               .row = AZ_ARRAY(arena, most, size_t),
                               .value = AZ_ARRAY(arena, most, double) };
    if (!entries.row || !entries.value) return AZ_NO_MEMORY;
    for (size_t m = 0; team && m < team->member_count; m++) {
        size_t g = teams->classes[team->classes[m]].group;
        if (g < j->c->group_count) put(&entries, j->group_row[g]);
    }
    each_booking(filling, put_booking, &entries);
    *column = (struct az_block_column){ .block = block,
                                        .cost = filling->jpy - j->reward,
                                        .entry_count = entries.count,
                                        .row = entries.row,
                                        .value = entries.value,
                                        .data = filling };
    return AZ_OK;
}

/* --- pricing -------------------------------------------------------------------------------------
 */

static double *prices_of(const size_t rows[], size_t count, const double pi[],
                         struct az_arena *scratch)
{
    double *prices = AZ_ARRAY(scratch, count, double);
    for (size_t k = 0; prices && k < count; k++) prices[k] = pi[rows[k]];
    return prices;
}

static bool is_allowed(const struct az_prices *prices, size_t unit, size_t team)
{
    for (size_t d = 0; d < prices->decision_count; d++) {
        const struct az_decision *decision = &prices->decisions[d];
        if (decision->type == CL_FILL_TEAM && decision->i == unit &&
            (decision->j == team) != (decision->value > 0))
            return false;
    }
    return true;
}

static enum az_status price(void *data, size_t block, const struct az_prices *prices,
                            struct az_arena *arena, struct az_arena *scratch,
                            struct az_block_columns *out, double *bound)
{
    const struct joint *j = data;
    const struct cl_completion *c = j->c;
    size_t u = j->unit[block];
    const struct cl_unit *unit = &c->units[u];
    struct cl_fill_prices asked = {
        .scale = prices->cost_scale,
        .group = prices_of(j->group_row, c->group_count, prices->pi, scratch),
        .slots = prices_of(j->class_row, c->ground.ways.slot_count, prices->pi, scratch),
        .slot = prices_of(j->slot_row, c->cl->slot_count, prices->pi, scratch),
        .decisions = prices->decisions,
        .decision_count = prices->decision_count,
    };
    size_t teams = unit->round ? unit->team_count : 1;
    if (!asked.group || !asked.slots || !asked.slot) return AZ_NO_MEMORY;
    *bound = INFINITY;
    for (size_t t = 0; t < teams; t++) {
        size_t team = unit->round ? unit->teams[t] : AZ_NO_INDEX;
        struct cl_filling *filling = AZ_NEW(arena, struct cl_filling);
        struct az_block_column column;
        bool found;
        if (!filling) return AZ_NO_MEMORY;
        if (!is_allowed(prices, u, team)) continue;
        AZ_TRY(cl_fill_unit(c, u, team, &asked, arena, scratch, filling, &found));
        if (!found) continue;
        double reduced = filling->value - prices->cost_scale * j->reward;
        *bound = fmin(*bound, reduced);
        if (reduced >= prices->block_dual - prices->tolerance) continue;
        AZ_TRY(column_of(j, block, filling, arena, &column));
        AZ_TRY(az_block_columns_add(out, &column));
    }
    return AZ_OK;
}

/* --- branching -----------------------------------------------------------------------------------
 */

/* Does a stop of the filling take a slot of the class? */
static bool takes(const struct cl_filled_stop *stop, size_t class)
{
    return stop->choice &&
           (stop->choice->way.doctor == class || stop->choice->way.pharmacist == class);
}

static bool allows(void *data, const struct az_decision *decision,
                   const struct az_block_column *column)
{
    const struct cl_filling *filling = column->data;
    (void)data;
    if (decision->type == CL_FILL_TEAM)
        return filling->unit != decision->i ||
               (filling->team == decision->j) == (decision->value > 0);
    if (filling->unit != decision->i / CL_TASKS) return true;
    for (size_t k = 0; k < filling->count; k++)
        if (filling->stops[k].task == decision->i % CL_TASKS)
            return takes(&filling->stops[k], decision->j) == (decision->value > 0);
    return true;
}

struct part {
    struct az_decision decision;
    double value;
};

struct parts {
    struct az_arena *arena;
    size_t count, capacity;
    struct part *items;
};

static enum az_status add_part(struct parts *parts, int type, size_t i, size_t j, double value)
{
    for (size_t k = 0; k < parts->count; k++) {
        struct az_decision *decision = &parts->items[k].decision;
        if (decision->type != type || decision->i != i || decision->j != j) continue;
        parts->items[k].value += value;
        return AZ_OK;
    }
    if (parts->count == parts->capacity) {
        parts->capacity = 2 * parts->capacity + 32;
        parts->items = az_arena_grow(parts->arena, parts->items, parts->count, parts->capacity,
                                     sizeof *parts->items);
        if (!parts->items) return AZ_NO_MEMORY;
    }
    parts->items[parts->count++] =
        (struct part){ { .type = type, .i = i, .j = j, .value = 1 }, value };
    return AZ_OK;
}

static double fraction(const struct part *part)
{
    return fabs(part->value - round(part->value));
}

static int by_fraction(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    if (fraction(x) != fraction(y)) return fraction(x) > fraction(y) ? -1 : 1;
    if (x->decision.type != y->decision.type) return x->decision.type < y->decision.type ? -1 : 1;
    if (x->decision.i != y->decision.i) return x->decision.i < y->decision.i ? -1 : 1;
    return (x->decision.j > y->decision.j) - (x->decision.j < y->decision.j);
}

static enum az_status branchings(void *data, const struct az_master_solution *solution,
                                 struct az_branching_list *out)
{
    struct parts parts = { .arena = out->arena };
    (void)data;
    for (size_t k = 0; k < solution->count; k++) {
        const struct cl_filling *filling = solution->columns[k]->data;
        double value = solution->values[k];
        if (filling->team != AZ_NO_INDEX)
            AZ_TRY(add_part(&parts, CL_FILL_TEAM, filling->unit, filling->team, value));
        for (size_t s = 0; s < filling->count; s++) {
            const struct cl_filled_stop *stop = &filling->stops[s];
            size_t i = filling->unit * CL_TASKS + stop->task;
            if (!stop->choice) continue;
            size_t class[] = { stop->choice->way.doctor, stop->choice->way.pharmacist };
            for (int c = 0; c < 2; c++)
                if (class[c] != AZ_NO_INDEX)
                    AZ_TRY(add_part(&parts, CL_FILL_SLOT, i, class[c], value));
        }
    }
    if (parts.count > 0) qsort(parts.items, parts.count, sizeof *parts.items, by_fraction);
    for (size_t k = 0; k < parts.count && k < CANDIDATES; k++) {
        const struct part *part = &parts.items[k];
        if (fraction(part) < 1e-6) break;
        struct az_branching branching = { .decision_count = { 1, 1 },
                                          .child = { { part->decision }, { part->decision } },
                                          .score = fraction(part) };
        branching.child[1][0].value = 0;
        AZ_TRY(az_branching_list_add(out, &branching));
    }
    return AZ_OK;
}

/* --- solutions -----------------------------------------------------------------------------------
 */

/* The filling of most weight of each unit: those that share no more than there is are a solution.
 */
static enum az_status found(void *data, const struct az_master_solution *solution,
                            double *objective)
{
    struct joint *j = data;
    const struct cl_filling **chosen =
        AZ_ARRAY(j->arena, j->block_count, const struct cl_filling *);
    double *weight = AZ_ARRAY(j->arena, j->block_count, double), sum = 0;
    bool together;
    *objective = INFINITY;
    if (!chosen || !weight) return AZ_NO_MEMORY;
    for (size_t k = 0; k < solution->count; k++) {
        size_t b = solution->columns[k]->block;
        if (solution->values[k] <= fmax(weight[b], 0.01)) continue;
        weight[b] = solution->values[k];
        chosen[b] = solution->columns[k]->data;
    }
    for (size_t b = 0; b < j->block_count; b++) {
        if (!chosen[b] && j->reward == 0) return AZ_OK;
        if (chosen[b]) sum += chosen[b]->jpy - j->reward;
    }
    AZ_TRY(go_together(j->c, j->block_count, chosen, &together));
    if (!together) return AZ_OK;
    *objective = sum;
    if (sum >= j->objective) return AZ_OK;
    j->objective = sum;
    j->best = chosen;
    return AZ_OK;
}

static enum az_status solve(struct joint *j, const struct cl_filling *const alone[])
{
    struct cl_completion *c = j->c;
    struct az_block *blocks = AZ_ARRAY(j->arena, j->block_count, struct az_block);
    struct az_block_columns columns = { .arena = j->arena };
    j->model = az_model_new(j->arena, AZ_MINIMIZE);
    if (!blocks || !j->model) return AZ_NO_MEMORY;
    add_rows(j);
    AZ_TRY(az_model_finish(j->model));
    for (size_t b = 0; b < j->block_count; b++) {
        struct az_block_column column;
        blocks[b] = (struct az_block){ .min = j->reward == 0, .max = 1 };
        AZ_TRY(column_of(j, b, alone[b], j->arena, &column));
        AZ_TRY(az_block_columns_add(&columns, &column));
    }
    struct az_colgen_problem problem = { .master = j->model,
                                         .block_count = j->block_count,
                                         .blocks = blocks,
                                         .effort_count = 1,
                                         .data = j,
                                         .price = price,
                                         .allows = allows,
                                         .branchings = branchings,
                                         .found = found };
    struct az_colgen_options options = {
        .columns = columns.items, .column_count = columns.count, .cutoff = NAN, .gap_abs = 1e-6
    };
    struct az_colgen_result result;
    j->objective = INFINITY;
    j->best = NULL;
    return az_colgen_solve(&problem, &options, c->engine, c->context, NULL, j->arena, &result);
}

/* What a unit is worth that can be filled: more than all that others could cost for it. */
static double reward_of(const struct joint *j, const struct cl_filling *const alone[])
{
    const struct cl_instance *cl = j->c->cl;
    double sum = 1;
    for (size_t b = 0; b < j->block_count; b++) sum += fabs(alone[b]->jpy);
    for (size_t a = 0; a < cl->appointment_count; a++)
        if (cl->appointment[a].status == CL_CONFIRMED)
            sum += j->c->kept_weight * cl_promise_jpy(cl, a);
    return 10 * sum;
}

static enum az_status fill_jointly(struct cl_completion *c, size_t count, size_t units[],
                                   const struct cl_filling *const alone[])
{
    struct joint j = { .c = c,
                       .arena = c->scratch,
                       .block_count = count,
                       .unit = units,
                       .group_row = AZ_ARRAY(c->scratch, c->group_count, size_t),
                       .class_row = AZ_ARRAY(c->scratch, c->ground.ways.slot_count, size_t),
                       .slot_row = AZ_ARRAY(c->scratch, c->cl->slot_count, size_t) };
    if (!j.group_row || !j.class_row || !j.slot_row) return AZ_NO_MEMORY;
    AZ_TRY(solve(&j, alone));
    if (!j.best && !az_must_stop(c->context)) {
        j.reward = reward_of(&j, alone);
        AZ_TRY(solve(&j, alone));
    }
    for (size_t b = 0; b < count && j.best; b++) {
        if (!j.best[b]) continue;
        c->fillings[units[b]] = *j.best[b];
        c->filled[units[b]] = true;
    }
    return AZ_OK;
}

/* The best filling of a unit by itself. */
static enum az_status fill_alone(struct cl_completion *c, size_t u, struct cl_filling *best,
                                 bool *found)
{
    const struct cl_unit *unit = &c->units[u];
    const struct cl_fill_prices prices = { .scale = 1 };
    struct cl_filling filling;
    size_t teams = unit->round ? unit->team_count : 1;
    bool one;
    *found = false;
    if (unit->team_broken_min > 0) return AZ_OK;
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = scratch ? AZ_OK : AZ_NO_MEMORY;
    for (size_t t = 0; t < teams && status == AZ_OK; t++) {
        size_t team = unit->round ? unit->teams[t] : AZ_NO_INDEX;
        status = cl_fill_unit(c, u, team, &prices, c->scratch, scratch, &filling, &one);
        az_arena_empty(scratch);
        if (status != AZ_OK || !one || (*found && filling.value >= best->value)) continue;
        *best = filling;
        *found = true;
    }
    az_arena_free(scratch);
    return status;
}

enum az_status cl_fill_together(struct cl_completion *c)
{
    struct cl_filling *best = AZ_ARRAY(c->scratch, c->unit_count, struct cl_filling);
    const struct cl_filling **alone =
        AZ_ARRAY(c->scratch, c->unit_count, const struct cl_filling *);
    size_t *units = AZ_ARRAY(c->scratch, c->unit_count, size_t), count = 0;
    bool found, together;
    if (!best || !alone || !units) return AZ_NO_MEMORY;
    for (size_t u = 0; u < c->unit_count; u++) {
        AZ_TRY(fill_alone(c, u, &best[u], &found));
        if (!found) continue;
        alone[count] = &best[u];
        units[count++] = u;
    }
    AZ_TRY(go_together(c, count, alone, &together));
    if (!together) return fill_jointly(c, count, units, alone);
    for (size_t b = 0; b < count; b++) {
        c->fillings[units[b]] = *alone[b];
        c->filled[units[b]] = true;
    }
    return AZ_OK;
}
