/* study.c - several plans of one instance, side by side: their document and their picture. */
#include "adapters/cli/study.h"

#include <string.h>

#include "adapters/cli/days.h"
#include "adapters/json/json.h"
#include "formulations/common/figures.h"
#include "solver/tolerances.h"

/* --- the axes --------------------------------------------------------------------------------- */

size_t az_study_axes(const struct az_formulation *formulation, const void *instance,
                     struct az_axis axes[AZ_AXES])
{
    enum az_sense sense;
    const char *unit;
    double scale;
    struct az_time from, until;
    if (formulation->alternatives) return formulation->alternatives->axes(instance, axes);
    formulation->measure(instance, &sense, &unit, &scale, &from, &until);
    axes[0] = (struct az_axis){ AZ_WORDS("Cost", "費用"), unit, sense, 0 };
    return 1;
}

enum az_status az_study_values(const struct az_formulation *formulation, const void *instance,
                               const void *plan, struct az_arena *arena, double value[AZ_AXES])
{
    struct az_judgement judgement = { 0 };
    if (formulation->alternatives)
        return formulation->alternatives->values(instance, plan, arena, value);
    AZ_TRY(formulation->evaluate(instance, plan, arena, &judgement));
    value[0] = judgement.cost;
    return AZ_OK;
}

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
                     item->document ? changes_of(base, item->document) : json_object(), "values",
                     values, "front", item->alternative.on_front, "beaten_by", beaten, "plan",
                     item->plan, "certificate", item->certificate, "problem", item->problem);
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
    study->axis_count = az_study_axes(data->formulation, data->instance, study->axis);
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

#define MANY_JPY 1e8 /* such amounts are told in millions */

/* How the values of an axis are told. */
struct told {
    double factor;
    const char *unit;
    int decimals;
};

static struct told tell_axis(const struct az_study *study, size_t axis)
{
    struct told told = { 1, study->axis[axis].unit, study->axis[axis].decimals };
    double most = 0;
    for (size_t i = 0; i < study->count; i++)
        if (study->items[i].plan) most = fmax(most, fabs(study->items[i].value[axis]));
    if (told.unit && strcmp(told.unit, "JPY") == 0 && most >= MANY_JPY)
        told = (struct told){ 1e-6, "million JPY", 1 };
    return told;
}

/* How far a plan is proven: "proven within 0.05 %". */
static struct az_words state_words(const struct az_study *study, const struct az_study_item *item,
                                   struct az_arena *arena)
{
    const char *status = az_cli_member(item->certificate, "status");
    double gap = 100 * az_cli_member_number(item->certificate, "gap");
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
    if (item->beaten_by != AZ_NO_INDEX) {
        struct az_words better = study->items[item->beaten_by].alternative.name;
        return AZ_WORDS(az_arena_format(arena, "beaten by “%s”", better.en),
                        az_arena_format(arena, "「%s」に劣る", better.ja));
    }
    bool proven = strcmp(status, "optimal") == 0;
    if (!isfinite(gap))
        return proven ? AZ_WORDS("proven", "証明済み") : AZ_WORDS("not yet proven", "未証明");
    double shown = ceil(100 * gap - 1e-6) / 100; /* never more than is proven */
    if (proven && shown == 0) return AZ_WORDS("proven best", "最適と証明済み");
    return AZ_WORDS(
        az_arena_format(arena, proven ? "proven within %.2f %%" : "within %.2f %% so far", shown),
        az_arena_format(arena, proven ? "%.2f %% 以内と証明済み" : "差 %.2f %%（証明の途中）",
                        shown));
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
    struct told x = tell_axis(study, 0), y = tell_axis(study, 1);
    if (!(series->points.items = AZ_ARRAY(arena, study->count + 1, struct az_plot_point)))
        return AZ_NO_MEMORY;
    for (size_t i = 0; i < study->count; i++) {
        const struct az_study_item *item = &study->items[i];
        if (!item->plan || item->alternative.on_front != front || item->beaten_by != AZ_NO_INDEX)
            continue;
        size_t at = series->points.count++;
        struct az_plot_point point = { .x = x.factor * item->value[0],
                                       .y = y.factor * item->value[1],
                                       .label = item->alternative.name };
        for (; front && at > 0 && series->points.items[at - 1].x > point.x; at--)
            series->points.items[at] = series->points.items[at - 1];
        series->points.items[at] = point;
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
    plot->x_unit = tell_axis(study, 0).unit;
    plot->y_label = study->axis[1].label;
    plot->y_unit = tell_axis(study, 1).unit;
    plot->wide = true;
    if (!(plot->series.items = AZ_ARRAY(arena, 2, struct az_plot_series))) return AZ_NO_MEMORY;
    AZ_TRY(add_points(study, true, arena, plot));
    AZ_TRY(add_points(study, false, arena, plot));
    view->plots.count = plot->series.count > 0;
    return AZ_OK;
}

/* The plan that others are compared with: the first of all that has one. */
static const struct az_study_item *base_of(const struct az_study *study)
{
    for (size_t i = 0; i < study->count; i++)
        if (study->items[i].plan) return &study->items[i];
    return NULL;
}

static void plan_row(const struct az_study *study, const struct az_study_item *item,
                     const struct az_study_item *base, struct az_arena *arena,
                     struct az_view_table *table)
{
    struct az_cell *cells = az_view_row(table);
    size_t c = 0;
    cells[c++] = az_cell_words(item->alternative.name);
    for (size_t k = 0; k < study->axis_count; k++) {
        struct told told = tell_axis(study, k);
        bool other = item->plan && base && item != base;
        cells[c++] = az_cell_number(item->plan ? told.factor * item->value[k] : NAN, told.decimals);
        cells[c++] = az_cell_number(other ? told.factor * (item->value[k] - base->value[k]) : NAN,
                                    told.decimals);
    }
    cells[c] = az_cell_words(state_words(study, item, arena));
}

/* The points of the front, or the scenarios below the plan that they are compared with. */
static enum az_status add_table(const struct az_study *study, bool front, struct az_arena *arena,
                                struct az_view *view)
{
    const struct az_study_item *base = base_of(study);
    size_t count = 0;
    for (size_t i = 0; i < study->count; i++)
        count += study->items[i].alternative.on_front == front;
    if (count == 0) return AZ_OK;
    struct az_words title = front ? AZ_WORDS("The front: one aim against the other",
                                             "パレートフロント（二つの目的の両立）")
                                  : AZ_WORDS("Scenarios", "シナリオの比較");
    bool variants = study->count > 0 && strcmp(study->items[0].alternative.id, AZ_BASE_ID) == 0;
    if (variants) title = AZ_WORDS("Variants", "各案の比較");
    struct az_view_table *table =
        az_view_table(view, arena, title, 2 * study->axis_count + 2, count + 1);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Plan", "計画"), NULL);
    for (size_t k = 0; k < study->axis_count; k++) {
        const char *unit = tell_axis(study, k).unit;
        bool more = study->axis[k].better == AZ_MAXIMIZE;
        az_view_signed_column(table, study->axis[k].label, unit,
                              more ? AZ_SIGN_GAIN : AZ_SIGN_COST);
        az_view_signed_column(table, AZ_WORDS("against the first", "先頭との差"), unit,
                              more ? AZ_SIGN_GAIN : AZ_SIGN_COST);
    }
    az_view_column(table, AZ_WORDS("Proof", "証明"), NULL);
    if (!front && base && base->alternative.on_front) plan_row(study, base, base, arena, table);
    for (size_t i = 0; i < study->count; i++)
        if (study->items[i].alternative.on_front == front)
            plan_row(study, &study->items[i], base, arena, table);
    return AZ_OK;
}

#define KEYS 24 /* key numbers at most */

/* The key numbers of every plan that none beats, a plan a column: the kind's own view of each, by
 * its label. Items without a plan or an instance of their own are left out. */
static enum az_status add_numbers(const struct az_study *study, struct az_arena *arena,
                                  struct az_view *view)
{
    const struct az_formulation *formulation = study->data->formulation;
    struct az_view *views = AZ_ARRAY(arena, study->count, struct az_view);
    size_t plans = 0, rows = 0;
    const struct az_key_number *key[KEYS];
    if (!views) return AZ_NO_MEMORY;
    if (!formulation->view) return AZ_OK;
    for (size_t i = 0; i < study->count; i++) {
        struct az_judgement judgement = { 0 };
        const struct az_study_item *item = &study->items[i];
        if (!item->read || !item->alternative.instance || item->beaten_by != AZ_NO_INDEX) continue;
        AZ_TRY(formulation->evaluate(item->alternative.instance, item->read, arena, &judgement));
        AZ_TRY(formulation->view(item->alternative.instance, item->read, &judgement, arena,
                                 &views[i]));
        plans += views[i].numbers.count > 0;
        for (size_t n = 0; n < views[i].numbers.count; n++) {
            size_t k = 0;
            while (k < rows && strcmp(key[k]->label.en, views[i].numbers.items[n].label.en) != 0)
                k++;
            if (k == rows && rows < KEYS) key[rows++] = &views[i].numbers.items[n];
        }
    }
    if (plans < 2 || rows == 0) return AZ_OK;
    struct az_view_table *table = az_view_table(
        view, arena, AZ_WORDS("Key numbers side by side", "主な数値の比較"), plans + 2, rows);
    if (!table) return AZ_NO_MEMORY;
    az_view_column(table, AZ_WORDS("Number", "項目"), NULL);
    az_view_column(table, AZ_WORDS("Unit", "単位"), NULL);
    for (size_t i = 0; i < study->count; i++)
        if (views[i].numbers.count > 0)
            az_view_signed_column(table, study->items[i].alternative.name, NULL, AZ_SIGN_PLAIN);
    for (size_t k = 0; k < rows; k++) {
        struct az_cell *cells = az_view_row(table);
        size_t c = 2;
        cells[0] = az_cell_words(key[k]->label);
        cells[1] = az_cell_words(az_report_unit(key[k]->unit, arena));
        for (size_t i = 0; i < study->count; i++) {
            const struct az_key_number *number = NULL;
            if (views[i].numbers.count == 0) continue;
            for (size_t n = 0; n < views[i].numbers.count; n++)
                if (strcmp(views[i].numbers.items[n].label.en, key[k]->label.en) == 0)
                    number = &views[i].numbers.items[n];
            bool same = number && strcmp(number->unit ? number->unit : "",
                                         key[k]->unit ? key[k]->unit : "") == 0;
            cells[c++] = same || !number
                             ? az_cell_number(number ? number->value : NAN, key[k]->decimals)
                             : az_cell_text(az_arena_format(arena, "%.*f %s", number->decimals,
                                                            number->value,
                                                            number->unit ? number->unit : ""));
        }
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
    view->tables.items = AZ_ARRAY(arena, 3, struct az_view_table);
    if (!view->plots.items || !view->tables.items) return AZ_NO_MEMORY;
    if (study->axis_count > 1) AZ_TRY(add_plot(study, arena, view));
    AZ_TRY(add_table(study, true, arena, view));
    AZ_TRY(add_table(study, false, arena, view));
    return add_numbers(study, arena, view);
}

/* What is said of all plans first, where it is not that every one keeps all rules. */
static void answer(const struct az_study *study, struct az_report *report)
{
    bool missing = false, concedes = false;
    for (size_t i = 0; i < study->count; i++) {
        const json_t *meets = json_object_get(study->items[i].certificate, "meets_all_rules");
        missing = missing || !study->items[i].plan;
        concedes = concedes || (study->items[i].plan && json_is_false(meets));
    }
    report->warns = missing || concedes;
    if (missing)
        report->answer =
            AZ_WORDS("Some have no plan; how far the others are proven stands beside them.",
                     "計画のないものがあります。証明の状況は各計画の欄にあります。");
    if (concedes)
        report->answer =
            AZ_WORDS("Some plans concede rules at their stated price; how far each is "
                     "proven stands beside it.",
                     "価格を定めた規則の一部を譲った計画があります。証明の状況は各計画の"
                     "欄にあります。");
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
    answer(study, report);
    return az_study_view(study, arena, view);
}
