/* judgement.c - adding breaches and money to what a judge says, comparing it and wording it; adding
 * reasons to an explanation, figures to a list. */
#include <math.h>
#include <string.h>

#include "formulations/formulation.h"
#include "solver/tolerances.h"

#define KEPT_VIOLATIONS 1000

/* Room for one more item: the arrays double at powers of two, so that no capacity is stored. */
static void *room(struct az_arena *arena, void *items, size_t count, size_t size)
{
    if (count > 0 && (count & (count - 1)) != 0) return items;
    return az_arena_grow(arena, items, count, count ? 2 * count : 1, size);
}

static enum az_status add_breach(struct az_any_list *list, struct az_arena *arena,
                                 const struct az_breach *breach)
{
    struct az_breach *items = room(arena, list->items, list->count, sizeof *items);
    if (!items) return AZ_NO_MEMORY;
    items[list->count++] = *breach;
    list->items = items;
    return AZ_OK;
}

enum az_status az_figures_add(struct az_figures *figures, struct az_arena *arena,
                              struct az_figure figure)
{
    struct az_figure *items = room(arena, figures->items, figures->count, sizeof *items);
    if (!items) return AZ_NO_MEMORY;
    items[figures->count++] = figure;
    figures->items = items;
    return AZ_OK;
}

enum az_status az_judgement_breach(struct az_judgement *judgement, struct az_arena *arena,
                                   bool conceded, struct az_breach breach)
{
    struct az_any_list list;
    if (!conceded) {
        if (judgement->violation_count++ >= KEPT_VIOLATIONS) return AZ_OK;
        list = (struct az_any_list){ judgement->violations.count, judgement->violations.items };
        AZ_TRY(add_breach(&list, arena, &breach));
        judgement->violations.count = list.count;
        judgement->violations.items = list.items;
        return AZ_OK;
    }
    list = (struct az_any_list){ judgement->concessions.count, judgement->concessions.items };
    AZ_TRY(add_breach(&list, arena, &breach));
    judgement->concessions.count = list.count;
    judgement->concessions.items = list.items;
    judgement->penalty += breach.cost;
    return AZ_OK;
}

enum az_status az_judgement_money(struct az_judgement *judgement, struct az_arena *arena,
                                  struct az_money money)
{
    if (!money.owner) money.owner = "";
    for (size_t i = 0; i < judgement->money.count; i++) {
        struct az_money *item = &judgement->money.items[i];
        if (strcmp(item->code, money.code) != 0 || strcmp(item->owner, money.owner) != 0) continue;
        item->amount += money.amount;
        judgement->cost += money.amount;
        return AZ_OK;
    }
    struct az_money *items =
        room(arena, judgement->money.items, judgement->money.count, sizeof *items);
    if (!items) return AZ_NO_MEMORY;
    items[judgement->money.count++] = money;
    judgement->money.items = items;
    judgement->cost += money.amount;
    return AZ_OK;
}

struct az_judgement az_judgement_order(const struct az_judgement *judgement)
{
    struct az_judgement order = *judgement;
    order.concessions.count = order.violations.count = order.violation_count = 0;
    order.concessions.items = order.violations.items = NULL;
    order.money.count = 0;
    order.money.items = NULL;
    return order;
}

/* The objectives, and what comes after them where these are as good as equal. */
static bool is_better_at_last(double sign, double money_scale, const struct az_judgement *judgement,
                              const struct az_judgement *best)
{
    double now = sign * (judgement->cost + judgement->penalty);
    double before = sign * (best->cost + best->penalty);
    double tolerance = AZ_BOUND_TOLERANCE * fmax(money_scale, fabs(before));
    double apart = AZ_BOUND_TOLERANCE * fmax(1, fabs(best->after));
    if (fabs(judgement->after - best->after) <= apart || fabs(now - before) > tolerance)
        return now < before;
    return judgement->after < best->after;
}

bool az_judgement_is_better(enum az_sense sense, double money_scale,
                            const struct az_judgement *judgement, const struct az_judgement *best)
{
    double sign = sense == AZ_MAXIMIZE ? -1 : 1;
    double tolerance = AZ_BOUND_TOLERANCE * fmax(money_scale, best->penalty);
    if (!judgement->weighed) {
        if (judgement->penalty < best->penalty - tolerance) return true;
        if (judgement->penalty > best->penalty + tolerance) return false;
    }
    for (size_t i = 0; i < AZ_RANKS; i++) {
        tolerance = AZ_BOUND_TOLERANCE * fmax(1, fabs(best->rank[i]));
        if (judgement->rank[i] < best->rank[i] - tolerance) return true;
        if (judgement->rank[i] > best->rank[i] + tolerance) return false;
    }
    return is_better_at_last(sign, money_scale, judgement, best);
}

char *az_breach_words(const struct az_breach *breach, enum az_language language,
                      struct az_arena *arena)
{
    struct az_param params[AZ_FINDING_PARAMS + 3];
    size_t count =
        breach->param_count < AZ_FINDING_PARAMS ? breach->param_count : AZ_FINDING_PARAMS;
    for (size_t i = 0; i < count; i++) params[i] = breach->params[i];
    params[count++] = AZ_NUMBER_PARAM("amount", breach->amount);
    params[count++] = AZ_TEXT_PARAM("unit", breach->rule->unit ? breach->rule->unit : "");
    if (isfinite(breach->price)) params[count++] = AZ_NUMBER_PARAM("price", breach->price);
    return az_render(breach->rule->code.words, language, count, params, arena);
}

enum az_status az_explanation_reason(struct az_explanation *explanation, struct az_arena *arena,
                                     const struct az_rule *rule, const struct az_path *path,
                                     double amount, struct az_time at, struct az_words words)
{
    struct az_reason *items =
        room(arena, explanation->reasons.items, explanation->reasons.count, sizeof *items);
    if (!items) return AZ_NO_MEMORY;
    explanation->reasons.items = items;
    struct az_reason *reason = &items[explanation->reasons.count++];
    *reason = (struct az_reason){ .rule = rule,
                                  .pointer = az_path_pointer(path, arena),
                                  .place = az_path_place(path, arena),
                                  .at = at,
                                  .amount = amount,
                                  .words = words };
    return reason->pointer && reason->place && words.en && words.ja ? AZ_OK : AZ_NO_MEMORY;
}
