/* view_loads.c - what loads do beside their demand (interruption, shedding, runs, loads that follow
 * surplus), and what differs from the schedules, as neutral figures. */
#include "formulations/common/calendar.h"
#include "formulations/microgrid/view.h"

static const struct mg_shiftable_plan *run_plan(const struct mg_viewer *viewer, size_t i)
{
    size_t at = az_entry_of(viewer->plan->shiftables.keys, viewer->plan->shiftables.count, i);
    return at == AZ_NO_INDEX ? NULL : &viewer->plan->shiftables.items[at];
}

static const struct mg_flexible_plan *flexible_plan(const struct mg_viewer *viewer, size_t i)
{
    size_t at =
        az_entry_of(viewer->plan->flexible_loads.keys, viewer->plan->flexible_loads.count, i);
    return at == AZ_NO_INDEX ? NULL : &viewer->plan->flexible_loads.items[at];
}

/* --- power --------------------------------------------------------------------------------------
 */

void mg_view_free_loads(const struct mg_viewer *viewer, struct az_draft *draft, size_t grid)
{
    const struct mg_instance *mg = viewer->mg;
    double *values = az_draft_line(draft, AZ_WORDS("Interrupted by contract", "契約遮断"), "wait",
                                   AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->loads.count; i++)
        if (viewer->loads[i] && mg->loads.items[i].grid.index == grid)
            az_add_series(values, &viewer->loads[i]->interrupted_kw, 1, mg->T);
    az_draft_drop_zero(draft);
    values = az_draft_line(draft, AZ_WORDS("Shiftable loads", "時間をずらせる負荷"), "trip",
                           AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->shiftables.count; i++) {
        const struct mg_shiftable_plan *plan = run_plan(viewer, i);
        if (plan && mg->shiftables.items[i].grid.index == grid)
            az_add_series(values, &plan->power_kw, -1, mg->T);
    }
    az_draft_drop_zero(draft);
    values =
        az_draft_line(draft, AZ_WORDS("Flexible loads", "追従負荷"), "charge", AZ_MARK_STACK, 0);
    for (size_t i = 0; i < mg->flexible_loads.count; i++) {
        const struct mg_flexible_plan *plan = flexible_plan(viewer, i);
        if (plan && mg->flexible_loads.items[i].grid.index == grid)
            az_add_series(values, &plan->power_kw, -1, mg->T);
    }
    az_draft_drop_zero(draft);
}

double mg_view_drawn(const struct mg_viewer *viewer)
{
    double kwh = 0;
    for (size_t i = 0; i < viewer->mg->shiftables.count; i++)
        if (run_plan(viewer, i)) kwh += mg_energy(viewer, &run_plan(viewer, i)->power_kw);
    for (size_t i = 0; i < viewer->mg->flexible_loads.count; i++)
        if (flexible_plan(viewer, i)) kwh += mg_energy(viewer, &flexible_plan(viewer, i)->power_kw);
    return kwh;
}

/* --- runs ---------------------------------------------------------------------------------------
 */

enum az_status mg_view_run(const struct mg_viewer *viewer, size_t i, struct az_gantt_row *row)
{
    const struct mg_shiftable *shiftable = &viewer->mg->shiftables.items[i];
    const struct mg_shiftable_plan *plan = run_plan(viewer, i);
    double step = 60.0 * (double)viewer->mg->slot_minutes;
    double length = step * (double)viewer->mg->T, run = step * (double)shiftable->run_kw.count;
    double from = -step * (double)shiftable->run_slots0;
    row->label = az_name_words(viewer->arena, shiftable->name, shiftable->id);
    if (shiftable->run_slots0 == 0) {
        if (!plan || !az_time_given(plan->start)) return AZ_OK;
        from = (double)(plan->start.utc_s - viewer->mg->start.utc_s);
    }
    if (from + run <= 0 || from >= length) return AZ_OK;
    char *text =
        az_arena_format(viewer->arena, "%.0f kWh", plan ? mg_energy(viewer, &plan->power_kw) : 0);
    return az_gantt_bar(
        viewer->arena, row,
        (struct az_bar){ fmax(0, from), fmin(length, from + run), "trip", { text, text }, NULL });
}

/* What became of a run, in a word. */
static struct az_words fate(const struct mg_shiftable *shiftable, bool starts)
{
    if (shiftable->run_slots0 > 0) return AZ_WORDS("under way", "運転中");
    if (starts) return AZ_WORDS("starts", "開始");
    if (shiftable->done) return AZ_WORDS("done", "済み");
    if (shiftable->may_wait) return AZ_WORDS("later", "後日");
    return AZ_WORDS("left out", "見送り");
}

static void run_row(struct mg_viewer *viewer, size_t i, struct az_cell cells[])
{
    const struct mg_shiftable *shiftable = &viewer->mg->shiftables.items[i];
    const struct mg_shiftable_plan *plan = run_plan(viewer, i);
    int64_t length = 60 * viewer->mg->slot_minutes, run = (int64_t)shiftable->run_kw.count;
    struct az_time none = { .utc_s = AZ_NO_INTEGER }, start = plan ? plan->start : none;
    bool starts = az_time_given(start);
    if (shiftable->run_slots0 > 0)
        start = az_time_add(viewer->mg->start, -(int64_t)shiftable->run_slots0 * length);
    struct az_time end = az_time_given(start) ? az_time_add(start, run * length) : none;
    cells[0] = az_cell_words(az_name_words(viewer->arena, shiftable->name, shiftable->id));
    cells[1] = az_cell_words(fate(shiftable, starts));
    cells[2] = az_cell_clock(viewer->arena, start);
    cells[3] = az_cell_clock(viewer->arena, end);
    cells[4] = az_cell_number(plan ? mg_energy(viewer, &plan->power_kw) : 0, 0);
}

static enum az_status run_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->shiftables.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      AZ_WORDS("Shiftable loads", "時間をずらせる負荷"), 5, mg->shiftables.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Load", "負荷"), NULL);
    az_view_column(table, AZ_WORDS("Run", "運転"), NULL);
    az_view_column(table, AZ_WORDS("Start", "開始"), NULL);
    az_view_column(table, AZ_WORDS("End", "終了"), NULL);
    az_view_column(table, AZ_WORDS("Energy in this plan", "この計画での電力量"), "kWh");
    for (size_t i = 0; i < mg->shiftables.count; i++) run_row(viewer, i, az_view_row(table));
    return AZ_OK;
}

/* --- flexible loads -----------------------------------------------------------------------------
 */

static void flexible_row(struct mg_viewer *viewer, size_t i, struct az_cell cells[])
{
    const struct mg_instance *mg = viewer->mg;
    const struct mg_flexible *flexible = &mg->flexible_loads.items[i];
    const struct mg_flexible_plan *plan = flexible_plan(viewer, i);
    double window = flexible->used_kwh, paid = 0;
    for (size_t t = 0; plan && t < mg->T; t++) {
        double energy = az_shown(&plan->power_kw, t) * mg->dt;
        paid += energy * az_shown(&flexible->value_jpy_per_kwh, t);
        if (mg_is_within(flexible->slots, t)) window += energy;
    }
    cells[0] = az_cell_words(az_name_words(viewer->arena, flexible->name, flexible->id));
    cells[1] = az_cell_number(plan ? mg_energy(viewer, &plan->power_kw) : 0, 0);
    cells[2] = az_cell_number(paid, 0);
    cells[3] = az_cell_number(window, 0);
    cells[4] = isnan(flexible->min_kwh) ? az_cell_text("") : az_cell_number(flexible->min_kwh, 0);
    cells[5] = isnan(flexible->max_kwh) ? az_cell_text("") : az_cell_number(flexible->max_kwh, 0);
}

static enum az_status flexible_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (mg->flexible_loads.count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Flexible loads", "追従負荷"), 6,
                      mg->flexible_loads.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Load", "負荷"), NULL);
    az_view_column(table, AZ_WORDS("Energy in this plan", "この計画での電力量"), "kWh");
    az_view_column(table, AZ_WORDS("Pays", "支払い"), mg->money_unit ? mg->money_unit : "JPY");
    az_view_column(table, AZ_WORDS("In its window", "期間内"), "kWh");
    az_view_column(table, AZ_WORDS("Least", "下限"), "kWh");
    az_view_column(table, AZ_WORDS("Most", "上限"), "kWh");
    for (size_t i = 0; i < mg->flexible_loads.count; i++)
        flexible_row(viewer, i, az_view_row(table));
    return AZ_OK;
}

/* --- fixed loads --------------------------------------------------------------------------------
 */

/* What of the unserved energy is of the critical share. */
static double critical_kwh(const struct mg_viewer *viewer, size_t i)
{
    const struct mg_load *load = &viewer->mg->loads.items[i];
    const struct mg_load_plan *plan = viewer->loads[i];
    double kw = 0;
    for (size_t t = 0; plan && load->critical_share > 0 && t < viewer->mg->T; t++) {
        double demand = az_shown(&load->demand_kw, t);
        double rest = demand - az_shown(&plan->interrupted_kw, t) - load->critical_share * demand;
        kw += fmax(0, az_shown(&plan->unserved_kw, t) - fmax(0, rest));
    }
    return kw * viewer->mg->dt;
}

static bool tells_of_loads(const struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    for (size_t i = 0; i < mg->loads.count; i++) {
        const struct mg_load *load = &mg->loads.items[i];
        if (load->critical_share > 0 || load->steps.count > 0 || load->tier > 1) return true;
        if (viewer->loads[i] && mg_energy(viewer, &viewer->loads[i]->unserved_kw) > 1e-6)
            return true;
    }
    return false;
}

/* Later tiers first, as they are shed. */
static enum az_status load_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    if (!tells_of_loads(viewer)) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena, AZ_WORDS("Loads", "負荷"), 6, mg->loads.count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Load", "負荷"), NULL);
    az_view_column(table, AZ_WORDS("Tier", "遮断順位"), NULL);
    az_view_column(table, AZ_WORDS("Demand", "需要"), "kWh");
    az_view_column(table, AZ_WORDS("Interrupted", "契約遮断"), "kWh");
    az_view_column(table, AZ_WORDS("Not served", "供給できない量"), "kWh");
    az_view_column(table, AZ_WORDS("Of it critical", "うち重要負荷"), "kWh");
    for (int64_t tier = 9; tier >= 1; tier--)
        for (size_t i = 0; i < mg->loads.count; i++) {
            const struct mg_load *load = &mg->loads.items[i];
            const struct mg_load_plan *plan = viewer->loads[i];
            if (load->tier != tier) continue;
            struct az_cell *cells = az_view_row(table);
            cells[0] = az_cell_words(az_name_words(viewer->arena, load->name, load->id));
            cells[1] = az_cell_number((double)tier, 0);
            cells[2] = az_cell_number(mg_energy(viewer, &load->demand_kw), 0);
            cells[3] = az_cell_number(plan ? mg_energy(viewer, &plan->interrupted_kw) : 0, 1);
            cells[4] = az_cell_number(plan ? mg_energy(viewer, &plan->unserved_kw) : 0, 1);
            cells[5] = az_cell_number(critical_kwh(viewer, i), 1);
        }
    return AZ_OK;
}

enum az_status mg_view_load_tables(struct mg_viewer *viewer)
{
    AZ_TRY(load_table(viewer));
    AZ_TRY(run_table(viewer));
    return flexible_table(viewer);
}

/* --- schedules ----------------------------------------------------------------------------------
 */

static bool is_scheduled(const struct mg_connection *connection)
{
    return connection->scheduled_import_kw.values || connection->scheduled_export_kw.values;
}

static bool is_submitted(const struct mg_connection *connection)
{
    return connection->submitted_import_kw.values || connection->submitted_export_kw.values;
}

static double net_of(const struct mg_viewer *viewer, size_t i, size_t t)
{
    const struct mg_connection_plan *plan = viewer->connections[i];
    return az_shown(&plan->import_kw, t) - az_shown(&plan->export_kw, t);
}

/* Net import beside what was traded and what was submitted. */
static enum az_status schedule(struct mg_viewer *viewer, size_t i)
{
    const struct mg_connection *connection = &viewer->mg->connections.items[i];
    size_t T = viewer->mg->T;
    struct az_words name = az_name_words(viewer->arena, connection->name, connection->id);
    if (!viewer->connections[i] || (!is_scheduled(connection) && !is_submitted(connection)))
        return AZ_OK;
    struct az_draft draft = az_draft_begin(
        viewer->arena,
        az_label_words(viewer->arena, name, AZ_WORDS("net import and schedule", "受電と計画値")),
        "kW", viewer->mg->start, viewer->mg->slot_minutes, T, 3);
    double *net = az_draft_line(&draft, AZ_WORDS("Net import", "受電（送電は負）"), "import",
                                AZ_MARK_STEP, 0);
    for (size_t t = 0; net && t < T; t++) net[t] = net_of(viewer, i, t);
    if (is_scheduled(connection)) {
        double *traded =
            az_draft_line(&draft, AZ_WORDS("Traded", "約定済み"), "price", AZ_MARK_STEP, 0);
        for (size_t t = 0; traded && t < T; t++) traded[t] = connection->scheduled_kw[t];
    }
    if (is_submitted(connection)) {
        double *submitted =
            az_draft_line(&draft, AZ_WORDS("Submitted", "提出済み"), "limit", AZ_MARK_STEP, 0);
        for (size_t t = 0; submitted && t < T; t++) submitted[t] = connection->submitted_kw[t];
    }
    return az_draft_finish(&draft, viewer->view);
}

enum az_status mg_view_schedule_charts(struct mg_viewer *viewer)
{
    for (size_t i = 0; i < viewer->mg->connections.count; i++) AZ_TRY(schedule(viewer, i));
    return AZ_OK;
}

static void schedule_row(struct mg_viewer *viewer, size_t i, struct az_cell cells[])
{
    const struct mg_connection *connection = &viewer->mg->connections.items[i];
    double traded = 0, missing = 0, left = 0, more = 0, less = 0, locked = 0, dt = viewer->mg->dt;
    for (size_t t = 0; t < viewer->mg->T; t++) {
        double net = net_of(viewer, i, t), scheduled = connection->scheduled_kw[t];
        double change = net - connection->submitted_kw[t];
        if (!isnan(scheduled)) {
            traded += scheduled * dt;
            missing += fmax(0, net - scheduled) * dt;
            left += fmax(0, scheduled - net) * dt;
        }
        if (isnan(change)) continue;
        more += fmax(0, change) * dt;
        less += fmax(0, -change) * dt;
        if (az_shown(&connection->locked, t) > 0.5) locked += fabs(change) * dt;
    }
    cells[0] = az_cell_words(az_name_words(viewer->arena, connection->name, connection->id));
    cells[1] = az_cell_number(traded, 0);
    cells[2] = az_cell_number(missing, 1);
    cells[3] = az_cell_number(left, 1);
    cells[4] = az_cell_number(more, 1);
    cells[5] = az_cell_number(less, 1);
    cells[6] = az_cell_number(locked, 1);
}

enum az_status mg_view_schedule_table(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    size_t count = 0;
    for (size_t i = 0; i < mg->connections.count; i++)
        count += viewer->connections[i] && (is_scheduled(&mg->connections.items[i]) ||
                                            is_submitted(&mg->connections.items[i]));
    if (count == 0) return AZ_OK;
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      AZ_WORDS("Schedules and changes", "計画値との差と変更"), 7, count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Connection", "受電点"), NULL);
    az_view_column(table, AZ_WORDS("Traded", "約定済み"), "kWh");
    az_view_column(table, AZ_WORDS("Short", "不足"), "kWh");
    az_view_column(table, AZ_WORDS("Long", "余剰"), "kWh");
    az_view_column(table, AZ_WORDS("More than submitted", "提出より増"), "kWh");
    az_view_column(table, AZ_WORDS("Less than submitted", "提出より減"), "kWh");
    az_view_column(table, AZ_WORDS("In locked slots", "変更不可のコマ"), "kWh");
    for (size_t i = 0; i < mg->connections.count; i++)
        if (viewer->connections[i] &&
            (is_scheduled(&mg->connections.items[i]) || is_submitted(&mg->connections.items[i])))
            schedule_row(viewer, i, az_view_row(table));
    return AZ_OK;
}
