/* test_clinic_validate.c - every bad instance of the clinic is answered with all its problems and
 * nothing else; what is no mistake, though it makes a hard week, is not one. */
#include <check.h>

#include "formulations/clinic/codes.h"
#include "tests/support/bad.h"
#include "tests/support/cl_case.h"
#include "tests/support/suite.h"

#define BAD "tests/data/clinic/bad"

static void check_bad(const char *name, void *data)
{
    struct cl_case c;
    json_t *json = bad_instance(BAD, name, CL_BASE);
    (void)data;
    ck_assert_int_eq(cl_case_open(&c, json, NULL), AZ_OK);
    bad_check(BAD, name, &c.findings);
    cl_case_close(&c);
    json_decref(json);
}

/* Whoever mends one problem and meets the next one on each try stops trying. */
START_TEST(bad_instances_are_answered_with_all_their_problems)
{
    each_case(BAD, 110, check_bad, NULL);
}
END_TEST

/* A code that no bad instance or assumption shows could be dead or wrong. */
START_TEST(every_code_is_shown_by_some_case)
{
    static const char *const elsewhere[] = {
        "straight_lines", "straight_distances", "no_distances",         "appointment_moves",
        "too_many_words", "too_many_slots",     "too_many_patterns",    "too_many_roads",
        "too_many_crews", "too_many_ways",      "too_many_ways_in_all",
    };
    bad_check_codes(BAD, cl_codes, sizeof elsewhere / sizeof *elsewhere, elsewhere);
}
END_TEST

static void check_good(size_t count, const char *const changes[][2], const char *assumption)
{
    struct cl_case c;
    bool told = !assumption;
    cl_case_load_changed(&c, CL_BASE, count, changes);
    for (size_t i = 0; i < c.assumptions.count; i++)
        told = told || strcmp(c.assumptions.items[i].code->code, assumption) == 0;
    if (!told) ck_abort_msg("%s is not told", assumption);
    cl_case_close(&c);
}
#define GOOD(assumption, ...)                                                          \
    check_good(sizeof((const char *const[][2]){ __VA_ARGS__ }) / (2 * sizeof(char *)), \
               (const char *const[][2]){ __VA_ARGS__ }, (assumption))

/* On the morning when a nurse is ill, a vehicle broken and the pass closed, the office needs a plan
 * and not a list of mistakes. */
START_TEST(bad_luck_is_no_mistake)
{
    GOOD(NULL, { "/staff/0/absent", "['2026-11-30','2026-12-01','2026-12-02']" },
         { "/staff/1/absent", "['2026-11-30','2026-12-01','2026-12-02']" },
         { "/vehicles/1/out_of_service", "['2026-11-30','2026-12-01','2026-12-02']" },
         { "/remote/2/absent", "['2026-12-02','2026-12-01','2026-11-30']" },
         { "/closures/0/dates", NULL }, { "/closures/0/pairs/0/detour_min", NULL },
         { "/closures/0/pairs/0/detour_km", NULL }, { "/travel/slow_days/0", "{'factor':20}" });
    GOOD(NULL,
         { "/crews", "[{'id':'a','vehicle':'van','members':['n2','d1'],'weekdays':['tue']},"
                     "{'id':'b','vehicle':'car','members':['n1']}]" },
         { "/staff/1/absent", "['2026-12-01']" });
    /* Monday's visits that did not happen are no mistake on Tuesday. */
    GOOD(NULL, { "/state", "{'at':'2026-12-01T00:00:00+09:00'}" });
    /* A hall that closes although a visit was promised: the promise will be changed. */
    GOOD("appointment_moves", { "/sites/0/closed", "['2026-11-30']" });
    GOOD(NULL, { "/sites/2/closed", "['2026-11-30']" });
    /* The week is over. */
    GOOD(NULL, { "/state", "{'at':'2026-12-03T00:00:00+09:00'}" });
}
END_TEST

/* Small weeks of benchmarks: nobody on staff, no remote people, one place. */
START_TEST(little_is_enough)
{
    GOOD(NULL, { "/staff", NULL }, { "/remote", NULL }, { "/chargers", NULL },
         { "/closures", NULL }, { "/appointments", NULL },
         { "/vehicles", "[{'id':'v','start':'clinic'}]" },
         { "/cares", "[{'id':'c','stage':2,'visit_min':10}]" }, { "/travel", "{'speed_kmh':30}" },
         { "/sites", "[{'id':'a','place':'clinic','windows':[{'from':'00:00','until':'00:00'}]},"
                     "{'id':'b','place':'town-home','windows':[{'from':'00:00','until':'24:00'}]}"
                     "]" });
    GOOD("no_distances", { "/staff", NULL }, { "/remote", NULL }, { "/chargers", NULL },
         { "/closures", NULL }, { "/appointments", NULL }, { "/places", "[{'id':'x'},{'id':'y'}]" },
         { "/vehicles", "[{'id':'v','start':'x','cost_jpy_per_km':1}]" },
         { "/cares", "[{'id':'c','stage':2,'visit_min':10}]" },
         { "/travel", "{'matrices':[{'duration_s':[[0,60],[60,0]]}]}" },
         { "/sites", "[{'id':'a','place':'y','windows':[{'from':'09:00','until':'10:00'}]}]" });
    GOOD(NULL, { "/sites", "[]" }, { "/appointments", "[]" });
}
END_TEST

/* What asks for too much is refused before it is made. */
START_TEST(small_documents_may_not_become_huge_instances)
{
    struct cl_case c;
    json_t *json = document_load(CL_BASE);
    static const char *const many[][2] = {
        { "/days", "28" },
        { "/sites/0/visits", "14" },
        { "/sites/0/windows/1/weekdays", NULL },
        { "/remote/0/slots/0", "{'from':'00:00','until':'47:00','each_min':0.1}" },
        { "/cares/0/doctor/minutes", "0.05" },
        { "/cares/1/doctor/minutes", "0.05" },
    };
    document_change(json, sizeof many / sizeof *many, many);
    json_t *skills = json_array();
    for (int i = 0; i < 70; i++) json_array_append_new(skills, json_sprintf("skill-%d", i));
    json_object_set_new(json_array_get(json_object_get(json, "staff"), 0), "skills", skills);
    json_array_append_new(skills, json_string("nurse"));
    json_array_append_new(skills, json_string("driver"));
    ck_assert_int_eq(cl_case_open(&c, json, NULL), AZ_OK);
    static const char *const codes[] = { "too_many_words", "too_many_slots", "too_many_patterns" };
    for (size_t k = 0; k < sizeof codes / sizeof *codes; k++) {
        bool found = false;
        for (size_t i = 0; i < c.findings.count; i++)
            found = found || strcmp(c.findings.items[i].code->code, codes[k]) == 0;
        if (!found) ck_abort_msg("%s is not found", codes[k]);
    }
    ck_assert_uint_lt(az_arena_bytes(c.arena), (size_t)60 << 20);
    cl_case_close(&c);
    json_decref(json);
}
END_TEST

static const struct az_finding *only_finding(const struct cl_case *c, const char *code)
{
    if (c->findings.count != 1 || strcmp(c->findings.items[0].code->code, code) != 0) {
        document_print(&c->findings);
        ck_abort_msg("%s is not all that is found", code);
    }
    return &c->findings.items[0];
}

/* Crews and ways that nobody could look at all of would end a solve without a word. */
START_TEST(too_many_choices_are_named)
{
    struct cl_case c;
    json_t *json = case_file(CL_GOLDEN, "one_round", "instance.json"), *staff = json_array();
    for (int i = 0; i < 30; i++)
        json_array_append_new(staff,
                              json_pack("{s:o,s:[s],s:[{s:s,s:s}],s:i}", "id",
                                        json_sprintf("n%d", i), "skills", "nurse", "shifts", "from",
                                        "08:00", "until", "17:00", "cost_jpy_per_day", i));
    json_t *alike = json_deep_copy(json);
    json_object_set_new(json, "staff", staff);
    document_set(json, "/vehicles/0/crew", json_pack("[s,s,s]", "nurse", "nurse", "nurse"));
    ck_assert_int_eq(cl_case_open(&c, json, NULL), AZ_OK);
    const struct az_finding *found = only_finding(&c, "too_many_crews");
    ck_assert_str_eq(found->pointer, "/vehicles/0");
    ck_assert_double_eq(found->params[0].number, 4060); /* 3 of 30 */
    cl_case_close(&c);
    static const char *const slots[][2] = {
        { "/cares/0/doctor", "{'minutes':1}" },
        { "/cares/0/pharmacist", "{'minutes':1,'after_min':1,'wait_max_min':29}" },
        { "/remote", "[{'id':'d','role':'doctor','slots':[{'from':'08:00','until':'20:00',"
                     "'each_min':1}]},{'id':'p','role':'pharmacist','slots':[{'from':'08:00',"
                     "'until':'20:00','each_min':1}]}]" },
    };
    json_t *busy = json_deep_copy(alike);
    document_change(busy, sizeof slots / sizeof *slots, slots);
    cl_case_open_good(&c, busy, "each minute a slot"); /* 420 starts times 30 */
    cl_case_close(&c);
    document_set(busy, "/cares/0/pharmacist/wait_max_min", json_integer(90));
    ck_assert_int_eq(cl_case_open(&c, busy, NULL), AZ_OK);
    ck_assert_str_eq(only_finding(&c, "too_many_ways")->pointer, "/sites/0");
    cl_case_close(&c);
    json_decref(json);
    json_decref(alike);
    json_decref(busy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_validate");
    TCase *cases = tcase_create("validate");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, bad_instances_are_answered_with_all_their_problems);
    tcase_add_test(cases, every_code_is_shown_by_some_case);
    tcase_add_test(cases, bad_luck_is_no_mistake);
    tcase_add_test(cases, little_is_enough);
    tcase_add_test(cases, small_documents_may_not_become_huge_instances);
    tcase_add_test(cases, too_many_choices_are_named);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
