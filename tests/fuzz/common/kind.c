/* kind.c - from bytes to a judged, drawn and carried plan. */
#include "tests/fuzz/common/kind.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/format.h"
#include "adapters/json/json.h"
#include "adapters/report/report.h"
#include "adapters/service/documents.h"

void az_fuzz_must_at(bool holds, const char *what, const char *file, int line)
{
    if (holds) return;
    dprintf(STDERR_FILENO, "%s:%d: does not hold: %s\n", file, line, what);
    abort();
}

/* --- words ------------------------------------------------------------------------------------ */

static bool is_whole(const char *words)
{
    size_t length = words ? strlen(words) : 0;
    return length > 0 && az_utf8_valid(words, length) == length;
}

void az_fuzz_words(const struct az_findings *findings, struct az_arena *arena)
{
    for (size_t i = 0; i < findings->count && i < 20; i++)
        for (int language = AZ_ENGLISH; language <= AZ_JAPANESE; language++) {
            const struct az_finding *finding = &findings->items[i];
            az_fuzz_must(is_whole(az_finding_text(finding, (enum az_language)language, arena)));
            az_fuzz_must(finding->pointer && finding->place);
        }
    json_t *errors = az_json_findings(findings, AZ_JAPANESE);
    az_fuzz_must(errors != NULL);
    json_decref(errors);
}

/* --- documents -------------------------------------------------------------------------------- */

void az_fuzz_round_trip(const struct az_table *table, const void *object)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings;
    void *back = NULL, *copy = NULL;
    az_findings_init(&findings, arena, 5);
    json_t *once = az_json_write(table, object);
    az_fuzz_must(once != NULL);
    az_fuzz_must(az_json_read(table, once, NULL, arena, &findings, &back) == AZ_OK);
    if (az_findings_total(&findings) > 0)
        fprintf(stderr, "%s: %s\n", findings.items[0].pointer, findings.items[0].code->code);
    az_fuzz_must(az_findings_total(&findings) == 0);
    json_t *twice = az_json_write(table, back);
    az_fuzz_must(json_equal(once, twice));
    az_fuzz_must(az_copy(table, back, arena, &copy) == AZ_OK && az_equal(table, back, copy));
    json_decref(once);
    json_decref(twice);
    az_arena_free(arena);
}

/* --- judgements ------------------------------------------------------------------------------- */

static void check_breach(const struct az_breach *breach, struct az_arena *arena)
{
    az_fuzz_must(breach->rule && breach->pointer && breach->place);
    for (int language = AZ_ENGLISH; language <= AZ_JAPANESE; language++)
        az_fuzz_must(is_whole(az_breach_words(breach, (enum az_language)language, arena)));
}

void az_fuzz_judgement(const struct az_judgement *judgement, struct az_arena *arena)
{
    double sum = 0, size = 1;
    for (size_t i = 0; i < judgement->violations.count && i < 20; i++)
        check_breach(&judgement->violations.items[i], arena);
    for (size_t i = 0; i < judgement->concessions.count && i < 20; i++)
        check_breach(&judgement->concessions.items[i], arena);
    json_t *json = az_judgement_json(judgement, AZ_ENGLISH);
    az_fuzz_must(json != NULL);
    json_decref(json);
    az_fuzz_must((judgement->violation_count > 0) >= (judgement->violations.count > 0));
    if (judgement->violation_count > 0) return;
    az_fuzz_must(isfinite(judgement->cost) && isfinite(judgement->penalty));
    for (size_t i = 0; i < judgement->money.count; i++) {
        sum += judgement->money.items[i].amount;
        size += fabs(judgement->money.items[i].amount);
    }
    az_fuzz_must(fabs(sum - judgement->cost) <= 1e-9 * size);
    for (size_t i = 0; i < judgement->concessions.count; i++) {
        const struct az_breach *breach = &judgement->concessions.items[i];
        az_fuzz_must(isfinite(breach->amount) && isfinite(breach->cost));
    }
    for (size_t i = 0; i < AZ_RANKS; i++) az_fuzz_must(!isnan(judgement->rank[i]));
    az_fuzz_must(!isnan(judgement->after));
}

/* --- a plan ----------------------------------------------------------------------------------- */

struct run {
    const struct az_formulation *kind;
    struct az_arena *arena;
    const json_t *root;
    void *instance; /* read, linked, resolved, and right */
    struct az_findings assumptions;
};

static void draw(const struct run *run, const void *plan, const struct az_judgement *judgement)
{
    struct az_view view;
    char *text = NULL;
    size_t length = 0;
    enum az_sense sense;
    const char *unit;
    double scale;
    memset(&view, 0, sizeof view);
    az_fuzz_must(run->kind->view(run->instance, plan, judgement, run->arena, &view) == AZ_OK);
    struct az_report report = { .view = &view,
                                .kind = run->kind->name,
                                .kind_title = run->kind->title,
                                .judgement = judgement,
                                .assumptions = &run->assumptions };
    run->kind->measure(run->instance, &sense, &unit, &scale, &report.from, &report.until);
    az_fuzz_must(az_report_html(&report, &text, &length) == AZ_OK);
    az_fuzz_must(length > 0 && az_utf8_valid(text, length) == length);
    free(text);
}

static void write_out(const struct run *run, const void *plan)
{
    const struct az_export_format *format;
    for (size_t i = 0; (format = az_export_at(i)); i++) {
        struct az_findings told;
        struct az_export_files files = { 0 };
        char *text = NULL;
        size_t length = 0;
        enum az_status status = AZ_OK;
        if (format->kind && strcmp(format->kind, run->kind->name) != 0) continue;
        az_findings_init(&told, run->arena, 20);
        struct az_export call = { .instance = run->instance,
                                  .plan = plan,
                                  .language = AZ_JAPANESE,
                                  .revision = -1,
                                  .apart = i % 2 == 1,
                                  .told = &told };
        if (format->tell)
            status = format->tell(&call, run->arena, &files);
        else if (format->write)
            status = format->write(run->kind, run->instance, plan, run->arena, &text, &length);
        az_fuzz_must(status == AZ_OK || status == AZ_UNSUPPORTED);
        az_fuzz_words(&told, run->arena);
    }
}

/* The state of a moment of a good plan is a document that reads. */
static void carry_at(const struct run *run, const void *plan, bool good, struct az_time at)
{
    for (int rest = 0; rest < 2; rest++) {
        struct az_findings findings;
        void *state = NULL;
        az_findings_init(&findings, run->arena, 20);
        if (rest && !run->kind->carry_rest) return;
        enum az_status status = (rest ? run->kind->carry_rest : run->kind->carry)(
            run->instance, plan, at, run->arena, &state, &findings);
        az_fuzz_must(status == AZ_OK || status == AZ_INVALID || status == AZ_UNSUPPORTED);
        az_fuzz_must((status == AZ_INVALID) == (az_findings_total(&findings) > 0));
        az_fuzz_words(&findings, run->arena);
        if (status == AZ_OK && good) az_fuzz_round_trip(run->kind->state, state);
    }
}

static void carry(const struct run *run, const void *plan, bool good)
{
    enum az_sense sense;
    const char *unit;
    double scale;
    struct az_time from, until, at;
    if (!run->kind->carry || !run->kind->state) return;
    run->kind->measure(run->instance, &sense, &unit, &scale, &from, &until);
    const char *text = json_string_value(json_object_get(run->root, "at"));
    if (text && az_time_parse(text, &at)) carry_at(run, plan, good, at);
    if (!az_time_given(from) || !az_time_given(until)) return;
    carry_at(run, plan, good, from);
    carry_at(run, plan, good, until);
    at = az_time_add(from, (until.utc_s - from.utc_s) / 2 / 3600 * 3600);
    carry_at(run, plan, good, at);
}

/* Judged, drawn and carried on. Without a violation: written. */
static void try_plan(const struct run *run, const void *plan)
{
    struct az_judgement judgement;
    memset(&judgement, 0, sizeof judgement);
    az_fuzz_must(run->kind->evaluate(run->instance, plan, run->arena, &judgement) == AZ_OK);
    az_fuzz_judgement(&judgement, run->arena);
    draw(run, plan, &judgement);
    carry(run, plan, judgement.violation_count == 0);
    if (judgement.violation_count > 0) return;
    az_fuzz_round_trip(run->kind->plan, plan);
    write_out(run, plan);
}

/* The plan as one of this instance, and as an earlier one on a horizon of its own. */
static void read_plan(const struct run *run, const json_t *json)
{
    struct az_findings findings;
    void *plan = NULL, *adopted = NULL;
    az_findings_init(&findings, run->arena, 50);
    az_fuzz_must(az_read_plan(run->kind, run->instance, json, NULL, run->arena, &findings, &plan) ==
                 AZ_OK);
    az_fuzz_words(&findings, run->arena);
    if (az_findings_total(&findings) == 0) try_plan(run, plan);
    az_findings_init(&findings, run->arena, 50);
    az_fuzz_must(az_json_read(run->kind->plan, json, NULL, run->arena, &findings, &plan) == AZ_OK);
    if (az_findings_total(&findings) > 0 || !run->kind->adopt) return;
    enum az_status status = run->kind->adopt(run->instance, plan, run->arena, &adopted);
    az_fuzz_must(status == AZ_OK || status == AZ_NO_PLAN || status == AZ_UNSUPPORTED);
    if (status != AZ_OK) return;
    az_fuzz_must(adopted != NULL);
    try_plan(run, adopted);
}

/* --- an instance ------------------------------------------------------------------------------ */

static void read_back(const struct run *run, const void *instance)
{
    struct az_findings findings;
    void *back = NULL;
    json_t *json = az_json_write(run->kind->instance, instance);
    az_findings_init(&findings, run->arena, 20);
    az_fuzz_must(json != NULL);
    az_fuzz_must(az_read_instance(run->kind, json, NULL, run->arena, &findings, &back) == AZ_OK);
    az_fuzz_words(&findings, run->arena);
    json_decref(json);
}

/* The instances that this one asks for are documents; what is beyond its bounds in them is told. */
static void make_alternatives(const struct run *run)
{
    const struct az_alternatives *alternatives = run->kind->alternatives;
    const void *plans[4] = { 0 };
    struct az_axis axes[AZ_AXES];
    if (!alternatives) return;
    az_fuzz_must(alternatives->axes(run->instance, axes) <= AZ_AXES);
    for (size_t i = 0; i < 4; i++) {
        struct az_alternative one = { .start = AZ_NO_INDEX };
        enum az_status status = alternatives->make(run->instance, i, plans, run->arena, &one);
        if (status == AZ_NOT_FOUND) return;
        az_fuzz_must(status == AZ_OK || status == AZ_NO_PLAN);
        if (status == AZ_OK) read_back(run, one.instance);
    }
}

/* Reads, links, resolves and validates; false with findings. */
static bool prepare(struct run *run, const json_t *json)
{
    struct az_findings findings;
    az_findings_init(&findings, run->arena, 50);
    az_findings_init(&run->assumptions, run->arena, 50);
    az_fuzz_must(az_read_instance(run->kind, json, NULL, run->arena, &findings, &run->instance) ==
                 AZ_OK);
    if (az_findings_total(&findings) == 0) {
        az_fuzz_round_trip(run->kind->instance, run->instance);
        az_fuzz_must(run->kind->resolve(run->instance, run->arena, &findings, &run->assumptions) ==
                     AZ_OK);
    }
    if (az_findings_total(&findings) == 0)
        az_fuzz_must(run->kind->validate(run->instance, run->arena, &findings) == AZ_OK);
    az_fuzz_must(!findings.out_of_memory && !run->assumptions.out_of_memory);
    az_fuzz_words(&findings, run->arena);
    az_fuzz_words(&run->assumptions, run->arena);
    return az_findings_total(&findings) == 0;
}

static void try_instance(struct run *run)
{
    enum az_sense sense;
    const char *unit = NULL;
    double scale = 0, gap = NAN, gap_abs = NAN;
    struct az_time from, until;
    json_t *empty = json_object();
    const json_t *plan = json_object_get(run->root, "plan");
    run->kind->measure(run->instance, &sense, &unit, &scale, &from, &until);
    az_fuzz_must(unit && isfinite(scale) && scale > 0);
    if (run->kind->gaps) run->kind->gaps(run->instance, &gap, &gap_abs);
    make_alternatives(run);
    if (json_is_object(plan)) read_plan(run, plan);
    read_plan(run, empty);
    json_decref(empty);
}

/* What is generated is right as it is written. A new reference. */
static json_t *generated(const struct run *run, const json_t *size)
{
    void *instance = NULL;
    json_int_t number = json_integer_value(size);
    size_t count = 1 + (size_t)(number < 0 ? 0 : number % 12);
    az_fuzz_must(run->kind->generate(count, (uint64_t)number, run->arena, &instance) == AZ_OK);
    return az_json_write(run->kind->instance, instance);
}

void az_fuzz_kind(const struct az_formulation *kind, const uint8_t *data, size_t size)
{
    json_t *root = az_json_parse((const char *)data, size, NULL, NULL);
    if (!root) return;
    struct run run = { .kind = kind, .arena = az_arena_new(NULL), .root = root };
    json_t *json = json_incref(json_object_get(root, "instance"));
    const json_t *count = json_object_get(root, "size");
    bool makes = json_is_integer(count) && kind->generate;
    if (makes) {
        json_decref(json);
        json = generated(&run, count);
        az_fuzz_must(json != NULL);
    }
    if (json_is_object(json)) {
        bool right = prepare(&run, json);
        az_fuzz_must(right || !makes);
        if (right) try_instance(&run);
    }
    json_decref(json);
    json_decref(root);
    az_arena_free(run.arena);
}

void az_fuzz_document(const struct az_formulation *kind, const json_t *json)
{
    struct az_arena *arena = az_arena_new(NULL);
    struct az_findings findings, assumptions;
    void *instance = NULL;
    az_findings_init(&findings, arena, 50);
    az_findings_init(&assumptions, arena, 50);
    az_fuzz_must(az_read_instance(kind, json, NULL, arena, &findings, &instance) == AZ_OK);
    az_fuzz_words(&findings, arena);
    if (az_findings_total(&findings) > 0)
        fprintf(stderr, "%s: %s\n", findings.items[0].pointer, findings.items[0].code->code);
    az_fuzz_must(az_findings_total(&findings) == 0);
    az_fuzz_must(kind->resolve(instance, arena, &findings, &assumptions) == AZ_OK);
    if (az_findings_total(&findings) == 0)
        az_fuzz_must(kind->validate(instance, arena, &findings) == AZ_OK);
    az_fuzz_words(&findings, arena);
    az_fuzz_words(&assumptions, arena);
    az_arena_free(arena);
}
