/* siting.c - parts of the exports of siting plans. See siting.h. */
#include "adapters/export/siting.h"

#include <math.h>
#include <string.h>

#include "formulations/siting/plan.h"
#include "formulations/siting/tables.h"

#define AZ_EXPORT_SITING_DEFINE(name_, en_, ja_) \
    const struct az_code az_code_##name_ = { .code = #name_, .words = { en_, ja_ } };
AZ_EXPORT_SITING_CODES(AZ_EXPORT_SITING_DEFINE)
#undef AZ_EXPORT_SITING_DEFINE

/* --- the plan -----------------------------------------------------------------------------------
 */

/* A plan made by hand leaves sites out without a word. */
static enum az_status list_left_out(const struct st_instance *in, struct st_summary *summary,
                                    const struct st_plan *plan, struct az_arena *arena)
{
    size_t sites = in->sites.count, count = 0;
    struct st_left_out *items = AZ_ARRAY(arena, sites + 1, struct st_left_out);
    bool *chosen = AZ_ARRAY(arena, sites + 1, bool);
    size_t *said = AZ_ARRAY(arena, sites + 1, size_t); /* 1 + place in the list */
    if (!items || !chosen || !said) return AZ_NO_MEMORY;
    for (size_t i = 0; i < plan->choices.count; i++)
        if (plan->choices.items[i].site.index < sites)
            chosen[plan->choices.items[i].site.index] = true;
    for (size_t i = 0; i < summary->left_out.count; i++)
        if (summary->left_out.items[i].site.index < sites)
            said[summary->left_out.items[i].site.index] = i + 1;
    for (size_t s = 0; s < sites; s++) {
        if (chosen[s]) continue;
        items[count++] =
            said[s] ? summary->left_out.items[said[s] - 1]
                    : (struct st_left_out){ .site = { .id = in->sites.items[s].id, .index = s },
                                            .reason = ST_REASON_UNTESTED,
                                            .lost_jpy = NAN };
    }
    summary->left_out.items = items;
    summary->left_out.count = count;
    return AZ_OK;
}

enum az_status az_stx_begin(struct az_stx *x, const struct az_export *call, struct az_arena *arena)
{
    struct st_plan *plan;
    *x = (struct az_stx){
        .call = call, .in = call->instance, .arena = arena, .language = call->language
    };
    AZ_TRY(st_plan_copy(call->plan, arena, &plan));
    AZ_TRY(st_summarise(x->in, arena, plan));
    if (!plan->summary->years.items) return AZ_UNSUPPORTED;
    x->plan = plan;
    return list_left_out(x->in, plan->summary, plan, arena);
}

const char *az_stx_say(const struct az_stx *x, const char *en, const char *ja)
{
    return x->language == AZ_JAPANESE ? ja : en;
}

/* --- values -------------------------------------------------------------------------------------
 */

/* Digits that a number of a unit is worth. */
static int decimals_of(const struct az_field *field)
{
    static const struct {
        const char *unit;
        int decimals;
    } units[] = { { "JPY", 0 },   { "kWh", 0 }, { "kWh/year", 0 }, { "kW", 2 },
                  { "years", 1 }, { "t", 2 },   { "JPY/kW", 0 },   { "°", 6 } };
    for (size_t i = 0; field->unit && i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i].unit, field->unit) == 0) return units[i].decimals;
    return 4;
}

static struct az_stx_value text_value(const char *code, const char *word)
{
    return (struct az_stx_value){ .is_there = code != NULL, .code = code, .word = word };
}

struct az_stx_value az_stx_value(const struct az_stx *x, const struct az_field *field,
                                 const void *object)
{
    const void *member = az_member(field, object);
    struct az_stx_value none = { 0 };
    switch (field->type) {
    case AZ_T_NUMBER: {
        double value = *(const double *)member;
        return (struct az_stx_value){ .is_there = isfinite(value),
                                      .is_number = true,
                                      .number = value,
                                      .decimals = decimals_of(field) };
    }
    case AZ_T_INTEGER: {
        int64_t value = *(const int64_t *)member;
        double base = strcmp(field->name, "year") == 0 && value < ST_MAX_YEARS
                          ? (double)x->in->first_year
                          : 0;
        return (struct az_stx_value){ .is_there = value != AZ_NO_INTEGER,
                                      .is_number = true,
                                      .number = base + (double)value };
    }
    case AZ_T_BOOLEAN: {
        int value = *(const int *)member;
        if (value < 0) return none;
        return text_value(value ? "true" : "false",
                          value ? az_stx_say(x, "yes", "○") : az_stx_say(x, "no", "×"));
    }
    case AZ_T_ENUM: {
        int value = *(const int *)member;
        if (value < 0 || (size_t)value >= field->choice_count) return none;
        return text_value(field->choices[value].name,
                          az_say(field->choices[value].words, x->language));
    }
    case AZ_T_TEXT: {
        const char *text = *(const char *const *)member;
        return text_value(text, text);
    }
    case AZ_T_REFERENCE: {
        const char *id = ((const struct az_ref *)member)->id;
        return text_value(id, id);
    }
    default:
        return none;
    }
}

const struct az_table *az_stx_items(const char *list)
{
    const struct az_field *field = az_field_find(&st_plan_table, list);
    if (!field) {
        const struct az_field *summary = az_field_find(&st_plan_table, "summary");
        field = summary ? az_field_find(summary->table, list) : NULL;
    }
    return field && field->item ? field->item->table : NULL;
}

/* --- networks -----------------------------------------------------------------------------------
 */

const char *az_stx_hour(const struct az_stx *x, int64_t hour)
{
    if (hour < 0 || hour / ST_HOURS >= (int64_t)x->in->typical_days.count) return NULL;
    const struct st_typical_day *day = &x->in->typical_days.items[hour / ST_HOURS];
    const char *name = day->name && x->language == AZ_JAPANESE ? day->name : day->id;
    return az_arena_format(x->arena, "%s %02d:00", name, (int)(hour % ST_HOURS));
}
