/* test_service_clinic.c - a week of rounds over nanomsg, as the office makes it: its spreadsheet
 * becomes an instance without a name in it, the plan is fetched and judged again, goes out as
 * calendars and a page; then the nurse is ill and the same week is planned anew.
 *
 * Nothing here asserts how long something takes, the certificate's own word apart. */
#include <check.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/document.h"
#include "tests/support/served.h"
#include "tests/support/suite.h"

#define MONDAY "2026-12-07"

/* As Excel saves it in the office: CP932, headers in Japanese, digits of any width. */
static const char sites[] =
    "番号,氏名,住所,電話,備考,地区,訪問回数,曜日,時間帯,人数,段階,見送り費用\r\n"
    "A-001,試験 太郎,架空町1-1,0263-00-0001,,島内,1回,月・火・水,9:00-12:00,1人,2,\"20,000円\"\r\n"
    "A-002,試験 花子,架空町1-2,0263-00-0002,,島内,２,,13:00-16:00,1,2,30000\r\n"
    "A-003,架空 次郎,架空町2-1,,要連絡,波田,1,,9:30-15:00,2,2,30000\r\n"
    "A-004,架空 三郎,架空町2-2,,,波田,1,水,10:00-15:00,1,2,20000\r\n"
    "A-005,試験 四郎,架空町3-1,,,第一,1,,午前,1,1,15000\r\n";

static const char staff[] = "氏名,電話,資格,勤務時間\r\n"
                            "架空 看護,0263-00-1111,看護師・運転,8:30-17:15\r\n"
                            "架空 臨時,,看護師,9:00-16:00\r\n";

/* What the office has set up once. */
static const char base[] =
    "{'kind': 'clinic', 'start': '" MONDAY "T00:00:00+09:00', 'days': 3,"
    " 'change_price_jpy': 3000, 'change_tolerance_min': 10, 'unserved_price_jpy': 20000,"
    " 'places': [{'id': 'base', 'latitude': 36.23, 'longitude': 137.97}],"
    " 'cares': [{'id': 'online', 'stage': 1, 'visit_min': 20, 'doctor': {'minutes': 15}},"
    "  {'id': 'nurse', 'stage': 2, 'visit_min': 25, 'per_patient_min': 5, 'skills': ['nurse'],"
    "   'doctor': {'minutes': 15, 'after_min': 5}, 'pharmacist': {'minutes': 5, 'after_min': 25,"
    "   'wait_max_min': 20}}],"
    " 'sites': [], 'staff': [], 'vehicles': [{'id': 'car', 'start': 'base', 'crew': ['driver'],"
    "  'cost_jpy_per_day': 2000, 'cost_jpy_per_km': 30}],"
    " 'remote': [{'id': 'doctor', 'organisation': 'A病院（架空）', 'role': 'doctor',"
    "  'slots': [{'from': '09:00', 'until': '17:00', 'each_min': 30}]},"
    "  {'id': 'pharmacist', 'organisation': 'B薬局（架空）', 'role': 'pharmacist',"
    "  'slots': [{'from': '09:00', 'until': '17:00', 'each_min': 60, 'capacity': 3}]}],"
    " 'travel': {'speed_kmh': 30}}";

static void write_file(const char *name, const char *text, size_t length)
{
    FILE *file = fopen(path_of(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    fclose(file);
}

static void write_cp932(const char *name, const char *text)
{
    char bytes[4096], *out = bytes, *in = (char *)(uintptr_t)text;
    size_t left = strlen(text), room = sizeof bytes;
    iconv_t converter = iconv_open("CP932", "UTF-8");
    ck_assert(converter != (iconv_t)-1);
    ck_assert(iconv(converter, &in, &left, &out, &room) != (size_t)-1);
    iconv_close(converter);
    write_file(name, bytes, sizeof bytes - room);
}

static void check_says(const char *name, const char *wanted, bool says)
{
    char *text = text_in(name);
    ck_assert_msg((strstr(text, wanted) != NULL) == says, "%s: %s", name, wanted);
    free(text);
}

static bool hear(void *data, const json_t *event)
{
    const char *type = json_string_value(json_object_get(event, "type"));
    if (type && strcmp(type, "plan") == 0) ++*(size_t *)data;
    return true;
}

/* Submits, follows to the end, fetches. previous: NULL, or a plan, which is taken. */
static json_t *solve(const char *id, json_t *week, json_t *previous)
{
    char state[16];
    size_t plans = 0;
    json_t *result = NULL, *problem = NULL, *options = json_pack("{s:f}", "deadline_s", 10.0);
    if (previous) json_object_set_new(options, "previous_plan", previous);
    json_decref(call("submit",
                     json_pack("{s:s, s:s, s:o, s:o}", "id", id, "kind", "clinic", "instance", week,
                               "options", options),
                     true));
    ck_assert_int_eq(az_client_follow(client, id, hear, &plans, state), AZ_OK);
    ck_assert_str_eq(state, "done");
    ck_assert_uint_ge(plans, 1);
    ck_assert_int_eq(az_client_result(client, id, &result, &problem), AZ_OK);
    const json_t *certificate = json_object_get(result, "certificate");
    ck_assert(json_is_true(json_object_get(certificate, "checked")));
    ck_assert_double_le(json_number_value(json_object_get(certificate, "seconds")), 10.5);
    return result;
}

static void import_week(void)
{
    json_t *frame = document_parse(base);
    write_cp932("sites.csv", sites);
    write_cp932("staff.csv", staff);
    ck_assert_int_eq(json_dump_file(frame, path_of("base.json"), 0), 0);
    json_decref(frame);
    AZUMI(0, "import", "csv", "--kind", "clinic", "--key", path_of("office.key"), "--table",
          "staff", "--into", path_of("base.json"), path_of("staff.csv"), "-o",
          path_of("staff.json"), "--quiet");
    AZUMI(0, "import", "csv", "--kind", "clinic", "--key", path_of("office.key"), "--gazetteer",
          "instances/clinic/matsumoto-districts.csv", "--into", path_of("staff.json"),
          path_of("sites.csv"), "-o", path_of("week.json"), "--quiet");
    check_says("week.json", "試験", false);
    check_says("week.json", "架空町", false);
    check_says("office.key", "試験", true);
}

static const json_t *in_plan(const json_t *result, const char *list)
{
    const json_t *plan = json_object_get(result, "plan");
    const json_t *found = json_object_get(plan, list);
    return found ? found : json_object_get(json_object_get(plan, "summary"), list);
}

/* The week goes out to crews, doctor and pharmacist; names come back in on the clerk's machine. */
static void send_out(void)
{
    AZUMI(0, "result", "week", "--connect", service.url, "-o", path_of("plan.json"));
    AZUMI(0, "check", path_of("week.json"), path_of("plan.json"));
    AZUMI(0, "export", "icalendar", path_of("week.json"), path_of("plan.json"), "-o",
          path_of("week.ics"));
    AZUMI(0, "report", path_of("week.json"), path_of("plan.json"), "-o", path_of("week.html"),
          "--key", path_of("office.key"), "--lang", "ja");
    check_says("week.ics", "BEGIN:VEVENT", true);
    check_says("week.ics", "試験", false);
    check_says("week.html", "試験", true);
}

/* The first round's first member cannot come that day. */
static void carry_without_nurse(const json_t *result)
{
    const json_t *round = json_array_get(in_plan(result, "rounds"), 0);
    char change[200];
    snprintf(change, sizeof change, "staff/%s/absent=[\"%s\"]",
             json_string_value(json_array_get(json_object_get(round, "members"), 0)),
             json_string_value(json_object_get(round, "date")));
    AZUMI(0, "carry", path_of("week.json"), path_of("plan.json"), "--at", MONDAY "T00:00:00+09:00",
          "--into", path_of("week.json"), "--set", change, "-o", path_of("again.json"));
}

/* Everything the office does from Friday's spreadsheet to the morning on which a nurse is ill. */
START_TEST(a_week_from_the_spreadsheet_and_anew)
{
    import_week();
    json_t *week = json_in(path_of("week.json"));
    ck_assert_uint_eq(json_array_size(json_object_get(week, "sites")), 5);
    ck_assert_uint_eq(json_array_size(json_object_get(week, "staff")), 2);
    json_t *result = solve("week", week, NULL);
    ck_assert_uint_eq(json_array_size(in_plan(result, "unserved")), 0);
    ck_assert_uint_eq(json_array_size(in_plan(result, "online")), 1);
    ck_assert_uint_ge(json_array_size(in_plan(result, "rounds")), 1);
    send_out();
    carry_without_nurse(result);
    json_t *previous = json_incref(json_object_get(result, "plan"));
    json_t *anew = solve("again", json_in(path_of("again.json")), previous);
    /* everybody is told who is told another time, and nobody else */
    const json_t *penalty = json_object_get(json_object_get(anew, "certificate"), "penalty");
    ck_assert_double_eq_tol(json_number_value(penalty),
                            3000.0 * (double)json_array_size(in_plan(anew, "changes")), 1e-6);
    ck_assert_uint_ge(json_array_size(in_plan(anew, "changes")), 1);
    ck_assert_uint_eq(json_array_size(in_plan(anew, "unserved")), 0);
    json_decref(anew);
    json_decref(result);
}
END_TEST

/* An answer that told one mistake at a time would be asked for again and again. */
START_TEST(all_mistakes_are_told_at_once)
{
    import_week();
    json_t *week = json_in(path_of("week.json"));
    document_set(week, "/sites/0/colour", json_string("red"));
    document_set(week, "/vehicles/0/wings", json_integer(2));
    document_set(week, "/sites/1/visits", json_string("often"));
    json_t *reply = call(
        "submit", json_pack("{s:s, s:s, s:o}", "id", "wrong", "kind", "clinic", "instance", week),
        false);
    const json_t *errors = json_object_get(json_object_get(reply, "problem"), "errors");
    static const char *const pointers[] = { "/sites/0/colour", "/sites/1/visits",
                                            "/vehicles/0/wings" };
    ck_assert_uint_eq(json_array_size(errors), 3);
    for (size_t i = 0; i < 3; i++) {
        bool told = false;
        for (size_t k = 0; k < 3; k++) {
            const char *pointer =
                json_string_value(json_object_get(json_array_get(errors, k), "pointer"));
            told = told || (pointer && strcmp(pointer, pointers[i]) == 0);
        }
        char *text = json_dumps(errors, JSON_COMPACT);
        ck_assert_msg(told, "%s: %s", pointers[i], text);
        free(text);
    }
    json_decref(reply);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("service_clinic");
    TCase *cases = tcase_create("clinic");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, a_week_from_the_spreadsheet_and_anew);
    tcase_add_test(cases, all_mistakes_are_told_at_once);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
