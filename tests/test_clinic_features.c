/* test_clinic_features.c - a few sites of the sample week with one input changed: the optimum
 * moves. A feature that the week says and no plan minds would be seen here. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "formulations/clinic/search.h"
#include "tests/support/cl_judged.h"
#include "tests/support/engines.h"
#include "tests/support/suite.h"

#define WEEK "instances/clinic/matsumoto-week.json"
#define ALL_WEEK "['2026-12-07', '2026-12-08', '2026-12-09', '2026-12-10', '2026-12-11']"
#define CHANGES 6

struct feature {
    const char *name;
    const char *sites;              /* those of the week that stay */
    const char *begin[CHANGES][2];  /* what makes it tight in a week so small, if anything */
    const char *change[CHANGES][2]; /* the feature alone: gone, or otherwise */
};

static const struct feature features[] = {
    { "a window that opens longer",
      "s21 s45",
      { { 0 } },
      { { "/sites/0/windows/0/until", "'12:00'" } } },
    { "a visit ends within its window",
      "s21 s45",
      { { "/sites/1/windows/0/until", "'12:00'" } },
      { { "/sites/1/windows/0/ends_within", "true" } } },
    { "the longest interval since the last visit",
      "s22 s20 s26",
      { { 0 } },
      { { "/sites/1/interval_max_days", "30" } } },
    { "days between two visits",
      "s04 s20 s45",
      { { 0 } },
      { { "/sites/0/spacing_min_days", "1" } } },
    { "listed patterns", "s18 s06", { { 0 } }, { { "/sites/1/patterns", NULL } } },
    { "a closed day of a site",
      "s38",
      { { 0 } },
      { { "/sites/0/closed", "['2026-12-07', '2026-12-08', '2026-12-11']" } } },
    { "a care at a price", "s05 s12", { { 0 } }, { { "/sites/0/care/1/price_jpy", "100" } } },
    { "the price of a site left out",
      "s21 s45",
      { { 0 } },
      { { "/sites/0/unserved_price_jpy", "90000" } } },
    { "bookings of a doctor's slot",
      "s07 s17",
      { { "/remote/0/slots/1", NULL },
        { "/remote/0/slots/0/weekdays", "['mon']" },
        { "/remote/0/slots/0/until", "'09:30'" },
        { "/remote/1", NULL } },
      { { "/remote/0/slots/0/capacity", "2" } } },
    { "the doctor's specialty",
      "s10 s24 s42",
      { { 0 } },
      { { "/cares/3/doctor/specialty", "'internal'" } } },
    { "the pharmacist after the doctor",
      "s20",
      { { 0 } },
      { { "/remote/3/absent", "['2026-12-09']" } } },
    { "equipment aboard", "s23 s11", { { 0 } }, { { "/cares/4/equipment", NULL } } },
    { "skills of the crew", "s45 s25", { { 0 } }, { { "/cares/6/skills", "['nurse']" } } },
    { "the vehicle's capacity", "s16 s11 s23", { { 0 } }, { { "/vehicles/0/capacity", "20" } } },
    { "the range of a battery", "s40", { { 0 } }, { { "/vehicles/2/range_km", "300" } } },
    { "what a charge gives",
      "s33 s34 s37",
      { { "/vehicles/0/out_of_service", ALL_WEEK },
        { "/vehicles/1/out_of_service", ALL_WEEK },
        { "/sites/1/patterns/1", NULL },
        { "/sites/1/patterns/1", NULL },
        { "/sites/2/windows/0/weekdays", "['thu']" } },
      { { "/chargers/0/gives_km", "1" }, { "/chargers/1/gives_km", "1" } } },
    { "breaks", "s28 s32", { { 0 } }, { { "/staff/4/shifts/0/break_min", "150" } } },
    { "overtime",
      "s32",
      { { "/staff/4/shifts/0/until", "'15:00'" } },
      { { "/staff/4/overtime_price_jpy_per_h", "26000" } } },
    { "temporary staff",
      "s38 s12",
      { { 0 } },
      { { "/staff/3/absent", "['2026-12-07', '2026-12-08', '2026-12-11']" } } },
    { "an absence", "s45", { { 0 } }, { { "/staff/6/absent", "['2026-12-08']" } } },
    { "familiar faces", "s20 s06", { { 0 } }, { { "/continuity_price_jpy", "0" } } },
    { "a road that is closed",
      "s39 s38",
      { { 0 } },
      { { "/closures/0/dates", "['2026-12-11']" } } },
    { "a detour around a closed pass",
      "s32",
      { { 0 } },
      { { "/closures/1/dates", "['2026-12-11']" } } },
    { "snow", "s32", { { 0 } }, { { "/travel/slow_days", NULL } } },
    { "the buffer of each drive", "s32", { { 0 } }, { { "/travel/buffer_min", "0" } } },
    { "travel times of the large vehicle",
      "s32",
      { { 0 } },
      { { "/travel/legs/1/minutes", "60" } } },
    { "a time that is promised",
      "s20 s26 s22",
      { { 0 } },
      { { "/appointments/0/status", "'draft'" } } },
    { "one weighted sum",
      "s18",
      { { "/unserved_price_jpy", "10000" } },
      { { "/objective", "'weighted'" } } },
};

static bool is_named(const char *names, const char *id)
{
    const char *at = strstr(names, id);
    return at && (at[strlen(id)] == ' ' || at[strlen(id)] == '\0');
}

/* The sites that are named and the promises about them. */
static void keep_sites(json_t *week, const char *names)
{
    static const char *const lists[][2] = { { "sites", "id" }, { "appointments", "site" } };
    for (size_t l = 0; l < 2; l++) {
        json_t *list = json_object_get(week, lists[l][0]);
        for (size_t i = json_array_size(list); i-- > 0;) {
            const json_t *id = json_object_get(json_array_get(list, i), lists[l][1]);
            if (!is_named(names, json_string_value(id))) json_array_remove(list, i);
        }
    }
}

static void apply(json_t *week, const char *const changes[CHANGES][2])
{
    size_t count = 0;
    while (count < CHANGES && changes[count][0]) count++;
    document_change(week, count, changes);
}

struct solved {
    struct cl_case c;
    bool has;
    struct az_judgement best;
};

static enum az_status judge(void *data, const void *plan, double *objective, bool *kept)
{
    struct solved *s = data;
    cl_keep_better(&s->c, 1000, plan, s->has, &s->best, objective, kept);
    s->has = true;
    return AZ_OK;
}

/* The proven optimum. */
static double optimum(const char *name, const json_t *week)
{
    struct az_run_options options = {
        .sense = AZ_MINIMIZE, .gap = 1e-7, .gap_abs = 0.01, .money_scale = 1000
    };
    struct az_context context = az_context_default();
    struct az_run run;
    struct az_proof proof;
    struct solved s = { 0 };
    cl_case_open_good(&s.c, week, name);
    az_run_begin(&run, &context, engine_named("glpk"), &options);
    run.judge = judge;
    run.data = &s;
    ck_assert_int_eq(cl_solve(s.c.cl, NULL, &run, s.c.arena), AZ_OK);
    ck_assert_int_eq(az_run_proof(&run, &proof), AZ_OK);
    ck_assert_uint_eq(run.refused, 0);
    ck_assert_msg(proof.status == AZ_PLAN_OPTIMAL, "%s: not proven", name);
    cl_case_close(&s.c);
    return proof.objective;
}

/* Changing that input alone changes the optimum. */
START_TEST(one_input_alone_moves_the_optimum)
{
    const struct feature *feature = &features[_i];
    json_t *week = document_load(WEEK);
    keep_sites(week, feature->sites);
    apply(week, feature->begin);
    double before = optimum(feature->name, week);
    apply(week, feature->change);
    double after = optimum(feature->name, week);
    ck_assert_msg(fabs(after - before) > 1, "%s: %.2f, nothing moves", feature->name, before);
    json_decref(week);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_features");
    TCase *tests = tcase_create("features");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, one_input_alone_moves_the_optimum, 0,
                        TEST_SOME((int)(sizeof features / sizeof features[0])));
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
