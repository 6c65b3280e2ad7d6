/* complete.c - a week made by hand in part becomes a full one.
 *
 * The orders of stops are given, and perhaps more; everything that is given stays. Crews, cares,
 * slots, times, breaks and charges are chosen so that no rule is broken and the week costs least.
 * Where that cannot be, the rounds that can still be done well are, and the others are timed as
 * early as it goes: the judge names what they break, and by how much. */
#include <math.h>

#include "formulations/clinic/complete.h"

#define RETRIES 50 /* of a filling that takes a slot more often than it can be */

/* In a lexicographic week no cost outweighs a change, as far as numbers go. */
static double kept_weight(const struct cl_instance *cl)
{
    double least = INFINITY;
    if (cl->objective != CL_LEXICOGRAPHIC) return 1;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        double price = cl_promise_jpy(cl, a);
        if (cl->appointment[a].status == CL_CONFIRMED && price > 0) least = fmin(least, price);
    }
    return isfinite(least) ? fmax(1, 10 * fmax(1, cl->scale) / least) : 1;
}

/* --- what is left ------------------------------------------------------------------------------
 */

/* Takes the staff and slots of a filling; sign 1 gives them back. */
static void take(struct cl_completion *c, const struct cl_filling *filling, int64_t sign)
{
    const struct cl_teams *teams = &c->ground.teams;
    const struct cl_team *team = filling->team == AZ_NO_INDEX ? NULL : &teams->items[filling->team];
    for (size_t m = 0; team && m < team->member_count; m++) {
        size_t group = teams->classes[team->classes[m]].group;
        if (group < c->group_count) c->group_left[group] += sign;
    }
    for (size_t k = 0; k < filling->count; k++) {
        const struct cl_choice *choice = filling->stops[k].choice;
        if (!choice) continue;
        if (choice->way.doctor != AZ_NO_INDEX) c->slots_left[choice->way.doctor] += sign;
        if (choice->way.pharmacist != AZ_NO_INDEX) c->slots_left[choice->way.pharmacist] += sign;
    }
}

/* A crew of those that can be formed: is everybody of it still there? */
static bool is_free(const struct cl_completion *c, size_t team_index)
{
    const struct cl_teams *teams = &c->ground.teams;
    const struct cl_team *team = &teams->items[team_index];
    for (size_t m = 0; m < team->member_count; m++) {
        size_t group = teams->classes[team->classes[m]].group;
        int64_t asked = 0;
        for (size_t i = 0; i < team->member_count; i++)
            asked += teams->classes[team->classes[i]].group == group;
        if (group < c->group_count && asked > c->group_left[group]) return false;
    }
    return true;
}

/* A stop of the filling whose slots are asked for more often than they are left. */
static bool asks_too_much(struct cl_completion *c, const struct cl_filling *filling,
                          struct az_decision *decision)
{
    bool too_much = false;
    take(c, filling, -1);
    for (size_t k = filling->count; k-- > 0 && !too_much;) {
        const struct cl_choice *choice = filling->stops[k].choice;
        if (!choice) continue;
        const size_t class[] = { choice->way.doctor, choice->way.pharmacist };
        const size_t named[] = { choice->doctor_slot, choice->pharmacist_slot };
        for (int i = 0; i < 2 && !too_much; i++) {
            if (class[i] == AZ_NO_INDEX || named[i] != AZ_NO_INDEX) continue;
            too_much = c->slots_left[class[i]] < 0;
            *decision =
                (struct az_decision){ .type = CL_FILL_SLOT,
                                      .i = filling->unit * CL_TASKS + filling->stops[k].task,
                                      .j = class[i] };
        }
    }
    take(c, filling, 1);
    return too_much;
}

/* The best filling of a unit by a crew with what is left. */
static enum az_status fill_with(struct cl_completion *c, size_t u, size_t team, bool loose,
                                struct cl_filling *filling, bool *found)
{
    struct az_decision decisions[RETRIES];
    struct cl_fill_prices prices = {
        .scale = 1, .left = c->slots_left, .decisions = decisions, .loose = loose
    };
    struct az_arena *scratch = az_arena_new(NULL);
    enum az_status status = scratch ? AZ_OK : AZ_NO_MEMORY;
    *found = false;
    while (status == AZ_OK && prices.decision_count < RETRIES) {
        status = cl_fill_unit(c, u, team, &prices, c->scratch, scratch, filling, found);
        az_arena_empty(scratch);
        if (status != AZ_OK || !*found ||
            !asks_too_much(c, filling, &decisions[prices.decision_count]))
            break;
        prices.decision_count++;
        *found = loose;
    }
    az_arena_free(scratch);
    return status;
}

static enum az_status fill_best(struct cl_completion *c, size_t u, bool loose, bool *found)
{
    struct cl_unit *unit = &c->units[u];
    size_t teams = unit->round ? unit->team_count : 1;
    struct cl_filling filling;
    bool one;
    *found = false;
    if (!loose && unit->team_broken_min > 0) return AZ_OK;
    for (size_t t = 0; t < teams; t++) {
        size_t team = unit->round ? unit->teams[t] : AZ_NO_INDEX;
        if (team != AZ_NO_INDEX && !is_free(c, team)) continue;
        AZ_TRY(fill_with(c, u, team, loose, &filling, &one));
        if (!one || (*found && filling.value >= c->fillings[u].value)) continue;
        c->fillings[u] = filling;
        *found = true;
    }
    return AZ_OK;
}

/* Units that are left, one after the other: with no rule broken where that still can be. */
static enum az_status fill_rest(struct cl_completion *c)
{
    for (size_t s = 0; s < c->ground.ways.slot_count; s++)
        c->slots_left[s] = c->ground.ways.slots[s].capacity;
    for (size_t u = 0; u < c->unit_count; u++)
        if (c->filled[u]) take(c, &c->fillings[u], -1);
    for (size_t u = 0; u < c->unit_count; u++) {
        double broken_min;
        if (c->filled[u]) continue;
        AZ_TRY(fill_best(c, u, false, &c->filled[u]));
        if (!c->filled[u]) AZ_TRY(fill_best(c, u, true, &c->filled[u]));
        if (!c->filled[u] && c->units[u].round) { /* nobody is free who could go */
            AZ_TRY(cl_gather_crew(c, &c->units[u], &broken_min));
            AZ_TRY(fill_best(c, u, true, &c->filled[u]));
        }
        if (!c->filled[u]) return AZ_INTERNAL;
        take(c, &c->fillings[u], -1);
    }
    return AZ_OK;
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static enum az_status complete(struct cl_completion *c, void **out)
{
    struct cl_plan *plan;
    struct az_judgement judgement;
    AZ_TRY(cl_ground_of(c->cl, c->scratch, &c->ground));
    c->kept_weight = kept_weight(c->cl);
    c->slots_left = AZ_ARRAY(c->scratch, c->ground.ways.slot_count, int64_t);
    if (!c->slots_left) return AZ_NO_MEMORY;
    AZ_TRY(cl_read_given(c));
    AZ_TRY(cl_find_crews(c));
    AZ_TRY(cl_fill_together(c));
    AZ_TRY(fill_rest(c));
    AZ_TRY(cl_write_completed(c, c->scratch, &plan));
    AZ_TRY(az_copy(&cl_plan_table, plan, c->arena, out));
    AZ_TRY(cl_summarise(c->cl, c->arena, *out));
    AZ_TRY(cl_evaluate(c->cl, *out, c->scratch, &judgement));
    return judgement.violation_count > 0 ? AZ_INFEASIBLE : AZ_OK;
}

enum az_status cl_complete(const void *instance, const void *partial,
                           const struct az_engine *engine, const struct az_context *context,
                           struct az_arena *arena, void **plan)
{
    struct cl_completion c = { .cl = instance,
                               .partial = partial,
                               .engine = engine,
                               .context = context,
                               .arena = arena,
                               .scratch = az_arena_new(NULL) };
    *plan = NULL;
    if (!c.scratch) return AZ_NO_MEMORY;
    enum az_status status = complete(&c, plan);
    az_arena_free(c.scratch);
    return status;
}
