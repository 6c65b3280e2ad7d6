/* test_evbus_view.c - the figures of a plan: what they say, and that nothing is drawn where nothing
 * is. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/evbus/model.h"
#include "formulations/evbus/view.h"
#include "tests/support/eb_case.h"
#include "tests/support/eb_random.h"
#include "tests/support/mg_solved.h"
#include "tests/support/suite.h"

/* A plan of the compact model, kept. */
struct kept {
    struct eb_case c;
    const struct eb_plan *plan;
    struct az_judgement judgement;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct kept *k = data;
    ck_assert_int_eq(eb_evaluate(k->c.ev, plan, k->c.arena, &k->judgement), AZ_OK);
    ck_assert_uint_eq(k->judgement.violation_count, 0);
    *objective = k->judgement.cost + k->judgement.penalty;
    *kept = true;
    k->plan = plan;
    return AZ_OK;
}

static void open_plan(struct kept *k, uint64_t seed)
{
    struct az_context context = az_context_default();
    struct az_run run;
    json_t *json = eb_random_instance(seed);
    *k = (struct kept){ .plan = NULL };
    ck_assert_int_eq(eb_case_open(&k->c, json, NULL), AZ_OK);
    struct az_run_options options = { .gap_abs = 10, .money_scale = k->c.ev->scale };
    context.deadline = az_now(&context) + 20;
    az_run_begin(&run, &context, engine_named("cbc"), &options);
    run.judge = judge;
    run.data = k;
    ck_assert_int_eq(eb_solve_compact(k->c.ev, &run, k->c.arena), AZ_OK);
    ck_assert_ptr_nonnull(k->plan);
    json_decref(json);
}

static double number_of(const struct az_view *view, const char *label)
{
    for (size_t i = 0; i < view->numbers.count; i++)
        if (strcmp(view->numbers.items[i].label.en, label) == 0)
            return view->numbers.items[i].value;
    return NAN;
}

static const struct az_view_table *table_of(const struct az_view *view, const char *title)
{
    for (size_t i = 0; i < view->tables.count; i++)
        if (strcmp(view->tables.items[i].title.en, title) == 0) return &view->tables.items[i];
    return NULL;
}

static bool complete(struct az_words words)
{
    return words.en && *words.en && words.ja && *words.ja;
}

/* Every figure in both languages, every value finite where it is drawn, bars within the day. */
static void check_whole(const struct kept *k, const struct az_view *view)
{
    ck_assert(complete(view->title));
    for (size_t i = 0; i < view->numbers.count; i++) {
        ck_assert(complete(view->numbers.items[i].label));
        ck_assert(isfinite(view->numbers.items[i].value));
    }
    for (size_t i = 0; i < view->charts.count; i++) {
        const struct az_chart *chart = &view->charts.items[i];
        ck_assert(complete(chart->title));
        ck_assert(chart->count == k->c.ev->T || chart->count == k->c.ev->T + 1);
        for (size_t l = 0; l < chart->lines.count; l++)
            for (size_t t = 0; t < chart->count; t++)
                ck_assert(!isinf(chart->lines.items[l].values[t]));
    }
    for (size_t i = 0; i < view->gantts.count; i++)
        for (size_t r = 0; r < view->gantts.items[i].rows.count; r++)
            for (size_t b = 0; b < view->gantts.items[i].rows.items[r].bars.count; b++) {
                const struct az_bar *bar = &view->gantts.items[i].rows.items[r].bars.items[b];
                ck_assert_double_ge(bar->from_s, 0);
                ck_assert_double_le(bar->to_s, view->gantts.items[i].length_s + 1e-6);
                ck_assert_double_lt(bar->from_s, bar->to_s);
                ck_assert(complete(bar->label));
            }
    for (size_t i = 0; i < view->tables.count; i++) {
        const struct az_view_table *table = &view->tables.items[i];
        ck_assert(complete(table->title));
        for (size_t n = 0; n < table->columns.count; n++)
            ck_assert(complete(table->columns.items[n].label));
    }
}

/* The day of every bus, whole: a driver who misses a line of it misses a trip. */
static void check_sheets(const struct kept *k, const struct az_view *view)
{
    size_t sheets = 0, rows = 0, events = 0;
    for (size_t i = 0; i < view->tables.count; i++) {
        if (view->tables.items[i].place != AZ_TABLE_FOLDED) continue;
        sheets++;
        rows += view->tables.items[i].row_count;
    }
    for (size_t b = 0; b < k->plan->blocks.count; b++)
        events += k->plan->blocks.items[b].events.count;
    ck_assert_uint_eq(sheets, k->plan->blocks.count);
    ck_assert_uint_eq(rows, events);
}

/* A page that contradicts the judge would be worse than none. */
START_TEST(figures_are_the_plans)
{
    struct kept k;
    struct az_view view;
    open_plan(&k, (uint64_t)_i);
    ck_assert_int_eq(eb_view(k.c.ev, k.plan, &k.judgement, k.c.arena, &view), AZ_OK);
    check_whole(&k, &view);
    double trips = 0, charged = 0;
    for (size_t b = 0; b < k.plan->blocks.count; b++)
        for (size_t e = 0; e < k.plan->blocks.items[b].events.count; e++) {
            trips += k.plan->blocks.items[b].events.items[e].kind == EB_EVENT_TRIP;
            charged += eb_charged(&k.plan->blocks.items[b].events.items[e], AZ_NO_INDEX);
        }
    ck_assert_double_eq(number_of(&view, "Cost of the plan"), k.judgement.cost);
    ck_assert_double_eq(number_of(&view, "Buses"), (double)k.plan->blocks.count);
    ck_assert_double_eq(number_of(&view, "Trips run"), trips);
    ck_assert_double_eq_tol(charged, k.plan->summary->charged_kwh, 1e-6);
    const struct az_view_table *blocks = table_of(&view, "Blocks");
    ck_assert_ptr_nonnull(blocks);
    ck_assert_uint_eq(blocks->row_count, k.plan->blocks.count);
    const struct az_view_table *left_out = table_of(&view, "Trips left out");
    ck_assert_uint_eq(left_out ? left_out->row_count : 0, k.plan->unserved.count);
    ck_assert(!left_out || left_out->place == AZ_TABLE_LEADS);
    check_sheets(&k, &view);
    az_arena_free(k.c.arena);
}
END_TEST

static bool has_price(const struct az_view *view)
{
    for (size_t i = 0; i < view->charts.count; i++)
        for (size_t l = 0; l < view->charts.items[i].lines.count; l++)
            if (strcmp(view->charts.items[i].lines.items[l].role, "price") == 0) return true;
    return false;
}

/* Without the price beside the balance nobody sees why energy went where it went. */
START_TEST(balances_show_their_prices)
{
    struct kept k;
    struct az_view view;
    open_plan(&k, 1);
    ck_assert_int_eq(eb_view(k.c.ev, k.plan, &k.judgement, k.c.arena, &view), AZ_OK);
    ck_assert(has_price(&view));
    az_arena_free(k.c.arena);
}
END_TEST

/* The curve between events would jump, or end elsewhere than the bus. */
START_TEST(the_charge_curve_passes_through_the_events)
{
    struct kept k;
    open_plan(&k, (uint64_t)_i);
    struct eb_viewer viewer = { .ev = k.c.ev, .plan = k.plan, .arena = k.c.arena };
    for (size_t b = 0; b < k.plan->blocks.count; b++)
        for (size_t e = 0; e < k.plan->blocks.items[b].events.count; e++) {
            const struct eb_block *block = &k.plan->blocks.items[b];
            const struct eb_event *event = &block->events.items[e];
            double from, to;
            ck_assert(eb_view_seconds(&viewer, event->start, &from));
            ck_assert(eb_view_seconds(&viewer, event->end, &to));
            if (to <= from) continue;
            ck_assert_double_eq_tol(eb_charge_at(&viewer, block, to), event->soc_after_kwh, 1e-6);
            double before = eb_charge_at(&viewer, block, to - 1e-3);
            ck_assert_double_eq_tol(before, event->soc_after_kwh, 0.01);
        }
    az_arena_free(k.c.arena);
}
END_TEST

/* A plan made by hand may lack everything. */
START_TEST(an_empty_plan_is_drawn)
{
    struct eb_case c;
    struct eb_plan *plan;
    struct az_view view;
    struct az_judgement judgement = { 0 };
    eb_case_load(&c, EB_BASE, NULL);
    ck_assert_int_eq(eb_plan_new(c.ev, c.arena, &plan), AZ_OK);
    ck_assert_int_eq(eb_view(c.ev, plan, NULL, c.arena, &view), AZ_OK);
    const struct az_view_table *left_out = table_of(&view, "Trips left out");
    ck_assert_ptr_nonnull(left_out);
    ck_assert_uint_eq(left_out->row_count, c.ev->trips.count);
    *plan = (struct eb_plan){ 0 };
    ck_assert_int_eq(eb_view(c.ev, plan, &judgement, c.arena, &view), AZ_OK);
    eb_case_close(&c);
}
END_TEST

/* Where the fleet is the limit, "it costs more" would send the planner after the wrong thing. */
START_TEST(trips_left_out_for_want_of_a_bus_say_so)
{
    struct eb_case c;
    struct eb_plan *plan;
    struct az_view view;
    eb_case_load(&c, EB_BASE, NULL);
    ck_assert_int_eq(eb_plan_new(c.ev, c.arena, &plan), AZ_OK);
    for (int limited = 0; limited < 2; limited++) {
        size_t wanting = 0;
        for (size_t v = 0; limited && v < c.ev->types.count; v++) c.ev->types.items[v].count = 0;
        for (size_t i = 0; limited && i < c.ev->bus_count; i++) c.ev->bus[i].out_of_service = 1;
        ck_assert_int_eq(eb_view(c.ev, plan, NULL, c.arena, &view), AZ_OK);
        const struct az_view_table *table = table_of(&view, "Trips left out");
        ck_assert_ptr_nonnull(table);
        for (size_t r = 0; r < table->row_count; r++)
            wanting += strcmp(table->cells[5 * r + 4].words.en, "all buses are in use") == 0;
        ck_assert_uint_eq(wanting, limited ? table->row_count : 0);
    }
    eb_case_close(&c);
}
END_TEST

/* A dispatcher reads changes from the next departure on. */
START_TEST(changes_stand_in_the_order_of_departure)
{
    struct eb_case c;
    struct eb_plan *plan;
    struct az_view view;
    eb_case_load(&c, EB_BASE, NULL);
    size_t trips = c.ev->trips.count;
    ck_assert_uint_ge(trips, 2);
    ck_assert_int_eq(eb_plan_new(c.ev, c.arena, &plan), AZ_OK);
    plan->summary = AZ_NEW(c.arena, struct eb_summary);
    plan->summary->changes.items = AZ_ARRAY(c.arena, trips, struct eb_change);
    plan->summary->changes.count = trips;
    for (size_t i = 0; i < trips; i++)
        plan->summary->changes.items[i] =
            (struct eb_change){ .trip = { c.ev->trips.items[trips - 1 - i].id, trips - 1 - i },
                                .from_bus = "b1",
                                .to_bus = i == 0 ? NULL : "b2" };
    ck_assert_int_eq(eb_view(c.ev, plan, NULL, c.arena, &view), AZ_OK);
    const struct az_view_table *table = table_of(&view, "Changes against the plan that stands");
    ck_assert_ptr_nonnull(table);
    ck_assert_int_eq(table->place, AZ_TABLE_LEADS);
    ck_assert_uint_eq(table->row_count, trips);
    for (size_t i = 1; i < trips; i++)
        ck_assert_int_le(strcmp(table->cells[6 * (i - 1) + 2].text, table->cells[6 * i + 2].text),
                         0);
    eb_case_close(&c);
}
END_TEST

/* A plan may say thousands of slots of one stay: looking through all of them for every slot of
 * every slot would keep whoever draws it. */
START_TEST(a_stay_of_all_slots_is_drawn)
{
    struct eb_case c;
    struct az_judgement judgement;
    struct az_view view;
    json_t *instance = document_load(EB_GOLDEN "/half_hour_slots/instance.json");
    json_t *plan = document_load(EB_GOLDEN "/half_hour_slots/plan.json"), *none = json_array();
    for (size_t t = 0; t < 6000; t++) json_array_append_new(none, json_integer(0));
    json_object_set_new(instance, "slots", json_integer(6000));
    json_object_set_new(plan, "slots", json_integer(6000));
    json_object_del(plan, "grids");
    document_set(plan, "/blocks/0/events/3/first_slot", json_integer(0));
    document_set(plan, "/blocks/0/events/3/charge_kwh", none);
    document_set(plan, "/blocks/0/events/3/start", json_string("2026-11-21T06:00:00+09:00"));
    document_set(plan, "/blocks/0/events/3/end", json_string("2027-03-26T06:00:00+09:00"));
    ck_assert_int_eq(eb_case_open(&c, instance, NULL), AZ_OK);
    ck_assert_int_eq(eb_case_plan(&c, plan), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    ck_assert_int_eq(eb_evaluate(c.ev, c.plan, c.arena, &judgement), AZ_OK);
    ck_assert_int_eq(eb_view(c.ev, c.plan, &judgement, c.arena, &view), AZ_OK);
    eb_case_close(&c);
    json_decref(instance);
    json_decref(plan);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus_view");
    TCase *cases = tcase_create("view");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, figures_are_the_plans, 1, 9);
    tcase_add_loop_test(cases, the_charge_curve_passes_through_the_events, 1, 9);
    tcase_add_test(cases, balances_show_their_prices);
    tcase_add_test(cases, an_empty_plan_is_drawn);
    tcase_add_test(cases, trips_left_out_for_want_of_a_bus_say_so);
    tcase_add_test(cases, changes_stand_in_the_order_of_departure);
    tcase_add_test(cases, a_stay_of_all_slots_is_drawn);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
