/* siting_csv.c - a siting plan as tables for Excel, in the call's language.
 *
 *   sites     the sites that are chosen, each with its option and results
 *   left_out  the sites that are not, with the reason
 *   years     cash flow by year: what it is for, and what each party gets
 *   loadings  how full every element of the networks is, and what more of it would be worth
 *   others    districts with their shelters, limits with their worth, what is reinforced and armed,
 *             what trips after which outage, who is served from where
 *
 * Several files where they go to a folder or a zip; else one, a table below the other, each under
 * its title. Columns are the members of the plan as its field tables have them. */
#include <math.h>
#include <string.h>

#include "adapters/export/cells.h"
#include "adapters/export/siting.h"
#include "formulations/siting/tables.h"

struct table {
    struct az_stx *x;
    struct az_cells cells;
};

/* --- columns ------------------------------------------------------------------------------------
 */

/* A unit as a header has it. */
static const char *unit_of(const struct table *t, const struct az_field *field)
{
    static const char *const words[][2] = {
        { "JPY", "円" }, { "JPY/kW", "円/kW" }, { "years", "年" }, { "kWh/year", "kWh/年" }
    };
    bool is_jpy = !t->x->in->money_unit || strcmp(t->x->in->money_unit, "JPY") == 0;
    for (size_t i = 0; field->unit && i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i][0], field->unit) == 0 && (is_jpy || *field->unit != 'J'))
            return words[i][1];
    return field->unit;
}

/* The header of a member: its name for programs and in English, its label with the unit in
 * Japanese. Years that are calendar years have no unit. */
static void put_header(struct table *t, const struct az_field *field)
{
    const char *label = az_say(field->label, t->x->language), *unit = unit_of(t, field);
    if (t->x->language != AZ_JAPANESE)
        az_cells_text(&t->cells, field->name);
    else if (unit && strcmp(field->name, "year") != 0)
        az_cells_text(&t->cells, az_arena_format(t->x->arena, "%s（%s）", label, unit));
    else
        az_cells_text(&t->cells, label);
}

/* What an element of the networks is. */
static const char *element_word(const struct table *t, const char *what)
{
    static const struct {
        const char *what;
        struct az_words words;
    } elements[] = { { "feeder", { "feeder", "配電線" } },
                     { "bank", { "bank", "バンク" } },
                     { "line", { "line", "線路" } },
                     { "node", { "node", "接続点の電圧" } },
                     { "circuit", { "circuit", "回線" } },
                     { "outage", { "circuit after an outage", "事故時の回線" } } };
    for (size_t i = 0; what && i < sizeof elements / sizeof elements[0]; i++)
        if (strcmp(elements[i].what, what) == 0) return az_say(elements[i].words, t->x->language);
    return what;
}

static void put_value(struct table *t, const struct az_field *field, const void *object)
{
    struct az_stx_value value = az_stx_value(t->x, field, object);
    if (strcmp(field->name, "hour") == 0)
        az_cells_text(&t->cells, value.is_there ? az_stx_hour(t->x, (int64_t)value.number) : NULL);
    else if (strcmp(field->name, "lost_jpy") == 0) /* no loss is proven: nothing to tell */
        az_cells_number(&t->cells, value.is_there && value.number >= 0.5 ? value.number : NAN,
                        value.decimals);
    else if (value.is_number)
        az_cells_number(&t->cells, value.is_there ? value.number : NAN, value.decimals);
    else if (strcmp(field->name, "what") == 0)
        az_cells_text(&t->cells, element_word(t, value.word));
    else
        az_cells_text(&t->cells, value.is_there ? value.word : NULL);
}

static bool is_plain(const struct az_field *field)
{
    return field->type != AZ_T_LIST && field->type != AZ_T_OBJECT && field->type != AZ_T_MAP;
}

/* What people want to know of a site or a district beside its id. */
static const struct extra {
    const char *reference;
    const struct az_table *table;
    const char *members[8];
} extras[] = {
    { "site",
      &st_site_table,
      { "name", "kind", "district", "connection", "operator", "latitude", "longitude" } },
    { "district", &st_district_table, { "name", "people" } },
};
#define EXTRAS (sizeof extras / sizeof extras[0])

static const struct extra *extra_of(const struct az_field *field)
{
    for (size_t e = 0; e < EXTRAS; e++)
        if (field->type == AZ_T_REFERENCE && strcmp(field->name, extras[e].reference) == 0)
            return &extras[e];
    return NULL;
}

static void put_headers(struct table *t, const struct az_table *table)
{
    for (size_t f = 0; f < table->field_count; f++) {
        const struct az_field *field = &table->fields[f];
        const struct extra *extra = extra_of(field);
        if (!is_plain(field)) continue;
        put_header(t, field);
        for (size_t k = 0; extra && extra->members[k]; k++)
            put_header(t, az_field_find(extra->table, extra->members[k]));
    }
    if (az_field_find(table, "element"))
        az_cells_text(&t->cells, az_stx_say(t->x, "used_percent", "利用率（%）"));
    az_cells_end(&t->cells);
}

static void put_extra(struct table *t, const struct extra *extra, size_t index)
{
    const struct st_instance *in = t->x->in;
    bool is_site = extra->table == &st_site_table;
    const void *object = NULL;
    if (is_site && index < in->sites.count) object = &in->sites.items[index];
    if (!is_site && index < in->districts.count) object = &in->districts.items[index];
    for (size_t k = 0; extra->members[k]; k++) {
        const struct st_site *site = object;
        if (!object)
            az_cells_text(&t->cells, NULL);
        else if (strcmp(extra->members[k], "operator") == 0)
            az_cells_text(&t->cells, site->operator_index < in->operators.count
                                         ? in->operators.items[site->operator_index].id
                                         : NULL);
        else
            put_value(t, az_field_find(extra->table, extra->members[k]), object);
    }
}

static void put_row(struct table *t, const struct az_table *table, const void *object)
{
    for (size_t f = 0; f < table->field_count; f++) {
        const struct az_field *field = &table->fields[f];
        const struct extra *extra = extra_of(field);
        if (!is_plain(field)) continue;
        put_value(t, field, object);
        if (extra) put_extra(t, extra, ((const struct az_ref *)az_member(field, object))->index);
    }
    if (az_field_find(table, "element")) {
        const struct st_loading *loading = object;
        bool has_share = strcmp(loading->what, "node") != 0 && fabs(loading->limit) > 0;
        az_cells_number(&t->cells, has_share ? 100 * fabs(loading->value / loading->limit) : NAN,
                        1);
    }
    az_cells_end(&t->cells);
}

/* --- tables -------------------------------------------------------------------------------------
 */

struct list {
    const char *name; /* of the member of plan or summary; NULL: ids of reinforcements and plants */
    struct az_words title;
    const void *items;
    size_t count, size;
};

#define LIST(name_, en_, ja_, list_)                                             \
    {                                                                            \
        name_, { en_, ja_ }, (list_).items, (list_).count, sizeof *(list_).items \
    }

static void put_ids(struct table *t)
{
    const struct st_plan *plan = t->x->plan;
    az_cells_text(&t->cells, az_stx_say(t->x, "what", "種類"));
    az_cells_text(&t->cells, az_stx_say(t->x, "id", "識別子"));
    az_cells_end(&t->cells);
    for (size_t i = 0; i < plan->reinforcements.count; i++) {
        az_cells_text(&t->cells, az_stx_say(t->x, "reinforcement", "増強"));
        az_cells_text(&t->cells, plan->reinforcements.items[i]);
        az_cells_end(&t->cells);
    }
    for (size_t i = 0; i < plan->armed.count; i++) {
        az_cells_text(&t->cells, az_stx_say(t->x, "armed plant", "電制を装備する発電所"));
        az_cells_text(&t->cells, plan->armed.items[i].id);
        az_cells_end(&t->cells);
    }
}

static void put_list(struct table *t, const struct list *list)
{
    const struct az_table *table = list->name ? az_stx_items(list->name) : NULL;
    if (!table) {
        put_ids(t);
        return;
    }
    put_headers(t, table);
    for (size_t i = 0; i < list->count; i++)
        put_row(t, table, (const char *)list->items + i * list->size);
}

/* Always there: an empty table says that there is nothing. Others only with rows. */
static bool is_always(const struct list *list)
{
    static const char *const names[] = { "choices", "left_out", "years" };
    for (size_t i = 0; list->name && i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], list->name) == 0) return true;
    return false;
}

/* One file of the lists from `from`; more than one: each under its title. */
static enum az_status write_lists(struct az_stx *x, const struct list lists[], size_t count,
                                  const char *name, struct az_export_files *files)
{
    struct az_export_text text;
    struct table t = { .x = x };
    bool begun = false;
    AZ_TRY(az_export_open(&text));
    t.cells.out = text.out;
    fputs(AZ_CELLS_MARK, text.out);
    for (size_t i = 0; i < count; i++) {
        if (lists[i].count == 0 && !is_always(&lists[i])) continue;
        if (begun) az_cells_end(&t.cells);
        if (count > 1) {
            az_cells_text(&t.cells, az_say(lists[i].title, x->language));
            az_cells_end(&t.cells);
        }
        put_list(&t, &lists[i]);
        begun = true;
    }
    return az_export_add(&text, x->arena, name, files);
}

static enum az_status tell_csv(const struct az_export *call, struct az_arena *arena,
                               struct az_export_files *files)
{
    struct az_stx x;
    AZ_TRY(az_stx_begin(&x, call, arena));
    const struct st_plan *plan = x.plan;
    const struct st_summary *summary = plan->summary;
    const struct list lists[] = {
        LIST("choices", "Sites chosen", "採用する地点", plan->choices),
        LIST("left_out", "Sites left out", "採用しない地点", summary->left_out),
        LIST("years", "Cash flow by year and party", "年ごと・当事者ごとの収支", summary->years),
        LIST("loadings", "Loading of the networks", "系統の設備の利用度", summary->loadings),
        LIST("coverage", "Districts and their shelters", "地区と避難所", summary->coverage),
        LIST("worths", "What one unit more of a limit would bring", "条件を 1 単位緩めることの価値",
             summary->worths),
        LIST("trips", "What trips after an outage", "事故時に遮断する電力", plan->trips),
        LIST("served", "Deliveries", "供給", plan->served),
        { NULL,
          { "Reinforcements and armed plants", "増強と電制を装備する発電所" },
          NULL,
          plan->reinforcements.count + plan->armed.count,
          0 },
    };
    static const char *const names[] = { "sites.csv",    "left_out.csv", "years.csv",
                                         "loadings.csv", "coverage.csv", "worths.csv",
                                         "trips.csv",    "served.csv",   "networks.csv" };
    size_t count = sizeof lists / sizeof lists[0];
    if (!call->apart) return write_lists(&x, lists, count, "plan.csv", files);
    for (size_t i = 0; i < count; i++)
        if (lists[i].count > 0 || is_always(&lists[i]))
            AZ_TRY(write_lists(&x, &lists[i], 1, names[i], files));
    return AZ_OK;
}

const struct az_export_format az_export_siting_csv = {
    .name = "csv",
    .kind = "siting",
    .marked = true,
    .several = true,
    .summary = { "tables for Excel: sites, cash flow by year and party, loadings (-o FOLDER or "
                 ".zip: "
                 "a file each)",
                 "Excel 用の表（地点、年・当事者ごとの収支、系統の利用度。-o フォルダーまたは .zip "
                 "で別々に）" },
    .tell = tell_csv,
};
