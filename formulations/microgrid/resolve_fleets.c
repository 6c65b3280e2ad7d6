/* resolve_fleets.c - which vehicles are away when, and what those left with that are away already.
 */
#include <string.h>

#include "formulations/microgrid/resolve.h"

struct fleet {
    struct mg_resolver *r;
    struct mg_battery *battery;
    const struct az_path *path;
    const struct mg_battery_state *state; /* NULL: none */
};

/* Is the blackout there when the reservation would begin, before the start too? */
static bool is_dark(const struct mg_instance *mg, const struct mg_reservation *reservation)
{
    const struct mg_blackout *blackout = mg->blackout;
    if (!blackout || reservation->from.utc_s < blackout->since.utc_s) return false;
    return !az_time_given(blackout->restoration) ||
           mg_slots_to(mg, reservation->from, false) < mg_slots_to(mg, blackout->restoration, true);
}

/* A reservation under way goes on; one that would begin in a blackout lapses. */
static void resolve_times(const struct fleet *f, size_t k)
{
    struct mg_instance *mg = f->r->mg;
    struct mg_reservation *reservation = &f->battery->reservations.items[k];
    const struct az_path *path = AZ_ITEM(AZ_AT(f->path, "reservations"), k, reservation->id);
    struct mg_window *slots = &reservation->slots;
    reservation->number = mg->reservation_count++;
    *slots = mg_window_of(f->r, reservation->from, reservation->until, false, path,
                          &reservation->returns);
    if (slots->first == slots->last) return;
    if (is_dark(mg, reservation)) {
        AZ_FIND0(f->r->assumptions, &mg_code_reservation_lapsed, path);
        *slots = (struct mg_window){ 0, 0 };
        return;
    }
    reservation->under_way = reservation->from.utc_s < mg->start.utc_s;
    reservation->departs = !reservation->under_way;
}

/* Away in slot t, and still away when it ends. */
static bool is_away(const struct mg_reservation *reservation, size_t t)
{
    return mg_is_within(reservation->slots, t);
}
static bool stays_away(const struct mg_reservation *reservation, size_t t)
{
    return is_away(reservation, t) && (t + 1 < reservation->slots.last || !reservation->returns);
}

static enum az_status count_present(const struct fleet *f)
{
    struct mg_battery *battery = f->battery;
    size_t T = f->r->mg->T;
    double least = INFINITY, count = (double)battery->count;
    battery->present = AZ_ARRAY(f->r->arena, T, double);
    battery->home = AZ_ARRAY(f->r->arena, T, double);
    if (!battery->present || !battery->home) return AZ_NO_MEMORY;
    for (size_t t = 0; t < T; t++) {
        battery->present[t] = battery->home[t] = count;
        for (size_t k = 0; k < battery->reservations.count; k++) {
            const struct mg_reservation *reservation = &battery->reservations.items[k];
            if (is_away(reservation, t)) battery->present[t] -= (double)reservation->vehicles;
            if (stays_away(reservation, t)) battery->home[t] -= (double)reservation->vehicles;
        }
        least = fmin(least, battery->present[t]);
    }
    if (least < 0)
        AZ_FIND(f->r->findings, &mg_code_too_many_away, AZ_AT(f->path, "reservations"),
                AZ_NUMBER_PARAM("value", count - least), AZ_NUMBER_PARAM("maximum", count));
    return AZ_OK;
}

/* --- what vehicles under way left with ----------------------------------------------------------
 */

static double measured_left(const struct fleet *f, const char *id)
{
    for (size_t k = 0; f->state && k < f->state->away_kwh.count; k++)
        if (strcmp(f->state->away_kwh.keys[k].id, id) == 0) return f->state->away_kwh.items[k];
    return NAN;
}

/* From what to what a reservation's vehicles may have left with: within their windows, and so that
 * the rest, what the others left with in [least, most], lies in the window of those at home. */
struct span {
    double least, most;
};

static bool is_above(double value, double limit)
{
    return value > limit + AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(limit));
}

static struct span span_of(const struct mg_battery *battery, const struct mg_reservation *one)
{
    double vehicles = (double)one->vehicles, home = (double)battery->count;
    struct span span = { battery->start_kwh, battery->start_kwh };
    for (size_t k = 0; k < battery->reservations.count; k++) {
        const struct mg_reservation *other = &battery->reservations.items[k];
        double others = (double)other->vehicles;
        if (!other->under_way) continue;
        home -= others;
        if (other == one) continue;
        bool known = !isnan(other->left_kwh);
        span.least -= known ? other->left_kwh : others * battery->max_kwh;
        span.most -= known ? other->left_kwh : others * battery->min_kwh;
    }
    span.least = fmax(span.least - home * battery->max_kwh, vehicles * battery->min_kwh);
    span.most = fmin(span.most - home * battery->min_kwh, vehicles * battery->max_kwh);
    return span;
}

/* A measured amount is told when it cannot be; without one it is what the reservation asks for, as
 * far as that can be. With nobody at home, one reservation has all the energy. */
static void take_left(const struct fleet *f, size_t k, double measured)
{
    struct mg_battery *battery = f->battery;
    struct mg_reservation *reservation = &battery->reservations.items[k];
    struct span span = span_of(battery, reservation);
    double asked =
        (double)reservation->vehicles * reservation->depart_share * battery->capacity_kwh;
    double wanted = isnan(measured) ? asked : measured;
    double left = fmin(fmax(wanted, span.least), span.most);
    const struct az_path *state =
        AZ_AT(MG_STATE("batteries", battery->id, "away_kwh"), reservation->id);
    reservation->left_kwh = left;
    if (isnan(measured)) {
        if (is_above(span.most, span.least))
            AZ_FIND(f->r->assumptions, &mg_code_away_assumed,
                    AZ_ITEM(AZ_AT(f->path, "reservations"), k, reservation->id),
                    AZ_NUMBER_PARAM("taken", left));
    } else if (mg_within(measured, span.least, span.most)) {
        return;
    } else if (battery->out_of_range == MG_CLAMP) {
        AZ_FIND(f->r->assumptions, &mg_code_charge_clamped, state,
                AZ_NUMBER_PARAM("value", measured), AZ_NUMBER_PARAM("taken", left));
    } else {
        AZ_FIND(f->r->findings, &mg_code_charge_outside_window, state,
                AZ_NUMBER_PARAM("minimum", span.least), AZ_NUMBER_PARAM("maximum", span.most),
                AZ_NUMBER_PARAM("value", measured));
    }
}

/* First what was measured, then what has to be assumed beside it. */
static void resolve_left(const struct fleet *f)
{
    struct mg_battery *battery = f->battery;
    double all = 0, start = battery->start_kwh;
    for (size_t k = 0; k < battery->reservations.count; k++) {
        struct mg_reservation *reservation = &battery->reservations.items[k];
        reservation->left_kwh = reservation->under_way ? measured_left(f, reservation->id) : 0;
        if (!isnan(reservation->left_kwh)) all += reservation->left_kwh;
    }
    if (battery->out_of_range == MG_REJECT && is_above(all, start)) {
        AZ_FIND(f->r->findings, &mg_code_away_above_charge,
                MG_STATE("batteries", battery->id, "away_kwh"), AZ_NUMBER_PARAM("value", all),
                AZ_NUMBER_PARAM("maximum", start));
        return;
    }
    for (int assumed = 0; assumed < 2; assumed++)
        for (size_t k = 0; k < battery->reservations.count; k++) {
            const struct mg_reservation *reservation = &battery->reservations.items[k];
            double measured = measured_left(f, reservation->id);
            if (reservation->under_way && isnan(measured) == (assumed == 1))
                take_left(f, k, measured);
        }
}

static bool is_under_way(const struct mg_battery *battery, const char *id)
{
    for (size_t k = 0; k < battery->reservations.count; k++)
        if (strcmp(battery->reservations.items[k].id, id) == 0)
            return battery->reservations.items[k].under_way;
    return false;
}

static void check_measured(const struct fleet *f)
{
    char shown[AZ_SHORT_TEXT];
    for (size_t k = 0; f->state && k < f->state->away_kwh.count; k++) {
        const char *id = f->state->away_kwh.keys[k].id;
        if (!is_under_way(f->battery, id))
            AZ_FIND(f->r->findings, &mg_code_away_unknown,
                    AZ_AT(MG_STATE("batteries", f->battery->id, "away_kwh"), id),
                    AZ_TEXT_PARAM("value", az_shorten(id, shown)));
    }
}

enum az_status mg_resolve_fleets(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    const struct mg_state *state = mg->state;
    size_t *at;
    mg->reservation_count = 0;
    AZ_TRY(mg_positions(r, state ? state->batteries.keys : NULL, state ? state->batteries.count : 0,
                        mg->batteries.count, &at));
    for (size_t i = 0; i < mg->batteries.count; i++) {
        struct mg_battery *battery = &mg->batteries.items[i];
        struct fleet f = { .r = r,
                           .battery = battery,
                           .path = AZ_ITEM(AZ_AT(NULL, "batteries"), i, battery->id) };
        if (at[i] != AZ_NO_INDEX) f.state = &state->batteries.items[at[i]];
        for (size_t k = 0; k < battery->reservations.count; k++) resolve_times(&f, k);
        AZ_TRY(count_present(&f));
        resolve_left(&f);
        check_measured(&f);
    }
    return AZ_OK;
}
