/* operations.h - the one table of operations, and what their requests and replies are.
 *
 * The table drives dispatch, capabilities, schema, the reference page and the command's help. A
 * request is an envelope {"azumi": 1, "op": NAME, ...} read by the operation's request table; a
 * reply is {"azumi": 1, "ok": true, ...} written by its reply table, or {"azumi": 1, "ok": false,
 * "problem": {...}} (RFC 9457). */
#ifndef AZ_OPERATIONS_H
#define AZ_OPERATIONS_H

#include "adapters/service/access.h"
#include "adapters/service/store.h"
#include "formulations/certificate.h"

#define AZ_PROTOCOL 1
#define AZ_PROTOCOL_TEXT "1"

struct az_call;

struct az_operation {
    const char *name;
    unsigned roles; /* enum az_role: who may ask for it */
    const struct az_table *request, *reply;
    struct az_words summary;
    void (*handle)(struct az_call *call); /* in handlers.c; leaves an outcome in the call */
};

const struct az_operation *az_operation_find(const char *name);
const struct az_operation *az_operation_at(size_t i); /* NULL past the last */

/* The reference page of all operations in Markdown. Caller frees; NULL without memory. */
char *az_operations_page(enum az_language language);

/* The task of a stored request, by its operation's name. */
enum az_task az_operation_task(const char *name);

/* --- requests --------------------------------------------------------------------------------- */

/* Members of every request; first in every struct, in this order. */
#define AZ_ENVELOPE_MEMBERS \
    int64_t azumi;          \
    const char *op, *token; \
    int language

struct az_envelope {
    AZ_ENVELOPE_MEMBERS;
};

/* submit, explain, validate and check: what a job is made of. */
struct az_request_job {
    AZ_ENVELOPE_MEMBERS;
    const char *id, *kind;
    struct az_document instance;
    struct az_options *options;
    struct az_document plan; /* check */
    int complete;            /* check */
};

/* Requests that look for a job; owner NULL: the asker's own, else the only one that is seen. */
struct az_request_id {
    AZ_ENVELOPE_MEMBERS;
    const char *id, *owner;
};

struct az_request_events {
    AZ_ENVELOPE_MEMBERS;
    const char *id, *owner;
    int64_t after, limit;
    double wait_s;
};

struct az_request_page {
    AZ_ENVELOPE_MEMBERS;
    const char *id, *owner;
    int64_t offset;
    int bundle;
};

struct az_request_list {
    AZ_ENVELOPE_MEMBERS;
    int state;
    const char *kind, *stream, *owner;
    int64_t before, limit;
};

/* Parts of which `schema` can tell, in the order of its choices. */
enum az_schema_part {
    AZ_SCHEMA_INSTANCE,
    AZ_SCHEMA_PLAN,
    AZ_SCHEMA_STATE,
    AZ_SCHEMA_OPTIONS,
    AZ_SCHEMA_CERTIFICATE,
    AZ_SCHEMA_REQUEST,
    AZ_SCHEMA_REPLY
};

struct az_request_schema {
    AZ_ENVELOPE_MEMBERS;
    const char *kind, *operation;
    int part;
};

/* --- replies ---------------------------------------------------------------------------------- */

#define AZ_REPLY_MEMBERS \
    int64_t azumi;       \
    int ok

struct az_reply {
    AZ_REPLY_MEMBERS;
};

struct az_reply_accepted {
    AZ_REPLY_MEMBERS;
    const char *id;
    int state;  /* enum az_job_state */
    int joined; /* boolean */
    const char *reused_from;
    /* the answer itself, when it was small enough to be given at once */
    struct az_document judgement, validation;
};

struct az_job_view {
    const char *id, *owner, *kind;
    int task, state;
    int stopping; /* boolean: asked to stop */
    const char *stream;
    int64_t priority;
    double deadline_s, seconds_left;
    struct az_time not_after, accepted_at, started_at, finished_at;
    int64_t attempts;
    int has_plan; /* boolean */
    const char *status, *phase;
    double objective, bound, gap, seconds;
    int64_t work, sequence;
    const char *reused_from;
};

struct az_attempt_view {
    int64_t number;
    struct az_time at;
    int64_t signal, exit_status;
    const char *detail;
};

struct az_reply_status {
    AZ_REPLY_MEMBERS;
    struct az_job_view *job;
    AZ_LIST(struct az_attempt_view) attempts;
};

struct az_event_view {
    int64_t cursor;
    struct az_time at;
    const char *id, *owner;
    int type, state;
    const char *phase;
    double seconds, objective, bound, gap;
    int64_t work, attempt, signal;
    const char *detail;
};

struct az_reply_events {
    AZ_REPLY_MEMBERS;
    AZ_LIST(struct az_event_view) events;
    int64_t cursor;
    int state; /* of the job asked for */
};

struct az_reply_deleted {
    AZ_REPLY_MEMBERS;
    const char *id;
};

struct az_reply_result {
    AZ_REPLY_MEMBERS;
    const char *id;
    int state;
    int64_t revision, total_bytes;
    struct az_document result; /* whole, when it fits and no offset was asked for */
    int64_t offset;
    const char *text;
    int64_t next_offset;
};

struct az_reply_request {
    AZ_REPLY_MEMBERS;
    const char *id;
    int64_t total_bytes, revision;
    struct az_document request;
    int64_t offset;
    const char *text;
    int64_t next_offset;
};

struct az_reply_list {
    AZ_REPLY_MEMBERS;
    AZ_LIST(struct az_job_view) jobs;
    int64_t next_before;
};

struct az_reply_schema {
    AZ_REPLY_MEMBERS;
    struct az_document schema;
};

struct az_kind_view {
    const char *name;
    int64_t schema;
    const char *title;
    AZ_LIST(const char *) asked_by;
    AZ_LIST(const char *) seen_by;
};

struct az_operation_view {
    const char *name, *summary;
    AZ_LIST(const char *) roles;
};

struct az_reply_capabilities {
    AZ_REPLY_MEMBERS;
    const char *version, *role, *name;
    AZ_LIST(struct az_kind_view) kinds;
    AZ_LIST(const char *) engines;
    AZ_LIST(struct az_operation_view) operations;
    struct az_document limits;
};

/* In the order of its choices. */
enum az_health {
    AZ_HEALTH_OK,
    AZ_HEALTH_NO_RUNNER,
    AZ_HEALTH_LOCKED,
    AZ_HEALTH_FULL,
    AZ_HEALTH_DAMAGED,
    AZ_HEALTH_STOPPING
};

struct az_reply_health {
    AZ_REPLY_MEMBERS;
    int status; /* enum az_health */
    const char *version;
    double uptime_s;
    struct az_document jobs;
    int runner; /* boolean */
    double oldest_queued_s;
    int64_t deaths, store_bytes, log_bytes, room_bytes;
    int64_t parked, in_flight_bytes;
};

#endif
