/* test_clinic_adopt.c - last week's plan in a week that has changed: whatever it still holds is a
 * plan that the judge takes. */
#include <check.h>
#include <math.h>
#include <string.h>

#include "adapters/json/json.h"
#include "tests/support/cl_case.h"
#include "tests/support/cl_random.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#ifndef RANDOM_WEEKS
#define RANDOM_WEEKS 25
#endif

struct kept {
    const struct cl_case *c;
    const struct cl_plan *plan;
    struct az_judgement best;
};

static struct az_judgement judge(const struct cl_case *c, const struct cl_plan *plan)
{
    struct az_judgement judgement = { 0 };
    ck_assert_int_eq(cl_evaluate(c->cl, plan, c->arena, &judgement), AZ_OK);
    return judgement;
}

static enum az_status keep(void *data, const void *plan, double *objective, bool *is_best)
{
    struct kept *k = data;
    struct az_judgement judgement = judge(k->c, plan);
    *objective = judgement.cost + judgement.penalty;
    *is_best = !k->plan || az_judgement_is_better(AZ_MINIMIZE, 1000, &judgement, &k->best);
    if (!*is_best) return AZ_OK;
    k->plan = plan;
    k->best = judgement;
    return AZ_OK;
}

/* A good plan as a document; NULL: there is none. */
static json_t *solve(const struct cl_case *c)
{
    struct kept k = { .c = c };
    struct az_run run;
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 0.5, .gap_abs = 1e-3, .money_scale = 1000
    };
    struct az_context context = az_context_default();
    context.deadline = az_now(&context) + 5;
    az_run_begin(&run, &context, engine_at(0), &options);
    run.judge = keep;
    run.data = &k;
    ck_assert_int_eq(cl_solve(c->cl, NULL, &run, c->arena), AZ_OK);
    return k.plan ? az_json_write(&cl_plan_table, k.plan) : NULL;
}

/* --- what changes ------------------------------------------------------------------------------
 */

static json_t *any_of(struct az_random *random, json_t *list)
{
    size_t count = json_array_size(list);
    return count > 0 ? json_array_get(list, az_random_below(random, count)) : NULL;
}

static json_t *any_date(struct az_random *random, const json_t *week)
{
    size_t days = (size_t)json_integer_value(json_object_get(week, "days"));
    return json_sprintf("2026-12-%02d", 7 + (int)az_random_below(random, days));
}

static void append_date(struct az_random *random, json_t *week, json_t *object, const char *name)
{
    if (!object) return;
    if (!json_object_get(object, name)) json_object_set_new(object, name, json_array());
    json_t *list = json_object_get(object, name), *date = any_date(random, week), *its;
    size_t k;
    json_array_foreach(list, k, its) if (json_equal(its, date))
    {
        json_decref(date);
        return;
    }
    json_array_append_new(list, date);
}

/* Somebody is ill, a vehicle is out, a site is closed, a doctor is away; sites go, or open later;
 * roads are slow. */
static void change(struct az_random *random, json_t *week)
{
    json_t *sites = json_object_get(week, "sites"), *site = any_of(random, sites);
    json_t *travel = json_object_get(week, "travel");
    switch (az_random_below(random, 8)) {
    case 0:
        append_date(random, week, any_of(random, json_object_get(week, "staff")), "absent");
        break;
    case 1:
        append_date(random, week, any_of(random, json_object_get(week, "vehicles")),
                    "out_of_service");
        break;
    case 2:
        append_date(random, week, site, "closed");
        break;
    case 3:
        append_date(random, week, any_of(random, json_object_get(week, "remote")), "absent");
        break;
    case 4:
        if (json_array_size(sites) > 2)
            json_array_remove(sites, az_random_below(random, json_array_size(sites)));
        break;
    case 5:
        json_object_set_new(site, "windows",
                            json_pack("[{s:s,s:s}]", "from", "11:00", "until", "14:00"));
        break;
    case 6:
        json_object_set_new(travel, "buffer_min",
                            json_integer(1 + (int)az_random_below(random, 8)));
        break;
    default:
        json_object_set_new(site, "patients", json_integer(1 + (int)az_random_below(random, 6)));
        break;
    }
}

/* --- adopting ----------------------------------------------------------------------------------
 */

/* Rounds of the adopted plan that are in the old one just as they were: crew, times and stops. */
static void check_adopted(struct cl_case *c, const struct cl_plan *plan, const char *what)
{
    struct az_judgement judgement = judge(c, plan);
    for (size_t v = 0; v < judgement.violations.count; v++)
        if (!judgement.violations.items[v].rule->priceable)
            ck_abort_msg("%s: %s at %s", what, judgement.violations.items[v].rule->code.code,
                         judgement.violations.items[v].pointer);
    for (size_t s = 0; s < c->cl->sites.count; s++) {
        const struct cl_site *site = &c->cl->sites.items[s];
        bool stands = false;
        int64_t left = site->visits;
        for (uint32_t done = site->done; done; done &= done - 1) left--;
        for (size_t r = 0; r < plan->rounds.count; r++)
            for (size_t k = 0; k < plan->rounds.items[r].stops.count; k++)
                stands = stands || (plan->rounds.items[r].stops.items[k].kind == CL_STOP_VISIT &&
                                    plan->rounds.items[r].stops.items[k].site.index == s);
        for (size_t i = 0; i < plan->online.count; i++)
            stands = stands || plan->online.items[i].site.index == s;
        for (size_t u = 0; u < plan->unserved.count; u++)
            stands = stands || plan->unserved.items[u].site.index == s;
        ck_assert_msg(stands || left <= 0, "%s: %s stands nowhere", what, site->id);
    }
}

/* A chain of mornings: each time something more has changed, and what is adopted is adopted again.
 * What no longer holds is left out, not kept against a rule, and never takes all the rest with it.
 */
START_TEST(what_still_holds_is_adopted)
{
    struct az_random random;
    struct cl_case c;
    char what[64];
    json_t *week = cl_random_instance((uint64_t)_i + 301);
    cl_case_open_good(&c, week, "random");
    json_t *plan = solve(&c);
    cl_case_close(&c);
    az_random_seed(&random, (uint64_t)_i);
    for (int k = 0; plan && k < 8; k++) {
        json_t *changed = json_deep_copy(week);
        void *previous = NULL, *adopted = NULL;
        change(&random, changed);
        snprintf(what, sizeof what, "seed %d, %d", _i + 301, k);
        bool good = cl_case_open(&c, changed, NULL) == AZ_OK && az_findings_total(&c.findings) == 0;
        if (good) {
            json_decref(week);
            week = json_incref(changed);
            ck_assert_int_eq(az_json_read(&cl_plan_table, plan, NULL, c.arena, NULL, &previous),
                             AZ_OK);
            enum az_status status = cl_adopt(c.cl, previous, c.arena, &adopted);
            ck_assert_msg(status == AZ_OK || status == AZ_NO_PLAN, "%s: %s", what,
                          az_status_code(status));
            if (status == AZ_OK) {
                check_adopted(&c, adopted, what);
                json_decref(plan);
                plan = az_json_write(&cl_plan_table, adopted);
            }
        }
        cl_case_close(&c);
        json_decref(changed);
    }
    json_decref(plan);
    json_decref(week);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_adopt");
    TCase *random = tcase_create("random");
    tcase_set_timeout(random, 60);
    tcase_add_loop_test(random, what_still_holds_is_adopted, 0, RANDOM_WEEKS);
    suite_add_tcase(suite, random);
    return test_suite_run(suite);
}
