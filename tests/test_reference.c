/* test_reference.c - what the reference page says of the service is what the service does. */
#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/operations.h"
#include "adapters/service/told.h"
#include "tests/support/suite.h"

/* Reads a text as a message of the table; every finding fails. */
static void must_read(const struct az_table *table, const char *text)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    void *object = NULL;
    az_findings_init(&findings, arena, 0);
    json_t *json = az_json_parse(text, strlen(text), NULL, &findings);
    ck_assert_msg(json != NULL, "%s: no JSON: %s", table->name, text);
    ck_assert_int_eq(az_json_read(table, json, NULL, arena, &findings, &object), AZ_OK);
    if (az_findings_total(&findings) > 0) {
        char *found = json_dumps(az_json_findings(&findings, AZ_ENGLISH), JSON_COMPACT);
        ck_abort_msg("%s: %s\n%s", table->name, found, text);
    }
    json_decref(json);
    az_arena_free(arena);
}

/* Without it a vendor would copy an example that the service refuses, or read replies that never
 * come. */
START_TEST(every_example_keeps_to_its_tables)
{
    const struct az_operation *operation;
    for (size_t i = 0; (operation = az_operation_at(i)) != NULL; i++) {
        const struct az_told_example *example = az_told_example(operation->name);
        ck_assert_msg(example != NULL, "%s has no example", operation->name);
        must_read(operation->request, example->request);
        must_read(operation->reply, example->reply);
        json_t *request = json_loads(example->request, 0, NULL);
        ck_assert_str_eq(json_string_value(json_object_get(request, "op")), operation->name);
        json_decref(request);
    }
}
END_TEST

/* Without it a reader would be led to nothing. */
START_TEST(every_link_leads_somewhere)
{
    for (int language = 0; language < 2; language++) {
        char *page = az_operations_page((enum az_language)language), anchor[120];
        ck_assert_ptr_nonnull(page);
        size_t links = 0;
        for (const char *link = page; (link = strstr(link, "](#")) != NULL; links++) {
            link += 3;
            snprintf(anchor, sizeof anchor, "<a id=\"%.*s\"></a>", (int)strcspn(link, ")"), link);
            const char *first = strstr(page, anchor);
            ck_assert_msg(first != NULL, "no %s", anchor);
            ck_assert_msg(strstr(first + 1, anchor) == NULL, "%s twice", anchor);
        }
        ck_assert_uint_gt(links, 20);
        free(page);
    }
}
END_TEST

/* --- the tables and the sources --------------------------------------------------------------- */

/* All sources of the service, one after the other. */
static char *read_sources(void)
{
    glob_t found;
    size_t room = 8 << 20, length = 0;
    char *text = calloc(1, room);
    ck_assert_int_eq(glob("adapters/service/*.c", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        if (strstr(found.gl_pathv[i], "/told")) continue;
        FILE *file = fopen(found.gl_pathv[i], "rb");
        ck_assert_ptr_nonnull(file);
        length += fread(text + length, 1, room - length - 1, file);
        fclose(file);
    }
    globfree(&found);
    return text;
}

/* Tells every word in quotes, "lower_case", of an argument: from its comma on to the next. */
static void words_of(const char *call, int argument, void (*tell)(const char *, void *), void *data)
{
    char word[80];
    int depth = 0, at = 0;
    for (const char *c = call; *c && *c != ';'; c++) {
        if (*c == '(') depth++;
        if (*c == ')' && --depth == 0) return;
        if (*c == ',' && depth == 1) at++;
        if (*c != '"') continue;
        size_t length = strcspn(c + 1, "\"");
        if (at == argument && length < sizeof word) {
            snprintf(word, sizeof word, "%.*s", (int)length, c + 1);
            bool is_word = length > 0;
            for (size_t i = 0; i < length; i++)
                is_word = is_word && (islower((unsigned char)word[i]) || word[i] == '_');
            if (is_word) tell(word, data);
        }
        c += length + 1;
    }
}

struct found {
    char words[200][80];
    size_t count;
};

static void keep(const char *word, void *data)
{
    struct found *found = data;
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->words[i], word) == 0) return;
    ck_assert_uint_lt(found->count, 200);
    snprintf(found->words[found->count++], 80, "%s", word);
}

static bool has(const struct found *found, const char *word)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->words[i], word) == 0) return true;
    return false;
}

static void collect(const char *sources, const char *function, int argument, struct found *found)
{
    size_t length = strlen(function);
    for (const char *call = sources; (call = strstr(call, function)) != NULL; call += length)
        words_of(call + length - 1, argument, keep, found);
}

/* Without it an operator would look for an event of the log in vain, or mend what never happens. */
START_TEST(every_event_of_the_log_is_explained)
{
    struct found written = { .count = 0 };
    const struct az_told_event *row;
    char *sources = read_sources();
    collect(sources, "az_service_log(", 1, &written);
    collect(sources, " tell(", 1, &written);
    ck_assert_uint_gt(written.count, 15);
    for (size_t i = 0; i < written.count; i++) {
        bool known = false;
        for (size_t j = 0; (row = az_told_event(j)) != NULL; j++)
            known = known || strcmp(row->event, written.words[i]) == 0;
        ck_assert_msg(known, "the log's %s is in no table", written.words[i]);
    }
    for (size_t j = 0; (row = az_told_event(j)) != NULL; j++) {
        ck_assert_msg(has(&written, row->event), "%s is never logged", row->event);
        ck_assert(*row->meaning.en && *row->meaning.ja && *row->todo.en && *row->todo.ja);
    }
    free(sources);
}
END_TEST

/* Without it the line that an operator copies would be silent on an alarm, or cry at nothing. */
START_TEST(the_guides_watch_for_every_alarm)
{
    static const char *const guides[] = { "doc/azumi-operating.md", "doc/ja/azumi-operating.md" };
    for (size_t g = 0; g < 2; g++) {
        const struct az_told_event *row;
        char wanted[600] = "", *text = calloc(1, 1 << 20);
        FILE *file = fopen(guides[g], "rb");
        ck_assert(file && text && fread(text, 1, (1 << 20) - 1, file) > 0);
        fclose(file);
        for (size_t i = 0; (row = az_told_event(i)) != NULL; i++) {
            size_t used = strlen(wanted);
            if (row->is_alarm)
                snprintf(wanted + used, sizeof wanted - used, "%s%s", used ? "|" : "\"event\":\"(",
                         row->event);
        }
        strncat(wanted, ")\"", sizeof wanted - strlen(wanted) - 1);
        ck_assert_msg(strstr(text, wanted) != NULL, "%s lacks %s", guides[g], wanted);
        free(text);
    }
}
END_TEST

/* Without it a program would meet a code that nobody told it of. */
START_TEST(every_problem_is_explained)
{
    struct found raised = { .count = 0 };
    const struct az_told_problem *row;
    char *sources = read_sources();
    collect(sources, "az_call_problem(", 1, &raised);
    collect(sources, "say_problem(", 1, &raised);
    collect(sources, " fail(", 2, &raised);
    for (const char *type = sources; (type = strstr(type, "urn:azumi:problem:")) != NULL;) {
        char word[80];
        type += strlen("urn:azumi:problem:");
        snprintf(word, sizeof word, "%.*s", (int)strspn(type, "abcdefghijklmnopqrstuvwxyz_"), type);
        if (*word) keep(word, &raised);
    }
    keep("reply_too_large", &raised); /* a text of its own, for when memory is short */
#define STATUS(name, code, words) \
    if (name != AZ_OK) keep(code, &raised);
    AZ_STATUS_LIST(STATUS)
#undef STATUS
    ck_assert_uint_gt(raised.count, 30);
    for (size_t i = 0; i < raised.count; i++) {
        bool known = false;
        for (size_t j = 0; (row = az_told_problem(j)) != NULL; j++)
            known = known || strcmp(row->code, raised.words[i]) == 0;
        ck_assert_msg(known, "the problem %s is in no table", raised.words[i]);
    }
    for (size_t j = 0; (row = az_told_problem(j)) != NULL; j++) {
        ck_assert_msg(has(&raised, row->code), "%s is never raised", row->code);
        ck_assert(*row->meaning.en && *row->meaning.ja && *row->todo.en && *row->todo.ja);
    }
    free(sources);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reference");
    TCase *tests = tcase_create("page");
    tcase_add_test(tests, every_example_keeps_to_its_tables);
    tcase_add_test(tests, every_link_leads_somewhere);
    tcase_add_test(tests, every_event_of_the_log_is_explained);
    tcase_add_test(tests, the_guides_watch_for_every_alarm);
    tcase_add_test(tests, every_problem_is_explained);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
