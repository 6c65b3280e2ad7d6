/* summary.c - a plan's totals for people: money by item and owner, energy, CO2, billed peaks. */
#include <math.h>
#include <string.h>

#include "formulations/microgrid/outages.h"
#include "formulations/microgrid/search.h"
#include "formulations/microgrid/survival.h"

/* Money and penalty as the judge counts them. */
static enum az_status sum_money(const struct mg_instance *mg, const struct mg_plan *plan,
                                struct az_arena *arena, struct mg_summary *summary)
{
    struct az_judgement judgement;
    memset(&judgement, 0, sizeof judgement);
    AZ_TRY(mg_evaluate(mg, plan, arena, &judgement));
    summary->cost_jpy = judgement.cost;
    summary->penalty_jpy = judgement.penalty;
    summary->blackout_survival_h = mg_is_open_ended(mg) ? -judgement.rank[0] : NAN;
    struct mg_money_item *items = AZ_ARRAY(arena, judgement.money.count, struct mg_money_item);
    if (!items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < judgement.money.count; i++)
        items[i] = (struct mg_money_item){ .item = judgement.money.items[i].code,
                                           .owner = judgement.money.items[i].owner,
                                           .amount_jpy = judgement.money.items[i].amount };
    summary->money.items = items;
    summary->money.count = judgement.money.count;
    return AZ_OK;
}

double mg_highest_interval(const struct mg_instance *mg, size_t i, const double import[],
                           size_t month)
{
    const struct mg_connection *connection = &mg->connections.items[i];
    double hours = (double)connection->meter_slots * mg->dt;
    double highest = 0, energy = connection->open_energy_kwh;
    for (size_t t = 0; t < mg->T && connection->month[t] <= month; t++) {
        if (t > 0 && (t + connection->meter_offset) % connection->meter_slots == 0) energy = 0;
        energy += import[t] * mg->dt;
        if (connection->month[t] == month) highest = fmax(highest, energy / hours);
    }
    return highest;
}

static enum az_status sum_peaks(const struct mg_instance *mg, const struct mg_plan *plan,
                                struct az_arena *arena, struct mg_summary *summary)
{
    size_t count = mg->connections.count;
    summary->billed_peak_kw.items = AZ_ARRAY(arena, count, double);
    summary->billed_peak_kw.keys = AZ_ARRAY(arena, count, struct az_ref);
    if (!summary->billed_peak_kw.items || !summary->billed_peak_kw.keys) return AZ_NO_MEMORY;
    summary->billed_peak_kw.count = count;
    for (size_t i = 0; i < count; i++) {
        summary->billed_peak_kw.keys[i] =
            (struct az_ref){ .id = mg->connections.items[i].id, .index = i };
        double highest = mg_highest_interval(mg, i, plan->connections.items[i].import_kw.values, 0);
        summary->billed_peak_kw.items[i] = fmax(mg->connections.items[i].peak_kw, highest);
    }
    return AZ_OK;
}

enum az_status mg_summarise(const struct mg_instance *mg, struct az_arena *arena,
                            struct mg_plan *plan)
{
    struct mg_summary *summary = AZ_NEW(arena, struct mg_summary);
    double dt = mg->dt;
    if (!summary) return AZ_NO_MEMORY;
    AZ_TRY(sum_money(mg, plan, arena, summary));
    AZ_TRY(sum_peaks(mg, plan, arena, summary));
    AZ_TRY(mg_sum_hours(mg, plan, arena, summary));
    for (size_t t = 0; t < mg->T; t++) {
        for (size_t i = 0; i < mg->connections.count; i++) {
            summary->imported_kwh += plan->connections.items[i].import_kw.values[t] * dt;
            summary->exported_kwh += plan->connections.items[i].export_kw.values[t] * dt;
        }
        for (size_t i = 0; i < mg->renewables.count; i++)
            if (mg->renewables.items[i].availability != MG_PLANNED)
                summary->curtailed_kwh += (mg->renewables.items[i].forecast_kw.values[t] -
                                           plan->renewables.items[i].used_kw.values[t]) *
                                          dt;
        for (size_t i = 0; i < mg->loads.count; i++) {
            summary->unserved_kwh += plan->loads.items[i].unserved_kw.values[t] * dt;
            if (plan->loads.items[i].interrupted_kw.values)
                summary->interrupted_kwh += plan->loads.items[i].interrupted_kw.values[t] * dt;
        }
    }
    double served = mg_served_of(mg, plan);
    summary->co2_kg = mg_carbon_of(mg, plan);
    summary->local_share = served > 0 ? fmax(0, 1 - summary->imported_kwh / served) : NAN;
    plan->summary = summary;
    return AZ_OK;
}
