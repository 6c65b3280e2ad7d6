/* carry.c - the state at a moment of a plan at which no crew is out, as the next run's instance
 * takes it.
 *
 * Visits before the moment are done, those after it are promised at their times; a promise that the
 * plan keeps stays as it was given. Carrying to one moment and from there to another gives the same
 * as carrying to the other at once. */
#include <stdlib.h>

#include "formulations/clinic/judge.h"
#include "formulations/common/misfit.h"

static const struct az_code code_misfit = { "carry_plan_misfit",
                                            { "the plan does not fit the instance: {what}",
                                              "計画が入力と合いません: {what}" } };
static const struct az_code code_outside = {
    "carry_outside",
    { "must be from {from} to {until}, is {value}",
      "{from} から {until} まででなければなりません（{value} です）" }
};
static const struct az_code code_out = {
    "carry_crew_out",
    { "round {round} of {vehicle} is out at {value}, it is back at {until}",
      "{value} には巡回 {round}（{vehicle}）が出ています（{until} に戻ります）" }
};
static const struct az_code code_online = {
    "carry_on_line",
    { "{site} is seen on line at {value}, until {until}",
      "{value} には {site} のオンライン診療中です（{until} まで）" }
};

struct carrier {
    const struct cl_instance *cl;
    const struct cl_plan *plan;
    struct az_arena *arena;
    struct az_findings *findings;
    struct cl_judge judge;
    struct cl_state *state;
    int64_t at_s;
    size_t day; /* of the moment */
};

/* --- the moment ---------------------------------------------------------------------------------
 */

static const char *time_text(const struct carrier *c, int64_t time_s, char text[32])
{
    return az_time_format(az_time_add(c->cl->start, time_s), text);
}

/* The moment is in the time that is planned. */
static bool find_moment(struct carrier *c, struct az_time at)
{
    char from[32], until[32], value[32];
    int64_t end_s = c->cl->days * CL_DAY_S;
    bool known = az_seconds_since(c->cl->start, at, &c->at_s);
    if (known && c->at_s >= c->cl->earliest_s && c->at_s <= end_s) {
        c->day = (size_t)(c->at_s / CL_DAY_S);
        return true;
    }
    AZ_FIND(c->findings, &code_outside, AZ_AT(NULL, "at"),
            AZ_TEXT_PARAM("from", time_text(c, c->cl->earliest_s, from)),
            AZ_TEXT_PARAM("until", time_text(c, end_s, until)),
            AZ_TEXT_PARAM("value", known ? az_time_format(at, value) : "?"));
    return false;
}

/* Nobody is out, or on line, at the moment: told one by one, with when they are back. */
static bool is_quiet(struct carrier *c)
{
    char value[32], until[32];
    size_t before = az_findings_total(c->findings);
    bool quiet = true;
    time_text(c, c->at_s, value);
    for (size_t r = 0; r < c->plan->rounds.count; r++) {
        const struct cl_laid_round *laid = &c->judge.at.round[r];
        const struct cl_round *round = &c->plan->rounds.items[r];
        if (laid->works_from_s >= c->at_s || laid->returns_s <= c->at_s) continue;
        quiet = false;
        AZ_FIND(c->findings, &code_out, AZ_ITEM(AZ_AT(NULL, "rounds"), r, round->id),
                AZ_TEXT_PARAM("round", round->id ? round->id : "?"),
                AZ_TEXT_PARAM("vehicle", c->cl->vehicles.items[laid->vehicle].id),
                AZ_TEXT_PARAM("value", value),
                AZ_TEXT_PARAM("until", time_text(c, laid->returns_s, until)));
    }
    for (size_t i = 0; i < c->plan->online.count; i++) {
        const struct cl_laid_visit *laid = &c->judge.at.online[i];
        const char *site = c->cl->sites.items[laid->site].id;
        if (laid->start_s >= c->at_s || laid->end_s <= c->at_s) continue;
        quiet = false;
        AZ_FIND(c->findings, &code_online, AZ_ITEM(AZ_AT(NULL, "online"), i, site),
                AZ_TEXT_PARAM("site", site), AZ_TEXT_PARAM("value", value),
                AZ_TEXT_PARAM("until", time_text(c, laid->end_s, until)));
    }
    return quiet && az_findings_total(c->findings) == before;
}

/* --- appointments -------------------------------------------------------------------------------
 */

static void add_appointment(struct carrier *c, struct az_ref site, struct az_time start, int status,
                            double price)
{
    bool own = !isnan(price) && price != c->cl->change_price_jpy;
    c->state->appointments.items[c->state->appointments.count++] = (struct cl_appointment){
        .site = site, .start = start, .status = status, .change_price_jpy = own ? price : NAN
    };
}

/* The promise about a visit: the one that it keeps, else one that it changes; AZ_NO_INDEX: none. */
static size_t promise_of(const struct carrier *c, const struct cl_seen *seen, bool *kept)
{
    const struct cl_seen *visit;
    size_t changed = AZ_NO_INDEX;
    *kept = false;
    for (size_t a = 0; a < c->cl->appointment_count; a++) {
        const struct cl_appointment *it = &c->cl->appointment[a];
        if (it->status != CL_CONFIRMED || it->site.index != seen->site) continue;
        *kept = cl_is_kept(&c->judge, a, &visit) && visit == seen;
        if (*kept) return a;
        if (visit == seen && changed == AZ_NO_INDEX) changed = a;
    }
    return changed;
}

static void add_visit(struct carrier *c, const struct cl_seen *seen)
{
    struct az_ref site = { .id = c->cl->sites.items[seen->site].id, .index = seen->site };
    struct az_time start = az_time_add(c->cl->start, seen->start_s);
    bool kept, done = seen->start_s < c->at_s;
    size_t promise = promise_of(c, seen, &kept);
    double price = promise == AZ_NO_INDEX ? NAN : c->cl->appointment[promise].change_price_jpy;
    if (kept && !done) start = c->cl->appointment[promise].start;
    add_appointment(c, site, start, done ? CL_DONE : CL_CONFIRMED, done ? NAN : price);
}

static int by_start(const void *a, const void *b)
{
    const struct cl_appointment *x = a, *y = b;
    if (x->start.utc_s != y->start.utc_s) return x->start.utc_s < y->start.utc_s ? -1 : 1;
    return (x->site.index > y->site.index) - (x->site.index < y->site.index);
}

/* What is done stays, also promises of after the horizon; the plan's visits are the others. */
static enum az_status carry_appointments(struct carrier *c)
{
    const struct cl_instance *cl = c->cl;
    size_t most = cl->appointment_count + c->judge.seen_count;
    c->state->appointments.items = AZ_ARRAY(c->arena, most, struct cl_appointment);
    if (!c->state->appointments.items) return AZ_NO_MEMORY;
    for (size_t a = 0; a < cl->appointment_count; a++) {
        const struct cl_appointment *it = &cl->appointment[a];
        bool later = it->status == CL_CONFIRMED && it->day == AZ_NO_INDEX && it->start_s >= c->at_s;
        if (it->status != CL_DONE && !later) continue;
        add_appointment(c, it->site, it->start, it->status,
                        it->status == CL_DONE ? NAN : it->change_price_jpy);
    }
    for (size_t i = 0; i < c->judge.seen_count; i++) add_visit(c, &c->judge.seen[i]);
    qsort(c->state->appointments.items, c->state->appointments.count, sizeof(struct cl_appointment),
          by_start);
    return AZ_OK;
}

/* --- what the day has used up -------------------------------------------------------------------
 */

static bool is_same_day(const struct carrier *c)
{
    return c->cl->state && c->day == c->cl->first_day && c->day < (size_t)c->cl->days;
}

static enum az_status carry_crews(struct carrier *c)
{
    const struct cl_state *old = is_same_day(c) ? c->cl->state : NULL;
    size_t rounds = c->plan->rounds.count, vehicles = old ? old->vehicles_out.count : 0;
    c->state->staff_out.items = AZ_ARRAY(c->arena, c->cl->staff.count, struct az_ref);
    c->state->vehicles_out.items = AZ_ARRAY(c->arena, vehicles + rounds, struct az_ref);
    bool *out = AZ_ARRAY(c->arena, c->cl->staff.count, bool);
    if (!c->state->staff_out.items || !c->state->vehicles_out.items || !out) return AZ_NO_MEMORY;
    for (size_t i = 0; old && i < old->staff_out.count; i++)
        out[old->staff_out.items[i].index] = true;
    for (size_t i = 0; i < vehicles; i++)
        c->state->vehicles_out.items[c->state->vehicles_out.count++] = old->vehicles_out.items[i];
    for (size_t r = 0; r < rounds; r++) {
        const struct cl_round *round = &c->plan->rounds.items[r];
        const struct cl_laid_round *laid = &c->judge.at.round[r];
        if (laid->day != c->day || laid->works_from_s >= c->at_s) continue;
        c->state->vehicles_out.items[c->state->vehicles_out.count++] =
            (struct az_ref){ .id = c->cl->vehicles.items[laid->vehicle].id,
                             .index = laid->vehicle };
        for (size_t m = 0; m < round->members.count; m++) out[round->members.items[m].index] = true;
    }
    for (size_t i = 0; i < c->cl->staff.count; i++)
        if (out[i])
            c->state->staff_out.items[c->state->staff_out.count++] =
                (struct az_ref){ .id = c->cl->staff.items[i].id, .index = i };
    return AZ_OK;
}

static void add_booking(struct carrier *c, bool has, const struct cl_laid_booking *booking)
{
    size_t slot = has ? cl_slot_of(c->cl, booking->remote, booking->slot_s) : AZ_NO_INDEX;
    if (slot == AZ_NO_INDEX || c->cl->slot[slot].day != c->day) return;
    c->state->booked.items[c->state->booked.count++] =
        (struct cl_booked){ .remote = { .id = c->cl->remote.items[booking->remote].id,
                                        .index = booking->remote },
                            .slot = az_time_add(c->cl->start, booking->slot_s) };
}

static enum az_status carry_slots(struct carrier *c)
{
    const struct cl_state *old = is_same_day(c) ? c->cl->state : NULL;
    size_t taken = old ? old->booked.count : 0;
    c->state->booked.items = AZ_ARRAY(c->arena, taken + 2 * c->judge.seen_count, struct cl_booked);
    if (!c->state->booked.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < taken; i++)
        c->state->booked.items[c->state->booked.count++] = old->booked.items[i];
    for (size_t i = 0; i < c->judge.seen_count; i++) {
        const struct cl_seen *seen = &c->judge.seen[i];
        const struct cl_laid_visit *visit = seen->round == AZ_NO_INDEX
                                                ? &c->judge.at.online[seen->stop]
                                                : &c->judge.at.round[seen->round].stop[seen->stop];
        if (seen->start_s >= c->at_s) continue;
        add_booking(c, visit->has_doctor, &visit->doctor);
        add_booking(c, visit->has_pharmacist, &visit->pharmacist);
    }
    return AZ_OK;
}

enum az_status cl_carry(const void *instance, const void *plan, struct az_time at,
                        struct az_arena *arena, void **state, struct az_findings *findings)
{
    struct carrier c = { .cl = instance, .plan = plan, .arena = arena, .findings = findings };
    struct az_misfit_finder finder = { arena, findings, &code_misfit };
    struct az_misfit misfit = { .tell = az_misfit_find, .data = &finder };
    struct cl_layout layout;
    struct az_judgement judgement;
    if (!find_moment(&c, at)) return AZ_INVALID;
    AZ_TRY(cl_lay_out(c.cl, c.plan, arena, &misfit, &layout));
    if (misfit.count > 0) return AZ_INVALID;
    AZ_TRY(cl_judge_all(&c.judge, c.cl, c.plan, arena, &judgement));
    if (!is_quiet(&c)) return AZ_INVALID;
    c.state = AZ_NEW(arena, struct cl_state);
    if (!c.state) return AZ_NO_MEMORY;
    c.state->at = az_time_add(c.cl->start, c.at_s);
    AZ_TRY(carry_appointments(&c));
    AZ_TRY(carry_crews(&c));
    AZ_TRY(carry_slots(&c));
    *state = c.state;
    return AZ_OK;
}
