/* test_clinic_carry.c - the state at a moment of a week of rounds, by hand and as a property of
 * every plan; and an earlier plan taken up again. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "formulations/clinic/judge.h"
#include "tests/support/cl_case.h"
#include "tests/support/folders.h"
#include "tests/support/suite.h"

#define MUTATIONS "tests/data/clinic/judge/mutations.json"
#define MAX_MOMENTS 32

static struct az_judgement judge(const struct cl_case *c, const struct cl_plan *plan)
{
    struct az_judgement judgement;
    ck_assert_int_eq(cl_evaluate(c->cl, plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

static struct az_time minute(const struct cl_case *c, int64_t minutes)
{
    return az_time_add(c->cl->start, minutes * 60);
}

static const struct cl_state *carry_to(const struct cl_case *c, struct az_time at)
{
    void *state = NULL;
    ck_assert_int_eq(cl_carry(c->cl, c->plan, at, c->arena, &state, NULL), AZ_OK);
    return state;
}

static void need_appointment(const struct cl_case *c, const struct cl_state *state, size_t i,
                             const char *site, int64_t minutes, int status)
{
    ck_assert_uint_gt(state->appointments.count, i);
    const struct cl_appointment *it = &state->appointments.items[i];
    ck_assert_str_eq(it->site.id, site);
    ck_assert_int_eq((it->start.utc_s - c->cl->start.utc_s) / 60, minutes);
    ck_assert_int_eq(it->status, status);
}

/* --- carry by hand ------------------------------------------------------------------------------
 */

/* What has been visited is done, what is to come has been promised by the plan. */
START_TEST(visits_before_the_moment_are_done_and_those_after_it_promised)
{
    struct cl_case c;
    cl_case_golden(&c, "two_visits_in_the_week");
    const struct cl_state *state = carry_to(&c, minute(&c, 1440));
    ck_assert_uint_eq(state->appointments.count, 3);
    need_appointment(&c, state, 0, "a", 540, CL_DONE);
    need_appointment(&c, state, 1, "b", 585, CL_DONE);
    need_appointment(&c, state, 2, "a", 1440 + 540, CL_CONFIRMED);
    ck_assert_uint_eq(state->staff_out.count + state->vehicles_out.count, 0); /* a new day */
    state = carry_to(&c, c.cl->start);
    ck_assert_uint_eq(state->appointments.count, 3);
    need_appointment(&c, state, 0, "a", 540, CL_CONFIRMED);
    state = carry_to(&c, minute(&c, 2880));
    need_appointment(&c, state, 2, "a", 1440 + 540, CL_DONE);
    cl_case_close(&c);
}
END_TEST

/* A promise that holds needs no call: it stays as it was given. One that was changed is the new
 * time, at the price of changing it again. */
START_TEST(promises_that_are_kept_stay_as_they_were_given)
{
    struct cl_case c;
    cl_case_golden(&c, "a_promise_kept_to_the_minute"); /* promised 09:35, visited 09:45 */
    const struct cl_state *state = carry_to(&c, minute(&c, 520));
    need_appointment(&c, state, 1, "b", 575, CL_CONFIRMED);
    state = carry_to(&c, minute(&c, 645));
    need_appointment(&c, state, 1, "b", 585, CL_DONE);
    cl_case_close(&c);
    cl_case_golden(&c, "a_promise_of_another_day"); /* promised for Tuesday at 1500 JPY */
    state = carry_to(&c, minute(&c, 520));
    ck_assert_uint_eq(state->appointments.count, 2);
    need_appointment(&c, state, 1, "b", 585, CL_CONFIRMED);
    ck_assert_double_eq(state->appointments.items[1].change_price_jpy, 1500);
    cl_case_close(&c);
    cl_case_golden(&c, "a_promise_that_is_cancelled"); /* b has been called */
    state = carry_to(&c, minute(&c, 520));
    ck_assert_uint_eq(state->appointments.count, 1);
    cl_case_close(&c);
}
END_TEST

/* Without it a nurse would go out twice, and a doctor be booked by more than the slot takes. */
START_TEST(who_has_been_out_today_is_told)
{
    struct cl_case c;
    cl_case_golden(&c, "a_visit_waits_for_the_pharmacist");
    const struct cl_state *state = carry_to(&c, minute(&c, 660));
    ck_assert_uint_eq(state->staff_out.count, 1);
    ck_assert_str_eq(state->staff_out.items[0].id, "n1");
    ck_assert_uint_eq(state->vehicles_out.count, 1);
    ck_assert_uint_eq(state->booked.count, 4);
    ck_assert_str_eq(state->booked.items[1].remote.id, "pharm");
    ck_assert_int_eq(state->booked.items[1].slot.utc_s, minute(&c, 570).utc_s);
    state = carry_to(&c, minute(&c, 520)); /* nobody has left yet */
    ck_assert_uint_eq(state->staff_out.count + state->vehicles_out.count + state->booked.count, 0);
    cl_case_close(&c);
}
END_TEST

static void need_refused(struct cl_case *c, struct az_time at, const char *code, const char *param,
                         const char *value)
{
    void *state = NULL;
    struct az_findings findings;
    bool found = !param;
    az_findings_init(&findings, c->arena, 0);
    ck_assert_int_eq(cl_carry(c->cl, c->plan, at, c->arena, &state, &findings), AZ_INVALID);
    ck_assert_uint_eq(findings.count, 1);
    ck_assert_str_eq(findings.items[0].code->code, code);
    for (size_t i = 0; i < findings.items[0].param_count; i++)
        if (param && strcmp(findings.items[0].params[i].name, param) == 0)
            found = strcmp(findings.items[0].params[i].text, value) == 0;
    ck_assert(found);
    for (int language = AZ_ENGLISH; language <= AZ_JAPANESE; language++)
        ck_assert_ptr_null(
            strchr(az_finding_text(&findings.items[0], (enum az_language)language, c->arena), '{'));
    ck_assert_int_eq(cl_carry(c->cl, c->plan, at, c->arena, &state, NULL), AZ_INVALID);
}

/* A state in the middle of a round would be made up: who is out, and when they are back, is said.
 */
START_TEST(a_crew_that_is_out_is_named)
{
    struct cl_case c;
    cl_case_golden(&c, "one_round");
    need_refused(&c, minute(&c, 521), "carry_crew_out", "round", "r1");
    need_refused(&c, minute(&c, 644), "carry_crew_out", "until", "2026-11-30T10:45:00+09:00");
    carry_to(&c, minute(&c, 520));
    carry_to(&c, minute(&c, 645));
    need_refused(&c, minute(&c, -1), "carry_outside", NULL, NULL);
    need_refused(&c, minute(&c, 2881), "carry_outside", NULL, NULL);
    need_refused(&c, (struct az_time){ .utc_s = AZ_NO_INTEGER }, "carry_outside", NULL, NULL);
    c.plan->rounds.items[0].vehicle.index = 5;
    need_refused(&c, minute(&c, 520), "carry_plan_misfit", NULL, NULL);
    cl_case_close(&c);
    cl_case_golden(&c, "a_visit_on_line");
    need_refused(&c, minute(&c, 605), "carry_on_line", "site", "b");
    cl_case_close(&c);
    cl_case_golden(&c, "a_break_before_leaving"); /* at work since 09:00 */
    need_refused(&c, minute(&c, 560), "carry_crew_out", NULL, NULL);
    cl_case_close(&c);
}
END_TEST

/* --- carry as a property ------------------------------------------------------------------------
 */

/* The plan without what begins before a moment (after: without what begins later). */
static struct cl_plan *part(const struct cl_case *c, struct az_time at, bool before)
{
    void *copy = NULL;
    ck_assert_int_eq(az_copy(&cl_plan_table, c->plan, c->arena, &copy), AZ_OK);
    struct cl_plan *plan = copy;
    size_t kept = 0;
    for (size_t r = 0; r < plan->rounds.count; r++)
        if ((plan->rounds.items[r].leaves.utc_s < at.utc_s) == before)
            plan->rounds.items[kept++] = plan->rounds.items[r];
    plan->rounds.count = kept;
    kept = 0;
    for (size_t i = 0; i < plan->online.count; i++)
        if ((plan->online.items[i].start.utc_s < at.utc_s) == before)
            plan->online.items[kept++] = plan->online.items[i];
    plan->online.count = kept;
    return plan;
}

/* The rest of a case from a moment on. */
static void open_rest(struct cl_case *rest, const struct cl_case *c, const char *name,
                      struct az_time at)
{
    json_t *json = case_file(CL_GOLDEN, name, "instance.json");
    json_object_set_new(json, "state", az_json_write(&cl_state_table, carry_to(c, at)));
    cl_case_open_good(rest, json, name);
    json_decref(json);
    json = az_json_write(&cl_plan_table, part(c, at, false));
    ck_assert_int_eq(cl_case_plan(rest, json), AZ_OK);
    document_print(&rest->findings);
    ck_assert_uint_eq(az_findings_total(&rest->findings), 0);
    json_decref(json);
}

/* Money that is paid when it falls due: not prices of patterns, which are taken as a whole. */
static double paid(const struct az_judgement *judgement)
{
    double sum = 0;
    for (size_t i = 0; i < judgement->money.count; i++)
        if (strcmp(judgement->money.items[i].code, "pattern") != 0 &&
            strcmp(judgement->money.items[i].code, "balance") != 0)
            sum += judgement->money.items[i].amount;
    return sum;
}

static bool may_carry(const struct cl_case *c, struct az_time at)
{
    void *state;
    return cl_carry(c->cl, c->plan, at, c->arena, &state, NULL) == AZ_OK;
}

/* The ends of all rounds and visits on line, and midnights. */
static size_t moments_of(const struct cl_case *c, struct az_time moments[MAX_MOMENTS])
{
    size_t count = 0, kept = 0;
    for (int64_t d = 0; d <= c->cl->days; d++) moments[count++] = minute(c, d * 1440);
    for (size_t r = 0; r < c->plan->rounds.count; r++) {
        moments[count++] = c->plan->rounds.items[r].leaves;
        moments[count++] = c->plan->rounds.items[r].returns;
    }
    for (size_t i = 0; i < c->plan->online.count; i++)
        moments[count++] = c->plan->online.items[i].end;
    for (size_t i = 0; i < count; i++)
        if (may_carry(c, moments[i])) moments[kept++] = moments[i];
    return kept;
}

static void check_cut(const char *name, const struct cl_case *c, struct az_time at,
                      const struct az_time moments[], size_t count)
{
    struct cl_case rest;
    open_rest(&rest, c, name, at);
    struct az_judgement whole = judge(c, c->plan), after = judge(&rest, rest.plan);
    struct az_judgement before = judge(c, part(c, at, true));
    if (after.violation_count > 0)
        ck_abort_msg("%s cut at %lld: %s", name, (long long)(at.utc_s - c->cl->start.utc_s) / 60,
                     after.violations.items[0].rule->code.code);
    ck_assert_double_eq_tol(paid(&before) + paid(&after), paid(&whole), 1e-6);
    for (size_t k = 0; k < count; k++) {
        if (moments[k].utc_s < at.utc_s) continue;
        const struct cl_state *direct = carry_to(c, moments[k]);
        const struct cl_state *twice = carry_to(&rest, moments[k]);
        if (!az_equal(&cl_state_table, direct, twice))
            ck_abort_msg("%s: not the same at once and by %lld", name,
                         (long long)(at.utc_s - c->cl->start.utc_s) / 60);
    }
    cl_case_close(&rest);
}

static void cut_case(const char *name, void *data)
{
    struct cl_case c;
    struct az_time moments[MAX_MOMENTS];
    size_t *cuts = data;
    cl_case_golden(&c, name);
    size_t count = moments_of(&c, moments);
    for (size_t k = 0; k < count; k++) check_cut(name, &c, moments[k], moments, count);
    *cuts += count;
    cl_case_close(&c);
}

/* The rest of a good week is a good plan of the rest; what is paid before and after is the whole;
 * and carrying on from there gives the same as carrying at once. */
START_TEST(before_and_after_are_the_whole)
{
    size_t cuts = 0;
    each_case(CL_GOLDEN, 40, cut_case, &cuts);
    ck_assert_uint_ge(cuts, 200);
}
END_TEST

/* --- adopt --------------------------------------------------------------------------------------
 */

/* An old plan as it comes: linked against no instance. */
static struct cl_plan *unlinked(const struct cl_case *c)
{
    void *plan = NULL;
    json_t *json = az_json_write(&cl_plan_table, c->plan);
    ck_assert_int_eq(az_json_read(&cl_plan_table, json, NULL, c->arena, NULL, &plan), AZ_OK);
    json_decref(json);
    return plan;
}

/* The plan of a golden case on the instance of the same case after changes; NULL: nothing fits. */
static struct cl_plan *adopt_changed(struct cl_case *now, const char *name, const json_t *patch)
{
    struct cl_case before;
    void *plan = NULL;
    cl_case_golden(&before, name);
    json_t *json = case_file(CL_GOLDEN, name, "instance.json");
    if (patch) document_patch(json, patch);
    cl_case_open_good(now, json, name);
    json_decref(json);
    enum az_status status = cl_adopt(now->cl, unlinked(&before), now->arena, &plan);
    ck_assert(status == AZ_OK || (status == AZ_NO_PLAN && !plan));
    cl_case_close(&before);
    if (!plan) return NULL;
    void *copy = NULL; /* nothing of it may point into the old plan */
    ck_assert_int_eq(az_copy(&cl_plan_table, plan, now->arena, &copy), AZ_OK);
    struct az_judgement judgement = judge(now, copy);
    for (size_t i = 0; i < judgement.violations.count; i++)
        if (!judgement.violations.items[i].rule->priceable)
            ck_abort_msg("%s: %s", name, judgement.violations.items[i].rule->code.code);
    return copy;
}

static struct cl_plan *adopt_with(struct cl_case *now, const char *name, const char *patch)
{
    json_t *json = document_parse(patch);
    struct cl_plan *plan = adopt_changed(now, name, json);
    json_decref(json);
    return plan;
}

static void adopt_same(const char *name, void *data)
{
    struct cl_case now, before;
    int *same = data;
    cl_case_golden(&before, name);
    struct cl_plan *plan = adopt_changed(&now, name, NULL);
    if (before.plan->rounds.count + before.plan->online.count > 0) {
        if (!plan) ck_abort_msg("%s: nothing of it is adopted", name);
        struct az_judgement was = judge(&before, before.plan), is = judge(&now, plan);
        if (is.violation_count > 0 || fabs(is.penalty - was.penalty) > 1e-6 ||
            fabs(is.cost - was.cost) > 1e-6)
            ck_abort_msg("%s: %g + %g, adopted %g + %g, %zu violations", name, was.cost,
                         was.penalty, is.cost, is.penalty, is.violation_count);
        *same += 1;
    }
    cl_case_close(&now);
    cl_case_close(&before);
}

/* A plan that holds as it is must be a start that is as good. */
START_TEST(a_plan_that_holds_is_kept)
{
    int same = 0;
    each_case(CL_GOLDEN, 40, adopt_same, &same);
    ck_assert_int_ge(same, 55);
}
END_TEST

/* The next week begins as the last one went, on the same weekdays. */
START_TEST(a_plan_of_last_week_keeps_its_weekdays)
{
    struct cl_case now;
    struct cl_plan *plan = adopt_with(&now, "two_visits_in_the_week",
                                      "[{'op': 'add', 'path': '/start',"
                                      "  'value': '2026-12-07T00:00:00+09:00'}]");
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(plan->rounds.count, 2);
    ck_assert_str_eq(plan->rounds.items[0].date, "2026-12-07");
    ck_assert_str_eq(plan->rounds.items[1].date, "2026-12-08");
    ck_assert_uint_eq(plan->rounds.items[0].stops.count, 2);
    ck_assert_uint_eq(plan->unserved.count, 0);
    ck_assert_double_eq(judge(&now, plan).cost, 25630);
    cl_case_close(&now);
    plan = adopt_with(&now, "two_visits_in_the_week", /* one day later: Tuesday is shared */
                      "[{'op': 'add', 'path': '/start', 'value': '2026-12-01T00:00:00+09:00'},"
                      " {'op': 'add', 'path': '/sites/0/visits', 'value': 1},"
                      " {'op': 'add', 'path': '/unserved_price_jpy', 'value': 1}]");
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(plan->rounds.count, 1);
    ck_assert_str_eq(plan->rounds.items[0].date, "2026-12-01");
    ck_assert_uint_eq(plan->unserved.count, 1);
    cl_case_close(&now);
}
END_TEST

/* Weeks in a chain: the state at the end of one begins the next, and its plan is the next one's
 * start. */
START_TEST(weeks_follow_each_other)
{
    struct cl_case last;
    const char *starts[] = { "2026-12-07T00:00:00+09:00", "2026-12-14T00:00:00+09:00",
                             "2026-12-21T00:00:00+09:00" };
    cl_case_golden(&last, "two_visits_in_the_week");
    for (size_t week = 0; week < 3; week++) {
        struct cl_case next;
        void *plan = NULL;
        const struct cl_state *end = carry_to(&last, minute(&last, 2880));
        json_t *state = az_json_write(&cl_state_table, end);
        json_t *json = case_file(CL_GOLDEN, "two_visits_in_the_week", "instance.json");
        json_object_set_new(json, "start", json_string(starts[week]));
        json_object_set_new(state, "at", json_string(starts[week]));
        json_object_set_new(json, "state", state);
        cl_case_open_good(&next, json, starts[week]);
        json_decref(json);
        ck_assert_int_eq(cl_adopt(next.cl, unlinked(&last), next.arena, &plan), AZ_OK);
        next.plan = plan;
        ck_assert_uint_eq(judge(&next, plan).violation_count, 0);
        ck_assert_uint_eq(next.plan->rounds.count, 2);
        ck_assert_uint_eq(carry_to(&next, minute(&next, 2880))->appointments.count,
                          end->appointments.count + 3);
        cl_case_close(&last);
        last = next;
    }
    cl_case_close(&last);
}
END_TEST

/* A nurse is ill: another one who is free goes in her place, or the sites are left out. */
START_TEST(a_nurse_is_missing)
{
    struct cl_case now;
    struct cl_plan *plan =
        adopt_with(&now, "a_crew_that_the_site_does_not_know",
                   "[{'op': 'add', 'path': '/staff/0/absent', 'value': ['2026-11-30']}]");
    ck_assert_ptr_nonnull(plan);
    ck_assert_str_eq(plan->rounds.items[0].members.items[0].id, "n2");
    ck_assert_uint_eq(plan->rounds.items[0].stops.count, 2);
    cl_case_close(&now);
    plan = adopt_with(&now, "two_visits_in_the_week", /* nobody else: a has not both its days */
                      "[{'op': 'add', 'path': '/staff/0/absent', 'value': ['2026-12-01']}]");
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(plan->rounds.count, 1);
    ck_assert_uint_eq(plan->rounds.items[0].stops.count, 1);
    ck_assert_str_eq(plan->rounds.items[0].stops.items[0].site.id, "b");
    ck_assert_uint_eq(plan->unserved.count, 1);
    ck_assert_str_eq(plan->unserved.items[0].site.id, "a");
    cl_case_close(&now);
    plan = adopt_with(&now, "one_round",
                      "[{'op': 'add', 'path': '/staff/0/absent', 'value': ['2026-11-30']}]");
    ck_assert_ptr_null(plan);
    cl_case_close(&now);
}
END_TEST

/* A vehicle breaks down, a pass is closed, hours get shorter, a doctor leaves: what still fits
 * stays. */
START_TEST(what_still_fits_stays)
{
    struct cl_case now;
    struct cl_plan *plan = adopt_with(&now, "two_vehicles_of_a_kind",
                                      "[{'op': 'add', 'path': '/vehicles/0/count', 'value': 1}]");
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(plan->rounds.count, 1);
    ck_assert_uint_eq(plan->unserved.count, 1);
    cl_case_close(&now);
    plan = adopt_with(&now, "a_closure_of_another_day", /* no way from a to b */
                      "[{'op': 'add', 'path': '/closures/0/dates', 'value': ['2026-11-30']}]");
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(plan->rounds.items[0].stops.count, 1);
    ck_assert_str_eq(plan->unserved.items[0].site.id, "b");
    cl_case_close(&now);
    plan = adopt_with(&now, "one_round", /* b opens later: it waits */
                      "[{'op': 'add', 'path': '/sites/1/windows/0/from', 'value': '11:00'}]");
    ck_assert_int_eq(plan->rounds.items[0].stops.items[1].start.utc_s, minute(&now, 660).utc_s);
    cl_case_close(&now);
    plan =
        adopt_with(&now, "a_doctor_of_the_specialty", /* another doctor for bones at 09:30 */
                   "[{'op': 'add', 'path': '/remote/1/absent', 'value': ['2026-11-30']},"
                   " {'op': 'add', 'path': '/remote/-', 'value': {'id': 'doc3', 'role': 'doctor',"
                   "  'specialties': ['bones'], 'slots': [{'from': '09:30', 'until': '10:00'}]}}]");
    ck_assert_ptr_nonnull(plan);
    ck_assert_str_eq(plan->rounds.items[0].stops.items[0].doctor->remote.id, "doc3");
    ck_assert_int_eq(plan->rounds.items[0].stops.items[0].start.utc_s, minute(&now, 570).utc_s);
    cl_case_close(&now);
    plan = adopt_with(&now, "one_round", /* a break that was not needed before */
                      "[{'op': 'add', 'path': '/staff/0/shifts/0', 'value': {'from': '08:00',"
                      "  'until': '17:00', 'break_min': 30, 'break_from': '09:00',"
                      "  'break_until': '10:00'}}]");
    ck_assert_ptr_nonnull(plan);
    ck_assert_uint_eq(plan->rounds.items[0].stops.count, 3);
    ck_assert_int_eq(plan->rounds.items[0].stops.items[1].kind, CL_STOP_BREAK);
    cl_case_close(&now);
}
END_TEST

/* On Wednesday morning the plan of the week goes on where it stands. */
START_TEST(the_rest_of_a_week_is_adopted)
{
    struct cl_case c, rest;
    void *plan = NULL;
    cl_case_golden(&c, "two_visits_in_the_week");
    open_rest(&rest, &c, "two_visits_in_the_week", minute(&c, 1440));
    ck_assert_int_eq(cl_adopt(rest.cl, unlinked(&c), rest.arena, &plan), AZ_OK);
    const struct cl_plan *adopted = plan;
    struct az_judgement judgement = judge(&rest, adopted);
    ck_assert_uint_eq(judgement.violation_count + judgement.concessions.count, 0);
    ck_assert_uint_eq(adopted->rounds.count, 1);
    ck_assert_str_eq(adopted->rounds.items[0].date, "2026-12-01");
    cl_case_close(&rest);
    cl_case_close(&c);
}
END_TEST

/* Whatever an instance has become, what is adopted breaks no firm rule: adopt_changed checks it. */
START_TEST(whatever_is_adopted_passes_the_judge)
{
    json_t *mutations = document_load(MUTATIONS), *mutation;
    size_t k, adopted = 0;
    json_array_foreach(mutations, k, mutation)
    {
        const json_t *patch = json_object_get(mutation, "instance");
        struct cl_case now;
        if (!patch) continue;
        if (adopt_changed(&now, json_string_value(json_object_get(mutation, "case")), patch))
            adopted++;
        cl_case_close(&now);
    }
    ck_assert_uint_ge(adopted, 30);
    json_decref(mutations);
}
END_TEST

/* A plan that has nothing to do with the instance is no start, and no crash. */
START_TEST(nothing_of_a_foreign_plan_is_adopted)
{
    struct cl_case c;
    void *plan;
    cl_case_golden(&c, "one_round");
    struct cl_plan *old = unlinked(&c);
    old->rounds.items[0].vehicle.id = "bus";
    ck_assert_int_eq(cl_adopt(c.cl, old, c.arena, &plan), AZ_NO_PLAN);
    old = unlinked(&c);
    old->start.utc_s = AZ_NO_INTEGER;
    ck_assert_int_eq(cl_adopt(c.cl, old, c.arena, &plan), AZ_NO_PLAN);
    old->start.utc_s = INT64_MAX;
    ck_assert_int_eq(cl_adopt(c.cl, old, c.arena, &plan), AZ_NO_PLAN);
    old = unlinked(&c);
    old->days = INT64_MAX;
    ck_assert_int_eq(cl_adopt(c.cl, old, c.arena, &plan), AZ_NO_PLAN);
    old = unlinked(&c);
    old->rounds.items[0].date = "some day";
    ck_assert_int_eq(cl_adopt(c.cl, old, c.arena, &plan), AZ_NO_PLAN);
    old = unlinked(&c);
    old->rounds.items[0].stops.items[0].start.utc_s = AZ_NO_INTEGER;
    old->rounds.items[0].stops.items[1].site.id = NULL;
    ck_assert_int_eq(cl_adopt(c.cl, old, c.arena, &plan), AZ_OK);
    ck_assert_uint_eq(((struct cl_plan *)plan)->rounds.items[0].stops.count, 1);
    cl_case_close(&c);
}
END_TEST

/* Memory may end anywhere: told as that, never a state or a start that is cut short. */
START_TEST(memory_may_end_anywhere)
{
    static const char *const names[] = { "a_visit_waits_for_the_pharmacist",
                                         "two_visits_in_the_week", "all_rest_together" };
    const char *name = names[_i];
    json_t *instance = case_file(CL_GOLDEN, name, "instance.json");
    json_t *plan = case_file(CL_GOLDEN, name, "plan.json");
    enum az_status status = AZ_NO_MEMORY;
    for (size_t left = 0; status != AZ_OK; left++) {
        struct failing failing = { .left = left };
        struct az_allocator allocator = failing_allocator(&failing);
        struct cl_case c;
        struct az_judgement judgement;
        void *state, *adopted;
        status = cl_case_open(&c, instance, &allocator);
        if (status == AZ_OK) status = cl_case_plan(&c, plan);
        if (status == AZ_OK) status = cl_evaluate(c.cl, c.plan, c.arena, &judgement);
        if (status == AZ_OK)
            status = cl_carry(c.cl, c.plan, c.cl->start, c.arena, &state, &c.findings);
        if (status == AZ_OK) status = cl_adopt(c.cl, c.plan, c.arena, &adopted);
        ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
        cl_case_close(&c);
        ck_assert_uint_lt(left, 10000);
    }
    json_decref(instance);
    json_decref(plan);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_carry");
    TCase *carry = tcase_create("carry"), *adopt = tcase_create("adopt");
    tcase_set_timeout(carry, 60);
    tcase_set_timeout(adopt, 60);
    tcase_add_test(carry, visits_before_the_moment_are_done_and_those_after_it_promised);
    tcase_add_test(carry, promises_that_are_kept_stay_as_they_were_given);
    tcase_add_test(carry, who_has_been_out_today_is_told);
    tcase_add_test(carry, a_crew_that_is_out_is_named);
    tcase_add_test(carry, before_and_after_are_the_whole);
    tcase_add_test(adopt, a_plan_that_holds_is_kept);
    tcase_add_test(adopt, a_plan_of_last_week_keeps_its_weekdays);
    tcase_add_test(adopt, weeks_follow_each_other);
    tcase_add_test(adopt, a_nurse_is_missing);
    tcase_add_test(adopt, what_still_fits_stays);
    tcase_add_test(adopt, the_rest_of_a_week_is_adopted);
    tcase_add_test(adopt, whatever_is_adopted_passes_the_judge);
    tcase_add_test(adopt, nothing_of_a_foreign_plan_is_adopted);
    tcase_add_loop_test(adopt, memory_may_end_anywhere, 0, 3);
    suite_add_tcase(suite, carry);
    suite_add_tcase(suite, adopt);
    return test_suite_run(suite);
}
