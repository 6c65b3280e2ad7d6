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

/* A reservation under way goes on; one that would begin in a blackout lapses. */
static void resolve_times(const struct fleet *f, size_t k)
{
    struct mg_instance *mg = f->r->mg;
    struct mg_reservation *reservation = &f->battery->reservations.items[k];
    const struct az_path *path = AZ_ITEM(AZ_AT(f->path, "reservations"), k, reservation->id);
    struct mg_window *slots = &reservation->slots;
    size_t dark = mg->blackout ? mg->blackout->slots.last : 0;
    *slots = mg_window_of(f->r, reservation->from, reservation->until, false, path,
                          &reservation->returns);
    reservation->under_way =
        slots->first < slots->last && reservation->from.utc_s < mg->start.utc_s;
    if (reservation->under_way || slots->first == slots->last || slots->first >= dark) return;
    AZ_FIND0(f->r->assumptions, &mg_code_reservation_lapsed, path);
    *slots = (struct mg_window){ 0, 0 };
}

/* Away in slot t, and still away when it ends. */
static bool is_away(const struct mg_reservation *reservation, size_t t)
{
    return t >= reservation->slots.first && t < reservation->slots.last;
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

/* With nobody at home and one reservation under way, all energy is with it. */
static void resolve_left(const struct fleet *f)
{
    struct mg_battery *battery = f->battery;
    size_t under_way = 0;
    double all = 0;
    for (size_t k = 0; k < battery->reservations.count; k++)
        under_way += battery->reservations.items[k].under_way;
    for (size_t k = 0; k < battery->reservations.count; k++) {
        struct mg_reservation *reservation = &battery->reservations.items[k];
        if (!reservation->under_way) continue;
        double asked =
            (double)reservation->vehicles * reservation->depart_share * battery->capacity_kwh;
        reservation->left_kwh = measured_left(f, reservation->id);
        if (isnan(reservation->left_kwh)) {
            bool is_all = under_way == 1 && reservation->vehicles == battery->count;
            reservation->left_kwh = is_all ? battery->start_kwh : asked;
            if (!is_all)
                AZ_FIND(f->r->assumptions, &mg_code_away_assumed,
                        AZ_ITEM(AZ_AT(f->path, "reservations"), k, reservation->id),
                        AZ_NUMBER_PARAM("taken", asked));
        }
        all += reservation->left_kwh;
    }
    if (all > battery->start_kwh + AZ_FEASIBILITY_TOLERANCE * fmax(1, battery->start_kwh))
        AZ_FIND(f->r->findings, &mg_code_away_above_charge,
                MG_STATE("batteries", battery->id, "away_kwh"), AZ_NUMBER_PARAM("value", all),
                AZ_NUMBER_PARAM("maximum", battery->start_kwh));
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
