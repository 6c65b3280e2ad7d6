/* handlers_about.c - requests about the service: schema, capabilities, health. */
#include <math.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/service/handlers.h"
#include "solver/engine.h"

/* The table that a schema request means, or NULL. */
static const struct az_table *schema_table(const struct az_request_schema *request)
{
    const struct az_formulation *kind = az_formulation_find(request->kind);
    const struct az_operation *operation = az_operation_find(request->operation);
    switch ((enum az_schema_part)request->part) {
    case AZ_SCHEMA_OPTIONS:
        return &az_options_table;
    case AZ_SCHEMA_CERTIFICATE:
        return &az_certificate_table;
    case AZ_SCHEMA_REPLY:
        return operation ? operation->reply : NULL;
    case AZ_SCHEMA_REQUEST:
        return operation ? operation->request : NULL;
    case AZ_SCHEMA_PLAN:
        return kind ? kind->plan : NULL;
    case AZ_SCHEMA_STATE:
        return kind ? kind->state : NULL;
    case AZ_SCHEMA_INSTANCE:
        break;
    }
    if (operation && !request->kind) return operation->request;
    return kind ? kind->instance : NULL;
}

void az_handle_schema(struct az_call *call)
{
    const struct az_request_schema *request = call->request;
    const struct az_table *table = schema_table(request);
    struct az_reply_schema *reply = az_call_new_reply(call);
    if (!table) {
        az_call_problem(call, "not_found",
                        (struct az_words)AZ_EN_JA("There is no such schema: give a known kind or "
                                                  "operation",
                                                  "そのようなスキーマはありません"),
                        request->kind ? request->kind : request->operation, NULL);
        return;
    }
    char *id = az_arena_format(call->arena, "urn:azumi:schema:%s",
                               request->kind ? request->kind : table->name);
    for (char *c = id; c && *c; c++)
        if (*c == ' ') *c = '-';
    json_t *schema = id && reply ? az_json_schema(table, id, call->language) : NULL;
    if (!schema) {
        az_call_failed(call, AZ_NO_MEMORY);
        return;
    }
    reply->schema.node = schema;
    az_call_reply(call, reply);
    json_decref(schema);
}

/* Names of roles; NULL without memory. */
static const char **list_roles(struct az_call *call, unsigned roles, size_t *count)
{
    const struct az_role_rule *rule;
    const char **names = AZ_ARRAY(call->arena, 8, const char *);
    *count = 0;
    for (size_t i = 0; names && (rule = az_role_at(i)) != NULL; i++)
        if (roles & rule->role) names[(*count)++] = rule->name;
    return names;
}

/* Who may ask for plans of a kind, or see its jobs. */
static unsigned roles_of(const char *kind, bool to_see)
{
    const struct az_role_rule *rule;
    unsigned roles = 0;
    for (size_t i = 0; (rule = az_role_at(i)) != NULL; i++)
        if (az_kind_is_in(kind, to_see ? rule->reads : rule->asks)) roles |= rule->role;
    return roles;
}

static bool list_kinds(struct az_call *call, struct az_reply_capabilities *reply)
{
    size_t count = 0;
    while (az_formulation_at(count)) count++;
    reply->kinds.items = az_arena_take(call->arena, count * sizeof *reply->kinds.items);
    if (!reply->kinds.items) return false;
    for (size_t i = 0; i < count; i++) {
        const struct az_formulation *kind = az_formulation_at(i);
        struct az_kind_view *view = &reply->kinds.items[i];
        *view = (struct az_kind_view){ .name = kind->name,
                                       .schema = kind->schema,
                                       .title = az_say(kind->title, call->language) };
        view->asked_by.items = list_roles(call, roles_of(kind->name, false), &view->asked_by.count);
        view->seen_by.items = list_roles(call, roles_of(kind->name, true), &view->seen_by.count);
        if (!view->asked_by.items || !view->seen_by.items) return false;
    }
    reply->kinds.count = count;
    return true;
}

static bool list_engines(struct az_call *call, struct az_reply_capabilities *reply)
{
    enum { MOST = 16 };
    reply->engines.items = az_arena_take(call->arena, MOST * sizeof *reply->engines.items);
    if (!reply->engines.items) return false;
    size_t count = az_engine_list(reply->engines.items, MOST);
    reply->engines.count = count < MOST ? count : MOST;
    return true;
}

static bool list_operations(struct az_call *call, struct az_reply_capabilities *reply)
{
    size_t count = 0;
    while (az_operation_at(count)) count++;
    reply->operations.items = az_arena_take(call->arena, count * sizeof *reply->operations.items);
    if (!reply->operations.items) return false;
    for (size_t i = 0; i < count; i++) {
        const struct az_operation *operation = az_operation_at(i);
        struct az_operation_view *view = &reply->operations.items[i];
        *view = (struct az_operation_view){ .name = operation->name,
                                            .summary = az_say(operation->summary, call->language) };
        view->roles.items = list_roles(call, operation->roles, &view->roles.count);
        if (!view->roles.items) return false;
    }
    reply->operations.count = count;
    return true;
}

void az_handle_capabilities(struct az_call *call)
{
    const struct az_gate_limits *limits = call->gate->limits;
    struct az_reply_capabilities *reply = az_call_new_reply(call);
    json_t *most =
        json_pack("{s:I, s:I, s:I, s:I, s:f, s:f, s:I, s:I}", "request_bytes",
                  (json_int_t)limits->request_bytes, "direct_bytes",
                  (json_int_t)limits->direct_bytes, "page_bytes", (json_int_t)limits->page_bytes,
                  "reply_bytes", (json_int_t)limits->reply_bytes, "deadline_s", limits->deadline_s,
                  "memory_mib", limits->memory_mib, "threads", (json_int_t)limits->threads,
                  "priority", (json_int_t)call->bearer.role->priority);
    if (!reply || !most || !list_kinds(call, reply) || !list_engines(call, reply) ||
        !list_operations(call, reply)) {
        az_call_failed(call, AZ_NO_MEMORY);
    } else {
        reply->version = AZ_VERSION;
        reply->role = call->bearer.role->name;
        reply->name = call->bearer.name;
        reply->limits.node = most;
        az_call_reply(call, reply);
    }
    json_decref(most);
}

void az_handle_health(struct az_call *call)
{
    int64_t counts[AZ_JOB_STATE_COUNT];
    struct az_reply_health *reply = az_call_new_reply(call);
    struct az_sight sight = az_bearer_sight(&call->bearer);
    enum az_status status = az_store_counts_seen(call->gate->store, &sight, counts);
    json_t *jobs = json_object();
    if (status != AZ_OK || !reply || !jobs) {
        az_call_failed(call, status != AZ_OK ? status : AZ_NO_MEMORY);
        json_decref(jobs);
        return;
    }
    for (int i = 0; i < AZ_JOB_STATE_COUNT; i++)
        if (json_object_set_new(jobs, az_job_state_code((enum az_job_state)i),
                                json_integer(counts[i])) != 0)
            status = AZ_NO_MEMORY;
    reply->jobs.node = jobs;
    if (status == AZ_OK) status = az_health_tell(call, reply);
    if (status == AZ_OK)
        az_call_reply(call, reply);
    else
        az_call_failed(call, status);
    json_decref(jobs);
}
