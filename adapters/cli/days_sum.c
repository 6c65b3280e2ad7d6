/* days_sum.c - what days add up to. */
#include <string.h>

#include "adapters/cli/days.h"

#define DAYS_IN_YEAR 365.0

/* Empty lists are there, so that they are written. */
struct az_days_sum *az_days_sum_new(struct az_arena *arena)
{
    struct az_days_sum *sum = AZ_NEW(arena, struct az_days_sum);
    if (!sum) return NULL;
    sum->money.items = AZ_NEW(arena, struct az_days_money);
    sum->figures.items = AZ_NEW(arena, struct az_days_figure);
    return sum->money.items && sum->figures.items ? sum : NULL;
}

/* --- lists --------------------------------------------------------------------------------------
 */

/* Room for one more item: the arrays double at powers of two, so that no capacity is stored. */
static void *room(struct az_arena *arena, void *items, size_t count, size_t size)
{
    if (count > 0 && (count & (count - 1)) != 0) return items;
    return az_arena_grow(arena, items, count, count ? 2 * count : 1, size);
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* The entry of an item and owner, made where there is none. NULL without memory. */
static struct az_days_money *money_of(struct az_days_sum *sum, const struct az_days_money *like,
                                      struct az_arena *arena)
{
    for (size_t i = 0; i < sum->money.count; i++)
        if (is_same(sum->money.items[i].item, like->item) &&
            is_same(sum->money.items[i].owner, like->owner))
            return &sum->money.items[i];
    struct az_days_money *items =
        room(arena, sum->money.items, sum->money.count, sizeof *sum->money.items);
    if (!items) return NULL;
    sum->money.items = items;
    items[sum->money.count] = *like;
    items[sum->money.count].amount_jpy = 0;
    return &items[sum->money.count++];
}

/* The same of a figure. *first: it was made. */
static struct az_days_figure *figure_of(struct az_days_sum *sum, const struct az_days_figure *like,
                                        struct az_arena *arena, bool *first)
{
    *first = false;
    for (size_t i = 0; i < sum->figures.count; i++) {
        struct az_days_figure *figure = &sum->figures.items[i];
        if (is_same(figure->figure, like->figure) && is_same(figure->of, like->of) &&
            is_same(figure->month, like->month))
            return figure;
    }
    struct az_days_figure *items =
        room(arena, sum->figures.items, sum->figures.count, sizeof *sum->figures.items);
    if (!items) return NULL;
    *first = true;
    sum->figures.items = items;
    items[sum->figures.count] = *like;
    return &items[sum->figures.count++];
}

/* --- a day --------------------------------------------------------------------------------------
 */

static enum az_status copy_texts(const char **texts[], size_t count, struct az_arena *arena)
{
    for (size_t i = 0; i < count; i++)
        if (*texts[i] && !(*texts[i] = az_arena_text(arena, *texts[i]))) return AZ_NO_MEMORY;
    return AZ_OK;
}

static enum az_status take_money(const struct az_money *money, struct az_arena *arena,
                                 struct az_days_sum *sum)
{
    struct az_days_money like = { .item = money->code,
                                  .owner = money->owner,
                                  .words_en = money->item.en,
                                  .words_ja = money->item.ja };
    AZ_TRY(copy_texts((const char **[]){ &like.item, &like.owner, &like.words_en, &like.words_ja },
                      4, arena));
    struct az_days_money *entry = money_of(sum, &like, arena);
    if (!entry) return AZ_NO_MEMORY;
    entry->amount_jpy += money->amount;
    return AZ_OK;
}

static enum az_status take_figure(const struct az_figure *figure, struct az_arena *arena,
                                  struct az_days_sum *sum)
{
    bool first;
    struct az_days_figure like = { .figure = figure->code,
                                   .of = figure->of,
                                   .month = figure->month,
                                   .value = figure->value,
                                   .unit = figure->unit,
                                   .decimals = figure->decimals,
                                   .words_en = figure->label.en,
                                   .words_ja = figure->label.ja,
                                   .adding = figure->adding,
                                   .weight = figure->weight };
    AZ_TRY(copy_texts((const char **[]){ &like.figure, &like.of, &like.month, &like.unit,
                                         &like.words_en, &like.words_ja },
                      6, arena));
    return figure_of(sum, &like, arena, &first) ? AZ_OK : AZ_NO_MEMORY;
}

enum az_status az_days_sum_of(const struct az_judgement *judgement,
                              const struct az_figures *figures, struct az_arena *arena,
                              struct az_days_sum **sum)
{
    if (!(*sum = az_days_sum_new(arena))) return AZ_NO_MEMORY;
    (*sum)->cost_jpy = judgement->cost;
    (*sum)->penalty_jpy = judgement->penalty;
    for (size_t i = 0; i < judgement->money.count; i++)
        AZ_TRY(take_money(&judgement->money.items[i], arena, *sum));
    for (size_t i = 0; i < figures->count; i++)
        AZ_TRY(take_figure(&figures->items[i], arena, *sum));
    return AZ_OK;
}

/* --- several ------------------------------------------------------------------------------------
 */

static void join(struct az_days_figure *sum, const struct az_days_figure *day)
{
    double weight = sum->weight + day->weight;
    switch (day->adding) {
    case AZ_ADD_SUM:
        sum->value += day->value;
        break;
    case AZ_ADD_MOST:
        sum->value = fmax(sum->value, day->value);
        break;
    case AZ_ADD_LEAST:
        sum->value = fmin(sum->value, day->value);
        break;
    case AZ_ADD_MEAN:
        if (weight > 0) sum->value = (sum->weight * sum->value + day->weight * day->value) / weight;
        break;
    }
    sum->weight = weight;
}

enum az_status az_days_sum_add(struct az_days_sum *sum, const struct az_days_sum *day,
                               struct az_arena *arena)
{
    sum->cost_jpy += day->cost_jpy;
    sum->penalty_jpy += day->penalty_jpy;
    for (size_t i = 0; i < day->money.count; i++) {
        struct az_days_money *entry = money_of(sum, &day->money.items[i], arena);
        if (!entry) return AZ_NO_MEMORY;
        entry->amount_jpy += day->money.items[i].amount_jpy;
    }
    for (size_t i = 0; i < day->figures.count; i++) {
        bool first;
        struct az_days_figure *entry = figure_of(sum, &day->figures.items[i], arena, &first);
        if (!entry) return AZ_NO_MEMORY;
        if (!first) join(entry, &day->figures.items[i]);
    }
    return AZ_OK;
}

/* --- a variant against the base -----------------------------------------------------------------
 */

/* Takes a sum away; figures that one of the two lacks count as 0 there. */
static enum az_status take_away(struct az_days_sum *sum, const struct az_days_sum *base,
                                struct az_arena *arena)
{
    sum->cost_jpy -= base->cost_jpy;
    sum->penalty_jpy -= base->penalty_jpy;
    for (size_t i = 0; i < base->money.count; i++) {
        struct az_days_money *entry = money_of(sum, &base->money.items[i], arena);
        if (!entry) return AZ_NO_MEMORY;
        entry->amount_jpy -= base->money.items[i].amount_jpy;
    }
    for (size_t i = 0; i < base->figures.count; i++) {
        bool first;
        struct az_days_figure *entry = figure_of(sum, &base->figures.items[i], arena, &first);
        if (!entry) return AZ_NO_MEMORY;
        if (first) entry->value = 0;
        entry->value -= base->figures.items[i].value;
    }
    return AZ_OK;
}

/* Over the days on which both have a plan. */
static enum az_status compare(struct az_days_variant *variant, const struct az_days_variant *base,
                              struct az_arena *arena)
{
    struct az_days_difference *difference = AZ_NEW(arena, struct az_days_difference);
    struct az_days_sum *ours = az_days_sum_new(arena), *theirs = az_days_sum_new(arena);
    if (!difference || !ours || !theirs) return AZ_NO_MEMORY;
    for (size_t d = 0; d < variant->days.count && d < base->days.count; d++) {
        if (!variant->days.items[d].sum || !base->days.items[d].sum) continue;
        difference->days++;
        AZ_TRY(az_days_sum_add(ours, variant->days.items[d].sum, arena));
        AZ_TRY(az_days_sum_add(theirs, base->days.items[d].sum, arena));
    }
    AZ_TRY(take_away(ours, theirs, arena));
    double years = (double)difference->days / DAYS_IN_YEAR;
    double saved = years > 0 ? -ours->cost_jpy / years - variant->operation_jpy_per_year : 0;
    difference->sum = ours;
    difference->capital_jpy = variant->yearly_jpy * years;
    difference->net_jpy = ours->cost_jpy + difference->capital_jpy;
    difference->payback_years =
        variant->capex_jpy > 0 && saved > 0 ? variant->capex_jpy / saved : NAN;
    variant->difference = difference;
    return AZ_OK;
}

/* Equal payments at the end of each year of its life. */
static double yearly_cost(const struct az_days_variant *variant)
{
    double rate = variant->discount_rate, years = variant->life_years, capital = 0;
    if (variant->capex_jpy > 0)
        capital = rate > 0 ? variant->capex_jpy * rate / (1 - pow(1 + rate, -years))
                           : variant->capex_jpy / years;
    return capital + variant->operation_jpy_per_year;
}

enum az_status az_days_total(struct az_days_variant *variant, const struct az_days_variant *base,
                             struct az_arena *arena)
{
    if (!(variant->sum = az_days_sum_new(arena))) return AZ_NO_MEMORY;
    variant->yearly_jpy = yearly_cost(variant);
    variant->days_planned = variant->days_missing = 0;
    variant->worst_gap = variant->open_jpy = variant->seconds = 0;
    for (size_t d = 0; d < variant->days.count; d++) {
        const struct az_days_day *day = &variant->days.items[d];
        if (!isnan(day->seconds)) variant->seconds += day->seconds;
        if (!day->sum) {
            variant->days_missing++;
            continue;
        }
        variant->days_planned++;
        variant->open_jpy += day->open_jpy; /* NAN: nothing is proven of it */
        if (!(day->gap <= variant->worst_gap) && !isnan(variant->worst_gap))
            variant->worst_gap = day->gap; /* NAN stays: there is no bound */
        AZ_TRY(az_days_sum_add(variant->sum, day->sum, arena));
    }
    return variant == base ? AZ_OK : compare(variant, base, arena);
}
