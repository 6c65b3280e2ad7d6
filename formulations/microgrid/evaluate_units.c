/* evaluate_units.c - the rules and the money of a unit. */
#include "formulations/microgrid/judge.h"

/* A unit on its way through the slots. */
struct walk {
    struct mg_judge *j;
    const struct mg_unit *unit;
    const struct mg_unit_flow *flow;
    size_t i;
    size_t t;
    bool on, before; /* in this slot, in the slot before */
    bool tripped;    /* off in the first slot, by a blackout that cuts its grid off */
    double power, power_before;
    double above, above_before;   /* power above minimum, 0 while off */
    size_t run;                   /* slots in the state of the slot before, up to it */
    double energy, starts, stops; /* JPY so far */
};

static struct mg_where at(const struct walk *w, const char *member)
{
    return (struct mg_where){ "units", w->unit->id, w->unit->name, member, w->t };
}

static void breach(const struct walk *w, enum mg_rule rule, const char *member, double amount,
                   double value, double limit)
{
    mg_breach(w->j, rule, at(w, member), amount, NAN, value, NAN, limit);
}

/* unit_on_off, unit_unavailable, unit_must_run */
static void judge_commitment(const struct walk *w)
{
    const struct mg_unit *unit = w->unit;
    double on = w->flow->on[w->t];
    bool available = !unit->available.values || unit->available.values[w->t] > 0.5;
    if (!mg_is_switch(on))
        breach(w, MG_RULE_unit_on_off, "on", fmin(fabs(on), fabs(on - 1)), on, 1);
    if (w->on && (!available || !unit->usable)) breach(w, MG_RULE_unit_unavailable, "on", 1, on, 0);
    bool waits = w->t < w->j->mg->resuming || mg_is_dead(w->j, unit->grid.index, w->t);
    if (!w->on && unit->must_run == 1 && !waits) breach(w, MG_RULE_unit_must_run, "on", 1, on, 1);
}

/* unit_power_range: in [p_min, p_max] while on, 0 while off */
static void judge_power(const struct walk *w)
{
    double low = w->on ? w->unit->p_min_kw : 0, high = w->on ? w->unit->p_max_kw : 0;
    if (!az_under(w->power, low) && !az_over(w->power, high)) return;
    mg_breach(w->j, MG_RULE_unit_power_range, at(w, "power_kw"),
              fmax(low - w->power, w->power - high), NAN, w->power, low, high);
}

/* unit_ramp_up, unit_ramp_down: q(t) - q(t-1) <= RU, q(t-1) - q(t) <= RD */
static void judge_ramps(const struct walk *w)
{
    const struct mg_unit *unit = w->unit;
    double rise = w->above - w->above_before, slack = az_slack(unit->p_max_kw);
    if (rise > unit->ramp_up_kw + slack)
        breach(w, MG_RULE_unit_ramp_up, "power_kw", rise - unit->ramp_up_kw, rise,
               unit->ramp_up_kw);
    if (-rise > unit->ramp_down_kw + slack && !w->tripped)
        breach(w, MG_RULE_unit_ramp_down, "power_kw", -rise - unit->ramp_down_kw, -rise,
               unit->ramp_down_kw);
}

/* unit_start_limit, unit_stop_limit, unit_min_up, unit_min_down, and what switching costs. Power
 * beyond p_max is for unit_power_range alone to name. */
static void judge_switching(struct walk *w)
{
    const struct mg_unit *unit = w->unit;
    if (w->on && !w->before) {
        if (az_over(fmin(w->power, unit->p_max_kw), unit->start_kw))
            breach(w, MG_RULE_unit_start_limit, "power_kw", w->power - unit->start_kw, w->power,
                   unit->start_kw);
        if (w->run < unit->min_down)
            breach(w, MG_RULE_unit_min_down, "on", (double)(unit->min_down - w->run),
                   (double)w->run, (double)unit->min_down);
        w->starts += mg_start_cost(w->j->mg, unit, w->flow->on, w->t, w->run);
    }
    if (!w->on && w->before) {
        if (az_over(fmin(w->power_before, unit->p_max_kw), unit->stop_kw) && !w->tripped)
            breach(w, MG_RULE_unit_stop_limit, "power_kw", w->power_before - unit->stop_kw,
                   w->power_before, unit->stop_kw);
        if (w->run < unit->min_up && !w->tripped)
            breach(w, MG_RULE_unit_min_up, "on", (double)(unit->min_up - w->run), (double)w->run,
                   (double)unit->min_up);
        w->stops += unit->stop_cost_jpy;
    }
}

/* unit_reserve: 0 <= r, power + r <= p_max, q + r - q(t-1) <= RU, power + r <= start limit in the
 * slot of a start and <= stop limit before a stop; none while off or on trial */
static void judge_reserve(const struct walk *w)
{
    const struct mg_unit *unit = w->unit;
    double reserve = w->flow->reserve[w->t], room = 0;
    bool stops = w->t + 1 < w->j->mg->T && w->flow->on[w->t + 1] <= 0.5;
    if (w->on && unit->gives_reserve && !mg_is_armed(w->j, w->i, w->t)) {
        room = fmin(unit->p_max_kw - w->power, unit->ramp_up_kw - (w->above - w->above_before));
        if (!w->before) room = fmin(room, unit->start_kw - w->power);
        if (stops) room = fmin(room, unit->stop_kw - w->power);
        room = fmax(room, 0);
    }
    double slack = az_slack(unit->p_max_kw);
    if (reserve < -slack)
        breach(w, MG_RULE_unit_reserve, "reserve_up_kw", -reserve, reserve, room);
    else if (reserve > room + slack)
        breach(w, MG_RULE_unit_reserve, "reserve_up_kw", reserve - room, reserve, room);
}

/* unit_footroom: 0 <= r <= power - p_min, q(t-1) - q(t) + r <= RD; none while off or on trial */
static void judge_footroom(const struct walk *w)
{
    const struct mg_unit *unit = w->unit;
    double reserve = w->flow->reserve_down[w->t], room = 0, slack = az_slack(unit->p_max_kw);
    if (w->on && unit->gives_reserve)
        room = fmax(0, fmin(w->above, unit->ramp_down_kw - (w->above_before - w->above)));
    if (reserve < -slack || reserve > room + slack)
        breach(w, MG_RULE_unit_footroom, "reserve_down_kw", fmax(-reserve, reserve - room), reserve,
               room);
}

/* The running cost at a power: the curve, held flat beyond its ends. JPY/h. */
static double cost_at(const struct mg_unit *unit, double power)
{
    const double *kw = unit->point_kw, *cost = unit->point_jpy_per_h;
    size_t last = unit->point_count - 1, k = 1;
    if (last == 0 || power <= kw[0]) return cost[0];
    if (power >= kw[last]) return cost[last];
    while (power > kw[k]) k++;
    double share = (power - kw[k - 1]) / (kw[k] - kw[k - 1]);
    return cost[k - 1] + share * (cost[k] - cost[k - 1]);
}

void mg_judge_unit(struct mg_judge *j, size_t i)
{
    const struct mg_unit *unit = &j->mg->units.items[i];
    struct walk w = { .j = j, .unit = unit, .flow = &j->flows.units[i], .i = i };
    w.before = unit->on0;
    w.run = unit->slots0;
    w.power_before = unit->power0_kw;
    w.above_before = unit->on0 ? unit->power0_kw - unit->p_min_kw : 0;
    for (w.t = 0; w.t < j->mg->T; w.t++) {
        w.on = w.flow->on[w.t] > 0.5;
        w.tripped = w.t == 0 && w.before && !w.on && unit->may_trip;
        w.power = w.flow->power[w.t];
        w.above = w.on ? w.power - unit->p_min_kw : 0;
        judge_commitment(&w);
        judge_power(&w);
        judge_ramps(&w);
        judge_switching(&w);
        judge_reserve(&w);
        judge_footroom(&w);
        if (w.on) w.energy += cost_at(unit, w.power) * j->mg->dt;
        w.run = w.on == w.before ? w.run + 1 : 1;
        w.before = w.on;
        w.power_before = w.power;
        w.above_before = w.above;
    }
    mg_money(j, MG_MONEY_unit_energy, &unit->owner, w.energy);
    mg_money(j, MG_MONEY_start_up, &unit->owner, w.starts);
    mg_money(j, MG_MONEY_stop, &unit->owner, w.stops);
}
