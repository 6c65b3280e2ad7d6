/* fuzz_solver.c - a solver child that reads and writes whatever it likes, on both sides of it.
 *
 * Documents are {"op", "kind", "instance", "plan", "options", "resume", "certificate", "lines"}.
 * The child's own program reads the job from them, and what it writes goes to the one who drives
 * it: that is an answer or a problem, nothing else. Then the driver hears `lines` from a child that
 * is not to be trusted: objects and texts as they stand; "plan" and "answer" are the messages of
 * resume and certificate. What it keeps of that has been judged. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "adapters/json/json.h"
#include "adapters/service/child.h"
#include "adapters/service/documents.h"
#include "adapters/service/drive.h"
#include "adapters/service/spawn.h"
#include "formulations/microgrid/instance.h"
#include "solver/base/context.h"
#include "tests/fuzz/common/kind.h"
#include "tests/fuzz/common/tree.h"

#define NOBODY (1 << 26) /* a process id beyond all that there are */
#define PATIENCE_S 100

int LLVMFuzzerInitialize(int *argc, char ***argv);
enum az_status __wrap_az_spawn(const struct az_spawn *spawn, pid_t *pid);

static const struct az_fuzz_part parts[] = { { "instance", &mg_instance_table, -1 },
                                             { "plan", &mg_plan_table, 0 },
                                             { "options", &az_options_table, -1 },
                                             { "resume", &mg_plan_table, 0 },
                                             { "certificate", &az_certificate_table, -1 } };
AZ_FUZZ_TREE(parts)

/* --- a process that is none ------------------------------------------------------------------- */

static const char *words; /* what it writes, all at once */
static size_t words_length;

enum az_status __wrap_az_spawn(const struct az_spawn *spawn, pid_t *pid)
{
    *pid = NOBODY;
    fcntl(spawn->out, F_SETPIPE_SZ, 1 << 20);
    fcntl(spawn->out, F_SETFL, O_NONBLOCK);
    size_t most = words_length < 1 << 20 ? words_length : 1 << 20;
    az_fuzz_must(write(spawn->out, words, most) == (ssize_t)most);
    return AZ_OK;
}

/* --- the child -------------------------------------------------------------------------------- */

/* The child keeps its protocol there and leaves it open. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    signal(SIGPIPE, SIG_IGN); /* as every driver does */
    int nothing = open("/dev/null", O_RDWR);
    if (nothing != AZ_CHILD_PROTOCOL_FD) dup2(nothing, AZ_CHILD_PROTOCOL_FD);
    return 0;
}

/* Everything that the child's program writes about this input; the caller frees. */
static char *run_child(const char *input, size_t length, size_t *got)
{
    int in = memfd_create("in", 0), out = memfd_create("out", 0);
    az_fuzz_must(in >= 0 && out >= 0 && write(in, input, length) == (ssize_t)length);
    lseek(in, 0, SEEK_SET);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    az_fuzz_must(az_child_run(az_system_now() + PATIENCE_S, 0) == 0);
    off_t size = lseek(out, 0, SEEK_END);
    char *text = malloc((size_t)size + 1);
    az_fuzz_must(text && pread(out, text, (size_t)size, 0) == size);
    close(in);
    close(out);
    *got = (size_t)size;
    return text;
}

/* --- the driver ------------------------------------------------------------------------------- */

static const char *text_of(const json_t *root, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(root, name));
    return text ? text : otherwise;
}

static char *envelope(const json_t *root, size_t *length)
{
    json_t *request = json_pack(
        "{s:i, s:s, s:s, s:s, s:O*, s:O*, s:O*}", "azumi", 1, "op", text_of(root, "op", "submit"),
        "id", "a", "kind", text_of(root, "kind", "microgrid"), "instance",
        json_object_get(root, "instance"), "plan", json_object_get(root, "plan"), "options",
        json_object_get(root, "options"));
    if (json_is_true(json_object_get(root, "complete")))
        json_object_set_new(request, "complete", json_true());
    char *text = az_json_compact(request, length);
    json_decref(request);
    return text;
}

/* What the driver kept is a plan without a violation, and JSON. */
static void check_driven(const json_t *root, const struct az_driven *driven)
{
    const char *texts[] = { driven->certificate, driven->explanation, driven->judgement,
                            driven->problem,     driven->refused,     driven->plan };
    const struct az_formulation *kind = az_formulation_find(text_of(root, "kind", "microgrid"));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *json = texts[i] ? json_loads(texts[i], JSON_REJECT_DUPLICATES, NULL) : NULL;
        az_fuzz_must(!texts[i] || json_is_object(json));
        json_decref(json);
    }
    if (!driven->plan || strcmp(text_of(root, "op", "submit"), "submit") != 0) return;
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    struct az_judgement judgement;
    void *instance = NULL, *plan = NULL, *certificate = NULL;
    json_t *json = json_loads(driven->plan, 0, NULL);
    az_findings_init(&findings, arena, 10);
    memset(&judgement, 0, sizeof judgement);
    az_fuzz_must(az_read_instance(kind, json_object_get(root, "instance"), NULL, arena, &findings,
                                  &instance) == AZ_OK);
    az_fuzz_must(az_findings_total(&findings) == 0);
    az_fuzz_must(kind->resolve(instance, arena, &findings, NULL) == AZ_OK);
    az_fuzz_must(az_read_plan(kind, instance, json, NULL, arena, &findings, &plan) == AZ_OK);
    az_fuzz_must(az_findings_total(&findings) == 0);
    az_fuzz_must(kind->evaluate(instance, plan, arena, &judgement) == AZ_OK);
    az_fuzz_must(judgement.violation_count == 0);
    json_decref(json);
    json = json_loads(driven->certificate ? driven->certificate : "{}", 0, NULL);
    az_fuzz_must(az_json_read(&az_certificate_table, json, NULL, arena, &findings, &certificate) ==
                 AZ_OK);
    if (driven->certificate) az_fuzz_must(az_findings_total(&findings) == 0);
    json_decref(json);
    az_arena_free(arena);
}

static enum az_status drive(const json_t *root, const char *request, size_t length,
                            const char *text, size_t text_length, struct az_driven *driven)
{
    struct az_drive call = { .request = request,
                             .request_length = length,
                             .until = az_system_now() + PATIENCE_S,
                             .wake_fd = -1 };
    words = text;
    words_length = text_length;
    enum az_status status = az_drive_run(&call, driven);
    az_fuzz_must(status == AZ_OK || status == AZ_INVALID);
    if (status == AZ_OK) check_driven(root, driven);
    return status;
}

/* The child's own words are an answer or a problem to the driver. */
static void hear_child(const json_t *root, const char *request, size_t length)
{
    struct az_driven driven;
    size_t input_length, got;
    const json_t *resume = json_object_get(root, "resume");
    json_t *document = json_loadb(request, length, 0, NULL);
    json_t *input = json_pack("{s:o, s:O*}", "request", document, "resume", (json_t *)resume);
    char *text = az_json_compact(input, &input_length);
    char *said = run_child(text, input_length, &got);
    az_fuzz_must(got > 0 && said[got - 1] == '\n');
    if (drive(root, request, length, said, got, &driven) == AZ_OK)
        az_fuzz_must(driven.end == AZ_END_ANSWERED || driven.end == AZ_END_PROBLEM ||
                     driven.end == AZ_END_MEMORY); /* options may ask for next to none */
    az_driven_free(&driven);
    free(said);
    free(text);
    json_decref(input);
}

/* `lines`, the messages of their names put in; the caller frees. */
static char *script(const json_t *root, size_t *length)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, length);
    json_t *line;
    size_t i;
    json_array_foreach(json_object_get(root, "lines"), i, line)
    {
        const char *raw = json_string_value(line);
        bool is_plan = raw && strcmp(raw, "plan") == 0;
        if (is_plan || (raw && strcmp(raw, "answer") == 0)) {
            json_t *message = json_pack("{s:s, s:O*, s:O*}", "type", raw, "plan",
                                        is_plan ? json_object_get(root, "resume") : NULL,
                                        "certificate", json_object_get(root, "certificate"));
            json_dumpf(message, out, JSON_COMPACT);
            json_decref(message);
        } else if (raw) {
            fputs(raw, out);
        } else {
            json_dumpf(line, out, JSON_COMPACT | JSON_ENCODE_ANY);
        }
        fputc('\n', out);
    }
    fclose(out);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *root = az_json_parse((const char *)data, size, NULL, NULL);
    struct az_driven driven;
    size_t length = 0, said = 0;
    if (!root) return 0;
    char *request = envelope(root, &length), *text = script(root, &said);
    if (!json_object_get(root, "lines"))
        hear_child(root, request, length);
    else
        drive(root, request, length, text, said, &driven), az_driven_free(&driven);
    free(text);
    free(request);
    json_decref(root);
    return 0;
}
