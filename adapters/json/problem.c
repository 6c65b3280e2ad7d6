/* problem.c - findings as problem documents (RFC 9457). */
#include "adapters/json/json.h"

static json_t *params_of(const struct az_finding *finding)
{
    json_t *params = json_object();
    for (size_t i = 0; params && i < finding->param_count; i++) {
        const struct az_param *param = &finding->params[i];
        json_t *value;
        if (param->text)
            value = json_string(param->text);
        else if (!isfinite(param->number))
            value = json_null();
        else if (param->number == trunc(param->number) && fabs(param->number) < 1e15)
            value = json_integer((json_int_t)param->number);
        else
            value = json_real(param->number);
        if (json_object_set_new(params, param->name, value) != 0) {
            json_decref(params);
            return NULL;
        }
    }
    return params;
}

static json_t *finding_json(const struct az_finding *finding, enum az_language language)
{
    struct az_arena *arena = az_arena_new(NULL);
    const char *text = arena ? az_finding_text(finding, language, arena) : NULL;
    json_t *json =
        text ? json_pack("{s:s, s:s*, s:s, s:o, s:s}", "pointer",
                         finding->pointer ? finding->pointer : "", "place",
                         finding->place && *finding->place ? finding->place : NULL, "code",
                         finding->code->code, "params", params_of(finding), "detail", text)
             : NULL;
    az_arena_free(arena);
    return json;
}

json_t *az_json_findings(const struct az_findings *findings, enum az_language language)
{
    json_t *errors = json_array();
    for (size_t i = 0; errors && findings && i < findings->count; i++)
        if (json_array_append_new(errors, finding_json(&findings->items[i], language)) != 0) {
            json_decref(errors);
            return NULL;
        }
    return errors;
}

json_t *az_json_problem(const char *type, const char *title, const char *detail,
                        const struct az_findings *findings, enum az_language language)
{
    json_t *problem = json_pack("{s:s, s:s, s:s*}", "type", type, "title", title, "detail", detail);
    if (!problem || !findings) return problem;
    size_t unseen = az_findings_total(findings) - findings->count;
    if (json_object_set_new(problem, "errors", az_json_findings(findings, language)) != 0 ||
        (unseen &&
         json_object_set_new(problem, "errors_not_shown", json_integer((json_int_t)unseen)) != 0)) {
        json_decref(problem);
        return NULL;
    }
    return problem;
}
