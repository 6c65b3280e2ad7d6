/* fuzz_documents.c - the files that commands write and read again: plans with their certificates,
 * studies of single plans and over days, variants, states, key files, paths and dates.
 *
 * Documents are {"instance", NAME: ...}: every part that is there is read as its command does, for
 * the instance. What they print goes nowhere. Findings or an answer, never both, and what is drawn
 * is whole. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/cli/days.h"
#include "adapters/cli/rest.h"
#include "adapters/cli/study.h"
#include "adapters/import/days.h"
#include "adapters/json/json.h"
#include "adapters/keyfile.h"
#include "adapters/service/documents.h"
#include "formulations/microgrid/instance.h"
#include "tests/fuzz/common/kind.h"
#include "tests/fuzz/common/tree.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);

extern const struct az_command az_cmd_study;

struct run {
    struct az_cli cli;
    struct az_cli_case data;
    const json_t *root;
    FILE *nowhere;
};

static struct az_fuzz_part parts[6];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    parts[0] = (struct az_fuzz_part){ "instance", &mg_instance_table, -1 };
    parts[1] = (struct az_fuzz_part){ "plan", &mg_plan_table, 0 };
    parts[2] = (struct az_fuzz_part){ "state", &mg_state_table, 0 };
    parts[3] = (struct az_fuzz_part){ "certificate", &az_certificate_table, -1 };
    parts[4] = (struct az_fuzz_part){ "variants", &az_days_asked_table, -1 };
    parts[5] = (struct az_fuzz_part){ "days", &az_days_study_table, -1 };
    stdout = stderr = fopen("/dev/null", "w");
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
{
    return az_fuzz_tree_mutate(parts, 6, data, size, most, seed);
}

/* A document as a file of its own; close the descriptor. */
static int file_of(const json_t *json, char path[64])
{
    size_t length;
    char *text = az_json_compact(json, &length);
    int file = memfd_create("any.json", 0);
    az_fuzz_must(text && file >= 0 && write(file, text, length) == (ssize_t)length);
    snprintf(path, 64, "/proc/self/fd/%d", file);
    free(text);
    return file;
}

static void draw(const struct run *run, const struct az_report *report)
{
    char *text = NULL;
    size_t length = 0;
    az_fuzz_must(az_report_html(report, &text, &length) == AZ_OK);
    az_fuzz_must(length > 0 && az_utf8_valid(text, length) == length);
    free(text);
    az_report_terminal(report, run->nowhere, 80, true);
}

/* --- plans and studies ------------------------------------------------------------------------ */

static void read_plan(struct run *run)
{
    char path[64];
    const json_t *certificate = json_object_get(run->root, "certificate");
    json_t *file = json_pack("{s:s, s:O, s:O*}", "kind", "microgrid", "plan",
                             json_object_get(run->root, "plan"), "certificate", certificate);
    int descriptor = file_of(file, path);
    struct az_cli_case data = run->data;
    if (az_cli_case_plan(&run->cli, path, &data) == AZ_EXIT_DONE) az_fuzz_must(data.plan != NULL);
    az_cli_certificate(&run->cli, run->nowhere, certificate, NULL, 900);
    close(descriptor);
    json_decref(file);
}

static void read_study(struct run *run, const json_t *document)
{
    char path[64];
    struct az_study study = { .data = &run->data };
    struct az_view view;
    struct az_report report;
    int descriptor = file_of(document, path);
    az_fuzz_must(az_study_read(document, run->cli.arena, &study) == AZ_OK);
    for (size_t i = 0; i < study.count && i < 10; i++) {
        struct az_cli_case one;
        if (!study.items[i].plan) continue;
        if (az_cli_case_study_plan(&run->cli, path, document, i, &run->data, &one) ==
            AZ_EXIT_DONE) {
            study.items[i].alternative.instance = one.instance;
            study.items[i].read = one.plan;
        }
        az_cli_case_close(&one);
    }
    az_study_compare(&study);
    az_fuzz_must(az_study_report(&study, run->cli.arena, AZ_JAPANESE, &view, &report) == AZ_OK);
    draw(run, &report);
    close(descriptor);
}

static void read_days(struct run *run, const json_t *document)
{
    struct az_days_study *study = NULL;
    struct az_findings findings;
    struct az_view view;
    struct az_report report;
    az_findings_init(&findings, run->cli.arena, 50);
    az_fuzz_must(az_days_read(document, run->cli.arena, &findings, &study) == AZ_OK);
    az_fuzz_words(&findings, run->cli.arena);
    if (az_findings_total(&findings) > 0) return;
    az_fuzz_must(az_days_report(study, run->data.formulation, run->cli.arena, AZ_ENGLISH, &view,
                                &report) == AZ_OK);
    draw(run, &report);
}

/* --- variants and days ------------------------------------------------------------------------ */

static void read_variants(struct run *run, const json_t *document)
{
    char path[64];
    json_t *file = NULL;
    struct az_days_asked *asked = NULL;
    int descriptor = file_of(document, path);
    int code = az_cli_variants(&run->cli, path, "microgrid", &file, &asked);
    az_fuzz_must(code == AZ_EXIT_DONE || code == AZ_EXIT_USAGE);
    for (size_t i = 0; code == AZ_EXIT_DONE && i < asked->variants.count && i < 5; i++) {
        struct az_findings findings;
        json_t *changed = NULL;
        void *instance = NULL;
        az_findings_init(&findings, run->cli.arena, 50);
        az_fuzz_must(az_variant_document(run->data.formulation, run->data.document,
                                         &asked->variants.items[i], i, &findings,
                                         &changed) == AZ_OK);
        if (az_findings_total(&findings) == 0)
            az_fuzz_must(az_json_read(run->data.formulation->instance, changed, NULL,
                                      run->cli.arena, &findings, &instance) == AZ_OK);
        az_fuzz_words(&findings, run->cli.arena);
        json_decref(changed);
    }
    close(descriptor);
    json_decref(file);
}

static void read_dates(struct run *run, const char *text)
{
    struct az_day_list days = { 0 };
    struct az_findings findings;
    struct az_arena *arena = run->cli.arena;
    az_findings_init(&findings, arena, 20);
    az_fuzz_must(az_days_parse(text, NULL, arena, &findings, &days) == AZ_OK);
    az_fuzz_words(&findings, arena);
    if (az_findings_total(&findings) > 0) return;
    az_fuzz_must(days.count > 0 && days.count <= AZ_MOST_DAYS);
    for (size_t i = 1; i < days.count; i++)
        az_fuzz_must(days.items[i].number > days.items[i - 1].number);
    for (size_t i = 0; i < days.count; i += days.count / 2 + 1) {
        struct az_day_files none = { 0 };
        json_t *document = NULL, *state = json_object_get(run->root, "state");
        az_findings_init(&findings, arena, 20);
        az_fuzz_must(az_day_document(&none, run->data.document, "microgrid", days.items[i].date, 0,
                                     json_is_object(state) ? state : NULL, arena, &findings,
                                     &document) == AZ_OK);
        az_fuzz_must((document == NULL) == (az_findings_total(&findings) > 0));
        az_fuzz_words(&findings, arena);
        if (document) {
            az_fuzz_must(az_day_repeat(&mg_instance_table, i > 0, document) == AZ_OK);
            json_t *renamed = json_is_object(state) ? json_deep_copy(state) : json_object();
            az_fuzz_must(az_day_rename(run->data.formulation, run->data.document, document,
                                       renamed) == AZ_OK);
            json_decref(renamed);
        }
        json_decref(document);
    }
}

/* --- values and cuts -------------------------------------------------------------------------- */

static void set_values(struct run *run, const json_t *list)
{
    json_t *document = json_deep_copy(run->data.document), *item;
    size_t i;
    json_array_foreach(list, i, item)
    {
        if (json_is_string(item) && i < 20) az_set_by_path(document, json_string_value(item));
    }
    json_decref(document);
}

/* What is left of an instance or a plan reads as before. */
static void cut(struct run *run, json_int_t slots)
{
    for (int rest = 0; rest < 2; rest++) {
        json_t *document = json_deep_copy(run->data.document);
        struct az_findings findings;
        void *instance = NULL;
        az_findings_init(&findings, run->cli.arena, 20);
        struct az_time start = ((struct mg_instance *)run->data.instance)->start;
        enum az_status status = rest
                                    ? az_rest_of(document, &mg_instance_table, start, (size_t)slots)
                                    : az_head_of(document, &mg_instance_table, (size_t)slots);
        az_fuzz_must(status == AZ_OK || status == AZ_INVALID || status == AZ_UNSUPPORTED);
        if (status == AZ_OK)
            az_fuzz_must(az_json_read(&mg_instance_table, document, NULL, run->cli.arena, &findings,
                                      &instance) == AZ_OK);
        az_fuzz_must(az_findings_total(&findings) == 0);
        json_decref(document);
    }
}

/* --- key files -------------------------------------------------------------------------------- */

static void read_key(struct run *run, const json_t *key)
{
    static char path[64];
    struct az_keyfile *keyfile = NULL;
    struct az_findings findings;
    const char *raw = json_string_value(key), *joined;
    char *text = raw ? strdup(raw) : az_json_compact(key, NULL);
    snprintf(path, sizeof path, "/tmp/azumi-fuzz-key-%ld", (long)getpid());
    int file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    az_fuzz_must(file >= 0 && text && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    az_findings_init(&findings, run->cli.arena, 10);
    az_fuzz_must(az_keyfile_open(path, run->cli.arena, &findings, &keyfile) == AZ_OK);
    az_fuzz_must((keyfile == NULL) == (az_findings_total(&findings) > 0));
    az_fuzz_words(&findings, run->cli.arena);
    if (keyfile) {
        az_fuzz_must(az_keyfile_join(keyfile, text, run->cli.arena, &joined) == AZ_OK && joined);
        az_keyfile_named(keyfile, "p", "名前");
        az_fuzz_must(az_keyfile_id(keyfile, "p", "x") != NULL);
    }
    az_keyfile_close(keyfile);
    unlink(path);
    free(text);
}

/* --- the fuzzer ------------------------------------------------------------------------------- */

static bool prepare(struct run *run, const json_t *instance)
{
    struct az_answer answer = { 0 };
    struct az_findings findings;
    struct az_cli_case *data = &run->data;
    az_findings_init(&findings, run->cli.arena, 50);
    az_findings_init(&data->assumptions, run->cli.arena, 50);
    az_fuzz_must(az_read_instance(data->formulation, instance, NULL, run->cli.arena, &findings,
                                  &data->instance) == AZ_OK);
    if (az_findings_total(&findings) > 0) return false;
    struct az_job job = { .formulation = data->formulation, .instance = data->instance };
    enum az_status status = az_job_prepare(&job, run->cli.arena, &answer);
    az_fuzz_must(status == AZ_OK || status == AZ_INVALID);
    data->document = (json_t *)instance;
    return status == AZ_OK;
}

static void read_parts(struct run *run)
{
    const json_t *root = run->root, *part;
    if ((part = json_object_get(root, "days")) && json_is_object(part)) read_days(run, part);
    if ((part = json_object_get(root, "key"))) read_key(run, part);
    if (!prepare(run, json_object_get(root, "instance"))) return;
    if (json_is_object(json_object_get(root, "plan"))) read_plan(run);
    if (json_is_object(part = json_object_get(root, "study"))) read_study(run, part);
    if (json_is_object(part = json_object_get(root, "variants"))) read_variants(run, part);
    if (json_is_string(part = json_object_get(root, "dates")))
        read_dates(run, json_string_value(part));
    if (json_is_array(part = json_object_get(root, "set"))) set_values(run, part);
    if (json_is_integer(part = json_object_get(root, "cut"))) cut(run, json_integer_value(part));
    part = json_object_get(root, "explanation");
    if (json_is_object(part)) az_cli_explanation(&run->cli, run->nowhere, part);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *root = az_json_parse((const char *)data, size, NULL, NULL);
    if (!root) return 0;
    const char *argument = "any";
    struct run run = { .root = root, .nowhere = stdout };
    run.data.formulation = az_formulation_find("microgrid");
    run.cli = (struct az_cli){ .command = &az_cmd_study,
                               .language = AZ_JAPANESE,
                               .arena = az_arena_new(NULL),
                               .arguments = &argument,
                               .argument_count = 1 };
    if (json_is_object(json_object_get(root, "instance"))) read_parts(&run);
    json_decref(root);
    az_arena_free(run.cli.arena);
    return 0;
}
