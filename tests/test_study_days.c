/* test_study_days.c - a base and variants over chosen days: what is kept of each day, what is
 * carried, and whether every yen adds up. Prices and shapes are files that the suite writes. */
#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/import/days.h"
#include "adapters/json/json.h"
#include "tests/support/command.h"
#include "tests/support/document.h"
#include "tests/support/suite.h"

#define KEPT 24 /* slots of an hour */
#define STUDY "study @/base.json @/variants.json --quiet --jepx @/spot.csv --area @/area.csv "
#define PLAIN \
    "study @/base.json --quiet --jepx @/spot.csv --area @/area.csv --plans -o @/plain.json "

static char folder[] = "/tmp/azumi-days-XXXXXX";

static FILE *file(const char *name, const char *mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *opened = fopen(path, mode);
    ck_assert_msg(opened != NULL, "%s", path);
    return opened;
}

/* Runs `azumi ARGUMENTS`; the output of both kinds is in @/out. */
static int run(const char *arguments)
{
    return run_azumi(folder, arguments, ">@/out 2>&1");
}

static void check_run(const char *arguments, int code, const char *said)
{
    char text[20000];
    int ended = run(arguments);
    FILE *out = file("out", "r");
    size_t length = fread(text, 1, sizeof text - 1, out);
    text[length] = 0;
    fclose(out);
    ck_assert_msg(ended == code, "azumi %s: exit %d, not %d: %.800s", arguments, ended, code, text);
    ck_assert_msg(!said || strstr(text, said), "azumi %s: no \"%s\": %.800s", arguments, said,
                  text);
}

static json_t *load(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return document_load(path);
}

static void save(const char *name, json_t *json)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(json_dump_file(json, path, JSON_INDENT(1)), 0);
    json_decref(json);
}

static void save_text(const char *name, const char *text)
{
    save(name, document_parse(text));
}

static json_t *at(const json_t *json, const char *name)
{
    return json_object_get(json, name);
}

static double number(const json_t *json, const char *name)
{
    return json_number_value(at(json, name));
}

/* --- fixtures ----------------------------------------------------------------------------------
 */

/* Six days from 2025-04-28, each unlike the others. */
static void write_series(void)
{
    FILE *spot = file("spot.csv", "w"), *area = file("area.csv", "w");
    fputs("受渡日,時刻コード,エリアプライス東京(円/kWh)\n", spot);
    fputs("DATE,TIME,エリア需要\n", area);
    for (int d = 0; d < 6; d++)
        for (int k = 0; k < 48; k++) {
            const char *date[] = { "2025/04/28", "2025/04/29", "2025/04/30",
                                   "2025/05/01", "2025/05/02", "2025/05/03" };
            int price = 10 + (k / 2 * 7 + d * 5) % 13 + (k >= 34 && k < 40 ? 12 : 0);
            fprintf(spot, "%s,%d,%d\n", date[d], k + 1, price);
            fprintf(area, "%s,%d:%02d,%d\n", date[d], k / 2, 30 * (k % 2),
                    1000 + (k >= 16 ? 500 : 0) +
                        (k / 2 != 18 ? 0
                         : d == 2    ? 400
                                     : 60 * d));
        }
    fclose(spot);
    fclose(area);
}

static const char base_text[] =
    "{'kind': 'microgrid', 'start': '2025-04-10T00:00:00+09:00', 'slot_minutes': 60, 'slots': 24,"
    " 'gap': 0, 'gap_abs': 0.001, 'owners': [{'id': 'city'}, {'id': 'mill'}],"
    " 'grids': [{'id': 'town', 'frequency_hz': 60}],"
    " 'connections': [{'id': 'tie', 'grid': 'town', 'owner': 'city', 'price_area': 'tokyo',"
    "   'import_fee_jpy_per_kwh': 3, 'export_fee_jpy_per_kwh': 1,"
    "   'demand_charge_jpy_per_kw': 8, 'demand_floor_kw': 40}],"
    " 'units': [{'id': 'engine', 'grid': 'town', 'owner': 'mill', 'source': 'biomass',"
    "   'p_min_kw': 20, 'p_max_kw': 60, 'min_up_h': 3, 'min_down_h': 2,"
    "   'start_tiers': [{'off_h': 1, 'cost_jpy': 300}],"
    "   'cost': {'type': 'price', 'energy_jpy_per_kwh': 19}}],"
    " 'batteries': [{'id': 'store', 'grid': 'town', 'owner': 'city', 'capacity_kwh': 100, "
    "'grid_forming': true,"
    "   'charge_max_kw': 50, 'discharge_max_kw': 50, 'reserve_share': 0, "
    "'throughput_cost_jpy_per_kwh': 1}],"
    " 'loads': [{'id': 'homes', 'grid': 'town', 'owner': 'city', 'critical_share': 0.2}],"
    " 'state': {'at': '2025-04-10T00:00:00+09:00',"
    "   'connections': {'tie': {'peak_kw': 70}}, 'batteries': {'store': {'charge_kwh': 90}}}}";

/* The base: prices and load are a day's, to be replaced by those of the files. */
static json_t *make_base(void)
{
    json_t *base = document_parse(base_text), *prices = json_array(), *demand = json_array();
    for (int t = 0; t < KEPT; t++) {
        json_array_append_new(prices, json_integer(12));
        json_array_append_new(demand, json_integer(t < 8 ? 80 : 120));
    }
    json_object_set_new(json_array_get(at(base, "connections"), 0), "market_price_jpy_per_kwh",
                        prices);
    json_object_set_new(json_array_get(at(base, "loads"), 0), "demand_kw", demand);
    return base;
}

static void write_all(void)
{
    write_series();
    save("base.json", make_base());
    save_text("variants.json",
              "{'kind': 'microgrid', 'variants': ["
              "{'id': 'same', 'changes': {}},"
              "{'id': 'larger', 'name': '大きい蓄電池 / Larger battery', 'capex_jpy': 3650,"
              " 'life_years': 10, 'discount_rate': 0, 'operation_jpy_per_year': 365,"
              " 'changes': {'batteries': {'store': {'capacity_kwh': 400}}}},"
              "{'id': 'more', 'changes': {'batteries': {'second': {'grid': 'town',"
              " 'owner': 'mill', 'capacity_kwh': 100, 'charge_max_kw': 20,"
              " 'discharge_max_kw': 20}}}},"
              "{'id': 'none', 'changes': {'batteries': {'store': null},"
              " 'state': {'batteries': null}}}]}");
}

/* --- by hand ------------------------------------------------------------------------------------
 */

/* What the tariffs say of the kept hours of days, counted without azumi. */
struct bill {
    double energy, starts, wear;
    double peak[13]; /* by month */
    bool on;         /* the engine, in the hour before */
};

static double value(const json_t *plan, const char *map, const char *id, const char *name, size_t t)
{
    return json_number_value(json_array_get(at(at(at(plan, map), id), name), t));
}

static void add_day(struct bill *bill, const json_t *item)
{
    const json_t *plan = at(item, "plan"), *changes = at(item, "changes");
    const json_t *prices =
        at(json_array_get(at(changes, "connections"), 0), "market_price_jpy_per_kwh");
    int month = atoi(json_string_value(at(changes, "start")) + 5);
    ck_assert_uint_eq(json_array_size(prices), 36);
    for (size_t t = 0; t < KEPT; t++) {
        double price = json_number_value(json_array_get(prices, t));
        double import = value(plan, "connections", "tie", "import_kw", t);
        double export = value(plan, "connections", "tie", "export_kw", t);
        bool on = value(plan, "units", "engine", "on", t) > 0.5;
        bill->energy += import * (price + 3) - export * (price - 1);
        bill->energy += 19 * value(plan, "units", "engine", "power_kw", t);
        bill->starts += on && !bill->on ? 300 : 0;
        bill->wear += value(plan, "batteries", "store", "discharge_kw", t);
        bill->peak[month] = fmax(bill->peak[month], import);
        bill->on = on;
    }
}

static const json_t *find(const json_t *list, const char *name, const char *is)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(at(json_array_get(list, i), name)), is) == 0)
            return json_array_get(list, i);
    ck_abort_msg("no %s %s", name, is);
    return NULL;
}

static double figure(const json_t *sum, const char *code, const char *month)
{
    json_t *item;
    size_t i;
    json_array_foreach(at(sum, "figures"), i,
                       item) if (strcmp(json_string_value(at(item, "figure")), code) == 0 &&
                                 strcmp(json_string_value(at(item, "month")), month) ==
                                     0) return number(item, "value");
    return NAN;
}

static double money(const json_t *sum, const char *code)
{
    double amount = 0;
    json_t *item;
    size_t i;
    json_array_foreach(at(sum, "money"), i,
                       item) if (!code || strcmp(json_string_value(at(item, "item")), code) == 0)
        amount += number(item, "amount_jpy");
    return amount;
}

/* --- what adds up -------------------------------------------------------------------------------
 */

/* Without the cut at 24 hours a day's yen would hold those of the next morning, too; without the
 * carried peak a month's demand charge would be paid anew each day. */
START_TEST(kept_days_add_up_to_the_tariffs_by_hand)
{
    struct bill bill = { 0 };
    json_t *item, *study;
    size_t d;
    double days = 0;
    check_run(PLAIN "--days 2025-04-29..2025-05-02", 0, NULL);
    study = load("plain.json");
    const json_t *base = json_array_get(at(study, "variants"), 0), *sum = at(base, "sum");
    ck_assert_uint_eq(json_array_size(at(study, "plans")), 4);
    json_array_foreach(at(study, "plans"), d, item) add_day(&bill, item);
    ck_assert_double_gt(bill.peak[4], 70); /* both months pay */
    ck_assert_double_gt(bill.peak[5], 40);
    double april = 8 * (bill.peak[4] - 70), may = 8 * (bill.peak[5] - 40);
    ck_assert_double_eq_tol(money(sum, "demand_charge"), april + may, 1e-4);
    ck_assert_double_eq_tol(figure(sum, "demand_charge", "2025-04"), april, 1e-4);
    ck_assert_double_eq_tol(figure(sum, "demand_charge", "2025-05"), may, 1e-4);
    ck_assert_double_eq_tol(figure(sum, "billed_peak", "2025-04"), bill.peak[4], 1e-6);
    ck_assert_double_eq_tol(figure(sum, "billed_peak", "2025-05"), bill.peak[5], 1e-6);
    ck_assert_double_eq_tol(figure(sum, "peak_before", "2025-04"), 70, 1e-9);
    ck_assert_double_eq_tol(figure(sum, "standing_charge", "2025-05"), 8 * 40, 1e-9);
    ck_assert_double_eq_tol(money(sum, "start_up"), bill.starts, 1e-6);
    ck_assert_double_eq_tol(money(sum, "battery_throughput"), bill.wear, 1e-4);
    ck_assert_double_eq_tol(number(sum, "cost_jpy"),
                            bill.energy + bill.starts + bill.wear + april + may, 1e-3);
    ck_assert_double_eq_tol(number(sum, "cost_jpy"), money(sum, NULL), 1e-6);
    json_array_foreach(at(base, "days"), d, item) days += number(at(item, "sum"), "cost_jpy");
    ck_assert_double_eq_tol(days, number(sum, "cost_jpy"), 1e-6);
    ck_assert_double_ge(figure(sum, "survival_mean", ""), figure(sum, "survival_least", ""));
    json_decref(study);
}
END_TEST

/* Without it a day would begin with units, charge and peak that the day before did not leave. */
START_TEST(the_state_of_a_day_is_carried_into_the_next)
{
    check_run(PLAIN "--days 2025-04-30..2025-05-01", 0, NULL);
    check_run("carry @/base.json @/plain.json --plan base:2025-04-30 --at "
              "2025-05-01T00:00:00+09:00 -o @/state.json",
              0, NULL);
    json_t *study = load("plain.json"), *state = load("state.json");
    const json_t *second = json_array_get(at(study, "plans"), 1);
    ck_assert_str_eq(json_string_value(at(second, "id")), "base:2025-05-01");
    ck_assert(json_equal(at(at(second, "changes"), "state"), state));
    const json_t *days = at(json_array_get(at(study, "variants"), 0), "days");
    ck_assert(json_is_true(at(json_array_get(days, 0), "anew")));
    ck_assert(json_is_false(at(json_array_get(days, 1), "anew")));
    check_run("check @/base.json @/plain.json", 0, "keeps every rule");
    check_run("report @/base.json @/plain.json --lang ja", 0, "日ごとの費用");
    check_run("report @/base.json @/plain.json -o @/plain.html", 0, NULL);
    json_decref(study);
    json_decref(state);
}
END_TEST

/* A month's peak is paid once, days left out or not; the rest of the state is the base's again. */
START_TEST(days_left_out_keep_the_peak_and_nothing_else)
{
    struct bill bill = { 0 };
    check_run(PLAIN "--days 2025-04-28,2025-04-30,2025-05-02", 0, NULL);
    json_t *study = load("plain.json"), *item;
    const json_t *plans = at(study, "plans");
    const json_t *sum = at(json_array_get(at(study, "variants"), 0), "sum");
    size_t d;
    json_array_foreach(plans, d, item)
    {
        const json_t *changes = at(item, "changes"), *state = at(changes, "state");
        const json_t *tie = at(at(state, "connections"), "tie");
        ck_assert_double_eq(number(at(at(state, "batteries"), "store"), "charge_kwh"), 90);
        ck_assert_str_eq(json_string_value(at(state, "at")),
                         json_string_value(at(changes, "start")));
        double before = d == 0 ? 70 : d == 1 ? fmax(70, bill.peak[4]) : 0; /* kW; 0 in May */
        ck_assert_double_eq_tol(number(tie, "peak_kw"), before, 1e-6);
        bill.on = false;
        add_day(&bill, item);
    }
    ck_assert_double_eq_tol(money(sum, "demand_charge"),
                            8 * (fmax(70, bill.peak[4]) - 70) + 8 * (bill.peak[5] - 40), 1e-4);
    json_decref(study);
    check_run(PLAIN "--days 2025-05-01", 0, NULL); /* April's peak is none of May */
    study = load("plain.json");
    sum = at(json_array_get(at(study, "variants"), 0), "sum");
    ck_assert_double_eq(figure(sum, "peak_before", "2025-05"), 40);
    json_decref(study);
}
END_TEST

/* --- events -------------------------------------------------------------------------------------
 */

/* The base with cars that are away overnight and pumping by day. */
static void write_events(void)
{
    json_t *base = make_base();
    json_array_append_new(
        at(base, "batteries"),
        document_parse("{'id': 'cars', 'grid': 'town', 'owner': 'mill', 'capacity_kwh': 40,"
                       " 'charge_max_kw': 6, 'discharge_max_kw': 6, 'count': 4, 'reserve_share': 0,"
                       " 'reservations': [{'id': 'night', 'from': '2025-04-10T22:00:00+09:00',"
                       " 'until': '2025-04-11T07:00:00+09:00', 'vehicles': 3,"
                       " 'depart_share': 0.5, 'used_kwh': 9}]}"));
    json_object_set_new(
        base, "shiftables",
        document_parse("[{'id': 'pumps', 'grid': 'town', 'owner': 'city', 'run_kw': [9, 9],"
                       " 'earliest': '2025-04-10T06:00:00+09:00',"
                       " 'latest_end': '2025-04-10T10:00:00+09:00'}]"));
    save("events.json", base);
}

/* Without the event of the day before, cars that left yesterday would be back at midnight, with all
 * their charge; without that of today, what was pumped yesterday would do for ever. */
START_TEST(events_happen_every_day_and_go_on_past_midnight)
{
    write_events();
    check_run("study @/events.json --quiet --jepx @/spot.csv --plans -o @/plain.json "
              "--days 2025-04-28..2025-04-30,2025-05-02",
              0, NULL);
    json_t *study = load("plain.json"), *item;
    size_t d, t;
    double left = NAN;
    json_array_foreach(at(study, "plans"), d, item)
    {
        const json_t *plan = at(item, "plan"), *changes = at(item, "changes");
        const json_t *cars = json_array_get(at(changes, "batteries"), 1), *energy;
        const json_t *state = at(at(changes, "state"), "batteries"), *departed;
        bool anew = d == 0 || d == 3;
        double pumped = 0;
        energy = at(at(at(plan, "batteries"), "cars"), "energy_kwh");
        departed = at(at(at(plan, "batteries"), "cars"), "departed_kwh");
        ck_assert_uint_eq(json_array_size(at(cars, "reservations")), anew ? 1 : 2);
        if (!anew) {
            ck_assert_double_eq(number(at(at(state, "cars"), "away_kwh"), "night:-1"), left);
            double before = json_number_value(json_array_get(energy, 5)); /* back at the end of 6 */
            double after = json_number_value(json_array_get(energy, 6));
            double charged = value(plan, "batteries", "cars", "charge_kw", 6) * 0.95 -
                             value(plan, "batteries", "cars", "discharge_kw", 6) / 0.95;
            ck_assert_double_eq_tol(after, before + charged - 27, 1e-6);
        }
        left = number(departed, "night");
        ck_assert_double_ge(left, 3 * 0.5 * 40 - 1e-6);
        for (t = 0; t < KEPT; t++) pumped += value(plan, "shiftables", "pumps", "power_kw", t);
        ck_assert_double_eq_tol(pumped, 18, 1e-9);
        ck_assert_double_eq(
            number(at(at(at(changes, "state"), "shiftables"), "pumps"), "run_slots"), 0);
    }
    json_decref(study);
}
END_TEST

/* Of the whole plan of the first day, proven to a gap of 0. */
static double objective(const json_t *variant)
{
    return number(at(json_array_get(at(variant, "days"), 0), "certificate"), "objective");
}

/* A difference that is not the variant's own would sell batteries that save nothing. */
START_TEST(variants_differ_by_what_they_change_alone)
{
    check_run(STUDY "--days 2025-04-29..2025-04-30 -o @/study.json --report @/study.html", 0, NULL);
    json_t *study = load("study.json"), *item;
    const json_t *variants = at(study, "variants");
    const json_t *base = json_array_get(variants, 0);
    const json_t *same = at(find(variants, "id", "same"), "difference");
    const json_t *larger = find(variants, "id", "larger"), *more = find(variants, "id", "more");
    const json_t *none = find(variants, "id", "none");
    size_t i;
    ck_assert_uint_eq(json_array_size(variants), 5);
    ck_assert(!at(base, "difference"));
    ck_assert_double_eq_tol(number(at(same, "sum"), "cost_jpy"), 0, 1e-9);
    json_array_foreach(at(at(same, "sum"), "money"), i, item)
        ck_assert_double_eq_tol(number(item, "amount_jpy"), 0, 1e-9);
    json_array_foreach(at(at(same, "sum"), "figures"), i, item)
        ck_assert_double_eq_tol(number(item, "value"), 0, 1e-9);
    double saved = number(at(at(larger, "difference"), "sum"), "cost_jpy");
    double first = objective(base);
    ck_assert_double_lt(objective(larger), first - 1);
    ck_assert_double_lt(objective(more), first + 1e-6);
    ck_assert_double_gt(objective(none), first + 1);
    ck_assert_double_eq_tol(
        number(at(larger, "sum"), "cost_jpy") - number(at(base, "sum"), "cost_jpy"), saved, 1e-6);
    ck_assert_double_eq_tol(number(larger, "yearly_jpy"), 365 + 365, 1e-9);
    ck_assert_double_eq_tol(number(at(larger, "difference"), "capital_jpy"), 4, 1e-9);
    ck_assert_double_eq_tol(number(at(larger, "difference"), "net_jpy"), saved + 4, 1e-6);
    json_decref(study);
    check_run("report @/base.json @/study.json", 0, "Larger battery");
}
END_TEST

/* Without days the plans of the instance itself are compared, of any kind. */
START_TEST(variants_of_a_single_plan_stand_beside_it)
{
    save_text("two.json", "{'variants': [{'id': 'dear', 'changes': {'loads': {'homes':"
                          " {'critical_share': 0}}, 'connections': {'tie':"
                          " {'import_fee_jpy_per_kwh': 9}}}},"
                          "{'id': 'wrong', 'changes': {'units': {'nix': {'count': 1}}}}]}");
    check_run("study @/base.json @/two.json -o @/two-plans.json", 2, "dear: Cost");
    json_t *study = load("two-plans.json"), *plans = at(study, "plans");
    ck_assert_uint_eq(json_array_size(plans), 3);
    double base = json_number_value(json_array_get(at(find(plans, "id", "base"), "values"), 0));
    double dear = json_number_value(json_array_get(at(find(plans, "id", "dear"), "values"), 0));
    ck_assert_double_gt(dear, base + 1);
    ck_assert(json_is_object(at(find(plans, "id", "wrong"), "problem")));
    check_run("check @/base.json @/two-plans.json --plan dear", 0, "keeps every rule");
    check_run("report @/base.json @/two-plans.json", 0, "Some have no plan");
    check_run("report @/base.json @/two-plans.json --lang ja", 0, "各案の比較");
    json_decref(study);
}
END_TEST

/* --- time ---------------------------------------------------------------------------------------
 */

/* A study that is cut short must not pass for one of all days. */
START_TEST(days_that_time_does_not_reach_are_told)
{
    check_run(STUDY "--days 2025-04-29..2025-04-30 --time-all 0.01 -o @/study.json", 1, NULL);
    json_t *study = load("study.json"), *item;
    size_t v;
    json_array_foreach(at(study, "variants"), v, item)
    {
        ck_assert_double_eq(number(item, "days_planned"), 0);
        ck_assert_double_eq(number(item, "days_missing"), 2);
        ck_assert_uint_eq(json_array_size(at(item, "days")), 2);
        ck_assert(!at(json_array_get(at(item, "days"), 0), "sum"));
    }
    check_run("report @/base.json @/study.json --width 200", 0, "not reached");
    json_decref(study);
}
END_TEST

/* A day without a plan must neither end the study nor lend its neighbours a state that never was,
 * nor make a variant cheap by leaving out its dearest day. */
START_TEST(a_day_without_a_plan_is_left_out_of_sums_and_differences)
{
    save_text("tight.json", "{'variants': [{'id': 'tight', 'changes': {'mode': 'exact',"
                            " 'batteries': {'store': null}, 'state': {'batteries': null},"
                            " 'connections': {'tie': {'import_limit_kw': 52}}}}]}");
    check_run("study @/base.json @/tight.json --jepx @/spot.csv --area @/area.csv "
              "--days 2025-04-29..2025-05-01 -o @/study.json",
              1, "2025-04-30 tight: no plan");
    json_t *study = load("study.json"), *variants = at(study, "variants");
    const json_t *base = at(json_array_get(variants, 0), "days");
    const json_t *tight = json_array_get(variants, 1), *days = at(tight, "days");
    double difference = 0;
    ck_assert_double_eq(number(tight, "days_planned"), 2);
    ck_assert_double_eq(number(tight, "days_missing"), 1);
    ck_assert_str_eq(json_string_value(at(at(json_array_get(days, 1), "certificate"), "status")),
                     "infeasible");
    ck_assert(json_is_true(at(json_array_get(days, 2), "anew")));
    ck_assert(json_is_false(at(json_array_get(base, 2), "anew")));
    for (size_t d = 0; d < 3; d += 2)
        difference += number(at(json_array_get(days, d), "sum"), "cost_jpy") -
                      number(at(json_array_get(base, d), "sum"), "cost_jpy");
    ck_assert_double_eq(number(at(tight, "difference"), "days"), 2);
    ck_assert_double_eq_tol(number(at(at(tight, "difference"), "sum"), "cost_jpy"), difference,
                            1e-6);
    check_run("report @/base.json @/study.json", 0, "impossible");
    json_decref(study);
}
END_TEST

/* --- what is wrong ------------------------------------------------------------------------------
 */

struct wrong {
    const char *arguments, *said;
};
static const struct wrong wrongs[] = {
    { STUDY "--days ''", "--days: names no day" },
    { STUDY "--days 2025-04-31", "2025-04-31 is neither a day" },
    { STUDY "--days 2025-04-29..", "is neither a day" },
    { STUDY "--days 2025-04-30..2025-04-29", "ends before it begins" },
    { STUDY "--days 2025-04-30,2025-04-29", "does not lie behind 2025-04-30" },
    { STUDY "--days 1970..2999", "more than 3700 days" },
    { STUDY "--days 2025-05-02..2025-05-03", "2025-05-04" },
    { STUDY "--days 2025-06-01", "there is no row for 2025-06-01" },
    { STUDY "--days 2025-04-29 --horizon 12", "--horizon" },
    { STUDY "--days 2025-04-29 --horizon 30.5", "whole slots of 60 minutes" },
    { "study @/base.json @/unknown.json --days 2025-04-29", "batteries/1 (nix)/grid: is required" },
    { "study @/base.json @/gone.json --days 2025-04-29",
      "variants/0 (gone)/changes/batteries/nix: is not there to be taken out" },
    { "study @/base.json @/slots.json --days 2025-04-29",
      "variants/0 (fine)/changes/slot_minutes: is the same in all variants" },
    { "study @/base.json @/named.json --days 2025-04-29", "variants/0 (base)/id" },
    { "study @/base.json @/price.json --days 2025-04-29", "variants/0 (dear)/life_years" },
    { "study @/base.json @/other.json --days 2025-04-29", "kind: is siting" },
    { "study @/base.json @/none.json --days 2025-04-29", "none.json" },
    { "study @/base.json @/variants.json", "(larger): an investment is compared over --days" },
    { STUDY "--days 2025-04-29..2025-05-01 --engine abacus", "abacus" },
    { "study @/base.json --plans", "--plans is of a study with --days" },
    { "study instances/evbus/eight-trips.json --days 2025-04-29", "not chained by days" },
};

/* A share of a horizon falls due at its end, which is not kept: without a look at the certificates
 * the study would say that every day keeps all rules. */
START_TEST(what_is_conceded_after_the_kept_part_is_told)
{
    json_t *base = make_base();
    json_object_set_new(base, "local",
                        document_parse("{'min_share': 1, 'price_jpy_per_kwh': 0.01}"));
    save("greedy.json", base);
    check_run("study @/greedy.json --jepx @/spot.csv --area @/area.csv --days 2025-04-28 "
              "--horizon 30 -o @/greedy.study.json",
              0, "concede rules after the kept part");
}
END_TEST

/* Counts that a study does not say are none: the mark of what is absent is no number of days. */
START_TEST(counts_that_are_absent_are_none)
{
    json_t *base = make_base();
    save("base.json", base);
    save_text("counts.json",
              "{'kind': 'microgrid', 'axes': [], 'plans': [], 'dates': ['2025-04-30'], 'variants': "
              "[{'id': 'base', 'changes': {}, 'days': [{'date': '2025-04-30'}]},"
              " {'id': 'b', 'changes': {}, 'difference': {}, 'days': [{'date': '2025-04-30'}]}]}");
    check_run("report @/base.json @/counts.json", 0, "Days planned                       0  0");
}
END_TEST

/* Whoever asks wrongly is told where, before hours of planning. */
START_TEST(wrong_questions_are_answered)
{
    save_text("unknown.json",
              "{'variants': [{'id': 'a', 'changes': {'batteries': {'nix': {'count': 1}}}}]}");
    save_text("gone.json",
              "{'variants': [{'id': 'gone', 'changes': {'batteries': {'nix': null}}}]}");
    save_text("slots.json", "{'variants': [{'id': 'fine', 'changes': {'slot_minutes': 30}}]}");
    save_text("named.json", "{'variants': [{'id': 'base', 'changes': {}}]}");
    save_text("price.json", "{'variants': [{'id': 'dear', 'capex_jpy': 5, 'changes': {}}]}");
    save_text("other.json", "{'kind': 'siting', 'variants': [{'id': 'a', 'changes': {}}]}");
    check_run(wrongs[_i].arguments, 2, wrongs[_i].said);
}
END_TEST

/* --- lists of days, changes ---------------------------------------------------------------------
 */

/* A leap day or a month's end left out would be a day missing in a year's bill. */
START_TEST(months_and_years_have_all_their_days)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    struct az_day_list days;
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(
        az_days_parse("2023,2024-02,2024-12-31..2025-01", NULL, arena, &findings, &days), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    ck_assert_uint_eq(days.count, 365 + 29 + 32);
    ck_assert_str_eq(days.items[364].date, "2023-12-31");
    ck_assert_str_eq(days.items[365 + 28].date, "2024-02-29");
    ck_assert_str_eq(days.items[365 + 29].date, "2024-12-31");
    ck_assert_int_eq(days.items[365 + 30].number, days.items[365 + 29].number + 1);
    az_arena_free(arena);
}
END_TEST

static const char *const merges[][3] = {
    /* document, changes, result */
    { "{'a': 1, 'b': {'c': 2, 'd': 3}}", "{'a': null, 'b': {'c': 4}}", "{'b': {'c': 4, 'd': 3}}" },
    { "{'b': [1, 2]}", "{'b': {'c': 4}}", "{'b': {'c': 4}}" },
    { "{'b': [{'id': 'x', 'c': 1}, {'id': 'y'}]}",
      "{'b': {'x': {'c': 2}, 'y': null, 'z': {'d': 3}}}",
      "{'b': [{'id': 'x', 'c': 2}, {'id': 'z', 'd': 3}]}" },
    { "{'b': [{'id': 'x'}]}", "{'b': [{'id': 'y'}]}", "{'b': [{'id': 'y'}]}" },
    { "{}", "{'batteries': {'x': {'count': 2}}}", "{'batteries': [{'id': 'x', 'count': 2}]}" },
    { "{}", "{'state': {'units': {'x': {'on': null}}}}", "{'state': {'units': {'x': {}}}}" },
};

/* A change of one battery that replaced them all would be another study. */
START_TEST(changes_are_merged_by_member_and_by_id)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    const struct az_table *table = az_formulation_find("microgrid")->instance;
    json_t *document = document_parse(merges[_i][0]), *changes = document_parse(merges[_i][1]);
    json_t *result = document_parse(merges[_i][2]);
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_json_merge(table, document, changes, NULL, &findings), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    ck_assert_msg(json_equal(document, result), "%s", json_dumps(document, 0));
    json_decref(document), json_decref(changes), json_decref(result);
    az_arena_free(arena);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("study days");
    TCase *t = tcase_create("study days");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, write_all, NULL);
    tcase_add_test(t, kept_days_add_up_to_the_tariffs_by_hand);
    tcase_add_test(t, the_state_of_a_day_is_carried_into_the_next);
    tcase_add_test(t, days_left_out_keep_the_peak_and_nothing_else);
    tcase_add_test(t, events_happen_every_day_and_go_on_past_midnight);
    tcase_add_test(t, variants_differ_by_what_they_change_alone);
    tcase_add_test(t, variants_of_a_single_plan_stand_beside_it);
    tcase_add_test(t, a_day_without_a_plan_is_left_out_of_sums_and_differences);
    tcase_add_test(t, days_that_time_does_not_reach_are_told);
    tcase_add_test(t, what_is_conceded_after_the_kept_part_is_told);
    tcase_add_test(t, counts_that_are_absent_are_none);
    tcase_add_loop_test(t, wrong_questions_are_answered, 0, (int)(sizeof wrongs / sizeof *wrongs));
    tcase_add_test(t, months_and_years_have_all_their_days);
    tcase_add_loop_test(t, changes_are_merged_by_member_and_by_id, 0,
                        (int)(sizeof merges / sizeof *merges));
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    char command[64];
    if (!mkdtemp(folder)) return EXIT_FAILURE;

    int code = test_suite_run(suite());
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 ? code : EXIT_FAILURE;
}
