/* test_import_csv_siting.c - spreadsheets of sites, districts and options into a siting instance.
 */
#include <iconv.h>
#include <stdlib.h>

#include "tests/support/st_import.h"
#include "tests/support/suite.h"

static json_t *run(const char *text)
{
    return st_import_bytes("csv", "s.csv", text, strlen(text));
}

static json_t *good(const char *text)
{
    json_t *document = run(text);
    if (!document) ck_abort_msg("%s", st_import_text(&st_findings));
    return document;
}

/* Findings of a sheet that is refused. */
static void is_refused(const char *text, const char *expected)
{
    json_t *document = run(text);
    if (document) ck_abort_msg("accepted:\n%s", text);
    ck_assert_str_eq(st_import_text(&st_findings), expected);
}

#define SHEET                                                                                                                 \
    "島内・波田の候補地,,,,,,,,,,\n"                                                                                 \
    "番号,種別,名称,地区,緯度,経度,配電線,設置可能容量（kW）,年間使用量,避難所,重要負荷\n" \
    "h-1,住宅,,島内,36.251,137.951,島内1号線,5.5 kW,\"4,500\",,\n"                                                    \
    "ｐ-1,公共施設,島内小学校,島内地区,36.252,137.952,f1,50・30,120000kWh,○,12\n"                            \
    "#h-9,住宅,,,,,,,,,\n,,,,,,,,,,\n"                                                                                      \
    "w-1,店舗,,hata,,,波田変電所,0,,×,\n"

#define H_1                                                                                  \
    "{\"id\":\"h-1\",\"kind\":\"house\",\"latitude\":36.251,\"longitude\":137.951,"          \
    "\"district\":\"shimauchi\",\"connection\":\"f1\",\"year_kwh\":4500,\"load\":\"house\"," \
    "\"surfaces\":[{\"yield\":\"sun\",\"max_kw\":5.5}],\"tariff\":\"house\",\"costs\":\"all\"}"

/* A planner's sheet as it is: titles, units in headers and cells, full-width ids, words. */
START_TEST(a_sheet_becomes_sites)
{
    json_t *document = good(SHEET);
    st_import_has(document, "sites", "h-1", H_1);
    st_import_has(document, "sites", "p-1",
                  "{\"id\":\"p-1\",\"kind\":\"public\",\"name\":\"島内小学校\",\"latitude\":36.252,"
                  "\"longitude\":137.952,\"district\":\"shimauchi\",\"connection\":\"f1\","
                  "\"year_kwh\":120000,\"load\":\"public\",\"surfaces\":[{\"yield\":\"sun\","
                  "\"max_kw\":50},{\"yield\":\"sun\",\"max_kw\":30}],\"shelter\":true,"
                  "\"critical_kw\":12,\"costs\":\"all\"}");
    st_import_has(document, "sites", "w-1",
                  "{\"id\":\"w-1\",\"kind\":\"factory\",\"district\":\"hata\",\"connection\":\"b\","
                  "\"surfaces\":[{\"yield\":\"sun\",\"max_kw\":0}],\"shelter\":false,"
                  "\"costs\":\"all\"}");
    ck_assert_uint_eq(json_array_size(json_object_get(document, "sites")), 4);
    ck_assert_str_eq(st_import_text(&st_told),
                     "told_rows 3 0, told_default 3 yield, told_default 2 load, told_default 1 "
                     "tariff, told_lacking 2 tariff, told_default 3 costs, told_lacking 3 menu, "
                     "told_no_options 3");
    json_decref(document);
}
END_TEST

/* What a spreadsheet in Japan saves by default. */
START_TEST(a_sheet_may_be_shift_jis)
{
    char sjis[4000], *in = (char *)SHEET, *out = sjis;
    size_t from = strlen(SHEET), room = sizeof sjis;
    iconv_t convert = iconv_open("CP932", "UTF-8");
    ck_assert(convert != (iconv_t)-1);
    ck_assert_int_eq((int)iconv(convert, &in, &from, &out, &room), 0);
    iconv_close(convert);
    json_t *document = st_import_bytes("csv", "s.csv", sjis, sizeof sjis - room);
    ck_assert_ptr_nonnull(document);
    st_import_has(document, "sites", "h-1", H_1);
    json_decref(document);
}
END_TEST

/* Every column under its English name; a column says it all, what has none stays. */
START_TEST(a_row_changes_a_site_that_is_there)
{
    json_t *document = good(
        "id,kind,yield,area_m2,kw_per_m2,load,year_kwh,load_power_factor,existing_pv_kw,"
        "existing_battery_kwh,existing_battery_kw,tariff,costs,menu,operator,decision,"
        "decided_option,export_max_kw,firm,armable,arm_jpy,lost_jpy_per_kwh,shelter,critical_kw,"
        "latitude,longitude,connection\n"
        "p-0,farm,sun;east,\"1,000;200\",0.04,house,9000,0.9,4,10,5,roof,all,small,松本電力,in,"
        "pv5,,yes,true,100000,12,no,3,36.2,137.9,\n");
    st_import_has(
        document, "sites", "p-0",
        "{\"id\":\"p-0\",\"kind\":\"farm\",\"name\":\"庁舎\",\"surfaces\":[{\"yield\":\"sun\","
        "\"max_kw\":40},{\"yield\":\"east\",\"max_kw\":8}],\"load\":\"house\",\"year_kwh\":9000,"
        "\"load_power_factor\":0.9,\"existing_pv_kw\":4,\"existing_battery_kwh\":10,"
        "\"existing_battery_kw\":5,\"tariff\":\"roof\",\"costs\":\"all\",\"menu\":\"small\","
        "\"operator\":\"op\",\"decision\":\"in\",\"decided_option\":\"pv5\",\"firm\":true,"
        "\"armable\":true,\"arm_jpy\":100000,\"lost_jpy_per_kwh\":12,\"shelter\":false,"
        "\"critical_kw\":3,\"latitude\":36.2,\"longitude\":137.9}");
    ck_assert_str_eq(st_import_text(&st_told), "told_rows 0 1");
    json_decref(document);
}
END_TEST

/* An area is worth nothing until somebody says how much stands on it: the default is told. */
START_TEST(areas_hold_what_is_told)
{
    json_t *document = good("id,kind,area_m2\na,house,80\nb,farm,1000\nc,farm,\n");
    st_import_has(
        document, "sites", "a",
        "{\"id\":\"a\",\"kind\":\"house\",\"surfaces\":[{\"yield\":\"sun\",\"max_kw\":8}],"
        "\"tariff\":\"house\",\"costs\":\"all\"}");
    st_import_has(
        document, "sites", "b",
        "{\"id\":\"b\",\"kind\":\"farm\",\"surfaces\":[{\"yield\":\"sun\",\"max_kw\":50}],"
        "\"costs\":\"all\"}");
    st_import_has(document, "sites", "c", "{\"id\":\"c\",\"kind\":\"farm\",\"costs\":\"all\"}");
    ck_assert_ptr_nonnull(
        strstr(st_import_text(&st_told), "told_by_area 1 0.1, told_by_area 1 0.05"));
    json_decref(document);
    st_call.kw_per_m2 = 0.2;
    st_call.profile = "east";
    st_call.site_kind = "factory";
    document = good("id,area_m2\na,80\n");
    st_import_has(document, "sites", "a",
                  "{\"id\":\"a\",\"kind\":\"factory\",\"surfaces\":[{\"yield\":\"east\",\"max_kw\":"
                  "16}],\"costs\":\"all\"}");
    json_decref(document);
}
END_TEST

/* People and places of a district must arrive as the city writes them, commas and units included.
 */
START_TEST(a_sheet_becomes_districts)
{
    st_call.table = "districts";
    json_t *document =
        good("番号,地区名,人口,緯度,経度,必ずカバー\nhata,波田地区,\"15,664人\",36.2,137.8,○\n"
             "azusagawa,梓川,12948,36.23,137.87,\n");
    st_import_has(document, "districts", "hata",
                  "{\"id\":\"hata\",\"name\":\"波田地区\",\"latitude\":36.2,\"longitude\":137.8,"
                  "\"people\":15664,\"must_be_covered\":true}");
    st_import_has(document, "districts", "azusagawa",
                  "{\"id\":\"azusagawa\",\"name\":\"梓川\",\"latitude\":36.23,\"longitude\":137.87,"
                  "\"people\":12948}");
    json_decref(document);
    is_refused("番号,人口\nx,3.5\n", "cell_wrong s.csv/2 2 人口");
}
END_TEST

/* Without them a planner whose shelters lie behind a river has to write JSON. */
START_TEST(districts_list_the_shelters_in_reach)
{
    st_call.table = "districts";
    json_t *document = good("番号,届く避難所\nhata,庁舎\nshimauchi,\n");
    st_import_has(document, "districts", "hata",
                  "{\"id\":\"hata\",\"name\":\"波田\",\"latitude\":36.2,\"longitude\":137.85,"
                  "\"reaches\":[\"p-0\"]}");
    ck_assert(
        !json_object_get(json_array_get(json_object_get(document, "districts"), 0), "reaches"));
    json_decref(document);
    is_refused("番号,届く避難所\nhata,p-0・p-9\n", "cell_unknown s.csv/2 2 届く避難所");
}
END_TEST

/* A report that cannot say which roof is meant sends the surveyor to the wrong one. */
START_TEST(surfaces_have_their_names)
{
    json_t *document =
        good("番号,種別,設置可能容量,発電,面名\nh-1,住宅,5;3,sun;east,南の屋根;東の屋根\n"
             "h-2,住宅,5,sun,\n");
    st_import_has(
        document, "sites", "h-1",
        "{\"id\":\"h-1\",\"kind\":\"house\",\"surfaces\":[{\"name\":\"南の屋根\",\"yield\":"
        "\"sun\",\"max_kw\":5},{\"name\":\"東の屋根\",\"yield\":\"east\",\"max_kw\":3}],"
        "\"tariff\":\"house\",\"costs\":\"all\"}");
    json_decref(document);
    is_refused("番号,種別,設置可能容量,発電,面名\nh-1,住宅,5;3,sun,南\n",
               "list_length s.csv/2 5 面名");
}
END_TEST

/* Estimates come as a table of offers, a row each; a new table takes the place of the old one. */
START_TEST(a_sheet_becomes_options)
{
    st_call.table = "options";
    json_t *site = json_array_get(json_object_get(st_into, "sites"), 0);
    json_object_set_new(site, "options", json_pack("[{s:s}]", "id", "old"));
    json_t *document = good("番号,選択肢,太陽光,蓄電池（kWh）,設置年,見積額,補助金\n"
                            "庁舎,pv5,5 kW,,2028,\"1,200,000円\",100000\n"
                            "p-0,pv5-b10,5,10,1,2000000,\n");
    const json_t *options =
        json_object_get(json_array_get(json_object_get(document, "sites"), 0), "options");
    json_t *wanted = json_loads(
        "[{\"id\":\"pv5\",\"pv_kw\":5,\"capex_jpy\":1200000,\"subsidy_jpy\":100000,\"year\":2},"
        "{\"id\":\"pv5-b10\",\"pv_kw\":5,\"battery_kwh\":10,\"capex_jpy\":2000000,\"year\":1}]",
        0, NULL);
    ck_assert(json_equal(options, wanted));
    ck_assert_str_eq(st_import_text(&st_told), "told_rows 2 1");
    json_decref(wanted);
    json_decref(document);
    is_refused("番号,選択肢,太陽光,設置年\np-0,pv5,-1,2100\np-9,pv5,5,\np-0,pv5,5,\np-0,,5,\n",
               "cell_wrong s.csv/2 3 太陽光, cell_wrong s.csv/2 4 設置年, "
               "cell_unknown s.csv/3 1 番号, same_row s.csv/4 2, cell_empty s.csv/5 2 選択肢");
    is_refused("番号,太陽光\np-0,5\n", "missing_column s.csv/1 選択肢");
}
END_TEST

/* Owners, addresses, telephones have no place in an instance, nor a name of a private house; what
 * stands in a cell is never repeated. */
START_TEST(personal_data_is_refused)
{
    is_refused("番号,種別,氏名\nh-1,住宅,安曇太郎\n", "unknown_header s.csv/1 3");
    is_refused("番号,種別,所有者,電話番号,住所\nh-1,住宅,安曇太郎,0263-34-3000,島内1\n",
               "unknown_header s.csv/1 3, unknown_header s.csv/1 4, unknown_header s.csv/1 5");
    is_refused("番号,種別,名称\nh-1,住宅,安曇太郎\np-1,公民館,島内公民館\nf-1,農地,安曇花子\n",
               "name_not_public s.csv/2 3 名称, name_not_public s.csv/4 3 名称");
    json_t *document = good("番号,種別,#氏名,※備考\nh-1,住宅,安曇太郎,犬\n");
    char *text = json_dumps(document, JSON_COMPACT);
    ck_assert(!strstr(text, "安曇太郎") && !strstr(text, "犬"));
    free(text);
    json_decref(document);
}
END_TEST

/* Each problem of each row with its row and column: a sheet is mended once, not cell by cell. */
START_TEST(problems_are_named_by_row_and_column)
{
    is_refused("番号,種別,年間使用量\n,住宅,1\n安曇,住宅,1\nh-1,城,1\nh-2,,x\nh-3,住宅,-1\n"
               "h-3,住宅,2\n",
               "cell_empty s.csv/2 1 番号, cell_wrong s.csv/3 1 番号, cell_wrong s.csv/4 2 種別, "
               "cell_empty s.csv/5 2 種別, cell_wrong s.csv/6 3 年間使用量, same_row s.csv/7 6");
    is_refused("id,kind,district,connection,tariff\na,house,x,y,z\n",
               "cell_unknown s.csv/2 3 district, cell_unknown s.csv/2 4 connection, "
               "cell_unknown s.csv/2 5 tariff");
    is_refused("id,kind,max_kw,yield\na,house,5;6;7,sun;east\nb,house,5,moon\nc,house,5;x,sun\n",
               "list_length s.csv/2 4 yield, cell_unknown s.csv/3 4 yield, "
               "cell_wrong s.csv/4 3 max_kw");
    is_refused("id,kind,shelter,critical_kw,decision,firm\na,public,yes,,maybe,perhaps\n",
               "cell_wrong s.csv/2 5 decision, cell_wrong s.csv/2 6 firm, "
               "cell_empty s.csv/2 4 critical_kw");
    is_refused("id,kind,load,year_kwh\na,house,house,\n", "cell_empty s.csv/2 4 year_kwh");
    is_refused("id,kind,latitude\na,house,36\n", "missing_column s.csv/1 経度");
    is_refused("kind,max_kw\nhouse,5\n", "missing_column s.csv/1 番号");
    is_refused("a,b\n1,2\n", "no_headers s.csv");
    is_refused("id,kind,id\na,house,b\n", "header_twice s.csv/1 1 3");
}
END_TEST

/* One cell too many moves a name into a number, and a number into a name. */
START_TEST(shifted_columns_are_recognised)
{
    is_refused("番号,種別,年間使用量\nh-1,住宅,4,500\nh-2,住宅\n",
               "shifted_row s.csv/2 4 3, shifted_row s.csv/3 2 3");
    is_refused("番号,種別,年間使用量\n住宅,4500,h-1\n", "cell_wrong s.csv/2 1 番号");
}
END_TEST

/* Latitude before longitude in one column, after it in another: half of the maps are wrong. */
START_TEST(places_lie_where_the_instance_is)
{
    is_refused("id,kind,latitude,longitude\na,house,137.9,36.2\nb,house,36.2,\nc,house,48.8,2.3\n"
               "d,house,200,0\ne,house,95,120\n",
               "swapped s.csv/2 3 latitude, cell_empty s.csv/3 4 longitude, "
               "outside_japan s.csv/4 3 latitude, cell_wrong s.csv/5 3 latitude, "
               "cell_wrong s.csv/6 3 latitude");
    json_object_del(st_into, "districts");
    json_t *document = good("id,kind,latitude,longitude\na,house,48.8,2.3\n");
    json_decref(document);
}
END_TEST

/* Rows that name no tariff, costs or menu take those of the call; what a site has
 * stays, and what does not exist is named. Without options a site would silently never be chosen. */
START_TEST(rows_take_what_the_call_names)
{
    json_t *costs = json_object_get(st_into, "costs");
    json_array_append_new(costs, json_pack("{s:s}", "id", "cheap"));
    st_call.tariff = "roof";
    st_call.costs = "cheap";
    st_call.menu = "small";
    json_t *document = good("id,kind,menu\na,house,\nb,farm,large\n");
    st_import_has(document, "sites", "a",
                  "{\"id\":\"a\",\"kind\":\"house\",\"tariff\":\"roof\",\"costs\":\"cheap\","
                  "\"menu\":\"small\"}");
    st_import_has(document, "sites", "b",
                  "{\"id\":\"b\",\"kind\":\"farm\",\"tariff\":\"roof\",\"costs\":\"cheap\","
                  "\"menu\":\"large\"}");
    ck_assert_str_eq(st_import_text(&st_told), "told_rows 2 0");
    json_decref(document);
    st_call.menu = NULL;
    document = good("id,kind,menu,decision\na,house,,\nb,farm,large,\nc,farm,,out\n");
    ck_assert_str_eq(st_import_text(&st_told), "told_rows 3 0, told_no_options 1");
    json_decref(document);
    st_call.menu = "huge";
    is_refused("id,kind\na,house\n", "bad_default menu huge");
}
END_TEST

/* An option or an instance that lacks something must be named, rather than half a city be written.
 */
START_TEST(a_call_has_what_it_needs)
{
    st_call.site_kind = "castle";
    is_refused("id\na\n", "bad_site_kind castle");
    st_call.site_kind = NULL;
    st_call.into = NULL;
    is_refused("id,kind\na,house\n", "needs_siting");
    st_call.into = st_into;
    json_object_set_new(json_array_get(json_object_get(st_into, "sites"), 0), "surfaces",
                        json_array());
    is_refused("id,kind,max_kw\na,house,5\n", "no_yield s.csv/2 0 発電");
    json_object_set_new(st_into, "sites", json_object());
    is_refused("id,kind\na,house\n", "not_format --into/sites a list is wanted");
}
END_TEST

/* The template is a sheet that is read: its line of examples is a remark. */
START_TEST(the_template_is_a_sheet)
{
    char *text;
    for (int language = 0; language < 2; language++)
        for (int k = 0; k < 3; k++) {
            st_call.table = k == 0 ? "sites" : k == 1 ? "districts" : "options";
            ck_assert_int_eq(
                az_csv_siting_template(st_call.table, (enum az_language)language, st_arena, &text),
                AZ_OK);
            json_t *document = good(text);
            ck_assert_ptr_nonnull(strstr(st_import_text(&st_told), "told_rows 0 0"));
            json_decref(document);
        }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_csv_siting");
    TCase *cases = tcase_create("import_csv_siting");
    tcase_add_checked_fixture(cases, st_import_setup, st_import_teardown);
    tcase_add_test(cases, a_sheet_becomes_sites);
    tcase_add_test(cases, a_sheet_may_be_shift_jis);
    tcase_add_test(cases, a_row_changes_a_site_that_is_there);
    tcase_add_test(cases, areas_hold_what_is_told);
    tcase_add_test(cases, a_sheet_becomes_districts);
    tcase_add_test(cases, districts_list_the_shelters_in_reach);
    tcase_add_test(cases, surfaces_have_their_names);
    tcase_add_test(cases, a_sheet_becomes_options);
    tcase_add_test(cases, personal_data_is_refused);
    tcase_add_test(cases, problems_are_named_by_row_and_column);
    tcase_add_test(cases, shifted_columns_are_recognised);
    tcase_add_test(cases, places_lie_where_the_instance_is);
    tcase_add_test(cases, rows_take_what_the_call_names);
    tcase_add_test(cases, a_call_has_what_it_needs);
    tcase_add_test(cases, the_template_is_a_sheet);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
