/* resolve.c - from a linked instance to one ready for judge and model: slots, prices, months and
 * carried demand, windows; the rest is in resolve_*.c.
 *
 * Every derived member is set also when there are findings, so that validation can name every other
 * problem at once. */
#include "formulations/microgrid/resolve.h"
#include "formulations/microgrid/tables.h"

size_t mg_slots_of(const struct mg_resolver *r, double hours, const struct az_path *path)
{
    size_t slots;
    if (!az_whole_slots(hours, r->mg->slot_minutes, MG_LONG, &slots))
        AZ_FIND(r->findings, &mg_code_not_whole_slots, path,
                AZ_NUMBER_PARAM("slot", (double)r->mg->slot_minutes),
                AZ_NUMBER_PARAM("value", hours));
    return slots;
}

enum az_status mg_positions(const struct mg_resolver *r, const struct az_ref keys[],
                            size_t key_count, size_t count, size_t **at)
{
    *at = AZ_ARRAY(r->arena, count, size_t);
    if (!*at) return AZ_NO_MEMORY;
    for (size_t i = 0; i < count; i++) (*at)[i] = AZ_NO_INDEX;
    for (size_t k = 0; k < key_count; k++)
        if (keys[k].index < count) (*at)[keys[k].index] = k;
    return AZ_OK;
}

int64_t mg_slots_to(const struct mg_instance *mg, struct az_time at, bool up)
{
    int64_t length = mg->slot_minutes * 60, passed = at.utc_s - mg->start.utc_s;
    int64_t slots = passed / length, rest = passed % length;
    if (rest < 0) slots--, rest += length;
    return slots + (up && rest > 0);
}

static size_t clip(int64_t slot, size_t T)
{
    if (slot < 0) return 0;
    return slot > (int64_t)T ? T : (size_t)slot;
}

/* Energy that is counted cannot be cut within a slot. */
static void check_boundary(const struct mg_resolver *r, struct az_time at,
                           const struct az_path *path)
{
    char text[32];
    if (mg_slots_to(r->mg, at, false) == mg_slots_to(r->mg, at, true)) return;
    AZ_FIND(r->findings, &mg_code_time_not_on_slot, path,
            AZ_TEXT_PARAM("value", az_time_format(at, text)));
}

struct mg_window mg_window_of(const struct mg_resolver *r, struct az_time from,
                              struct az_time until, bool counted, const struct az_path *path,
                              bool *closes)
{
    const struct mg_instance *mg = r->mg;
    struct az_time end = az_slot_time(mg->start, mg->slot_minutes, mg->T);
    struct mg_window window = { 0, 0 };
    char first[32], last[32];
    bool starts = az_time_given(from), stops = az_time_given(until);
    if (!starts) from = mg->start;
    if (!stops) until = end;
    if (closes) *closes = until.utc_s <= end.utc_s;
    if (counted && starts) check_boundary(r, from, AZ_AT(path, "from"));
    if (counted && stops) check_boundary(r, until, AZ_AT(path, "until"));
    if (starts && stops && until.utc_s <= from.utc_s) {
        AZ_FIND(r->findings, &mg_code_window_empty, AZ_AT(path, "until"),
                AZ_TEXT_PARAM("from", az_time_format(from, first)),
                AZ_TEXT_PARAM("value", az_time_format(until, last)));
        return window;
    }
    window.first = clip(mg_slots_to(mg, from, false), mg->T);
    window.last = clip(mg_slots_to(mg, until, true), mg->T);
    if (window.first < window.last) return window;
    AZ_FIND0(r->assumptions, &mg_code_window_outside, path);
    return (struct mg_window){ 0, 0 };
}

double mg_used_of(const struct mg_resolver *r, struct az_time from, size_t k, double measured,
                  const struct az_path *path, const struct az_path *state)
{
    bool began = az_time_given(from) && from.utc_s < r->mg->start.utc_s;
    if (began && k == AZ_NO_INDEX) AZ_FIND0(r->assumptions, &mg_code_used_assumed, path);
    if (k == AZ_NO_INDEX) return 0;
    if (!az_time_given(from)) return measured;
    if (!began && measured > AZ_FEASIBILITY_TOLERANCE)
        AZ_FIND(r->findings, &mg_code_used_before_window, state,
                AZ_NUMBER_PARAM("value", measured));
    return began ? measured : 0;
}

static void resolve_time(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    char start[32], at[32];
    mg->T = (size_t)mg->slots;
    mg->dt = (double)mg->slot_minutes / 60;
    if (!az_divides_hour(mg->slot_minutes))
        AZ_FIND(r->findings, &mg_code_slot_not_divisor, AZ_AT(NULL, "slot_minutes"),
                AZ_NUMBER_PARAM("value", (double)mg->slot_minutes));
    else if (!az_on_slot(mg->start, mg->slot_minutes))
        AZ_FIND(r->findings, &mg_code_start_not_on_slot, AZ_AT(NULL, "start"),
                AZ_NUMBER_PARAM("slot", (double)mg->slot_minutes));
    if (mg->state && mg->state->at.utc_s != mg->start.utc_s)
        AZ_FIND(r->findings, &mg_code_state_other_time, AZ_AT(AZ_AT(NULL, "state"), "at"),
                AZ_TEXT_PARAM("start", az_time_format(mg->start, start)),
                AZ_TEXT_PARAM("value", az_time_format(mg->state->at, at)));
}

/* Is the limit given and 0 throughout, and firm? Then no price is needed. */
static bool is_shut(const struct mg_instance *mg, const struct mg_connection *connection,
                    const struct az_series *limit)
{
    if (!limit->values) return false;
    if (mg->mode == MG_SERVICE && !isnan(connection->limit_price_jpy_per_kwh)) return false;
    for (size_t t = 0; t < limit->count; t++)
        if (limit->values[t] > 0) return false;
    return true;
}

void mg_price(const struct mg_connection *connection, size_t t, double *buy, double *sell)
{
    double market = mg_value(&connection->market_price_jpy_per_kwh, t, 0);
    *buy = mg_value(&connection->import_price_jpy_per_kwh, t,
                    market + connection->import_fee_jpy_per_kwh);
    *sell = mg_value(&connection->export_price_jpy_per_kwh, t,
                     market - connection->export_fee_jpy_per_kwh);
}

static void resolve_prices(struct mg_resolver *r, size_t i)
{
    struct mg_instance *mg = r->mg;
    struct mg_connection *connection = &mg->connections.items[i];
    const struct az_series *market = &connection->market_price_jpy_per_kwh;
    const struct az_series *import = &connection->import_price_jpy_per_kwh;
    const struct az_series *export = &connection->export_price_jpy_per_kwh;
    for (size_t t = 0; t < mg->T; t++)
        mg_price(connection, t, &connection->buy[t], &connection->sell[t]);
    if (market->values) return;
    if (!import->values && !is_shut(mg, connection, &connection->import_limit_kw))
        AZ_FIND0(r->findings, &mg_code_price_missing,
                 MG_MEMBER("connections", i, connection->id, "import_price_jpy_per_kwh"));
    if (!export->values && !is_shut(mg, connection, &connection->export_limit_kw))
        AZ_FIND0(r->findings, &mg_code_price_missing,
                 MG_MEMBER("connections", i, connection->id, "export_price_jpy_per_kwh"));
}

static void resolve_metering(struct mg_resolver *r, size_t i)
{
    struct mg_instance *mg = r->mg;
    struct mg_connection *connection = &mg->connections.items[i];
    const struct az_path *path = MG_MEMBER("connections", i, connection->id, "metering_minutes");
    struct az_metering metering = { .slots = 1 };
    if (!az_divides_hour(connection->metering_minutes))
        AZ_FIND(r->findings, &mg_code_metering_not_divisor, path,
                AZ_NUMBER_PARAM("value", (double)connection->metering_minutes));
    else if (az_divides_hour(mg->slot_minutes) &&
             !az_metering_of(mg->start, mg->slot_minutes, connection->metering_minutes, &metering))
        AZ_FIND(r->findings, &mg_code_metering_not_slots, path,
                AZ_NUMBER_PARAM("slot", (double)mg->slot_minutes),
                AZ_NUMBER_PARAM("value", (double)connection->metering_minutes));
    connection->meter_slots = metering.slots;
    connection->meter_offset = metering.offset;
}

/* The month's peak so far and the energy of the open interval, from entry k of the state. */
static void resolve_demand_state(struct mg_resolver *r, size_t i, size_t k)
{
    const struct mg_instance *mg = r->mg;
    struct mg_connection *connection = &mg->connections.items[i];
    const struct az_path *here = AZ_ITEM(AZ_AT(NULL, "connections"), i, connection->id);
    double peak = k == AZ_NO_INDEX ? NAN : mg->state->connections.items[k].peak_kw;
    double open = k == AZ_NO_INDEX ? NAN : mg->state->connections.items[k].open_energy_kwh;
    bool charged = connection->demand_charge_jpy_per_kw > 0;
    bool new_month = az_is_month_start(mg->start);

    if (isnan(peak) && charged && !new_month) AZ_FIND0(r->assumptions, &mg_code_peak_assumed, here);
    if (isnan(open) && charged && connection->meter_offset > 0)
        AZ_FIND0(r->assumptions, &mg_code_open_energy_assumed, here);
    if (peak > 0 && new_month)
        AZ_FIND(r->assumptions, &mg_code_peak_of_last_month,
                MG_STATE("connections", connection->id, "peak_kw"), AZ_NUMBER_PARAM("value", peak));
    if (open > AZ_FEASIBILITY_TOLERANCE && connection->meter_offset == 0)
        AZ_FIND(r->findings, &mg_code_no_open_interval,
                MG_STATE("connections", connection->id, "open_energy_kwh"),
                AZ_NUMBER_PARAM("value", open));
    connection->peak_kw = isnan(peak) || new_month ? 0 : peak;
    connection->open_energy_kwh = isnan(open) || connection->meter_offset == 0 ? 0 : open;
}

static enum az_status resolve_months(struct mg_resolver *r, struct mg_connection *connection)
{
    const struct mg_instance *mg = r->mg;
    int64_t first = az_month_number(mg->start);
    struct az_time last = az_slot_time(mg->start, mg->slot_minutes, mg->T - 1);
    connection->month_count = (size_t)(az_month_number(last) - first) + 1;
    connection->month = AZ_ARRAY(r->arena, mg->T, size_t);
    connection->incumbent_kw = AZ_ARRAY(r->arena, connection->month_count, double);
    if (!connection->month || !connection->incumbent_kw) return AZ_NO_MEMORY;
    for (size_t t = 0; t < mg->T; t++) {
        struct az_time at = az_slot_time(mg->start, mg->slot_minutes, t);
        connection->month[t] = (size_t)(az_month_number(at) - first);
    }
    for (size_t m = 0; m < connection->month_count; m++)
        connection->incumbent_kw[m] = connection->demand_floor_kw;
    connection->incumbent_kw[0] = fmax(connection->demand_floor_kw, connection->peak_kw);
    return AZ_OK;
}

static enum az_status resolve_connections(struct mg_resolver *r)
{
    struct mg_instance *mg = r->mg;
    size_t *at;
    AZ_TRY(mg_positions(r, mg->state ? mg->state->connections.keys : NULL,
                        mg->state ? mg->state->connections.count : 0, mg->connections.count, &at));
    for (size_t i = 0; i < mg->connections.count; i++) {
        struct mg_connection *connection = &mg->connections.items[i];
        connection->buy = AZ_ARRAY(r->arena, mg->T, double);
        connection->sell = AZ_ARRAY(r->arena, mg->T, double);
        if (!connection->buy || !connection->sell) return AZ_NO_MEMORY;
        resolve_prices(r, i);
        resolve_metering(r, i);
        resolve_demand_state(r, i, at[i]);
        AZ_TRY(resolve_months(r, connection));
    }
    return AZ_OK;
}

/* The energy that the horizon is about: the load, or without one the forecasts. kWh. */
static double energy_at_stake(const struct mg_instance *mg)
{
    double load = 0, forecast = 0;
    for (size_t i = 0; i < mg->loads.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            load += mg_value(&mg->loads.items[i].demand_kw, t, 0) * mg->dt;
    for (size_t i = 0; i < mg->renewables.count; i++)
        for (size_t t = 0; t < mg->T; t++)
            forecast += mg_value(&mg->renewables.items[i].forecast_kw, t, 0) * mg->dt;
    return load > 0 ? load : forecast;
}

/* The mean purchase price, or the mean price of a unit's energy at full power. JPY/kWh. */
static double typical_price(const struct mg_instance *mg)
{
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < mg->connections.count; i++, count++)
        for (size_t t = 0; t < mg->T; t++)
            sum += fabs(mg->connections.items[i].buy[t]) / (double)mg->T;
    for (size_t i = 0; mg->connections.count == 0 && i < mg->units.count; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        if (unit->p_max_kw <= 0) continue;
        sum += fabs(unit->point_jpy_per_h[unit->point_count - 1]) / unit->p_max_kw;
        count++;
    }
    return count > 0 ? sum / (double)count : 0;
}

static void resolve_scale(struct mg_instance *mg)
{
    if (mg->money_scale > 0)
        mg->scale = mg->money_scale;
    else if (mg->mode == MG_EXACT)
        mg->scale = 1;
    else
        mg->scale = fmax(1, 0.1 * energy_at_stake(mg) * typical_price(mg));
}

static bool is_outlook_too_large(const struct mg_resolver *r)
{
    const struct mg_outlook *outlook = r->mg->outlook;
    if (!outlook || outlook->slots < 1) return false;
    size_t series = outlook->loads.count + outlook->renewables.count;
    if (series <= MG_MAX_CELLS / (size_t)outlook->slots) return false;
    AZ_FIND(r->findings, &mg_code_too_many_outlook_cells, AZ_AT(AZ_AT(NULL, "outlook"), "slots"),
            AZ_NUMBER_PARAM("assets", (double)series),
            AZ_NUMBER_PARAM("value", (double)series * (double)outlook->slots),
            AZ_NUMBER_PARAM("maximum", MG_MAX_CELLS));
    return true;
}

/* Series of a refused size were not even linked: nothing else can be said then. */
static bool is_too_large(const struct mg_resolver *r)
{
    size_t assets = mg_asset_count(r->mg), slots = (size_t)r->mg->slots;
    if (is_outlook_too_large(r)) return true;
    if (assets <= MG_MAX_CELLS / slots) return false;
    AZ_FIND(r->findings, &mg_code_too_many_cells, AZ_AT(NULL, "slots"),
            AZ_NUMBER_PARAM("assets", (double)assets),
            AZ_NUMBER_PARAM("value", (double)assets * (double)slots),
            AZ_NUMBER_PARAM("maximum", MG_MAX_CELLS));
    return true;
}

enum az_status mg_resolve(void *instance, struct az_arena *arena, struct az_findings *findings,
                          struct az_findings *assumptions)
{
    struct mg_resolver r = { instance, arena, findings, assumptions };
    size_t before = az_findings_total(findings);
    if (is_too_large(&r)) return AZ_OK;
    resolve_time(&r);
    AZ_TRY(mg_resolve_repair(&r));
    AZ_TRY(mg_resolve_outages(&r));
    AZ_TRY(resolve_connections(&r));
    AZ_TRY(mg_resolve_schedules(&r));
    AZ_TRY(mg_resolve_units(&r));
    AZ_TRY(mg_resolve_batteries(&r));
    AZ_TRY(mg_resolve_fleets(&r));
    AZ_TRY(mg_resolve_shelters(&r));
    AZ_TRY(mg_resolve_formed(&r));
    AZ_TRY(mg_resolve_converters(&r));
    AZ_TRY(mg_resolve_ponds(&r));
    AZ_TRY(mg_resolve_budgets(&r));
    AZ_TRY(mg_resolve_loads(&r));
    mg_resolve_commitments(&r);
    mg_resolve_lapses(&r);
    resolve_scale(r.mg);
    AZ_TRY(mg_resolve_scenarios(&r));
    /* Whoever gets findings here does not go on to validate: all problems at once. */
    if (az_findings_total(findings) > before) AZ_TRY(mg_validate(instance, arena, findings));
    return findings && findings->out_of_memory ? AZ_NO_MEMORY : AZ_OK;
}
