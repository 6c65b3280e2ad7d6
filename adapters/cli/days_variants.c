/* days_variants.c - the variants of a study over days: read, applied to the base, and tried. */
#include <string.h>

#include "adapters/cli/days_run.h"
#include "adapters/json/json.h"

static const struct az_code code_base_taken = { "variant_is_base",
                                                { "is the name of the instance as it is",
                                                  "はもとの入力を表す名前です（使えません）" } };
static const struct az_code code_shared = {
    "variant_of_other_slots",
    { "is the same in all variants of days",
      "は、日を通して比べるすべての案で同じです（変えられません）" }
};
static const struct az_code code_other_kind = { "variants_of_other_kind",
                                                { "is {value}, the instance is {kind}",
                                                  "は {value} ですが、入力は {kind} です" } };

int az_cli_variants(struct az_cli *cli, const char *path, const char *kind, json_t **document,
                    struct az_days_asked **asked)
{
    struct az_findings findings;
    void *read = NULL;
    az_findings_init(&findings, cli->arena, 0);
    *document = az_json_read_file(path, NULL, &findings);
    enum az_status status = AZ_OK;
    if (*document)
        status = az_json_read(&az_days_asked_table, *document, NULL, cli->arena, &findings, &read);
    struct az_days_asked *list = *asked = read;
    if (status == AZ_OK && list && az_findings_total(&findings) == 0)
        status = az_link(&az_days_asked_table, list, NULL, NULL, cli->arena, &findings);
    if (status == AZ_OK && list && list->kind && strcmp(list->kind, kind) != 0)
        AZ_FIND(&findings, &code_other_kind, AZ_AT(NULL, "kind"),
                AZ_TEXT_PARAM("value", list->kind), AZ_TEXT_PARAM("kind", kind));
    for (size_t i = 0; list && i < list->variants.count; i++)
        if (list->variants.items[i].id && strcmp(list->variants.items[i].id, AZ_BASE_ID) == 0)
            AZ_FIND0(&findings, &code_base_taken,
                     AZ_AT(AZ_ITEM(AZ_AT(NULL, "variants"), i, AZ_BASE_ID), "id"));
    az_cli_findings(cli, stderr, path, &findings);
    if (status != AZ_OK) return az_cli_status(cli, status, path);
    return list && az_findings_total(&findings) == 0 ? AZ_EXIT_DONE : AZ_EXIT_USAGE;
}

enum az_status az_variant_document(const struct az_formulation *formulation, const json_t *base,
                                   const struct az_days_variant *variant, size_t i,
                                   struct az_findings *findings, json_t **document)
{
    const struct az_path *at = AZ_AT(AZ_ITEM(AZ_AT(NULL, "variants"), i, variant->id), "changes");
    *document = json_deep_copy(base);
    if (!*document) return AZ_NO_MEMORY;
    if (!variant->changes.node) return AZ_OK;
    return az_json_merge(formulation->instance, *document, variant->changes.node, at, findings);
}

/* Days, slots and what is kept of them are the same in all variants. */
static void compare_slots(const struct az_days_run *run, const struct az_days_course *course,
                          size_t i, struct az_findings *findings)
{
    static const char *const shared[] = { "start", "slot_minutes" };
    const struct az_path *at =
        AZ_AT(AZ_ITEM(AZ_AT(NULL, "variants"), i, course->variant->id), "changes");
    for (size_t k = 0; k < sizeof shared / sizeof *shared; k++) {
        const json_t *own = json_object_get(course->document, shared[k]);
        const json_t *base = json_object_get(run->base.document, shared[k]);
        if (own != base && !json_equal(own, base))
            AZ_FIND0(findings, &code_shared, AZ_AT(at, shared[k]));
    }
}

/* The base changed as the variant says, with its own state as the one before the first day. */
static enum az_status change(struct az_days_run *run, struct az_days_course *course, size_t i,
                             struct az_findings *findings)
{
    AZ_TRY(az_variant_document(run->base.formulation, run->base.document, course->variant, i,
                               findings, &course->document));
    compare_slots(run, course, i, findings);
    json_t *state = json_object_get(course->document, "state");
    course->last = -1;
    course->state = json_is_object(state) ? json_deep_copy(state) : json_object();
    if (!course->state) return AZ_NO_MEMORY;
    if (json_object_get(course->state, "at")) return AZ_OK;
    json_t *start = json_object_get(course->document, "start");
    if (!start) return AZ_OK; /* told: it is the same in all variants */
    return json_object_set(course->state, "at", start) == 0 ? AZ_OK : AZ_NO_MEMORY;
}

/* Is there an instance of it on the first day? An exit status. */
static int try_out(struct az_days_run *run, struct az_days_course *course, size_t i,
                   const char *path)
{
    struct az_findings findings;
    struct az_arena *arena = run->cli->arena;
    json_t *document = NULL;
    void *instance;
    const char *file = path ? az_arena_format(arena, "%s: %s", path, course->variant->id) : NULL;
    az_findings_init(&findings, arena, 0);
    enum az_status status = change(run, course, i, &findings);
    if (status == AZ_OK && az_findings_total(&findings) > 0) file = path;
    if (status == AZ_OK && az_findings_total(&findings) == 0)
        status =
            az_day_document(&run->files, course->document, run->base.formulation->name,
                            run->days.items[0].date, run->slots, NULL, arena, &findings, &document);
    if (status == AZ_OK && document)
        status = az_days_prepare(run->base.formulation, document, arena, &findings, &instance);
    json_decref(document);
    az_cli_findings(run->cli, stderr, file, &findings);
    if (status != AZ_OK) return az_cli_status(run->cli, status, course->variant->id);
    return az_findings_total(&findings) > 0 ? AZ_EXIT_USAGE : AZ_EXIT_DONE;
}

static enum az_status add_base(struct az_days_run *run, struct az_days_variant *base)
{
    const struct az_table *table = az_field_find(&az_days_study_table, "variants")->item->table;
    AZ_TRY(az_fields_default(table, base, run->cli->arena));
    base->id = AZ_BASE_ID;
    base->name = AZ_BASE_NAME;
    base->changes.node = run->nothing = json_object();
    return run->nothing ? AZ_OK : AZ_NO_MEMORY;
}

int az_days_variants(struct az_days_run *run, const char *path)
{
    struct az_arena *arena = run->cli->arena;
    struct az_days_asked *asked = NULL, none = { 0 };
    int code = AZ_EXIT_DONE;
    if (path)
        code = az_cli_variants(run->cli, path, run->base.formulation->name, &run->asked, &asked);
    if (code != AZ_EXIT_DONE) return code;
    if (!asked) asked = &none;
    size_t count = asked->variants.count + 1;
    run->study.variants.items = AZ_ARRAY(arena, count, struct az_days_variant);
    run->courses = AZ_ARRAY(arena, count, struct az_days_course);
    if (!run->study.variants.items || !run->courses ||
        add_base(run, &run->study.variants.items[0]) != AZ_OK)
        return az_cli_status(run->cli, AZ_NO_MEMORY, "study");
    run->study.variants.count = count;
    for (size_t i = 0; i < count; i++) {
        struct az_days_variant *variant = &run->study.variants.items[i];
        if (i > 0) *variant = asked->variants.items[i - 1];
        variant->days.items = AZ_ARRAY(arena, run->days.count, struct az_days_day);
        if (!variant->days.items) return az_cli_status(run->cli, AZ_NO_MEMORY, "study");
        run->courses[i].variant = variant;
        int tried = try_out(run, &run->courses[i], i - 1, i > 0 ? path : NULL);
        if (code == AZ_EXIT_DONE) code = tried;
    }
    return code;
}
