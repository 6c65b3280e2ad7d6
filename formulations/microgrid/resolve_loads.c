/* resolve_loads.c - prices of critical load, possible starts of shiftable loads, windows of
 * flexible ones. */
#include "formulations/microgrid/resolve.h"

#define CRITICAL_FACTOR 10 /* of the unserved price, when there is no price of critical load */

static void resolve_load(struct mg_load *load)
{
    load->critical_jpy_per_kwh = isnan(load->critical_price_jpy_per_kwh)
                                     ? CRITICAL_FACTOR * load->unserved_price_jpy_per_kwh
                                     : load->critical_price_jpy_per_kwh;
    load->interruptible_share = 0;
    for (size_t k = 0; k < load->steps.count; k++)
        load->interruptible_share += load->steps.items[k].share;
}

/* --- shiftable loads ----------------------------------------------------------------------------
 */

/* The slots with which the run may start. One that cannot start any more is left out, and told. */
static void resolve_starts(const struct mg_resolver *r, struct mg_shiftable *shiftable,
                           const struct az_path *path)
{
    const struct mg_instance *mg = r->mg;
    int64_t run = (int64_t)shiftable->run_kw.count, T = (int64_t)mg->T;
    int64_t first = mg_slots_to(mg, shiftable->earliest, true);
    int64_t last = mg_slots_to(mg, shiftable->latest_end, false) - run;
    shiftable->starts = (struct mg_window){ 0, 0 };
    if (last < first) {
        AZ_FIND(r->findings, &mg_code_run_does_not_fit, AZ_AT(path, "latest_end"),
                AZ_NUMBER_PARAM("value", (double)(last + run > first ? last + run - first : 0)),
                AZ_NUMBER_PARAM("minimum", (double)run));
        return;
    }
    if (shiftable->done || shiftable->run_slots0 > 0) return;
    shiftable->may_wait = last >= T;
    if (first >= T) {
        AZ_FIND0(r->assumptions, &mg_code_window_outside, path);
    } else if (last < 0) {
        AZ_FIND0(r->assumptions, &mg_code_run_missed, path);
    } else {
        shiftable->starts.first = first < 0 ? 0 : (size_t)first;
        shiftable->starts.last = last >= T ? mg->T : (size_t)last + 1;
    }
}

static enum az_status resolve_shiftables(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    const struct mg_state *state = mg->state;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->shiftables.keys : NULL,
                        state ? state->shiftables.count : 0, mg->shiftables.count, &at));
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        struct mg_shiftable *shiftable = &mg->shiftables.items[i];
        int64_t run = (int64_t)shiftable->run_kw.count;
        int64_t behind = at[i] == AZ_NO_INDEX ? 0 : state->shiftables.items[at[i]].run_slots;
        if (behind > run)
            AZ_FIND(r->findings, &mg_code_run_beyond_length,
                    MG_STATE("shiftables", shiftable->id, "run_slots"),
                    AZ_NUMBER_PARAM("maximum", (double)run),
                    AZ_NUMBER_PARAM("value", (double)behind));
        shiftable->done = behind >= run;
        shiftable->run_slots0 = behind > 0 && behind < run ? (size_t)behind : 0;
        resolve_starts(r, shiftable, AZ_ITEM(AZ_AT(NULL, "shiftables"), i, shiftable->id));
    }
    return AZ_OK;
}

/* --- flexible loads -----------------------------------------------------------------------------
 */

static enum az_status resolve_flexible(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    const struct mg_state *state = mg->state;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->flexible_loads.keys : NULL,
                        state ? state->flexible_loads.count : 0, mg->flexible_loads.count, &at));
    for (size_t i = 0; i < mg->flexible_loads.count; i++) {
        struct mg_flexible *flexible = &mg->flexible_loads.items[i];
        const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "flexible_loads"), i, flexible->id);
        size_t k = at[i];
        flexible->slots =
            mg_window_of(r, flexible->from, flexible->until, true, path, &flexible->closes);
        if (flexible->slots.first == flexible->slots.last) continue;
        flexible->used_kwh = mg_used_of(
            r, flexible->from, k, k == AZ_NO_INDEX ? 0 : state->flexible_loads.items[k].used_kwh,
            path, MG_STATE("flexible_loads", flexible->id, "used_kwh"));
    }
    return AZ_OK;
}

enum az_status mg_resolve_loads(struct mg_resolver *r)
{
    for (size_t i = 0; i < r->mg->loads.count; i++) resolve_load(&r->mg->loads.items[i]);
    AZ_TRY(resolve_shiftables(r));
    return resolve_flexible(r);
}
