/* chaining.c - days in a row: the part of a plan that is kept of a day, what it comes to, and what
 * of a state belongs to the calendar. */
#include <math.h>
#include <string.h>

#include "formulations/common/calendar.h"
#include "formulations/common/figures.h"
#include "formulations/microgrid/model.h"
#include "formulations/microgrid/search.h"

/* What a state says of a horizon whose rest the instance is. */
static void forget_horizon(struct mg_state *state)
{
    state->so_far = NULL;
    for (size_t i = 0; i < state->batteries.count; i++) state->batteries.items[i].due_kwh = NAN;
    for (size_t i = 0; i < state->ponds.count; i++) state->ponds.items[i].due_kwh = NAN;
}

/* --- the kept part ------------------------------------------------------------------------------
 */

/* End rules, budgets, caps and survival are of the whole horizon; none of them is money but an end
 * value, which adds up: each part earns by what its charge rises. */
static void open_end(void *instance, void *plan)
{
    struct mg_instance *mg = instance;
    struct mg_plan *part = plan;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        struct mg_battery *battery = &mg->batteries.items[i];
        battery->end_share = battery->end_price_jpy_per_kwh = NAN;
        if (isnan(battery->end_value_jpy_per_kwh)) battery->end_value_jpy_per_kwh = 0;
    }
    for (size_t i = 0; i < mg->ponds.count; i++) {
        struct mg_pond *pond = &mg->ponds.items[i];
        pond->end_share = pond->end_price_jpy_per_kwh = NAN;
        if (isnan(pond->end_value_jpy_per_kwh)) pond->end_value_jpy_per_kwh = 0;
    }
    for (size_t i = 0; i < mg->flexible_loads.count; i++) {
        struct mg_flexible *flexible = &mg->flexible_loads.items[i];
        flexible->min_kwh = flexible->max_kwh = flexible->energy_price_jpy_per_kwh = NAN;
    }
    int64_t end = az_slot_time(mg->start, mg->slot_minutes, (size_t)mg->slots).utc_s;
    for (size_t i = 0; i < part->shiftables.count; i++) {
        struct az_time *start = &part->shiftables.items[i].start;
        if (az_time_given(*start) && start->utc_s >= end) start->utc_s = AZ_NO_INTEGER;
    }
    mg->budgets.count = mg->survivals.count = part->survivals.count = part->grids.count = 0;
    if (mg->state) forget_horizon(mg->state);
    if (mg->state) mg->state->budgets.count = 0;
    if (mg->co2) mg->co2->cap_kg = mg->co2->cap_price_jpy_per_kg = NAN;
    mg->local = NULL;
    mg->outlook = NULL;
}

/* --- figures ------------------------------------------------------------------------------------
 */

struct counter {
    const struct mg_instance *mg;
    const struct mg_plan *plan;
    struct az_arena *arena;
    struct az_figures *figures;
    enum az_status status;
};

static void add(struct counter *c, struct az_figure figure)
{
    if (!figure.of) figure.of = "";
    if (!figure.month) figure.month = "";
    if (c->status == AZ_OK) c->status = az_figures_add(c->figures, c->arena, figure);
}

static void add_energy(struct counter *c, const char *code, struct az_words label, double kwh)
{
    add(c, (struct az_figure){
               .code = code, .label = label, .unit = "kWh", .adding = AZ_ADD_SUM, .value = kwh });
}

static void count_energies(struct counter *c)
{
    const struct mg_instance *mg = c->mg;
    const struct mg_plan *plan = c->plan;
    double imported = 0, exported = 0, curtailed = 0, unserved = 0, stored = 0;
    for (size_t i = 0; i < plan->connections.count; i++) {
        imported += mg_energy_of(mg, &plan->connections.items[i].import_kw);
        exported += mg_energy_of(mg, &plan->connections.items[i].export_kw);
    }
    for (size_t i = 0; i < mg->renewables.count; i++)
        if (mg->renewables.items[i].availability != MG_PLANNED)
            curtailed += mg_energy_of(mg, &mg->renewables.items[i].forecast_kw);
    for (size_t i = 0; i < plan->renewables.count; i++)
        if (mg->renewables.items[plan->renewables.keys[i].index].availability != MG_PLANNED)
            curtailed -= mg_energy_of(mg, &plan->renewables.items[i].used_kw);
    for (size_t i = 0; i < plan->loads.count; i++)
        unserved += mg_energy_of(mg, &plan->loads.items[i].unserved_kw);
    for (size_t i = 0; i < plan->batteries.count; i++) {
        const struct az_series *energy = &plan->batteries.items[i].energy_kwh;
        if (energy->values && energy->count > 0)
            stored += energy->values[energy->count - 1] -
                      mg->batteries.items[plan->batteries.keys[i].index].start_kwh;
    }
    add_energy(c, "imported", AZ_WORDS("Imported", "受電電力量"), imported);
    add_energy(c, "exported", AZ_WORDS("Exported", "送電電力量"), exported);
    add_energy(c, "curtailed", AZ_WORDS("Curtailed", "抑制電力量"), fmax(0, curtailed));
    if (unserved > 0) add_energy(c, "unserved", AZ_WORDS("Unserved", "供給不足電力量"), unserved);
    if (plan->batteries.count > 0)
        add_energy(c, "stored", AZ_WORDS("Charge gained", "充電量の増減"), stored);
    double served = mg_served_of(mg, plan);
    add(c, (struct az_figure){ .code = "local_share",
                               .label = AZ_WORDS("Self-sufficiency", "自給率"),
                               .unit = "%",
                               .decimals = 1,
                               .adding = AZ_ADD_MEAN,
                               .value = served > 0 ? 100 * fmax(0, 1 - imported / served) : 0,
                               .weight = fmax(0, served) });
    add(c, (struct az_figure){ .code = "co2",
                               .label = AZ_WORDS("CO2", "CO2 排出量"),
                               .unit = "kg",
                               .adding = AZ_ADD_SUM,
                               .value = mg_carbon_of(mg, plan) });
}

/* "2025-04", so many months after that of the start. */
static const char *month_name(const struct mg_instance *mg, size_t month, struct az_arena *arena)
{
    long long number = (long long)az_month_number(mg->start) + (long long)month;
    return az_arena_format(arena, "%04lld-%02lld", number / 12, number % 12 + 1);
}

/* The month's highest metering interval so far, and what it costs: money is what the plan adds to
 * the peak that is there in any case, as the judge has it. */
static void count_month(struct counter *c, size_t i, size_t month, double highest)
{
    const struct mg_connection *connection = &c->mg->connections.items[i];
    const char *name = month_name(c->mg, month, c->arena);
    double before = connection->incumbent_kw[month], peak = fmax(before, highest);
    if (!name) c->status = AZ_NO_MEMORY;
    struct az_figure figure = { .of = connection->id, .month = name, .unit = "kW", .decimals = 1 };
    figure.code = "billed_peak";
    figure.label = AZ_WORDS("Billed peak", "最大デマンド");
    figure.adding = AZ_ADD_MOST;
    figure.value = peak;
    add(c, figure);
    if (!(connection->demand_charge_jpy_per_kw > 0)) return;
    figure.code = "peak_before";
    figure.label = AZ_WORDS("of which there before", "うち計上済みのデマンド");
    figure.adding = AZ_ADD_LEAST;
    figure.value = before;
    add(c, figure);
    figure.code = "standing_charge";
    figure.label = AZ_WORDS("Its charge, in no sum", "計上済み分の料金（集計外）");
    figure.unit = "JPY";
    figure.decimals = 0;
    figure.value = connection->demand_charge_jpy_per_kw * before;
    add(c, figure);
    figure.code = "demand_charge";
    figure.label = AZ_WORDS("Demand charge", "デマンド料金");
    figure.adding = AZ_ADD_SUM;
    figure.value = connection->demand_charge_jpy_per_kw * (peak - before);
    add(c, figure);
}

static void count_peaks(struct counter *c, size_t at)
{
    size_t i = c->plan->connections.keys[at].index;
    const struct az_series *import = &c->plan->connections.items[at].import_kw;
    if (!import->values || import->count < c->mg->T) return;
    for (size_t month = 0; month < c->mg->connections.items[i].month_count; month++)
        count_month(c, i, month, mg_highest_interval(c->mg, i, import->values, month));
}

/* Worst and mean hours over the slots in which an outage may begin. */
static void count_hours(struct counter *c, const char *id, const struct az_series *hours)
{
    double least = INFINITY, sum = 0, known = 0;
    for (size_t t = 0; hours->values && t < hours->count; t++) {
        if (isnan(hours->values[t])) continue;
        least = fmin(least, hours->values[t]);
        sum += hours->values[t];
        known++;
    }
    if (known == 0) return;
    struct az_figure figure = { .of = id, .unit = "h", .decimals = 1 };
    figure.code = "survival_least";
    figure.label = AZ_WORDS("Survival of an outage, worst", "停電時の供給継続時間（最短）");
    figure.adding = AZ_ADD_LEAST;
    figure.value = least;
    add(c, figure);
    figure.code = "survival_mean";
    figure.label = AZ_WORDS("Survival of an outage, mean", "停電時の供給継続時間（平均）");
    figure.adding = AZ_ADD_MEAN;
    figure.value = sum / known;
    figure.weight = known;
    add(c, figure);
}

static enum az_status figures_of(const void *instance, const void *plan, struct az_arena *arena,
                                 struct az_figures *figures)
{
    struct counter c = { .mg = instance, .plan = plan, .arena = arena, .figures = figures };
    const struct mg_summary *summary = c.plan->summary;
    count_energies(&c);
    for (size_t i = 0; i < c.plan->connections.count; i++) count_peaks(&c, i);
    for (size_t i = 0; summary && i < summary->survival_h.count; i++)
        count_hours(&c, summary->survival_h.keys[i].id, &summary->survival_h.items[i]);
    for (size_t i = 0; summary && i < summary->island_h.count; i++)
        count_hours(&c, summary->island_h.keys[i].id, &summary->island_h.items[i]);
    return c.status;
}

/* --- days left out ------------------------------------------------------------------------------
 */

/* A month that goes on keeps its peak; one that has begun meanwhile has none yet. */
static enum az_status resume(void *state, const void *carried, struct az_arena *arena)
{
    struct mg_state *next = state;
    const struct mg_state *before = carried;
    forget_horizon(next);
    bool same = az_month_number(next->at) == az_month_number(before->at);
    size_t count = before->connections.count;
    next->connections.items = az_arena_array(arena, count, sizeof *next->connections.items);
    next->connections.keys = AZ_ARRAY(arena, count, struct az_ref);
    if (!next->connections.items || !next->connections.keys) return AZ_NO_MEMORY;
    next->connections.count = count;
    for (size_t i = 0; i < count; i++) {
        next->connections.keys[i] = before->connections.keys[i];
        next->connections.items[i] = (struct mg_connection_state){
            .peak_kw = same ? before->connections.items[i].peak_kw : 0, .open_energy_kwh = NAN
        };
    }
    return AZ_OK;
}

const struct az_chaining mg_chaining = { open_end, figures_of, resume };
