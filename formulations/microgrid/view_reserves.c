/* view_reserves.c - who holds the reserve of every grid and what it asks for, as neutral figures.
 */
#include <string.h>

#include "formulations/microgrid/view.h"

/* Is reserve of a direction (enum mg_reserve_way) asked for on the grid? */
static bool is_asked(const struct mg_instance *mg, size_t g, int way)
{
    const struct mg_grid *grid = &mg->grids.items[g];
    const struct az_series *series = way == MG_UP ? &grid->reserve_up_kw : &grid->reserve_down_kw;
    for (size_t t = 0; series->values && t < mg->T; t++)
        if (series->values[t] > 0) return true;
    for (size_t i = 0; i < mg->commitments.count; i++) {
        const struct mg_capacity *capacity = mg->commitments.items[i].terms.value;
        if (mg->commitments.items[i].terms.tag == MG_TERMS_CAPACITY && capacity->grid.index == g &&
            capacity->direction == way)
            return true;
    }
    return way == MG_UP && grid->covers_largest_unit == 1;
}

/* What the grid asks for in a slot, with what is sold there. kW */
static double asked_in(const struct mg_instance *mg, size_t g, int way, size_t t)
{
    const struct mg_grid *grid = &mg->grids.items[g];
    double asked = az_shown(way == MG_UP ? &grid->reserve_up_kw : &grid->reserve_down_kw, t);
    for (size_t i = 0; i < mg->commitments.count; i++) {
        const struct mg_commitment *commitment = &mg->commitments.items[i];
        const struct mg_capacity *capacity = commitment->terms.value;
        if (commitment->terms.tag == MG_TERMS_CAPACITY && capacity->grid.index == g &&
            capacity->direction == way && mg_is_within(commitment->slots, t))
            asked += capacity->kw;
    }
    return asked;
}

static const struct az_series *of_unit(const struct mg_viewer *viewer, size_t i, int way)
{
    const struct mg_unit_plan *plan = viewer->units[i];
    return way == MG_UP ? &plan->reserve_up_kw : &plan->reserve_down_kw;
}

static const struct az_series *of_battery(const struct mg_viewer *viewer, size_t i, int way)
{
    const struct mg_battery_plan *plan = viewer->batteries[i];
    return way == MG_UP ? &plan->reserve_up_kw : &plan->reserve_down_kw;
}

/* What a converter brings to the grid, less what it takes away. kW */
static double over_converter(const struct mg_viewer *viewer, size_t i, size_t g, size_t t)
{
    const struct mg_converter *converter = &viewer->mg->converters.items[i];
    const struct mg_converter_plan *plan = viewer->converters[i];
    double sum = 0, arrives = 1 - converter->worst_loss;
    if (!plan) return 0;
    double forward = az_shown(&plan->forward_reserve_kw, t),
           backward = az_shown(&plan->backward_reserve_kw, t);
    if (converter->from_grid.index == g) sum += backward * arrives - forward;
    if (converter->to_grid.index == g) sum += forward * arrives - backward;
    return sum;
}

/* --- charts ----------------------------------------------------------------------------------- */

static void add_converters(const struct mg_viewer *viewer, struct az_draft *draft, size_t g,
                           int sign)
{
    const struct mg_instance *mg = viewer->mg;
    double *values = az_draft_line(draft,
                                   sign > 0 ? AZ_WORDS("From other grids", "他系統から")
                                            : AZ_WORDS("To other grids", "他系統へ"),
                                   "converter", AZ_MARK_STACK, 0);
    for (size_t i = 0; values && i < mg->converters.count; i++)
        for (size_t t = 0; t < mg->T; t++) {
            double over = over_converter(viewer, i, g, t);
            if (over * sign > 0) values[t] += over;
        }
    az_draft_drop_zero(draft);
}

/* The unit whose loss the grid has to cover. kW */
static double largest_in(const struct mg_viewer *viewer, size_t g, size_t t)
{
    const struct mg_instance *mg = viewer->mg;
    double most = 0;
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g && viewer->units[i])
            most = fmax(most, az_shown(&viewer->units[i]->power_kw, t) +
                                  az_shown(&viewer->units[i]->reserve_up_kw, t));
    return most;
}

static enum az_status reserve(struct mg_viewer *viewer, size_t g, int way)
{
    const struct mg_instance *mg = viewer->mg;
    const struct mg_grid *grid = &mg->grids.items[g];
    struct az_words what = way == MG_UP ? AZ_WORDS("reserve upward", "上げ予備力")
                                        : AZ_WORDS("reserve downward", "下げ予備力");
    struct az_words name = az_name_words(viewer->arena, grid->name, grid->id);
    struct az_draft draft = az_draft_begin(viewer->arena, az_label_words(viewer->arena, name, what),
                                           "kW", mg->start, mg->slot_minutes, mg->T, 6);
    double *units = az_draft_line(&draft, AZ_WORDS("Units", "発電機"), "hydro", AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->units.count; i++)
        if (mg->units.items[i].grid.index == g && viewer->units[i])
            az_add_series(units, of_unit(viewer, i, way), 1, mg->T);
    az_draft_drop_zero(&draft);
    double *batteries =
        az_draft_line(&draft, AZ_WORDS("Batteries", "蓄電池"), "battery", AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid.index == g && viewer->batteries[i])
            az_add_series(batteries, of_battery(viewer, i, way), 1, mg->T);
    az_draft_drop_zero(&draft);
    for (int sign = 1; way == MG_UP && sign >= -1; sign -= 2)
        add_converters(viewer, &draft, g, sign);
    double *asked =
        az_draft_line(&draft, AZ_WORDS("Asked for", "必要量"), "limit", AZ_MARK_STEP, 0);
    for (size_t t = 0; asked && t < mg->T; t++) asked[t] = asked_in(mg, g, way, t);
    az_draft_drop_zero(&draft);
    if (way == MG_UP && grid->covers_largest_unit == 1) {
        double *largest = az_draft_line(
            &draft, AZ_WORDS("Largest unit, its reserve included", "最大発電機（予備力を含む）"),
            "load", AZ_MARK_STEP, 0);
        for (size_t t = 0; largest && t < mg->T; t++) largest[t] = largest_in(viewer, g, t);
    }
    return az_draft_finish(&draft, viewer->view);
}

/* The plain reserve of units alone needs no figure. */
static bool is_drawn(const struct mg_instance *mg, size_t g, int way)
{
    if (!is_asked(mg, g, way)) return false;
    if (way == MG_DOWN || mg->grids.items[g].covers_largest_unit == 1) return true;
    for (size_t i = 0; i < mg->batteries.count; i++)
        if (mg->batteries.items[i].grid.index == g && mg->batteries.items[i].gives_reserve == 1)
            return true;
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        if (converter->gives_reserve == 1 &&
            (converter->from_grid.index == g || converter->to_grid.index == g))
            return true;
    }
    return false;
}

enum az_status mg_view_reserve_charts(struct mg_viewer *viewer)
{
    for (size_t g = 0; g < viewer->mg->grids.count; g++)
        for (int way = MG_UP; way <= MG_DOWN; way++)
            if (is_drawn(viewer->mg, g, way)) AZ_TRY(reserve(viewer, g, way));
    return AZ_OK;
}

/* --- the table -------------------------------------------------------------------------------- */

/* Of one giver: mean and least of what it holds, up and down. */
struct giver {
    struct az_words name, grid;
    double mean[2], most[2];
    bool gives;
};

static void take(struct giver *giver, int way, double value, size_t T)
{
    giver->mean[way] += value / (double)T;
    if (fabs(value) > fabs(giver->most[way])) giver->most[way] = value;
    giver->gives = giver->gives || fabs(value) > 5e-4;
}

static void add_row(struct az_view_table *table, const struct giver *giver)
{
    if (!giver->gives) return;
    struct az_cell *cells = az_view_row(table);
    cells[0] = az_cell_words(giver->name);
    cells[1] = az_cell_words(giver->grid);
    for (int way = MG_UP; way <= MG_DOWN; way++) {
        cells[2 + 2 * way] = az_cell_number(giver->mean[way], 1);
        cells[3 + 2 * way] = az_cell_number(giver->most[way], 1);
    }
}

static void add_units(struct mg_viewer *viewer, size_t g, struct giver giver,
                      struct az_view_table *table)
{
    const struct mg_instance *mg = viewer->mg;
    for (size_t i = 0; i < mg->units.count; i++) {
        struct giver unit = giver;
        if (mg->units.items[i].grid.index != g || !viewer->units[i]) continue;
        unit.name = az_name_words(viewer->arena, mg->units.items[i].name, mg->units.items[i].id);
        for (int way = MG_UP; way <= MG_DOWN; way++)
            for (size_t t = 0; t < mg->T; t++)
                take(&unit, way, az_shown(of_unit(viewer, i, way), t), mg->T);
        add_row(table, &unit);
    }
}

static void add_others(struct mg_viewer *viewer, size_t g, struct giver giver,
                       struct az_view_table *table)
{
    const struct mg_instance *mg = viewer->mg;
    for (size_t i = 0; i < mg->batteries.count; i++) {
        const struct mg_battery *battery = &mg->batteries.items[i];
        struct giver row = giver;
        if (battery->grid.index != g || !viewer->batteries[i]) continue;
        row.name = az_name_words(viewer->arena, battery->name, battery->id);
        for (int way = MG_UP; way <= MG_DOWN; way++)
            for (size_t t = 0; t < mg->T; t++)
                take(&row, way, az_shown(of_battery(viewer, i, way), t), mg->T);
        add_row(table, &row);
    }
    for (size_t i = 0; i < mg->converters.count; i++) {
        const struct mg_converter *converter = &mg->converters.items[i];
        struct giver row = giver;
        row.name = az_name_words(viewer->arena, converter->name, converter->id);
        for (size_t t = 0; t < mg->T; t++)
            take(&row, MG_UP, over_converter(viewer, i, g, t), mg->T);
        add_row(table, &row);
    }
}

enum az_status mg_view_reserve_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    bool drawn = false;
    for (size_t g = 0; g < mg->grids.count; g++)
        drawn = drawn || is_drawn(mg, g, MG_UP) || is_drawn(mg, g, MG_DOWN);
    if (!drawn) return AZ_OK;
    size_t rows =
        mg->grids.count + mg->units.count + mg->batteries.count + 2 * mg->converters.count;
    struct az_view_table *table = az_view_table(
        viewer->view, viewer->arena,
        AZ_WORDS("Reserve by grid and giver", "予備力の内訳（系統・供出元別）"), 6, rows);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Giver", "供出元"), NULL);
    az_view_column(table, AZ_WORDS("Grid", "系統"), NULL);
    az_view_column(table, AZ_WORDS("Up, mean", "上げ・平均"), "kW");
    az_view_column(table, AZ_WORDS("Up, most", "上げ・最大"), "kW");
    az_view_column(table, AZ_WORDS("Down, mean", "下げ・平均"), "kW");
    az_view_column(table, AZ_WORDS("Down, most", "下げ・最大"), "kW");
    for (size_t g = 0; g < mg->grids.count; g++) {
        const struct mg_grid *grid = &mg->grids.items[g];
        struct giver giver = { .grid = az_name_words(viewer->arena, grid->name, grid->id) };
        add_units(viewer, g, giver, table);
        add_others(viewer, g, giver, table);
        struct giver asks = giver;
        asks.name = AZ_WORDS("Asked for", "必要量");
        for (int way = MG_UP; way <= MG_DOWN; way++)
            for (size_t t = 0; t < mg->T; t++) take(&asks, way, asked_in(mg, g, way, t), mg->T);
        add_row(table, &asks);
    }
    return AZ_OK;
}
