/* test_clinic_corners.c - weeks at the edges of what the words of instance.h say: columns with each
 * engine and the compact model both come to the figures that an exhaustive search by hand has. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "formulations/clinic/instance.h"
#include "solver/tolerances.h"
#include "tests/support/cl_judged.h"
#include "tests/support/engines.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

#define SECONDS 20
#define CHANGES 12

/* base -> a 20 min 10 km, base -> b 30 min 20 km, a -> b 15 min 8 km; the visits take 30 min. A
 * round costs 12000, 10 a km and 600 an hour. Whoever is left out costs 50000. */
static const struct corner {
    const char *name;
    double left_out, changes, total; /* total NAN: there is no plan */
    const char *change[CHANGES][2];
} corners[] = {
    { "a shift over midnight: visits of both sides of it are of its first day",
      0,
      0,
      13030,
      { { "/staff/0/shifts/0", "{'dates':['2026-11-30'],'from':'20:00','until':'28:00'}" },
        { "/vehicles/0/from", "'20:00'" },
        { "/vehicles/0/until", "'28:00'" },
        { "/sites/0/windows/0", "{'dates':['2026-11-30'],'from':'23:50','until':'23:55'}" },
        { "/sites/1/windows/0", "{'dates':['2026-11-30'],'from':'24:30','until':'24:40'}" } } },
    { "the night after the last day still belongs to it",
      0,
      0,
      13030,
      { { "/staff/0/shifts/0", "{'dates':['2026-12-01'],'from':'20:00','until':'28:00'}" },
        { "/vehicles/0/from", "'20:00'" },
        { "/vehicles/0/until", "'28:00'" },
        { "/sites/0/windows/0", "{'dates':['2026-12-01'],'from':'23:50','until':'23:55'}" },
        { "/sites/1/windows/0", "{'dates':['2026-12-01'],'from':'24:30','until':'24:40'}" },
        { "/cares/0/doctor", "{'minutes':10}" },
        { "/remote", "[{'id':'d','role':'doctor','slots':[{'dates':['2026-12-01'],'from':'23:50',"
                     "'until':'24:45','capacity':2}]}]" } } },
    { "a promise of the night is of the day before",
      0,
      0,
      13030,
      { { "/staff/0/shifts/0", "{'from':'20:00','until':'28:00'}" },
        { "/vehicles/0/from", "'20:00'" },
        { "/vehicles/0/until", "'28:00'" },
        { "/sites/0/windows/0", "{'from':'23:00','until':'25:00'}" },
        { "/sites/1/windows/0", "{'from':'23:00','until':'25:30'}" },
        { "/change_price_jpy", "3000" },
        { "/appointments",
          "[{'site':'a','start':'2026-12-01T00:40:00+09:00','status':'confirmed'},"
          "{'site':'b','start':'2026-12-01T01:25:00+09:00','status':'confirmed'}]" } } },
    { "a slot that opens as the window closes",
      0,
      0,
      13030,
      { { "/sites/0/windows/0", "{'from':'09:00','until':'10:00'}" },
        { "/sites/0/care", "[{'care':'seen'}]" },
        { "/cares/-", "{'id':'seen','stage':2,'visit_min':30,'doctor':{'minutes':10}}" },
        { "/remote",
          "[{'id':'d','role':'doctor','slots':[{'from':'10:00','until':'10:10'}]}]" } } },
    { "windows of breaks that touch have one moment in common",
      0,
      0,
      14030,
      { { "/staff/0/shifts/0", "{'from':'08:00','until':'17:00','break_min':20,"
                               "'break_from':'11:00','break_until':'12:00'}" },
        { "/staff/-", "{'id':'d1','skills':['driver'],'cost_jpy_per_day':1000,'shifts':[{"
                      "'from':'08:00','until':'17:00','break_min':40,'break_from':'12:00',"
                      "'break_until':'13:00'}]}" },
        { "/vehicles/0/crew", "['nurse','driver']" },
        { "/sites/0/windows/0", "{'from':'11:30','until':'11:30'}" },
        { "/sites/1/windows/0", "{'from':'12:55','until':'12:55'}" } } },
    { "a minute less than the break and the drive",
      50000,
      0,
      63600,
      { { "/staff/0/shifts/0", "{'from':'08:00','until':'17:00','break_min':20,"
                               "'break_from':'11:00','break_until':'12:00'}" },
        { "/staff/-", "{'id':'d1','skills':['driver'],'cost_jpy_per_day':1000,'shifts':[{"
                      "'from':'08:00','until':'17:00','break_min':40,'break_from':'12:00',"
                      "'break_until':'13:00'}]}" },
        { "/vehicles/0/crew", "['nurse','driver']" },
        { "/days", "1" },
        { "/sites/0/windows/0", "{'from':'11:30','until':'11:30'}" },
        { "/sites/1/windows/0", "{'from':'12:54','until':'12:54'}" } } },
    { "who is back as the window of the break closes needs none",
      0,
      0,
      13030,
      { { "/staff/0/shifts/0", "{'from':'08:00','until':'17:00','break_min':60,"
                               "'break_from':'10:00','break_until':'10:50'}" },
        { "/sites/0/windows/0", "{'from':'09:00','until':'09:00'}" },
        { "/sites/1/windows/0", "{'from':'09:50','until':'09:50'}" },
        { "/cares/0/visit_min", "30" } } },
    { "windows of breaks that have nothing in common: nobody is out as the first one closes",
      0,
      0,
      27600,
      { { "/staff/0/shifts/0", "{'from':'08:00','until':'17:00','break_min':20,"
                               "'break_from':'11:00','break_until':'12:00'}" },
        { "/staff/-", "{'id':'d1','skills':['driver'],'cost_jpy_per_day':1000,'shifts':[{"
                      "'from':'08:00','until':'17:00','break_min':40,'break_from':'13:00',"
                      "'break_until':'14:00'}]}" },
        { "/vehicles/0/crew", "['nurse','driver']" },
        { "/sites/0/windows/0", "{'from':'11:10','until':'11:10'}" },
        { "/sites/1/windows/0", "{'from':'12:30','until':'12:30'}" } } },
    { "a detour, the snow's factor and the buffer in their order",
      0,
      0,
      13605,
      { { "/closures", "[{'id':'pass','pairs':[{'from':'pa','to':'pb','detour_min':10,"
                       "'detour_km':4}]}]" },
        { "/travel/slow_days", "[{'factor':1.5}]" },
        { "/travel/buffer_min", "2" },
        { "/sites/0/windows/0", "{'from':'09:00','until':'09:00'}" },
        { "/sites/1/windows/0", "{'from':'10:09:30','until':'10:09:30'}" } } },
    { "the range is 0 at the charger",
      0,
      0,
      12530,
      { { "/vehicles/0/range_km", "10" },
        { "/chargers", "[{'id':'c','place':'pa','minutes':10,'gives_km':10}]" },
        { "/sites/1/place", "'pc'" },
        { "/places/-", "{'id':'pc'}" },
        { "/travel/legs/-", "{'from':'pa','to':'pc','minutes':15,'km':8}" },
        { "/travel/legs/-", "{'from':'base','to':'pc','minutes':30,'km':20}" },
        { "/chargers/-", "{'id':'x','place':'pc','minutes':10,'gives_km':20}" },
        { "/vehicles/0/end", "'pc'" } } },
    { "the day has begun: what has begun is done, the rest begins later",
      0,
      0,
      13000,
      { { "/days", "1" },
        { "/state", "{'at':'2026-11-30T10:00:00+09:00','appointments':[{'site':'a',"
                    "'start':'2026-11-30T09:30:00+09:00','status':'done'}]}" },
        { "/sites/1/windows/0", "{'from':'09:00','until':'10:30'}" } } },
    { "the day has begun a minute too late",
      50000,
      0,
      50000,
      { { "/days", "1" },
        { "/state", "{'at':'2026-11-30T10:01:00+09:00','appointments':[{'site':'a',"
                    "'start':'2026-11-30T09:30:00+09:00','status':'done'}]}" },
        { "/sites/1/windows/0", "{'from':'09:00','until':'10:30'}" } } },
    { "the day has begun after the window of the break",
      0,
      0,
      13000,
      { { "/days", "1" },
        { "/staff/0/shifts/0", "{'from':'08:00','until':'17:00','break_min':30,"
                               "'break_from':'08:30','break_until':'09:30'}" },
        { "/state", "{'at':'2026-11-30T10:30:00+09:00','appointments':[{'site':'a',"
                    "'start':'2026-11-30T09:30:00+09:00','status':'done'}]}" },
        { "/sites/1/windows/0", "{'from':'11:00','until':'11:00'}" } } },
    { "a visit on line begins at the state's moment",
      0,
      0,
      13000,
      { { "/days", "1" },
        { "/state", "{'at':'2026-11-30T10:00:00+09:00'}" },
        { "/sites/0/care", "[{'care':'line'}]" },
        { "/sites/0/windows/0", "{'from':'09:00','until':'10:00'}" },
        { "/cares/-", "{'id':'line','stage':1,'visit_min':10,'doctor':{'minutes':10}}" },
        { "/remote",
          "[{'id':'d','role':'doctor','slots':[{'from':'09:00','until':'10:10'}]}]" } } },
    { "visits that take no time, all at one moment",
      0,
      0,
      13000,
      { { "/cares/0/visit_min", "0" },
        { "/sites/0/place", "'pb'" },
        { "/sites/0/windows/0", "{'from':'10:00','until':'10:00','ends_within':true}" },
        { "/sites/1/windows/0", "{'from':'10:00','until':'10:00','ends_within':true}" } } },
    { "promises without a price are kept where nothing is priced",
      0,
      0,
      13030,
      { { "/mode", "'exact'" },
        { "/appointments",
          "[{'site':'a','start':'2026-12-01T15:00:00+09:00','status':'confirmed'},"
          "{'site':'b','start':'2026-12-01T14:15:00+09:00','status':'confirmed'}]" } } },
    { "promises without a price that cannot be kept together",
      0,
      0,
      NAN,
      { { "/mode", "'exact'" },
        { "/appointments",
          "[{'site':'a','start':'2026-12-01T15:00:00+09:00','status':'confirmed'},"
          "{'site':'b','start':'2026-12-01T14:16:00+09:00','status':'confirmed'}]" } } },
    { "of three vehicles two have been out",
      50000,
      0,
      62600,
      { { "/days", "1" },
        { "/vehicles/0/count", "3" },
        { "/staff/-",
          "{'id':'n2','skills':['nurse'],'shifts':[{'from':'08:00','until':'17:00'}]}" },
        { "/staff/0/cost_jpy_per_day", "11000" },
        { "/staff/1/cost_jpy_per_day", "11000" },
        { "/vehicles/0/cost_jpy_per_day", "1000" },
        { "/state", "{'at':'2026-11-30T08:00:00+09:00','vehicles_out':['car','car']}" },
        { "/sites/0/windows/0", "{'from':'12:00','until':'12:00'}" },
        { "/sites/1/windows/0", "{'from':'12:00','until':'12:00'}" } } },
    { "who leaves in one shift does not wait into the next one",
      0,
      0,
      12705,
      { { "/days", "1" },
        { "/sites/1", NULL },
        { "/staff/0/shifts", "[{'from':'08:00','until':'10:00'},{'from':'10:30','until':'17:00',"
                             "'break_min':30,'break_from':'11:00','break_until':'11:00'}]" },
        { "/staff/0/overtime_max_min", "120" },
        { "/staff/0/overtime_price_jpy_per_h", "60" },
        { "/sites/0/windows/0", "{'from':'10:55','until':'11:00'}" } } },
    { "a break between two charges",
      0,
      0,
      12880,
      { { "/days", "1" },
        { "/sites/1", NULL },
        { "/sites/0/windows/0", "{'from':'12:00','until':'12:15'}" },
        { "/vehicles/0/range_km", "24" },
        { "/vehicles/0/until", "'17:00'" },
        { "/travel/legs/0/km", "24" },
        { "/chargers", "[{'id':'c','place':'pa','minutes':60,'gives_km':12}]" },
        { "/staff/0/shifts/0", "{'from':'08:00','until':'15:30','break_min':30,"
                               "'break_from':'13:40','break_until':'13:50'}" } } },
    { "a site of which one visit is done goes on in its pattern",
      0,
      0,
      13030,
      { { "/days", "3" },
        { "/sites/0/visits", "2" },
        { "/sites/0/spacing_min_days", "2" },
        { "/sites/0/windows/0", "{'from':'09:00','until':'16:00'}" },
        { "/state", "{'at':'2026-12-01T00:00:00+09:00','appointments':[{'site':'a',"
                    "'start':'2026-11-30T09:30:00+09:00','status':'done'}]}" } } },
};

/* --- solving -------------------------------------------------------------------------------------
 */

struct solve {
    const struct cl_case *c;
    const struct cl_plan *plan;
    struct az_judgement best;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solve *s = data;
    cl_keep_better(s->c, s->c->cl->scale, plan, s->plan, &s->best, objective, kept);
    if (*kept) s->plan = plan;
    return AZ_OK;
}

static void check_solve(const struct cl_case *c, const struct corner *corner, const char *method,
                        const struct az_engine *engine)
{
    struct solve s = { .c = c };
    struct az_run run;
    struct az_proof proof;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-9, .gap_abs = 1e-3, .money_scale = 1000
    };
    struct az_solve_options how = { .method = method };
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + SECONDS;
    az_run_begin(&run, &context, engine, &options);
    run.judge = judge;
    run.data = &s;
    ck_assert_int_eq(cl_solve(c->cl, &how, &run, c->arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&run, &proof), AZ_OK);
    ck_assert_uint_eq(run.refused, 0);
    if (isnan(corner->total)) {
        if (proof.status != AZ_PLAN_INFEASIBLE)
            ck_abort_msg("%s: %s does not say that there is no plan", corner->name, method);
        return;
    }
    if (proof.status != AZ_PLAN_OPTIMAL)
        ck_abort_msg("%s: %s proves nothing", corner->name, method);
    double total = s.best.cost + s.best.penalty;
    if (fabs(total - corner->total) > 0.01 || fabs(s.best.rank[0] - corner->left_out) > 0.01 ||
        fabs(s.best.rank[1] - corner->changes) > 0.01)
        ck_abort_msg("%s: %s has %g, %g left out, %g changes", corner->name, method, total,
                     s.best.rank[0], s.best.rank[1]);
}

/* Each of these is a line of the contract that a method can read in two ways. */
START_TEST(corners_are_what_the_words_say)
{
    const struct corner *corner = &corners[_i];
    struct cl_case c;
    size_t count = 0;
    while (count < CHANGES && corner->change[count][0]) count++;
    json_t *json = case_file(CL_GOLDEN, "one_round", "instance.json");
    json_object_set_new(json, "unserved_price_jpy", json_integer(50000));
    document_change(json, count, corner->change);
    cl_case_open_good(&c, json, corner->name);
    for (int e = 0; e < engine_count(); e++) check_solve(&c, corner, "auto", engine_at(e));
    check_solve(&c, corner, "compact", engine_at(0));
    cl_case_close(&c);
    json_decref(json);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_corners");
    TCase *cases = tcase_create("corners");
    tcase_set_timeout(cases, 300);
    tcase_add_loop_test(cases, corners_are_what_the_words_say, 0,
                        (int)(sizeof corners / sizeof *corners));
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
