/* days_day.c - one day of one variant: its instance, its plan, what is kept of it, its state. */
#include <string.h>

#include "adapters/cli/days_run.h"
#include "adapters/cli/rest.h"
#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "formulations/common/figures.h"

/* A day under way. */
struct work {
    struct az_days_run *run;
    struct az_days_course *course;
    struct az_days_day *day;
    const struct az_formulation *formulation;
    struct az_arena *arena; /* of the day alone */
    const char *id;         /* "battery:2025-04-05" */
    json_t *document;       /* of the day's instance; owned */
    void *instance, *plan;  /* resolved; linked */
    struct az_cli_driven driven;
    struct az_findings findings;
};

enum az_status az_days_prepare(const struct az_formulation *formulation, const json_t *document,
                               struct az_arena *arena, struct az_findings *findings,
                               void **instance)
{
    struct az_answer answer = { 0 };
    AZ_TRY(az_read_instance(formulation, document, NULL, arena, findings, instance));
    if (az_findings_total(findings) > 0) return AZ_OK;
    struct az_job job = { .formulation = formulation, .instance = *instance };
    enum az_status status = az_job_prepare(&job, arena, &answer);
    if (status != AZ_INVALID) return status;
    *findings = answer.findings;
    return AZ_OK;
}

/* A problem of ours, kept with the day. An exit status. */
static int problem(struct work *w, enum az_status status, const char *title_en,
                   const char *title_ja)
{
    const struct az_cli *cli = w->run->cli;
    bool wrong = az_findings_total(&w->findings) > 0;
    const char *title = title_en ? az_cli_say(cli, title_en, title_ja) : az_status_words(status);
    json_decref((json_t *)w->day->problem.node);
    w->day->problem.node =
        az_json_problem(wrong ? "urn:azumi:problem:invalid_instance" : "urn:azumi:problem:internal",
                        title, NULL, &w->findings, cli->language);
    if (wrong)
        az_cli_findings(cli, stderr, w->id, &w->findings);
    else
        return az_cli_status(cli, status == AZ_OK ? AZ_INTERNAL : status, w->id);
    return AZ_EXIT_USAGE;
}

static int no_memory(struct work *w)
{
    return problem(w, AZ_NO_MEMORY, NULL, NULL);
}

/* --- the instance -------------------------------------------------------------------------------
 */

/* After days that are left out, those between the base's own and the first one among them: the
 * variant's own state, which takes from the one before what belongs to the calendar. */
static enum az_status resume(struct work *w)
{
    const struct az_formulation *formulation = w->formulation;
    json_t *own = json_object_get(w->document, "state");
    void *state = NULL, *carried = NULL;
    json_t *moved = own ? json_incref(own) : json_object();
    if (!moved) return AZ_NO_MEMORY;
    enum az_status status = AZ_OK;
    if (!json_object_get(moved, "at") &&
        json_object_set(moved, "at", json_object_get(w->document, "start")) != 0)
        status = AZ_NO_MEMORY;
    if (status == AZ_OK)
        status = az_json_read(formulation->state, moved, AZ_AT(NULL, "state"), w->arena,
                              &w->findings, &state);
    if (status == AZ_OK)
        status = az_json_read(formulation->state, w->course->state, NULL, w->arena, &w->findings,
                              &carried);
    json_decref(moved);
    if (status != AZ_OK || az_findings_total(&w->findings) > 0) return status;
    AZ_TRY(formulation->chaining->resume(state, carried, w->arena));
    json_t *next = az_json_write(formulation->state, state);
    return next && json_object_set_new(w->document, "state", next) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

/* The state of the day before, in the words of today. */
static enum az_status follow(struct work *w)
{
    json_t *state = json_deep_copy(w->course->state);
    enum az_status status = state ? AZ_OK : AZ_NO_MEMORY;
    if (status == AZ_OK)
        status = az_day_rename(w->formulation, w->course->document, w->document, state);
    if (status == AZ_OK && json_object_set(w->document, "state", state) != 0) status = AZ_NO_MEMORY;
    json_decref(state);
    return status;
}

/* An exit status; the problem is the day's. */
static int make_instance(struct work *w, const struct az_day *day)
{
    struct az_days_run *run = w->run;
    struct az_days_course *course = w->course;
    bool follows = course->last + 1 == day->number;
    w->day->anew = !follows;
    enum az_status status =
        az_day_document(&run->files, course->document, w->formulation->name, day->date, run->slots,
                        NULL, w->arena, &w->findings, &w->document);
    if (status == AZ_OK && w->document)
        status = az_day_repeat(w->formulation->instance, follows, w->document);
    if (status == AZ_OK && w->document) status = follows ? follow(w) : resume(w);
    if (status == AZ_OK && w->document && az_findings_total(&w->findings) == 0)
        status = az_days_prepare(w->formulation, w->document, w->arena, &w->findings, &w->instance);
    if (status == AZ_OK && az_findings_total(&w->findings) == 0) return AZ_EXIT_DONE;
    return problem(w, status, "The instance is wrong", "入力が誤っています");
}

/* --- the plan -----------------------------------------------------------------------------------
 */

static int drive(struct work *w)
{
    struct az_days_run *run = w->run;
    double began = az_system_now(), seconds = fmin(run->deadline_s, run->until - began);
    json_t *options = json_copy(run->options);
    if (!options || json_object_set_new(options, "deadline_s", json_real(seconds)) != 0) {
        json_decref(options);
        return no_memory(w);
    }
    int code = az_cli_drive(&run->driver, w->id, w->document, options, seconds, &w->driven);
    json_decref(options);
    w->day->seconds = az_system_now() - began;
    w->day->problem.node = w->driven.problem;
    w->day->certificate.node = w->driven.certificate;
    w->day->gap = az_cli_member_number(w->driven.certificate, "gap");
    w->day->open_jpy = fabs(az_cli_member_number(w->driven.certificate, "objective") -
                            az_cli_member_number(w->driven.certificate, "bound"));
    if (code != AZ_EXIT_DONE) return code;
    if (!w->driven.plan) return run->driver.stopped ? AZ_EXIT_UNFINISHED : AZ_EXIT_NO;
    enum az_status status = az_read_plan(w->formulation, w->instance, w->driven.plan, NULL,
                                         w->arena, &w->findings, &w->plan);
    if (status == AZ_OK && az_findings_total(&w->findings) == 0) return AZ_EXIT_DONE;
    return problem(w, status, "The plan cannot be read", "計画を読めません");
}

/* --- what is kept -------------------------------------------------------------------------------
 */

/* Concessions of the whole plan that lie in the kept part. */
static enum az_status penalty_of(const struct work *w, struct az_time until, double *penalty)
{
    struct az_judgement whole = { 0 };
    *penalty = 0;
    AZ_TRY(w->formulation->evaluate(w->instance, w->plan, w->arena, &whole));
    for (size_t i = 0; i < whole.concessions.count; i++) {
        const struct az_breach *breach = &whole.concessions.items[i];
        if (!az_time_given(breach->at) || breach->at.utc_s < until.utc_s) *penalty += breach->cost;
    }
    return AZ_OK;
}

/* Instance and plan cut to the kept slots, the instance not yet resolved. */
static enum az_status cut(struct work *w, void **instance, void **plan)
{
    const struct az_formulation *formulation = w->formulation;
    size_t kept = (size_t)w->run->kept;
    json_t *part = az_json_write(formulation->instance, w->instance);
    json_t *planned = az_json_write(formulation->plan, w->plan);
    enum az_status status = part && planned ? AZ_OK : AZ_NO_MEMORY;
    if (status == AZ_OK) status = az_head_of(part, formulation->instance, kept);
    if (status == AZ_OK) status = az_head_of(planned, formulation->plan, kept);
    if (status == AZ_OK)
        status = az_read_instance(formulation, part, NULL, w->arena, &w->findings, instance);
    if (status == AZ_OK)
        status = az_read_plan(formulation, *instance, planned, NULL, w->arena, &w->findings, plan);
    json_decref(part);
    json_decref(planned);
    return status;
}

/* A breach in the kept part: told, and the day has no sum. */
static int refuse(struct work *w, const struct az_judgement *judgement)
{
    const struct az_cli *cli = w->run->cli;
    const struct az_breach *breach = &judgement->violations.items[0];
    const char *words = az_breach_words(breach, cli->language, w->arena);
    char at[32] = "";
    if (az_time_given(breach->at)) az_time_format(breach->at, at);
    az_cli_print(stderr, "%s: %s %s: %s\n", w->id, breach->place, at, words ? words : "");
    return problem(w, AZ_INTERNAL, "The kept part of the plan breaks a rule",
                   "計画の採用部分が規則に反しています");
}

/* The judge counts the kept part as an instance and a plan of its own. A breach in it is none that
 * the whole plan has: the judge would be at odds with itself. */
static int keep(struct work *w, struct az_time until)
{
    struct az_findings assumptions;
    struct az_figures figures = { 0 };
    struct az_judgement judgement = { 0 };
    void *instance = NULL, *plan = NULL;
    double penalty = 0;
    az_findings_init(&assumptions, w->arena, 0);
    enum az_status status = cut(w, &instance, &plan);
    if (status == AZ_OK && az_findings_total(&w->findings) == 0) {
        /* Nothing is to be planned: without its end a good instance may have no best plan. */
        w->formulation->chaining->open_end(instance, plan);
        status = w->formulation->resolve(instance, w->arena, &w->findings, &assumptions);
        if (status == AZ_OK && az_findings_total(&w->findings) > 0) status = AZ_INVALID;
    }
    if (status == AZ_OK) status = w->formulation->evaluate(instance, plan, w->arena, &judgement);
    if (status == AZ_OK && judgement.violation_count > 0) return refuse(w, &judgement);
    if (status == AZ_OK && isnan(judgement.cost)) status = AZ_INTERNAL;
    if (status == AZ_OK) status = penalty_of(w, until, &penalty);
    judgement.penalty = penalty;
    if (status == AZ_OK)
        status = w->formulation->chaining->figures(instance, plan, w->arena, &figures);
    if (status == AZ_OK)
        status = az_days_sum_of(&judgement, &figures, w->run->cli->arena, &w->day->sum);
    if (status == AZ_OK) return AZ_EXIT_DONE;
    w->day->sum = NULL;
    return problem(w, status, "The kept part of the plan cannot be judged",
                   "計画の採用部分を検査できません");
}

static int carry(struct work *w, struct az_time until, int64_t number)
{
    void *state = NULL;
    enum az_status status =
        w->formulation->carry(w->instance, w->plan, until, w->arena, &state, &w->findings);
    json_t *json = status == AZ_OK ? az_json_write(w->formulation->state, state) : NULL;
    if (!json)
        return problem(w, status == AZ_OK ? AZ_NO_MEMORY : status, "No state can be carried on",
                       "状態を引き継げません");
    json_decref(w->course->state);
    w->course->state = json;
    w->course->last = number;
    return AZ_EXIT_DONE;
}

/* --- the plan's document ------------------------------------------------------------------------
 */

/* Members of the base that differ, whole; null for one that is gone. */
static json_t *changes_of(const json_t *base, const json_t *other)
{
    json_t *changes = json_object(), *value;
    const char *name;
    json_object_foreach((json_t *)other, name,
                        value) if (changes && !json_equal(json_object_get(base, name), value))
        json_object_set(changes, name, value);
    json_object_foreach((json_t *)base, name, value) if (changes && !json_object_get(other, name))
        json_object_set_new(changes, name, json_null());
    return changes;
}

static enum az_status add_plan(const struct work *w)
{
    struct az_days_run *run = w->run;
    const struct az_days_variant *variant = w->course->variant;
    struct az_words name = az_name_words(w->arena, variant->name, variant->id);
    if (!run->plans) return AZ_OK;
    const char *en = az_arena_format(w->arena, "%s, %s", name.en, w->day->date);
    const char *ja = az_arena_format(w->arena, "%s、%s", name.ja, w->day->date);
    if (!en || !ja) return AZ_NO_MEMORY;
    json_t *item = json_pack("{s:s, s:{s:s, s:s}, s:o, s:O*, s:O*, s:O*}", "id", w->id, "name",
                             "en", en, "ja", ja, "changes",
                             changes_of(run->base.document, w->document), "plan", w->driven.plan,
                             "certificate", w->driven.certificate, "problem", w->driven.problem);
    return json_array_append_new(run->plans, item) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static int plan_day(struct work *w, const struct az_day *day)
{
    struct az_time start;
    int code = make_instance(w, day);
    if (code == AZ_EXIT_DONE) code = drive(w);
    if (code != AZ_EXIT_DONE) return code;
    const char *text = json_string_value(json_object_get(w->document, "start"));
    if (!text || !az_time_parse(text, &start)) return problem(w, AZ_INTERNAL, NULL, NULL);
    struct az_time until = az_time_add(start, AZ_DAY_S);
    code = keep(w, until);
    if (code == AZ_EXIT_DONE) code = carry(w, until, day->number);
    if (code == AZ_EXIT_DONE && add_plan(w) != AZ_OK) code = no_memory(w);
    return code;
}

int az_days_plan(struct az_days_run *run, struct az_days_course *course, size_t d)
{
    const struct az_day *day = &run->days.items[d];
    struct work w = { .run = run,
                      .course = course,
                      .day = &course->variant->days.items[d],
                      .formulation = run->base.formulation,
                      .arena = az_arena_new(NULL) };
    w.day->date = day->date;
    w.day->open_jpy = w.day->gap = w.day->seconds = NAN;
    if (!w.arena) return az_cli_status(run->cli, AZ_NO_MEMORY, day->date);
    az_findings_init(&w.findings, w.arena, 0);
    w.id = az_arena_format(w.arena, "%s:%s", course->variant->id, day->date);
    int code = w.id ? plan_day(&w, day) : no_memory(&w);
    json_decref(w.document);
    json_decref(w.driven.plan);
    az_arena_free(w.arena);
    return code;
}
