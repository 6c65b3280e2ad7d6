/* model_packs.c - packs of batteries in the compact MILP: means of the courses that are known.
 *
 *   sum_k net_k(t) theta_k joins the balance,  sum_k theta_k = 1,  theta >= 0 */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/packs.h"
#include "solver/tolerances.h"

#define COURSES 100    /* of a pack in an LP: those used last */
#define MILP 12        /* in a MILP */
#define BOTH_WAYS 5e-7 /* kW: less than this the smaller way is noise */

/* --- the rows -----------------------------------------------------------------------------------
 */

/* The courses used last, the incumbent's first. Returns how many. */
static size_t choose(const struct mg_pack *pack, size_t most, struct mg_course *chosen[])
{
    size_t count = 0;
    if (pack->only) {
        chosen[0] = pack->only;
        return 1;
    }
    if (pack->best) chosen[count++] = pack->best;
    size_t kept = count;
    for (size_t c = pack->course_count; c-- > 0;) {
        struct mg_course *course = pack->courses[c];
        if (course == pack->best) continue;
        if (count == most && chosen[count - 1]->used >= course->used) continue;
        if (count < most) count++;
        size_t k = count - 1;
        for (; k > kept && chosen[k - 1]->used < course->used; k--) chosen[k] = chosen[k - 1];
        chosen[k] = course;
    }
    return count;
}

void mg_model_packs(struct mg_model *m)
{
    const struct mg_packs *packs = m->mg->packs;
    if (!packs || m->build.without_units) return;
    m->courses = az_arena_array(m->arena, packs->count, sizeof *m->courses);
    if (!m->courses) m->failed = AZ_NO_MEMORY;
    for (size_t k = 0; k < packs->count && !m->failed; k++) {
        struct mg_courses *in = &m->courses[k];
        in->items = az_arena_array(m->arena, COURSES + 1, sizeof *in->items);
        if (!in->items) {
            m->failed = AZ_NO_MEMORY;
            return;
        }
        in->count = choose(&packs->items[k], m->build.relaxed ? COURSES : MILP, in->items);
        for (size_t c = 0; c < in->count; c++) {
            size_t column = mg_column(m, 0, 1, in->items[c]->cost, false);
            if (c == 0) in->first = column;
        }
    }
}

void mg_put_packs(struct mg_model *m, size_t g, size_t t)
{
    const struct mg_packs *packs = m->mg->packs;
    for (size_t k = 0; m->courses && k < packs->count; k++)
        for (size_t c = 0; packs->items[k].grid == g && c < m->courses[k].count; c++)
            mg_put_column(m, m->courses[k].first + c, m->courses[k].items[c]->net[t]);
}

void mg_model_pack_rows(struct mg_model *m)
{
    for (size_t k = 0; m->courses && k < m->mg->packs->count; k++) {
        struct mg_courses *in = &m->courses[k];
        in->row = az_row(m->lp, 1, 1, NULL);
        for (size_t c = 0; c < in->count; c++) az_entry(m->lp, in->first + c, 1);
    }
}

/* --- growing ------------------------------------------------------------------------------------
 */

enum az_status mg_grow_packs(const struct mg_model *m, const double pi[], double objective,
                             double share, bool *grown)
{
    const struct mg_instance *mg = m->mg;
    struct mg_packs *packs = mg->packs;
    struct az_arena *scratch = az_arena_new(NULL);
    double scale = m->build.goal == MG_GOAL_COST || m->build.goal == MG_GOAL_SUM, gain = 0;
    enum az_status status = AZ_NO_MEMORY;
    struct mg_course **courses = NULL;
    double *gains = NULL;
    *grown = false;
    if (scratch) courses = az_arena_array(scratch, packs->count, sizeof(struct mg_course *));
    if (courses) gains = AZ_ARRAY(scratch, packs->count, double);
    if (!gains) goto done;
    for (size_t k = 0; k < packs->count; k++) {
        const size_t *balance = m->balance + packs->items[k].grid * mg->T;
        double *here = AZ_ARRAY(scratch, mg->T, double), bound;
        status = AZ_NO_MEMORY;
        if (!here) goto done;
        for (size_t t = 0; t < mg->T; t++) here[t] = pi[balance[t]];
        AZ_GOTO(mg_best_course(mg, k, here, scale, scratch, scratch, &bound, &courses[k]));
        gains[k] = fmax(0, pi[m->courses[k].row] - bound);
        gain += gains[k];
    }
    status = AZ_OK;
    *grown = gain > fmax(share * fabs(objective), AZ_ZERO);
    packs->moment += *grown;
    for (size_t k = 0; *grown && k < packs->count; k++)
        if (gains[k] > AZ_ZERO * fmax(1, fabs(objective)))
            AZ_GOTO(mg_add_course(mg, k, courses[k]));
done:
    az_arena_free(scratch);
    return status;
}

/* --- solutions ----------------------------------------------------------------------------------
 */

/* The mean of a pack's courses in a solution: charge, discharge [batteries of the pack * T]. */
static enum az_status mean_flows(const struct mg_model *m, size_t k, const double x[],
                                 struct az_arena *scratch, double charge[], double discharge[])
{
    const struct mg_instance *mg = m->mg;
    const struct mg_courses *in = &m->courses[k];
    size_t flows = mg->packs->items[k].count * mg->T;
    double *one = AZ_ARRAY(scratch, 2 * flows, double), sum = 0;
    if (!one) return AZ_NO_MEMORY;
    for (size_t c = 0; c < in->count; c++) sum += fmax(0, x[in->first + c]);
    for (size_t c = 0; c < in->count; c++) {
        double share = fmax(0, x[in->first + c]) / fmax(sum, AZ_ZERO);
        if (share <= 0) continue;
        in->items[c]->used = mg->packs->moment;
        AZ_TRY(mg_course_flows(mg, k, in->items[c], scratch, one, one + flows));
        for (size_t f = 0; f < flows; f++) {
            charge[f] += share * one[f];
            discharge[f] += share * one[flows + f];
        }
    }
    return AZ_OK;
}

/* The same energy one way: what goes both ways at once becomes the difference. Returns how often.
 */
static size_t one_way(const struct mg_instance *mg, size_t battery, double charge[],
                      double discharge[])
{
    const struct mg_battery *b = &mg->batteries.items[battery];
    size_t settled = 0;
    for (size_t t = 0; t < mg->T; t++) {
        if (charge[t] <= BOTH_WAYS || discharge[t] <= BOTH_WAYS) {
            if (charge[t] < discharge[t])
                charge[t] = 0;
            else
                discharge[t] = 0;
            continue;
        }
        double x = charge[t] * b->charge_efficiency - discharge[t] / b->discharge_efficiency;
        charge[t] = x > 0 ? x / b->charge_efficiency : 0;
        discharge[t] = x < 0 ? -x * b->discharge_efficiency : 0;
        settled++;
    }
    return settled;
}

/* The mean as a plan's flows, each battery one way. */
static enum az_status read_pack(const struct mg_model *m, size_t k, const double x[],
                                struct mg_plan *plan, size_t *settled)
{
    const struct mg_instance *mg = m->mg;
    const struct mg_pack *pack = &mg->packs->items[k];
    struct az_arena *scratch = az_arena_new(NULL);
    double *flows = scratch ? AZ_ARRAY(scratch, 2 * pack->count * mg->T, double) : NULL;
    enum az_status status = AZ_NO_MEMORY;
    if (flows) status = mean_flows(m, k, x, scratch, flows, flows + pack->count * mg->T);
    for (size_t n = 0; n < pack->count && status == AZ_OK; n++) {
        struct mg_battery_plan *to = &plan->batteries.items[pack->battery[n]];
        memcpy(to->charge_kw.values, flows + n * mg->T, mg->T * sizeof(double));
        memcpy(to->discharge_kw.values, flows + (pack->count + n) * mg->T, mg->T * sizeof(double));
        *settled += one_way(mg, pack->battery[n], to->charge_kw.values, to->discharge_kw.values);
        mg_follow_energy(mg, pack->battery[n], to);
    }
    az_arena_free(scratch);
    return status;
}

enum az_status mg_read_packs(const struct mg_model *m, const double x[], struct mg_plan *plan)
{
    size_t settled = 0;
    for (size_t k = 0; m->courses && k < m->mg->packs->count; k++)
        AZ_TRY(read_pack(m, k, x, plan, &settled));
    return AZ_OK;
}

enum az_status mg_settle_packs(const struct mg_model *m, const double x[], size_t *settled)
{
    const struct mg_instance *mg = m->mg;
    struct mg_plan *plan;
    struct az_arena *arena = az_arena_new(NULL);
    enum az_status status = arena ? mg_plan_new(mg, arena, &plan) : AZ_NO_MEMORY;
    *settled = 0;
    for (size_t k = 0; status == AZ_OK && k < mg->packs->count; k++)
        status = read_pack(m, k, x, plan, settled);
    for (size_t k = 0; status == AZ_OK && *settled > 0 && k < mg->packs->count; k++) {
        struct mg_pack *pack = &mg->packs->items[k];
        status = mg_course_of_plan(mg, k, plan, mg->packs->arena, &pack->only);
    }
    az_arena_free(arena);
    return status;
}

bool mg_point_packs(const struct mg_model *m, const struct mg_plan *plan, double x[])
{
    const struct mg_instance *mg = m->mg;
    for (size_t k = 0; m->courses && k < mg->packs->count; k++) {
        const struct mg_pack *pack = &mg->packs->items[k];
        const struct mg_courses *in = &m->courses[k];
        size_t c = 0, t = 0;
        while (c < in->count && in->items[c] != pack->best) c++;
        if (c == in->count) return false;
        for (t = 0; t < mg->T; t++) {
            double net = 0;
            for (size_t n = 0; n < pack->count; n++) {
                const struct mg_battery_plan *from = &plan->batteries.items[pack->battery[n]];
                net += from->discharge_kw.values[t] - from->charge_kw.values[t];
            }
            if (fabs(net - in->items[c]->net[t]) > 1e-6 * fmax(1, fabs(net))) return false;
        }
        for (size_t d = 0; d < in->count; d++) x[in->first + d] = d == c;
    }
    return true;
}
