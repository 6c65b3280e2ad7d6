/* view.c - the plan of a microgrid as neutral figures: key numbers and notes, and what all files of
 * the view share. */
#include "formulations/microgrid/view.h"

#include <string.h>

const char *mg_source_role(int source)
{
    static const char *const roles[] = {
        [MG_HYDRO] = "hydro",     [MG_SOLAR] = "solar",           [MG_WIND] = "wind",
        [MG_BIOMASS] = "biomass", [MG_GEOTHERMAL] = "geothermal", [MG_WASTE] = "waste",
        [MG_GAS] = "gas",         [MG_DIESEL] = "diesel",         [MG_THERMAL] = "thermal",
        [MG_OTHER] = "other",
    };
    return source >= 0 && source <= MG_OTHER ? roles[source] : "other";
}

double mg_energy(const struct mg_viewer *viewer, const struct az_series *series)
{
    double sum = 0;
    for (size_t t = 0; t < viewer->mg->T; t++) sum += az_shown(series, t);
    return sum * viewer->mg->dt;
}

double mg_highest_import(const struct mg_viewer *viewer, size_t connection)
{
    const struct mg_connection *c = &viewer->mg->connections.items[connection];
    const struct mg_connection_plan *plan = viewer->connections[connection];
    double highest = 0, energy = c->open_energy_kwh;
    if (!plan) return 0;
    for (size_t t = 0; t < viewer->mg->T && (!c->month || c->month[t] == 0); t++) {
        energy += az_shown(&plan->import_kw, t) * viewer->mg->dt;
        highest = fmax(highest, energy / ((double)c->meter_slots * viewer->mg->dt));
        if ((t + 1 + c->meter_offset) % c->meter_slots == 0) energy = 0;
    }
    return highest;
}

/* --- key numbers ------------------------------------------------------------------------------ */

struct totals {
    double load_kwh, drawn_kwh, interrupted_kwh, unserved_kwh, generated_kwh, imported_kwh,
        exported_kwh, curtailed_kwh;
    double unit_kg, co2_kg; /* of the units; of imports too */
    double starts;
};

static double count_starts(const struct mg_viewer *viewer, size_t unit)
{
    const struct mg_unit_plan *plan = viewer->units[unit];
    double starts = 0, before = viewer->mg->units.items[unit].on0 > 0;
    for (size_t t = 0; plan && t < viewer->mg->T; t++) {
        double on = az_shown(&plan->on, t) > 0.5;
        starts += on > before;
        before = on;
    }
    return starts;
}

static struct totals add_up(const struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    struct totals sum = { 0 };
    for (size_t i = 0; i < mg->loads.count; i++) {
        sum.load_kwh += mg_energy(viewer, &mg->loads.items[i].demand_kw);
        if (!viewer->loads[i]) continue;
        sum.unserved_kwh += mg_energy(viewer, &viewer->loads[i]->unserved_kw);
        sum.interrupted_kwh += mg_energy(viewer, &viewer->loads[i]->interrupted_kw);
    }
    for (size_t i = 0; i < mg->units.count; i++) {
        double energy = viewer->units[i] ? mg_energy(viewer, &viewer->units[i]->power_kw) : 0;
        sum.generated_kwh += energy;
        sum.unit_kg += energy * mg->units.items[i].co2_kg_per_kwh;
        sum.starts += count_starts(viewer, i);
    }
    for (size_t i = 0; i < mg->renewables.count; i++) {
        double used =
            viewer->renewables[i] ? mg_energy(viewer, &viewer->renewables[i]->used_kw) : 0;
        sum.generated_kwh += used;
        if (mg->renewables.items[i].availability != MG_PLANNED)
            sum.curtailed_kwh +=
                fmax(0, mg_energy(viewer, &mg->renewables.items[i].forecast_kw) - used);
    }
    sum.co2_kg = sum.unit_kg;
    for (size_t i = 0; i < mg->connections.count; i++) {
        if (!viewer->connections[i]) continue;
        double imported = mg_energy(viewer, &viewer->connections[i]->import_kw);
        sum.imported_kwh += imported;
        sum.co2_kg += imported * mg->connections.items[i].co2_kg_per_kwh;
        sum.exported_kwh += mg_energy(viewer, &viewer->connections[i]->export_kw);
    }
    sum.drawn_kwh = mg_view_drawn(viewer);
    return sum;
}

static double served_of(const struct totals *sum)
{
    return sum->load_kwh + sum->drawn_kwh - sum->unserved_kwh - sum->interrupted_kwh;
}

static void money_numbers(struct mg_viewer *viewer, const struct totals *sum)
{
    const struct az_judgement *judgement = viewer->judgement;
    const char *unit = viewer->mg->money_unit ? viewer->mg->money_unit : "JPY";
    double served = served_of(sum);
    if (!judgement || !isfinite(judgement->cost)) return;
    az_view_number(viewer->view, AZ_WORDS("Cost of the plan", "計画の費用"), judgement->cost, unit,
                   0,
                   AZ_WORDS("energy, starts, contract demand, less sales",
                            "電力・起動・契約電力から売電を引いた額"));
    if (judgement->penalty > 0)
        az_view_number(viewer->view, AZ_WORDS("Price of conceded rules", "譲った規則の対価"),
                       judgement->penalty, unit, 0, AZ_NO_NOTE);
    if (served > 0)
        az_view_number(viewer->view, AZ_WORDS("Cost per kWh served", "供給 1 kWh あたり"),
                       judgement->cost / served, az_arena_format(viewer->arena, "%s/kWh", unit), 2,
                       AZ_NO_NOTE);
}

static enum az_status fill_numbers(struct mg_viewer *viewer)
{
    struct totals sum = add_up(viewer);
    struct az_view *view = viewer->view;
    double supply = sum.generated_kwh + sum.imported_kwh;
    view->numbers.items = AZ_ARRAY(viewer->arena, 26, struct az_key_number);
    if (!view->numbers.items) return AZ_NO_MEMORY;
    money_numbers(viewer, &sum);
    mg_view_survival(viewer);
    AZ_TRY(mg_view_change_number(viewer));
    az_view_number(view, AZ_WORDS("Load", "需要"), sum.load_kwh, "kWh", 0, AZ_NO_NOTE);
    if (sum.drawn_kwh > 1e-6)
        az_view_number(view,
                       AZ_WORDS("Shiftable and flexible loads", "時間をずらせる負荷と追従負荷"),
                       sum.drawn_kwh, "kWh", 0, AZ_NO_NOTE);
    if (sum.interrupted_kwh > 1e-6)
        az_view_number(view, AZ_WORDS("Interrupted by contract", "契約遮断"), sum.interrupted_kwh,
                       "kWh", 1, AZ_NO_NOTE);
    if (sum.unserved_kwh > 1e-6)
        az_view_number(view, AZ_WORDS("Not served", "供給できない量"), sum.unserved_kwh, "kWh", 1,
                       AZ_NO_NOTE);
    if (supply > 0)
        az_view_number(view, AZ_WORDS("From local sources", "地産電力の割合"),
                       100 * sum.generated_kwh / supply, "%", 1,
                       AZ_WORDS("generated here, of all energy supplied",
                                "供給した電力のうち域内で発電した分"));
    if (viewer->mg->local && served_of(&sum) > 0)
        az_view_number(view, AZ_WORDS("Self-sufficiency", "自給率"),
                       100 * fmax(0, 1 - sum.imported_kwh / served_of(&sum)), "%", 1,
                       AZ_WORDS("what is served without import", "供給のうち受電に頼らない割合"));
    if (viewer->mg->connections.count > 0) {
        az_view_number(view, AZ_WORDS("Imported", "受電"), sum.imported_kwh, "kWh", 0, AZ_NO_NOTE);
        az_view_number(view, AZ_WORDS("Exported", "送電"), sum.exported_kwh, "kWh", 0, AZ_NO_NOTE);
    }
    if (viewer->mg->renewables.count > 0)
        az_view_number(view, AZ_WORDS("Curtailed", "出力抑制"), sum.curtailed_kwh, "kWh", 0,
                       AZ_NO_NOTE);
    if (viewer->mg->units.count > 0)
        az_view_number(view, AZ_WORDS("Start-ups", "起動回数"), sum.starts, "", 0, AZ_NO_NOTE);
    AZ_TRY(mg_view_survival_number(viewer));
    if (sum.co2_kg > 0)
        az_view_number(view,
                       sum.co2_kg > sum.unit_kg
                           ? AZ_WORDS("CO2 of units and imports", "発電機と受電の CO2")
                           : AZ_WORDS("CO2 of the units", "発電機の CO2"),
                       sum.co2_kg, "kg", 0, AZ_NO_NOTE);
    return AZ_OK;
}

/* --- the kind's view -------------------------------------------------------------------------- */

/* Pointers to a map's entries by asset. */
#define INDEX_ENTRIES(viewer, member, type)                                                       \
    do {                                                                                          \
        size_t assets_ = (viewer)->mg->member.count;                                              \
        (viewer)->member = AZ_ARRAY((viewer)->arena, assets_ + 1, const struct type *);           \
        if (!(viewer)->member) return AZ_NO_MEMORY;                                               \
        for (size_t i = 0; i < assets_; i++) {                                                    \
            size_t at_ =                                                                          \
                az_entry_of((viewer)->plan->member.keys, (viewer)->plan->member.count, i);        \
            (viewer)->member[i] = at_ == AZ_NO_INDEX ? NULL : &(viewer)->plan->member.items[at_]; \
        }                                                                                         \
    } while (0)

static enum az_status index_plan(struct mg_viewer *viewer)
{
    INDEX_ENTRIES(viewer, units, mg_unit_plan);
    INDEX_ENTRIES(viewer, renewables, mg_renewable_plan);
    INDEX_ENTRIES(viewer, batteries, mg_battery_plan);
    INDEX_ENTRIES(viewer, converters, mg_converter_plan);
    INDEX_ENTRIES(viewer, connections, mg_connection_plan);
    INDEX_ENTRIES(viewer, loads, mg_load_plan);
    INDEX_ENTRIES(viewer, grids, mg_grid_plan);
    return AZ_OK;
}

enum az_status mg_view(const void *instance, const void *plan, const struct az_judgement *judgement,
                       struct az_arena *arena, struct az_view *view)
{
    const struct mg_instance *mg = instance;
    struct mg_viewer viewer = {
        .mg = mg, .plan = plan, .judgement = judgement, .arena = arena, .view = view
    };
    *view = (struct az_view){ 0 };
    view->title = mg->title && *mg->title ? az_name_words(arena, mg->title, NULL)
                                          : AZ_WORDS("Microgrid plan", "マイクログリッドの計画");
    AZ_TRY(index_plan(&viewer));
    AZ_TRY(fill_numbers(&viewer));
    AZ_TRY(mg_view_charts(&viewer));
    AZ_TRY(mg_view_gantts(&viewer));
    AZ_TRY(mg_view_tables(&viewer));
    return az_view_notes(view, arena, mg->notes, mg->sources.items, mg->sources.count);
}
