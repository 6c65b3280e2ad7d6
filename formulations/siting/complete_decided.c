/* complete_decided.c - sites that are decided and that a plan made by hand leaves out: with the
 * option that costs the plan least, or one that spends less where a budget would not hold. */
#include <string.h>

#include "formulations/siting/complete.h"
#include "formulations/siting/validate.h"
#include "formulations/siting/value.h"

/* A site that is added. */
struct addition {
    size_t site, option; /* of site->option */
};

struct decider {
    struct st_completion *c;
    const struct st_values *values;
    size_t count;
    struct addition *additions;
    double *spent_jpy; /* [budgets] of everything chosen so far */
};

static const struct st_value *value_of(const struct decider *d, size_t site, size_t option)
{
    return &d->values->value[d->values->first[site] + option];
}

/* --- budgets ------------------------------------------------------------------------------------
 */

/* What an option takes from a budget. */
static double taken(const struct st_instance *in, const struct st_budget *budget, size_t site,
                    const struct st_option *option)
{
    const struct st_site *of = &in->sites.items[site];
    int64_t from = budget->from_year == AZ_NO_INTEGER ? 0 : budget->from_year;
    int64_t until = budget->until_year == AZ_NO_INTEGER ? INT64_MAX : budget->until_year;
    if (budget->operator.id && of->operator_index != budget->operator.index) return 0;
    return option->year >= from && option->year <= until ? option->capex_jpy - option->subsidy_jpy
                                                         : 0;
}

static void spend(struct decider *d, size_t site, const struct st_option *option, double sign)
{
    const struct st_instance *in = d->c->in;
    for (size_t b = 0; b < in->budgets.count; b++)
        d->spent_jpy[b] += sign * taken(in, &in->budgets.items[b], site, option);
}

/* Of what was added, the change that costs least for each JPY that budget b is short of; false:
 * none spends less. */
static bool spend_less(struct decider *d, size_t b)
{
    const struct st_instance *in = d->c->in;
    const struct st_budget *budget = &in->budgets.items[b];
    double over = d->spent_jpy[b] - budget->jpy, least = INFINITY;
    size_t best = d->count, best_option = 0;
    for (size_t k = 0; k < d->count; k++) {
        const struct addition *it = &d->additions[k];
        const struct st_site *site = &in->sites.items[it->site];
        double now = taken(in, budget, it->site, &site->option[it->option]);
        for (size_t o = 0; site->decided_index == AZ_NO_INDEX && o < site->option_count; o++) {
            double less = now - taken(in, budget, it->site, &site->option[o]);
            if (!(less > AZ_ZERO) || value_of(d, it->site, o)->refusal != ST_ALLOWED) continue;
            double lost =
                value_of(d, it->site, o)->cost_jpy - value_of(d, it->site, it->option)->cost_jpy;
            if (lost / fmin(less, over) >= least) continue;
            least = lost / fmin(less, over);
            best = k;
            best_option = o;
        }
    }
    if (best == d->count) return false;
    struct addition *it = &d->additions[best];
    const struct st_site *site = &in->sites.items[it->site];
    spend(d, it->site, &site->option[it->option], -1);
    it->option = best_option;
    spend(d, it->site, &site->option[it->option], 1);
    return true;
}

/* --- options ------------------------------------------------------------------------------------
 */

/* The option that costs least, of those that may be chosen; of all where none may. */
static size_t cheapest(const struct decider *d, size_t site)
{
    const struct st_site *of = &d->c->in->sites.items[site];
    size_t best = AZ_NO_INDEX;
    for (size_t o = 0; o < of->option_count; o++) {
        bool allowed = value_of(d, site, o)->refusal == ST_ALLOWED;
        bool better = best == AZ_NO_INDEX;
        if (!better) {
            bool best_allowed = value_of(d, site, best)->refusal == ST_ALLOWED;
            better = allowed != best_allowed
                         ? allowed
                         : value_of(d, site, o)->cost_jpy < value_of(d, site, best)->cost_jpy;
        }
        if (better) best = o;
    }
    return best;
}

static enum az_status choose_options(struct decider *d)
{
    const struct st_instance *in = d->c->in;
    struct st_values *values;
    AZ_TRY(st_values_new(in, d->c->context, 1, d->c->scratch, &values));
    d->values = values;
    for (size_t k = 0; k < d->count; k++) {
        struct addition *it = &d->additions[k];
        const struct st_site *site = &in->sites.items[it->site];
        it->option =
            site->decided_index != AZ_NO_INDEX ? site->decided_index : cheapest(d, it->site);
        spend(d, it->site, &site->option[it->option], 1);
    }
    for (size_t b = 0; b < in->budgets.count; b++)
        while (az_over(d->spent_jpy[b], in->budgets.items[b].jpy) && spend_less(d, b)) continue;
    return AZ_OK;
}

/* --- the plan -----------------------------------------------------------------------------------
 */

/* Sites that are decided and have no choice; what the choices spend. false: the choices do not fit
 * the instance, which is for the judge to name. */
static enum az_status find_missing(struct decider *d, bool *fits)
{
    const struct st_instance *in = d->c->in;
    size_t *option = AZ_ARRAY(d->c->scratch, in->sites.count, size_t);
    d->additions = AZ_ARRAY(d->c->scratch, in->sites.count, struct addition);
    d->spent_jpy = AZ_ARRAY(d->c->scratch, in->budgets.count, double);
    if (!option || !d->additions || !d->spent_jpy) return AZ_NO_MEMORY;
    *fits = st_plan_options(in, d->c->plan, option) == AZ_OK;
    for (size_t s = 0; *fits && s < in->sites.count; s++) {
        const struct st_option *first;
        bool must;
        size_t count = st_candidates(&in->sites.items[s], &first, &must);
        if (option[s] != AZ_NO_INDEX)
            spend(d, s, &in->sites.items[s].option[option[s]], 1);
        else if (must && count > 0)
            d->additions[d->count++] = (struct addition){ .site = s };
    }
    return AZ_OK;
}

enum az_status st_choose_decided(struct st_completion *c)
{
    struct decider d = { .c = c };
    bool fits;
    AZ_TRY(find_missing(&d, &fits));
    if (!fits || d.count == 0) return AZ_OK;
    AZ_TRY(choose_options(&d));
    size_t given = c->plan->choices.count;
    struct st_choice *choices = AZ_ARRAY(c->arena, given + d.count, struct st_choice);
    struct st_plan *added;
    if (!choices) return AZ_NO_MEMORY;
    AZ_TRY(st_plan_new(c->in, c->scratch, &added));
    for (size_t k = 0; k < d.count; k++)
        AZ_TRY(
            st_plan_choose(c->in, added, d.additions[k].site, d.additions[k].option, c->scratch));
    for (size_t k = 0; k < d.count; k++) added->choices.items[k].armed = ST_ARMED_OPEN;
    if (given > 0) memcpy(choices, c->plan->choices.items, given * sizeof *choices);
    memcpy(choices + given, added->choices.items, d.count * sizeof *choices);
    c->plan->choices.items = choices;
    c->plan->choices.count = given + d.count;
    return AZ_OK;
}
