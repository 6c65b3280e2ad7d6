/* test_import_csv_clinic.c - the office's spreadsheet becomes sites and staff, and names stay in
 * the key file. */
#include <check.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/format.h"
#include "adapters/import/japanese.h"
#include "adapters/json/json.h"
#include "adapters/keyfile.h"
#include "formulations/clinic/tables.h"
#include "tests/support/suite.h"

#define GAZETTEER "instances/clinic/matsumoto-districts.csv"

static struct az_arena *arena;
static struct az_findings findings, told;
static struct az_import call;
static char folder[64], key[96];

static void setup(void)
{
    arena = az_arena_new(NULL);
    strcpy(folder, "/tmp/azumi-sheet-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(key, sizeof key, "%s/key", folder);
    call = (struct az_import){ .told = &told, .kind = "clinic", .date = "2026-11-30", .key = key };
}

static void teardown(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
    az_arena_free(arena);
}

static json_t *run_bytes(const char *bytes, size_t length)
{
    struct az_inputs inputs = { 0 }, places = { 0 };
    json_t *document = NULL;
    az_findings_init(&findings, arena, 0);
    az_findings_init(&told, arena, 0);
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, "week.csv", bytes, length, arena, &findings),
                     AZ_OK);
    ck_assert_int_eq(az_inputs_add_file(&places, GAZETTEER, arena, &findings), AZ_OK);
    call.inputs = inputs.items;
    call.input_count = inputs.count;
    if (!call.gazetteer) call.gazetteer = places.items;
    ck_assert_int_eq(az_import_find("csv")->read(&call, arena, &findings, &document), AZ_OK);
    ck_assert_int_eq(document == NULL, az_findings_total(&findings) > 0);
    return document;
}

static json_t *run(const char *text)
{
    return run_bytes(text, strlen(text));
}

static json_t *good(const char *text)
{
    json_t *document = run(text);
    if (!document) ck_abort_msg("%s at %s", findings.items[0].code->code, findings.items[0].place);
    return document;
}

static void check_bad(const char *text, const char *code, const char *place, double column)
{
    json_t *document = run(text);
    if (document) ck_abort_msg("accepted:\n%s", text);
    ck_assert_str_eq(findings.items[0].code->code, code);
    if (!strstr(findings.items[0].place, place))
        ck_abort_msg("%s is not at %s", findings.items[0].place, place);
    if (column > 0) ck_assert_double_eq(findings.items[0].params[0].number, column);
}

static const json_t *site(const json_t *document, size_t i)
{
    return json_array_get(json_object_get(document, "sites"), i);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

/* One member as JSON text, for comparing. */
static void check_member(const json_t *object, const char *name, const char *expected)
{
    char *text = json_dumps(json_object_get(object, name), JSON_ENCODE_ANY | JSON_COMPACT);
    if (!text || strcmp(text, expected) != 0)
        ck_abort_msg("%s is %s, not %s", name, text ? text : "absent", expected);
    free(text);
}

/* --- what offices write -------------------------------------------------------------------------
 */

static void check_date(const char *text, const char *expected)
{
    char date[11] = "none";
    bool is_date = az_plain_date(az_plain(text, false, arena), "2026-12-28", false, date);
    if (strcmp(is_date ? date : "none", expected) != 0)
        ck_abort_msg("%s is %s, not %s", text, date, expected);
}

/* A date a year off moves a visit out of the week, or makes a last visit a future one. */
START_TEST(dates_are_read_as_they_are_written)
{
    char date[11];
    check_date("令和8年12月2日", "2026-12-02");
    check_date("令和８年１２月２日（水）", "2026-12-02");
    check_date("令和元年5月1日", "2019-05-01");
    check_date("R8.12.2", "2026-12-02");
    check_date("平成31年4月30日", "2019-04-30");
    check_date("2026/12/2", "2026-12-02");
    check_date("2026-12-02", "2026-12-02");
    check_date("2026年12月2日水曜日", "2026-12-02");
    check_date("20261202", "2026-12-02");
    check_date("12月30日", "2026-12-30");
    check_date("1/4", "2027-01-04");
    check_date("11/30(月)", "2026-11-30");
    check_date("2/30", "none");
    check_date("令和8年13月2日", "none");
    check_date("12月", "none");
    check_date("山田", "none");
    check_date("0263-47-0000", "none");
    check_date("", "none");
    ck_assert(az_plain_date("3月1日", "2026-12-28", true, date));
    ck_assert_str_eq(date, "2026-03-01");
    ck_assert(az_plain_date("12/30", "2026-12-28", true, date));
    ck_assert_str_eq(date, "2025-12-30");
    ck_assert(az_plain_date("2/29", "2028-03-01", false, date));
}
END_TEST

static void check_hours(const char *text, const char *expected)
{
    char from[6], until[6], said[16] = "none";
    bool guessed = false;
    char *plain = az_plain(text, false, arena);
    az_plain_join(plain);
    if (az_plain_hours(plain, from, until, &guessed))
        snprintf(said, sizeof said, "%s-%s", from, until);
    if (strcmp(said, expected) != 0) ck_abort_msg("%s is %s, not %s", text, said, expected);
}

/* Clerks write hours in a dozen ways; what is guessed wrong is a visit at the wrong time. */
START_TEST(hours_weekdays_and_numbers_are_read)
{
    unsigned days;
    double value;
    check_hours("9:00-12:00", "09:00-12:00");
    check_hours("９：００　〜　１２：３０", "09:00-12:30");
    check_hours("9時から11時半まで", "09:00-11:30");
    check_hours("午後1時～午後3時15分", "13:00-15:15");
    check_hours("午前中", "09:00-12:00");
    check_hours("終日", "09:00-17:00");
    check_hours("9-12", "09:00-12:00");
    check_hours("12:00-9:00", "none");
    check_hours("9:70-12:00", "none");
    check_hours("9:00", "none");
    ck_assert(az_plain_weekdays("月水金", &days) && days == 0x15);
    ck_assert(az_plain_weekdays("月曜日・木曜", &days) && days == 0x09);
    ck_assert(az_plain_weekdays("月-水", &days) && days == 0x07);
    ck_assert(az_plain_weekdays("日", &days) && days == 0x40);
    ck_assert(az_plain_weekdays("平日", &days) && days == 0x1f);
    ck_assert(az_plain_weekdays("Mon, Wednesday", &days) && days == 0x05);
    ck_assert(!az_plain_weekdays("月見", &days));
    ck_assert(!az_plain_weekdays("、", &days));
    ck_assert(az_plain_number("20,000円", &value) && value == 20000);
    ck_assert(az_plain_number("2 回", &value) && value == 2);
    ck_assert(!az_plain_number("2階", &value));
    ck_assert(!az_plain_number("", &value));
    ck_assert_str_eq(az_plain("ﾔﾏﾀﾞ　ﾊﾟｰﾙ ｳﾞ", false, arena), "ヤマダ パール ヴ");
    ck_assert_str_eq(az_plain("\x17\xe6\xb3\xa2\xc2\x85\xe7\x94\xb0\x7f", false, arena), "波 田");
}
END_TEST

/* --- a sheet ------------------------------------------------------------------------------------
 */

#define SHEET                                                                                                                         \
    "令和８年 訪問予定,,,,,,,,,,,,\n"                                                                                         \
    "番号,氏名,住所,電話番号,地区,訪問回数(回),希望曜日,時間帯,前回訪問日,間隔上限,段階,備考,"   \
    "予約日,予約時刻\n"                                                                                                        \
    "Ａ－１,山田　花子,松本市島内４９７０−１,０２６３－４７－００００,島内地区,２回,月・水," \
    "9時〜12時、13:00 - 15:30,令和8年11月20日,14日,2,\"犬\n注意\",12月2日,10時半\n"                                  \
    ",鈴木 太郎,\"松本市稲核1-2\n2階\",090-0000-1111,稲核,1,,午前,11月3日（火）,,3,,,\n"                           \
    "#,,,,,,,,,,,,,\n,,,,,,,,,,,,,\n"

static void check_sheet(const json_t *document)
{
    const json_t *first = site(document, 0), *second = site(document, 1);
    ck_assert_uint_eq(json_array_size(json_object_get(document, "sites")), 2);
    ck_assert_str_eq(text_of(document, "start"), "2026-11-30T00:00:00+09:00");
    check_member(first, "place", "\"shimauchi\"");
    check_member(first, "visits", "2");
    check_member(first, "windows",
                 "[{\"from\":\"09:00\",\"until\":\"12:00\",\"weekdays\":[\"mon\",\"wed\"]},"
                 "{\"from\":\"13:00\",\"until\":\"15:30\",\"weekdays\":[\"mon\",\"wed\"]}]");
    check_member(first, "last_visit", "\"2026-11-20\"");
    check_member(first, "interval_max_days", "14");
    check_member(first, "care", "[{\"care\":\"nurse-visit\"}]");
    check_member(second, "windows", "[{\"from\":\"09:00\",\"until\":\"12:00\"}]");
    check_member(second, "last_visit", "\"2026-11-03\"");
    const json_t *booked = json_array_get(json_object_get(document, "appointments"), 0);
    check_member(booked, "start", "\"2026-12-02T10:30:00+09:00\"");
    check_member(booked, "status", "\"confirmed\"");
    ck_assert_str_eq(text_of(booked, "site"), text_of(first, "id"));
    const json_t *place = json_array_get(json_object_get(document, "places"), 1);
    check_member(place, "name", "\"稲核\"");
    check_member(place, "district", "\"安曇\"");
}

/* What the import writes must be an instance that azumi itself takes. */
START_TEST(a_sheet_becomes_sites)
{
    json_t *document = good(SHEET);
    check_sheet(document);
    void *instance;
    ck_assert_int_eq(az_json_read(&cl_instance_table, document, NULL, arena, &findings, &instance),
                     AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    ck_assert_int_eq(az_link(&cl_instance_table, instance, NULL, NULL, arena, &findings), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    json_decref(document);
}
END_TEST

/* Spreadsheets in Japan are saved in CP932 more often than not. */
START_TEST(cp932_and_a_byte_order_mark_are_read)
{
    static char bytes[4096];
    /* The wave dash and the minus of Unicode have no place in CP932. */
    char *text = az_arena_text(arena, SHEET), *at, *in, *out = bytes;
    while ((at = strstr(text, "〜"))) memcpy(at, "～", 3);
    while ((at = strstr(text, "−"))) memcpy(at, "－", 3);
    size_t left = strlen(text), room = sizeof bytes;
    iconv_t converter = iconv_open("CP932", "UTF-8");
    in = text;
    ck_assert_int_ne((int)iconv(converter, &in, &left, &out, &room), -1);
    iconv_close(converter);
    json_t *document = run_bytes(bytes, sizeof bytes - room);
    ck_assert_ptr_nonnull(document);
    check_sheet(document);
    json_decref(document);
    document = good("\xef\xbb\xbf" SHEET);
    check_sheet(document);
    json_decref(document);
}
END_TEST

/* With another identifier next week a patient would lose history, continuity and appointments. */
START_TEST(identifiers_stay_with_the_key_file)
{
    char other[96];
    json_t *first = good("name,address,district\n山田 花子,島内1-2-3,島内\n");
    json_t *again = good("氏名,地区,住所\nスズキ,波田,波田1\n山田花子,島内,島内１−２−３\n");
    ck_assert_str_eq(text_of(site(first, 0), "id"), text_of(site(again, 1), "id"));
    ck_assert_uint_eq(told.count, 3); /* cares, nobody to go yet, and hours */
    json_decref(again);
    /* Of the same name, somebody else: told. */
    again = good("氏名,地区,住所\n山田花子,島内,内田9\n");
    ck_assert_str_ne(text_of(site(first, 0), "id"), text_of(site(again, 0), "id"));
    ck_assert_str_eq(told.items[1].code->code, "import_same_name");
    ck_assert_str_eq(told.items[1].params[0].text, text_of(site(first, 0), "id"));
    json_decref(again);
    snprintf(other, sizeof other, "%s/other", folder);
    call.key = other;
    again = good("name,address,district\n山田 花子,島内1-2-3,島内\n");
    ck_assert_str_ne(text_of(site(first, 0), "id"), text_of(site(again, 0), "id"));
    json_decref(again);
    /* A number stays the same when somebody moves, marries, or gets another phone. */
    json_t *before = good("番号,氏名,地区\nＡ−１,山田花子,島内\n");
    again = good("番号,氏名,地区\nA-1,田中花子,波田\n");
    ck_assert_str_eq(text_of(site(before, 0), "id"), text_of(site(again, 0), "id"));
    json_decref(before);
    json_decref(again);
    json_decref(first);
}
END_TEST

/* Next week's sheet must move who is there, not make them anew, and keep who is not in it. */
START_TEST(sheets_change_the_sites_that_are_there)
{
    json_t *base = good("番号,地区,訪問回数,時間帯,予約日,予約時刻\n1,島内,2,9:00-10:00,12/2,9:15\n"
                        "2,波田,1,9:00-10:00,,\n");
    call.into = base;
    call.date = NULL;
    json_t *week =
        good("番号,地区,訪問回数,予約日,予約時刻,状態\n1,波田,,12/3,9:30,仮\n3,寿,1,,,\n");
    ck_assert_uint_eq(json_array_size(json_object_get(week, "sites")), 3);
    check_member(site(week, 0), "place", "\"hata\"");
    ck_assert_ptr_null(json_object_get(site(week, 0), "visits"));
    check_member(site(week, 0), "windows", "[{\"from\":\"09:00\",\"until\":\"10:00\"}]");
    ck_assert_uint_eq(json_array_size(json_object_get(week, "appointments")), 1);
    const json_t *booked = json_array_get(json_object_get(week, "appointments"), 0);
    check_member(booked, "start", "\"2026-12-03T09:30:00+09:00\"");
    check_member(booked, "status", "\"draft\"");
    ck_assert_str_eq(told.items[told.count - 1].code->code, "import_sites_stay");
    ck_assert(json_equal(json_object_get(base, "cares"), json_object_get(week, "cares")));
    json_decref(week);
    call.date = "2027-01-04";
    week = good("番号,地区,希望日\n1,島内,1/5・12月29日\n");
    check_member(week, "start", "\"2027-01-04T00:00:00+09:00\"");
    check_member(json_array_get(json_object_get(site(week, 0), "windows"), 0), "dates",
                 "[\"2027-01-05\",\"2026-12-29\"]");
    json_decref(week);
    json_decref(base);
}
END_TEST

/* Five decimals of a degree point at a door: they are as personal as an address. */
START_TEST(coordinates_are_kept_roughly)
{
    json_t *document =
        good("番号,緯度,経度,地区\n1,36.238712,137.972049,東部\n2,36.23851,137.9722,\n");
    check_member(site(document, 0), "place", "\"at-36.239-137.972\"");
    check_member(site(document, 1), "place", "\"at-36.239-137.972\"");
    const json_t *place = json_array_get(json_object_get(document, "places"), 0);
    ck_assert_double_eq_tol(json_number_value(json_object_get(place, "latitude")), 36.239, 1e-9);
    check_member(place, "district", "\"東部\"");
    ck_assert_str_eq(told.items[told.count - 1].code->code, "import_rough_places");
    json_decref(document);
    check_bad("番号,緯度,経度\n1,36.2,\n", "import_cell_empty", "week.csv/2", 3);
    check_bad("番号,緯度,経度\n1,136.2,137\n", "import_cell_wrong", "week.csv/2", 2);
}
END_TEST

#define STAFF                                                                            \
    "氏名,電話,資格,曜日,勤務時間,休憩,休憩時間帯,不在日,臨時\n" \
    "佐藤 一郎,0263-11-1111,看護師・運転,平日,8:30-17:15,60分,11:30-13:30,12/2,○\n"

/* Who the sheet of sites names must be the one of the sheet of staff, however the name is spaced. */
START_TEST(staff_have_a_sheet_of_their_own)
{
    call.table = "staff";
    json_t *staff = good(STAFF);
    const json_t *member = json_array_get(json_object_get(staff, "staff"), 0);
    check_member(member, "skills", "[\"nurse\",\"driver\"]");
    check_member(member, "absent", "[\"2026-12-02\"]");
    check_member(member, "temporary", "true");
    const json_t *shift = json_array_get(json_object_get(member, "shifts"), 0);
    check_member(shift, "break_min", "60");
    check_member(shift, "break_until", "\"13:30\"");
    ck_assert_int_eq(strncmp(text_of(member, "id"), "n-", 2), 0);
    call.table = NULL;
    call.into = staff;
    json_t *document = good("氏名,地区,担当\n山田,島内,佐藤　一郎\n");
    ck_assert_str_eq(
        json_string_value(json_array_get(json_object_get(site(document, 0), "familiar"), 0)),
        text_of(member, "id"));
    json_decref(document);
    check_bad("氏名,地区,担当\n山田,島内,高橋\n", "import_cell_unknown", "week.csv/2", 3);
    call.into = NULL;
    call.table = "staff";
    check_bad("氏名,資格,勤務時間\n佐藤,看護士長,8:30-17:15\n", "import_cell_unknown", "week.csv/2",
              2);
    check_bad("氏名,資格,勤務時間\n佐藤,看護師,\n", "import_cell_empty", "week.csv/2", 3);
    json_decref(staff);
}
END_TEST

/* --- what is wrong ------------------------------------------------------------------------------
 */

/* The clerk mends a sheet once, not once for every cell; and no finding says what a cell held. */
START_TEST(all_shifted_cells_are_named_at_once)
{
    json_t *document = run("氏名,電話,住所,地区,訪問回数,希望曜日,時間帯\n"
                           "0263-11-1111,松本市島内1,島内,2,月,9:00-12:00,山田花子\n"
                           "0263-22-2222,松本市波田2,波田,1,火,9:00-12:00,鈴木太郎\n");
    static const struct {
        const char *place;
        double column;
    } cells[] = {
        { "week.csv/2", 1 }, { "week.csv/2", 2 }, { "week.csv/3", 1 }, { "week.csv/3", 2 }
    };
    ck_assert_ptr_null(document);
    for (size_t i = 0; i < 4; i++) {
        bool is_named = false;
        for (size_t k = 0; k < findings.count; k++)
            is_named = is_named || (strstr(findings.items[k].place, cells[i].place) &&
                                    findings.items[k].params[0].number == cells[i].column);
        if (!is_named) ck_abort_msg("%s/%g is not named", cells[i].place, cells[i].column);
    }
    for (size_t k = 0; k < findings.count; k++) {
        const char *text = az_finding_text(&findings.items[k], AZ_JAPANESE, arena);
        ck_assert_ptr_null(strstr(text, "花子"));
        ck_assert_ptr_null(strstr(text, "1111"));
        ck_assert_ptr_null(strstr(text, "松本市"));
    }
}
END_TEST

/* A sheet that is shifted by a column would make a visit of every phone number. */
START_TEST(shifted_and_broken_sheets_are_named)
{
    check_bad("氏名,地区,訪問回数\n山田,島内,1,2\n", "import_shifted_row", "week.csv/2", 0);
    check_bad("氏名,地区,訪問回数\n山田,島内\n", "import_shifted_row", "week.csv/2", 0);
    check_bad("氏名,電話,地区\n0263-11-1111,山田,島内\n", "import_cell_wrong", "week.csv/2", 1);
    check_bad("氏名,住所,電話,地区\n山田,0263-11-1111,松本市島内,島内\n", "import_cell_wrong",
              "week.csv/2", 2);
    check_bad("番号,氏名,地区\n山田,松本市島内,島内\n", "import_cell_wrong", "week.csv/2", 1);
    check_bad("氏名,地区,訪問回数\n山田,1,島内\n", "import_cell_unknown", "week.csv/2", 2);
    ck_assert_str_eq(findings.items[1].code->code, "import_cell_wrong");
    check_bad("氏名,地区,訪問回数\n山田,島内,0\n", "import_cell_wrong", "week.csv/2", 3);
    check_bad("氏名,地区,訪問回数\n山田,島内,1.5\n", "import_cell_wrong", "week.csv/2", 3);
    check_bad("氏名,地区\n,島内\n", "import_cell_empty", "week.csv/2", 1);
    check_bad("氏名,地区\n山田,\n", "import_cell_empty", "week.csv/2", 2);
    check_bad("氏名,地区\n山田,京都\n", "import_cell_unknown", "week.csv/2", 2);
    check_bad("氏名,地区,地区名\n山田,島内,島内\n", "import_header_twice", "week.csv/1", 2);
    check_bad("氏名,地区,趣味\n山田,島内,碁\n", "import_unknown_header", "week.csv/1", 3);
    json_decref(good("氏名,地区,#趣味,※\n山田,島内,碁,2\n"));
    check_bad("氏名,訪問回数\n山田,1\n", "import_missing_column", "week.csv/1", 0);
    check_bad("氏名,地区,予約日\n山田,島内,12/2\n", "import_missing_column", "week.csv/1", 0);
    check_bad("氏名,地区,間隔上限\n山田,島内,14\n", "import_missing_column", "week.csv/1", 0);
    check_bad("氏名,地区,間隔上限,前回\n山田,島内,14,\n", "import_cell_empty", "week.csv/2", 4);
    check_bad("氏名,地区,予約日,予約時刻\n山田,島内,12/2,\n", "import_cell_empty", "week.csv/2", 4);
    check_bad("氏名,地区\n山田,島内\n\n山田,島内\n", "import_same_row", "week.csv/4", 2);
    check_bad("氏名,地区\n\"山\n田,島内\n鈴木,波田\n", "import_open_quote", "week.csv/2", 1);
    check_bad("氏名,地区\n山田,\"島内\n", "import_open_quote", "week.csv/2", 2);
    check_bad("氏名,地区\n\"山\n田\",島内\n鈴木,京都\n", "import_cell_unknown", "week.csv/3", 2);
    check_bad("山田,島内,1\n鈴木,波田,1\n", "import_no_headers", "week.csv", 0);
    check_bad("", "import_no_headers", "week.csv", 0);
    check_bad("\xff\xfe\x0d\x54", "import_not_text", "week.csv", 0);
    /* EUC-JP: some of it passes for half-width kana of CP932. */
    check_bad("\xbb\xe1\xcc\xbe,\xc3\xcf\xb6\xe8\n", "import_not_text", "week.csv", 0);
    check_bad("\xcc\xbe,\xc3\xcf\xb6\n\xbb\xb3,\xc5\n", "import_no_headers", "week.csv", 0);
    call.date = "12/2";
    check_bad("氏名,地区\n山田,島内\n", "import_bad_date", "--date", 0);
    call.date = NULL;
    check_bad("氏名,地区\n山田,島内\n", "import_needs_date", "", 0);
    call.date = "2026-11-30";
    call.key = NULL;
    check_bad("氏名,地区\n山田,島内\n", "import_needs_key", "", 0);
}
END_TEST

/* A place without its coordinates would be planned as if it were nowhere. */
START_TEST(gazetteers_are_checked)
{
    struct az_input places = { "places.csv", "id,name,latitude\nx,島内,36\n", 0 };
    call.gazetteer = &places;
    places.length = strlen(places.bytes);
    check_bad("氏名,地区\n山田,島内\n", "import_missing_column", "places.csv/1", 0);
    places.bytes = "id,name,latitude,longitude\n# x\nh,島内,36.2,x\nあ,,100,137\n";
    places.length = strlen(places.bytes);
    check_bad("氏名,地区\n山田,島内\n", "import_cell_wrong", "places.csv/3", 4);
    ck_assert_uint_eq(findings.count, 4);
    places.bytes = "id,name,aliases,latitude,longitude\nhall,東の集会所,ひがし;東,36.2,137.9\n";
    places.length = strlen(places.bytes);
    json_t *document = good("氏名,地区\n山田,松本市東町会\n");
    check_member(site(document, 0), "place", "\"hall\"");
    json_decref(document);
}
END_TEST

/* --- the key file -------------------------------------------------------------------------------
 */

static void write_text(const char *path, const char *text, mode_t mode)
{
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    fputs(text, stream);
    fclose(stream);
    ck_assert_int_eq(chmod(path, mode), 0);
}

/* Our own tables mark "+81-263" so; when it comes back it is the same phone. */
START_TEST(an_apostrophe_before_a_sign_is_none)
{
    struct az_keyfile *keyfile;
    struct az_person person;
    json_t *document = good("氏名,電話,地区\n山田,'+81-263-47-0000,島内\n");
    ck_assert_int_eq(az_keyfile_read(key, arena, &findings, &keyfile), AZ_OK);
    ck_assert(az_keyfile_find(keyfile, text_of(site(document, 0), "id"), &person));
    ck_assert_str_eq(person.phone, "+81-263-47-0000");
    az_keyfile_close(keyfile);
    json_decref(document);
}
END_TEST

/* Whoever reads the key file reads all names; whoever overwrites it loses them. */
START_TEST(key_files_are_private_and_kept)
{
    struct stat stat_of;
    char link_path[96];
    umask(0);
    json_decref(good("氏名,地区\n山田,島内\n"));
    ck_assert_int_eq(stat(key, &stat_of), 0);
    ck_assert_uint_eq(stat_of.st_mode & 0777, 0600);
    ino_t first = stat_of.st_ino;
    /* A sheet that is wrong leaves it alone; one that brings nothing new does not touch it. */
    check_bad("氏名,地区\n高橋,島内\n佐藤,京都\n", "import_cell_unknown", "week.csv/3", 2);
    json_decref(good("氏名,地区\n山田,島内\n"));
    ck_assert_int_eq(stat(key, &stat_of), 0);
    ck_assert_uint_eq(stat_of.st_ino, first);
    json_decref(good("氏名,地区\n鈴木,島内\n"));
    ck_assert_int_eq(stat(key, &stat_of), 0);
    ck_assert_uint_eq(stat_of.st_mode & 0777, 0600);
    json_t *file = json_load_file(key, 0, NULL);
    ck_assert_uint_eq(json_object_size(json_object_get(file, "people")), 2);
    json_decref(file);
    ck_assert_int_eq(chmod(key, 0640), 0);
    check_bad("氏名,地区\n山田,島内\n", "import_open_key", "key", 0);
    ck_assert_int_eq(chmod(key, 0600), 0);
    snprintf(link_path, sizeof link_path, "%s/link", folder);
    ck_assert_int_eq(symlink(key, link_path), 0);
    call.key = link_path;
    check_bad("氏名,地区\n山田,島内\n", "import_bad_key", "link", 0);
    call.key = folder;
    check_bad("氏名,地区\n山田,島内\n", "import_bad_key", "", 0);
    snprintf(link_path, sizeof link_path, "%s/letter", folder);
    call.key = link_path;
    write_text(link_path, "{\"dear\": \"Hanako\"}\n", 0600);
    check_bad("氏名,地区\n山田,島内\n", "import_bad_key", "letter", 0);
    write_text(link_path, "", 0600);
    check_bad("氏名,地区\n山田,島内\n", "import_bad_key", "letter", 0);
    snprintf(link_path, sizeof link_path, "%s/none/key", folder);
    check_bad("氏名,地区\n山田,島内\n", "import_key_unwritten", "none/key", 0);
}
END_TEST

/* Two clerks import at once: the second must not wipe out what the first has added. */
START_TEST(key_files_that_change_meanwhile_are_not_overwritten)
{
    struct az_keyfile *one, *two, *three;
    struct az_person person = { .name = "山田", .phone = "0263" }, found;
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_keyfile_open(key, arena, &findings, &one), AZ_OK);
    ck_assert_int_eq(az_keyfile_open(key, arena, &findings, &two), AZ_OK);
    ck_assert_int_eq(az_keyfile_put(one, az_keyfile_id(one, "s", "a"), person), AZ_OK);
    ck_assert_int_eq(az_keyfile_put(two, az_keyfile_id(two, "s", "b"), person), AZ_OK);
    ck_assert_int_eq(az_keyfile_save(one, &findings), AZ_OK);
    ck_assert_uint_eq(az_findings_total(&findings), 0);
    ck_assert_int_eq(az_keyfile_save(two, &findings), AZ_OK);
    ck_assert_str_eq(findings.items[0].code->code, "import_key_touched");
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_keyfile_open(key, arena, &findings, &three), AZ_OK);
    ck_assert(az_keyfile_find(three, az_keyfile_id(one, "s", "a"), &found));
    ck_assert_str_eq(found.name, "山田");
    ck_assert_ptr_null(found.address);
    ck_assert(!az_keyfile_find(three, az_keyfile_id(one, "n", "a"), &found));
    ck_assert_str_eq(az_keyfile_named(three, "s", "山 田"), az_keyfile_id(one, "s", "a"));
    ck_assert_int_eq(az_keyfile_put(three, "s-x", person), AZ_OK);
    ck_assert_int_eq(az_keyfile_put(one, "s-y", person), AZ_OK);
    ck_assert_int_eq(az_keyfile_save(one, &findings), AZ_OK);
    ck_assert_int_eq(az_keyfile_save(three, &findings), AZ_OK);
    ck_assert_str_eq(findings.items[0].code->code, "import_key_touched");
    az_keyfile_close(one);
    az_keyfile_close(two);
    az_keyfile_close(three);
}
END_TEST

static const char *joined(const struct az_keyfile *keyfile, const char *text)
{
    const char *made;
    ck_assert_int_eq(az_keyfile_join(keyfile, text, arena, &made), AZ_OK);
    return made;
}

/* A printed page with half a name, or with the name of somebody whose identifier only begins alike,
 * would send the crew to the wrong door. */
START_TEST(names_are_joined_word_by_word)
{
    struct az_keyfile *keyfile;
    const char *plain = "s-2 → s-13";
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_keyfile_read(key, arena, &findings, &keyfile), AZ_OK);
    ck_assert_ptr_null(keyfile);
    ck_assert_str_eq(findings.items[0].code->code, "import_unreadable");
    az_findings_init(&findings, arena, 0);
    ck_assert_int_eq(az_keyfile_open(key, arena, &findings, &keyfile), AZ_OK);
    ck_assert_int_eq(az_keyfile_put(keyfile, "s-1", (struct az_person){ .name = "奥原 清" }),
                     AZ_OK);
    ck_assert_int_eq(az_keyfile_put(keyfile, "n-1", (struct az_person){ .number = "12" }), AZ_OK);
    ck_assert_int_eq(az_keyfile_put(keyfile, "s-2", (struct az_person){ .phone = "0263" }), AZ_OK);
    ck_assert_str_eq(az_keyfile_name(keyfile, "s-1"), "奥原 清");
    ck_assert_str_eq(az_keyfile_name(keyfile, "n-1"), "12");
    ck_assert_ptr_null(az_keyfile_name(keyfile, "s-2"));
    ck_assert_ptr_null(az_keyfile_name(keyfile, "s-3"));
    ck_assert_str_eq(joined(keyfile, "s-1"), "奥原 清");
    ck_assert_str_eq(joined(keyfile, "月・s-1（n-1）: 09:30"), "月・奥原 清（12）: 09:30");
    ck_assert_ptr_eq(joined(keyfile, plain), plain);
    ck_assert_str_eq(joined(keyfile, "s-1-2 s-1_ xs-1 s-1"), "s-1-2 s-1_ xs-1 奥原 清");
    ck_assert_ptr_null(joined(keyfile, NULL));
    az_keyfile_close(keyfile);
}
END_TEST

/* --- nothing personal gets out ------------------------------------------------------------------
 */

/* Names, addresses, phones and remarks, as they stand in the sheets below and as they are made
 * plain. */
static const char *const personal[] = { "奥原",     "こずえ", "オクハラ", "清兵衛",   "安曇9999",
                                        "９９９９", "9999-7", "0263-99",  "０２６３", "026399",
                                        "糖尿",     "百瀬",   "K-77",     "Ｋ－７７", "kozue" };

static void check_clean(const char *what, const char *text)
{
    for (size_t i = 0; text && i < sizeof personal / sizeof personal[0]; i++)
        if (strstr(text, personal[i])) ck_abort_msg("%s tells %s:\n%s", what, personal[i], text);
}

static void check_findings(const char *what, const struct az_findings *list)
{
    for (size_t i = 0; i < list->count; i++) {
        check_clean(what, list->items[i].place);
        check_clean(what, list->items[i].pointer);
        check_clean(what, az_finding_text(&list->items[i], AZ_ENGLISH, arena));
        check_clean(what, az_finding_text(&list->items[i], AZ_JAPANESE, arena));
        for (size_t k = 0; k < list->items[i].param_count; k++)
            check_clean(what, list->items[i].params[k].text);
    }
}

#define PEOPLE                                                                                                                               \
    "番号,氏名,フリガナ,住所,電話,備考,地区,訪問回数,曜日,時間帯,担当,予約日,予約時刻\n"                   \
    "Ｋ－７７,奥原 こずえ,オクハラ コズエ,安曇９９９９−７,０２６３−９９−１１１１,糖尿病,安曇,1," \
    "月,午前,,12/2,10:00\n"                                                                                                               \
    "K-78,奥原 清兵衛,オクハラ,安曇9999-7,0263-99-2222,kozueの夫,安曇,2,,,,,\n"

/* Sheets that go wrong in every way: what they say must still be kept. */
static const char *const broken[] = {
    "奥原 こずえ,安曇9999-7,0263-99-1111,糖尿病\n百瀬,安曇,1,2\n",
    "氏名,奥原 こずえ,地区\n百瀬,1,安曇\n",
    "氏名,地区,訪問回数\n奥原,安曇9999-7,糖尿\n",
    "地区,氏名,電話\n奥原,0263-99-1111,安曇9999\n",
    "番号,氏名,地区,曜日\n奥原,K-77,百瀬,糖尿\n",
    "氏名,地区,時間帯,段階,状態,予約日,予約時刻\n奥原,安曇,百瀬,糖尿,百瀬,奥原,糖尿\n",
    "氏名,地区,希望日,休み,前回,担当,人数,見送り費用\n奥原,安曇,奥原,百瀬,糖尿,百瀬,奥原,糖尿\n",
    "氏名,地区\n\"奥原,安曇\n百瀬,安曇\n",
    "氏名,地区,地区\n奥原,安曇,百瀬\n",
    "氏名,地区\n奥原,安曇,百瀬\n",
    "氏名,地区\n奥原,安曇\n奥原,安曇\n",
    "氏名,緯度,経度\n奥原,百瀬,0263-99\n",
};

/* A name in an instance, a finding or a log is out of the office for good. */
START_TEST(nothing_personal_leaves_the_key_file)
{
    json_t *document = good(PEOPLE);
    char *text = json_dumps(document, 0), *file;
    check_clean("the instance", text);
    free(text);
    check_findings("what is told", &told);
    json_decref(document);
    json_t *people = json_load_file(key, 0, NULL);
    file = json_dumps(people, 0);
    ck_assert_ptr_nonnull(strstr(file, "奥原 こずえ"));
    ck_assert_ptr_nonnull(strstr(file, "0263-99-1111"));
    ck_assert_ptr_null(strstr(file, "糖尿"));
    free(file);
    json_decref(people);
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
        for (int staff = 0; staff < 2; staff++) {
            call.table = staff ? "staff" : NULL;
            if ((document = run(broken[i]))) ck_abort_msg("accepted: %s", broken[i]);
            check_findings(broken[i], &findings);
            check_findings(broken[i], &told);
        }
}
END_TEST

/* Runs a command of the program; everything that it prints. */
static char *shell(const char *format, const char *argument)
{
    static char output[65536];
    char command[1024];
    const char *build = getenv("BUILD");
    int used = snprintf(command, sizeof command, "cd %s && %s/%s/azumi ", folder,
                        getenv("PWD") ? getenv("PWD") : ".", build ? build : "build");
    snprintf(command + used, sizeof command - (size_t)used, format, argument);
    strcat(command, " 2>&1");
    FILE *stream = popen(command, "r");
    ck_assert_ptr_nonnull(stream);
    size_t length = fread(output, 1, sizeof output - 1, stream);
    output[length] = 0;
    pclose(stream);
    return output;
}

/* The same through the program: what a clerk sees, and every file but the key file. */
START_TEST(nothing_personal_leaves_the_command)
{
    char path[128], gazetteer[1200];
    snprintf(path, sizeof path, "%s/week.csv", folder);
    write_text(path, PEOPLE, 0600);
    snprintf(gazetteer, sizeof gazetteer,
             "import csv --kind clinic --key key --date 2026-11-30 --gazetteer %s/" GAZETTEER
             " week.csv -o week.json --lang %%s",
             getenv("PWD") ? getenv("PWD") : ".");
    char *said = shell(gazetteer, "ja");
    check_clean("the command", said);
    ck_assert_ptr_nonnull(strstr(said, "列目は取り込みません"));
    snprintf(path, sizeof path, "%s/week.json", folder);
    json_t *week = json_load_file(path, 0, NULL);
    ck_assert_ptr_nonnull(week);
    char *text = json_dumps(week, 0);
    check_clean("the file", text);
    free(text);
    json_decref(week);
    check_clean("a change",
                shell("import csv --key key --into week.json week.csv -o again.json%s", ""));
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        snprintf(path, sizeof path, "%s/week.csv", folder);
        write_text(path, broken[i], 0600);
        said = shell(gazetteer, i % 2 ? "en" : "ja");
        check_clean(broken[i], said);
        ck_assert_ptr_nonnull(strstr(said, "week.csv"));
    }
}
END_TEST

/* What the template says must come in again, in both languages. */
START_TEST(templates_are_sheets)
{
    char *text;
    for (int language = 0; language < 2; language++)
        for (int staff = 0; staff < 2; staff++) {
            ck_assert_int_eq(
                az_csv_clinic_template(staff, language ? AZ_JAPANESE : AZ_ENGLISH, arena, &text),
                AZ_OK);
            call.table = staff ? "staff" : NULL;
            json_t *document = good(text);
            ck_assert_uint_eq(json_array_size(json_object_get(document, "sites")), 0);
            json_decref(document);
        }
    char *said = shell("schema clinic --csv-template%s", "");
    ck_assert_ptr_nonnull(strstr(said, "district,"));
    ck_assert_ptr_nonnull(
        strstr(shell("schema clinic --csv-template staff --lang %s", "ja"), "資格"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import csv clinic");
    TCase *tests = tcase_create("import");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, dates_are_read_as_they_are_written);
    tcase_add_test(tests, hours_weekdays_and_numbers_are_read);
    tcase_add_test(tests, a_sheet_becomes_sites);
    tcase_add_test(tests, cp932_and_a_byte_order_mark_are_read);
    tcase_add_test(tests, identifiers_stay_with_the_key_file);
    tcase_add_test(tests, sheets_change_the_sites_that_are_there);
    tcase_add_test(tests, coordinates_are_kept_roughly);
    tcase_add_test(tests, staff_have_a_sheet_of_their_own);
    tcase_add_test(tests, shifted_and_broken_sheets_are_named);
    tcase_add_test(tests, all_shifted_cells_are_named_at_once);
    tcase_add_test(tests, gazetteers_are_checked);
    tcase_add_test(tests, an_apostrophe_before_a_sign_is_none);
    tcase_add_test(tests, key_files_are_private_and_kept);
    tcase_add_test(tests, key_files_that_change_meanwhile_are_not_overwritten);
    tcase_add_test(tests, names_are_joined_word_by_word);
    tcase_add_test(tests, nothing_personal_leaves_the_key_file);
    tcase_add_test(tests, nothing_personal_leaves_the_command);
    tcase_add_test(tests, templates_are_sheets);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
