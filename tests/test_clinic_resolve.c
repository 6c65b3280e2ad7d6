/* test_clinic_resolve.c - resolving the clinic: what is derived is what the contract says. */
#include <check.h>
#include <math.h>

#include "formulations/clinic/codes.h"
#include "formulations/clinic/tables.h"
#include "solver/base/context.h"
#include "tests/support/cl_case.h"
#include "tests/support/suite.h"

#define LOAD_CHANGED(c, ...)                                                                     \
    cl_case_load_changed((c), CL_BASE,                                                           \
                         sizeof((const char *const[][2]){ __VA_ARGS__ }) / (2 * sizeof(char *)), \
                         (const char *const[][2]){ __VA_ARGS__ })

enum { CLINIC, EAST_HALL, EAST_UPPER, WEST_HALL, WEST_UPPER, TOWN_HOME, CHARGE_POINT };
enum { MON, TUE, WED };

static int64_t clock_s(int64_t hour, int64_t minute)
{
    return hour * 3600 + minute * 60;
}

/* --- days and hours -----------------------------------------------------------------------------
 */

/* A weekday off by one sends the nurse to a closed hall. */
START_TEST(weekdays_and_dates_become_days)
{
    struct cl_case c;
    cl_case_load(&c, CL_BASE, NULL);
    const struct cl_site *s1 = &c.cl->sites.items[0], *s6 = &c.cl->sites.items[5];
    ck_assert_uint_eq(s1->windows.items[0].hours.days, 7);
    ck_assert_uint_eq(s1->windows.items[1].hours.days, 5);
    ck_assert_int_eq(s1->windows.items[1].hours.from_s, clock_s(13, 30));
    ck_assert_int_eq(s1->windows.items[1].hours.until_s, clock_s(16, 0));
    ck_assert_uint_eq(s6->windows.items[0].hours.days, 2);
    ck_assert_uint_eq(c.cl->staff.items[1].shifts.items[0].hours.days, 3);
    ck_assert_uint_eq(c.cl->closures.items[0].days, 2);
    cl_case_close(&c);
    /* The same in a week that begins on a Sunday, before midnight in Greenwich. */
    LOAD_CHANGED(&c, { "/start", "'2026-11-29T00:00:00+09:00'" }, { "/days", "4" });
    ck_assert_uint_eq(c.cl->sites.items[0].windows.items[1].hours.days, 2 + 8);
    ck_assert_uint_eq(c.cl->sites.items[5].windows.items[0].hours.days, 4);
    cl_case_close(&c);
    LOAD_CHANGED(&c, { "/sites/0/windows/0",
                       "{'weekdays':['tue'],'dates':['2026-11-30'],'from':'09:00:30','until':"
                       "'26:15'}" });
    ck_assert_uint_eq(c.cl->sites.items[0].windows.items[0].hours.days, 3);
    ck_assert_int_eq(c.cl->sites.items[0].windows.items[0].hours.from_s, clock_s(9, 0) + 30);
    ck_assert_int_eq(c.cl->sites.items[0].windows.items[0].hours.until_s, clock_s(26, 15));
    cl_case_close(&c);
}
END_TEST

/* A nurse who is ill and a car in the garage must be gone from the day, and from their crews. */
START_TEST(absences_take_days_away)
{
    struct cl_case c;
    LOAD_CHANGED(&c, { "/staff/0/absent", "['2026-12-02']" },
                 { "/vehicles/0/out_of_service", "['2026-11-30','2027-01-01']" },
                 { "/remote/0/absent", "['2026-12-01']" },
                 { "/crews", "[{'id':'a','vehicle':'car','members':['n1']},{'id':'b','vehicle':"
                             "'van','members':['d1','n2'],'weekdays':['mon','wed']}]" });
    ck_assert_uint_eq(c.cl->staff.items[0].shifts.items[0].hours.days, 3);
    ck_assert_uint_eq(c.cl->vehicles.items[0].days, 6);
    ck_assert_uint_eq(c.cl->remote.items[0].slots.items[0].hours.days, 5);
    ck_assert_uint_eq(c.cl->crews.items[0].days, 2);
    ck_assert_uint_eq(c.cl->crews.items[1].days, 1);
    for (size_t i = 0; i < c.cl->slot_count; i++)
        ck_assert(c.cl->slot[i].remote != 0 || c.cl->slot[i].day != TUE);
    cl_case_close(&c);
}
END_TEST

/* A vehicle without hours would never go out, one without seats would take nobody. */
START_TEST(vehicles_have_hours_and_positions)
{
    struct cl_case c;
    LOAD_CHANGED(&c, { "/vehicles/0/from", NULL }, { "/vehicles/0/until", NULL },
                 { "/vehicles/1/end", "'town-home'" });
    const struct cl_vehicle *car = &c.cl->vehicles.items[0], *van = &c.cl->vehicles.items[1];
    ck_assert_int_eq(car->from_s, 0);
    ck_assert_int_eq(car->until_s, CL_DAY_S);
    ck_assert_int_eq(car->seat_count, 2);
    ck_assert_int_eq(van->seat_count, 2);
    ck_assert_uint_eq(van->position[0], 1);
    ck_assert_uint_eq(van->position[1], 0);
    ck_assert_uint_eq(van->start_place, CLINIC);
    ck_assert_uint_eq(van->end_place, TOWN_HOME);
    ck_assert_uint_eq(car->end_place, CLINIC);
    cl_case_close(&c);
}
END_TEST

/* --- sets ---------------------------------------------------------------------------------------
 */

/* Bits that differ between care and staff let anybody do anything. */
START_TEST(words_become_bits_in_the_order_of_their_use)
{
    struct cl_case c;
    cl_case_load(&c, CL_BASE, NULL);
    const struct cl_instance *cl = c.cl;
    ck_assert_uint_eq(cl->skill_count, 2);
    ck_assert_str_eq(cl->skill[0], "nurse");
    ck_assert_str_eq(cl->skill[1], "driver");
    ck_assert_uint_eq(cl->staff.items[0].skill_set, 3);
    ck_assert_uint_eq(cl->staff.items[2].skill_set, 2);
    ck_assert_uint_eq(cl->cares.items[2].skill_set, 1);
    ck_assert_uint_eq(cl->vehicles.items[1].equipment_set, 3);
    ck_assert_uint_eq(cl->cares.items[2].equipment_set, 1);
    ck_assert_uint_eq(cl->district_count, 3);
    ck_assert_uint_eq(cl->places.items[WEST_UPPER].district_index, 2);
    ck_assert_uint_eq(cl->profile_count, 2);
    ck_assert_str_eq(cl->profile[0], "");
    ck_assert_uint_eq(cl->vehicles.items[1].profile_index, 1);
    ck_assert(!cl->cares.items[0].needs_crew && cl->cares.items[1].needs_crew);
    ck_assert_int_eq(cl->cares.items[1].pharmacist->wait_s, 1800);
    ck_assert_int_eq(cl->sites.items[0].duration_s[0], clock_s(0, 40));
    ck_assert_int_eq(cl->sites.items[0].duration_s[1], clock_s(1, 10));
    ck_assert_uint_eq(cl->sites.items[0].option_count, 2);
    cl_case_close(&c);
    LOAD_CHANGED(&c, { "/sites/4/care", NULL });
    ck_assert_uint_eq(c.cl->sites.items[4].option_count, 3);
    ck_assert_uint_eq(c.cl->sites.items[4].option[2].care.index, 2);
    ck_assert_double_eq(c.cl->sites.items[4].option[2].price_jpy, 0);
    cl_case_close(&c);
}
END_TEST

/* --- slots --------------------------------------------------------------------------------------
 */

/* Half a slot at the end of the hours cannot be booked, and who looks slots up relies on their
 * order. */
START_TEST(slots_are_sorted_and_whole)
{
    struct cl_case c;
    LOAD_CHANGED(&c, { "/remote/1/slots/0/each_min", "50" });
    const struct cl_instance *cl = c.cl;
    ck_assert_uint_eq(cl->slot_count, 18 + 12 + 3 + 72);
    for (size_t i = 1; i < cl->slot_count; i++) {
        const struct cl_slot *a = &cl->slot[i - 1], *b = &cl->slot[i];
        ck_assert(a->day < b->day ||
                  (a->day == b->day && (a->from_s < b->from_s ||
                                        (a->from_s == b->from_s &&
                                         (a->until_s < b->until_s ||
                                          (a->until_s == b->until_s && a->remote <= b->remote))))));
    }
    ck_assert_int_eq(cl->slot[0].from_s, clock_s(9, 0));
    ck_assert_int_eq(cl->slot[0].until_s, clock_s(9, 20));
    ck_assert_int_eq(cl->slot[0].capacity, 2);
    size_t last = 0;
    for (size_t i = 0; i < cl->slot_count; i++)
        if (cl->slot[i].remote == 1) last = i;
    ck_assert_int_eq(cl->slot[last].from_s, 2 * CL_DAY_S + clock_s(14, 40));
    ck_assert_int_eq(cl->slot[last].until_s, 2 * CL_DAY_S + clock_s(15, 30));
    cl_case_close(&c);
}
END_TEST

/* --- patterns -----------------------------------------------------------------------------------
 */

static void check_patterns(const struct cl_site *site, size_t count, const uint32_t days[])
{
    ck_assert_uint_eq(site->pattern_count, count);
    for (size_t p = 0; p < count; p++) ck_assert_uint_eq(site->pattern[p].days, days[p]);
}

/* A pattern too many breaks a promise of care, one too few leaves a hamlet out. */
START_TEST(patterns_are_all_that_visits_spacing_and_windows_allow)
{
    struct cl_case c;
    cl_case_load(&c, CL_BASE, NULL);
    const struct cl_site *sites = c.cl->sites.items;
    check_patterns(&sites[0], 3, (const uint32_t[]){ 1, 2, 4 });
    check_patterns(&sites[1], 1, (const uint32_t[]){ 5 });
    check_patterns(&sites[2], 2, (const uint32_t[]){ 1, 4 });
    ck_assert_double_eq(sites[2].pattern[1].price_jpy, 300);
    check_patterns(&sites[3], 2, (const uint32_t[]){ 2, 4 });
    check_patterns(&sites[5], 1, (const uint32_t[]){ 2 });
    ck_assert_double_eq(sites[0].left_out_jpy, 30000);
    ck_assert_double_eq(sites[1].left_out_jpy, 40000);
    ck_assert_double_eq(sites[1].continuity_jpy, 500);
    ck_assert_double_eq(sites[5].continuity_jpy, 800);
    ck_assert_double_eq(sites[0].continuity_jpy, 0);
    cl_case_close(&c);
    LOAD_CHANGED(&c, { "/days", "7" }, { "/sites/1/visits", "3" },
                 { "/sites/1/spacing_max_days", "3" }, { "/holidays", "['2026-12-03']" },
                 { "/sites/1/last_visit", "'2026-11-29'" });
    /* days 0 1 2 4 5 6, not before day 1, gaps 2 or 3: 1-4-6 2-4-6 only, 1 may not be with 3 */
    check_patterns(&c.cl->sites.items[1], 2,
                   (const uint32_t[]){ 1 << 1 | 1 << 4 | 1 << 6, 1 << 2 | 1 << 4 | 1 << 6 });
    cl_case_close(&c);
    LOAD_CHANGED(&c, { "/sites/2/patterns/-", "{'dates':['2026-11-30'],'price_jpy':7}" },
                 { "/sites/2/patterns/0/price_jpy", "9" });
    check_patterns(&c.cl->sites.items[2], 2, (const uint32_t[]){ 1, 4 });
    ck_assert_double_eq(c.cl->sites.items[2].pattern[0].price_jpy, 7);
    cl_case_close(&c);
    LOAD_CHANGED(&c, { "/mode", "'exact'" });
    ck_assert(isinf(c.cl->sites.items[0].left_out_jpy));
    ck_assert_double_eq(c.cl->scale, 1);
    cl_case_close(&c);
}
END_TEST

/* Is a set of days a pattern, straight from the contract's words? */
static bool is_pattern(uint32_t days, const struct cl_site *site, uint32_t open, int last)
{
    int visits = 0;
    for (int d = 0; d < 9; d++) {
        if (!(days >> d & 1)) continue;
        if (!(open >> d & 1) || d - last < site->spacing_min_days) return false;
        if (visits > 0 && site->spacing_max_days != AZ_NO_INTEGER &&
            d - last > site->spacing_max_days)
            return false;
        if (visits == 0 && d - last > site->interval_max_days) return false;
        last = d;
        visits++;
    }
    return visits == site->visits;
}

/* A rule that only shows with three visits or a closed day between is easily lost. */
START_TEST(patterns_are_those_of_an_exhaustive_search)
{
    struct az_random random;
    size_t total = 0;
    az_random_seed(&random, 5);
    for (int round = 0; round < 60; round++) {
        struct cl_case c;
        json_t *json = document_load(CL_BASE), *closed = json_array();
        json_t *site = json_array_get(json_object_get(json, "sites"), 3);
        int ago = 1 + (int)az_random_below(&random, 3), visits = 1 + round % 4;
        uint32_t open = 0x1ff, found = 0;
        for (int d = 0; d < 9; d++)
            if (az_random_below(&random, 4) == 0) {
                open &= ~((uint32_t)1 << d);
                json_array_append_new(closed, d == 0 ? json_string("2026-11-30")
                                                     : json_sprintf("2026-12-%02d", d));
            }
        json_object_set_new(json, "days", json_integer(9));
        json_object_set_new(site, "closed", closed);
        json_object_set_new(site, "visits", json_integer(visits));
        json_object_set_new(site, "last_visit", json_sprintf("2026-11-%02d", 30 - ago));
        json_object_set_new(site, "interval_max_days",
                            json_integer(2 + (int)az_random_below(&random, 5)));
        json_object_set_new(site, "spacing_min_days",
                            json_integer(1 + (int)az_random_below(&random, 3)));
        if (round % 3 == 0)
            json_object_set_new(site, "spacing_max_days",
                                json_integer(3 + (int)az_random_below(&random, 2)));
        ck_assert_int_eq(cl_case_open(&c, json, NULL), AZ_OK);
        const struct cl_site *it = &c.cl->sites.items[3];
        for (uint32_t days = 1; days < 512; days++) found += is_pattern(days, it, open, -ago);
        ck_assert_uint_eq(it->pattern_count, found);
        for (size_t p = 0; p < it->pattern_count; p++)
            ck_assert(is_pattern(it->pattern[p].days, it, open, -ago));
        ck_assert_uint_eq(found == 0, c.findings.count > 0);
        total += found;
        cl_case_close(&c);
        json_decref(json);
    }
    ck_assert_uint_gt(total, 300);
}
END_TEST

#define AT "'at':'2026-12-01T10:00:00+09:00'"

/* On Tuesday morning Monday's visits are facts, and Monday itself is gone. */
START_TEST(the_state_takes_days_that_are_over)
{
    struct cl_case c;
    LOAD_CHANGED(&c,
                 { "/state", "{" AT ",'appointments':[{'site':'s1','start':"
                             "'2026-11-30T00:31:00Z','status':'done'},{'site':'s2','start':"
                             "'2026-11-30T10:00:00+09:00','status':'done'},{'site':'s6','start':"
                             "'2026-12-01T13:10:00+09:00','status':'confirmed'}]}" });
    const struct cl_instance *cl = c.cl;
    ck_assert_uint_eq(cl->first_day, TUE);
    ck_assert_int_eq(cl->earliest_s, CL_DAY_S + clock_s(10, 0));
    ck_assert_uint_eq(cl->appointment_count, 3);
    ck_assert_int_eq(cl->appointment[0].start_s, clock_s(9, 31));
    ck_assert_uint_eq(cl->appointment[2].day, TUE);
    ck_assert_double_eq(cl->appointment[2].change_price_jpy, 3000);
    check_patterns(&cl->sites.items[0], 1, (const uint32_t[]){ 1 });
    ck_assert_uint_eq(cl->sites.items[0].allowed, 0);
    ck_assert_double_eq(cl->sites.items[0].left_out_jpy, 0);
    check_patterns(&cl->sites.items[1], 1, (const uint32_t[]){ 5 });
    ck_assert_uint_eq(cl->sites.items[1].allowed, 6);
    ck_assert_uint_eq(cl->sites.items[1].done, 1);
    ck_assert_double_eq(cl->sites.items[1].left_out_jpy, 20000);
    check_patterns(&cl->sites.items[2], 1, (const uint32_t[]){ 4 });
    for (size_t i = 0; i < cl->slot_count; i++) ck_assert_uint_ge(cl->slot[i].day, TUE);
    cl_case_close(&c);
    /* At noon a window that closed at ten is over, too. */
    LOAD_CHANGED(&c, { "/state", "{'at':'2026-11-30T12:30:00+09:00','appointments':[]}" },
                 { "/sites/4/windows/0/until", "'10:00'" });
    ck_assert_uint_eq(c.cl->sites.items[4].allowed, 6);
    ck_assert_uint_eq(c.cl->sites.items[0].allowed, 7);
    ck_assert_uint_eq(c.cl->appointment_count, 0);
    cl_case_close(&c);
    /* Without a list of its own, the instance's appointments hold. */
    LOAD_CHANGED(&c, { "/state", "{'at':'2026-12-03T00:00:00+09:00'}" });
    ck_assert_uint_eq(c.cl->first_day, 3);
    ck_assert_uint_eq(c.cl->appointment_count, 2);
    ck_assert_uint_eq(c.cl->sites.items[0].pattern_count, 0);
    ck_assert_uint_eq(c.cl->slot_count, 0);
    cl_case_close(&c);
}
END_TEST

/* Who came back at noon is not sent out again, and a slot that was used is not sold twice. */
START_TEST(the_state_knows_who_has_been_out)
{
    struct cl_case c;
    LOAD_CHANGED(&c, { "/vehicles/0/count", "2" },
                 { "/crews", "[{'id':'a','vehicle':'van','members':['n2']}]" },
                 { "/sites/3/interval_max_days", "8" },
                 { "/state", "{'at':'2026-11-30T12:30:00+09:00','appointments':[{'site':'s4',"
                             "'start':'2026-11-25T09:00:00+09:00','status':'done'}],'staff_out':"
                             "['n1'],'vehicles_out':['car','van'],'booked':[{'remote':'doc-1',"
                             "'slot':'2026-11-30T13:30:00+09:00'},{'remote':'pharm-1','slot':"
                             "'2026-11-30T09:00:00+09:00'}]}" });
    const struct cl_instance *cl = c.cl;
    ck_assert_uint_eq(cl->staff.items[0].shifts.items[0].hours.days, 6);
    ck_assert_int_eq(cl->vehicles.items[0].fleet[MON], 1);
    ck_assert_int_eq(cl->vehicles.items[0].fleet[TUE], 2);
    ck_assert_int_eq(cl->vehicles.items[1].fleet[MON], 0);
    ck_assert_uint_eq(cl->crews.items[0].days, 2);
    for (size_t i = 0; i < cl->slot_count; i++)
        if (cl->slot[i].remote == 0 && cl->slot[i].from_s == clock_s(13, 30))
            ck_assert_int_eq(cl->slot[i].capacity, 1);
    ck_assert_int_eq(cl->slot[0].capacity, 1);
    /* s4: seen on the 25th, so until the 3rd of December, not until the 28th of November */
    check_patterns(&cl->sites.items[3], 2, (const uint32_t[]){ 2, 4 });
    cl_case_close(&c);
}
END_TEST

/* A visit after midnight belongs to the evening before when only that one's window holds it. */
START_TEST(a_visit_after_midnight_belongs_to_the_window_that_holds_it)
{
    struct cl_case c;
    LOAD_CHANGED(&c, { "/sites/4/windows/0/until", "'26:00'" },
                 { "/appointments",
                   "[{'site':'s4','start':'2026-12-01T10:00:00+09:00'},{'site':'s5','start':"
                   "'2026-12-01T01:00:00+09:00','status':'confirmed'}]" });
    ck_assert_uint_eq(c.cl->appointment[0].day, TUE);
    ck_assert_uint_eq(c.cl->appointment[1].day, MON);
    cl_case_close(&c);
}
END_TEST

/* --- roads --------------------------------------------------------------------------------------
 */

static int64_t drive(const struct cl_case *c, size_t vehicle, size_t day, size_t from, size_t to)
{
    return cl_roads_of(c->cl, vehicle, day)->duration_s[from * c->cl->places.count + to];
}

static double metres(const struct cl_case *c, size_t vehicle, size_t day, size_t from, size_t to)
{
    return cl_roads_of(c->cl, vehicle, day)->distance_m[from * c->cl->places.count + to];
}

/* A drive from the wrong source is late, or goes over a pass that is closed. */
START_TEST(roads_come_from_the_first_source_that_knows)
{
    struct cl_case c;
    cl_case_load(&c, CL_BASE, NULL);
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, CLINIC), 0);
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, EAST_HALL), 1080 + 120);
    ck_assert_int_eq(drive(&c, 0, MON, EAST_HALL, CLINIC), 1080 + 120);
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, WEST_HALL), 1680 + 120);
    ck_assert_int_eq(drive(&c, 1, MON, CLINIC, WEST_HALL), 2040 + 120);
    ck_assert_int_eq(drive(&c, 0, MON, WEST_HALL, WEST_UPPER), 840 + 120);
    ck_assert_int_eq(drive(&c, 0, MON, WEST_UPPER, WEST_HALL), 720 + 120);
    ck_assert_int_eq(drive(&c, 0, MON, TOWN_HOME, WEST_UPPER), 2400 + 120);
    ck_assert_double_eq(metres(&c, 0, MON, TOWN_HOME, WEST_UPPER), 24000);
    /* clinic to town-home: 1.4289 km straight (by the law of cosines) */
    double km = 1.4289 * 1.4;
    ck_assert_double_eq_tol(metres(&c, 0, MON, CLINIC, TOWN_HOME), km * 1000, 1);
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, TOWN_HOME),
                     (int64_t)ceil(metres(&c, 0, MON, CLINIC, TOWN_HOME) / 1000 / 30 * 3600 + 120));
    ck_assert_uint_eq(c.assumptions.count, 1);
    ck_assert_str_eq(c.assumptions.items[0].code->code, "straight_lines");
    cl_case_close(&c);
    LOAD_CHANGED(
        &c, { "/travel/speed_kmh", NULL },
        { "/travel/legs/-", "{'from_district':'town','to_district':'east','minutes':25,'km':12}" });
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, EAST_HALL), 1200);
    ck_assert_int_eq(drive(&c, 0, MON, EAST_UPPER, TOWN_HOME), 1620);
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, TOWN_HOME), -1);
    ck_assert_uint_eq(c.assumptions.count, 0);
    cl_case_close(&c);
}
END_TEST

/* The office's own time for one road must win over the table, and the table over the
 * districts. */
START_TEST(matrices_go_before_districts_and_after_legs)
{
    struct cl_case c;
    LOAD_CHANGED(&c, { "/travel/matrices",
                       "[{'places':['clinic','west-hall','west-upper'],'duration_s':[[0,100,200],"
                       "[300.4,0,400],[500,null,0]],'distance_m':[[0,1,2],[3,0,4],[5,null,0]]},"
                       "{'profile':'van','places':['west-upper','clinic'],'duration_s':[[0,700],"
                       "[800,0]]}]" });
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, WEST_HALL), 1800);
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, WEST_UPPER), 320);
    ck_assert_int_eq(drive(&c, 1, MON, CLINIC, WEST_UPPER), 920);
    ck_assert_double_eq(metres(&c, 0, MON, CLINIC, WEST_UPPER), 2);
    ck_assert_int_eq(drive(&c, 0, MON, WEST_UPPER, WEST_HALL), -1); /* null, not the district */
    ck_assert_int_eq(drive(&c, 0, MON, WEST_HALL, WEST_UPPER), 960);
    ck_assert_double_gt(metres(&c, 1, MON, CLINIC, WEST_UPPER), 10000);
    ck_assert_uint_eq(c.assumptions.count, 2);
    ck_assert_str_eq(c.assumptions.items[1].code->code, "straight_distances");
    cl_case_close(&c);
}
END_TEST

/* Snow, a closed pass and the minutes to park are what the office adds by hand today. */
START_TEST(days_have_their_closures_and_factors)
{
    struct cl_case c;
    cl_case_load(&c, CL_BASE, NULL);
    ck_assert_int_eq(drive(&c, 0, WED, CLINIC, EAST_HALL), 1350 + 120);
    ck_assert_int_eq(drive(&c, 0, TUE, CLINIC, EAST_HALL), 1200);
    ck_assert_int_eq(drive(&c, 0, TUE, CLINIC, EAST_UPPER),
                     drive(&c, 0, MON, CLINIC, EAST_UPPER) + 900);
    ck_assert_double_eq_tol(metres(&c, 0, TUE, EAST_UPPER, CLINIC),
                            metres(&c, 0, MON, EAST_UPPER, CLINIC) + 6000, 1e-6);
    ck_assert_int_eq(drive(&c, 0, MON, EAST_HALL, WEST_HALL), 3720);
    ck_assert_int_eq(drive(&c, 0, TUE, EAST_HALL, WEST_HALL), -1);
    ck_assert_int_eq(drive(&c, 1, TUE, WEST_UPPER, EAST_UPPER), -1);
    ck_assert_int_eq(drive(&c, 0, TUE, EAST_UPPER, EAST_HALL),
                     drive(&c, 0, MON, EAST_UPPER, EAST_HALL));
    cl_case_close(&c);
    /* One way, the first of two pairs, two closures that add, and a district with itself. */
    LOAD_CHANGED(&c,
                 { "/closures",
                   "[{'id':'a','pairs':[{'from':'clinic','to':'east-hall','detour_min':5,"
                   "'one_way':true},{'from_district':'town','to_district':'east','detour_min':50},"
                   "{'from_district':'west','to_district':'west','detour_min':1}]},{'id':'b',"
                   "'dates':['2026-11-30'],'pairs':[{'from':'east-hall','to':'clinic',"
                   "'detour_min':7}]}]" });
    ck_assert_int_eq(drive(&c, 0, MON, CLINIC, EAST_HALL), 1200 + 300 + 420);
    ck_assert_int_eq(drive(&c, 0, MON, EAST_HALL, CLINIC), 1200 + 3000 + 420);
    ck_assert_int_eq(drive(&c, 0, TUE, CLINIC, EAST_HALL), 1200 + 300);
    ck_assert_int_eq(drive(&c, 0, TUE, WEST_UPPER, WEST_HALL), 840 + 60);
    ck_assert_int_eq(drive(&c, 0, TUE, WEST_HALL, WEST_HALL), 0);
    cl_case_close(&c);
}
END_TEST

/* A second a drive makes a benchmark's cost another one. */
START_TEST(travel_times_are_rounded_as_is_said)
{
    static const struct {
        const char *word;
        int64_t there, back;
    } cases[] = { { "'up'", 602, 603 }, { "'nearest'", 601, 603 }, { "'down'", 601, 602 } };
    struct cl_case c;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        LOAD_CHANGED(&c,
                     { "/travel",
                       "{'matrices':[{'places':['clinic','east-hall','east-upper','west-hall',"
                       "'west-upper','town-home','charge-point'],'duration_s':[[0,601.4,9,9,9,"
                       "9,9],[602.5,0,9,9,9,9,9],[9,9,0,9,9,9,9],[9,9,9,0,9,9,9],[9,9,9,9,0,9,"
                       "9],[9,9,9,9,9,0,9],[9,9,9,9,9,9,0]]}]}" },
                     { "/travel/rounding", cases[i].word }, { "/closures", NULL });
        ck_assert_int_eq(drive(&c, 0, MON, CLINIC, EAST_HALL), cases[i].there);
        ck_assert_int_eq(drive(&c, 0, MON, EAST_HALL, CLINIC), cases[i].back);
        cl_case_close(&c);
    }
}
END_TEST

/* Ten times 28 tables of 500 places are a gigabyte; those that are alike are kept once. */
START_TEST(days_that_are_alike_share_their_roads)
{
    struct cl_case c;
    cl_case_load(&c, CL_BASE, NULL);
    ck_assert_ptr_eq(cl_roads_of(c.cl, 0, MON)->distance_m, cl_roads_of(c.cl, 0, WED)->distance_m);
    ck_assert_ptr_ne(cl_roads_of(c.cl, 0, MON)->duration_s, cl_roads_of(c.cl, 0, WED)->duration_s);
    ck_assert_ptr_ne(cl_roads_of(c.cl, 0, MON)->distance_m, cl_roads_of(c.cl, 0, TUE)->distance_m);
    cl_case_close(&c);
    json_t *json = document_load(CL_BASE), *places = json_object_get(json, "places");
    json_t *vehicles = json_object_get(json, "vehicles"), *van = json_array_get(vehicles, 1);
    json_object_set_new(json, "days", json_integer(28));
    for (int i = 0; i < 493; i++)
        json_array_append_new(places, json_pack("{s:o,s:f,s:f}", "id", json_sprintf("p%d", i),
                                                "latitude", 36.0 + i * 0.001, "longitude", 138.0));
    for (int i = 0; i < 8; i++) {
        json_t *more = json_deep_copy(van);
        json_object_set_new(more, "id", json_sprintf("v%d", i));
        json_object_set_new(more, "profile", json_sprintf("f%d", i));
        json_array_append_new(vehicles, more);
    }
    cl_case_open_good(&c, json, "large");
    ck_assert_uint_lt(az_arena_bytes(c.arena), (size_t)170 << 20);
    ck_assert_ptr_eq(cl_roads_of(c.cl, 9, 5)->duration_s, cl_roads_of(c.cl, 9, 0)->duration_s);
    cl_case_close(&c);
    for (int i = 0; i < 3000; i++)
        json_array_append_new(places, json_pack("{s:o}", "id", json_sprintf("q%d", i)));
    ck_assert_int_eq(cl_case_open(&c, json, NULL), AZ_OK);
    ck_assert_uint_eq(c.findings.count, 1);
    ck_assert_str_eq(c.findings.items[0].code->code, "too_many_roads");
    ck_assert_uint_lt(az_arena_bytes(c.arena), (size_t)20 << 20);
    cl_case_close(&c);
    json_decref(json);
}
END_TEST

/* --- memory -------------------------------------------------------------------------------------
 */

/* Memory that ends in the middle must end the call, not the process. */
START_TEST(resolving_survives_every_allocation_failure)
{
    json_t *json = document_load(CL_BASE);
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct cl_case c;
        status = cl_case_open(&c, json, &allocator);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        cl_case_close(&c);
        ck_assert_uint_lt(left, 10000);
    }
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_resolve");
    TCase *cases = tcase_create("resolve");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, weekdays_and_dates_become_days);
    tcase_add_test(cases, absences_take_days_away);
    tcase_add_test(cases, vehicles_have_hours_and_positions);
    tcase_add_test(cases, words_become_bits_in_the_order_of_their_use);
    tcase_add_test(cases, slots_are_sorted_and_whole);
    tcase_add_test(cases, patterns_are_all_that_visits_spacing_and_windows_allow);
    tcase_add_test(cases, patterns_are_those_of_an_exhaustive_search);
    tcase_add_test(cases, the_state_takes_days_that_are_over);
    tcase_add_test(cases, the_state_knows_who_has_been_out);
    tcase_add_test(cases, a_visit_after_midnight_belongs_to_the_window_that_holds_it);
    tcase_add_test(cases, roads_come_from_the_first_source_that_knows);
    tcase_add_test(cases, matrices_go_before_districts_and_after_legs);
    tcase_add_test(cases, days_have_their_closures_and_factors);
    tcase_add_test(cases, travel_times_are_rounded_as_is_said);
    tcase_add_test(cases, days_that_are_alike_share_their_roads);
    tcase_add_test(cases, resolving_survives_every_allocation_failure);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
