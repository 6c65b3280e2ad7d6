/* resolve_outages.c - which connections are shut in which slots, how long a blackout lasts, and
 * when the outages begin that the island must live through. */
#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/resolve.h"

enum { SHUT_BY_PLAN = 1, SHUT_BY_BLACKOUT = 2 };

/* Marks the connections named, or all of them, over a window. */
static void shut(struct mg_instance *mg, size_t count, const struct az_ref connections[],
                 struct mg_window window, signed char by)
{
    for (size_t k = 0; k < (count ? count : mg->connections.count); k++) {
        size_t i = count ? connections[k].index : k;
        for (size_t t = window.first; i < mg->connections.count && t < window.last; t++)
            mg->shut[i * mg->T + t] = by;
    }
}

static void resolve_islandings(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    for (size_t i = 0; i < mg->islandings.count; i++) {
        struct mg_islanding *islanding = &mg->islandings.items[i];
        const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "islandings"), i, islanding->id);
        islanding->slots = mg_window_of(r, islanding->from, islanding->until, false, path, NULL);
        shut(mg, islanding->connections.count, islanding->connections.items, islanding->slots,
             SHUT_BY_PLAN);
    }
}

/* Slots before a moment, those that it falls into included; within 0 .. T. */
static size_t slots_before(const struct mg_instance *mg, struct az_time at)
{
    int64_t slots = mg_slots_to(mg, at, true);
    if (slots < 0) return 0;
    return slots > (int64_t)mg->T ? mg->T : (size_t)slots;
}

static void resolve_blackout(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    struct mg_blackout *blackout = mg->blackout;
    const struct az_path *path = AZ_AT(NULL, "blackout");
    char start[32], value[32];
    if (!blackout) return;
    if (blackout->since.utc_s > mg->start.utc_s)
        AZ_FIND(r->findings, &mg_code_blackout_ahead, AZ_AT(path, "since"),
                AZ_TEXT_PARAM("start", az_time_format(mg->start, start)),
                AZ_TEXT_PARAM("value", az_time_format(blackout->since, value)));
    blackout->slots = (struct mg_window){ 0, mg->T };
    blackout->recovered = blackout->resumed = mg->T;
    if (az_time_given(blackout->restoration)) {
        struct az_time recovery =
            az_time_add(blackout->restoration, (int64_t)(blackout->recovery_h * 3600));
        size_t recovered = slots_before(mg, recovery);
        if (blackout->restoration.utc_s <= blackout->since.utc_s)
            AZ_FIND(r->findings, &mg_code_window_empty, AZ_AT(path, "restoration"),
                    AZ_TEXT_PARAM("from", az_time_format(blackout->since, start)),
                    AZ_TEXT_PARAM("value", az_time_format(blackout->restoration, value)));
        blackout->slots.last = slots_before(mg, blackout->restoration);
        blackout->recovered = recovered > 0 ? recovered - 1 : 0;
        blackout->resumed = recovered;
        if (mg_slots_to(mg, recovery, true) > (int64_t)mg->T) blackout->recovered = mg->T;
        if (blackout->slots.last == 0) AZ_FIND0(r->assumptions, &mg_code_window_outside, path);
    }
    shut(mg, blackout->connections.count, blackout->connections.items, blackout->slots,
         SHUT_BY_BLACKOUT);
}

/* One step of what converters lead to: a grid without connections (ends[]) takes over whether there
 * is any behind them, and where one of those is live. Returns whether anything is new. */
static bool reach(const struct mg_instance *mg, const bool ends[], bool reached[], bool live[])
{
    bool any = false;
    for (size_t i = 0; i < 2 * mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i / 2];
        size_t to = i % 2 ? converter->from_grid.index : converter->to_grid.index;
        size_t from = i % 2 ? converter->to_grid.index : converter->from_grid.index;
        if (to >= mg->grids.count || from >= mg->grids.count || ends[to]) continue;
        any = any || (reached[from] && !reached[to]);
        reached[to] |= reached[from];
        for (size_t t = 0; t < mg->T; t++) {
            any = any || (live[from * mg->T + t] && !live[to * mg->T + t]);
            live[to * mg->T + t] |= live[from * mg->T + t];
        }
    }
    return any;
}

/* Grids without connections are cut off where all are that converters lead to. */
static enum az_status resolve_ends(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    size_t cells = mg->grids.count * mg->T;
    bool *ends = AZ_ARRAY(r->arena, mg->grids.count, bool);
    bool *reached = AZ_ARRAY(r->arena, mg->grids.count, bool);
    bool *live = AZ_ARRAY(r->arena, cells, bool);
    if (!ends || !reached || !live) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->connections.count; i++)
        if (mg->connections.items[i].grid.index < mg->grids.count)
            ends[mg->connections.items[i].grid.index] = true;
    for (size_t g = 0; g < mg->grids.count; g++) reached[g] = ends[g];
    for (size_t at = 0; at < cells; at++) live[at] = mg->tied[at];
    while (reach(mg, ends, reached, live)) {
    }
    for (size_t at = 0; at < cells; at++)
        if (!ends[at / mg->T]) mg->cut[at] = reached[at / mg->T] && !live[at];
    return AZ_OK;
}

/* Which grids have a live connection, and which the outages leave without one. */
static enum az_status resolve_cuts(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    mg->tied = AZ_ARRAY(r->arena, mg->grids.count * mg->T, bool);
    mg->cut = AZ_ARRAY(r->arena, mg->grids.count * mg->T, bool);
    if (!mg->tied || !mg->cut) return AZ_NO_MEMORY;
    for (size_t i = 0; i < mg->connections.count; i++) {
        size_t grid = mg->connections.items[i].grid.index;
        for (size_t t = 0; grid < mg->grids.count && t < mg->T; t++)
            (mg->shut[i * mg->T + t] ? mg->cut : mg->tied)[grid * mg->T + t] = true;
    }
    for (size_t at = 0; at < mg->grids.count * mg->T; at++) mg->cut[at] &= !mg->tied[at];
    mg->dark = mg->blackout ? mg->blackout->slots.last : 0;
    mg->recovering = mg->blackout ? mg->blackout->recovered : 0;
    mg->resuming = mg->blackout ? mg->blackout->resumed : 0;
    return mg->blackout || mg->islandings.count > 0 ? resolve_ends(r) : AZ_OK;
}

static bool has_connection(const struct mg_instance *mg, size_t grid)
{
    for (size_t i = 0; i < mg->connections.count; i++)
        if (mg->connections.items[i].grid.index == grid) return true;
    return false;
}

/* Where a battery stood before the start of a run in a blackout. */
static size_t place_of(const struct mg_battery *battery)
{
    size_t k = battery->stands0 > 0 ? (size_t)battery->stands0 : 0;
    return k > 0 ? battery->shelter_grids.items[k - 1].index : battery->grid.index;
}

/* A unit that was on, or a battery that was there before the start and can form the grid. */
static bool was_held(const struct mg_instance *mg, size_t grid)
{
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        if (mg_unit_forms(unit, grid) && unit->on0) return true;
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        int64_t away = 0;
        for (size_t k = 0; k < battery->reservations.count; k++)
            if (battery->reservations.items[k].under_way)
                away += battery->reservations.items[k].vehicles;
        bool there = battery->grid_forming == 1 && place_of(battery) == grid;
        if (there && away < battery->count) return true;
    }
    return false;
}

/* Does the blackout leave the grid no connection in the first slot, or the grids that lead to one
 * without? */
static bool is_struck(const struct mg_instance *mg, size_t grid)
{
    bool struck = !has_connection(mg, grid) && mg->cut[grid * mg->T];
    for (size_t i = 0; i < mg->connections.count; i++) {
        if (mg->connections.items[i].grid.index != grid) continue;
        if (!mg->shut[i * mg->T]) return false;
        struck = struck || mg->shut[i * mg->T] == SHUT_BY_BLACKOUT;
    }
    return struck && !was_held(mg, grid);
}

/* Did the blackout strike the grid at the start or in the slot before it, or leave it dead there?
 * Whatever is on at the start of a later run has come through. */
static bool strikes(const struct mg_instance *mg, size_t grid)
{
    struct az_time before = az_time_add(mg->start, -mg->slot_minutes * 60);
    return mg->dark > 0 && mg->cut[grid * mg->T] &&
           (mg->blackout->since.utc_s > before.utc_s || !mg->grids.items[grid].formed0);
}

/* Where units must not run in any case: until the island has recovered, and on grids that may be
 * dead. */
static enum az_status resolve_excuses(struct mg_resolver *r, size_t i)
{
    struct mg_instance *mg = r->mg;
    struct mg_unit *unit = &mg->units.items[i];
    if (unit->grid.index >= mg->grids.count) return AZ_OK;
    const bool *cut = &mg->cut[unit->grid.index * mg->T];
    unit->may_trip = unit->on0 && strikes(mg, unit->grid.index);
    if (unit->must_run != 1) return AZ_OK;
    unit->excused = AZ_ARRAY(r->arena, mg->T, bool);
    if (!unit->excused) return AZ_NO_MEMORY;
    for (size_t t = 0; t < mg->T; t++) unit->excused[t] = t < mg->resuming || cut[t];
    return AZ_OK;
}

enum az_status mg_resolve_formed(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    const struct mg_state *state = mg->state;
    bool began = mg->blackout && mg->blackout->since.utc_s < mg->start.utc_s;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->grids.keys : NULL, state ? state->grids.count : 0,
                        mg->grids.count, &at));
    for (size_t i = 0; i < mg->grids.count; i++) {
        struct mg_grid *grid = &mg->grids.items[i];
        bool dead = began && is_struck(mg, i);
        grid->formed0 = at[i] != AZ_NO_INDEX ? state->grids.items[at[i]].formed == 1 : !dead;
        if (dead && at[i] == AZ_NO_INDEX)
            AZ_FIND0(r->assumptions, &mg_code_grid_taken_dead,
                     AZ_ITEM(AZ_AT(NULL, "grids"), i, grid->id));
    }
    for (size_t i = 0; i < mg->units.count && (mg->blackout || mg->islandings.count > 0); i++)
        AZ_TRY(resolve_excuses(r, i));
    return AZ_OK;
}

/* Where batteries stand since the blackout began. */
static void resolve_shelter(struct mg_resolver *r, struct mg_battery *battery,
                            const struct az_ref *stands)
{
    const struct az_path *path = MG_STATE("batteries", battery->id, "shelter_grid");
    char shown[AZ_SHORT_TEXT];
    if (r->mg->dark == 0) {
        AZ_FIND0(r->assumptions, &mg_code_shelter_left, path);
        return;
    }
    if (stands->index == battery->grid.index) battery->stands0 = 0;
    for (size_t k = battery->shelter_grids.count; k > 0; k--)
        if (battery->shelter_grids.items[k - 1].index == stands->index) battery->stands0 = (int)k;
    if (battery->stands0 < 0)
        AZ_FIND(r->findings, &mg_code_no_shelter, path,
                AZ_TEXT_PARAM("value", az_shorten(stands->id, shown)));
}

enum az_status mg_resolve_shelters(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    const struct mg_state *state = mg->state;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->batteries.keys : NULL, state ? state->batteries.count : 0,
                        mg->batteries.count, &at));
    for (size_t i = 0; i < mg->batteries.count; i++) {
        struct mg_battery *battery = &mg->batteries.items[i];
        battery->stands0 = -1;
        if (at[i] != AZ_NO_INDEX && state->batteries.items[at[i]].shelter_grid.id)
            resolve_shelter(r, battery, &state->batteries.items[at[i]].shelter_grid);
    }
    return AZ_OK;
}

void mg_resolve_lapses(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    if (!mg->blackout) return;
    size_t dark = mg->blackout->slots.last;
    for (size_t i = 0; i < mg->connections.count; i++)
        for (size_t t = 0; t < dark; t++)
            mg->connections.items[i].scheduled_kw[t] = mg->connections.items[i].submitted_kw[t] =
                NAN;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        struct mg_commitment *commitment = &mg->commitments.items[i];
        if (commitment->slots.first < dark) commitment->slots.first = dark;
        if (commitment->slots.first < commitment->slots.last) continue;
        commitment->slots = (struct mg_window){ 0, 0 };
        commitment->begins = false;
    }
    if (mg->blackout->recovered < mg->T) return;
    for (size_t i = 0; i < mg->batteries.count; i++) mg->batteries.items[i].end_kwh = -INFINITY;
    for (size_t i = 0; i < mg->ponds.count; i++) mg->ponds.items[i].end_kwh = -INFINITY;
}

/* --- survival -----------------------------------------------------------------------------------
 */

static size_t first_start(const struct mg_instance *mg, const struct mg_survival *survival)
{
    size_t first = az_time_given(survival->from) ? slots_before(mg, survival->from) : 0;
    size_t dark = mg->blackout ? mg->blackout->slots.last : 0;
    return first > dark ? first : dark;
}

static void resolve_survival(struct mg_resolver *r, size_t i)
{
    struct mg_instance *mg = r->mg;
    struct mg_survival *survival = &mg->survivals.items[i];
    const struct az_path *path = AZ_ITEM(AZ_AT(NULL, "survivals"), i, survival->id);
    size_t known = mg->T + (mg->outlook ? (size_t)mg->outlook->slots : 0);
    struct mg_window all = mg_window_of(r, survival->from, survival->until, false, path, NULL);
    struct mg_window *starts = &survival->starts;
    survival->length = mg_slots_of(r, survival->hours, AZ_AT(path, "hours"));
    if (survival->length < 1) survival->length = 1;
    starts->first = first_start(mg, survival);
    starts->last = az_time_given(survival->until) ? slots_before(mg, survival->until) : mg->T;
    if (all.first == all.last || starts->first >= starts->last)
        *starts = (struct mg_window){ 0, 0 };
    size_t whole = known >= survival->length ? known - survival->length + 1 : 0;
    size_t from = starts->first > whole ? starts->first : whole;
    if (from < starts->last)
        AZ_FIND(r->assumptions, &mg_code_survival_cut, path,
                AZ_NUMBER_PARAM("value", (double)(starts->last - from)));
}

enum az_status mg_resolve_outages(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    mg->shut = AZ_ARRAY(r->arena, mg->connections.count * mg->T, signed char);
    if (!mg->shut) return AZ_NO_MEMORY;
    resolve_islandings(r);
    resolve_blackout(r);
    for (size_t i = 0; i < mg->survivals.count; i++) resolve_survival(r, i);
    return resolve_cuts(r);
}
