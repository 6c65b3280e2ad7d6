/* columns_branch.c - branching of the master over unit schedules: on commitments. */
#include <math.h>

#include "formulations/microgrid/columns.h"
#include "solver/tolerances.h"

#define CANDIDATES 12

static bool starts_in(const struct mg_master *master, size_t c, const struct mg_schedule *schedule,
                      size_t t)
{
    const struct mg_unit *unit = &master->mg->units.items[master->classes[c].unit[0]];
    bool before = t > 0 ? schedule->on[t - 1] != 0 : unit->on0 != 0;
    return schedule->on[t] != 0 && !before;
}

bool mg_allows(void *data, const struct az_decision *decision, const struct az_block_column *column)
{
    const struct mg_schedule *schedule = column->data;
    (void)data;
    return decision->i != column->block ||
           (schedule->on[decision->j] != 0) == (decision->value > 0.5);
}

double mg_branch_coefficient(void *data, const struct az_master_row *row,
                             const struct az_block_column *column)
{
    const struct mg_branch *branch = row->data;
    const struct mg_schedule *schedule = column->data;
    if (branch->class_of != column->block) return 0;
    if (branch->type == MG_BRANCH_ON) return schedule->on[branch->slot] != 0;
    return starts_in(data, column->block, schedule, branch->slot);
}

void mg_count_units(const struct mg_master *master, const struct az_master_solution *solution)
{
    size_t T = master->mg->T, each = master->class_count * T;
    for (size_t k = 0; k < 2 * each; k++) master->value[k] = 0;
    for (size_t k = 0; k < solution->count; k++) {
        const struct mg_schedule *schedule = solution->columns[k]->data;
        size_t c = solution->columns[k]->block;
        if (c >= master->class_count) continue;
        for (size_t t = 0; t < T; t++) {
            if (schedule->on[t]) master->value[c * T + t] += solution->values[k];
            if (starts_in(master, c, schedule, t))
                master->value[each + c * T + t] += solution->values[k];
        }
    }
}

static enum az_status add(const struct mg_master *master, size_t at, double score,
                          struct az_branching_list *out)
{
    const struct mg_branch *branch = &master->branches[at];
    struct az_branching branching = { .score = score };
    if (master->classes[branch->class_of].count == 1) {
        for (int child = 0; child < 2; child++) {
            branching.decision_count[child] = 1;
            branching.child[child][0] =
                (struct az_decision){ MG_BRANCH_ON, branch->class_of, branch->slot, child };
        }
    } else {
        struct az_master_row *row = AZ_NEW(out->arena, struct az_master_row);
        if (!row) return AZ_NO_MEMORY;
        *row = (struct az_master_row){ .lower = -INFINITY, .upper = INFINITY, .data = branch };
        branching.row = row;
        branching.row_value[0] = floor(master->value[at]);
        branching.row_value[1] = floor(master->value[at]) + 1;
    }
    return az_branching_list_add(out, &branching);
}

/* What is branched on, in this order: single units on (their children can be tried), units of a
 * class on, starts in a class. */
enum sort { SINGLE_ON, CLASS_ON, CLASS_START, SORTS };

static bool is_of_sort(const struct mg_master *master, size_t at, enum sort sort)
{
    const struct mg_branch *branch = &master->branches[at];
    bool single = master->classes[branch->class_of].count == 1;
    if (branch->type == MG_BRANCH_START) return sort == CLASS_START && !single;
    return sort == (single ? SINGLE_ON : CLASS_ON);
}

/* How much is in doubt: 0 where the count is whole. */
static double doubt(const struct mg_master *master, size_t at)
{
    double part = master->value[at] - floor(master->value[at]);
    size_t c = master->branches[at].class_of;
    const struct mg_unit *unit = &master->mg->units.items[master->classes[c].unit[0]];
    if (part < MG_WHOLE || part > 1 - MG_WHOLE) return 0;
    return fmin(part, 1 - part) * sqrt(fmax(unit->p_max_kw, 1));
}

/* The commitments that are most in doubt, large units first. With all counts of a single unit whole
 * its columns agree on every slot, and since dispatch is convex their mean is a schedule; so
 * nothing is left to branch on. Where whole counts of units on and of starts do not make schedules
 * of a class, the node keeps its bound. */
enum az_status mg_branchings(void *data, const struct az_master_solution *solution,
                             struct az_branching_list *out)
{
    const struct mg_master *master = data;
    size_t all = 2 * master->class_count * master->mg->T;
    mg_count_units(master, solution);
    for (int sort = 0; sort < SORTS && out->count == 0; sort++) {
        size_t best[CANDIDATES], count = 0;
        double scores[CANDIDATES];
        for (size_t at = 0; at < all; at++) {
            double score = is_of_sort(master, at, (enum sort)sort) ? doubt(master, at) : 0;
            if (score <= 0 || (count == CANDIDATES && scores[count - 1] >= score)) continue;
            size_t k = count < CANDIDATES ? count++ : count - 1;
            for (; k > 0 && scores[k - 1] < score; k--) {
                scores[k] = scores[k - 1];
                best[k] = best[k - 1];
            }
            scores[k] = score;
            best[k] = at;
        }
        for (size_t k = 0; k < count; k++) AZ_TRY(add(master, best[k], scores[k], out));
    }
    return AZ_OK;
}
