/* evaluate_storage.c - the rules and the money of renewables and batteries. */
#include "formulations/microgrid/judge.h"

/* renewable_range: minimum <= used <= forecast; a planned one is not used */
void mg_judge_renewable(struct mg_judge *j, size_t i)
{
    const struct mg_instance *mg = j->mg;
    const struct mg_renewable *renewable = &mg->renewables.items[i];
    bool usable = renewable->availability != MG_PLANNED;
    double used_kwh = 0, curtailed_kwh = 0;
    for (size_t t = 0; t < mg->T; t++) {
        double used = j->flows.used[i][t];
        double high = usable ? renewable->forecast_kw.values[t] : 0;
        double low = usable && renewable->minimum_kw.values ? renewable->minimum_kw.values[t] : 0;
        if (mg_is_dead(j, renewable->grid.index, t)) low = 0;
        if (az_under(used, low) || az_over(used, high))
            mg_breach(
                j, MG_RULE_renewable_range,
                (struct mg_where){ "renewables", renewable->id, renewable->name, "used_kw", t },
                fmax(low - used, used - high), NAN, used, low, high);
        used_kwh += used * mg->dt;
        curtailed_kwh += (high - used) * mg->dt;
    }
    mg_money(j, MG_MONEY_renewable_energy, &renewable->owner,
             renewable->energy_jpy_per_kwh * used_kwh);
    mg_money(j, MG_MONEY_curtailment, &renewable->owner,
             renewable->curtailment_price_jpy_per_kwh * curtailed_kwh);
}

/* --- batteries ----------------------------------------------------------------------------------
 */

struct battery_slot {
    struct mg_judge *j;
    const struct mg_battery *battery;
    size_t t;
    double charge, discharge, energy;
    double follows; /* from the flows alone: tolerances of the slots do not add up */
    double floor;   /* of one of them, at the end of the slot */
    struct mg_fleet home;
};

static void breach(const struct battery_slot *s, enum mg_rule rule, const char *member,
                   double amount, double price, double value, double low, double limit)
{
    struct mg_where where = { "batteries", s->battery->id, s->battery->name, member, s->t };
    mg_breach(s->j, rule, where, amount, price, value, low, limit);
}

/* battery_power: 0 <= flow <= most */
static void judge_flow(const struct battery_slot *s, const char *member, double flow, double most)
{
    if (az_under(flow, 0) || az_over(flow, most))
        breach(s, MG_RULE_battery_power, member, fmax(-flow, flow - most), NAN, flow, NAN, most);
}

/* battery_taper: charge <= charge_max - (charge_max - taper_full) (e - from) / (max - from), where
 * e is the charge at the start of the slot, all of those at home */
static void judge_taper(const struct battery_slot *s)
{
    const struct mg_battery *battery = s->battery;
    double from = battery->taper_from_share * battery->capacity_kwh, here = s->home.vehicles;
    if (isnan(from) || s->home.before <= here * from) return;
    double share = (s->home.before - here * from) / (battery->max_kwh - from);
    double all = here * battery->charge_max_kw;
    double most = all - (battery->charge_max_kw - battery->taper_full_kw) * share;
    if (s->charge > most + az_slack(all) && !az_over(s->charge, all))
        breach(s, MG_RULE_battery_taper, "charge_kw", s->charge - most, NAN, s->charge, NAN, most);
}

/* battery_exclusive, battery_energy, battery_window, battery_reserve */
static void judge_energy(struct battery_slot *s)
{
    const struct mg_battery *battery = s->battery;
    double both = fmin(s->charge, s->discharge);
    double given = s->follows + (battery->charge_efficiency * s->charge -
                                 s->discharge / battery->discharge_efficiency) *
                                    s->j->mg->dt;
    double here = s->home.vehicles, energy = s->home.after;
    double low = here * battery->min_kwh, high = here * battery->max_kwh;
    given -= s->home.used;
    s->follows = given;
    if (az_over(both, 0))
        breach(s, MG_RULE_battery_exclusive, "discharge_kw", both, NAN, both, NAN, 0);
    if (fabs(s->energy - given) > az_slack(given)) {
        breach(s, MG_RULE_battery_energy, "energy_kwh", fabs(s->energy - given), NAN, s->energy,
               NAN, given);
        s->follows = s->energy;
    }
    if (az_under(energy, low) || az_over(energy, high))
        breach(s, MG_RULE_battery_window, "energy_kwh", fmax(low - energy, energy - high), NAN,
               energy, low, high);
    if (az_under(energy, here * s->floor))
        breach(s, MG_RULE_battery_reserve, "energy_kwh", here * s->floor - energy,
               battery->reserve_price_jpy_per_kwh, energy, NAN, here * s->floor);
}

/* battery_end: the charge at the end, and what it is worth without an end rule */
static void judge_end(const struct battery_slot *s)
{
    const struct mg_battery *battery = s->battery;
    if (az_under(s->energy, battery->end_kwh))
        breach(s, MG_RULE_battery_end, "energy_kwh", battery->end_kwh - s->energy,
               battery->end_price_jpy_per_kwh, s->energy, NAN, battery->end_kwh);
    if (!isnan(battery->end_value_jpy_per_kwh))
        mg_money(s->j, MG_MONEY_battery_end_value, &battery->owner,
                 -battery->end_value_jpy_per_kwh * (s->energy - battery->start_kwh));
}

void mg_judge_battery(struct mg_judge *j, size_t i)
{
    const struct mg_battery *battery = &j->mg->batteries.items[i];
    const struct mg_battery_flow *flow = &j->flows.batteries[i];
    struct battery_slot s = { .j = j, .battery = battery, .follows = battery->start_kwh };
    double discharged_kwh = 0;
    mg_judge_shelter(j, i);
    for (s.t = 0; s.t < j->mg->T; s.t++) {
        s.charge = flow->charge[s.t];
        s.discharge = flow->discharge[s.t];
        s.energy = flow->energy[s.t];
        s.floor = mg_kept_kwh(j->mg, battery, s.t);
        s.home = mg_fleet_at(j, i, s.t);
        judge_flow(&s, "charge_kw", s.charge, s.home.vehicles * battery->charge_max_kw);
        judge_flow(&s, "discharge_kw", s.discharge, s.home.vehicles * battery->discharge_max_kw);
        mg_judge_departures(j, i, s.t);
        judge_taper(&s);
        judge_energy(&s);
        if (s.t + 1 == j->mg->T) judge_end(&s);
        discharged_kwh += s.discharge * j->mg->dt;
    }
    mg_money(j, MG_MONEY_battery_throughput, &battery->owner,
             battery->throughput_cost_jpy_per_kwh * discharged_kwh);
}
