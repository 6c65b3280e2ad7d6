/* model_scenarios.c - scenarios of the compact MILP: a part for each, with the families of the
 * network on the scenario's view of the instance, and the commitments of the whole. */
#include <string.h>

#include "formulations/microgrid/model.h"
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/scenarios.h"

/* --- decisions ----------------------------------------------------------------------------------
 */

void mg_open_ways(const struct mg_instance *mg, struct mg_decisions *decisions)
{
    size_t T = mg->T;
    memset(decisions->battery, MG_FREE, mg->batteries.count * T);
    memset(decisions->connection, MG_FREE, mg->connections.count * T);
    memset(decisions->segment, MG_SEGMENT_FREE, mg->converters.count * T);
    for (size_t i = 0; i < mg->converters.count; i++)
        for (size_t t = 0; t < T; t++)
            decisions->converter[i * T + t] = mg_is_switched(mg, i, t) ? MG_EITHER : MG_FREE;
}

enum az_status mg_decisions_of_scenarios(const struct mg_instance *mg, struct az_arena *arena,
                                         struct mg_decisions *decisions)
{
    decisions->scenario = AZ_ARRAY(arena, mg->scenarios.count, struct mg_decisions);
    if (!decisions->scenario) return AZ_NO_MEMORY;
    for (size_t k = 0; k < mg->scenarios.count; k++) {
        struct mg_decisions *part = &decisions->scenario[k];
        AZ_TRY(mg_decisions_new(&mg->views[k], arena, part));
        part->unit = decisions->unit;
        part->armed = decisions->armed;
        part->lasts = decisions->lasts;
        part->shelter = decisions->shelter;
        part->run = decisions->run;
    }
    return AZ_OK;
}

/* --- building -----------------------------------------------------------------------------------
 */

/* Charges of departures are here and now.  L_scenario = L */
static void tie_departures(struct mg_model *m, const struct mg_model *part)
{
    for (size_t n = 0; n < m->mg->reservation_count; n++) {
        const size_t pairs[][2] = { { m->departed[n], part->departed[n] },
                                    { m->lasts[n], part->lasts[n] } };
        for (size_t k = 0; k < 2; k++) {
            if (pairs[k][0] == AZ_NO_INDEX || pairs[k][1] == AZ_NO_INDEX) continue;
            az_row(m->lp, 0, 0, NULL);
            az_entry(m->lp, pairs[k][0], 1);
            az_entry(m->lp, pairs[k][1], -1);
        }
    }
}

static void add_part(struct mg_model *m, size_t k)
{
    struct mg_model *part = AZ_NEW(m->arena, struct mg_model);
    if (!part) {
        m->failed = AZ_NO_MEMORY;
        return;
    }
    part->mg = &m->mg->views[k];
    part->arena = m->arena;
    part->lp = m->lp;
    part->base = m;
    part->weight = m->mg->scenarios.items[k].probability;
    part->build = m->build;
    part->build.decisions = &m->build.decisions->scenario[k];
    m->scenarios[m->scenario_count++] = part;
    mg_model_families(part);
    m->conflict = m->conflict || part->conflict;
    if (part->failed) m->failed = part->failed;
    if (!m->failed) tie_departures(m, part);
}

void mg_model_scenarios(struct mg_model *m)
{
    size_t count = m->mg->scenarios.count;
    m->scenarios = AZ_ARRAY(m->arena, count, struct mg_model *);
    if (!m->scenarios) m->failed = AZ_NO_MEMORY;
    for (size_t k = 0; k < count && !m->failed; k++) add_part(m, k);
}

/* --- plans --------------------------------------------------------------------------------------
 */

enum az_status mg_read_scenarios(const struct mg_model *m, const double x[], struct az_arena *arena,
                                 struct mg_plan *plan)
{
    if (m->scenario_count == 0) return AZ_OK;
    struct mg_plan **parts = AZ_ARRAY(arena, m->scenario_count, struct mg_plan *);
    if (!parts) return AZ_NO_MEMORY;
    for (size_t k = 0; k < m->scenario_count; k++)
        AZ_TRY(mg_plan_of(m->scenarios[k], x, arena, &parts[k]));
    return mg_put_scenarios(m->mg, parts, arena, plan);
}

bool mg_point_scenarios(const struct mg_model *m, const struct mg_plan *plan, double x[],
                        bool (*point)(const struct mg_model *, const struct mg_plan *, double[]))
{
    for (size_t k = 0; k < m->scenario_count; k++) {
        struct mg_plan *merged;
        if (mg_scenario_plan(m->mg, plan, k, m->arena, &merged) != AZ_OK ||
            !point(m->scenarios[k], merged, x))
            return false;
    }
    return true;
}
