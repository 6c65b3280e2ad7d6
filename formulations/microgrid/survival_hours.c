/* survival_hours.c - how long an outage would be lived through that begins with each slot of a
 * plan, whether one is asked for or not: for people, by the policy of island_follow.c and the
 * plan's own witnesses, so at least so long. And witnesses of that policy, where no engine is at
 * hand. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/survival.h"

#define AHEAD_H 72.0     /* looked ahead at most */
#define STEPS 40000000.0 /* slots times devices: beyond it nobody waits for the figure */

static double known_slots(const struct mg_instance *mg, size_t s)
{
    double all = (double)mg->T + (mg->outlook ? (double)mg->outlook->slots : 0);
    return fmin(all - (double)s, floor(AHEAD_H / mg->dt));
}

static bool is_too_much(const struct mg_instance *mg)
{
    double devices = (double)(mg->units.count + mg->batteries.count + mg->renewables.count +
                              mg->loads.count + 1);
    return (double)mg->T * known_slots(mg, 0) * devices > STEPS;
}

/* Hours of every start by the policy; ties: [tie_count]. */
static enum az_status follow_all(const struct mg_island *island, const struct mg_flows *flows,
                                 double ties[], double hours[])
{
    const struct mg_instance *mg = island->mg;
    for (size_t s = 0; s < mg->T; s++) {
        struct az_arena *scratch = az_arena_new(NULL);
        size_t lived = 0;
        if (!scratch) return AZ_NO_MEMORY;
        mg_ties_of_flows(island, flows, s, ties);
        enum az_status status = mg_follow(island, s, ties, scratch, NULL, &lived);
        az_arena_free(scratch);
        if (status != AZ_OK) return status;
        hours[s] = (double)lived * mg->dt;
    }
    return AZ_OK;
}

static enum az_status hours_of(const struct mg_instance *mg, const struct mg_survival *survival,
                               size_t index, const struct mg_flows *flows, struct az_arena *arena,
                               double hours[])
{
    struct mg_survival longer = *survival;
    struct mg_island island;
    longer.length = (size_t)known_slots(mg, 0);
    AZ_TRY(mg_island_new(mg, &longer, index, arena, &island));
    double *ties = AZ_ARRAY(arena, island.tie_count, double);
    if (!ties) return AZ_NO_MEMORY;
    return follow_all(&island, flows, ties, hours);
}

/* What the witness of a start lives through before its first gap. h */
static double witnessed(const struct mg_instance *mg, const struct mg_witness *witness)
{
    size_t lived = AZ_NO_INDEX;
    for (size_t i = 0; i < witness->loads.count; i++) {
        const struct az_series *unserved = &witness->loads.items[i].unserved_kw;
        size_t k = 0;
        while (k < unserved->count && !(unserved->values[k] > AZ_FEASIBILITY_TOLERANCE)) k++;
        if (k < lived) lived = k;
    }
    return lived == AZ_NO_INDEX ? 0 : (double)lived * mg->dt;
}

static void take_witnesses(const struct mg_instance *mg, const struct mg_plan *plan, size_t v,
                           double hours[])
{
    for (size_t k = 0; k < plan->survivals.count; k++)
        for (size_t n = 0;
             plan->survivals.keys[k].index == v && n < plan->survivals.items[k].witnesses.count;
             n++) {
            const struct mg_witness *witness = &plan->survivals.items[k].witnesses.items[n];
            int64_t seconds = witness->start.utc_s - mg->start.utc_s;
            size_t s = (size_t)(seconds / (mg->slot_minutes * 60));
            if (seconds >= 0 && s < mg->T) hours[s] = fmax(hours[s], witnessed(mg, witness));
        }
}

/* Does the grid ask for anything in an outage, and can it be held? */
static bool is_island(const struct mg_instance *mg, size_t g)
{
    bool asks = false;
    for (size_t i = 0; i < mg->loads.count; i++)
        asks =
            asks || (mg->loads.items[i].grid.index == g && mg->loads.items[i].critical_share > 0);
    return asks && mg_can_form(mg, g);
}

static enum az_status fill(const struct mg_instance *mg, const struct mg_plan *plan,
                           const struct mg_flows *flows, struct az_arena *arena,
                           struct mg_hours *hours)
{
    for (size_t v = 0; v < mg->survivals.count; v++) {
        hours->survival[v] = AZ_ARRAY(arena, mg->T, double);
        if (!hours->survival[v]) return AZ_NO_MEMORY;
        AZ_TRY(hours_of(mg, &mg->survivals.items[v], v, flows, arena, hours->survival[v]));
        take_witnesses(mg, plan, v, hours->survival[v]);
    }
    for (size_t g = 0; g < mg->grids.count; g++) {
        struct az_ref grid = { .id = mg->grids.items[g].id, .index = g };
        struct mg_survival alone = { .grids = { .count = 1, .items = &grid } };
        if (!is_island(mg, g)) continue;
        hours->grid[g] = AZ_ARRAY(arena, mg->T, double);
        if (!hours->grid[g]) return AZ_NO_MEMORY;
        AZ_TRY(hours_of(mg, &alone, 0, flows, arena, hours->grid[g]));
    }
    return AZ_OK;
}

enum az_status mg_hours_of(const struct mg_instance *mg, const struct mg_plan *plan,
                           struct az_arena *arena, struct mg_hours *hours)
{
    struct az_misfit misfit = { 0 };
    struct mg_flows flows;
    *hours = (struct mg_hours){ .survival = AZ_ARRAY(arena, mg->survivals.count, double *),
                                .grid = AZ_ARRAY(arena, mg->grids.count, double *) };
    if (!hours->survival || !hours->grid) return AZ_NO_MEMORY;
    if (is_too_much(mg)) return AZ_OK;
    AZ_TRY(mg_flows_lay(mg, plan, arena, &misfit, &flows));
    return misfit.count > 0 ? AZ_OK : fill(mg, plan, &flows, arena, hours);
}

/* One map of the summary: rows that are there. */
static enum az_status keep_rows(const struct mg_instance *mg, double *const rows[], size_t count,
                                struct az_arena *arena, struct az_ref **keys,
                                struct az_series **items, size_t *kept)
{
    *keys = AZ_ARRAY(arena, count, struct az_ref);
    *items = AZ_ARRAY(arena, count, struct az_series);
    if (!*keys || !*items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        if (!rows[i]) continue;
        (*keys)[*kept].index = i;
        (*items)[(*kept)++] = (struct az_series){ .count = mg->T, .values = rows[i] };
    }
    return AZ_OK;
}

enum az_status mg_sum_hours(const struct mg_instance *mg, const struct mg_plan *plan,
                            struct az_arena *arena, struct mg_summary *summary)
{
    struct mg_hours hours;
    AZ_TRY(mg_hours_of(mg, plan, arena, &hours));
    AZ_TRY(keep_rows(mg, hours.survival, mg->survivals.count, arena, &summary->survival_h.keys,
                     &summary->survival_h.items, &summary->survival_h.count));
    AZ_TRY(keep_rows(mg, hours.grid, mg->grids.count, arena, &summary->island_h.keys,
                     &summary->island_h.items, &summary->island_h.count));
    for (size_t k = 0; k < summary->survival_h.count; k++)
        summary->survival_h.keys[k].id = mg->survivals.items[summary->survival_h.keys[k].index].id;
    for (size_t k = 0; k < summary->island_h.count; k++)
        summary->island_h.keys[k].id = mg->grids.items[summary->island_h.keys[k].index].id;
    return AZ_OK;
}

/* --- witnesses without an engine ----------------------------------------------------------------
 */

static enum az_status follow_survival(const struct mg_instance *mg, size_t v,
                                      const struct mg_flows *flows, struct az_arena *arena,
                                      struct mg_survival_plan *plan)
{
    const struct mg_survival *survival = &mg->survivals.items[v];
    struct mg_island island;
    AZ_TRY(mg_island_new(mg, survival, v, arena, &island));
    double *ties = AZ_ARRAY(arena, island.tie_count, double);
    plan->witnesses.items =
        AZ_ARRAY(arena, survival->starts.last - survival->starts.first, struct mg_witness);
    if (!ties || !plan->witnesses.items) return AZ_NO_MEMORY;
    for (size_t s = survival->starts.first; s < survival->starts.last; s++) {
        size_t lived;
        struct mg_witness *witness = &plan->witnesses.items[plan->witnesses.count];
        mg_ties_of_flows(&island, flows, s, ties);
        AZ_TRY(mg_follow(&island, s, ties, arena, witness, &lived));
        if (lived == mg_island_length(&island, s)) plan->witnesses.count++;
    }
    return AZ_OK;
}

enum az_status mg_follow_plan(const struct mg_instance *mg, struct az_arena *arena,
                              struct mg_plan *plan)
{
    struct az_misfit misfit = { 0 };
    struct mg_flows flows;
    size_t count = mg->survivals.count;
    if (count == 0) return AZ_OK;
    AZ_TRY(mg_flows_lay(mg, plan, arena, &misfit, &flows));
    if (misfit.count > 0) return AZ_OK;
    plan->survivals.keys = AZ_ARRAY(arena, count, struct az_ref);
    plan->survivals.items = az_arena_array(arena, count, sizeof *plan->survivals.items);
    if (!plan->survivals.keys || !plan->survivals.items) return AZ_NO_MEMORY;
    plan->survivals.count = count;
    for (size_t v = 0; v < count; v++) {
        plan->survivals.keys[v] = (struct az_ref){ .id = mg->survivals.items[v].id, .index = v };
        AZ_TRY(follow_survival(mg, v, &flows, arena, &plan->survivals.items[v]));
    }
    return AZ_OK;
}
