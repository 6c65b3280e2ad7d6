/* test_microgrid_starts.c - every outage that a plan says it lives through is lived through once
 * more, start by start, in a model of its own that is written here from the law (instance.h, head):
 * two grids, a forming converter with losses and a ramp, a unit with ramps and a pond, cars, a
 * battery that takes less near full. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/engine_models.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

#define T 4
#define HOURS 3
#define BIG 1000.0

/* --- islands at random --------------------------------------------------------------------------
 */

static const char island[] =
    "{'start': '2026-01-21T00:00:00+09:00', 'slot_minutes': 60, 'slots': 4,"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}, {'id': 'link', 'frequency_hz': 0}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'export_price_jpy_per_kwh': 2}],"
    " 'ponds': [{'id': 'lake', 'capacity_kwh': 60, 'min_kwh': 5, 'inflow_kw': 4,"
    "    'spill_max_kw': 30, 'end_price_jpy_per_kwh': 5}],"
    " 'units': [{'id': 'hydro', 'grid': 'town', 'p_min_kw': 5, 'p_max_kw': 18, 'pond': 'lake',"
    "    'water_factor': 1.2, 'water_no_load_kw': 1, 'ramp_up_kw_per_h': 6, 'ramp_down_kw_per_h': "
    "5,"
    "    'start_limit_kw': 8, 'cost': {'type': 'price', 'energy_jpy_per_kwh': 3}},"
    "   {'id': 'diesel', 'grid': 'town', 'p_min_kw': 4, 'p_max_kw': 10,"
    "    'cost': {'type': 'price', 'energy_jpy_per_kwh': 45, 'no_load_jpy_per_h': 20}}],"
    " 'renewables': [{'id': 'sun', 'grid': 'town'}],"
    " 'converters': [{'id': 'bridge', 'from_grid': 'link', 'to_grid': 'town', 'forward_max_kw': 14,"
    "    'backward_max_kw': 10, 'min_transfer_kw': 2, 'no_load_kw': 0.5, 'ramp_kw_per_h': 9,"
    "    'loss_segments': [{'up_to_kw': 6, 'loss_share': 0.03}, {'up_to_kw': 14, 'loss_share': "
    "0.1}]}],"
    " 'batteries': [{'id': 'store', 'grid': 'link', 'capacity_kwh': 40, 'charge_max_kw': 12,"
    "    'discharge_max_kw': 13, 'charge_efficiency': 0.9, 'discharge_efficiency': 0.95,"
    "    'soc_min_share': 0.1, 'reserve_share': 0.1, 'taper_from_share': 0.6, 'taper_full_kw': 2,"
    "    'end_share': 0.1, 'grid_forming': true},"
    "   {'id': 'cars', 'grid': 'town', 'count': 3, 'capacity_kwh': 12, 'charge_max_kw': 4,"
    "    'discharge_max_kw': 3, 'soc_min_share': 0.1, 'reserve_share': 0.1, 'end_share': 0.1,"
    "    'reservations': [{'id': 'trip', 'from': '2026-01-21T01:00:00+09:00',"
    "      'until': '2026-01-21T03:00:00+09:00', 'vehicles': 2, 'depart_share': 0.5,"
    "      'used_kwh': 2}]}],"
    " 'loads': [{'id': 'load', 'grid': 'town', 'critical_share': 0.9}],"
    " 'survivals': [{'id': 'night', 'grids': ['town', 'link'], 'converters': ['bridge'],"
    "    'hours': 3}],"
    " 'outlook': {'slots': 2, 'loads': {'load': [21, 24]}, 'renewables': {'sun': [0, 3]}},"
    " 'state': {'at': '2026-01-21T00:00:00+09:00'}}";

static json_t *series(struct az_random *random, double least, double most)
{
    json_t *values = json_array();
    for (int t = 0; t < T; t++)
        json_array_append_new(values, json_real(least + (most - least) * az_random_unit(random)));
    return values;
}

static json_t *random_island(uint64_t seed)
{
    struct az_random random;
    json_t *json = document_parse(island);
    az_random_seed(&random, seed);
    document_set(json, "/survivals/0/price_jpy_per_kwh",
                 json_real(1 + 5 * az_random_unit(&random)));
    document_set(json, "/connections/0/import_price_jpy_per_kwh", series(&random, 5, 40));
    document_set(json, "/loads/0/demand_kw", series(&random, 14, 34));
    document_set(json, "/renewables/0/forecast_kw", series(&random, 0, 12));
    document_set(json, "/converters/0/grid_forming", json_boolean(az_random_below(&random, 3) > 0));
    document_set(json, "/batteries/1/grid_forming", json_boolean(az_random_below(&random, 2)));
    document_set(json, "/units/0/grid_forming", json_true());
    document_set(json, "/units/1/black_start", json_boolean(az_random_below(&random, 2)));
    document_set(json, "/units/1/black_start_h", json_integer((int)az_random_below(&random, 3)));
    document_set(
        json, "/state/units",
        json_pack("{s:{s:b,s:f}}", "hydro", "on", 1, "power_kw", 5 + 6 * az_random_unit(&random)));
    document_set(json, "/state/ponds",
                 json_pack("{s:{s:f}}", "lake", "level_kwh", 10 + 40 * az_random_unit(&random)));
    document_set(json, "/state/batteries",
                 json_pack("{s:{s:f},s:{s:f}}", "store", "charge_kwh",
                           8 + 30 * az_random_unit(&random), "cars", "charge_kwh",
                           16 + 18 * az_random_unit(&random)));
    return json;
}

/* --- the outage once more -----------------------------------------------------------------------
 */

/* What the plan leaves when the outage begins with slot s. */
struct before {
    size_t s, length;
    bool on[2];
    double power[2], level, energy[2], count[2]; /* of batteries: at home */
};

/* The model of one outage, and rows being written. */
struct outage {
    const struct mg_instance *mg;
    const struct before *b;
    struct az_model *model;
    size_t k;
    size_t on[2], power[2], energy[2], level,
        net; /* columns of the slot before; none in the first */
};

static size_t column(struct outage *o, double most, bool whole_number)
{
    return az_column(o->model, 0, most, 0, whole_number, NULL);
}

/* sum of factor column <= most; pairs end with a factor of 0 */
struct pair {
    double factor;
    size_t column;
};
static void row(struct outage *o, double least, double most, const struct pair pairs[])
{
    az_row(o->model, least, most, NULL);
    for (size_t n = 0; pairs[n].factor != 0; n++)
        az_entry(o->model, pairs[n].column, pairs[n].factor);
}
#define ROW(o, least, most, ...) \
    row((o), (least), (most), (const struct pair[]){ __VA_ARGS__, { 0, 0 } })

static double critical(const struct outage *o)
{
    const struct mg_load *load = &o->mg->loads.items[0];
    size_t t = o->b->s + o->k;
    return load->critical_share *
           (t < T ? load->demand_kw.values[t] : o->mg->outlook->loads.items[0].values[t - T]);
}

static double sun(const struct outage *o)
{
    size_t t = o->b->s + o->k;
    return t < T ? o->mg->renewables.items[0].forecast_kw.values[t]
                 : o->mg->outlook->renewables.items[0].values[t - T];
}

/* A unit: on or off, its power, its ramps above minimum, its start limit; a stop is a trip. */
static void add_unit(struct outage *o, size_t i, size_t *on, size_t *power)
{
    const struct mg_unit *u = &o->mg->units.items[i];
    bool may_start = u->black_start == 1 && (double)o->k >= u->black_start_h;
    double up = isnan(u->ramp_up_kw_per_h) ? BIG : u->ramp_up_kw_per_h;
    double down = isnan(u->ramp_down_kw_per_h) ? BIG : u->ramp_down_kw_per_h;
    double start = isnan(u->start_limit_kw) ? u->p_max_kw : u->start_limit_kw;
    *on = column(o, 1, true);
    *power = column(o, u->p_max_kw, false);
    ROW(o, 0, INFINITY, { 1, *power }, { -u->p_min_kw, *on });
    ROW(o, -INFINITY, 0, { 1, *power }, { -u->p_max_kw, *on });
    if (o->k == 0) {
        bool was = o->b->on[i];
        double above = was ? o->b->power[i] - u->p_min_kw : 0;
        if (!was && !may_start) az_column_bounds(o->model, *on, 0, 0);
        ROW(o, -INFINITY, up + above, { 1, *power }, { -u->p_min_kw, *on });
        if (!was) ROW(o, -INFINITY, start, { 1, *power }, { 0, 0 });
        /* above - (power - p_min on) <= down while on */
        ROW(o, -INFINITY, down - above + BIG, { -1, *power }, { u->p_min_kw + BIG, *on });
        return;
    }
    size_t on0 = o->on[i], power0 = o->power[i];
    if (!may_start) ROW(o, -INFINITY, 0, { 1, *on }, { -1, on0 });
    ROW(o, -INFINITY, up, { 1, *power }, { -u->p_min_kw, *on }, { -1, power0 },
        { u->p_min_kw, on0 });
    ROW(o, -INFINITY, start, { 1, *power }, { start - u->p_max_kw, on0 });
    ROW(o, -INFINITY, down + BIG, { 1, power0 }, { -u->p_min_kw, on0 }, { -1, *power },
        { u->p_min_kw + BIG, *on });
}

/* A battery: one way at a time, less near full, its energy in the window. */
static void add_battery(struct outage *o, size_t i, size_t *charge, size_t *discharge)
{
    const struct mg_battery *b = &o->mg->batteries.items[i];
    double n = o->b->count[i], low = n * b->soc_min_share * b->capacity_kwh;
    double high = n * b->soc_max_share * b->capacity_kwh, charge_most = n * b->charge_max_kw;
    double discharge_most = n * b->discharge_max_kw,
           from = n * b->taper_from_share * b->capacity_kwh;
    double start = o->b->energy[i];
    size_t way = column(o, 1, true), energy0 = o->energy[i];
    *charge = column(o, charge_most, false);
    *discharge = column(o, discharge_most, false);
    o->energy[i] = az_column(o->model, low, fmax(low, high), 0, false, NULL);
    ROW(o, -INFINITY, 0, { 1, *charge }, { -charge_most, way });
    ROW(o, -INFINITY, discharge_most, { 1, *discharge }, { discharge_most, way });
    if (o->k == 0)
        ROW(o, start, start, { 1, o->energy[i] }, { -b->charge_efficiency, *charge },
            { 1 / b->discharge_efficiency, *discharge });
    else
        ROW(o, 0, 0, { 1, o->energy[i] }, { -1, energy0 }, { -b->charge_efficiency, *charge },
            { 1 / b->discharge_efficiency, *discharge });
    if (isnan(b->taper_from_share) || !(n > 0)) return;
    double slope = (charge_most - n * b->taper_full_kw) / (high - from);
    if (o->k == 0 && start > from)
        ROW(o, -INFINITY, charge_most - slope * (start - from), { 1, *charge });
    if (o->k > 0) ROW(o, -INFINITY, charge_most + slope * from, { 1, *charge }, { slope, energy0 });
}

/* A way of the converter: input by loss segments in their order, none below the minimum transfer.
 */
static void add_way(struct outage *o, double most, size_t *on, size_t *in, size_t *out)
{
    const struct mg_converter *c = &o->mg->converters.items[0];
    double width = c->loss_segments.items[0].up_to_kw;
    size_t full = column(o, 1, true), first = column(o, width, false),
           second = column(o, BIG, false);
    *on = column(o, 1, true);
    *in = column(o, most, false);
    *out = column(o, most, false);
    ROW(o, 0, 0, { 1, *in }, { -1, first }, { -1, second });
    ROW(o, 0, INFINITY, { 1, *in }, { -c->min_transfer_kw, *on });
    ROW(o, -INFINITY, 0, { 1, *in }, { -most, *on });
    ROW(o, 0, INFINITY, { 1, first }, { -width, full });
    ROW(o, -INFINITY, 0, { 1, second }, { -BIG, full });
    ROW(o, 0, 0, { 1, *out }, { c->no_load_kw, *on },
        { c->loss_segments.items[0].loss_share - 1, first },
        { c->loss_segments.items[1].loss_share - 1, second });
}

static void add_slot(struct outage *o)
{
    const struct mg_instance *mg = o->mg;
    const struct mg_pond *lake = &mg->ponds.items[0];
    const struct mg_unit *hydro = &mg->units.items[0];
    const struct mg_converter *bridge = &mg->converters.items[0];
    double demand = critical(o);
    size_t on[2], power[2], charge[2], discharge[2], forth, back, forth_in, forth_out, back_in,
        back_out;
    for (size_t i = 0; i < 2; i++) add_unit(o, i, &on[i], &power[i]);
    for (size_t i = 0; i < 2; i++) add_battery(o, i, &charge[i], &discharge[i]);
    add_way(o, bridge->forward_max_kw, &forth, &forth_in, &forth_out);
    add_way(o, bridge->backward_max_kw, &back, &back_in, &back_out);
    ROW(o, -INFINITY, 1, { 1, forth }, { 1, back });
    size_t net = az_column(o->model, -BIG, BIG, 0, false, NULL);
    ROW(o, 0, 0, { 1, net }, { -1, forth_in }, { 1, back_in });
    if (o->k > 0) ROW(o, -bridge->ramp_kw_per_h, bridge->ramp_kw_per_h, { 1, net }, { -1, o->net });
    size_t spill = column(o, BIG, false), level0 = o->level;
    size_t level = az_column(o->model, lake->min_kwh, lake->capacity_kwh, 0, false, NULL);
    double inflow = lake->inflow_kw.values[0], gone = o->k == 0 ? o->b->level : 0;
    az_row(o->model, gone + inflow, gone + inflow, NULL);
    az_entry(o->model, level, 1);
    if (o->k > 0) az_entry(o->model, level0, -1);
    az_entry(o->model, spill, 1);
    az_entry(o->model, power[0], hydro->water_factor);
    az_entry(o->model, on[0], hydro->water_no_load_kw);
    size_t unserved = az_column(o->model, 0, demand, 1, false, NULL),
           used = column(o, sun(o), false);
    /* the link is held by its battery; the town by the hydro unit, cars, or the bridge from there
     */
    size_t formed = column(o, 1, true);
    double cars = mg->batteries.items[1].grid_forming == 1 && o->b->count[1] > 0.5;
    ROW(o, -INFINITY, cars, { 1, formed }, { -1, on[0] },
        { bridge->grid_forming == 1 ? -1 : 0, forth });
    const size_t flows[] = { power[0], power[1], used, charge[1], discharge[1], forth_in, back_in };
    for (size_t n = 0; n < sizeof flows / sizeof flows[0]; n++)
        ROW(o, -INFINITY, 0, { 1, flows[n] }, { -BIG, formed });
    ROW(o, demand, INFINITY, { 1, unserved }, { demand, formed });
    ROW(o, demand, demand, { 1, power[0] }, { 1, power[1] }, { 1, used }, { 1, unserved },
        { 1, discharge[1] }, { -1, charge[1] }, { 1, forth_out }, { -1, back_in });
    ROW(o, 0, 0, { 1, discharge[0] }, { -1, charge[0] }, { 1, back_out }, { -1, forth_in });
    memcpy(o->on, on, sizeof on);
    memcpy(o->power, power, sizeof power);
    o->level = level;
    o->net = net;
}

/* The least that goes unserved, kWh. */
static double least_unserved(const struct mg_instance *mg, const struct before *b)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_context context = az_context_default();
    struct outage o = { .mg = mg, .b = b, .model = az_model_new(arena, AZ_MINIMIZE) };
    struct az_solve_result result;
    const struct az_engine *engine = engine_at(0);
    for (o.k = 0; o.k < b->length; o.k++) add_slot(&o);
    void *session = open_model(engine, o.model, &context);
    ck_assert_int_eq(engine->solve_mip(session, &exact, &result), AZ_OK);
    ck_assert_int_eq(result.status, AZ_SOLVE_OPTIMAL);
    engine->close(session);
    az_arena_free(arena);
    return result.objective;
}

/* --- comparing ----------------------------------------------------------------------------------
 */

static struct before left_by(const struct mg_instance *mg, const struct mg_plan *plan, size_t s,
                             size_t length)
{
    struct before b = { .s = s, .length = length };
    size_t known = T + (size_t)mg->outlook->slots;
    if (s + length > known) b.length = known - s;
    b.level = s > 0 ? plan->ponds.items[0].level_kwh.values[s - 1] : mg->ponds.items[0].start_kwh;
    for (size_t i = 0; i < 2; i++) {
        const struct mg_unit *unit = &mg->units.items[i];
        const struct mg_battery *battery = &mg->batteries.items[i];
        b.on[i] = s > 0 ? plan->units.items[i].on.values[s - 1] > 0.5 : unit->on0;
        b.power[i] = s > 0 ? plan->units.items[i].power_kw.values[s - 1] : unit->power0_kw;
        b.count[i] = (double)battery->count;
        b.energy[i] =
            s > 0 ? plan->batteries.items[i].energy_kwh.values[s - 1] : battery->start_kwh;
    }
    if (s == 2) { /* the trip is from slot 1 to slot 2; at the end of slot 2 they are back */
        ck_assert_uint_eq(plan->batteries.items[1].departed_kwh.count, 1);
        b.count[1] -= 2;
        b.energy[1] -= plan->batteries.items[1].departed_kwh.items[0];
    }
    return b;
}

static double missing_of(const struct mg_witness *witness)
{
    double sum = 0;
    for (size_t i = 0; i < witness->loads.count; i++)
        for (size_t k = 0; k < witness->loads.items[i].unserved_kw.count; k++)
            sum += witness->loads.items[i].unserved_kw.values[k];
    return sum;
}

/* A witness that is judged by the code that wrote it proves nothing: what the plan says goes short
 * is the least that can, no more and no less, whenever the outage begins; and the hours that it
 * claims are lived through. */
START_TEST(every_start_is_lived_through_as_the_plan_says)
{
    struct mg_solved solved;
    json_t *json = random_island((uint64_t)_i + 1);
    double shortage = 0;
    mg_solve_json(&solved, json, NULL, engine_at(0)->name, 10, 5);
    ck_assert_int_eq(solved.status, AZ_OK);
    ck_assert_ptr_nonnull(solved.answer.plan);
    const struct mg_instance *mg = solved.c.mg;
    const struct mg_plan *plan = solved.answer.plan;
    ck_assert_uint_eq(plan->survivals.items[0].witnesses.count, T);
    for (size_t s = 0; s < T; s++) {
        struct before whole_length = left_by(mg, plan, s, HOURS);
        double missing = missing_of(&plan->survivals.items[0].witnesses.items[s]);
        double least = least_unserved(mg, &whole_length);
        if (missing < least - 1e-4 || missing > least + 1e-2)
            ck_abort_msg("seed %d, start %zu: the plan says %g kWh, the least is %g", _i + 1, s,
                         missing, least);
        shortage += missing;
        double hours = plan->summary->survival_h.items[0].values[s];
        struct before claimed = left_by(mg, plan, s, (size_t)hours);
        if (hours >= 1 && least_unserved(mg, &claimed) > 1e-4)
            ck_abort_msg("seed %d, start %zu: not %g hours", _i + 1, s, hours);
    }
    printf("COUNTED seed %d: %.2f kWh short over all starts\n", _i + 1, shortage);
    mg_solved_close(&solved);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("microgrid_starts");
    TCase *tests = tcase_create("starts");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, every_start_is_lived_through_as_the_plan_says, 0, TEST_SOME(4));
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
