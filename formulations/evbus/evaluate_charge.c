/* evaluate_charge.c - the judge of a stay's energies: power, curve, window, floor and charger. */
#include "formulations/evbus/judge.h"

void eb_walk_window(struct eb_walk *w, int64_t at_s)
{
    if (!w->type->has_battery || w->window_told) return;
    if (!eb_under(w->charge, w->min) && !eb_over(w->charge, w->max)) return;
    w->window_told = true;
    EB_WALK_BREACH(w, EB_RULE_charge_window, at_s, fmax(w->min - w->charge, w->charge - w->max),
                   EB_VALUE(w->charge), eb_range(w->j, w->min, w->max));
}

/* The curve at a charge: the least of its lines, never below 0. */
static double curve_at(const struct eb_type *type, double charge)
{
    double power = INFINITY;
    for (size_t i = 0; i < type->curve_count; i++)
        power = fmin(power, type->curve_base_kw[i] + type->curve_slope_kw_per_kwh[i] * charge);
    return fmax(0, power);
}

double eb_charge_kw(const struct eb_type *type, const struct eb_charger *charger, double charge)
{
    double limit = charger->charge_kw;
    if (!type->has_battery) return 0;
    if (!isnan(type->charge_kw)) limit = fmin(limit, type->charge_kw);
    return fmin(limit, curve_at(type, charge));
}

double eb_discharge_kw(const struct eb_type *type, const struct eb_charger *charger)
{
    if (!type->has_battery) return 0;
    if (isnan(type->discharge_kw)) return charger->discharge_kw;
    return fmin(charger->discharge_kw, type->discharge_kw);
}

/* charge_power, discharge_power: 0 <= energy <= hours * power */
static void check_power(struct eb_walk *w, enum eb_rule rule, const char *member, size_t item,
                        int64_t at_s, double energy, double limit)
{
    if (!eb_over(energy, limit) && !eb_under(energy, 0)) return;
    struct az_param params[] = { EB_VALUE(energy), EB_LIMIT(limit) };
    eb_walk_breach(w, rule, member, item, at_s, fmax(energy - limit, -energy), NAN, 2, params);
}

/* charge_exclusive: one way in a slot, over all the stays here. */
static void check_way(struct eb_walk *w, int64_t slot, int64_t at_s, double charge,
                      double discharge)
{
    bool in = charge > AZ_FEASIBILITY_TOLERANCE, out = discharge > AZ_FEASIBILITY_TOLERANCE;
    if (slot != w->slot) w->slot_charges = w->slot_discharges = false;
    bool both = w->slot_charges && w->slot_discharges;
    w->slot = slot;
    w->slot_charges = w->slot_charges || in;
    w->slot_discharges = w->slot_discharges || out;
    if (both || !w->slot_charges || !w->slot_discharges) return;
    EB_WALK_BREACH(w, EB_RULE_charge_exclusive, at_s, fmin(fabs(charge), fabs(discharge)),
                   EB_VALUE(charge));
}

/* What a slot of the stay does to the battery, the charger and the money. */
static void take_slot(struct eb_walk *w, size_t c, size_t t, int64_t at_s, double charge,
                      double discharge)
{
    struct eb_judge *j = w->j;
    const struct eb_charger *charger = &j->ev->chargers.items[c];
    size_t cell = c * j->ev->T + t;
    w->charge += charge * charger->charge_efficiency;
    w->charge -= discharge / charger->discharge_efficiency;
    j->charged[cell] += charge;
    j->discharged[cell] += discharge;
    j->charged_kwh += charge;
    j->discharged_kwh += discharge;
    j->wear[w->type_index] += discharge * w->type->wear_jpy_per_kwh;
    eb_walk_window(w, at_s);
    if (fmax(charge, discharge) <= AZ_FEASIBILITY_TOLERANCE) return;
    j->plugged[cell]++;
    if (discharge <= AZ_FEASIBILITY_TOLERANCE || !eb_under(w->charge, w->type->floor_kwh)) return;
    EB_WALK_BREACH(w, EB_RULE_discharge_floor, at_s, w->type->floor_kwh - w->charge,
                   EB_VALUE(w->charge), EB_LIMIT(w->type->floor_kwh));
}

static double item(size_t count, const double items[], size_t k)
{
    return k < count ? items[k] : 0;
}

static void charge_slots(struct eb_walk *w, const struct eb_event *event, int64_t start_s,
                         int64_t end_s)
{
    size_t c = event->charger.index, count = event->charge_kwh.count;
    const struct eb_charger *charger = &w->j->ev->chargers.items[c];
    if (event->discharge_kwh.count > count) count = event->discharge_kwh.count;
    for (size_t k = 0; k < count; k++) {
        int64_t t = event->first_slot + (int64_t)k, length = eb_slot_s(w->j->ev);
        int64_t from = t * length, to = from + length;
        if (from < start_s) from = start_s;
        if (to > end_s) to = end_s;
        double hours = to > from ? (double)(to - from) / 3600 : 0;
        double charge = item(event->charge_kwh.count, event->charge_kwh.items, k);
        double discharge = item(event->discharge_kwh.count, event->discharge_kwh.items, k);
        int64_t at_s = t * length;
        if (charge == 0 && discharge == 0) continue;
        check_power(w, EB_RULE_charge_power, "charge_kwh", k, at_s, charge,
                    hours * eb_charge_kw(w->type, charger, w->charge));
        check_power(w, EB_RULE_discharge_power, "discharge_kwh", k, at_s, discharge,
                    hours * eb_discharge_kw(w->type, charger));
        check_way(w, t, at_s, charge, discharge);
        take_slot(w, c, (size_t)t, at_s, charge, discharge);
    }
}

/* Without slots the stay is one: charged_kwh <= hours * power * charge_efficiency. */
static void charge_whole(struct eb_walk *w, const struct eb_event *event, int64_t start_s,
                         int64_t end_s)
{
    const struct eb_charger *charger = &w->j->ev->chargers.items[event->charger.index];
    double hours = end_s > start_s ? (double)(end_s - start_s) / 3600 : 0;
    double limit = hours * eb_charge_kw(w->type, charger, w->charge) * charger->charge_efficiency;
    if (!w->j->ev->timed) limit = w->type->has_battery ? INFINITY : 0;
    check_power(w, EB_RULE_charge_power, "charged_kwh", AZ_NO_INDEX, start_s, event->charged_kwh,
                limit);
    w->charge += event->charged_kwh;
    w->j->charged_kwh += event->charged_kwh / charger->charge_efficiency;
    eb_walk_window(w, start_s);
}

void eb_walk_charging(struct eb_walk *w, const struct eb_event *event, int64_t start_s,
                      int64_t end_s)
{
    const struct eb_charger *charger = &w->j->ev->chargers.items[event->charger.index];
    bool here = w->j->ev->links || charger->place.index == w->place;
    if (!here || !charger->serves[w->type_index])
        EB_WALK_BREACH(w, EB_RULE_charger_here, start_s, 0, AZ_TEXT_PARAM("what", charger->id));
    if (w->j->ev->T > 0)
        charge_slots(w, event, start_s, end_s);
    else if (!isnan(event->charged_kwh))
        charge_whole(w, event, start_s, end_s);
}
