/* test_evbus_network.c - what may follow what, and a bus-day walked through. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "adapters/format.h"
#include "formulations/evbus/network.h"
#include "tests/support/eb_bench.h"
#include "tests/support/suite.h"

static struct eb_case c;
static struct eb_network *net;

static void open_text(const char *format, const char *text)
{
    eb_bench_text(&c, format, text);
    ck_assert_int_eq(eb_network_new(c.ev, c.arena, &net), AZ_OK);
}

static void close_case(void)
{
    eb_case_close(&c);
}

/* Without a topological order a sweep over the trips would miss paths. */
START_TEST(untimed_trips_stand_after_all_that_they_may_follow)
{
    /* 3 may be followed by 1, and 1 by 2 */
    open_text("mdvsp", "1 3 3\n"
                       "-1 10 20 30\n"
                       "11 -1 5 -1\n"
                       "21 -1 -1 -1\n"
                       "31 7 -1 -1\n");
    ck_assert_uint_eq(net->trip_count, 3);
    ck_assert_uint_eq(net->trip[0], 2);
    ck_assert_uint_eq(net->trip[1], 0);
    ck_assert_uint_eq(net->trip[2], 1);
    ck_assert_uint_eq(net->link_start[3], 2);
    size_t link = eb_link_find(net, 0, 1);
    ck_assert_uint_ne(link, AZ_NO_INDEX);
    ck_assert_double_eq(net->links[link].cost, 7);
    ck_assert_uint_eq(eb_link_find(net, 0, 2), AZ_NO_INDEX);
    ck_assert_double_eq(net->pull_out[0][0].cost, 30);
    ck_assert_double_eq(net->pull_in[0][2].cost, 21);
    close_case();
}
END_TEST

/* Two trips that may each follow the other are no timetable: no order exists. */
START_TEST(links_in_a_circle_are_refused)
{
    const char *text = "1 2 2\n-1 1 1\n1 -1 1\n1 1 -1\n";
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    struct az_inputs inputs = { 0 };
    json_t *document = NULL;
    az_findings_init(&findings, arena, 0);
    az_inputs_add_bytes(&inputs, "case", text, strlen(text), arena, &findings);
    struct az_import call = { .inputs = inputs.items, .input_count = 1 };
    ck_assert_int_eq(az_import_find("mdvsp")->read(&call, arena, &findings, &document), AZ_OK);
    ck_assert_ptr_nonnull(document);
    ck_assert_int_eq(eb_case_open(&c, document, NULL), AZ_OK);
    if (az_findings_total(&c.findings) == 0)
        ck_assert_int_ne(eb_network_new(c.ev, c.arena, &net), AZ_OK);
    json_decref(document);
    az_arena_free(arena);
    close_case();
}
END_TEST

/* Three trips: the second begins just when the bus can be there, the third a little too early. */
static const char three[] = "1 1 3 5 5\n"
                            "0 1440 0 0\n"
                            "0 1440 0 0\n"
                            "100 110 10 30\n"
                            "120 130 10 30\n"
                            "119 160 10 30\n"
                            "0 5 5 5 5\n"
                            "5 0 5 5 5\n"
                            "5 4 0 10 10\n"
                            "5 4 10 0 10\n"
                            "5 4 10 10 0\n"
                            "50\n"
                            "0.8\n";

/* A link that is too tight by a moment would be a plan that the judge refuses. */
START_TEST(times_decide_what_may_follow)
{
    open_text("evsp", three);
    ck_assert_uint_eq(net->trip[0], 0);
    ck_assert_uint_eq(net->trip[1], 2); /* begins before the second one */
    ck_assert_uint_eq(net->trip[2], 1);
    ck_assert_uint_ne(eb_link_find(net, 0, 2), AZ_NO_INDEX);
    size_t tight = eb_link_find(net, 0, 1);
    /* by the station it takes 9 minutes: then 0 are left to charge, but there is a way */
    ck_assert_uint_ne(tight, AZ_NO_INDEX);
    ck_assert_int_lt(net->links[tight].drive_s, 0);
    close_case();
}
END_TEST

/* A bus-day's cost and charges by hand: 50 - 5 - 30 = 15, and 1.25 a minute at the station. */
START_TEST(a_duty_charges_all_it_can)
{
    open_text("evsp", three);
    struct eb_hop straight[] = { { 0, AZ_NO_INDEX },
                                 { 1, AZ_NO_INDEX },
                                 { AZ_NO_INDEX, AZ_NO_INDEX } };
    struct eb_hop charged[] = { { 0, AZ_NO_INDEX }, { 1, 0 }, { AZ_NO_INDEX, 0 } };
    struct eb_hop home[] = { { 0, AZ_NO_INDEX }, { AZ_NO_INDEX, AZ_NO_INDEX } };
    struct eb_duty *duty;
    ck_assert_int_eq(eb_duty_of_hops(c.ev, net->sources, 0, 0, straight, 3, c.arena, &duty), AZ_OK);
    ck_assert_ptr_null(duty); /* 15 - 10 - 30 */
    ck_assert_int_eq(eb_duty_of_hops(c.ev, net->sources, 0, 0, charged, 3, c.arena, &duty), AZ_OK);
    ck_assert_ptr_null(duty); /* one minute at the station is not enough */
    ck_assert_int_eq(eb_duty_of_hops(c.ev, net->sources, 0, 0, home, 2, c.arena, &duty), AZ_OK);
    ck_assert_ptr_nonnull(duty);
    double charge[2];
    ck_assert(eb_duty_charges(c.ev, net->sources, duty, charge));
    ck_assert_double_eq_tol(charge[0], 15, 1e-9);
    ck_assert_double_eq_tol(charge[1], 10, 1e-9);
    ck_assert_double_eq_tol(duty->cost, 10010, 1e-9);
    struct eb_block block;
    ck_assert_int_eq(eb_duty_block(c.ev, net->sources, duty, 7, c.arena, &block), AZ_OK);
    ck_assert_str_eq(block.id, "b7");
    ck_assert_uint_eq(block.events.count, 3);
    ck_assert_int_eq(block.events.items[1].kind, EB_EVENT_TRIP);
    ck_assert_double_eq_tol(block.events.items[2].soc_after_kwh, 10, 1e-9);
    close_case();
}
END_TEST

/* A copy must outlive what it was copied from. */
START_TEST(copies_share_nothing)
{
    open_text("evsp", three);
    struct eb_hop hops[] = { { 0, AZ_NO_INDEX }, { AZ_NO_INDEX, 0 } };
    struct az_arena *scratch = az_arena_new(NULL);
    struct eb_duty *duty, *copy;
    ck_assert_int_eq(eb_duty_of_hops(c.ev, net->sources, 0, 0, hops, 2, scratch, &duty), AZ_OK);
    ck_assert_ptr_nonnull(duty);
    double cost = duty->cost;
    ck_assert_int_eq(eb_duty_copy(duty, c.arena, &copy), AZ_OK);
    az_arena_free(scratch);
    ck_assert_double_eq(eb_duty_cost(c.ev, net->sources, copy), cost);
    ck_assert_uint_eq(copy->legs[1].stay_count, 1);
    ck_assert_double_eq_tol(copy->legs[1].stays[0].charged_kwh, 39, 1e-4);
    close_case();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evbus network");
    TCase *tests = tcase_create("network");
    tcase_add_test(tests, untimed_trips_stand_after_all_that_they_may_follow);
    tcase_add_test(tests, links_in_a_circle_are_refused);
    tcase_add_test(tests, times_decide_what_may_follow);
    tcase_add_test(tests, a_duty_charges_all_it_can);
    tcase_add_test(tests, copies_share_nothing);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
