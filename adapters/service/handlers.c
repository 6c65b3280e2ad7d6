/* handlers.c - requests about jobs that there are: status, events, result, request, cancel, delete,
 * list. */
#include "adapters/service/handlers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "adapters/json/json.h"
#include "solver/engine.h"

/* Milliseconds as a time at the machine's own offset; absent for 0. */
static struct az_time moment(int64_t ms)
{
    struct az_time time = { AZ_NO_INTEGER, 0 };
    struct tm local;
    time_t seconds = (time_t)(ms / 1000);
    if (ms == 0) return time;
    time.utc_s = ms / 1000;
    if (localtime_r(&seconds, &local)) time.offset_min = (int)(local.tm_gmtoff / 60);
    return time;
}

static void reply_unknown(struct az_call *call, const char *id)
{
    az_call_problem(
        call, "not_found",
        (struct az_words)AZ_EN_JA("There is no such job", "そのようなジョブはありません"), id,
        NULL);
}

/* The job of a name among those that the bearer sees: of the owner that is asked for; else the
 * bearer's own; else the only one. AZ_CONFLICT: there are several. */
static enum az_status seek_job(struct az_call *call, const char *id, const char *owner,
                               struct az_job_row *row)
{
    const struct az_bearer *bearer = &call->bearer;
    struct az_job_filter filter = {
        .state = -1, .id = id, .owner = owner, .limit = 2, .sight = az_bearer_sight(bearer)
    };
    struct az_job_row *rows;
    size_t count;
    if (!owner || (bearer->name && strcmp(owner, bearer->name) == 0)) {
        enum az_status status =
            az_store_job_of(call->gate->store, bearer->name, id, call->arena, row);
        if (status != AZ_OK && status != AZ_NOT_FOUND) return status;
        if (status == AZ_OK && az_kind_is_in(row->kind, bearer->role->reads)) return AZ_OK;
    }
    if (!bearer->role->sees_others) return AZ_NOT_FOUND;
    AZ_TRY(az_store_list(call->gate->store, &filter, call->arena, &rows, &count));
    if (count == 1) *row = rows[0];
    return count == 0 ? AZ_NOT_FOUND : count == 1 ? AZ_OK : AZ_CONFLICT;
}

/* False when a problem was answered. What may not be seen is not there. */
static bool find_job(struct az_call *call, const char *id, const char *owner,
                     struct az_job_row *row)
{
    enum az_status status = seek_job(call, id, owner, row);
    if (status == AZ_NOT_FOUND)
        reply_unknown(call, id);
    else if (status == AZ_CONFLICT)
        az_call_problem(call, "ambiguous_id",
                        (struct az_words)AZ_EN_JA(
                            "Several owners have a job of this name: say whose",
                            "この名前のジョブが複数の所有者にあります。owner を指定してください"),
                        id, NULL);
    else if (status != AZ_OK)
        az_call_failed(call, status);
    return status == AZ_OK;
}

static void view_job(const struct az_job_row *row, struct az_job_view *view)
{
    *view = (struct az_job_view){
        .id = row->id,
        .owner = row->owner,
        .kind = row->kind,
        .task = (int)row->task,
        .state = (int)row->state,
        .stopping = row->wish != AZ_WISH_NONE && !az_job_finished(row->state),
        .stream = row->stream,
        .priority = row->priority,
        .deadline_s = row->deadline_s,
        .seconds_left = az_job_finished(row->state) ? NAN : row->seconds_left,
        .not_after = moment(row->not_after_ms),
        .accepted_at = moment(row->accepted_ms),
        .started_at = moment(row->started_ms),
        .finished_at = moment(row->finished_ms),
        .attempts = row->attempts,
        .has_plan = row->has_plan,
        .status = row->certificate_status,
        .phase = row->progress.phase[0] ? row->progress.phase : NULL,
        .objective = row->progress.objective,
        .bound = row->progress.bound,
        .gap = row->progress.gap,
        .seconds = row->progress.seconds,
        .work = row->progress.work,
        .sequence = row->seq,
        .reused_from = row->source,
    };
}

/* --- status, cancel, delete, list ----------------------------------------------------------- */

static void reply_job(struct az_call *call, const struct az_job_row *row)
{
    struct az_attempt *attempts;
    size_t count;
    struct az_reply_status *reply = az_call_new_reply(call);
    enum az_status status =
        az_store_attempts(call->gate->store, row->seq, call->arena, &attempts, &count);
    if (status != AZ_OK) {
        az_call_failed(call, status);
        return;
    }
    struct az_job_view *view = AZ_NEW(call->arena, struct az_job_view);
    struct az_attempt_view *views = AZ_ARRAY(call->arena, count, struct az_attempt_view);
    if (!reply || !view || !views) {
        az_call_failed(call, AZ_NO_MEMORY);
        return;
    }
    view_job(row, view);
    for (size_t i = 0; i < count; i++)
        views[i] = (struct az_attempt_view){ .number = attempts[i].number,
                                             .at = moment(attempts[i].at_ms),
                                             .signal = attempts[i].signal,
                                             .exit_status = attempts[i].exit_status,
                                             .detail = attempts[i].detail };
    reply->job = view;
    reply->attempts.items = views;
    reply->attempts.count = count;
    az_call_reply(call, reply);
}

void az_handle_status(struct az_call *call)
{
    const struct az_request_id *request = call->request;
    struct az_job_row row;
    if (find_job(call, request->id, request->owner, &row)) reply_job(call, &row);
}

/* A thread that has others to answer waits a moment for the store's lock, and not at all where it
 * was found held already. */
#define MOMENT_MS 500
#define USUAL_MS 2000

static void be_brief(struct az_call *call)
{
    az_store_patience(call->gate->store, atomic_load(&call->gate->shared->locked) ? 0 : MOMENT_MS);
}

/* What became of a change. True: the store is held, and it may be tried again. */
static bool is_held(struct az_call *call, enum az_status status)
{
    az_store_patience(call->gate->store, USUAL_MS);
    if (status == AZ_OK || status == AZ_BUSY)
        atomic_store(&call->gate->shared->locked, status == AZ_BUSY);
    call->changed = status == AZ_OK;
    return status == AZ_BUSY;
}

/* Tries a change now, and leaves it to wait while the store is held. */
static void change(struct az_call *call, void (*look)(struct az_call *call, bool *nothing))
{
    bool nothing;
    call->wait = (struct az_wait){ .look = look, .seconds = AZ_LOCKED_S };
    look(call, &nothing);
    if (nothing) call->outcome = AZ_TO_WAIT;
}

static void try_cancel(struct az_call *call, bool *nothing)
{
    const struct az_request_id *request = call->request;
    struct az_job_row row;
    *nothing = false;
    if (!find_job(call, request->id, request->owner, &row)) return;
    be_brief(call);
    enum az_status status = az_store_cancel_seq(call->gate->store, row.seq, call->arena, &row);
    *nothing = is_held(call, status);
    if (status != AZ_OK)
        az_call_failed(call, status);
    else
        reply_job(call, &row);
}

void az_handle_cancel(struct az_call *call)
{
    change(call, try_cancel);
}

static void try_delete(struct az_call *call, bool *nothing)
{
    const struct az_request_id *request = call->request;
    struct az_job_row row;
    *nothing = false;
    if (!find_job(call, request->id, request->owner, &row)) return;
    be_brief(call);
    struct az_reply_deleted *reply = az_call_new_reply(call);
    enum az_status status = reply ? az_store_delete_seq(call->gate->store, row.seq) : AZ_NO_MEMORY;
    *nothing = is_held(call, status);
    if (status == AZ_CONFLICT) {
        az_call_problem(call, "not_finished",
                        (struct az_words)AZ_EN_JA("The job has not finished: cancel it first",
                                                  "まだ終わっていません。先に取り消してください"),
                        request->id, NULL);
    } else if (status == AZ_NOT_FOUND) {
        reply_unknown(call, request->id);
    } else if (status != AZ_OK) {
        az_call_failed(call, status);
    } else {
        reply->id = row.id;
        az_call_reply(call, reply);
    }
}

void az_handle_delete(struct az_call *call)
{
    change(call, try_delete);
}

void az_handle_list(struct az_call *call)
{
    const struct az_request_list *request = call->request;
    struct az_job_row *rows;
    size_t count;
    struct az_job_filter filter = { .state = request->state,
                                    .kind = request->kind,
                                    .stream = request->stream,
                                    .owner = request->owner,
                                    .before = request->before > 0 ? request->before : 0,
                                    .limit = (size_t)request->limit,
                                    .sight = az_bearer_sight(&call->bearer) };
    struct az_reply_list *reply = az_call_new_reply(call);
    enum az_status status = az_store_list(call->gate->store, &filter, call->arena, &rows, &count);
    if (status != AZ_OK || !reply) {
        az_call_failed(call, status != AZ_OK ? status : AZ_NO_MEMORY);
        return;
    }
    reply->jobs.items = AZ_ARRAY(call->arena, count, struct az_job_view);
    if (!reply->jobs.items) {
        az_call_failed(call, AZ_NO_MEMORY);
        return;
    }
    reply->jobs.count = count;
    for (size_t i = 0; i < count; i++) view_job(&rows[i], &reply->jobs.items[i]);
    if (count == filter.limit) reply->next_before = rows[count - 1].seq;
    az_call_reply(call, reply);
}

/* --- events ----------------------------------------------------------------------------------- */

static void view_event(const struct az_event *event, struct az_event_view *view)
{
    *view = (struct az_event_view){
        .cursor = event->cursor,
        .at = moment(event->at_ms),
        .id = event->id,
        .owner = event->owner,
        .type = (int)event->type,
        .state = (int)event->state,
        .phase = event->progress.phase[0] ? event->progress.phase : NULL,
        .objective = event->progress.objective,
        .bound = event->progress.bound,
        .gap = event->progress.gap,
        .seconds = event->progress.seconds,
        .work = event->progress.work,
        .attempt = event->type == AZ_EVENT_ATTEMPT ? event->attempt : AZ_NO_INTEGER,
        .signal = event->type == AZ_EVENT_ATTEMPT ? event->signal : AZ_NO_INTEGER,
        .detail = event->detail,
    };
}

/* Events of one job, or of all that the bearer sees. Of what is not seen nothing is looked at
 * twice: the wait goes on behind it. */
static enum az_status read_events(struct az_call *call, const struct az_job_row *row,
                                  struct az_event **events, size_t *count)
{
    struct az_wait *wait = &call->wait;
    struct az_sight sight = az_bearer_sight(&call->bearer);
    int64_t last = wait->after;
    if (wait->id)
        return az_store_events(call->gate->store, row->seq, wait->after, (size_t)wait->limit,
                               call->arena, events, count);
    AZ_TRY(az_store_last_cursor(call->gate->store, &last));
    AZ_TRY(az_store_events_seen(call->gate->store, &sight, wait->after, (size_t)wait->limit,
                                call->arena, events, count));
    if (*count == 0 && last > wait->after) wait->after = last;
    return AZ_OK;
}

/* What there is now. *nothing: no event, and more may come. */
static void look_for_events(struct az_call *call, bool *nothing)
{
    const struct az_wait *wait = &call->wait;
    struct az_event *events;
    struct az_job_row row = { .state = AZ_JOB_DONE };
    size_t count;
    *nothing = false;
    /* The state is read first: a job that is finished by then has all its events stored. Looked up
     * by its name each time, which may stand for a new job meanwhile. */
    if (wait->id && !find_job(call, wait->id, wait->owner, &row)) return;
    enum az_status status = read_events(call, &row, &events, &count);
    if (status != AZ_OK) {
        az_call_failed(call, status);
        return;
    }
    *nothing = count == 0 && (!wait->id || !az_job_finished(row.state));
    struct az_reply_events *reply = az_call_new_reply(call);
    struct az_event_view *views = AZ_ARRAY(call->arena, count, struct az_event_view);
    if (!reply || !views) {
        az_call_failed(call, AZ_NO_MEMORY);
        return;
    }
    for (size_t i = 0; i < count; i++) view_event(&events[i], &views[i]);
    reply->events.items = views;
    reply->events.count = count;
    reply->cursor = count > 0 ? events[count - 1].cursor : wait->after;
    if (wait->id) reply->state = (int)row.state;
    az_call_reply(call, reply);
}

void az_handle_events(struct az_call *call)
{
    const struct az_request_events *request = call->request;
    bool nothing;
    call->wait = (struct az_wait){ .look = look_for_events,
                                   .id = request->id,
                                   .owner = request->owner,
                                   .after = request->after,
                                   .limit = request->limit,
                                   .seconds = request->wait_s };
    look_for_events(call, &nothing);
    if (nothing && request->wait_s > 0) call->outcome = AZ_TO_WAIT;
}

/* What one look reads is gone before the next, so that a call may wait through any number. */
bool az_call_again(struct az_call *call, bool last)
{
    bool nothing = false;
    struct az_arena *own = call->arena, *scratch = az_arena_new(NULL);
    json_decref(call->reply);
    call->reply = NULL;
    call->arena = scratch;
    if (!scratch)
        az_call_failed(call, AZ_NO_MEMORY);
    else if (az_call_still_admitted(call, scratch))
        call->wait.look(call, &nothing);
    call->arena = own;
    az_arena_free(scratch);
    return last || !nothing;
}

/* --- result and request --------------------------------------------------------------------- */

/* A page, or the whole document when it fits and no offset was asked for. */
struct page {
    struct az_document whole;
    json_t *node; /* owns whole */
    int64_t total, offset, next;
    const char *text;
};

/* Fills the page, and gives the reply to put it into. NULL: the call has failed. */
static void *begin_page(struct az_call *call, enum az_status status, char *text, size_t got,
                        size_t total, struct page *page)
{
    int64_t offset = ((const struct az_request_page *)call->request)->offset;
    void *reply = status == AZ_OK ? az_call_new_reply(call) : NULL;
    *page =
        (struct page){ .total = (int64_t)total, .offset = AZ_NO_INTEGER, .next = AZ_NO_INTEGER };
    if (!reply) {
        az_call_failed(call, status != AZ_OK ? status : AZ_NO_MEMORY);
        return NULL;
    }
    if (offset == AZ_NO_INTEGER && got == total) {
        json_error_t error;
        bool no_memory; /* then it goes as text, as a large one does */
        page->node = az_json_load(text, got, JSON_REJECT_DUPLICATES, &error, &no_memory);
        page->whole.node = page->node;
        if (page->node) return reply;
    }
    page->offset = offset == AZ_NO_INTEGER ? 0 : offset;
    page->text = text;
    if (page->offset + (int64_t)got < page->total && got > 0)
        page->next = page->offset + (int64_t)got;
    return reply;
}

static size_t page_start(const struct az_request_page *request)
{
    return request->offset == AZ_NO_INTEGER ? 0 : (size_t)request->offset;
}

static void give_result(struct az_call *call)
{
    const struct az_request_page *request = call->request;
    struct az_job_row row;
    struct page page;
    char *text = NULL;
    size_t got = 0, total = 0;
    if (!find_job(call, request->id, request->owner, &row)) return;
    enum az_status status =
        az_result_page(call->gate->store, &row, false, page_start(request),
                       call->gate->limits->page_bytes, call->arena, &text, &got, &total);
    struct az_reply_result *reply = begin_page(call, status, text, got, total, &page);
    if (!reply) return;
    reply->id = row.id;
    reply->state = (int)row.state;
    reply->revision = row.revision;
    reply->total_bytes = page.total;
    reply->result = page.whole;
    reply->offset = page.offset;
    reply->text = page.text;
    reply->next_offset = page.next;
    az_call_reply(call, reply);
    json_decref(page.node);
}

/* A job and its parts belong together, while a runner stores better ones. */
static void of_one_moment(struct az_call *call, void (*give)(struct az_call *call))
{
    enum az_status status = az_store_hold(call->gate->store);
    if (status != AZ_OK) {
        az_call_failed(call, status);
        return;
    }
    give(call);
    az_store_let_go(call->gate->store);
}

void az_handle_result(struct az_call *call)
{
    of_one_moment(call, give_result);
}

/* The stored request alone, as it came. */
static enum az_status request_text(struct az_call *call, const struct az_job_row *row,
                                   size_t offset, char **text, size_t *got, size_t *total)
{
    AZ_TRY(az_store_part_length(call->gate->store, row->seq, "request", total));
    AZ_TRY(az_store_part(call->gate->store, row->seq, "request", offset,
                         call->gate->limits->page_bytes, call->arena, text, got));
    /* No page ends inside a character. */
    while (offset + *got<*total && * got> 0) {
        unsigned char next;
        char *peek;
        size_t one;
        AZ_TRY(az_store_part(call->gate->store, row->seq, "request", offset + *got, 1, call->arena,
                             &peek, &one));
        next = one ? (unsigned char)*peek : 0;
        if ((next & 0xc0) != 0x80) break;
        (*got)--;
    }
    (*text)[*got] = 0;
    return AZ_OK;
}

static void give_request(struct az_call *call)
{
    const struct az_request_page *request = call->request;
    struct az_job_row row;
    struct page page;
    char *text = NULL;
    size_t got = 0, total = 0;
    if (!find_job(call, request->id, request->owner, &row)) return;
    enum az_status status =
        request->bundle == 1
            ? az_result_page(call->gate->store, &row, true, page_start(request),
                             call->gate->limits->page_bytes, call->arena, &text, &got, &total)
            : request_text(call, &row, page_start(request), &text, &got, &total);
    struct az_reply_request *reply = begin_page(call, status, text, got, total, &page);
    if (!reply) return;
    reply->id = row.id;
    reply->revision = row.revision;
    reply->total_bytes = page.total;
    reply->request = page.whole;
    reply->offset = page.offset;
    reply->text = page.text;
    reply->next_offset = page.next;
    az_call_reply(call, reply);
    json_decref(page.node);
}

void az_handle_request(struct az_call *call)
{
    of_one_moment(call, give_request);
}
