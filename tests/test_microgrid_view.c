/* test_microgrid_view.c - the figures of a microgrid plan: what the report shows is what the plan
 * and the judge say. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/microgrid/instance.h"
#include "tests/support/mg_case.h"
#include "tests/support/suite.h"

#define SAMPLE "instances/microgrid/matsumoto-day.json"

static struct mg_case c;
static struct az_view view;
static struct az_judgement judgement;

/* The sample with a plan that does nothing but import 100, 200, ... kW at the town's connection,
 * keep a unit on for two slots, and charge a battery. The judge need not like it. */
static void setup(void)
{
    mg_case_load(&c, SAMPLE, NULL);
    ck_assert_int_eq(mg_plan_new(c.mg, c.arena, &c.plan), AZ_OK);
    for (size_t t = 0; t < c.mg->T; t++)
        c.plan->connections.items[1].import_kw.values[t] = 100 * (double)(t % 20);
    c.plan->units.items[7].on.values[4] = c.plan->units.items[7].on.values[5] = 1;
    c.plan->units.items[7].power_kw.values[4] = c.plan->units.items[7].power_kw.values[5] = 300;
    c.plan->batteries.items[0].charge_kw.values[0] = 50;
    c.plan->batteries.items[0].energy_kwh.values[0] = 600;
    c.plan->loads.items[3].unserved_kw.values[9] = 80;
    judgement = (struct az_judgement){ 0 };
    struct az_money money = { { "energy bought", "買電" }, "import", "energy-co", 5000 };
    ck_assert_int_eq(az_judgement_money(&judgement, c.arena, money), AZ_OK);
    money = (struct az_money){ { "start-ups", "起動" }, "start_up", "city", 300 };
    ck_assert_int_eq(az_judgement_money(&judgement, c.arena, money), AZ_OK);
    money = (struct az_money){ { "energy bought", "買電" }, "import", "", -1000 };
    ck_assert_int_eq(az_judgement_money(&judgement, c.arena, money), AZ_OK);
    const struct az_formulation *kind = az_formulation_find("microgrid");
    ck_assert_int_eq(kind->view(c.mg, c.plan, &judgement, c.arena, &view), AZ_OK);
}

static void teardown(void)
{
    mg_case_close(&c);
}

static const struct az_chart *chart(const char *title)
{
    for (size_t i = 0; i < view.charts.count; i++)
        if (strcmp(view.charts.items[i].title.en, title) == 0) return &view.charts.items[i];
    ck_abort_msg("no chart %s", title);
    return NULL;
}

static const double *line(const struct az_chart *from, const char *label)
{
    for (size_t i = 0; i < from->lines.count; i++)
        if (strcmp(from->lines.items[i].label.en, label) == 0) return from->lines.items[i].values;
    return NULL;
}

static double number(const char *label)
{
    for (size_t i = 0; i < view.numbers.count; i++)
        if (strcmp(view.numbers.items[i].label.en, label) == 0) return view.numbers.items[i].value;
    ck_abort_msg("no number %s", label);
    return NAN;
}

static const struct az_view_table *table(const char *title)
{
    for (size_t i = 0; i < view.tables.count; i++)
        if (strcmp(view.tables.items[i].title.en, title) == 0) return &view.tables.items[i];
    ck_abort_msg("no table %s", title);
    return NULL;
}

/* Every grid, connection and battery has its chart; a name in two languages gives each its part. */
START_TEST(every_asset_has_its_figure)
{
    ck_assert_ptr_nonnull(chart("Mountain side: supply and load"));
    ck_assert_ptr_nonnull(chart("Town connection: import and demand"));
    ck_assert_ptr_nonnull(chart("Link battery: charge"));
    ck_assert_str_eq(view.title.ja, "松本の冬の平日：山とまち");
    ck_assert_str_eq(view.title.en, "Matsumoto: a winter weekday, mountain and town");
    ck_assert_uint_eq(view.gantts.count, 1);
    /* 16 units, the planned one left out, two converters both ways, and the pumping */
    ck_assert_uint_eq(view.gantts.items[0].rows.count, 16 + 4 + 1);
}
END_TEST

/* What is drawn is the plan's: supply up, charge down, load on top, and a boundary more for charge.
 */
START_TEST(charts_show_the_plan)
{
    const struct az_chart *town = chart("Town side: supply and load");
    ck_assert_uint_eq(town->count, 48);
    ck_assert_double_eq(line(town, "Import")[7], 700);
    ck_assert_double_eq(line(town, "Not served")[9], 80);
    ck_assert_ptr_null(line(town, "Waste"));
    double load = 0;
    for (size_t i = 0; i < c.mg->loads.count; i++)
        if (c.mg->loads.items[i].grid.index == 1) load += c.mg->loads.items[i].demand_kw.values[9];
    ck_assert_double_eq_tol(line(town, "Load")[9], load, 1e-9);
    const struct az_chart *mountain = chart("Mountain side: supply and load");
    ck_assert_double_eq(line(mountain, "Battery charge")[0], -50);
    ck_assert_double_eq(line(mountain, "Diesel")[4], 300);
    const struct az_chart *charge = chart("Mountain battery: charge");
    ck_assert_uint_eq(charge->count, 49);
    ck_assert_double_eq(line(charge, "Charge")[0], 560);
    ck_assert_double_eq(line(charge, "Charge")[1], 600);
    ck_assert_double_eq(line(charge, "Kept in reserve")[0], 360);
}
END_TEST

/* The Gantt's bar is where the unit is on. */
START_TEST(bars_stand_where_units_run)
{
    const struct az_gantt_row *row = &view.gantts.items[0].rows.items[7];
    ck_assert_str_eq(row->label.en, "Mountain diesel 2");
    ck_assert_uint_eq(row->bars.count, 1);
    ck_assert_double_eq(row->bars.items[0].from_s, 7200);
    ck_assert_double_eq(row->bars.items[0].to_s, 10800);
    ck_assert_str_eq(row->bars.items[0].label.en, "300 kWh");
}
END_TEST

/* Key numbers are the judge's and the plan's own. */
START_TEST(key_numbers_are_the_judges)
{
    ck_assert_double_eq(number("Cost of the plan"), 4300);
    ck_assert_double_eq_tol(number("Imported"), 0.5 * 100 * (190 * 2 + 28), 1e-6);
    ck_assert_double_eq(number("Not served"), 40);
    ck_assert_double_eq(number("Start-ups"), 1);
}
END_TEST

/* The money table sums by item and owner to the judge's cost; nobody's money has a column. */
START_TEST(money_adds_up)
{
    const struct az_view_table *money = table("Money by item and owner");
    size_t columns = money->columns.count;
    ck_assert_uint_eq(columns, 5); /* item, city, energy company, common, total */
    ck_assert_uint_eq(money->row_count, 3);
    ck_assert_str_eq(money->columns.items[1].label.en, "City of Matsumoto");
    ck_assert_str_eq(money->columns.items[3].label.en, "Common");
    ck_assert_double_eq(money->cells[0 * columns + 2].number, 5000);
    ck_assert_double_eq(money->cells[0 * columns + 3].number, -1000);
    ck_assert_double_eq(money->cells[1 * columns + 1].number, 300);
    ck_assert_double_eq(money->cells[2 * columns + 4].number, 4300);
}
END_TEST

/* The connection's highest interval and what it adds to the month are the tariff's arithmetic. */
START_TEST(connections_show_their_peak)
{
    const struct az_view_table *connections = table("Connections in the month of the start");
    const struct az_cell *town = &connections->cells[connections->columns.count];
    ck_assert_double_eq(town[3].number, 1900);
    ck_assert_double_eq(town[4].number, 320);
    ck_assert_double_eq(town[5].number, 1580);
    ck_assert_double_eq(town[6].number, 1580 * 1950);
}
END_TEST

/* A plan without entries, as one made by hand may be, is drawn and breaks nothing. */
START_TEST(plans_with_gaps_are_drawn)
{
    struct mg_plan *empty = AZ_NEW(c.arena, struct mg_plan);
    const struct az_formulation *kind = az_formulation_find("microgrid");
    ck_assert_ptr_nonnull(empty);
    az_fields_clear(&mg_plan_table, empty);
    empty->start = c.mg->start;
    ck_assert_int_eq(kind->view(c.mg, empty, NULL, c.arena, &view), AZ_OK);
    ck_assert_ptr_nonnull(line(chart("Town side: supply and load"), "Load"));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("microgrid view");
    TCase *t = tcase_create("microgrid view");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, every_asset_has_its_figure);
    tcase_add_test(t, charts_show_the_plan);
    tcase_add_test(t, bars_stand_where_units_run);
    tcase_add_test(t, key_numbers_are_the_judges);
    tcase_add_test(t, money_adds_up);
    tcase_add_test(t, connections_show_their_peak);
    tcase_add_test(t, plans_with_gaps_are_drawn);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    return test_suite_run(suite());
}
