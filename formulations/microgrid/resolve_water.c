/* resolve_water.c - levels of ponds at the start and the end, windows of energy budgets. */
#include "formulations/microgrid/resolve.h"

/* --- ponds --------------------------------------------------------------------------------------
 */

static double measured_level(const struct mg_resolver *r, const struct mg_pond *pond, double level)
{
    const struct az_path *path = MG_STATE("ponds", pond->id, "level_kwh");
    double low = pond->min_kwh, high = pond->capacity_kwh;
    if (high < low) return low;
    double taken = fmin(fmax(level, low), high);
    if (mg_within(level, low, high)) return taken;
    if (pond->out_of_range == MG_CLAMP)
        AZ_FIND(r->assumptions, &mg_code_level_clamped, path, AZ_NUMBER_PARAM("value", level),
                AZ_NUMBER_PARAM("taken", taken));
    else
        AZ_FIND(r->findings, &mg_code_level_outside_window, path, AZ_NUMBER_PARAM("minimum", low),
                AZ_NUMBER_PARAM("maximum", high), AZ_NUMBER_PARAM("value", level));
    return taken;
}

/* What is due at the end without an end_share: the state's, or the level at the start. */
static double due_level(const struct mg_resolver *r, const struct mg_pond *pond, size_t k)
{
    double due = k == AZ_NO_INDEX ? NAN : r->mg->state->ponds.items[k].due_kwh;
    if (isnan(due)) return pond->start_kwh;
    if (!mg_within(due, pond->min_kwh, pond->capacity_kwh))
        AZ_FIND(r->findings, &mg_code_level_outside_window, MG_STATE("ponds", pond->id, "due_kwh"),
                AZ_NUMBER_PARAM("minimum", pond->min_kwh),
                AZ_NUMBER_PARAM("maximum", pond->capacity_kwh), AZ_NUMBER_PARAM("value", due));
    return due;
}

enum az_status mg_resolve_ponds(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    const struct mg_state *state = mg->state;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->ponds.keys : NULL, state ? state->ponds.count : 0,
                        mg->ponds.count, &at));
    for (size_t i = 0; i < mg->ponds.count; i++) {
        struct mg_pond *pond = &mg->ponds.items[i];
        if (at[i] != AZ_NO_INDEX) {
            pond->start_kwh = measured_level(r, pond, state->ponds.items[at[i]].level_kwh);
        } else {
            pond->start_kwh = (pond->min_kwh + pond->capacity_kwh) / 2;
            AZ_FIND(r->assumptions, &mg_code_level_assumed,
                    AZ_ITEM(AZ_AT(NULL, "ponds"), i, pond->id),
                    AZ_NUMBER_PARAM("taken", pond->start_kwh));
        }
        pond->end_kwh = due_level(r, pond, at[i]);
        if (!isnan(pond->end_share)) pond->end_kwh = pond->end_share * pond->capacity_kwh;
        if (!isnan(pond->end_value_jpy_per_kwh)) pond->end_kwh = -INFINITY;
    }
    return AZ_OK;
}

/* --- budgets ------------------------------------------------------------------------------------
 */

enum az_status mg_resolve_budgets(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    const struct mg_state *state = mg->state;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->budgets.keys : NULL, state ? state->budgets.count : 0,
                        mg->budgets.count, &at));
    for (size_t i = 0; i < mg->budgets.count; i++) {
        struct mg_budget *budget = &mg->budgets.items[i];
        const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "budgets"), i, budget->id);
        size_t k = at[i];
        budget->slots = mg_window_of(r, budget->from, budget->until, true, path, &budget->closes);
        if (budget->slots.first == budget->slots.last) continue;
        budget->used_kwh =
            mg_used_of(r, budget->from, k, k == AZ_NO_INDEX ? 0 : state->budgets.items[k].used_kwh,
                       path, MG_STATE("budgets", budget->id, "used_kwh"));
    }
    return AZ_OK;
}
