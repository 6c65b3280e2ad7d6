/* test_clinic_view.c - the figures of a week of rounds: they are the judge's, nothing is missing in
 * either language, names come only with the key file, and pages are whole. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/keyfile.h"
#include "adapters/report/report.h"
#include "formulations/clinic/view.h"
#include "tests/support/cl_case.h"
#include "tests/support/folders.h"
#include "tests/support/markup.h"
#include "tests/support/suite.h"

#define SAMPLE "instances/clinic/matsumoto-week.json"

/* A plan, what the judge says of it, and its view. */
struct drawn {
    struct cl_case c;
    struct az_judgement judgement;
    struct az_view view;
};

static void judge_and_draw(struct drawn *d)
{
    ck_assert_int_eq(cl_evaluate(d->c.cl, d->c.plan, d->c.arena, &d->judgement), AZ_OK);
    ck_assert_int_eq(cl_view(d->c.cl, d->c.plan, &d->judgement, d->c.arena, &d->view), AZ_OK);
}

static void draw_golden(struct drawn *d, const char *name)
{
    cl_case_golden(&d->c, name);
    judge_and_draw(d);
}

static const struct az_view_table *table_of(const struct az_view *view, const char *title)
{
    for (size_t i = 0; i < view->tables.count; i++)
        if (strcmp(view->tables.items[i].title.en, title) == 0) return &view->tables.items[i];
    return NULL;
}

static double number_of(const struct az_view *view, const char *label)
{
    for (size_t i = 0; i < view->numbers.count; i++)
        if (strcmp(view->numbers.items[i].label.en, label) == 0)
            return view->numbers.items[i].value;
    return NAN;
}

static const struct az_cell *cell_of(const struct az_view_table *table, size_t row, size_t column)
{
    ck_assert_uint_lt(row, table->row_count);
    ck_assert_uint_lt(column, table->columns.count);
    return &table->cells[row * table->columns.count + column];
}

static size_t breaches(const struct az_judgement *judgement, enum cl_rule rule)
{
    size_t count = 0;
    for (size_t i = 0; i < judgement->concessions.count; i++)
        count += judgement->concessions.items[i].rule == &cl_rules[rule];
    for (size_t i = 0; i < judgement->violations.count; i++)
        count += judgement->violations.items[i].rule == &cl_rules[rule];
    return count;
}

static size_t pages(const struct az_view *view)
{
    size_t count = 0;
    for (size_t i = 0; i < view->tables.count; i++)
        count += view->tables.items[i].place == AZ_TABLE_PAGE;
    return count;
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

static void check_table(const struct az_view_table *table)
{
    ck_assert(said(table->title));
    for (size_t c = 0; c < table->columns.count; c++)
        ck_assert(said(table->columns.items[c].label));
    for (size_t i = 0; i < table->facts.count; i++) {
        ck_assert(said(table->facts.items[i].label));
        ck_assert(said(table->facts.items[i].value));
    }
    for (size_t r = 0; r < table->row_count; r++)
        for (size_t c = 0; c < table->columns.count; c++) {
            const struct az_cell *cell = cell_of(table, r, c);
            if (cell->words.en || cell->words.ja) ck_assert(even(cell->words));
        }
}

static void check_gantt(const struct az_gantt *gantt)
{
    ck_assert(said(gantt->title));
    ck_assert(gantt->daily);
    for (size_t k = 0; k < gantt->keys.count; k++) ck_assert(said(gantt->keys.items[k].label));
    for (size_t r = 0; r < gantt->rows.count; r++) {
        const struct az_gantt_row *row = &gantt->rows.items[r];
        ck_assert(even(row->label));
        for (size_t b = 0; b < row->bars.count; b++) {
            const struct az_bar *bar = &row->bars.items[b];
            ck_assert(said(bar->label));
            ck_assert_double_ge(bar->from_s, 0);
            ck_assert_double_lt(bar->from_s, bar->to_s);
            ck_assert_double_le(bar->to_s, gantt->length_s + 1e-6);
        }
    }
}

static void check_both_languages(const struct az_view *view)
{
    ck_assert(said(view->title));
    for (size_t i = 0; i < view->numbers.count; i++) {
        ck_assert(said(view->numbers.items[i].label));
        ck_assert(isfinite(view->numbers.items[i].value));
        if (view->numbers.items[i].note.en) ck_assert(said(view->numbers.items[i].note));
    }
    for (size_t i = 0; i < view->tables.count; i++) check_table(&view->tables.items[i]);
    for (size_t i = 0; i < view->gantts.count; i++) check_gantt(&view->gantts.items[i]);
    for (size_t i = 0; i < view->maps.count; i++) {
        const struct az_geo_map *map = &view->maps.items[i];
        ck_assert(said(map->title));
        for (size_t k = 0; k < map->keys.count; k++) ck_assert(said(map->keys.items[k].label));
        for (size_t k = 0; k < map->points.count; k++) ck_assert(said(map->points.items[k].label));
        for (size_t k = 0; k < map->lines.count; k++) {
            ck_assert_uint_lt(map->lines.items[k].from, map->points.count);
            ck_assert_uint_lt(map->lines.items[k].to, map->points.count);
        }
    }
}

/* --- the judge's figures ------------------------------------------------------------------------
 */

/* Every item, then what is conceded, then the total. */
static void check_money(const struct drawn *d)
{
    const struct az_view_table *money = table_of(&d->view, "Money by item and owner");
    double sum = 0;
    ck_assert_ptr_nonnull(money);
    for (size_t r = 0; r < d->judgement.money.count; r++) sum += cell_of(money, r, 2)->number;
    ck_assert_double_eq_tol(sum, d->judgement.cost, 1e-6);
    ck_assert_double_eq_tol(cell_of(money, money->row_count - 1, 2)->number,
                            d->judgement.cost + d->judgement.penalty, 1e-6);
    ck_assert_double_eq_tol(number_of(&d->view, "Cost of the plan"), d->judgement.cost, 1e-6);
    if (d->judgement.penalty > 0)
        ck_assert_double_eq_tol(number_of(&d->view, "Price of conceded rules"),
                                d->judgement.penalty, 1e-6);
}

/* Is the round's stop k told in its page, with its time? */
static void check_stop(const struct drawn *d, const struct az_view_table *page,
                       const struct cl_stop *stop)
{
    char clock[16];
    int year, month, day, minute;
    size_t found = 0;
    az_time_local(stop->start, &year, &month, &day, &minute);
    snprintf(clock, sizeof clock, "%02d:%02d", minute / 60, minute % 60);
    for (size_t r = 0; r < page->row_count; r++) {
        const char *person = cell_of(page, r, 5)->person, *start = cell_of(page, r, 2)->text;
        bool same = stop->kind == CL_STOP_VISIT ? person && strcmp(person, stop->site.id) == 0
                                                : !person && *start && !*cell_of(page, r, 0)->text;
        found += same && strcmp(start, clock) == 0;
    }
    ck_assert_msg(found == 1, "%s: a stop at %s is told %zu times", d->c.cl->title, clock, found);
}

/* A page for every round, every stop once in it, between leaving and coming back. */
static void check_pages(const struct drawn *d)
{
    const struct cl_plan *plan = d->c.plan;
    size_t page_rows = 0, stops = 0;
    bool *used = AZ_ARRAY(d->c.arena, d->view.tables.count + 1, bool);
    ck_assert_uint_eq(pages(&d->view), plan->rounds.count);
    for (size_t i = 0; i < d->view.tables.count; i++)
        if (d->view.tables.items[i].place == AZ_TABLE_PAGE)
            page_rows += d->view.tables.items[i].row_count;
    for (size_t r = 0; r < plan->rounds.count; r++) {
        const struct cl_round *round = &plan->rounds.items[r];
        bool found = false;
        stops += round->stops.count;
        for (size_t i = 0; i < d->view.tables.count && !found; i++) {
            const struct az_view_table *page = &d->view.tables.items[i];
            const char *first = round->stops.count ? round->stops.items[0].site.id : NULL;
            bool here = false;
            if (page->place != AZ_TABLE_PAGE || used[i]) continue;
            if (page->row_count != round->stops.count + 2) continue;
            for (size_t k = 0; k < page->row_count; k++) {
                const char *person = cell_of(page, k, 5)->person;
                here = here || !first || (person && strcmp(person, first) == 0);
            }
            if (!here) continue;
            used[i] = found = true;
            for (size_t k = 0; k < round->stops.count; k++)
                check_stop(d, page, &round->stops.items[k]);
        }
        ck_assert(found);
    }
    ck_assert_uint_eq(page_rows, stops + 2 * plan->rounds.count);
}

static void check_lists(const struct drawn *d)
{
    const struct az_view_table *left_out = table_of(&d->view, "Visits left out");
    const struct az_view_table *calls = table_of(&d->view, "Call list: promised times that change");
    const struct az_view_table *rounds = table_of(&d->view, "Rounds");
    const struct az_view_table *online = table_of(&d->view, "Visits on line, without a vehicle");
    double visits = 0, km = 0;
    ck_assert_uint_eq(left_out ? left_out->row_count : 0,
                      breaches(&d->judgement, CL_RULE_site_served));
    ck_assert_uint_eq(calls ? calls->row_count : 0, breaches(&d->judgement, CL_RULE_visit_changed));
    ck_assert(!left_out || left_out->place == AZ_TABLE_LEADS);
    ck_assert(!calls || calls->place == AZ_TABLE_LEADS);
    ck_assert_uint_eq(online ? online->row_count : 0, d->c.plan->online.count);
    for (size_t r = 0; rounds && r < rounds->row_count; r++) {
        visits += cell_of(rounds, r, 5)->number;
        km += cell_of(rounds, r, 7)->number;
    }
    ck_assert_double_eq(visits + (double)d->c.plan->online.count,
                        number_of(&d->view, "Visits planned"));
    ck_assert_double_eq_tol(km, number_of(&d->view, "Distance"), 1e-6);
    ck_assert_double_eq(number_of(&d->view, "Rounds"), (double)d->c.plan->rounds.count);
}

static void check_whole(const struct drawn *d)
{
    check_both_languages(&d->view);
    check_money(d);
    check_pages(d);
    check_lists(d);
}

static void check_golden(const char *name, void *data)
{
    struct drawn d;
    (void)data;
    draw_golden(&d, name);
    check_whole(&d);
    cl_case_close(&d.c);
}

/* A page that contradicts the judge, or a stop that no page has, would be worse than none. */
START_TEST(figures_are_the_judge_s)
{
    each_case(CL_GOLDEN, 50, check_golden, NULL);
}
END_TEST

/* The sample of the office: a map and rows for every day that somebody goes out. */
START_TEST(the_week_of_the_sample_is_drawn)
{
    struct drawn d;
    cl_case_load(&d.c, SAMPLE, NULL);
    json_t *file = document_load("instances/clinic/matsumoto-week.plan.json");
    ck_assert_int_eq(cl_case_plan(&d.c, json_object_get(file, "plan")), AZ_OK);
    json_decref(file);
    judge_and_draw(&d);
    check_whole(&d);
    ck_assert_uint_eq(d.view.gantts.count, 2);
    ck_assert_uint_eq(d.view.gantts.items[0].rows.count, d.c.plan->rounds.count);
    ck_assert_uint_ge(d.view.maps.count, 4);
    for (size_t i = 0; i < d.view.maps.count; i++) {
        ck_assert(d.view.maps.items[i].half);
        ck_assert_ptr_nonnull(strstr(d.view.maps.items[i].title.en, "straight lines"));
    }
    cl_case_close(&d.c);
}
END_TEST

/* --- promises and reasons -----------------------------------------------------------------------
 */

/* Who was promised another time has to be called; who has not must not be alarmed. */
START_TEST(promises_are_marked)
{
    struct drawn d;
    bool told = false;
    draw_golden(&d, "a_promise_changed");
    for (size_t i = 0; i < d.view.tables.count; i++)
        for (size_t r = 0; r < d.view.tables.items[i].row_count; r++)
            if (d.view.tables.items[i].place == AZ_TABLE_PAGE) {
                struct az_words words = cell_of(&d.view.tables.items[i], r, 8)->words;
                told =
                    told || (words.en && strstr(words.en, "CHANGED") && strstr(words.ja, "変更"));
            }
    ck_assert(told);
    const struct az_view_table *calls = table_of(&d.view, "Call list: promised times that change");
    ck_assert_ptr_nonnull(calls);
    ck_assert_ptr_nonnull(cell_of(calls, 0, 0)->person);
    cl_case_close(&d.c);
    draw_golden(&d, "a_promise_that_is_cancelled");
    calls = table_of(&d.view, "Call list: promised times that change");
    ck_assert_ptr_nonnull(calls);
    ck_assert_str_eq(cell_of(calls, 0, 3)->words.en, "cancelled");
    cl_case_close(&d.c);
    draw_golden(&d, "a_promise_kept_to_the_minute");
    ck_assert_ptr_null(table_of(&d.view, "Call list: promised times that change"));
    ck_assert_double_eq(number_of(&d.view, "Confirmed times changed"), 0);
    cl_case_close(&d.c);
}
END_TEST

/* A reason is said as it was tested, and a site that the plan does not list is told all the same.
 */
START_TEST(what_is_left_out_has_its_reason)
{
    struct drawn d;
    struct cl_unserved one = { .reason = CL_REASON_IMPOSSIBLE, .rule = "site_window" };
    cl_case_golden(&d.c, "a_site_left_out");
    ck_assert_int_eq(cl_plan_new(d.c.cl, d.c.arena, &d.c.plan), AZ_OK);
    one.site = d.c.plan->unserved.items[0].site;
    d.c.plan->unserved.items[0] = one;
    d.c.plan->unserved.items[1].reason = CL_REASON_DISPLACES;
    d.c.plan->unserved.items[1].price_jpy = 700;
    d.c.plan->unserved.items[1].price_bound_jpy = 650;
    struct az_ref displaced[] = { one.site };
    d.c.plan->unserved.items[1].displaced.items = displaced;
    d.c.plan->unserved.items[1].displaced.count = 1;
    judge_and_draw(&d);
    const struct az_view_table *table = table_of(&d.view, "Visits left out");
    ck_assert_ptr_nonnull(table);
    ck_assert_uint_eq(table->row_count, 2);
    ck_assert_ptr_nonnull(strstr(cell_of(table, 0, 1)->words.en, "the site's hours"));
    ck_assert_ptr_nonnull(strstr(cell_of(table, 0, 1)->words.ja, "受入時間"));
    ck_assert_ptr_nonnull(strstr(cell_of(table, 1, 2)->words.en, one.site.id));
    ck_assert_double_eq(cell_of(table, 1, 4)->number, 700);
    ck_assert_double_eq(cell_of(table, 1, 5)->number, 650);
    ck_assert(isnan(cell_of(table, 0, 4)->number));
    d.c.plan->unserved.count = 0;
    judge_and_draw(&d);
    table = table_of(&d.view, "Visits left out");
    ck_assert_uint_eq(table->row_count, 2);
    ck_assert_str_eq(cell_of(table, 0, 1)->words.en, "not tested");
    cl_case_close(&d.c);
    for (size_t k = 0; k < CL_RULE_COUNT; k++)
        ck_assert(said(cl_rule_words(cl_rules[k].code.code)));
    ck_assert(said(cl_rule_words(NULL)));
    ck_assert(said(cl_rule_words("unheard_of")));
}
END_TEST

/* Two calls at the same time on one line would look like one. */
START_TEST(calls_at_the_same_time_have_lines_of_their_own)
{
    struct drawn d;
    draw_golden(&d, "one_slot_takes_two_bookings");
    size_t calls = 0, last_row = 0;
    ck_assert_uint_eq(d.view.gantts.count, 2);
    const struct az_gantt *gantt = &d.view.gantts.items[1];
    for (size_t r = 0; r < gantt->rows.count; r++) {
        const struct az_gantt_row *row = &gantt->rows.items[r];
        double until = -1;
        for (size_t b = 0; b < row->bars.count; b++) {
            if (strcmp(row->bars.items[b].role, "doctor") != 0) continue;
            ck_assert_double_ge(row->bars.items[b].from_s, until);
            until = row->bars.items[b].to_s;
            calls++;
            last_row = r;
        }
    }
    ck_assert_uint_eq(calls, 2);
    ck_assert_uint_ge(last_row, 0);
    cl_case_close(&d.c);
}
END_TEST

/* --- any plan -----------------------------------------------------------------------------------
 */

/* A plan made by hand or for another week is drawn as far as it goes, and brings nothing down. */
START_TEST(plans_that_do_not_fit_are_drawn)
{
    struct drawn d;
    struct az_time none = { .utc_s = AZ_NO_INTEGER };
    cl_case_golden(&d.c, "a_visit_waits_for_the_pharmacist");
    struct cl_round *round = &d.c.plan->rounds.items[0];
    round->date = "2031-01-01";
    judge_and_draw(&d);
    ck_assert_uint_gt(d.judgement.violation_count, 0);
    ck_assert_uint_eq(pages(&d.view), 1);
    check_both_languages(&d.view);
    round->date = NULL;
    round->leaves = none;
    round->vehicle = (struct az_ref){ .id = NULL, .index = AZ_NO_INDEX };
    for (size_t k = 0; k < round->stops.count; k++) {
        struct cl_stop *stop = &round->stops.items[k];
        stop->site.index = stop->care.index = stop->charger.index = AZ_NO_INDEX;
        stop->arrival = stop->start = none;
        if (stop->doctor) stop->doctor->remote.index = AZ_NO_INDEX;
        if (stop->pharmacist) stop->pharmacist->start = none;
    }
    for (size_t m = 0; m < round->members.count; m++) round->members.items[m].index = AZ_NO_INDEX;
    judge_and_draw(&d);
    ck_assert_uint_eq(pages(&d.view), 1);
    d.c.plan->rounds.count = 0;
    judge_and_draw(&d);
    ck_assert_uint_eq(pages(&d.view), 0);
    ck_assert_int_eq(cl_view(d.c.cl, d.c.plan, NULL, d.c.arena, &d.view), AZ_OK);
    ck_assert(isnan(number_of(&d.view, "Cost of the plan")));
    cl_case_close(&d.c);
}
END_TEST

/* Memory may end anywhere: told as that, never a page that is cut short. */
START_TEST(memory_may_end_anywhere)
{
    static const char *const names[] = { "a_visit_waits_for_the_pharmacist", "a_promise_changed",
                                         "charging_on_the_way" };
    json_t *instance = case_file(CL_GOLDEN, names[_i], "instance.json");
    json_t *plan = case_file(CL_GOLDEN, names[_i], "plan.json");
    enum az_status status = AZ_NO_MEMORY;
    size_t refused = 0;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct drawn d;
        status = cl_case_open(&d.c, instance, &allocator);
        if (status == AZ_OK) status = cl_case_plan(&d.c, plan);
        if (status == AZ_OK) status = cl_evaluate(d.c.cl, d.c.plan, d.c.arena, &d.judgement);
        if (status == AZ_OK) {
            status = cl_view(d.c.cl, d.c.plan, &d.judgement, d.c.arena, &d.view);
            refused += status != AZ_OK;
        }
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        if (status == AZ_OK) check_both_languages(&d.view);
        cl_case_close(&d.c);
        ck_assert_uint_lt(left, 10000);
    }
    ck_assert_uint_gt(refused, 0);
    json_decref(instance);
    json_decref(plan);
}
END_TEST

/* --- the report ---------------------------------------------------------------------------------
 */

static char *html_of(struct drawn *d, enum az_report_part part)
{
    char *text;
    size_t length;
    struct az_report report = { .view = &d->view,
                                .kind = "clinic",
                                .kind_title = { "Clinic", "診療" },
                                .judgement = &d->judgement,
                                .language = AZ_JAPANESE,
                                .part = part };
    ck_assert_int_eq(az_report_html(&report, &text, &length), AZ_OK);
    return text;
}

/* A name from a spreadsheet must not become markup, in the whole report or in the pages alone. */
START_TEST(hostile_names_stay_text)
{
    static const char *const changes[][2] = {
        { "/places/1/name", "\"<script>alert(1)</script> & \\\"both\\\"\"" },
        { "/vehicles/0/name", "\"</td><img src=x onerror='y'>\"" },
    };
    struct drawn d;
    json_t *json = document_load(CL_GOLDEN "/one_round/instance.json");
    json_t *plan = document_load(CL_GOLDEN "/one_round/plan.json");
    document_change(json, 2, changes);
    cl_case_open_good(&d.c, json, "one_round");
    ck_assert_int_eq(cl_case_plan(&d.c, plan), AZ_OK);
    json_decref(json);
    json_decref(plan);
    judge_and_draw(&d);
    for (int part = AZ_REPORT_WHOLE; part <= AZ_REPORT_PAGES; part++) {
        char *html = html_of(&d, (enum az_report_part)part);
        ck_assert(markup_is_well_formed(html));
        ck_assert_ptr_null(strstr(html, "<script"));
        ck_assert_ptr_null(strstr(html, "<img"));
        ck_assert_ptr_nonnull(strstr(html, "&lt;img src=x"));
        free(html);
    }
    cl_case_close(&d.c);
}
END_TEST

/* The pages alone are pages and nothing else; in the whole report they are folded but there. */
START_TEST(pages_come_alone_and_in_the_report)
{
    struct drawn d;
    draw_golden(&d, "two_vehicles_of_a_kind");
    ck_assert_uint_eq(pages(&d.view), 2);
    char *whole = html_of(&d, AZ_REPORT_WHOLE), *alone = html_of(&d, AZ_REPORT_PAGES);
    ck_assert(markup_is_well_formed(whole));
    ck_assert(markup_is_well_formed(alone));
    ck_assert_uint_eq(markup_count(whole, "<section class=\"page\">"), 2);
    ck_assert_uint_eq(markup_count(alone, "<section class=\"page\">"), 2);
    ck_assert_uint_eq(markup_count(whole, "class=\"fold\""), 2);
    ck_assert_uint_eq(markup_count(alone, "class=\"fold\""), 0);
    ck_assert_uint_eq(markup_count(alone, "class=\"sign\""), 2);
    ck_assert_ptr_null(strstr(alone, "<figure"));
    ck_assert_ptr_null(strstr(alone, "Money by item"));
    ck_assert_ptr_nonnull(strstr(alone, "break-before:page"));
    free(whole);
    free(alone);
    cl_case_close(&d.c);
}
END_TEST

/* The crew needs the name on the door and the phone; nobody without the key file gets either. */
START_TEST(names_come_with_the_key_file_alone)
{
    struct drawn d;
    struct az_findings findings;
    struct az_keyfile *keyfile;
    char path[] = "/tmp/azumi-clinic-key-XXXXXX";
    close(mkstemp(path));
    unlink(path);
    draw_golden(&d, "a_promise_changed");
    az_findings_init(&findings, d.c.arena, 0);
    ck_assert_int_eq(az_keyfile_open(path, d.c.arena, &findings, &keyfile), AZ_OK);
    struct az_person person = { .name = "奥原 <こずえ>",
                                .address = "安曇 9999",
                                .phone = "0263-99-9999" };
    const struct az_view_table *calls = table_of(&d.view, "Call list: promised times that change");
    ck_assert_int_eq(az_keyfile_put(keyfile, cell_of(calls, 0, 0)->person, person), AZ_OK);
    char *html = html_of(&d, AZ_REPORT_WHOLE);
    ck_assert_ptr_null(strstr(html, "0263-99-9999"));
    ck_assert_ptr_null(strstr(html, "奥原"));
    free(html);
    ck_assert_int_eq(az_report_join(&d.view, &d.judgement, NULL, keyfile, d.c.arena), AZ_OK);
    for (int part = AZ_REPORT_WHOLE; part <= AZ_REPORT_PAGES; part++) {
        html = html_of(&d, (enum az_report_part)part);
        ck_assert(markup_is_well_formed(html));
        ck_assert_ptr_nonnull(strstr(html, "0263-99-9999</span></span>"));
        ck_assert_ptr_nonnull(strstr(html, "奥原 &lt;こずえ&gt;"));
        free(html);
    }
    ck_assert_str_eq(cell_of(calls, 0, 0)->reach, "安曇 9999\n0263-99-9999");
    az_keyfile_close(keyfile);
    cl_case_close(&d.c);
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
    draw_golden(&d, "a_visit_waits_for_the_pharmacist");
    for (int i = 0; i < 8; i++) {
        char *text;
        size_t length;
        int width = (i & 1) ? 80 : 120;
        struct az_report report = { .view = &d.view,
                                    .judgement = &d.judgement,
                                    .language = (i & 2) ? AZ_JAPANESE : AZ_ENGLISH,
                                    .part = (i & 4) ? AZ_REPORT_PAGES : AZ_REPORT_WHOLE };
        FILE *out = open_memstream(&text, &length);
        az_report_terminal(&report, out, width, false);
        fclose(out);
        bool page = strstr(text, (i & 2) ? "出発・帰着" : "Leaves, returns") != NULL;
        ck_assert_int_eq(page, (i & 4) != 0);
        ck_assert_uint_le(widest_line(text), (size_t)width);
        free(text);
    }
    cl_case_close(&d.c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_view");
    TCase *figures = tcase_create("figures"), *report = tcase_create("report");
    tcase_set_timeout(figures, 60);
    tcase_set_timeout(report, 60);
    tcase_add_test(figures, figures_are_the_judge_s);
    tcase_add_test(figures, the_week_of_the_sample_is_drawn);
    tcase_add_test(figures, promises_are_marked);
    tcase_add_test(figures, what_is_left_out_has_its_reason);
    tcase_add_test(figures, calls_at_the_same_time_have_lines_of_their_own);
    tcase_add_test(figures, plans_that_do_not_fit_are_drawn);
    tcase_add_loop_test(figures, memory_may_end_anywhere, 0, 3);
    tcase_add_test(report, hostile_names_stay_text);
    tcase_add_test(report, pages_come_alone_and_in_the_report);
    tcase_add_test(report, names_come_with_the_key_file_alone);
    tcase_add_test(report, the_terminal_is_kept_to);
    suite_add_tcase(suite, figures);
    suite_add_tcase(suite, report);
    return test_suite_run(suite);
}
