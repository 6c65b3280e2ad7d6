/* test_evbus_columns.c - what a bus-day becomes as a column of the master: entries and cost by
 * hand, and the master's value of a plan's columns against the judge's. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/search.h"
#include "tests/support/eb_case.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

static struct eb_case c;
static struct eb_network *net;
static struct eb_master *master;

static void open_master(int measure)
{
    ck_assert_int_eq(eb_network_new(c.ev, c.arena, &net), AZ_OK);
    ck_assert_int_eq(eb_master_new(net, measure, 0, INFINITY, INFINITY, c.arena, &master), AZ_OK);
}

/* The only value of a column in a row; 0 without an entry. */
static double entry_of(const struct az_block_column *column, size_t row)
{
    double sum = 0;
    for (size_t e = 0; e < column->entry_count; e++)
        if (column->row[e] == row) sum += column->value[e];
    return sum;
}

static struct az_block_column column_of(const struct eb_duty *duty)
{
    struct az_block_column column;
    ck_assert_int_eq(eb_master_column(master, duty, c.arena, &column), AZ_OK);
    for (size_t e = 1; e < column.entry_count; e++)
        ck_assert_uint_lt(column.row[e - 1], column.row[e]); /* as colgen.h asks */
    for (size_t e = 0; e < column.entry_count; e++) {
        ck_assert_uint_lt(column.row[e], master->model->row_count);
        ck_assert_double_ne(column.value[e], 0);
    }
    ck_assert_ptr_eq(column.data, duty);
    ck_assert_uint_eq(column.block, duty->source);
    return column;
}

static size_t balance_row(size_t grid, size_t slot)
{
    return master->balance_row + grid * c.ev->T + slot;
}

/* The day of energy_is_carried_from_grid_to_grid: up, 60 kWh in at the hill in slot 1, down, 16 kWh
 * out at the depot in slot 3. */
static double sixty[] = { 60 }, none[] = { 0 }, sixteen[] = { 16 };
static struct eb_stay at_the_hill = { .place = 1,
                                      .charger = 0,
                                      .from_s = 3000,
                                      .to_s = 7200,
                                      .first_slot = 1,
                                      .slot_count = 1,
                                      .charge_kwh = sixty,
                                      .discharge_kwh = none };
static struct eb_stay at_the_depot = { .place = 0,
                                       .charger = 1,
                                       .from_s = 9600,
                                       .to_s = 14400,
                                       .first_slot = 3,
                                       .slot_count = 1,
                                       .charge_kwh = none,
                                       .discharge_kwh = sixteen };
static struct eb_leg legs[3];

static struct eb_duty carrying_day(void)
{
    legs[0] = (struct eb_leg){ .trip = 0 };
    legs[1] = (struct eb_leg){ .trip = 1, .stay_count = 1, .stays = &at_the_hill };
    legs[2] = (struct eb_leg){ .trip = AZ_NO_INDEX, .stay_count = 1, .stays = &at_the_depot };
    struct eb_duty duty = { .source = 0, .end_depot = 0, .leg_count = 3, .legs = legs };
    duty.cost = eb_duty_cost(c.ev, &net->sources[0], &duty);
    return duty;
}

/* Without it a duty could cover a trip that it does not run, draw its energy from the other grid or
 * in another slot, or pay for it twice: once itself and once in the grid's columns. */
START_TEST(a_day_is_its_trips_its_bus_and_its_energy)
{
    eb_case_golden(&c, "energy_is_carried_from_grid_to_grid");
    open_master(EB_MEASURE_COST);
    ck_assert_uint_eq(net->source_count, 1);
    ck_assert_uint_eq(net->trip_count, 2);
    struct eb_duty duty = carrying_day();
    struct az_block_column column = column_of(&duty);
    ck_assert_double_eq_tol(column.cost, 1000 + 400 + 16, 1e-9); /* day, km, wear: no energy */
    for (size_t n = 0; n < 2; n++) ck_assert_double_eq(entry_of(&column, n), 1);
    ck_assert_double_eq(entry_of(&column, master->fleet_row), 1);
    for (size_t g = 0; g < 2; g++)
        for (size_t t = 0; t < 4; t++) {
            double by_hand = g == 0 && t == 1 ? -60 : g == 1 && t == 3 ? 16 : 0;
            ck_assert_double_eq(entry_of(&column, balance_row(g, t)), by_hand);
        }
    ck_assert_uint_eq(column.entry_count, 2 + 1 + 2);
    eb_case_close(&c);
}
END_TEST

/* Without it the search for the least fleet would count yen, or energy bind where it should not. */
START_TEST(in_the_search_for_the_fleet_a_bus_counts_one)
{
    eb_case_golden(&c, "energy_is_carried_from_grid_to_grid");
    open_master(EB_MEASURE_FLEET);
    struct eb_duty duty = carrying_day();
    struct az_block_column column = column_of(&duty);
    ck_assert_double_eq(column.cost, 1);
    ck_assert_uint_eq(column.entry_count, 2 + 1);
    ck_assert_uint_eq(master->balance_row, AZ_NO_INDEX);
    eb_case_close(&c);
}
END_TEST

/* Two stays at one charger in the same slot, as a bus that comes back within it has them, are one
 * entry: colgen.h forbids a row twice. */
START_TEST(stays_in_one_slot_are_added_up)
{
    eb_case_golden(&c, "energy_is_carried_from_grid_to_grid");
    open_master(EB_MEASURE_COST);
    double ten[] = { 10 };
    struct eb_stay twice[2] = { at_the_hill, at_the_hill };
    struct eb_duty duty = carrying_day();
    twice[1].charge_kwh = ten;
    legs[1].stays = twice;
    legs[1].stay_count = 2;
    struct az_block_column column = column_of(&duty);
    ck_assert_double_eq(entry_of(&column, balance_row(0, 1)), -70);
    ck_assert_uint_eq(column.entry_count, 2 + 1 + 2);
    eb_case_close(&c);
}
END_TEST

/* Without it depots would overflow, or end the day without the buses that tomorrow needs. */
START_TEST(buses_count_where_they_begin_and_where_they_end)
{
    eb_case_golden(&c, "types_and_depot_capacity");
    c.ev->return_rule = EB_RETURN_COUNTS;
    open_master(EB_MEASURE_COST);
    size_t types = c.ev->types.count;
    ck_assert_uint_ge(c.ev->depots.count * types, 2);
    int rows = 0;
    for (size_t s = 0; s < net->source_count; s++)
        for (size_t end = 0; end < c.ev->depots.count; end++) {
            const struct eb_source *source = &net->sources[s];
            struct eb_leg home = { .trip = AZ_NO_INDEX };
            struct eb_duty duty = {
                .source = s, .end_depot = end, .leg_count = 1, .legs = &home, .cost = 3
            };
            struct az_block_column column = column_of(&duty);
            size_t pair = source->depot * types + source->type;
            const size_t begins[] = { master->depot_row[source->depot],
                                      master->type_row[source->type], master->depot_type_row[pair],
                                      master->fleet_row };
            size_t expected = 0;
            for (size_t k = 0; k < 4; k++) {
                if (begins[k] == AZ_NO_INDEX) continue;
                ck_assert_double_eq(entry_of(&column, begins[k]), 1);
                expected++;
                rows += k < 3;
            }
            if (end != source->depot) {
                ck_assert_double_eq(entry_of(&column, master->return_row[pair]), -1);
                ck_assert_double_eq(
                    entry_of(&column, master->return_row[end * types + source->type]), 1);
                expected += 2;
            }
            ck_assert_uint_eq(column.entry_count, expected);
            ck_assert_double_eq(column.cost, 3);
        }
    ck_assert_int_gt(rows, 0);
    eb_case_close(&c);
}
END_TEST

/* A bus of `buses` has its place before the day begins: counted again it would keep another out. */
START_TEST(named_buses_take_no_room)
{
    eb_case_golden(&c, "a_bus_under_way");
    open_master(EB_MEASURE_COST);
    int named = 0;
    for (size_t s = 0; s < net->source_count; s++) {
        struct eb_leg home = { .trip = AZ_NO_INDEX };
        struct eb_duty duty = {
            .source = s, .end_depot = net->sources[s].depot, .leg_count = 1, .legs = &home
        };
        struct az_block_column column = column_of(&duty);
        if (net->sources[s].bus == AZ_NO_INDEX) continue;
        named++;
        ck_assert_uint_eq(column.entry_count, 0);
        ck_assert_double_eq(master->blocks[s].min, 1); /* its day is in every plan */
        ck_assert_double_eq(master->blocks[s].max, 1);
    }
    ck_assert_int_gt(named, 0);
    eb_case_close(&c);
}
END_TEST

/* Trips that may be left out have a column for it, at their price; the others have none. */
START_TEST(a_trip_is_run_once_or_left_out_at_its_price)
{
    eb_case_golden(&c, "trips_left_out");
    open_master(EB_MEASURE_COST);
    const struct az_model *model = master->model;
    int priced = 0;
    for (size_t n = 0; n < net->trip_count; n++) {
        double price = c.ev->trips.items[net->trip[n]].unserved_jpy;
        ck_assert_double_eq(model->row_lower[n], 1);
        ck_assert_double_eq(model->row_upper[n], 1);
        ck_assert_int_eq(price < INFINITY, master->unserved[n] != AZ_NO_INDEX);
        if (master->unserved[n] == AZ_NO_INDEX) continue;
        priced++;
        size_t entries = model->row_start[n + 1] - model->row_start[n];
        ck_assert_uint_eq(entries, 1);
        ck_assert_uint_eq(model->entry_column[model->row_start[n]], master->unserved[n]);
        ck_assert_double_eq(model->cost[master->unserved[n]], price);
    }
    ck_assert_int_gt(priced, 0);
    eb_case_close(&c);
}
END_TEST

/* --- a round trip -------------------------------------------------------------------------------
 */

/* Least cost of the master with these columns, each once, and no others. */
static double value_of(const struct eb_dispatch *dispatch, size_t count)
{
    const struct az_engine *engine = engine_named("glpk");
    struct az_context context = az_context_default();
    const struct az_model *from = master->model;
    struct az_model *lp = az_model_new(c.arena, AZ_MINIMIZE);
    struct az_solve_result result;
    double *activity = AZ_ARRAY(c.arena, from->row_count, double), cost = from->offset;
    void *session;
    for (size_t d = 0; d < count; d++) {
        struct az_block_column column = column_of(&dispatch->duties[d]);
        cost += column.cost;
        for (size_t e = 0; e < column.entry_count; e++) activity[column.row[e]] += column.value[e];
    }
    for (size_t j = 0; j < from->column_count; j++)
        az_column(lp, from->lower[j], from->upper[j], from->cost[j], false, NULL);
    for (size_t i = 0; i < from->row_count; i++) {
        az_row(lp, from->row_lower[i] - activity[i], from->row_upper[i] - activity[i], NULL);
        for (size_t k = from->row_start[i]; k < from->row_start[i + 1]; k++)
            az_entry(lp, from->entry_column[k], from->entry_value[k]);
    }
    for (size_t k = 0; k < c.ev->chargers.count; k++) /* as many as dispatch has chosen */
        if (master->extra[k] != AZ_NO_INDEX)
            cost += c.ev->chargers.items[k].price_jpy_per_day *
                    fmax(0, (double)(dispatch->chargers[k] - c.ev->chargers.items[k].count));
    ck_assert_int_eq(az_model_finish(lp), AZ_OK);
    ck_assert_int_eq(engine->open(lp, &context, &session), AZ_OK);
    ck_assert_int_eq(engine->solve_lp(session, &result), AZ_OK);
    double objective = result.status == AZ_SOLVE_OPTIMAL ? result.objective + cost : NAN;
    engine->close(session);
    return objective;
}

static void check_round_trip(const char *name, void *data)
{
    int *done = data;
    struct az_context context = az_context_default();
    struct az_judgement judgement;
    struct eb_dispatch dispatch;
    struct eb_duty_list duties = { 0 };
    struct eb_plan *plan;
    eb_case_golden(&c, name);
    open_master(EB_MEASURE_COST);
    struct eb_search search = { .ev = c.ev,
                                .network = net,
                                .engine = engine_named("glpk"),
                                .context = &context,
                                .arena = c.arena,
                                .fleet_max = INFINITY };
    ck_assert_int_eq(eb_duties_of_plan(&search, c.plan, &duties), AZ_OK);
    if (duties.count == c.plan->blocks.count) {
        ck_assert_int_eq(eb_dispatch(c.ev, net->sources, duties.items, duties.count, search.engine,
                                     &context, c.arena, &dispatch),
                         AZ_OK);
        ck_assert_msg(dispatch.found, "%s", name);
        ck_assert_int_eq(eb_plan_of(c.ev, net->sources, &dispatch, duties.count, c.arena, &plan),
                         AZ_OK);
        ck_assert_int_eq(eb_evaluate(c.ev, plan, c.arena, &judgement), AZ_OK);
        for (size_t i = 0; i < judgement.violations.count; i++)
            ck_abort_msg("%s: %s", name, judgement.violations.items[i].rule->code.code);
        double value = value_of(&dispatch, duties.count);
        double judged = judgement.cost + judgement.penalty;
        if (!(fabs(value - judged) <= 1e-5 * fmax(1, fabs(judged))))
            ck_abort_msg("%s: the master says %.6f, the judge %.6f", name, value, judged);
        ++*done;
    } else {
        fprintf(stderr, "  not all blocks of %s are duties\n", name);
    }
    eb_case_close(&c);
}

/* Duties of a plan, as columns, cost in the master what the judge says of the plan made of them.
 * Without it the bound and the plan would be measured in two ways. */
START_TEST(the_master_and_the_judge_say_the_same_of_every_golden_plan)
{
    int done = 0;
    each_case(EB_GOLDEN, 40, check_round_trip, &done);
    ck_assert_int_ge(done, 36);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_columns");
    TCase *cases = tcase_create("columns");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_day_is_its_trips_its_bus_and_its_energy);
    tcase_add_test(cases, in_the_search_for_the_fleet_a_bus_counts_one);
    tcase_add_test(cases, stays_in_one_slot_are_added_up);
    tcase_add_test(cases, buses_count_where_they_begin_and_where_they_end);
    tcase_add_test(cases, named_buses_take_no_room);
    tcase_add_test(cases, a_trip_is_run_once_or_left_out_at_its_price);
    tcase_add_test(cases, the_master_and_the_judge_say_the_same_of_every_golden_plan);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
