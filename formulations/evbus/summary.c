/* summary.c - a plan's results for people: what each event does to the battery, totals, money,
 * energy carried from grid to grid, trips that change their bus. All from the judge's arithmetic.
 */
#include "formulations/evbus/duty.h"
#include "formulations/evbus/judge.h"
#include "formulations/evbus/reasons.h"

#define REASON_WORK 2e6 /* trips left out * trips * sources that are examined */

struct summer {
    const struct eb_instance *ev;
    struct eb_plan *plan;
    struct az_arena *arena;
    struct eb_summary *summary;
    struct eb_judge judge;
};

/* --- events -------------------------------------------------------------------------------------
 */

static void fill_events(const struct summer *s)
{
    for (size_t b = 0; b < s->plan->blocks.count; b++) {
        struct eb_block *block = &s->plan->blocks.items[b];
        bool battery = s->ev->types.items[block->type.index].has_battery;
        for (size_t e = 0; e < block->events.count; e++) {
            const struct eb_trace *trace = &s->judge.trace[b][e];
            struct eb_event *event = &block->events.items[e];
            event->distance_km = trace->km;
            event->energy_kwh = trace->energy_kwh;
            event->soc_before_kwh = battery ? trace->before_kwh : NAN;
            event->soc_after_kwh = battery ? trace->after_kwh : NAN;
        }
    }
}

/* --- energy carried -----------------------------------------------------------------------------
 */

/* What a block exchanges with one grid. */
struct exchange {
    double charged, discharged; /* kWh, grid's side */
    double into, out;           /* kWh of the battery */
    double paid, earned;        /* JPY at the marginal prices; NAN: unknown */
};

static void add_stay(const struct summer *s, const struct eb_event *event,
                     struct exchange exchanges[])
{
    const struct eb_instance *ev = s->ev;
    const struct eb_charger *charger = &ev->chargers.items[event->charger.index];
    if (charger->grid == AZ_NO_INDEX) return;
    struct exchange *x = &exchanges[charger->grid];
    const struct az_series *price =
        &s->plan->grids.items[s->judge.at.grid_at[charger->grid]].marginal_price_jpy_per_kwh;
    bool priced = price->values && price->count == ev->T;
    for (size_t k = 0; k < event->charge_kwh.count; k++) {
        double kwh = event->charge_kwh.items[k];
        x->charged += kwh;
        x->into += kwh * charger->charge_efficiency;
        x->paid += priced ? kwh * price->values[(size_t)event->first_slot + k] : NAN;
    }
    for (size_t k = 0; k < event->discharge_kwh.count; k++) {
        double kwh = event->discharge_kwh.items[k];
        x->discharged += kwh;
        x->out += kwh / charger->discharge_efficiency;
        x->earned += priced ? kwh * price->values[(size_t)event->first_slot + k] : NAN;
    }
}

/* The grid that a block takes most from, beside one; AZ_NO_INDEX when it takes from none. */
static size_t largest_source(size_t count, const struct exchange exchanges[], size_t beside)
{
    size_t best = AZ_NO_INDEX;
    double most = AZ_FEASIBILITY_TOLERANCE;
    for (size_t g = 0; g < count; g++) {
        double net = exchanges[g].charged - exchanges[g].discharged;
        if (g == beside || net <= most) continue;
        most = net;
        best = g;
    }
    return best;
}

/* Into `to` net, and what it earned: its value there less the price of as much energy, losses
 * included, at what the block paid in `from`. */
static struct eb_carried carried(const struct summer *s, size_t b, const struct exchange *from,
                                 const struct exchange *to, size_t from_grid, size_t to_grid)
{
    double net = to->discharged - to->charged;
    double needed = (to->out - to->into) * from->charged / from->into;
    return (struct eb_carried){
        .block = s->plan->blocks.items[b].id,
        .from_grid = { .id = s->ev->grids.items[from_grid].id, .index = from_grid },
        .to_grid = { .id = s->ev->grids.items[to_grid].id, .index = to_grid },
        .carried_kwh = net,
        .earned_jpy = to->earned - to->paid - needed * from->paid / from->charged
    };
}

static enum az_status sum_carried(struct summer *s)
{
    size_t grids = s->ev->grids.count, count = s->plan->blocks.count;
    struct exchange *exchanges = AZ_ARRAY(s->arena, grids, struct exchange);
    if (!exchanges) return AZ_NO_MEMORY;
    for (size_t b = 0; b < count && s->ev->T > 0; b++) {
        const struct eb_block *block = &s->plan->blocks.items[b];
        for (size_t g = 0; g < grids; g++) exchanges[g] = (struct exchange){ 0 };
        for (size_t e = 0; e < block->events.count; e++)
            if (eb_event_charges(&block->events.items[e]))
                add_stay(s, &block->events.items[e], exchanges);
        for (size_t g = 0; g < grids; g++) {
            size_t from = largest_source(grids, exchanges, g);
            double net = exchanges[g].discharged - exchanges[g].charged;
            if (net <= AZ_FEASIBILITY_TOLERANCE || from == AZ_NO_INDEX) continue;
            size_t n = s->summary->carried.count;
            if ((n & (n - 1)) == 0)
                s->summary->carried.items = az_arena_grow(s->arena, s->summary->carried.items, n,
                                                          n ? 2 * n : 1, sizeof(struct eb_carried));
            if (!s->summary->carried.items) return AZ_NO_MEMORY;
            s->summary->carried.items[n] = carried(s, b, &exchanges[from], &exchanges[g], from, g);
            s->summary->carried.count++;
        }
    }
    return AZ_OK;
}

/* --- changes and totals -------------------------------------------------------------------------
 */

/* Trips that another bus runs than the plan that stands says; to_bus NULL: nobody. */
static enum az_status list_changes(struct summer *s)
{
    const struct eb_instance *ev = s->ev;
    const struct eb_plan *plan = s->plan;
    size_t *runner = AZ_ARRAY(s->arena, ev->trips.count, size_t);
    s->summary->changes.items = AZ_ARRAY(s->arena, ev->trips.count, struct eb_change);
    if (!runner || !s->summary->changes.items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < ev->trips.count; i++) runner[i] = AZ_NO_INDEX;
    for (size_t b = 0; b < plan->blocks.count; b++)
        for (size_t e = 0; e < plan->blocks.items[b].events.count; e++)
            if (plan->blocks.items[b].events.items[e].kind == EB_EVENT_TRIP)
                runner[plan->blocks.items[b].events.items[e].trip.index] = b;
    for (size_t i = 0; i < ev->trips.count; i++) {
        size_t assigned = ev->assigned[i], b = runner[i];
        if (b != AZ_NO_INDEX)
            s->summary->trips++;
        else if (!ev->done[i])
            s->summary->unserved++;
        if (ev->done[i] || assigned == AZ_NO_INDEX) continue;
        if (b != AZ_NO_INDEX && s->judge.at.block_bus[b] == assigned) continue;
        s->summary->changes.items[s->summary->changes.count++] =
            (struct eb_change){ .trip = { .id = ev->trips.items[i].id, .index = i },
                                .from_bus = ev->bus[assigned].id,
                                .to_bus = b == AZ_NO_INDEX ? NULL : plan->blocks.items[b].id };
    }
    return AZ_OK;
}

static enum az_status list_money(struct summer *s, const struct az_judgement *judgement)
{
    struct eb_money_item *items = AZ_ARRAY(s->arena, judgement->money.count, struct eb_money_item);
    if (!items) return AZ_NO_MEMORY;
    for (size_t i = 0; i < judgement->money.count; i++)
        items[i] = (struct eb_money_item){ .item = judgement->money.items[i].code,
                                           .owner = judgement->money.items[i].owner,
                                           .amount_jpy = judgement->money.items[i].amount };
    s->summary->money.items = items;
    s->summary->money.count = judgement->money.count;
    return AZ_OK;
}

/* --- trips left out -----------------------------------------------------------------------------
 */

/* Could one bus more of a type begin at a depot? */
static bool has_room(const struct summer *s, size_t depot, size_t type)
{
    const struct eb_instance *ev = s->ev;
    const struct eb_depot *it = &ev->depots.items[depot];
    size_t types = ev->types.count;
    int64_t here = 0, of_type = 0;
    if (s->judge.fresh[depot * types + type] >= it->limit[type]) return false;
    for (size_t v = 0; v < types; v++) here += s->judge.fresh[depot * types + v];
    for (size_t d = 0; d < ev->depots.count; d++) of_type += s->judge.fresh[d * types + type];
    for (size_t b = 0; b < ev->bus_count; b++) { /* those of `buses` keep their room */
        here += ev->bus[b].depot.index == depot;
        of_type += ev->bus[b].type.index == type;
    }
    return (it->capacity == AZ_NO_INTEGER || here < it->capacity) &&
           (ev->types.items[type].count == AZ_NO_INTEGER || of_type < ev->types.items[type].count);
}

/* Is there a bus that could run a trip and has no block yet, or runs nothing in its own? */
static bool has_bus(const struct summer *s, size_t trip)
{
    const struct eb_instance *ev = s->ev;
    const bool *serves = ev->trips.items[trip].serves;
    for (size_t v = 0; ev->new_buses != 0 && v < ev->types.count; v++)
        for (size_t d = 0; (!serves || serves[v]) && d < ev->depots.count; d++)
            if (has_room(s, d, v)) return true;
    for (size_t b = 0; b < ev->bus_count; b++) {
        const struct eb_bus *bus = &ev->bus[b];
        size_t block = s->judge.at.bus_block[b];
        if (bus->out_of_service == 1 || (serves && !serves[bus->type.index])) continue;
        bool runs = false;
        for (size_t e = 0; block != AZ_NO_INDEX && e < s->plan->blocks.items[block].events.count;
             e++)
            runs = runs || s->plan->blocks.items[block].events.items[e].kind == EB_EVENT_TRIP;
        if (!runs) return true;
    }
    return false;
}

/* Why trips are left out: what stands in their way whatever it costs; no bus that is free; or the
 * cost. */
static enum az_status give_reasons(struct summer *s)
{
    const struct eb_instance *ev = s->ev;
    struct eb_source *sources = NULL;
    size_t count = 0;
    if (s->plan->unserved.count == 0) return AZ_OK;
    AZ_TRY(eb_sources(ev, s->arena, &sources, &count));
    double work = (double)s->plan->unserved.count * (double)ev->trips.count * (double)count;
    for (size_t u = 0; u < s->plan->unserved.count; u++) {
        struct eb_unserved *it = &s->plan->unserved.items[u];
        it->reason = EB_REASON_COST;
        if (work <= REASON_WORK)
            it->reason = eb_trip_reason(ev, sources, count, it->trip.index).reason;
        if (it->reason == EB_REASON_COST && !has_bus(s, it->trip.index))
            it->reason = EB_REASON_NO_BUS;
    }
    return AZ_OK;
}

enum az_status eb_summarise(const struct eb_instance *ev, struct az_arena *arena,
                            struct eb_plan *plan)
{
    struct az_judgement judgement;
    struct summer s = { .ev = ev, .plan = plan, .arena = arena };
    s.summary = AZ_NEW(arena, struct eb_summary);
    if (!s.summary) return AZ_NO_MEMORY;
    AZ_TRY(eb_judge_all(&s.judge, ev, plan, true, arena, &judgement));
    s.summary->cost_jpy = judgement.cost;
    s.summary->penalty_jpy = judgement.penalty;
    AZ_TRY(list_money(&s, &judgement));
    plan->summary = s.summary;
    if (!s.judge.trace) return AZ_OK; /* it does not fit the instance: nothing else is known */
    fill_events(&s);
    AZ_TRY(give_reasons(&s));
    s.summary->carried.items = az_arena_take(arena, 0);
    if (!s.summary->carried.items) return AZ_NO_MEMORY;
    AZ_TRY(sum_carried(&s));
    AZ_TRY(list_changes(&s));
    s.summary->buses = (int64_t)s.judge.used;
    s.summary->distance_km = s.judge.km;
    s.summary->deadhead_km = s.judge.deadhead_km;
    s.summary->driven_kwh = s.judge.driven_kwh;
    s.summary->charged_kwh = s.judge.charged_kwh;
    s.summary->discharged_kwh = s.judge.discharged_kwh;
    return AZ_OK;
}
