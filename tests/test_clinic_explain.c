/* test_clinic_explain.c - why a plan leaves a site out, and what would help: every reason confirmed
 * by another week, solved in another way. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "formulations/clinic/explain.h"
#include "solver/tolerances.h"
#include "tests/support/cl_case.h"
#include "tests/support/cl_random.h"
#include "tests/support/engines.h"
#include "tests/support/kind_case.h"
#include "tests/support/suite.h"

#define WEEKS TEST_SOME(40)
#define GAP 0.5 /* JPY, asked of all */

/* --- solving -------------------------------------------------------------------------------------
 */

struct solve {
    const struct cl_case *c;
    struct az_run run;
    const struct cl_plan *plan;
    struct az_judgement judgement;
    struct az_proof proof;
    int plans, retold;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solve *s = data;
    struct az_judgement judgement = { 0 };
    double scale = s->c->cl->scale;
    ck_assert_int_eq(cl_evaluate(s->c->cl, plan, s->c->arena, &judgement), AZ_OK);
    ck_assert_uint_eq(judgement.violation_count, 0);
    *objective = judgement.cost + judgement.penalty;
    *kept =
        !s->plan ||
        (s->run.retelling ? !az_judgement_is_better(AZ_MINIMIZE, scale, &s->judgement, &judgement)
                          : az_judgement_is_better(AZ_MINIMIZE, scale, &judgement, &s->judgement));
    if (!*kept) return AZ_OK;
    s->plans += !s->run.retelling;
    s->retold += s->run.retelling;
    s->plan = plan;
    s->judgement = judgement;
    return AZ_OK;
}

static void solve(struct solve *s, const struct cl_case *c, const char *method, double seconds)
{
    struct az_context context = az_context_default();
    struct az_solve_options how = { .method = method };
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 0, .gap_abs = GAP, .money_scale = c->cl->scale
    };
    *s = (struct solve){ .c = c };
    context.deadline = az_now(&context) + seconds;
    az_run_begin(&s->run, &context, engine_named("cbc"), &options);
    s->run.judge = judge;
    s->run.data = s;
    ck_assert_int_eq(cl_solve(c->cl, &how, &s->run, c->arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&s->run, &s->proof), AZ_OK);
    ck_assert_uint_eq(s->run.refused, 0);
}

/* --- other weeks ---------------------------------------------------------------------------------
 */

/* The instance's price of what is left out as each site's own, but for one site, which must be
 * served. */
static void make_firm(json_t *week, const char *id)
{
    json_t *site, *price = json_object_get(week, "unserved_price_jpy");
    size_t i;
    json_array_foreach(json_object_get(week, "sites"), i, site)
    {
        if (strcmp(json_string_value(json_object_get(site, "id")), id) == 0)
            json_object_del(site, "unserved_price_jpy");
        else if (price && !json_object_get(site, "unserved_price_jpy"))
            json_object_set(site, "unserved_price_jpy", price);
    }
    json_object_del(week, "unserved_price_jpy");
}

static void keep_one(json_t *list, const char *member, const char *id)
{
    for (size_t i = json_array_size(list); i-- > 0;)
        if (strcmp(json_string_value(json_object_get(json_array_get(list, i), member)), id) != 0)
            json_array_remove(list, i);
}

/* Nobody but one site. */
static void make_empty(json_t *week, const char *id)
{
    keep_one(json_object_get(week, "sites"), "id", id);
    keep_one(json_object_get(week, "appointments"), "site", id);
    keep_one(json_object_get(json_object_get(week, "state"), "appointments"), "site", id);
}

/* An instance that nobody validates: an empty week may be one that is told to be impossible. */
static void open_unchecked(struct cl_case *c, const json_t *week)
{
    enum az_status status = cl_case_open(c, week, NULL);
    ck_assert(status == AZ_OK || status == AZ_INVALID);
    if (az_findings_total(&c->findings) > 0) document_print(&c->findings);
}

/* --- reasons confirmed --------------------------------------------------------------------------
 */

static struct {
    int weeks, impossible, displaces, untested, displaced, dearer, exact;
} seen;

/* In the week that is empty but for it nobody can serve it: so says the compact model. */
static void confirm_impossible(const json_t *week, const struct cl_unserved *it, const char *name)
{
    json_t *empty = json_deep_copy(week);
    struct cl_case c;
    struct solve s;
    make_firm(empty, it->site.id);
    make_empty(empty, it->site.id);
    open_unchecked(&c, empty);
    if (az_findings_total(&c.findings) == 0) {
        solve(&s, &c, "compact", 5);
        if (s.proof.status != AZ_PLAN_INFEASIBLE)
            ck_abort_msg("%s: %s is said to be impossible (%s), the compact model answers %s", name,
                         it->site.id, it->rule, az_plan_status_code(s.proof.status));
    }
    cl_case_close(&c);
    json_decref(empty);
    seen.impossible++;
}

/* The week in which it must be served costs so much more. */
static void confirm_price(const json_t *week, const struct solve *base,
                          const struct cl_unserved *it, const char *name)
{
    json_t *forced = json_deep_copy(week);
    struct cl_case c;
    struct solve s;
    double objective = base->judgement.cost + base->judgement.penalty;
    double tolerance = GAP + 1e-5 * base->c->cl->scale;
    make_firm(forced, it->site.id);
    cl_case_open_good(&c, forced, name);
    solve(&s, &c, "compact", 3);
    if (isnan(it->price_jpy)) {
        if (s.plan) ck_abort_msg("%s: %s can be served", name, it->site.id);
    } else {
        ck_assert(!s.run.infeasible);
        ck_assert(!(it->price_bound_jpy > it->price_jpy + tolerance));
        /* Of levels each is conditional on those before: the sums are compared where these are the
         * same and proven. */
        bool compared = s.proof.status == AZ_PLAN_OPTIMAL || s.run.level_count == 0;
        if (compared && s.plan && it->price_bound_jpy > s.proof.objective - objective + tolerance)
            ck_abort_msg("%s: %s costs at least %g more, the compact model has %g", name,
                         it->site.id, it->price_bound_jpy, s.proof.objective - objective);
        if (compared && it->price_jpy < s.proof.bound - objective - tolerance)
            ck_abort_msg("%s: %s costs %g more, the compact model proves %g", name, it->site.id,
                         it->price_jpy, s.proof.bound - objective);
        seen.exact += compared && s.proof.status == AZ_PLAN_OPTIMAL &&
                      fabs(it->price_jpy - s.proof.objective + objective) <= 2 * tolerance;
    }
    cl_case_close(&c);
    json_decref(forced);
    seen.displaces++;
    seen.displaced += it->displaced.count > 0;
    seen.dearer += it->displaced.count == 0;
}

static void confirm(const json_t *week, const struct solve *base, const char *name)
{
    for (size_t u = 0; u < base->plan->unserved.count; u++) {
        const struct cl_unserved *it = &base->plan->unserved.items[u];
        if (getenv("VERBOSE"))
            fprintf(stderr, "%s: %s %d %s [%.2f, %.2f] displaces %zu\n", name, it->site.id,
                    it->reason, it->rule ? it->rule : "", it->price_bound_jpy, it->price_jpy,
                    it->displaced.count);
        if (it->reason == CL_REASON_IMPOSSIBLE) {
            ck_assert_ptr_nonnull(it->rule);
            confirm_impossible(week, it, name);
        } else if (it->reason == CL_REASON_DISPLACES) {
            confirm_price(week, base, it, name);
        } else {
            seen.untested++;
        }
    }
}

/* A reason that is not so is worse than none: each is confirmed by another method. */
START_TEST(reasons_of_random_weeks_are_confirmed)
{
    memset(&seen, 0, sizeof seen);
    for (int seed = 1; seed <= WEEKS; seed++) {
        char name[40];
        struct cl_case c;
        struct solve s;
        json_t *week = cl_random_instance((uint64_t)seed);
        json_t *price = json_object_get(week, "unserved_price_jpy");
        snprintf(name, sizeof name, "week %d", seed);
        if (price && seed % 3) /* not worth the while for many */
            json_object_set_new(week, "unserved_price_jpy",
                                json_real(json_number_value(price) / (1 + seed % 5)));
        cl_case_open_good(&c, week, name);
        solve(&s, &c, "columns", 5);
        if (s.plan) confirm(week, &s, name);
        seen.weeks++;
        cl_case_close(&c);
        json_decref(week);
    }
    fprintf(stderr,
            "%d weeks: %d impossible, %d displace (%d others, %d cost too much, %d exact), %d "
            "untested\n",
            seen.weeks, seen.impossible, seen.displaces, seen.displaced, seen.dearer, seen.exact,
            seen.untested);
    if (WEEKS >= 40) { /* a fifth of them has not all of it */
        ck_assert_int_gt(seen.impossible, 2);
        ck_assert_int_gt(seen.displaced, 2);
        ck_assert_int_gt(seen.dearer, 2);
        ck_assert_int_gt(seen.exact, 2);
    }
    ck_assert_int_eq(seen.untested, 0);
}
END_TEST

/* --- rules that stand in the way ----------------------------------------------------------------
 * One site 20 minutes from the base, from 9 to 16 o'clock on two days; one nurse from 8 to 17.
 */

#define MONDAY "{\"dates\":[\"2026-11-30\"],\"from\":\"09:00\",\"until\":\"16:00\"}"
#define ON_MONDAY                                             \
    { "/sites/0/windows/0", MONDAY },                         \
    {                                                         \
        "/sites/0/patterns", "[{\"dates\":[\"2026-11-30\"]}]" \
    }
#define DOCTOR                                \
    {                                         \
        "/cares/0/doctor", "{\"minutes\":10}" \
    }
#define PHARMACIST                                                 \
    {                                                              \
        "/cares/0/pharmacist", "{\"minutes\":10,\"after_min\":20}" \
    }
#define REMOTE(ROLE, MORE) "[{\"id\":\"r\",\"role\":\"" ROLE "\"," MORE "}]"
#define SLOTS(FROM, UNTIL) "\"slots\":[{\"from\":\"" FROM "\",\"until\":\"" UNTIL "\"}]"

static const struct {
    enum cl_rule rule;
    size_t together;
    double amount; /* by which it must give; 0: not asked */
    const char *changes[8][2];
} ways_blocked[] = {
    { CL_RULE_road,
      1,
      0,
      { ON_MONDAY,
        { "/closures", "[{\"id\":\"pass\",\"dates\":[\"2026-11-30\"],\"pairs\":[{\"from\":\"base\","
                       "\"to\":\"pa\"},{\"from\":\"pb\",\"to\":\"pa\"}]}]" } } },
    { CL_RULE_road, 1, 0, { { "/travel/legs", "[]" } } },
    { CL_RULE_member_absent, 1, 0, { ON_MONDAY, { "/staff/0/absent", "[\"2026-11-30\"]" } } },
    { CL_RULE_vehicle_service,
      1,
      0,
      { ON_MONDAY, { "/vehicles/0/out_of_service", "[\"2026-11-30\"]" } } },
    { CL_RULE_slot_capacity,
      1,
      0,
      { ON_MONDAY,
        DOCTOR,
        { "/remote", REMOTE("doctor", SLOTS("09:00", "12:00") ",\"absent\":[\"2026-11-30\"]") } } },
    { CL_RULE_day_over,
      1,
      0,
      { ON_MONDAY, { "/state", "{\"at\":\"2026-11-30T15:45:00+09:00\"}" } } },
    { CL_RULE_site_closed,
      1,
      0,
      { { "/sites/0/closed", "[\"2026-12-01\"]" },
        { "/crews", "[{\"id\":\"c\",\"vehicle\":\"car\",\"members\":[\"n1\"],\"dates\":[\"2026-12-"
                    "01\"]}]" } } },
    { CL_RULE_site_pattern,
      1,
      0,
      { { "/sites/0/patterns", "[{\"dates\":[\"2026-11-30\"]}]" },
        { "/crews", "[{\"id\":\"c\",\"vehicle\":\"car\",\"members\":[\"n1\"],\"dates\":[\"2026-12-"
                    "01\"]}]" } } },
    { CL_RULE_break_missing,
      1,
      0,
      { { "/sites/0/windows/0", "{\"from\":\"09:00\",\"until\":\"09:05\"}" },
        { "/staff/0/shifts/0", "{\"from\":\"08:00\",\"until\":\"17:00\",\"break_min\":60,"
                               "\"break_from\":\"08:30\",\"break_until\":\"08:55\"}" } } },
    { CL_RULE_break_common,
      1,
      0,
      { { "/vehicles/0/crew", "[\"nurse\",\"driver\"]" },
        { "/staff/0/shifts/0", "{\"from\":\"08:00\",\"until\":\"17:00\",\"break_min\":30,"
                               "\"break_from\":\"11:00\",\"break_until\":\"11:30\"}" },
        { "/staff/-", "{\"id\":\"d1\",\"skills\":[\"driver\"],\"shifts\":[{\"from\":\"08:00\","
                      "\"until\":\"17:00\",\"break_min\":30,\"break_from\":\"13:00\",\"break_"
                      "until\":\"13:30\"}]}" },
        { "/sites/0/windows/0", "{\"from\":\"11:20\",\"until\":\"11:40\"}" } } },
    { CL_RULE_range, 1, 5, { { "/vehicles/0/range_km", "15" } } },
    { CL_RULE_capacity, 1, 1.5, { { "/vehicles/0/capacity", "4" }, { "/sites/0/load", "5.5" } } },
    { CL_RULE_care_equipment, 1, 0, { { "/cares/0/equipment", "[\"echo\"]" } } },
    { CL_RULE_crew_seats,
      1,
      0,
      { { "/cares/0/skills", "[\"nurse\",\"driver\"]" },
        { "/staff/-", "{\"id\":\"d1\",\"skills\":[\"driver\"],\"shifts\":[{\"from\":\"08:00\","
                      "\"until\":\"17:00\"}]}" } } },
    { CL_RULE_care_skill, 1, 0, { { "/cares/0/skills", "[\"nurse\",\"doctor\"]" } } },
    { CL_RULE_member_shift,
      1,
      0,
      { ON_MONDAY, { "/staff/0/shifts/0/dates", "[\"2026-12-01\"]" } } },
    { CL_RULE_crew_given,
      1,
      0,
      { ON_MONDAY,
        { "/staff/-", "{\"id\":\"n2\",\"skills\":[\"nurse\"],\"shifts\":[{\"from\":\"08:00\","
                      "\"until\":\"17:00\"}]}" },
        { "/staff/0/shifts/0", "{\"from\":\"08:00\",\"until\":\"08:30\"}" },
        { "/crews", "[{\"id\":\"c\",\"vehicle\":\"car\",\"members\":[\"n1\"]}]" } } },
    { CL_RULE_crew_position,
      1,
      0,
      { { "/vehicles/0/crew", "[\"nurse\",\"driver\"]" },
        { "/staff/-", "{\"id\":\"d1\",\"skills\":[\"driver\"],\"shifts\":[{\"from\":\"08:00\","
                      "\"until\":\"08:30\"}]}" } } },
    { CL_RULE_pharmacist_wait,
      1,
      60,
      { PHARMACIST,
        { "/sites/0/windows/0", "{\"from\":\"09:00\",\"until\":\"09:20\"}" },
        { "/remote", REMOTE("pharmacist", SLOTS("10:40", "12:00")) } } },
    { CL_RULE_slot_hours,
      1,
      0,
      { DOCTOR, { "/remote", REMOTE("doctor", SLOTS("07:00", "08:00")) } } },
    { CL_RULE_remote_specialty,
      1,
      0,
      { { "/cares/0/doctor", "{\"minutes\":10,\"specialty\":\"eyes\"}" },
        { "/remote", REMOTE("doctor", "\"specialties\":[\"bones\"]," SLOTS("09:00", "12:00")) } } },
    { CL_RULE_doctor_missing, 1, 0, { DOCTOR } },
    { CL_RULE_pharmacist_missing, 1, 0, { PHARMACIST } },
    { CL_RULE_site_ends,
      1,
      10,
      { { "/sites/0/windows/0",
          "{\"from\":\"09:00\",\"until\":\"09:20\",\"ends_within\":true}" } } },
    { CL_RULE_site_window,
      1,
      15,
      { { "/sites/0/windows/0", "{\"from\":\"08:00\",\"until\":\"08:05\"}" } } },
    { CL_RULE_vehicle_hours,
      1,
      30,
      { { "/sites/0/windows/0", "{\"from\":\"00:00\",\"until\":\"23:59\"}" },
        { "/vehicles/0/from", "\"11:00\"" },
        { "/vehicles/0/until", "\"11:10\"" } } },
    { CL_RULE_shift_start,
      1,
      60,
      { { "/sites/0/windows/0", "{\"from\":\"00:00\",\"until\":\"23:59\"}" },
        { "/staff/0/shifts/0", "{\"from\":\"16:50\",\"until\":\"17:00\"}" } } },
    { CL_RULE_shift_end,
      1,
      580,
      { { "/staff/0/shifts/0", "{\"from\":\"00:00\",\"until\":\"00:10\"}" } } },
    { CL_RULE_care_skill,
      2,
      0,
      { { "/cares/0/skills", "[\"nurse\",\"doctor\"]" },
        { "/sites/0/windows/0", "{\"from\":\"08:00\",\"until\":\"08:05\"}" } } },
};

/* What validation rejects anyway is tested here too. */
static enum az_status take_as_it_is(const void *instance, struct az_arena *arena,
                                    struct az_findings *findings)
{
    (void)instance, (void)arena, (void)findings;
    return AZ_OK;
}

/* A rule that is not the one in the way sends the office after the wrong thing. By how much it must
 * give is calculated by hand. */
START_TEST(the_rule_in_the_way_is_named)
{
    static const struct az_formulation unvalidated = { .name = "clinic",
                                                       .schema = 1,
                                                       .instance = &cl_instance_table,
                                                       .plan = &cl_plan_table,
                                                       .state = &cl_state_table,
                                                       .resolve = cl_resolve,
                                                       .validate = take_as_it_is };
    struct cl_case c = { .arena = az_arena_new(NULL) };
    struct cl_ground ground;
    struct cl_obstacle obstacle;
    struct az_context context = az_context_default();
    struct solve s;
    size_t count = 0;
    void *object = NULL;
    json_t *week = document_load(CL_GOLDEN "/one_round/instance.json");
    while (count < 8 && ways_blocked[_i].changes[count][0]) count++;
    document_change(week, count, ways_blocked[_i].changes);
    make_empty(week, "a");
    az_findings_init(&c.findings, c.arena, 0);
    az_findings_init(&c.assumptions, c.arena, 0);
    ck_assert_int_eq(
        kind_case_instance(&unvalidated, week, c.arena, &c.findings, &c.assumptions, &object),
        AZ_OK);
    c.cl = object;
    document_print(&c.findings);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    ck_assert_int_eq(cl_ground_of(c.cl, c.arena, &ground), AZ_OK);
    ck_assert_int_eq(cl_site_obstacle(&ground, 0, &context, &obstacle), AZ_OK);
    ck_assert(!obstacle.alone);
    ck_assert(!obstacle.possible);
    ck_assert(obstacle.proven);
    ck_assert_str_eq(cl_rules[obstacle.rule].code.code, cl_rules[ways_blocked[_i].rule].code.code);
    ck_assert_uint_eq(obstacle.together, ways_blocked[_i].together);
    solve(&s, &c, "compact", 5);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_INFEASIBLE);
    if (ways_blocked[_i].amount > 0) {
        double amount;
        ck_assert_int_eq(cl_obstacle_amount(&ground, 0, obstacle.rule, &context, &amount), AZ_OK);
        ck_assert_double_eq_tol(amount, ways_blocked[_i].amount, 0.011);
    }
    json_decref(week);
    cl_case_close(&c);
}
END_TEST

/* --- what must give -----------------------------------------------------------------------------
 */

static void explain(struct cl_case *c, struct az_explanation *explanation)
{
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + 60;
    ck_assert_int_eq(cl_explain(c->cl, engine_named("cbc"), &context, c->arena, explanation),
                     AZ_OK);
}

static json_t *changed(const char *file, size_t most, const char *const changes[][2])
{
    json_t *week = document_load(file);
    size_t count = 0;
    while (count < most && changes[count][0]) count++;
    document_change(week, count, changes);
    return week;
}

#define NINE "{\"from\":\"09:00\",\"until\":\"09:05\"}"
#define BOTH_AT_NINE                                  \
    { "/days", "1" }, { "/sites/0/windows/0", NINE }, \
    {                                                 \
        "/sites/1/windows/0", NINE                    \
    }
#define SECOND_NURSE                                                         \
    "{\"id\":\"n2\",\"skills\":[\"nurse\"],\"shifts\":[{\"from\":\"08:00\"," \
    "\"until\":\"17:00\"}]}"
#define TWO_PROMISES                                                          \
    "[{\"site\":\"a\",\"start\":\"2026-11-30T10:00:00+09:00\",\"status\":"    \
    "\"confirmed\"},{\"site\":\"b\",\"start\":\"2026-11-30T10:05:00+09:00\"," \
    "\"status\":\"confirmed\"}]"

/* Two sites that one nurse cannot serve at once; with what gives they can. */
static const struct {
    const char *rule, *pointer;
    const char *changes[8][2];
    const char *enough[3][2]; /* changes that make it possible */
} lacking[] = {
    { "crew_position",
      "/staff/0",
      { BOTH_AT_NINE, { "/vehicles/0/count", "2" } },
      { { "/staff/-", SECOND_NURSE } } },
    { "vehicle_once",
      "/vehicles/0/count",
      { BOTH_AT_NINE, { "/staff/-", SECOND_NURSE } },
      { { "/vehicles/0/count", "2" } } },
    { "site_served", "/sites/0", { BOTH_AT_NINE }, { { "/sites/0/unserved_price_jpy", "1" } } },
    { "slot_capacity",
      "/remote/0/slots",
      { BOTH_AT_NINE,
        DOCTOR,
        { "/vehicles/0/count", "2" },
        { "/staff/-", SECOND_NURSE },
        { "/remote", REMOTE("doctor", SLOTS("09:00", "12:00")) } },
      { { "/remote/0/slots/0/capacity", "2" } } },
    { "visit_changed",
      NULL,
      { { "/mode", "\"exact\"" }, { "/appointments", TWO_PROMISES } },
      { { "/appointments/0", NULL } } },
};

/* Where each site is possible by itself, what stands in the way of all of them is the least that
 * must give: without it there is no plan, with it there is. */
START_TEST(what_must_give_is_named)
{
    struct cl_case c;
    struct solve s;
    struct az_explanation told;
    json_t *week = changed(CL_GOLDEN "/one_round/instance.json", 8, lacking[_i].changes);
    cl_case_open_good(&c, week, lacking[_i].rule);
    explain(&c, &told);
    ck_assert(!told.feasible);
    ck_assert(told.proven);
    ck_assert(told.minimal);
    ck_assert_uint_eq(told.reasons.count, 1);
    ck_assert_str_eq(told.reasons.items[0].rule->code.code, lacking[_i].rule);
    ck_assert_double_eq(told.reasons.items[0].amount, 1);
    if (lacking[_i].pointer) {
        const char *pointer = told.reasons.items[0].pointer;
        bool other = strcmp(lacking[_i].pointer, "/sites/0") == 0 && !strcmp(pointer, "/sites/1");
        if (!other) ck_assert_str_eq(pointer, lacking[_i].pointer);
    }
    solve(&s, &c, "compact", 5);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_INFEASIBLE);
    cl_case_close(&c);
    size_t count = 0;
    while (count < 3 && lacking[_i].enough[count][0]) count++;
    document_change(week, count, lacking[_i].enough);
    cl_case_open_good(&c, week, lacking[_i].rule);
    solve(&s, &c, "columns", 5);
    ck_assert_ptr_nonnull(s.plan);
    json_decref(week);
    cl_case_close(&c);
}
END_TEST

/* Each site that nobody can visit is a reason by itself, with its minutes: from the site back at
 * half past five. */
START_TEST(a_site_out_of_hours_is_told_with_its_minutes)
{
    static const char *const changes[][2] = {
        { "/sites/0/windows/0", "{\"from\":\"16:00\",\"until\":\"16:45\"}" },
        { "/staff/0/shifts/0", "{\"from\":\"08:00\",\"until\":\"17:00\",\"break_min\":45,"
                               "\"break_from\":\"15:50\",\"break_until\":\"16:10\"}" },
        { "/cares/0/visit_min", "39" }
    };
    struct cl_case c;
    struct az_explanation told;
    json_t *week = changed(CL_GOLDEN "/one_round/instance.json", 3, changes);
    cl_case_open_good(&c, week, "late");
    explain(&c, &told);
    ck_assert(!told.feasible);
    ck_assert(told.proven && told.minimal);
    ck_assert_uint_eq(told.reasons.count, 1);
    ck_assert_str_eq(told.reasons.items[0].pointer, "/sites/0");
    ck_assert_str_eq(told.reasons.items[0].rule->code.code, "break_missing");
    ck_assert_ptr_nonnull(strstr(told.reasons.items[0].words.en, "break"));
    json_decref(week);
    cl_case_close(&c);
}
END_TEST

/* --- what would help ----------------------------------------------------------------------------
 */

#define PRICED                         \
    {                                  \
        "/unserved_price_jpy", "50000" \
    }

/* A week that leaves something out, and the change that a relief stands for. */
static const struct {
    const char *pointer, *words;
    int visits; /* more */
    const char *changes[8][2];
    const char *relief[3][2];
} helped[] = {
    { "/staff/0",
      "1 visit more",
      1,
      { PRICED, BOTH_AT_NINE, { "/vehicles/0/count", "2" } },
      { { "/staff/-", "{\"id\":\"n2\",\"skills\":[\"nurse\"],\"cost_jpy_per_day\":10000,"
                      "\"shifts\":[{\"from\":\"08:00\",\"until\":\"17:00\"}]}" } } },
    { "/staff/0",
      "2 visits more",
      2,
      { PRICED, { "/days", "1" }, { "/staff/0/absent", "[\"2026-11-30\"]" } },
      { { "/staff/-", "{\"id\":\"n2\",\"skills\":[\"nurse\"],\"cost_jpy_per_day\":10000,"
                      "\"shifts\":[{\"from\":\"08:00\",\"until\":\"17:00\"}]}" } } },
    { "/vehicles/0/count",
      "1 visit more",
      1,
      { PRICED, BOTH_AT_NINE, { "/staff/-", SECOND_NURSE } },
      { { "/vehicles/0/count", "2" } } },
    { "/vehicles/0/out_of_service",
      "2 visits more",
      2,
      { PRICED, { "/days", "1" }, { "/vehicles/0/out_of_service", "[\"2026-11-30\"]" } },
      { { "/vehicles/0/out_of_service", "[]" } } },
    { "/remote/0/slots",
      "1 visit more",
      1,
      { PRICED,
        { "/days", "1" },
        DOCTOR,
        { "/remote", REMOTE("doctor", SLOTS("09:00", "12:00")) } },
      { { "/remote/0/slots/0/capacity", "2" } } },
    { "/staff/0/shifts",
      "1 visit more",
      1,
      { PRICED, { "/days", "1" }, { "/staff/0/shifts/0/until", "\"10:10\"" } },
      { { "/staff/0/shifts/0/until", "\"11:10\"" } } },
    { "/closures/0",
      "1 visit more",
      1,
      { PRICED,
        { "/days", "1" },
        { "/closures", "[{\"id\":\"pass\",\"pairs\":[{\"from\":\"base\",\"to\":\"pa\"},{\"from\":"
                       "\"pb\",\"to\":\"pa\"}]}]" } },
      { { "/closures", "[]" } } },
};

/* A relief that brings nothing wastes a nurse's day: the week with it is solved once more. */
START_TEST(what_would_help_does)
{
    struct cl_case c;
    struct solve before, after;
    struct az_explanation told;
    json_t *week = changed(CL_GOLDEN "/one_round/instance.json", 8, helped[_i].changes);
    cl_case_open_good(&c, week, helped[_i].pointer);
    solve(&before, &c, "columns", 10);
    double objective = before.proof.objective;
    size_t left_out = before.plan->unserved.count;
    explain(&c, &told);
    ck_assert(told.feasible && told.proven);
    ck_assert(told.all_limits);
    ck_assert_uint_eq(told.reasons.count, left_out);
    const struct az_relief *relief = NULL;
    for (size_t k = 0; k < told.reliefs.count; k++) {
        if (!relief && strcmp(told.reliefs.items[k].pointer, helped[_i].pointer) == 0)
            relief = &told.reliefs.items[k];
        if (k > 0) ck_assert(told.reliefs.items[k].gain <= told.reliefs.items[k - 1].gain);
    }
    ck_assert_msg(relief != NULL, "%s is not among %zu", helped[_i].pointer, told.reliefs.count);
    ck_assert_msg(strstr(relief->words.en, helped[_i].words) != NULL, "%s", relief->words.en);
    double gain = relief->gain;
    ck_assert_ptr_nonnull(relief->words.ja);
    cl_case_close(&c);
    size_t count = 0;
    while (count < 3 && helped[_i].relief[count][0]) count++;
    document_change(week, count, helped[_i].relief);
    cl_case_open_good(&c, week, helped[_i].pointer);
    solve(&after, &c, "compact", 10);
    ck_assert_int_eq(after.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_double_eq_tol(objective - after.proof.objective, gain, 2);
    ck_assert_int_eq((int)left_out - (int)after.plan->unserved.count, helped[_i].visits);
    json_decref(week);
    cl_case_close(&c);
}
END_TEST

/* Where everybody is served nothing helps but what is cheaper, and it is said that all was tried.
 */
START_TEST(nothing_helps_where_nothing_is_missing)
{
    struct cl_case c;
    struct az_explanation told;
    cl_case_load(&c, CL_GOLDEN "/one_round/instance.json", NULL);
    explain(&c, &told);
    ck_assert(told.feasible && told.proven);
    ck_assert_uint_eq(told.reasons.count, 0);
    ck_assert_uint_eq(told.reliefs.count, 0);
    ck_assert(told.all_limits);
    ck_assert_ptr_nonnull(strstr(told.found.en, "sites left out: 0"));
    cl_case_close(&c);
}
END_TEST

/* --- a plan told once more ----------------------------------------------------------------------
 */

/* Reasons come after the proof: the same plan once more, nothing else of it changed. */
START_TEST(reasons_change_nothing_else)
{
    static const char *const changes[][2] = { PRICED, BOTH_AT_NINE };
    struct cl_case c;
    struct solve s;
    json_t *week = changed(CL_GOLDEN "/one_round/instance.json", 4, changes);
    cl_case_open_good(&c, week, "reasons");
    solve(&s, &c, "columns", 10);
    ck_assert_int_eq(s.retold, 1);
    ck_assert_int_eq(s.proof.status, AZ_PLAN_OPTIMAL);
    ck_assert_uint_eq(s.plan->unserved.count, 1);
    ck_assert_int_eq(s.plan->unserved.items[0].reason, CL_REASON_DISPLACES);
    ck_assert_uint_eq(s.plan->unserved.items[0].displaced.count, 1);
    ck_assert_double_eq_tol(s.judgement.cost + s.judgement.penalty, s.run.objective, 1e-9);
    json_decref(week);
    cl_case_close(&c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_explain");
    TCase *cases = tcase_create("explain");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, reasons_of_random_weeks_are_confirmed);
    tcase_add_loop_test(cases, the_rule_in_the_way_is_named, 0,
                        (int)(sizeof ways_blocked / sizeof *ways_blocked));
    tcase_add_loop_test(cases, what_must_give_is_named, 0, (int)(sizeof lacking / sizeof *lacking));
    tcase_add_test(cases, a_site_out_of_hours_is_told_with_its_minutes);
    tcase_add_loop_test(cases, what_would_help_does, 0, (int)(sizeof helped / sizeof *helped));
    tcase_add_test(cases, nothing_helps_where_nothing_is_missing);
    tcase_add_test(cases, reasons_change_nothing_else);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
