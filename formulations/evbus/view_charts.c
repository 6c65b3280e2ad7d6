/* view_charts.c - charts of a plan of the electric buses: the balance of every grid, charge of the
 * buses, chargers in use. */
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/view.h"

#define FEW_BUSES 6   /* each its own line; more are told as lowest, middle and highest */
#define MANY_PLACES 8 /* charts of chargers at most */

static struct az_draft begin(const struct eb_viewer *viewer, struct az_words title,
                             const char *unit, size_t count, size_t capacity)
{
    return az_draft_begin(viewer->arena, title, unit, viewer->ev->start, viewer->ev->slot_minutes,
                          count, capacity);
}

/* --- balance of a grid ----------------------------------------------------------------------- */

/* "Supply at 1 JPY/kWh" where the price stays, else by the step's place in the list. */
static struct az_words step_words(struct eb_viewer *viewer, const struct eb_step *step, size_t s,
                                  bool demand)
{
    const char *money = viewer->ev->money_unit ? viewer->ev->money_unit : "JPY";
    const struct az_series *price = &step->price_jpy_per_kwh;
    bool flat = price->count > 0;
    for (size_t t = 1; t < price->count; t++) flat = flat && price->values[t] == price->values[0];
    const char *en = demand ? "Delivered" : "Supply", *ja = demand ? "送電" : "供給";
    struct az_words words = { en, ja };
    const char *yen = strcmp(money, "JPY") == 0 ? "円" : money;
    if (flat)
        words =
            AZ_WORDS(az_arena_format(viewer->arena, "%s at %g %s/kWh", en, price->values[0], money),
                     az_arena_format(viewer->arena, "%s（%g %s/kWh）", ja, price->values[0], yen));
    else
        words = AZ_WORDS(az_arena_format(viewer->arena, "%s, step %zu", en, s + 1),
                         az_arena_format(viewer->arena, "%s（段階 %zu）", ja, s + 1));
    return words.en && words.ja ? words : AZ_WORDS(en, ja);
}

static void add_steps(struct eb_viewer *viewer, struct az_draft *draft, size_t grid, bool demand)
{
    const struct eb_instance *ev = viewer->ev;
    const struct eb_plan *plan = viewer->plan;
    size_t at = az_entry_of(plan->grids.keys, plan->grids.count, grid);
    if (at == AZ_NO_INDEX) return;
    const struct eb_grid_plan *it = &plan->grids.items[at];
    size_t given = demand ? it->demand_kwh.count : it->supply_kwh.count;
    size_t known = demand ? ev->grids.items[grid].demand.count : ev->grids.items[grid].supply.count;
    for (size_t s = 0; s < given && s < known; s++) {
        const struct eb_step *step = demand ? &ev->grids.items[grid].demand.items[s]
                                            : &ev->grids.items[grid].supply.items[s];
        const char *role = demand ? "export" : step->power_kw.count > 0 ? "hydro" : "import";
        az_add_series(
            az_draft_line(draft, step_words(viewer, step, s, demand), role, AZ_MARK_STACK, 0),
            demand ? &it->demand_kwh.items[s] : &it->supply_kwh.items[s],
            (demand ? -1 : 1) / ev->dt, ev->T);
        az_draft_drop_zero(draft);
    }
}

static void add_devices(const struct eb_viewer *viewer, struct az_draft *draft, size_t grid,
                        int sign)
{
    const struct eb_instance *ev = viewer->ev;
    const struct eb_plan *plan = viewer->plan;
    bool in = sign > 0;
    double *values = az_draft_line(
        draft, in ? AZ_WORDS("Converter in", "変換器から") : AZ_WORDS("Converter out", "変換器へ"),
        "converter", AZ_MARK_STACK, 0);
    for (size_t c = 0; c < ev->converters.count; c++) {
        const struct eb_converter *it = &ev->converters.items[c];
        size_t at = az_entry_of(plan->converters.keys, plan->converters.count, c);
        if (at == AZ_NO_INDEX) continue;
        const struct eb_converter_plan *flow = &plan->converters.items[at];
        double factor = (in ? 1 - it->loss_share : -1) / ev->dt;
        if (it->from_grid.index == grid)
            az_add_series(values, in ? &flow->backward_in_kwh : &flow->forward_in_kwh, factor,
                          ev->T);
        if (it->to_grid.index == grid)
            az_add_series(values, in ? &flow->forward_in_kwh : &flow->backward_in_kwh, factor,
                          ev->T);
    }
    az_draft_drop_zero(draft);
    values = az_draft_line(draft,
                           in ? AZ_WORDS("Battery discharge", "定置電池の放電")
                              : AZ_WORDS("Battery charge", "定置電池の充電"),
                           "battery", AZ_MARK_STACK, 0);
    for (size_t s = 0; s < ev->storages.count; s++) {
        size_t at = az_entry_of(plan->storages.keys, plan->storages.count, s);
        if (at == AZ_NO_INDEX || ev->storages.items[s].grid.index != grid) continue;
        const struct eb_storage_plan *flow = &plan->storages.items[at];
        az_add_series(values, in ? &flow->discharge_kwh : &flow->charge_kwh, sign / ev->dt, ev->T);
    }
    az_draft_drop_zero(draft);
}

static void add_buses(const struct eb_viewer *viewer, struct az_draft *draft, size_t grid, int sign)
{
    bool in = sign > 0;
    double *values = az_draft_line(
        draft, in ? AZ_WORDS("From buses", "バスから") : AZ_WORDS("Into buses", "バスへ"),
        in ? "discharge" : "charge", AZ_MARK_STACK, 0);
    for (size_t b = 0; values && b < viewer->plan->blocks.count; b++)
        for (size_t e = 0; e < viewer->plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &viewer->plan->blocks.items[b].events.items[e];
            const struct eb_charger *bank = eb_bank(viewer, event);
            if (!bank || bank->grid != grid) continue;
            for (size_t t = 0; t < viewer->ev->T; t++)
                values[t] +=
                    sign * (in ? eb_discharged(event, t) : eb_charged(event, t)) / viewer->ev->dt;
        }
    az_draft_drop_zero(draft);
}

static enum az_status balance(struct eb_viewer *viewer, size_t g)
{
    const struct eb_instance *ev = viewer->ev;
    const struct eb_plan *plan = viewer->plan;
    const struct eb_grid *grid = &ev->grids.items[g];
    struct az_words name = az_name_words(viewer->arena, grid->name, grid->id);
    struct az_draft draft =
        begin(viewer, az_label_words(viewer->arena, name, AZ_WORDS("balance", "需給")), "kW", ev->T,
              grid->supply.count + grid->demand.count + 8);
    add_steps(viewer, &draft, g, false);
    add_devices(viewer, &draft, g, 1);
    add_buses(viewer, &draft, g, 1);
    add_steps(viewer, &draft, g, true);
    add_devices(viewer, &draft, g, -1);
    add_buses(viewer, &draft, g, -1);
    size_t at = az_entry_of(plan->grids.keys, plan->grids.count, g),
           shapes = draft.chart.lines.count;
    if (at != AZ_NO_INDEX && plan->grids.items[at].marginal_price_jpy_per_kwh.values) {
        const char *money = ev->money_unit ? ev->money_unit : "JPY";
        az_add_series(
            az_draft_line(&draft, AZ_WORDS("Marginal price", "限界価格"), "price", AZ_MARK_STEP, 1),
            &plan->grids.items[at].marginal_price_jpy_per_kwh, 1, ev->T);
        az_draft_drop_zero(&draft);
        if (!draft.failed && draft.chart.lines.count > shapes)
            draft.chart.unit[1] = az_arena_format(viewer->arena, "%s/kWh", money);
    }
    return az_draft_finish(&draft, viewer->view);
}

/* --- charge of the buses --------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* A block's share of its battery at every slot boundary; NAN without a battery. */
static double share_at(const struct eb_viewer *viewer, size_t b, size_t t)
{
    const struct eb_block *block = &viewer->plan->blocks.items[b];
    const struct eb_type *type = eb_type_of(viewer, block);
    if (!type || !type->has_battery) return NAN;
    double charge =
        eb_charge_at(viewer, block, 60.0 * (double)viewer->ev->slot_minutes * (double)t);
    return 100 * charge / type->battery_kwh;
}

static size_t count_batteries(const struct eb_viewer *viewer)
{
    size_t count = 0;
    for (size_t b = 0; b < viewer->plan->blocks.count; b++) {
        const struct eb_type *type = eb_type_of(viewer, &viewer->plan->blocks.items[b]);
        count += type && type->has_battery;
    }
    return count;
}

/* Each bus a line. */
static void few_charges(const struct eb_viewer *viewer, struct az_draft *draft)
{
    for (size_t b = 0; b < viewer->plan->blocks.count; b++) {
        const struct eb_block *block = &viewer->plan->blocks.items[b];
        const struct eb_type *type = eb_type_of(viewer, block);
        if (!type || !type->has_battery) continue;
        double *values = az_draft_line(draft, az_name_words(viewer->arena, NULL, block->id),
                                       "battery", AZ_MARK_LINE, 0);
        for (size_t t = 0; values && t < draft->chart.count; t++)
            values[t] = share_at(viewer, b, t);
    }
}

/* The lowest, the middle and the highest of all buses. */
static void many_charges(const struct eb_viewer *viewer, struct az_draft *draft)
{
    size_t blocks = viewer->plan->blocks.count;
    double *at = AZ_ARRAY(viewer->arena, blocks, double);
    double *high = az_draft_line(draft, AZ_WORDS("Highest", "最高"), "export", AZ_MARK_LINE, 0);
    double *middle = az_draft_line(draft, AZ_WORDS("Middle", "中央値"), "battery", AZ_MARK_LINE, 0);
    double *low = az_draft_line(draft, AZ_WORDS("Lowest", "最低"), "discharge", AZ_MARK_LINE, 0);
    if (!at || !high || !middle || !low) {
        draft->failed = true;
        return;
    }
    for (size_t t = 0; t < draft->chart.count; t++) {
        size_t n = 0;
        for (size_t b = 0; b < blocks; b++)
            if (isfinite(at[n] = share_at(viewer, b, t))) n++;
        qsort(at, n, sizeof *at, by_value);
        low[t] = n > 0 ? at[0] : NAN;
        middle[t] = n > 0 ? at[n / 2] : NAN;
        high[t] = n > 0 ? at[n - 1] : NAN;
    }
}

static enum az_status charges(struct eb_viewer *viewer)
{
    size_t count = count_batteries(viewer), types = viewer->ev->types.count;
    if (count == 0) return AZ_OK;
    struct az_draft draft =
        begin(viewer,
              count <= FEW_BUSES ? AZ_WORDS("Charge of the buses", "バスの充電率")
                                 : AZ_WORDS("Charge of all buses", "全バスの充電率"),
              "%", viewer->ev->T + 1, FEW_BUSES + 4);
    if (count <= FEW_BUSES)
        few_charges(viewer, &draft);
    else
        many_charges(viewer, &draft);
    double lowest = INFINITY;
    for (size_t v = 0; v < types; v++)
        if (viewer->ev->types.items[v].has_battery)
            lowest = fmin(lowest, 100 * viewer->ev->types.items[v].min_kwh /
                                      viewer->ev->types.items[v].battery_kwh);
    double *limit =
        az_draft_line(&draft, AZ_WORDS("Least allowed", "下限"), "limit", AZ_MARK_LINE, 0);
    for (size_t t = 0; limit && t < draft.chart.count; t++) limit[t] = lowest;
    return az_draft_finish(&draft, viewer->view);
}

/* --- chargers in use ------------------------------------------------------------------------- */

/* Buses that charge (discharge) at a place in a slot. */
static double users(const struct eb_viewer *viewer, size_t place, size_t slot, bool discharge)
{
    double count = 0;
    for (size_t b = 0; b < viewer->plan->blocks.count; b++) {
        bool uses = false;
        for (size_t e = 0; e < viewer->plan->blocks.items[b].events.count; e++) {
            const struct eb_event *event = &viewer->plan->blocks.items[b].events.items[e];
            const struct eb_charger *bank = eb_bank(viewer, event);
            if (!bank || bank->place.index != place) continue;
            double kwh = discharge ? eb_discharged(event, slot) : eb_charged(event, slot);
            uses = uses || kwh > 1e-6;
        }
        count += uses;
    }
    return count;
}

/* Chargers at a place, chosen ones included; INFINITY without a limit. */
static double chargers_at(const struct eb_viewer *viewer, size_t place)
{
    const struct eb_plan *plan = viewer->plan;
    double sum = 0;
    for (size_t c = 0; c < viewer->ev->chargers.count; c++) {
        const struct eb_charger *charger = &viewer->ev->chargers.items[c];
        if (charger->place.index != place) continue;
        if (charger->no_limit == 1) return INFINITY;
        size_t at = az_entry_of(plan->chargers.keys, plan->chargers.count, c);
        sum += (double)(at == AZ_NO_INDEX ? charger->count : plan->chargers.items[at]);
    }
    return sum;
}

static enum az_status occupation(struct eb_viewer *viewer, size_t place)
{
    const struct eb_place *it = &viewer->ev->places.items[place];
    struct az_words name = az_name_words(viewer->arena, it->name, it->id);
    struct az_draft draft = begin(
        viewer, az_label_words(viewer->arena, name, AZ_WORDS("chargers in use", "充電器の使用")),
        "buses", viewer->ev->T, 3);
    double *charge =
        az_draft_line(&draft, AZ_WORDS("Charging", "充電中"), "charge", AZ_MARK_STACK, 0);
    for (size_t t = 0; charge && t < viewer->ev->T; t++) charge[t] = users(viewer, place, t, false);
    az_draft_drop_zero(&draft);
    double *discharge =
        az_draft_line(&draft, AZ_WORDS("Discharging", "放電中"), "discharge", AZ_MARK_STACK, 0);
    for (size_t t = 0; discharge && t < viewer->ev->T; t++)
        discharge[t] = users(viewer, place, t, true);
    az_draft_drop_zero(&draft);
    if (!draft.failed && draft.chart.lines.count == 0) return AZ_OK;
    double most = chargers_at(viewer, place);
    double *limit = isfinite(most) ? az_draft_line(&draft, AZ_WORDS("Chargers", "充電器"), "limit",
                                                   AZ_MARK_STEP, 0)
                                   : NULL;
    for (size_t t = 0; limit && t < viewer->ev->T; t++) limit[t] = most;
    return az_draft_finish(&draft, viewer->view);
}

enum az_status eb_view_charts(struct eb_viewer *viewer)
{
    const struct eb_instance *ev = viewer->ev;
    size_t most = ev->grids.count + MANY_PLACES + 1, drawn = 0;
    if (ev->T == 0) return AZ_OK;
    viewer->view->charts.items = AZ_ARRAY(viewer->arena, most, struct az_chart);
    if (!viewer->view->charts.items) return AZ_NO_MEMORY;
    for (size_t g = 0; g < ev->grids.count; g++) AZ_TRY(balance(viewer, g));
    AZ_TRY(charges(viewer));
    for (size_t s = 0; s < ev->stop_count && drawn < MANY_PLACES; s++) {
        size_t before = viewer->view->charts.count;
        AZ_TRY(occupation(viewer, ev->stop[s]));
        drawn += viewer->view->charts.count - before;
    }
    return AZ_OK;
}
