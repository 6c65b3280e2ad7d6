/* resolve_assets.c - derived members of units, batteries and converters, and their carried state.
 */
#include "formulations/microgrid/resolve.h"

/* --- units --------------------------------------------------------------------------------------
 */

static enum az_status resolve_tiers(struct mg_resolver *r, size_t i)
{
    struct mg_unit *unit = &r->mg->units.items[i];
    size_t count = unit->start_tiers.count;
    unit->tier_count = count;
    unit->tier_lag = AZ_ARRAY(r->arena, count, size_t);
    unit->tier_cost = AZ_ARRAY(r->arena, count, double);
    if (!unit->tier_lag || !unit->tier_cost) return AZ_NO_MEMORY;
    for (size_t k = 0; k < count; k++) {
        const struct mg_start_tier *tier = &unit->start_tiers.items[k];
        const struct az_path *path = MG_MEMBER("units", i, unit->id, "start_tiers");
        unit->tier_lag[k] = mg_slots_of(r, tier->off_h, AZ_AT(AZ_ITEM(path, k, NULL), "off_h"));
        unit->tier_cost[k] = tier->cost_jpy;
    }
    return AZ_OK;
}

/* The curve's ends are set to p_min and p_max exactly: sources differ from them by rounding. */
static enum az_status resolve_curve(struct mg_resolver *r, struct mg_unit *unit)
{
    const struct mg_curve_cost *curve = NULL;
    const struct mg_price_cost *price = NULL;
    if (unit->cost.value && unit->cost.tag == MG_COST_CURVE) curve = unit->cost.value;
    if (unit->cost.value && unit->cost.tag == MG_COST_PRICE) price = unit->cost.value;
    if (curve && curve->points.count == 0) curve = NULL;
    size_t count = curve ? curve->points.count : unit->p_max_kw > unit->p_min_kw ? 2 : 1;
    unit->point_count = count;
    unit->point_kw = AZ_ARRAY(r->arena, count, double);
    unit->point_jpy_per_h = AZ_ARRAY(r->arena, count, double);
    if (!unit->point_kw || !unit->point_jpy_per_h) return AZ_NO_MEMORY;
    for (size_t k = 0; curve && k < count; k++) {
        unit->point_kw[k] = curve->points.items[k].power_kw;
        unit->point_jpy_per_h[k] = curve->points.items[k].cost_jpy_per_h;
    }
    unit->point_kw[count - 1] = unit->p_max_kw;
    unit->point_kw[0] = unit->p_min_kw;
    for (size_t k = 0; price && k < count; k++)
        unit->point_jpy_per_h[k] =
            price->no_load_jpy_per_h + price->energy_jpy_per_kwh * unit->point_kw[k];
    return AZ_OK;
}

static double ramp_per_slot(const struct mg_instance *mg, double per_hour)
{
    return isnan(per_hour) ? INFINITY : per_hour * mg->dt;
}

static void resolve_limits(struct mg_resolver *r, size_t i)
{
    struct mg_unit *unit = &r->mg->units.items[i];
    double start = unit->start_limit_kw, stop = unit->stop_limit_kw;
    unit->usable = unit->availability != MG_PLANNED;
    unit->gives_reserve = unit->availability == MG_RUNNING;
    unit->ramp_up_kw = ramp_per_slot(r->mg, unit->ramp_up_kw_per_h);
    unit->ramp_down_kw = ramp_per_slot(r->mg, unit->ramp_down_kw_per_h);
    unit->start_kw = isnan(start) ? unit->p_max_kw : fmin(start, unit->p_max_kw);
    unit->stop_kw = isnan(stop) ? unit->p_max_kw : fmin(stop, unit->p_max_kw);
    unit->min_up = mg_slots_of(r, unit->min_up_h, MG_MEMBER("units", i, unit->id, "min_up_h"));
    unit->min_down =
        mg_slots_of(r, unit->min_down_h, MG_MEMBER("units", i, unit->id, "min_down_h"));
    unit->black_start_slots = (size_t)ceil(unit->black_start_h / r->mg->dt - AZ_HOURS_TOLERANCE);
    if (unit->min_up < 1) unit->min_up = 1;
    if (unit->min_down < 1) unit->min_down = 1;
}

/* The measured power of a unit: in [p_min, p_max] while on, 0 while off. */
static double measured_power(struct mg_resolver *r, const struct mg_unit *unit, double power)
{
    double low = unit->on0 ? unit->p_min_kw : 0, high = unit->on0 ? unit->p_max_kw : 0;
    const struct az_path *path = MG_STATE("units", unit->id, "power_kw");
    if (isnan(power) || high < low) return low;
    double taken = fmin(fmax(power, low), high);
    if (mg_within(power, low, high)) return taken;
    if (unit->out_of_range == MG_CLAMP)
        AZ_FIND(r->assumptions, &mg_code_power_clamped, path, AZ_NUMBER_PARAM("value", power),
                AZ_NUMBER_PARAM("taken", taken));
    else if (!unit->on0)
        AZ_FIND(r->findings, &mg_code_power_while_off, path, AZ_NUMBER_PARAM("value", power));
    else
        AZ_FIND(r->findings, &mg_code_power_outside_range, path, AZ_NUMBER_PARAM("minimum", low),
                AZ_NUMBER_PARAM("maximum", high), AZ_NUMBER_PARAM("value", power));
    return taken;
}

/* Measured hours are rounded down to whole slots: that never permits too much. */
static size_t measured_slots(struct mg_resolver *r, const struct mg_unit *unit, double hours)
{
    size_t slots;
    if (isnan(hours)) return MG_LONG;
    if (!az_whole_slots(hours, r->mg->slot_minutes, MG_LONG, &slots))
        AZ_FIND(r->assumptions, &mg_code_hours_rounded, MG_STATE("units", unit->id, "hours"),
                AZ_NUMBER_PARAM("value", hours),
                AZ_NUMBER_PARAM("taken", (double)slots * r->mg->dt));
    return slots;
}

/* Slots before the first one in which the unit is unavailable. */
static size_t slots_to_outage(const struct mg_resolver *r, const struct mg_unit *unit)
{
    size_t t = 0;
    while (t < r->mg->T && mg_value(&unit->available, t, 1) > 0) t++;
    return t;
}

/* The carried state, or what is taken without one; entry k of the state. */
static void resolve_unit_state(struct mg_resolver *r, size_t i, size_t k)
{
    struct mg_unit *unit = &r->mg->units.items[i];
    const struct az_path *here = AZ_ITEM(AZ_AT(NULL, "units"), i, unit->id);
    bool tripped = unit->must_run != 1 && slots_to_outage(r, unit) == 0;
    unit->slots0 = MG_LONG;
    if (k != AZ_NO_INDEX && r->mg->state->units.items[k].on == 1 && tripped) {
        unit->slots0 = 0;
        AZ_FIND0(r->assumptions, &mg_code_unit_tripped, here);
    } else if (k != AZ_NO_INDEX) {
        const struct mg_unit_state *measured = &r->mg->state->units.items[k];
        unit->on0 = measured->on == 1;
        unit->power0_kw = measured_power(r, unit, measured->power_kw);
        unit->slots0 = measured_slots(r, unit, measured->hours);
    } else if (unit->must_run == 1 && unit->usable) {
        unit->on0 = 1;
        unit->power0_kw = unit->p_min_kw;
        AZ_FIND(r->assumptions, &mg_code_unit_taken_on, here,
                AZ_NUMBER_PARAM("value", unit->power0_kw));
    } else if (unit->usable) {
        AZ_FIND0(r->assumptions, &mg_code_unit_taken_off, here);
    }
}

/* The first slots that the minimum time of the carried state still binds. An outage within the
 * minimum up time ends it: the slots that it cuts off count as served. */
static void resolve_fixed(struct mg_resolver *r, size_t i)
{
    struct mg_unit *unit = &r->mg->units.items[i];
    size_t least = unit->on0 ? unit->min_up : unit->min_down;
    size_t left = least > unit->slots0 ? least - unit->slots0 : 0;
    size_t outage = slots_to_outage(r, unit);
    if (unit->on0 && unit->must_run != 1 && left > outage && outage < r->mg->T) {
        AZ_FIND(r->assumptions, &mg_code_min_up_cut, AZ_ITEM(AZ_AT(NULL, "units"), i, unit->id),
                AZ_NUMBER_PARAM("value", (double)(left - outage)));
        unit->slots0 += left - outage;
        left = outage;
    }
    if (left > r->mg->T) left = r->mg->T;
    unit->fixed_on = unit->on0 ? left : 0;
    unit->fixed_off = unit->on0 ? 0 : left;
}

enum az_status mg_resolve_units(struct mg_resolver *r)
{
    const struct mg_state *state = r->mg->state;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->units.keys : NULL, state ? state->units.count : 0,
                        r->mg->units.count, &at));
    for (size_t i = 0; i < r->mg->units.count; i++) {
        resolve_limits(r, i);
        AZ_TRY(resolve_tiers(r, i));
        AZ_TRY(resolve_curve(r, &r->mg->units.items[i]));
        resolve_unit_state(r, i, at[i]);
        resolve_fixed(r, i);
    }
    return AZ_OK;
}

/* --- batteries ----------------------------------------------------------------------------------
 */

static double measured_charge(struct mg_resolver *r, const struct mg_battery *battery,
                              double charge)
{
    const struct az_path *path = MG_STATE("batteries", battery->id, "charge_kwh");
    double count = (double)battery->count;
    double low = battery->min_kwh * count, high = battery->max_kwh * count;
    if (high < low) return low;
    double taken = fmin(fmax(charge, low), high);
    if (mg_within(charge, low, high)) return taken;
    if (battery->out_of_range == MG_CLAMP)
        AZ_FIND(r->assumptions, &mg_code_charge_clamped, path, AZ_NUMBER_PARAM("value", charge),
                AZ_NUMBER_PARAM("taken", taken));
    else
        AZ_FIND(r->findings, &mg_code_charge_outside_window, path, AZ_NUMBER_PARAM("minimum", low),
                AZ_NUMBER_PARAM("maximum", high), AZ_NUMBER_PARAM("value", charge));
    return taken;
}

/* What is due at the end without an end_share: the state's, or the charge at the start. */
static double due_charge(struct mg_resolver *r, const struct mg_battery *battery, size_t k)
{
    double due = k == AZ_NO_INDEX ? NAN : r->mg->state->batteries.items[k].due_kwh;
    double count = (double)battery->count;
    double low = battery->min_kwh * count, high = battery->max_kwh * count;
    if (isnan(due)) return battery->start_kwh;
    if (!mg_within(due, low, high))
        AZ_FIND(r->findings, &mg_code_charge_outside_window,
                MG_STATE("batteries", battery->id, "due_kwh"), AZ_NUMBER_PARAM("minimum", low),
                AZ_NUMBER_PARAM("maximum", high), AZ_NUMBER_PARAM("value", due));
    return due;
}

static void resolve_battery(struct mg_resolver *r, size_t i, size_t k)
{
    const struct mg_state *state = r->mg->state;
    struct mg_battery *battery = &r->mg->batteries.items[i];
    double capacity = battery->capacity_kwh, count = (double)battery->count;
    battery->min_kwh = battery->soc_min_share * capacity;
    battery->max_kwh = battery->soc_max_share * capacity;
    battery->floor_kwh = fmax(battery->min_kwh, battery->reserve_share * capacity);
    if (k != AZ_NO_INDEX) {
        battery->start_kwh = measured_charge(r, battery, state->batteries.items[k].charge_kwh);
    } else {
        battery->start_kwh = count * fmin(fmax(battery->floor_kwh, capacity / 2), battery->max_kwh);
        AZ_FIND(r->assumptions, &mg_code_charge_assumed,
                AZ_ITEM(AZ_AT(NULL, "batteries"), i, battery->id),
                AZ_NUMBER_PARAM("taken", battery->start_kwh));
    }
    battery->end_kwh = due_charge(r, battery, k);
    if (!isnan(battery->end_share)) battery->end_kwh = count * battery->end_share * capacity;
    if (!isnan(battery->end_value_jpy_per_kwh)) battery->end_kwh = -INFINITY;
}

enum az_status mg_resolve_batteries(struct mg_resolver *r)
{
    const struct mg_state *state = r->mg->state;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->batteries.keys : NULL, state ? state->batteries.count : 0,
                        r->mg->batteries.count, &at));
    for (size_t i = 0; i < r->mg->batteries.count; i++) resolve_battery(r, i, at[i]);
    return AZ_OK;
}

/* --- converters ---------------------------------------------------------------------------------
 */

static enum az_status resolve_segments(struct mg_resolver *r, struct mg_converter *converter)
{
    size_t count = converter->loss_segments.count > 0 ? converter->loss_segments.count : 1;
    converter->segment_count = count;
    converter->segment_kw = AZ_ARRAY(r->arena, count, double);
    converter->segment_loss = AZ_ARRAY(r->arena, count, double);
    if (!converter->segment_kw || !converter->segment_loss) return AZ_NO_MEMORY;
    double from = 0;
    for (size_t k = 0; k < converter->loss_segments.count; k++) {
        const struct mg_loss_segment *segment = &converter->loss_segments.items[k];
        converter->segment_kw[k] = segment->up_to_kw - from;
        converter->segment_loss[k] = segment->loss_share;
        from = segment->up_to_kw;
    }
    if (converter->loss_segments.count == 0) converter->segment_loss[0] = converter->loss_share;
    converter->worst_loss = 0;
    for (size_t k = 0; k < count; k++)
        converter->worst_loss = fmax(converter->worst_loss, converter->segment_loss[k]);
    converter->segment_kw[count - 1] = INFINITY;
    return AZ_OK;
}

static void resolve_converter_state(struct mg_resolver *r, size_t i, size_t k)
{
    const struct mg_state *state = r->mg->state;
    struct mg_converter *converter = &r->mg->converters.items[i];
    converter->has_input0 = k != AZ_NO_INDEX;
    if (!converter->has_input0) {
        if (isfinite(converter->ramp_kw))
            AZ_FIND0(r->assumptions, &mg_code_input_assumed,
                     AZ_ITEM(AZ_AT(NULL, "converters"), i, converter->id));
        return;
    }
    double low = -converter->backward_max_kw, high = converter->forward_max_kw;
    double input = state->converters.items[k].input_kw;
    const struct az_path *path = MG_STATE("converters", converter->id, "input_kw");
    converter->input0_kw = fmin(fmax(input, low), high);
    if (mg_within(input, low, high)) return;
    if (converter->out_of_range == MG_CLAMP)
        AZ_FIND(r->assumptions, &mg_code_input_clamped, path, AZ_NUMBER_PARAM("value", input),
                AZ_NUMBER_PARAM("taken", converter->input0_kw));
    else
        AZ_FIND(r->findings, &mg_code_input_outside_range, path, AZ_NUMBER_PARAM("minimum", low),
                AZ_NUMBER_PARAM("maximum", high), AZ_NUMBER_PARAM("value", input));
}

enum az_status mg_resolve_converters(struct mg_resolver *r)
{
    const struct mg_state *state = r->mg->state;
    size_t *at;
    AZ_TRY(mg_positions(r, state ? state->converters.keys : NULL,
                        state ? state->converters.count : 0, r->mg->converters.count, &at));
    for (size_t i = 0; i < r->mg->converters.count; i++) {
        struct mg_converter *converter = &r->mg->converters.items[i];
        AZ_TRY(resolve_segments(r, converter));
        converter->ramp_kw = ramp_per_slot(r->mg, converter->ramp_kw_per_h);
        converter->needs_on = converter->no_load_kw > 0 || converter->min_transfer_kw > 0;
        resolve_converter_state(r, i, at[i]);
    }
    return AZ_OK;
}
