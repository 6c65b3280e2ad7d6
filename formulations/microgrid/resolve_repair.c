/* resolve_repair.c - gaps of demand and forecasts, filled as on_missing says and told by ranges. A
 * gap that no method can fill is refused. */
#include "formulations/microgrid/resolve.h"

/* A series with gaps, and what may fill them. */
struct gaps {
    const struct mg_resolver *r;
    struct az_series *series;
    const struct az_series *typical, *previous; /* previous: NULL without an entry */
    double before;                              /* in the slot before the start; NAN: not known */
    const struct az_path *path;
    signed char *how; /* [T] method that filled the slot, GIVEN or OPEN */
};
enum { GIVEN = -1, OPEN = -2 };

static const char *const method_names[] = { "previous", "typical", "neighbours" };

/* --- methods ------------------------------------------------------------------------------------
 */

/* What the run before expected at the time of slot t; NAN beyond what it knew. */
static double previous_at(const struct gaps *g, size_t t)
{
    const struct mg_instance *mg = g->r->mg;
    if (!g->previous || !g->previous->values) return NAN;
    size_t at = t * (size_t)mg->slot_minutes / (size_t)mg->state->forecasts->slot_minutes;
    return at < g->previous->count ? g->previous->values[at] : NAN;
}

/* On the line between the given values around the gap first .. last - 1; the nearer one where there
 * is only one; NAN when the gap is too long. value: before anything was filled. */
static double between(const struct gaps *g, const double value[], size_t first, size_t last,
                      size_t t)
{
    const struct mg_instance *mg = g->r->mg;
    double left = first > 0 ? value[first - 1] : g->before;
    bool before = !isnan(left), after = last < mg->T;
    if ((double)(last - first) * mg->dt > MG_NEIGHBOUR_HOURS + AZ_HOURS_TOLERANCE) return NAN;
    if (!before && !after) return NAN;
    if (!after) return left;
    if (!before) return value[last];
    double share = (double)(t + 1 - first) / (double)(last + 1 - first);
    return left + share * (value[last] - left);
}

static double fill(const struct gaps *g, const double value[], size_t first, size_t last, size_t t,
                   int method)
{
    switch ((enum mg_repair)method) {
    case MG_PREVIOUS:
        return previous_at(g, t);
    case MG_TYPICAL:
        return mg_value(g->typical, t, NAN);
    case MG_NEIGHBOURS:
        return between(g, value, first, last, t);
    }
    return NAN;
}

/* --- gaps ---------------------------------------------------------------------------------------
 */

/* Each slot of the gap first .. last - 1 by the first method that can. */
static void fill_gap(const struct gaps *g, const double value[], size_t first, size_t last)
{
    const struct mg_instance *mg = g->r->mg;
    for (size_t t = first; t < last; t++) {
        g->how[t] = OPEN;
        for (size_t k = 0; g->how[t] == OPEN && k < mg->on_missing.count; k++) {
            int method = mg->on_missing.items[k];
            double filled = fill(g, value, first, last, t, method);
            if (isnan(filled)) continue;
            g->series->values[t] = filled;
            g->how[t] = (signed char)method;
        }
    }
}

/* Ranges that one method filled, and ranges that stay open. */
static void tell(const struct gaps *g)
{
    size_t T = g->r->mg->T;
    for (size_t t = 0, next; t < T; t = next) {
        for (next = t + 1; next < T && g->how[next] == g->how[t];) next++;
        const struct az_path *path = g->series->scalar ? g->path : AZ_ITEM(g->path, t, NULL);
        if (g->how[t] == OPEN)
            AZ_FIND(g->r->findings, &mg_code_reading_missing, path,
                    AZ_NUMBER_PARAM("last", (double)next - 1));
        else if (g->how[t] != GIVEN)
            AZ_FIND(g->r->assumptions, &mg_code_reading_repaired, path,
                    AZ_NUMBER_PARAM("first", (double)t), AZ_NUMBER_PARAM("last", (double)next - 1),
                    AZ_TEXT_PARAM("method", method_names[g->how[t]]));
    }
}

static enum az_status repair(struct gaps *g)
{
    size_t T = g->r->mg->T;
    g->how = AZ_ARRAY(g->r->arena, T, signed char);
    double *value = AZ_ARRAY(g->r->arena, T, double);
    if (!g->how || !value) return AZ_NO_MEMORY;
    for (size_t t = 0; t < T; t++) {
        value[t] = g->series->values[t];
        g->how[t] = GIVEN;
    }
    for (size_t t = 0, next; t < T; t = next) {
        next = t + 1;
        if (!isnan(value[t])) continue;
        while (next < T && isnan(value[next])) next++;
        fill_gap(g, value, t, next);
    }
    tell(g);
    return AZ_OK;
}

static bool has_gaps(const struct mg_instance *mg, const struct az_series *series)
{
    for (size_t t = 0; series->values && series->count == mg->T && t < mg->T; t++)
        if (isnan(series->values[t])) return true;
    return false;
}

/* A gap of a band is the forecast; a band around a filled forecast holds it. */
static void mend_band(const struct mg_instance *mg, const struct mg_renewable *renewable,
                      struct az_series *band, double sign, const signed char how[])
{
    const struct az_series *forecast = &renewable->forecast_kw;
    if (!band->values || band->count != mg->T || forecast->count != mg->T) return;
    for (size_t t = 0; t < mg->T; t++) {
        double expected = forecast->values[t];
        bool filled = how && how[t] >= 0;
        if (isnan(band->values[t]) || (filled && sign * (expected - band->values[t]) > 0))
            band->values[t] = expected;
    }
}

/* The value of an asset in a map of the slot before, where there is one. */
#define FIND_BEFORE(forecasts_, map_, i_, out)                               \
    for (size_t k_ = 0; (forecasts_) && k_ < (forecasts_)->map_.count; k_++) \
        if ((forecasts_)->map_.keys[k_].index == (i_)) (out) = (forecasts_)->map_.items[k_]

/* The entry of an asset in a map of earlier forecasts, or NULL. */
#define FIND_PREVIOUS(forecasts_, map_, i_, out)                             \
    for (size_t k_ = 0; (forecasts_) && k_ < (forecasts_)->map_.count; k_++) \
        if ((forecasts_)->map_.keys[k_].index == (i_)) (out) = &(forecasts_)->map_.items[k_]

enum az_status mg_resolve_repair(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    const struct mg_forecasts *forecasts = mg->state ? mg->state->forecasts : NULL;
    for (size_t i = 0; i < mg->loads.count; i++) {
        struct mg_load *load = &mg->loads.items[i];
        struct gaps gaps = { .r = r,
                             .before = NAN,
                             .series = &load->demand_kw,
                             .typical = &load->typical_kw,
                             .path = MG_MEMBER("loads", i, load->id, "demand_kw") };
        if (!has_gaps(mg, &load->demand_kw)) continue;
        FIND_PREVIOUS(forecasts, loads, i, gaps.previous);
        FIND_BEFORE(forecasts, loads_before_kw, i, gaps.before);
        AZ_TRY(repair(&gaps));
    }
    for (size_t i = 0; i < mg->renewables.count; i++) {
        struct mg_renewable *renewable = &mg->renewables.items[i];
        struct gaps gaps = { .r = r,
                             .before = NAN,
                             .series = &renewable->forecast_kw,
                             .typical = &renewable->typical_kw,
                             .path = MG_MEMBER("renewables", i, renewable->id, "forecast_kw") };
        FIND_PREVIOUS(forecasts, renewables, i, gaps.previous);
        FIND_BEFORE(forecasts, renewables_before_kw, i, gaps.before);
        if (has_gaps(mg, &renewable->forecast_kw)) AZ_TRY(repair(&gaps));
        mend_band(mg, renewable, &renewable->low_kw, -1, gaps.how);
        mend_band(mg, renewable, &renewable->high_kw, 1, gaps.how);
    }
    return AZ_OK;
}
