/* cmd_study.c - `azumi study`: the other plans that an instance asks for (points of a front,
 * scenarios), each by a solver child of its own and with its own certificate, side by side. With
 * --days a base and variants of it over days, see days_run.c. */
#include <string.h>

#include "adapters/cli/days.h"
#include "adapters/cli/drive_plan.h"
#include "adapters/cli/remote.h"
#include "adapters/cli/solve_view.h"
#include "adapters/cli/study.h"
#include "adapters/json/json.h"
#include "adapters/service/documents.h"
#include "formulations/common/figures.h"

#define FIRST_ROOM 8

struct run {
    struct az_cli *cli;
    struct az_cli_case data;
    struct az_study study;
    size_t room;
    json_t *options;  /* of every request */
    json_t *variants; /* the VARIANTS document; owned; NULL: what the instance asks for */
    struct az_days_asked *asked; /* what it says */
    double deadline_s;
    struct az_cli_driver driver;
};

/* --- one plan ----------------------------------------------------------------------------------
 */

/* The options of its request: it begins from the plan of another one. A new reference. */
static json_t *options_of(const struct run *run, const struct az_study_item *item)
{
    json_t *options = json_copy(run->options), *previous = NULL;
    size_t start = item->alternative.start;
    if (start != AZ_NO_INDEX && run->study.items[start].plan)
        previous = run->study.items[start].plan;
    if (previous && options && !json_object_get(options, "previous_plan"))
        json_object_set(options, "previous_plan", previous);
    return options;
}

/* A problem of ours: the instance of an alternative is wrong, or its solver could not be run. */
static json_t *problem_of(const struct run *run, enum az_status status,
                          const struct az_findings *findings)
{
    const struct az_cli *cli = run->cli;
    bool wrong = status == AZ_INVALID;
    return az_json_problem(wrong ? "urn:azumi:problem:invalid_instance"
                                 : "urn:azumi:problem:internal",
                           wrong ? az_cli_say(cli, "The instance is wrong", "入力が誤っています")
                                 : az_status_words(status),
                           NULL, findings, cli->language);
}

/* Resolves the plan's own instance and reads the plan against it. An exit status. */
static int read_plan(struct run *run, struct az_study_item *item)
{
    struct az_cli *cli = run->cli;
    struct az_findings findings;
    void *plan = NULL;
    az_findings_init(&findings, cli->arena, 0);
    enum az_status status = az_read_plan(run->data.formulation, item->alternative.instance,
                                         item->plan, NULL, cli->arena, &findings, &plan);
    if (status == AZ_OK && az_findings_total(&findings) > 0) status = AZ_INTERNAL;
    if (status == AZ_OK)
        status = az_study_values(run->data.formulation, item->alternative.instance, plan,
                                 cli->arena, item->value);
    item->read = plan;
    if (status == AZ_OK) return AZ_EXIT_DONE;
    json_decref(item->plan); /* not to be compared with the others */
    item->plan = NULL;
    item->problem = problem_of(run, status, NULL);
    return az_cli_status(cli, status, item->alternative.id);
}

/* Solves one alternative. Without a plan the item says so by its certificate or its problem. An
 * exit status. */
static int solve(struct run *run, struct az_study_item *item)
{
    struct az_cli_driven driven;
    json_t *options = options_of(run, item);
    if (!options) return az_cli_status(run->cli, AZ_NO_MEMORY, "study");
    int code = az_cli_drive(&run->driver, item->alternative.id, item->document, options,
                            run->deadline_s, &driven);
    json_decref(options);
    item->plan = driven.plan;
    item->certificate = driven.certificate;
    item->problem = driven.status == AZ_OK ? driven.problem : problem_of(run, driven.status, NULL);
    return code == AZ_EXIT_DONE && item->plan ? read_plan(run, item) : code;
}

/* --- all plans ---------------------------------------------------------------------------------
 */

static enum az_status make_room(struct run *run)
{
    if (run->study.count < run->room) return AZ_OK;
    size_t room = run->room ? 2 * run->room : FIRST_ROOM;
    struct az_study_item *items = AZ_ARRAY(run->cli->arena, room, struct az_study_item);
    if (!items) return AZ_NO_MEMORY;
    if (run->study.count > 0) memcpy(items, run->study.items, run->study.count * sizeof *items);
    run->study.items = items;
    run->room = room;
    return AZ_OK;
}

/* A problem that says what is wrong with an alternative's instance. */
static enum az_status refuse(const struct run *run, struct az_study_item *item,
                             const struct az_findings *findings)
{
    az_cli_findings(run->cli, stderr, item->alternative.id, findings);
    item->problem = problem_of(run, AZ_INVALID, findings);
    return item->problem ? AZ_OK : AZ_NO_MEMORY;
}

/* The instance as it is, then its variants, read and linked. */
static enum az_status make_variant(struct run *run, size_t i, struct az_findings *findings,
                                   struct az_alternative *alternative)
{
    static const struct az_days_variant base = { .id = AZ_BASE_ID, .name = AZ_BASE_NAME };
    struct az_arena *arena = run->cli->arena;
    json_t *document = NULL;
    if (i > run->asked->variants.count) return AZ_NOT_FOUND;
    const struct az_days_variant *variant = i > 0 ? &run->asked->variants.items[i - 1] : &base;
    *alternative =
        (struct az_alternative){ .id = variant->id,
                                 .name = az_name_words(arena, variant->name, variant->id),
                                 .start = AZ_NO_INDEX };
    if (!alternative->name.en) return AZ_NO_MEMORY;
    enum az_status status = az_variant_document(run->data.formulation, run->data.document, variant,
                                                i - 1, findings, &document);
    if (status == AZ_OK && az_findings_total(findings) == 0)
        status = az_read_instance(run->data.formulation, document, NULL, arena, findings,
                                  &alternative->instance);
    json_decref(document);
    return status;
}

/* The next alternative, its document written before it is resolved; one whose instance is wrong
 * has a problem. AZ_NOT_FOUND past the last. */
static enum az_status next(struct run *run, size_t i, const void *const plans[],
                           struct az_study_item *item)
{
    const struct az_formulation *formulation = run->data.formulation;
    struct az_answer answer = { 0 };
    struct az_findings findings;
    az_findings_init(&findings, run->cli->arena, 0);
    *item = (struct az_study_item){ .beaten_by = AZ_NO_INDEX };
    if (run->asked)
        AZ_TRY(make_variant(run, i, &findings, &item->alternative));
    else
        AZ_TRY(formulation->alternatives->make(run->data.instance, i, plans, run->cli->arena,
                                               &item->alternative));
    if (az_findings_total(&findings) > 0) return refuse(run, item, &findings);
    item->document = az_json_write(formulation->instance, item->alternative.instance);
    if (!item->document) return AZ_NO_MEMORY;
    struct az_job job = { .formulation = formulation, .instance = item->alternative.instance };
    enum az_status status = az_job_prepare(&job, run->cli->arena, &answer);
    return status == AZ_INVALID ? refuse(run, item, &answer.findings) : status;
}

static void say_item(const struct run *run, const struct az_study_item *item)
{
    char number[64], words[32];
    const struct az_cli *cli = run->cli;
    if (az_cli_flag(cli, "quiet")) return;
    az_cli_print(stdout, "%s: ", az_say(item->alternative.name, cli->language));
    if (!item->plan) az_cli_print(stdout, "%s", az_cli_say(cli, "no plan", "計画なし"));
    if (item->problem) az_cli_print(stdout, " (%s)", az_cli_member(item->problem, "title"));
    for (size_t k = 0; item->plan && k < run->study.axis_count; k++) {
        const struct az_axis *axis = &run->study.axis[k];
        az_cli_print(stdout, "%s%s %s %s", k > 0 ? ", " : "", az_say(axis->label, cli->language),
                     az_cli_number_words(item->value[k], axis->decimals, number),
                     az_cli_unit(cli, axis->unit, item->value[k], words));
    }
    double gap = az_cli_member_number(item->certificate, "gap");
    if (item->plan) az_cli_print(stdout, " (%s", az_cli_member(item->certificate, "status"));
    if (item->plan && isfinite(gap))
        az_cli_print(stdout, ", %s %.3f %%", az_cli_say(cli, "gap", "ギャップ"), 100 * gap);
    if (item->plan) fputc(')', stdout);
    fputc('\n', stdout);
    fflush(stdout);
}

/* Alternatives do not depend on each other: those after one that cannot be made are still made. The
 * first of their failures that says more than `no plan`; AZ_EXIT_NO when only plans are missing. */
static int make_all(struct run *run)
{
    struct az_study *study = &run->study;
    bool missing = false;
    int failure = AZ_EXIT_DONE;
    size_t asked = 0;
    for (size_t i = 0; !run->driver.stopped; i++) {
        const void **plans = AZ_ARRAY(run->cli->arena, i + 1, const void *);
        enum az_status status = plans ? make_room(run) : AZ_NO_MEMORY;
        struct az_study_item item;
        for (size_t k = 0; status == AZ_OK && k < study->count; k++)
            plans[k] = study->items[k].read;
        if (status == AZ_OK) status = next(run, i, plans, &item);
        if (status == AZ_NOT_FOUND) break;
        asked++;
        if (status == AZ_NO_PLAN) continue;
        if (status != AZ_OK) return az_cli_status(run->cli, status, "study");
        study->items[study->count++] = item;
        struct az_study_item *it = &study->items[study->count - 1];
        int code = it->problem ? AZ_EXIT_USAGE : solve(run, it);
        if (code != AZ_EXIT_DONE && code != AZ_EXIT_NO && failure == AZ_EXIT_DONE) failure = code;
        say_item(run, it);
        missing = missing || !it->plan;
    }
    if (asked == 0)
        return az_cli_usage(
            run->cli, "%s",
            az_cli_say(run->cli, "the instance asks for no other plans (a front, scenarios)",
                       "この入力は他の計画（パレートフロント・シナリオ）を求めていません"));
    if (run->driver.stopped) return AZ_EXIT_UNFINISHED;
    if (failure != AZ_EXIT_DONE) return failure;
    return missing ? AZ_EXIT_NO : AZ_EXIT_DONE;
}

/* --- what is written ---------------------------------------------------------------------------
 */

static int write_report(struct run *run, const char *path)
{
    struct az_view view;
    struct az_report report;
    enum az_status status =
        az_study_report(&run->study, run->cli->arena, run->cli->language, &view, &report);
    return status == AZ_OK ? az_cli_write_report(run->cli, &report, path)
                           : az_cli_status(run->cli, status, path);
}

static int write_all(struct run *run)
{
    const char *path = az_cli_text(run->cli, "output"), *report = az_cli_text(run->cli, "report");
    int code = AZ_EXIT_DONE;
    az_study_compare(&run->study);
    if (path) {
        json_t *document = az_study_json(&run->study);
        code = document ? az_cli_write_json(run->cli, path, document)
                        : az_cli_status(run->cli, AZ_NO_MEMORY, path);
        json_decref(document);
    }
    return code == AZ_EXIT_DONE && report ? write_report(run, report) : code;
}

static void close_all(struct run *run)
{
    for (size_t i = 0; i < run->study.count; i++) {
        json_decref(run->study.items[i].document);
        json_decref(run->study.items[i].plan);
        json_decref(run->study.items[i].certificate);
        json_decref(run->study.items[i].problem);
    }
    json_decref(run->options);
    json_decref(run->variants);
    az_cli_case_close(&run->data);
}

/* Options that belong to days, without any. An exit status. */
static int refuse_days(const struct az_cli *cli)
{
    static const char *const of_days[] = { "jepx", "area", "horizon", "time-all", "plans" };
    for (size_t i = 0; i < sizeof of_days / sizeof *of_days; i++)
        if (az_cli_text(cli, of_days[i]))
            return az_cli_usage(cli,
                                az_cli_say(cli, "--%s is of a study with --days",
                                           "--%s は --days とともに使います"),
                                of_days[i]);
    return AZ_EXIT_DONE;
}

/* VARIANTS of a single plan. An exit status. */
static int read_variants(struct run *run)
{
    struct az_cli *cli = run->cli;
    if (cli->argument_count < 2) return AZ_EXIT_DONE;
    int code = az_cli_variants(cli, cli->arguments[1], run->data.formulation->name, &run->variants,
                               &run->asked);
    for (size_t i = 0; code == AZ_EXIT_DONE && i < run->asked->variants.count; i++) {
        const struct az_days_variant *variant = &run->asked->variants.items[i];
        if (variant->capex_jpy > 0 || variant->operation_jpy_per_year != 0)
            code = az_cli_usage(
                cli,
                az_cli_say(cli, "%s: variants/%zu (%s): an investment is compared over --days",
                           "%s: variants/%zu (%s): 投資は --days で日々を通して比べます"),
                cli->arguments[1], i, variant->id);
    }
    return code;
}

static int run_study(struct az_cli *cli)
{
    struct run run = { .cli = cli };
    if (az_cli_text(cli, "days")) return az_cli_study_days(cli);
    int refused = refuse_days(cli);
    if (refused != AZ_EXIT_DONE) return refused;
    int code = az_cli_case_open(cli, cli->arguments[0], &run.data);
    if (code != AZ_EXIT_DONE) return code;
    const struct az_formulation *formulation = run.data.formulation;
    az_cli_driver_open(&run.driver, cli, formulation->name);
    run.study.data = &run.data;
    code = read_variants(&run);
    if (code == AZ_EXIT_DONE && !run.asked && !formulation->alternatives)
        code = az_cli_usage(cli,
                            az_cli_say(cli, "plans of kind %s have no alternatives",
                                       "種類 %s の計画には代替案がありません"),
                            formulation->name);
    if (code == AZ_EXIT_DONE) code = az_cli_solve_options(cli, &run.options);
    if (code == AZ_EXIT_DONE) {
        const json_t *time = json_object_get(run.options, "deadline_s");
        run.deadline_s = json_is_number(time) ? json_number_value(time) : 60;
        run.study.axis_count = az_study_axes(formulation, run.data.instance, run.study.axis);
        code = make_all(&run);
    }
    if (run.study.count > 0) {
        int written = write_all(&run);
        if (written != AZ_EXIT_DONE) code = written;
    }
    close_all(&run);
    return code;
}

static const struct az_option options[] = {
    { .name = "days",
      .value = "DAYS",
      .words = { "BASE and VARIANTS over days in a row, the state carried on: "
                 "2025-04-05..2025-04-11,2025-07-01; 2025-04 is a month, 2025 a year",
                 "BASE と VARIANTS を日々続けて比べる。例 "
                 "2025-04-05..2025-04-11,2025-07-01。2025-04 "
                 "は月、2025 は年" } },
    { .name = "jepx",
      .value = "FILE",
      .repeat = true,
      .words = { "prices of these days, as for `import jepx`",
                 "その日の価格（import jepx と同じ）" } },
    { .name = "area",
      .value = "FILE",
      .repeat = true,
      .words = { "shapes of load and sun of these days, as for `import area`",
                 "その日の需要・太陽光の形（import area と同じ）" } },
    { .name = "horizon",
      .value = "HOURS",
      .words = { "how far ahead each day is planned; 24 hours are kept (36)",
                 "各日の計画の長さ。24 時間分を採用する（36）" } },
    { .name = "time-all",
      .value = "S",
      .words = { "begin no plan after so many seconds in all", "全体の秒数の上限" } },
    { .name = "plans", .words = { "write the plan of every day, too", "日ごとの計画も書き込む" } },
    { .name = "output",
      .letter = 'o',
      .value = "STUDY",
      .words = { "write all plans with their certificates there", "全計画と証明書の書き込み先" } },
    { .name = "report",
      .value = "FILE.html",
      .words = { "draw the comparison as an HTML file", "比較を描いた HTML の書き込み先" } },
    AZ_SOLVE_OPTIONS_TIMED("at most so many seconds for each plan (60)",
                           "計画ごとの秒数の上限（60）"),
    { .name = "kind",
      .value = "KIND",
      .words = { "kind of plan, when the instance does not say", "計画の種類（入力にないとき）" } },
    { .name = "quiet", .words = { "print nothing but failures", "失敗のほかは何も表示しない" } },
};

const struct az_command az_cmd_study = {
    .name = "study",
    .arguments = "BASE [VARIANTS]",
    .summary = { "make all plans that an instance asks for (a front between two aims, scenarios), "
                 "or compare it with variants of it, with --days over days",
                 "入力が求める複数の計画（パレートフロント、シナリオ）を立てて比べる。または入力と"
                 "その案"
                 "を比べる（--days では日々を通して）" },
    AZ_OPTIONS(options),
    .argument_min = 1,
    .argument_max = 2,
    .run = run_study,
};
