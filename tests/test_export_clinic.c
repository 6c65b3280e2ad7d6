/* test_export_clinic.c - clinic plans as calendars, as tables for Excel and as a map. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/export/clinic_ical.h"
#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "tests/support/cl_case.h"
#include "tests/support/suite.h"

#define PLAN "tests/data/clinic/two-valleys-plan.json"

static struct cl_case c;
static struct az_findings told;
static struct az_export call;
static struct az_export_files files;

static void setup(void)
{
    cl_case_load(&c, CL_BASE, PLAN);
    az_findings_init(&told, c.arena, 0);
    call = (struct az_export){
        .instance = c.cl, .plan = c.plan, .language = AZ_JAPANESE, .revision = -1, .told = &told
    };
    files = (struct az_export_files){ 0 };
}

static void teardown(void)
{
    cl_case_close(&c);
}

/* The same week with changes to the instance. */
static void change(size_t count, const char *const changes[][2])
{
    json_t *plan = document_load(PLAN);
    cl_case_close(&c);
    cl_case_load_changed(&c, CL_BASE, count, changes);
    ck_assert_int_eq(cl_case_plan(&c, plan), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    az_findings_init(&told, c.arena, 0);
    call.instance = c.cl;
    call.plan = c.plan;
    json_decref(plan);
}

/* Another plan of the instance: the file's with changes. */
static const struct cl_plan *other_plan(size_t count, const char *const changes[][2])
{
    json_t *json = document_load(PLAN);
    struct cl_plan *kept = c.plan;
    document_change(json, count, changes);
    ck_assert_int_eq(cl_case_plan(&c, json), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    struct cl_plan *made = c.plan;
    c.plan = kept;
    json_decref(json);
    return made;
}

/* The file that is written, or the one of this name. */
static const char *export_as(const char *format, const char *name)
{
    const struct az_export_format *it = az_export_find_for(format, "clinic");
    ck_assert_ptr_nonnull(it);
    call.apart = name != NULL;
    files = (struct az_export_files){ 0 };
    ck_assert_int_eq(it->tell(&call, c.arena, &files), AZ_OK);
    for (size_t i = 0; i < files.count; i++) {
        ck_assert_uint_eq(strlen(files.items[i].bytes), files.items[i].length);
        if (!name || strcmp(files.items[i].name, name) == 0) return files.items[i].bytes;
    }
    ck_abort_msg("no file %s", name);
    return NULL;
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part)) ck_abort_msg("no %s in\n%s", part, text);
}

static void lacks(const char *text, const char *part)
{
    if (strstr(text, part)) ck_abort_msg("%s in\n%s", part, text);
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, part)); at++) count++;
    return count;
}

/* A key file of the test with one site and one nurse; the caller closes it. */
static struct az_keyfile *key_of(const struct az_person *site, const struct az_person *nurse)
{
    struct az_keyfile *keyfile;
    struct az_findings findings;
    az_findings_init(&findings, c.arena, 0);
    ck_assert_int_eq(az_keyfile_open("/tmp/azumi-no-such-key", c.arena, &findings, &keyfile),
                     AZ_OK);
    ck_assert_ptr_nonnull(keyfile);
    ck_assert_int_eq(az_keyfile_put(keyfile, "s1", *site), AZ_OK);
    if (nurse) ck_assert_int_eq(az_keyfile_put(keyfile, "n2", *nurse), AZ_OK);
    return keyfile;
}

static const struct az_person hanako = { .name = "山田 花子",
                                         .address = "松本市島内4970-1, 2階; 奥",
                                         .phone = "+81-263-47-0000",
                                         .number = "A-1" };
static const struct az_person ichiro = { .name = "佐藤 一郎" };

/* --- lines of a calendar ------------------------------------------------------------------------
 */

/* Takes the folds out again. */
static char *unfold(const char *text)
{
    char *made = az_arena_text(c.arena, text), *to = made;
    for (const char *p = text; *p;) {
        if (strncmp(p, "\r\n ", 3) == 0)
            p += 3;
        else
            *to++ = *p++;
    }
    *to = 0;
    return made;
}

/* Every line ends in CR LF and has at most 75 bytes, whole characters all. */
static void check_lines(const char *text)
{
    for (const char *line = text; *line;) {
        const char *end = strstr(line, "\r\n");
        ck_assert_ptr_nonnull(end);
        ck_assert_int_le((int)(end - line), 75);
        ck_assert_ptr_null(memchr(line, '\n', (size_t)(end - line)));
        for (const char *p = line; p < end; p++) {
            size_t more = (unsigned char)*p < 0xc0 ? 0 : (unsigned char)*p < 0xe0 ? 1 : 2;
            ck_assert_int_lt((int)(p + more - line), (int)(end - line));
        }
        ck_assert_int_ne((unsigned char)(line[*line == ' '] & 0xc0), 0x80);
        line = end + 2;
    }
}

/* A line cut within a character is no UTF-8: whole calendars are refused for it. */
START_TEST(long_lines_are_folded_between_characters)
{
    char *bytes = NULL;
    size_t length;
    for (size_t blanks = 0; blanks < 4; blanks++) {
        const char *line = az_arena_format(
            c.arena, "SUMMARY:%.*s%s", (int)blanks, "xxxx",
            "長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い"
            "長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い長い");
        FILE *out = open_memstream(&bytes, &length);
        az_ical_line(out, line);
        fclose(out);
        check_lines(bytes);
        ck_assert_str_eq(unfold(bytes), az_arena_format(c.arena, "%s\r\n", line));
        free(bytes);
    }
    FILE *out = open_memstream(&bytes, &length);
    az_ical_line(out,
                 "123456789012345678901234567890123456789012345678901234567890123456789012345");
    fclose(out);
    ck_assert_uint_eq(length, 77);
    free(bytes);
}
END_TEST

/* A comma in a name would cut the line of a calendar in two. */
START_TEST(texts_are_escaped)
{
    ck_assert_str_eq(az_ical_text("a,b;c\\d\ne:\"\r\x01", c.arena), "a\\,b\\;c\\\\d\\ne:\"");
    ck_assert_str_eq(az_ical_text("", c.arena), "");
}
END_TEST

/* --- calendars ----------------------------------------------------------------------------------
 */

/* A visit that is missing in the calendar is one that nobody makes, one that is twice there
 * one too many. */
START_TEST(a_week_is_a_calendar)
{
    const char *text = export_as("icalendar", NULL);
    ck_assert_uint_eq(files.count, 1);
    check_lines(text);
    text = unfold(text);
    ck_assert_int_eq(strncmp(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", 30), 0);
    ck_assert_str_eq(text + strlen(text) - 15, "END:VCALENDAR\r\n");
    has(text, "TZID:Asia/Tokyo\r\n");
    has(text, "TZOFFSETTO:+0900\r\n");
    has(text, "UID:2026-11-30/visit/s1@azumi\r\nDTSTAMP:20261129T150000Z\r\n"
              "LAST-MODIFIED:20261129T150000Z\r\nSEQUENCE:1\r\n"
              "DTSTART;TZID=Asia/Tokyo:20261130T092500\r\nDTEND;TZID=Asia/Tokyo:20261130T100500\r\n"
              "SUMMARY:訪問 s1\r\nLOCATION:east-hall\r\nGEO:36.210000;138.060000\r\n");
    has(text, "CATEGORIES:car\r\nSTATUS:CONFIRMED\r\n");
    has(text, "SUMMARY:出発 car\r\nLOCATION:診療所 / Clinic\r\n");
    has(text, "DTSTART;TZID=Asia/Tokyo:20261130T105000\r\nDTEND;TZID=Asia/Tokyo:20261130T112334\r\n"
              "SUMMARY:帰着 car\r\n");
    has(text, "SUMMARY:休憩\r\n");
    has(text, "SUMMARY:オンライン訪問 s5\r\n");
    has(text, "SUMMARY:オンライン診療 s1\r\n");
    has(text, "SUMMARY:服薬指導 s1\r\n");
    /* 6 visits, 3 rounds, 2 breaks, 6 doctor's and 5 pharmacist's consultations: each once. */
    ck_assert_uint_eq(count_of(text, "BEGIN:VEVENT"), 6 + 3 * 2 + 2 + 6 + 5);
    ck_assert_uint_eq(count_of(text, "END:VEVENT"), count_of(text, "UID:"));
    lacks(text, "CANCELLED");
    call.language = AZ_ENGLISH;
    text = export_as("icalendar", NULL);
    has(text, "SUMMARY:Visit s1\r\n");
    has(text, "SUMMARY:Medication guidance s1\r\n");
    lacks(text, "訪問");
}
END_TEST

/* Whoever is on line needs to know when for whom, and nothing of where people live. */
START_TEST(everybody_has_a_calendar)
{
    struct az_keyfile *keyfile = key_of(&hanako, &ichiro);
    const char *doctor = unfold(export_as("icalendar", "doctor-doc-1.ics"));
    ck_assert_uint_eq(files.count, 9);
    ck_assert_uint_eq(count_of(doctor, "BEGIN:VEVENT"), 6);
    has(doctor,
        "DTSTART;TZID=Asia/Tokyo:20261130T093000\r\nDTEND;TZID=Asia/Tokyo:20261130T094500\r\n"
        "SUMMARY:オンライン診療 s1\r\n");
    has(doctor, "訪問先：s1\\n予約枠：09:30\\n");
    lacks(doctor, "LOCATION");
    lacks(doctor, "GEO");
    lacks(doctor, "car");
    lacks(doctor, "s3");
    const char *nurse = unfold(export_as("icalendar", "staff-n2.ics"));
    has(nurse, "visit/s1@azumi");
    lacks(nurse, "visit/s4@azumi");
    lacks(unfold(export_as("icalendar", "crew-van.ics")), "visit/s1@azumi");
    const char *online = unfold(export_as("icalendar", "online.ics"));
    ck_assert_uint_eq(count_of(online, "BEGIN:VEVENT"), 1);
    /* Nobody is seen by this doctor: an empty calendar takes the place of an earlier one. */
    const char *idle = export_as("icalendar", "doctor-doc-2.ics");
    ck_assert_uint_eq(count_of(idle, "BEGIN:VEVENT"), 0);
    has(idle, "BEGIN:VTIMEZONE");
    call.key = keyfile;
    doctor = unfold(export_as("icalendar", "doctor-doc-1.ics"));
    has(doctor, "SUMMARY:オンライン診療 山田 花子\r\n");
    lacks(doctor, "島内");
    lacks(doctor, "263-47");
    const char *crew = unfold(export_as("icalendar", "crew-car.ics"));
    has(crew, "SUMMARY:訪問 山田 花子\r\nLOCATION:松本市島内4970-1\\, 2階\\; 奥\r\n");
    has(crew, "電話：+81-263-47-0000\\n");
    has(crew, "職員：佐藤 一郎");
    check_lines(export_as("icalendar", "crew-car.ics"));
    az_keyfile_close(keyfile);
}
END_TEST

/* With another UID a calendar program would show both visits, with an older issue neither. */
START_TEST(a_plan_made_anew_moves_its_events)
{
    const char *before = unfold(export_as("icalendar", NULL));
    has(before, "UID:2026-12-02/visit/s4@azumi");
    static const char *const state[][2] = {
        { "/state", "{'at': '2026-12-01T08:00:00+09:00', 'appointments': []}" },
        { "/title", "'a, b'" },
    };
    change(2, state);
    static const char *const later[][2] = {
        { "/rounds/2/stops/1/start", "'2026-12-02T11:20:00+09:00'" },
    };
    call.plan = other_plan(1, later);
    const char *after = unfold(export_as("icalendar", NULL));
    has(after, "X-WR-CALNAME:a\\, b\r\n");
    /* 32 hours after the start. */
    has(after, "UID:2026-12-02/visit/s4@azumi\r\nDTSTAMP:20261130T230000Z\r\n"
               "LAST-MODIFIED:20261130T230000Z\r\nSEQUENCE:1921\r\n"
               "DTSTART;TZID=Asia/Tokyo:20261202T112000\r\n");
    call.revision = 7;
    has(unfold(export_as("icalendar", NULL)), "SEQUENCE:7\r\n");
}
END_TEST

static const char *event_of(const char *calendar, const char *uid)
{
    const char *at = strstr(calendar, az_arena_format(c.arena, "UID:%s@azumi\r\n", uid));
    const char *end = at ? strstr(at, "END:VEVENT") : NULL;
    if (!end) ck_abort_msg("no event %s in\n%s", uid, calendar);
    return az_arena_text_n(c.arena, at, (size_t)(end - at));
}

/* A promise that is broken must go from the crew's calendar, or somebody drives there. */
START_TEST(cancelled_promises_are_cancelled_events)
{
    static const char *const promises[][2] = {
        { "/appointments",
          "[{'site': 's3', 'start': '2026-12-02T10:30:00+09:00', 'status': 'confirmed'},"
          " {'site': 's4', 'start': '2026-12-01T10:00:00+09:00', 'status': 'confirmed'},"
          " {'site': 's1', 'start': '2026-11-30T11:00:00+09:00', 'status': 'confirmed'}]" },
    };
    change(1, promises);
    const char *text = unfold(export_as("icalendar", NULL));
    ck_assert_uint_eq(count_of(text, "STATUS:CANCELLED"), 2);
    const char *gone = event_of(text, "2026-12-02/visit/s3");
    has(gone, "DTSTART;TZID=Asia/Tokyo:20261202T103000\r\n");
    has(gone, "STATUS:CANCELLED");
    has(event_of(text, "2026-12-01/visit/s4"), "STATUS:CANCELLED");
    has(event_of(text, "2026-12-02/visit/s4"), "STATUS:CONFIRMED");
    /* Moved within its day: the event moves. */
    has(event_of(text, "2026-11-30/visit/s1"), "STATUS:CONFIRMED");
    ck_assert_uint_eq(count_of(text, "UID:2026-11-30/visit/s1@azumi"), 1);
    has(event_of(unfold(export_as("icalendar", "crew-van.ics")), "2026-12-02/visit/s3"),
        "STATUS:CANCELLED");
}
END_TEST

/* Without it a doctor waits on line for a site that another sees now. */
START_TEST(an_earlier_plan_tells_what_is_cancelled)
{
    static const char *const changes[][2] = {
        { "/rounds/0/stops/0/doctor/remote", "'doc-2'" }, /* another doctor sees s1 */
        { "/rounds/1/vehicle", "'van'" },                 /* another vehicle goes to s6 */
        { "/online", "[]" },
    };
    call.previous = c.plan;
    call.plan = other_plan(3, changes);
    has(event_of(unfold(export_as("icalendar", "doctor-doc-1.ics")), "2026-11-30/doctor/s1"),
        "STATUS:CANCELLED");
    has(event_of(unfold(export_as("icalendar", "doctor-doc-2.ics")), "2026-11-30/doctor/s1"),
        "STATUS:CONFIRMED");
    const char *car = unfold(export_as("icalendar", "crew-car.ics"));
    has(event_of(car, "2026-12-01/visit/s6"), "STATUS:CANCELLED");
    has(event_of(car, "2026-12-01/leave/car~1/1"), "STATUS:CANCELLED");
    has(event_of(unfold(export_as("icalendar", "online.ics")), "2026-12-01/visit/s5"),
        "STATUS:CANCELLED");
    /* In one file what another does now is not cancelled. */
    const char *all = unfold(export_as("icalendar", NULL));
    has(event_of(all, "2026-12-01/visit/s6"), "STATUS:CONFIRMED");
    ck_assert_uint_eq(count_of(all, "UID:2026-12-01/visit/s6@azumi"), 1);
    ck_assert_uint_eq(count_of(all, "UID:2026-11-30/doctor/s1@azumi"), 1);
    has(event_of(all, "2026-12-01/visit/s5"), "STATUS:CANCELLED");
    /* What is over when the plan begins has been: it stays. */
    static const char *const state[][2] = {
        { "/state", "{'at': '2026-12-02T06:00:00+09:00', 'appointments': []}" },
    };
    change(1, state);
    static const char *const rest[][2] = { { "/rounds/0", NULL },
                                           { "/rounds/0", NULL },
                                           { "/online", "[]" } };
    call.previous = c.plan;
    call.plan = other_plan(3, rest);
    lacks(export_as("icalendar", NULL), "CANCELLED");
}
END_TEST

/* A site that has moved away since is no error: its visit must go from everybody's calendar, and so
 * must all of a vehicle, a member and a doctor who are no more. */
START_TEST(an_earlier_plan_may_name_what_is_no_more)
{
    static const char *const changes[][2] = {
        { "/rounds/0/stops/0/site", "'gone'" }, { "/rounds/0/stops/0/doctor/remote", "'doc-9'" },
        { "/rounds/1/vehicle", "'lorry'" },     { "/rounds/1/members", "['n9']" },
        { "/online/0/site", "'gone-too'" },
    };
    json_t *json = document_load(PLAN);
    void *earlier;
    document_change(json, 5, changes);
    ck_assert_int_eq(az_read_earlier_plan(az_formulation_find("clinic"), c.cl, json, NULL, c.arena,
                                          &c.findings, &earlier),
                     AZ_OK);
    ck_assert_uint_eq(az_findings_total(&c.findings), 0);
    json_decref(json);
    call.previous = earlier;
    const char *all = unfold(export_as("icalendar", NULL));
    has(event_of(all, "2026-11-30/visit/gone"), "STATUS:CANCELLED");
    has(event_of(all, "2026-11-30/visit/s1"), "STATUS:CONFIRMED");
    has(event_of(all, "2026-12-01/visit/gone-too"), "STATUS:CANCELLED");
    has(event_of(all, "2026-12-01/leave/lorry~1/1"), "STATUS:CANCELLED");
    has(event_of(all, "2026-12-01/leave/car~1/1"), "STATUS:CONFIRMED");
    has(event_of(unfold(export_as("icalendar", "doctor-doc-9.ics")), "2026-11-30/doctor/gone"),
        "STATUS:CANCELLED");
    has(event_of(unfold(export_as("icalendar", "crew-lorry.ics")), "2026-12-01/visit/s6"),
        "STATUS:CANCELLED");
    has(event_of(unfold(export_as("icalendar", "staff-n9.ics")), "2026-12-01/visit/s6"),
        "STATUS:CANCELLED");
}
END_TEST

/* In one calendar two crews would seem to be in two places at once. */
START_TEST(two_vehicles_of_a_kind_have_two_calendars)
{
    static const char *const two[][2] = { { "/vehicles/0/count", "2" } };
    static const char *const same_day[][2] = { { "/rounds/1/date", "'2026-11-30'" } };
    change(1, two);
    call.plan = other_plan(1, same_day);
    has(unfold(export_as("icalendar", "crew-car.ics")), "visit/s1@azumi");
    const char *second = unfold(export_as("icalendar", "crew-car~2.ics"));
    lacks(second, "visit/s1@azumi");
    has(second, "UID:2026-11-30/leave/car~2/1@azumi");
    has(second, "SUMMARY:出発 car 2\r\n");
}
END_TEST

/* A plan elsewhere must not be nine hours off. */
START_TEST(times_are_of_the_instance_s_own_offset)
{
    cl_case_close(&c);
    json_t *instance = document_load(CL_BASE), *plan = document_load(PLAN);
    char *text = json_dumps(instance, 0), *other = json_dumps(plan, 0), *at;
    json_decref(instance);
    json_decref(plan);
    for (int i = 0; i < 2; i++)
        while ((at = strstr(i ? other : text, "+09:00")))
            for (size_t k = 0; k < 6; k++) at[k] = "-03:30"[k];
    instance = json_loads(text, 0, NULL);
    plan = json_loads(other, 0, NULL);
    cl_case_open_good(&c, instance, "elsewhere");
    ck_assert_int_eq(cl_case_plan(&c, plan), AZ_OK);
    call.instance = c.cl;
    call.plan = c.plan;
    call.told = NULL;
    const char *calendar = unfold(export_as("icalendar", NULL));
    has(calendar, "TZID:UTC-0330\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
                  "TZOFFSETFROM:-0330\r\nTZOFFSETTO:-0330\r\n");
    has(calendar, "DTSTAMP:20261130T033000Z\r\n");
    has(calendar, "DTSTART;TZID=UTC-0330:20261130T092500\r\n");
    lacks(calendar, "Tokyo");
    json_decref(instance);
    json_decref(plan);
    free(text);
    free(other);
}
END_TEST

/* --- tables -------------------------------------------------------------------------------------
 */

/* The table as our own reader takes it. */
static struct az_csv table_of(const char *text)
{
    struct az_inputs inputs = { 0 };
    struct az_csv csv;
    char *plain;
    size_t length;
    ck_assert_int_eq(strncmp(text, "\xef\xbb\xbf", 3), 0);
    ck_assert_str_eq(text + strlen(text) - 2, "\r\n");
    ck_assert_int_eq(
        az_inputs_add_bytes(&inputs, "week.csv", text, strlen(text), c.arena, &c.findings), AZ_OK);
    ck_assert_int_eq(az_input_text(inputs.items, c.arena, &c.findings, &plain, &length), AZ_OK);
    ck_assert_int_eq(az_csv_parse(plain, length, c.arena, &csv), AZ_OK);
    for (size_t r = 0; r < csv.count; r++) ck_assert_uint_eq(csv.rows[r].count, csv.rows[0].count);
    return csv;
}

static const char *cell(const struct az_csv *csv, size_t row, const char *header)
{
    ck_assert_uint_lt(row, csv->count);
    for (size_t k = 0; k < csv->rows[0].count; k++)
        if (strcmp(csv->rows[0].cells[k], header) == 0) return csv->rows[row].cells[k];
    ck_abort_msg("no column %s", header);
    return NULL;
}

/* The clerk sorts and filters by these columns: what stands in the wrong one is acted on. */
START_TEST(a_week_is_a_table_that_reads_back)
{
    struct az_csv csv = table_of(export_as("csv", NULL));
    /* 7 stops, one on line, one left out. */
    ck_assert_uint_eq(csv.count, 1 + 7 + 1 + 1);
    ck_assert_str_eq(cell(&csv, 1, "日付"), "2026-11-30");
    ck_assert_str_eq(cell(&csv, 1, "曜日"), "月");
    ck_assert_str_eq(cell(&csv, 1, "種別"), "訪問");
    ck_assert_str_eq(cell(&csv, 1, "訪問先"), "s1");
    ck_assert_str_eq(cell(&csv, 1, "到着"), "09:25");
    ck_assert_str_eq(cell(&csv, 1, "最遅の開始"), "09:35");
    ck_assert_str_eq(cell(&csv, 1, "距離（km）"), "10");
    ck_assert_str_eq(cell(&csv, 1, "医師の枠"), "09:30");
    ck_assert_str_eq(cell(&csv, 1, "薬剤師の開始"), "09:45");
    ck_assert_str_eq(cell(&csv, 2, "到着"), "10:15:10");
    ck_assert_str_eq(cell(&csv, 3, "種別"), "休憩");
    ck_assert_str_eq(cell(&csv, 3, "訪問先"), "");
    ck_assert_str_eq(cell(&csv, 8, "種別"), "オンライン");
    ck_assert_str_eq(cell(&csv, 9, "種別"), "見送り");
    ck_assert_str_eq(cell(&csv, 9, "訪問先"), "s3");
    ck_assert_str_eq(cell(&csv, 9, "訪問する場合の費用（円）"), "1234.5");
    ck_assert_str_eq(cell(&csv, 9, "押し出される訪問先"), "s4");
    call.language = AZ_ENGLISH;
    csv = table_of(export_as("csv", NULL));
    ck_assert_str_eq(cell(&csv, 5, "crew"), "n1, d1");
    ck_assert_str_eq(cell(&csv, 9, "kind"), "left out");
    lacks(export_as("csv", NULL), "訪問");
}
END_TEST

/* A code in a cell is a riddle to a clerk; report and table say a reason in the same words. */
START_TEST(reasons_are_words)
{
    struct cl_unserved *left = c.plan->unserved.items;
    left->reason = CL_REASON_IMPOSSIBLE;
    left->rule = "site_window";
    struct az_csv csv = table_of(export_as("csv", NULL));
    ck_assert_str_eq(cell(&csv, 9, "見送りの理由"), cl_reason_choice(left->reason)->words.ja);
    ck_assert_str_eq(cell(&csv, 9, "規則"), "受入時間");
    ck_assert_str_eq(cell(&csv, 1, "規則"), "");
    call.language = AZ_ENGLISH;
    csv = table_of(export_as("csv", NULL));
    ck_assert_str_eq(cell(&csv, 9, "reason"), "impossible, even in a week empty but for it");
    ck_assert_str_eq(cell(&csv, 9, "rule"), "the site's hours");
}
END_TEST

/* Opened in a spreadsheet, a cell that begins with = is run, not shown. */
START_TEST(no_cell_is_a_formula)
{
    static const char *const evil[] = { "=cmd|' /C calc'!A0", "+1",    "-1",
                                        "@SUM(A1)",           "＝1+1", "\t=1" };
    for (size_t i = 0; i < sizeof evil / sizeof evil[0]; i++) {
        const struct az_person person = { .name = evil[i], .phone = "a\"b,\nc", .address = " x" };
        struct az_keyfile *keyfile = key_of(&person, NULL);
        call.key = keyfile;
        struct az_csv csv = table_of(export_as("csv", NULL));
        ck_assert_str_eq(cell(&csv, 1, "氏名"), az_arena_format(c.arena, "'%s", evil[i]));
        ck_assert_str_eq(cell(&csv, 1, "電話"), "a\"b,\nc");
        ck_assert_str_eq(cell(&csv, 1, "住所"), " x");
        az_keyfile_close(keyfile);
    }
}
END_TEST

/* A promise that changes and is on no list is a person who waits in vain. */
START_TEST(tables_apart_have_the_call_list)
{
    static const char *const promises[][2] = {
        { "/appointments",
          "[{'site': 's3', 'start': '2026-12-02T10:30:00+09:00', 'status': 'confirmed'},"
          " {'site': 's4', 'start': '2026-12-01T10:00:00+09:00', 'status': 'confirmed'},"
          " {'site': 's1', 'start': '2026-11-30T11:00:00+09:00', 'status': 'confirmed'}]" },
    };
    change(1, promises);
    struct az_csv csv = table_of(export_as("csv", "calls.csv"));
    ck_assert_uint_eq(files.count, 3);
    ck_assert_uint_eq(csv.count, 4);
    ck_assert_str_eq(cell(&csv, 1, "変更"), "取りやめ");
    ck_assert_str_eq(cell(&csv, 1, "約束の日付"), "2026-12-02");
    ck_assert_str_eq(cell(&csv, 1, "約束の時刻"), "10:30");
    ck_assert_str_eq(cell(&csv, 1, "開始"), "");
    ck_assert_str_eq(cell(&csv, 2, "変更"), "日の変更");
    ck_assert_str_eq(cell(&csv, 2, "日付"), "2026-12-02");
    ck_assert_str_eq(cell(&csv, 2, "開始"), "11:07");
    ck_assert_str_eq(cell(&csv, 3, "変更"), "時刻の変更");
    csv = table_of(export_as("csv", "unserved.csv"));
    ck_assert_uint_eq(csv.count, 2);
    ck_assert_str_eq(cell(&csv, 1, "訪問先"), "s3");
    csv = table_of(export_as("csv", "visits.csv"));
    ck_assert_uint_eq(csv.count, 9);
    ck_assert_str_eq(cell(&csv, 1, "約束の時刻"), "11:00");
    /* In one table what is cancelled is a row of its own. */
    csv = table_of(export_as("csv", NULL));
    ck_assert_uint_eq(csv.count, 11);
    ck_assert_str_eq(cell(&csv, 1, "変更"), "時刻の変更");
    ck_assert_str_eq(cell(&csv, 10, "種別"), "取りやめ");
    ck_assert_str_eq(cell(&csv, 10, "訪問先"), "s3");
}
END_TEST

/* --- the map ------------------------------------------------------------------------------------
 */

static json_t *map_of(void)
{
    json_t *json = json_loads(export_as("geojson", NULL), JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(json);
    ck_assert_str_eq(json_string_value(json_object_get(json, "type")), "FeatureCollection");
    return json;
}

/* The i-th feature whose property "type" it is. */
static const json_t *feature(const json_t *map, const char *type, size_t i)
{
    size_t k;
    json_t *item;
    json_array_foreach(json_object_get(map, "features"), k, item)
    {
        const json_t *properties = json_object_get(item, "properties");
        if (strcmp(json_string_value(json_object_get(properties, "type")), type) == 0 && i-- == 0)
            return item;
    }
    return NULL;
}

static const json_t *coordinates(const json_t *item)
{
    return json_object_get(json_object_get(item, "geometry"), "coordinates");
}

static const char *property(const json_t *item, const char *name)
{
    const char *text =
        json_string_value(json_object_get(json_object_get(item, "properties"), name));
    return text ? text : "";
}

static void check_position(const json_t *position, double longitude, double latitude)
{
    ck_assert_uint_eq(json_array_size(position), 2);
    ck_assert_double_eq_tol(json_number_value(json_array_get(position, 0)), longitude, 1e-9);
    ck_assert_double_eq_tol(json_number_value(json_array_get(position, 1)), latitude, 1e-9);
}

/* Latitude first, and Matsumoto lies in the Antarctic. */
START_TEST(a_week_is_a_map)
{
    json_t *map = map_of();
    const json_t *line = feature(map, "round", 0), *stop = feature(map, "visit", 0);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(line, "geometry"), "type")),
                     "LineString");
    ck_assert_uint_eq(json_array_size(coordinates(line)), 4);
    check_position(json_array_get(coordinates(line), 0), 137.97, 36.23);
    check_position(json_array_get(coordinates(line), 1), 138.06, 36.21);
    check_position(json_array_get(coordinates(line), 3), 137.97, 36.23);
    ck_assert_str_eq(property(line, "leaves"), "2026-11-30T09:05:00+09:00");
    ck_assert_double_eq_tol(
        json_number_value(json_object_get(json_object_get(line, "properties"), "distance_km")),
        29.856, 1e-3);
    check_position(coordinates(stop), 138.06, 36.21);
    ck_assert_str_eq(property(stop, "title"), "09:25 訪問 s1");
    ck_assert_str_eq(property(stop, "latest_start"), "2026-11-30T09:35:00+09:00");
    ck_assert_str_eq(property(stop, "doctor"), "doc-1");
    ck_assert_str_eq(property(feature(map, "break", 0), "title"), "12:00 休憩");
    ck_assert_str_eq(property(feature(map, "unserved", 0), "reason"), "displaces");
    check_position(coordinates(feature(map, "online", 0)), 137.98, 36.24);
    const json_t *box = json_object_get(map, "bbox");
    static const double expected[4] = { 137.78, 36.15, 138.09, 36.24 };
    for (size_t i = 0; i < 4; i++)
        ck_assert_double_eq_tol(json_number_value(json_array_get(box, i)), expected[i], 1e-9);
    ck_assert_uint_eq(told.count, 0);
    json_decref(map);
}
END_TEST

/* A pin off the coast of Africa hides that a place is not known. */
START_TEST(places_without_coordinates_are_told)
{
    static const char *const changes[][2] = {
        { "/places/1/latitude", NULL },
        { "/places/1/longitude", NULL },
        { "/travel/matrices",
          "[{'duration_s': [[0,900,900,900,900,900,900],[900,0,900,900,900,900,900],"
          "[900,900,0,900,900,900,900],[900,900,900,0,900,900,900],[900,900,900,900,0,900,900],"
          "[900,900,900,900,900,0,900],[900,900,900,900,900,900,0]]}]" },
    };
    change(3, changes);
    json_t *map = map_of();
    ck_assert_uint_eq(told.count, 1);
    ck_assert_str_eq(told.items[0].code->code, "export_told_no_coordinates");
    ck_assert_str_eq(told.items[0].place, "places/1 (east-hall)");
    ck_assert_str_eq(property(feature(map, "visit", 0), "site"), "s2");
    ck_assert_uint_eq(json_array_size(coordinates(feature(map, "round", 0))), 3);
    /* The second round goes there only: it has no line, and nothing is at 0, 0. */
    ck_assert_str_eq(property(feature(map, "round", 1), "date"), "2026-12-02");
    lacks(export_as("geojson", NULL), "[0, 0]");
    json_decref(map);
}
END_TEST

/* --- all of them --------------------------------------------------------------------------------
 */

static const char *const formats[] = { "icalendar", "csv", "geojson" };

/* The office's own copies carry names; what goes elsewhere does not. */
START_TEST(names_come_with_the_key_only)
{
    struct az_keyfile *keyfile = key_of(&hanako, &ichiro);
    for (size_t f = 0; f < 3; f++) {
        const char *text = unfold(export_as(formats[f], NULL));
        lacks(text, "花子");
        lacks(text, "島内");
        call.key = keyfile;
        text = unfold(export_as(formats[f], NULL));
        has(text, "山田 花子");
        has(text, "佐藤 一郎");
        has(text, "松本市島内4970-1");
        has(text, "263-47-0000");
        ck_assert_str_eq(told.items[0].code->code, "export_told_nobody");
        ck_assert_double_eq(told.items[0].params[0].number, 7);
        call.key = NULL;
    }
    az_keyfile_close(keyfile);
}
END_TEST

/* A file that differs though the plan does not is taken in again by every calendar. */
START_TEST(equal_plans_are_equal_bytes)
{
    for (size_t f = 0; f < 3; f++) {
        const char *first = export_as(formats[f], NULL), *again = export_as(formats[f], NULL);
        ck_assert_str_eq(first, again);
    }
}
END_TEST

/* A visit without a time would be a line without one, and be taken for a whole plan. */
START_TEST(a_plan_without_times_cannot_be_said)
{
    static const char *const changes[][2] = { { "/rounds/0/stops/1/start", NULL } };
    call.plan = other_plan(1, changes);
    for (size_t f = 0; f < 3; f++)
        ck_assert_int_eq(az_export_find_for(formats[f], "clinic")->tell(&call, c.arena, &files),
                         AZ_UNSUPPORTED);
}
END_TEST

/* A plan made by hand need not list what it leaves out: the office must see it all the same. */
START_TEST(sites_that_nobody_mentions_are_left_out)
{
    static const char *const changes[][2] = { { "/unserved", "[]" }, { "/online", "[]" } };
    call.plan = other_plan(2, changes);
    struct az_csv csv = table_of(export_as("csv", "unserved.csv"));
    ck_assert_uint_eq(csv.count, 3);
    ck_assert_str_eq(cell(&csv, 1, "訪問先"), "s3");
    ck_assert_str_eq(cell(&csv, 1, "見送りの理由"), "未検証");
    ck_assert_str_eq(cell(&csv, 2, "訪問先"), "s5");
}
END_TEST

/* Memory that runs out is a status, not a crash. */
START_TEST(memory_may_run_out)
{
    static const struct az_person person = { .name = "a" };
    struct az_keyfile *keyfile = key_of(&person, NULL);
    call.key = keyfile;
    for (size_t f = 0; f < 6; f++) {
        const struct az_export_format *format = az_export_find_for(formats[f % 3], "clinic");
        enum az_status status = AZ_NO_MEMORY;
        call.apart = f >= 3;
        for (size_t n = 0; status != AZ_OK && n < 400; n++) {
            struct failing failing = { .left = n };
            struct az_allocator allocator = failing_allocator(&failing);
            struct az_arena *arena = az_arena_new(&allocator);
            struct az_export_files made = { 0 };
            status = arena ? format->tell(&call, arena, &made) : AZ_NO_MEMORY;
            ck_assert(status == AZ_OK || status == AZ_NO_MEMORY);
            az_arena_free(arena);
            ck_assert_uint_eq(failing.served, failing.returned);
        }
        ck_assert_int_eq(status, AZ_OK);
    }
    az_keyfile_close(keyfile);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("export_clinic");
    TCase *t = tcase_create("export");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, long_lines_are_folded_between_characters);
    tcase_add_test(t, texts_are_escaped);
    tcase_add_test(t, a_week_is_a_calendar);
    tcase_add_test(t, everybody_has_a_calendar);
    tcase_add_test(t, a_plan_made_anew_moves_its_events);
    tcase_add_test(t, cancelled_promises_are_cancelled_events);
    tcase_add_test(t, an_earlier_plan_tells_what_is_cancelled);
    tcase_add_test(t, an_earlier_plan_may_name_what_is_no_more);
    tcase_add_test(t, two_vehicles_of_a_kind_have_two_calendars);
    tcase_add_test(t, times_are_of_the_instance_s_own_offset);
    tcase_add_test(t, a_week_is_a_table_that_reads_back);
    tcase_add_test(t, no_cell_is_a_formula);
    tcase_add_test(t, reasons_are_words);
    tcase_add_test(t, tables_apart_have_the_call_list);
    tcase_add_test(t, a_week_is_a_map);
    tcase_add_test(t, places_without_coordinates_are_told);
    tcase_add_test(t, names_come_with_the_key_only);
    tcase_add_test(t, equal_plans_are_equal_bytes);
    tcase_add_test(t, a_plan_without_times_cannot_be_said);
    tcase_add_test(t, sites_that_nobody_mentions_are_left_out);
    tcase_add_test(t, memory_may_run_out);
    suite_add_tcase(suite, t);
    return test_suite_run(suite);
}
