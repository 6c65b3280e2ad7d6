/* results_changes.c - what a plan does otherwise than the plan before it, where both know the time:
 * asset by asset, by ranges of slots. Switches first, then powers, then exchange with the utility.
 */
#include "formulations/microgrid/results.h"

#include <math.h>
#include <string.h>

struct differ {
    const struct mg_instance *mg;
    const struct mg_plan *before, *plan;
    struct az_arena *arena;
    struct mg_summary *summary;
    size_t room;           /* in the list */
    double *was, *is;      /* [T] of the asset in hand; NAN: the plan before does not say */
    const char *list, *id; /* that asset */
};

/* --- ranges -------------------------------------------------------------------------------------
 */

static enum az_status add(struct differ *d, struct mg_change change)
{
    size_t count = d->summary->changes.count;
    if (count == d->room) {
        size_t room = 2 * d->room + 16;
        struct mg_change *items = AZ_ARRAY(d->arena, room, struct mg_change);
        if (!items) return AZ_NO_MEMORY;
        if (count > 0) memcpy(items, d->summary->changes.items, count * sizeof *items);
        d->summary->changes.items = items;
        d->room = room;
    }
    change.asset = az_arena_format(d->arena, "%s/%s", d->list, d->id);
    if (!change.asset) return AZ_NO_MEMORY;
    d->summary->changes.items[d->summary->changes.count++] = change;
    return AZ_OK;
}

/* More, less, or the same within a tolerance. */
static int way(const struct differ *d, size_t t, double tolerance)
{
    double more = d->is[t] - d->was[t];
    if (isnan(more) || fabs(more) <= tolerance) return 0;
    return more > 0 ? 1 : -1;
}

static double largest(const struct differ *d)
{
    double most = 0;
    for (size_t t = 0; t < d->mg->T; t++)
        if (!isnan(d->was[t])) most = fmax(most, fmax(fabs(d->was[t]), fabs(d->is[t])));
    return most;
}

/* Ranges of slots that change in one way, with the mean of them. */
static enum az_status compare(struct differ *d, enum mg_change_kind what)
{
    const struct mg_instance *mg = d->mg;
    bool switched = what == MG_CHANGE_ON || what == MG_CHANGE_RUN;
    double tolerance = switched ? 0.5 : fmax(MG_CHANGE_KW, MG_CHANGE_SHARE * largest(d));
    for (size_t t = 0, next; t < mg->T; t = next) {
        int sign = way(d, t, tolerance);
        double was = 0, is = 0;
        for (next = t; next < mg->T && (next == t || way(d, next, tolerance) == sign); next++) {
            was += d->was[next];
            is += d->is[next];
        }
        if (sign == 0) continue;
        double slots = (double)(next - t);
        AZ_TRY(add(d, (struct mg_change){
                          .what = (int)what,
                          .from = az_time_add(mg->start, (int64_t)t * mg->slot_minutes * 60),
                          .until = az_time_add(mg->start, (int64_t)next * mg->slot_minutes * 60),
                          .before = was / slots,
                          .after = is / slots }));
    }
    return AZ_OK;
}

/* --- what assets do -----------------------------------------------------------------------------
 */

static void take(struct differ *d, const char *list, const char *id)
{
    d->list = list;
    d->id = id;
}

static enum az_status compare_switches(struct differ *d)
{
    const struct mg_instance *mg = d->mg;
    for (size_t i = 0; i < mg->units.count; i++) {
        take(d, "units", mg->units.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            d->was[t] = d->before->units.items[i].on.values[t];
            d->is[t] = d->plan->units.items[i].on.values[t];
        }
        AZ_TRY(compare(d, MG_CHANGE_ON));
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        take(d, "converters", mg->converters.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            d->was[t] = d->before->converters.items[i].on.values[t];
            d->is[t] = mg_series_at(&d->plan->converters.items[i].on, t, 0);
        }
        if (mg->converters.items[i].needs_on) AZ_TRY(compare(d, MG_CHANGE_ON));
    }
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        take(d, "shiftables", mg->shiftables.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            double was = d->before->shiftables.items[i].power_kw.values[t];
            d->was[t] = isnan(was) ? NAN : was > 0;
            d->is[t] = mg_series_at(&d->plan->shiftables.items[i].power_kw, t, 0) > 0;
        }
        AZ_TRY(compare(d, MG_CHANGE_RUN));
    }
    return AZ_OK;
}

/* What goes with a switch is not told again. */
static enum az_status compare_units(struct differ *d)
{
    const struct mg_instance *mg = d->mg;
    for (size_t i = 0; i < mg->units.count; i++) {
        const struct mg_unit_plan *was = &d->before->units.items[i], *is = &d->plan->units.items[i];
        take(d, "units", mg->units.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            bool same = fabs(was->on.values[t] - is->on.values[t]) < 0.5;
            d->was[t] = same ? was->power_kw.values[t] : NAN;
            d->is[t] = is->power_kw.values[t];
        }
        AZ_TRY(compare(d, MG_CHANGE_POWER));
    }
    return AZ_OK;
}

static enum az_status compare_devices(struct differ *d)
{
    const struct mg_instance *mg = d->mg;
    for (size_t i = 0; i < mg->renewables.count; i++) {
        take(d, "renewables", mg->renewables.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            d->was[t] = d->before->renewables.items[i].used_kw.values[t];
            d->is[t] = d->plan->renewables.items[i].used_kw.values[t];
        }
        AZ_TRY(compare(d, MG_CHANGE_POWER));
    }
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery_plan *was = &d->before->batteries.items[i];
        const struct mg_battery_plan *is = &d->plan->batteries.items[i];
        take(d, "batteries", mg->batteries.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            d->was[t] = was->discharge_kw.values[t] - was->charge_kw.values[t];
            d->is[t] = is->discharge_kw.values[t] - is->charge_kw.values[t];
        }
        AZ_TRY(compare(d, MG_CHANGE_POWER));
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter_plan *was = &d->before->converters.items[i];
        const struct mg_converter_plan *is = &d->plan->converters.items[i];
        take(d, "converters", mg->converters.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            d->was[t] = was->forward_in_kw.values[t] - was->backward_in_kw.values[t];
            d->is[t] = is->forward_in_kw.values[t] - is->backward_in_kw.values[t];
        }
        AZ_TRY(compare(d, MG_CHANGE_POWER));
    }
    return AZ_OK;
}

static enum az_status compare_loads(struct differ *d)
{
    const struct mg_instance *mg = d->mg;
    for (size_t i = 0; i < mg->loads.count; i++) {
        const struct mg_load_plan *was = &d->before->loads.items[i], *is = &d->plan->loads.items[i];
        take(d, "loads", mg->loads.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            d->was[t] = was->unserved_kw.values[t] + mg_series_at(&was->interrupted_kw, t, 0);
            d->is[t] =
                mg_series_at(&is->unserved_kw, t, 0) + mg_series_at(&is->interrupted_kw, t, 0);
        }
        AZ_TRY(compare(d, MG_CHANGE_SHED));
    }
    for (size_t i = 0; i < mg->flexible_loads.count; i++) {
        take(d, "flexible_loads", mg->flexible_loads.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            d->was[t] = d->before->flexible_loads.items[i].power_kw.values[t];
            d->is[t] = d->plan->flexible_loads.items[i].power_kw.values[t];
        }
        AZ_TRY(compare(d, MG_CHANGE_POWER));
    }
    return AZ_OK;
}

static enum az_status compare_exchange(struct differ *d)
{
    const struct mg_instance *mg = d->mg;
    for (size_t i = 0; i < mg->connections.count; i++) {
        const struct mg_connection_plan *was = &d->before->connections.items[i];
        const struct mg_connection_plan *is = &d->plan->connections.items[i];
        take(d, "connections", mg->connections.items[i].id);
        for (size_t t = 0; t < mg->T; t++) {
            d->was[t] = was->import_kw.values[t] - was->export_kw.values[t];
            d->is[t] = is->import_kw.values[t] - is->export_kw.values[t];
        }
        AZ_TRY(compare(d, MG_CHANGE_EXCHANGE));
    }
    return AZ_OK;
}

enum az_status mg_put_differences(const struct mg_instance *mg, const struct mg_plan *before,
                                  struct az_arena *arena, struct mg_plan *plan)
{
    struct differ d = { .mg = mg, .before = before, .plan = plan, .arena = arena };
    if (!before || !plan->summary) return AZ_OK;
    d.summary = plan->summary;
    d.was = AZ_ARRAY(arena, mg->T, double);
    d.is = AZ_ARRAY(arena, mg->T, double);
    d.summary->changes.count = 0;
    d.summary->changes.items = AZ_ARRAY(arena, 16, struct mg_change);
    d.room = 16;
    if (!d.was || !d.is || !d.summary->changes.items) return AZ_NO_MEMORY;
    AZ_TRY(compare_switches(&d));
    AZ_TRY(compare_units(&d));
    AZ_TRY(compare_devices(&d));
    AZ_TRY(compare_loads(&d));
    return compare_exchange(&d);
}
