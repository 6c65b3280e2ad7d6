/* test_import_geojson.c - maps of buildings, plots and shelters into a siting instance. */
#include "tests/support/st_import.h"
#include "tests/support/suite.h"

static json_t *run(const char *text)
{
    return st_import_bytes("geojson", "m.geojson", text, strlen(text));
}

static json_t *good(const char *text)
{
    json_t *document = run(text);
    if (!document) ck_abort_msg("%s", st_import_text(&st_findings));
    return document;
}

static void is_refused(const char *text, const char *expected)
{
    json_t *document = run(text);
    if (document) ck_abort_msg("accepted:\n%s", text);
    ck_assert_str_eq(st_import_text(&st_findings), expected);
}

#define MAP(FEATURES) "{\"type\":\"FeatureCollection\",\"features\":[" FEATURES "]}"
#define MAP_2(A, B) MAP(A "," B)
#define MAP_3(A, B, C) MAP(A "," B "," C)
#define MAP_4(A, B, C, D) MAP(A "," B "," C "," D)
#define MAP_6(A, B, C, D, E, F) MAP(A "," B "," C "," D "," E "," F)
#define FEATURE(GEOMETRY, PROPERTIES) \
    "{\"type\":\"Feature\",\"geometry\":" GEOMETRY ",\"properties\":" PROPERTIES "}"
#define POINT(AT) "{\"type\":\"Point\",\"coordinates\":" AT "}"
#define POLYGON(RINGS) "{\"type\":\"Polygon\",\"coordinates\":[" RINGS "]}"

/* Points with properties of either language mean what a sheet's row means. */
START_TEST(points_become_sites)
{
    json_t *document = good(MAP_3(
        FEATURE(POINT("[137.951,36.251]"),
                "{\"id\":\"h-1\",\"種別\":\"住宅\",\"地区\":\"島内\",\"接続先\":\"f1\","
                "\"設置可能容量\":5.5,\"年間使用量\":4500,\"building\":\"yes\",\"owner\":\"x\"}"),
        FEATURE(POINT("[137.952,36.252,590.5]"),
                "{\"id\":\"p-1\",\"kind\":\"public\",\"name\":\"島内小学校\",\"max_kw\":[50,30],"
                "\"yield\":[\"sun\",\"east\"],\"shelter\":true,\"critical_kw\":12,\"menu\":"
                "\"large\",\"district\":null}"),
        FEATURE("null",
                "{\"id\":\"w-1\",\"kind\":\"factory\",\"latitude\":36.2,\"longitude\":137.9}")));
    st_import_has(
        document, "sites", "h-1",
        "{\"id\":\"h-1\",\"kind\":\"house\",\"latitude\":36.251,\"longitude\":137.951,"
        "\"district\":\"shimauchi\",\"connection\":\"f1\",\"year_kwh\":4500,\"load\":"
        "\"house\",\"surfaces\":[{\"yield\":\"sun\",\"max_kw\":5.5}],\"tariff\":\"house\","
        "\"costs\":\"all\"}");
    st_import_has(
        document, "sites", "p-1",
        "{\"id\":\"p-1\",\"kind\":\"public\",\"name\":\"島内小学校\",\"latitude\":36.252,"
        "\"longitude\":137.952,\"surfaces\":[{\"yield\":\"sun\",\"max_kw\":50},{\"yield\":"
        "\"east\",\"max_kw\":30}],\"shelter\":true,\"critical_kw\":12,\"menu\":\"large\","
        "\"costs\":\"all\"}");
    st_import_has(document, "sites", "w-1",
                  "{\"id\":\"w-1\",\"kind\":\"factory\",\"latitude\":36.2,\"longitude\":137.9,"
                  "\"costs\":\"all\"}");
    ck_assert_ptr_nonnull(strstr(st_import_text(&st_told), "told_properties building, owner"));
    json_decref(document);
}
END_TEST

static const json_t *last_site(const json_t *document)
{
    const json_t *sites = json_object_get(document, "sites");
    return json_array_get(sites, json_array_size(sites) - 1);
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static double max_kw(const json_t *site)
{
    return number(json_array_get(json_object_get(site, "surfaces"), 0), "max_kw");
}

/* 0.001 degrees at latitude 36.2: 110.96 m north, 89.95 m east (WGS 84), so 9,981 m2. Holes are no
 * roof, several parts are one site, and rings may turn either way. */
START_TEST(polygons_are_places_and_areas)
{
#define SQUARE "[[137.9,36.2],[137.901,36.2],[137.901,36.201],[137.9,36.201],[137.9,36.2]]"
#define HOLE                                                                                  \
    "[[137.9002,36.2002],[137.9002,36.2007],[137.9007,36.2007],[137.9007,36.2002],[137.9002," \
    "36.2002]]"
    json_t *document = good(MAP(FEATURE(POLYGON(SQUARE), "{\"id\":\"a\",\"kind\":\"factory\"}")));
    const json_t *site = last_site(document);
    ck_assert_double_eq_tol(number(site, "latitude"), 36.2005, 1e-6);
    ck_assert_double_eq_tol(number(site, "longitude"), 137.9005, 1e-6);
    ck_assert_double_eq_tol(max_kw(site), 998.1, 0.5);
    json_decref(document);
    st_call.kw_per_m2 = 0.2;
    document = good(MAP(FEATURE(POLYGON(SQUARE "," HOLE), "{\"id\":\"a\",\"kind\":\"factory\"}")));
    site = last_site(document);
    ck_assert_double_eq_tol(max_kw(site), 0.75 * 1996.2, 1);
    ck_assert_double_eq_tol(number(site, "latitude"), (36.2005 - 0.25 * 36.20045) / 0.75, 1e-6);
    json_decref(document);
    document = good(MAP(
        FEATURE("{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE
                "],[[[138.0,36.3],[138.001,36.3],[138.001,36.301],[138.0,36.301],[138.0,36.3]]]]}",
                "{\"id\":\"a\",\"kind\":\"farm\",\"kw_per_m2\":0.03}")));
    site = last_site(document);
    ck_assert_double_eq_tol(max_kw(site), 0.03 * 2 * 9981, 2);
    ck_assert_double_eq_tol(number(site, "longitude"), 137.9505, 1e-4);
    json_decref(document);
    /* what a property says counts more than the drawing */
    document = good(
        MAP_2(FEATURE(POLYGON(SQUARE), "{\"id\":\"a\",\"kind\":\"house\",\"max_kw\":4}"),
              FEATURE(POLYGON(SQUARE), "{\"id\":\"b\",\"kind\":\"house\",\"屋根面積\":\"50㎡\"}")));
    ck_assert_double_eq(max_kw(last_site(document)), 10);
    json_decref(document);
}
END_TEST

/* Maps of others have ids that are none here, or none at all. */
START_TEST(features_without_an_id_are_named)
{
    st_call.site_kind = "house";
    json_t *document =
        good(MAP_2("{\"type\":\"Feature\",\"id\":\"way/123\",\"geometry\":" POINT(
                       "[137.9,36.2]") ",\"properties\":null},{\"type\":\"Feature\",\"id\":77,"
                                       "\"geometry\":" POINT("[137.9,36.2]") ",\"properties\":{}}",
                   FEATURE(POINT("[137.9,36.2]"), "{}")));
    const json_t *sites = json_object_get(document, "sites");
    static const char *const ids[] = { "way-123", "77", "feature-2" };
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(json_string_value(json_object_get(json_array_get(sites, i + 1), "id")),
                         ids[i]);
    ck_assert_ptr_nonnull(strstr(st_import_text(&st_told), "told_ids 1"));
    json_decref(document);
}
END_TEST

/* Maps of others may say "type" of anything: only what azumi wrote is told apart by it. */
START_TEST(types_of_other_maps_say_nothing)
{
    json_t *document = good(MAP_2(
        FEATURE(POINT("[137.9,36.2]"), "{\"id\":\"q\",\"type\":\"node\",\"kind\":\"house\"}"),
        FEATURE(POINT("[137.9,36.2]"), "{\"type\":\"node\",\"node\":\"n\",\"feeder\":\"f1\"}")));
    ck_assert_str_eq(json_string_value(json_object_get(last_site(document), "id")), "q");
    ck_assert_ptr_nonnull(strstr(st_import_text(&st_told), "told_skipped 1"));
    json_decref(document);
}
END_TEST

/* A district drawn as an area must stand at its centre. */
START_TEST(areas_become_districts)
{
    st_call.table = "districts";
    json_t *document =
        good(FEATURE(POLYGON(SQUARE), "{\"id\":\"hata\",\"地区名\":\"波田\",\"人口\":15664}"));
    st_import_has(document, "districts", "hata",
                  "{\"id\":\"hata\",\"name\":\"波田\",\"latitude\":36.2005,\"longitude\":137.9005,"
                  "\"people\":15664}");
    json_decref(document);
}
END_TEST

/* The order of longitude and latitude is the mistake of every second file. */
START_TEST(the_wrong_order_is_named)
{
#define HOUSE "{\"id\":\"a\",\"kind\":\"house\"}"
    is_refused(MAP(FEATURE(POINT("[36.2,137.9]"), HOUSE)), "wrong_order m.geojson/features/0");
    is_refused(MAP(FEATURE(POINT("[43.1,51.3]"), HOUSE)),
               "outside_japan m.geojson/features/0 5 latitude");
    is_refused(MAP(FEATURE(POINT("[-21000.5,34000.2]"), HOUSE)),
               "wrong_order m.geojson/features/0");
    is_refused(
        "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
        "\"urn:ogc:def:crs:EPSG::6676\"}},\"features\":[]}",
        "bad_crs m.geojson");
    json_t *document =
        good("{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":"
             "\"urn:ogc:def:crs:OGC:1.3:CRS84\"}},\"features\":[]}");
    json_decref(document);
    json_object_del(st_into, "districts");
    document = good(MAP(FEATURE(POINT("[36.2,-17.9]"), HOUSE)));
    json_decref(document);
}
END_TEST

/* Every feature that is wrong, with its place in the file. */
START_TEST(problems_are_named_by_feature_and_property)
{
    is_refused(
        MAP_3(
            FEATURE(POINT("[137.9]"), HOUSE),
            FEATURE("{\"type\":\"LineString\",\"coordinates\":[[137.9,36.2],[137.9,36.3]]}", HOUSE),
            "{\"type\":\"x\"}"),
        "bad_geometry m.geojson/features/0, bad_geometry m.geojson/features/1, "
        "bad_geometry m.geojson/features/2");
    is_refused(MAP_4(FEATURE(POLYGON("[[137,36],[137.1,36],[137,36]]"), HOUSE),
                     FEATURE(POLYGON("[[137,36],[137.1,36],[137.1,36.1],[137,36.1]]"), HOUSE),
                     FEATURE(POLYGON("[[137,36],[137.1,36],[137.2,36],[137,36]]"), HOUSE),
                     FEATURE(POLYGON(""), HOUSE)),
               "bad_ring m.geojson/features/0, bad_ring m.geojson/features/1, "
               "bad_ring m.geojson/features/2, bad_geometry m.geojson/features/3");
    is_refused(MAP_6(FEATURE("null", "{\"id\":\"a\",\"種別\":\"城\"}"),
                     FEATURE("null", "{\"id\":\"b\",\"kind\":\"house\",\"tariff\":\"x\"}"),
                     FEATURE("null", "{\"id\":\"c\",\"kind\":\"house\",\"max_kw\":{}}"),
                     FEATURE("null", "{\"id\":\"d\"}"),
                     FEATURE("null", "{\"id\":\"e\",\"kind\":\"house\",\"名称\":\"安曇\"}"),
                     FEATURE("null", "{\"id\":\"f\",\"kind\":\"house\",\"種別\":\"住宅\"}")),
               "property_wrong m.geojson/features/0 3 種別, "
               "property_unknown m.geojson/features/1 18 tariff, "
               "property_wrong m.geojson/features/2 9 max_kw, "
               "property_empty m.geojson/features/3 0 種別, "
               "name_not_public m.geojson/features/4 2 名称, "
               "property_twice m.geojson/features/5 3 kind");
    is_refused("{}", "not_format m.geojson a FeatureCollection is wanted");
    st_call.table = "options";
    is_refused(MAP(FEATURE("null", HOUSE)), "options_on_map");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("import_geojson");
    TCase *cases = tcase_create("import_geojson");
    tcase_add_checked_fixture(cases, st_import_setup, st_import_teardown);
    tcase_add_test(cases, points_become_sites);
    tcase_add_test(cases, polygons_are_places_and_areas);
    tcase_add_test(cases, features_without_an_id_are_named);
    tcase_add_test(cases, types_of_other_maps_say_nothing);
    tcase_add_test(cases, areas_become_districts);
    tcase_add_test(cases, the_wrong_order_is_named);
    tcase_add_test(cases, problems_are_named_by_feature_and_property);
    suite_add_tcase(suite, cases);
    return test_suite_run(suite);
}
