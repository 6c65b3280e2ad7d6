/* view_witness.c - how the plan's witnesses live through outages: a row for every start, and the
 * hardest of them slot by slot. */
#include <math.h>

#include "formulations/common/calendar.h"
#include "formulations/microgrid/survival.h"
#include "formulations/microgrid/view.h"

#define MANY_ROWS 24 /* of the hardest outage: more are folded away */

/* What a witness says of one slot, or of all together. kW, or kWh */
struct tally {
    double critical, unserved, units, renewables, batteries;
    double left; /* in all batteries at the end, the least of all ends, kWh */
};

/* What a witness leaves out is zero: any series of it shows how long the outage is. */
static size_t slots_of(const struct mg_witness *witness)
{
    size_t most = 0;
#define LONGEST(list_, member_)                           \
    for (size_t i = 0; i < witness->list_.count; i++)     \
        if (witness->list_.items[i].member_.count > most) \
    most = witness->list_.items[i].member_.count
    LONGEST(loads, unserved_kw);
    LONGEST(units, power_kw);
    LONGEST(renewables, used_kw);
    LONGEST(batteries, energy_kwh);
#undef LONGEST
    return most;
}

static bool is_inside(const struct mg_survival *survival, size_t grid)
{
    bool inside = false;
    for (size_t g = 0; g < survival->grids.count; g++)
        inside = inside || survival->grids.items[g].index == grid;
    return inside;
}

static struct tally tally_of(const struct mg_viewer *viewer, const struct mg_survival *survival,
                             const struct mg_witness *witness, size_t s, size_t k)
{
    const struct mg_instance *mg = viewer->mg;
    size_t known = mg->T + (mg->outlook ? (size_t)mg->outlook->slots : 0);
    struct tally sum = { 0 };
    for (size_t i = 0; i < mg->loads.count && s + k < known; i++)
        if (is_inside(survival, mg->loads.items[i].grid.index))
            sum.critical += mg_critical_kw(mg, i, s + k);
    for (size_t i = 0; i < witness->loads.count; i++)
        sum.unserved += az_shown(&witness->loads.items[i].unserved_kw, k);
    for (size_t i = 0; i < witness->units.count; i++)
        sum.units += az_shown(&witness->units.items[i].power_kw, k);
    for (size_t i = 0; i < witness->renewables.count; i++)
        sum.renewables += az_shown(&witness->renewables.items[i].used_kw, k);
    for (size_t i = 0; i < witness->batteries.count; i++) {
        const struct mg_battery_plan *battery = &witness->batteries.items[i];
        sum.batteries += az_shown(&battery->discharge_kw, k) - az_shown(&battery->charge_kw, k);
        sum.left += az_shown(&battery->energy_kwh, k);
    }
    return sum;
}

static struct tally sum_of(const struct mg_viewer *viewer, const struct mg_survival *survival,
                           const struct mg_witness *witness, size_t s)
{
    struct tally all = { 0 };
    double dt = viewer->mg->dt;
    for (size_t k = 0; k < slots_of(witness); k++) {
        struct tally one = tally_of(viewer, survival, witness, s, k);
        all.critical += one.critical * dt;
        all.unserved += one.unserved * dt;
        all.units += one.units * dt;
        all.renewables += one.renewables * dt;
        all.batteries += one.batteries * dt;
        all.left = k > 0 ? fmin(all.left, one.left) : one.left;
    }
    return all;
}

/* The slot with which the outage begins; false when it is none of the horizon's. */
static bool start_of(const struct mg_instance *mg, const struct mg_witness *witness, size_t *s)
{
    int64_t passed;
    if (!az_time_given(witness->start)) return false;
    passed = witness->start.utc_s - mg->start.utc_s;
    *s = (size_t)(passed / (mg->slot_minutes * 60));
    return passed >= 0 && *s < mg->T && slots_of(witness) > 0;
}

/* Who gives most of an outage's energy, a battery more than it takes. */
struct carrier {
    struct az_words name;
    double kwh;
};

static void consider(struct mg_viewer *viewer, struct carrier *best, const char *name,
                     const char *id, double kwh)
{
    if (kwh > best->kwh) *best = (struct carrier){ az_name_words(viewer->arena, name, id), kwh };
}

static struct az_words carrier_of(struct mg_viewer *viewer, const struct mg_witness *witness)
{
    const struct mg_instance *mg = viewer->mg;
    struct carrier best = { AZ_WORDS("", ""), 1e-6 };
#define CONSIDER(list_, energy_)                                                            \
    for (size_t i = 0; i < witness->list_.count; i++) {                                     \
        size_t at = witness->list_.keys[i].index;                                           \
        double kwh = 0;                                                                     \
        for (size_t k = 0; k < slots_of(witness); k++) kwh += (energy_)*mg->dt;             \
        if (at < mg->list_.count)                                                           \
            consider(viewer, &best, mg->list_.items[at].name, mg->list_.items[at].id, kwh); \
    }
    CONSIDER(units, az_shown(&witness->units.items[i].power_kw, k))
    CONSIDER(renewables, az_shown(&witness->renewables.items[i].used_kw, k))
    CONSIDER(batteries, az_shown(&witness->batteries.items[i].discharge_kw, k) -
                            az_shown(&witness->batteries.items[i].charge_kw, k))
#undef CONSIDER
    return best.name;
}

/* --- a row for every start ----------------------------------------------------------------------
 */

static enum az_status starts_table(struct mg_viewer *viewer, const struct mg_survival *survival,
                                   const struct mg_survival_plan *plan)
{
    const struct mg_instance *mg = viewer->mg;
    struct az_words name = az_name_words(viewer->arena, survival->name, survival->id);
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      az_label_words(viewer->arena, name,
                                     AZ_WORDS("what carries an outage, by its start",
                                              "停電の開始時刻別の供給源")),
                      7, plan->witnesses.count);
    if (!table) return AZ_NO_MEMORY;
    table->place = AZ_TABLE_FOLDED;
    az_view_column(table, AZ_WORDS("Begins", "停電の開始"), NULL);
    az_view_column(table, AZ_WORDS("Critical load", "重要負荷"), "kWh");
    az_view_column(table, AZ_WORDS("Not served", "供給できない量"), "kWh");
    az_view_column(table, AZ_WORDS("Units", "発電機"), "kWh");
    az_view_column(table, AZ_WORDS("Renewables", "再エネ電源"), "kWh");
    az_view_signed_column(table, AZ_WORDS("Batteries", "蓄電池"), "kWh", AZ_SIGN_PLAIN);
    az_view_column(table, AZ_WORDS("Most from", "主な供給源"), NULL);
    for (size_t n = 0; n < plan->witnesses.count; n++) {
        const struct mg_witness *witness = &plan->witnesses.items[n];
        size_t s;
        if (!start_of(mg, witness, &s)) continue;
        struct tally sum = sum_of(viewer, survival, witness, s);
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_clock(viewer->arena, witness->start);
        cells[1] = az_cell_number(sum.critical, 0);
        cells[2] = az_cell_number(sum.unserved, 1);
        cells[3] = az_cell_number(sum.units, 0);
        cells[4] = az_cell_number(sum.renewables, 0);
        cells[5] = az_cell_number(sum.batteries, 0);
        cells[6] = az_cell_words(carrier_of(viewer, witness));
    }
    return AZ_OK;
}

/* --- the hardest start --------------------------------------------------------------------------
 */

/* Is an outage harder than another: more goes unserved, else batteries fall lower, else more load
 * is critical? */
static bool is_harder(const struct tally *one, const struct tally *other)
{
    if (fabs(one->unserved - other->unserved) > 1e-6) return one->unserved > other->unserved;
    if (fabs(one->left - other->left) > 1e-6) return one->left < other->left;
    return one->critical > other->critical + 1e-6;
}

static const struct mg_witness *hardest(const struct mg_viewer *viewer,
                                        const struct mg_survival *survival,
                                        const struct mg_survival_plan *plan, size_t *start)
{
    const struct mg_witness *worst = NULL;
    struct tally most = { 0 };
    for (size_t n = 0; n < plan->witnesses.count; n++) {
        const struct mg_witness *witness = &plan->witnesses.items[n];
        size_t s;
        if (!start_of(viewer->mg, witness, &s)) continue;
        struct tally sum = sum_of(viewer, survival, witness, s);
        if (worst && !is_harder(&sum, &most)) continue;
        worst = witness;
        most = sum;
        *start = s;
    }
    return worst;
}

static enum az_status hardest_table(struct mg_viewer *viewer, const struct mg_survival *survival,
                                    const struct mg_witness *witness, size_t s)
{
    const struct mg_instance *mg = viewer->mg;
    struct az_words name = az_name_words(viewer->arena, survival->name, survival->id);
    size_t length = slots_of(witness);
    struct az_view_table *table =
        az_view_table(viewer->view, viewer->arena,
                      az_label_words(viewer->arena, name,
                                     AZ_WORDS("how the hardest outage is lived through",
                                              "最も厳しい停電の乗り切り方")),
                      7, length);
    if (!table) return AZ_NO_MEMORY;
    if (length > MANY_ROWS) table->place = AZ_TABLE_FOLDED;
    az_view_column(table, AZ_WORDS("From", "開始"), NULL);
    az_view_column(table, AZ_WORDS("Critical load", "重要負荷"), "kW");
    az_view_column(table, AZ_WORDS("Not served", "供給できない量"), "kW");
    az_view_column(table, AZ_WORDS("Units", "発電機"), "kW");
    az_view_column(table, AZ_WORDS("Renewables", "再エネ電源"), "kW");
    az_view_signed_column(table, AZ_WORDS("Batteries", "蓄電池"), "kW", AZ_SIGN_PLAIN);
    az_view_column(table, AZ_WORDS("Left in batteries", "蓄電池の残り"), "kWh");
    for (size_t k = 0; k < length; k++) {
        struct tally one = tally_of(viewer, survival, witness, s, k);
        struct az_cell *cells = az_view_row(table);
        cells[0] = az_cell_clock(viewer->arena, az_slot_time(mg->start, mg->slot_minutes, s + k));
        cells[1] = az_cell_number(one.critical, 1);
        cells[2] = az_cell_number(one.unserved, 1);
        cells[3] = az_cell_number(one.units, 1);
        cells[4] = az_cell_number(one.renewables, 1);
        cells[5] = az_cell_number(one.batteries, 1);
        cells[6] = az_cell_number(one.left, 0);
    }
    return AZ_OK;
}

enum az_status mg_view_witness_tables(struct mg_viewer *viewer)
{
    const struct mg_instance *mg = viewer->mg;
    const struct mg_plan *plan = viewer->plan;
    for (size_t v = 0; v < mg->survivals.count; v++) {
        size_t at = az_entry_of(plan->survivals.keys, plan->survivals.count, v), s = 0;
        if (at == AZ_NO_INDEX) continue;
        const struct mg_survival *survival = &mg->survivals.items[v];
        const struct mg_survival_plan *lived = &plan->survivals.items[at];
        const struct mg_witness *worst = hardest(viewer, survival, lived, &s);
        if (!worst) continue;
        AZ_TRY(hardest_table(viewer, survival, worst, s));
        AZ_TRY(starts_table(viewer, survival, lived));
    }
    return AZ_OK;
}
