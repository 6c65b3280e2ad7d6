/* test_access.c - who may ask for what, and whose jobs are seen: every operation for every role,
 * tokens that are none, and what must not leak. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/service/cut.h"
#include "formulations/formulation.h"
#include "solver/base/context.h"
#include "tests/support/gated.h"
#include "tests/support/suite.h"

/* What is promised, in SECURITY.md: declared here a second time, so that no slip of the table in
 * the code passes. A new operation has to be entered. */
static const struct {
    const char *operation, *roles;
} promised[] = {
    { "submit", "ems planner clinic admin" },
    { "validate", "ems planner clinic admin" },
    { "check", "ems planner clinic admin" },
    { "explain", "ems planner clinic admin" },
    { "cancel", "ems planner clinic admin" },
    { "delete", "ems planner clinic admin" },
    { "request", "ems planner clinic admin" },
    { "status", "ems planner clinic viewer admin" },
    { "result", "ems planner clinic viewer admin" },
    { "events", "ems planner clinic viewer admin" },
    { "list", "ems planner clinic viewer admin" },
    { "schema", "ems planner clinic viewer admin" },
    { "capabilities", "ems planner clinic viewer admin" },
    { "health", "ems planner clinic viewer admin" },
};
static const struct role {
    const char *name, *asks, *sees;
    bool others;
    int64_t priority;
} roles[] = {
    { "ems", "microgrid evbus", "microgrid evbus", false, 100 },
    { "planner", "siting evbus microgrid", "siting evbus microgrid", false, 0 },
    { "clinic", "clinic", "clinic", false, 0 },
    { "viewer", "", "microgrid evbus siting", true, 0 },
    { "admin", "microgrid evbus siting clinic", "microgrid evbus siting clinic", true, 100 },
};
static const char *const kinds[] = { "microgrid", "evbus", "siting", "clinic" };
#define ROLES (sizeof roles / sizeof roles[0])
#define KINDS (sizeof kinds / sizeof kinds[0])

static char tokens[ROLES][AZ_TOKEN_TEXT]; /* a name a role: its own */

static bool has_word(const char *words, const char *word)
{
    char padded[200], sought[100];
    snprintf(padded, sizeof padded, " %s ", words);
    snprintf(sought, sizeof sought, " %s ", word);
    return strstr(padded, sought) != NULL;
}

static void open_gate(void)
{
    set_up();
    for (size_t i = 0; i < ROLES; i++) add_token(roles[i].name, roles[i].name, 0, tokens[i]);
}

/* --- asking ----------------------------------------------------------------------------------- */

/* Answers like the gateway does; nobody's token may stand in any answer. */
static json_t *ask_text(const char *text)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    size_t size = 0;
    az_call_answer(&gate, arena, text, strlen(text), &call);
    if (call.outcome == AZ_TO_COMMIT) {
        ck_assert_ptr_null(strstr(call.submission.request, AZ_TOKEN_PREFIX));
        az_store_submit(store, &call.submission, 1);
        az_call_committed(&call);
    } else if (call.outcome == AZ_TO_WAIT) {
        ck_assert(az_call_again(&call, true));
    }
    char *reply = az_call_text(&call, &size);
    ck_assert_msg(!strstr(reply, AZ_TOKEN_PREFIX), "%s", reply);
    json_t *json = json_loadb(reply, size, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(json);
    free(reply);
    az_call_end(&call);
    az_arena_free(arena);
    return json;
}

/* Takes the request; token NULL: none. */
static json_t *ask(const char *token, const char *op, json_t *request)
{
    if (!request) request = json_object();
    json_object_set_new(request, "azumi", json_integer(1));
    json_object_set_new(request, "op", json_string(op));
    if (token) json_object_set_new(request, "token", json_string(token));
    char *text = json_dumps(request, JSON_COMPACT);
    json_t *reply = ask_text(text);
    free(text);
    json_decref(request);
    return reply;
}

static const char *text_of(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

/* "" when it is no problem; else "forbidden", ... Takes the reply. */
static const char *problem(json_t *reply)
{
    static char code[60];
    const char *type = text_of(json_object_get(reply, "problem"), "type");
    const char *colon = strrchr(type, ':');
    bool ok = json_is_true(json_object_get(reply, "ok"));
    ck_assert(ok == !colon);
    snprintf(code, sizeof code, "%s", colon ? colon + 1 : "");
    json_decref(reply);
    return code;
}

/* A finished job, made past the gate. owner NULL: nobody's. */
static void put_job(const char *owner, const char *id, const char *kind)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_job_row row;
    struct az_submission item = { .id = id,
                                  .sha256 = "abc",
                                  .kind = kind,
                                  .owner = owner,
                                  .deadline_s = 60,
                                  .request = "{\"op\":\"submit\"}",
                                  .request_length = 15 };
    ck_assert_int_eq(az_store_submit(store, &item, 1), AZ_OK);
    ck_assert_int_eq(az_store_job_of(store, owner, id, arena, &row), AZ_OK);
    if (row.state == AZ_JOB_QUEUED)
        ck_assert_int_eq(az_store_cancel_seq(store, row.seq, arena, &row), AZ_OK);
    az_arena_free(arena);
}

/* --- every operation for every role ----------------------------------------------------------- */

/* A request of an operation, made from its table: about an instance, or about a job. */
static json_t *make_request(const struct az_operation *operation, const char *kind, const char *id)
{
    static const char *const documents[] = { "instance", "plan" };
    json_t *request = json_object();
    bool asks = az_field_find(operation->request, "instance") != NULL;
    if (az_field_find(operation->request, "id"))
        json_object_set_new(request, "id", json_string(id));
    for (size_t i = 0; i < 2; i++)
        if (az_field_find(operation->request, documents[i]))
            json_object_set_new(request, documents[i], json_object());
    if (asks || strcmp(operation->name, "schema") == 0)
        json_object_set_new(request, "kind", json_string(kind));
    return request;
}

/* "*": anything but a refusal. */
static const char *expected_of(const struct az_operation *operation, const char *promise,
                               const struct role *role, const char *kind, const char *owner)
{
    if (!has_word(promise, role->name)) return "forbidden";
    if (az_field_find(operation->request, "instance"))
        return has_word(role->asks, kind) ? "*" : "forbidden";
    if (!az_field_find(operation->request, "id")) return "";
    bool own = owner && strcmp(owner, role->name) == 0;
    return has_word(role->sees, kind) && (own || role->others) ? "" : "not_found";
}

static void check_cell(const struct az_operation *operation, const char *promise, size_t role,
                       const char *kind, const char *owner)
{
    char id[60];
    const char *expected = expected_of(operation, promise, &roles[role], kind, owner);
    snprintf(id, sizeof id, "%s-of-%s", kind, owner ? owner : "nobody");
    put_job(owner, id, kind);
    const char *code =
        problem(ask(tokens[role], operation->name, make_request(operation, kind, id)));
    bool good = expected[0] == '*'
                    ? strcmp(code, "forbidden") != 0 && strcmp(code, "unauthorized") != 0
                    : strcmp(code, expected) == 0;
    ck_assert_msg(good, "%s by %s about %s: \"%s\", not \"%s\"", operation->name, roles[role].name,
                  id, code, expected);
}

/* Without it a role could do, or see, what it must not: or not what it is for. */
START_TEST(every_operation_keeps_to_its_roles)
{
    const struct az_operation *operation;
    for (size_t i = 0; (operation = az_operation_at(i)) != NULL; i++) {
        const char *promise = NULL;
        for (size_t j = 0; j < sizeof promised / sizeof promised[0]; j++)
            if (strcmp(promised[j].operation, operation->name) == 0) promise = promised[j].roles;
        ck_assert_msg(promise != NULL, "%s: nobody has said who may ask for it", operation->name);
        for (size_t role = 0; role < ROLES; role++)
            for (size_t kind = 0; kind < KINDS; kind++) {
                check_cell(operation, promise, role, kinds[kind], roles[role].name);
                check_cell(operation, promise, role, kinds[kind], "someone");
                check_cell(operation, promise, role, kinds[kind], NULL);
            }
    }
}
END_TEST

/* Without it lists, counts and events would name what may not be seen; or a kind would be nobody's.
 */
START_TEST(lists_counts_and_events_tell_of_what_is_seen)
{
    static const char *const owners[] = { "ems", "planner", "clinic", NULL };
    char id[60];
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t owner = 0; owner < 4; owner++) {
            snprintf(id, sizeof id, "%s-of-%s", kinds[kind],
                     owners[owner] ? owners[owner] : "nobody");
            put_job(owners[owner], id, kinds[kind]);
        }
    for (size_t role = 0; role < ROLES; role++) {
        size_t i, expected = 0, jobs = 0;
        json_t *item, *list = ask(tokens[role], "list", NULL), *health, *events;
        for (size_t kind = 0; kind < KINDS; kind++)
            for (size_t owner = 0; owner < 4; owner++)
                expected += has_word(roles[role].sees, kinds[kind]) &&
                            (roles[role].others ||
                             (owners[owner] && strcmp(owners[owner], roles[role].name) == 0));
        json_array_foreach(json_object_get(list, "jobs"), i, item)
        {
            ck_assert(has_word(roles[role].sees, text_of(item, "kind")));
            ck_assert(roles[role].others || strcmp(text_of(item, "owner"), roles[role].name) == 0);
            jobs++;
        }
        ck_assert_uint_eq(jobs, expected);
        health = ask(tokens[role], "health", NULL);
        ck_assert_uint_eq((size_t)json_integer_value(
                              json_object_get(json_object_get(health, "jobs"), "cancelled")),
                          expected);
        events = ask(tokens[role], "events", json_pack("{s:i}", "limit", 1000));
        ck_assert_uint_eq(json_array_size(json_object_get(events, "events")), 2 * expected);
        json_array_foreach(json_object_get(events, "events"), i, item)
        {
            /* Ids are an owner's own: without the owner nobody knows whose job it was. */
            const char *of = strstr(text_of(item, "id"), "-of-") + 4;
            const json_t *owner = json_object_get(item, "owner");
            ck_assert_str_eq(owner ? json_string_value(owner) : "nobody", of);
        }
        json_decref(list);
        json_decref(health);
        json_decref(events);
    }
    for (size_t i = 0; az_formulation_at(i); i++) {
        const char *kind = az_formulation_at(i)->name;
        bool asked = strcmp(kind, "probe") == 0;
        for (size_t role = 0; role + 1 < ROLES; role++)
            asked = asked || az_kind_is_in(kind, az_role_find(roles[role].name)->asks);
        ck_assert_msg(asked, "%s: no role but admin may ask for it", kind);
    }
}
END_TEST

/* Without it whoever waits for events would read through all those of others again and again. */
START_TEST(a_wait_goes_on_behind_what_is_not_seen)
{
    put_job("planner", "one", "siting");
    json_t *events = ask(tokens[0], "events", json_pack("{s:f}", "wait_s", 0.01));
    ck_assert_uint_eq(json_array_size(json_object_get(events, "events")), 0);
    json_int_t cursor = json_integer_value(json_object_get(events, "cursor"));
    ck_assert_int_gt(cursor, 0);
    json_decref(events);
    put_job("ems", "two", "evbus");
    events = ask(tokens[0], "events", json_pack("{s:I}", "after", cursor));
    ck_assert_uint_eq(json_array_size(json_object_get(events, "events")), 2);
    json_decref(events);
}
END_TEST

/* --- owners ----------------------------------------------------------------------------------- */

static json_t *probe(const char *id, int plans)
{
    return json_pack("{s:s, s:s, s:{s:i}}", "id", id, "kind", "probe", "instance", "plans", plans);
}

/* Without it a foreign job would be joined, refused by name, or answered from. */
START_TEST(a_name_of_another_owner_is_free)
{
    char other[AZ_TOKEN_TEXT], again[AZ_TOKEN_TEXT];
    add_token("second", "admin", 0, other);
    json_t *reply = ask(tokens[4], "submit", probe("today", 1));
    ck_assert(json_is_false(json_object_get(reply, "joined")));
    json_decref(reply);
    struct az_arena *arena = az_arena_new(NULL);
    struct az_claim claim;
    ck_assert_int_eq(az_store_claim(store, "test", &az_room_any, 10000, arena, &claim), AZ_OK);
    ck_assert_str_eq(claim.job.owner, "admin");
    struct az_finish finish = { .state = AZ_JOB_DONE,
                                .parts = { .plan = "{}", .certificate = "{}" },
                                .certificate_status = "optimal",
                                .version = AZ_VERSION };
    ck_assert_int_eq(az_store_finish(store, &claim, &finish), AZ_OK);
    az_arena_free(arena);
    reply = ask(other, "submit", probe("today", 1)); /* the same content too */
    ck_assert(json_is_false(json_object_get(reply, "joined")));
    ck_assert_str_eq(text_of(reply, "reused_from"), "");
    ck_assert_str_eq(text_of(reply, "state"), "queued");
    json_decref(reply);
    ck_assert_str_eq(problem(ask(other, "submit", probe("today", 2))), "id_conflict");
    ck_assert_str_eq(problem(ask(NULL, "submit", probe("today", 3))), "");
    /* A new token of a name finds its jobs. */
    add_token("second", "admin", 0, again);
    reply = ask(again, "submit", probe("today", 1));
    ck_assert(json_is_true(json_object_get(reply, "joined")));
    json_decref(reply);
}
END_TEST

/* Without it an admin would cancel or delete whatever job of that name came first. */
START_TEST(whose_job_is_meant_is_never_guessed)
{
    static const char *const names[] = { "planner", "ems", "" };
    json_t *reply;
    put_job("ems", "today", "evbus");
    put_job("planner", "today", "siting");
    put_job("clinic", "week", "clinic");
    ck_assert_str_eq(problem(ask(tokens[4], "delete", json_pack("{s:s}", "id", "today"))),
                     "ambiguous_id");
    ck_assert_str_eq(problem(ask(NULL, "delete", json_pack("{s:s}", "id", "today"))),
                     "ambiguous_id");
    ck_assert_str_eq(problem(ask(tokens[3], "status", json_pack("{s:s}", "id", "today"))),
                     "ambiguous_id");
    put_job(NULL, "today", "microgrid");
    for (size_t i = 0; i < 3; i++) {
        reply = ask(tokens[4], "status", json_pack("{s:s, s:s}", "id", "today", "owner", names[i]));
        ck_assert_str_eq(text_of(json_object_get(reply, "job"), "owner"), names[i]);
        json_decref(reply);
    }
    /* One's own first; the local operator's are nobody's. */
    reply = ask(NULL, "status", json_pack("{s:s}", "id", "today"));
    ck_assert_str_eq(text_of(json_object_get(reply, "job"), "owner"), "");
    json_decref(reply);
    reply = ask(tokens[0], "status", json_pack("{s:s}", "id", "today"));
    ck_assert_str_eq(text_of(json_object_get(reply, "job"), "owner"), "ems");
    json_decref(reply);
    /* The only one that is seen is meant; naming another owner opens no door. */
    ck_assert_str_eq(problem(ask(tokens[4], "status", json_pack("{s:s}", "id", "week"))), "");
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(problem(ask(tokens[2], "status",
                                     json_pack("{s:s, s:s}", "id", "today", "owner", names[i]))),
                         "not_found");
    ck_assert_str_eq(problem(ask(tokens[0], "status",
                                 json_pack("{s:s, s:s}", "id", "today", "owner", "planner"))),
                     "not_found");
    ck_assert_str_eq(
        problem(ask(tokens[4], "delete", json_pack("{s:s, s:s}", "id", "today", "owner", "ems"))),
        "");
    ck_assert_str_eq(problem(ask(tokens[0], "status", json_pack("{s:s}", "id", "today"))),
                     "not_found");
    ck_assert_str_eq(problem(ask(NULL, "status", json_pack("{s:s}", "id", "today"))), "");
}
END_TEST

/* Without it a planner's sweep could push itself before the dispatch of the EMS. */
START_TEST(only_some_roles_raise_priorities)
{
    for (size_t role = 0; role < ROLES; role++) {
        char asks[60];
        snprintf(asks, sizeof asks, "%s", roles[role].asks);
        const char *kind = strtok(asks, " ");
        if (!kind) continue;
        for (int priority = -1; priority <= 1; priority++) {
            const char *code = problem(ask(tokens[role], "validate",
                                           json_pack("{s:s, s:{}, s:{s:i}}", "kind", kind,
                                                     "instance", "options", "priority", priority)));
            bool refused = strcmp(code, "bad_envelope") == 0;
            ck_assert_msg(refused == (priority > roles[role].priority), "%s %d: %s",
                          roles[role].name, priority, code);
        }
    }
}
END_TEST

/* --- tokens ----------------------------------------------------------------------------------- */

static void assert_refused(const char *token)
{
    const char *code = problem(ask(token, "health", NULL));
    ck_assert_msg(strcmp(code, "unauthorized") == 0, "%s: \"%s\"", token ? token : "none", code);
}

/* Without it something like a token would do; or, where none is needed, a wrong one would be as
 * good as none and make its bearer the operator. */
START_TEST(only_a_good_token_opens)
{
    for (int required = 0; required < 2; required++) {
        char text[AZ_TOKEN_TEXT + 8], stranger[AZ_TOKEN_TEXT];
        unsigned char hash[AZ_TOKEN_HASH];
        gate.access.required = required == 1;
        ck_assert_str_eq(problem(ask(tokens[0], "health", NULL)), "");
        for (size_t bit = 0; bit < (size_t)8 * AZ_TOKEN_LENGTH; bit++) {
            snprintf(text, sizeof text, "%s", tokens[0]);
            text[bit / 8] = (char)(text[bit / 8] ^ (1 << (bit % 8)));
            if ((unsigned char)text[bit / 8] >= 0x80 || text[bit / 8] == 0) continue;
            assert_refused(text);
        }
        for (size_t length = 0; length < AZ_TOKEN_LENGTH; length++) {
            snprintf(text, sizeof text, "%.*s", (int)length, tokens[0]);
            assert_refused(text);
        }
        snprintf(text, sizeof text, "%s ", tokens[0]);
        assert_refused(text);
        snprintf(text, sizeof text, " %s", tokens[0]);
        assert_refused(text);
        ck_assert(az_token_make(stranger, hash)); /* as another store would have it */
        assert_refused(stranger);
        assert_refused("ems");
        json_t *reply = ask_text("{\"azumi\":1,\"op\":\"health\",\"token\":7}");
        ck_assert_str_eq(problem(reply), required ? "unauthorized" : "bad_envelope");
    }
}
END_TEST

/* Without it a token would be good for ever, or a removed one until the next restart. */
START_TEST(a_token_ends)
{
    char brief[AZ_TOKEN_TEXT], past[AZ_TOKEN_TEXT];
    size_t count;
    add_token("ems", "ems", az_store_wall_ms(store) + 3600000, brief);
    add_token("ems", "ems", az_store_wall_ms(store) - 1, past);
    ck_assert_str_eq(problem(ask(brief, "health", NULL)), "");
    assert_refused(past);
    ck_assert_int_eq(az_store_token_remove(store, "ems", &count), AZ_OK);
    ck_assert_uint_eq(count, 3);
    double end = az_system_now() + 60;
    while (!*problem(ask(brief, "health", NULL))) ck_assert(az_system_now() < end);
    assert_refused(brief);
    assert_refused(tokens[0]);
    ck_assert_str_eq(problem(ask(tokens[1], "health", NULL)), "");
}
END_TEST

/* Without it who listens for events would go on to hear of them without a token. */
START_TEST(a_wait_ends_with_its_token)
{
    char text[200];
    size_t count;
    struct az_arena *arena = az_arena_new(NULL);
    struct az_call call;
    snprintf(text, sizeof text, "{\"azumi\":1,\"op\":\"events\",\"wait_s\":5,\"token\":\"%s\"}",
             tokens[0]);
    az_call_answer(&gate, arena, text, strlen(text), &call);
    ck_assert_int_eq(call.outcome, AZ_TO_WAIT);
    ck_assert(!az_call_again(&call, false));
    ck_assert_int_eq(az_store_token_remove(store, "ems", &count), AZ_OK);
    az_access_end(&gate.access);
    ck_assert(az_call_again(&call, false));
    ck_assert_str_eq(problem(json_incref(call.reply)), "unauthorized");
    az_call_end(&call);
    az_arena_free(arena);
}
END_TEST

/* Without it whoever reaches a listener would learn, without a token, what there is. */
START_TEST(without_a_token_nothing_is_told)
{
    static const char *const requests[] = {
        "{\"azumi\":1,\"op\":\"nothing\"}",
        "{\"azumi\":2,\"op\":\"health\"}",
        "{\"azumi\":1}",
        "{\"azumi\":1,\"op\":\"submit\",\"kind\":\"probe\",\"instance\":{\"x\":1}}",
        "{}",
    };
    const struct az_operation *operation;
    put_job(NULL, "one", "microgrid");
    gate.access.required = true;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        ck_assert_str_eq(problem(ask_text(requests[i])), "unauthorized");
    for (size_t i = 0; (operation = az_operation_at(i)) != NULL; i++)
        ck_assert_str_eq(
            problem(ask(NULL, operation->name, make_request(operation, "microgrid", "one"))),
            "unauthorized");
}
END_TEST

/* Without it the use of a token could be told by nobody, or every request would write. */
START_TEST(the_use_of_a_token_is_noted_now_and_then)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_token_row *rows;
    size_t count;
    json_decref(ask(tokens[1], "health", NULL));
    ck_assert_int_eq(az_store_tokens(store, arena, &rows, &count), AZ_OK);
    ck_assert_int_eq(atomic_load(&shared.used_token), rows[1].number);
    ck_assert_int_eq(az_store_token_used(store, rows[1].number), AZ_OK);
    atomic_store(&shared.used_token, 0);
    az_access_end(&gate.access);
    json_decref(ask(tokens[1], "health", NULL));
    ck_assert_int_eq(atomic_load(&shared.used_token), 0);
    json_decref(ask(NULL, "health", NULL));
    ck_assert_int_eq(atomic_load(&shared.used_token), 0);
    az_arena_free(arena);
}
END_TEST

static bool file_has(const char *path, const char *text)
{
    size_t length = strlen(text), got;
    char *all = malloc(4 << 20);
    FILE *file = fopen(path, "rb");
    ck_assert(all && file);
    got = fread(all, 1, 4 << 20, file);
    fclose(file);
    bool found = false;
    for (size_t i = 0; i + length <= got && !found; i++) found = memcmp(all + i, text, length) == 0;
    free(all);
    return found;
}

/* Without it whoever reads the store, a bundle or an answer could ask in the name of another. */
START_TEST(a_token_is_written_nowhere)
{
    char text[1000], whole[1000], path[400];
    struct dirent *entry;
    json_decref(ask(tokens[4], "submit", probe("one", 1)));
    for (int bundle = 0; bundle < 2; bundle++)
        ck_assert_str_eq(problem(ask(tokens[4], "request",
                                     json_pack("{s:s, s:b}", "id", "one", "bundle", bundle))),
                         "");
    /* ask_text looks at every answer. Cut and bent envelopes, and a token in the wrong place: */
    snprintf(whole, sizeof whole,
             "{\"azumi\":1,\"token\":\"%s\",\"op\":\"submit\",\"id\":\"two\",\"kind\":\"probe\","
             "\"instance\":{\"plans\":2},\"options\":{\"stream\":\"x\"},\"language\":\"ja\"}",
             tokens[4]);
    for (size_t length = 1; length < strlen(whole); length++) {
        snprintf(text, sizeof text, "%.*s", (int)length, whole);
        json_decref(ask_text(text));
        snprintf(text, sizeof text, "%s", whole);
        text[length] = (char)(text[length] ^ 1);
        json_decref(ask_text(text));
    }
    static const char *const places[] = { "kind", "owner", "stream", "x" };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        json_decref(ask(tokens[4], "list", json_pack("{s:s}", places[i], tokens[1])));
    DIR *files = opendir(directory);
    while ((entry = readdir(files)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] == '.') continue;
        for (size_t i = 0; i < ROLES; i++)
            ck_assert_msg(!file_has(path, tokens[i] + strlen(AZ_TOKEN_PREFIX)), "%s", path);
    }
    closedir(files);
}
END_TEST

/* Without it what is stored of a request would not be what was sent, or still hold the token. */
START_TEST(a_text_is_cut_as_its_document_would_be)
{
    static const char *const texts[] = {
        "{\"token\":\"x\"}",
        "{ \"token\" : \"x\" }",
        "{\"token\":\"x\",\"a\":1}",
        "{\"a\":1,\"token\":\"x\"}",
        "{\"a\":1 ,\n \"token\"\t:\r\"x\" , \"b\":[{\"token\":\"y\"},2]}",
        "{\"a\":{\"token\":\"y\"},\"token\":\"\\\"x\\\\\"}",
        "{\"a\":\"token\",\"b\":\",\\\"token\\\":\",\"token\":\"\"}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        size_t length = strlen(texts[i]), left = 0;
        char *out = malloc(length + 1);
        ck_assert(az_cut_member(texts[i], length, "token", out, &left));
        json_t *whole = json_loads(texts[i], 0, NULL), *rest = json_loadb(out, left, 0, NULL);
        ck_assert_msg(whole && rest, "%s: %s", texts[i], out);
        json_object_del(whole, "token");
        ck_assert_msg(json_equal(whole, rest), "%s: %s", texts[i], out);
        json_decref(whole);
        json_decref(rest);
        for (size_t cut = 0; cut < length; cut++) {
            char *piece = malloc(cut + 1); /* no byte behind its end is looked at */
            memcpy(piece, texts[i], cut);
            if (az_cut_member(piece, cut, "token", out, &left)) ck_assert_uint_le(left, cut);
            free(piece);
        }
        free(out);
    }
    static const char *const none[] = {
        "",
        "[\"token\",\"x\"]",
        "{\"a\":{\"token\":\"x\"}}",
        "{\"token\":7}",
        "{\"a\":\"token\"}",
        "\"token\":\"x\"",
        "[{\"token\":\"x\"}]",
        "{\"tokens\":\"x\"}",
    };
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        const char *value;
        size_t length;
        ck_assert_msg(!az_cut_find(none[i], strlen(none[i]), "token", &value, &length), "%s",
                      none[i]);
    }
}
END_TEST

/* Without it a replayed request would not be the one that was sent, and storing a large one would
 * take seconds. */
START_TEST(what_is_stored_is_as_it_came)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_job_row row;
    char text[400], *kept;
    size_t got;
    snprintf(text, sizeof text,
             "{ \"azumi\":1,  \"token\" : \"%s\", \"op\":\"submit\",\"id\":\"one\","
             "\"kind\":\"probe\", \"instance\":{\"plans\":   2} }",
             tokens[4]);
    ck_assert_str_eq(problem(ask_text(text)), "");
    ck_assert_int_eq(az_store_job_of(store, "admin", "one", arena, &row), AZ_OK);
    ck_assert_int_eq(az_store_part(store, row.seq, "request", 0, 1000, arena, &kept, &got), AZ_OK);
    ck_assert_str_eq(kept, "{ \"azumi\":1,   \"op\":\"submit\",\"id\":\"one\",\"kind\":\"probe\","
                           " \"instance\":{\"plans\":   2} }");
    az_arena_free(arena);
}
END_TEST

/* Without it a stranger could fill the memory with documents that are read only to be refused. */
START_TEST(a_strangers_large_document_is_not_read)
{
    char *text = malloc(3000), token[200];
    static const char *const tails[] = { "", ",\"token\":\"azumi_\"", ",\"token\":7" };
    gate.access.required = true;
    limits.direct_bytes = 1000;
    for (size_t i = 0; i < 3; i++) {
        /* Too large to be read by anybody, and no JSON at its end. */
        snprintf(text, 3000, "{\"azumi\":1,\"op\":\"health\"%s,\"x\":\"%01500d\" nonsense",
                 tails[i], 0);
        ck_assert_str_eq(problem(ask_text(text)), "unauthorized");
    }
    snprintf(token, sizeof token, ",\"token\":\"%s\"", tokens[0]);
    snprintf(text, 3000, "{\"azumi\":1,\"op\":\"health\"%s,\"x\":\"%01500d\" nonsense", token, 0);
    ck_assert_str_eq(problem(ask_text(text)), "bad_envelope");
    /* What a look at the text finds lets nobody in: the document says otherwise. */
    snprintf(text, 3000,
             "{\"azumi\":1,\"op\":\"health\"%s,\"x\":\"%01500d\",\"tok\\u0065n\":\"x\"}", token, 0);
    ck_assert_str_ne(problem(ask_text(text)), "");
    free(text);
}
END_TEST

/* --- what is told ----------------------------------------------------------------------------- */

START_TEST(capabilities_say_who_asks_and_who_may)
{
    json_t *reply = ask(tokens[1], "capabilities", NULL), *item, *word;
    size_t i, j;
    ck_assert_str_eq(text_of(reply, "role"), "planner");
    ck_assert_str_eq(text_of(reply, "name"), "planner");
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_object_get(reply, "limits"), "priority")), 0);
    json_array_foreach(json_object_get(reply, "operations"), i, item)
    {
        json_array_foreach(json_object_get(item, "roles"), j, word)
        {
            for (size_t k = 0; k < sizeof promised / sizeof promised[0]; k++)
                if (strcmp(promised[k].operation, text_of(item, "name")) == 0)
                    ck_assert(has_word(promised[k].roles, json_string_value(word)));
        }
        ck_assert_uint_ge(j, 4);
    }
    json_decref(reply);
    reply = ask(NULL, "capabilities", NULL);
    ck_assert_str_eq(text_of(reply, "role"), "admin");
    ck_assert_ptr_null(json_object_get(reply, "name"));
    json_decref(reply);
}
END_TEST

/* Without it people would trust a page that says what the program does not do. */
START_TEST(the_documents_tell_of_the_roles_as_they_are)
{
    char *page = az_roles_page(AZ_ENGLISH), *text = calloc(1, 1 << 20);
    FILE *file = fopen("SECURITY.md", "r");
    ck_assert(page && text && file);
    ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, file), 0);
    fclose(file);
    ck_assert_msg(strstr(text, page) != NULL, "SECURITY.md lacks\n%s", page);
    free(page);
    for (int language = 0; language < 2; language++) {
        page = az_operations_page((enum az_language)language);
        for (size_t i = 0; i < ROLES; i++) {
            snprintf(text, 100, "| `%s` |", roles[i].name);
            ck_assert_ptr_nonnull(strstr(page, text));
        }
        free(page);
    }
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("access");
    TCase *tests = tcase_create("roles, owners and tokens");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, open_gate, tear_down);
    tcase_add_test(tests, every_operation_keeps_to_its_roles);
    tcase_add_test(tests, lists_counts_and_events_tell_of_what_is_seen);
    tcase_add_test(tests, a_wait_goes_on_behind_what_is_not_seen);
    tcase_add_test(tests, a_name_of_another_owner_is_free);
    tcase_add_test(tests, whose_job_is_meant_is_never_guessed);
    tcase_add_test(tests, only_some_roles_raise_priorities);
    tcase_add_test(tests, only_a_good_token_opens);
    tcase_add_test(tests, a_token_ends);
    tcase_add_test(tests, a_wait_ends_with_its_token);
    tcase_add_test(tests, without_a_token_nothing_is_told);
    tcase_add_test(tests, the_use_of_a_token_is_noted_now_and_then);
    tcase_add_test(tests, a_token_is_written_nowhere);
    tcase_add_test(tests, a_text_is_cut_as_its_document_would_be);
    tcase_add_test(tests, what_is_stored_is_as_it_came);
    tcase_add_test(tests, a_strangers_large_document_is_not_read);
    tcase_add_test(tests, capabilities_say_who_asks_and_who_may);
    tcase_add_test(tests, the_documents_tell_of_the_roles_as_they_are);
    suite_add_tcase(suite, tests);
    return test_suite_run(suite);
}
