/* study.c - several plans of one instance, side by side: their document and their picture. */
#include "adapters/cli/study.h"

#include <string.h>

#include "adapters/json/json.h"
#include "formulations/common/figures.h"
#include "solver/tolerances.h"

/* --- the front --------------------------------------------------------------------------------
 */

/* Is a no worse than b on the axes of the front, and better on one? Of two that are the same, up to
 * the tolerance, the first counts as better. */
static bool beats(const struct az_study *study, size_t a, size_t b)
{
    const struct az_study_item *left = &study->items[a], *right = &study->items[b];
    bool better = false;
    for (size_t k = 0; k < study->axis_count && k < 2; k++) {
        double sign = study->axis[k].better == AZ_MAXIMIZE ? 1 : -1;
        double ahead = sign * (left->value[k] - right->value[k]);
        double slack = AZ_FEASIBILITY_TOLERANCE * fmax(1, fabs(right->value[k]));
        if (ahead < -slack) return false;
        better = better || ahead > slack;
    }
    return better || a < b;
}

void az_study_compare(struct az_study *study)
{
    for (size_t b = 0; b < study->count; b++) {
        study->items[b].beaten_by = AZ_NO_INDEX;
        if (!study->items[b].alternative.on_front || !study->items[b].plan) continue;
        for (size_t a = 0; a < study->count; a++)
            if (a != b && study->items[a].alternative.on_front && study->items[a].plan &&
                beats(study, a, b)) {
                study->items[b].beaten_by = a;
                break;
            }
    }
}

/* --- the document -----------------------------------------------------------------------------
 */

/* Members that differ, with null for one that is gone. */
static json_t *changes_of(const json_t *base, const json_t *other)
{
    json_t *changes = json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)other, name,
                        value) if (changes && !json_equal(json_object_get(base, name), value) &&
                                   json_object_set(changes, name, value) != 0)
    {
        json_decref(changes);
        return NULL;
    }
    json_object_foreach((json_t *)base, name, value) if (changes && !json_object_get(other, name))
        json_object_set_new(changes, name, json_null());
    return changes;
}

static json_t *words_json(struct az_words words)
{
    return json_pack("{s:s, s:s}", "en", words.en ? words.en : "", "ja", words.ja ? words.ja : "");
}

static json_t *item_json(const struct az_study *study, const struct az_study_item *item,
                         const json_t *base)
{
    json_t *values = json_array();
    for (size_t k = 0; values && item->plan && k < study->axis_count; k++)
        json_array_append_new(values, json_real(item->value[k]));
    const char *beaten =
        item->beaten_by == AZ_NO_INDEX ? NULL : study->items[item->beaten_by].alternative.id;
    return json_pack("{s:s, s:o, s:o, s:o, s:b, s:s*, s:O*, s:O*, s:O*}", "id",
                     item->alternative.id, "name", words_json(item->alternative.name), "changes",
                     changes_of(base, item->document), "values", values, "front",
                     item->alternative.on_front, "beaten_by", beaten, "plan", item->plan,
                     "certificate", item->certificate, "problem", item->problem);
}

json_t *az_study_json(const struct az_study *study)
{
    json_t *base = az_json_write(study->data->formulation->instance, study->data->instance);
    json_t *axes = json_array(), *plans = json_array();
    char sha256[65];
    az_json_sha256(study->data->document, sha256);
    for (size_t k = 0; axes && k < study->axis_count; k++)
        json_array_append_new(
            axes, json_pack("{s:o, s:s*, s:s}", "label", words_json(study->axis[k].label), "unit",
                            study->axis[k].unit, "better",
                            study->axis[k].better == AZ_MAXIMIZE ? "more" : "less"));
    bool complete = base && axes && plans;
    for (size_t i = 0; complete && i < study->count; i++) {
        json_t *item = item_json(study, &study->items[i], base);
        complete = item && json_array_append_new(plans, item) == 0;
    }
    json_decref(base);
    json_t *document =
        complete ? json_pack("{s:s, s:s, s:O, s:O}", "kind", study->data->formulation->name,
                             "instance_sha256", sha256, "axes", axes, "plans", plans)
                 : NULL;
    json_decref(axes);
    json_decref(plans);
    return document;
}

static size_t index_of(const json_t *plans, const char *id)
{
    for (size_t i = 0; i < json_array_size(plans); i++)
        if (strcmp(az_cli_member(json_array_get(plans, i), "id"), id) == 0) return i;
    return AZ_NO_INDEX;
}

enum az_status az_study_read(const json_t *document, struct az_arena *arena, struct az_study *study)
{
    const json_t *plans = json_object_get(document, "plans");
    const struct az_cli_case *data = study->data;
    study->count = json_array_size(plans);
    study->axis_count = data->formulation->alternatives->axes(data->instance, study->axis);
    if (!(study->items = AZ_ARRAY(arena, study->count, struct az_study_item))) return AZ_NO_MEMORY;
    for (size_t i = 0; i < study->count; i++) {
        const json_t *item = json_array_get(plans, i), *name = json_object_get(item, "name");
        const json_t *values = json_object_get(item, "values");
        const char *beaten = az_cli_member(item, "beaten_by");
        study->items[i] = (struct az_study_item){
            .alternative = { .id = az_cli_member(item, "id"),
                             .name = { az_cli_member(name, "en"), az_cli_member(name, "ja") },
                             .on_front = json_is_true(json_object_get(item, "front")),
                             .start = AZ_NO_INDEX },
            .plan = json_object_get(item, "plan"),
            .certificate = json_object_get(item, "certificate"),
            .problem = json_object_get(item, "problem"),
            .beaten_by = *beaten ? index_of(plans, beaten) : AZ_NO_INDEX,
        };
        for (size_t k = 0; k < study->axis_count; k++) {
            const json_t *value = json_array_get(values, k);
            study->items[i].value[k] = json_is_number(value) ? json_number_value(value) : NAN;
        }
    }
    return AZ_OK;
}

/* --- the picture ------------------------------------------------------------------------------
 */

static struct az_words state_words(const struct az_study_item *item, struct az_arena *arena)
{
    const char *status = az_cli_member(item->certificate, "status");
    if (item->problem) {
        const json_t *errors = json_object_get(item->problem, "errors");
        const json_t *error = json_array_get(errors, 0);
        const char *place = az_cli_member(error, "place");
        if (!error) return AZ_WORDS("failed", "失敗");
        return (struct az_words){
            az_arena_format(arena, "wrong: %s: %s", place, az_cli_member(error, "detail")),
            az_arena_format(arena, "入力の誤り: %s: %s", place, az_cli_member(error, "detail"))
        };
    }
    if (!item->plan)
        return strcmp(status, "infeasible") == 0 ? AZ_WORDS("impossible", "実現できません")
                                                 : AZ_WORDS("no plan in time", "時間内に計画なし");
    if (item->beaten_by != AZ_NO_INDEX) return AZ_WORDS("beaten", "他の計画に劣る");
    return strcmp(status, "optimal") == 0 ? AZ_WORDS("proven", "証明済み")
                                          : AZ_WORDS("not yet proven", "未証明");
}

/* Those of the front that none beats, in the order of the first axis; or the others. */
static enum az_status add_points(const struct az_study *study, bool front, struct az_arena *arena,
                                 struct az_plot *plot)
{
    struct az_plot_series *series = &plot->series.items[plot->series.count];
    series->label =
        front ? AZ_WORDS("Front", "パレートフロント") : AZ_WORDS("Scenarios", "シナリオ");
    series->role = front ? "trip" : "price";
    series->mark = front ? AZ_PLOT_POINTS : AZ_PLOT_SPOTS;
    if (!(series->points.items = AZ_ARRAY(arena, study->count + 1, struct az_plot_point)))
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < study->count; i++) {
        const struct az_study_item *item = &study->items[i];
        if (!item->plan || item->alternative.on_front != front || item->beaten_by != AZ_NO_INDEX)
            continue;
        size_t at = series->points.count++;
        for (; front && at > 0 && series->points.items[at - 1].x > item->value[0]; at--)
            series->points.items[at] = series->points.items[at - 1];
        series->points.items[at] = (struct az_plot_point){ .x = item->value[0],
                                                           .y = item->value[1],
                                                           .label = item->alternative.name };
    }
    plot->series.count += series->points.count > 0;
    return AZ_OK;
}

static enum az_status add_plot(const struct az_study *study, struct az_arena *arena,
                               struct az_view *view)
{
    struct az_plot *plot = &view->plots.items[0];
    plot->title = AZ_WORDS("One aim against the other", "二つの目的の両立");
    plot->x_label = study->axis[0].label;
    plot->x_unit = study->axis[0].unit;
    plot->y_label = study->axis[1].label;
    plot->y_unit = study->axis[1].unit;
    if (!(plot->series.items = AZ_ARRAY(arena, 2, struct az_plot_series))) return AZ_NO_MEMORY;
    AZ_TRY(add_points(study, true, arena, plot));
    AZ_TRY(add_points(study, false, arena, plot));
    view->plots.count = plot->series.count > 0;
    return AZ_OK;
}

static enum az_status add_table(const struct az_study *study, struct az_arena *arena,
                                struct az_view *view)
{
    struct az_view_table *table = az_view_table(view, arena, AZ_WORDS("The plans", "計画の比較"),
                                                study->axis_count + 3, study->count);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Plan", "計画"), NULL);
    for (size_t k = 0; k < study->axis_count; k++)
        az_view_column(table, study->axis[k].label, study->axis[k].unit);
    az_view_column(table, AZ_WORDS("Gap", "ギャップ"), "%");
    az_view_column(table, AZ_WORDS("Proof", "証明"), NULL);
    for (size_t i = 0; i < study->count; i++) {
        const struct az_study_item *item = &study->items[i];
        struct az_cell *cells = az_view_row(table);
        size_t c = 0;
        cells[c++] = az_cell_words(item->alternative.name);
        for (size_t k = 0; k < study->axis_count; k++)
            cells[c++] = az_cell_number(item->plan ? item->value[k] : NAN, study->axis[k].decimals);
        cells[c++] = az_cell_number(
            item->plan ? 100 * az_cli_member_number(item->certificate, "gap") : NAN, 3);
        cells[c] = az_cell_words(state_words(item, arena));
    }
    return AZ_OK;
}

enum az_status az_study_view(const struct az_study *study, struct az_arena *arena,
                             struct az_view *view)
{
    *view = (struct az_view){ .title = AZ_WORDS("Several plans side by side", "複数の計画の比較") };
    const char *title = az_cli_member(study->data->document, "title");
    if (*title) view->title = az_name_words(arena, title, NULL);
    view->plots.items = AZ_ARRAY(arena, 1, struct az_plot);
    view->tables.items = AZ_ARRAY(arena, 1, struct az_view_table);
    if (!view->plots.items || !view->tables.items) return AZ_NO_MEMORY;
    if (study->axis_count > 1) AZ_TRY(add_plot(study, arena, view));
    return add_table(study, arena, view);
}

enum az_status az_study_report(const struct az_study *study, struct az_arena *arena,
                               enum az_language language, struct az_view *view,
                               struct az_report *report)
{
    const struct az_formulation *formulation = study->data->formulation;
    enum az_sense sense;
    const char *unit;
    double scale;
    *report = (struct az_report){ .view = view,
                                  .kind = formulation->name,
                                  .kind_title = formulation->title,
                                  .several = true,
                                  .language = language };
    formulation->measure(study->data->instance, &sense, &unit, &scale, &report->from,
                         &report->until);
    return az_study_view(study, arena, view);
}
