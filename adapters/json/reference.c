/* reference.c - the reference page of a table in Markdown, in either language: one section a table,
 * one row a member, the words of choices below. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"
#include "adapters/json/tables.h"

struct page {
    FILE *out;
    const struct az_table_uses *uses;
    enum az_language language;
};

static const char *say(const struct page *p, const char *en, const char *ja)
{
    return p->language == AZ_JAPANESE ? ja : en;
}

/* Text inside a table's cell: a bar would end the cell, a new line the row. */
static void put_cell(const struct page *p, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            fputs("\\|", p->out);
        else
            fputc(*text == '\n' ? ' ' : *text, p->out);
    }
}

/* Headings on the page make their anchors from explicit ones, so that links hold in any language.
 */
static void put_link(const struct page *p, const struct az_table *table, const char *tag)
{
    const char *name = az_table_use_name(p->uses, table, tag);
    fprintf(p->out, "[%s](#%s)", tag ? tag : table->name, name);
}

/* Large whole numbers in groups of three: bounds have many zeros. */
static void put_number(const struct page *p, double value)
{
    char digits[32];
    if (value != trunc(value) || fabs(value) >= 1e16) {
        fprintf(p->out, "%.10g", value);
        return;
    }
    int length = snprintf(digits, sizeof digits, "%.0f", fabs(value));
    if (value < 0) fputc('-', p->out);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) fputc(',', p->out);
        fputc(digits[i], p->out);
    }
}

/* Units as people write them: in Japanese, yen and times have their own signs ("JPY/kW/year" is
   円/kW/年). */
static void put_unit(const struct page *p, const char *unit)
{
    static const char *const signs[][2] = { { "JPY", "円" },     { "min", "分" },  { "s", "秒" },
                                            { "slots", "コマ" }, { "days", "日" }, { "year", "年" },
                                            { "years", "年" } };
    while (p->language == AZ_JAPANESE && *unit) {
        size_t length = strcspn(unit, "/");
        const char *sign = NULL;
        for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
            if (strlen(signs[i][0]) == length && strncmp(unit, signs[i][0], length) == 0)
                sign = signs[i][1];
        if (sign)
            fputs(sign, p->out);
        else
            fprintf(p->out, "%.*s", (int)length, unit);
        unit += length;
        if (*unit) fputc(*unit++, p->out);
    }
    put_cell(p, unit);
}

/* "units|batteries" -> `units`, `batteries` */
static void put_targets(const struct page *p, const char *target)
{
    for (const char *name = target; name;) {
        size_t length = strcspn(name, "|");
        fprintf(p->out, "%s`%.*s`", name == target ? "" : ", ", (int)length, name);
        name = name[length] ? name + length + 1 : NULL;
    }
}

/* --- the type of a member --- */

static void put_type(const struct page *p, const struct az_field *field);

/* "number, or `slots` numbers" */
static void put_series_type(const struct page *p, const struct az_field *field)
{
    bool ja = p->language == AZ_JAPANESE;
    if (field->flags & AZ_F_SCALAR) fputs(ja ? "数値、または " : "number, or ", p->out);
    if (field->length)
        fprintf(p->out, ja ? "`%s` 個の数値" : "`%s` numbers", field->length);
    else
        fputs(ja ? "数値のリスト" : "list of numbers", p->out);
    if (field->flags & AZ_F_NULL) fputs(say(p, "; null: missing", "。null は欠測"), p->out);
}

static void put_container_type(const struct page *p, const struct az_field *field)
{
    bool ja = p->language == AZ_JAPANESE;
    if (field->type == AZ_T_LIST) {
        fputs(ja ? "" : "list of ", p->out);
        put_type(p, field->item);
        bool link = field->item->type == AZ_T_OBJECT || field->item->type == AZ_T_VARIANT;
        if (ja) fputs(link ? " のリスト" : "のリスト", p->out);
        return;
    }
    if (!ja) fputs(field->target ? "by id in " : "by id", p->out);
    if (field->target) put_targets(p, field->target);
    if (ja) fputs(field->target ? " の識別子ごとに" : "識別子ごとに", p->out);
    fputs(ja ? " " : ": ", p->out);
    put_type(p, field->item);
}

static void put_type(const struct page *p, const struct az_field *field)
{
    switch (field->type) {
    case AZ_T_NUMBER:
        fputs(say(p, "number", "数値"), p->out);
        if (field->flags & AZ_F_NULL) fputs(say(p, "; null: missing", "。null は欠測"), p->out);
        break;
    case AZ_T_INTEGER:
        fputs(say(p, "whole number", "整数"), p->out);
        break;
    case AZ_T_BOOLEAN:
        fputs("true / false", p->out);
        break;
    case AZ_T_ENUM:
        fputs(say(p, "choice", "選択"), p->out);
        break;
    case AZ_T_TEXT:
        fputs(field->flags & AZ_F_ID ? say(p, "id", "識別子") : say(p, "text", "文字列"), p->out);
        break;
    case AZ_T_TIME:
        fputs(say(p, "time", "時刻"), p->out);
        break;
    case AZ_T_REFERENCE:
        fputs(field->target ? say(p, "id in ", "") : say(p, "id", "識別子"), p->out);
        if (field->target) put_targets(p, field->target);
        if (field->target) fputs(say(p, "", " の識別子"), p->out);
        break;
    case AZ_T_SERIES:
        put_series_type(p, field);
        break;
    case AZ_T_MATRIX:
        fprintf(p->out, say(p, "matrix, `%s` by `%s`", "行列（`%s` × `%s`）"),
                field->length ? field->length : "…", field->length2 ? field->length2 : "…");
        if (field->flags & AZ_F_NULL) fputs(say(p, "; null: none", "。null は値なし"), p->out);
        break;
    case AZ_T_OBJECT:
        put_link(p, field->table, NULL);
        break;
    case AZ_T_LIST:
    case AZ_T_MAP:
        put_container_type(p, field);
        break;
    case AZ_T_VARIANT:
        fputs(say(p, "one of ", "次のいずれか: "), p->out);
        for (size_t i = 0; i < field->case_count; i++) {
            if (i) fputs(say(p, ", ", "、"), p->out);
            put_link(p, field->cases[i].table, field->cases[i].tag);
        }
        break;
    case AZ_T_DOCUMENT:
        fputs(say(p, "JSON object", "JSON オブジェクト"), p->out);
        break;
    }
}

/* --- the other cells --- */

static const struct az_field *innermost(const struct az_field *field)
{
    while (field->item) field = field->item;
    return field;
}

static void put_condition(const struct page *p, const struct az_condition *condition)
{
    if (condition->equals)
        fprintf(p->out, say(p, "required if `%s` is `%s`", "`%s` が `%s` のとき必須"),
                condition->field, condition->equals);
    else
        fprintf(p->out, say(p, "required with `%s`", "`%s` を書くとき必須"), condition->field);
}

static void put_default(const struct page *p, const struct az_field *field)
{
    fputs(say(p, "default ", "既定値 "), p->out);
    switch (field->type) {
    case AZ_T_NUMBER:
    case AZ_T_INTEGER:
    case AZ_T_SERIES:
        put_number(p, field->def);
        break;
    case AZ_T_BOOLEAN:
        fputs(field->def != 0 ? "true" : "false", p->out);
        break;
    case AZ_T_ENUM:
        fprintf(p->out, "`%s`", field->choices[(int)field->def].name);
        break;
    case AZ_T_TEXT:
    case AZ_T_TIME:
    case AZ_T_REFERENCE:
        fputc('`', p->out);
        put_cell(p, field->def_text ? field->def_text : "");
        fputc('`', p->out);
        break;
    default:
        fputs(say(p, "empty", "空"), p->out);
        break;
    }
}

static void put_need(const struct page *p, const struct az_field *field)
{
    if (field->flags & AZ_F_DEFAULT)
        put_default(p, field);
    else if (field->flags & AZ_F_REQUIRED)
        fputs(say(p, "**required**", "**必須**"), p->out);
    else if (field->required_if.field)
        put_condition(p, &field->required_if);
    else
        fputs(say(p, "optional", "任意"), p->out);
    if (field->flags & AZ_F_NOT_EMPTY) fputs(say(p, ", not empty", "（空は不可）"), p->out);
    if (field->flags & AZ_F_UNIQUE) fputs(say(p, ", no repeats", "（重複不可）"), p->out);
}

/* "0 to 60", "> 0, up to 10", "at least 0" */
static void put_bounds(const struct page *p, const struct az_field *field)
{
    const struct az_field *bounded = innermost(field);
    bool least = az_has_minimum(bounded), most = az_has_maximum(bounded);
    bool above = bounded->flags & AZ_F_ABOVE_MIN;
    if (least && most && bounded->min == bounded->max) {
        put_number(p, bounded->min);
        return;
    }
    if (least && above) fputs("> ", p->out);
    if (least && !above && !most) fputs("≥ ", p->out);
    if (least) put_number(p, bounded->min);
    if (least && most && above) fputs(say(p, ", ≤ ", "、≤ "), p->out);
    if (least && most && !above) fputs(say(p, " to ", "～"), p->out);
    if (!least && most) fputs("≤ ", p->out);
    if (most) put_number(p, bounded->max);
}

static void put_row(const struct page *p, const struct az_field *field)
{
    const char *unit = innermost(field)->unit;
    fprintf(p->out, "| `%s` | ", field->name);
    put_cell(p, az_say(field->label, p->language));
    fputs(" | ", p->out);
    put_type(p, field);
    fputs(" | ", p->out);
    put_unit(p, unit ? unit : "");
    fputs(" | ", p->out);
    put_need(p, field);
    fputs(" | ", p->out);
    put_bounds(p, field);
    fputs(" | ", p->out);
    put_cell(p, az_say(field->meaning, p->language));
    if (field->flags & AZ_F_RESULT)
        fputs(say(p, " (written by azumi)", "（azumi が書く）"), p->out);
    fputs(" |\n", p->out);
}

/* --- sections --- */

static void put_choices(const struct page *p, const struct az_field *field)
{
    const struct az_field *choice = innermost(field);
    bool variant = choice->type == AZ_T_VARIANT;
    if (choice->type != AZ_T_ENUM && !variant) return;
    fprintf(p->out, say(p, "\n`%s` (%s)%s:\n\n", "\n`%s`（%s）%s:\n\n"), field->name,
            az_say(field->label, p->language),
            variant ? say(p, ", by its member `type`", "は項目 `type` で選ぶ")
                    : say(p, " is one of", "の選択肢"));
    for (size_t i = 0; !variant && i < choice->choice_count; i++)
        fprintf(p->out, "- `%s`: %s\n", choice->choices[i].name,
                az_say(choice->choices[i].words, p->language));
    for (size_t i = 0; variant && i < choice->case_count; i++) {
        fputs("- ", p->out);
        put_link(p, choice->cases[i].table, choice->cases[i].tag);
        fprintf(p->out, ": %s\n", az_say(choice->cases[i].words, p->language));
    }
}

/* "State > Units (unit state)": the labels of the members on the way, and the table's own name. */
static void put_labels(const struct page *p, const struct az_table_use *use)
{
    const struct az_table_use *up = &p->uses->items[use->up];
    if (up != &p->uses->items[0]) {
        put_labels(p, up);
        fputs(" › ", p->out);
    }
    fputs(az_say(use->label, p->language), p->out);
}

static void put_heading(const struct page *p, const struct az_table_use *use)
{
    put_labels(p, use);
    fprintf(p->out, say(p, " (%s)", "（%s）"), use->tag ? use->tag : use->table->name);
}

static void put_sentence(const struct page *p, const char *text)
{
    size_t length = strlen(text), dot = strlen("。");
    bool ended = (length && text[length - 1] == '.') ||
                 (length >= dot && strcmp(text + length - dot, "。") == 0);
    if (!length) return;
    char first = text[0] >= 'a' && text[0] <= 'z' ? (char)(text[0] - 'a' + 'A') : text[0];
    fprintf(p->out, "\n%c%s%s\n", first, text + 1, ended ? "" : say(p, ".", "。"));
}

/* The rows of a table from the first-th on, and the words of their choices. */
static void put_members(const struct page *p, const struct az_table_use *use, size_t first)
{
    const struct az_table *table = use->table;
    fputs(say(p,
              "\n| member | label | type | unit | need | range | meaning |\n"
              "|---|---|---|---|---|---|---|\n",
              "\n| 項目 | 名称 | 型 | 単位 | 必須・既定値 | 範囲 | 意味 |\n"
              "|---|---|---|---|---|---|---|\n"),
          p->out);
    if (use->tag)
        fprintf(p->out,
                say(p, "| `type` | Type | text |  | **required** |  | `%s` |\n",
                    "| `type` | 種別 | 文字列 |  | **必須** |  | `%s` |\n"),
                use->tag);
    for (size_t i = first; table && i < table->field_count; i++) put_row(p, &table->fields[i]);
    for (size_t i = first; table && i < table->field_count; i++) put_choices(p, &table->fields[i]);
}

static void put_table(const struct page *p, const struct az_table_use *use)
{
    const struct az_table *table = use->table;
    if (*use->path) { /* the root's heading is the page's */
        fprintf(p->out, "\n<a id=\"%s\"></a>\n\n## ", use->name);
        put_heading(p, use);
        fputc('\n', p->out);
        if (table) put_sentence(p, az_say(table->meaning, p->language));
        fprintf(p->out, say(p, "\nWhere: `%s`\n", "\n場所: `%s`\n"), use->path);
    }
    put_members(p, use, 0);
}

/* What holds on every page, and the sections. */
static void put_introduction(const struct page *p, const struct az_table *root)
{
    fprintf(p->out, "# %s\n", root->name);
    put_sentence(p, az_say(root->meaning, p->language));
    fputs(say(p,
              "\n- A member that is not in these tables is refused.\n"
              "- An id is 1 to 128 of `A-Z a-z 0-9 . _ : -`, and no two in a list are the same.\n"
              "- A time is ISO 8601 with its offset: `2026-11-21T05:00:00+09:00`.\n"
              "- Absent and 0 are different things; `null` is accepted only where it is said.\n"
              "- A number of values such as `slots` is that member's value, or the length of the "
              "list of that name.\n",
              "\n- 表にない項目は受け付けません。\n"
              "- 識別子は `A-Z a-z 0-9 . _ : -` の 1～128 "
              "文字で、同じリストの中では重複できません。\n"
              "- 時刻はオフセット付きの ISO 8601 で書きます（例: `2026-11-21T05:00:00+09:00`）。\n"
              "- 項目を書かないことと 0 は異なります。`null` "
              "は、そう書いてある項目でのみ使えます。\n"
              "- `slots` のような個数は、その名の項目の値、またはその名のリストの要素数です。\n"),
          p->out);
    if (p->uses->count < 2) return;
    fputs(say(p, "\nParts:\n\n", "\n構成:\n\n"), p->out);
    for (size_t i = 1; i < p->uses->count; i++) {
        for (size_t up = p->uses->items[i].up; up; up = p->uses->items[up].up) fputs("  ", p->out);
        fputs("- [", p->out);
        put_heading(p, &p->uses->items[i]);
        fprintf(p->out, "](#%s)\n", p->uses->items[i].name);
    }
    fputs(say(p, "\n## The document\n", "\n## 文書全体\n"), p->out);
}

char *az_reference_page(const struct az_table *table, enum az_language language)
{
    struct az_table_uses uses;
    char *text = NULL;
    size_t size = 0;
    if (az_table_uses_find(table, &uses) != AZ_OK) return NULL;
    struct page p = { open_memstream(&text, &size), &uses, language };
    if (!p.out) {
        az_table_uses_free(&uses);
        return NULL;
    }
    put_introduction(&p, table);
    for (size_t i = 0; i < uses.count; i++) put_table(&p, &uses.items[i]);
    bool failed = ferror(p.out) != 0;
    if (fclose(p.out) != 0) failed = true;
    az_table_uses_free(&uses);
    if (failed) {
        free(text);
        return NULL;
    }
    return text;
}

bool az_reference_rows(FILE *out, const struct az_table *table, size_t first,
                       enum az_language language)
{
    struct az_table_uses uses;
    if (az_table_uses_find(table, &uses) != AZ_OK) return false;
    put_members(&(struct page){ out, &uses, language }, &uses.items[0], first);
    az_table_uses_free(&uses);
    return true;
}

bool az_reference_parts(const struct az_table *table,
                        struct az_reference_part parts[AZ_REFERENCE_PARTS], size_t *count)
{
    struct az_table_uses uses;
    if (az_table_uses_find(table, &uses) != AZ_OK) return false;
    for (size_t i = 1; i < uses.count && *count < AZ_REFERENCE_PARTS; i++) {
        const struct az_table_use *use = &uses.items[i];
        size_t j = 0;
        while (j < *count && parts[j].table != use->table) j++;
        if (j < *count || !use->table) continue;
        parts[*count] = (struct az_reference_part){ .table = use->table, .label = use->label };
        snprintf(parts[*count].name, sizeof parts[*count].name, "%s", use->name);
        (*count)++;
    }
    az_table_uses_free(&uses);
    return true;
}
