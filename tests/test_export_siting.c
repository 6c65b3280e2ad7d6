/* test_export_siting.c - siting plans as tables for Excel and as a map. */
#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/export/siting.h"
#include "adapters/json/json.h"
#include "tests/support/st_case.h"
#include "tests/support/suite.h"

/* A factory at the end of two lines gets 3 kW that shine for an hour a day over a load of 1 kW: 2
 * kW go out and raise the voltage. A farm is left out, with a reason; a school without one. */
#define INSTANCE                                                                                   \
    "{\"kind\":\"siting\",\"first_year\":2026,\"years\":2,\"discount_rate\":0,\"typical_days\":[{" \
    "\"id\":\"day\",\"name\":\"晴\",\"weight_days\":365}],\"profiles\":[{\"id\":\"noon\","        \
    "\"values\":[0,0,0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,0,0,0,0,0,0,0]},{\"id\":\"flat\",\"values\":1"  \
    "}],\"tariffs\":[{\"id\":\"t\",\"ppa\":{\"steps\":[{\"jpy_per_kwh\":20}]},\"retail\":{"        \
    "\"steps\":[{\"jpy_per_kwh\":30}]},\"surplus\":{\"steps\":[{\"jpy_per_kwh\":10}]}}],"          \
    "\"operators\":[{\"id\":\"op\",\"discount_rate\":0}],\"costs\":[{\"id\":\"c\",\"pv\":[{"       \
    "\"from\":0,\"jpy_per_unit\":10000}],\"degradation_per_year\":0}],\"sites\":[{\"id\":\"a\","   \
    "\"kind\":\"factory\",\"latitude\":36.2,\"longitude\":137.9,\"surfaces\":[{\"yield\":\"noon\"" \
    ",\"max_kw\":100}],\"load\":\"flat\",\"year_kwh\":8760,\"tariff\":\"t\",\"costs\":\"c\","      \
    "\"options\":[{\"id\":\"pv3\",\"pv_kw\":3}],\"connection\":\"n2\",\"district\":\"d\"},{"       \
    "\"id\":\"b\",\"kind\":\"farm\",\"latitude\":36.25,\"longitude\":138,\"surfaces\":[{"          \
    "\"yield\":\"noon\",\"max_kw\":100}],\"costs\":\"c\",\"options\":[{\"id\":\"pv9\",\"pv_kw\":9" \
    "}]},{\"id\":\"s\",\"kind\":\"public\",\"name\":\"=島内, 小学校\",\"shelter\":true,"      \
    "\"critical_kw\":1}],\"feeders\":[{\"id\":\"f\",\"root\":\"n0\",\"kv\":0.2,\"v_max_pu\":1.05," \
    "\"capacity_kw\":4}],\"nodes\":[{\"id\":\"n0\",\"feeder\":\"f\",\"latitude\":36.1,"            \
    "\"longitude\":137.8},{\"id\":\"n1\",\"feeder\":\"f\"},{\"id\":\"n2\",\"feeder\":\"f\","       \
    "\"latitude\":36.2,\"longitude\":137.85}],\"lines\":[{\"id\":\"l1\",\"from\":\"n0\",\"to\":"   \
    "\"n1\",\"r_ohm\":0.25,\"x_ohm\":0.2},{\"id\":\"l2\",\"from\":\"n2\",\"to\":\"n1\",\"r_ohm\":" \
    "0.25,\"x_ohm\":0.2,\"limit_kva\":8}],\"coverage\":{},\"districts\":[{\"id\":\"d\",\"name\":"  \
    "\"島内\",\"people\":1000,\"latitude\":36.21,\"longitude\":137.91,\"reaches\":[\"s\"]},{"    \
    "\"id\":\"e\",\"reaches\":[\"s\"]}]}"
#define PLAN                                                                                  \
    "{\"choices\":[{\"site\":\"a\",\"option\":\"pv3\"}],\"summary\":{\"worths\":[{\"limit\":" \
    "\"f\",\"jpy_per_unit\":1234.56}],\"left_out\":[{\"site\":\"b\",\"reason\":\"limit\","    \
    "\"limit\":\"f\",\"lost_jpy\":4200}]}}"

static struct st_case c;
static struct az_findings told;
static struct az_export call;
static struct az_export_files files;

static void load(const char *instance, const char *plan)
{
    json_t *json = json_loads(instance, 0, NULL), *choices = json_loads(plan, 0, NULL);
    ck_assert(json && choices);
    st_case_open_good(&c, json, "instance");
    ck_assert_int_eq(st_case_plan(&c, choices), AZ_OK);
    if (az_findings_total(&c.findings) > 0)
        ck_abort_msg("%s at %s", c.findings.items[0].code->code, c.findings.items[0].place);
    az_findings_init(&told, c.arena, 0);
    call = (struct az_export){
        .instance = c.in, .plan = c.plan, .language = AZ_ENGLISH, .revision = -1, .told = &told
    };
    json_decref(json);
    json_decref(choices);
}

static void setup(void)
{
    load(INSTANCE, PLAN);
}

static void teardown(void)
{
    st_case_close(&c);
}

static enum az_status run(const char *format)
{
    files = (struct az_export_files){ 0 };
    return az_export_find_for(format, "siting")->tell(&call, c.arena, &files);
}

static const char *file(const char *name)
{
    for (size_t i = 0; i < files.count; i++)
        if (strcmp(files.items[i].name, name) == 0) return files.items[i].bytes;
    ck_abort_msg("there is no %s", name);
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part)) ck_abort_msg("no\n%s\nin\n%s", part, text);
}

/* Excel takes UTF-8 without its mark for another encoding; a cell that begins with = would be
 * calculated. */
START_TEST(one_table_file_has_it_all)
{
    ck_assert_int_eq(run("csv"), AZ_OK);
    ck_assert_uint_eq(files.count, 1);
    const char *text = file("plan.csv");
    ck_assert_int_eq(strncmp(text, "\xef\xbb\xbfSites chosen\r\nsite,name,kind,", 22), 0);
    has(text, "\r\na,,a factory or other business,d,n2,op,36.2,137.9,pv3,no,3,0,2026,30000,0,-800,"
              "-0.0178,,3650,6984,365,730,0,0\r\n");
    has(text,
        "\r\nb,,farmland,,,op,36.25,138,its room in a limit is worth more elsewhere,f,4200"
        "\r\ns,\"'=島内, 小学校\",a public building or land,,,op,,,nobody has looked why,,\r\n");
    has(text, "\r\n2026,-30000,0,0,0,7300,7300,0,0,-15400,3650,0\r\n"
              "2027,0,0,0,0,7300,7300,0,0,14600,3650,0\r\n");
    has(text, "\r\nf,feeder,,day 12:00,2,4,1235,50\r\nl1,line,,day 12:00,2,,,\r\n"
              "l2,line,,day 12:00,2,8,,25\r\nn1,node,,day 12:00,1.0124,1.05,,\r\n");
    has(text, "\r\nd,島内,1000,0,no\r\ne,,0,0,no\r\n");
    has(text, "\r\nlimit,jpy_per_unit\r\nf,1235\r\n");
    ck_assert(!strstr(text, "trips") && !strstr(text, "Deliveries"));
}
END_TEST

/* Half of a table in English is of no use to the city office. */
START_TEST(tables_speak_japanese)
{
    call.language = AZ_JAPANESE;
    ck_assert_int_eq(run("csv"), AZ_OK);
    const char *text = file("plan.csv");
    has(text, "\xef\xbb\xbf採用する地点\r\n地点,名称,種別,地区,接続,事業者,");
    has(text, ",設備費（円）,");
    has(text, ",回収年数（年）,");
    has(text, "\r\na,,工場・事業所,d,n2,op,36.2,137.9,pv3,×,3,");
    has(text, ",条件や系統の余裕がほかの地点でより活きる,f,4200\r\n");
    has(text, "年ごと・当事者ごとの収支\r\n年,設備費（円）,");
    has(text, "\r\nf,配電線,,晴 12:00,2,4,1235,50\r\n");
}
END_TEST

/* A program wants one table a file, with headers that are codes. */
START_TEST(tables_may_be_files_of_their_own)
{
    call.apart = true;
    ck_assert_int_eq(run("csv"), AZ_OK);
    ck_assert_uint_eq(files.count, 6);
    ck_assert_int_eq(strncmp(file("sites.csv"), "\xef\xbb\xbfsite,name,", 13), 0);
    has(file("years.csv"), "year,capex,subsidy,");
    has(file("loadings.csv"), "f,feeder,");
    has(file("left_out.csv"), "b,,farmland,");
    has(file("coverage.csv"), "d,島内,");
    has(file("worths.csv"), "f,1235");
}
END_TEST

static const json_t *feature(const json_t *map, const char *type, const char *member,
                             const char *id)
{
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(map, "features"), i, item)
    {
        const json_t *properties = json_object_get(item, "properties");
        if (strcmp(json_string_value(json_object_get(properties, "type")), type) == 0 &&
            strcmp(json_string_value(json_object_get(properties, member)), id) == 0)
            return item;
    }
    return NULL;
}

/* A feature is as the text says; geometry and properties together. */
static void is_feature(const json_t *map, const char *type, const char *member, const char *id,
                       const char *geometry, const char *expected)
{
    const json_t *found = feature(map, type, member, id);
    json_t *wanted = json_loads(expected, 0, NULL), *place = json_loads(geometry, 0, NULL);
    ck_assert(found && wanted && place);
    if (!json_equal(json_object_get(found, "properties"), wanted) ||
        !json_equal(json_object_get(found, "geometry"), place))
        ck_abort_msg("%s", json_dumps(found, JSON_COMPACT | JSON_SORT_KEYS));
    json_decref(wanted);
    json_decref(place);
}

static json_t *map_of(void)
{
    ck_assert_int_eq(run("geojson"), AZ_OK);
    ck_assert_uint_eq(files.count, 1);
    json_t *map = json_loads(file("plan.geojson"), 0, NULL);
    ck_assert_ptr_nonnull(map);
    return map;
}

#define POINT(AT) "{\"type\":\"Point\",\"coordinates\":" AT "}"

/* Longitude first: in the other order the city would lie in the sea. */
START_TEST(a_map_shows_sites_feeders_and_districts)
{
    json_t *map = map_of();
    is_feature(
        map, "chosen", "site", "a", POINT("[137.9,36.2]"),
        "{\"type\":\"chosen\",\"site\":\"a\",\"option\":\"pv3\",\"armed\":false,\"pv_kw\":3,"
        "\"battery_kwh\":0,\"year\":2026,\"capex_jpy\":30000,\"subsidy_jpy\":0,\"npv_jpy\":"
        "-800,\"irr\":-0.0178,\"host_saving_jpy\":3650,\"host_npv_jpy\":6984,\"self_kwh\":"
        "365,\"export_kwh\":730,\"lost_kwh\":0,\"co2_t\":0,\"kind\":\"factory\","
        "\"district\":\"d\",\"connection\":\"n2\",\"shelter\":false,\"title\":\"Chosen a\"}");
    is_feature(map, "left_out", "site", "b", POINT("[138,36.25]"),
               "{\"type\":\"left_out\",\"site\":\"b\",\"reason\":\"limit\",\"limit\":\"f\","
               "\"lost_jpy\":4200,\"kind\":\"farm\",\"shelter\":false,\"title\":\"Left out b\"}");
    is_feature(map, "node", "node", "n0", POINT("[137.8,36.1]"),
               "{\"type\":\"node\",\"node\":\"n0\",\"feeder\":\"f\",\"feeder_loading\":{\"kw\":2,"
               "\"limit\":4,\"hour\":\"day 12:00\",\"worth_jpy_per_kw\":1235,\"used_share\":0.5}}");
    is_feature(
        map, "node", "node", "n2", POINT("[137.85,36.2]"),
        "{\"type\":\"node\",\"node\":\"n2\",\"feeder\":\"f\",\"voltage_pu\":1.0247,\"limit\":"
        "1.05,\"hour\":\"day 12:00\"}");
    is_feature(map, "district", "district", "d", POINT("[137.91,36.21]"),
               "{\"type\":\"district\",\"district\":\"d\",\"name\":\"島内\",\"people\":1000,"
               "\"must_be_covered\":false,\"shelters\":0,\"covered\":false}");
    ck_assert_uint_eq(json_array_size(json_object_get(map, "features")), 5);
    ck_assert_uint_eq(az_findings_total(&told), 3); /* the school, n1, e: nowhere on the map */
    for (size_t i = 0; i < told.count; i++) {
        static const char *const codes[] = { "export_told_unplaced", "export_told_unplaced_nodes",
                                             "export_told_unplaced_districts" };
        ck_assert_str_eq(told.items[i].code->code, codes[i]);
        ck_assert_ptr_nonnull(strstr(told.items[i].code->words.ja, "座標がない"));
        ck_assert_double_eq(told.items[i].params[0].number, 1);
    }
    json_decref(map);
}
END_TEST

/* A map that was exported comes back with what it says of sites, or of districts: a node or a line
 * read as a site would be refused, a site by its place in the file would be there twice. */
START_TEST(an_exported_map_is_read_back)
{
    struct az_findings wrong;
    struct az_inputs inputs = { 0 };
    json_t *instance = json_loads(INSTANCE, 0, NULL), *map = map_of(), *back;
    struct az_import import = { .told = &told, .kind = "siting", .into = instance };
    const json_t *sites = json_object_get(instance, "sites");
    az_findings_init(&wrong, c.arena, 0);
    ck_assert_int_eq(az_inputs_add_bytes(&inputs, "m.geojson", files.items[0].bytes,
                                         files.items[0].length, c.arena, &wrong),
                     AZ_OK);
    import.inputs = inputs.items;
    import.input_count = inputs.count;
    for (int k = 0; k < 2; k++) {
        const char *list = k == 0 ? "districts" : "sites";
        import.table = k == 0 ? list : NULL;
        az_findings_init(&told, c.arena, 0);
        ck_assert_int_eq(az_import_find("geojson")->read(&import, c.arena, &wrong, &back), AZ_OK);
        ck_assert_uint_eq(az_findings_total(&wrong), 0);
        const struct az_finding *last = &told.items[told.count - 1];
        ck_assert_str_eq(last->code->code, "import_told_skipped");
        ck_assert_double_eq(last->params[0].number, k == 0 ? 4 : 3);
        const json_t *now = json_object_get(back, list), *then = json_object_get(instance, list);
        ck_assert_uint_eq(json_array_size(now), json_array_size(then));
        ck_assert(json_equal(json_array_get(now, 0), json_array_get(then, 0)));
        json_decref(back);
    }
    /* into an instance without them, a site has what the map says */
    json_array_remove((json_t *)sites, 0);
    import.table = NULL;
    ck_assert_int_eq(az_import_find("geojson")->read(&import, c.arena, &wrong, &back), AZ_OK);
    const json_t *site = json_array_get(json_object_get(back, "sites"), 2);
    ck_assert_str_eq(json_string_value(json_object_get(site, "id")), "a");
    ck_assert_str_eq(json_string_value(json_object_get(site, "connection")), "n2");
    json_decref(back);
    json_decref(map);
    json_decref(instance);
}
END_TEST

/* A line is drawn where both of its ends are on the map. */
START_TEST(a_map_shows_lines_with_their_loading)
{
    json_t *instance = json_loads(INSTANCE, 0, NULL), *map;
    json_t *node = json_array_get(json_object_get(instance, "nodes"), 1);
    json_object_set_new(node, "latitude", json_real(36.15));
    json_object_set_new(node, "longitude", json_real(137.82));
    char *text = json_dumps(instance, 0);
    st_case_close(&c);
    load(text, PLAN);
    map = map_of();
    is_feature(map, "line", "line", "l2",
               "{\"type\":\"LineString\",\"coordinates\":[[137.85,36.2],[137.82,36.15]]}",
               "{\"type\":\"line\",\"line\":\"l2\",\"from\":\"n2\",\"to\":\"n1\",\"feeder\":\"f\","
               "\"loading_kva\":2,\"limit\":8,\"hour\":\"day 12:00\",\"used_share\":0.25}");
    ck_assert_ptr_nonnull(feature(map, "line", "line", "l1"));
    json_decref(map);
    json_decref(instance);
    free(text);
}
END_TEST

/* What does not fit its instance cannot be told as if it did. */
START_TEST(a_plan_that_does_not_fit_is_not_exported)
{
    st_case_close(&c);
    load(INSTANCE, "{\"choices\":[{\"site\":\"a\",\"option\":\"pv99\"}]}");
    ck_assert_int_eq(run("csv"), AZ_UNSUPPORTED);
    ck_assert_int_eq(run("geojson"), AZ_UNSUPPORTED);
}
END_TEST

/* An empty plan is a plan: tables with headers, a map of what is left out. */
START_TEST(a_plan_without_choices_is_told)
{
    st_case_close(&c);
    load(INSTANCE, "{\"choices\":[]}");
    ck_assert_int_eq(run("csv"), AZ_OK);
    has(file("plan.csv"), "Sites chosen\r\nsite,");
    has(file("plan.csv"),
        "\r\na,,a factory or other business,d,n2,op,36.2,137.9,nobody has looked");
    json_t *map = map_of();
    ck_assert_ptr_nonnull(feature(map, "left_out", "site", "a"));
    json_decref(map);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("export_siting");
    TCase *cases = tcase_create("export_siting");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, one_table_file_has_it_all);
    tcase_add_test(cases, tables_speak_japanese);
    tcase_add_test(cases, tables_may_be_files_of_their_own);
    tcase_add_test(cases, a_map_shows_sites_feeders_and_districts);
    tcase_add_test(cases, an_exported_map_is_read_back);
    tcase_add_test(cases, a_map_shows_lines_with_their_loading);
    tcase_add_test(cases, a_plan_that_does_not_fit_is_not_exported);
    tcase_add_test(cases, a_plan_without_choices_is_told);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
