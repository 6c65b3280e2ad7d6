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
#include "tests/support/suite.h"

#define WEEKS TEST_SOME(60)
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
    ck_assert_int_gt(seen.impossible, WEEKS / 20);
    ck_assert_int_gt(seen.displaced, WEEKS / 20);
    ck_assert_int_gt(seen.dearer, WEEKS / 20);
    ck_assert_int_eq(seen.untested, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_explain");
    TCase *cases = tcase_create("explain");
    tcase_set_timeout(cases, 300);
    tcase_add_test(cases, reasons_of_random_weeks_are_confirmed);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
