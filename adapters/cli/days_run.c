/* days_run.c - `azumi study --days`: a base and variants over chosen days. Days are planned one
 * after the other, all variants of a day before the next, so that a study that is cut short has the
 * same days of each. */
#include <stdlib.h>
#include <string.h>

#include "adapters/cli/days_run.h"
#include "adapters/cli/remote.h"
#include "adapters/cli/solve_view.h"
#include "adapters/json/json.h"

#define HORIZON_H 36.0
#define KEPT_H 24.0
#define MOST_HORIZON_H 240.0
#define DEADLINE_S 60.0
#define WRITE_S 60.0 /* between two writings of a study under way */

/* --- what is asked ------------------------------------------------------------------------------
 */

static int64_t integer_of(const struct az_days_run *run, const char *name)
{
    const struct az_field *field = az_field_find(run->base.formulation->instance, name);
    const char *at = run->base.instance;
    return field && field->type == AZ_T_INTEGER
               ? *(const int64_t *)(const void *)(at + field->offset)
               : AZ_NO_INTEGER;
}

/* Slots of the horizon and of a day. An exit status. */
static int read_horizon(struct az_days_run *run)
{
    struct az_cli *cli = run->cli;
    const struct az_field *start = az_field_find(run->base.formulation->instance, "start");
    const char *at = run->base.instance;
    double hours = HORIZON_H;
    int64_t minutes = integer_of(run, "slot_minutes");
    if (!az_cli_number(cli, "horizon", KEPT_H, MOST_HORIZON_H, &hours)) return AZ_EXIT_USAGE;
    if (!start || minutes <= 0) return az_cli_status(cli, AZ_UNSUPPORTED, "--days");
    int64_t second = ((const struct az_time *)(const void *)(at + start->offset))->utc_s;
    if (second % 3600 != 0)
        return az_cli_usage(cli, "%s",
                            az_cli_say(cli, "--days: the instance must start on the hour",
                                       "--days: 入力は毎正時に始まらなければなりません"));
    if (fabs(fmod(hours * 60, (double)minutes)) > 1e-9)
        return az_cli_usage(cli,
                            az_cli_say(cli, "--horizon must be whole slots of %d minutes",
                                       "--horizon は %d 分のコマの整数倍です"),
                            (int)minutes);
    run->slots = (int64_t)round(hours * 60 / (double)minutes);
    run->kept = (int64_t)(KEPT_H * 60) / minutes;
    run->study.horizon_h = hours;
    run->study.kept_h = KEPT_H;
    return AZ_EXIT_DONE;
}

/* "spot.csv" of a path. */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Files of --jepx or --area. */
static enum az_status read_files(struct az_days_run *run, const char *option,
                                 struct az_inputs *inputs, struct az_findings *findings)
{
    struct az_cli *cli = run->cli;
    const char **paths = AZ_ARRAY(cli->arena, cli->given_count + 1, const char *);
    if (!paths) return AZ_NO_MEMORY;
    size_t count = az_cli_texts(cli, option, paths, cli->given_count);
    for (size_t i = 0; i < count; i++) {
        AZ_TRY(az_inputs_add_file(inputs, paths[i], cli->arena, findings));
        run->study.files.items[run->study.files.count++] = file_name(paths[i]);
    }
    return AZ_OK;
}

static int read_days(struct az_days_run *run)
{
    struct az_findings findings;
    struct az_cli *cli = run->cli;
    az_findings_init(&findings, cli->arena, 0);
    enum az_status status = az_days_parse(az_cli_text(cli, "days"), AZ_AT(NULL, "--days"),
                                          cli->arena, &findings, &run->days);
    run->study.files.items = AZ_ARRAY(cli->arena, cli->given_count + 1, const char *);
    run->study.dates.items = AZ_ARRAY(cli->arena, run->days.count, const char *);
    if (!run->study.files.items || !run->study.dates.items) status = AZ_NO_MEMORY;
    for (size_t d = 0; status == AZ_OK && d < run->days.count; d++)
        run->study.dates.items[run->study.dates.count++] = run->days.items[d].date;
    if (status == AZ_OK) status = read_files(run, "jepx", &run->files.prices, &findings);
    if (status == AZ_OK) status = read_files(run, "area", &run->files.areas, &findings);
    az_cli_findings(cli, stderr, NULL, &findings);
    if (status != AZ_OK) return az_cli_status(cli, status, "study");
    return az_findings_total(&findings) > 0 ? AZ_EXIT_USAGE : AZ_EXIT_DONE;
}

/* Every day of the base can be made: better told now than after hours of planning. */
static int try_days(struct az_days_run *run)
{
    struct az_cli *cli = run->cli;
    bool wrong = false;
    for (size_t d = 1; d < run->days.count; d++) {
        struct az_arena *arena = az_arena_new(NULL);
        struct az_findings findings;
        json_t *document = NULL;
        if (!arena) return az_cli_status(cli, AZ_NO_MEMORY, "study");
        az_findings_init(&findings, arena, 0);
        enum az_status status =
            az_day_document(&run->files, run->base.document, run->base.formulation->name,
                            run->days.items[d].date, run->slots, NULL, arena, &findings, &document);
        az_cli_findings(cli, stderr, NULL, &findings);
        wrong = wrong || az_findings_total(&findings) > 0;
        json_decref(document);
        az_arena_free(arena);
        if (status != AZ_OK) return az_cli_status(cli, status, "study");
    }
    return wrong ? AZ_EXIT_USAGE : AZ_EXIT_DONE;
}

static int read_all(struct az_days_run *run)
{
    struct az_cli *cli = run->cli;
    const char *variants = cli->argument_count > 1 ? cli->arguments[1] : NULL;
    char *sha256 = az_arena_take(cli->arena, 65);
    const char *unit;
    enum az_sense sense;
    double all = INFINITY, scale;
    struct az_time from, until;
    if (!sha256) return az_cli_status(cli, AZ_NO_MEMORY, "study");
    az_json_sha256(run->base.document, sha256);
    run->study.kind = run->base.formulation->name;
    run->study.instance_sha256 = sha256;
    run->base.formulation->measure(run->base.instance, &sense, &unit, &scale, &from, &until);
    run->study.unit = unit;
    int code = az_cli_solve_options(cli, &run->options);
    if (code == AZ_EXIT_DONE && !az_cli_number(cli, "time-all", 0.01, 1e8, &all))
        code = AZ_EXIT_USAGE;
    if (code == AZ_EXIT_DONE) code = read_horizon(run);
    if (code == AZ_EXIT_DONE) code = read_days(run);
    if (code == AZ_EXIT_DONE) code = az_days_variants(run, variants);
    if (code == AZ_EXIT_DONE) code = try_days(run);
    const json_t *time = json_object_get(run->options, "deadline_s");
    run->deadline_s = json_is_number(time) ? json_number_value(time) : DEADLINE_S;
    run->until = az_system_now() + all;
    if (code == AZ_EXIT_DONE && az_cli_flag(cli, "plans") && !(run->plans = json_array()))
        code = az_cli_status(cli, AZ_NO_MEMORY, "study");
    return code;
}

/* --- the days -----------------------------------------------------------------------------------
 */

static void say_day(const struct az_days_run *run, const struct az_days_variant *variant,
                    const struct az_days_day *day)
{
    const struct az_cli *cli = run->cli;
    char number[64], words[32];
    if (az_cli_flag(cli, "quiet")) return;
    az_cli_print(stdout, "%s %s: ", day->date, variant->id);
    if (!day->sum)
        az_cli_print(stdout, "%s", az_cli_say(cli, "no plan", "計画なし"));
    else
        az_cli_print(stdout, "%s %s", az_cli_number_words(day->sum->cost_jpy, 0, number),
                     az_cli_unit(cli, run->study.unit, day->sum->cost_jpy, words));
    if (isfinite(day->gap))
        az_cli_print(stdout, ", %s %.3f %%", az_cli_say(cli, "gap", "ギャップ"), 100 * day->gap);
    az_cli_print(stdout, ", %.1f s", day->seconds);
    if (day->sum && day->sum->penalty_jpy > 0)
        az_cli_print(stdout, ", %s %s", az_cli_say(cli, "conceded", "譲歩"),
                     az_cli_number_words(day->sum->penalty_jpy, 0, number));
    fputc('\n', stdout);
    fflush(stdout);
}

static bool is_over(const struct az_days_run *run)
{
    return run->driver.stopped || az_system_now() >= run->until;
}

/* Days that nothing is known of yet. */
static void clear_days(struct az_days_run *run)
{
    for (size_t v = 0; v < run->study.variants.count; v++) {
        struct az_days_variant *variant = &run->study.variants.items[v];
        variant->days.count = run->days.count;
        for (size_t d = 0; d < run->days.count; d++)
            variant->days.items[d] = (struct az_days_day){ .date = run->days.items[d].date,
                                                           .anew = -1,
                                                           .gap = NAN,
                                                           .open_jpy = NAN,
                                                           .seconds = NAN };
    }
}

static int total_all(struct az_days_run *run)
{
    struct az_days_variant *items = run->study.variants.items;
    for (size_t v = 0; v < run->study.variants.count; v++)
        if (az_days_total(&items[v], &items[0], run->cli->arena) != AZ_OK)
            return az_cli_status(run->cli, AZ_NO_MEMORY, "study");
    return AZ_EXIT_DONE;
}

static int write_document(struct az_days_run *run, const char *path);

/* What there is so far, once in a while: nobody's night of planning is lost with the machine. */
static int write_so_far(struct az_days_run *run)
{
    const char *path = az_cli_text(run->cli, "output");
    double now = az_system_now();
    if (!path || strcmp(path, "-") == 0 || now < run->written + WRITE_S) return AZ_EXIT_DONE;
    int code = total_all(run);
    if (code == AZ_EXIT_DONE) code = write_document(run, path);
    run->written = now;
    return code;
}

/* Has the first day a plan of any variant? Where all failed, all other days would. */
static bool is_any_planned(const struct az_days_run *run)
{
    for (size_t v = 0; v < run->study.variants.count; v++)
        if (run->study.variants.items[v].days.items[0].sum) return true;
    return false;
}

/* The first failure that says more than that a plan is missing; AZ_EXIT_NO when plans are. */
static int plan_all(struct az_days_run *run)
{
    int failure = AZ_EXIT_DONE;
    bool missing = false;
    run->written = az_system_now();
    clear_days(run);
    for (size_t d = 0; d < run->days.count; d++) {
        for (size_t v = 0; v < run->study.variants.count; v++) {
            struct az_days_variant *variant = &run->study.variants.items[v];
            const struct az_days_day *day = &variant->days.items[d];
            int code = is_over(run) ? AZ_EXIT_NO : az_days_plan(run, &run->courses[v], d);
            if (code != AZ_EXIT_DONE && code != AZ_EXIT_NO && failure == AZ_EXIT_DONE)
                failure = code;
            if (!isnan(day->seconds) && !run->driver.stopped) say_day(run, variant, day);
            missing = missing || !day->sum;
        }
        int code = write_so_far(run);
        if (code != AZ_EXIT_DONE) return code;
        if (d == 0 && failure != AZ_EXIT_DONE && !run->driver.stopped && !is_any_planned(run)) {
            run->useless = true;
            return failure;
        }
    }
    if (run->driver.stopped) return AZ_EXIT_UNFINISHED;
    if (failure != AZ_EXIT_DONE) return failure;
    return missing ? AZ_EXIT_NO : AZ_EXIT_DONE;
}

/* --- what is written ----------------------------------------------------------------------------
 */

static int write_document(struct az_days_run *run, const char *path)
{
    struct az_days_study *study = &run->study;
    json_t *document = NULL;
    study->axes.items = AZ_NEW(run->cli->arena, struct az_document); /* empty, but there */
    study->plans.items = study->axes.items;
    if (study->axes.items) document = az_json_write(&az_days_study_table, study);
    if (document && run->plans && json_object_set(document, "plans", run->plans) != 0) {
        json_decref(document);
        document = NULL;
    }
    int code = document ? az_cli_write_json(run->cli, path, document)
                        : az_cli_status(run->cli, AZ_NO_MEMORY, path);
    json_decref(document);
    return code;
}

static int draw(struct az_days_run *run, const char *report_path)
{
    struct az_view view;
    struct az_report report;
    struct az_cli *cli = run->cli;
    bool quiet = az_cli_flag(cli, "quiet");
    if (quiet && !report_path) return AZ_EXIT_DONE;
    enum az_status status = az_days_report(&run->study, run->base.formulation, cli->arena,
                                           cli->language, &view, &report);
    if (status != AZ_OK) return az_cli_status(cli, status, "study");
    int code = quiet ? AZ_EXIT_DONE : az_cli_draw(cli, &report);
    if (!quiet) fputc('\n', stdout);
    for (size_t i = 0; !quiet && i < view.notes.count; i++)
        az_cli_print(stdout, "%s\n", az_say(view.notes.items[i], cli->language));
    return code == AZ_EXIT_DONE && report_path ? az_cli_write_report(cli, &report, report_path)
                                               : code;
}

static int write_all(struct az_days_run *run)
{
    const char *path = az_cli_text(run->cli, "output");
    int code = total_all(run);
    if (code == AZ_EXIT_DONE && path) code = write_document(run, path);
    return code == AZ_EXIT_DONE ? draw(run, az_cli_text(run->cli, "report")) : code;
}

static void close_all(struct az_days_run *run)
{
    for (size_t v = 0; v < run->study.variants.count; v++) {
        struct az_days_variant *variant = &run->study.variants.items[v];
        for (size_t d = 0; d < variant->days.count; d++) {
            json_decref((json_t *)variant->days.items[d].certificate.node);
            json_decref((json_t *)variant->days.items[d].problem.node);
        }
        json_decref(run->courses[v].document);
        json_decref(run->courses[v].state);
    }
    json_decref(run->asked);
    json_decref(run->nothing);
    json_decref(run->options);
    json_decref(run->plans);
    az_cli_case_close(&run->base);
}

int az_cli_study_days(struct az_cli *cli)
{
    struct az_days_run run = { .cli = cli };
    int code = az_cli_case_open(cli, cli->arguments[0], &run.base);
    if (code != AZ_EXIT_DONE) return code;
    if (!run.base.formulation->chaining || !run.base.formulation->carry)
        code = az_cli_usage(cli,
                            az_cli_say(cli, "plans of kind %s are not chained by days",
                                       "種類 %s の計画は日ごとにつなげません"),
                            run.base.formulation->name);
    if (code == AZ_EXIT_DONE) code = read_all(&run);
    if (code == AZ_EXIT_DONE) {
        az_cli_driver_open(&run.driver, cli, run.base.formulation->name);
        code = plan_all(&run);
        int written = run.useless ? AZ_EXIT_DONE : write_all(&run);
        if (written != AZ_EXIT_DONE) code = written;
    }
    close_all(&run);
    return code;
}
