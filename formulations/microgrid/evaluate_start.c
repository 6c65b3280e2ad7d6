/* evaluate_start.c - what a start-up costs, by the physical rule and by pglib-uc's. */
#include "formulations/microgrid/judge.h"

/* The coldest tier whose hours off have passed; the hottest when none has. */
static double physical_cost(const struct mg_unit *unit, size_t off)
{
    double cost = unit->tier_cost[0];
    for (size_t k = 1; k < unit->tier_count; k++)
        if (unit->tier_lag[k] <= off) cost = unit->tier_cost[k];
    return cost;
}

static bool stops_in(const struct mg_unit *unit, const double on[], size_t t)
{
    bool before = t == 0 ? unit->on0 : on[t - 1] > 0.5;
    return before && on[t] <= 0.5;
}

/* May a start in slot t be counted to tier s, not the coldest? Slots are counted from 1 as in the
 * library's MODEL.tex; TS = lag of tier s, next = lag of the tier after it, DT0 = slots off before.
 * Row (7) forbids max(1, next - DT0 + 1) <= t <= next - 1. Row (15) asks from t >= next on for a
 * stop in t - next + 1 .. t - TS. */
static bool pglib_allows(const struct mg_unit *unit, const double on[], size_t slot, size_t s)
{
    int64_t t = (int64_t)slot + 1;
    int64_t next = (int64_t)unit->tier_lag[s + 1];
    int64_t off0 = unit->on0 ? 0 : (int64_t)unit->slots0;
    int64_t from = next - off0 + 1 > 1 ? next - off0 + 1 : 1;
    if (t >= from && t <= next - 1) return false;
    if (t < next) return true;
    for (int64_t i = (int64_t)unit->tier_lag[s]; i <= next - 1; i++)
        if (i < t && stops_in(unit, on, (size_t)(t - i - 1))) return true;
    return false;
}

static double pglib_cost(const struct mg_unit *unit, const double on[], size_t t)
{
    double cost = unit->tier_cost[unit->tier_count - 1];
    for (size_t s = 0; s + 1 < unit->tier_count; s++)
        if (unit->tier_cost[s] < cost && pglib_allows(unit, on, t, s)) cost = unit->tier_cost[s];
    return cost;
}

double mg_start_cost(const struct mg_instance *mg, const struct mg_unit *unit, const double on[],
                     size_t t, size_t off)
{
    if (unit->tier_count == 0) return 0;
    if (mg->tier_rule == MG_TIER_PGLIB) return pglib_cost(unit, on, t);
    return physical_cost(unit, off);
}
