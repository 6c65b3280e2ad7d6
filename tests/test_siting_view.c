/* test_siting_view.c - the figures of a siting plan: they are the judge's, nothing is missing in
 * either language, any plan and any size is drawn. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/report/report.h"
#include "formulations/siting/plan.h"
#include "formulations/siting/view.h"
#include "tests/support/folders.h"
#include "tests/support/markup.h"
#include "tests/support/st_case.h"
#include "tests/support/st_hand.h"
#include "tests/support/suite.h"

/* A plan, what the judge says of it, and its view. */
struct drawn {
    struct st_case c;
    struct az_judgement judgement;
    struct az_view view;
};

static void judge_and_draw(struct drawn *d)
{
    ck_assert_int_eq(st_evaluate(d->c.in, d->c.plan, d->c.arena, &d->judgement), AZ_OK);
    ck_assert_int_eq(st_view(d->c.in, d->c.plan, &d->judgement, d->c.arena, &d->view), AZ_OK);
}

static void draw_golden(struct drawn *d, const char *name)
{
    st_case_golden(&d->c, name);
    judge_and_draw(d);
}

/* The sample with a plan of some option at most of its sites, an armed plant and a trip. */
static void draw_base(struct drawn *d, size_t count, const char *const changes[][2])
{
    st_case_load_changed(&d->c, ST_BASE, count, changes);
    struct st_instance *in = d->c.in;
    ck_assert_int_eq(st_plan_new(in, d->c.arena, &d->c.plan), AZ_OK);
    for (size_t s = 0; s < in->sites.count; s++) {
        size_t options = in->sites.items[s].option_count;
        if (s % 5 == 4 || options == 0) continue;
        ck_assert_int_eq(st_plan_choose(in, d->c.plan, s, s * 7 % options, d->c.arena), AZ_OK);
    }
    ck_assert_int_eq(st_plan_arm(in, d->c.plan, 0, d->c.arena), AZ_OK);
    ck_assert_int_eq(st_plan_trip(in, d->c.plan, 0, false, 0, 12, 100, d->c.arena), AZ_OK);
    ck_assert_int_eq(st_plan_trip(in, d->c.plan, 0, false, 0, 13, 50, d->c.arena), AZ_OK);
    judge_and_draw(d);
}

static const struct az_view_table *table_of(const struct az_view *view, const char *title)
{
    for (size_t i = 0; i < view->tables.count; i++)
        if (strncmp(view->tables.items[i].title.en, title, strlen(title)) == 0)
            return &view->tables.items[i];
    return NULL;
}

static const struct az_plot *plot_of(const struct az_view *view, const char *title)
{
    for (size_t i = 0; i < view->plots.count; i++)
        if (strcmp(view->plots.items[i].title.en, title) == 0) return &view->plots.items[i];
    return NULL;
}

static double number_of(const struct az_view *view, const char *label)
{
    for (size_t i = 0; i < view->numbers.count; i++)
        if (strcmp(view->numbers.items[i].label.en, label) == 0)
            return view->numbers.items[i].value *
                   (strstr(view->numbers.items[i].unit, "million") ? 1e6 : 1);
    return NAN;
}

static const struct az_cell *cell_of(const struct az_view_table *table, size_t row, size_t column)
{
    ck_assert_ptr_nonnull(table);
    ck_assert_uint_lt(row, table->row_count);
    ck_assert_uint_lt(column, table->columns.count);
    return &table->cells[row * table->columns.count + column];
}

/* The row whose first cell says this; AZ_NO_INDEX. */
static size_t row_of(const struct az_view_table *table, const char *words)
{
    for (size_t r = 0; table && r < table->row_count; r++) {
        const struct az_cell *cell = cell_of(table, r, 0);
        if (cell->words.en && strstr(cell->words.en, words)) return r;
    }
    return AZ_NO_INDEX;
}

/* --- in both languages --------------------------------------------------------------------------
 */

static bool said(struct az_words words)
{
    return words.en && *words.en && words.ja && *words.ja;
}

/* One language with words and the other without would leave a hole in the page. */
static bool even(struct az_words words)
{
    return words.en && words.ja && !*words.en == !*words.ja;
}

static bool is_sound_table(const struct az_view_table *table)
{
    bool sound = said(table->title);
    for (size_t c = 0; c < table->columns.count; c++)
        sound = sound && said(table->columns.items[c].label);
    for (size_t i = 0; i < table->facts.count; i++)
        sound = sound && said(table->facts.items[i].label) && said(table->facts.items[i].value);
    for (size_t k = 0; k < table->row_count * table->columns.count; k++) {
        const struct az_cell *cell = &table->cells[k];
        if (cell->words.en || cell->words.ja) sound = sound && even(cell->words);
    }
    return sound;
}

static bool is_sound_plot(const struct az_plot *plot)
{
    bool sound = said(plot->title) && plot->series.count > 0;
    for (size_t i = 0; i < plot->series.count; i++) {
        const struct az_plot_series *series = &plot->series.items[i];
        sound = sound && said(series->label) && series->points.count > 0;
        for (size_t k = 1; k < series->points.count; k++)
            sound = sound && series->points.items[k].x > series->points.items[k - 1].x;
    }
    return sound;
}

static bool is_sound_map(const struct az_geo_map *map)
{
    bool sound = said(map->title);
    for (size_t k = 0; k < map->keys.count; k++) sound = sound && said(map->keys.items[k].label);
    for (size_t k = 0; k < map->points.count; k++)
        sound = sound && said(map->points.items[k].label);
    for (size_t k = 0; k < map->lines.count; k++)
        sound = sound && map->lines.items[k].from < map->points.count &&
                map->lines.items[k].to < map->points.count && said(map->lines.items[k].label);
    return sound;
}

static void check_both_languages(const struct az_view *view)
{
    bool sound = said(view->title);
    for (size_t i = 0; i < view->numbers.count; i++) {
        const struct az_key_number *number = &view->numbers.items[i];
        sound = sound && said(number->label) && isfinite(number->value);
        if (number->note.en) sound = sound && said(number->note);
    }
    ck_assert(sound);
    for (size_t i = 0; i < view->tables.count; i++)
        ck_assert_msg(is_sound_table(&view->tables.items[i]), "%s", view->tables.items[i].title.en);
    for (size_t i = 0; i < view->plots.count; i++)
        ck_assert_msg(is_sound_plot(&view->plots.items[i]), "%s", view->plots.items[i].title.en);
    for (size_t i = 0; i < view->maps.count; i++) ck_assert(is_sound_map(&view->maps.items[i]));
}

/* --- the judge's figures ------------------------------------------------------------------------
 */

static void check_money(const struct drawn *d)
{
    const struct az_view_table *money = table_of(&d->view, "Present values of the plan");
    double sum = 0, scale = 1e-9 * (1 + fabs(d->judgement.cost));
    for (size_t r = 0; r < d->judgement.money.count; r++) sum += cell_of(money, r, 2)->number;
    ck_assert_double_eq_tol(sum, d->judgement.cost, scale);
    ck_assert_double_eq_tol(cell_of(money, money->row_count - 1, 2)->number,
                            d->judgement.cost + d->judgement.penalty, scale);
    if (d->c.in->hour_count > 0)
        ck_assert_double_eq_tol(number_of(&d->view, "Net present value"), -d->judgement.cost,
                                scale);
    else
        ck_assert_double_eq_tol(number_of(&d->view, "Cost"), d->judgement.cost, scale);
    if (d->judgement.penalty > 0)
        ck_assert_double_eq_tol(number_of(&d->view, "Price of conceded rules"),
                                d->judgement.penalty, 1e-6);
}

/* Items of every year add up to what the operators get, and the years to the row below. */
static void check_years(const struct drawn *d)
{
    const struct az_view_table *years = table_of(&d->view, "Money by year");
    if (!years) return;
    double total = 0, sum_of_items = 0;
    ck_assert_uint_eq(years->row_count, (size_t)d->c.in->years + 1);
    for (size_t r = 0; r + 1 < years->row_count; r++) {
        double items = 0, operators = cell_of(years, r, 9)->number;
        for (size_t c = 1; c <= 8; c++) items += cell_of(years, r, c)->number;
        ck_assert_double_eq_tol(items, operators, 1e-6 * (1 + fabs(operators)));
        total += operators;
        sum_of_items += items;
    }
    ck_assert_double_eq_tol(cell_of(years, years->row_count - 1, 9)->number, total,
                            1e-6 * (1 + fabs(total)));
    ck_assert_ptr_nonnull(plot_of(&d->view, "Money of the operators"));
}

/* Values of the rows add up to those of all sites, and these with what is shared to the plan's. */
static void check_sum(const struct az_view_table *groups, double sites, double plan)
{
    double sum = 0, scale = 1e-9 * (1 + fabs(plan) + fabs(sites));
    size_t last = groups->row_count - 1, all = row_of(groups, "All sites");
    for (size_t r = 0; r < last; r++) {
        if (r == all) ck_assert_double_eq_tol(sum, cell_of(groups, r, 5)->number, scale);
        if (r != all) sum += cell_of(groups, r, 5)->number;
        if (r + 1 == (all == AZ_NO_INDEX ? last : all)) ck_assert_double_eq_tol(sum, sites, scale);
    }
    ck_assert_double_eq_tol(sum, plan, scale);
    ck_assert_double_eq_tol(cell_of(groups, last, 5)->number, plan, scale);
    ck_assert_int_eq(groups->columns.items[5].sign, AZ_SIGN_GAIN);
}

static void check_sites(const struct drawn *d)
{
    const struct az_view_table *groups = table_of(&d->view, "By kind of site");
    const struct az_view_table *chosen = table_of(&d->view, "Chosen sites");
    const struct az_view_table *left_out = table_of(&d->view, "Sites left out");
    size_t all = groups->row_count - 1;
    ck_assert_uint_eq(chosen ? chosen->row_count : 0, d->c.plan->choices.count);
    ck_assert_uint_eq((chosen ? chosen->row_count : 0) + (left_out ? left_out->row_count : 0),
                      d->c.in->sites.count);
    ck_assert_double_eq(cell_of(groups, all, 1)->number, (double)d->c.in->sites.count);
    ck_assert_double_eq(cell_of(groups, all, 2)->number, (double)d->c.plan->choices.count);
    double kw = 0, npv = 0;
    for (size_t r = 0; chosen && r < chosen->row_count; r++) {
        kw += cell_of(chosen, r, 4)->number;
        npv += cell_of(chosen, r, 8)->number;
    }
    ck_assert_double_eq_tol(kw, cell_of(groups, all, 3)->number, 1e-9 * (1 + kw));
    check_sum(groups, npv, -d->judgement.cost);
    const struct az_view_table *districts = table_of(&d->view, "By district");
    ck_assert(!districts == (d->c.in->districts.count == 0));
    if (districts) check_sum(districts, npv, -d->judgement.cost);
    if (d->c.in->hour_count > 0)
        ck_assert_double_eq_tol(kw, number_of(&d->view, "PV"), 1e-9 * (1 + kw));
}

static void check_whole(const struct drawn *d)
{
    check_both_languages(&d->view);
    check_money(d);
    check_years(d);
    check_sites(d);
    const struct az_view_table *page = table_of(&d->view, "Summary for");
    ck_assert_ptr_nonnull(page);
    ck_assert_int_eq(page->place, AZ_TABLE_PAGE);
    ck_assert_uint_le(page->row_count, 20);
}

static void check_golden(const char *name, void *data)
{
    struct drawn d;
    (void)data;
    draw_golden(&d, name);
    check_whole(&d);
    st_case_close(&d.c);
}

/* A page that contradicts the judge would be worse than none. */
START_TEST(figures_are_the_judge_s)
{
    each_case(ST_GOLDEN, 30, check_golden, NULL);
}
END_TEST

/* Everything that an instance can have is drawn, with its figures. */
START_TEST(the_sample_is_drawn_whole)
{
    struct drawn d;
    draw_base(&d, 0, NULL);
    check_whole(&d);
    ck_assert_uint_eq(d.view.plots.count, 4);
    ck_assert_uint_eq(d.view.maps.count, 1);
    ck_assert_uint_ge(d.view.maps.items[0].points.count, d.c.in->sites.count);
    const struct az_view_table *limits = table_of(&d.view, "What holds the plan back");
    const struct st_budget *budget = &d.c.in->budgets.items[0];
    ck_assert_uint_ge(limits->row_count, d.c.in->limits.count + d.c.in->budgets.count);
    ck_assert_double_eq(cell_of(limits, 0, 3)->number, budget->jpy);
    const struct az_view_table *trips = table_of(&d.view, "Armed plants");
    ck_assert_uint_eq(trips->row_count, 1);
    ck_assert_double_eq(cell_of(trips, 0, 2)->number, 2);
    ck_assert_double_eq(cell_of(trips, 0, 3)->number, 100);
    double hours = d.c.in->upstream->circuits.items[0].outage_hours_per_year;
    double kwh = 150 * d.c.in->hour_days[12] * hours / 8760;
    ck_assert_double_eq_tol(cell_of(trips, 0, 4)->number, kwh, 1e-9);
    ck_assert_double_eq_tol(number_of(&d.view, "Expected trips"), kwh, 1e-9);
    const struct az_view_table *coverage = table_of(&d.view, "Shelters with power");
    ck_assert_uint_eq(coverage->row_count, d.c.in->districts.count);
    ck_assert_ptr_nonnull(table_of(&d.view, "Every element in its fullest hour"));
    st_case_close(&d.c);
}
END_TEST

static bool is_of(const struct az_breach *breach, const char *id)
{
    for (size_t k = 0; k < breach->param_count; k++)
        if (strcmp(breach->params[k].name, "asset") == 0)
            return strcmp(breach->params[k].text, id) == 0;
    return false;
}

/* What is told of a breach of a limit is what the judge counts, for every kind of limit. */
START_TEST(limits_have_the_values_of_the_judge)
{
    struct drawn d;
    size_t compared = 0;
    draw_base(&d, 0, NULL);
    const struct az_view_table *limits = table_of(&d.view, "What holds the plan back");
    for (size_t k = 0; k < d.judgement.violations.count; k++) {
        const struct az_breach *breach = &d.judgement.violations.items[k];
        for (size_t i = 0; i < d.c.in->budgets.count; i++) {
            const struct st_budget *budget = &d.c.in->budgets.items[i];
            if (!is_of(breach, budget->id)) continue;
            double over = cell_of(limits, i, 1)->number - budget->jpy;
            ck_assert_double_eq_tol(over, breach->amount, 1e-6 * budget->jpy);
            compared++;
        }
        for (size_t i = 0; i < d.c.in->limits.count; i++) {
            const struct st_limit *limit = &d.c.in->limits.items[i];
            size_t row = d.c.in->budgets.count + i;
            if (!is_of(breach, limit->id)) continue;
            double used = cell_of(limits, row, 1)->number;
            double over = fmax(used - cell_of(limits, row, 3)->number,
                               cell_of(limits, row, 2)->number - used);
            ck_assert_double_eq_tol(over, breach->amount, 1e-6 * (1 + used));
            ck_assert(cell_of(limits, row, 0)->strong);
            compared++;
        }
    }
    ck_assert_uint_ge(compared, 2);
    st_case_close(&d.c);
}
END_TEST

/* --- what only a solve can know -----------------------------------------------------------------
 */

/* Why a site is left out and what a limit is worth must come with the plan, or be left open: an
 * invented reason would be worse than none. */
START_TEST(reasons_and_worths_are_those_of_the_plan)
{
    struct drawn d;
    draw_base(&d, 0, NULL);
    const struct az_view_table *table = table_of(&d.view, "Sites left out");
    for (size_t r = 0; r < table->row_count; r++) {
        ck_assert_str_eq(cell_of(table, r, 3)->words.en, "nobody has looked why");
        ck_assert(isnan(cell_of(table, r, 5)->number));
    }
    size_t out = 4; /* of the sample's plan: every fifth site */
    struct st_left_out left = { .site = { .id = d.c.in->sites.items[out].id, .index = out },
                                .reason = ST_REASON_LIMIT,
                                .limit = d.c.in->budgets.items[0].id,
                                .lost_jpy = 1234 };
    struct st_worth worth = { d.c.in->budgets.items[0].id, 0.125 };
    ck_assert_int_eq(st_summarise(d.c.in, d.c.arena, d.c.plan), AZ_OK);
    d.c.plan->summary->left_out.items = &left;
    d.c.plan->summary->left_out.count = 1;
    d.c.plan->summary->worths.items = &worth;
    d.c.plan->summary->worths.count = 1;
    judge_and_draw(&d);
    check_whole(&d);
    table = table_of(&d.view, "Sites left out");
    size_t row = row_of(table, d.c.in->sites.items[out].id);
    ck_assert_ptr_nonnull(strstr(cell_of(table, row, 3)->words.en, "worth more elsewhere"));
    ck_assert_ptr_nonnull(strstr(cell_of(table, row, 3)->words.ja, "ほかの地点"));
    ck_assert_ptr_nonnull(strstr(cell_of(table, row, 4)->words.en, "Budget"));
    ck_assert_double_eq(cell_of(table, row, 5)->number, 1234);
    const struct az_view_table *limits = table_of(&d.view, "What holds the plan back");
    ck_assert_double_eq(cell_of(limits, 0, 4)->number, 0.125);
    ck_assert(cell_of(limits, 0, 0)->strong);
    /* a price is tried in vain where the gap is wider: that is said; so is what the budget counts
     */
    ck_assert_ptr_nonnull(strstr(d.view.notes.items[0].en, "price of the relaxation"));
    ck_assert_ptr_nonnull(strstr(d.view.notes.items[0].ja, "緩和問題の価格"));
    ck_assert_ptr_nonnull(strstr(cell_of(limits, 0, 0)->words.en, "(equipment less subsidies"));
    st_case_close(&d.c);
}
END_TEST

/* The council would vote on prices and curtailments that it has not been told. */
START_TEST(the_page_tells_what_the_plan_rests_on)
{
    struct drawn d;
    draw_base(&d, 0, NULL);
    const struct az_view_table *page = table_of(&d.view, "Summary for");
    static const char *const rows[] = { "Aim",        "Prices: Home", "Prices: Business",
                                        "Discount",   "Carbon",       "Year",
                                        "Behind the", "Curtailed",    "Yield falls",
                                        "Network",    "Budgets and",  "A district is covered",
                                        "Hosts",      "Left out" };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++)
        ck_assert_msg(row_of(page, rows[k]) != AZ_NO_INDEX, "%s is not told", rows[k]);
    const struct az_cell *home = cell_of(page, row_of(page, "Prices: Home"), 1);
    ck_assert_ptr_nonnull(strstr(home->words.en, "grid 33 (36 from 2037)"));
    ck_assert_ptr_nonnull(strstr(home->words.en, "exports 24 (8.3 from year 5 of operation)"));
    ck_assert_ptr_nonnull(strstr(home->words.ja, "小売単価 33（2037 年から 36）"));
    const struct az_cell *hours = cell_of(page, row_of(page, "Curtailed"), 1);
    ck_assert_ptr_nonnull(strstr(hours->words.en, "Summer 10:00–14:00: 30 %"));
    ck_assert_uint_ge(page->facts.count, 7);
    st_case_close(&d.c);
}
END_TEST

/* --- any plan -----------------------------------------------------------------------------------
 */

/* A plan made by hand or for another instance is drawn as far as it goes, and brings nothing down.
 */
START_TEST(plans_that_do_not_fit_are_drawn)
{
    struct drawn d;
    draw_base(&d, 0, NULL);
    struct st_plan *plan = d.c.plan;
    plan->choices.items[0].option = "unheard-of";
    judge_and_draw(&d);
    ck_assert_uint_gt(d.judgement.violation_count, 0);
    check_both_languages(&d.view);
    ck_assert(isnan(number_of(&d.view, "Net present value")));
    for (size_t i = 0; i < plan->choices.count; i++) {
        plan->choices.items[i].site = (struct az_ref){ .id = "nowhere", .index = AZ_NO_INDEX };
        plan->choices.items[i].option = NULL;
    }
    plan->armed.items[0].index = AZ_NO_INDEX;
    plan->trips.items[0].plant.index = AZ_NO_INDEX;
    plan->trips.items[1].circuit.index = AZ_NO_INDEX;
    judge_and_draw(&d);
    check_both_languages(&d.view);
    ck_assert_int_eq(st_view(d.c.in, plan, NULL, d.c.arena, &d.view), AZ_OK);
    plan->choices.count = plan->trips.count = plan->armed.count = 0;
    judge_and_draw(&d);
    check_whole(&d);
    st_case_close(&d.c);
}
END_TEST

/* Memory may end anywhere: told as that, never a page that is cut short. */
START_TEST(memory_may_end_anywhere)
{
    struct drawn d;
    draw_base(&d, 0, NULL);
    enum az_status status = AZ_NO_MEMORY;
    size_t refused = 0;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct az_arena *arena = az_arena_new(&allocator);
        struct az_view view;
        if (arena) {
            status = st_view(d.c.in, d.c.plan, &d.judgement, arena, &view);
            ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
            refused += status != AZ_OK;
            if (status == AZ_OK) check_both_languages(&view);
        }
        az_arena_free(arena);
        ck_assert_uint_lt(left, 10000);
    }
    ck_assert_uint_gt(refused, 3);
    st_case_close(&d.c);
}
END_TEST

/* Rows and points for each of a hundred thousand roofs would be a page that nothing opens. */
START_TEST(many_sites_are_told_by_squares_and_the_first_rows)
{
    const double year[] = { 365 };
    size_t count = 4000;
    struct hand hand = hand_new(year, 1, count);
    struct st_instance *in = &hand.in;
    struct st_plan *plan;
    struct az_judgement judgement;
    struct az_view view;
    hand_tariff(&hand, 20, 30, 8);
    hand_costs(&hand);
    struct az_ref sun = hand_block(&hand, 8, 16, 0.5), load = hand_block(&hand, 0, 24, 1);
    for (size_t s = 0; s < count; s++) {
        struct st_site *site = hand_site(&hand, ST_HOUSE);
        site->latitude = 36 + 0.001 * (double)(s % 70);
        site->longitude = 138 + 0.001 * (double)(s / 70);
        site->load = load;
        site->year_kwh = 5000;
        hand_surface(&hand, site, sun, 10);
        hand_option(&hand, site, 4, 0)->capex_jpy = 1e6;
    }
    ck_assert_int_eq(st_plan_new(in, hand.arena, &plan), AZ_OK);
    for (size_t s = 0; s < count; s += 2)
        ck_assert_int_eq(st_plan_choose(in, plan, s, 0, hand.arena), AZ_OK);
    ck_assert_int_eq(st_evaluate(in, plan, hand.arena, &judgement), AZ_OK);
    ck_assert_int_eq(st_view(in, plan, &judgement, hand.arena, &view), AZ_OK);
    check_both_languages(&view);
    ck_assert_uint_le(view.maps.items[0].points.count, 1600);
    const struct az_view_table *chosen = table_of(&view, "Chosen sites");
    ck_assert_uint_eq(chosen->row_count, ST_SHOWN_ROWS);
    ck_assert_int_eq(chosen->place, AZ_TABLE_FOLDED);
    ck_assert_ptr_nonnull(strstr(chosen->title.en, "1,000 of 2,000"));
    ck_assert_ptr_nonnull(strstr(chosen->title.ja, "2,000 か所中 1,000 か所"));
    az_arena_free(hand.arena);
}
END_TEST

/* --- the report ---------------------------------------------------------------------------------
 */

static char *html_of(struct drawn *d, enum az_report_part part)
{
    char *text;
    size_t length;
    struct az_report report = { .view = &d->view,
                                .kind = "siting",
                                .kind_title = { "Siting", "配置" },
                                .judgement = &d->judgement,
                                .language = AZ_JAPANESE,
                                .part = part };
    ck_assert_int_eq(az_report_html(&report, &text, &length), AZ_OK);
    return text;
}

/* A name from a spreadsheet must not become markup, in the whole report or in the page alone. */
START_TEST(hostile_names_stay_text)
{
    static const char *const changes[][2] = {
        { "/sites/7/name", "\"<script>alert(1)</script> & \\\"both\\\"\"" },
        { "/tariffs/0/name", "\"</td><img src=x onerror='y'>\"" },
    };
    struct drawn d;
    draw_base(&d, 2, changes);
    for (int part = AZ_REPORT_WHOLE; part <= AZ_REPORT_PAGES; part++) {
        char *html = html_of(&d, (enum az_report_part)part);
        ck_assert(markup_is_well_formed(html));
        ck_assert_ptr_null(strstr(html, "<script"));
        ck_assert_ptr_null(strstr(html, "<img"));
        ck_assert_ptr_nonnull(strstr(html, "&lt;img src=x"));
        ck_assert_uint_eq(markup_count(html, "<section class=\"page\">"), 1);
        free(html);
    }
    st_case_close(&d.c);
}
END_TEST

/* Columns of a terminal: wide letters take two. */
static size_t widest_line(char *text)
{
    size_t widest = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t columns = 0;
        for (const unsigned char *p = (unsigned char *)line; *p; p++)
            if ((*p & 0xc0) != 0x80) columns += *p >= 0xe3 ? 2 : 1;
        if (columns > widest) widest = columns;
    }
    return widest;
}

/* A line that is longer than the terminal breaks every column below it. */
START_TEST(the_terminal_is_kept_to)
{
    struct drawn d;
    draw_base(&d, 0, NULL);
    d.judgement.violations.count = d.judgement.violation_count = 0; /* their words are as long */
    for (int i = 0; i < 4; i++) {
        char *text;
        size_t length;
        int width = (i & 1) ? 80 : 120;
        struct az_report report = { .view = &d.view,
                                    .judgement = &d.judgement,
                                    .language = (i & 2) ? AZ_JAPANESE : AZ_ENGLISH };
        FILE *out = open_memstream(&text, &length);
        az_report_terminal(&report, out, width, false);
        fclose(out);
        ck_assert_ptr_nonnull(strstr(text, (i & 2) ? "事業者の収支" : "Money of the operators"));
        ck_assert_ptr_nonnull(strstr(text, (i & 2) ? "百万円" : "million JPY"));
        ck_assert_uint_le(widest_line(text), (size_t)width);
        free(text);
    }
    st_case_close(&d.c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("siting_view");
    TCase *figures = tcase_create("figures"), *report = tcase_create("report");
    tcase_set_timeout(figures, 60);
    tcase_set_timeout(report, 60);
    tcase_add_test(figures, figures_are_the_judge_s);
    tcase_add_test(figures, the_sample_is_drawn_whole);
    tcase_add_test(figures, limits_have_the_values_of_the_judge);
    tcase_add_test(figures, reasons_and_worths_are_those_of_the_plan);
    tcase_add_test(figures, the_page_tells_what_the_plan_rests_on);
    tcase_add_test(figures, plans_that_do_not_fit_are_drawn);
    tcase_add_test(figures, memory_may_end_anywhere);
    tcase_add_test(figures, many_sites_are_told_by_squares_and_the_first_rows);
    tcase_add_test(report, hostile_names_stay_text);
    tcase_add_test(report, the_terminal_is_kept_to);
    suite_add_tcase(suite, figures);
    suite_add_tcase(suite, report);
    return test_suite_run(suite);
}
