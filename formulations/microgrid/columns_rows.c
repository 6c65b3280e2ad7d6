/* columns_rows.c - what a unit's schedule puts into the rows of the master.
 *
 * The compact model is built with a column for every part of a unit (on, power above minimum,
 * reserve up and down) but without the rules of units. These columns are taken out of it: their
 * entries say what a schedule adds to the rows that units share with others, and their costs what
 * it costs there. So everything that is linear in these parts is served, whatever it is called. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"

/* What a column of the compact model is of a unit. */
struct place {
    size_t unit, slot;
    enum mg_part part;
};

static void note_places(const struct mg_model *m, struct place places[])
{
    size_t T = m->mg->T;
    for (size_t at = 0; at < m->mg->units.count * T; at++) {
        const size_t columns[] = { m->on[at].column, m->above[at], m->reserve[at],
                                   m->reserve_down[at] };
        for (int part = 0; part < 4; part++)
            if (columns[part] != AZ_NO_INDEX)
                places[columns[part]] = (struct place){ at / T, at % T, (enum mg_part)part };
    }
}

static bool names_units(const struct mg_model *m, size_t row)
{
    const struct az_model *lp = m->lp;
    for (size_t k = lp->row_start[row]; k < lp->row_start[row + 1]; k++)
        if (lp->entry_column[k] < m->unit_columns) return true;
    return false;
}

/* Schedules of large units have entries of a million kW beside the ones of their blocks' rows, with
 * which GLPK ends in a basis that it cannot use: the rows of power count in a typical unit's. */
static void set_scales(struct mg_master *master)
{
    const struct mg_instance *mg = master->mg;
    const struct mg_model *m = master->rest;
    double sum = 0;
    for (size_t i = 0; i < mg->units.count; i++) sum += mg->units.items[i].p_max_kw;
    double row_kw = fmax(1, sum / fmax(1, (double)mg->units.count));
    for (size_t i = 0; i < m->lp->row_count; i++)
        master->row_scale[i] = names_units(m, i) ? 1 / row_kw : 1;
    for (size_t at = 0; at < mg->grids.count * mg->T; at++)
        master->row_scale[m->balance[at]] = 1 / row_kw;
}

/* Entries of units by unit: counted, then filled in the order of rows. */
static enum az_status make_shares(struct mg_master *master, const struct place places[])
{
    const struct mg_model *m = master->rest;
    const struct az_model *lp = m->lp;
    size_t units = master->mg->units.count, T = master->mg->T;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < lp->row_count; i++)
            for (size_t k = lp->row_start[i]; k < lp->row_start[i + 1]; k++) {
                if (lp->entry_column[k] >= m->unit_columns) continue;
                const struct place *place = &places[lp->entry_column[k]];
                struct mg_shares *shares = &master->shares[place->unit];
                if (pass == 1)
                    shares->items[shares->count] =
                        (struct mg_share){ i, place->slot, place->part,
                                           lp->entry_value[k] * master->row_scale[i] };
                shares->count++;
            }
        for (size_t u = 0; u < units && pass == 0; u++) {
            struct mg_shares *shares = &master->shares[u];
            shares->items = AZ_ARRAY(master->arena, shares->count, struct mg_share);
            shares->cost = AZ_ARRAY(master->arena, MG_PARTS * T, double);
            if (!shares->items || !shares->cost) return AZ_NO_MEMORY;
            shares->count = 0;
        }
    }
    for (size_t j = 0; j < m->unit_columns; j++)
        master->shares[places[j].unit].cost[(size_t)places[j].part * T + places[j].slot] =
            lp->cost[j];
    return AZ_OK;
}

/* The rows and columns that are left. */
static enum az_status strip(struct mg_master *master)
{
    const struct mg_model *m = master->rest;
    const struct az_model *from = m->lp;
    struct az_model *to = master->lp = az_model_new(m->arena, AZ_MINIMIZE);
    for (size_t j = m->unit_columns; j < from->column_count; j++)
        (void)az_column(to, from->lower[j], from->upper[j], from->cost[j], from->integer[j], NULL);
    for (size_t i = 0; i < from->row_count; i++) {
        double scale = master->row_scale[i];
        (void)az_row(to, from->row_lower[i] * scale, from->row_upper[i] * scale, NULL);
        for (size_t k = from->row_start[i]; k < from->row_start[i + 1]; k++)
            if (from->entry_column[k] >= m->unit_columns)
                az_entry(to, from->entry_column[k] - m->unit_columns, from->entry_value[k] * scale);
    }
    az_add_offset(to, from->offset);
    return az_model_finish(to);
}

enum az_status mg_master_rows(struct mg_master *master)
{
    const struct mg_model *m = master->rest;
    struct place *places = AZ_ARRAY(master->arena, m->unit_columns, struct place);
    master->row_scale = AZ_ARRAY(master->arena, m->lp->row_count, double);
    master->shares = AZ_ARRAY(master->arena, master->mg->units.count, struct mg_shares);
    if (!places || !master->row_scale || !master->shares) return AZ_NO_MEMORY;
    note_places(m, places);
    set_scales(master);
    AZ_TRY(make_shares(master, places));
    return strip(master);
}

bool mg_same_shares(const struct mg_master *master, size_t i, size_t j)
{
    const struct mg_shares *a = &master->shares[i], *b = &master->shares[j];
    if (a->count != b->count) return false;
    for (size_t k = 0; k < a->count; k++)
        if (a->items[k].row != b->items[k].row || a->items[k].slot != b->items[k].slot ||
            a->items[k].part != b->items[k].part || a->items[k].value != b->items[k].value)
            return false;
    for (size_t k = 0; k < MG_PARTS * master->mg->T; k++)
        if (a->cost[k] != b->cost[k]) return false;
    return true;
}

/* --- schedules ----------------------------------------------------------------------------------
 */

/* How much there is of a part. */
static double amount_of(const struct mg_unit *unit, const struct mg_schedule *schedule,
                        enum mg_part part, size_t t)
{
    if (!schedule->on[t]) return 0;
    switch (part) {
    case MG_PART_ON:
        return 1;
    case MG_PART_ABOVE:
        return schedule->power[t] - unit->p_min_kw;
    case MG_PART_UP:
        return schedule->reserve[t];
    default:
        return schedule->reserve_down[t];
    }
}

enum az_status mg_master_column(const struct mg_master *master, size_t c,
                                const struct mg_schedule *schedule, struct az_arena *arena,
                                struct az_block_column *column)
{
    const struct mg_shares *shares = &master->shares[master->classes[c].unit[0]];
    const struct mg_unit *unit = &master->mg->units.items[master->classes[c].unit[0]];
    size_t *row = AZ_ARRAY(arena, shares->count, size_t), count = 0;
    double *value = AZ_ARRAY(arena, shares->count, double), cost = schedule->cost;
    if (!row || !value) return AZ_NO_MEMORY;
    for (size_t k = 0; k < shares->count;) {
        double sum = 0;
        size_t at = shares->items[k].row;
        for (; k < shares->count && shares->items[k].row == at; k++)
            sum += shares->items[k].value *
                   amount_of(unit, schedule, shares->items[k].part, shares->items[k].slot);
        if (fabs(sum) <= AZ_ZERO) continue;
        row[count] = at;
        value[count++] = sum;
    }
    for (size_t t = 0; t < master->mg->T; t++)
        for (int part = 0; part < MG_PARTS; part++)
            cost += shares->cost[(size_t)part * master->mg->T + t] *
                    amount_of(unit, schedule, (enum mg_part)part, t);
    *column = (struct az_block_column){
        .block = c, .cost = cost, .entry_count = count, .row = row, .value = value, .data = schedule
    };
    return AZ_OK;
}

/* Prices of parts: of power that above the minimum, of being on what the minimum is not paid. */
enum az_status mg_master_ask(const struct mg_master *master, size_t c,
                             const struct az_prices *prices, struct az_arena *scratch,
                             struct mg_unit_ask *ask)
{
    const struct mg_instance *mg = master->mg;
    size_t T = mg->T, i = master->classes[c].unit[0];
    const struct mg_unit *unit = &mg->units.items[i];
    const struct mg_shares *shares = &master->shares[i];
    double *price = AZ_ARRAY(scratch, (MG_PARTS + 1) * T, double);
    signed char *state = AZ_ARRAY(scratch, T, signed char);
    if (!price || !state) return AZ_NO_MEMORY;
    double *on = price + MG_PART_ON * T, *above = price + MG_PART_ABOVE * T, *up, *down;
    double *start = price + MG_PARTS * T;
    up = price + MG_PART_UP * T;
    down = price + MG_PART_DOWN * T;
    for (size_t k = 0; k < MG_PARTS * T; k++) price[k] = -prices->cost_scale * shares->cost[k];
    for (size_t k = 0; k < shares->count; k++) {
        const struct mg_share *share = &shares->items[k];
        price[(size_t)share->part * T + share->slot] += prices->pi[share->row] * share->value;
    }
    for (size_t t = 0; t < T; t++) {
        size_t at = i * T + t;
        on[t] -= unit->p_min_kw * above[t];
        if (master->rest->reserve[at] == AZ_NO_INDEX) up[t] = -1;
        if (master->rest->reserve_down[at] == AZ_NO_INDEX) down[t] = -1;
        state[t] = (signed char)mg_forced(unit, t);
    }
    for (size_t k = 0; k < prices->added_count; k++) {
        const struct mg_branch *branch = prices->added[k].data;
        if (branch->class_of != c) continue;
        (branch->type == MG_BRANCH_ON ? on : start)[branch->slot] += prices->added_pi[k];
    }
    for (size_t k = 0; k < prices->decision_count; k++)
        if (prices->decisions[k].i == c)
            state[prices->decisions[k].j] = (signed char)prices->decisions[k].value;
    *ask = (struct mg_unit_ask){ .mg = mg,
                                 .unit = i,
                                 .cost_scale = prices->cost_scale,
                                 .energy = above,
                                 .reserve = up,
                                 .reserve_down = down,
                                 .on = on,
                                 .start = start,
                                 .state = state };
    return AZ_OK;
}

enum az_status mg_course_column(const struct mg_master *master, size_t k,
                                const struct mg_course *course, struct az_arena *arena,
                                struct az_block_column *column)
{
    size_t T = master->mg->T, count = 0;
    const size_t *balance = master->rest->balance + master->mg->packs->items[k].grid * T;
    size_t *row = AZ_ARRAY(arena, T, size_t);
    double *value = AZ_ARRAY(arena, T, double);
    if (!row || !value) return AZ_NO_MEMORY;
    for (size_t t = 0; t < T; t++) {
        if (fabs(course->net[t]) <= AZ_ZERO) continue;
        row[count] = balance[t];
        value[count++] = course->net[t] * master->row_scale[balance[t]];
    }
    *column = (struct az_block_column){ .block = master->class_count + k,
                                        .cost = course->cost,
                                        .entry_count = count,
                                        .row = row,
                                        .value = value,
                                        .data = course };
    return AZ_OK;
}
