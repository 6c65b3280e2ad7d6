/* days_read.c - a study over days from its document, fit to be drawn. */
#include <string.h>

#include "adapters/cli/days.h"
#include "adapters/json/json.h"

static const struct az_code code_days_apart = {
    "days_apart",
    { "must have {expected} days as the study has, has {found}",
      "日数は比較と同じ {expected} 日のはずですが {found} 日です" }
};

static void fill(const char **text)
{
    if (!*text) *text = "";
}

/* Texts that a document may leave out are empty. */
static void fill_sum(struct az_days_sum *sum)
{
    for (size_t i = 0; sum && i < sum->money.count; i++) {
        struct az_days_money *money = &sum->money.items[i];
        fill(&money->item), fill(&money->owner), fill(&money->words_en), fill(&money->words_ja);
    }
    for (size_t i = 0; sum && i < sum->figures.count; i++) {
        struct az_days_figure *figure = &sum->figures.items[i];
        fill(&figure->figure), fill(&figure->of), fill(&figure->month);
        fill(&figure->words_en), fill(&figure->words_ja);
        if (figure->decimals < 0 || figure->decimals > 9) figure->decimals = 0;
    }
}

/* A count that a document leaves out is none. */
static void fill_count(int64_t *count)
{
    if (*count == AZ_NO_INTEGER) *count = 0;
}

static enum az_status fill_variant(struct az_days_variant *variant, size_t days,
                                   const struct az_path *path, struct az_arena *arena,
                                   struct az_findings *findings)
{
    if (!variant->sum && !(variant->sum = az_days_sum_new(arena))) return AZ_NO_MEMORY;
    fill_sum(variant->sum);
    fill_count(&variant->days_planned), fill_count(&variant->days_missing);
    if (variant->difference) {
        fill_count(&variant->difference->days);
        if (!variant->difference->sum && !(variant->difference->sum = az_days_sum_new(arena)))
            return AZ_NO_MEMORY;
        fill_sum(variant->difference->sum);
    }
    if (variant->days.count != days)
        AZ_FIND(findings, &code_days_apart, AZ_AT(path, "days"),
                AZ_NUMBER_PARAM("expected", (double)days),
                AZ_NUMBER_PARAM("found", (double)variant->days.count));
    for (size_t d = 0; d < variant->days.count; d++) fill(&variant->days.items[d].date);
    return AZ_OK;
}

enum az_status az_days_read(const json_t *document, struct az_arena *arena,
                            struct az_findings *findings, struct az_days_study **study)
{
    void *read = NULL;
    AZ_TRY(az_json_read(&az_days_study_table, document, NULL, arena, findings, &read));
    struct az_days_study *it = *study = read;
    if (!it || az_findings_total(findings) > 0) return AZ_OK;
    for (size_t v = 0; v < it->variants.count; v++) {
        const struct az_path *at = AZ_ITEM(AZ_AT(NULL, "variants"), v, it->variants.items[v].id);
        AZ_TRY(fill_variant(&it->variants.items[v], it->dates.count, at, arena, findings));
    }
    if (it->variants.count == 0) AZ_FIND0(findings, &az_code_empty, AZ_AT(NULL, "variants"));
    return AZ_OK;
}
