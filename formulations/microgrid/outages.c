/* outages.c - which grids an outage cuts off, and what forms them. */
#include "formulations/microgrid/outages.h"

bool mg_is_dark(const struct mg_instance *mg, size_t t)
{
    return mg->blackout && t < mg->blackout->slots.last;
}

bool mg_is_recovering(const struct mg_instance *mg, size_t t)
{
    return mg->blackout && t < mg->blackout->recovered;
}

bool mg_is_resuming(const struct mg_instance *mg, size_t t)
{
    return mg->blackout && t < mg->blackout->resumed;
}

bool mg_is_open_ended(const struct mg_instance *mg)
{
    return mg->blackout && !az_time_given(mg->blackout->restoration);
}

bool mg_is_weighed(const struct mg_instance *mg)
{
    return mg->mode == MG_SERVICE && mg_is_open_ended(mg);
}

/* Connections of the grid in slot t: live ones and those that are shut. */
static void count_connections(const struct mg_instance *mg, size_t grid, size_t t, size_t *live,
                              size_t *shut)
{
    *live = *shut = 0;
    for (size_t i = 0; i < mg->connections.count; i++) {
        if (mg->connections.items[i].grid.index != grid) continue;
        if (mg->shut[i * mg->T + t])
            ++*shut;
        else
            ++*live;
    }
}

bool mg_is_tied(const struct mg_instance *mg, size_t grid, size_t t)
{
    size_t live, shut;
    count_connections(mg, grid, t, &live, &shut);
    return live > 0;
}

bool mg_is_cut(const struct mg_instance *mg, size_t grid, size_t t)
{
    size_t live, shut;
    count_connections(mg, grid, t, &live, &shut);
    return shut > 0 && live == 0;
}

bool mg_has_cuts(const struct mg_instance *mg)
{
    for (size_t g = 0; g < mg->grids.count; g++)
        for (size_t t = 0; t < mg->T; t++)
            if (mg_is_cut(mg, g, t)) return true;
    return false;
}

bool mg_is_switched(const struct mg_instance *mg, size_t i, size_t t)
{
    const struct mg_converter *converter = &mg->converters.items[i];
    if (converter->needs_on) return true;
    return converter->grid_forming == 1 && (mg_is_cut(mg, converter->from_grid.index, t) ||
                                            mg_is_cut(mg, converter->to_grid.index, t));
}

double mg_floor_kwh(const struct mg_instance *mg, size_t i, size_t t)
{
    const struct mg_battery *battery = &mg->batteries.items[i];
    return mg_is_recovering(mg, t) ? battery->min_kwh : battery->floor_kwh;
}

/* A forming converter feeds a grid from one that is held without it. */
static void feed(const struct mg_converter *converter, const struct az_ref *to,
                 const struct az_ref *from, double most, enum mg_forming forming[])
{
    if (converter->grid_forming == 1 && most > 0 && forming[from->index] == MG_HELD &&
        forming[to->index] == MG_DEAD)
        forming[to->index] = MG_FED;
}

void mg_form(const struct mg_instance *mg, const struct mg_holders *h, enum mg_forming forming[])
{
    for (size_t g = 0; g < mg->grids.count; g++) forming[g] = h->tied[g] ? MG_HELD : MG_DEAD;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid_forming == 1 && h->unit[i])
            forming[mg->units.items[i].grid.index] = MG_HELD;
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid_forming == 1 && h->battery[i])
            forming[h->stands[i]] = MG_HELD;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        const struct az_ref *from = &converter->from_grid, *to = &converter->to_grid;
        if (h->forward[i]) feed(converter, to, from, converter->forward_max_kw, forming);
        if (h->backward[i]) feed(converter, from, to, converter->backward_max_kw, forming);
    }
}
