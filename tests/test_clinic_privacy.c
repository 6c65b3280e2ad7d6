/* test_clinic_privacy.c - what stands in the office's sheet about people stays in its key file: a
 * week from the spreadsheet through a real service to calendars, tables, map and report, and then a
 * search through every message and every file for the names that went in.
 *
 *   office/  the sheets and the key file: what never leaves the clerk's machine
 *   out/     what is made without the key
 *   named/   what is made with it */
#include <check.h>
#include <dirent.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "adapters/import/input.h"
#include "tests/support/service.h"
#include "tests/support/suite.h"

#define WEEK "2026-11-30"

/* Marks of the sheets below, as they stand there and as the import makes them plain. */
static const char *const marks[] = {
    "百瀬",       "こずえ",     "モモセ",       "奥原",       "清兵衛",     "Zyxwvu",
    "Kozue",      "Ｑｗｅｒｔ", "Qwert",        "９８７６",   "9876-5",     "Hidden Lane",
    "安曇野の奥", "0263-98",    "０２６３（９", "0263(98",    "98-7654",    "090-4567-0",
    "K-98765",    "Ｋ－９８",   "糖尿",         "Diabetes-2", "保高の看護", "Nightingale",
};
#define MARKS (sizeof marks / sizeof marks[0])

static const char sites[] =
    "番号,氏名,フリガナ,住所,電話,備考,地区,訪問回数,曜日,時間帯,担当\n"
    "Ｋ－９８７６５,百瀬 こずえ,モモセ コズエ,松本市安曇野の奥９８７６−５,"
    "０２６３（９８）７６５４,糖尿病,里,1,,9:00-15:00,保高の看護 花\n"
    ",奥原 清兵衛,,松本市安曇9876-5,0263-98-7654,,里,1,,終日,\n"
    ",Zyxwvu Kozue,,9876-5 Hidden Lane,090-4567-0123,Diabetes-2,里,1,月,午前,Nightingale F\n"
    ",Ｑｗｅｒｔ,,9876-5 Hidden Lane 2,,,里,1,火,午後,\n";

static const char staff[] = "氏名,電話,資格,勤務時間\n"
                            "保高の看護 花,0263-98-1111,看護師・運転,8:30-17:15\n"
                            "Nightingale F,,看護師・運転,8:30-17:15\n";

/* What the office has set up once: a base, a hamlet, a car, a kind of visit. */
static const char base[] =
    "{\"kind\": \"clinic\", \"start\": \"" WEEK "T00:00:00+09:00\", \"days\": 3,"
    " \"unserved_price_jpy\": 20000, \"places\": [{\"id\": \"base\", \"latitude\": 36.23,"
    " \"longitude\": 137.97}, {\"id\": \"hamlet\", \"name\": \"里\", \"latitude\": 36.2,"
    " \"longitude\": 137.9}], \"cares\": [{\"id\": \"nurse\", \"stage\": 2, \"visit_min\": 30,"
    " \"skills\": [\"nurse\"]}], \"sites\": [], \"staff\": [], \"vehicles\": [{\"id\": \"car\","
    " \"start\": \"base\", \"crew\": [\"nurse\"], \"cost_jpy_per_day\": 2000}],"
    " \"travel\": {\"speed_kmh\": 30}}";

static struct test_service service;
static struct az_client *client;
static struct az_arena *arena;

static const char *path_of(const char *name)
{
    return az_arena_format(arena, "%s/%s", service.directory, name);
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(path_of(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, strlen(text), file), strlen(text));
    fclose(file);
}

static void set_up(void)
{
    static const char *const folders[] = { "office", "out", "named", "wire" };
    arena = az_arena_new(NULL);
    test_service_make(&service, "ipc");
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        ck_assert_int_eq(mkdir(path_of(folders[i]), 0700), 0);
    test_service_start(&service, NULL, true);
    client = test_client(&service);
}

static void tear_down(void)
{
    az_client_close(client);
    test_service_remove(&service);
    az_arena_free(arena);
}

/* --- searching ----------------------------------------------------------------------------------
 */

/* A mark as the bytes of an encoding; length 0: it cannot be said so. */
static size_t encode(const char *mark, const char *encoding, char bytes[128])
{
    char *in = az_arena_text(arena, mark), *out = bytes;
    size_t left = strlen(in), room = 128;
    iconv_t converter = iconv_open(encoding, "UTF-8");
    ck_assert(converter != (iconv_t)-1);
    bool good = iconv(converter, &in, &left, &out, &room) != (size_t)-1;
    iconv_close(converter);
    return good ? 128 - room : 0;
}

/* "\u767e" as JSON may write it, "%E7%99%BE" as an address does, "&#30334;" as HTML. */
static size_t escape(const char *mark, int how, char bytes[128])
{
    static const char *const forms[] = { "\\u%04x", "\\u%04X", "%%%02X", "%%%02x", "&#%u;" };
    char wide[128], *to = bytes;
    bool is_url = how == 2 || how == 3;
    size_t length = is_url ? strlen(mark) : encode(mark, "UTF-16LE", wide);
    for (size_t i = 0; i < length; i += is_url ? 1 : 2) {
        unsigned code = is_url ? (unsigned char)mark[i]
                               : (unsigned char)wide[i] | (unsigned)(unsigned char)wide[i + 1] << 8;
        if (to > bytes + 110) return 0;
        if (code < 0x80)
            *to++ = (char)code;
        else
            to += sprintf(to, forms[how], code);
    }
    return (size_t)(to - bytes);
}

/* Is the mark in there, in any encoding? */
static bool tells(const char *text, size_t length, const char *mark)
{
    static const char *const encodings[] = { "UTF-8", "CP932", "UTF-16LE", "UTF-16BE", "EUC-JP" };
    char bytes[128];
    for (size_t e = 0; e < sizeof encodings / sizeof encodings[0]; e++) {
        size_t size = encode(mark, encodings[e], bytes);
        if (size > 0 && memmem(text, length, bytes, size)) return true;
    }
    for (int how = 0; how < 5; how++) {
        size_t size = escape(mark, how, bytes);
        if (size > 0 && memmem(text, length, bytes, size)) return true;
    }
    return false;
}

static void check_clean(const char *what, const char *text, size_t length)
{
    for (size_t i = 0; i < MARKS; i++)
        if (tells(text, length, marks[i])) ck_abort_msg("%s tells %s", what, marks[i]);
}

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s is not there", path);
    fseek(file, 0, SEEK_END);
    *length = (size_t)ftell(file);
    rewind(file);
    char *text = az_arena_take(arena, *length + 1);
    *length = fread(text, 1, *length, file);
    fclose(file);
    return text;
}

/* Searches every file of a folder and of those in it; how many. Archives are unpacked. */
static size_t search(const char *folder, bool skip_office)
{
    size_t count = 0;
    DIR *directory = opendir(folder);
    ck_assert_ptr_nonnull(directory);
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat what;
        const char *path = az_arena_format(arena, "%s/%s", folder, entry->d_name);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (skip_office &&
            (strcmp(entry->d_name, "office") == 0 || strcmp(entry->d_name, "named") == 0))
            continue;
        check_clean("a file's name", path, strlen(path));
        if (lstat(path, &what) != 0) continue;
        if (S_ISDIR(what.st_mode)) {
            count += search(path, false);
        } else if (S_ISREG(what.st_mode)) {
            size_t length;
            char *text = read_file(path, &length);
            struct az_inputs inputs = { 0 };
            check_clean(path, text, length);
            ck_assert_int_eq(az_inputs_add_file(&inputs, path, arena, NULL), AZ_OK);
            for (size_t i = 0; i < inputs.count; i++)
                check_clean(path, inputs.items[i].bytes, inputs.items[i].length);
            count++;
        }
    }
    closedir(directory);
    return count;
}

/* --- asking -------------------------------------------------------------------------------------
 */

/* What came over the wire is kept to be searched. */
static void keep(const json_t *message)
{
    FILE *file = fopen(path_of("wire/messages"), "ab");
    char *text = json_dumps(message, JSON_ENCODE_ANY);
    ck_assert(file && text);
    fprintf(file, "%s\n", text);
    fclose(file);
    free(text);
}

static json_t *call(const char *op, json_t *request)
{
    json_t *reply = NULL;
    ck_assert_int_eq(az_client_call(client, op, request, &reply), AZ_OK);
    keep(reply);
    json_decref(request);
    return reply;
}

static bool hear(void *data, const json_t *event)
{
    ++*(size_t *)data;
    keep(event);
    return true;
}

/* Runs the program; what it prints goes to a file of out/, or of named/ when it may tell. */
static void azumi(int code, const char *where, const char *format, ...)
{
    char arguments[1500];
    va_list list;
    va_start(list, format);
    vsnprintf(arguments, sizeof arguments, format, list);
    va_end(list);
    const char *command = az_arena_format(arena, "%s %s >>%s/printed 2>&1", service.program,
                                          arguments, path_of(where));
    int status = system(command);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == code, "%s: %d", arguments, status);
}

static json_t *load(const char *name)
{
    json_t *json = json_load_file(path_of(name), 0, NULL);
    ck_assert_msg(json != NULL, "%s is no JSON", name);
    return json;
}

/* From the sheets to an instance. */
static void import_week(void)
{
    const char *key = path_of("office/key");
    write_file("office/base.json", base);
    write_file("office/staff.csv", staff);
    write_file("office/sites.csv", sites);
    azumi(0, "out", "import csv --kind clinic --table staff --key %s --into %s %s -o %s", key,
          path_of("office/base.json"), path_of("office/staff.csv"), path_of("out/staff.json"));
    azumi(0, "out", "import csv --key %s --into %s %s -o %s --lang ja", key,
          path_of("out/staff.json"), path_of("office/sites.csv"), path_of("out/week.json"));
    json_t *week = load("out/week.json");
    ck_assert_uint_eq(json_array_size(json_object_get(week, "sites")), 4);
    ck_assert_uint_eq(json_array_size(json_object_get(week, "staff")), 2);
    json_decref(week);
}

/* Submits, follows, fetches whatever can be fetched. */
static void solve_week(void)
{
    char state[16];
    size_t events = 0;
    json_t *result = NULL, *bundle = NULL, *problem = NULL, *week = load("out/week.json");
    json_t *reply =
        call("submit", json_pack("{s:s, s:s, s:O, s:{s:f}}", "id", "week", "kind", "clinic",
                                 "instance", week, "options", "deadline_s", 20.0));
    ck_assert(json_is_true(json_object_get(reply, "ok")));
    json_decref(reply);
    ck_assert_int_eq(az_client_follow(client, "week", hear, &events, state), AZ_OK);
    ck_assert_str_eq(state, "done");
    ck_assert_uint_ge(events, 2);
    ck_assert_int_eq(az_client_result(client, "week", &result, &problem), AZ_OK);
    ck_assert_int_eq(az_client_request(client, "week", true, &bundle, &problem), AZ_OK);
    keep(result);
    keep(bundle);
    json_decref(result);
    json_decref(bundle);
    json_decref(call("status", json_pack("{s:s}", "id", "week")));
    json_decref(call("list", json_object()));
    json_decref(call("validate", json_pack("{s:s, s:O}", "kind", "clinic", "instance", week)));
    json_decref(call("explain", json_pack("{s:s, s:s, s:O, s:{s:f}}", "id", "why", "kind", "clinic",
                                          "instance", week, "options", "deadline_s", 5.0)));
    ck_assert_int_eq(az_client_follow(client, "why", hear, &events, state), AZ_OK);
    json_decref(week);
}

/* Everything that is made of the plan. key: "" or "--key FILE". */
static void export_week(const char *folder, const char *key)
{
    const char *week = path_of("out/week.json"), *plan = path_of("out/plan.json");
    const char *to = path_of(folder);
    azumi(0, folder, "export icalendar %s %s -o %s/calendars/ %s", week, plan, to, key);
    azumi(0, folder, "export icalendar %s %s -o %s/week.ics %s --lang ja", week, plan, to, key);
    azumi(0, folder, "export csv %s %s -o %s/week.zip %s", week, plan, to, key);
    azumi(0, folder, "export csv %s %s -o %s/week.csv %s --lang ja", week, plan, to, key);
    azumi(0, folder, "export geojson %s %s -o %s/week.geojson %s", week, plan, to, key);
    azumi(0, folder, "report %s %s -o %s/week.html %s --lang ja", week, plan, to, key);
}

static void check_tells(const char *name, const char *mark)
{
    size_t length;
    struct stat what;
    const char *path = path_of(name), *text = read_file(path, &length);
    ck_assert_msg(tells(text, length, mark), "%s does not tell %s", name, mark);
    ck_assert_int_eq(stat(path, &what), 0);
    ck_assert_msg((what.st_mode & 0777) == 0600, "%s may be read by others", name);
}

/* The whole way of a week. */
START_TEST(names_stay_in_the_key_file)
{
    import_week();
    solve_week();
    azumi(0, "out", "result week --connect %s -o %s", service.url, path_of("out/plan.json"));
    azumi(0, "out", "status week --connect %s", service.url);
    azumi(0, "out", "check %s %s --lang ja", path_of("out/week.json"), path_of("out/plan.json"));
    export_week("out", "");
    export_week("named", az_arena_format(arena, "--key %s", path_of("office/key")));
    ck_assert_int_eq(test_service_stop(&service), 0);
    /* The store and its log, messages, instance, plan, 2 + 2 + 1 exports, 5 calendars. */
    ck_assert_uint_ge(search(service.directory, true), 14);
    check_tells("office/key", "百瀬");
    check_tells("office/key", "Hidden Lane");
    check_tells("named/week.ics", "こずえ");
    check_tells("named/week.ics", "0263-98");
    check_tells("named/week.csv", "Zyxwvu");
    check_tells("named/week.csv", "保高の看護");
    check_tells("named/week.geojson", "清兵衛");
    check_tells("named/week.html", "百瀬");
    /* What the office did not ask to keep is nowhere at all. */
    size_t length;
    const char *key = read_file(path_of("office/key"), &length);
    ck_assert(!tells(key, length, "糖尿"));
    ck_assert(!tells(key, length, "モモセ"));
}
END_TEST

/* Somebody writes a name where none belongs: the answer says where, not what, and nothing of it is
 * kept. */
START_TEST(names_in_the_wrong_place_are_refused_without_a_word_of_them)
{
    static const struct {
        const char *list, *member, *value;
    } strangers[] = {
        { "sites", "name_of_patient", "百瀬 こずえ" },
        { "sites", "address", "9876-5 Hidden Lane" },
        { "staff", "phone", "090-4567-0123" },
        { "vehicles", "driver_name", "Zyxwvu" },
        { "cares", "diagnosis", "糖尿病" },
        { "sites", "visits", "Qwert" },
        { "sites", "patients", "奥原" },
        { "sites", "id", "百瀬 こずえ" },
        { "sites", "place", "9876-5 Hidden Lane" },
        { "sites", "last_visit", "090-4567-0123" },
        { "cares", "id", "糖尿病" },
    };
    import_week();
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        json_t *week = load("out/week.json");
        json_t *object = json_array_get(json_object_get(week, strangers[i].list), 0);
        ck_assert_int_eq(
            json_object_set_new(object, strangers[i].member, json_string(strangers[i].value)), 0);
        json_t *reply = call("submit", json_pack("{s:s, s:s, s:O}", "id", "strange", "kind",
                                                 "clinic", "instance", week));
        char *said = json_dumps(reply, 0);
        ck_assert_msg(json_is_false(json_object_get(reply, "ok")), "%s: %s", strangers[i].member,
                      said);
        ck_assert_msg(strstr(said, strangers[i].member) != NULL, "%s", said);
        free(said);
        json_decref(reply);
        json_decref(call("validate", json_pack("{s:s, s:O}", "kind", "clinic", "instance", week)));
        ck_assert_int_eq(json_dump_file(week, path_of("office/strange.json"), 0), 0);
        azumi(2, "out", "validate %s", path_of("office/strange.json"));
        azumi(2, "out", "solve %s -o %s", path_of("office/strange.json"), path_of("out/none"));
        json_decref(week);
    }
    ck_assert_int_eq(test_service_stop(&service), 0);
    ck_assert_uint_ge(search(service.directory, true), 5);
}
END_TEST

/* The search itself finds what it looks for, or it would find everything clean. */
START_TEST(the_search_finds_every_encoding)
{
    static const char *const said[] = { "...百瀬...", "...\\u767e\\u702c...", "%E7%99%BE%E7%80%AC",
                                        "&#30334;&#28716;", "\x95\x53\x90\xa3" };
    char wide[64] = "\x7e\x76\x2c\x70";
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        ck_assert_msg(tells(said[i], strlen(said[i]), "百瀬"), "%s", said[i]);
    ck_assert(tells(wide, 4, "百瀬"));
    ck_assert(!tells("百 瀬", 7, "百瀬"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("clinic_privacy");
    TCase *cases = tcase_create("clinic_privacy");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_set_timeout(cases, 200);
    tcase_add_test(cases, the_search_finds_every_encoding);
    tcase_add_test(cases, names_stay_in_the_key_file);
    tcase_add_test(cases, names_in_the_wrong_place_are_refused_without_a_word_of_them);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
