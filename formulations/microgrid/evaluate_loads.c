/* evaluate_loads.c - the rules and the money of fixed, shiftable and flexible loads. */
#include "formulations/microgrid/judge.h"

/* --- fixed loads --------------------------------------------------------------------------------
 */

/* What an interruption costs: the cheapest steps first, the earlier of equal ones. JPY/h. */
static double interruption_cost(const struct mg_load *load, double demand, double interrupted)
{
    double cost = 0, below = -INFINITY;
    for (double left = interrupted; left > 0;) {
        double price = INFINITY, width = 0;
        for (size_t k = 0; k < load->steps.count; k++)
            if (load->steps.items[k].price_jpy_per_kwh > below)
                price = fmin(price, load->steps.items[k].price_jpy_per_kwh);
        if (isinf(price)) break;
        for (size_t k = 0; k < load->steps.count; k++)
            if (load->steps.items[k].price_jpy_per_kwh == price)
                width += load->steps.items[k].share * demand;
        cost += price * fmin(left, width);
        left -= width;
        below = price;
    }
    return cost;
}

double mg_critical_short(const struct mg_judge *j, size_t i, size_t t)
{
    const struct mg_load *load = &j->mg->loads.items[i];
    double unserved = j->flows.unserved[i][t], demand = load->demand_kw.values[t];
    double rest = demand - j->flows.interrupted[i][t];
    if (!(load->critical_share > 0)) return 0;
    return fmax(0, fmin(unserved, demand) - fmax(0, rest - load->critical_share * demand));
}

/* load_range: 0 <= unserved <= demand - interrupted; load_interrupted: 0 <= interrupted <= steps;
 * load_served, load_critical: unserved = 0, or priced, the critical share last */
void mg_judge_load(struct mg_judge *j, size_t i)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_load *load = &mg->loads.items[i];
    double interruption = 0;
    for (size_t t = 0; t < mg->T; t++) {
        double unserved = j->flows.unserved[i][t], demand = load->demand_kw.values[t];
        double interrupted = j->flows.interrupted[i][t], critical = mg_critical_short(j, i, t);
        double most = load->interruptible_share * demand, rest = demand - interrupted;
        struct mg_where where = { "loads", load->id, load->name, "unserved_kw", t };
        struct mg_where there = { "loads", load->id, load->name, "interrupted_kw", t };
        if (az_under(interrupted, 0) || az_over(interrupted, most))
            mg_breach(j, MG_RULE_load_interrupted, there, fmax(-interrupted, interrupted - most),
                      NAN, interrupted, NAN, most);
        else if (az_under(unserved, 0) || az_over(unserved, rest))
            mg_breach(j, MG_RULE_load_range, where, fmax(-unserved, unserved - rest), NAN, unserved,
                      NAN, rest);
        if (unserved - critical > az_slack(demand))
            mg_breach(j, MG_RULE_load_served, where, (unserved - critical) * mg->dt,
                      load->unserved_price_jpy_per_kwh, unserved, NAN, 0);
        if (critical > az_slack(demand))
            mg_breach(j, MG_RULE_load_critical, where, critical * mg->dt,
                      load->critical_jpy_per_kwh, unserved, NAN, 0);
        interruption += interruption_cost(load, demand, interrupted) * mg->dt;
    }
    mg_money(j, MG_MONEY_interruption, &load->owner, interruption);
}

/* --- shiftable loads ----------------------------------------------------------------------------
 */

/* The slot with which the plan starts it; false when that is none of the horizon. */
static bool start_slot(const struct mg_judge *j, size_t i, size_t *slot)
{
    int64_t length = j->mg->slot_minutes * 60, passed;
    if (!az_seconds_since(j->mg->start, j->flows.starts[i], &passed)) return false;
    if (passed < 0 || passed % length != 0 || passed / length >= (int64_t)j->mg->T) return false;
    *slot = (size_t)(passed / length);
    return true;
}

double mg_shiftable_power(const struct mg_judge *j, size_t i, size_t t)
{
    const struct mg_shiftable *shiftable = &j->mg->shiftables.items[i];
    size_t start, run = shiftable->run_kw.count;
    if (shiftable->run_slots0 > 0) {
        if (mg_is_dead(j, shiftable->grid.index, t)) return 0;
        size_t at = shiftable->run_slots0 + t;
        return at < run ? shiftable->run_kw.items[at] : 0;
    }
    if (!start_slot(j, i, &start) || t < start || t - start >= run) return 0;
    return shiftable->run_kw.items[t - start];
}

/* shiftable_start: within the slots that are possible; shiftable_run: it starts, or priced */
void mg_judge_shiftable(struct mg_judge *j, size_t i)
{
    const struct mg_shiftable *shiftable = &j->mg->shiftables.items[i];
    struct mg_where where = { "shiftables", shiftable->id, shiftable->name, NULL, 0 };
    struct mg_window starts = shiftable->starts;
    size_t slot = 0;
    if (az_time_given(j->flows.starts[i])) {
        if (!start_slot(j, i, &slot) || slot < starts.first || slot >= starts.last)
            mg_breach(j, MG_RULE_shiftable_start, where, 1, NAN, (double)slot, NAN, 0);
    } else if (starts.first < starts.last && !shiftable->may_wait) {
        where.t = starts.last - 1;
        mg_breach(j, MG_RULE_shiftable_run, where, 1, shiftable->skip_price_jpy, 0, NAN, 1);
    }
}

/* --- flexible loads -----------------------------------------------------------------------------
 */

/* flexible_range: min <= power <= max; flexible_max, flexible_min: the energy of its window */
void mg_judge_flexible(struct mg_judge *j, size_t i)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_flexible *flexible = &mg->flexible_loads.items[i];
    struct mg_window slots = flexible->slots;
    double used = flexible->used_kwh, value = 0, price = flexible->energy_price_jpy_per_kwh;
    for (size_t t = 0; t < mg->T; t++) {
        double power = j->flows.flexible[i][t];
        double low = flexible->min_kw.values[t], high = flexible->max_kw.values[t];
        if (mg_is_dead(j, flexible->grid.index, t)) low = fmin(low, 0);
        struct mg_where where = { "flexible_loads", flexible->id, flexible->name, "power_kw", t };
        if (az_under(power, low) || az_over(power, high))
            mg_breach(j, MG_RULE_flexible_range, where, fmax(low - power, power - high), NAN, power,
                      low, high);
        value += flexible->value_jpy_per_kwh.values[t] * power * mg->dt;
        if (t >= slots.first && t < slots.last) used += power * mg->dt;
    }
    mg_money(j, MG_MONEY_flexible_load, &flexible->owner, -value);
    if (slots.first == slots.last) return;
    struct mg_where where = { "flexible_loads", flexible->id, flexible->name, NULL,
                              slots.last - 1 };
    if (az_over(used, flexible->max_kwh))
        mg_breach(j, MG_RULE_flexible_max, where, used - flexible->max_kwh, price,
                  round(used * 1e3) / 1e3, NAN, flexible->max_kwh);
    if (flexible->closes && az_under(used, flexible->min_kwh))
        mg_breach(j, MG_RULE_flexible_min, where, flexible->min_kwh - used, price,
                  round(used * 1e3) / 1e3, NAN, flexible->min_kwh);
}
