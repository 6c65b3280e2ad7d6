/* test_cli_files.c - the commands on files, as a person calls them: exit status, what is printed
 * where, and what the files then hold. The service's commands have a suite of their own. */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "formulations/fields.h"
#include "tests/support/command.h"
#include "tests/support/suite.h"

static char folder[] = "/tmp/azumi-cli-XXXXXX";

#define DAY "instances/microgrid/matsumoto-day.json "
#define ISLAND "instances/microgrid/island-evening.json "
#define SHORT "instances/microgrid/island-short.json "
#define EIGHT "instances/evbus/eight-trips.json "
#define NOON "--at 2026-11-21T12:00:00+09:00 "

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t length = 0;
    if (!file) return strdup("");
    FILE *out = open_memstream(&text, &length);
    for (int c; (c = getc(file)) != EOF;) putc(c, out);
    fclose(file);
    fclose(out);
    return text;
}

/* Runs `azumi ARGUMENTS`, @ in it standing for the folder. Texts of out and err are the caller's.
 */
static int run(const char *arguments, char **out, char **err)
{
    char path[64];
    int code = run_azumi(folder, arguments, ">@/out 2>@/err");
    snprintf(path, sizeof path, "%s/out", folder);
    *out = read_text(path);
    snprintf(path, sizeof path, "%s/err", folder);
    *err = read_text(path);
    return code;
}

/* A call, its exit status, and a part of what it prints: out, or err. NULL: nothing may stand there
 * ("" : anything). */
struct call {
    const char *arguments;
    int code;
    const char *out, *err;
};

static void check_text(const struct call *call, const char *where, const char *text,
                       const char *part)
{
    if (!part)
        ck_assert_msg(!*text, "azumi %s: prints on %s: %.300s", call->arguments, where, text);
    else
        ck_assert_msg(strstr(text, part) != NULL, "azumi %s: no \"%s\" on %s: %.600s",
                      call->arguments, part, where, text);
}

static void check_call(const struct call *call)
{
    char *out, *err;
    int code = run(call->arguments, &out, &err);
    ck_assert_msg(code == call->code, "azumi %s: exit %d, not %d\n%.600s", call->arguments, code,
                  call->code, err);
    check_text(call, "standard output", out, call->out);
    check_text(call, "standard error", err, call->err);
    free(out);
    free(err);
}

static json_t *load(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *json = json_load_file(path, 0, NULL);
    ck_assert_msg(json != NULL, "%s is no JSON", path);
    return json;
}

static void save(const json_t *json, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(json_dump_file(json, path, JSON_INDENT(1)), 0);
}

/* --- usage ------------------------------------------------------------------------------------ */

static const struct call usage[] = {
    { "validate", 2, NULL, "INSTANCE" },
    { "validate a b", 2, NULL, "does not expect b" },
    { "validate --colour=red x", 2, NULL, "--colour" },
    { "validate no-such-file.json", 2, NULL, "no-such-file.json" },
    { "check " ISLAND, 2, NULL, "INSTANCE PLAN" },
    { "check " ISLAND "no-such-plan.json", 2, NULL, "no-such-plan.json" },
    { "check " ISLAND ISLAND, 2, NULL, "is not a known member" },
    { "import castles x.csv", 2, NULL, "pglib-uc" },
    { "import jepx", 2, NULL, "FILE" },
    { "import jepx tests/data/import/spot_utf8.csv", 2, NULL, "--into" },
    { "import jepx no-such.csv --into " DAY, 2, NULL, "no-such.csv" },
    { "import csv tests/data/import/units.csv", 2, NULL, "--kind" },
    { "export xlsx " ISLAND "x", 2, NULL, "csv" },
    { "schema castle", 2, NULL, "microgrid" },
    { "schema", 2, NULL, "KIND" },
    { "schema microgrid --part=roof", 2, NULL, "roof" },
    { "schema microgrid --csv-template castles", 2, NULL, "renewables" },
    { "generate castle", 2, NULL, "castle" },
    { "generate microgrid --size=lots", 2, NULL, "lots" },
    { "generate clinic --size=1001", 2, NULL, "clinic is not made so large as 1001" },
    { "carry " ISLAND ISLAND, 2, NULL, "" },
    { "explain " SHORT "--engine=abacus", 2, NULL, "abacus" },
    { "solve " ISLAND "--method=diving", 2, NULL, "options/method" },
    { "solve instances/clinic/matsumoto-week.json --method=compact", 2, "",
      "method compact is for tiny instances" },
    { "validate --help", 0, "Usage: azumi validate", NULL },
    { "report --help --lang=ja", 0, "使い方: azumi report", NULL },
};

/* Whoever gives wrong arguments is told so, on standard error, with status 2. */
START_TEST(wrong_usage_is_answered)
{
    check_call(&usage[_i]);
}
END_TEST

/* --- instances -------------------------------------------------------------------------------- */

static const struct call documents[] = {
    { "validate " DAY, 0, "is a good instance", NULL },
    { "validate " DAY "--json", 0, "\"ok\": true", NULL },
    { "validate instances/microgrid/odawara.json", 0, "good instance", NULL },
    { "validate " SHORT, 0, "good instance", NULL },
    { "validate " ISLAND "--lang=ja", 0, "正しい入力です", NULL },
    { "validate " EIGHT, 0, "good instance", NULL },
    { "validate instances/evbus/matsumoto-mountain.json", 0, "good instance", NULL },
    { "validate instances/evbus/matsumoto-noon.json", 0, "good instance", NULL },
    { "explain " SHORT, 1, "must be taken: must give by at least 26.71 kW\n", NULL },
    { "explain " SHORT "--json --engine=glpk", 1, "\"feasible\": false", NULL },
    { "explain " ISLAND, 0, "There is a plan", NULL },
    { "schema microgrid", 0, "https://json-schema.org/draft/2020-12/schema", NULL },
    { "schema microgrid --part=plan", 0, "microgrid-plan", NULL },
    { "schema microgrid --part=certificate", 0, "meets_all_rules", NULL },
    { "schema microgrid --markdown --lang=ja", 0, "蓄電池", NULL },
    { "schema microgrid --csv-template=loads", 0, "id,name,grid,owner,demand_kw", NULL },
    { "schema microgrid --csv-template=series", 0, "loads.ID.demand_kw", NULL },
    { "schema --operations", 0, "\"submit\"", NULL },
    { "schema --operations --markdown", 0, "submit", NULL },
    { "import jepx tests/data/import/spot_cp932.csv --into " DAY "--date=2025-07-01", 0, "101.03",
      "" },
    { "import area tests/data/import/area.csv --into " DAY "--date=2025-07-01", 0,
      "2025-07-01T00:00:00+09:00", "" },
    { "import area tests/data/import/area.csv --into " DAY "--date=2025-07-02", 2, NULL,
      "2025-07-02" },
    { "import pglib-uc tests/data/import/case.json -o @/case.json", 0, NULL, NULL },
    { "validate @/case.json", 0, "good instance", NULL },
    { "import csv tests/data/import/units.csv --kind=microgrid --table=units", 0,
      "Engine, the ninth", NULL },
    { "generate microgrid --size=15 --seed=7 -o @/random.json", 0, NULL, NULL },
    { "validate @/random.json", 0, "good instance", NULL },
    { "import jepx tests/data/import/spot_cp932.csv --into " DAY "--date=2025-07-01", 0, "",
      "start moved from 2026-01-21T00:00:00+09:00 to 2025-07-01T00:00:00+09:00" },
    { "import jepx tests/data/import/spot_cp932.csv --into " DAY "--date=2025-07-01", 0, "",
      "market_price_jpy_per_kwh filled (48 values" },
    { "import area tests/data/import/area.csv --into " DAY "--date=2025-07-01 --quiet", 0, "",
      NULL },
    { "import --help", 0, "its own peak", NULL },
};

START_TEST(documents_are_read_and_made)
{
    if (_i == 20) /* stands alone: its file is made by the call before, in a process of its own */
        check_call(&documents[19]);
    if (_i == 23) check_call(&documents[22]);
    check_call(&documents[_i]);
}
END_TEST

/* A plan came with whatever certificate somebody wrote beside it, and `check` said that all is
 * well.
 */
START_TEST(a_certificate_must_not_contradict_the_plan)
{
    static const struct {
        const char *member;
        double more;
        const struct call call;
    } cases[] = {
        { "objective", 0, { "check " ISLAND "@/certified.json", 0, "with concessions", NULL } },
        { "objective", -100, { "check " ISLAND "@/certified.json", 1, "", "the judge" } },
        { "bound", 1000, { "check " ISLAND "@/certified.json", 1, "", "beyond the plan's own" } },
    };
    const struct call solve = { "solve " ISLAND "--quiet -o @/certified.json", 0, "", "" };
    check_call(&solve);
    json_t *plan = load("certified.json"), *said = json_object_get(plan, "certificate");
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        double was = json_number_value(json_object_get(said, cases[k].member));
        json_object_set_new(said, cases[k].member, json_real(was + cases[k].more));
        save(plan, "certified.json");
        check_call(&cases[k].call);
        json_object_set_new(said, cases[k].member, json_real(was));
    }
    json_decref(plan);
}
END_TEST

/* A cost below zero is no answer to who asks for a net present value, and the plan's value would
 * seem to be beaten by a bound of the other sign. */
START_TEST(the_value_is_told_in_the_words_of_the_kind)
{
    static const struct call calls[] = {
        { "solve tests/data/siting/two-feeders.json --time 20 -o @/sited.json", 0,
          "Net present value: ", "" },
        { "solve tests/data/siting/two-feeders.json --time 20 --lang ja", 0,
          "限界値（上界）: ", "" },
        { "check tests/data/siting/two-feeders.json @/sited.json", 0, "Net present value: ", "" },
    };
    for (size_t k = 0; k < sizeof calls / sizeof calls[0]; k++) check_call(&calls[k]);
}
END_TEST

/* A wrong instance is answered with everything that is wrong with it, as text and as JSON. */
START_TEST(every_problem_is_told)
{
    json_t *json = json_load_file("instances/microgrid/island-evening.json", 0, NULL);
    json_object_set_new(json, "colour", json_string("red"));
    json_object_set_new(json_array_get(json_object_get(json, "loads"), 0), "grid",
                        json_string("nowhere"));
    json_object_set_new(json_array_get(json_object_get(json, "batteries"), 0), "capacity_kwh",
                        json_integer(-1));
    save(json, "wrong.json");
    json_decref(json);
    check_call(&(struct call){ "validate @/wrong.json", 2, NULL, "colour" });
    check_call(&(struct call){ "validate @/wrong.json", 2, NULL, "capacity_kwh" });
    check_call(
        &(struct call){ "validate @/wrong.json --json", 2, "/batteries/0/capacity_kwh", NULL });
    check_call(&(struct call){ "solve @/wrong.json", 2, "", "capacity_kwh" });
}
END_TEST

/* The shipped samples are what their templates say. */
START_TEST(samples_are_made_from_their_templates)
{
    static const char *const names[] = { "matsumoto-day", "matsumoto-plain", "odawara",
                                         "odawara-islanding", "odawara-blackout" };
    for (int i = 0; i < 5; i++) {
        char command[256];
        snprintf(command, sizeof command,
                 "awk -f instances/shapes.awk instances/microgrid/%s.template | cmp - "
                 "instances/microgrid/%s.json",
                 names[i], names[i]);
        ck_assert_int_eq(system(command), 0);
    }
}
END_TEST

/* --- one plan through every command ----------------------------------------------------------- */

/* A solved plan is judged good, drawn, exported and carried; a spoilt one is named and refused. */
START_TEST(a_plan_goes_through_every_command)
{
    check_call(&(struct call){ "solve " ISLAND "-o @/plan.json --quiet", 0, NULL, "" });
    check_call(&(struct call){ "check " ISLAND "@/plan.json", 0, "with concessions", NULL });
    check_call(
        &(struct call){ "check " ISLAND "@/plan.json --strict", 1, "load is not served", NULL });
    check_call(
        &(struct call){ "check " ISLAND "@/plan.json --json", 0, "\"violation_count\": 0", NULL });
    check_call(&(struct call){ "report " ISLAND "@/plan.json -o @/plan.html", 0, NULL, NULL });
    check_call(&(struct call){ "report " ISLAND "@/plan.json -o - --lang=ja", 0, "</html>", NULL });
    check_call(&(struct call){ "report " ISLAND "@/plan.json", 0, "What runs when", NULL });
    check_call(&(struct call){ "report " ISLAND "@/plan.json --colour=pink", 2, NULL, "--colour" });
    check_call(
        &(struct call){ "export csv " ISLAND "@/plan.json -o @/plan.csv --bom", 0, NULL, NULL });
    check_call(&(struct call){ "carry " ISLAND "@/plan.json --at=2026-01-21T20:00:00+09:00", 0,
                               "charge_kwh", NULL });
    check_call(&(struct call){ "carry " ISLAND "@/plan.json --at=2026-01-21T20:10:00+09:00", 2,
                               NULL, "" });
    check_call(&(struct call){ "carry " ISLAND "@/plan.json --at=noon", 2, NULL, "--at" });
    check_call(&(struct call){ "carry " ISLAND
                               "@/plan.json --at=2026-01-22T00:00:00+09:00 --into " ISLAND
                               "-o @/next.json",
                               0, NULL, NULL });
    json_t *next = load("next.json"), *state = json_object_get(next, "state");
    ck_assert_str_eq(json_string_value(json_object_get(state, "at")), "2026-01-22T00:00:00+09:00");
    json_decref(next);
    json_t *plan = load("plan.json");
    json_t *unit =
        json_object_get(json_object_get(json_object_get(plan, "plan"), "units"), "diesel-1");
    json_array_set_new(json_object_get(unit, "power_kw"), 3, json_integer(9999));
    save(plan, "spoilt.json");
    json_decref(plan);
    check_call(&(struct call){ "check " ISLAND "@/spoilt.json", 1, "unit_power_range", NULL });
    check_call(&(struct call){ "report " ISLAND "@/spoilt.json -o -", 0, "must not be run", NULL });
}
END_TEST

#define WEEK "tests/data/clinic/golden/a_promise_changed/"

/* A key file of one person, as the import writes it. */
static void save_key(const char *name, mode_t mode)
{
    char path[128], secret[65];
    memset(secret, '5', 64);
    secret[64] = 0;
    json_t *key = json_pack("{s:i, s:s, s:{s:{s:s, s:s}}}", "azumi_key_file", 1, "secret", secret,
                            "people", "b", "name", "Okuhara Kozue", "phone", "0263-99-9999");
    save(key, name);
    json_decref(key);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(chmod(path, mode), 0);
}

/* The crew's pages have the name and phone on the clerk's machine; nobody else may read the file,
 * and without a key file that is private nothing is joined. */
START_TEST(pages_and_names_of_a_week)
{
    char path[128];
    struct stat what;
    check_call(&(struct call){ "report " WEEK "instance.json " WEEK "plan.json --pages -o @/p.html",
                               0, NULL, NULL });
    snprintf(path, sizeof path, "%s/p.html", folder);
    char *page = read_text(path);
    ck_assert_ptr_nonnull(strstr(page, "class=\"page\""));
    ck_assert_ptr_null(strstr(page, "Okuhara"));
    free(page);
    save_key("key.json", 0600);
    save_key("open.json", 0644);
    check_call(&(struct call){ "report " WEEK "instance.json " WEEK
                               "plan.json --pages --key @/key.json -o @/p.html",
                               0, NULL, NULL });
    page = read_text(path);
    ck_assert_ptr_nonnull(strstr(page, "Okuhara Kozue"));
    ck_assert_ptr_nonnull(strstr(page, "0263-99-9999"));
    free(page);
    ck_assert_int_eq(stat(path, &what), 0);
    ck_assert_int_eq(what.st_mode & 0777, 0600);
    check_call(&(struct call){ "report " WEEK "instance.json " WEEK "plan.json --key @/key.json", 0,
                               "0263-99-9999", NULL });
    check_call(&(struct call){ "report " WEEK "instance.json " WEEK "plan.json --key @/open.json",
                               2, NULL, "open.json" });
    check_call(&(struct call){ "report " WEEK "instance.json " WEEK "plan.json --key @/none.json",
                               2, NULL, "none.json" });
    check_call(&(struct call){ "solve " ISLAND "-o @/plan.json --quiet", 0, NULL, "" });
    check_call(&(struct call){ "report " ISLAND "@/plan.json --pages", 2, NULL,
                               "no pages to take along" });
}
END_TEST

/* A plan of yesterday's instance must not be judged against today's without a word; and who asks
 * for a file that cannot be must hear that it was not written. */
START_TEST(what_does_not_fit_is_said)
{
    check_call(&(struct call){ "solve " ISLAND "-o @/plan.json", 0, " JPY)", NULL });
    check_call(&(struct call){ "check " ISLAND "@/plan.json", 0, "good", NULL });
    json_t *json = json_load_file("instances/microgrid/island-evening.json", 0, NULL);
    json_object_set_new(json, "notes", json_string("another"));
    save(json, "other.json");
    json_decref(json);
    check_call(
        &(struct call){ "check @/other.json @/plan.json", 0, "good", "of another instance" });
    check_call(&(struct call){ "solve " SHORT "-o @/none.json", 1, "", "neither -o nor --report" });
    check_call(&(struct call){ "solve instances/clinic/matsumoto-week.json --memory=1 --quiet", 5,
                               NULL, "--memory" });
    check_call(&(struct call){ "solve instances/clinic/matsumoto-week.json --memory=0", 2, NULL,
                               "--memory" });
}
END_TEST

/* A plan of the commitments alone, as a person would write it, is completed and then judged. */
START_TEST(a_plan_made_by_hand_is_completed)
{
    json_t *on = json_array();
    for (int t = 0; t < 12; t++) json_array_append_new(on, json_integer(1));
    json_t *plan = json_pack("{s:s, s:i, s:i, s:{s:{s:o}}}", "start", "2026-01-21T12:00:00+09:00",
                             "slot_minutes", 60, "slots", 12, "units", "diesel-1", "on", on);
    save(plan, "hand.json");
    json_decref(plan);
    check_call(&(struct call){ "check " ISLAND "@/hand.json", 1, "", NULL });
    check_call(&(struct call){ "check " ISLAND "@/hand.json --complete -o @/full.json", 0,
                               "The plan is good", NULL });
    check_call(&(struct call){ "check " ISLAND "@/full.json", 0, "The plan is good", NULL });
}
END_TEST

#define HAND "tests/data/clinic/hand-made.json "
#define VALLEYS "tests/data/clinic/two-valleys.json "

/* A clerk's week gives only who is visited in which order; what is chosen for her must be good and
 * stay good, and as it stands it is told in the week's own words. */
START_TEST(a_week_made_by_hand_is_completed)
{
    check_call(&(struct call){ "check " VALLEYS HAND, 1, "(monday-east)", NULL });
    check_call(&(struct call){ "check " VALLEYS HAND "--complete -o @/week.json", 0,
                               "s6: 1 of 1 visits are left out (site_served, 1 visit, 20,000 JPY)",
                               NULL });
    check_call(&(struct call){ "check " VALLEYS HAND "--complete --strict", 1, "s6", NULL });
    check_call(&(struct call){ "check " VALLEYS "@/week.json", 0, "The plan is good", NULL });
    check_call(
        &(struct call){ "check " VALLEYS "@/week.json --lang=ja", 0, "s6: 訪問 1 回のうち", NULL });
    check_call(&(struct call){ "export csv " VALLEYS "@/week.json -o @/week.csv", 0, NULL, NULL });
    check_call(
        &(struct call){ "report " VALLEYS "@/week.json --pages -o @/w.html", 0, NULL, NULL });
    json_t *week = load("week.json");
    json_t *rounds = json_object_get(json_object_get(week, "plan"), "rounds");
    ck_assert_uint_eq(json_array_size(rounds), 4);
    json_t *stop = json_array_get(json_object_get(json_array_get(rounds, 0), "stops"), 0);
    /* One second short: the time and the minutes are said as people say them. */
    char late[32];
    struct az_time end;
    ck_assert(az_time_parse(json_string_value(json_object_get(stop, "end")), &end));
    az_time_format(az_time_add(end, -1), late);
    json_object_set_new(stop, "end", json_string(late));
    save(week, "short.json");
    json_decref(week);
    check_call(&(struct call){ "check " VALLEYS "@/short.json", 1, ":\n  2026-11-30 09:", NULL });
    check_call(&(struct call){
        "check " VALLEYS "@/short.json", 1,
        " monday-east #1 (s1): lasts 39.98 min, 40 are needed (visit_short, 0.02 min)", NULL });
}
END_TEST

/* The exported series are the plan's: one row a slot, ISO times, and importable names. */
START_TEST(exported_rows_are_slots)
{
    check_call(&(struct call){ "solve " ISLAND "-o @/plan.json --quiet", 0, NULL, "" });
    check_call(
        &(struct call){ "export csv " ISLAND "@/plan.json -o @/plan.csv --bom", 0, NULL, NULL });
    char path[64], *line, *rest;
    snprintf(path, sizeof path, "%s/plan.csv", folder);
    char *text = read_text(path);
    ck_assert_int_eq(
        strncmp(text, "\xef\xbb\xbftime,units.diesel-1.on,units.diesel-1.power_kw", 46), 0);
    line = strtok_r(text, "\n", &rest);
    size_t columns = 1, rows = 0;
    for (const char *c = line; *c; c++) columns += *c == ',';
    while ((line = strtok_r(NULL, "\n", &rest))) {
        size_t cells = 1;
        for (const char *c = line; *c; c++) cells += *c == ',';
        ck_assert_uint_eq(cells, columns);
        if (rows == 1) ck_assert_int_eq(strncmp(line, "2026-01-21T13:00:00+09:00,1,", 28), 0);
        rows++;
    }
    ck_assert_uint_eq(rows, 12);
    free(text);
}
END_TEST

#define FEEDERS "tests/data/siting/two-feeders.json "
#define KEPT "tests/data/siting/golden/decisions_are_kept/"

/* A name without an ending could be meant for a folder: tables below one another in a file of that
 * name are said. A sheet of many rows is told in a line; an option that a site does not have is
 * answered with those that it has. */
START_TEST(what_was_written_and_added_is_said)
{
    check_call(&(struct call){ "export csv " KEPT "instance.json " KEPT "plan.json -o @/tables", 0,
                               NULL, "/tables is one file with all of it" });
    check_call(&(struct call){ "export csv " KEPT "instance.json " KEPT "plan.json -o @/t.csv", 0,
                               NULL, "" });
    check_call(&(struct call){ "export csv " KEPT "instance.json " KEPT "plan.json -o @/folder/", 0,
                               NULL, "" });
    ck_assert_int_eq(run_shell(folder, "test -s @/folder/sites.csv"), 0);
    ck_assert_int_eq(
        run_shell(folder,
                  "(echo id,kind; for i in 1 2 3 4 5 6 7; do echo z-$i,house; done) >@/z.csv"),
        0);
    check_call(&(struct call){ "import csv @/z.csv --into " FEEDERS "-o @/z.json", 0, NULL,
                               "sites: 7 added (z-1 to z-7)" });
    check_call(&(struct call){ "import csv @/z.csv --into " FEEDERS "-o @/z.json", 0, NULL,
                               "7 sites have neither options nor a menu" });
    json_t *hand = json_pack("{s:[{s:s, s:s}]}", "choices", "site", "h1", "option", "pv9");
    save(hand, "hand.json");
    json_decref(hand);
    check_call(
        &(struct call){ "check " FEEDERS "@/hand.json", 1, "pv9 (pv4-b0-y0, pv4-b0-y3, ", NULL });
}
END_TEST

/* Without it `-o /dev/null` would replace the device by a file, and a link or a pipe likewise. */
START_TEST(only_plain_files_are_replaced)
{
    ck_assert_int_eq(run_shell(folder, "mkfifo @/pipe; timeout 60 cat @/pipe >@/got & "
                                       "%/azumi generate microgrid --size 3 --seed 1 -o @/pipe; "
                                       "code=$?; test -p @/pipe || code=90; wait; exit $code"),
                     0);
    ck_assert_int_eq(
        run_shell(folder, "%/azumi generate microgrid --size 3 --seed 1 | cmp - @/got"), 0);
    ck_assert_int_eq(run_shell(folder, "echo x >@/real; ln -s @/real @/link; "
                                       "%/azumi generate microgrid --size 3 --seed 1 -o @/link && "
                                       "test -L @/link && cmp @/real @/got"),
                     0);
}
END_TEST

/* Without it pipes and files would get the numbers of closed descriptors, and a solve fail. */
START_TEST(closed_descriptors_do_no_harm)
{
    ck_assert_int_eq(run_shell(folder, "%/azumi solve " SHORT "--quiet <&- >&- 2>&-"), 1);
    ck_assert_int_eq(
        run_shell(folder, "%/azumi solve " ISLAND "--time 20 --quiet -o @/plan <&- >&- 2>&-"), 0);
    ck_assert_int_eq(run_shell(folder, "%/azumi check " ISLAND "@/plan >@/out"), 0);
    ck_assert_int_eq(run_shell(folder, "%/azumi version >&- 2>@/err"), 2);
    ck_assert_int_eq(run_shell(folder, "grep -q 'standard output' @/err"), 0);
}
END_TEST

/* --- the same day anew ------------------------------------------------------------------------ */

/* At noon both buses break down: the rest of the day is planned with others, and every trip that
 * changes hands is listed. */
START_TEST(the_rest_of_a_day_is_planned_anew)
{
    static const struct call calls[] = {
        { "solve " EIGHT "--time=8 --quiet -o @/day.json", 0, NULL, NULL },
        { "carry " EIGHT "@/day.json " NOON "--rest --set state/buses/0/out_of_service=true --set "
          "/state/buses/1/out_of_service=true --set title=noon -o @/noon.json",
          0, NULL, NULL },
        { "validate @/noon.json", 0, "good instance", "" },
        { "solve @/noon.json --time=8 -o @/again.json --report @/again.html", 0, "Trips run: 3",
          "" },
        { "check @/noon.json @/again.json", 0, "", "" },
        { "carry " EIGHT "@/day.json " NOON "--rest --into " EIGHT, 2, NULL, "--into" },
        { "carry " EIGHT "@/day.json " NOON "--set state/none=1", 2, NULL, "state/none" },
        { "carry " EIGHT "@/day.json " NOON "--set title", 2, NULL, "title" },
        { "carry " EIGHT "@/day.json --at 2026-11-22T01:00:00+09:00 --rest", 2, NULL, "" },
        { "carry " EIGHT "@/day.json --at 2026-11-21T12:05:00+09:00 --rest", 2, NULL, "" },
        { "export gtfs " EIGHT "@/day.json -o @/feed.zip", 0, NULL, NULL },
        { "export gtfs " EIGHT "@/day.json --feed @/feed.zip -o @/full.zip", 0, NULL, "8 trips" },
        { "export tods " EIGHT "@/day.json --feed @/feed.zip -o @/tods.zip", 0, NULL, "8 trips" },
        { "export csv " EIGHT "@/day.json --feed @/feed.zip", 2, NULL, "--feed" },
        { "export gtfs " EIGHT "@/day.json --feed @/none.zip -o @/no.zip", 2, NULL, "none.zip" },
    };
    char path[64], *html;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) check_call(&calls[i]);
    json_t *day = json_load_file("instances/evbus/eight-trips.json", 0, NULL),
           *noon = load("noon.json");
    ck_assert_str_eq(json_string_value(json_object_get(noon, "title")), "noon");
    ck_assert_str_eq(json_string_value(json_object_get(noon, "start")),
                     "2026-11-21T12:00:00+09:00");
    ck_assert_int_eq(json_integer_value(json_object_get(noon, "slots")), 80 - 28);
    json_t *was, *is; /* the series of the town's supply, from its 28th value on */
    was = json_object_get(json_array_get(json_object_get(day, "grids"), 1), "supply");
    is = json_object_get(json_array_get(json_object_get(noon, "grids"), 1), "supply");
    was = json_object_get(json_array_get(was, 0), "price_jpy_per_kwh");
    is = json_object_get(json_array_get(is, 0), "price_jpy_per_kwh");
    ck_assert_uint_eq(json_array_size(was), 80);
    ck_assert_uint_eq(json_array_size(is), 80 - 28);
    for (size_t t = 0; t < json_array_size(is); t++)
        ck_assert(json_equal(json_array_get(is, t), json_array_get(was, t + 28)));
    snprintf(path, sizeof path, "%s/again.html", folder);
    html = read_text(path);
    ck_assert_ptr_nonnull(strstr(html, "Changes against the plan that stands"));
    ck_assert_ptr_nonnull(strstr(html, "one more bus"));
    free(html);
    json_decref(day);
    json_decref(noon);
}
END_TEST

/* A study is of use only when every plan in it is there with its own proof, and what the instance
 * did not ask for is said to be missing. */
START_TEST(a_study_has_all_plans_that_are_asked_for)
{
    char *out, *err;
    ck_assert_int_eq(run("study tests/data/siting/two-feeders.json --time 60 -o @/plan.json "
                         "--report @/plan.html",
                         &out, &err),
                     0);
    json_t *study = load("plan.json"), *plans = json_object_get(study, "plans"), *item;
    ck_assert_uint_eq(json_array_size(plans), 6); /* four of the front, two scenarios */
    size_t i, front = 0;
    json_array_foreach(plans, i, item)
    {
        const json_t *certificate = json_object_get(item, "certificate");
        ck_assert_ptr_nonnull(
            strstr(out, json_string_value(json_object_get(json_object_get(item, "name"), "en"))));
        ck_assert_uint_eq(json_array_size(json_object_get(item, "values")), 3);
        ck_assert(json_is_object(json_object_get(item, "plan")));
        ck_assert_str_eq(json_string_value(json_object_get(certificate, "status")), "optimal");
        ck_assert(json_is_object(json_object_get(item, "changes")));
        front += json_is_true(json_object_get(item, "front"));
    }
    ck_assert_uint_eq(front, 4);
    json_decref(study);
    free(out), free(err);
    ck_assert_int_eq(run("study " ISLAND, &out, &err), 2);
    ck_assert_ptr_nonnull(strstr(err, "no alternatives"));
    free(out), free(err);
    ck_assert_int_eq(run("study tests/data/siting/customers.json", &out, &err), 2);
    ck_assert_ptr_nonnull(strstr(err, "asks for no other plans"));
    free(out), free(err);
}
END_TEST

static const struct call one_of_a_study[] = {
    { "check @/three.json @/study.json", 1, "dear (dear)", "there is no plan wrong" },
    { "check @/three.json @/study.json --plan dear", 0, "keeps every rule", NULL },
    { "check @/three.json @/study.json --plan dear --lang ja", 0, "すべての規則を守って", NULL },
    { "check @/three.json @/study.json --plan nix", 2, NULL, "only dear, wrong, free" },
    { "check @/three.json @/study.json --plan wrong", 2, NULL, "no plan wrong: The instance" },
    { "check @/three.json @/study.json --complete", 2, NULL, "--plan says which" },
    { "check @/three.json @/study.json --plan free -o @/free.json", 0, "keeps every rule", NULL },
    { "check @/three.json @/free.json --plan free", 2, NULL, "is no study" },
    { "solve @/three.json --previous @/study.json", 2, NULL, "is a study of several" },
    { "export geojson @/three.json @/study.json", 2, NULL,
      "taken by --plan ID (dear, wrong, free" },
    { "export geojson @/three.json @/study.json --plan free", 0, "FeatureCollection", "" },
    { "report @/three.json @/study.json", 0, "wrong:", NULL },
    { "report @/three.json @/study.json --plan free", 0, "keeps every rule", NULL },
    { "report @/three.json @/study.json --pages", 2, NULL, "--plan says which" },
    { "report @/three.json @/study.json -o @/again.html", 0, NULL, NULL },
};

/* One scenario that cannot be must not take the others down, and a plan of a study is of use only
 * when it can be judged and drawn against the prices that it was made for. */
START_TEST(a_scenario_that_is_wrong_is_told_and_the_others_are_made)
{
    char *out, *err;
    json_t *asks = json_load_file("tests/data/siting/two-feeders.json", 0, NULL);
    ck_assert_ptr_nonnull(asks);
    json_object_del(asks, "front");
    json_object_set_new(asks, "scenarios", /* the budget is below the sites that are decided */
                        json_pack("[{s:s, s:f}, {s:s, s:f}, {s:s, s:f}]", "id", "dear",
                                  "retail_factor", 1.2, "id", "wrong", "capex_factor", 50.0, "id",
                                  "free", "capex_factor", 0.0));
    save(asks, "three.json");
    json_decref(asks);
    ck_assert_int_eq(
        run("study @/three.json --time 60 -o @/study.json --report @/study.html", &out, &err), 2);
    ck_assert_ptr_nonnull(strstr(out, "wrong: no plan (The instance is wrong)"));
    ck_assert_ptr_nonnull(strstr(out, "free: "));
    ck_assert_ptr_nonnull(strstr(err, "wrong: budgets/1 (roofs-first)/jpy: is"));
    free(out), free(err);
    json_t *study = load("study.json"), *plans = json_object_get(study, "plans");
    ck_assert_uint_eq(json_array_size(plans), 3);
    const json_t *wrong = json_array_get(plans, 1), *errors;
    ck_assert(!json_object_get(wrong, "plan"));
    errors = json_object_get(json_object_get(wrong, "problem"), "errors");
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(errors, 0), "code")),
                     "budget_below_decided");
    json_decref(study);
    for (size_t i = 0; i < sizeof one_of_a_study / sizeof *one_of_a_study; i++)
        check_call(&one_of_a_study[i]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("cli files");
    TCase *t = tcase_create("cli files");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, wrong_usage_is_answered, 0, (int)(sizeof usage / sizeof usage[0]));
    tcase_add_loop_test(t, documents_are_read_and_made, 0,
                        (int)(sizeof documents / sizeof documents[0]));
    tcase_add_test(t, every_problem_is_told);
    tcase_add_test(t, a_certificate_must_not_contradict_the_plan);
    tcase_add_test(t, the_value_is_told_in_the_words_of_the_kind);
    tcase_add_test(t, samples_are_made_from_their_templates);
    tcase_add_test(t, a_plan_goes_through_every_command);
    tcase_add_test(t, a_plan_made_by_hand_is_completed);
    tcase_add_test(t, a_week_made_by_hand_is_completed);
    tcase_add_test(t, pages_and_names_of_a_week);
    tcase_add_test(t, what_does_not_fit_is_said);
    tcase_add_test(t, exported_rows_are_slots);
    tcase_add_test(t, what_was_written_and_added_is_said);
    tcase_add_test(t, only_plain_files_are_replaced);
    tcase_add_test(t, closed_descriptors_do_no_harm);
    tcase_add_test(t, the_rest_of_a_day_is_planned_anew);
    tcase_add_test(t, a_study_has_all_plans_that_are_asked_for);
    tcase_add_test(t, a_scenario_that_is_wrong_is_told_and_the_others_are_made);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    if (!mkdtemp(folder)) return EXIT_FAILURE;
    int code = test_suite_run(suite());
    run_shell(folder, "rm -rf @");
    return code;
}
