/* documents.c - plan documents, judgements and explanations as JSON, and reading them back. */
#include "adapters/service/documents.h"

#include "adapters/json/json.h"

json_t *az_plan_document_json(const char *kind, json_t *plan, json_t *certificate)
{
    json_t *json = json_object();
    if (!json || json_object_set_new(json, "kind", json_string(kind)) ||
        json_object_set(json, "plan", plan) ||
        (certificate && json_object_set(json, "certificate", certificate))) {
        json_decref(json);
        return NULL;
    }
    return json;
}

/* A number for JSON: absent when it is not finite. */
static int set_number(json_t *json, const char *name, double value)
{
    return isfinite(value) ? json_object_set_new(json, name, json_real(value)) : 0;
}

static int set_text(json_t *json, const char *name, const char *text)
{
    return text ? json_object_set_new(json, name, json_string(text)) : 0;
}

/* Words that there are, unless there was no memory for them. */
static int set_words(json_t *json, const char *name, const char *words)
{
    return json_object_set_new(json, name, words ? json_string(words) : NULL);
}

static int set_time(json_t *json, const char *name, struct az_time time)
{
    char buffer[32];
    return az_time_given(time) ? set_text(json, name, az_time_format(time, buffer)) : 0;
}

/* To four significant digits; whole from 1000 on. */
static double short_number(double value)
{
    double unit = value > 0 && value < 1000 ? pow(10, floor(log10(value)) - 3) : 1;
    return unit < 1 ? round(value / unit) / round(1 / unit) : round(value);
}

char *az_reason_text(const struct az_reason *reason, enum az_language language,
                     struct az_arena *arena)
{
    /* The rule's own words name parameters of a breach, and a reason is not a breach. */
    static const struct az_words by = AZ_EN_JA(
                                     "{what}must give by at least {amount} {unit}{span}",
                                     "{what}少なくとも {amount} {unit} 緩める必要があります{span}"),
                                 somehow =
                                     AZ_EN_JA("{what}must give", "{what}緩める必要があります"),
                                 span = AZ_EN_JA(" in all slots together, most of it in this one",
                                                 "（全コマの合計。このコマが最大）");
    const char *words = az_say(reason->words, language);
    const char *what = words && *words ? az_arena_format(arena, "%s: ", words) : "";
    if (!what) return NULL;
    struct az_param params[] = { AZ_NUMBER_PARAM("amount", short_number(reason->amount)),
                                 AZ_TEXT_PARAM("unit",
                                               reason->rule->unit ? reason->rule->unit : ""),
                                 AZ_TEXT_PARAM("what", what),
                                 AZ_TEXT_PARAM("span", reason->sum ? az_say(span, language) : "") };
    if (isnan(reason->amount)) return az_arena_text(arena, words ? words : "");
    bool has_amount = isfinite(reason->amount) && reason->amount > 0;
    return az_render(has_amount ? by : somehow, language, 4, params, arena);
}

static json_t *breach_json(const struct az_breach *breach, enum az_language language,
                           struct az_arena *arena)
{
    json_t *json = json_object();
    if (!json || set_text(json, "rule", breach->rule->code.code) ||
        set_text(json, "pointer", breach->pointer) || set_text(json, "place", breach->place) ||
        set_time(json, "at", breach->at) || set_number(json, "amount", breach->amount) ||
        set_text(json, "unit", breach->rule->unit) || set_number(json, "price", breach->price) ||
        set_number(json, "cost", breach->cost) ||
        set_words(json, "detail", az_breach_words(breach, language, arena))) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static json_t *breaches_json(const struct az_breach *items, size_t count, enum az_language language,
                             struct az_arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++)
        if (json_array_append_new(list, breach_json(&items[i], language, arena))) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *money_json(const struct az_judgement *judgement, enum az_language language)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < judgement->money.count; i++) {
        const struct az_money *money = &judgement->money.items[i];
        json_t *json = json_object();
        if (!json || set_text(json, "code", money->code) ||
            set_text(json, "owner", money->owner && *money->owner ? money->owner : NULL) ||
            set_text(json, "item", az_say(money->item, language)) ||
            set_number(json, "amount", money->amount) || json_array_append(list, json)) {
            json_decref(json);
            json_decref(list);
            return NULL;
        }
        json_decref(json);
    }
    return list;
}

json_t *az_judgement_json(const struct az_judgement *judgement, enum az_language language)
{
    struct az_arena *arena = az_arena_new(NULL);
    json_t *json = arena ? json_object() : NULL;
    if (!json || json_object_set_new(json, "ok", json_boolean(judgement->violation_count == 0)) ||
        set_number(json, "objective", judgement->cost + judgement->penalty) ||
        set_number(json, "cost", judgement->cost) ||
        set_number(json, "penalty", judgement->penalty) ||
        json_object_set_new(json, "concessions",
                            breaches_json(judgement->concessions.items,
                                          judgement->concessions.count, language, arena)) ||
        json_object_set_new(json, "violations",
                            breaches_json(judgement->violations.items, judgement->violations.count,
                                          language, arena)) ||
        json_object_set_new(json, "violation_count",
                            json_integer((json_int_t)judgement->violation_count)) ||
        json_object_set_new(json, "money", money_json(judgement, language))) {
        json_decref(json);
        json = NULL;
    }
    az_arena_free(arena);
    return json;
}

static json_t *reason_json(const struct az_reason *reason, enum az_language language,
                           struct az_arena *arena)
{
    json_t *json = json_object();
    if (!json || set_text(json, "rule", reason->rule->code.code) ||
        set_text(json, "pointer", reason->pointer) || set_text(json, "place", reason->place) ||
        set_time(json, "at", reason->at) || set_number(json, "amount", reason->amount) ||
        set_text(json, "unit", reason->rule->unit) ||
        set_words(json, "detail", az_reason_text(reason, language, arena))) {
        json_decref(json);
        return NULL;
    }
    return json;
}

static json_t *relief_json(const struct az_relief *relief, enum az_language language)
{
    json_t *json = json_object();
    if (!json || set_text(json, "pointer", relief->pointer) ||
        set_text(json, "place", relief->place) ||
        set_text(json, "detail", az_say(relief->words, language)) ||
        set_number(json, "gain", relief->gain)) {
        json_decref(json);
        return NULL;
    }
    return json;
}

json_t *az_explanation_json(const struct az_explanation *explanation, enum az_language language)
{
    struct az_arena *arena = az_arena_new(NULL);
    json_t *json = arena ? json_object() : NULL, *reasons = json ? json_array() : NULL;
    bool bad = !reasons;
    for (size_t i = 0; !bad && i < explanation->reasons.count; i++)
        bad = json_array_append_new(
                  reasons, reason_json(&explanation->reasons.items[i], language, arena)) != 0;
    json_t *limits = json_array();
    for (size_t i = 0; limits && !bad && i < explanation->reliefs.count; i++)
        bad = json_array_append_new(limits,
                                    relief_json(&explanation->reliefs.items[i], language)) != 0;
    const char *found = az_say(explanation->found, language);
    bad = bad || !limits || (found && *found && set_text(json, "found", found)) ||
          ((explanation->reliefs.count > 0 || explanation->all_limits) &&
           json_object_set(json, "limits", limits));
    json_decref(limits);
    if (explanation->all_limits) bad = bad || json_object_set_new(json, "all_limits", json_true());
    bad = bad || json_object_set_new(json, "feasible", json_boolean(explanation->feasible)) ||
          json_object_set_new(json, "proven", json_boolean(explanation->proven)) ||
          json_object_set_new(json, "minimal", json_boolean(explanation->minimal)) ||
          json_object_set(json, "reasons", reasons);
    json_decref(reasons);
    if (bad) {
        json_decref(json);
        json = NULL;
    }
    az_arena_free(arena);
    return json;
}

enum az_status az_read_instance(const struct az_formulation *formulation, const json_t *json,
                                const struct az_path *path, struct az_arena *arena,
                                struct az_findings *findings, void **object)
{
    AZ_TRY(az_json_read(formulation->instance, json, path, arena, findings, object));
    if (az_findings_total(findings) > 0) return AZ_OK;
    return az_link(formulation->instance, *object, NULL, NULL, arena, findings);
}

enum az_status az_read_plan(const struct az_formulation *formulation, const void *instance,
                            const json_t *json, const struct az_path *path, struct az_arena *arena,
                            struct az_findings *findings, void **object)
{
    AZ_TRY(az_json_read(formulation->plan, json, path, arena, findings, object));
    if (az_findings_total(findings) > 0) return AZ_OK;
    return az_link(formulation->plan, *object, formulation->instance, instance, arena, findings);
}

enum az_status az_read_earlier_plan(const struct az_formulation *formulation, const void *instance,
                                    const json_t *json, const struct az_path *path,
                                    struct az_arena *arena, struct az_findings *findings,
                                    void **object)
{
    struct az_findings unlinked;
    AZ_TRY(az_json_read(formulation->plan, json, path, arena, findings, object));
    if (az_findings_total(findings) > 0) return AZ_OK;
    az_findings_init(&unlinked, arena, 0);
    return az_link(formulation->plan, *object, formulation->instance, instance, arena, &unlinked);
}

const json_t *az_bare_plan(const json_t *json)
{
    const json_t *plan = json_object_get(json, "plan");
    return json_is_object(plan) ? plan : json;
}
